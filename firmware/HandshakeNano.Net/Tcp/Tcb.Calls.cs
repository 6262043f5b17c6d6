using HandshakeNano.Net.Wire;

namespace HandshakeNano.Net;

// The user's calls, RFC 9293 section 3.10.1 to 3.10.6, and what the user is told. TcpConnection has the words to them.
internal sealed partial class Tcb
{
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

    public bool CanSend
    {
        get
        {
            return !_finQueued && (_state == TcpState.Established || _state == TcpState.CloseWait
                || _state == TcpState.SynSent || _state == TcpState.SynReceived);
        }
    }

    public int SendSpace
    {
        get { return CanSend ? _sndBuffer.Length - Unacknowledged : 0; }
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
        set
        {
            if (Owned)
                _userTimeout = value;
        }
    }

    public ulong KeepAlive
    {
        get { return _keepAlive; }
        set
        {
            if (!InTable)
                return;
            _keepAlive = value;
            _keepAliveAt = Never;
            Watch();
        }
    }

    public ulong IdleTimeout
    {
        get { return _idleTimeout; }
        set
        {
            if (!InTable || !Owned)
                return;
            _idleTimeout = value;
            _lingerAt = Never;
            Watch();
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
                Events |= TcbEvents.Received;
            if (_finReceived)
                Events |= TcbEvents.PeerClosed;
            if (_closeReason != TcpCloseReason.None)
                Events |= TcbEvents.Closed;
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
        Ring.Get(_rcvBuffer, _rcvRead, buffer, offset, count);
        _rcvRead += (uint)count;
        if (_urgent != 0 && (int)(_rcvUp - _rcvRead) <= 0)
            _urgent &= ~UrgentIn;

        // A window update is due by a worthwhile step, or if the peer could not send a full segment (section 3.8.6.2.2).
        uint size = (uint)_rcvBuffer.Length;
        uint step = _rcvRead + size - _rcvEdge;
        if ((int)step > 0 && !_finReceived
            && (step >= size / 2 || (step >= (uint)_mss && _rcvEdge - _rcvNxt < (uint)_mss)))
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
        Ring.Put(_sndBuffer, _sndEnd - _iss - 1, buffer, offset, count);
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

    /// <summary>Tells the handler what has happened.</summary>
    internal void Dispatch()
    {
        TcbEvents events = Events;
        Events = TcbEvents.None;
        if ((events & TcbEvents.Accept) != 0)
        {
            TcpListener listener = Listener;
            TcpListenerHandler listening = listener == null ? null : listener._handler;
            if (listening != null)
                listening.OnAccept(listener);
            events &= ~TcbEvents.Accept;
            if (events == 0)
                return;
        }

        TcpConnectionHandler handler = _handler;
        if (handler == null || !Owned)
            return;

        TcpConnection handle = Handle;
        if (events != TcbEvents.Closed)
        {
            // Given back by a call, the connection may be another one already: what is left to tell is not about it.
            Events |= TcbEvents.Telling;
            if ((events & TcbEvents.Established) != 0)
                handler.OnEstablished(handle);
            if ((events & (TcbEvents.Urgent | TcbEvents.SoftError)) != 0)
                DispatchRare(handler, handle, events);
            if ((events & TcbEvents.Received) != 0 && (Events & TcbEvents.Telling) != 0
                && (int)(_rcvNxt - _rcvRead) > (_finReceived ? 1 : 0))
                handler.OnReceived(handle);
            if ((events & TcbEvents.Sent) != 0 && (Events & TcbEvents.Telling) != 0)
                handler.OnSent(handle);
            if ((events & TcbEvents.PeerClosed) != 0 && (Events & TcbEvents.Telling) != 0)
                handler.OnPeerClosed(handle);
            if ((Events & TcbEvents.Telling) == 0)
                return;
            Events &= ~TcbEvents.Telling;
        }

        if ((events & TcbEvents.Closed) != 0)
            handler.OnClosed(handle, _closeReason);
    }

    private void DispatchRare(TcpConnectionHandler handler, TcpConnection handle, TcbEvents events)
    {
        if ((events & TcbEvents.SoftError) != 0 && (Events & TcbEvents.Telling) != 0)
            handler.OnSoftError(handle, _softError);
        if ((events & TcbEvents.Urgent) != 0 && (Events & TcbEvents.Telling) != 0 && (_urgent & UrgentIn) != 0)
            handler.OnUrgent(handle);
    }
}
