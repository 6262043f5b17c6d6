namespace HandshakeNano.Net;

/// <summary>What takes the datagrams of a port as they come, without a queue.</summary>
internal interface IUdpUser
{
    /// <summary>Takes a checked datagram.</summary>
    /// <param name="frame">The frame buffer.</param>
    /// <param name="length">Length of its data in bytes.</param>
    /// <param name="source">Who sent it, most significant byte first.</param>
    /// <param name="isForMany">It was not sent to us alone.</param>
    /// <param name="now">The time in microseconds.</param>
    /// <returns>False if the port shall look as if nobody had opened it.</returns>
    bool Receive(byte[] frame, int length, uint source, bool isForMany, ulong now);
}
