using System;
using System.Buffers.Binary;
using System.Net;
using HandshakeNano.Packets;

namespace HandshakeNano.Conformance.Segments;

/// <summary>IPv6 packets without extension headers (RFC 8200), written without any help from the code under test.</summary>
internal static class Ipv6
{
    public const int HeaderLength = 40;

    /// <summary>The protocol number of ICMPv6.</summary>
    public const int Icmp = 58;

    /// <summary>Makes a packet.</summary>
    /// <param name="source">From whom.</param>
    /// <param name="destination">To whom.</param>
    /// <param name="protocol">The protocol number of what follows.</param>
    /// <param name="payload">What follows the header.</param>
    /// <param name="ecn">The two bits of ECN in the traffic class.</param>
    /// <param name="hopLimit">The hop limit.</param>
    public static byte[] Create(IPAddress source, IPAddress destination, int protocol, ReadOnlySpan<byte> payload, int ecn = 0,
        int hopLimit = 64)
    {
        byte[] packet = new byte[HeaderLength + payload.Length];
        packet[0] = 0x60;
        packet[1] = (byte)(ecn << 4);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(4), (ushort)payload.Length);
        packet[6] = (byte)protocol;
        packet[7] = (byte)hopLimit;
        source.TryWriteBytes(packet.AsSpan(8), out _);
        destination.TryWriteBytes(packet.AsSpan(24), out _);
        payload.CopyTo(packet.AsSpan(HeaderLength));
        return packet;
    }

    /// <summary>Makes the packet of a message of ICMPv6, and writes its checksum.</summary>
    public static byte[] CreateIcmp(IPAddress source, IPAddress destination, byte[] message, int hopLimit)
    {
        byte[] packet = Create(source, destination, Icmp, message, 0, hopLimit);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(HeaderLength + 2), ChecksumOf(packet));
        return packet;
    }

    /// <summary>The checksum of what a packet carries, with its pseudo-header (RFC 8200 section 8.1); 0 over a right one.</summary>
    public static ushort ChecksumOf(ReadOnlySpan<byte> packet)
        => Checksum.Fold(Checksum.Sum(packet[8..]) + packet[6] + (uint)(packet.Length - HeaderLength));
}
