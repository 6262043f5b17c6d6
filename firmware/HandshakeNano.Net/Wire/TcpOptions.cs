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

    /// <summary>The segment size that a peer takes if it names none, IPv4 (RFC 9293 section 3.7.1).</summary>
    public const int DefaultMaximumSegmentSize = 536;

    /// <summary>The segment size that every path carries, IPv4: 68 bytes less the headers (RFC 791).</summary>
    public const int LeastSegment = 28;

    /// <summary>Length in bytes of the options in our SYN.</summary>
    public const int SynLength = 4;

    /// <summary>The sender's maximum segment size in bytes, 0 if it names none.</summary>
    public int PeerMaximumSegmentSize;

    /// <summary>Reads the options of a segment.</summary>
    /// <param name="frame">The frame buffer.</param>
    /// <param name="end">Index after the header, by its data offset.</param>
    /// <returns>False if a length is illegal; then there is nothing to go by.</returns>
    public bool Parse(byte[] frame, int end)
    {
        int mss = 0;
        int i = TcpHeader.Options;
        int last = end - 1;
        while (i < last)
        {
            int kind = frame[i];
            if (kind <= NoOperation)
            {
                if (kind == EndOfList)
                {
                    PeerMaximumSegmentSize = mss;
                    return true;
                }

                i++;
                continue;
            }

            int length = frame[i + 1];
            if (length < 2)
                return false;
            if (kind == MaximumSegmentSize)
            {
                if (length != 4 || i + 4 > end)
                    return false;
                mss = (frame[i + 2] << 8) | frame[i + 3];
            }

            i += length;
        }

        // Past the end, or an option whose length byte would be.
        PeerMaximumSegmentSize = mss;
        return i <= end && (i != last || frame[i] <= NoOperation);
    }
}
