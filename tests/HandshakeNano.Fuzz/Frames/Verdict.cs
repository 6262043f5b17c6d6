using System;
using HandshakeNano.Net;
using HandshakeNano.Net.Tests;

namespace HandshakeNano.Fuzz.Frames;

/// <summary>What an endpoint has to see in a frame: the counter that tells, found without any help of the code under test.</summary>
internal static class Verdict
{
    private const int Ip = Packet.Ip;

    /// <summary>The EtherType of a tag of IEEE 802.1Q.</summary>
    private const int TagType = 0x8100;

    /// <summary>The verdicts: of these counters a frame moves one, and by one.</summary>
    public static readonly Counter[] All =
    [
        Counter.FrameTooShort, Counter.FrameNotForUs, Counter.FrameOtherVlan, Counter.EtherTypeUnknown, Counter.ArpMalformed, Counter.ArpRequestsReceived,
        Counter.ArpConflicts, Counter.Ipv4HeaderBad, Counter.Ipv4ChecksumBad, Counter.Ipv4Fragment, Counter.Ipv4NotForUs,
        Counter.Ipv4SourceBad, Counter.Ipv4ProtocolUnknown, Counter.IcmpTooShort, Counter.IcmpChecksumBad, Counter.IcmpEchoRequests,
        Counter.IcmpIgnored, Counter.IcmpErrorUnmatched, Counter.IcmpErrorsReceived, Counter.SegmentsReceived, Counter.TcpHeaderBad,
        Counter.TcpChecksumBad, Counter.TcpOptionBad, Counter.TcpNotUnicast, Counter.UdpHeaderBad, Counter.UdpChecksumBad, Counter.UdpPortUnknown,
    ];

    /// <summary>An ARP packet that is not for us, but from which we may learn.</summary>
    public const Counter Learned = (Counter)1000;

    /// <summary>An ICMP error: whether it is about a segment in flight only the endpoint knows.</summary>
    public const Counter IcmpError = (Counter)1001;

    /// <summary>An IPv6 packet: which of its counters moves is for the unit tests. Nothing of TCP may change.</summary>
    public const Counter Ipv6 = (Counter)1002;

    /// <summary>Whether a counter tells of IPv6 too.</summary>
    public static bool IsShared(Counter counter) => counter is Counter.IcmpTooShort or Counter.IcmpChecksumBad or Counter.IcmpEchoRequests
        or Counter.IcmpIgnored or Counter.IcmpErrorUnmatched or Counter.UdpPortUnknown or Counter.TcpHeaderBad or Counter.TcpChecksumBad
        or Counter.TcpNotUnicast;

    /// <summary>Whether an IPv6 packet may be an error, and about a segment in flight.</summary>
    public static bool IsIpv6Error(byte[] frame)
    {
        int at = Packet.Get16(frame, 12) == TagType ? Ipv6Packet.Payload + 4 : Ipv6Packet.Payload;
        return frame[at] is >= 1 and <= 4 || frame[at + 8] is >= 1 and <= 4;
    }

    /// <summary>Whether nothing but a counter may change.</summary>
    public static bool IsDrop(Counter verdict) => verdict is Counter.FrameTooShort or Counter.FrameNotForUs or Counter.FrameOtherVlan or Counter.EtherTypeUnknown
        or Counter.ArpMalformed or Counter.Ipv4HeaderBad or Counter.Ipv4ChecksumBad or Counter.Ipv4Fragment or Counter.Ipv4NotForUs
        or Counter.Ipv4SourceBad or Counter.IcmpTooShort or Counter.IcmpChecksumBad or Counter.IcmpIgnored or Counter.TcpHeaderBad
        or Counter.TcpChecksumBad or Counter.TcpOptionBad or Counter.TcpNotUnicast or Counter.UdpHeaderBad or Counter.UdpChecksumBad;

    /// <summary>Finds the verdict on a frame.</summary>
    /// <param name="frame">The frame, from its Ethernet header on.</param>
    /// <param name="length">Its length in bytes.</param>
    /// <param name="takesIpv6">Whether the endpoint speaks IPv6.</param>
    public static Counter Of(byte[] frame, int length, bool takesIpv6)
    {
        if (length <= 14)
            return Counter.FrameTooShort;
        int type = Packet.Get16(frame, 12);
        bool isOurs = Packet.SameBytes(frame, 0, FuzzTarget.Hardware, 0, 6);
        if (type == TagType && (isOurs || (frame[0] & 1) != 0))
        {
            if (length <= 18)
                return Counter.FrameTooShort;
            if ((Packet.Get16(frame, 14) & 0xFFF) != 0)
                return Counter.FrameOtherVlan;
            if (Packet.Get16(frame, 16) == TagType)
                return Counter.EtherTypeUnknown;
            frame = [.. frame.AsSpan(0, 12), .. frame.AsSpan(16)];
            length -= 4;
            type = Packet.Get16(frame, 12);
        }

        if (!isOurs)
        {
            if ((frame[0] & 1) == 0)
                return Counter.FrameNotForUs;
            if (type == Packet.EtherTypeIpv4 && length >= 34 && Packet.Get32(frame, Ip + 16) == Packet.OurAddress)
                return Counter.Ipv4NotForUs;
        }

        return type switch
        {
            Packet.EtherTypeIpv4 => Ipv4(frame, length - 14),
            Packet.EtherTypeArp => Arp(frame, length - 14),
            Ipv6Packet.EtherType when takesIpv6 => Ipv6,
            _ => Counter.EtherTypeUnknown,
        };
    }

