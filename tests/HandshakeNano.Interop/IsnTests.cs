using System;
using System.IO;
using System.Linq;
using System.Text.Json;
using HandshakeNano.Boards.Virtual;
using HandshakeNano.Client.Tests;
using HandshakeNano.Interop.Peers;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace HandshakeNano.Interop;

/// <summary><c>handshake isn</c> against real stacks: ours and Linux pass, lwIP does not (docs/isn.md).</summary>
[TestClass]
[DoNotParallelize]
public sealed class IsnTests
{
    private const string Million = "1000000";

    private static readonly string _handshake = Path.Combine(AppContext.BaseDirectory, "handshake.dll");

    public required TestContext TestContext { get; set; }

    [TestMethod]
    public void OursPassesThroughTheKernel()
    {
        using Lab lab = new Lab().Start();
        string[] amount = Night.IsNight ? ["--samples", Million, "--addresses", "16"] : ["--samples", "2000"];
        JsonElement tuples = Measure(lab.Network, 0, ["10.77.0.2:7", "--interface", Lab.TapName, "--burst", "8", .. amount]);
        Assert.AreEqual(250, Clock(tuples), 2.5, tuples.ToString());
        JsonElement one = Measure(
            lab.Network, 0, "10.77.0.2:7", "--interface", Lab.TapName, "--same-tuple", "--burst", "32", "--samples", Night.IsNight ? Million : "2000");
        Assert.AreEqual(250, Clock(one), 2.5, one.ToString());
        Assert.AreEqual(0, one.GetProperty("tuple").GetProperty("repeated").GetInt32());
        lab.AssertHealthy();
    }

    [TestMethod]
    public void OursPassesInMemoryForNearlyAWholeCycleOfItsClock()
    {
        using NetworkNamespace network = Lab.NewNetwork();
        string samples = Night.IsNight ? Million : "20000";
        Measure(network, 0, "--in-memory", "--samples", samples);
        JsonElement one = Measure(network, 0, "--in-memory", "--same-tuple", "--samples", samples);
        Assert.AreEqual(250, Clock(one), 2.5, one.ToString());
        Measure(network, 0, "--in-memory", "--same-tuple", "--burst", "1", "--samples", samples);
    }

    [TestMethod]
    public void TheKernelPassesWithAClockOf64Nanoseconds()
    {
        using NetworkNamespace network = Lab.NewNetwork();
        network.Tool("ip", "tuntap", "add", "dev", "pc0", "mode", "tap");
        network.Tool("ip", "address", "add", "10.77.0.1/24", "dev", "pc0");
        network.Tool("ip", "link", "set", "pc0", "up");
        using var server = new KernelEchoServer(network, 6001);
        JsonElement tuples = Measure(network, 0, $"{Lab.Kernel}:6001", "--tap", "pc0");
        Assert.AreEqual(15_625, Clock(tuples), 156, tuples.ToString());
        JsonElement one = Measure(network, 0, $"{Lab.Kernel}:6001", "--tap", "pc0", "--same-tuple", "--burst", "8");
        Assert.AreEqual(15_625, Clock(one), 156, one.ToString());
    }

    [TestMethod]
    public void LwipFailsForItsIsnsAreACounter()
    {
        using NetworkNamespace network = Lab.NewNetwork();
        using StackPeer lwip = StackPeer.Start(network, StackProgram.Lwip);
        TestContext.WriteLine(lwip.Greeting);
        JsonElement tuples = Measure(network, 1, StackPeer.Address + ":7", "--interface", lwip.Tap);
        string[] failed = [.. tuples.GetProperty("checks").EnumerateArray().Where(check => !check.GetProperty("ok").GetBoolean())
            .Select(check => check.GetProperty("name").GetString()!)];
        foreach (string test in new[] { "clock", "min-entropy", "chi-squared", "correlation", "spectral", "guess" })
            Assert.Contains(test, failed, tuples.ToString());
        Measure(network, 1, StackPeer.Address + ":7", "--interface", lwip.Tap, "--same-tuple");
    }

    private static double Clock(JsonElement report) => report.GetProperty("tuple").GetProperty("clockKilohertz").GetDouble();

    private static JsonElement Measure(NetworkNamespace network, int exitCode, params string[] arguments)
    {
        ToolResult result = network.TryTool(TimeSpan.FromMinutes(Night.Or(30, 15)), "dotnet", null, [_handshake, "isn", .. arguments, "--json"]);
        Assert.AreEqual(exitCode, result.ExitCode, result.Output + result.Error);
        return Schemas.Check("isn", result.Output);
    }
}
