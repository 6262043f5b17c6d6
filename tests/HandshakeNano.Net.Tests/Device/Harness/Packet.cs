using System;

namespace HandshakeNano.Net.Tests;

/// <summary>
/// Frames as byte arrays that begin with the Ethernet header, made and read without any help of the code under test.
/// </summary>
internal static class Packet
{
    // The hosts of our wires.
    public const uint OurAddress = 0x0A4D0002;
    public const uint PeerAddress = 0x0A4D0001;
    public const uint RouterAddress = 0x0A4D00FE;

    public const int EtherTypeIpv4 = 0x0800;
    public const int EtherTypeArp = 0x0806;

    public const int Ip = 14;
    public const int Transport = 34;

    /// <summary>The shortest Ethernet frame; the rest is filled with rubbish that must not be taken for data.</summary>
    public const int LeastFrame = 60;

    private const byte Filler = 0xA5;

    public static int Get16(byte[] bytes, int index)
    {
        return (bytes[index] << 8) | bytes[index + 1];
    }

    public static uint Get32(byte[] bytes, int index)
    {
        return ((uint)bytes[index] << 24) | ((uint)bytes[index + 1] << 16) | ((uint)bytes[index + 2] << 8) | bytes[index + 3];
    }

    public static void Put16(byte[] bytes, int index, int value)
    {
        bytes[index] = (byte)(value >> 8);
        bytes[index + 1] = (byte)value;
    }

    public static void Put32(byte[] bytes, int index, uint value)
    {
        bytes[index] = (byte)(value >> 24);
        bytes[index + 1] = (byte)(value >> 16);
        bytes[index + 2] = (byte)(value >> 8);
        bytes[index + 3] = (byte)value;
    }

    /// <summary>The Ethernet address that a host with this IPv4 address has on our wires.</summary>
    public static byte[] PhysicalAddressOf(uint address)
    {
        byte[] result = new byte[] { 2, 0, 0, 0, 0, 0 };
        Put32(result, 2, address);
        return result;
    }

    /// <summary>Who carries packets to or from a host: the host itself on our network, else the router.</summary>
    public static uint NextHop(uint address)
    {
        return (address >> 8) == (OurAddress >> 8) ? address : RouterAddress;
    }

    /// <summary>RFC 1071, written as the text says it: 0 over a range that holds its right checksum.</summary>
    public static int Checksum(byte[] bytes, int index, int length, uint sum)
    {
        for (int i = 0; i < length; i++)
            sum += (i & 1) == 0 ? (uint)bytes[index + i] << 8 : bytes[index + i];
        while (sum > 0xFFFF)
            sum = (sum & 0xFFFF) + (sum >> 16);
        return (int)(~sum & 0xFFFF);
    }

    /// <summary>Writes the IPv4 header's checksum again.</summary>
    public static void FixIpv4(byte[] frame)
    {
        Put16(frame, Ip + 10, 0);
        Put16(frame, Ip + 10, Checksum(frame, Ip, (frame[Ip] & 15) * 4, 0));
    }

    /// <summary>Writes the TCP checksum again.</summary>
    public static void FixTcp(byte[] frame)
    {
        int start = Ip + (frame[Ip] & 15) * 4;
        Put16(frame, start + 16, 0);
        Put16(frame, start + 16, TcpChecksum(frame));
    }

    /// <summary>The checksum over pseudo-header and segment: 0 if the one in the header is right.</summary>
    public static int TcpChecksum(byte[] frame)
    {
        return TransportChecksum(frame, 6);
    }

    /// <summary>Writes the UDP checksum again.</summary>
    public static void FixUdp(byte[] frame)
    {
        Put16(frame, Transport + 6, 0);
        int checksum = UdpChecksum(frame);
        Put16(frame, Transport + 6, checksum == 0 ? 0xFFFF : checksum);
    }

    /// <summary>The checksum over pseudo-header and datagram: 0 if the one in the header is right.</summary>
    public static int UdpChecksum(byte[] frame)
    {
        return TransportChecksum(frame, 17);
    }

    /// <summary>A frame with an empty payload.</summary>
    public static byte[] Ethernet(byte[] destination, byte[] source, int etherType, int payloadLength)
    {
        byte[] frame = new byte[payloadLength + Ip < LeastFrame ? LeastFrame : payloadLength + Ip];
        for (int i = Ip + payloadLength; i < frame.Length; i++)
            frame[i] = Filler;
        Array.Copy(destination, 0, frame, 0, 6);
        Array.Copy(source, 0, frame, 6, 6);
        Put16(frame, 12, etherType);
        return frame;
    }

