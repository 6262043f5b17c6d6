namespace HandshakeNano.Net;

/// <summary>
/// The peers over IPv6. What sends to neighbours knows each by a number in 240.0.0.0/4, which no IPv4 host has, and asks here where it would
/// ask ARP.
/// </summary>
internal interface IPeers
{
    /// <summary>Sends a packet that IPv4 has put its header before. The buffer is ready for the next one of IPv4 afterwards.</summary>
    /// <param name="frame">The frame buffer.</param>
    /// <param name="length">Length in bytes of header and segment.</param>
    /// <param name="number">The peer's number.</param>
    /// <param name="use">What it is sent for.</param>
    /// <param name="now">The time in microseconds.</param>
    void Send(byte[] frame, int length, uint number, NeighbourUse use, ulong now);

    /// <summary>A peer does not seem to answer.</summary>
    /// <param name="number">The peer's number.</param>
    /// <param name="now">The time in microseconds.</param>
    void Doubt(uint number, ulong now);

    /// <summary>Takes segments back that wait for the neighbour on the way to a peer.</summary>
    /// <param name="number">The peer's number.</param>
    /// <param name="ports">Our port in the upper half, the peer's in the lower.</param>
    void TakeBack(uint number, uint ports);

    /// <summary>Whether there is a way to a peer.</summary>
    /// <param name="number">The peer's number.</param>
    /// <returns>False if there is none.</returns>
    bool HasWay(uint number);

    /// <summary>Whether a number is that of the peer whose segment is at hand.</summary>
    /// <param name="number">The number.</param>
    bool IsAtHand(uint number);

    /// <summary>The sum of our address and a peer's, for the checksums of what goes to it.</summary>
    /// <param name="number">The peer's number.</param>
    /// <returns>A number that is the sum in network order modulo 65535.</returns>
    uint AddressSum(uint number);

    /// <summary>Copies a peer's address, or ours that it knows.</summary>
    /// <param name="number">The peer's number.</param>
    /// <param name="ours">True: ours.</param>
    /// <param name="into">The array for the 16 bytes.</param>
    /// <param name="offset">Index of the first one.</param>
    /// <returns>False if it is not known any more.</returns>
    bool Copy(uint number, bool ours, byte[] into, int offset);
}
