using System;
using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
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
    public static byte[] Tcp(SegmentText text, uint seq, uint ack, byte[] options, IPAddress source, int sourcePort, IPAddress destination,
        int destinationPort)
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
        int ecn = text.Ecn ?? 0;
        if (source.AddressFamily == AddressFamily.InterNetwork)
            return (segment with { Ecn = ecn }).ToPacket(Number(source), Number(destination));
        byte[] packet = Ipv6.Create(source, destination, Ipv4Packet.Tcp, segment.ToBytes(0, 0), ecn);
        Span<byte> tcp = packet.AsSpan(Ipv6.HeaderLength);
        if (tcp.Length < 18)
            return packet;
        tcp.Slice(16, 2).Clear();
        ushort checksum = Ipv6.ChecksumOf(packet);
        BinaryPrimitives.WriteUInt16BigEndian(tcp[16..], text.BadChecksum ? (ushort)(checksum ^ 0x0100) : checksum);
        return packet;
    }

    /// <summary>An ICMP error that quotes the header and eight bytes of a segment of the endpoint.</summary>
    public static byte[] IcmpError(IPAddress endpoint, int localPort, IPAddress peer, int peerPort, int type, int code, int mtu, uint seq)
    {
        bool ipv6 = peer.AddressFamily == AddressFamily.InterNetworkV6;
        byte[] quoted = new byte[8];
        BinaryPrimitives.WriteUInt16BigEndian(quoted, (ushort)localPort);
        BinaryPrimitives.WriteUInt16BigEndian(quoted.AsSpan(2), (ushort)peerPort);
        BinaryPrimitives.WriteUInt32BigEndian(quoted.AsSpan(4), seq);
        byte[] packet = ipv6 ? Ipv6.Create(endpoint, peer, Ipv4Packet.Tcp, quoted)
            : Ipv4Packet.Create(Number(endpoint), Number(peer), Ipv4Packet.Tcp, quoted);
        byte[] message = new byte[8 + packet.Length];
        message[0] = (byte)type;
        message[1] = (byte)code;
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(6), (ushort)mtu);
        packet.CopyTo(message, 8);
        if (ipv6)
            return Ipv6.CreateIcmp(peer, endpoint, message, 64);
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(2), Checksum.Of(message));
        return Ipv4Packet.Create(Number(peer), Number(endpoint), Ipv4Packet.Icmp, message);
    }

    /// <summary>An IPv4 address, most significant byte first.</summary>
    public static uint Number(IPAddress address) => BinaryPrimitives.ReadUInt32BigEndian(address.GetAddressBytes());

    /// <summary>How many bytes a packet's IP header has.</summary>
    public static int HeaderLength(ReadOnlySpan<byte> packet) => packet[0] >> 4 == 6 ? Ipv6.HeaderLength : Ipv4Packet.HeaderLength;

    /// <summary>Whom a packet is for.</summary>
    public static IPAddress Destination(ReadOnlySpan<byte> packet)
        => packet[0] >> 4 == 6 ? new IPAddress(packet.Slice(24, 16)) : new IPAddress(packet.Slice(16, 4));

    /// <summary>The two bits of ECN in a packet's header.</summary>
    public static int Ecn(ReadOnlySpan<byte> packet) => packet[0] >> 4 == 6 ? packet[1] >> 4 & 3 : packet[1] & 3;

    /// <summary>Whether a packet's checksums and lengths are what they must be; what is wrong if not.</summary>
    public static string? Judge(ReadOnlySpan<byte> packet)
    {
        bool ipv6 = packet[0] >> 4 == 6;
        if ((ipv6 ? JudgeIpv6(packet) : JudgeIpv4(packet)) is string wrong)
            return wrong;
        ReadOnlySpan<byte> segment = packet[HeaderLength(packet)..];
        if (segment.Length < 20 || (segment[12] >> 4) * 4 < 20 || (segment[12] >> 4) * 4 > segment.Length)
            return "the data offset is wrong";
        if ((ipv6 ? Ipv6.ChecksumOf(packet) : Checksum.OfTcp(Number(new IPAddress(packet.Slice(12, 4))), Number(Destination(packet)), segment)) != 0)
            return "the TCP checksum is wrong";
        return (segment[12] & 15) != 0 ? "a reserved bit is set" : null;
    }

    private static string? JudgeIpv4(ReadOnlySpan<byte> packet)
    {
        if (packet.Length < Ipv4Packet.HeaderLength || packet[0] != 0x45 || BinaryPrimitives.ReadUInt16BigEndian(packet[2..]) != packet.Length)
            return "the IPv4 header's version or a length is wrong";
        if (Checksum.Of(packet[..Ipv4Packet.HeaderLength]) != 0)
            return "the IPv4 checksum is wrong";
        return packet[9] == Ipv4Packet.Tcp ? null : "it is not TCP";
    }

    private static string? JudgeIpv6(ReadOnlySpan<byte> packet)
    {
        if (packet.Length < Ipv6.HeaderLength || BinaryPrimitives.ReadUInt16BigEndian(packet[4..]) != packet.Length - Ipv6.HeaderLength)
            return "the IPv6 header's length is wrong";
        return packet[6] == Ipv4Packet.Tcp ? null : "it is not TCP";
    }
}
