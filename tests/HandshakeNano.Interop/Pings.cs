using System.Globalization;
using System.Linq;
using System.Text.RegularExpressions;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace HandshakeNano.Interop;

/// <summary>What ping of iputils says, read so that a slow machine changes nothing.</summary>
/// <remarks>
/// With -c alone ping waits for the last answer only twice as long as the slowest took. With -w it waits for all of them,
/// and sends one more meanwhile if its interval is over.
/// </remarks>
internal static class Pings
{
    /// <summary>How long ping waits for its last answers, in seconds: as long as any test may.</summary>
    public static string Wait { get; } = ((int)Lab.Deadline.TotalSeconds).ToString(CultureInfo.InvariantCulture);

    /// <summary>Asserts that each of the first requests was answered, whole and once, and returns how many were sent.</summary>
    public static int AssertAnswered(ToolResult result, int count)
    {
        string output = result.Output;
        Match summary = Regex.Match(output, @"(\d+) packets transmitted, (\d+) received, ");
        Assert.IsTrue(summary.Success, output + result.Error);
        int sent = int.Parse(summary.Groups[1].Value, CultureInfo.InvariantCulture);
        Assert.AreEqual(count, int.Parse(summary.Groups[2].Value, CultureInfo.InvariantCulture), output);
        Assert.IsLessThanOrEqualTo(count + 1, sent, output);
        Assert.DoesNotContain("wrong data", output);
        int[] answered = [.. Regex.Matches(output, @"icmp_seq=(\d+) ").Select(match => int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture))];
        if (answered.Length != 0)
        {
            CollectionAssert.AreEquivalent(Enumerable.Range(1, count).ToArray(), answered, output);
        }
        return sent;
    }
}
