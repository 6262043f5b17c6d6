using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.RegularExpressions;
using HandshakeNano.Boards.Virtual;
using HandshakeNano.Client.Output;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace HandshakeNano.Interop;

/// <summary>What is drawn while it goes on: two kernels that are watched on their cable, our stack beside a kernel, the firmware with curl and nc.</summary>
[TestClass]
[DoNotParallelize]
public sealed class WatchTests
{
    private const string Cable = "cable";
    private const string Host = "10.9.0.2";
    private const int Port = 8000;

    private static Handshake s_handshake = null!;

    private NetworkNamespace _client = null!, _server = null!;
    private Process? _python;

    public required TestContext TestContext { get; set; }

    [ClassInitialize]
    public static void Begin(TestContext context) => s_handshake = new Handshake();

    [ClassCleanup]
    public static void End() => s_handshake.Dispose();

    [TestInitialize]
    public void LayCable()
    {
        _client = Lab.NewNetwork();
        _server = Lab.NewNetwork();
        _client.LayCable(_server, Cable);
        foreach ((NetworkNamespace host, int number) in new[] { (_client, 1), (_server, 2) })
        {
            host.SetKernel($"ipv6/conf/{Cable}/disable_ipv6", "0");
            host.SetKernel($"ipv6/conf/{Cable}/accept_dad", "0");
            host.Tool("ip", "addr", "add", $"10.9.0.{number}/24", "dev", Cable);
            host.Tool("ip", "addr", "add", $"fd09::{number}/64", "dev", Cable, "nodad");
            host.Tool("ip", "link", "set", Cable, "up");
        }

        _client.WaitForCarrier(Cable);
        _server.WaitForCarrier(Cable);
    }

    [TestCleanup]
    public void Leave()
    {
        _python?.Kill();
        _python?.WaitForExit();
        _python?.Dispose();
        _client.Dispose();
        _server.Dispose();
    }

    /// <summary>curl gets a page from Python, and is refused once; Ctrl-C ends it with the summary.</summary>
    [TestMethod]
    [DataRow(Cable, Host)]
    [DataRow("any", "[fd09::2]")]
    public void TheHandshakesOfOthersAreDrawnAsTheyHappen(string device, string host)
    {
        StartPython();
        using Process watch = s_handshake.Start(_client, "watch", "--interface", device);
        Assert.AreEqual($"Watching {device}; Ctrl-C ends it.", watch.StandardOutput.ReadLine() ?? watch.StandardError.ReadToEnd());
        List<string> drawn = [];
        _client.Tool("curl", "--silent", "--output", "/dev/null", $"http://{host}:{Port}/");
        ReadUntil(watch, drawn, "closed by");
        Assert.AreEqual(7, _client.TryTool("curl", null, "--silent", $"http://{host}:81/").ExitCode);
        ReadUntil(watch, drawn, "refused:");
        Handshake.Interrupt(_client, watch);
        drawn.Add(watch.StandardOutput.ReadToEnd());
        Assert.IsTrue(watch.WaitForExit(Lab.Deadline), "It does not end.");
        string text = string.Join('\n', drawn);
        TestContext.WriteLine(text);
        Assert.AreEqual("", watch.StandardError.ReadToEnd());
        Assert.AreEqual(0, watch.ExitCode);
        StringAssert.Matches(text, new Regex(@"#1 .*SYN-SENT .*├── SYN      seq \d+  win \d+ ─+▶│  \?\n"));
        StringAssert.Matches(text, new Regex(@"#1 .*ESTABLISHED .*│◀─ SYN,ACK  seq \d+  ack \d+ .*─+┤  SYN-RECEIVED\n"));
        StringAssert.Matches(text, new Regex(@"#1 .*ESTABLISHED .*├── ACK      seq 1  ack 1  win \d+ ─+▶│  ESTABLISHED\n"));
        StringAssert.Contains(text, "not drawn ...");
        StringAssert.Matches(text, new Regex(@"#2 .*refused: 2 segments, 0 bytes of data\n"));
        StringAssert.Contains(text, $"2 connections on {device}: 1 completed, 1 refused.");
        Assert.IsTrue(text.Split('\n').All(line => line.Length <= 100), text);
    }

