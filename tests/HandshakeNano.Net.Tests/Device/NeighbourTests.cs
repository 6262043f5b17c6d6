using System;
using nanoFramework.TestFramework;

namespace HandshakeNano.Net.Tests;

/// <summary>RFC 4861: whom segments over IPv6 go to, and what becomes of a neighbour that does not answer.</summary>
[TestClass]
public sealed class NeighbourTests
{
    private const string Prefix = "2001:db8:1::";

    private static readonly byte[] Card = Packet.PhysicalAddressOf(Packet.PeerAddress);
    private static readonly byte[] OtherCard = Packet.PhysicalAddressOf(0x0A4D0005);
    private static readonly byte[] RouterCard = Packet.PhysicalAddressOf(Packet.RouterAddress);
    private static readonly byte[] SecondCard = Packet.PhysicalAddressOf(0x0A4D00FD);
    private static readonly byte[] Router = Ipv6Address.Parse("fe80::fe");
    private static readonly byte[] Second = Ipv6Address.Parse("fe80::fd");
    private static readonly byte[] Far = Ipv6Address.Parse("2001:db8:99::7");
    private static readonly byte[] Near = Ipv6Address.Parse("2001:db8:1::7");

    // 4861-MUST-19, 4861-MUST-20.
    [TestMethod]
    public void A_SYN_waits_until_its_neighbour_has_said_who_it_is()
    {
        Wire wire = Up();
        ScriptedPeer peer = Ipv6TcpTests.Peer(wire);
        peer.Connection = wire.Endpoint.Connect(Ipv6Tests.Peer, 40000, 7);
        wire.Run();
        ExpectsQuestion(wire, Ipv6Tests.Peer, null);
        wire.Inject(Ipv6Packet.Neighbour(Ipv6Tests.Peer, Ipv6Tests.Ours(0), 136, 0x60, Ipv6Tests.Peer, OtherCard));
        Assert.IsTrue(GoesTo(wire, OtherCard, out byte[] syn), "the SYN leaves");
        Assert.AreEqual((byte)Segment.Syn, syn[Ipv6Packet.Payload + 13]);
        wire.ExpectsSilence();
    }

    // 4861-SHLD-14, 4861-SHLD-15, 4861-MUST-21, 4861-MUST-22.
    [TestMethod]
    public void Who_does_not_answer_three_questions_is_unreachable()
    {
        Wire wire = Up();
        TcpConnection connection = wire.Endpoint.Connect(Ipv6Tests.Peer, 7);
        wire.Run();
        ExpectsQuestion(wire, Ipv6Tests.Peer, null);
        for (int i = 0; i < 2; i++)
        {
            wire.StaysSilent(Wire.Second - 1);
            wire.Advance(1);
            ExpectsQuestion(wire, Ipv6Tests.Peer, null);
        }

        wire.StaysSilent(Wire.Second - 1);
        wire.Advance(1);
        Assert.AreEqual((int)TcpCloseReason.Unreachable, (int)connection.CloseReason);
        Assert.AreEqual(2UL, wire.Count(Counter.ArpUnresolved), "the SYN, and the one that took its place");
        wire.StaysSilent(10 * Wire.Second);
    }

    [TestMethod]
    public void A_SYN_that_waits_is_taken_back_when_its_connection_ends()
    {
        Wire wire = Up();
        TcpConnection connection = wire.Endpoint.Connect(Ipv6Tests.Peer, 7);
        wire.Run();
        ExpectsQuestion(wire, Ipv6Tests.Peer, null);
        connection.Abort();
        wire.Run();
        wire.Inject(Ipv6Packet.Neighbour(Ipv6Tests.Peer, Ipv6Tests.Ours(0), 136, 0x60, Ipv6Tests.Peer, Card));
        wire.ExpectsSilence();
    }

    /// <summary>Section 7.3.3: five seconds after something was sent, three questions to the known card, then to all.</summary>
    // 4861-SHLD-13, 4861-MUST-33, 4861-MUST-34.
    [TestMethod]
    public void A_neighbour_is_asked_five_seconds_after_it_was_last_needed_and_forgotten_when_it_is_silent()
    {
        Wire wire = Up();
        ScriptedPeer peer = Ipv6TcpTests.Accepted(wire);
        peer.Writes(1);
        peer.ExpectsOnly("P. seq I+1 ack R+1 len 1");
        peer.Trades(". seq R+1 ack I+2", "");
        for (int i = 0; i < 3; i++)
        {
            ulong wait = i == 0 ? 5 * Wire.Second : Wire.Second;
            wire.StaysSilent(wait - 1);
            wire.Advance(1);
            ExpectsQuestion(wire, Ipv6Tests.Peer, Card);
        }

        wire.StaysSilent(10 * Wire.Second);
        peer.IsIn(TcpState.Established);
        peer.Writes(1);
        ExpectsQuestion(wire, Ipv6Tests.Peer, null);
        wire.Inject(Ipv6Packet.Neighbour(Ipv6Tests.Peer, Ipv6Tests.Ours(0), 136, 0x60, Ipv6Tests.Peer, OtherCard));
        Assert.IsTrue(GoesTo(wire, OtherCard, out byte[] segment), "the segment leaves");
        Assert.AreEqual(Segment.Pattern(1), segment[Ipv6Packet.Payload + 20]);
    }

    // 4861-MUST-29.
    [TestMethod]
    public void A_neighbour_that_answers_is_not_asked_for_fifteen_seconds_at_the_least()
    {
        Wire wire = Up();
        ScriptedPeer peer = Ipv6TcpTests.Accepted(wire);
        peer.Writes(1);
        wire.Discard();
        peer.Trades(". seq R+1 ack I+2", "");
        wire.Advance(5 * Wire.Second);
        ExpectsQuestion(wire, Ipv6Tests.Peer, Card);
        wire.Inject(Ipv6Packet.Neighbour(Ipv6Tests.Peer, Ipv6Tests.Ours(0), 136, 0x40, Ipv6Tests.Peer, Card));
        for (int i = 0; i < 9; i++)
        {
            peer.Sends("P. seq R+1 ack I+2 len 1");
            wire.Advance(Wire.Second);
            peer['R']++;
            peer.ExpectsOnly(". seq I+2 ack R+1");
        }

        wire.StaysSilent(45 * Wire.Second);
        peer.Sends("P. seq R+1 ack I+2 len 1");
        wire.Advance(Wire.Second);
        wire.Discard();
        wire.Advance(5 * Wire.Second);
        ExpectsQuestion(wire, Ipv6Tests.Peer, Card);
    }

    /// <summary>Section 6.3.4. No router makes us ask without end, or never.</summary>
    // 4861-SHLD-4.
    [TestMethod]
    [DataRow(0u, 1000)]
    [DataRow(250u, 250)]
    [DataRow(1u, 100)]
    [DataRow(uint.MaxValue, 10_000)]
    public void The_retransmission_time_that_a_router_names_counts(uint named, int milliseconds)
    {
        Wire wire = Up();
        wire.Inject(Times(0, named));
        wire.Inject(Times(0, 0));
        ulong wait = (ulong)milliseconds * Wire.Millisecond;
        TcpConnection connection = wire.Endpoint.Connect(Ipv6Tests.Peer, 7);
        wire.Run();
        for (int i = 0; i < 3; i++)
        {
            ExpectsQuestion(wire, Ipv6Tests.Peer, null);
            wire.StaysSilent(wait - 1);
            wire.Advance(1);
        }

        Assert.AreEqual((int)TcpCloseReason.Unreachable, (int)connection.CloseReason);
    }

