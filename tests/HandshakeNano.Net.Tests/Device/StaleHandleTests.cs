using nanoFramework.TestFramework;

namespace HandshakeNano.Net.Tests;

/// <summary>A handle is its application's for good: after the connection's end no call through it reaches another connection.</summary>
[TestClass]
public sealed class StaleHandleTests
{
    [TestMethod]
    public void After_Abort_a_handle_does_nothing_to_the_connection_that_is_accepted_next()
    {
        Wire wire = OneConnection();
        TcpListener listener = wire.Endpoint.Listen(7, 1);
        ScriptedPeer first = new ScriptedPeer(wire);
        first.Opens(listener);
        TcpConnection old = first.Connection;
        old.Abort();
        wire.Run();
        first.ExpectsOnly("R. seq I+1 ack R+1");
        ScriptedPeer second = new ScriptedPeer(wire, 40001, 7);
        second.Opens(listener);
        IsHarmless(wire, old, TcpCloseReason.Aborted, second);
    }

    [TestMethod]
    public void After_Abort_a_handle_does_nothing_to_the_connection_that_is_opened_next()
    {
        Wire wire = OneConnection();
        TcpConnection old = wire.Endpoint.Connect(Wire.PeerAddress, 80);
        old.Abort();
        wire.Run();
        wire.Discard();
        ScriptedPeer peer = new ScriptedPeer(wire, 81, 50000);
        peer.IsOpened();
        IsHarmless(wire, old, TcpCloseReason.Aborted, peer);
    }

    [TestMethod]
    public void After_Close_a_handle_does_nothing_to_the_connection_that_is_opened_next()
    {
        Wire wire = OneConnection();
        TcpListener listener = wire.Endpoint.Listen(7, 1);
        ScriptedPeer first = new ScriptedPeer(wire);
        first.Opens(listener);
        first.Trades("F. seq R+1 ack I+1", ". seq I+1 ack R+2");
        TcpConnection old = first.Connection;
        old.Close();
        wire.Run();
        first.ExpectsOnly("F. seq I+1 ack R+2");
        first.Trades(". seq R+2 ack I+2", "");
        ScriptedPeer second = new ScriptedPeer(wire, 81, 50000);
        second.IsOpened();
        IsHarmless(wire, old, TcpCloseReason.Finished, second);
    }

    [TestMethod]
    public void A_handle_of_a_connection_that_was_reset_and_closed_does_nothing_to_the_next()
    {
        Wire wire = OneConnection();
        TcpListener listener = wire.Endpoint.Listen(7, 1);
        ScriptedPeer first = new ScriptedPeer(wire);
        first.Opens(listener);
        first.Trades("R. seq R+1 ack I+1", "");
        TcpConnection old = first.Connection;
        Assert.AreEqual((int)TcpCloseReason.Reset, (int)old.CloseReason);
        old.Close();

        // Not even a Poll lies between: the memory is free at once.
        ScriptedPeer second = new ScriptedPeer(wire, 81, 50000);
        second.IsOpened();
        IsHarmless(wire, old, TcpCloseReason.Reset, second);
    }

    [TestMethod]
    public void A_closed_handle_shows_the_state_to_the_end()
    {
        Wire wire = OneConnection();
        ScriptedPeer peer = new ScriptedPeer(wire);
        peer.Opens(wire.Endpoint.Listen(7, 1));
        peer.Connection.Close();
        wire.Run();
        Assert.AreEqual((int)TcpState.FinWait1, (int)peer.State);
        peer.ExpectsOnly("F. seq I+1 ack R+1");
        peer.Trades(". seq R+1 ack I+2", "");
        Assert.AreEqual((int)TcpState.FinWait2, (int)peer.State);
        peer.Trades("F. seq R+1 ack I+2", ". seq I+2 ack R+2");
        Assert.AreEqual((int)TcpState.TimeWait, (int)peer.State);
        Assert.AreEqual((int)TcpCloseReason.Finished, (int)peer.Connection.CloseReason);
        wire.Advance(60 * Wire.Second);
        Assert.AreEqual((int)TcpState.Closed, (int)peer.State);
        Assert.AreEqual((int)TcpCloseReason.Finished, (int)peer.Connection.CloseReason);
    }

