using nanoFramework.TestFramework;

namespace HandshakeNano.Net.Tests;

/// <summary>The congestion window, segment by segment: RFC 5681 and RFC 6582, with an MSS of 100.</summary>
[TestClass]
public sealed class CongestionTests
{
    [TestMethod]
    public void Slow_start_adds_a_segment_for_each_ACK_however_much_it_acknowledges()
    {
        Wire wire = new Wire(Roomy());
        ScriptedPeer peer = Opened(wire, 100);
        peer.Writes(3000);
        ExpectsSegments(wire, peer, 1, 4);
        peer.Sends(". seq R+1 ack I+101");
        ExpectsSegments(wire, peer, 401, 2);
        peer.Sends(". seq R+1 ack I+301");
        ExpectsSegments(wire, peer, 601, 3);

        // Less than a segment is acknowledged: the window grows by that much.
        peer.Trades(". seq R+1 ack I+351", ". seq I+901 ack R+1 len 100");
        peer.Trades(". seq R+1 ack I+401", ". seq I+1001 ack R+1 len 100");
    }

    [TestMethod]
    public void The_first_flight_is_three_segments_above_an_MSS_of_1095_and_four_below()
    {
        Wire wire = new Wire(Roomy());
        ScriptedPeer peer = Opened(wire, 1095);
        peer.Writes(10000);
        Assert.AreEqual(4, wire.SentCount);
        wire = new Wire(Roomy());
        peer = Opened(wire, 1096);
        peer.Writes(10000);
        Assert.AreEqual(3, wire.SentCount);
    }

    [TestMethod]
    public void Fast_recovery_goes_through_two_losses_and_ends_in_congestion_avoidance()
    {
        Wire wire = new Wire(Roomy());
        ScriptedPeer peer = Opened(wire, 100);
        SixInFlight(wire, peer);

        // Half of the 600 bytes in flight, and three segments that have left the network. Two more are on their way.
        peer.Trades(". seq R+1 ack I+201", ". seq I+801 ack R+1 len 100");
        peer.Trades(". seq R+1 ack I+201", ". seq I+901 ack R+1 len 100");
        peer.Trades(". seq R+1 ack I+201", ". seq I+201 ack R+1 len 100");
        peer.Trades(". seq R+1 ack I+201", "");
        peer.Trades(". seq R+1 ack I+201", "");
        peer.Trades(". seq R+1 ack I+201", ". seq I+1001 ack R+1 len 100");
        Assert.AreEqual(1UL, wire.Count(Counter.FastRetransmissions));

        // A partial ACK: the next hole, and a new segment.
        peer.Sends(". seq R+1 ack I+401");
        peer.Expects(". seq I+401 ack R+1 len 100");
        peer.ExpectsOnly(". seq I+1101 ack R+1 len 100");
        Assert.AreEqual(2UL, wire.Count(Counter.FastRetransmissions));

        // All that was in flight at the loss: half of it is the window now, and 200 bytes are in flight.
        peer.Trades(". seq R+1 ack I+1001", ". seq I+1201 ack R+1 len 100");

        // Congestion avoidance: 300, 333, 363, 390, 415.
        peer.Trades(". seq R+1 ack I+1101", ". seq I+1301 ack R+1 len 100");
        peer.Trades(". seq R+1 ack I+1201", ". seq I+1401 ack R+1 len 100");
        peer.Trades(". seq R+1 ack I+1301", ". seq I+1501 ack R+1 len 100");
        peer.Sends(". seq R+1 ack I+1401");
        ExpectsSegments(wire, peer, 1601, 2);
        Assert.AreEqual(6UL, wire.Count(Counter.DuplicateAcks));
    }

    // RFC 3042, RFC 5681 section 3.2 step 1.
    [TestMethod]
    public void The_first_two_duplicate_ACKs_let_a_new_segment_each_go_so_that_a_lost_first_segment_of_three_costs_no_timeout()
    {
        Wire wire = new Wire(Roomy());
        ScriptedPeer peer = Opened(wire, 1460);
        peer.Writes(14600);
        ExpectsFullSegments(wire, peer, 0, 3);
        peer.Trades(". seq R+1 ack I+1", ". seq I+4381 ack R+1 len 1460");
        peer.Trades(". seq R+1 ack I+1", ". seq I+5841 ack R+1 len 1460");
        peer.Trades(". seq R+1 ack I+1", ". seq I+1 ack R+1 len 1460");
        Assert.AreEqual(0UL, wire.Count(Counter.Retransmissions));
        Assert.AreEqual(1UL, wire.Count(Counter.FastRetransmissions));

        // Two segments, the least threshold, and three that have left the network are 7300 bytes, and all are in flight.
        peer.Trades(". seq R+1 ack I+1", ". seq I+7301 ack R+1 len 1460");
    }

