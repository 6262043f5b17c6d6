using System;
using HandshakeNano.Net.Wire;
using static HandshakeNano.Net.TcbFlags;
using static HandshakeNano.Net.TcbNumbers;
using static HandshakeNano.Net.TcbTimes;

namespace HandshakeNano.Net;

// The user's calls, RFC 9293 section 3.10.1 to 3.10.6, and what the user is told. TcpConnection has the words to them.
internal sealed partial class Tcb
{
    public TcpCloseReason CloseReason
    {
        get { return (TcpCloseReason)(Numbers[Flags] >> Reason); }
    }

    public uint LocalAddress
    {
        get { return IsOverIpv6 ? 0 : _layer.LocalAddress; }
    }

    public uint RemoteAddress
    {
        get { return Ipv4Layer.AddressOf(Numbers[Peer]); }
    }

    public bool IsOverIpv6
    {
        get { return !Ipv4Layer.IsAddress(Numbers[Peer]); }
    }

    public int LocalPort
    {
        get { return (int)(Numbers[Ports] >> 16); }
    }

    public int RemotePort
    {
        get { return (int)(Numbers[Ports] & 0xFFFF); }
    }

    public bool CopyAddress(bool ours, byte[] into, int offset)
    {
        return _layer.CopyPeer(Numbers[Peer], ours, into, offset);
    }

    /// <summary>Copies what is known.</summary>
    /// <param name="into">Where it goes.</param>
    /// <returns>False if the control block is free.</returns>
    public bool CopyInfo(TcpConnectionInfo into)
    {
        uint[] v = Numbers;
        if ((v[Flags] & TcbFlags.IsFree) != 0)
            return false;
        bool isIpv6 = IsOverIpv6;
        into.State = (TcpState)v[State];
        into.IsIpv6 = isIpv6;
        into.RemoteAddress = isIpv6 ? 0 : RemoteAddress;
        if (!isIpv6 || !CopyAddress(false, into.RemoteIpv6Address, 0))
            Array.Clear(into.RemoteIpv6Address, 0, Ipv6Address.Length);
        into.LocalPort = LocalPort;
        into.RemotePort = RemotePort;
        into.Iss = v[Iss];
        into.Irs = v[Irs];
        into.SndUna = v[SndUna];
        into.SndNxt = v[SndNxt];
        into.RcvNxt = v[RcvNxt];
        into.RoundTripTime = RoundTripTime;
        return true;
    }

    public uint RcvWnd
    {
        get { return Numbers[RcvEdge] - Numbers[RcvNxt]; }
    }

    public ulong RoundTripTime
    {
        get { return Numbers[Srtt]; }
    }

    public ulong RetransmissionTimeout
    {
        get { return Numbers[Rto]; }
    }

    public int MaximumSegmentSize
    {
        get { return (int)Numbers[Mss]; }
    }

    public int Available
    {
        get
        {
            uint[] v = Numbers;
            return (int)(v[RcvNxt] - v[RcvRead] - (v[Flags] & FinReceived));
        }
    }

    public int UrgentCount
    {
        get { return (Numbers[Flags] & UrgentIn) != 0 ? (int)(Numbers[RcvUp] - Numbers[RcvRead]) : 0; }
    }

    public bool CanSend
    {
        get
        {
            uint[] v = Numbers;
            TcpState state = (TcpState)v[State];
            return (v[Flags] & FinQueued) == 0 && (state == TcpState.Established || state == TcpState.CloseWait
                || state == TcpState.SynSent || state == TcpState.SynReceived);
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
            uint[] v = Numbers;

            // An unacknowledged SYN takes one number, an acknowledged FIN too.
            int count = (int)(v[SndEnd] - v[SndUna]);
            if ((v[Flags] & SynPending) != 0)
                count--;
            return count < 0 ? 0 : count;
        }
    }

    public bool PeerClosed
    {
        get { return (Numbers[Flags] & FinReceived) != 0; }
    }

    public bool NoDelay
    {
        get { return (Numbers[Flags] & NoNagle) != 0; }
        set
        {
            Numbers[Flags] = value ? Numbers[Flags] | NoNagle : Numbers[Flags] & ~NoNagle;
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
            if ((Numbers[Flags] & Owned) != 0)
                _t[UserLimit] = value;
        }
    }

    public ulong KeepAlive
    {
        get { return _t[KeepAliveTime]; }
        set
        {
            ulong[] t = _t;
            if ((Numbers[Flags] & InTable) == 0)
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
            if ((Numbers[Flags] & (InTable | Owned)) != (InTable | Owned))
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
            uint[] v = Numbers;
            if ((v[Flags] & Owned) == 0)
                return;
            _handler = value;
            if (value == null)
                return;
            if (v[RcvNxt] != v[RcvRead] && Available > 0)
                v[Events] |= TcbEvents.Received;
            if ((TcpState)v[State] != TcpState.Established)
            {
                if ((v[Flags] & FinReceived) != 0)
                    v[Events] |= TcbEvents.PeerClosed;
                if (CloseReason != TcpCloseReason.None)
                    v[Events] |= TcbEvents.Closed;
            }

            if (v[Events] != TcbEvents.None)
                Touch();
        }
    }