    // 4861-SHLD-3.
    [TestMethod]
    [DataRow(0u, 15, 45)]
    [DataRow(120_000u, 60, 180)]
    [DataRow(1u, 5, 15)]
    [DataRow(uint.MaxValue, 1800, 5400)]
    public void The_reachable_time_that_a_router_names_counts(uint named, int least, int most)
    {
        Wire wire = Up();
        wire.Inject(Times(named, 0));
        wire.Inject(Times(0, 0));
        ScriptedPeer peer = Ipv6TcpTests.Accepted(wire);
        peer.Writes(1);
        wire.Discard();
        peer.Trades(". seq R+1 ack I+2", "");
        wire.Advance(5 * Wire.Second);
        ExpectsQuestion(wire, Ipv6Tests.Peer, Card);
        wire.Inject(Ipv6Packet.Neighbour(Ipv6Tests.Peer, Ipv6Tests.Ours(0), 136, 0x40, Ipv6Tests.Peer, Card));

        // What goes out while it is reachable makes nobody ask.
        wire.Advance((ulong)(least - 1) * Wire.Second);
        peer.Sends("P. seq R+1 ack I+2 len 1");
        wire.Advance(Wire.Second / 2);
        peer['R']++;
        peer.ExpectsOnly(". seq I+2 ack R+1");
        wire.StaysSilent((ulong)(most - least) * Wire.Second + 6 * Wire.Second);
        peer.Sends("P. seq R+1 ack I+2 len 1");
        wire.Advance(Wire.Second);
        wire.Discard();
        wire.Advance(5 * Wire.Second);
        ExpectsQuestion(wire, Ipv6Tests.Peer, Card);
    }

    /// <summary>Section 7.2.5.</summary>
    // 4861-MUST-28.
    [TestMethod]
    [DataRow(0x20, true)]
    [DataRow(0x60, true)]
    [DataRow(0x00, false)]
    [DataRow(0x40, false)]
    public void Another_card_is_believed_if_the_advertisement_says_to_override(int flags, bool moves)
    {
        Wire wire = Up();
        ScriptedPeer peer = Ipv6TcpTests.Accepted(wire);
        wire.Inject(Ipv6Packet.Neighbour(Ipv6Tests.Peer, Ipv6Tests.Ours(0), 136, flags, Ipv6Tests.Peer, OtherCard));
        peer.Writes(1);
        Assert.IsTrue(GoesTo(wire, moves ? OtherCard : Card, out byte[] segment));
        Assert.AreEqual((byte)6, segment[Packet.Ip + 6]);
    }

    // 4861-MUST-30, 4861-MUST-32.
    [TestMethod]
    public void A_card_that_an_advertisement_only_claims_is_asked_soon()
    {
        Wire wire = Up();
        ScriptedPeer peer = Ipv6TcpTests.Accepted(wire);
        wire.Inject(Ipv6Packet.Neighbour(Ipv6Tests.Peer, Ipv6Tests.Ours(0), 136, 0x20, Ipv6Tests.Peer, OtherCard));
        peer.Writes(1);
        wire.Discard();
        peer.Sends(". seq R+1 ack I+2");
        wire.Advance(5 * Wire.Second);
        ExpectsQuestion(wire, Ipv6Tests.Peer, OtherCard);
    }

    // 4861-SHLD-16, 4861-SHLD-19.
    [TestMethod]
    public void A_solicitation_names_the_card_of_a_neighbour_that_we_know_and_of_no_other()
    {
        Wire wire = Up();
        ScriptedPeer peer = Ipv6TcpTests.Accepted(wire);
        wire.Inject(Ipv6Packet.Neighbour(Ipv6Tests.Peer, Ipv6Tests.Ours(0), 135, 0, Ipv6Tests.Ours(0), OtherCard));
        wire.Discard();
        peer.Writes(1);
        Assert.IsTrue(GoesTo(wire, OtherCard, out byte[] _));
        byte[] stranger = Ipv6Address.Parse("fe80::99");
        wire.Inject(Ipv6Packet.Neighbour(stranger, Ipv6Tests.Ours(0), 135, 0, Ipv6Tests.Ours(0), OtherCard));
        wire.Inject(Ipv6Packet.Neighbour(stranger, Ipv6Tests.Ours(0), 136, 0x60, stranger, OtherCard));
        wire.Discard();
        wire.Endpoint.Connect(stranger, 7);
        wire.Run();
        ExpectsQuestion(wire, stranger, null);
    }

    /// <summary>The option of an advertisement is that of its target; another kind says nothing (section 4.4).</summary>
    [TestMethod]
    public void An_advertisement_moves_nobody_by_the_option_of_a_solicitation()
    {
        Wire wire = Up();
        ScriptedPeer peer = Ipv6TcpTests.Accepted(wire);
        byte[] body = new byte[28];
        Array.Copy(Ipv6Tests.Ours(0), 0, body, 4, 16);
        body[20] = 1;
        body[21] = 1;
        Array.Copy(OtherCard, 0, body, 22, 6);
        wire.Inject(Ipv6Packet.Icmp(Ipv6Tests.Peer, Ipv6Tests.Ours(0), 136, 0, body));
        Assert.AreEqual(1UL, wire.Count(Counter.NeighbourConflicts));
        peer.Writes(1);
        Assert.IsTrue(GoesTo(wire, Card, out byte[] _));
    }

    // 4861-MUST-16, 4861-MUST-17, 4861-MUST-35.
    [TestMethod]
    public void Malformed_advertisements_and_redirects_are_dropped()
    {
        Wire wire = Up();
        Ipv6TcpTests.Accepted(wire);
        byte[] group = Ipv6Packet.AllNodes;
        wire.Inject(Ipv6Packet.Neighbour(Ipv6Tests.Peer, group, 136, 0x60, Ipv6Tests.Peer, OtherCard));
        wire.Inject(Ipv6Packet.Neighbour(Ipv6Packet.Nobody, Ipv6Tests.Ours(0), 136, 0x60, Ipv6Tests.Peer, OtherCard));
        wire.Inject(Redirect(Near, Near, Far, null));
        wire.Inject(Redirect(Router, Near, Far, null));
        wire.Inject(Redirect(Router, Router, group, null));
        byte[] frame = Redirect(Router, Router, Far, null);
        frame[Packet.Ip + 7] = 254;
        wire.Inject(frame);
        Assert.AreEqual(6UL, wire.Count(Counter.NeighbourMalformed));
        wire.ExpectsSilence();
    }

    // 4861-MUST-3, 4861-MUST-11.
    [TestMethod]
    public void Who_is_not_of_a_prefix_of_the_link_is_reached_by_the_router()
    {
        foreach (bool isOnLink in new bool[] { false, true })
        {
            Wire wire = Routed(isOnLink);
            Opens(wire, Near);
            if (isOnLink)
                ExpectsQuestion(wire, Near, null);
            else
                Assert.IsTrue(GoesTo(wire, RouterCard, out byte[] _));
            Opens(wire, Far);
            Assert.IsTrue(GoesTo(wire, RouterCard, out byte[] _));
        }
    }

    /// <summary>Section 6.3.4: who leaves the flag out says nothing about it.</summary>
    [TestMethod]
    public void A_prefix_is_of_the_link_from_the_time_that_a_router_says_so()
    {
        Wire wire = Routed(false);
        wire.Inject(Prefixed(Prefix, 0x40, 1800));
        Opens(wire, Near);
        Assert.IsTrue(GoesTo(wire, RouterCard, out byte[] _));
        for (int i = 0; i < 3; i++)
        {
            // Said once, said twice, and not said.
            wire.Inject(Prefixed(Prefix, i == 2 ? 0x40 : 0xC0, 1800));
            byte[] near = Ipv6Address.Parse("2001:db8:1::10");
            near[15] += (byte)i;
            Opens(wire, near);
            ExpectsQuestion(wire, near, null);
        }
    }

    [TestMethod]
    public void A_prefix_that_takes_the_place_of_one_of_the_link_is_not_of_it_and_others_stay_so()
    {
        Wire wire = Up();
        wire.Inject(Advertisement(Router, RouterCard, 1800));
        wire.Inject(Prefixed(Prefix, 0xC0, 60));
        wire.Inject(Prefixed("2001:db8:2::", 0xC0, 1800));
        wire.Advance(60 * Wire.Second);
        wire.Inject(Prefixed("2001:db8:3::", 0x40, 1800));
        wire.Advance(3 * Wire.Second);
        wire.Discard();
        Opens(wire, Ipv6Address.Parse("2001:db8:3::7"));
        Assert.IsTrue(GoesTo(wire, RouterCard, out byte[] _));
        byte[] near = Ipv6Address.Parse("2001:db8:2::7");
        Opens(wire, near);
        ExpectsQuestion(wire, Ipv6Tests.Ours("2001:db8:2::", 0), near, null);
    }

