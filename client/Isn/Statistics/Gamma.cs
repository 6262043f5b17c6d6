using System;

namespace HandshakeNano.Client.Isn.Statistics;

/// <summary>
/// The incomplete gamma function, from which the chi-squared, Poisson and normal distributions follow (NIST Digital Library of
/// Mathematical Functions, chapter 8). A library that has it is a larger download than all others of the client together.
/// </summary>
public static class Gamma
{
    private const double Precision = 1e-15;

    // Lentz's method divides by what may be zero.
    private const double Tiny = 1e-300;

    /// <summary>The regularized incomplete gamma functions P(a, x) and Q(a, x), whose sum is 1 (DLMF 8.2.4).</summary>
    /// <param name="a">Greater than 0.</param>
    /// <param name="x">0 or greater.</param>
    /// <returns>Both: the smaller is as precise as the larger.</returns>
    public static (double Lower, double Upper) Regularized(double a, double x)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(a);
        ArgumentOutOfRangeException.ThrowIfNegative(x);
        if (x == 0)
            return (0, 1);
        double factor = Math.Exp((a * Math.Log(x)) - x - Log(a));
        if (x < a + 1)
        {
            double lower = factor * Series(a, x);
            return (lower, 1 - lower);
        }

        double upper = factor * Fraction(a, x);
        return (1 - upper, upper);
    }

    /// <summary>The logarithm of the gamma function, by Stirling's series (DLMF 5.11.1).</summary>
    /// <param name="x">Greater than 0.</param>
    /// <returns>ln Γ(x).</returns>
    public static double Log(double x)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(x);
        double product = 1;
        for (; x < 15; x++)
            product *= x;
        double square = x * x;
        double series = ((1.0 / 12) - (((1.0 / 360) - (((1.0 / 1260) - (1 / (1680 * square))) / square)) / square)) / x;
        return ((x - 0.5) * Math.Log(x)) - x + (0.5 * Math.Log(2 * Math.PI)) + series - Math.Log(product);
    }

    // DLMF 8.7.1.
    private static double Series(double a, double x)
    {
        double term = 1 / a;
        double sum = term;
        for (double n = a + 1; term > sum * Precision; n++)
        {
            term *= x / n;
            sum += term;
        }

        return sum;
    }

    // The continued fraction DLMF 8.9.2 in its even form, by Lentz's method as Thompson and Barnett changed it.
    private static double Fraction(double a, double x)
    {
        double b = x + 1 - a;
        double c = 1 / Tiny;
        double d = 1 / b;
        double result = d;
        for (double i = 1; ; i++)
        {
            double numerator = -i * (i - a);
            b += 2;
            d = NotZero((numerator * d) + b);
            c = NotZero(b + (numerator / c));
            d = 1 / d;
            double change = d * c;
            result *= change;
            if (Math.Abs(change - 1) < Precision)
                return result;
        }
    }

    private static double NotZero(double value) => Math.Abs(value) < Tiny ? Tiny : value;
}
