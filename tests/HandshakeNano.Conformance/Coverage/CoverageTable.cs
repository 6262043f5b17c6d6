using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text;

namespace HandshakeNano.Conformance.Coverage;

/// <summary>Which test shows which requirement of an RFC, and why some are not met.</summary>
internal sealed class CoverageTable
{
    /// <summary>The RFC whose appendix B numbers its requirements itself. In the others they are numbered here, by their order.</summary>
    public const int Tcp = 9293;

    private const string Behaviour = "Behaviour ";

    private readonly int _rfc;
    private readonly IReadOnlyList<Requirement> _requirements;
    private readonly ILookup<string, Evidence> _evidence;

    public CoverageTable(int rfc, IReadOnlyList<Requirement> requirements, IEnumerable<Evidence> evidence)
    {
        _rfc = rfc;
        _requirements = requirements;
        _evidence = evidence.Where(item => item.Rfc == rfc).ToLookup(item => item.Label);
        Problems = [.. FindProblems()];
    }

    /// <summary>The RFCs that there are tables of, by their number.</summary>
    public static IReadOnlyList<int> Rfcs { get; } = [2018, 4861, 4862, 6675, 7323, 8200, Tcp];

    /// <summary>Where the table is published, from the repository's root on.</summary>
    public string Document => $"docs/rfc{_rfc}-coverage.md";

    private string List => ListOf(_rfc);

    /// <summary>What has to be put right before the table can be published; empty for nothing.</summary>
    public IReadOnlyList<string> Problems { get; }

    /// <summary>Makes the tables of a repository.</summary>
    public static IReadOnlyList<CoverageTable> AllOf(string root)
    {
        IReadOnlyList<Evidence> evidence = EvidenceFinder.FindAll(root);
        if (evidence.FirstOrDefault(item => !Rfcs.Contains(item.Rfc)) is Evidence other)
            throw new FormatException($"{other.Path}: '{other.Name}' shows {other.Label} of RFC {other.Rfc}, which there is no table of.");
        return [.. Rfcs.Select(rfc => new CoverageTable(rfc, Requirement.ReadAll(Path.Combine(root, ListOf(rfc))), evidence))];
    }

    /// <summary>The document, with line feeds.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"# RFC {_rfc}, requirement by requirement\n\n");
        text.Append("<!-- Made by: dotnet run --project tests/HandshakeNano.Conformance -->\n\n");
        text.Append(_rfc == Tcp
            ? "Appendix B of RFC 9293 numbers what a TCP must, should and may do."
            : $"RFC {_rfc} does not number what it asks for. These numbers are ours, in the order of its text.");
        text.Append(" Each line says what it asks for, in our words, and the tests\n");
        text.Append("that show it: scripts by their path, C# tests as sentences. What is not done says why.\n\n");
        Summarize(text);
        foreach ((string heading, string[] levels) in new[]
        {
            ("MUST", new[] { "MUST", "MUST NOT" }),
            ("SHOULD", ["SHOULD", "SHOULD NOT", "RECOMMENDED"]),
            ("MAY", ["MAY"]),
        })
        {
            Requirement[] these = [.. _requirements.Where(requirement => levels.Contains(requirement.Level))];
            if (these.Length == 0)
                continue;
            text.Append(CultureInfo.InvariantCulture, $"## {heading}\n\n| number | section | what | shown by |\n|---|---|---|---|\n");
            foreach (Requirement requirement in these)
                Write(text, requirement);
            text.Append('\n');
        }

        if (_rfc != Tcp)
            return text.ToString().TrimEnd('\n') + "\n";
        text.Append("## Behaviours 1 to 31\n\n");
        text.Append("What can be seen of it from outside, as [the probe](conformance.md) drives it over the wire; these scripts show the same in virtual\ntime.\n\n");
        text.Append("| behaviour | shown by |\n|---|---|\n");
        foreach (IGrouping<string, Evidence> group in _evidence.Where(group => IsBehaviour(group.Key)).OrderBy(group => NumberOf(group.Key)))
            text.Append(CultureInfo.InvariantCulture, $"| {NumberOf(group.Key)} | {Links(group)} |\n");
        return text.ToString();
    }

    private static string ListOf(int rfc) => $"tests/HandshakeNano.Conformance/Coverage/rfc{rfc}.json";

    private static bool IsBehaviour(string label) => label.StartsWith(Behaviour, StringComparison.Ordinal);

    private static int NumberOf(string label) => int.Parse(label[Behaviour.Length..], CultureInfo.InvariantCulture);

    private static string Links(IEnumerable<Evidence> evidence)
        => string.Join("<br>", evidence.Select(item => $"[{item.Name.Replace('_', ' ')}](../{item.Path})"));

    private void Summarize(StringBuilder text)
    {
        text.Append("| | numbered | shown by tests | not done |\n|---|---|---|---|\n");
        foreach ((string heading, string[] levels) in new[]
        {
            ("MUST, MUST NOT", new[] { "MUST", "MUST NOT" }),
            ("SHOULD, SHOULD NOT, RECOMMENDED", ["SHOULD", "SHOULD NOT", "RECOMMENDED"]),
            ("MAY", ["MAY"]),
        })
        {
            Requirement[] these = [.. _requirements.Where(requirement => levels.Contains(requirement.Level))];
            int shown = these.Count(requirement => _evidence[requirement.Id].Any());
            text.Append(CultureInfo.InvariantCulture, $"| {heading} | {these.Length} | {shown} | {these.Length - shown} |\n");
        }

        text.Append('\n');
    }

    private void Write(StringBuilder text, Requirement requirement)
    {
        string negation = requirement.Level.EndsWith(" NOT", StringComparison.Ordinal) ? " (NOT)" : "";
        string shown = requirement.NotDone == null ? Links(_evidence[requirement.Id]) : "**Not done.** " + requirement.NotDone;
        string note = requirement.Note == null ? "" : $" *{requirement.Note}*";
        text.Append(CultureInfo.InvariantCulture,
            $"| {requirement.Id}{negation} | {requirement.Section} | {requirement.Statement}{note} | {shown} |\n");
    }

    private IEnumerable<string> FindProblems()
    {
        var known = new HashSet<string>();
        foreach (Requirement requirement in _requirements)
        {
            if (!known.Add(requirement.Id))
                yield return $"{requirement.Id} stands twice in {List}.";
            bool shown = _evidence[requirement.Id].Any();
            if (!shown && string.IsNullOrWhiteSpace(requirement.NotDone) && !requirement.IsOptional)
                yield return $"{requirement.Id} ({requirement.Statement}) has neither a test nor a reason. Write a script that names it.";
            if (shown && requirement.NotDone != null)
                yield return $"{requirement.Id} is said to be not done, and {_evidence[requirement.Id].First().Path} shows it. Which is it?";
        }

        foreach (Evidence item in _evidence.SelectMany(group => group))
        {
            if (IsBehaviour(item.Label) ? NumberOf(item.Label) is < 1 or > 31 : !known.Contains(item.Label))
                yield return $"{item.Path}: '{item.Name}' shows {item.Label}, which is not in {List}.";
        }
    }
}
