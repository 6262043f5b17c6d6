using HandshakeNano.Net;

namespace HandshakeNano.Firmware;

/// <summary>Discard (RFC 863): throws away what comes, and closes when the peer has closed.</summary>
public sealed class DiscardService : TcpConnectionHandler
{
    /// <summary>The port that RFC 863 gives to it.</summary>
    public const int Port = 9;

    private readonly byte[] _buffer = new byte[1460];

    /// <summary>Starts to listen.</summary>
    /// <param name="board">Whose settings say how many connections may wait, and who is told of each.</param>
    /// <param name="endpoint">Where to listen.</param>
    public DiscardService(Board board, TcpEndpoint endpoint)
    {
        _ = new Service(board, endpoint, Port, this);
    }

    /// <inheritdoc/>
    public override void OnReceived(TcpConnection connection)
    {
        Discard(connection);
    }

    /// <inheritdoc/>
    public override void OnPeerClosed(TcpConnection connection)
    {
        Discard(connection);
    }

    /// <inheritdoc/>
    public override void OnClosed(TcpConnection connection, TcpCloseReason reason)
    {
        connection.Close();
    }

    private void Discard(TcpConnection connection)
    {
        byte[] buffer = _buffer;
        while (connection.Read(buffer, 0, buffer.Length) != 0)
        {
        }

        if (connection.PeerClosed)
            connection.Close();
    }
}
