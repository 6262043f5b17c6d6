using HandshakeNano.Net.Wire;

namespace HandshakeNano.Net;

// Time: retransmission (RFC 6298), probes, keep-alives, and the ends of a connection.
internal sealed partial class Tcb
{
    /// <summary>R1: from so many retransmissions on, the way to the peer is doubted (RFC 9293 section 3.8.3).</summary>
    private const int R1 = 3;

    private const int MaximumKeepAlives = 9;
    private const ulong KeepAliveInterval = 75_000_000;

    // Round-trip time in microseconds.
    private ulong _srtt;
    private ulong _rttvar;
    private ulong _rto;
    private ulong _rttAt;
    private uint _rttSeq;

    // Deadlines in microseconds; Never if there is none.
    private ulong _retransmitAt;
    private ulong _ackAt;
    private ulong _lingerAt;
    private ulong _keepAliveAt;

    /// <summary>Since when nothing has been acknowledged that should be.</summary>
    private ulong _progressAt;

    private int _retries;
    private int _keepAlives;

    /// <summary>What is on its way was sent into a closed window.</summary>
    private bool _probing;

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
        {
            _lingerAt = Never;
            _layer.Counters[(int)Counter.TimedOut]++;
            End(TcpCloseReason.TimedOut);
        }

        if (_keepAliveAt <= now)
            ProbeAlive(now);

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

    /// <summary>An ICMP error about a segment of ours (RFC 9293 section 3.9.2.2, RFC 5461, RFC 5927).</summary>
    /// <param name="seq">The sequence number that the error quotes.</param>
    /// <param name="type">The ICMP type.</param>
    /// <param name="code">The ICMP code.</param>
    /// <param name="mtu">The next hop's MTU in bytes, if the router says that a packet needs fragments.</param>
    /// <param name="total">The length in bytes of the packet that the error quotes.</param>
    /// <returns>False if the segment is none that is on its way.</returns>
    internal bool IcmpError(uint seq, int type, int code, int mtu, int total)
    {
        if (seq - _sndUna >= _sndNxt - _sndUna)
            return false;
        if (type != IcmpHeader.DestinationUnreachable)
        {
            Report(type == IcmpHeader.TimeExceeded ? TcpSoftError.TimeExceeded : TcpSoftError.ParameterProblem);
            return true;
        }

        if (code == IcmpHeader.FragmentationNeeded)
            PathNarrows((int)(_sndNxt - seq), mtu, total - Ipv4Header.Length - TcpHeader.Length);
        else if (_state == TcpState.SynSent)
            End(TcpCloseReason.Unreachable);
        else
            Report(TcpSoftError.Unreachable);
        return true;
    }

    /// <summary>
    /// A segment did not fit the path (RFC 9293 section 3.7.2, RFC 1191). Segments become smaller, down to what every path
    /// carries. Who says more than what was sent, or speaks of what was sent before segments became smaller, changes nothing.
    /// </summary>
    /// <param name="length">How many numbers are on their way from the segment's first on.</param>
    /// <param name="mtu">What the router says fits, in bytes; 0 if it does not say (RFC 1191 section 5).</param>
    /// <param name="quoted">The segment's length as the router quotes it; too little to be cut if it quotes a wrong one.</param>
    private void PathNarrows(int length, int mtu, int quoted)
    {
        if (length > _mss)
            length = _mss;
        if (quoted > TcpOptions.LeastSegment)
        {
            if (quoted > _mss)
                return;
            if (length > quoted)
                length = quoted;
        }

        int mss = mtu - Ipv4Header.Length - TcpHeader.Length;
        if (mss < TcpOptions.LeastSegment)
        {
            mss = length > TcpOptions.DefaultMaximumSegmentSize ? TcpOptions.DefaultMaximumSegmentSize : length / 2;
            if (mss < TcpOptions.LeastSegment)
                mss = TcpOptions.LeastSegment;
        }

        if (mss >= length)
            return;
        _mss = mss;

        // RFC 1191 section 6.5: slow start, from what was lost on. It is no sign of congestion.
        if (!_recovering && _cwnd > _ssthresh)
            _ssthresh = _cwnd;
        _cwnd = (uint)length;
        _recovering = false;
        _recover = _sndNxt;
        _duplicateAcks = 0;
        _lossDue = 0;
        _sndPtr = _sndUna;
        _rttAt = Never;
        _retransmitAt = Never;
        OutputDue = true;
    }

    /// <summary>The connection is over; its memory stays until the application has let go.</summary>
    internal void End(TcpCloseReason reason)
    {
        TcpListener listener = Listener;
        if (listener != null)
        {
            if (_state == TcpState.SynReceived)
            {
                Listener = null;
                listener.HalfOpenCount--;
            }
            else
            {
                listener.Remove(this);
                Owned = false;
            }
        }

        _state = TcpState.Closed;
        _closeReason = reason;
        OutputDue = false;
        Events = Owned ? Events | EventClosed : 0;
        _layer.Detach(this);
    }

