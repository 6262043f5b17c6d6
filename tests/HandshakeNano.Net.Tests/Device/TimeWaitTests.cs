using nanoFramework.TestFramework;

namespace HandshakeNano.Net.Tests;

/// <summary>What a connection in TIME-WAIT answers, when it ends, and which of many is meant (RFC 9293 section 3.10.7.4).</summary>
[TestClass]
public sealed class TimeWaitTests
{
    private const ulong TwoMsl = 60 * Wire.Second;

    [TestMethod]
    public void It_ends_2_MSL_after_its_last_ACK_though_nothing_else_wakes_the_endpoint()
    {
        TcpSettings settings = Wire.Settings();
        settings.MaximumSegmentLifetime = 100 * Wire.Millisecond;
        Wire wire = new Wire(settings);
        ScriptedPeer peer = Enters(wire, 40000);
        wire.Advance(200 * Wire.Millisecond - 1);
        peer.IsIn(TcpState.TimeWait);
        wire.Advance(1);
        peer.IsIn(TcpState.Closed);
        Assert.AreEqual(0, wire.Endpoint.TimeWaitCount);
    }

    [TestMethod]
    public void Only_the_FIN_itself_begins_the_wait_anew()
    {
        Wire wire = new Wire();
        ScriptedPeer peer = Enters(wire, 40000);
        ulong ends = wire.Now + TwoMsl;

        // A keep-alive, an old segment, and FINs that were never sent: none is the FIN.
        wire.Advance(Wire.Second);
        peer.Trades(". seq R+1 ack I+2", ". seq I+2 ack R+2");
        wire.Advance(Wire.Second);
        peer.Trades(". seq R ack I+2 len 2", ". seq I+2 ack R+2");
        wire.Advance(Wire.Second);
        peer.Trades("F. seq R ack I+2", ". seq I+2 ack R+2");
        wire.Advance(Wire.Second);
        peer.Trades("F. seq R+2 ack I+2", "");
        wire.Advance(Wire.Second);
        peer.Trades("F. seq R+2 ack I+2 len 1", ". seq I+2 ack R+2");
        wire.Advance(ends - 1 - wire.Now);
        Assert.AreEqual(1, wire.Endpoint.TimeWaitCount);
        wire.Advance(1);
        Assert.AreEqual(0, wire.Endpoint.TimeWaitCount);
    }

    [TestMethod]
    public void The_FIN_with_the_data_in_front_of_it_begins_the_wait_anew()
    {
        Wire wire = new Wire();
        ScriptedPeer peer = Opened(wire, 40000);
        peer.ShutsDown();
        peer.ExpectsOnly("F. seq I+1 ack R+1");
        peer.Trades("F. seq R+1 ack I+2 len 10", ". seq I+2 ack R+12");
        peer.IsIn(TcpState.TimeWait);
        wire.Advance(10 * Wire.Second);
        peer.Trades("F. seq R+1 ack I+2 len 10", ". seq I+2 ack R+12");
        wire.Advance(TwoMsl - 1);
        Assert.AreEqual(1, wire.Endpoint.TimeWaitCount);
        wire.Advance(1);
        Assert.AreEqual(0, wire.Endpoint.TimeWaitCount);
    }

    [TestMethod]
    public void What_owes_no_answer_gets_one_in_half_a_second()
    {
        Wire wire = new Wire();
        ScriptedPeer peer = Enters(wire, 40000);
        peer.Trades(". seq R ack I+2", ". seq I+2 ack R+2");
        wire.Advance(500 * Wire.Millisecond - 1);
        peer.Trades(". seq R ack I+2", "");
        Assert.AreEqual(1UL, wire.Count(Counter.ChallengeLimited));
        wire.Advance(1);
        peer.Trades(". seq R ack I+2", ". seq I+2 ack R+2");
        Assert.AreEqual(1UL, wire.Count(Counter.ChallengeLimited));
        Assert.AreEqual(2UL, wire.Count(Counter.TimeWaitAnswered));

        // The FIN is always answered.
        peer.Trades("F. seq R+1 ack I+2", ". seq I+2 ack R+2");
        Assert.AreEqual(3UL, wire.Count(Counter.TimeWaitAnswered));
        Assert.AreEqual(0UL, wire.Count(Counter.ResetsSent));
    }

    [TestMethod]
    public void A_reset_ends_nothing_and_draws_nothing_wherever_it_is()
    {
        Wire wire = new Wire();
        ScriptedPeer peer = Enters(wire, 40000);
        peer.Trades("R seq R+2", "");
        peer.Trades("R. seq R+1 ack I+2", "");
        peer.Trades("R. seq R+100 ack I+2 len 5", "");
        Assert.AreEqual(3UL, wire.Count(Counter.TimeWaitReset));
        Assert.AreEqual(0UL, wire.Count(Counter.AckMissing));
        peer.IsIn(TcpState.TimeWait);
    }

