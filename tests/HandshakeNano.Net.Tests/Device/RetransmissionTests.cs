using nanoFramework.TestFramework;

namespace HandshakeNano.Net.Tests;

/// <summary>Timers of a sender: RFC 6298, RFC 5681, RFC 9293 section 3.8.</summary>
[TestClass]
public sealed class RetransmissionTests
{
    private const ulong Ms = Wire.Millisecond;

    [TestMethod]
    public void The_first_measurement_R_gives_SRTT_R_and_RTO_3_R_and_the_next_follow_RFC_6298()
    {
        TcpSettings settings = Wire.Settings();
        settings.MinimumRetransmissionTimeout = 1000;
        Wire wire = new Wire(settings);
        ScriptedPeer peer = Opening(wire);
        Assert.AreEqual(0UL, peer.Connection.RoundTripTime);
        Assert.AreEqual(1000 * Ms, peer.Connection.RetransmissionTimeout);
        wire.Advance(100 * Ms);
        peer.Trades("S. seq R ack I+1 mss 1460", ". seq I+1 ack R+1");
        Assert.AreEqual(100 * Ms, peer.Connection.RoundTripTime);
        IsAboutTimeout(300 * Ms, peer.Connection);
        peer.Writes(10);
        peer.Expects("P. seq I+1 ack R+1 len 10");
        wire.Advance(200 * Ms);
        peer.Trades(". seq R+1 ack I+11", "");
        // SRTT = 7/8 100 + 1/8 200, RTTVAR = 3/4 50 + 1/4 100.
        Assert.AreEqual(112500UL, peer.Connection.RoundTripTime);
        IsAboutTimeout(362500, peer.Connection);
        peer.Writes(10);
        peer.Expects("P. seq I+11 ack R+1 len 10");
        wire.Advance(16500);
        peer.Trades(". seq R+1 ack I+21", "");
        // A sample below SRTT: SRTT = 7/8 112.5 + 1/8 16.5, RTTVAR = 3/4 62.5 + 1/4 96.
        Assert.AreEqual(100500UL, peer.Connection.RoundTripTime);
        IsAboutTimeout(100500 + 4 * 70875, peer.Connection);
        peer.Writes(10);
        peer.Expects("P. seq I+21 ack R+1 len 10");
        peer.ExpectsAfter(peer.Connection.RetransmissionTimeout, "P. seq I+21 ack R+1 len 10");
    }

    [TestMethod]
    public void The_RTO_is_never_under_1_second_by_default()
    {
        ScriptedPeer peer = ScriptedPeer.Connected(out Wire wire);
        Assert.AreEqual(Wire.Second, peer.Connection.RetransmissionTimeout);
        peer.Writes(10);
        peer.Expects("P. seq I+1 ack R+1 len 10");
        peer.ExpectsAfter(Wire.Second, "P. seq I+1 ack R+1 len 10");
    }

    [TestMethod]
    public void A_passive_open_measures_the_round_trip_of_its_SYN_ACK()
    {
        TcpSettings settings = Wire.Settings();
        settings.MinimumRetransmissionTimeout = 1000;
        Wire wire = new Wire(settings);
        ScriptedPeer peer = new ScriptedPeer(wire);
        TcpListener listener = wire.Endpoint.Listen(7, 1);
        peer.Trades("S seq R mss 1460", "S. seq I ack R+1 mss 1460");
        wire.Advance(40 * Ms);
        peer.Trades(". seq R+1 ack I+1", "");
        TcpConnection connection = listener.Accept();
        Assert.AreEqual(40 * Ms, connection.RoundTripTime);
        IsAboutTimeout(120 * Ms, connection);
    }

    [TestMethod]
    public void A_lost_segment_is_sent_again_after_1_2_4_seconds_up_to_60_and_given_up_after_the_user_timeout()
    {
        ScriptedPeer peer = ScriptedPeer.Connected(out Wire wire);
        peer.Connection.UserTimeout = 300 * Wire.Second;
        peer.Writes(10);
        string text = "P. seq I+1 ack R+1 len 10";
        peer.ExpectsOnly(text);
        peer.ExpectsAfter(1 * Wire.Second, text);
        peer.ExpectsAfter(2 * Wire.Second, text);
        peer.ExpectsAfter(4 * Wire.Second, text);
        peer.ExpectsAfter(8 * Wire.Second, text);
        peer.ExpectsAfter(16 * Wire.Second, text);
        peer.ExpectsAfter(32 * Wire.Second, text);
        peer.ExpectsAfter(60 * Wire.Second, text);
        peer.ExpectsAfter(60 * Wire.Second, text);
        peer.ExpectsAfter(60 * Wire.Second, text);
        // 243 s; R2 is 300 s.
        wire.StaysSilent(57 * Wire.Second - 1);
        peer.IsIn(TcpState.Established);
        wire.Advance(4 * Wire.Second);
        peer.IsIn(TcpState.Closed);
        Assert.AreEqual((int)TcpCloseReason.TimedOut, (int)peer.Connection.CloseReason);
        Assert.AreEqual(9UL, wire.Count(Counter.Retransmissions));
        wire.Discard();

        wire.StaysSilent(600 * Wire.Second);
    }