    /// <summary>No deadline is left.</summary>
    internal void StopTimers()
    {
        _retransmitAt = Never;
        _ackAt = Never;
        _lingerAt = Never;
        _keepAliveAt = Never;
    }

    /// <summary>The listener closes before the connection was accepted: reset it.</summary>
    internal void LoseListener()
    {
        Listener = null;
        QueueNext = null;
        QueuePrevious = null;
        Owned = false;
        Events = 0;
        QueueReset();
    }

    /// <summary>Our address is gone, and with it the connection. Nobody can be told.</summary>
    internal void LoseAddress()
    {
        _resetQueued = false;
        if (!IsOpen())
            return;
        End(TcpCloseReason.Aborted);
        Touch();
    }

    /// <summary>
    /// What was sent does not leave: there is no route to the peer, or the neighbour on the way does not answer. It ends a
    /// connection that is being opened, and no other (RFC 1122 sections 2.3.2.2 and 4.2.3.9).
    /// </summary>
    internal void LosePeer()
    {
        if (_sndNxt == _sndUna)
            return;
        if (_synPending)
            End(TcpCloseReason.Unreachable);
        else
            Report(TcpSoftError.Unreachable);
        Touch();
    }

    private void Open(ulong key, uint peer, uint ports, uint addressSum, ulong now)
    {
        Key = key;
        _peer = peer;
        _ports = ports;
        _addressSum = addressSum;
        _closeReason = TcpCloseReason.None;
        _synPending = true;
        _finQueued = false;
        _finReceived = false;
        _resetQueued = false;
        _finSeen = false;
        _rangeCount = 0;
        _challengeEnd = 0;
        _ackDue = AckNone;
        _duplicateAcks = 0;
        _recovering = false;
        _lossDue = 0;
        _srtt = 0;
        TcpSettings settings = _layer.Settings;
        _rto = settings.InitialRetransmissionTimeout;
        _progressAt = now;
        _retries = 0;
        _probing = false;
        _noDelay = false;
        _urgent = 0;
        _userTimeout = settings.UserTimeout;
        _keepAlive = 0;
    }

    /// <summary>The user is told of something that does not end the connection.</summary>
    private void Report(TcpSoftError error)
    {
        _softError = error;
        Events |= EventSoftError;
    }

    /// <summary>The connection is over; an entry of the table waits for what may still come for it (section 3.6).</summary>
    private void EnterTimeWait(ulong now)
    {
        _state = TcpState.TimeWait;
        _closeReason = TcpCloseReason.Finished;
        OutputDue = false;

        // Only an application closes, so there is a handle.
        TimeWaitEntry entry = _layer.TimeWaits.Add(this, now);
        Handle.EnterTimeWait(entry);
        if (Owned)
            Events |= EventClosed;

        _layer.Detach(this);
    }

    /// <summary>The retransmission timer has expired: RFC 6298 section 5, RFC 5681 section 3.1.</summary>
    private void Retransmit(ulong now)
    {
        bool syn = _synPending;
        ulong limit = syn ? SynLimit() : _userTimeout;
        if (now - _progressAt >= limit)
        {
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

    /// <summary>A round trip was measured: RFC 6298 section 2.</summary>
    private void Measured(ulong rtt)
    {
        ulong srtt = _srtt;
        if (srtt == 0)
        {
            srtt = rtt;
            _rttvar = rtt >> 1;
        }
        else
        {
            ulong difference = srtt > rtt ? srtt - rtt : rtt - srtt;
            _rttvar = (3 * _rttvar + difference) >> 2;
            srtt = (7 * srtt + rtt) >> 3;
        }

        // 0 means not measured.
        _srtt = srtt == 0 ? 1 : srtt;
        ResetTimeout();
    }

    /// <summary>The timeout that follows from the measured round trips, without any backing off.</summary>
    private void ResetTimeout()
    {
        TcpSettings settings = _layer.Settings;
        ulong rto = _srtt == 0 ? settings.InitialRetransmissionTimeout : _srtt + (_rttvar == 0 ? 1 : 4 * _rttvar);
        if (rto < settings.MinimumRetransmissionTimeout)
            rto = settings.MinimumRetransmissionTimeout;
        if (rto > settings.MaximumRetransmissionTimeout)
            rto = settings.MaximumRetransmissionTimeout;
        _rto = rto;
    }

    /// <summary>The peer was heard: it is asked again only after the whole interval.</summary>
    private void HearAlive(ulong now)
    {
        _keepAlives = 0;
        _keepAliveAt = now + _keepAlive;
        _layer.Timers.Schedule(this, _keepAliveAt);
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
            _layer.Counters[(int)Counter.TimedOut]++;
            End(TcpCloseReason.TimedOut);
            return;
        }

        _keepAlives++;
        _layer.Counters[(int)Counter.KeepAlives]++;
        Send(_sndNxt - 1, TcpHeader.Ack, 0, now);
    }
}
