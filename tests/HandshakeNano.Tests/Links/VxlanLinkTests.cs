using System;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Threading;
using HandshakeNano.Boards.Virtual;
using HandshakeNano.Firmware;
using HandshakeNano.Net;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace HandshakeNano.Links.Tests;

/// <summary>The VXLAN link against plain UDP sockets over loopback.</summary>
[TestClass]
public sealed class VxlanLinkTests
{
    private const int Vni = 0x123456;

    // An ARP request as Linux sent it (VNI 42), from the UDP payload on.
    private static readonly byte[] s_linuxArp = Convert.FromHexString(
        "0800000000002a00ffffffffffff02000000000a080600010800060400010200000000" + "0a0a6300010000000000000a630002");

    [TestMethod]
    public void A_frame_leaves_behind_exactly_the_eight_bytes_of_RFC_7348()
    {
        using var rig = new Rig();
        byte[] buffer = Frames.Buffer(rig.Link);
        Array.Fill(buffer, (byte)0xEE, 0, FrameLayout.Headroom);
        Frames.Write(buffer, 7, 60);
        Assert.IsTrue(rig.Link.Send(buffer, 60));
        byte[] datagram = rig.ReceiveDatagram();
        CollectionAssert.AreEqual(new byte[] { 0x08, 0, 0, 0, 0x12, 0x34, 0x56, 0 }, datagram[..8]);
        CollectionAssert.AreEqual(buffer[FrameLayout.Ethernet..(FrameLayout.Ethernet + 60)], datagram[8..]);
        Assert.AreEqual(1UL, rig.Link.Counts.Sent);
    }

    [TestMethod]
    public void What_Linux_sends_is_received_where_the_layout_wants_it()
    {
        using var rig = new Rig(settings => settings.Vni = 42);
        rig.SendDatagram(s_linuxArp);
        byte[] buffer = Frames.Buffer(rig.Link);
        Assert.AreEqual(42, rig.Receive(buffer));
        CollectionAssert.AreEqual(s_linuxArp[8..], buffer[FrameLayout.Ethernet..(FrameLayout.Ethernet + 42)]);
        Assert.AreEqual(1UL, rig.Link.Counts.Received);
    }

    [TestMethod]
    [DataRow(0, 0xFF)]
    [DataRow(1, 0xFF)]
    [DataRow(2, 0xFF)]
    [DataRow(3, 0xFF)]
    [DataRow(7, 0xFF)]
    public void Reserved_bits_are_ignored_on_receipt(int index, int value)
    {
        using var rig = new Rig();
        rig.SendDatagram(Datagram(1, change: d => d[index] = (byte)value));
        Assert.AreEqual(1, rig.ReceiveNumber());
    }

    [TestMethod]
    [DataRow(0x00)]
    [DataRow(0xF7)]
    public void Without_the_I_flag_a_datagram_is_dropped(int flags)
    {
        using var rig = new Rig();
        rig.SendDatagram(Datagram(1, change: d => d[0] = (byte)flags));
        rig.SendDatagram(Datagram(2));
        Assert.AreEqual(2, rig.ReceiveNumber());
        rig.AssertDropped(1, rig.Link.Counts.FlagMissing);
    }

    [TestMethod]
    [DataRow(4)]
    [DataRow(5)]
    [DataRow(6)]
    public void Another_networks_frames_are_dropped(int index)
    {
        using var rig = new Rig();
        rig.SendDatagram(Datagram(1, change: d => d[index] ^= 1));
        rig.SendDatagram(Datagram(2));
        Assert.AreEqual(2, rig.ReceiveNumber());
        rig.AssertDropped(1, rig.Link.Counts.VniUnknown);
    }

    [TestMethod]
    public void Every_datagram_without_room_for_both_headers_is_dropped()
    {
        using var rig = new Rig();
        byte[] whole = Datagram(1);
        for (int length = 0; length < 22; length++)
            rig.SendDatagram(whole[..length]);
        rig.SendDatagram(whole[..22]);
        byte[] buffer = Frames.Buffer(rig.Link);

        // What a longer frame left behind in the buffer is no frame.
        whole.CopyTo(buffer, 0);
        Assert.AreEqual(14, rig.Receive(buffer));
        rig.AssertDropped(22, rig.Link.Counts.TooShort);
    }

