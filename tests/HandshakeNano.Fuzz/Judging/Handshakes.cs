using System;
using HandshakeNano.Fuzz.Frames;
using HandshakeNano.Net;
using HandshakeNano.Net.Tests;

namespace HandshakeNano.Fuzz.Judging;

/// <summary>
/// What an endpoint may open, seen from the wire: every SYN and SYN,ACK that it has sent, with its ISN. No two connections of one
/// tuple share an ISN within the ISN's cycle, and only the ACK of a SYN,ACK that is still good opens a connection, once; that of a
/// cookie opens another one when the first is over. Takes no memory once it is made, unless something fails.
/// </summary>
/// <remarks>
/// A cookie is bound to a step of the clock and to the peer's ISN: the same SYN in the same step may get the same cookie, and the
/// two connections have one ISN and one IRS. No other pair may.
/// </remarks>
internal sealed class Handshakes
{
    /// <summary>The ISN's clock of 4 us goes round in 2^34 us. A cookie is up to a step ahead of it or behind.</summary>
    private const ulong Cycle = (1UL << 34) - (1UL << (StepBits + 1));

    /// <summary>A cookie is good in its step of 2^26 us and in the next one.</summary>
    private const int StepBits = 26;

    private readonly Sent[] _sent;
    private readonly long[] _buckets;
    private readonly int _retransmissions;
    private readonly ulong _life;
    private readonly uint _window;
    private readonly SynPolicy _policy;
    private readonly Counters _counters;
    private readonly Unsent[] _unsent = new Unsent[256];
    private long _count;
    private long _unsentCount;

    // The good segment that the endpoint is working on.
    private bool _atHand;
    private int _guesses;
    private bool _opened;
    private bool _answered;
    private uint _peer;
    private uint _ports;
    private uint _seq;
    private uint _ack;
    private int _flags;
    private int _length;
    private long _acknowledged;
    private ulong _cookiesSent;
    private ulong _cookiesReceived;
    private ulong _passiveOpens;

    /// <summary>Makes a judge.</summary>
    /// <param name="endpoint">Whom it judges.</param>
    /// <param name="settings">What the endpoint was made with.</param>
    /// <param name="capacity">How many ISNs it remembers, a power of two.</param>
    public Handshakes(TcpEndpoint endpoint, TcpSettings settings, int capacity)
    {
        _counters = endpoint.Counters;
        _sent = new Sent[capacity];
        _buckets = new long[capacity];
        _retransmissions = settings.SynAckRetransmissions;
        _policy = settings.SynPolicy;
        _window = (uint)Math.Min(settings.ReceiveBufferSize, 0xFFFF);
        for (int i = 0; i <= _retransmissions; i++)
            _life += Math.Min(settings.InitialRetransmissionTimeout << i, settings.MaximumRetransmissionTimeout);
    }

    private enum Kind
    {
        /// <summary>It left when the segment that made it was gone.</summary>
        Unknown,

        /// <summary>A SYN, or the SYN,ACK of a simultaneous open.</summary>
        Active,
        Record,
        Cookie,
    }

    /// <summary>True if the segment at hand acknowledges a SYN,ACK.</summary>
    public bool Acknowledges => _atHand && _acknowledged != 0;

    /// <summary>Our initial sequence number in the SYN,ACK that the segment at hand acknowledges.</summary>
    public uint Iss => At(_acknowledged).Iss;

    /// <summary>The peer's one in it.</summary>
    public uint Irs => At(_acknowledged).Irs;

    /// <summary>True if the segment at hand brought a cookie back.</summary>
    public bool TookCookie => _atHand && _counters.Get(Counter.CookiesReceived) != _cookiesReceived;

    /// <summary>A good segment comes.</summary>
    /// <param name="frame">The frame.</param>
    /// <param name="at">Index of its TCP header.</param>
    /// <param name="now">The time in microseconds.</param>
    public void Arrives(byte[] frame, int at, ulong now)
    {
        _atHand = true;
        _opened = false;
        _answered = false;
        _peer = Packet.Get32(frame, Packet.Ip + 12);
        _ports = ((uint)Packet.Get16(frame, at + 2) << 16) | (uint)Packet.Get16(frame, at);
        _seq = Packet.Get32(frame, at + 4);
        _ack = Packet.Get32(frame, at + 8);
        _flags = frame[at + 13];
        _length = Packet.Get16(frame, Packet.Ip + 2) - at + Packet.Ip - (frame[at + 12] >> 4) * 4;
        _acknowledged = (_flags & Segment.Ack) != 0 ? Find(_peer, _ports, _ack - 1, now) : 0;
        _cookiesSent = _counters.Get(Counter.CookiesSent);
        _cookiesReceived = _counters.Get(Counter.CookiesReceived);
        _passiveOpens = _counters.Get(Counter.PassiveOpens);
    }

