using System;
using System.Globalization;
using System.IO;
using HandshakeNano.Client.Trace;
using HandshakeNano.Packets;
using SharpPcap;
using SharpPcap.LibPcap;

namespace HandshakeNano.Client.Captures;

/// <summary>A capture that somebody made, pcap or pcapng, read from its beginning to its end by libpcap.</summary>
public sealed class CaptureFile : IDisposable
{
    private readonly string _path;
    private readonly CaptureFileReaderDevice _device;
    private readonly int _linkType;

    private CaptureFile(string path, CaptureFileReaderDevice device)
    {
        _path = path;
        _device = device;
        _linkType = (int)device.LinkType;
    }

    /// <summary>How many frames were read so far.</summary>
    public long Frames { get; private set; }

    /// <summary>Why the reading ended early, one line with the byte at which what can be read ends; null if it did not.</summary>
    public string? Failure { get; private set; }

    /// <summary>Opens a capture.</summary>
    /// <param name="path">The file; "-": standard input.</param>
    /// <returns>The capture.</returns>
    /// <exception cref="IOException">It cannot be read; the message says why and what to do.</exception>
    public static CaptureFile Open(string path)
    {
        string name = NameOf(path);
        if (path != Capture.StandardOutput)
        {
            if (Directory.Exists(path))
                throw new IOException($"{name} is a folder; type the name of a capture, pcap or pcapng");
            if (!File.Exists(path))
                throw new IOException($"there is no file {name}; type the name of a capture, or - for standard input");
        }

        var device = new CaptureFileReaderDevice(path);
        try
        {
            device.Open();
        }
        catch (Exception e) when (Libpcap.IsMissing(e))
        {
            device.Dispose();
            throw Libpcap.Missing("reading a capture", e);
        }
        catch (PcapException e)
        {
            device.Dispose();
            throw new IOException($"{name} is no capture that can be read: {Reason(e.Message)}; type the name of a pcap or pcapng file", e);
        }

        int linkType = (int)device.LinkType;
        if (!LinkHeader.IsKnown(linkType))
        {
            device.Dispose();
            throw new IOException($"{name} has frames of link type {linkType.ToString(CultureInfo.InvariantCulture)}, which handshake cannot read; "
                + "capture on Ethernet, the device any, or loopback");
        }

        return new CaptureFile(path, device);
    }

    /// <summary>Reads all of it.</summary>
    /// <param name="take">Is given each TCP segment, in the order of the file.</param>
    public void Read(Action<Segment> take)
    {
        while (true)
        {
            GetPacketStatus status = _device.GetNextPacket(out PacketCapture packet);
            if (status == GetPacketStatus.NoRemainingPackets)
                return;
            if (status != GetPacketStatus.PacketRead)
            {
                Failure = Where();
                return;
            }

            Frames++;
            if (Libpcap.SegmentOf(packet, _linkType) is Segment segment)
                take(segment);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _device.Dispose();

    /// <summary>How a capture is called in a message.</summary>
    /// <param name="path">The file; "-": standard input.</param>
    /// <returns>Its name.</returns>
    public static string NameOf(string path) => path == Capture.StandardOutput ? "standard input" : path;

    private string Where()
    {
        string reason = Reason(_device.LastError);
        string place = _path == Capture.StandardOutput
            ? string.Create(CultureInfo.InvariantCulture, $"after {Frames} frames")
            : string.Create(CultureInfo.InvariantCulture, $"at byte {CaptureExtent.WholeBytes(_path)}");
        return $"{NameOf(_path)} ends {place}: {reason}; what came before is all there is";
    }

    private static string Reason(string message) =>
        Libpcap.Line(message.Replace("Unable to open offline adapter: ", "", StringComparison.Ordinal));
}
