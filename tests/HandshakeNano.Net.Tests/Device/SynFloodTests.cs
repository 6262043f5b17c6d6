using System;
using nanoFramework.TestFramework;

namespace HandshakeNano.Net.Tests;

/// <summary>Half-open connections and SYN cookies: what a listener does with SYNs that nobody follows up (RFC 4987).</summary>
[TestClass]
public sealed class SynFloodTests
{
    private const ulong Second = Wire.Second;

    /// <summary>How long a step of a cookie's time lasts.</summary>
    private const ulong Step = 1UL << 26;

    /// <summary>The address of a host that has no connection: 192.0.2.1.</summary>
    private const uint Stranger = 0xC0000201;

    [TestMethod]
    public void Eight_SYNs_that_nobody_follows_up_do_not_hinder_the_ninth()
    {
        Wire wire = new Wire();
        TcpListener listener = wire.Endpoint.Listen(7, 8);
        Flood(wire, 8);
        Assert.AreEqual(8, listener.HalfOpen);
        ScriptedPeer peer = new ScriptedPeer(wire);
        peer.Opens(listener);
        EchoesBothWays(peer);
    }

    [TestMethod]
    public void A_half_open_connection_takes_no_connection()
    {
        TcpSettings settings = Wire.Settings();
        settings.Connections = 1;
        Wire wire = new Wire(settings);
        TcpListener listener = wire.Endpoint.Listen(7, 4);
        Flood(wire, 4);
        Assert.AreEqual(4, listener.HalfOpen);
        Assert.AreEqual(4, wire.Endpoint.ConnectionCount);
        Assert.IsTrue(wire.Endpoint.CanConnect);
        new ScriptedPeer(wire, 80, 50000).IsOpened();
    }

    [TestMethod]
    public void Beyond_the_half_open_connections_a_cookie_answers_and_nothing_is_kept()
    {
        TcpListener listener;
        Wire wire = Crowded(out listener);
        ScriptedPeer peer = new ScriptedPeer(wire);
        peer.Trades("S seq R mss 1460", "S. seq I ack R+1 mss 1460");
        Assert.AreEqual(1UL, wire.Count(Counter.CookiesSent));
        Assert.AreEqual(1, wire.Endpoint.ConnectionCount);

        // The same SYN gets the same cookie, and no timer runs for it.
        wire.Advance(Second / 2);
        peer.Trades("S seq R mss 1460", "S. seq I ack R+1 mss 1460");
        wire.Advance(3 * Second);
        wire.Discard();
        Assert.AreEqual(0, wire.Endpoint.ConnectionCount);
        wire.StaysSilent(200 * Second);
    }

    [TestMethod]
    public void An_ACK_with_a_cookie_opens_the_connection()
    {
        TcpListener listener;
        Wire wire = Crowded(out listener);
        ScriptedPeer peer = new ScriptedPeer(wire);
        peer.Trades("S seq R mss 1460", "S. seq I ack R+1 mss 1460");
        peer.Trades(". seq R+1 ack I+1", "");
        peer.Connection = listener.Accept();
        peer.IsIn(TcpState.Established);
        Assert.AreEqual(1UL, wire.Count(Counter.CookiesReceived));
        EchoesBothWays(peer);
    }

    [TestMethod]
    public void The_first_data_may_bring_the_cookie_when_the_ACK_was_lost()
    {
        TcpListener listener;
        Wire wire = Crowded(out listener);
        ScriptedPeer peer = new ScriptedPeer(wire);
        peer.Trades("S seq R mss 1460", "S. seq I ack R+1 mss 1460");
        peer.Sends("FP. seq R+1 ack I+1 len 10");
        peer.ExpectsOnly(". seq I+1 ack R+12");
        peer.Connection = listener.Accept();
        peer.IsIn(TcpState.CloseWait);
        peer.Reads(10);
    }

    [TestMethod]
    public void A_segment_that_overtook_the_ACK_of_a_cookie_gets_a_reset()
    {
        TcpListener listener;
        Wire wire = Crowded(out listener);
        ScriptedPeer peer = new ScriptedPeer(wire);
        peer.Trades("S seq R mss 1460", "S. seq I ack R+1 mss 1460");
        peer.Trades(". seq R+11 ack I+1 len 10", "R seq I+1");
        Assert.AreEqual(1UL, wire.Count(Counter.CookiesBad));
        Assert.IsNull(listener.Accept());
    }

    [TestMethod]
    public void The_ACK_of_a_cookie_opens_the_connection_though_the_SYN_came_again_and_found_room()
    {
        TcpListener listener;
        Wire wire = Crowded(out listener);
        ScriptedPeer peer = new ScriptedPeer(wire);
        wire.Advance(Second / 2);
        peer.Trades("S seq R mss 1460", "S. seq I ack R+1 mss 1460");
        uint cookie = peer['I'];

        // The SYN,ACK takes its time. What was half-open gives way, and the SYN comes again.
        wire.Advance(Second);
        peer.ForgetIss();
        peer.Trades("S seq R mss 1460", "S. seq I ack R+1 mss 1460");
        Assert.AreEqual(1, listener.HalfOpen);
        Assert.IsTrue(peer['I'] != cookie, "this one is no cookie");
        peer['I'] = cookie;
        peer.Trades(". seq R+1 ack I+2", "R seq I+2");
        peer.Trades(". seq R+1 ack I+1", "");
        peer.Connection = listener.Accept();
        peer.IsIn(TcpState.Established);
        EchoesBothWays(peer);
    }

    [TestMethod]
    public void A_peer_that_has_a_cookie_is_asked_again_with_it_though_its_SYN_came_again_and_found_room()
    {
        TcpSettings settings = Wire.Settings();
        settings.Connections = 1;
        Wire wire = new Wire(settings);
        TcpListener listener = wire.Endpoint.Listen(7, 1);
        Flood(wire, 1);
        ScriptedPeer peer = new ScriptedPeer(wire);
        wire.Advance(Second / 2);
        peer.Trades("S seq R mss 1460", "S. seq I ack R+1 mss 1460");
        uint cookie = peer['I'];
        wire.Advance(Second);
        peer.ForgetIss();
        peer.Trades("S seq R mss 1460", "S. seq I ack R+1 mss 1460");
        peer['I'] = cookie;
        TcpConnection other = wire.Endpoint.Connect(Wire.PeerAddress, 80);
        wire.Run();
        wire.Discard();
        peer.Trades(". seq R+1 ack I+1", "");
        Assert.AreEqual(1, listener.HalfOpen);
        other.Abort();
        wire.Run();
        peer.ExpectsAfter(Second, "S. seq I ack R+1 mss 1460");
        peer.ExpectsAfter(2 * Second, "S. seq I ack R+1 mss 1460");
        peer.Trades(". seq R+1 ack I+1", "");
        peer.Connection = listener.Accept();
        EchoesBothWays(peer);
    }

    [TestMethod]
    [DataRow(1460, 1024)]
    [DataRow(1000, 984)]
    [DataRow(536, 536)]
    [DataRow(535, 216)]
    [DataRow(216, 216)]
    [DataRow(100, 28)]
    [DataRow(0, 536)]
    public void The_peer_s_MSS_is_kept_in_the_cookie_rounded_down(int offered, int used)
    {
        TcpListener listener;
        Wire wire = Crowded(out listener);
        ScriptedPeer peer = new ScriptedPeer(wire);
        string mss = offered == 0 ? "" : " mss " + offered.ToString();
        peer.Trades("S seq R" + mss, "S. seq I ack R+1 mss 1460");
        peer.Trades(". seq R+1 ack I+1", "");
        Assert.AreEqual(used, listener.Accept().MaximumSegmentSize);
    }

