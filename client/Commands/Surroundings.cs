using System.IO;
using HandshakeNano.Client.Trace;

namespace HandshakeNano.Client.Commands;

/// <summary>What a command runs in.</summary>
/// <param name="Output">What it has to say.</param>
/// <param name="Error">What is wrong, one line.</param>
/// <param name="Bytes">Standard output as bytes, for a capture.</param>
/// <param name="OwnsProcess">True if the process is the command's, which may then start itself again elsewhere.</param>
public sealed record Surroundings(TextWriter Output, TextWriter Error, Stream Bytes, bool OwnsProcess)
{
    /// <summary>True if nobody reads any more what the process writes, so that going on is of no use.</summary>
    public bool HasNoReader => OwnsProcess && StandardOutput.HasNoReader;

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
    public void Complain(string message) => Error.WriteLine("handshake: " + message);
}
