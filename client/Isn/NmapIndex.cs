using System;
using System.Collections.Generic;
using System.Numerics;

namespace HandshakeNano.Client.Isn;

/// <summary>
/// What nmap -O says of the ISNs that six SYNs 100 ms apart get ("Nmap Network Scanning", chapter 8: GCD, ISR, SP; the words as
/// nmap 7 has them).
/// </summary>
/// <param name="Gcd">GCD: the greatest common divisor of the steps; 0 if nothing moves.</param>
/// <param name="Rate">ISR: the mean rate of the steps in 1/s, as 8 times its binary logarithm.</param>
/// <param name="Difficulty">SP: the standard deviation of the rate, as 8 times its binary logarithm.</param>
public sealed record NmapIndex(uint Gcd, int Rate, int Difficulty)
{
    /// <summary>How many SYNs nmap sends.</summary>
    public const int Probes = 6;

    /// <summary>How far apart they are, in microseconds.</summary>
    public const ulong Interval = 100_000;

    /// <summary>From this difficulty on nmap says "Good luck!".</summary>
    public const int Good = 16;

    // Below it a divisor may be chance, and the deviation is not divided by it.
    private const uint LargestOfChance = 9;

    /// <summary>nmap's word for the difficulty.</summary>
    public string Word => Difficulty switch
    {
        < 3 => "Trivial joke",
        < 6 => "Easy",
        < 11 => "Medium",
        < 12 => "Formidable",
        < Good => "Worthy challenge",
        _ => "Good luck!",
    };

    /// <summary>Computes the three.</summary>
    /// <param name="samples">The ISNs in order; four or more.</param>
    /// <returns>What nmap says of them.</returns>
    public static NmapIndex Of(IReadOnlyList<IsnSample> samples)
    {
        uint gcd = 0;
        double mean = 0;
        double[] rates = new double[samples.Count - 1];
        for (int i = 0; i < rates.Length; i++)
        {
            uint step = samples[i + 1].Isn - samples[i].Isn;
            step = Math.Min(step, 0 - step);
            gcd = (uint)BigInteger.GreatestCommonDivisor(gcd, step);
            rates[i] = step * 1e6 / Math.Max(1, samples[i + 1].Sent - samples[i].Sent);
            mean += rates[i] / rates.Length;
        }

        double divisor = gcd > LargestOfChance ? gcd : 1;
        double variance = 0;
        foreach (double rate in rates)
            variance += Math.Pow((rate - mean) / divisor, 2) / (rates.Length - 1);
        return new NmapIndex(gcd, EightTimesLog(mean), EightTimesLog(Math.Round(Math.Sqrt(variance))));
    }

    private static int EightTimesLog(double value) => value <= 1 ? 0 : (int)((8 * Math.Log2(value)) + 0.5);
}