    [TestMethod]
    public void A_segment_without_ACK_is_dropped_and_counted()
    {
        Wire wire = new Wire();
        ScriptedPeer peer = Enters(wire, 40000);
        peer.Trades("- seq R+2 len 5", "");
        peer.Trades("F seq R+1", "");
        Assert.AreEqual(2UL, wire.Count(Counter.AckMissing));
        Assert.AreEqual(0UL, wire.Count(Counter.TimeWaitAnswered));
    }

    [TestMethod]
    public void A_SYN_right_at_RCV_NXT_opens_it_again()
    {
        Wire wire = new Wire();
        ScriptedPeer peer = Enters(wire, 40000);
        TcpListener listener = wire.Endpoint.Listen(7, 1);
        peer.Connection.Close();
        peer['R'] = peer['R'] + 2;
        peer.Opens(listener);
        Assert.AreEqual(0, wire.Endpoint.TimeWaitCount);
        Assert.AreEqual(1UL, wire.Count(Counter.TimeWaitReopened));
    }

    [TestMethod]
    public void Where_neither_has_timestamps_a_SYN_below_RCV_NXT_is_an_old_one_though_we_would_take_them()
    {
        TcpSettings settings = Wire.Settings();
        settings.Timestamps = true;
        Wire wire = new Wire(settings);
        TcpListener listener = wire.Endpoint.Listen(7, 1);
        ScriptedPeer peer = new ScriptedPeer(wire);
        peer.Opens(listener);
        peer.Closes();
        peer.ExpectsOnly("F. seq I+1 ack R+1");
        peer.Trades("F. seq R+1 ack I+2", ". seq I+2 ack R+2");
        peer.Trades("S seq R mss 1460", ". seq I+2 ack R+2");
        Assert.AreEqual(0UL, wire.Count(Counter.TimeWaitReopened));
        Assert.AreEqual(1, wire.Endpoint.TimeWaitCount);
    }

    [TestMethod]
    public void A_SYN_that_the_listener_does_not_take_leaves_it_as_it_was()
    {
        TcpSettings settings = Wire.Settings();
        settings.Connections = 2;
        Wire wire = new Wire(settings);
        ScriptedPeer peer = Enters(wire, 40000);
        peer.Connection.Close();
        TcpListener listener = wire.Endpoint.Listen(7, 1);
        ScriptedPeer other = new ScriptedPeer(wire, 40001, 7);
        other.Trades("S seq R mss 1460", "S. seq I ack R+1 mss 1460");
        peer.Trades("S seq R+100", "");
        Assert.AreEqual(1UL, wire.Count(Counter.SynQueueFull));
        Assert.AreEqual(1, wire.Endpoint.TimeWaitCount);
        other.Trades(". seq R+1 ack I+1", "");
        peer.Trades("S seq R+100", "");
        Assert.AreEqual(1UL, wire.Count(Counter.AcceptQueueFull));
        Assert.AreEqual(1, wire.Endpoint.TimeWaitCount);
        Assert.IsNotNull(listener.Accept());
        Decider decider = new Decider();
        listener.Handler = decider;
        decider.Decision = SynDecision.Withhold;
        peer.Trades("S seq R+100", "");
        Assert.AreEqual(1UL, wire.Count(Counter.SynWithheld));
        Assert.AreEqual(1, wire.Endpoint.TimeWaitCount);
        decider.Decision = SynDecision.Refuse;
        peer.Trades("S seq R+100", "R. seq 0 ack R+101");
        Assert.AreEqual(1UL, wire.Count(Counter.SynRefused));
        Assert.AreEqual(1, wire.Endpoint.TimeWaitCount);
        decider.Decision = SynDecision.Accept;
        decider.Caller = wire.Endpoint;
        peer.Sends("S seq R+100");
        Assert.AreEqual(1UL, wire.Count(Counter.ConnectionsExhausted), "the handler has taken the last one");
        Assert.AreEqual(1, wire.Endpoint.TimeWaitCount);
        Assert.IsNotNull(wire.Take());
        listener.Handler = null;
        peer.Trades("S seq R+100", "");
        Assert.AreEqual(2UL, wire.Count(Counter.ConnectionsExhausted));
        Assert.AreEqual(1, wire.Endpoint.TimeWaitCount);
        Assert.AreEqual(0UL, wire.Count(Counter.TimeWaitReopened));
        peer.Trades("F. seq R+1 ack I+2", ". seq I+2 ack R+2");
    }

