using System;

namespace HandshakeNano.Client.Isn.Statistics;

/// <summary>
/// Are all values equally frequent? Pearson's chi-squared over each half, byte or nibble of the numbers, as many samples as there
/// are (Knuth, TAOCP 3.3.1 and the frequency test of 3.3.2). What is too even fails as well: so does a counter's low byte.
/// </summary>
/// <param name="Statistic">Chi-squared of the oddest part.</param>
/// <param name="Freedom">Its degrees of freedom.</param>
/// <param name="Parts">How many parts there are.</param>
/// <param name="Chance">How often a perfect source is that odd in any part.</param>
public sealed record ChiSquaredTest(double Statistic, int Freedom, int Parts, double Chance)
{
    /// <summary>Runs the test.</summary>
    /// <param name="values">The numbers; 100 or more.</param>
    /// <returns>The result.</returns>
    public static ChiSquaredTest Run(ReadOnlySpan<uint> values)
    {
        Symbols symbols = Symbols.Count(values, 16);
        int freedom = (1 << symbols.Bits) - 1;
        double expected = (double)values.Length / (freedom + 1);
        var oddest = new ChiSquaredTest(0, freedom, symbols.Counts.Length, 2);
        foreach (int[] cells in symbols.Counts)
        {
            double statistic = 0;
            foreach (int count in cells)
                statistic += (count - expected) * (count - expected) / expected;
            double chance = Statistics.Chance.OfChiSquared(statistic, freedom);

            // What is too odd for the precision of a number has a chance of 0.
            if (chance < oddest.Chance || (chance == oddest.Chance && statistic > oddest.Statistic))
                oddest = oddest with { Statistic = statistic, Chance = chance };
        }

        return oddest with { Chance = Statistics.Chance.OfOddest(oddest.Chance, oddest.Parts) };
    }
}
