using nanoFramework.TestFramework;

namespace HandshakeNano.Net.Tests;

/// <summary>The ways out of a connection: RFC 9293 section 3.6, RFC 1337, RFC 6191.</summary>
[TestClass]
public sealed class ClosingTests
{
    private const ulong TwoMsl = 60 * Wire.Second;

    [TestMethod]
    public void A_FIN_is_acknowledged_and_in_CLOSE_WAIT_we_can_still_send_until_our_close()
    {
        ScriptedPeer peer = ScriptedPeer.Connected(out Wire wire);
        peer.Trades("F. seq R+1 ack I+1", ". seq I+1 ack R+2");
        peer.IsIn(TcpState.CloseWait);
        Assert.IsTrue(peer.Connection.PeerClosed);
        peer.Writes(100);
        peer.ExpectsOnly("P. seq I+1 ack R+2 len 100");
        peer.Trades(". seq R+2 ack I+101", "");
        wire.StaysSilent(3600 * Wire.Second);
        peer.IsIn(TcpState.CloseWait, "the peer may wait for our data as long as it likes");
        peer.Writes(50);
        peer.ExpectsOnly("P. seq I+101 ack R+2 len 50");
        peer.Trades(". seq R+2 ack I+151", "");
        peer.Closes();
        peer.ExpectsOnly("F. seq I+151 ack R+2");
        peer.IsIn(TcpState.LastAck);
        peer.Trades(". seq R+2 ack I+152", "");
        Assert.AreEqual(0, wire.Endpoint.ConnectionCount);
        Assert.AreEqual(0, wire.Endpoint.TimeWaitCount);
        peer.Trades(". seq R+2 ack I+152", "R seq I+152");
    }

    [TestMethod]
    public void Data_in_front_of_a_FIN_can_be_read_after_it()
    {
        ScriptedPeer peer = ScriptedPeer.Connected(out Wire wire);
        peer.Trades("FP. seq R+1 ack I+1 len 100", ". seq I+1 ack R+102");
        peer.Reads(100);
        peer.IsIn(TcpState.CloseWait);
        peer.Trades("FP. seq R+1 ack I+1 len 100", ". seq I+1 ack R+102");
        Assert.AreEqual(0, peer.Connection.Available);
    }

    [TestMethod]
    public void What_is_read_after_a_FIN_opens_no_window_as_nothing_can_follow()
    {
        ScriptedPeer peer = ScriptedPeer.Connected(out Wire wire);
        peer.Trades(". seq R+1 ack I+1 len 1000", "");
        peer.Trades("FP. seq R+1001 ack I+1 len 1000", ". seq I+1 ack R+2002 win 47");
        peer.Reads(2000);
        wire.StaysSilent(10 * Wire.Second);
    }

    [TestMethod]
    public void After_our_FIN_is_acknowledged_FIN_WAIT_2_still_receives_and_the_peer_s_FIN_leads_to_TIME_WAIT()
    {
        ScriptedPeer peer = ScriptedPeer.Connected(out Wire wire);
        peer.ShutsDown();
        peer.ExpectsOnly("F. seq I+1 ack R+1");
        peer.IsIn(TcpState.FinWait1);
        Assert.AreEqual(0, peer.TriesToWrite(10), "nothing can be written after Shutdown");
        peer.Trades(". seq R+1 ack I+2", "");
        peer.IsIn(TcpState.FinWait2);
        peer.Trades("P. seq R+1 ack I+2 len 100", "");
        peer.Reads(100);
        peer.ExpectsAfter(100 * Wire.Millisecond, ". seq I+2 ack R+101");
        wire.StaysSilent(3600 * Wire.Second);
        peer.IsIn(TcpState.FinWait2, "a half-closed connection lives as long as its user");
        peer.Trades("F. seq R+101 ack I+2", ". seq I+2 ack R+102");
        peer.IsIn(TcpState.TimeWait);
        Assert.IsTrue(peer.Connection.PeerClosed);
        Assert.AreEqual(1, wire.Endpoint.TimeWaitCount);
    }

