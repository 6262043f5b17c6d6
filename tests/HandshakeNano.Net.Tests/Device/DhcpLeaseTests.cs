using System;
using nanoFramework.TestFramework;

namespace HandshakeNano.Net.Tests;

/// <summary>RFC 2131 sections 3.7, 4.4.5 and 4.4.6, RFC 5227: an address that we have, and how it is lost.</summary>
[TestClass]
public sealed class DhcpLeaseTests
{
    private const ulong Second = Wire.Second;

    private static readonly byte[] Thief = new byte[] { 2, 9, 9, 9, 9, 9 };

    // ---- RENEWING, REBINDING, the end

    [TestMethod]
    public void Half_the_lease_is_over_and_the_server_is_asked_to_go_on_with_it()
    {
        DhcpServer server = new DhcpServer();
        server.Gives();
        ulong given = server.Wire.Now;
        server.BindsAfterProbes();
        ScriptedPeer peer = new ScriptedPeer(server.Wire);
        peer.Opens(server.Wire.Endpoint.Listen(7, 1));
        for (int i = 0; i < 5; i++)
        {
            WaitsUntil(server, given + 1743 * Second, given + 1800 * Second);
            Assert.AreEqual((int)DhcpState.Renewing, (int)server.Client.State);
            server.ExpectsRenewal(0);
            given = server.Wire.Now;
            server.Acknowledges();
            Assert.AreEqual((int)DhcpState.Bound, (int)server.Client.State);
            server.Wire.ExpectsSilence("a lease that goes on is nobody's concern");
        }

        peer.Writes(10);
        peer.ExpectsOnly("P. seq I+1 ack R+1 len 10");
    }

    [TestMethod]
    public void A_renewal_has_the_server_s_Ethernet_address_though_a_segment_has_just_gone_there()
    {
        DhcpServer server = new DhcpServer { Lease = 100 };
        server.Binds();
        ScriptedPeer peer = new ScriptedPeer(server.Wire);
        peer.Address = server.Address;
        peer.Opens(server.Wire.Endpoint.Listen(7, 1));
        server.Waits(0, 50 * Second);
        server.ExpectsRenewal(0);
        server.Acknowledges();
        peer.Writes(10);
        peer.ExpectsOnly("P. seq I+1 ack R+1 len 10");
    }

    [TestMethod]
    public void Without_an_answer_it_asks_again_then_all_servers_and_gives_the_address_up_in_the_end()
    {
        DhcpServer server = new DhcpServer { Lease = 8000 };
        server.Gives();
        Wire wire = server.Wire;
        ulong given = wire.Now;
        server.BindsAfterProbes();
        ScriptedPeer peer = new ScriptedPeer(wire);
        peer.Opens(wire.Endpoint.Listen(7, 1));

        WaitsUntil(server, given + 3875 * Second, given + 4000 * Second);
        ulong began = wire.Now;
        server.ExpectsRenewal(0);
        uint transaction = server.TransactionId;
        // T2 is known to a thirty-second of what lies between T1 and itself.
        ulong least = given + 6900 * Second;
        ulong most = given + 7000 * Second;
        while (true)
        {
            ulong now = wire.Now;
            server.Waits(now < least ? Wait(now, least) : 0, Wait(now, most));
            if (server.Client.State != DhcpState.Renewing)
                break;
            server.ExpectsRenewal((int)((wire.Now - began) / Second));
            Assert.AreNotEqual(transaction, server.TransactionId, "the answer tells which request it is for");
            transaction = server.TransactionId;
        }

        Assert.AreEqual((int)DhcpState.Rebinding, (int)server.Client.State);
        Assert.IsTrue(wire.Now >= least, "T2 came at " + (wire.Now - given).ToString());
        server.ExpectsRebinding((int)((wire.Now - began) / Second));
        ulong end = given + 8000 * Second;
        int asked = 0;
        while (true)
        {
            ulong now = wire.Now;
            ulong wait = Wait(now, end);
            if (now + wait >= end)
                break;
            server.Waits(wait, wait);
            server.ExpectsRebinding((int)((wire.Now - began) / Second));
            asked++;
        }

        Assert.IsTrue(asked >= 3, "asked all servers " + asked.ToString() + " times");
        wire.StaysSilent(end - 1 - wire.Now);
        Assert.AreEqual(Wire.OurAddress, wire.Endpoint.Address);
        wire.Advance(1);
        Assert.AreEqual(0u, wire.Endpoint.Address, "the lease is over");
        peer.IsIn(TcpState.Closed, "a connection does not outlive its address");
        Assert.AreEqual((int)DhcpLoss.Expired, (int)server.Client.LastLoss);
        Assert.AreEqual(1UL, wire.Count(Counter.DhcpExpired));
        wire.Inject(Packet.Arp(DhcpServer.Everyone, 1, Thief, Wire.PeerAddress, new byte[6], Wire.OurAddress));
        wire.ExpectsSilence("that address is not ours any more");

        server.Waits(0, Second);
        server.ExpectsDiscover(0);
        server.Offers();
        server.ExpectsRequest(0);
        server.Acknowledges();
        server.BindsAfterProbes();
    }

