using System;
using nanoFramework.TestFramework;

namespace HandshakeNano.Net.Tests;

/// <summary>What has come can be looked at before it is read.</summary>
[TestClass]
public sealed class PeekTests
{
    // The peer's ISN, so that the bytes lie: at the ring's start, over its end, over its end and that of the sequence numbers.
    [TestMethod]
    [DataRow(1000U)]
    [DataRow(2047U - 150U)]
    [DataRow(uint.MaxValue - 150U)]
    public void Peek_gives_what_Read_gives_then_and_takes_nothing(uint isn)
    {
        Wire wire = new Wire();
        ScriptedPeer peer = new ScriptedPeer(wire);
        peer['R'] = isn;
        peer.Opens(wire.Endpoint.Listen(7, 1));
        peer.Sends("P. seq R+1 ack I+1 len 300");
        wire.Discard();
        for (int i = 0; i < 2; i++)
        {
            Peeks(peer, 0, 300, 300);
            Peeks(peer, 0, 151, 151);
        }

        byte[] some = new byte[100];
        Assert.AreEqual(100, peer.Connection.Read(some, 0, 100));
        Peeks(peer, 100, 200, 200);
        Assert.AreEqual(200, peer.Connection.Available);
        byte[] rest = new byte[200];
        Assert.AreEqual(200, peer.Connection.Read(rest, 0, 200));
        for (int i = 0; i < 200; i++)
            Assert.AreEqual(Segment.Pattern((uint)(100 + i)), rest[i], "byte " + i.ToString());
    }

    [TestMethod]
    public void What_was_looked_at_still_closes_the_window()
    {
        Wire wire = new Wire();
        ScriptedPeer peer = new ScriptedPeer(wire);
        peer.Opens(wire.Endpoint.Listen(7, 1));
        peer.Sends("P. seq R+1 ack I+1 len 1024");
        peer.Sends("P. seq R+1025 ack I+1 len 1024");
        wire.Advance(Wire.Second);
        wire.Discard();
        Peeks(peer, 0, 2048, 2048);
        wire.Run();
        wire.ExpectsSilence("after Peek");
        Assert.AreEqual(0U, peer.Connection.RcvWnd);
        peer.Reads(2048);
        peer.ExpectsOnly(". seq I+1 ack R+2049 win 2048");
    }

    [TestMethod]
    public void Peek_gives_no_more_than_there_is_and_the_peer_s_FIN_is_no_byte()
    {
        Wire wire = new Wire();
        ScriptedPeer peer = new ScriptedPeer(wire);
        peer.Opens(wire.Endpoint.Listen(7, 1));
        Peeks(peer, 0, 10, 0);
        peer.Sends("FP. seq R+1 ack I+1 len 5");
        Assert.IsTrue(peer.Connection.PeerClosed);
        Peeks(peer, 0, 10, 5);
        Peeks(peer, 0, 0, 0);
        peer.Reads(5);
        Peeks(peer, 5, 10, 0);
    }

    [TestMethod]
    public void What_came_before_a_reset_can_be_looked_at_until_the_connection_is_closed()
    {
        Wire wire = new Wire();
        ScriptedPeer peer = new ScriptedPeer(wire);
        peer.Opens(wire.Endpoint.Listen(7, 1));
        peer.Sends("P. seq R+1 ack I+1 len 5");
        peer.Sends("R. seq R+6 ack I+1");
        Assert.AreEqual((int)TcpCloseReason.Reset, (int)peer.Connection.CloseReason);
        Peeks(peer, 0, 10, 5);
        peer.Closes();
        Peeks(peer, 0, 10, 0);
    }

    [TestMethod]
    public void Peek_checks_its_range()
    {
        Wire wire = new Wire();
        ScriptedPeer peer = new ScriptedPeer(wire);
        peer.Opens(wire.Endpoint.Listen(7, 1));
        peer.Sends("P. seq R+1 ack I+1 len 10");
        TcpConnection connection = peer.Connection;
        byte[] bytes = new byte[10];
        Assert.ThrowsException(typeof(ArgumentNullException), () => connection.Peek(null, 0, 0));
        Assert.ThrowsException(typeof(ArgumentException), () => connection.Peek(bytes, -1, 1));
        Assert.ThrowsException(typeof(ArgumentException), () => connection.Peek(bytes, 0, 11));
        Assert.ThrowsException(typeof(ArgumentException), () => connection.Peek(bytes, 10, 1));
        Assert.ThrowsException(typeof(ArgumentException), () => connection.Peek(bytes, 0, -1));
        Assert.AreEqual(0, connection.Peek(bytes, 10, 0));
        connection.Abort();
        wire.Run();
        Assert.ThrowsException(typeof(ArgumentException), () => connection.Peek(bytes, 0, 11));
    }

    /// <summary>Demands that Peek copies so many of the pattern's bytes, and nothing beside its range.</summary>
    private static void Peeks(ScriptedPeer peer, uint first, int count, int expected)
    {
        int available = peer.Connection.Available;
        byte[] bytes = new byte[count + 2];
        Assert.AreEqual(expected, peer.Connection.Peek(bytes, 1, count), "bytes copied");
        for (int i = 0; i < expected; i++)
            Assert.AreEqual(Segment.Pattern(first + (uint)i), bytes[i + 1], "byte " + i.ToString());
        Assert.AreEqual((byte)0, bytes[0], "Peek wrote before its range");
        Assert.AreEqual((byte)0, bytes[expected + 1], "Peek wrote after its range");
        Assert.AreEqual(available, peer.Connection.Available, "bytes that wait to be read");
    }
}
