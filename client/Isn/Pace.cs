using System;

namespace HandshakeNano.Client.Isn;

/// <summary>When the SYNs leave: how many together, and how long after that the next ones.</summary>
/// <param name="Together">How many leave together.</param>
/// <param name="Gap">How many microseconds after so many SYNs the next ones are due.</param>
public sealed record Pace(Func<int> Together, Func<int, ulong> Gap)
{
    /// <summary>As fast as the answers come.</summary>
    /// <param name="together">How many leave together.</param>
    /// <returns>The pace.</returns>
    public static Pace Fast(int together) => new(() => together, _ => 0);

    /// <summary>One at a time, evenly.</summary>
    /// <param name="gap">How many microseconds after one the next is due.</param>
    /// <returns>The pace.</returns>
    public static Pace Even(ulong gap) => new(() => 1, _ => gap);

    /// <summary>
    /// At random, which tells a clock from a count of connections: a quarter of the gaps is shorter than two ticks of the clock of
    /// RFC 9293, and the others are up to twice as long as they are on average.
    /// </summary>
    /// <param name="together">How many leave together at most.</param>
    /// <param name="gap">How many microseconds there are for each on average.</param>
    /// <param name="random">Chooses.</param>
    /// <returns>The pace.</returns>
    public static Pace Uneven(int together, double gap, Random random) => new(
        () => random.Next(1, together + 1),
        sent => (ulong)(random.Next(4) == 0 ? random.Next(8) : random.NextDouble() * 2 * gap * sent));
}
