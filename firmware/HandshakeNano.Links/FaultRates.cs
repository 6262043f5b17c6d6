using System;

namespace HandshakeNano.Links;

/// <summary>What goes wrong with the frames of one direction. Chances are in 65536ths: 0 never, 65536 always.</summary>
public sealed class FaultRates
{
    /// <summary>Chance that a frame is lost.</summary>
    public int Loss;

    /// <summary>Chance that a frame comes twice.</summary>
    public int Duplication;

    /// <summary>Chance that a frame is kept back for <see cref="ReorderingDelay"/>, so that later ones overtake it.</summary>
    public int Reordering;

    /// <summary>Chance that one bit of a frame, anywhere in it, is turned over.</summary>
    public int Corruption;

    /// <summary>How long every frame takes, in microseconds, at most 60 s.</summary>
    public int Delay;

    /// <summary>
    /// By how much the delay varies: from 0 to this many microseconds are added, evenly spread. At most 60 s. Frames
    /// overtake each other if it is longer than the time between them.
    /// </summary>
    public int Jitter;

    /// <summary>How much longer a reordered frame takes, in microseconds, at most 60 s.</summary>
    public int ReorderingDelay = 10_000;

    /// <summary>Turns per cent into a chance.</summary>
    /// <param name="percent">0 to 100.</param>
    /// <returns>The chance in 65536ths, rounded down.</returns>
    public static int FromPercent(int percent)
    {
        return percent * 65536 / 100;
    }

    internal void Validate()
    {
        if (Loss < 0 || Loss > 65536 || Duplication < 0 || Duplication > 65536
            || Reordering < 0 || Reordering > 65536 || Corruption < 0 || Corruption > 65536)
            throw new ArgumentException("Loss, Duplication, Reordering and Corruption must be 0 to 65536.");
        if (Delay < 0 || Delay > 60_000_000 || Jitter < 0 || Jitter > 60_000_000
            || ReorderingDelay < 0 || ReorderingDelay > 60_000_000)
            throw new ArgumentException("Delay, Jitter and ReorderingDelay must be 0 to 60,000,000 us.");
    }
}
