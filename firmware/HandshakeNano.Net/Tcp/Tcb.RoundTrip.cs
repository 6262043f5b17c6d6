namespace HandshakeNano.Net;

// The round-trip time and the timeout that follows from it: RFC 6298 section 2.
internal sealed partial class Tcb
{
    /// <summary>A round trip was measured: RFC 6298 section 2.</summary>
    private void Measured(ulong rtt)
    {
        ulong srtt = _srtt;
        if (srtt == 0)
        {
            srtt = rtt;
            _rttvar = rtt >> 1;
        }
        else
        {
            ulong difference = srtt > rtt ? srtt - rtt : rtt - srtt;
            _rttvar = (3 * _rttvar + difference) >> 2;
            srtt = (7 * srtt + rtt) >> 3;
        }

        // 0 means not measured.
        _srtt = srtt == 0 ? 1 : srtt;
        ResetTimeout();
    }

    /// <summary>The timeout that follows from the measured round trips, without any backing off.</summary>
    private void ResetTimeout()
    {
        TcpSettings settings = _layer.Settings;
        ulong rto = _srtt == 0 ? settings.InitialRetransmissionTimeout : _srtt + (_rttvar == 0 ? 1 : 4 * _rttvar);
        if (rto < settings.MinimumRetransmissionTimeout)
            rto = settings.MinimumRetransmissionTimeout;
        if (rto > settings.MaximumRetransmissionTimeout)
            rto = settings.MaximumRetransmissionTimeout;
        _rto = rto;
    }
}
