using System;
using System.IO;
using HandshakeNano.Client.Trace;

namespace HandshakeNano.Client;

/// <summary>The command <c>handshake</c>.</summary>
public static class Program
{
    /// <summary>Runs the command from a shell.</summary>
    /// <param name="args">What was typed after its name.</param>
    /// <returns>0: it did what it was asked to do. 1: it did not. 2: wrong usage.</returns>
    public static int Main(string[] args)
    {
        return CommandLine.Run(args, new Surroundings(Console.Out, Console.Error, Console.OpenStandardOutput(), OwnsProcess: true));
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

/// <summary>What a command runs in.</summary>
/// <param name="Output">What it has to say.</param>
/// <param name="Error">What is wrong, one line.</param>
/// <param name="Bytes">Standard output as bytes, for a capture.</param>
/// <param name="OwnsProcess">True if the process is the command's, which may then start itself again elsewhere.</param>
public sealed record Surroundings(TextWriter Output, TextWriter Error, Stream Bytes, bool OwnsProcess)
{
    /// <summary>The same, with the report on standard error if a capture has standard output.</summary>
    /// <param name="pcap">Where the frames go; null: nowhere.</param>
    /// <returns>What a command with that option runs in.</returns>
    public Surroundings For(string? pcap) => pcap == Capture.StandardOutput ? this with { Output = Error } : this;

    /// <summary>Says in one line why the command did not do what it was asked to do.</summary>
    /// <param name="message">The line.</param>
    /// <returns>Exit code 1.</returns>
    public int Fail(string message)
    {
        Error.WriteLine("handshake: " + message);
        return 1;
    }
}
