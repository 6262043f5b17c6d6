using System;
using System.Collections.Generic;
using System.Numerics;

namespace HandshakeNano.Client.Handshakes;

/// <summary>A range of times, and how many fell into it.</summary>
/// <param name="From">The shortest, in microseconds.</param>
/// <param name="To">The longest, in microseconds.</param>
/// <param name="Count">How many.</param>
public readonly record struct TimeRange(ulong From, ulong To, long Count);

/// <summary>
/// How often each time occurred, in as much memory for a billion times as for one. Each power of two is divided into 64 equal buckets, as
/// HdrHistogram does it, so a quantile is wrong by 1 in 128 at most, and below 128 us by nothing. Least, most and mean are exact.
/// </summary>
public sealed class TimeHistogram
{
    /// <summary>A time that is longer counts as this one, in microseconds: over an hour.</summary>
    public const ulong Longest = (1UL << 32) - 1;

    private const int HalfBits = 6;
    private const int Half = 1 << HalfBits;

    private readonly long[] _buckets = new long[Index(Longest) + 1];
    private double _sum;

    /// <summary>How many times were recorded.</summary>
    public long Count { get; private set; }

    /// <summary>The shortest in microseconds; 0 if there is none.</summary>
    public ulong Least { get; private set; }

    /// <summary>The longest in microseconds; 0 if there is none.</summary>
    public ulong Most { get; private set; }

    /// <summary>The mean in microseconds; 0 if there is none.</summary>
    public double Mean => Count == 0 ? 0 : _sum / Count;

    /// <summary>The buckets that are not empty, from the shortest times on.</summary>
    public IEnumerable<TimeRange> Buckets
    {
        get
        {
            for (int i = 0; i < _buckets.Length; i++)
            {
                if (_buckets[i] > 0)
                    yield return new TimeRange(From(i), From(i + 1) - 1, _buckets[i]);
            }
        }
    }

    /// <summary>Records a time.</summary>
    /// <param name="microseconds">The time.</param>
    public void Record(ulong microseconds)
    {
        microseconds = Math.Min(microseconds, Longest);
        Least = Count == 0 ? microseconds : Math.Min(Least, microseconds);
        Most = Math.Max(Most, microseconds);
        _sum += microseconds;
        Count++;
        _buckets[Index(microseconds)]++;
    }

    /// <summary>The time that a share of all did not exceed, by the nearest rank.</summary>
    /// <param name="share">0 to 1; 0.5 gives the median.</param>
    /// <returns>The time in microseconds; 0 if none was recorded.</returns>
    public ulong Quantile(double share)
    {
        long rank = Math.Clamp((long)Math.Ceiling(share * Count), 1, Math.Max(Count, 1));
        long seen = 0;
        for (int i = 0; i < _buckets.Length; i++)
        {
            seen += _buckets[i];
            if (seen >= rank)
                return Math.Clamp((From(i) + From(i + 1) - 1) / 2, Least, Most);
        }

        return 0;
    }

    /// <summary>All times in ranges that lie side by side, each about as much wider than the one before it, for a picture.</summary>
    /// <param name="most">How many ranges there may be.</param>
    /// <returns>The ranges, from the shortest times on, with those between that are empty; none if no time was recorded.</returns>
    public IReadOnlyList<TimeRange> Rows(int most)
    {
        if (Count == 0)
            return [];
        int first = Index(Least), buckets = Index(Most) - first + 1, rows = Math.Min(most, buckets);
        var ranges = new TimeRange[rows];
        for (int row = 0; row < rows; row++)
        {
            int from = first + (int)((long)row * buckets / rows), to = first + (int)((long)(row + 1) * buckets / rows);
            long count = 0;
            for (int i = from; i < to; i++)
                count += _buckets[i];
            ranges[row] = new TimeRange(From(from), From(to) - 1, count);
        }

        return ranges;
    }

    // The first 128 buckets are a microsecond wide; from there on each 64 are twice as wide as those before them.
    private static int Index(ulong microseconds)
    {
        int shift = Math.Max(0, BitOperations.Log2(microseconds | 1) - HalfBits);
        return (shift * Half) + (int)(microseconds >> shift);
    }

    private static ulong From(int index)
    {
        int shift = Math.Max(0, (index / Half) - 1);
        return (ulong)(index - (shift * Half)) << shift;
    }
}
