using nanoFramework.TestFramework;

namespace HandshakeNano.Tcp.Tests;

/// <summary>RFC 826, RFC 1122 section 2.3.2, RFC 5227.</summary>
[TestClass]
public sealed class ArpTests
{
    private static readonly byte[] Everyone = new byte[] { 255, 255, 255, 255, 255, 255 };
    private static readonly byte[] Nobody = new byte[6];

    [TestMethod]
    public void The_first_thing_an_endpoint_says_is_a_gratuitous_ARP_request()
    {
        Wire wire = new Wire();
        ExpectsRequest(wire.GratuitousArp, Wire.OurAddress);
    }

    [TestMethod]
    public void A_request_for_our_address_is_answered_to_the_one_who_asked()
    {
        Wire wire = new Wire();
        wire.Inject(Request(Wire.PeerAddress, Wire.OurAddress));
        byte[] reply = wire.TakeArp();
        Assert.AreEqual(2, Packet.Get16(reply, Packet.Ip + 6));
        Assert.IsTrue(Packet.SameBytes(reply, 0, Packet.PhysicalAddressOf(Wire.PeerAddress), 0, 6), "Ethernet destination");
        Assert.IsTrue(Packet.SameBytes(reply, Packet.Ip + 18, Packet.PhysicalAddressOf(Wire.PeerAddress), 0, 6), "target");
        Assert.AreEqual(Wire.PeerAddress, Packet.Get32(reply, Packet.Ip + 24));
        Assert.AreEqual(Wire.OurAddress, Packet.Get32(reply, Packet.Ip + 14));
        Assert.AreEqual(1UL, wire.Count(Counter.ArpRequestsReceived));
        wire.ExpectsSilence();
    }

    [TestMethod]
    public void A_request_for_another_address_gets_no_answer()
    {
        Wire wire = new Wire();
        wire.Inject(Request(Wire.PeerAddress, Wire.OurAddress + 1));
        wire.ExpectsSilence();
        Assert.AreEqual(0UL, wire.Count(Counter.ArpMalformed));
    }

    [TestMethod]
    public void A_probe_for_our_address_is_answered()
    {
        Wire wire = new Wire();
        // RFC 5227 section 1.1: somebody who has no address yet asks whether ours is free.
        wire.Inject(Packet.Arp(Everyone, 1, Packet.PhysicalAddressOf(Wire.PeerAddress), 0, Nobody, Wire.OurAddress));
        Assert.AreEqual(2, Packet.Get16(wire.TakeArp(), Packet.Ip + 6));
    }

    [TestMethod]
    public void Who_asked_us_need_not_be_asked()
    {
        Wire wire = new Wire { AnswersArp = false };
        wire.Inject(Request(Wire.PeerAddress, Wire.OurAddress));
        wire.TakeArp();
        ScriptedPeer peer = new ScriptedPeer(wire, 80, 50000);
        wire.Endpoint.Connect(peer.Address, 80, 50000);
        wire.Run();
        peer.ExpectsOnly("S seq I mss 1460");
    }

    [TestMethod]
    public void A_host_on_the_network_is_asked_and_its_reply_releases_the_segment()
    {
        Wire wire = new Wire { AnswersArp = false };
        ScriptedPeer peer = new ScriptedPeer(wire, 80, 50000);
        wire.Endpoint.Connect(peer.Address, 80, 50000);
        wire.Run();
        ExpectsRequest(wire.TakeArp(), Wire.PeerAddress);
        wire.ExpectsSilence();
        wire.Inject(Reply(Wire.PeerAddress));
        peer.ExpectsOnly("S seq I mss 1460");
        peer.Trades("S. seq R ack I+1 mss 1460", ". seq I+1 ack R+1");
    }

    [TestMethod]
    public void A_host_elsewhere_is_reached_by_the_router()
    {
        Wire wire = new Wire { AnswersArp = false };
        ScriptedPeer peer = new ScriptedPeer(wire, 80, 50000);
        peer.Address = 0xC0000201;
        wire.Endpoint.Connect(peer.Address, 80, 50000);
        wire.Run();
        ExpectsRequest(wire.TakeArp(), Wire.RouterAddress);
        wire.Inject(Reply(Wire.RouterAddress));
        peer.ExpectsOnly("S seq I mss 1460");
        peer.Trades("S. seq R ack I+1 mss 1460", ". seq I+1 ack R+1");
    }

    [TestMethod]
    public void Without_a_router_a_host_elsewhere_gets_nothing_and_it_is_counted()
    {
        TcpSettings settings = Wire.Settings();
        settings.Gateway = 0;
        Wire wire = new Wire(settings);
        wire.Endpoint.Connect(0xC0000201, 80, 50000);
        wire.Run();
        wire.ExpectsSilence();
        Assert.IsTrue(wire.Count(Counter.Ipv4NoRoute) >= 1);
    }

