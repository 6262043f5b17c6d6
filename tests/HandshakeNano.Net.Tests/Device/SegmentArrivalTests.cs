using nanoFramework.TestFramework;

namespace HandshakeNano.Net.Tests;

/// <summary>Segments on a synchronized connection: RFC 9293 section 3.10.7.4, RFC 5961.</summary>
[TestClass]
public sealed class SegmentArrivalTests
{
    [TestMethod]
    public void Data_in_order_is_acknowledged_within_500_ms()
    {
        ScriptedPeer peer = ScriptedPeer.Accepted(out Wire wire);
        peer.Trades("P. seq R+1 ack I+1 len 10", "");
        Assert.AreEqual(10, peer.Connection.Available);
        wire.Advance(500 * Wire.Millisecond);
        peer.ExpectsOnly(". seq I+1 ack R+11");
        peer.Reads(10);
    }

    [TestMethod]
    public void A_delayed_ACK_waits_100_ms_by_default_and_as_long_as_the_settings_say()
    {
        ScriptedPeer peer = ScriptedPeer.Accepted(out Wire wire);
        peer.Sends("P. seq R+1 ack I+1 len 10");
        peer.ExpectsAfter(100 * Wire.Millisecond, ". seq I+1 ack R+11");

        TcpSettings settings = Wire.Settings();
        settings.DelayedAcknowledgment = 37000;
        wire = new Wire(settings);
        peer = ScriptedPeer.Accepted(wire);
        peer.Sends("P. seq R+1 ack I+1 len 10");
        peer.ExpectsAfter(37 * Wire.Millisecond, ". seq I+1 ack R+11");
        wire.StaysSilent(600 * Wire.Second);
    }

    [TestMethod]
    public void Every_second_full_segment_is_acknowledged_at_once()
    {
        TcpSettings settings = Wire.Settings();
        settings.ReceiveBufferSize = 8192;
        Wire wire = new Wire(settings);
        ScriptedPeer peer = ScriptedPeer.Accepted(wire);
        peer.Trades(". seq R+1 ack I+1 len 1460", "");
        peer.Trades(". seq R+1461 ack I+1 len 1460", ". seq I+1 ack R+2921");
        peer.Trades(". seq R+2921 ack I+1 len 1460", "");
        peer.Trades(". seq R+4381 ack I+1 len 1460", ". seq I+1 ack R+5841");
        peer.Reads(5840);
    }

    [TestMethod]
    public void A_pending_ACK_rides_on_data()
    {
        ScriptedPeer peer = ScriptedPeer.Accepted(out Wire wire);
        peer.Trades("P. seq R+1 ack I+1 len 10", "");
        peer.Writes(5);
        peer.ExpectsOnly("P. seq I+1 ack R+11 len 5");
        wire.StaysSilent(500 * Wire.Millisecond);
    }

    [TestMethod]
    public void A_gap_gets_an_immediate_duplicate_ACK_and_its_filling_one_ACK_of_everything()
    {
        ScriptedPeer peer = ScriptedPeer.Accepted(out Wire wire);
        peer.Trades(". seq R+101 ack I+1 len 100", ". seq I+1 ack R+1");
        peer.Trades(". seq R+201 ack I+1 len 100", ". seq I+1 ack R+1");
        peer.Trades(". seq R+301 ack I+1 len 100", ". seq I+1 ack R+1");
        Assert.AreEqual(0, peer.Connection.Available);
        peer.Trades(". seq R+1 ack I+1 len 100", ". seq I+1 ack R+401");
        peer.Reads(400);
    }

    [TestMethod]
    public void A_gap_that_is_filled_in_part_gets_an_immediate_ACK()
    {
        ScriptedPeer peer = ScriptedPeer.Accepted(out Wire wire);
        peer.Trades(". seq R+101 ack I+1 len 100", ". seq I+1 ack R+1");
        peer.Trades(". seq R+301 ack I+1 len 100", ". seq I+1 ack R+1");
        peer.Trades(". seq R+1 ack I+1 len 100", ". seq I+1 ack R+201");
        peer.Trades(". seq R+201 ack I+1 len 100", ". seq I+1 ack R+401");
        peer.Reads(400);
    }

