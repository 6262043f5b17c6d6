using HandshakeNano.Net.Wire;
using static HandshakeNano.Net.TcbFlags;
using static HandshakeNano.Net.TcbNumbers;
using static HandshakeNano.Net.TcbTimes;

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
        uint[] v = Numbers;
        ulong[] t = _t;
        v[OutputDue] = 0;
        switch ((TcpState)v[State])
        {
            case TcpState.Closed:
                if ((v[Flags] & ResetQueued) != 0)
                    SendReset(now);
                else if ((v[Flags] & InTable) != 0 && (v[Flags] & SynPending) != 0)
                    _layer.TakeBack(v[Peer], v[Ports]);

                _layer.Detach(this);
                return;
            case TcpState.SynSent:
                if (v[SndNxt] == v[Iss])
                {
                    ChooseIss(now);
                    SendSyn(now);
                }

                if (t[ConnectLimit] != 0)
                    BoundSyn(now);
                return;
            case TcpState.SynReceived:
                if (v[AckDue] >= AckNow)
                    SendOwed(now);
                return;
            case TcpState.FinWait1:
            case TcpState.Closing:
                // Closed before our SYN was acknowledged.
                if (v[AckDue] == AckWithSyn)
                {
                    SendOwed(now);
                    return;
                }

                break;
            case TcpState.TimeWait:
                return;
            case TcpState.FinWait2:
                if ((v[Flags] & Owned) == 0 && t[LingerAt] == Never)
                {
                    t[LingerAt] = now + _layer.Settings.FinWait2Timeout;
                    _layer.Timers.Schedule((int)v[Slot], t[LingerAt]);
                }

                break;
        }

        uint due = v[AckDue];
        SendData(false, now);
        if (due == AckNow && (v[AckDue] == AckNow || ((v[Flags] & Sacks) != 0 && (v[RangeCount] != 0 || v[TwiceAt] != v[TwiceEnd]))))
        {
            // Only a segment without data says what came after a gap.
            SendAck(now);
        }
    }

    /// <summary>Sends the reset that an abort owes the peer, where the peer's window lets it in.</summary>
    private void SendReset(ulong now)
    {
        uint[] v = Numbers;
        v[Flags] &= ~ResetQueued;
        _layer.Writer.SendReset(v[Peer], v[Ports], v[AddressSum], (v[Flags] & Probing) != 0 ? v[SndUna] : v[SndNxt], v[RcvNxt],
            TcpHeader.Rst | TcpHeader.Ack, WriteTimestamps(now), now);
    }

    /// <summary>Sends an ACK without data, where the peer's window lets it in: a probe's number may be past it.</summary>
    private void SendAck(ulong now)
    {
        uint[] v = Numbers;
        Send((v[Flags] & Probing) != 0 ? v[SndUna] : v[SndNxt], TcpHeader.Ack, 0, now);
    }

    /// <summary>Sends the acknowledgment that is owed while our SYN may not be acknowledged.</summary>
    private void SendOwed(ulong now)
    {
        uint[] v = Numbers;
        if (v[AckDue] == AckNow)
        {
            SendAck(now);
            return;
        }

        v[AckDue] = AckNone;
        SendSyn(now);
    }

    /// <summary>Sends our SYN, with an ACK if the peer's has come.</summary>
    private void SendSyn(ulong now)
    {
        uint[] v = Numbers;
        if ((TcpState)v[State] == TcpState.SynSent)
        {
            int options = _layer.Writer.WriteSynOptions(_layer.OfferMask, v[TsOffset] + (uint)(now >> TimestampBits), 0);
            int flags = TcpHeader.Syn;
            if (_layer.Settings.EcnOnConnect)
            {
                // Who does not answer may have a router before it that drops such a SYN (RFC 3168 section 6.1.1.1).
                v[Ecn] = v[Retries] == 0 ? TcpHeader.Ece : 0U;
                if (v[Retries] == 0)
                    flags |= TcpHeader.Ece | TcpHeader.Cwr;
            }

            _layer.Writer.Send(v[Peer], v[Ports], v[AddressSum], v[Iss], 0, flags, _layer.ReceiveWindow, options, 0, now);
        }
        else
        {
            // What the peer's SYN has offered too.
            int offer = (v[Flags] & ScalesOut) != 0 ? TcpOptions.OfferedScales : 0;
            if ((v[Flags] & Sacks) != 0)
                offer |= TcpOptions.OfferedSacks;
            if ((v[Flags] & Timestamped) != 0)
                offer |= TcpOptions.OfferedTimestamps;
            if (v[Ecn] != 0)
                offer |= TcpOptions.OfferedEcn;
            int options = _layer.Writer.WriteSynOptions(offer, v[TsOffset] + (uint)(now >> TimestampBits), v[TsRecent]);
            _layer.Writer.Send(v[Peer], v[Ports], v[AddressSum], v[Iss], v[RcvNxt], TcpLayer.SynAckFlags(offer),
                v[RcvEdge] - v[RcvNxt], options, 0, now);
        }
    }

    /// <summary>Sends a segment with an ACK and the window, which leaves no acknowledgment owed.</summary>
    private void Send(uint seq, int flags, int length, ulong now)
    {
        uint[] v = Numbers;
        v[AckDue] = AckNone;
        _t[AckAt] = Never;

        uint rcvNxt = v[RcvNxt];
        // The right edge moves only by a worthwhile step (silly window avoidance, section 3.8.6.2.2) and never back.
        uint edge = v[RcvRead] + (uint)_rcvBuffer.Length;
        uint step = edge - v[RcvEdge];
        if (step != 0 && (step >= v[Mss] || step >= (uint)_rcvBuffer.Length / 2) && (v[Flags] & FinReceived) == 0)
        {
            if (edge - rcvNxt > _layer.ReceiveWindow || (v[Flags] & ScaledIn) != 0)
                edge = AnnouncedEdge();
            if ((int)(edge - v[RcvEdge]) > 0)
                v[RcvEdge] = edge;
        }

        uint window = v[RcvEdge] - rcvNxt;
        uint bits = v[Flags];
        if ((bits & ScaledIn) != 0)
            window = Scaled(rcvNxt, window);
        int options = 0;
        if ((bits & Timestamped) != 0)
        {
            v[LastAckSent] = rcvNxt;
            options = _layer.Writer.WriteTimestamps(v[TsOffset] + (uint)(now >> TimestampBits), v[TsRecent]);
        }

        if ((bits & Sacks) != 0 && length == 0)
            options += WriteSacks(options);
        flags |= (int)(v[Ecn] & TcpHeader.Ece);
        _layer.Writer.Send(v[Peer], v[Ports], v[AddressSum], seq, rcvNxt, flags, window, options, length, now);
    }

    /// <summary>
    /// The farthest right edge that a header can announce to this peer, of a buffer for which 16 bits are too few. The one that is
    /// announced already if that would be no worthwhile step.
    /// </summary>
    private uint AnnouncedEdge()
    {
        uint[] v = Numbers;
        uint known = v[RcvEdge];
        uint rcvNxt = v[RcvNxt];
        uint window = v[RcvRead] + (uint)_rcvBuffer.Length - rcvNxt;
        uint most = _layer.ReceiveWindow;
        if ((v[Flags] & ScaledIn) != 0)
        {
            // The peer is to hear of no less than what is noted here.
            most = _layer.ScaledReceiveWindow;
            int scale = _layer.Writer.WindowScale;
            window = (window >> scale) << scale;
        }

        if (window > most)
            window = most;
        int step = (int)(rcvNxt + window - known);
        return step >= (int)(most / 2) || step >= (int)v[Mss] ? rcvNxt + window : known;
    }

    /// <summary>
    /// What stands in the header for a window, RFC 7323 section 2.4. Rounded up, so that the right edge does not move back, where the
    /// buffer has room for it. Otherwise rounded down: what was announced before is taken all the same.
    /// </summary>
    private uint Scaled(uint rcvNxt, uint window)
    {
        uint[] v = Numbers;
        int scale = _layer.Writer.WindowScale;
        uint unit = 1U << scale;
        uint more = (0 - window) & (unit - 1);
        if (more != 0 && rcvNxt + window + more - v[RcvRead] <= (uint)_rcvBuffer.Length)
        {
            window += more;
            v[RcvEdge] = rcvNxt + window;
        }

        return window >> scale;
    }

    /// <summary>Sends data and FIN as far as window, congestion window, Nagle and silly window avoidance let it.</summary>
    /// <param name="force">The timer says: what fits goes, however small (section 3.8.6.2.1).</param>
    /// <param name="now">The time in microseconds.</param>
    private void SendData(bool force, ulong now)
    {
        uint[] v = Numbers;
        ulong[] t = _t;
        uint end = v[SndEnd];
        if ((v[Flags] & (ResendFirst | SendOneMore)) != 0)
            AnswerLoss(now);
        uint cwnd = v[Cwnd];
        if ((v[Flags] & (Recovering | Sacks)) == (Recovering | Sacks))
            cwnd = SendHoles(now);
        else if (v[SackedCount] != 0 && v[SndPtr] != v[SndNxt])
        {
            // All is sent again after a timeout, but for what the peer has.
            cwnd += SackedBytes();
        }

        if (v[SndPtr] == end + 1 || (v[SndPtr] == end && (v[Flags] & FinQueued) == 0))
            return;
        if (v[Narrowed] != 0)
        {
            Widen(now);
            if (cwnd < v[Mss])
                cwnd = v[Mss];
        }

        uint una = v[SndUna];
        int mss = (int)v[Mss];
        if (v[SndNxt] == una && now - t[SentAt] > v[Rto] && cwnd > InitialWindow(mss))
        {
            // Nothing was sent for long: the window says nothing about the network any more (RFC 5681 section 4.1).
            cwnd = InitialWindow(mss);
            v[Cwnd] = cwnd;
        }

        uint wnd = v[SndWnd] < cwnd ? v[SndWnd] : cwnd;
        while (true)
        {
            uint ptr = v[SndPtr];
            if (v[SackedCount] != 0 && ptr != v[SndNxt])
            {
                ptr = StepOverSacked(ptr);
                v[SndPtr] = ptr;
            }

            int queued = (int)(end - ptr);
            if (queued < 0)
                break;
            int usable = (int)(una + wnd - ptr);
            if (usable < 0)
                usable = 0;
            int length = queued < usable ? queued : usable;
            if (length > mss)
                length = mss;
            bool fin = (v[Flags] & FinQueued) != 0 && length == queued && usable > length;
            if (length == 0 && !fin)
                break;
            if (length != mss && !fin && !force && ptr == v[SndNxt])
            {
                // Less than a full segment, and nothing that was sent before.
                bool all = length == queued && ((v[Flags] & NoNagle) != 0 || ptr == una || (v[Flags] & FinQueued) != 0);
                if (!all && (uint)length < v[MaxSndWnd] / 2)
                    break;
                if (!all && (v[Flags] & NoNagle) == 0 && ptr != una)
                    break;
            }

            force = false;
            SendRange(ptr, length, fin, now);
        }

        if ((v[Flags] & Sacks) != 0 && t[SentAt] == now)
            ArmTailProbe(now);

        if (t[RetransmitAt] == Never && (v[SndPtr] != end || (v[Flags] & FinQueued) != 0))
        {
            // Something waits and nothing is on its way: only a probe can find out when it may go (section 3.8.6.1).
            t[ProgressAt] = now;
            ArmRetransmission(now);
        }
    }

    /// <summary>
    /// Sends the oldest segment again: fast retransmit, or the next hole in recovery. Or sends up to as many
    /// segments past the congestion window as duplicate ACKs have come, which leaves that window as it is (RFC 3042).
    /// </summary>
    private void AnswerLoss(ulong now)
    {
        uint[] v = Numbers;
        bool more = (v[Flags] & SendOneMore) != 0;
        v[Flags] &= ~(ResendFirst | SendOneMore);
        if (more)
        {
            uint room = v[DuplicateAcks] * v[Mss];
            v[Cwnd] += room;
            SendData(false, now);
            v[Cwnd] -= room;
            return;
        }

        if (v[SackedCount] != 0)
        {
            SendHole(true, now);
            return;
        }

        uint una = v[SndUna];
        int length = (int)(v[SndNxt] - una);
        bool fin = v[SndNxt] == v[SndEnd] + 1;
        if (fin)
            length--;
        int mss = (int)v[Mss];
        if (length > mss)
        {
            length = mss;
            fin = false;
        }

        _t[RttAt] = Never;
        _layer.Counters[(int)Counter.FastRetransmissions]++;
        SendRange(una, length, fin, now);
    }

    /// <summary>Sends a piece of the send buffer.</summary>
    private void SendRange(uint seq, int length, bool fin, ulong now)
    {
        uint[] v = Numbers;
        ulong[] t = _t;
        int flags = TcpHeader.Ack;
        if (length != 0)
        {
            int at = (v[Flags] & Timestamped) == 0 ? TcpHeader.Options : TcpHeader.Options + TcpOptions.TimestampsAligned;
            Ring.Get(_sndBuffer, seq - v[Iss] - 1, _layer.Writer.Frame, at, length);

            // The last byte there is: push it through (section 3.9.1.2).
            if (seq + (uint)length == v[SndEnd])
                flags |= TcpHeader.Psh;
        }

        uint next = seq + (uint)length;
        if (fin)
        {
            flags |= TcpHeader.Fin;
            next++;
        }

        bool idle = v[SndNxt] == v[SndUna];
        bool capable = v[Ecn] != 0 && length != 0 && seq == v[SndNxt] && v[SndWnd] != 0;
        if ((int)(next - v[SndNxt]) > 0)
        {
            // A round trip is measured with new data only, one at a time (Karn, RFC 6298 section 3).
            if (seq == v[SndNxt] && t[RttAt] == Never)
            {
                t[RttAt] = now;
                v[RttSeq] = seq;
            }

            v[SndNxt] = next;
        }

        if ((int)(next - v[SndPtr]) > 0)
            v[SndPtr] = next;
        if (idle)
        {
            // The timer may be running for the sake of a closed window.
            t[ProgressAt] = now;
            t[RetransmitAt] = Never;
        }

        if (t[RetransmitAt] == Never)
            ArmRetransmission(now);
        t[SentAt] = now;
        if ((v[Flags] & (UrgentIn | UrgentOut)) != 0)
            SendUrgent(seq, flags, length, now);
        else if (capable)
            SendCapable(seq, flags, length, now);
        else
            Send(seq, flags, length, now);
    }

    /// <summary>Sends a segment that tells the peer where the urgent data ends, if that is ahead (section 3.8.5).</summary>
    private void SendUrgent(uint seq, int flags, int length, ulong now)
    {
        uint[] v = Numbers;
        int ahead = (int)(v[SndUp] - seq);
        if ((v[Flags] & UrgentOut) == 0 || ahead <= 0)
        {
            if ((int)(v[SndUna] - v[SndUp]) >= 0)
                v[Flags] &= ~UrgentOut;
            Send(seq, flags, length, now);
            return;
        }

        if (ahead > FarthestUrgent)
            ahead = FarthestUrgent;
        byte[] frame = _layer.Writer.Frame;
        BigEndian.Put16(frame, TcpHeader.UrgentPointer, ahead);

        // The upper half of the flags is sent nowhere, and counts in the checksum.
        Send(seq, flags | TcpHeader.Urg | (ahead << 16), length, now);
        BigEndian.Put16(frame, TcpHeader.UrgentPointer, 0);
    }
}
