using System;
using System.Collections.Generic;
using System.Linq;
using HandshakeNano.Net;
using HandshakeNano.Packets;

namespace HandshakeNano.Explorer.Model;

/// <summary>Two hosts with their users and the network between them: does steps, and holds every one to the rules.</summary>
internal sealed partial class World
{
    // Initial sequence numbers of an earlier connection with the same ports, whose segments may turn up.
    private const uint OldIssA = 0x31000000;
    private const uint OldIssB = 0xB5000000;

    // Initial sequence numbers of other hosts' connections.
    private const uint IssOfC = 0x7C000000;
    private const uint IssOfD = 0x7D000000;

    private readonly Side[] _sides;
    private readonly UserState[] _users = new UserState[2];
    private readonly byte[] _buffer = new byte[Side.BufferSize];
    private readonly List<Frame> _emitted = [];
    private readonly Canonical _canonical;
    private NetworkState _network;
    private Frame[] _flight = [];
    private Tcb[] _tcbs = [];
    private ulong _now = Time.Start;

    // The connection of the host that does a step, by its ISS; null if there is none.
    private uint? _open;
    private Violation? _violation;

    /// <summary>Makes a world in which nothing has happened yet.</summary>
    /// <param name="scenario">What may happen.</param>
    public World(Scenario scenario)
    {
        Scenario = scenario;
        _sides = [new Side(false, scenario), new Side(true, scenario)];
        for (int s = 0; s < 2; s++)
        {
            Part part = PartOf(s);
            _users[s].OpensLeft = (byte)part.Opens;
            _users[s].WritesLeft = (byte)part.Writes;
            _users[s].RebootsLeft = (byte)part.Reboots;
            _users[s].IdlesLeft = (byte)(part.ReadsLate || part.Calls != 0 ? part.Idles : 0);
            _users[s].CallsLeft = (byte)part.Calls;
        }

        _network.LossesLeft = (byte)scenario.Losses;
        _network.DuplicatesLeft = (byte)scenario.Duplicates;
        _network.HoldsLeft = (byte)scenario.Holds;
        _network.FaultsLeft = (byte)Math.Min(scenario.Faults, scenario.Losses + scenario.Duplicates + scenario.Holds);
        _network.StraysLeft = (byte)Math.Min(scenario.StrayCount, scenario.Strays.Count);
        _tcbs = [new Tcb(false, OldIssA, OldIssB, true, 1, true, 1), new Tcb(true, OldIssB, OldIssA, true, 1, true, 1)];
        _canonical = new Canonical(_sides);
    }

    public Scenario Scenario { get; }

    public ulong Now => _now;

    public IReadOnlyList<Frame> Flight => _flight;

    /// <summary>What the last step has sent.</summary>
    public IReadOnlyList<Frame> Emitted => _emitted;

    public IReadOnlyList<Tcb> Tcbs => _tcbs;

    /// <summary>Nothing is left: no connection, no TIME-WAIT, no segment.</summary>
    public bool IsClosed => _flight.Length == 0 && !_users[0].Holds && !_users[1].Holds
        && Array.TrueForAll(_sides, side => side.IsFree && !side.HasTimeWait && !side.HalfOpens.Any());

    public Side SideOf(int s) => _sides[s];

    /// <summary>Goes to a state.</summary>
    /// <param name="state">The state.</param>
    public void Load(State state)
    {
        _sides[0].Load(state.LifeA, state.A);
        _sides[1].Load(state.LifeB, state.B);
        _users[0] = state.UserA;
        _users[1] = state.UserB;
        _network = state.Network;
        _flight = state.Flight;
        _tcbs = state.Tcbs;
        _now = state.Now;
    }

    /// <summary>Keeps the state.</summary>
    /// <param name="before">The state that was loaded before the step; what has not changed is shared with it.</param>
    /// <returns>The state.</returns>
    public State Store(State? before)
    {
        return new State
        {
            LifeA = _sides[0].LifeNumber,
            A = before != null && _sides[0].IsLoaded ? before.A : _sides[0].Pack(),
            LifeB = _sides[1].LifeNumber,
            B = before != null && _sides[1].IsLoaded ? before.B : _sides[1].Pack(),
            UserA = _users[0],
            UserB = _users[1],
            Network = _network,
            Flight = _flight,
            Tcbs = _tcbs,
            Now = _now,
        };
    }