    [TestMethod]
    public void A_number_that_is_no_cookie_gets_the_reset_that_it_always_got()
    {
        TcpListener listener;
        Wire wire = Crowded(out listener);
        ScriptedPeer peer = new ScriptedPeer(wire);
        peer.Trades("S seq R mss 1460", "S. seq I ack R+1 mss 1460");
        for (int i = -8; i <= 8; i++)
        {
            string number = i < 0 ? "I+1-" + (-i).ToString() : "I+1+" + i.ToString();
            if (i != 0)
                peer.Trades(". seq R+1 ack " + number, "R seq " + number);
        }

        peer.Trades(". seq R+2 ack I+1", "R seq I+1");
        peer.Trades(". seq R ack I+1", "R seq I+1");
        ScriptedPeer other = new ScriptedPeer(wire, peer.Port + 1, 7);
        other['R'] = peer['R'];
        other['I'] = peer['I'];
        other.Trades(". seq R+1 ack I+1", "R seq I+1");
        Assert.AreEqual(19UL, wire.Count(Counter.CookiesBad));
        Assert.AreEqual(0UL, wire.Count(Counter.CookiesReceived));
        peer.Trades(". seq R+1 ack I+1", "");
        Assert.IsNotNull(listener.Accept());
    }

    [TestMethod]
    [DataRow(0U)]
    [DataRow(200U)]
    [DataRow(255U)]
    [DataRow(256U)]
    public void A_cookie_is_good_in_its_step_of_67_seconds_and_in_the_next_one(uint step)
    {
        for (int i = 0; i < 4; i++)
        {
            // Begun early and late in the step; used late in the next one, and early in the one after that.
            ulong made = step * Step + (i % 2 == 0 ? 1000 : Step - 1000);
            ulong used = (step + 1) * Step + (i < 2 ? Step - 1 : Step);
            Wire wire = new Wire(Always(), 1500, made);
            TcpListener listener = wire.Endpoint.Listen(7, 8);
            ScriptedPeer peer = new ScriptedPeer(wire);
            peer.Trades("S seq R mss 1460", "S. seq I ack R+1 mss 1460");
            wire.Advance(used - wire.Now);
            peer.Trades(". seq R+1 ack I+1", i < 2 ? "" : "R seq I+1");
            Assert.AreEqual(i < 2 ? 1 : 0, listener.Pending);
        }
    }

    [TestMethod]
    [DataRow(0U)]
    [DataRow(1U)]
    [DataRow(200U)]
    public void A_cookie_of_two_steps_ago_is_no_good_while_a_later_one_is_awaited(uint step)
    {
        Wire wire = new Wire(Always(), 1500, step * Step + 1000);
        TcpListener listener = wire.Endpoint.Listen(7, 8);
        ScriptedPeer peer = new ScriptedPeer(wire);
        peer.Trades("S seq R mss 1460", "S. seq I ack R+1 mss 1460");
        wire.Advance((step + 2) * Step - wire.Now);
        ScriptedPeer later = new ScriptedPeer(wire, 40001, 7);
        later.Trades("S seq R mss 1460", "S. seq I ack R+1 mss 1460");
        peer.Trades(". seq R+1 ack I+1", "R seq I+1");
        Assert.AreEqual(1UL, wire.Count(Counter.CookiesBad));
        later.Opens(listener);
    }


    [TestMethod]
    public void An_ACK_costs_no_hash_while_no_cookie_is_awaited()
    {
        Wire wire = new Wire();
        wire.Endpoint.Listen(7, 8);
        new ScriptedPeer(wire).Trades(". seq R ack R", "R seq R");
        Assert.AreEqual(0UL, wire.Count(Counter.CookiesBad));
        Assert.AreEqual(1UL, wire.Count(Counter.NoConnection));
    }

    [TestMethod]
    public void An_ACK_costs_no_hash_from_the_moment_on_in_which_the_last_cookie_is_too_old()
    {
        Wire wire = new Wire(Always(), 1500, 5 * Step + 1000);
        wire.Endpoint.Listen(7, 8);
        ScriptedPeer peer = new ScriptedPeer(wire);
        peer.Trades("S seq R mss 1460", "S. seq I ack R+1 mss 1460");
        wire.Advance(7 * Step - 1 - wire.Now);
        peer.Trades(". seq R+1 ack I+2", "R seq I+2");
        Assert.AreEqual(1UL, wire.Count(Counter.CookiesBad));
        wire.Advance(1);
        peer.Trades(". seq R+1 ack I+2", "R seq I+2");
        Assert.AreEqual(1UL, wire.Count(Counter.CookiesBad));
        Assert.AreEqual(2UL, wire.Count(Counter.NoConnection));
    }

    [TestMethod]
    public void Cookies_of_one_tuple_differ_by_the_peer_s_ISN_and_stay_near_the_clock()
    {
        Wire wire = new Wire(Always(), 1500, 5 * Step);
        wire.Endpoint.Listen(7, 8);
        ScriptedPeer peer = new ScriptedPeer(wire);
        uint[] seen = new uint[50];
        for (int i = 0; i < seen.Length; i++)
        {
            peer.ForgetIss();
            peer['R'] += 0x01000000;
            peer.Trades("S seq R mss 1460", "S. seq I ack R+1 mss 1460");
            seen[i] = peer['I'];
            for (int j = 0; j < i; j++)
                Assert.IsTrue(seen[i] != seen[j], "twice the same");
        }

        // A step later they are 2^24 ticks of 4 us further on, give or take the 24 bits that say something.
        wire.Advance(Step);
        peer.ForgetIss();
        peer.Trades("S seq R mss 1460", "S. seq I ack R+1 mss 1460");
        uint moved = peer['I'] - seen[0];
        Assert.IsTrue(moved > 0 && moved < 0x02000000, "moved by " + moved.ToString());
    }

    [TestMethod]
    public void With_cookies_OnSyn_is_asked_when_the_ACK_comes()
    {
        Doorman doorman = new Doorman();
        Wire wire = new Wire(Always());
        TcpListener listener = wire.Endpoint.Listen(7, 8);
        listener.Handler = doorman;
        ScriptedPeer peer = new ScriptedPeer(wire);
        peer.Trades("S seq R mss 1460", "S. seq I ack R+1 mss 1460");
        Assert.AreEqual(0, doorman.Asked);
        doorman.Says = SynDecision.Withhold;
        peer.Trades(". seq R+1 ack I+1", "");
        doorman.Says = SynDecision.Refuse;
        peer.Trades(". seq R+1 ack I+1", "R seq I+1");
        Assert.AreEqual(0, listener.Pending);
        doorman.Says = SynDecision.Accept;
        peer.Trades(". seq R+1 ack I+1", "");
        Assert.AreEqual(3, doorman.Asked);
        Assert.AreEqual(1, listener.Pending);
        Assert.AreEqual(1UL, wire.Count(Counter.SynWithheld));
        Assert.AreEqual(1UL, wire.Count(Counter.SynRefused));
    }

