using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using HandshakeNano.Boards.Virtual;
using HandshakeNano.Net;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace HandshakeNano.Links.Tests;

[TestClass]
public class MemoryWireTests
{
    [TestMethod]
    public void What_one_end_sends_the_other_receives_byte_for_byte()
    {
        var wire = new MemoryWire();
        byte[] sent = Frames.Buffer(wire.A), received = Frames.Buffer(wire.B);
        Frames.Write(sent, 77, 1514);
        Assert.IsTrue(wire.A.Send(sent, 1514));
        Assert.AreEqual(0, wire.A.Receive(received), "A frame does not come back to its sender.");
        Assert.AreEqual(1514, wire.B.Receive(received));
        CollectionAssert.AreEqual(sent[FrameLayout.Ethernet..], received[FrameLayout.Ethernet..]);
        Assert.AreEqual(0, wire.B.Receive(received));
    }

    [TestMethod]
    public void The_two_directions_are_apart_and_in_order_around_the_ring()
    {
        var wire = new MemoryWire(capacity: 3);
        for (int i = 0; i < 100; i += 2)
        {
            Frames.Send(wire.A, i);
            Frames.Send(wire.A, i + 1);
            Frames.Send(wire.B, 1000 + i);
            CollectionAssert.AreEqual(new[] { i, i + 1 }, Frames.ReceiveAll(wire.B));
            CollectionAssert.AreEqual(new[] { 1000 + i }, Frames.ReceiveAll(wire.A));
        }

        Assert.AreEqual(0UL, wire.DroppedFromA + wire.DroppedFromB);
    }

    [TestMethod]
    public void A_full_wire_drops_the_newest_and_says_so()
    {
        var wire = new MemoryWire(capacity: 4);
        for (int i = 0; i < 6; i++)
            Assert.AreEqual(i < 4, Frames.Send(wire.A, i));
        Assert.AreEqual(2UL, wire.DroppedFromA);
        Assert.AreEqual(0UL, wire.DroppedFromB);
        CollectionAssert.AreEqual(new[] { 0, 1, 2, 3 }, Frames.ReceiveAll(wire.B));
        Assert.IsTrue(Frames.Send(wire.A, 9));
    }

    [TestMethod]
    public void Frames_too_long_for_the_wire_or_the_receiver_are_dropped()
    {
        var wire = new MemoryWire(mtu: 100);
        byte[] buffer = new byte[FrameLayout.BufferSize(1500)];
        Assert.IsTrue(wire.A.Send(buffer, 114));
        Assert.IsFalse(wire.A.Send(buffer, 115));
        Assert.IsFalse(wire.A.Send(buffer, 0));
        Assert.AreEqual(0, wire.B.Receive(new byte[FrameLayout.Network + 99]));
        Assert.AreEqual(3UL, wire.DroppedFromA);
    }

    [TestMethod]
    public void A_wire_of_bare_packets_leaves_the_Ethernet_header_alone()
    {
        var wire = new MemoryWire(hasEthernetHeader: false);
        byte[] sent = Frames.Buffer(wire.A), received = Frames.Buffer(wire.B);
        Array.Fill(sent, (byte)0x11);
        Array.Fill(received, (byte)0x22);
        Assert.IsTrue(wire.A.Send(sent, 40));
        Assert.AreEqual(40, wire.B.Receive(received));
        Assert.IsTrue(received.AsSpan(0, FrameLayout.Network).IndexOfAnyExcept((byte)0x22) < 0);
        Assert.IsTrue(received.AsSpan(FrameLayout.Network, 40).IndexOfAnyExcept((byte)0x11) < 0);
        Assert.AreEqual(0x22, received[FrameLayout.Network + 40]);
    }

    [TestMethod]
    public void The_ends_have_addresses_of_their_own()
    {
        var wire = new MemoryWire();
        CollectionAssert.AreEqual(new byte[] { 2, 0x48, 0x4E, 0, 0, 1 }, wire.A.PhysicalAddress);
        CollectionAssert.AreEqual(new byte[] { 2, 0x48, 0x4E, 0, 0, 2 }, wire.B.PhysicalAddress);
    }

    [TestMethod]
    public void Two_threads_lose_and_swap_nothing_and_waiting_wakes_up()
    {
        const int Count = 20_000;
        var wire = new MemoryWire(capacity: 16);
        var echoer = new Thread(() =>
        {
            byte[] buffer = Frames.Buffer(wire.B);
            for (int done = 0; done < Count;)
            {
                // A lost wake-up would hang here; the join below has the last word.
                wire.B.Wait(60_000);
                for (int length = wire.B.Receive(buffer); length > 0; length = wire.B.Receive(buffer))
                {
                    wire.B.Send(buffer, length);
                    done++;
                }
            }
        })
        {
            IsBackground = true,
        };
        echoer.Start();
        var back = new List<int>();
        for (int sent = 0; back.Count < Count;)
        {
            while (sent < Count && sent - back.Count < 16)
                Assert.IsTrue(Frames.Send(wire.A, sent++));
            wire.A.Wait(60_000);
            back.AddRange(Frames.ReceiveAll(wire.A));
        }

        Assert.IsTrue(echoer.Join(60_000));
        Assert.IsTrue(back.SequenceEqual(Enumerable.Range(0, Count)));
    }
}
