using System;
using nanoFramework.TestFramework;

namespace HandshakeNano.Net.Tests;

/// <summary>A programming error is an exception, at the call that is wrong; the endpoint goes on as before.</summary>
[TestClass]
public sealed class MisuseTests
{
    [TestMethod]
    public void An_endpoint_needs_its_three_parts()
    {
        Wire wire = new Wire();
        Assert.ThrowsException(typeof(ArgumentNullException), () => New(null, new FixedEntropy(), Wire.Settings()));
        Assert.ThrowsException(typeof(ArgumentNullException), () => New(wire, null, Wire.Settings()));
        Assert.ThrowsException(typeof(ArgumentNullException), () => New(wire, new FixedEntropy(), null));
    }

    [TestMethod]
    public void Each_setting_has_its_range()
    {
        Refuses(new TcpSettings { PrefixLength = -1 });
        Refuses(new TcpSettings { PrefixLength = 33 });
        Refuses(new TcpSettings { TimeToLive = 0 });
        Refuses(new TcpSettings { TimeToLive = 256 });
        Refuses(new TcpSettings { DifferentiatedServices = -1 });
        Refuses(new TcpSettings { DifferentiatedServices = 64 });
        Refuses(new TcpSettings { Connections = 0 });
        Refuses(new TcpSettings { Connections = 65536 });
        Refuses(new TcpSettings { Listeners = 0 });
        Refuses(new TcpSettings { TimeWaits = 0 });
        Refuses(new TcpSettings { ReceiveBufferSize = 128 });
        Refuses(new TcpSettings { ReceiveBufferSize = 3000 });
        Refuses(new TcpSettings { ReceiveBufferSize = 33554432 });
        Refuses(new TcpSettings { SendBufferSize = 0 });
        Refuses(new TcpSettings { SendBufferSize = 2047 });
        Refuses(new TcpSettings { OutOfOrderRanges = 0 });
        Refuses(new TcpSettings { OutOfOrderRanges = 1025 });
        Refuses(new TcpSettings { ArpEntries = -1 });
        Refuses(new TcpSettings { ArpEntries = 3 });
        Refuses(new TcpSettings { ArpEntries = 65536 });
        Refuses(new TcpSettings { CongestionControl = (CongestionControl)(-1) });
        Refuses(new TcpSettings { CongestionControl = (CongestionControl)2 });
        Refuses(new TcpSettings { DelayedAcknowledgment = 500001 });
        Refuses(new TcpSettings { InitialRetransmissionTimeout = 0 });
        Refuses(new TcpSettings { MinimumRetransmissionTimeout = 0 });
        Refuses(new TcpSettings { MaximumRetransmissionTimeout = 999999 });
        Refuses(new TcpSettings { InitialRetransmissionTimeout = 500000, MaximumRetransmissionTimeout = 999999 });
        Refuses(new TcpSettings { MinimumRetransmissionTimeout = 500000, MaximumRetransmissionTimeout = 999999 });
        Refuses(new TcpSettings { HalfOpenConnections = 1 });
        Refuses(new TcpSettings { HalfOpenConnections = 3 });
        Refuses(new TcpSettings { HalfOpenConnections = 65536 });
        Refuses(new TcpSettings { SynPolicy = (SynPolicy)(-1) });
        Refuses(new TcpSettings { SynPolicy = (SynPolicy)3 });
        Refuses(new TcpSettings { SynAckRetransmissions = -1 });
        Refuses(new TcpSettings { SynAckRetransmissions = 16 });
        Refuses(new TcpSettings { EcnOnConnect = true, Ecn = false });
        Refuses(new TcpSettings { Ipv6Secret = new byte[15] });
        Refuses(new TcpSettings { Ipv6Secret = new byte[17] });
        Refuses(new TcpSettings { HostName = "a board" });
        Refuses(new TcpSettings { HostName = new string('a', 64) });
    }

    [TestMethod]
    public void Without_an_address_nothing_is_known_of_the_network_of_the_router()
    {
        Wire wire = new Wire();
        wire.Endpoint.SetAddress(0, 24, 0x0A4D00FF);
        wire.Endpoint.SetAddress(0, 24, 0x0A4D0000);
        Assert.ThrowsException(typeof(ArgumentException), () => wire.Endpoint.SetAddress(Wire.OurAddress, 24, 0x0A4D00FF));
    }

