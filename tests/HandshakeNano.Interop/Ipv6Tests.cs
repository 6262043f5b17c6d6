using System;
using System.Net;
using System.Threading.Tasks;
using HandshakeNano.Firmware;
using HandshakeNano.Net;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace HandshakeNano.Interop;

/// <summary>The kernel, radvd and the programs of ndisc6 meet the device's IPv6.</summary>
[TestClass]
[DoNotParallelize]
public sealed class Ipv6Tests
{
    internal const string KernelAddress = "2001:db8:1::1";
    private const string Prefix = "2001:db8:1:0:";
    internal const string PrefixOptions = "prefix 2001:db8:1::/64 { AdvValidLifetime 1200; AdvPreferredLifetime 600; };";

    [TestMethod]
    [DataRow(56)]
    [DataRow(1232)]
    public void TheLinkLocalAddressAnswersPings(int size)
    {
        using Lab lab = NewLab();
        lab.StepUntil(() => Address(lab, 0) != null, "it has an address");
        Ping(lab, Address(lab, 0) + "%" + Lab.TapName, size);
        lab.AssertHealthy();
    }

    [TestMethod]
    public void ARouterGivesAnAddressThatAnswersPingsAndMuchElse()
    {
        using Lab lab = NewLab();
        using var router = new Radvd(lab.Network, PrefixOptions + "RDNSS 2001:db8:1::53 { }; AdvLinkMTU 1400; AdvCurHopLimit 61;");
        lab.StepUntil(() => Address(lab, 1) != null || router.HasEnded, "a router gives an address");
        StringAssert.StartsWith(Address(lab, 1), Prefix);
        Ping(lab, Address(lab, 1)!, 56);
        Ping(lab, Address(lab, 1)!, 1232);
        Assert.AreEqual(1400, lab.Endpoint.Ipv6.Mtu);
        byte[] server = new byte[16];
        Assert.IsTrue(lab.Endpoint.Ipv6.CopyDnsServer(0, server, 0, 0));
        Assert.AreEqual("2001:db8:1::53", Ipv6Address.ToString(server, 0));
        byte[] gateway = new byte[16];
        Assert.IsTrue(lab.Endpoint.Ipv6.CopyRouter(0, gateway, 0, 0));
        StringAssert.StartsWith(Ipv6Address.ToString(gateway, 0), "fe80::");
        lab.AssertHealthy();
    }

    [TestMethod]
    public void WhenTheRouterIsSilentItsAddressIsGoneAfterItsLifetime()
    {
        var clock = new FastClock(100);
        using Lab lab = NewLab(clock);
        byte[] gateway = new byte[16];
        ulong seen;
        using (var router = new Radvd(lab.Network, PrefixOptions + "AdvDefaultLifetime 900;"))
        {
            lab.StepUntil(() => Address(lab, 1) != null || router.HasEnded, "a router gives an address");
            Assert.IsTrue(lab.Endpoint.Ipv6.CopyRouter(0, gateway, 0, clock.Now));
            seen = clock.Now;
        }

        lab.StepUntil(() => Address(lab, 1) == null, "the address is gone");
        Assert.IsGreaterThan(1100_000_000ul, clock.Now - seen);
        Assert.IsFalse(lab.Endpoint.Ipv6.CopyRouter(0, gateway, 0, clock.Now));
        Assert.IsNotNull(Address(lab, 0), "The link-local address lasts.");
        lab.AssertHealthy();
    }

    [TestMethod]
    public void NdiscAndRdiscSeeAHostThatIsNoRouter()
    {
        using Lab lab = NewLab();
        lab.StepUntil(() => Address(lab, 0) != null, "it has an address");
        ToolResult result = Tool(lab, "ndisc6", "-n", "-1", "-w", "5000", Address(lab, 0)!, Lab.TapName);
        Assert.AreEqual(0, result.ExitCode, result.Output + result.Error);
        string card = BitConverter.ToString(lab.PhysicalAddress).Replace('-', ':');
        Assert.Contains("Target link-layer address: " + card, result.Output);
        result = Tool(lab, "rdisc6", "-n", "-1", "-w", "500", "-r", "2", Lab.TapName);
        Assert.AreNotEqual(0, result.ExitCode, "It is no router: " + result.Output);
        lab.AssertHealthy();
    }

    [TestMethod]
    public void AnAddressThatTheKernelHasIsNotTaken()
    {
        using Lab lab = NewLab();
        string first = LinkLocal(lab, 0);
        lab.Network.Tool("ip", "-6", "address", "add", first + "/64", "dev", Lab.TapName, "nodad");
        lab.StepUntil(() => Address(lab, 0) != null, "it has an address");
        Assert.AreEqual(LinkLocal(lab, 1), Address(lab, 0));
        Assert.AreEqual(1ul, lab.Count(Counter.NeighbourConflicts));
        lab.AssertHealthy();
    }

    [TestMethod]
    public void TheKernelDoesNotTakeAnAddressThatTheDeviceHas()
    {
        using Lab lab = NewLab();
        lab.StepUntil(() => Address(lab, 0) != null, "it has an address");
        lab.Network.Tool("ip", "-6", "address", "add", Address(lab, 0) + "/64", "dev", Lab.TapName);
        lab.StepUntil(
            () => lab.Network.Tool("ip", "-6", "address", "show", "dev", Lab.TapName).Contains("dadfailed", StringComparison.Ordinal),
            "the kernel finds that the address is taken");
        lab.AssertHealthy();
    }

    /// <summary>A lab whose kernel speaks IPv6, with an address of the prefix.</summary>
    internal static Lab NewLab(FastClock? clock = null, TcpSettings? settings = null, params Service[] services)
    {
        settings ??= Lab.NewSettings();
        settings.Ipv6 = true;
        settings.Ipv6Secret = new byte[16];
        var lab = new Lab(settings, null, clock, services);
        lab.Network.SetKernel($"ipv6/conf/{Lab.TapName}/disable_ipv6", "0");
        lab.Network.Tool("ip", "-6", "address", "add", KernelAddress + "/64", "dev", Lab.TapName, "nodad");
        return lab;
    }

    internal static string? Address(Lab lab, int place)
    {
        byte[] address = new byte[16];
        return lab.Endpoint.Ipv6.CopyAddress(place, address, 0) ? Ipv6Address.ToString(address, 0) : null;
    }

    /// <summary>The device's link-local address after so many conflicts, with a secret of zeros (RFC 7217).</summary>
    private static string LinkLocal(Lab lab, int conflicts)
    {
        byte[] address = IPAddress.Parse("fe80::").GetAddressBytes();
        byte[] input = [.. address[..8], .. lab.PhysicalAddress, (byte)conflicts];
        BitConverter.GetBytes(SipHash.Hash(new byte[16], input, 0, input.Length)).CopyTo(address, 8);
        return new IPAddress(address).ToString();
    }

    private static void Ping(Lab lab, string address, int size)
    {
        string length = size.ToString(System.Globalization.CultureInfo.InvariantCulture);
        ToolResult result = Tool(lab, "ping", "-6", "-n", "-c", "20", "-w", Pings.Wait, "-i", "0.01", "-M", "do", "-s", length, address);
        Pings.AssertAnswered(result, 20);
    }

    /// <summary>Runs a program while the device runs on this thread.</summary>
    private static ToolResult Tool(Lab lab, string name, params string[] arguments)
    {
        Task<ToolResult> tool = Task.Run(() => lab.Network.TryTool(name, null, arguments));
        lab.StepUntil(() => tool.IsCompleted, name + " ends");
        return tool.GetAwaiter().GetResult();
    }
}
