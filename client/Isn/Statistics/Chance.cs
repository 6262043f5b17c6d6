using System;

namespace HandshakeNano.Client.Isn.Statistics;

/// <summary>How likely it is that a perfect source of random numbers looks at least as odd as what was seen.</summary>
public static class Chance
{
    /// <summary>A test fails below this: a perfect source fails one of a million runs of it.</summary>
    public const double Level = 1e-6;

    /// <summary>Of a chi-squared statistic. One that is too small is as odd as one that is too large (Knuth, TAOCP 3.3.1).</summary>
    /// <param name="statistic">The statistic.</param>
    /// <param name="freedom">Degrees of freedom.</param>
    /// <returns>The chance, both sides together.</returns>
    public static double OfChiSquared(double statistic, int freedom)
    {
        (double lower, double upper) = Gamma.Regularized(freedom / 2.0, statistic / 2);
        return BothSides(lower, upper);
    }

    /// <summary>Of a deviation of a normal distribution.</summary>
    /// <param name="deviations">How many standard deviations.</param>
    /// <returns>The chance, both sides together.</returns>
    public static double OfDeviation(double deviations) => Gamma.Regularized(0.5, deviations * deviations / 2).Upper;

    /// <summary>Of a count of rare events (Poisson).</summary>
    /// <param name="count">How many there were.</param>
    /// <param name="mean">How many there are on average; greater than 0.</param>
    /// <returns>The chance, both sides together.</returns>
    public static double OfCount(long count, double mean) => BothSides(Gamma.Regularized(count + 1.0, mean).Upper, OfAtLeast(count, mean));

    /// <summary>Of a count of rare events or a larger one (Poisson).</summary>
    /// <param name="count">How many there were.</param>
    /// <param name="mean">How many there are on average; greater than 0.</param>
    /// <returns>The chance.</returns>
    public static double OfAtLeast(long count, double mean) => count == 0 ? 1 : Gamma.Regularized(count, mean).Lower;

    /// <summary>At most this, of a count of hits or a larger one in independent trials (Chernoff's bound).</summary>
    /// <param name="count">How many hits there were.</param>
    /// <param name="trials">Of how many.</param>
    /// <param name="hit">How likely one is, between 0 and 1.</param>
    /// <returns>The bound, at most 1.</returns>
    public static double OfHits(long count, long trials, double hit)
    {
        double share = (double)count / trials;
        if (share <= hit)
            return 1;
        double divergence = share * Math.Log(share / hit);
        if (share < 1)
            divergence += (1 - share) * Math.Log((1 - share) / (1 - hit));
        return Math.Exp(-trials * divergence);
    }

    /// <summary>The chance that the oddest of several looks is as odd as this (Bonferroni).</summary>
    /// <param name="smallest">The smallest chance of the looks.</param>
    /// <param name="looks">How many there were.</param>
    /// <returns>At most 1.</returns>
    public static double OfOddest(double smallest, int looks) => Math.Min(1, smallest * looks);

    private static double BothSides(double lower, double upper) => Math.Min(1, 2 * Math.Min(lower, upper));
}
