using System;
using System.IO;

namespace HandshakeNano.Client.Tests;

/// <summary>The command as a shell sees it, run inside this process. What it writes as JSON is held to its schema.</summary>
/// <param name="ExitCode">Its exit code.</param>
/// <param name="Output">What it wrote to standard output.</param>
/// <param name="Error">What it wrote to standard error.</param>
/// <param name="Bytes">What a capture wrote to standard output.</param>
internal sealed record Shell(int ExitCode, string Output, string Error, byte[] Bytes)
{
    public static Shell Run(params string[] args)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        using var bytes = new MemoryStream();
        int exitCode = Program.Run(args, output, error, bytes);
        if (exitCode != 2 && Array.IndexOf(args, "--json") >= 0)
            Schemas.Check(args[0] == "--json" ? "demo" : args[0], output.ToString());
        return new Shell(exitCode, output.ToString(), error.ToString(), bytes.ToArray());
    }

    /// <summary>The lines of a text, without the empty one after the last line end.</summary>
    public static string[] Lines(string text) => text.TrimEnd('\n').Split('\n');
}