    [TestMethod]
    public void An_ACK_of_a_retransmitted_segment_measures_nothing_and_keeps_the_doubled_RTO()
    {
        ScriptedPeer peer = ScriptedPeer.Connected(out Wire wire);
        ulong roundTripTime = peer.Connection.RoundTripTime;
        peer.Writes(10);
        peer.Expects("P. seq I+1 ack R+1 len 10");
        peer.ExpectsAfter(1 * Wire.Second, "P. seq I+1 ack R+1 len 10");
        wire.Advance(500 * Ms);
        peer.Trades(". seq R+1 ack I+11", "");
        Assert.AreEqual(roundTripTime, peer.Connection.RoundTripTime, "Karn");
        peer.Writes(10);
        peer.Expects("P. seq I+11 ack R+1 len 10");
        peer.ExpectsAfter(2 * Wire.Second, "P. seq I+11 ack R+1 len 10");
        peer.Trades(". seq R+1 ack I+21", "");
        // A new segment that is acknowledged at once brings the timeout down again.
        peer.Writes(10);
        peer.Expects("P. seq I+21 ack R+1 len 10");
        peer.Trades(". seq R+1 ack I+31", "");
        peer.Writes(10);
        peer.Expects("P. seq I+31 ack R+1 len 10");
        peer.ExpectsAfter(1 * Wire.Second, "P. seq I+31 ack R+1 len 10");
    }

    [TestMethod]
    public void After_a_lost_SYN_the_RTO_for_data_is_3_seconds()
    {
        Wire wire = new Wire();
        ScriptedPeer peer = Opening(wire);
        peer.ExpectsAfter(Wire.Second, "S seq I mss 1460");
        peer.Trades("S. seq R ack I+1 mss 1460", ". seq I+1 ack R+1");
        peer.Writes(10);
        peer.Expects("P. seq I+1 ack R+1 len 10");
        // RFC 6298 rule 5.7.
        peer.ExpectsAfter(3 * Wire.Second, "P. seq I+1 ack R+1 len 10");
    }

    [TestMethod]
    public void Each_ACK_of_new_data_starts_the_timer_again_and_the_last_one_stops_it()
    {
        ScriptedPeer peer = ScriptedPeer.Connected(out Wire wire);
        peer.Connection.NoDelay = true;
        peer.Writes(10);
        peer.Writes(10);
        peer.Expects("P. seq I+1 ack R+1 len 10");
        peer.Expects("P. seq I+11 ack R+1 len 10");
        wire.StaysSilent(900 * Ms);
        peer.Trades(". seq R+1 ack I+11", "");
        wire.StaysSilent(900 * Ms);
        peer.Trades(". seq R+1 ack I+21", "");
        wire.StaysSilent(600 * Wire.Second);
    }

    [TestMethod]
    public void Only_the_first_unacknowledged_segment_is_sent_again()
    {
        Wire wire = new Wire();
        ScriptedPeer peer = EstablishedWithMss100(wire);
        peer.Writes(400);
        ExpectsFourSegments(peer);
        peer.ExpectsAfter(Wire.Second, ". seq I+1 ack R+1 len 100");
        wire.ExpectsSilence();
        peer.Trades(". seq R+1 ack I+401", "");
        wire.StaysSilent(600 * Wire.Second);
    }

    [TestMethod]
    public void A_retransmission_carries_the_newest_acknowledgment()
    {
        ScriptedPeer peer = ScriptedPeer.Connected(out Wire wire);
        peer.Writes(10);
        peer.Expects("P. seq I+1 ack R+1 len 10");
        peer.Sends("P. seq R+1 ack I+1 len 10");
        peer.ExpectsAfter(100 * Ms, ". seq I+11 ack R+11");
        peer.ExpectsAfter(900 * Ms, "P. seq I+1 ack R+11 len 10");
    }

    [TestMethod]
    public void Three_duplicate_ACKs_send_the_lost_segment_again_at_once()
    {
        Wire wire = new Wire();
        ScriptedPeer peer = EstablishedWithMss100(wire);
        peer.Writes(400);
        ExpectsFourSegments(peer);
        peer.Trades(". seq R+1 ack I+1", "");
        peer.Trades(". seq R+1 ack I+1", "");
        peer.Trades(". seq R+1 ack I+1", ". seq I+1 ack R+1 len 100");
        Assert.AreEqual(1UL, wire.Count(Counter.FastRetransmissions));
        Assert.AreEqual(3UL, wire.Count(Counter.DuplicateAcks));
        peer.Trades(". seq R+1 ack I+401", "");
        wire.StaysSilent(600 * Wire.Second);
        Assert.AreEqual(0, peer.Connection.Unacknowledged);
    }

    [TestMethod]
    public void What_is_no_duplicate_ACK_is_not_counted_as_one()
    {
        Wire wire = new Wire();
        ScriptedPeer peer = EstablishedWithMss100(wire);
        for (int i = 0; i < 5; i++)
            peer.Trades(". seq R+1 ack I+1", "");
        peer.Writes(400);
        ExpectsFourSegments(peer);
        // Another window, or data: RFC 5681 section 2.
        for (int i = 0; i < 5; i++)
            peer.Trades(". seq R+1 ack I+1 win " + (60000 + i).ToString(), "");
        for (int i = 0; i < 5; i++)
            peer.Sends("P. seq R+" + (1 + 10 * i).ToString() + " ack I+1 win 60004 len 10");
        wire.Advance(200 * Ms);
        Assert.AreEqual(0UL, wire.Count(Counter.FastRetransmissions));
        Assert.AreEqual(0UL, wire.Count(Counter.DuplicateAcks));
        peer.Reads(50);
    }