    [TestMethod]
    public void A_FIN_that_acknowledges_our_FIN_leads_from_FIN_WAIT_1_to_TIME_WAIT()
    {
        ScriptedPeer peer = ScriptedPeer.Connected(out Wire wire);
        peer.ShutsDown();
        peer.ExpectsOnly("F. seq I+1 ack R+1");
        peer.Trades("F. seq R+1 ack I+2", ". seq I+2 ack R+2");
        peer.IsIn(TcpState.TimeWait);
    }

    [TestMethod]
    public void Data_is_received_in_FIN_WAIT_1_too()
    {
        ScriptedPeer peer = ScriptedPeer.Connected(out Wire wire);
        peer.ShutsDown();
        peer.ExpectsOnly("F. seq I+1 ack R+1");
        peer.Sends("P. seq R+1 ack I+1 len 10");
        peer.Reads(10);
        peer.IsIn(TcpState.FinWait1);
        peer.Sends("P. seq R+11 ack I+2 len 10");
        peer.Reads(10);
        peer.IsIn(TcpState.FinWait2);
    }

    [TestMethod]
    public void Crossed_FINs_lead_through_CLOSING_to_TIME_WAIT()
    {
        ScriptedPeer peer = ScriptedPeer.Connected(out Wire wire);
        peer.ShutsDown();
        peer.ExpectsOnly("F. seq I+1 ack R+1");
        peer.Trades("F. seq R+1 ack I+1", ". seq I+2 ack R+2");
        peer.IsIn(TcpState.Closing);
        peer.Trades("F. seq R+1 ack I+1", ". seq I+2 ack R+2");
        peer.IsIn(TcpState.Closing);
        peer.ExpectsAfter(1 * Wire.Second, "F. seq I+1 ack R+2");
        peer.Trades(". seq R+2 ack I+2", "");
        peer.IsIn(TcpState.TimeWait);
    }

    [TestMethod]
    public void Data_that_is_queued_goes_out_before_the_FIN()
    {
        ScriptedPeer peer = ScriptedPeer.Connected(out Wire wire);
        Assert.AreEqual(2000, peer.TriesToWrite(2000));
        peer.Closes();
        peer.Expects(". seq I+1 ack R+1 len 1024");
        peer.ExpectsOnly("FP. seq I+1025 ack R+1 len 976");
        peer.Trades("F. seq R+1 ack I+2002", ". seq I+2002 ack R+2");
        Assert.AreEqual(0, wire.Endpoint.ConnectionCount);
        Assert.AreEqual(1, wire.Endpoint.TimeWaitCount);
    }

    [TestMethod]
    public void A_FIN_waits_behind_a_closed_window()
    {
        ScriptedPeer peer = ScriptedPeer.Connected(out Wire wire);
        peer.Trades(". seq R+1 ack I+1 win 0", "");
        Assert.AreEqual(100, peer.TriesToWrite(100));
        peer.Closes();
        wire.ExpectsSilence();
        peer.Trades(". seq R+1 ack I+1 win 1000", "FP. seq I+1 ack R+1 len 100");
        peer.Trades(". seq R+1 ack I+102", "");
    }

    [TestMethod]
    public void A_FIN_with_nothing_before_it_probes_a_closed_window()
    {
        ScriptedPeer peer = ScriptedPeer.Connected(out Wire wire);
        peer.Trades(". seq R+1 ack I+1 win 0", "");
        peer.ShutsDown();
        peer.ExpectsAfter(1 * Wire.Second, "F. seq I+1 ack R+1");
        peer.Trades(". seq R+1 ack I+1 win 0", "");
        peer.ExpectsAfter(2 * Wire.Second, "F. seq I+1 ack R+1");
        peer.Trades(". seq R+1 ack I+1 win 10", "F. seq I+1 ack R+1");
        peer.Trades(". seq R+1 ack I+2 win 10", "");
        peer.IsIn(TcpState.FinWait2);
        wire.StaysSilent(600 * Wire.Second);
    }

