using System;
using HandshakeNano.Net;
using HandshakeNano.Net.Tests;

namespace HandshakeNano.Fuzz.Frames;

/// <summary>
/// Makes frames from steps: first a sound one, by what the peer knows of its connection, then what the step does to it. Takes no
/// memory.
/// </summary>
internal sealed class FrameBuilder
{
    private const int Ip = Packet.Ip;
    private const int At = Packet.Transport;

    private readonly byte[] _before = new byte[1600];
    private int _beforeLength;
    private ulong _random = 1;

    /// <summary>The frame, from its Ethernet header on.</summary>
    public byte[] Frame { get; } = new byte[1600];

    /// <summary>Its length in bytes.</summary>
    public int Length { get; private set; }

    /// <summary>True if something was done to it after it was sound.</summary>
    public bool Mutated { get; private set; }

    /// <summary>The MTU of the link.</summary>
    public int Mtu { get; set; } = 1500;

    /// <summary>An IPv6 address of the endpoint, or one that it does not have.</summary>
    public byte[] OurIpv6 { get; } = Ipv6Address.Parse("fe80::2");

    /// <summary>Makes the frame of a step.</summary>
    public void Build(ReadOnlySpan<byte> step, FuzzedPeer who)
    {
        Array.Copy(Frame, _before, Frame.Length);
        _beforeLength = Length;
        _random = (ulong)(step[Step.Value] + 1) * 0x9E3779B97F4A7C15 ^ ((ulong)step[Step.Byte] << 40) ^ ((ulong)step[Step.Place] << 50)
            ^ ((ulong)step[Step.Length] << 20) ^ 0x1234567;
        Mutated = false;
        switch (Step.KindOf(step))
        {
            case StepKind.Tcp:
                Tcp(step, who);
                break;
            case StepKind.Icmp:
                Icmp(step, who);
                break;
            case StepKind.Arp:
                Arp(step, who);
                break;
            case StepKind.Other:
                Other(step, who);
                break;
            default:
                Rubbish(step);
                return;
        }

        // A link gives no more.
        Length = Math.Min(Length, Mtu + 14);
        if (step[Step.Mutation] < Step.Unmutated)
            return;
        Mutated = true;
        Mutate(step[Step.Mutation], step[Step.Place], step[Step.Byte], Step.ValueOf(step));
        if (step[Step.Mutation2] >= Step.Unmutated)
            Mutate(step[Step.Mutation2], step[Step.Place2], step[Step.Value], step[Step.Byte] * 257);
        Fix(step[Step.Fix]);
    }

    /// <summary>Makes a sound segment.</summary>
    public void Tcp(FuzzedPeer who, int flags, uint seq, uint ack, int window, int mss, int length)
    {
        int options = mss == 0 ? 0 : 4;
        length = Math.Min(length, Mtu - 40 - options);
        Ethernet(who.Hardware, Packet.EtherTypeIpv4);
        Frame[At] = (byte)(who.RemotePort >> 8);
        Frame[At + 1] = (byte)who.RemotePort;
        Packet.Put16(Frame, At + 2, who.LocalPort);
        Packet.Put32(Frame, At + 4, seq);
        Packet.Put32(Frame, At + 8, (flags & Segment.Ack) != 0 ? ack : 0);
        Frame[At + 12] = (byte)((20 + options) << 2);
        Frame[At + 13] = (byte)flags;
        Packet.Put16(Frame, At + 14, window);
        Packet.Put16(Frame, At + 18, 0);
        if (mss != 0)
        {
            Packet.Put16(Frame, At + 20, 0x0204);
            Packet.Put16(Frame, At + 22, mss);
        }

        Pattern(At + 20 + options, seq - who.Irs - 1, length);
        Ipv4(who, 6, 20 + options + length);
        Packet.FixTcp(Frame);
        Mutated = false;
    }

    /// <summary>Makes the answer to an ARP request of the endpoint.</summary>
    public void ArpReply(byte[] hardware, uint address)
    {
        Ethernet(hardware, Packet.EtherTypeArp);
        Arp(2, address, Packet.OurAddress);
        Mutated = false;
    }