    [TestMethod]
    public void Five_overlapping_segments_arrive_in_every_order_and_the_bytes_are_right()
    {
        // 1..100, 60..160, 150..300, 280..320, 300..420: offset and length.
        int[] offsets = new int[] { 0, 60, 150, 280, 300 };
        int[] lengths = new int[] { 100, 100, 150, 40, 120 };
        int[] order = new int[5];
        int orders = 0;
        for (int code = 0; code < 3125; code++)
        {
            int used = 0;
            int rest = code;
            for (int i = 0; i < 5; i++)
            {
                order[i] = rest % 5;
                used |= 1 << order[i];
                rest /= 5;
            }

            if (used != 31)
                continue;
            orders++;
            ScriptedPeer peer = ScriptedPeer.Accepted(out Wire wire);
            for (int i = 0; i < 5; i++)
            {
                peer.Sends(". seq R+" + (1 + offsets[order[i]]).ToString() + " ack I+1 len " + lengths[order[i]].ToString());
            }

            // No order loses anything: three ranges are the most that ever wait.
            Assert.AreEqual(peer['R'] + 421, peer.Connection.RcvNxt,
                "order " + order[0].ToString() + order[1].ToString() + order[2].ToString() + order[3].ToString() + order[4].ToString());
            peer.Reads(420);
        }

        Assert.AreEqual(120, orders);
    }

    [TestMethod]
    public void Alternate_small_segments_come_in_reverse_and_retransmission_completes_them()
    {
        ScriptedPeer peer = ScriptedPeer.Accepted(out Wire wire);
        // More separate ranges than the endpoint keeps.
        for (int i = 40; i > 0; i--)
            peer.Sends(". seq R+" + (1 + 20 * i).ToString() + " ack I+1 len 10");
        for (int i = 0; i <= 81; i++)
            peer.Sends(". seq R+" + (1 + 10 * i).ToString() + " ack I+1 len 10");
        peer.Reads(820);
    }

    [TestMethod]
    public void A_FIN_behind_a_gap_counts_only_when_the_gap_is_filled()
    {
        ScriptedPeer peer = ScriptedPeer.Accepted(out Wire wire);
        peer.Trades("F. seq R+101 ack I+1 len 100", ". seq I+1 ack R+1");
        peer.IsIn(TcpState.Established);
        Assert.IsFalse(peer.Connection.PeerClosed);
        peer.Sends(". seq R+1 ack I+1 len 100");
        // A stack may keep the FIN, or let the peer send it again.
        if (peer.State == TcpState.Established)
            peer.Sends("F. seq R+101 ack I+1 len 100");
        peer.IsIn(TcpState.CloseWait);
        Assert.AreEqual(peer['R'] + 202, peer.Connection.RcvNxt);
        peer.Reads(200);
    }

    [TestMethod]
    public void What_a_peer_sends_past_its_own_FIN_is_cut_off()
    {
        ScriptedPeer peer = ScriptedPeer.Accepted(out Wire wire);
        peer.Trades("F. seq R+101 ack I+1 len 100", ". seq I+1 ack R+1");
        peer.Trades(". seq R+151 ack I+1 len 200", ". seq I+1 ack R+1");
        peer.Trades(". seq R+301 ack I+1 len 50", ". seq I+1 ack R+1");
        peer.Trades(". seq R+1 ack I+1 len 100", ". seq I+1 ack R+202");
        peer.Reads(200);
        peer.IsIn(TcpState.CloseWait);
    }

    [TestMethod]
    public void A_window_of_64_KB_is_offered_as_65535_and_all_of_it_can_be_used()
    {
        TcpSettings settings = Wire.Settings();
        settings.ReceiveBufferSize = 65536;
        Wire wire = new Wire(settings);
        ScriptedPeer peer = new ScriptedPeer(wire);
        TcpListener listener = wire.Endpoint.Listen(7, 2);
        peer.Trades("S seq R mss 1460", "S. seq I ack R+1 win 65535 mss 1460");
        peer.Trades(". seq R+1 ack I+1", "");
        peer.Connection = listener.Accept();
        uint next = 1;
        for (int round = 0; round < 4; round++)
        {
            for (int i = 0; i < 40; i++)
            {
                peer.Sends(". seq R+" + next.ToString() + " ack I+1 len 1460");
                next += 1460;
            }

            peer.Reads(40 * 1460);
            wire.Advance(Wire.Second);
            while (wire.SentCount > 1)
                wire.Take();
            peer.Expects(". seq I+1 ack R+" + next.ToString());
            Assert.IsTrue(peer['W'] > 40 * 1460, "window: " + peer['W'].ToString());
        }
    }

    [TestMethod]
    [DataRow(". seq R-9 ack I+1 len 10")]
    [DataRow(". seq R+1 ack I+1 len 10")]
    [DataRow(". seq R ack I+1")]
    [DataRow(". seq R+11+2038 ack I+1")]
    [DataRow(". seq R+3000 ack I+1 len 1")]
    [DataRow(". seq R+2147483647 ack I+1 len 1")]
    [DataRow(". seq R-2147483000 ack I+1 len 1")]
    [DataRow("F. seq R ack I+1")]
    [DataRow("S. seq R ack I+1")]
    [DataRow("F seq R-20 len 3")]
    public void An_old_or_out_of_window_segment_is_answered_with_an_ACK_of_what_is_expected(string text)
    {
        ScriptedPeer peer = ScriptedPeer.Accepted(out Wire wire);
        peer.Sends("P. seq R+1 ack I+1 len 10");
        wire.Advance(Wire.Second);
        peer.ExpectsOnly(". seq I+1 ack R+11 win 2038");
        peer.Trades(text, ". seq I+1 ack R+11");
        peer.IsIn(TcpState.Established);
        peer.Reads(10);
    }

