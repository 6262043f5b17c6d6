using System;

namespace HandshakeNano.Client.Isn.Statistics;

/// <summary>
/// How often somebody who knows the numbers before hits the next within a window of 65,535 bytes by the two simplest guesses: it
/// is the same again, or the step is the same again.
/// </summary>
/// <param name="Hits">How often.</param>
/// <param name="Tried">Of how many numbers.</param>
/// <param name="Expected">How often they hit a perfect source on average.</param>
/// <param name="Chance">How often so many or more hit a perfect source.</param>
public sealed record Guesses(int Hits, int Tried, double Expected, double Chance)
{
    /// <summary>How far a guess may be away on either side.</summary>
    public const int Near = 32_767;

    /// <summary>Guesses.</summary>
    /// <param name="values">The numbers; 100 or more.</param>
    /// <returns>How often it was right.</returns>
    public static Guesses Make(ReadOnlySpan<uint> values)
    {
        int hits = 0;
        for (int i = 2; i < values.Length; i++)
        {
            uint last = values[i - 1];
            if (IsNear(values[i] - last) || IsNear(values[i] - (last + (last - values[i - 2]))))
                hits++;
        }

        int tried = values.Length - 2;
        double mean = tried * 2.0 * ((2 * Near) + 1) / (1L << 32);
        return new Guesses(hits, tried, mean, Statistics.Chance.OfAtLeast(hits, mean));
    }

    private static bool IsNear(uint distance) => distance + Near <= 2 * Near;
}
