namespace HandshakeNano.Net;

/// <summary>Why a name has no address for us.</summary>
public enum DnsError
{
    /// <summary>Nothing is wrong.</summary>
    None,

    /// <summary>There is no such name (NXDOMAIN, RFC 1035 section 4.1.1).</summary>
    NoSuchName,

    /// <summary>There is such a name, but it has no address of this kind that a host can have.</summary>
    NoAddress,

    /// <summary>No DNS server is known: the settings name none, and no DHCP server has.</summary>
    NoServer,

    /// <summary>No DNS server answered.</summary>
    TimedOut,

    /// <summary>The DNS servers that answered cannot or will not say.</summary>
    ServerFailed,

    /// <summary>The name stands for another one, that one for another one, and so on, more than eight times.</summary>
    TooManyAliases,
}
