using System;
using System.Diagnostics;
using System.Linq;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using HandshakeNano.Boards.Virtual;
using HandshakeNano.Net;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace HandshakeNano.Interop;

/// <summary>The kernel, a TAP device, the model of a W5500, its driver, our endpoint.</summary>
[TestClass]
[DoNotParallelize]
public sealed class W5500Tests
{
    private const int Port = 6000;

    public required TestContext TestContext { get; set; }

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void ThousandsOfConnectionsOneAfterAnother(bool interrupt)
    {
        int rounds = Night.Or(20_000, 4_000);
        using var board = new W5500Lab(interrupt, prepare: traps => traps.InitialPointer = 0xFFF0);
        Lab lab = board.Lab;
        lab.Network.SetKernel("ipv4/ip_local_port_range", "1024 65000");
        Stopwatch time = Stopwatch.StartNew();
        lab.EchoOneAfterAnother(rounds);
        TestContext.WriteLine(Traffic.Rate(rounds, time, "connections"));
        lab.WaitUntilIdle();
        TestContext.WriteLine(board.Summary());
        Assert.AreEqual((ulong)rounds, lab.Count(Counter.PassiveOpens));
        Assert.AreEqual((ulong)rounds, lab.Count(Counter.Established));
        Assert.AreEqual(0, lab.Network.KernelCounter("Tcp", "AttemptFails"));
        Assert.AreEqual(0, lab.Network.KernelCounter("Tcp", "EstabResets"));
        AssertNothingWrong(board);
    }

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public async Task FiveHundredConnectionsAtOnce(bool interrupt)
    {
        const int Connections = 500;
        using var board = new W5500Lab(interrupt, Lab.NewSettings(600));
        Lab lab = board.Lab;
        Stopwatch time = Stopwatch.StartNew();
        await Converse(lab, Connections, i => 8_000 + 37 * i, Connections);
        TestContext.WriteLine(Traffic.Rate(Connections, time, "connections"));
        lab.WaitUntilIdle();
        TestContext.WriteLine(board.Summary());
        Assert.AreEqual((ulong)Connections, lab.Count(Counter.Established));
        Assert.AreEqual(0, lab.Network.KernelCounter("Tcp", "AttemptFails"));
        Assert.AreEqual(0, lab.Network.KernelCounter("Tcp", "EstabResets"));
        AssertNothingWrong(board);
    }

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public async Task MuchDataComesBackWhole(bool interrupt)
    {
        const int Length = 4 << 20;
        using var board = new W5500Lab(interrupt, prepare: traps => traps.InitialPointer = 0xFFF0);
        Lab lab = board.Lab;
        Stopwatch time = Stopwatch.StartNew();
        await Converse(lab, 1, _ => Length, 1);
        TestContext.WriteLine(Traffic.Rate(Length / 1024, time, "KiB"));
        lab.WaitUntilIdle();
        TestContext.WriteLine(board.Summary());
        AssertNothingWrong(board);
    }

    [TestMethod]
    [DataRow(false, 1)]
    [DataRow(true, 50)]
    public void TwoThousandActiveOpens(bool interrupt, int atOnce)
    {
        const int Opens = 2_000;
        using var board = new W5500Lab(interrupt, prepare: traps => traps.InitialPointer = 0xFFF0, start: false);
        using var server = new KernelEchoServer(board.Lab.Network, Port);
        Stopwatch time = Stopwatch.StartNew();
        EchoExchange.RunAll(board.Lab, Port, Opens, atOnce);
        TestContext.WriteLine(Traffic.Rate(Opens, time, "opens"));
        board.Lab.StepUntil(() => board.Lab.Endpoint.ConnectionCount == 0, "no connection is left");
        Lab.WaitUntil(() => server.Finished == Opens, "the kernel saw every connection's end");
        TestContext.WriteLine(board.Summary());
        Assert.AreEqual(0, server.Failed);
        Assert.AreEqual((ulong)Opens, board.Lab.Count(Counter.Established));
        AssertNothingWrong(board);
    }

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public async Task ConnectionsSurviveTheLossOfThreePacketsInTen(bool interrupt)
    {
        int connections = Night.Or(200, 50);
        using var board = new W5500Lab(interrupt, LossTests.PatientSettings(), traps => traps.InitialPointer = 0xFFF0);
        LossTests.MakeKernelPatient(board.Lab);
        KnowTheDevice(board.Lab);
        LossTests.LoseThreeOfTen(board.Lab);
        Stopwatch time = Stopwatch.StartNew();
        await Converse(board.Lab, connections, i => 2_000 + 20 * i, connections);
        TestContext.WriteLine(Traffic.Rate(connections, time, "connections"));
        TestContext.WriteLine(board.Summary());
        Assert.AreEqual((ulong)connections, board.Lab.Count(Counter.Established));
        Assert.IsGreaterThan((ulong)connections, board.Lab.Count(Counter.Retransmissions));
        AssertNothingWrong(board);
    }

