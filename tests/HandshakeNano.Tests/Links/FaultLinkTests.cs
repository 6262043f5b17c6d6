using System;
using System.Collections.Generic;
using System.Linq;
using System.Numerics;
using HandshakeNano.Boards.Virtual;
using HandshakeNano.Net;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace HandshakeNano.Links.Tests;

[TestClass]
public class FaultLinkTests
{
    private readonly ManualClock _clock = new();
    private readonly MemoryWire _wire = new();
    private readonly FaultSettings _settings = new();

    [TestMethod]
    public void Without_rates_every_frame_passes_at_once_both_ways()
    {
        var link = new FaultLink(_wire.A, _clock, _settings);
        for (int i = 0; i < 100; i++)
        {
            Assert.IsTrue(Frames.Send(link, i));
            Assert.AreEqual(i, Frames.Receive(_wire.B));
            Frames.Send(_wire.B, i);
            Assert.AreEqual(i, Frames.Receive(link));
        }

        Assert.AreEqual(100UL, link.Sent.Frames);
        Assert.AreEqual(100UL, link.Received.Frames);
        Assert.AreEqual(ulong.MaxValue, link.NextDue);
    }

    [TestMethod]
    [DataRow(true)]
    [DataRow(false)]
    public void Always_lost_means_that_nothing_passes_in_that_direction_alone(bool sent)
    {
        (sent ? _settings.Sent : _settings.Received).Loss = 65536;
        var link = new FaultLink(_wire.A, _clock, _settings);
        for (int i = 0; i < 50; i++)
        {
            Assert.IsTrue(Frames.Send(link, i), "A sender does not learn of a loss.");
            Frames.Send(_wire.B, i);
        }

        Assert.HasCount(sent ? 50 : 0, Frames.ReceiveAll(link));
        Assert.HasCount(sent ? 0 : 50, Frames.ReceiveAll(_wire.B));
        Assert.AreEqual(sent ? 50UL : 0UL, link.Sent.Lost);
        Assert.AreEqual(sent ? 0UL : 50UL, link.Received.Lost);
    }

    [TestMethod]
    public void The_same_seed_gives_the_same_faults_and_another_seed_others()
    {
        List<string> first = Run(5), again = Run(5), other = Run(6);
        CollectionAssert.AreEqual(first, again);
        CollectionAssert.AreNotEqual(first, other);
    }

    [TestMethod]
    public void The_fate_of_a_frame_does_not_hang_on_the_other_direction_or_the_other_rates()
    {
        List<int> alone = Survivors(() => { });
        List<int> besides = Survivors(() =>
        {
            _settings.Received.Loss = 30_000;
            _settings.Sent.Corruption = 40_000;
        });
        CollectionAssert.AreEqual(alone, besides);

        List<int> Survivors(Action more)
        {
            var wire = new MemoryWire(capacity: 1000);
            _settings.Sent.Loss = 20_000;
            more();
            var link = new FaultLink(wire.A, _clock, _settings);
            var passed = new List<int>();
            for (int i = 0; i < 500; i++)
            {
                Frames.Send(link, i);
                if (Frames.Receive(wire.B) >= 0)
                    passed.Add(i);
                Frames.Send(wire.B, i);
                Frames.Receive(link);
            }

            return passed;
        }
    }

    [TestMethod]
    public void The_two_directions_have_fates_of_their_own()
    {
        _settings.Sent.Loss = _settings.Received.Loss = 32768;
        var link = new FaultLink(_wire.A, _clock, _settings);
        for (int i = 0; i < 100; i++)
        {
            Frames.Send(link, i);
            Frames.Send(_wire.B, i);
        }

        CollectionAssert.AreNotEqual(Frames.ReceiveAll(_wire.B), Frames.ReceiveAll(link));
    }