    [TestMethod]
    public void A_FIN_for_which_the_window_has_no_number_left_follows_when_it_has()
    {
        ScriptedPeer peer = ScriptedPeer.Connected(out Wire wire);
        peer.Trades(". seq R+1 ack I+1 win 10", "");
        Assert.AreEqual(10, peer.TriesToWrite(10));
        peer.ShutsDown();
        peer.ExpectsOnly("P. seq I+1 ack R+1 len 10");
        peer.Trades(". seq R+1 ack I+11 win 0", "");
        peer.Trades(". seq R+1 ack I+11 win 1", "F. seq I+11 ack R+1");
        peer.Trades(". seq R+1 ack I+12 win 1", "");
        peer.IsIn(TcpState.FinWait2);
    }

    [TestMethod]
    public void A_FIN_behind_data_that_fills_our_window_is_not_lost()
    {
        ScriptedPeer peer = ScriptedPeer.Connected(out Wire wire);
        peer.Sends(". seq R+1 ack I+1 len 1024");
        peer.Sends("FP. seq R+1025 ack I+1 len 1024");
        wire.Advance(Wire.Second);
        wire.Discard();

        peer.Sends("F. seq R+2049 ack I+1");
        peer.Reads(2048);
        peer.IsIn(TcpState.CloseWait);
        Assert.AreEqual(peer['R'] + 2050, peer.Connection.RcvNxt);
        Assert.AreEqual(0u, peer.Connection.RcvWnd);
    }

    [TestMethod]
    public void A_lost_FIN_is_sent_again()
    {
        ScriptedPeer peer = ScriptedPeer.Connected(out Wire wire);
        peer.Closes();
        peer.ExpectsOnly("F. seq I+1 ack R+1");
        peer.ExpectsAfter(1 * Wire.Second, "F. seq I+1 ack R+1");
        peer.ExpectsAfter(2 * Wire.Second, "F. seq I+1 ack R+1");
        peer.ExpectsAfter(4 * Wire.Second, "F. seq I+1 ack R+1");
        peer.Trades(". seq R+1 ack I+2", "");
    }

    [TestMethod]
    public void A_closed_connection_waits_a_minute_for_the_peer_s_FIN()
    {
        ScriptedPeer peer = ScriptedPeer.Connected(out Wire wire);
        peer.Closes();
        peer.ExpectsOnly("F. seq I+1 ack R+1");
        peer.Trades(". seq R+1 ack I+2", "");
        wire.StaysSilent(60 * Wire.Second - 1);
        Assert.AreEqual(1, wire.Endpoint.ConnectionCount);
        wire.Advance(1);
        Assert.AreEqual(0, wire.Endpoint.ConnectionCount);
    }

    [TestMethod]
    public void TIME_WAIT_lasts_2_MSL_and_then_the_port_is_closed()
    {
        Wire wire = new Wire();
        ScriptedPeer peer = TimeWait(wire);
        Assert.AreEqual(1, wire.Endpoint.TimeWaitCount);
        wire.StaysSilent(TwoMsl - 1);
        Assert.AreEqual(1, wire.Endpoint.TimeWaitCount);
        peer.IsIn(TcpState.TimeWait);
        wire.StaysSilent(1);
        Assert.AreEqual(0, wire.Endpoint.TimeWaitCount);
        peer.IsIn(TcpState.Closed);
        Assert.AreEqual((int)TcpCloseReason.Finished, (int)peer.Connection.CloseReason);
        peer.Trades("F. seq R+1 ack I+2", "R seq I+2");
    }

    [TestMethod]
    public void TIME_WAIT_the_FIN_again_is_acknowledged_and_2_MSL_begin_anew()
    {
        Wire wire = new Wire();
        ScriptedPeer peer = TimeWait(wire);
        wire.StaysSilent(TwoMsl - 1);
        peer.Trades("F. seq R+1 ack I+2", ". seq I+2 ack R+2");
        wire.StaysSilent(TwoMsl - 1);
        Assert.AreEqual(1, wire.Endpoint.TimeWaitCount);
        wire.StaysSilent(1);
        Assert.AreEqual(0, wire.Endpoint.TimeWaitCount);
    }

    [TestMethod]
    [DataRow("R seq R+2")]
    [DataRow("R. seq R+2 ack I+2")]
    [DataRow("R seq R+3")]
    [DataRow("R seq R")]
    public void TIME_WAIT_a_RST_is_ignored(string text)
    {
        Wire wire = new Wire();
        ScriptedPeer peer = TimeWait(wire);
        peer.Trades(text, "");
        Assert.AreEqual(1, wire.Endpoint.TimeWaitCount);
        Assert.AreEqual(1UL, wire.Count(Counter.TimeWaitReset));
        peer.Trades("F. seq R+1 ack I+2", ". seq I+2 ack R+2");
    }

