using System;
using System.Collections.Generic;
using System.Device.Gpio;
using System.Diagnostics;
using System.Linq;
using HandshakeNano.Boards.Virtual;
using HandshakeNano.Net;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace HandshakeNano.Links.Tests;

/// <summary>The W5500 driver when nothing is wrong, and what it costs.</summary>
[TestClass]
public sealed class W5500LinkTests
{
    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void A_new_link_is_up_and_has_the_chips_whole_memory(bool interrupt)
    {
        using var rig = new W5500Rig(interrupt);
        Assert.IsTrue(rig.Link.IsOpen);
        Assert.IsTrue(rig.Link.IsUp);
        Assert.IsTrue(rig.Link.HasEthernetHeader);
        Assert.AreEqual(1500, rig.Link.Mtu);
        Assert.AreEqual(1UL, rig.Counts.Resets);
        Assert.AreEqual(1UL, rig.Counts.LinkUps);
        Assert.AreEqual(0UL, rig.Counts.FailedResets);
        rig.AssertWorks();

        // Ten full frames and one small one are all that 16384 bytes hold.
        for (int i = 0; i < 12; i++)
            rig.PeerSends(i, 1514);
        CollectionAssert.AreEqual(Enumerable.Range(0, 10).ToArray(), rig.ReceiveAll());
        Assert.AreEqual(2, rig.Chip.FramesOverflowed);
    }

    [TestMethod]
    public void Without_RSTn_the_chip_is_reset_by_its_register()
    {
        var wire = new MemoryWire();
        using var chip = new W5500Model(wire.B);
        var link = new W5500Link(chip.Spi, null, null, wire.B.PhysicalAddress, new TickingClock());
        Assert.IsTrue(link.IsUp);
        Assert.IsEmpty(chip.Violations);
    }

    [TestMethod]
    [DataRow(0x0000, false)]
    [DataRow(0xFFF0, false)]
    [DataRow(0xFFF0, true)]
    [DataRow(0xFFFF, true)]
    [DataRow(0x3FFE, false)]
    public void Frames_of_every_length_pass_whole_both_ways_wherever_the_pointers_begin(int begin, bool interrupt)
    {
        using var rig = new W5500Rig(interrupt, chip => chip.Traps.InitialPointer = begin);
        for (int length = 60; length <= 1514; length++)
        {
            rig.PeerSends(length, length);
            Assert.AreEqual(length, rig.Receive());
            Assert.IsTrue(rig.Send(length, length));
            Assert.AreEqual(-1, rig.Receive());
            Assert.AreEqual(length, rig.PeerReceives());
        }

        Assert.AreEqual(1455UL, rig.Counts.Received);
        Assert.AreEqual(1455UL, rig.Counts.Sent);
        AssertNothingWrong(rig);
    }

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void Backlogs_of_frames_of_all_lengths_come_in_order(bool interrupt)
    {
        var random = new Random(3);
        using var rig = new W5500Rig(interrupt, chip => chip.Traps.InitialPointer = 0xFFF0);
        int number = 0;
        for (int round = 0; round < 300; round++)
        {
            int first = number;
            int room = 16384;
            for (int length = random.Next(60, 1515); room >= length + 2; length = random.Next(60, 1515))
            {
                room -= length + 2;
                rig.PeerSends(number++, length);
                if (random.Next(12) == 0)
                    break;
            }

            CollectionAssert.AreEqual(Enumerable.Range(first, number - first).ToArray(), rig.ReceiveAll());
        }

        Assert.AreEqual(0, rig.Chip.FramesOverflowed);
        AssertNothingWrong(rig);
    }

    [TestMethod]
    public void Frames_that_come_while_others_are_read_are_not_lost()
    {
        using var rig = new W5500Rig(interrupt: true);
        var numbers = new List<int>();
        for (int i = 0; i < 5000; i++)
        {
            rig.PeerSends(i, 60 + (i * 37) % 1455);
            if (i % 3 == 0)
                numbers.Add(rig.Receive());
            if (i % 20 == 19)
                numbers.AddRange(rig.ReceiveAll());
            if (i % 7 == 0)
                rig.Send(i);
        }

        numbers.AddRange(rig.ReceiveAll());
        Assert.AreEqual(5000, numbers.Count + rig.Chip.FramesOverflowed);
        CollectionAssert.AreEqual(numbers.Order().ToArray(), numbers);
    }