    /// <summary>Makes a neighbour's answer to the endpoint's question.</summary>
    public void NeighbourReply(FuzzedPeer who, byte[] ours)
    {
        byte[] frame = Frame;
        Ethernet(who.Hardware, Ipv6Packet.EtherType);
        Array.Clear(frame, Ip, 80);
        Packet.Put32(frame, Ip, 0x60000000);
        Packet.Put32(frame, Ip + 4, 0x00203AFF);
        Array.Copy(who.Ipv6!, 0, frame, Ip + 8, 16);
        Array.Copy(ours, 0, frame, Ip + 24, 16);
        Packet.Put32(frame, Ipv6Packet.Payload, 0x88000000);
        Packet.Put32(frame, Ipv6Packet.Payload + 4, 0x60000000);
        Array.Copy(who.Ipv6!, 0, frame, Ipv6Packet.Payload + 8, 16);
        Packet.Put16(frame, Ipv6Packet.Payload + 24, 0x0201);
        Array.Copy(who.Hardware, 0, frame, Ipv6Packet.Payload + 26, 6);
        Length = Ipv6Packet.Payload + 32;
        FixIpv6(0);
        Mutated = false;
    }

    private void Tcp(ReadOnlySpan<byte> step, FuzzedPeer who)
    {
        int flags = Step.FlagsOf(step);
        bool syn = (flags & Segment.Syn) != 0;
        int value = Step.ValueOf(step);
        uint seq = Seq(step[Step.Sequence], value, syn ? who.Irs : who.Expected, who);
        uint ack = (flags & Segment.Ack) != 0 ? Ack(step[Step.Acknowledgment], value, who) : step[Step.Acknowledgment] < 250 ? 0 : who.Stream.End;
        int w = step[Step.Window];
        int window = w switch { < 24 => 0, < 40 => value % 100, < 56 => 536, < 72 => value, < 88 => 1000, _ => 65535 };
        int l = step[Step.Length];
        int length = l switch
        {
            < 96 => 0,
            < 128 => 1 + value % 100,
            < 160 => 536,
            < 192 => 1460,
            < 208 => value % 1461,
            < 224 => who.Stream.Window,
            < 240 => who.Stream.Window + 1,
            _ => 1 + l % 8,
        };
        if (syn && l < 250)
            length = 0;
        int options = TcpOptions(step[Step.Options], syn, who);
        length = Math.Max(0, Math.Min(length, Mtu - 40 - options));
        Ethernet(who.Hardware, Packet.EtherTypeIpv4);
        Packet.Put16(Frame, At, who.RemotePort);
        Packet.Put16(Frame, At + 2, who.LocalPort);
        Packet.Put32(Frame, At + 4, seq);
        Packet.Put32(Frame, At + 8, ack);
        Frame[At + 12] = (byte)((20 + options) << 2);
        Frame[At + 13] = (byte)flags;
        Packet.Put16(Frame, At + 14, window);
        Packet.Put16(Frame, At + 18, (flags & Segment.Urg) != 0 ? value : 0);
        Pattern(At + 20 + options, seq - who.Irs - 1 + (syn ? 1u : 0), length);
        Ipv4(who, 6, 20 + options + length);
        Packet.FixTcp(Frame);
        if (!syn && seq == who.Sent)
            who.Sent += (uint)length;
    }

    private static uint Seq(int mode, int value, uint expected, FuzzedPeer who)
    {
        if (mode < Step.Usual)
            return expected;
        uint window = (uint)Math.Max(0, who.Stream.Window);
        return (mode & 15) switch
        {
            0 => expected - 1,
            1 => expected + 1,
            2 => expected + window - 1,
            3 => expected + window,
            4 => expected - (uint)(value % 3000),
            5 => expected + (uint)(value % 3000),
            6 => who.Irs,
            7 => (uint)value * 65537,
            8 => expected + 0x80000000,
            9 => expected + 0x7FFFFFFF,
            10 => expected - 65536,
            11 or 12 => who.Sent,
            13 => who.Irs + 1,
            14 => expected + 1460,
            _ => expected + (uint)value,
        };
    }

