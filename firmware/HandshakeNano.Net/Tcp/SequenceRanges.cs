using System;

namespace HandshakeNano.Net;

/// <summary>
/// Ranges of sequence numbers in a part of an array: pairs of the first number and the last + 1, in order, apart from each other.
/// </summary>
internal static class SequenceRanges
{
    /// <summary>What <see cref="Add"/> returns if the new range is forgotten.</summary>
    public const int Forgotten = -1;

    /// <summary>
    /// Notes a range, joined with those it touches. If there is no place for one more, the highest is forgotten, be it the new one:
    /// what is next to the first number is needed first.
    /// </summary>
    /// <param name="ranges">The array.</param>
    /// <param name="at">Where they begin in it.</param>
    /// <param name="most">How many there is room for.</param>
    /// <param name="count">How many there are.</param>
    /// <param name="first">The new one's first number.</param>
    /// <param name="end">The number behind its last.</param>
    /// <param name="counters">Where it is counted that another one was forgotten; null for nowhere.</param>
    /// <returns>How many there are now; <see cref="Forgotten"/> if nothing has changed.</returns>
    public static int Add(uint[] ranges, int at, int most, int count, uint first, uint end, ulong[] counters)
    {
        // Ranges before index i end before the new one begins; those from j on begin after it ends.
        int i = 0;
        while (i < count && (int)(ranges[at + 2 * i + 1] - first) < 0)
            i++;
        int j = i;
        while (j < count && (int)(ranges[at + 2 * j] - end) <= 0)
            j++;
        if (i == j)
        {
            if (count == most)
            {
                if (i == count)
                    return Forgotten;
                count--;
                if (counters != null)
                    counters[(int)Counter.OutOfOrderDropped]++;
            }

            Array.Copy(ranges, at + 2 * i, ranges, at + 2 * i + 2, 2 * (count - i));
            count++;
        }
        else
        {
            if ((int)(ranges[at + 2 * i] - first) < 0)
                first = ranges[at + 2 * i];
            if ((int)(ranges[at + 2 * j - 1] - end) > 0)
                end = ranges[at + 2 * j - 1];
            Array.Copy(ranges, at + 2 * j, ranges, at + 2 * i + 2, 2 * (count - j));
            count -= j - i - 1;
        }

        ranges[at + 2 * i] = first;
        ranges[at + 2 * i + 1] = end;
        return count;
    }

    /// <summary>Forgets the ranges that begin at a number or before it.</summary>
    /// <param name="ranges">The array.</param>
    /// <param name="at">Where they begin in it.</param>
    /// <param name="count">How many there are.</param>
    /// <param name="number">The number.</param>
    /// <returns>How many are left.</returns>
    public static int Drop(uint[] ranges, int at, int count, uint number)
    {
        int dropped = 0;
        while (dropped < count && (int)(ranges[at + 2 * dropped] - number) <= 0)
            dropped++;
        count -= dropped;
        if (dropped != 0)
            Array.Copy(ranges, at + 2 * dropped, ranges, at, 2 * count);
        return count;
    }

    /// <summary>Finds the range that has all of another one.</summary>
    /// <param name="ranges">The array.</param>
    /// <param name="at">Where they begin in it.</param>
    /// <param name="count">How many there are.</param>
    /// <param name="first">The other one's first number.</param>
    /// <param name="end">The number behind its last.</param>
    /// <returns>Its index; -1 if there is none.</returns>
    public static int Find(uint[] ranges, int at, int count, uint first, uint end)
    {
        for (int i = 0; i < count; i++)
        {
            if ((int)(first - ranges[at + 2 * i]) >= 0 && (int)(end - ranges[at + 2 * i + 1]) <= 0)
                return i;
        }

        return -1;
    }
}
