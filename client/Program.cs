using System;
using System.IO;
using HandshakeNano.Client.Commands;
using HandshakeNano.Client.Output;

namespace HandshakeNano.Client;

/// <summary>The command <c>handshake</c>.</summary>
public static class Program
{
    /// <summary>Runs the command from a shell.</summary>
    /// <param name="args">What was typed after its name.</param>
    /// <returns>0: it did what it was asked to do. 1: it did not. 2: wrong usage.
    /// 141: the reader of its output has left.</returns>
    public static int Main(string[] args)
    {
        using var reader = new OutputReader();
        reader.Watch();
        int exitCode = CommandLine.Run(
            args, new Surroundings(Console.Out, Console.Error, Console.OpenStandardOutput(), OwnsProcess: true) { Reader = reader });
        return reader.Left.IsCancellationRequested ? OutputReader.ExitCode : exitCode;
    }

    /// <summary>Runs the command inside another program.</summary>
    /// <param name="args">What would be typed after its name.</param>
    /// <param name="output">What it has to say.</param>
    /// <param name="error">What is wrong, one line.</param>
    /// <param name="bytes">Standard output as bytes, for a capture.</param>
    /// <returns>The exit code, as <see cref="Main"/> gives it.</returns>
    public static int Run(string[] args, TextWriter output, TextWriter error, Stream bytes)
    {
        return CommandLine.Run(args, new Surroundings(output, error, bytes, OwnsProcess: false));
    }
}
