using System;
using HandshakeNano.Net.Wire;
using static HandshakeNano.Net.TcbFlags;
using static HandshakeNano.Net.TcbNumbers;
using static HandshakeNano.Net.TcbTimes;

namespace HandshakeNano.Net;

// All that a control block knows, how a connection opens, and how it ends.

/// <summary>
/// A transmission control block (RFC 9293 section 3.3.1): what the endpoint knows of a connection. It comes from a pool and goes
/// back there; a <see cref="TcpConnection"/> is what the application has of it.
/// </summary>
internal sealed partial class Tcb
{
    // What acknowledgment is owed.
    private const uint AckNone = 0;
    private const uint AckDelayed = 1;
    private const uint AckNow = 2;

    /// <summary>At once, and our SYN with it again.</summary>
    private const uint AckWithSyn = 3;

    /// <summary>What the application has of the connection; null until it was given out, while it waits in the queue of its listener.</summary>
    internal TcpConnection Handle;

    private readonly TcpLayer _layer;

    /// <summary>What it knows in numbers, at the places that <see cref="TcbNumbers"/> names.</summary>
    internal readonly uint[] Numbers = new uint[TcbNumbers.Count];

    /// <summary>The times, at the places that <see cref="TcbTimes"/> names.</summary>
    private readonly ulong[] _t = new ulong[TcbTimes.Count];

    private readonly byte[] _sndBuffer;
    private readonly byte[] _rcvBuffer;

    /// <summary>
    /// What came after a gap, and from <see cref="TcpLayer.SackedAt"/> on what the peer has acknowledged selectively, as <see cref="SequenceRanges"/>; then
    /// CUBIC's numbers, if there are any.
    /// </summary>
    private readonly uint[] _ranges;

    private TcpConnectionHandler _handler;

    internal Tcb(TcpLayer layer, TcpSettings settings, int slot)
    {
        _layer = layer;
        _sndBuffer = new byte[settings.SendBufferSize];
        _rcvBuffer = new byte[settings.ReceiveBufferSize];
        _ranges = new uint[layer.CubicAt != 0 ? layer.CubicAt + CubicCount : layer.SackedAt + 2 * layer.MostSacked];
        Numbers[Slot] = (uint)slot;
        _t[KeepAliveAt] = Never;
        StopTimers();
    }

    /// <summary>Makes the connection one whose handshake a listener has completed: ESTABLISHED, and in the accept queue.</summary>
    /// <param name="listener">The listener.</param>
    /// <param name="key">The key.</param>
    /// <param name="ports">Our port in the upper half, the peer's in the lower.</param>
    /// <param name="addressSum">The sum of both addresses, in network order.</param>
    /// <param name="irs">IRS.</param>
    /// <param name="iss">ISS.</param>
    /// <param name="offer">What the peer's SYN offered, a <see cref="TcpOptions.Offer"/>.</param>
    /// <param name="timestampOffset">How far our timestamps are ahead of the clock, where there are any.</param>
    /// <param name="timestamp">The peer's last one.</param>
    /// <param name="retried">Whether the SYN,ACK was sent more than once.</param>
    /// <param name="sentAt">When the SYN,ACK was sent whose round trip is over now; <see cref="ulong.MaxValue"/> if it says nothing.</param>
    /// <param name="window">SEG.WND of the ACK.</param>
    /// <param name="now">The time in microseconds.</param>
    internal void OpenPassive(TcpListener listener, ulong key, uint ports, uint addressSum, uint irs, uint iss,
        int offer, uint timestampOffset, uint timestamp, bool retried, ulong sentAt, uint window, ulong now)
    {
        uint[] v = Numbers;
        TcpLayer layer = _layer;
        Open(key, ports, addressSum, now);
        v[Iss] = iss;
        TakeOffer(offer);
        v[Irs] = irs;
        irs++;
        v[RcvNxt] = irs;
        v[RcvRead] = irs;
        v[RcvEdge] = irs + layer.ReceiveWindow;
        v[LastAckSent] = irs;
        v[SndWl1] = irs;
        v[Recover] = iss;
        iss++;
        v[SndUna] = iss;
        v[SndNxt] = iss;
        v[SndPtr] = iss;
        v[SndEnd] = iss;
        v[SndWl2] = iss;
        if (offer > TcpOptions.OfferedSize)
        {
            v[TsOffset] = timestampOffset;
            v[TsRecent] = timestamp;
            v[TsRecentAt] = (uint)(now >> RecentBits);
            int scale = (offer & TcpOptions.OfferedScales) / TcpOptions.OfferedScale;
            if (scale > 1)
                window <<= scale - 1;
        }

        v[SndWnd] = window;
        v[MaxSndWnd] = window;
        _t[RttAt] = Never;
        if (sentAt != Never)
            Measured(now - sentAt, 1);
        if (retried)
            SlowDown();
        v[State] = (uint)TcpState.Established;
        layer.Counters[(int)Counter.Established]++;
        listener.Add(this);
    }

