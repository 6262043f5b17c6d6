using System;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Net.Sockets;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using HandshakeNano.Boards.Virtual;
using HandshakeNano.Links;
using HandshakeNano.Net;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace HandshakeNano.Interop;

/// <summary>
/// The kernel's own vxlan device at one end of a network, the firmware behind our VXLAN link at the other, each in a
/// namespace of its own.
/// </summary>
[TestClass]
[DoNotParallelize]
public sealed class VxlanTests
{
    public required TestContext TestContext { get; set; }

    [TestMethod]
    public void FiveThousandConnectionsOneAfterAnother()
    {
        const int Rounds = 5_000;
        using Site site = new();
        Stopwatch time = Stopwatch.StartNew();
        site.Lab.EchoOneAfterAnother(Rounds);
        TestContext.WriteLine(Traffic.Rate(Rounds, time, "connections"));
        site.Lab.WaitUntilIdle();
        Assert.AreEqual((ulong)Rounds, site.Lab.Count(Counter.PassiveOpens));
        Assert.AreEqual((ulong)Rounds, site.Lab.Count(Counter.Established));
        Assert.AreEqual(0ul, site.Lab.Count(Counter.ResetsSent));
        Assert.AreEqual(0, site.Pc.KernelCounter("Tcp", "AttemptFails"));
        site.AssertNothingDropped();
    }

    [TestMethod]
    public async Task MuchDataComesBackWhole()
    {
        using Site site = new();
        using var stop = new CancellationTokenSource(Lab.Deadline);
        Stopwatch time = Stopwatch.StartNew();
        using (Socket socket = site.Lab.Connect(Lab.EchoService))
            await Traffic.EchoAsync(socket, 1, 1 << 20, 70_000, stop.Token);
        TestContext.WriteLine(Traffic.Rate(1024, time, "KiB"));
        site.Lab.WaitUntilIdle();
        site.AssertNothingDropped();
    }

    /// <summary>1422 bytes of ping are an IP packet of 1450, and that is a UDP datagram that just fits.</summary>
    [TestMethod]
    [DataRow("56")]
    [DataRow("1422")]
    public void EveryPingIsAnswered(string size)
    {
        using Site site = new();
        ToolResult result = site.Pc.TryTool("ping", null, "-n", "-c", "50", "-w", Pings.Wait, "-i", "0.01", "-M", "do", "-s", size, Lab.Device);
        Pings.AssertAnswered(result, 50);
        ToolResult tooLong = site.Pc.TryTool("ping", null, "-n", "-c", "1", "-W", "1", "-M", "do", "-s", "1423", Lab.Device);
        Assert.AreNotEqual(0, tooLong.ExitCode, tooLong.Output);
        site.AssertNothingDropped();
    }

    [TestMethod]
    public void CurlPostsToTheEchoService()
    {
        using Site site = new();
        byte[] body = Encoding.ASCII.GetBytes(Convert.ToBase64String(Traffic.Bytes(1, 300_000)));
        ToolResult result = site.Pc.TryTool(
            "curl", body, "--silent", "--show-error", "--max-time", "60", "--request", "HTTP/1.1", "--request-target", "200",
            "--header", "Expect:", "--data-binary", "@-", $"http://{Lab.Device}:{Lab.Echo}/");
        Assert.AreEqual(0, result.ExitCode, result.Error);
        Traffic.AssertSame(body, Encoding.ASCII.GetBytes(result.Output));
        site.AssertNothingDropped();
    }