    [TestMethod]
    [DataRow("R seq R")]
    [DataRow("R seq R-1000")]
    [DataRow("R seq R+1+2048")]
    [DataRow("R. seq R+5000 ack I+1")]
    [DataRow("R. seq R ack I+1")]
    [DataRow("R seq R+2147483648")]
    public void A_RST_outside_the_window_is_dropped_in_silence(string text)
    {
        ScriptedPeer peer = ScriptedPeer.Accepted(out Wire wire);
        peer.Trades(text, "");
        peer.IsIn(TcpState.Established);
        Assert.AreEqual(1UL, wire.Count(Counter.OutOfWindowReset));
    }

    // SEG.LEN counts a SYN and a FIN, RFC 9293 section 3.4.
    [TestMethod]
    public void A_RST_below_the_window_is_in_it_when_the_SYN_and_the_FIN_that_it_has_reach_it()
    {
        ScriptedPeer peer = ScriptedPeer.Accepted(out Wire wire);
        peer.Trades("SR seq R", "");
        peer.Trades("FR seq R", "");
        peer.Trades("SFR seq R-1", "");
        Assert.AreEqual(3UL, wire.Count(Counter.OutOfWindowReset));
        peer.Trades("SFR seq R", ". seq I+1 ack R+1");
        Assert.AreEqual(1UL, wire.Count(Counter.ChallengeReset));
        peer.IsIn(TcpState.Established);
    }

    [TestMethod]
    public void A_RST_at_RCV_NXT_resets_the_connection_and_nothing_is_said()
    {
        ScriptedPeer peer = ScriptedPeer.Accepted(out Wire wire);
        peer.Sends("P. seq R+1 ack I+1 len 10");
        peer.Trades("R seq R+11", "");
        peer.IsIn(TcpState.Closed);
        Assert.AreEqual((int)TcpCloseReason.Reset, (int)peer.Connection.CloseReason);
        Assert.AreEqual(1UL, wire.Count(Counter.ResetsReceived));
        wire.StaysSilent(600 * Wire.Second);
        peer.Closes();
        Assert.AreEqual(0, wire.Endpoint.ConnectionCount);
    }

    [TestMethod]
    [DataRow("R seq R+2")]
    [DataRow("R seq R+2048")]
    [DataRow("R. seq R+1000 ack I+1")]
    public void A_RST_in_the_window_but_not_at_RCV_NXT_gets_a_challenge_ACK_and_the_connection_lives(string text)
    {
        ScriptedPeer peer = ScriptedPeer.Accepted(out Wire wire);
        peer.Trades(text, ". seq I+1 ack R+1");
        peer.IsIn(TcpState.Established);
        Assert.AreEqual(1UL, wire.Count(Counter.ChallengeReset));
        // The peer, if it did mean it, answers the challenge with an exact reset.
        peer.Trades("R seq R+1", "");
        peer.IsIn(TcpState.Closed);
    }

    [TestMethod]
    public void An_in_order_RST_that_arrives_while_a_gap_is_open_is_judged_by_RCV_NXT()
    {
        ScriptedPeer peer = ScriptedPeer.Accepted(out Wire wire);
        peer.Trades(". seq R+11 ack I+1 len 10", ". seq I+1 ack R+1");
        peer.Trades("R seq R+21", ". seq I+1 ack R+1");
        peer.IsIn(TcpState.Established);
        peer.Trades("R seq R+1", "");
        peer.IsIn(TcpState.Closed);
    }

    [TestMethod]
    [DataRow("S seq R+1")]
    [DataRow("S seq R")]
    [DataRow("S seq R+1000")]
    [DataRow("S seq R+1000000000")]
    [DataRow("S seq R-1000000000")]
    [DataRow("S. seq R ack I+1")]
    [DataRow("S. seq R+1 ack I+1")]
    [DataRow("S. seq R+77 ack I+12345")]
    public void A_SYN_on_a_synchronized_connection_gets_a_challenge_ACK_whatever_its_number(string text)
    {
        ScriptedPeer peer = ScriptedPeer.Accepted(out Wire wire);
        peer.Trades(text, ". seq I+1 ack R+1");
        peer.IsIn(TcpState.Established);
        Assert.AreEqual(1, wire.Endpoint.ConnectionCount);
        Assert.AreEqual(1UL, wire.Count(Counter.ChallengeSyn));
    }

