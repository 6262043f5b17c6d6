using System;
using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;
using HandshakeNano.Boards.Virtual;
using HandshakeNano.Client.Tests;
using HandshakeNano.Interop.Peers;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace HandshakeNano.Interop;

/// <summary><c>handshake probe</c> against real stacks, by the kernel's sockets and by our stack.</summary>
[TestClass]
[DoNotParallelize]
public sealed class ProbeTests
{
    private const int Port = 6001;

    private static Handshake s_handshake = null!;

    [ClassInitialize]
    public static void Begin(TestContext context) => s_handshake = new Handshake();

    [ClassCleanup]
    public static void End() => s_handshake.Dispose();

    [TestMethod]
    public void TheDeviceConnectsEachTimeBothWays()
    {
        using Lab lab = new Lab().Start();
        JsonElement system = Probe(lab.Network, 0, $"{Lab.Device}:{Lab.Echo}", "--count", "200", "--parallel", "8");
        Assert.AreEqual(200, Count(system, "connected"));
        JsonElement ours = Probe(lab.Network, 0, $"{Lab.Device}:{Lab.Echo}", "--count", "200", "--parallel", "8", "--interface", Lab.TapName);
        Assert.AreEqual(200, Count(ours, "connected"));
        Assert.IsGreaterThan(0, ours.GetProperty("connectMicroseconds").GetProperty("min").GetInt64());
        JsonElement closed = Probe(lab.Network, 1, $"{Lab.Device}:8", "--count", "3", "--interface", Lab.TapName);
        Assert.AreEqual(3, Count(closed, "refused"));
        lab.WaitUntilIdle();
        lab.AssertHealthy();
    }

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void TheKernelConnectsRefusesAndKeepsSilent(bool ours)
    {
        using NetworkNamespace network = Lab.NewNetwork();
        network.Tool("ip", "tuntap", "add", "dev", "pc0", "mode", "tap");
        network.Tool("ip", "address", "add", "10.77.0.1/24", "dev", "pc0");
        network.Tool("ip", "link", "set", "pc0", "up");
        string[] link = ours ? ["--tap", "pc0"] : [];
        using var server = new KernelEchoServer(network, Port);
        Assert.AreEqual(50, Count(Probe(network, 0, [$"{Lab.Kernel}:{Port}", "--count", "50", .. link]), "connected"));
        Assert.AreEqual(3, Count(Probe(network, 1, [$"{Lab.Kernel}:1", "--count", "3", .. link]), "refused"));

        // The first SYN of each connection is lost, its second is not: the kernel knows those it has seen.
        network.Tool("nft", "add table ip lossy");
        network.Tool("nft", "add chain ip lossy in { type filter hook input priority 0; }");
        network.Tool("nft", "add set ip lossy seen { typeof tcp sport; flags dynamic; }");
        network.Tool("nft", $"add rule ip lossy in tcp dport {Port} tcp flags syn / syn,ack tcp sport != @seen add @seen {{ tcp sport }} drop");
        JsonElement again = Probe(network, 0, [$"{Lab.Kernel}:{Port}", "--count", "4", "--parallel", "4", .. link]);
        Assert.AreEqual(4, Count(again, "synsSentAgain"), again.ToString());
        Assert.AreEqual(4, Count(again, "handshakesWithSynsSentAgain"));
        Assert.IsGreaterThan(900_000, again.GetProperty("connectMicroseconds").GetProperty("min").GetInt64());

        network.Tool("nft", $"insert rule ip lossy in tcp dport {Port} drop");
        JsonElement silent = Probe(network, 1, [$"{Lab.Kernel}:{Port}", "--count", "2", "--parallel", "2", "--timeout", "1.5", .. link]);
        Assert.AreEqual(2, Count(silent, "timedOut"), silent.ToString());
        Assert.AreEqual(2, Count(silent, "handshakesWithSynsSentAgain"), silent.ToString());
    }

