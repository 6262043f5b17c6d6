using HandshakeNano.Net.Wire;
using static HandshakeNano.Net.TcbFlags;
using static HandshakeNano.Net.TcbNumbers;
using static HandshakeNano.Net.TcbTimes;

namespace HandshakeNano.Net;

// Time: retransmission (RFC 6298), probes, keep-alives. Tcb.Watch has what bounds the idle, the slow and the orphans.
internal sealed partial class Tcb
{
    /// <summary>R1: from so many retransmissions on, the way to the peer is doubted (RFC 9293 section 3.8.3).</summary>
    internal const int R1 = 3;

    /// <summary>RFC 4821 section 7.2 has it as a size to begin with.</summary>
    private const uint TriedSegment = 1024;

    private const uint MaximumKeepAlives = 9;
    private const ulong KeepAliveInterval = 75_000_000;

    /// <summary>Does what is due.</summary>
    /// <param name="now">The time in microseconds.</param>
    internal void OnTimer(ulong now)
    {
        uint[] v = Numbers;
        ulong[] t = _t;
        if (t[AckAt] <= now)
        {
            t[AckAt] = Never;
            if (v[AckDue] != AckNone)
                SendAck(now);
        }

        if (t[RetransmitAt] <= now)
        {
            if (Numbers[TailProbe] == ProbeDue)
                SendTailProbe(now);
            else
                Retransmit(now);
        }

        if (t[LingerAt] <= now)
            EndLingering(now);

        if (t[KeepAliveAt] <= now)
            ProbeAlive(now);
        if ((v[Flags] & Watched) != 0)
            BeginWatching(now);

        ulong next = t[RetransmitAt];
        if (t[AckAt] < next)
            next = t[AckAt];
        if (t[LingerAt] < next)
            next = t[LingerAt];
        if (t[KeepAliveAt] < next)
            next = t[KeepAliveAt];
        if (next != Never)
            _layer.Timers.Schedule((int)v[Slot], next);
    }

    /// <summary>The retransmission timer has expired: RFC 6298 section 5, RFC 5681 section 3.1.</summary>
    private void Retransmit(ulong now)
    {
        uint[] v = Numbers;
        ulong[] t = _t;
        bool syn = (v[Flags] & SynPending) != 0;
        ulong limit = syn ? SynLimit() : t[UserLimit];
        if (now - t[ProgressAt] >= limit)
        {
            if ((v[Flags] & Owned) == 0)
            {
                GiveUp(Counter.OrphansTimedOut, now);
                return;
            }

            _layer.Counters[(int)Counter.TimedOut]++;
            _layer.TakeBack(v[Peer], v[Ports]);
            End(TcpCloseReason.TimedOut);
            return;
        }

        if (++v[Retries] >= R1)
        {
            _layer.Doubt(v[Peer], now);
            if (v[Retries] == R1 && (syn || v[SndWnd] != 0))
                Report(TcpSoftError.Retransmissions);
        }

        v[TailProbe] = NoProbe;
        uint rto = v[Rto] * 2;
        uint longest = (uint)_layer.Settings.MaximumRetransmissionTimeout;
        v[Rto] = rto > longest ? longest : rto;
        t[RttAt] = Never;
        ArmRetransmission(now);
        if (syn)
        {
            _layer.Counters[(int)Counter.Retransmissions]++;
            v[SndPtr] = v[Iss] + 1;
            SendSyn(now);
            if ((TcpState)v[State] == TcpState.FinWait1)
                SendData(true, now);
        }
        else if (v[SndWnd] == 0)
        {
            _layer.Counters[(int)Counter.ZeroWindowProbes]++;
            v[Flags] |= Probing;
            bool fin = v[SndEnd] == v[SndUna];
            SendRange(v[SndUna], fin ? 0 : 1, fin, now);
        }
        else
        {
            if (v[SndNxt] != v[SndUna])
            {
                _layer.Counters[(int)Counter.Retransmissions]++;
                v[TimeoutDoubt] = NoDoubt;
                if (v[Retries] == 1)
                {
                    DoubtTimeout();
                    LowerThreshold(true);
                }
                else
                    DoubtPath(now);

                v[Cwnd] = v[Mss];
                v[Flags] &= ~Recovering;

                // The peer may have thrown away what it had (RFC 2018 section 8).
                v[SackedCount] = 0;
                v[Recover] = v[SndNxt];
                v[DuplicateAcks] = 0;
                v[SndPtr] = v[SndUna];
            }

            SendData(true, now);
        }
    }

    /// <summary>
    /// A segment had no answer twice, or four times. Maybe it does not fit the path, and the router that knows is not heard: RFC 4821
    /// in a small form, which tries 1024 bytes and then what every path carries, and after ten minutes more again.
    /// </summary>
    private void DoubtPath(ulong now)
    {
        uint[] v = Numbers;
        uint retries = v[Retries];
        if (retries != 2 && retries != 4)
            return;
        uint smaller = retries == 2 && v[Mss] > TriedSegment ? TriedSegment : TcpOptions.DefaultMaximumSegmentSize;
        if (v[Mss] <= smaller || FlightSize() <= smaller)
            return;
        Narrow(smaller, now);
        _layer.Counters[(int)Counter.BlackHoles]++;
    }

    /// <summary>R2 for our SYN. A connection that nobody has accepted yet has none of its own.</summary>
    private ulong SynLimit()
    {
        ulong[] t = _t;
        return (Numbers[Flags] & Owned) != 0 && t[ConnectLimit] != 0 ? t[ConnectLimit] : _layer.Settings.SynTimeout;
    }

    /// <summary>The user wants an end before the SYN is sent again.</summary>
    private void BoundSyn(ulong now)
    {
        ulong[] t = _t;
        ulong waited = now - t[ProgressAt];
        ulong left = t[ConnectLimit] > waited ? t[ConnectLimit] - waited : 0;
        if (t[RetransmitAt] - now > left)
        {
            t[RetransmitAt] = now + left;
            _layer.Timers.Schedule((int)Numbers[Slot], t[RetransmitAt]);
        }
    }

    private void ArmRetransmission(ulong now)
    {
        ulong[] t = _t;
        ulong wait = Numbers[Rto];
        ulong limit = (Numbers[Flags] & SynPending) != 0 ? SynLimit() : t[UserLimit];
        ulong waited = now - t[ProgressAt];
        if (limit <= waited)
            wait = 0;
        else if (limit - waited < wait)
            wait = limit - waited;
        t[RetransmitAt] = now + wait;
        _layer.Timers.Schedule((int)Numbers[Slot], t[RetransmitAt]);
        if (Numbers[TailProbe] == ProbeDue)
            Numbers[TailProbe] = NoProbe;
    }

    private void ProbeAlive(ulong now)
    {
        uint[] v = Numbers;
        ulong[] t = _t;
        ulong interval = t[KeepAliveTime] < KeepAliveInterval ? t[KeepAliveTime] : KeepAliveInterval;
        t[KeepAliveAt] = now + interval;

        // With data on its way the retransmission timer does the asking (section 3.8.4).
        if (v[SndNxt] != v[SndUna] || (TcpState)v[State] < TcpState.Established)
            return;
        if ((v[Flags] & KeepAlives) >= MaximumKeepAlives * TcbFlags.KeepAlive)
        {
            GiveUp(Counter.KeepAlivesGivenUp, now);
            return;
        }

        v[Flags] += TcbFlags.KeepAlive;
        _layer.Counters[(int)Counter.KeepAlives]++;
        Send(v[SndNxt] - 1, TcpHeader.Ack, 0, now);
    }
}
