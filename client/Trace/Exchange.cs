using System.Collections.Generic;
using System.Linq;
using System.Net;
using HandshakeNano.Net;
using HandshakeNano.Packets;

namespace HandshakeNano.Client.Trace;

/// <summary>One segment of an exchange, with what both ends make of it.</summary>
/// <param name="Number">Which one of the exchange it is, from 1.</param>
/// <param name="Segment">The segment.</param>
/// <param name="FromClient">True if the end that sent the first SYN sent this one.</param>
/// <param name="Microseconds">Time since the first segment.</param>
/// <param name="RelativeSequence">Sequence number counted from the sender's initial one.</param>
/// <param name="RelativeAcknowledgment">Acknowledgment number counted from the receiver's initial one; null if there is none.</param>
/// <param name="Window">The window in bytes, scaled where both ends agreed on that.</param>
/// <param name="ClientState">State of the end that sent the first SYN, after this segment.</param>
/// <param name="ServerState">State of the other end, after this segment; null if it never said anything.</param>
public sealed record ExchangeRow(
    int Number,
    Segment Segment,
    bool FromClient,
    ulong Microseconds,
    uint RelativeSequence,
    uint? RelativeAcknowledgment,
    long Window,
    TcpState ClientState,
    TcpState? ServerState)
{
    private readonly List<Mark> _marks = [];

    /// <summary>What is to be remarked.</summary>
    public IReadOnlyList<Mark> Marks => _marks;

    /// <summary>True if its sequence numbers had been sent before.</summary>
    public bool IsRetransmission => IsMarked(MarkKind.Retransmission);

    /// <summary>Says whether there is a remark of a kind.</summary>
    /// <param name="kind">The kind.</param>
    /// <returns>True if there is.</returns>
    public bool IsMarked(MarkKind kind) => _marks.Exists(mark => mark.Kind == kind);

    /// <summary>Its options in words, without those that only fill up.</summary>
    /// <param name="exchange">The exchange that it is of.</param>
    /// <returns>For example "MSS 1460"; the edges of SACK blocks are relative numbers.</returns>
    public IEnumerable<string> OptionTexts(Exchange exchange)
    {
        uint counted = (FromClient ? exchange.Server : exchange.Client).Base ?? 0;
        return Segment.Options.Where(option => !option.IsPadding).Select(option => option.ToText(counted));
    }

    /// <summary>How much later it was seen than another one.</summary>
    /// <param name="earlier">The other one.</param>
    /// <returns>Microseconds; 0 if it was seen earlier, as a capture of two interfaces may have it.</returns>
    public ulong Since(ExchangeRow earlier) => Microseconds - ulong.Min(Microseconds, earlier.Microseconds);

    internal void AddMark(Mark mark)
    {
        if (mark.Kind != MarkKind.Dropped || !IsMarked(MarkKind.Dropped))
            _marks.Add(mark);
    }
}

/// <summary>How the first segments of an exchange open the connection.</summary>
public enum Opening
{
    /// <summary>By a SYN, whatever answers it.</summary>
    Syn,

    /// <summary>By a SYN of each end, before it had that of the other.</summary>
    Simultaneous,

    /// <summary>By a SYN that is answered by one without ACK.</summary>
    Split,

    /// <summary>By a SYN,ACK: the SYN is missing.</summary>
    SynAck,

    /// <summary>Not at all: the beginning is missing.</summary>
    Missing,
}

/// <summary>All segments of one connection, and what they say about both ends. It takes them one by one and keeps as many as it is told to.</summary>
public sealed class Exchange
{
    /// <summary>How many bytes of a segment's data are of interest: the first ones, to be quoted.</summary>
    public const int MostPayload = 64;

    // What is held back until it is clear how the connection opens.
    private const int MostPending = 32;

    private readonly List<Segment> _pending = [];
    private readonly List<ExchangeRow> _first = [];
    private readonly Queue<ExchangeRow> _last = new();
    private readonly Flight _clientFlight, _serverFlight;
    private readonly ExchangeNotes _notes;
    private int _mostRows;
    private bool _begun;
    private ulong _start, _clientSyn, _serverSyn;
    private int _clientSyns, _serverSyns;

    /// <summary>Makes an exchange that has no segments yet.</summary>
    /// <param name="clientName">What the client is called.</param>
    /// <param name="client">The client's address and port.</param>
    /// <param name="serverName">What the server is called.</param>
    /// <param name="server">The server's address and port.</param>
    /// <param name="mostRows">How many rows are kept: the first ones and the last ones, half each.</param>
    public Exchange(string clientName, IPEndPoint client, string serverName, IPEndPoint server, int mostRows = int.MaxValue)
    {
        Client = new EndTrace(clientName, client);
        Server = new EndTrace(serverName, server);
        _mostRows = mostRows;
        _notes = new ExchangeNotes(this);
        _clientFlight = new Flight(Remark);
        _serverFlight = new Flight(Remark);
    }

