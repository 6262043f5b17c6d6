using System;
using System.Buffers.Binary;
using System.IO;
using System.Linq;
using HandshakeNano.Boards.Virtual;
using HandshakeNano.Net;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace HandshakeNano.Links.Tests;

[TestClass]
public class PcapNgTests
{
    private readonly MemorySink _sink = new();
    private readonly ManualClock _clock = new();

    [TestMethod]
    public void The_section_header_is_the_drafts()
    {
        _ = new PcapNgLink(new MemoryWire().A, _sink, _clock);
        byte[] expected =
        [
            0x0A, 0x0D, 0x0D, 0x0A, 52, 0, 0, 0, 0x4D, 0x3C, 0x2B, 0x1A, 1, 0, 0, 0,
            0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
            4, 0, 13, 0, .. "HandshakeNano"u8, 0, 0, 0, // shb_userappl
            0, 0, 0, 0, 52, 0, 0, 0,
        ];
        CollectionAssert.AreEqual(expected, _sink.Writes[0]);
    }

    [TestMethod]
    public void The_interface_of_an_Ethernet_link_has_name_address_and_microseconds()
    {
        _ = new PcapNgLink(new MemoryWire().A, _sink, _clock, 0, "wire0");
        byte[] expected =
        [
            1, 0, 0, 0, 56, 0, 0, 0, 1, 0, 0, 0, 0xEA, 0x05, 0, 0, // Ethernet, 1514 bytes
            2, 0, 5, 0, .. "wire0"u8, 0, 0, 0, // if_name
            6, 0, 6, 0, 0x02, 0x48, 0x4E, 0, 0, 1, 0, 0, // if_MACaddr
            9, 0, 1, 0, 6, 0, 0, 0, // if_tsresol
            0, 0, 0, 0, 56, 0, 0, 0,
        ];
        CollectionAssert.AreEqual(expected, _sink.Writes[1]);
        Assert.HasCount(2, _sink.Writes);
    }

    [TestMethod]
    public void The_interface_of_a_link_of_bare_packets_is_LINKTYPE_RAW()
    {
        _ = new PcapNgLink(new MemoryWire(mtu: 576, hasEthernetHeader: false).A, _sink, _clock);
        byte[] expected =
        [
            1, 0, 0, 0, 32, 0, 0, 0, 101, 0, 0, 0, 0x40, 0x02, 0, 0,
            9, 0, 1, 0, 6, 0, 0, 0,
            0, 0, 0, 0, 32, 0, 0, 0,
        ];
        CollectionAssert.AreEqual(expected, _sink.Writes[1]);
    }

    [TestMethod]
    public void A_frame_is_an_enhanced_packet_block_with_time_and_direction()
    {
        var wire = new MemoryWire();
        var link = new PcapNgLink(wire.A, _sink, _clock, 0x5_0000_0000, null);
        byte[] buffer = Frames.Buffer(link);
        Array.Fill(buffer, (byte)0xEE);
        new byte[] { 1, 2, 3, 4, 5 }.CopyTo(buffer, FrameLayout.Ethernet);
        _clock.Now = 0x1234_5678;
        Assert.IsTrue(link.Send(buffer, 5));
        byte[] expected =
        [
            6, 0, 0, 0, 52, 0, 0, 0, 0, 0, 0, 0, 5, 0, 0, 0, 0x78, 0x56, 0x34, 0x12, 5, 0, 0, 0, 5, 0, 0, 0,
            1, 2, 3, 4, 5, 0, 0, 0,
            2, 0, 4, 0, 2, 0, 0, 0, // epb_flags: outbound
            0, 0, 0, 0, 52, 0, 0, 0,
        ];
        CollectionAssert.AreEqual(expected, _sink.Writes[2]);

        wire.B.Send(buffer, 4);
        Assert.AreEqual(4, link.Receive(buffer));
        Assert.AreEqual(0, link.Receive(buffer));
        Assert.HasCount(4, _sink.Writes, "A block is one write, and no frame is no block.");
        Assert.AreEqual(1, BinaryPrimitives.ReadInt32LittleEndian(_sink.Writes[3].AsSpan(28 + 4 + 4)), "inbound");
    }

