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
