namespace HandshakeNano.Net.Wire;

/// <summary>
/// The ICMPv6 header (RFC 4443): its fields as distances from its beginning, which extension headers may move.
/// </summary>
public static class Icmpv6Header
{
    /// <summary>Length in bytes.</summary>
    public const int Length = 8;

    /// <summary>The code, one byte; the type stands before it.</summary>
    public const int Code = 1;

    /// <summary>The checksum, 2 bytes.</summary>
    public const int Checksum = 2;

    /// <summary>The pointer of a parameter problem, 4 bytes.</summary>
    public const int Pointer = 4;

    /// <summary>Type: destination unreachable.</summary>
    public const int DestinationUnreachable = 1;

    /// <summary>Type: packet too big.</summary>
    public const int PacketTooBig = 2;

    /// <summary>Type: time exceeded.</summary>
    public const int TimeExceeded = 3;

    /// <summary>Type: parameter problem.</summary>
    public const int ParameterProblem = 4;

    /// <summary>Type: echo request; those below 128 are errors.</summary>
    public const int EchoRequest = 128;

    /// <summary>Type: echo reply.</summary>
    public const int EchoReply = 129;

    /// <summary>Type: router solicitation (RFC 4861), the first of neighbour discovery.</summary>
    public const int RouterSolicitation = 133;

    /// <summary>Type: router advertisement.</summary>
    public const int RouterAdvertisement = 134;

    /// <summary>Type: neighbour solicitation.</summary>
    public const int NeighbourSolicitation = 135;

    /// <summary>Type: neighbour advertisement.</summary>
    public const int NeighbourAdvertisement = 136;

    /// <summary>Type: redirect, the last of neighbour discovery.</summary>
    public const int Redirect = 137;

    /// <summary>Code of unreachable: port.</summary>
    public const int PortUnreachable = 4;

    /// <summary>Code of parameter problem: a field has a value that it cannot have.</summary>
    public const int FieldBad = 0;

    /// <summary>Code of parameter problem: the next header is unknown.</summary>
    public const int NextHeaderUnknown = 1;

    /// <summary>Code of parameter problem: an option is unknown.</summary>
    public const int OptionUnknown = 2;
}
