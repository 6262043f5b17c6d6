using System.IO;
using HandshakeNano.Client.Connectivity;
using HandshakeNano.Client.Output;
using HandshakeNano.Client.Trace;

namespace HandshakeNano.Client.Commands;

/// <summary>What a command runs in.</summary>
/// <param name="Output">What it has to say.</param>
/// <param name="Error">What is wrong, one line.</param>
/// <param name="Bytes">Standard output as bytes, for a capture.</param>
/// <param name="OwnsProcess">True if the process is the command's, which may then start itself again elsewhere.</param>
public sealed record Surroundings(TextWriter Output, TextWriter Error, Stream Bytes, bool OwnsProcess)
{
    /// <summary>The operating system.</summary>
    public Platform Platform { get; init; } = Platform.Current;

    /// <summary>Who reads the output; null: nobody who could leave.</summary>
    public OutputReader? Reader { get; init; }

    /// <summary>The same, with the report on standard error if a capture has standard output.</summary>
    /// <param name="pcap">Where the frames go; null: nowhere.</param>
    /// <returns>What a command with that option runs in.</returns>
    public Surroundings For(string? pcap) => pcap == Capture.StandardOutput ? this with { Output = Error } : this;

    /// <summary>Says in one line why the command did not do what it was asked to do.</summary>
    /// <param name="message">The line.</param>
    /// <returns>Exit code 1.</returns>
    public int Fail(string message)
    {
        Complain(message);
        return 1;
    }

    /// <summary>Says in one line what is wrong with something beside the command, which goes on.</summary>
    /// <param name="message">The line.</param>
    public void Complain(string message) => WriteError("handshake: " + message);

    /// <summary>Writes a line to standard error, if it takes one.</summary>
    /// <param name="line">The line.</param>
    public void WriteError(string line)
    {
        try
        {
            Error.WriteLine(line);
        }
        catch (IOException)
        {
            // A full disk, for instance: nobody is left who could be told.
        }
    }

    /// <summary>Says no to a link that is not there.</summary>
    /// <param name="link">The link.</param>
    /// <param name="instead">What works without Linux.</param>
    /// <exception cref="IOException">It takes Linux, and this is another.</exception>
    public void Require(LinkRequest link, string instead)
    {
        if (link.Via == null)
            Platform.RequireLinux(link.Interface == null ? "a TAP interface" : "a packet socket", instead);
    }
}