    [TestMethod]
    public void A_window_of_0_is_probed_with_backoff_for_ever_while_the_peer_acknowledges()
    {
        ScriptedPeer peer = ScriptedPeer.Connected(out Wire wire);
        peer.Trades(". seq R+1 ack I+1 win 0", "");
        peer.Writes(10);
        wire.ExpectsSilence();
        ulong wait = Wire.Second;
        for (int i = 0; i < 100; i++)
        {
            peer.ExpectsAfter(wait, ". seq I+1 ack R+1 len 1");
            peer.Trades(". seq R+1 ack I+1 win 0", "");
            wait *= 2;
            if (wait > 60 * Wire.Second)
                wait = 60 * Wire.Second;
        }

        peer.IsIn(TcpState.Established);
        Assert.AreEqual(100UL, wire.Count(Counter.ZeroWindowProbes));
        peer.Trades(". seq R+1 ack I+1 win 1000", "P. seq I+1 ack R+1 len 10");
        peer.Trades(". seq R+1 ack I+11 win 1000", "");
        wire.StaysSilent(600 * Wire.Second);
    }

    [TestMethod]
    public void A_probe_byte_that_the_peer_takes_is_not_sent_again()
    {
        ScriptedPeer peer = ScriptedPeer.Connected(out Wire wire);
        peer.Trades(". seq R+1 ack I+1 win 0", "");
        peer.Writes(10);
        peer.ExpectsAfter(Wire.Second, ". seq I+1 ack R+1 len 1");
        peer.Trades(". seq R+1 ack I+2 win 1000", "P. seq I+2 ack R+1 len 9");
        peer.Trades(". seq R+1 ack I+11 win 1000", "");
        Assert.AreEqual(0, peer.Connection.Unacknowledged);
    }

    [TestMethod]
    public void A_window_that_opens_late_leaves_the_data_its_whole_timeout()
    {
        ScriptedPeer peer = ScriptedPeer.Connected(out Wire wire);
        peer.Trades(". seq R+1 ack I+1 win 0", "");
        peer.Writes(10);
        // The first probe would be due in 100 ms.
        wire.StaysSilent(900 * Ms);
        peer.Trades(". seq R+1 ack I+1 win 1000", "P. seq I+1 ack R+1 len 10");
        peer.ExpectsAfter(1 * Wire.Second, "P. seq I+1 ack R+1 len 10");
    }

    [TestMethod]
    public void A_probe_byte_that_is_sent_again_with_more_data_measures_nothing()
    {
        TcpSettings settings = Wire.Settings();
        settings.MinimumRetransmissionTimeout = 1000;
        Wire wire = new Wire(settings);
        ScriptedPeer peer = Opening(wire);
        wire.Advance(100 * Ms);
        peer.Trades("S. seq R ack I+1 win 0 mss 1460", ". seq I+1 ack R+1");
        peer.Writes(10);
        peer.ExpectsAfter(peer.Connection.RetransmissionTimeout, ". seq I+1 ack R+1 len 1");
        wire.Advance(100 * Ms);
        peer.Trades(". seq R+1 ack I+1 win 0", "");
        wire.Advance(400 * Ms);
        peer.Trades(". seq R+1 ack I+1 win 1000", "P. seq I+1 ack R+1 len 10");
        wire.Advance(100 * Ms);
        peer.Trades(". seq R+1 ack I+11 win 1000", "");
        Assert.AreEqual(100 * Ms, peer.Connection.RoundTripTime, "Karn");
    }

    [TestMethod]
    public void An_ACK_beside_a_probe_is_at_a_number_that_a_window_of_0_lets_in()
    {
        ScriptedPeer peer = ScriptedPeer.Connected(out Wire wire);
        peer.Trades(". seq R+1 ack I+1 win 0", "");
        peer.Writes(10);
        peer.ExpectsAfter(Wire.Second, ". seq I+1 ack R+1 len 1");
        peer.Trades(". seq R+1 ack I+1 win 0", "");
        // The peer has refused the byte: I+1 is what it expects, and I+2 is past its window.
        peer.Sends("P. seq R+1 ack I+1 win 0 len 10");
        peer.Sends("P. seq R+11 ack I+1 win 0 len 10");
        peer.ExpectsOnly(". seq I+1 ack R+21");
        peer.Aborts();
        peer.ExpectsOnly("R. seq I+1 ack R+21");
    }

    [TestMethod]
    public void After_a_lost_SYN_the_first_flight_is_one_segment()
    {
        Wire wire = new Wire();
        ScriptedPeer peer = Opening(wire);
        peer.ExpectsAfter(Wire.Second, "S seq I mss 1460");
        peer.Trades("S. seq R ack I+1 mss 100", ". seq I+1 ack R+1");
        peer.Writes(400);
        // RFC 5681 section 3.1; then slow start.
        peer.ExpectsOnly(". seq I+1 ack R+1 len 100");
        peer.Sends(". seq R+1 ack I+101");
        peer.Expects(". seq I+101 ack R+1 len 100");
        peer.ExpectsOnly(". seq I+201 ack R+1 len 100");
    }

    [TestMethod]
    public void After_a_lost_SYN_ACK_the_first_flight_is_one_segment()
    {
        Wire wire = new Wire();
        ScriptedPeer peer = new ScriptedPeer(wire);
        TcpListener listener = wire.Endpoint.Listen(7, 1);
        peer.Trades("S seq R mss 100", "S. seq I ack R+1 mss 1460");
        peer.ExpectsAfter(Wire.Second, "S. seq I ack R+1 mss 1460");
        peer.Trades(". seq R+1 ack I+1", "");
        peer.Connection = listener.Accept();
        peer.Writes(400);
        peer.ExpectsOnly(". seq I+1 ack R+1 len 100");
    }

