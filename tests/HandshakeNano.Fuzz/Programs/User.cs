using System;
using System.Collections.Generic;
using HandshakeNano.Fuzz.Judging;
using HandshakeNano.Net;
using HandshakeNano.Net.Tests;

namespace HandshakeNano.Fuzz.Programs;

/// <summary>
/// A user of a connection: does what its program says, then closes its direction, reads until the peer has closed, and gives
/// the connection back. Every byte that it reads has to be the one that was written.
/// </summary>
internal sealed class User(UserProgram program, uint salt, uint peerSalt) : TcpConnectionHandler
{
    /// <summary>How long a read or a write waits before the user goes on, in microseconds: two who both only write get through.</summary>
    private const ulong Patience = 20_000_000;

    private readonly byte[] _buffer = new byte[4096];
    private TcpConnection? _connection;
    private TcpConnection? _stale;
    private ulong _now;
    private ulong _waitEnd = ulong.MaxValue;
    private int _action;
    private int _done;
    private bool _working;
    private bool _shut;

    /// <summary>How many bytes the connection has taken.</summary>
    public int Written { get; private set; }

    /// <summary>How many bytes the connection has given.</summary>
    public int Read { get; private set; }

    /// <summary>True once the user holds no connection any more.</summary>
    public bool Finished { get; private set; }

    /// <summary>Why the connection ended, as far as the user was there to see it.</summary>
    public TcpCloseReason Reason { get; private set; }

    /// <summary>True if the user threw something away: it aborted, or closed before it had heard the end.</summary>
    public bool Left { get; private set; }

    /// <summary>True if the user saw the peer's FIN and everything before it.</summary>
    public bool SawEnd { get; private set; }

    public bool HasConnection => _connection != null;

    public TcpState State => _connection?.State ?? TcpState.Closed;

    /// <summary>When the user wants to be called again, in microseconds.</summary>
    public ulong Wakeup => Finished || _connection == null ? ulong.MaxValue : _waitEnd;

    public void Begin(TcpConnection connection, ulong now)
    {
        _connection = connection;
        _now = now;
        if (program.InCallbacks)
            connection.Handler = this;
    }

    /// <summary>Called after every step of the network.</summary>
    /// <returns>True if something was done.</returns>
    public bool Turn(ulong now)
    {
        _now = now;
        UseStale();
        if (Finished || _connection == null)
            return false;
        // A handler is called for everything but the passing of time, and for the first step.
        return (!program.InCallbacks || now >= _waitEnd || (_action == 0 && _done == 0 && _waitEnd == ulong.MaxValue)) && Work();
    }

    /// <summary>The test is over: whatever is left is thrown away.</summary>
    public void GiveUp()
    {
        if (Finished)
            return;
        Left = true;
        _connection?.Abort();
        Finish();
    }

    public override void OnEstablished(TcpConnection connection) => Called(connection);

    public override void OnReceived(TcpConnection connection) => Called(connection);

    public override void OnSent(TcpConnection connection) => Called(connection);

    public override void OnPeerClosed(TcpConnection connection) => Called(connection);

    public override void OnClosed(TcpConnection connection, TcpCloseReason reason)
    {
        if (reason == TcpCloseReason.None || reason != connection.CloseReason)
            throw new InvariantException($"told that the connection ended: {reason}");
        Called(connection);
    }

    private void Called(TcpConnection connection)
    {
        if (connection != _connection)
            throw new InvariantException("a handler is told of a connection that is not its own");
        Work();
    }

    private bool Work()
    {
        if (_working)
            return false;
        _working = true;
        bool any = false;
        while (!Finished && Next())
            any = true;
        _working = false;
        return any;
    }

