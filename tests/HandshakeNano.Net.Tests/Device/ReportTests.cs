using System;
using nanoFramework.TestFramework;

namespace HandshakeNano.Net.Tests;

/// <summary>What a user is told that does not end a connection: RFC 9293 sections 3.8.5 and 3.9.1.8.</summary>
[TestClass]
public sealed class ReportTests
{
    // RFC 9293 MUST-30, MUST-32, MUST-33, MUST-62.
    [TestMethod]
    public void Urgent_data_is_announced_and_counted_until_it_is_read()
    {
        Wire wire = new Wire();
        Listening user = new Listening();
        ScriptedPeer peer = ScriptedPeer.Accepted(wire, user);
        Assert.AreEqual(0, peer.Connection.UrgentCount);
        peer.Sends("PU. seq R+1 ack I+1 len 10 urg 4");
        Assert.AreEqual("urgent 4;", user.Heard);
        byte[] bytes = new byte[10];
        Assert.AreEqual(3, peer.Connection.Read(bytes, 0, 3));
        Assert.AreEqual(1, peer.Connection.UrgentCount);
        Assert.AreEqual(1, peer.Connection.Read(bytes, 3, 1));
        Assert.AreEqual(0, peer.Connection.UrgentCount);
        Assert.AreEqual(6, peer.Connection.Read(bytes, 4, 6));
        Assert.AreEqual(0, peer.Connection.UrgentCount);
    }

    // RFC 9293 MUST-31, MUST-32.
    [TestMethod]
    public void Each_advance_of_the_urgent_pointer_is_told_and_nothing_else()
    {
        Wire wire = new Wire();
        Listening user = new Listening();
        ScriptedPeer peer = ScriptedPeer.Accepted(wire, user);

        // Announced far ahead, in segment after segment; told once.
        peer.Sends("U. seq R+1 ack I+1 len 100 urg 1500");
        peer.Sends("U. seq R+101 ack I+1 len 100 urg 1400");
        peer.Sends("U. seq R+1 ack I+1 len 100 urg 60");
        Assert.AreEqual("urgent 1500;", user.Heard);
        peer.Sends("U. seq R+201 ack I+1 len 100 urg 65535");
        Assert.AreEqual("urgent 1500;urgent 65735;", user.Heard);
        peer.Reads(300);
        Assert.AreEqual(65435, peer.Connection.UrgentCount);
    }

    // RFC 9293 MUST-66.
    [TestMethod]
    public void The_urgent_pointer_counts_with_no_window_and_with_no_data()
    {
        TcpSettings settings = Wire.Settings();
        settings.ReceiveBufferSize = 256;
        Wire wire = new Wire(settings);
        Listening user = new Listening();
        ScriptedPeer peer = ScriptedPeer.Accepted(wire, user);
        peer.Trades("P. seq R+1 ack I+1 len 256", "");
        peer.ExpectsAfter(100 * Wire.Millisecond, ". seq I+1 ack R+257 win 0");
        peer.Trades("U. seq R+257 ack I+1 urg 8", "");
        Assert.AreEqual("urgent 264;", user.Heard);
        peer.Trades("U. seq R+257 ack I+1 len 1 urg 9", ". seq I+1 ack R+257 win 0");
        Assert.AreEqual("urgent 264;urgent 265;", user.Heard);
    }

    [TestMethod]
    public void A_pointer_to_what_was_read_and_one_after_the_FIN_are_not_told()
    {
        Wire wire = new Wire();
        Listening user = new Listening();
        ScriptedPeer peer = ScriptedPeer.Accepted(wire, user);
        peer.Sends("P. seq R+1 ack I+1 len 10");
        peer.Reads(10);
        peer.Sends("U. seq R+11 ack I+1 urg 0");
        peer.Sends("U. seq R+1 ack I+1 len 11 urg 10");
        peer.Expects(". seq I+1 ack R+12");
        Assert.AreEqual("", user.Heard);
        peer.Trades("F. seq R+12 ack I+1", ". seq I+1 ack R+13");
        peer.Trades("U. seq R+13 ack I+1 urg 5", "");
        Assert.AreEqual("", user.Heard);
        Assert.AreEqual(3UL, wire.Count(Counter.UrgentReceived) + 1);
    }

