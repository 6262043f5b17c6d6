using System;

namespace HandshakeNano.Net;

/// <summary>
/// A connection. Nothing here waits and nothing is sent at once: what is asked for leaves with the next
/// <see cref="TcpEndpoint.Poll"/>. State variables carry the names of RFC 9293 section 3.3.1.
/// </summary>
/// <remarks>
/// The object belongs to its application for good: it is made when the connection is opened or accepted, and never stands for
/// another one. A connection that has ended keeps its unread bytes until <see cref="Close"/> or <see cref="Abort"/>. Once it is
/// closed and the protocol is done with it, every call does nothing: <see cref="State"/> is Closed, numbers are 0, and
/// <see cref="CloseReason"/> still says why it ended.
/// </remarks>
public sealed class TcpConnection
{
    private Tcb _tcb;
    private TimeWaitEntry _timeWait;
    private TcpCloseReason _closeReason;

    internal TcpConnection(Tcb tcb)
    {
        _tcb = tcb;
    }

    /// <summary>The state, RFC 9293 section 3.3.2.</summary>
    public TcpState State
    {
        get { return _tcb != null ? (TcpState)_tcb.Numbers[TcbNumbers.State] : _timeWait != null ? TcpState.TimeWait : TcpState.Closed; }
    }

    /// <summary>Why the connection ended; None while it has not.</summary>
    public TcpCloseReason CloseReason
    {
        get { return _tcb == null ? _closeReason : _tcb.CloseReason; }
    }

    /// <summary>True if it is a connection over IPv6.</summary>
    public bool IsIpv6
    {
        get { return _tcb != null && _tcb.IsOverIpv6; }
    }

    /// <summary>Our IPv4 address, most significant byte first; 0 of a connection over IPv6.</summary>
    public uint LocalAddress
    {
        get { return _tcb == null ? 0 : _tcb.LocalAddress; }
    }

    /// <summary>
    /// The peer's IPv4 address, most significant byte first. Over IPv6 it is a number in 240.0.0.0/4, which no IPv4 host has: one for each
    /// pair of the peer's address and ours, so that it serves to count the connections of a peer (<see cref="CopyRemoteAddress"/>).
    /// </summary>
    public uint RemoteAddress
    {
        get { return _tcb == null ? 0 : _tcb.RemoteAddress; }
    }

    /// <summary>Copies the peer's IPv6 address.</summary>
    /// <param name="into">The array for its 16 bytes.</param>
    /// <param name="offset">Index of the first one.</param>
    /// <returns>False if this is no connection over IPv6, or the address of ours that it was made with is gone.</returns>
    public bool CopyRemoteAddress(byte[] into, int offset)
    {
        return _tcb != null && _tcb.CopyAddress(false, into, offset);
    }

    /// <summary>Copies our IPv6 address.</summary>
    /// <inheritdoc cref="CopyRemoteAddress"/>
    public bool CopyLocalAddress(byte[] into, int offset)
    {
        return _tcb != null && _tcb.CopyAddress(true, into, offset);
    }

    /// <summary>Our port.</summary>
    public int LocalPort
    {
        get { return _tcb == null ? 0 : _tcb.LocalPort; }
    }

    /// <summary>The peer's port.</summary>
    public int RemotePort
    {
        get { return _tcb == null ? 0 : _tcb.RemotePort; }
    }

    /// <summary>ISS: our initial send sequence number; 0 before our SYN is sent.</summary>
    public uint Iss
    {
        get { return _tcb == null ? 0 : _tcb.Numbers[TcbNumbers.Iss]; }
    }

    /// <summary>IRS: the peer's initial sequence number; 0 before its SYN has come.</summary>
    public uint Irs
    {
        get { return _tcb == null ? 0 : _tcb.Numbers[TcbNumbers.Irs]; }
    }

    /// <summary>SND.UNA: the oldest sequence number that is not acknowledged.</summary>
    public uint SndUna
    {
        get { return _tcb == null ? 0 : _tcb.Numbers[TcbNumbers.SndUna]; }
    }

    /// <summary>SND.NXT: the sequence number after the last one sent.</summary>
    public uint SndNxt
    {
        get { return _tcb == null ? 0 : _tcb.Numbers[TcbNumbers.SndNxt]; }
    }

    /// <summary>SND.WND: the window that the peer offers, in bytes.</summary>
    public uint SndWnd
    {
        get { return _tcb == null ? 0 : _tcb.Numbers[TcbNumbers.SndWnd]; }
    }

    /// <summary>RCV.NXT: the next sequence number that we expect.</summary>
    public uint RcvNxt
    {
        get { return _tcb == null ? 0 : _tcb.Numbers[TcbNumbers.RcvNxt]; }
    }

