using HandshakeNano.Net.Wire;

namespace HandshakeNano.Net;

// Time: retransmission (RFC 6298), probes, keep-alives. Tcb.Watch has what bounds the idle, the slow and the orphans.
internal sealed partial class Tcb
{
    /// <summary>R1: from so many retransmissions on, the way to the peer is doubted (RFC 9293 section 3.8.3).</summary>
    internal const int R1 = 3;

    private const int MaximumKeepAlives = 9;
    private const ulong KeepAliveInterval = 75_000_000;

    /// <summary>Does what is due.</summary>
    /// <param name="now">The time in microseconds.</param>
    internal void OnTimer(ulong now)
    {
        if (_ackAt <= now)
        {
            _ackAt = Never;
            if (_ackDue != AckNone)
                SendAck(now);
        }

        if (_retransmitAt <= now)
            Retransmit(now);
        if (_lingerAt <= now)
            EndLingering(now);

        if (_keepAliveAt <= now)
            ProbeAlive(now);
        if (_watched)
            BeginWatching(now);

        ulong next = _retransmitAt;
        if (_ackAt < next)
            next = _ackAt;
        if (_lingerAt < next)
            next = _lingerAt;
        if (_keepAliveAt < next)
            next = _keepAliveAt;
        if (next != Never)
            _layer.Timers.Schedule(this, next);
    }

    /// <summary>The retransmission timer has expired: RFC 6298 section 5, RFC 5681 section 3.1.</summary>
    private void Retransmit(ulong now)
    {
        bool syn = _synPending;
        ulong limit = syn ? SynLimit() : _userTimeout;
        if (now - _progressAt >= limit)
        {
            if (!Owned)
            {
                GiveUp(Counter.OrphansTimedOut, now);
                return;
            }

            _layer.Counters[(int)Counter.TimedOut]++;
            _layer.TakeBack(_peer, _ports);
            End(TcpCloseReason.TimedOut);
            return;
        }

        if (++_retries >= R1)
        {
            _layer.Doubt(_peer, now);
            if (_retries == R1 && (syn || _sndWnd != 0))
                Report(TcpSoftError.Retransmissions);
        }

        _rto += _rto;
        if (_rto > _layer.Settings.MaximumRetransmissionTimeout)
            _rto = _layer.Settings.MaximumRetransmissionTimeout;
        _rttAt = Never;
        ArmRetransmission(now);
        if (syn)
        {
            _layer.Counters[(int)Counter.Retransmissions]++;
            _sndPtr = _iss + 1;
            SendSyn(now);
            if (_state == TcpState.FinWait1)
                SendData(true, now);
        }
        else if (_sndWnd == 0)
        {
            _layer.Counters[(int)Counter.ZeroWindowProbes]++;
            _probing = true;
            bool fin = _sndEnd == _sndUna;
            SendRange(_sndUna, fin ? 0 : 1, fin, now);
        }
        else
        {
            if (_sndNxt != _sndUna)
            {
                _layer.Counters[(int)Counter.Retransmissions]++;
                if (_retries == 1)
                    HalveThreshold();
                _cwnd = (uint)_mss;
                _recovering = false;
                _recover = _sndNxt;
                _duplicateAcks = 0;
                _sndPtr = _sndUna;
            }

            SendData(true, now);
        }
    }

    /// <summary>R2 for our SYN. A connection that nobody has accepted yet has none of its own.</summary>
    private ulong SynLimit()
    {
        return Owned && _connectTimeout != 0 ? _connectTimeout : _layer.Settings.SynTimeout;
    }

    /// <summary>The user wants an end before the SYN is sent again.</summary>
    private void BoundSyn(ulong now)
    {
        ulong waited = now - _progressAt;
        ulong left = _connectTimeout > waited ? _connectTimeout - waited : 0;
        if (_retransmitAt - now > left)
        {
            _retransmitAt = now + left;
            _layer.Timers.Schedule(this, _retransmitAt);
        }
    }

    private void ArmRetransmission(ulong now)
    {
        ulong wait = _rto;
        ulong limit = _synPending ? SynLimit() : _userTimeout;
        ulong waited = now - _progressAt;
        if (limit <= waited)
            wait = 0;
        else if (limit - waited < wait)
            wait = limit - waited;
        _retransmitAt = now + wait;
        _layer.Timers.Schedule(this, _retransmitAt);
    }

    private void ProbeAlive(ulong now)
    {
        ulong interval = _keepAlive < KeepAliveInterval ? _keepAlive : KeepAliveInterval;
        _keepAliveAt = now + interval;

        // With data on its way the retransmission timer does the asking (section 3.8.4).
        if (_sndNxt != _sndUna || _state < TcpState.Established)
            return;
        if (_keepAlives >= MaximumKeepAlives)
        {
            GiveUp(Counter.KeepAlivesGivenUp, now);
            return;
        }

        _keepAlives++;
        _layer.Counters[(int)Counter.KeepAlives]++;
        Send(_sndNxt - 1, TcpHeader.Ack, 0, now);
    }
}