    [TestMethod]
    public void Any_server_can_go_on_with_the_lease_when_all_are_asked()
    {
        DhcpServer server = new DhcpServer { Lease = 100 };
        server.Binds();
        server.Waits(0, 50 * Second);
        server.ExpectsRenewal(0);
        ulong waited = server.Waits(0, 60 * Second);
        Assert.AreEqual((int)DhcpState.Rebinding, (int)server.Client.State);
        server.ExpectsRebinding((int)(waited / Second));
        server.Address = DhcpServer.Second;
        server.Acknowledges();
        Assert.AreEqual((int)DhcpState.Bound, (int)server.Client.State);
        Assert.AreEqual(DhcpServer.Second, server.Client.Server);
        server.ExpectsAnnouncement();
        server.Waits(0, 50 * Second);
        server.ExpectsRenewal(0);
    }

    [TestMethod]
    public void Only_the_server_of_the_lease_is_heard_while_it_alone_is_asked()
    {
        DhcpServer server = new DhcpServer();
        server.Binds();
        server.Waits(0, 1800 * Second);
        server.ExpectsRenewal(0);
        server.Address = DhcpServer.Second;
        server.Acknowledges();
        server.Refuses();
        Assert.AreEqual(2UL, server.Wire.Count(Counter.DhcpUnexpected));
        Assert.AreEqual((int)DhcpState.Renewing, (int)server.Client.State);
        server.Address = DhcpServer.First;
        server.Acknowledges();
        Assert.AreEqual((int)DhcpState.Bound, (int)server.Client.State);
    }

    [TestMethod]
    public void A_refusal_takes_the_address_away_at_once()
    {
        DhcpServer server = new DhcpServer();
        server.Binds();
        ScriptedPeer peer = new ScriptedPeer(server.Wire);
        peer.Opens(server.Wire.Endpoint.Listen(7, 1));
        server.Waits(0, 1800 * Second);
        server.ExpectsRenewal(0);
        server.Refuses();
        Assert.AreEqual(0u, server.Wire.Endpoint.Address);
        peer.IsIn(TcpState.Closed);
        Assert.AreEqual((int)DhcpLoss.Refused, (int)server.Client.LastLoss);
        server.Offered = Wire.OurAddress + 1;
        server.Waits(0, Second);
        server.ExpectsDiscover(0);
        server.Offers();
        server.ExpectsRequest(0);
        server.Acknowledges();
        server.BindsAfterProbes();
    }

    [TestMethod]
    public void A_lease_for_ever_is_never_asked_about()
    {
        DhcpServer server = new DhcpServer { Lease = 0xFFFFFFFF };
        server.Binds();
        Assert.AreEqual(0xFFFFFFFFu, server.Client.LeaseTime);
        server.Wire.StaysSilent(5 * 3600 * Second);
        Assert.AreEqual(Wire.OurAddress, server.Wire.Endpoint.Address);
    }

    [TestMethod]
    public void A_lease_for_ever_has_no_T1_whatever_the_server_says()
    {
        DhcpServer server = new DhcpServer { Lease = 0xFFFFFFFF };
        server.IsAsked();
        byte[] times = DhcpServer.Join(DhcpServer.Number(58, 60), DhcpServer.Number(59, 120));
        server.Sends(server.Reply(DhcpServer.Ack, DhcpServer.Join(server.Terms(), times)));
        server.BindsAfterProbes();
        server.Wire.StaysSilent(300 * Second);
    }