    [TestMethod]
    public void A_router_without_a_card_in_its_advertisement_is_asked_for()
    {
        Wire wire = Up();
        wire.Inject(Ipv6Packet.Advertisement(Router, 1800, Ipv6Packet.PrefixOption(Prefix, 0xC0, 1800, 1800)));
        wire.Advance(3 * Wire.Second);
        wire.Discard();
        Opens(wire, Far);
        ExpectsQuestion(wire, Router, null);
        wire.Inject(Ipv6Packet.Neighbour(Router, Ipv6Tests.Ours(0), 136, 0xE0, Router, RouterCard));
        Assert.IsTrue(GoesTo(wire, RouterCard, out byte[] _));
    }

    [TestMethod]
    [DataRow(true)]
    [DataRow(false)]
    public void A_whole_segment_that_waits_leaves_when_the_router_names_its_card(bool asked)
    {
        TcpSettings settings = Ipv6Tests.On();
        settings.SendBufferSize = 4096;
        Wire wire = Ipv6TcpTests.Up(settings, 1500);
        wire.AnswersArp = false;
        wire.Inject(Ipv6Packet.Advertisement(Router, 1800, Ipv6Packet.PrefixOption(Prefix, 0xC0, 1800, 1800)));
        wire.Advance(3 * Wire.Second);
        wire.Discard();
        ScriptedPeer peer = new ScriptedPeer(wire) { Ipv6 = Far, OurIpv6 = Ipv6Tests.Ours(Prefix, 0) };
        TcpListener listener = wire.Endpoint.Listen(7, 1);
        peer.Trades("S seq R mss 1440", "S. seq I ack R+1 mss 1440");
        peer.Trades(". seq R+1 ack I+1", "");
        peer.Connection = listener.Accept();
        peer.Writes(1440);
        ExpectsQuestion(wire, Router, null);
        wire.Inject(asked ? Ipv6Packet.Neighbour(Router, Ipv6Tests.Ours(0), 136, 0xE0, Router, RouterCard)
            : Advertisement(Router, RouterCard, 1800));
        Assert.IsTrue(GoesTo(wire, RouterCard, out byte[] frame));
        Assert.AreEqual(Ipv6Packet.Payload + 20 + 1440, frame.Length);
        wire.ExpectsSilence();
    }

    // 4861-SHLD-6, 4861-SHLD-7, 4861-SHLD-8.
    [TestMethod]
    public void Another_router_takes_over_when_one_does_not_answer()
    {
        Wire wire = Routed(true);
        wire.Inject(Advertisement(Second, SecondCard, 1800));
        ScriptedPeer peer = FarPeer(wire);
        peer.Writes(1);
        Assert.IsTrue(GoesTo(wire, RouterCard, out byte[] _));
        peer.Sends(". seq R+1 ack I+2");
        wire.Advance(5 * Wire.Second);
        for (int i = 0; i < 3; i++)
        {
            ExpectsQuestion(wire, Router, RouterCard);
            wire.Advance(Wire.Second);
        }

        peer.Writes(1);
        Assert.IsTrue(GoesTo(wire, SecondCard, out byte[] _));
    }

    // 4861-MUST-13, 4861-MUST-31.
    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void A_router_that_routes_no_more_is_left_at_once(bool byItsFlag)
    {
        Wire wire = Routed(true);
        wire.Inject(Advertisement(Second, SecondCard, 1800));
        ScriptedPeer peer = FarPeer(wire);
        peer.Writes(1);
        Assert.IsTrue(GoesTo(wire, RouterCard, out byte[] _));
        wire.Inject(byItsFlag ? Ipv6Packet.Neighbour(Router, Ipv6Tests.Ours(0), 136, 0x60, Router, RouterCard)
            : Ipv6Packet.Advertisement(Router, 0, new byte[0]));
        peer.Writes(1);
        peer.Sends(". seq R+1 ack I+2");
        Assert.IsTrue(GoesTo(wire, SecondCard, out byte[] _));
    }

    [TestMethod]
    public void Without_a_router_a_connection_that_came_from_afar_is_answered_where_it_came_from()
    {
        Wire wire = Routed(true);
        wire.Inject(Ipv6Packet.Advertisement(Router, 0, new byte[0]));
        ScriptedPeer peer = FarPeer(wire);
        peer.Writes(1);
        Assert.IsTrue(GoesTo(wire, Card, out byte[] _));
        peer.Sends(". seq R+1 ack I+2");
        wire.StaysSilent(100 * Wire.Second);
        TcpConnection connection = wire.Endpoint.Connect(Ipv6Address.Parse("2001:db8:98::7"), 7);
        wire.Run();
        Assert.AreEqual((int)TcpCloseReason.Unreachable, (int)connection.CloseReason);
        Assert.AreEqual(1UL, wire.Count(Counter.Ipv6NoRoute));
    }

    /// <summary>Section 8.</summary>
    // 4861-MUST-35, 4861-MUST-36, 4861-SHLD-22, 4861-MUST-37, 4861-MUST-38.
    [TestMethod]
    public void A_redirect_moves_a_peer_to_a_better_router_or_makes_it_a_neighbour()
    {
        Wire wire = Routed(true);
        ScriptedPeer peer = FarPeer(wire);
        wire.Inject(Redirect(Second, Second, Far, SecondCard));
        Assert.AreEqual(1UL, wire.Count(Counter.RedirectUnmatched), "it is not from the router on the way");
        wire.Inject(Redirect(Router, Second, Near, SecondCard));
        Assert.AreEqual(2UL, wire.Count(Counter.RedirectUnmatched), "it is about nobody that we speak to");
        wire.Inject(Redirect(Router, Second, Far, SecondCard));
        peer.Writes(1);
        Assert.IsTrue(GoesTo(wire, SecondCard, out byte[] _));
        peer.Sends(". seq R+1 ack I+2");
        wire.Inject(Redirect(Router, Far, Far, OtherCard));
        Assert.AreEqual(3UL, wire.Count(Counter.RedirectUnmatched));
        wire.Inject(Redirect(Second, Far, Far, OtherCard));
        peer.Writes(1);
        Assert.IsTrue(GoesTo(wire, OtherCard, out byte[] _));
        Assert.AreEqual(3UL, wire.Count(Counter.RedirectUnmatched));
    }

    [TestMethod]
    public void Who_is_named_by_a_redirect_leads_on_without_having_said_that_it_is_a_router()
    {
        Wire wire = Routed(true);
        wire.Inject(Advertisement(Second, SecondCard, 1800));
        wire.Inject(Ipv6Packet.Advertisement(Router, 0, new byte[0]));
        ScriptedPeer peer = FarPeer(wire);
        peer.Writes(1);
        Assert.IsTrue(GoesTo(wire, SecondCard, out byte[] _));
        peer.Sends(". seq R+1 ack I+2");
        byte[] third = Ipv6Address.Parse("fe80::fc");
        wire.Inject(Redirect(Second, third, Far, OtherCard));
        Assert.AreEqual(0UL, wire.Count(Counter.RedirectUnmatched));
        peer.Writes(1);
        Assert.IsTrue(GoesTo(wire, OtherCard, out byte[] _));
    }

    [TestMethod]
    public void A_flood_of_redirects_and_strangers_moves_no_neighbour_in_use()
    {
        Wire wire = Routed(true);
        ScriptedPeer peer = FarPeer(wire);
        for (int i = 0; i < 100; i++)
        {
            byte[] next = Ipv6Address.Parse("fe80::1:0");
            next[15] = (byte)i;
            ScriptedPeer stranger = Ipv6TcpTests.Peer(wire, 40000 + i);
            stranger.Ipv6 = next;
            stranger.Sends("S seq R mss 1440");
            wire.Inject(Redirect(Router, next, next, OtherCard));
            wire.Inject(Ipv6Packet.Advertisement(next, 1800, new byte[0]));
        }

        wire.Discard();
        peer.Writes(1);
        Assert.IsTrue(GoesTo(wire, RouterCard, out byte[] _));
    }

