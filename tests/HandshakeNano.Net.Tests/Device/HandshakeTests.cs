using System;
using nanoFramework.TestFramework;

namespace HandshakeNano.Net.Tests;

/// <summary>SYN-SENT and SYN-RECEIVED: RFC 9293 sections 3.5, 3.10.7.3 and 3.10.7.4.</summary>
[TestClass]
public sealed class HandshakeTests
{
    private const string OurSyn = "S seq I mss 1460";
    private const string OurSynAck = "S. seq I ack R+1 mss 1460";

    [TestMethod]
    [DataRow(0)]
    [DataRow(2)]
    [DataRow(70000)]
    [DataRow(2000000000)]
    public void SYN_RECEIVED_an_unacceptable_ACK_is_answered_with_RST_of_its_number_and_the_handshake_lives(int above)
    {
        Wire wire = new Wire();
        ScriptedPeer peer = new ScriptedPeer(wire);
        TcpListener listener = wire.Endpoint.Listen(7, 2);
        peer.Trades("S seq R mss 1460", OurSynAck);
        peer['K'] = peer['I'] + (uint)above;
        peer.Trades(". seq R+1 ack K", "R seq K");
        Assert.AreEqual(0, listener.Pending);
        Assert.AreEqual(1, listener.HalfOpen);
        Assert.AreEqual(1UL, wire.Count(Counter.HandshakeAckBad));
        peer.Trades(". seq R+1 ack I+1", "");
        Assert.AreEqual(1, listener.Pending);
        Assert.AreEqual((int)TcpState.Established, (int)listener.Accept().State);
    }

    [TestMethod]
    public void SYN_RECEIVED_an_exact_RST_of_a_passive_open_leads_back_to_LISTEN()
    {
        Wire wire = new Wire();
        ScriptedPeer peer = new ScriptedPeer(wire);
        TcpListener listener = wire.Endpoint.Listen(7, 1);
        for (int i = 0; i < 20; i++)
        {
            peer.ForgetIss();
            peer.Trades("S seq R mss 1460", OurSynAck);
            peer.Trades("R seq R+1", "");
            Assert.AreEqual(0, listener.HalfOpen);
            Assert.AreEqual(0, wire.Endpoint.ConnectionCount);
        }

        peer.Opens(listener);
    }

    [TestMethod]
    public void SYN_RECEIVED_an_exact_RST_of_a_simultaneous_open_refuses_it()
    {
        Wire wire = new Wire();
        ScriptedPeer peer = SimultaneousOpen(wire);
        peer.Trades("R seq R+1", "");
        peer.IsIn(TcpState.Closed);
        Assert.AreEqual((int)TcpCloseReason.Refused, (int)peer.Connection.CloseReason);
        peer.Closes();
        Assert.AreEqual(0, wire.Endpoint.ConnectionCount);
    }

    [TestMethod]
    public void SYN_RECEIVED_a_RST_elsewhere_does_not_end_the_handshake()
    {
        Wire wire = new Wire();
        ScriptedPeer peer = new ScriptedPeer(wire);
        TcpListener listener = wire.Endpoint.Listen(7, 1);
        peer.Trades("S seq R mss 1460", OurSynAck);
        peer.Trades("R seq R", "");
        peer.Trades("R seq R+1+W", "");
        peer.Trades("R seq R+2", ". seq I+1 ack R+1");
        peer.Trades(". seq R+1 ack I+1", "");
        Assert.AreEqual(1, listener.Pending);
    }

    [TestMethod]
    public void SYN_RECEIVED_the_same_SYN_gets_the_same_SYN_ACK_and_makes_no_new_connection()
    {
        Wire wire = new Wire();
        ScriptedPeer peer = new ScriptedPeer(wire);
        TcpListener listener = wire.Endpoint.Listen(7, 4);
        peer.Trades("S seq R mss 1460", OurSynAck);
        for (int i = 0; i < 5; i++)
        {
            wire.Advance(10 * Wire.Millisecond);
            peer.Trades("S seq R mss 1460", OurSynAck);
        }

        Assert.AreEqual(1, listener.HalfOpen);
        Assert.AreEqual(1, wire.Endpoint.ConnectionCount);
        Assert.AreEqual(5UL, wire.Count(Counter.SynDuplicate));
        peer.Trades(". seq R+1 ack I+1", "");
        Assert.AreEqual(1, listener.Pending);
    }

