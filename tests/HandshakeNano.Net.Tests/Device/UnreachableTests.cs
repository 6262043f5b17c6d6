using nanoFramework.TestFramework;

namespace HandshakeNano.Net.Tests;

/// <summary>
/// No route, or a neighbour that does not answer ARP: it ends a connection that is being opened, and is a soft error for one
/// that is open (RFC 1122 sections 2.3.2.2 and 4.2.3.9).
/// </summary>
[TestClass]
public sealed class UnreachableTests
{
    private const uint Elsewhere = 0xC0000201;

    private static readonly byte[] Everyone = new byte[] { 255, 255, 255, 255, 255, 255 };

    [TestMethod]
    public void A_connect_without_a_route_ends_at_once_and_its_user_is_told()
    {
        Wire wire = WithoutRouter();
        Listening user = new Listening();
        TcpConnection connection = wire.Endpoint.Connect(Elsewhere, 80);
        connection.Handler = user;
        wire.Run();
        Assert.AreEqual((int)TcpState.Closed, (int)connection.State);
        Assert.AreEqual((int)TcpCloseReason.Unreachable, (int)connection.CloseReason);
        Assert.AreEqual("closed " + ((int)TcpCloseReason.Unreachable).ToString() + ";", user.Heard);
        Assert.AreEqual(0, wire.Endpoint.ConnectionCount);
        connection.Close();
        wire.StaysSilent(600 * Wire.Second);
        Assert.AreEqual(1UL, wire.Count(Counter.Ipv4NoRoute));
    }

    [TestMethod]
    public void A_connect_of_a_handler_that_runs_by_a_timer_ends_at_once_too()
    {
        Wire wire = WithoutRouter();
        ScriptedPeer peer = new ScriptedPeer(wire, 80, 50000);
        Listening user = new Listening { Endpoint = wire.Endpoint };
        TcpConnection first = wire.Endpoint.Connect(Wire.PeerAddress, 80, 50000);
        first.Handler = user;
        wire.Run();
        peer.Expects("S seq I mss 1460");
        wire.Advance(180 * Wire.Second);
        Assert.AreEqual((int)TcpCloseReason.TimedOut, (int)first.CloseReason);
        Assert.AreEqual((int)TcpCloseReason.Unreachable, (int)user.Opened.CloseReason);
    }

    [TestMethod]
    public void A_connect_ends_when_the_neighbour_has_not_answered_three_requests_a_second_apart()
    {
        Wire wire = new Wire { AnswersArp = false };
        Listening user = new Listening();
        TcpConnection connection = wire.Endpoint.Connect(Wire.PeerAddress, 80);
        connection.Handler = user;
        wire.Run();
        for (int i = 0; i < 3; i++)
        {
            wire.TakeArp();
            wire.StaysSilent(Wire.Second - 1);
            Assert.AreEqual((int)TcpState.SynSent, (int)connection.State);
            wire.Advance(1);
        }

        wire.ExpectsSilence();
        Assert.AreEqual("closed " + ((int)TcpCloseReason.Unreachable).ToString() + ";", user.Heard);
        connection.Close();

        // The next one begins again.
        wire.Endpoint.Connect(Wire.PeerAddress, 80);
        wire.Run();
        wire.TakeArp();
        wire.ExpectsSilence();
    }

    [TestMethod]
    public void A_router_that_does_not_answer_ends_the_connects_that_need_it_and_no_others()
    {
        Wire wire = new Wire { AnswersArp = false };
        TcpConnection one = wire.Endpoint.Connect(Elsewhere, 80);
        TcpConnection two = wire.Endpoint.Connect(Elsewhere + 1, 80);
        wire.Run();
        wire.Advance(Wire.Second);
        TcpConnection near = wire.Endpoint.Connect(Wire.PeerAddress, 80);
        wire.Run();
        wire.Advance(2 * Wire.Second);
        Assert.AreEqual((int)TcpCloseReason.Unreachable, (int)one.CloseReason);
        Assert.AreEqual((int)TcpCloseReason.Unreachable, (int)two.CloseReason);
        Assert.AreEqual((int)TcpState.SynSent, (int)near.State);
        wire.Advance(Wire.Second);
        Assert.AreEqual((int)TcpCloseReason.Unreachable, (int)near.CloseReason);
    }