    [TestMethod]
    public void A_bare_packet_is_taken_from_behind_the_Ethernet_header()
    {
        var link = new PcapNgLink(new MemoryWire(hasEthernetHeader: false).A, _sink, _clock);
        byte[] buffer = Frames.Buffer(link);
        buffer[FrameLayout.Network] = 0x45;
        Assert.IsTrue(link.Send(buffer, 20));
        Assert.AreEqual(0x45, _sink.Writes[2][28]);
    }

    [TestMethod]
    [DataRow(1)]
    [DataRow(60)]
    [DataRow(1513)]
    [DataRow(1514)]
    public void Every_block_ends_on_four_bytes_and_says_its_length_twice(int length)
    {
        var link = new PcapNgLink(new MemoryWire().A, _sink, _clock, 0, "a");
        Assert.IsTrue(Frames.Send(link, 1, Math.Max(length, 4)));
        foreach (byte[] block in _sink.Writes)
        {
            Assert.AreEqual(0, block.Length % 4);
            Assert.AreEqual(block.Length, BinaryPrimitives.ReadInt32LittleEndian(block.AsSpan(4)));
            Assert.AreEqual(block.Length, BinaryPrimitives.ReadInt32LittleEndian(block.AsSpan(block.Length - 4)));
        }
    }

    [TestMethod]
    public void A_frame_longer_than_the_link_carries_is_cut_and_its_length_told()
    {
        var wire = new MemoryWire(mtu: 68);
        var link = new PcapNgLink(wire.A, _sink, _clock);
        byte[] buffer = new byte[FrameLayout.BufferSize(1500)];
        Assert.IsFalse(link.Send(buffer, 1514));
        byte[] block = _sink.Writes.Last();
        Assert.AreEqual(82, BinaryPrimitives.ReadInt32LittleEndian(block.AsSpan(20)));
        Assert.AreEqual(1514, BinaryPrimitives.ReadInt32LittleEndian(block.AsSpan(24)));
    }

    [TestMethod]
    [DataRow(0)]
    [DataRow(1)]
    [DataRow(3)]
    public void A_sink_that_takes_no_more_ends_the_capture_and_stops_no_frame(int writes)
    {
        var wire = new MemoryWire();
        var sink = new FullSink(writes);
        var link = new PcapNgLink(wire.A, sink, _clock);
        byte[] buffer = Frames.Buffer(link);
        for (int i = 0; i < 4; i++)
        {
            Assert.IsTrue(link.Send(buffer, 60));
            Assert.AreEqual(60, wire.B.Receive(buffer));
            Assert.IsTrue(wire.B.Send(buffer, 60));
            Assert.AreEqual(60, link.Receive(buffer));
        }

        Assert.AreEqual("no space", link.Failure.Message);
        Assert.AreEqual(writes + 1, sink.Calls, "It is not asked again.");
    }

    [TestMethod]
    public void A_capture_that_goes_on_has_no_failure()
    {
        var link = new PcapNgLink(new MemoryWire().A, _sink, _clock);
        Assert.IsTrue(link.Send(Frames.Buffer(link), 60));
        Assert.IsNull(link.Failure);
    }

    [TestMethod]
    public void A_name_that_does_not_fit_is_a_programming_error()
    {
        Assert.ThrowsExactly<ArgumentException>(
            () => new PcapNgLink(new MemoryWire().A, _sink, _clock, 0, new string('x', 65)));
    }

    private sealed class FullSink(int room) : ByteSink
    {
        public int Calls { get; private set; }

        public override void Write(byte[] buffer, int offset, int count)
        {
            if (Calls++ >= room)
                throw new IOException("no space");
        }
    }
}
