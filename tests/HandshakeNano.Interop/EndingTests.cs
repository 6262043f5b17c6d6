using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Xml.Linq;
using HandshakeNano.Boards.Virtual;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace HandshakeNano.Interop;

/// <summary>
/// How the commands end when something is taken from them: their reader, room on the disk, their time (Ctrl-C), an interface or a port that
/// another has. One line at most, the right exit code, and nothing left behind.
/// </summary>
[TestClass]
[DoNotParallelize]
public sealed class EndingTests
{
    private const int Port = 6001;

    // What goes on until it is told to end, and what is under way for a minute or more; each begins with what it ends with on Ctrl-C.
    private static readonly string[] s_long =
    [
        "0 serve", "0 serve --board virtual-w5500", "0 serve --board virtual-wifi", "0 proxy --to 10.77.0.2:7 --via vxlan://127.0.0.2?vni=42", "0 responder --port 7007",
        "0 probe 127.0.0.1:6001 --count 1000000 --rate 50", "0 probe 10.77.0.1:6001 --count 1000000 --rate 50 --tap pc0",
        "130 connect 10.77.0.99:7 --tap pc0 --timeout 3600", "130 conformance 10.77.0.99 --tap pc0", "130 isn 10.77.0.99:7 --tap pc0", "130 find --seconds 60",
        "130 scoreboard", "130 isn --in-memory --samples 10000000",
    ];

    // What says something in the end, and how much of it is known.
    private static readonly string[] s_short =
    [
        "demo", "demo --in-memory", "demo --in-memory --json", "boards", "boards --json", "isn --in-memory --samples 200", "conformance --in-memory --only 18",
        "completion zsh", "man", "doctor", "doctor --json", "probe --help", "probe 127.0.0.1:6001 --count 2", "probe 127.0.0.1:6001 --count 2 --json",
        "connect 127.0.0.1:6001 --os --send hello", "draw CAPTURE", "draw CAPTURE --format svg", "flash --board esp32-wifi --port P --wifi-ssid net --dry-run",
    ];

    private static Handshake s_handshake = null!;

    public static IEnumerable<object[]> LongCommands => s_long.Select(line => line.Split(' ', 2)).Select(line => new object[] { line[1], int.Parse(line[0], CultureInfo.InvariantCulture) });

    public static IEnumerable<object[]> ShortCommands => s_short.Select(line => new object[] { line });

    private static string Capture => Path.Combine(s_handshake.Folder, "demo.pcapng");

    [ClassInitialize]
    public static void Begin(TestContext context)
    {
        s_handshake = new Handshake();
        using NetworkNamespace network = Lab.NewNetwork();
        ToolResult demo = s_handshake.Shell(network, $"handshake demo --in-memory --pcap {Capture}");
        Assert.AreEqual(0, demo.ExitCode, demo.Error);
    }

    [ClassCleanup]
    public static void End() => s_handshake.Dispose();

    [TestMethod]
    [DynamicData(nameof(LongCommands))]
    public void AReaderThatLeavesEndsIt(string command, int afterInterrupt)
    {
        using NetworkNamespace network = NewNetwork();
        using var server = new KernelEchoServer(network, Port, "127.0.0.1");
        using var other = new KernelEchoServer(network, Port);

        // Those that say something at once lose their reader after that.
        string reader = afterInterrupt == 0 && !command.StartsWith("probe", StringComparison.Ordinal) ? "head -1" : "true";
        ToolResult result = s_handshake.Shell(network, $"handshake {command} | {reader}; exit ${{PIPESTATUS[0]}}");
        Assert.AreEqual("", result.Error);
        Assert.AreEqual(141, result.ExitCode, result.Output);
        AssertNothingIsLeft(network);
    }

    [TestMethod]
    [DataRow("demo")]
    [DataRow("boards --json")]
    [DataRow("isn --in-memory --samples 200")]
    [DataRow("doctor")]
    [DataRow("probe --help")]
    public void WhatIsDoneBeforeItsReaderLeavesIsNoFault(string command)
    {
        using NetworkNamespace network = NewNetwork();
        using var server = new KernelEchoServer(network, Port, "127.0.0.1");
        ToolResult result = s_handshake.Shell(network, $"handshake {command} | true; exit ${{PIPESTATUS[0]}}");
        Assert.AreEqual("", result.Error);
        Assert.IsTrue(result.ExitCode is 0 or 141, $"{result.ExitCode}");
    }

