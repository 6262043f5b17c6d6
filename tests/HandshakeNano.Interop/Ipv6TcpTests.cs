using System;
using System.Globalization;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using HandshakeNano.Boards.Virtual;
using HandshakeNano.Net;
using HandshakeNano.Samples.Sensor;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace HandshakeNano.Interop;

/// <summary>The kernel and the device speak TCP over IPv6, with the kernel's defaults.</summary>
[TestClass]
[DoNotParallelize]
public sealed class Ipv6TcpTests
{
    private const int Port = 6000;
    private const string Far = "2001:db8:99::7";

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
    public async Task ThousandsOneAfterAnotherAndFiveHundredAtOnce()
    {
        const int AtOnce = 500;
        int rounds = Night.Or(20_000, 2_000);
        using Lab lab = Ipv6Tests.NewLab(settings: Lab.NewSettings(600));
        IPEndPoint echo = Service(lab, 0);
        lab.Network.SetKernel("ipv4/ip_local_port_range", "1024 65000");
        lab.Start();
        lab.EchoOneAfterAnother(rounds, echo);
        using var stop = new CancellationTokenSource(Lab.Deadline);
        var sockets = new Socket[AtOnce];
        for (int i = 0; i < AtOnce; i++)
        {
            sockets[i] = lab.Network.NewSocket(AddressFamily.InterNetworkV6);
            await sockets[i].ConnectAsync(echo, stop.Token);
        }

        string connection = lab.Network.Tool("ss", "-6tinoH", "dport", "=", ":7");
        Assert.Contains(" ts sack ", connection);
        Assert.Contains(" wscale:", connection);
        await Task.WhenAll(Enumerable.Range(0, AtOnce).Select(i => Traffic.EchoAsync(sockets[i], i, 2_000, 1_000, stop.Token)));
        foreach (Socket socket in sockets)
            socket.Dispose();
        lab.WaitUntilIdle();
        Assert.AreEqual((ulong)(rounds + AtOnce), lab.Count(Counter.Established));
        Assert.AreEqual(0ul, lab.Count(Counter.ResetsSent));
        lab.AssertHealthy();
    }

