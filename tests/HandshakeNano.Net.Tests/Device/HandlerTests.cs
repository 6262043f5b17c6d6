using nanoFramework.TestFramework;

namespace HandshakeNano.Net.Tests;

/// <summary>Handlers may call every method of the API except Poll, from within each of their calls.</summary>
[TestClass]
public sealed class HandlerTests
{
    [TestMethod]
    public void An_echo_from_OnReceived_carries_the_ACK()
    {
        Wire wire = new Wire();
        ScriptedPeer peer = ScriptedPeer.Accepted(wire, new Echo());
        peer.Sends("P. seq R+1 ack I+1 len 100");
        peer.ExpectsOnly("P. seq I+1 ack R+101 len 100");
        peer.Sends("P. seq R+101 ack I+101 len 50");
        peer.ExpectsOnly("P. seq I+101 ack R+151 len 50");
        peer.Trades("F. seq R+151 ack I+151", "F. seq I+151 ack R+152");
        peer.Trades(". seq R+152 ack I+152", "");
        Assert.AreEqual(0, wire.Endpoint.ConnectionCount);
    }

    [TestMethod]
    public void Close_in_OnReceived_sends_FIN_with_the_ACK()
    {
        Wire wire = new Wire();
        ScriptedPeer peer = ScriptedPeer.Accepted(wire, new Closer(true));
        peer.Sends("P. seq R+1 ack I+1 len 10");
        peer.ExpectsOnly("F. seq I+1 ack R+11");
        peer.Trades("F. seq R+11 ack I+2", ". seq I+2 ack R+12");
        Assert.AreEqual(0, wire.Endpoint.ConnectionCount);
    }

    [TestMethod]
    public void Close_in_OnReceived_with_the_data_unread_resets()
    {
        Wire wire = new Wire();
        ScriptedPeer peer = ScriptedPeer.Accepted(wire, new Closer(false));
        peer.Sends("P. seq R+1 ack I+1 len 10");
        peer.ExpectsOnly("R. seq I+1 ack R+11");
        Assert.AreEqual(0, wire.Endpoint.ConnectionCount);
    }

    [TestMethod]
    public void Abort_in_OnReceived_ends_it_though_the_segment_had_a_FIN()
    {
        Wire wire = new Wire();
        ScriptedPeer peer = ScriptedPeer.Accepted(wire, new Aborter());
        peer.Sends("F. seq R+1 ack I+1 len 10");
        peer.ExpectsOnly("R. seq I+1 ack R+12");
        Assert.AreEqual(0, wire.Endpoint.ConnectionCount);
        wire.StaysSilent(600 * Wire.Second);
    }

    [TestMethod]
    public void OnClosed_may_close_and_open_the_next_connection_at_once()
    {
        TcpSettings settings = Wire.Settings();
        settings.Connections = 1;
        Wire wire = new Wire(settings);
        Redialer redialer = new Redialer(wire.Endpoint);
        ScriptedPeer peer = new ScriptedPeer(wire, 80, 50000);
        redialer.Dial();
        wire.Run();
        for (int i = 0; i < 20; i++)
        {
            peer.OurPort = 50000 + i;
            peer.ForgetIss();
            peer.Expects("S seq I mss 1460");
            peer.Sends("R. seq 0 ack I+1");
            Assert.AreEqual(i + 1, redialer.Refusals);
        }

        Assert.AreEqual(1, wire.Endpoint.ConnectionCount);
    }

    [TestMethod]
    public void OnAccept_may_take_the_connection_and_set_a_handler_that_hears_the_data_of_the_same_segment()
    {
        Wire wire = new Wire();
        ScriptedPeer peer = new ScriptedPeer(wire);
        TcpListener listener = wire.Endpoint.Listen(7, 1);
        listener.Handler = new Server();
        peer.Trades("S seq R mss 1460", "S. seq I ack R+1 mss 1460");
        peer.Sends("P. seq R+1 ack I+1 len 10");
        peer.ExpectsOnly("P. seq I+1 ack R+11 len 10");
        Assert.AreEqual(0, listener.Pending);
    }

