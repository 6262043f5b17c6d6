using nanoFramework.TestFramework;

namespace HandshakeNano.Net.Tests;

/// <summary>
/// Tail loss probes, RFC 8985 section 7. The round trip takes 50 ms, the timeout 1 s, the peer takes segments of 100 bytes.
/// </summary>
[TestClass]
public class TailProbeTests
{
    private const ulong Second = Wire.Second;
    private const ulong RoundTrip = 50 * Wire.Millisecond;

    /// <summary>Two round trips, and what a peer may delay its ACK.</summary>
    private const ulong Soon = 2 * RoundTrip + 200 * Wire.Millisecond;

    [TestMethod]
    public void A_lost_tail_of_several_segments_costs_a_probe_and_no_timeout()
    {
        Wire wire;
        ScriptedPeer peer = InFlight(300, out wire);
        peer.ExpectsAfter(Soon, "P. seq I+201 ack R+1 len 100");

        // The probe has come, and it was sent long after the others: they are lost.
        peer.Sends(". seq R+1 ack I+1 sack I+201:I+301");
        peer.Expects(". seq I+1 ack R+1 len 100");
        peer.ExpectsOnly(". seq I+101 ack R+1 len 100");
        peer.Trades(". seq R+1 ack I+301", "");
        wire.StaysSilent(10 * Second);
        Assert.AreEqual(1UL, wire.Count(Counter.TailLossProbes));
        Assert.AreEqual(2UL, wire.Count(Counter.FastRetransmissions));
        Assert.AreEqual(0UL, wire.Count(Counter.Retransmissions));
    }

    [TestMethod]
    public void One_lost_segment_is_mended_by_the_probe_which_waits_for_a_delayed_ACK()
    {
        Wire wire;
        ScriptedPeer peer = InFlight(100, out wire);
        peer.ExpectsAfter(Soon, "P. seq I+1 ack R+1 len 100");
        peer.Trades(". seq R+1 ack I+101", "");
        wire.StaysSilent(10 * Second);
        Assert.AreEqual(0UL, wire.Count(Counter.Retransmissions));
    }

    [TestMethod]
    public void A_probe_is_new_data_where_there_is_some_be_the_congestion_window_full_or_not()
    {
        Wire wire;
        ScriptedPeer peer = InFlight(600, out wire);
        peer.ExpectsAfter(Soon, ". seq I+401 ack R+1 len 100");
        peer.Sends(". seq R+1 ack I+501");
        peer.ExpectsOnly("P. seq I+501 ack R+1 len 100");
        Assert.AreEqual(1UL, wire.Count(Counter.TailLossProbes));
    }

    [TestMethod]
    public void When_a_probe_of_new_data_is_acknowledged_the_next_tail_has_one_too()
    {
        Wire wire;
        ScriptedPeer peer = InFlight(600, out wire);
        peer.ExpectsAfter(Soon, ". seq I+401 ack R+1 len 100");
        peer.Trades(". seq R+1 ack I+501", "P. seq I+501 ack R+1 len 100");

        // The round trips differ now, but that is still before the timeout.
        wire.Advance(Second - 1);
        peer.ExpectsOnly("P. seq I+501 ack R+1 len 100");
        Assert.AreEqual(2UL, wire.Count(Counter.TailLossProbes));
    }

    [TestMethod]
    public void A_FIN_is_a_tail_too()
    {
        Wire wire;
        ScriptedPeer peer = InFlight(0, out wire);
        peer.Closes();
        peer.Expects("F. seq I+1 ack R+1");
        peer.ExpectsAfter(Soon, "F. seq I+1 ack R+1");
        peer.Trades(". seq R+1 ack I+2", "");
        peer.IsIn(TcpState.FinWait2);
    }

