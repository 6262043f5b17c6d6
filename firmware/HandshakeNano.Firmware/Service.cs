using HandshakeNano.Net;

namespace HandshakeNano.Firmware;

/// <summary>
/// Takes the connections of one port and gives them to one handler. The handler keeps nothing about a connection, so
/// one object serves all of them and nothing is allocated when one comes or goes.
/// </summary>
internal sealed class Service : TcpListenerHandler
{
    // A peer that was switched off would hold one of a few connections for ever.
    private const ulong IdleBeforeProbe = 120_000_000;

    private readonly Board _board;
    private readonly TcpConnectionHandler _handler;

    internal Service(Board board, TcpEndpoint endpoint, int port, TcpConnectionHandler handler)
    {
        _board = board;
        _handler = handler;
        endpoint.Listen(port, board.Settings.Connections).Handler = this;
    }

    /// <inheritdoc/>
    public override void OnAccept(TcpListener listener)
    {
        TcpConnection connection = listener.Accept();
        while (connection != null)
        {
            connection.Handler = _handler;
            connection.KeepAlive = IdleBeforeProbe;
            _board.OnAccepted(connection);
            connection = listener.Accept();
        }
    }
}
