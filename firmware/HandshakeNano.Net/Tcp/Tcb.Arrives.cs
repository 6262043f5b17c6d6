using HandshakeNano.Net.Wire;
using static HandshakeNano.Net.TcbFlags;
using static HandshakeNano.Net.TcbNumbers;
using static HandshakeNano.Net.TcbTimes;

namespace HandshakeNano.Net;

// SEGMENT ARRIVES, RFC 9293 section 3.10.7, step by step in its order. What is to be sent is only noted, except for resets,
// challenge ACKs, and the ACK with which TIME-WAIT begins.
internal sealed partial class Tcb
{
    private const int ChallengesPerInterval = 10;
    private const ulong ChallengeInterval = 5_000_000;

    /// <summary>A segment for this connection, checksum and options checked.</summary>
    /// <param name="frame">The frame buffer.</param>
    /// <param name="seq">SEG.SEQ.</param>
    /// <param name="ack">SEG.ACK.</param>
    /// <param name="flags">The control bits.</param>
    /// <param name="window">SEG.WND.</param>
    /// <param name="options">The segment's options, null if it has none.</param>
    /// <param name="payload">Index of the data.</param>
    /// <param name="length">Length of the data in bytes.</param>
    /// <param name="now">The time in microseconds.</param>
    internal void Arrives(byte[] frame, uint seq, uint ack, int flags, uint window, TcpOptions options, int payload, int length, ulong now)
    {
        uint[] v = Numbers;
        TcpState state = (TcpState)v[State];
        uint rcvNxt = v[RcvNxt];
        if (state < TcpState.SynReceived)
        {
            // Closed by a handler a moment ago: the reset is about to leave.
            if (state == TcpState.SynSent)
                ArrivesInSynSent(frame, seq, ack, flags, window, options, payload, length, now);
            return;
        }

        ulong[] counters = _layer.Counters;
        uint bits = v[Flags];
        uint scale = bits & ScalesOut;
        if (scale > 1 << ScaleOut && (flags & TcpHeader.Syn) == 0)
            window <<= (int)(scale >> ScaleOut) - 1;

        // Before all, is it from another time (RFC 7323 sections 3.2 and 5.3)? A reset may be; a SYN may be of another connection.
        bool stamped = false;
        if ((bits & Timestamped) != 0 && (flags & (TcpHeader.Rst | TcpHeader.Syn)) == 0)
        {
            if (options == null || !options.HasTimestamps)
            {
                counters[(int)Counter.TimestampMissing]++;
                return;
            }

            if ((int)(options.Value - v[TsRecent]) < 0 && IsOldTimestamp(now))
            {
                ArrivesNotNow(Counter.TimestampOld, seq, flags, length, now);
                return;
            }

            stamped = true;
        }

        // First, check the sequence number.
        if (seq != rcvNxt)
        {
            if ((bits & SynPending) != 0 && seq == v[Irs] && (flags & (TcpHeader.Syn | TcpHeader.Rst)) == TcpHeader.Syn)
            {
                // The SYN that we have. With an ACK it is the other half of a simultaneous open (section 3.5).
                if ((flags & TcpHeader.Ack) == 0)
                {
                    counters[(int)Counter.SynDuplicate]++;
                    Answer(AckWithSyn);
                    return;
                }

                flags &= ~TcpHeader.Syn;
                seq++;
                stamped = (bits & Timestamped) != 0 && options != null && options.HasTimestamps;
            }

            if (seq != rcvNxt)
            {
                uint wnd = v[RcvEdge] - rcvNxt;
                int segLength = length;
                if ((flags & (TcpHeader.Syn | TcpHeader.Fin)) != 0)
                    segLength += (flags & (TcpHeader.Syn | TcpHeader.Fin)) == (TcpHeader.Syn | TcpHeader.Fin) ? 2 : 1;
                if (seq - rcvNxt >= wnd && (segLength == 0 || seq + (uint)segLength - 1 - rcvNxt >= wnd))
                {
                    if (seq + 1 != rcvNxt || segLength != 0 || !IsFromTheLive(ack, flags))
                    {
                        ArrivesNotNow(Counter.OutOfWindow, seq, flags, length, now);
                        return;
                    }

                    // A keep-alive (section 3.8.4). Or we and the peer have probed each other's window and taken the probes: then
                    // its ACKs have the number of its probe as ours have, and one of us has to take them.
                    counters[(int)Counter.OutOfWindow]++;
                    if ((v[Flags] & Probing) == 0)
                    {
                        if ((v[Flags] & Watched) != 0)
                            Hear(now);
                        Answer(AckNow);
                        return;
                    }

                    Answer(AckNow);
                }
            }
        }

        // Second, check the RST bit (RFC 5961 section 3). Fourth, the SYN bit (section 4).
        if ((flags & (TcpHeader.Rst | TcpHeader.Syn | TcpHeader.Ack)) != TcpHeader.Ack)
        {
            if ((flags & TcpHeader.Rst) != 0)
            {
                if (seq == rcvNxt)
                    ArrivesReset(counters, now);
                else
                    Challenge(Counter.ChallengeReset, now);
            }
            else if ((flags & TcpHeader.Syn) != 0)
                Challenge(Counter.ChallengeSyn, now);
            else
                counters[(int)Counter.AckMissing]++;
            return;
        }

        // Fifth, check the ACK field.
        uint una = v[SndUna];
        uint acked = ack - una;
        uint sent = v[SndNxt] - una;
        if (state == TcpState.SynReceived)
        {
            if (acked - 1 >= sent)
            {
                counters[(int)Counter.HandshakeAckBad]++;
                _layer.Writer.SendReset(v[Peer], v[Ports], v[AddressSum], ack, 0, TcpHeader.Rst, 0, now);
                return;
            }

            Establish();
            v[SndWl1] = seq;
            v[SndWl2] = ack;
            v[SndWnd] = window;
            v[MaxSndWnd] = window;
            state = (TcpState)v[State];
            Acknowledged(options, ack, 1, now);
        }
        else if (acked > sent)
        {
            if ((int)(ack - v[SndNxt]) > 0)
            {
                Challenge(Counter.AckTooHigh, now);
                return;
            }

            // An old ACK says nothing new, but its data may (RFC 5961 section 5).
            if (una - ack > v[MaxSndWnd])
            {
                Challenge(Counter.AckTooOld, now);
                return;
            }
        }
        else
        {
            bool news = options != null && options.SackCount != 0 && (v[Flags] & Sacks) != 0 && TakeSacks(options, ack);
            if (v[TailProbe] >= ProbeNew)
                TailProbeAnswered(options, ack);
            if (acked != 0)
            {
                Acknowledged(options, ack, acked, now);
                if (acked != sent && (v[Flags] & Sacks) != 0)
                    ArmTailProbe(now);
            }
            else if ((v[Flags] & Sacks) != 0)
            {
                // What tells nothing new answers something else than a segment that came after a gap (RFC 6675 section 2).
                if (news)
                    DuplicateAck();
            }
            else if (sent != 0 && length == 0 && window == v[SndWnd] && (v[Flags] & Probing) == 0 && (flags & TcpHeader.Fin) == 0)
                DuplicateAck();

            // Where the ACK is new the window is too, be the segment an old one sent again: SND.UNA alone would move the edge.
            if (acked != 0 || (seq == v[SndWl1] ? (int)(ack - v[SndWl2]) >= 0 : (int)(seq - v[SndWl1]) > 0))
            {
                v[SndWl1] = seq;
                v[SndWl2] = ack;
                if (window != v[SndWnd])
                    WindowChanges(window);
            }

            // After the window, which may let nothing new go.
            if (v[TimeoutDoubt] != NoDoubt)
                TimeoutAnswered(ack, acked);
            if (v[SndWnd] == 0 && (v[Flags] & Owned) != 0)
                _t[ProgressAt] = now;
            if ((v[Flags] & FinQueued) != 0 && ack == v[SndEnd] + 1)
            {
                if (stamped)
                    TakeTimestamp(options.Value, seq, now);
                if (FinAcknowledged(now))
                    return;
                state = (TcpState)v[State];
            }
        }

        if (v[Ecn] != 0)
            TakeCongestion(frame, ack, flags, length);

        // What was acceptable up to here is the peer's. Whoever can only guess numbers would otherwise make all of its segments old.
        if (stamped)
            TakeTimestamp(options.Value, seq, now);

        // Sixth, the urgent pointer; seventh, the data; eighth, the FIN.
        if (length != 0 || (flags & (TcpHeader.Fin | TcpHeader.Urg)) != 0)
        {
            if (state == TcpState.Established || state == TcpState.FinWait1 || state == TcpState.FinWait2)
                ArrivesText(frame, seq, flags, payload, length, now);
            else if (seq == rcvNxt && (length != 0 || (flags & TcpHeader.Fin) != 0))
                v[AckDue] = AckNow;
            v[OutputDue] = 1;
        }

        if ((v[Flags] & Watched) != 0)
            Hear(now);
    }

