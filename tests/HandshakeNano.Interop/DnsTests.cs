using System;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using HandshakeNano.Boards.Virtual;
using HandshakeNano.Firmware;
using HandshakeNano.Net;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace HandshakeNano.Interop;

/// <summary>The device looks names up at dnsmasq, over UDP and TCP, and does not listen to others.</summary>
[TestClass]
[DoNotParallelize]
public sealed class DnsTests
{
    /// <summary>An address of the link that nobody has.</summary>
    private const string Nobody = "10.77.0.3";

    private const string Second = "10.77.0.4";

    [TestMethod]
    public void ANameHasItsAddressAlsoThroughOthersAndItIsKept()
    {
        using Lab lab = NewLab(Lab.Kernel);
        using Dnsmasq server = Dnsmasq.WithNames(lab.Network, Lab.Kernel, "--local-ttl=300",
            "--host-record=host.test,10.1.2.3", "--cname=b.test,host.test", "--cname=a.test,b.test");
        Assert.AreEqual("10.1.2.3", Resolve(lab, "host.test"));
        Assert.AreEqual("10.1.2.3", Resolve(lab, "a.test"));
        Assert.AreEqual("10.1.2.3", Resolve(lab, "HOST.test."));
        server.AssertSaid(1, "query[A] host.test");
        server.AssertSaid(1, "query[A] a.test");
        Assert.AreEqual(1ul, lab.Count(Counter.DnsCached));
        Assert.AreEqual(2ul, lab.Count(Counter.DnsSent));
        AssertHealthy(lab);
    }

    [TestMethod]
    public void ANameThatIsNotThereAndOneWithoutAnAddressAreToldApart()
    {
        using Lab lab = NewLab(Lab.Kernel);
        using Dnsmasq server = Dnsmasq.WithNames(lab.Network, Lab.Kernel, "--txt-record=text.test,hello", "--host-record=six.test,2001:db8::7");
        Assert.AreEqual("NoSuchName", Resolve(lab, "missing.test"));
        Assert.AreEqual("NoAddress", Resolve(lab, "text.test"));
        Assert.AreEqual("NoAddress", Resolve(lab, "six.test"));

        // It asks nobody, and refuses what it does not know itself.
        Assert.AreEqual("ServerFailed", Resolve(lab, "www.example.com"));
        AssertHealthy(lab);
    }

    [TestMethod]
    public void WithIpv6ANameMayHaveThatAddressAlone()
    {
        TcpSettings settings = NewSettings(Lab.Kernel);
        settings.Ipv6 = true;
        using var lab = new Lab(settings);
        using Dnsmasq server = Dnsmasq.WithNames(lab.Network, Lab.Kernel, "--host-record=six.test,2001:db8::7",
            "--host-record=both.test,10.1.2.3,2001:db8::8");
        Assert.AreEqual("2001:db8::7", Resolve(lab, "six.test"));
        Assert.AreEqual("10.1.2.3", Resolve(lab, "both.test"));
        Assert.AreEqual("2001:db8::8", Resolve(lab, "both.test", DnsAddresses.Ipv6));
        Assert.AreEqual("NoSuchName", Resolve(lab, "none.test"));
        AssertHealthy(lab);
    }

    [TestMethod]
    [DataRow(60)]
    [DataRow(250)]
    public void AnAnswerThatDoesNotFitInADatagramComesOverTcp(int addresses)
    {
        using Lab lab = NewLab(Lab.Kernel);
        using Dnsmasq server = Dnsmasq.WithNames(lab.Network, Lab.Kernel,
            [.. Enumerable.Range(1, addresses).Select(i => $"--host-record=many.test,10.9.9.{i}")]);
        StringAssert.StartsWith(Resolve(lab, "many.test"), "10.9.9.");
        Assert.AreEqual(1ul, lab.Count(Counter.DnsTruncated));
        Assert.AreEqual(1ul, lab.Count(Counter.ActiveOpens));
        lab.StepUntil(() => lab.Endpoint.ConnectionCount == 0, "the connection is closed");
        Assert.AreEqual(addresses > 60 ? 1ul : 0ul, lab.Count(Counter.ResetsSent));
        AssertHealthy(lab);
    }