    /// <summary>
    /// True: it is drawn while it goes on. Each segment is taken at once, so a server's state is not known before it answers; no rows are kept
    /// but the <see cref="Latest"/>.
    /// </summary>
    public bool IsLive { get; init; }

    /// <summary>The last segment of an exchange that is live; null if it has none, or is not.</summary>
    public ExchangeRow? Latest { get; private set; }

    /// <summary>The end that sent the first SYN.</summary>
    public EndTrace Client { get; }

    /// <summary>The other end.</summary>
    public EndTrace Server { get; }

    /// <summary>True if the other end said anything at all; its state is unknown otherwise.</summary>
    public bool ServerAnswered { get; private set; }

    /// <summary>True if a program listens at the other end: it was seen to answer a SYN.</summary>
    public bool ServerListens { get; private set; }

    /// <summary>How it opens.</summary>
    public Opening Opening { get; private set; }

    /// <summary>How many segments there are.</summary>
    public int Count { get; private set; }

    /// <summary>The segments in the order in which they were seen; where there are too many those in the middle are left out.</summary>
    public IReadOnlyList<ExchangeRow> Rows => _last.Count == 0 ? _first : [.. _first, .. _last];

    /// <summary>Microseconds from the first segment to the latest one that is kept; they need not be in the order of time.</summary>
    public ulong Duration => Rows.Select(row => row.Microseconds).DefaultIfEmpty().Max();

    /// <summary>How many rows in the middle were left out.</summary>
    public int LeftOut => Count - _first.Count - _last.Count;

    /// <summary>What is odd, in sentences.</summary>
    public IReadOnlyList<Finding> Findings => _notes.GetFindings();

    /// <summary>Microseconds from the first SYN to the segment that completed the handshake; null if it was not completed.</summary>
    public ulong? HandshakeMicroseconds { get; private set; }

    /// <summary>Microseconds from the client's SYN to the answer; null if there was none, or the SYN was sent twice.</summary>
    public ulong? ClientRoundTrip { get; private set; }

    /// <summary>Microseconds from the server's SYN to the answer; null if there was none, or the SYN was sent twice.</summary>
    public ulong? ServerRoundTrip { get; private set; }

    /// <summary>True if the handshake was completed at both ends.</summary>
    public bool IsEstablished => Client.WasEstablished && Server.WasEstablished;

    /// <summary>True if each end knows the other's numbers: SND.UNA = SND.NXT here, RCV.NXT = SND.NXT there.</summary>
    public bool Agrees => IsEstablished
        && Client.SndUna == Client.SndNxt && Server.RcvNxt == Client.SndNxt
        && Server.SndUna == Server.SndNxt && Client.RcvNxt == Server.SndNxt;

    /// <summary>True if both ends closed and each acknowledged the other's FIN.</summary>
    public bool IsClosed => Client.FinAcknowledged && Server.FinAcknowledged;

    /// <summary>True if it was reset, or refused.</summary>
    public bool IsReset => _notes.WasReset;

    internal int ClientInVain => _clientFlight.InVain;

    internal int ServerInVain => _serverFlight.InVain;

    /// <summary>How it ends, in a few words.</summary>
    public string Ending => _notes.Ending;

    /// <summary>Reads an exchange out of what a link carried.</summary>
    /// <param name="segments">Segments in the order in which they were seen; those of other connections are left out.</param>
    /// <param name="clientName">What the client is called in the ladder.</param>
    /// <param name="client">The client's address and port.</param>
    /// <param name="serverName">What the server is called in the ladder.</param>
    /// <param name="server">The server's address and port.</param>
    /// <returns>The exchange; without rows if no SYN was seen.</returns>
    public static Exchange Read(
        IEnumerable<Segment> segments, string clientName, IPEndPoint client, string serverName, IPEndPoint server)
    {
        var exchange = new Exchange(clientName, client, serverName, server);
        IEnumerable<Segment> own = segments
            .Where(segment => (segment.Source.Equals(client) && segment.Destination.Equals(server))
                || (segment.Source.Equals(server) && segment.Destination.Equals(client)))
            .SkipWhile(segment => !segment.Has(ControlBits.Syn));
        foreach (Segment segment in own)
            exchange.Add(segment);
        exchange.Finish();
        return exchange;
    }

