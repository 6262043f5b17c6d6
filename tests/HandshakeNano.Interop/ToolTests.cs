using System;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using System.Threading;
using System.Threading.Tasks;
using HandshakeNano.Net;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace HandshakeNano.Interop;

/// <summary>The programs that people reach for.</summary>
[TestClass]
[DoNotParallelize]
public sealed class ToolTests
{
    private static readonly Regex s_openPort = new(@" (\d+) port .*succeeded");

    private static readonly Regex s_flags = new(@"flags=([A-Z]*)");

    public required TestContext TestContext { get; set; }

    /// <summary>
    /// The request is written so that its echo is a response: curl asks the echo service with the method "HTTP/1.1" for
    /// the target "200", and gets its own body back.
    /// </summary>
    [TestMethod]
    [DataRow(12)]
    [DataRow(300_000)]
    public void CurlPostsToTheEchoService(int length)
    {
        using Lab lab = new Lab().Start();
        byte[] body = Encoding.ASCII.GetBytes(Convert.ToBase64String(Traffic.Bytes(1, length)));
        ToolResult result = lab.Network.TryTool(
            "curl", body, "--silent", "--show-error", "--max-time", "60", "--request", "HTTP/1.1", "--request-target", "200",
            "--header", "Expect:", "--data-binary", "@-", $"http://{Lab.Device}:{Lab.Echo}/");
        Assert.AreEqual(0, result.ExitCode, result.Error);
        Traffic.AssertSame(body, Encoding.ASCII.GetBytes(result.Output));
        lab.WaitUntilIdle();
        lab.AssertHealthy();
    }

    [TestMethod]
    public void CurlIsRefusedByAClosedPort()
    {
        using Lab lab = new Lab().Start();
        ToolResult result = lab.Network.TryTool("curl", null, "--silent", "--max-time", "20", $"http://{Lab.Device}:8/");
        Assert.AreEqual(7, result.ExitCode, "curl's exit code for a refused connection is 7.");
        lab.AssertHealthy();
    }

    [TestMethod]
    [DataRow(1)]
    [DataRow(500_000)]
    public void NetcatGetsItsInputBack(int length)
    {
        using Lab lab = new Lab().Start();
        byte[] input = Encoding.ASCII.GetBytes(Convert.ToBase64String(Traffic.Bytes(2, length)));
        ToolResult result = lab.Network.TryTool("nc", input, "-N", "-w", "20", Lab.Device, Text(Lab.Echo));
        Assert.AreEqual(0, result.ExitCode, result.Error);
        Traffic.AssertSame(input, Encoding.ASCII.GetBytes(result.Output));
        lab.WaitUntilIdle();
        lab.AssertHealthy();
    }