    [TestMethod]
    public void A_peer_that_does_not_answer_makes_us_ask_its_neighbour()
    {
        Wire wire = Up();
        ScriptedPeer peer = Ipv6TcpTests.Accepted(wire);
        peer.Writes(1);
        peer.Expects("P. seq I+1 ack R+1 len 1");
        bool asked = false;
        for (int i = 0; i < 60 && !asked; i++)
        {
            wire.Advance(100 * Wire.Millisecond);
            for (byte[] frame = wire.Take(); frame != null; frame = wire.Take())
                asked |= frame[Packet.Ip + 6] == 58 && frame[Ipv6Packet.Payload] == 135;
        }

        Assert.IsTrue(asked, "it is asked before its five seconds are over or then");
    }

    [TestMethod]
    public void What_waits_for_one_neighbour_does_not_go_to_another_and_only_the_silent_one_is_lost()
    {
        Wire wire = Up();
        byte[] other = Ipv6Address.Parse("fe80::78");
        TcpConnection heard = wire.Endpoint.Connect(Ipv6Tests.Peer, 7);
        wire.Run();
        ExpectsQuestion(wire, Ipv6Tests.Peer, null);
        wire.StaysSilent(Wire.Second / 2);
        TcpConnection silent = wire.Endpoint.Connect(other, 7);
        wire.Run();
        ExpectsQuestion(wire, other, null);
        wire.Inject(Answer(Ipv6Tests.Peer, Card));
        Assert.IsTrue(GoesTo(wire, Card, out byte[] frame));
        Assert.IsTrue(Packet.SameBytes(frame, Packet.Ip + 24, Ipv6Tests.Peer, 0, 16), "to whom it is");
        wire.ExpectsSilence();
        wire.Advance(3 * Wire.Second - 1);
        Assert.AreEqual((int)TcpState.SynSent, (int)silent.State);
        wire.Advance(1);
        Assert.AreEqual((int)TcpCloseReason.Unreachable, (int)silent.CloseReason);
        Assert.AreEqual((int)TcpState.SynSent, (int)heard.State);
        Assert.AreEqual(0UL, wire.Count(Counter.Ipv6NoRoute));
    }

    [TestMethod]
    public void Two_neighbours_are_asked_each_at_its_own_time()
    {
        Wire wire = Up();
        byte[] other = Ipv6Address.Parse("fe80::78");
        Opens(wire, Ipv6Tests.Peer);
        ExpectsQuestion(wire, Ipv6Tests.Peer, null);
        wire.StaysSilent(Wire.Second / 2);
        Opens(wire, other);
        ExpectsQuestion(wire, other, null);
        for (int i = 0; i < 2; i++)
        {
            wire.StaysSilent(Wire.Second / 2 - 1);
            wire.Advance(1);
            ExpectsQuestion(wire, Ipv6Tests.Peer, null);
            wire.StaysSilent(Wire.Second / 2 - 1);
            wire.Advance(1);
            ExpectsQuestion(wire, other, null);
        }
    }

    [TestMethod]
    public void A_question_whose_moment_is_past_is_asked_all_the_same()
    {
        Wire wire = Up();
        Opens(wire, Ipv6Tests.Peer);
        ExpectsQuestion(wire, Ipv6Tests.Peer, null);
        for (ulong late = 3; late < 6; late += 2)
        {
            wire.Endpoint.Poll(wire.Now + late * Wire.Second);
            ExpectsQuestion(wire, Ipv6Tests.Peer, null);
        }
    }

    [TestMethod]
    public void A_known_neighbour_that_falls_silent_ends_no_connection_before_all_were_asked_for_it()
    {
        Wire wire = Up();
        TcpConnection connection = wire.Endpoint.Connect(Ipv6Tests.Peer, 7);
        wire.Run();
        wire.Inject(Ipv6Packet.Neighbour(Ipv6Tests.Peer, Ipv6Tests.Ours(0), 136, 0x20, Ipv6Tests.Peer, Card));

        // It is needed after one second and asked after six; the SYN of the fifteenth second waits for it again.
        wire.Advance(10 * Wire.Second);
        Assert.AreEqual((int)TcpState.SynSent, (int)connection.State);
        wire.Advance(8 * Wire.Second - 1);
        Assert.AreEqual((int)TcpState.SynSent, (int)connection.State);
        wire.Advance(1);
        Assert.AreEqual((int)TcpCloseReason.Unreachable, (int)connection.CloseReason);
    }

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void With_one_router_who_is_not_reached_is_told_so_after_three_seconds(bool bySilentRouter)
    {
        Wire wire = bySilentRouter ? Up() : Routed(true);
        if (bySilentRouter)
        {
            wire.Inject(Ipv6Packet.Advertisement(Router, 1800, Ipv6Packet.PrefixOption(Prefix, 0xC0, 1800, 1800)));
            wire.Advance(3 * Wire.Second);
        }

        TcpConnection connection = wire.Endpoint.Connect(bySilentRouter ? Far : Near, 7);
        wire.Run();
        wire.Advance(3 * Wire.Second - 1);
        Assert.AreEqual((int)TcpState.SynSent, (int)connection.State);
        wire.Advance(1);
        Assert.AreEqual((int)TcpCloseReason.Unreachable, (int)connection.CloseReason);
    }

    [TestMethod]
    public void Without_a_link_local_address_the_router_cannot_be_asked_for()
    {
        Wire wire = new Wire(Ipv6Tests.On()) { AnswersArp = false };
        for (int i = 0; i < 4; i++)
        {
            Ipv6Tests.AskedAfter(wire, Ipv6Tests.Ours(i));
            wire.Inject(Ipv6Packet.Neighbour(Ipv6Tests.Peer, Ipv6Packet.AllNodes, 136, Ipv6Tests.Ours(i)));
        }

        wire.Inject(Ipv6Packet.Advertisement(Router, 1800, Ipv6Packet.PrefixOption(Prefix, 0xC0, 1800, 1800)));
        wire.Advance(3 * Wire.Second);
        wire.Discard();
        TcpConnection connection = wire.Endpoint.Connect(Far, 7);
        wire.Run();
        wire.StaysSilent(3 * Wire.Second - 1);
        Assert.AreEqual((int)TcpState.SynSent, (int)connection.State);
        wire.StaysSilent(1);
        Assert.AreEqual((int)TcpCloseReason.Unreachable, (int)connection.CloseReason);
    }

    /// <summary>Section 7.2.2: the source of the question is that of the packet which waits.</summary>
    // 4861-SHLD-14.
    [TestMethod]
    public void A_question_comes_from_the_address_that_the_peer_knows()
    {
        Wire wire = Routed(true);
        ScriptedPeer peer = new ScriptedPeer(wire) { Ipv6 = Near, OurIpv6 = Ipv6Tests.Ours(0) };
        peer.Opens(wire.Endpoint.Listen(7, 1));
        peer.Writes(1);
        wire.Discard();
        peer.Trades(". seq R+1 ack I+2", "");
        wire.StaysSilent(5 * Wire.Second - 1);
        wire.Advance(1);
        ExpectsQuestion(wire, Ipv6Tests.Ours(0), Near, Card);
    }

    /// <summary>Section 7.2.5: where nothing is known of a neighbour, its advertisement is of no use.</summary>
    [TestMethod]
    public void An_advertisement_of_a_neighbour_that_was_not_asked_for_changes_nothing()
    {
        Wire wire = Up();
        wire.Inject(Ipv6Packet.Advertisement(Router, 1800, Ipv6Packet.PrefixOption(Prefix, 0xC0, 1800, 1800)));
        wire.Advance(3 * Wire.Second);
        wire.Discard();
        wire.Inject(Ipv6Packet.Neighbour(Router, Ipv6Tests.Ours(0), 136, 0x20, Router, RouterCard));
        Opens(wire, Far);
        ExpectsQuestion(wire, Router, null);
    }

    /// <summary>Section 7.2.5: only an answer to a question says that our packets arrive.</summary>
    [TestMethod]
    [DataRow(0x00, false)]
    [DataRow(0x20, false)]
    [DataRow(0x00, true)]
    [DataRow(0x40, true)]
    public void An_advertisement_that_proves_nothing_puts_no_question_off(int flags, bool otherCard)
    {
        Wire wire = Up();
        ScriptedPeer peer = Ipv6TcpTests.Accepted(wire);
        peer.Writes(1);
        wire.Discard();
        peer.Trades(". seq R+1 ack I+2", "");
        wire.StaysSilent(4 * Wire.Second);
        wire.Inject(Ipv6Packet.Neighbour(Ipv6Tests.Peer, Ipv6Tests.Ours(0), 136, flags, Ipv6Tests.Peer, otherCard ? OtherCard : Card));
        wire.StaysSilent(Wire.Second - 1);
        wire.Advance(1);
        ExpectsQuestion(wire, Ipv6Tests.Peer, Card);
    }