    [TestMethod]
    public void A_handler_that_is_set_late_is_told_what_it_has_missed()
    {
        Wire wire = new Wire();
        ScriptedPeer peer = ScriptedPeer.Accepted(wire, null);
        peer.Trades("F. seq R+1 ack I+1 len 10", ". seq I+1 ack R+12");
        peer.Connection.Handler = new Echo();
        wire.Run();
        peer.ExpectsOnly("FP. seq I+1 ack R+12 len 10");
    }

    [TestMethod]
    public void The_handler_that_was_set_last_is_told_what_it_has_missed()
    {
        Wire wire = new Wire();
        ScriptedPeer peer = ScriptedPeer.Accepted(wire, null);
        peer.Trades("F. seq R+1 ack I+1 len 10", ". seq I+1 ack R+12");
        Notes first = new Notes();
        Notes second = new Notes();
        peer.Connection.Handler = first;
        peer.Connection.Handler = second;
        wire.Run();
        Assert.AreEqual("", first.Text);
        Assert.AreEqual("received peer-closed ", second.Text);
        peer.Trades("R seq R+12", "");
        Assert.AreEqual("received peer-closed closed:" + ((int)TcpCloseReason.Reset).ToString() + " ", second.Text);
        first.Text = "";
        second.Text = "";
        peer.Connection.Handler = first;
        peer.Connection.Handler = second;
        wire.Run();
        Assert.AreEqual("", first.Text);
        Assert.AreEqual("received peer-closed closed:" + ((int)TcpCloseReason.Reset).ToString() + " ", second.Text);
    }

    [TestMethod]
    public void A_handler_that_is_set_in_a_call_is_told_the_same_again()
    {
        Wire wire = new Wire();
        Notes next = new Notes();
        ScriptedPeer peer = ScriptedPeer.Accepted(wire, new Successor(next));
        peer.Trades("P. seq R+1 ack I+1 len 10", "");
        Assert.AreEqual("received ", next.Text);
        peer.Reads(10);
    }

    [TestMethod]
    public void A_handler_that_is_set_in_a_call_is_told_once_of_what_was_there_and_what_comes_right_then()
    {
        Wire wire = new Wire();
        Notes next = new Notes();
        ScriptedPeer peer = ScriptedPeer.Accepted(wire, null);
        peer.Trades("P. seq R+1 ack I+1 len 10", "");
        peer.Connection.Handler = new Successor(next);
        peer.Queues("P. seq R+11 ack I+1 len 10");
        wire.Run();
        peer.ExpectsOnly(". seq I+1 ack R+21");
        Assert.AreEqual("received ", next.Text);
        peer.Reads(20);
    }

    [TestMethod]
    public void OnSent_is_told_of_one_byte_and_not_of_a_FIN()
    {
        Wire wire = new Wire();
        Notes notes = new Notes();
        ScriptedPeer peer = ScriptedPeer.Accepted(wire, notes);
        peer.Writes(1);
        peer.ExpectsOnly("P. seq I+1 ack R+1 len 1");
        peer.Trades(". seq R+1 ack I+2", "");
        Assert.AreEqual("sent ", notes.Text);
        peer.ShutsDown();
        peer.ExpectsOnly("F. seq I+2 ack R+1");
        peer.Trades(". seq R+1 ack I+3", "");
        Assert.AreEqual("sent ", notes.Text);
    }

