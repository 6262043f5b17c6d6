using System;
using nanoFramework.TestFramework;

namespace HandshakeNano.Net.Tests;

/// <summary>UDP for applications (RFC 768, RFC 1122 section 4.1): ports, queues, groups.</summary>
[TestClass]
public sealed class UdpTests
{
    private const uint Group = 0xE00000FB;

    [TestMethod]
    public void A_datagram_comes_with_its_sender_and_the_answer_goes_back()
    {
        UdpSocket socket = Open(out Wire wire, 5000);
        wire.Inject(Packet.Udp(Wire.PeerAddress, 6000, Wire.OurAddress, 5000, Bytes(1, 100)));
        wire.ExpectsSilence();
        Assert.AreEqual(1, socket.Waiting);
        byte[] buffer = new byte[200];
        Assert.AreEqual(100, socket.Receive(buffer, 7, 150));
        Same(Bytes(1, 100), buffer, 7);
        Assert.AreEqual(0, (int)buffer[107], "more was written than has come");
        Assert.AreEqual(Wire.PeerAddress, socket.RemoteAddress);
        Assert.AreEqual(6000, socket.RemotePort);
        Assert.AreEqual(100, socket.Length);
        Assert.IsFalse(socket.WasForMany);
        Assert.AreEqual(-1, socket.Receive(buffer, 0, 200));
        Assert.AreEqual(1UL, wire.Count(Counter.UdpReceived));

        Assert.IsTrue(socket.Send(Bytes(2, 60), 10, 50, socket.RemoteAddress, socket.RemotePort, wire.Now));
        wire.Run();
        Expects(wire, Packet.Udp(Wire.OurAddress, 5000, Wire.PeerAddress, 6000, Part(Bytes(2, 60), 10, 50)), 64);
        wire.ExpectsSilence();
        Assert.AreEqual(1UL, wire.Count(Counter.UdpSent));
    }

    [TestMethod]
    public void Datagrams_wait_in_order_and_an_empty_one_is_one()
    {
        UdpSocket socket = Open(out Wire wire, 5000);
        byte[] buffer = new byte[1500];
        for (int round = 0; round < 40; round++)
        {
            for (int i = 0; i < 5; i++)
                wire.Inject(Packet.Udp(Wire.PeerAddress, 6000 + i, Wire.OurAddress, 5000, Bytes(round + i, i * 7)));
            Assert.AreEqual(5, socket.Waiting);
            for (int i = 0; i < 5; i++)
            {
                Assert.AreEqual(i * 7, socket.Receive(buffer, 0, 1500));
                Assert.AreEqual(6000 + i, socket.RemotePort);
                Same(Bytes(round + i, i * 7), buffer, 0);
            }
        }

        wire.ExpectsSilence();
    }

    [TestMethod]
    public void What_does_not_fit_into_the_array_is_dropped_and_told()
    {
        UdpSocket socket = Open(out Wire wire, 5000);
        wire.Inject(Packet.Udp(Wire.PeerAddress, 6000, Wire.OurAddress, 5000, Bytes(1, 100)));
        wire.Inject(Packet.Udp(Wire.PeerAddress, 6001, Wire.OurAddress, 5000, Bytes(2, 30)));
        byte[] buffer = new byte[100];
        Assert.AreEqual(20, socket.Receive(buffer, 0, 20));
        Assert.AreEqual(100, socket.Length);
        Same(Bytes(1, 20), buffer, 0);
        Assert.AreEqual(0, (int)buffer[20]);
        Assert.AreEqual(30, socket.Receive(buffer, 0, 100));
        Assert.AreEqual(6001, socket.RemotePort);
        Same(Bytes(2, 30), buffer, 0);
    }

