using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;

namespace HandshakeNano.Documents;

/// <summary>commands.txt: what becomes of each command of the documents.</summary>
internal sealed class CommandList
{
    private readonly Dictionary<string, string[]> _sections;

    private CommandList(Dictionary<string, string[]> sections)
    {
        _sections = sections;
        Entries = [.. sections.Values.SelectMany(entries => entries)];
    }

    /// <summary>The commands of all sections; one that ends in * stands for all that begin like it.</summary>
    public IReadOnlyList<string> Entries { get; }

    /// <summary>Reads the list.</summary>
    /// <param name="root">The top of the repository.</param>
    /// <returns>The list.</returns>
    public static CommandList Read(string root)
    {
        var sections = new Dictionary<string, List<string>>();
        List<string> entries = [];
        foreach (string line in File.ReadAllLines(Path.Combine(root, "tests", "HandshakeNano.Tests", "Documents", "commands.txt")))
        {
            if (line.Length == 0 || line.StartsWith('#'))
                continue;
            if (!line.StartsWith('['))
            {
                entries.Add(line);
                continue;
            }

            string name = line.Trim('[', ']').Split(':')[0];
            if (!sections.TryGetValue(name, out List<string>? there))
                sections.Add(name, there = []);
            entries = there;
        }

        return new CommandList(sections.ToDictionary(section => section.Key, section => section.Value.ToArray()));
    }

    /// <summary>The files of tests that sections are named after, by their paths from the top of the repository.</summary>
    public IEnumerable<string> TestFiles => _sections.Keys.Where(name => name.EndsWith(".cs", StringComparison.Ordinal));

    /// <summary>The commands of a section.</summary>
    /// <param name="name">Its heading up to the colon.</param>
    /// <returns>The commands.</returns>
    public IReadOnlyList<string> Section(string name) => _sections[name];

    /// <summary>Whether an entry stands for a command.</summary>
    public static bool Fits(string entry, string command) =>
        entry.EndsWith('*') ? command.StartsWith(entry[..^1], StringComparison.Ordinal) : entry == command;

    /// <summary>What stands after the name of the command handshake, in each way that a document calls it.</summary>
    /// <param name="command">The command.</param>
    /// <returns>Its arguments; none for the demo.</returns>
    public static string[] Arguments(string command)
    {
        string[] names = ["dotnet run --project client --", "dotnet run --project client", "sudo client/bin/Debug/net10.0/handshake", "handshake"];
        string name = names.First(name => command.StartsWith(name, StringComparison.Ordinal));
        return [.. command[name.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(word => word.Trim('\''))];
    }
}
