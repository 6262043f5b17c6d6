using System;
using nanoFramework.TestFramework;

namespace HandshakeNano.Net.Tests;

/// <summary>The half-open and the accept queue, and what a listener's owner decides.</summary>
[TestClass]
public sealed class ListenerTests
{
    [TestMethod]
    public void A_full_SYN_queue_drops_the_SYN_counts_it_and_takes_the_retry()
    {
        TcpSettings settings = Wire.Settings();
        settings.SynPolicy = SynPolicy.QueueOnly;
        Wire wire = new Wire(settings);
        TcpListener listener = wire.Endpoint.Listen(7, 2);
        ScriptedPeer a = new ScriptedPeer(wire, 40001, 7);
        ScriptedPeer b = new ScriptedPeer(wire, 40002, 7);
        ScriptedPeer c = new ScriptedPeer(wire, 40003, 7);
        a.Trades("S seq R mss 1460", "S. seq I ack R+1 mss 1460");
        b.Trades("S seq R mss 1460", "S. seq I ack R+1 mss 1460");
        c.Trades("S seq R mss 1460", "");
        c.Trades("S seq R mss 1460", "");
        Assert.AreEqual(2, listener.HalfOpen);
        Assert.AreEqual(2UL, wire.Count(Counter.SynQueueFull));
        a.Trades(". seq R+1 ack I+1", "");
        a.Connection = listener.Accept();
        Assert.IsNotNull(a.Connection);
        c.Trades("S seq R mss 1460", "S. seq I ack R+1 mss 1460");
        c.Trades(". seq R+1 ack I+1", "");
        Assert.IsNotNull(listener.Accept());
        b.Trades(". seq R+1 ack I+1", "");
        Assert.IsNotNull(listener.Accept());
        Assert.AreEqual(0UL, wire.Count(Counter.ResetsSent));
    }

    [TestMethod]
    public void A_full_accept_queue_drops_the_SYN_counts_it_and_takes_the_retry()
    {
        Wire wire = new Wire();
        TcpListener listener = wire.Endpoint.Listen(7, 2);
        ScriptedPeer a = Complete(wire, listener, 40001);
        ScriptedPeer b = Complete(wire, listener, 40002);
        Assert.AreEqual(2, listener.Pending);
        ScriptedPeer c = new ScriptedPeer(wire, 40003, 7);
        c.Trades("S seq R mss 1460", "");
        Assert.AreEqual(1UL, wire.Count(Counter.AcceptQueueFull));
        Assert.AreEqual(2, wire.Endpoint.ConnectionCount);
        TcpConnection first = listener.Accept();
        Assert.AreEqual(a.Port, first.RemotePort, "first come, first served");
        c.Trades("S seq R mss 1460", "S. seq I ack R+1 mss 1460");
        c.Trades(". seq R+1 ack I+1", "");
        Assert.AreEqual(b.Port, listener.Accept().RemotePort);
        Assert.AreEqual(c.Port, listener.Accept().RemotePort);
        Assert.IsNull(listener.Accept());
        Assert.AreEqual(0UL, wire.Count(Counter.ResetsSent));
    }

    [TestMethod]
    public void Without_a_backlog_as_many_may_wait_as_there_can_be_connections()
    {
        TcpSettings settings = Wire.Settings();
        settings.Connections = 3;
        Wire wire = new Wire(settings);
        TcpListener listener = wire.Endpoint.Listen(7);
        Assert.AreEqual(7, listener.Port);
        Assert.AreEqual(3, listener.Backlog);
        for (int i = 0; i < 3; i++)
            Complete(wire, listener, 40001 + i);
        Assert.AreEqual(3, listener.Pending);
    }