    [TestMethod]
    public void The_timeout_follows_a_probe_that_has_no_answer()
    {
        Wire wire;
        ScriptedPeer peer = InFlight(300, out wire);
        peer.ExpectsAfter(Soon, "P. seq I+201 ack R+1 len 100");

        // What is sent meanwhile brings no other one.
        peer.Connection.NoDelay = true;
        peer.Writes(50);
        peer.Expects("P. seq I+301 ack R+1 len 50");
        peer.ExpectsAfter(Second, ". seq I+1 ack R+1 len 100");
        wire.StaysSilent(2 * Second - 1);
        Assert.AreEqual(1UL, wire.Count(Counter.TailLossProbes));
        Assert.AreEqual(1UL, wire.Count(Counter.Retransmissions));
    }

    [TestMethod]
    public void A_probe_waits_for_two_round_trips_after_the_last_segment_and_never_past_the_timeout()
    {
        Wire wire;
        ScriptedPeer peer = InFlight(200, out wire);
        wire.Advance(60 * Wire.Millisecond);
        peer.Connection.NoDelay = true;
        peer.Writes(50);
        peer.Expects("P. seq I+201 ack R+1 len 50");
        peer.ExpectsAfter(Soon, "P. seq I+151 ack R+1 len 100");
    }

    [TestMethod]
    public void A_probe_waits_longer_where_round_trips_differ()
    {
        // Measured once: 200 ms, of which they may differ by a half, and that four times.
        Wire wire = new Wire(Settings());
        ScriptedPeer peer = ScriptedPeer.Small(wire, " sackok", 200 * Wire.Millisecond);
        peer.Writes(200);
        wire.Discard();
        peer.ExpectsAfter(800 * Wire.Millisecond, "P. seq I+101 ack R+1 len 100");
    }

    // Section 7.3: a segment of new data if the window has room for some, with the FIN if that fits too; if not, the last one again.
    [TestMethod]
    [DataRow(450, 65535, false, "P. seq I+401 ack R+1 len 50")]
    [DataRow(450, 65535, true, "FP. seq I+401 ack R+1 len 50")]
    [DataRow(600, 65535, true, ". seq I+401 ack R+1 len 100")]
    [DataRow(400, 65535, true, "F. seq I+401 ack R+1")]
    [DataRow(450, 451, true, "FP. seq I+401 ack R+1 len 50")]
    [DataRow(450, 450, true, "P. seq I+401 ack R+1 len 50")]
    [DataRow(600, 450, false, ". seq I+401 ack R+1 len 50")]
    [DataRow(600, 400, false, ". seq I+301 ack R+1 len 100")]
    [DataRow(400, 400, true, "P. seq I+301 ack R+1 len 100")]
    public void A_probe_is_as_much_new_data_as_there_is_and_fits(int bytes, int window, bool shut, string probe)
    {
        Wire wire;
        ScriptedPeer peer = InFlight(0, out wire);
        peer.Window = window;
        peer.Trades(". seq R+1 ack I+1", "");
        peer.Writes(bytes);
        Assert.AreEqual(4, wire.SentCount);
        wire.Discard();
        if (shut)
            peer.ShutsDown();
        peer.ExpectsAfter(Soon, probe);
        wire.StaysSilent(Second - 1);
        Assert.AreEqual(1UL, wire.Count(Counter.TailLossProbes));
    }

    [TestMethod]
    public void A_probe_of_new_data_is_followed_by_no_other_one_either()
    {
        Wire wire;
        ScriptedPeer peer = InFlight(600, out wire);
        peer.ExpectsAfter(Soon, ". seq I+401 ack R+1 len 100");
        peer.Trades(". seq R+1 ack I+101", "P. seq I+501 ack R+1 len 100");
        peer.ExpectsAfter(Second, ". seq I+101 ack R+1 len 100");
        Assert.AreEqual(1UL, wire.Count(Counter.TailLossProbes));
        Assert.AreEqual(1UL, wire.Count(Counter.Retransmissions));
    }

