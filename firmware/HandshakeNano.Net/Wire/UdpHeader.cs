namespace HandshakeNano.Net.Wire;

/// <summary>The UDP header (RFC 768): where its fields stand in a frame buffer.</summary>
public static class UdpHeader
{
    /// <summary>Length in bytes.</summary>
    public const int Length = 8;

    /// <summary>Index of the source port, 2 bytes.</summary>
    public const int SourcePort = FrameLayout.Transport;

    /// <summary>Index of the destination port, 2 bytes.</summary>
    public const int DestinationPort = FrameLayout.Transport + 2;

    /// <summary>Index of the length of header and data, 2 bytes.</summary>
    public const int TotalLength = FrameLayout.Transport + 4;

    /// <summary>Index of the checksum, 2 bytes; 0: the sender made none.</summary>
    public const int Checksum = FrameLayout.Transport + 6;

    /// <summary>Index of the data.</summary>
    public const int Data = FrameLayout.Transport + Length;
}