    [TestMethod]
    public void SYN_RECEIVED_the_SYN_ACK_is_sent_again_after_1_2_4_seconds()
    {
        Wire wire = new Wire();
        ScriptedPeer peer = new ScriptedPeer(wire);
        wire.Endpoint.Listen(7, 4);
        peer.Trades("S seq R mss 1460", OurSynAck);
        peer.ExpectsAfter(1 * Wire.Second, OurSynAck);
        peer.ExpectsAfter(2 * Wire.Second, OurSynAck);
        peer.ExpectsAfter(4 * Wire.Second, OurSynAck);
        peer.Trades(". seq R+1 ack I+1", "");
        wire.StaysSilent(600 * Wire.Second);
    }

    [TestMethod]
    public void SYN_RECEIVED_a_handshake_that_is_never_completed_is_forgotten()
    {
        Wire wire = new Wire();
        ScriptedPeer peer = new ScriptedPeer(wire);
        TcpListener listener = wire.Endpoint.Listen(7, 1);
        peer.Trades("S seq R mss 1460", OurSynAck);
        wire.Advance(300 * Wire.Second);
        Assert.AreEqual(0, listener.HalfOpen);
        Assert.AreEqual(0, wire.Endpoint.ConnectionCount);
        Assert.AreEqual(1UL, wire.Count(Counter.TimedOut));
        wire.Discard();

        peer.Opens(listener);
    }

    [TestMethod]
    public void SYN_RECEIVED_data_with_the_last_ACK_is_delivered()
    {
        Wire wire = new Wire();
        ScriptedPeer peer = new ScriptedPeer(wire);
        TcpListener listener = wire.Endpoint.Listen(7, 4);
        peer.Trades("S seq R mss 1460", OurSynAck);
        peer.Trades("P. seq R+1 ack I+1 len 5", "");
        peer.Connection = listener.Accept();
        peer.Reads(5);
        peer.ExpectsAfter(100 * Wire.Millisecond, ". seq I+1 ack R+6");
    }

    [TestMethod]
    public void SYN_RECEIVED_a_FIN_with_the_last_ACK_leads_to_CLOSE_WAIT()
    {
        Wire wire = new Wire();
        ScriptedPeer peer = new ScriptedPeer(wire);
        TcpListener listener = wire.Endpoint.Listen(7, 4);
        peer.Trades("S seq R mss 1460", OurSynAck);
        peer.Trades("F. seq R+1 ack I+1 len 5", ". seq I+1 ack R+7");
        peer.Connection = listener.Accept();
        peer.IsIn(TcpState.CloseWait);
        peer.Reads(5);
        Assert.IsTrue(peer.Connection.PeerClosed);
    }

    [TestMethod]
    public void SYN_RECEIVED_data_that_overtakes_the_last_ACK_completes_the_handshake_and_is_not_lost()
    {
        Wire wire = new Wire();
        ScriptedPeer peer = new ScriptedPeer(wire);
        TcpListener listener = wire.Endpoint.Listen(7, 4);
        peer.Trades("S seq R mss 1460", OurSynAck);
        peer.Trades("P. seq R+6 ack I+1 len 5", ". seq I+1 ack R+1");
        Assert.AreEqual(1, listener.Pending);
        peer.Trades("P. seq R+1 ack I+1 len 5", ". seq I+1 ack R+11");
        peer.Connection = listener.Accept();
        peer.Reads(10);
    }

    [TestMethod]
    public void SYN_SENT_a_SYN_ACK_of_our_SYN_is_acknowledged_and_ESTABLISHED()
    {
        Wire wire = new Wire();
        ScriptedPeer peer = SynSent(wire);
        peer.IsIn(TcpState.SynSent);
        peer.Trades("S. seq R ack I+1 mss 1460", ". seq I+1 ack R+1");
        peer.IsIn(TcpState.Established);
        Assert.AreEqual(peer['R'], peer.Connection.Irs);
        wire.StaysSilent(600 * Wire.Second);
    }

    [TestMethod]
    public void SYN_SENT_a_SYN_ACK_tells_the_peer_s_window_and_MSS()
    {
        Wire wire = new Wire();
        ScriptedPeer peer = SynSent(wire);
        peer.Trades("S. seq R ack I+1 win 1000 mss 300", ". seq I+1 ack R+1");
        Assert.AreEqual(1000u, peer.Connection.SndWnd);
        Assert.AreEqual(300, peer.Connection.MaximumSegmentSize);
    }