    private static uint Ack(int mode, int value, FuzzedPeer who)
    {
        uint end = who.Stream.End;
        if (mode < Step.Usual)
            return end;
        return (mode & 15) switch
        {
            0 => end + 1,
            1 => end - 1,
            2 => who.Stream.Iss,
            3 => who.Stream.Iss + 1,
            4 => who.Stream.Iss - 1,
            5 => (uint)value * 65537,
            6 => end - (uint)value,
            7 => end + (uint)value,
            8 => end + 0x80000000,
            9 => end + 0x7FFFFFFF,
            10 => end - 65536,
            11 => 0,
            12 => end - 536,
            13 => end - 1460,
            15 => who.EarlierIss + 1,
            _ => end - (uint)(value % 3000),
        };
    }

    /// <summary>Writes options.</summary>
    /// <returns>Their length.</returns>
    private int TcpOptions(int mode, bool syn, FuzzedPeer who)
    {
        const int Start = At + 20;
        byte[] frame = Frame;
        Array.Clear(frame, Start, 40);
        who.Clock++;
        if (!syn && who.Stream.IsStamped && (mode < 128 || (mode & 15) >= 10))
        {
            // Mostly the clock as it goes, and sometimes one of another time.
            uint clock = mode < 240 ? who.Clock : mode < 248 ? who.Clock - 1000 : who.Clock + 0x7FFFFF00;
            Packet.Put32(frame, Start, 0x0101080A);
            Packet.Put32(frame, Start + 4, clock);
            Packet.Put32(frame, Start + 8, mode < 200 ? who.Stream.Timestamp : who.Clock);
            return 12;
        }

        if (mode < 128 && !syn)
            return 0;
        int mss = mode switch { < 160 => 1460, < 170 => 0, < 180 => 1, < 190 => 65535, < 200 => 536, _ => 100 };
        // Below 128 a SYN says its MSS and no more.
        switch (mode < 128 ? 15 : mode & 15)
        {
            case 0:
                return 0;
            case 1:
                // Everything that a kernel offers.
                Packet.Put32(frame, Start, 0x02040000 | (uint)mss);
                Packet.Put32(frame, Start + 4, 0x0402080A);
                Packet.Put32(frame, Start + 8, who.Clock);
                Packet.Put32(frame, Start + 16, 0x01030307);
                return 20;
            case 2:
                Packet.Put32(frame, Start, 0x02030101);
                return 4;
            case 3:
                Packet.Put32(frame, Start, 0x01010102);
                return 4;
            case 4:
                Packet.Put32(frame, Start, 0x08000000);
                return 4;
            case 5:
                Packet.Put32(frame, Start, 0xFE280000);
                return 40;
            case 6:
                Packet.Put32(frame, Start, 0xFE290000);
                return 40;
            case 7:
                Packet.Put32(frame, Start, 0x00020405);
                return 8;
            case 8:
                Fill(Start, 40);
                return 40;
            case 9:
                Packet.Put32(frame, Start, 0x02040000 | (uint)mss);
                Packet.Put32(frame, Start + 4, 0x02040218);
                return 8;
            default:
                Packet.Put32(frame, Start, 0x02040000 | (uint)mss);
                return 4;
        }
    }

    private void Icmp(ReadOnlySpan<byte> step, FuzzedPeer who)
    {
        Ethernet(who.Hardware, Packet.EtherTypeIpv4);
        int value = Step.ValueOf(step);
        int length;
        if (step[Step.What] < 96)
        {
            length = 8 + (step[Step.Length] < 128 ? 56 : value % (Mtu - 27));
            Frame[At] = 8;
            Frame[At + 1] = 0;
            Fill(At + 4, length - 4);
        }
        else
        {
            // An error about a segment of the endpoint.
            Frame[At] = (step[Step.What] & 7) switch { 0 => 4, 1 => 11, 2 => 12, 3 => 5, _ => 3 };
            Frame[At + 1] = step[Step.Options] < 64 ? (byte)4 : (byte)(step[Step.Options] & 15);
            Packet.Put16(Frame, At + 4, 0);
            Packet.Put16(Frame, At + 6, step[Step.Window] < 128 ? 576 : value);
            const int Quote = At + 8;
            Array.Clear(Frame, Quote, 28);
            Frame[Quote] = 0x45;
            Packet.Put16(Frame, Quote + 2, 40);
            Frame[Quote + 8] = 64;
            Frame[Quote + 9] = 6;
            Packet.Put32(Frame, Quote + 12, Packet.OurAddress);
            Packet.Put32(Frame, Quote + 16, who.Address);
            Packet.Put16(Frame, Quote + 20, who.LocalPort);
            Packet.Put16(Frame, Quote + 22, who.RemotePort);
            Packet.Put32(Frame, Quote + 24, Ack(step[Step.Acknowledgment], value, who) - 1);
            length = 36;
        }

        Ipv4(who, 1, length);
        Packet.FixIcmp(Frame);
    }

