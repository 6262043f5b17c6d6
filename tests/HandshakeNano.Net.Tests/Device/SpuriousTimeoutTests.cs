using nanoFramework.TestFramework;

namespace HandshakeNano.Net.Tests;

/// <summary>
/// Spurious timeouts: F-RTO (RFC 5682), and what becomes of the congestion window (RFC 4015). The peer takes segments of 100 bytes, eight
/// of them are on their way, and more wait.
/// </summary>
[TestClass]
public class SpuriousTimeoutTests
{
    private const ulong Second = Wire.Second;

    /// <summary>A tail loss probe, after round trips of 1 us.</summary>
    private const ulong ProbeAfter = 200 * Wire.Millisecond + 2;

    [TestMethod]
    public void Where_only_the_ACKs_were_late_nothing_else_is_sent_again_and_the_window_comes_back()
    {
        Wire wire;
        ScriptedPeer peer = EightInFlight(false, out wire);
        peer.ExpectsAfter(Second, ". seq B+1 ack R+1 len 100");
        Assert.AreEqual(2 * Second, peer.Connection.RetransmissionTimeout);

        // The ACKs of the eight come after all, two segments each.
        peer.Sends(". seq R+1 ack B+201");
        peer.Expects(". seq B+801 ack R+1 len 100");
        peer.ExpectsOnly(". seq B+901 ack R+1 len 100");
        peer.Sends(". seq R+1 ack B+401");
        peer.Expects(". seq B+1001 ack R+1 len 100");
        peer.ExpectsOnly(". seq B+1101 ack R+1 len 100");
        Assert.AreEqual(1UL, wire.Count(Counter.SpuriousTimeouts));
        Assert.AreEqual(1UL, wire.Count(Counter.Retransmissions));
        Assert.AreEqual(Second, peer.Connection.RetransmissionTimeout);

        // Slow start goes on below the old threshold: an ACK of two segments lets three go.
        peer.Sends(". seq R+1 ack B+601");
        peer.Expects(". seq B+1201 ack R+1 len 100");
        peer.Expects(". seq B+1301 ack R+1 len 100");
        peer.ExpectsOnly(". seq B+1401 ack R+1 len 100");
    }

    [TestMethod]
    public void It_is_the_same_with_selective_acknowledgments_where_a_probe_goes_first()
    {
        Wire wire;
        ScriptedPeer peer = EightInFlight(true, out wire);
        peer.ExpectsAfter(ProbeAfter, ". seq B+801 ack R+1 len 100");
        peer.ExpectsAfter(Second, ". seq B+1 ack R+1 len 100");
        peer.Sends(". seq R+1 ack B+201");
        peer.Expects(". seq B+901 ack R+1 len 100");
        peer.ExpectsOnly(". seq B+1001 ack R+1 len 100");
        peer.Sends(". seq R+1 ack B+401");
        Assert.AreEqual(1UL, wire.Count(Counter.SpuriousTimeouts));
        Assert.AreEqual(Second, peer.Connection.RetransmissionTimeout);
        wire.Discard();
    }

    [TestMethod]
    public void A_duplicate_after_the_new_segments_says_that_the_rest_is_lost()
    {
        Wire wire;
        ScriptedPeer peer = EightInFlight(false, out wire);
        peer.ExpectsAfter(Second, ". seq B+1 ack R+1 len 100");
        peer.Sends(". seq R+1 ack B+101");
        peer.Expects(". seq B+801 ack R+1 len 100");
        peer.ExpectsOnly(". seq B+901 ack R+1 len 100");
        peer.Sends(". seq R+1 ack B+101");
        peer.Expects(". seq B+101 ack R+1 len 100");
        peer.ExpectsOnly(". seq B+201 ack R+1 len 100");
        Assert.AreEqual(0UL, wire.Count(Counter.SpuriousTimeouts));

        // In slow start up to half of what was on its way.
        peer.Sends(". seq R+1 ack B+201");
        peer.Expects(". seq B+301 ack R+1 len 100");
        peer.ExpectsOnly(". seq B+401 ack R+1 len 100");
    }

    [TestMethod]
    public void An_ACK_of_all_that_was_sent_says_nothing()
    {
        Wire wire;
        ScriptedPeer peer = EightInFlight(false, out wire);
        peer.ExpectsAfter(Second, ". seq B+1 ack R+1 len 100");
        peer.Sends(". seq R+1 ack B+801");
        peer.Expects(". seq B+801 ack R+1 len 100");
        peer.ExpectsOnly(". seq B+901 ack R+1 len 100");
        peer.Sends(". seq R+1 ack B+1001");
        Assert.AreEqual(0UL, wire.Count(Counter.SpuriousTimeouts));
        wire.Discard();
    }

    [TestMethod]
    public void Without_new_data_the_rest_is_sent_again()
    {
        Wire wire = new Wire(Settings(false));
        ScriptedPeer peer = ScriptedPeer.Small(wire, "", 0);
        peer.Writes(400);
        wire.Discard();
        peer.ExpectsAfter(Second, ". seq I+1 ack R+1 len 100");
        peer.Sends(". seq R+1 ack I+101");
        peer.Expects(". seq I+101 ack R+1 len 100");
        peer.ExpectsOnly(". seq I+201 ack R+1 len 100");
        peer.Sends(". seq R+1 ack I+201");
        Assert.AreEqual(0UL, wire.Count(Counter.SpuriousTimeouts));
        wire.Discard();
    }