    [TestMethod]
    [DataRow(14)]
    [DataRow(42)]
    [DataRow(54)]
    [DataRow(59)]
    public void A_short_frame_is_padded_with_zeros_and_the_senders_buffer_stays_as_it_was(int length)
    {
        // The buffer may end where the frame does.
        using var rig = new W5500Rig();
        byte[] buffer = new byte[FrameLayout.Ethernet + length];
        new Random(length).NextBytes(buffer);
        byte[] before = [.. buffer];
        Assert.IsTrue(rig.Link.Send(buffer, length));
        CollectionAssert.AreEqual(before[FrameLayout.Ethernet..], buffer[FrameLayout.Ethernet..]);
        rig.Receive();
        byte[] received = Frames.Buffer(rig.Peer);
        Assert.AreEqual(60, rig.Peer.Receive(received));
        byte[] expected = new byte[60];
        Array.Copy(before, FrameLayout.Ethernet, expected, 0, length);
        CollectionAssert.AreEqual(expected, received[FrameLayout.Ethernet..(FrameLayout.Ethernet + 60)]);
    }

    [TestMethod]
    [DataRow(0)]
    [DataRow(13)]
    [DataRow(1515)]
    public void What_is_no_frame_is_not_sent(int length)
    {
        using var rig = new W5500Rig();
        byte[] buffer = new byte[2000];
        Assert.AreEqual(0, rig.Transactions(() => Assert.IsFalse(rig.Link.Send(buffer, length))));
        Assert.AreEqual(1UL, rig.Counts.NotSentLength);
    }

    [TestMethod]
    public void A_frame_that_does_not_fit_the_receivers_buffer_is_dropped_by_name()
    {
        using var rig = new W5500Rig();
        rig.PeerSends(1, 1000);
        rig.PeerSends(2, 200);
        byte[] small = new byte[FrameLayout.BufferSize(500)];
        Assert.AreEqual(200, rig.Link.Receive(small));
        Assert.AreEqual(2, small[FrameLayout.Ethernet + 14]);
        Assert.AreEqual(1UL, rig.Counts.ReceivedTooLong);
        rig.AssertWorks();
    }

    [TestMethod]
    [DataRow(new byte[] { 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF }, 0x0806, true)]
    [DataRow(new byte[] { 0x02, 0x48, 0x4E, 0x00, 0x00, 0x02 }, 0x0800, true)]
    [DataRow(new byte[] { 0x02, 0x48, 0x4E, 0x00, 0x00, 0x03 }, 0x0800, false)]
    [DataRow(new byte[] { 0x01, 0x00, 0x5E, 0x00, 0x00, 0x01 }, 0x0800, false)]
    [DataRow(new byte[] { 0x01, 0x80, 0xC2, 0x00, 0x00, 0x00 }, 0x0027, false)]
    [DataRow(new byte[] { 0x33, 0x33, 0x00, 0x00, 0x00, 0x01 }, 0x86DD, false)]
    public void The_chip_keeps_out_what_is_not_for_us(byte[] destination, int type, bool passes)
    {
        using var rig = new W5500Rig();
        byte[] buffer = Frames.Buffer(rig.Link);
        destination.CopyTo(buffer, FrameLayout.Ethernet);
        buffer[FrameLayout.Ethernet + 12] = (byte)(type >> 8);
        buffer[FrameLayout.Ethernet + 13] = (byte)type;
        rig.Peer.Send(buffer, 60);
        Assert.AreEqual(passes ? 60 : 0, rig.Link.Receive(buffer));
        Assert.AreEqual(passes ? 0 : 1, rig.Chip.FramesFiltered);
    }

