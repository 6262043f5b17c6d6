using System;
using System.Collections.Generic;
using System.Linq;
using HandshakeNano.Client.Isn;
using HandshakeNano.Client.Isn.Statistics;

namespace HandshakeNano.Client.Tests;

/// <summary>The statistics of <c>handshake isn</c>, on inputs whose results are known.</summary>
[TestClass]
public sealed class StatisticsTests
{
    // Computed by mpmath 1.3 with 25 digits.
    [TestMethod]
    [DataRow(0.5, 1, 0.8427007929497149, 0.1572992070502851)]
    [DataRow(1, 2, 0.8646647167633873, 0.1353352832366127)]
    [DataRow(2.5, 7, 0.9843905838997331, 0.01560941610026691)]
    [DataRow(7.5, 20, 0.9995465018648978, 0.0004534981351022346)]
    [DataRow(127.5, 127.5, 0.5117774782295937, 0.4882225217704063)]
    [DataRow(127.5, 200, 0.9999999833999748, 1.660002524412452e-8)]
    [DataRow(127.5, 70, 4.513133150634325e-10, 0.9999999995486867)]
    [DataRow(32767.5, 32767.5, 0.5007346275829056, 0.4992653724170944)]
    [DataRow(32767.5, 34000, 0.9999999999913408, 8.659154388159909e-12)]
    [DataRow(32767.5, 31500, 6.580878027840537e-13, 0.9999999999993419)]
    [DataRow(5, 0.01, 8.264185641806499e-13, 0.9999999999991736)]
    public void The_incomplete_gamma_function_is_right(double a, double x, double lower, double upper)
    {
        (double p, double q) = Gamma.Regularized(a, x);
        Assert.AreEqual(lower, p, lower * 1e-9);
        Assert.AreEqual(upper, q, upper * 1e-9);
    }

    [TestMethod]
    [DataRow(0.001, 6.907178885383854)]
    [DataRow(0.5, 0.5723649429247004)]
    [DataRow(1, 0)]
    [DataRow(10, 12.801827480081469)]
    [DataRow(100, 359.1342053695754)]
    public void The_logarithm_of_the_gamma_function_is_right(double x, double expected)
    {
        Assert.AreEqual(expected, Gamma.Log(x), 1e-12 * Math.Max(1, expected));
    }

    // The tables of the NIST/SEMATECH e-Handbook, 1.3.6.7.4 (upper tail, so twice that for both sides) and 1.3.6.7.1.
    [TestMethod]
    [DataRow(1, 3.841, 0.05)]
    [DataRow(10, 18.307, 0.05)]
    [DataRow(100, 149.449, 0.001)]
    public void The_chance_of_a_chi_squared_is_that_of_the_tables(int freedom, double statistic, double tail)
    {
        Assert.AreEqual(2 * tail, Chance.OfChiSquared(statistic, freedom), tail * 1e-3);
    }

    [TestMethod]
    public void The_chances_of_deviations_and_counts_are_those_of_the_tables()
    {
        Assert.AreEqual(0.05, Chance.OfDeviation(1.959964), 1e-7);
        Assert.AreEqual(0.05, Chance.OfDeviation(-1.959964), 1e-7);

        // Poisson with a mean of 2: 0 with e^-2; 5 or more with 1 - 7 e^-2.
        Assert.AreEqual(2 * Math.Exp(-2), Chance.OfCount(0, 2), 1e-12);
        Assert.AreEqual(1 - (7 * Math.Exp(-2)), Chance.OfAtLeast(5, 2), 1e-12);
        Assert.AreEqual(1, Chance.OfAtLeast(0, 2));

        // 20 heads of 20: 2^-20. The bound is exact there.
        Assert.AreEqual(Math.Pow(2, -20), Chance.OfHits(20, 20, 0.5), 1e-12);
        Assert.AreEqual(1, Chance.OfHits(10, 20, 0.5));
    }

    [TestMethod]
    public void Chi_squared_is_0_for_what_is_perfectly_even_and_that_is_too_even()
    {
        // Each byte of i * 0x01010101 takes each value equally often.
        uint[] even = [.. Enumerable.Range(0, 25_600).Select(i => (uint)(i & 255) * 0x0101_0101)];
        ChiSquaredTest test = ChiSquaredTest.Run(even);
        Assert.AreEqual(0, test.Statistic);
        Assert.AreEqual(255, test.Freedom);
        Assert.IsLessThan(Chance.Level, test.Chance);
    }

