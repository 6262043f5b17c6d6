using System;
using System.Linq;
using HandshakeNano.Net;
using HandshakeNano.Packets;

namespace HandshakeNano.Explorer.Model;

// What must hold after every step.
internal sealed partial class World
{
    private void Break(string rule, string detail) => _violation ??= new Violation(rule, detail);

    /// <summary>After a step of one host.</summary>
    private void Check(int s)
    {
        Side side = _sides[s];
        CheckTimers(s);
        if (side.Number(side.Undone) != 0)
            Break("the endpoint comes to rest", $"{Name(s)} has left something undone.");
        if (side.HasConnection)
        {
            CheckPartner(s);
            CheckBuffers(s);
        }

        CheckAgreement();
        CheckFinished(s);
        foreach (Frame frame in _emitted)
            CheckData(s, frame);
    }

    private void CheckTimers(int s)
    {
        ulong deadline = _sides[s].NextDeadline();
        if (deadline <= _now)
            Break("what is due is done", $"{Name(s)} had something to do at {deadline} us and it is {_now} us.");
        else if (_sides[s].Wakeup > deadline)
            Break("the endpoint is woken in time", $"{Name(s)} has something to do at {deadline} us and wants to be woken at {_sides[s].Wakeup} us.");
    }

    /// <summary>No side is ESTABLISHED with a peer that never agreed to it.</summary>
    private void CheckPartner(int s)
    {
        Side side = _sides[s];
        if (!side.IsSynchronized)
            return;
        uint iss = side.Number(side.At.Iss), irs = side.Number(side.At.Irs);
        if (!Array.Exists(_tcbs, tcb => tcb.OfB != (s == 1) && tcb.Iss == irs && tcb.IrsKnown && tcb.Irs == iss))
            Break("a connection is established by both sides", $"{Name(s)} is {Text(side.State)}, and its peer has never had a connection with these initial sequence numbers.");
    }

    /// <summary>Two sides that are ESTABLISHED or further agree on the numbers.</summary>
    private void CheckAgreement()
    {
        Side a = _sides[0], b = _sides[1];
        if (!a.IsSynchronized || !b.IsSynchronized || Array.FindLast(_tcbs, tcb => tcb.OfB && tcb.Iss == b.Iss).Late)
            return;
        if (a.Number(a.At.Iss) != b.Number(b.At.Irs) || b.Number(b.At.Iss) != a.Number(a.At.Irs))
        {
            Break("two established sides agree on initial sequence numbers", $"A is {Text(a.State)}, B is {Text(b.State)}.");
            return;
        }

        CheckNumbers(a, b, "A", "B");
        CheckNumbers(b, a, "B", "A");
    }

    private void CheckNumbers(Side sender, Side receiver, string from, string to)
    {
        uint una = sender.Number(sender.At.SndUna), next = sender.Number(sender.At.SndNxt);
        if (receiver.Number(receiver.At.RcvNxt) - una > next - una)
            Break("SND.UNA <= the peer's RCV.NXT <= SND.NXT", $"what {from} has sent and {to} has received does not fit together.");
        for (int i = 0; i < sender.Number(sender.At.SackedCount); i++)
        {
            ulong range = sender.Words[sender.SackedRanges + i];
            if (!Has(receiver, (uint)range, (uint)(range >> 32)))
                Break("what is acknowledged selectively has come", $"{from} takes as come what {to} has not.");
        }
    }

    /// <summary>Says whether a side has received a range, in order or after a gap.</summary>
    private static bool Has(Side side, uint first, uint end)
    {
        if ((int)(end - side.RcvNxt) <= 0)
            return true;
        for (int i = 0; i < side.Number(side.At.RangeCount); i++)
        {
            ulong range = side.Words[side.At.Ranges + i];
            if ((int)(first - (uint)range) >= 0 && (int)(end - (uint)(range >> 32)) <= 0)
                return true;
        }

        return false;
    }

