using HandshakeNano.Net.Wire;

namespace HandshakeNano.Net;

// What is sent and when: RFC 9293 sections 3.7, 3.8.6, RFC 5681, RFC 6298.
internal sealed partial class Tcb
{
    /// <summary>How far an urgent pointer of ours points. With more, the sum of a header would not fit 31 bits.</summary>
    private const int FarthestUrgent = 0x7FF0;

    /// <summary>Sends what there is to send.</summary>
    /// <param name="now">The time in microseconds.</param>
    internal void Output(ulong now)
    {
        OutputDue = false;
        switch (_state)
        {
            case TcpState.Closed:
                if (_resetQueued)
                    SendReset(now);
                else if (InTable && _synPending)
                    _layer.TakeBack(_peer, _ports);

                _layer.Detach(this);
                return;
            case TcpState.SynSent:
                if (_sndNxt == _iss)
                {
                    ChooseIss(now);
                    SendSyn(now);
                }

                if (_connectTimeout != 0)
                    BoundSyn(now);
                return;
            case TcpState.SynReceived:
                if (_ackDue >= AckNow)
                    SendOwed(now);
                return;
            case TcpState.FinWait1:
            case TcpState.Closing:
                // Closed before our SYN was acknowledged.
                if (_ackDue == AckWithSyn)
                {
                    SendOwed(now);
                    return;
                }

                break;
            case TcpState.TimeWait:
                return;
            case TcpState.FinWait2:
                if (!Owned && _lingerAt == Never)
                {
                    _lingerAt = now + _layer.Settings.FinWait2Timeout;
                    _layer.Timers.Schedule(this, _lingerAt);
                }

                break;
        }

        SendData(false, now);
        if (_ackDue == AckNow)
            SendAck(now);
    }

    /// <summary>Sends the reset that an abort owes the peer, where the peer's window lets it in.</summary>
    private void SendReset(ulong now)
    {
        _resetQueued = false;
        _writer.SendReset(_peer, _ports, _addressSum, _probing ? _sndUna : _sndNxt, _rcvNxt, TcpHeader.Rst | TcpHeader.Ack, now);
    }

    /// <summary>Sends an ACK without data, where the peer's window lets it in: a probe's number may be past it.</summary>
    private void SendAck(ulong now)
    {
        Send(_probing ? _sndUna : _sndNxt, TcpHeader.Ack, 0, now);
    }

    /// <summary>Sends the acknowledgment that is owed while our SYN may not be acknowledged.</summary>
    private void SendOwed(ulong now)
    {
        if (_ackDue == AckNow)
        {
            SendAck(now);
            return;
        }

        _ackDue = AckNone;
        SendSyn(now);
    }

    /// <summary>Sends our SYN, with an ACK if the peer's has come.</summary>
    private void SendSyn(ulong now)
    {
        if (_state == TcpState.SynSent)
            _writer.Send(_peer, _ports, _addressSum, _iss, 0, TcpHeader.Syn, _layer.ReceiveWindow, TcpOptions.SynLength, 0, now);
        else
            _writer.Send(_peer, _ports, _addressSum, _iss, _rcvNxt, TcpHeader.Syn | TcpHeader.Ack, _rcvEdge - _rcvNxt,
                TcpOptions.SynLength, 0, now);
    }

    /// <summary>Sends a segment with an ACK and the window, which leaves no acknowledgment owed.</summary>
    private void Send(uint seq, int flags, int length, ulong now)
    {
        _ackDue = AckNone;
        _ackAt = Never;

        // The right edge moves only by a worthwhile step (silly window avoidance, section 3.8.6.2.2) and never back.
        uint rcvNxt = _rcvNxt;
        uint edge = _rcvRead + (uint)_rcvBuffer.Length;
        uint step = edge - _rcvEdge;
        if (step != 0 && (step >= (uint)_mss || step >= (uint)_rcvBuffer.Length / 2) && !_finReceived)
        {
            uint most = _layer.ReceiveWindow;
            if (edge - rcvNxt > most)
                edge = rcvNxt + most;
            if ((int)(edge - _rcvEdge) > 0)
                _rcvEdge = edge;
        }

        _writer.Send(_peer, _ports, _addressSum, seq, rcvNxt, flags, _rcvEdge - rcvNxt, 0, length, now);
    }

