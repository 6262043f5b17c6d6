using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Linq;
using HandshakeNano.Boards.Virtual;
using HandshakeNano.Net;
using HandshakeNano.Packets;

namespace HandshakeNano.Links.Tests;

/// <summary>What a kernel leaves to its network card (struct virtio_net_hdr): whole frames in, whole frames out.</summary>
[TestClass]
public sealed class OffloadedFrameTests
{
    private const int Tcp4 = 1, Ufo = 3, Tcp6 = 4, Udp = 5, Ecn = 0x80, NeedsChecksum = 1;
    private const int Ipv4Type = 0x0800, Ipv6Type = 0x86DD;
    private const uint Source = 0x0A090002, Destination = 0x0A09004D;

    private static readonly byte[] s_us = [0x02, 0x48, 0x4E, 0, 0, 0x77], s_they = [0x02, 0, 0, 0, 0, 0x99];
    private static readonly byte[] s_source = [0xFE, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2];
    private static readonly byte[] s_destination = [0xFE, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x77];
    private static readonly byte[] s_timestamps = [1, 1, 8, 10, 1, 2, 3, 4, 5, 6, 7, 8];

    // The numbers of packets and of bytes begin at 0 again between the first and the second.
    private static readonly RawSegment s_segment = new()
    {
        SourcePort = 80,
        DestinationPort = 40_000,
        Sequence = 0xFFFF_FF00,
        Acknowledgment = 5_000,
        Flags = ControlBits.Ack | ControlBits.Psh | ControlBits.Fin | ControlBits.Ece | ControlBits.Cwr,
        Options = s_timestamps,
    };

    [TestMethod]
    [DataRow(1448, 2 * 1448 + 333)]
    [DataRow(1448, 3 * 1448)]
    [DataRow(7, 7 * 9 + 1)]
    [DataRow(1448, 100)]
    public void TCP_over_IPv4_is_cut_into_segments_with_numbers_flags_and_checksums_of_their_own(int size, int length)
    {
        byte[] data = Data(length), options = [];
        byte[] frame = Ethernet(Ipv4Type, Ipv4(Tcp(s_segment with { Data = data }, false), 6, 0xFFFF, options));
        byte[][] expected = [.. Cut(data, size).Select((segment, i) => Ethernet(Ipv4Type, Ipv4(Tcp(segment, false), 6, 0xFFFF + i, options)))];
        AssertSame(expected, Play(Tcp4, size, frame));
    }

    [TestMethod]
    [DataRow(Tcp6, false)]
    [DataRow(Tcp6 | Ecn, false)]
    [DataRow(Tcp6, true)]
    public void TCP_over_IPv6_is_cut_as_well_behind_extension_headers_too(int type, bool hasExtensions)
    {
        byte[] data = Data(2 * 1400 + 1);
        byte[] extensions = hasExtensions ? [60, 0, 5, 2, 0, 0, 1, 0, 6, 1, .. new byte[14]] : [];
        byte[] Packet(RawSegment segment) => Ethernet(
            Ipv6Type, Ipv6Packet.Create(s_source, s_destination, hasExtensions ? 0 : 6, [.. extensions, .. Tcp(segment, true)]));
        AssertSame([.. Cut(data, 1400).Select(Packet)], Play(type, 1400, Packet(s_segment with { Data = data })));
    }

    [TestMethod]
    public void Options_of_IPv4_and_a_tag_stay_in_each_segment()
    {
        byte[] data = Data(2000), options = [7, 4, 4, 0];
        byte[] Tagged(RawSegment segment, int identification) =>
            [.. s_us, .. s_they, 0x81, 0, 0, 42, 8, 0, .. Ipv4(Tcp(segment, false), 6, identification, options)];
        AssertSame([.. Cut(data, 999).Select((segment, i) => Tagged(segment, 9 + i))], Play(Tcp4, 999, Tagged(s_segment with { Data = data }, 9)));
    }

    [TestMethod]
    [DataRow(false, true)]
    [DataRow(false, false)]
    [DataRow(true, true)]
    public void UDP_is_cut_into_datagrams_which_have_a_checksum_if_the_first_had_one(bool isIpv6, bool hasChecksum)
    {
        byte[] data = Data(3 * 1000 + 333);
        byte[] Packet(byte[] part, int identification)
        {
            byte[] datagram = Datagram(part, isIpv6, hasChecksum);
            return isIpv6 ? Ethernet(Ipv6Type, Ipv6Packet.Create(s_source, s_destination, 17, datagram))
                : Ethernet(Ipv4Type, Ipv4(datagram, 17, identification, []));
        }

        byte[][] expected = [.. data.Chunk(1000).Select((part, i) => Packet(part, 9 + i))];
        AssertSame(expected, Play(Udp, 1000, Packet(data, 9), flags: hasChecksum ? NeedsChecksum : 0));
    }