    [TestMethod]
    public void A_full_queue_drops_what_comes_last_and_says_so()
    {
        UdpSocket socket = Open(out Wire wire, 5000);

        // 256 bytes: two datagrams of 9 and 119 bytes fill it, to the last byte.
        wire.Inject(Packet.Udp(Wire.PeerAddress, 1, Wire.OurAddress, 5000, Bytes(1, 119)));
        wire.Inject(Packet.Udp(Wire.PeerAddress, 2, Wire.OurAddress, 5000, Bytes(2, 120)));
        Assert.AreEqual(1UL, wire.Count(Counter.UdpQueueFull));
        wire.Inject(Packet.Udp(Wire.PeerAddress, 3, Wire.OurAddress, 5000, Bytes(3, 119)));
        wire.Inject(Packet.Udp(Wire.PeerAddress, 4, Wire.OurAddress, 5000, new byte[0]));
        Assert.AreEqual(2UL, wire.Count(Counter.UdpQueueFull));
        Assert.AreEqual(2UL, wire.Count(Counter.UdpReceived));
        wire.ExpectsSilence();
        byte[] buffer = new byte[200];
        Assert.AreEqual(119, socket.Receive(buffer, 0, 200));
        Same(Bytes(1, 119), buffer, 0);
        Assert.AreEqual(119, socket.Receive(buffer, 0, 200));
        Same(Bytes(3, 119), buffer, 0);
        Assert.AreEqual(-1, socket.Receive(buffer, 0, 200));
    }

    [TestMethod]
    public void A_handler_is_told_and_may_answer_and_close()
    {
        UdpSocket socket = Open(out Wire wire, 5000);
        wire.Inject(Packet.Udp(Wire.PeerAddress, 6000, Wire.OurAddress, 5000, Bytes(1, 10)));
        byte[] buffer = new byte[100];
        socket.Receive(buffer, 0, 100);
        wire.Endpoint.OpenUdp(5001);
        Answerer answerer = new Answerer();
        socket.Handler = answerer;
        wire.Inject(Packet.Udp(Wire.PeerAddress, 6000, Wire.OurAddress, 5000, Bytes(3, 40)));
        Assert.AreEqual(1, answerer.Count);
        Assert.AreEqual(0, socket.Port);
        Expects(wire, Packet.Udp(Wire.OurAddress, 5000, Wire.PeerAddress, 6000, Bytes(3, 40)), 64);
        wire.Inject(Packet.Udp(Wire.PeerAddress, 6000, Wire.OurAddress, 5000, Bytes(3, 40)));
        wire.TakeIcmp();
        Assert.AreEqual(1, answerer.Count);
    }

    [TestMethod]
    public void A_port_that_nobody_opened_is_unreachable_and_one_that_was_closed_too()
    {
        UdpSocket socket = Open(out Wire wire, 5000);
        wire.Inject(Packet.Udp(Wire.PeerAddress, 6000, Wire.OurAddress, 5001, Bytes(1, 10)));
        Assert.AreEqual(3, (int)wire.TakeIcmp()[Packet.Transport + 1], "port unreachable");
        socket.Close();
        socket.Close();
        Assert.AreEqual(0, socket.Port);
        wire.Inject(Packet.Udp(Wire.PeerAddress, 6000, Wire.OurAddress, 5000, Bytes(1, 10)));
        Assert.AreEqual(3, (int)wire.TakeIcmp()[Packet.Transport + 1], "port unreachable");
        Assert.AreEqual(2UL, wire.Count(Counter.UdpPortUnknown));
        Assert.ThrowsException(typeof(InvalidOperationException), () => socket.Send(new byte[1], 0, 1, Wire.PeerAddress, 6000, wire.Now));
        Assert.AreEqual(5000, wire.Endpoint.OpenUdp(5000).Port);
    }