    [TestMethod]
    public void Rates_are_what_was_asked_for()
    {
        const int Count = 100_000;
        FaultRates rates = _settings.Sent;
        rates.Loss = FaultRates.FromPercent(30);
        rates.Duplication = FaultRates.FromPercent(20);
        rates.Corruption = FaultRates.FromPercent(10);
        rates.Reordering = FaultRates.FromPercent(5);
        _settings.QueueLength = 4096;
        var link = new FaultLink(_wire.A, _clock, _settings);
        for (int i = 0; i < Count; i++)
        {
            Frames.Send(link, i);
            _clock.Now += 100;
            Frames.ReceiveAll(_wire.B);
        }

        FaultCounts counts = link.Sent;
        Assert.AreEqual((ulong)Count, counts.Frames);
        double passed = Count - (double)counts.Lost;
        Assert.AreEqual(0.30, counts.Lost / (double)Count, 0.01);
        Assert.AreEqual(0.20, counts.Duplicated / passed, 0.01);
        Assert.AreEqual(0.10, counts.Corrupted / passed, 0.01);
        Assert.AreEqual(0.05, counts.Reordered / passed, 0.01);
        Assert.AreEqual(0UL, counts.Overflowed);
    }

    [TestMethod]
    [DataRow(true, 0)]
    [DataRow(false, 0)]
    [DataRow(true, 500)]
    [DataRow(false, 500)]
    public void A_doubled_frame_comes_twice_in_its_place(bool sent, int delay)
    {
        FaultRates rates = sent ? _settings.Sent : _settings.Received;
        rates.Duplication = 65536;
        rates.Delay = delay;
        var link = new FaultLink(_wire.A, _clock, _settings);
        CollectionAssert.AreEqual(new[] { 1, 1, 2, 2, 3, 3 }, Pass(link, sent, [1, 2, 3], (ulong)delay));
    }

    [TestMethod]
    [DataRow(true)]
    [DataRow(false)]
    public void A_delayed_frame_comes_when_it_is_due_and_not_before(bool sent)
    {
        (sent ? _settings.Sent : _settings.Received).Delay = 25_000;
        var link = new FaultLink(_wire.A, _clock, _settings);
        _clock.Now = 1_000_000;
        ILink from = sent ? link : _wire.B, to = sent ? _wire.B : link;
        Frames.Send(from, 7);
        Assert.AreEqual(-1, Frames.Receive(to));
        Assert.AreEqual(1_025_000UL, link.NextDue);
        _clock.Now = 1_024_999;
        link.Wait(0);
        Assert.AreEqual(-1, Frames.Receive(to));
        _clock.Now = 1_025_000;
        link.Wait(0);
        Assert.AreEqual(7, Frames.Receive(to));
        Assert.AreEqual(ulong.MaxValue, link.NextDue);
    }

    [TestMethod]
    public void Jitter_spreads_the_delay_evenly_between_its_bounds()
    {
        _settings.Sent.Delay = 1000;
        _settings.Sent.Jitter = 999;
        _settings.QueueLength = 1;
        var link = new FaultLink(_wire.A, _clock, _settings);
        var delays = new List<ulong>();
        for (int i = 0; i < 20_000; i++)
        {
            Frames.Send(link, i);
            delays.Add(link.NextDue - _clock.Now);
            _clock.Now = link.NextDue;
            link.Wait(0);
            Assert.AreEqual(i, Frames.Receive(_wire.B));
        }

        Assert.AreEqual(1000UL, delays.Min());
        Assert.AreEqual(1999UL, delays.Max());
        Assert.AreEqual(1499.5, delays.Average(d => (double)d), 10);
    }

    [TestMethod]
    [DataRow(true)]
    [DataRow(false)]
    public void A_reordered_frame_is_overtaken(bool sent)
    {
        FaultRates rates = sent ? _settings.Sent : _settings.Received;
        rates.Reordering = 65536;
        rates.ReorderingDelay = 3000;
        var link = new FaultLink(_wire.A, _clock, _settings);
        ILink from = sent ? link : _wire.B, to = sent ? _wire.B : link;
        Frames.Send(from, 1);
        Assert.AreEqual(-1, Frames.Receive(to));
        rates.Reordering = 0;
        Frames.Send(from, 2);
        Assert.AreEqual(2, Frames.Receive(to));
        Assert.AreEqual(-1, Frames.Receive(to));
        _clock.Now = 3000;
        link.Wait(0);
        Assert.AreEqual(1, Frames.Receive(to));
    }

