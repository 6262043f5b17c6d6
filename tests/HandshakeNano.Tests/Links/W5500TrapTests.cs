using System;
using System.Collections.Generic;
using System.Device.Gpio;
using System.Linq;
using System.Reflection;
using HandshakeNano.Boards.Virtual;
using HandshakeNano.Net;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace HandshakeNano.Links.Tests;

/// <summary>The W5500 driver when the chip, the cable or the bus goes wrong.</summary>
[TestClass]
public sealed class W5500TrapTests
{
    [TestMethod]
    public void A_version_that_reads_zero_at_first_is_asked_for_again()
    {
        using var rig = new W5500Rig(prepare: chip => chip.Traps.VersionZeroReads = 50);
        Assert.IsTrue(rig.Link.IsUp);
        Assert.AreEqual(0UL, rig.Counts.FailedResets);
    }

    [TestMethod]
    [DataRow(0x00)]
    [DataRow(0xFF)]
    [DataRow(0x42)]
    public void A_chip_that_is_not_there_is_tried_again_every_second(int reads)
    {
        using var rig = new W5500Rig(prepare: chip => chip.Traps.Absent = reads);
        Assert.IsFalse(rig.Link.IsUp);
        Assert.IsFalse(rig.Link.IsOpen);
        Assert.AreEqual(0, rig.Transactions(() =>
        {
            Assert.AreEqual(-1, rig.Receive());
            Assert.IsFalse(rig.Send(1));
        }));
        Assert.AreEqual(1UL, rig.Counts.NotSentDown);
        rig.Clock.Now += 1_000_000;
        Assert.AreEqual(-1, rig.Receive());
        Assert.AreEqual(2UL, rig.Counts.Resets);
        Assert.AreEqual(2UL, rig.Counts.FailedResets);

        rig.Chip.Traps.Absent = -1;
        rig.AssertWorks();
        Assert.AreEqual(1UL, rig.Counts.LinkUps);
    }

    [TestMethod]
    [DataRow(0x00)]
    [DataRow(0xFF)]
    public void A_chip_that_goes_away_comes_back(int reads)
    {
        using var rig = new W5500Rig();
        rig.AssertWorks();
        rig.Chip.Traps.Absent = reads;
        Assert.AreEqual(-1, rig.Receive());
        Assert.IsFalse(rig.Link.IsUp);
        Assert.AreEqual(1UL, rig.Counts.StateLost);
        Assert.AreEqual(1UL, rig.Counts.LinkDowns);
        rig.Chip.Traps.Absent = -1;
        rig.AssertWorks();
    }

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void A_chip_that_lost_its_power_is_set_up_again(bool interrupt)
    {
        using var rig = new W5500Rig(interrupt, chip => chip.Traps.InitialPointer = 5000);
        rig.AssertWorks();
        rig.Chip.LosePower();
        rig.AssertWorks();
        Assert.AreEqual(1UL, rig.Counts.StateLost);
        Assert.AreEqual(2UL, rig.Counts.Resets);
    }

    [TestMethod]
    [DataRow(false, 0)]
    [DataRow(false, 0xFFF0)]
    [DataRow(true, 0xFF00)]
    public void A_torn_count_is_read_again_and_no_frame_is_lost(bool interrupt, int begin)
    {
        using var rig = new W5500Rig(interrupt, chip =>
        {
            chip.Traps.TornReads = true;
            chip.Traps.InitialPointer = begin;
        });
        var numbers = new List<int>();
        var random = new Random(5);
        for (int i = 0; i < 4000;)
        {
            for (int burst = random.Next(1, 8); burst > 0 && i < 4000; burst--)
            {
                rig.PeerSends(i, 60 + (i * 41) % 1455);
                i++;
            }

            // An interrupt would come later: without it the driver looks when it thinks it should.
            rig.Clock.Now += 60_000;
            numbers.AddRange(rig.ReceiveAll());
        }

        for (int i = 0; i < 20; i++)
        {
            rig.Clock.Now += 60_000;
            numbers.AddRange(rig.ReceiveAll());
        }

        CollectionAssert.AreEqual(Enumerable.Range(0, 4000).ToArray(), numbers);
        Assert.AreNotEqual(0UL, rig.Counts.TornReadings);
        Assert.AreEqual(0UL, rig.Counts.BadLengths);
        Assert.AreEqual(0UL, rig.Counts.Reopened);
        Assert.AreEqual(0, rig.Chip.FramesOverflowed);
    }

    [TestMethod]
    [DataRow(1, 0)]
    [DataRow(3, 0)]
    [DataRow(0, 1)]
    [DataRow(0, 7)]
    [DataRow(2, 5)]
    public void A_slow_chip_is_waited_for(int commandDelay, int sendDelay)
    {
        using var rig = new W5500Rig(prepare: chip =>
        {
            chip.Traps.CommandDelay = commandDelay;
            chip.Traps.SendDelay = sendDelay;
        });
        for (int i = 0; i < 200; i++)
        {
            Assert.IsTrue(rig.Send(i, 60 + i));
            rig.PeerSends(i, 60 + i);
            Assert.AreEqual(i, rig.Receive());
        }

        for (int i = 0; i < 20; i++)
            rig.Receive();
        for (int i = 0; i < 200; i++)
            Assert.AreEqual(i, rig.PeerReceives());
        Assert.AreEqual(0UL, rig.Counts.Reopened);
        Assert.AreEqual(0UL, rig.Counts.CommandTimeouts);
        Assert.AreEqual(0UL, rig.Counts.SendTimeouts);
    }