    [TestMethod]
    public void What_a_timeout_sends_again_brings_no_probe()
    {
        Wire wire;
        ScriptedPeer peer = InFlight(100, out wire);
        peer.ExpectsAfter(Soon, "P. seq I+1 ack R+1 len 100");
        for (int i = 0; i < 4; i++)
            peer.ExpectsAfter(Second << i, "P. seq I+1 ack R+1 len 100");
        Assert.AreEqual(1UL, wire.Count(Counter.TailLossProbes));
        Assert.AreEqual(4UL, wire.Count(Counter.Retransmissions));
    }

    // Section 7.2. A window that is closed meanwhile does not put off the timeout.
    [TestMethod]
    [DataRow(65535, ". seq I+401 ack R+1 len 100")]
    [DataRow(0, ". seq I+401 ack R+1 len 1")]
    public void In_recovery_there_is_no_probe(int window, string again)
    {
        Wire wire;
        ScriptedPeer peer = InFlight(600, out wire);
        peer.Trades(". seq R+1 ack I+1 sack I+101:I+201", ". seq I+401 ack R+1 len 100");
        peer.Trades(". seq R+1 ack I+1 sack I+101:I+301", "P. seq I+501 ack R+1 len 100");
        peer.Trades(". seq R+1 ack I+1 sack I+101:I+401", ". seq I+1 ack R+1 len 100");

        // The last two are lost as well, and nothing is left that is acknowledged selectively.
        peer.Trades(". seq R+1 ack I+401", "");
        wire.StaysSilent(100 * Wire.Millisecond);
        peer.Window = window;
        peer.Trades(". seq R+1 ack I+401", "");
        peer.ExpectsAfter(900 * Wire.Millisecond, again);
        Assert.AreEqual(0UL, wire.Count(Counter.TailLossProbes));
    }

    [TestMethod]
    public void A_probe_does_not_wait_for_what_was_sent_later_if_that_is_past_the_user_timeout()
    {
        Wire wire;
        ScriptedPeer peer = InFlight(0, out wire);
        peer.Connection.UserTimeout = 500 * Wire.Millisecond;
        peer.Connection.NoDelay = true;
        peer.Writes(200);
        wire.Advance(200 * Wire.Millisecond);
        wire.Discard();
        peer.Writes(50);
        peer.Expects("P. seq I+201 ack R+1 len 50");
        peer.ExpectsAfter(Soon - 200 * Wire.Millisecond, "P. seq I+151 ack R+1 len 100");
        wire.StaysSilent(200 * Wire.Millisecond - 1);
        peer.IsIn(TcpState.Established);
        wire.StaysSilent(1);
        peer.IsIn(TcpState.Closed);
        Assert.AreEqual(1UL, wire.Count(Counter.TimedOut));
    }

    [TestMethod]
    public void A_user_timeout_that_ends_with_the_wait_for_a_probe_ends_the_connection_without_it()
    {
        Wire wire;
        ScriptedPeer peer = InFlight(200, out wire);
        wire.StaysSilent(100 * Wire.Millisecond);
        peer.Connection.UserTimeout = Soon;
        wire.StaysSilent(Soon - 100 * Wire.Millisecond - 1);
        peer.IsIn(TcpState.Established);
        wire.StaysSilent(1);
        peer.IsIn(TcpState.Closed);
        Assert.AreEqual(1UL, wire.Count(Counter.TimedOut));
        Assert.AreEqual(0UL, wire.Count(Counter.TailLossProbes));
    }

    [TestMethod]
    public void Where_a_probe_would_come_with_the_timeout_nothing_puts_that_off()
    {
        TcpSettings settings = Settings();
        settings.MinimumRetransmissionTimeout = Soon;
        Wire wire = new Wire(settings);
        ScriptedPeer peer = Opened(wire, " sackok", 100);
        wire.StaysSilent(100 * Wire.Millisecond);
        peer.Trades(". seq R+1 ack I+1 win 0", "");
        peer.ExpectsAfter(Soon - 100 * Wire.Millisecond, ". seq I+1 ack R+1 len 1");
        Assert.AreEqual(0UL, wire.Count(Counter.TailLossProbes));
        Assert.AreEqual(1UL, wire.Count(Counter.ZeroWindowProbes));
    }

