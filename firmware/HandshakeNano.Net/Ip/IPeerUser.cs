namespace HandshakeNano.Net;

/// <summary>Who has peers over IPv6: the cache of neighbours forgets these last, and says which are lost.</summary>
internal interface IPeerUser
{
    /// <summary>How many connections there can be at once.</summary>
    int NeighbourCount { get; }

    /// <summary>How many peers <see cref="PeerAt"/> tells of at the most.</summary>
    int PeerCount { get; }

    /// <summary>One of the peers of the connections, and behind these of the half-open ones.</summary>
    /// <param name="index">0 to <see cref="PeerCount"/> - 1.</param>
    /// <returns>The peer's number; 0 for none.</returns>
    uint PeerAt(int index);

    /// <summary>The address of ours is gone that a peer knew.</summary>
    /// <param name="peer">The peer's number.</param>
    void LosePeerAddress(uint peer);

    /// <summary>There is no way to a peer any more.</summary>
    /// <param name="neighbour">The peer's number.</param>
    void LoseNeighbour(uint neighbour);
}