    [TestMethod]
    [DataRow(5)]
    [DataRow(6)]
    [DataRow(7)]
    [DataRow(12)]
    public void A_command_that_is_never_accepted_ends_in_a_reset(int every)
    {
        using var rig = new W5500Rig(prepare: chip => chip.Traps.StuckCommandEvery = every);
        int came = 0;
        for (int i = 0; i < 100; i++)
        {
            rig.PeerSends(i);
            if (rig.Receive() == i)
                came++;
            rig.Send(i);
            while (rig.PeerReceives() >= 0)
            {
            }
        }

        Assert.IsGreaterThan(50, came);
        Assert.IsGreaterThan(10UL, rig.Counts.CommandTimeouts);
        Assert.IsGreaterThan(10UL, rig.Counts.Resets);
        rig.Chip.Traps.StuckCommandEvery = 0;
        rig.AssertWorks();
    }

    [TestMethod]
    public void A_chip_that_accepts_no_command_is_tried_again_every_second()
    {
        using var rig = new W5500Rig(prepare: chip => chip.Traps.StuckCommandEvery = 1);
        Assert.IsFalse(rig.Link.IsOpen);
        Assert.AreEqual(1UL, rig.Counts.FailedResets);
        Assert.AreEqual(0, rig.Transactions(() => Assert.AreEqual(-1, rig.Receive())));
        rig.Chip.Traps.StuckCommandEvery = 0;
        rig.AssertWorks();
    }

    [TestMethod]
    [DataRow(0)]
    [DataRow(1)]
    [DataRow(3)]
    [DataRow(61)]
    [DataRow(64)]
    [DataRow(500)]
    [DataRow(1517)]
    [DataRow(1516)]
    [DataRow(65534)]
    [DataRow(65535)]
    public void A_nonsense_length_costs_what_waits_and_no_more(int length)
    {
        using var rig = new W5500Rig(prepare: chip => chip.Traps.InitialPointer = 0xFF00);
        rig.Chip.Traps.WrongLength = length;
        rig.Chip.Traps.WrongLengthEvery = 4;
        byte[] buffer = Frames.Buffer(rig.Link);
        for (int i = 0; i < 8; i++)
        {
            W5500Rig.Write(buffer, rig.Link.PhysicalAddress, i, 60);
            Assert.IsTrue(rig.Peer.Send(buffer, 60));
        }

        int came = 0;
        while (rig.Link.Receive(buffer) > 0)
            came++;
        Assert.IsInRange(3, 6, came);
        Assert.AreNotEqual(0UL, rig.Counts.BadLengths);
        Assert.AreNotEqual(0UL, rig.Counts.Resynchronisations);
        rig.Chip.Traps.WrongLengthEvery = 0;
        rig.AssertWorks();
    }

    [TestMethod]
    public void Two_nonsense_lengths_in_a_row_open_the_socket_anew()
    {
        using var rig = new W5500Rig();
        rig.Chip.Traps.WrongLengthEvery = 1;
        rig.PeerSends(1);
        Assert.AreEqual(-1, rig.Receive());
        Assert.AreEqual(0UL, rig.Counts.Reopened);
        rig.PeerSends(2);
        Assert.AreEqual(-1, rig.Receive());
        Assert.AreEqual(2UL, rig.Counts.Resynchronisations);
        Assert.AreEqual(1UL, rig.Counts.Reopened);
        Assert.AreEqual(1UL, rig.Counts.Resets);
        rig.Chip.Traps.WrongLengthEvery = 0;
        rig.AssertWorks();
    }

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void A_frame_that_never_goes_out_is_given_up_and_the_next_ones_go(bool interrupt)
    {
        using var rig = new W5500Rig(interrupt);
        rig.Chip.Traps.LostSendOkEvery = 1;
        Assert.IsTrue(rig.Send(1, 1000));
        rig.Chip.Traps.LostSendOkEvery = 0;
        ulong before = rig.Clock.Now;
        Assert.IsTrue(rig.Send(2, 500));
        Assert.IsInRange(19_000UL, 40_000UL, rig.Clock.Now - before);
        Assert.AreEqual(1UL, rig.Counts.SendTimeouts);
        Assert.AreEqual(0UL, rig.Counts.NotSentBusy);
        Assert.AreEqual(1UL, rig.Counts.Reopened);
        Assert.IsTrue(rig.Send(3, 700));
        rig.Receive();
        Assert.AreEqual(2, rig.PeerReceives());
        Assert.AreEqual(3, rig.PeerReceives());
        Assert.AreEqual(-1, rig.PeerReceives());
        rig.AssertWorks();
    }

