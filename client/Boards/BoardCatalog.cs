using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Reflection;

namespace HandshakeNano.Client.Boards;

/// <summary>The boards: the definitions under <c>boards/</c>, which are built into the command.</summary>
public static class BoardCatalog
{
    private static readonly Lazy<IReadOnlyList<BoardDefinition>> s_boards = new(Load);

    /// <summary>All of them, by name.</summary>
    public static IReadOnlyList<BoardDefinition> Boards => s_boards.Value;

    /// <summary>Finds a board.</summary>
    /// <param name="name">Its name.</param>
    /// <returns>The board, or null if there is none of that name.</returns>
    public static BoardDefinition? Find(string name) => Boards.FirstOrDefault(board => board.Name == name);

    private static BoardDefinition[] Load()
    {
        Assembly assembly = typeof(BoardCatalog).Assembly;
        return assembly.GetManifestResourceNames()
            .Where(name => name.EndsWith("board.json", StringComparison.Ordinal))
            .Select(name =>
            {
                using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
                return BoardDefinition.Parse(reader.ReadToEnd());
            })
            .OrderBy(board => board.Name, StringComparer.Ordinal)
            .ToArray();
    }
}
