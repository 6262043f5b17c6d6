using HandshakeNano.Net.Tests;

namespace HandshakeNano.Fuzz.Judging;

/// <summary>What must hold of every frame that an endpoint sends, whatever came before it. Takes no memory unless it fails.</summary>
internal static class SentFrame
{
    private const int Rst = Segment.Rst;
    private const int Ece = 0x40;
    private const int Cwr = 0x80;

    /// <summary>Judges a frame.</summary>
    /// <param name="frame">The frame, from its Ethernet header on.</param>
    /// <param name="length">Its length in bytes.</param>
    /// <param name="hardware">The sender's Ethernet address.</param>
    /// <param name="address">The sender's IPv4 address, most significant byte first.</param>
    /// <param name="mtu">The MTU of the link.</param>
    public static void Judge(byte[] frame, int length, byte[] hardware, uint address, int mtu)
    {
        Demand(length >= 14 && length <= mtu + 14, "a frame's length");
        Demand(Packet.SameBytes(frame, 6, hardware, 0, 6), "the Ethernet source");
        int type = Packet.Get16(frame, 12);
        if (type == Packet.EtherTypeArp)
        {
            Demand(length >= 42, "an ARP packet's length");
            Demand(Packet.Get32(frame, Packet.Ip) == 0x00010800 && Packet.Get16(frame, Packet.Ip + 4) == 0x0604, "ARP types and lengths");
            Demand(Packet.SameBytes(frame, Packet.Ip + 8, hardware, 0, 6), "the ARP sender's Ethernet address");
            Demand(Packet.Get32(frame, Packet.Ip + 14) == address, "the ARP sender's address");
            int operation = Packet.Get16(frame, Packet.Ip + 6);
            Demand(operation is 1 or 2, "the ARP operation");
            return;
        }

        if (type == Ipv6Packet.EtherType)
        {
            JudgeIpv6(frame, length, mtu);
            return;
        }

        Demand(type == Packet.EtherTypeIpv4, "the EtherType");
        Demand(length >= 42 && frame[Packet.Ip] == 0x45, "IP version and header length");
        int total = Packet.Get16(frame, Packet.Ip + 2);
        Demand(total >= 28 && total + 14 == length, "the IP total length");
        Demand(Packet.Checksum(frame, Packet.Ip, 20, 0) == 0, "the IP checksum");
        Demand(frame[Packet.Ip + 8] == 64 && Packet.Get16(frame, Packet.Ip + 6) == 0x4000, "time to live, DF and fragment offset");
        Demand(Packet.Get32(frame, Packet.Ip + 12) == address, "the IP source");
        int protocol = frame[Packet.Ip + 9];
        if (protocol == 1)
            Demand(Packet.Checksum(frame, Packet.Transport, total - 20, 0) == 0, "the ICMP checksum");
        else
        {
            Demand(protocol == 6, "the IP protocol");
            JudgeTcp(frame, total, mtu);
        }
    }

    /// <summary>Whether a sound frame is TCP.</summary>
    public static bool IsTcp(byte[] frame)
    {
        return Packet.Get16(frame, 12) == Packet.EtherTypeIpv4 && frame[Packet.Ip + 9] == 6;
    }

    private static void JudgeIpv6(byte[] frame, int length, int mtu)
    {
        Demand(length >= Ipv6Packet.Payload + 8 && frame[Packet.Ip] == 0x60, "IPv6's version and a message");
        Demand(Packet.Get16(frame, Packet.Ip + 4) + Ipv6Packet.Payload == length, "the IPv6 payload length");
        Demand(frame[Packet.Ip + 8] != 0xFF, "the IPv6 source is no group");
        if (frame[Packet.Ip + 6] == 6)
        {
            Demand(length >= Ipv6Packet.Payload + 20 && frame[Packet.Ip + 7] != 0, "a segment's length and hop limit");
            Demand(Ipv6Packet.Checksum(frame, 0, 6) == 0, "the TCP checksum over IPv6");
            Demand((frame[0] & 1) == 0 && frame[Packet.Ip + 24] != 0xFF, "a segment for a group");
            int most = Packet.Get16(frame, Ipv6Packet.Payload + 22);
            Demand((frame[Ipv6Packet.Payload + 13] & Segment.Syn) == 0 || (most <= mtu - 60 && most >= 1220), "the MSS over IPv6");
            return;
        }

        bool isReport = frame[Packet.Ip + 6] == 0;
        int at = Ipv6Packet.Payload + (isReport ? 8 : 0);
        int next = frame[isReport ? Ipv6Packet.Payload : Packet.Ip + 6];
        Demand(next == 58 && isReport == (frame[at] is 131 or 132 or 143), "what IPv6 carries");
        Demand(Ipv6Packet.Checksum(frame, at - Ipv6Packet.Payload, 58) == 0, "the ICMPv6 checksum");
        bool isOnLink = frame[at] >= 133 && frame[at] <= 137;
        Demand(frame[Packet.Ip + 7] == (isReport ? 1 : 255) || (!isReport && !isOnLink && frame[Packet.Ip + 7] != 0), "the hop limit");
        Demand(frame[at] >= 128 || length <= 14 + 1280, "an error that no link carries");
        if (frame[Packet.Ip + 24] == 0xFF)
            Demand(Packet.Get16(frame, 0) == 0x3333 && Packet.SameBytes(frame, 2, frame, Packet.Ip + 36, 4), "the card of a group");
        else
            Demand((frame[0] & 1) == 0, "a group's card");
    }