    /// <summary>Takes the next segment.</summary>
    /// <param name="segment">A segment of this connection.</param>
    public void Add(Segment segment)
    {
        Count++;
        if (_begun)
        {
            Take(segment, Count);
            return;
        }

        _pending.Add(segment);
        if (IsLive || IsOpeningClear() || _pending.Count == MostPending)
            Begin();
    }

    /// <summary>There are no more segments.</summary>
    public void Finish()
    {
        if (!_begun && _pending.Count > 0)
            Begin();
        _clientFlight.Finish();
        _serverFlight.Finish();
    }

    /// <summary>Keeps no rows any more: this is not the exchange that is to be drawn.</summary>
    public void ForgetRows()
    {
        _mostRows = 0;
        _first.Clear();
        _last.Clear();
    }

    /// <summary>Says whether a segment belongs to a later connection of the same ends.</summary>
    /// <param name="segment">A segment that goes from one of the ends to the other.</param>
    /// <returns>True if it opens a connection, and is not the SYN of this one.</returns>
    public bool IsOver(Segment segment)
    {
        if (!segment.Has(ControlBits.Syn) || segment.Has(ControlBits.Ack))
            return false;
        if (_begun && (IsReset || IsClosed || Opening is Opening.Missing))
            return true;
        uint? iss = !segment.Source.Equals(Client.EndPoint) ? Server.Iss : _begun ? Client.Iss : _pending[0].Sequence;
        return iss is uint known && known != segment.Sequence;
    }

    // Whether the server listens, and whose SYN was an answer, shows only when the server acknowledges or refuses.
    private bool IsOpeningClear()
    {
        if (!_pending[0].Has(ControlBits.Syn) || _pending[0].Has(ControlBits.Ack))
            return true;
        Segment last = _pending[^1];
        bool isAnswer = last.Source.Equals(Server.EndPoint) && last.Has(ControlBits.Ack)
            && (last.Has(ControlBits.Syn) || _pending.Exists(one => one.Source.Equals(Server.EndPoint) && one.Has(ControlBits.Syn)));
        return isAnswer || (last.Source.Equals(Server.EndPoint) && last.Has(ControlBits.Rst));
    }

    private void Begin()
    {
        _begun = true;
        Segment first = _pending[0];
        _start = first.Time;
        List<Segment> answers = _pending.FindAll(segment => segment.Source.Equals(Server.EndPoint));
        ServerAnswered = answers.Count > 0;
        ServerListens = answers.Exists(segment => segment.Has(ControlBits.Syn));
        if (!first.Has(ControlBits.Syn))
            BeginInTheMiddle(first);
        else if (first.Has(ControlBits.Ack))
            BeginWithAnswer(first);
        else if (answers.Find(segment => segment.Has(ControlBits.Syn)) is Segment syn && !syn.Has(ControlBits.Ack))
            Opening = answers.Exists(segment => segment.Has(ControlBits.Syn | ControlBits.Ack)) ? Opening.Simultaneous : Opening.Split;
        ServerListens &= Opening is not (Opening.Simultaneous or Opening.Missing);
        if (ServerListens)
            Server.Listen();
        for (int i = 0; i < _pending.Count; i++)
            Take(_pending[i], i + 1);
        _pending.Clear();
    }

    private void BeginInTheMiddle(Segment first)
    {
        Opening = Opening.Missing;
        ServerAnswered = true;
        bool fromClient = first.Source.Equals(Client.EndPoint);
        (EndTrace sender, EndTrace receiver) = fromClient ? (Client, Server) : (Server, Client);
        sender.AssumeEstablished(first.Sequence, first.Acknowledgment);
        receiver.AssumeEstablished(first.Acknowledgment, first.Sequence);
    }

    // It may come from either end, if both are named before.
    private void BeginWithAnswer(Segment first)
    {
        Opening = Opening.SynAck;
        if (!first.Source.Equals(Server.EndPoint))
            return;
        Client.AssumeSyn(first.Acknowledgment - 1);
        _clientFlight.Expect(first.Acknowledgment - 1, first.Acknowledgment, first.Time);
        Server.AssumePeerSyn(first.Acknowledgment);
    }