    [TestMethod]
    public void A_closed_handle_in_TIME_WAIT_does_nothing_to_the_connection_in_its_memory()
    {
        Wire wire = OneConnection();
        TcpListener listener = wire.Endpoint.Listen(7, 1);
        ScriptedPeer first = new ScriptedPeer(wire);
        first.Opens(listener);
        TcpConnection old = first.Connection;
        old.Close();
        wire.Run();
        first.ExpectsOnly("F. seq I+1 ack R+1");
        first.Trades("F. seq R+1 ack I+2", ". seq I+2 ack R+2");
        ScriptedPeer second = new ScriptedPeer(wire, 40001, 7);
        second.Opens(listener);
        Assert.AreEqual((int)TcpState.TimeWait, (int)old.State);
        Misuse(old);
        wire.ExpectsSilence();
        Assert.AreEqual((int)TcpState.TimeWait, (int)old.State);
        Assert.AreEqual(1, wire.Endpoint.TimeWaitCount);
        Works(second);
    }

    [TestMethod]
    public void Abort_after_Close_resets_a_connection_that_lingers()
    {
        Wire wire = OneConnection();
        ScriptedPeer peer = new ScriptedPeer(wire);
        peer.Opens(wire.Endpoint.Listen(7, 1));
        peer.Connection.Close();
        wire.Run();
        peer.ExpectsOnly("F. seq I+1 ack R+1");
        peer.Trades(". seq R+1 ack I+2", "");
        peer.Connection.Abort();
        wire.Run();
        peer.ExpectsOnly("R. seq I+2 ack R+1");
        Assert.AreEqual((int)TcpState.Closed, (int)peer.State);
        Assert.AreEqual((int)TcpCloseReason.Aborted, (int)peer.Connection.CloseReason);
        Assert.AreEqual(0, wire.Endpoint.ConnectionCount);
    }

    [TestMethod]
    public void Close_in_TIME_WAIT_with_bytes_unread_gives_the_memory_back_once()
    {
        Wire wire = OneConnection();
        ScriptedPeer peer = new ScriptedPeer(wire);
        peer.Opens(wire.Endpoint.Listen(7, 1));
        peer.ShutsDown();
        peer.ExpectsOnly("F. seq I+1 ack R+1");
        peer.Trades("FP. seq R+1 ack I+2 len 10", ". seq I+2 ack R+12");
        peer.IsIn(TcpState.TimeWait);
        peer.Closes();
        wire.ExpectsSilence();
        Assert.AreEqual(1, wire.Endpoint.TimeWaitCount);
        Assert.IsNotNull(wire.Endpoint.Connect(Wire.PeerAddress, 80));
        Assert.IsFalse(wire.Endpoint.CanConnect);
    }

    [TestMethod]
    public void Close_twice_sends_one_FIN()
    {
        Wire wire = OneConnection();
        ScriptedPeer peer = new ScriptedPeer(wire);
        peer.Opens(wire.Endpoint.Listen(7, 1));
        peer.Connection.Close();
        peer.Connection.Close();
        wire.Run();
        peer.ExpectsOnly("F. seq I+1 ack R+1");
        peer.Connection.Close();
        wire.Run();
        wire.ExpectsSilence();
    }

    [TestMethod]
    public void A_handler_that_is_set_after_Close_is_told_nothing()
    {
        Wire wire = OneConnection();
        ScriptedPeer peer = new ScriptedPeer(wire);
        peer.Opens(wire.Endpoint.Listen(7, 1));
        Silent handler = new Silent();
        peer.Connection.Close();
        peer.Connection.Handler = handler;
        Assert.IsNull(peer.Connection.Handler);
        wire.Run();
        peer.ExpectsOnly("F. seq I+1 ack R+1");
        peer.Trades("F. seq R+1 ack I+2", ". seq I+2 ack R+2");
        Assert.AreEqual(0, handler.Calls);
    }

    [TestMethod]
    public void A_handler_may_close_its_connection_and_open_another_without_mixing_them_up()
    {
        Wire wire = OneConnection();
        ScriptedPeer peer = new ScriptedPeer(wire);
        peer.Opens(wire.Endpoint.Listen(7, 1));
        Reopening handler = new Reopening(wire);
        peer.Connection.Handler = handler;
        peer.Sends("R. seq R+1 ack I+1");
        wire.Discard();
        Assert.AreEqual(1, handler.Calls);
        Assert.IsFalse(handler.Next == peer.Connection);
        Assert.AreEqual((int)TcpState.Closed, (int)peer.State);
        Assert.AreEqual((int)TcpState.SynSent, (int)handler.Next.State);
        Assert.AreEqual(81, handler.Next.RemotePort);
    }

    [TestMethod]
    public void The_tag_stays_with_its_handle()
    {
        Wire wire = OneConnection();
        TcpConnection old = wire.Endpoint.Connect(Wire.PeerAddress, 80);
        old.Tag = wire;
        old.Abort();
        wire.Run();
        TcpConnection next = wire.Endpoint.Connect(Wire.PeerAddress, 80);
        Assert.IsNull(next.Tag);
        Assert.IsTrue(old.Tag == wire);
    }