    [TestMethod]
    public void Probes_that_nobody_answers_end_in_a_timeout()
    {
        ScriptedPeer peer = ScriptedPeer.Connected(out Wire wire);
        peer.Trades(". seq R+1 ack I+1 win 0", "");
        peer.Writes(10);
        wire.Advance(1000 * Wire.Second);
        peer.IsIn(TcpState.Closed);
        Assert.AreEqual((int)TcpCloseReason.TimedOut, (int)peer.Connection.CloseReason);
        Assert.IsTrue(wire.SentCount >= 8, "probes: " + wire.SentCount.ToString());
    }

    // RFC 9293 MUST-34, MUST-35, SHLD-17.
    [TestMethod]
    public void A_window_that_closes_over_data_in_flight_does_not_end_the_connection()
    {
        ScriptedPeer peer = ScriptedPeer.Connected(out Wire wire);
        peer.Writes(10);
        peer.Expects("P. seq I+1 ack R+1 len 10");
        peer.Trades(". seq R+1 ack I+1 win 0", "");
        for (int i = 0; i < 100; i++)
        {
            wire.Advance(10 * Wire.Second);
            wire.Discard();

            peer.Sends(". seq R+1 ack I+1 win 0");
        }

        peer.IsIn(TcpState.Established);
        wire.Discard();

        peer.Sends(". seq R+1 ack I+1 win 1000");
        wire.Advance(60 * Wire.Second);
        peer.Expects("P. seq I+1 ack R+1 len 10");
        peer.Sends(". seq R+1 ack I+11 win 1000");
        Assert.AreEqual(0, peer.Connection.Unacknowledged);
    }

    [TestMethod]
    public void The_user_timeout_ends_a_connection_whose_data_is_not_acknowledged()
    {
        ScriptedPeer peer = ScriptedPeer.Connected(out Wire wire);
        peer.Connection.UserTimeout = 5 * Wire.Second;
        peer.Writes(10);
        wire.Advance(5 * Wire.Second - 1);
        peer.IsIn(TcpState.Established);
        wire.Advance(3 * Wire.Second);
        peer.IsIn(TcpState.Closed);
        Assert.AreEqual((int)TcpCloseReason.TimedOut, (int)peer.Connection.CloseReason);
    }

    [TestMethod]
    public void A_user_timeout_shorter_than_the_RTO_holds_after_an_ACK_of_some_data_too()
    {
        ScriptedPeer peer = ScriptedPeer.Connected(out Wire wire);
        peer.Connection.NoDelay = true;
        peer.Connection.UserTimeout = 500 * Ms;
        peer.Writes(10);
        peer.Writes(10);
        peer.Expects("P. seq I+1 ack R+1 len 10");
        peer.ExpectsOnly("P. seq I+11 ack R+1 len 10");
        wire.StaysSilent(300 * Ms);
        peer.Trades(". seq R+1 ack I+11", "");
        wire.StaysSilent(500 * Ms - 1);
        peer.IsIn(TcpState.Established);
        wire.StaysSilent(1);
        peer.IsIn(TcpState.Closed);
        Assert.AreEqual((int)TcpCloseReason.TimedOut, (int)peer.Connection.CloseReason);
    }

    [TestMethod]
    public void The_user_timeout_does_not_touch_an_idle_connection()
    {
        ScriptedPeer peer = ScriptedPeer.Connected(out Wire wire);
        peer.Connection.UserTimeout = 5 * Wire.Second;
        wire.StaysSilent(3600 * Wire.Second);
        peer.Writes(10);
        peer.Expects("P. seq I+1 ack R+1 len 10");
        peer.Trades(". seq R+1 ack I+11", "");
        wire.StaysSilent(3600 * Wire.Second);
        peer.IsIn(TcpState.Established);
    }

    [TestMethod]
    public void Keep_alive_is_off_by_default()
    {
        ScriptedPeer peer = ScriptedPeer.Connected(out Wire wire);
        wire.StaysSilent(24 * 3600 * Wire.Second);
        peer.IsIn(TcpState.Established);
        Assert.AreEqual(ulong.MaxValue, wire.Deadline);
    }

    [TestMethod]
    public void Keep_alive_probes_an_idle_connection_and_an_answer_keeps_it()
    {
        ScriptedPeer peer = ScriptedPeer.Connected(out Wire wire);
        peer.Connection.KeepAlive = 10 * Wire.Second;
        wire.Run();
        for (int i = 0; i < 20; i++)
        {
            peer.ExpectsAfter(10 * Wire.Second, ". seq I ack R+1");
            peer.Trades(". seq R+1 ack I+1", "");
        }

        peer.IsIn(TcpState.Established);
        Assert.AreEqual(20UL, wire.Count(Counter.KeepAlives));
    }

    [TestMethod]
    public void Keep_alive_waits_as_long_as_segments_come()
    {
        ScriptedPeer peer = ScriptedPeer.Connected(out Wire wire);
        peer.Connection.KeepAlive = 10 * Wire.Second;
        wire.Run();
        wire.StaysSilent(9 * Wire.Second);
        peer.Trades(". seq R+1 ack I+1", "");
        wire.StaysSilent(9 * Wire.Second);
        peer.ExpectsAfter(Wire.Second, ". seq I ack R+1");
    }

    [TestMethod]
    public void Keep_alive_gives_a_dead_peer_up()
    {
        ScriptedPeer peer = ScriptedPeer.Connected(out Wire wire);
        peer.Connection.KeepAlive = 10 * Wire.Second;
        wire.Run();
        wire.Advance(3600 * Wire.Second);
        peer.IsIn(TcpState.Closed);
        Assert.AreEqual((int)TcpCloseReason.TimedOut, (int)peer.Connection.CloseReason);
        Assert.IsTrue(wire.Count(Counter.KeepAlives) >= 3, "one lost probe proves nothing (RFC 9293 section 3.8.4)");
    }

