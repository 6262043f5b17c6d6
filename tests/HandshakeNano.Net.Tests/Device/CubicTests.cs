using nanoFramework.TestFramework;

namespace HandshakeNano.Net.Tests;

/// <summary>
/// The congestion window as RFC 9438 has it, with an MSS of 100 and round trips of a second: so long that Reno's window would be the
/// smaller one.
/// </summary>
[TestClass]
public sealed class CubicTests
{
    private const ulong RoundTrip = Wire.Second;

    // RFC 6928.
    [TestMethod]
    public void The_first_flight_is_ten_segments()
    {
        Wire wire = new Wire(Settings());
        InFlight(wire, 10);
    }

    // A busy host acknowledges a flight at once.
    [TestMethod]
    public void In_slow_start_an_ACK_of_many_segments_adds_as_many()
    {
        Wire wire = new Wire(Settings());
        ScriptedPeer peer = InFlight(wire, 10);
        Assert.AreEqual(20, Round(wire, peer));
        Assert.AreEqual(40, Round(wire, peer));
    }

    [TestMethod]
    public void A_window_that_is_not_used_does_not_grow()
    {
        Wire wire = new Wire(Settings());
        ScriptedPeer peer = InFlight(wire, 1, 7, 100);
        for (int i = 0; i < 10; i++)
        {
            Round(wire, peer);
            peer.Writes(100);
            wire.Discard();
        }

        Round(wire, peer);

        peer.Writes(16000);
        Assert.AreEqual(10, wire.SentCount);
        wire.Discard();
    }

    // Half of the window is on its way, or a segment more.
    [TestMethod]
    [DataRow(5, 10)]
    [DataRow(6, 16)]
    public void In_slow_start_a_window_grows_of_which_more_than_half_is_used(int used, int then)
    {
        Wire wire = new Wire(Settings());
        ScriptedPeer peer = InFlight(wire, used, 7, 100 * used);
        Assert.AreEqual(0, Round(wire, peer));
        peer.Writes(8000);
        Assert.AreEqual(then, wire.SentCount);
    }

    // Sections 4.2, 4.4, 4.5 and 4.6: W_max is 20 segments, K 2.47 s.
    [TestMethod]
    public void After_a_loss_the_window_is_soon_what_it_was_and_stays_near_that_and_then_grows_faster_and_faster()
    {
        Wire wire = new Wire(Settings());
        ScriptedPeer peer = InFlight(wire, 20);
        Assert.AreEqual(14, Loses(wire, peer));
        Assert.AreEqual(18, Round(wire, peer));
        Assert.AreEqual(19, Round(wire, peer));
        Assert.AreEqual(20, Round(wire, peer));
        Assert.AreEqual(21, Round(wire, peer));
        Assert.AreEqual(26, Round(wire, peer));
    }

    // Section 4.7: W_max is not 14 segments then but 11.9.
    [TestMethod]
    public void A_second_loss_before_that_leaves_room_to_others()
    {
        Wire wire = new Wire(Settings());
        ScriptedPeer peer = InFlight(wire, 20);
        Assert.AreEqual(14, Loses(wire, peer));
        Assert.AreEqual(9, Loses(wire, peer));
        Assert.AreEqual(11, Round(wire, peer));
    }

    // Section 4.7. The round trip is nearly K, so the first one brings W_max back.
    [TestMethod]
    public void A_second_loss_at_just_that_window_leaves_it_the_aim()
    {
        const ulong Long = 2400 * Wire.Millisecond;
        Wire wire = new Wire(Settings());
        ScriptedPeer peer = InFlight(wire, 20, 7, 16000, Long);
        for (int i = 0; i < 3; i++)
        {
            Assert.AreEqual(14, Loses(wire, peer));
            Assert.AreEqual(20, Round(wire, peer, Long));
        }
    }