    [TestMethod]
    [DataRow(false, "56")]
    [DataRow(true, "56")]
    [DataRow(false, "16")]
    [DataRow(true, "1472")]
    public void AFloodOfPingsIsAnswered(bool interrupt, string size)
    {
        using var board = new W5500Lab(interrupt);
        ToolResult result = board.Lab.Network.TryTool(
            "ping", null, "-n", "-q", "-f", "-c", "3000", "-w", Pings.Wait, "-M", "do", "-s", size, Lab.Device);
        Pings.AssertAnswered(result, 3000);
        TestContext.WriteLine(result.Output);
        AssertNothingWrong(board);
    }

    /// <summary>What loses frames costs time, and never a connection or a byte.</summary>
    [TestMethod]
    [DataRow("torn reads", false)]
    [DataRow("torn reads", true)]
    [DataRow("slow commands", false)]
    [DataRow("slow commands", true)]
    [DataRow("stuck command", false)]
    [DataRow("stuck command", true)]
    [DataRow("wrong length", false)]
    [DataRow("wrong length", true)]
    [DataRow("wrong length 65534", false)]
    [DataRow("lost SENDOK", false)]
    [DataRow("lost SENDOK", true)]
    [DataRow("overflow", false)]
    [DataRow("lost edges", true)]
    [DataRow("broken interrupt wire", true)]
    [DataRow("bus errors", false)]
    [DataRow("bus errors", true)]
    [DataRow("late bus errors", true)]
    [DataRow("power failures", true)]
    [DataRow("link flaps", false)]
    [DataRow("link flaps", true)]
    public async Task ConnectionsSurvive(string trap, bool interrupt)
    {
        int atOnce = Night.Or(500, 40);
        int oneAfterAnother = Night.Or(20_000, 100);
        int connections = atOnce + oneAfterAnother;
        using var board = new W5500Lab(interrupt, Lab.NewSettings(atOnce), traps => Set(traps, trap));
        Lab lab = board.Lab;
        LookSeldom(board, trap);
        KnowTheDevice(lab);
        lab.Network.SetKernel("ipv4/ip_local_port_range", "1024 65000");
        using var stop = new CancellationTokenSource();
        Task disturber = Task.Run(() => Disturb(board.Chip, trap, stop.Token));
        Stopwatch time = Stopwatch.StartNew();
        await Converse(lab, atOnce, i => 8_000 + 37 * i, atOnce);
        TestContext.WriteLine(Traffic.Rate(atOnce, time, "connections at once"));
        time.Restart();

        // Ten rows side by side: a frame that is lost costs a second, and most rows need not wait for it.
        await Converse(lab, oneAfterAnother, i => 1 + i % 600, 10);
        TestContext.WriteLine(Traffic.Rate(oneAfterAnother, time, "connections"));
        await stop.CancelAsync();
        await disturber;
        TestContext.WriteLine(board.Summary());
        Assert.AreEqual((ulong)connections, lab.Count(Counter.Established));
        Assert.AreNotEqual(0, Happened(board, trap), "The trap was never sprung.");
        lab.AssertHealthy();

        // The host cannot know at once that the chip has forgotten everything.
        if (trap is not "power failures")
            board.AssertHealthy();
    }

    /// <summary>The same for the connections that the device opens.</summary>
    [TestMethod]
    [DataRow("torn reads", false)]
    [DataRow("slow commands", true)]
    [DataRow("stuck command", true)]
    [DataRow("wrong length", false)]
    [DataRow("wrong length 65534", true)]
    [DataRow("lost SENDOK", true)]
    [DataRow("overflow", false)]
    [DataRow("lost edges", true)]
    [DataRow("broken interrupt wire", true)]
    [DataRow("bus errors", false)]
    [DataRow("bus errors", true)]
    [DataRow("power failures", false)]
    [DataRow("link flaps", true)]
    public async Task ActiveOpensSurvive(string trap, bool interrupt)
    {
        int opens = Night.Or(2_000, 100);
        using var board = new W5500Lab(interrupt, prepare: traps => Set(traps, trap), start: false);
        LookSeldom(board, trap);
        KnowTheDevice(board.Lab);
        using var server = new KernelEchoServer(board.Lab.Network, Port);
        using var stop = new CancellationTokenSource();
        Task disturber = Task.Run(() => Disturb(board.Chip, trap, stop.Token));
        Stopwatch time = Stopwatch.StartNew();
        EchoExchange.RunAll(board.Lab, Port, opens, 50);
        TestContext.WriteLine(Traffic.Rate(opens, time, "opens"));
        await stop.CancelAsync();
        await disturber;
        TestContext.WriteLine(board.Summary());
        Assert.AreEqual((ulong)opens, board.Lab.Count(Counter.Established));
        Assert.AreNotEqual(0, Happened(board, trap), "The trap was never sprung.");
        board.Lab.AssertHealthy();
    }

