using System;
using System.IO;
using HandshakeNano.Client.Trace;
using HandshakeNano.Packets;
using SharpPcap;
using SharpPcap.LibPcap;

namespace HandshakeNano.Client.Captures;

/// <summary>libpcap, which reads captures and interfaces, is a library of the system.</summary>
internal static class Libpcap
{
    /// <summary>Says whether something failed because it is not there.</summary>
    /// <param name="error">What was thrown.</param>
    /// <returns>True if it is missing.</returns>
    public static bool IsMissing(Exception error) =>
        error is DllNotFoundException or TypeInitializationException { InnerException: DllNotFoundException };

    /// <summary>What to throw when it is missing.</summary>
    /// <param name="what">What needs it.</param>
    /// <param name="error">What was thrown.</param>
    /// <returns>The exception; its message says what to install.</returns>
    public static IOException Missing(string what, Exception error) => new(
        $"{what} needs libpcap, which is not on this computer; "
            + "install it (Debian, Ubuntu: apt install libpcap0.8, Fedora: dnf install libpcap, Windows: npcap.com)",
        error);

    /// <summary>Finds the TCP segment of a frame.</summary>
    /// <param name="packet">The frame.</param>
    /// <param name="linkType">The link type of the capture.</param>
    /// <returns>The segment, with its time in microseconds since 1970-01-01 00:00 UTC; null if the frame has none.</returns>
    public static Segment? SegmentOf(PacketCapture packet, int linkType)
    {
        var header = (PcapHeader)packet.Header;
        ulong time = (header.Timeval.Seconds * 1_000_000) + header.Timeval.MicroSeconds;
        return Segment.Parse(packet.Data, (int)header.PacketLength, linkType, time, Exchange.MostPayload);
    }

    /// <summary>Makes a part of a sentence of what libpcap says.</summary>
    /// <param name="message">What it says.</param>
    /// <returns>One line without a full stop.</returns>
    public static string Line(string message) => message.ReplaceLineEndings(" ").TrimEnd('.', ' ');
}
