using System;
using HandshakeNano.Net.Wire;

namespace HandshakeNano.Net;

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

    internal Tcb(TcpLayer layer, TcpSettings settings)
    {
        _layer = layer;
        _sndBuffer = new byte[settings.SendBufferSize];
        _rcvBuffer = new byte[settings.ReceiveBufferSize];
        _ranges = new uint[2 * settings.OutOfOrderRanges];
        StopTimers();
    }

    // What the application can ask and do: TcpConnection has the words to it.
    public TcpState State
    {
        get { return _state; }
    }

    public TcpCloseReason CloseReason
    {
        get { return _closeReason; }
    }

    public uint LocalAddress
    {
        get { return _layer.LocalAddress; }
    }

    /// <summary>The peer's number, for the layer below.</summary>
    public uint Peer
    {
        get { return _peer; }
    }

    public uint RemoteAddress
    {
        get { return BigEndian.Reverse(_peer); }
    }

    public int LocalPort
    {
        get { return (int)(_ports >> 16); }
    }

    public int RemotePort
    {
        get { return (int)(_ports & 0xFFFF); }
    }

    public uint Iss
    {
        get { return _iss; }
    }

    public uint Irs
    {
        get { return _irs; }
    }

    public uint SndUna
    {
        get { return _sndUna; }
    }

    public uint SndNxt
    {
        get { return _sndNxt; }
    }

    public uint SndWnd
    {
        get { return _sndWnd; }
    }

    public uint RcvNxt
    {
        get { return _rcvNxt; }
    }

    public uint RcvWnd
    {
        get { return _rcvEdge - _rcvNxt; }
    }

    public ulong RoundTripTime
    {
        get { return _srtt; }
    }

    public ulong RetransmissionTimeout
    {
        get { return _rto; }
    }

    public int MaximumSegmentSize
    {
        get { return _mss; }
    }

    public int Available
    {
        get { return (int)(_rcvNxt - _rcvRead) - (_finReceived ? 1 : 0); }
    }

    public int UrgentCount
    {
        get { return (_urgent & UrgentIn) != 0 ? (int)(_rcvUp - _rcvRead) : 0; }
    }

    public int SendSpace
    {
        get { return CanSend() ? _sndBuffer.Length - Unacknowledged : 0; }
    }

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

    public bool PeerClosed
    {
        get { return _finReceived; }
    }

    public bool NoDelay
    {
        get { return _noDelay; }
        set
        {
            _noDelay = value;
            Touch();
        }
    }

    public ulong ConnectTimeout
    {
        get { return _connectTimeout; }
        set
        {
            _connectTimeout = value;
            Touch();
        }
    }

    public ulong UserTimeout
    {
        get { return _userTimeout; }
        set { _userTimeout = value; }
    }

    public ulong KeepAlive
    {
        get { return _keepAlive; }
        set
        {
            _keepAlive = value;
            _keepAliveAt = Never;
            Touch();
        }
    }

    public TcpConnectionHandler Handler
    {
        get { return _handler; }
        set
        {
            // Closed by its application: nothing more is told.
            if (!Owned)
                return;
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

    public int Read(byte[] buffer, int offset, int count)
    {
        int available = (int)(_rcvNxt - _rcvRead);
        if (_finReceived)
            available--;
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

    public int Write(byte[] buffer, int offset, int count)
    {
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

    public void Abort()
    {
        if (IsOpen())
            QueueReset();
        if (Owned)
            GiveBack();
    }

    /// <summary>Makes what the application gets of the connection.</summary>
    internal TcpConnection GiveOut()
    {
        TcpConnection handle = new TcpConnection(this);
        Handle = handle;
        return handle;
    }

    /// <summary>The state ends with the entry in the TIME-WAIT table.</summary>
    internal void LeaveTimeWait()
    {
        _state = TcpState.Closed;
    }

    internal void ForgetTimeWait(TimeWaitEntry entry)
    {
        _layer.TimeWaits.Remove(entry);
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

        TcpConnection handle = Handle;
        if (events != EventClosed)
        {
            // Given back by a call, the connection may be another one already: what is left to tell is not about it.
            Events |= Telling;
            if ((events & EventEstablished) != 0)
                handler.OnEstablished(handle);
            if ((events & (EventUrgent | EventSoftError)) != 0)
                DispatchRare(handler, handle, events);
            if ((events & EventReceived) != 0 && (Events & Telling) != 0 && (int)(_rcvNxt - _rcvRead) > (_finReceived ? 1 : 0))
                handler.OnReceived(handle);
            if ((events & EventSent) != 0 && (Events & Telling) != 0)
                handler.OnSent(handle);
            if ((events & EventPeerClosed) != 0 && (Events & Telling) != 0)
                handler.OnPeerClosed(handle);
            if ((Events & Telling) == 0)
                return;
            Events &= ~Telling;
        }

        if ((events & EventClosed) != 0)
            handler.OnClosed(handle, _closeReason);
    }

    private void DispatchRare(TcpConnectionHandler handler, TcpConnection handle, int events)
    {
        if ((events & EventSoftError) != 0 && (Events & Telling) != 0)
            handler.OnSoftError(handle, _softError);
        if ((events & EventUrgent) != 0 && (Events & Telling) != 0 && (_urgent & UrgentIn) != 0)
            handler.OnUrgent(handle);
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
        Events = 0;

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
