using System;
using nanoFramework.TestFramework;

namespace HandshakeNano.Net.Tests;

/// <summary>RFC 826, RFC 1122 section 2.3.2, RFC 5227.</summary>
[TestClass]
public sealed class ArpTests
{
    private static readonly byte[] Everyone = new byte[] { 255, 255, 255, 255, 255, 255 };
    private static readonly byte[] Nobody = new byte[6];
    private static readonly byte[] OldCard = new byte[] { 2, 9, 9, 9, 9, 9 };

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
        // RFC 5227 section 1.1: a host that has no address yet asks whether ours is free.
        wire.Inject(Packet.Arp(Everyone, 1, Packet.PhysicalAddressOf(Wire.PeerAddress), 0, Nobody, Wire.OurAddress));
        Assert.AreEqual(2, Packet.Get16(wire.TakeArp(), Packet.Ip + 6));
    }

    [TestMethod]
    public void A_request_teaches_nothing_and_who_sent_it_is_asked_when_it_is_needed()
    {
        Wire wire = new Wire { AnswersArp = false };
        IsAskedBy(wire, Wire.PeerAddress);
        ScriptedPeer peer = new ScriptedPeer(wire, 80, 50000);
        wire.Endpoint.Connect(peer.Address, 80, 50000);
        wire.Run();
        ExpectsRequest(wire.TakeArp(), Wire.PeerAddress);
        wire.ExpectsSilence();

        // Nor is it an answer: only a reply to us is.
        IsAskedBy(wire, Wire.PeerAddress);
        wire.Inject(Packet.Arp(Everyone, 2, Packet.PhysicalAddressOf(Wire.PeerAddress), Wire.PeerAddress, Everyone, Wire.PeerAddress));
        wire.ExpectsSilence();
        wire.Inject(Reply(Wire.PeerAddress));
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
        Assert.AreEqual(1UL, wire.Count(Counter.Ipv4NoRoute));
        Assert.AreEqual(0UL, wire.Count(Counter.ArpUnresolved));
    }

    [TestMethod]
    public void All_connections_that_open_while_a_neighbour_is_asked_have_their_SYNs_sent_when_it_answers()
    {
        Wire wire = Crowded();
        Connect(wire, Wire.PeerAddress, 50);
        ExpectsRequest(wire.TakeArp(), Wire.PeerAddress);
        wire.ExpectsSilence("one request is enough");
        wire.Inject(Reply(Wire.PeerAddress));
        ExpectsSyns(wire, Wire.PeerAddress, 0, 50);
        wire.StaysSilent(Wire.Second - 1);
        Assert.AreEqual(0UL, wire.Count(Counter.ArpUnresolved));
    }

    [TestMethod]
    public void Where_no_more_packets_can_wait_the_oldest_is_lost_and_counted_and_comes_again_by_its_timer()
    {
        Wire wire = Crowded();
        ScriptedPeer old = new ScriptedPeer(wire, 80, 40000) { Address = Wire.PeerAddress + 5 };
        wire.AnswersArp = true;
        old.IsOpened();
        IsForgotten(wire, old);
        ulong lost = wire.Count(Counter.ArpUnresolved);
        Connect(wire, Wire.PeerAddress, 49);
        ExpectsRequest(wire.TakeArp(), Wire.PeerAddress);
        Assert.AreEqual(lost, wire.Count(Counter.ArpUnresolved));

        // Data waits too, and is longer than a SYN.
        old.Writes(10);
        ExpectsPoll(wire.TakeArp(), old.Address, Packet.PhysicalAddressOf(old.Address));
        Assert.AreEqual(lost + 1, wire.Count(Counter.ArpUnresolved));
        wire.Inject(Reply(Wire.PeerAddress));
        for (int i = 1; i < 49; i++)
            ExpectsSyn(wire, Wire.PeerAddress, 50000 + i);
        wire.Inject(Reply(old.Address));
        old.ExpectsOnly("P. seq I+2 ack R+1 len 10");
        wire.StaysSilent(Wire.Second - 1);
        wire.Advance(1);
        bool seen = false;
        for (byte[] frame = wire.Take(); frame != null; frame = wire.Take())
            seen |= Segment.Of(frame).SourcePort == 50000;
        Assert.IsTrue(seen, "the lost SYN is sent again");
    }

    [TestMethod]
    public void A_packet_of_full_size_waits_whole_and_takes_all_the_place_there_is()
    {
        TcpSettings settings = Wire.Settings();
        settings.SendBufferSize = 4096;
        Wire wire = new Wire(settings);
        ScriptedPeer peer = new ScriptedPeer(wire, 80, 40000);
        peer.IsOpened();
        IsForgotten(wire, peer);
        ulong lost = wire.Count(Counter.ArpUnresolved);
        Connect(wire, Wire.PeerAddress + 5, 2);
        ExpectsRequest(wire.TakeArp(), Wire.PeerAddress + 5);
        peer.Writes(1460);
        ExpectsPoll(wire.TakeArp(), Wire.PeerAddress, Packet.PhysicalAddressOf(Wire.PeerAddress));
        wire.ExpectsSilence();
        Assert.AreEqual(lost + 2, wire.Count(Counter.ArpUnresolved));
        wire.Inject(Reply(Wire.PeerAddress));
        peer.ExpectsOnly("P. seq I+2 ack R+1 len 1460");
        wire.Inject(Reply(Wire.PeerAddress + 5));
        wire.ExpectsSilence("its packets are lost");
    }

    [TestMethod]
    public void Data_and_the_FIN_behind_it_wait_both()
    {
        Wire wire = new Wire();
        ScriptedPeer peer = new ScriptedPeer(wire, 80, 40000);
        peer.IsOpened();
        IsForgotten(wire, peer);
        peer.Writes(10);
        ExpectsPoll(wire.TakeArp(), Wire.PeerAddress, Packet.PhysicalAddressOf(Wire.PeerAddress));
        peer.ShutsDown();
        wire.ExpectsSilence();
        wire.Inject(Reply(Wire.PeerAddress));
        peer.Expects("P. seq I+2 ack R+1 len 10");
        peer.ExpectsOnly("F. seq I+12 ack R+1");
    }

    [TestMethod]
    public void A_reply_releases_the_packets_for_its_neighbour_only_and_in_order()
    {
        Wire wire = Crowded();
        for (int i = 0; i < 9; i++)
            wire.Endpoint.Connect(0x0A4D0010 + (uint)(i % 3), 80, 50000 + i);
        wire.Run();
        for (uint i = 0; i < 3; i++)
            ExpectsRequest(wire.TakeArp(), 0x0A4D0010 + i);
        int[] order = new int[] { 1, 0, 2 };
        for (int i = 0; i < 3; i++)
        {
            wire.ExpectsSilence();
            wire.Inject(Reply(0x0A4D0010 + (uint)order[i]));
            for (int port = 50000 + order[i]; port < 50009; port += 3)
                ExpectsSyn(wire, 0x0A4D0010 + (uint)order[i], port);
        }

        wire.ExpectsSilence();
        Assert.AreEqual(0UL, wire.Count(Counter.ArpUnresolved));
    }

    [TestMethod]
    public void What_is_sent_again_takes_the_place_of_what_waits_and_goes_out_once()
    {
        Wire wire = Crowded();
        Connect(wire, Wire.PeerAddress, 1);
        ExpectsRequest(wire.TakeArp(), Wire.PeerAddress);
        wire.Advance(Wire.Second);
        ExpectsRequest(wire.TakeArp(), Wire.PeerAddress);
        Assert.AreEqual(1UL, wire.Count(Counter.ArpUnresolved));
        wire.Inject(Reply(Wire.PeerAddress));
        ExpectsSyns(wire, Wire.PeerAddress, 0, 1);
        wire.StaysSilent(2 * Wire.Second - 1);
    }

    [TestMethod]
    public void A_request_that_nobody_answers_is_repeated_but_not_more_than_once_a_second()
    {
        Wire wire = new Wire();
        ScriptedPeer peer = new ScriptedPeer(wire, 80, 50000);
        peer.IsOpened();
        IsForgotten(wire, peer);
        peer.Writes(10);
        wire.Advance(20 * Wire.Second);
        int requests = wire.SentCount;
        Assert.IsTrue(requests >= 3 && requests <= 21, "requests: " + requests.ToString());
        ExpectsPoll(wire.TakeArp(), Wire.PeerAddress, Packet.PhysicalAddressOf(Wire.PeerAddress));
        for (int i = 1; i < requests; i++)
            ExpectsRequest(wire.TakeArp(), Wire.PeerAddress);
        wire.Advance(1000 * Wire.Second);
        Assert.AreEqual((int)TcpState.Closed, (int)peer.State);
        Assert.IsTrue(wire.Count(Counter.ArpUnresolved) >= 1);
    }

    [TestMethod]
    public void Another_host_with_our_address_is_counted_and_never_believed()
    {
        Wire wire = new Wire();
        byte[] thief = new byte[] { 2, 9, 9, 9, 9, 9 };
        wire.Inject(Packet.Arp(Everyone, 1, thief, Wire.OurAddress, Nobody, Wire.OurAddress));
        Assert.AreEqual(1UL, wire.Count(Counter.ArpConflicts));
        wire.Discard();

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
                wire.Advance(Wire.Second);
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

    // RFC 9293 MUST-20, SHLD-10.
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
        ExpectsPoll(wire.TakeArp(), Wire.PeerAddress, Packet.PhysicalAddressOf(Wire.PeerAddress));
        peer.ExpectsOnly("P. seq I+1 ack R+1 len 10");

        // No answer comes: what is known of the neighbour is worthless now.
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

    // RFC 5798 section 8.1.2: the master answers with the virtual router's address, from its own card.
    [TestMethod]
    public void A_reply_from_another_card_than_it_names_is_believed()
    {
        Wire wire = new Wire { AnswersArp = false };
        ScriptedPeer peer = new ScriptedPeer(wire, 80, 50000);
        peer.Address = 0xC0000201;
        wire.Endpoint.Connect(peer.Address, 80, 50000);
        wire.Run();
        ExpectsRequest(wire.TakeArp(), Wire.RouterAddress);
        wire.Inject(FromOtherCard(Reply(Wire.RouterAddress)));
        peer.ExpectsOnly("S seq I mss 1460");
        Assert.AreEqual(0UL, wire.Count(Counter.ArpMalformed));
    }

    [TestMethod]
    public void A_request_from_another_card_than_it_names_is_answered_to_the_one_it_names()
    {
        Wire wire = new Wire { AnswersArp = false };
        wire.Inject(FromOtherCard(Request(Wire.PeerAddress, Wire.OurAddress)));
        byte[] reply = wire.TakeArp();
        Assert.IsTrue(Packet.SameBytes(reply, 0, Packet.PhysicalAddressOf(Wire.PeerAddress), 0, 6), "Ethernet destination");
        Assert.IsTrue(Packet.SameBytes(reply, Packet.Ip + 18, Packet.PhysicalAddressOf(Wire.PeerAddress), 0, 6), "target");
        wire.ExpectsSilence();
    }

    [TestMethod]
    public void Another_host_with_our_address_is_a_conflict_whichever_card_says_so()
    {
        Wire wire = new Wire();
        byte[] thief = new byte[] { 2, 9, 9, 9, 9, 9 };
        wire.Inject(FromOtherCard(Packet.Arp(Everyone, 2, thief, Wire.OurAddress, Nobody, Wire.OurAddress)));
        Assert.AreEqual(1UL, wire.Count(Counter.ArpConflicts));

        // What we have said ourselves and another card repeats is none.
        wire.Inject(FromOtherCard((byte[])wire.GratuitousArp.Clone()));
        Assert.AreEqual(1UL, wire.Count(Counter.ArpConflicts));
    }

    [TestMethod]
    public void A_host_that_changes_its_card_is_found_again_within_a_second_of_saying_so()
    {
        Wire wire = new Wire { PeerCard = OldCard };
        ScriptedPeer peer = new ScriptedPeer(wire, 80, 50000);
        peer.IsOpened();
        wire.AnswersArp = false;
        wire.Advance(Wire.Second);

        // RFC 5227 section 3: a host that comes up tells its neighbours.
        wire.Inject(Request(Wire.PeerAddress, Wire.PeerAddress));
        ExpectsPoll(wire.TakeArp(), Wire.PeerAddress, OldCard);
        Assert.AreEqual(1UL, wire.Count(Counter.ArpNeighbourConflicts));
        peer.Writes(10);
        peer.ExpectsOnly("P. seq I+1 ack R+1 len 10");
        wire.Advance(Wire.Second - 1);
        wire.ExpectsSilence();
        wire.Advance(1);
        ExpectsRequest(wire.TakeArp(), Wire.PeerAddress);
        peer.ExpectsOnly("P. seq I+1 ack R+1 len 10");
        wire.PeerCard = null;
        wire.Inject(Reply(Wire.PeerAddress));
        wire.ExpectsSilence();
        peer.ExpectsAfter(2 * Wire.Second, "P. seq I+1 ack R+1 len 10");
        peer.Trades(". seq R+1 ack I+11", "");
        Assert.AreEqual(1UL, wire.Count(Counter.ArpNeighbourConflicts));
    }

    [TestMethod]
    [DataRow("request")]
    [DataRow("request to others")]
    [DataRow("reply")]
    [DataRow("reply to all")]
    public void A_host_that_claims_the_address_of_a_neighbour_in_use_is_counted_and_not_believed_while_that_answers(string how)
    {
        Wire wire = new Wire();
        ScriptedPeer peer = new ScriptedPeer(wire, 80, 50000);
        peer.IsOpened();
        wire.AnswersArp = false;
        byte[] claim = Packet.Arp(Everyone, how.StartsWith("reply") ? 2 : 1, OldCard, Wire.PeerAddress, Nobody,
            how == "request" || how == "reply" ? Wire.OurAddress : Wire.PeerAddress);

        // It was asked less than a second ago.
        wire.Inject(claim);
        DropReplies(wire);
        wire.Advance(Wire.Second);
        wire.ExpectsSilence();
        for (uint i = 0; i < 10; i++)
        {
            wire.Inject(claim);
            ExpectsPoll(wire.TakeArp(), Wire.PeerAddress, Packet.PhysicalAddressOf(Wire.PeerAddress));
            wire.Inject(claim);
            DropReplies(wire);
            peer.Writes(1);
            peer.ExpectsOnly("P. seq I+" + (1 + i).ToString() + " ack R+1 len 1");
            peer.Trades(". seq R+1 ack I+" + (2 + i).ToString(), "");
            wire.Inject(Reply(Wire.PeerAddress));
            wire.Inject(claim);
            DropReplies(wire);
            wire.Advance(Wire.Second);
            wire.ExpectsSilence();
        }

        Assert.AreEqual(31UL, wire.Count(Counter.ArpNeighbourConflicts));
    }

    [TestMethod]
    public void What_was_claimed_less_than_a_second_after_the_last_question_is_asked_with_the_next_segment_after_it()
    {
        Wire wire = new Wire();
        ScriptedPeer peer = new ScriptedPeer(wire, 80, 50000);
        peer.IsOpened();
        wire.AnswersArp = false;
        wire.Inject(Packet.Arp(Everyone, 1, OldCard, Wire.PeerAddress, Nobody, Wire.PeerAddress));

        // What nobody asked for does not end the doubt.
        wire.Inject(Reply(Wire.PeerAddress));
        IsAskedBy(wire, Wire.PeerAddress);
        wire.Advance(Wire.Second - 1);
        peer.Writes(1);
        peer.ExpectsOnly("P. seq I+1 ack R+1 len 1");
        wire.Advance(1);
        peer.Writes(1);
        wire.ExpectsSilence("Nagle");
        peer.Sends(". seq R+1 ack I+2");
        ExpectsPoll(wire.TakeArp(), Wire.PeerAddress, Packet.PhysicalAddressOf(Wire.PeerAddress));
        peer.ExpectsOnly("P. seq I+2 ack R+1 len 1");
    }

    [TestMethod]
    public void A_neighbour_in_use_that_does_not_answer_is_replaced_by_who_answers_for_its_address_then()
    {
        Wire wire = new Wire { PeerCard = OldCard };
        ScriptedPeer peer = new ScriptedPeer(wire, 80, 50000);
        peer.IsOpened();
        wire.AnswersArp = false;
        wire.Advance(300 * Wire.Second);

        // Out of date: the card that is known is asked, and nobody else can answer for it.
        peer.Writes(10);
        ExpectsPoll(wire.TakeArp(), Wire.PeerAddress, OldCard);
        peer.ExpectsOnly("P. seq I+1 ack R+1 len 10");
        wire.Inject(Reply(Wire.PeerAddress));
        Assert.AreEqual(1UL, wire.Count(Counter.ArpNeighbourConflicts));
        wire.Advance(Wire.Second);
        ExpectsRequest(wire.TakeArp(), Wire.PeerAddress);
        peer.ExpectsOnly("P. seq I+1 ack R+1 len 10");
        wire.PeerCard = null;
        wire.Inject(Reply(Wire.PeerAddress));
        peer.ExpectsAfter(2 * Wire.Second, "P. seq I+1 ack R+1 len 10");
        Assert.AreEqual(1UL, wire.Count(Counter.ArpNeighbourConflicts));
    }

    [TestMethod]
    public void What_answers_a_stranger_goes_where_its_frame_came_from_and_nobody_is_asked_for()
    {
        Wire wire = new Wire { AnswersArp = false, PeerCard = OldCard };
        ulong asked = wire.Count(Counter.ArpRequestsSent);
        ScriptedPeer peer = new ScriptedPeer(wire);
        wire.Inject(From(OldCard, peer.Frame("S seq R mss 1460")));
        peer.ExpectsOnly("R. seq 0 ack R+1");
        wire.Inject(From(OldCard, peer.Frame(". seq R ack 77")));
        peer.ExpectsOnly("R seq 77");
        wire.Inject(From(OldCard, Packet.Icmp(Wire.PeerAddress, Wire.OurAddress, 8, 0, new byte[16])));
        wire.TakeIcmp();
        wire.Inject(From(OldCard, Packet.Ipv4(Wire.PeerAddress, Wire.OurAddress, 132, new byte[8])));
        wire.TakeIcmp();
        wire.ExpectsSilence();
        Assert.AreEqual(asked, wire.Count(Counter.ArpRequestsSent));
    }

    [TestMethod]
    public void What_answers_a_stranger_goes_to_the_neighbour_where_that_is_known()
    {
        Wire wire = new Wire { AnswersArp = false };
        IsMet(wire, Wire.PeerAddress);
        wire.Inject(From(OldCard, new ScriptedPeer(wire).Frame("S seq R mss 1460")));
        new ScriptedPeer(wire).ExpectsOnly("R. seq 0 ack R+1");
    }

    [TestMethod]
    public void What_answers_a_stranger_from_elsewhere_goes_back_to_the_router_that_sent_it()
    {
        Wire wire = new Wire { AnswersArp = false };
        ScriptedPeer peer = new ScriptedPeer(wire) { Address = 0xC0000201 };
        peer.Trades("S seq R mss 1460", "R. seq 0 ack R+1");
    }

    [TestMethod]
    public void An_answer_is_never_sent_to_a_group()
    {
        Wire wire = new Wire { AnswersArp = false };
        ScriptedPeer peer = new ScriptedPeer(wire);
        wire.Inject(From(Everyone, peer.Frame("S seq R mss 1460")));
        ExpectsRequest(wire.TakeArp(), Wire.PeerAddress);
        wire.ExpectsSilence();
        wire.Inject(Reply(Wire.PeerAddress));
        peer.ExpectsOnly("R. seq 0 ack R+1");
    }

    [TestMethod]
    public void A_SYN_is_answered_at_once_and_the_card_that_it_came_from_is_asked_meanwhile()
    {
        Wire wire = new Wire { AnswersArp = false };
        TcpListener listener = wire.Endpoint.Listen(7, 1);
        ScriptedPeer peer = new ScriptedPeer(wire);
        peer.Sends("S seq R mss 1460");
        ExpectsPoll(wire.TakeArp(), Wire.PeerAddress, Packet.PhysicalAddressOf(Wire.PeerAddress));
        peer.ExpectsOnly("S. seq I ack R+1 mss 1460");
        peer.Trades(". seq R+1 ack I+1", "");
        peer.Connection = listener.Accept();

        // A connection's data waits for the answer.
        peer.Writes(10);
        wire.ExpectsSilence();
        wire.Inject(Reply(Wire.PeerAddress));
        peer.ExpectsOnly("P. seq I+1 ack R+1 len 10");
    }

    [TestMethod]
    [DataRow(13, true)]
    [DataRow(14, true)]
    [DataRow(28, true)]
    [DataRow(28, false)]
    public void A_frame_that_ends_before_its_source_leads_no_answer_away(int length, bool isForUs)
    {
        Wire wire = new Wire { AnswersArp = false };
        wire.Endpoint.Listen(7, 1);
        ScriptedPeer peer = new ScriptedPeer(wire);
        peer.Sends("S seq R mss 1460");
        ExpectsPoll(wire.TakeArp(), Wire.PeerAddress, Packet.PhysicalAddressOf(Wire.PeerAddress));
        peer.ExpectsOnly("S. seq I ack R+1 mss 1460");

        // What comes next is dropped, and stands behind the end of what follows.
        byte[] damaged = peer.Frame("S seq R mss 1460");
        damaged[Packet.Transport + 16]++;
        wire.Inject(damaged);
        byte[] frame = From(OldCard, peer.Frame(". seq R+1 ack 77"));
        if (!isForUs)
            Array.Copy(Everyone, frame, 6);
        byte[] cut = new byte[length];
        Array.Copy(frame, cut, length);
        wire.Inject(cut);
        wire.Endpoint.SetAddress(Wire.OurAddress + 1, 24, 0);
        wire.Run();
        ExpectsRequest(wire.TakeArp(), Wire.OurAddress + 1);
        wire.ExpectsSilence("the last word waits for the peer's card");
    }

    [TestMethod]
    public void Handshakes_that_come_to_nothing_have_a_quarter_of_the_cache_and_push_out_nothing_that_is_known()
    {
        TcpSettings settings = Wire.Settings();
        settings.Connections = 24;
        Wire wire = new Wire(settings) { AnswersArp = false };
        for (uint i = 0; i < 20; i++)
            IsMet(wire, 0x0A4D0010 + i);
        wire.Advance(Wire.Second);
        wire.Endpoint.Listen(7, 24);
        ulong asked = wire.Count(Counter.ArpRequestsSent);
        IsOpenedByStrangers(wire, 0);
        Assert.AreEqual(asked + 8, wire.Count(Counter.ArpRequestsSent), "eight of 32");

        // When they are given up there is room again.
        wire.Advance(200 * Wire.Second);
        wire.Discard();
        for (uint i = 20; i < 32; i++)
            IsMet(wire, 0x0A4D0010 + i);
        wire.Advance(Wire.Second);
        asked = wire.Count(Counter.ArpRequestsSent);
        IsOpenedByStrangers(wire, 20);
        wire.Discard();
        Assert.AreEqual(asked, wire.Count(Counter.ArpRequestsSent), "there is no place");
        for (uint i = 0; i < 32; i++)
            IsKnown(wire, 0x0A4D0010 + i);
    }

    [TestMethod]
    public void Handshakes_that_come_to_nothing_push_out_nobody_in_use_though_all_are_out_of_date()
    {
        TcpSettings settings = Wire.Settings();
        settings.ArpEntries = 4;
        Wire wire = new Wire(settings);
        ScriptedPeer[] peers = Neighbours(wire, 4);
        wire.AnswersArp = false;
        wire.Advance(300 * Wire.Second);
        wire.Endpoint.Listen(7, 4);
        for (uint i = 0; i < 3; i++)
        {
            ScriptedPeer stranger = new ScriptedPeer(wire) { Address = 0x0A4D0040 + i };
            stranger.Trades("S seq R mss 1460", "S. seq I ack R+1 mss 1460");
        }

        for (int i = 0; i < 4; i++)
        {
            peers[i].Writes(10);
            ExpectsPoll(wire.TakeArp(), peers[i].Address, Packet.PhysicalAddressOf(peers[i].Address));
            peers[i].ExpectsOnly("P. seq I+1 ack R+1 len 10");
        }
    }

    [TestMethod]
    public void A_handshake_takes_the_place_of_who_is_out_of_date_and_not_in_use()
    {
        TcpSettings settings = Wire.Settings();
        settings.ArpEntries = 4;
        Wire wire = new Wire(settings) { AnswersArp = false };
        for (uint i = 0; i < 4; i++)
            IsMet(wire, 0x0A4D0010 + i);
        wire.Endpoint.Listen(7, 4);
        wire.Advance(300 * Wire.Second - 1);
        ScriptedPeer peer = new ScriptedPeer(wire);
        peer.Trades("S seq R mss 1460", "S. seq I ack R+1 mss 1460");

        // It is not looked for again within a second.
        wire.Advance(Wire.Second - 1);
        peer.Trades("S seq R mss 1460", "S. seq I ack R+1 mss 1460");
        wire.Advance(1);
        ExpectsRequest(wire.TakeArp(), Wire.PeerAddress);
        wire.ExpectsSilence();
        wire.Inject(Reply(Wire.PeerAddress));
        peer.ExpectsOnly("S. seq I ack R+1 mss 1460");
    }

    [TestMethod]
    public void A_SYN_ACK_that_waits_makes_room_for_what_a_connection_sends()
    {
        TcpSettings settings = Wire.Settings();
        settings.Connections = 3;
        settings.SendBufferSize = 4096;
        Wire wire = new Wire(settings);
        ScriptedPeer old = new ScriptedPeer(wire, 80, 50000);
        old.IsOpened();
        IsForgotten(wire, old);
        ulong lost = wire.Count(Counter.ArpUnresolved);
        wire.Endpoint.Listen(7, 2);
        old.Writes(1000);
        ExpectsPoll(wire.TakeArp(), old.Address, Packet.PhysicalAddressOf(old.Address));
        wire.ExpectsSilence();

        // Two SYN,ACKs are sent again, with no frame at hand that says where to.
        ScriptedPeer[] strangers = new ScriptedPeer[2];
        for (uint i = 0; i < 2; i++)
        {
            strangers[i] = new ScriptedPeer(wire) { Address = Wire.PeerAddress + 10 + i };
            strangers[i].Sends("S seq R mss 1460");
            wire.TakeArp();
            strangers[i].ExpectsOnly("S. seq I ack R+1 mss 1460");
        }

        wire.Advance(Wire.Second);
        wire.Discard();
        Assert.AreEqual(lost, wire.Count(Counter.ArpUnresolved));

        // Both make room, though what the connection has sent before is older.
        old.Connection.NoDelay = true;
        old.Writes(400);
        wire.ExpectsSilence();
        Assert.AreEqual(lost + 2, wire.Count(Counter.ArpUnresolved));
        wire.Inject(Reply(old.Address));
        old.Expects("P. seq I+2 ack R+1 len 1000");
        old.ExpectsOnly("P. seq I+1002 ack R+1 len 400");
        for (int i = 0; i < 2; i++)
        {
            wire.Inject(Reply(strangers[i].Address));
            wire.ExpectsSilence();
        }
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
        peer.IsIn(TcpState.Closed, "a connection does not outlive its address");
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

    [TestMethod]
    public void A_neighbour_more_than_there_are_entries_takes_the_place_of_the_oldest()
    {
        TcpSettings settings = Wire.Settings();
        settings.ArpEntries = 4;
        Wire wire = new Wire(settings) { AnswersArp = false };
        for (uint i = 1; i <= 4; i++)
        {
            IsMet(wire, 0x0A4D0000 + (i << 4));
            wire.Advance(Wire.Second);
        }

        // Heard again, the first is the newest now, and the second the oldest.
        IsAskedBy(wire, 0x0A4D0010);
        wire.Advance(Wire.Second);
        IsMet(wire, 0x0A4D0050);
        IsKnown(wire, 0x0A4D0010);
        IsKnown(wire, 0x0A4D0030);
        IsKnown(wire, 0x0A4D0040);
        IsKnown(wire, 0x0A4D0050);
        wire.Endpoint.Connect(0x0A4D0020, 80);
        wire.Run();
        ExpectsRequest(wire.TakeArp(), 0x0A4D0020);
        wire.ExpectsSilence();
    }

    [TestMethod]
    public void A_neighbour_that_a_connection_uses_is_not_forgotten_for_those_that_come_and_go()
    {
        TcpSettings settings = Wire.Settings();
        settings.ArpEntries = 4;
        Wire wire = new Wire(settings);
        ScriptedPeer near = new ScriptedPeer(wire, 80, 50000);
        near.IsOpened();
        ScriptedPeer far = new ScriptedPeer(wire, 80, 50001);
        far.Address = 0xC0000201;
        far.IsOpened();
        wire.AnswersArp = false;
        for (uint i = 0; i < 200; i++)
        {
            wire.Advance(Wire.Second);
            IsMet(wire, 0x0A4D0010 + i);
        }

        near.Writes(10);
        near.ExpectsOnly("P. seq I+1 ack R+1 len 10");
        far.Writes(10);
        far.ExpectsOnly("P. seq I+1 ack R+1 len 10");
        far.Trades(". seq R+1 ack I+11", "");

        // Those that no connection uses any more make room.
        near.Trades("R seq R+1", "");
        near.Connection.Close();
        for (uint i = 0; i < 4; i++)
        {
            IsMet(wire, 0x0A4D0010 + i);
            wire.Advance(Wire.Second);
        }

        wire.Endpoint.Connect(near.Address, 80);
        wire.Run();
        ExpectsRequest(wire.TakeArp(), near.Address);
        wire.ExpectsSilence();
    }

    [TestMethod]
    public void As_many_neighbours_as_connections_are_spoken_to_in_turn_without_a_question()
    {
        TcpSettings settings = Wire.Settings();
        settings.Connections = 32;
        Wire wire = new Wire(settings);
        ScriptedPeer[] peers = Neighbours(wire, 32);
        ulong asked = wire.Count(Counter.ArpRequestsSent);
        for (int i = 0; i < 640; i++)
        {
            ScriptedPeer peer = peers[i % 32];
            string at = (1 + i / 32).ToString();
            peer.Writes(1);
            peer.ExpectsOnly("P. seq I+" + at + " ack R+1 len 1");
            peer.Trades(". seq R+1 ack I+" + (2 + i / 32).ToString(), "");
        }

        Assert.AreEqual(asked, wire.Count(Counter.ArpRequestsSent));
    }

    [TestMethod]
    public void What_is_written_to_40_neighbours_at_once_leaves_at_once()
    {
        TcpSettings settings = Wire.Settings();
        settings.Connections = 40;
        Wire wire = new Wire(settings);
        ScriptedPeer[] peers = Neighbours(wire, 40);
        for (int i = 0; i < 40; i++)
            Assert.AreEqual(10, peers[i].TriesToWrite(10));
        wire.Run();
        for (int i = 0; i < 40; i++)
            peers[i].Expects("P. seq I+1 ack R+1 len 10");
        wire.ExpectsSilence();
        Assert.AreEqual(0UL, wire.Count(Counter.ArpUnresolved));
    }

    [TestMethod]
    public void Neighbours_that_differ_in_the_third_number_only_are_told_apart_and_found()
    {
        TcpSettings settings = Wire.Settings();
        settings.PrefixLength = 16;
        Wire wire = new Wire(settings) { AnswersArp = false };
        for (uint i = 1; i <= 12; i++)
            IsMet(wire, 0x0A4D0010 + (i << 8));
        for (uint i = 1; i <= 12; i++)
            IsKnown(wire, 0x0A4D0010 + (i << 8));
    }

    [TestMethod]
    [DataRow(0x0A4D0010U)] // The first place in the cache.
    [DataRow(0x0A4D001FU)] // The last one.
    public void A_neighbour_is_asked_three_times_a_second_apart_and_then_what_waits_for_it_is_dropped(uint address)
    {
        Wire wire = new Wire { AnswersArp = false };
        ulong sent = wire.Count(Counter.ArpRequestsSent);
        TcpConnection connection = wire.Endpoint.Connect(address, 80, 50000);
        wire.Run();

        // The SYN comes again after a second, and takes the place of the one that waits.
        for (int i = 0; i < 3; i++)
        {
            ExpectsRequest(wire.TakeArp(), address);
            wire.ExpectsSilence();
            wire.StaysSilent(Wire.Second - 1);
            Assert.AreEqual((int)TcpState.SynSent, (int)connection.State);
            wire.Advance(1);
        }

        Assert.AreEqual(2UL, wire.Count(Counter.ArpUnresolved), "the SYN in whose place another came, and that one");
        Assert.AreEqual(sent + 3, wire.Count(Counter.ArpRequestsSent));
        Assert.AreEqual((int)TcpCloseReason.Unreachable, (int)connection.CloseReason);
        wire.StaysSilent(600 * Wire.Second);
    }

    [TestMethod]
    public void An_entry_lives_5_minutes_to_the_microsecond()
    {
        Wire wire = new Wire { AnswersArp = false };
        ulong begin = wire.Now;
        IsMet(wire, Wire.PeerAddress);
        ScriptedPeer peer = new ScriptedPeer(wire);
        peer.Opens(wire.Endpoint.Listen(7, 1));
        wire.Advance(begin + 300 * Wire.Second - 1 - wire.Now);
        peer.Writes(10);
        peer.ExpectsOnly("P. seq I+1 ack R+1 len 10");
        peer.Trades(". seq R+1 ack I+11", "");
        wire.Advance(1);
        peer.Writes(10);
        ExpectsPoll(wire.TakeArp(), Wire.PeerAddress, Packet.PhysicalAddressOf(Wire.PeerAddress));
        peer.ExpectsOnly("P. seq I+11 ack R+1 len 10");
    }

    [TestMethod]
    public void A_retransmission_has_a_neighbour_in_the_first_place_asked_for_too()
    {
        Wire wire = new Wire();
        ScriptedPeer peer = new ScriptedPeer(wire, 80, 50000);
        peer.Address = 0x0A4D0010;
        peer.IsOpened();
        wire.AnswersArp = false;
        peer.Writes(10);
        wire.Advance(7 * Wire.Second);
        for (int i = 0; i < 3; i++)
            peer.Expects("P. seq I+1 ack R+1 len 10");
        ExpectsPoll(wire.TakeArp(), 0x0A4D0010, Packet.PhysicalAddressOf(0x0A4D0010));
        peer.ExpectsOnly("P. seq I+1 ack R+1 len 10");
    }

    [TestMethod]
    public void A_request_is_for_everyone_after_a_reply_to_one_too()
    {
        Wire wire = new Wire { AnswersArp = false };
        IsAskedBy(wire, Wire.PeerAddress);
        wire.Endpoint.Connect(Wire.PeerAddress + 5, 80);
        wire.Run();
        byte[] request = wire.TakeArp();
        ExpectsRequest(request, Wire.PeerAddress + 5);
        Assert.IsTrue(Packet.SameBytes(Nobody, 0, request, Packet.Ip + 18, 6), "the target is not known");
    }

    [TestMethod]
    public void Our_address_is_defended_before_everyone_once_in_10_seconds()
    {
        Wire wire = new Wire();
        IsAskedBy(wire, Wire.PeerAddress);
        ulong sent = wire.Count(Counter.ArpRequestsSent);
        byte[] thief = Packet.Arp(Everyone, 1, new byte[] { 2, 9, 9, 9, 9, 9 }, Wire.OurAddress, Nobody, Wire.PeerAddress);
        wire.Inject(thief);
        ExpectsRequest(wire.TakeArp(), Wire.OurAddress);
        wire.Advance(10 * Wire.Second - 1);
        wire.Inject(thief);
        wire.ExpectsSilence("two hosts that believe in the same address must not shout at each other");
        Assert.AreEqual(sent + 1, wire.Count(Counter.ArpRequestsSent));
        wire.Advance(1);
        wire.Inject(thief);
        ExpectsRequest(wire.TakeArp(), Wire.OurAddress);
        wire.ExpectsSilence();
        Assert.AreEqual(sent + 2, wire.Count(Counter.ArpRequestsSent));
        Assert.AreEqual(3UL, wire.Count(Counter.ArpConflicts));
    }

    [TestMethod]
    public void What_we_have_said_ourselves_and_the_network_gives_back_is_no_conflict()
    {
        Wire wire = new Wire();
        wire.Inject(wire.GratuitousArp);
        wire.ExpectsSilence();
        Assert.AreEqual(0UL, wire.Count(Counter.ArpConflicts));

        // Addresses of which one half is ours are not ours.
        wire.Inject(Packet.Arp(Everyone, 1, new byte[] { 2, 0, 0x0A, 0x4D, 0, 3 }, Wire.OurAddress, Nobody, Wire.PeerAddress));
        wire.Inject(Packet.Arp(Everyone, 1, new byte[] { 2, 1, 0x0A, 0x4D, 0, 2 }, Wire.OurAddress, Nobody, Wire.PeerAddress));
        Assert.AreEqual(2UL, wire.Count(Counter.ArpConflicts));
    }

    [TestMethod]
    public void A_new_address_forgets_every_neighbour()
    {
        TcpSettings settings = Wire.Settings();
        settings.Connections = 16;
        Wire wire = new Wire(settings) { AnswersArp = false };
        for (uint i = 0; i < 16; i++)
            IsMet(wire, 0x0A4D0010 + i);
        wire.Endpoint.SetAddress(Wire.OurAddress, 24, 0);
        wire.Run();
        ExpectsRequest(wire.TakeArp(), Wire.OurAddress);
        for (uint i = 0; i < 16; i++)
        {
            wire.Endpoint.Connect(0x0A4D0010 + i, 80);
            wire.Run();
            ExpectsRequest(wire.TakeArp(), 0x0A4D0010 + i);
        }

        Assert.AreEqual(16, wire.Endpoint.ConnectionCount);
    }

    [TestMethod]
    public void With_fewer_entries_than_connections_who_was_asked_in_the_last_second_keeps_its_place_and_a_packet_to_another_is_lost_and_counted()
    {
        TcpSettings settings = Wire.Settings();
        settings.ArpEntries = 4;
        Wire wire = new Wire(settings) { AnswersArp = false };
        for (uint i = 1; i <= 4; i++)
        {
            wire.Endpoint.Connect(0x0A4D0000 + (i << 4), 80, 50000);
            wire.Run();
            ExpectsRequest(wire.TakeArp(), 0x0A4D0000 + (i << 4));
        }

        wire.Endpoint.Connect(0x0A4D0050, 80, 50000);
        wire.Run();
        wire.ExpectsSilence();
        Assert.AreEqual(1UL, wire.Count(Counter.ArpFull));
        for (uint i = 1; i <= 4; i++)
        {
            wire.Inject(Reply(0x0A4D0000 + (i << 4)));
            ExpectsSyn(wire, 0x0A4D0000 + (i << 4), 50000);
        }

        Assert.AreEqual(0UL, wire.Count(Counter.ArpUnresolved));
        wire.StaysSilent(Wire.Second - 1);
        wire.Advance(1);
        bool asked = false;
        for (byte[] frame = wire.Take(); frame != null; frame = wire.Take())
            asked |= Packet.Get16(frame, 12) == Packet.EtherTypeArp && Packet.Get32(frame, Packet.Ip + 24) == 0x0A4D0050;
        Assert.IsTrue(asked, "its SYN is sent again, and then there is a place");
        wire.Inject(Reply(0x0A4D0050));
        ExpectsSyn(wire, 0x0A4D0050, 50000);
    }

    [TestMethod]
    public void What_waits_for_a_neighbour_is_not_sent_once_the_peer_has_reset_the_connection()
    {
        ScriptedPeer peer = ScriptedPeer.Accepted(out Wire wire);
        wire.AnswersArp = false;
        peer.Writes(10);
        wire.Discard();
        for (int i = 0; i < 60 && wire.Count(Counter.ArpUnresolved) == 0; i++)
        {
            wire.Advance(Wire.Second);
            wire.Discard();
        }

        peer.Sends("P. seq R+1 ack I+11 len 10");
        peer.Sends("P. seq R+11 ack I+11 len 10");
        wire.Discard();
        peer.Sends("R. seq R+21 ack I+11");
        wire.AnswersArp = true;
        wire.StaysSilent(5 * Wire.Second);
        Assert.AreEqual(0, wire.Endpoint.ConnectionCount);
    }

    [TestMethod]
    public void A_request_is_repeated_though_a_neighbour_has_just_told_its_address_unasked()
    {
        Wire wire = new Wire { AnswersArp = false };
        IsAskedBy(wire, 0x0A4D0010);
        wire.Inject(Reply(0x0A4D0010));
        wire.Inject(Reply(0x0A4D0010));
        wire.ExpectsSilence();
        wire.Endpoint.Connect(0x0A4D0011, 80, 50000);
        wire.Run();
        ExpectsRequest(wire.TakeArp(), 0x0A4D0011);
        wire.StaysSilent(Wire.Second - 1);
        wire.Advance(1);
        ExpectsRequest(wire.TakeArp(), 0x0A4D0011);
        wire.ExpectsSilence();
    }

    /// <summary>The neighbour answers ARP no more, until its Ethernet address is forgotten; the peer has a byte.</summary>
    private static void IsForgotten(Wire wire, ScriptedPeer peer)
    {
        wire.AnswersArp = false;
        peer.Writes(1);
        wire.Advance(60 * Wire.Second);
        wire.Discard();

        peer.Trades(". seq R+1 ack I+2", "");
    }

    /// <summary>Connections to neighbours whose addresses end in 16 and what follows.</summary>
    private static ScriptedPeer[] Neighbours(Wire wire, int count)
    {
        ScriptedPeer[] peers = new ScriptedPeer[count];
        for (int i = 0; i < count; i++)
        {
            peers[i] = new ScriptedPeer(wire, 80, 50000) { Address = 0x0A4D0010 + (uint)i };
            peers[i].IsOpened();
        }

        return peers;
    }

    /// <summary>No host answers ARP, and there are many connections.</summary>
    private static Wire Crowded()
    {
        TcpSettings settings = Wire.Settings();
        settings.Connections = 50;
        return new Wire(settings) { AnswersArp = false };
    }

    /// <summary>Opens connections to a neighbour, from 50000 on.</summary>
    private static void Connect(Wire wire, uint address, int count)
    {
        for (int i = 0; i < count; i++)
            Assert.IsNotNull(wire.Endpoint.Connect(address, 80, 50000 + i));
        wire.Run();
    }

    private static void ExpectsSyns(Wire wire, uint address, int first, int count)
    {
        for (int i = first; i < first + count; i++)
            ExpectsSyn(wire, address, 50000 + i);
        wire.ExpectsSilence();
    }

    private static void ExpectsSyn(Wire wire, uint address, int port)
    {
        ScriptedPeer peer = new ScriptedPeer(wire, 80, port);
        peer.Address = address;
        peer.Expects("S seq I mss 1460");
    }

    private static byte[] FromOtherCard(byte[] frame)
    {
        return From(new byte[] { 2, 7, 7, 7, 7, 7 }, frame);
    }

    private static byte[] From(byte[] card, byte[] frame)
    {
        System.Array.Copy(card, 0, frame, 6, 6);
        return frame;
    }

    private static byte[] Request(uint sender, uint target)
    {
        return Packet.Arp(Everyone, 1, Packet.PhysicalAddressOf(sender), sender, Nobody, target);
    }

    private static byte[] Reply(uint sender)
    {
        byte[] us = Packet.PhysicalAddressOf(Wire.OurAddress);
        return Packet.Arp(us, 2, Packet.PhysicalAddressOf(Packet.NextHop(sender)), sender, us, Wire.OurAddress);
    }

    private static void ExpectsRequest(byte[] frame, uint target)
    {
        Assert.IsNotNull(frame, "no ARP request");
        Assert.AreEqual(Packet.EtherTypeArp, Packet.Get16(frame, 12));
        Assert.IsTrue(Packet.SameBytes(frame, 0, Everyone, 0, 6), "a request is for everyone");
        Assert.AreEqual(1, Packet.Get16(frame, Packet.Ip + 6));
        Assert.AreEqual(target, Packet.Get32(frame, Packet.Ip + 24));
    }

    /// <summary>Twenty hosts that nothing is known of open a connection each, and say no more.</summary>
    private static void IsOpenedByStrangers(Wire wire, uint first)
    {
        for (uint i = first; i < first + 20; i++)
            new ScriptedPeer(wire) { Address = 0x0A4D0040 + i }.Sends("S seq R mss 1460");
    }

    /// <summary>The same question, to one card alone.</summary>
    private static void ExpectsPoll(byte[] frame, uint target, byte[] card)
    {
        Assert.IsNotNull(frame, "no ARP request");
        Assert.AreEqual(Packet.EtherTypeArp, Packet.Get16(frame, 12));
        Assert.IsTrue(Packet.SameBytes(frame, 0, card, 0, 6), "the request is for one card");
        Assert.AreEqual(1, Packet.Get16(frame, Packet.Ip + 6));
        Assert.AreEqual(target, Packet.Get32(frame, Packet.Ip + 24));
    }

    /// <summary>Who asks for our address is told it, whatever else it says.</summary>
    private static void DropReplies(Wire wire)
    {
        while (wire.SentCount != 0)
            Assert.AreEqual(2, Packet.Get16(wire.TakeArp(), Packet.Ip + 6), "a reply");
    }

    /// <summary>A neighbour asks for our address.</summary>
    private static void IsAskedBy(Wire wire, uint address)
    {
        byte[] neighbour = Packet.PhysicalAddressOf(Packet.NextHop(address));
        wire.Inject(Packet.Arp(Everyone, 1, neighbour, address, Nobody, Wire.OurAddress));
        Assert.AreEqual(2, Packet.Get16(wire.TakeArp(), Packet.Ip + 6));
        wire.ExpectsSilence();
    }

    /// <summary>We ask for a neighbour: from then on we know its address.</summary>
    private static void IsMet(Wire wire, uint address)
    {
        TcpConnection connection = wire.Endpoint.Connect(address, 80, 50000);
        wire.Run();
        ExpectsRequest(wire.TakeArp(), address);
        wire.Inject(Reply(address));
        ExpectsSyn(wire, address, 50000);
        connection.Abort();
        wire.Run();
        wire.ExpectsSilence();
    }

    /// <summary>A segment to a neighbour leaves at once.</summary>
    private static void IsKnown(Wire wire, uint address)
    {
        TcpConnection connection = wire.Endpoint.Connect(address, 80, 50000);
        wire.Run();
        ExpectsSyn(wire, address, 50000);
        wire.ExpectsSilence();
        connection.Abort();
        wire.Run();
        wire.ExpectsSilence();
    }
}