    /// <summary>RCV.WND: the window that we have offered, in bytes.</summary>
    public uint RcvWnd
    {
        get { return _tcb == null ? 0 : _tcb.RcvWnd; }
    }

    /// <summary>The smoothed round-trip time in microseconds (SRTT of RFC 6298), 0 before it was measured.</summary>
    public ulong RoundTripTime
    {
        get { return _tcb == null ? 0 : _tcb.RoundTripTime; }
    }

    /// <summary>The retransmission timeout in microseconds (RTO of RFC 6298), backed off as it is now.</summary>
    public ulong RetransmissionTimeout
    {
        get { return _tcb == null ? 0 : _tcb.RetransmissionTimeout; }
    }

    /// <summary>
    /// The most data that we put in a segment, in bytes: Eff.snd.MSS of RFC 9293 section 3.7.1, at most half the send buffer.
    /// </summary>
    public int MaximumSegmentSize
    {
        get { return _tcb == null ? 0 : _tcb.MaximumSegmentSize; }
    }

    /// <summary>How many bytes wait to be read.</summary>
    public int Available
    {
        get { return _tcb == null ? 0 : _tcb.Available; }
    }

    /// <summary>
    /// How many bytes are to be read until the urgent data ends that the peer has announced, those too that have not come yet; 0
    /// if there is none (RFC 9293 section 3.8.5). Up to 65535 bytes are announced ahead.
    /// </summary>
    public int UrgentCount
    {
        get { return _tcb == null ? 0 : _tcb.UrgentCount; }
    }

    /// <summary>
    /// True while our direction is open: <see cref="Write"/> takes bytes, now or when there is room. False after
    /// <see cref="Shutdown"/>, <see cref="Close"/> and the end of the connection.
    /// </summary>
    public bool CanSend
    {
        get { return _tcb != null && _tcb.CanSend; }
    }

    /// <summary>How many bytes <see cref="Write"/> would take now.</summary>
    public int SendSpace
    {
        get { return _tcb == null ? 0 : _tcb.SendSpace; }
    }

    /// <summary>How many bytes in the send buffer the peer has not acknowledged, sent or not.</summary>
    public int Unacknowledged
    {
        get { return _tcb == null ? 0 : _tcb.Unacknowledged; }
    }

    /// <summary>True once the peer's FIN has come: nothing follows the bytes that wait to be read.</summary>
    public bool PeerClosed
    {
        get { return _tcb != null && _tcb.PeerClosed; }
    }

    /// <summary>Switches off the Nagle algorithm: small segments leave at once (RFC 9293 section 3.7.4).</summary>
    public bool NoDelay
    {
        get { return _tcb != null && _tcb.NoDelay; }
        set
        {
            if (_tcb != null)
                _tcb.NoDelay = value;
        }
    }

    /// <summary>
    /// How long a connection that we open may take, in microseconds since its first SYN; 0, the start value, for
    /// <see cref="TcpSettings.SynTimeout"/>. Then it ends as <see cref="TcpCloseReason.TimedOut"/> (R2 of RFC 9293 section 3.8.3).
    /// </summary>
    public ulong ConnectTimeout
    {
        get { return _tcb == null ? 0 : _tcb.ConnectTimeout; }
        set
        {
            if (_tcb != null)
                _tcb.ConnectTimeout = value;
        }
    }

    /// <summary>
    /// How long sent data may stay unacknowledged before the connection is given up, in microseconds (RFC 9293 section
    /// 3.9.1). The start value is that of <see cref="TcpSettings.UserTimeout"/>. After <see cref="Close"/> it is at most
    /// <see cref="TcpSettings.OrphanTimeout"/> and cannot be set.
    /// </summary>
    public ulong UserTimeout
    {
        get { return _tcb == null ? 0 : _tcb.UserTimeout; }
        set
        {
            if (_tcb != null)
                _tcb.UserTimeout = value;
        }
    }

    /// <summary>
    /// How long the connection may be idle before the peer is probed, in microseconds; 0, the start value, for never
    /// (RFC 9293 section 3.8.4).
    /// </summary>
    /// <exception cref="ArgumentException">The time is longer than 2^60 us.</exception>
    public ulong KeepAlive
    {
        get { return _tcb == null ? 0 : _tcb.KeepAlive; }
        set
        {
            if (value > TcpSettings.LongestTime)
                throw new ArgumentException("KeepAlive must be at most 2^60 us; 0 is for never.");
            if (_tcb != null)
                _tcb.KeepAlive = value;
        }
    }