    [TestMethod]
    [DataRow("S. seq R ack I", "R seq I")]
    [DataRow("S. seq R ack I+2", "R seq I+2")]
    [DataRow("S. seq R ack I-1000", "R seq I-1000")]
    [DataRow("S. seq R ack I+2147483647", "R seq I+2147483647")]
    [DataRow(". seq R ack I+2", "R seq I+2")]
    [DataRow(". seq R ack I", "R seq I")]
    [DataRow("F. seq R ack I+9 len 3", "R seq I+9")]
    public void SYN_SENT_a_bad_ACK_is_answered_with_RST_of_its_number_and_the_open_goes_on(string text, string answer)
    {
        Wire wire = new Wire();
        ScriptedPeer peer = SynSent(wire);
        peer.Trades(text, answer);
        peer.IsIn(TcpState.SynSent);
        peer.Trades("S. seq R ack I+1", ". seq I+1 ack R+1");
        peer.IsIn(TcpState.Established);
    }

    [TestMethod]
    [DataRow("R seq R")]
    [DataRow("R seq I+1")]
    [DataRow("R seq 0")]
    [DataRow("R. seq R ack I")]
    [DataRow("R. seq R ack I+2")]
    [DataRow("SR. seq R ack I")]
    public void SYN_SENT_a_RST_without_an_acceptable_ACK_is_ignored(string text)
    {
        Wire wire = new Wire();
        ScriptedPeer peer = SynSent(wire);
        peer.Trades(text, "");
        peer.IsIn(TcpState.SynSent);
        Assert.AreEqual(1UL, wire.Count(Counter.SynSentResetIgnored));
        peer.Trades("S. seq R ack I+1", ". seq I+1 ack R+1");
        peer.IsIn(TcpState.Established);
    }

    [TestMethod]
    public void SYN_SENT_a_RST_with_the_ACK_of_our_SYN_refuses_the_open()
    {
        Wire wire = new Wire();
        ScriptedPeer peer = SynSent(wire);
        peer.Trades("R. seq 0 ack I+1", "");
        peer.IsIn(TcpState.Closed);
        Assert.AreEqual((int)TcpCloseReason.Refused, (int)peer.Connection.CloseReason);
        wire.StaysSilent(600 * Wire.Second);
        peer.Closes();
        wire.ExpectsSilence();
        Assert.AreEqual(0, wire.Endpoint.ConnectionCount);
    }

    [TestMethod]
    [DataRow(". seq R ack I+1")]
    [DataRow("F. seq R ack I+1 len 4")]
    [DataRow("F seq R")]
    [DataRow("- seq R len 4")]
    public void SYN_SENT_a_segment_with_neither_SYN_nor_RST_is_dropped(string text)
    {
        Wire wire = new Wire();
        ScriptedPeer peer = SynSent(wire);
        peer.Trades(text, "");
        peer.IsIn(TcpState.SynSent);
        Assert.AreEqual(1UL, wire.Count(Counter.SynSentNoSyn));
    }

    [TestMethod]
    public void SYN_SENT_simultaneous_open_is_answered_with_SYN_ACK_and_both_SYN_ACKs_establish()
    {
        Wire wire = new Wire();
        ScriptedPeer peer = SimultaneousOpen(wire);
        // The peer answers our SYN as we answer its: with a SYN,ACK that carries its old sequence number.
        peer.Sends("S. seq R ack I+1 mss 1460");
        peer.IsIn(TcpState.Established);
        wire.Take();
        wire.StaysSilent(600 * Wire.Second);
        CheckThatDataFlows(wire, peer);
    }

    [TestMethod]
    public void SYN_SENT_simultaneous_open_is_completed_by_a_plain_ACK_too()
    {
        Wire wire = new Wire();
        ScriptedPeer peer = SimultaneousOpen(wire);
        peer.Trades(". seq R+1 ack I+1", "");
        peer.IsIn(TcpState.Established);
        CheckThatDataFlows(wire, peer);
    }

    [TestMethod]
    public void SYN_RECEIVED_a_bad_ACK_in_a_simultaneous_open_is_answered_with_RST_of_its_number_and_counted()
    {
        Wire wire = new Wire();
        ScriptedPeer peer = SimultaneousOpen(wire);
        peer.Trades(". seq R+1 ack I", "R seq I");
        peer.Trades(". seq R+1 ack I+2", "R seq I+2");
        Assert.AreEqual(2UL, wire.Count(Counter.HandshakeAckBad));
        peer.IsIn(TcpState.SynReceived);
        peer.Trades(". seq R+1 ack I+1", "");
        peer.IsIn(TcpState.Established);
    }