    /// <summary>Sends data and FIN as far as window, congestion window, Nagle and silly window avoidance let it.</summary>
    /// <param name="force">The timer says: what fits goes, however small (section 3.8.6.2.1).</param>
    /// <param name="now">The time in microseconds.</param>
    private void SendData(bool force, ulong now)
    {
        uint end = _sndEnd;
        if (_lossDue != 0)
            AnswerLoss(now);
        if (_sndPtr == end + 1 || (_sndPtr == end && !_finQueued))
            return;
        uint una = _sndUna;
        int mss = _mss;
        if (_sndNxt == una && now - _sentAt > _rto && _cwnd > InitialWindow(mss))
        {
            // Nothing was sent for long: the window says nothing about the network any more (RFC 5681 section 4.1).
            _cwnd = InitialWindow(mss);
        }

        uint wnd = _sndWnd < _cwnd ? _sndWnd : _cwnd;
        while (true)
        {
            uint ptr = _sndPtr;
            int queued = (int)(end - ptr);
            if (queued < 0)
                break;
            int usable = (int)(una + wnd - ptr);
            if (usable < 0)
                usable = 0;
            int length = queued < usable ? queued : usable;
            if (length > mss)
                length = mss;
            bool fin = _finQueued && length == queued && usable > length;
            if (length == 0 && !fin)
                break;
            if (length != mss && !fin && !force && ptr == _sndNxt)
            {
                // Less than a full segment, and nothing that was sent before.
                bool all = length == queued && (_noDelay || ptr == una || _finQueued);
                if (!all && (uint)length < _maxSndWnd / 2)
                    break;
                if (!all && !_noDelay && ptr != una)
                    break;
            }

            force = false;
            SendRange(ptr, length, fin, now);
        }

        if (_retransmitAt == Never && (_sndPtr != end || _finQueued))
        {
            // Something waits and nothing is on its way: only a probe can find out when it may go (section 3.8.6.1).
            _progressAt = now;
            ArmRetransmission(now);
        }
    }

    /// <summary>
    /// Sends the oldest segment again: fast retransmit, or the next hole in recovery. Or sends up to as many
    /// segments past the congestion window as duplicate ACKs have come, which leaves that window as it is (RFC 3042).
    /// </summary>
    private void AnswerLoss(ulong now)
    {
        int due = _lossDue;
        _lossDue = 0;
        if (due == SendOneMore)
        {
            uint more = (uint)(_duplicateAcks * _mss);
            _cwnd += more;
            SendData(false, now);
            _cwnd -= more;
            return;
        }

        uint una = _sndUna;
        int length = (int)(_sndNxt - una);
        bool fin = _sndNxt == _sndEnd + 1;
        if (fin)
            length--;
        if (length > _mss)
        {
            length = _mss;
            fin = false;
        }

        _rttAt = Never;
        _layer.Counters[(int)Counter.FastRetransmissions]++;
        SendRange(una, length, fin, now);
    }

    /// <summary>Sends a piece of the send buffer.</summary>
    private void SendRange(uint seq, int length, bool fin, ulong now)
    {
        int flags = TcpHeader.Ack;
        if (length != 0)
        {
            Ring.Get(_sndBuffer, seq - _iss - 1, _writer.Frame, TcpHeader.Options, length);

            // The last byte there is: push it through (section 3.9.1.2).
            if (seq + (uint)length == _sndEnd)
                flags |= TcpHeader.Psh;
        }

        uint next = seq + (uint)length;
        if (fin)
        {
            flags |= TcpHeader.Fin;
            next++;
        }

        bool idle = _sndNxt == _sndUna;
        if ((int)(next - _sndNxt) > 0)
        {
            // A round trip is measured with new data only, one at a time (Karn, RFC 6298 section 3).
            if (seq == _sndNxt && _rttAt == Never)
            {
                _rttAt = now;
                _rttSeq = seq;
            }

            _sndNxt = next;
        }

        if ((int)(next - _sndPtr) > 0)
            _sndPtr = next;
        if (idle)
        {
            // The timer may be running for the sake of a closed window.
            _progressAt = now;
            _retransmitAt = Never;
        }

        if (_retransmitAt == Never)
            ArmRetransmission(now);
        _sentAt = now;
        if (_urgent == 0)
            Send(seq, flags, length, now);
        else
            SendUrgent(seq, flags, length, now);
    }

    /// <summary>Sends a segment that tells the peer where the urgent data ends, if that is ahead (section 3.8.5).</summary>
    private void SendUrgent(uint seq, int flags, int length, ulong now)
    {
        int ahead = (int)(_sndUp - seq);
        if ((_urgent & UrgentOut) == 0 || ahead <= 0)
        {
            if ((int)(_sndUna - _sndUp) >= 0)
                _urgent &= ~UrgentOut;
            Send(seq, flags, length, now);
            return;
        }

        if (ahead > FarthestUrgent)
            ahead = FarthestUrgent;
        byte[] frame = _writer.Frame;
        BigEndian.Put16(frame, TcpHeader.UrgentPointer, ahead);

        // The upper half of the flags is sent nowhere, and counts in the checksum.
        Send(seq, flags | TcpHeader.Urg | (ahead << 16), length, now);
        BigEndian.Put16(frame, TcpHeader.UrgentPointer, 0);
    }
}
