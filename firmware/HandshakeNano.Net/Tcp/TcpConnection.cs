using System;
using HandshakeNano.Net.Wire;

namespace HandshakeNano.Net;

/// <summary>
/// A connection. Nothing here waits and nothing is sent at once: what is asked for leaves with the next
/// <see cref="TcpEndpoint.Poll"/>. State variables carry the names of RFC 9293 section 3.3.1.
/// </summary>
/// <remarks>
/// A connection that has ended keeps its state, its reason and its unread bytes until the application calls
/// <see cref="Close"/> or <see cref="Abort"/>; then the object goes back to the endpoint and must not be used any more.
/// </remarks>
public sealed partial class TcpConnection
{
    private const ulong Never = ulong.MaxValue;

    /// <summary>The peer has announced urgent data, and not all of it is read.</summary>
    private const int UrgentIn = 1;

    /// <summary>We have announced urgent data.</summary>
    private const int UrgentOut = 2;

    // What is to be told to the handler.
    internal const int EventEstablished = 1;
    internal const int EventReceived = 2;
    internal const int EventSent = 4;
    internal const int EventPeerClosed = 8;
    internal const int EventClosed = 16;
    internal const int EventAccept = 32;
    internal const int EventUrgent = 128;
    internal const int EventSoftError = 256;

    /// <summary>The handler is being told; GiveBack takes it away.</summary>
    internal const int Telling = 64;

    // Links of the structures that hold connections; each belongs to its structure.
    internal ulong Key;
    internal TcpConnection HashNext;
    internal int HeapIndex = -1;
    internal ulong HeapDeadline;
    internal TcpConnection QueueNext;
    internal TcpConnection QueuePrevious;
    internal TcpConnection DirtyNext;
    internal bool IsDirty;
    internal bool InTable;
    internal bool IsFree;

    /// <summary>The listener that the connection came by, until it is accepted.</summary>
    internal TcpListener Listener;

    /// <summary>True while the application, or an accept queue on its behalf, holds the connection.</summary>
    internal bool Owned;

    internal TimeWaitEntry TimeWait;
    internal int Events;

    /// <summary>There may be something to send.</summary>
    internal bool OutputDue;

    private readonly TcpLayer _layer;
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

    private TcpSoftError _softError;
    private readonly byte[] _sndBuffer;
    private readonly byte[] _rcvBuffer;
    private bool _noDelay;
    private ulong _userTimeout;

    /// <summary>Of a connection that we open: the limit for our SYN; 0 for the settings'.</summary>
    private ulong _connectTimeout;
    private ulong _keepAlive;

    internal TcpConnection(TcpLayer layer, TcpSettings settings)
    {
        _layer = layer;
        _sndBuffer = new byte[settings.SendBufferSize];
        _rcvBuffer = new byte[settings.ReceiveBufferSize];
        _ranges = new uint[2 * settings.OutOfOrderRanges];
        StopTimers();
    }

    /// <summary>The state, RFC 9293 section 3.3.2.</summary>
    public TcpState State
    {
        get { return _state; }
    }

    /// <summary>Why the connection ended; None while it has not.</summary>
    public TcpCloseReason CloseReason
    {
        get { return _closeReason; }
    }

    /// <summary>Our IPv4 address, most significant byte first.</summary>
    public uint LocalAddress
    {
        get { return _layer.LocalAddress; }
    }

    /// <summary>The peer's number, for the layer below.</summary>
    internal uint Peer
    {
        get { return _peer; }
    }

    /// <summary>The peer's IPv4 address, most significant byte first.</summary>
    public uint RemoteAddress
    {
        get { return BigEndian.Reverse(_peer); }
    }

    /// <summary>Our port.</summary>
    public int LocalPort
    {
        get { return (int)(_ports >> 16); }
    }

    /// <summary>The peer's port.</summary>
    public int RemotePort
    {
        get { return (int)(_ports & 0xFFFF); }
    }

    /// <summary>ISS: our initial send sequence number; 0 before our SYN is sent.</summary>
    public uint Iss
    {
        get { return _iss; }
    }

    /// <summary>IRS: the peer's initial sequence number; 0 before its SYN has come.</summary>
    public uint Irs
    {
        get { return _irs; }
    }

    /// <summary>SND.UNA: the oldest sequence number that is not acknowledged.</summary>
    public uint SndUna
    {
        get { return _sndUna; }
    }

