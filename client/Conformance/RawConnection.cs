using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using System.Threading.Tasks;
using HandshakeNano.Client.Wording;
using HandshakeNano.Packets;

namespace HandshakeNano.Client.Conformance;

/// <summary>
/// The probe's end of one connection: not a TCP, but the numbers that one would have, and segments that a behaviour sends
/// and expects one by one. State variables carry the names of RFC 9293 section 3.3.1.
/// </summary>
internal sealed class RawConnection
{
    private const ControlBits Judged =
        ControlBits.Fin | ControlBits.Syn | ControlBits.Rst | ControlBits.Ack | ControlBits.Urg;

    private readonly Attempt _attempt;
    private readonly Queue<Segment> _arrived = [];
    private TaskCompletionSource? _waiting;

    internal RawConnection(Attempt attempt, int localPort, int remotePort, uint iss)
    {
        _attempt = attempt;
        LocalPort = localPort;
        RemotePort = remotePort;
        Iss = iss;
        SndNxt = iss;
    }

    /// <summary>Our port.</summary>
    internal int LocalPort { get; }

    /// <summary>The peer's port; 0 until its first segment comes.</summary>
    internal int RemotePort { get; private set; }

    /// <summary>Our initial sequence number.</summary>
    internal uint Iss { get; }

    /// <summary>The next sequence number that we send.</summary>
    internal uint SndNxt { get; set; }

    /// <summary>The peer's initial sequence number.</summary>
    internal uint Irs { get; private set; }

    /// <summary>The next sequence number that we expect.</summary>
    internal uint RcvNxt { get; set; }

    /// <summary>The window that we offer.</summary>
    internal int RcvWnd { get; set; } = 8192;

    /// <summary>The window that the peer offered last.</summary>
    internal int SndWnd { get; private set; }

    /// <summary>The peer's maximum segment size; 536 if it names none.</summary>
    internal int SndMss { get; private set; } = 536;

    /// <summary>The options of every segment but a SYN, unless others are given; null: none.</summary>
    internal Func<byte[]>? Options { get; set; }

    /// <summary>Is told of each segment that comes; null: not wanted.</summary>
    internal Action<Segment>? Arrived { get; set; }

    /// <summary>The SYN or SYN,ACK with which the peer answered; null until it has come.</summary>
    internal Segment? PeerSyn { get; private set; }

    /// <summary>True once a segment of the peer's was seen.</summary>
    internal bool PeerSeen { get; private set; }

    /// <summary>Takes a segment from the link.</summary>
    internal void OnArrived(Segment segment)
    {
        PeerSeen = true;
        if (RemotePort == 0)
            RemotePort = segment.Source.Port;
        if (segment.Source.Port != RemotePort)
            return;
        if (segment.Has(ControlBits.Syn) && !segment.Has(ControlBits.Rst))
            NoteSyn(segment);
        if (!segment.Has(ControlBits.Rst))
            SndWnd = segment.Window;
        _attempt.Log(false, this, segment.Time, Text(segment), segment.Window);
        Arrived?.Invoke(segment);
        _arrived.Enqueue(segment);
        _waiting?.TrySetResult();
    }

    /// <summary>Sends a segment; what is not said is what a TCP would say.</summary>
    internal void Send(
        ControlBits flags, uint? seq = null, uint? ack = null, string data = "", int? window = null, byte[]? options = null,
        int? dataOffset = null, bool badChecksum = false, int ecn = 0)
    {
        byte[] bytes = Encoding.ASCII.GetBytes(data);
        uint acknowledgment = ack ?? (flags.HasFlag(ControlBits.Ack) ? RcvNxt : 0);
        uint sequence = seq ?? SndNxt;
        string note = badChecksum ? "bad checksum" : dataOffset is int words ? "data offset " + words : "";
        _attempt.Log(
            true, this, _attempt.Now, Text(flags, sequence, acknowledgment, bytes.Length, true) + (note == "" ? "" : ", " + note),
            window ?? RcvWnd);
        _attempt.Send(new RawSegment
        {
            SourcePort = LocalPort,
            DestinationPort = RemotePort,
            Sequence = sequence,
            Acknowledgment = acknowledgment,
            Flags = flags,
            Window = window ?? RcvWnd,
            Options = options ?? (flags.HasFlag(ControlBits.Syn) ? [] : Options?.Invoke() ?? []),
            Ecn = ecn,
            Data = bytes,
            DataOffset = dataOffset,
            BadChecksum = badChecksum,
        });
    }

    /// <summary>Sends data in order and counts it.</summary>
    internal void SendData(string data, int? window = null)
    {
        Send(ControlBits.Ack | ControlBits.Psh, data: data, window: window);
        SndNxt += (uint)data.Length;
    }

    /// <summary>Acknowledges what has come.</summary>
    internal void SendAck() => Send(ControlBits.Ack);

