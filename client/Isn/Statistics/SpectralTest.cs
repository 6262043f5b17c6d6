using System;
using System.Threading.Tasks;

namespace HandshakeNano.Client.Isn.Statistics;

/// <summary>
/// Do three numbers in a row, as a point in space, lie on planes? The spectral test of what was seen (Coveyou and MacPherson,
/// "Fourier analysis of uniform random number generators", J. ACM 14, 1967; Knuth, TAOCP 3.3.4): for each small a, b and c the
/// phases a·x + b·y + c·z of all triples are added up as waves. All in step: the points lie on planes that a, b and c are
/// perpendicular to. In random points the sum is that of a random walk: its square over the count of points is exponentially
/// distributed. It is done for the numbers and for their lower 24, 16 and 8 bits, where a generator modulo a power of two is weak.
/// </summary>
/// <param name="A">Of the strongest wave: how often the first number counts.</param>
/// <param name="B">How often the second does.</param>
/// <param name="C">How often the third does.</param>
/// <param name="LowBits">Of how many low bits: 32, 24, 16 or 8.</param>
/// <param name="Strength">Its strength: 1 if all points lie on planes.</param>
/// <param name="Usual">The strength of the strongest wave of about every second perfect source.</param>
/// <param name="Chance">How often a perfect source has a wave that strong.</param>
public sealed record SpectralTest(int A, int B, int C, int LowBits, double Strength, double Usual, double Chance)
{
    /// <summary>How many waves are looked at.</summary>
    public const int Waves = 4 * (((2 * Highest) + 1) * ((2 * Highest) + 1) * ((2 * Highest) + 1) / 2);

    /// <summary>How many triples are looked at, at most.</summary>
    public const int MostTriples = 8192;

    // RANDU's planes are those of 9, -6 and 1. A generator modulo 256, as the low bits of one modulo 2^32 are, has some below 7.2.
    private const int Highest = 9;

    // A wave's phase is rounded to a 4096th of a turn; a quarter more than a turn makes the cosine the sine too.
    private const int PhaseBits = 12;
    private const int Quarter = (1 << PhaseBits) / 4;
    private static readonly float[] s_sine = MakeSine();

    /// <summary>Runs the test.</summary>
    /// <param name="values">The numbers; 100 or more.</param>
    /// <returns>The result.</returns>
    public static SpectralTest Run(ReadOnlySpan<uint> values)
    {
        uint[] numbers = values[..Math.Min(values.Length, MostTriples + 2)].ToArray();
        var strongest = new SpectralTest[4 * (Highest + 1)];
        Parallel.For(0, strongest.Length, i => strongest[i] = Strongest(numbers, i % (Highest + 1), i / (Highest + 1) * 8));
        SpectralTest result = strongest[0];
        foreach (SpectralTest other in strongest)
            result = other.Strength > result.Strength ? other : result;
        int triples = numbers.Length - 2;
        return result with
        {
            // The sines are rounded.
            Strength = Math.Min(1, result.Strength),
            Usual = Math.Sqrt(Math.Log(Waves / Math.Log(2)) / triples),
            Chance = Statistics.Chance.OfOddest(Math.Exp(-result.Strength * result.Strength * triples), Waves),
        };
    }

    // Of all waves with this a; one and its mirror image are the same.
    private static SpectralTest Strongest(uint[] numbers, int a, int shift)
    {
        uint[] phases = new uint[numbers.Length - 2];
        var strongest = new SpectralTest(a, 0, 0, 32 - shift, -1, 0, 0);
        for (int b = a == 0 ? 0 : -Highest; b <= Highest; b++)
        {
            int first = a == 0 && b == 0 ? 1 : -Highest;
            for (int i = 0; i < phases.Length; i++)
                phases[i] = (((uint)a * numbers[i]) + ((uint)b * numbers[i + 1]) + ((uint)first * numbers[i + 2])) << shift;
            for (int c = first; c <= Highest; c++)
            {
                double strength = Sum(phases, numbers, shift) / phases.Length;
                if (strength > strongest.Strength)
                    strongest = strongest with { B = b, C = c, Strength = strength };
            }
        }

        return strongest;
    }

    // The length of the sum; the phases go on to the next c.
    private static double Sum(uint[] phases, uint[] numbers, int shift)
    {
        float[] sine = s_sine;
        double x = 0, y = 0;
        for (int i = 0; i < phases.Length; i++)
        {
            uint phase = phases[i];
            uint at = phase >> (32 - PhaseBits);
            y += sine[at];
            x += sine[at + Quarter];
            phases[i] = phase + (numbers[i + 2] << shift);
        }

        return Math.Sqrt((x * x) + (y * y));
    }

    private static float[] MakeSine()
    {
        float[] sine = new float[(1 << PhaseBits) + Quarter];
        for (int i = 0; i < sine.Length; i++)
            sine[i] = (float)Math.Sin(2 * Math.PI * i / (1 << PhaseBits));
        return sine;
    }
}
