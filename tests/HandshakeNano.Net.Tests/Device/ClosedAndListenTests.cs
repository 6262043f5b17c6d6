using nanoFramework.TestFramework;

namespace HandshakeNano.Net.Tests;

/// <summary>Segments for which there is no connection: RFC 9293 section 3.10.7.1 and 3.10.7.2.</summary>
[TestClass]
public sealed class ClosedAndListenTests
{
    [TestMethod]
    public void A_SYN_to_a_closed_port_is_answered_with_RST_ACK_of_seq_0()
    {
        ScriptedPeer peer = new ScriptedPeer(new Wire());
        peer.Trades("S seq 9000 mss 1460", "R. seq 0 ack 9001");
        peer.Trades("S seq 4294967295", "R. seq 0 ack 0");
    }

    [TestMethod]
    public void An_ACK_to_a_closed_port_is_answered_with_a_plain_RST_of_its_number()
    {
        Wire wire = new Wire();
        ScriptedPeer peer = new ScriptedPeer(wire);
        peer.Trades(". seq 9000 ack 77", "R seq 77");
        peer.Trades("S. seq 9000 ack 78", "R seq 78");
        peer.Trades("F. seq 9000 ack 79", "R seq 79");
        peer.Trades("P. seq 9000 ack 0 len 10", "R seq 0");
        Assert.AreEqual(4UL, wire.Count(Counter.NoConnection));
    }

    [TestMethod]
    public void FIN_and_3_bytes_without_ACK_to_a_closed_port_are_answered_with_RST_ACK_of_seq_plus_4()
    {
        Wire wire = new Wire();
        ScriptedPeer peer = new ScriptedPeer(wire);
        peer.Trades("F seq 9000 len 3", "R. seq 0 ack 9004");
        peer.Trades("F seq 9000", "R. seq 0 ack 9001");
        peer.Trades("- seq 9000", "R. seq 0 ack 9000");
        peer.Trades("SF seq 9000 len 2", "R. seq 0 ack 9004");
        Assert.AreEqual(4UL, wire.Count(Counter.NoConnection));
    }

    [TestMethod]
    public void A_RST_to_a_closed_port_is_never_answered()
    {
        Wire wire = new Wire();
        ScriptedPeer peer = new ScriptedPeer(wire);
        peer.Trades("R seq 9000", "");
        peer.Trades("R. seq 9000 ack 1", "");
        peer.Trades("SR seq 9000", "");
        peer.Trades("R. seq 0 ack 0 len 5", "");
        Assert.AreEqual(4UL, wire.Count(Counter.NoConnectionReset));
    }

    [TestMethod]
    public void A_RST_to_a_listener_is_never_answered()
    {
        Wire wire = new Wire();
        ScriptedPeer peer = new ScriptedPeer(wire);
        TcpListener listener = wire.Endpoint.Listen(7, 2);
        peer.Trades("R seq R", "");
        peer.Trades("R. seq R ack 1", "");
        peer.Trades("SR seq R", "");
        Assert.AreEqual(0, listener.HalfOpen);
        peer.Opens(listener);
    }

    [TestMethod]
    public void An_ACK_to_a_listener_is_answered_with_a_plain_RST_and_it_goes_on_listening()
    {
        Wire wire = new Wire();
        ScriptedPeer peer = new ScriptedPeer(wire);
        TcpListener listener = wire.Endpoint.Listen(7, 2);
        peer.Trades(". seq R ack 123", "R seq 123");
        peer.Trades("S. seq R ack 124", "R seq 124");
        peer.Trades("F. seq R ack 125 len 4", "R seq 125");
        Assert.AreEqual(0, listener.HalfOpen);
        Assert.AreEqual(0, wire.Endpoint.ConnectionCount);
        peer.Opens(listener);
    }

