using HandshakeNano.Net.Wire;
using static HandshakeNano.Net.TcbFlags;
using static HandshakeNano.Net.TcbNumbers;
using static HandshakeNano.Net.TcbTimes;

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
        get { return (TcpCloseReason)_v[Reason]; }
    }

    /// <summary>One of the numbers that <see cref="TcbNumbers"/> names.</summary>
    public uint Number(int index)
    {
        return _v[index];
    }

    public uint LocalAddress
    {
        get { return _layer.LocalAddress; }
    }

    public uint RemoteAddress
    {
        get { return Ipv4Layer.AddressOf(_v[Peer]); }
    }

    public int LocalPort
    {
        get { return (int)(_v[Ports] >> 16); }
    }

    public int RemotePort
    {
        get { return (int)(_v[Ports] & 0xFFFF); }
    }

    public uint RcvWnd
    {
        get { return _v[RcvEdge] - _v[RcvNxt]; }
    }

    public ulong RoundTripTime
    {
        get { return _t[Srtt]; }
    }

    public ulong RetransmissionTimeout
    {
        get { return _t[Rto]; }
    }

    public int MaximumSegmentSize
    {
        get { return (int)_v[Mss]; }
    }

    public int Available
    {
        get
        {
            uint[] v = _v;
            return (int)(v[RcvNxt] - v[RcvRead] - (v[Flags] & FinReceived));
        }
    }

    public int UrgentCount
    {
        get { return (_v[Flags] & UrgentIn) != 0 ? (int)(_v[RcvUp] - _v[RcvRead]) : 0; }
    }

    public bool CanSend
    {
        get
        {
            return (_v[Flags] & FinQueued) == 0 && (_state == TcpState.Established || _state == TcpState.CloseWait
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
            uint[] v = _v;

            // An unacknowledged SYN takes one number, an acknowledged FIN too.
            int count = (int)(v[SndEnd] - v[SndUna]);
            if ((v[Flags] & SynPending) != 0)
                count--;
            return count < 0 ? 0 : count;
        }
    }

    public bool PeerClosed
    {
        get { return (_v[Flags] & FinReceived) != 0; }
    }

    public bool NoDelay
    {
        get { return (_v[Flags] & NoNagle) != 0; }
        set
        {
            _v[Flags] = value ? _v[Flags] | NoNagle : _v[Flags] & ~NoNagle;
            Touch();
        }
    }

    public ulong ConnectTimeout
    {
        get { return _t[ConnectLimit]; }
        set
        {
            _t[ConnectLimit] = value;
            Touch();
        }
    }

    public ulong UserTimeout
    {
        get { return _t[UserLimit]; }
        set
        {
            if (Owned)
                _t[UserLimit] = value;
        }
    }

    public ulong KeepAlive
    {
        get { return _t[KeepAliveTime]; }
        set
        {
            ulong[] t = _t;
            if (!InTable)
                return;
            t[KeepAliveTime] = value;
            t[KeepAliveAt] = Never;
            Watch();
        }
    }

    public ulong IdleTimeout
    {
        get { return _t[IdleLimit]; }
        set
        {
            ulong[] t = _t;
            if (!InTable || !Owned)
                return;
            t[IdleLimit] = value;
            t[LingerAt] = Never;
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
            if (_state != TcpState.Established)
            {
                if ((_v[Flags] & FinReceived) != 0)
                    Events |= TcbEvents.PeerClosed;
                if (_v[Reason] != (uint)TcpCloseReason.None)
                    Events |= TcbEvents.Closed;
            }

            if (Events != 0)
                Touch();
        }
    }

    public int Read(byte[] buffer, int offset, int count)
    {
        uint[] v = _v;
        int available = (int)(v[RcvNxt] - v[RcvRead] - (v[Flags] & FinReceived));
        if (count > available)
            count = available;
        if (count == 0)
            return 0;
        Ring.Get(_rcvBuffer, v[RcvRead], buffer, offset, count);
        v[RcvRead] += (uint)count;
        if ((v[Flags] & UrgentIn) != 0 && (int)(v[RcvUp] - v[RcvRead]) <= 0)
            v[Flags] &= ~UrgentIn;

        // A window update is due by a worthwhile step, or if the peer could not send a full segment (section 3.8.6.2.2).
        uint size = (uint)_rcvBuffer.Length;
        uint step = v[RcvRead] + size - v[RcvEdge];
        if ((int)step > 0 && (v[Flags] & FinReceived) == 0
            && (step >= size / 2 || (step >= v[Mss] && v[RcvEdge] - v[RcvNxt] < v[Mss])))
        {
            v[AckDue] = AckNow;
            Touch();
        }

        return count;
    }

    public int Write(byte[] buffer, int offset, int count)
    {
        uint[] v = _v;
        int space = SendSpace;
        if (count > space)
            count = space;
        if (count == 0)
            return 0;
        Ring.Put(_sndBuffer, v[SndEnd] - v[Iss] - 1, buffer, offset, count);
        v[SndEnd] += (uint)count;
        Touch();
        return count;
    }

    public int WriteUrgent(byte[] buffer, int offset, int count)
    {
        uint[] v = _v;
        count = Write(buffer, offset, count);
        if (count != 0)
        {
            v[SndUp] = v[SndEnd];
            v[Flags] |= UrgentOut;
        }

        return count;
    }

    public void Shutdown()
    {
        switch (_state)
        {
            case TcpState.SynSent:
                _v[Flags] |= FinQueued;
                break;
            case TcpState.SynReceived:
                // With data queued the FIN waits for ESTABLISHED (section 3.10.4).
                _v[Flags] |= FinQueued;
                if (Unacknowledged == 0)
                    _state = TcpState.FinWait1;
                break;
            case TcpState.Established:
                _v[Flags] |= FinQueued;
                _state = TcpState.FinWait1;
                break;
            case TcpState.CloseWait:
                _v[Flags] |= FinQueued;
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
                && Available > 0)
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
            handler.OnClosed(handle, (TcpCloseReason)_v[Reason]);
    }

    private void DispatchRare(TcpConnectionHandler handler, TcpConnection handle, TcbEvents events)
    {
        uint[] v = _v;
        if ((events & TcbEvents.SoftError) != 0 && (Events & TcbEvents.Telling) != 0)
            handler.OnSoftError(handle, (TcpSoftError)v[SoftError]);
        if ((events & TcbEvents.Urgent) != 0 && (Events & TcbEvents.Telling) != 0 && (v[Flags] & UrgentIn) != 0)
            handler.OnUrgent(handle);
    }
}
