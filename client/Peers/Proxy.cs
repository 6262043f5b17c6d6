using System;
using System.Collections.Generic;
using System.Net;
using System.Net.Sockets;
using System.Threading;
using HandshakeNano.Client.Connectivity;
using HandshakeNano.Firmware;
using HandshakeNano.Net;

namespace HandshakeNano.Client.Peers;

/// <summary>
/// Takes connections of programs on this computer and carries each to the device, through our own stack. One thread does
/// everything: it waits for the tunnel, the programs and the stack's next deadline at once.
/// </summary>
public sealed class Proxy : IDisposable
{
    /// <summary>How many connections it carries at once; further programs wait in the system's queue.</summary>
    public const int MostConnections = 64;

    private const int LongestWait = 100_000;

    private readonly Socket _listener;
    private readonly Socket _tunnel;
    private readonly TcpEndpoint _endpoint;
    private readonly HighResTimerClock _clock = new();
    private readonly IPEndPoint _target;
    private readonly TimeSpan _timeout;
    private readonly Action<string> _say;
    private readonly List<ProxiedConnection> _connections = [];
    private readonly List<Socket> _readers = [];
    private readonly List<Socket> _writers = [];

    /// <summary>Makes a proxy.</summary>
    /// <param name="listener">A stream socket that listens.</param>
    /// <param name="endpoint">Our stack, with room for <see cref="MostConnections"/>.</param>
    /// <param name="tunnel">The UDP socket of the stack's link.</param>
    /// <param name="target">Where each connection goes.</param>
    /// <param name="timeout">How long to wait for the device's handshake.</param>
    /// <param name="say">Is told what went wrong, a line each.</param>
    public Proxy(Socket listener, TcpEndpoint endpoint, Socket tunnel, IPEndPoint target, TimeSpan timeout, Action<string> say)
    {
        _listener = listener;
        _endpoint = endpoint;
        _tunnel = tunnel;
        _target = target;
        _timeout = timeout;
        _say = say;
        listener.Blocking = false;
    }

    /// <summary>How many connections were taken.</summary>
    public long Taken { get; private set; }

    /// <summary>Carries until it is told to stop.</summary>
    /// <param name="stop">Tells it.</param>
    public void Run(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
            Step();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (ProxiedConnection connection in _connections)
            connection.Dispose();
        _connections.Clear();
        _listener.Dispose();
        _endpoint.Poll(_clock.GetMicroseconds());
    }

    private void Step()
    {
        ulong now = _clock.GetMicroseconds();
        ulong next = _endpoint.Poll(now);
        bool moved = Accept();
        foreach (ProxiedConnection connection in _connections)
            moved |= connection.Carry();
        _connections.RemoveAll(connection =>
        {
            if (connection.Failure != null)
                _say($"{_target}: {connection.Failure}");
            return connection.IsOver;
        });
        if (!moved && next > now)
            Wait(next - now);
    }

    private bool Accept()
    {
        bool taken = false;
        while (_connections.Count < MostConnections && _listener.Poll(0, SelectMode.SelectRead))
        {
            try
            {
                Socket program = _listener.Accept();
                if (!_endpoint.CanConnect)
                {
                    // The stack still ends others.
                    program.Close(0);
                    _say($"{_target}: every connection of our stack is in use");
                    break;
                }

                TcpConnection device = _endpoint.Connect(Network.FromIPAddress(_target.Address), _target.Port);
                _connections.Add(new ProxiedConnection(program, device, _timeout));
                Taken++;
                taken = true;
            }
            catch (SocketException)
            {
                // The program has gone again.
                break;
            }
        }

        return taken;
    }

    private void Wait(ulong microseconds)
    {
        _readers.Clear();
        _writers.Clear();
        _readers.Add(_tunnel);
        if (_connections.Count < MostConnections)
            _readers.Add(_listener);
        foreach (ProxiedConnection connection in _connections)
        {
            if (connection.WantsRead)
                _readers.Add(connection.Program);
            if (connection.WantsWrite)
                _writers.Add(connection.Program);
        }

        Socket.Select(_readers, _writers, null, (int)Math.Min(microseconds, LongestWait));
    }
}
