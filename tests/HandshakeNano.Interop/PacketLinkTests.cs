using System;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Threading.Tasks;
using HandshakeNano.Boards.Virtual;
using HandshakeNano.Firmware;
using HandshakeNano.Net;
using HandshakeNano.Packets;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace HandshakeNano.Interop;

/// <summary>
/// Our stack as one more host on a cable between two kernels, which have no network card: with their offloads as they are by default
/// they hand over segments that are merged (GSO) and checksums that are not filled in.
/// </summary>
[TestClass]
[DoNotParallelize]
public sealed class PacketLinkTests
{
    private const string Cable = "cable", Ours = "10.9.0.77";
    private const int Port = 8000;

    public required TestContext TestContext { get; set; }

    [TestMethod]
    [DataRow("10.9.0.2")]
    [DataRow("fe80::2")]
    public void AKernelThatMergesItsSegmentsNeedsToSendNoneAgain(string host)
    {
        byte[] data = Traffic.Bytes(1, 4 << 20);
        using NetworkNamespace ours = Lab.NewNetwork(), theirs = Lab.NewNetwork();
        LayCable(ours, theirs);
        Assert.Contains("\ntcp-segmentation-offload: on", theirs.Tool("ethtool", "-k", Cable));
        using Socket listener = Listen(theirs, host.Contains(':', StringComparison.Ordinal) ? IPAddress.IPv6Any : IPAddress.Any);
        Task sending = Task.Run(() => Send(listener, data));
        using PacketLink link = ours.Run(() => PacketLink.Open(Cable));
        IPAddress address = IPAddress.Parse(host);
        bool isIpv6 = address.AddressFamily == AddressFamily.InterNetworkV6;
        var settings = new TcpSettings { Address = Lab.Address(Ours), PrefixLength = 24, ReceiveBufferSize = 65536, Ipv6 = isIpv6 };
        var endpoint = new TcpEndpoint(link, new SystemEntropy(), settings);
        var loop = new TcpLoop(endpoint, link, new HighResTimerClock());
        while (isIpv6 && !endpoint.Ipv6.CopyAddress(0, new byte[16], 0))
            loop.Step(1);
        var time = Stopwatch.StartNew();
        TcpConnection connection = isIpv6 ? endpoint.Connect(address.GetAddressBytes(), Port) : endpoint.Connect(Lab.Address(host), Port);
        byte[] received = new byte[data.Length];
        for (int have = 0; have < data.Length;)
        {
            int count = connection.Read(received, have, data.Length - have);
            have += count;
            if (count > 0)
                continue;
            Assert.AreEqual(TcpCloseReason.None, connection.CloseReason);
            Assert.IsLessThan(Lab.Deadline, time.Elapsed, $"{have} bytes have come.");
            loop.Step(1);
        }

        TestContext.WriteLine(Traffic.Rate(data.Length, time, "bytes"));
        TestContext.WriteLine($"{theirs.KernelCounter("Tcp", "RetransSegs")} segments were sent again.");
        Traffic.AssertSame(data, received);
        sending.Wait();
        Assert.AreEqual(0ul, link.Oversized);
        Assert.AreEqual(0ul, endpoint.Counters.Get(Counter.TcpChecksumBad));
        Assert.AreEqual(0, theirs.KernelCounter("Tcp", "RetransSegs"), "Segments were lost.");
    }

