using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text;
using HandshakeNano.Client.Conformance;
using HandshakeNano.Client.Conformance.Behaviours;
using Spectre.Console;

namespace HandshakeNano.Client.Output;

/// <summary>A peer of the scoreboard, and what came of probing it.</summary>
/// <param name="Name">Its name, for the head of a column.</param>
/// <param name="Results">The results, by number.</param>
public sealed record ScoredPeer(string Name, IReadOnlyList<BehaviourResult> Results);

/// <summary>Writes what a probe has found out.</summary>
public static class ConformanceReport
{
    private static readonly string[] s_headings = ["#", "state: what comes in", "what has to come out", "RFC 9293"];

    private const int MostTranscript = 60;

    /// <summary>Writes one peer's results for people.</summary>
    /// <param name="results">The results.</param>
    /// <param name="screen">Where they go.</param>
    public static void Write(IReadOnlyList<BehaviourResult> results, Screen screen)
    {
        var table = new Table();
        foreach (string heading in new[] { "#", "state: what comes in", "RFC 9293", "what has to come out", "seen", "" })
            table.AddColumn(Heading(heading));
        foreach (BehaviourResult result in results)
        {
            Behaviour behaviour = result.Behaviour;
            table.AddRow(
                new Text(Number(behaviour)), new Text(behaviour.Stimulus), new Text(behaviour.Section), new Text(behaviour.Expected),
                new Text(result.Seen), Cell(result.Verdict));
        }

        screen.Write(table);
        if (NotWaitedFor(results) is string missing)
            screen.WriteLine(missing);
        WriteDeviations(results, screen, transcripts: true);
        screen.WriteLine();
        screen.WriteLine(Summary(results));
    }

    /// <summary>Writes several peers side by side for people.</summary>
    /// <param name="peers">The peers.</param>
    /// <param name="screen">Where they go.</param>
    public static void Write(IReadOnlyList<ScoredPeer> peers, Screen screen)
    {
        var table = new Table();
        foreach (string heading in s_headings.Concat(peers.Select(peer => peer.Name)))
            table.AddColumn(Heading(heading));
        foreach (Behaviour behaviour in BehaviourCatalog.All)
        {
            table.AddRow(
            [
                new Text(Number(behaviour)), new Text(behaviour.Stimulus), new Text(behaviour.Expected), new Text(behaviour.Section),
                .. peers.Select(peer => Cell(VerdictOf(peer, behaviour))),
            ]);
        }

        screen.Write(table);
        if (NotWaitedFor(peers[0].Results) is string missing)
            screen.WriteLine(missing);
        foreach (ScoredPeer peer in peers)
        {
            screen.WriteLine();
            screen.WriteLine(new StyledLine((peer.Name, Tone.Strong)).Add(": " + Summary(peer.Results)));
            WriteDeviations(peer.Results, screen, transcripts: false);
        }
    }

    // A heading that is given as a string is cut with an ellipsis where there is no room, which is not ASCII; a text is folded.
    private static TableColumn Heading(string text) => new(new Text(text));

    /// <summary>Writes several peers side by side as a table in Markdown.</summary>
    /// <param name="peers">The peers.</param>
    /// <returns>The lines.</returns>
    public static IReadOnlyList<string> ToMarkdown(IReadOnlyList<ScoredPeer> peers)
    {
        var lines = new List<string>
        {
            $"| # | state: what comes in | what has to come out | {string.Join(" | ", peers.Select(peer => peer.Name))} |",
            "|---|---|---|" + string.Concat(peers.Select(_ => "---|")),
        };
        lines.AddRange(BehaviourCatalog.All.Select(behaviour =>
            $"| {Number(behaviour)} | {behaviour.Stimulus} | {behaviour.Expected} | "
            + $"{string.Join(" | ", peers.Select(peer => Mark(VerdictOf(peer, behaviour))))} |"));
        lines.Add("| | **all** | | " + string.Join(
            " | ", peers.Select(peer => $"**{peer.Results.Count(result => result.Verdict == Verdict.Pass)} of {peer.Results.Count}**")) + " |");
        if (NotWaitedFor(peers[0].Results) is string missing)
            lines.AddRange(["", missing]);
        return lines;
    }

    /// <summary>Writes one peer's results for machines.</summary>
    /// <param name="peer">The peer in words.</param>
    /// <param name="results">The results.</param>
    /// <param name="writer">Where they go.</param>
    /// <param name="failure">What was not shown, one line; null if all was.</param>
    public static void WriteJson(string peer, IReadOnlyList<BehaviourResult> results, TextWriter writer, string? failure) => JsonReport.Write(
        new
        {
            Command = "conformance",
            Ok = failure == null,
            Failure = failure,
            Peer = peer,
            Behaviours = results.Select(Document),
        },
        writer);