    [TestMethod]
    [DataRow((int)SynPolicy.QueueOnly)]
    [DataRow((int)SynPolicy.CookiesWhenFull)]
    public void Within_a_second_after_the_flood_half_open_connections_are_had_again(int policy)
    {
        TcpSettings settings = Wire.Settings();
        settings.SynPolicy = (SynPolicy)policy;
        settings.HalfOpenConnections = 8;
        Wire wire = new Wire(settings);
        TcpListener listener = wire.Endpoint.Listen(7, 8);
        for (int i = 0; i < 50; i++)
        {
            Flood(wire, 20);
            wire.Advance(Second / 10);
            wire.Discard();
        }

        wire.Advance(Second);
        wire.Discard();
        Assert.AreEqual(0, listener.HalfOpen);
        ulong cookies = wire.Count(Counter.CookiesSent);
        new ScriptedPeer(wire).Opens(listener);
        Assert.AreEqual(cookies, wire.Count(Counter.CookiesSent));
        Assert.IsTrue(wire.Count(Counter.SynQueueEvicted) >= 32, "every second all gave way");
        Assert.AreEqual(0UL, wire.Count(Counter.Retransmissions));
    }

    [TestMethod]
    public void A_SYN_takes_one_of_eight_places_beginning_with_the_one_that_its_hash_says()
    {
        Wire wire = new Wire();
        wire.Endpoint.Listen(7, 32);
        ScriptedPeer[] late = PeersWithPlace(wire, 12, 9);
        ScriptedPeer[] early = PeersWithPlace(wire, 4, 9);
        for (int i = 0; i < 8; i++)
            late[i].Trades("S seq R mss 1460", "S. seq I ack R+1 mss 1460");
        Assert.AreEqual(0UL, wire.Count(Counter.CookiesSent));

        // Eight of sixteen places are free, but none that it may take.
        late[8].Trades("S seq R mss 1460", "S. seq I ack R+1 mss 1460");
        Assert.AreEqual(1UL, wire.Count(Counter.CookiesSent));
        for (int i = 0; i < 8; i++)
            early[i].Trades("S seq R mss 1460", "S. seq I ack R+1 mss 1460");
        Assert.AreEqual(1UL, wire.Count(Counter.CookiesSent));
        early[8].Trades("S seq R mss 1460", "S. seq I ack R+1 mss 1460");
        Assert.AreEqual(2UL, wire.Count(Counter.CookiesSent));
        Assert.AreEqual(16, wire.Endpoint.ConnectionCount);

        // All are due at once, and come in the order of their places.
        wire.Advance(Second);
        for (int place = 0; place < 16; place++)
        {
            ScriptedPeer peer = place < 4 ? late[place + 4] : place < 12 ? early[place - 4] : late[place - 12];
            peer.Expects("S. seq I ack R+1 mss 1460");
        }

        wire.ExpectsSilence();
        for (int i = 0; i < 8; i++)
            late[i].Trades("R seq R+1", "");
        Assert.AreEqual(8, wire.Endpoint.ConnectionCount);
    }

    [TestMethod]
    [DataRow(0, true)]
    [DataRow(1, false)]
    public void A_half_open_connection_gives_way_if_others_found_no_room_since_its_last_SYN_ACK(int later, bool stays)
    {
        Wire wire = new Wire();
        TcpListener listener = wire.Endpoint.Listen(7, 1);
        ScriptedPeer peer = new ScriptedPeer(wire);
        peer.Trades("S seq R mss 1460", "S. seq I ack R+1 mss 1460");
        peer.ExpectsAfter(Second, "S. seq I ack R+1 mss 1460");
        wire.Advance((ulong)later);
        Flood(wire, 1);
        Assert.AreEqual(1UL, wire.Count(Counter.CookiesSent));
        wire.StaysSilent(2 * Second - (ulong)later - 1);
        Assert.AreEqual(1, listener.HalfOpen);
        wire.Advance(1);
        if (stays)
            peer.Expects("S. seq I ack R+1 mss 1460");
        wire.ExpectsSilence();
        Assert.AreEqual(stays ? 1 : 0, listener.HalfOpen);
        Assert.AreEqual(stays ? 0UL : 1UL, wire.Count(Counter.SynQueueEvicted));
    }

    [TestMethod]
    public void Without_a_flood_a_SYN_ACK_is_sent_five_times_more_and_the_connection_forgotten()
    {
        Wire wire = new Wire();
        TcpListener listener = wire.Endpoint.Listen(7, 8);
        ScriptedPeer peer = new ScriptedPeer(wire);
        peer.Trades("S seq R mss 1460", "S. seq I ack R+1 mss 1460");
        for (ulong wait = 1; wait <= 16; wait *= 2)
            peer.ExpectsAfter(wait * Second, "S. seq I ack R+1 mss 1460");
        wire.StaysSilent(32 * Second - 1);
        Assert.AreEqual(1, listener.HalfOpen);
        wire.StaysSilent(1);
        Assert.AreEqual(0, listener.HalfOpen);
        Assert.AreEqual(0, wire.Endpoint.ConnectionCount);
        Assert.AreEqual(1UL, wire.Count(Counter.TimedOut));
        Assert.AreEqual(5UL, wire.Count(Counter.Retransmissions));
        peer.Trades(". seq R+1 ack I+1", "R seq I+1");
    }

    [TestMethod]
    public void How_often_a_SYN_ACK_is_sent_again_is_a_setting()
    {
        TcpSettings settings = Wire.Settings();
        settings.SynAckRetransmissions = 0;
        Wire wire = new Wire(settings);
        TcpListener listener = wire.Endpoint.Listen(7, 8);
        new ScriptedPeer(wire).Trades("S seq R mss 1460", "S. seq I ack R+1 mss 1460");
        wire.StaysSilent(Second);
        Assert.AreEqual(0, listener.HalfOpen);
    }

    [TestMethod]
    public void A_handshake_that_is_complete_without_a_free_connection_waits_until_there_is_one()
    {
        TcpSettings settings = Wire.Settings();
        settings.Connections = 1;
        Wire wire = new Wire(settings);
        TcpListener listener = wire.Endpoint.Listen(7, 4);
        ScriptedPeer peer = new ScriptedPeer(wire);
        peer.Trades("S seq R mss 1460", "S. seq I ack R+1 mss 1460");
        TcpConnection other = wire.Endpoint.Connect(Wire.PeerAddress, 80);
        wire.Run();
        wire.Discard();
        peer.Trades(". seq R+1 ack I+1", "");
        Assert.AreEqual(1UL, wire.Count(Counter.ConnectionsExhausted));
        Assert.AreEqual(1, listener.HalfOpen);
        other.Abort();
        wire.Run();
        peer.ExpectsAfter(Second, "S. seq I ack R+1 mss 1460");
        peer.Trades(". seq R+1 ack I+1", "");
        peer.Connection = listener.Accept();
        peer.IsIn(TcpState.Established);
        EchoesBothWays(peer);
    }

