using System;
using HandshakeNano.Fuzz.Judging;
using HandshakeNano.Net;
using HandshakeNano.Net.Tests;

namespace HandshakeNano.Fuzz.Frames;

/// <summary>
/// An endpoint with its application, its peers and its time, that steps happen to. After each step everything is judged that
/// has to hold whatever came: what was sent, what was counted, what has changed, and that no memory was taken.
/// </summary>
internal sealed class FuzzTarget : ILink
{
    /// <summary>The endpoint's Ethernet address.</summary>
    public static readonly byte[] Hardware = Packet.PhysicalAddressOf(Packet.OurAddress);

    private const ulong Second = 1_000_000;
    private const int RequestSlots = 8;
    private const int ArpFrameLength = 42;
    private const int SynFrameLength = 58;

    /// <summary>What accepting a connection allocates: a TcpConnection, three references and a number.</summary>
    private const int HandleSize = 48;

    /// <summary>How many ISNs are remembered: more than a cycle of the ISN's clock brings.</summary>
    private const int RememberedIsns = 1 << 15;

    private readonly Application _application;
    private readonly Handshakes _handshakes;
    private readonly FrameBuilder _builder = new();
    private readonly Translator _translator = new();
    private readonly FuzzedPeer[] _conversations = new FuzzedPeer[FuzzedPeer.Count + 1];
    private readonly byte[] _sent = new byte[1600];
    private readonly uint[] _requests = new uint[RequestSlots];

    /// <summary>When each host of the network was asked for its Ethernet address last.</summary>
    private readonly ulong[] _askedAt = new ulong[256];

    /// <summary>By the last numbers of their addresses, IPv4 and Ethernet: who has told the endpoint its own in a reply.</summary>
    private readonly bool[,] _replied = new bool[256, 256];

    /// <summary>Whom the last packet went to that answered the frame at hand, and the last byte of its card.</summary>
    private uint _answered;

    private byte _answeredCard;

    private readonly byte[] _received = new byte[2048];

    /// <summary>True while the endpoint has a frame that may say where a neighbour is: what waited for that may leave.</summary>
    private bool _releases;

    private readonly ulong[] _counts = new ulong[Counters.Count];
    private readonly Connection[] _before = new Connection[Application.Slots];
    private readonly bool _answersArp;
    private readonly int _mtu;
    private readonly int _connections;
    private readonly int _halfOpen;
    private readonly int _timeWaits;
    private readonly int _receiveWindow;

    private Action<string>? _trace;

    /// <summary>Who has sent the segment that the endpoint is working on.</summary>
    private FuzzedPeer? _atHand;

    /// <summary>True once the stream of that peer goes on with the connection that the segment has opened.</summary>
    private bool _followed;
    private byte[]? _waiting;

    /// <summary>The IPv6 address of the peer whose frame waits; null for one over IPv4.</summary>
    private byte[]? _overIpv6;

    /// <summary>The last peer that the endpoint has asked for over IPv6.</summary>
    private FuzzedPeer? _questions;
    private int _waitingLength;
    private int _requestCount;
    private ulong _deadline;
    private uint _epoch;
    private ulong _framesSent;
    private ulong _resetsSent;
    private ulong _unresolved;

    // What the endpoint has sent in the step.
    private int _ipv6Frames;
    private int _framesOverIpv6;
    private int _frames;
    private int _bytes;
    private int _segments;
    private int _resets;
    private int _data;
    private int _synFin;
    private int _firstFlags;

    /// <summary>Makes an endpoint.</summary>
    /// <param name="header">The first 16 bytes of a life: what the endpoint is made of.</param>
    public FuzzTarget(ReadOnlySpan<byte> header)
    {
        _mtu = header[0] switch { < 128 => 1500, < 192 => 576, _ => 68 + header[1] };
        _connections = 2 + header[2] % 9;
        _timeWaits = 1 + header[3] % 6;
        _answersArp = header[4] < 224;
        _builder.Mtu = _mtu;
        _epoch = header[5] | ((uint)header[6] << 8);
        var settings = new TcpSettings
        {
            Address = Packet.OurAddress,
            PrefixLength = 24,
            Gateway = Packet.RouterAddress,
            Connections = _connections,
            Listeners = 2,
            SynPolicy = (SynPolicy)(header[12] % 3),
            HalfOpenConnections = 16 >> (header[13] & 3),
            CookiesPerSecond = (header[13] >> 2) % 5 * 5,
            SynAckRetransmissions = 5 - header[14] % 6,
            TimeWaits = _timeWaits,
            ReceiveBufferSize = 256 << (header[7] & 3),
            SendBufferSize = 256 << (header[8] & 3),
            ArpEntries = 4 << (header[9] & 3),
            OutOfOrderRanges = 1 + (header[9] >> 2),
            Ipv6 = _mtu == 1500 && header[15] < 192,
        };
        _halfOpen = settings.HalfOpenConnections;
        _receiveWindow = settings.ReceiveBufferSize;
        Now = ((ulong)header[10] << 32) + Second;
        for (int i = 0; i < _conversations.Length; i++)
        {
            _conversations[i] = new FuzzedPeer(i);
            if (settings.Ipv6)
                _conversations[i].MoveToIpv6();
        }

        Begin();
        Endpoint = new TcpEndpoint(this, new Secret(header[11]), settings);
        _handshakes = new Handshakes(Endpoint, settings, RememberedIsns);
        _application = new Application(this);
        _application.Listen();
        Settle();
        if (Endpoint.Ipv6 == null)
            return;

        // Its peers meet it once it has an address.
        Advance(5 * Second);
        Demand(Endpoint.Ipv6.CopyAddress(0, _translator.Ours, 0), "no IPv6 address");
    }