    /// <summary>The same as tshark saw, in the words of the schema; one line each.</summary>
    [TestMethod]
    public void JsonHasTheNumbersThatTsharkSees()
    {
        StartPython();
        string file = Path.Combine(s_handshake.Folder, "watch.pcap");
        using Process dump = StartDump(file, $"tcp port {Port}");
        using Process watch = s_handshake.Start(_client, "watch", "--interface", Cable, $"{Host}:{Port}", "--json", "--count", "2");
        Assert.AreEqual("begin", Event(watch.StandardOutput.ReadLine()!).GetProperty("event").GetString());
        Assert.AreEqual(7, _client.TryTool("curl", null, "--silent", $"http://{Host}:81/").ExitCode);
        _client.Tool("curl", "--silent", "--output", "/dev/null", $"http://{Host}:{Port}/");
        _client.Tool("curl", "--silent", "--output", "/dev/null", $"http://{Host}:{Port}/");
        JsonElement[] lines = [.. watch.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(Event)];
        Assert.IsTrue(watch.WaitForExit(Lab.Deadline), "It does not end.");
        Assert.AreEqual(0, watch.ExitCode);
        Lab.WaitUntil(() => Syns(file).Length == 4, "tcpdump has both");
        JsonElement[] handshakes = [.. lines.Where(line => line.GetProperty("event").GetString() == "handshake")];
        Assert.IsTrue(handshakes.All(line => line.GetProperty("outcome").GetString() == "completed"));
        string[] numbers = [.. handshakes.SelectMany(line => new[] { "client", "server" }.Select(end => line.GetProperty(end).GetProperty("initialSequence").ToString()))];
        CollectionAssert.AreEqual(Syns(file), numbers);
        JsonElement summary = lines[^1];
        Assert.AreEqual(2, summary.GetProperty("completed").GetInt32(), "The refused one has another port.");
        Assert.AreEqual(0, summary.GetProperty("framesLost").GetInt32());
        Handshake.Interrupt(_client, dump);
        dump.WaitForExit();
    }