    [TestMethod]
    public void A_new_ISN_is_above_an_old_SND_NXT_of_0_too()
    {
        // The clock ticks every 4 us: learn the ISN of one moment, and begin where 2 KB and a FIN end at 0.
        Wire wire = new Wire();
        ScriptedPeer peer = new ScriptedPeer(wire, 40000, 7);
        wire.Endpoint.Listen(7, 1);
        peer.Trades("S seq R mss 1460", "S. seq I ack R+1 mss 1460");
        ulong begin = wire.Now + (ulong)(0 - (peer['I'] + 2000 + 2)) * 4;
        wire = new Wire(Wire.Settings(), 1500, begin);
        TcpListener listener = wire.Endpoint.Listen(7, 1);
        peer = new ScriptedPeer(wire, 40000, 7);
        peer.Opens(listener);
        Assert.AreEqual(0U, peer['I'] + 2002);
        peer.Connection.NoDelay = true;
        peer.Writes(1000);
        peer.ExpectsOnly("P. seq I+1 ack R+1 len 1000");
        peer.Writes(1000);
        peer.ExpectsOnly("P. seq I+1001 ack R+1 len 1000");
        peer.Trades(". seq R+1 ack I+2001", "");
        peer.Closes();
        peer.ExpectsOnly("F. seq I+2001 ack R+1");
        peer.Trades("F. seq R+1 ack I+2002", ". seq I+2002 ack R+2");
        peer['R'] = peer['R'] + 100;
        peer.Opens(listener);
        Assert.AreEqual(2U, peer['I'], "one above what stands for 0");
    }

    [TestMethod]
    public void Each_of_many_is_found_forgotten_and_leaves_the_others_where_they_are()
    {
        const int Count = 32;
        TcpSettings settings = Wire.Settings();
        settings.TimeWaits = Count;
        settings.Connections = Count;
        Wire wire = new Wire(settings);
        ScriptedPeer[] peers = new ScriptedPeer[Count];
        for (int i = 0; i < Count; i++)
        {
            peers[i] = Enters(wire, 40000 + 13 * i);
            wire.Advance(Wire.Millisecond);
        }

        Assert.AreEqual(Count, wire.Endpoint.TimeWaitCount);
        for (int i = 0; i < Count; i += 2)
            peers[i].Connection.Abort();
        Assert.AreEqual(Count / 2, wire.Endpoint.TimeWaitCount);
        for (int i = 0; i < Count; i++)
            peers[i].Trades("F. seq R+1 ack I+2", i % 2 == 0 ? "R seq I+2" : ". seq I+2 ack R+2");
        for (int i = 1; i < Count; i += 2)
            peers[i].IsIn(TcpState.TimeWait);
        wire.Advance(TwoMsl - 1);
        Assert.AreEqual(Count / 2, wire.Endpoint.TimeWaitCount);
        wire.Advance(1);
        Assert.AreEqual(0, wire.Endpoint.TimeWaitCount);
        for (int i = 1; i < Count; i += 2)
            peers[i].IsIn(TcpState.Closed);
    }

    [TestMethod]
    public void A_new_address_forgets_them_all()
    {
        Wire wire = new Wire();
        ScriptedPeer first = Enters(wire, 40000);
        ScriptedPeer second = Enters(wire, 40001);
        wire.Endpoint.SetAddress(Wire.OurAddress + 1, 24, 0);
        Assert.AreEqual(0, wire.Endpoint.TimeWaitCount);
        Assert.AreEqual((int)TcpState.Closed, (int)first.State);
        Assert.AreEqual((int)TcpState.Closed, (int)second.State);
        wire.Run();
        wire.TakeArp();
        wire.StaysSilent(2 * TwoMsl);
    }

    private static ScriptedPeer Opened(Wire wire, int port)
    {
        // An active open: no listener stands on the port.
        ScriptedPeer peer = new ScriptedPeer(wire, port, 7);
        peer.IsOpened();
        return peer;
    }

    private static ScriptedPeer Enters(Wire wire, int port)
    {
        ScriptedPeer peer = Opened(wire, port);
        peer.ShutsDown();
        peer.ExpectsOnly("F. seq I+1 ack R+1");
        peer.Trades("F. seq R+1 ack I+2", ". seq I+2 ack R+2");
        peer.IsIn(TcpState.TimeWait);
        return peer;
    }

    private sealed class Decider : TcpListenerHandler
    {
        public SynDecision Decision { get; set; }

        /// <summary>If not null, it opens a connection meanwhile.</summary>
        public TcpEndpoint Caller { get; set; }

        public override SynDecision OnSyn(TcpListener listener, uint remoteAddress, int remotePort)
        {
            if (Caller != null)
                Caller.Connect(Wire.PeerAddress, 80, 50000);
            return Decision;
        }
    }
}
