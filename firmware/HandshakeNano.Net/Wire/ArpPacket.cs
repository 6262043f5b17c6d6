namespace HandshakeNano.Net.Wire;

/// <summary>An ARP packet for IPv4 over Ethernet (RFC 826): where its fields stand in a frame buffer.</summary>
public static class ArpPacket
{
    /// <summary>Length in bytes.</summary>
    public const int Length = 28;

    /// <summary>Index of hardware type, protocol type and the two lengths: 6 bytes, always 0001 0800 06 04.</summary>
    public const int Types = FrameLayout.Network;

    /// <summary>Index of the operation, 2 bytes.</summary>
    public const int Operation = FrameLayout.Network + 6;

    /// <summary>Index of the sender's Ethernet address, 6 bytes.</summary>
    public const int SenderHardware = FrameLayout.Network + 8;

    /// <summary>Index of the sender's IPv4 address, 4 bytes.</summary>
    public const int SenderProtocol = FrameLayout.Network + 14;

    /// <summary>Index of the target's Ethernet address, 6 bytes.</summary>
    public const int TargetHardware = FrameLayout.Network + 18;

    /// <summary>Index of the target's IPv4 address, 4 bytes.</summary>
    public const int TargetProtocol = FrameLayout.Network + 24;

    /// <summary>Operation: request.</summary>
    public const int Request = 1;

    /// <summary>Operation: reply.</summary>
    public const int Reply = 2;
}
