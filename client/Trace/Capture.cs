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
    /// <param name="say">Is told once, in a line, if the capture ends before its time; what it watches goes on.</param>
    /// <returns>The capture; it is complete once it is disposed of.</returns>
    public static Capture Start(string? path, ref ILink link, string interfaceName, Stream standardOutput, Action<string> say)
    {
        if (path == null)
            return new Capture(null);
        FileStream? file = path == StandardOutput ? null : OutputFile.Create(path, "--pcap - for standard output");
        var clock = new HighResTimerClock();
        link = new PcapNgLink(
            link, new Sink(path, file, standardOutput, say), clock, WallClock.Microseconds - clock.GetMicroseconds(), interfaceName);
        return new Capture(file);
    }

    /// <inheritdoc/>
    public void Dispose() => _file?.Dispose();

    private sealed class Sink(string path, FileStream? file, Stream standardOutput, Action<string> say) : ByteSink
    {
        private readonly Stream _stream = file ?? standardOutput;
        private long _whole;

        public override void Write(byte[] buffer, int offset, int count)
        {
            try
            {
                _stream.Write(buffer, offset, count);
                _whole += count;
            }
            catch (Exception e)
            {
                // The writer of blocks asks no more after this.
                CutToWholeBlocks();
                say($"the capture {path} ends here: {Reason(e)}; all else goes on");
                throw;
            }
        }

        private void CutToWholeBlocks()
        {
            try
            {
                file?.SetLength(_whole);
            }
            catch (Exception e) when (e is IOException or NotSupportedException or ArgumentException)
            {
                // It is no file that can be cut, such as a pipe.
            }
        }

        // Of a full disk .NET says "No space left on device : '/the/path'".
        private static string Reason(Exception e)
        {
            int end = e.Message.IndexOf(" : '", StringComparison.Ordinal);
            return (end > 0 ? e.Message[..end] : e.Message).TrimEnd('.');
        }
    }
}