    public TcpEndpoint Endpoint { get; }

    /// <summary>The time in microseconds.</summary>
    public ulong Now { get; private set; }

    /// <summary>How many frames were received that a step made.</summary>
    public long Fuzzed { get; private set; }

    /// <summary>How many of them were segments that the endpoint took for good.</summary>
    public long Good { get; private set; }

    /// <summary>How many frames were of IPv6.</summary>
    public long OfIpv6 { get; private set; }

    /// <summary>How many bytes of memory the endpoint has taken since its start, or since this was set to 0.</summary>
    public long Allocated { get; set; }

    /// <summary>What the last step did, as a number: equal for two steps that did much the same.</summary>
    public uint Feature { get; private set; }

    public int Mtu => _mtu;

    public bool HasEthernetHeader => true;

    public byte[] PhysicalAddress => Hardware;

    public bool IsUp => true;

    /// <summary>Plays a whole life: its header, its steps, its end.</summary>
    /// <param name="life">The life; what is too short for a step at its end is left out.</param>
    /// <param name="trace">Told every step and every frame; null for none.</param>
    /// <returns><see cref="Allocated"/>.</returns>
    public static long Play(ReadOnlySpan<byte> life, Action<string>? trace = null)
    {
        if (life.Length < Step.Size)
            return 0;
        var target = new FuzzTarget(life[..Step.Size]) { _trace = trace };
        for (int i = Step.Size; i + Step.Size <= life.Length; i += Step.Size)
        {
            trace?.Invoke(Step.Describe(life.Slice(i, Step.Size)));
            target.Apply(life.Slice(i, Step.Size));
        }

        target.Finish();
        return target.Allocated;
    }

    /// <summary>Lets a step happen.</summary>
    public void Apply(ReadOnlySpan<byte> step)
    {
        FuzzedPeer who = _conversations[step[Step.Who] & 15];
        int value = Step.ValueOf(step);
        switch (Step.KindOf(step))
        {
            case StepKind.Time:
                Reset();
                Advance((ulong)(value + 1) << (step[Step.What] % 12));
                Feature = 0;
                break;
            case StepKind.User:
                Reset();
                _application.Do((UserCall)(step[Step.What] & 15), step[Step.Who], value, who);

                // A new address forgets who was asked when.
                if ((UserCall)(step[Step.What] & 15) == UserCall.Address)
                    Array.Clear(_askedAt);
                Settle();
                Feature = Combine(StepKind.User, step[Step.What] & 15u, 0, 0);
                break;
            case StepKind.End:
                Finish();
                break;
            default:
                Endpoint.Ipv6?.CopyAddress(step[Step.Options] & 1, _builder.OurIpv6, 0);
                _builder.Mtu = who.Ipv6 == null ? _mtu : _mtu - 20;
                _builder.Build(step, who);
                Fuzzed++;
                Inject(who);
                break;
        }

        AnswerArp();
        Limits();
    }

    /// <summary>
    /// The end of whatever was going on: the application lets go, time goes by, and nothing is left. Then a handshake, an echo and a
    /// close are done by the book, and the endpoint is ready for more.
    /// </summary>
    public void Finish()
    {
        Reset();
        _application.Leave();
        Settle();
        AnswerArp();
        Advance(1000 * Second);
        Demand(Endpoint.ConnectionCount == 0, "connections are left");
        Demand(Endpoint.TimeWaitCount == 0, "TIME-WAIT is left");
        // The last segment may have asked for its neighbour's address.
        Advance(10 * Second);
        // An IPv6 address may last for long.
        Demand(_deadline == ulong.MaxValue || Endpoint.Ipv6 != null, "a deadline is left");
        foreach (TcpListener? listener in _application.Listeners)
            Demand(listener is null or { HalfOpen: 0, Pending: 0 }, "a listener's queue is not empty");
        Demand(Endpoint.Counters.Get(Counter.FramesSent) == _framesSent, "FramesSent is not what was sent");
        Demand(Endpoint.Counters.Get(Counter.ResetsSent) >= _resetsSent, "ResetsSent is less than what was sent");
        Begin();
        ShakeHands();
    }

    /// <summary>The peer of a connection, null if it is none of those that steps name.</summary>
    public FuzzedPeer? Find(TcpConnection connection) => Find(Translator.AddressOf(connection), connection.RemotePort, connection.LocalPort);

    /// <summary>A listener has a connection.</summary>
    public void Opened()
    {
        _handshakes.Opens(Now);
        Follow(_atHand, _handshakes.Iss != _atHand?.Stream.Iss);
    }