    [TestMethod]
    public void Who_has_answered_is_trusted_until_another_card_is_claimed_for_it()
    {
        Wire wire = Up();
        ScriptedPeer peer = AnsweredPeer(wire);
        ExpectsWay(wire, peer, Card);
        wire.StaysSilent(10 * Wire.Second);
        wire.Inject(Ipv6Packet.Neighbour(Ipv6Tests.Peer, Ipv6Tests.Ours(0), 136, 0, Ipv6Tests.Peer, OtherCard));
        wire.StaysSilent(2 * Wire.Second);
        ExpectsWay(wire, peer, Card);
        wire.StaysSilent(5 * Wire.Second - 1);
        wire.Advance(1);
        ExpectsQuestion(wire, Ipv6Tests.Peer, Card);
    }

    /// <summary>The reachable time is random, from half to one and a half times 30 seconds.</summary>
    [TestMethod]
    public void At_the_end_of_its_reachable_time_to_the_microsecond_a_neighbour_is_in_doubt()
    {
        ulong trusted = 15 * Wire.Second - 1, doubted = 45 * Wire.Second + 1;
        while (doubted - trusted > 1)
        {
            ulong middle = (trusted + doubted) / 2;
            Wire wire = Up();
            ScriptedPeer peer = AnsweredPeer(wire);
            wire.StaysSilent(middle);
            ExpectsWay(wire, peer, Card);
            wire.Advance(5 * Wire.Second);
            if (wire.SentCount == 0)
                trusted = middle;
            else
                doubted = middle;
        }

        // The time is one of the first that the secret gives.
        byte[] input = new byte[15];
        Array.Copy(Packet.PhysicalAddressOf(Wire.OurAddress), 0, input, 8, 6);
        input[14] = 0xFF;
        bool found = false;
        for (int i = 0; i < 32; i++)
        {
            input[0] = (byte)i;
            found |= doubted == 15 * Wire.Second + SipHash.Hash(new byte[16], input, 0, 15) % (30 * Wire.Second + 1);
        }

        Assert.IsTrue(found, doubted.ToString());
    }

    [TestMethod]
    public void A_router_may_name_one_time_after_the_other()
    {
        Wire wire = Up();
        wire.Inject(Times(120_000, 0));
        wire.Inject(Times(0, 250));
        ScriptedPeer peer = AnsweredPeer(wire);
        wire.StaysSilent(59 * Wire.Second);
        ExpectsWay(wire, peer, Card);
        wire.StaysSilent(30 * Wire.Second);
        Opens(wire, Ipv6Address.Parse("fe80::78"));
        ExpectsQuestion(wire, Ipv6Address.Parse("fe80::78"), null);
        wire.StaysSilent(250 * Wire.Millisecond - 1);
        wire.Advance(1);
        ExpectsQuestion(wire, Ipv6Address.Parse("fe80::78"), null);
    }

    [TestMethod]
    public void The_card_is_taken_from_the_option_for_it_and_from_no_other()
    {
        Wire wire = Up();
        wire.Inject(Ipv6Packet.Advertisement(Router, 1800, Ipv6Packet.PrefixOption(Prefix, 0xC0, 1800, 1800)));
        wire.Advance(3 * Wire.Second);
        wire.Discard();
        wire.Inject(Ipv6Packet.Advertisement(Router, 1800, new byte[] { 5, 1, 0, 0, 0, 0, 5, 0x78 }));
        Opens(wire, Far);
        ExpectsQuestion(wire, Router, null);
        wire.Inject(Ipv6Packet.Advertisement(Router, 1800, new byte[] { 1, 2, 2, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0 }));
        wire.ExpectsSilence();
        wire.Inject(Advertisement(Router, RouterCard, 1800));
        Assert.IsTrue(GoesTo(wire, RouterCard, out byte[] _));
    }

    [TestMethod]
    [DataRow(0)]
    [DataRow(1)]
    [DataRow(2)]
    [DataRow(3)]
    [DataRow(4)]
    [DataRow(5)]
    public void Every_byte_of_a_card_counts(int index)
    {
        Wire wire = Up();
        ScriptedPeer peer = Ipv6TcpTests.Accepted(wire);
        byte[] card = (byte[])Card.Clone();
        card[index] ^= 0x10;
        wire.Inject(Ipv6Packet.Neighbour(Ipv6Tests.Peer, Ipv6Tests.Ours(0), 136, 0x20, Ipv6Tests.Peer, card));
        peer.Writes(1);
        Assert.IsTrue(GoesTo(wire, card, out byte[] _));
    }

    [TestMethod]
    public void Who_was_lost_and_speaks_up_from_its_old_card_is_sent_what_waits()
    {
        Wire wire = Up();
        ScriptedPeer peer = Ipv6TcpTests.Accepted(wire);
        peer.Writes(1);
        wire.Discard();
        peer.Trades(". seq R+1 ack I+2", "");
        wire.Advance(8 * Wire.Second);
        wire.Discard();
        peer.Writes(1);
        ExpectsQuestion(wire, Ipv6Tests.Peer, null);
        wire.Inject(Ipv6Packet.Neighbour(Ipv6Tests.Peer, Ipv6Tests.Ours(0), 135, 0, Ipv6Tests.Ours(0), Card));
        Assert.AreEqual((byte)136, wire.Take()[Ipv6Packet.Payload], "our answer");
        Assert.IsTrue(GoesTo(wire, Card, out byte[] _));
        wire.ExpectsSilence();
    }

    [TestMethod]
    public void After_three_retransmissions_the_neighbour_is_asked_at_once_though_its_five_seconds_are_not_over()
    {
        TcpSettings settings = Ipv6Tests.On();
        settings.SynAckRetransmissions = 7;
        settings.MaximumRetransmissionTimeout = Wire.Second;
        Wire wire = Ipv6Tests.Up(settings);
        wire.AnswersArp = false;
        wire.Endpoint.Listen(7, 1);
        Ipv6TcpTests.Peer(wire).Trades("S seq R mss 1440", "S. seq I ack R+1 mss 1440");
        for (int i = 0; i < 2; i++)
        {
            wire.StaysSilent(Wire.Second - 1);
            wire.Advance(1);
            Assert.IsTrue(GoesTo(wire, Card, out byte[] _));
            wire.ExpectsSilence();
        }

        wire.StaysSilent(Wire.Second - 1);
        wire.Advance(1);
        IsQuestion(wire, Ipv6Tests.Ours(0), Ipv6Tests.Peer, Card);
        Assert.IsTrue(GoesTo(wire, Card, out byte[] _));
    }

    [TestMethod]
    public void What_belongs_to_no_connection_takes_no_room_from_a_segment_that_waits()
    {
        TcpSettings settings = Ipv6Tests.On();
        settings.SendBufferSize = 4096;
        Wire wire = Ipv6Tests.Up(settings);
        wire.AnswersArp = false;
        wire.Inject(Ipv6Packet.Advertisement(Router, 1800, Ipv6Packet.PrefixOption(Prefix, 0xC0, 1800, 1800)));
        wire.Advance(3 * Wire.Second);
        wire.Discard();
        ScriptedPeer peer = FarPeer(wire);
        peer.Writes(1440);
        ExpectsQuestion(wire, Router, null);
        ScriptedPeer closed = new ScriptedPeer(wire, 40001, 99) { Ipv6 = Far, OurIpv6 = peer.OurIpv6 };
        closed.Trades("S seq R", "");
        Assert.AreEqual(1UL, wire.Count(Counter.ArpUnresolved), "the reset");
        wire.Inject(Advertisement(Router, RouterCard, 1800));
        Assert.IsTrue(GoesTo(wire, RouterCard, out byte[] frame));
        Assert.AreEqual(Ipv6Packet.Payload + 20 + 1440, frame.Length);
        wire.ExpectsSilence();
    }

