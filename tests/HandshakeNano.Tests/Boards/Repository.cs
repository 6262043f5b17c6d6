using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Reflection;
using HandshakeNano.Client.Boards;

namespace HandshakeNano.Boards.Tests;

/// <summary>The files of the repository that the tests read.</summary>
internal static class Repository
{
    public static string Root { get; } = Metadata("RepositoryRoot");

    /// <summary>The device's core library, in the package that NuGet has got.</summary>
    public static string CoreLibraryFile { get; } = Metadata("CoreLibrary");

    /// <summary>Each folder under boards/ with a definition, for DynamicData.</summary>
    public static IEnumerable<object[]> Names => Directory.GetFiles(BoardsFolder, "board.json", SearchOption.AllDirectories)
        .Select(file => new object[] { Path.GetFileName(Path.GetDirectoryName(file)!) });

    /// <summary>The same without the board that is a PC.</summary>
    public static IEnumerable<object[]> DeviceNames => Names.Where(row => (string)row[0] != "virtual");

    /// <summary>The same, only those with a W5500.</summary>
    public static IEnumerable<object[]> W5500Names => DeviceNames.Where(row => Definition((string)row[0]).Link == LinkKind.W5500);

    public static string BoardsFolder => Path.Combine(Root, "boards");

    public static string PathOf(string board, string file) => Path.Combine(BoardsFolder, board, file);

    public static string Read(string board, string file) => File.ReadAllText(PathOf(board, file)).ReplaceLineEndings("\n");

    public static BoardDefinition Definition(string board) => BoardDefinition.Parse(Read(board, "board.json"));

    private static string Metadata(string key) => typeof(Repository).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(attribute => attribute.Key == key).Value!;
}