    [TestMethod]
    public void A_handler_that_ends_the_connection_is_told_no_more_of_the_segment()
    {
        // A simultaneous open whose last segment has data.
        Wire wire = new Wire();
        Notes notes = new Notes { Ends = "established" };
        ScriptedPeer peer = new ScriptedPeer(wire, 80, 50000);
        peer.Connection = wire.Endpoint.Connect(peer.Address, peer.Port, peer.OurPort);
        peer.Connection.Handler = notes;
        wire.Run();
        peer.ExpectsOnly("S seq I mss 1460");
        peer.Trades("S seq R mss 1460", "S. seq I ack R+1 mss 1460");
        peer.Trades("P. seq R+1 ack I+1 len 10", "R. seq I+1 ack R+11");
        Assert.AreEqual("established ", notes.Text);

        // Data, an acknowledgment of ours, and a FIN.
        wire = new Wire();
        notes = new Notes { Ends = "received" };
        peer = ScriptedPeer.Accepted(wire, notes);
        peer.Writes(10);
        peer.ExpectsOnly("P. seq I+1 ack R+1 len 10");
        peer.Trades("FP. seq R+1 ack I+11 len 10", "R. seq I+11 ack R+12");
        Assert.AreEqual("received ", notes.Text);
        wire = new Wire();
        notes = new Notes { Ends = "sent" };
        peer = ScriptedPeer.Accepted(wire, notes);
        peer.Writes(10);
        peer.ExpectsOnly("P. seq I+1 ack R+1 len 10");
        peer.Trades("F. seq R+1 ack I+11", "R. seq I+11 ack R+2");
        Assert.AreEqual("sent ", notes.Text);
    }

    [TestMethod]
    public void OnClosed_is_told_when_our_address_goes_and_when_an_ICMP_error_or_the_time_ends_the_connection()
    {
        Wire wire = new Wire();
        Notes notes = new Notes();
        ScriptedPeer peer = ScriptedPeer.Accepted(wire, notes);
        wire.Endpoint.SetAddress(Wire.OurAddress + 1, 24, 0);
        wire.Run();
        Assert.AreEqual("closed:" + ((int)TcpCloseReason.Aborted).ToString() + " ", notes.Text);
        wire = new Wire();
        notes = new Notes();
        peer = ScriptedPeer.Accepted(wire, notes);
        peer.Connection.UserTimeout = 10 * Wire.Second;
        peer.Writes(10);
        wire.Advance(10 * Wire.Second - 1);
        Assert.AreEqual("", notes.Text);
        wire.Advance(1);
        Assert.AreEqual("closed:" + ((int)TcpCloseReason.TimedOut).ToString() + " ", notes.Text);
    }

    [TestMethod]
    public void What_has_ended_already_does_not_end_again_when_our_address_goes()
    {
        Wire wire = new Wire();
        Notes notes = new Notes();
        ScriptedPeer peer = ScriptedPeer.Accepted(wire, notes);
        peer.Trades("R seq R+1", "");
        wire.Endpoint.SetAddress(Wire.OurAddress + 1, 24, 0);
        wire.Run();
        Assert.AreEqual("closed:" + ((int)TcpCloseReason.Reset).ToString() + " ", notes.Text);
        Assert.AreEqual((int)TcpCloseReason.Reset, (int)peer.Connection.CloseReason);
    }

    [TestMethod]
    public void A_connection_that_OnClosed_gives_back_when_our_address_goes_can_be_had_once()
    {
        TcpSettings settings = Wire.Settings();
        settings.Connections = 1;
        Wire wire = new Wire(settings);
        ScriptedPeer.Accepted(wire, new Notes { Ends = "closed:" + ((int)TcpCloseReason.Aborted).ToString() });
        wire.Endpoint.SetAddress(Wire.OurAddress + 1, 24, 0);
        wire.Run();
        Assert.IsNotNull(wire.Endpoint.Connect(Wire.PeerAddress, 80, 50000));
        Assert.IsFalse(wire.Endpoint.CanConnect);
    }

