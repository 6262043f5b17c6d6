using System;
using System.Buffers.Binary;

namespace HandshakeNano.Conformance.Wire;

/// <summary>IPv4 packets, written and read without any help of the code under test.</summary>
internal static class Packet
{
    public const int Fin = 1;
    public const int Syn = 2;
    public const int Rst = 4;
    public const int Psh = 8;
    public const int Ack = 16;
    public const int Urg = 32;
    public const int Ece = 64;
    public const int Cwr = 128;
    public const int ProtocolIcmp = 1;
    public const int ProtocolTcp = 6;
    private const int IpLength = 20;

    /// <summary>The byte that stands at a place of a stream, so that data that moves is seen.</summary>
    public static byte Pattern(uint place) => (byte)(place ^ (place >> 8) ^ 0x5A);

    /// <summary>An IPv4 packet around something.</summary>
    public static byte[] Ipv4(uint source, uint destination, int protocol, ReadOnlySpan<byte> payload)
    {
        byte[] packet = new byte[IpLength + payload.Length];
        packet[0] = 0x45;
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), (ushort)packet.Length);
        packet[8] = 64;
        packet[9] = (byte)protocol;
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(12), source);
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(16), destination);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(10), Checksum(packet.AsSpan(0, IpLength), 0));
        payload.CopyTo(packet.AsSpan(IpLength));
        return packet;
    }

    /// <summary>A TCP segment in its packet.</summary>
    /// <param name="text">What the script says.</param>
    /// <param name="seq">The sequence number on the wire.</param>
    /// <param name="ack">The acknowledgment number on the wire.</param>
    /// <param name="source">From whom.</param>
    /// <param name="sourcePort">From which port.</param>
    /// <param name="destination">To whom.</param>
    /// <param name="destinationPort">To which port.</param>
    public static byte[] Tcp(SegmentText text, uint seq, uint ack, uint source, int sourcePort, uint destination, int destinationPort)
    {
        byte[] options = text.Options ?? [];
        int header = 20 + options.Length;
        byte[] segment = new byte[header + text.Length];
        BinaryPrimitives.WriteUInt16BigEndian(segment, (ushort)sourcePort);
        BinaryPrimitives.WriteUInt16BigEndian(segment.AsSpan(2), (ushort)destinationPort);
        BinaryPrimitives.WriteUInt32BigEndian(segment.AsSpan(4), seq);
        BinaryPrimitives.WriteUInt32BigEndian(segment.AsSpan(8), ack);
        segment[12] = (byte)(((text.DataOffset ?? header / 4) << 4) | text.Reserved);
        segment[13] = (byte)text.Flags;
        BinaryPrimitives.WriteUInt16BigEndian(segment.AsSpan(14), (ushort)(text.Window ?? 65535));
        BinaryPrimitives.WriteUInt16BigEndian(segment.AsSpan(18), (ushort)text.Urgent);
        options.CopyTo(segment.AsSpan(20));
        uint first = text.Seq + ((text.Flags & Syn) != 0 ? 1u : 0) - 1;
        for (int i = 0; i < text.Length; i++)
            segment[header + i] = Pattern(first + (uint)i);
        if (text.Cut is int cut)
            segment = segment[..cut];
        if (segment.Length >= 18)
        {
            ushort checksum = Checksum(segment, PseudoHeader(source, destination, segment.Length));
            BinaryPrimitives.WriteUInt16BigEndian(segment.AsSpan(16), (ushort)(text.BadChecksum ? checksum ^ 0x0100 : checksum));
        }

        return Ipv4(source, destination, ProtocolTcp, segment);
    }

    /// <summary>An ICMP error that quotes the header and eight bytes of a segment of the endpoint.</summary>
    public static byte[] IcmpError(uint from, uint endpoint, int localPort, uint peer, int peerPort, int type, int code, int mtu, uint seq)
    {
        byte[] quoted = new byte[8];
        BinaryPrimitives.WriteUInt16BigEndian(quoted, (ushort)localPort);
        BinaryPrimitives.WriteUInt16BigEndian(quoted.AsSpan(2), (ushort)peerPort);
        BinaryPrimitives.WriteUInt32BigEndian(quoted.AsSpan(4), seq);
        byte[] message = new byte[8 + IpLength + 8];
        message[0] = (byte)type;
        message[1] = (byte)code;
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(6), (ushort)mtu);
        Ipv4(endpoint, peer, ProtocolTcp, quoted).CopyTo(message, 8);
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(2), Checksum(message, 0));
        return Ipv4(from, endpoint, ProtocolIcmp, message);
    }

    /// <summary>Whether a packet's checksums and lengths are what they must be; what is wrong if not.</summary>
    public static string? Judge(ReadOnlySpan<byte> packet)
    {
        if (packet.Length < IpLength || packet[0] != 0x45 || BinaryPrimitives.ReadUInt16BigEndian(packet[2..]) != packet.Length)
            return "the IPv4 header's version or a length is wrong";
        if (Checksum(packet[..IpLength], 0) != 0)
            return "the IPv4 checksum is wrong";
        if (packet[9] != ProtocolTcp)
            return "it is not TCP";
        ReadOnlySpan<byte> segment = packet[IpLength..];
        uint pseudo = PseudoHeader(
            BinaryPrimitives.ReadUInt32BigEndian(packet[12..]), BinaryPrimitives.ReadUInt32BigEndian(packet[16..]), segment.Length);
        if (segment.Length < 20 || (segment[12] >> 4) * 4 < 20 || (segment[12] >> 4) * 4 > segment.Length)
            return "the data offset is wrong";
        if (Checksum(segment, pseudo) != 0)
            return "the TCP checksum is wrong";
        return (segment[12] & 15) != 0 ? "a reserved bit is set" : null;
    }

    private static uint PseudoHeader(uint source, uint destination, int length)
        => (source >> 16) + (source & 0xFFFF) + (destination >> 16) + (destination & 0xFFFF) + ProtocolTcp + (uint)length;

    /// <summary>RFC 1071.</summary>
    private static ushort Checksum(ReadOnlySpan<byte> bytes, uint sum)
    {
        for (int i = 0; i < bytes.Length; i++)
            sum += (i & 1) == 0 ? (uint)bytes[i] << 8 : bytes[i];
        while (sum > 0xFFFF)
            sum = (sum & 0xFFFF) + (sum >> 16);
        return (ushort)~sum;
    }
}