    [TestMethod]
    [DataRow(1)]
    [DataRow(2)]
    public void A_checksum_of_a_datagram_that_comes_out_as_0_is_written_as_its_other_form(int odd)
    {
        // The sum of all else is made 0xFFFF by the last word.
        byte[] data = new byte[8];
        data[0] = (byte)odd;
        BinaryPrimitives.WriteUInt16BigEndian(data.AsSpan(6), BinaryPrimitives.ReadUInt16BigEndian(Datagram(data, false, true).AsSpan(6)));
        byte[] frame = Ethernet(Ipv4Type, Ipv4(Datagram([.. data, 1], false, true), 17, 9, []));
        byte[] first = Play(Udp, 8, frame)[0];
        Assert.AreEqual(0xFFFF, BinaryPrimitives.ReadUInt16BigEndian(first.AsSpan(14 + 20 + 6)));
    }

    [TestMethod]
    [DataRow(100)]
    [DataRow(101)]
    public void A_frame_that_is_not_merged_stays_as_it_is_but_for_the_checksum_that_was_left_open(int length)
    {
        byte[] frame = Ethernet(Ipv4Type, Ipv4(Tcp(s_segment with { Data = Data(length) }, false), 6, 9, []));
        byte[] open = [.. frame];
        uint pseudo = (Source >> 16) + (Source & 0xFFFF) + (Destination >> 16) + (Destination & 0xFFFF) + 6 + (uint)(frame.Length - 34);
        BinaryPrimitives.WriteUInt16BigEndian(open.AsSpan(34 + 16), (ushort)~Checksum.Fold(pseudo));
        AssertSame([frame], Play(0, 0, open, start: 34, place: 16));
        AssertSame([open], Play(0, 0, open, flags: 0));
        AssertSame([open], Play(0, 0, open, start: 34, place: frame.Length - 34 - 1));
        AssertSame([open], Play(0, 0, open, start: 60_000, place: 16));
    }

    [TestMethod]
    public void What_cannot_be_cut_is_not_taken()
    {
        byte[] good = Ethernet(Ipv4Type, Ipv4(Tcp(s_segment with { Data = Data(3000) }, false), 6, 9, []));
        byte[] six = Ethernet(Ipv6Type, Ipv6Packet.Create(s_source, s_destination, 6, Tcp(s_segment with { Data = Data(3000) }, true)));
        byte[] datagram = Ethernet(Ipv4Type, Ipv4(Datagram(Data(3000), false, true), 17, 9, []));
        Assert.IsTrue(Takes(Tcp4, 1448, good) && Takes(Tcp6, 1428, six) && Takes(Udp, 1472, datagram));
        Assert.IsFalse(Takes(Ufo, 1472, datagram), "IP fragments, which we do not put together");
        Assert.IsFalse(Takes(2, 1448, good), "no type");
        Assert.IsFalse(Takes(Tcp4, 0, good), "no size");
        Assert.IsFalse(Takes(Tcp6, 1448, good), "IPv4 as IPv6");
        Assert.IsFalse(Takes(Tcp4, 1448, six), "IPv6 as IPv4");
        Assert.IsFalse(Takes(Udp, 1448, good), "TCP as UDP");
        Assert.IsFalse(Takes(Tcp4, 1448, datagram), "UDP as TCP");
        Assert.IsFalse(Takes(Tcp4, 1448, With(good, 12, 0x08, 0x06)), "ARP");
        Assert.IsFalse(Takes(Tcp4, 1448, With(good, 14, 0x65)), "a wrong version");
        Assert.IsFalse(Takes(Tcp4, 1448, With(good, 14, 0x44)), "an IPv4 header that is too short");
        Assert.IsFalse(Takes(Tcp4, 1448, With(good, 16, 0xFF, 0xFF)), "longer than the frame");
        Assert.IsFalse(Takes(Tcp4, 1448, With(good, 16, 0, 39)), "no room for TCP");
        Assert.IsFalse(Takes(Tcp4, 1448, With(good, 16, 0, 52)), "no data");
        Assert.IsFalse(Takes(Tcp4, 1448, With(good, 20, 0x20)), "more fragments");
        Assert.IsFalse(Takes(Tcp4, 1448, With(good, 21, 1)), "a fragment");
        Assert.IsFalse(Takes(Tcp4, 1448, With(good, 34 + 12, 0x40)), "a TCP header that is too short");
        Assert.IsFalse(Takes(Tcp6, 1428, With(six, 14, 0x40)), "a wrong version");
        Assert.IsFalse(Takes(Tcp6, 1428, With(six, 18, 0, 0)), "a jumbogram (RFC 2675)");
        Assert.IsFalse(Takes(Tcp6, 1428, With(six, 20, 44)), "a fragment");
        Assert.IsFalse(Takes(Tcp6, 1428, With(six, 20, 43)), "a routing header");
        Assert.IsFalse(Takes(Tcp6, 1428, With(six, 20, 0)), "an extension header without end");
        Assert.IsFalse(Takes(Tcp4, 1448, new byte[ushort.MaxValue + 60]), "too long for the room");
        for (int length = 0; length < good.Length; length++)
        {
            Assert.IsFalse(Takes(Tcp4, 1448, good[..length]), $"{length} bytes of IPv4");
            Assert.IsFalse(Takes(Udp, 1448, datagram[..Math.Min(length, datagram.Length - 1)]), $"{length} bytes of UDP");
            Assert.IsFalse(Takes(Tcp6, 1448, six[..length]), $"{length} bytes of IPv6");
        }
    }

