namespace HandshakeNano.Net;

/// <summary>Why a DHCP client began again, or lost its address.</summary>
public enum DhcpLoss
{
    /// <summary>It has not.</summary>
    None,

    /// <summary>The server did not answer the request for what it had offered.</summary>
    NoAnswer,

    /// <summary>A server refused the address (DHCPNAK).</summary>
    Refused,

    /// <summary>Another host uses the address.</summary>
    Conflict,

    /// <summary>The lease ran out.</summary>
    Expired,

    /// <summary>The link went away before there was an address.</summary>
    LinkDown,

    /// <summary>It was stopped.</summary>
    Stopped,

    /// <summary>No server confirmed it after the link was away, and one gave another.</summary>
    Replaced,
}
