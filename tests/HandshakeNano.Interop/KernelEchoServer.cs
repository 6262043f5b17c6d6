using System;
using System.Net;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using HandshakeNano.Boards.Virtual;

namespace HandshakeNano.Interop;

/// <summary>An echo service on the kernel's side of a lab.</summary>
internal sealed class KernelEchoServer : IDisposable
{
    private readonly Socket _listener;
    private int _finished;
    private int _failed;

    public KernelEchoServer(NetworkNamespace network, int port, string address = Lab.Kernel)
    {
        var service = new IPEndPoint(IPAddress.Parse(address), port);
        _listener = network.NewSocket(service.AddressFamily);
        _listener.Bind(service);
        _listener.Listen(1024);
        _ = AcceptAsync();
    }

    /// <summary>Connections that were echoed to their end and closed.</summary>
    public int Finished => Volatile.Read(ref _finished);

    /// <summary>Connections that ended with an error.</summary>
    public int Failed => Volatile.Read(ref _failed);

    public void Dispose()
    {
        _listener.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                _ = EchoAsync(await _listener.AcceptAsync());
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // The listener was disposed: the test is over.
        }
    }

    private async Task EchoAsync(Socket socket)
    {
        using Socket owned = socket;
        byte[] buffer = new byte[4096];
        try
        {
            int count;
            while ((count = await socket.ReceiveAsync(buffer)) > 0)
            {
                for (int sent = 0; sent < count;)
                    sent += await socket.SendAsync(buffer.AsMemory(sent, count - sent));
            }

            socket.Shutdown(SocketShutdown.Both);
            Interlocked.Increment(ref _finished);
        }
        catch (SocketException)
        {
            Interlocked.Increment(ref _failed);
        }
    }
}