    [TestMethod]
    public void Only_a_socket_that_has_joined_a_group_hears_it()
    {
        UdpSocket socket = Open(out Wire wire, 5353);
        wire.Inject(ToMany(Group, 5353));
        Assert.AreEqual(0, socket.Waiting);
        socket.JoinGroup(Group);
        wire.Inject(ToMany(Group, 5353));
        wire.Inject(ToMany(Group, 5354));
        wire.Inject(ToMany(Group + 1, 5353));
        wire.Inject(Packet.Udp(Wire.PeerAddress, 5353, Wire.OurAddress, 5353, Bytes(1, 20)));
        wire.ExpectsSilence();
        Assert.AreEqual(2, socket.Waiting);
        Assert.AreEqual(3UL, wire.Count(Counter.Ipv4NotForUs));
        byte[] buffer = new byte[100];
        Assert.AreEqual(20, socket.Receive(buffer, 0, 100));
        Assert.IsTrue(socket.WasForMany);
        Assert.AreEqual(Wire.PeerAddress, socket.RemoteAddress);
        Assert.AreEqual(20, socket.Receive(buffer, 0, 100));
        Assert.IsFalse(socket.WasForMany);
        socket.JoinGroup(0);
        wire.Inject(ToMany(Group, 5353));
        Assert.AreEqual(0, socket.Waiting);
        wire.ExpectsSilence();
    }

    [TestMethod]
    [DataRow(0xFFFFFFFF)]
    [DataRow(0x0A4D00FFU)]
    public void What_is_for_every_host_on_the_link_is_for_a_socket_too(uint destination)
    {
        UdpSocket socket = Open(out Wire wire, 5000);
        wire.Inject(ToMany(destination, 5000));
        wire.Inject(ToMany(destination, 5001));
        wire.ExpectsSilence();
        Assert.AreEqual(1, socket.Waiting);
        Assert.AreEqual(20, socket.Receive(new byte[100], 0, 100));
        Assert.IsTrue(socket.WasForMany);
    }

    [TestMethod]
    public void A_datagram_to_a_group_goes_to_its_Ethernet_address_with_the_time_to_live_that_was_set()
    {
        UdpSocket socket = Open(out Wire wire, 5353);
        socket.TimeToLive = 255;
        Assert.IsTrue(socket.Send(Bytes(1, 33), 0, 33, Group, 5353, wire.Now));
        Expects(wire, Packet.Udp(Wire.OurAddress, 5353, Group, 5353, Bytes(1, 33)), 255);
        Assert.IsTrue(socket.Send(Bytes(1, 33), 0, 33, 0xE9FF1234, 5353, wire.Now));
        byte[] frame = wire.Take();
        Same(new byte[] { 0x01, 0x00, 0x5E, 0x7F, 0x12, 0x34 }, frame, 0);
        wire.ExpectsSilence();
    }

    [TestMethod]
    public void A_datagram_to_a_host_goes_with_the_time_to_live_that_was_set()
    {
        UdpSocket socket = Open(out Wire wire, 5353);
        socket.TimeToLive = 255;
        Assert.IsTrue(socket.Send(Bytes(1, 33), 0, 33, Wire.PeerAddress, 5353, wire.Now));
        wire.Run();
        Expects(wire, Packet.Udp(Wire.OurAddress, 5353, Wire.PeerAddress, 5353, Bytes(1, 33)), 255);
        wire.ExpectsSilence();
    }

    [TestMethod]
    [DataRow(0xFFFFFFFF)]
    [DataRow(0x0A4D00FFU)]
    public void A_datagram_to_every_host_is_a_broadcast(uint destination)
    {
        UdpSocket socket = Open(out Wire wire, 5000);
        Assert.IsTrue(socket.Send(Bytes(1, 5), 0, 5, destination, 9, wire.Now));
        Expects(wire, Packet.Udp(Wire.OurAddress, 5000, destination, 9, Bytes(1, 5)), 64);
        wire.ExpectsSilence();
    }

    [TestMethod]
    public void The_longest_datagram_fills_a_packet_and_a_longer_one_is_refused()
    {
        UdpSocket socket = Open(out Wire wire, 5000);
        Assert.IsTrue(socket.Send(Bytes(1, 1472), 0, 1472, Wire.PeerAddress, 9, wire.Now));
        wire.Run();
        Expects(wire, Packet.Udp(Wire.OurAddress, 5000, Wire.PeerAddress, 9, Bytes(1, 1472)), 64);
        Assert.ThrowsException(typeof(ArgumentException), () => socket.Send(new byte[1473], 0, 1473, Wire.PeerAddress, 9, wire.Now));
        wire.ExpectsSilence();
    }