    [TestMethod]
    public void WhenAServerIsGoneTheNextOneAnswersAndIsAskedFirstFromThenOn()
    {
        using Lab lab = NewLab(Nobody, Lab.Kernel);
        using (Dnsmasq server = Dnsmasq.WithNames(lab.Network, Lab.Kernel, "--host-record=a.test,10.1.2.3", "--host-record=b.test,10.1.2.4"))
        {
            Assert.AreEqual("10.1.2.3", Resolve(lab, "a.test"));
            Assert.AreEqual(1ul, lab.Count(Counter.DnsTimedOut));
            Assert.AreEqual("10.1.2.4", Resolve(lab, "b.test"));
            Assert.AreEqual(1ul, lab.Count(Counter.DnsTimedOut));
        }

        Assert.AreEqual("TimedOut", Resolve(lab, "c.test"));
        Assert.AreEqual(5ul, lab.Count(Counter.DnsTimedOut));
        Assert.AreEqual(7ul, lab.Count(Counter.DnsSent));
        AssertHealthy(lab);
    }

    [TestMethod]
    public void AServerThatRefusesIsLeftForTheNextAtOnce()
    {
        using Lab lab = NewLab(Lab.Kernel, Second);
        lab.Network.Tool("ip", "address", "add", Second + "/32", "dev", Lab.TapName);
        using Dnsmasq first = Dnsmasq.WithNames(lab.Network, Lab.Kernel);
        using Dnsmasq second = Dnsmasq.WithNames(lab.Network, Second, "--host-record=www.example.com,10.1.2.3");
        Assert.AreEqual("10.1.2.3", Resolve(lab, "www.example.com"));
        first.AssertSaid(1, "query[A] www.example.com");
        Assert.AreEqual(1ul, lab.Count(Counter.DnsServerFailed));
        Assert.AreEqual(0ul, lab.Count(Counter.DnsTimedOut));
        AssertHealthy(lab);
    }

    [TestMethod]
    public void AServerIsConnectedToByItsName()
    {
        using Lab lab = NewLab(Lab.Kernel);
        using Dnsmasq names = Dnsmasq.WithNames(lab.Network, Lab.Kernel, "--host-record=www.test," + Lab.Kernel);
        using Socket listener = lab.Network.NewSocket();
        listener.Bind(new IPEndPoint(IPAddress.Parse(Lab.Kernel), 80));
        listener.Listen(1);
        var caller = new Caller(lab.Endpoint);
        lab.Endpoint.Resolve("www.test").Handler = caller;
        lab.StepUntil(() => caller.Connection?.State == TcpState.Established, "the handshake");
        using Socket served = listener.Accept();
        caller.Connection!.Close();
        lab.StepUntil(() => lab.Endpoint.ConnectionCount == 0 || served.Available == 0 && served.Poll(0, SelectMode.SelectRead), "the end comes");
        AssertHealthy(lab);
    }

    [TestMethod]
    public void WhatOthersAnswerIsNotHeard()
    {
        using Lab lab = NewLab(Lab.Kernel);
        lab.Network.Tool("ip", "address", "add", Second + "/32", "dev", Lab.TapName);
        using Socket server = Open(lab, Lab.Kernel, 53);
        using Socket otherPort = Open(lab, Lab.Kernel, 54);
        using Socket otherHost = Open(lab, Second, 53);
        DnsQuery query = lab.Endpoint.Resolve("a.test");
        byte[] question = new byte[512];
        EndPoint device = new IPEndPoint(IPAddress.Any, 0);
        lab.StepUntil(() => server.Available != 0, "the question comes");
        int length = server.ReceiveFrom(question, ref device);
        byte[] forged = Answer(question[..length], [6, 6, 6, 6]);
        otherPort.SendTo(forged, device);
        otherHost.SendTo(forged, device);
        for (int i = 1; i <= 10; i++)
        {
            byte[] wrong = (byte[])forged.Clone();
            wrong[1] ^= (byte)i;
            server.SendTo(wrong, device);
        }

        byte[] name = (byte[])forged.Clone();
        name[13] = (byte)'b';
        server.SendTo(name, device);

        // To every other port from the server itself, with the right identifier.
        int port = ((IPEndPoint)device).Port;
        for (int other = port - 200; other < port + 200; other++)
        {
            if (other != port && other > 0 && other < 65536)
                server.SendTo(forged, new IPEndPoint(IPAddress.Parse(Lab.Device), other));
            if (other % 20 == 0)
                lab.StepUntil(() => true, "");
        }

        lab.StepUntil(() => lab.Count(Counter.DnsQuestionBad) == 1 && lab.Count(Counter.DnsIdentifierBad) == 10, "the forgeries are seen");
        Assert.AreEqual(DnsQueryState.Asking, query.State);
        server.SendTo(Answer(question[..length], [10, 1, 2, 3]), device);
        lab.StepUntil(() => query.State != DnsQueryState.Asking, "the answer comes");
        Assert.AreEqual("10.1.2.3", Ipv4Address.ToString(query.Address));
        Assert.AreEqual(2ul, lab.Count(Counter.DnsSourceBad));
        Assert.AreEqual(0ul, lab.Count(Counter.DnsTimedOut));
        Assert.IsLessThanOrEqualTo(1ul, lab.Count(Counter.IcmpUnreachableSent), "Only the wrong port of a host may hear that ours is closed.");
        AssertHealthy(lab);
    }

