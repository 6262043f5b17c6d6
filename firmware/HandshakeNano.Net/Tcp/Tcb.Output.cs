using System;
using HandshakeNano.Net.Wire;

namespace HandshakeNano.Net;

// What is sent and when: RFC 9293 sections 3.7, 3.8.6, RFC 5681, RFC 6298.
internal sealed partial class Tcb
{
    // What acknowledgment is owed.
    private const int AckNone = 0;
    private const int AckDelayed = 1;
    private const int AckNow = 2;

    /// <summary>The segment at SND.UNA is to be sent again, and no other.</summary>
    private const int ResendFirst = 1;

    /// <summary>A new segment may go past the congestion window (limited transmit).</summary>
    private const int SendOneMore = 2;

    /// <summary>How far an urgent pointer of ours points. With more, the sum of a header would not fit 31 bits.</summary>
    private const int FarthestUrgent = 0x7FF0;

    private int _ackDue;
    private int _mss;

    // Congestion control.
    private uint _cwnd;
    private uint _ssthresh;
    private uint _recover;
    private bool _recovering;
    private int _duplicateAcks;

    /// <summary>What a duplicate or partial ACK asks for: <see cref="ResendFirst"/>, <see cref="SendOneMore"/>, or 0 for nothing.</summary>
    private int _lossDue;

    /// <summary>When data was last sent.</summary>
    private ulong _sentAt;

    /// <summary>Makes the connection answer a SYN: SYN-RECEIVED, and the SYN,ACK is sent.</summary>
    internal void OpenPassive(TcpListener listener, ulong key, uint peer, uint ports, uint addressSum, uint seq, uint window,
        int mss, uint iss, ulong now)
    {
        Open(key, peer, ports, addressSum, now);
        Listener = listener;
        listener.HalfOpenCount++;
        _irs = seq;
        seq++;
        _rcvNxt = seq;
        _rcvRead = seq;
        _rcvEdge = seq + _layer.ReceiveWindow;
        SetPeerMss(mss);
        _sndWnd = window;
        _maxSndWnd = window;
        _sndEnd = iss + 1;
        _state = TcpState.SynReceived;
        BeginSending(iss, now);
        SendSyn(now);
    }

    /// <summary>Makes the connection call a peer: SYN-SENT. The SYN leaves with the next Poll, which knows the time.</summary>
    internal void OpenActive(ulong key, uint peer, uint ports, uint addressSum)
    {
        Open(key, peer, ports, addressSum, 0);
        Owned = true;
        _connectTimeout = 0;
        _irs = 0;
        _rcvNxt = 0;
        _rcvRead = 0;
        _rcvEdge = 0;
        _mss = TcpOptions.DefaultMaximumSegmentSize;
        _sndWnd = 0;
        _iss = 0;
        _sndUna = 0;
        _sndNxt = 0;
        _sndPtr = 0;
        _sndEnd = 1;
        _state = TcpState.SynSent;
        Touch();
    }

    /// <summary>The sequence numbers of a connection that we open begin; until now there was no time to choose them by.</summary>
    private void ChooseIss(ulong now)
    {
        uint iss = _layer.NextIss(Key, now);

        // Data may wait already.
        _sndEnd += iss;
        _sndUp += iss;
        _progressAt = now;
        BeginSending(iss, now);
    }

    /// <summary>Our SYN is about to leave: it takes the first sequence number, and its round trip is measured.</summary>
    private void BeginSending(uint iss, ulong now)
    {
        _iss = iss;
        _sndUna = iss;
        _recover = iss;
        _rttSeq = iss;
        iss++;
        _sndNxt = iss;
        _sndPtr = iss;
        _rttAt = now;
        now += _rto;
        _retransmitAt = now;
        _layer.Timers.Schedule(this, now);
    }