    [TestMethod]
    public void A_burst_of_peers_that_wait_for_us_to_speak_is_accepted_one_after_another()
    {
        Wire wire = new Wire();
        TcpListener listener = wire.Endpoint.Listen(7, 2);
        ScriptedPeer[] peers = new ScriptedPeer[7];
        for (int i = 0; i < peers.Length; i++)
        {
            peers[i] = new ScriptedPeer(wire, 40000 + i, 7);
            peers[i].Trades("S seq R mss 1460", "S. seq I ack R+1 mss 1460");
        }

        // Two are accepted, and the others' ACKs find no room: five of them are cookies.
        for (int i = 0; i < peers.Length; i++)
            peers[i].Trades(". seq R+1 ack I+1", "");
        Assert.AreEqual(2, listener.Pending);
        Assert.AreEqual(5, listener.HalfOpen);
        Assert.AreEqual(5UL, wire.Count(Counter.AcceptQueueFull));
        listener.Accept();
        listener.Accept();

        // Nobody sends a thing but the SYN,ACKs, a second later.
        wire.Advance(Second);
        for (int i = 0; i < 5; i++)
        {
            byte[] frame = wire.Take();
            ScriptedPeer peer = peers[Segment.Of(frame).DestinationPort - 40000];
            Assert.AreEqual(peer['I'], Segment.Of(frame).SequenceNumber);
            peer.Queues(". seq R+1 ack I+1");
        }

        wire.Run();
        Assert.AreEqual(2, listener.Pending);
        Assert.AreEqual(3, listener.HalfOpen);
        Assert.AreEqual(0UL, wire.Count(Counter.ResetsSent));
    }

    [TestMethod]
    public void A_complete_handshake_that_never_finds_a_connection_ends_by_a_reset()
    {
        TcpSettings settings = Wire.Settings();
        settings.SynAckRetransmissions = 1;
        Wire wire = new Wire(settings);
        TcpListener listener = wire.Endpoint.Listen(7, 1);
        new ScriptedPeer(wire).Opens(listener);
        ScriptedPeer first = new ScriptedPeer(wire, 40001, 7);
        first.Trades("S seq R mss 1460", "S. seq I ack R+1 mss 1460");
        first.Trades(". seq R+1 ack I+1", "");
        ScriptedPeer peer = new ScriptedPeer(wire, 40002, 7);
        Assert.AreEqual(1, listener.Pending);
        peer.Trades("S seq R mss 1460", "");
        listener.Accept();
        peer.Trades("S seq R mss 1460", "S. seq I ack R+1 mss 1460");
        ScriptedPeer quick = new ScriptedPeer(wire, 40003, 7);
        quick.Trades("S seq R mss 1460", "S. seq I ack R+1 mss 1460");
        quick.Trades(". seq R+1 ack I+1", "");
        peer.Trades(". seq R+1 ack I+1", "");
        peer.ExpectsAfter(Second, "S. seq I ack R+1 mss 1460");
        peer.Trades(". seq R+1 ack I+1", "");
        peer.ExpectsAfter(2 * Second, "R. seq I+1 ack R+1");
        Assert.AreEqual(0, listener.HalfOpen);
    }

    [TestMethod]
    public void A_complete_handshake_without_room_takes_no_place_of_a_peer_whose_ACK_may_be_on_its_way()
    {
        ScriptedPeer[] honest;
        ScriptedPeer peer;
        TcpConnection[] others;
        Wire wire = FullOfPeers(0, out honest, out peer, out others);
        wire.Advance(Second / 2 - 1001);
        peer.Trades(". seq R+1 ack I+1", "");
        AbortAll(wire, others);
        for (int i = 0; i < honest.Length; i++)
            honest[i].Trades("P. seq R+1 ack I+1 len 10", "");
        Assert.AreEqual(0UL, wire.Count(Counter.SynQueueEvicted));

        // It has lost nothing: the first segment that it sends again brings the cookie.
        peer.Trades("P. seq R+1 ack I+1 len 10", "");
        Assert.AreEqual(3UL, wire.Count(Counter.Established));
        Assert.AreEqual(0UL, wire.Count(Counter.HandshakeAckBad) + wire.Count(Counter.NoConnection));
    }

    [TestMethod]
    public void What_follows_a_cookie_that_found_no_room_is_dropped_as_it_was()
    {
        ScriptedPeer[] honest;
        ScriptedPeer peer;
        TcpConnection[] others;
        Wire wire = FullOfPeers(0, out honest, out peer, out others);
        peer.Trades("P. seq R+1 ack I+1 len 10", "");
        peer.Trades("P. seq R+11 ack I+1 len 10", "");
        AbortAll(wire, others);
        peer.Trades("P. seq R+11 ack I+1 len 10", "");
        wire.Advance(Second - 1);
        wire.Discard();
        peer.Trades("P. seq R+11 ack I+1 len 10", "");
        wire.Advance(1);
        wire.Discard();
        peer.Trades("P. seq R+11 ack I+1 len 10", "R seq I+1");
        peer.Trades("P. seq R+1 ack I+1 len 10", "");
        Assert.AreEqual(1UL, wire.Count(Counter.Established));
    }

    [TestMethod]
    [DataRow(0)]
    [DataRow(1)]
    public void A_complete_handshake_without_room_takes_the_place_of_whoever_has_not_answered_longest(int first)
    {
        ScriptedPeer[] honest;
        ScriptedPeer peer;
        TcpConnection[] others;
        Wire wire = FullOfPeers(first, out honest, out peer, out others);
        wire.Advance(Second / 2);
        Assert.AreEqual(5, wire.Endpoint.ConnectionCount);
        peer.Trades(". seq R+1 ack I+1", "");
        Assert.AreEqual(1UL, wire.Count(Counter.SynQueueEvicted));
        Assert.AreEqual(5, wire.Endpoint.ConnectionCount);
        AbortAll(wire, others);
        honest[first].Trades(". seq R+1 ack I+1", "R seq I+1");
        honest[1 - first].Trades(". seq R+1 ack I+1", "");
        peer.Trades(". seq R+1 ack I+1", "");
        Assert.AreEqual(2UL, wire.Count(Counter.Established));
    }

    [TestMethod]
    public void It_takes_the_place_as_soon_as_the_SYN_ACK_has_waited_for_half_of_the_first_timeout()
    {
        ScriptedPeer[] honest;
        ScriptedPeer peer;
        TcpConnection[] others;
        Wire wire = FullOfPeers(0, out honest, out peer, out others);
        wire.Advance(Second / 2 - 1000);
        peer.Trades(". seq R+1 ack I+1", "");
        Assert.AreEqual(1UL, wire.Count(Counter.SynQueueEvicted));
        AbortAll(wire, others);
        honest[0].Trades(". seq R+1 ack I+1", "R seq I+1");
        honest[1].Trades(". seq R+1 ack I+1", "");
        peer.Trades(". seq R+1 ack I+1", "");
        Assert.AreEqual(2UL, wire.Count(Counter.Established));
    }

    [TestMethod]
    public void It_takes_the_place_of_none_whose_handshake_is_complete_too()
    {
        TcpSettings settings = Wire.Settings();
        settings.HalfOpenConnections = 2;
        settings.Connections = 2;
        Wire wire = new Wire(settings);
        wire.Endpoint.Listen(7, 4);
        ScriptedPeer complete = new ScriptedPeer(wire, 40001, 7);
        complete.Trades("S seq R", "S. seq I ack R+1 mss 1460");
        wire.Advance(1000);
        ScriptedPeer silent = new ScriptedPeer(wire, 40002, 7);
        silent.Trades("S seq R", "S. seq I ack R+1 mss 1460");
        ScriptedPeer peer = new ScriptedPeer(wire);
        peer.Trades("S seq R", "S. seq I ack R+1 mss 1460");
        TcpConnection[] others = TakeAll(wire, 2);
        complete.Trades(". seq R+1 ack I+1", "");
        wire.Advance(Second / 2);
        peer.Trades(". seq R+1 ack I+1", "");
        Assert.AreEqual(1UL, wire.Count(Counter.SynQueueEvicted));
        AbortAll(wire, others);
        silent.Trades(". seq R+1 ack I+1", "R seq I+1");
        complete.Trades(". seq R+1 ack I+1", "");
        peer.Trades(". seq R+1 ack I+1", "");
        Assert.AreEqual(2UL, wire.Count(Counter.Established));
    }

