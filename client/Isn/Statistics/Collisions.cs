using System;

namespace HandshakeNano.Client.Isn.Statistics;

/// <summary>How many pairs of numbers are alike: the birthday problem. None where some are due is as odd as too many.</summary>
/// <param name="Pairs">How many pairs.</param>
/// <param name="Expected">How many a perfect source has on average.</param>
/// <param name="Chance">How often it has a count as odd as this.</param>
public sealed record Collisions(long Pairs, double Expected, double Chance)
{
    /// <summary>Counts.</summary>
    /// <param name="values">The numbers; 100 or more.</param>
    /// <returns>The count.</returns>
    public static Collisions Count(ReadOnlySpan<uint> values)
    {
        uint[] sorted = values.ToArray();
        Array.Sort(sorted);
        long pairs = 0;
        long alike = 0;
        for (int i = 1; i < sorted.Length; i++)
        {
            alike = sorted[i] == sorted[i - 1] ? alike + 1 : 0;
            pairs += alike;
        }

        double expected = (double)values.Length * (values.Length - 1) / 2 / (1L << 32);
        return new Collisions(pairs, expected, Statistics.Chance.OfCount(pairs, expected));
    }
}
