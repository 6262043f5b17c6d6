using System;
using HandshakeNano.Links;
using HandshakeNano.Net;

namespace HandshakeNano.Page;

/// <summary>The headers of the last frames that went over the link, with their times. A frame costs a copy and takes no memory.</summary>
internal sealed class HeaderRing : FrameObserver
{
    /// <summary>How many bytes of a frame are kept: Ethernet, IPv6, and TCP with the options of a SYN.</summary>
    public const int SnapLength = 96;

    private readonly int _mask;
    private readonly byte[] _headers;
    private readonly ulong[] _times;

    /// <summary>By place: the frame's length, negative if we sent it.</summary>
    private readonly short[] _lengths;

    private IClock _clock;
    private int _start;
    private uint _count;

    /// <summary>Whether each place has a frame; the count alone does not say so after 2^32 frames.</summary>
    private bool _isFull;

    /// <summary>Makes a ring.</summary>
    /// <param name="capacity">How many frames it keeps, a power of two.</param>
    public HeaderRing(int capacity)
    {
        _mask = capacity - 1;
        _headers = new byte[capacity * SnapLength];
        _times = new ulong[capacity];
        _lengths = new short[capacity];
    }

    /// <summary>How many frames it keeps.</summary>
    public int Capacity
    {
        get { return _mask + 1; }
    }

    /// <summary>The number of the frame that comes next: how many there were, modulo 2^32.</summary>
    public uint Next
    {
        get { return _count; }
    }

    /// <summary>The number of the oldest frame that is kept.</summary>
    public uint First
    {
        get { return _isFull ? _count - (uint)_mask - 1 : 0; }
    }

    /// <summary>Begins to keep frames.</summary>
    /// <param name="link">Whose frames.</param>
    /// <param name="clock">Their time.</param>
    public void Start(ILink link, IClock clock)
    {
        _start = link.HasEthernetHeader ? FrameLayout.Ethernet : FrameLayout.Network;
        _clock = clock;
    }

    /// <inheritdoc/>
    public override void OnFrame(bool sent, byte[] buffer, int length)
    {
        if (_clock == null)
            return;
        int place = (int)_count & _mask;
        _times[place] = _clock.GetMicroseconds();
        _lengths[place] = (short)(sent ? -length : length);
        Array.Copy(buffer, _start, _headers, place * SnapLength, length < SnapLength ? length : SnapLength);
        _count++;
        if (place == _mask)
            _isFull = true;
    }

    /// <summary>When a frame went over the link, in microseconds.</summary>
    /// <param name="number">Its number, not yet overwritten.</param>
    public ulong TimeOf(uint number)
    {
        return _times[(int)number & _mask];
    }

    /// <summary>Whether we sent a frame.</summary>
    /// <param name="number">Its number, not yet overwritten.</param>
    public bool IsSent(uint number)
    {
        return _lengths[(int)number & _mask] < 0;
    }

    /// <summary>How long a frame was.</summary>
    /// <param name="number">Its number, not yet overwritten.</param>
    public int LengthOf(uint number)
    {
        int length = _lengths[(int)number & _mask];
        return length < 0 ? -length : length;
    }

    /// <summary>Copies what is kept of a frame.</summary>
    /// <param name="number">Its number, not yet overwritten.</param>
    /// <param name="into">The array for it.</param>
    /// <param name="offset">Index of the first byte.</param>
    /// <returns>How many bytes.</returns>
    public int Copy(uint number, byte[] into, int offset)
    {
        int length = LengthOf(number);
        if (length > SnapLength)
            length = SnapLength;
        Array.Copy(_headers, ((int)number & _mask) * SnapLength, into, offset, length);
        return length;
    }
}