    [TestMethod]
    public void It_takes_the_place_of_whoever_has_not_answered_longest_among_its_eight()
    {
        TcpSettings settings = Wire.Settings();
        settings.Connections = 3;
        Wire wire = new Wire(settings);
        wire.Endpoint.Listen(7, 32);
        ScriptedPeer[] near = PeersWithPlace(wire, 12, 15);
        ScriptedPeer[] far = PeersWithPlace(wire, 4, 8);
        for (int i = 0; i < 8; i++)
            far[i].Trades("S seq R mss 1460", "S. seq I ack R+1 mss 1460");
        for (int i = 0; i < 14; i++)
        {
            // From the ninth on, where another one has left: the seventh, in place 2, has waited longest.
            wire.Advance(1000);
            if (i >= 8)
                near[i - 8].Trades("R seq R+1", "");
            near[i].Trades("S seq R mss 1460", "S. seq I ack R+1 mss 1460");
        }

        Assert.AreEqual(16, wire.Endpoint.ConnectionCount);
        ScriptedPeer peer = near[14];
        peer.Trades("S seq R mss 1460", "S. seq I ack R+1 mss 1460");
        Assert.AreEqual(1UL, wire.Count(Counter.CookiesSent));
        TcpConnection[] others = TakeAll(wire, 3);
        wire.Advance(Second / 2);
        peer.Trades(". seq R+1 ack I+1", "");
        Assert.AreEqual(1UL, wire.Count(Counter.SynQueueEvicted));
        AbortAll(wire, others);
        near[6].Trades(". seq R+1 ack I+1", "R seq I+1");
        near[7].Trades(". seq R+1 ack I+1", "");
        far[0].Trades(". seq R+1 ack I+1", "");
        peer.Trades(". seq R+1 ack I+1", "");
        Assert.AreEqual(3UL, wire.Count(Counter.Established));
    }

    [TestMethod]
    public void A_segment_that_overtook_the_ACK_completes_the_handshake()
    {
        Wire wire = new Wire();
        TcpListener listener = wire.Endpoint.Listen(7, 4);
        ScriptedPeer peer = new ScriptedPeer(wire);
        peer.Trades("S seq R mss 1460", "S. seq I ack R+1 mss 1460");
        peer.Trades("P. seq R+11 ack I+1 len 10", ". seq I+1 ack R+1");
        peer.Connection = listener.Accept();
        peer.Trades("P. seq R+1 ack I+1 len 10", ". seq I+1 ack R+21");
        peer.Reads(20);
    }

    [TestMethod]
    public void A_listener_that_closes_and_opens_again_resets_what_was_half_open_and_takes_nothing_of_it()
    {
        Wire wire = new Wire();
        TcpListener listener = wire.Endpoint.Listen(7, 4);
        ScriptedPeer peer = new ScriptedPeer(wire);
        peer.Trades("S seq R mss 1460", "S. seq I ack R+1 mss 1460");
        listener.Close();
        listener = wire.Endpoint.Listen(7, 4);
        peer.Trades(". seq R+1 ack I+1", "R. seq I+1 ack R+1");
        Assert.AreEqual(0, listener.HalfOpen);
        Assert.AreEqual(0, listener.Pending);
        Assert.AreEqual(0, wire.Endpoint.ConnectionCount);
    }

    [TestMethod]
    public void A_half_open_connection_answers_ten_segments_out_of_its_window_and_no_more()
    {
        Wire wire = new Wire();
        wire.Endpoint.Listen(7, 4);
        ScriptedPeer peer = new ScriptedPeer(wire);
        peer.Trades("S seq R mss 1460", "S. seq I ack R+1 mss 1460");
        for (int i = 0; i < 10; i++)
            peer.Trades("R seq R+2", ". seq I+1 ack R+1");
        peer.Trades("R seq R+2", "");
        peer.Trades("S seq R+1000000", "");
        Assert.AreEqual(2UL, wire.Count(Counter.ChallengeLimited));

        // Another connection's budget is its own.
        ScriptedPeer other = new ScriptedPeer(wire, 40001, 7);
        other.Trades("S seq R mss 1460", "S. seq I ack R+1 mss 1460");
        other.Trades("R seq R+2", ". seq I+1 ack R+1");
    }

    [TestMethod]
    public void Beyond_the_limit_of_cookies_a_SYN_of_a_stranger_is_dropped()
    {
        TcpListener listener;
        Wire wire = Limited(100, out listener);

        // Those of a tenth of a second at once, and then one each hundredth.
        Assert.AreEqual(11, CookiesFor(wire, 20));
        Assert.AreEqual(9UL, wire.Count(Counter.CookiesLimited));
        for (int i = 0; i < 30; i++)
        {
            wire.Advance(Second / 100 - 1);
            Assert.AreEqual(0, CookiesFor(wire, 1));
            wire.Advance(1);
            Assert.AreEqual(1, CookiesFor(wire, 2));
        }

        // What was not used in an hour does not add up.
        wire.Advance(3600 * Second);
        Assert.AreEqual(11, CookiesFor(wire, 20));
    }

    [TestMethod]
    public void Without_a_limit_every_SYN_gets_a_cookie()
    {
        TcpListener listener;
        Assert.AreEqual(1000, CookiesFor(Limited(0, out listener), 1000));
        Assert.AreEqual(1000, CookiesFor(Limited(1_000_000, out listener), 1000));
    }

    [TestMethod]
    public void Beyond_the_limit_of_cookies_a_peer_with_a_connection_gets_one()
    {
        TcpListener listener;
        Wire wire = Limited(100, out listener);
        ScriptedPeer first = new ScriptedPeer(wire);
        first.Opens(listener);
        CookiesFor(wire, 20);
        ScriptedPeer second = new ScriptedPeer(wire, 40001, 7);
        second.Opens(listener);
        EchoesBothWays(second);

        // Without connections it is a stranger, a tenth of a second later.
        first.Connection.Abort();
        second.Connection.Abort();
        wire.Run();
        wire.Discard();
        wire.Advance(Second / 10);
        CookiesFor(wire, 20);
        new ScriptedPeer(wire, 40002, 7).Trades("S seq R mss 1460", "");
    }

    [TestMethod]
    public void Beyond_the_limit_of_cookies_it_is_noted_ten_times_a_second_who_has_a_connection()
    {
        TcpListener listener;
        Wire wire = Limited(1, out listener);
        Assert.AreEqual(1, CookiesFor(wire, 2));
        new ScriptedPeer(wire, 80, 50000).IsOpened();
        ScriptedPeer peer = new ScriptedPeer(wire);
        peer.Trades("S seq R mss 1460", "");
        wire.Advance(Second / 10 - 1);
        peer.Trades("S seq R mss 1460", "");
        wire.Advance(1);
        peer.Trades("S seq R mss 1460", "S. seq I ack R+1 mss 1460");
        Assert.AreEqual(3UL, wire.Count(Counter.CookiesLimited));
    }

    [TestMethod]
    public void The_limit_of_cookies_is_none_for_SYNs_that_find_room()
    {
        TcpSettings settings = Wire.Settings();
        settings.CookiesPerSecond = 1;
        Wire wire = new Wire(settings);
        wire.Endpoint.Listen(7, 8);
        Assert.AreEqual(1, CookiesFor(wire, 20));
        Assert.AreEqual(11UL, wire.Count(Counter.CookiesLimited));
        Assert.AreEqual(8, wire.Endpoint.ConnectionCount);
    }