    /// <summary>The application has accepted a connection.</summary>
    public void Accepted(TcpConnection connection) => _handshakes.Accepts(connection);

    int ILink.Receive(byte[] buffer)
    {
        if (_waiting == null)
            return 0;
        _trace?.Invoke($"  < {Describe(_waiting)}");
        byte[] frame = _waiting;
        int length = _waitingLength;
        NoteReceived(frame, length);
        _releases = Packet.Get16(frame, 12) is Packet.EtherTypeArp or Ipv6Packet.EtherType;
        _waiting = null;
        if (_overIpv6 != null)
        {
            _translator.ToIpv6(frame, _overIpv6);
            _overIpv6 = null;
            frame = _translator.Frame;
            length = _translator.Length;
        }

        Array.Copy(frame, 0, buffer, FrameLayout.Ethernet, Math.Min(length, buffer.Length - FrameLayout.Ethernet));
        return length;
    }

    bool ILink.Send(byte[] buffer, int length)
    {
        Demand(length <= _mtu + 14, "a frame longer than the MTU");
        byte[] frame = _sent;
        bool isOverIpv6 = false;
        Array.Copy(buffer, FrameLayout.Ethernet, frame, 0, length);
        _trace?.Invoke($"    > {Describe(frame)}");
        SentFrame.Judge(frame, length, Hardware, Packet.OurAddress, _mtu);
        if (Packet.Get16(frame, 12) == Ipv6Packet.EtherType)
        {
            Demand(Endpoint?.Ipv6 != null, "IPv6 that is off");
            if (frame[Packet.Ip + 6] != 6)
            {
                _framesSent++;
                _ipv6Frames++;
                SentIpv6(frame);
                return true;
            }

            length = Translator.ToIpv4(frame, length, _mtu);
            SentFrame.Judge(frame, length, Hardware, Packet.OurAddress, _mtu);
            isOverIpv6 = true;
            _framesOverIpv6++;
        }

        _frames++;
        _bytes += length;
        _framesSent++;
        if (SentFrame.IsTcp(frame))
            SentSegment(frame);
        else if (Packet.Get16(frame, 12) == Packet.EtherTypeArp && Packet.Get16(frame, Packet.Ip + 6) == 1)
            SentRequest(Packet.Get32(frame, Packet.Ip + 24));
        if (Packet.Get16(frame, 12) == Packet.EtherTypeIpv4 && !isOverIpv6)
            JudgeDestination(frame);

        return true;
    }

    void ILink.Wake()
    {
    }

    void ILink.Wait(int millisecondsTimeout) => throw new InvariantException("the protocol must not wait");

    private static void Demand(bool holds, string what)
    {
        if (!holds)
            throw new InvariantException(what);
    }

    /// <summary>A frame in a line, its numbers relative to both sides' initial ones.</summary>
    private string Describe(byte[] frame)
    {
        int type = Packet.Get16(frame, 12);
        int at = Packet.Ip + (frame[Packet.Ip] & 15) * 4;
        if (type != Packet.EtherTypeIpv4 || frame[Packet.Ip + 9] != 6)
            return type == Packet.EtherTypeArp ? "ARP" : type == Packet.EtherTypeIpv4 ? $"IPv4, protocol {frame[Packet.Ip + 9]}" : $"EtherType {type:X4}";
        int source = Packet.Get16(frame, at);
        int destination = Packet.Get16(frame, at + 2);
        FuzzedPeer? from = Find(Packet.Get32(frame, Packet.Ip + 12), source, destination);
        FuzzedPeer? to = Find(Packet.Get32(frame, Packet.Ip + 16), destination, source);
        uint ours = (from ?? to)?.Stream.Iss ?? 0;
        uint theirs = (from ?? to)?.Irs ?? 0;
        string flags = "";
        for (int i = 0; i < 8; i++)
        {
            if (((frame[at + 13] >> i) & 1) != 0)
                flags += Segment.FlagLetters[i];
        }

        int length = Packet.Get16(frame, Packet.Ip + 2) - at + Packet.Ip - (frame[at + 12] >> 4) * 4;
        return $"{source} > {destination} {flags} seq {(int)(Packet.Get32(frame, at + 4) - (from != null ? theirs : ours))} "
            + $"ack {(int)(Packet.Get32(frame, at + 8) - (from != null ? ours : theirs))} win {Packet.Get16(frame, at + 14)} len {length}";
    }

    private void SentRequest(uint target)
    {
        if (target == Packet.OurAddress)
            return;
        Demand(_askedAt[target & 0xFF] == 0 || Now - _askedAt[target & 0xFF] >= Second, "a neighbour was asked twice in a second");
        _askedAt[target & 0xFF] = Now;
        if (_requestCount < RequestSlots)
            _requests[_requestCount++] = target;
    }

    /// <summary>Notes whom the endpoint asks for by a solicitation that is not for an address of its own.</summary>
    private void SentIpv6(byte[] frame)
    {
        if (frame[Packet.Ip + 6] != 58 || frame[Ipv6Packet.Payload] != 135 || frame[Packet.Ip + 8] == 0 || !_answersArp)
            return;
        foreach (FuzzedPeer conversation in _conversations)
        {
            if (conversation.Ipv6 != null && Packet.SameBytes(conversation.Ipv6, 0, frame, Ipv6Packet.Payload + 8, 16))
                _questions = conversation;
        }
    }

