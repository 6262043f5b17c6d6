using HandshakeNano.Net.Wire;
using static HandshakeNano.Net.TcbFlags;
using static HandshakeNano.Net.TcbNumbers;
using static HandshakeNano.Net.TcbTimes;

namespace HandshakeNano.Net;

// Tail loss probes, RFC 8985 section 7: nothing follows the last segments of a flight that could say that they are lost, so one more is
// sent before the timeout.
internal sealed partial class Tcb
{
    // What TailProbe says.
    private const uint NoProbe = 0;

    /// <summary>The retransmission timer is set for a probe.</summary>
    private const uint ProbeDue = 1;

    /// <summary>A probe with new data is on its way.</summary>
    private const uint ProbeNew = 2;

    /// <summary>A probe is on its way that was sent before.</summary>
    private const uint ProbeAgain = 3;

    /// <summary>The probe has come, so what was sent before it and has not come is lost.</summary>
    private const uint ProbeCame = 4;

    /// <summary>
    /// How long a peer may delay its acknowledgment, in microseconds. RFC 8985 section 7.2 counts it where a single segment is on its way,
    /// but the last of three may be delayed as well.
    /// </summary>
    private const ulong MostDelay = 200_000;

    /// <summary>Sets the retransmission timer for a probe, if one may be sent and comes before the timeout (section 7.2).</summary>
    private void ArmTailProbe(ulong now)
    {
        uint[] v = Numbers;
        if (v[TailProbe] >= ProbeNew || (v[SackedCount] | v[Retries] | v[TimeoutDoubt]) != 0 || v[Srtt] == 0
            || (v[Flags] & (Recovering | Probing | SynPending)) != 0)
            return;
        ulong due = now + TailWait();
        if (due >= _t[RetransmitAt])
            return;
        v[TailProbe] = ProbeDue;
        _t[RetransmitAt] = due;
        _layer.Timers.Schedule((int)v[Slot], due);
    }

    /// <summary>Two round trips and a delayed ACK, or more where round trips differ: a probe for nothing brings an ACK too many.</summary>
    private ulong TailWait()
    {
        uint[] v = Numbers;
        ulong more = 4 * (ulong)v[RttVar];
        return 2 * (ulong)v[Srtt] + (more > MostDelay ? more : MostDelay);
    }

    /// <summary>The timer for a probe has expired (section 7.3).</summary>
    private void SendTailProbe(ulong now)
    {
        uint[] v = Numbers;
        ulong[] t = _t;
        v[TailProbe] = NoProbe;
        ulong timeout = t[ProgressAt] + (v[Rto] < t[UserLimit] ? v[Rto] : t[UserLimit]);
        if (now >= timeout)
        {
            Retransmit(now);
            return;
        }

        ulong due = t[SentAt] + TailWait();
        bool later = due > now && due < timeout;
        if (later || (v[SackedCount] | v[Retries]) != 0 || (v[Flags] & (Recovering | Probing)) != 0 || v[SndWnd] == 0 || v[SndPtr] != v[SndNxt])
        {
            // More was sent meanwhile; or something has come, and loss is found without a probe.
            if (later)
                v[TailProbe] = ProbeDue;
            else
                due = timeout;
            t[RetransmitAt] = due;
            _layer.Timers.Schedule((int)v[Slot], due);
            return;
        }

        _layer.Counters[(int)Counter.TailLossProbes]++;
        uint una = v[SndUna];
        uint next = v[SndNxt];
        uint end = v[SndEnd];
        uint length = v[Mss];
        t[RetransmitAt] = Never;
        int room = (int)(una + v[SndWnd] - next);
        if (next != end + 1 && room > 0 && (end != next || (v[Flags] & FinQueued) != 0))
        {
            // New data, be the congestion window full or not.
            if (length > (uint)room)
                length = (uint)room;
            if (length > end - next)
                length = end - next;
            SendRange(next, (int)length, (v[Flags] & FinQueued) != 0 && next + length == end && (uint)room > length, now);
            v[TailProbe] = ProbeNew;
        }
        else
        {
            bool fin = next == end + 1;
            if (fin)
                next--;
            if (length > next - una)
                length = next - una;
            t[RttAt] = Never;
            SendRange(next - length, (int)length, fin, now);
            v[TailProbe] = ProbeAgain;
        }

        v[TailProbeEnd] = v[SndNxt];
    }

    /// <summary>An ACK has come while a probe is on its way: has the probe come, or has it mended a loss (section 7.4)?</summary>
    /// <param name="options">The segment's options, null if it has none.</param>
    /// <param name="ack">SEG.ACK, not below SND.UNA.</param>
    private void TailProbeAnswered(TcpOptions options, uint ack)
    {
        uint[] v = Numbers;
        int ahead = (int)(ack - v[TailProbeEnd]);
        if (ahead < 0)
        {
            int last = _layer.SackedAt + 2 * (int)v[SackedCount] - 1;
            if (v[SackedCount] != 0 && (int)(_ranges[last] - v[TailProbeEnd]) >= 0)
                v[TailProbe] = ProbeCame;
            return;
        }

        uint probe = v[TailProbe];
        bool sacks = options != null && options.SackCount != 0;
        if (probe == ProbeAgain && !(sacks && (int)(options.Sacks[1] - ack) <= 0))
        {
            // The segment did not come twice. If more than it is acknowledged, the probe has mended a loss.
            if (ahead == 0 && (sacks || ack != v[SndUna]))
                return;
            if (ahead > 0)
            {
                LowerThreshold(false);
                v[Cwnd] = v[Ssthresh];
            }
        }

        v[TailProbe] = NoProbe;
    }
}
