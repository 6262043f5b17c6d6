namespace HandshakeNano.Net;

/// <summary>Who sends to neighbours for long, and says to which: the cache forgets these last.</summary>
internal interface INeighbourUser
{
    /// <summary>How many neighbours it can use.</summary>
    int NeighbourCount { get; }

    /// <summary>One of the neighbours that it uses.</summary>
    /// <param name="index">0 to <see cref="NeighbourCount"/> - 1.</param>
    /// <returns>The neighbour's IPv4 address as the processor loads it from the wire; 0 for none.</returns>
    uint NeighbourAt(int index);

    /// <summary>What a frame is to be sent for. It is asked only where the neighbour is not known for certain.</summary>
    /// <param name="frame">The frame buffer that holds an IPv4 packet, ready to be sent.</param>
    NeighbourUse UseOf(byte[] frame);
}
