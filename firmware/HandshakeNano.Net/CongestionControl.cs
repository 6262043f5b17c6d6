namespace HandshakeNano.Net;

/// <summary>How much may be on its way: <see cref="TcpSettings.CongestionControl"/>.</summary>
public enum CongestionControl
{
    /// <summary>RFC 5681: a segment more with each round trip, and half where something is lost.</summary>
    Reno,

    /// <summary>
    /// RFC 9438, which most hosts use: 0.7 where something is lost, and soon as much again as before. It begins with ten segments (RFC
    /// 6928). For hosts whose buffers hold many segments; a connection takes 36 bytes more.
    /// </summary>
    Cubic,
}