    [TestMethod]
    [DataRow(0xFFFFFFFFU, 24, 0U, "Address 255.255.255.255 is the broadcast address")]
    [DataRow(0xE0000001U, 24, 0U, "Address 224.0.0.1 is a multicast address")]
    [DataRow(0x7F000001U, 8, 0U, "Address 127.0.0.1 is a loopback address")]
    [DataRow(0xF0000001U, 24, 0U, "Address 240.0.0.1 is in the reserved class E")]
    [DataRow(0x00000001U, 24, 0U, "Address 0.0.0.1 is in 0.0.0.0/8")]
    [DataRow(0x0A4D0000U, 24, 0U, "Address 10.77.0.0 is the address of its network")]
    [DataRow(0x0A4D00FFU, 24, 0U, "Address 10.77.0.255 is the broadcast address of its network")]
    [DataRow(0x0A4D0007U, 30, 0U, "Address 10.77.0.7 is the broadcast address of its network")]
    [DataRow(0x0A4D0002U, 24, 0x0A4D0002U, "Gateway 10.77.0.2 is our own address")]
    [DataRow(0x0A4D0002U, 32, 0x0A4D0002U, "Gateway 10.77.0.2 is our own address")]
    [DataRow(0x0A4D0002U, 24, 0x0A4D0101U, "Gateway 10.77.1.1 is not in the network")]
    [DataRow(0x0A4D0002U, 31, 0x0A4D0001U, "Gateway 10.77.0.1 is not in the network")]
    [DataRow(0x0A4D0002U, 24, 0x0A4D00FFU, "Gateway 10.77.0.255 is the broadcast address of its network")]
    [DataRow(0x0A4D0002U, 24, 0xE0000001U, "Gateway 224.0.0.1 is a multicast address")]
    [DataRow(0U, 24, 0xFFFFFFFFU, "Gateway 255.255.255.255 is the broadcast address")]
    public void An_address_that_no_host_can_have_is_refused_with_the_reason(uint address, int prefixLength, uint gateway, string reason)
    {
        Wire wire = new Wire();
        string settings = "";
        string call = "";
        try
        {
            New(wire, new FixedEntropy(), new TcpSettings { Address = address, PrefixLength = prefixLength, Gateway = gateway });
        }
        catch (ArgumentException e)
        {
            settings = e.Message;
        }

        try
        {
            wire.Endpoint.SetAddress(address, prefixLength, gateway);
        }
        catch (ArgumentException e)
        {
            call = e.Message;
        }

        Assert.IsTrue(settings.StartsWith(reason), settings);
        Assert.IsTrue(call.StartsWith(reason), call);
        Assert.AreEqual(Wire.OurAddress, wire.Endpoint.Address);
    }

    [TestMethod]
    public void Networks_of_one_and_two_hosts_have_no_address_to_refuse()
    {
        Wire wire = new Wire();
        wire.Endpoint.SetAddress(0x0A4D0002, 31, 0x0A4D0003);
        wire.Endpoint.SetAddress(0x0A4D0003, 31, 0x0A4D0002);
        wire.Endpoint.SetAddress(0x0A4D00FF, 32, 0x0A4D0101);
        wire.Endpoint.SetAddress(0x0A4D00FF, 16, 0);
        Assert.AreEqual(0x0A4D00FFU, wire.Endpoint.Address);
    }

    [TestMethod]
    public void Each_setting_may_be_at_the_end_of_its_range()
    {
        Wire wire = new Wire();
        New(wire, new FixedEntropy(), new TcpSettings { Address = Wire.OurAddress, PrefixLength = 0 });
        New(wire, new FixedEntropy(), new TcpSettings { Address = Wire.OurAddress, PrefixLength = 32 });
        New(wire, new FixedEntropy(), new TcpSettings { Address = Wire.OurAddress, Connections = 1, Listeners = 1, TimeWaits = 1 });
        New(wire, new FixedEntropy(), new TcpSettings { Address = Wire.OurAddress, DelayedAcknowledgment = 500000 });
        New(wire, new FixedEntropy(), new TcpSettings { Address = Wire.OurAddress, MaximumRetransmissionTimeout = 1000000 });
        wire.Endpoint.SetAddress(Wire.OurAddress, 0, 0);
        wire.Endpoint.SetAddress(Wire.OurAddress, 32, 0);
        Assert.AreEqual(1, wire.Endpoint.Connect(Wire.PeerAddress, 65535, 1).LocalPort);
        Assert.AreEqual(1, wire.Endpoint.Connect(Wire.PeerAddress, 1, 65535).RemotePort);
        Assert.AreEqual(65535, wire.Endpoint.Listen(65535, 1).Port);
        Assert.AreEqual(1, wire.Endpoint.Listen(1, 1).Port);
    }