    /// <summary>SND.NXT: the sequence number behind the last one sent.</summary>
    public uint SndNxt
    {
        get { return _sndNxt; }
    }

    /// <summary>SND.WND: the window that the peer offers, in bytes.</summary>
    public uint SndWnd
    {
        get { return _sndWnd; }
    }

    /// <summary>RCV.NXT: the next sequence number that we expect.</summary>
    public uint RcvNxt
    {
        get { return _rcvNxt; }
    }

    /// <summary>RCV.WND: the window that we have offered, in bytes.</summary>
    public uint RcvWnd
    {
        get { return _rcvEdge - _rcvNxt; }
    }

    /// <summary>The smoothed round-trip time in microseconds (SRTT of RFC 6298), 0 before it was measured.</summary>
    public ulong RoundTripTime
    {
        get { return _srtt; }
    }

    /// <summary>The retransmission timeout in microseconds (RTO of RFC 6298), backed off as it is now.</summary>
    public ulong RetransmissionTimeout
    {
        get { return _rto; }
    }

    /// <summary>
    /// The most data that we put in a segment, in bytes: Eff.snd.MSS of RFC 9293 section 3.7.1, at most half the send buffer.
    /// </summary>
    public int MaximumSegmentSize
    {
        get { return _mss; }
    }

    /// <summary>How many bytes wait to be read.</summary>
    public int Available
    {
        get { return (int)(_rcvNxt - _rcvRead) - (_finReceived ? 1 : 0); }
    }

    /// <summary>
    /// How many bytes are to be read until the urgent data ends that the peer has announced, those too that have not come yet; 0
    /// if there is none (RFC 9293 section 3.8.5). Up to 65535 bytes are announced ahead.
    /// </summary>
    public int UrgentCount
    {
        get { return (_urgent & UrgentIn) != 0 ? (int)(_rcvUp - _rcvRead) : 0; }
    }

    /// <summary>How many bytes <see cref="Write"/> would take now.</summary>
    public int SendSpace
    {
        get { return CanSend() ? _sndBuffer.Length - Unacknowledged : 0; }
    }

    /// <summary>How many bytes in the send buffer the peer has not acknowledged, sent or not.</summary>
    public int Unacknowledged
    {
        get
        {
            // An unacknowledged SYN takes one number, an acknowledged FIN too.
            int count = (int)(_sndEnd - _sndUna);
            if (_synPending)
                count--;
            return count < 0 ? 0 : count;
        }
    }

    /// <summary>True once the peer's FIN has come: nothing follows the bytes that wait to be read.</summary>
    public bool PeerClosed
    {
        get { return _finReceived; }
    }

    /// <summary>Switches off the Nagle algorithm: small segments leave at once (RFC 9293 section 3.7.4).</summary>
    public bool NoDelay
    {
        get { return _noDelay; }
        set
        {
            _noDelay = value;
            Touch();
        }
    }

    /// <summary>
    /// How long a connection that we open may take, in microseconds since its first SYN; 0, the start value, for
    /// <see cref="TcpSettings.SynTimeout"/>. Then it ends as <see cref="TcpCloseReason.TimedOut"/> (R2 of RFC 9293 section 3.8.3).
    /// </summary>
    public ulong ConnectTimeout
    {
        get { return _connectTimeout; }
        set
        {
            _connectTimeout = value;
            Touch();
        }
    }

    /// <summary>
    /// How long sent data may stay unacknowledged before the connection is given up, in microseconds (RFC 9293 section
    /// 3.9.1). The start value is that of <see cref="TcpSettings.UserTimeout"/>.
    /// </summary>
    public ulong UserTimeout
    {
        get { return _userTimeout; }
        set { _userTimeout = value; }
    }

    /// <summary>
    /// How long the connection may be idle before the peer is probed, in microseconds; 0, the start value, for never
    /// (RFC 9293 section 3.8.4).
    /// </summary>
    /// <exception cref="ArgumentException">The time is longer than 2^60 us.</exception>
    public ulong KeepAlive
    {
        get { return _keepAlive; }
        set
        {
            if (value > TcpSettings.LongestTime)
                throw new ArgumentException("KeepAlive must be at most 2^60 us; 0 is for never.");
            _keepAlive = value;
            _keepAliveAt = Never;
            Touch();
        }
    }

