using System;
using System.Linq;
using HandshakeNano.Packets;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace HandshakeNano.Client.Tests;

/// <summary>Segments out of frames of every link that captures are made on, whole or not.</summary>
[TestClass]
public sealed class LinkHeaderTests
{
    private const string Addresses = "02484E000002020000000001";
    private const string Cooked = "00000001000602484E000001" + "0000";
    private const string Cooked2 = "0000" + "00000002" + "0001" + "0006" + "02484E0000010000";

    private static readonly byte[] s_data = "hello, cut"u8.ToArray();

    private static readonly RawSegment s_segment = new()
    {
        SourcePort = 40000,
        DestinationPort = 7,
        Sequence = 1000,
        Acknowledgment = 77,
        Flags = ControlBits.Psh | ControlBits.Ack,
        Options = TcpOption.ToBytes([new TcpOption(8, "timestamps", [123, 45])]),
        Data = s_data,
    };

    private static byte[] Ipv4 => s_segment.ToPacket(0x0A4D0001, 0x0A4D0002);

    private static byte[] Ipv6 => Ipv6Packet.Create(Host(1), Host(2), Ipv4Packet.Tcp, s_segment.ToBytes(Host(1), Host(2)));

    [TestMethod]
    [DataRow(1, Addresses + "0800", 4)]
    [DataRow(1, Addresses + "86DD", 6)]
    [DataRow(1, Addresses + "8100002A" + "0800", 4)]
    [DataRow(1, Addresses + "88A80001" + "8100002A" + "86DD", 6)]
    [DataRow(1, Addresses + "81000001" + "81000002" + "0800", 4)]
    [DataRow(113, Cooked + "0800", 4)]
    [DataRow(113, Cooked + "86DD", 6)]
    [DataRow(113, Cooked + "8100" + "002A0800", 4)]
    [DataRow(276, "0800" + Cooked2, 4)]
    [DataRow(276, "86DD" + Cooked2, 6)]
    [DataRow(276, "8100" + Cooked2 + "002A0800", 4)]
    [DataRow(0, "02000000", 4)]
    [DataRow(0, "00000002", 4)]
    [DataRow(0, "1E000000", 6)]
    [DataRow(108, "0000001C", 6)]
    [DataRow(12, "", 4)]
    [DataRow(14, "", 6)]
    [DataRow(101, "", 4)]
    [DataRow(228, "", 4)]
    [DataRow(229, "", 6)]
    public void A_segment_is_found_behind_the_header_of_each_link(int linkType, string header, int version)
    {
        byte[] frame = [.. Convert.FromHexString(header), .. version == 4 ? Ipv4 : Ipv6];
        Assert.IsTrue(LinkHeader.IsKnown(linkType));
        Segment segment = Segment.Parse(frame, frame.Length, linkType, 5, int.MaxValue)!;
        Assert.IsNotNull(segment);
        Assert.AreEqual(version == 4 ? "10.77.0.1:40000" : "[fd77::1]:40000", segment.Source.ToString());
        Assert.AreEqual(1000u, segment.Sequence);
        Assert.AreEqual(5ul, segment.Time);
        Assert.AreEqual("timestamps 123 echo 45", segment.Options[0].ToText());
        CollectionAssert.AreEqual(s_data, segment.Payload);
        Assert.IsFalse(segment.IsDamaged);

        // However short it is cut, nothing throws, and what has its header keeps its length.
        for (int length = 0; length < frame.Length; length++)
        {
            Segment? cut = Segment.Parse(frame.AsSpan(0, length), frame.Length, linkType, 5, int.MaxValue);
            int header20 = frame.Length - 12 - s_data.Length;
            Assert.AreEqual(length >= header20, cut != null, $"{length} bytes");
            if (cut == null)
                continue;
            Assert.AreEqual(s_data.Length, cut.Length);
            Assert.AreEqual(Math.Max(0, length - header20 - 12), cut.Payload.Length);
            Assert.IsFalse(cut.IsDamaged);
            Assert.IsFalse(cut.Options.Any(option => option.Malformed), "An option is not malformed because it is cut off.");
        }
    }