    [TestMethod]
    public void A_SYN_ACK_that_is_sent_again_offers_no_more_than_there_is_room_for()
    {
        Wire wire = new Wire();
        ScriptedPeer peer = SimultaneousOpen(wire);
        peer.ShutsDown();
        peer.ExpectsOnly("F. seq I+1 ack R+1");
        // In FIN-WAIT-1 data may come before our SYN is acknowledged.
        peer.Trades(". seq R+1 ack I len 100", "");
        wire.Advance(100 * Wire.Millisecond);
        peer.ExpectsOnly(". seq I+2 ack R+101 win 1948");
        wire.Advance(900 * Wire.Millisecond);
        peer.Expects("S. seq I ack R+101 win 1948 mss 1460");
        peer.ExpectsOnly("F. seq I+1 ack R+101 win 1948");
    }

    [TestMethod]
    public void SYN_SENT_simultaneous_open_survives_the_loss_of_our_SYN_ACK()
    {
        Wire wire = new Wire();
        ScriptedPeer peer = SimultaneousOpen(wire);
        peer.ExpectsAfter(Wire.Second, OurSynAck);
        peer.Trades("S seq R mss 1460", OurSynAck);
        peer.Trades(". seq R+1 ack I+1", "");
        peer.IsIn(TcpState.Established);
        CheckThatDataFlows(wire, peer);
    }

    [TestMethod]
    public void A_FIN_that_leaves_before_our_SYN_is_acknowledged_is_not_mixed_up_with_it()
    {
        // Whatever makes us send again, the SYN's number is never the number of a byte.
        Wire wire = new Wire();
        ScriptedPeer peer = SimultaneousOpen(wire);
        peer.ShutsDown();
        peer.ExpectsOnly("F. seq I+1 ack R+1");
        peer.IsIn(TcpState.FinWait1);
        for (int i = 0; i < 5; i++)
        {
            peer.Sends(". seq R+1 ack I");
            ExpectsNoData(wire);
        }

        byte[] quoted = new byte[28];
        Array.Copy(peer.Frame("S seq I"), Packet.Ip, quoted, 0, 28);
        Packet.Put32(quoted, 12, Wire.OurAddress);
        Packet.Put32(quoted, 16, peer.Address);
        Packet.Put16(quoted, 20, peer.OurPort);
        Packet.Put16(quoted, 22, peer.Port);
        byte[] error = Packet.Icmp(Wire.RouterAddress, Wire.OurAddress, 3, 4, quoted);
        Packet.Put16(error, Packet.Transport + 6, 576);
        Packet.FixIcmp(error);
        wire.Inject(error);
        Assert.AreEqual(1UL, wire.Count(Counter.IcmpErrorsReceived));
        ExpectsNoData(wire);
        peer.Sends(". seq R+1 ack I+2");
        peer.IsIn(TcpState.FinWait2);
    }

    [TestMethod]
    public void A_connection_that_calls_knows_nothing_of_the_peer_of_the_last_one()
    {
        TcpSettings settings = Wire.Settings();
        settings.Connections = 1;
        Wire wire = new Wire(settings);
        ScriptedPeer peer = SynSent(wire);
        peer.Trades("S. seq R ack I+1 mss 1460", ". seq I+1 ack R+1");
        peer.Aborts();
        peer.ExpectsOnly("R. seq I+1 ack R+1");
        peer = SynSent(wire);
        Assert.AreEqual(0u, peer.Connection.SndWnd);
        Assert.AreEqual(0u, peer.Connection.RcvWnd);
        Assert.AreEqual(0u, peer.Connection.Irs);
        Assert.AreEqual(0UL, peer.Connection.RoundTripTime);
        Assert.AreEqual(536, peer.Connection.MaximumSegmentSize);
    }

    [TestMethod]
    public void The_SYN_is_sent_again_after_1_2_4_8_seconds_and_given_up_after_3_minutes()
    {
        Wire wire = new Wire();
        ScriptedPeer peer = SynSent(wire);
        peer.ExpectsAfter(1 * Wire.Second, OurSyn);
        peer.ExpectsAfter(2 * Wire.Second, OurSyn);
        peer.ExpectsAfter(4 * Wire.Second, OurSyn);
        peer.ExpectsAfter(8 * Wire.Second, OurSyn);
        peer.ExpectsAfter(16 * Wire.Second, OurSyn);
        peer.ExpectsAfter(32 * Wire.Second, OurSyn);
        peer.ExpectsAfter(60 * Wire.Second, OurSyn);
        // 123 s have gone by; the next would be due at 183 s, after R2.
        wire.StaysSilent(57 * Wire.Second - 1);
        peer.IsIn(TcpState.SynSent);
        wire.StaysSilent(4 * Wire.Second);
        peer.IsIn(TcpState.Closed);
        Assert.AreEqual((int)TcpCloseReason.TimedOut, (int)peer.Connection.CloseReason);
        Assert.AreEqual(1UL, wire.Count(Counter.TimedOut));
        Assert.AreEqual(7UL, wire.Count(Counter.Retransmissions));
        wire.StaysSilent(600 * Wire.Second);
    }

