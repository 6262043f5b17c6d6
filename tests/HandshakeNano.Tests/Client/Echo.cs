using System;
using System.Net;
using System.Net.Sockets;
using System.Threading.Tasks;

namespace HandshakeNano.Client.Tests;

/// <summary>A port of this computer that sends back what comes, and one on which nobody listens.</summary>
internal sealed class Echo : IDisposable
{
    private readonly Socket _listener = Bound();
    private readonly Socket _closed = Bound();

    public Echo()
    {
        _listener.Listen();
        _ = AcceptAsync();
    }

    /// <summary>Its address and port.</summary>
    public string Place => _listener.LocalEndPoint!.ToString()!;

    /// <summary>The address and port that refuse.</summary>
    public string ClosedPlace => _closed.LocalEndPoint!.ToString()!;

    public void Dispose()
    {
        _listener.Dispose();
        _closed.Dispose();
    }

    // Bound, so that no other program gets the port.
    private static Socket Bound()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return socket;
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                _ = EchoAsync(await _listener.AcceptAsync());
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private static async Task EchoAsync(Socket socket)
    {
        using Socket owned = socket;
        byte[] buffer = new byte[4096];
        try
        {
            for (int count; (count = await socket.ReceiveAsync(buffer)) > 0;)
                await socket.SendAsync(buffer.AsMemory(0, count));
        }
        catch (SocketException)
        {
            // The client has gone.
        }
    }
}
