using System;
using nanoFramework.TestFramework;

namespace HandshakeNano.Net.Tests;

/// <summary>What is told of connections to those who show them and do not own them.</summary>
[TestClass]
public sealed class ConnectionInfoTests
{
    [TestMethod]
    public void What_is_known_of_a_connection_is_copied_and_nothing_of_one_that_is_free()
    {
        TcpSettings settings = Wire.Settings();
        settings.Connections = 2;
        Wire wire = new Wire(settings);
        TcpConnectionInfo info = new TcpConnectionInfo();
        Assert.IsFalse(wire.Endpoint.CopyConnection(0, info));
        Assert.IsFalse(wire.Endpoint.CopyConnection(1, info));
        ScriptedPeer peer = new ScriptedPeer(wire, 80, 50000);
        TcpConnection connection = wire.Endpoint.Connect(peer.Address, 80, 50000);
        peer.Connection = connection;
        wire.Run();
        peer.ExpectsOnly("S seq I mss 1460");
        Assert.IsTrue(wire.Endpoint.CopyConnection(0, info));
        Assert.AreEqual((int)TcpState.SynSent, (int)info.State);
        Assert.AreEqual(0u, info.Irs);
        Assert.AreEqual(0UL, info.RoundTripTime);
        wire.Advance(10 * Wire.Millisecond);
        peer.Trades("S. seq R ack I+1 mss 1460", ". seq I+1 ack R+1");
        peer.Trades("P. seq R+1 ack I+1 len 5", "");
        peer.Writes(7);
        Assert.IsTrue(wire.Endpoint.CopyConnection(0, info));
        Assert.IsFalse(wire.Endpoint.CopyConnection(1, info));
        Assert.AreEqual((int)TcpState.Established, (int)info.State);
        Assert.IsFalse(info.IsIpv6);
        Assert.AreEqual(Wire.PeerAddress, info.RemoteAddress);
        Assert.AreEqual("::", Ipv6Address.ToString(info.RemoteIpv6Address, 0));
        Assert.AreEqual(50000, info.LocalPort);
        Assert.AreEqual(80, info.RemotePort);
        Assert.AreEqual(peer['I'], info.Iss);
        Assert.AreEqual(peer['R'], info.Irs);
        Assert.AreEqual(peer['I'] + 1, info.SndUna);
        Assert.AreEqual(peer['I'] + 8, info.SndNxt);
        Assert.AreEqual(peer['R'] + 6, info.RcvNxt);
        Assert.AreEqual(10 * Wire.Millisecond, info.RoundTripTime);

        // It is of that moment, and stays so.
        peer.Aborts();
        Assert.IsFalse(wire.Endpoint.CopyConnection(0, info));
        Assert.AreEqual((int)TcpState.Established, (int)info.State);
        Assert.AreEqual(80, info.RemotePort);
    }

    [TestMethod]
    public void Only_connections_that_there_are_can_be_asked_for()
    {
        TcpSettings settings = Wire.Settings();
        settings.Connections = 2;
        Wire wire = new Wire(settings);
        TcpConnectionInfo info = new TcpConnectionInfo();
        Assert.ThrowsException(typeof(ArgumentNullException), () => wire.Endpoint.CopyConnection(0, null));
        Assert.ThrowsException(typeof(ArgumentException), () => wire.Endpoint.CopyConnection(-1, info));
        Assert.ThrowsException(typeof(ArgumentException), () => wire.Endpoint.CopyConnection(2, info));
        Assert.IsFalse(wire.Endpoint.CopyConnection(1, info));
    }

    [TestMethod]
    public void A_connection_that_has_ended_is_told_of_until_its_application_closes_it()
    {
        ScriptedPeer peer = ScriptedPeer.Accepted(out Wire wire);
        TcpConnectionInfo info = new TcpConnectionInfo();
        peer.Trades("R seq R+1", "");
        Assert.IsTrue(wire.Endpoint.CopyConnection(0, info));
        Assert.AreEqual((int)TcpState.Closed, (int)info.State);
        peer.Closes();
        Assert.IsFalse(wire.Endpoint.CopyConnection(0, info));
    }

    [TestMethod]
    public void Over_IPv6_the_address_is_the_long_one_until_ours_is_gone_and_none_is_left_for_the_next()
    {
        Wire wire = Ipv6Tests.Up();
        wire.Inject(Ipv6Packet.Advertisement(Ipv6Address.Parse("fe80::1"), 1800, Ipv6Packet.PrefixOption("2001:db8:1::", 0xC0, 60, 60)));
        wire.Advance(4 * Wire.Second);
        wire.Discard();
        ScriptedPeer peer = Ipv6TcpTests.Peer(wire);
        peer.Ipv6 = Ipv6Address.Parse("2001:db8:1::77");
        peer.OurIpv6 = Ipv6Tests.Ours("2001:db8:1::", 0);
        TcpListener listener = wire.Endpoint.Listen(7, 4);
        peer.Opens(listener);
        TcpConnectionInfo info = new TcpConnectionInfo();
        Assert.IsTrue(wire.Endpoint.CopyConnection(0, info));
        Assert.IsTrue(info.IsIpv6);
        Assert.AreEqual(0u, info.RemoteAddress);
        Assert.AreEqual("2001:db8:1::77", Ipv6Address.ToString(info.RemoteIpv6Address, 0));
        ScriptedPeer four = new ScriptedPeer(wire);
        four.Opens(listener);
        Assert.IsTrue(wire.Endpoint.CopyConnection(1, info));
        Assert.IsFalse(info.IsIpv6);
        Assert.AreEqual(Wire.PeerAddress, info.RemoteAddress);
        Assert.AreEqual("::", Ipv6Address.ToString(info.RemoteIpv6Address, 0));
        Assert.IsTrue(wire.Endpoint.CopyConnection(0, info));
        wire.Advance(60 * Wire.Second);
        peer.IsIn(TcpState.Closed);
        Assert.IsTrue(wire.Endpoint.CopyConnection(0, info));
        Assert.IsTrue(info.IsIpv6);
        Assert.AreEqual("::", Ipv6Address.ToString(info.RemoteIpv6Address, 0));
    }

    [TestMethod]
    public void There_are_as_many_as_the_settings_say_and_they_go_somewhere()
    {
        TcpSettings settings = Wire.Settings();
        settings.Connections = 2;
        TcpEndpoint endpoint = new Wire(settings).Endpoint;
        TcpConnectionInfo info = new TcpConnectionInfo();
        Assert.ThrowsException(typeof(ArgumentException), () => endpoint.CopyConnection(-1, info));
        Assert.ThrowsException(typeof(ArgumentException), () => endpoint.CopyConnection(2, info));
        Assert.ThrowsException(typeof(ArgumentNullException), () => endpoint.CopyConnection(0, null));
    }
}
