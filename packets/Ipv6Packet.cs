using System;
using System.Buffers.Binary;

namespace HandshakeNano.Packets;

/// <summary>IPv6 packets without extension headers (RFC 8200), written without any help from the code under test.</summary>
public static class Ipv6Packet
{
    /// <summary>ICMPv6's protocol number.</summary>
    public const int Icmp = 58;

    /// <summary>Length of the header in bytes.</summary>
    public const int HeaderLength = 40;

    /// <summary>Makes a packet.</summary>
    /// <param name="source">The sender's address, 16 bytes.</param>
    /// <param name="destination">The receiver's.</param>
    /// <param name="protocol">The protocol number.</param>
    /// <param name="payload">What follows the header.</param>
    /// <param name="hopLimit">How many links it may go over.</param>
    /// <param name="trafficClass">Six bits of differentiated services, two of ECN.</param>
    /// <returns>The packet, with a flow label of 0.</returns>
    public static byte[] Create(
        ReadOnlySpan<byte> source, ReadOnlySpan<byte> destination, int protocol, ReadOnlySpan<byte> payload, int hopLimit = 64, int trafficClass = 0)
    {
        byte[] packet = new byte[HeaderLength + payload.Length];
        BinaryPrimitives.WriteUInt32BigEndian(packet, (6u << 28) | ((uint)trafficClass << 20));
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(4), (ushort)payload.Length);
        packet[6] = (byte)protocol;
        packet[7] = (byte)hopLimit;
        source.CopyTo(packet.AsSpan(8));
        destination.CopyTo(packet.AsSpan(24));
        payload.CopyTo(packet.AsSpan(HeaderLength));
        return packet;
    }
}
