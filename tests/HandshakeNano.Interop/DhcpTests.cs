using System;
using System.Collections.Generic;
using System.Net;
using System.Net.Sockets;
using System.Threading.Tasks;
using HandshakeNano.Firmware;
using HandshakeNano.Net;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace HandshakeNano.Interop;

/// <summary>
/// The device gets its address from dnsmasq. Its clock runs faster than the wall's: two minutes, the shortest lease that
/// dnsmasq gives, are then over in little more than a second.
/// </summary>
[TestClass]
[DoNotParallelize]
public sealed class DhcpTests
{
    private const int Faster = 100;

    private static readonly uint s_network = Lab.Address("10.77.0.0");

    [TestMethod]
    public void AnAddressIsLeasedAndTheKernelShakesHandsWithIt()
    {
        using var lab = new Lab(Lab.NewDhcpSettings(), clock: new FastClock(20));
        using var server = new Dnsmasq(lab.Network, 50, 59, "--dhcp-option=option:router,10.77.0.9");
        Bind(lab, server, 50, 59);
        DhcpClient client = lab.Endpoint.Dhcp;
        Assert.AreEqual(24, client.PrefixLength);
        Assert.AreEqual(Lab.Address("10.77.0.9"), client.Gateway);
        Assert.AreEqual(Lab.KernelAddress, client.Server);
        Assert.AreEqual(120u, client.LeaseTime);
        foreach (string message in (string[])["DHCPDISCOVER", "DHCPOFFER", "DHCPREQUEST", "DHCPACK"])
            Assert.AreEqual(1, server.Count(message), server.Log);
        Assert.IsTrue(server.Said("client provides name: handshake-lab"), server.Log);
        Echo(lab, 20);
        Assert.AreEqual(20ul, lab.Count(Counter.PassiveOpens));
        lab.AssertHealthy();
    }

    [TestMethod]
    public void TheLeaseIsRenewedAndAConnectionLivesOn()
    {
        using var lab = new Lab(Lab.NewDhcpSettings(), null, new FastClock(Faster), new EchoService(0));
        using var server = new Dnsmasq(lab.Network, 50, 59);
        uint address = Bind(lab, server, 50, 59);
        using Socket socket = Connect(lab);
        lab.StepUntil(() => server.Count("DHCPACK") >= 6, "five renewals");
        server.AssertSaid(1, "DHCPDISCOVER");
        Assert.AreEqual(address, lab.Endpoint.Address);
        Assert.AreEqual(0ul, lab.Count(Counter.DhcpExpired));
        Exchange(lab, socket);
        lab.AssertHealthy();
    }

    [TestMethod]
    public void WithoutAServerTheLeaseRunsOutAndWhenItIsBackThereIsAnAddressAgain()
    {
        using var lab = new Lab(Lab.NewDhcpSettings(), clock: new FastClock(Faster));
        Socket socket;
        uint first;
        using (var server = new Dnsmasq(lab.Network, 50, 59))
        {
            first = Bind(lab, server, 50, 59);
            socket = Connect(lab);
        }

        using (socket)
        {
            var seen = new HashSet<DhcpState>();
            lab.StepUntil(
                () =>
                {
                    seen.Add(lab.Endpoint.Dhcp.State);
                    return lab.Endpoint.Address == 0;
                },
                "the lease is over");
            Assert.Contains(DhcpState.Renewing, seen);
            Assert.Contains(DhcpState.Rebinding, seen);
            Assert.AreEqual(DhcpLoss.Expired, lab.Endpoint.Dhcp.LastLoss);
            Assert.AreEqual(1ul, lab.Count(Counter.DhcpExpired));
            Assert.AreEqual(0, lab.Endpoint.ConnectionCount);
        }

        lab.StepUntil(() => lab.Endpoint.Dhcp.State == DhcpState.Selecting && lab.Endpoint.Dhcp.Attempts >= 3, "it asks, and asks again");
        using var back = new Dnsmasq(lab.Network, 50, 59);
        uint second = Bind(lab, back, 50, 59);
        Echo(lab, 1);
        lab.AssertHealthy();
        AssertSaid(
            lab, "asking for an address", $"looking whether {Text(first)} is free", "the address is " + Lease(first), "renewing " + Text(first),
            "10.77.0.1 does not answer; asking all servers", $"the lease is over; {Text(first)} is given up", "asking for an address",
            "no server answers; asking again", $"looking whether {Text(second)} is free", "the address is " + Lease(second));
    }