    [TestMethod]
    public void A_T1_that_comes_before_the_second_announcement_takes_its_place()
    {
        DhcpServer server = new DhcpServer { Lease = 100 };
        server.IsAsked();
        ulong requested = server.Wire.Now;
        server.Sends(server.Reply(DhcpServer.Ack, DhcpServer.Join(server.Terms(), DhcpServer.Number(58, 7))));
        while (server.Client.State == DhcpState.Probing)
        {
            server.Wire.Discard();
            server.Waits(0, 2 * Second);
        }

        server.ExpectsAnnouncement();
        WaitsUntil(server, server.Wire.Now, requested + 7 * Second);
        server.ExpectsRenewal(0);
        Assert.AreEqual((int)DhcpState.Renewing, (int)server.Client.State);
    }

    [TestMethod]
    public void The_longest_lease_that_ends_is_136_years()
    {
        DhcpServer server = new DhcpServer { Lease = 0xFFFFFFFE };
        server.Binds();
        server.Wire.StaysSilent(3600 * Second);
        Assert.AreEqual((int)DhcpState.Bound, (int)server.Client.State);
    }

    [TestMethod]
    [DataRow(0U, 0U, 500, 875)]
    [DataRow(100U, 200U, 100, 200)]
    [DataRow(100U, 0U, 100, 875)]
    [DataRow(0U, 600U, 500, 600)]
    [DataRow(900U, 0U, 500, 875)] // T1 after T2
    [DataRow(0U, 400U, 500, 875)] // T2 before T1
    [DataRow(300U, 300U, 500, 875)]
    [DataRow(300U, 1000U, 500, 875)] // T2 at the end
    [DataRow(300U, 2000U, 500, 875)]
    [DataRow(0xFFFFFFFF, 0xFFFFFFFF, 500, 875)]
    [DataRow(300U, 0xFFFFFFFF, 500, 875)]
    public void T1_and_T2_are_the_server_s_unless_they_cannot_be(uint t1, uint t2, int renew, int rebind)
    {
        DhcpServer server = new DhcpServer { Lease = 1000 };
        server.IsAsked();
        ulong requested = server.Wire.Now;
        byte[] terms = server.Terms();
        if (t1 != 0)
            terms = DhcpServer.Join(terms, DhcpServer.Number(58, t1));
        if (t2 != 0)
            terms = DhcpServer.Join(terms, DhcpServer.Number(59, t2));
        server.Sends(server.Reply(DhcpServer.Ack, terms));
        server.BindsAfterProbes();
        ulong t = (ulong)renew * Second;
        WaitsUntil(server, requested + t - t / 32, requested + t);
        server.ExpectsRenewal(0);
        while (server.Client.State == DhcpState.Renewing)
        {
            server.Wire.Discard();
            server.Waits(0, 1000 * Second);
        }

        t = (ulong)rebind * Second;
        ulong at = server.Wire.Now - requested;
        Assert.IsTrue(at <= t && at >= t - (ulong)(rebind - renew) * Second / 32, "T2 at " + at.ToString());
        Assert.AreEqual((int)DhcpState.Rebinding, (int)server.Client.State);
    }

    [TestMethod]
    public void The_lease_counts_from_the_first_request_it_may_be_for()
    {
        DhcpServer server = new DhcpServer { Lease = 100 };
        server.IsAsked();
        ulong requested = server.Wire.Now;
        server.Waits(3 * Second, 5 * Second);
        server.ExpectsRequest(0);
        server.Waits(7 * Second, 9 * Second);
        server.ExpectsRequest(0);
        server.Acknowledges();
        server.BindsAfterProbes();
        WaitsUntil(server, requested + 48 * Second, requested + 50 * Second);
        server.ExpectsRenewal(0);
    }

    [TestMethod]
    public void The_shortest_lease_is_over_soon_and_asked_for_again()
    {
        DhcpServer server = new DhcpServer { Lease = 10 };
        server.Gives();
        server.Wire.Advance(30 * Second);
        Assert.AreEqual(1UL, server.Wire.Count(Counter.DhcpExpired));
        Assert.AreEqual((int)DhcpState.Selecting, (int)server.Client.State);
    }

