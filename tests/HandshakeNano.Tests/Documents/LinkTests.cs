using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using HandshakeNano.Boards.Tests;

namespace HandshakeNano.Documents;

/// <summary>What a document refers to is there.</summary>
[TestClass]
public sealed class LinkTests
{
    private static readonly Regex s_links = new(@"\]\((?!https?:)([^)\s]+)\)");

    private static readonly Regex s_paths = new(@"`((?:boards|bench|build|client|docs|firmware|samples|tests)/[\w./-]+)`");

    private static readonly Regex s_headings = new("^#+ (.*)$", RegexOptions.Multiline);

    private static readonly Regex s_notInAnchors = new(@"[^\w\- ]");

    private static readonly Document[] s_documents = [.. Document.ReadAll(Repository.Root)];

    [TestMethod]
    public void Every_link_leads_to_a_file_and_a_heading_that_are_there()
    {
        List<string> broken = [];
        foreach (Document document in s_documents)
        {
            foreach (Match link in s_links.Matches(document.Prose))
            {
                string[] parts = link.Groups[1].Value.Split('#');
                string path = parts[0].Length == 0 ? document.Path : Path.Combine(Path.GetDirectoryName(document.Path)!, parts[0]);
                string target = Path.GetRelativePath(Repository.Root, Path.GetFullPath(path, Repository.Root)).Replace('\\', '/');
                Document? other = s_documents.SingleOrDefault(candidate => candidate.Path == target);
                if (!Path.Exists(Path.Combine(Repository.Root, target)) || (parts.Length > 1 && other != null && !Anchors(other).Contains(parts[1])))
                    broken.Add($"{document.Path}: {link.Groups[1].Value}");
            }
        }

        Assert.IsEmpty(broken, string.Join('\n', broken));
    }

    [TestMethod]
    public void Every_path_that_a_document_names_is_there()
    {
        string[] gone =
        [
            .. s_documents.SelectMany(document => s_paths.Matches(document.Prose).Select(path => path.Groups[1].Value)
                .Where(path => !path.Contains("/bin/", StringComparison.Ordinal) && !Path.Exists(Path.Combine(Repository.Root, path))).Select(path => $"{document.Path}: {path}")),
        ];
        Assert.IsEmpty(gone, string.Join('\n', gone));
    }

    /// <summary>It is the door: what is more belongs into docs/.</summary>
    [TestMethod]
    public void The_README_has_fewer_than_150_lines()
    {
        Assert.IsLessThan(150, File.ReadAllLines(Path.Combine(Repository.Root, "README.md")).Length);
    }

    // As GitHub makes them of a heading.
    private static IEnumerable<string> Anchors(Document document) => s_headings.Matches(document.Prose)
        .Select(heading => s_notInAnchors.Replace(heading.Groups[1].Value.Trim().ToLowerInvariant(), "").Replace(' ', '-'));
}