    [TestMethod]
    [DataRow("S seq R+1")]
    [DataRow("R seq R+2")]
    [DataRow(". seq R-1 ack I+1")]
    [DataRow(". seq R ack I+2")]
    [DataRow(". seq R ack I")]
    [DataRow(". seq R+1 ack I+1000")]
    public void ACKs_out_of_turn_are_limited_to_10_in_5_seconds(string text)
    {
        ScriptedPeer peer = ScriptedPeer.Accepted(out Wire wire);
        for (int second = 0; second < 3; second++)
        {
            for (int i = 0; i < 50; i++)
                peer.Sends(text);
            for (int i = 0; i < 10; i++)
                peer.Expects(". seq I+1 ack R+1");
            wire.ExpectsSilence("more than 10");
            wire.Advance(5 * Wire.Second);
            wire.ExpectsSilence();
        }

        Assert.AreEqual(120UL, wire.Count(Counter.ChallengeLimited));
        peer.IsIn(TcpState.Established);
        peer.Sends("P. seq R+1 ack I+1 len 10");
        peer.Reads(10);
    }

    [TestMethod]
    public void The_keep_alives_of_a_live_peer_are_all_answered_and_use_up_no_challenge()
    {
        ScriptedPeer peer = ScriptedPeer.Accepted(out Wire wire);
        for (int i = 0; i < 50; i++)
        {
            peer.Trades(". seq R ack I+1", ". seq I+1 ack R+1");
            wire.Advance(Wire.Second / 3);
        }

        for (int i = 0; i < 10; i++)
            peer.Trades("S seq R+1", ". seq I+1 ack R+1");
        peer.Trades("S seq R+1", "");
        peer.Trades(". seq R ack I+1", ". seq I+1 ack R+1");
        Assert.AreEqual(51UL, wire.Count(Counter.OutOfWindow));
    }

    [TestMethod]
    public void Keep_alives_are_no_duplicate_ACKs_and_show_that_the_peer_lives()
    {
        ScriptedPeer peer = ScriptedPeer.Accepted(out Wire wire);
        peer.Connection.KeepAlive = 10 * Wire.Second;
        wire.Run();
        wire.Advance(9 * Wire.Second);
        peer.Trades(". seq R ack I+1", ". seq I+1 ack R+1");
        peer.ExpectsAfter(10 * Wire.Second, ". seq I ack R+1");
        peer.Writes(10);
        peer.ExpectsOnly("P. seq I+1 ack R+1 len 10");
        for (int i = 0; i < 5; i++)
            peer.Trades(". seq R ack I+1", ". seq I+11 ack R+1");
        Assert.AreEqual(0UL, wire.Count(Counter.DuplicateAcks));
    }

    [TestMethod]
    public void When_two_probes_of_a_closed_window_have_crossed_the_ACK_below_RCV_NXT_counts()
    {
        ScriptedPeer peer = ScriptedPeer.Accepted(out Wire wire);
        peer.Sends(". seq R+1 ack I+1 win 0");
        peer.Writes(10);
        peer.ExpectsAfter(Wire.Second, ". seq I+1 ack R+1 len 1");
        peer.Sends(". seq R+1 ack I+1 win 0 len 1");
        wire.Advance(Wire.Second / 10);
        peer.ExpectsOnly(". seq I+1 ack R+2");

        // A peer like us answers the probe that it took with the number that its own probe has.
        peer.Trades(". seq R+1 ack I+2", "P. seq I+2 ack R+2 len 9");
    }

    [TestMethod]
    public void A_keep_alive_is_answered_while_we_probe_the_peers_window_too()
    {
        ScriptedPeer peer = ScriptedPeer.Accepted(out Wire wire);
        peer.Sends(". seq R+1 ack I+1 win 0");
        peer.Writes(10);
        peer.ExpectsAfter(Wire.Second, ". seq I+1 ack R+1 len 1");
        peer.Trades(". seq R ack I+1 win 0", ". seq I+1 ack R+1");
    }

    [TestMethod]
    public void The_limit_of_one_connection_says_nothing_about_another()
    {
        ScriptedPeer peer = ScriptedPeer.Accepted(out Wire wire);
        ScriptedPeer other = new ScriptedPeer(wire, 40001, 8);
        other.Opens(wire.Endpoint.Listen(8, 2));
        for (int i = 0; i < 50; i++)
            peer.Sends("S seq R+1");
        wire.Discard();

        other.Trades("S seq R+1", ". seq I+1 ack R+1");
    }

