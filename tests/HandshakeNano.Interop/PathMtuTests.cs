using System;
using System.Globalization;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using HandshakeNano.Boards.Virtual;
using HandshakeNano.Net;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace HandshakeNano.Interop;

/// <summary>A client of the kernel, a router of the kernel whose way to the client is narrow, and the firmware.</summary>
[TestClass]
[DoNotParallelize]
public sealed class PathMtuTests
{
    private const string Client = "10.78.0.2";
    private const string Router = "10.78.0.1";

    [TestMethod]
    [DataRow(1000)]
    [DataRow(552)]
    [DataRow(300)]
    [DataRow(68)]
    public async Task EchoComesBackWholeThroughARouterWithAnMtuOf(int mtu)
    {
        TcpSettings settings = Lab.NewSettings();
        settings.Gateway = Lab.KernelAddress;
        using Lab lab = new Lab(settings);
        using NetworkNamespace client = Lab.NewNetwork();
        LayCable(lab.Network, client, mtu);
        lab.Start();
        using var stop = new CancellationTokenSource(Lab.Deadline);
        using (Socket socket = client.NewSocket())
        {
            await socket.ConnectAsync(Lab.EchoService, stop.Token);
            await Traffic.EchoAsync(socket, 1, 5_000, 5_000, stop.Token);
        }

        lab.WaitUntilIdle();
        Assert.AreNotEqual(0ul, lab.Count(Counter.IcmpErrorsReceived), "The router refused nothing.");
        Assert.AreNotEqual(0, lab.Network.KernelCounter("Ip", "FragFails"), "The router refused nothing.");
        Assert.AreEqual(0, lab.Network.KernelCounter("Ip", "FragCreates"), "The router cut a packet.");
        Assert.AreEqual(0ul, lab.Count(Counter.Retransmissions), "A hint needs no timeout.");
        lab.AssertHealthy();
    }

    /// <summary>The route alone is narrow: the cable takes what the client sends.</summary>
    private static void LayCable(NetworkNamespace router, NetworkNamespace client, int mtu)
    {
        router.LayCable(client, "cable");

        // A veth passes segments on that are not cut and have no checksum.
        foreach (NetworkNamespace end in new[] { router, client })
        {
            end.Run(() => KernelInterface.SilenceIpv6("cable"));
            end.Tool("ethtool", "-K", "cable", "tx", "off", "gso", "off", "tso", "off", "gro", "off");
            end.Tool("ip", "addr", "add", (end == router ? Router : Client) + "/24", "dev", "cable");
            end.Tool("ip", "link", "set", "cable", "up");
        }

        router.WaitForCarrier("cable");
        client.WaitForCarrier("cable");

        router.SetKernel("ipv4/ip_forward", "1");
        router.Tool("ip", "route", "replace", "10.78.0.0/24", "dev", "cable", "mtu", "lock", mtu.ToString(CultureInfo.InvariantCulture));
        client.Tool("ip", "route", "add", "default", "via", Router);
    }
}