    [TestMethod]
    public void The_options_that_make_TCP_better_are_on_unless_they_are_turned_off()
    {
        TcpSettings settings = new TcpSettings();
        Assert.IsTrue(settings.SelectiveAcknowledgments);
        Assert.IsTrue(settings.WindowScale);
        Assert.IsTrue(settings.Timestamps);
    }

    [TestMethod]
    public void A_link_has_an_MTU_of_68_to_1500_bytes()
    {
        Assert.ThrowsException(typeof(ArgumentException), () => new Wire(Wire.Settings(), 67, Wire.Second).Run());
        Assert.ThrowsException(typeof(ArgumentException), () => new Wire(Wire.Settings(), 1501, Wire.Second).Run());
        new ScriptedPeer(new Wire(Wire.Settings(), 68, Wire.Second)).IsOpened();
        new ScriptedPeer(new Wire(Wire.Settings(), 1500, Wire.Second)).IsOpened();
    }

    [TestMethod]
    public void What_was_set_can_be_read()
    {
        Wire wire = new Wire();
        TcpListener listener = wire.Endpoint.Listen(7, 3);
        Assert.AreEqual(3, listener.Backlog);
        Assert.IsNull(listener.Handler);
        TcpListenerHandler listening = new Listening();
        listener.Handler = listening;
        Assert.IsTrue(listener.Handler == listening);
        TcpConnection connection = wire.Endpoint.Connect(Wire.PeerAddress, 80);
        Assert.IsNull(connection.Handler);
        TcpConnectionHandler handler = new Handler();
        connection.Handler = handler;
        Assert.IsTrue(connection.Handler == handler);
    }

    [TestMethod]
    public void Read_and_Write_check_their_range()
    {
        Wire wire = new Wire();
        ScriptedPeer peer = new ScriptedPeer(wire);
        peer.Opens(wire.Endpoint.Listen(7, 1));
        peer.Sends("P. seq R+1 ack I+1 len 10");
        TcpConnection connection = peer.Connection;
        byte[] bytes = new byte[10];
        Assert.ThrowsException(typeof(ArgumentNullException), () => connection.Read(null, 0, 0));
        Assert.ThrowsException(typeof(ArgumentNullException), () => connection.Write(null, 0, 0));
        Assert.ThrowsException(typeof(ArgumentException), () => connection.Read(bytes, -1, 1));
        Assert.ThrowsException(typeof(ArgumentException), () => connection.Read(bytes, 0, 11));
        Assert.ThrowsException(typeof(ArgumentException), () => connection.Read(bytes, 10, 1));
        Assert.ThrowsException(typeof(ArgumentException), () => connection.Read(bytes, 0, -1));
        Assert.ThrowsException(typeof(ArgumentException), () => connection.Write(bytes, 5, 6));
        Assert.ThrowsException(typeof(ArgumentException), () => connection.Write(bytes, int.MaxValue, 1));
        Assert.ThrowsException(typeof(ArgumentException), () => connection.Read(new byte[20], 10, 11));
        Assert.AreEqual(0, connection.Read(bytes, 10, 0));
        Assert.AreEqual(0, connection.Write(bytes, 10, 0));
        peer.Reads(10);
    }

    [TestMethod]
    public void Write_and_WriteUrgent_check_their_range_with_no_room_left_too()
    {
        ScriptedPeer peer = ScriptedPeer.Connected(out Wire wire);
        TcpConnection connection = peer.Connection;
        peer.TriesToWrite(connection.SendSpace);
        Assert.AreEqual(0, connection.SendSpace);
        byte[] bytes = new byte[20];
        Assert.ThrowsException(typeof(ArgumentNullException), () => connection.Write(null, 0, 0));
        Assert.ThrowsException(typeof(ArgumentException), () => connection.Write(bytes, -1, 1));
        Assert.ThrowsException(typeof(ArgumentException), () => connection.Write(bytes, 0, -1));
        Assert.ThrowsException(typeof(ArgumentException), () => connection.Write(bytes, 10, 11));
        Assert.AreEqual(0, connection.Write(bytes, 10, 10));
        Assert.AreEqual(0, connection.Write(bytes, 20, 0));
        Assert.ThrowsException(typeof(ArgumentNullException), () => connection.WriteUrgent(null, 0, 0));
        Assert.ThrowsException(typeof(ArgumentException), () => connection.WriteUrgent(bytes, -1, 1));
        Assert.ThrowsException(typeof(ArgumentException), () => connection.WriteUrgent(bytes, 0, -1));
        Assert.ThrowsException(typeof(ArgumentException), () => connection.WriteUrgent(bytes, 10, 11));
        Assert.AreEqual(0, connection.WriteUrgent(bytes, 10, 10));
        Assert.AreEqual(0, connection.WriteUrgent(bytes, 20, 0));
        wire.Discard();
    }