    /// <summary>The endpoint is done with the segment.</summary>
    /// <param name="now">The time in microseconds.</param>
    public void Leaves(ulong now)
    {
        if (TookCookie)
        {
            Demand(_policy != SynPolicy.QueueOnly, "a cookie came back that was not to be sent");
            if (_acknowledged == 0)
                Guess(now);
            if (!_opened)
            {
                // There was no room: it is a record until there is.
                ref Sent kept = ref At(_acknowledged);
                kept.IsKept = true;
                kept.HalfOpenAt = now;
                kept.Again = 0;
            }
        }
        else if (!_answered && IsSyn && _counters.Get(Counter.PassiveOpens) != _passiveOpens)
        {
            // It waits for the neighbour's address, and may be lost there.
            _unsent[_unsentCount++ & (_unsent.Length - 1)] = new Unsent { Peer = _peer, Ports = _ports, Irs = _seq, At = now };
        }

        _atHand = false;
    }

    /// <summary>The endpoint sends a segment that is neither SYN nor reset.</summary>
    /// <param name="frame">A frame that is sound.</param>
    /// <param name="now">The time in microseconds.</param>
    /// <returns>
    /// True if it is the challenge ACK of a half-open connection whose SYN,ACK has not left: the peer knows from it what that would have
    /// said.
    /// </returns>
    public bool Tells(byte[] frame, ulong now)
    {
        const int Tcp = Packet.Transport;
        bool isAck = frame[Tcp + 13] == Segment.Ack && Packet.Get16(frame, Packet.Ip + 2) == Tcp - Packet.Ip + (frame[Tcp + 12] >> 4) * 4;
        uint peer = Packet.Get32(frame, Packet.Ip + 16);
        uint ports = ((uint)Packet.Get16(frame, Tcp) << 16) | (uint)Packet.Get16(frame, Tcp + 2);
        if (!_atHand || !isAck || _unsentCount == 0 || peer != _peer || ports != _ports)
            return false;
        uint iss = Packet.Get32(frame, Tcp + 4) - 1;
        uint irs = Packet.Get32(frame, Tcp + 8) - 1;
        for (int i = 0; i < _unsent.Length; i++)
        {
            Unsent unsent = _unsent[i];
            if (unsent.At == 0 || unsent.Peer != peer || unsent.Ports != ports || unsent.Irs != irs)
                continue;
            _unsent[i].At = 0;
            if (now - unsent.At > _life || Find(peer, ports, iss, now) != 0)
                return false;
            Add(new Sent { Peer = peer, Ports = ports, Iss = iss, Irs = irs, FirstAt = now, HalfOpenAt = unsent.At });
            return true;
        }

        return false;
    }

    /// <summary>
    /// A cookie has come back that was never sent. One number in a million is right, so this may happen once in a long search, and not
    /// twice to one endpoint. From then on it is one that was sent.
    /// </summary>
    private void Guess(ulong now)
    {
        Demand(++_guesses == 1, "a cookie came back that was never sent");
        Add(new Sent { Peer = _peer, Ports = _ports, Iss = _ack - 1, Irs = _seq - 1, Kind = Kind.Cookie, FirstAt = now, HalfOpenAt = now });
        _acknowledged = _count;
    }

