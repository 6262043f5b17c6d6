using System;
using System.IO;
using HandshakeNano.Boards.Virtual;
using HandshakeNano.Firmware;
using HandshakeNano.Links;
using HandshakeNano.Net;

namespace HandshakeNano.Client.Trace;

/// <summary>A pcapng file that the frames of a link go to, if one was asked for.</summary>
public sealed class Capture : IDisposable
{
    /// <summary>The name that stands for standard output, as in tcpdump.</summary>
    public const string StandardOutput = "-";

    private readonly FileStream? _file;

    private Capture(FileStream? file)
    {
        _file = file;
    }

    /// <summary>Begins a capture.</summary>
    /// <param name="path">The file; an old one of that name is overwritten. "-": standard output. null: no capture.</param>
    /// <param name="link">The link; replaced by one that writes its frames.</param>
    /// <param name="interfaceName">The interface's name.</param>
    /// <param name="standardOutput">Standard output as bytes.</param>
    /// <returns>The capture; it is complete once it is disposed of.</returns>
    public static Capture Start(string? path, ref ILink link, string interfaceName, Stream standardOutput)
    {
        if (path == null)
            return new Capture(null);
        FileStream? file = path == StandardOutput ? null : OutputFile.Create(path, "--pcap - for standard output");
        var clock = new HighResTimerClock();
        ulong sinceEpoch = (ulong)(DateTime.UtcNow - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
        link = new PcapNgLink(link, new StreamSink(file ?? standardOutput), clock, sinceEpoch - clock.GetMicroseconds(), interfaceName);
        return new Capture(file);
    }

    /// <inheritdoc/>
    public void Dispose() => _file?.Dispose();
}
