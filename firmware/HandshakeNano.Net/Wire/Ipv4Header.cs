namespace HandshakeNano.Net.Wire;

/// <summary>The IPv4 header without options (RFC 791): where its fields stand in a frame buffer.</summary>
public static class Ipv4Header
{
    /// <summary>Length in bytes, options not counted.</summary>
    public const int Length = 20;

    /// <summary>Index of version and header length, one byte.</summary>
    public const int VersionIhl = FrameLayout.Network;

    /// <summary>Index of the Differentiated Services codepoint and, in its lowest two bits, the ECN field (RFC 3168 section 5), one byte.</summary>
    public const int TypeOfService = FrameLayout.Network + 1;

    /// <summary>Index of the total length, 2 bytes.</summary>
    public const int TotalLength = FrameLayout.Network + 2;

    /// <summary>Index of flags and fragment offset, 2 bytes.</summary>
    public const int FlagsFragment = FrameLayout.Network + 6;

    /// <summary>Index of the time to live, one byte.</summary>
    public const int TimeToLive = FrameLayout.Network + 8;

    /// <summary>Index of the protocol, one byte.</summary>
    public const int Protocol = FrameLayout.Network + 9;

    /// <summary>Index of the header checksum, 2 bytes.</summary>
    public const int Checksum = FrameLayout.Network + 10;

    /// <summary>Index of the source address, 4 bytes.</summary>
    public const int Source = FrameLayout.Network + 12;

    /// <summary>Index of the destination address, 4 bytes.</summary>
    public const int Destination = FrameLayout.Network + 16;

    /// <summary>Protocol number of ICMP.</summary>
    public const int Icmp = 1;

    /// <summary>Protocol number of TCP.</summary>
    public const int Tcp = 6;

    /// <summary>Protocol number of UDP.</summary>
    public const int Udp = 17;

    /// <summary>Version 4, header of 5 words.</summary>
    public const int VersionIhlPlain = 0x45;

    /// <summary>The ECN field: the packet may be marked, ECT(0).</summary>
    public const int Capable = 2;

    /// <summary>The ECN field: the packet has met congestion, CE.</summary>
    public const int Marked = 3;

    /// <summary>The flag Don't Fragment in the upper byte of flags and fragment offset.</summary>
    public const int DontFragment = 0x40;
}