    /// <summary>The endpoint sends a SYN or a SYN,ACK.</summary>
    /// <param name="frame">A frame that is sound.</param>
    /// <param name="call">The number of the call that opened the connection; 0 if the peer opens it.</param>
    /// <param name="mayHaveWaited">True if it may have waited for a neighbour's address: then it may be of an earlier call.</param>
    /// <param name="now">The time in microseconds.</param>
    public void Sends(byte[] frame, int call, bool mayHaveWaited, ulong now)
    {
        const int Tcp = Packet.Transport;
        uint peer = Packet.Get32(frame, Packet.Ip + 16);
        uint ports = ((uint)Packet.Get16(frame, Tcp) << 16) | (uint)Packet.Get16(frame, Tcp + 2);
        uint iss = Packet.Get32(frame, Tcp + 4);
        uint irs = Packet.Get32(frame, Tcp + 8) - 1;
        long number = Find(peer, ports, iss, now);
        _answered |= _atHand && peer == _peer && ports == _ports;
        Kind kind = call != 0 ? Kind.Active : KindOf(peer, ports);
        if (number == 0)
        {
            Add(new Sent { Peer = peer, Ports = ports, Iss = iss, Irs = irs, Kind = kind, Call = call, FirstAt = now, HalfOpenAt = now });
            return;
        }

        ref Sent sent = ref At(number);
        if (kind == Kind.Active)
        {
            Demand(sent.Call == call || (mayHaveWaited && sent.Call < call), "two connections of one tuple share an ISN");
            return;
        }

        Demand(sent.Irs == irs && kind != Kind.Record, "two connections of one tuple share an ISN");
        if (kind == Kind.Cookie)
        {
            Demand(sent.Kind != Kind.Record, "a cookie is the ISN of an earlier connection");
            Demand(now >> StepBits == sent.FirstAt >> StepBits, "a cookie has come back in another step");
        }

        if (!_atHand)
            Demand(++sent.Again <= _retransmissions + (sent.Kind == Kind.Unknown ? 1 : 0), "a SYN,ACK was sent too often");
    }

    /// <summary>A listener has a connection: the segment at hand has opened it.</summary>
    /// <param name="now">The time in microseconds.</param>
    public void Opens(ulong now)
    {
        Demand(_atHand && (_flags & (Segment.Ack | Segment.Rst)) == Segment.Ack, "a connection opened without an ACK");
        Demand(!_opened, "a segment opened two connections");
        _opened = true;
        if (TookCookie && _acknowledged == 0)
            Guess(now);
        Demand(_acknowledged != 0, "a connection opened by the ACK of a SYN,ACK that was never sent");
        ref Sent sent = ref At(_acknowledged);
        if (IsGoodRecord(sent, now) && IsAcceptable(sent.Irs))
            sent.IsKept = false;
        else
        {
            Demand(sent.Kind != Kind.Record, "a half-open connection opened twice, or after its time");
            Demand((now >> StepBits) - (sent.FirstAt >> StepBits) <= 1, "a cookie opened a connection after its time");
            Demand(_seq == sent.Irs + 1 || (IsAcceptable(sent.Irs) && HasRecord(sent.Irs, now)),
                "a cookie opened a connection with another sequence number");
        }

        sent.Opened++;
    }

    /// <summary>The user has accepted a connection.</summary>
    /// <param name="connection">The connection.</param>
    public void Accepts(TcpConnection connection)
    {
        uint ports = ((uint)connection.LocalPort << 16) | (uint)connection.RemotePort;
        long number = Find(Translator.AddressOf(connection), ports, connection.Iss);
        Demand(number != 0, "a connection was accepted that nothing opened");
        ref Sent sent = ref At(number);
        Demand(sent.Irs == connection.Irs, "a connection was accepted with another IRS");
        Demand(++sent.Accepted <= sent.Opened, "a connection was accepted more often than it was opened");
    }

    /// <summary>Whether a peer completes a handshake with the segment at hand, whatever the endpoint makes of it.</summary>
    /// <param name="isHalfOpen">Whether the connection is half-open with the SYN,ACK that the segment acknowledges.</param>
    /// <param name="now">The time in microseconds.</param>
    public bool Completes(bool isHalfOpen, ulong now)
    {
        if (!Acknowledges || (_flags & (Segment.Rst | Segment.Syn)) != 0)
            return false;
        ref Sent sent = ref At(_acknowledged);
        return sent.Kind switch
        {
            Kind.Cookie => _seq == sent.Irs + 1 && (now >> StepBits) - (sent.FirstAt >> StepBits) <= 1,
            Kind.Active => false,
            _ => isHalfOpen && IsAcceptable(sent.Irs),
        };
    }

    /// <summary>
    /// Whether the segment at hand acknowledges a cookie and is not the peer's first one: nobody knows the peer's ISN any more, and it
    /// is answered with a reset.
    /// </summary>
    /// <param name="isHalfOpen">Whether its connection is half-open.</param>
    public bool Overtakes(bool isHalfOpen) =>
        Acknowledges && !isHalfOpen && (_flags & (Segment.Rst | Segment.Syn)) == 0 && At(_acknowledged).Kind == Kind.Cookie
        && _seq != At(_acknowledged).Irs + 1;

