using HandshakeNano.Net.Wire;
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

        // Not while what was sent before the last loss is on its way. Long ago, that may lie ahead of SND.NXT. Where all of it has come,
        // only selective acknowledgments tell that this is no answer to what was sent twice (RFC 6582 section 4).
        uint duplicates = ++v[DuplicateAcks];
        uint before = v[Recover] - v[SndUna];
        if (duplicates > 3 || (before <= v[SndNxt] - v[SndUna] && (before != 0 || (v[Flags] & Sacks) == 0)))
            return;
        v[OutputDue] = 1;
        if (duplicates < 3 && !IsLost((int)v[SackedCount], SackedBytes()))
        {
            v[Flags] |= SendOneMore;
            return;
        }

        BeginRecovery();
    }

    /// <summary>A segment is lost: fast retransmit, and half as much on the way from now on.</summary>
    private void BeginRecovery()
    {
        uint[] v = Numbers;
        LowerThreshold(false);
        v[Recover] = v[SndNxt];
        v[Flags] = (v[Flags] & ~SendOneMore) | Recovering | ResendFirst;
        v[HighRxt] = v[SndUna];
        v[Resent] = 0;

        // The ACK that says so came for a segment that has arrived.
        v[DeliveredBefore] = v[SndUna] + SackedBytes() - v[Mss];
        v[Cwnd] = (v[Flags] & Sacks) != 0 ? v[Ssthresh] : v[Ssthresh] + 3 * v[Mss];
    }

    /// <summary>An ACK of new data: the congestion window grows, or recovery goes on.</summary>
    private void Congestion(uint ack, uint acked, ulong now)
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
                v[Cwnd] = (v[Flags] & Sacks) == 0 && flight < v[Ssthresh] ? flight : v[Ssthresh];
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

        if (_layer.CubicAt != 0)
            CubicGrows(acked, now);
        else if (v[Cwnd] < v[Ssthresh])
            v[Cwnd] += acked < mss ? acked : mss;
        else
        {
            uint step = mss * (acked < v[Cwnd] ? acked : v[Cwnd]) / v[Cwnd];
            v[Cwnd] += step == 0 ? 1 : step;
        }

        if (v[Cwnd] > 0x100000)
            v[Cwnd] = 0x100000;
    }

    /// <summary>RFC 5681 equation 4. What was sent past the congestion window does not count (section 3.2 step 2).</summary>
    /// <param name="all">True after a timeout.</param>
    private void LowerThreshold(bool all)
    {
        uint[] v = Numbers;
        uint flight = FlightSize();
        uint threshold = _layer.CubicAt != 0 ? CubicLoses(all) : (flight < v[Cwnd] ? flight : v[Cwnd]) / 2;
        uint least = 2 * v[Mss];
        v[Ssthresh] = threshold > least ? threshold : least;

        // The peer is told, whatever the reason is (RFC 3168 section 6.1.2).
        if (v[Ecn] != 0)
            v[Ecn] |= TcpHeader.Cwr;
    }

    private uint FlightSize()
    {
        uint[] v = Numbers;
        return v[SndNxt] - v[SndUna];
    }

    /// <summary>
    /// What may be sent before anything is known of the network: RFC 5681 section 3.1, with CUBIC RFC 6928. No link has an MSS over 1460.
    /// </summary>
    private uint InitialWindow(int mss)
    {
        return (uint)((mss > 1095 ? _layer.FirstSegments : _layer.FirstSmallSegments) * mss);
    }
}
