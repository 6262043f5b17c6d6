namespace HandshakeNano.Net;

/// <summary>What became of a packet of ours.</summary>
internal enum DeliveryErrorKind
{
    /// <summary>No way leads to the host, the protocol or the port.</summary>
    Unreachable,

    /// <summary>It was too big for the way.</summary>
    TooBig,

    /// <summary>It was on its way for too long.</summary>
    TimeExceeded,

    /// <summary>A field of its header was not understood.</summary>
    ParameterProblem,
}

/// <summary>What a router or host says of a packet of ours. It quotes the packet, whose header is no longer at its usual place.</summary>
internal sealed class DeliveryError
{
    /// <summary>What became of it.</summary>
    public DeliveryErrorKind Kind;

    /// <summary>The peer that it was for.</summary>
    public uint Peer;

    /// <summary>Index of what the packet carried, whose first eight bytes are there.</summary>
    public int Data;

    /// <summary>How many bytes it carried, by the quote.</summary>
    public int Length;

    /// <summary>If it was too big, how many bytes it may carry; negative if the router does not say.</summary>
    public int Room;
}
