namespace HandshakeNano.Net;

/// <summary>Takes the address that a DHCP client has got, or gives up the one that there is.</summary>
/// <param name="address">The address, most significant byte first; 0 for none.</param>
/// <param name="prefixLength">Length of the network's prefix in bits, 0 to 32.</param>
/// <param name="gateway">The router, most significant byte first; 0 for none.</param>
internal delegate void AddressTaker(uint address, int prefixLength, uint gateway);