    /// <summary>The chip has no list of groups: with IPv6 all of its multicast passes, and nothing of IPv4's.</summary>
    [TestMethod]
    [DataRow(new byte[] { 0x33, 0x33, 0x00, 0x00, 0x00, 0x01 }, 0x86DD, true)]
    [DataRow(new byte[] { 0x33, 0x33, 0xFF, 0x12, 0x34, 0x56 }, 0x86DD, true)]
    [DataRow(new byte[] { 0x33, 0x33, 0x00, 0x00, 0x00, 0xFB }, 0x86DD, true)]
    [DataRow(new byte[] { 0x02, 0x48, 0x4E, 0x00, 0x00, 0x02 }, 0x86DD, true)]
    [DataRow(new byte[] { 0x02, 0x48, 0x4E, 0x00, 0x00, 0x03 }, 0x86DD, false)]
    [DataRow(new byte[] { 0x01, 0x00, 0x5E, 0x00, 0x00, 0xFB }, 0x0800, false)]
    [DataRow(new byte[] { 0x01, 0x80, 0xC2, 0x00, 0x00, 0x00 }, 0x0027, false)]
    public void With_IPv6_the_chip_lets_its_multicast_pass_also_after_a_reset_and_without_it_nothing(byte[] destination, int type, bool passes)
    {
        using var rig = new W5500Rig();
        byte[] buffer = Frames.Buffer(rig.Link);
        Assert.IsFalse(rig.Link.PassesIpv6);
        for (int i = 0; i < 4; i++)
        {
            rig.Link.PassesIpv6 = i < 3;
            Assert.AreEqual(i < 3, rig.Link.PassesIpv6);
            if (i == 2)
            {
                rig.Chip.LosePower();
                rig.AssertWorks();
            }

            destination.CopyTo(buffer, FrameLayout.Ethernet);
            buffer[FrameLayout.Ethernet + 12] = (byte)(type >> 8);
            buffer[FrameLayout.Ethernet + 13] = (byte)type;
            rig.Peer.Send(buffer, 60);
            Assert.AreEqual(passes && i < 3 ? 60 : 0, rig.Link.Receive(buffer));
        }
    }

    [TestMethod]
    public void An_endpoint_gets_its_IPv6_address_through_the_chip_and_drops_what_is_for_groups_of_others()
    {
        using var rig = new W5500Rig();
        rig.Link.PassesIpv6 = true;
        var endpoint = new TcpEndpoint(rig.Link, new SystemEntropy(), new TcpSettings { Ipv6 = true });
        byte[] address = new byte[Ipv6Address.Length];
        ulong now = 0;
        for (int i = 0; i < 100 && !endpoint.Ipv6.CopyAddress(0, address, 0); i++)
            now = Math.Max(now, endpoint.Poll(now));
        Assert.IsTrue(Ipv6Address.IsLinkLocal(address, 0));
        endpoint.Poll(now);
        byte[] buffer = Frames.Buffer(rig.Link);
        while (rig.Peer.Receive(buffer) != 0)
        {
        }

        // A question for the address, and then one of multicast DNS.
        byte[] question = Convert.FromHexString("3333FF000000" + "02484E000001" + "86DD" + "6000000000203AFF" + "FE800000000000000000000000000077"
            + "FF0200000000000000000001FF000000" + "87000000" + "00000000" + "00000000000000000000000000000000" + "010102484E000001");
        address.AsSpan(13).CopyTo(question.AsSpan(3));
        address.AsSpan(13).CopyTo(question.AsSpan(14 + 24 + 13));
        address.CopyTo(question, 14 + 40 + 8);
        int sum = 32 + 58;
        for (int i = 14 + 8; i < question.Length; i += 2)
            sum += (question[i] << 8) | question[i + 1];
        sum = ~((sum & 0xFFFF) + (sum >> 16));
        question[14 + 42] = (byte)(sum >> 8);
        question[14 + 43] = (byte)sum;
        question.CopyTo(buffer, FrameLayout.Ethernet);
        rig.Peer.Send(buffer, question.Length);
        endpoint.Poll(now);
        Assert.AreNotEqual(0, rig.Peer.Receive(buffer), "it is answered");
        Assert.AreEqual(136, buffer[FrameLayout.Ethernet + 14 + 40]);
        ulong before = endpoint.Counters.Get(Counter.Ipv6NotForUs);
        Convert.FromHexString("3333000000FB").CopyTo(question, 0);
        Convert.FromHexString("FF0200000000000000000000000000FB").CopyTo(question, 14 + 24);
        question.CopyTo(buffer, FrameLayout.Ethernet);
        rig.Peer.Send(buffer, question.Length);
        endpoint.Poll(now);
        Assert.AreEqual(0, rig.Peer.Receive(buffer));
        Assert.AreEqual(before + 1, endpoint.Counters.Get(Counter.Ipv6NotForUs));
    }

    // ---- What it costs