    [TestMethod]
    public void A_frame_that_was_stuck_for_long_is_not_waited_for()
    {
        using var rig = new W5500Rig();
        rig.Chip.Traps.LostSendOkEvery = 1;
        Assert.IsTrue(rig.Send(1));
        rig.Chip.Traps.LostSendOkEvery = 0;
        rig.Clock.Now += 1_000_000;
        ulong before = rig.Clock.Now;
        Assert.IsTrue(rig.Send(2));
        Assert.IsLessThan(1000UL, rig.Clock.Now - before);
        rig.AssertWorks();
    }

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void A_cable_that_comes_out_is_noticed_and_survived(bool interrupt)
    {
        using var rig = new W5500Rig(interrupt);
        for (int i = 0; i < 5; i++)
        {
            rig.AssertWorks();
            rig.Chip.IsLinkUp = false;
            Assert.IsTrue(rig.Send(1));
            rig.Clock.Now += 300_000;
            Assert.AreEqual(-1, rig.Receive());
            Assert.IsFalse(rig.Link.IsUp);
            Assert.IsTrue(rig.Link.IsOpen);
            Assert.AreEqual(0, rig.Transactions(() => Assert.IsFalse(rig.Send(2))));
            Assert.AreEqual((ulong)i + 1, rig.Counts.NotSentDown);

            rig.Chip.IsLinkUp = true;
            rig.Clock.Now += 300_000;
            Assert.AreEqual(-1, rig.Receive());
            Assert.IsTrue(rig.Link.IsUp);

            // The frame that was in the chip when the cable came out never leaves, and holds no other up.
            while (rig.PeerReceives() >= 0)
            {
            }

            Assert.IsTrue(rig.Send(3));
            Assert.AreEqual(-1, rig.Receive());
            Assert.AreEqual(3, rig.PeerReceives());
        }

        Assert.AreEqual(5UL, rig.Counts.LinkDowns);
        Assert.AreEqual(6UL, rig.Counts.LinkUps);
        Assert.AreEqual(5UL, rig.Counts.SendTimeouts);
        Assert.AreEqual(1UL, rig.Counts.Resets);
    }

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void A_cable_that_is_back_is_noticed_sooner_than_one_that_is_out(bool interrupt)
    {
        using var rig = new W5500Rig(interrupt);
        rig.AssertWorks();
        rig.Chip.IsLinkUp = false;
        rig.Clock.Now += 250_000;
        Assert.AreEqual(-1, rig.Receive());
        Assert.IsFalse(rig.Link.IsUp);
        rig.Chip.IsLinkUp = true;
        rig.Clock.Now += 50_000;
        Assert.AreEqual(-1, rig.Receive());
        Assert.IsTrue(rig.Link.IsUp);
    }

    /// <summary>Whenever it comes out: in the midst of sending, with the ring full, before it was noticed that it is back.</summary>
    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void A_cable_that_comes_and_goes_leaves_nothing_behind_once_it_is_in(bool interrupt)
    {
        for (int seed = 1; seed <= 200; seed++)
        {
            var random = new Random(seed);
            using var rig = new W5500Rig(interrupt);
            byte[] buffer = Frames.Buffer(rig.Link);
            for (int i = random.Next(200); i > 0; i--)
            {
                if (random.Next(4) == 0)
                    rig.Chip.IsLinkUp = !rig.Chip.IsLinkUp;
                if (random.Next(3) == 0)
                    rig.Clock.Now += (ulong)random.Next(1, 350_000);
                for (int frames = random.Next(4) == 0 ? random.Next(40) : 0; frames > 0; frames--)
                    rig.PeerSends(i, random.Next(60, 1515));
                if (random.Next(3) != 0)
                    rig.Send(i, random.Next(60, 1515));
                for (int frames = random.Next(20); frames > 0; frames--)
                    Assert.IsInRange(0, 1514, rig.Link.Receive(buffer));
                while (rig.Peer.Receive(buffer) > 0)
                {
                }
            }

            rig.Chip.IsLinkUp = true;
            rig.Clock.Now += 300_000;
            while (rig.Link.Receive(buffer) > 0)
            {
            }

            Assert.IsTrue(rig.Link.IsUp, $"seed {seed}");
            rig.AssertWorks();
            Assert.AreEqual(0UL, rig.Counts.FailedResets, $"seed {seed}");
        }
    }

    [TestMethod]
    public void A_flood_loses_what_finds_no_room_and_nothing_else()
    {
        using var rig = new W5500Rig(prepare: chip => chip.Traps.InitialPointer = 0xFFF0);
        int number = 0;
        for (int round = 0; round < 50; round++)
        {
            int first = number;
            for (int i = 0; i < 60; i++)
                rig.PeerSends(number++, 900);
            List<int> numbers = rig.ReceiveAll();
            CollectionAssert.AreEqual(Enumerable.Range(first, 16384 / 902).ToArray(), numbers);
        }

        Assert.AreEqual(50 * (60 - 16384 / 902), rig.Chip.FramesOverflowed);
        Assert.IsGreaterThanOrEqualTo(50UL, rig.Counts.NearlyFull);
        Assert.AreEqual(0UL, rig.Counts.BadLengths);
        Assert.AreEqual(0UL, rig.Counts.Reopened);
    }

