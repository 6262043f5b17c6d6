using nanoFramework.TestFramework;

namespace HandshakeNano.Net.Tests;

/// <summary>RFC 2131 sections 3.2 and 3.7: the link was away, and the address may be right or wrong where it is back.</summary>
[TestClass]
public sealed class DhcpRebootTests
{
    private const ulong Second = Wire.Second;

    private const uint Another = Wire.OurAddress + 7;

    private static readonly byte[] Thief = new byte[] { 2, 9, 9, 9, 9, 9 };

    // ---- Who says no

    [TestMethod]
    [DataRow(true)]
    [DataRow(false)]
    public void Our_server_s_refusal_ends_the_address_at_once(bool named)
    {
        DhcpServer server = Rebooting(3600);
        Refuses(server, named);
        Assert.AreEqual(0u, server.Wire.Endpoint.Address);
        Assert.AreEqual((int)DhcpLoss.Refused, (int)server.Client.LastLoss);
        server.Waits(0, Second);
        server.ExpectsDiscover(0);
    }

    [TestMethod]
    [DataRow(true)]
    [DataRow(false)]
    public void Another_server_s_refusal_waits_as_long_as_ours_may_answer(bool named)
    {
        DhcpServer server = Rebooting(3600);
        ulong asked = server.Wire.Now;
        server.Address = DhcpServer.Second;
        Refuses(server, named);
        server.Wire.StaysSilent(3 * Second - 1);
        Assert.AreEqual(Wire.OurAddress, server.Wire.Endpoint.Address);
        server.Waits(0, 3 * Second);
        server.ExpectsDiscover(0);
        Assert.IsTrue(server.Wire.Now - asked <= 5 * Second, "after " + (server.Wire.Now - asked).ToString());
        Assert.AreEqual(0u, server.Wire.Endpoint.Address);
        Assert.AreEqual((int)DhcpLoss.Refused, (int)server.Client.LastLoss);
        Assert.AreEqual(1UL, server.Wire.Count(Counter.DhcpRefused));
    }

    [TestMethod]
    public void Our_server_s_word_counts_before_a_stranger_s()
    {
        DhcpServer server = new DhcpServer();
        server.Binds();
        ScriptedPeer peer = new ScriptedPeer(server.Wire);
        peer.Opens(server.Wire.Endpoint.Listen(7, 1));
        ComesBack(server);
        server.Address = DhcpServer.Second;
        server.Refuses();
        server.Refuses();
        server.Address = DhcpServer.First;
        server.Acknowledges();
        Assert.AreEqual((int)DhcpState.Bound, (int)server.Client.State);
        server.ExpectsAnnouncement();
        server.Waits(2 * Second, 2 * Second);
        server.ExpectsAnnouncement();
        server.Wire.StaysSilent(60 * Second);
        Assert.AreEqual(2UL, server.Wire.Count(Counter.DhcpUnexpected), "the stranger's word was dropped");
        Assert.AreEqual(0UL, server.Wire.Count(Counter.DhcpRefused));
        peer.Writes(10);
        peer.ExpectsOnly("P. seq I+1 ack R+1 len 10");
    }

    [TestMethod]
    public void A_stranger_s_refusal_is_forgotten_when_the_link_goes_away_again()
    {
        DhcpServer server = Rebooting(3600);
        server.Address = DhcpServer.Second;
        server.Refuses();
        server.Address = DhcpServer.First;
        ComesBack(server);
        server.Acknowledges();
        Assert.AreEqual((int)DhcpState.Bound, (int)server.Client.State);
        Assert.AreEqual(1UL, server.Wire.Count(Counter.DhcpUnexpected));
    }

    [TestMethod]
    [DataRow(true)]
    [DataRow(false)]
    public void When_all_servers_are_asked_to_go_on_with_the_lease_ours_has_time_to_answer_too(bool named)
    {
        for (int answers = 0; answers < 2; answers++)
        {
            DhcpServer server = new DhcpServer { Lease = 1000 };
            server.Binds();
            while (server.Client.State != DhcpState.Rebinding)
            {
                server.Wire.Discard();
                server.Waits(0, 1000 * Second);
            }

            server.TakesTransaction();
            server.Address = DhcpServer.Second;
            Refuses(server, named);
            server.Wire.StaysSilent(3 * Second - 1);
            Assert.AreEqual(Wire.OurAddress, server.Wire.Endpoint.Address);
            server.Address = DhcpServer.First;
            if (answers == 1)
            {
                server.Acknowledges();
                Assert.AreEqual((int)DhcpState.Bound, (int)server.Client.State);
                continue;
            }

            server.Wire.Advance(Second + 1);
            Assert.AreEqual(0u, server.Wire.Endpoint.Address);
        }
    }

