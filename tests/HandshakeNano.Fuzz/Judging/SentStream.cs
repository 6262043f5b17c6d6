using System;
using HandshakeNano.Net.Tests;

namespace HandshakeNano.Fuzz.Judging;

/// <summary>
/// What one side of a connection may send, seen from the wire: nothing beyond the window that the other side has offered, no
/// segment greater than the other's MSS, no gap, one FIN at one place, acknowledgments and right edge that never go back, and
/// of the stream always the bytes that were written. Takes no memory unless something fails.
/// </summary>
internal sealed class SentStream
{
    private uint _iss;
    private uint _end;
    private uint _ack;
    private uint _edge;
    private uint _allowed;
    private uint _finAt;
    private bool _syn;
    private bool _acked;
    private bool _fin;
    private int _synWindow;
    private int _scale;
    private uint _peerIss;
    private int _peerMss;
    private uint _stamp;
    private bool _hasStamp;

    // This is not the first connection of its ports.
    private bool _isRenewed;

    /// <summary>True once the side has sent its SYN.</summary>
    public bool HasSyn => _syn;

    /// <summary>The side's initial sequence number.</summary>
    public uint Iss => _iss;

    /// <summary>The number after the last one sent.</summary>
    public uint End => _end;

    /// <summary>
    /// The number after the last one that any connection with this initial sequence number has sent: a cookie that comes back opens
    /// another one.
    /// </summary>
    public uint Farthest { get; private set; }

    /// <summary>True once the side has acknowledged something.</summary>
    public bool HasAck => _acked;

    /// <summary>The last acknowledgment: the next byte that the side expects.</summary>
    public uint Ack => _ack;

    /// <summary>How many bytes the side takes beyond <see cref="Ack"/>.</summary>
    public int Window => _acked ? (int)(_edge - _ack) : 0;

    /// <summary>Whether the side's SYN has timestamps.</summary>
    public bool IsStamped { get; private set; }

    /// <summary>The last timestamp of the side.</summary>
    public uint Timestamp { get; private set; }

    /// <summary>TCP segments that were judged.</summary>
    public int Segments { get; private set; }