    [TestMethod]
    public void A_SYN_that_a_listener_closing_itself_does_not_take_leaves_what_is_in_TIME_WAIT_as_it_was()
    {
        Wire wire = new Wire();
        TcpListener listener = wire.Endpoint.Listen(7, 2);
        ScriptedPeer peer = new ScriptedPeer(wire);
        peer.Opens(listener);
        peer.ShutsDown();
        peer.ExpectsOnly("F. seq I+1 ack R+1");
        peer.Trades("F. seq R+1 ack I+2", ". seq I+2 ack R+2");
        listener.Handler = new Suicide(true);
        peer.Trades("S seq R+1000", "");
        Assert.AreEqual(1, wire.Endpoint.TimeWaitCount);
        Assert.AreEqual(0UL, wire.Count(Counter.TimeWaitReopened));
    }

    [TestMethod]
    public void A_call_on_a_connection_that_was_given_back_does_nothing_to_the_next_one_in_its_place()
    {
        TcpSettings settings = Wire.Settings();
        settings.Connections = 1;
        Wire wire = new Wire(settings);
        TcpListener listener = wire.Endpoint.Listen(7, 1);
        ScriptedPeer peer = new ScriptedPeer(wire);
        peer.Opens(listener);
        TcpConnection stale = peer.Connection;
        peer.Trades("R seq R+1", "");
        stale.Close();
        wire.Run();
        ScriptedPeer next = new ScriptedPeer(wire, 40001, 7);
        next.Trades("S seq R mss 1460", "S. seq I ack R+1 mss 1460");
        stale.Close();
        stale.Abort();
        wire.Run();
        wire.ExpectsSilence();
        next.Trades(". seq R+1 ack I+1", "");
        TcpConnection accepted = listener.Accept();
        Assert.IsFalse(accepted == stale, "each connection has an object of its own");
        Assert.AreEqual((int)TcpState.Established, (int)accepted.State);
    }


    [TestMethod]
    public void A_listener_that_closes_itself_in_OnSyn_does_no_harm()
    {
        Wire wire = new Wire();
        ScriptedPeer peer = new ScriptedPeer(wire);
        TcpListener listener = wire.Endpoint.Listen(7, 1);
        listener.Handler = new Suicide(true);
        peer.Sends("S seq R mss 1460");
        wire.Discard();

        peer.Sends(". seq R+1 ack 1");
        wire.Discard();

        Assert.AreEqual(0, wire.Endpoint.ConnectionCount, "nobody could ever accept it");
        TcpListener next = wire.Endpoint.Listen(7, 1);
        Assert.AreEqual(0, next.HalfOpen);
        Assert.AreEqual(0, next.Pending);
        ScriptedPeer other = new ScriptedPeer(wire, 40001, 7);
        other.Opens(next);
    }

    [TestMethod]
    public void A_listener_that_closes_itself_in_OnAccept_resets_the_connection()
    {
        Wire wire = new Wire();
        ScriptedPeer peer = new ScriptedPeer(wire);
        TcpListener listener = wire.Endpoint.Listen(7, 1);
        listener.Handler = new Suicide(false);
        peer.Trades("S seq R mss 1460", "S. seq I ack R+1 mss 1460");
        peer.Sends(". seq R+1 ack I+1");
        peer.ExpectsOnly("R. seq I+1 ack R+1");
        Assert.AreEqual(0, wire.Endpoint.ConnectionCount);
        ScriptedPeer other = new ScriptedPeer(wire, 40001, 7);
        other.Opens(wire.Endpoint.Listen(7, 1));
    }

    [TestMethod]
    public void A_connection_that_a_handler_opens_has_a_keyed_ISN_though_the_peers_SYN_is_there_first()
    {
        Wire wire = new Wire();
        ScriptedPeer first = new ScriptedPeer(wire);
        first.Opens(wire.Endpoint.Listen(7, 1));
        first.Trades("P. seq R+1 ack I+1 len 10", "");
        Caller caller = new Caller(wire.Endpoint);
        first.Connection.Handler = caller;
        ScriptedPeer peer = new ScriptedPeer(wire, 80, 50000);
        peer.Queues("S seq R mss 1460");
        wire.Run();
        peer.Connection = caller.Called;
        peer.ExpectsOnly("S. seq I ack R+1 mss 1460");
        Assert.IsTrue(peer['I'] != 0, "the ISN was never chosen");
        Assert.AreEqual(peer['I'], peer.Connection.Iss);
        peer.Trades(". seq R+1 ack I+1", "");
        peer.IsIn(TcpState.Established);
    }

