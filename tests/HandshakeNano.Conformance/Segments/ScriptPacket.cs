using System;
using System.Buffers.Binary;
using HandshakeNano.Packets;

namespace HandshakeNano.Conformance.Segments;

/// <summary>The packets that a script names: written from its words, and judged.</summary>
internal static class ScriptPacket
{
    /// <summary>The byte that stands at a place of a stream, so that data that moves is seen.</summary>
    public static byte Pattern(uint place) => (byte)(place ^ (place >> 8) ^ 0x5A);

    /// <summary>A TCP segment in its packet.</summary>
    /// <param name="text">What the script says.</param>
    /// <param name="seq">The sequence number on the wire.</param>
    /// <param name="ack">The acknowledgment number on the wire.</param>
    /// <param name="options">The options on the wire.</param>
    /// <param name="source">From whom.</param>
    /// <param name="sourcePort">From which port.</param>
    /// <param name="destination">To whom.</param>
    /// <param name="destinationPort">To which port.</param>
    public static byte[] Tcp(SegmentText text, uint seq, uint ack, byte[] options, uint source, int sourcePort, uint destination, int destinationPort)
    {
        uint first = text.Seq + (text.Flags.HasFlag(ControlBits.Syn) ? 1u : 0) - 1;
        byte[] data = new byte[text.Length];
        for (int i = 0; i < data.Length; i++)
            data[i] = Pattern(first + (uint)i);
        var segment = new RawSegment
        {
            SourcePort = sourcePort,
            DestinationPort = destinationPort,
            Sequence = seq,
            Acknowledgment = ack,
            Flags = text.Flags,
            Window = text.Window ?? 65535,
            UrgentPointer = text.Urgent,
            Options = options,
            Data = data,
            DataOffset = text.DataOffset,
            Reserved = text.Reserved,
            Cut = text.Cut,
            BadChecksum = text.BadChecksum,
        };
        byte[] packet = segment.ToPacket(source, destination);
        if (text.Ecn is int mark and not 0)
        {
            packet[1] = (byte)mark;
            packet.AsSpan(10, 2).Clear();
            BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(10), Checksum.Of(packet.AsSpan(0, Ipv4Packet.HeaderLength)));
        }

        return packet;
    }

    /// <summary>An ICMP error that quotes the header and eight bytes of a segment of the endpoint.</summary>
    public static byte[] IcmpError(uint from, uint endpoint, int localPort, uint peer, int peerPort, int type, int code, int mtu, uint seq)
    {
        byte[] quoted = new byte[8];
        BinaryPrimitives.WriteUInt16BigEndian(quoted, (ushort)localPort);
        BinaryPrimitives.WriteUInt16BigEndian(quoted.AsSpan(2), (ushort)peerPort);
        BinaryPrimitives.WriteUInt32BigEndian(quoted.AsSpan(4), seq);
        byte[] message = new byte[8 + Ipv4Packet.HeaderLength + 8];
        message[0] = (byte)type;
        message[1] = (byte)code;
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(6), (ushort)mtu);
        Ipv4Packet.Create(endpoint, peer, Ipv4Packet.Tcp, quoted).CopyTo(message, 8);
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(2), Checksum.Of(message));
        return Ipv4Packet.Create(from, endpoint, Ipv4Packet.Icmp, message);
    }

    /// <summary>Whether a packet's checksums and lengths are what they must be; what is wrong if not.</summary>
    public static string? Judge(ReadOnlySpan<byte> packet)
    {
        if (packet.Length < Ipv4Packet.HeaderLength || packet[0] != 0x45 || BinaryPrimitives.ReadUInt16BigEndian(packet[2..]) != packet.Length)
            return "the IPv4 header's version or a length is wrong";
        if (Checksum.Of(packet[..Ipv4Packet.HeaderLength]) != 0)
            return "the IPv4 checksum is wrong";
        if (packet[9] != Ipv4Packet.Tcp)
            return "it is not TCP";
        ReadOnlySpan<byte> segment = packet[Ipv4Packet.HeaderLength..];
        uint source = BinaryPrimitives.ReadUInt32BigEndian(packet[12..]);
        uint destination = BinaryPrimitives.ReadUInt32BigEndian(packet[16..]);
        if (segment.Length < 20 || (segment[12] >> 4) * 4 < 20 || (segment[12] >> 4) * 4 > segment.Length)
            return "the data offset is wrong";
        if (Checksum.OfTcp(source, destination, segment) != 0)
            return "the TCP checksum is wrong";
        return (segment[12] & 15) != 0 ? "a reserved bit is set" : null;
    }
}