    /// <summary>SYN-SENT, section 3.10.7.3.</summary>
    private void ArrivesInSynSent(byte[] frame, uint seq, uint ack, int flags, uint window, TcpOptions options, int payload, int length,
        ulong now)
    {
        uint[] v = Numbers;
        bool acceptable = false;
        if ((flags & TcpHeader.Ack) != 0)
        {
            acceptable = v[SndNxt] != v[Iss] && ack == v[Iss] + 1;
            if (!acceptable)
            {
                ulong[] counters = _layer.Counters;
                if ((flags & TcpHeader.Rst) != 0)
                    counters[(int)Counter.SynSentResetIgnored]++;
                else
                {
                    counters[(int)Counter.HandshakeAckBad]++;
                    _layer.Writer.SendReset(v[Peer], v[Ports], v[AddressSum], ack, 0, TcpHeader.Rst, 0, now);
                }

                return;
            }
        }

        if ((flags & TcpHeader.Rst) != 0)
        {
            ulong[] counters = _layer.Counters;
            if (!acceptable)
            {
                counters[(int)Counter.SynSentResetIgnored]++;
                return;
            }

            counters[(int)Counter.ResetsReceived]++;
            End(TcpCloseReason.Refused);
            return;
        }

        if ((flags & TcpHeader.Syn) == 0)
        {
            _layer.Counters[(int)Counter.SynSentNoSyn]++;
            return;
        }

        // A handler opened this connection a moment ago, and our SYN has not left.
        if (v[SndNxt] == v[Iss])
            ChooseIss(now);
        v[Irs] = seq;
        v[SndWl1] = seq;
        seq++;
        v[RcvNxt] = seq;
        v[RcvRead] = seq;
        v[RcvEdge] = seq + _layer.ReceiveWindow;
        int offer = options == null ? 0 : options.Offer;
        if ((v[Ecn] & TcpHeader.Ece) != 0 && IsEcnSetup(flags))
            offer |= TcpOptions.OfferedEcn;
        v[Ecn] = 0;
        TakeOffer(offer & _layer.OfferMask);
        if ((v[Flags] & Timestamped) != 0)
        {
            v[LastAckSent] = seq;
            TakeTimestamp(options.Value, seq, now);
        }

        v[SndWnd] = window;
        v[MaxSndWnd] = window;
        v[SndWl2] = ack;
        if (acceptable)
        {
            Establish();
            Acknowledged(options, ack, 1, now);
            Answer(AckNow);
            if ((length | (flags & (TcpHeader.Fin | TcpHeader.Urg))) != 0)
                ArrivesText(frame, seq, flags, payload, length, now);
            if ((v[Flags] & Watched) != 0)
                BeginWatching(now);
            return;
        }

        // Simultaneous open, section 3.5. Its SYN,ACK does not measure the round trip: it answers another SYN. Text and FIN of
        // the peer's SYN are not acknowledged, so they come again with the peer's SYN,ACK.
        v[State] = (uint)((v[Flags] & FinQueued) != 0 && Unacknowledged == 0 ? TcpState.FinWait1 : TcpState.SynReceived);
        _t[RttAt] = Never;
        Answer(AckWithSyn);
    }

