using System;

namespace HandshakeNano.Net.Wire;

/// <summary>
/// TCP options (RFC 9293 section 3.2): the one place that reads what a peer offers and says what we offer. Options that
/// are not ours are stepped over by their length.
/// </summary>
public sealed class TcpOptions
{
    /// <summary>Kind: end of option list.</summary>
    public const int EndOfList = 0;

    /// <summary>Kind: no operation.</summary>
    public const int NoOperation = 1;

    /// <summary>Kind: maximum segment size, 4 bytes.</summary>
    public const int MaximumSegmentSize = 2;

    /// <summary>Kind: by how many bits the sender's windows are shifted, 3 bytes, in a SYN (RFC 7323 section 2).</summary>
    public const int WindowScale = 3;

    /// <summary>The most bits that a window is shifted by; more are taken as so many (RFC 7323 section 2.3).</summary>
    public const int MostScale = 14;

    /// <summary>Kind: the sender takes selective acknowledgments, 2 bytes, in a SYN (RFC 2018 section 2).</summary>
    public const int SackPermitted = 4;

    /// <summary>Kind: selective acknowledgments, 2 bytes and 8 for each block (RFC 2018 section 3).</summary>
    public const int Sack = 5;

    /// <summary>Kind: the sender's clock and the last one of its peer, 10 bytes (RFC 7323 section 3).</summary>
    public const int Timestamps = 8;

    /// <summary>The most blocks that there is room for.</summary>
    public const int MostSacks = 4;

    /// <summary>The segment size that a peer takes if it names none, IPv4 (RFC 9293 section 3.7.1).</summary>
    public const int DefaultMaximumSegmentSize = 536;

    /// <summary>The segment size that a peer takes if it names none, IPv6 (RFC 9293 section 3.7.1).</summary>
    public const int DefaultMaximumSegmentSizeIpv6 = 1220;

    /// <summary>The segment size that every path carries, IPv4: 68 bytes less the headers (RFC 791).</summary>
    public const int LeastSegment = 28;

    /// <summary>Length in bytes of the option that is the maximum segment size.</summary>
    public const int MaximumSegmentSizeLength = 4;

    /// <summary>Length in bytes of the option that permits selective acknowledgments.</summary>
    public const int SackPermittedLength = 2;

    /// <summary>Length in bytes of the option that is the window scale.</summary>
    public const int WindowScaleLength = 3;

    /// <summary>Length in bytes of the option that is the timestamps.</summary>
    public const int TimestampsLength = 10;

    /// <summary>Length in bytes of the timestamps as they stand in a segment that is no SYN, after two no operations.</summary>
    public const int TimestampsAligned = 12;

    /// <summary>The part of an <see cref="Offer"/> that is the maximum segment size. No link has a larger one.</summary>
    public const int OfferedSize = 0x7FF;

    /// <summary>One bit of the window scale in an <see cref="Offer"/>. There it is one more than in the option, and 0 if there is none.</summary>
    public const int OfferedScale = 1 << 11;

    /// <summary>The part of an <see cref="Offer"/> that is the window scale, in units of <see cref="OfferedScale"/>.</summary>
    public const int OfferedScales = 15 * OfferedScale;

    /// <summary>In an <see cref="Offer"/>: the sender takes selective acknowledgments.</summary>
    public const int OfferedSacks = 1 << 15;

    /// <summary>In an <see cref="Offer"/>: the sender has timestamps.</summary>
    public const int OfferedTimestamps = 1 << 16;

    /// <summary>
    /// In an offer: the sender takes explicit congestion notification. It is no option: control bits of the SYN say so (RFC 3168 section 6.1.1).
    /// </summary>
    public const int OfferedEcn = 1 << 17;

    /// <summary>All bits of an <see cref="Offer"/>.</summary>
    public const int Offered = 0x3FFFF;

    /// <summary>
    /// What the sender of a SYN offers, in 18 bits: its maximum segment size in bytes, 0 if it names none (<see cref="OfferedSize"/>),
    /// <see cref="OfferedScales"/>, <see cref="OfferedSacks"/> and <see cref="OfferedTimestamps"/>.
    /// </summary>
    public int Offer;

    /// <summary>Whether the segment has timestamps.</summary>
    public bool HasTimestamps;

    /// <summary>TSval: the sender's clock, in units of its own.</summary>
    public uint Value;

    /// <summary>TSecr: the last timestamp that the sender has of its peer.</summary>
    public uint Echo;

    /// <summary>How many blocks the sender acknowledges.</summary>
    public int SackCount;

