using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using System.Text.RegularExpressions;

namespace HandshakeNano.Documents;

/// <summary>A block of code in a document.</summary>
/// <param name="Document">The document's path from the top of the repository.</param>
/// <param name="Line">The line of the fence above it, from 1.</param>
/// <param name="Language">What the fence says it is; empty if it says nothing.</param>
/// <param name="Text">Its lines.</param>
internal sealed record CodeBlock(string Document, int Line, string Language, string Text)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Document}:{Line}";
}

/// <summary>A Markdown file of the repository: its blocks of code, and the commands that it names.</summary>
internal sealed class Document
{
    private static readonly Regex s_comment = new(@"(^|\s)#.*$");

    private static readonly Regex s_blanks = new(@"\s+");

    private static readonly Regex s_spans = new("`([^`\n]+)`");

    private static readonly Regex s_commandWord = new(@"^([A-Z_]+=\S+ )?(sudo|dotnet|handshake|nanoff|make|ping|nc|curl|nmap|cd|[a-zA-Z./]+/handshake) \S");

    private static readonly string[] s_ignored = ["bin", "obj", ".git", "packages", "StrykerOutput"];

    private Document(string path, string text)
    {
        Path = path;
        var prose = new StringBuilder();
        var blocks = new List<CodeBlock>();
        string[] lines = text.Split('\n');
        for (int i = 0; i < lines.Length; i++)
        {
            if (!lines[i].TrimStart().StartsWith("```", StringComparison.Ordinal))
            {
                prose.Append(lines[i]).Append('\n');
                continue;
            }

            int indent = lines[i].IndexOf('`', StringComparison.Ordinal);
            int end = Array.FindIndex(lines, i + 1, line => line.Trim() == "```");
            if (end < 0)
                throw new InvalidDataException($"{path}:{i + 1}: the block has no end.");
            IEnumerable<string> inside = lines[(i + 1)..end].Select(line => line.Length < indent ? line : line[indent..]);
            blocks.Add(new CodeBlock(path, i + 1, lines[i].Trim()[3..], string.Join('\n', inside) + "\n"));
            i = end;
        }

        Prose = prose.ToString();
        Blocks = blocks;
        Commands = [.. blocks.Where(block => block.Language == "sh").SelectMany(block => block.Text.Split('\n')).SelectMany(Split)
            .Concat(s_spans.Matches(Prose).Select(span => span.Groups[1].Value).Where(span => s_commandWord.IsMatch(span)))
            .Distinct()];
    }

    /// <summary>Its path from the top of the repository.</summary>
    public string Path { get; }

    /// <summary>Its text without the blocks of code.</summary>
    public string Prose { get; }

    /// <summary>Its blocks of code, in order.</summary>
    public IReadOnlyList<CodeBlock> Blocks { get; }

    /// <summary>
    /// The commands that it tells the reader to type: each line of its sh blocks, without the comment and divided at &amp;&amp;, and each
    /// `span` in its text that begins with the name of a program.
    /// </summary>
    public IReadOnlyList<string> Commands { get; }

    /// <summary>Reads every document.</summary>
    /// <param name="root">The top of the repository.</param>
    /// <returns>The documents, by path.</returns>
    public static IReadOnlyList<Document> ReadAll(string root)
    {
        return [.. Files(root).Select(file => new Document(
                System.IO.Path.GetRelativePath(root, file).Replace('\\', '/'), File.ReadAllText(file).ReplaceLineEndings("\n")))
            .OrderBy(document => document.Path, StringComparer.Ordinal)];
    }

    private static IEnumerable<string> Files(string folder) => Directory.GetFiles(folder, "*.md").Concat(Directory.GetDirectories(folder)
        .Where(inner => !s_ignored.Contains(System.IO.Path.GetFileName(inner))).SelectMany(Files));

    private static IEnumerable<string> Split(string line) =>
        s_comment.Replace(line, "").Split(" && ").Select(command => s_blanks.Replace(command.Trim(), " ")).Where(command => command.Length > 0);
}