    [TestMethod]
    public void Connect_wants_another_host_s_address_and_a_port()
    {
        Wire wire = new Wire();
        TcpEndpoint endpoint = wire.Endpoint;
        Assert.ThrowsException(typeof(ArgumentException), () => endpoint.Connect(0, 80));
        Assert.ThrowsException(typeof(ArgumentException), () => endpoint.Connect(0xFFFFFFFF, 80));
        Assert.ThrowsException(typeof(ArgumentException), () => endpoint.Connect(0xE0000001, 80));
        Assert.ThrowsException(typeof(ArgumentException), () => endpoint.Connect(0x7F000001, 80));
        Assert.ThrowsException(typeof(ArgumentException), () => endpoint.Connect(Wire.OurAddress, 80));
        Assert.ThrowsException(typeof(ArgumentException), () => endpoint.Connect(0x0A4D00FF, 80));
        Assert.ThrowsException(typeof(ArgumentException), () => endpoint.Connect(Wire.PeerAddress, 0));
        Assert.ThrowsException(typeof(ArgumentException), () => endpoint.Connect(Wire.PeerAddress, 65536));
        Assert.ThrowsException(typeof(ArgumentException), () => endpoint.Connect(Wire.PeerAddress, 80, 65536));
        Assert.ThrowsException(typeof(ArgumentException), () => endpoint.Connect(Wire.PeerAddress, 80, -1));
        Assert.ThrowsException(typeof(ArgumentException), () => endpoint.SetAddress(Wire.OurAddress, 33, 0));
        Assert.AreEqual(0, endpoint.ConnectionCount);
    }

    [TestMethod]
    public void A_message_names_the_number_that_is_wrong_and_says_which_are_right()
    {
        Wire wire = new Wire();
        TcpEndpoint endpoint = wire.Endpoint;
        Says("A port must be 1 to 65535, and is 0.", () => endpoint.Listen(0));
        Says("A port must be 1 to 65535, and is 70000.", () => endpoint.Listen(70000, 1));
        Says("A port must be 1 to 65535, and is -1.", () => endpoint.Connect(Wire.PeerAddress, -1));
        Says("The local port must be 1 to 65535, or 0 for any, and is 65536.", () => endpoint.Connect(Wire.PeerAddress, 80, 65536));
        Says("No other host can have the address 127.0.0.1: give a unicast address, most significant byte first.",
            () => endpoint.Connect(0x7F000001, 80));
        Says("The index must be 0 or more, and less than TcpSettings.Connections.", () => endpoint.CopyConnection(-1, new TcpConnectionInfo()));
        ScriptedPeer peer = new ScriptedPeer(wire);
        peer.Opens(endpoint.Listen(7));
        Says("Offset and count must be a range inside the buffer.", () => peer.Connection.Read(new byte[4], 2, 3));
    }

    [TestMethod]
    public void A_setting_that_is_refused_is_named()
    {
        Wire wire = new Wire();
        Says("SynPolicy must be QueueOnly, CookiesWhenFull or CookiesAlways.",
            () => New(wire, new FixedEntropy(), new TcpSettings { SynPolicy = (SynPolicy)3 }));
        Says("CongestionControl must be Reno or Cubic.",
            () => New(wire, new FixedEntropy(), new TcpSettings { CongestionControl = (CongestionControl)2 }));
        Says("InitialRetransmissionTimeout and MinimumRetransmissionTimeout must be greater than 0.",
            () => New(wire, new FixedEntropy(), new TcpSettings { InitialRetransmissionTimeout = 0 }));
        Says("MaximumRetransmissionTimeout must not be less than InitialRetransmissionTimeout or MinimumRetransmissionTimeout.",
            () => New(wire, new FixedEntropy(), new TcpSettings { MaximumRetransmissionTimeout = 1 }));
        Says("MaximumSegmentLifetime, FinWait2Timeout, OrphanTimeout and Grace must be at most 2^60 us.",
            () => New(wire, new FixedEntropy(), new TcpSettings { Grace = ulong.MaxValue }));
    }

