namespace HandshakeNano.Net;

// Peers that are silent or slow, and connections that their application has closed (RFC 6429).
internal sealed partial class Tcb
{
    /// <summary>What <see cref="Slowness"/> says of a connection that does not give way.</summary>
    internal const ulong NotSlow = 0;

    /// <summary>What it says of one that goes before all others.</summary>
    private const ulong Worst = ulong.MaxValue;

    /// <summary>What is counted is halved after that time, in microseconds, so that what was long ago counts no more.</summary>
    private const ulong MovedTime = 64_000_000;

    /// <summary>No more bytes are counted: what was sent at once does not pay for hours.</summary>
    private const uint MostMoved = 65536;

    /// <summary>How slow a connection is that could give way to a new one.</summary>
    /// <param name="now">The time in microseconds.</param>
    /// <returns>How long it takes to move a byte, in microseconds; <see cref="NotSlow"/> if it is to stay.</returns>
    internal ulong Slowness(ulong now)
    {
        ulong grace = _layer.Settings.Grace;
        if (!InTable || _state == TcpState.Closed)
            return NotSlow;
        if (!Owned)
        {
            if (now - _progressAt >= grace)
                return Worst;

            // It gets no more than that, be there an acknowledgment of a byte from time to time.
            now += grace;
            if (now < _lingerAt)
            {
                _lingerAt = now;
                _layer.Timers.Schedule(this, now);
            }

            return NotSlow;
        }

        if (_idleTimeout == 0 || _lingerAt == Never)
            return NotSlow;
        ulong time = now - _movedSince;
        if (time < grace)
            return NotSlow;
        time /= (_moved >> 32) + 1;
        return time > 1_000_000 / (ulong)_layer.Settings.LeastRate ? time : NotSlow;
    }

    /// <summary>Gives way to a new connection.</summary>
    /// <param name="now">The time in microseconds.</param>
    internal void GiveWay(ulong now)
    {
        GiveUp(Owned ? Counter.SlowEvicted : Counter.OrphansEvicted, now);

        // The application is told, and lets go.
        Touch();
    }

    /// <summary>The idle timeout is over, or an orphan's time.</summary>
    private void EndLingering(ulong now)
    {
        if (Owned || _state != TcpState.FinWait2)
        {
            GiveUp(Owned ? Counter.IdleTimedOut : Counter.OrphansTimedOut, now);
            return;
        }

        // The peer has everything, and may still be reading it: a reset comes when it sends something.
        _layer.Counters[(int)Counter.OrphansTimedOut]++;
        End(TcpCloseReason.TimedOut);
    }

    /// <summary>The connection is over, and the peer is told so.</summary>
    private void GiveUp(Counter counter, ulong now)
    {
        _layer.Counters[(int)counter]++;
        _layer.TakeBack(_peer, _ports);
        SendReset(now);
        End(TcpCloseReason.TimedOut);
    }

    /// <summary>A keep-alive or an idle timeout was set: its time begins when the next Poll says what time it is.</summary>
    private void Watch()
    {
        _watched = true;
        _layer.Timers.Schedule(this, 0);
    }

    /// <summary>What was set begins, if it has not begun and the handshake is complete.</summary>
    private void BeginWatching(ulong now)
    {
        _watched = _keepAlive != 0 || _idleTimeout != 0;
        if (_state < TcpState.Established)
            return;
        if (_keepAlive != 0 && _keepAliveAt == Never)
            HearAlive(now);
        if (_idleTimeout != 0 && _lingerAt == Never)
        {
            _moved = _rcvNxt + _sndUna;
            _movedSince = now;
            _lingerAt = now + _idleTimeout;
            _layer.Timers.Schedule(this, _lingerAt);
        }
    }

    /// <summary>The connection is over: the next one is not watched.</summary>
    private void StopWatching()
    {
        _watched = false;
        _keepAlive = 0;
        _keepAliveAt = Never;
        _idleTimeout = 0;
    }

    /// <summary>A segment from the peer was taken, on a connection that is watched.</summary>
    private void Hear(ulong now)
    {
        // The segment may have ended it.
        if (!InTable)
            return;
        if (_keepAlive != 0)
            HearAlive(now);
        if (_idleTimeout == 0)
            return;
        if (_lingerAt == Never)
        {
            BeginWatching(now);
            return;
        }

        uint moved = _rcvNxt + _sndUna;
        uint bytes = moved - (uint)_moved;
        if (bytes == 0)
            return;
        bytes += (uint)(_moved >> 32);
        if (bytes > MostMoved)
            bytes = MostMoved;
        ulong time = now - _movedSince;
        if (time > MovedTime)
        {
            bytes /= 2;
            _movedSince = now - time / 2;
        }

        _moved = ((ulong)bytes << 32) | moved;

        // The timer finds that the deadline has moved.
        _lingerAt = now + _idleTimeout;
    }

    /// <summary>The peer was heard: it is asked again only after the whole interval.</summary>
    private void HearAlive(ulong now)
    {
        _keepAlives = 0;
        _keepAliveAt = now + _keepAlive;
        _layer.Timers.Schedule(this, _keepAliveAt);
    }

    /// <summary>Nobody holds the connection any more, and nobody can end it: what is left is bounded more strictly.</summary>
    private void BeOrphan()
    {
        if (_idleTimeout != 0)
        {
            _idleTimeout = 0;
            _lingerAt = Never;
        }

        ulong most = _layer.Settings.OrphanTimeout;
        if (_userTimeout > most)
            _userTimeout = most;
        if (_retransmitAt == Never || _synPending)
            return;
        most = _progressAt + _userTimeout;
        if (most < _retransmitAt)
        {
            _retransmitAt = most;
            _layer.Timers.Schedule(this, most);
        }
    }
}
