namespace HandshakeNano.Net;

/// <summary>Is told what happens to a <see cref="UdpSocket"/>, on the thread of the endpoint and between two frames.</summary>
public abstract class UdpHandler
{
    /// <summary>A datagram has come and waits in the socket's queue.</summary>
    /// <param name="socket">The socket.</param>
    /// <param name="now">The time in microseconds, for what it sends in answer.</param>
    public abstract void OnReceived(UdpSocket socket, ulong now);
}
