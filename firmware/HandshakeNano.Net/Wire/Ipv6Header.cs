namespace HandshakeNano.Net.Wire;

/// <summary>The IPv6 header (RFC 8200 section 3): where its fields stand in a frame buffer.</summary>
public static class Ipv6Header
{
    /// <summary>Length in bytes, extension headers not counted.</summary>
    public const int Length = 40;

    /// <summary>Index of version, traffic class and flow label, 4 bytes.</summary>
    public const int VersionClassFlow = FrameLayout.Network;

    /// <summary>Index of the length of what follows this header, 2 bytes.</summary>
    public const int PayloadLength = FrameLayout.Network + 4;

    /// <summary>Index of the kind of the header that follows, one byte.</summary>
    public const int NextHeader = FrameLayout.Network + 6;

    /// <summary>Index of the hop limit, one byte.</summary>
    public const int HopLimit = FrameLayout.Network + 7;

    /// <summary>Index of the source address, 16 bytes.</summary>
    public const int Source = FrameLayout.Network + 8;

    /// <summary>Index of the destination address, 16 bytes.</summary>
    public const int Destination = FrameLayout.Network + 24;

    /// <summary>Index of what follows this header.</summary>
    public const int Payload = FrameLayout.Network + Length;

    /// <summary>Next header: options for every node on the way.</summary>
    public const int HopByHop = 0;

    /// <summary>Next header: TCP.</summary>
    public const int Tcp = 6;

    /// <summary>Next header: UDP.</summary>
    public const int Udp = 17;

    /// <summary>Next header: routing.</summary>
    public const int Routing = 43;

    /// <summary>Next header: fragment.</summary>
    public const int Fragment = 44;

    /// <summary>Next header: ICMPv6.</summary>
    public const int Icmpv6 = 58;

    /// <summary>Next header: nothing follows.</summary>
    public const int NoNextHeader = 59;

    /// <summary>Next header: options for the destination.</summary>
    public const int DestinationOptions = 60;

    /// <summary>The packet that every link carries whole.</summary>
    public const int LeastMtu = 1280;
}