    private static void JudgeTcp(byte[] frame, int total, int mtu)
    {
        const int At = Packet.Transport;
        int header = (frame[At + 12] >> 4) * 4;
        Demand(header >= 20 && header + 20 <= total && (frame[At + 12] & 15) == 0, "TCP data offset and reserved bits");
        Demand(Packet.TcpChecksum(frame) == 0, "the TCP checksum");
        int ecn = frame[At + 13] & (Ece | Cwr);
        int flags = frame[At + 13] & ~(Ece | Cwr);
        int data = total - 20 - header;
        Demand((Packet.Get16(frame, At + 18) != 0) == ((flags & Segment.Urg) != 0), "the urgent pointer");
        if ((flags & Segment.Syn) != 0)
        {
            Demand(flags is Segment.Syn or (Segment.Syn | Segment.Ack) && (ecn & Cwr) == 0, "the control bits of a SYN");
            Demand(data == 0 && Packet.Get16(frame, At + 20) == 0x0204 && Packet.Get16(frame, At + 22) == mtu - 40, "a SYN's MSS");
            int next = 24;
            if (next < header && Packet.Get32(frame, At + next) is 0x01010402 or 0x0101080A or 0x0402080A)
                next += frame[At + next + 2] == 8 ? 12 : 4;
            if (next < header && (Packet.Get32(frame, At + next) & 0xFFFFFF00) == 0x01030300)
                next += 4;
            Demand(next == header, "the other options of a SYN");
        }
        else
        {
            int stamps = header > 20 && Packet.Get32(frame, At + 20) == 0x0101080A ? 12 : 0;
            if (header != 20 + stamps)
                JudgeSacks(frame, 20 + stamps, header - 20 - stamps, flags, data);
            if ((flags & Rst) != 0)
            {
                Demand(header == 20 + stamps, "a reset has no options but timestamps");
                Demand(flags is Rst or (Rst | Segment.Ack) && data == 0, "the control bits of a reset");
                Demand(Packet.Get16(frame, At + 14) == 0, "the window of a reset");
            }
            else
            {
                Demand((flags & ~(Segment.Fin | Segment.Psh | Segment.Urg)) == Segment.Ack, "the control bits");
                Demand((flags & Segment.Psh) == 0 || data != 0, "a push needs data");
            }
        }

        if ((flags & Segment.Ack) == 0)
            Demand(Packet.Get32(frame, At + 8) == 0, "the acknowledgment number without ACK");
    }

    /// <summary>Selective acknowledgments lie above the acknowledgment number, but for a first one of what came twice (RFC 2883).</summary>
    private static void JudgeSacks(byte[] frame, int header, int length, int flags, int data)
    {
        int option = Packet.Transport + header;
        int blocks = (length - 4) / 8;
        Demand((flags & ~Segment.Fin) == Segment.Ack && data == 0 && blocks is >= 1 and <= 3 && length == 4 + 8 * blocks
            && Packet.Get32(frame, option) == (0x01010500u | (uint)(2 + 8 * blocks)), "selective acknowledgments in an ACK");
        uint ack = Packet.Get32(frame, Packet.Transport + 8);
        for (int i = 0; i < blocks; i++)
        {
            uint first = Packet.Get32(frame, option + 4 + 8 * i), end = Packet.Get32(frame, option + 8 + 8 * i);
            Demand((int)(end - first) > 0 && (i == 0 || (int)(first - ack) > 0), "the edges of a selective acknowledgment");
        }
    }

    private static void Demand(bool holds, string what)
    {
        if (!holds)
            throw new InvariantException($"{what}: wrong in a frame that was sent");
    }
}
