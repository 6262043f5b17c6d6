namespace HandshakeNano.Net;

/// <summary>How much a frame says of the need to know its neighbour.</summary>
internal enum NeighbourUse
{
    /// <summary>It answers a host that we have nothing to do with.</summary>
    Passing,

    /// <summary>It answers a handshake that may come to nothing: whoever sent the SYN can have invented its address.</summary>
    Opening,

    /// <summary>It belongs to a connection, or to a service of ours.</summary>
    Lasting,
}