    [TestMethod]
    public void A_datagram_waits_for_its_neighbour_s_Ethernet_address()
    {
        UdpSocket socket = Open(out Wire wire, 5000);
        wire.AnswersArp = false;
        Assert.IsTrue(socket.Send(Bytes(1, 70), 0, 70, Wire.PeerAddress, 9, wire.Now));
        byte[] request = wire.TakeArp();
        Assert.AreEqual(Wire.PeerAddress, Packet.Get32(request, Packet.Ip + 24));
        wire.ExpectsSilence();
        wire.Inject(Packet.Arp(wire.PhysicalAddress, 2, Packet.PhysicalAddressOf(Wire.PeerAddress), Wire.PeerAddress, wire.PhysicalAddress, Wire.OurAddress));
        Expects(wire, Packet.Udp(Wire.OurAddress, 5000, Wire.PeerAddress, 9, Bytes(1, 70)), 64);
        wire.ExpectsSilence();
    }

    [TestMethod]
    public void Without_an_address_or_a_route_nothing_is_sent()
    {
        TcpSettings settings = Settings();
        settings.Gateway = 0;
        Wire wire = new Wire(settings);
        wire.Run();
        wire.Discard();
        UdpSocket socket = wire.Endpoint.OpenUdp(5000);
        Assert.IsFalse(socket.Send(new byte[1], 0, 1, 0x08080808, 53, wire.Now));
        Assert.IsFalse(socket.Send(new byte[1], 0, 1, 0x7F000001, 53, wire.Now));
        Assert.IsFalse(socket.Send(new byte[1], 0, 1, Wire.OurAddress, 53, wire.Now));
        wire.Endpoint.SetAddress(0, 24, 0);
        Assert.IsFalse(socket.Send(new byte[1], 0, 1, Wire.PeerAddress, 53, wire.Now));
        Assert.IsFalse(socket.Send(new byte[1], 0, 1, 0xFFFFFFFF, 53, wire.Now));
        wire.ExpectsSilence();
        Assert.AreEqual(5UL, wire.Count(Counter.UdpNotSent));
        Assert.AreEqual(0UL, wire.Count(Counter.UdpSent));
    }

    [TestMethod]
    public void A_port_of_the_endpoint_s_choice_is_free_and_dynamic_and_another_each_time()
    {
        TcpSettings settings = Settings();
        settings.UdpSockets = 64;
        Wire wire = new Wire(settings);
        int[] ports = new int[64];
        int inOrder = 0;
        for (int i = 0; i < 64; i++)
        {
            ports[i] = wire.Endpoint.OpenUdp(0).Port;
            Assert.IsTrue(ports[i] >= 49152 && ports[i] <= 65535, "port " + ports[i].ToString());
            for (int j = 0; j < i; j++)
                Assert.AreNotEqual(ports[j], ports[i]);
            if (i > 0 && ports[i] > ports[i - 1])
                inOrder++;
        }

        Assert.IsTrue(inOrder > 15 && inOrder < 48, "ports that are greater than the one before: " + inOrder.ToString());
    }