    [TestMethod]
    public void A_lease_that_is_over_before_its_address_is_checked_is_never_used()
    {
        DhcpServer server = new DhcpServer { Lease = 12 };
        server.IsAsked();
        ulong requested = server.Wire.Now;
        server.Waits(3 * Second, 5 * Second);
        server.ExpectsRequest(0);
        server.Waits(7 * Second, 9 * Second);
        server.ExpectsRequest(0);
        server.Acknowledges();
        for (int i = 0; i < 3; i++)
        {
            server.Waits(0, 2 * Second);
            server.ExpectsProbe();
        }

        server.Wire.StaysSilent(2 * Second);
        Assert.IsTrue(server.Wire.Now - requested >= 12 * Second, "over");
        Assert.AreEqual((int)DhcpState.Init, (int)server.Client.State);
        Assert.AreEqual((int)DhcpLoss.Expired, (int)server.Client.LastLoss);
        Assert.AreEqual(1UL, server.Wire.Count(Counter.DhcpExpired));
        server.Waits(0, Second);
        server.ExpectsDiscover(0);
    }

    [TestMethod]
    public void A_renewal_may_change_mask_and_router_and_connections_live_on()
    {
        DhcpServer server = new DhcpServer();
        server.Binds();
        ScriptedPeer peer = new ScriptedPeer(server.Wire);
        peer.Opens(server.Wire.Endpoint.Listen(7, 1));
        server.Waits(0, 1800 * Second);
        server.ExpectsRenewal(0);
        server.Sends(server.Reply(DhcpServer.Ack,
            DhcpServer.Join(DhcpServer.Number(51, 3600), DhcpServer.Join(DhcpServer.Number(1, 0xFFFF0000), DhcpServer.Number(3, Wire.PeerAddress)))));
        Assert.AreEqual(16, server.Client.PrefixLength);
        Assert.AreEqual(Wire.PeerAddress, server.Client.Gateway);
        server.ExpectsAnnouncement();
        peer.Writes(10);
        peer.ExpectsOnly("P. seq I+1 ack R+1 len 10");
    }

    // ---- Conflicts

    [TestMethod]
    [DataRow(2, 0x0A4D0002U, 0x0A4D0063U)] // its answer to the probe
    [DataRow(1, 0x0A4D0002U, 0x0A4D0001U)] // it asks for another host
    [DataRow(1, 0x0A4D0002U, 0x0A4D0002U)] // it announces itself
    [DataRow(1, 0U, 0x0A4D0002U)] // it probes for the same address
    public void An_address_that_another_host_uses_is_declined_and_asked_for_again_ten_seconds_later(int operation, uint sender, uint target)
    {
        DhcpServer server = new DhcpServer();
        server.Gives();
        server.Waits(0, Second);
        server.ExpectsProbe();
        server.Wire.Inject(Arp(operation, Thief, sender, target));
        server.ExpectsDecline();
        Assert.AreEqual((int)DhcpState.Init, (int)server.Client.State);
        Assert.AreEqual((int)DhcpLoss.Conflict, (int)server.Client.LastLoss);
        Assert.AreEqual(1UL, server.Wire.Count(Counter.ArpConflicts));
        server.Waits(10 * Second, 10 * Second);
        Assert.AreEqual(0u, server.Wire.Endpoint.Address);
        server.ExpectsDiscover(0);
        server.Offered = Wire.OurAddress + 1;
        server.Offers();
        server.ExpectsRequest(0);
        server.Acknowledges();
        server.BindsAfterProbes();
    }

    [TestMethod]
    public void An_address_that_is_used_behind_another_card_is_declined_too()
    {
        DhcpServer server = new DhcpServer();
        server.Gives();
        server.Waits(0, Second);
        server.ExpectsProbe();
        byte[] answer = Arp(2, Thief, Wire.OurAddress, 0);
        answer[11] ^= 1;
        server.Wire.Inject(answer);
        server.ExpectsDecline();
        Assert.AreEqual((int)DhcpLoss.Conflict, (int)server.Client.LastLoss);
    }

    [TestMethod]
    [DataRow(2, 0x0A4D0003U, 0x0A4D0002U)] // another's address
    [DataRow(1, 0x0A4D0001U, 0x0A4D0002U)] // it asks for the address that is to be ours
    [DataRow(2, 0U, 0x0A4D0002U)] // an answer without a sender
    [DataRow(1, 0U, 0x0A4D0003U)] // it probes for another address
    public void What_others_say_of_other_addresses_is_no_conflict(int operation, uint sender, uint target)
    {
        DhcpServer server = new DhcpServer();
        server.Gives();
        server.Wire.Inject(Arp(operation, Thief, sender, target));
        server.BindsAfterProbes();
    }

    [TestMethod]
    public void Our_own_probe_that_a_switch_sends_back_is_no_conflict()
    {
        DhcpServer server = new DhcpServer();
        server.Gives();
        server.Waits(0, Second);
        byte[] probe = server.Wire.Take();
        server.Wire.Inject(probe);
        server.Wire.ExpectsSilence();
        Assert.AreEqual((int)DhcpState.Probing, (int)server.Client.State);
    }

