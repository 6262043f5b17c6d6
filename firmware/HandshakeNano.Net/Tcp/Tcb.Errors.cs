using HandshakeNano.Net.Wire;
using static HandshakeNano.Net.TcbFlags;
using static HandshakeNano.Net.TcbNumbers;
using static HandshakeNano.Net.TcbTimes;

namespace HandshakeNano.Net;

// What the network says about segments of ours: RFC 9293 section 3.9.2.2, RFC 5461, RFC 5927.
internal sealed partial class Tcb
{
    /// <summary>An ICMP error about a segment of ours (RFC 9293 section 3.9.2.2, RFC 5461, RFC 5927).</summary>
    /// <param name="seq">The sequence number that the error quotes.</param>
    /// <param name="type">The ICMP type.</param>
    /// <param name="code">The ICMP code.</param>
    /// <param name="mtu">The next hop's MTU in bytes, if the router says that a packet needs fragments.</param>
    /// <param name="total">The length in bytes of the packet that the error quotes.</param>
    /// <returns>False if the segment is none that is on its way.</returns>
    internal bool IcmpError(uint seq, int type, int code, int mtu, int total)
    {
        uint[] v = _v;
        if (seq - v[SndUna] >= v[SndNxt] - v[SndUna])
            return false;
        if (type != IcmpHeader.DestinationUnreachable)
        {
            Report(type == IcmpHeader.TimeExceeded ? TcpSoftError.TimeExceeded : TcpSoftError.ParameterProblem);
            return true;
        }

        if (code == IcmpHeader.FragmentationNeeded)
            PathNarrows((int)(v[SndNxt] - seq), mtu, total - Ipv4Header.Length - TcpHeader.Length);
        else if (_state == TcpState.SynSent)
            End(TcpCloseReason.Unreachable);
        else
            Report(TcpSoftError.Unreachable);
        return true;
    }

    /// <summary>
    /// A segment did not fit the path (RFC 9293 section 3.7.2, RFC 1191). Segments become smaller, down to what every path
    /// carries. Who says more than what was sent, or speaks of what was sent before segments became smaller, changes nothing.
    /// </summary>
    /// <param name="length">How many numbers are on their way from the segment's first on.</param>
    /// <param name="mtu">What the router says fits, in bytes; 0 if it does not say (RFC 1191 section 5).</param>
    /// <param name="quoted">The segment's length as the router quotes it; too little to be cut if it quotes a wrong one.</param>
    private void PathNarrows(int length, int mtu, int quoted)
    {
        uint[] v = _v;
        ulong[] t = _t;
        int known = (int)_v[Mss];
        if (length > known)
            length = known;
        if (quoted > TcpOptions.LeastSegment)
        {
            if (quoted > known)
                return;
            if (length > quoted)
                length = quoted;
        }

        int mss = mtu - Ipv4Header.Length - TcpHeader.Length;
        if (mss < TcpOptions.LeastSegment)
        {
            mss = length > TcpOptions.DefaultMaximumSegmentSize ? TcpOptions.DefaultMaximumSegmentSize : length / 2;
            if (mss < TcpOptions.LeastSegment)
                mss = TcpOptions.LeastSegment;
        }

        if (mss >= length)
            return;
        v[Mss] = (uint)mss;

        // RFC 1191 section 6.5: slow start, from what was lost on. It is no sign of congestion.
        if ((v[Flags] & Recovering) == 0 && v[Cwnd] > v[Ssthresh])
            v[Ssthresh] = v[Cwnd];
        v[Cwnd] = (uint)length;
        v[Flags] &= ~Recovering;
        v[Recover] = v[SndNxt];
        v[DuplicateAcks] = 0;
        v[LossDue] = 0;
        v[SndPtr] = v[SndUna];
        t[RttAt] = Never;
        t[RetransmitAt] = Never;
        OutputDue = true;
    }

    /// <summary>The user is told of something that does not end the connection.</summary>
    private void Report(TcpSoftError error)
    {
        _v[SoftError] = (uint)error;
        Events |= TcbEvents.SoftError;
    }
}