    [TestMethod]
    [DataRow("- seq R+1 len 10")]
    [DataRow("F seq R+1")]
    [DataRow("FP seq R+1 len 10")]
    [DataRow("U seq R+1 len 10 urg 5")]
    public void Data_or_FIN_without_ACK_is_dropped(string text)
    {
        ScriptedPeer peer = ScriptedPeer.Accepted(out Wire wire);
        peer.Trades(text, "");
        wire.StaysSilent(10 * Wire.Second);
        peer.IsIn(TcpState.Established);
        Assert.AreEqual(peer['R'] + 1, peer.Connection.RcvNxt);
        Assert.AreEqual(0, peer.Connection.Available);
        Assert.AreEqual(1UL, wire.Count(Counter.AckMissing));
    }

    [TestMethod]
    [DataRow(2)]
    [DataRow(1000)]
    [DataRow(2147483647)]
    public void An_ACK_above_SND_NXT_is_answered_with_an_ACK_and_its_data_is_not_delivered(int above)
    {
        ScriptedPeer peer = ScriptedPeer.Accepted(out Wire wire);
        peer['K'] = peer['I'] + (uint)above;
        peer.Trades("P. seq R+1 ack K len 10", ". seq I+1 ack R+1");
        peer.Trades("F. seq R+1 ack K", ". seq I+1 ack R+1");
        Assert.AreEqual(0, peer.Connection.Available);
        peer.IsIn(TcpState.Established);
        Assert.AreEqual(2UL, wire.Count(Counter.AckTooHigh));
    }

    [TestMethod]
    public void An_old_ACK_with_new_data_is_delivered()
    {
        ScriptedPeer peer = ScriptedPeer.Accepted(out Wire wire);
        peer.Writes(100);
        peer.ExpectsOnly("P. seq I+1 ack R+1 len 100");
        peer.Trades(". seq R+1 ack I+101", "");
        peer.Sends("P. seq R+1 ack I+51 len 10");
        peer.Sends("P. seq R+11 ack I+1 len 10");
        peer.Reads(20);
        Assert.AreEqual(peer['I'] + 101, peer.Connection.SndUna);
    }

    [TestMethod]
    public void An_ACK_older_than_the_largest_window_is_answered_with_an_ACK_and_its_data_is_not_delivered()
    {
        Wire wire = new Wire();
        ScriptedPeer peer = new ScriptedPeer(wire);
        peer.Window = 1000;
        peer.Opens(wire.Endpoint.Listen(7, 2));
        peer.Trades("P. seq R+1 ack I+1-1001 len 10", ". seq I+1 ack R+1");
        Assert.AreEqual(0, peer.Connection.Available);
        Assert.AreEqual(1UL, wire.Count(Counter.AckTooOld));
        peer.Sends("P. seq R+1 ack I+1-1000 len 10");
        peer.Reads(10);
    }

    [TestMethod]
    public void An_older_segment_with_a_smaller_window_does_not_change_SND_WND()
    {
        ScriptedPeer peer = ScriptedPeer.Accepted(out Wire wire);
        peer.Sends("P. seq R+1 ack I+1 win 5000 len 10");
        Assert.AreEqual(5000u, peer.Connection.SndWnd);
        // Overtaken by the next one: the sequence number is older, WL1 says no.
        peer.Sends("P. seq R+21 ack I+1 win 7000 len 10");
        Assert.AreEqual(7000u, peer.Connection.SndWnd);
        peer.Sends("P. seq R+11 ack I+1 win 100 len 10");
        Assert.AreEqual(7000u, peer.Connection.SndWnd);
        // Same sequence number, older acknowledgment: WL2 says no.
        peer.Writes(10);
        peer.Sends(". seq R+31 ack I+11 win 6000");
        Assert.AreEqual(6000u, peer.Connection.SndWnd);
        peer.Sends(". seq R+31 ack I+1 win 100");
        Assert.AreEqual(6000u, peer.Connection.SndWnd);
        // Same numbers, another window: it counts.
        peer.Sends(". seq R+31 ack I+11 win 4000");
        Assert.AreEqual(4000u, peer.Connection.SndWnd);
    }

    [TestMethod]
    public void An_out_of_window_segment_does_not_acknowledge_our_data()
    {
        ScriptedPeer peer = ScriptedPeer.Accepted(out Wire wire);
        peer.Writes(100);
        peer.ExpectsOnly("P. seq I+1 ack R+1 len 100");
        peer.Trades(". seq R-100 ack I+101", ". seq I+101 ack R+1");
        peer.Trades(". seq R+60000 ack I+101", ". seq I+101 ack R+1");
        Assert.AreEqual(100, peer.Connection.Unacknowledged);
        Assert.AreEqual(peer['I'] + 1, peer.Connection.SndUna);
    }

    [TestMethod]
    public void A_segment_that_begins_before_RCV_NXT_gives_its_new_bytes()
    {
        ScriptedPeer peer = ScriptedPeer.Accepted(out Wire wire);
        peer.Sends("P. seq R+1 ack I+1 len 100");
        peer.Sends("P. seq R+51 ack I+1 len 100");
        peer.Reads(150);
    }

