using System;
using System.Device.Gpio;
using System.Linq;
using HandshakeNano.Boards.Virtual;
using HandshakeNano.Net;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace HandshakeNano.Links.Tests;

/// <summary>The model of the W5500 by the bytes on its SPI (datasheet 1.1).</summary>
[TestClass]
public sealed class W5500ModelTests : IDisposable
{
    private readonly MemoryWire _wire = new();
    private readonly W5500Model _chip;

    public W5500ModelTests()
    {
        _chip = new W5500Model(_wire.B);
    }

    [TestMethod]
    [DataRow("003900", "04")]
    [DataRow("001900", "07D008")]
    [DataRow("002E00", "BF")]
    [DataRow("000108", "0000")]
    [DataRow("001E08", "0202")]
    [DataRow("002008", "0800")]
    [DataRow("002C08", "FF40")]
    [DataRow("0003E8", "00")]
    [DataRow("000000", "00")]
    public void Registers_read_as_after_a_reset_behind_the_dummy_bytes_01_02_03(string header, string expected)
    {
        Assert.AreEqual("010203" + expected, Read(header, expected.Length / 2));
        Assert.IsEmpty(_chip.Violations);
    }

    [TestMethod]
    public void What_is_written_is_read_and_addresses_count_up()
    {
        Write("000904" + "02484E000002");
        Assert.AreEqual("01020302484E000002", Read("000900", 6));
        Write("001804" + "AA");
        Assert.AreEqual("010203AA", Read("001800", 1));
        Assert.IsEmpty(_chip.Violations);
    }

    [TestMethod]
    [DataRow("000020", "reserved")]
    [DataRow("000081", "fixed length")]
    public void A_frame_that_the_chip_does_not_stand_is_noted(string header, string what)
    {
        Read(header, 1);
        Assert.Contains(what, _chip.Violations.Single());
    }

    [TestMethod]
    [DataRow("003904" + "05")]
    [DataRow("00030C" + "42")]
    [DataRow("00001C" + "00")]
    [DataRow("00010C" + "20")]
    [DataRow("00010C" + "77")]
    [DataRow("001E0C" + "1111")]
    public void A_write_that_makes_no_sense_is_noted(string frame)
    {
        Write(frame);
        Assert.IsNotEmpty(_chip.Violations);
    }

    [TestMethod]
    public void The_socket_opens_in_MACRAW_with_all_pointers_at_one_place()
    {
        _chip.Traps.InitialPointer = 0xFFF0;
        Open();
        Assert.AreEqual("010203" + "0042", Read("000208", 2));
        Assert.AreEqual("010203" + "4000" + "FFF0" + "FFF0" + "0000" + "FFF0" + "FFF0", Read("002008", 12));
        Write("00010C10");
        Assert.AreEqual("010203" + "00", Read("000308", 1));
        Assert.IsEmpty(_chip.Violations);
    }

    [TestMethod]
    public void A_frame_stands_in_the_ring_behind_a_length_that_counts_itself_across_the_end_of_the_ring()
    {
        _chip.Traps.InitialPointer = 0xFFF0;
        Open();
        byte[] frame = Peer(60);
        Assert.AreEqual("010203" + "04", Read("000208", 1));
        Assert.AreEqual("010203" + "003E" + "FFF0" + "002E", Read("002608", 6));
        Assert.AreEqual("010203" + "003E" + Convert.ToHexString(frame), Read("FFF018", 62));

        // The host's read pointer counts from RECV on.
        Write("00280C" + "002E");
        Assert.AreEqual("010203" + "003E", Read("002608", 2));
        Write("00010C40");
        Assert.AreEqual("010203" + "0000", Read("002608", 2));
        Assert.IsEmpty(_chip.Violations);
    }

    [TestMethod]
    public void SEND_puts_out_what_stands_between_the_pointers_and_then_says_SENDOK()
    {
        _chip.Traps.InitialPointer = 0xFFF0;
        _chip.Traps.SendDelay = 2;
        Open();
        byte[] frame = [.. Enumerable.Range(0, 60).Select(i => (byte)i)];
        Write("FFF014" + Convert.ToHexString(frame));
        Write("00240C" + "002C");
        Write("00010C20");
        Assert.AreEqual("010203" + "00", Read("000208", 1));
        Assert.AreEqual("010203" + "00", Read("000208", 1));
        Assert.AreEqual("010203" + "10", Read("000208", 1));
        Assert.AreEqual("010203" + "4000" + "002C" + "002C", Read("002008", 6));
        byte[] buffer = new byte[FrameLayout.BufferSize(1500)];
        Assert.AreEqual(60, _wire.A.Receive(buffer));
        CollectionAssert.AreEqual(frame, buffer[FrameLayout.Ethernet..(FrameLayout.Ethernet + 60)]);
        Write("00020C10");
        Assert.AreEqual("010203" + "00", Read("000208", 1));
        Assert.IsEmpty(_chip.Violations);
    }

