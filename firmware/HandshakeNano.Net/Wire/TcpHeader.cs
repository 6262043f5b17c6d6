namespace HandshakeNano.Net.Wire;

/// <summary>The TCP header (RFC 9293 section 3.1): where its fields stand in a frame buffer, and its control bits.</summary>
public static class TcpHeader
{
    /// <summary>Length in bytes, options not counted.</summary>
    public const int Length = 20;

    /// <summary>Index of the source port, 2 bytes.</summary>
    public const int SourcePort = FrameLayout.Transport;

    /// <summary>Index of the destination port, 2 bytes.</summary>
    public const int DestinationPort = FrameLayout.Transport + 2;

    /// <summary>Index of the sequence number, 4 bytes.</summary>
    public const int SequenceNumber = FrameLayout.Transport + 4;

    /// <summary>Index of the acknowledgment number, 4 bytes.</summary>
    public const int AcknowledgmentNumber = FrameLayout.Transport + 8;

    /// <summary>Index of the data offset (upper 4 bits, in words), one byte.</summary>
    public const int DataOffset = FrameLayout.Transport + 12;

    /// <summary>Index of the control bits, one byte.</summary>
    public const int Flags = FrameLayout.Transport + 13;

    /// <summary>Index of the window, 2 bytes.</summary>
    public const int Window = FrameLayout.Transport + 14;

    /// <summary>Index of the checksum, 2 bytes.</summary>
    public const int Checksum = FrameLayout.Transport + 16;

    /// <summary>Index of the urgent pointer, 2 bytes.</summary>
    public const int UrgentPointer = FrameLayout.Transport + 18;

    /// <summary>Index of the options, or of the data if there are none.</summary>
    public const int Options = FrameLayout.Transport + Length;

    /// <summary>Control bit: no more data from sender.</summary>
    public const int Fin = 0x01;

    /// <summary>Control bit: synchronize sequence numbers.</summary>
    public const int Syn = 0x02;

    /// <summary>Control bit: reset the connection.</summary>
    public const int Rst = 0x04;

    /// <summary>Control bit: push function.</summary>
    public const int Psh = 0x08;

    /// <summary>Control bit: the acknowledgment number is significant.</summary>
    public const int Ack = 0x10;

    /// <summary>Control bit: the urgent pointer is significant.</summary>
    public const int Urg = 0x20;

    /// <summary>Control bit: the sender has met marks of congestion (RFC 3168 section 6.1).</summary>
    public const int Ece = 0x40;

    /// <summary>Control bit: the sender has reduced its congestion window.</summary>
    public const int Cwr = 0x80;
}