    /// <summary>Does one thing.</summary>
    /// <returns>False if there is nothing to do now.</returns>
    private bool Next()
    {
        TcpConnection connection = _connection!;
        if (connection.CloseReason != TcpCloseReason.None)
        {
            // Over: what waits can still be read.
            Reason = connection.CloseReason;
            while (Take(_buffer.Length) > 0)
            {
            }

            SawEnd |= connection.PeerClosed;
            connection.Close();
            Finish();
            return true;
        }

        return _action < program.Actions.Count ? Act(connection) : End(connection);
    }

    private bool Act(TcpConnection connection)
    {
        (UserAction what, int amount) = program.Actions[_action];
        switch (what)
        {
            case UserAction.Write:
            case UserAction.WriteUrgent:
                int taken = Give(Math.Min(amount - _done, 1500), what == UserAction.WriteUrgent);
                _done += taken;
                return taken != 0 ? Going() : amount == _done || _shut || Waited() ? Over() : taken != 0;
            case UserAction.Read:
                int read = Take(amount - _done);
                _done += read;
                return read != 0 ? Going() : amount == _done || (connection.PeerClosed && connection.Available == 0) || Waited() ? Over() : read != 0;
            case UserAction.Wait:
                if (_waitEnd == ulong.MaxValue)
                    _waitEnd = _now + (ulong)amount * 1000;
                return _now >= _waitEnd && Over();
            case UserAction.Shutdown:
                connection.Shutdown();
                _shut = true;
                return Over();
            case UserAction.Close:
                Left = true;
                connection.Close();
                Finish();
                return true;
            case UserAction.Abort:
                Left = true;
                connection.Abort();
                Finish();
                return true;
            case UserAction.KeepAlive:
                connection.KeepAlive = (ulong)amount * 1000;
                return Over();
            case UserAction.UserTimeout:
                connection.UserTimeout = (ulong)amount * 1000;
                return Over();
            default:
                connection.NoDelay = amount != 0;
                return Over();
        }
    }

    private bool End(TcpConnection connection)
    {
        if (!_shut)
        {
            _shut = true;
            connection.Shutdown();
            return true;
        }

        if (Take(_buffer.Length) > 0)
            return true;
        if (!connection.PeerClosed || connection.Available != 0)
            return false;
        SawEnd = true;
        // The end of our own direction is still to be heard, and with it what became of what was written.
        return false;
    }

    private int Give(int count, bool urgent)
    {
        for (int i = 0; i < count; i++)
            _buffer[i] = Segment.Pattern(salt + (uint)(Written + i));
        int taken = urgent ? _connection!.WriteUrgent(_buffer, 0, count) : _connection!.Write(_buffer, 0, count);
        Written += taken;
        return taken;
    }

    private int Take(int count)
    {
        int read = _connection!.Read(_buffer, 0, Math.Min(count, _buffer.Length));
        for (int i = 0; i < read; i++)
        {
            if (_buffer[i] != Segment.Pattern(peerSalt + (uint)(Read + i)))
                throw new InvariantException($"byte {Read + i} that was read is not what was written");
        }

        Read += read;
        return read;
    }

    private bool Going()
    {
        _waitEnd = ulong.MaxValue;
        return true;
    }

    private bool Waited()
    {
        if (_waitEnd == ulong.MaxValue)
            _waitEnd = _now + Patience;
        return _now >= _waitEnd;
    }

    private bool Over()
    {
        _waitEnd = ulong.MaxValue;
        _action++;
        _done = 0;
        return true;
    }

    /// <summary>A user that keeps the connection that it has given back: once that is over, nothing it does may change anything.</summary>
    private void UseStale()
    {
        if (_stale == null || _stale.State != TcpState.Closed)
            return;
        if (_stale.Write(_buffer, 0, 5) != 0)
            throw new InvariantException("a connection that is over takes bytes");
        _stale.Handler = this;
        _stale.NoDelay = true;
        _stale.KeepAlive = 1000;
        _stale.UserTimeout = 1000;
        _stale.Shutdown();
        _stale.Close();
        _stale.Abort();
    }

    private void Finish()
    {
        Finished = true;
        _stale = _connection ?? _stale;
        _connection = null;
    }
}