    // The ACK of our SYN may come with the SYN that we have (RFC 9293 section 3.10.7.4).
    [TestMethod]
    public void A_SYN_ACK_completes_a_handshake_too_and_its_window_is_not_scaled()
    {
        for (int scale = 0; scale < 2; scale++)
        {
            TcpSettings settings = Wire.Settings();
            settings.WindowScale = scale != 0;
            Wire wire = new Wire(settings);
            TcpListener listener = wire.Endpoint.Listen(7, 4);
            ScriptedPeer peer = new ScriptedPeer(wire);
            peer.Trades("S seq R mss 1460" + (scale == 0 ? "" : " wscale 7"), "S. seq I ack R+1 mss 1460" + (scale == 0 ? "" : " wscale 0"));
            peer.Trades("S. seq R ack I+1 win 1000", "");
            peer.Connection = listener.Accept();
            peer.IsIn(TcpState.Established);

            // A window is kept in units of the scale.
            peer.Writes(1001);
            peer.ExpectsOnly(". seq I+1 ack R+1 len " + (scale == 0 ? "1000" : "896"));
        }
    }

    [TestMethod]
    public void What_comes_with_a_SYN_ACK_that_completes_a_handshake_is_taken()
    {
        Wire wire = new Wire();
        TcpListener listener = wire.Endpoint.Listen(7, 4);
        ScriptedPeer peer = new ScriptedPeer(wire);
        peer.Trades("S seq R mss 1460", "S. seq I ack R+1 mss 1460");
        peer.Trades("SF. seq R ack I+1 len 10", ". seq I+1 ack R+12");
        peer.Connection = listener.Accept();
        peer.Reads(10);
        peer.IsIn(TcpState.CloseWait);
    }

    [TestMethod]
    [DataRow(true, 16383)]
    [DataRow(false, 65532)]
    public void The_window_of_an_ACK_of_a_half_open_connection_is_scaled_if_the_peer_scales(bool scales, int window)
    {
        TcpSettings settings = Wire.Settings();
        settings.WindowScale = true;
        settings.ReceiveBufferSize = 262144;
        settings.Connections = 1;
        Wire wire = new Wire(settings);
        wire.Endpoint.Listen(7, 4);
        ScriptedPeer peer = new ScriptedPeer(wire);
        peer.Trades("S seq R mss 1460" + (scales ? " wscale 0" : ""), "S. seq I ack R+1 win 65532 mss 1460" + (scales ? " wscale 2" : ""));
        peer.Trades("R seq R+2", ". seq I+1 ack R+1 win " + window.ToString());
    }

    [TestMethod]
    public void Around_the_window_of_a_half_open_connection_each_segment_gets_what_it_is_due()
    {
        Wire wire = new Wire();
        TcpListener listener = wire.Endpoint.Listen(7, 4);
        ScriptedPeer peer = new ScriptedPeer(wire);
        peer.Trades("S seq R", "S. seq I ack R+1 mss 1460");
        for (int i = 1; i <= 11; i++)
        {
            // Data gets its ACK each time, the byte right behind the window too.
            peer.Trades(". seq R+1+W ack I+1 len 1", ". seq I+1 ack R+1");
            Assert.AreEqual((ulong)i, wire.Count(Counter.OutOfWindow));
        }

        // What has none could be answered for ever: two peers would.
        for (int i = 0; i < 10; i++)
            peer.Trades(". seq R+1+W ack I+1", ". seq I+1 ack R+1");
        peer.Trades(". seq R+1+W ack I+1", "");
        Assert.AreEqual(21UL, wire.Count(Counter.OutOfWindow));
        Assert.AreEqual(1UL, wire.Count(Counter.ChallengeLimited));
        Assert.AreEqual(0UL, wire.Count(Counter.TimestampOld));
        peer.Trades("R seq R+1+W", "");
        peer.Trades("R seq R", "");
        Assert.AreEqual(2UL, wire.Count(Counter.OutOfWindowReset));
        Assert.AreEqual(1, listener.HalfOpen);
        peer.Trades("R seq R+1", "");
        Assert.AreEqual(1UL, wire.Count(Counter.ResetsReceived));
        Assert.AreEqual(0, listener.HalfOpen);
    }

    [TestMethod]
    public void A_segment_that_overtook_the_ACK_changes_nothing_of_what_was_agreed()
    {
        TcpSettings settings = Wire.Settings();
        settings.SelectiveAcknowledgments = true;
        Wire wire = new Wire(settings);
        TcpListener listener = wire.Endpoint.Listen(7, 4);
        ScriptedPeer peer = new ScriptedPeer(wire);
        peer.Trades("S seq R mss 1000 sackok", "S. seq I ack R+1 mss 1460 sackok");
        peer.Trades("P. seq R+11 ack I+1 len 10", ". seq I+1 ack R+1 sack R+11:R+21");
        Assert.AreEqual(1000, listener.Accept().MaximumSegmentSize);
    }

    // RFC 5681 section 3.1, RFC 6298 section 3.
    [TestMethod]
    public void A_cookie_that_comes_when_its_SYN_has_found_room_opens_what_the_cookie_has_agreed_to()
    {
        TcpSettings settings = Wire.Settings();
        settings.SelectiveAcknowledgments = true;
        Wire wire = new Wire(settings);
        TcpListener listener = wire.Endpoint.Listen(7, 1);
        Flood(wire, 1);
        ScriptedPeer peer = new ScriptedPeer(wire);
        wire.Advance(Second / 2);
        peer.Trades("S seq R mss 1000 sackok", "S. seq I ack R+1 mss 1460");
        uint cookie = peer['I'];
        wire.Advance(Second);
        peer.ForgetIss();
        peer.Trades("S seq R mss 1000 sackok", "S. seq I ack R+1 mss 1460 sackok");
        peer.ExpectsAfter(Second, "S. seq I ack R+1 mss 1460 sackok");
        peer['I'] = cookie;
        peer.Trades(". seq R+1 ack I+1", "");
        Assert.AreEqual(1UL, wire.Count(Counter.CookiesReceived));
        peer.Connection = listener.Accept();
        Assert.AreEqual(1000, peer.Connection.MaximumSegmentSize);

        // A SYN,ACK was lost: one segment, not four.
        peer.Writes(2000);
        peer.ExpectsOnly(". seq I+1 ack R+1 len 1000");
        peer.Trades("P. seq R+11 ack I+1 len 10", ". seq I+1001 ack R+1");
    }

    [TestMethod]
    public void After_a_SYN_ACK_that_was_sent_again_no_round_trip_is_known()
    {
        Wire wire = new Wire();
        TcpListener listener = wire.Endpoint.Listen(7, 1);
        ScriptedPeer peer = new ScriptedPeer(wire);
        peer.Trades("S seq R", "S. seq I ack R+1 mss 1460");
        peer.ExpectsAfter(Second, "S. seq I ack R+1 mss 1460");
        wire.Advance(100 * Wire.Millisecond);
        peer.Trades(". seq R+1 ack I+1", "");
        TcpConnectionInfo info = new TcpConnectionInfo();
        Assert.IsTrue(wire.Endpoint.CopyConnection(0, info));
        Assert.AreEqual(0UL, info.RoundTripTime);
        Assert.IsNotNull(listener.Accept());
    }

