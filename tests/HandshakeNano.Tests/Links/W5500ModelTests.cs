using System;
using System.Device.Gpio;
using System.Linq;
using System.Threading;
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
        Assert.AreEqual("010203" + "00CA", Read("002608", 2));
        _chip.Traps.TornReads = true;
        Peer(60);
        Assert.AreEqual("010203" + "0008" + "0000" + "0108", Read("002608", 6));
        Peer(300);
        Assert.AreEqual("010203" + "0108" + "0000" + "0136", Read("002608", 6));
        Assert.AreEqual("010203" + "0236" + "0000" + "0236", Read("002608", 6));
        Assert.IsEmpty(_chip.Violations);
    }

    /// <summary>Whichever of the counts the host reads, in one SPI frame or byte by byte as WIZnet's driver does.</summary>
    [TestMethod]
    [DataRow("002608", false)]
    [DataRow("002608", true)]
    [DataRow("002A08", false)]
    public void Torn_counts_go_on_for_as_long_as_frames_come(string header, bool byteByByte)
    {
        Open();
        _chip.Traps.TornReads = true;
        int torn = 0;
        for (int i = 1; i <= 40; i++)
        {
            Peer(300);
            string first = Count(), second = Count();
            Assert.AreEqual(second, Count());
            Assert.AreEqual($"{302 * i:X4}", second);
            torn += first != second && first != $"{302 * (i - 1):X4}" ? 1 : 0;
        }

        Assert.IsGreaterThanOrEqualTo(15, torn);

        string Count() => byteByByte ? Read(header, 1)[6..] + Read("0027" + header[4..], 1)[6..] : Read(header, 2)[6..];
    }

    [TestMethod]
    public void Registers_that_are_not_modelled_hold_what_is_written()
    {
        // Gateway to retry count, PPPoE and the size of its units.
        foreach ((int address, int length) in new[] { (0x01, 20), (0x16, 1), (0x18, 16) })
            HoldsWhatIsWritten(address, length, 0x00);

        // Port to segment size, type of service, time to live, fragment, keep-alive; of the sockets that are not there also the rest.
        foreach (int block in new[] { 0x08, 0x28, 0xE8 })
        {
            foreach ((int address, int length) in new[] { (0x04, 16), (0x15, 2), (0x2C, 4) })
                HoldsWhatIsWritten(address, length, block);
        }

        foreach ((int address, int length) in new[] { (0x00, 1), (0x24, 2), (0x28, 2) })
            HoldsWhatIsWritten(address, length, 0x48);
        Assert.IsEmpty(_chip.Violations, string.Join("\n", _chip.Violations));

        void HoldsWhatIsWritten(int address, int length, int block)
        {
            string data = Convert.ToHexString([.. Enumerable.Range(0, length).Select(i => (byte)(0x15 + 3 * i + block))]);
            Write($"{address:X4}{block | 4:X2}{data}");
            Assert.AreEqual("010203" + data, Read($"{address:X4}{block:X2}", length));
        }
    }

    [TestMethod]
    [DataRow("00000C" + "00", "")]
    [DataRow("00010C" + "01", "mode other than MACRAW")]
    [DataRow("00200C" + "00", "register 20 of socket 0")]
    [DataRow("00140C" + "00", "register 14 of socket 0")]
    [DataRow("00262C" + "00", "register 26 of socket 1")]
    [DataRow("00012C" + "01", "command 01 of socket 1")]
    [DataRow("001E2C" + "03", "buffer of 3 KB")]
    [DataRow("002804" + "00", "common register 0028")]
    [DataRow("002F04" + "00", "common register 002F")]
    public void What_no_register_takes_is_noted(string frame, string what)
    {
        Write(frame);
        if (what.Length == 0)
            Assert.IsEmpty(_chip.Violations);
        else
            Assert.Contains(what, _chip.Violations.Single());
    }

    /// <summary>10 and 100 Mb/s, half and full duplex, no power, all modes; the pins ask for all.</summary>
    [TestMethod]
    [DataRow(0xC0, 0xC1)]
    [DataRow(0xC8, 0xCD)]
    [DataRow(0xD0, 0xD3)]
    [DataRow(0xD8, 0xDF)]
    [DataRow(0xE0, 0xE3)]
    [DataRow(0xE8, 0xE8)]
    [DataRow(0xF0, 0xF0)]
    [DataRow(0xF8, 0xFF)]
    [DataRow(0x80, 0x87)]
    public void Speed_and_duplex_are_those_of_PHYCFGR_from_the_PHYs_next_reset_on(int written, int reads)
    {
        _chip.Traps.LinkDelay = 3;
        Write($"002E04{written:X2}");
        Assert.AreEqual($"010203{(written & 0xF8) | 7:X2}", Read("002E00", 1));
        Write($"002E04{written & 0x7F:X2}");
        Assert.AreEqual($"010203{written & 0x78:X2}", Read("002E00", 1));
        Write($"002E04{written:X2}");
        Assert.AreEqual($"010203{written & 0xF8:X2}", Read("002E00", 1), "It negotiates.");
        Read("002E00", 1);
        Assert.AreEqual($"010203{reads:X2}", Read("002E00", 1));
        _chip.IsLinkUp = false;
        Assert.AreEqual($"010203{written & 0xF8:X2}", Read("002E00", 1));
        Assert.IsEmpty(_chip.Violations);
    }

    /// <summary>An access of the host counts as 50 us; INTLEVEL 3749 is 100 us, 7499 200 us.</summary>
    [TestMethod]
    [DataRow(0, 0)]
    [DataRow(3749, 2)]
    [DataRow(7499, 4)]
    public void INTn_stays_high_for_the_time_of_INTLEVEL_when_a_cause_was_cleared_and_another_is_there(int level, int accesses)
    {
        int falls = 0;
        _chip.Interrupt.ValueChanged += (_, e) => falls += e.ChangeType == PinEventTypes.Falling ? 1 : 0;
        Open();
        Write($"001304{level:X4}");
        Write("001804" + "01");
        Peer(60);
        Write("00240C" + "003C");
        Write("00010C20");
        Assert.AreEqual(PinValue.Low, _chip.Interrupt.Read());
        Assert.AreEqual(1, falls);

        // One of both causes.
        Write("00020C" + "10");
        for (int i = 1; i < accesses; i++)
            Assert.AreEqual(PinValue.High, _chip.Interrupt.Read());
        Assert.AreEqual(PinValue.Low, _chip.Interrupt.Read());

        // Without INTLEVEL there is no edge, and who waits for one waits for ever.
        Assert.AreEqual(level == 0 ? 1 : 2, falls);
        Assert.IsEmpty(_chip.Violations);
    }

    [TestMethod]
    public void With_a_thread_INTn_falls_by_itself_when_its_time_is_over()
    {
        using var fell = new SemaphoreSlim(0);
        Open();
        Write("001304" + "0EA5");
        Write("001804" + "01");
        _chip.Interrupt.ValueChanged += (_, _) => fell.Release();
        _chip.Start();
        Peer(60);
        Assert.IsTrue(fell.Wait(TimeSpan.FromMinutes(1)), "A frame.");
        Write("00240C" + "003C");
        Write("00010C20");
        Write("00020C" + "10");
        Assert.IsTrue(fell.Wait(TimeSpan.FromMinutes(1)), "The frame is still there.");
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