    [TestMethod]
    public void The_address_is_watched_from_the_acknowledgment_to_the_end_of_the_check()
    {
        DhcpServer server = new DhcpServer();
        server.Gives();
        server.Wire.Inject(Arp(1, Thief, Wire.OurAddress, Wire.OurAddress));
        server.ExpectsDecline();
        server.Waits(10 * Second, 10 * Second);
        server.ExpectsDiscover(0);
        server.Offers();
        server.ExpectsRequest(0);
        server.Acknowledges();
        for (int i = 0; i < 3; i++)
        {
            server.Waits(0, 2 * Second);
            server.ExpectsProbe();
        }

        server.Wire.StaysSilent(2 * Second - 1);
        server.Wire.Inject(Arp(2, Thief, Wire.OurAddress, 0));
        server.ExpectsDecline();
    }

    [TestMethod]
    public void After_ten_conflicts_an_address_is_tried_once_a_minute()
    {
        DhcpServer server = new DhcpServer();
        server.Waits(0, Second);
        for (int i = 1; i <= 12; i++)
        {
            server.ExpectsDiscover(0);
            server.Offers();
            server.ExpectsRequest(0);
            server.Acknowledges();
            server.Wire.Inject(Arp(1, Thief, Wire.OurAddress, Wire.OurAddress));
            server.ExpectsDecline();
            ulong wait = i <= 10 ? 10 * Second : 60 * Second;
            server.Waits(wait, wait);
        }
    }

    [TestMethod]
    public void A_bound_address_is_defended_once_and_given_up_if_the_other_does_not_give_in()
    {
        DhcpServer server = new DhcpServer();
        server.Binds();
        ScriptedPeer peer = new ScriptedPeer(server.Wire);
        peer.Opens(server.Wire.Endpoint.Listen(7, 1));
        server.Wire.Inject(Arp(1, Thief, Wire.OurAddress, Wire.PeerAddress));
        server.ExpectsAnnouncement();
        Assert.AreEqual(Wire.OurAddress, server.Wire.Endpoint.Address);
        server.Wire.StaysSilent(10 * Second - 1);
        server.Wire.Inject(Arp(1, Thief, Wire.OurAddress, Wire.PeerAddress));
        peer.Expects("R. seq I+1 ack R+1");
        server.ExpectsDecline();
        Assert.AreEqual(0u, server.Wire.Endpoint.Address);
        peer.IsIn(TcpState.Closed);
        Assert.AreEqual((int)DhcpLoss.Conflict, (int)server.Client.LastLoss);
        server.Waits(10 * Second, 10 * Second);
        server.ExpectsDiscover(0);
    }

    [TestMethod]
    public void Conflicts_far_from_each_other_are_each_defended()
    {
        DhcpServer server = new DhcpServer();
        server.Binds();
        for (int i = 0; i < 5; i++)
        {
            server.Wire.Inject(Arp(1, Thief, Wire.OurAddress, Wire.PeerAddress));
            server.ExpectsAnnouncement();
            server.Wire.StaysSilent(10 * Second);
        }

        Assert.AreEqual(Wire.OurAddress, server.Wire.Endpoint.Address);
    }

    [TestMethod]
    public void An_address_that_was_given_by_hand_is_never_given_up()
    {
        Wire wire = new Wire();
        for (int i = 0; i < 100; i++)
        {
            wire.Inject(Arp(1, Thief, Wire.OurAddress, Wire.PeerAddress));
            wire.Advance(Second);
        }

        Assert.AreEqual(Wire.OurAddress, wire.Endpoint.Address);
        Assert.AreEqual(10, wire.SentCount, "defended every ten seconds");
    }

    // ---- The link

    [TestMethod]
    public void Without_a_link_nothing_is_asked_and_with_it_within_two_seconds()
    {
        DhcpServer server = new DhcpServer();
        server.Wire.IsUp = false;
        server.Wire.Advance(600 * Second);
        Assert.AreEqual((int)DhcpState.Init, (int)server.Client.State);
        Assert.AreEqual((int)DhcpLoss.LinkDown, (int)server.Client.LastLoss);
        Assert.AreEqual(0UL, server.Wire.Count(Counter.FramesNotSent));
        server.Wire.IsUp = true;
        server.Waits(0, 2 * Second);
        server.ExpectsDiscover(0);
    }

