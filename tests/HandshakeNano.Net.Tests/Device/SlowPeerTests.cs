using nanoFramework.TestFramework;

namespace HandshakeNano.Net.Tests;

/// <summary>Peers that are slow or silent, and connections that their application has closed (RFC 6429): each is bounded.</summary>
[TestClass]
public sealed class SlowPeerTests
{
    private const ulong Second = Wire.Second;
    private const ulong Minute = 60 * Second;

    /// <summary>The default of <see cref="TcpSettings.OrphanTimeout"/>.</summary>
    private const ulong OrphanTime = 100 * Second;

    [TestMethod]
    public void Where_none_has_to_give_way_idle_peers_go_after_their_idle_timeout()
    {
        TcpSettings settings = Wire.Settings();
        settings.LeastRate = 0;
        Crowd crowd = new Crowd(Crowd.Silent, Crowd.Table, settings);
        Assert.AreEqual(60, crowd.HonestWaits(3600));
        Assert.AreEqual(64UL, crowd.Wire.Count(Counter.IdleTimedOut));
        Assert.AreEqual(0UL, crowd.Wire.Count(Counter.SlowEvicted));
    }

    [TestMethod]
    public void The_slowest_gives_way_and_is_told_so()
    {
        TcpListener listener;
        Wire wire = Small(3, out listener);
        ScriptedPeer[] peers = Three(wire, listener);
        for (int i = 0; i < 3; i++)
            peers[i].Connection.IdleTimeout = Minute;
        wire.Run();
        peers[0].Trades(". seq R+1 ack I+1 len 20", "");
        peers[1].Trades(". seq R+1 ack I+1 len 10", "");
        peers[2].Trades(". seq R+1 ack I+1 len 30", "");
        wire.Advance(6 * Second);
        wire.Discard();
        ScriptedPeer next = new ScriptedPeer(wire, 50000, 7);
        next.Trades("S seq R mss 1460", "S. seq I ack R+1 mss 1460");
        Assert.AreEqual(0UL, wire.Count(Counter.SlowEvicted), "a SYN may come from nowhere");
        next.Sends(". seq R+1 ack I+1");
        peers[1].Expects("R. seq I+1 ack R+11");
        Assert.AreEqual((int)TcpCloseReason.TimedOut, (int)peers[1].Connection.CloseReason);
        Assert.AreEqual(1UL, wire.Count(Counter.SlowEvicted));

        // Without a handler its application has not let go yet.
        wire.ExpectsSilence();
        peers[1].Connection.Close();
        next.Trades(". seq R+1 ack I+1", "");
        Assert.AreEqual(1, listener.Pending);
        peers[0].IsIn(TcpState.Established);
        peers[2].IsIn(TcpState.Established);
    }

    [TestMethod]
    public void What_has_no_idle_timeout_or_is_young_or_fast_does_not_give_way()
    {
        TcpListener listener;
        Wire wire = Small(3, out listener);
        ScriptedPeer[] peers = Three(wire, listener);
        peers[1].Connection.IdleTimeout = Minute;
        wire.Run();
        ScriptedPeer next = new ScriptedPeer(wire, 50000, 7);
        wire.Advance(5 * Second - 2);
        peers[2].Connection.IdleTimeout = Minute;
        peers[1].Trades(". seq R+1 ack I+1 len 319", "");
        wire.Advance(1);

        // 320 bytes in 5 seconds are enough: 319 that came, and one that the peer acknowledges.
        peers[1].Writes(1);
        peers[1].ExpectsOnly("P. seq I+1 ack R+320 len 1");
        peers[1].Trades(". seq R+320 ack I+2", "");
        wire.Advance(1);
        next.Trades("S seq R mss 1460", "");
        Assert.AreEqual(0UL, wire.Count(Counter.SlowEvicted));

        // A search that failed is not repeated for a second.
        wire.Advance(Second - 1);
        next.Trades("S seq R mss 1460", "");
        wire.Advance(1);
        next.Trades("S seq R mss 1460", "S. seq I ack R+1 mss 1460");
        next.Sends(". seq R+1 ack I+1");
        peers[1].Expects("R. seq I+2 ack R+320");
        Assert.AreEqual(1UL, wire.Count(Counter.SlowEvicted));
    }

