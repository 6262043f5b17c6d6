using System;
using System.IO;

namespace HandshakeNano.Client;

/// <summary>The command <c>handshake</c>.</summary>
public static class Program
{
    /// <summary>Runs the command from a shell.</summary>
    /// <param name="args">What was typed after its name.</param>
    /// <returns>0: it did what it was asked to do. 1: it did not. 2: it was not asked the right way.</returns>
    public static int Main(string[] args)
    {
        return CommandLine.Run(args, new Surroundings(Console.Out, Console.Error, OwnsProcess: true));
    }

    /// <summary>Runs the command inside another program.</summary>
    /// <param name="args">What would be typed after its name.</param>
    /// <param name="output">What it has to say.</param>
    /// <param name="error">What is wrong, one line.</param>
    /// <returns>The exit code, as <see cref="Main"/> gives it.</returns>
    public static int Run(string[] args, TextWriter output, TextWriter error)
    {
        return CommandLine.Run(args, new Surroundings(output, error, OwnsProcess: false));
    }
}

/// <summary>What a command runs in.</summary>
/// <param name="Output">What it has to say.</param>
/// <param name="Error">What is wrong, one line.</param>
/// <param name="OwnsProcess">True if the process is the command's, which may then start itself again elsewhere.</param>
public sealed record Surroundings(TextWriter Output, TextWriter Error, bool OwnsProcess)
{
    /// <summary>Says in one line why the command did not do what it was asked to do.</summary>
    /// <param name="message">The line.</param>
    /// <returns>Exit code 1.</returns>
    public int Fail(string message)
    {
        Error.WriteLine("handshake: " + message);
        return 1;
    }
}