    private static Wire OneConnection()
    {
        TcpSettings settings = Wire.Settings();
        settings.Connections = 1;
        return new Wire(settings);
    }

    /// <summary>Everything that a program can do with a handle.</summary>
    private static void Misuse(TcpConnection old)
    {
        byte[] bytes = new byte[5];
        Assert.AreEqual(0, old.Write(bytes, 0, 5));
        Assert.AreEqual(0, old.WriteUrgent(bytes, 0, 5));
        Assert.AreEqual(0, old.Read(bytes, 0, 5));
        old.NoDelay = true;
        old.KeepAlive = 1000;
        old.UserTimeout = 1000;
        old.IdleTimeout = 1000;
        old.ConnectTimeout = 1000;
        old.Handler = new Silent();
        old.Shutdown();
        old.Close();
        old.Abort();
        old.Close();
        old.Abort();
        Assert.AreEqual(0, old.Read(bytes, 5, 0));
        Assert.AreEqual(0, old.Available);
        Assert.AreEqual(0, old.SendSpace);
        Assert.AreEqual(0, old.Unacknowledged);
        Assert.AreEqual(0, old.UrgentCount);
        Assert.AreEqual(0, old.MaximumSegmentSize);
        Assert.AreEqual(0u, old.LocalAddress);
        Assert.AreEqual(0u, old.RemoteAddress);
        Assert.AreEqual(0, old.LocalPort);
        Assert.AreEqual(0, old.RemotePort);
        Assert.AreEqual(0u, old.Iss);
        Assert.AreEqual(0u, old.Irs);
        Assert.AreEqual(0u, old.SndUna);
        Assert.AreEqual(0u, old.SndNxt);
        Assert.AreEqual(0u, old.SndWnd);
        Assert.AreEqual(0u, old.RcvNxt);
        Assert.AreEqual(0u, old.RcvWnd);
        Assert.AreEqual(0UL, old.RoundTripTime);
        Assert.AreEqual(0UL, old.RetransmissionTimeout);
        Assert.AreEqual(0UL, old.ConnectTimeout);
        Assert.AreEqual(0UL, old.UserTimeout);
        Assert.AreEqual(0UL, old.KeepAlive);
        Assert.AreEqual(0UL, old.IdleTimeout);
        Assert.IsFalse(old.PeerClosed);
        Assert.IsNull(old.Handler);
    }

    private static void IsHarmless(Wire wire, TcpConnection old, TcpCloseReason reason, ScriptedPeer next)
    {
        TcpConnection connection = next.Connection;
        Silent handler = new Silent();
        connection.Handler = handler;
        ulong userTimeout = connection.UserTimeout;
        Assert.IsFalse(old == connection);
        Misuse(old);
        Assert.AreEqual((int)TcpState.Closed, (int)old.State);
        Assert.AreEqual((int)reason, (int)old.CloseReason);
        wire.StaysSilent(10 * Wire.Second);
        Assert.AreEqual(0, handler.Calls);
        Assert.IsTrue(connection.Handler == handler);
        Assert.IsFalse(connection.NoDelay);
        Assert.AreEqual(0UL, connection.KeepAlive);
        Assert.AreEqual(0UL, connection.IdleTimeout);
        Assert.AreEqual(userTimeout, connection.UserTimeout);
        Works(next);
    }

    private static void Works(ScriptedPeer peer)
    {
        Assert.AreEqual((int)TcpState.Established, (int)peer.State);
        peer.Sends("P. seq R+1 ack I+1 len 10");
        peer.Reads(10);
        peer.Writes(4);
        peer.ExpectsOnly("P. seq I+1 ack R+11 len 4");
        peer.Trades(". seq R+11 ack I+5", "");
    }

    private sealed class Silent : TcpConnectionHandler
    {
        public int Calls;

        public override void OnReceived(TcpConnection connection)
        {
            Calls++;
        }

        public override void OnPeerClosed(TcpConnection connection)
        {
            Calls++;
        }

        public override void OnClosed(TcpConnection connection, TcpCloseReason reason)
        {
            Calls++;
        }
    }

    private sealed class Reopening : TcpConnectionHandler
    {
        public int Calls;

        public TcpConnection Next;

        private readonly Wire _wire;

        public Reopening(Wire wire)
        {
            _wire = wire;
        }

        public override void OnClosed(TcpConnection connection, TcpCloseReason reason)
        {
            Calls++;
            connection.Close();
            Next = _wire.Endpoint.Connect(Wire.PeerAddress, 81);
            connection.Abort();
            connection.Close();
        }
    }
}