    /// <summary>What the other side takes in a segment if it names no MSS: 536 bytes, or 1220 over IPv6 (RFC 9293 section 3.7.1).</summary>
    public int DefaultSegment { get; set; } = 536;

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        _syn = _acked = _fin = _isRenewed = false;
        _iss = _end = _ack = _edge = _allowed = 0;
        _synWindow = 0;
        _scale = 0;
        _peerMss = 0;
        _hasStamp = IsStamped = false;
    }

    /// <summary>The side goes on with one of the SYN,ACKs that it has sent.</summary>
    /// <param name="iss">The side's initial sequence number in it.</param>
    /// <param name="irs">The other side's.</param>
    /// <param name="window">The window that it offered, in bytes.</param>
    public void Begin(uint iss, uint irs, int window)
    {
        if (!_syn || _iss != iss)
            Farthest = iss + 1;
        _syn = _acked = true;
        _fin = false;
        _iss = iss;
        _end = iss + 1;
        _allowed = _end + (uint)_synWindow;
        _peerIss = irs;
        _ack = irs + 1;
        _edge = _ack + (uint)window;
    }

    /// <summary>The other side's segment has come, or may still come.</summary>
    /// <param name="frame">A frame that holds a well-formed segment.</param>
    /// <param name="at">Index of its TCP header.</param>
    public void Hears(byte[] frame, int at)
    {
        int flags = frame[at + 13];
        int window = Packet.Get16(frame, at + 14);
        if ((flags & Segment.Rst) != 0)
            return;
        if ((flags & Segment.Syn) == 0)
            window <<= _scale;
        else
        {
            int end = at + (frame[at + 12] >> 4) * 4;
            _scale = Math.Max(_scale, Math.Min(Greatest(3, frame, at + 20, end), 14));
            int mss = Greatest(2, frame, at + 20, end);
            mss = mss == 0 ? DefaultSegment : mss < 28 ? 28 : mss;
            if (mss > _peerMss)
                _peerMss = mss;
            _peerIss = Packet.Get32(frame, at + 4);
            if (window > _synWindow)
                _synWindow = window;
            if (_syn && (int)(_iss + 1 + (uint)window - _allowed) > 0)
                _allowed = _iss + 1 + (uint)window;
        }

        // What acknowledges nothing that was sent offers nothing.
        uint ack = Packet.Get32(frame, at + 8);
        if ((flags & Segment.Ack) != 0 && _syn && ack - _iss <= _end - _iss && (int)(ack + (uint)window - _allowed) > 0)
            _allowed = ack + (uint)window;
    }

    /// <summary>The side sends a segment.</summary>
    /// <param name="frame">A frame that <see cref="SentFrame"/> has found sound.</param>
    /// <param name="salt">What to add to a byte's place in the stream before <see cref="Segment.Pattern"/> says what it is.</param>
    /// <param name="isWhole">False if the side has dropped segments that the wire has not seen, for want of a neighbour's address.</param>
    /// <param name="mayHaveWaited">True if the segment may have waited for that, while others left.</param>
    public void Sends(byte[] frame, uint salt, bool isWhole, bool mayHaveWaited)
    {
        const int At = Packet.Transport;
        Segments++;
        int flags = frame[At + 13];
        if ((flags & Segment.Rst) != 0)
            return;
        uint seq = Packet.Get32(frame, At + 4);
        uint ack = Packet.Get32(frame, At + 8);
        int window = Packet.Get16(frame, At + 14);
        if ((flags & Segment.Syn) != 0)
        {
            // It waited, and is of an earlier connection.
            if (mayHaveWaited && _syn && (int)(seq - _iss) < 0)
                return;
            bool hasAck = (flags & Segment.Ack) != 0;
            // Another connection between the same ports: with another ISN, or with the same one in the same tick of its clock.
            if (!_syn || seq != _iss || (hasAck ? ack != _ack && ack == _peerIss + 1 && _acked : _acked))
            {
                _end = seq + 1;
                _allowed = seq + 1 + (uint)_synWindow;
                _acked = false;
            }
            else if (ack != _ack)
                _acked = false;

            // If not, what was sent and offered still holds: it is the other half of a simultaneous open or, after a close before the
            // handshake was through, the SYN once more after a FIN; but that may be another connection with the same ack, too.
            if (!_syn || seq != _iss)
            {
                Farthest = seq + 1;
                _hasStamp = false;
                _isRenewed |= _syn;
            }

            IsStamped = frame[At + 12] >= 0x90 && frame[At + 26] == 8;
            if (IsStamped)
                Timestamp = Packet.Get32(frame, At + 28);
            _syn = true;
            _iss = seq;
            _fin = false;
            if (hasAck)
            {
                _acked = true;
                _ack = ack;
                _edge = ack + (uint)window;
            }

            return;
        }

        int data = At + (frame[At + 12] >> 4) * 4;
        int length = Packet.Get16(frame, Packet.Ip + 2) + Packet.Ip - data;
        if (data != At + 20 && frame[At + 22] == 8)
        {
            uint stamp = Packet.Get32(frame, At + 24);
            bool isBehind = _hasStamp && (int)(stamp - _stamp) < 0;
            if (isBehind && !mayHaveWaited)
                throw new InvariantException("a timestamp goes back");
            _hasStamp = true;
            if (!isBehind)
                _stamp = Timestamp = stamp;
        }

        if (!isWhole)
        {
            Remember(seq, ack, window, length + (flags & Segment.Fin));
            return;
        }

        // This one too. Where the numbers of both connections meet it may be of either: then it is not judged.
        if (mayHaveWaited && (!_syn || seq - _iss > _end - _iss))
            return;
        if (mayHaveWaited && _isRenewed)
        {
            Reach(seq + (uint)(length + (flags & Segment.Fin)));
            return;
        }

        if (!_syn)
            throw new InvariantException("a segment of a connection whose SYN was never sent");
        uint begin = seq - _iss - 1;
        uint next = seq + (uint)length;
        if ((flags & Segment.Fin) != 0)
        {
            if (_fin && next != _finAt)
                throw new InvariantException("the FIN has moved");
            _fin = true;
            _finAt = next;
            next++;
        }

        if (length > _peerMss)
            throw new InvariantException($"a segment of {length} bytes for a peer with an MSS of {_peerMss}");
        // A keep-alive stands one below.
        if ((int)(seq - _end) > 0)
            throw new InvariantException("a gap in front of what was sent");
        if (_fin && (int)(next - _finAt) > 1)
            throw new InvariantException("something follows the FIN");
        // One byte beyond the window may probe it.
        if (next != seq && (int)(next - _allowed) > 1)
            throw new InvariantException($"sent {(int)(next - _allowed)} beyond the window");
        for (int i = 0; i < length; i++)
        {
            if (frame[data + i] != Segment.Pattern(salt + begin + (uint)i))
                throw new InvariantException($"byte {begin + (uint)i} is not what was written");
        }

        uint edge = ack + (uint)window;
        if (_acked && (int)(ack - _ack) < 0)
            throw new InvariantException("an acknowledgment goes back");
        // TIME-WAIT has no window to offer.
        if (_acked && window != 0 && (int)(edge - _edge) < 0)
            throw new InvariantException("the window's right edge goes back");
        Remember(seq, ack, window, (int)(next - seq));
    }

    private void Remember(uint seq, uint ack, int window, int length)
    {
        Reach(seq + (uint)length);
        _acked = true;
        _ack = ack;
        if (window != 0)
            _edge = ack + (uint)window;
    }

    private void Reach(uint end)
    {
        if ((int)(end - _end) > 0)
            _end = end;
        if ((int)(_end - Farthest) > 0)
            Farthest = _end;
    }

    /// <summary>The MSS or window scale that a SYN names, the greatest if it names several: no RFC says which one holds.</summary>
    private static int Greatest(int kind, byte[] frame, int from, int end)
    {
        int greatest = 0;
        for (int i = from; i < end && frame[i] != 0; i += frame[i] == 1 ? 1 : frame[i + 1])
        {
            if (frame[i] == kind)
                greatest = Math.Max(greatest, kind == 3 ? frame[i + 2] : Packet.Get16(frame, i + 2));
        }

        return greatest;
    }
}
