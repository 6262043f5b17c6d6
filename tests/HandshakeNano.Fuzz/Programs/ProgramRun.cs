using System;
using System.Collections.Generic;
using System.Linq;
using HandshakeNano.Fuzz.Judging;
using HandshakeNano.Net;
using HandshakeNano.Net.Tests;

namespace HandshakeNano.Fuzz.Programs;

/// <summary>
/// Runs a program in virtual time and demands what TCP promises: every byte arrives once and in order, or the loss is reported
/// to both users; every segment is sound; in the end nothing is left.
/// </summary>
internal sealed class ProgramRun
{
    private const uint AddressA = 0x0A4D0001;
    private const uint AddressB = 0x0A4D0002;
    private const ulong Second = 1_000_000;
    private const ulong Longest = 3600 * Second;

    /// <summary>How many ISNs of a host are remembered.</summary>
    private const int RememberedIsns = 64;

    private readonly NetworkProgram _program;
    private readonly FaultyNetwork _network;
    private readonly FaultyNetwork.Host _a;
    private readonly FaultyNetwork.Host _b;
    private readonly Handshakes _handshakesA;
    private readonly Handshakes _handshakesB;
    private readonly Talk[] _talks;
    private readonly Action<string>? _trace;

    // What a host is working on.
    private Talk? _atHand;
    private byte[] _frameAtHand = [];

    // What waited for a neighbour's address may leave.
    private bool _releases;
    private bool _followed;

    private ProgramRun(NetworkProgram program, Action<string>? trace)
    {
        _program = program;
        _trace = trace;
        // Quiet at first: while ARP asks, only one packet waits.
        _network = new FaultyNetwork(program.Seed, new Faults());
        _network.Delivering = Deliver;
        TcpSettings? a = null;
        TcpSettings? b = null;
        _a = _network.Add(AddressA, s => Configure(a = s, program.Listening, program.BuffersA));
        _b = _network.Add(AddressB, s => Configure(b = s, program.Listening, program.BuffersB));
        _handshakesA = new Handshakes(_a.Endpoint, a!, RememberedIsns);
        _handshakesB = new Handshakes(_b.Endpoint, b!, RememberedIsns);
        _talks = [.. program.Conversations.Select((c, i) => new Talk(c, i))];
    }

    /// <summary>How many frames were sent in all runs so far.</summary>
    public static long Frames { get; private set; }

    /// <summary>How many connections were not opened as no ACK of a SYN,ACK came while it was good.</summary>
    public static long LostHandshakes { get; private set; }

    /// <summary>Runs a program; an exception if something does not hold.</summary>
    /// <param name="program">The program.</param>
    /// <param name="trace">Told every segment that is sent; null for none.</param>
    public static void Of(NetworkProgram program, Action<string>? trace = null) => new ProgramRun(program, trace).Run();

    private static void Configure(TcpSettings settings, Listening listening, (int Receive, int Send) buffers)
    {
        settings.ReceiveBufferSize = 256 << buffers.Receive;
        settings.SendBufferSize = 256 << buffers.Send;
        settings.SynPolicy = listening.Policy;
        settings.HalfOpenConnections = listening.HalfOpen;
        settings.SynAckRetransmissions = listening.SynAcks;

        // On the worst of these networks ten losses in a row do happen.
        settings.SynTimeout = Longest;
        settings.UserTimeout = Longest;
        settings.OrphanTimeout = Longest;
    }

    private static void Demand(bool holds, string what)
    {
        if (!holds)
            throw new InvariantException(what);
    }

    private void Run()
    {
        Meet(_a, AddressB);
        Meet(_b, AddressA);
        _network.Carrying = Carry;
        _network.Faults = _program.Faults;
        ulong begin = _network.Now;
        ulong cut = _program.Cut == 0 ? ulong.MaxValue : begin + (ulong)_program.Cut * 1000;
        foreach (Talk talk in _talks)
            talk.Listen(_a, _b, this);

        Turn(begin, begin + 2 * Longest, cut);

        // Whoever is not found by ARP is given up while the connection is being opened, as if the network were cut.
        foreach (Talk talk in _talks)
            talk.Judge(_program.Cut != 0 || Count(Counter.ArpUnresolved) != 0);

        foreach (Talk talk in _talks)
            talk.GiveUp();
        _network.Run(2 * Longest);
        foreach (FaultyNetwork.Host host in new[] { _a, _b })
            JudgeEnd(host);
        Frames += _network.Frames;
    }