    [TestMethod]
    public void A_fixed_peer_is_the_only_one_who_is_heard()
    {
        using var rig = new Rig();
        using Socket stranger = Bind("127.0.0.3");
        stranger.SendTo(Datagram(1), rig.LinkEndPoint);
        rig.SendDatagram(Datagram(2));
        Assert.AreEqual(2, rig.ReceiveNumber());
        rig.AssertDropped(1, rig.Link.Counts.SourceUnknown);
        Assert.AreEqual("127.0.0.1", rig.Link.Peer);
        Assert.IsTrue(Frames.Send(rig.Link, 3));
        Assert.AreEqual(3, Number(rig.ReceiveDatagram()));
    }

    [TestMethod]
    public void The_peer_may_send_from_any_port_and_is_answered_at_its_own()
    {
        using var rig = new Rig();
        using Socket otherPort = Bind("127.0.0.1");
        otherPort.SendTo(Datagram(1), rig.LinkEndPoint);
        Assert.AreEqual(1, rig.ReceiveNumber());
        Assert.IsTrue(Frames.Send(rig.Link, 2));
        Assert.AreEqual(2, Number(rig.ReceiveDatagram()));
        Assert.AreEqual(0, otherPort.Available);
    }

    [TestMethod]
    public void A_learned_peer_is_whoever_spoke_last()
    {
        using var rig = new Rig(settings =>
        {
            settings.Peer = 0;
            settings.LearnPeer = true;
        });
        Assert.AreEqual("", rig.Link.Peer);
        Assert.IsFalse(Frames.Send(rig.Link, 1));
        Assert.AreEqual(1UL, rig.Link.Counts.NotSentNoPeer);

        rig.SendDatagram(Datagram(2));
        Assert.AreEqual(2, rig.ReceiveNumber());
        Assert.AreEqual("127.0.0.1", rig.Link.Peer);
        Assert.IsTrue(Frames.Send(rig.Link, 3));
        Assert.AreEqual(3, Number(rig.ReceiveDatagram()));

        // The new one has the same port at another address.
        using Socket second = Bind("127.0.0.3", rig.PeerPort);
        second.SendTo(Datagram(4), rig.LinkEndPoint);
        second.SendTo(Datagram(5), rig.LinkEndPoint);
        Assert.AreEqual(4, rig.ReceiveNumber());
        Assert.AreEqual(5, rig.ReceiveNumber());
        Assert.AreEqual("127.0.0.3", rig.Link.Peer);
        Assert.AreEqual(2UL, rig.Link.Counts.PeersLearned);
        Assert.IsTrue(Frames.Send(rig.Link, 6));
        Assert.AreEqual(6, Number(Datagram(second)));
    }

    [TestMethod]
    public void Nothing_is_learned_from_a_datagram_that_is_dropped()
    {
        using var rig = new Rig(settings =>
        {
            settings.Peer = 0;
            settings.LearnPeer = true;
        });
        rig.SendDatagram(Datagram(1, change: d => d[0] = 0));
        rig.SendDatagram(Datagram(1, change: d => d[6] ^= 1));
        rig.SendDatagram(Datagram(1)[..21]);
        rig.SendDatagram(Datagram(1, change: d => (d[20], d[21]) = (0x81, 0x00)));
        Assert.AreEqual(0, rig.Link.Receive(Frames.Buffer(rig.Link)));
        Assert.AreEqual("", rig.Link.Peer);
        Assert.AreEqual(0UL, rig.Link.Counts.PeersLearned);
        rig.AssertDropped(4, rig.Link.Counts.FlagMissing + rig.Link.Counts.VniUnknown + rig.Link.Counts.TooShort + rig.Link.Counts.Tagged);
    }

    [TestMethod]
    public void A_frame_with_an_inner_VLAN_tag_is_dropped()
    {
        using var rig = new Rig();
        rig.SendDatagram(Datagram(1, change: d => (d[20], d[21]) = (0x81, 0x00)));
        rig.SendDatagram(Datagram(2));
        Assert.AreEqual(2, rig.ReceiveNumber());
        rig.AssertDropped(1, rig.Link.Counts.Tagged);
    }

    [TestMethod]
    public void The_largest_frame_is_that_of_an_IP_packet_of_1450_bytes()
    {
        using var rig = new Rig();
        Assert.AreEqual(1450, rig.Link.Mtu);
        Assert.AreEqual(1472, FrameLayout.Network + rig.Link.Mtu, "What a UDP datagram on a network of 1500 carries.");
        byte[] buffer = new byte[2000];
        Assert.IsTrue(rig.Link.Send(buffer, 1464));
        Assert.HasCount(1472, rig.ReceiveDatagram());
        Assert.IsFalse(rig.Link.Send(buffer, 1465));
        Assert.IsFalse(rig.Link.Send(buffer, 13));
        Assert.IsFalse(rig.Link.Send(new byte[100], 93), "It does not end in the buffer.");
        Assert.AreEqual(3UL, rig.Link.Counts.NotSentLength);

        rig.SendDatagram(Datagram(1, 1472, IpLength(1450)));
        Assert.AreEqual(1464, rig.Receive(Frames.Buffer(rig.Link)));
    }