    [TestMethod]
    public void The_next_connection_in_the_same_place_knows_nothing_of_urgent_data()
    {
        TcpSettings settings = Wire.Settings();
        settings.Connections = 1;
        Wire wire = new Wire(settings);
        TcpListener listener = wire.Endpoint.Listen(7, 1);
        ScriptedPeer peer = new ScriptedPeer(wire);
        peer.Opens(listener);
        peer.Sends("U. seq R+1 ack I+1 len 10 urg 1000");
        peer.WritesUrgent(10);
        peer.Expects("PU. seq I+1 ack R+11 len 10 urg 10");
        peer.Aborts();
        wire.Take();
        ScriptedPeer next = new ScriptedPeer(wire, 40001, 7);
        next.Opens(listener);
        Assert.AreEqual(0, next.Connection.UrgentCount);
        next.Writes(10);
        next.ExpectsOnly("P. seq I+1 ack R+1 len 10");
    }

    [TestMethod]
    public void The_peer_s_urgent_data_makes_none_of_ours()
    {
        // Whatever our sequence numbers are: half of them are negative for the processor.
        Wire wire = new Wire();
        TcpListener listener = wire.Endpoint.Listen(7, 1);
        for (int i = 0; i < 8; i++)
        {
            ScriptedPeer peer = new ScriptedPeer(wire, 40000 + i, 7);
            peer.Opens(listener);
            peer.Sends("U. seq R+1 ack I+1 len 10 urg 1000");
            peer.Writes(10);
            peer.ExpectsOnly("P. seq I+1 ack R+11 len 10");
            peer.Aborts();
            peer.ExpectsOnly("R. seq I+11 ack R+11");
        }
    }

    [TestMethod]
    public void Our_urgent_data_makes_none_of_the_peer_s()
    {
        Wire wire = new Wire();
        ScriptedPeer peer = ScriptedPeer.Accepted(wire, null);
        peer.WritesUrgent(10);
        peer.ExpectsOnly("PU. seq I+1 ack R+1 len 10 urg 10");
        peer.Trades(". seq R+1 ack I+11", "");
        peer.Writes(10);
        peer.ExpectsOnly("P. seq I+11 ack R+1 len 10");
        Assert.AreEqual(0, peer.Connection.UrgentCount);
        peer.Sends(". seq R+1 ack I+21 len 10");
        Assert.AreEqual(0, peer.Connection.UrgentCount);
        peer.Reads(10);
    }

    [TestMethod]
    public void An_error_does_not_tell_of_urgent_data_again()
    {
        Wire wire = new Wire();
        Listening user = new Listening();
        ScriptedPeer peer = ScriptedPeer.Accepted(wire, user);
        peer.Sends("U. seq R+1 ack I+1 len 10 urg 1000");
        peer.Writes(10);
        byte[] quoted = new byte[28];
        Array.Copy(wire.Take(), Packet.Ip, quoted, 0, 28);
        wire.Inject(Packet.Icmp(Wire.RouterAddress, Wire.OurAddress, 3, 1, quoted));
        Assert.AreEqual("urgent 1000;soft error " + ((int)TcpSoftError.Unreachable).ToString() + ";", user.Heard);
    }