    [TestMethod]
    public void What_moved_long_ago_does_not_count_for_ever()
    {
        TcpListener listener;
        Wire wire = Small(1, out listener);
        ScriptedPeer peer = new ScriptedPeer(wire);
        peer.Opens(listener);
        peer.Connection.IdleTimeout = Minute;
        wire.Run();
        peer['N'] = peer['R'] + 1;
        for (int i = 0; i < 100; i++)
        {
            peer.Sends(". seq N ack I+1 len 1460");
            peer.Reads(1460);
            peer['N'] += 1460;
        }

        // A byte every 50 seconds then. 146,000 bytes would be a good rate for 38 minutes.
        int minutes = 0;
        while (wire.Count(Counter.SlowEvicted) == 0)
        {
            Assert.IsTrue(minutes < 10, "it never counts as slow");
            minutes++;
            wire.Advance(50 * Second);
            wire.Discard();
            peer.Sends(". seq N ack I+1 len 1");
            peer.Reads(1);
            peer['N']++;
            wire.Discard();
            ScriptedPeer next = new ScriptedPeer(wire, 50000, 7);
            next.Sends("S seq R mss 1460");
            if (wire.SentCount == 0)
                continue;
            next.Expects("S. seq I ack R+1 mss 1460");
            next.Sends(". seq R+1 ack I+1");
        }
    }

    // 64 bytes a second are 15,625 us for each, and one more is counted. After 64 seconds both are halved.
    [TestMethod]
    [DataRow(318, 5_000_000, true)]
    [DataRow(319, 5_000_000, false)]
    [DataRow(4094, 64_000_000, true)]
    [DataRow(4094, 64_000_001, false)]
    public void What_has_moved_is_counted_to_the_byte_and_the_microsecond(int bytes, int after, bool givesWay)
    {
        TcpListener listener;
        Wire wire = Small(1, out listener);
        wire.Advance(1000 * Second);
        ScriptedPeer peer = new ScriptedPeer(wire);
        peer.Opens(listener);
        peer.Connection.IdleTimeout = 2 * Minute;
        wire.Run();
        peer['N'] = peer['R'] + 1;
        while (bytes > 1)
        {
            int length = bytes - 1 < 1000 ? bytes - 1 : 1000;
            peer.Sends(". seq N ack I+1 len " + length.ToString());
            peer.Reads(length);
            peer['N'] += (uint)length;
            bytes -= length;
        }

        wire.Advance((ulong)after);
        peer.Sends(". seq N ack I+1 len 1");
        wire.Discard();
        ScriptedPeer next = new ScriptedPeer(wire, 50000, 7);
        next.Trades("S seq R mss 1460", givesWay ? "S. seq I ack R+1 mss 1460" : "");
    }

    [TestMethod]
    public void A_connection_whose_idle_timeout_has_not_begun_does_not_give_way()
    {
        TcpListener listener;
        Wire wire = Small(1, out listener);
        ScriptedPeer peer = new ScriptedPeer(wire, 80, 50000);
        peer.Connection = wire.Endpoint.Connect(peer.Address, peer.Port, peer.OurPort);
        peer.Connection.IdleTimeout = Minute;
        wire.Run();
        wire.Advance(60 * Second);
        wire.Discard();
        peer.IsIn(TcpState.SynSent);
        ScriptedPeer next = new ScriptedPeer(wire, 50000, 7);
        next.Trades("S seq R mss 1460", "");
        Assert.AreEqual(1UL, wire.Count(Counter.ConnectionsExhausted));
    }

    [TestMethod]
    [DataRow(4_999_999, false)]
    [DataRow(5_000_000, true)]
    public void An_orphan_gives_way_when_its_peer_has_acknowledged_nothing_for_5_seconds(int after, bool givesWay)
    {
        TcpListener listener;
        Wire wire = Small(1, out listener);
        ScriptedPeer peer = new ScriptedPeer(wire);
        peer.Opens(listener);
        FinWait2(peer);
        wire.StaysSilent((ulong)after);
        ScriptedPeer next = new ScriptedPeer(wire, 50000, 7);
        next.Trades("S seq R mss 1460", givesWay ? "S. seq I ack R+1 mss 1460" : "");
    }