    [TestMethod]
    public void TIME_WAIT_a_plain_ACK_gets_no_answer()
    {
        Wire wire = new Wire();
        ScriptedPeer peer = TimeWait(wire);
        // Two hosts that both answered would go on for 2 MSL.
        peer.Trades(". seq R+2 ack I+2", "");
    }

    [TestMethod]
    public void TIME_WAIT_two_hosts_do_not_play_ping_pong_with_old_ACKs()
    {
        Wire wire = new Wire();
        ScriptedPeer peer = TimeWait(wire);
        for (int i = 0; i < 100; i++)
            peer.Sends(". seq R ack I");
        Assert.IsTrue(wire.SentCount <= 10, "answers: " + wire.SentCount.ToString());
    }

    [TestMethod]
    [DataRow(3)]
    [DataRow(100000)]
    [DataRow(2147483647)]
    public void TIME_WAIT_a_SYN_above_RCV_NXT_opens_a_new_connection_with_a_greater_ISN(int above)
    {
        Wire wire = new Wire();
        ScriptedPeer peer = TimeWait(wire);
        TcpListener listener = wire.Endpoint.Listen(7, 2);
        uint last = peer['I'] + 2;
        peer.Connection.Close();
        peer['R'] = peer['R'] + (uint)above;
        wire.Advance(10);
        peer.Opens(listener);
        Assert.IsTrue((int)(peer['I'] - last) > 0, "the new ISN must be above everything sent before");
        Assert.AreEqual(0, wire.Endpoint.TimeWaitCount);
        Assert.AreEqual(1, wire.Endpoint.ConnectionCount);
        Assert.AreEqual(1UL, wire.Count(Counter.TimeWaitReopened));
        peer.Sends("P. seq R+1 ack I+1 len 10");
        peer.Reads(10);
    }

    [TestMethod]
    [DataRow("S seq R+1")]
    [DataRow("S seq R")]
    [DataRow("S seq R-1000000")]
    public void TIME_WAIT_a_SYN_at_or_below_RCV_NXT_is_answered_with_the_last_ACK(string text)
    {
        Wire wire = new Wire();
        ScriptedPeer peer = TimeWait(wire);
        wire.Endpoint.Listen(7, 2);
        peer.Trades(text, ". seq I+2 ack R+2");
        Assert.AreEqual(1, wire.Endpoint.TimeWaitCount);
    }

    [TestMethod]
    public void A_full_TIME_WAIT_table_forgets_the_oldest()
    {
        TcpSettings settings = Wire.Settings();
        settings.TimeWaits = 2;
        Wire wire = new Wire(settings);
        TcpListener listener = wire.Endpoint.Listen(7, 2);
        ScriptedPeer first = null;
        for (int i = 0; i < 3; i++)
        {
            ScriptedPeer peer = new ScriptedPeer(wire, 40000 + i, 7);
            peer.Opens(listener);
            peer.Closes();
            peer.ExpectsOnly("F. seq I+1 ack R+1");
            peer.Trades("F. seq R+1 ack I+2", ". seq I+2 ack R+2");
            wire.Advance(Wire.Second);
            if (i == 0)
                first = peer;
        }

        Assert.AreEqual(2, wire.Endpoint.TimeWaitCount);
        Assert.AreEqual(1UL, wire.Count(Counter.TimeWaitRecycled));
        first.Trades("F. seq R+1 ack I+2", "R seq I+2");
        wire.StaysSilent(TwoMsl);
        Assert.AreEqual(0, wire.Endpoint.TimeWaitCount);
    }

    [TestMethod]
    public void Close_with_unread_data_is_a_RST()
    {
        ScriptedPeer peer = ScriptedPeer.Connected(out Wire wire);
        peer.Sends("P. seq R+1 ack I+1 len 10");
        peer.Closes();
        ExpectsReset(peer, wire, "I+1", "R+11");
        Assert.AreEqual(0, wire.Endpoint.ConnectionCount);
        peer.Trades(". seq R+11 ack I+1", "R seq I+1");
    }