    private void NoteReceived(byte[] frame, int length)
    {
        // A tag is taken out, and what was in front of it stays.
        int tag = length > 16 && Packet.Get16(frame, 12) == 0x8100 ? 4 : 0;
        Array.Clear(_received, 0, 52);
        Array.Copy(frame, 0, _received, 0, Math.Min(length, 12));
        if (length > 12)
            Array.Copy(frame, 12 + tag, _received, 12, Math.Min(length - 12 - tag, 40));
        if (Packet.Get16(_received, 12) == Packet.EtherTypeArp && Packet.Get16(_received, Packet.Ip + 6) == 2
            && Packet.Get32(_received, Packet.Ip + 24) == Packet.OurAddress)
            _replied[_received[Packet.Ip + 17], _received[Packet.Ip + 13]] = true;
    }

    /// <summary>
    /// A packet goes to a card that was named in a reply to us, or back to the card that the frame at hand came from, and so does a last word
    /// to that host.
    /// </summary>
    private void JudgeDestination(byte[] frame)
    {
        uint destination = Packet.Get32(frame, Packet.Ip + 16);
        bool isAnswer = Packet.Get16(_received, 12) == Packet.EtherTypeIpv4 && Packet.Get32(_received, Packet.Ip + 12) == destination
            && Packet.SameBytes(frame, 0, _received, 6, 6);
        Demand((frame[0] & 1) == 0, "a packet for a group");
        bool isLastWord = destination == _answered && frame[5] == _answeredCard && (frame[Packet.Transport + 13] & Segment.Rst) != 0;
        Demand(isAnswer || isLastWord || _replied[(int)(Packet.NextHop(destination) & 0xFF), frame[5]], "a neighbour was believed that was not asked");
        if (isAnswer)
        {
            _answered = destination;
            _answeredCard = frame[5];
        }
    }

    private void SentSegment(byte[] frame)
    {
        int flags = frame[Packet.Transport + 13];
        _segments++;
        if (_segments == 1)
            _firstFlags = flags;
        if ((flags & Segment.Rst) != 0)
        {
            _resets++;
            _resetsSent++;
        }

        if ((flags & (Segment.Syn | Segment.Fin)) != 0)
            _synFin++;
        _data += Packet.Get16(frame, Packet.Ip + 2) - 20 - (frame[Packet.Transport + 12] >> 4) * 4;
        FuzzedPeer? to = Find(Packet.Get32(frame, Packet.Ip + 16), Packet.Get16(frame, Packet.Transport + 2),
            Packet.Get16(frame, Packet.Transport));
        if ((flags & Segment.Syn) != 0)
        {
            _handshakes.Sends(frame, to is { IsActive: true } ? to.Calls : 0, _releases, Now);
            if (to != null && to.Stream.Iss != Packet.Get32(frame, Packet.Transport + 4))
                to.EarlierIss = to.Stream.Iss;
        }
        else if (_handshakes.Tells(frame, Now))
            to?.Stream.Begin(Packet.Get32(frame, Packet.Transport + 4) - 1, Packet.Get32(frame, Packet.Transport + 8) - 1, _receiveWindow);
        else if (to != null && to == _atHand && (flags & Segment.Rst) == 0)
            Follow(to, _handshakes.Acknowledges && _handshakes.Iss != to.Stream.Iss && Packet.Get32(frame, Packet.Transport + 4) == _handshakes.Iss + 1);
        to?.Stream.Sends(frame, 0, Endpoint.Counters.Get(Counter.ArpUnresolved) == _unresolved, _releases);
    }

    /// <summary>
    /// A peer may have several SYN,ACKs at once where they are cookies. Which of them its connection has is known when one comes back.
    /// </summary>
    private void Follow(FuzzedPeer? who, bool isOther)
    {
        if (who == null || _followed || !_handshakes.Acknowledges || !(isOther || _handshakes.TookCookie))
            return;
        _followed = true;
        who.Stream.Begin(_handshakes.Iss, _handshakes.Irs, _receiveWindow);
        who.Stream.Hears(_builder.Frame, Packet.Ip + (_builder.Frame[Packet.Ip] & 15) * 4);
    }

    /// <summary>The endpoint gets a good segment from a peer that steps can name, or from another one.</summary>
    private void Meet(FuzzedPeer? who, byte[] frame, int at)
    {
        _atHand = who;
        _followed = false;
        _handshakes.Arrives(frame, at, Now);
    }

    private void Part()
    {
        if (_handshakes.TookCookie)
            Follow(_atHand, false);
        _handshakes.Leaves(Now);
        _atHand = null;
    }

    private FuzzedPeer? Find(uint address, int remotePort, int localPort)
    {
        foreach (FuzzedPeer conversation in _conversations)
        {
            if (conversation.RemotePort == remotePort && conversation.LocalPort == localPort && conversation.Address == address)
                return conversation;
        }

        return null;
    }

    private void Begin()
    {
        _epoch++;
        _unresolved = Endpoint == null ? 0 : Endpoint.Counters.Get(Counter.ArpUnresolved);
        foreach (FuzzedPeer conversation in _conversations)
            conversation.Begin(_epoch);
    }

