using static HandshakeNano.Net.TcbNumbers;

namespace HandshakeNano.Net;

// The round-trip time and the timeout that follows from it: RFC 6298 section 2.
internal sealed partial class Tcb
{
    /// <summary>A round trip was measured: RFC 6298 section 2.</summary>
    /// <param name="rtt">The round trip in microseconds.</param>
    /// <param name="samples">How many are measured in one (RFC 7323 appendix G).</param>
    private void Measured(ulong rtt, uint samples)
    {
        uint[] v = Numbers;
        if (rtt > TcpSettings.LongestRetransmissionTimeout)
            rtt = TcpSettings.LongestRetransmissionTimeout;
        ulong srtt = v[Srtt];
        ulong rttvar;
        if (srtt == 0)
        {
            srtt = rtt;
            rttvar = rtt >> 1;
        }
        else
        {
            ulong n = 4 * (ulong)samples;
            rttvar = ((n - 1) * v[RttVar] + (srtt > rtt ? srtt - rtt : rtt - srtt)) / n;
            n += n;
            srtt = ((n - 1) * srtt + rtt) / n;
        }

        // 0 means not measured.
        if (srtt == 0)
            srtt = 1;
        v[Srtt] = (uint)srtt;
        v[RttVar] = (uint)rttvar;
        ResetTimeout(srtt, rttvar);
    }

    /// <summary>The timeout that follows from the measured round trips, without any backing off.</summary>
    private void ResetTimeout(ulong srtt, ulong rttvar)
    {
        TcpSettings settings = _layer.Settings;
        ulong rto = srtt == 0 ? settings.InitialRetransmissionTimeout : srtt + (rttvar == 0 ? 1 : 4 * rttvar);
        if (rto < settings.MinimumRetransmissionTimeout)
            rto = settings.MinimumRetransmissionTimeout;
        if (rto > settings.MaximumRetransmissionTimeout)
            rto = settings.MaximumRetransmissionTimeout;
        Numbers[Rto] = (uint)rto;
    }
}