    // Section 4.2. W_max is 36 segments, the window 2520 bytes, and K the third root of 27 s, which is 3 s to the millisecond.
    [TestMethod]
    public void The_window_keeps_to_its_curve_to_the_byte()
    {
        const ulong Short = 100 * Wire.Millisecond;
        Wire wire = new Wire(Settings());
        ScriptedPeer peer = InFlight(wire, 20, 7, 16000, Short);
        wire.Advance(Short);
        Assert.AreEqual(32, AcknowledgesEach(wire, peer, 16));
        Assert.AreEqual(25, Loses(wire, peer));
        wire.Advance(Short);
        Assert.AreEqual(Short, peer.Connection.RoundTripTime);

        // The aim for a round trip later is 2625 bytes: 2476 / 2520 of the way there. A byte more would let another segment go.
        peer['N'] = peer.Connection.SndUna + 2476;
        peer.Sends(". seq R+1 ack N");
        Assert.AreEqual(25, wire.SentCount);
        wire.Discard();
        peer['N'] = peer['N'] + 1;
        peer.Sends(". seq R+1 ack N");
        Assert.AreEqual(1, wire.SentCount);
    }

    // Section 4.2: 10.1 segments, 15.1 and 22.6, where the curve says 23 and 89.
    [TestMethod]
    public void In_a_round_trip_the_window_grows_by_half_at_most()
    {
        const ulong Long = 2600 * Wire.Millisecond;
        Wire wire = new Wire(Settings());
        ScriptedPeer peer = InFlight(wire, 10, 7, 16000, Long);
        Assert.AreEqual(7, Loses(wire, peer));
        Assert.AreEqual(10, Round(wire, peer, Long));
        Assert.AreEqual(15, Round(wire, peer, Long));
        Assert.AreEqual(22, Round(wire, peer, Long));
    }

    // Section 4.3. After two timeouts the window is 700 bytes, as W_max. For a round trip later the curve says 721, and so does Reno when 290
    // bytes are acknowledged: the window goes there by as much of the way. With 660 Reno says 749, which is the window then.
    [TestMethod]
    [DataRow(290, 2)]
    [DataRow(660, 7)]
    public void The_curve_holds_until_Renos_window_is_larger(int acknowledged, int sent)
    {
        const ulong Trip = 810 * Wire.Millisecond;
        Wire wire = new Wire(Settings());
        ScriptedPeer peer = InFlight(wire, 10, 7, 16000, Trip);
        wire.Advance(20 * RoundTrip);
        wire.Discard();
        Assert.AreEqual(4, AcknowledgesEach(wire, peer, AcknowledgesEach(wire, peer, 1)));
        peer['N'] = peer.Connection.SndUna + 300;
        peer.Sends(". seq R+1 ack N");
        Assert.AreEqual(6, wire.SentCount);
        wire.Discard();
        wire.Advance(Trip);
        peer['N'] = peer['N'] + (uint)acknowledged;
        peer.Sends(". seq R+1 ack N");
        Assert.AreEqual(Trip, peer.Connection.RoundTripTime);
        Assert.AreEqual(sent, wire.SentCount);
    }

    // Section 4.3: the least threshold is as much as the window was, so Reno's has caught up already.
    [TestMethod]
    public void Renos_window_grows_by_a_whole_segment_from_the_window_of_the_loss_on()
    {
        Wire wire = new Wire(Settings());
        ScriptedPeer peer = new ScriptedPeer(wire);
        TcpListener listener = wire.Endpoint.Listen(7, 4);
        peer.Trades("SEW seq R mss 100 sackok", "S.E seq I ack R+1 mss 1460 sackok");

        // So it begins with one segment.
        peer.ExpectsAfter(3 * Wire.Second, "S.E seq I ack R+1 mss 1460 sackok");
        peer.Trades(". seq R+1 ack I+1", "");
        peer.Connection = listener.Accept();
        peer.Writes(2000);
        peer.ExpectsOnly(". seq I+1 ack R+1 len 100");
        peer.Sends(". seq R+1 ack I+101");
        peer.Expects(". seq I+101 ack R+1 len 100");
        peer.ExpectsOnly(". seq I+201 ack R+1 len 100");
        peer.Trades(".E seq R+1 ack I+101", "");
        peer.Sends(". seq R+1 ack I+301");
        peer.Expects(".W seq I+301 ack R+1 len 100");
        peer.Expects(". seq I+401 ack R+1 len 100");
        peer.ExpectsOnly(". seq I+501 ack R+1 len 100");
    }

    // Section 4.3: half a segment and a bit for each round trip, and a whole one from 20 on.
    [TestMethod]
    public void Where_round_trips_are_short_it_grows_as_Reno_would()
    {
        Wire wire = new Wire(Settings());
        ScriptedPeer peer = InFlight(wire, 20);
        Assert.AreEqual(14, Loses(wire, peer));
        for (int i = 0; i < 20; i++)
        {
            peer.TriesToWrite(16000);
            Round(wire, peer, 10 * Wire.Millisecond);
        }

        Assert.AreEqual(29, Round(wire, peer, 10 * Wire.Millisecond));
    }