    private void Arp(ReadOnlySpan<byte> step, FuzzedPeer who)
    {
        Ethernet(who.Hardware, Packet.EtherTypeArp);
        int variant = step[Step.Options];
        uint sender = variant switch { < 160 => who.Address, < 180 => Packet.OurAddress, < 200 => 0, _ => 0x0A4D0000u | step[Step.Value] };
        uint target = step[Step.Sequence] switch { < 160 => Packet.OurAddress, < 200 => sender, _ => 0x0A4D0000u | step[Step.Value + 1] };
        if (step[Step.Window] >= 128)
            Frame.AsSpan(0, 6).Fill(0xFF);
        if (step[Step.Length] >= 200)
            Frame[11] = step[Step.Byte];
        Arp(step[Step.What] < 128 ? 1 : step[Step.What] < 224 ? 2 : step[Step.What], sender, target);
    }

    private void Arp(int operation, uint sender, uint target)
    {
        Packet.Put32(Frame, Ip, 0x00010800);
        Packet.Put16(Frame, Ip + 4, 0x0604);
        Packet.Put16(Frame, Ip + 6, operation);
        Array.Copy(Frame, 6, Frame, Ip + 8, 6);
        Packet.Put32(Frame, Ip + 14, sender);
        Array.Clear(Frame, Ip + 18, 6);
        Packet.Put32(Frame, Ip + 24, target);
        Length = 42;
        Pad();
    }

    private void Other(ReadOnlySpan<byte> step, FuzzedPeer who)
    {
        int value = Step.ValueOf(step);
        int what = step[Step.What] & 7;
        if ((step[Step.What] & 8) != 0)
        {
            Ipv6(step, who, what);
            return;
        }

        Tcp(who, Segment.Ack, who.Expected, who.Stream.End, 65535, 0, value % 64);
        switch (what)
        {
            case 0:
            case 1:
                // UDP: a DHCP server's ports or others, with a checksum or without, its own length now and then another.
                Packet.Put16(Frame, At, step[Step.Byte] < 128 ? 67 : 53);
                Packet.Put16(Frame, At + 2, step[Step.Byte] < 128 ? 68 : value | 1);
                Packet.Put16(Frame, At + 4, step[Step.Length] < 192 ? Length - At : step[Step.Length] - 192);
                Packet.Put16(Frame, At + 6, 0);
                Frame[Ip + 9] = 17;
                if (what == 1)
                    Packet.FixUdp(Frame);
                break;
            case 2:
                Frame[Ip + 9] = step[Step.Byte];
                break;
            case 3:
                Packet.Put16(Frame, Ip + 6, 0x2000);
                break;
            case 4:
                Packet.Put16(Frame, Ip + 6, value & 0x3FFF);
                break;
            case 5:
            case 6:
                // A segment after options of its packet.
                int options = 4 * (1 + step[Step.Byte] % 10);
                Array.Copy(Frame, At, Frame, At + options, Length - At);
                Frame.AsSpan(At, options).Fill(1);
                Length += options;
                Frame[Ip] = (byte)(0x45 + options / 4);
                Packet.Put16(Frame, Ip + 2, Length - Ip);
                break;
            default:
                Packet.Put32(Frame, Ip + 16, step[Step.Byte] switch { < 64 => 0xFFFFFFFF, < 128 => 0x0A4D00FF, < 192 => 0xE0000001, _ => 0x0A4D0003 });
                Packet.FixTcp(Frame);
                break;
        }

        Packet.FixIpv4(Frame);
    }