    /// <summary>The firmware of serve: on the TAP interface that serve has, and behind a tunnel, which needs no root.</summary>
    [TestMethod]
    [DataRow("", "--tap handshake0", "the interface handshake0")]
    [DataRow("--board virtual-wifi", "--via vxlan://127.0.0.2?vni=42", "VXLAN 42 at 127.0.0.2:4789")]
    public void TheFirmwareThatServesConnectsEachTime(string board, string link, string way)
    {
        using NetworkNamespace network = Lab.NewNetwork();
        using Process serve = s_handshake.Start(network, ["serve", .. board.Split(' ', StringSplitOptions.RemoveEmptyEntries)]);
        Assert.StartsWith("The device is 10.77.0.2", serve.StandardOutput.ReadLine() ?? serve.StandardError.ReadToEnd());
        JsonElement open = Probe(network, 0, [$"{Lab.Device}:7", "--count", "50", "--parallel", "4", .. link.Split(' ')]);
        Assert.AreEqual(50, Count(open, "connected"));
        Assert.AreEqual($"by our own stack, through {way}", open.GetProperty("way").GetString());
        Assert.AreEqual(3, Count(Probe(network, 1, [$"{Lab.Device}:8", "--count", "3", .. link.Split(' ')]), "refused"));
        JsonElement silent = Probe(network, 1, ["10.77.0.99:7", "--count", "2", "--timeout", "0.2", .. link.Split(' ')]);
        Assert.AreEqual(2, Count(silent, "timedOut"), silent.ToString());
        Handshake.Interrupt(network, serve);
        serve.StandardOutput.ReadToEnd();
        Assert.IsTrue(serve.WaitForExit(Lab.Deadline), "It does not end.");
    }

    [TestMethod]
    public void LwipConnectsEachTime()
    {
        using NetworkNamespace network = Lab.NewNetwork();
        using StackPeer lwip = StackPeer.Start(network, StackProgram.Lwip);
        Assert.AreEqual(20, Count(Probe(network, 0, StackPeer.Address + ":7", "--count", "20", "--interface", lwip.Tap), "connected"));
    }

    [TestMethod]
    public void CtrlCEndsItWithWhatWasDoneSoFar()
    {
        using NetworkNamespace network = Lab.NewNetwork();
        using var server = new KernelEchoServer(network, Port, "127.0.0.1");
        using Process probe = s_handshake.Start(network, "probe", $"127.0.0.1:{Port}", "--count", "1000000", "--rate", "50", "--json");
        Lab.WaitUntil(() => server.Finished >= 3, "some handshakes");
        Handshake.Interrupt(network, probe);
        JsonElement report = Schemas.Check("probe", probe.StandardOutput.ReadToEnd());
        Assert.IsTrue(probe.WaitForExit(Lab.Deadline), "It does not end.");
        Assert.AreEqual(0, probe.ExitCode);
        Assert.IsTrue(report.GetProperty("interrupted").GetBoolean());
        Assert.IsGreaterThanOrEqualTo(2, Count(report, "connected"));
    }

    /// <summary>The program script gives it a terminal.</summary>
    [TestMethod]
    public void ATerminalShowsHowFarItIsAndAPipeDoesNot()
    {
        using NetworkNamespace network = Lab.NewNetwork();
        using var server = new KernelEchoServer(network, Port, "127.0.0.1");
        string command = $"handshake probe 127.0.0.1:{Port} --count 30 --rate 30";
        string terminal = s_handshake.Shell(network, $"script -qec '{command}' /dev/null").Output;
        Assert.MatchesRegex(new Regex(@"\d+ of 30 handshakes, 1 s left; Ctrl-C ends it"), terminal);
        Assert.Contains("\u001b[?25h", terminal, "The cursor is there again.");
        string pipe = s_handshake.Shell(network, command + " | cat").Output;
        Assert.DoesNotContain("\u001b", pipe);
        Assert.StartsWith($"  127.0.0.1:{Port}: 30 handshakes in ", pipe);
    }

    private static JsonElement Probe(NetworkNamespace network, int exitCode, params string[] arguments)
    {
        ToolResult result = network.TryTool(s_handshake.Path, null, ["probe", .. arguments, "--json"]);
        Assert.AreEqual(exitCode, result.ExitCode, result.Output + result.Error);
        return Schemas.Check("probe", result.Output);
    }

    private static long Count(JsonElement report, string name) => report.GetProperty(name).GetInt64();
}
