namespace HandshakeNano.Net;

/// <summary>
/// What is known of a connection at a moment, for those who show connections that are not theirs: a page, a meter. Filled by
/// <see cref="TcpEndpoint.CopyConnection"/>, any number of times. State variables carry the names of RFC 9293 section 3.3.1.
/// </summary>
public sealed class TcpConnectionInfo
{
    /// <summary>The state, RFC 9293 section 3.3.2.</summary>
    public TcpState State { get; internal set; }

    /// <summary>True if it is a connection over IPv6.</summary>
    public bool IsIpv6 { get; internal set; }

    /// <summary>The peer's IPv4 address, most significant byte first; 0 of a connection over IPv6.</summary>
    public uint RemoteAddress { get; internal set; }

    /// <summary>The 16 bytes of the peer's IPv6 address; zeros of one over IPv4, or if the address of ours that it was made with is gone.</summary>
    public byte[] RemoteIpv6Address { get; } = new byte[Ipv6Address.Length];

    /// <summary>Our port.</summary>
    public int LocalPort { get; internal set; }

    /// <summary>The peer's port.</summary>
    public int RemotePort { get; internal set; }

    /// <summary>ISS: our initial send sequence number; 0 before our SYN is sent.</summary>
    public uint Iss { get; internal set; }

    /// <summary>IRS: the peer's initial sequence number; 0 before its SYN has come.</summary>
    public uint Irs { get; internal set; }

    /// <summary>SND.UNA: the oldest sequence number that is not acknowledged.</summary>
    public uint SndUna { get; internal set; }

    /// <summary>SND.NXT: the sequence number after the last one sent.</summary>
    public uint SndNxt { get; internal set; }

    /// <summary>RCV.NXT: the next sequence number that we expect.</summary>
    public uint RcvNxt { get; internal set; }

    /// <summary>The smoothed round-trip time in microseconds (SRTT of RFC 6298), 0 before it was measured.</summary>
    public ulong RoundTripTime { get; internal set; }
}