    [TestMethod]
    public void We_answer_the_peer_s_keep_alive_probes()
    {
        ScriptedPeer peer = ScriptedPeer.Connected(out Wire wire);
        peer.Trades(". seq R ack I+1", ". seq I+1 ack R+1");
        wire.Advance(7200 * Wire.Second);
        peer.Trades(". seq R ack I+1 len 1", ". seq I+1 ack R+1");
        Assert.AreEqual(0, peer.Connection.Available);
    }

    [TestMethod]
    public void The_retransmission_timer_runs_on_while_the_link_is_down()
    {
        ScriptedPeer peer = ScriptedPeer.Connected(out Wire wire);
        wire.IsUp = false;
        peer.Writes(10);
        wire.StaysSilent(30 * Wire.Second);
        wire.IsUp = true;
        wire.Advance(60 * Wire.Second);
        peer.Expects("P. seq I+1 ack R+1 len 10");
        Assert.IsTrue(wire.Count(Counter.FramesNotSent) >= 1);
    }

    [TestMethod]
    public void Nagle_holds_a_small_segment_until_everything_is_acknowledged()
    {
        ScriptedPeer peer = ScriptedPeer.Connected(out Wire wire);
        peer.Writes(10);
        peer.ExpectsOnly("P. seq I+1 ack R+1 len 10");
        peer.Writes(10);
        peer.Writes(10);
        wire.StaysSilent(500 * Ms);
        peer.Trades(". seq R+1 ack I+11", "P. seq I+11 ack R+1 len 20");
        peer.Writes(1023);
        wire.ExpectsSilence();
        // A full segment does not wait, its rest does.
        peer.Writes(11);
        peer.ExpectsOnly(". seq I+31 ack R+1 len 1024");
    }

    [TestMethod]
    public void NoDelay_sends_every_small_segment_at_once()
    {
        ScriptedPeer peer = ScriptedPeer.Connected(out Wire wire);
        peer.Connection.NoDelay = true;
        peer.Writes(10);
        peer.ExpectsOnly("P. seq I+1 ack R+1 len 10");
        peer.Writes(11);
        peer.ExpectsOnly("P. seq I+11 ack R+1 len 11");
        peer.Writes(1);
        peer.ExpectsOnly("P. seq I+22 ack R+1 len 1");
    }

    [TestMethod]
    public void We_send_no_more_than_the_peer_s_window()
    {
        Wire wire = new Wire();
        ScriptedPeer peer = new ScriptedPeer(wire);
        peer.Window = 300;
        peer.Opens(wire.Endpoint.Listen(7, 1));
        peer.Connection.NoDelay = true;
        peer.Writes(1000);
        peer.ExpectsOnly(". seq I+1 ack R+1 len 300");
        peer.Trades(". seq R+1 ack I+301", ". seq I+301 ack R+1 len 300");
        peer.Trades(". seq R+1 ack I+601", ". seq I+601 ack R+1 len 300");
        peer.Trades(". seq R+1 ack I+901", "P. seq I+901 ack R+1 len 100");
    }

    [TestMethod]
    public void A_silly_window_is_not_filled_at_once()
    {
        ScriptedPeer peer = ScriptedPeer.Connected(out Wire wire);
        peer.Trades(". seq R+1 ack I+1 win 20", "");
        peer.Writes(2000);
        // RFC 9293 section 3.8.6.2.1: wait until a full segment or half the largest window is offered, or for 0.1 to 1 s.
        wire.StaysSilent(100 * Ms - 1);
        wire.Advance(Wire.Second);
        peer.Expects(". seq I+1 ack R+1 len 20");
    }

    [TestMethod]
    public void A_silly_window_that_grows_to_a_full_segment_is_used_at_once()
    {
        ScriptedPeer peer = ScriptedPeer.Connected(out Wire wire);
        peer.Trades(". seq R+1 ack I+1 win 20", "");
        peer.Writes(2000);
        wire.ExpectsSilence();
        peer.Trades(". seq R+1 ack I+1 win 1024", ". seq I+1 ack R+1 len 1024");
    }

    [TestMethod]
    public void Our_window_opens_only_in_steps_worth_having()
    {
        ScriptedPeer peer = ScriptedPeer.Connected(out Wire wire);
        peer.Sends(". seq R+1 ack I+1 len 1024");
        peer.Sends(". seq R+1025 ack I+1 len 1024");
        wire.Advance(200 * Ms);
        while (wire.SentCount > 1)
            wire.Take();
        peer.Expects(". seq I+1 ack R+2049 win 0");
        byte[] buffer = new byte[2048];
        Assert.AreEqual(1023, peer.Connection.Read(buffer, 0, 1023));
        wire.Run();
        wire.StaysSilent(10 * Wire.Second);
        Assert.AreEqual(1, peer.Connection.Read(buffer, 1023, 1));
        wire.Run();
        peer.ExpectsOnly(". seq I+1 ack R+2049 win 1024");
        Assert.AreEqual(1024, peer.Connection.Read(buffer, 1024, 1024));
        wire.Run();
        peer.ExpectsOnly(". seq I+1 ack R+2049 win 2048");
        for (int i = 0; i < 2048; i++)
            Assert.AreEqual(Segment.Pattern((uint)i), buffer[i]);
    }

