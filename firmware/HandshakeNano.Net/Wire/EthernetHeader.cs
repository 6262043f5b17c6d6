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

    /// <summary>EtherType of IPv6.</summary>
    public const int Ipv6 = 0x86DD;

    /// <summary>EtherType of a tag (IEEE 802.1Q); the type of what is tagged follows the tag.</summary>
    public const int Tagged = 0x8100;

    /// <summary>Index of the tag's number, 2 bytes: the priority in the upper four bits, and the VLAN.</summary>
    public const int Tag = FrameLayout.Ethernet + 14;

    /// <summary>How many bytes a tag takes, its EtherType included.</summary>
    public const int TagLength = 4;

    /// <summary>Length of an address in bytes.</summary>
    public const int AddressLength = 6;
}
