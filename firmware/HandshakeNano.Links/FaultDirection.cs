using System;
using HandshakeNano.Net;

namespace HandshakeNano.Links;

/// <summary>
/// One direction of a fault injector: draws the fate of each frame and keeps those that are late. It has random numbers of
/// its own, a fixed number of them per frame, so that the fate of a direction's n-th frame depends on the seed alone.
/// </summary>
internal sealed class FaultDirection
{
    internal readonly FaultCounts Counts = new FaultCounts();

    private readonly FaultRates _rates;
    private readonly int _start;
    private readonly byte[][] _frames;
    private readonly int[] _lengths;
    private readonly ulong[] _due;
    private readonly ulong[] _order;
    private ulong _random;
    private ulong _place;
    private ulong _arrivals;
    private int _count;

    internal FaultDirection(FaultRates rates, ulong seed, int queueLength, ILink link)
    {
        rates.Validate();
        _rates = rates;
        _start = link.HasEthernetHeader ? FrameLayout.Ethernet : FrameLayout.Network;
        _frames = new byte[queueLength][];
        for (int i = 0; i < queueLength; i++)
            _frames[i] = new byte[FrameLayout.BufferSize(link.Mtu)];
        _lengths = new int[queueLength];
        _due = new ulong[queueLength];
        _order = new ulong[queueLength];

        // A generator of this kind stays at 0 for ever; an odd factor spreads small seeds.
        _random = seed * 0x9E3779B97F4A7C15UL;
        if (_random == 0)
            _random = 0x9E3779B97F4A7C15UL;
    }

    /// <summary>The frame is lost; the others tell nothing then.</summary>
    internal bool IsLost { get; private set; }

    /// <summary>The frame comes twice.</summary>
    internal bool IsDouble { get; private set; }

    /// <summary>A bit of the frame is to be turned over, see <see cref="TurnBit"/>.</summary>
    internal bool IsCorrupt { get; private set; }

    /// <summary>How late the frame is, in microseconds.</summary>
    internal uint Delay { get; private set; }

    /// <summary>When the first frame of the queue is due, in microseconds; the greatest ulong if there is none.</summary>
    internal ulong NextDue
    {
        get { return _count == 0 ? ulong.MaxValue : _due[First()]; }
    }

    /// <summary>Draws what happens to the next frame.</summary>
    internal void Draw()
    {
        FaultRates rates = _rates;
        FaultCounts counts = Counts;
        ulong chances = NextRandom();
        ulong places = NextRandom();
        counts.Frames++;
        IsLost = (uint)(chances & 0xFFFF) < (uint)rates.Loss;
        if (IsLost)
        {
            counts.Lost++;
            return;
        }

        IsDouble = (uint)((chances >> 16) & 0xFFFF) < (uint)rates.Duplication;
        if (IsDouble)
            counts.Duplicated++;
        IsCorrupt = (uint)((chances >> 32) & 0xFFFF) < (uint)rates.Corruption;
        if (IsCorrupt)
            counts.Corrupted++;
        Delay = (uint)rates.Delay + (uint)(((ulong)(uint)rates.Jitter + 1) * (places & 0xFFFFFFFF) >> 32);
        if ((uint)(chances >> 48) < (uint)rates.Reordering)
        {
            counts.Reordered++;
            Delay += (uint)rates.ReorderingDelay;
        }

        _place = places >> 32;
    }

    /// <summary>Turns the drawn bit of a frame over; twice is as if nothing had been.</summary>
    internal void TurnBit(byte[] buffer, int length)
    {
        int bit = (int)(_place * (uint)(length * 8) >> 32);
        buffer[_start + bit / 8] ^= (byte)(1 << (bit & 7));
    }

    /// <summary>Keeps a copy of a frame until it is due.</summary>
    internal bool Enqueue(byte[] buffer, int length, ulong due)
    {
        int i = _count;
        if (i == _frames.Length || length > _frames[i].Length - _start)
        {
            Counts.Overflowed++;
            return false;
        }

        Array.Copy(buffer, _start, _frames[i], _start, length);
        _lengths[i] = length;
        _due[i] = due;
        _order[i] = _arrivals++;
        _count = i + 1;
        return true;
    }

    /// <summary>Takes the first frame of the queue if it is due.</summary>
    /// <param name="now">The time.</param>
    /// <param name="length">The frame's length.</param>
    /// <returns>The frame's buffer, to be used before the next call; null if none is due.</returns>
    internal byte[] Dequeue(ulong now, out int length)
    {
        length = 0;
        if (_count == 0)
            return null;
        int i = First();
        if (_due[i] > now)
            return null;
        byte[] frame = _frames[i];
        length = _lengths[i];
        int last = _count - 1;
        _frames[i] = _frames[last];
        _lengths[i] = _lengths[last];
        _due[i] = _due[last];
        _order[i] = _order[last];
        _frames[last] = frame;
        _count = last;
        return frame;
    }

    // The earliest, and of those that are due together the one that came first.
    private int First()
    {
        int first = 0;
        for (int i = 1; i < _count; i++)
        {
            if (_due[i] < _due[first] || (_due[i] == _due[first] && _order[i] < _order[first]))
                first = i;
        }

        return first;
    }

    // xorshift64* (Vigna, "An experimental exploration of Marsaglia's xorshift generators", 2016).
    private ulong NextRandom()
    {
        ulong x = _random;
        x ^= x >> 12;
        x ^= x << 25;
        x ^= x >> 27;
        _random = x;
        return x * 0x2545F4914F6CDD1DUL;
    }
}
