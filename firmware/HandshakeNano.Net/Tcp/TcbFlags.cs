namespace HandshakeNano.Net;

/// <summary>What is or is not so of a connection: the bits of <see cref="TcbNumbers.Flags"/>. Its upper bits are small numbers.</summary>
internal static class TcbFlags
{
    /// <summary>The peer's FIN has come in order. The lowest bit, as it is subtracted from RCV.NXT where only bytes count.</summary>
    public const uint FinReceived = 1;

    /// <summary>Our SYN is not acknowledged.</summary>
    public const uint SynPending = 2;

    public const uint FinQueued = 4;
    public const uint ResetQueued = 8;

    /// <summary>The peer's FIN has come, maybe before what precedes it.</summary>
    public const uint FinSeen = 16;

    public const uint Recovering = 32;

    /// <summary>The time is to be taken when something arrives: there is a keep-alive or an idle timeout.</summary>
    public const uint Watched = 64;

    /// <summary>What is on its way was sent into a closed window.</summary>
    public const uint Probing = 128;

    public const uint NoNagle = 256;

    /// <summary>The peer has announced urgent data, and not all of it is read.</summary>
    public const uint UrgentIn = 512;

    /// <summary>We have announced urgent data.</summary>
    public const uint UrgentOut = 1024;

    /// <summary>Both sides take selective acknowledgments.</summary>
    public const uint Sacks = 2048;

    /// <summary>It is in the table of connections.</summary>
    public const uint InTable = 4096;

    /// <summary>It is no connection, and waits to become one.</summary>
    public const uint IsFree = 8192;

    /// <summary>The application, or an accept queue on its behalf, holds the connection.</summary>
    public const uint Owned = 16384;

    /// <summary>A duplicate or partial ACK asks for the segment at SND.UNA once more, and for no other.</summary>
    public const uint ResendFirst = 1 << 15;

    /// <summary>A duplicate ACK asks for a new segment, past the congestion window (limited transmit).</summary>
    public const uint SendOneMore = 1 << 16;

    /// <summary>The windows that we announce are shifted by <see cref="SegmentWriter.WindowScale"/>, which is not 0.</summary>
    public const uint ScaledIn = 1 << 17;

    /// <summary>Both sides have timestamps: each segment brings them, but for a reset.</summary>
    public const uint Timestamped = 1 << 18;

    /// <summary>One keep-alive that has had no answer.</summary>
    public const uint KeepAlive = 1 << 20;

    /// <summary>How many of them there are, in units of <see cref="KeepAlive"/>.</summary>
    public const uint KeepAlives = 15 * KeepAlive;

    /// <summary>From this bit on: 1 more than the bits by which the peer's windows are shifted; 0 if none are.</summary>
    public const int ScaleOut = 24;

    /// <summary>The bits of it.</summary>
    public const uint ScalesOut = 15U << ScaleOut;

    /// <summary>From this bit on: why the connection has ended, a <see cref="TcpCloseReason"/>.</summary>
    public const int Reason = 28;

    /// <summary>The bits of it.</summary>
    public const uint Reasons = 15U << Reason;
}
