using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using HandshakeNano.Client.Handshakes;
using HandshakeNano.Client.Wording;

namespace HandshakeNano.Client.Output;

/// <summary>Says what came of many handshakes, for people and for machines.</summary>
/// <param name="Plan">What there was to do.</param>
/// <param name="Target">With whom, such as 10.77.0.2:7.</param>
/// <param name="Way">How, such as "by the system's sockets".</param>
public sealed record HandshakeReport(HandshakePlan Plan, string Target, string Way)
{
    private const int MostRows = 12;
    private const int LongestBar = 50;

    /// <summary>What is wrong, one line; null if all that are over connected.</summary>
    /// <param name="statistics">What came of them.</param>
    /// <returns>The line.</returns>
    public string? Failure(HandshakeStatistics statistics)
    {
        if (statistics.Done == 0)
            return $"probe {Target}: no handshake was over before it was ended";
        if (statistics.Connected == statistics.Done)
            return null;
        IEnumerable<string> parts = new (long Count, string What)[]
        {
            (statistics.Refused, "refused: no program listens there"),
            (statistics.TimedOut, $"timed out: no answer within {Limit}"),
        }.Concat(statistics.Failures.Select(failure => (failure.Value, failure.Key))).Where(part => part.Item1 > 0)
            .Select(part => $"{Number(part.Item1)} {part.Item2}");
        return $"probe {Target}: {Number(statistics.Done - statistics.Connected)} of {Quantity.Count(statistics.Done, "handshake")} failed, {string.Join(", ", parts)}";
    }

    /// <summary>A title for a picture.</summary>
    /// <param name="statistics">What came of them.</param>
    /// <returns>The title.</returns>
    public string Title(HandshakeStatistics statistics) =>
        $"{Number(statistics.Connected)} of {Number(statistics.Done)} handshakes with {Target} connected, {Way}";

    /// <summary>What a terminal shows while they go on.</summary>
    /// <param name="statistics">What came of them so far.</param>
    /// <param name="width">How many columns a line may have.</param>
    /// <param name="unicode">True if box-drawing characters arrive.</param>
    /// <returns>The lines.</returns>
    public IReadOnlyList<StyledLine> Progress(HandshakeStatistics statistics, int width, bool unicode)
    {
        string left = statistics.Done == 0 ? "" : $", {Seconds(statistics.Elapsed / 1e6 / statistics.Done * (Plan.Count - statistics.Done))} left";
        return
        [
            new StyledLine(("  " + Target, Tone.Strong)).Add($": {Number(statistics.Done)} of {Number(Plan.Count)} handshakes{left}; Ctrl-C ends it"),
            .. Lines(statistics, width, unicode),
        ];
    }

    /// <summary>Writes for people.</summary>
    /// <param name="statistics">What came of them.</param>
    /// <param name="screen">Where it goes.</param>
    public void Write(HandshakeStatistics statistics, Screen screen)
    {
        string rate = statistics.Elapsed == 0 ? "" : $" ({Number((long)Math.Round(statistics.Done * 1e6 / statistics.Elapsed))} a second)";
        string count = statistics.Done < Plan.Count ? $"{Number(statistics.Done)} of {Number(Plan.Count)} handshakes" : Quantity.Count(Plan.Count, "handshake");
        screen.WriteLine(new StyledLine(("  " + Target, Tone.Strong)).Add($": {count} in {Quantity.Time(statistics.Elapsed)}{rate}, {Way}"));
        foreach (StyledLine line in Lines(statistics, screen.Width, screen.Unicode))
            screen.WriteLine(line);
    }

