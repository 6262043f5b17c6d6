using System;
using System.Buffers.Binary;

namespace HandshakeNano.Packets;

/// <summary>The Internet checksum, written as RFC 1071 says it: the observer shares no code with what it observes.</summary>
public static class Checksum
{
    /// <summary>The checksum of some bytes whose checksum field is 0; 0 over bytes that hold their right checksum.</summary>
    /// <param name="bytes">The bytes.</param>
    /// <returns>The checksum.</returns>
    public static ushort Of(ReadOnlySpan<byte> bytes) => Fold(Sum(bytes));

    /// <summary>The checksum of a TCP segment with its pseudo-header (RFC 9293 section 3.1).</summary>
    /// <param name="source">The sender's IPv4 address, most significant byte first.</param>
    /// <param name="destination">The receiver's.</param>
    /// <param name="segment">Header and data.</param>
    /// <returns>The checksum; 0 if the segment holds its right one.</returns>
    public static ushort OfTcp(uint source, uint destination, ReadOnlySpan<byte> segment)
    {
        uint pseudo = (source >> 16) + (source & 0xFFFF) + (destination >> 16) + (destination & 0xFFFF) + Ipv4Packet.Tcp + (uint)segment.Length;
        return Fold(pseudo + Sum(segment));
    }

    /// <summary>The checksum of what an IP packet carries, with its pseudo-header (RFC 9293 section 3.1, RFC 8200 section 8.1).</summary>
    /// <param name="source">The sender's address, 4 or 16 bytes.</param>
    /// <param name="destination">The receiver's, of the same length.</param>
    /// <param name="protocol">The protocol number.</param>
    /// <param name="payload">Header and data.</param>
    /// <returns>The checksum; 0 if the payload holds its right one.</returns>
    public static ushort Of(ReadOnlySpan<byte> source, ReadOnlySpan<byte> destination, int protocol, ReadOnlySpan<byte> payload) =>
        Fold(Sum(source) + Sum(destination) + (uint)protocol + (uint)payload.Length + Sum(payload));

    /// <summary>Says whether the checksums of a frame are right.</summary>
    /// <param name="frame">An Ethernet II frame around a TCP segment that is whole, over IPv4 or over IPv6 without extension headers.</param>
    /// <returns>True if all are, that of IPv4's header and the segment's.</returns>
    public static bool AreValid(ReadOnlySpan<byte> frame)
    {
        ReadOnlySpan<byte> packet = frame[14..];
        if (packet[0] >> 4 == 6)
        {
            int length = BinaryPrimitives.ReadUInt16BigEndian(packet[4..]);
            return Of(packet[8..24], packet[24..40], Ipv4Packet.Tcp, packet.Slice(Ipv6Packet.HeaderLength, length)) == 0;
        }

        int header = (packet[0] & 0x0F) * 4;
        return Of(packet[..header]) == 0 && OfTcp(
            BinaryPrimitives.ReadUInt32BigEndian(packet[12..]),
            BinaryPrimitives.ReadUInt32BigEndian(packet[16..]),
            packet[header..BinaryPrimitives.ReadUInt16BigEndian(packet[2..])]) == 0;
    }

    /// <summary>The sum of big-endian 16-bit words, not folded; an odd byte at the end is the upper half of a word.</summary>
    /// <param name="bytes">The bytes, up to 65535.</param>
    /// <returns>The sum.</returns>
    public static uint Sum(ReadOnlySpan<byte> bytes)
    {
        uint sum = 0;
        for (int i = 0; i < bytes.Length; i++)
            sum += (i & 1) == 0 ? (uint)bytes[i] << 8 : bytes[i];
        return sum;
    }

    /// <summary>Makes a checksum out of a sum.</summary>
    /// <param name="sum">Sums of <see cref="Sum"/> and single words, added up.</param>
    /// <returns>The checksum.</returns>
    public static ushort Fold(uint sum)
    {
        while (sum >> 16 != 0)
            sum = (sum & 0xFFFF) + (sum >> 16);
        return (ushort)~sum;
    }
}
