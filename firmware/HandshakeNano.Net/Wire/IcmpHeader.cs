namespace HandshakeNano.Net.Wire;

/// <summary>The ICMP header (RFC 792): where its fields stand in a frame buffer.</summary>
public static class IcmpHeader
{
    /// <summary>Length in bytes.</summary>
    public const int Length = 8;

    /// <summary>Index of the type, one byte.</summary>
    public const int Type = FrameLayout.Transport;

    /// <summary>Index of the code, one byte.</summary>
    public const int Code = FrameLayout.Transport + 1;

    /// <summary>Index of the checksum, 2 bytes.</summary>
    public const int Checksum = FrameLayout.Transport + 2;

    /// <summary>Index of the next-hop MTU in a message "fragmentation needed", 2 bytes (RFC 1191).</summary>
    public const int NextHopMtu = FrameLayout.Transport + 6;

    /// <summary>Index of what follows the header: echo data, or the packet that an error is about.</summary>
    public const int Data = FrameLayout.Transport + Length;

    /// <summary>Type: echo reply.</summary>
    public const int EchoReply = 0;

    /// <summary>Type: destination unreachable.</summary>
    public const int DestinationUnreachable = 3;

    /// <summary>Type: echo request.</summary>
    public const int EchoRequest = 8;

    /// <summary>Type: time exceeded.</summary>
    public const int TimeExceeded = 11;

    /// <summary>Type: parameter problem.</summary>
    public const int ParameterProblem = 12;

    /// <summary>Code of unreachable: protocol.</summary>
    public const int ProtocolUnreachable = 2;

    /// <summary>Code of unreachable: port.</summary>
    public const int PortUnreachable = 3;

    /// <summary>Code of unreachable: fragmentation needed and DF set.</summary>
    public const int FragmentationNeeded = 4;
}