    [TestMethod]
    public void What_limited_transmit_sent_does_not_raise_the_threshold()
    {
        Wire wire = new Wire(Roomy());
        ScriptedPeer peer = Opened(wire, 100);
        SixInFlight(wire, peer);
        peer.Trades(". seq R+1 ack I+201", ". seq I+801 ack R+1 len 100");
        peer.Trades(". seq R+1 ack I+201", ". seq I+901 ack R+1 len 100");
        peer.Trades(". seq R+1 ack I+201", ". seq I+201 ack R+1 len 100");

        // Half of 600 bytes, not of 800: all that was in flight arrives, and a window of 300 is one of 100 and two more. When all of that
        // is acknowledged it grows by one.
        peer.Trades(". seq R+1 ack I+1001", ". seq I+1001 ack R+1 len 100");
        peer.Sends(". seq R+1 ack I+1101");
        ExpectsSegments(wire, peer, 1101, 2);
        peer.Sends(". seq R+1 ack I+1301");
        ExpectsSegments(wire, peer, 1301, 3);
        peer.Sends(". seq R+1 ack I+1601");
        ExpectsSegments(wire, peer, 1601, 4);
    }

    [TestMethod]
    public void Limited_transmit_keeps_to_the_peers_window_and_to_Nagle()
    {
        Wire wire = new Wire(Roomy());
        ScriptedPeer peer = Opened(wire, 1460);
        peer.Window = 5000;
        peer.Sends(". seq R+1 ack I+1");
        peer.Writes(8000);
        ExpectsFullSegments(wire, peer, 0, 3);
        peer.Trades(". seq R+1 ack I+1", "");
        peer.Trades(". seq R+1 ack I+1", "");

        wire = new Wire(Roomy());
        peer = Opened(wire, 1460);
        peer.Writes(4400);
        ExpectsFullSegments(wire, peer, 0, 3);
        peer.Trades(". seq R+1 ack I+1", "");
        peer.Trades(". seq R+1 ack I+1", "");
    }

    [TestMethod]
    public void Duplicate_ACKs_after_a_timeout_let_nothing_new_go()
    {
        Wire wire = new Wire(Roomy());
        ScriptedPeer peer = Opened(wire, 100);
        peer.Writes(3000);
        ExpectsSegments(wire, peer, 1, 4);
        peer.ExpectsAfter(Wire.Second, ". seq I+1 ack R+1 len 100");
        for (int i = 0; i < 5; i++)
            peer.Trades(". seq R+1 ack I+1", "");
    }

    [TestMethod]
    public void A_partial_ACK_of_more_than_the_window_leaves_one_segment_of_it()
    {
        Wire wire = new Wire(Roomy());
        ScriptedPeer peer = Opened(wire, 100);
        InFlight(wire, peer, 12);
        peer.Trades(". seq R+1 ack I+801", ". seq I+2001 ack R+1 len 100");
        peer.Trades(". seq R+1 ack I+801", ". seq I+2101 ack R+1 len 100");
        peer.Trades(". seq R+1 ack I+801", ". seq I+801 ack R+1 len 100");

        // 600 and 300 bytes of window, 1100 acknowledged.
        peer.Trades(". seq R+1 ack I+1901", ". seq I+1901 ack R+1 len 100");
        peer.Sends(". seq R+1 ack I+2201");
        ExpectsSegments(wire, peer, 2201, 1);
    }