    /// <summary>A message of ICMPv6, of neighbour discovery most of the time, behind extension headers now and then.</summary>
    private void Ipv6(ReadOnlySpan<byte> step, FuzzedPeer who, int what)
    {
        byte[] frame = Frame;
        int value = Step.ValueOf(step), byteOf = step[Step.Byte];
        Ethernet(who.Hardware, Ipv6Packet.EtherType);
        Array.Clear(frame, Ip, 128);
        frame[Ip] = 0x60;
        frame[Ip + 6] = 58;
        frame[Ip + 7] = 255;
        if (byteOf >= 16)
            PutGroup(Ip + 8, 0xFE80, who.RemotePort);
        Array.Copy(OurIpv6, 0, frame, Ip + 24, 16);
        if (step[Step.Sequence] >= Step.Usual)
        {
            // To all nodes, or to those that may have the address.
            bool toAll = (step[Step.Sequence] & 1) == 0;
            PutGroup(Ip + 24, 0xFF02, toAll ? 1 : 0);
            if (!toAll)
            {
                frame[Ip + 35] = 1;
                frame[Ip + 36] = 0xFF;
                Array.Copy(OurIpv6, 13, frame, Ip + 37, 3);
            }

            Packet.Put16(frame, 0, 0x3333);
            Array.Copy(frame, Ip + 36, frame, 2, 4);
        }

        int at = Ipv6Packet.Payload, skipped = 0, length;
        if (step[Step.Acknowledgment] >= Step.Usual)
        {
            frame[Ip + 6] = (step[Step.Acknowledgment] & 3) switch { 0 => 0, 1 => 43, 2 => 44, _ => 60 };
            frame[at] = 58;
            Packet.Put32(frame, at + 2, frame[Ip + 6] is 0 or 60 ? 0x01040000u : 0);
            at += skipped = 8;
        }

        switch (what)
        {
            case 0:
                frame[at] = (byte)(byteOf < 200 ? 128 : byteOf);
                length = 8 + value % (Mtu < 200 ? 1 : 150);
                Fill(at + 4, length - 4);
                break;
            case 1:
            case 2:
                frame[at] = (byte)(134 + what);
                Array.Copy((value & 1) != 0 && who.Ipv6 != null ? who.Ipv6 : OurIpv6, 0, frame, at + 8, 16);
                frame[at + 4] = (value & 2) != 0 ? (byte)(value & 0xE0) : (byte)0;
                frame[at + 24] = 1;
                if (what == 2)
                    frame[at + 24] = 2;
                frame[at + 25] = (byte)(step[Step.Options] < 128 ? 1 : step[Step.Options] & 3);
                length = step[Step.Length] < 128 ? 24 : 32;
                break;
            case 3:
            case 4:
                frame[at] = 134;
                frame[at + 4] = step[Step.Window];
                Packet.Put16(frame, at + 6, value & 0xFFF);
                Packet.Put32(frame, at + 16, 0x03044000 | (step[Step.Options] < 192 ? 0xC0u : step[Step.Options]));
                Packet.Put32(frame, at + 20, step[Step.Length] < 16 ? 0xFFFFFFFF : (uint)value);
                Packet.Put32(frame, at + 24, (uint)(value >> (byteOf & 1)));
                Packet.Put32(frame, at + 32, 0x20010DB8);
                Packet.Put32(frame, at + 36, (uint)(byteOf & 7));
                Packet.Put32(frame, at + 48, what == 3 ? 0x05010000u : 0x19030000);
                Packet.Put32(frame, at + 52, (uint)value);
                PutGroup(at + 56, 0xFE80, byteOf);
                length = what == 3 ? 56 : 72;
                break;
            case 5:
                frame[at] = 130;
                frame[Ip + 7] = 1;
                Packet.Put16(frame, at + 4, value);
                length = 28;
                break;
            case 6:
                frame[at] = 137;
                Array.Copy((value & 1) != 0 && who.Ipv6 != null ? who.Ipv6 : OurIpv6, 0, frame, at + 24, 16);
                PutGroup(at + 8, 0xFE80, byteOf);
                length = 40;
                break;
            case 7 when who.Ipv6 != null && byteOf >= 128:
                // An error about a segment of the endpoint's.
                frame[at] = (byte)(1 + (byteOf & 3));
                frame[at + 1] = (byte)((byteOf >> 2) & 7);
                Packet.Put32(frame, at + 4, step[Step.Window] < 128 ? 1280u : (uint)value);
                frame[at + 8] = 0x60;
                Packet.Put16(frame, at + 12, 20 + value % 1300);
                frame[at + 14] = 6;
                Array.Copy(OurIpv6, 0, frame, at + 16, 16);
                Array.Copy(who.Ipv6, 0, frame, at + 32, 16);
                Packet.Put16(frame, at + 48, who.LocalPort);
                Packet.Put16(frame, at + 50, who.RemotePort);
                Packet.Put32(frame, at + 52, who.Stream.End - (uint)(value % 64));
                length = 56;
                break;
            default:
                frame[skipped == 0 ? Ip + 6 : Ipv6Packet.Payload] = (byte)(byteOf < 64 ? 17 : byteOf < 96 ? 59 : byteOf);
                length = 8 + value % 40;
                break;
        }

        Packet.Put16(frame, Ip + 4, skipped + length);
        Length = at + length;
        FixIpv6(skipped);
    }