    [TestMethod]
    public void A_segment_to_a_listener_with_neither_SYN_nor_ACK_nor_RST_is_dropped()
    {
        Wire wire = new Wire();
        ScriptedPeer peer = new ScriptedPeer(wire);
        wire.Endpoint.Listen(7, 2);
        peer.Trades("- seq R", "");
        peer.Trades("F seq R", "");
        peer.Trades("PU seq R len 4", "");
        Assert.AreEqual(3UL, wire.Count(Counter.ListenNoSyn));
    }

    [TestMethod]
    public void A_SYN_to_a_listener_is_answered_with_SYN_ACK_and_our_MSS()
    {
        Wire wire = new Wire();
        ScriptedPeer peer = new ScriptedPeer(wire);
        TcpListener listener = wire.Endpoint.Listen(7, 2);
        peer.Trades("S seq R mss 1460", "S. seq I ack R+1 win 2048 mss 1460");
        Assert.AreEqual(1, listener.HalfOpen);
        Assert.AreEqual(0, listener.Pending);
        peer.Trades(". seq R+1 ack I+1", "");
        Assert.AreEqual(0, listener.HalfOpen);
        Assert.AreEqual(1, listener.Pending);
    }

    [TestMethod]
    [DataRow(1500, 1460)]
    [DataRow(576, 536)]
    [DataRow(1280, 1240)]
    public void Our_MSS_is_the_MTU_less_40(int mtu, int mss)
    {
        Wire wire = new Wire(Wire.Settings(), mtu, Wire.Second);
        ScriptedPeer peer = new ScriptedPeer(wire);
        wire.Endpoint.Listen(7, 2);
        peer.Trades("S seq R", "S. seq I ack R+1 mss " + mss.ToString());
        ScriptedPeer other = new ScriptedPeer(wire, 80, 50000);
        wire.Endpoint.Connect(other.Address, 80, 50000);
        wire.Run();
        other.Expects("S seq I mss " + mss.ToString());
    }

    [TestMethod]
    [DataRow("", 536)]
    [DataRow(" mss 1460", 1460)]
    [DataRow(" mss 600", 600)]
    [DataRow(" mss 65535", 1460)]
    [DataRow(" opt 0101020403E80000", 1000)]
    [DataRow(" opt 020403E80402080A00000001000000000103037F", 1000)]
    [DataRow(" opt 0204FFFF0402080A00000001000000000103037F", 1460)]
    [DataRow(" opt 0402020403E8080A00000001000000000103037F", 1000)]
    [DataRow(" opt 020403E80402080A000000010000000003030701", 1000)]
    public void A_peer_gets_no_more_than_its_MSS_and_536_if_it_named_none(string option, int most)
    {
        TcpSettings settings = Wire.Settings();
        settings.SendBufferSize = 4096;
        Wire wire = new Wire(settings);
        ScriptedPeer peer = new ScriptedPeer(wire);
        TcpListener listener = wire.Endpoint.Listen(7, 2);
        peer.Trades("S seq R" + option, "S. seq I ack R+1 mss 1460");
        peer.Trades(". seq R+1 ack I+1", "");
        peer.Connection = listener.Accept();
        Assert.AreEqual(most, peer.Connection.MaximumSegmentSize);
        peer.Writes(2000);
        peer.Expects(". seq I+1 ack R+1 len " + most.ToString());
    }

    [TestMethod]
    [DataRow(0)]
    [DataRow(1)]
    [DataRow(7)]
    public void A_silly_MSS_in_a_SYN_neither_stops_nor_floods_the_sender(int mss)
    {
        Wire wire = new Wire();
        ScriptedPeer peer = new ScriptedPeer(wire);
        TcpListener listener = wire.Endpoint.Listen(7, 2);
        peer.Trades("S seq R mss " + mss.ToString(), "S. seq I ack R+1 mss 1460");
        peer.Trades(". seq R+1 ack I+1", "");
        peer.Connection = listener.Accept();
        Assert.IsTrue(peer.Connection.MaximumSegmentSize >= 1, "a segment holds at least a byte");
        Assert.AreEqual(100, peer.TriesToWrite(100));
        wire.Run();
        int frames = wire.SentCount;
        Assert.IsTrue(frames > 0 && frames <= 100, "frames: " + frames.ToString());
    }

