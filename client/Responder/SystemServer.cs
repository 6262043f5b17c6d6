using System;
using System.Collections.Generic;
using System.IO;
using System.Net;
using System.Net.Sockets;
using System.Threading;
using HandshakeNano.Client.Connectivity;

namespace HandshakeNano.Client.Responder;

/// <summary>
/// Echo (RFC 862) and the responder of docs/conformance.md by the system's sockets, so that the system's TCP can be probed. A
/// thread for each connection: a thread, and a socket that it makes, stay in the network namespace of the thread that started them.
/// </summary>
public sealed class SystemServer : IDisposable
{
    private const int Backlog = 64;

    private readonly Lock _lock = new();
    private readonly HashSet<Socket> _sockets = [];
    private readonly Socket _echo;
    private readonly Socket _responder;
    private bool _disposed;

    private SystemServer(Socket echo, Socket responder)
    {
        _echo = echo;
        _responder = responder;
    }

    /// <summary>Starts to listen.</summary>
    /// <param name="echoPort">The echo service's port.</param>
    /// <param name="responderPort">The responder's.</param>
    /// <returns>The running server.</returns>
    /// <exception cref="IOException">A port cannot be listened on; the message says why.</exception>
    public static SystemServer Start(int echoPort, int responderPort)
    {
        Socket echo = Listen(echoPort);
        try
        {
            var server = new SystemServer(echo, Listen(responderPort));
            server.Serve(echo, server.Echo);
            server.Serve(server._responder, server.Obey);
            return server;
        }
        catch
        {
            echo.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_lock)
        {
            _disposed = true;
            _echo.Dispose();
            _responder.Dispose();
            foreach (Socket socket in _sockets)
                socket.Dispose();
        }
    }

    private static Socket Listen(int port)
    {
        // A socket of both versions of IP, where the system has both.
        Socket socket = Socket.OSSupportsIPv6 ? new(SocketType.Stream, ProtocolType.Tcp)
            : new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(socket.AddressFamily == AddressFamily.InterNetworkV6 ? IPAddress.IPv6Any : IPAddress.Any, port));
            socket.Listen(Backlog);
            return socket;
        }
        catch (SocketException e)
        {
            socket.Dispose();
            throw new IOException(Advice.For(e, "TCP", new IPEndPoint(IPAddress.Any, port), "--port 7007", Platform.Current), e);
        }
    }

    private void Serve(Socket listener, Action<Socket> service)
    {
        Start("listener", listener, _ =>
        {
            while (true)
            {
                Socket socket = listener.Accept();
                Start("connection", socket, service);
            }
        });
    }

    // Whatever ends a connection ends its thread.
    private void Start(string name, Socket socket, Action<Socket> action)
    {
        lock (_lock)
        {
            if (_disposed)
            {
                socket.Dispose();
                return;
            }

            _sockets.Add(socket);
        }

        var thread = new Thread(() =>
        {
            try
            {
                action(socket);
            }
            catch (SocketException)
            {
                // The peer reset it, or is gone.
            }
            catch (ObjectDisposedException)
            {
                // The server ends.
            }

            lock (_lock)
                _sockets.Remove(socket);
            socket.Dispose();
        })
        {
            Name = name,
            IsBackground = true,
        };
        thread.Start();
    }

    private void Echo(Socket socket)
    {
        var buffer = new byte[4096];
        for (int count; (count = socket.Receive(buffer)) > 0;)
            SendAll(socket, buffer.AsSpan(0, count));
    }

    private void Obey(Socket socket)
    {
        var line = new ResponderLine();
        var one = new byte[1];
        while (socket.Receive(one) > 0)
        {
            if (!line.Add(one[0]))
                continue;
            switch (line.Command)
            {
                case ResponderCommand.Connect:
                    IPEndPoint remote = RemoteOf(line, socket);
                    Start("connection", new Socket(remote.AddressFamily, SocketType.Stream, ProtocolType.Tcp), other =>
                    {
                        other.Connect(remote);
                        Obey(other);
                    });
                    break;
                case ResponderCommand.Send:
                    var letters = new byte[line.Number];
                    for (int i = 0; i < letters.Length; i++)
                        letters[i] = (byte)('a' + (i % 26));
                    SendAll(socket, letters);
                    break;
                case ResponderCommand.Shutdown:
                    socket.Shutdown(SocketShutdown.Send);
                    break;
                case ResponderCommand.Close:
                    return;
            }
        }
    }

    // An address of the link is one of the link that the line came by.
    private static IPEndPoint RemoteOf(ResponderLine line, Socket socket)
    {
        if (line.Address.IsIPv6LinkLocal && socket.LocalEndPoint is IPEndPoint { Address: { IsIPv6LinkLocal: true } own })
            line.Address.ScopeId = own.ScopeId;
        return new IPEndPoint(line.Address, line.Number);
    }

    private static void SendAll(Socket socket, ReadOnlySpan<byte> data)
    {
        while (!data.IsEmpty)
            data = data[socket.Send(data)..];
    }
}