    /// <summary>Stands for all states that are like this one.</summary>
    /// <returns>128 bits.</returns>
    public UInt128 Hash() => _canonical.Hash(_sides, _users, _network, _flight, _tcbs, _now);

    /// <summary>What can happen next.</summary>
    /// <param name="steps">Is filled with it.</param>
    /// <returns>True if anything of it leads on without the users beginning something new, or the network doing harm.</returns>
    public bool Next(List<Move> steps)
    {
        steps.Clear();
        bool leadsOn = _flight.Length != 0;
        bool faulty = _network.FaultsLeft != 0;
        for (int i = 0; i < _flight.Length; i++)
        {
            if (IsRepeated(i))
                continue;
            steps.Add(new Move(MoveKind.Deliver, (byte)i));
            if (_network.LossesLeft != 0 && faulty)
                steps.Add(new Move(MoveKind.Lose, (byte)i));
            if (_network.DuplicatesLeft != 0 && faulty && _flight.Length < Scenario.InFlight)
                steps.Add(new Move(MoveKind.Duplicate, (byte)i));
        }

        bool mayWait = !(Idles(0) && _users[0].IdlesLeft == 0) && !(Idles(1) && _users[1].IdlesLeft == 0);
        if (mayWait && (_flight.Length == 0 || (_network.HoldsLeft != 0 && faulty)) && NextDeadline() != ulong.MaxValue)
        {
            steps.Add(new Move(MoveKind.Wait, 0));
            leadsOn = true;
        }

        for (int s = 0; s < 2; s++)
            leadsOn |= NextOfUser(s, steps);
        if (_network.StraysLeft != 0)
        {
            for (int i = 0; i < Scenario.Strays.Count; i++)
            {
                if ((_network.StraysUsed & (1 << i)) == 0 && CanAppear(Scenario.Strays[i]))
                    steps.Add(new Move(MoveKind.Stray, (byte)i));
            }
        }

        return leadsOn;
    }

    /// <summary>Does a step.</summary>
    /// <param name="step">One of those that <see cref="Next"/> has given.</param>
    /// <returns>The rule that was broken; null if none was.</returns>
    public Violation? Do(Move step)
    {
        _violation = null;
        _emitted.Clear();
        _now += Time.Step;
        if (Time.Phase(_now) != Time.Phase(_now - Time.Step))
            Break("two endpoints do not talk for ever", $"there are {Time.PhaseLength / Time.Step} steps already, and new states all along.");
        try
        {
            Act(step);
        }
        catch (Exception e)
        {
            Break("nothing throws", e.ToString());
        }

        return _violation;
    }

    private Part PartOf(int s) => s == 0 ? Scenario.A : Scenario.B;

    private ulong NextDeadline() => Math.Min(_sides[0].NextDeadline(), _sides[1].NextDeadline());

    private bool LeavesUnread(int s) => PartOf(s).ReadsLate && _users[s].Holds && _sides[s].Available > 0;

    /// <summary>A user who may not do so for ever leaves something unread, or holds on to a call.</summary>
    private bool Idles(int s) => LeavesUnread(s) || _users[s].Calls;

    private bool IsRepeated(int i)
    {
        for (int j = 0; j < i; j++)
        {
            if (_flight[j].IsSameAs(_flight[i]))
                return true;
        }

        return false;
    }

    private bool NextOfUser(int s, List<Move> steps)
    {
        UserState user = _users[s];
        Part part = PartOf(s);
        byte index = (byte)s;
        if (user.RebootsLeft != 0)
            steps.Add(new Move(MoveKind.Reboot, index));
        if (!user.Holds)
        {
            if (user.OpensLeft != 0 && _sides[s].State == TcpState.Closed && !_sides[s].HasTimeWait)
                steps.Add(new Move(MoveKind.Open, index));
            if (user.CallsLeft != 0 && _sides[s].IsFree && !_sides[s].HasTimeWait)
                steps.Add(new Move(MoveKind.Call, index));
            return false;
        }

        if (user.Calls)
        {
            steps.Add(new Move(MoveKind.HangUp, index));
            return true;
        }

        TcpState state = _sides[s].State;
        if (user.WritesLeft != 0 && !user.Shut && state != TcpState.SynSent)
            steps.Add(new Move(MoveKind.Write, index));
        if (LeavesUnread(s))
            steps.Add(new Move(MoveKind.Read, index));
        if (part.Shuts && !user.Shut && state != TcpState.SynSent)
            steps.Add(new Move(MoveKind.Shut, index));
        if (part.Aborts)
            steps.Add(new Move(MoveKind.Abort, index));
        if (part.ClosesLast && !_sides[s].Handle.PeerClosed)
            return false;
        steps.Add(new Move(MoveKind.Close, index));
        return true;
    }