    private void Reset()
    {
        _frames = _ipv6Frames = _framesOverIpv6 = _bytes = _segments = _resets = _data = _synFin = _firstFlags = 0;
    }

    /// <summary>Lets the endpoint do all that it wants to do at this moment.</summary>
    private void Settle()
    {
        int turns = 0;
        int collections = GC.CollectionCount(0);
        int accepted = _application.AcceptedInHandlers;
        long allocated = GC.GetAllocatedBytesForCurrentThread();
        do
        {
            _deadline = Endpoint.Poll(Now);
            if (++turns > 1000)
                throw new InvariantException("Poll never comes to rest");
        }
        while (_deadline <= Now || _waiting != null);
        _releases = false;
        allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
        // A collection counts what was left of the thread's allocation context as allocated.
        if (collections == GC.CollectionCount(0))
            Allocated += allocated - (_application.AcceptedInHandlers - accepted) * HandleSize;
    }

    private void Advance(ulong microseconds)
    {
        ulong end = Now + microseconds;
        for (int i = 0; _deadline <= end && i < 3000; i++)
        {
            Now = _deadline;
            Settle();
            AnswerArp();
        }

        Now = end;
        Settle();
    }

    private void AnswerArp()
    {
        // An answer may make the endpoint ask for another host.
        for (int i = 0; i < RequestSlots && _requestCount != 0; i++)
        {
            uint address = _requests[--_requestCount];
            if (!_answersArp)
                continue;
            foreach (FuzzedPeer conversation in _conversations)
            {
                if (Packet.NextHop(conversation.Address) != address)
                    continue;
                _builder.ArpReply(conversation.Hardware, address);
                _waiting = _builder.Frame;
                _waitingLength = _builder.Length;
                Settle();
                break;
            }
        }

        _requestCount = 0;
        while (_questions is { } asked)
        {
            _questions = null;
            _builder.NeighbourReply(asked, _translator.Ours);
            _waiting = _builder.Frame;
            _waitingLength = _builder.Length;
            Settle();
        }
    }

    private void Limits()
    {
        Demand(Endpoint.ConnectionCount <= _connections + _halfOpen, "more connections than there are");
        Demand(Endpoint.TimeWaitCount <= _timeWaits, "more connections in TIME-WAIT than there is place for");
        foreach (TcpListener? listener in _application.Listeners)
        {
            Demand(listener == null || (listener.HalfOpen >= 0 && listener.HalfOpen <= Math.Max(listener.Backlog, _halfOpen)), "half-open connections beyond the backlog");
            Demand(listener == null || (listener.Pending >= 0 && listener.Pending <= listener.Backlog), "connections not accepted beyond the backlog");
        }
    }