    [TestMethod]
    public void Where_one_server_is_asked_its_refusal_needs_no_name()
    {
        DhcpServer server = new DhcpServer();
        server.IsAsked();
        server.Address = DhcpServer.Second;
        server.RefusesWithoutItsName();
        Assert.AreEqual((int)DhcpState.Requesting, (int)server.Client.State, "it is another server's");
        server.Address = DhcpServer.First;
        server.RefusesWithoutItsName();
        Assert.AreEqual((int)DhcpState.Init, (int)server.Client.State);
        Assert.AreEqual((int)DhcpLoss.Refused, (int)server.Client.LastLoss);
        server = new DhcpServer();
        server.Binds();
        server.Waits(0, 1800 * Second);
        server.ExpectsRenewal(0);
        server.RefusesWithoutItsName();
        Assert.AreEqual(0u, server.Wire.Endpoint.Address);
    }

    // ---- No server says a word

    [TestMethod]
    [DataRow(3600U)]
    [DataRow(0xFFFFFFFF)]
    public void After_twelve_seconds_of_silence_servers_are_looked_for_and_the_address_stays_meanwhile(uint lease)
    {
        DhcpServer server = new DhcpServer { Lease = lease };
        server.Binds();
        ScriptedPeer peer = new ScriptedPeer(server.Wire);
        peer.Opens(server.Wire.Endpoint.Listen(7, 1));
        ulong asked = ComesBack(server);
        ulong waited = server.Waits(3 * Second, 5 * Second);
        server.ExpectsReboot((int)(waited / Second));
        server.Waits(7 * Second, 9 * Second);
        server.ExpectsDiscover(0);
        ulong took = server.Wire.Now - asked;
        Assert.IsTrue(took >= 10 * Second && took <= 14 * Second, "after " + took.ToString());
        Assert.AreEqual((int)DhcpState.Selecting, (int)server.Client.State);
        Assert.AreEqual((int)DhcpLoss.None, (int)server.Client.LastLoss);
        Assert.AreEqual(Wire.OurAddress, server.Wire.Endpoint.Address);
        peer.Writes(10);
        peer.ExpectsOnly("P. seq I+1 ack R+1 len 10");
    }

    [TestMethod]
    public void The_address_that_is_offered_again_is_kept_with_its_connections()
    {
        DhcpServer server = new DhcpServer();
        server.Binds();
        ScriptedPeer peer = new ScriptedPeer(server.Wire);
        peer.Opens(server.Wire.Endpoint.Listen(7, 1));
        StaysUnanswered(server);
        server.Address = DhcpServer.Second;
        server.Sends(ToAll(server, DhcpServer.Offer));
        server.ExpectsRequest(0);
        server.Sends(ToAll(server, DhcpServer.Ack));
        Assert.AreEqual((int)DhcpState.Bound, (int)server.Client.State);
        Assert.AreEqual(DhcpServer.Second, server.Client.Server);
        server.ExpectsAnnouncement();
        server.Waits(2 * Second, 2 * Second);
        server.ExpectsAnnouncement();
        peer.Writes(10);
        peer.ExpectsOnly("P. seq I+1 ack R+1 len 10");
    }

    [TestMethod]
    [DataRow(true)]
    [DataRow(false)] // some servers answer to the address that they give, whatever the flag says
    public void Another_address_takes_the_place_of_the_old_one_once_it_is_given(bool toAll)
    {
        DhcpServer server = new DhcpServer();
        server.Binds();
        ScriptedPeer peer = new ScriptedPeer(server.Wire);
        peer.Opens(server.Wire.Endpoint.Listen(7, 1));
        StaysUnanswered(server);
        server.Offered = Another;
        server.Address = DhcpServer.Second;
        server.Sends(toAll ? ToAll(server, DhcpServer.Offer) : server.Reply(DhcpServer.Offer, server.Terms()));
        server.ExpectsRequest(0);
        Assert.AreEqual(Another, server.Client.Address);
        Assert.AreEqual(Wire.OurAddress, server.Wire.Endpoint.Address);
        server.Sends(toAll ? ToAll(server, DhcpServer.Ack) : server.Reply(DhcpServer.Ack, server.Terms()));
        Assert.AreEqual(0u, server.Wire.Endpoint.Address);
        Assert.AreEqual((int)DhcpLoss.Replaced, (int)server.Client.LastLoss);
        Assert.AreEqual((int)TcpState.Closed, (int)peer.State);
        server.Wire.Discard();
        server.BindsAfterProbes();
    }

    [TestMethod]
    public void A_refusal_of_another_address_leaves_the_one_that_there_is()
    {
        DhcpServer server = StaysUnanswered();
        server.Offered = Another;
        server.Sends(ToAll(server, DhcpServer.Offer));
        server.ExpectsRequest(0);
        server.Refuses();
        Assert.AreEqual(Wire.OurAddress, server.Wire.Endpoint.Address);
        Assert.AreEqual((int)DhcpLoss.Refused, (int)server.Client.LastLoss);
        server.Waits(0, Second);
        server.ExpectsDiscover(0);
    }

