using System;
using System.Collections.Generic;
using HandshakeNano.Client.Isn.Statistics;

namespace HandshakeNano.Client.Isn;

/// <summary>
/// What keeps the ISNs of different tuples apart: F of RFC 6528, which is the ISN without its clock. Whoever has no secret key
/// must not be able to tell it from random numbers.
/// </summary>
/// <param name="Tuples">Of how many tuples.</param>
/// <param name="MinEntropy">How many bits are to be guessed.</param>
/// <param name="Collisions">How many tuples share one.</param>
/// <param name="ChiSquared">Whether all values are equally frequent.</param>
/// <param name="Correlation">Whether one says anything about the next.</param>
/// <param name="Spectral">Whether three in a row lie on planes.</param>
/// <param name="Guesses">How often the simplest guesses hit.</param>
public sealed record HiddenPart(
    int Tuples, MinEntropy MinEntropy, Collisions Collisions, ChiSquaredTest ChiSquared, SerialCorrelation Correlation,
    SpectralTest Spectral, Guesses Guesses)
{
    /// <summary>Examines ISNs.</summary>
    /// <param name="samples">One ISN each of different tuples, in the order of the tuples; 100 or more.</param>
    /// <param name="kilohertz">The rate of the clock that is in them; 0 if none is.</param>
    /// <returns>What was found.</returns>
    public static HiddenPart Of(IReadOnlyList<IsnSample> samples, double kilohertz)
    {
        uint[] hidden = new uint[samples.Count];
        for (int i = 0; i < hidden.Length; i++)
            hidden[i] = samples[i].Isn - (uint)(long)Math.Round((samples[i].Time - samples[0].Time) * kilohertz / 1000);
        return Of(hidden);
    }

    /// <summary>Examines F itself.</summary>
    /// <param name="hidden">F of different tuples, in their order; 100 or more.</param>
    /// <returns>What was found.</returns>
    public static HiddenPart Of(ReadOnlySpan<uint> hidden) => new(
        hidden.Length, MinEntropy.Estimate(hidden), Collisions.Count(hidden), ChiSquaredTest.Run(hidden), SerialCorrelation.Run(hidden),
        SpectralTest.Run(hidden), Guesses.Make(hidden));
}