    [TestMethod]
    public void A_last_ACK_that_finds_the_accept_queue_full_is_dropped_and_the_retry_succeeds()
    {
        Wire wire = new Wire();
        TcpListener listener = wire.Endpoint.Listen(7, 1);
        ScriptedPeer a = new ScriptedPeer(wire, 40001, 7);
        a.Trades("S seq R mss 1460", "S. seq I ack R+1 mss 1460");
        a.Trades(". seq R+1 ack I+1", "");
        // A second handshake may be under way or not while one connection waits: never may it be reset.
        ScriptedPeer b = new ScriptedPeer(wire, 40002, 7);
        b.Sends("S seq R mss 1460");
        wire.Discard();

        Assert.AreEqual(a.Port, listener.Accept().RemotePort);
        b.Sends("S seq R mss 1460");
        b.Expects("S. seq I ack R+1 mss 1460");
        b.Trades(". seq R+1 ack I+1", "");
        Assert.AreEqual(b.Port, listener.Accept().RemotePort);
        Assert.AreEqual(0UL, wire.Count(Counter.ResetsSent));
    }

    [TestMethod]
    public void A_last_ACK_that_overtakes_the_others_and_finds_no_room_is_counted_and_the_handshake_completes_later()
    {
        Wire wire = new Wire();
        TcpListener listener = wire.Endpoint.Listen(7, 2);
        ScriptedPeer a = Complete(wire, listener, 40001);
        ScriptedPeer b = new ScriptedPeer(wire, 40002, 7);
        ScriptedPeer c = new ScriptedPeer(wire, 40003, 7);
        b.Trades("S seq R mss 1460", "S. seq I ack R+1 mss 1460");
        c.Trades("S seq R mss 1460", "S. seq I ack R+1 mss 1460");
        b.Trades(". seq R+1 ack I+1", "");
        // Two wait already; the third has its last ACK dropped, and its data with it, and is not reset.
        c.Trades(". seq R+1 ack I+1", "");
        c.Trades("P. seq R+1 ack I+1 len 10", "");
        Assert.AreEqual(2, listener.Pending);
        Assert.AreEqual(1, listener.HalfOpen);
        Assert.AreEqual(2UL, wire.Count(Counter.AcceptQueueFull));
        Assert.AreEqual(a.Port, listener.Accept().RemotePort);
        // Our SYN,ACK comes again and draws the ACK.
        c.ExpectsAfter(Wire.Second, "S. seq I ack R+1 mss 1460");
        c.Trades("P. seq R+1 ack I+1 len 10", "");
        Assert.AreEqual(b.Port, listener.Accept().RemotePort);
        c.Connection = listener.Accept();
        c.Reads(10);
    }

    [TestMethod]
    public void Listeners_whose_ports_share_a_bucket_do_not_disturb_each_other()
    {
        Wire wire = new Wire();
        TcpListener[] listeners = new TcpListener[8];
        for (int i = 0; i < 8; i++)
            listeners[i] = wire.Endpoint.Listen(7 + 8 * i, 2);
        for (int closed = 0; closed < 8; closed += 3)
            listeners[closed].Close();
        listeners[0].Close();
        for (int i = 0; i < 8; i++)
        {
            ScriptedPeer peer = new ScriptedPeer(wire, 40000, 7 + 8 * i);
            if (i % 3 == 0)
                peer.Trades("S seq R", "R. seq 0 ack R+1");
            else
                peer.Opens(listeners[i]);
        }
    }

    [TestMethod]
    public void A_handler_that_takes_the_last_connection_leaves_none_for_the_SYN()
    {
        TcpSettings settings = Wire.Settings();
        settings.Connections = 1;
        Wire wire = new Wire(settings);
        TcpListener listener = wire.Endpoint.Listen(7, 2);
        listener.Handler = new Dialer(wire.Endpoint);
        ScriptedPeer peer = new ScriptedPeer(wire);
        peer.Sends("S seq R mss 1460");
        Assert.AreEqual(1UL, wire.Count(Counter.ConnectionsExhausted));
        new ScriptedPeer(wire, 80, 50000).ExpectsOnly("S seq I mss 1460");
    }

