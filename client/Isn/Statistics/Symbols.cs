using System;

namespace HandshakeNano.Client.Isn.Statistics;

/// <summary>How often each value occurs in each part of 32-bit numbers: in halves, bytes or nibbles, as many samples as there are.</summary>
internal sealed class Symbols
{
    // What a chi-squared test needs in each cell (Knuth, TAOCP 3.3.1: five, better more).
    private const int LeastPerCell = 10;

    private Symbols(int bits, int[][] counts, int samples)
    {
        Bits = bits;
        Counts = counts;
        Samples = samples;
    }

    /// <summary>Length of a part in bits: 16, 8 or 4.</summary>
    internal int Bits { get; }

    /// <summary>For each part, the lowest first: how often each of its values occurs.</summary>
    internal int[][] Counts { get; }

    /// <summary>How many numbers were counted.</summary>
    internal int Samples { get; }

    /// <summary>Counts.</summary>
    /// <param name="values">The numbers.</param>
    /// <param name="most">Length of the longest part in bits.</param>
    internal static Symbols Count(ReadOnlySpan<uint> values, int most)
    {
        int bits = most;
        while (bits > 4 && values.Length < LeastPerCell << bits)
            bits /= 2;
        uint mask = (1u << bits) - 1;
        var counts = new int[32 / bits][];
        for (int part = 0; part < counts.Length; part++)
        {
            int[] cells = counts[part] = new int[1 << bits];
            foreach (uint value in values)
                cells[(value >> (part * bits)) & mask]++;
        }

        return new Symbols(bits, counts, values.Length);
    }
}
