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
    public void Several_of_what_every_path_carries_say_nothing_of_it()
    {
        Wire wire = new Wire(Settings());
        ScriptedPeer peer = new ScriptedPeer(wire);
        TcpListener listener = wire.Endpoint.Listen(7, 4);
        peer.Trades("S seq R mss 536", "S. seq I ack R+1 mss 1460");
        peer.Trades(". seq R+1 ack I+1", "");
        peer.Connection = listener.Accept();
        peer.Writes(1072);
        wire.Discard();
        for (ulong wait = 1; wait < 60; wait *= 2)
            peer.ExpectsAfter(wait * Wire.Second, ". seq I+1 ack R+1 len 536");
        Assert.AreEqual(0UL, wire.Count(Counter.BlackHoles));
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

    // RFC 1191 section 6.3: the path may be another one by now.
    [TestMethod]
    public void After_ten_minutes_segments_are_tried_that_are_as_large_as_before()
    {
        Wire wire = new Wire(Settings());
        ScriptedPeer peer = InBlackHole(wire, 1024);
        wire.Advance(595 * Wire.Second);
        Exchanges(wire, peer, 1024);
        wire.Advance(75 * Wire.Second);
        Exchanges(wire, peer, 1460);
        wire.Advance(6000 * Wire.Second);
        Exchanges(wire, peer, 1460);
    }

    [TestMethod]
    public void From_the_smallest_that_takes_two_steps()
    {
        Wire wire = new Wire(Settings());
        ScriptedPeer peer = InBlackHole(wire, 536);
        wire.Advance(671 * Wire.Second);
        Exchanges(wire, peer, 1024);
        wire.Advance(595 * Wire.Second);
        Exchanges(wire, peer, 1024);
        wire.Advance(75 * Wire.Second);
        Exchanges(wire, peer, 1460);
    }

    [TestMethod]
    public void Where_the_larger_ones_have_no_answer_the_smaller_ones_are_back_for_ten_minutes()
    {
        Wire wire = new Wire(Settings());
        ScriptedPeer peer = InBlackHole(wire, 536);
        Exchanges(wire, peer, 536);
        wire.Advance(671 * Wire.Second);
        peer['N'] = peer.Connection.SndNxt;
        peer.Writes(1024);
        peer.ExpectsOnly("P. seq N ack R+1 len 1024");
        peer.ExpectsAfter(Wire.Second, "P. seq N ack R+1 len 1024");
        peer.ExpectsAfter(2 * Wire.Second, ". seq N ack R+1 len 536");
        peer.Trades(". seq R+1 ack N+536", "P. seq N+536 ack R+1 len 488");
        peer.Trades(". seq R+1 ack N+1024", "");
        wire.Advance(595 * Wire.Second);
        Exchanges(wire, peer, 536);
        wire.Advance(75 * Wire.Second);
        Exchanges(wire, peer, 1024);
    }

    /// <summary>Segments have become so small, which was noted with the last of them, and all that was sent is acknowledged.</summary>
    private static ScriptedPeer InBlackHole(Wire wire, int segment)
    {
        ScriptedPeer peer = ScriptedPeer.Accepted(wire);
        peer.Writes(1460);
        wire.Discard();
        ulong wait = Wire.Second;
        while (peer.Connection.MaximumSegmentSize != segment)
        {
            wire.Advance(wait);
            wire.Discard();
            wait *= 2;
        }

        peer['N'] = peer.Connection.SndNxt;
        peer.Sends(". seq R+1 ack N");
        wire.Discard();
        return peer;
    }

    /// <summary>Much is sent, in segments of so many bytes, and acknowledged.</summary>
    private static void Exchanges(Wire wire, ScriptedPeer peer, int segment)
    {
        peer.Writes(1460);
        Assert.AreEqual(segment, Segment.Of(wire.Take()).Data.Length);
        while (peer.Connection.Unacknowledged != 0)
        {
            peer['N'] = peer.Connection.SndNxt;
            peer.Sends(". seq R+1 ack N");
        }

        wire.Discard();
    }

    private static TcpSettings Settings()
    {
        TcpSettings settings = Wire.Settings();
        settings.SendBufferSize = 4096;
        return settings;
    }
}