    [TestMethod]
    public void A_missed_edge_costs_no_frame()
    {
        using var rig = new W5500Rig(interrupt: true, chip => chip.Traps.LostEdgeEvery = 1);
        Assert.AreEqual(-1, rig.Receive());
        for (int i = 0; i < 100; i++)
        {
            rig.PeerSends(i);
            rig.Link.Wait(10_000);
            Assert.AreEqual(i, rig.Receive());
            Assert.AreEqual(-1, rig.Receive());
        }

        Assert.AreEqual(0UL, rig.Counts.MissedInterrupts);
    }

    [TestMethod]
    public void A_broken_interrupt_wire_costs_fifty_milliseconds()
    {
        using var rig = new W5500Rig(interrupt: true, chip => chip.Traps.InterruptWireBroken = true);
        Assert.AreEqual(-1, rig.Receive());
        for (int i = 0; i < 100; i++)
        {
            rig.PeerSends(i);
            Assert.AreEqual(-1, rig.Receive());
            rig.Clock.Now += 50_000;
            Assert.AreEqual(i, rig.Receive());
            Assert.AreEqual(-1, rig.Receive());
        }

        Assert.AreEqual(100UL, rig.Counts.MissedInterrupts);
    }

    [TestMethod]
    [DataRow(false, true, false, false)]
    [DataRow(true, true, false, false)]
    [DataRow(false, false, true, false)]
    [DataRow(true, true, true, false)]
    [DataRow(false, false, false, true)]
    [DataRow(true, false, false, true)]
    public void What_the_datasheet_leaves_open_does_not_matter(
        bool interrupt, bool maskPreventsCause, bool readPointerCountsAtOnce, bool readPointerShowsLate)
    {
        using var rig = new W5500Rig(interrupt, chip =>
        {
            chip.Traps.MaskPreventsCause = maskPreventsCause;
            chip.Traps.ReadPointerCountsAtOnce = readPointerCountsAtOnce;
            chip.Traps.ReadPointerShowsLate = readPointerShowsLate;
            chip.Traps.CommandDelay = readPointerShowsLate ? 2 : 0;
            chip.Traps.InitialPointer = 0xFFF0;
        });
        for (int i = 0; i < 20; i++)
            rig.AssertWorks();
        Assert.AreEqual(0UL, rig.Counts.Reopened);
        Assert.AreEqual(1UL, rig.Counts.Resets);
        Assert.AreEqual(0UL, rig.Counts.TornReadings);
    }

    /// <summary>One call of the bus fails, before or after the chip had it: look, data, read pointer, RECV.</summary>
    [TestMethod]
    [DataRow(1, false)]
    [DataRow(1, true)]
    [DataRow(2, false)]
    [DataRow(2, true)]
    [DataRow(3, false)]
    [DataRow(3, true)]
    [DataRow(4, false)]
    [DataRow(4, true)]
    public void A_call_of_the_bus_that_fails_costs_no_frame_received(int call, bool late)
    {
        foreach (bool interrupt in new[] { false, true })
        {
            using var rig = new W5500Rig(interrupt, chip => chip.Traps.InitialPointer = 0xFFF0);
            for (int i = 0; i < 200; i++)
            {
                Assert.AreEqual(-1, rig.Receive());
                FailNext(rig, call, late);
                rig.PeerSends(i, 60 + 7 * i);
                Assert.AreEqual(i, rig.Receive());
                rig.Chip.Traps.BusErrorEvery = 0;
                Assert.AreEqual((ulong)i + 1, rig.Counts.BusErrors);
            }

            rig.AssertWorks();
            Assert.AreEqual(0UL, rig.Counts.BadLengths);
            Assert.AreEqual(0UL, rig.Counts.StateLost);
            Assert.AreEqual(0UL, rig.Counts.Reopened);
            Assert.AreEqual(1UL, rig.Counts.Resets);
        }
    }

    /// <summary>One call of the bus fails, before or after the chip had it: data, write pointer.</summary>
    [TestMethod]
    [DataRow(1, false)]
    [DataRow(1, true)]
    [DataRow(2, false)]
    [DataRow(2, true)]
    public void A_call_of_the_bus_that_fails_costs_no_frame_sent(int call, bool late)
    {
        foreach (bool interrupt in new[] { false, true })
        {
            using var rig = new W5500Rig(interrupt, chip => chip.Traps.InitialPointer = 0xFFF0);
            for (int i = 0; i < 200; i++)
            {
                Assert.AreEqual(-1, rig.Receive());
                FailNext(rig, call, late);
                Assert.IsTrue(rig.Send(i, 60 + 7 * i));
                rig.Chip.Traps.BusErrorEvery = 0;
                Assert.AreEqual((ulong)i + 1, rig.Counts.BusErrors);
                Assert.AreEqual(-1, rig.Receive());
                Assert.AreEqual(i, rig.PeerReceives());
            }

            rig.AssertWorks();
            Assert.AreEqual(0UL, rig.Counts.Reopened);
            Assert.AreEqual(1UL, rig.Counts.Resets);
        }
    }

