namespace HandshakeNano.Net.Wire;

/// <summary>The Ethernet II header: where its fields stand in a frame buffer.</summary>
public static class EthernetHeader
{
    /// <summary>Index of the destination address, 6 bytes.</summary>
    public const int Destination = FrameLayout.Ethernet;

    /// <summary>Index of the source address, 6 bytes.</summary>
    public const int Source = FrameLayout.Ethernet + 6;

    /// <summary>Index of the EtherType, 2 bytes.</summary>
    public const int EtherType = FrameLayout.Ethernet + 12;

    /// <summary>EtherType of IPv4.</summary>
    public const int Ipv4 = 0x0800;

    /// <summary>EtherType of ARP.</summary>
    public const int Arp = 0x0806;

    /// <summary>Length of an address in bytes.</summary>
    public const int AddressLength = 6;
}
