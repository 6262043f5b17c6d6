using static HandshakeNano.Net.TcbTimes;

namespace HandshakeNano.Net;

// The round-trip time and the timeout that follows from it: RFC 6298 section 2.
internal sealed partial class Tcb
{
    /// <summary>A round trip was measured: RFC 6298 section 2.</summary>
    private void Measured(ulong rtt)
    {
        ulong[] t = _t;
        ulong srtt = t[Srtt];
        if (srtt == 0)
        {
            srtt = rtt;
            t[RttVar] = rtt >> 1;
        }
        else
        {
            ulong difference = srtt > rtt ? srtt - rtt : rtt - srtt;
            t[RttVar] = (3 * t[RttVar] + difference) >> 2;
            srtt = (7 * srtt + rtt) >> 3;
        }

        // 0 means not measured.
        t[Srtt] = srtt == 0 ? 1 : srtt;
        ResetTimeout();
    }

    /// <summary>The timeout that follows from the measured round trips, without any backing off.</summary>
    private void ResetTimeout()
    {
        ulong[] t = _t;
        TcpSettings settings = _layer.Settings;
        ulong rto = t[Srtt] == 0 ? settings.InitialRetransmissionTimeout : t[Srtt] + (t[RttVar] == 0 ? 1 : 4 * t[RttVar]);
        if (rto < settings.MinimumRetransmissionTimeout)
            rto = settings.MinimumRetransmissionTimeout;
        if (rto > settings.MaximumRetransmissionTimeout)
            rto = settings.MaximumRetransmissionTimeout;
        t[Rto] = rto;
    }
}