    [TestMethod]
    public void AnAddressThatTheKernelHoldsIsDeclinedAndAnotherTaken()
    {
        using var lab = new Lab(Lab.NewDhcpSettings(), clock: new FastClock(20));
        lab.Network.Tool("ip", "address", "add", "10.77.0.77/32", "dev", "lo");
        using var server = new Dnsmasq(lab.Network, 50, 59, "--dhcp-host=02:48:4E:00:00:02,10.77.0.77");
        lab.StepUntil(() => lab.Endpoint.Dhcp.LastLoss == DhcpLoss.Conflict, "the conflict is seen");
        Assert.AreEqual(Lab.Address("10.77.0.77"), lab.Endpoint.Dhcp.Address);
        Assert.AreEqual(0u, lab.Endpoint.Address);
        Bind(lab, server, 50, 59);
        Assert.IsTrue(server.Said("DHCPDECLINE(tap0) 10.77.0.77"), server.Log);
        AssertSaid(lab, "looking whether 10.77.0.77 is free", "10.77.0.77 is another host's; asking for another one in a while", "asking for an address");
        Assert.AreEqual(1ul, lab.Count(Counter.ArpConflicts));
        Echo(lab, 1);
        lab.AssertHealthy();
    }

    [TestMethod]
    public void AnAddressThatAnotherHostTakesLaterIsDefendedAndThenGivenUp()
    {
        using var lab = new Lab(Lab.NewDhcpSettings(), clock: new FastClock(20));
        using var server = new Dnsmasq(lab.Network, 50, 59);
        uint address = Bind(lab, server, 50, 59);
        string text = Text(address);
        lab.Network.Tool("ip", "address", "add", text + "/32", "dev", "lo");

        // The kernel does not announce itself, but asks with the address that it has.
        Task<ToolResult> ping = Task.Run(() => lab.Network.TryTool("ping", null, "-n", "-c", "3", "-i", "0.05", "-W", "1", "-I", text, "10.77.0.200"));
        lab.StepUntil(() => lab.Endpoint.Dhcp.LastLoss == DhcpLoss.Conflict, "the address is given up");
        Assert.IsGreaterThan(1ul, lab.Count(Counter.ArpConflicts));
        lab.StepUntil(() => ping.IsCompleted, "the end of ping");
        Assert.AreNotEqual(address, Bind(lab, server, 50, 59));
        Assert.IsTrue(server.Said("DHCPDECLINE(tap0) " + text), server.Log);
    }

    [TestMethod]
    public void AServerThatHasOtherAddressesNowRefusesTheOldOneAndGivesANewOne()
    {
        using var lab = new Lab(Lab.NewDhcpSettings(), clock: new FastClock(Faster));
        using (var server = new Dnsmasq(lab.Network, 50, 59))
            Bind(lab, server, 50, 59);
        using var other = new Dnsmasq(lab.Network, 150, 159, "--dhcp-authoritative");
        lab.StepUntil(() => lab.Endpoint.Dhcp.LastLoss != DhcpLoss.None, "the address is lost");
        Assert.AreEqual(DhcpLoss.Refused, lab.Endpoint.Dhcp.LastLoss);
        Bind(lab, other, 150, 159);
        Assert.IsTrue(other.Said("DHCPNAK"), other.Log);
        AssertSaid(lab, "was refused", "asking for an address", "the address is ");
        Echo(lab, 1);
        lab.AssertHealthy();
    }

    /// <summary>
    /// dnsmasq sends what it is configured to send beside its own, as it is asked for: the option is then there twice, or has
    /// a value that cannot be.
    /// </summary>
    [TestMethod]
    [DataRow("54,10.77.0.1", Counter.DhcpOptionRepeated, "10.77.0.1 sends option 54 (server) twice; the first one counts")]
    [DataRow("54,10.77.0.9", Counter.DhcpOptionRepeated, "10.77.0.1 sends option 54 (server) twice; the first one counts")]
    [DataRow("51,120", Counter.DhcpOptionRepeated, "10.77.0.1 sends option 51 (lease time) twice; the first one counts")]
    [DataRow("51,7", Counter.DhcpOptionRepeated, "10.77.0.1 sends option 51 (lease time) twice; the first one counts")]
    [DataRow("3,255.255.255.255", Counter.DhcpOptionValueBad, "10.77.0.1 sends option 3 (router) with a value that it cannot have; it is ignored")]
    public void AnOptionThatIsOddLeavesTheAddressAndIsTold(string option, Counter counter, string line)
    {
        using var lab = new Lab(Lab.NewDhcpSettings(), clock: new FastClock(Faster));
        using var server = new Dnsmasq(lab.Network, 50, 59, "--dhcp-option=" + option);
        Bind(lab, server, 50, 59);
        lab.StepUntil(() => server.Count("DHCPACK") >= 3, "two renewals");
        server.AssertSaid(1, "DHCPDISCOVER");
        Assert.IsGreaterThan(0ul, lab.Count(counter));
        Assert.ContainsSingle(said => said == "DHCP: " + line, lab.Lines, string.Join('\n', lab.Lines));
        Echo(lab, 1);
        lab.AssertHealthy();
    }