    [TestMethod]
    public async Task ReservedBitsAreZeroOnTheWire()
    {
        string file = Path.Combine(Path.GetTempPath(), $"handshake-vxlan-{Environment.ProcessId}.pcapng");
        try
        {
            using (Site site = new())
            {
                using Process capture = site.StartCapture(file);
                site.Pc.Tool("ping", "-n", "-c", "3", "-i", "0.01", "-W", "5", "-s", "1422", Lab.Device);
                using var stop = new CancellationTokenSource(Lab.Deadline);
                using (Socket socket = site.Lab.Connect(Lab.EchoService))
                    await Traffic.EchoAsync(socket, 1, 100_000, 10_000, stop.Token);
                site.Lab.WaitUntilIdle();

                // What comes after it in the file came later: when this one is there, all others are.
                site.Pc.Tool("ping", "-n", "-c", "1", "-p", "4c415354", "-s", "100", Lab.Device);
                Lab.WaitUntil(
                    () => File.ReadAllBytes(file).AsSpan().IndexOf("LASTLASTLAST"u8) is int first && first >= 0
                        && File.ReadAllBytes(file).AsSpan(first + 150).IndexOf("LASTLASTLAST"u8) >= 0,
                    "the last ping and its answer are in the capture");
                site.Pc.Tool("kill", "-INT", capture.Id.ToString(CultureInfo.InvariantCulture));
                Assert.IsTrue(capture.WaitForExit(Lab.Deadline), "tshark does not end.");
                site.AssertNothingDropped();
            }

            using NetworkNamespace network = Lab.NewNetwork();
            string[] headers = Fields(network, file, $"ip.src == {VxlanCable.Device} && udp.dstport == 4789", "udp.payload");
            Assert.IsGreaterThan(70, headers.Length, "100 KB are more than 70 segments.");
            foreach (string header in headers)
                Assert.StartsWith("0800000000002a00", header.Replace(":", "", StringComparison.Ordinal));
            Assert.HasCount(headers.Length, Fields(
                network,
                file,
                $"vxlan.vni == 42 && vxlan.flag_i == 1 && vxlan.flags_reserved == 0 && vxlan.gbp == 0 && vxlan.reserved8 == 0 && ip.src == {VxlanCable.Device}",
                "frame.number"));
            Assert.HasCount(0, Fields(network, file, "_ws.malformed || (tcp && tcp.checksum.status == 0) || ip.flags.mf == 1", "frame.number"));
            Assert.HasCount(0, Fields(network, file, "ip.len > 1500", "frame.number"));
        }
        finally
        {
            File.Delete(file);
        }
    }

    /// <summary>The kernel drops what has a reserved bit set and counts it; ours never does.</summary>
    [TestMethod]
    public void TheKernelFindsNothingWrongWithOurHeaders()
    {
        using Site site = new();
        site.Pc.Tool("ping", "-n", "-c", "20", "-w", Pings.Wait, "-i", "0.01", Lab.Device);
        string[] lines = site.Pc.Tool("ip", "-s", "link", "show", "vx0").Split('\n');
        int received = Array.FindIndex(lines, line => line.TrimStart().StartsWith("RX:", StringComparison.Ordinal));
        string[] numbers = lines[received + 1].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        Assert.IsGreaterThanOrEqualTo(20, int.Parse(numbers[1], CultureInfo.InvariantCulture), "packets");
        Assert.AreEqual("0", numbers[2], "errors");
        site.AssertNothingDropped();
    }

    /// <summary>
    /// The commands of docs/vxlan.md for any system, typed by a user who may do nothing special, and six programs at once
    /// that get a megabyte back each.
    /// </summary>
    [TestMethod]
    public async Task CurlReachesTheDeviceThroughTheProxyWithoutRoot()
    {
        using NetworkNamespace network = Lab.NewNetwork();
        string folder = Directory.CreateTempSubdirectory("handshake-proxy-").FullName;
        try
        {
            foreach (string source in Directory.EnumerateFiles(AppContext.BaseDirectory).Where(file => !file.EndsWith(".pdb", StringComparison.Ordinal)))
                File.Copy(source, Path.Combine(folder, Path.GetFileName(source)));
            byte[] body = Encoding.ASCII.GetBytes(Convert.ToBase64String(Traffic.Bytes(1, 3 << 18)));
            Assert.HasCount(1 << 20, body);
            network.Tool("chmod", "-R", "a+rX", folder);

            using Process serve = StartAsNobody(network, folder, "serve", "--board", "virtual-wifi");
            Assert.AreEqual(
                "The device is 10.77.0.2 in VXLAN 42 at 127.0.0.2:4789, its peer is 127.0.0.1:4789; Ctrl-C ends it.",
                serve.StandardOutput.ReadLine() ?? serve.StandardError.ReadToEnd());
            using Process proxy = StartAsNobody(
                network, folder, "proxy", "--listen", "127.0.0.1:8080", "--to", "10.77.0.2:7", "--via", "vxlan://127.0.0.2?vni=42");
            Assert.AreEqual(
                "127.0.0.1:8080 leads to 10.77.0.2:7 through VXLAN 42 at 127.0.0.2:4789; Ctrl-C ends it.",
                proxy.StandardOutput.ReadLine() ?? proxy.StandardError.ReadToEnd());

            Stopwatch time = Stopwatch.StartNew();
            // A thread each: the pool has as many as there are processors, and is slow to make more.
            ToolResult[] results = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Task.Factory.StartNew(
                () => network.TryTool(
                    "curl", body, "--silent", "--show-error", "--max-time", "60", "--request", "HTTP/1.1", "--request-target", "200",
                    "--header", "Expect:", "--data-binary", "@-", "http://127.0.0.1:8080/"),
                CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)));
            TestContext.WriteLine(Traffic.Rate(6 * 1024, time, "KiB"));
            foreach (ToolResult result in results)
            {
                Assert.AreEqual(0, result.ExitCode, result.Error);
                Traffic.AssertSame(body, Encoding.ASCII.GetBytes(result.Output));
            }