    private void Act(Move step)
    {
        int s = step.Index;
        switch (step.Kind)
        {
            case MoveKind.Deliver:
                Deliver(_flight[step.Index], step.Index);
                return;
            case MoveKind.Lose:
                _network.LossesLeft--;
                _network.FaultsLeft--;
                _network.Imperfect = true;
                _flight = Without(step.Index);
                return;
            case MoveKind.Duplicate:
                _network.DuplicatesLeft--;
                _network.FaultsLeft--;
                _flight = [.. _flight, _flight[step.Index]];
                return;
            case MoveKind.Wait:
                Wait();
                return;
            case MoveKind.Stray:
                _network.StraysLeft--;
                _network.StraysUsed |= (ushort)(1 << step.Index);
                _network.MayReset |= Scenario.Strays[step.Index] is not (Stray.SynOfC or Stray.SynOfD or Stray.ResetOfC);
                Send(Forge(Scenario.Strays[step.Index]));
                return;
            case MoveKind.Reboot:
                _network.MayReset = true;
                _users[s].RebootsLeft--;
                _users[s].Holds = false;
                _users[s].Calls = false;
                _users[s].Shut = false;
                _sides[s].Reboot();
                Settle(s);
                return;
            default:
                UserActs(s, step.Kind);
                Settle(s);
                return;
        }
    }

    private void UserActs(int s, MoveKind kind)
    {
        Side side = _sides[s];
        TcpConnection connection = side.Handle;
        ref UserState user = ref _users[s];
        side.Touch();
        UseStaleHandle(side.StaleHandle);
        switch (kind)
        {
            case MoveKind.Open:
                user.OpensLeft--;
                user.Holds = true;
                user.Shut = false;
                connection = s == 0
                    ? side.Endpoint.Connect(Side.AddressB, Side.PortB, Side.PortA)
                    : side.Endpoint.Connect(Side.AddressA, Side.PortA, Side.PortB);
                side.Give(connection);
                connection.NoDelay = true;
                break;
            case MoveKind.Call:
                user.CallsLeft--;
                user.Holds = true;
                user.Calls = true;
                side.Give(side.Endpoint.Connect(Side.AddressC, Side.PortOfC));
                break;
            case MoveKind.HangUp:
                user.Holds = false;
                user.Calls = false;
                connection.Abort();
                break;
            case MoveKind.Write:
                user.WritesLeft--;
                Write(s, connection, PartOf(s).WriteSize);
                break;
            case MoveKind.Read:
                Read(s, connection);
                break;
            case MoveKind.Shut:
                user.Shut = true;
                NoteClose(s, connection);
                connection.Shutdown();
                break;
            case MoveKind.Close:
                // Data that is not read any more is answered with a reset.
                _network.MayReset |= connection.Available > 0 || connection.State == TcpState.SynSent || PeerMayWrite(s, connection);
                if (connection.Available == 0 && connection.State != TcpState.SynSent)
                    NoteClose(s, connection);
                user.Holds = false;
                connection.Close();
                break;
            case MoveKind.Abort:
                _network.MayReset = true;
                user.Holds = false;
                connection.Abort();
                break;
        }
    }

    private void Deliver(Frame frame, int index)
    {
        _flight = Without(index);
        int s = frame.ToB ? 1 : 0;
        Side side = _sides[s];
        var before = new Before(side);
        side.Arrive(frame.Packet);
        Settle(s);
        CheckAnswer(side, frame, before);
    }

    private void Wait()
    {
        if (_flight.Length != 0)
        {
            _network.HoldsLeft--;
            _network.FaultsLeft--;
            _network.Imperfect = true;
        }

        for (int s = 0; s < 2; s++)
        {
            if (Idles(s))
                _users[s].IdlesLeft--;
        }

        ulong deadline = NextDeadline();
        ulong inPhase = _now % Time.PhaseLength;
        _now = Math.Max(_now, Time.Phase(deadline) * Time.PhaseLength + inPhase);
        _flight = Array.FindAll(_flight, frame =>
            Time.Phase(_now) - Time.Phase(frame.SentAt) <= Time.MaximumSegmentLifetime / Time.PhaseLength);
        for (int s = 0; s < 2; s++)
        {
            if (_sides[s].NextDeadline() > _now)
                continue;
            bool halfOpen = _sides[s].TryGetHalfOpen(out _);
            Settle(s);

            // The peer may still believe in a half-open connection that is forgotten.
            _network.MayReset |= halfOpen && _sides[s].State == TcpState.Closed;
        }
    }