    [TestMethod]
    public void The_right_edge_of_our_window_never_moves_back_nor_by_crumbs()
    {
        ScriptedPeer peer = ScriptedPeer.Connected(out Wire wire);
        uint edge = peer['R'] + 2049;
        for (int i = 0; i < 400; i++)
        {
            peer.Sends("P. seq R+" + (1 + 10 * i).ToString() + " ack I+1 len 10");
            peer.Reads(10);
            wire.Advance(100 * Ms);
            uint newest = peer.Connection.RcvNxt + peer.Connection.RcvWnd;
            uint step = newest - edge;
            Assert.IsTrue(step == 0 || (step >= 1024 && step <= 2048), "a step of " + step.ToString());
            edge = newest;
            wire.Discard();
        }
    }

    [TestMethod]
    public void Write_takes_what_the_buffer_holds_and_an_ACK_makes_room()
    {
        ScriptedPeer peer = ScriptedPeer.Connected(out Wire wire);
        Assert.AreEqual(2048, peer.Connection.SendSpace);
        Assert.AreEqual(2048, peer.TriesToWrite(3000));
        Assert.AreEqual(0, peer.Connection.SendSpace);
        Assert.AreEqual(0, peer.TriesToWrite(1));
        wire.Run();
        peer.Expects(". seq I+1 ack R+1 len 1024");
        peer.Sends(". seq R+1 ack I+1025");
        Assert.AreEqual(1024, peer.Connection.SendSpace);
        Assert.AreEqual(1024, peer.Connection.Unacknowledged);
        peer.Expects("P. seq I+1025 ack R+1 len 1024");
        Assert.AreEqual(100, peer.TriesToWrite(100));
    }

    [TestMethod]
    public void An_ACK_in_the_middle_of_a_segment_is_taken_to_the_byte()
    {
        ScriptedPeer peer = ScriptedPeer.Connected(out Wire wire);
        peer.Writes(100);
        peer.Expects("P. seq I+1 ack R+1 len 100");
        peer.Sends(". seq R+1 ack I+38");
        Assert.AreEqual(63, peer.Connection.Unacknowledged);
        peer.ExpectsAfter(Wire.Second, "P. seq I+38 ack R+1 len 63");
    }

    [TestMethod]
    public void A_timeout_that_a_measurement_has_made_shorter_holds_for_what_is_in_flight()
    {
        Wire wire = new Wire();
        ScriptedPeer peer = Opening(wire);
        peer.ExpectsAfter(Wire.Second, "S seq I mss 1460");
        peer.Trades("S. seq R ack I+1 mss 1460", ". seq I+1 ack R+1");
        Assert.AreEqual(3 * Wire.Second, peer.Connection.RetransmissionTimeout);
        peer.Connection.NoDelay = true;
        peer.Writes(10);
        peer.ExpectsOnly("P. seq I+1 ack R+1 len 10");
        peer.Writes(10);
        peer.ExpectsOnly("P. seq I+11 ack R+1 len 10");
        wire.Advance(100 * Ms);
        peer.Trades(". seq R+1 ack I+11", "");
        peer.ExpectsAfter(Wire.Second, "P. seq I+11 ack R+1 len 10");
    }

    [TestMethod]
    public void When_the_window_has_opened_an_ACK_has_the_number_behind_the_data_again()
    {
        ScriptedPeer peer = ScriptedPeer.Connected(out Wire wire);
        peer.Trades(". seq R+1 ack I+1 win 0", "");
        peer.Writes(10);
        peer.ExpectsAfter(Wire.Second, ". seq I+1 ack R+1 len 1");
        peer.Trades(". seq R+1 ack I+1 win 1000", "P. seq I+1 ack R+1 len 10");
        peer.Trades(". seq R+1 ack I+1 win 1000 len 5", "");
        peer.Trades(". seq R+6 ack I+1 win 1000 len 5", ". seq I+11 ack R+11");
    }

    [TestMethod]
    public void Keep_alive_that_was_set_before_the_handshake_runs_from_its_end()
    {
        Wire wire = new Wire();
        ScriptedPeer peer = Opening(wire);
        peer.Connection.KeepAlive = 10 * Wire.Second;
        Assert.AreEqual(10 * Wire.Second, peer.Connection.KeepAlive);
        wire.Advance(500 * Ms);
        peer.Trades("S. seq R ack I+1 mss 1460", ". seq I+1 ack R+1");
        peer.ExpectsAfter(10 * Wire.Second, ". seq I ack R+1");
    }

    [TestMethod]
    public void NoDelay_lets_what_Nagle_holds_go_at_once()
    {
        ScriptedPeer peer = ScriptedPeer.Connected(out Wire wire);
        Assert.IsFalse(peer.Connection.NoDelay);
        peer.Writes(10);
        peer.ExpectsOnly("P. seq I+1 ack R+1 len 10");
        peer.Writes(10);
        wire.ExpectsSilence();
        peer.Connection.NoDelay = true;
        Assert.IsTrue(peer.Connection.NoDelay);
        wire.Run();
        peer.ExpectsOnly("P. seq I+11 ack R+1 len 10");
    }

    [TestMethod]
    public void Half_of_the_largest_window_is_worth_a_segment_and_a_byte_less_is_not()
    {
        Wire wire = new Wire();
        ScriptedPeer peer = Opening(wire);
        peer.Trades("S. seq R ack I+1 mss 1460 win 200", ". seq I+1 ack R+1");
        peer.Writes(600);
        peer.ExpectsOnly(". seq I+1 ack R+1 len 200");
        peer.Trades(". seq R+1 ack I+201 win 99", "");
        peer.Trades(". seq R+1 ack I+201 win 100", ". seq I+201 ack R+1 len 100");
    }