    [TestMethod]
    public void AServerWhoseOffersAreOfNoUseIsNotSilent()
    {
        using var lab = new Lab(Lab.NewDhcpSettings(), clock: new FastClock(Faster));
        using var server = new Dnsmasq(lab.Network, 55, 55, "--dhcp-option=1,255.255.255.248");
        lab.StepUntil(() => lab.Endpoint.Dhcp.Attempts >= 3, "it asks again");
        AssertSaid(
            lab, "asking for an address", "10.77.0.1 gives an address that no host can have in its network; the message is ignored",
            "10.77.0.1 answers, but not with a message that can be used; asking again");
        Assert.DoesNotContain(line => line.Contains("no server answers", StringComparison.Ordinal), lab.Lines);
        Assert.IsGreaterThan(0ul, lab.Count(Counter.DhcpLeaseBad));
    }

    [TestMethod]
    public void WhereTheServerSaysNothingOfTheOldAddressANewOneIsAskedFor()
    {
        CableLink? cable = null;
        using var lab = new Lab(Lab.NewDhcpSettings(), link => cable = new CableLink(link), new FastClock(20));
        using (var server = new Dnsmasq(lab.Network, 50, 59))
            Bind(lab, server, 50, 59);
        uint old = lab.Endpoint.Address;
        Flap(lab, cable!);
        using var other = new Dnsmasq(lab.Network, 150, 159);
        lab.StepUntil(() => lab.Endpoint.Address == 0, "the old address is given up");
        Assert.AreEqual(DhcpLoss.Replaced, lab.Endpoint.Dhcp.LastLoss);
        Bind(lab, other, 150, 159);
        other.AssertSaid(0, "DHCPNAK");
        AssertSaid(lab, $"asking whether {Text(old)} is right still", "no server answers; asking for an address", "10.77.0.1 offers 10.77.0.15", "the address is 10.77.0.15");
        Echo(lab, 1);
        lab.AssertHealthy();
    }

    [TestMethod]
    public void AServerThatHasForgottenTheLeaseGivesItAgainAndConnectionsLiveOn()
    {
        CableLink? cable = null;
        using var lab = new Lab(Lab.NewDhcpSettings(), link => cable = new CableLink(link), new FastClock(20), new EchoService(0));
        uint address;
        using (var server = new Dnsmasq(lab.Network, 50, 59))
            address = Bind(lab, server, 50, 59);
        using Socket socket = Connect(lab);
        Exchange(lab, socket);
        Flap(lab, cable!);
        using var forgetful = new Dnsmasq(lab.Network, 50, 59);
        lab.StepUntil(() => lab.Endpoint.Dhcp.State == DhcpState.Bound && forgetful.Said("DHCPACK(tap0) " + Text(address)), "it is given again");
        Assert.IsTrue(forgetful.Said("DHCPDISCOVER"), forgetful.Log);
        Assert.AreEqual(address, lab.Endpoint.Address);
        Exchange(lab, socket);
        lab.AssertHealthy();
    }

    [TestMethod]
    public void AStopGivesTheLeaseBack()
    {
        using var lab = new Lab(Lab.NewDhcpSettings(), clock: new FastClock(20));
        using var server = new Dnsmasq(lab.Network, 50, 59);
        uint address = Bind(lab, server, 50, 59);
        lab.Endpoint.Dhcp.Stop();
        lab.StepUntil(() => lab.Endpoint.Dhcp.State == DhcpState.Stopped, "the client has stopped");
        Lab.WaitUntil(() => server.Said("DHCPRELEASE(tap0) " + Text(address)), "the server has it back");
        lab.Endpoint.Dhcp.Start();
        Bind(lab, server, 50, 59);
        lab.AssertHealthy();
    }

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void OverAW5500AnAddressIsLeasedAndAPulledCableLeavesItAndItsConnections(bool interrupt)
    {
        var clock = new FastClock(10);
        using var board = new W5500Lab(interrupt, Lab.NewDhcpSettings(), clock: clock);
        Lab lab = board.Lab;
        using var server = new Dnsmasq(lab.Network, 50, 59);
        Lab.WaitUntil(() => lab.Endpoint.Address != 0 && IsAcknowledged(lab, server), "an address");
        uint address = lab.Endpoint.Address;
        using Socket socket = lab.Connect(Service(lab));
        Exchange(socket);
        int acknowledged = server.Count("DHCPACK");

        board.Chip.IsLinkUp = false;
        Lab.WaitUntil(() => !board.Link.IsUp, "the cable is out");
        // The client looks at the link once a second.
        ulong seen = clock.Now + 3_000_000;
        Lab.WaitUntil(() => clock.Now > seen, "the client has seen it");
        board.Chip.IsLinkUp = true;
        Lab.WaitUntil(() => server.Count("DHCPACK") > acknowledged && lab.Endpoint.Dhcp.State == DhcpState.Bound, "the server was asked");
        server.AssertSaid(1, "DHCPDISCOVER");
        Assert.AreEqual(address, lab.Endpoint.Address);
        Exchange(socket);
        AssertSaid(lab, "the address is " + Lease(address), $"asking whether {Text(address)} is right still", "the address is " + Lease(address));
        board.AssertHealthy();
    }