    /// <summary>The bytes that wait in the buffers are those that were written.</summary>
    private void CheckBuffers(int s)
    {
        Side side = _sides[s];
        ConnectionWords at = side.At;
        uint iss = side.Number(at.Iss), irs = side.Number(at.Irs);
        uint una = side.Number(at.SndUna);
        uint first = at.IsSynPending(side.Words) ? una + 1 : una;
        for (uint seq = first; (int)(side.Number(at.SndEnd) - seq) > 0; seq++)
            CheckByte(side, at.SndBuffer, seq - iss - 1, iss, seq, "is to be sent");
        if (side.State <= TcpState.SynSent)
            return;
        uint end = side.Number(at.RcvNxt) - (at.IsFinReceived(side.Words) ? 1u : 0);
        for (uint seq = side.Number(at.RcvRead); (int)(end - seq) > 0; seq++)
            CheckByte(side, at.RcvBuffer, seq, irs, seq, "has been received");
        for (int i = 0; i < side.Number(at.RangeCount); i++)
        {
            ulong range = side.Words[at.Ranges + i];
            for (uint seq = (uint)range; seq != (uint)(range >> 32); seq++)
                CheckByte(side, at.RcvBuffer, seq, irs, seq, "has been received after a gap");
        }
    }

    private void CheckByte(Side side, int buffer, uint place, uint isn, uint seq, string what)
    {
        uint index = place % Side.BufferSize;
        byte value = (byte)(side.Words[buffer + (int)(index / 8)] >> (int)(index % 8 * 8));
        if (value != Stream(isn, (int)(seq - isn - 1)))
            Break("delivered bytes are a prefix of sent bytes", $"a byte that {what} at {Name(side.IsB ? 1 : 0)} is not the one that was written.");
    }

    /// <summary>A segment carries the bytes that were written, and no more.</summary>
    private void CheckData(int s, Frame frame)
    {
        if (frame.ToB != (s == 0) || frame.Length == 0)
            return;
        // The connection may be over by now: what it has sent stands in the segment.
        int i = Array.FindLastIndex(_tcbs, tcb => tcb.OfB == (s == 1) && frame.Sequence - tcb.Iss - 1 <= 0xFFFF);
        uint offset = i < 0 ? 0 : frame.Sequence - _tcbs[i].Iss - 1;
        bool right = i >= 0 && offset + (uint)frame.Length <= (uint)_tcbs[i].Written;
        for (int k = 0; right && k < frame.Length; k++)
            right = frame.Packet[frame.Packet.Length - frame.Length + k] == Stream(_tcbs[i].Iss, (int)offset + k);
        if (!right)
            Break("delivered bytes are a prefix of sent bytes", $"{Name(s)} sends bytes that its user has not written.");
    }

    /// <summary>Finished means that the peer has everything.</summary>
    private void CheckFinished(int s)
    {
        TcpConnection connection = _sides[s].Connection;
        if (connection.State is not (TcpState.Closed or TcpState.TimeWait))
            return;
        if (connection.CloseReason == TcpCloseReason.TimedOut)
        {
            // The peer may still believe in the connection.
            _network.MayReset = true;
        }

        if (connection.CloseReason != TcpCloseReason.Finished)
            return;
        int i = Array.FindLastIndex(_tcbs, tcb => tcb.OfB == (s == 1) && tcb.Iss == connection.Iss);
        if (i < 0)
            return;
        Tcb own = _tcbs[i];
        Tcb[] peers = Array.FindAll(_tcbs, tcb => tcb.OfB != (s == 1) && tcb.Iss == own.Irs && tcb.Irs == own.Iss);
        if (peers.Length != 0 && !own.Late && Array.TrueForAll(peers, peer => peer.Received < own.Written))
            Break("data arrives whole, or the loss is reported", $"{Name(s)} has finished, and its peer has {peers[^1].Received} of {own.Written} bytes.");
    }

    /// <summary>The end of the stream comes after all that was written, and only if the peer has closed.</summary>
    private void CheckEndOfStream(int s, TcpConnection connection)
    {
        if (!connection.PeerClosed || connection.Available > 0 || connection.State == TcpState.Closed)
            return;
        Tcb own = Array.FindLast(_tcbs, tcb => tcb.OfB == (s == 1) && tcb.Iss == connection.Iss);
        if (!Array.Exists(_tcbs, tcb => tcb.OfB != (s == 1) && tcb.Iss == own.Irs && tcb.Closed && tcb.Written == own.Delivered))
            Break("the end of the stream is where the peer closed", $"{Name(s)} sees it after {own.Delivered} bytes.");
    }