    /// <summary>The blocks: pairs of the first sequence number and the last + 1, as they stand in the segment.</summary>
    public readonly uint[] Sacks = new uint[2 * MostSacks];

    /// <summary>Reads the options of a segment.</summary>
    /// <param name="frame">The frame buffer.</param>
    /// <param name="end">Index after the header, by its data offset.</param>
    /// <returns>False if a length is illegal; then there is nothing to go by.</returns>
    public bool Parse(byte[] frame, int end)
    {
        SackCount = 0;
        int i = TcpHeader.Options;

        // Timestamps alone, as most segments have them, and those of a SYN of Linux, in its order: MSS, SACK permitted, timestamps, no
        // operation, window scale. To read them one by one takes four times as long.
        if (end == TcpHeader.Options + TimestampsAligned && BitConverter.ToUInt32(frame, i) == 0x0A080101)
        {
            Offer = OfferedTimestamps;
            TakeTimestamps(BitConverter.ToUInt64(frame, i + 4));
            return true;
        }

        if (end == TcpHeader.Options + 20 && (BitConverter.ToUInt64(frame, i) & 0xFFFFFFFF0000FFFF) == 0x0A08020400000402
            && (BitConverter.ToUInt32(frame, i + 16) & 0xFFFFFF) == 0x030301)
        {
            int size = (frame[i + 2] << 8) | frame[i + 3];
            int scale = frame[i + 19];
            Offer = (OfferedTimestamps | OfferedSacks) | (size < OfferedSize ? size : OfferedSize)
                | (scale < MostScale ? (scale + 1) * OfferedScale : OfferedScales);
            TakeTimestamps(BitConverter.ToUInt64(frame, i + 8));
            return true;
        }

        HasTimestamps = false;
        if (end == TcpHeader.Options + MaximumSegmentSizeLength && frame[i] == MaximumSegmentSize
            && frame[i + 1] == MaximumSegmentSizeLength)
        {
            // The SYN of lwIP.
            int size = (frame[i + 2] << 8) | frame[i + 3];
            Offer = size < OfferedSize ? size : OfferedSize;
            return true;
        }

        int offer = 0;
        int last = end - 1;
        while (i < last)
        {
            int kind = frame[i];
            if (kind <= NoOperation)
            {
                if (kind == EndOfList)
                {
                    Offer = offer;
                    return true;
                }

                i++;
                continue;
            }

            int length = frame[i + 1];
            if (length < 2)
                return false;
            switch (kind)
            {
                case MaximumSegmentSize:
                    if (length != MaximumSegmentSizeLength || i + MaximumSegmentSizeLength > end)
                        return false;
                    int mss = (frame[i + 2] << 8) | frame[i + 3];
                    offer = (offer & ~OfferedSize) | (mss < OfferedSize ? mss : OfferedSize);
                    break;
                case WindowScale:
                    if (length != WindowScaleLength || i + WindowScaleLength > end)
                        return false;
                    int shift = frame[i + 2] < MostScale ? frame[i + 2] : MostScale;
                    offer = (offer & ~OfferedScales) | ((shift + 1) * OfferedScale);
                    break;
                case SackPermitted:
                    if (length != SackPermittedLength)
                        return false;
                    offer |= OfferedSacks;
                    break;
                case Timestamps:
                    if (length != TimestampsLength || i + TimestampsLength > end)
                        return false;
                    offer |= OfferedTimestamps;
                    TakeTimestamps(BitConverter.ToUInt64(frame, i + 2));
                    break;
                case Sack:
                    // A second list would be one more than there is room for.
                    if ((length & 7) != 2 || length == 2 || i + length > end || SackCount != 0)
                        return false;
                    ParseSacks(frame, i + 2, (length - 2) >> 3);
                    break;
            }

            i += length;
        }

        // Past the end, or an option whose length byte would be.
        Offer = offer;
        return i <= end && (i != last || frame[i] <= NoOperation);
    }

    /// <summary>Takes both timestamps, as the processor loads them from the wire.</summary>
    private void TakeTimestamps(ulong both)
    {
        both = ((both & 0x00FF00FF00FF00FF) << 8) | ((both >> 8) & 0x00FF00FF00FF00FF);
        both = ((both & 0x0000FFFF0000FFFF) << 16) | ((both >> 16) & 0x0000FFFF0000FFFF);
        Value = (uint)both;
        Echo = (uint)(both >> 32);
        HasTimestamps = true;
    }

    private void ParseSacks(byte[] frame, int offset, int count)
    {
        SackCount = count;
        for (int i = 0; i < 2 * count; i++)
            Sacks[i] = BigEndian.Get32(frame, offset + 4 * i);
    }
}
