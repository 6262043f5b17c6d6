using System;
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

    /// <summary>Whether the device's own packages are compiled against: the tests were built with -p:DevicePackages=true.</summary>
    public static bool HasDevicePackages { get; } = Metadata("DevicePackages") == "true";

    /// <summary>Where NuGet has put the packages.</summary>
    public static string Packages { get; } = Metadata("NuGetPackages");

    /// <summary>Each folder under boards/ with a definition, for DynamicData.</summary>
    public static IEnumerable<object[]> Names => Directory.GetFiles(BoardsFolder, "board.json", SearchOption.AllDirectories)
        .Select(file => new object[] { Path.GetFileName(Path.GetDirectoryName(file)!) });

    /// <summary>The same, only those that are flashed: the others are a PC.</summary>
    public static IEnumerable<object[]> DeviceNames => Those(board => board.IsFlashed);

    /// <summary>The same, only those with a W5500, flashed or not.</summary>
    public static IEnumerable<object[]> W5500Names => Those(board => board.Link == LinkKind.W5500);

    /// <summary>The same, only those that are flashed and have a W5500.</summary>
    public static IEnumerable<object[]> W5500DeviceNames => Those(board => board is { IsFlashed: true, Link: LinkKind.W5500 });

    /// <summary>The same, only those that are wired to something.</summary>
    public static IEnumerable<object[]> WiredNames => Those(board => board.Link != LinkKind.Virtual);

    public static string BoardsFolder => Path.Combine(Root, "boards");

    public static string PathOf(string board, string file) => Path.Combine(BoardsFolder, board, file);

    public static string Read(string board, string file) => File.ReadAllText(PathOf(board, file)).ReplaceLineEndings("\n");

    private static IEnumerable<object[]> Those(Func<BoardDefinition, bool> which) => Names.Where(row => which(Definition((string)row[0])));

    public static BoardDefinition Definition(string board) => BoardDefinition.Parse(Read(board, "board.json"));

    private static string Metadata(string key) => typeof(Repository).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(attribute => attribute.Key == key).Value!;
}