    [TestMethod]
    public void Neighbours_that_fail_at_the_same_moment_are_each_given_up()
    {
        Wire wire = new Wire { AnswersArp = false };
        TcpConnection[] connections = new TcpConnection[5];
        for (uint i = 0; i < 5; i++)
            connections[i] = wire.Endpoint.Connect(Wire.PeerAddress + 10 + i, 80);
        wire.Run();
        wire.Advance(3 * Wire.Second);
        for (int i = 0; i < 5; i++)
            Assert.AreEqual((int)TcpCloseReason.Unreachable, (int)connections[i].CloseReason);
        Assert.AreEqual(15, wire.SentCount, "three requests for each");
    }

    [TestMethod]
    public void Data_that_finds_no_neighbour_is_a_soft_error_and_arrives_when_it_is_back()
    {
        Wire wire = new Wire();
        ScriptedPeer peer = new ScriptedPeer(wire, 80, 50000);
        peer.IsOpened();
        Listening user = new Listening();
        peer.Connection.Handler = user;
        wire.AnswersArp = false;
        peer.Writes(10);

        // What was known of the neighbour is doubted after 7 seconds, and given up after 10. At 15 it is asked again.
        wire.Advance(18 * Wire.Second);
        wire.Discard();
        Assert.AreEqual("soft " + ((int)TcpSoftError.Retransmissions).ToString() + ";soft "
            + ((int)TcpSoftError.Unreachable).ToString() + ";", user.Heard);
        Assert.AreEqual((int)TcpState.Established, (int)peer.State);
        wire.AnswersArp = true;
        wire.Advance(13 * Wire.Second);
        peer.ExpectsOnly("P. seq I+1 ack R+1 len 10");
        peer.Trades(". seq R+1 ack I+11", "");
    }

    [TestMethod]
    public void Of_two_soft_errors_in_one_step_the_last_is_told_and_none_where_nothing_is_on_its_way()
    {
        Wire wire = new Wire();
        ScriptedPeer[] peers = new ScriptedPeer[4];
        Listening[] users = new Listening[4];
        for (int i = 0; i < 4; i++)
        {
            peers[i] = new ScriptedPeer(wire, 80, 50000 + i);
            peers[i].IsOpened();
            users[i] = new Listening();
            peers[i].Connection.Handler = users[i];
        }

        wire.AnswersArp = false;
        peers[0].Writes(10);
        wire.Advance(6500 * Wire.Millisecond);
        peers[1].Writes(10);

        // Doubted at 7 seconds and forgotten at 10, the neighbour is asked for at 10.5. At 13.5 it is given up, and the second one sends its
        // data for the fourth time.
        wire.Advance(4 * Wire.Second);
        peers[2].Writes(10);
        wire.Advance(3 * Wire.Second);
        string retransmissions = "soft " + ((int)TcpSoftError.Retransmissions).ToString() + ";";
        string unreachable = "soft " + ((int)TcpSoftError.Unreachable).ToString() + ";";
        Assert.AreEqual(retransmissions + unreachable, users[0].Heard);
        Assert.AreEqual(retransmissions, users[1].Heard);
        Assert.AreEqual(unreachable, users[2].Heard);
        Assert.AreEqual("", users[3].Heard);
    }

