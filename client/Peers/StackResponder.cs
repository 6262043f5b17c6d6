using System.Text;
using HandshakeNano.Client.Conformance;
using HandshakeNano.Firmware;
using HandshakeNano.Net;

namespace HandshakeNano.Client.Peers;

/// <summary>The responder of docs/conformance.md on our own stack: a user of its public interface like any other.</summary>
public sealed class StackResponder : TcpConnectionHandler
{
    /// <summary>The port after the echo service's.</summary>
    public const int DefaultPort = EchoService.Port + 1;

    private const int Backlog = 16;

    private readonly TcpEndpoint _endpoint;
    private readonly byte[] _one = new byte[1];
    private readonly byte[] _letters = new byte[26];

    /// <summary>Starts to listen.</summary>
    /// <param name="endpoint">Where.</param>
    /// <param name="port">The port.</param>
    public StackResponder(TcpEndpoint endpoint, int port = DefaultPort)
    {
        _endpoint = endpoint;
        for (int i = 0; i < _letters.Length; i++)
            _letters[i] = (byte)('a' + i);
        endpoint.Listen(port, Backlog).Handler = new Acceptor(this);
    }

    /// <inheritdoc/>
    public override void OnReceived(TcpConnection connection) => Obey(connection);

    /// <inheritdoc/>
    public override void OnSent(TcpConnection connection) => Obey(connection);

    /// <inheritdoc/>
    public override void OnPeerClosed(TcpConnection connection) => Obey(connection);

    /// <inheritdoc/>
    public override void OnClosed(TcpConnection connection, TcpCloseReason reason) => connection.Close();

    private void Obey(TcpConnection connection)
    {
        var order = (Order)connection.Tag;
        while (true)
        {
            // Nothing is read before the line before is obeyed, and never more than a byte.
            if (!Send(connection, order))
                return;
            if (connection.Read(_one, 0, 1) == 0)
                break;
            if (!order.Line.Add(_one[0]))
                continue;
            switch (order.Line.Command)
            {
                case ResponderCommand.Connect when _endpoint.Connect(order.Line.Address, order.Line.Number) is TcpConnection other:
                    Take(other);
                    break;
                case ResponderCommand.Send:
                    order.Sent = 0;
                    order.ToSend = order.Line.Number;
                    break;
                case ResponderCommand.Shutdown:
                    connection.Shutdown();
                    break;
                case ResponderCommand.Close:
                    connection.Close();
                    return;
            }
        }

        if (connection.PeerClosed)
            connection.Close();
    }

    private bool Send(TcpConnection connection, Order order)
    {
        while (order.Sent < order.ToSend)
        {
            int letter = order.Sent % _letters.Length;
            int taken = connection.Write(_letters, letter, int.Min(_letters.Length - letter, order.ToSend - order.Sent));
            if (taken == 0)
                return false;
            order.Sent += taken;
        }

        return true;
    }

    private void Take(TcpConnection connection)
    {
        connection.Tag = new Order();
        connection.Handler = this;
    }

    /// <summary>What a connection is about to do.</summary>
    private sealed class Order
    {
        public ResponderLine Line { get; } = new();

        public int ToSend { get; set; }

        public int Sent { get; set; }
    }

    private sealed class Acceptor(StackResponder responder) : TcpListenerHandler
    {
        public override void OnAccept(TcpListener listener)
        {
            while (listener.Accept() is TcpConnection connection)
                responder.Take(connection);
        }
    }
}
