namespace HandshakeNano.Net;

/// <summary>What a <see cref="DnsQuery"/> is doing.</summary>
public enum DnsQueryState
{
    /// <summary>Nothing has been asked, or it was closed.</summary>
    Idle,

    /// <summary>It waits for an answer.</summary>
    Asking,

    /// <summary>There is an address.</summary>
    Found,

    /// <summary>There is none; <see cref="DnsQuery.Error"/> says why.</summary>
    Failed,
}