    /// <summary>Section 8.1: only the router on the way redirects.</summary>
    [TestMethod]
    public void No_redirect_counts_for_a_neighbour_or_for_whom_no_router_leads_to()
    {
        Wire wire = Routed(true);
        TcpListener listener = wire.Endpoint.Listen(7, 2);
        ScriptedPeer near = Ipv6TcpTests.Peer(wire);
        near.Opens(listener);
        wire.Inject(Redirect(Ipv6Tests.Peer, Second, Ipv6Tests.Peer, SecondCard));
        Assert.AreEqual(1UL, wire.Count(Counter.RedirectUnmatched));
        near.Writes(1);
        Assert.IsTrue(GoesTo(wire, Card, out byte[] _));
        ScriptedPeer far = new ScriptedPeer(wire) { Ipv6 = Far, OurIpv6 = Ipv6Tests.Ours(Prefix, 0) };
        far.Opens(listener);
        wire.Inject(Ipv6Packet.Advertisement(Router, 0, new byte[0]));
        wire.Inject(Redirect(Router, Second, Far, SecondCard));
        Assert.AreEqual(2UL, wire.Count(Counter.RedirectUnmatched));
        wire.ExpectsSilence();
    }

    /// <summary>A listener's handler is told of a SYN while its sender is a stranger yet.</summary>
    [TestMethod]
    public void Whoever_sends_a_SYN_can_be_called_back_instead()
    {
        Wire wire = Up();
        CallsBack handler = new CallsBack(wire);
        wire.Endpoint.Listen(7, 1).Handler = handler;
        Ipv6TcpTests.Peer(wire).Sends("S seq R mss 1440");
        ExpectsQuestion(wire, Ipv6Tests.Peer, null);
        wire.Inject(Answer(Ipv6Tests.Peer, Card));
        Assert.IsTrue(GoesTo(wire, Card, out byte[] frame));
        Assert.AreEqual((byte)Segment.Syn, frame[Ipv6Packet.Payload + 13]);
        Assert.AreEqual(0UL, wire.Count(Counter.Ipv6NoRoute));
    }

    [TestMethod]
    public void Whom_a_handler_calls_gets_the_place_that_nobody_needs()
    {
        Wire wire = Up(1);
        wire.Endpoint.Listen(7, 16);
        wire.Inject(Advertisement(Second, SecondCard, 1));
        wire.StaysSilent(Wire.Second);
        for (int i = 1; i <= 8; i++)
            HalfOpens(wire, i);
        wire.Endpoint.Listen(8, 1).Handler = new CallsBack(wire);
        ScriptedPeer peer = Ipv6TcpTests.Peer(wire);
        peer.OurPort = 8;
        peer.Sends("S seq R mss 1440");
        ExpectsQuestion(wire, Ipv6Tests.Peer, null);
        wire.Advance(Wire.Second);
        Assert.AreEqual("1 2 3 4 5 6 7 8", SentAgain(wire));
    }

    [TestMethod]
    public void A_peer_that_has_gone_is_remembered_while_there_is_a_free_place()
    {
        Wire wire = Up(2);
        wire.Endpoint.Listen(7, 16);
        for (int i = 1; i <= 10; i++)
            GivesUp(wire, i);
        for (int i = 1; i <= 10; i++)
            Assert.IsTrue(IsKnown(wire, Ipv6TcpTests.Stranger(wire, i).Ipv6, Card), i.ToString());
    }

    [TestMethod]
    public void A_handshake_without_a_place_keeps_others_from_a_search_for_a_second()
    {
        Wire wire = Up(2);
        wire.Endpoint.Listen(7, 16);
        for (int i = 1; i <= 11; i++)
            HalfOpens(wire, i);
        Ipv6TcpTests.Stranger(wire, 1).Trades("R seq R+1", "");
        wire.StaysSilent(Wire.Second - 1);
        HalfOpens(wire, 12);
        wire.Advance(1);
        Assert.AreEqual("2 3 4 5 6 7 8 9 10", SentAgain(wire));
        HalfOpens(wire, 13);
        wire.Advance(Wire.Second);
        Assert.AreEqual("13", SentAgain(wire));
    }

    [TestMethod]
    public void A_call_takes_the_place_of_a_handshake_and_not_that_of_a_connection()
    {
        for (int port = 40000; port < 40040; port++)
        {
            Wire wire = Up(2);
            TcpListener listener = wire.Endpoint.Listen(7, 16);
            ScriptedPeer peer = Ipv6TcpTests.Peer(wire);
            peer.Opens(listener);
            peer['N'] = peer['I'] + 1;
            ScriptedPeer first = Ipv6TcpTests.Stranger(wire, 1);
            first.Port = port;
            first.Trades("S seq R mss 1440", "S. seq I ack R+1 mss 1440");
            for (int i = 2; i <= 9; i++)
                HalfOpens(wire, i);
            Opens(wire, Near);
            wire.Discard();
            ExpectsWay(wire, peer, Card);
            wire.Advance(Wire.Second);
            Assert.AreEqual("2 3 4 5 6 7 8 9", SentAgain(wire));
        }
    }

    [TestMethod]
    public void The_first_place_is_taken_when_it_is_the_one_that_nobody_needs()
    {
        Wire wire = Up(2);
        TcpListener listener = wire.Endpoint.Listen(7, 16);
        Ipv6TcpTests.Peer(wire).Opens(listener);
        for (int i = 1; i <= 8; i++)
            HalfOpens(wire, i);
        GivesUp(wire, 9);
        TcpConnection connection = wire.Endpoint.Connect(Ipv6Address.Parse("fe80::78"), 7);
        wire.Run();
        ExpectsQuestion(wire, Ipv6Address.Parse("fe80::78"), null);
        connection.Abort();
        wire.Run();
        HalfOpens(wire, 10);
        wire.Advance(Wire.Second);
        Assert.AreEqual("1 2 3 4 5 6 7 8 10", SentAgain(wire));
    }

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void Who_takes_the_place_of_a_next_hop_gets_nothing_that_was_for_those_behind_it(bool router)
    {
        Wire wire = Routed(true, 2);
        wire.Endpoint.Listen(7, 16);
        wire.Inject(Advertisement(Second, SecondCard, 4));
        ScriptedPeer peer = FarPeer(wire);
        wire.Inject(Redirect(Router, Second, Far, null));
        ExpectsWay(wire, peer, SecondCard);
        peer.Aborts();

        // It routes no more, and is not yet asked whether it is there.
        wire.Advance(4 * Wire.Second);
        wire.Discard();
        for (int i = 1; i <= 7; i++)
            GivesUp(wire, i);
        if (router)
            wire.Inject(Advertisement(Ipv6Address.Parse("fe80::fc"), OtherCard, 1800));
        else
            GivesUp(wire, 8);
        Assert.IsTrue(IsKnown(wire, Far, RouterCard));
    }

    [TestMethod]
    public void What_waits_for_a_neighbour_is_dropped_when_another_takes_its_place()
    {
        Wire wire = Up(2);
        wire.Endpoint.Listen(7, 16);
        ScriptedPeer peer = Ipv6TcpTests.Peer(wire, 40000);
        TcpConnection connection = wire.Endpoint.Connect(Ipv6Tests.Peer, 7);
        wire.Run();
        ExpectsQuestion(wire, Ipv6Tests.Peer, null);
        connection.Abort();
        peer.OurPort = 99;
        peer.Trades("S seq R", "");
        for (int i = 1; i <= 9; i++)
            GivesUp(wire, i);
        Assert.AreEqual(0UL, wire.Count(Counter.ArpUnresolved));
        GivesUp(wire, 10);
        Assert.AreEqual(1UL, wire.Count(Counter.ArpUnresolved), "the reset");
        wire.Inject(Answer(Ipv6Tests.Peer, Card));
        wire.ExpectsSilence();
    }

