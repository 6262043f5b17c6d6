namespace HandshakeNano.Net;

/// <summary>Why a connection ended.</summary>
public enum TcpCloseReason
{
    /// <summary>It has not ended.</summary>
    None,

    /// <summary>Both sides closed and every byte was acknowledged.</summary>
    Finished,

    /// <summary>The peer reset the established connection.</summary>
    Reset,

    /// <summary>The peer refused our SYN with a reset.</summary>
    Refused,

    /// <summary>The peer did not answer within R2 or the user timeout (RFC 9293 section 3.8.3).</summary>
    TimedOut,

    /// <summary>ICMP says that the destination cannot be reached (only while connecting, RFC 5461).</summary>
    Unreachable,

    /// <summary>Our side called <see cref="TcpConnection.Abort"/>, or closed with data unread.</summary>
    Aborted,
}