    /// <summary>Makes the connection call a peer: SYN-SENT. The SYN leaves with the next Poll, which knows the time.</summary>
    internal void OpenActive(ulong key, uint ports, uint addressSum)
    {
        uint[] v = Numbers;
        Open(key, ports, addressSum, 0);
        _t[ConnectLimit] = 0;
        v[Flags] = InTable | Owned | SynPending;
        v[Mss] = TcpOptions.DefaultMaximumSegmentSize;
        v[SndEnd] = 1;
        v[State] = (uint)TcpState.SynSent;
        Touch();
    }

    /// <summary>Makes what the application gets of the connection.</summary>
    internal TcpConnection GiveOut()
    {
        TcpConnection handle = new TcpConnection(this);
        Handle = handle;
        return handle;
    }

    /// <summary>The connection is over; its memory stays until the application has let go.</summary>
    internal void End(TcpCloseReason reason)
    {
        uint[] v = Numbers;
        uint flags = (v[Flags] & ~Reasons) | ((uint)reason << Reason);

        // IsWaiting, in line.
        if ((flags & Owned) != 0 && Handle == null)
        {
            _layer.FindListener((int)(v[Ports] >> 16)).Remove(this);
            flags &= ~Owned;
        }

        v[Flags] = flags;
        v[State] = (uint)TcpState.Closed;
        v[OutputDue] = 0;
        v[Events] = (flags & Owned) != 0 ? v[Events] | TcbEvents.Closed : TcbEvents.None;
        _layer.Detach(this);
    }

    /// <summary>The listener closes before the connection was accepted: reset it.</summary>
    internal void LoseListener()
    {
        Numbers[Flags] &= ~Owned;
        Numbers[Events] = TcbEvents.None;
        QueueReset();
    }

    /// <summary>Our address is about to go, and with it the connection. The peer is told before the next Poll.</summary>
    internal void ResetNow(ulong now)
    {
        if ((Numbers[Flags] & ResetQueued) != 0 || (IsOpen() && IsResetOwed()))
            SendReset(now);
        if (!IsOpen())
            return;
        End(TcpCloseReason.Aborted);
        Touch();
    }

    /// <summary>Our address is gone, and with it the connection. The peer cannot be told.</summary>
    internal void LoseAddress()
    {
        Numbers[Flags] &= ~ResetQueued;
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
        uint[] v = Numbers;
        if (v[SndNxt] == v[SndUna])
            return;
        if ((v[Flags] & SynPending) != 0)
            End(TcpCloseReason.Unreachable);
        else
            Report(TcpSoftError.Unreachable);
        Touch();
    }

    internal void ForgetTimeWait(TimeWaitEntry entry)
    {
        _layer.TimeWaits.Remove(entry);
    }