            Assert.AreEqual("6 connections taken.", End(network, proxy).TrimEnd().Split('\n')[^1]);
            string[] counters = End(network, serve).Split('\n');
            Assert.IsTrue(counters.Any(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries) is ["Established", "6"]), string.Join('\n', counters));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static Process StartAsNobody(NetworkNamespace network, string folder, params string[] arguments)
    {
        var start = new ProcessStartInfo(
            "setpriv",
            ["--reuid=65534", "--regid=65534", "--clear-groups", "--inh-caps=-all", "dotnet", Path.Combine(folder, "handshake.dll"), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder,
        };
        start.Environment["HOME"] = "/nonexistent";
        return network.Run(() => Process.Start(start)!);
    }

    private static string End(NetworkNamespace network, Process process)
    {
        network.Tool("kill", "-INT", process.Id.ToString(CultureInfo.InvariantCulture));
        string output = process.StandardOutput.ReadToEnd();
        Assert.IsTrue(process.WaitForExit(Lab.Deadline), "It does not end.");
        Assert.AreEqual(0, process.ExitCode, output + process.StandardError.ReadToEnd());
        return output;
    }

    private static string[] Fields(NetworkNamespace network, string file, string filter, string field)
    {
        string output = network.Tool(
            "tshark", "-r", file, "-n", "-2", "-o", "tcp.check_checksum:TRUE", "-Y", filter, "-T", "fields", "-e", field);
        return output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    /// <summary>Two hosts on a network of 1500 bytes: a PC that typed what docs/vxlan.md says, and the device.</summary>
    private sealed class Site : IDisposable
    {
        private readonly VxlanCable _cable = new();
        private VxlanLink? _link;

        public Site()
        {
            try
            {
                Lab = new Lab(Pc, _ => _link = OpenLink());
            }
            catch
            {
                _cable.Dispose();
                throw;
            }

            Lab.Start();
        }

        public NetworkNamespace Pc => _cable.Pc;

        public Lab Lab { get; }

        public void AssertNothingDropped()
        {
            Lab.AssertHealthy();
            VxlanCounts counts = _link!.Counts;
            Assert.AreEqual(Lab.Count(Counter.FramesSent), counts.Sent);
            Assert.AreEqual(
                0ul,
                counts.TooShort + counts.TooLong + counts.FlagMissing + counts.VniUnknown + counts.SourceUnknown + counts.Tagged
                    + counts.ReceiveErrors + counts.NotSentError + counts.NotSentResting + counts.NotSentLength);
        }

        public Process StartCapture(string file)
        {
            var start = new ProcessStartInfo("tshark", ["-i", "eth0", "-n", "-q", "-f", "udp port 4789", "-w", file])
            {
                RedirectStandardError = true,
            };
            Process process = Pc.Run(() => Process.Start(start)!);
            var said = new StringBuilder();
            while (!said.ToString().Contains("Capturing on", StringComparison.Ordinal))
            {
                string? line = process.StandardError.ReadLine();
                Assert.IsNotNull(line, "tshark does not capture: " + said);
                said.AppendLine(line);
            }

            // The file is there once the packet socket is.
            Interop.Lab.WaitUntil(() => File.Exists(file) && new FileInfo(file).Length > 0, "tshark has begun");
            return process;
        }

        public void Dispose()
        {
            Lab.Dispose();
            _cable.Dispose();
        }

        private VxlanLink OpenLink()
        {
            return _cable.DeviceNetwork.Run(() => new VxlanLink(new VxlanSettings { Vni = 42, Peer = Interop.Lab.Address(VxlanCable.PcAddress) }));
        }
    }
}