    [TestMethod]
    public void A_handler_of_one_connection_may_end_another()
    {
        Wire wire = new Wire();
        TcpListener listener = wire.Endpoint.Listen(7, 4);
        ScriptedPeer a = new ScriptedPeer(wire, 40001, 7);
        ScriptedPeer b = new ScriptedPeer(wire, 40002, 7);
        a.Opens(listener);
        b.Opens(listener);
        a.Connection.Handler = new KillerOf(b.Connection);
        wire.Run();
        a.Queues("P. seq R+1 ack I+1 len 10");
        b.Queues("P. seq R+1 ack I+1 len 10");
        wire.Run();
        b.Expects("R. seq I+1 ack R+1");
        b.ExpectsOnly("R seq I+1");
        Assert.AreEqual(1, wire.Endpoint.ConnectionCount);
        a.Reads(10);
    }

    [TestMethod]
    public void OnSent_keeps_a_stream_going()
    {
        Wire wire = new Wire();
        Streamer streamer = new Streamer();
        ScriptedPeer peer = ScriptedPeer.Accepted(wire, streamer);
        streamer.Fill(peer.Connection);
        wire.Run();
        uint acknowledged = 1;
        for (int i = 0; i < 50; i++)
        {
            byte[] frame = wire.Take();
            Assert.IsNotNull(frame, "the stream stands still");
            Segment segment = Segment.Of(frame);
            uint offset = segment.SequenceNumber - peer['I'] - 1;
            for (int j = 0; j < segment.Data.Length; j++)
                Assert.AreEqual(Segment.Pattern(offset + (uint)j), segment.Data[j]);
            uint end = offset + 1 + (uint)segment.Data.Length;
            if (end > acknowledged)
                acknowledged = end;
            peer.Sends(". seq R+1 ack I+" + acknowledged.ToString());
        }

        Assert.IsTrue(acknowledged > 30000, "bytes: " + acknowledged.ToString());
    }

    [TestMethod]
    public void What_the_old_connection_had_to_tell_is_not_told_of_the_next_one_in_its_place()
    {
        TcpSettings settings = Wire.Settings();
        settings.Connections = 1;
        Wire wire = new Wire(settings);
        ScriptedPeer peer = new ScriptedPeer(wire, 80, 50000);
        peer.IsOpened();
        NextCaller caller = new NextCaller(wire.Endpoint);
        peer.Connection.Handler = caller;
        peer.ShutsDown();
        peer.ExpectsOnly("F. seq I+1 ack R+1");
        // Data and FIN in one segment: three things to tell, and the first call gives the connection back.
        peer.Sends("FP. seq R+1 ack I+2 len 10");
        Assert.IsNotNull(caller.Next, "a connection in TIME-WAIT needs no place of its own");
        Assert.AreEqual("received ", caller.Calls);
        Assert.AreEqual((int)TcpState.SynSent, (int)caller.Next.State);
        peer.Expects(". seq I+2 ack R+12");
    }

    [TestMethod]
    public void OnSyn_may_forget_the_connection_in_TIME_WAIT_that_the_SYN_opens_again()
    {
        Wire wire = new Wire();
        TcpListener listener = wire.Endpoint.Listen(7, 2);
        ScriptedPeer peer = new ScriptedPeer(wire);
        peer.Opens(listener);
        peer.ShutsDown();
        peer.ExpectsOnly("F. seq I+1 ack R+1");
        peer.Trades("F. seq R+1 ack I+2", ". seq I+2 ack R+2");
        listener.Handler = new KillerOnSyn(peer.Connection);
        peer['R'] = peer['R'] + 1000;
        peer.Opens(listener);
        Assert.AreEqual(0, wire.Endpoint.TimeWaitCount);
        Assert.AreEqual(1, wire.Endpoint.ConnectionCount);
        peer.Trades("R seq R+1", "");
        wire.StaysSilent(600 * Wire.Second);
        Assert.AreEqual(0, wire.Endpoint.TimeWaitCount);
    }