    [TestMethod]
    public void Unknown_options_of_a_SYN_are_stepped_over()
    {
        Wire wire = new Wire();
        ScriptedPeer peer = new ScriptedPeer(wire);
        TcpListener listener = wire.Endpoint.Listen(7, 2);
        // What Linux sends: MSS 1000, SACK permitted, timestamps, NOP, window scale 7.
        peer.Trades("S seq R opt 020403E80402080A0000000100000000010303FF", "S. seq I ack R+1 mss 1460");
        peer.Trades(". seq R+1 ack I+1 opt 0101080A0000000100000000", "");
        peer.Connection = listener.Accept();
        Assert.AreEqual(1000, peer.Connection.MaximumSegmentSize);
        // No window scale was agreed: the window of the SYN and of later segments is taken as it is.
        Assert.AreEqual(65535u, peer.Connection.SndWnd);
    }

    [TestMethod]
    public void Text_and_FIN_of_a_SYN_are_not_acknowledged_and_taken_when_they_come_again()
    {
        Wire wire = new Wire();
        ScriptedPeer peer = new ScriptedPeer(wire);
        TcpListener listener = wire.Endpoint.Listen(7, 2);
        peer.Trades("SFU seq R len 10 urg 6 mss 1460", "S. seq I ack R+1 mss 1460");
        peer.Trades(". seq R+1 ack I+1", "");
        peer.Connection = listener.Accept();
        Assert.AreEqual(0, peer.Connection.Available);
        Assert.AreEqual(0, peer.Connection.UrgentCount);
        peer.Trades("F. seq R+1 ack I+1 len 10", ". seq I+1 ack R+12");
        peer.Reads(10);
        peer.IsIn(TcpState.CloseWait);
    }

    [TestMethod]
    public void Ports_are_told_apart_and_an_unused_one_is_reset()
    {
        Wire wire = new Wire();
        TcpListener seven = wire.Endpoint.Listen(7, 2);
        TcpListener nine = wire.Endpoint.Listen(9, 2);
        ScriptedPeer a = new ScriptedPeer(wire, 40000, 7);
        ScriptedPeer b = new ScriptedPeer(wire, 40000, 9);
        ScriptedPeer c = new ScriptedPeer(wire, 40000, 8);
        a.Opens(seven);
        b.Opens(nine);
        c.Trades("S seq R", "R. seq 0 ack R+1");
        Assert.AreEqual(7, a.Connection.LocalPort);
        Assert.AreEqual(9, b.Connection.LocalPort);
        Assert.AreEqual(2, wire.Endpoint.ConnectionCount);
    }

    [TestMethod]
    public void A_connection_says_who_it_is()
    {
        Wire wire = new Wire();
        ScriptedPeer peer = new ScriptedPeer(wire);
        peer.Opens(wire.Endpoint.Listen(7, 2));
        TcpConnection connection = peer.Connection;
        Assert.AreEqual(Wire.OurAddress, connection.LocalAddress);
        Assert.AreEqual(Wire.PeerAddress, connection.RemoteAddress);
        Assert.AreEqual(7, connection.LocalPort);
        Assert.AreEqual(40000, connection.RemotePort);
        Assert.AreEqual(peer['I'], connection.Iss);
        Assert.AreEqual(peer['R'], connection.Irs);
        Assert.AreEqual(peer['I'] + 1, connection.SndUna);
        Assert.AreEqual(peer['I'] + 1, connection.SndNxt);
        Assert.AreEqual(peer['R'] + 1, connection.RcvNxt);
        Assert.AreEqual(2048u, connection.RcvWnd);
        Assert.AreEqual((int)TcpCloseReason.None, (int)connection.CloseReason);
        Assert.IsFalse(connection.PeerClosed);
    }
}