    /// <summary>A board is not left half written because nobody reads on.</summary>
    [TestMethod]
    public void FlashGoesOnWithoutItsReader()
    {
        using NetworkNamespace network = NewNetwork();
        string folder = s_handshake.Folder;
        network.Tool("sh", "-c", $"printf '#!/bin/sh\\nsleep 0.2\\necho $1 >> {folder}/steps\\n' > {folder}/nanoff && chmod 755 {folder}/nanoff && echo > {folder}/app.bin");
        ToolResult result = s_handshake.Shell(network,
            $"handshake flash --board esp32-wifi --port P --wifi-ssid net --wifi-password password1 --image {folder}/app.bin --nanoff {folder}/nanoff | head -1; exit ${{PIPESTATUS[0]}}");
        Assert.AreEqual("", result.Error);
        Assert.AreEqual(141, result.ExitCode);
        Assert.AreEqual("--update\n--networkdeployment\n--nanodevice\n", File.ReadAllText(Path.Combine(folder, "steps")));
    }

    [TestMethod]
    [DynamicData(nameof(ShortCommands))]
    [DataRow("serve")]
    [DataRow("serve --board virtual-wifi")]
    [DataRow("proxy --to 10.77.0.2:7 --via vxlan://127.0.0.2?vni=42")]
    [DataRow("responder --port 7007")]
    [DataRow("conformance 10.77.0.99 --tap pc0")]
    [DataRow("probe 10.77.0.1:6001 --count 2 --tap pc0")]
    public void AFullDiskIsOneLine(string command)
    {
        using NetworkNamespace network = NewNetwork();
        using var server = new KernelEchoServer(network, Port, "127.0.0.1");
        using var other = new KernelEchoServer(network, Port);
        ToolResult result = s_handshake.Shell(network, $"handshake {command.Replace("CAPTURE", Capture, StringComparison.Ordinal)} > /dev/full");
        Assert.AreEqual("handshake: No space left on device\n", result.Error);
        Assert.AreEqual(1, result.ExitCode);
        AssertNothingIsLeft(network);
    }

    [TestMethod]
    [DataRow("nonsense", 2)]
    [DataRow("probe 127.0.0.1", 2)]
    [DataRow("probe nohost.invalid:7", 1)]
    [DataRow("demo --in-memory --pcap /", 1)]
    public void WhereNoLineCanBeToldTheExitCodeIsRight(string command, int exitCode)
    {
        using NetworkNamespace network = Lab.NewNetwork();
        Assert.AreEqual(exitCode, s_handshake.Shell(network, $"handshake {command} 2> /dev/full").ExitCode);
    }

    /// <summary>A file system of some kilobytes; what was there before stays whole.</summary>
    [TestMethod]
    [DataRow("probe 127.0.0.1:6001 --count 2 --plot F", 4)]
    [DataRow("isn --in-memory --samples 200 --plot F", 4)]
    [DataRow("draw CAPTURE --format svg -o F", 4)]
    [DataRow("draw CAPTURE --format html -o F", 4)]
    [DataRow("draw CAPTURE --format html -o F", 12)]
    public void AResultThatFindsNoRoomLeavesTheOldOne(string command, int kilobytes)
    {
        using NetworkNamespace network = NewNetwork();
        using var server = new KernelEchoServer(network, Port, "127.0.0.1");
        ToolResult result = InTinyFolder(network, kilobytes, $"echo old > F; handshake {command.Replace("CAPTURE", Capture, StringComparison.Ordinal)} > /dev/null; code=$?; ls -A; cat F; exit $code");
        Assert.AreEqual("F\nold\n", result.Output);
        Assert.StartsWith("handshake: cannot write F: No space left on device; choose another file, or type: ", result.Error);
        Assert.HasCount(2, result.Error.Split('\n'));
        Assert.AreEqual(1, result.ExitCode);
    }

    /// <summary>What it watches goes on, and the capture has whole frames as far as there was room.</summary>
    [TestMethod]
    public void ACaptureThatFindsNoRoomIsWholeAsFarAsItGoes()
    {
        using NetworkNamespace network = NewNetwork();
        ToolResult result = InTinyFolder(network, 4, $"handshake demo --in-memory --send {new string('x', 5000)} --pcap F > /dev/null; code=$?; tshark -n -r F | wc -l; exit $code");
        Assert.AreEqual(0, result.ExitCode, result.Error);
        Assert.Contains("the capture F ends here: No space left on device; all else goes on\n", result.Error);
        Assert.DoesNotContain("cut short", result.Error);
        Assert.IsGreaterThan(3, int.Parse(result.Output, CultureInfo.InvariantCulture));
    }