    [TestMethod]
    public void NetcatScansOpenAndClosedPorts()
    {
        using Lab lab = new Lab().Start();
        ToolResult result = lab.Network.TryTool("nc", null, "-z", "-v", "-n", "-w", "5", Lab.Device, "6-10");
        int[] open = [.. s_openPort.Matches(result.Error).Select(match => int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture))];
        CollectionAssert.AreEqual((int[])[Lab.Echo, Lab.Discard], open, result.Error);
        lab.WaitUntilIdle();
        lab.AssertHealthy();
    }

    [TestMethod]
    [DataRow("56")]
    [DataRow("0")]
    [DataRow("1")]
    [DataRow("1472")]
    public void EveryPingIsAnswered(string size)
    {
        using Lab lab = new Lab().Start();
        ToolResult result = lab.Network.TryTool("ping", null, "-n", "-c", "20", "-w", Pings.Wait, "-i", "0.01", "-M", "do", "-s", size, Lab.Device);
        ulong sent = (ulong)Pings.AssertAnswered(result, 20);
        Lab.WaitUntil(() => lab.Count(Counter.IcmpEchoRequests) == sent, "the device hears each request once");
        lab.AssertHealthy();
    }

    [TestMethod]
    public void AFloodOfPingsIsAnswered()
    {
        using Lab lab = new Lab().Start();
        ToolResult result = lab.Network.TryTool("ping", null, "-n", "-q", "-f", "-c", "5000", "-w", Pings.Wait, "-s", "1000", Lab.Device);
        Pings.AssertAnswered(result, 5000);
        TestContext.WriteLine(result.Output.Split('\n').Last(line => line.Contains("rtt", StringComparison.Ordinal)));
        lab.AssertHealthy();
    }

    [TestMethod]
    public void AFragmentedPingIsDroppedByName()
    {
        using Lab lab = new Lab().Start();
        ToolResult result = lab.Network.TryTool("ping", null, "-n", "-c", "1", "-W", "1", "-M", "dont", "-s", "3000", Lab.Device);
        Assert.AreEqual(1, result.ExitCode, "No answer came: " + result.Output);
        Lab.WaitUntil(() => lab.Count(Counter.Ipv4Fragment) == 3, "three fragments are counted");
        Assert.AreEqual(0ul, lab.Count(Counter.IcmpEchoRequests));
        lab.AssertHealthy();
    }

    [TestMethod]
    [DataRow("-sT", "open", "closed")]
    [DataRow("-sS", "open", "closed")]
    [DataRow("-sF", "open|filtered", "closed")]
    [DataRow("-sN", "open|filtered", "closed")]
    [DataRow("-sX", "open|filtered", "closed")]
    [DataRow("-sA", "unfiltered", "unfiltered")]
    public void NmapSeesWhichPortsListen(string scan, string listening, string others)
    {
        using Lab lab = new Lab().Start();
        string output = lab.Network.Tool(
            "nmap", scan, "-n", "-Pn", "--disable-arp-ping", "-p", "1-20", "-oX", "-", "--max-retries", "3", "--host-timeout", "60s", Lab.Device);
        for (int port = 1; port <= 20; port++)
        {
            string expected = port is Lab.Echo or Lab.Discard ? listening : others;
            Match match = Regex.Match(output, $"portid=\"{port}\"><state state=\"([^\"]+)\"");
            string actual = match.Success ? match.Groups[1].Value : ExtraState(output);
            Assert.AreEqual(expected, actual, $"port {port}\n{output}");
        }

        lab.WaitUntilIdle();
        lab.AssertHealthy();
    }

    /// <summary>nmap's own measure of how hard our next ISN is to guess, and of the IP identification.</summary>
    [TestMethod]
    public void NmapCannotPredictOurSequenceNumbers()
    {
        using Lab lab = new Lab().Start();
        string output = lab.Network.Tool(
            "nmap", "-O", "-v", "-n", "-Pn", "--disable-arp-ping", "-p", "7,8", "--max-retries", "3", "--host-timeout", "60s", Lab.Device);
        Match difficulty = Regex.Match(output, @"TCP Sequence Prediction: Difficulty=(\d+) \((.*)\)");
        Assert.AreEqual("Good luck!", difficulty.Groups[2].Value, output);
        Assert.Contains("IP ID Sequence Generation: All zeros", output);
        TestContext.WriteLine(difficulty.Value);
        lab.WaitUntilIdle();
        lab.AssertHealthy();
    }

    [TestMethod]
    public void NmapSeesOtherProtocolsAsUnreachable()
    {
        using Lab lab = new Lab().Start();
        string output = lab.Network.Tool(
            "nmap", "-sU", "-n", "-Pn", "--disable-arp-ping", "-p", "53", "-oX", "-", "--max-retries", "3", "--host-timeout", "60s", Lab.Device);
        Assert.Contains("portid=\"53\"><state state=\"closed\" reason=\"port-unreach\"", output);
        Assert.AreNotEqual(0ul, lab.Count(Counter.IcmpUnreachableSent));
        lab.AssertHealthy();
    }

    [TestMethod]
    [DataRow("-S", Lab.Echo, "SA")]
    [DataRow("-S", 8, "RA")]
    [DataRow("-A", Lab.Echo, "R")]
    [DataRow("-A", 8, "R")]
    [DataRow("-F", 8, "RA")]
    [DataRow("-SA", Lab.Echo, "R")]
    [DataRow("-R", Lab.Echo, "")]
    [DataRow("-R", 8, "")]
    [DataRow("-F", Lab.Echo, "")]
    public void HpingGetsTheRightFlags(string probe, int port, string flags)
    {
        using Lab lab = new Lab().Start();
        string[] letters = [.. probe[1..].Select(letter => "-" + letter)];
        ToolResult result = lab.Network.TryTool(
            "hping3", null, [.. letters, "-n", "-c", "3", "-i", "u10000", "-p", Text(port), Lab.Device]);
        string[] answers = [.. s_flags.Matches(result.Output).Select(match => match.Groups[1].Value)];
        string[] expected = flags.Length == 0 ? [] : [flags, flags, flags];
        CollectionAssert.AreEqual(expected, answers, result.Output + result.Error);
        Assert.Contains("3 packets transmitted", result.Error + result.Output);
        lab.WaitUntilIdle();
        lab.AssertHealthy();
    }

    /// <summary>What the kernel does for a TAP device by default, all other tests show; here it does without.</summary>
    [TestMethod]
    [DataRow("scatter-gather")]
    [DataRow("generic-segmentation-offload")]
    [DataRow("generic-receive-offload")]
    public async Task OffloadsOfTheKernelDoNotMatter(string feature)
    {
        using Lab lab = new Lab().Start();
        Assert.Contains($"\n{feature}: on", lab.Network.Tool("ethtool", "-k", Lab.TapName));
        lab.Network.Tool("ethtool", "-K", Lab.TapName, feature, "off");
        Assert.Contains($"\n{feature}: off", lab.Network.Tool("ethtool", "-k", Lab.TapName));
        using var stop = new CancellationTokenSource(Lab.Deadline);
        using (Socket socket = lab.Connect(Lab.EchoService))
            await Traffic.EchoAsync(socket, 1, 300_000, 20_000, stop.Token);
        lab.WaitUntilIdle();
        lab.AssertHealthy();
    }

    [TestMethod]
    [DataRow("88")] // With less the kernel's own least segment, 48 bytes (tcp_min_snd_mss), leaves it in fragments.
    [DataRow("576")]
    [DataRow("1280")]
    public async Task ASmallerMtuOfTheKernelIsKept(string mtu)
    {
        using Lab lab = new Lab().Start();
        lab.Network.Tool("ip", "link", "set", Lab.TapName, "mtu", mtu);
        lab.Network.SetKernel("ipv4/route/min_adv_mss", "48"); // Else it names 256 and more, however small the link is.

        // A TAP device would take longer packets.
        lab.Network.Tool("nft", "add table netdev mtu");
        lab.Network.Tool("nft", $"add chain netdev mtu in {{ type filter hook ingress device {Lab.TapName} priority 0; }}");
        lab.Network.Tool("nft", $"add rule netdev mtu in ip length > {mtu} counter drop");
        using var stop = new CancellationTokenSource(Lab.Deadline);
        using (Socket socket = lab.Connect(Lab.EchoService))
            await Traffic.EchoAsync(socket, 1, 50_000, 20_000, stop.Token);
        Assert.Contains("counter packets 0 bytes 0", lab.Network.Tool("nft", "list table netdev mtu"));
        lab.WaitUntilIdle();
        lab.AssertHealthy();
    }

    /// <summary>Ports that nmap's report sums up, because they are many, have their state here.</summary>
    private static string ExtraState(string report)
    {
        return Regex.Match(report, "<extraports state=\"([^\"]+)\"").Groups[1].Value;
    }

    private static string Text(int number)
    {
        return number.ToString(CultureInfo.InvariantCulture);
    }
}
