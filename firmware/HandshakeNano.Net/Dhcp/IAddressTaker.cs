namespace HandshakeNano.Net;

/// <summary>Who uses the address that a DHCP client has got.</summary>
internal interface IAddressTaker
{
    /// <summary>Takes an address, or gives up the one that there is.</summary>
    /// <param name="address">The address, most significant byte first; 0 for none.</param>
    /// <param name="prefixLength">Length of the network's prefix in bits, 0 to 32.</param>
    /// <param name="gateway">The router, most significant byte first; 0 for none.</param>
    void TakeAddress(uint address, int prefixLength, uint gateway);

    /// <summary>Takes the DNS servers that come with the address.</summary>
    /// <param name="first">The first one's address, most significant byte first; 0 for none.</param>
    /// <param name="second">The second one's; 0 for none.</param>
    void TakeDnsServers(uint first, uint second);

    /// <summary>Resets all connections at once, while the address still works (RFC 5227 section 2.4).</summary>
    /// <param name="now">The time in microseconds; 0 if it is not known.</param>
    void ResetConnections(ulong now);
}