    [TestMethod]
    public void Data_without_a_route_is_a_soft_error_each_time_it_is_sent()
    {
        Wire wire = new Wire();
        ScriptedPeer peer = new ScriptedPeer(wire, 80, 50000);
        peer.Address = Elsewhere;
        peer.IsOpened();
        Listening user = new Listening();
        peer.Connection.Handler = user;
        wire.Endpoint.SetAddress(Wire.OurAddress, 24, 0);
        wire.Run();
        wire.Discard();
        peer.Writes(10);
        string once = "soft " + ((int)TcpSoftError.Unreachable).ToString() + ";";
        Assert.AreEqual(once, user.Heard);
        wire.StaysSilent(Wire.Second);
        Assert.AreEqual(once + once, user.Heard);
        Assert.AreEqual((int)TcpState.Established, (int)peer.State);
        wire.Endpoint.SetAddress(Wire.OurAddress, 24, Wire.RouterAddress);
        wire.Run();
        wire.Discard();
        peer.ExpectsAfter(2 * Wire.Second, "P. seq I+1 ack R+1 len 10");
    }

    [TestMethod]
    public void A_SYN_ACK_that_has_no_route_leaves_no_connection_half_open()
    {
        Wire wire = WithoutRouter();
        TcpListener listener = wire.Endpoint.Listen(7, 1);
        ScriptedPeer peer = new ScriptedPeer(wire);
        peer.Address = Elsewhere;
        peer.Trades("S seq R mss 1460", "");
        Assert.AreEqual(0, listener.HalfOpen);
        Assert.AreEqual(0, wire.Endpoint.ConnectionCount);
    }

    [TestMethod]
    public void A_connection_that_has_ended_is_not_told_that_its_peer_cannot_be_reached()
    {
        Wire wire = new Wire();
        TcpListener listener = wire.Endpoint.Listen(7, 1);
        ScriptedPeer peer = new ScriptedPeer(wire) { Address = Elsewhere };
        peer.Opens(listener);
        Listening handler = new Listening();
        peer.Connection.Handler = handler;
        peer.Writes(10);
        wire.Discard();
        peer.Trades("R seq R+1", "");
        wire.Endpoint.SetAddress(Wire.OurAddress, 24, 0);
        wire.Run();
        wire.Discard();
        peer.Port = 40001;
        peer.Trades("S seq R mss 1460", "");
        Assert.AreEqual(1UL, wire.Count(Counter.Ipv4NoRoute));
        Assert.IsFalse(handler.Heard.Contains("soft"), handler.Heard);
    }

    [TestMethod]
    public void That_there_is_no_route_is_told_once_for_each_segment_that_finds_none()
    {
        Wire wire = new Wire();
        TcpListener listener = wire.Endpoint.Listen(7, 2);
        ScriptedPeer peer = new ScriptedPeer(wire) { Address = Elsewhere };
        peer.Opens(listener);
        Listening handler = new Listening();
        peer.Connection.Handler = handler;
        wire.Endpoint.SetAddress(Wire.OurAddress, 24, 0);
        wire.Run();
        wire.Discard();
        peer.Writes(10);
        string heard = handler.Heard;
        Assert.IsTrue(heard.Contains("soft"));

        // Something else is due.
        new ScriptedPeer(wire, 40001, 7).Sends("S seq R mss 1460");
        listener.Close();
        wire.Run();
        Assert.AreEqual(heard, handler.Heard);
    }

    [TestMethod]
    public void A_SYN_ACK_that_has_no_route_leaves_those_half_open_that_have_one()
    {
        Wire wire = WithoutRouter();
        TcpListener listener = wire.Endpoint.Listen(7, 2);
        ScriptedPeer near = new ScriptedPeer(wire), peer = new ScriptedPeer(wire);
        near.Trades("S seq R mss 1460", "S. seq I ack R+1 mss 1460");
        peer.Address = Elsewhere;
        peer.Trades("S seq R mss 1460", "");
        Assert.AreEqual(1, listener.HalfOpen);
        near.Trades(". seq R+1 ack I+1", "");
        Assert.AreEqual(1, listener.Pending);
    }