    [TestMethod]
    [DynamicData(nameof(LongCommands))]
    public void CtrlCEndsIt(string command, int exitCode)
    {
        using NetworkNamespace network = NewNetwork();
        using var server = new KernelEchoServer(network, Port, "127.0.0.1");
        using var other = new KernelEchoServer(network, Port);
        using Process process = s_handshake.Start(network, command.Split(' '));

        // What says something at once is under way then, and a probe with its first handshake; the others are once they are on the interface,
        // or have the threads of a runtime.
        if (exitCode == 0 && !command.StartsWith("probe", StringComparison.Ordinal))
            ReadLine(process);
        else if (exitCode == 0)
            Lab.WaitUntil(() => process.HasExited || server.Finished + other.Finished > 0, "it shakes hands");
        else if (command.Contains("--tap", StringComparison.Ordinal))
            Lab.WaitUntil(() => process.HasExited || IsTaken(network), "it is on the interface");
        else
            Lab.WaitUntil(() => process.HasExited || Threads(process) >= 7, "it has begun");
        Handshake.Interrupt(network, process);
        process.StandardOutput.ReadToEnd();
        Assert.AreEqual("", process.StandardError.ReadToEnd());
        Assert.IsTrue(process.WaitForExit(Lab.Deadline), "It does not end.");
        Assert.AreEqual(exitCode, process.ExitCode);
        AssertNothingIsLeft(network);
    }

    /// <summary>From the first moment on: a process that begins has a thread, and more and more.</summary>
    [TestMethod]
    [DataRow("demo")]
    [DataRow("demo --in-memory --pcap FOLDER/F")]
    [DataRow("probe 127.0.0.1:6001 --count 20 --plot FOLDER/F")]
    [DataRow("isn --in-memory --samples 200 --plot FOLDER/F")]
    [DataRow("draw CAPTURE -o FOLDER/F")]
    public void CtrlCAtAnyTimeLeavesAWholeFileOrNone(string command)
    {
        using NetworkNamespace network = NewNetwork();
        using var server = new KernelEchoServer(network, Port, "127.0.0.1");
        string folder = Directory.CreateDirectory(Path.Combine(s_handshake.Folder, "result")).FullName, file = Path.Combine(folder, "F");
        foreach (int threads in new[] { 1, 4, 7, 8, 9, 10, 12 })
        {
            using Process process = s_handshake.Start(network, command.Replace("FOLDER", folder, StringComparison.Ordinal).Replace("CAPTURE", Capture, StringComparison.Ordinal).Split(' '));
            Lab.WaitUntil(() => process.HasExited || Threads(process) >= threads, "a moment");
            network.TryTool("kill", null, "-INT", process.Id.ToString(CultureInfo.InvariantCulture));
            process.StandardOutput.ReadToEnd();
            string error = process.StandardError.ReadToEnd();
            Assert.IsTrue(process.WaitForExit(Lab.Deadline), "It does not end.");
            bool isTooEarly = process.ExitCode == 1 && error == "handshake: probe 127.0.0.1:6001: no handshake was over before it was ended\n";
            Assert.IsTrue(isTooEarly || (process.ExitCode is 0 or 130 && error == ""), $"{threads} threads: {process.ExitCode} {error}");
            string[] left = Directory.GetFileSystemEntries(folder);
            Assert.IsTrue(left.Length == 0 || (left.Length == 1 && left[0] == file), string.Join(' ', left));
            if (File.Exists(file) && command.Contains("--plot", StringComparison.Ordinal))
                Assert.AreEqual("svg", XDocument.Load(file).Root!.Name.LocalName);
            else if (File.Exists(file) && command.Contains("--pcap", StringComparison.Ordinal) && new FileInfo(file).Length > 0)
                Assert.AreEqual(0, network.TryTool("tshark", null, "-n", "-r", file).ExitCode);
            File.Delete(file);
            AssertNothingIsLeft(network);
        }
    }