    private void Take(Segment segment, int number)
    {
        bool fromClient = segment.Source.Equals(Client.EndPoint);
        EndTrace sender = fromClient ? Client : Server;
        EndTrace receiver = fromClient ? Server : Client;
        Flight flight = fromClient ? _clientFlight : _serverFlight;
        ServerAnswered |= !fromClient;
        if (IsLive && !fromClient && segment.Has(ControlBits.Syn))
            NoteAnswer(segment);
        bool synUnanswered = receiver.Iss is uint iss && receiver.SndUna == iss;
        bool scaled = !segment.Has(ControlBits.Syn) && sender.WindowScale >= 0 && receiver.WindowScale >= 0;
        long window = scaled ? (long)segment.Window << sender.WindowScale : segment.Window;
        ulong time = segment.Time - ulong.Min(segment.Time, _start);

        List<Mark> marks = _notes.Note(segment, fromClient, time, window);

        // It stood behind its answer.
        if (Opening == Opening.SynAck && fromClient && segment.Has(ControlBits.Syn) && segment.Sequence == Client.Iss)
            Opening = Opening.Syn;

        // A SYN,ACK that follows a SYN says more than that.
        bool isNew = _notes.IsFirstSynAck;
        ulong roundTrip = ClientRoundTrip ?? ServerRoundTrip ?? 0;
        bool tells = segment.SequenceLength > 0 || (sender.Base is uint && segment.Sequence != sender.SndNxt);
        Mark? sent = tells && !segment.Has(ControlBits.Rst) && !(isNew && sender.Base is uint) ? flight.Send(sender, segment, roundTrip) : null;
        if (sent != null)
            marks.Add(sent);
        if (segment.Has(ControlBits.Ack) && !segment.Has(ControlBits.Rst) && !segment.IsDamaged
            && (fromClient ? _serverFlight : _clientFlight).Acknowledge(receiver, segment, number, _notes.IsSameWindow) is Mark acknowledged)
        {
            marks.Add(acknowledged);
        }

        sender.OnSent(segment);
        if (!segment.IsDamaged)
            receiver.OnReceived(segment);
        if (!segment.Has(ControlBits.Syn))
            _notes.Count(marks);
        CountSyn(segment, fromClient);
        if (IsEstablished)
            HandshakeMicroseconds ??= time;
        if (synUnanswered && receiver.SndUna != receiver.Iss)
            NoteRoundTrip(!fromClient, segment.Time);
        if (_mostRows == 0 && !IsLive)
            return;

        var row = new ExchangeRow(
            number,
            segment,
            fromClient,
            time,
            segment.Sequence - (sender.Base ?? segment.Sequence),
            segment.Has(ControlBits.Ack) ? segment.Acknowledgment - (receiver.Base ?? segment.Acknowledgment) : null,
            window,
            Client.State,
            ServerAnswered ? Server.State : null);
        marks.ForEach(row.AddMark);
        Latest = IsLive ? row : null;
        if (IsLive)
            return;
        if (segment.SequenceLength > 0 && !segment.Has(ControlBits.Rst) && sent?.Kind != MarkKind.KeepAlive)
            flight.Attach(row);
        Keep(row);
    }

    // What Begin finds out beforehand of an exchange that is not live.
    private void NoteAnswer(Segment syn)
    {
        if (!syn.Has(ControlBits.Ack) && !ServerListens && Opening == Opening.Syn)
            Opening = Opening.Split;
        else if (syn.Has(ControlBits.Ack) && Opening == Opening.Split)
            Opening = Opening.Simultaneous;
        ServerListens |= syn.Has(ControlBits.Ack) && Opening == Opening.Syn;
    }

    private void Remark(int number, Mark mark)
    {
        _notes.Count([mark]);
        (_first.Find(row => row.Number == number) ?? _last.FirstOrDefault(row => row.Number == number))?.AddMark(mark);
    }

    private void Keep(ExchangeRow row)
    {
        if (_first.Count < _mostRows - (_mostRows / 2))
        {
            _first.Add(row);
            return;
        }

        if (_last.Count == _mostRows / 2 && !_last.TryDequeue(out _))
            return;
        _last.Enqueue(row);
    }

    private void CountSyn(Segment segment, bool fromClient)
    {
        if (!segment.Has(ControlBits.Syn))
            return;
        if (fromClient && _clientSyns++ == 0)
            _clientSyn = segment.Time;
        else if (!fromClient && _serverSyns++ == 0)
            _serverSyn = segment.Time;
    }

    // An answer to a SYN that was sent twice may be one to either (Karn, RFC 6298 section 3).
    private void NoteRoundTrip(bool ofClient, ulong answered)
    {
        if (ofClient && _clientSyns == 1)
            ClientRoundTrip = answered - ulong.Min(answered, _clientSyn);
        else if (!ofClient && _serverSyns == 1)
            ServerRoundTrip = answered - ulong.Min(answered, _serverSyn);
    }
}