    /// <summary>
    /// Whether a segment below the window is an ACK of what we have sent. Its answer cannot seem to be such a one to the peer, so
    /// no limit is needed: two sides that disagree about what was sent do not get here.
    /// </summary>
    private bool IsFromTheLive(uint ack, int flags)
    {
        uint[] v = Numbers;
        return (flags & (TcpHeader.Rst | TcpHeader.Ack)) == TcpHeader.Ack && (v[Flags] & SynPending) == 0 && ack - v[SndUna] <= v[SndNxt] - v[SndUna];
    }

    /// <summary>A segment that is not acceptable: out of the window, or from another time.</summary>
    /// <param name="reason">What it is.</param>
    /// <param name="seq">SEG.SEQ.</param>
    /// <param name="flags">The control bits.</param>
    /// <param name="length">Length of the data in bytes.</param>
    /// <param name="now">The time in microseconds.</param>
    private void ArrivesNotNow(Counter reason, uint seq, int flags, int length, ulong now)
    {
        if ((flags & TcpHeader.Rst) != 0)
        {
            _layer.Counters[(int)Counter.OutOfWindowReset]++;
            return;
        }

        if ((flags & TcpHeader.Syn) != 0)
        {
            Challenge(Counter.ChallengeSyn, now);
            return;
        }

        // Data is owed an answer: the peer sends it until it gets one. A bare ACK is not, beyond the limit: two sides that
        // disagree would answer each other for ever.
        if (length != 0 || (flags & TcpHeader.Fin) != 0)
        {
            _layer.Counters[(int)reason]++;
            if ((int)(seq + (uint)length - Numbers[RcvNxt]) <= 0)
                CameTwice(seq, seq + (uint)length);
            Answer(AckNow);
        }
        else
            Challenge(reason, now);
    }