    private bool IsSyn => (_flags & (Segment.Syn | Segment.Ack | Segment.Rst)) == Segment.Syn;

    private static void Demand(bool holds, string what)
    {
        if (!holds)
            throw new InvariantException(what);
    }

    private bool IsGoodRecord(in Sent sent, ulong now) =>
        (sent.IsKept || (sent.Opened == 0 && sent.Kind != Kind.Cookie)) && now - sent.HalfOpenAt <= _life;

    /// <summary>Whether a half-open connection takes the segment at hand (section 3.10.7.4).</summary>
    private bool IsAcceptable(uint irs)
    {
        uint next = irs + 1;
        if (_seq == irs && (_flags & Segment.Syn) != 0)
            return true;
        uint length = (uint)_length + ((_flags & Segment.Fin) != 0 ? 1u : 0);
        return _seq - next < _window || (length != 0 && _seq + length - 1 - next < _window);
    }

    /// <summary>Whether the peer of the segment at hand may have a record for its SYN beside the cookie.</summary>
    private bool HasRecord(uint irs, ulong now)
    {
        for (long number = _count; number > Math.Max(0, _count - _sent.Length); number--)
        {
            ref Sent sent = ref At(number);
            if (sent.Peer == _peer && sent.Ports == _ports && sent.Irs == irs && IsGoodRecord(sent, now))
                return true;
        }

        return false;
    }

    private Kind KindOf(uint peer, uint ports)
    {
        if (!_atHand || peer != _peer || ports != _ports || !IsSyn)
            return Kind.Unknown;
        if (_counters.Get(Counter.CookiesSent) != _cookiesSent)
        {
            Demand(_policy != SynPolicy.QueueOnly, "a cookie was sent that was not to be");
            return Kind.Cookie;
        }

        return _counters.Get(Counter.PassiveOpens) != _passiveOpens ? Kind.Record : Kind.Unknown;
    }

    private ref Sent At(long number) => ref _sent[(int)(number & (_sent.Length - 1))];

    private int Bucket(uint peer, uint ports, uint iss) =>
        (int)(((peer * 0x9E3779B1u) ^ (ports * 0x85EBCA6Bu) ^ (iss * 0xC2B2AE35u)) >> 7) & (_buckets.Length - 1);

    /// <summary>The number of an ISN of a tuple, 0 if none is known in this cycle.</summary>
    private long Find(uint peer, uint ports, uint iss, ulong now)
    {
        long number = Find(peer, ports, iss);
        return number != 0 && now - At(number).FirstAt < Cycle ? number : 0;
    }

    private long Find(uint peer, uint ports, uint iss)
    {
        long number = _buckets[Bucket(peer, ports, iss)];
        while (number > _count - _sent.Length && number > 0)
        {
            ref Sent sent = ref At(number);
            if (sent.Iss == iss && sent.Ports == ports && sent.Peer == peer)
                return number;
            number = sent.Before;
        }

        return 0;
    }

    /// <summary>Remembers an ISN instead of the oldest one.</summary>
    private void Add(Sent sent)
    {
        ref long bucket = ref _buckets[Bucket(sent.Peer, sent.Ports, sent.Iss)];
        sent.Before = bucket;
        bucket = ++_count;
        At(_count) = sent;
    }

    /// <summary>A half-open connection whose SYN,ACK has not left.</summary>
    private struct Unsent
    {
        public uint Peer;
        public uint Ports;
        public uint Irs;

        /// <summary>When the SYN came; 0 if this is none.</summary>
        public ulong At;
    }

    private struct Sent
    {
        public uint Peer;
        public uint Ports;
        public uint Iss;
        public uint Irs;
        public Kind Kind;
        public int Call;

        /// <summary>How often its SYN,ACK was sent without a segment that asked for it.</summary>
        public int Again;
        public int Opened;
        public int Accepted;

        /// <summary>True while a cookie that came back waits for room.</summary>
        public bool IsKept;
        public ulong FirstAt;

        /// <summary>Since when it is half-open, if it is.</summary>
        public ulong HalfOpenAt;

        /// <summary>The one before it in its bucket.</summary>
        public long Before;
    }
}