    [TestMethod]
    public void A_connection_has_a_connect_timeout_of_its_own()
    {
        Wire wire = new Wire();
        ScriptedPeer peer = new ScriptedPeer(wire, 80, 50000);
        peer.Connection = wire.Endpoint.Connect(peer.Address, 80, 50000);
        Assert.AreEqual(0UL, peer.Connection.ConnectTimeout);
        peer.Connection.ConnectTimeout = 5 * Wire.Second;
        Assert.AreEqual(5 * Wire.Second, peer.Connection.ConnectTimeout);
        wire.Run();
        peer.ExpectsOnly("S seq I mss 1460");
        peer.ExpectsAfter(1 * Wire.Second, "S seq I mss 1460");
        peer.ExpectsAfter(2 * Wire.Second, "S seq I mss 1460");
        wire.StaysSilent(2 * Wire.Second - 1);
        peer.IsIn(TcpState.SynSent);
        wire.StaysSilent(1);
        peer.IsIn(TcpState.Closed);
        Assert.AreEqual((int)TcpCloseReason.TimedOut, (int)peer.Connection.CloseReason);
        wire.StaysSilent(600 * Wire.Second);
        peer.Closes();

        // The next one that uses the same memory has the settings' timeout again.
        TcpConnection next = wire.Endpoint.Connect(peer.Address, 80, 50000);
        Assert.AreEqual(0UL, next.ConnectTimeout);
        wire.Advance(179 * Wire.Second);
        Assert.AreEqual((int)TcpState.SynSent, (int)next.State);
    }

    [TestMethod]
    [DataRow(400)]
    [DataRow(1000)]
    public void A_connect_timeout_may_be_shorter_than_the_first_retransmission(int milliseconds)
    {
        Wire wire = new Wire();
        ScriptedPeer peer = new ScriptedPeer(wire, 80, 50000);
        peer.Connection = wire.Endpoint.Connect(peer.Address, 80, 50000);
        peer.Connection.ConnectTimeout = (ulong)milliseconds * Wire.Millisecond;
        wire.Run();
        peer.ExpectsOnly("S seq I mss 1460");
        wire.StaysSilent((ulong)milliseconds * Wire.Millisecond - 1);
        peer.IsIn(TcpState.SynSent);
        wire.StaysSilent(1);
        peer.IsIn(TcpState.Closed);
    }

    [TestMethod]
    public void A_connect_timeout_behind_the_first_retransmission_leaves_that_where_it_is()
    {
        Wire wire = new Wire();
        ScriptedPeer peer = SynSent(wire);
        peer.Connection.ConnectTimeout = 1500 * Wire.Millisecond;
        peer.ExpectsAfter(Wire.Second, OurSyn);
        wire.StaysSilent(500 * Wire.Millisecond - 1);
        peer.IsIn(TcpState.SynSent);
        wire.StaysSilent(1);
        peer.IsIn(TcpState.Closed);
    }

    [TestMethod]
    public void A_connection_that_is_closed_before_its_SYN_is_acknowledged_has_the_timeout_of_the_settings()
    {
        Wire wire = new Wire();
        ScriptedPeer peer = SimultaneousOpen(wire);
        peer.Connection.ConnectTimeout = 10 * Wire.Second;
        peer.Closes();
        peer.ExpectsOnly("F. seq I+1 ack R+1");
        wire.Advance(180 * Wire.Second - 1);
        Assert.AreEqual(1, wire.Endpoint.ConnectionCount);
        wire.Advance(1);
        Assert.AreEqual(0, wire.Endpoint.ConnectionCount);
        Assert.AreEqual(1UL, wire.Count(Counter.OrphansTimedOut));
    }