    [TestMethod]
    public void A_handler_that_takes_the_last_connection_ends_no_slow_one_for_the_SYN()
    {
        TcpSettings settings = Wire.Settings();
        settings.Connections = 2;
        Wire wire = new Wire(settings);
        TcpListener listener = wire.Endpoint.Listen(7, 2);
        ScriptedPeer slow = new ScriptedPeer(wire, 40001, 7);
        slow.Opens(listener);
        slow.Connection.IdleTimeout = 60 * Wire.Second;
        wire.Run();
        wire.Advance(5 * Wire.Second);
        listener.Handler = new Dialer(wire.Endpoint);
        ScriptedPeer peer = new ScriptedPeer(wire);
        peer.Sends("S seq R mss 1460");
        peer.Expects("S. seq I ack R+1 mss 1460");
        new ScriptedPeer(wire, 80, 50000).ExpectsOnly("S seq I mss 1460");
        Assert.AreEqual(0UL, wire.Count(Counter.SlowEvicted));
        slow.IsIn(TcpState.Established);
    }

    [TestMethod]
    public void A_handler_that_closes_its_listener_and_calls_somebody_does_not_take_the_SYN()
    {
        Wire wire = new Wire();
        TcpListener listener = wire.Endpoint.Listen(7, 2);
        listener.Handler = new Dialer(wire.Endpoint) { Closes = true };
        ScriptedPeer peer = new ScriptedPeer(wire);
        peer.Sends("S seq R mss 1460");
        new ScriptedPeer(wire, 80, 50000).ExpectsOnly("S seq I mss 1460");
        Assert.AreEqual(1UL, wire.Count(Counter.SynWithheld));
        Assert.AreEqual(1, wire.Endpoint.ConnectionCount);
    }

    [TestMethod]
    public void With_every_connection_in_use_a_SYN_is_dropped_and_counted_and_the_retry_succeeds()
    {
        TcpSettings settings = Wire.Settings();
        settings.Connections = 2;
        Wire wire = new Wire(settings);
        TcpListener listener = wire.Endpoint.Listen(7, 8);
        ScriptedPeer a = Complete(wire, listener, 40001);
        ScriptedPeer b = Complete(wire, listener, 40002);
        TcpConnection first = listener.Accept();
        TcpConnection second = listener.Accept();
        ScriptedPeer c = new ScriptedPeer(wire, 40003, 7);
        c.Trades("S seq R mss 1460", "");
        Assert.AreEqual(1UL, wire.Count(Counter.ConnectionsExhausted));
        Assert.IsFalse(wire.Endpoint.CanConnect);
        first.Abort();
        wire.Run();
        wire.Take();
        c.Trades("S seq R mss 1460", "S. seq I ack R+1 mss 1460");
        Assert.AreEqual(b.Port, second.RemotePort);
        Assert.AreNotEqual(a.Port, second.RemotePort);
    }

    [TestMethod]
    public void A_handshake_that_nobody_finishes_does_not_stop_the_others()
    {
        Wire wire = new Wire();
        TcpListener listener = wire.Endpoint.Listen(7, 2);
        ScriptedPeer dead = new ScriptedPeer(wire, 40001, 7);
        dead.Trades("S seq R mss 1460", "S. seq I ack R+1 mss 1460");
        for (int i = 0; i < 100; i++)
        {
            ScriptedPeer peer = new ScriptedPeer(wire, 41000 + i, 7);
            peer.Opens(listener);
            peer.Aborts();
            wire.Take();
        }

        Assert.AreEqual(1, listener.HalfOpen);
        dead.Trades(". seq R+1 ack I+1", "");
        Assert.AreEqual(1, listener.Pending);
    }