    /// <summary>Hands the builder's frame to the endpoint and judges what came of it.</summary>
    private void Inject(FuzzedPeer sender)
    {
        byte[] frame = _builder.Frame;
        int length = _builder.Length;
        Reset();
        int calls = _application.Calls;
        for (int i = 0; i < _before.Length; i++)
            _before[i] = new Connection(_application.Held[i].Connection);
        for (int i = 0; i < _counts.Length; i++)
            _counts[i] = Endpoint.Counters.Get((Counter)i);
        int connections = Endpoint.ConnectionCount;
        int timeWaits = Endpoint.TimeWaitCount;

        Counter verdict = Verdict.Of(frame, length, Endpoint.Ipv6 != null);
        int at = Packet.Ip + (frame[Packet.Ip] & 15) * 4;
        bool isTcp = verdict == Counter.SegmentsReceived;
        bool isIpv6Error = verdict == Verdict.Ipv6 && Verdict.IsIpv6Error(frame);
        FuzzedPeer? who = null;
        if (isTcp)
            who = Find(Packet.Get32(frame, Packet.Ip + 12), Packet.Get16(frame, at), Packet.Get16(frame, at + 2));
        bool isSegment = verdict is Counter.SegmentsReceived or Counter.TcpHeaderBad or Counter.TcpChecksumBad or Counter.TcpOptionBad;
        if (Endpoint.Ipv6 != null && isSegment)
        {
            if (Packet.Get16(frame, 12) != Packet.EtherTypeIpv4)
                return;
            _overIpv6 = isTcp ? who?.Ipv6 : sender.Ipv6;
            if (_overIpv6 != null && Packet.Get16(frame, Packet.Ip + 2) - at + Packet.Ip + 40 > _mtu)
            {
                _overIpv6 = null;
                return;
            }
        }

        if (_overIpv6 != null || verdict == Verdict.Ipv6)
            OfIpv6++;
        if (isTcp)
        {
            Good++;
            who?.Stream.Hears(frame, at);
            if (who != null && _builder.Mutated)
                who.Tainted = true;
        }

        if (isTcp)
            Meet(who, frame, at);
        _waiting = frame;
        _waitingLength = length;
        Settle();
        if (isTcp)
            Part();

        Demand(Endpoint.Counters.Get(Counter.FramesReceived) == _counts[(int)Counter.FramesReceived] + 1, "FramesReceived is not what came");
        // Too short to hold the destination, and to a group: what stands there in the buffer decides between two names.
        bool cut = length < Packet.Transport && (frame[0] & 1) != 0;
        bool badSource = isTcp && !Verdict.CanBeHost(Packet.Get32(frame, Packet.Ip + 12));
        foreach (Counter counter in Verdict.All)
        {
            ulong moved = Endpoint.Counters.Get(counter) - _counts[(int)counter];
            bool expected = counter == verdict;
            if (verdict == Verdict.IcmpError && counter is Counter.IcmpErrorsReceived or Counter.IcmpErrorUnmatched)
                continue;
            if ((counter == Counter.Ipv4SourceBad && badSource) || (cut && counter is Counter.Ipv4HeaderBad or Counter.Ipv4NotForUs))
                continue;
            if (verdict == Verdict.Ipv6 && (Verdict.IsShared(counter) || (isIpv6Error && counter == Counter.IcmpErrorsReceived)))
                continue;
            if (moved != (expected ? 1UL : 0UL))
                throw new InvariantException($"{counter} moved by {moved}, the verdict on {length} bytes is {verdict}: {Moved()}");
        }

        bool handled = _application.Calls != calls;
        if (verdict == Verdict.Ipv6)
        {
            // An answer sends what has waited for it.
            int room = Math.Max(FrameLayout.BufferSize(_mtu) - FrameLayout.Ethernet, _connections * SynFrameLength);
            Demand(_frames == _framesOverIpv6 && _bytes <= room && _ipv6Frames <= 4, "an IPv6 packet was answered by another protocol, or by too much");
            Demand(isIpv6Error || (Endpoint.ConnectionCount == connections && Endpoint.TimeWaitCount == timeWaits && !handled),
                "an IPv6 packet changed a connection");
        }

        if (Verdict.IsDrop(verdict))
        {
            Demand(_frames == 0, "a bad frame was answered");
            Demand(Endpoint.ConnectionCount == connections && Endpoint.TimeWaitCount == timeWaits && !handled, "a bad frame changed something");
        }

        // A slow connection may give way to a handshake that this frame completes.
        bool gaveWay = Endpoint.Counters.Get(Counter.SlowEvicted) != _counts[(int)Counter.SlowEvicted]
            || Endpoint.Counters.Get(Counter.OrphansEvicted) != _counts[(int)Counter.OrphansEvicted];
        int mine = -1;
        for (int i = 0; i < _before.Length; i++)
        {
            TcpConnection? now = _application.Held[i].Connection;
            bool isMine = isTcp && _before[i].Is(Packet.Get32(frame, Packet.Ip + 12), Packet.Get16(frame, at), Packet.Get16(frame, at + 2));
            if (isMine)
                mine = i;
            else if (!handled && !gaveWay && verdict != Verdict.IcmpError && !isIpv6Error && !_before[i].Equals(new Connection(now)))
            {
                // A SYN may reopen what waits in TIME-WAIT, or push the oldest out.
                Demand(_before[i].State == TcpState.TimeWait && new Connection(now).State == TcpState.Closed,
                    "a connection changed that the frame is not for");
            }
        }

        if (isTcp)
            JudgeAnswer(frame, at, mine, handled);
        else if (verdict is Counter.IcmpEchoRequests or Counter.Ipv4ProtocolUnknown or Counter.UdpPortUnknown)
            Demand(_segments == 0 && _frames <= 2, "more than one answer");
        else if ((verdict == Verdict.IcmpError || isIpv6Error) && !handled)
            JudgeIcmpError();
        else if (verdict is Counter.ArpRequestsReceived or Counter.ArpConflicts or Verdict.Learned)
        {
            int room = Math.Max(FrameLayout.BufferSize(_mtu) - FrameLayout.Ethernet, _connections * SynFrameLength);
            Demand(_bytes <= (2 * ArpFrameLength) + room, "more than an answer, a question and what there is room for to wait");
        }

        ulong conflicts = Endpoint.Counters.Get(Counter.ArpNeighbourConflicts) - _counts[(int)Counter.ArpNeighbourConflicts];
        Demand(conflicts == 0 || (conflicts == 1 && verdict is Counter.ArpRequestsReceived or Verdict.Learned), "a neighbour's conflict from nowhere");

        Feature = Combine(isTcp ? StepKind.Tcp : StepKind.Other, (uint)verdict,
            mine < 0 ? 0u : (uint)(16 * (int)_before[mine].State + (int)new Connection(_application.Held[mine].Connection).State + 1),
            isTcp ? (uint)(frame[at + 13] & 0x3F) : 0);
    }

    private string Moved()
    {
        string text = "";
        for (int i = 0; i < _counts.Length; i++)
        {
            ulong moved = Endpoint.Counters.Get((Counter)i) - _counts[i];
            if (moved != 0)
                text += $" {(Counter)i} {moved}";
        }

        return text;
    }