    [TestMethod]
    public void Where_a_connection_is_wanted_orphans_have_5_seconds_more_and_what_is_left_if_that_is_less()
    {
        TcpSettings settings = Wire.Settings();
        settings.Connections = 3;
        settings.FinWait2Timeout = 8 * Second;
        Wire wire = new Wire(settings);
        TcpListener listener = wire.Endpoint.Listen(7, 4);
        ScriptedPeer[] peers = Three(wire, listener);
        FinWait2(peers[0]);
        wire.StaysSilent(2500 * Wire.Millisecond);
        FinWait2(peers[1]);
        peers[2].Writes(10);
        peers[2].Closes();
        wire.Advance(1500 * Wire.Millisecond);
        wire.Discard();
        peers[2].Trades(". seq R+1 ack I+2", "");

        // None has stood still for 5 seconds.
        ScriptedPeer next = new ScriptedPeer(wire, 50000, 7);
        next.Trades("S seq R mss 1460", "");
        wire.Advance(4 * Second - 1);
        Assert.AreEqual(3, wire.Endpoint.ConnectionCount);
        wire.Advance(1);
        Assert.AreEqual(2, wire.Endpoint.ConnectionCount, "its 8 seconds in FIN-WAIT-2 are over");
        wire.Discard();

        // One acknowledges a byte from time to time.
        peers[2].Trades(". seq R+1 ack I+3", "");
        wire.StaysSilent(Second - 1);
        Assert.AreEqual(2, wire.Endpoint.ConnectionCount);
        wire.Advance(1);
        Assert.AreEqual(0, wire.Endpoint.ConnectionCount);
        wire.Discard();
        Assert.AreEqual(3UL, wire.Count(Counter.OrphansTimedOut));
        Assert.AreEqual(0UL, wire.Count(Counter.IdleTimedOut));
    }

    [TestMethod]
    public void An_orphan_that_stands_still_gives_way_before_a_slow_connection()
    {
        TcpListener listener;
        Wire wire = Small(3, out listener);
        ScriptedPeer[] peers = Three(wire, listener);
        peers[0].Connection.IdleTimeout = Minute;
        peers[2].Connection.IdleTimeout = Minute;
        wire.Advance(Second);
        peers[1].Closes();
        peers[1].ExpectsOnly("F. seq I+1 ack R+1");
        peers[1].Trades(". seq R+1 ack I+2", "");
        wire.Advance(5 * Second);
        ScriptedPeer next = new ScriptedPeer(wire, 50000, 7);
        next.Trades("S seq R mss 1460", "S. seq I ack R+1 mss 1460");
        next.Sends(". seq R+1 ack I+1");
        peers[1].ExpectsOnly("R. seq I+2 ack R+1");
        Assert.AreEqual(1UL, wire.Count(Counter.OrphansEvicted));
        Assert.AreEqual(0UL, wire.Count(Counter.SlowEvicted));

        // An orphan lets go at once.
        Assert.AreEqual(1, listener.Pending);
    }

    [TestMethod]
    public void A_last_ACK_without_a_free_connection_makes_room_at_once()
    {
        TcpListener listener;
        Wire wire = Small(1, out listener);
        ScriptedPeer slow = new ScriptedPeer(wire);
        ScriptedPeer next = new ScriptedPeer(wire, 50000, 7);
        slow.Trades("S seq R mss 1460", "S. seq I ack R+1 mss 1460");
        next.Trades("S seq R mss 1460", "S. seq I ack R+1 mss 1460");
        slow.Trades(". seq R+1 ack I+1", "");
        slow.Connection = listener.Accept();
        slow.Connection.IdleTimeout = Minute;
        slow.Connection.Handler = new LetsGo();
        wire.Run();
        wire.Advance(5 * Second);
        wire.Discard();
        next.Sends("P. seq R+1 ack I+1 len 10");
        slow.Expects("R. seq I+1 ack R+1");
        next.Connection = listener.Accept();
        next.Reads(10);
    }