    /// <summary>The state ends with the entry in the TIME-WAIT table.</summary>
    internal void LeaveTimeWait()
    {
        Numbers[State] = (uint)TcpState.Closed;
    }

    /// <summary>No deadline is left.</summary>
    internal void StopTimers()
    {
        ulong[] t = _t;
        t[RetransmitAt] = Never;
        t[AckAt] = Never;
        t[LingerAt] = Never;
        if ((Numbers[Flags] & Watched) != 0)
            StopWatching();
    }

    private void Open(ulong key, uint ports, uint addressSum, ulong now)
    {
        uint[] v = Numbers;
        ulong[] t = _t;
        Array.Clear(v, 0, TcbNumbers.Cleared);
        v[Flags] = InTable | Owned;
        v[Peer] = (uint)(key >> 32);
        v[Ports] = ports;
        v[AddressSum] = addressSum;
        t[ChallengeEnd] = 0;
        TcpSettings settings = _layer.Settings;
        v[Rto] = (uint)settings.InitialRetransmissionTimeout;
        t[ProgressAt] = now;
        t[UserLimit] = settings.UserTimeout;
    }

    /// <summary>The sequence numbers of a connection that we open begin; until now there was no time to choose them by.</summary>
    private void ChooseIss(ulong now)
    {
        uint[] v = Numbers;
        ulong[] t = _t;
        uint iss = _layer.NextIss(v[Peer], v[Ports], now);
        v[TsOffset] = _layer.TimestampOffset;

        // Data may wait already.
        v[SndEnd] += iss;
        v[SndUp] += iss;
        t[ProgressAt] = now;
        BeginSending(iss);
        t[RttAt] = now;
        now += v[Rto];
        t[RetransmitAt] = now;
        _layer.Timers.Schedule((int)v[Slot], now);
    }

    /// <summary>Our SYN takes the first sequence number.</summary>
    private void BeginSending(uint iss)
    {
        uint[] v = Numbers;
        v[Iss] = iss;
        v[SndUna] = iss;
        v[Recover] = iss;
        v[RttSeq] = iss;
        iss++;
        v[SndNxt] = iss;
        v[SndPtr] = iss;
    }

    /// <summary>Takes what the peer's SYN offers, a <see cref="TcpOptions.Offer"/>.</summary>
    private void TakeOffer(int offer)
    {
        uint[] v = Numbers;
        int mss = offer;
        if (offer > TcpOptions.OfferedSize)
        {
            mss = offer & TcpOptions.OfferedSize;
            int scale = offer & TcpOptions.OfferedScales;
            uint flags = v[Flags] | (uint)(scale * (int)((1U << ScaleOut) / TcpOptions.OfferedScale));
            if ((offer & TcpOptions.OfferedSacks) != 0)
                flags |= Sacks;
            if ((offer & TcpOptions.OfferedTimestamps) != 0)
                flags |= Timestamped;
            if (scale != 0 && _layer.Writer.WindowScale != 0)
                flags |= ScaledIn;
            v[Flags] = flags;
        }

        if ((offer & TcpOptions.OfferedEcn) != 0)
        {
            v[Ecn] = EcnAgreed;
            v[EcnRecover] = v[Iss];
        }

        // No MSS, or one of 0, means the default.
        if (mss == 0)
            mss = TcpLayer.DefaultSegmentTo(v[Peer]);
        else if (mss < TcpOptions.LeastSegment)
            mss = TcpOptions.LeastSegment;
        int most = _layer.LargestSegment;
        if ((offer & TcpOptions.OfferedTimestamps) != 0)
        {
            // They take room of a packet (RFC 6691), and none of the send buffer.
            if (mss > _layer.LinkSegment)
                mss = _layer.LinkSegment;
            mss -= TcpOptions.TimestampsAligned;
        }

        if (mss > most)
            mss = most;
        v[Mss] = (uint)mss;

        // InitialWindow, in line.
        v[Cwnd] = (uint)((mss > 1095 ? _layer.FirstSegments : _layer.FirstSmallSegments) * mss);
        v[Ssthresh] = 0x7FFFFFFF;
    }