    [TestMethod]
    public void A_segment_that_reaches_past_the_window_is_cut()
    {
        ScriptedPeer peer = ScriptedPeer.Accepted(out Wire wire);
        peer.Sends(". seq R+1 ack I+1 len 1448");
        peer.Sends("F. seq R+1449 ack I+1 len 700");
        peer.IsIn(TcpState.Established, "the FIN was cut off");
        Assert.AreEqual(2048, peer.Connection.Available);
        Assert.AreEqual(peer['R'] + 2049, peer.Connection.RcvNxt);
        Assert.AreEqual(0u, peer.Connection.RcvWnd);
        Assert.AreEqual(1UL, wire.Count(Counter.WindowOverrun));
        peer.Reads(2048);
    }

    [TestMethod]
    public void With_a_window_of_0_only_the_empty_segment_at_RCV_NXT_is_acceptable_and_its_ACK_counts()
    {
        ScriptedPeer peer = ScriptedPeer.Accepted(out Wire wire);
        peer.Writes(10);
        peer.ExpectsOnly("P. seq I+1 ack R+1 len 10");
        peer.Sends(". seq R+1 ack I+1 len 1024");
        peer.Sends(". seq R+1025 ack I+1 len 1024");
        wire.Advance(200 * Wire.Millisecond);
        peer.ExpectsOnly(". seq I+11 ack R+2049 win 0");
        peer.Trades(". seq R+2049 ack I+1 len 1", ". seq I+11 ack R+2049 win 0");
        peer.Trades(". seq R+2049 ack I+11", "");
        Assert.AreEqual(0, peer.Connection.Unacknowledged);
        peer.Trades("R seq R+2050", "");
        peer.Trades("R seq R+2049", "");
        peer.IsIn(TcpState.Closed);
    }

    [TestMethod]
    [DataRow(5)]
    [DataRow(11)]
    [DataRow(65535)]
    public void An_urgent_pointer_inside_or_past_the_segment_does_not_change_the_data(int pointer)
    {
        ScriptedPeer peer = ScriptedPeer.Accepted(out Wire wire);
        peer.Sends("PU. seq R+1 ack I+1 len 10 urg " + pointer.ToString());
        peer.Sends("P. seq R+11 ack I+1 len 10");
        peer.Reads(20);
        Assert.AreEqual(1UL, wire.Count(Counter.UrgentReceived));
    }

    [TestMethod]
    public void Reserved_bits_ECN_bits_and_unknown_options_are_stepped_over()
    {
        ScriptedPeer peer = ScriptedPeer.Accepted(out Wire wire);
        byte[] frame = peer.Frame("P. seq R+1 ack I+1 len 10 opt FE040102FD020101");
        frame[Packet.Transport + 12] |= 0x0F;
        frame[Packet.Transport + 13] |= 0xC0;
        Packet.FixTcp(frame);
        wire.Inject(frame);
        peer.Reads(10);
    }

    [TestMethod]
    public void Segments_of_other_addresses_and_ports_are_other_connections()
    {
        ScriptedPeer peer = ScriptedPeer.Accepted(out Wire wire);
        ScriptedPeer other = new ScriptedPeer(wire, 40001, 7);
        other['I'] = peer['I'];
        other.Trades("R. seq R+1 ack I+1", "");
        other.Trades("P. seq R+1 ack I+1 len 10", "R seq I+1");
        other = new ScriptedPeer(wire, 40000, 7);
        other.Address = Wire.PeerAddress + 4;
        other['I'] = peer['I'];
        other.Trades("R. seq R+1 ack I+1", "");
        other.Trades("P. seq R+1 ack I+1 len 10", "R seq I+1");
        peer.IsIn(TcpState.Established);
        Assert.AreEqual(0, peer.Connection.Available);
    }

    [TestMethod]
    public void Data_that_comes_again_with_a_FIN_behind_it_gives_its_FIN()
    {
        ScriptedPeer peer = ScriptedPeer.Accepted(out Wire wire);
        peer.Trades(". seq R+1 ack I+1 len 10", "");
        peer.Trades("F. seq R+1 ack I+1 len 10", ". seq I+1 ack R+12");
        peer.IsIn(TcpState.CloseWait);
        peer.Reads(10);
    }

    [TestMethod]
    public void The_last_byte_of_the_window_is_kept_and_the_one_behind_it_is_outside()
    {
        ScriptedPeer peer = ScriptedPeer.Accepted(out Wire wire);
        peer.Trades(". seq R+2049 ack I+1 len 1", ". seq I+1 ack R+1");
        Assert.AreEqual(1UL, wire.Count(Counter.OutOfWindow));
        Assert.AreEqual(0UL, wire.Count(Counter.WindowOverrun));
        Assert.AreEqual(0UL, wire.Count(Counter.OutOfOrderKept));
        peer.Trades(". seq R+2048 ack I+1 len 1", ". seq I+1 ack R+1");
        Assert.AreEqual(1UL, wire.Count(Counter.OutOfWindow));
        Assert.AreEqual(1UL, wire.Count(Counter.OutOfOrderKept));
    }