    [TestMethod]
    public void A_time_that_no_clock_lives_to_see_is_refused()
    {
        // Added to the time, it would be one that has gone by.
        Refuses(new TcpSettings { FinWait2Timeout = ulong.MaxValue });
        Refuses(new TcpSettings { OrphanTimeout = 0 });
        Refuses(new TcpSettings { OrphanTimeout = ulong.MaxValue });
        Refuses(new TcpSettings { Grace = ulong.MaxValue });
        Refuses(new TcpSettings { CookiesPerSecond = -1 });
        Refuses(new TcpSettings { CookiesPerSecond = 1_000_001 });
        Refuses(new TcpSettings { LeastRate = -1 });
        Refuses(new TcpSettings { LeastRate = 1_000_001 });
        Refuses(new TcpSettings { MaximumSegmentLifetime = ulong.MaxValue });
        Refuses(new TcpSettings { MaximumRetransmissionTimeout = ulong.MaxValue });
        Refuses(new TcpSettings { MaximumRetransmissionTimeout = 2_000_000_001 });
        Wire wire = new Wire();
        ScriptedPeer peer = new ScriptedPeer(wire);
        peer.Opens(wire.Endpoint.Listen(7, 1));
        Assert.ThrowsException(typeof(ArgumentException), () => peer.Connection.KeepAlive = ulong.MaxValue);
        Assert.ThrowsException(typeof(ArgumentException), () => peer.Connection.KeepAlive = (1UL << 60) + 1);
        Assert.ThrowsException(typeof(ArgumentException), () => peer.Connection.IdleTimeout = (1UL << 60) + 1);
        Assert.AreEqual(0UL, peer.Connection.KeepAlive);
        peer.Connection.KeepAlive = 1UL << 60;
        Assert.AreEqual(1UL << 60, peer.Connection.KeepAlive);
        Assert.AreEqual(0UL, peer.Connection.IdleTimeout);
        peer.Connection.IdleTimeout = 1UL << 60;
        Assert.AreEqual(1UL << 60, peer.Connection.IdleTimeout);
        const ulong Longest = 1UL << 60;
        New(wire, new FixedEntropy(), new TcpSettings
        {
            FinWait2Timeout = Longest,
            MaximumSegmentLifetime = Longest,
            MaximumRetransmissionTimeout = 2_000_000_000,
        });
    }

    // RFC 9293 MUST-46.
    [TestMethod]
    public void Connect_refuses_the_broadcast_address_of_our_network()
    {
        Wire wire = new Wire();
        Assert.ThrowsException(typeof(ArgumentException), () => wire.Endpoint.Connect(0x0A4D00FF, 80));
        Assert.AreEqual(0, wire.Endpoint.ConnectionCount);
        // In another network it may be a host.
        Assert.IsNotNull(wire.Endpoint.Connect(0x0A4E00FF, 80));
    }

    // RFC 9293 MUST-44.
    [TestMethod]
    public void Connect_wants_an_address_of_our_own_first()
    {
        TcpSettings settings = Wire.Settings();
        settings.Address = 0;
        Wire wire = new Wire(settings);
        Assert.AreEqual(
            "There is no address to connect from: call SetAddress first.", WhyNot(wire.Endpoint, Wire.PeerAddress, 0));
        Assert.AreEqual(0, wire.Endpoint.ConnectionCount);
        wire.Run();
        wire.ExpectsSilence();
    }

    [TestMethod]
    public void Connect_says_that_the_address_has_not_come_by_DHCP_yet()
    {
        TcpSettings settings = Wire.Settings();
        settings.Address = 0;
        settings.Dhcp = true;
        Wire wire = new Wire(settings);
        Assert.AreEqual(
            "There is no address to connect from yet: wait until Dhcp.State is Bound.", WhyNot(wire.Endpoint, Wire.PeerAddress, 0));
    }

    [TestMethod]
    public void Connect_says_that_all_connections_are_in_use()
    {
        TcpSettings settings = Wire.Settings();
        settings.Connections = 2;
        Wire wire = new Wire(settings);
        TcpEndpoint endpoint = wire.Endpoint;
        Assert.IsTrue(endpoint.CanConnect);
        endpoint.Connect(Wire.PeerAddress, 80);
        TcpConnection last = endpoint.Connect(Wire.PeerAddress, 80);
        Assert.IsFalse(endpoint.CanConnect);
        Assert.AreEqual(
            "All connections are in use: close one, or set TcpSettings.Connections higher.", WhyNot(endpoint, Wire.PeerAddress, 0));
        Assert.AreEqual(2, endpoint.ConnectionCount);
        last.Abort();
        wire.Run();
        Assert.IsTrue(endpoint.CanConnect);
        Assert.IsNotNull(endpoint.Connect(Wire.PeerAddress, 80));
    }