    [TestMethod]
    public void One_packet_waits_for_the_reply_and_a_newer_one_takes_its_place()
    {
        Wire wire = new Wire { AnswersArp = false };
        wire.Endpoint.Connect(Wire.PeerAddress, 80, 50000);
        wire.Endpoint.Connect(Wire.PeerAddress, 80, 50001);
        wire.Run();
        ExpectsRequest(wire.TakeArp(), Wire.PeerAddress);
        wire.ExpectsSilence("one request is enough");
        Assert.AreEqual(1UL, wire.Count(Counter.ArpUnresolved));
        wire.Inject(Reply(Wire.PeerAddress));
        ScriptedPeer peer = new ScriptedPeer(wire, 80, 50001);
        peer.ExpectsOnly("S seq I mss 1460");
        ScriptedPeer other = new ScriptedPeer(wire, 80, 50000);
        wire.Advance(Wire.Second);
        // Both SYNs are due again; the lost one is not lost for ever.
        bool seen = false;
        byte[] frame = wire.Take();
        while (frame != null)
        {
            seen |= Segment.Of(frame).SourcePort == other.OurPort;
            frame = wire.Take();
        }

        Assert.IsTrue(seen, "the SYN whose place was taken is sent again");
    }

    [TestMethod]
    public void A_request_that_nobody_answers_is_repeated_but_not_more_than_once_a_second()
    {
        Wire wire = new Wire { AnswersArp = false };
        TcpConnection connection = wire.Endpoint.Connect(Wire.PeerAddress, 80, 50000);
        wire.Run();
        wire.Advance(20 * Wire.Second);
        int requests = wire.SentCount;
        Assert.IsTrue(requests >= 3 && requests <= 21, "requests: " + requests.ToString());
        for (int i = 0; i < requests; i++)
            ExpectsRequest(wire.TakeArp(), Wire.PeerAddress);
        wire.Advance(300 * Wire.Second);
        Assert.AreEqual((int)TcpState.Closed, (int)connection.State);
        Assert.IsTrue(wire.Count(Counter.ArpUnresolved) >= 1);
    }

    [TestMethod]
    public void Another_host_with_our_address_is_counted_and_never_believed()
    {
        Wire wire = new Wire();
        byte[] thief = new byte[] { 2, 9, 9, 9, 9, 9 };
        wire.Inject(Packet.Arp(Everyone, 1, thief, Wire.OurAddress, Nobody, Wire.OurAddress));
        Assert.AreEqual(1UL, wire.Count(Counter.ArpConflicts));
        while (wire.Take() != null)
        {
        }

        wire.Inject(Packet.Arp(Packet.PhysicalAddressOf(Wire.OurAddress), 2, thief, Wire.OurAddress,
            Packet.PhysicalAddressOf(Wire.OurAddress), Wire.OurAddress));
        Assert.AreEqual(2UL, wire.Count(Counter.ArpConflicts));
    }

    [TestMethod]
    public void The_cache_is_bounded_and_every_host_can_still_be_reached()
    {
        TcpSettings settings = Wire.Settings();
        settings.ArpEntries = 4;
        settings.Connections = 64;
        Wire wire = new Wire(settings);
        for (int round = 0; round < 2; round++)
        {
            for (int i = 0; i < 30; i++)
            {
                ScriptedPeer peer = new ScriptedPeer(wire, 80, 50000 + 100 * round + i);
                peer.Address = 0x0A4D000A + (uint)i;
                peer.IsOpened();
            }
        }
    }

    [TestMethod]
    public void An_old_entry_is_asked_for_again()
    {
        Wire wire = new Wire();
        ScriptedPeer peer = new ScriptedPeer(wire, 80, 50000);
        peer.IsOpened();
        ulong before = wire.Count(Counter.ArpRequestsSent);
        wire.Advance(24 * 3600 * Wire.Second);
        peer.Writes(10);
        peer.ExpectsOnly("P. seq I+1 ack R+1 len 10");
        Assert.IsTrue(wire.Count(Counter.ArpRequestsSent) > before, "a day is too long to believe an entry");
    }

    [TestMethod]
    public void A_neighbour_that_does_not_acknowledge_is_asked_for_while_its_address_still_serves()
    {
        Wire wire = new Wire();
        ScriptedPeer peer = new ScriptedPeer(wire, 80, 50000);
        peer.IsOpened();
        wire.AnswersArp = false;
        peer.Writes(10);
        peer.Expects("P. seq I+1 ack R+1 len 10");
        peer.ExpectsAfter(Wire.Second, "P. seq I+1 ack R+1 len 10");
        peer.ExpectsAfter(2 * Wire.Second, "P. seq I+1 ack R+1 len 10");
        wire.Advance(4 * Wire.Second);
        ExpectsRequest(wire.TakeArp(), Wire.PeerAddress);
        peer.ExpectsOnly("P. seq I+1 ack R+1 len 10");

        // Nobody answers: what is known of the neighbour is worth nothing any more.
        wire.Advance(7 * Wire.Second);
        ExpectsRequest(wire.TakeArp(), Wire.PeerAddress);
        ExpectsRequest(wire.TakeArp(), Wire.PeerAddress);
        wire.ExpectsSilence();
        wire.Advance(Wire.Second);
        ExpectsRequest(wire.TakeArp(), Wire.PeerAddress);
        wire.ExpectsSilence();
        wire.Inject(Reply(Wire.PeerAddress));
        peer.ExpectsOnly("P. seq I+1 ack R+1 len 10");
    }

