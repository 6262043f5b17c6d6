using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;

namespace HandshakeNano.Fuzz.Frames;

/// <summary>What was found and is kept as files: lives of an endpoint (.hex, a step a line) and programs (.txt).</summary>
internal static class Corpus
{
    public static string Folder { get; } = Path.Combine(AppContext.BaseDirectory, "corpus");

    /// <summary>The names of the files, relative to <see cref="Folder"/>.</summary>
    public static IEnumerable<string> Names => Directory.EnumerateFiles(Folder, "*", SearchOption.AllDirectories)
        .Select(file => Path.GetRelativePath(Folder, file)).Order(StringComparer.Ordinal);

    /// <summary>The lives.</summary>
    public static IEnumerable<byte[]> Lives() =>
        Names.Where(name => name.EndsWith(".hex", StringComparison.Ordinal)).Select(name => Step.Parse(File.ReadAllText(Path.Combine(Folder, name))));
}
