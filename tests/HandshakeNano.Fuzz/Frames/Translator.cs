using System;
using HandshakeNano.Net;
using HandshakeNano.Net.Tests;

namespace HandshakeNano.Fuzz.Frames;

/// <summary>
/// Makes frames of IPv6 of those of IPv4 and back, for peers that speak over IPv6: builder and judges know one family. An IPv6
/// address ends with the IPv4 address that stands for it. Takes no memory.
/// </summary>
internal sealed class Translator
{
    private const int Ip = Packet.Ip;
    private const int At = Packet.Transport;
    private const int At6 = Ipv6Packet.Payload;

    [ThreadStatic]
    private static byte[]? s_address;

    /// <summary>The frame over IPv6.</summary>
    public byte[] Frame { get; } = new byte[1600];

    /// <summary>Its length in bytes.</summary>
    public int Length { get; private set; }

    /// <summary>The endpoint's address of the link.</summary>
    public byte[] Ours { get; } = new byte[16];

    /// <summary>The IPv4 address that stands for a connection's peer.</summary>
    public static uint AddressOf(TcpConnection connection)
    {
        if (!connection.IsIpv6)
            return connection.RemoteAddress;
        byte[] address = s_address ??= new byte[16];
        return connection.CopyRemoteAddress(address, 0) ? Packet.Get32(address, 12) : 0;
    }

    /// <summary>Makes the frame over IPv6 of a sound one over IPv4, whose TCP checksum may be wrong and then is so here.</summary>
    public void ToIpv6(byte[] frame, byte[] peer)
    {
        int at = Ip + (frame[Ip] & 15) * 4;
        int length = Packet.Get16(frame, Ip + 2) + Ip - at;
        bool isRight = length < 20 || Packet.TcpChecksum(frame) == 0;
        byte[] made = Frame;
        Array.Copy(frame, 0, made, 0, 12);
        Packet.Put16(made, 12, Ipv6Packet.EtherType);
        Packet.Put32(made, Ip, 0x60012345);
        Packet.Put16(made, Ip + 4, length);
        Packet.Put16(made, Ip + 6, 0x0640);
        Array.Copy(peer, 0, made, Ip + 8, 16);
        Array.Copy(Ours, 0, made, Ip + 24, 16);
        Array.Copy(frame, at, made, At6, length);
        Length = At6 + length;
        if (length < 20)
            return;
        Packet.Put16(made, At6 + 16, 0);
        int checksum = Ipv6Packet.Checksum(made, 0, 6);
        Packet.Put16(made, At6 + 16, isRight ? checksum : checksum ^ 0x5555);
    }

    /// <summary>Makes the frame over IPv4 of one of the endpoint's over IPv6, in its place.</summary>
    /// <param name="frame">The frame, which <see cref="Judging.SentFrame"/> has found sound.</param>
    /// <param name="length">Its length in bytes.</param>
    /// <param name="mtu">The MTU of IPv4.</param>
    /// <returns>The new length.</returns>
    public static int ToIpv4(byte[] frame, int length, int mtu)
    {
        uint peer = Packet.Get32(frame, Ip + 36);
        Array.Copy(frame, At6, frame, At, length - At6);
        length -= At6 - At;
        Packet.Put16(frame, 12, Packet.EtherTypeIpv4);
        Packet.Put32(frame, Ip, 0x45000000u | (uint)(length - Ip));
        Packet.Put32(frame, Ip + 4, 0x4000);
        Packet.Put32(frame, Ip + 8, 0x40060000);
        Packet.Put32(frame, Ip + 12, Packet.OurAddress);
        Packet.Put32(frame, Ip + 16, peer);
        if ((frame[At + 13] & Segment.Syn) != 0)
            Packet.Put16(frame, At + 22, mtu - 40);
        Packet.FixIpv4(frame);
        Packet.FixTcp(frame);
        return length;
    }
}