    /// <summary>Polls a host until it has nothing more to do, and its user neither.</summary>
    private void Settle(int s)
    {
        Side side = _sides[s];
        _open = side.State == TcpState.Closed ? null : side.Iss;
        side.Sent.Clear();
        for (int round = 0; ; round++)
        {
            bool quiet = side.Poll(_now);
            Track(s);
            if (!React(s) && quiet)
                break;
            if (round == 16)
            {
                Break("the endpoint comes to rest", $"{Name(s)} wants to be polled again at once, for ever.");
                break;
            }
        }

        side.Refresh();
        if (side.TryGetHalfOpen(out HalfOpen halfOpen))
            Note(Opened(s, halfOpen.Iss), halfOpen.Irs, 0);
        bool toB = s == 0;
        foreach (byte[] packet in side.Sent)
        {
            var frame = new Frame(packet, toB, _now);
            if (frame.Destination != side.PeerAddress)
                continue;
            if (frame.Has(ControlBits.Syn | ControlBits.Ack))
                TrackCookie(s, frame);
            Send(frame);
        }

        Check(s);
    }

    private void Send(Frame frame)
    {
        if (frame.Stray == null)
            _emitted.Add(frame);
        if (_flight.Length < Scenario.InFlight)
            _flight = [.. _flight, frame];
        else
            _network.Imperfect = true;
    }

    /// <summary>What a user does at once: accept, read, and let go of a connection that has ended.</summary>
    /// <returns>True if it did something.</returns>
    private bool React(int s)
    {
        Side side = _sides[s];
        ref UserState user = ref _users[s];
        if (!user.Holds)
        {
            if (side.Listener?.Accept() is not { } accepted)
                return false;
            user.Holds = true;
            user.Shut = false;
            side.Give(accepted);
            accepted.NoDelay = true;
            return true;
        }

        if (user.Calls)
            return false;
        TcpConnection connection = side.Handle;
        bool ended = connection.State is TcpState.Closed or TcpState.TimeWait;
        if (connection.Available > 0 && (ended || !PartOf(s).ReadsLate))
        {
            Read(s, connection);
            CheckEndOfStream(s, connection);
            return true;
        }

        CheckEndOfStream(s, connection);
        if (!ended)
            return false;
        CheckReason(s, connection);
        user.Holds = false;
        connection.Close();
        return true;
    }

    /// <summary>A user that has kept the handle of a connection that is over does all it can with it: nothing may change.</summary>
    private void UseStaleHandle(TcpConnection stale)
    {
        if (stale.State != TcpState.Closed || stale.Write(_buffer, 0, 5) + stale.Read(_buffer, 0, 5) != 0)
            Break("a handle never reaches another connection", $"A handle of a connection that is over is in {stale.State}.");
        stale.NoDelay = false;
        stale.Shutdown();
        stale.Close();
        stale.Abort();
    }

    private void Write(int s, TcpConnection connection, int count)
    {
        int i = Array.FindLastIndex(_tcbs, tcb => tcb.OfB == (s == 1) && tcb.Iss == connection.Iss);
        Tcb own = _tcbs[i];
        for (int k = 0; k < count; k++)
            _buffer[k] = Stream(own.Iss, own.Written + k);
        Replace(i, own with { Written = own.Written + connection.Write(_buffer, 0, count) });
    }

    private void Read(int s, TcpConnection connection)
    {
        int i = Array.FindLastIndex(_tcbs, tcb => tcb.OfB == (s == 1) && tcb.Iss == connection.Iss);
        Tcb own = _tcbs[i];
        int written = _tcbs.Where(tcb => tcb.OfB != (s == 1) && tcb.Iss == own.Irs).Select(tcb => tcb.Written).DefaultIfEmpty().Max();
        int count = connection.Read(_buffer, 0, _buffer.Length);
        bool right = own.Delivered + count <= written;
        for (int k = 0; k < count; k++)
            right &= _buffer[k] == Stream(own.Irs, own.Delivered + k);
        Replace(i, own with { Delivered = own.Delivered + count });
        if (!right)
            Break("delivered bytes are a prefix of sent bytes", $"{Name(s)} read {count} bytes after {own.Delivered}; {written} were written.");
    }