    /// <summary>With a look in between the frame before is known to be out; with INTn there is none, as nothing has come.</summary>
    [TestMethod]
    [DataRow(3, false, true)]
    [DataRow(3, true, true)]
    [DataRow(4, false, false)]
    [DataRow(4, true, false)]
    public void A_SEND_that_fails_opens_the_socket_again_and_the_next_frames_go(int call, bool late, bool looksBetween)
    {
        foreach (bool interrupt in new[] { false, true })
        {
            using var rig = new W5500Rig(interrupt, chip => chip.Traps.InitialPointer = 0xFFF0);
            Assert.AreEqual(-1, rig.Receive());
            for (int i = 0; i < 200; i++)
            {
                Assert.IsTrue(rig.Send(1000 + i));
                if (looksBetween)
                    Assert.AreEqual(-1, rig.Receive());
                FailNext(rig, looksBetween && interrupt ? call + 1 : call, late);
                Assert.IsFalse(rig.Send(2000 + i, 60 + 7 * i));
                rig.Chip.Traps.BusErrorEvery = 0;
                Assert.AreEqual((ulong)i + 1, rig.Counts.BusErrors);
                Assert.AreEqual((ulong)i + 1, rig.Counts.NotSentBusy);
                Assert.IsTrue(rig.Send(3000 + i, 1514));
                Assert.AreEqual(-1, rig.Receive());
                Assert.AreEqual(1000 + i, rig.PeerReceives());
                if (late)
                    Assert.AreEqual(2000 + i, rig.PeerReceives());
                Assert.AreEqual(3000 + i, rig.PeerReceives());
                Assert.AreEqual(-1, rig.PeerReceives());
            }

            rig.AssertWorks();
            Assert.AreEqual(200UL, rig.Counts.Reopened);
            Assert.AreEqual(1UL, rig.Counts.Resets);
        }
    }

    [TestMethod]
    [DataRow(2)]
    [DataRow(500)]
    public void A_look_that_fails_is_no_reason_to_reset_the_chip(int every)
    {
        using var rig = new W5500Rig();
        rig.Chip.Traps.BusErrorEvery = every;
        for (int i = 0; i < 5_000; i++)
            Assert.AreEqual(-1, rig.Receive());
        rig.Chip.Traps.BusErrorEvery = 0;
        Assert.IsGreaterThanOrEqualTo(10UL, rig.Counts.BusErrors);
        Assert.AreEqual(0UL, rig.Counts.StateLost);
        Assert.AreEqual(1UL, rig.Counts.Resets);
        rig.AssertWorks();
    }

    [TestMethod]
    public void A_bus_that_fails_always_is_a_chip_that_is_gone()
    {
        using var rig = new W5500Rig();
        Assert.AreEqual(-1, rig.Receive());
        rig.Chip.Traps.BusErrorEvery = 1;
        rig.PeerSends(1);
        Assert.AreEqual(-1, rig.Receive());
        Assert.IsFalse(rig.Link.IsUp);
        Assert.AreEqual(1UL, rig.Counts.FailedResets);
        Assert.AreEqual(0, rig.Transactions(() => Assert.IsFalse(rig.Send(1))));
        rig.Chip.Traps.BusErrorEvery = 0;
        rig.AssertWorks();
    }

    [TestMethod]
    public void A_bus_that_fails_when_a_frame_is_sent_sends_nothing_else_in_its_place()
    {
        using var rig = new W5500Rig();
        Assert.IsTrue(rig.Send(1, 1000));
        Assert.AreEqual(-1, rig.Receive());
        Assert.AreEqual(1, rig.PeerReceives());
        rig.Chip.Traps.BusErrorEvery = 1;
        Assert.IsFalse(rig.Send(2, 1000));
        rig.Chip.Traps.BusErrorEvery = 0;
        Assert.AreEqual(1UL, rig.Counts.NotSentBusy);
        Assert.AreEqual(-1, rig.PeerReceives());
        rig.AssertWorks();
        Assert.AreEqual(1UL, rig.Counts.Resets);
    }