    [TestMethod]
    public void A_cookie_opens_a_connection_as_any_other_and_is_counted_and_told()
    {
        TcpListener listener;
        Wire wire = Crowded(out listener);
        Doorman doorman = new Doorman();
        listener.Handler = doorman;
        ScriptedPeer peer = new ScriptedPeer(wire);
        peer.Trades("S seq R mss 536", "S. seq I ack R+1 mss 1460");
        ulong opens = wire.Count(Counter.PassiveOpens);
        peer.Trades("P. seq R+1 ack I+1 len 10", "");
        Assert.AreEqual(opens + 1, wire.Count(Counter.PassiveOpens));
        Assert.AreEqual(1, doorman.Told);
        peer.Connection = listener.Accept();
        peer.Reads(10);
        wire.Advance(Second / 5);
        wire.Discard();

        // No SYN,ACK was lost.
        peer.Writes(1608);
        peer.Expects(". seq I+1 ack R+11 len 536");
        peer.Expects(". seq I+537 ack R+11 len 536");
        peer.ExpectsOnly("P. seq I+1073 ack R+11 len 536");
    }

    [TestMethod]
    public void A_FIN_may_bring_the_cookie()
    {
        TcpListener listener;
        Wire wire = Crowded(out listener);
        ScriptedPeer peer = new ScriptedPeer(wire);
        peer.Trades("S seq R mss 1460", "S. seq I ack R+1 mss 1460");
        peer.Trades("F. seq R+1 ack I+1", ". seq I+1 ack R+2");
        peer.Connection = listener.Accept();
        peer.IsIn(TcpState.CloseWait);
    }

    [TestMethod]
    public void An_ACK_to_a_port_without_a_listener_is_no_cookie()
    {
        Wire wire = new Wire(Always());
        wire.Endpoint.Listen(7, 4);
        ScriptedPeer peer = new ScriptedPeer(wire);
        peer.Trades("S seq R mss 1460", "S. seq I ack R+1 mss 1460");
        peer.OurPort = 8;
        peer.Trades(". seq R+1 ack I+1", "R seq I+1");
        Assert.AreEqual(0UL, wire.Count(Counter.CookiesBad));
    }

    [TestMethod]
    [DataRow(0)]
    [DataRow(5)]
    public void A_cookie_without_room_is_asked_for_again_until_it_is_acknowledged_or_reset(int place)
    {
        for (int answers = 0; answers < 2; answers++)
        {
            TcpSettings settings = Always();
            settings.Connections = 1;
            Wire wire = new Wire(settings);
            TcpListener listener = wire.Endpoint.Listen(7, 4);
            ScriptedPeer peer = PeersWithPlace(wire, place, 1)[0];
            peer.Trades("S seq R mss 984", "S. seq I ack R+1 mss 1460");
            TcpConnection[] others = TakeAll(wire, 1);
            peer.Trades(". seq R+1 ack I+1", "");
            Assert.AreEqual(1, listener.HalfOpen);
            AbortAll(wire, others);
            for (ulong wait = 1; wait <= 16; wait *= 2)
                peer.ExpectsAfter(wait * Second, "S. seq I ack R+1 mss 1460");
            if (answers == 0)
                peer.ExpectsAfter(32 * Second, "R. seq I+1 ack R+1");
            else
            {
                peer.Trades(". seq R+1 ack I+1", "");
                Assert.AreEqual(984, listener.Accept().MaximumSegmentSize);
            }

            Assert.AreEqual(0, listener.HalfOpen);
        }
    }

    [TestMethod]
    public void A_handshake_that_is_complete_does_not_give_way_though_others_found_no_room_since()
    {
        TcpSettings settings = Wire.Settings();
        settings.Connections = 1;
        Wire wire = new Wire(settings);
        TcpListener listener = wire.Endpoint.Listen(7, 1);
        ScriptedPeer peer = new ScriptedPeer(wire);
        peer.Trades("S seq R", "S. seq I ack R+1 mss 1460");
        TcpConnection[] others = TakeAll(wire, 1);
        peer.Trades(". seq R+1 ack I+1", "");
        AbortAll(wire, others);
        wire.Advance(1);
        Flood(wire, 1);
        Assert.AreEqual(1UL, wire.Count(Counter.CookiesSent));
        peer.ExpectsAfter(Second - 1, "S. seq I ack R+1 mss 1460");
        peer.Trades(". seq R+1 ack I+1", "");
        Assert.AreEqual(1, listener.Pending);
    }

    [TestMethod]
    public void What_is_half_open_no_more_wakes_nobody()
    {
        // It was not answered, it gives way, its listener is closed.
        for (int how = 0; how < 3; how++)
        {
            TcpSettings settings = Wire.Settings();
            settings.SynAckRetransmissions = how == 2 ? 1 : 0;
            Wire wire = new Wire(settings);
            TcpListener listener = wire.Endpoint.Listen(7, 1);
            ScriptedPeer peer = new ScriptedPeer(wire);
            peer.Trades("S seq R mss 1460", "S. seq I ack R+1 mss 1460");
            wire.Advance(1);
            if (how == 1)
                Flood(wire, 1);
            wire.Advance(Second - 2);
            if (how == 2)
            {
                wire.Advance(Second);
                listener.Close();
            }

            Assert.AreEqual(1, wire.Endpoint.ConnectionCount);
            Assert.AreEqual(ulong.MaxValue, wire.Endpoint.Poll(wire.Now + 1), how.ToString());
            Assert.AreEqual(0, wire.Endpoint.ConnectionCount);
        }
    }

    [TestMethod]
    public void From_its_third_time_on_a_SYN_ACK_doubts_the_neighbour_on_its_way()
    {
        Wire wire = new Wire();
        wire.Endpoint.Listen(7, 1);
        ScriptedPeer peer = new ScriptedPeer(wire);
        peer.Trades("S seq R mss 1460", "S. seq I ack R+1 mss 1460");
        wire.AnswersArp = false;
        peer.ExpectsAfter(Second, "S. seq I ack R+1 mss 1460");
        wire.ExpectsSilence();
        peer.ExpectsAfter(2 * Second, "S. seq I ack R+1 mss 1460");
        wire.StaysSilent(4 * Second - 1);
        wire.Advance(1);
        Assert.AreEqual(Wire.PeerAddress, Packet.Get32(wire.TakeArp(), Packet.Ip + 24));
        peer.ExpectsOnly("S. seq I ack R+1 mss 1460");
        Assert.AreEqual(3UL, wire.Count(Counter.Retransmissions));
    }

    [TestMethod]
    public void A_listener_that_closes_leaves_what_is_half_open_by_another_one()
    {
        Wire wire = new Wire();
        TcpListener closed = wire.Endpoint.Listen(7, 1);
        TcpListener open = wire.Endpoint.Listen(8, 1);
        ScriptedPeer first = new ScriptedPeer(wire), other = new ScriptedPeer(wire, 40000, 8);
        first.Trades("S seq R", "S. seq I ack R+1 mss 1460");
        other.Trades("S seq R", "S. seq I ack R+1 mss 1460");
        closed.Close();
        wire.Run();
        first.ExpectsOnly("R. seq I+1 ack R+1");
        other.Trades(". seq R+1 ack I+1", "");
        Assert.AreEqual(1, open.Pending);
    }