    // RFC 6582 section 3.2 step 3: less by what it acknowledges, and a segment more, which is all that is left here.
    [TestMethod]
    public void After_a_partial_ACK_each_duplicate_opens_the_window_by_a_segment()
    {
        Wire wire = new Wire(Roomy());
        ScriptedPeer peer = Opened(wire, 100);
        InFlight(wire, peer, 12);
        peer.Trades(". seq R+1 ack I+801", ". seq I+2001 ack R+1 len 100");
        peer.Trades(". seq R+1 ack I+801", ". seq I+2101 ack R+1 len 100");
        peer.Trades(". seq R+1 ack I+801", ". seq I+801 ack R+1 len 100");
        peer.Trades(". seq R+1 ack I+1901", ". seq I+1901 ack R+1 len 100");

        // 300 bytes are in flight.
        peer.Trades(". seq R+1 ack I+1901", "");
        peer.Trades(". seq R+1 ack I+1901", "");
        peer.Trades(". seq R+1 ack I+1901", ". seq I+2201 ack R+1 len 100");
    }

    // RFC 5681 section 3.1, equation 3: where it yields 0, by 1 byte.
    [TestMethod]
    public void In_congestion_avoidance_an_ACK_of_a_byte_adds_a_byte()
    {
        Wire wire = new Wire(Roomy());
        ScriptedPeer peer = Opened(wire, 100);
        SixInFlight(wire, peer);
        peer.Trades(". seq R+1 ack I+201", ". seq I+801 ack R+1 len 100");
        peer.Trades(". seq R+1 ack I+201", ". seq I+901 ack R+1 len 100");
        peer.Trades(". seq R+1 ack I+201", ". seq I+201 ack R+1 len 100");
        peer.Trades(". seq R+1 ack I+1001", ". seq I+1001 ack R+1 len 100");
        peer.Sends(". seq R+1 ack I+1101");
        ExpectsSegments(wire, peer, 1101, 2);
        peer.Sends(". seq R+1 ack I+1301");
        ExpectsSegments(wire, peer, 1301, 3);

        // The window of 300 is the threshold. With each byte acknowledged its edge moves by two.
        for (int i = 1; i <= 100; i++)
        {
            string ack = ". seq R+1 ack I+" + (1301 + i).ToString();
            peer.Trades(ack, i == 50 ? ". seq I+1601 ack R+1 len 100" : i == 100 ? ". seq I+1701 ack R+1 len 100" : "");
        }
    }

    [TestMethod]
    public void A_timeout_begins_with_one_segment_and_ends_slow_start_at_half_of_what_was_in_flight()
    {
        Wire wire = new Wire(Roomy());
        ScriptedPeer peer = Opened(wire, 100);
        InFlight(wire, peer, 8);
        peer.ExpectsAfter(Wire.Second, ". seq I+401 ack R+1 len 100");
        peer.ExpectsAfter(2 * Wire.Second, ". seq I+401 ack R+1 len 100");
        peer.Sends(". seq R+1 ack I+501");
        ExpectsSegments(wire, peer, 501, 2);
        peer.Sends(". seq R+1 ack I+601");
        ExpectsSegments(wire, peer, 701, 2);
        peer.Sends(". seq R+1 ack I+701");
        ExpectsSegments(wire, peer, 901, 2);

        // Congestion avoidance: 400, 425, 448, 470, 491, 511.
        for (int i = 0; i < 4; i++)
        {
            peer.Sends(". seq R+1 ack I+" + (801 + 100 * i).ToString());
            ExpectsSegments(wire, peer, 1101 + 100 * i, 1);
        }

        peer.Sends(". seq R+1 ack I+1201");
        ExpectsSegments(wire, peer, 1501, 2);
    }

    [TestMethod]
    public void A_partial_ACK_sends_the_next_hole_though_there_is_nothing_new_to_send()
    {
        Wire wire = new Wire(Roomy());
        ScriptedPeer peer = Opened(wire, 100);
        peer.Writes(400);
        peer.Expects(". seq I+1 ack R+1 len 100");
        peer.Expects(". seq I+101 ack R+1 len 100");
        peer.Expects(". seq I+201 ack R+1 len 100");
        peer.ExpectsOnly("P. seq I+301 ack R+1 len 100");
        peer.Trades(". seq R+1 ack I+1", "");
        peer.Trades(". seq R+1 ack I+1", "");
        peer.Trades(". seq R+1 ack I+1", ". seq I+1 ack R+1 len 100");
        peer.Trades(". seq R+1 ack I+301", "P. seq I+301 ack R+1 len 100");
        peer.Trades(". seq R+1 ack I+401", "");
        Assert.AreEqual(0, peer.Connection.Unacknowledged);
    }