    private void PutGroup(int at, int first, int last)
    {
        Array.Clear(Frame, at, 16);
        Packet.Put16(Frame, at, first);
        Packet.Put16(Frame, at + 14, last);
    }

    private void FixIpv6(int skipped)
    {
        Packet.Put16(Frame, Ipv6Packet.Payload + skipped + 2, 0);
        Packet.Put16(Frame, Ipv6Packet.Payload + skipped + 2, Ipv6Packet.Checksum(Frame, skipped, 58));
    }

    private void Rubbish(ReadOnlySpan<byte> step)
    {
        Mutated = true;
        Length = 1 + (step[Step.Length] < 128 ? step[Step.Value] : Step.ValueOf(step)) % (Mtu + 14);
        Fill(0, Length);
        if (step[Step.What] < 64)
            Frame.AsSpan(0, Length).Fill(0xFF);
        if (step[Step.What] < 96 || Length < 34)
            return;
        Array.Copy(FuzzTarget.Hardware, Frame, 6);
        Packet.Put16(Frame, 12, step[Step.What] < 128 ? Packet.EtherTypeArp : Packet.EtherTypeIpv4);
        Frame[Ip] = (byte)(0x45 + step[Step.Options] % 3);
        if (step[Step.What] < 160)
            return;
        Frame[Ip] = 0x45;
        Packet.Put16(Frame, Ip + 2, Length - Ip);
        Packet.Put16(Frame, Ip + 6, 0x4000);
        Frame[Ip + 9] = (step[Step.Options] & 3) switch { 0 => 1, 1 => 17, _ => 6 };
        Packet.Put32(Frame, Ip + 12, Packet.PeerAddress);
        Packet.Put32(Frame, Ip + 16, Packet.OurAddress);
        Fix(step[Step.Fix]);
    }