    [TestMethod]
    public void A_cookie_without_a_free_connection_makes_room_at_once()
    {
        TcpSettings settings = Wire.Settings();
        settings.Connections = 1;
        settings.SynPolicy = SynPolicy.CookiesAlways;
        Wire wire = new Wire(settings);
        TcpListener listener = wire.Endpoint.Listen(7, 4);
        ScriptedPeer slow = new ScriptedPeer(wire);
        ScriptedPeer next = new ScriptedPeer(wire, 50000, 7);
        slow.Opens(listener);
        slow.Connection.IdleTimeout = Minute;
        slow.Connection.Handler = new LetsGo();
        wire.Run();
        wire.Advance(5 * Second);
        next.Trades("S seq R mss 1460", "S. seq I ack R+1 mss 1460");
        Assert.AreEqual(0UL, wire.Count(Counter.SlowEvicted), "a SYN may come from nowhere");
        next.Sends("P. seq R+1 ack I+1 len 10");
        slow.Expects("R. seq I+1 ack R+1");
        next.Connection = listener.Accept();
        next.Reads(10);
    }

    [TestMethod]
    public void That_somebody_would_give_way_is_known_for_a_second()
    {
        TcpListener listener;
        Wire wire = Small(1, out listener);
        ScriptedPeer slow = new ScriptedPeer(wire);
        slow.Opens(listener);
        slow.Connection.IdleTimeout = Minute;
        wire.Run();
        wire.Advance(5 * Second);
        new ScriptedPeer(wire, 50000, 7).Trades("S seq R mss 1460", "S. seq I ack R+1 mss 1460");

        // It is slow no more, but nobody looks.
        slow.Sends(". seq R+1 ack I+1 len 1460");
        slow.Reads(1460);
        wire.Advance(Second - 1);
        wire.Discard();
        new ScriptedPeer(wire, 50001, 7).Trades("S seq R mss 1460", "S. seq I ack R+1 mss 1460");
        wire.Advance(1);
        wire.Discard();
        new ScriptedPeer(wire, 50002, 7).Trades("S seq R mss 1460", "");
        Assert.AreEqual(1UL, wire.Count(Counter.ConnectionsExhausted));
    }

    [TestMethod]
    [DataRow(0)]
    [DataRow(1)]
    [DataRow(2)]
    [DataRow(3)]
    public void A_closed_connection_whose_peer_acknowledges_nothing_is_reset_after_100_seconds(int how)
    {
        ScriptedPeer peer = ScriptedPeer.Accepted(out Wire wire);
        string reset = "R. seq I+2 ack R+1";
        switch (how)
        {
            case 0:
                // FIN-WAIT-1.
                peer.Closes();
                break;
            case 1:
                // LAST-ACK.
                peer.Trades("F. seq R+1 ack I+1", ". seq I+1 ack R+2");
                peer.Closes();
                reset = "R. seq I+2 ack R+2";
                break;
            case 2:
                // CLOSING.
                peer.Closes();
                peer.Sends("F. seq R+1 ack I+1");
                reset = "R. seq I+2 ack R+2";
                break;
            case 3:
                // Data had waited for 90 seconds already, and would be sent again after 123.
                peer.Writes(10);
                wire.Advance(90 * Second);
                wire.Discard();
                peer.Closes();
                wire.Advance(10 * Second - 1);
                wire.Discard();
                Assert.AreEqual(1, wire.Endpoint.ConnectionCount);
                wire.Advance(1);
                peer.ExpectsOnly("R. seq I+12 ack R+1");
                break;
        }

        if (how != 3)
        {
            wire.Advance(OrphanTime - 1);
            wire.Discard();
            Assert.AreEqual(1, wire.Endpoint.ConnectionCount);
            wire.Advance(1);
            peer.ExpectsOnly(reset);
        }

        Assert.AreEqual(0, wire.Endpoint.ConnectionCount);
        Assert.AreEqual(1UL, wire.Count(Counter.OrphansTimedOut));
        Assert.AreEqual(0UL, wire.Count(Counter.TimedOut));
        Assert.AreEqual((int)TcpCloseReason.TimedOut, (int)peer.Connection.CloseReason);
    }