    [TestMethod]
    public void What_is_read_or_ended_in_OnEstablished_is_not_told_of_in_the_same_segment()
    {
        for (int i = 0; i < 2; i++)
        {
            // A simultaneous open whose last segment has urgent data.
            Wire wire = new Wire();
            Early user = new Early { Aborts = i == 1 };
            ScriptedPeer peer = new ScriptedPeer(wire, 80, 50000);
            peer.Connection = wire.Endpoint.Connect(peer.Address, peer.Port, peer.OurPort);
            peer.Connection.Handler = user;
            wire.Run();
            peer.ExpectsOnly("S seq I mss 1460");
            peer.Trades("S seq R mss 1460", "S. seq I ack R+1 mss 1460");
            peer.Sends("U. seq R+1 ack I+1 len 10 urg 10");
            Assert.AreEqual("established;", user.Heard);
        }
    }

    // RFC 9293 MUST-30, MUST-31, MUST-62.
    [TestMethod]
    public void What_is_written_as_urgent_is_announced_until_it_has_passed()
    {
        Wire wire = new Wire();
        ScriptedPeer peer = ScriptedPeer.Accepted(wire, null);
        peer.Connection.NoDelay = true;
        peer.WritesUrgent(2000);
        peer.Expects("U. seq I+1 ack R+1 len 1024 urg 2000");
        peer.ExpectsOnly("PU. seq I+1025 ack R+1 len 976 urg 976");

        // What is sent again announces it again, and what follows does not.
        peer.ExpectsAfter(Wire.Second, "U. seq I+1 ack R+1 len 1024 urg 2000");
        peer.Trades(". seq R+1 ack I+2001", "");
        peer.Writes(10);
        peer.ExpectsOnly("P. seq I+2001 ack R+1 len 10");
    }

    [TestMethod]
    public void What_is_written_as_urgent_after_other_urgent_data_moves_the_pointer_on()
    {
        Wire wire = new Wire();
        ScriptedPeer peer = ScriptedPeer.Accepted(wire, null);
        peer.Connection.NoDelay = true;
        peer.WritesUrgent(10);
        peer.ExpectsOnly("PU. seq I+1 ack R+1 len 10 urg 10");
        peer.WritesUrgent(20);
        peer.ExpectsOnly("PU. seq I+11 ack R+1 len 20 urg 20");
        peer.ExpectsAfter(Wire.Second, "PU. seq I+1 ack R+1 len 30 urg 30");
    }

    [TestMethod]
    public void Urgent_data_that_is_written_before_the_handshake_is_announced_after_it()
    {
        Wire wire = new Wire();
        ScriptedPeer peer = new ScriptedPeer(wire, 80, 50000);
        peer.Connection = wire.Endpoint.Connect(peer.Address, 80, 50000);
        peer.WritesUrgent(10);
        peer.Expects("S seq I mss 1460");
        peer.Sends("S. seq R ack I+1 mss 1460");
        peer.ExpectsOnly("PU. seq I+1 ack R+1 len 10 urg 10");
    }

    // RFC 9293 MUST-47, MUST-54, SHLD-25.
    [TestMethod]
    [DataRow(3, 0, (int)TcpSoftError.Unreachable)]
    [DataRow(3, 1, (int)TcpSoftError.Unreachable)]
    [DataRow(3, 3, (int)TcpSoftError.Unreachable)]
    [DataRow(3, 5, (int)TcpSoftError.Unreachable)]
    [DataRow(11, 0, (int)TcpSoftError.TimeExceeded)]
    [DataRow(12, 0, (int)TcpSoftError.ParameterProblem)]
    public void An_ICMP_error_about_data_in_flight_is_told_and_ends_nothing(int type, int code, int error)
    {
        Wire wire = new Wire();
        Listening user = new Listening();
        ScriptedPeer peer = ScriptedPeer.Accepted(wire, user);
        peer.Writes(10);
        byte[] quoted = new byte[28];
        Array.Copy(wire.Take(), Packet.Ip, quoted, 0, 28);
        wire.Inject(Packet.Icmp(Wire.RouterAddress, Wire.OurAddress, type, code, quoted));
        Assert.AreEqual("soft error " + error.ToString() + ";", user.Heard);
        peer.IsIn(TcpState.Established);
    }