    [TestMethod]
    public void A_hole_that_is_the_end_of_the_stream_is_sent_again_with_its_FIN()
    {
        Wire wire = new Wire(Roomy());
        ScriptedPeer peer = Opened(wire, 100);
        peer.TriesToWrite(350);
        peer.ShutsDown();
        ExpectsFirst(peer, 3);
        peer.ExpectsOnly("FP. seq I+301 ack R+1 len 50");
        peer.Trades(". seq R+1 ack I+1", "");
        peer.Trades(". seq R+1 ack I+1", "");
        peer.Trades(". seq R+1 ack I+1", ". seq I+1 ack R+1 len 100");
        peer.Trades(". seq R+1 ack I+301", "FP. seq I+301 ack R+1 len 50");
        peer.Trades(". seq R+1 ack I+352", "");
        peer.IsIn(TcpState.FinWait2);
    }

    [TestMethod]
    public void A_FIN_that_fills_no_segment_of_its_own_is_not_added_to_a_full_hole()
    {
        Wire wire = new Wire(Roomy());
        ScriptedPeer peer = Opened(wire, 100);
        peer.TriesToWrite(300);
        peer.ShutsDown();
        ExpectsFirst(peer, 2);
        peer.ExpectsOnly("FP. seq I+201 ack R+1 len 100");
        peer.Trades(". seq R+1 ack I+1", "");
        peer.Trades(". seq R+1 ack I+1", "");
        peer.Trades(". seq R+1 ack I+1", ". seq I+1 ack R+1 len 100");
        peer.Trades(". seq R+1 ack I+201", "FP. seq I+201 ack R+1 len 100");
    }

    [TestMethod]
    public void The_threshold_is_never_less_than_two_segments()
    {
        Wire wire = new Wire(Roomy());
        ScriptedPeer peer = Opened(wire, 100);
        peer.Connection.NoDelay = true;
        for (int i = 0; i < 4; i++)
        {
            peer.Writes(50);
            peer.ExpectsOnly("P. seq I+" + (50 * i + 1).ToString() + " ack R+1 len 50");
        }

        peer.Trades(". seq R+1 ack I+1", "");
        peer.Trades(". seq R+1 ack I+1", "");
        peer.Trades(". seq R+1 ack I+1", ". seq I+1 ack R+1 len 100");

        // Two segments and three that have left: 500 bytes, of which 200 are in flight.
        peer.Writes(1000);
        ExpectsSegments(wire, peer, 201, 3);
    }

    [TestMethod]
    public void Recovery_ends_with_no_more_than_what_is_in_flight_and_a_segment()
    {
        Wire wire = new Wire(Roomy());
        ScriptedPeer peer = Opened(wire, 100);
        SixInFlight(wire, peer);
        peer.Trades(". seq R+1 ack I+201", ". seq I+801 ack R+1 len 100");
        peer.Trades(". seq R+1 ack I+201", ". seq I+901 ack R+1 len 100");
        peer.Trades(". seq R+1 ack I+201", ". seq I+201 ack R+1 len 100");

        // Nothing is left in flight: a burst of one segment, not of three.
        peer.Trades(". seq R+1 ack I+1001", ". seq I+1001 ack R+1 len 100");
        peer.Sends(". seq R+1 ack I+1101");
        ExpectsSegments(wire, peer, 1101, 2);
    }

    [TestMethod]
    public void After_a_timeout_duplicate_ACKs_of_what_was_sent_before_it_start_no_recovery()
    {
        Wire wire = new Wire(Roomy());
        ScriptedPeer peer = Opened(wire, 100);
        peer.Writes(400);
        ExpectsFirst(peer, 3);
        peer.ExpectsOnly("P. seq I+301 ack R+1 len 100");
        peer.ExpectsAfter(Wire.Second, ". seq I+1 ack R+1 len 100");
        wire.ExpectsSilence();
        for (int i = 0; i < 5; i++)
            peer.Trades(". seq R+1 ack I+1", "");
        Assert.AreEqual(0UL, wire.Count(Counter.FastRetransmissions));

        // Slow start up to two segments: half of the 400 bytes that were in flight.
        peer.Sends(". seq R+1 ack I+101");
        peer.Expects(". seq I+101 ack R+1 len 100");
        peer.ExpectsOnly(". seq I+201 ack R+1 len 100");
        peer.Trades(". seq R+1 ack I+301", "P. seq I+301 ack R+1 len 100");
        Assert.AreEqual(1UL, wire.Count(Counter.Retransmissions));
    }