    [TestMethod]
    public void A_closed_connection_whose_peer_keeps_its_window_at_zero_is_reset_after_100_seconds()
    {
        ScriptedPeer peer = ScriptedPeer.Accepted(out Wire wire);
        peer.Window = 0;
        peer.Trades(". seq R+1 ack I+1", "");
        peer.Writes(10);
        AnswersProbes(peer, wire, 10);
        peer.Closes();
        ulong closed = wire.Now;

        // The last answer that counts came 3 seconds before.
        AnswersProbes(peer, wire, 96);
        Assert.AreEqual(1, wire.Endpoint.ConnectionCount);
        while (wire.SentCount == 0)
            wire.Advance(Second);
        while (wire.SentCount > 1)
            wire.Take();

        // Where the window lets it in: the byte that probed was refused.
        peer.ExpectsOnly("R. seq I+1 ack R+1");
        Assert.IsTrue(wire.Now - closed <= OrphanTime, "after " + (wire.Now - closed).ToString() + " us");
        Assert.AreEqual(0, wire.Endpoint.ConnectionCount);
        Assert.AreEqual(1UL, wire.Count(Counter.OrphansTimedOut));
    }

    [TestMethod]
    public void A_closed_connection_lives_as_long_as_its_peer_takes_something()
    {
        ScriptedPeer peer = ScriptedPeer.Accepted(out Wire wire);
        peer.Window = 10;
        peer.Trades(". seq R+1 ack I+1", "");
        peer.Writes(100);
        peer.Closes();
        for (int i = 0; i < 10; i++)
        {
            wire.Advance(99 * Second);
            wire.Discard();
            peer['N'] = peer['I'] + 1 + 10 * (uint)(i + 1);
            peer.Sends(". seq R+1 ack N");
        }

        wire.Discard();
        Assert.AreEqual(1, wire.Endpoint.ConnectionCount);
        peer.Sends("F. seq R+1 ack I+102");
        peer.ExpectsOnly(". seq I+102 ack R+2");
        Assert.AreEqual(1, wire.Endpoint.TimeWaitCount);
    }

    [TestMethod]
    [DataRow(20, 900, 20)]
    [DataRow(20, 7, 7)]
    [DataRow(2000, 900, 900)]
    public void A_closed_connection_has_the_lesser_of_orphan_and_user_timeout(int orphan, int user, int seconds)
    {
        TcpSettings settings = Wire.Settings();
        settings.OrphanTimeout = (ulong)orphan * Second;
        Wire wire = new Wire(settings);
        ScriptedPeer peer = ScriptedPeer.Accepted(wire);
        peer.Connection.UserTimeout = (ulong)user * Second;
        peer.Closes();
        Assert.AreEqual((ulong)seconds * Second, peer.Connection.UserTimeout);
        peer.Connection.UserTimeout = 3600 * Second;
        wire.Advance((ulong)seconds * Second - 1);
        Assert.AreEqual(1, wire.Endpoint.ConnectionCount);
        wire.Advance(1);
        Assert.AreEqual(0, wire.Endpoint.ConnectionCount);
    }

    [TestMethod]
    public void The_idle_timeout_resets_a_silent_peer_and_tells_the_application()
    {
        LetsGo handler = new LetsGo();
        Wire wire = new Wire();
        ScriptedPeer peer = ScriptedPeer.Accepted(wire, handler);
        Assert.AreEqual(0UL, peer.Connection.IdleTimeout);
        peer.Connection.IdleTimeout = Minute;
        Assert.AreEqual(Minute, peer.Connection.IdleTimeout);
        wire.Run();
        wire.StaysSilent(Minute - 1);
        wire.Advance(1);
        peer.ExpectsOnly("R. seq I+1 ack R+1");
        Assert.AreEqual((int)TcpCloseReason.TimedOut, (int)handler.Reason);
        Assert.AreEqual(1UL, wire.Count(Counter.IdleTimedOut));
        Assert.AreEqual(0UL, wire.Count(Counter.OrphansTimedOut));
        Assert.AreEqual(0, wire.Endpoint.ConnectionCount);
        Assert.AreEqual(ulong.MaxValue, wire.Deadline);
    }

    [TestMethod]
    public void Data_that_comes_or_is_acknowledged_begins_the_idle_timeout_again()
    {
        ScriptedPeer peer = ScriptedPeer.Accepted(out Wire wire);
        peer.Connection.IdleTimeout = Minute;
        wire.Run();
        wire.Advance(59 * Second);
        peer.Sends(". seq R+1 ack I+1 len 1");
        wire.Advance(59 * Second);
        wire.Discard();
        peer.Writes(1);
        peer.ExpectsOnly("P. seq I+1 ack R+2 len 1");
        peer.Trades(". seq R+2 ack I+2", "");
        wire.StaysSilent(Minute - 1);
        wire.Advance(1);
        peer.ExpectsOnly("R. seq I+2 ack R+2");
    }

