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

    internal static ulong[] Of(IReadOnlyList<ulong> times) => [.. times.Zip(times.Skip(1), (before, after) => after - before)];

    internal static string Text(IReadOnlyList<ulong> times) =>
        string.Join(", ", Of(times).Select(interval => (interval / 1e6).ToString("0.0#", CultureInfo.InvariantCulture))) + " s";

    /// <summary>Each interval has to be twice the one before (RFC 6298 rule 5.5).</summary>
    internal static void CheckDoubling(IReadOnlyList<ulong> times)
    {
        ulong[] intervals = Of(times);
        for (int i = 1; i < intervals.Length; i++)
        {
            double ratio = (double)intervals[i] / intervals[i - 1];
            if (ratio is < Least or > Most)
                throw new Deviation("intervals that double", Text(times));
        }
    }

    /// <summary>Each interval has to be longer than the one before (RFC 9293 section 3.8.6.1: exponentially).</summary>
    internal static void CheckBackingOff(IReadOnlyList<ulong> times)
    {
        ulong[] intervals = Of(times);
        for (int i = 1; i < intervals.Length; i++)
        {
            if ((double)intervals[i] / intervals[i - 1] < 1.4)
                throw new Deviation("intervals that grow exponentially", Text(times));
        }
    }
}
