using System.Diagnostics;
using System.Globalization;
using System.Threading.Tasks;
using HandshakeNano.Net;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace HandshakeNano.Interop;

/// <summary>hping3 floods the echo port with SYNs from addresses that do not answer, and the kernel goes on connecting (RFC 4987).</summary>
[TestClass]
[DoNotParallelize]
public sealed class FloodTests
{
    private const int Rounds = 300;

    public required TestContext TestContext { get; set; }

    /// <summary>With a device's settings, 8 connections and 8 half-open ones, and with those of a PC.</summary>
    [TestMethod]
    [DataRow(8, 8)]
    [DataRow(64, 16)]
    public void EveryHonestConnectCompletesInAFloodOfSyns(int connections, int halfOpen)
    {
        TcpSettings settings = Lab.NewSettings(connections);
        settings.HalfOpenConnections = halfOpen;
        settings.Gateway = Lab.KernelAddress;
        using Lab lab = new Lab(settings).Start();
        Stopwatch time = Stopwatch.StartNew();
        lab.EchoOneAfterAnother(Rounds);
        TestContext.WriteLine("quiet: " + Traffic.Rate(Rounds, time, "connects"));

        string count = Night.Or(300_000, 20_000).ToString(CultureInfo.InvariantCulture);
        Task<ToolResult> flood = Task.Run(() => lab.Network.TryTool(
            "hping3", null, "--rand-source", "--syn", "--numeric", "--quiet", "--interval", "u200", "--count", count, "--destport", "7", Lab.Device));
        Lab.WaitUntil(() => lab.Count(Counter.CookiesSent) > 100, "the flood has begun");
        time.Restart();
        int rounds = 0;
        do
        {
            lab.EchoOneAfterAnother(Rounds);
            rounds += Rounds;
        }
        while (!flood.IsCompleted);
        TestContext.WriteLine("in the flood: " + Traffic.Rate(rounds, time, "connects"));

        ulong cookies = lab.Count(Counter.CookiesSent);
        TestContext.WriteLine($"{cookies} cookies sent, {lab.Count(Counter.CookiesReceived)} came back, "
            + $"{lab.Count(Counter.SynQueueEvicted)} half-open connections gave way");
        Assert.AreEqual((ulong)(Rounds + rounds), lab.Count(Counter.Established));
        Assert.AreEqual(0ul, lab.Count(Counter.ConnectionsExhausted));

        // Back to half-open connections: a second after the flood there is room again, and no cookie is sent.
        Lab.WaitUntil(() => lab.Endpoint.ConnectionCount == 0, "what was half-open is forgotten");
        lab.EchoOneAfterAnother(10);
        Assert.AreEqual(cookies, lab.Count(Counter.CookiesSent));
        lab.WaitUntilIdle();
        lab.AssertHealthy();
    }
}
