using nanoFramework.TestFramework;

namespace HandshakeNano.Net.Tests;

/// <summary>Full segments do not fit the path, and no router says so: RFC 4821 in a small form.</summary>
[TestClass]
public sealed class BlackHoleTests
{
    [TestMethod]
    public void After_two_timeouts_of_a_full_segment_smaller_ones_are_tried_and_what_is_sent_from_then_on_is_small_too()
    {
        Wire wire = new Wire(Settings());
        ScriptedPeer peer = ScriptedPeer.Accepted(wire);
        peer.Writes(1460);
        peer.Expects("P. seq I+1 ack R+1 len 1460");
        peer.ExpectsAfter(Wire.Second, "P. seq I+1 ack R+1 len 1460");
        Assert.AreEqual(0UL, wire.Count(Counter.BlackHoles));
        peer.ExpectsAfter(2 * Wire.Second, ". seq I+1 ack R+1 len 1024");
        Assert.AreEqual(1UL, wire.Count(Counter.BlackHoles));
        peer.Trades(". seq R+1 ack I+1025", "P. seq I+1025 ack R+1 len 436");
        peer.Trades(". seq R+1 ack I+1461", "");
        peer.Writes(1460);
        peer.ExpectsOnly(". seq I+1461 ack R+1 len 1024");
        peer.Trades(". seq R+1 ack I+2485", "P. seq I+2485 ack R+1 len 436");
        Assert.AreEqual(1024, peer.Connection.MaximumSegmentSize);
    }

    [TestMethod]
    public void After_two_more_what_every_path_carries_is_tried_and_nothing_less()
    {
        Wire wire = new Wire(Settings());
        ScriptedPeer peer = ScriptedPeer.Accepted(wire);
        peer.Writes(1460);
        wire.Discard();
        peer.ExpectsAfter(Wire.Second, "P. seq I+1 ack R+1 len 1460");
        peer.ExpectsAfter(2 * Wire.Second, ". seq I+1 ack R+1 len 1024");
        peer.ExpectsAfter(4 * Wire.Second, ". seq I+1 ack R+1 len 1024");
        for (ulong wait = 8; wait < 60; wait *= 2)
            peer.ExpectsAfter(wait * Wire.Second, ". seq I+1 ack R+1 len 536");
        Assert.AreEqual(2UL, wire.Count(Counter.BlackHoles));
        peer.Sends(". seq R+1 ack I+537");
        peer.Expects(". seq I+537 ack R+1 len 536");
        peer.ExpectsOnly("P. seq I+1073 ack R+1 len 388");
    }

    [TestMethod]
    public void What_is_small_already_says_nothing_of_the_path()
    {
        Wire wire = new Wire(Settings());
        ScriptedPeer peer = ScriptedPeer.Accepted(wire);
        peer.Writes(536);
        wire.Discard();
        for (ulong wait = 1; wait < 60; wait *= 2)
            peer.ExpectsAfter(wait * Wire.Second, "P. seq I+1 ack R+1 len 536");
        Assert.AreEqual(0UL, wire.Count(Counter.BlackHoles));
        Assert.AreEqual(1460, peer.Connection.MaximumSegmentSize);
    }

    [TestMethod]
    public void A_closed_window_says_nothing_of_it_either()
    {
        Wire wire = new Wire(Settings());
        ScriptedPeer peer = ScriptedPeer.Accepted(wire);
        peer.Writes(1460);
        wire.Discard();
        peer.Sends(". seq R+1 ack I+1 win 0");
        wire.Advance(30 * Wire.Second);
        wire.Discard();
        Assert.AreEqual(0UL, wire.Count(Counter.BlackHoles));
        Assert.AreEqual(1460, peer.Connection.MaximumSegmentSize);
    }

    private static TcpSettings Settings()
    {
        TcpSettings settings = Wire.Settings();
        settings.SendBufferSize = 4096;
        return settings;
    }
}
