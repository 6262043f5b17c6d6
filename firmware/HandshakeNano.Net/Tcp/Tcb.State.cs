using HandshakeNano.Net.Wire;

namespace HandshakeNano.Net;

// All that a control block knows, how a connection opens, and how it ends.

/// <summary>
/// A transmission control block (RFC 9293 section 3.3.1): what the endpoint knows of a connection. It comes from a pool and goes
/// back there; a <see cref="TcpConnection"/> is what the application has of it.
/// </summary>
internal sealed partial class Tcb
{
    private const ulong Never = ulong.MaxValue;

    /// <summary>The peer has announced urgent data, and not all of it is read.</summary>
    private const int UrgentIn = 1;

    /// <summary>We have announced urgent data.</summary>
    private const int UrgentOut = 2;

    // What acknowledgment is owed.
    private const int AckNone = 0;
    private const int AckDelayed = 1;
    private const int AckNow = 2;

    /// <summary>At once, and our SYN with it again.</summary>
    private const int AckWithSyn = 3;

    /// <summary>The segment at SND.UNA is to be sent again, and no other.</summary>
    private const int ResendFirst = 1;

    /// <summary>A new segment may go past the congestion window (limited transmit).</summary>
    private const int SendOneMore = 2;

    // Links of the structures that hold connections; each belongs to its structure.
    internal ulong Key;
    internal Tcb HashNext;
    internal int HeapIndex = -1;
    internal ulong HeapDeadline;
    internal Tcb QueueNext;
    internal Tcb QueuePrevious;
    internal Tcb DirtyNext;
    internal bool IsDirty;
    internal bool InTable;
    internal bool IsFree;

    /// <summary>The listener that the connection came by, until it is accepted.</summary>
    internal TcpListener Listener;

    /// <summary>True while the application, or an accept queue on its behalf, holds the connection.</summary>
    internal bool Owned;

    /// <summary>What the application has of the connection; null until it was given out.</summary>
    internal TcpConnection Handle;

    internal TcbEvents Events;

    /// <summary>There may be something to send.</summary>
    internal bool OutputDue;

    private readonly TcpLayer _layer;
    private readonly SegmentWriter _writer;
    private TcpState _state;
    private TcpCloseReason _closeReason;
    private TcpConnectionHandler _handler;
    private uint _peer;
    private uint _ports;
    private uint _addressSum;

    // Sequence variables. Data is in [SndUna, _sndEnd) of the send buffer, [_rcvRead, RcvNxt) of the receive buffer.
    private uint _iss;
    private uint _irs;
    private uint _sndUna;
    private uint _sndNxt;
    private uint _sndWnd;
    private uint _sndWl1;
    private uint _sndWl2;
    private uint _rcvNxt;

    /// <summary>The largest window that the peer has offered.</summary>
    private uint _maxSndWnd;

    /// <summary>What to send next: SND.NXT, or less while lost segments are sent again.</summary>
    private uint _sndPtr;

    /// <summary>The sequence number behind the last byte in the send buffer; a FIN takes this number.</summary>
    private uint _sndEnd;

    /// <summary>The right edge of the receive window that the peer knows.</summary>
    private uint _rcvEdge;

    private uint _rcvRead;

    /// <summary>Our SYN is not acknowledged.</summary>
    private bool _synPending;

    private bool _finQueued;
    private bool _finReceived;
    private bool _resetQueued;

    /// <summary>Whether urgent data is on its way: <see cref="UrgentIn"/>, <see cref="UrgentOut"/>.</summary>
    private int _urgent;

    /// <summary>RCV.UP: the sequence number behind the peer's urgent data.</summary>
    private uint _rcvUp;

    /// <summary>SND.UP: the sequence number behind our urgent data.</summary>
    private uint _sndUp;

    /// <summary>What came after a gap: pairs of first and last + 1, in order, apart from each other.</summary>
    private readonly uint[] _ranges;

    private int _rangeCount;
    private bool _finSeen;
    private uint _finAt;
    private ulong _challengeEnd;
    private int _challenges;

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

    // Round-trip time in microseconds.
    private ulong _srtt;
    private ulong _rttvar;
    private ulong _rto;
    private ulong _rttAt;
    private uint _rttSeq;

    // Deadlines in microseconds; Never if there is none.
    private ulong _retransmitAt;
    private ulong _ackAt;