    [TestMethod]
    public void A_connection_that_OnSyn_aborts_is_not_evicted_as_well()
    {
        TcpSettings settings = Wire.Settings();
        settings.Connections = 2;
        settings.SynPolicy = SynPolicy.CookiesAlways;
        Wire wire = new Wire(settings);
        TcpListener listener = wire.Endpoint.Listen(7, 4);
        ScriptedPeer old = new ScriptedPeer(wire, 40000, 7);
        ScriptedPeer other = new ScriptedPeer(wire, 40001, 7);
        ScriptedPeer next = new ScriptedPeer(wire, 40002, 7);
        old.Opens(listener);
        wire.Advance(10 * Wire.Second);
        next.Trades("S seq R mss 1460", "S. seq I ack R+1 mss 1460");
        other.Opens(listener);
        listener.Handler = new KillerOnSyn(old.Connection);
        next.Sends(". seq R+1 ack I+1");
        old.ExpectsOnly("R. seq I+1 ack R+1");
        Assert.AreEqual((int)TcpCloseReason.Aborted, (int)old.Connection.CloseReason);
        Assert.AreEqual(0UL, wire.Count(Counter.OrphansEvicted));

        // It is free a moment too late, and the caller is asked again.
        next.ExpectsAfter(Wire.Second, "S. seq I ack R+1 mss 1460");
        next.Trades(". seq R+1 ack I+1", "");
        Assert.AreEqual(1, listener.Pending);
    }

    [TestMethod]
    public void A_connection_that_OnSyn_opens_to_the_caller_s_port_is_the_one_that_the_SYN_is_for()
    {
        Wire wire = new Wire();
        TcpListener listener = wire.Endpoint.Listen(7, 2);
        CallerBack caller = new CallerBack(wire.Endpoint);
        listener.Handler = caller;
        ScriptedPeer peer = new ScriptedPeer(wire);
        peer.Sends("S seq R mss 1460");
        Assert.AreEqual(1, wire.Endpoint.ConnectionCount, "two connections have the same ports and addresses");
        peer.ExpectsOnly("S seq I mss 1460");
        // The SYN comes again, because it was not answered: a simultaneous open.
        peer.Trades("S seq R mss 1460", "S. seq I ack R+1 mss 1460");
        peer.Trades(". seq R+1 ack I+1", "");
        Assert.AreEqual((int)TcpState.Established, (int)caller.Called.State);
        Assert.AreEqual(0, listener.Pending);
    }

    [TestMethod]
    public void A_listener_that_OnSyn_moves_to_another_port_does_not_take_the_SYN()
    {
        Wire wire = new Wire();
        TcpListener listener = wire.Endpoint.Listen(7, 2);
        Mover mover = new Mover(wire.Endpoint);
        listener.Handler = mover;
        ScriptedPeer peer = new ScriptedPeer(wire);
        peer.Trades("S seq R mss 1460", "");
        Assert.AreEqual(1UL, wire.Count(Counter.SynWithheld));
        Assert.AreEqual(0, wire.Endpoint.ConnectionCount);
        Assert.AreEqual(0, mover.Moved.HalfOpen);
        peer.Trades("S seq R mss 1460", "R. seq 0 ack R+1");
        ScriptedPeer other = new ScriptedPeer(wire, 40001, 8);
        other.Opens(mover.Moved);
    }

