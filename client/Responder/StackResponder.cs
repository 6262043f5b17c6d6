using System.Net.Sockets;
using HandshakeNano.Client.Connectivity;
using HandshakeNano.Firmware;
using HandshakeNano.Net;

namespace HandshakeNano.Client.Responder;

/// <summary>The responder of docs/conformance.md on our own stack: a user of its public interface like any other.</summary>
public sealed class StackResponder : Service
{
    /// <summary>The port after the echo service's.</summary>
    public const int DefaultPort = EchoService.DefaultPort + 1;

    private readonly byte[] _one = new byte[1];
    private readonly byte[] _letters = new byte[26];
    private TcpEndpoint? _endpoint;

    /// <summary>Makes the service.</summary>
    public StackResponder()
        : base("responder", DefaultPort)
    {
        for (int i = 0; i < _letters.Length; i++)
            _letters[i] = (byte)('a' + i);
    }

    /// <inheritdoc/>
    public override void OnStarted(DeviceFirmware firmware) => _endpoint = firmware.Endpoint;

    /// <inheritdoc/>
    public override void OnAccepted(TcpConnection connection) => connection.Tag = new Order();

    /// <inheritdoc/>
    protected override bool Serve(TcpConnection connection)
    {
        var order = (Order)connection.Tag;
        while (true)
        {
            // Nothing is read before the line before is obeyed, and never more than a byte.
            if (!Send(connection, order))
                return false;
            if (connection.Read(_one, 0, 1) == 0)
                return true;
            if (!order.Line.Add(_one[0]))
                continue;
            switch (order.Line.Command)
            {
                case ResponderCommand.Connect when Connect(order.Line) is TcpConnection other:
                    other.Tag = new Order();
                    other.Handler = this;
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
                    return false;
            }
        }
    }

    private TcpConnection? Connect(ResponderLine line) => line.Address.AddressFamily == AddressFamily.InterNetworkV6
        ? _endpoint!.Connect(line.Address.GetAddressBytes(), line.Number)
        : _endpoint!.Connect(Network.FromIPAddress(line.Address), line.Number);

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

    /// <summary>What a connection is about to do.</summary>
    private sealed class Order
    {
        public ResponderLine Line { get; } = new();

        public int ToSend { get; set; }

        public int Sent { get; set; }
    }
}