    [TestMethod]
    [DataRow(2, false)]
    [DataRow(7, false)]
    [DataRow(7, true)]
    [DataRow(50, false)]
    [DataRow(50, true)]
    [DataRow(51, false)]
    public void A_bus_that_fails_now_and_then_is_no_exception(int every, bool late)
    {
        using var rig = new W5500Rig();
        rig.Chip.Traps.BusErrorEvery = every;
        rig.Chip.Traps.BusErrorIsLate = late;
        byte[] buffer = Frames.Buffer(rig.Link);
        for (int i = 0; i < 300; i++)
        {
            W5500Rig.Write(buffer, rig.Link.PhysicalAddress, i, 100);
            rig.Peer.Send(buffer, 100);
            while (rig.Link.Receive(buffer) > 0)
            {
            }

            rig.Link.Send(buffer, 100);
            rig.Clock.Now += 100_000;
            while (rig.Peer.Receive(buffer) > 0)
            {
            }
        }

        Assert.IsGreaterThan(10UL, rig.Counts.BusErrors);
        rig.Chip.Traps.BusErrorEvery = 0;
        rig.Clock.Now += 2_000_000;
        rig.Receive();

        // What was in the chip may be stuck there.
        rig.Send(1);
        rig.AssertWorks();
    }

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void One_wrong_bit_in_a_look_is_looked_at_again(bool interrupt)
    {
        using var rig = new W5500Rig(interrupt);
        rig.AssertWorks();
        rig.Chip.Traps.MisoBitErrors = 0.002;
        for (int i = 0; i < 2_000; i++)
        {
            rig.Clock.Now += 60_000;
            rig.Link.Receive(Frames.Buffer(rig.Link));
        }

        rig.Chip.Traps.MisoBitErrors = 0;
        Assert.IsGreaterThan(100UL, rig.Counts.TornReadings);
        Assert.AreEqual(1UL, rig.Counts.PinResets);
        rig.AssertWorks();
    }

    /// <summary>A frame that was cut or changed on the way is the transport's to find; none may cost the link.</summary>
    [TestMethod]
    [DataRow(1e-6, 0, false)]
    [DataRow(1e-5, 0, true)]
    [DataRow(0, 1e-6, true)]
    [DataRow(0, 1e-5, false)]
    [DataRow(1e-5, 1e-5, true)]
    public void Wrong_bits_on_the_wire_cost_frames_and_not_the_link(double miso, double mosi, bool interrupt)
    {
        using var rig = new W5500Rig(interrupt, mayViolate: true);
        W5500Traps traps = rig.Chip.Traps;
        traps.MisoBitErrors = miso;
        traps.MosiBitErrors = mosi;
        traps.LinkDelay = 1000;
        byte[] buffer = Frames.Buffer(rig.Link);
        const int Each = 10_000;
        int came = 0, went = 0;
        for (int i = 0; i < Each; i++)
        {
            int length = 60 + (i * 41) % 1455;
            W5500Rig.Write(buffer, rig.Link.PhysicalAddress, i, length);
            rig.Peer.Send(buffer, length);
            rig.Link.Send(buffer, length);
            rig.Clock.Now += 60_000;
            while (rig.Link.Receive(buffer) > 0)
                came++;
            while (rig.Peer.Receive(buffer) > 0)
                went++;
        }

        Assert.IsGreaterThan(50, rig.Chip.BitErrors);
        Assert.IsGreaterThan(Each * 97 / 100, came);
        Assert.IsGreaterThan(Each * 97 / 100, went);
        Assert.IsLessThanOrEqualTo(2, rig.Chip.PinResets, "That at the start, and one.");
        traps.MisoBitErrors = traps.MosiBitErrors = 0;
        rig.Send(1);
        rig.AssertWorks();
    }

    /// <summary>A bit that came wrong on the way to the chip is found where it did its harm: a filter, a mask, a PHY that is held in reset.</summary>
    [TestMethod]
    [DataRow("00000C" + "44", false)]
    [DataRow("002C0C" + "00", true)]
    [DataRow("001E0C" + "0000", false)]
    [DataRow("002804" + "00", false)]
    [DataRow("002E04" + "00", false)]
    [DataRow("002E04" + "00", true)]
    public void A_register_that_a_wrong_bit_has_changed_is_set_again(string frame, bool interrupt)
    {
        using var rig = new W5500Rig(interrupt, mayViolate: true);
        rig.AssertWorks();
        byte[] bytes = Convert.FromHexString(frame);
        rig.Chip.Spi.Write(new SpanByte(bytes, 0, bytes.Length));
        for (int i = 0; i < 4; i++)
        {
            rig.Clock.Now += 300_000;
            rig.Receive();
        }

        rig.AssertWorks();
        Assert.AreEqual(1, rig.Chip.PinResets);
        byte[] mode = Read(0x0000, 0x08, 1), mask = Read(0x002C, 0x08, 1), phy = Read(0x002E, 0x00, 1);
        Assert.AreEqual(0xB4, mode[0]);
        Assert.AreEqual(0x04, mask[0]);
        Assert.AreEqual(0xBF, phy[0]);

        byte[] Read(int address, int block, int count)
        {
            byte[] request = new byte[3 + count], answer = new byte[3 + count];
            request[1] = (byte)address;
            request[2] = (byte)block;
            rig.Chip.Spi.TransferFullDuplex(new SpanByte(request, 0, request.Length), new SpanByte(answer, 0, answer.Length));
            return answer[3..];
        }
    }

    [TestMethod]
    public void A_chip_that_lost_its_power_comes_back_without_RSTn()
    {
        using var rig = new W5500Rig();
        rig.AssertWorks();
        rig.Chip.Traps.LinkDelay = int.MaxValue;
        rig.Chip.LosePower();
        rig.AssertWorks();
        Assert.AreEqual(1, rig.Chip.PinResets);
        Assert.AreEqual(1UL, rig.Counts.PinResets);
        Assert.AreEqual(2UL, rig.Counts.Resets);
    }