    [TestMethod]
    public void A_second_SEND_before_SENDOK_is_noted()
    {
        _chip.Traps.SendDelay = 100;
        Open();
        Write("00240C" + "003C");
        Write("00010C20");
        Write("00240C" + "0078");
        Write("00010C20");
        Assert.Contains("SEND before", _chip.Violations[0]);
    }

    [TestMethod]
    public void INTn_is_low_while_an_enabled_cause_is_set_and_falls_once()
    {
        int falls = 0;
        _chip.Interrupt.ValueChanged += (_, e) => falls += e.ChangeType == PinEventTypes.Falling ? 1 : 0;
        Open();
        Write("002C0C" + "04");
        Peer(60);
        Assert.AreEqual(PinValue.High, _chip.Interrupt.Read());
        Write("001804" + "01");
        Assert.AreEqual(PinValue.Low, _chip.Interrupt.Read());
        Assert.AreEqual("010203" + "01", Read("001700", 1));
        Peer(60);
        Assert.AreEqual(PinValue.Low, _chip.Interrupt.Read());
        Assert.AreEqual(1, falls);
        Write("00020C" + "04");
        Assert.AreEqual(PinValue.High, _chip.Interrupt.Read());
        Peer(60);
        Assert.AreEqual(PinValue.Low, _chip.Interrupt.Read());
        Assert.AreEqual(2, falls);
    }

    [TestMethod]
    public void RSTn_low_forgets_everything_and_answers_nothing()
    {
        Open();
        _chip.Reset.Write(PinValue.Low);
        Assert.AreEqual("00000000", Read("003900", 1));
        _chip.Reset.Write(PinValue.High);
        Assert.AreEqual("01020304", Read("003900", 1));
        Assert.AreEqual("01020300", Read("000308", 1));
        Assert.AreEqual("0102030202", Read("001E08", 2));
    }

    [TestMethod]
    public void The_software_reset_does_the_same_and_its_bit_is_clear_again()
    {
        Open();
        Write("00000480");
        Assert.AreEqual("01020300", Read("000000", 1));
        Assert.AreEqual("01020300", Read("000308", 1));
    }

    [TestMethod]
    public void A_torn_count_has_its_old_high_and_its_new_low_byte()
    {
        Open();
        Peer(200);
        Read("000208", 1);
        _chip.Traps.TornReads = true;
        Peer(60);
        Assert.AreEqual("010203" + "00CA" + "0000" + "0008", Read("002608", 6));
        Peer(60);
        Assert.AreEqual("010203" + "0146", Read("002608", 2));
    }

    public void Dispose()
    {
        _chip.Dispose();
    }

    private void Open()
    {
        Write("000904" + "02484E000002");
        for (int socket = 7; socket > 0; socket--)
            Write($"001E{socket * 32 + 12:X2}0000");
        Write("001E0C1010");
        Write("00000C84");
        Write("00010C01");
    }

    private byte[] Peer(int length)
    {
        byte[] buffer = new byte[FrameLayout.BufferSize(1500)];
        W5500Rig.Write(buffer, _wire.B.PhysicalAddress, length, length);
        Assert.IsTrue(_wire.A.Send(buffer, length));
        return buffer[FrameLayout.Ethernet..(FrameLayout.Ethernet + length)];
    }

    private void Write(string frame)
    {
        byte[] bytes = Convert.FromHexString(frame);
        _chip.Spi.Write(new SpanByte(bytes, 0, bytes.Length));
    }

    private string Read(string header, int count)
    {
        byte[] request = new byte[3 + count];
        Convert.FromHexString(header).CopyTo(request, 0);
        byte[] answer = new byte[request.Length];
        _chip.Spi.TransferFullDuplex(new SpanByte(request, 0, request.Length), new SpanByte(answer, 0, answer.Length));
        return Convert.ToHexString(answer);
    }
}