    /// <summary>Notes that an acknowledgment is to leave after this step.</summary>
    private void Answer(uint ackDue)
    {
        Numbers[AckDue] = ackDue;
        Numbers[OutputDue] = 1;
    }

    private void ArrivesReset(ulong[] counters, ulong now)
    {
        uint[] v = Numbers;
        counters[(int)Counter.ResetsReceived]++;
        TcpState state = (TcpState)v[State];
        TcpCloseReason reason = TcpCloseReason.Reset;
        if (state == TcpState.SynReceived)
            reason = TcpCloseReason.Refused;
        else if (state >= TcpState.Closing && v[SndUna] == v[SndEnd])
        {
            // Only our FIN was on its way: nothing is lost (section 3.10.7.4).
            reason = TcpCloseReason.Finished;
        }

        // What waits for a neighbour would come after the next connection's SYN.
        _layer.TakeBack(v[Peer], v[Ports]);
        End(reason);
    }

    /// <summary>Sends an ACK that is out of turn, unless there were too many (RFC 5961 section 7).</summary>
    private void Challenge(Counter reason, ulong now)
    {
        uint[] v = Numbers;
        ulong[] t = _t;
        if (now >= t[ChallengeEnd])
        {
            t[ChallengeEnd] = now + ChallengeInterval;
            v[Challenges] = 0;
        }

        if (v[Challenges] >= ChallengesPerInterval)
        {
            _layer.Counters[(int)Counter.ChallengeLimited]++;
            return;
        }

        v[Challenges]++;
        _layer.Counters[(int)reason]++;
        SendAck(now);
    }

