using static HandshakeNano.Net.TcbFlags;
using static HandshakeNano.Net.TcbNumbers;
using static HandshakeNano.Net.TcbTimes;

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
        uint[] v = Numbers;
        ulong[] t = _t;
        ulong grace = _layer.Settings.Grace;
        if ((v[Flags] & InTable) == 0 || (TcpState)v[State] == TcpState.Closed)
            return NotSlow;
        if ((v[Flags] & Owned) == 0)
            return now - t[ProgressAt] >= grace ? Worst : NotSlow;
        if (t[IdleLimit] == 0 || t[LingerAt] == Never)
            return NotSlow;
        ulong time = now - t[MovedSince];
        if (time < grace)
            return NotSlow;
        time /= (t[Moved] >> 32) + 1;
        return time > 1_000_000 / (ulong)_layer.Settings.LeastRate ? time : NotSlow;
    }

    /// <summary>
    /// Connections are wanted: one that its application has closed gets no more than <see cref="TcpSettings.Grace"/>, be there an
    /// acknowledgment of a byte from time to time.
    /// </summary>
    /// <param name="now">The time in microseconds.</param>
    internal void BoundOrphan(ulong now)
    {
        if ((Numbers[Flags] & (InTable | Owned)) != InTable)
            return;
        now += _layer.Settings.Grace;
        if (now >= _t[LingerAt])
            return;
        _t[LingerAt] = now;
        _layer.Timers.Schedule((int)Numbers[Slot], now);
    }

    /// <summary>Gives way to a new connection.</summary>
    /// <param name="now">The time in microseconds.</param>
    internal void GiveWay(ulong now)
    {
        GiveUp((Numbers[Flags] & Owned) != 0 ? Counter.SlowEvicted : Counter.OrphansEvicted, now);

        // The application is told, and lets go.
        Touch();
    }

    /// <summary>The idle timeout is over, or an orphan's time.</summary>
    private void EndLingering(ulong now)
    {
        if ((Numbers[Flags] & Owned) != 0 || (TcpState)Numbers[State] != TcpState.FinWait2)
        {
            GiveUp((Numbers[Flags] & Owned) != 0 ? Counter.IdleTimedOut : Counter.OrphansTimedOut, now);
            return;
        }

        // The peer has everything, and may still be reading it: a reset comes when it sends something.
        _layer.Counters[(int)Counter.OrphansTimedOut]++;
        End(TcpCloseReason.TimedOut);
    }

    /// <summary>The connection is over, and the peer is told so.</summary>
    private void GiveUp(Counter counter, ulong now)
    {
        uint[] v = Numbers;
        _layer.Counters[(int)counter]++;
        _layer.TakeBack(v[Peer], v[Ports]);
        SendReset(now);
        End(TcpCloseReason.TimedOut);
    }

    /// <summary>A keep-alive or an idle timeout was set: its time begins when the next Poll says what time it is.</summary>
    private void Watch()
    {
        Numbers[Flags] |= Watched;
        _layer.Timers.Schedule((int)Numbers[Slot], 0);
    }

    /// <summary>What was set begins, if it has not begun and the handshake is complete.</summary>
    private void BeginWatching(ulong now)
    {
        uint[] v = Numbers;
        ulong[] t = _t;
        if (t[KeepAliveTime] == 0 && t[IdleLimit] == 0)
            v[Flags] &= ~Watched;
        if ((TcpState)v[State] < TcpState.Established)
            return;
        if (t[KeepAliveTime] != 0 && t[KeepAliveAt] == Never)
            HearAlive(now);
        if (t[IdleLimit] != 0 && t[LingerAt] == Never)
        {
            t[Moved] = v[RcvNxt] + v[SndUna];
            t[MovedSince] = now;
            t[LingerAt] = now + t[IdleLimit];
            _layer.Timers.Schedule((int)v[Slot], t[LingerAt]);
        }
    }

    /// <summary>The connection is over: the next one is not watched.</summary>
    private void StopWatching()
    {
        ulong[] t = _t;
        Numbers[Flags] &= ~Watched;
        t[KeepAliveTime] = 0;
        t[KeepAliveAt] = Never;
        t[IdleLimit] = 0;
    }

    /// <summary>A segment from the peer was taken, on a connection that is watched.</summary>
    private void Hear(ulong now)
    {
        uint[] v = Numbers;
        ulong[] t = _t;

        // The segment may have ended it.
        if ((v[Flags] & InTable) == 0)
            return;
        if (t[KeepAliveTime] != 0)
            HearAlive(now);
        if (t[IdleLimit] == 0)
            return;
        if (t[LingerAt] == Never)
        {
            BeginWatching(now);
            return;
        }

        uint moved = v[RcvNxt] + v[SndUna];
        uint bytes = moved - (uint)t[Moved];
        if (bytes == 0)
            return;
        bytes += (uint)(t[Moved] >> 32);
        if (bytes > MostMoved)
            bytes = MostMoved;
        ulong time = now - t[MovedSince];
        if (time > MovedTime)
        {
            bytes /= 2;
            t[MovedSince] = now - time / 2;
        }

        t[Moved] = ((ulong)bytes << 32) | moved;

        // The timer finds that the deadline has moved.
        t[LingerAt] = now + t[IdleLimit];
    }

    /// <summary>The peer was heard: it is asked again only after the whole interval.</summary>
    private void HearAlive(ulong now)
    {
        ulong[] t = _t;
        Numbers[Flags] &= ~KeepAlives;
        t[KeepAliveAt] = now + t[KeepAliveTime];
        _layer.Timers.Schedule((int)Numbers[Slot], t[KeepAliveAt]);
    }

    /// <summary>Nobody holds the connection any more, and nobody can end it: what is left is bounded more strictly.</summary>
    private void BeOrphan()
    {
        ulong[] t = _t;
        if (t[IdleLimit] != 0)
        {
            t[IdleLimit] = 0;
            t[LingerAt] = Never;
        }

        ulong most = _layer.Settings.OrphanTimeout;
        if (t[UserLimit] > most)
            t[UserLimit] = most;
        if (t[RetransmitAt] == Never || (Numbers[Flags] & SynPending) != 0)
            return;
        most = t[ProgressAt] + t[UserLimit];
        if (most < t[RetransmitAt])
        {
            t[RetransmitAt] = most;
            _layer.Timers.Schedule((int)Numbers[Slot], most);
        }
    }
}