    /// <summary>A connection does not end by a reset or for want of an answer without a cause.</summary>
    private void CheckReason(int s, TcpConnection connection)
    {
        switch (connection.CloseReason)
        {
            case TcpCloseReason.Finished:
                break;
            case TcpCloseReason.TimedOut when _network.Imperfect:
                _network.MayReset = true;
                break;
            case TcpCloseReason.TimedOut:
                Break("no side gives up while the network loses nothing", $"{Name(s)} has timed out, and every segment has arrived at once.");
                break;
            default:
                if (!_network.MayReset)
                    Break("a connection ends by a reset only if there is a cause", $"{Name(s)} is told {connection.CloseReason}.");
                break;
        }
    }

    /// <summary>What a host may make of a segment that has arrived.</summary>
    private void CheckAnswer(Side side, Frame frame, Before before)
    {
        int s = side.IsB ? 1 : 0;
        if (frame.Has(ControlBits.Rst) && _emitted.Count != 0)
        {
            // RFC 5961 section 3: a reset in the window but not at its edge is challenged.
            bool challenge = _emitted.Count == 1 && _emitted[0].Flags == ControlBits.Ack && _emitted[0].Length == 0
                && before.State >= TcpState.SynReceived && side.State == before.State
                && frame.Sequence - before.RcvNxt - 1 < before.RcvWnd - 1;
            if (!challenge)
                Break("a reset is not answered", $"{Name(s)} answers it with {string.Join(" and ", _emitted.Select(e => ControlBitsText.ToText(e.Flags)))}.");
        }

        // A host without the connection refuses a SYN, and the other user is told so.
        if (frame.Has(ControlBits.Syn) && side.Listener == null && before.State == TcpState.Closed && !before.TimeWait)
            _network.MayReset = true;

        // What overtakes the segment with a SYN cookie is for nobody (RFC 4987 section 3.6).
        if (before.State == TcpState.Closed && !before.TimeWait && Array.Exists(_tcbs, tcb => tcb.OfB == side.IsB && tcb is { Cookie: true, Opened: false }
            && frame.Acknowledgment == tcb.Iss + 1 && frame.Sequence - tcb.Irs - 2 < Side.BufferSize))
            _network.MayReset = true;

        if (frame.Stray == null)
            return;
        // A connection with a stranger answers until it times out. Whoever has to do with the host gets no sense out of it until then.
        if (side.State == TcpState.SynReceived && before.State <= TcpState.SynSent)
            _network.Imperfect = true;
        bool protects = before.IsSynchronized
            || (before.State == TcpState.SynReceived && frame.Has(ControlBits.Rst) && before.IsGenuine(_tcbs));
        if (protects && !before.Equals(new Before(side)))
            Break("a stranger without the numbers changes nothing", $"{Name(s)} was {Text(before.State)} and is {Text(side.State)} after a segment of a stranger's.");
        else if (side.IsSynchronized && !before.IsSynchronized)
            Break("a stranger without the numbers changes nothing", $"{Name(s)} is {Text(side.State)} by a segment of a stranger.");
    }

    private static string Text(TcpState state) => TcpStateText.ToText(state);

    /// <summary>What a stranger must not change.</summary>
    private readonly record struct Before(
        TcpState State, bool IsSynchronized, bool OfB, uint Irs, uint SndUna, uint RcvNxt, uint RcvWnd, int Available, bool TimeWait)
    {
        public Before(Side side)
            : this(
                side.State, side.IsSynchronized, side.IsB, side.Irs, side.SndUna, side.RcvNxt, side.RcvWnd, side.Available,
                side.HasTimeWait)
        {
        }

        /// <summary>The peer has opened the connection, and not a stranger in its name.</summary>
        public bool IsGenuine(Tcb[] tcbs)
        {
            foreach (Tcb tcb in tcbs)
            {
                if (tcb.OfB != OfB && tcb.Iss == Irs)
                    return true;
            }

            return false;
        }
    }
}