    /// <summary>SND.UNA advances: RFC 9293 section 3.10.7.4, RFC 6298 section 5, RFC 5681 section 3, RFC 6582.</summary>
    private void Acknowledged(TcpOptions options, uint ack, uint acked, ulong now)
    {
        uint[] v = Numbers;
        ulong[] t = _t;
        uint sndNxt = v[SndNxt];
        uint flight = sndNxt - v[SndUna];
        v[SndUna] = ack;
        bool exact = t[RttAt] != Never && (int)(ack - v[RttSeq]) > 0;
        if ((v[Flags] & Timestamped) != 0)
            MeasuredEach(options, exact, flight, now);
        else if (exact)
            Measured(now - t[RttAt], 1);
        if (exact)
            t[RttAt] = Never;

        v[Retries] = 0;
        v[Flags] &= ~Probing;
        t[ProgressAt] = now;
        if ((int)(v[SndPtr] - ack) < 0)
            v[SndPtr] = ack;
        if (ack == sndNxt)
            t[RetransmitAt] = Never;
        else
        {
            t[RetransmitAt] = now + (v[Rto] < t[UserLimit] ? v[Rto] : t[UserLimit]);
            _layer.Timers.Schedule((int)v[Slot], t[RetransmitAt]);
            if (v[TailProbe] == ProbeDue)
                v[TailProbe] = NoProbe;
        }

        if ((v[Flags] & SynPending) != 0)
        {
            v[Flags] &= ~SynPending;
            acked--;
        }

        if (v[SackedCount] != 0)
            DropSacked(ack);
        if (acked != 0)
        {
            Congestion(ack, acked, now);
            if (_handler != null && (acked != 1 || ack != v[SndEnd] + 1))
                v[Events] |= TcbEvents.Sent;
        }

        // More may go out, or what a probe or Nagle held back.
        if (v[SndPtr] != v[SndEnd] || (v[Flags] & FinQueued) != 0)
            v[OutputDue] = 1;
    }

    private void WindowChanges(uint window)
    {
        uint[] v = Numbers;
        ulong[] t = _t;
        bool opened = window > v[SndWnd];
        v[SndWnd] = window;
        if (window > v[MaxSndWnd])
            v[MaxSndWnd] = window;
        if (!opened)
            return;
        if ((v[Flags] & Probing) != 0)
        {
            // The byte that probed may have been refused: begin with it.
            v[Flags] &= ~Probing;
            v[SndPtr] = v[SndUna];
            t[RttAt] = Never;
            t[RetransmitAt] = Never;
            v[Retries] = 0;
            ResetTimeout(v[Srtt], v[RttVar]);
        }

        if (v[SndPtr] != v[SndEnd] || (v[Flags] & FinQueued) != 0)
            v[OutputDue] = 1;
    }

    /// <summary>Our FIN is acknowledged.</summary>
    /// <returns>True if the connection is over or in TIME-WAIT.</returns>
    private bool FinAcknowledged(ulong now)
    {
        uint[] v = Numbers;
        switch ((TcpState)v[State])
        {
            case TcpState.FinWait1:
                v[State] = (uint)TcpState.FinWait2;
                v[OutputDue] = 1;
                return false;
            case TcpState.Closing:
                EnterTimeWait(now);
                return true;
            case TcpState.LastAck:
                _layer.TakeBack(v[Peer], v[Ports]);
                End(TcpCloseReason.Finished);
                return true;
            default:
                return false;
        }
    }