    [TestMethod]
    public void Wrong_use_is_refused()
    {
        UdpSocket socket = Open(out Wire wire, 5000);
        Assert.ThrowsException(typeof(InvalidOperationException), () => wire.Endpoint.OpenUdp(5000));
        Assert.ThrowsException(typeof(ArgumentException), () => wire.Endpoint.OpenUdp(-1));
        Assert.ThrowsException(typeof(ArgumentException), () => wire.Endpoint.OpenUdp(65536));
        wire.Endpoint.OpenUdp(5001);
        Assert.ThrowsException(typeof(InvalidOperationException), () => wire.Endpoint.OpenUdp(5002));
        Assert.ThrowsException(typeof(InvalidOperationException), () => new Wire().Endpoint.OpenUdp(5000));
        Assert.ThrowsException(typeof(ArgumentException), () => socket.JoinGroup(0xE0000100));
        Assert.ThrowsException(typeof(ArgumentException), () => socket.JoinGroup(Wire.PeerAddress));
        Assert.ThrowsException(typeof(ArgumentException), () => socket.TimeToLive = 0);
        Assert.ThrowsException(typeof(ArgumentException), () => socket.TimeToLive = 256);
        Assert.ThrowsException(typeof(ArgumentException), () => socket.Send(new byte[4], 1, 4, Wire.PeerAddress, 9, 0));
        Assert.ThrowsException(typeof(ArgumentException), () => socket.Send(new byte[4], -1, 4, Wire.PeerAddress, 9, 0));
        Assert.ThrowsException(typeof(ArgumentException), () => socket.Send(new byte[4], 0, 4, Wire.PeerAddress, 0, 0));
        Assert.ThrowsException(typeof(ArgumentException), () => socket.Send(new byte[4], 0, 4, Wire.PeerAddress, 65536, 0));
        Assert.ThrowsException(typeof(ArgumentException), () => socket.Receive(new byte[4], 3, 2));
        Assert.ThrowsException(typeof(ArgumentNullException), () => socket.Receive(null, 0, 0));
        TcpSettings settings = Settings();
        settings.UdpSockets = 65;
        Assert.ThrowsException(typeof(ArgumentException), () => new Wire(settings).Run());
        settings = Settings();
        settings.UdpQueueSize = 63;
        Assert.ThrowsException(typeof(ArgumentException), () => new Wire(settings).Run());
        wire.ExpectsSilence();
    }

    private static TcpSettings Settings()
    {
        TcpSettings settings = Wire.Settings();
        settings.UdpSockets = 2;
        settings.UdpQueueSize = 256;
        return settings;
    }

    private static UdpSocket Open(out Wire wire, int port)
    {
        wire = new Wire(Settings());
        wire.Run();
        wire.Discard();
        return wire.Endpoint.OpenUdp(port);
    }

    /// <summary>A datagram of 20 bytes in a frame for many.</summary>
    private static byte[] ToMany(uint destination, int port)
    {
        byte[] frame = Packet.Udp(Wire.PeerAddress, 5353, destination, port, Bytes(1, 20));
        for (int i = 0; i < 6; i++)
            frame[i] = 0xFF;
        return frame;
    }

    private static byte[] Bytes(int first, int count)
    {
        byte[] bytes = new byte[count];
        for (int i = 0; i < count; i++)
            bytes[i] = (byte)(first + 3 * i);
        return bytes;
    }

    private static byte[] Part(byte[] bytes, int offset, int count)
    {
        byte[] part = new byte[count];
        Array.Copy(bytes, offset, part, 0, count);
        return part;
    }

    private static void Same(byte[] expected, byte[] actual, int offset)
    {
        Assert.IsTrue(Packet.SameBytes(expected, 0, actual, offset, expected.Length), "other bytes");
    }

    private static void Expects(Wire wire, byte[] expected, int timeToLive)
    {
        Check(wire.Take(), expected, timeToLive);
    }

    /// <summary>The whole packet; Wire has checked where the frame goes.</summary>
    private static void Check(byte[] actual, byte[] expected, int timeToLive)
    {
        Assert.IsNotNull(actual, "expected a datagram, got nothing");
        Packet.Put16(expected, Packet.Ip + 4, 0);
        expected[Packet.Ip + 8] = (byte)timeToLive;
        Packet.FixIpv4(expected);
        int length = Packet.Get16(expected, Packet.Ip + 2);
        Assert.AreEqual(Packet.Ip + length, actual.Length);
        Assert.IsTrue(Packet.SameBytes(expected, Packet.Ip, actual, Packet.Ip, length), "got " + Wire.Describe(actual));
    }

    private sealed class Answerer : UdpHandler
    {
        private readonly byte[] _buffer = new byte[100];

        public int Count;

        public override void OnReceived(UdpSocket socket, ulong now)
        {
            Count++;
            int length = socket.Receive(_buffer, 0, _buffer.Length);
            socket.Send(_buffer, 0, length, socket.RemoteAddress, socket.RemotePort, now);
            socket.Close();
        }
    }
}