    [TestMethod]
    public void A_connect_timeout_that_is_set_while_the_SYN_waits_counts_from_the_first_SYN()
    {
        Wire wire = new Wire();
        ScriptedPeer peer = SynSent(wire);
        wire.Advance(20 * Wire.Second);
        wire.Discard();
        peer.Connection.ConnectTimeout = 25 * Wire.Second;
        wire.StaysSilent(5 * Wire.Second - 1);
        peer.IsIn(TcpState.SynSent);
        wire.StaysSilent(1);
        peer.IsIn(TcpState.Closed);

        wire = new Wire();
        peer = SynSent(wire);
        wire.Advance(20 * Wire.Second);
        wire.Discard();
        peer.Connection.ConnectTimeout = 2 * Wire.Second;
        wire.Run();
        peer.IsIn(TcpState.Closed);
        Assert.AreEqual((int)TcpCloseReason.TimedOut, (int)peer.Connection.CloseReason);
    }

    [TestMethod]
    public void A_connect_timeout_says_nothing_about_data()
    {
        Wire wire = new Wire();
        ScriptedPeer peer = SynSent(wire);
        peer.Connection.ConnectTimeout = Wire.Second / 2;
        wire.Run();
        peer.Trades("S. seq R ack I+1 mss 1460", ". seq I+1 ack R+1");
        peer.Writes(10);
        wire.Advance(100 * Wire.Second);
        peer.IsIn(TcpState.Established);
    }

    [TestMethod]
    public void A_SYN_ACK_to_a_retransmitted_SYN_establishes()
    {
        Wire wire = new Wire();
        ScriptedPeer peer = SynSent(wire);
        peer.ExpectsAfter(Wire.Second, OurSyn);
        peer.ExpectsAfter(2 * Wire.Second, OurSyn);
        peer.Trades("S. seq R ack I+1 mss 1460", ". seq I+1 ack R+1");
        peer.IsIn(TcpState.Established);
        // Karn: which of the three SYNs was answered is unknown.
        Assert.AreEqual(0UL, peer.Connection.RoundTripTime);
    }

    [TestMethod]
    public void A_SYN_ACK_that_comes_again_is_acknowledged_again()
    {
        Wire wire = new Wire();
        ScriptedPeer peer = SynSent(wire);
        peer.Trades("S. seq R ack I+1 mss 1460", ". seq I+1 ack R+1");
        peer.Trades("S. seq R ack I+1 mss 1460", ". seq I+1 ack R+1");
        peer.IsIn(TcpState.Established);
    }

    [TestMethod]
    [DataRow("S. seq R ack I+1 len 10 mss 1460", ". seq I+1 ack R+11", 10, "ESTABLISHED")]
    [DataRow("SP. seq R ack I+1 len 700 mss 1460", ". seq I+1 ack R+701", 700, "ESTABLISHED")]
    [DataRow("SF. seq R ack I+1 mss 1460", ". seq I+1 ack R+2", 0, "CLOSE-WAIT")]
    [DataRow("SF. seq R ack I+1 len 10 mss 1460", ". seq I+1 ack R+12", 10, "CLOSE-WAIT")]
    public void SYN_SENT_text_and_FIN_of_the_SYN_ACK_are_taken(string text, string answer, int length, string state)
    {
        Wire wire = new Wire();
        ScriptedPeer peer = SynSent(wire);
        peer.Trades(text, answer);
        peer.IsIn(state == "ESTABLISHED" ? TcpState.Established : TcpState.CloseWait);
        peer.Reads(length);
        Assert.AreEqual(state == "CLOSE-WAIT", peer.Connection.PeerClosed);
        wire.StaysSilent(600 * Wire.Second);
    }

    [TestMethod]
    public void SYN_SENT_text_of_the_SYN_ACK_is_acknowledged_with_the_data_that_waited()
    {
        Wire wire = new Wire();
        ScriptedPeer peer = SynSent(wire);
        Assert.AreEqual(20, peer.TriesToWrite(20));
        peer.Connection.Shutdown();
        peer.Trades("SF. seq R ack I+1 len 10 mss 1460", "FP. seq I+1 ack R+12 len 20");
        peer.IsIn(TcpState.Closing);
        peer.Reads(10);
    }

    [TestMethod]
    public void SYN_SENT_text_of_the_SYN_ACK_past_the_window_is_cut()
    {
        TcpSettings settings = Wire.Settings();
        settings.ReceiveBufferSize = 256;
        Wire wire = new Wire(settings);
        ScriptedPeer peer = SynSent(wire);
        peer.Trades("SF. seq R ack I+1 len 300 mss 1460", ". seq I+1 ack R+257");
        peer.IsIn(TcpState.Established);
        peer.Reads(256);
        peer.Expects(". seq I+1 ack R+257");
        peer.Trades("F. seq R+257 ack I+1 len 44", ". seq I+1 ack R+302");
        peer.Reads(44);
        peer.IsIn(TcpState.CloseWait);
    }