    /// <summary>A peer's segments may be longer than our link's: the frame is dropped, and the next is a new one.</summary>
    [TestMethod]
    public void Segments_that_are_too_long_end_the_frame_and_not_the_next_one()
    {
        byte[] data = Data(2 * 1448);
        byte[] frame = Ethernet(Ipv4Type, Ipv4(Tcp(s_segment with { Data = data }, false), 6, 0, []));
        var offloaded = new OffloadedFrame();
        byte[] buffer = new byte[FrameLayout.BufferSize(1500)];
        Assert.IsTrue(offloaded.Take(Put(offloaded, Tcp4, 1800, frame)));
        Assert.AreEqual(0, offloaded.Next(buffer));
        Assert.IsFalse(offloaded.HasNext);
        Assert.IsTrue(offloaded.Take(Put(offloaded, 0, 0, frame)));
        Assert.AreEqual(0, offloaded.Next(buffer));
        Assert.IsTrue(offloaded.Take(Put(offloaded, Tcp4, 1448, frame)));
        Assert.AreEqual(1514, offloaded.Next(buffer));
        Assert.IsTrue(offloaded.HasNext);
        Assert.IsTrue(offloaded.Take(Put(offloaded, 0, 0, frame[..60], flags: 0)));
        Assert.AreEqual(60, offloaded.Next(buffer));
        Assert.AreEqual(0, offloaded.Next(buffer));
    }

    [TestMethod]
    public void Only_what_is_merged_and_for_one_other_host_is_not_worth_cutting()
    {
        byte[] frame = Ethernet(Ipv4Type, Ipv4(Tcp(s_segment with { Data = Data(3000) }, false), 6, 9, []));
        bool ForOthers(int type, byte[] changed)
        {
            var offloaded = new OffloadedFrame();
            Put(offloaded, type, 1448, changed);
            return offloaded.IsMergedForOthers(s_us);
        }

        Assert.IsFalse(ForOthers(Tcp4, frame));
        Assert.IsTrue(ForOthers(Tcp4, With(frame, 5, 0x78)));
        Assert.IsFalse(ForOthers(0, With(frame, 5, 0x78)), "What is not merged comes as ever.");
        Assert.IsFalse(ForOthers(Udp, With(frame, 0, 0x33)), "a multicast");
    }

    /// <summary>Whatever comes, no frame is longer than the buffer, and nothing is thrown or allocated.</summary>
    [TestMethod]
    public void Frames_with_wrong_bits_do_no_harm()
    {
        byte[][] frames =
        [
            Ethernet(Ipv4Type, Ipv4(Tcp(s_segment with { Data = Data(300) }, false), 6, 9, [])),
            Ethernet(Ipv6Type, Ipv6Packet.Create(s_source, s_destination, 0, [6, 0, .. new byte[6], .. Tcp(s_segment with { Data = Data(300) }, true)])),
            Ethernet(Ipv4Type, Ipv4(Datagram(Data(300), false, true), 17, 9, [])),
        ];
        int[] types = [Tcp4, Tcp6, Udp];
        var random = new Random(1);
        var offloaded = new OffloadedFrame();
        byte[] buffer = new byte[FrameLayout.BufferSize(1500)];
        int cut = 0;
        long allocated = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 30_000; i++)
        {
            int which = i % 3, length = Put(offloaded, types[which], 100, frames[which]);
            for (int bits = random.Next(4); bits > 0; bits--)
                offloaded.Bytes[random.Next(90)] ^= (byte)(1 << random.Next(8));
            if (!offloaded.Take(random.Next(8) == 0 ? random.Next(length) : length))
                continue;
            for (int most = 400; offloaded.HasNext; most--)
            {
                Assert.IsGreaterThan(0, most, "It does not end.");
                cut += offloaded.Next(buffer) > 0 ? 1 : 0;
            }
        }