    private void Meet(FaultyNetwork.Host host, uint other)
    {
        TcpConnection refused = host.Endpoint.Connect(other, 9);
        Demand(_network.RunUntil(() => refused.State == TcpState.Closed, 10 * Second), "a closed port does not refuse");
        refused.Close();
    }

    /// <summary>Lets users and network take turns until every user has finished, or the time is over.</summary>
    private void Turn(ulong begin, ulong end, ulong cut)
    {
        while (_network.Now < end)
        {
            if (_talks.All(t => t.IsOver))
                return;
            ulong wake = end;
            if (_network.Now >= cut)
                _network.Faults = _network.Faults with { Loss = 1000 };
            else
                wake = Math.Min(wake, cut);
            foreach (Talk talk in _talks)
            {
                wake = Math.Min(wake, talk.Wakeup(_network.Now, begin));
            }

            _network.RunUntil(() =>
            {
                bool any = false;
                foreach (Talk talk in _talks)
                    any |= talk.Turn(_network.Now, begin);
                return any || _talks.All(t => t.IsOver);
            }, wake > _network.Now ? wake - _network.Now : 0);
        }
    }

    private void JudgeEnd(FaultyNetwork.Host host)
    {
        TcpEndpoint endpoint = host.Endpoint;
        Demand(endpoint.ConnectionCount == 0, "connections are left");
        Demand(endpoint.TimeWaitCount == 0, "TIME-WAIT is left");
        Demand(host.Deadline == ulong.MaxValue, "a deadline is left");
        Demand(endpoint.Counters.Get(Counter.FramesSent) == (ulong)host.Sent, "FramesSent is not what was sent");
        Demand(endpoint.Counters.Get(Counter.FramesReceived) == (ulong)host.Received, "FramesReceived is not what was received");
        // What probed a closed window is sent again as soon as it opens, and may cross with its acknowledgment. Keep-alives that come
        // faster than a round trip end a connection, and their answers look like duplicates. Where no record is free, a SYN comes
        // again. A narrow path loses what is too long for it, and what crosses with that may have to come again by the timer.
        if (_program.Faults is { Loss: 0, Duplication: 0, Corruption: 0, Jitter: 0, PathMtu: 0 } && _program.Cut == 0
            && Count(Counter.ZeroWindowProbes) == 0 && Count(Counter.KeepAlives) == 0 && Count(Counter.SynQueueFull) == 0)
        {
            Demand(Count(Counter.Retransmissions) == 0, "a sound network needed a retransmission");
            Demand(Count(Counter.FastRetransmissions) == 0, "a sound network needed a fast retransmission");
        }
    }

    private ulong Count(Counter counter) => _a.Endpoint.Counters.Get(counter) + _b.Endpoint.Counters.Get(counter);

