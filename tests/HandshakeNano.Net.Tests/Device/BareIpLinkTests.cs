using nanoFramework.TestFramework;

namespace HandshakeNano.Net.Tests;

/// <summary>A link that carries IP packets without Ethernet header: no ARP, everything else is the same.</summary>
[TestClass]
public sealed class BareIpLinkTests
{
    [TestMethod]
    public void Nothing_is_announced_and_nobody_is_asked()
    {
        Wire wire = Bare();
        Assert.IsNull(wire.GratuitousArp);
        ScriptedPeer peer = new ScriptedPeer(wire, 80, 50000);
        peer.IsOpened();
        Assert.AreEqual(0UL, wire.Count(Counter.ArpRequestsSent));
    }

    [TestMethod]
    public void A_connection_lives_its_whole_life()
    {
        Wire wire = Bare();
        ScriptedPeer peer = new ScriptedPeer(wire);
        peer.Opens(wire.Endpoint.Listen(7, 1));
        peer.Sends("P. seq R+1 ack I+1 len 1000");
        peer.Reads(1000);
        peer.Writes(1024);
        peer.ExpectsOnly("P. seq I+1 ack R+1001 len 1024");
        peer.Trades("F. seq R+1001 ack I+1025", ". seq I+1025 ack R+1002");
        peer.Closes();
        peer.ExpectsOnly("F. seq I+1025 ack R+1002");
        peer.Trades(". seq R+1002 ack I+1026", "");
        Assert.AreEqual(0, wire.Endpoint.ConnectionCount);
    }

    [TestMethod]
    public void A_host_elsewhere_needs_no_router()
    {
        TcpSettings settings = Wire.Settings();
        settings.Gateway = 0;
        Wire wire = new Wire(settings, 1500, Wire.Second, false);
        ScriptedPeer peer = new ScriptedPeer(wire, 80, 50000);
        peer.Address = 0xC0000201;
        peer.IsOpened();
    }

    [TestMethod]
    public void Echo_and_unreachable_are_answered()
    {
        Wire wire = Bare();
        wire.Inject(Packet.Icmp(Wire.PeerAddress, Wire.OurAddress, 8, 0, new byte[32]));
        Assert.AreEqual((byte)0, wire.TakeIcmp()[Packet.Transport]);
        wire.Inject(Packet.Udp(Wire.PeerAddress, 5000, Wire.OurAddress, 53, new byte[4]));
        Assert.AreEqual((byte)3, wire.TakeIcmp()[Packet.Transport]);
    }

    private static Wire Bare()
    {
        return new Wire(Wire.Settings(), 1500, Wire.Second, false);
    }
}