    [TestMethod]
    public void A_link_that_goes_away_in_the_middle_begins_anew_when_it_is_back()
    {
        DhcpServer server = new DhcpServer();
        server.Gives();
        server.Wire.IsUp = false;
        server.Wire.Advance(10 * Second);
        Assert.AreEqual((int)DhcpState.Init, (int)server.Client.State);
        server.Wire.IsUp = true;
        server.Waits(0, 2 * Second);
        server.ExpectsDiscover(0);
        server.Offers();
        server.ExpectsRequest(0);
        server.Acknowledges();
        server.BindsAfterProbes();
    }

    [TestMethod]
    public void A_pulled_cable_leaves_the_address_and_its_connections_and_the_server_is_asked_when_it_is_back()
    {
        DhcpServer server = new DhcpServer();
        server.Binds();
        ScriptedPeer peer = new ScriptedPeer(server.Wire);
        peer.Opens(server.Wire.Endpoint.Listen(7, 1));
        Flap(server);
        server.Waits(0, 2 * Second);
        Assert.AreEqual((int)DhcpState.Rebooting, (int)server.Client.State);
        Assert.AreEqual(Wire.OurAddress, server.Wire.Endpoint.Address);
        server.ExpectsReboot(0);
        server.Acknowledges();
        Assert.AreEqual((int)DhcpState.Bound, (int)server.Client.State);
        // The neighbours may be others.
        server.ExpectsAnnouncement();
        server.Waits(2 * Second, 2 * Second);
        server.ExpectsAnnouncement();
        peer.Writes(10);
        peer.ExpectsOnly("P. seq I+1 ack R+1 len 10");
    }

    [TestMethod]
    public void A_lease_that_ends_while_the_link_is_away_takes_the_address_with_it()
    {
        DhcpServer server = new DhcpServer { Lease = 100 };
        server.Binds();
        server.Wire.IsUp = false;
        server.Wire.Advance(200 * Second);
        Assert.AreEqual(0u, server.Wire.Endpoint.Address);
        Assert.AreEqual((int)DhcpLoss.Expired, (int)server.Client.LastLoss);
        server.Wire.IsUp = true;
        server.Waits(0, 2 * Second);
        server.ExpectsDiscover(0);
    }

    [TestMethod]
    public void A_lease_that_ends_while_the_address_is_asked_about_is_over()
    {
        DhcpServer server = new DhcpServer { Lease = 40 };
        server.Gives();
        ulong given = server.Wire.Now;
        server.BindsAfterProbes();
        Flap(server);
        server.Waits(0, 2 * Second);
        server.Wire.Advance(given + 40 * Second - 1 - server.Wire.Now);
        Assert.AreEqual(Wire.OurAddress, server.Wire.Endpoint.Address);
        server.Wire.Advance(1);
        Assert.AreEqual(0u, server.Wire.Endpoint.Address);
    }

    [TestMethod]
    public void A_lease_ends_on_time_though_the_link_came_back_a_moment_before()
    {
        DhcpServer server = new DhcpServer { Lease = 40 };
        for (int i = 0; i < 8; i++)
        {
            server.Gives();
            ulong end = server.Wire.Now + 40 * Second;
            server.BindsAfterProbes();
            server.Wire.IsUp = false;
            server.Wire.Advance(end - Second - server.Wire.Now);
            server.Wire.IsUp = true;
            server.Wire.Advance(Second - 1);
            Assert.AreEqual(Wire.OurAddress, server.Wire.Endpoint.Address);
            server.Wire.Discard();
            server.Wire.Advance(1);
            Assert.AreEqual(0u, server.Wire.Endpoint.Address);
            server.Wire.ExpectsSilence();
        }
    }

    // ---- The end

    [TestMethod]
    public void A_stop_gives_the_lease_back_and_a_start_asks_for_another()
    {
        DhcpServer server = new DhcpServer();
        server.Binds();
        ScriptedPeer peer = new ScriptedPeer(server.Wire);
        peer.Opens(server.Wire.Endpoint.Listen(7, 1));
        KnowServer(server);
        server.Client.Stop();
        server.Wire.ExpectsSilence("before the next Poll");
        server.Wire.Run();
        peer.Expects("R. seq I+1 ack R+1");
        server.ExpectsRelease();
        Assert.AreEqual((int)DhcpState.Stopped, (int)server.Client.State);
        Assert.AreEqual((int)DhcpLoss.Stopped, (int)server.Client.LastLoss);
        Assert.AreEqual(0u, server.Wire.Endpoint.Address);
        peer.IsIn(TcpState.Closed);
        server.Wire.StaysSilent(3600 * Second);
        Assert.AreEqual(ulong.MaxValue, server.Wire.Deadline);
        server.Client.Start();
        server.Wire.Run();
        server.Waits(0, Second);
        server.ExpectsDiscover(0);
    }

