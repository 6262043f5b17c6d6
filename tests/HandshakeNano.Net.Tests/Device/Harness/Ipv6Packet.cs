using System;

namespace HandshakeNano.Net.Tests;

/// <summary>IPv6 packets of the other hosts, in frames from the peer's card to ours or to a group's.</summary>
internal static class Ipv6Packet
{
    public const int EtherType = 0x86DD;
    public const int Payload = Packet.Ip + 40;

    public static readonly byte[] Nobody = new byte[16];
    public static readonly byte[] AllNodes = Ipv6Address.Parse("ff02::1");

    /// <summary>The group in which an address is asked for.</summary>
    public static byte[] GroupOf(byte[] address)
    {
        byte[] group = Ipv6Address.Parse("ff02::1:ff00:0");
        Array.Copy(address, 13, group, 13, 3);
        return group;
    }

    public static byte[] Of(byte[] source, byte[] destination, int nextHeader, byte[] payload)
    {
        byte[] card = Packet.PhysicalAddressOf(Packet.OurAddress);
        if (destination[0] == 0xFF)
        {
            card = new byte[] { 0x33, 0x33, 0, 0, 0, 0 };
            Array.Copy(destination, 12, card, 2, 4);
        }

        byte[] frame = Packet.Ethernet(card, Packet.PhysicalAddressOf(Packet.PeerAddress), EtherType, 40 + payload.Length);
        frame[Packet.Ip] = 0x60;
        Packet.Put16(frame, Packet.Ip + 4, payload.Length);
        frame[Packet.Ip + 6] = (byte)nextHeader;
        frame[Packet.Ip + 7] = 255;
        Array.Copy(source, 0, frame, Packet.Ip + 8, 16);
        Array.Copy(destination, 0, frame, Packet.Ip + 24, 16);
        Array.Copy(payload, 0, frame, Payload, payload.Length);
        return frame;
    }

    /// <summary>A message; the body is what follows its checksum.</summary>
    public static byte[] Icmp(byte[] source, byte[] destination, int type, int code, byte[] body)
    {
        return Icmp(source, destination, 58, new byte[0], type, code, body);
    }

    /// <summary>A message behind extension headers.</summary>
    public static byte[] Icmp(byte[] source, byte[] destination, int nextHeader, byte[] headers, int type, int code, byte[] body)
    {
        byte[] payload = new byte[headers.Length + 4 + body.Length];
        Array.Copy(headers, 0, payload, 0, headers.Length);
        payload[headers.Length] = (byte)type;
        payload[headers.Length + 1] = (byte)code;
        Array.Copy(body, 0, payload, headers.Length + 4, body.Length);
        byte[] frame = Of(source, destination, nextHeader, payload);
        Packet.Put16(frame, Payload + headers.Length + 2, Checksum(frame, headers.Length, 58));
        return frame;
    }

    /// <summary>A segment, whose checksum is written here.</summary>
    public static byte[] Tcp(byte[] source, byte[] destination, byte[] segment)
    {
        Packet.Put16(segment, 16, 0);
        byte[] frame = Of(source, destination, 6, segment);
        Packet.Put16(frame, Payload + 16, Checksum(frame, 0, 6));
        return frame;
    }

    /// <summary>A solicitation or an advertisement that names its sender's Ethernet address.</summary>
    public static byte[] Neighbour(byte[] source, byte[] destination, int type, int flags, byte[] target, byte[] card)
    {
        byte[] body = new byte[28];
        body[0] = (byte)flags;
        Array.Copy(target, 0, body, 4, 16);
        body[20] = (byte)(type == 135 ? 1 : 2);
        body[21] = 1;
        Array.Copy(card, 0, body, 22, 6);
        return Icmp(source, destination, type, 0, body);
    }

    /// <summary>A solicitation or an advertisement without options.</summary>
    public static byte[] Neighbour(byte[] source, byte[] destination, int type, byte[] target)
    {
        byte[] body = new byte[20];
        Array.Copy(target, 0, body, 4, 16);
        return Icmp(source, destination, type, 0, body);
    }

    /// <summary>A prefix of 64 bits, as an advertisement has it.</summary>
    public static byte[] PrefixOption(string prefix, int flags, uint valid, uint preferred)
    {
        byte[] option = new byte[32];
        option[0] = 3;
        option[1] = 4;
        option[2] = 64;
        option[3] = (byte)flags;
        Packet.Put32(option, 4, valid);
        Packet.Put32(option, 8, preferred);
        Array.Copy(Ipv6Address.Parse(prefix), 0, option, 16, 16);
        return option;
    }

    /// <summary>A router's advertisement to all nodes.</summary>
    public static byte[] Advertisement(byte[] router, int lifetime, byte[] options)
    {
        byte[] body = new byte[12 + options.Length];
        body[0] = 61;
        Packet.Put16(body, 2, lifetime);
        Array.Copy(options, 0, body, 12, options.Length);
        return Icmp(router, AllNodes, 134, 0, body);
    }

    /// <summary>The checksum of what is behind so many bytes of extension headers; 0 if the one that it has is right.</summary>
    public static int Checksum(byte[] frame, int skipped, int protocol)
    {
        int length = Packet.Get16(frame, Packet.Ip + 4) - skipped;
        uint addresses = (uint)(~Packet.Checksum(frame, Packet.Ip + 8, 32, 0) & 0xFFFF);
        return Packet.Checksum(frame, Payload + skipped, length, addresses + (uint)(length + protocol));
    }
}
