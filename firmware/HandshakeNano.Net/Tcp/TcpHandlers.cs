namespace HandshakeNano.Net;

/// <summary>What to do with a SYN that a listener's handler was shown.</summary>
public enum SynDecision
{
    /// <summary>Answer with a SYN,ACK.</summary>
    Accept,

    /// <summary>Say nothing: the peer sends the SYN again, and the handler is asked again.</summary>
    Withhold,

    /// <summary>Answer with a reset.</summary>
    Refuse,
}

/// <summary>
/// What a listener tells its owner. Calls come from within <see cref="TcpEndpoint.Poll"/>, between two segments, never
/// in the middle of one; every method of the API may be called from them, except Poll.
/// </summary>
public abstract class TcpListenerHandler
{
    /// <summary>A SYN asks for a new connection.</summary>
    /// <param name="listener">The listener whose port it names.</param>
    /// <param name="remoteAddress">
    /// The peer's IPv4 address, most significant byte first (10.77.0.1 is 0x0A4D0001). Over IPv6 it is a number in 240.0.0.0/4, which
    /// <see cref="Ipv6Host.CopyPeer"/> turns into the address.
    /// </param>
    /// <param name="remotePort">The peer's port, 1 to 65535.</param>
    /// <returns>Whether to answer it. The default accepts.</returns>
    public virtual SynDecision OnSyn(TcpListener listener, uint remoteAddress, int remotePort)
    {
        return SynDecision.Accept;
    }

    /// <summary>A handshake is complete: <see cref="TcpListener.Accept"/> has a connection to give.</summary>
    /// <param name="listener">The listener.</param>
    public virtual void OnAccept(TcpListener listener)
    {
    }
}

/// <summary>
/// What a connection tells its owner. Calls come from within <see cref="TcpEndpoint.Poll"/>, between two segments, never
/// in the middle of one; every method of the API may be called from them, except Poll.
/// </summary>
public abstract class TcpConnectionHandler
{
    /// <summary>The handshake of an active open is complete.</summary>
    /// <param name="connection">The connection.</param>
    public virtual void OnEstablished(TcpConnection connection)
    {
    }

    /// <summary>There are new bytes to <see cref="TcpConnection.Read"/>.</summary>
    /// <param name="connection">The connection.</param>
    public virtual void OnReceived(TcpConnection connection)
    {
    }

    /// <summary>The peer acknowledged data: there is more room to <see cref="TcpConnection.Write"/>.</summary>
    /// <param name="connection">The connection.</param>
    public virtual void OnSent(TcpConnection connection)
    {
    }

    /// <summary>The peer sent its FIN: nothing comes after the bytes that wait to be read.</summary>
    /// <param name="connection">The connection.</param>
    public virtual void OnPeerClosed(TcpConnection connection)
    {
    }

    /// <summary>
    /// The peer has announced urgent data, or more of it: <see cref="TcpConnection.UrgentCount"/> says how far it goes. It is
    /// read in line, as all data (RFC 9293 section 3.8.5).
    /// </summary>
    /// <param name="connection">The connection.</param>
    public virtual void OnUrgent(TcpConnection connection)
    {
    }

    /// <summary>
    /// Something is wrong on the way to the peer, and the connection goes on (RFC 9293 section 3.9.1.8). Of several in one
    /// step the last is told. Who does not want to hear of it does not override this.
    /// </summary>
    /// <param name="connection">The connection.</param>
    /// <param name="error">What is wrong.</param>
    public virtual void OnSoftError(TcpConnection connection, TcpSoftError error)
    {
    }

    /// <summary>
    /// The connection has ended. Bytes that wait can still be read; <see cref="TcpConnection.Close"/> gives the
    /// connection back.
    /// </summary>
    /// <param name="connection">The connection.</param>
    /// <param name="reason">Why it ended.</param>
    public virtual void OnClosed(TcpConnection connection, TcpCloseReason reason)
    {
    }
}
