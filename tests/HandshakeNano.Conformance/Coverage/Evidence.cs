using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using HandshakeNano.Conformance.Language;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace HandshakeNano.Conformance.Coverage;

/// <summary>A test that shows a requirement.</summary>
/// <param name="Rfc">The RFC that asks for it; 9293 for a behaviour.</param>
/// <param name="Label">The requirement's number, or "Behaviour" and a number.</param>
/// <param name="Name">The test's name.</param>
/// <param name="Path">The file that it is in, from the repository's root on, with slashes.</param>
internal sealed record Evidence(int Rfc, string Label, string Name, string Path);

/// <summary>
/// Finds what tests say that they show: scripts in their first comment, C# tests in a comment before the method,
/// <c>// RFC 9293 MUST-13, SHLD-3.</c>, which compiles for the device too. What numbers the requirements of another RFC has its number
/// in front: <c>2018-MUST-3</c>.
/// </summary>
internal static class EvidenceFinder
{
    private static readonly Regex Comment = new(@"^// (RFC 9293 |\d{4}-)(MUST|SHLD|REC|MAY)-\d+");

    private static readonly Regex Label = new(@"\b((?<rfc>\d{4})-)?(?<label>(MUST|SHLD|REC|MAY)-\d+)|\b(?<label>Behaviour \d+)");

    private const string ScriptFolder = "tests/HandshakeNano.Conformance/scripts";

    /// <summary>All that the tests under a repository's root say.</summary>
    /// <exception cref="FormatException">A comment names a requirement, but no test follows it.</exception>
    public static IReadOnlyList<Evidence> FindAll(string root) => [.. Scripts(root), .. Methods(root)];

    /// <summary>What a C# file says.</summary>
    /// <param name="path">The file's path, for the evidence and for messages.</param>
    /// <param name="text">Its text.</param>
    public static IReadOnlyList<Evidence> InSource(string path, string text)
    {
        var found = new List<Evidence>();
        CompilationUnitSyntax unit = CSharpSyntaxTree.ParseText(text).GetCompilationUnitRoot();
        foreach (SyntaxTrivia comment in unit.DescendantTrivia().Where(trivia => trivia.IsKind(SyntaxKind.SingleLineCommentTrivia)))
        {
            Match match = Comment.Match(comment.ToString());
            if (!match.Success)
                continue;
            MethodDeclarationSyntax? method = comment.Token.Parent?.FirstAncestorOrSelf<MethodDeclarationSyntax>();
            if (method == null || comment.SpanStart > method.Identifier.SpanStart || !IsTest(method))
            {
                throw new FormatException($"{path}:{comment.GetLocation().GetLineSpan().StartLinePosition.Line + 1}: '{comment}' "
                    + "stands in front of no test. Move it to the line above [TestMethod].");
            }

            found.AddRange(Labels(comment.ToString()).Select(label => new Evidence(label.Rfc, label.Label, method.Identifier.Text, path)));
        }

        return found;
    }

    private static IEnumerable<Evidence> Scripts(string root)
    {
        foreach (string file in Files(root, ScriptFolder, "*.pkt"))
        {
            string name = file[(ScriptFolder.Length + 1)..^".pkt".Length];
            string rule = ScriptParser.Parse(file, File.ReadAllText(Path.Combine(root, file))).Rule;
            foreach ((int rfc, string label) in Labels(rule))
                yield return new Evidence(rfc, label, name, file);
        }
    }

    private static IEnumerable<Evidence> Methods(string root)
        => Files(root, "tests", "*.cs").Where(file => !file.Contains("/obj/", StringComparison.Ordinal) && !file.Contains("/bin/", StringComparison.Ordinal))
            .SelectMany(file => InSource(file, File.ReadAllText(Path.Combine(root, file))));

    private static IEnumerable<(int Rfc, string Label)> Labels(string text) => Label.Matches(text).Select(match => (
        match.Groups["rfc"].Success ? int.Parse(match.Groups["rfc"].Value, CultureInfo.InvariantCulture) : CoverageTable.Tcp,
        match.Groups["label"].Value)).Distinct();

    private static IEnumerable<string> Files(string root, string folder, string pattern)
        => Directory.EnumerateFiles(Path.Combine(root, folder), pattern, SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(root, path).Replace('\\', '/')).Order(StringComparer.Ordinal);

    private static bool IsTest(MethodDeclarationSyntax method)
        => method.AttributeLists.SelectMany(list => list.Attributes).Any(attribute => attribute.Name.ToString() == "TestMethod");
}
