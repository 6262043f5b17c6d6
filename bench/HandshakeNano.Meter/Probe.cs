using System;

namespace HandshakeNano.Meter;

/// <summary>
/// Where instrumented code reports. Public because instrumented assemblies call it; nothing else has to.
/// </summary>
/// <remarks>Not thread-safe: metered code runs on one thread at a time.</remarks>
public static class Probe
{
    private static long[] s_hits = [];

    /// <summary>How many blocks have begun at least once.</summary>
    public static long Reached { get; private set; }

    /// <summary>A basic block begins.</summary>
    /// <param name="block">The block's number.</param>
    public static void Hit(int block)
    {
        if (s_hits[block]++ == 0)
            Reached++;
    }

    internal static int Reserve(int blocks)
    {
        var first = s_hits.Length;
        Array.Resize(ref s_hits, first + blocks);
        return first;
    }

    internal static long[] Read(int first, int count)
    {
        return s_hits.AsSpan(first, count).ToArray();
    }
}