    [TestMethod]
    public void A_FIN_alone_behind_a_gap_gets_an_immediate_duplicate_ACK_and_is_kept()
    {
        ScriptedPeer peer = ScriptedPeer.Accepted(out Wire wire);
        peer.Trades("F. seq R+11 ack I+1", ". seq I+1 ack R+1");
        peer.Trades(". seq R+1 ack I+1 len 10", ". seq I+1 ack R+12");
        peer.IsIn(TcpState.CloseWait);
        peer.Reads(10);
    }

    [TestMethod]
    public void A_FIN_in_front_of_data_that_has_come_already_is_not_believed()
    {
        ScriptedPeer peer = ScriptedPeer.Accepted(out Wire wire);
        peer.Trades(". seq R+21 ack I+1 len 10", ". seq I+1 ack R+1");
        peer.Trades(". seq R+41 ack I+1 len 10", ". seq I+1 ack R+1");
        peer.Trades("F. seq R+31 ack I+1 len 5", ". seq I+1 ack R+1");
        peer.Trades(". seq R+1 ack I+1 len 20", ". seq I+1 ack R+36");
        peer.Trades(". seq R+36 ack I+1 len 5", ". seq I+1 ack R+51");
        peer.IsIn(TcpState.Established);
        peer.Reads(50);

        // Behind all that has come, with and without data of its own, it is.
        peer.Trades(". seq R+61 ack I+1 len 10", ". seq I+1 ack R+51");
        peer.Trades("F. seq R+71 ack I+1 len 5", ". seq I+1 ack R+51");
        peer.Trades(". seq R+51 ack I+1 len 10", ". seq I+1 ack R+77");
        peer.IsIn(TcpState.CloseWait);
        peer.Reads(25);
    }

    [TestMethod]
    public void A_FIN_right_behind_data_that_has_come_out_of_order_is_kept()
    {
        ScriptedPeer peer = ScriptedPeer.Accepted(out Wire wire);
        peer.Trades(". seq R+21 ack I+1 len 10", ". seq I+1 ack R+1");
        peer.Trades("F. seq R+31 ack I+1", ". seq I+1 ack R+1");
        peer.Trades(". seq R+1 ack I+1 len 20", ". seq I+1 ack R+32");
        peer.IsIn(TcpState.CloseWait);
        peer.Reads(30);
    }

    [TestMethod]
    public void A_FIN_whose_data_found_no_place_is_forgotten_with_it()
    {
        Wire wire = FourRanges();
        ScriptedPeer peer = ScriptedPeer.Accepted(wire);
        for (int i = 1; i <= 4; i++)
            peer.Trades(". seq R+" + (10 * i + 1).ToString() + " ack I+1 len 1", ". seq I+1 ack R+1");
        peer.Trades("F. seq R+51 ack I+1 len 1", ". seq I+1 ack R+1");
        Assert.AreEqual(4UL, wire.Count(Counter.OutOfOrderKept));
        Assert.AreEqual(1UL, wire.Count(Counter.OutOfOrderDropped));
        peer.Trades(". seq R+1 ack I+1 len 51", ". seq I+1 ack R+52");
        peer.IsIn(TcpState.Established);
        peer.Reads(51);
    }

    [TestMethod]
    public void A_FIN_that_was_kept_outlives_data_that_finds_no_place()
    {
        Wire wire = FourRanges();
        ScriptedPeer peer = ScriptedPeer.Accepted(wire);
        for (int i = 1; i <= 3; i++)
            peer.Trades(". seq R+" + (10 * i + 1).ToString() + " ack I+1 len 1", ". seq I+1 ack R+1");
        peer.Trades("F. seq R+41 ack I+1 len 1", ". seq I+1 ack R+1");
        peer.Trades(". seq R+36 ack I+1 len 1", ". seq I+1 ack R+1");
        Assert.AreEqual(5UL, wire.Count(Counter.OutOfOrderKept));
        Assert.AreEqual(1UL, wire.Count(Counter.OutOfOrderDropped));
        peer.Trades(". seq R+1 ack I+1 len 40", ". seq I+1 ack R+41");
        peer.Trades(". seq R+41 ack I+1 len 1", ". seq I+1 ack R+43");
        peer.IsIn(TcpState.CloseWait);
        peer.Reads(41);
    }