    [TestMethod]
    public void Close_with_unread_data_after_the_peer_s_FIN_is_a_RST_too()
    {
        ScriptedPeer peer = ScriptedPeer.Connected(out Wire wire);
        peer.Trades("F. seq R+1 ack I+1 len 10", ". seq I+1 ack R+12");
        peer.Closes();
        ExpectsReset(peer, wire, "I+1", "R+12");
        Assert.AreEqual(0, wire.Endpoint.ConnectionCount);
    }

    [TestMethod]
    public void Data_that_arrives_after_Close_is_answered_with_a_RST()
    {
        ScriptedPeer peer = ScriptedPeer.Connected(out Wire wire);
        peer.Closes();
        peer.ExpectsOnly("F. seq I+1 ack R+1");
        peer.Trades(". seq R+1 ack I+2", "");
        peer.Sends("P. seq R+1 ack I+2 len 10");
        byte[] frame = wire.Take();
        Assert.IsNotNull(frame, "nobody will ever read this data: a reset is due");
        Segment reset = Segment.Of(frame);
        Assert.IsTrue((reset.Flags & Segment.Rst) != 0);
        Assert.AreEqual(peer['I'] + 2, reset.SequenceNumber);
        Assert.AreEqual(0, wire.Endpoint.ConnectionCount);
        Assert.AreEqual(1UL, wire.Count(Counter.DataAfterClose));
    }

    [TestMethod]
    public void Abort_sends_a_RST_and_gives_the_connection_back()
    {
        ScriptedPeer peer = ScriptedPeer.Connected(out Wire wire);
        peer.Writes(10);
        peer.Expects("P. seq I+1 ack R+1 len 10");
        peer.Aborts();
        ExpectsReset(peer, wire, "I+11", "R+1");
        Assert.AreEqual(0, wire.Endpoint.ConnectionCount);
        wire.StaysSilent(600 * Wire.Second);
    }

    [TestMethod]
    public void Abort_before_the_FIN_has_left_is_a_RST_in_LAST_ACK_and_CLOSING_too()
    {
        // Section 3.10.5 needs no reset there as the FIN has left; here it waits for a window, with data before it.
        ScriptedPeer peer = ScriptedPeer.Connected(out Wire wire);
        peer.Trades("F. seq R+1 ack I+1 win 0", ". seq I+1 ack R+2");
        Assert.AreEqual(10, peer.TriesToWrite(10));
        peer.ShutsDown();
        wire.ExpectsSilence();
        peer.IsIn(TcpState.LastAck);
        peer.Aborts();
        peer.ExpectsOnly("R. seq I+1 ack R+2");

        wire = new Wire();
        peer = ScriptedPeer.Connected(wire);
        peer.Trades(". seq R+1 ack I+1 win 0", "");
        Assert.AreEqual(10, peer.TriesToWrite(10));
        peer.ShutsDown();
        peer.Trades("F. seq R+1 ack I+1 win 0", ". seq I+1 ack R+2");
        peer.IsIn(TcpState.Closing);
        peer.Aborts();
        peer.ExpectsOnly("R. seq I+1 ack R+2");
        Assert.AreEqual(0, wire.Endpoint.ConnectionCount);
    }

    [TestMethod]
    public void A_reset_that_waits_is_sent_before_its_address_goes()
    {
        ScriptedPeer peer = ScriptedPeer.Connected(out Wire wire);
        peer.Connection.Abort();
        wire.Endpoint.SetAddress(Wire.OurAddress + 1, 24, 0);
        peer.ExpectsOnly("R. seq I+1 ack R+1");
        wire.Run();
        wire.TakeArp();
        wire.ExpectsSilence();
        Assert.AreEqual(0, wire.Endpoint.ConnectionCount);
        wire.StaysSilent(600 * Wire.Second);
    }