    private uint Combine(StepKind kind, uint what, uint states, uint flags)
    {
        // Which counters moved says where the frame went.
        uint hash = (uint)kind * 31 + what * 7919 + states * 104729 + flags * 1299709 + (uint)_firstFlags * 15485863
            + (uint)Math.Min(_segments, 3) * 49979687;
        for (int i = (int)Counter.NoConnection; i < _counts.Length; i++)
        {
            if (Endpoint.Counters.Get((Counter)i) != _counts[i])
                hash = (hash ^ (uint)i) * 16777619;
        }

        return hash;
    }

    /// <summary>What RFC 9293 section 3.10.7 and RFC 5961 let a segment do.</summary>
    private void JudgeAnswer(byte[] frame, int at, int mine, bool handled)
    {
        int flags = frame[at + 13];
        bool reset = (flags & Segment.Rst) != 0;
        if (reset)
        {
            Demand(_resets == 0, "a reset was answered with a reset");
            Demand(handled || (_segments <= 1 && _data == 0 && _synFin == 0), "a reset was answered with more than a challenge ACK");
        }

        Demand(_resets <= 1 || handled, "more than one reset for a segment");
        if (mine < 0)
        {
            // Half-open, not accepted, given back, in TIME-WAIT, or none: there is a SYN,ACK, a reset, an ACK, or the rest of
            // what was written, in segments of no less than 28 bytes with the timestamps.
            Demand(handled || _segments - (_data + 15) / 16 <= 3, "more answers than a segment may have");
            return;
        }

        TcpConnection? connection = _application.Held[mine].Connection;
        if (connection == null || handled)
            return;
        Connection before = _before[mine];
        var after = new Connection(connection);
        uint seq = Packet.Get32(frame, at + 4);
        uint ack = Packet.Get32(frame, at + 8);
        int length = Packet.Get16(frame, Packet.Ip + 2) - at + Packet.Ip - (frame[at + 12] >> 4) * 4;
        bool hasAck = (flags & Segment.Ack) != 0;
        bool synchronized = before.State >= TcpState.Established && before.State != TcpState.TimeWait;
        Demand(after.State == before.State || IsAllowed(before.State, after.State), "a transition that is not in section 3.3.2");
        if (before.State == TcpState.Closed)
            Demand(after.Equals(before), "a segment changed a closed connection");
        if (!synchronized)
            return;
        if (after.State == TcpState.Closed)
        {
            bool exact = reset && seq == before.RcvNxt;
            bool finished = hasAck && after.Reason == TcpCloseReason.Finished && before.State == TcpState.LastAck;
            // The time of the user may be over as soon as the handshake is, if it is that short.
            Demand(exact || finished || after.Reason == TcpCloseReason.TimedOut, "a connection ended without an exact reset");
            return;
        }

        if (after.SndUna != before.SndUna)
            Demand(hasAck && !reset && after.SndUna == ack && ack - before.SndUna <= before.SndNxt - before.SndUna, "SND.UNA took what was not sent");
        uint received = after.RcvNxt - before.RcvNxt;
        if (received != 0)
        {
            // A close in SYN-RECEIVED makes FIN-WAIT-1 of it before our SYN is acknowledged: the peer's SYN,ACK does that then (section 3.5).
            bool syn = (flags & Segment.Syn) != 0;
            Demand(hasAck && !reset && (!syn || (before.SndUna == before.Iss && seq == before.Irs)), "data without ACK, or with SYN or RST");
            uint first = syn ? seq + 1 : seq;
            Demand((int)(first - before.RcvNxt) <= 0 && (int)(first + (uint)length + 1 - before.RcvNxt) > 0, "RCV.NXT moved for what is not at it");
            Demand(received <= before.RcvWnd + 1, "RCV.NXT moved past the window");
            Demand((int)(ack - before.SndNxt) <= 0, "data came with an ACK of what was not sent");
        }

        if (after.SndWnd != before.SndWnd)
            Demand(hasAck && !reset && IsScaled(after.SndWnd, (uint)Packet.Get16(frame, at + 14), flags) && (int)(ack - before.SndNxt) <= 0, "the window came from nowhere");
    }

    /// <summary>Whether a window may be what a segment says. Which scale its sender has offered is for the stream's judge.</summary>
    private static bool IsScaled(uint window, uint said, int flags)
    {
        int scale = (flags & Segment.Syn) != 0 ? 0 : 14;
        while (scale != 0 && said << scale != window)
            scale--;
        return said << scale == window;
    }

    private void JudgeIcmpError()
    {
        for (int i = 0; i < _before.Length; i++)
        {
            Connection before = _before[i];
            var after = new Connection(_application.Held[i].Connection);
            Demand(after.Equals(before) || (before.State == TcpState.SynSent && after.Reason == TcpCloseReason.Unreachable) || _data != 0
                || after.State == before.State, "an ICMP error ended a connection");
        }
    }

    private static bool IsAllowed(TcpState from, TcpState to) => from switch
    {
        // With a FIN on the SYN,ACK it is two transitions at once (section 3.10.7.3).
        TcpState.SynSent => to is TcpState.SynReceived or TcpState.Established or TcpState.FinWait1 or TcpState.CloseWait or TcpState.Closing
            or TcpState.Closed,
        TcpState.SynReceived => to != TcpState.SynSent,
        TcpState.Established => to is TcpState.CloseWait or TcpState.Closed,
        TcpState.FinWait1 => to is TcpState.FinWait2 or TcpState.Closing or TcpState.TimeWait or TcpState.Closed,
        TcpState.FinWait2 => to is TcpState.TimeWait or TcpState.Closed,
        TcpState.Closing => to is TcpState.TimeWait or TcpState.Closed,
        TcpState.CloseWait or TcpState.LastAck or TcpState.TimeWait => to == TcpState.Closed,
        _ => false,
    };