    /// <summary>When the idle timeout ends; of an orphan, when it ends in FIN-WAIT-2, or because connections are wanted.</summary>
    private ulong _lingerAt;

    private ulong _keepAliveAt;

    /// <summary>The time is to be taken when something arrives: there is a keep-alive or an idle timeout.</summary>
    private bool _watched;

    /// <summary>Since when nothing has been acknowledged that should be.</summary>
    private ulong _progressAt;

    private int _retries;
    private int _keepAlives;

    /// <summary>What is on its way was sent into a closed window.</summary>
    private bool _probing;

    private TcpSoftError _softError;
    private readonly byte[] _sndBuffer;
    private readonly byte[] _rcvBuffer;
    private bool _noDelay;
    private ulong _userTimeout;

    /// <summary>Of a connection that we open: the limit for our SYN; 0 for the settings'.</summary>
    private ulong _connectTimeout;
    private ulong _keepAlive;
    private ulong _idleTimeout;

    /// <summary>
    /// With an idle timeout, in the lower half: RCV.NXT and SND.UNA together, when data last moved. In the upper half: how many bytes have
    /// moved since <see cref="_movedSince"/>, at most <see cref="MostMoved"/>.
    /// </summary>
    private ulong _moved;

    private ulong _movedSince;

    internal Tcb(TcpLayer layer, TcpSettings settings)
    {
        _layer = layer;
        _writer = layer.Writer;
        _sndBuffer = new byte[settings.SendBufferSize];
        _rcvBuffer = new byte[settings.ReceiveBufferSize];
        _ranges = new uint[2 * settings.OutOfOrderRanges];
        _keepAliveAt = Never;
        StopTimers();
    }

    /// <summary>Makes the connection one whose handshake a listener has completed: ESTABLISHED, and in the accept queue.</summary>
    /// <param name="listener">The listener.</param>
    /// <param name="key">The key.</param>
    /// <param name="ports">Our port in the upper half, the peer's in the lower.</param>
    /// <param name="addressSum">The sum of both addresses, in network order.</param>
    /// <param name="irs">IRS.</param>
    /// <param name="iss">ISS.</param>
    /// <param name="peerMss">The largest segment that the peer takes, by its SYN; 0 if it did not say.</param>
    /// <param name="retried">Whether the SYN,ACK was sent more than once.</param>
    /// <param name="sentAt">When the SYN,ACK was sent whose round trip is over now; <see cref="ulong.MaxValue"/> if it says nothing.</param>
    /// <param name="window">SEG.WND of the ACK.</param>
    /// <param name="now">The time in microseconds.</param>
    internal void OpenPassive(TcpListener listener, ulong key, uint ports, uint addressSum, uint irs, uint iss,
        int peerMss, bool retried, ulong sentAt, uint window, ulong now)
    {
        TcpLayer layer = _layer;
        Open(key, (uint)(key >> 32), ports, addressSum, now);
        TakeMss(peerMss);
        _irs = irs;
        irs++;
        _rcvNxt = irs;
        _rcvRead = irs;
        _rcvEdge = irs + layer.ReceiveWindow;
        _sndWl1 = irs;
        _iss = iss;
        _recover = iss;
        iss++;
        _sndUna = iss;
        _sndNxt = iss;
        _sndPtr = iss;
        _sndEnd = iss;
        _sndWl2 = iss;
        _sndWnd = window;
        _maxSndWnd = window;
        _synPending = false;
        _rttAt = Never;
        if (sentAt != Never)
            Measured(now - sentAt);
        if (retried)
            SlowDown();
        _state = TcpState.Established;
        layer.Counters[(int)Counter.Established]++;
        Listener = listener;
        listener.Add(this);
        Owned = true;
        Events = TcbEvents.Accept;
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
        TcpListener listener = Listener;
        if (listener != null)
        {
            listener.Remove(this);
            Owned = false;
        }

        _state = TcpState.Closed;
        _closeReason = reason;
        OutputDue = false;
        Events = Owned ? Events | TcbEvents.Closed : TcbEvents.None;
        _layer.Detach(this);
    }

    /// <summary>The listener closes before the connection was accepted: reset it.</summary>
    internal void LoseListener()
    {
        Listener = null;
        QueueNext = null;
        QueuePrevious = null;
        Owned = false;
        Events = TcbEvents.None;
        QueueReset();
    }