    /// <summary>There is room for eight neighbours that are no peers; a ninth takes the place of one of them, and of no peer.</summary>
    [TestMethod]
    public void Eight_next_hops_are_remembered_and_more_make_no_peer_forgotten()
    {
        Wire wire = Routed(true, 8);
        wire.Endpoint.Listen(7, 16);
        GivesUp(wire, 1);
        ScriptedPeer peer = FarPeer(wire);
        byte[] from = Router;
        for (int i = 1; i <= 7; i++)
            from = Redirects(wire, peer, from, i, true);
        for (int i = 1; i <= 7; i++)
            from = Redirects(wire, peer, from, i, false);
        from = Redirects(wire, peer, from, 8, true);
        Assert.IsTrue(IsKnown(wire, Ipv6TcpTests.Stranger(wire, 1).Ipv6, Card));
        for (int i = 2; i <= 8; i++)
            from = Redirects(wire, peer, from, i, false);
        wire.Inject(Redirect(from, NextHop(1), Far, null));
        peer.Writes(1);
        ExpectsQuestion(wire, NextHop(1), null);
    }

    [TestMethod]
    public void A_next_hop_in_the_first_place_is_as_good_as_any()
    {
        Wire wire = Routed(true, 2);
        wire.Endpoint.Listen(7, 16);
        GivesUp(wire, 1);
        GivesUp(wire, 2);
        ScriptedPeer peer = FarPeer(wire);
        byte[] from = Router;
        for (int i = 1; i <= 6; i++)
            from = Redirects(wire, peer, from, i, true);
        from = Redirects(wire, peer, from, 5, false);
        from = Redirects(wire, peer, from, 6, false);
        Redirects(wire, peer, from, 4, false);
        Assert.AreEqual(0UL, wire.Count(Counter.RedirectUnmatched));
        Assert.IsTrue(IsKnown(wire, Ipv6TcpTests.Stranger(wire, 1).Ipv6, Card));
    }

    [TestMethod]
    public void A_router_in_the_first_place_is_as_good_as_any()
    {
        Wire wire = Up(1);
        TcpListener listener = wire.Endpoint.Listen(7, 16);
        for (int i = 1; i <= 8; i++)
            GivesUp(wire, i);
        wire.Inject(Ipv6Packet.Advertisement(Router, 1800, Ipv6Packet.PrefixOption(Prefix, 0xC0, 1800, 1800)));
        for (int i = 0; i < 3; i++)
            wire.Inject(Advertisement(Router, RouterCard, 1800));
        wire.Advance(3 * Wire.Second);
        wire.Discard();
        Assert.IsTrue(IsKnown(wire, Ipv6TcpTests.Stranger(wire, 1).Ipv6, Card));
        ScriptedPeer peer = new ScriptedPeer(wire) { Ipv6 = Far, OurIpv6 = Ipv6Tests.Ours(Prefix, 0) };
        peer.Opens(listener);
        peer['N'] = peer['I'] + 1;
        ExpectsWay(wire, peer, RouterCard);
    }

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void Handshakes_move_no_router_until_its_time_is_over(bool last)
    {
        Wire wire = last ? Up(1) : Routed(true, 1);
        wire.Endpoint.Listen(7, 16);
        if (last)
        {
            wire.Inject(Ipv6Packet.Advertisement(Second, 0, Ipv6Packet.PrefixOption(Prefix, 0xC0, 1800, 1800)));
            wire.Advance(3 * Wire.Second);
            wire.Discard();
        }
        else
            wire.Inject(Advertisement(Second, SecondCard, 1800));
        for (int i = 1; i <= 7; i++)
            HalfOpens(wire, i);
        if (last)
        {
            wire.Inject(Advertisement(Router, RouterCard, 1800));
            wire.Inject(Advertisement(Second, SecondCard, 1800));
        }

        HalfOpens(wire, 8);
        Assert.IsTrue(IsKnown(wire, Far, RouterCard));
        wire.Inject(Advertisement(Router, RouterCard, 0));
        Assert.IsTrue(IsKnown(wire, Far, SecondCard));

        // Now nobody needs the places of the first router and of the peer that was called.
        wire.Advance(Wire.Second);
        wire.Discard();
        for (int i = 9; i <= 11; i++)
            HalfOpens(wire, i);
        wire.Advance(Wire.Second);
        Assert.AreEqual("9 10", SentAgain(wire));
    }

    [TestMethod]
    public void A_router_for_which_there_was_no_room_is_asked_for_when_there_is()
    {
        Wire wire = Up(1);
        wire.Endpoint.Listen(7, 16);
        for (int i = 1; i <= 9; i++)
            HalfOpens(wire, i);
        wire.Inject(Advertisement(Router, RouterCard, 4));
        wire.Inject(Ipv6Packet.Advertisement(Second, 1800, Ipv6Packet.PrefixOption(Prefix, 0xC0, 1800, 1800)));
        for (int i = 1; i <= 9; i++)
            Ipv6TcpTests.Stranger(wire, i).Trades("R seq R+1", "");
        wire.Advance(4 * Wire.Second);
        wire.Discard();
        Opens(wire, Far);
        ExpectsQuestion(wire, Second, null);
    }

    [TestMethod]
    public void A_redirect_for_which_there_is_no_room_is_not_taken()
    {
        Wire wire = Routed(true, 2);
        wire.Endpoint.Listen(7, 16);
        ScriptedPeer peer = FarPeer(wire);
        for (int i = 1; i <= 8; i++)
            HalfOpens(wire, i);
        wire.Inject(Redirect(Router, NextHop(1), Far, OtherCard));
        Assert.AreEqual(1UL, wire.Count(Counter.RedirectUnmatched));
        ExpectsWay(wire, peer, RouterCard);
        Ipv6TcpTests.Stranger(wire, 8).Trades("R seq R+1", "");
        Redirects(wire, peer, Router, 1, true);
        Assert.AreEqual(1UL, wire.Count(Counter.RedirectUnmatched));

        // The next hop is needed as the peer is.
        HalfOpens(wire, 9);
        ExpectsWay(wire, peer, CardOf(1));
        wire.Advance(Wire.Second);
        Assert.AreEqual("1 2 3 4 5 6 7", SentAgain(wire));
    }

    [TestMethod]
    public void What_leads_to_connections_keeps_its_place_as_they_do()
    {
        Wire wire = Routed(true, 8);
        TcpListener listener = wire.Endpoint.Listen(7, 16);
        ScriptedPeer[] peers = new ScriptedPeer[7];
        for (int i = 0; i < peers.Length; i++)
        {
            byte[] address = (byte[])Far.Clone();
            address[14] = (byte)(i + 1);
            ScriptedPeer peer = new ScriptedPeer(wire) { Ipv6 = address, OurIpv6 = Ipv6Tests.Ours(Prefix, 0) };
            peer.Opens(listener);
            peer['N'] = peer['I'] + 1;
            Redirects(wire, peer, Router, i + 1, true);
            peers[i] = peer;
        }

        // Eight neighbours, seven peers, and one place that is left to a handshake, until there is a call.
        HalfOpens(wire, 1);
        HalfOpens(wire, 2);
        Opens(wire, Near);
        ExpectsQuestion(wire, Near, null);
        for (int i = 0; i < peers.Length; i++)
            ExpectsWay(wire, peers[i], CardOf(i + 1));
        wire.Advance(Wire.Second);
        Assert.AreEqual("", SentAgain(wire));
    }

    private static Wire Up()
    {
        return Up(Ipv6Tests.On());
    }

    private static Wire Up(TcpSettings settings)
    {
        Wire wire = Ipv6Tests.Up(settings);
        wire.AnswersArp = false;
        return wire;
    }

    /// <summary>A wire with so many connections, and so places for eight neighbours more.</summary>
    private static Wire Up(int connections)
    {
        TcpSettings settings = Ipv6Tests.On();
        settings.Connections = connections;
        settings.HalfOpenConnections = 64;
        return Up(settings);
    }

    /// <summary>A wire with a router, and an address of its prefix.</summary>
    private static Wire Routed(bool isOnLink)
    {
        return Routed(isOnLink, 8);
    }

    private static Wire Routed(bool isOnLink, int connections)
    {
        Wire wire = Up(connections);
        byte[] prefix = Ipv6Packet.PrefixOption(Prefix, isOnLink ? 0xC0 : 0x40, 1800, 1800);
        byte[] options = new byte[40];
        Array.Copy(prefix, options, 32);
        options[32] = 1;
        options[33] = 1;
        Array.Copy(RouterCard, 0, options, 34, 6);
        wire.Inject(Ipv6Packet.Advertisement(Router, 1800, options));
        wire.Advance(3 * Wire.Second);
        wire.Discard();
        return wire;
    }