    /// <summary>The kernel's count of the frames that the interface has sent says so.</summary>
    [TestMethod]
    public void WatchingSendsNothing()
    {
        _client.Tool("ip", "addr", "flush", "dev", Cable);
        _client.SetKernel($"ipv6/conf/{Cable}/disable_ipv6", "1");
        string Sent() => _client.Run(() => File.ReadAllLines("/proc/thread-self/net/dev").Single(line => line.Contains(Cable + ":", StringComparison.Ordinal))
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)[10]);
        string before = Sent();
        using Process watch = s_handshake.Start(_client, "watch", "--interface", Cable, "--all");
        Assert.StartsWith("Watching", watch.StandardOutput.ReadLine()!);
        _server.TryTool("ping", null, "-c", "1", "-W", "1", "10.9.0.9");
        Handshake.Interrupt(_client, watch);
        string summary = watch.StandardOutput.ReadToEnd();
        watch.WaitForExit();
        Assert.AreEqual(before, Sent());
        StringAssert.Contains(summary, "0 connections on cable.");
    }

    [TestMethod]
    public void WhoReadsNoMoreEndsIt()
    {
        ToolResult result = s_handshake.Shell(_client, $"set -o pipefail; handshake watch --interface {Cable} | head -1");
        Assert.AreEqual($"Watching {Cable}; Ctrl-C ends it.\n", result.Output);
        Assert.AreEqual("", result.Error);
        Assert.AreEqual(OutputReader.ExitCode, result.ExitCode);
    }

    [TestMethod]
    public void WhatCannotBeWatchedIsOneLineThatSaysWhatToDo()
    {
        Assert.AreEqual("handshake: there is no interface eth9; choose one of: any, cable, lo\n", Sorted(Fails("watch --interface eth9")));
        _client.Tool("ip", "link", "set", Cable, "down");
        Assert.AreEqual($"handshake: {Cable} is not up; type: sudo ip link set {Cable} up\n", Fails($"watch --interface {Cable}"));
        _client.Tool("ip", "link", "set", Cable, "up");
        string user = _client.TryTool("setpriv", null, "--bounding-set=-net_raw", s_handshake.Path, "watch", "--interface", Cable).Error;
        Assert.AreEqual(
            $"handshake: {Cable} cannot be watched without the right to capture (CAP_NET_RAW); run it as root, or in a container start that with --cap-add NET_RAW\n",
            user);
        string none = s_handshake.Shell(_client, "unshare --mount sh -c 'for lib in $(ldconfig -p | sed -n \"s/.*libpcap.* => //p\"); do mount --bind /dev/null $(readlink -f $lib); done; "
            + $"exec handshake watch --interface {Cable}'").Error;
        StringAssert.StartsWith(none, "handshake: watching an interface needs libpcap, which is not on this computer; install it (Debian, Ubuntu: apt install libpcap0.8");
        Assert.HasCount(2, none.Split('\n'));
        ToolResult json = s_handshake.Shell(_client, "handshake watch --interface eth9 --json");
        Assert.IsFalse(Event(json.Output).GetProperty("ok").GetBoolean());
        Assert.HasCount(2, json.Output.Split('\n'));
    }

    [TestMethod]
    public void AnInterfaceThatGoesAwayEndsItWithTheSummary()
    {
        using Process watch = s_handshake.Start(_client, "watch", "--interface", Cable);
        Assert.StartsWith("Watching", watch.StandardOutput.ReadLine()!);
        _client.Tool("ip", "link", "del", Cable);
        string output = watch.StandardOutput.ReadToEnd();
        Assert.IsTrue(watch.WaitForExit(Lab.Deadline), "It does not end.");
        Assert.AreEqual(1, watch.ExitCode);
        StringAssert.Contains(output, "0 connections on cable.");
        Assert.MatchesRegex("^handshake: cable can no longer be watched: [^\n]+; type: ip link, which shows whether it is there and up\n$", watch.StandardError.ReadToEnd());
    }

    /// <summary>Our stack as one more host of the LAN gives a real host its ladder, live and at the end, and a capture to tcpdump.</summary>
    [TestMethod]
    public void ConnectDrawsTheLadderOfAHostOfTheLan()
    {
        using var server = new KernelEchoServer(_server, Port, Host);
        string[] line = ["connect", $"{Host}:{Port}", "--interface", Cable, "--address", "10.9.0.77/24", "--send", "hello"];
        ToolResult end = s_handshake.Shell(_client, $"handshake {string.Join(' ', line)}");
        Assert.AreEqual(0, end.ExitCode, end.Error);
        StringAssert.Contains(end.Output, "through the interface cable");
        StringAssert.Matches(end.Output, new Regex(@"├── SYN      seq \d+ \(0\) ─+▶│  SYN-RECEIVED\n"));
        ToolResult live = s_handshake.Shell(_client, $"handshake {string.Join(' ', line)} --watch");
        Assert.AreEqual(0, live.ExitCode, live.Error);
        TestContext.WriteLine(live.Output);
        StringAssert.Matches(live.Output, new Regex(@"├── SYN      seq \d+  win \d+ ─+▶│  \?\n"));
        StringAssert.Matches(live.Output, new Regex(@"│◀─ SYN,ACK  seq \d+  ack \d+ .*─+┤  SYN-RECEIVED\n"));
        StringAssert.Matches(live.Output, new Regex(@"├── ACK      seq 1  ack 1  win \d+ ─+▶│  ESTABLISHED\n"));
        StringAssert.Contains(live.Output, "\"hello\"");
        Assert.AreEqual(1, Regex.Count(live.Output, "├── SYN "), "The ladder is not drawn again at the end.");
        StringAssert.Contains(live.Output, "ok      states");
    }

    [TestMethod]
    [DataRow("tcpdump", "tcpdump --immediate-mode -l -n -r - 2> /dev/null")]
    [DataRow("tshark", "tshark -l -n -i - 2> /dev/null")]
    public void TheCaptureGoesToAnotherProgramLive(string program, string command)
    {
        using Process serve = _client.Run(() => Process.Start(new ProcessStartInfo("bash", ["-c", $"'{s_handshake.Path}' serve --watch --pcap - | {command}"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!);
        Assert.StartsWith("The device is 10.77.0.2", serve.StandardError.ReadLine()!);
        using Socket socket = _client.NewSocket();
        socket.Connect(Lab.EchoService);

        // The connection stays open: what is seen now was passed on at once.
        string said = "";
        while (!said.Contains(program == "tcpdump" ? "Flags [S.]" : "[SYN, ACK]", StringComparison.Ordinal))
            said = serve.StandardOutput.ReadLine() ?? throw new AssertFailedException(program + " has ended: " + serve.StandardError.ReadToEnd());
        while (!said.Contains("SYN-RECEIVED", StringComparison.Ordinal))
            said = serve.StandardError.ReadLine()!;
        socket.Close();
        _client.Tool("pkill", "-INT", "-P", serve.Id.ToString(CultureInfo.InvariantCulture), "dotnet");
        string drawn = serve.StandardError.ReadToEnd();
        Assert.IsTrue(serve.WaitForExit(Lab.Deadline), "It does not end.");
        StringAssert.Contains(drawn, "Established");
    }

    [TestMethod]
    public void ServeDrawsEachConnectionWithItsNumber()
    {
        using Process serve = s_handshake.Start(_client, "serve", "--watch");
        Assert.StartsWith("The device is 10.77.0.2", serve.StandardOutput.ReadLine() ?? serve.StandardError.ReadToEnd());
        Assert.AreEqual("hello", _client.TryTool("nc", "hello"u8.ToArray(), "-N", "-w", "20", Lab.Device, "7").Output);
        Assert.AreEqual(0, _client.TryTool("curl", null, "--silent", "--output", "/dev/null", $"http://{Lab.Device}/").ExitCode);
        Assert.AreEqual(7, _client.TryTool("curl", null, "--silent", $"http://{Lab.Device}:81/").ExitCode);
        List<string> drawn = [];
        ReadUntil(serve, drawn, "refused:");
        Handshake.Interrupt(_client, serve);
        drawn.Add(serve.StandardOutput.ReadToEnd());
        Assert.IsTrue(serve.WaitForExit(Lab.Deadline), "It does not end.");
        string text = string.Join('\n', drawn);
        TestContext.WriteLine(text);
        Assert.AreEqual(0, serve.ExitCode);
        StringAssert.Matches(text, new Regex(@"\n  \d\d:\d\d:\d\d  #1    10\.77\.0\.1:\d+ ─▶ 10\.77\.0\.2:7\n"));
        StringAssert.Matches(text, new Regex(@"#1 .*├── (PSH,)?ACK .*len 5"));
        StringAssert.Matches(text, new Regex(@"#1 .*closed by both: \d+ segments, 10 bytes of data\n"));
        StringAssert.Contains(text, "\"GET / HTTP/1.1");
        StringAssert.Matches(text, new Regex(@"#3 .*refused: 2 segments, 0 bytes of data\n"));
        Assert.DoesNotContain("ISN theirs", text);
        StringAssert.Contains(text, "PassiveOpens");
    }

    private void StartPython()
    {
        _python = _server.Run(() => Process.Start(new ProcessStartInfo(
            "/usr/bin/python3", ["-m", "http.server", Port.ToString(CultureInfo.InvariantCulture), "--bind", "::", "--directory", s_handshake.Folder])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!);
        Lab.WaitUntil(() => _python.HasExited || _server.Tool("ss", "-Hltn", $"sport = :{Port}").Length > 0, "Python listens");
    }

    private Process StartDump(string file, string filter)
    {
        Process dump = _client.Run(() => Process.Start(new ProcessStartInfo("tcpdump", ["--immediate-mode", "-U", "-Z", "root", "-n", "-i", Cable, "-w", file, filter])
        {
            RedirectStandardError = true,
        })!);
        Assert.Contains("listening on", dump.StandardError.ReadLine()!);
        return dump;
    }

    private string[] Syns(string file) => _client.TryTool("tshark", null, "-r", file, "-n", "-Y", "tcp.flags.syn == 1", "-T", "fields", "-e", "tcp.seq_raw")
        .Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private string Fails(string command)
    {
        ToolResult result = s_handshake.Shell(_client, "handshake " + command);
        Assert.AreEqual(1, result.ExitCode, result.Output);
        Assert.AreEqual("", result.Output);
        return result.Error;
    }

    // libpcap lists them as it likes.
    private static string Sorted(string line)
    {
        int at = line.IndexOf("choose one of: ", StringComparison.Ordinal) + "choose one of: ".Length;
        return line[..at] + string.Join(", ", line[at..].Trim().Split(", ").Order(StringComparer.Ordinal)) + "\n";
    }

    private static void ReadUntil(Process process, List<string> lines, string text)
    {
        do
            lines.Add(process.StandardOutput.ReadLine() ?? throw new AssertFailedException(string.Join('\n', lines) + process.StandardError.ReadToEnd()));
        while (!lines[^1].Contains(text, StringComparison.Ordinal));
    }

    private static JsonElement Event(string line) => JsonDocument.Parse(line).RootElement.Clone();
}