    [TestMethod]
    public void Where_a_frame_was_captured_and_what_its_host_called_it_tell_copies_apart()
    {
        byte[] packet = Ipv4;
        (packet[4], packet[5]) = (0x12, 0x34);
        Segment Read(int linkType, string header) => Segment.Parse([.. Convert.FromHexString(header), .. packet], 200, linkType, 0, 0)!;
        Assert.AreEqual(0x1234, Read(101, "").Identification);
        Assert.AreEqual(0, Segment.Parse(Ipv6, 200, 101, 0, 0)!.Identification);
        Assert.AreEqual(0L, Read(1, Addresses + "0800").CapturePoint);
        long[] points = [.. new[] { Cooked, "0004" + Cooked[4..] }.Select(header => Read(113, header + "0800").CapturePoint),
            .. new[] { Cooked2, Cooked2.Replace("00000002", "00000003"), Cooked2.Replace("00010006", "00010406") }
                .Select(header => Read(276, "0800" + header).CapturePoint)];
        Assert.IsFalse(points.Contains(0));
        Assert.HasCount(2, points[..2].Distinct().ToArray());
        Assert.HasCount(3, points[2..].Distinct().ToArray());
    }

    [TestMethod]
    [DataRow(1, Addresses + "0806")]
    [DataRow(113, Cooked + "0806")]
    [DataRow(105, "")]
    public void What_is_not_IP_or_comes_from_an_unknown_link_is_no_segment(int linkType, string header)
    {
        byte[] frame = [.. Convert.FromHexString(header), .. Ipv4];
        Assert.IsNull(Segment.Parse(frame, frame.Length, linkType, 0, int.MaxValue));
    }

    [TestMethod]
    [DataRow("00", "000102000000" + "0000")]
    [DataRow("3C", "010000000000" + "00000000000000000000")]
    [DataRow("33", "040000000000" + "000000000000000000000000000000000000")]
    [DataRow("2B", "000000000000")]
    public void Extension_headers_of_IPv6_are_passed_over(string kind, string rest)
    {
        byte[] body = Convert.FromHexString(rest);
        int size = kind == "33" ? (body[0] + 2) * 4 : (body[0] + 1) * 8;
        byte[] extension = [6, .. body, .. new byte[Math.Max(0, size - 1 - body.Length)]];
        byte[] packet = Ipv6;
        byte[] longer = [.. packet[..40], .. extension[..size], .. packet[40..]];
        longer[5] = (byte)(longer.Length - 40);
        longer[6] = Convert.FromHexString(kind)[0];
        Segment segment = Segment.Parse(longer, longer.Length, 101, 0, int.MaxValue)!;
        Assert.AreEqual(s_data.Length, segment.Length);
        Assert.IsFalse(segment.IsDamaged);
    }

    [TestMethod]
    [DataRow(4)]
    [DataRow(6)]
    public void A_merged_packet_without_a_length_is_as_long_as_its_frame(int version)
    {
        byte[] packet = version == 4 ? Ipv4 : Ipv6;
        packet[version == 4 ? 2 : 4] = packet[version == 4 ? 3 : 5] = 0;
        Segment segment = Segment.Parse(packet, packet.Length + 100_000, 101, 0, 4)!;
        Assert.AreEqual(100_000 + s_data.Length, segment.Length);
        Assert.HasCount(4, segment.Payload);
        Assert.AreEqual(100_000u + (uint)s_data.Length, segment.SequenceLength);
    }

    [TestMethod]
    public void A_wrong_checksum_is_told_and_one_that_the_card_fills_in_is_not()
    {
        byte[] packet = Ipv4;
        packet[20 + 16] ^= 1;
        Assert.IsTrue(Segment.Parse(packet, packet.Length, 101, 0, 0)!.IsDamaged);
        packet[20 + 16] = packet[20 + 17] = 0;
        Assert.IsFalse(Segment.Parse(packet, packet.Length, 101, 0, 0)!.IsDamaged, "not filled in");
        ushort pseudo = (ushort)~Checksum.Fold(Checksum.Sum(packet.AsSpan(12, 8)) + Ipv4Packet.Tcp + (uint)(packet.Length - 20));
        (packet[20 + 16], packet[20 + 17]) = ((byte)(pseudo >> 8), (byte)pseudo);
        Assert.IsFalse(Segment.Parse(packet, packet.Length, 101, 0, 0)!.IsDamaged, "the pseudo-header alone");
    }

    private static byte[] Host(byte number) => [0xFD, 0x77, .. new byte[13], number];
}
