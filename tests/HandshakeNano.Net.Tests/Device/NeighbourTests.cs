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
        ExpectsQuestion(wire, near, null);
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

    private static Wire Up()
    {
        Wire wire = Ipv6Tests.Up();
        wire.AnswersArp = false;
        return wire;
    }

    /// <summary>A wire with a router, and an address of its prefix.</summary>
    private static Wire Routed(bool isOnLink)
    {
        Wire wire = Up();
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
        ScriptedPeer peer = new ScriptedPeer(wire) { Ipv6 = Far, OurIpv6 = Ipv6Tests.Ours(Prefix, 0) };
        peer.Opens(wire.Endpoint.Listen(7, 1));
        return peer;
    }

    private static bool GoesTo(Wire wire, byte[] card, out byte[] frame)
    {
        frame = wire.Take();
        return frame != null && frame[Packet.Ip + 6] == 6 && Packet.SameBytes(frame, 0, card, 0, 6);
    }

    /// <summary>Demands that a neighbour is asked for, of all hosts or of the card that is known, and nothing more.</summary>
    private static void ExpectsQuestion(Wire wire, byte[] target, byte[] card)
    {
        byte[] frame = wire.Take();
        Assert.IsNotNull(frame, "expected a question, got nothing");
        byte[] destination = card == null ? Ipv6Packet.GroupOf(target) : target;
        byte[] source = new byte[16];
        Array.Copy(frame, Packet.Ip + 8, source, 0, 16);
        byte[] expected = Ipv6Packet.Neighbour(source, destination, 135, 0, target, Packet.PhysicalAddressOf(Packet.OurAddress));
        Assert.IsTrue(frame.Length == expected.Length && Packet.SameBytes(frame, Packet.Ip, expected, Packet.Ip, 72), Wire.Describe(frame));
        if (card != null)
            Assert.IsTrue(Packet.SameBytes(frame, 0, card, 0, 6), "the card that is asked");
        wire.ExpectsSilence();
    }
}