    [TestMethod]
    public void ADhcpServerGivesTheAddressOfTheDnsServer()
    {
        TcpSettings settings = Lab.NewDhcpSettings();
        settings.DnsQueries = 1;
        using var lab = new Lab(settings, clock: new FastClock(20));
        using Dnsmasq server = Dnsmasq.WithLeasesAndNames(lab.Network, 50, 59, "--host-record=host.test,10.1.2.3",
            "--dhcp-option=option:dns-server,10.77.0.1,10.77.0.9");
        lab.StepUntil(() => lab.Endpoint.Dhcp.State == DhcpState.Bound, "it has an address");
        Assert.AreEqual(Lab.KernelAddress, lab.Endpoint.Dhcp.DnsServer);
        Assert.AreEqual(Lab.Address("10.77.0.9"), lab.Endpoint.Dhcp.SecondDnsServer);
        Assert.AreEqual("10.1.2.3", Resolve(lab, "host.test"));
        AssertHealthy(lab);
    }

    private static TcpSettings NewSettings(params string[] servers)
    {
        TcpSettings settings = Lab.NewSettings();
        settings.DnsQueries = 2;
        settings.DnsServers = [.. servers.Select(Lab.Address)];
        return settings;
    }

    private static Lab NewLab(params string[] servers) => new(NewSettings(servers), clock: new FastClock(servers.Length == 1 ? 1 : 4));

    private static string Resolve(Lab lab, string name, DnsAddresses which = DnsAddresses.Ipv4First)
    {
        var query = new DnsQuery();
        lab.Endpoint.Resolve(name, which, query);
        lab.StepUntil(() => query.State != DnsQueryState.Asking, name + " is looked up");
        byte[] address = new byte[16];
        return query.State == DnsQueryState.Failed ? query.Error.ToString()
            : query.CopyAddress(address, 0) ? Ipv6Address.ToString(address, 0) : Ipv4Address.ToString(query.Address);
    }

    /// <summary>A UDP socket of the kernel.</summary>
    private static Socket Open(Lab lab, string address, int port)
    {
        Socket socket = lab.Network.Run(() => new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp));
        socket.Bind(new IPEndPoint(IPAddress.Parse(address), port));
        return socket;
    }

    /// <summary>The answer to a question, with one address.</summary>
    private static byte[] Answer(byte[] question, byte[] address)
    {
        byte[] answer = [.. question, 0xC0, 0x0C, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, .. address];
        answer[2] = 0x81;
        answer[3] = 0x80;
        answer[7] = 1;
        return answer;
    }

    private static void AssertHealthy(Lab lab)
    {
        Assert.AreEqual(0ul, lab.Count(Counter.DnsMalformed));
        lab.AssertHealthy();
    }

    /// <summary>Connects to the host whose name was looked up.</summary>
    private sealed class Caller(TcpEndpoint endpoint) : DnsHandler
    {
        public TcpConnection? Connection { get; private set; }

        public override void OnAnswered(DnsQuery query, ulong now)
        {
            Assert.AreEqual("", query.Reason);
            Connection = endpoint.Connect(query.Address, 80);
        }
    }
}