    /// <summary>The user closes its direction: a FIN follows what it has written.</summary>
    private void NoteClose(int s, TcpConnection connection)
    {
        int i = Array.FindLastIndex(_tcbs, tcb => tcb.OfB == (s == 1) && tcb.Iss == connection.Iss);
        Replace(i, _tcbs[i] with { Closed = true });
    }

    private bool PeerMayWrite(int s, TcpConnection connection)
    {
        int i = Array.FindLastIndex(_tcbs, tcb => tcb.OfB == (s == 1) && tcb.Iss == connection.Iss);
        int peer = i < 0 ? -1 : Array.FindLastIndex(_tcbs, tcb => tcb.OfB != (s == 1) && tcb.Iss == _tcbs[i].Irs);
        bool stillOpen = peer >= 0 && !_tcbs[peer].Closed;
        return (stillOpen && _users[1 - s].WritesLeft != 0) || (peer >= 0 && _tcbs[peer].Written > _tcbs[i].Delivered);
    }

    /// <summary>Remembers what has become of a host's connection.</summary>
    private void Track(int s)
    {
        TcpConnection connection = _sides[s].Connection;
        if (connection.State == TcpState.Closed || connection.SndNxt == connection.Iss || _users[s].Calls)
            return;
        // In TIME-WAIT it is over, and nothing changes any more.
        if (connection.State == TcpState.TimeWait && _open != connection.Iss)
            return;
        int i = Opened(s, connection.Iss);
        if (connection.State > TcpState.SynSent && (!_tcbs[i].IrsKnown || _tcbs[i].Irs == connection.Irs))
            Note(i, connection.Irs, connection.RcvNxt - connection.Irs - 1);
    }

    /// <summary>A host knows of a connection, for the first time or still.</summary>
    /// <returns>Its index.</returns>
    private int Opened(int s, uint iss)
    {
        bool ofB = s == 1;
        bool first = _open != iss;
        _open = iss;
        int i = Array.FindLastIndex(_tcbs, tcb => tcb.OfB == ofB && tcb.Iss == iss);
        if (i >= 0 && !first)
            return i;
        if (i >= 0 && _tcbs[i].Opened && !_tcbs[i].Cookie)
            Break("two connections never have one initial sequence number", $"{Name(s)} has had a connection with this one already.");

        Side peer = _sides[1 - s];
        if (i >= 0 && _tcbs[i].Cookie && (_tcbs[i].Opened || peer.State == TcpState.Closed || peer.Iss != _tcbs[i].Irs))
        {
            // A late segment brings the cookie. Its host cannot know that the peer has done with it (RFC 4987 section 3.6).
            _tcbs = [.. _tcbs, _tcbs[i] with { Written = 0, Closed = false, Received = 0, Delivered = 0, Opened = true, Late = true }];
            _network.Imperfect = true;
            _network.MayReset = true;
        }
        else if (i >= 0)
        {
            Replace(i, _tcbs[i] with { Opened = true });
            return i;
        }
        else
            _tcbs = [.. _tcbs, new Tcb(ofB, iss, 0, false, 0, false, 0, Life: (byte)_sides[s].LifeNumber)];
        return _tcbs.Length - 1;
    }

    private void Note(int i, uint irs, uint received)
    {
        Tcb next = _tcbs[i] with { Irs = irs, IrsKnown = true, Received = received };
        if (next != _tcbs[i])
            Replace(i, next);
    }

    /// <summary>A SYN,ACK for a connection of which its host knows nothing has a SYN cookie.</summary>
    private void TrackCookie(int s, Frame frame)
    {
        bool ofB = s == 1;
        uint irs = frame.Acknowledgment - 1;
        int i = Array.FindLastIndex(_tcbs, tcb => tcb.OfB == ofB && tcb.Iss == frame.Sequence);
        if (i < 0)
            _tcbs = [.. _tcbs, new Tcb(ofB, frame.Sequence, irs, true, 0, false, 0, Life: (byte)_sides[s].LifeNumber, Cookie: true, Opened: false)];
        else if (_tcbs[i].IrsKnown && _tcbs[i].Irs != irs)
            Break("two connections never have one initial sequence number", $"{Name(s)} offers one to its peer for the second time.");
        else if (_tcbs[i].Cookie)
        {
            // It is made anew, and stands where a new one stands.
            _tcbs = [.. _tcbs[..i], .. _tcbs[(i + 1)..], _tcbs[i]];
        }
    }