    [TestMethod]
    [DataRow("serve", "handshake0 is in use by another program; end that program, or choose another interface")]
    [DataRow("serve --board virtual-wifi", "UDP 127.0.0.2:4789 is in use by another program; choose another port, such as &local=127.0.0.2:4790 in --via")]
    [DataRow("proxy --to 10.77.0.2:7 --via vxlan://127.0.0.2?vni=42&local=127.0.0.1:4800", "UDP 127.0.0.1:4800 is in use by another program; choose another port")]
    [DataRow("responder --port 7007", "TCP 0.0.0.0:7007 is in use by another program; choose another port, such as --port 7007")]
    public void TheSecondSaysWhatTheFirstHas(string command, string line)
    {
        using NetworkNamespace network = NewNetwork();
        using Process first = s_handshake.Start(network, command.Split(' '));
        ReadLine(first);
        ToolResult second = network.TryTool(s_handshake.Path, null, command.Split(' '));
        Assert.AreEqual(1, second.ExitCode);
        Assert.StartsWith("handshake: " + line, second.Error);
        Assert.HasCount(2, second.Error.Split('\n'));
        Handshake.Interrupt(network, first);
        first.StandardOutput.ReadToEnd();
        Assert.IsTrue(first.WaitForExit(Lab.Deadline), "It does not end.");
        Assert.AreEqual(0, first.ExitCode);
        AssertNothingIsLeft(network);
    }

    [TestMethod]
    [DataRow("demo", "demo")]
    [DataRow("probe 127.0.0.1:6001 --count 20 --plot F", "isn --in-memory --samples 200 --plot F")]
    [DataRow("draw CAPTURE -o F --format svg", "draw CAPTURE -o F --format svg --scale")]
    public void TwoAtOnceAreBothFine(string one, string two)
    {
        using NetworkNamespace network = NewNetwork();
        using var server = new KernelEchoServer(network, Port, "127.0.0.1");
        string file = Path.Combine(s_handshake.Folder, "two.svg");
        string Line(string command) => "handshake " + command.Replace("CAPTURE", Capture, StringComparison.Ordinal).Replace(" F", " " + file, StringComparison.Ordinal) + " > /dev/null";
        ToolResult result = s_handshake.Shell(network, $"{Line(one)} & {Line(two)}; code=$?; wait $! && exit $code");
        Assert.AreEqual(0, result.ExitCode, result.Error);
        Assert.AreEqual("", result.Error);
        if (one != "demo")
            Assert.AreEqual("svg", XDocument.Load(file).Root!.Name.LocalName);
        File.Delete(file);
        Assert.IsEmpty(Directory.GetFiles(s_handshake.Folder, ".handshake-*"));
    }

    private static NetworkNamespace NewNetwork()
    {
        NetworkNamespace network = Lab.NewNetwork();
        network.Tool("ip", "tuntap", "add", "dev", "pc0", "mode", "tap");
        network.Tool("ip", "address", "add", "10.77.0.1/24", "dev", "pc0");
        network.Tool("ip", "link", "set", "pc0", "up");
        return network;
    }

    // Its own interfaces end with the process, and pc0 is free again.
    private static void AssertNothingIsLeft(NetworkNamespace network)
    {
        string[] names = [.. network.Tool("ip", "-o", "link").Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(": ")[1]).Order(StringComparer.Ordinal)];
        Assert.AreEqual("lo pc0", string.Join(' ', names));
        Assert.IsFalse(IsTaken(network));
    }

    private static bool IsTaken(NetworkNamespace network) => network.Tool("ip", "-o", "link", "show", "pc0").Contains("LOWER_UP", StringComparison.Ordinal);

    private static ToolResult InTinyFolder(NetworkNamespace network, int kilobytes, string command)
    {
        string folder = Directory.CreateDirectory(Path.Combine(s_handshake.Folder, "tiny")).FullName;
        return s_handshake.Shell(network, $"exec unshare --mount bash -c 'mount -t tmpfs -o size={kilobytes}k none {folder} && cd {folder} && {command}'");
    }

    private static void ReadLine(Process process)
    {
        if (process.StandardOutput.ReadLine() == null)
            Assert.Fail("It ended: " + process.StandardError.ReadToEnd());
    }

    private static int Threads(Process process)
    {
        try
        {
            return Directory.GetDirectories($"/proc/{process.Id}/task").Length;
        }
        catch (IOException)
        {
            return int.MaxValue;
        }
    }
}