    [TestMethod]
    public void Chi_squared_is_what_the_formula_of_Pearson_gives()
    {
        // One nibble value of 16, twice as often as the others, in one nibble of eight: 160 + 10 numbers.
        uint[] numbers = [.. Enumerable.Range(0, 160).Select(i => (uint)(i % 16) * 0x1111_1111), .. Enumerable.Repeat(0x3333_3333u, 10)];
        double expected = 170 / 16.0;
        double statistic = ((20 - expected) * (20 - expected) / expected) + (15 * (10 - expected) * (10 - expected) / expected);
        Assert.AreEqual(statistic, ChiSquaredTest.Run(numbers).Statistic, 1e-9);
    }

    [TestMethod]
    public void Numbers_that_follow_each_other_are_correlated_and_those_that_alternate_the_other_way()
    {
        SerialCorrelation ramp = SerialCorrelation.Run([.. Enumerable.Range(0, 1000).Select(i => (uint)i << 20)]);
        Assert.IsGreaterThan(0.99, ramp.Coefficient);
        Assert.IsLessThan(Chance.Level, ramp.Chance);
        SerialCorrelation swing = SerialCorrelation.Run([.. Enumerable.Range(0, 1000).Select(i => i % 2 == 0 ? 0x1000u : 0xF000_1000)]);
        Assert.AreEqual(1, Math.Abs(swing.Coefficient), 1e-9);
        Assert.AreEqual(1, SerialCorrelation.Run(new uint[1000]).Coefficient);
    }

    [TestMethod]
    public void The_spectral_test_finds_the_planes_of_RANDU()
    {
        // x' = 65539 x mod 2^31, so x'' = 6 x' - 9 x: Knuth, TAOCP 3.3.4.
        SpectralTest test = SpectralTest.Run(Sequence(1000, 1, x => (x * 65539) & 0x7FFF_FFFF, x => x << 1));
        Assert.AreEqual((9, -6, 1, 32), (test.A, test.B, test.C, test.LowBits));
        Assert.AreEqual(1, test.Strength, 1e-3);
        Assert.IsLessThan(Chance.Level, test.Chance);
    }

    [TestMethod]
    public void The_spectral_test_finds_the_weak_low_bits_of_a_generator_modulo_a_power_of_two()
    {
        // Its high bits are good enough for everything else here: Numerical Recipes' "quick and dirty" generator.
        uint[] numbers = Sequence(2000, 1, x => (x * 1664525) + 1013904223, x => x);
        SpectralTest test = SpectralTest.Run(numbers);
        Assert.IsLessThan(32, test.LowBits);
        Assert.AreEqual(1, test.Strength, 1e-2);
        Assert.IsLessThan(Chance.Level, test.Chance);
    }

    [TestMethod]
    public void A_most_common_value_has_the_entropy_of_SP_800_90B()
    {
        // Each byte is one of 256 values, equally often: p = 1/256, and its upper bound with 25,600 samples.
        uint[] numbers = [.. Enumerable.Range(0, 25_600).Select(i => (uint)(i & 255) * 0x0101_0101)];
        new Random(1).Shuffle(numbers);
        double p = 1 / 256.0;
        double bound = p + (2.576 * Math.Sqrt(p * (1 - p) / 25_599));

        // But whole numbers are alike in one of 256 pairs: no more than 8 bits are to be guessed, not 4 times as many.
        Assert.IsGreaterThan(8, -4 * Math.Log2(bound));
        Assert.AreEqual(8, MinEntropy.Estimate(numbers).Bits, 0.1);

        // The upper half is always the same: 16 bits are to be guessed, of which so many samples show somewhat less.
        uint[] halves = [.. Random(25_600, 2).Select(number => number & 0xFFFF)];
        MinEntropy half = MinEntropy.Estimate(halves);
        Assert.AreEqual(14.7, half.Bits, 0.2);
        Assert.IsLessThan(Chance.Level, half.Chance);
    }

    [TestMethod]
    [DataRow(0u, DisplayName = "always the same")]
    [DataRow(1u, DisplayName = "one more each time")]
    [DataRow(64_000u, DisplayName = "64,000 more each time")]
    public void A_counter_leaves_nothing_to_guess(uint step)
    {
        uint[] numbers = [.. Enumerable.Range(0, 2000).Select(i => (uint)i * step)];
        MinEntropy entropy = MinEntropy.Estimate(numbers);
        Assert.AreEqual(0, entropy.Bits, 1e-9);
        Assert.IsLessThan(Chance.Level, entropy.Chance);
        Guesses guesses = Guesses.Make(numbers);
        Assert.AreEqual((1998, 1998), (guesses.Hits, guesses.Tried));
        Assert.IsLessThan(Chance.Level, guesses.Chance);
        SpectralTest spectral = SpectralTest.Run(numbers);
        Assert.AreEqual(1, spectral.Strength, 1e-3);
    }