    [TestMethod]
    public void A_peer_that_has_the_SYN_ACK_connects_though_it_does_not_answer_ARP()
    {
        Wire wire = new Wire { AnswersArp = false };
        TcpListener listener = wire.Endpoint.Listen(7, 1);
        ScriptedPeer peer = new ScriptedPeer(wire);
        peer.Sends("S seq R mss 1460");
        byte[] frame = wire.Take();
        if (Packet.Get16(frame, 12) == Packet.EtherTypeArp)
            frame = wire.Take();
        peer['I'] = Segment.Of(frame).SequenceNumber;
        wire.Advance(5 * Wire.Second);
        wire.Discard();
        Assert.AreEqual(1, listener.HalfOpen);
        peer.Sends(". seq R+1 ack I+1");
        Assert.AreEqual(1, listener.Pending);
    }

    [TestMethod]
    public void A_SYN_ACK_whose_neighbour_does_not_answer_ARP_is_half_open_as_long_as_any()
    {
        Wire wire = new Wire { AnswersArp = false };
        TcpListener listener = wire.Endpoint.Listen(7, 1);
        ScriptedPeer peer = new ScriptedPeer(wire);
        peer.Sends("S seq R mss 1460");
        wire.Advance(63 * Wire.Second - 1);
        Assert.AreEqual(1, listener.HalfOpen);
        wire.Advance(1);
        Assert.AreEqual(0, listener.HalfOpen);
        Assert.AreEqual(0, wire.Endpoint.ConnectionCount);
        wire.Advance(5 * Wire.Second);
        wire.Discard();
        wire.StaysSilent(600 * Wire.Second);
        wire.AnswersArp = true;
        peer.Opens(listener);
    }

    [TestMethod]
    [DataRow(true)]
    [DataRow(false)]
    public void The_SYN_of_a_connect_that_was_given_up_does_not_leave_any_more(bool abort)
    {
        Wire wire = new Wire { AnswersArp = false };
        TcpConnection other = wire.Endpoint.Connect(Wire.PeerAddress, 80, 50000);
        TcpConnection connection = wire.Endpoint.Connect(Wire.PeerAddress, 80, 50001);
        wire.Endpoint.Connect(Wire.PeerAddress, 81, 50001);
        wire.Run();
        wire.TakeArp();
        if (abort)
            connection.Abort();
        else
            connection.Close();
        wire.Run();
        Answers(wire, Wire.PeerAddress);
        new ScriptedPeer(wire, 80, 50000).Expects("S seq I mss 1460");
        new ScriptedPeer(wire, 81, 50001).ExpectsOnly("S seq I mss 1460");
        Assert.AreEqual((int)TcpState.SynSent, (int)other.State);
    }

    [TestMethod]
    public void What_is_done_to_a_connect_that_has_ended_takes_nothing_back_of_the_next_one_with_its_ports()
    {
        Wire wire = new Wire { AnswersArp = false };
        TcpConnection first = wire.Endpoint.Connect(Wire.PeerAddress, 80, 50000);
        wire.Run();
        wire.Advance(3 * Wire.Second);
        Assert.AreEqual((int)TcpCloseReason.Unreachable, (int)first.CloseReason);
        wire.Discard();
        wire.Endpoint.Connect(Wire.PeerAddress, 80, 50000);
        wire.Run();
        wire.TakeArp();
        first.NoDelay = true;
        wire.Run();
        Answers(wire, Wire.PeerAddress);
        new ScriptedPeer(wire, 80, 50000).ExpectsOnly("S seq I mss 1460");
    }

    // RFC 9293 section 3.10.5: in LAST-ACK there is nothing to say but the FIN.
    [TestMethod]
    public void A_FIN_that_waits_for_its_neighbour_leaves_though_its_connection_was_aborted()
    {
        ScriptedPeer peer = WithoutNeighbour(out Wire wire);
        peer.Sends("F. seq R+1 ack I+2");
        peer.ShutsDown();
        peer.IsIn(TcpState.LastAck);
        wire.TakeArp();
        peer.Aborts();
        wire.ExpectsSilence();
        Answers(wire, Wire.PeerAddress);
        peer.ExpectsOnly("F. seq I+2 ack R+2");
    }