    [TestMethod]
    public void Nagle_holds_the_rest_in_a_window_of_less_than_a_segment_too_and_NoDelay_does_not()
    {
        Wire wire = new Wire();
        ScriptedPeer peer = Opening(wire);
        peer.Trades("S. seq R ack I+1 mss 1460 win 200", ". seq I+1 ack R+1");
        peer.Writes(300);
        peer.ExpectsOnly(". seq I+1 ack R+1 len 200");
        peer.Trades(". seq R+1 ack I+101 win 200", "");
        peer.Trades(". seq R+1 ack I+201 win 200", "P. seq I+201 ack R+1 len 100");

        wire = new Wire();
        peer = Opening(wire);
        peer.Trades("S. seq R ack I+1 mss 1460 win 200", ". seq I+1 ack R+1");
        peer.Connection.NoDelay = true;
        peer.Writes(600);
        peer.ExpectsOnly(". seq I+1 ack R+1 len 200");
        peer.Trades(". seq R+1 ack I+101 win 200", ". seq I+201 ack R+1 len 100");
    }

    [TestMethod]
    public void The_user_timeout_can_be_read()
    {
        ScriptedPeer peer = ScriptedPeer.Connected(out Wire wire);
        Assert.AreEqual(900 * Wire.Second, peer.Connection.UserTimeout);
        peer.Connection.UserTimeout = 7 * Wire.Second;
        Assert.AreEqual(7 * Wire.Second, peer.Connection.UserTimeout);
    }

    [TestMethod]
    public void A_SYN_that_was_lost_leaves_a_timeout_of_3_seconds_or_the_first_one_if_it_is_longer()
    {
        TcpSettings settings = Wire.Settings();
        settings.InitialRetransmissionTimeout = 5 * Wire.Second;
        Wire wire = new Wire(settings);
        ScriptedPeer peer = Opening(wire);
        peer.ExpectsAfter(5 * Wire.Second, "S seq I mss 1460");
        peer.Trades("S. seq R ack I+1 mss 1460", ". seq I+1 ack R+1");
        Assert.AreEqual(5 * Wire.Second, peer.Connection.RetransmissionTimeout);
    }

    [TestMethod]
    public void An_ACK_up_to_the_segment_that_is_timed_does_not_measure_it()
    {
        TcpSettings settings = Wire.Settings();
        settings.MinimumRetransmissionTimeout = Wire.Millisecond;
        Wire wire = new Wire(settings);
        ScriptedPeer peer = Opening(wire);
        wire.Advance(10 * Wire.Millisecond);
        peer.Trades("S. seq R ack I+1 mss 1460", ". seq I+1 ack R+1");
        peer.Connection.NoDelay = true;
        peer.Writes(10);
        peer.ExpectsOnly("P. seq I+1 ack R+1 len 10");
        peer.Writes(10);
        peer.ExpectsOnly("P. seq I+11 ack R+1 len 10");
        wire.Advance(Wire.Millisecond / 2);
        peer.Trades(". seq R+1 ack I+11", "");
        ulong timeout = peer.Connection.RetransmissionTimeout;
        peer.Writes(10);
        peer.ExpectsOnly("P. seq I+21 ack R+1 len 10");
        wire.Advance(Wire.Millisecond / 2);
        peer.Trades(". seq R+1 ack I+21", "");
        Assert.AreEqual(timeout, peer.Connection.RetransmissionTimeout);
    }

    [TestMethod]
    public void A_round_trip_of_no_time_is_a_measurement_too()
    {
        TcpSettings settings = Wire.Settings();
        settings.MinimumRetransmissionTimeout = 1;
        Wire wire = new Wire(settings);
        ScriptedPeer peer = ScriptedPeer.Connected(wire);
        Assert.AreEqual(2UL, peer.Connection.RetransmissionTimeout);
    }

    [TestMethod]
    public void When_the_window_has_opened_the_timeout_is_what_it_was_before_the_probes()
    {
        ScriptedPeer peer = ScriptedPeer.Connected(out Wire wire);
        peer.Trades(". seq R+1 ack I+1 win 0", "");
        peer.Writes(10);
        peer.ExpectsAfter(Wire.Second, ". seq I+1 ack R+1 len 1");
        peer.ExpectsAfter(2 * Wire.Second, ". seq I+1 ack R+1 len 1");
        peer.Trades(". seq R+1 ack I+1 win 1000", "P. seq I+1 ack R+1 len 10");
        Assert.AreEqual(Wire.Second, peer.Connection.RetransmissionTimeout);
        peer.ExpectsAfter(Wire.Second, "P. seq I+1 ack R+1 len 10");
    }

    [TestMethod]
    public void When_the_window_has_opened_and_no_round_trip_was_measured_the_timeout_is_the_first_one()
    {
        TcpSettings settings = Wire.Settings();
        settings.InitialRetransmissionTimeout = 2 * Wire.Second;
        Wire wire = new Wire(settings);
        ScriptedPeer peer = Opening(wire);
        peer.ExpectsAfter(2 * Wire.Second, "S seq I mss 1460");
        peer.Trades("S. seq R ack I+1 win 0 mss 1460", ". seq I+1 ack R+1");
        peer.Writes(10);
        peer.ExpectsAfter(3 * Wire.Second, ". seq I+1 ack R+1 len 1");
        peer.Trades(". seq R+1 ack I+1 win 1000", "P. seq I+1 ack R+1 len 10");
        peer.ExpectsAfter(2 * Wire.Second, "P. seq I+1 ack R+1 len 10");
    }