    /// <summary>Sends our FIN and counts it.</summary>
    internal void SendFin(uint? ack = null)
    {
        Send(ControlBits.Fin | ControlBits.Ack, ack: ack);
        SndNxt++;
    }

    /// <summary>The next segment, null if none comes in time.</summary>
    internal async Task<Segment?> Next(ulong within)
    {
        ulong end = _attempt.Now + within;
        while (_arrived.Count == 0)
        {
            if (_attempt.Now >= end)
                return null;
            _waiting = new TaskCompletionSource();
            _attempt.WakeAt(_waiting, end);
            await _waiting.Task;
        }

        return _arrived.Dequeue();
    }

    /// <summary>Forgets what has come and was not looked at.</summary>
    internal void Forget() => _arrived.Clear();

    /// <summary>The next segment has to be just this one.</summary>
    /// <param name="flags">Its control bits; PSH, ECE and CWR do not count.</param>
    /// <param name="seq">Its sequence number.</param>
    /// <param name="ack">Its acknowledgment number, if it has the ACK bit.</param>
    /// <param name="length">How much data it has.</param>
    /// <param name="within">How long to wait, in microseconds.</param>
    /// <param name="ignoring">Segments that may come before it; null: none.</param>
    internal async Task<Segment> Expect(
        ControlBits flags, uint seq, uint ack = 0, int length = 0, ulong within = Attempt.Answer, Func<Segment, bool>? ignoring = null)
    {
        string expected = Text(flags, seq, ack, length, false);
        ulong end = _attempt.Now + within;
        while (true)
        {
            ulong now = _attempt.Now;
            Segment? segment = await Next(end > now ? end - now : 0);
            if (segment == null)
                throw new Deviation(expected, "nothing within " + Quantity.Time(within));
            bool same = (segment.Flags & Judged) == flags && segment.Sequence == seq && segment.Payload.Length == length
                && (!flags.HasFlag(ControlBits.Ack) || segment.Acknowledgment == ack);
            if (same)
            {
                _attempt.Saw(Text(segment));
                return segment;
            }

            if (ignoring == null || !ignoring(segment))
                throw new Deviation(expected, Text(segment));
        }
    }

    /// <summary>The next segment has to be an ACK of everything that we have sent in order, without data.</summary>
    internal Task<Segment> ExpectAck(Func<Segment, bool>? ignoring = null) =>
        Expect(ControlBits.Ack, RcvNxt, SndNxt, ignoring: ignoring);

    /// <summary>
    /// The next segment has to be a reset at this number. Whether it may have the ACK bit is a question to behaviours of its own.
    /// </summary>
    internal async Task ExpectReset(uint seq, Func<Segment, bool>? ignoring = null)
    {
        Segment? segment;
        do
            segment = await Next(Attempt.Answer);
        while (segment != null && ignoring != null && ignoring(segment));
        if (segment == null || !segment.Has(ControlBits.Rst) || segment.Sequence != seq)
        {
            throw new Deviation(
                Text(ControlBits.Rst, seq, 0, 0, false), segment == null ? "nothing within " + Quantity.Time(Attempt.Answer) : Text(segment));
        }

        _attempt.Saw(Text(segment));
    }

    /// <summary>The peer may know nothing of the connection any more: an ACK is answered with a reset.</summary>
    internal Task ExpectGone()
    {
        SendAck();
        return ExpectReset(RcvNxt);
    }

    /// <summary>Nothing may come.</summary>
    internal async Task ExpectSilence(ulong during = Attempt.Silence, Func<Segment, bool>? ignoring = null)
    {
        ulong end = _attempt.Now + during;
        while (_attempt.Now < end)
        {
            Segment? segment = await Next(end - _attempt.Now);
            if (segment != null && (ignoring == null || !ignoring(segment)))
                throw new Deviation("nothing", Text(segment));
        }

        _attempt.Saw("nothing");
    }

    /// <summary>Shakes hands as a client does. What is lost is sent again.</summary>
    /// <param name="options">The SYN's; null: an MSS of 1460 alone.</param>
    /// <param name="alsoSyn">More control bits of the SYN.</param>
    internal async Task Open(byte[]? options = null, ControlBits alsoSyn = ControlBits.None)
    {
        for (int i = 0; ; i++)
        {
            Send(ControlBits.Syn | alsoSyn, Iss, options: options ?? Mss(1460));
            Segment? answer = await Next(Attempt.Answer);
            if (answer == null && i < 3)
                continue;
            if (answer == null || (answer.Flags & Judged) != (ControlBits.Syn | ControlBits.Ack) || answer.Acknowledgment != Iss + 1)
                throw new Deviation("SYN,ACK ack 1 from port " + RemotePort, answer == null ? "nothing" : Text(answer));
            break;
        }

        SndNxt = Iss + 1;
        SendAck();
    }

