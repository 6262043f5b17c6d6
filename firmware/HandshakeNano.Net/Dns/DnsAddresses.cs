namespace HandshakeNano.Net;

/// <summary>Which addresses of a name are asked for.</summary>
public enum DnsAddresses
{
    /// <summary>IPv4 (A). Where <see cref="TcpSettings.Ipv6"/> is on and the name has none, IPv6.</summary>
    Ipv4First,

    /// <summary>IPv4 alone (A).</summary>
    Ipv4,

    /// <summary>IPv6 alone (AAAA, RFC 3596).</summary>
    Ipv6,
}
