using System;
using nanoFramework.TestFramework;

namespace HandshakeNano.Net.Tests;

/// <summary>IEEE 802.1Q: a frame with a tag of VLAN 0 has a priority, and is of no VLAN.</summary>
[TestClass]
public sealed class EthernetTests
{
    [TestMethod]
    [DataRow(0x0000)]
    [DataRow(0xE000)] // The highest priority.
    [DataRow(0x1000)] // May be dropped first.
    public void A_tag_that_only_says_a_priority_is_stepped_over(int tag)
    {
        ScriptedPeer peer = ScriptedPeer.Accepted(out Wire wire);
        wire.Inject(Tagged(peer.Frame("P. seq R+1 ack I+1 len 1460"), tag));
        peer.Reads(1460);
        Assert.AreEqual(0UL, wire.Count(Counter.EtherTypeUnknown));
    }

    [TestMethod]
    public void ARP_with_a_priority_is_answered()
    {
        Wire wire = new Wire();
        byte[] all = new byte[] { 255, 255, 255, 255, 255, 255 };
        wire.Inject(Tagged(Packet.Arp(all, 1, Packet.PhysicalAddressOf(Wire.PeerAddress), Wire.PeerAddress, new byte[6], Wire.OurAddress), 0xA000));
        Assert.AreEqual(2, Packet.Get16(wire.TakeArp(), Packet.Ip + 6));
    }

    [TestMethod]
    [DataRow(0x0001)]
    [DataRow(0x0FFF)]
    [DataRow(0xE100)]
    public void A_frame_of_another_VLAN_is_dropped_and_counted(int tag)
    {
        ScriptedPeer peer = ScriptedPeer.Accepted(out Wire wire);
        wire.Inject(Tagged(peer.Frame("P. seq R+1 ack I+1 len 10"), tag));
        wire.ExpectsSilence();
        Assert.AreEqual(1UL, wire.Count(Counter.FrameOtherVlan));
        Assert.AreEqual(0UL, wire.Count(Counter.EtherTypeUnknown));
        Assert.AreEqual(0, peer.Connection.Available);
    }

    [TestMethod]
    public void A_tag_within_a_tag_is_of_no_type_that_we_know()
    {
        ScriptedPeer peer = ScriptedPeer.Accepted(out Wire wire);
        wire.Inject(Tagged(Tagged(peer.Frame("P. seq R+1 ack I+1 len 10"), 0), 0));
        wire.ExpectsSilence();
        Assert.AreEqual(1UL, wire.Count(Counter.EtherTypeUnknown));
    }

    [TestMethod]
    public void A_frame_that_ends_in_its_tag_or_directly_after_it_is_too_short()
    {
        ScriptedPeer peer = ScriptedPeer.Accepted(out Wire wire);
        byte[] whole = Tagged(peer.Frame("P. seq R+1 ack I+1 len 10"), 0);
        for (int length = 15; length <= 18; length++)
        {
            byte[] frame = new byte[length];
            Array.Copy(whole, 0, frame, 0, length);
            wire.Inject(frame);
        }

        wire.ExpectsSilence();
        Assert.AreEqual(4UL, wire.Count(Counter.FrameTooShort));
    }

    /// <summary>The same frame with a tag between its source address and its type.</summary>
    private static byte[] Tagged(byte[] frame, int tag)
    {
        byte[] result = new byte[frame.Length + 4];
        Array.Copy(frame, 0, result, 0, 12);
        Packet.Put16(result, 12, 0x8100);
        Packet.Put16(result, 14, tag);
        Array.Copy(frame, 12, result, 16, frame.Length - 12);
        return result;
    }
}