    [TestMethod]
    public void Thirty_listeners_each_get_their_own_connections()
    {
        TcpSettings settings = Wire.Settings();
        settings.Listeners = 30;
        settings.Connections = 30;
        Wire wire = new Wire(settings);
        TcpListener[] listeners = new TcpListener[30];
        for (int i = 0; i < 30; i++)
            listeners[i] = wire.Endpoint.Listen(100 + i * 97, 2);
        for (int i = 29; i >= 0; i--)
        {
            ScriptedPeer peer = new ScriptedPeer(wire, 40000, 100 + i * 97);
            peer.Opens(listeners[i]);
            Assert.AreEqual(100 + i * 97, peer.Connection.LocalPort);
        }

        Assert.AreEqual(30, wire.Endpoint.ConnectionCount);
    }

    [TestMethod]
    public void An_idle_listener_costs_no_connection()
    {
        Wire wire = new Wire();
        wire.Endpoint.Listen(7, 1000);
        wire.Endpoint.Listen(9, 1000);
        Assert.AreEqual(0, wire.Endpoint.ConnectionCount);
    }

    [TestMethod]
    public void A_withheld_SYN_gets_no_answer_and_is_shown_again_when_the_peer_retries()
    {
        Wire wire = new Wire();
        TcpListener listener = wire.Endpoint.Listen(7, 2);
        Doorman doorman = new Doorman { Decision = SynDecision.Withhold };
        listener.Handler = doorman;
        ScriptedPeer peer = new ScriptedPeer(wire);
        peer.Trades("S seq R mss 1460", "");
        peer.Trades("S seq R mss 1460", "");
        Assert.AreEqual(2, doorman.Syns);
        Assert.AreEqual(Wire.PeerAddress, doorman.Address);
        Assert.AreEqual(40000, doorman.Port);
        Assert.AreEqual(2UL, wire.Count(Counter.SynWithheld));
        Assert.AreEqual(0, wire.Endpoint.ConnectionCount);
        doorman.Decision = SynDecision.Accept;
        peer.Opens(listener);
        Assert.AreEqual(3, doorman.Syns);
        Assert.AreEqual(1, doorman.Accepts);
    }

    [TestMethod]
    public void A_refused_SYN_is_answered_with_RST_ACK()
    {
        Wire wire = new Wire();
        TcpListener listener = wire.Endpoint.Listen(7, 2);
        listener.Handler = new Doorman { Decision = SynDecision.Refuse };
        ScriptedPeer peer = new ScriptedPeer(wire);
        peer.Trades("S seq R mss 1460", "R. seq 0 ack R+1");
        Assert.AreEqual(1UL, wire.Count(Counter.SynRefused));
        Assert.AreEqual(0, wire.Endpoint.ConnectionCount);
    }

    [TestMethod]
    public void Closing_a_listener_resets_half_open_and_waiting_connections_and_frees_the_port()
    {
        Wire wire = new Wire();
        TcpListener listener = wire.Endpoint.Listen(7, 4);
        ScriptedPeer accepted = new ScriptedPeer(wire, 40001, 7);
        accepted.Opens(listener);
        ScriptedPeer waiting = Complete(wire, listener, 40002);
        ScriptedPeer half = new ScriptedPeer(wire, 40003, 7);
        half.Trades("S seq R mss 1460", "S. seq I ack R+1 mss 1460");
        listener.Close();
        wire.Run();
        Assert.AreEqual(2, wire.SentCount);
        for (int i = 0; i < 2; i++)
        {
            Segment reset = Segment.Of(wire.Take());
            Assert.IsTrue((reset.Flags & Segment.Rst) != 0, "a reset for each");
            bool isWaiting = reset.DestinationPort == waiting.Port;
            Assert.AreEqual(isWaiting ? waiting.Port : half.Port, reset.DestinationPort);
            Assert.AreEqual((isWaiting ? waiting['I'] : half['I']) + 1, reset.SequenceNumber);
        }

        Assert.AreEqual(1, wire.Endpoint.ConnectionCount);
        Assert.AreEqual((int)TcpState.Established, (int)accepted.State);
        ScriptedPeer late = new ScriptedPeer(wire, 40004, 7);
        late.Trades("S seq R", "R. seq 0 ack R+1");
        late.Opens(wire.Endpoint.Listen(7, 1));
    }