    /// <summary>The handshake of a connection that we opened is complete.</summary>
    private void Establish()
    {
        uint[] v = Numbers;
        v[Events] |= TcbEvents.Established;
        v[State] = (uint)((v[Flags] & FinQueued) != 0 ? TcpState.FinWait1 : TcpState.Established);
        _layer.Counters[(int)Counter.Established]++;
        if (v[Retries] != 0)
            SlowDown();
    }

    /// <summary>
    /// A SYN of ours was lost. RFC 6298 rule 5.7: a timeout that it backed off says nothing about data. RFC 5681 section 3.1: but
    /// it says that one segment is enough to begin with.
    /// </summary>
    private void SlowDown()
    {
        uint[] v = Numbers;
        uint initial = (uint)_layer.Settings.InitialRetransmissionTimeout;
        v[Rto] = initial < 3_000_000 ? 3_000_000 : initial;
        v[Cwnd] = v[Mss];
    }

    /// <summary>The connection is over; an entry of the table waits for what may still come for it (section 3.6).</summary>
    private void EnterTimeWait(ulong now)
    {
        uint[] v = Numbers;
        v[State] = (uint)TcpState.TimeWait;
        v[Flags] = (v[Flags] & ~Reasons) | ((uint)TcpCloseReason.Finished << Reason);
        v[OutputDue] = 0;

        // Only an application closes, so there is a handle.
        TimeWaitEntry entry = _layer.TimeWaits.Add(this, now);
        Handle.EnterTimeWait(entry);
        if ((v[Flags] & Owned) != 0)
            v[Events] |= TcbEvents.Closed;

        _layer.Detach(this);
    }

    /// <summary>Ends the connection; the reset leaves with the next Poll, before anything else happens to it.</summary>
    private void QueueReset()
    {
        if (IsResetOwed())
            Numbers[Flags] |= ResetQueued;
        Numbers[Flags] = (Numbers[Flags] & ~Reasons) | ((uint)TcpCloseReason.Aborted << Reason);
        Numbers[State] = (uint)TcpState.Closed;
        Touch();
    }

    /// <summary>Section 3.10.5: in the other states there is no peer to tell, or nothing to say but a FIN that has not left.</summary>
    private bool IsResetOwed()
    {
        uint[] v = Numbers;
        TcpState state = (TcpState)v[State];
        return state >= TcpState.SynReceived && (state <= TcpState.CloseWait || v[SndNxt] != v[SndEnd] + 1);
    }

    private void GiveBack()
    {
        uint[] v = Numbers;
        uint flags = v[Flags] & ~Owned;
        v[Flags] = flags;
        v[Events] = TcbEvents.None;
        _handler = null;

        // What still has to be sent is sent first.
        if ((flags & InTable) != 0)
        {
            BeOrphan();
            Touch();
        }
        else
            _layer.Free(this);
    }

    /// <summary>True while the connection waits in the queue of its listener.</summary>
    internal bool IsWaiting()
    {
        return Handle == null && (Numbers[Flags] & Owned) != 0;
    }

    /// <summary>True if it is a connection, and one over IPv4.</summary>
    internal bool IsOverIpv4()
    {
        return (Numbers[Flags] & IsFree) == 0 && Ipv4Layer.IsAddress(Numbers[Peer]);
    }

    /// <summary>True while the protocol still works on the connection.</summary>
    private bool IsOpen()
    {
        TcpState state = (TcpState)Numbers[State];
        return state != TcpState.Closed && state != TcpState.TimeWait;
    }

    /// <summary>Has the endpoint look at the connection in the next Poll, or at the end of this one's step.</summary>
    private void Touch()
    {
        _layer.MarkDirty(this);
    }
}