    // RFC 9293 MUST-45.
    [TestMethod]
    public void A_new_address_resets_every_connection_from_the_old_one_and_the_listeners_go_on()
    {
        Wire wire = new Wire();
        TcpListener listener = wire.Endpoint.Listen(7, 2);
        ScriptedPeer peer = new ScriptedPeer(wire);
        peer.Opens(listener);
        peer.Writes(10);
        peer.ExpectsOnly("P. seq I+1 ack R+1 len 10");
        ScriptedPeer half = new ScriptedPeer(wire, 40001, 7);
        half.Trades("S seq R mss 1460", "S. seq I ack R+1 mss 1460");
        ScriptedPeer waiting = new ScriptedPeer(wire, 40002, 7);
        waiting.Trades("S seq R mss 1460", "S. seq I ack R+1 mss 1460");
        waiting.Trades(". seq R+1 ack I+1", "");
        wire.Endpoint.SetAddress(Wire.OurAddress + 1, 24, 0);
        peer.Expects("R. seq I+11 ack R+1");
        waiting.Expects("R. seq I+1 ack R+1");
        half.ExpectsOnly("R. seq I+1 ack R+1");
        wire.Run();
        wire.TakeArp();
        wire.StaysSilent(600 * Wire.Second);
        Assert.AreEqual(0, wire.Endpoint.ConnectionCount);
        Assert.AreEqual(0, listener.HalfOpen);
        Assert.AreEqual(0, listener.Pending);
        Assert.AreEqual((int)TcpCloseReason.Aborted, (int)peer.Connection.CloseReason);
        peer.Connection.Close();
        wire.Endpoint.SetAddress(Wire.OurAddress, 24, 0);
        wire.Run();
        wire.TakeArp();
        peer.Opens(listener);
    }

    // RFC 9293 section 3.10.5: no peer is there to be told, or nothing is lost.
    [TestMethod]
    public void A_new_address_resets_none_that_calls_and_none_whose_FIN_is_on_its_way()
    {
        ScriptedPeer last = ScriptedPeer.Connected(out Wire wire);
        last.Trades("F. seq R+1 ack I+1", ". seq I+1 ack R+2");
        last.ShutsDown();
        last.ExpectsOnly("F. seq I+1 ack R+2");
        ScriptedPeer calling = new ScriptedPeer(wire, 80, 50000);
        calling.Connection = wire.Endpoint.Connect(calling.Address, calling.Port, calling.OurPort);
        wire.Run();
        calling.ExpectsOnly("S seq I mss 1460");
        wire.Endpoint.SetAddress(Wire.OurAddress + 1, 24, 0);
        wire.ExpectsSilence();
        last.IsIn(TcpState.Closed);
        calling.IsIn(TcpState.Closed);
        wire.Run();
        wire.TakeArp();
        wire.ExpectsSilence();
        Assert.AreEqual(0, wire.Endpoint.ConnectionCount);
    }

    [TestMethod]
    public void The_address_that_we_have_already_ends_no_connection_and_none_ends_all()
    {
        ScriptedPeer peer = ScriptedPeer.Connected(out Wire wire);
        wire.Endpoint.SetAddress(Wire.OurAddress, 16, 0);
        wire.Run();
        wire.TakeArp();
        peer.Writes(10);
        peer.ExpectsOnly("P. seq I+1 ack R+1 len 10");
        wire.Endpoint.SetAddress(0, 24, 0);
        peer.ExpectsOnly("R. seq I+11 ack R+1");
        wire.StaysSilent(1000 * Wire.Second);
        Assert.AreEqual((int)TcpCloseReason.Aborted, (int)peer.Connection.CloseReason);
        Assert.AreEqual(0, wire.Endpoint.ConnectionCount);
    }