    private void Mutate(int operation, int place, int value, int wide)
    {
        // Two places in three are in headers.
        int at = place < 170 ? place % Math.Min(Length, 74) : place * 5 % Length;
        switch (operation % 12)
        {
            case 0:
            case 1:
                Frame[at] ^= (byte)(1 << (value & 7));
                break;
            case 2:
                Frame[at] = (value & 7) switch { 0 => 0, 1 => 0xFF, 2 => 0x7F, 3 => 0x80, 4 => 1, _ => (byte)value };
                break;
            case 3:
                if (at + 2 <= Length)
                    Packet.Put16(Frame, at, (value & 7) switch { 0 => 0, 1 => 0xFFFF, 2 => 0x7FFF, 3 => 0x8000, 4 => 1, _ => wide });
                break;
            case 4:
                if (at + 4 <= Length)
                {
                    Packet.Put32(Frame, at, (value & 7) switch
                    {
                        0 => 0,
                        1 => 0xFFFFFFFF,
                        2 => 0x7FFFFFFF,
                        3 => 0x80000000,
                        _ => (uint)wide * 65537,
                    });
                }

                break;
            case 5:
                Length = Math.Max(1, Length - 1 - value % Length);
                break;
            case 6:
                int longer = Math.Min(Length + value, Mtu + 14);
                Fill(Length, longer - Length);
                Length = longer;
                break;
            case 7:
                // The rest of the frame before.
                if (_beforeLength > at)
                {
                    Array.Copy(_before, at, Frame, at, _beforeLength - at);
                    Length = _beforeLength;
                }

                break;
            case 8:
                // A part of the frame before.
                Array.Copy(_before, at, Frame, at, Math.Min(value % 40, Length - at));
                break;
            case 9:
                Frame.AsSpan(at, Math.Min(value % 20, Length - at)).Clear();
                break;
            case 10:
                Fill(at, Length - at);
                break;
            default:
                // The IPv4 total length, true or not.
                if (Length >= 34)
                    Packet.Put16(Frame, Ip + 2, (value & 3) == 0 ? wide : Length - Ip - value % 24);
                break;
        }
    }

    /// <summary>Makes checksums right again, unless the step wants them wrong.</summary>
    private void Fix(int fix)
    {
        if (Length >= Ipv6Packet.Payload + 16 && Packet.Get16(Frame, 12) == Ipv6Packet.EtherType)
        {
            int payload = Packet.Get16(Frame, Ip + 4), skipped = Frame[Ip + 6] == 58 ? 0 : 8;
            if ((fix & 12) != 4 && payload >= skipped + 4 && payload <= Length - Ipv6Packet.Payload)
                FixIpv6(skipped);
            return;
        }

        if (Length < 34 || Packet.Get16(Frame, 12) != Packet.EtherTypeIpv4)
            return;
        int header = (Frame[Ip] & 15) * 4;
        int total = Packet.Get16(Frame, Ip + 2);
        if ((fix & 3) != 1 && header >= 20 && header + Ip <= Length)
            Packet.FixIpv4(Frame);
        if ((fix & 12) == 4 || header < 20 || total > Length - Ip)
            return;
        if (Frame[Ip + 9] == 6 && total >= header + 20)
            Packet.FixTcp(Frame);
        else if (Frame[Ip + 9] == 1 && header == 20 && total >= 28)
            Packet.FixIcmp(Frame);
    }

    private void Ethernet(byte[] source, int type)
    {
        Array.Copy(FuzzTarget.Hardware, Frame, 6);
        Array.Copy(source, 0, Frame, 6, 6);
        Packet.Put16(Frame, 12, type);
    }

    private void Ipv4(FuzzedPeer who, int protocol, int length)
    {
        Packet.Put16(Frame, Ip, 0x4500);
        Packet.Put16(Frame, Ip + 2, 20 + length);
        Packet.Put32(Frame, Ip + 4, 0x12344000);
        Frame[Ip + 8] = 64;
        Frame[Ip + 9] = (byte)protocol;
        Packet.Put32(Frame, Ip + 12, who.Address);
        Packet.Put32(Frame, Ip + 16, Packet.OurAddress);
        Packet.FixIpv4(Frame);
        Length = At + length;
        Pad();
    }

    private void Pad()
    {
        if (Length >= Packet.LeastFrame)
            return;
        Frame.AsSpan(Length, Packet.LeastFrame - Length).Fill(0xA5);
        Length = Packet.LeastFrame;
    }

    private void Pattern(int at, uint begin, int length)
    {
        for (int i = 0; i < length; i++)
            Frame[at + i] = Segment.Pattern(begin + (uint)i);
    }

    private void Fill(int at, int length)
    {
        for (int i = 0; i < length; i++)
        {
            _random ^= _random << 13;
            _random ^= _random >> 7;
            _random ^= _random << 17;
            Frame[at + i] = (byte)(_random >> 24);
        }
    }
}
