using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;

namespace HandshakeNano.Client.Connectivity;

/// <summary>The programs of this computer.</summary>
public static class Programs
{
    /// <summary>Looks for a program in the folders of PATH, and in others after them.</summary>
    /// <param name="name">Its name, without the ending that it has on Windows.</param>
    /// <param name="path">The folders, as the variable PATH has them.</param>
    /// <param name="others">Where it may be besides.</param>
    /// <returns>The files of this name, the one that a shell would run first.</returns>
    public static IEnumerable<string> Find(string name, string? path, params string[] others)
    {
        string file = OperatingSystem.IsWindows() ? name + ".exe" : name;
        return (path ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries).Concat(others)
            .Select(folder => Path.Combine(folder, file)).Where(File.Exists);
    }
}