    [TestMethod]
    [DataRow(1472)]
    [DataRow(2000)]
    public void A_frame_beyond_the_MTU_is_dropped_whether_or_not_the_buffer_holds_it(int bufferSize)
    {
        using var rig = new Rig();
        rig.SendDatagram(Datagram(1, 1473, IpLength(1451)));
        rig.SendDatagram(Datagram(1, 1522, IpLength(1500)));
        rig.SendDatagram(Datagram(2));
        byte[] buffer = new byte[bufferSize];
        Assert.AreEqual(60, rig.Receive(buffer));
        rig.AssertDropped(2, rig.Link.Counts.TooLong);
    }

    [TestMethod]
    public void A_flood_of_bad_datagrams_does_not_hold_the_caller()
    {
        using var rig = new Rig();
        for (int i = 0; i < 100; i++)
            rig.SendDatagram(Datagram(1)[..21]);
        rig.SendDatagram(Datagram(2));
        byte[] buffer = Frames.Buffer(rig.Link);
        Assert.AreEqual(0, rig.Link.Receive(buffer));
        Assert.AreEqual(32UL, rig.Link.Counts.TooShort);
        Assert.AreEqual(2, rig.ReceiveNumber());
        rig.AssertDropped(100, rig.Link.Counts.TooShort);
    }

    [TestMethod]
    public void A_socket_that_cannot_send_is_left_alone_for_a_while()
    {
        // From a loopback address nothing leaves the host.
        using var rig = new Rig(settings => settings.Peer = 0xC0000201);
        Assert.IsFalse(Frames.Send(rig.Link, 1));
        for (int i = 0; i < 10; i++)
            Assert.IsFalse(Frames.Send(rig.Link, 1));
        Assert.IsLessThan(11UL, rig.Link.Counts.NotSentError);
        Assert.AreEqual(11UL, rig.Link.Counts.NotSentError + rig.Link.Counts.NotSentResting);
        ulong before = rig.Link.Counts.NotSentError;
        Assert.IsTrue(SpinWait.SpinUntil(
            () => !Frames.Send(rig.Link, 1) && rig.Link.Counts.NotSentError > before, TimeSpan.FromSeconds(30)), "It is tried again.");
        Assert.AreEqual(0UL, rig.Link.Counts.Sent);
    }

    [TestMethod]
    public void An_error_of_the_socket_is_counted_and_waited_out_and_then_frames_come_again()
    {
        // A connected socket is told that the peer's port has closed, before what the peer had sent.
        Socket socket = VxlanUnderlay.Open(IPAddress.Loopback, 0);
        Socket peer = Bind("127.0.0.1");
        int port = ((IPEndPoint)peer.LocalEndPoint!).Port;
        socket.Connect(IPAddress.Loopback, port);
        using var link = new VxlanLink(new VxlanSettings { Vni = Vni, Peer = 0x7F000001, PeerPort = port }, socket);
        peer.SendTo(Datagram(2), socket.LocalEndPoint!);
        peer.Dispose();
        Assert.IsTrue(Frames.Send(link, 1));
        byte[] buffer = Frames.Buffer(link);
        Assert.AreEqual(0, link.Receive(buffer));
        Assert.AreEqual(1UL, link.Counts.ReceiveErrors);
        Assert.AreEqual(0, link.Receive(buffer), "The socket rests.");
        Assert.AreEqual(60, Wait(link, buffer));
        Assert.AreEqual(2, Number(buffer));
        Assert.AreEqual(1UL, link.Counts.ReceiveErrors);
    }

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void Waiting_ends_when_a_frame_comes_or_the_time_is_over(bool lowLatency)
    {
        using var rig = new Rig();
        rig.Link.LowLatency = lowLatency;
        rig.Link.Wait(0);
        rig.Link.Wait(1);
        Assert.AreEqual(0, rig.Link.Receive(Frames.Buffer(rig.Link)));
        var waiter = new Thread(() => rig.Link.Wait(int.MaxValue)) { IsBackground = true };
        waiter.Start();
        rig.SendDatagram(Datagram(1));
        Assert.IsTrue(waiter.Join(60_000));
        Assert.AreEqual(1, rig.ReceiveNumber());
    }