    [TestMethod]
    public async Task EveryConnectionCompletesThoughThreeOfTenPacketsAreLost()
    {
        int connections = Night.Or(200, 30);
        using Lab lab = Ipv6Tests.NewLab(settings: LossTests.PatientSettings());
        LossTests.MakeKernelPatient(lab);
        lab.Network.SetKernel($"ipv6/neigh/{Lab.TapName}/ucast_solicit", "60");
        lab.Network.SetKernel($"ipv6/neigh/{Lab.TapName}/mcast_solicit", "60");
        IPEndPoint echo = Service(lab, 0);
        lab.Start();
        LossTests.LoseThreeOfTen(lab);
        using var stop = new CancellationTokenSource(TimeSpan.FromMinutes(30));
        await Task.WhenAll(Enumerable.Range(0, connections).Select(i => EchoAsync(lab, echo, i, 2_000 + 20 * i, stop.Token)));
        Assert.AreEqual((ulong)connections, lab.Count(Counter.Established));
        Assert.AreEqual(0ul, lab.Count(Counter.TimedOut));
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
        using Lab lab = Ipv6Tests.NewLab(services: new SensorService());
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

    /// <summary>The route to a host behind the kernel is as narrow as IPv6 allows.</summary>
    [TestMethod]
    public async Task AnEchoComesBackWholeThroughARouterWithAnMtuOf1280()
    {
        TcpSettings settings = Lab.NewSettings();
        settings.SendBufferSize = 8192;
        using Lab lab = Ipv6Tests.NewLab(settings: settings);
        using NetworkNamespace client = Lab.NewNetwork();
        LayCable(lab.Network, "cable", client);
        lab.Network.Tool("ip", "-6", "address", "add", "2001:db8:2::1/64", "dev", "cable", "nodad");
        lab.Network.Tool("ip", "-6", "route", "replace", "2001:db8:2::/64", "dev", "cable", "metric", "1", "mtu", "lock", "1280");
        client.Tool("ip", "-6", "address", "add", "2001:db8:2::2/64", "dev", "cable", "nodad");
        client.Tool("ip", "-6", "route", "add", "default", "via", "2001:db8:2::1");
        using var router = new Radvd(lab.Network, Ipv6Tests.PrefixOptions);
        IPEndPoint echo = Service(lab, 1);
        lab.Start();
        using var stop = new CancellationTokenSource(Lab.Deadline);
        using (Socket socket = client.NewSocket(AddressFamily.InterNetworkV6))
        {
            await socket.ConnectAsync(echo, stop.Token);
            await Traffic.EchoAsync(socket, 1, 50_000, 5_000, stop.Token);
        }

        lab.WaitUntilIdle();
        Assert.AreNotEqual(0ul, lab.Count(Counter.IcmpErrorsReceived), "The router refused nothing.");
        Assert.AreEqual(0ul, lab.Count(Counter.Retransmissions), "A hint needs no timeout.");
        lab.AssertHealthy();
    }

    /// <summary>Two routers lead to a host; the one that the device uses loses its cable.</summary>
    [TestMethod]
    public void WhenARouterIsSilentTheOtherOneIsTaken()
    {
        var clock = new FastClock(10);
        using Lab lab = Ipv6Tests.NewLab(clock);
        using NetworkNamespace first = Lab.NewNetwork(), second = Lab.NewNetwork();
        Join(lab.Network, first, second);
        using var firstServer = new KernelEchoServer(first, Port, "::");
        using var secondServer = new KernelEchoServer(second, Port, "::");

        // By a clock that is ten times as fast the usual 12 s are over before the next advertisement.
        const string Options = Ipv6Tests.PrefixOptions + "AdvDefaultLifetime 900;";
        using var firstRouter = new Radvd(first, Options, "cable");
        using var secondRouter = new Radvd(second, Options, "cable");
        byte[] router = new byte[16];
        lab.StepUntil(() => Ipv6Tests.Address(lab, 1) != null && lab.Endpoint.Ipv6.CopyRouter(1, router, 0, clock.Now), "two routers");
        byte[] far = Ipv6Address.Parse(Far);
        EchoExchange.RunAll(lab, () => lab.Endpoint.Connect(far, Port), 20, 1);
        Assert.AreEqual(20, firstServer.Finished + secondServer.Finished);
        bool isFirst = firstServer.Finished != 0;
        Assert.AreEqual(20, isFirst ? firstServer.Finished : secondServer.Finished, "One router is used while it answers.");
        (isFirst ? first : second).Tool("ip", "link", "set", "cable", "down");
        TcpConnection connection = lab.Endpoint.Connect(far, Port);
        lab.StepUntil(() => connection.State != TcpState.SynSent, "the other router leads on");
        Assert.AreEqual(TcpState.Established, connection.State);
        connection.Abort();
        lab.AssertHealthy();
    }

    /// <summary>The default router says that another one is better, and then loses its cable: the connection goes on.</summary>
    [TestMethod]
    public void ARedirectOfTheKernelIsTaken()
    {
        using Lab lab = Ipv6Tests.NewLab();
        using NetworkNamespace first = Lab.NewNetwork(), second = Lab.NewNetwork();
        Join(lab.Network, first, second);
        first.Tool("ip", "-6", "address", "del", Far + "/128", "dev", "lo");
        first.Tool("ip", "-6", "route", "add", Far + "/128", "via", LinkLocal(second, "cable"), "dev", "cable");
        using var server = new KernelEchoServer(second, Port, "::");
        using var router = new Radvd(first, Ipv6Tests.PrefixOptions, "cable");
        lab.StepUntil(() => Ipv6Tests.Address(lab, 1) != null, "a router gives an address");
        TcpConnection connection = lab.Endpoint.Connect(Ipv6Address.Parse(Far), Port);
        ulong before = lab.Count(Counter.FramesReceived);
        lab.StepUntil(() => connection.State == TcpState.Established && lab.Count(Counter.FramesReceived) > before + 1, "a connection and a redirect");
        byte[] data = Traffic.Bytes(1, 1000);
        for (int i = 0; i < 3; i++)
        {
            Assert.AreEqual(1000, connection.Write(data, 0, 1000));
            lab.StepUntil(() => connection.Available == 1000, "the echo");
            byte[] echoed = new byte[1000];
            connection.Read(echoed, 0, 1000);
            Traffic.AssertSame(data, echoed);
            if (i == 0)
                first.Tool("ip", "link", "set", "cable", "down");
        }

        Assert.AreEqual(0ul, lab.Count(Counter.Retransmissions));
        Assert.AreEqual(0ul, lab.Count(Counter.RedirectUnmatched));
        connection.Abort();
        lab.AssertHealthy();
    }

    /// <summary>A cable between two namespaces, with IPv6 on it.</summary>
    private static void LayCable(NetworkNamespace network, string name, NetworkNamespace other)
    {
        network.LayCable(other, name, "cable");

        // A veth passes segments on that are not cut and have no checksum.
        foreach (NetworkNamespace end in new[] { network, other })
        {
            string here = end == network ? name : "cable";
            end.Tool("ethtool", "-K", here, "tx", "off", "gso", "off", "tso", "off", "gro", "off");
            end.SetKernel($"ipv6/conf/{here}/disable_ipv6", "0");
            end.SetKernel($"ipv6/conf/{here}/accept_dad", "0");
            end.Tool("ip", "link", "set", here, "up");
        }

        network.WaitForCarrier(name);
        other.WaitForCarrier("cable");
    }

    /// <summary>Two routers on the device's link, which the kernel of the lab only carries; a host is behind each.</summary>
    private static void Join(NetworkNamespace network, params NetworkNamespace[] routers)
    {
        string[] cables = [Lab.TapName, "cable1", "cable2"];
        for (int i = 0; i < routers.Length; i++)
        {
            LayCable(network, cables[i + 1], routers[i]);
            routers[i].Tool("ip", "link", "set", "lo", "up");
            routers[i].SetKernel("ipv6/conf/lo/disable_ipv6", "0");
            routers[i].SetKernel("ipv6/conf/all/forwarding", "1");
            routers[i].Tool("ip", "-6", "address", "add", $"2001:db8:1::{i + 1}/64", "dev", "cable", "nodad");
            routers[i].Tool("ip", "-6", "address", "add", Far + "/128", "dev", "lo", "nodad");
        }

        network.Tool("ip", "address", "flush", "dev", Lab.TapName);
        network.Bridge("bridge", cables);
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
    private static string LinkLocal(NetworkNamespace network, string name = Lab.TapName)
    {
        string address = network.Tool("ip", "-6", "-o", "address", "show", "dev", name, "scope", "link");
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