    public int Read(byte[] buffer, int offset, int count)
    {
        uint[] v = Numbers;
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
        if (size > _layer.ReceiveWindow)
        {
            size = _layer.ReceiveWindow;
            step = AnnouncedEdge() - v[RcvEdge];
        }

        if ((int)step > 0 && (v[Flags] & FinReceived) == 0
            && (step >= size / 2 || (step >= v[Mss] && v[RcvEdge] - v[RcvNxt] < v[Mss])))
        {
            v[AckDue] = AckNow;
            Touch();
        }

        return count;
    }

    public int Peek(byte[] buffer, int offset, int count)
    {
        int available = Available;
        if (count > available)
            count = available;
        if (count != 0)
            Ring.Get(_rcvBuffer, Numbers[RcvRead], buffer, offset, count);
        return count;
    }

    public int Write(byte[] buffer, int offset, int count)
    {
        uint[] v = Numbers;
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
        uint[] v = Numbers;
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
        uint[] v = Numbers;
        switch ((TcpState)v[State])
        {
            case TcpState.SynSent:
                v[Flags] |= FinQueued;
                break;
            case TcpState.SynReceived:
                // With data queued the FIN waits for ESTABLISHED (section 3.10.4).
                v[Flags] |= FinQueued;
                if (Unacknowledged == 0)
                    v[State] = (uint)TcpState.FinWait1;
                break;
            case TcpState.Established:
                v[Flags] |= FinQueued;
                v[State] = (uint)TcpState.FinWait1;
                break;
            case TcpState.CloseWait:
                v[Flags] |= FinQueued;
                v[State] = (uint)TcpState.LastAck;
                break;
            default:
                return;
        }

        Touch();
    }

    public void Close()
    {
        uint[] v = Numbers;
        if ((v[Flags] & Owned) == 0)
            return;
        TcpState state = (TcpState)v[State];
        if (state != TcpState.Closed)
        {
            if (state == TcpState.SynSent || Available > 0)
            {
                Abort();
                return;
            }

            Shutdown();
        }

        GiveBack();
    }

    public void Abort()
    {
        if (IsOpen())
            QueueReset();
        if ((Numbers[Flags] & Owned) != 0)
            GiveBack();
    }

    /// <summary>Tells the handler what has happened.</summary>
    internal void Dispatch()
    {
        uint[] v = Numbers;
        uint events = v[Events];
        v[Events] = TcbEvents.None;
        TcpConnectionHandler handler = _handler;
        if (handler == null)
        {
            _layer.HasNews = true;
            return;
        }

        TcpConnection handle = Handle;
        if (events != TcbEvents.Closed)
        {
            // Given back by a call, the connection may be another one already: what is left to tell is not about it.
            v[Events] |= TcbEvents.Telling;
            if ((events & TcbEvents.Established) != 0)
                handler.OnEstablished(handle);
            if ((events & (TcbEvents.Urgent | TcbEvents.SoftError)) != 0)
                DispatchRare(handler, handle, events);
            if ((events & TcbEvents.Received) != 0 && (v[Events] & TcbEvents.Telling) != 0
                && Available > 0)
                handler.OnReceived(handle);
            if ((events & TcbEvents.Sent) != 0 && (v[Events] & TcbEvents.Telling) != 0)
                handler.OnSent(handle);
            if ((events & TcbEvents.PeerClosed) != 0 && (v[Events] & TcbEvents.Telling) != 0)
                handler.OnPeerClosed(handle);
            if ((v[Events] & TcbEvents.Telling) == 0)
                return;
            v[Events] &= ~TcbEvents.Telling;
            if ((events & TcbEvents.Closed) == 0)
                return;
        }

        handler.OnClosed(handle, (TcpCloseReason)(v[Flags] >> Reason));
    }

    private void DispatchRare(TcpConnectionHandler handler, TcpConnection handle, uint events)
    {
        uint[] v = Numbers;
        if ((events & TcbEvents.SoftError) != 0 && (v[Events] & TcbEvents.Telling) != 0)
            handler.OnSoftError(handle, (TcpSoftError)v[SoftError]);
        if ((events & TcbEvents.Urgent) != 0 && (v[Events] & TcbEvents.Telling) != 0 && (v[Flags] & UrgentIn) != 0)
            handler.OnUrgent(handle);
    }
}