    [TestMethod]
    public void Nothing_else_keeps_a_connection_with_an_idle_timeout()
    {
        ScriptedPeer peer = ScriptedPeer.Accepted(out Wire wire);
        peer.Connection.IdleTimeout = Minute;
        peer.Connection.KeepAlive = 20 * Second;
        wire.Run();
        peer.ExpectsAfter(20 * Second, ". seq I ack R+1");
        peer.Trades(". seq R+1 ack I+1", "");
        peer.Trades(". seq R ack I+1", ". seq I+1 ack R+1");
        peer.Trades(". seq R ack I+1 len 1", ". seq I+1 ack R+1");
        wire.Advance(15 * Second);
        peer.Trades(". seq R+2 ack I+1 len 1", ". seq I+1 ack R+1");
        wire.Advance(15 * Second);
        peer.Trades(". seq R+3 ack I+1 len 1", ". seq I+1 ack R+1");
        peer.Writes(10);
        peer.Expects("P. seq I+1 ack R+1 len 10");
        peer.Trades(". seq R+1 ack I+1 win 0", "");
        wire.Advance(10 * Second - 1);
        wire.Discard();
        peer.IsIn(TcpState.Established);
        wire.Advance(1);
        peer.IsIn(TcpState.Closed);
        Assert.AreEqual(1UL, wire.Count(Counter.IdleTimedOut));
    }

    [TestMethod]
    public void The_idle_timeout_of_a_connection_that_we_open_begins_with_its_handshake_and_can_be_taken_back()
    {
        Wire wire = new Wire();
        ScriptedPeer peer = new ScriptedPeer(wire);
        peer.Connection = wire.Endpoint.Connect(peer.Address, peer.Port, peer.OurPort);
        peer.Connection.IdleTimeout = Second / 2;
        wire.Run();
        peer.ExpectsOnly("S seq I mss 1460");
        peer.ExpectsAfter(Second, "S seq I mss 1460");
        peer.Trades("S. seq R ack I+1 mss 1460", ". seq I+1 ack R+1");
        wire.StaysSilent(Second / 2 - 1);
        peer.IsIn(TcpState.Established);
        peer.Connection.IdleTimeout = 0;
        wire.StaysSilent(3600 * Second);
        peer.IsIn(TcpState.Established);
        Assert.AreEqual(ulong.MaxValue, wire.Deadline);
    }

    [TestMethod]
    public void An_idle_timeout_ends_with_its_connection()
    {
        TcpListener listener;
        Wire wire = Small(1, out listener);
        for (int i = 0; i < 3; i++)
        {
            ScriptedPeer peer = new ScriptedPeer(wire, 40000 + i, 7);
            peer.Opens(listener);
            Assert.AreEqual(0UL, peer.Connection.IdleTimeout);
            wire.StaysSilent(10 * Minute);
            peer.Connection.IdleTimeout = Minute;
            wire.Run();
            if (i == 1)
            {
                // Closed: the peer has FIN-WAIT-2's minute, and not what was left of the idle timeout's.
                wire.StaysSilent(59 * Second);
                peer.Closes();
                peer.ExpectsOnly("F. seq I+1 ack R+1");
                peer.Trades(". seq R+1 ack I+2", "");
                wire.StaysSilent(30 * Second);
                peer.Trades("F. seq R+1 ack I+2", ". seq I+2 ack R+2");
            }
            else
            {
                peer.Trades("R seq R+1", "");
                peer.Connection.IdleTimeout = Minute;
                Assert.AreEqual(0UL, peer.Connection.IdleTimeout);
                peer.Connection.Close();
            }
        }
    }

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void The_idle_timeout_that_begins_with_a_handshake_ends_when_it_should(bool simultaneous)
    {
        Wire wire = new Wire();
        ScriptedPeer peer = new ScriptedPeer(wire);
        peer.Connection = wire.Endpoint.Connect(peer.Address, peer.Port, peer.OurPort);
        peer.Connection.IdleTimeout = Second / 2;
        wire.Run();
        peer.ExpectsOnly("S seq I mss 1460");
        if (simultaneous)
            peer.Trades("S seq R mss 1460", "S. seq I ack R+1 mss 1460");
        wire.StaysSilent(100 * Wire.Millisecond);
        if (simultaneous)
            peer.Trades(". seq R+1 ack I+1", "");
        else
            peer.Trades("S. seq R ack I+1 mss 1460", ". seq I+1 ack R+1");
        peer.ExpectsAfter(Second / 2, "R. seq I+1 ack R+1");
        Assert.AreEqual(1UL, wire.Count(Counter.IdleTimedOut));
    }