    /// <summary>An IPv4 packet between hosts of our wire.</summary>
    public static byte[] Ipv4(uint source, uint destination, int protocol, byte[] payload)
    {
        byte[] frame = Ethernet(
            PhysicalAddressOf(NextHop(destination)), PhysicalAddressOf(NextHop(source)), EtherTypeIpv4, 20 + payload.Length);
        frame[Ip] = 0x45;
        Put16(frame, Ip + 2, 20 + payload.Length);
        Put16(frame, Ip + 4, 0x1234);
        Put16(frame, Ip + 6, 0x4000);
        frame[Ip + 8] = 64;
        frame[Ip + 9] = (byte)protocol;
        Put32(frame, Ip + 12, source);
        Put32(frame, Ip + 16, destination);
        Array.Copy(payload, 0, frame, Ip + 20, payload.Length);
        FixIpv4(frame);
        return frame;
    }

    /// <summary>The same packet with options between its IPv4 header and its payload (a multiple of 4 bytes).</summary>
    public static byte[] WithIpv4Options(byte[] frame, byte[] options)
    {
        int total = Get16(frame, Ip + 2) + options.Length;
        byte[] result = new byte[Ip + total];
        Array.Copy(frame, 0, result, 0, Transport);
        Array.Copy(options, 0, result, Transport, options.Length);
        Array.Copy(frame, Transport, result, Transport + options.Length, Ip + total - Transport - options.Length);
        result[Ip] = (byte)(0x45 + options.Length / 4);
        Put16(result, Ip + 2, total);
        FixIpv4(result);
        return result;
    }

    /// <summary>An ICMP message; bytes 4 to 7 are 0 unless changed by the caller before <see cref="FixIcmp"/>.</summary>
    public static byte[] Icmp(uint source, uint destination, int type, int code, byte[] body)
    {
        byte[] message = new byte[8 + body.Length];
        message[0] = (byte)type;
        message[1] = (byte)code;
        Array.Copy(body, 0, message, 8, body.Length);
        Put16(message, 2, Checksum(message, 0, message.Length, 0));
        return Ipv4(source, destination, 1, message);
    }

    /// <summary>Writes the ICMP checksum again.</summary>
    public static void FixIcmp(byte[] frame)
    {
        Put16(frame, Transport + 2, 0);
        Put16(frame, Transport + 2, Checksum(frame, Transport, Get16(frame, Ip + 2) - 20, 0));
    }

    /// <summary>A UDP datagram.</summary>
    public static byte[] Udp(uint source, int sourcePort, uint destination, int destinationPort, byte[] data)
    {
        byte[] datagram = new byte[8 + data.Length];
        Put16(datagram, 0, sourcePort);
        Put16(datagram, 2, destinationPort);
        Put16(datagram, 4, datagram.Length);
        Array.Copy(data, 0, datagram, 8, data.Length);
        byte[] frame = Ipv4(source, destination, 17, datagram);
        FixUdp(frame);
        return frame;
    }

    /// <summary>An ARP packet for IPv4 over Ethernet (RFC 826).</summary>
    public static byte[] Arp(
        byte[] etherDestination, int operation, byte[] senderPhysical, uint sender, byte[] targetPhysical, uint target)
    {
        byte[] frame = Ethernet(etherDestination, senderPhysical, EtherTypeArp, 28);
        Put16(frame, Ip, 1);
        Put16(frame, Ip + 2, EtherTypeIpv4);
        frame[Ip + 4] = 6;
        frame[Ip + 5] = 4;
        Put16(frame, Ip + 6, operation);
        Array.Copy(senderPhysical, 0, frame, Ip + 8, 6);
        Put32(frame, Ip + 14, sender);
        Array.Copy(targetPhysical, 0, frame, Ip + 18, 6);
        Put32(frame, Ip + 24, target);
        return frame;
    }

    private static int TransportChecksum(byte[] frame, int protocol)
    {
        int headerLength = (frame[Ip] & 15) * 4;
        int length = Get16(frame, Ip + 2) - headerLength;
        uint sum = (uint)(Get16(frame, Ip + 12) + Get16(frame, Ip + 14) + Get16(frame, Ip + 16) + Get16(frame, Ip + 18) + protocol + length);
        return Checksum(frame, Ip + headerLength, length, sum);
    }

    public static bool SameBytes(byte[] a, int indexA, byte[] b, int indexB, int length)
    {
        for (int i = 0; i < length; i++)
        {
            if (a[indexA + i] != b[indexB + i])
                return false;
        }

        return true;
    }
}
