using HandshakeNano.Net.Wire;
using static HandshakeNano.Net.TcbFlags;
using static HandshakeNano.Net.TcbNumbers;

namespace HandshakeNano.Net;

// Timestamps, RFC 7323 sections 3 to 5: our clock in each segment, and the peer's, which tells old segments from new ones.
internal sealed partial class Tcb
{
    /// <summary>Our timestamps count 2^10 us: 1.024 ms, as section 5.4 wants between 1 ms and 1 s.</summary>
    internal const int TimestampBits = 10;

    /// <summary>For how many units of 2^26 us TS.Recent says what is old: 24 days (section 5.5).</summary>
    internal const uint RecentFor = 30_000;

    /// <summary>Units of 2^26 us, in which it is noted when TS.Recent came.</summary>
    internal const int RecentBits = 26;

    /// <summary>Writes our timestamp and the echo of the peer's, for a segment that is no SYN.</summary>
    /// <returns>The length of the options in bytes; 0 if there are no timestamps.</returns>
    private int WriteTimestamps(ulong now)
    {
        uint[] v = Numbers;
        return (v[Flags] & Timestamped) == 0 ? 0 : _layer.Writer.WriteTimestamps(v[TsOffset] + (uint)(now >> TimestampBits), v[TsRecent]);
    }

    /// <summary>PAWS, section 5.3: the timestamp is behind TS.Recent. Is it an old segment, or was the peer silent for weeks?</summary>
    private bool IsOldTimestamp(ulong now)
    {
        return (uint)(now >> RecentBits) - Numbers[TsRecentAt] <= RecentFor;
    }

    /// <summary>Section 4.3: echoed is the timestamp of the first segment that an ACK answers, however long the ACK is delayed.</summary>
    /// <param name="value">SEG.TSval, not behind TS.Recent.</param>
    /// <param name="seq">SEG.SEQ.</param>
    /// <param name="now">The time in microseconds.</param>
    private void TakeTimestamp(uint value, uint seq, ulong now)
    {
        uint[] v = Numbers;
        if ((int)(seq - v[LastAckSent]) > 0)
            return;
        v[TsRecent] = value;
        v[TsRecentAt] = (uint)(now >> RecentBits);
    }

    /// <summary>
    /// Each ACK measures a round trip (section 4.1): exactly if it acknowledges the segment that is being measured, else by the timestamp
    /// that has come back, be it of a segment that was sent again.
    /// </summary>
    /// <param name="options">The segment's options, null if it has none.</param>
    /// <param name="exact">Whether it acknowledges the segment that is being measured.</param>
    /// <param name="flight">How much was on its way, in bytes.</param>
    /// <param name="now">The time in microseconds.</param>
    private void MeasuredEach(TcpOptions options, bool exact, uint flight, ulong now)
    {
        uint[] v = Numbers;
        ulong rtt;
        if (exact)
            rtt = now - _t[TcbTimes.RttAt];
        else
        {
            // Nothing, or none of ours.
            if (options == null || !options.HasTimestamps)
                return;
            uint ticks = v[TsOffset] + (uint)(now >> TimestampBits) - options.Echo;
            if (ticks > TcpSettings.LongestRetransmissionTimeout >> TimestampBits)
                return;
            rtt = (ulong)ticks << TimestampBits;
        }

        // An ACK comes for every second segment at the least.
        uint two = 2 * v[Mss];
        Measured(rtt, flight <= two ? 1 : (flight + two - 1) / two);
    }
}
