using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Linq;
using System.Net;

namespace HandshakeNano.Packets;

/// <summary>One TCP segment as it was seen on a link, taken apart for people to read.</summary>
public sealed record Segment
{
    /// <summary>When it was seen, in microseconds on some clock.</summary>
    public ulong Time { get; init; }

    /// <summary>Who sent it.</summary>
    public required IPEndPoint Source { get; init; }

    /// <summary>Whom it is for.</summary>
    public required IPEndPoint Destination { get; init; }

    /// <summary>The two ECN bits of the IP header: 0 not ECN-capable, 1 and 2 ECN-capable, 3 congestion experienced (RFC 3168).</summary>
    public int Ecn { get; init; }

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

    /// <summary>The data.</summary>
    public byte[] Payload { get; init; } = [];

    /// <summary>How much of the sequence space it takes: its data, and one each for SYN and FIN.</summary>
    public uint SequenceLength => (uint)Payload.Length + (Has(ControlBits.Syn) ? 1u : 0) + (Has(ControlBits.Fin) ? 1u : 0);

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
    /// <returns>
    /// The segment; null if the frame is not TCP over IPv4, or over IPv6 without extension headers, is a fragment, or is cut short.
    /// </returns>
    public static Segment? Parse(ReadOnlySpan<byte> frame, ulong time)
    {
        int type = frame.Length < 14 ? 0 : BinaryPrimitives.ReadUInt16BigEndian(frame[12..]);
        return type == 0x0800 ? ParseIpv4(frame[14..], time) : type == 0x86DD ? ParseIpv6(frame[14..], time) : null;
    }

    private static Segment? ParseIpv6(ReadOnlySpan<byte> packet, ulong time)
    {
        if (packet.Length < 40 || packet[0] >> 4 != 6 || packet[6] != 6)
            return null;
        int length = BinaryPrimitives.ReadUInt16BigEndian(packet[4..]);
        return length > packet.Length - 40 ? null
            : ParseTcp(packet.Slice(40, length), new IPAddress(packet[8..24]), new IPAddress(packet[24..40]), (packet[1] >> 4) & 3, time);
    }

    private static Segment? ParseIpv4(ReadOnlySpan<byte> packet, ulong time)
    {
        if (packet.Length < 20 || packet[0] >> 4 != 4)
            return null;
        int headerLength = (packet[0] & 0x0F) * 4;
        int totalLength = BinaryPrimitives.ReadUInt16BigEndian(packet[2..]);
        bool fragment = (BinaryPrimitives.ReadUInt16BigEndian(packet[6..]) & 0x3FFF) != 0;
        if (headerLength < 20 || totalLength < headerLength || totalLength > packet.Length || fragment || packet[9] != 6)
            return null;

        return ParseTcp(packet[headerLength..totalLength], new IPAddress(packet[12..16]), new IPAddress(packet[16..20]), packet[1] & 3, time);
    }

    private static Segment? ParseTcp(ReadOnlySpan<byte> tcp, IPAddress source, IPAddress destination, int ecn, ulong time)
    {
        if (tcp.Length < 20)
            return null;
        int dataOffset = (tcp[12] >> 4) * 4;
        if (dataOffset < 20 || dataOffset > tcp.Length)
            return null;

        return new Segment
        {
            Time = time,
            Source = new IPEndPoint(source, BinaryPrimitives.ReadUInt16BigEndian(tcp)),
            Destination = new IPEndPoint(destination, BinaryPrimitives.ReadUInt16BigEndian(tcp[2..])),
            Ecn = ecn,
            Sequence = BinaryPrimitives.ReadUInt32BigEndian(tcp[4..]),
            Acknowledgment = BinaryPrimitives.ReadUInt32BigEndian(tcp[8..]),
            Flags = (ControlBits)tcp[13],
            Window = BinaryPrimitives.ReadUInt16BigEndian(tcp[14..]),
            Options = TcpOption.Parse(tcp[20..dataOffset]),
            Payload = tcp[dataOffset..].ToArray(),
        };
    }
}