    [TestMethod]
    public void Two_connections_cannot_have_the_same_ports_and_addresses()
    {
        Wire wire = new Wire();
        TcpEndpoint endpoint = wire.Endpoint;
        endpoint.Connect(Wire.PeerAddress, 80, 50000);
        Assert.AreEqual(
            "There is such a connection already, maybe in TIME-WAIT: wait, or use another local port.",
            WhyNot(endpoint, Wire.PeerAddress, 50000));
        endpoint.Connect(Wire.PeerAddress, 81, 50000);
        endpoint.Connect(Wire.PeerAddress + 3, 80, 50000);
        Assert.AreEqual(3, endpoint.ConnectionCount);
    }

    [TestMethod]
    public void Shutdown_and_Close_may_be_called_twice_before_the_next_Poll()
    {
        Wire wire = new Wire();
        ScriptedPeer peer = new ScriptedPeer(wire);
        peer.Opens(wire.Endpoint.Listen(7, 1));
        peer.Connection.Shutdown();
        peer.Connection.Shutdown();
        peer.Connection.Close();
        peer.Connection.Close();
        wire.Run();
        peer.ExpectsOnly("F. seq I+1 ack R+1");
    }

    private static void New(ILink link, IEntropy entropy, TcpSettings settings)
    {
        new TcpEndpoint(link, entropy, settings).Poll(0);
    }

    private static void Refuses(TcpSettings settings)
    {
        Wire wire = new Wire();
        settings.Address = Wire.OurAddress;
        Assert.ThrowsException(typeof(ArgumentException), () => New(wire, new FixedEntropy(), settings));
    }

    [TestMethod]
    public void Listen_says_whether_the_port_or_the_listeners_are_in_use()
    {
        TcpSettings settings = Wire.Settings();
        settings.Listeners = 2;
        TcpEndpoint endpoint = new Wire(settings).Endpoint;
        TcpListener seven = endpoint.Listen(7, 1);
        Assert.AreEqual("Port 7 is listened on already: close its listener first, or take another port.", WhyNot(endpoint, 7));
        endpoint.Listen(9, 1);
        Assert.AreEqual("Port 7 is listened on already: close its listener first, or take another port.", WhyNot(endpoint, 7));
        Assert.AreEqual("All listeners are in use: close one, or set TcpSettings.Listeners higher.", WhyNot(endpoint, 80));
        seven.Close();
        Assert.AreEqual("", WhyNot(endpoint, 80));
    }

    [TestMethod]
    public void A_stream_without_a_connection_says_what_to_do()
    {
        Wire wire = new Wire();
        try
        {
            TcpStream stream = new TcpStream(null, new TcpLoop(wire.Endpoint, wire, new StoppedClock()));
            Assert.IsNull(stream, "a stream of nothing");
        }
        catch (ArgumentNullException e)
        {
            Assert.IsTrue(e.Message.Contains("Accept gives null while no peer has connected"), e.Message);
        }
    }

    private static void Says(string message, Action call)
    {
        string said = "";
        try
        {
            call();
        }
        catch (ArgumentException e)
        {
            said = e.Message;
        }

        Assert.AreEqual(message, said);
    }

    private static string WhyNot(TcpEndpoint endpoint, int port)
    {
        try
        {
            endpoint.Listen(port, 1);
            return "";
        }
        catch (InvalidOperationException e)
        {
            return e.Message;
        }
    }

    private sealed class StoppedClock : IClock
    {
        public ulong GetMicroseconds()
        {
            return 0;
        }
    }

    private sealed class Listening : TcpListenerHandler
    {
    }

    private sealed class Handler : TcpConnectionHandler
    {
    }

    /// <summary>What the exception says with which Connect refuses.</summary>
    private static string WhyNot(TcpEndpoint endpoint, uint address, int localPort)
    {
        try
        {
            endpoint.Connect(address, 80, localPort);
            return "it was opened";
        }
        catch (InvalidOperationException e)
        {
            return e.Message;
        }
    }
}
