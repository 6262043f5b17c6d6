using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Net;
using System.Net.Sockets;
using System.Threading;
using HandshakeNano.Client.Peers;

namespace HandshakeNano.Client.Handshakes;

/// <summary>Shakes hands by the system's sockets, which needs no right.</summary>
public sealed class SystemHandshaker : Handshaker
{
    private readonly IPEndPoint _remote;
    private readonly TimeSpan _timeout;
    private readonly BlockingCollection<Attempt> _finished = [];

    // In the order in which they began, which is that in which they time out.
    private readonly LinkedList<Attempt> _open = new();
    private bool _hasConnected;

    /// <summary>Makes one.</summary>
    /// <param name="remote">With whom.</param>
    /// <param name="timeout">How long to wait for an answer.</param>
    public SystemHandshaker(IPEndPoint remote, TimeSpan timeout)
    {
        _remote = remote;
        _timeout = timeout;
    }

    /// <inheritdoc/>
    public override ulong Now => Time();

    /// <inheritdoc/>
    public override bool TryStart()
    {
        var attempt = new Attempt(NewSocket(), _remote, _finished);
        bool finished = attempt.Start();

        // Once some have connected the address is right, and it is the ports in TIME-WAIT that are all there are.
        if (finished && attempt.Error == SocketError.AddressNotAvailable && _hasConnected)
            return false;
        attempt.Node = _open.AddLast(attempt);
        if (finished)
            _finished.Add(attempt);
        return true;
    }

    /// <inheritdoc/>
    public override void Wait(ulong until, Action<HandshakeResult> done)
    {
        if (_open.First is { } oldest)
            until = Math.Min(until, oldest.Value.Began + (ulong)_timeout.TotalMicroseconds);
        ulong now = Now;
        int milliseconds = until <= now ? 0 : (int)((until - now + 999) / 1000);
        for (bool any = _finished.TryTake(out Attempt? attempt, milliseconds); any; any = _finished.TryTake(out attempt))
            Give(attempt!, attempt!.Result, done);
        ulong late = Now - (ulong)_timeout.TotalMicroseconds;
        while (_open.First is { } first && (long)(late - first.Value.Began) >= 0)
        {
            if (first.Value.GiveUp(out HandshakeResult result))
            {
                Give(first.Value, result, done);
                continue;
            }

            // It ends at this moment, and may not be the only one.
            Attempt other = _finished.Take();
            Give(other, other.Result, done);
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        // The collection is left to those that finish at this moment.
        foreach (Attempt attempt in _open)
            attempt.GiveUp(out _);
        _open.Clear();
    }

    private static ulong Time() => (ulong)Stopwatch.GetElapsedTime(0).TotalMicroseconds;

    private void Give(Attempt attempt, HandshakeResult result, Action<HandshakeResult> done)
    {
        _open.Remove(attempt.Node!);
        _hasConnected |= result.Outcome == Outcome.Connected;
        done(result);
    }

    private Socket NewSocket()
    {
        try
        {
            return new Socket(_remote.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        }
        catch (SocketException e)
        {
            throw new IOException(e.SocketErrorCode == SocketError.TooManyOpenSockets
                ? "a process may not have so many sockets here; type a smaller --parallel, or: ulimit -n 4096"
                : $"no socket: {e.Message}; type: handshake doctor", e);
        }
    }

    private sealed class Attempt : IDisposable
    {
        private readonly Socket _socket;
        private readonly SocketAsyncEventArgs _event;
        private readonly BlockingCollection<Attempt> _finished;
        private int _isOver;

        public Attempt(Socket socket, IPEndPoint remote, BlockingCollection<Attempt> finished)
        {
            _socket = socket;
            _finished = finished;
            _event = new SocketAsyncEventArgs { RemoteEndPoint = remote };
            _event.Completed += (_, _) =>
            {
                if (Finish())
                    _finished.Add(this);
            };
        }

        public ulong Began { get; private set; }

        public LinkedListNode<Attempt>? Node { get; set; }

        public SocketError Error { get; private set; }

        public HandshakeResult Result { get; private set; }

        // True if it is over already.
        public bool Start()
        {
            Began = Time();
            return !_socket.ConnectAsync(_event) && Finish();
        }

        // False if it was over before.
        public bool GiveUp(out HandshakeResult result)
        {
            result = default;
            if (Interlocked.Exchange(ref _isOver, 1) != 0)
                return false;
            result = new HandshakeResult(Outcome.TimedOut, Time() - Began, SynsAgain());
            _socket.Dispose();
            return true;
        }

        public void Dispose()
        {
            _socket.Dispose();
            _event.Dispose();
        }

        private bool Finish()
        {
            ulong time = Time() - Began;
            if (Interlocked.Exchange(ref _isOver, 1) != 0)
                return false;
            Error = _event.SocketError;
            Outcome outcome = Error switch
            {
                SocketError.Success => Outcome.Connected,
                SocketError.ConnectionRefused => Outcome.Refused,
                SocketError.TimedOut => Outcome.TimedOut,
                _ => Outcome.Failed,
            };
            Result = new HandshakeResult(outcome, time, SynsAgain(), outcome == Outcome.Failed ? new SocketException((int)Error).Message : null);
            Dispose();
            return true;
        }

        private int? SynsAgain() => (int?)TcpInfo.Get(_socket)?.Retransmissions;
    }
}
