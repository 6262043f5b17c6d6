using System;
using System.Buffers.Binary;
using System.IO;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using HandshakeNano.Boards.Virtual;
using HandshakeNano.Net;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace HandshakeNano.Links.Tests;

/// <summary>
/// Against the real kernel, in a network namespace of the test's own. Where that is not allowed, each test checks that the
/// refusal is one plain line.
/// </summary>
[TestClass]
public class TapTests
{
    private const uint DeviceAddress = 0x0A4D0002, KernelAddress = 0x0A4D0001;
    private static readonly byte[] s_deviceMac = [0x02, 0x48, 0x4E, 0, 0, 2];

    [TestMethod]
    public void The_kernel_resolves_us_and_its_checksums_are_complete()
    {
        if (!TryOpen(out NetworkNamespace? network, out TapLink? link))
            return;
        using (network)
        using (link)
        {
            byte[] frame = Frames.Buffer(link!);
            using Socket socket = network!.Run(() => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
            using Socket datagrams = network.Run(() => new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp));
            socket.Blocking = false;
            var device = new IPEndPoint(IPAddress.Parse("10.77.0.2"), 7);
            SocketException refusal = Assert.ThrowsExactly<SocketException>(() => socket.Connect(device));
            Assert.AreEqual(SocketError.WouldBlock, refusal.SocketErrorCode);
            datagrams.SendTo(new byte[1472], device);

            // Who has 10.77.0.2? Tell 10.77.0.1.
            int length = ReceiveType(link!, frame, 0x0806);
            Assert.IsGreaterThanOrEqualTo(42, length);
            Assert.AreEqual(KernelAddress, Read32(frame, FrameLayout.Network + 14));
            Assert.AreEqual(DeviceAddress, Read32(frame, FrameLayout.Network + 24));
            CollectionAssert.AreNotEqual(s_deviceMac, frame[(FrameLayout.Ethernet + 6)..(FrameLayout.Ethernet + 12)]);

            // 10.77.0.2 is at our address.
            frame.AsSpan(FrameLayout.Ethernet + 6, 6).CopyTo(frame.AsSpan(FrameLayout.Ethernet));
            s_deviceMac.CopyTo(frame, FrameLayout.Ethernet + 6);
            frame[FrameLayout.Network + 7] = 2;
            frame.AsSpan(FrameLayout.Network + 8, 10).CopyTo(frame.AsSpan(FrameLayout.Network + 18));
            s_deviceMac.CopyTo(frame, FrameLayout.Network + 8);
            BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(FrameLayout.Network + 14), DeviceAddress);
            Assert.IsTrue(link!.Send(frame, 42));

            // The SYN and the datagram that fills the MTU, with checksums that hold.
            bool sawTcp = false, sawUdp = false;
            while (!sawTcp || !sawUdp)
            {
                length = ReceiveType(link, frame, 0x0800);
                int total = BinaryPrimitives.ReadUInt16BigEndian(frame.AsSpan(FrameLayout.Network + 2));
                CollectionAssert.AreEqual(s_deviceMac, frame[FrameLayout.Ethernet..(FrameLayout.Ethernet + 6)]);
                Assert.AreEqual(0, Sum(frame, FrameLayout.Network, 20, 0), "IPv4 header checksum");
                int protocol = frame[FrameLayout.Network + 9];
                sawTcp |= protocol == 6;
                if (protocol == 17)
                {
                    sawUdp = true;
                    Assert.AreEqual(1514, length);
                }

                int pseudo = protocol + total - 20;
                for (int i = 0; i < 8; i += 2)
                    pseudo += BinaryPrimitives.ReadUInt16BigEndian(frame.AsSpan(FrameLayout.Network + 12 + i));
                Assert.AreEqual(0, Sum(frame, FrameLayout.Transport, total - 20, pseudo), "TCP or UDP checksum");
            }

            Assert.AreEqual(0UL, link.Oversized);
        }
    }

    [TestMethod]
    public void The_interface_is_in_the_namespace_alone_and_goes_away_with_the_link()
    {
        if (!TryOpen(out NetworkNamespace? network, out TapLink? link))
            return;
        using (network)
        {
            string name = link!.Name;
            Assert.IsTrue(Exists(network!, name));
            Assert.IsFalse(File.Exists("/sys/class/net/" + name));
            Assert.IsTrue(link.IsUp);
            link.Dispose();
            Assert.IsFalse(Exists(network!, name));
            Assert.IsFalse(link.IsUp);
            byte[] frame = Frames.Buffer(link);
            Assert.AreEqual(0, link.Receive(frame));
            Assert.IsFalse(link.Send(frame, 60));
            link.Wait(0);
        }
    }

    [TestMethod]
    public void Nothing_is_allocated_per_frame_on_TAP()
    {
        if (!TryOpen(out NetworkNamespace? network, out TapLink? link))
            return;
        using (network)
        using (link)
        {
            byte[] frame = Frames.Buffer(link!);
            Turn(100);
            long before = GC.GetAllocatedBytesForCurrentThread();
            Turn(5000);
            Assert.AreEqual(0L, GC.GetAllocatedBytesForCurrentThread() - before);

            void Turn(int count)
            {
                int answers = 0;
                for (int i = 0; i < count; i++)
                {
                    WriteArpRequest(frame);
                    if (!link!.Send(frame, 42))
                        throw new InvalidOperationException("The kernel did not take the frame.");
                    link.Wait(10_000);
                    while (link.Receive(frame) > 0)
                        answers += frame[FrameLayout.Network + 7] == 2 ? 1 : 0;
                }

                if (answers < count)
                    throw new InvalidOperationException("The kernel did not answer every ARP request.");
            }
        }
    }

    [TestMethod]
    public void A_smaller_MTU_is_the_kernels_as_well()
    {
        if (!NetworkNamespace.TryCreate(out NetworkNamespace? network, out string reason))
        {
            AssertOneLine(reason);
            return;
        }

        using (network)
        using (TapLink link = network!.OpenTap("small0", KernelAddress, 24, 1280))
        {
            Assert.AreEqual(1280, link.Mtu);
            string shown = network.Run(() => Find(link.Name)!.GetIPProperties().GetIPv4Properties().Mtu.ToString());
            Assert.AreEqual("1280", shown);
        }
    }

    [TestMethod]
    public void Names_that_the_kernel_does_not_take_are_refused()
    {
        Assert.ThrowsExactly<ArgumentException>(() => TapLink.Open("a-name-far-too-long"));
        Assert.ThrowsExactly<ArgumentException>(() => TapLink.Open("a/b"));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => TapLink.Open("a", 1501));
    }

    private static bool TryOpen(out NetworkNamespace? network, out TapLink? link)
    {
        link = null;
        if (!NetworkNamespace.TryCreate(out network, out string reason))
        {
            AssertOneLine(reason);
            return false;
        }

        link = network!.OpenTap(null, KernelAddress, 24);
        return true;
    }

    private static void AssertOneLine(string reason)
    {
        Assert.AreNotEqual(string.Empty, reason);
        Assert.IsFalse(reason.Contains('\n', StringComparison.Ordinal));

        // CAP_NET_ADMIN and CAP_SYS_ADMIN: who has both may, if only there is a TAP device.
        string status = Array.Find(File.ReadAllLines("/proc/self/status"), l => l.StartsWith("CapEff:", StringComparison.Ordinal))!;
        ulong capabilities = Convert.ToUInt64(status[7..].Trim(), 16);
        if ((capabilities >> 12 & capabilities >> 21 & 1) == 1)
            StringAssert.StartsWith(reason, "/dev/net/tun");
    }

    private static bool Exists(NetworkNamespace network, string name)
    {
        return network.Run(() => Find(name) != null);
    }

    private static NetworkInterface? Find(string name)
    {
        return Array.Find(NetworkInterface.GetAllNetworkInterfaces(), i => i.Name == name);
    }

    private static int ReceiveType(TapLink link, byte[] frame, int type)
    {
        // The kernel also sends IPv6 of its own accord: a bounded number of other frames is stepped over.
        for (int turn = 0; turn < 100; turn++)
        {
            link.Wait(1000);
            int length = link.Receive(frame);
            if (length > 0 && BinaryPrimitives.ReadUInt16BigEndian(frame.AsSpan(FrameLayout.Ethernet + 12)) == type)
                return length;
        }

        Assert.Fail("The kernel sent no frame of type " + type.ToString("X4") + ".");
        return 0;
    }

    private static void WriteArpRequest(byte[] frame)
    {
        Span<byte> at = frame.AsSpan(FrameLayout.Ethernet, 42);
        at.Clear();
        at[..6].Fill(0xFF);
        s_deviceMac.CopyTo(at[6..]);
        ((ReadOnlySpan<byte>)[8, 6, 0, 1, 8, 0, 6, 4, 0, 1]).CopyTo(at[12..]);
        s_deviceMac.CopyTo(at[22..]);
        BinaryPrimitives.WriteUInt32BigEndian(at[28..], DeviceAddress);
        BinaryPrimitives.WriteUInt32BigEndian(at[38..], KernelAddress);
    }

    private static uint Read32(byte[] buffer, int at)
    {
        return BinaryPrimitives.ReadUInt32BigEndian(buffer.AsSpan(at));
    }

    private static int Sum(byte[] buffer, int start, int length, int sum)
    {
        for (int i = 0; i < length; i++)
            sum += buffer[start + i] << ((i & 1) == 0 ? 8 : 0);
        while (sum >> 16 != 0)
            sum = (sum & 0xFFFF) + (sum >> 16);
        return sum ^ 0xFFFF;
    }
}
