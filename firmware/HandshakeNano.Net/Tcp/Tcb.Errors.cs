using HandshakeNano.Net.Wire;
using static HandshakeNano.Net.TcbFlags;
using static HandshakeNano.Net.TcbNumbers;
using static HandshakeNano.Net.TcbTimes;

namespace HandshakeNano.Net;

// What the network says about segments of ours: RFC 9293 section 3.9.2.2, RFC 5461, RFC 5927.
internal sealed partial class Tcb
{
    // Of TcbNumbers.Narrowed.
    private const int NarrowedBits = 16;
    private const uint NarrowedAt = 0xFFFF;

    /// <summary>For so many units of 2^26 us, ten minutes and up to one more (RFC 1191 section 6.3).</summary>
    private const uint NarrowedFor = 10;

    /// <summary>A segment of ours was not delivered (RFC 9293 section 3.9.2.2, RFC 5461, RFC 5927).</summary>
    /// <param name="seq">The sequence number that the error quotes.</param>
    /// <param name="error">What the network says.</param>
    /// <param name="now">The time in microseconds.</param>
    /// <returns>False if the segment is none that is on its way.</returns>
    internal bool IsNotDelivered(uint seq, DeliveryError error, ulong now)
    {
        uint[] v = Numbers;
        if (seq - v[SndUna] >= v[SndNxt] - v[SndUna])
            return seq == v[SndNxt] && error.Kind == DeliveryErrorKind.TooBig && AckWasTooLong(error, now);
        switch (error.Kind)
        {
            case DeliveryErrorKind.TooBig:
                PathNarrows((int)(v[SndNxt] - seq), error.Room, error.Length, now);
                break;
            case DeliveryErrorKind.TimeExceeded:
                Report(TcpSoftError.TimeExceeded);
                break;
            case DeliveryErrorKind.ParameterProblem:
                Report(TcpSoftError.ParameterProblem);
                break;
            default:
                if ((TcpState)v[State] == TcpState.SynSent)
                    End(TcpCloseReason.Unreachable);
                else
                    Report(TcpSoftError.Unreachable);
                break;
        }

        return true;
    }

    /// <summary>
    /// A segment did not fit the path (RFC 9293 section 3.7.2, RFC 1191). Segments become smaller, down to what every path
    /// carries. Who says more than what was sent, or speaks of what was sent before segments became smaller, changes nothing.
    /// </summary>
    /// <param name="length">How many numbers are on their way from the segment's first on.</param>
    /// <param name="room">The segment that fits, as the router says; too small if it does not say (RFC 1191 section 5).</param>
    /// <param name="segment">The segment's length as the router quotes it; too small to be cut if it quotes a wrong one.</param>
    /// <param name="now">The time in microseconds.</param>
    private void PathNarrows(int length, int room, int segment, ulong now)
    {
        uint[] v = Numbers;
        ulong[] t = _t;
        int least = DataOf(TcpHeader.Length + TcpOptions.LeastSegment);
        int mss = DataOf(room);
        int quoted = DataOf(segment);
        int known = (int)v[Mss];
        if (length > known)
            length = known;
        if (quoted > least)
        {
            if (quoted > known)
                return;
            if (length > quoted)
                length = quoted;
        }

        if (mss < least)
        {
            mss = length > TcpOptions.DefaultMaximumSegmentSize ? TcpOptions.DefaultMaximumSegmentSize : length / 2;
            if (mss < least)
                mss = least;
        }

        if (mss >= length)
            return;
        Narrow((uint)mss, now);

        // RFC 1191 section 6.5: slow start, from what was lost on. It is no sign of congestion.
        if ((v[Flags] & Recovering) == 0 && v[Cwnd] > v[Ssthresh])
            v[Ssthresh] = v[Cwnd];
        v[Cwnd] = (uint)length;
        v[Flags] &= ~(Recovering | ResendFirst | SendOneMore);
        v[SackedCount] = 0;
        v[Recover] = v[SndNxt];
        v[DuplicateAcks] = 0;
        v[SndPtr] = v[SndUna];
        t[RttAt] = Never;
        t[RetransmitAt] = Never;
        v[OutputDue] = 1;
    }

    /// <summary>
    /// An ACK with options did not fit the path: the next one is shorter. It has no data to be validated by, but to know SND.NXT takes
    /// more than to hit what is on its way.
    /// </summary>
    /// <returns>False if it did fit.</returns>
    private bool AckWasTooLong(DeliveryError error, ulong now)
    {
        if (error.Room >= error.Length)
            return false;
        int mss = DataOf(error.Room);
        int least = DataOf(TcpHeader.Length + TcpOptions.LeastSegment);
        if (mss < least)
            mss = least;
        if (mss < (int)Numbers[Mss])
            Narrow((uint)mss, now);
        return true;
    }

    /// <summary>Segments become smaller, until <see cref="Widen"/> tries what they were.</summary>
    private void Narrow(uint mss, ulong now)
    {
        uint[] v = Numbers;
        uint before = v[Narrowed] == 0 ? v[Mss] << NarrowedBits : v[Narrowed] & ~NarrowedAt;
        v[Narrowed] = before | ((uint)(now >> RecentBits) & NarrowedAt);
        v[Mss] = mss;
    }

    /// <summary>
    /// Segments are smaller than they were, and some are about to leave. After ten minutes larger ones are tried, as the path may have
    /// changed (RFC 1191 section 6.3): 1024 bytes first, and ten minutes later what they were.
    /// </summary>
    private void Widen(ulong now)
    {
        uint[] v = Numbers;
        uint narrowed = v[Narrowed];
        if ((((uint)(now >> RecentBits) - narrowed) & NarrowedAt) < NarrowedFor)
            return;
        uint before = narrowed >> NarrowedBits;
        v[Narrowed] = 0;
        if (v[Mss] < TriedSegment && before > TriedSegment)
        {
            v[Mss] = before;
            Narrow(TriedSegment, now);
        }
        else
            v[Mss] = before;

        // One may leave at any time (RFC 5681 section 3.1), be the window as small as one of before.
        if (v[Cwnd] < v[Mss])
            v[Cwnd] = v[Mss];
    }

    /// <summary>How much data there is in a segment of so many bytes, header and timestamps included.</summary>
    private int DataOf(int segment)
    {
        return segment - TcpHeader.Length - ((Numbers[Flags] & Timestamped) != 0 ? TcpOptions.TimestampsAligned : 0);
    }

    /// <summary>The user is told of something that does not end the connection.</summary>
    private void Report(TcpSoftError error)
    {
        Numbers[SoftError] = (uint)error;
        Numbers[Events] |= TcbEvents.SoftError;
    }
}