    [TestMethod]
    public void An_offer_that_is_never_given_leaves_the_address_that_there_is()
    {
        DhcpServer server = StaysUnanswered();
        server.Offered = Another;
        server.Sends(ToAll(server, DhcpServer.Offer));
        server.ExpectsRequest(0);
        while (server.Client.State == DhcpState.Requesting)
        {
            server.Wire.Discard();
            server.Waits(0, 40 * Second);
        }

        Assert.AreEqual((int)DhcpLoss.NoAnswer, (int)server.Client.LastLoss);
        Assert.AreEqual(Wire.OurAddress, server.Wire.Endpoint.Address);
        server.ExpectsDiscover(0);
    }

    [TestMethod]
    public void The_lease_ends_on_time_while_servers_are_looked_for()
    {
        for (int offers = 0; offers < 2; offers++)
        {
            DhcpServer server = new DhcpServer { Lease = 100 };
            server.Gives();
            ulong end = server.Wire.Now + 100 * Second;
            server.BindsAfterProbes();
            StaysUnanswered(server);
            if (offers == 1)
            {
                server.Wire.Advance(end - 10 * Second - server.Wire.Now);
                server.Wire.Discard();
                server.Offered = Another;
                server.Sends(ToAll(server, DhcpServer.Offer));
            }

            server.Wire.Advance(end - 1 - server.Wire.Now);
            Assert.AreEqual(Wire.OurAddress, server.Wire.Endpoint.Address);
            server.Wire.Advance(1);
            Assert.AreEqual(0u, server.Wire.Endpoint.Address);
            Assert.AreEqual((int)DhcpLoss.Expired, (int)server.Client.LastLoss);
            Assert.AreEqual(1UL, server.Wire.Count(Counter.DhcpExpired));
            server.Wire.Discard();
            server.Waits(0, Second);
            server.ExpectsDiscover(0);
        }
    }

    [TestMethod]
    public void A_stop_while_another_address_is_offered_gives_back_the_one_that_there_is()
    {
        DhcpServer server = StaysUnanswered();
        server.Offered = Another;
        server.Address = DhcpServer.Second;
        server.Sends(ToAll(server, DhcpServer.Offer));
        server.ExpectsRequest(0);
        server.Client.Stop();
        server.Wire.Run();
        server.Offered = Wire.OurAddress;
        server.Address = DhcpServer.First;
        server.ExpectsRelease();
        server.Wire.Advance(Second);
        Assert.AreEqual((int)DhcpState.Stopped, (int)server.Client.State);
        Assert.AreEqual(0u, server.Wire.Endpoint.Address);
    }

    [TestMethod]
    public void A_conflict_while_another_address_is_offered_declines_the_one_that_there_is()
    {
        DhcpServer server = StaysUnanswered();
        server.Offered = Another;
        server.Address = DhcpServer.Second;
        server.Sends(ToAll(server, DhcpServer.Offer));
        server.ExpectsRequest(0);
        for (int i = 0; i < 2; i++)
        {
            server.Wire.Discard();
            server.Wire.Inject(Packet.Arp(DhcpServer.Everyone, 1, Thief, Wire.OurAddress, new byte[6], Wire.PeerAddress));
        }

        server.Offered = Wire.OurAddress;
        server.Address = DhcpServer.First;
        server.ExpectsDecline();
        Assert.AreEqual(0u, server.Wire.Endpoint.Address);
        server.Waits(10 * Second, 10 * Second);
        server.ExpectsDiscover(0);
    }

    [TestMethod]
    public void A_link_that_goes_away_while_servers_are_looked_for_has_the_address_asked_about_again()
    {
        DhcpServer server = StaysUnanswered();
        server.Wire.IsUp = false;
        server.Wire.Advance(600 * Second);
        Assert.AreEqual(0UL, server.Wire.Count(Counter.FramesNotSent), "without a link there is no one to ask");
        server.Wire.IsUp = true;
        server.Waits(0, 2 * Second);
        server.ExpectsReboot(0);
        server.Acknowledges();
        Assert.AreEqual((int)DhcpState.Bound, (int)server.Client.State);
    }

    // ---- Pauses

    [TestMethod]
    public void A_flap_does_not_shorten_the_pause_after_a_conflict()
    {
        DhcpServer server = new DhcpServer();
        server.Waits(0, Second);
        for (int i = 1; i <= 12; i++)
        {
            server.ExpectsDiscover(0);
            server.Offers();
            server.ExpectsRequest(0);
            server.Acknowledges();
            server.Wire.Inject(Packet.Arp(DhcpServer.Everyone, 1, Thief, Wire.OurAddress, new byte[6], Wire.OurAddress));
            server.ExpectsDecline();
            ulong pause = i <= 10 ? 10 * Second : 60 * Second;
            Assert.AreEqual(pause, FlapsUntilAsked(server));
        }
    }