    private void ShakeHands()
    {
        FuzzedPeer peer = _conversations[FuzzedPeer.Count];
        Application.Slot slot = _application.Held[0];
        slot.Behaviour = 0;
        _application.Listen();
        // A frame may have lied about the peer's Ethernet address.
        _builder.ArpReply(peer.Hardware, peer.Address);
        Give();
        Say(peer, Segment.Syn, 0);
        // No neighbour is known: the SYN,ACK may wait for an answer to ARP.
        AnswerAnyArp();
        Say(peer, Segment.Ack, 0);
        _application.Do(UserCall.Accept, 0, 0, peer);
        Demand(slot.Connection is { State: TcpState.Established }, "a handshake by the book was not accepted");
        Say(peer, Segment.Ack | Segment.Psh, Math.Min(100, _mtu - 40));
        TcpConnection connection = slot.Connection!;
        Demand(connection.Available == Math.Min(100, _mtu - 40), "data by the book was not taken");
        slot.Read(100);
        slot.Write(50);
        _data = 0;
        Settle();
        for (int i = 0; i < 10 && _data < 50; i++)
            Say(peer, Segment.Ack, 0);
        Demand(_data >= 50 || peer.Stream.End == peer.Stream.Iss + 51, "the echo was not sent");
        Say(peer, Segment.Ack | Segment.Fin, 0);
        slot.Close();
        Settle();
        Say(peer, Segment.Ack, 0);
        Demand(Endpoint.ConnectionCount == 0 && connection.State == TcpState.Closed, "a close by the book left something");
    }

    private void Say(FuzzedPeer peer, int flags, int length)
    {
        uint seq = (flags & Segment.Syn) != 0 ? peer.Irs : peer.Stream.Ack;
        _builder.Tcp(peer, flags, seq, peer.Stream.End, 20000, (flags & Segment.Syn) != 0 ? 1000 : 0, length);
        peer.Stream.Hears(_builder.Frame, Packet.Transport);
        Meet(peer, _builder.Frame, Packet.Transport);
        Give();
        Part();
    }

    private void Give()
    {
        _waiting = _builder.Frame;
        _waitingLength = _builder.Length;
        Settle();
    }

    private void AnswerAnyArp()
    {
        for (int i = 0; i < RequestSlots && _requestCount != 0; i++)
        {
            _builder.ArpReply(_conversations[FuzzedPeer.Count].Hardware, _requests[--_requestCount]);
            Give();
        }

        _requestCount = 0;
    }

    /// <summary>What there is to see of a connection.</summary>
    private readonly struct Connection(TcpConnection? connection) : IEquatable<Connection>
    {
        private readonly uint _address = connection == null ? 0 : Translator.AddressOf(connection);
        private readonly int _remotePort = connection == null ? 0 : connection.RemotePort;
        private readonly int _localPort = connection == null ? 0 : connection.LocalPort;
        private readonly int _available = connection == null ? 0 : connection.Available;
        private readonly int _unacknowledged = connection == null ? 0 : connection.Unacknowledged;

        public readonly TcpState State = connection == null ? TcpState.Listen : connection.State;
        public readonly TcpCloseReason Reason = connection == null ? TcpCloseReason.None : connection.CloseReason;
        public readonly uint Iss = connection == null ? 0 : connection.Iss;
        public readonly uint Irs = connection == null ? 0 : connection.Irs;
        public readonly uint SndUna = connection == null ? 0 : connection.SndUna;
        public readonly uint SndNxt = connection == null ? 0 : connection.SndNxt;
        public readonly uint SndWnd = connection == null ? 0 : connection.SndWnd;
        public readonly uint RcvNxt = connection == null ? 0 : connection.RcvNxt;
        public readonly uint RcvWnd = connection == null ? 0 : connection.RcvWnd;

        public bool Is(uint address, int remotePort, int localPort) =>
            State != TcpState.Listen && _remotePort == remotePort && _localPort == localPort && _address == address;

        public bool Equals(Connection other) =>
            State == other.State && Reason == other.Reason && SndUna == other.SndUna && SndNxt == other.SndNxt && SndWnd == other.SndWnd
            && RcvNxt == other.RcvNxt && RcvWnd == other.RcvWnd && _available == other._available
            && _unacknowledged == other._unacknowledged && _remotePort == other._remotePort && _address == other._address;

        public override bool Equals(object? obj) => obj is Connection other && Equals(other);

        public override int GetHashCode() => (int)SndNxt;
    }

    /// <summary>A secret that is always the same.</summary>
    private sealed class Secret(byte salt) : IEntropy
    {
        public void Fill(byte[] buffer)
        {
            for (int i = 0; i < buffer.Length; i++)
                buffer[i] = (byte)(i * 29 + salt * 7);
        }
    }
}