    [TestMethod]
    [DataRow("S")]
    [DataRow("S.")]
    public void The_urgent_pointer_counts_from_the_number_of_the_SYN(string text)
    {
        Wire wire = new Wire();
        ScriptedPeer peer = SynSent(wire);
        if (text == "S")
            peer.Trades("S seq R mss 1460", OurSynAck);
        peer.Sends("SU. seq R ack I+1 len 10 urg 6 mss 1460");
        Assert.AreEqual(5, peer.Connection.UrgentCount);
    }

    [TestMethod]
    public void SYN_SENT_text_and_FIN_of_a_SYN_are_not_acknowledged_and_come_again_with_its_ACK()
    {
        Wire wire = new Wire();
        ScriptedPeer peer = SynSent(wire);
        peer.Trades("SF seq R len 10 mss 1460", OurSynAck);
        peer.IsIn(TcpState.SynReceived);
        Assert.AreEqual(0, peer.Connection.Available);
        peer.Trades("SF. seq R ack I+1 len 10 mss 1460", ". seq I+1 ack R+12");
        peer.IsIn(TcpState.CloseWait);
        peer.Reads(10);
    }

    [TestMethod]
    public void Data_written_before_the_handshake_is_over_goes_out_after_it()
    {
        Wire wire = new Wire();
        ScriptedPeer peer = SynSent(wire);
        peer.Writes(10);
        wire.ExpectsSilence();
        peer.Sends("S. seq R ack I+1 mss 1460");
        byte[] first = wire.Take();
        Assert.IsNotNull(first);
        if (Segment.Of(first).Data.Length == 0)
            peer.Expects("P. seq I+1 ack R+1 len 10");
        wire.ExpectsSilence();
    }

    [TestMethod]
    public void Connect_chooses_ports_of_its_own_that_are_all_different()
    {
        TcpSettings settings = Wire.Settings();
        settings.Connections = 64;
        Wire wire = new Wire(settings);
        bool[] seen = new bool[65536];
        for (int i = 0; i < 64; i++)
        {
            TcpConnection connection = wire.Endpoint.Connect(Wire.PeerAddress, 80);
            Assert.IsNotNull(connection);
            Assert.IsTrue(connection.LocalPort >= 1024, "port " + connection.LocalPort.ToString());
            Assert.IsFalse(seen[connection.LocalPort], "port taken twice");
            seen[connection.LocalPort] = true;
        }

        Assert.IsFalse(wire.Endpoint.CanConnect, "all 64 connections are in use");
        Assert.AreEqual(64, wire.Endpoint.ConnectionCount);
    }

    [TestMethod]
    public void The_SYN_that_comes_again_is_a_duplicate_and_nothing_else()
    {
        Wire wire = new Wire();
        ScriptedPeer peer = SimultaneousOpen(wire);
        peer.Trades("S seq R mss 1460", OurSynAck);
        Assert.AreEqual(1UL, wire.Count(Counter.SynDuplicate));
        Assert.AreEqual(0UL, wire.Count(Counter.AckMissing));
        Assert.AreEqual(0UL, wire.Count(Counter.ChallengeSyn));
    }

    [TestMethod]
    public void Simultaneous_open_data_on_the_SYN_ACK_is_taken_from_its_first_byte()
    {
        Wire wire = new Wire();
        ScriptedPeer peer = SimultaneousOpen(wire);
        peer.Trades("S. seq R ack I+1 mss 1460 len 5", "");
        peer.IsIn(TcpState.Established);
        peer.Reads(5);
        peer.ExpectsAfter(100 * Wire.Millisecond, ". seq I+1 ack R+6");
    }

    [TestMethod]
    public void SYN_RECEIVED_a_SYN_counts_as_one_number_and_so_does_a_FIN_behind_it()
    {
        Wire wire = new Wire();
        wire.Endpoint.Listen(7, 1);
        ScriptedPeer peer = new ScriptedPeer(wire);
        peer.Trades("S seq R mss 1460", OurSynAck);

        // Up to the number before the window: not acceptable.
        peer.Trades("S. seq R-2 ack I+1 len 2", ". seq I+1 ack R+1");
        Assert.AreEqual(0UL, wire.Count(Counter.HandshakeAbandoned));
        Assert.AreEqual(1, wire.Endpoint.ConnectionCount);

        // Its FIN is the first number of the window: a SYN in the window ends what was opened passively.
        peer.Trades("SF. seq R-2 ack I+1 len 2", "");
        Assert.AreEqual(1UL, wire.Count(Counter.HandshakeAbandoned));
        Assert.AreEqual(0, wire.Endpoint.ConnectionCount);
    }

