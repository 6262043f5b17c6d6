namespace HandshakeNano.Net;

/// <summary>What answers a SYN: <see cref="TcpSettings.SynPolicy"/>.</summary>
public enum SynPolicy
{
    /// <summary>
    /// A half-open connection. Where no more are allowed a SYN is dropped, and comes again after a second; meanwhile a half-open
    /// connection gives way whose SYN,ACK is due again, the oldest first.
    /// </summary>
    QueueOnly,

    /// <summary>
    /// A half-open connection; where no more are allowed, a SYN cookie (RFC 4987 section 3.6). A cookie keeps nothing of the peer's
    /// options but its MSS, rounded down, and its SYN,ACK is not sent again.
    /// </summary>
    CookiesWhenFull,

    /// <summary>A SYN cookie always, except for a connection that is in TIME-WAIT.</summary>
    CookiesAlways,
}