    [TestMethod]
    public void The_release_waits_a_second_at_the_most_for_the_server_s_Ethernet_address()
    {
        DhcpServer server = new DhcpServer();
        server.Binds();
        server.Wire.AnswersArp = false;
        server.Client.Stop();
        server.Wire.Run();
        server.Wire.TakeArp();
        Assert.AreEqual((int)DhcpState.Releasing, (int)server.Client.State);
        Assert.AreEqual(Wire.OurAddress, server.Wire.Endpoint.Address);
        byte[] us = server.Wire.PhysicalAddress;
        server.Wire.Inject(Packet.Arp(us, 2, Packet.PhysicalAddressOf(server.Address), server.Address, us, Wire.OurAddress));
        server.ExpectsRelease();
        server.Wire.Advance(Second);
        Assert.AreEqual((int)DhcpState.Stopped, (int)server.Client.State);
        Assert.AreEqual(0u, server.Wire.Endpoint.Address);
    }

    [TestMethod]
    public void A_server_that_is_gone_does_not_hold_up_a_stop()
    {
        DhcpServer server = new DhcpServer();
        server.Binds();
        server.Wire.AnswersArp = false;
        server.Client.Stop();
        server.Wire.Run();
        server.Wire.Advance(Second);
        Assert.AreEqual((int)DhcpState.Stopped, (int)server.Client.State);
    }

    [TestMethod]
    public void A_stop_without_an_address_is_silent()
    {
        DhcpServer server = new DhcpServer();
        server.IsAsked();
        server.Client.Stop();
        server.Wire.Run();
        Assert.AreEqual((int)DhcpState.Stopped, (int)server.Client.State);
        server.Acknowledges();
        server.Wire.StaysSilent(3600 * Second);
        Assert.AreEqual(1UL, server.Wire.Count(Counter.DhcpUnexpected));
    }

    [TestMethod]
    public void An_address_is_set_by_hand_only_when_the_client_has_stopped()
    {
        DhcpServer server = new DhcpServer();
        TcpEndpoint endpoint = server.Wire.Endpoint;
        Assert.ThrowsException(typeof(InvalidOperationException), () => endpoint.SetAddress(Wire.OurAddress, 24, 0));
        server.Client.Stop();
        server.Wire.Run();
        endpoint.SetAddress(Wire.OurAddress, 24, 0);
        server.Wire.Run();
        server.ExpectsAnnouncement();
        for (int i = 0; i < 3; i++)
            server.Wire.Inject(Arp(1, Thief, Wire.OurAddress, Wire.PeerAddress));
        server.ExpectsAnnouncement();
        server.Wire.ExpectsSilence();
        Assert.AreEqual(Wire.OurAddress, endpoint.Address, "it is not the server's to take");
    }

    [TestMethod]
    public void A_start_gives_up_the_address_that_was_set_by_hand_and_begins_with_none()
    {
        DhcpServer server = new DhcpServer();
        server.Client.Stop();
        server.Wire.Run();
        server.Wire.Endpoint.SetAddress(Wire.OurAddress, 24, 0);
        server.Wire.Run();
        server.ExpectsAnnouncement();
        ScriptedPeer peer = new ScriptedPeer(server.Wire);
        peer.Opens(server.Wire.Endpoint.Listen(7, 1));
        for (int i = 0; i < 3; i++)
            server.Wire.Inject(Arp(1, Thief, Wire.OurAddress, Wire.PeerAddress));
        server.ExpectsAnnouncement();
        server.Client.Start();
        server.Wire.Run();
        Assert.AreEqual(0u, server.Wire.Endpoint.Address);
        peer.IsIn(TcpState.Closed);
        peer.ExpectsOnly("R. seq I+1 ack R+1");
        server.Binds();
        Assert.AreEqual(0UL, server.Wire.Count(Counter.DhcpExpired));
    }