    [TestMethod]
    public void A_reset_that_waits_for_its_neighbour_leaves_though_its_connection_is_gone()
    {
        ScriptedPeer peer = WithoutNeighbour(out Wire wire);
        peer.Connection.Abort();
        wire.Run();
        wire.TakeArp();
        wire.ExpectsSilence();
        Answers(wire, Wire.PeerAddress);
        peer.ExpectsOnly("R. seq I+2 ack R+1");
    }

    [TestMethod]
    public void Data_that_waits_for_its_neighbour_does_not_leave_once_the_idle_timeout_has_reset_the_connection()
    {
        Wire wire = new Wire();
        ScriptedPeer peer = new ScriptedPeer(wire, 80, 50000);
        peer.IsOpened();
        peer.Connection.IdleTimeout = 16 * Wire.Second;
        wire.AnswersArp = false;
        peer.Writes(10);

        // At 15 seconds it is sent again to a neighbour that is not known any more, and waits.
        wire.Advance(16 * Wire.Second - 1);
        wire.Discard();
        peer.IsIn(TcpState.Established);
        wire.Advance(1);
        peer.IsIn(TcpState.Closed);
        wire.Discard();
        Answers(wire, Wire.PeerAddress);
        peer.ExpectsOnly("R. seq I+11 ack R+1");
    }

    [TestMethod]
    public void A_FIN_that_waits_for_its_neighbour_does_not_leave_once_it_is_acknowledged()
    {
        Wire wire = new Wire();
        ScriptedPeer peer = new ScriptedPeer(wire, 80, 50000);
        peer.IsOpened();
        peer.Trades("F. seq R+1 ack I+1", ". seq I+1 ack R+2");
        wire.AnswersArp = false;
        peer.ShutsDown();

        // At 15 seconds it is sent again to a neighbour that is not known any more, and waits. The first one has come.
        wire.Advance(15 * Wire.Second);
        wire.Discard();
        peer.IsIn(TcpState.LastAck);
        peer.Sends(". seq R+2 ack I+2");
        peer.IsIn(TcpState.Closed);
        wire.Discard();
        Answers(wire, Wire.PeerAddress);
        wire.ExpectsSilence();
    }

    /// <summary>A connection with a byte on its way, whose neighbour has not answered for so long that it is asked for anew.</summary>
    private static ScriptedPeer WithoutNeighbour(out Wire wire)
    {
        wire = new Wire();
        ScriptedPeer peer = new ScriptedPeer(wire, 80, 50000);
        peer.IsOpened();
        wire.AnswersArp = false;
        peer.Writes(1);
        wire.Advance(12 * Wire.Second);
        wire.Discard();
        return peer;
    }

    private static Wire WithoutRouter()
    {
        TcpSettings settings = Wire.Settings();
        settings.Gateway = 0;
        return new Wire(settings);
    }

    /// <summary>A neighbour tells its Ethernet address.</summary>
    private static void Answers(Wire wire, uint address)
    {
        wire.Inject(Packet.Arp(Everyone, 2, Packet.PhysicalAddressOf(address), address, wire.PhysicalAddress, Wire.OurAddress));
    }

    private sealed class Listening : TcpConnectionHandler
    {
        public string Heard { get; private set; } = "";

        /// <summary>Where to connect to a host without a route when this connection has ended; null for not at all.</summary>
        public TcpEndpoint Endpoint { get; set; }

        public TcpConnection Opened { get; private set; }

        public override void OnSoftError(TcpConnection connection, TcpSoftError error)
        {
            Heard += "soft " + ((int)error).ToString() + ";";
        }

        public override void OnClosed(TcpConnection connection, TcpCloseReason reason)
        {
            Heard += "closed " + ((int)reason).ToString() + ";";
            if (Endpoint != null)
                Opened = Endpoint.Connect(Elsewhere, 80);
        }
    }
}
