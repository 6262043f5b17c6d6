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

    /// <summary>
    /// The peer did not answer within R2 or the user timeout (RFC 9293 section 3.8.3), no data moved for
    /// <see cref="TcpConnection.IdleTimeout"/>, or the connection was slow and gave way to a new one.
    /// </summary>
    TimedOut,

    /// <summary>
    /// The peer cannot be reached: there is no route, or no host answers ARP for it or the router, or ICMP says so. Only
    /// while connecting (RFC 5461).
    /// </summary>
    Unreachable,

    /// <summary>Our side called <see cref="TcpConnection.Abort"/>, or closed with data unread.</summary>
    Aborted,
}