    // Section 7.4: only a later segment that has come says that the earlier ones are lost, be it the last of several ranges.
    [TestMethod]
    public void All_holes_below_a_probe_that_has_come_are_lost_and_none_if_it_has_not()
    {
        Wire wire;
        ScriptedPeer peer = InFlight(400, out wire);
        peer.ExpectsAfter(Soon, "P. seq I+301 ack R+1 len 100");
        peer.Trades(". seq R+1 ack I+1 sack I+101:I+201", "");
        peer.Sends(". seq R+1 ack I+1 sack I+301:I+401,I+101:I+201");
        peer.Expects(". seq I+1 ack R+1 len 100");
        peer.ExpectsOnly(". seq I+201 ack R+1 len 100");
        peer.Trades(". seq R+1 ack I+401", "");
        wire.StaysSilent(10 * Second);
        Assert.AreEqual(2UL, wire.Count(Counter.FastRetransmissions));
        Assert.AreEqual(0UL, wire.Count(Counter.Retransmissions));
    }

    // Section 7.4: what the probe has mended was lost all the same. A duplicate of it, or an ACK of it alone, says that it was not.
    [TestMethod]
    [DataRow(". seq R+1 ack I+401", "", 2)]
    [DataRow(". seq R+1 ack I+401 sack I+301:I+401", "", 6)]
    [DataRow(". seq R+1 ack I+401", ". seq R+1 ack I+401", 6)]
    public void A_loss_that_the_probe_has_mended_halves_the_congestion_window(string first, string second, int segments)
    {
        Wire wire;
        ScriptedPeer peer = InFlight(400, out wire);
        peer.ExpectsAfter(Soon, "P. seq I+301 ack R+1 len 100");
        peer.Trades(first, "");
        if (second.Length != 0)
            peer.Trades(second, "");
        peer.Writes(100);
        wire.Discard();
        peer.Trades(". seq R+1 ack I+501", "");
        peer.Writes(1600);
        Assert.AreEqual(segments, wire.SentCount);
        wire.Discard();
    }

    [TestMethod]
    public void What_the_peer_has_acknowledged_selectively_needs_no_probe()
    {
        Wire wire;
        ScriptedPeer peer = InFlight(400, out wire);
        peer.Trades(". seq R+1 ack I+1 sack I+101:I+201", "");
        wire.StaysSilent(Second - 1);
        peer.ExpectsAfter(1, ". seq I+1 ack R+1 len 100");
        Assert.AreEqual(0UL, wire.Count(Counter.TailLossProbes));
    }

    [TestMethod]
    public void Without_selective_acknowledgments_there_are_none()
    {
        Wire wire = new Wire(Settings());
        ScriptedPeer peer = Opened(wire, "", 300);
        wire.StaysSilent(Second - 1);
        peer.ExpectsAfter(1, ". seq I+1 ack R+1 len 100");
    }

    private static TcpSettings Settings()
    {
        TcpSettings settings = Wire.Settings();
        settings.SelectiveAcknowledgments = true;
        return settings;
    }

    /// <summary>So many bytes are written, and what leaves of them is on its way.</summary>
    private static ScriptedPeer InFlight(int count, out Wire wire)
    {
        wire = new Wire(Settings());
        return Opened(wire, " sackok", count);
    }

    private static ScriptedPeer Opened(Wire wire, string sacks, int count)
    {
        ScriptedPeer peer = ScriptedPeer.Small(wire, sacks, RoundTrip);
        if (count != 0)
            peer.Writes(count);
        wire.Discard();
        return peer;
    }
}