    // RFC 9293 SHLD-31.
    [TestMethod]
    public void A_receive_buffer_of_small_segments_is_kept_though_each_second_is_lost()
    {
        ScriptedPeer peer = ScriptedPeer.Accepted(out Wire wire);
        for (int i = 1; i < 64; i += 2)
            peer.Trades(". seq R+" + (32 * i + 1).ToString() + " ack I+1 len 32", ". seq I+1 ack R+1");
        Assert.AreEqual(0UL, wire.Count(Counter.OutOfOrderDropped));
        for (int i = 0; i < 64; i += 2)
            peer.Trades(". seq R+" + (32 * i + 1).ToString() + " ack I+1 len 32", ". seq I+1 ack R+" + (32 * i + 65).ToString());
        peer.Reads(2048);
    }

    [TestMethod]
    public void With_no_place_for_one_more_range_the_highest_is_forgotten()
    {
        Wire wire = FourRanges();
        ScriptedPeer peer = ScriptedPeer.Accepted(wire);
        for (int i = 5; i >= 1; i--)
            peer.Trades(". seq R+" + (20 * i + 1).ToString() + " ack I+1 len 10", ". seq I+1 ack R+1");
        Assert.AreEqual(5UL, wire.Count(Counter.OutOfOrderKept));
        Assert.AreEqual(1UL, wire.Count(Counter.OutOfOrderDropped));
        peer.Trades(". seq R+121 ack I+1 len 10", ". seq I+1 ack R+1");
        Assert.AreEqual(5UL, wire.Count(Counter.OutOfOrderKept));
        Assert.AreEqual(2UL, wire.Count(Counter.OutOfOrderDropped));
        for (int i = 0; i < 4; i++)
            peer.Trades(". seq R+" + (20 * i + 1).ToString() + " ack I+1 len 20", ". seq I+1 ack R+" + (20 * i + 31).ToString());
        peer.Trades(". seq R+91 ack I+1 len 10", "");
        peer.ExpectsAfter(100 * Wire.Millisecond, ". seq I+1 ack R+101");
        peer.Reads(100);
    }

    [TestMethod]
    public void A_segment_that_closes_the_gap_between_two_ranges_makes_room_for_others()
    {
        Wire wire = FourRanges();
        ScriptedPeer peer = ScriptedPeer.Accepted(wire);
        peer.Trades(". seq R+11 ack I+1 len 10", ". seq I+1 ack R+1");
        peer.Trades(". seq R+31 ack I+1 len 10", ". seq I+1 ack R+1");
        peer.Trades(". seq R+51 ack I+1 len 10", ". seq I+1 ack R+1");
        peer.Trades(". seq R+21 ack I+1 len 10", ". seq I+1 ack R+1");
        peer.Trades(". seq R+71 ack I+1 len 10", ". seq I+1 ack R+1");
        peer.Trades(". seq R+91 ack I+1 len 10", ". seq I+1 ack R+1");
        Assert.AreEqual(6UL, wire.Count(Counter.OutOfOrderKept));
        peer.Trades(". seq R+111 ack I+1 len 10", ". seq I+1 ack R+1");
        Assert.AreEqual(6UL, wire.Count(Counter.OutOfOrderKept));
        Assert.AreEqual(1UL, wire.Count(Counter.OutOfOrderDropped));
        peer.Trades(". seq R+1 ack I+1 len 10", ". seq I+1 ack R+41");
        peer.Trades(". seq R+41 ack I+1 len 10", ". seq I+1 ack R+61");
        peer.Trades(". seq R+61 ack I+1 len 10", ". seq I+1 ack R+81");
        peer.Trades(". seq R+81 ack I+1 len 10", ". seq I+1 ack R+101");
        peer.Reads(100);
    }

    [TestMethod]
    public void Data_outside_the_window_is_always_answered_and_a_FIN_there_too()
    {
        ScriptedPeer peer = ScriptedPeer.Accepted(out Wire wire);
        for (int i = 0; i < 50; i++)
        {
            peer.Trades(". seq R-100 ack I+1 len 10", ". seq I+1 ack R+1");
            peer.Trades("F. seq R-100 ack I+1", ". seq I+1 ack R+1");
        }

        Assert.AreEqual(100UL, wire.Count(Counter.OutOfWindow));
        Assert.AreEqual(0UL, wire.Count(Counter.ChallengeLimited));
    }

    [TestMethod]
    public void What_stands_behind_a_FIN_that_is_known_already_is_cut_off()
    {
        ScriptedPeer peer = ScriptedPeer.Accepted(out Wire wire);
        peer.Trades("F. seq R+11 ack I+1", ". seq I+1 ack R+1");
        peer.Trades(". seq R+1 ack I+1 len 20", ". seq I+1 ack R+12");
        peer.IsIn(TcpState.CloseWait);
        peer.Reads(10);
    }


    private static Wire FourRanges()
    {
        TcpSettings settings = Wire.Settings();
        settings.OutOfOrderRanges = 4;
        return new Wire(settings);
    }
}