    [TestMethod]
    public void A_closed_link_carries_nothing_and_throws_nothing()
    {
        using var rig = new Rig();
        VxlanLink link = rig.Link;
        Assert.IsTrue(link.IsUp);
        link.Dispose();
        link.Dispose();
        Assert.IsFalse(link.IsUp);
        Assert.IsFalse(Frames.Send(link, 1));
        Assert.AreEqual(-1, Frames.Receive(link));
        link.Wait(1);
    }

    [TestMethod]
    public void Nothing_is_allocated_per_frame_but_by_the_socket_itself()
    {
        const int Count = 2000;
        using var rig = new Rig();
        byte[] buffer = Frames.Buffer(rig.Link), datagram = Datagram(1), plain = new byte[2000];
        using Socket socket = Bind("127.0.0.1");
        EndPoint here = socket.LocalEndPoint!, source = new IPEndPoint(IPAddress.Any, 0);

        void Socket()
        {
            rig.Peer.SendTo(datagram, 0, datagram.Length, SocketFlags.None, here);
            Assert.IsTrue(socket.Poll(10_000_000, SelectMode.SelectRead));
            socket.ReceiveFrom(plain, 0, plain.Length, SocketFlags.None, ref source);
            socket.SendTo(plain, 0, 60, SocketFlags.None, rig.PeerEndPoint);
            rig.Peer.Receive(plain);
        }

        void Link()
        {
            rig.Peer.SendTo(datagram, 0, datagram.Length, SocketFlags.None, rig.LinkEndPoint);
            rig.Link.Wait(10_000);
            Assert.AreEqual(60, rig.Link.Receive(buffer));
            Assert.IsTrue(rig.Link.Send(buffer, 60));
            rig.Peer.Receive(plain);
        }

        long bySocket = Measure(Socket), byLink = Measure(Link);
        Assert.AreEqual(bySocket, byLink);
        Assert.AreEqual((ulong)(Count + 200), rig.Link.Counts.Received);

        static long Measure(Action turn)
        {
            for (int i = 0; i < 200; i++)
                turn();
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < Count; i++)
                turn();
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }
    }

    [TestMethod]
    public void Settings_out_of_range_are_refused_by_name()
    {
        (Action<VxlanSettings> Change, string Name)[] cases =
        [
            (s => s.Vni = 0, "Vni"),
            (s => s.Vni = 0x1000000, "Vni"),
            (s => s.Port = 0, "Port"),
            (s => s.Port = 65536, "Port"),
            (s => s.PeerPort = 0, "PeerPort"),
            (s => s.Peer = 0, "Peer"),
            (s => s.Peer = 0xE0000001, "Peer"),
            (s => s.Mtu = 67, "Mtu"),
            (s => s.Mtu = 1451, "Mtu"),
            (s => s.PhysicalAddress = null!, "PhysicalAddress"),
            (s => s.PhysicalAddress = new byte[5], "PhysicalAddress"),
            (s => s.PhysicalAddress = [1, 0, 0, 0, 0, 0], "PhysicalAddress"),
        ];
        foreach ((Action<VxlanSettings> change, string name) in cases)
        {
            var settings = new VxlanSettings { Peer = 0x7F000001 };
            change(settings);
            var e = Assert.ThrowsExactly<ArgumentException>(() => new VxlanLink(settings));
            Assert.Contains(name, e.Message);
        }
    }

    [TestMethod]
    public void The_firmware_echoes_through_the_tunnel()
    {
        using Socket deviceSocket = VxlanUnderlay.Open(IPAddress.Loopback, 0);
        using Socket pcSocket = VxlanUnderlay.Open(IPAddress.Loopback, 0);
        using var deviceLink = new VxlanLink(Settings(pcSocket, 2), deviceSocket);
        using var pcLink = new VxlanLink(Settings(deviceSocket, 1), pcSocket);
        var board = new VirtualBoard(deviceLink, new TcpSettings { Address = 0x0A4D0002 }) { Output = _ => { } };
        var firmware = new DeviceFirmware(board, new EchoService(), new DiscardService());
        var device = new Thread(firmware.RunUntilStopped) { IsBackground = true };
        device.Start();
        var pc = new TcpEndpoint(pcLink, new SystemEntropy(), new TcpSettings { Address = 0x0A4D0001 });
        var loop = new TcpLoop(pc, pcLink, new HighResTimerClock());
        using (TcpStream stream = TcpStream.Connect(loop, 0x0A4D0002, 7, 60_000))
        {
            stream.ReadTimeout = stream.WriteTimeout = 60_000;
            byte[] data = Pattern.Make(1400), back = new byte[1400];
            for (int round = 0; round < 30; round++)
            {
                stream.Write(data, 0, data.Length);
                stream.ReadExactly(back, 0, back.Length);
                CollectionAssert.AreEqual(data, back);
            }
        }

        board.Stop();
        Assert.IsTrue(device.Join(60_000));
        Assert.AreEqual(0UL, firmware.Endpoint.Counters.Get(Counter.Ipv4HeaderBad));
        Assert.AreEqual(0UL, deviceLink.Counts.SourceUnknown + deviceLink.Counts.ReceiveErrors + deviceLink.Counts.NotSentError);

        static VxlanSettings Settings(Socket peer, byte number) => new()
        {
            Vni = Vni,
            Peer = 0x7F000001,
            PeerPort = ((IPEndPoint)peer.LocalEndPoint!).Port,
            PhysicalAddress = [2, 0x48, 0x4E, 0, 0, number],
        };
    }

    private static Action<byte[]> IpLength(int length) => datagram =>
        (datagram[20], datagram[21], datagram[24], datagram[25]) = (0x08, 0x00, (byte)(length >> 8), (byte)length);

    private static byte[] Datagram(int number, int length = 68, Action<byte[]>? change = null)
    {
        byte[] buffer = new byte[length];
        Frames.Write(buffer, number, length - FrameLayout.Ethernet);
        new byte[] { 0x08, 0, 0, 0, 0x12, 0x34, 0x56, 0 }.CopyTo(buffer, 0);
        change?.Invoke(buffer);
        return buffer;
    }

    private static int Number(byte[] datagram) => BitConverter.ToInt32(datagram, FrameLayout.Ethernet);

    private static byte[] Datagram(Socket socket)
    {
        byte[] buffer = new byte[4096];
        return buffer[..socket.Receive(buffer)];
    }

    private static Socket Bind(string address, int port = 0)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveTimeout = 60_000 };
        socket.Bind(new IPEndPoint(IPAddress.Parse(address), port));
        return socket;
    }

    private static int Wait(VxlanLink link, byte[] buffer)
    {
        int length = 0;
        for (long end = Environment.TickCount64 + 60_000; length == 0 && Environment.TickCount64 < end;)
        {
            link.Wait(1000);
            length = link.Receive(buffer);
        }

        return length;
    }

    /// <summary>A link, and a plain socket as its peer.</summary>
    private sealed class Rig : IDisposable
    {
        internal Rig(Action<VxlanSettings>? change = null)
        {
            Peer = Bind("127.0.0.1");
            PeerEndPoint = (IPEndPoint)Peer.LocalEndPoint!;
            Socket socket = VxlanUnderlay.Open(IPAddress.Loopback, 0);
            LinkEndPoint = (IPEndPoint)socket.LocalEndPoint!;
            var settings = new VxlanSettings { Vni = Vni, Port = LinkEndPoint.Port, Peer = 0x7F000001, PeerPort = PeerPort };
            change?.Invoke(settings);
            Link = new VxlanLink(settings, socket);
        }

        internal VxlanLink Link { get; }

        internal Socket Peer { get; }

        internal IPEndPoint PeerEndPoint { get; }

        internal IPEndPoint LinkEndPoint { get; }

        internal int PeerPort => PeerEndPoint.Port;

        public void Dispose()
        {
            Link.Dispose();
            Peer.Dispose();
        }

        internal void SendDatagram(byte[] datagram) => Peer.SendTo(datagram, LinkEndPoint);

        internal byte[] ReceiveDatagram() => Datagram(Peer);

        internal int Receive(byte[] buffer) => Wait(Link, buffer);

        internal int ReceiveNumber()
        {
            byte[] buffer = Frames.Buffer(Link);
            return Receive(buffer) == 0 ? -1 : Number(buffer);
        }

        /// <summary>So many were dropped, all of them for the one reason.</summary>
        internal void AssertDropped(int expected, ulong counted)
        {
            VxlanCounts counts = Link.Counts;
            Assert.AreEqual((ulong)expected, counted);
            Assert.AreEqual(
                counted,
                new[] { counts.TooShort, counts.TooLong, counts.FlagMissing, counts.VniUnknown, counts.SourceUnknown, counts.Tagged }
                    .Aggregate((a, b) => a + b));
        }
    }
}