    private static byte[] Advertisement(byte[] router, byte[] card, int lifetime)
    {
        byte[] options = new byte[] { 1, 1, 0, 0, 0, 0, 0, 0 };
        Array.Copy(card, 0, options, 2, 6);
        return Ipv6Packet.Advertisement(router, lifetime, options);
    }

    private static byte[] Prefixed(string prefix, int flags, uint seconds)
    {
        return Ipv6Packet.Advertisement(Router, 1800, Ipv6Packet.PrefixOption(prefix, flags, seconds, seconds));
    }

    /// <summary>An advertisement of who is no router by default, with times in milliseconds; 0 names none.</summary>
    private static byte[] Times(uint reachable, uint answer)
    {
        byte[] body = new byte[12];
        Packet.Put32(body, 4, reachable);
        Packet.Put32(body, 8, answer);
        return Ipv6Packet.Icmp(Router, Ipv6Packet.AllNodes, 134, 0, body);
    }

    private static byte[] Redirect(byte[] source, byte[] target, byte[] destination, byte[] card)
    {
        byte[] body = new byte[card == null ? 36 : 44];
        Array.Copy(target, 0, body, 4, 16);
        Array.Copy(destination, 0, body, 20, 16);
        if (card != null)
        {
            body[36] = 2;
            body[37] = 1;
            Array.Copy(card, 0, body, 38, 6);
        }

        return Ipv6Packet.Icmp(source, Ipv6Tests.Ours(0), 137, 0, body);
    }

    private static void Opens(Wire wire, byte[] address)
    {
        wire.Endpoint.Connect(address, 7);
        wire.Run();
    }

    /// <summary>A peer behind the router whose connection a listener has accepted; its frames come from the usual card.</summary>
    private static ScriptedPeer FarPeer(Wire wire)
    {
        ScriptedPeer peer = new ScriptedPeer(wire, 40000, 8) { Ipv6 = Far, OurIpv6 = Ipv6Tests.Ours(Prefix, 0) };
        peer.Opens(wire.Endpoint.Listen(8, 1));
        peer['N'] = peer['I'] + 1;
        return peer;
    }

    /// <summary>A peer that we have called and whose neighbour has just answered.</summary>
    private static ScriptedPeer AnsweredPeer(Wire wire)
    {
        ScriptedPeer peer = Ipv6TcpTests.Peer(wire, 80);
        peer.OurPort = 50000;
        peer.Connection = wire.Endpoint.Connect(Ipv6Tests.Peer, 80, 50000);
        wire.Run();
        ExpectsQuestion(wire, Ipv6Tests.Peer, null);
        wire.Inject(Answer(Ipv6Tests.Peer, Card));
        peer.ExpectsOnly("S seq I mss 1440");
        peer.Trades("S. seq R ack I+1 mss 1440", ". seq I+1 ack R+1");
        peer['N'] = peer['I'] + 1;
        return peer;
    }

    /// <summary>Demands that the next byte to a peer, which acknowledges it, is sent to a card.</summary>
    private static void ExpectsWay(Wire wire, ScriptedPeer peer, byte[] card)
    {
        peer.Writes(1);
        Assert.IsTrue(GoesTo(wire, card, out byte[] _), "the card on the way");
        peer['N']++;
        peer.Trades(". seq R+1 ack N", "");
    }

    /// <summary>Redirects a peer to a numbered next hop and demands that it is used without a question.</summary>
    /// <returns>The next hop.</returns>
    private static byte[] Redirects(Wire wire, ScriptedPeer peer, byte[] from, int next, bool withCard)
    {
        wire.Inject(Redirect(from, NextHop(next), peer.Ipv6, withCard ? CardOf(next) : null));
        ExpectsWay(wire, peer, CardOf(next));
        return NextHop(next);
    }

    private static byte[] NextHop(int number)
    {
        byte[] address = Ipv6Address.Parse("fe80::1:0");
        address[15] = (byte)number;
        return address;
    }

    private static byte[] CardOf(int number)
    {
        return Packet.PhysicalAddressOf(0x0A4D0100 + (uint)number);
    }

    private static byte[] Answer(byte[] target, byte[] card)
    {
        return Ipv6Packet.Neighbour(target, Ipv6Tests.Ours(0), 136, 0x60, target, card);
    }

    private static void HalfOpens(Wire wire, int number)
    {
        Ipv6TcpTests.Stranger(wire, number).Trades("S seq R mss 1440", "S. seq I ack R+1 mss 1440");
    }

    /// <summary>A neighbour that begins a handshake and ends it, so that it is known and not needed.</summary>
    private static void GivesUp(Wire wire, int number)
    {
        HalfOpens(wire, number);
        Ipv6TcpTests.Stranger(wire, number).Trades("R seq R+1", "");
    }

    /// <summary>Whether a SYN to a host goes to this card at once.</summary>
    private static bool IsKnown(Wire wire, byte[] address, byte[] card)
    {
        TcpConnection connection = wire.Endpoint.Connect(address, 80);
        wire.Run();
        bool isKnown = GoesTo(wire, card, out byte[] _);
        connection.Abort();
        wire.Run();
        wire.ExpectsSilence();
        return isKnown;
    }

    /// <summary>The numbers of the strangers to which segments were sent, in their order.</summary>
    private static string SentAgain(Wire wire)
    {
        bool[] isTold = new bool[32];
        for (byte[] frame = wire.Take(); frame != null; frame = wire.Take())
        {
            if (frame[Packet.Ip + 6] == 6 && Packet.Get16(frame, Packet.Ip + 36) == 0x7700)
                isTold[Packet.Get16(frame, Packet.Ip + 38)] = true;
        }

        string text = "";
        for (int i = 0; i < isTold.Length; i++)
        {
            if (isTold[i])
                text += (text.Length == 0 ? "" : " ") + i.ToString();
        }

        return text;
    }

    private static bool GoesTo(Wire wire, byte[] card, out byte[] frame)
    {
        frame = wire.Take();
        return frame != null && frame[Packet.Ip + 6] == 6 && Packet.SameBytes(frame, 0, card, 0, 6);
    }

    /// <summary>Demands that a neighbour is asked for, of all hosts or of the card that is known, and nothing more.</summary>
    private static void ExpectsQuestion(Wire wire, byte[] target, byte[] card)
    {
        ExpectsQuestion(wire, target[0] == 0xFE ? Ipv6Tests.Ours(0) : Ipv6Tests.Ours(Prefix, 0), target, card);
    }

    private static void ExpectsQuestion(Wire wire, byte[] source, byte[] target, byte[] card)
    {
        IsQuestion(wire, source, target, card);
        wire.ExpectsSilence();
    }

    private static void IsQuestion(Wire wire, byte[] source, byte[] target, byte[] card)
    {
        byte[] frame = wire.Take();
        Assert.IsNotNull(frame, "expected a question, got nothing");
        byte[] destination = card == null ? Ipv6Packet.GroupOf(target) : target;
        byte[] expected = Ipv6Packet.Neighbour(source, destination, 135, 0, target, Packet.PhysicalAddressOf(Packet.OurAddress));
        Assert.IsTrue(frame.Length == expected.Length && Packet.SameBytes(frame, Packet.Ip, expected, Packet.Ip, 72), Wire.Describe(frame));
        if (card != null)
            Assert.IsTrue(Packet.SameBytes(frame, 0, card, 0, 6), "the card that is asked");
    }

    /// <summary>Calls whoever sends a SYN, which it says nothing to.</summary>
    private sealed class CallsBack : TcpListenerHandler
    {
        private readonly Wire _wire;

        public CallsBack(Wire wire)
        {
            _wire = wire;
        }

        public override SynDecision OnSyn(TcpListener listener, uint remoteAddress, int remotePort)
        {
            byte[] address = new byte[16];
            Assert.IsTrue(_wire.Endpoint.Ipv6.CopyPeer(remoteAddress, address, 0));
            _wire.Endpoint.Connect(address, 80);
            return SynDecision.Withhold;
        }
    }
}
