namespace HandshakeNano.Net.Wire;

/// <summary>An NTP message (RFC 4330 section 4, RFC 5905 section 7.3): where its fields stand, counted from its first byte.</summary>
public static class NtpMessage
{
    /// <summary>The UDP port of servers.</summary>
    public const int ServerPort = 123;

    /// <summary>Index of leap indicator (2 bits), version (3 bits) and mode (3 bits), one byte.</summary>
    public const int Flags = 0;

    /// <summary>Index of the stratum, one byte: 1 for a server with a clock of its own, 0 for one that wants to be left alone.</summary>
    public const int Stratum = 1;

    /// <summary>Index of the root delay, 4 bytes: seconds in the upper half, parts of one in the lower.</summary>
    public const int RootDelay = 4;

    /// <summary>Index of the root dispersion, likewise.</summary>
    public const int RootDispersion = 8;

    /// <summary>Index of the reference identifier, 4 bytes; with stratum 0 it is why, in ASCII.</summary>
    public const int ReferenceIdentifier = 12;

    /// <summary>Index of what the client sent as its transmit timestamp, 8 bytes.</summary>
    public const int OriginTimestamp = 24;

    /// <summary>Index of when the server got the request, 8 bytes: seconds since 1900 in the upper half, parts of one in the lower.</summary>
    public const int ReceiveTimestamp = 32;

    /// <summary>Index of when this message was sent, likewise.</summary>
    public const int TransmitTimestamp = 40;

    /// <summary>Length without extensions, in bytes.</summary>
    public const int Length = 48;

    /// <summary>The leap indicator of a server that does not know the time.</summary>
    public const int NotSynchronized = 3;

    /// <summary>The mode of a client.</summary>
    public const int Client = 3;

    /// <summary>The mode of a server that answers a client.</summary>
    public const int Server = 4;

    /// <summary>The version of ours.</summary>
    public const int Version = 4;

    /// <summary>The stratum of a server that does not know the time.</summary>
    public const int LeastBadStratum = 16;

    /// <summary>Reference identifier with stratum 0: DENY, access is denied.</summary>
    public const uint Deny = 0x44454E59;

    /// <summary>Reference identifier with stratum 0: RSTR, access is denied by local policy.</summary>
    public const uint Restrict = 0x52535452;

    /// <summary>Reference identifier with stratum 0: RATE, the client asks too often.</summary>
    public const uint Rate = 0x52415445;
}