    // RFC 8985 section 7.4: it is as any other loss. W_max is 40 segments, K 3.1 s.
    [TestMethod]
    public void After_a_loss_that_a_tail_loss_probe_has_mended_the_window_is_soon_what_it_was()
    {
        TcpSettings settings = Settings();
        settings.MinimumRetransmissionTimeout = 10 * Wire.Second;
        settings.InitialRetransmissionTimeout = 10 * Wire.Second;
        Wire wire = new Wire(settings);
        ScriptedPeer peer = InFlight(wire, 20, 7, 3000);
        wire.Advance(9 * Wire.Second);
        Assert.AreEqual(1, wire.SentCount);
        Assert.AreEqual(1UL, wire.Count(Counter.TailLossProbes));
        wire.Discard();
        Assert.AreEqual(0, Round(wire, peer, 0));
        peer.Writes(100);
        wire.Discard();

        // More than the probe is acknowledged, and it did not come twice.
        Round(wire, peer);
        peer.TriesToWrite(16000);
        wire.Run();
        Assert.AreEqual(28, wire.SentCount);
        wire.Discard();
        peer.TriesToWrite(16000);
        Assert.AreEqual(36, Round(wire, peer));
        peer.TriesToWrite(16000);
        Assert.AreEqual(39, Round(wire, peer));
    }

    // Section 4.8: W_max is 14 segments, and K 0.
    [TestMethod]
    public void After_a_timeout_the_window_that_was_is_no_aim()
    {
        Wire wire = new Wire(Settings());
        ScriptedPeer peer = InFlight(wire, 20);

        // Two of them, so that the second is not in doubt.
        wire.Advance(20 * RoundTrip);
        wire.Discard();
        int segments = 1;
        while (segments < 14)
            segments = AcknowledgesEach(wire, peer, segments);
        Assert.AreEqual(14, segments);
        Assert.AreEqual(17, Round(wire, peer));
        Assert.AreEqual(24, Round(wire, peer));
    }

    // Section 4.9.1. W_max is 40 segments, K 3.1 s.
    [TestMethod]
    public void After_a_timeout_for_nothing_the_window_grows_as_if_there_had_been_none()
    {
        Wire wire = new Wire(Settings());
        ScriptedPeer peer = InFlight(wire, 40);
        peer.TriesToWrite(16000);
        Assert.AreEqual(28, Loses(wire, peer));
        peer.TriesToWrite(16000);
        Assert.AreEqual(36, Round(wire, peer));
        wire.Advance(peer.Connection.RetransmissionTimeout);
        wire.Discard();
        for (int i = 0; i < 18; i++)
        {
            peer.TriesToWrite(16000);
            peer['N'] = peer.Connection.SndUna + 200;
            peer.Sends(". seq R+1 ack N");
        }

        Assert.AreEqual(1UL, wire.Count(Counter.SpuriousTimeouts));
        wire.Discard();
        peer.TriesToWrite(16000);
        Assert.AreEqual(40, Round(wire, peer));
        peer.TriesToWrite(16000);
        Assert.AreEqual(42, Round(wire, peer));
        Assert.AreEqual(48, Round(wire, peer));
    }

    // Section 5.8. A window is used that has no room for another segment.
    [TestMethod]
    [DataRow(500)]
    [DataRow(1300)]
    public void The_time_in_which_the_window_was_not_used_does_not_count(int used)
    {
        Wire wire = new Wire(Settings());
        ScriptedPeer peer = InFlight(wire, 20, 7, 3200);
        Loses(wire, peer);
        for (int i = 0; i < 10; i++)
        {
            peer.Writes(used);
            wire.Discard();
            Round(wire, peer);
        }

        peer.Writes(8000);
        Assert.AreEqual(14, wire.SentCount);
        wire.Discard();
        Assert.AreEqual(18, Round(wire, peer));
        Assert.AreEqual(19, Round(wire, peer));
    }