    [TestMethod]
    public void A_SYN_to_the_address_that_OnSyn_has_given_up_is_not_answered()
    {
        Wire wire = new Wire();
        TcpListener listener = wire.Endpoint.Listen(7, 2);
        listener.Handler = new Renumberer(wire.Endpoint);
        ScriptedPeer peer = new ScriptedPeer(wire);
        peer.Sends("S seq R mss 1460");
        wire.TakeArp();
        wire.ExpectsSilence();
        Assert.AreEqual(0, wire.Endpoint.ConnectionCount);
        Assert.AreEqual(0, listener.HalfOpen);
    }

    private sealed class Echo : TcpConnectionHandler
    {
        private readonly byte[] _buffer = new byte[2048];

        public override void OnReceived(TcpConnection connection)
        {
            int count = connection.Read(_buffer, 0, _buffer.Length);
            connection.Write(_buffer, 0, count);
        }

        public override void OnPeerClosed(TcpConnection connection)
        {
            connection.Close();
        }
    }

    private sealed class Server : TcpListenerHandler
    {
        public override void OnAccept(TcpListener listener)
        {
            listener.Accept().Handler = new Echo();
        }
    }

    private sealed class Closer : TcpConnectionHandler
    {
        private readonly bool _reads;

        public Closer(bool reads)
        {
            _reads = reads;
        }

        public override void OnReceived(TcpConnection connection)
        {
            if (_reads)
                connection.Read(new byte[2048], 0, 2048);
            connection.Close();
        }
    }

    private sealed class Aborter : TcpConnectionHandler
    {
        public override void OnReceived(TcpConnection connection)
        {
            connection.Abort();
        }

        public override void OnPeerClosed(TcpConnection connection)
        {
            Assert.IsTrue(false, "the connection was given back");
        }
    }

    private sealed class Redialer : TcpConnectionHandler
    {
        public int Refusals;
        private readonly TcpEndpoint _endpoint;

        public Redialer(TcpEndpoint endpoint)
        {
            _endpoint = endpoint;
        }

        public void Dial()
        {
            _endpoint.Connect(Wire.PeerAddress, 80, 50000 + Refusals).Handler = this;
        }

        public override void OnClosed(TcpConnection connection, TcpCloseReason reason)
        {
            Assert.AreEqual((int)TcpCloseReason.Refused, (int)reason);
            Refusals++;
            connection.Close();
            TcpConnection next = _endpoint.Connect(Wire.PeerAddress, 80, 50000 + Refusals);
            Assert.IsNotNull(next, "Close gives the ended connection back at once");
            next.Handler = this;
        }
    }

    private sealed class Suicide : TcpListenerHandler
    {
        private readonly bool _onSyn;

        public Suicide(bool onSyn)
        {
            _onSyn = onSyn;
        }

        public override SynDecision OnSyn(TcpListener listener, uint remoteAddress, int remotePort)
        {
            if (_onSyn)
                listener.Close();
            return SynDecision.Accept;
        }

        public override void OnAccept(TcpListener listener)
        {
            listener.Close();
        }
    }

    private sealed class Caller : TcpConnectionHandler
    {
        public TcpConnection Called;
        private readonly TcpEndpoint _endpoint;

        public Caller(TcpEndpoint endpoint)
        {
            _endpoint = endpoint;
        }

        public override void OnReceived(TcpConnection connection)
        {
            Called = _endpoint.Connect(Wire.PeerAddress, 80, 50000);
        }
    }

    private sealed class KillerOf : TcpConnectionHandler
    {
        private TcpConnection _victim;

        public KillerOf(TcpConnection victim)
        {
            _victim = victim;
        }

        public override void OnReceived(TcpConnection connection)
        {
            if (_victim != null)
                _victim.Abort();
            _victim = null;
        }
    }

    private sealed class NextCaller : TcpConnectionHandler
    {
        public TcpConnection Next;
        public string Calls = "";
        private readonly TcpEndpoint _endpoint;

        public NextCaller(TcpEndpoint endpoint)
        {
            _endpoint = endpoint;
        }