    /// <summary>A program has the kernel cut a text into datagrams (UDP_SEGMENT), as QUIC does; an odd rest is the last of them.</summary>
    [TestMethod]
    public void AKernelThatMergesItsDatagramsLosesNone()
    {
        const int UdpLevel = 17, UdpSegment = 103, Size = 1000;
        byte[] data = Traffic.Bytes(2, (20 * Size) + 333);
        using NetworkNamespace ours = Lab.NewNetwork(), theirs = Lab.NewNetwork();
        LayCable(ours, theirs);
        using PacketLink link = ours.Run(() => PacketLink.Open(Cable));
        theirs.Tool("ip", "neighbour", "replace", Ours, "lladdr", BitConverter.ToString(link.PhysicalAddress).Replace('-', ':'), "dev", Cable);
        using Socket socket = theirs.Run(() => new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp));
        socket.SetRawSocketOption(UdpLevel, UdpSegment, BitConverter.GetBytes(Size));
        socket.SendTo(data, new IPEndPoint(IPAddress.Parse(Ours), Port));
        byte[] buffer = new byte[FrameLayout.BufferSize(link.Mtu)], received = new byte[data.Length];
        int have = 0;
        while (have < data.Length)
        {
            int length = link.Receive(buffer);
            if (length == 0)
            {
                link.Wait((int)Lab.Deadline.TotalMilliseconds);
                continue;
            }

            ReadOnlySpan<byte> packet = buffer.AsSpan(FrameLayout.Network, length - FrameLayout.EthernetHeaderLength);
            if (packet[0] != 0x45 || packet[9] != 17)
                continue;
            Assert.AreEqual(Math.Min(Size, data.Length - have), packet.Length - 28, $"The datagram after {have} bytes.");
            Assert.AreEqual(0, Checksum.Of(packet[..20]));
            Assert.AreEqual(0, Checksum.Of(packet[12..16], packet[16..20], 17, packet[20..]));
            packet[28..].CopyTo(received.AsSpan(have));
            have += packet.Length - 28;
        }

        Traffic.AssertSame(data, received);
        Assert.AreEqual(0ul, link.Oversized);
    }

    /// <summary>A cable of a longer MTU than ours carries a frame that nobody has merged.</summary>
    [TestMethod]
    public void AFrameThatIsTooLongIsCounted()
    {
        using NetworkNamespace ours = Lab.NewNetwork(), theirs = Lab.NewNetwork();
        LayCable(ours, theirs);
        ours.Tool("ip", "link", "set", Cable, "mtu", "9000");
        theirs.Tool("ip", "link", "set", Cable, "mtu", "9000");
        using PacketLink link = ours.Run(() => PacketLink.Open(Cable));
        theirs.Tool("ip", "neighbour", "replace", Ours, "lladdr", BitConverter.ToString(link.PhysicalAddress).Replace('-', ':'), "dev", Cable);
        using Socket socket = theirs.Run(() => new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp));
        var target = new IPEndPoint(IPAddress.Parse(Ours), Port);
        socket.SendTo(new byte[4000], target);
        socket.SendTo(new byte[100], target);
        byte[] buffer = new byte[FrameLayout.BufferSize(link.Mtu)];
        while (link.Receive(buffer) != 14 + 28 + 100)
            link.Wait(10);
        Assert.AreEqual(1ul, link.Oversized);
    }

    private static void LayCable(NetworkNamespace ours, NetworkNamespace theirs)
    {
        ours.LayCable(theirs, Cable);
        foreach ((NetworkNamespace end, int number) in new[] { (ours, 1), (theirs, 2) })
        {
            end.SetKernel($"ipv6/conf/{Cable}/disable_ipv6", "0");
            end.SetKernel($"ipv6/conf/{Cable}/accept_dad", "0");
            end.Tool("ip", "address", "add", string.Create(CultureInfo.InvariantCulture, $"10.9.0.{number}/24"), "dev", Cable);
            end.Tool("ip", "address", "add", string.Create(CultureInfo.InvariantCulture, $"fe80::{number}/64"), "dev", Cable, "nodad");
            end.Tool("ip", "link", "set", Cable, "up");

            // On a busy computer an ACK may be late: what is sent again is to be what was lost.
            end.SetKernel("ipv4/tcp_early_retrans", "0");
            end.Tool("ip", "route", "change", "10.9.0.0/24", "dev", Cable, "rto_min", "10s");
            end.Tool("ip", "-6", "route", "add", "fe80::/64", "dev", Cable, "metric", "1", "rto_min", "10s");
        }

        ours.WaitForCarrier(Cable);
        theirs.WaitForCarrier(Cable);
    }

    private static Socket Listen(NetworkNamespace network, IPAddress address)
    {
        Socket listener = network.NewSocket(address.AddressFamily);
        listener.Bind(new IPEndPoint(address, Port));
        listener.Listen();
        return listener;
    }

    private static void Send(Socket listener, byte[] data)
    {
        using Socket socket = listener.Accept();
        socket.SendTimeout = (int)Lab.Deadline.TotalMilliseconds;
        for (int sent = 0; sent < data.Length;)
            sent += socket.Send(data, sent, data.Length - sent, SocketFlags.None);
        socket.Shutdown(SocketShutdown.Send);
    }
}