    [TestMethod]
    public void A_host_that_changes_its_card_is_found_again()
    {
        Wire wire = new Wire { AnswersArp = false };
        ScriptedPeer peer = new ScriptedPeer(wire, 80, 50000);
        byte[] old = new byte[] { 2, 9, 9, 9, 9, 9 };
        wire.Inject(Packet.Arp(Everyone, 1, old, Wire.PeerAddress, Nobody, Wire.OurAddress));
        wire.TakeArp();
        // A gratuitous ARP from the new card: RFC 826 updates what is known already.
        wire.Inject(Request(Wire.PeerAddress, Wire.PeerAddress));
        wire.Endpoint.Connect(peer.Address, 80, 50000);
        wire.Run();
        peer.ExpectsOnly("S seq I mss 1460");
    }

    [TestMethod]
    [DataRow(0, 2)] // hardware type
    [DataRow(2, 1)] // protocol type
    [DataRow(4, 7)] // hardware length
    [DataRow(5, 16)] // protocol length
    [DataRow(7, 0)] // operation
    [DataRow(7, 3)]
    [DataRow(8, 3)] // sender is a group
    public void A_malformed_packet_is_dropped_and_counted(int index, int value)
    {
        Wire wire = new Wire();
        byte[] frame = Request(Wire.PeerAddress, Wire.OurAddress);
        frame[Packet.Ip + index] = (byte)value;
        wire.Inject(frame);
        wire.ExpectsSilence();
        Assert.AreEqual(1UL, wire.Count(Counter.ArpMalformed));
    }

    [TestMethod]
    public void A_packet_cut_short_is_dropped()
    {
        Wire wire = new Wire();
        byte[] whole = Request(Wire.PeerAddress, Wire.OurAddress);
        for (int length = 14; length < 42; length++)
        {
            byte[] frame = new byte[length];
            System.Array.Copy(whole, 0, frame, 0, length);
            wire.Inject(frame);
            wire.ExpectsSilence();
        }

        // The first frame was nothing but an Ethernet header.
        Assert.AreEqual(1UL, wire.Count(Counter.FrameTooShort));
        Assert.AreEqual(27UL, wire.Count(Counter.ArpMalformed));
    }

    [TestMethod]
    [DataRow(0xFFFFFFFF)]
    [DataRow(0xE0000001)]
    [DataRow(0x7F000001U)]
    public void A_sender_address_that_no_host_has_is_not_believed(uint sender)
    {
        Wire wire = new Wire();
        wire.Inject(Packet.Arp(Everyone, 1, Packet.PhysicalAddressOf(Wire.PeerAddress), sender, Nobody, Wire.OurAddress));
        wire.ExpectsSilence();
        Assert.AreEqual(1UL, wire.Count(Counter.ArpMalformed));
    }

    [TestMethod]
    public void A_new_address_is_announced_and_answers_for_itself()
    {
        Wire wire = new Wire();
        ScriptedPeer peer = new ScriptedPeer(wire);
        peer.Opens(wire.Endpoint.Listen(7, 1));
        wire.Endpoint.SetAddress(Wire.OurAddress + 1, 24, 0);
        wire.Run();
        Assert.AreEqual((int)TcpState.Closed, (int)peer.State, "a connection does not outlive its address");
        byte[] arp = null;
        byte[] frame = wire.Take();
        while (frame != null)
        {
            if (Packet.Get16(frame, 12) == Packet.EtherTypeArp)
                arp = frame;
            frame = wire.Take();
        }

        ExpectsRequest(arp, Wire.OurAddress + 1);
        wire.Inject(Request(Wire.PeerAddress, Wire.OurAddress));
        wire.ExpectsSilence("that address is not ours any more");
        wire.Inject(Request(Wire.PeerAddress, Wire.OurAddress + 1));
        Assert.AreEqual(2, Packet.Get16(wire.TakeArp(), Packet.Ip + 6));
    }

    private static byte[] Request(uint sender, uint target)
    {
        return Packet.Arp(Everyone, 1, Packet.PhysicalAddressOf(sender), sender, Nobody, target);
    }

    private static byte[] Reply(uint sender)
    {
        byte[] us = Packet.PhysicalAddressOf(Wire.OurAddress);
        return Packet.Arp(us, 2, Packet.PhysicalAddressOf(sender), sender, us, Wire.OurAddress);
    }

    private static void ExpectsRequest(byte[] frame, uint target)
    {
        Assert.IsNotNull(frame, "no ARP request");
        Assert.AreEqual(Packet.EtherTypeArp, Packet.Get16(frame, 12));
        Assert.IsTrue(Packet.SameBytes(frame, 0, Everyone, 0, 6), "a request is for everyone");
        Assert.AreEqual(1, Packet.Get16(frame, Packet.Ip + 6));
        Assert.AreEqual(target, Packet.Get32(frame, Packet.Ip + 24));
    }
}