    // RFC 9293 MUST-47, SHLD-9, SHLD-10.
    [TestMethod]
    public void R1_is_told_once_with_the_third_retransmission()
    {
        Wire wire = new Wire();
        Listening user = new Listening();
        ScriptedPeer peer = ScriptedPeer.Accepted(wire, user);
        peer.Writes(10);
        peer.Expects("P. seq I+1 ack R+1 len 10");
        peer.ExpectsAfter(Wire.Second, "P. seq I+1 ack R+1 len 10");
        peer.ExpectsAfter(2 * Wire.Second, "P. seq I+1 ack R+1 len 10");
        Assert.AreEqual("", user.Heard);
        peer.ExpectsAfter(4 * Wire.Second, "P. seq I+1 ack R+1 len 10");
        Assert.AreEqual("soft error 3;", user.Heard);
        peer.ExpectsAfter(8 * Wire.Second, "P. seq I+1 ack R+1 len 10");
        Assert.AreEqual("soft error 3;", user.Heard);

        // An acknowledgment, and the next segment has its own count.
        peer.Sends(". seq R+1 ack I+11");
        Assert.AreEqual("soft error 3;", user.Heard);
    }

    [TestMethod]
    public void R1_of_a_SYN_is_told_too_and_probes_of_a_closed_window_are_not()
    {
        Wire wire = new Wire();
        Listening user = new Listening();
        ScriptedPeer peer = new ScriptedPeer(wire, 80, 50000);
        peer.Connection = wire.Endpoint.Connect(peer.Address, 80, 50000);
        peer.Connection.Handler = user;
        wire.Run();
        wire.Advance(8 * Wire.Second);
        Assert.AreEqual("soft error 3;", user.Heard);
        peer.Connection.Abort();

        wire = new Wire();
        user = new Listening();
        peer = ScriptedPeer.Accepted(wire, user);
        peer.Sends(". seq R+1 ack I+1 win 0");
        peer.Writes(10);
        wire.Advance(60 * Wire.Second);
        Assert.IsTrue(wire.Count(Counter.ZeroWindowProbes) > 3);
        Assert.AreEqual("", user.Heard);
    }

    // RFC 9293 SHLD-20.
    [TestMethod]
    public void Without_a_handler_nothing_is_told_and_all_goes_on()
    {
        Wire wire = new Wire();
        ScriptedPeer peer = ScriptedPeer.Accepted(wire, null);
        peer.Sends("U. seq R+1 ack I+1 len 10 urg 10");
        peer.Writes(10);
        byte[] quoted = new byte[28];
        Array.Copy(wire.Take(), Packet.Ip, quoted, 0, 28);
        wire.Inject(Packet.Icmp(Wire.RouterAddress, Wire.OurAddress, 3, 1, quoted));
        Assert.AreEqual(10, peer.Connection.UrgentCount);
        peer.IsIn(TcpState.Established);

        // Who comes later is told nothing of what was then.
        Listening user = new Listening();
        peer.Connection.Handler = user;
        wire.Run();
        Assert.AreEqual("", user.Heard);
    }

    private sealed class Early : TcpConnectionHandler
    {
        public string Heard = "";

        public bool Aborts { get; set; }

        public override void OnEstablished(TcpConnection connection)
        {
            Heard += "established;";
            if (Aborts)
                connection.Abort();
            else
                connection.Read(new byte[10], 0, 10);
        }

        public override void OnReceived(TcpConnection connection)
        {
            Heard += "received;";
        }

        public override void OnUrgent(TcpConnection connection)
        {
            Heard += "urgent;";
        }
    }

    private sealed class Listening : TcpConnectionHandler
    {
        public string Heard = "";

        public override void OnUrgent(TcpConnection connection)
        {
            Heard += "urgent " + connection.UrgentCount.ToString() + ";";
        }

        public override void OnSoftError(TcpConnection connection, TcpSoftError error)
        {
            Heard += "soft error " + ((int)error).ToString() + ";";
        }
    }
}