    [TestMethod]
    public void A_connection_object_is_used_again_as_if_it_were_new()
    {
        TcpSettings settings = Wire.Settings();
        settings.Connections = 1;
        Wire wire = new Wire(settings);
        TcpListener listener = wire.Endpoint.Listen(7, 1);
        for (int i = 0; i < 30; i++)
        {
            ScriptedPeer peer = new ScriptedPeer(wire, 40000 + i, 7);
            peer['R'] = (uint)i * 999999999;
            peer.Opens(listener);
            Assert.AreEqual(0, peer.Connection.Available);
            Assert.AreEqual(0, peer.Connection.Unacknowledged);
            Assert.AreEqual(2048, peer.Connection.SendSpace);
            Assert.IsFalse(peer.Connection.PeerClosed);
            Assert.IsFalse(peer.Connection.NoDelay);
            Assert.AreEqual(0UL, peer.Connection.KeepAlive);
            Assert.IsNull(peer.Connection.Tag);
            Assert.IsNull(peer.Connection.Handler);
            peer.Connection.Tag = this;
            peer.Connection.NoDelay = true;
            peer.Connection.KeepAlive = 7200 * Wire.Second;
            peer.Sends("P. seq R+1 ack I+1 len 100");
            peer.Reads(100);
            peer.Writes(10);
            peer.ExpectsOnly("P. seq I+1 ack R+101 len 10");
            if (i % 3 == 0)
            {
                peer.Trades("R seq R+101", "");
                peer.Closes();
            }
            else if (i % 3 == 1)
            {
                peer.Aborts();
                wire.Take();
            }
            else
            {
                peer.Closes();
                peer.ExpectsOnly("F. seq I+11 ack R+101");
                peer.Trades("F. seq R+101 ack I+12", ". seq I+12 ack R+102");
            }

            wire.ExpectsSilence();
            Assert.AreEqual(0, wire.Endpoint.ConnectionCount);
        }
    }

    [TestMethod]
    public void A_RST_in_each_closing_state_ends_the_connection()
    {
        ScriptedPeer peer = ScriptedPeer.Connected(out Wire wire);
        peer.Closes();
        peer.ExpectsOnly("F. seq I+1 ack R+1");
        peer.Trades("R seq R+1", "");
        Assert.AreEqual(0, wire.Endpoint.ConnectionCount);
        Assert.AreEqual(0, wire.Endpoint.TimeWaitCount);
    }

    [TestMethod]
    public void LAST_ACK_and_CLOSING_a_RST_loses_nothing_if_only_the_FIN_was_on_its_way()
    {
        ScriptedPeer peer = ScriptedPeer.Connected(out Wire wire);
        peer.Trades("F. seq R+1 ack I+1", ". seq I+1 ack R+2");
        peer.ShutsDown();
        peer.ExpectsOnly("F. seq I+1 ack R+2");
        peer.Trades("R seq R+2", "");
        Assert.AreEqual((int)TcpCloseReason.Finished, (int)peer.Connection.CloseReason);

        wire = new Wire();
        peer = ScriptedPeer.Connected(wire);
        peer.ShutsDown();
        peer.ExpectsOnly("F. seq I+1 ack R+1");
        peer.Trades("F. seq R+1 ack I+1", ". seq I+2 ack R+2");
        peer.IsIn(TcpState.Closing);
        peer.Trades("R seq R+2", "");
        Assert.AreEqual((int)TcpCloseReason.Finished, (int)peer.Connection.CloseReason);
    }

    [TestMethod]
    public void LAST_ACK_a_RST_with_data_on_its_way_is_a_reset()
    {
        ScriptedPeer peer = ScriptedPeer.Connected(out Wire wire);
        peer.Trades("F. seq R+1 ack I+1", ". seq I+1 ack R+2");
        peer.TriesToWrite(10);
        peer.ShutsDown();
        peer.ExpectsOnly("FP. seq I+1 ack R+2 len 10");
        peer.IsIn(TcpState.LastAck);
        peer.Trades("R seq R+2", "");
        Assert.AreEqual((int)TcpCloseReason.Reset, (int)peer.Connection.CloseReason);
    }

    [TestMethod]
    public void A_connection_that_is_closed_long_after_its_FIN_was_acknowledged_waits_a_minute_from_then()
    {
        ScriptedPeer peer = ScriptedPeer.Connected(out Wire wire);
        peer.ShutsDown();
        peer.ExpectsOnly("F. seq I+1 ack R+1");
        peer.Trades(". seq R+1 ack I+2", "");
        peer.IsIn(TcpState.FinWait2);
        Assert.AreEqual(0, peer.Connection.Unacknowledged);
        wire.StaysSilent(1000 * Wire.Second);
        peer.Closes();
        wire.StaysSilent(60 * Wire.Second - 1);
        Assert.AreEqual(1, wire.Endpoint.ConnectionCount);
        wire.StaysSilent(1);
        Assert.AreEqual(0, wire.Endpoint.ConnectionCount);
        Assert.AreEqual(1UL, wire.Count(Counter.OrphansTimedOut));
    }

