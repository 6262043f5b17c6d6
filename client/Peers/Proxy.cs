using System;
using System.Collections.Generic;
using System.Diagnostics;
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
    /// <summary>How many connections it carries at once; one more is reset.</summary>
    public const int MostConnections = 64;

    private const int LongestWait = 100_000;

    // Programs that are refused less than this apart are one burst, and told once.
    private static readonly TimeSpan _pause = TimeSpan.FromSeconds(10);

    private readonly Socket _listener;
    private readonly Socket _tunnel;
    private readonly TcpEndpoint _endpoint;
    private readonly HighResTimerClock _clock = new();
    private readonly IPEndPoint _target;
    private readonly TimeSpan _timeout;
    private readonly TimeSpan _idle;
    private readonly Action<string> _say;
    private readonly List<ProxiedConnection> _connections = [];
    private readonly List<Socket> _readers = [];
    private readonly List<Socket> _writers = [];
    private long _lastRefused;

    /// <summary>Makes a proxy.</summary>
    /// <param name="listener">A stream socket that listens.</param>
    /// <param name="endpoint">Our stack, with room for <see cref="MostConnections"/>.</param>
    /// <param name="tunnel">The UDP socket of the stack's link.</param>
    /// <param name="target">Where each connection goes.</param>
    /// <param name="timeout">How long to wait for the device's handshake.</param>
    /// <param name="idle">After how long without a byte, either way, both ends are reset; zero: never.</param>
    /// <param name="say">Is told what went wrong, a line each.</param>
    public Proxy(
        Socket listener, TcpEndpoint endpoint, Socket tunnel, IPEndPoint target, TimeSpan timeout, TimeSpan idle, Action<string> say)
    {
        _listener = listener;
        _endpoint = endpoint;
        _tunnel = tunnel;
        _target = target;
        _timeout = timeout;
        _idle = idle;
        _say = say;
        listener.Blocking = false;
    }

    /// <summary>How many connections were taken.</summary>
    public long Taken { get; private set; }

    /// <summary>How many programs found no room, and were reset.</summary>
    public long Refused { get; private set; }

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

        // However many come, those that are here get their turn.
        for (int i = 0; i < MostConnections && _listener.Poll(0, SelectMode.SelectRead); i++)
        {
            try
            {
                Socket program = _listener.Accept();
                if (_connections.Count >= MostConnections)
                {
                    Refuse(program, $"{MostConnections} connections are carried already");
                    continue;
                }

                if (!_endpoint.CanConnect)
                {
                    Refuse(program, "our stack still ends as many connections as it has");
                    continue;
                }

                TcpConnection device = _endpoint.Connect(Network.FromIPAddress(_target.Address), _target.Port);
                _connections.Add(new ProxiedConnection(program, device, _timeout, _idle));
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

    private void Refuse(Socket program, string why)
    {
        if (Refused++ == 0 || Stopwatch.GetElapsedTime(_lastRefused) > _pause)
            _say($"{_target}: no room for another program, which is reset: {why}");
        _lastRefused = Stopwatch.GetTimestamp();
        program.Close(0);
    }

    private void Wait(ulong microseconds)
    {
        _readers.Clear();
        _writers.Clear();
        _readers.Add(_tunnel);
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
