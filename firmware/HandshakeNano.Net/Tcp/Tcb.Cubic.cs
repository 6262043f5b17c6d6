using static HandshakeNano.Net.TcbNumbers;

namespace HandshakeNano.Net;

// CUBIC, RFC 9438: how the congestion window grows and shrinks where the settings say so. Sizes are in bytes, times in milliseconds.
internal sealed partial class Tcb
{
    // Where its numbers stand behind the ranges, from TcpLayer.CubicAt on.

    /// <summary>The ISS of the connection that they are of. A control block is not told when another connection gets it.</summary>
    private const int CubicOf = 0;

    /// <summary>W_max: the congestion window when something was last lost, or less.</summary>
    private const int CubicMost = 1;

    /// <summary>cwnd_prior: that window in any case.</summary>
    private const int CubicPrior = 2;

    /// <summary>When congestion avoidance began; 0 if it has to begin anew.</summary>
    private const int CubicSince = 3;

    /// <summary>W_est: what Reno's window would be.</summary>
    private const int CubicReno = 4;

    /// <summary>K: how long after that the window is W_max again.</summary>
    private const int CubicRise = 5;

    /// <summary>What W_max, cwnd_prior and the beginning were before a timeout.</summary>
    private const int CubicKept = 6;

    /// <summary>How many there are.</summary>
    internal const int CubicCount = 9;

    /// <summary>From there on the window does not matter: it is far above the largest. The third power still fits.</summary>
    private const uint CubicLongest = 100_000;

    /// <summary>1 second to the third power in milliseconds, divided by C, which is 0.4.</summary>
    private const ulong CubicScale = 2_500_000_000;

    /// <summary>Before a timeout that may be spurious: what it is about to change (section 4.9.1).</summary>
    private void CubicDoubts()
    {
        int at = CubicNumbers();
        System.Array.Copy(_ranges, at + CubicMost, _ranges, at + CubicKept, CubicCount - CubicKept);
    }

    /// <summary>It was spurious. Nothing else has changed, as the window did not grow meanwhile.</summary>
    private void CubicReturns()
    {
        int at = _layer.CubicAt;
        System.Array.Copy(_ranges, at + CubicKept, _ranges, at + CubicMost, CubicCount - CubicKept);
    }

    /// <summary>Something is lost: sections 4.6 to 4.8.</summary>
    /// <param name="all">True after a timeout.</param>
    /// <returns>The slow start threshold before it is held to its least.</returns>
    private uint CubicLoses(bool all)
    {
        uint[] c = _ranges;
        int at = CubicNumbers();
        uint cwnd = Numbers[Cwnd];

        // Less than at the loss before: others have come who need room.
        uint most = cwnd < c[at + CubicMost] ? cwnd * 17 / 20 : cwnd;
        c[at + CubicMost] = all ? 0 : most;
        c[at + CubicPrior] = cwnd;
        c[at + CubicSince] = 0;
        return cwnd * 7 / 10;
    }

    /// <summary>New data is acknowledged in congestion avoidance: sections 4.2 to 4.5.</summary>
    private void CubicGrows(uint acked, ulong now)
    {
        uint[] v = Numbers;
        uint[] c = _ranges;
        int at = CubicNumbers();
        uint cwnd = v[Cwnd];
        uint mss = v[Mss];
        uint time = (uint)(now / 1000);
        uint flight = FlightSize() + acked;
        if (cwnd < v[Ssthresh])
        {
            // By all that is acknowledged, while it is used. A busy host acknowledges a whole flight at once: the 8 segments of RFC 9406
            // section 4.2 would be all that this flight is worth, and without them an ACK sends twice what it acknowledges and no more.
            if (cwnd < 2 * flight)
                v[Cwnd] = cwnd + acked;
            return;
        }

        // While a timeout is in doubt its answer sets the window, and what may come back stays.
        if (v[TimeoutDoubt] != NoDoubt)
            return;
        if (flight + mss <= cwnd)
        {
            // Not the window was what limited it: this time does not count (section 5.8).
            c[at + CubicSince] = 0;
            return;
        }

        if (c[at + CubicSince] == 0)
        {
            c[at + CubicSince] = time;
            c[at + CubicReno] = cwnd;
            c[at + CubicRise] = 0;
            if (cwnd < c[at + CubicMost])
                c[at + CubicRise] = CubeRoot((c[at + CubicMost] - cwnd) * CubicScale / mss);
            else
                c[at + CubicMost] = cwnd;
        }

        if (acked > cwnd)
            acked = cwnd;
        uint reno = c[at + CubicReno];
        uint step = mss * acked / cwnd;
        reno += reno < c[at + CubicPrior] ? step * 9 / 17 : step;
        c[at + CubicReno] = reno;
        uint target = CubicWindow(c[at + CubicMost], time - c[at + CubicSince] + v[Srtt] / 1000, c[at + CubicRise], mss);
        if (target < reno)
        {
            if (reno > cwnd)
                v[Cwnd] = reno;
            return;
        }

        if (target > cwnd + cwnd / 2)
            target = cwnd + cwnd / 2;
        if (target > cwnd)
            v[Cwnd] = cwnd + (uint)((ulong)(target - cwnd) * acked / cwnd);
    }

    /// <summary>W_cubic: the window at a time, section 4.2.</summary>
    private static uint CubicWindow(uint most, uint time, uint rise, uint mss)
    {
        ulong distance = time < rise ? rise - time : time - rise;
        if (distance > CubicLongest)
            distance = CubicLongest;
        ulong change = mss * distance * distance * distance / CubicScale;
        if (time < rise)
            return change < most ? most - (uint)change : 0;
        return most + (uint)change;
    }

    /// <summary>The third root of a number below 2^60, rounded down.</summary>
    private static uint CubeRoot(ulong number)
    {
        ulong root = 0;
        for (ulong bit = 1 << 19; bit != 0; bit /= 2)
        {
            ulong more = root + bit;
            if (more * more * more <= number)
                root = more;
        }

        return (uint)root;
    }

    /// <summary>Where the numbers stand, which are 0 when a connection begins.</summary>
    private int CubicNumbers()
    {
        uint[] c = _ranges;
        int at = _layer.CubicAt;
        if (c[at + CubicOf] != Numbers[Iss])
        {
            System.Array.Clear(c, at, CubicCount);
            c[at + CubicOf] = Numbers[Iss];
        }

        return at;
    }
}