    /// <summary>Sends what there is to send.</summary>
    /// <param name="now">The time in microseconds.</param>
    internal void Output(ulong now)
    {
        OutputDue = false;
        switch (_state)
        {
            case TcpState.Closed:
                if (_resetQueued)
                {
                    _resetQueued = false;
                    _layer.SendReset(_peer, _ports, _addressSum, _probing ? _sndUna : _sndNxt, _rcvNxt,
                        TcpHeader.Rst | TcpHeader.Ack, now);
                }
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

        if (_keepAlive != 0 && _keepAliveAt == Never)
            HearAlive(now);
        SendData(false, now);
        if (_ackDue == AckNow)
            SendAck(now);
    }

    /// <summary>Sends an ACK without data, where the peer's window lets it in: a probe's number may be past it.</summary>
    private void SendAck(ulong now)
    {
        Send(_probing ? _sndUna : _sndNxt, TcpHeader.Ack, 0, now);
    }

    /// <summary>Sends our SYN, with an ACK if the peer's has come.</summary>
    private void SendSyn(ulong now)
    {
        TcpLayer layer = _layer;
        if (_state == TcpState.SynSent)
            layer.SendSegment(_peer, _ports, _addressSum, _iss, 0, TcpHeader.Syn, layer.ReceiveWindow, TcpOptions.SynLength, 0, now);
        else
            layer.SendSegment(_peer, _ports, _addressSum, _iss, _rcvNxt, TcpHeader.Syn | TcpHeader.Ack, _rcvEdge - _rcvNxt,
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
            if (edge - rcvNxt > 0xFFFF)
                edge = rcvNxt + 0xFFFF;
            if ((int)(edge - _rcvEdge) > 0)
                _rcvEdge = edge;
        }

        _layer.SendSegment(_peer, _ports, _addressSum, seq, rcvNxt, flags, _rcvEdge - rcvNxt, 0, length, now);
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

    /// <summary>RFC 5681 section 3.2, RFC 6582 section 3.2.</summary>
    private void DuplicateAck()
    {
        _layer.Counters[(int)Counter.DuplicateAcks]++;
        uint mss = (uint)_mss;
        if (_recovering)
        {
            // Another segment has left the network.
            _cwnd += mss;
            OutputDue = true;
            return;
        }

        // Not while what was sent before the last loss is on its way. Long ago, that may lie ahead of SND.NXT.
        int duplicates = ++_duplicateAcks;
        if (duplicates > 3 || _recover - _sndUna <= _sndNxt - _sndUna)
            return;
        OutputDue = true;
        if (duplicates < 3)
        {
            _lossDue = SendOneMore;
            return;
        }

        HalveThreshold();
        _recover = _sndNxt;
        _recovering = true;
        _cwnd = _ssthresh + 3 * mss;
        _lossDue = ResendFirst;
    }

    /// <summary>Sends a piece of the send buffer.</summary>
    private void SendRange(uint seq, int length, bool fin, ulong now)
    {
        int flags = TcpHeader.Ack;
        if (length != 0)
        {
            byte[] ring = _sndBuffer;
            byte[] frame = _layer.Frame;
            int start = (int)((seq - _iss - 1) & (uint)(ring.Length - 1));
            int first = ring.Length - start;
            if (first >= length)
                Array.Copy(ring, start, frame, TcpHeader.Options, length);
            else
            {
                Array.Copy(ring, start, frame, TcpHeader.Options, first);
                Array.Copy(ring, 0, frame, TcpHeader.Options + first, length - first);
            }

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
        byte[] frame = _layer.Frame;
        BigEndian.Put16(frame, TcpHeader.UrgentPointer, ahead);

        // The upper half of the flags is sent nowhere, and counts in the checksum.
        Send(seq, flags | TcpHeader.Urg | (ahead << 16), length, now);
        BigEndian.Put16(frame, TcpHeader.UrgentPointer, 0);
    }

    /// <summary>RFC 5681 section 3.1: what may be sent before anything is known of the network. No link has an MSS over 2190.</summary>
    private static uint InitialWindow(int mss)
    {
        return (uint)(mss > 1095 ? 3 * mss : 4 * mss);
    }

    private uint FlightSize()
    {
        return _sndNxt - _sndUna;
    }

    /// <summary>RFC 5681 equation 4. What was sent past the congestion window does not count (section 3.2 step 2).</summary>
    private void HalveThreshold()
    {
        uint flight = FlightSize();
        uint half = (flight < _cwnd ? flight : _cwnd) / 2;
        uint least = 2 * (uint)_mss;
        _ssthresh = half > least ? half : least;
    }

    /// <summary>An ACK of new data: the congestion window grows, or recovery goes on.</summary>
    private void Congestion(uint ack, uint acked)
    {
        uint mss = (uint)_mss;
        _duplicateAcks = 0;
        if (_recovering)
        {
            if ((int)(ack - _recover) >= 0)
            {
                _recovering = false;
                uint flight = FlightSize() + mss;
                _cwnd = flight < _ssthresh ? flight : _ssthresh;
                return;
            }

            // A partial ACK: the next hole is known (RFC 6582 section 3.2).
            _cwnd = _cwnd > acked ? _cwnd - acked + mss : mss;
            _lossDue = ResendFirst;
            OutputDue = true;
            return;
        }

        if (_cwnd < _ssthresh)
            _cwnd += acked < mss ? acked : mss;
        else
        {
            uint step = mss * mss / _cwnd;
            _cwnd += step == 0 ? 1 : step;
        }

        if (_cwnd > 0x100000)
            _cwnd = 0x100000;
    }

    private bool IsWindowUpdateDue()
    {
        uint size = (uint)_rcvBuffer.Length;
        uint step = _rcvRead + size - _rcvEdge;
        if ((int)step <= 0 || _finReceived)
            return false;
        return step >= size / 2 || (step >= (uint)_mss && _rcvEdge - _rcvNxt < (uint)_mss);
    }
}
