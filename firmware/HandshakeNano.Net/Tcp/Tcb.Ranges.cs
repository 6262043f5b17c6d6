using System;
using static HandshakeNano.Net.TcbNumbers;

namespace HandshakeNano.Net;

// The ranges of out-of-order data: pairs of first and last + 1, in order, apart from each other.
internal sealed partial class Tcb
{
    /// <summary>
    /// Notes a range of out-of-order data, joined with those it touches. If there is no place for one more, the highest is
    /// forgotten, be it the new one: what is next to RCV.NXT is needed first.
    /// </summary>
    /// <returns>False if the new one is forgotten.</returns>
    private bool AddRange(uint first, uint end)
    {
        uint[] v = _v;
        uint[] ranges = _ranges;
        int count = (int)v[RangeCount];

        // Ranges before index i end before the new one begins; those from j on begin after it ends.
        int i = 0;
        while (i < count && (int)(ranges[2 * i + 1] - first) < 0)
            i++;
        int j = i;
        while (j < count && (int)(ranges[2 * j] - end) <= 0)
            j++;
        if (i == j)
        {
            if (2 * count == ranges.Length)
            {
                if (i == count)
                    return false;
                count--;
                _layer.Counters[(int)Counter.OutOfOrderDropped]++;
            }

            Array.Copy(ranges, 2 * i, ranges, 2 * i + 2, 2 * (count - i));
            v[RangeCount] = (uint)(count + 1);
        }
        else
        {
            if ((int)(ranges[2 * i] - first) < 0)
                first = ranges[2 * i];
            if ((int)(ranges[2 * j - 1] - end) > 0)
                end = ranges[2 * j - 1];
            Array.Copy(ranges, 2 * j, ranges, 2 * i + 2, 2 * (count - j));
            v[RangeCount] = (uint)(count - (j - i) + 1);
        }

        ranges[2 * i] = first;
        ranges[2 * i + 1] = end;
        return true;
    }

    /// <summary>Takes the ranges that no gap separates from what has come in order.</summary>
    /// <returns>The new RCV.NXT.</returns>
    private uint TakeRanges(uint rcvNxt)
    {
        uint[] v = _v;
        uint[] ranges = _ranges;
        int count = (int)v[RangeCount];
        int taken = 0;
        while (taken < count && (int)(ranges[2 * taken] - rcvNxt) <= 0)
        {
            if ((int)(ranges[2 * taken + 1] - rcvNxt) > 0)
                rcvNxt = ranges[2 * taken + 1];
            taken++;
        }

        Array.Copy(ranges, 2 * taken, ranges, 0, 2 * (count - taken));
        v[RangeCount] = (uint)(count - taken);
        return rcvNxt;
    }
}
