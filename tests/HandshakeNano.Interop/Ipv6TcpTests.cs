using System;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using HandshakeNano.Boards.Virtual;
using HandshakeNano.Net;
using HandshakeNano.Samples.HttpResponder;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace HandshakeNano.Interop;

/// <summary>The kernel and the device speak TCP over IPv6, with the kernel's defaults.</summary>
[TestClass]
[DoNotParallelize]
public sealed class Ipv6TcpTests
{
    private const int Port = 6000;

    public required TestContext TestContext { get; set; }

    /// <summary>One after another, fifty at once, and a megabyte each way; over the address of the link and over a router's.</summary>
    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public async Task TheKernelConnects(bool isGlobal)
    {
        using Lab lab = Ipv6Tests.NewLab();
        using Radvd? router = isGlobal ? new Radvd(lab.Network, Ipv6Tests.PrefixOptions) : null;
        IPEndPoint echo = Service(lab, isGlobal ? 1 : 0);
        lab.Start();
        for (int i = 0; i < 300; i++)
        {
            using Socket socket = lab.Connect(echo);
            byte[] data = Traffic.Bytes(i, 1 + i * 7);
            socket.Send(data);
            Traffic.AssertSame(data, Traffic.Read(socket, data.Length));
            socket.Shutdown(SocketShutdown.Send);
            Traffic.ReadEnd(socket);
        }

        using var stop = new CancellationTokenSource(Lab.Deadline);
        var all = new Task[50];
        for (int i = 0; i < all.Length; i++)
            all[i] = EchoAsync(lab, echo, i, 20_000, stop.Token);
        await Task.WhenAll(all);
        await EchoAsync(lab, echo, 99, 1_000_000, stop.Token);
        lab.WaitUntilIdle();
        Assert.AreEqual(351ul, lab.Count(Counter.PassiveOpens));
        Assert.AreEqual(0ul, lab.Count(Counter.ResetsSent));
        lab.AssertHealthy();
    }

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void TheDeviceConnects(bool isGlobal)
    {
        const int Opens = 500;
        using Lab lab = Ipv6Tests.NewLab();
        using Radvd? router = isGlobal ? new Radvd(lab.Network, Ipv6Tests.PrefixOptions) : null;
        lab.StepUntil(() => Ipv6Tests.Address(lab, isGlobal ? 1 : 0) != null, "it has an address");
        string kernel = isGlobal ? Ipv6Tests.KernelAddress : LinkLocal(lab.Network);
        using var server = new KernelEchoServer(lab.Network, Port, "::");
        byte[] address = Ipv6Address.Parse(kernel);
        EchoExchange.RunAll(lab, () => lab.Endpoint.Connect(address, Port), Opens, 20);
        lab.StepUntil(() => lab.Endpoint.ConnectionCount == 0, "no connection is left");
        Lab.WaitUntil(() => server.Finished == Opens, "the kernel saw every connection's end");
        Assert.AreEqual(0, server.Failed);
        Assert.AreEqual((ulong)Opens, lab.Count(Counter.ActiveOpens));
        Assert.AreEqual(0ul, lab.Count(Counter.ResetsSent));
        lab.AssertHealthy();
    }

    [TestMethod]
    public void CurlGetsThePageAndNmapSeesThePorts()
    {
        using Lab lab = Ipv6Tests.NewLab(services: new HttpService());
        string address = Service(lab, 0).Address.ToString().Split('%')[0];
        lab.Start();
        string page = lab.Network.Tool("curl", "-6", "-sS", "--fail", "--max-time", "60", $"http://[{address}%25{Lab.TapName}]/");
        Assert.Contains("HandshakeNano", page);
        string ports = lab.Network.Tool("nmap", "-6", "-n", "-Pn", "-sT", "-p", "80,81", address + "%" + Lab.TapName);
        Assert.MatchesRegex(@"80/tcp +open", ports);
        Assert.MatchesRegex(@"81/tcp +closed", ports);
        lab.AssertHealthy();
    }

    [TestMethod]
    public void WhoIsNotThereOrRefusesIsTold()
    {
        using Lab lab = Ipv6Tests.NewLab();
        lab.StepUntil(() => Ipv6Tests.Address(lab, 0) != null, "it has an address");
        Assert.AreEqual(TcpCloseReason.Refused, ReasonOf(lab, LinkLocal(lab.Network)));
        Assert.AreEqual(TcpCloseReason.Unreachable, ReasonOf(lab, "fe80::99"));
        Assert.AreEqual(TcpCloseReason.Unreachable, ReasonOf(lab, "2001:db8:99::1"));
        lab.Network.Tool("nft", "add table inet filter");
        lab.Network.Tool("nft", "add chain inet filter input { type filter hook input priority 0; }");
        lab.Network.Tool("nft", $"add rule inet filter input tcp dport {Port} reject with icmpv6 type admin-prohibited");
        Assert.AreEqual(TcpCloseReason.Unreachable, ReasonOf(lab, LinkLocal(lab.Network)));
        lab.AssertHealthy();
    }

    /// <summary>The kernel asks and is asked whether the other is there while a connection lasts for minutes.</summary>
    [TestMethod]
    public void AConnectionLastsWhileNeighboursAskForEachOther()
    {
        var clock = new FastClock(20);
        using Lab lab = Ipv6Tests.NewLab(clock);
        IPEndPoint echo = Service(lab, 0);
        lab.Start();
        using Socket socket = lab.Connect(echo);
        for (int i = 0; i < 60; i++)
        {
            byte[] data = Traffic.Bytes(i, 100);
            socket.Send(data);
            Traffic.AssertSame(data, Traffic.Read(socket, 100));
            Thread.Sleep(100);
        }

        Assert.AreEqual(0ul, lab.Count(Counter.ResetsSent));
        lab.AssertHealthy();
    }

    private static async Task EchoAsync(Lab lab, IPEndPoint echo, int seed, int length, CancellationToken stop)
    {
        using Socket socket = lab.Network.NewSocket(AddressFamily.InterNetworkV6);
        await socket.ConnectAsync(echo, stop);
        await Traffic.EchoAsync(socket, seed, length, 5_000, stop);
    }

    /// <summary>The device's echo at one of its addresses, as soon as it has that.</summary>
    private static IPEndPoint Service(Lab lab, int place)
    {
        lab.StepUntil(() => Ipv6Tests.Address(lab, place) != null, "it has an address");
        var address = IPAddress.Parse(Ipv6Tests.Address(lab, place)!);
        if (place == 0)
        {
            string link = lab.Network.Tool("ip", "-o", "link", "show", "dev", Lab.TapName);
            address.ScopeId = long.Parse(link.Split(':')[0], CultureInfo.InvariantCulture);
        }

        return new IPEndPoint(address, Lab.Echo);
    }

    /// <summary>The kernel's own address of the link.</summary>
    private static string LinkLocal(NetworkNamespace network)
    {
        string address = network.Tool("ip", "-6", "-o", "address", "show", "dev", Lab.TapName, "scope", "link");
        return address.Split("inet6 ")[1].Split('/')[0];
    }

    private static TcpCloseReason ReasonOf(Lab lab, string address)
    {
        TcpConnection connection = lab.Endpoint.Connect(Ipv6Address.Parse(address), Port);
        lab.StepUntil(() => connection.State == TcpState.Closed, "the end of " + address);
        connection.Close();
        return connection.CloseReason;
    }
}