    /// <summary>Data, a FIN or an urgent pointer, part of which at least is in the window.</summary>
    private void ArrivesText(byte[] frame, uint seq, int flags, int payload, int length, ulong now)
    {
        uint[] v = Numbers;
        ulong[] t = _t;
        bool fin = (flags & TcpHeader.Fin) != 0;
        if ((flags & TcpHeader.Urg) != 0)
        {
            ArrivesUrgent(frame, seq);
            if (length == 0 && !fin)
                return;
        }

        uint rcvNxt = v[RcvNxt];
        uint wnd = v[RcvEdge] - rcvNxt;

        // Cut what we have already.
        int ahead = (int)(seq - rcvNxt);
        if (ahead < 0)
        {
            int old = (int)(rcvNxt - seq);
            CameTwice(seq, old < length ? rcvNxt : seq + (uint)length);
            seq = rcvNxt;
            payload += old;
            length -= old;
            ahead = 0;
            v[AckDue] = AckNow;
        }

        // Nobody is there to read it.
        if ((v[Flags] & Owned) == 0 && length != 0)
        {
            _layer.Counters[(int)Counter.DataAfterClose]++;
            QueueReset();
            return;
        }

        // Cut what is past the window, a FIN behind it too.
        int room = (int)(wnd - (uint)ahead);
        if (length > room)
        {
            _layer.Counters[(int)Counter.WindowOverrun]++;
            length = room;
            fin = false;
            v[AckDue] = AckNow;
        }

        if ((v[Flags] & FinSeen) != 0)
        {
            // Nothing can follow a FIN.
            int beforeFin = (int)(v[FinAt] - seq);
            if (length > beforeFin)
                length = beforeFin < 0 ? 0 : beforeFin;
        }
        else if (fin && (v[RangeCount] == 0 || (int)(seq + (uint)length - _ranges[2 * (int)v[RangeCount] - 1]) >= 0))
        {
            v[Flags] |= FinSeen;
            v[FinAt] = seq + (uint)length;
        }

        if (length != 0)
        {
            if (ahead == 0)
            {
                Ring.Put(_rcvBuffer, seq, frame, payload, length);
                rcvNxt += (uint)length;
                if (v[RangeCount] != 0)
                {
                    rcvNxt = TakeRanges(rcvNxt);
                    v[AckDue] = AckNow;
                }
                else if (v[AckDue] == AckNone)
                {
                    v[AckDue] = AckDelayed;
                    t[AckAt] = now + _layer.Settings.DelayedAcknowledgment;
                    _layer.Timers.Schedule((int)v[Slot], t[AckAt]);
                }
                else
                    v[AckDue] = AckNow;

                v[RcvNxt] = rcvNxt;
                v[Events] |= TcbEvents.Received;
            }
            else
            {
                // A gap: say at once what is missing (RFC 5681 section 4.2).
                v[AckDue] = AckNow;
                if (AddRange(seq, seq + (uint)length))
                {
                    Ring.Put(_rcvBuffer, seq, frame, payload, length);
                    _layer.Counters[(int)Counter.OutOfOrderKept]++;
                }
                else
                {
                    _layer.Counters[(int)Counter.OutOfOrderDropped]++;
                    if (fin)
                        v[Flags] &= ~FinSeen;
                }
            }
        }
        else
            v[AckDue] = AckNow;

        if ((v[Flags] & FinSeen) != 0 && v[FinAt] == rcvNxt)
            TakeFin(now);
    }

    /// <summary>The urgent pointer, section 3.8.5: it points behind the urgent data, and only ever ahead.</summary>
    private void ArrivesUrgent(byte[] frame, uint seq)
    {
        uint[] v = Numbers;
        _layer.Counters[(int)Counter.UrgentReceived]++;
        uint up = seq + (uint)BigEndian.Get16(frame, TcpHeader.UrgentPointer);
        if ((frame[TcpHeader.Flags] & TcpHeader.Syn) != 0)
            up--;
        uint known = (v[Flags] & UrgentIn) != 0 ? v[RcvUp] : v[RcvRead];
        if ((int)(up - known) <= 0)
            return;
        v[RcvUp] = up;
        v[Flags] |= UrgentIn;
        v[Events] |= TcbEvents.Urgent;
    }

    private void TakeFin(ulong now)
    {
        uint[] v = Numbers;
        v[RcvNxt]++;
        if ((int)(v[RcvEdge] - v[RcvNxt]) < 0)
            v[RcvEdge] = v[RcvNxt];
        v[Flags] |= FinReceived;
        v[RangeCount] = 0;
        v[AckDue] = AckNow;
        v[Events] |= TcbEvents.PeerClosed;
        switch ((TcpState)v[State])
        {
            case TcpState.Established:
                v[State] = (uint)TcpState.CloseWait;
                break;
            case TcpState.FinWait1:
                v[State] = (uint)TcpState.Closing;
                break;
            default:
                // At once: the control block may be another connection's before the end of this step.
                SendAck(now);
                EnterTimeWait(now);
                break;
        }
    }
}