    [TestMethod]
    public void After_a_second_timeout_in_a_row_there_is_no_doubt()
    {
        Wire wire;
        ScriptedPeer peer = EightInFlight(false, out wire);
        peer.ExpectsAfter(Second, ". seq B+1 ack R+1 len 100");
        peer.ExpectsAfter(2 * Second, ". seq B+1 ack R+1 len 100");
        peer.Sends(". seq R+1 ack B+101");
        peer.Expects(". seq B+101 ack R+1 len 100");
        peer.ExpectsOnly(". seq B+201 ack R+1 len 100");
    }

    // RFC 4015 section 3. The threshold is 400 bytes, and the window has grown to 600.
    [TestMethod]
    public void The_threshold_that_comes_back_is_what_was_on_its_way_if_that_was_more()
    {
        Wire wire;
        ScriptedPeer peer = EightInFlight(false, out wire);
        for (int i = 0; i < 3; i++)
            peer.Sends(". seq R+1 ack B+1");
        wire.Discard();
        peer['B'] = peer['B'] + 1000;
        for (int segments = 1; segments <= 6; segments++)
        {
            peer.Sends(". seq R+1 ack B+1");
            Assert.AreEqual(segments, wire.SentCount);
            wire.Discard();
            if (segments < 6)
                peer['B'] = peer['B'] + (uint)(100 * segments);
        }

        peer.ExpectsAfter(Second, ". seq B+1 ack R+1 len 100");
        peer.Sends(". seq R+1 ack B+301");
        peer.Expects(". seq B+601 ack R+1 len 100");
        peer.ExpectsOnly(". seq B+701 ack R+1 len 100");
        peer.Trades(". seq R+1 ack B+401", ". seq B+801 ack R+1 len 100");
        Assert.AreEqual(1UL, wire.Count(Counter.SpuriousTimeouts));

        // 500 bytes, in slow start.
        peer.Sends(". seq R+1 ack B+601");
        peer.Expects(". seq B+901 ack R+1 len 100");
        peer.Expects(". seq B+1001 ack R+1 len 100");
        peer.ExpectsOnly(". seq B+1101 ack R+1 len 100");
    }

    // RFC 4015 section 3: what is on its way and what was acknowledged, at most the initial window of four.
    [TestMethod]
    public void A_late_ACK_of_many_segments_lets_no_more_go_than_a_connection_begins_with()
    {
        Wire wire;
        ScriptedPeer peer = EightInFlight(false, out wire);
        peer.ExpectsAfter(Second, ". seq B+1 ack R+1 len 100");
        peer.Sends(". seq R+1 ack B+101");
        peer.Expects(". seq B+801 ack R+1 len 100");
        peer.ExpectsOnly(". seq B+901 ack R+1 len 100");
        peer.Sends(". seq R+1 ack B+701");
        for (int i = 0; i < 4; i++)
            peer.Expects(". seq B+" + (1001 + 100 * i).ToString() + " ack R+1 len 100");
        wire.ExpectsSilence();
        Assert.AreEqual(1UL, wire.Count(Counter.SpuriousTimeouts));
    }

    // RFC 5682 section 2.1 step 2. The peer has taken back some of its window.
    [TestMethod]
    [DataRow(600, false)]
    [DataRow(700, true)]
    public void Where_the_window_lets_nothing_new_go_the_rest_is_sent_again(int window, bool lets)
    {
        Wire wire;
        ScriptedPeer peer = EightInFlight(false, out wire);
        peer.Window = window;
        peer.Trades(". seq R+1 ack B+1", "");
        peer.ExpectsAfter(Second, ". seq B+1 ack R+1 len 100");
        peer.Sends(". seq R+1 ack B+201");
        if (lets)
        {
            peer.ExpectsOnly(". seq B+801 ack R+1 len 100");
            return;
        }

        peer.Expects(". seq B+201 ack R+1 len 100");
        peer.ExpectsOnly(". seq B+301 ack R+1 len 100");
    }

    // The same, and it is the window of that ACK that counts.
    [TestMethod]
    [DataRow(600, false)]
    [DataRow(700, true)]
    public void The_window_of_the_ACK_after_a_timeout_says_whether_anything_new_may_go(int window, bool lets)
    {
        Wire wire;
        ScriptedPeer peer = EightInFlight(false, out wire);
        peer.Window = 800;
        peer.Trades(". seq R+1 ack B+1", "");
        peer.ExpectsAfter(Second, ". seq B+1 ack R+1 len 100");
        peer.Window = window;
        peer.Sends(". seq R+1 ack B+201");
        if (lets)
        {
            peer.ExpectsOnly(". seq B+801 ack R+1 len 100");
            return;
        }

        peer.Expects(". seq B+201 ack R+1 len 100");
        peer.ExpectsOnly(". seq B+301 ack R+1 len 100");
    }

    private static TcpSettings Settings(bool sacks)
    {
        TcpSettings settings = Wire.Settings();
        settings.SelectiveAcknowledgments = sacks;
        settings.SendBufferSize = 16384;
        return settings;
    }

    private static ScriptedPeer EightInFlight(bool sacks, out Wire wire)
    {
        wire = new Wire(Settings(sacks));
        return ScriptedPeer.SmallInFlight(wire, sacks ? " sackok" : "", 8);
    }
}