    /// <summary>Who is told what happens; null for nobody. A new handler is told what it has missed.</summary>
    public TcpConnectionHandler Handler
    {
        get { return _handler; }
        set
        {
            _handler = value;
            if (value == null)
                return;
            if (Available > 0)
                Events |= EventReceived;
            if (_finReceived)
                Events |= EventPeerClosed;
            if (_closeReason != TcpCloseReason.None)
                Events |= EventClosed;
            if (Events != 0)
                Touch();
        }
    }

    /// <summary>Whatever the application wants to find again with the connection.</summary>
    public object Tag { get; set; }

    /// <summary>Takes bytes that have come.</summary>
    /// <param name="buffer">Where they go.</param>
    /// <param name="offset">Index of the first byte.</param>
    /// <param name="count">How many at the most.</param>
    /// <returns>How many there were; 0 if none waits.</returns>
    /// <exception cref="ArgumentException">The range is not inside the buffer.</exception>
    public int Read(byte[] buffer, int offset, int count)
    {
        CheckRange(buffer, offset, count);
        int available = Available;
        if (count > available)
            count = available;
        if (count == 0)
            return 0;
        byte[] ring = _rcvBuffer;
        int start = (int)(_rcvRead & (uint)(ring.Length - 1));
        int first = ring.Length - start;
        if (first >= count)
            Array.Copy(ring, start, buffer, offset, count);
        else
        {
            Array.Copy(ring, start, buffer, offset, first);
            Array.Copy(ring, 0, buffer, offset + first, count - first);
        }

        _rcvRead += (uint)count;
        if (_urgent != 0 && (int)(_rcvUp - _rcvRead) <= 0)
            _urgent &= ~UrgentIn;
        if (IsWindowUpdateDue())
        {
            _ackDue = AckNow;
            Touch();
        }

        return count;
    }

    /// <summary>Gives bytes to be sent.</summary>
    /// <param name="buffer">Where they are.</param>
    /// <param name="offset">Index of the first byte.</param>
    /// <param name="count">How many.</param>
    /// <returns>How many were taken: less than asked if the send buffer is full, 0 if nothing can be sent any more.</returns>
    /// <exception cref="ArgumentException">The range is not inside the buffer.</exception>
    public int Write(byte[] buffer, int offset, int count)
    {
        CheckRange(buffer, offset, count);
        int space = SendSpace;
        if (count > space)
            count = space;
        if (count == 0)
            return 0;
        byte[] ring = _sndBuffer;
        int start = (int)((_sndEnd - _iss - 1) & (uint)(ring.Length - 1));
        int first = ring.Length - start;
        if (first >= count)
            Array.Copy(buffer, offset, ring, start, count);
        else
        {
            Array.Copy(buffer, offset, ring, start, first);
            Array.Copy(buffer, offset + first, ring, 0, count - first);
        }

        _sndEnd += (uint)count;
        Touch();
        return count;
    }

    /// <summary>
    /// Gives bytes to be sent, and announces to the peer that what was written until here is urgent. New applications should
    /// not do that (RFC 9293 section 3.8.5): networks and peers make different things of it.
    /// </summary>
    /// <inheritdoc cref="Write"/>
    public int WriteUrgent(byte[] buffer, int offset, int count)
    {
        count = Write(buffer, offset, count);
        if (count != 0)
        {
            _sndUp = _sndEnd;
            _urgent |= UrgentOut;
        }

        return count;
    }

    /// <summary>Closes our direction: a FIN follows what was written. The other direction stays open for reading.</summary>
    public void Shutdown()
    {
        switch (_state)
        {
            case TcpState.SynSent:
                _finQueued = true;
                break;
            case TcpState.SynReceived:
                // With data queued the FIN waits for ESTABLISHED (section 3.10.4).
                _finQueued = true;
                if (Unacknowledged == 0)
                    _state = TcpState.FinWait1;
                break;
            case TcpState.Established:
                _finQueued = true;
                _state = TcpState.FinWait1;
                break;
            case TcpState.CloseWait:
                _finQueued = true;
                _state = TcpState.LastAck;
                break;
            default:
                return;
        }

        Touch();
    }