    [TestMethod]
    public void Pairs_are_counted()
    {
        Collisions collisions = Collisions.Count([5, 1, 5, 7, 5, 1]);
        Assert.AreEqual(4, collisions.Pairs, "three of 5, one of 1");
        Assert.AreEqual(15 / 4294967296.0, collisions.Expected, 1e-15);
        Assert.IsLessThan(Chance.Level, collisions.Chance);

        // No two alike where 116 pairs are due: a permutation is not random either.
        Collisions none = Collisions.Count([.. Enumerable.Range(0, 1_000_000).Select(i => (uint)i * 2654435761)]);
        Assert.AreEqual(0, none.Pairs);
        Assert.IsLessThan(Chance.Level, none.Chance);
    }

    [TestMethod]
    public void The_64K_rule_of_old_systems_is_what_nmap_calls_it()
    {
        // nmap-os-db has such systems with GCD=FA00 and an SP of 0 to 5.
        NmapIndex index = Nmap(64_000, 64_000, 64_000, 64_000, 64_000);
        Assert.AreEqual(64_000u, index.Gcd);
        Assert.AreEqual(0, index.Difficulty);
        Assert.AreEqual("Trivial joke", index.Word);

        // 8 log2(640,000 a second).
        Assert.AreEqual(154, index.Rate);
    }

    [TestMethod]
    public void The_difficulty_is_eight_times_the_logarithm_of_the_deviation()
    {
        // Rates of 10, 10, 10, 10 and 50 a second: a deviation of 17.9, 8 log2(18) = 33.4.
        NmapIndex index = Nmap(1, 1, 1, 1, 5);
        Assert.AreEqual((1u, 33, "Good luck!"), (index.Gcd, index.Difficulty, index.Word));

        // A step down is as long as the same step up.
        Assert.AreEqual(index, Nmap(-1, 1, -1, 1, 5));
        Assert.AreEqual((0u, 0, 0), (Nmap(0, 0, 0, 0, 0).Gcd, Nmap(0, 0, 0, 0, 0).Rate, Nmap(0, 0, 0, 0, 0).Difficulty));
    }

    [TestMethod]
    [DataRow(2, "Trivial joke")]
    [DataRow(3, "Easy")]
    [DataRow(6, "Medium")]
    [DataRow(11, "Formidable")]
    [DataRow(12, "Worthy challenge")]
    [DataRow(16, "Good luck!")]
    public void The_words_are_nmaps(int difficulty, string word)
    {
        Assert.AreEqual(word, new NmapIndex(1, 0, difficulty).Word);
    }

    /// <summary>None comes near the level of 1e-6, and at 1 % about one in a hundred fails. The seeds are fixed.</summary>
    [TestMethod]
    [DataRow(100, 300)]
    [DataRow(2000, 100)]
    [DataRow(30_000, 10)]
    public void Good_random_numbers_fail_nothing(int count, int runs)
    {
        var odd = new Dictionary<string, int>();
        for (int seed = 0; seed < runs; seed++)
        {
            uint[] numbers = Random(count, seed);
            foreach ((string name, double chance) in new[]
            {
                ("min-entropy", MinEntropy.Estimate(numbers).Chance), ("collisions", Collisions.Count(numbers).Chance),
                ("chi-squared", ChiSquaredTest.Run(numbers).Chance), ("correlation", SerialCorrelation.Run(numbers).Chance),
                ("guess", Guesses.Make(numbers).Chance),
            })
            {
                Assert.IsGreaterThan(1e-5, chance, $"{name}, seed {seed}");
                if (chance < 0.01)
                    odd[name] = odd.GetValueOrDefault(name) + 1;
            }
        }

        foreach ((string name, int times) in odd)
            Assert.IsLessThanOrEqualTo(1 + (runs / 30), times, name);
    }

    [TestMethod]
    [DataRow(100)]
    [DataRow(2000)]
    public void Good_random_numbers_lie_on_no_planes(int count)
    {
        for (int seed = 0; seed < 2; seed++)
        {
            SpectralTest test = SpectralTest.Run(Random(count, seed));
            Assert.IsGreaterThan(1e-4, test.Chance, $"seed {seed}");
            Assert.AreEqual(test.Usual, test.Strength, test.Usual * 0.3, $"seed {seed}");
        }
    }

    private static uint[] Random(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => (uint)random.NextInt64(1L << 32))];
    }

    private static uint[] Sequence(int count, uint seed, Func<uint, uint> next, Func<uint, uint> output)
    {
        uint[] numbers = new uint[count];
        for (int i = 0; i < count; i++)
            numbers[i] = output(seed = next(seed));
        return numbers;
    }

    private static NmapIndex Nmap(params int[] steps)
    {
        var samples = new List<IsnSample> { new(0, 0, 123) };
        foreach (int step in steps)
            samples.Add(new IsnSample(samples[^1].Sent + NmapIndex.Interval, 0, samples[^1].Isn + (uint)step));
        return NmapIndex.Of(samples);
    }
}