    // The window is 26.4 segments by then, which is the aim from then on, and K 0.
    [TestMethod]
    public void After_such_a_time_the_window_grows_from_where_it_is()
    {
        Wire wire = new Wire(Settings());
        ScriptedPeer peer = InFlight(wire, 20, 7, 3200);
        Assert.AreEqual(0, Loses(wire, peer));
        peer.Writes(9200);
        Assert.AreEqual(14, wire.SentCount);
        wire.Discard();
        Assert.AreEqual(18, Round(wire, peer));
        Assert.AreEqual(19, Round(wire, peer));
        Assert.AreEqual(20, Round(wire, peer));
        Assert.AreEqual(21, Round(wire, peer));
        Assert.AreEqual(0, Round(wire, peer));
        for (int i = 0; i < 10; i++)
        {
            peer.Writes(500);
            wire.Discard();
            Round(wire, peer);
        }

        peer.Writes(16000);
        Assert.AreEqual(26, wire.SentCount);
        wire.Discard();
        Assert.AreEqual(27, Round(wire, peer));
        Assert.AreEqual(29, Round(wire, peer));
        Assert.AreEqual(37, Round(wire, peer));
    }

    [TestMethod]
    public void A_connection_knows_nothing_of_the_one_before_it()
    {
        Wire wire = new Wire(Settings());
        ScriptedPeer peer = InFlight(wire, 40);
        Loses(wire, peer);
        peer.Sends("R seq R+1");
        peer.Connection.Close();
        wire.Run();
        peer = InFlight(wire, 20, 8, 16000);
        Assert.AreEqual(14, Loses(wire, peer));
        Assert.AreEqual(18, Round(wire, peer));
    }

    /// <summary>So many segments are on their way to a peer that takes 100 bytes, and more wait.</summary>
    private static ScriptedPeer InFlight(Wire wire, int segments, int port = 7, int bytes = 16000, ulong roundTrip = RoundTrip)
    {
        ScriptedPeer peer = new ScriptedPeer(wire, 40000, port);
        TcpListener listener = wire.Endpoint.Listen(port, 4);
        peer.Trades("S seq R mss 100 sackok", "S. seq I ack R+1 mss 1460 sackok");
        wire.Advance(roundTrip);
        peer.Trades(". seq R+1 ack I+1", "");
        peer.Connection = listener.Accept();
        peer.Writes(bytes);
        int sent = wire.SentCount;
        wire.Discard();
        while (sent < segments)
        {
            wire.Advance(roundTrip);
            sent = AcknowledgesEach(wire, peer, sent);
        }

        Assert.AreEqual(segments, sent);
        return peer;
    }

    /// <summary>A round trip later all is acknowledged at once.</summary>
    /// <returns>How many segments leave then.</returns>
    private static int Round(Wire wire, ScriptedPeer peer, ulong roundTrip = RoundTrip)
    {
        wire.Advance(roundTrip);
        peer['N'] = peer.Connection.SndNxt;
        peer.Sends(". seq R+1 ack N");
        int sent = wire.SentCount;
        wire.Discard();
        return sent;
    }

    /// <summary>The first segments are acknowledged one by one.</summary>
    /// <returns>How many segments leave then.</returns>
    private static int AcknowledgesEach(Wire wire, ScriptedPeer peer, int segments)
    {
        for (int i = 0; i < segments; i++)
        {
            peer['N'] = peer.Connection.SndUna + 100;
            peer.Sends(". seq R+1 ack N");
        }

        int sent = wire.SentCount;
        wire.Discard();
        return sent;
    }

    /// <summary>The first segment is lost, and then it arrives with all the others.</summary>
    /// <returns>How many segments leave then.</returns>
    private static int Loses(Wire wire, ScriptedPeer peer)
    {
        peer['N'] = peer.Connection.SndUna;
        for (int i = 2; i < 5; i++)
            peer.Sends(". seq R+1 ack N sack N+100:N+" + (100 * i).ToString());
        wire.Discard();
        peer['N'] = peer.Connection.SndNxt;
        peer.Sends(". seq R+1 ack N");
        int sent = wire.SentCount;
        wire.Discard();
        return sent;
    }

    private static TcpSettings Settings()
    {
        TcpSettings settings = Wire.Settings();
        settings.SelectiveAcknowledgments = true;
        settings.CongestionControl = CongestionControl.Cubic;
        settings.InitialRetransmissionTimeout = 3 * Wire.Second;
        settings.SendBufferSize = 16384;
        settings.Connections = 1;
        return settings;
    }
}