    [TestMethod]
    public void A_connection_that_has_ended_keeps_no_timer_and_acts_on_no_more_of_the_segment_that_ended_it()
    {
        // LAST-ACK, then CLOSING: the segment that acknowledges our FIN carries one too.
        ScriptedPeer peer = ScriptedPeer.Connected(out Wire wire);
        peer.Connection.KeepAlive = 10 * Wire.Second;
        peer.Trades("F. seq R+1 ack I+1", ". seq I+1 ack R+2");
        peer.ShutsDown();
        peer.ExpectsOnly("F. seq I+1 ack R+2");
        peer.Trades("F. seq R+2 ack I+2", "");
        peer.IsIn(TcpState.Closed);
        wire.StaysSilent(1000 * Wire.Second);
        Assert.AreEqual(ulong.MaxValue, wire.Deadline);

        wire = new Wire();
        peer = ScriptedPeer.Connected(wire);
        peer.Connection.KeepAlive = 10 * Wire.Second;
        peer.ShutsDown();
        peer.ExpectsOnly("F. seq I+1 ack R+1");
        peer.Trades("F. seq R+1 ack I+1", ". seq I+2 ack R+2");
        peer.Trades("F. seq R+2 ack I+2", "");
        peer.IsIn(TcpState.TimeWait);
        wire.StaysSilent(1000 * Wire.Second);
        peer.IsIn(TcpState.Closed);
        Assert.AreEqual(ulong.MaxValue, wire.Deadline);
    }

    [TestMethod]
    public void Nothing_can_be_written_to_a_connection_that_was_reset_or_shut_down()
    {
        ScriptedPeer peer = ScriptedPeer.Connected(out Wire wire);
        Assert.AreEqual(2048, peer.Connection.SendSpace);
        peer.Trades("R seq R+1", "");
        Assert.AreEqual(0, peer.Connection.SendSpace);
        Assert.AreEqual(0, peer.TriesToWrite(1));

        wire = new Wire();
        peer = ScriptedPeer.Connected(wire);
        peer.Connection.Shutdown();
        Assert.AreEqual(0, peer.Connection.SendSpace);
        Assert.AreEqual(0, peer.TriesToWrite(1));
    }

    [TestMethod]
    public void Data_after_Close_is_answered_with_a_RST_behind_what_is_in_flight()
    {
        ScriptedPeer peer = ScriptedPeer.Connected(out Wire wire);
        peer.Writes(10);
        peer.ExpectsOnly("P. seq I+1 ack R+1 len 10");
        peer.Closes();
        peer.ExpectsOnly("F. seq I+11 ack R+1");
        peer.Trades("P. seq R+1 ack I+1 len 10", "R. seq I+12 ack R+1");
        Assert.AreEqual(0, wire.Endpoint.ConnectionCount);
    }

    [TestMethod]
    public void Data_with_a_FIN_after_Close_is_answered_with_a_RST_and_nothing_else()
    {
        ScriptedPeer peer = ScriptedPeer.Connected(out Wire wire);
        peer.Closes();
        peer.ExpectsOnly("F. seq I+1 ack R+1");
        peer.Trades("F. seq R+1 ack I+2 len 10", "R. seq I+2 ack R+1");
        Assert.AreEqual(0, wire.Endpoint.TimeWaitCount);
        Assert.AreEqual(0, wire.Endpoint.ConnectionCount);
        Assert.AreEqual(1UL, wire.Count(Counter.DataAfterClose));
    }


    private static void ExpectsReset(ScriptedPeer peer, Wire wire, string sequence, string acknowledgment)
    {
        peer.ExpectsOnly("R. seq " + sequence + " ack " + acknowledgment);
    }

    private static ScriptedPeer TimeWait(Wire wire)
    {
        ScriptedPeer peer = ScriptedPeer.Connected(wire);
        peer.ShutsDown();
        peer.ExpectsOnly("F. seq I+1 ack R+1");
        peer.Trades("F. seq R+1 ack I+2", ". seq I+2 ack R+2");
        peer.IsIn(TcpState.TimeWait);
        return peer;
    }
}