    [TestMethod]
    public void A_flap_does_not_shorten_the_pause_after_a_refusal()
    {
        DhcpServer server = new DhcpServer();
        server.IsAsked();
        server.Refuses();
        server.Waits(0, Second);
        for (ulong pause = 4; pause <= 64; pause *= 2)
        {
            server.ExpectsDiscover(0);
            server.Offers();
            server.ExpectsRequest(0);
            server.Refuses();
            ulong waited = FlapsUntilAsked(server);
            Assert.IsTrue(waited >= (pause - 1) * Second && waited <= (pause + 4) * Second, "waited " + waited.ToString());
        }
    }

    [TestMethod]
    public void A_stop_and_a_start_do_not_shorten_the_pause_after_a_conflict()
    {
        DhcpServer server = new DhcpServer();
        server.Gives();
        server.Wire.Inject(Packet.Arp(DhcpServer.Everyone, 1, Thief, Wire.OurAddress, new byte[6], Wire.OurAddress));
        server.ExpectsDecline();
        server.Wire.Advance(2 * Second);
        server.Client.Stop();
        server.Wire.Run();
        server.Client.Start();
        server.Wire.Run();
        server.Waits(8 * Second, 8 * Second);
        server.ExpectsDiscover(0);
    }

    [TestMethod]
    public void A_link_that_flaps_has_three_seconds_at_least_between_two_questions()
    {
        DhcpServer server = new DhcpServer();
        server.Waits(0, Second);
        server.ExpectsDiscover(0);
        ulong waited;
        for (int i = 0; i < 5; i++)
        {
            waited = FlapsUntilAsked(server);
            Assert.IsTrue(waited >= 3 * Second && waited <= 6 * Second, "waited " + waited.ToString());
            server.ExpectsDiscover(0);
        }

        server = Rebooting(3600);
        for (int i = 0; i < 5; i++)
        {
            waited = FlapsUntilAsked(server);
            Assert.IsTrue(waited >= 3 * Second && waited <= 6 * Second, "waited " + waited.ToString());
            server.ExpectsReboot(0);
        }
    }

    /// <summary>The link goes away twice in six seconds; gives how long it took until the endpoint sent something.</summary>
    private static ulong FlapsUntilAsked(DhcpServer server)
    {
        Wire wire = server.Wire;
        ulong begin = wire.Now;
        wire.ExpectsSilence();
        for (int turn = 0; wire.SentCount == 0; turn++)
        {
            Assert.IsTrue(turn < 200, "it never asks");
            wire.IsUp = turn != 0 && turn != 4 && turn != 5;
            ulong end = wire.Now + Second;
            while (wire.Now < end && wire.SentCount == 0)
                wire.Advance(wire.Deadline < end ? wire.Deadline - wire.Now : end - wire.Now);
        }

        return wire.Now - begin;
    }

    /// <summary>A server whose client has an address, had no link for a while, and asks whether the address is right still.</summary>
    private static DhcpServer Rebooting(uint lease)
    {
        DhcpServer server = new DhcpServer { Lease = lease };
        server.Binds();
        ComesBack(server);
        return server;
    }

    /// <summary>The link goes away and comes back, and the first question is asked; gives when.</summary>
    private static ulong ComesBack(DhcpServer server)
    {
        server.Wire.IsUp = false;
        server.Wire.Advance(5 * Second);
        server.Wire.IsUp = true;
        server.Waits(0, 2 * Second);
        server.ExpectsReboot(0);
        return server.Wire.Now;
    }

    private static DhcpServer StaysUnanswered()
    {
        DhcpServer server = new DhcpServer();
        server.Binds();
        StaysUnanswered(server);
        return server;
    }

    /// <summary>No server answers when the link is back, up to the first question for another address.</summary>
    private static void StaysUnanswered(DhcpServer server)
    {
        ComesBack(server);
        ulong waited = server.Waits(3 * Second, 5 * Second);
        server.ExpectsReboot((int)(waited / Second));
        server.Waits(7 * Second, 9 * Second);
        server.ExpectsDiscover(0);
    }

    private static void Refuses(DhcpServer server, bool named)
    {
        if (named)
            server.Refuses();
        else
            server.RefusesWithoutItsName();
    }

    /// <summary>An offer or acknowledgment with everything, to all hosts as it was asked for.</summary>
    private static byte[] ToAll(DhcpServer server, int type)
    {
        byte[] head = DhcpServer.Join(DhcpServer.Option(53, type), DhcpServer.Number(54, server.Address));
        return server.Frame(0xFFFFFFFF, server.Offered, DhcpServer.Join(head, server.Terms()), true);
    }
}