    /// <summary>Our address is about to go, and with it the connection. The peer is told before the next Poll.</summary>
    internal void ResetNow(ulong now)
    {
        if (_resetQueued || (IsOpen() && IsResetOwed()))
            SendReset(now);
        if (!IsOpen())
            return;
        End(TcpCloseReason.Aborted);
        Touch();
    }

    /// <summary>Our address is gone, and with it the connection. The peer cannot be told.</summary>
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

    internal void ForgetTimeWait(TimeWaitEntry entry)
    {
        _layer.TimeWaits.Remove(entry);
    }

    /// <summary>The state ends with the entry in the TIME-WAIT table.</summary>
    internal void LeaveTimeWait()
    {
        _state = TcpState.Closed;
    }

    /// <summary>No deadline is left.</summary>
    internal void StopTimers()
    {
        _retransmitAt = Never;
        _ackAt = Never;
        _lingerAt = Never;
        if (_watched)
            StopWatching();
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
    }

    /// <summary>The sequence numbers of a connection that we open begin; until now there was no time to choose them by.</summary>
    private void ChooseIss(ulong now)
    {
        uint iss = _layer.NextIss(Key, now);

        // Data may wait already.
        _sndEnd += iss;
        _sndUp += iss;
        _progressAt = now;
        BeginSending(iss);
        _rttAt = now;
        now += _rto;
        _retransmitAt = now;
        _layer.Timers.Schedule(this, now);
    }

    /// <summary>Our SYN takes the first sequence number.</summary>
    private void BeginSending(uint iss)
    {
        _iss = iss;
        _sndUna = iss;
        _recover = iss;
        _rttSeq = iss;
        iss++;
        _sndNxt = iss;
        _sndPtr = iss;
    }

    /// <summary>The largest segment that the peer takes, by its SYN; 0 if it did not say.</summary>
    private void TakeMss(int mss)
    {
        // No MSS, or one of 0, means the default.
        if (mss == 0)
            mss = TcpOptions.DefaultMaximumSegmentSize;
        else if (mss < TcpOptions.LeastSegment)
            mss = TcpOptions.LeastSegment;
        int most = _layer.LargestSegment;
        if (mss > most)
            mss = most;
        _mss = mss;
        _cwnd = InitialWindow(mss);
        _ssthresh = 0x7FFFFFFF;
    }

    /// <summary>The handshake of a connection that we opened is complete.</summary>
    private void Establish()
    {
        Events |= TcbEvents.Established;
        _state = _finQueued ? TcpState.FinWait1 : TcpState.Established;
        _layer.Counters[(int)Counter.Established]++;
        if (_retries != 0)
            SlowDown();
    }

    /// <summary>
    /// A SYN of ours was lost. RFC 6298 rule 5.7: a timeout that it backed off says nothing about data. RFC 5681 section 3.1: but
    /// it says that one segment is enough to begin with.
    /// </summary>
    private void SlowDown()
    {
        _rto = _layer.Settings.InitialRetransmissionTimeout < 3_000_000 ? 3_000_000 : _layer.Settings.InitialRetransmissionTimeout;
        _cwnd = (uint)_mss;
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
            Events |= TcbEvents.Closed;

        _layer.Detach(this);
    }

    /// <summary>Ends the connection; the reset leaves with the next Poll, before anything else happens to it.</summary>
    private void QueueReset()
    {
        _resetQueued = IsResetOwed();
        _closeReason = TcpCloseReason.Aborted;
        _state = TcpState.Closed;
        Touch();
    }

    /// <summary>Section 3.10.5: in the other states there is no peer to tell, or nothing to say but a FIN that has not left.</summary>
    private bool IsResetOwed()
    {
        return _state >= TcpState.SynReceived && (_state <= TcpState.CloseWait || _sndNxt != _sndEnd + 1);
    }

    private void GiveBack()
    {
        Owned = false;
        _handler = null;
        Events = TcbEvents.None;

        // What still has to be sent is sent first.
        if (InTable)
        {
            BeOrphan();
            Touch();
        }
        else
            _layer.Detach(this);
    }

    /// <summary>True while the protocol still works on the connection.</summary>
    private bool IsOpen()
    {
        return _state != TcpState.Closed && _state != TcpState.TimeWait;
    }

    /// <summary>Has the endpoint look at the connection in the next Poll, or at the end of this one's step.</summary>
    private void Touch()
    {
        _layer.MarkDirty(this);
    }
}