    [TestMethod]
    public void Connections_that_a_closed_listener_leaves_behind_go_back_to_the_pool()
    {
        TcpSettings settings = Wire.Settings();
        settings.Connections = 2;
        Wire wire = new Wire(settings);
        for (int i = 0; i < 3; i++)
        {
            TcpListener listener = wire.Endpoint.Listen(7, 2);
            ScriptedPeer waiting = Complete(wire, listener, 40001);
            ScriptedPeer half = new ScriptedPeer(wire, 40002, 7);
            half.Trades("S seq R mss 1460", "S. seq I ack R+1 mss 1460");
            listener.Close();
            wire.Run();
            Assert.AreEqual(2, wire.SentCount);
            wire.Take();
            wire.Take();
            Assert.AreEqual(0, wire.Endpoint.ConnectionCount);
        }
    }

    [TestMethod]
    public void A_peer_that_gives_up_leaves_its_place_in_the_queue_of_those_that_wait_to_be_accepted()
    {
        // The first, the one in the middle, the last of three.
        for (int gone = 0; gone < 3; gone++)
        {
            Wire wire = new Wire();
            TcpListener listener = wire.Endpoint.Listen(7, 4);
            ScriptedPeer[] peers = new ScriptedPeer[3];
            for (int i = 0; i < 3; i++)
                peers[i] = Complete(wire, listener, 40000 + i);
            peers[gone].Trades("R seq R+1", "");
            Complete(wire, listener, 40003);
            Assert.AreEqual(3, listener.Pending);
            for (int i = 0; i < 4; i++)
            {
                if (i != gone)
                    Assert.AreEqual(40000 + i, listener.Accept().RemotePort);
            }

            Assert.IsNull(listener.Accept());
            Assert.AreEqual(0, listener.Pending);
        }
    }

    [TestMethod]
    public void OnAccept_is_told_once_for_a_connection_whatever_comes_while_it_waits()
    {
        Wire wire = new Wire();
        TcpListener listener = wire.Endpoint.Listen(7, 2);
        Accepts accepts = new Accepts();
        listener.Handler = accepts;
        ScriptedPeer peer = Complete(wire, listener, 40001);
        Assert.AreEqual(1, accepts.Count);
        peer.Trades("P. seq R+1 ack I+1 len 10", "");
        peer.Trades("F. seq R+11 ack I+1", ". seq I+1 ack R+12");
        Assert.AreEqual(1, accepts.Count);
        Complete(wire, listener, 40002);
        Assert.AreEqual(2, accepts.Count);
    }

    [TestMethod]
    public void A_connection_that_the_peer_resets_while_it_waits_to_be_accepted_leaves_the_queue_usable()
    {
        Wire wire = new Wire();
        TcpListener listener = wire.Endpoint.Listen(7, 1);
        for (int i = 0; i < 50; i++)
        {
            ScriptedPeer gone = Complete(wire, listener, 40000 + i);
            gone.Trades("R seq R+1", "");
            TcpConnection connection = listener.Accept();
            if (connection != null)
            {
                Assert.AreEqual((int)TcpCloseReason.Reset, (int)connection.CloseReason);
                connection.Close();
                wire.Run();
            }
        }

        Assert.AreEqual(0, wire.Endpoint.ConnectionCount);
        ScriptedPeer peer = new ScriptedPeer(wire, 50000, 7);
        peer.Opens(listener);
    }

