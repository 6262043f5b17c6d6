namespace HandshakeNano.Net;

/// <summary>What a DHCP client is doing: the states of RFC 2131 figure 5, the check of RFC 5227, and its end.</summary>
public enum DhcpState
{
    /// <summary>It does nothing: it was stopped.</summary>
    Stopped,

    /// <summary>INIT: it has no address and is about to ask for one: it waits for the link, or for a while.</summary>
    Init,

    /// <summary>SELECTING: it looks for servers, and again, until one makes an offer.</summary>
    Selecting,

    /// <summary>REQUESTING: it has asked for what was offered.</summary>
    Requesting,

    /// <summary>The address is its own unless another host turns out to use it (RFC 5227 section 2.1).</summary>
    Probing,

    /// <summary>BOUND: it has the address.</summary>
    Bound,

    /// <summary>RENEWING: it has the address, and asks the server that gave it to go on with the lease.</summary>
    Renewing,

    /// <summary>REBINDING: it has the address, and asks any server to go on with the lease.</summary>
    Rebinding,

    /// <summary>REBOOTING: it has the address; the link was away, and it asks whether the address is right there still.</summary>
    Rebooting,

    /// <summary>It has given the lease back and is about to stop.</summary>
    Releasing,
}