    /// <summary>Takes in-order data, acknowledging it, until there is enough.</summary>
    /// <param name="count">How many bytes.</param>
    /// <param name="each">Looks at each segment with new data; null: not wanted.</param>
    /// <param name="within">How long each segment may take.</param>
    internal async Task<string> Receive(int count, Action<Segment>? each = null, ulong within = Attempt.Answer)
    {
        var data = new StringBuilder();
        while (data.Length < count)
        {
            Segment? segment = await Next(within);
            if (segment == null || segment.Has(ControlBits.Rst))
            {
                throw new Deviation(
                    Quantity.Bytes(count) + " of data",
                    segment == null ? Quantity.Bytes(data.Length) + ", then nothing" : Text(segment));
            }

            if (segment.Payload.Length == 0 || segment.Sequence != RcvNxt)
                continue;
            each?.Invoke(segment);
            data.Append(Encoding.ASCII.GetString(segment.Payload));
            RcvNxt += (uint)segment.Payload.Length;
            SendAck();
        }

        return data.ToString();
    }

    /// <summary>The segments of so much new data, none of which is acknowledged.</summary>
    internal async Task<List<Segment>> ReceiveUnacknowledged(int count)
    {
        var segments = new List<Segment>();
        uint next = RcvNxt;
        while (next - RcvNxt < count)
        {
            Segment segment = await Next(Attempt.Answer)
                ?? throw new Deviation(Quantity.Bytes(count) + " at once", Quantity.Bytes((int)(next - RcvNxt)));
            if (segment.Payload.Length == 0 || segment.Sequence != next)
                continue;
            segments.Add(segment);
            next += segment.SequenceLength;
        }

        return segments;
    }

    /// <summary>Sends data to the echo service and has to get it back.</summary>
    internal async Task Echo(string data)
    {
        SendData(data);
        await ExpectEcho(data);
    }

    /// <summary>This data, and nothing else, has to come.</summary>
    internal async Task ExpectEcho(string data)
    {
        string back = await Receive(data.Length);
        if (back != data)
            throw new Deviation($"the data \"{data}\"", $"\"{back}\"");
        _attempt.Saw($"data \"{(data.Length > 12 ? data[..12] + "..." : data)}\"");
    }

    /// <summary>Orders some bytes from the responder, and has to get them.</summary>
    internal Task OrderData()
    {
        SendData("send 5\n");
        return ExpectEcho("abcde");
    }

    /// <summary>Ends the connection at the peer's side, as well as a reset can.</summary>
    internal void Reset()
    {
        if (RemotePort != 0)
            Send(ControlBits.Rst, SndNxt);
    }

    /// <summary>A copy of the peer's SYN or SYN,ACK.</summary>
    internal bool IsSynCopy(Segment segment) => segment.Has(ControlBits.Syn) && PeerSyn != null && segment.Sequence == Irs;

    /// <summary>A segment in short form, with numbers counted from the initial ones.</summary>
    internal string Text(Segment segment)
    {
        string text = Text(segment.Flags & Judged, segment.Sequence, segment.Acknowledgment, segment.Payload.Length, false);
        if (segment.Option(2) is TcpOption mss)
            text += " mss " + mss.Values[0].ToString(CultureInfo.InvariantCulture);
        return segment.Option(5) is TcpOption blocks ? text + " " + blocks.ToText(Iss) : text;
    }

    /// <summary>The MSS option.</summary>
    internal static byte[] Mss(int size) => [2, 4, (byte)(size >> 8), (byte)size];

    private string Text(ControlBits flags, uint seq, uint ack, int length, bool ours)
    {
        uint senderBase = ours ? Iss : PeerSyn != null ? Irs : 0;
        uint receiverBase = ours ? PeerSyn != null ? Irs : 0 : Iss;

        // A reset of nothing has the number 0 itself.
        if (!ours && flags == (ControlBits.Rst | ControlBits.Ack) && seq == 0)
            senderBase = 0;
        string text = ControlBitsText.ToText(flags & ~ControlBits.Psh) + " " + (seq - senderBase).ToString(CultureInfo.InvariantCulture);
        if (flags.HasFlag(ControlBits.Ack))
            text += " ack " + (ack - receiverBase).ToString(CultureInfo.InvariantCulture);
        if (length > 0)
            text += " len " + length.ToString(CultureInfo.InvariantCulture);
        return text;
    }

    private void NoteSyn(Segment segment)
    {
        // Another number is another connection: what came before does not count any more.
        PeerSyn = segment;
        Irs = segment.Sequence;
        RcvNxt = segment.Sequence + 1;
        if (segment.Option(2) is TcpOption mss)
            SndMss = (int)mss.Values[0];
    }
}
