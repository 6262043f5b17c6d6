using nanoFramework.TestFramework;

namespace HandshakeNano.Net.Tests;

/// <summary>Sequence numbers pass 4294967295 in both directions; every comparison must be taken modulo 2^32.</summary>
[TestClass]
public sealed class SequenceWrapTests
{
    /// <summary>A round of the ISN's clock, in microseconds.</summary>
    private const ulong Round = 4UL << 32;

    [TestMethod]
    [DataRow(0)]
    [DataRow(1)]
    [DataRow(2)]
    [DataRow(11)]
    [DataRow(1460)]
    [DataRow(1461)]
    [DataRow(3000)]
    [DataRow(4000)]
    public void A_transfer_both_ways_crosses_the_end_of_both_sequence_spaces(int before)
    {
        // Find F first, and then the moment at which M + F is this far below 2^32.
        uint isnAtStart = Isn(Wire.Second);
        ulong ticks = (uint)(0 - (uint)before - isnAtStart);
        Wire wire = new Wire(Wire.Settings(), 1500, Wire.Second + ticks * 4);
        ScriptedPeer peer = new ScriptedPeer(wire);
        peer['R'] = (uint)(0 - before);
        peer.Opens(wire.Endpoint.Listen(7, 1));
        Assert.AreEqual((uint)(0 - before), peer['I']);
        peer.Connection.NoDelay = true;
        Exchange(wire, peer);
    }

    [TestMethod]
    public void A_clock_far_beyond_2_to_the_32_microseconds_changes_nothing()
    {
        Wire wire = new Wire(Wire.Settings(), 1500, 12345 * Round + 678);
        ScriptedPeer peer = new ScriptedPeer(wire);
        peer.Opens(wire.Endpoint.Listen(7, 1));
        peer.Connection.NoDelay = true;
        Exchange(wire, peer);
    }

    [TestMethod]
    public void Timers_run_across_2_to_the_32_microseconds()
    {
        Wire wire = new Wire(Wire.Settings(), 1500, (1UL << 32) - 500000);
        ScriptedPeer peer = new ScriptedPeer(wire);
        peer.Opens(wire.Endpoint.Listen(7, 1));
        peer.Writes(10);
        peer.Expects("P. seq I+1 ack R+1 len 10");
        peer.ExpectsAfter(1 * Wire.Second, "P. seq I+1 ack R+1 len 10");
        peer.ExpectsAfter(2 * Wire.Second, "P. seq I+1 ack R+1 len 10");
    }

    [TestMethod]
    public void Out_of_order_data_and_a_reset_are_judged_right_across_the_end()
    {
        Wire wire = new Wire();
        ScriptedPeer peer = new ScriptedPeer(wire);
        peer['R'] = uint.MaxValue - 100;
        peer.Opens(wire.Endpoint.Listen(7, 1));
        // R+1 is -100: the segment at R+101 begins at 0.
        peer.Trades(". seq R+101 ack I+1 len 50", ". seq I+1 ack R+1");
        peer.Trades(". seq R+51 ack I+1 len 70", ". seq I+1 ack R+1");
        peer.Trades("R seq R+2000", ". seq I+1 ack R+1");
        peer.Trades("R seq R", "");
        peer.Trades("R seq R+1+2048", "");
        peer.Trades(". seq R+1 ack I+1 len 50", ". seq I+1 ack R+151");
        peer.Reads(150);
        peer.Trades("R seq R+151", "");
        peer.IsIn(TcpState.Closed);
    }

    [TestMethod]
    public void After_a_timeout_duplicate_ACKs_of_what_crosses_the_end_start_no_recovery()
    {
        const uint First = uint.MaxValue - 149;
        ulong ticks = First - Isn(Wire.Second);
        Wire wire = new Wire(Wire.Settings(), 1500, Wire.Second + ticks * 4);
        ScriptedPeer peer = ScriptedPeer.Small(wire, "", 0);
        Assert.AreEqual(First, peer['I']);
        peer.Writes(400);
        Assert.AreEqual(4, wire.SentCount);
        wire.Discard();
        peer.ExpectsAfter(Wire.Second, ". seq I+1 ack R+1 len 100");
        for (int i = 0; i < 5; i++)
            peer.Trades(". seq R+1 ack I+1", "");
        Assert.AreEqual(0UL, wire.Count(Counter.FastRetransmissions));
    }

    [TestMethod]
    public void More_than_4_GB_worth_of_numbers_can_pass()
    {
        // The peer cannot send 4 GB here; it opens near the end again and again instead, a little further each time.
        for (uint i = 0; i < 64; i++)
        {
            Wire wire = new Wire();
            ScriptedPeer peer = new ScriptedPeer(wire);
            peer['R'] = 0 - (i * 37);
            peer.Opens(wire.Endpoint.Listen(7, 1));
            peer.Sends(". seq R+1 ack I+1 len 1000");
            peer.Sends("FP. seq R+1001 ack I+1 len 1000");
            peer.Reads(2000);
            Assert.AreEqual(peer['R'] + 2002, peer.Connection.RcvNxt);
        }
    }

    private static void Exchange(Wire wire, ScriptedPeer peer)
    {
        uint sent = 1;
        uint received = 1;
        for (int i = 0; i < 10; i++)
        {
            peer.Writes(500);
            peer.ExpectsOnly("P. seq I+" + sent.ToString() + " ack R+" + received.ToString() + " len 500");
            sent += 500;
            peer.Sends("P. seq R+" + received.ToString() + " ack I+" + sent.ToString() + " len 500");
            received += 500;
            peer.Reads(500);
            // The reading may be worth a window update.
            wire.Take();
            wire.ExpectsSilence();
            Assert.AreEqual(0, peer.Connection.Unacknowledged);
        }

        wire.Advance(Wire.Second);
        wire.Discard();

        peer.Closes();
        peer.ExpectsOnly("F. seq I+" + sent.ToString() + " ack R+" + received.ToString());
        peer.Trades("F. seq R+" + received.ToString() + " ack I+" + (sent + 1).ToString(),
            ". seq I+" + (sent + 1).ToString() + " ack R+" + (received + 1).ToString());
        Assert.AreEqual(1, wire.Endpoint.TimeWaitCount);
    }

    private static uint Isn(ulong now)
    {
        Wire wire = new Wire(Wire.Settings(), 1500, now);
        ScriptedPeer peer = new ScriptedPeer(wire);
        peer.Opens(wire.Endpoint.Listen(7, 1));
        return peer['I'];
    }
}
