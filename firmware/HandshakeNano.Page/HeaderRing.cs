using System;

namespace HandshakeNano.Page;

/// <summary>The headers of the last frames that were given to it, with their times. A frame costs a copy and takes no memory.</summary>
internal sealed class HeaderRing
{
    /// <summary>How many bytes of a frame are kept: Ethernet, IPv6, and TCP with the options of a SYN.</summary>
    public const int SnapLength = 96;

    private readonly int _mask;
    private readonly byte[] _headers;
    private readonly ulong[] _times;

    /// <summary>By place: the frame's length, negative if we sent it.</summary>
    private readonly short[] _lengths;

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

    /// <summary>Keeps a frame in place of the oldest one.</summary>
    /// <param name="sent">Whether we sent it.</param>
    /// <param name="buffer">The frame buffer.</param>
    /// <param name="start">Index of the frame's first byte.</param>
    /// <param name="length">The frame's length in bytes.</param>
    /// <param name="time">When it went over the link, in microseconds.</param>
    public void Keep(bool sent, byte[] buffer, int start, int length, ulong time)
    {
        int place = (int)_count & _mask;
        _times[place] = time;
        _lengths[place] = (short)(sent ? -length : length);
        Array.Copy(buffer, start, _headers, place * SnapLength, length < SnapLength ? length : SnapLength);
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