    [TestMethod]
    [DataRow(false, 60)]
    [DataRow(false, 1514)]
    [DataRow(true, 60)]
    [DataRow(true, 1514)]
    public void A_frame_is_received_with_four_SPI_frames(bool interrupt, int length)
    {
        using var rig = new W5500Rig(interrupt);
        rig.Receive();
        for (int i = 0; i < 100; i++)
        {
            rig.PeerSends(i, length);
            Assert.AreEqual(4, rig.Transactions(() => Assert.AreEqual(i, rig.Receive())));

            // The look that finds nothing more.
            Assert.AreEqual(1, rig.Transactions(() => Assert.AreEqual(-1, rig.Receive())));
        }
    }

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void Frames_of_a_backlog_share_the_look_and_the_RECV(bool interrupt)
    {
        using var rig = new W5500Rig(interrupt);
        rig.Receive();
        for (int i = 0; i < 40; i++)
            rig.PeerSends(i, 60);
        int count = rig.Transactions(() => CollectionAssert.AreEqual(Enumerable.Range(0, 40).ToArray(), rig.ReceiveAll()));

        // Look, 40 times data, read pointer, RECV, and the look that finds nothing more.
        Assert.AreEqual(44, count);
        for (int i = 0; i < 10; i++)
            rig.PeerSends(i, 1514);
        count = rig.Transactions(() => Assert.HasCount(10, rig.ReceiveAll()));
        Assert.IsLessThanOrEqualTo(25, count);
    }

    [TestMethod]
    [DataRow(60)]
    [DataRow(1514)]
    public void A_backlog_is_read_with_little_more_bytes_than_it_has(int length)
    {
        using var rig = new W5500Rig();
        rig.Receive();
        const int Frames = 10;
        for (int i = 0; i < Frames; i++)
            rig.PeerSends(i, length);
        long before = rig.Chip.BytesClocked;
        Assert.HasCount(Frames, rig.ReceiveAll());
        long overhead = rig.Chip.BytesClocked - before - Frames * length;

        // Only the first frame is read without knowing where it ends.
        Assert.IsLessThan(1514 + Frames * 40, overhead);
    }

    [TestMethod]
    [DataRow(false, 60)]
    [DataRow(false, 1514)]
    [DataRow(true, 60)]
    [DataRow(true, 1514)]
    public void A_frame_is_sent_with_four_SPI_frames(bool interrupt, int length)
    {
        using var rig = new W5500Rig(interrupt);
        rig.Send(0, length);
        for (int i = 1; i < 100; i++)
            Assert.AreEqual(4, rig.Transactions(() => Assert.IsTrue(rig.Send(i, length))));
    }

    /// <summary>SENDOK is asked for before the next frame, and wakes nobody.</summary>
    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void A_frame_that_is_sent_costs_four_until_the_link_rests_and_INTn_does_not_fall(bool maskPreventsCause)
    {
        using var rig = new W5500Rig(interrupt: true, chip => chip.Traps.MaskPreventsCause = maskPreventsCause);
        int falls = 0;
        rig.Chip.Interrupt.ValueChanged += (_, e) => falls += e.ChangeType == PinEventTypes.Falling ? 1 : 0;
        rig.Receive();
        Assert.IsTrue(rig.Send(0));
        for (int i = 1; i <= 50; i++)
        {
            rig.Clock.Now += 3_000;
            Assert.AreEqual(0, rig.Transactions(() => Assert.AreEqual(-1, rig.Receive())));
            Assert.AreEqual(i - 1, rig.PeerReceives());
            Assert.AreEqual(4, rig.Transactions(() => Assert.IsTrue(rig.Send(i, 1514))));
        }

        Assert.AreEqual(0, falls);
        rig.PeerSends(1);
        Assert.AreEqual(1, rig.Receive());
        Assert.AreEqual(1, falls);
        AssertNothingWrong(rig);
    }

    /// <summary>The chip says what is out by its pointer as well, which takes the wire's time once more.</summary>
    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void Without_a_SENDOK_a_frame_is_out_when_the_chip_has_read_it(bool interrupt)
    {
        using var rig = new W5500Rig(interrupt, chip => chip.Traps.MaskPreventsCause = true);
        for (int i = 0; i < 100; i++)
        {
            ulong before = rig.Clock.Now;
            Assert.IsTrue(rig.Send(i, 1514));
            Assert.IsLessThan(3_000UL, rig.Clock.Now - before);
        }

        Assert.AreEqual(-1, rig.Receive());
        for (int i = 0; i < 100; i++)
            Assert.AreEqual(i, rig.PeerReceives());
        Assert.AreEqual(0UL, rig.Counts.SendTimeouts);
        AssertNothingWrong(rig);
    }

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void A_frame_and_its_answer_cost_no_more_than_nine(bool interrupt)
    {
        using var rig = new W5500Rig(interrupt);
        rig.Receive();
        for (int i = 0; i < 100; i++)
        {
            rig.PeerSends(i, 74);
            int count = rig.Transactions(() =>
            {
                Assert.AreEqual(i, rig.Receive());
                Assert.IsTrue(rig.Send(i, 60));
            });
            Assert.IsLessThanOrEqualTo(9, count);
            rig.Receive();
            rig.PeerReceives();
        }
    }

