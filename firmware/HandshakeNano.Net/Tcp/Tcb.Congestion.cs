using static HandshakeNano.Net.TcbFlags;
using static HandshakeNano.Net.TcbNumbers;

namespace HandshakeNano.Net;

// Congestion control: RFC 5681, RFC 6582, RFC 3042.
internal sealed partial class Tcb
{
    /// <summary>RFC 5681 section 3.2, RFC 6582 section 3.2.</summary>
    private void DuplicateAck()
    {
        uint[] v = Numbers;
        _layer.Counters[(int)Counter.DuplicateAcks]++;
        uint mss = v[Mss];
        if ((v[Flags] & Recovering) != 0)
        {
            // Another segment has left the network.
            if ((v[Flags] & Sacks) == 0)
                v[Cwnd] += mss;
            v[OutputDue] = 1;
            return;
        }

        // Not while what was sent before the last loss is on its way. Long ago, that may lie ahead of SND.NXT.
        uint duplicates = ++v[DuplicateAcks];
        if (duplicates > 3 || v[Recover] - v[SndUna] <= v[SndNxt] - v[SndUna])
            return;
        v[OutputDue] = 1;
        if (duplicates < 3 && !IsLost((int)v[SackedCount], SackedBytes()))
        {
            v[Flags] |= SendOneMore;
            return;
        }

        HalveThreshold();
        v[Recover] = v[SndNxt];
        v[Flags] = (v[Flags] & ~SendOneMore) | Recovering | ResendFirst;
        v[HighRxt] = v[SndUna];
        v[Cwnd] = (v[Flags] & Sacks) != 0 ? v[Ssthresh] : v[Ssthresh] + 3 * mss;
    }

    /// <summary>An ACK of new data: the congestion window grows, or recovery goes on.</summary>
    private void Congestion(uint ack, uint acked)
    {
        uint[] v = Numbers;
        uint mss = v[Mss];
        v[DuplicateAcks] = 0;
        if ((v[Flags] & Recovering) != 0)
        {
            if ((int)(ack - v[Recover]) >= 0)
            {
                v[Flags] &= ~Recovering;
                v[TailProbe] = NoProbe;
                uint flight = FlightSize() + mss;
                v[Cwnd] = flight < v[Ssthresh] ? flight : v[Ssthresh];
                return;
            }

            v[OutputDue] = 1;
            if ((v[Flags] & Sacks) != 0)
                return;

            // A partial ACK: the next hole is known (RFC 6582 section 3.2).
            v[Cwnd] = v[Cwnd] > acked ? v[Cwnd] - acked + mss : mss;
            v[Flags] = (v[Flags] & ~SendOneMore) | ResendFirst;
            return;
        }

        if (v[Cwnd] < v[Ssthresh])
            v[Cwnd] += acked < mss ? acked : mss;
        else
        {
            uint step = mss * mss / v[Cwnd];
            v[Cwnd] += step == 0 ? 1 : step;
        }

        if (v[Cwnd] > 0x100000)
            v[Cwnd] = 0x100000;
    }

    /// <summary>RFC 5681 equation 4. What was sent past the congestion window does not count (section 3.2 step 2).</summary>
    private void HalveThreshold()
    {
        uint[] v = Numbers;
        uint flight = FlightSize();
        uint half = (flight < v[Cwnd] ? flight : v[Cwnd]) / 2;
        uint least = 2 * v[Mss];
        v[Ssthresh] = half > least ? half : least;
    }

    private uint FlightSize()
    {
        uint[] v = Numbers;
        return v[SndNxt] - v[SndUna];
    }

    /// <summary>RFC 5681 section 3.1: what may be sent before anything is known of the network. No link has an MSS over 2190.</summary>
    private static uint InitialWindow(int mss)
    {
        return (uint)(mss > 1095 ? 3 * mss : 4 * mss);
    }
}