    /// <summary>Writes several peers' results for machines.</summary>
    /// <param name="peers">The peers.</param>
    /// <param name="failure">What ours does not show, one line; null if it shows all.</param>
    /// <param name="writer">Where they go.</param>
    public static void WriteJson(IReadOnlyList<ScoredPeer> peers, string? failure, TextWriter writer) => JsonReport.Write(
        new
        {
            Command = "scoreboard",
            Ok = failure == null,
            Failure = failure,
            Peers = peers.Select(peer => new { peer.Name, Behaviours = peer.Results.Select(Document) }),
        },
        writer);

    /// <summary>The numbers of the behaviours that were not shown.</summary>
    /// <param name="results">The results.</param>
    /// <returns>For example "2, 3 failed; 10 not driven".</returns>
    public static string Missing(IReadOnlyList<BehaviourResult> results)
    {
        string Numbers(Verdict verdict) => string.Join(", ", results.Where(result => result.Verdict == verdict).Select(result => Number(result.Behaviour)));
        var parts = new List<string>();
        if (Numbers(Verdict.Fail) is { Length: > 0 } failed)
            parts.Add(failed + " failed");
        if (Numbers(Verdict.NotDriven) is { Length: > 0 } notDriven)
            parts.Add(notDriven + " not driven");
        return string.Join("; ", parts);
    }

    private static string? NotWaitedFor(IReadOnlyList<BehaviourResult> results)
    {
        string[] parts = [.. results.Where(result => result.NotWaitedFor != null).Select(result => $"{Number(result.Behaviour)} ({result.NotWaitedFor})")];
        return parts.Length == 0 ? null : $"Not waited for: {string.Join(", ", parts)}; --long does.";
    }

    private static string Summary(IReadOnlyList<BehaviourResult> results)
    {
        string missing = Missing(results);
        return $"{results.Count(result => result.Verdict == Verdict.Pass)} of {results.Count} behaviours{(missing == "" ? "." : ": " + missing + ".")}";
    }

    private static void WriteDeviations(IReadOnlyList<BehaviourResult> results, Screen screen, bool transcripts)
    {
        foreach (BehaviourResult result in results.Where(result => result.Verdict == Verdict.Fail))
        {
            if (transcripts)
                screen.WriteLine();
            screen.WriteLine(new StyledLine()
                .Add($"  {Number(result.Behaviour),2}  ", Tone.Bad)
                .Add(result.Deviation!));
            if (!transcripts)
                continue;
            foreach (TranscriptLine line in result.Transcript.Take(MostTranscript))
                screen.WriteLine(new StyledLine().Add(Line(line), line.Sent ? Tone.Client : Tone.Server));
            if (result.Transcript.Count > MostTranscript)
                screen.WriteLine($"      ... {result.Transcript.Count - MostTranscript} more; --json has them");
        }
    }

    private static string Line(TranscriptLine line)
    {
        string time = (line.Microseconds / 1e6).ToString("0.000000", CultureInfo.InvariantCulture).PadLeft(11);
        string ports = $"{line.ProbePort} {(line.Sent ? "->" : "<-")} {line.PeerPort}";
        return $"      {time} s  {ports,-14}  {line.Text} win {line.Window}";
    }

    private static object Document(BehaviourResult result) => new
    {
        result.Behaviour.Number,
        State = result.Behaviour.Stimulus,
        result.Behaviour.Expected,
        result.Behaviour.Section,
        Verdict = Word(result.Verdict),
        result.Seen,
        result.NotWaitedFor,
        result.Deviation,
        Segments = result.Transcript,
    };

    private static Verdict VerdictOf(ScoredPeer peer, Behaviour behaviour) =>
        peer.Results.First(result => result.Behaviour == behaviour).Verdict;

    private static string Number(Behaviour behaviour) => behaviour.Number.ToString(CultureInfo.InvariantCulture);

    private static Text Cell(Verdict verdict) => new(Word(verdict), Screen.StyleOf(verdict == Verdict.Pass ? Tone.Good : Tone.Bad));

    private static string Word(Verdict verdict) => verdict switch
    {
        Verdict.Pass => "pass",
        Verdict.Fail => "FAIL",
        _ => "not driven",
    };

    private static string Mark(Verdict verdict) => verdict switch
    {
        Verdict.Pass => "yes",
        Verdict.Fail => "**no**",
        _ => "not driven",
    };
}