        Assert.IsLessThan(1000L, GC.GetAllocatedBytesForCurrentThread() - allocated);
        Assert.IsGreaterThan(30_000, cut);
    }

    private static IEnumerable<RawSegment> Cut(byte[] data, int size)
    {
        byte[][] parts = [.. data.Chunk(size)];
        for (int i = 0; i < parts.Length; i++)
        {
            ControlBits absent = (i > 0 ? ControlBits.Cwr : 0) | (i < parts.Length - 1 ? ControlBits.Fin | ControlBits.Psh : 0);
            yield return s_segment with { Data = parts[i], Sequence = s_segment.Sequence + (uint)(i * size), Flags = s_segment.Flags & ~absent };
        }
    }

    private static byte[] Tcp(RawSegment segment, bool isIpv6) =>
        isIpv6 ? segment.ToBytes(s_source, s_destination) : segment.ToBytes(Source, Destination);

    private static byte[] Datagram(byte[] data, bool isIpv6, bool hasChecksum)
    {
        byte[] datagram = [0x1F, 0x40, 0x1F, 0x41, 0, 0, 0, 0, .. data];
        BinaryPrimitives.WriteUInt16BigEndian(datagram.AsSpan(4), (ushort)datagram.Length);
        byte[] addresses = isIpv6 ? [.. s_source, .. s_destination] : [10, 9, 0, 2, 10, 9, 0, 0x4D];
        ushort checksum = Checksum.Of(addresses.AsSpan(..(addresses.Length / 2)), addresses.AsSpan(addresses.Length / 2), 17, datagram);
        BinaryPrimitives.WriteUInt16BigEndian(datagram.AsSpan(6), hasChecksum ? checksum : (ushort)0);
        return datagram;
    }

    private static byte[] Ipv4(byte[] payload, int protocol, int identification, byte[] options)
    {
        byte[] plain = Ipv4Packet.Create(Source, Destination, protocol, payload);
        byte[] packet = [.. plain[..20], .. options, .. payload];
        packet[0] = (byte)(0x45 + (options.Length / 4));
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), (ushort)packet.Length);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(4), (ushort)identification);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(10), 0);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(10), Checksum.Of(packet.AsSpan(..(20 + options.Length))));
        return packet;
    }

    private static byte[] Ethernet(int type, byte[] packet) => [.. s_us, .. s_they, (byte)(type >> 8), (byte)type, .. packet];

    private static byte[] Data(int length) => [.. Enumerable.Range(1, length).Select(i => (byte)(i * 7))];

    private static byte[] With(byte[] frame, int at, params byte[] bytes)
    {
        byte[] changed = [.. frame];
        bytes.CopyTo(changed, at);
        return changed;
    }

    private static bool Takes(int type, int size, byte[] frame)
    {
        var offloaded = new OffloadedFrame();
        bool takes = offloaded.Take(Put(offloaded, type, size, frame));
        Assert.AreEqual(takes, offloaded.HasNext);
        return takes;
    }

    private static byte[][] Play(int type, int size, byte[] frame, int flags = NeedsChecksum, int start = 0, int place = 0)
    {
        var offloaded = new OffloadedFrame();
        byte[] buffer = new byte[FrameLayout.BufferSize(1500)];
        Assert.IsTrue(offloaded.Take(Put(offloaded, type, size, frame, flags, start, place)));
        List<byte[]> frames = [];
        while (offloaded.HasNext)
            frames.Add(buffer[FrameLayout.Ethernet..(FrameLayout.Ethernet + offloaded.Next(buffer))]);
        return [.. frames];
    }

    // The length of the headers is wrong on purpose: it is a hint.
    private static int Put(OffloadedFrame offloaded, int type, int size, byte[] frame, int flags = NeedsChecksum, int start = 0, int place = 0)
    {
        byte[] bytes = offloaded.Bytes;
        int length = Math.Min(frame.Length, bytes.Length - OffloadedFrame.HeaderLength);
        bytes[0] = (byte)flags;
        bytes[1] = (byte)type;
        BitConverter.TryWriteBytes(bytes.AsSpan(2), (ushort)0xFFFF);
        BitConverter.TryWriteBytes(bytes.AsSpan(4), (ushort)size);
        BitConverter.TryWriteBytes(bytes.AsSpan(6), (ushort)start);
        BitConverter.TryWriteBytes(bytes.AsSpan(8), (ushort)place);
        Array.Copy(frame, 0, bytes, OffloadedFrame.HeaderLength, length);
        return OffloadedFrame.HeaderLength + length;
    }

    private static void AssertSame(byte[][] expected, byte[][] actual)
    {
        Assert.HasCount(expected.Length, actual);
        for (int i = 0; i < expected.Length; i++)
            Assert.AreEqual(Convert.ToHexString(expected[i]), Convert.ToHexString(actual[i]), $"frame {i}");
    }
}
