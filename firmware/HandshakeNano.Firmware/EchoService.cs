using HandshakeNano.Net;

namespace HandshakeNano.Firmware;

/// <summary>
/// Echo (RFC 862): sends back what comes, and closes when the peer has closed and has everything back.
/// </summary>
/// <remarks>
/// Never reads more than the send buffer takes: what has no room stays in the receive buffer and closes the window, so a
/// peer that sends without reading is slowed down and nothing is lost.
/// </remarks>
public sealed class EchoService : TcpConnectionHandler
{
    /// <summary>The port that RFC 862 gives to it.</summary>
    public const int Port = 7;

    // A full segment of Ethernet. One for all connections: it is empty again before a method returns.
    private readonly byte[] _buffer = new byte[1460];

    /// <summary>Starts to listen.</summary>
    /// <param name="board">Whose settings say how many connections may wait, and who is told of each.</param>
    /// <param name="endpoint">Where to listen.</param>
    public EchoService(Board board, TcpEndpoint endpoint)
    {
        _ = new Service(board, endpoint, Port, this);
    }

    /// <inheritdoc/>
    public override void OnReceived(TcpConnection connection)
    {
        Echo(connection);
    }

    /// <inheritdoc/>
    public override void OnSent(TcpConnection connection)
    {
        Echo(connection);
    }

    /// <inheritdoc/>
    public override void OnPeerClosed(TcpConnection connection)
    {
        Echo(connection);
    }

    /// <inheritdoc/>
    public override void OnClosed(TcpConnection connection, TcpCloseReason reason)
    {
        connection.Close();
    }

    private void Echo(TcpConnection connection)
    {
        byte[] buffer = _buffer;
        while (true)
        {
            int count = connection.SendSpace;
            if (count > buffer.Length)
                count = buffer.Length;
            count = connection.Read(buffer, 0, count);
            if (count == 0)
                break;
            connection.Write(buffer, 0, count);
        }

        if (connection.PeerClosed && connection.Available == 0)
            connection.Close();
    }
}
