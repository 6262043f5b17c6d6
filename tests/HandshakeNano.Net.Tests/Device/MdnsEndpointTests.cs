using System;
using nanoFramework.TestFramework;

namespace HandshakeNano.Net.Tests;

/// <summary>Multicast DNS of an endpoint: what goes over the wire, and when its address changes.</summary>
[TestClass]
public sealed class MdnsEndpointTests
{
    private const int Port = 5353;
    private const int Data = Packet.Transport + 8;
    private const string Probe = "0000 ?dev.local/ANY/QU !dev.local/A/1/120/0A4D0002";
    private const string Announcement = "8400 =dev.local/A/8001/120/0A4D0002 =2.0.77.10.in-addr.arpa/PTR/8001/120/dev.local"
        + " +dev.local/NSEC/8001/120/dev.local 000140";

    [TestMethod]
    public void The_name_is_asked_for_and_announced_from_the_first_Poll_on()
    {
        Wire wire = new Wire(Settings());
        for (int i = 0; i < 3; i++)
            Expects(wire, Probe, Wire.OurAddress);
        Expects(wire, Announcement, Wire.OurAddress);
        Assert.IsTrue(wire.Endpoint.Mdns.State == MdnsState.Announcing);
        Expects(wire, Announcement, Wire.OurAddress);
        Assert.IsTrue(wire.Endpoint.Mdns.State == MdnsState.Running);
        wire.StaysSilent(60 * Wire.Second);
    }

    [TestMethod]
    public void A_question_to_the_group_is_answered_to_the_group()
    {
        Wire wire = Running();
        wire.Inject(Question(MdnsResponder.Group, Port));
        Expects(wire, "8400 =dev.local/A/8001/120/0A4D0002 +dev.local/NSEC/8001/120/dev.local 000140", Wire.OurAddress);
        wire.StaysSilent(Wire.Second);
    }

    [TestMethod]
    public void A_question_from_a_simple_resolver_is_answered_to_its_port()
    {
        Wire wire = Running();
        wire.Inject(Question(MdnsResponder.Group, 40000));
        byte[] frame = wire.Take();
        Assert.IsNotNull(frame, "no answer");
        Assert.AreEqual(Wire.PeerAddress, Packet.Get32(frame, Packet.Ip + 16));
        Assert.AreEqual(40000, Packet.Get16(frame, Packet.Transport + 2));
        Assert.AreEqual(Port, Packet.Get16(frame, Packet.Transport));
        wire.StaysSilent(Wire.Second);
    }

    [TestMethod]
    public void When_the_address_changes_the_old_one_is_taken_back_from_the_old_one_and_the_name_asked_for_again()
    {
        Wire wire = Running();
        wire.Endpoint.SetAddress(Wire.OurAddress + 5, 24, Wire.RouterAddress);
        byte[] goodbye = wire.Take();
        Assert.AreEqual(Wire.OurAddress, Packet.Get32(goodbye, Packet.Ip + 12));
        Assert.AreEqual("8400 =dev.local/A/8001/0/0A4D0002 =2.0.77.10.in-addr.arpa/PTR/8001/0/dev.local", Text(goodbye));
        wire.Run();
        for (int i = 0; i < 3; i++)
            Expects(wire, "0000 ?dev.local/ANY/QU !dev.local/A/1/120/0A4D0007", Wire.OurAddress + 5);
        wire.Advance(3 * Wire.Second);
        wire.Discard();

        wire.Endpoint.SetAddress(0, 24, 0);
        Assert.AreEqual(Wire.OurAddress + 5, Packet.Get32(wire.Take(), Packet.Ip + 12));
        Assert.IsTrue(wire.Endpoint.Mdns.State == MdnsState.Idle);
        wire.StaysSilent(60 * Wire.Second);
    }

    [TestMethod]
    public void It_needs_a_name_and_is_not_there_unless_it_is_asked_for()
    {
        TcpSettings settings = Settings();
        settings.HostName = "";
        Assert.ThrowsException(typeof(ArgumentException), () => new Wire(settings).Run());
        Wire wire = new Wire();
        Assert.IsNull(wire.Endpoint.Mdns);
        wire.Inject(Question(MdnsResponder.Group, Port));
        Assert.AreEqual(1UL, wire.Count(Counter.Ipv4NotForUs));
        settings = Settings();
        settings.UdpSockets = 1;
        wire = new Wire(settings);
        Assert.ThrowsException(typeof(InvalidOperationException), () => wire.Endpoint.OpenUdp(Port));
        wire.Endpoint.OpenUdp(Port + 1);
    }

    private static TcpSettings Settings()
    {
        TcpSettings settings = Wire.Settings();
        settings.HostName = "dev";
        settings.MulticastDns = true;
        return settings;
    }

    private static Wire Running()
    {
        Wire wire = new Wire(Settings());
        wire.Advance(5 * Wire.Second);
        Assert.IsTrue(wire.Endpoint.Mdns.State == MdnsState.Running);
        wire.Discard();
        return wire;
    }

    /// <summary>A question for the address of dev.local.</summary>
    private static byte[] Question(uint destination, int port)
    {
        byte[] message = new byte[] { 0, 9, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 3, 100, 101, 118, 5, 108, 111, 99, 97, 108, 0, 0, 1, 0, 1 };
        byte[] frame = Packet.Udp(Wire.PeerAddress, port, destination, Port, message);
        Array.Copy(new byte[] { 0x01, 0x00, 0x5E, 0x00, 0x00, 0xFB }, frame, 6);
        return frame;
    }

    /// <summary>Waits for the next message, which goes to the group.</summary>
    private static void Expects(Wire wire, string text, uint source)
    {
        byte[] frame = wire.Take();
        while (frame == null || Packet.Get16(frame, 12) == Packet.EtherTypeArp)
        {
            if (frame == null)
            {
                Assert.IsTrue(wire.Deadline < wire.Now + 2 * Wire.Second, "expected " + text + ", got nothing");
                wire.Advance(wire.Deadline > wire.Now ? wire.Deadline - wire.Now : 0);
            }

            frame = wire.Take();
        }

        Assert.AreEqual(text, Text(frame));
        Assert.AreEqual(source, Packet.Get32(frame, Packet.Ip + 12));
        Assert.AreEqual(MdnsResponder.Group, Packet.Get32(frame, Packet.Ip + 16));
        Assert.AreEqual(255, (int)frame[Packet.Ip + 8]);
        Assert.AreEqual(Port, Packet.Get16(frame, Packet.Transport));
        Assert.AreEqual(Port, Packet.Get16(frame, Packet.Transport + 2));
    }

    private static string Text(byte[] frame)
    {
        int length = Packet.Get16(frame, Packet.Transport + 4) - 8;
        byte[] message = new byte[length];
        Array.Copy(frame, Data, message, 0, length);
        int identifier;
        return MdnsLink.Describe(message, length, out identifier);
    }
}