    [TestMethod]
    public void With_the_interrupt_wired_a_link_at_rest_leaves_the_bus_alone()
    {
        using var rig = new W5500Rig(interrupt: true);
        rig.Receive();
        Assert.AreEqual(0, rig.Transactions(() =>
        {
            for (ulong end = rig.Clock.Now + 45_000; rig.Clock.Now < end;)
                Assert.AreEqual(-1, rig.Receive());
        }));
    }

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void Nothing_is_allocated_per_frame(bool interrupt)
    {
        using var rig = new W5500Rig(interrupt);
        byte[] buffer = Frames.Buffer(rig.Link);
        Assert.AreEqual(200 * 4, Turn(200));
        long before = GC.GetAllocatedBytesForCurrentThread();
        int frames = Turn(5000);
        Assert.AreEqual(0L, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.AreEqual(5000 * 4, frames);

        int Turn(int count)
        {
            int frames = 0;
            for (int i = 0; i < count; i++)
            {
                for (int k = 0; k < 3; k++)
                {
                    W5500Rig.Write(buffer, rig.Link.PhysicalAddress, i, 60 + (i & 1023));
                    rig.Peer.Send(buffer, 60 + (i & 1023));
                }

                while (rig.Link.Receive(buffer) > 0)
                    frames++;
                W5500Rig.Write(buffer, rig.Peer.PhysicalAddress, i, 60);
                rig.Link.Send(buffer, 30 + (i & 1023));
                rig.Link.Receive(buffer);
                rig.Link.Wait(0);
                while (rig.Peer.Receive(buffer) > 0)
                    frames++;
            }

            return frames;
        }
    }

    // ---- Waiting

    [TestMethod]
    public void A_wait_without_the_interrupt_ends_at_its_time_or_with_a_frame()
    {
        using var rig = new W5500Rig();
        ulong before = rig.Clock.Now;
        rig.Link.Wait(20);
        Assert.IsInRange(20_000UL, 21_000UL, rig.Clock.Now - before);
        rig.PeerSends(1);
        before = rig.Clock.Now;
        rig.Link.Wait(20);
        Assert.IsLessThan(1000UL, rig.Clock.Now - before);

        // The wait's own look has found the frame.
        Assert.AreEqual(3, rig.Transactions(() => Assert.AreEqual(1, rig.Receive())));
    }

    [TestMethod]
    public void A_wait_with_the_interrupt_ends_when_the_pin_falls()
    {
        using var rig = new W5500Rig(interrupt: true);
        Assert.AreEqual(-1, rig.Receive());
        rig.Chip.Start();
        for (int i = 0; i < 20; i++)
        {
            rig.PeerSends(i);
            int number = -1;
            for (long end = Environment.TickCount64 + 10_000; number < 0 && Environment.TickCount64 < end; number = rig.Receive())
                rig.Link.Wait(1000);
            Assert.AreEqual(i, number);
        }
    }

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void A_wait_of_low_latency_ends_with_a_frame_and_asks_the_pin_where_there_is_one(bool interrupt)
    {
        using var rig = new W5500Rig(interrupt);
        rig.Link.LowLatency = true;
        Assert.AreEqual(-1, rig.Receive());
        int looks = rig.Transactions(() => rig.Link.Wait(20));
        if (interrupt)
            Assert.AreEqual(0, looks, "A look at the pin leaves the bus alone.");
        else
            Assert.IsGreaterThan(0, looks);
        rig.PeerSends(1);
        ulong before = rig.Clock.Now;
        rig.Link.Wait(20);
        Assert.IsLessThan(1000UL, rig.Clock.Now - before);
        Assert.AreEqual(1, rig.Receive());
    }

    private static void AssertNothingWrong(W5500Rig rig)
    {
        Assert.AreEqual(0UL, rig.Counts.TornReadings);
        Assert.AreEqual(0UL, rig.Counts.BadLengths);
        Assert.AreEqual(0UL, rig.Counts.Resynchronisations);
        Assert.AreEqual(0UL, rig.Counts.Reopened);
        Assert.AreEqual(1UL, rig.Counts.Resets);
        Assert.AreEqual(0UL, rig.Counts.MissedInterrupts);
    }
}