    [TestMethod]
    public void Keep_alive_may_be_asked_for_when_nothing_has_been_due_for_long()
    {
        ScriptedPeer peer = ScriptedPeer.Connected(out Wire wire);
        wire.StaysSilent(3600 * Wire.Second);
        peer.Connection.KeepAlive = 10 * Wire.Second;
        wire.Run();
        peer.ExpectsAfter(10 * Wire.Second, ". seq I ack R+1");
    }

    [TestMethod]
    public void Keep_alive_that_is_asked_for_before_the_handshake_begins_with_it()
    {
        Wire wire = new Wire();
        ScriptedPeer peer = new ScriptedPeer(wire);
        peer.Connection = wire.Endpoint.Connect(peer.Address, peer.Port, peer.OurPort);
        peer.Connection.KeepAlive = Wire.Second / 2;
        wire.Run();
        peer.ExpectsOnly("S seq I mss 1460");
        wire.StaysSilent(100 * Wire.Millisecond);
        peer.Trades("S. seq R ack I+1 mss 1460", ". seq I+1 ack R+1");
        peer.ExpectsAfter(Wire.Second / 2, ". seq I ack R+1");
    }

    [TestMethod]
    public void Keep_alive_that_is_asked_for_after_the_end_is_not_kept()
    {
        ScriptedPeer peer = ScriptedPeer.Connected(out Wire wire);
        peer.Trades("R seq R+1", "");
        peer.IsIn(TcpState.Closed);
        peer.Connection.KeepAlive = 10 * Wire.Second;
        Assert.AreEqual(0UL, peer.Connection.KeepAlive);
        wire.StaysSilent(100 * Wire.Second);
    }

    [TestMethod]
    public void Keep_alive_probes_a_peer_that_has_closed_its_direction()
    {
        ScriptedPeer peer = ScriptedPeer.Connected(out Wire wire);
        peer.Connection.KeepAlive = 10 * Wire.Second;
        peer.Trades("F. seq R+1 ack I+1", ". seq I+1 ack R+2");
        peer.ExpectsAfter(10 * Wire.Second, ". seq I ack R+2");
        peer.Trades(". seq R+2 ack I+1", "");
        peer.ExpectsAfter(10 * Wire.Second, ". seq I ack R+2");
    }

    [TestMethod]
    public void Keep_alive_repeats_a_probe_after_75_seconds_or_its_own_time_if_that_is_shorter()
    {
        ScriptedPeer peer = ScriptedPeer.Connected(out Wire wire);
        peer.Connection.KeepAlive = 1000 * Wire.Second;
        wire.Run();
        peer.ExpectsAfter(1000 * Wire.Second, ". seq I ack R+1");
        for (int i = 0; i < 8; i++)
            peer.ExpectsAfter(75 * Wire.Second, ". seq I ack R+1");
        peer.ExpectsAfter(75 * Wire.Second, "R. seq I+1 ack R+1");
        wire.ExpectsSilence();
        Assert.AreEqual((int)TcpCloseReason.TimedOut, (int)peer.Connection.CloseReason);
        Assert.AreEqual(1UL, wire.Count(Counter.KeepAlivesGivenUp));
        Assert.AreEqual(9UL, wire.Count(Counter.KeepAlives));
        wire = new Wire();
        peer = ScriptedPeer.Connected(wire);
        peer.Connection.KeepAlive = 10 * Wire.Second;
        wire.Run();
        for (int i = 0; i < 9; i++)
            peer.ExpectsAfter(10 * Wire.Second, ". seq I ack R+1");
    }

    [TestMethod]
    public void Keep_alive_leaves_the_asking_to_the_retransmissions_while_data_is_on_its_way()
    {
        ScriptedPeer peer = ScriptedPeer.Connected(out Wire wire);
        peer.Connection.KeepAlive = 2 * Wire.Second;
        peer.Writes(10);
        peer.ExpectsOnly("P. seq I+1 ack R+1 len 10");
        peer.ExpectsAfter(Wire.Second, "P. seq I+1 ack R+1 len 10");
        peer.ExpectsAfter(2 * Wire.Second, "P. seq I+1 ack R+1 len 10");
        peer.ExpectsAfter(4 * Wire.Second, "P. seq I+1 ack R+1 len 10");
        Assert.AreEqual(0UL, wire.Count(Counter.KeepAlives));
    }


    /// <summary>The clock's granularity G, a microsecond, may be in it or not.</summary>
    private static void IsAboutTimeout(ulong expected, TcpConnection connection)
    {
        ulong actual = connection.RetransmissionTimeout;
        Assert.IsTrue(actual >= expected && actual <= expected + 1, "RTO " + actual.ToString() + ", expected " + expected.ToString());
    }

    private static void ExpectsFourSegments(ScriptedPeer peer)
    {
        peer.Expects(". seq I+1 ack R+1 len 100");
        peer.Expects(". seq I+101 ack R+1 len 100");
        peer.Expects(". seq I+201 ack R+1 len 100");
        peer.ExpectsOnly("P. seq I+301 ack R+1 len 100");
    }

    private static ScriptedPeer Opening(Wire wire)
    {
        ScriptedPeer peer = new ScriptedPeer(wire, 80, 50000);
        peer.Connection = wire.Endpoint.Connect(peer.Address, peer.Port, peer.OurPort);
        wire.Run();
        peer.ExpectsOnly("S seq I mss 1460");
        return peer;
    }

    private static ScriptedPeer EstablishedWithMss100(Wire wire)
    {
        ScriptedPeer peer = Opening(wire);
        peer.Trades("S. seq R ack I+1 mss 100", ". seq I+1 ack R+1");
        return peer;
    }
}