    [TestMethod]
    public void Simultaneous_open_after_a_shutdown_is_FIN_WAIT_1_at_once_unless_data_is_queued()
    {
        Wire wire = new Wire();
        ScriptedPeer peer = SynSent(wire);
        peer.Connection.Shutdown();
        peer.Sends("S seq R mss 1460");
        peer.Expects(OurSynAck);
        peer.IsIn(TcpState.FinWait1);

        wire = new Wire();
        peer = SynSent(wire);
        Assert.AreEqual(10, peer.TriesToWrite(10));
        peer.Connection.Shutdown();
        peer.Trades("S seq R mss 1460", OurSynAck);
        peer.IsIn(TcpState.SynReceived);
        peer.Trades(". seq R+1 ack I+1", "FP. seq I+1 ack R+1 len 10");
        peer.IsIn(TcpState.FinWait1);
    }

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void A_second_shutdown_before_the_handshake_is_over_changes_nothing(bool simultaneous)
    {
        Wire wire = new Wire();
        ScriptedPeer peer = simultaneous ? SimultaneousOpen(wire) : SynSent(wire);
        Assert.AreEqual(10, peer.TriesToWrite(10));
        peer.Connection.Shutdown();
        peer.Connection.Shutdown();
        Assert.IsFalse(peer.Connection.CanSend);
        peer.Trades(simultaneous ? ". seq R+1 ack I+1" : "S. seq R ack I+1 mss 1460", "FP. seq I+1 ack R+1 len 10");
        peer.IsIn(TcpState.FinWait1);
    }

    // RFC 9293 section 3.10.7.4, first.
    [TestMethod]
    public void SYN_RECEIVED_data_outside_the_window_of_a_simultaneous_open_is_answered_with_an_ACK()
    {
        Wire wire = new Wire();
        ScriptedPeer peer = SimultaneousOpen(wire);
        peer.Trades("P. seq R+10001 ack I+1 len 10", ". seq I+1 ack R+1");
        peer.IsIn(TcpState.SynReceived);
        peer.Trades(". seq R+1 ack I+1", "");
        CheckThatDataFlows(wire, peer);
    }

    [TestMethod]
    public void A_refused_open_counts_its_reset()
    {
        Wire wire = new Wire();
        ScriptedPeer peer = SynSent(wire);
        peer.Trades("R. seq 0 ack I+1", "");
        Assert.AreEqual((int)TcpCloseReason.Refused, (int)peer.Connection.CloseReason);
        Assert.AreEqual(1UL, wire.Count(Counter.ResetsReceived));
        Assert.AreEqual(0UL, wire.Count(Counter.SynSentResetIgnored));
        Assert.AreEqual(0UL, wire.Count(Counter.SynSentNoSyn));
    }

    private static ScriptedPeer SynSent(Wire wire)
    {
        ScriptedPeer peer = new ScriptedPeer(wire, 80, 50000);
        peer.Connection = wire.Endpoint.Connect(peer.Address, peer.Port, peer.OurPort);
        wire.Run();
        peer.ExpectsOnly(OurSyn);
        return peer;
    }

    private static ScriptedPeer SimultaneousOpen(Wire wire)
    {
        ScriptedPeer peer = SynSent(wire);
        peer.Trades("S seq R mss 1460", OurSynAck);
        peer.IsIn(TcpState.SynReceived);
        return peer;
    }

    private static void ExpectsNoData(Wire wire)
    {
        for (byte[] frame = wire.Take(); frame != null; frame = wire.Take())
            Assert.AreEqual(0, Segment.Of(frame).Data.Length, Wire.Describe(frame));
    }

    private static void CheckThatDataFlows(Wire wire, ScriptedPeer peer)
    {
        peer.Sends("P. seq R+1 ack I+1 len 20");
        peer.Reads(20);
        peer.Writes(30);
        peer.ExpectsOnly("P. seq I+1 ack R+21 len 30");
        peer.Trades(". seq R+21 ack I+31", "");
        Assert.AreEqual(0, peer.Connection.Unacknowledged);
    }
}
