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