    /// <summary>The cable is out for as long as the client for DHCP takes to see it.</summary>
    private static void Flap(Lab lab, CableLink cable)
    {
        cable.IsUp = false;
        uint looks = cable.Looks;
        lab.StepUntil(() => cable.Looks >= looks + 2, "the client looks at the link");
        cable.IsUp = true;
        lab.StepUntil(() => lab.Endpoint.Dhcp.State == DhcpState.Rebooting, "the client asks about its address");
    }

    /// <summary>Runs the firmware until it has an address of the range, and all that the server said until then can be read.</summary>
    private static uint Bind(Lab lab, Dnsmasq server, uint first, uint last)
    {
        try
        {
            lab.StepUntil(() => lab.Endpoint.Address != 0 && IsAcknowledged(lab, server), "an address");
        }
        catch (AssertFailedException e)
        {
            throw new AssertFailedException(server.Log, e);
        }

        uint address = lab.Endpoint.Address;
        Assert.IsTrue(address >= s_network + first && address <= s_network + last, Text(address));
        return address;
    }

    private static bool IsAcknowledged(Lab lab, Dnsmasq server) => server.Said("DHCPACK(tap0) " + Text(lab.Endpoint.Address));

    private static string Text(uint address) => Ipv4Address.ToString(address);

    private static string Lease(uint address) => Text(address) + "/24, the router 10.77.0.1, from 10.77.0.1, for 120 s";

    /// <summary>The console has these texts, each on a line of the client after the line of the previous text.</summary>
    private static void AssertSaid(Lab lab, params string[] texts)
    {
        int found = 0;
        foreach (string line in lab.Lines)
        {
            if (found < texts.Length && line.StartsWith("DHCP: ", StringComparison.Ordinal) && line.Contains(texts[found], StringComparison.Ordinal))
                found++;
        }

        Assert.AreEqual(texts.Length, found, string.Join('\n', lab.Lines));
    }

    private static IPEndPoint Service(Lab lab) => new(IPAddress.Parse(Text(lab.Endpoint.Address)), Lab.Echo);

    private static Socket Connect(Lab lab)
    {
        IPEndPoint service = Service(lab);
        return While(lab, () => lab.Connect(service));
    }

    private static void Echo(Lab lab, int times)
    {
        for (int i = 0; i < times; i++)
        {
            using Socket socket = Connect(lab);
            Exchange(lab, socket);
        }
    }

    private static void Exchange(Lab lab, Socket socket)
    {
        While(lab, () =>
        {
            Exchange(socket);
            return true;
        });
    }

    private static void Exchange(Socket socket)
    {
        byte[] data = Traffic.Bytes(1, 3000);
        socket.Send(data);
        Traffic.AssertSame(data, Traffic.Read(socket, data.Length));
    }

    /// <summary>Runs the firmware while another thread does something that waits for it.</summary>
    private static T While<T>(Lab lab, Func<T> action)
    {
        Task<T> task = Task.Run(action);
        lab.StepUntil(() => task.IsCompleted, "what the kernel does");
        return task.GetAwaiter().GetResult();
    }

    /// <summary>A link whose cable can be pulled.</summary>
    private sealed class CableLink(ILink inner) : ILink
    {
        private bool _isUp = true;

        /// <summary>How often the endpoint has looked whether it is up.</summary>
        public uint Looks { get; private set; }

        public int Mtu => inner.Mtu;

        public bool HasEthernetHeader => inner.HasEthernetHeader;

        public byte[] PhysicalAddress => inner.PhysicalAddress;

        public bool IsUp
        {
            get
            {
                Looks++;
                return _isUp;
            }

            set => _isUp = value;
        }

        public int Receive(byte[] buffer)
        {
            int length = inner.Receive(buffer);
            return _isUp ? length : 0;
        }

        public bool Send(byte[] buffer, int length) => _isUp && inner.Send(buffer, length);

        public void Wake() => inner.Wake();

        public void Wait(int millisecondsTimeout) => inner.Wait(millisecondsTimeout);
    }
}
