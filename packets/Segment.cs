using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Linq;
using System.Net;

namespace HandshakeNano.Packets;

/// <summary>One TCP segment as it was seen on a link, taken apart for people to read.</summary>
public sealed record Segment
{
    private const int Tcp = 6;

    // A jumbo frame's; longer ones were merged.
    private const int LongestOnWire = 9000;

    private readonly int? _length;

    /// <summary>When it was seen, in microseconds on some clock.</summary>
    public ulong Time { get; init; }

    /// <summary>Who sent it.</summary>
    public required IPEndPoint Source { get; init; }

    /// <summary>Whom it is for.</summary>
    public required IPEndPoint Destination { get; init; }

    /// <summary>The two ECN bits of the IP header: 0 not ECN-capable, 1 and 2 ECN-capable, 3 congestion experienced (RFC 3168).</summary>
    public int Ecn { get; init; }

    /// <summary>The identification field of its IPv4 header: a host gives each packet another one, or 0. 0 too over IPv6.</summary>
    public int Identification { get; init; }

    /// <summary>Where it was captured, see <see cref="LinkHeader.PointOf"/>; 0 if that is not known.</summary>
    public long CapturePoint { get; init; }

    /// <summary>Sequence number of the first byte (of the SYN if there is one).</summary>
    public uint Sequence { get; init; }

    /// <summary>Acknowledgment number; counts only with <see cref="ControlBits.Ack"/>.</summary>
    public uint Acknowledgment { get; init; }

    /// <summary>The control bits.</summary>
    public ControlBits Flags { get; init; }

    /// <summary>The window field as it stands in the header, not scaled.</summary>
    public int Window { get; init; }

    /// <summary>The options.</summary>
    public IReadOnlyList<TcpOption> Options { get; init; } = [];

    /// <summary>The data, or its first bytes where a capture has no more of it.</summary>
    public byte[] Payload { get; init; } = [];

    /// <summary>How many bytes of data it has, by the headers.</summary>
    public int Length { get => _length ?? Payload.Length; init => _length = value; }

    /// <summary>True if its checksum is wrong, so that its receiver drops it; false too where that is not known.</summary>
    public bool IsDamaged { get; init; }

    /// <summary>How much of the sequence space it takes: its data, and one each for SYN and FIN.</summary>
    public uint SequenceLength => (uint)Length + (Has(ControlBits.Syn) ? 1u : 0) + (Has(ControlBits.Fin) ? 1u : 0);

    /// <summary>Finds an option that is well-formed.</summary>
    /// <param name="kind">The option's kind, as IANA assigns them.</param>
    /// <returns>The first of this kind; null if there is none.</returns>
    public TcpOption? Option(int kind) => Options.FirstOrDefault(option => option.Kind == kind && !option.Malformed);

    /// <summary>Says whether control bits are set.</summary>
    /// <param name="flags">One bit, or several.</param>
    /// <returns>True if all of them are set.</returns>
    public bool Has(ControlBits flags) => (Flags & flags) == flags;

    /// <summary>Takes a frame apart.</summary>
    /// <param name="frame">An Ethernet II frame from the destination address on, without the check sequence.</param>
    /// <param name="time">When it was seen, in microseconds.</param>
    /// <returns>The segment; null if the frame is not TCP over IPv4 or IPv6, is a fragment, or is cut short.</returns>
    public static Segment? Parse(ReadOnlySpan<byte> frame, ulong time) => Parse(frame, frame.Length, LinkHeader.Ethernet, time, int.MaxValue);

    /// <summary>Takes a frame of a capture apart, which may have less of it than went over the link.</summary>
    /// <param name="frame">What was captured of it.</param>
    /// <param name="length">How many bytes it had on the link.</param>
    /// <param name="linkType">The type of the link, see <see cref="LinkHeader"/>.</param>
    /// <param name="time">When it was seen, in microseconds.</param>
    /// <param name="mostPayload">How many bytes of its data are kept.</param>
    /// <returns>The segment; null if the frame is not TCP, is a fragment, or has less than a TCP header without options.</returns>
    public static Segment? Parse(ReadOnlySpan<byte> frame, int length, int linkType, ulong time, int mostPayload)
    {
        if (!LinkHeader.TrySkip(linkType, frame, out int header))
            return null;
        ReadOnlySpan<byte> packet = frame[header..];
        int onLink = Math.Max(length - header, packet.Length);
        Segment? segment = packet.IsEmpty ? null : (packet[0] >> 4) switch
        {
            4 => ParseIpv4(packet, onLink, time, mostPayload),
            6 => ParseIpv6(packet, onLink, time, mostPayload),
            _ => null,
        };
        long point = LinkHeader.PointOf(linkType, frame);
        return point == 0 || segment == null ? segment : segment with { CapturePoint = point };
    }