    /// <summary>Whether an address may be another host's.</summary>
    public static bool CanBeHost(uint address) =>
        address >> 24 is not (0 or 127) and < 224 && address != Packet.OurAddress && address != (Packet.OurAddress | 0xFF);

    private static Counter Arp(byte[] frame, int length)
    {
        if (length < 28 || Packet.Get32(frame, Ip) != 0x00010800 || Packet.Get16(frame, Ip + 4) != 0x0604
            || Packet.Get16(frame, Ip + 6) is not (1 or 2) || (frame[Ip + 8] & 1) != 0
            || frame[Ip + 14] == 127 || frame[Ip + 14] >= 224)
            return Counter.ArpMalformed;
        if (Packet.Get32(frame, Ip + 14) == Packet.OurAddress)
            return Packet.SameBytes(frame, Ip + 8, FuzzTarget.Hardware, 0, 6) ? Learned : Counter.ArpConflicts;
        return Packet.Get16(frame, Ip + 6) == 1 && Packet.Get32(frame, Ip + 24) == Packet.OurAddress ? Counter.ArpRequestsReceived : Learned;
    }

    private static Counter Ipv4(byte[] frame, int length)
    {
        if (length < 20)
            return Counter.Ipv4HeaderBad;
        int header = (frame[Ip] & 15) * 4;
        int total = Packet.Get16(frame, Ip + 2);
        if (frame[Ip] >> 4 != 4 || header < 20 || total > length || header > total)
            return Counter.Ipv4HeaderBad;
        if (Packet.Checksum(frame, Ip, header, 0) != 0)
            return Counter.Ipv4ChecksumBad;
        if ((Packet.Get16(frame, Ip + 6) & 0x3FFF) != 0)
            return Counter.Ipv4Fragment;
        uint destination = Packet.Get32(frame, Ip + 16);
        int protocol = frame[Ip + 9];
        if (destination != Packet.OurAddress)
        {
            bool many = destination is 0xFFFFFFFF or (Packet.OurAddress | 0xFF) || destination >> 28 == 14;
            return many && protocol == 6 ? Counter.TcpNotUnicast : Counter.Ipv4NotForUs;
        }

        if (protocol == 6)
            return Tcp(frame, Ip + header, total - header);
        if (!CanBeHost(Packet.Get32(frame, Ip + 12)))
            return Counter.Ipv4SourceBad;
        return protocol switch
        {
            1 => Icmp(frame, Ip + header, total - header),
            17 => Udp(frame, Ip + header, total - header),
            _ => Counter.Ipv4ProtocolUnknown,
        };
    }

    /// <summary>RFC 768: a checksum of zero is none.</summary>
    private static Counter Udp(byte[] frame, int at, int length)
    {
        int total = length < 8 ? 0 : Packet.Get16(frame, at + 4);
        if (total < 8 || total > length)
            return Counter.UdpHeaderBad;
        uint addresses = (uint)(Packet.Get16(frame, Ip + 12) + Packet.Get16(frame, Ip + 14) + Packet.Get16(frame, Ip + 16) + Packet.Get16(frame, Ip + 18));
        return Packet.Get16(frame, at + 6) != 0 && Packet.Checksum(frame, at, total, addresses + 17 + (uint)total) != 0
            ? Counter.UdpChecksumBad : Counter.UdpPortUnknown;
    }

    private static Counter Tcp(byte[] frame, int at, int length)
    {
        if (length < 20)
            return Counter.TcpHeaderBad;
        int header = (frame[at + 12] >> 4) * 4;
        if (header < 20 || header > length)
            return Counter.TcpHeaderBad;
        return Packet.TcpChecksum(frame) != 0 ? Counter.TcpChecksumBad
            : AreOptionsGood(frame.AsSpan(at + 20, header - 20)) ? Counter.SegmentsReceived : Counter.TcpOptionBad;
    }

    /// <summary>
    /// RFC 9293 section 3.1: a list of kinds with lengths that fit, up to its end; those that we know have a length of their own, and
    /// selective acknowledgments one list.
    /// </summary>
    public static bool AreOptionsGood(ReadOnlySpan<byte> options)
    {
        bool sacks = false;
        while (options.Length != 0)
        {
            if (options[0] == 0)
                return true;
            if (options[0] == 1)
            {
                options = options[1..];
                continue;
            }

            if (options.Length < 2 || options[1] < 2 || options[1] > options.Length)
                return false;
            bool good = options[0] switch
            {
                2 => options[1] == 4,
                3 => options[1] == 3,
                4 => options[1] == 2,
                8 => options[1] == 10,
                5 => options[1] % 8 == 2 && options[1] > 2 && !sacks,
                _ => true,
            };
            if (!good)
                return false;
            sacks |= options[0] == 5;
            options = options[options[1]..];
        }

        return true;
    }

    private static Counter Icmp(byte[] frame, int at, int length)
    {
        if (length < 8)
            return Counter.IcmpTooShort;
        if (Packet.Checksum(frame, at, length, 0) != 0)
            return Counter.IcmpChecksumBad;
        switch (frame[at])
        {
            case 8:
                return Counter.IcmpEchoRequests;
            case 3:
            case 11:
            case 12:
                int header = length > 8 ? (frame[at + 8] & 15) * 4 : 0;
                if (length < 28 || header < 20 || length < 8 + header + 8)
                    return Counter.IcmpTooShort;
                return frame[at + 17] != 6 ? Counter.IcmpIgnored
                    : Packet.Get32(frame, at + 20) != Packet.OurAddress ? Counter.IcmpErrorUnmatched : IcmpError;
            default:
                return Counter.IcmpIgnored;
        }
    }
}