    /// <summary>
    /// Closes both directions and gives the connection back: a FIN follows what was written. With bytes unread, the peer is
    /// told by a reset that they were lost (RFC 9293 section 3.6.1).
    /// </summary>
    public void Close()
    {
        if (!Owned)
            return;
        if (_state == TcpState.SynSent || (Available > 0 && IsOpen()))
        {
            Abort();
            return;
        }

        Shutdown();
        GiveBack();
    }

    /// <summary>Ends the connection with a reset and gives it back. What was not sent or not read is lost.</summary>
    public void Abort()
    {
        if (!Owned)
            return;
        if (IsOpen())
            QueueReset();
        else if (TimeWait != null)
            _layer.TimeWaits.Remove(TimeWait);
        GiveBack();
    }

    /// <summary>The state ends with the entry in the TIME-WAIT table.</summary>
    internal void LeaveTimeWait()
    {
        TimeWait = null;
        _state = TcpState.Closed;
    }

    /// <summary>Tells the handler what has happened.</summary>
    internal void Dispatch()
    {
        int events = Events;
        Events = 0;
        if ((events & EventAccept) != 0)
        {
            TcpListener listener = Listener;
            TcpListenerHandler listening = listener == null ? null : listener.Listening;
            if (listening != null)
                listening.OnAccept(listener);
            events &= ~EventAccept;
            if (events == 0)
                return;
        }

        TcpConnectionHandler handler = _handler;
        if (handler == null || !Owned)
            return;

        if (events != EventClosed)
        {
            // Given back by a call, the connection may be another one already: what is left to tell is not about it.
            Events |= Telling;
            if ((events & EventEstablished) != 0)
                handler.OnEstablished(this);
            if ((events & (EventUrgent | EventSoftError)) != 0)
                DispatchRare(handler, events);
            if ((events & EventReceived) != 0 && (Events & Telling) != 0 && Available > 0)
                handler.OnReceived(this);
            if ((events & EventSent) != 0 && (Events & Telling) != 0)
                handler.OnSent(this);
            if ((events & EventPeerClosed) != 0 && (Events & Telling) != 0)
                handler.OnPeerClosed(this);
            if ((Events & Telling) == 0)
                return;
            Events &= ~Telling;
        }

        if ((events & EventClosed) != 0)
            handler.OnClosed(this, _closeReason);
    }

    private void DispatchRare(TcpConnectionHandler handler, int events)
    {
        if ((events & EventSoftError) != 0 && (Events & Telling) != 0)
            handler.OnSoftError(this, _softError);
        if ((events & EventUrgent) != 0 && (Events & Telling) != 0 && (_urgent & UrgentIn) != 0)
            handler.OnUrgent(this);
    }

    private static void CheckRange(byte[] buffer, int offset, int count)
    {
        if (buffer == null)
            throw new ArgumentNullException(nameof(buffer));
        if (offset < 0 || count < 0 || count > buffer.Length - offset)
            throw new ArgumentException("The range must be inside the buffer.");
    }

    private bool CanSend()
    {
        return !_finQueued && (_state == TcpState.Established || _state == TcpState.CloseWait
            || _state == TcpState.SynSent || _state == TcpState.SynReceived);
    }

    /// <summary>True while the protocol still works on the connection.</summary>
    private bool IsOpen()
    {
        return _state != TcpState.Closed && _state != TcpState.TimeWait;
    }

    /// <summary>Ends the connection; the reset leaves with the next Poll, before anything else happens to it.</summary>
    private void QueueReset()
    {
        // Section 3.10.5: in the other states there is nobody to tell, or nothing to say but a FIN that has not left.
        _resetQueued = _state >= TcpState.SynReceived && (_state <= TcpState.CloseWait || _sndNxt != _sndEnd + 1);
        _closeReason = TcpCloseReason.Aborted;
        _state = TcpState.Closed;
        Touch();
    }

    private void GiveBack()
    {
        Owned = false;
        _handler = null;
        Tag = null;
        Events = 0;
        if (TimeWait != null)
        {
            TimeWait.Owner = null;
            TimeWait = null;
        }

        // What still has to be sent is sent first.
        if (InTable)
            Touch();
        else
            _layer.Detach(this);
    }

    /// <summary>Has the endpoint look at the connection in the next Poll, or at the end of this one's step.</summary>
    private void Touch()
    {
        _layer.MarkDirty(this);
    }
}
