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

    // Section 5.8.
    [TestMethod]
    public void The_time_in_which_the_window_was_not_used_does_not_count()
    {
        Wire wire = new Wire(Settings());
        ScriptedPeer peer = InFlight(wire, 20, 7, 3200);
        Loses(wire, peer);
        for (int i = 0; i < 10; i++)
        {
            peer.Writes(500);
            wire.Discard();
            Round(wire, peer);
        }

        peer.Writes(8000);
        Assert.AreEqual(14, wire.SentCount);
        wire.Discard();
        Assert.AreEqual(18, Round(wire, peer));
        Assert.AreEqual(19, Round(wire, peer));
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
    private static ScriptedPeer InFlight(Wire wire, int segments, int port = 7, int bytes = 16000)
    {
        ScriptedPeer peer = new ScriptedPeer(wire, 40000, port);
        TcpListener listener = wire.Endpoint.Listen(port, 4);
        peer.Trades("S seq R mss 100 sackok", "S. seq I ack R+1 mss 1460 sackok");
        wire.Advance(RoundTrip);
        peer.Trades(". seq R+1 ack I+1", "");
        peer.Connection = listener.Accept();
        peer.Writes(bytes);
        int sent = wire.SentCount;
        wire.Discard();
        while (sent < segments)
        {
            wire.Advance(RoundTrip);
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
