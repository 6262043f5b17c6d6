using System;
using System.Buffers.Binary;

namespace HandshakeNano.Packets;

/// <summary>IPv4 packets without options (RFC 791), written without any help from the code under test.</summary>
public static class Ipv4Packet
{
    /// <summary>ICMP's protocol number.</summary>
    public const int Icmp = 1;

    /// <summary>TCP's protocol number.</summary>
    public const int Tcp = 6;

    /// <summary>Length of the header in bytes.</summary>
    public const int HeaderLength = 20;

    private const int DontFragment = 0x4000;

    /// <summary>Makes a packet.</summary>
    /// <param name="source">The sender's address, most significant byte first.</param>
    /// <param name="destination">The receiver's.</param>
    /// <param name="protocol">The protocol number.</param>
    /// <param name="payload">What follows the header.</param>
    /// <param name="typeOfService">The second byte of the header: six bits of differentiated services, two of ECN.</param>
    /// <returns>The packet, which must not be fragmented (DF) and has a time to live of 64.</returns>
    public static byte[] Create(uint source, uint destination, int protocol, ReadOnlySpan<byte> payload, int typeOfService = 0)
    {
        byte[] packet = new byte[HeaderLength + payload.Length];
        Write(packet, source, destination, protocol, payload, typeOfService);
        return packet;
    }

    /// <summary>Writes a packet, as <see cref="Create"/> makes it.</summary>
    /// <param name="packet">Where it goes; its length is the packet's.</param>
    /// <param name="source">The sender's address, most significant byte first.</param>
    /// <param name="destination">The receiver's.</param>
    /// <param name="protocol">The protocol number.</param>
    /// <param name="payload">What follows the header.</param>
    /// <param name="typeOfService">The second byte of the header.</param>
    public static void Write(
        Span<byte> packet, uint source, uint destination, int protocol, ReadOnlySpan<byte> payload, int typeOfService = 0)
    {
        Span<byte> header = packet[..HeaderLength];
        header.Clear();
        header[0] = 0x45;
        header[1] = (byte)typeOfService;
        BinaryPrimitives.WriteUInt16BigEndian(header[2..], (ushort)(HeaderLength + payload.Length));
        BinaryPrimitives.WriteUInt16BigEndian(header[6..], DontFragment);
        header[8] = 64;
        header[9] = (byte)protocol;
        BinaryPrimitives.WriteUInt32BigEndian(header[12..], source);
        BinaryPrimitives.WriteUInt32BigEndian(header[16..], destination);
        Seal(header);
        payload.CopyTo(packet[HeaderLength..]);
    }

    /// <summary>Writes the header's checksum anew, after its fields were changed.</summary>
    /// <param name="header">The header, 20 bytes.</param>
    public static void Seal(Span<byte> header)
    {
        BinaryPrimitives.WriteUInt16BigEndian(header[10..], 0);
        BinaryPrimitives.WriteUInt16BigEndian(header[10..], Checksum.Of(header[..HeaderLength]));
    }
}
