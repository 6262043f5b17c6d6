using System;

namespace HandshakeNano.Client.Isn.Statistics;

/// <summary>
/// How many bits somebody has to guess who knows the numbers before: the most common value estimate of NIST SP 800-90B, section
/// 6.3.1, over the bytes (with few samples the nibbles) of the numbers, of the steps between them and of the changes of those
/// steps. The least of the three counts. Few samples show few bits, even of a perfect source. Where more whole numbers are alike than
/// chance explains, their collision entropy is a bound too.
/// </summary>
/// <param name="Bits">The estimate, at most 32; a lower bound with a confidence of 99.5 % for each part.</param>
/// <param name="Chance">At most how often a perfect source has a value as common as the most common one.</param>
public sealed record MinEntropy(double Bits, double Chance)
{
    // The 99.5 % point of the normal distribution, as the standard has it.
    private const double Confidence = 2.576;

    private const int Series = 3;

    /// <summary>Estimates.</summary>
    /// <param name="values">The numbers; 100 or more.</param>
    /// <returns>The estimate.</returns>
    public static MinEntropy Estimate(ReadOnlySpan<uint> values)
    {
        uint[] series = values.ToArray();
        var least = new MinEntropy(double.MaxValue, 1);
        for (int i = 0; i < Series; i++)
        {
            MinEntropy estimate = OfOne(series);
            least = new MinEntropy(Math.Min(least.Bits, estimate.Bits), Math.Min(least.Chance, estimate.Chance));
            series = Steps(series);
        }

        return least with { Chance = Statistics.Chance.OfOddest(least.Chance, Series) };
    }

    /// <summary>The steps between numbers in a row, around the end of the 32 bits.</summary>
    /// <param name="values">The numbers.</param>
    /// <returns>One less.</returns>
    internal static uint[] Steps(ReadOnlySpan<uint> values)
    {
        uint[] steps = new uint[values.Length - 1];
        for (int i = 0; i < steps.Length; i++)
            steps[i] = values[i + 1] - values[i];
        return steps;
    }

    private static MinEntropy OfOne(ReadOnlySpan<uint> values)
    {
        Symbols symbols = Symbols.Count(values, 8);
        double bits = 0, chance = 1;
        foreach (int[] cells in symbols.Counts)
        {
            int most = 0;
            foreach (int count in cells)
                most = Math.Max(most, count);
            double share = (double)most / values.Length;
            double bound = Math.Min(1, share + (Confidence * Math.Sqrt(share * (1 - share) / (values.Length - 1))));
            bits -= Math.Log2(bound);
            chance = Math.Min(chance, Statistics.Chance.OfHits(most, values.Length, 1.0 / cells.Length));
        }

        Collisions collisions = Collisions.Count(values);
        if (collisions.Pairs > collisions.Expected && collisions.Chance < Statistics.Chance.Level)
            bits = Math.Min(bits, Math.Log2(values.Length * (values.Length - 1.0) / 2 / collisions.Pairs));
        return new MinEntropy(bits, Statistics.Chance.OfOddest(chance, symbols.Counts.Length << symbols.Bits));
    }
}