    private static Segment? ParseIpv6(ReadOnlySpan<byte> packet, int onLink, ulong time, int mostPayload)
    {
        if (packet.Length < 40)
            return null;

        // A length of 0 stands for a packet that was too long for the field when it was captured (RFC 2675, merged segments).
        int length = BinaryPrimitives.ReadUInt16BigEndian(packet[4..]);
        int end = length == 0 ? onLink : 40 + length;
        int next = packet[6], at = 40;
        while (next is 0 or 43 or 60 or 51)
        {
            if (packet.Length < at + 8)
                return null;
            int size = next == 51 ? (packet[at + 1] + 2) * 4 : (packet[at + 1] + 1) * 8;
            next = packet[at];
            at += size;
        }

        return next != Tcp || end > onLink || at > packet.Length ? null
            : ParseTcp(packet[at..Math.Max(at, Math.Min(end, packet.Length))], end - at, packet[8..24], packet[24..40], (packet[1] >> 4) & 3, time, mostPayload);
    }

    private static Segment? ParseIpv4(ReadOnlySpan<byte> packet, int onLink, ulong time, int mostPayload)
    {
        if (packet.Length < 20)
            return null;
        int headerLength = (packet[0] & 0x0F) * 4;
        int totalLength = BinaryPrimitives.ReadUInt16BigEndian(packet[2..]);

        // 0 where the network card or the kernel cuts it up later.
        if (totalLength == 0)
            totalLength = onLink;
        bool fragment = (BinaryPrimitives.ReadUInt16BigEndian(packet[6..]) & 0x3FFF) != 0;
        if (headerLength < 20 || totalLength < headerLength || totalLength > onLink || headerLength > packet.Length || fragment || packet[9] != Tcp)
            return null;

        Segment? segment = ParseTcp(
            packet[headerLength..Math.Min(totalLength, packet.Length)], totalLength - headerLength, packet[12..16], packet[16..20], packet[1] & 3, time, mostPayload);
        return segment == null ? null : segment with { Identification = BinaryPrimitives.ReadUInt16BigEndian(packet[4..]) };
    }

    private static Segment? ParseTcp(
        ReadOnlySpan<byte> tcp, int length, ReadOnlySpan<byte> source, ReadOnlySpan<byte> destination, int ecn, ulong time, int mostPayload)
    {
        if (tcp.Length < 20)
            return null;
        int dataOffset = (tcp[12] >> 4) * 4;
        if (dataOffset < 20 || dataOffset > length)
            return null;
        IReadOnlyList<TcpOption> options = TcpOption.Parse(tcp[20..Math.Min(dataOffset, tcp.Length)]);

        // The last option is not wrong because the capture has only a part of it.
        if (dataOffset > tcp.Length && options.Count > 0 && options[^1].Malformed)
            options = [.. options.SkipLast(1)];
        ReadOnlySpan<byte> data = tcp[Math.Min(dataOffset, tcp.Length)..];
        return new Segment
        {
            Time = time,
            Source = new IPEndPoint(new IPAddress(source), BinaryPrimitives.ReadUInt16BigEndian(tcp)),
            Destination = new IPEndPoint(new IPAddress(destination), BinaryPrimitives.ReadUInt16BigEndian(tcp[2..])),
            Ecn = ecn,
            Sequence = BinaryPrimitives.ReadUInt32BigEndian(tcp[4..]),
            Acknowledgment = BinaryPrimitives.ReadUInt32BigEndian(tcp[8..]),
            Flags = (ControlBits)tcp[13],
            Window = BinaryPrimitives.ReadUInt16BigEndian(tcp[14..]),
            Options = options,
            Payload = data[..Math.Min(data.Length, mostPayload)].ToArray(),
            Length = length - dataOffset,
            IsDamaged = tcp.Length == length && HasWrongChecksum(tcp, source, destination),
        };
    }

    // A sender's card fills the checksum in after the capture, and what was merged has none of its own: there the field is 0, or holds
    // the sum of the pseudo-header alone.
    private static bool HasWrongChecksum(ReadOnlySpan<byte> tcp, ReadOnlySpan<byte> source, ReadOnlySpan<byte> destination)
    {
        if (tcp.Length > LongestOnWire || Checksum.Of(source, destination, Tcp, tcp) == 0)
            return false;
        int field = BinaryPrimitives.ReadUInt16BigEndian(tcp[16..]);
        uint pseudo = Checksum.Sum(source) + Checksum.Sum(destination) + Tcp;
        return field != 0 && field != (ushort)~Checksum.Fold(pseudo) && field != (ushort)~Checksum.Fold(pseudo + (uint)tcp.Length);
    }
}