    /// <summary>Writes for machines; docs/schemas/probe.json says what each member is.</summary>
    /// <param name="statistics">What came of them.</param>
    /// <param name="writer">Where it goes.</param>
    public void WriteJson(HandshakeStatistics statistics, TextWriter writer)
    {
        TimeHistogram times = statistics.Times;
        string? failure = Failure(statistics);
        JsonReport.Write(
            new
            {
                Command = "probe",
                Ok = failure == null,
                Failure = failure,
                Target,
                Way,
                Plan.Count,
                statistics.Done,
                Interrupted = statistics.Done < Plan.Count,
                ElapsedMicroseconds = statistics.Elapsed,
                statistics.Connected,
                statistics.Refused,
                statistics.TimedOut,
                Failures = statistics.Failures.Select(one => new { Reason = one.Key, Count = one.Value }),
                SynsSentAgain = statistics.SynsAgain,
                HandshakesWithSynsSentAgain = statistics.SynsAgain == null ? (long?)null : statistics.HandshakesWithSynsAgain,
                ConnectMicroseconds = times.Count == 0 ? null : new
                {
                    Min = times.Least,
                    Mean = Math.Round(times.Mean, 1),
                    Median = times.Quantile(0.5),
                    P90 = times.Quantile(0.9),
                    P99 = times.Quantile(0.99),
                    Max = times.Most,
                },
                Histogram = times.Buckets,
            },
            writer);
    }

    private string Limit => Quantity.Time((ulong)Plan.Timeout.TotalMicroseconds);

    private IEnumerable<StyledLine> Lines(HandshakeStatistics statistics, int width, bool unicode)
    {
        yield return new StyledLine();
        TimeHistogram times = statistics.Times;
        var counts = new List<(string Name, long Count, string Text, Tone Tone)>
        {
            ("connected", statistics.Connected, times.Count == 0 ? "" : $"min {Quantity.Time(times.Least)}, median {Quantity.Time(times.Quantile(0.5))}, "
                + $"p90 {Quantity.Time(times.Quantile(0.9))}, p99 {Quantity.Time(times.Quantile(0.99))}, max {Quantity.Time(times.Most)}", Tone.Good),
            ("refused", statistics.Refused, "", Tone.Bad),
            ("timed out", statistics.TimedOut, statistics.TimedOut > 0 ? "no answer within " + Limit : "", Tone.Bad),
        };
        counts.AddRange(statistics.Failures.Select(failure => ("failed", failure.Value, failure.Key, Tone.Bad)));
        if (statistics.SynsAgain is long again)
            counts.Add(("SYN sent again", again, again > 0 ? $"in {Quantity.Count(statistics.HandshakesWithSynsAgain, "handshake")}" : "", Tone.Plain));
        int name = counts.Max(count => count.Name.Length), number = counts.Max(count => Number(count.Count).Length);
        foreach ((string what, long count, string text, Tone tone) in counts)
        {
            yield return new StyledLine()
                .Add("  " + what.PadRight(name) + "  ")
                .Add(Number(count).PadLeft(number), count > 0 ? tone : Tone.Plain)
                .Add(text.Length > 0 ? "  " + text : "");
        }

        if (times.Count == 0)
            yield break;
        yield return new StyledLine();
        IReadOnlyList<TimeRange> rows = times.Rows(MostRows);
        string[] labels = [.. rows.Select(row => Quantity.Time(row.From))];
        int label = labels.Max(text => text.Length), longest = Math.Clamp(width - label - 20, 10, LongestBar);
        long tallest = rows.Max(row => row.Count);
        for (int i = 0; i < rows.Count; i++)
        {
            int length = (int)Math.Ceiling((double)rows[i].Count * longest / tallest);
            yield return new StyledLine()
                .Add($"  {labels[i].PadLeft(label)}  ", Tone.Faint)
                .Add(new string(unicode ? '█' : '#', length), Tone.Client)
                .Add($"{(length > 0 ? " " : "")}{Number(rows[i].Count)}");
        }
    }

    private static string Number(long number) => number.ToString("#,0", CultureInfo.InvariantCulture);

    private static string Seconds(double seconds) => seconds < 90 ? $"{Number((long)Math.Ceiling(seconds))} s"
        : seconds < 5400 ? $"{Number((long)Math.Ceiling(seconds / 60))} min" : $"{Number((long)Math.Ceiling(seconds / 3600))} h";
}