    [TestMethod]
    public void Misuse_of_Listen_is_told_by_exceptions()
    {
        TcpSettings settings = Wire.Settings();
        settings.Listeners = 2;
        Wire wire = new Wire(settings);
        TcpEndpoint endpoint = wire.Endpoint;
        endpoint.Listen(7, 1);
        Assert.ThrowsException(typeof(InvalidOperationException), () => endpoint.Listen(7, 1), "port taken");
        Assert.ThrowsException(typeof(ArgumentException), () => endpoint.Listen(0, 1), "no port 0");
        Assert.ThrowsException(typeof(ArgumentException), () => endpoint.Listen(65536, 1), "no port 65536");
        Assert.ThrowsException(typeof(ArgumentException), () => endpoint.Listen(8, 0), "backlog of 0");
        endpoint.Listen(8, 1);
        Assert.ThrowsException(typeof(InvalidOperationException), () => endpoint.Listen(9, 1), "no listener left");
    }

    [TestMethod]
    public void Handlers_are_told_of_a_connection_s_life_in_order()
    {
        Wire wire = new Wire();
        Diary diary = new Diary();
        ScriptedPeer peer = new ScriptedPeer(wire, 80, 50000);
        peer.Connection = wire.Endpoint.Connect(peer.Address, 80, 50000);
        peer.Connection.Handler = diary;
        wire.Run();
        peer.Expects("S seq I mss 1460");
        peer.Sends("S. seq R ack I+1 mss 1460");
        peer.Expects(". seq I+1 ack R+1");
        peer.Writes(10);
        peer.Sends(". seq R+1 ack I+11");
        peer.Sends("P. seq R+1 ack I+11 len 5");
        peer.Sends("F. seq R+6 ack I+11");
        peer.Reads(5);
        peer.ShutsDown();
        peer.Sends(". seq R+7 ack I+12");
        Assert.AreEqual("established sent received peer-closed closed:" + ((int)TcpCloseReason.Finished).ToString() + " ", diary.Text);
    }

    private static ScriptedPeer Complete(Wire wire, TcpListener listener, int port)
    {
        int before = listener.Pending;
        ScriptedPeer peer = new ScriptedPeer(wire, port, listener.Port);
        peer.Trades("S seq R mss 1460", "S. seq I ack R+1 mss 1460");
        peer.Trades(". seq R+1 ack I+1", "");
        Assert.AreEqual(before + 1, listener.Pending);
        return peer;
    }

    private sealed class Doorman : TcpListenerHandler
    {
        public SynDecision Decision;
        public int Syns;
        public int Accepts;
        public uint Address;
        public int Port;

        public override SynDecision OnSyn(TcpListener listener, uint remoteAddress, int remotePort)
        {
            Syns++;
            Address = remoteAddress;
            Port = remotePort;
            return Decision;
        }

        public override void OnAccept(TcpListener listener)
        {
            Accepts++;
        }
    }

    private sealed class Dialer : TcpListenerHandler
    {
        private readonly TcpEndpoint _endpoint;

        public bool Closes { get; set; }

        public Dialer(TcpEndpoint endpoint)
        {
            _endpoint = endpoint;
        }

        public override SynDecision OnSyn(TcpListener listener, uint remoteAddress, int remotePort)
        {
            if (Closes)
                listener.Close();
            _endpoint.Connect(remoteAddress, 80, 50000);
            return SynDecision.Accept;
        }
    }

    private sealed class Diary : TcpConnectionHandler
    {
        public string Text = "";

        public override void OnEstablished(TcpConnection connection)
        {
            Text += "established ";
        }

        public override void OnReceived(TcpConnection connection)
        {
            Text += "received ";
        }

        public override void OnSent(TcpConnection connection)
        {
            Text += "sent ";
        }

        public override void OnPeerClosed(TcpConnection connection)
        {
            Text += "peer-closed ";
        }

        public override void OnClosed(TcpConnection connection, TcpCloseReason reason)
        {
            Text += "closed:" + ((int)reason).ToString() + " ";
        }
    }

    private sealed class Accepts : TcpListenerHandler
    {
        public int Count { get; private set; }

        public override void OnAccept(TcpListener listener)
        {
            Count++;
        }
    }
}