    /// <summary>The kernel gives a neighbour up after three requests, and then the connection: that is not what is tested.</summary>
    private static void KnowTheDevice(Lab lab)
    {
        lab.Network.Tool(
            "ip", "neigh", "replace", Lab.Device, "lladdr", "02:48:4E:00:00:02", "dev", Lab.TapName, "nud", "permanent");
    }

    private static void Set(W5500Traps traps, string trap)
    {
        traps.InitialPointer = 0xFFF0;
        switch (trap)
        {
            case "torn reads":
                traps.TornReads = true;
                break;
            case "slow commands":
                traps.CommandDelay = 3;
                traps.SendDelay = 5;
                break;
            case "stuck command":
                traps.StuckCommandEvery = 500;
                break;
            case "wrong length":
                traps.WrongLengthEvery = 100;
                traps.WrongLength = 3;
                break;
            case "wrong length 65534":
                traps.WrongLengthEvery = 100;
                traps.WrongLength = 65534;
                break;
            case "lost SENDOK":
                traps.LostSendOkEvery = 100;
                break;
            case "lost edges":
                traps.LostEdgeEvery = 2;
                break;
            case "broken interrupt wire":
                traps.InterruptWireBroken = true;
                break;
            case "bus errors" or "late bus errors":
                traps.BusErrorEvery = 500;
                traps.BusErrorIsLate = trap == "late bus errors";
                break;
        }
    }

    /// <summary>A driver that looks once a tick finds the chip's memory full, and what had no room is lost.</summary>
    private static void LookSeldom(W5500Lab board, string trap)
    {
        if (trap == "overflow")
            board.Link.LowLatency = false;
    }

    private static void Disturb(W5500Model chip, string trap, CancellationToken stop)
    {
        if (trap is not ("power failures" or "link flaps"))
            return;

        // The driver looks at the link four times a second. No beat: what is sent again after 1, 2, 4, 8 s would keep to it, and
        // meet the cable out each time.
        var random = new Random(1);
        int period;
        do
        {
            if (trap == "power failures")
                chip.LosePower();
            else
                chip.IsLinkUp = !chip.IsLinkUp;
            period = chip.IsLinkUp ? random.Next(900, 1600) : random.Next(260, 340);
        }
        while (!stop.WaitHandle.WaitOne(period));
        chip.IsLinkUp = true;
    }

    /// <summary>How often the driver met the trap.</summary>
    private static int Happened(W5500Lab board, string trap)
    {
        return trap switch
        {
            "torn reads" => (int)board.Counts.TornReadings,
            "stuck command" => (int)board.Counts.CommandTimeouts,
            "wrong length" or "wrong length 65534" => (int)board.Counts.Resynchronisations,
            "lost SENDOK" => (int)board.Counts.SendTimeouts,
            "overflow" => Math.Min(board.Chip.FramesOverflowed, (int)board.Counts.NearlyFull),
            "broken interrupt wire" => (int)board.Counts.MissedInterrupts,
            "bus errors" or "late bus errors" => (int)board.Counts.BusErrors,
            "power failures" => (int)board.Counts.StateLost,
            "link flaps" => (int)board.Counts.LinkDowns,

            // These show in nothing but time.
            "slow commands" or "lost edges" => board.Chip.Transactions,
            _ => 0,
        };
    }

    /// <summary>Connections that each send their own data, get it back whole and close; some of them at a time.</summary>
    internal static async Task Converse(Lab lab, int connections, Func<int, int> length, int atATime)
    {
        using var stop = new CancellationTokenSource(TimeSpan.FromMinutes(Night.Or(60, 15)));
        using var gate = new SemaphoreSlim(atATime);
        await Task.WhenAll(Enumerable.Range(0, connections).Select(async i =>
        {
            await gate.WaitAsync(stop.Token);
            try
            {
                using Socket socket = lab.Network.NewSocket();
                await socket.ConnectAsync(Lab.EchoService, stop.Token);
                await Traffic.EchoAsync(socket, i, length(i), 3_000, stop.Token);
            }
            finally
            {
                gate.Release();
            }
        }));
    }

    private static void AssertNothingWrong(W5500Lab board)
    {
        Assert.AreEqual(0ul, board.Counts.BadLengths);
        Assert.AreEqual(0ul, board.Counts.Reopened);
        Assert.AreEqual(1ul, board.Counts.Resets);
        Assert.AreEqual(0ul, board.Counts.BusErrors);
        board.AssertHealthy();
    }
}