    [TestMethod]
    public void A_connection_that_is_closed_in_FIN_WAIT_2_has_a_minute_from_then_on_whatever_its_idle_timeout_was()
    {
        ScriptedPeer peer = ScriptedPeer.Accepted(out Wire wire);
        peer.Connection.IdleTimeout = Minute;
        peer.ShutsDown();
        peer.ExpectsOnly("F. seq I+1 ack R+1");
        peer.Trades(". seq R+1 ack I+2", "");
        wire.StaysSilent(59 * Second);
        peer.Closes();
        wire.StaysSilent(Minute - 1);
        Assert.AreEqual(1, wire.Endpoint.ConnectionCount);
        wire.StaysSilent(1);
        Assert.AreEqual(0, wire.Endpoint.ConnectionCount);
        Assert.AreEqual(1UL, wire.Count(Counter.OrphansTimedOut));
    }

    [TestMethod]
    public void The_idle_timeout_resets_a_connection_in_FIN_WAIT_2_that_is_not_closed()
    {
        ScriptedPeer peer = ScriptedPeer.Accepted(out Wire wire);
        peer.Connection.IdleTimeout = Minute;
        peer.ShutsDown();
        peer.ExpectsOnly("F. seq I+1 ack R+1");
        peer.Trades(". seq R+1 ack I+2", "");
        peer.ExpectsAfter(Minute, "R. seq I+2 ack R+1");
        Assert.AreEqual(1UL, wire.Count(Counter.IdleTimedOut));
        Assert.AreEqual(0UL, wire.Count(Counter.OrphansTimedOut));
    }

    [TestMethod]
    public void Answers_to_keep_alives_do_not_change_how_long_an_orphan_is_in_FIN_WAIT_2()
    {
        ScriptedPeer peer = ScriptedPeer.Accepted(out Wire wire);
        peer.Connection.KeepAlive = 25 * Second;
        FinWait2(peer);
        for (int i = 0; i < 2; i++)
        {
            peer.ExpectsAfter(25 * Second, ". seq I+1 ack R+1");
            peer.Trades(". seq R+1 ack I+2", "");
        }

        wire.StaysSilent(10 * Second - 1);
        Assert.AreEqual(1, wire.Endpoint.ConnectionCount);
        wire.StaysSilent(1);
        Assert.AreEqual(0, wire.Endpoint.ConnectionCount);
    }

    /// <summary>The application closes, and the peer acknowledges that and no more.</summary>
    private static void FinWait2(ScriptedPeer peer)
    {
        peer.Closes();
        peer.ExpectsOnly("F. seq I+1 ack R+1");
        peer.Trades(". seq R+1 ack I+2", "");
    }

    private static Wire Small(int connections, out TcpListener listener)
    {
        TcpSettings settings = Wire.Settings();
        settings.Connections = connections;
        Wire wire = new Wire(settings);
        listener = wire.Endpoint.Listen(7, 4);
        return wire;
    }

    private static ScriptedPeer[] Three(Wire wire, TcpListener listener)
    {
        ScriptedPeer[] peers = new ScriptedPeer[3];
        for (int i = 0; i < peers.Length; i++)
        {
            peers[i] = new ScriptedPeer(wire, 40000 + i, 7);
            peers[i].Opens(listener);
        }

        return peers;
    }

    private static void AnswersProbes(ScriptedPeer peer, Wire wire, int seconds)
    {
        for (int i = 0; i < seconds; i++)
        {
            wire.Advance(Second);
            if (wire.SentCount == 0)
                continue;
            wire.Discard();
            peer.Sends(". seq R+1 ack I+1");
        }
    }

    private sealed class LetsGo : TcpConnectionHandler
    {
        public TcpCloseReason Reason;

        public override void OnClosed(TcpConnection connection, TcpCloseReason reason)
        {
            Reason = reason;
            connection.Close();
        }
    }
}