    [TestMethod]
    public void A_broken_wire_of_RSTn_is_no_matter()
    {
        using var rig = new W5500Rig(prepare: chip =>
        {
            // What a program before has left in the chip.
            chip.Spi.Write(new SpanByte(new byte[] { 0x00, 0x0F, 0x04, 10, 0, 0, 1 }, 0, 7));
            chip.Traps.ResetWireBroken = true;
        });
        rig.AssertWorks();
        byte[] address = new byte[7];
        rig.Chip.Spi.TransferFullDuplex(new SpanByte(new byte[] { 0x00, 0x0F, 0x00, 0, 0, 0, 0 }, 0, 7), new SpanByte(address, 0, 7));
        CollectionAssert.AreEqual(new byte[4], address[3..], "The chip kept an address of its own.");
    }

    /// <summary>As the controller of a WIZ550io does, which has an address of its own.</summary>
    [TestMethod]
    public void A_module_that_writes_its_own_address_after_RSTn_is_waited_for()
    {
        using var rig = new W5500Rig(moduleTime: 150_000);
        rig.AssertWorks();
        byte[] address = new byte[9];
        rig.Chip.Spi.TransferFullDuplex(new SpanByte(new byte[] { 0x00, 0x09, 0x00, 0, 0, 0, 0, 0, 0 }, 0, 9), new SpanByte(address, 0, 9));
        CollectionAssert.AreEqual(rig.Link.PhysicalAddress, address[3..]);
    }

    [TestMethod]
    public void A_chip_that_sends_nothing_any_more_is_reset_and_then_is_not_up()
    {
        using var rig = new W5500Rig();
        rig.AssertWorks();
        rig.Chip.Traps.LostSendOkEvery = 1;
        Assert.IsTrue(rig.Send(0));
        for (int i = 1; i <= 3; i++)
        {
            Assert.AreEqual(1UL, rig.Counts.Resets);
            Assert.IsTrue(rig.Send(i));
            Assert.AreEqual((ulong)i, rig.Counts.SendTimeouts);
        }

        Assert.AreEqual(2UL, rig.Counts.Resets);
        Assert.AreEqual(1UL, rig.Counts.PinResets);
        Assert.IsFalse(rig.Send(4));
        Assert.IsFalse(rig.Link.IsUp);
        Assert.IsFalse(rig.Link.IsOpen);
        Assert.AreEqual(0, rig.Transactions(() => Assert.IsFalse(rig.Send(5))));
        while (rig.PeerReceives() >= 0)
        {
        }

        rig.Chip.Traps.LostSendOkEvery = 0;
        rig.AssertWorks();
        Assert.AreEqual(2UL, rig.Counts.PinResets);
    }

    [TestMethod]
    [DataRow(1515)]
    [DataRow(1518)]
    public void A_frame_with_a_tag_is_stepped_over_and_what_waits_behind_it_comes(int length)
    {
        using var rig = new W5500Rig(prepare: chip => chip.Traps.InitialPointer = 0xFF00);
        for (int i = 0; i < 30; i += 3)
        {
            rig.PeerSends(i, 700);
            rig.Chip.ReceiveTagged(length);
            rig.PeerSends(i + 1);
            rig.PeerSends(i + 2, 1514);
            CollectionAssert.AreEqual(new[] { i, i + 1, i + 2 }, rig.ReceiveAll());
        }

        Assert.AreEqual(10UL, rig.Counts.ReceivedOversize);
        Assert.AreEqual(0UL, rig.Counts.BadLengths);
        rig.AssertWorks();
    }

    [TestMethod]
    [DataRow(3)]
    [DataRow(9)]
    [DataRow(40)]
    public void A_count_that_lags_behind_the_read_pointer_is_no_fault(int delay)
    {
        using var rig = new W5500Rig(prepare: chip => chip.Traps.ReceivedSizeDelay = delay);
        for (int i = 0; i < 2_000; i++)
        {
            rig.PeerSends(i, 60 + (i * 41) % 1455);
            Assert.AreEqual(i, rig.Receive());
        }

        Assert.IsGreaterThan(0UL, rig.Counts.TornReadings);
        Assert.AreEqual(0UL, rig.Counts.Reopened);
        Assert.AreEqual(1UL, rig.Counts.Resets);
        rig.Chip.Traps.ReceivedSizeDelay = 0;
        rig.AssertWorks();
    }

    [TestMethod]
    [DataRow(false, 0)]
    [DataRow(true, 0)]
    [DataRow(false, 5)]
    [DataRow(true, 5)]
    public void A_chip_whose_commands_take_one_byte_sends_each_frame_once(bool interrupt, int sendDelay)
    {
        using var rig = new W5500Rig(interrupt, chip =>
        {
            chip.Traps.CommandIgnoresRest = true;
            chip.Traps.SendDelay = sendDelay;
        });
        for (int i = 0; i < 500; i++)
        {
            Assert.IsTrue(rig.Send(2 * i, 60 + i));
            Assert.IsTrue(rig.Send(2 * i + 1, 1514));
            rig.PeerSends(i);
            Assert.AreEqual(i, rig.Receive());
            for (int look = 0; look < 10; look++)
                Assert.AreEqual(-1, rig.Receive());
            Assert.AreEqual(2 * i, rig.PeerReceives());
            Assert.AreEqual(2 * i + 1, rig.PeerReceives());
        }

        Assert.AreEqual(0UL, rig.Counts.Reopened);
        Assert.AreEqual(0UL, rig.Counts.SendTimeouts);
    }