    /// <summary>
    /// How long no data may move, in microseconds; 0, the start value, for ever. Then a reset ends the connection as
    /// <see cref="TcpCloseReason.TimedOut"/>. Data moves when it is received in order, and when the peer acknowledges it: an answer to a
    /// probe, data behind a gap and data that was there before do not count. With an idle timeout a connection may also give way to
    /// a new one where none is free (<see cref="TcpSettings.LeastRate"/>). It begins when it is set, or when the handshake is complete.
    /// </summary>
    /// <exception cref="ArgumentException">The time is longer than 2^60 us.</exception>
    public ulong IdleTimeout
    {
        get { return _tcb == null ? 0 : _tcb.IdleTimeout; }
        set
        {
            if (value > TcpSettings.LongestTime)
                throw new ArgumentException("IdleTimeout must be at most 2^60 us; 0 is for never.");
            if (_tcb != null)
                _tcb.IdleTimeout = value;
        }
    }

    /// <summary>
    /// The object that is told what happens; null for none. A new handler is told what it has missed. Nothing is told after
    /// <see cref="Close"/> or <see cref="Abort"/>.
    /// </summary>
    public TcpConnectionHandler Handler
    {
        get { return _tcb == null ? null : _tcb.Handler; }
        set
        {
            if (_tcb != null)
                _tcb.Handler = value;
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
        Tcb tcb = _tcb;
        if (tcb == null || buffer == null || (offset | count) < 0 || count > buffer.Length - offset)
        {
            CheckRange(buffer, offset, count);
            return 0;
        }

        return tcb.Read(buffer, offset, count);
    }

    /// <summary>
    /// Copies bytes that have come, and leaves them to be read: they count as unread, and the window stays closed for them.
    /// </summary>
    /// <inheritdoc cref="Read"/>
    public int Peek(byte[] buffer, int offset, int count)
    {
        CheckRange(buffer, offset, count);
        return _tcb == null ? 0 : _tcb.Peek(buffer, offset, count);
    }

    /// <summary>Gives bytes to be sent.</summary>
    /// <param name="buffer">Where they are.</param>
    /// <param name="offset">Index of the first byte.</param>
    /// <param name="count">How many.</param>
    /// <returns>How many were taken: less than asked if the send buffer is full, 0 if <see cref="CanSend"/> is false.</returns>
    /// <exception cref="ArgumentException">The range is not inside the buffer.</exception>
    public int Write(byte[] buffer, int offset, int count)
    {
        Tcb tcb = _tcb;
        if (tcb == null || buffer == null || (offset | count) < 0 || count > buffer.Length - offset)
        {
            CheckRange(buffer, offset, count);
            return 0;
        }

        return tcb.Write(buffer, offset, count);
    }

    /// <summary>
    /// Gives bytes to be sent, and announces to the peer that what was written until here is urgent. New applications should
    /// not do that (RFC 9293 section 3.8.5): networks and peers make different things of it.
    /// </summary>
    /// <inheritdoc cref="Write"/>
    public int WriteUrgent(byte[] buffer, int offset, int count)
    {
        CheckRange(buffer, offset, count);
        return _tcb == null ? 0 : _tcb.WriteUrgent(buffer, offset, count);
    }

    /// <summary>Closes our direction: a FIN follows what was written. The other direction stays open for reading.</summary>
    public void Shutdown()
    {
        if (_tcb != null)
            _tcb.Shutdown();
    }

    /// <summary>
    /// Closes both directions and gives the connection back: a FIN follows what was written. With bytes unread, the peer is
    /// told by a reset that they were lost (RFC 9293 section 3.6.1). A second call does nothing.
    /// </summary>
    public void Close()
    {
        if (_tcb != null)
            _tcb.Close();
    }

    /// <summary>
    /// Ends the connection with a reset and gives it back. What was not sent or not read is lost. After <see cref="Close"/> it
    /// ends what is still on its way.
    /// </summary>
    public void Abort()
    {
        Tcb tcb = _tcb;
        if (tcb == null)
            return;
        if (_timeWait != null)
            tcb.ForgetTimeWait(_timeWait);
        tcb.Abort();
    }

    /// <summary>The connection is in TIME-WAIT from now on.</summary>
    internal void EnterTimeWait(TimeWaitEntry entry)
    {
        _timeWait = entry;
    }

    /// <summary>TIME-WAIT is over.</summary>
    internal void LeaveTimeWait()
    {
        _timeWait = null;
        if (_tcb != null)
            _tcb.LeaveTimeWait();
    }

    /// <summary>The control block goes back to the pool.</summary>
    internal void Detach(TcpCloseReason reason)
    {
        _tcb = null;
        _closeReason = reason;
    }

    private static void CheckRange(byte[] buffer, int offset, int count)
    {
        if (buffer == null)
            throw new ArgumentNullException(nameof(buffer));
        if (offset < 0 || count < 0 || count > buffer.Length - offset)
            throw new ArgumentException("Offset and count must be a range inside the buffer.");
    }
}