    [TestMethod]
    public void Without_cookies_a_SYN_that_finds_no_place_is_dropped_though_its_listener_has_room()
    {
        TcpSettings settings = Wire.Settings();
        settings.SynPolicy = SynPolicy.QueueOnly;
        settings.HalfOpenConnections = 2;
        Wire wire = new Wire(settings);
        TcpListener listener = wire.Endpoint.Listen(7, 8);
        Flood(wire, 2);
        new ScriptedPeer(wire).Trades("S seq R mss 1460", "");
        Assert.AreEqual(1UL, wire.Count(Counter.SynQueueFull));
        Assert.AreEqual(2, listener.HalfOpen);
    }

    // A cookie could not be told to exceed the number of the old connection.
    [TestMethod]
    [DataRow(0)]
    [DataRow(5)]
    public void Where_cookies_answer_all_SYNs_one_that_follows_a_connection_in_TIME_WAIT_has_a_place(int place)
    {
        Wire wire = new Wire(Always());
        TcpListener listener = wire.Endpoint.Listen(7, 4);
        ScriptedPeer peer = PeersWithPlace(wire, place, 1)[0];
        peer.Opens(listener);
        peer.Closes();
        peer.ExpectsOnly("F. seq I+1 ack R+1");
        peer.Trades("F. seq R+1 ack I+2", ". seq I+2 ack R+2");
        peer.ForgetIss();
        peer['R'] += 1000;
        peer.Trades("S seq R mss 1460", "S. seq I ack R+1 mss 1460");
        Assert.AreEqual(1UL, wire.Count(Counter.TimeWaitReopened));
        Assert.AreEqual(0UL, wire.Count(Counter.SynQueueFull));
        Assert.AreEqual(1, listener.HalfOpen);
    }

    [TestMethod]
    [DataRow(0)]
    [DataRow(5)]
    public void Connect_does_not_take_the_ports_of_what_is_half_open(int place)
    {
        Wire wire = new Wire();
        wire.Endpoint.Listen(7, 4);
        ScriptedPeer peer = PeersWithPlace(wire, place, 1)[0];
        peer.Trades("S seq R mss 1460", "S. seq I ack R+1 mss 1460");
        Assert.ThrowsException(typeof(InvalidOperationException), () => wire.Endpoint.Connect(Wire.PeerAddress, peer.Port, 7));
        peer.Trades("R seq R+1", "");
        Assert.IsNotNull(wire.Endpoint.Connect(Wire.PeerAddress, peer.Port, 7));
    }

    private static TcpSettings Always()
    {
        TcpSettings settings = Wire.Settings();
        settings.SynPolicy = SynPolicy.CookiesAlways;
        return settings;
    }

    /// <summary>A listener on port 7 that has as many half-open connections as it may have: one.</summary>
    private static Wire Crowded(out TcpListener listener)
    {
        Wire wire = new Wire();
        listener = wire.Endpoint.Listen(7, 1);
        Flood(wire, 1);
        return wire;
    }

    /// <summary>
    /// Two peers have the places for what is half-open, one of them a millisecond longer than the other. A third one has a cookie.
    /// Then all connections are taken.
    /// </summary>
    private static Wire FullOfPeers(int first, out ScriptedPeer[] honest, out ScriptedPeer peer, out TcpConnection[] others)
    {
        TcpSettings settings = Wire.Settings();
        settings.HalfOpenConnections = 2;
        settings.Connections = 3;
        Wire wire = new Wire(settings);
        wire.Endpoint.Listen(7, 4);
        honest = new ScriptedPeer[] { new ScriptedPeer(wire, 40001, 7), new ScriptedPeer(wire, 40002, 7) };
        honest[first].Trades("S seq R mss 1460", "S. seq I ack R+1 mss 1460");
        wire.Advance(1000);
        honest[1 - first].Trades("S seq R mss 1460", "S. seq I ack R+1 mss 1460");
        peer = new ScriptedPeer(wire);
        peer.Trades("S seq R mss 1460", "S. seq I ack R+1 mss 1460");
        others = TakeAll(wire, 3);
        return wire;
    }

    /// <summary>Takes so many connections, all that there are.</summary>
    private static TcpConnection[] TakeAll(Wire wire, int count)
    {
        TcpConnection[] connections = new TcpConnection[count];
        for (int i = 0; i < count; i++)
            connections[i] = wire.Endpoint.Connect(Wire.PeerAddress, 80);
        wire.Run();
        wire.Discard();
        return connections;
    }

    private static void AbortAll(Wire wire, TcpConnection[] connections)
    {
        for (int i = 0; i < connections.Length; i++)
            connections[i].Abort();
        wire.Run();
        wire.Discard();
    }

    /// <summary>SYNs whose answers nobody acknowledges.</summary>
    private static void Flood(Wire wire, int count)
    {
        for (int i = 0; i < count; i++)
        {
            ScriptedPeer stranger = new ScriptedPeer(wire, 20000 + i, 7);
            stranger.Sends("S seq R mss 1460");
        }

        wire.Discard();
    }

    /// <summary>Peers for whom the first of sixteen places of half-open connections is the same.</summary>
    internal static ScriptedPeer[] PeersWithPlace(Wire wire, int place, int count)
    {
        // The multiplier is what the endpoint draws behind the secret of its ISNs. A key is ports and address of a segment of the peer.
        byte[] bytes = new byte[8];
        new FixedEntropy(SipHash.KeyLength).Fill(bytes);
        ulong multiplier = BitConverter.ToUInt64(bytes, 0) | 1;
        Packet.Put16(bytes, 2, 7);
        Packet.Put32(bytes, 4, Wire.PeerAddress);
        ScriptedPeer[] peers = new ScriptedPeer[count];
        int found = 0;
        for (int port = 20000; found < count; port++)
        {
            Packet.Put16(bytes, 0, port);
            if ((int)((BitConverter.ToUInt64(bytes, 0) * multiplier) >> 60) == place)
                peers[found++] = new ScriptedPeer(wire, port, 7);
        }

        return peers;
    }

    /// <summary>A listener that answers each SYN with a cookie, so many a second.</summary>
    private static Wire Limited(int perSecond, out TcpListener listener)
    {
        TcpSettings settings = Always();
        settings.CookiesPerSecond = perSecond;
        Wire wire = new Wire(settings);
        wire.Advance(Second);
        listener = wire.Endpoint.Listen(7, 4);
        return wire;
    }

    /// <summary>SYNs of one stranger, and how many of them get a cookie.</summary>
    private static int CookiesFor(Wire wire, int count)
    {
        ulong before = wire.Count(Counter.CookiesSent);
        for (int i = 0; i < count; i++)
        {
            ScriptedPeer stranger = new ScriptedPeer(wire, 20000 + i, 7);
            stranger.Address = Stranger;
            stranger.Sends("S seq R mss 1460");
        }

        wire.Discard();
        return (int)(wire.Count(Counter.CookiesSent) - before);
    }

    private static void EchoesBothWays(ScriptedPeer peer)
    {
        peer.Trades("P. seq R+1 ack I+1 len 10", "");
        peer.Reads(10);
        peer.Writes(5);
        peer.ExpectsOnly("P. seq I+1 ack R+11 len 5");
    }

    private sealed class Doorman : TcpListenerHandler
    {
        public SynDecision Says;
        public int Asked;
        public int Told;

        public override SynDecision OnSyn(TcpListener listener, uint remoteAddress, int remotePort)
        {
            Asked++;
            return Says;
        }

        public override void OnAccept(TcpListener listener)
        {
            Told++;
        }
    }
}