    [TestMethod]
    [DataRow(true)]
    [DataRow(false)]
    public void A_corrupt_frame_differs_in_one_bit_and_the_senders_buffer_is_as_it_was(bool sent)
    {
        (sent ? _settings.Sent : _settings.Received).Corruption = 65536;
        var link = new FaultLink(_wire.A, _clock, _settings);
        ILink from = sent ? link : _wire.B, to = sent ? _wire.B : link;
        byte[] buffer = Frames.Buffer(link), copy = Frames.Buffer(link), received = Frames.Buffer(link);
        Frames.Write(buffer, 3, 100);
        buffer.CopyTo(copy, 0);
        var places = new HashSet<int>();
        for (int i = 0; i < 20_000; i++)
        {
            from.Send(buffer, 100);
            Assert.AreEqual(100, to.Receive(received));
            int bits = 0;
            for (int k = 0; k < 100; k++)
            {
                int difference = received[FrameLayout.Ethernet + k] ^ buffer[FrameLayout.Ethernet + k];
                if (difference != 0)
                    places.Add(8 * k + BitOperations.TrailingZeroCount(difference));
                bits += BitOperations.PopCount((uint)difference);
            }

            Assert.AreEqual(1, bits);
            received.AsSpan().Clear();
        }

        CollectionAssert.AreEqual(copy, buffer);
        Assert.HasCount(800, places, "Every bit of the frame is hit some time.");
    }

    [TestMethod]
    public void A_full_queue_drops_and_counts()
    {
        _settings.QueueLength = 3;
        _settings.Sent.Delay = 10;
        var link = new FaultLink(_wire.A, _clock, _settings);
        for (int i = 0; i < 5; i++)
            Assert.AreEqual(i < 3, Frames.Send(link, i));
        Assert.AreEqual(2UL, link.Sent.Overflowed);
        _clock.Now = 10;
        link.Wait(0);
        CollectionAssert.AreEqual(new[] { 0, 1, 2 }, Frames.ReceiveAll(_wire.B));
        Assert.IsTrue(Frames.Send(link, 6));
    }

    [TestMethod]
    public void Bad_settings_are_a_programming_error()
    {
        _settings.QueueLength = 0;
        Assert.ThrowsExactly<ArgumentException>(() => new FaultLink(_wire.A, _clock, _settings));
        _settings.QueueLength = 1;
        _settings.Received.Loss = 65537;
        Assert.ThrowsExactly<ArgumentException>(() => new FaultLink(_wire.A, _clock, _settings));
        _settings.Received.Loss = 0;
        _settings.Sent.Delay = -1;
        Assert.ThrowsExactly<ArgumentException>(() => new FaultLink(_wire.A, _clock, _settings));
    }

    private List<int> Pass(FaultLink link, bool sent, int[] numbers, ulong delay)
    {
        ILink from = sent ? link : _wire.B, to = sent ? _wire.B : link;
        foreach (int number in numbers)
            Frames.Send(from, number);
        List<int> received = Frames.ReceiveAll(to);
        _clock.Now += delay;
        link.Wait(0);
        received.AddRange(Frames.ReceiveAll(to));
        return received;
    }

    private static List<string> Run(ulong seed)
    {
        var clock = new ManualClock();
        var wire = new MemoryWire();
        var settings = new FaultSettings { Seed = seed };
        foreach (FaultRates rates in new[] { settings.Sent, settings.Received })
        {
            rates.Loss = 10_000;
            rates.Duplication = 10_000;
            rates.Reordering = 10_000;
            rates.Corruption = 10_000;
            rates.Delay = 300;
            rates.Jitter = 400;
        }

        var link = new FaultLink(wire.A, clock, settings);
        var seen = new List<string>();
        byte[] buffer = Frames.Buffer(link);
        for (int i = 0; i < 1000; i++)
        {
            Frames.Send(link, i);
            Frames.Send(wire.B, i);
            clock.Now += 100;
            Drain("out", wire.B);
            Drain("in", link);
        }

        return seen;

        void Drain(string way, ILink end)
        {
            for (int length = end.Receive(buffer); length > 0; length = end.Receive(buffer))
                seen.Add(way + clock.Now + Convert.ToHexString(buffer, FrameLayout.Ethernet, length));
        }
    }
}