    private void Replace(int i, Tcb tcb)
    {
        _tcbs = (Tcb[])_tcbs.Clone();
        _tcbs[i] = tcb;
    }

    private Frame[] Without(int index)
    {
        var left = new Frame[_flight.Length - 1];
        Array.Copy(_flight, left, index);
        Array.Copy(_flight, index + 1, left, index, left.Length - index);
        return left;
    }

    private bool CanAppear(Stray stray) => stray switch
    {
        Stray.OldSyn or Stray.OldSynToA or Stray.OldData or Stray.OldSynAck or Stray.SynOfC or Stray.SynOfD => true,
        Stray.ResetOfC => _sides[1].HalfOpens.Any(halfOpen => halfOpen.Peer == Side.AddressC),
        Stray.BadCookieToB => Array.Exists(_tcbs, tcb => tcb.Cookie),
        Stray.AckOfIssToB => _sides[1].State == TcpState.SynReceived,
        Stray.SynAckOfIssToA => _sides[0].State == TcpState.SynSent,
        _ => _sides[IsToB(stray) ? 1 : 0].State >= TcpState.SynReceived,
    };

    private static bool IsToB(Stray stray) => stray
        is not (Stray.OldSynToA or Stray.OldSynAck or Stray.ResetInWindowToA or Stray.SynInWindowToA or Stray.DataToA or Stray.SynAckOfIssToA);

    private Frame Forge(Stray stray)
    {
        bool toB = IsToB(stray);
        Side side = _sides[toB ? 1 : 0];
        uint next = side.RcvNxt;
        Tcb cookie = Array.FindLast(_tcbs, tcb => tcb.Cookie);
        uint source = stray switch
        {
            Stray.SynOfC or Stray.ResetOfC => Side.AddressC,
            Stray.SynOfD => Side.AddressD,
            _ => side.PeerAddress,
        };
        (ControlBits flags, uint sequence, uint acknowledgment) = stray switch
        {
            Stray.OldSyn => (ControlBits.Syn, OldIssA, 0u),
            Stray.OldSynToA => (ControlBits.Syn, OldIssB, 0u),
            Stray.OldData => (ControlBits.Ack | ControlBits.Psh, OldIssA + 1, OldIssB + 1),
            Stray.OldSynAck => (ControlBits.Syn | ControlBits.Ack, OldIssB, OldIssA + 1),
            Stray.ResetInWindowToA or Stray.ResetInWindowToB => (ControlBits.Rst, next + 100, 0u),
            Stray.SynInWindowToA or Stray.SynInWindowToB => (ControlBits.Syn, next + 100, 0u),
            Stray.DataToA or Stray.DataToB => (ControlBits.Ack | ControlBits.Psh, next, side.SndNxt + 1000),
            Stray.AckOfIssToB => (ControlBits.Ack, next, side.Iss),
            Stray.SynAckOfIssToA => (ControlBits.Syn | ControlBits.Ack, OldIssB, side.Iss),
            Stray.SynOfC => (ControlBits.Syn, IssOfC, 0u),
            Stray.SynOfD => (ControlBits.Syn, IssOfD, 0u),
            Stray.ResetOfC => (ControlBits.Rst, IssOfC + 1, 0u),
            Stray.BadCookieToB => (ControlBits.Ack, cookie.Irs + 1, cookie.Iss + 9),
            _ => throw new ArgumentOutOfRangeException(nameof(stray)),
        };
        ReadOnlySpan<byte> data = (flags & ControlBits.Psh) != 0 ? [0xEE] : [];
        return Frame.Forge(toB, source, flags, sequence, acknowledgment, data, _now, stray.ToString());
    }

    private static byte Stream(uint iss, int offset) =>
        (byte)((((iss * 0x9E3779B1u) ^ ((uint)offset * 0x85EBCA6Bu)) * 0xC2B2AE35u) >> 24);

    private static string Name(int s) => s == 0 ? "A" : "B";
}
