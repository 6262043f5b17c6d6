using System;

namespace HandshakeNano.Client.Isn.Statistics;

/// <summary>
/// Does a number say anything about the next? The serial correlation coefficient (Knuth, TAOCP 3.3.2, test K), of the numbers and
/// of their low halves.
/// </summary>
/// <param name="Coefficient">Of the two, the one that is farther from what chance gives: 0 none, 1 or -1 full.</param>
/// <param name="Chance">How often a perfect source has one so far from it.</param>
public sealed record SerialCorrelation(double Coefficient, double Chance)
{
    /// <summary>Runs the test.</summary>
    /// <param name="values">The numbers; 100 or more.</param>
    /// <returns>The result.</returns>
    public static SerialCorrelation Run(ReadOnlySpan<uint> values)
    {
        SerialCorrelation whole = Run(values, 0), low = Run(values, 16);
        SerialCorrelation oddest = low.Chance < whole.Chance ? low : whole;
        return oddest with { Chance = Statistics.Chance.OfOddest(oddest.Chance, 2) };
    }

    private static SerialCorrelation Run(ReadOnlySpan<uint> values, int shift)
    {
        // Around the middle: the coefficient is the same, and the sums stay small.
        double Value(uint number) => ((number << shift) / (double)(1L << 32)) - 0.5;
        double n = values.Length;
        double products = 0, sum = 0, squares = 0;
        double last = Value(values[^1]);
        foreach (uint number in values)
        {
            double value = Value(number);
            products += last * value;
            sum += value;
            squares += value * value;
            last = value;
        }

        double variance = (n * squares) - (sum * sum);

        // One number again and again says everything about the next.
        if (variance < 1e-12 * n * n)
            return new SerialCorrelation(1, 0);
        double coefficient = ((n * products) - (sum * sum)) / variance;
        double mean = -1 / (n - 1);
        double deviation = n / (n - 1) / Math.Sqrt(n - 2);
        return new SerialCorrelation(coefficient, Statistics.Chance.OfDeviation((coefficient - mean) / deviation));
    }
}