    /// <summary>Judges a frame that a host sends.</summary>
    private void Carry(FaultyNetwork.Host host, byte[] frame)
    {
        bool fromA = host == _a;
        SentFrame.Judge(frame, frame.Length, host.PhysicalAddress, fromA ? AddressA : AddressB, host.Mtu);
        if (!SentFrame.IsTcp(frame))
            return;
        int own = Packet.Get16(frame, Packet.Transport);
        int other = Packet.Get16(frame, Packet.Transport + 2);
        foreach (Talk talk in _talks)
        {
            if (own != (fromA ? talk.PortA : talk.PortB) || other != (fromA ? talk.PortB : talk.PortA))
                continue;
            SentStream mine = fromA ? talk.StreamA : talk.StreamB;
            SentStream peers = fromA ? talk.StreamB : talk.StreamA;
            bool isWhole = host.Endpoint.Counters.Get(Counter.ArpUnresolved) == 0;
            int flags = frame[Packet.Transport + 13];
            Handshakes handshakes = fromA ? _handshakesA : _handshakesB;
            if ((flags & Segment.Syn) != 0)
                handshakes.Sends(frame, talk.Calls(fromA) ? 1 : 0, _releases, _network.Now);
            else if (handshakes.Tells(frame, _network.Now))
                mine.Begin(Packet.Get32(frame, Packet.Transport + 4) - 1, Packet.Get32(frame, Packet.Transport + 8) - 1,
                    256 << (fromA ? _program.BuffersA : _program.BuffersB).Receive);
            else if (talk == _atHand && (flags & Segment.Rst) == 0)
                Follow(host, handshakes.Acknowledges && handshakes.Iss != mine.Iss && Packet.Get32(frame, Packet.Transport + 4) == handshakes.Iss + 1);
            _trace?.Invoke(Describe(fromA, frame, mine, peers));
            mine.Sends(frame, fromA ? talk.SaltA : talk.SaltB, isWhole, _releases);
            peers.Hears(frame, Packet.Transport);
            if ((flags & (Segment.Ack | Segment.Rst)) == Segment.Ack && peers.HasSyn)
                Demand((int)(Packet.Get32(frame, Packet.Transport + 8) - peers.Farthest) <= 0, "acknowledges what was not sent");
        }
    }

    /// <summary>A host gets a frame: it is done with the one before.</summary>
    private void Deliver(FaultyNetwork.Host host, byte[]? frame)
    {
        Part(host);
        _atHand = null;
        _releases = frame != null && Packet.Get16(frame, 12) == Packet.EtherTypeArp;
        if (frame == null || !SentFrame.IsTcp(frame) || Packet.Checksum(frame, Packet.Ip, 20, 0) != 0 || Packet.TcpChecksum(frame) != 0)
            return;
        bool toA = host == _a;
        foreach (Talk talk in _talks)
        {
            if (Packet.Get16(frame, Packet.Transport) != (toA ? talk.PortB : talk.PortA)
                || Packet.Get16(frame, Packet.Transport + 2) != (toA ? talk.PortA : talk.PortB))
                continue;
            Handshakes handshakes = toA ? _handshakesA : _handshakesB;
            handshakes.Arrives(frame, Packet.Transport, _network.Now);
            _atHand = talk;
            _frameAtHand = frame;
            _followed = false;
            bool isHalfOpen = talk.HalfOpen != 0 && handshakes.Acknowledges && handshakes.Iss == (toA ? talk.StreamA : talk.StreamB).Iss;
            talk.IsComplete |= handshakes.Completes(isHalfOpen, _network.Now);
            talk.IsRefused |= !talk.IsComplete && handshakes.Overtakes(talk.HalfOpen != 0);
        }
    }

    /// <summary>A listener of a host has a connection.</summary>
    private void Opened(FaultyNetwork.Host host)
    {
        Handshakes handshakes = host == _a ? _handshakesA : _handshakesB;
        handshakes.Opens(_network.Now);
        Follow(host, handshakes.Iss != (host == _a ? _atHand?.StreamA : _atHand?.StreamB)?.Iss);
        Demand(_atHand is { IsComplete: true }, "a connection opened though no ACK of its SYN,ACK came while it was good");
    }

    private void Part(FaultyNetwork.Host host)
    {
        Handshakes handshakes = host == _a ? _handshakesA : _handshakesB;
        if (handshakes.TookCookie)
            Follow(host, false);
        handshakes.Leaves(_network.Now);
    }

    /// <summary>A SYN,ACK may have come back that is not the last one that was sent.</summary>
    private void Follow(FaultyNetwork.Host host, bool isOther)
    {
        bool isA = host == _a;
        Handshakes handshakes = isA ? _handshakesA : _handshakesB;
        if (_atHand == null || _followed || !handshakes.Acknowledges || !(isOther || handshakes.TookCookie))
            return;
        _followed = true;
        SentStream stream = isA ? _atHand.StreamA : _atHand.StreamB;
        stream.Begin(handshakes.Iss, handshakes.Irs, 256 << (isA ? _program.BuffersA : _program.BuffersB).Receive);
        stream.Hears(_frameAtHand, Packet.Transport);
    }