    [TestMethod]
    public void A_stop_ends_the_connections_at_once_though_the_release_waits()
    {
        DhcpServer server = new DhcpServer();
        server.Binds();
        ScriptedPeer peer = new ScriptedPeer(server.Wire);
        peer.Opens(server.Wire.Endpoint.Listen(7, 1));
        server.Wire.AnswersArp = false;
        server.Client.Stop();
        server.Wire.Run();
        peer.Expects("R. seq I+1 ack R+1");
        server.Wire.TakeArp();
        Assert.AreEqual((int)DhcpState.Releasing, (int)server.Client.State);
        peer.IsIn(TcpState.Closed);
        Assert.AreEqual(0, server.Wire.Endpoint.ConnectionCount);
    }

    [TestMethod]
    public void A_client_that_was_started_again_gives_in_to_others_again()
    {
        DhcpServer server = new DhcpServer();
        server.Client.Stop();
        server.Wire.Run();
        server.Client.Start();
        server.Wire.Run();
        server.Binds();
        server.Wire.Inject(Arp(1, Thief, Wire.OurAddress, Wire.PeerAddress));
        server.ExpectsAnnouncement();
        server.Wire.Inject(Arp(1, Thief, Wire.OurAddress, Wire.PeerAddress));
        server.ExpectsDecline();
    }

    [TestMethod]
    public void A_start_of_what_runs_and_a_stop_of_what_has_stopped_do_nothing()
    {
        DhcpServer server = new DhcpServer();
        server.Binds();
        uint steps = server.Client.Steps;
        server.Client.Start();
        server.Wire.Run();
        Assert.AreEqual((int)DhcpState.Bound, (int)server.Client.State);
        Assert.AreEqual(steps, server.Client.Steps);
        server.Wire.AnswersArp = false;
        server.Client.Stop();
        server.Wire.Run();
        server.Wire.TakeArp();
        Assert.AreEqual((int)DhcpState.Releasing, (int)server.Client.State);
        steps = server.Client.Steps;
        server.Client.Stop();
        server.Wire.Run();
        Assert.AreEqual(steps, server.Client.Steps, "one release is enough");
        server.Wire.Discard();
        server.Wire.Advance(Second);
        Assert.AreEqual((int)DhcpState.Stopped, (int)server.Client.State);
        steps = server.Client.Steps;
        server.Client.Stop();
        server.Wire.Run();
        Assert.AreEqual(steps, server.Client.Steps);
    }

    [TestMethod]
    public void A_client_needs_Ethernet_room_for_a_message_and_no_address()
    {
        Assert.ThrowsException(typeof(ArgumentException), () => Make(Wire.OurAddress, 1500, true));
        Assert.ThrowsException(typeof(ArgumentException), () => Make(0, 575, true));
        Assert.ThrowsException(typeof(ArgumentException), () => Make(0, 1500, false));
        Make(0, 576, true);
        Assert.IsNull(new Wire().Endpoint.Dhcp);
    }

    private static void Make(uint address, int mtu, bool hasEthernetHeader)
    {
        Assert.IsNotNull(new Wire(new TcpSettings { Address = address, Dhcp = true }, mtu, Second, hasEthernetHeader).Endpoint.Dhcp);
    }

    private static byte[] Arp(int operation, byte[] hardware, uint sender, uint target)
    {
        return Packet.Arp(DhcpServer.Everyone, operation, hardware, sender, new byte[6], target);
    }

    /// <summary>How long to wait before a request is sent again: half of what is left, a minute at least, never longer than it is.</summary>
    private static ulong Wait(ulong now, ulong end)
    {
        ulong half = (end - now) / 2;
        if (half < 60 * Second)
            half = 60 * Second;
        return now + half < end ? half : end - now;
    }

    private static void WaitsUntil(DhcpServer server, ulong least, ulong most)
    {
        server.Waits(least - server.Wire.Now, most - server.Wire.Now);
    }

    private static void Flap(DhcpServer server)
    {
        server.Wire.IsUp = false;
        server.Wire.Advance(5 * Second);
        Assert.AreEqual(Wire.OurAddress, server.Wire.Endpoint.Address);
        server.Wire.IsUp = true;
    }

    /// <summary>The server's Ethernet address is in the endpoint's cache.</summary>
    private static void KnowServer(DhcpServer server)
    {
        TcpConnection connection = server.Wire.Endpoint.Connect(server.Address, 9);
        server.Wire.Run();
        connection.Abort();
        server.Wire.Run();
        server.Wire.Discard();
    }
}