    [TestMethod]
    public void A_bus_whose_errors_are_those_of_a_file_is_a_bus_that_fails()
    {
        using var rig = new W5500Rig();
        rig.Chip.Traps.BusErrorIsIo = true;
        rig.Chip.Traps.BusErrorEvery = 5;
        for (int i = 0; i < 100; i++)
        {
            rig.PeerSends(i);
            Assert.AreEqual(i, rig.Receive());
        }

        Assert.IsGreaterThan(10UL, rig.Counts.BusErrors);
        rig.Chip.Traps.BusErrorEvery = 0;
        rig.AssertWorks();
    }

    [TestMethod]
    public void An_edge_of_INTn_is_told_only_to_whom_waits_for_it()
    {
        using var rig = new W5500Rig(interrupt: true);
        Assert.IsTrue(rig.Chip.InterruptIsListenedTo);
        rig.Link.LowLatency = true;
        Assert.IsFalse(rig.Chip.InterruptIsListenedTo);
        rig.AssertWorks();
        rig.Link.LowLatency = false;
        Assert.IsTrue(rig.Chip.InterruptIsListenedTo);
        rig.AssertWorks();
    }

    [TestMethod]
    [DataRow(1)]
    [DataRow(2)]
    [DataRow(3)]
    [DataRow(4)]
    public void Everything_wrong_at_once_ends_when_it_ends(int seed)
    {
        var random = new Random(seed);
        using var rig = new W5500Rig(interrupt: seed % 2 == 0, mayViolate: true);
        byte[] buffer = Frames.Buffer(rig.Link);
        W5500Traps traps = rig.Chip.Traps;
        for (int round = 0; round < 100; round++)
        {
            traps.TornReads = random.Next(3) == 0;
            traps.InitialPointer = random.Next(0x10000);
            traps.VersionZeroReads = random.Next(30);
            traps.Absent = random.Next(10) == 0 ? random.Next(256) : -1;
            traps.CommandDelay = random.Next(4);
            traps.SendDelay = random.Next(4);
            traps.StuckCommandEvery = random.Next(4) == 0 ? random.Next(1, 60) : 0;
            traps.LostSendOkEvery = random.Next(3) == 0 ? random.Next(1, 20) : 0;
            traps.WrongLengthEvery = random.Next(3) == 0 ? random.Next(1, 20) : 0;
            traps.WrongLength = random.Next(0x10000);
            traps.LostEdgeEvery = random.Next(3);
            traps.InterruptWireBroken = random.Next(10) == 0;
            traps.BusErrorEvery = random.Next(5) == 0 ? random.Next(2, 100) : 0;
            traps.BusErrorIsLate = random.Next(2) == 0;
            traps.BusErrorIsIo = random.Next(2) == 0;
            traps.MisoBitErrors = random.Next(5) == 0 ? random.NextDouble() / 1000 : 0;
            traps.MosiBitErrors = random.Next(5) == 0 ? random.NextDouble() / 1000 : 0;
            traps.LinkDelay = random.Next(100);
            traps.ReceivedSizeDelay = random.Next(10);
            traps.CommandIgnoresRest = random.Next(5) == 0;
            rig.Chip.IsLinkUp = random.Next(8) != 0;
            if (random.Next(10) == 0)
                rig.Chip.LosePower();
            for (int i = random.Next(40); i > 0; i--)
            {
                int length = random.Next(14, 1515);
                W5500Rig.Write(buffer, rig.Link.PhysicalAddress, i, Math.Max(length, 22));
                rig.Peer.Send(buffer, length);
                if (random.Next(3) == 0)
                    rig.Link.Send(buffer, length);
                if (random.Next(3) == 0)
                    Assert.IsInRange(0, 1514, rig.Link.Receive(buffer));
                rig.Clock.Now += (ulong)random.Next(100_000);
                rig.Peer.Receive(buffer);
            }
        }

        foreach (var property in typeof(W5500Traps).GetProperties())
            property.SetValue(traps, property.GetValue(new W5500Traps()));
        rig.Chip.IsLinkUp = true;
        for (int i = 0; i < 3; i++)
        {
            rig.Clock.Now += 2_000_000;
            while (rig.Link.Receive(buffer) > 0)
            {
            }
        }

        rig.Link.Send(buffer, 60);
        rig.AssertWorks();
    }

    /// <summary>Lets the call of the bus fail that comes after so many; the first is 1.</summary>
    private static void FailNext(W5500Rig rig, int call, bool late)
    {
        rig.Chip.Traps.BusErrorIsLate = late;
        rig.Chip.Traps.BusErrorEvery = rig.Chip.Transactions + call;
    }
}