    private string Describe(bool fromA, byte[] frame, SentStream mine, SentStream peers)
    {
        const int At = Packet.Transport;
        string flags = "";
        for (int i = 0; i < 8; i++)
        {
            if ((frame[At + 13] & (1 << i)) != 0)
                flags = "FSRP.UEW"[i] + flags;
        }

        uint seq = Packet.Get32(frame, At + 4) - mine.Iss;
        uint ack = Packet.Get32(frame, At + 8) - peers.Iss;
        int length = Packet.Get16(frame, Packet.Ip + 2) - 20 - (frame[At + 12] >> 4) * 4;
        return $"{_network.Now / 1000,9} ms  {(fromA ? "A ->" : "<- B")}  {flags} seq {(int)seq} ack {(int)ack} win {Packet.Get16(frame, At + 14)} len {length}";
    }

    /// <summary>A connection with its users.</summary>
    private sealed class Talk
    {
        private readonly ConversationProgram _program;
        private readonly User _userA;
        private readonly User _userB;
        private FaultyNetwork.Host? _a;
        private FaultyNetwork.Host? _b;
        private TcpListener? _listener;
        private Handshakes? _accepted;
        private bool _openedA;
        private bool _openedB;

        public Talk(ConversationProgram program, int number)
        {
            _program = program;
            PortA = 6000 + number;
            PortB = 7000 + number;
            SaltA = (uint)number * 200_003 + 1;
            SaltB = SaltA + 100_003;
            _userA = new User(program.A, SaltA, SaltB);
            _userB = new User(program.B, SaltB, SaltA);
        }

        public int PortA { get; }

        public int PortB { get; }

        public uint SaltA { get; }

        public uint SaltB { get; }

        public SentStream StreamA { get; } = new();

        public SentStream StreamB { get; } = new();

        /// <summary>True if both users have finished, or one has and the other never got a connection.</summary>
        public bool IsOver => IsDone(_userA, Opening.ACalls) && IsDone(_userB, Opening.BCalls);

        private bool Aborts => HasAction(UserAction.Abort) || HasAction(UserAction.Close);

        /// <summary>True once an ACK has come with which the host that is called has to open the connection.</summary>
        public bool IsComplete { get; set; }

        /// <summary>True once a segment with a cookie has overtaken the peer's first one, and was answered with a reset.</summary>
        public bool IsRefused { get; set; }

        /// <summary>How many connections are half-open.</summary>
        public int HalfOpen => _listener?.HalfOpen ?? 0;

        /// <summary>Whether a host calls.</summary>
        public bool Calls(bool isA) => _program.Opening == Opening.BothCall || isA == (_program.Opening == Opening.ACalls);

        public void Listen(FaultyNetwork.Host a, FaultyNetwork.Host b, ProgramRun run)
        {
            _a = a;
            _b = b;
            _listener = _program.Opening switch
            {
                Opening.ACalls => b.Endpoint.Listen(PortB, 1),
                Opening.BCalls => a.Endpoint.Listen(PortA, 1),
                _ => null,
            };
            if (_listener != null)
                _listener.Handler = new Opener(() => run.Opened(_program.Opening == Opening.ACalls ? b : a));
            _accepted = _program.Opening == Opening.ACalls ? run._handshakesB : run._handshakesA;
        }

        /// <summary>Calls or accepts when it is time to, and lets the users work.</summary>
        /// <returns>True if something was done.</returns>
        public bool Turn(ulong now, ulong begin)
        {
            bool any = false;
            if (!_openedA && now >= begin + (ulong)_program.A.Delay * 1000)
                any = _openedA = Open(_userA, _a!, _program.Opening != Opening.BCalls, AddressB, PortB, PortA, now);
            if (!_openedB && now >= begin + (ulong)_program.B.Delay * 1000)
                any |= _openedB = Open(_userB, _b!, _program.Opening != Opening.ACalls, AddressA, PortA, PortB, now);
            any |= _userA.Turn(now);
            any |= _userB.Turn(now);
            return any;
        }