        public override void OnReceived(TcpConnection connection)
        {
            Calls += "received ";
            connection.Read(new byte[2048], 0, 2048);
            connection.Close();
            Next = _endpoint.Connect(Wire.PeerAddress, 80, 50001);
            if (Next != null)
                Next.Handler = this;
        }

        public override void OnPeerClosed(TcpConnection connection)
        {
            Calls += "peer closed ";
        }

        public override void OnClosed(TcpConnection connection, TcpCloseReason reason)
        {
            Calls += "closed ";
        }
    }

    private sealed class KillerOnSyn : TcpListenerHandler
    {
        private TcpConnection _victim;

        public KillerOnSyn(TcpConnection victim)
        {
            _victim = victim;
        }

        public override SynDecision OnSyn(TcpListener listener, uint remoteAddress, int remotePort)
        {
            if (_victim != null)
                _victim.Abort();
            _victim = null;
            return SynDecision.Accept;
        }
    }

    private sealed class CallerBack : TcpListenerHandler
    {
        public TcpConnection Called;
        private readonly TcpEndpoint _endpoint;

        public CallerBack(TcpEndpoint endpoint)
        {
            _endpoint = endpoint;
        }

        public override SynDecision OnSyn(TcpListener listener, uint remoteAddress, int remotePort)
        {
            Called = _endpoint.Connect(remoteAddress, remotePort, listener.Port);
            return SynDecision.Accept;
        }
    }

    private sealed class Mover : TcpListenerHandler
    {
        public TcpListener Moved;
        private readonly TcpEndpoint _endpoint;

        public Mover(TcpEndpoint endpoint)
        {
            _endpoint = endpoint;
        }

        public override SynDecision OnSyn(TcpListener listener, uint remoteAddress, int remotePort)
        {
            listener.Close();
            Moved = _endpoint.Listen(8, 2);
            return SynDecision.Accept;
        }
    }

    private sealed class Renumberer : TcpListenerHandler
    {
        private readonly TcpEndpoint _endpoint;

        public Renumberer(TcpEndpoint endpoint)
        {
            _endpoint = endpoint;
        }

        public override SynDecision OnSyn(TcpListener listener, uint remoteAddress, int remotePort)
        {
            _endpoint.SetAddress(Wire.OurAddress + 1, 24, 0);
            return SynDecision.Accept;
        }
    }

    private sealed class Streamer : TcpConnectionHandler
    {
        private uint _offset;

        public void Fill(TcpConnection connection)
        {
            byte[] buffer = new byte[connection.SendSpace];
            for (int i = 0; i < buffer.Length; i++)
                buffer[i] = Segment.Pattern(_offset + (uint)i);
            _offset += (uint)connection.Write(buffer, 0, buffer.Length);
        }

        public override void OnSent(TcpConnection connection)
        {
            Fill(connection);
        }
    }

    /// <summary>Notes what it is told, and ends the connection at one of the calls.</summary>
    private sealed class Notes : TcpConnectionHandler
    {
        public string Text { get; set; } = "";

        public string Ends { get; set; }

        public override void OnEstablished(TcpConnection connection)
        {
            Note("established", connection);
        }

        public override void OnReceived(TcpConnection connection)
        {
            Note("received", connection);
        }

        public override void OnSent(TcpConnection connection)
        {
            Note("sent", connection);
        }

        public override void OnPeerClosed(TcpConnection connection)
        {
            Note("peer-closed", connection);
        }

        public override void OnClosed(TcpConnection connection, TcpCloseReason reason)
        {
            Note("closed:" + ((int)reason).ToString(), connection);
        }

        private void Note(string what, TcpConnection connection)
        {
            Text += what + " ";
            if (what == Ends)
                connection.Abort();
        }
    }

    private sealed class Successor : TcpConnectionHandler
    {
        private readonly TcpConnectionHandler _next;

        public Successor(TcpConnectionHandler next)
        {
            _next = next;
        }

        public override void OnReceived(TcpConnection connection)
        {
            connection.Handler = _next;
        }
    }
}
