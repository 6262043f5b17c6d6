using System.Collections.Generic;
using System.Globalization;
using System.Linq;

namespace HandshakeNano.Client.Conformance.Behaviours;

/// <summary>Times between one retransmission and the next.</summary>
internal static class Intervals
{
    // A clock of half a second, as small stacks have, and a computer that is busy: twice is not always twice.
    private const double Least = 1.6;
    private const double Most = 2.6;

    // Shorter ones are measured too coarsely on a busy computer.
    private const ulong LongEnough = 700_000;
    private const int Judged = 4;
    private const int MostTimes = 8;

    /// <summary>Says whether there are times enough to judge the last of them.</summary>
    internal static bool AreEnough(List<ulong> times) =>
        times.Count >= MostTimes || (times.Count >= Judged && Of(times)[^(Judged - 1)] >= LongEnough);

    internal static ulong[] Of(IReadOnlyList<ulong> times) => [.. times.Zip(times.Skip(1), (before, after) => after - before)];

    internal static string Text(IReadOnlyList<ulong> times) =>
        string.Join(", ", Of(times).Select(interval => (interval / 1e6).ToString("0.0#", CultureInfo.InvariantCulture))) + " s";

    /// <summary>Each of the last intervals has to be twice the one before (RFC 6298 rule 5.5).</summary>
    internal static void CheckDoubling(List<ulong> times)
    {
        ulong[] intervals = Of(times.GetRange(times.Count - Judged, Judged));
        for (int i = 1; i < intervals.Length; i++)
        {
            double ratio = (double)intervals[i] / intervals[i - 1];
            if (ratio is < Least or > Most)
                throw new Deviation("intervals that double", Text(times));
        }
    }

    /// <summary>Each of the last intervals has to be longer than the one before (RFC 9293 section 3.8.6.1: exponentially).</summary>
    internal static void CheckBackingOff(List<ulong> times)
    {
        ulong[] intervals = Of(times.GetRange(times.Count - Judged, Judged));
        for (int i = 1; i < intervals.Length; i++)
        {
            if ((double)intervals[i] / intervals[i - 1] < 1.4)
                throw new Deviation("intervals that grow exponentially", Text(times));
        }
    }
}