    [TestMethod]
    public void After_a_pause_of_more_than_the_timeout_the_first_flight_is_small_again()
    {
        Wire wire = new Wire(Roomy());
        ScriptedPeer peer = Opened(wire, 100);
        GrowsToSix(wire, peer);
        wire.Advance(Wire.Second);
        peer.Writes(600);
        Assert.AreEqual(6, wire.SentCount);

        wire = new Wire(Roomy());
        peer = Opened(wire, 100);
        GrowsToSix(wire, peer);
        wire.Advance(Wire.Second + 1);
        peer.Writes(600);
        Assert.AreEqual(4, wire.SentCount);
    }

    [TestMethod]
    [DataRow(1095, 4)]
    [DataRow(1096, 3)]
    public void After_a_pause_the_first_flight_is_again_that_of_the_segments_size(int mss, int segments)
    {
        Wire wire = new Wire(Roomy());
        ScriptedPeer peer = Opened(wire, mss);
        peer.Writes(5 * mss);
        while (peer.Connection.Unacknowledged != 0)
        {
            peer['N'] = peer.Connection.SndUna + (uint)mss;
            peer.Sends(". seq R+1 ack N");
        }

        wire.Discard();
        wire.Advance(Wire.Second + 1);
        peer.Writes(6 * mss);
        Assert.AreEqual(segments, wire.SentCount);
    }

    private static TcpSettings Roomy()
    {
        TcpSettings settings = Wire.Settings();
        settings.SendBufferSize = 16384;
        return settings;
    }

    private static ScriptedPeer Opened(Wire wire, int mss)
    {
        ScriptedPeer peer = new ScriptedPeer(wire, 80, 50000);
        peer.Connection = wire.Endpoint.Connect(peer.Address, peer.Port, peer.OurPort);
        wire.Run();
        peer.ExpectsOnly("S seq I mss 1460");
        peer.Trades("S. seq R ack I+1 mss " + mss.ToString(), ". seq I+1 ack R+1");
        return peer;
    }

    /// <summary>Bytes 201 to 800 are in flight, all that the congestion window of 600 holds, and more waits.</summary>
    private static void SixInFlight(Wire wire, ScriptedPeer peer)
    {
        InFlight(wire, peer, 6);
    }

    /// <summary>So many segments are in flight, all that the congestion window holds, and more waits; so many less 4 are acknowledged.</summary>
    private static void InFlight(Wire wire, ScriptedPeer peer, int segments)
    {
        peer.Writes(3000);
        ExpectsSegments(wire, peer, 1, 4);
        for (int i = 4; i < segments; i++)
        {
            peer.Sends(". seq R+1 ack I+" + (100 * i - 299).ToString());
            ExpectsSegments(wire, peer, 200 * i - 399, 2);
        }
    }

    /// <summary>The congestion window is 600 bytes, and nothing is in flight.</summary>
    private static void GrowsToSix(Wire wire, ScriptedPeer peer)
    {
        peer.Writes(400);
        ExpectsFirst(peer, 3);
        peer.ExpectsOnly("P. seq I+301 ack R+1 len 100");
        peer.Trades(". seq R+1 ack I+101", "");
        peer.Trades(". seq R+1 ack I+401", "");
    }

    private static void ExpectsFirst(ScriptedPeer peer, int count)
    {
        for (int i = 0; i < count; i++)
            peer.Expects(". seq I+" + (100 * i + 1).ToString() + " ack R+1 len 100");
    }

    private static void ExpectsFullSegments(Wire wire, ScriptedPeer peer, int first, int count)
    {
        for (int i = first; i < first + count; i++)
            peer.Expects(". seq I+" + (1460 * i + 1).ToString() + " ack R+1 len 1460");
        wire.ExpectsSilence();
    }

    private static void ExpectsSegments(Wire wire, ScriptedPeer peer, int first, int count)
    {
        for (int i = 0; i < count; i++)
            peer.Expects(". seq I+" + (first + 100 * i).ToString() + " ack R+1 len 100");
        wire.ExpectsSilence();
    }
}