        public ulong Wakeup(ulong now, ulong begin)
        {
            ulong wake = Math.Min(_userA.Wakeup, _userB.Wakeup);
            ulong a = begin + (ulong)_program.A.Delay * 1000;
            ulong b = begin + (ulong)_program.B.Delay * 1000;
            if (a > now)
                wake = Math.Min(wake, a);
            if (b > now)
                wake = Math.Min(wake, b);
            return wake;
        }

        public void GiveUp()
        {
            _userA.GiveUp();
            _userB.GiveUp();
            while (_listener?.Accept() is { } connection)
                connection.Abort();
            _listener?.Close();
        }

        /// <summary>Whole, or reported to both.</summary>
        public void Judge(bool cut)
        {
            Judge(_userA, _userB, "A");
            Judge(_userB, _userA, "B");
            if (cut || Aborts || HasAction(UserAction.UserTimeout) || HasAction(UserAction.KeepAlive)
                || (_program.Opening == Opening.BothCall && _program.A.Delay != _program.B.Delay))
                return;
            User caller = _program.Opening == Opening.ACalls ? _userA : _userB;
            bool isLost = caller.Reason is TcpCloseReason.Reset or TcpCloseReason.TimedOut;
            if (_program.Opening != Opening.BothCall && (!IsComplete || (IsRefused && isLost)))
            {
                // The caller believes to be connected, and the other host forgot it: no ACK came while the SYN,ACK was good, or
                // one came out of order and brought a cookie.
                Demand(isLost, $"nobody opened the connection, and its caller was told {caller.Reason}");
                LostHandshakes++;
                return;
            }

            Demand(IsOver, $"users do not come to an end: {_userA.State} {_userB.State}");
            Demand(EndedWell(_userA, _userB) && EndedWell(_userB, _userA), $"no user aborted, and it ended {_userA.Reason} and {_userB.Reason}");
            Demand(_userA.Written == _userB.Read && _userB.Written == _userA.Read, "no user aborted, and bytes are missing");
        }

        private static void Judge(User user, User peer, string name)
        {
            Demand(user.Read <= peer.Written, $"{name} has read more than was written");
            if (user.SawEnd)
                Demand(user.Read == peer.Written, $"{name} has heard the end and not everything in front of it");
            if (user.Read == peer.Written)
                return;
            // Something was lost. Who has thrown it away knows; the others must have been told.
            Demand(user.Left || user.Reason != TcpCloseReason.Finished, $"{name} was told that all is well, and has not got everything");
            Demand(user.Left || peer.Left || peer.Reason != TcpCloseReason.Finished, $"{name} has not got everything, and its peer was told that all is well");
        }

        /// <summary>
        /// Who has heard the peer's end may never hear of its own: the peer forgets the connection 2 MSL after its last answer, be
        /// that answer lost or not.
        /// </summary>
        private static bool EndedWell(User user, User peer) => user.Reason == TcpCloseReason.Finished
            || (user.SawEnd && user.Reason is TcpCloseReason.Reset or TcpCloseReason.TimedOut && peer.Reason == TcpCloseReason.Finished);

        private bool HasAction(UserAction action) => _program.A.Actions.Concat(_program.B.Actions).Any(a => a.What == action);

        private bool IsDone(User user, Opening calls) =>
            user.Finished || (!user.HasConnection && _program.Opening != calls && _program.Opening != Opening.BothCall
                && (calls == Opening.ACalls ? _userB : _userA).Finished && _listener is { Pending: 0, HalfOpen: 0 });

        private bool Open(User user, FaultyNetwork.Host host, bool calls, uint address, int port, int own, ulong now)
        {
            if (calls && !host.Endpoint.CanConnect)
                return false;
            TcpConnection? connection = calls ? host.Endpoint.Connect(address, port, own) : _listener!.Accept();
            if (connection == null)
                return false;
            if (!calls)
                _accepted!.Accepts(connection);
            user.Begin(connection, now);
            return true;
        }
    }

    /// <summary>Told of every connection that a listener has.</summary>
    private sealed class Opener(Action opened) : TcpListenerHandler
    {
        public override void OnAccept(TcpListener listener) => opened();
    }
}
