using System;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.RegularExpressions;
using HandshakeNano.Boards.Virtual;
using HandshakeNano.Client.Tests;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace HandshakeNano.Interop;

/// <summary>The command <c>handshake</c> as people run it, next to the kernel, in a namespace of its own.</summary>
[TestClass]
[DoNotParallelize]
public sealed class ClientTests
{
    private static readonly string _handshake = Path.Combine(AppContext.BaseDirectory, "handshake.dll");

    [TestMethod]
    public void TheDemoShakesHandsWithTheKernel()
    {
        using NetworkNamespace network = Lab.NewNetwork();
        JsonElement report = Report(network, 0, "demo", "--json");
        Assert.AreEqual("linux", Text(report, "client", "stack"));
        Assert.AreEqual("tap", Text(report, "link"));
        Assert.AreEqual("virtual-w5500", Text(report, "board"));
        Assert.AreEqual("CLOSED", Text(report, "server", "state"));
        JsonElement[] segments = [.. report.GetProperty("segments").EnumerateArray()];
        uint iss = segments[0].GetProperty("sequence").GetUInt32();
        uint irs = segments[1].GetProperty("sequence").GetUInt32();
        Assert.AreEqual(iss + 1, segments[1].GetProperty("acknowledgment").GetUInt32());
        Assert.AreEqual(irs + 1, segments[2].GetProperty("acknowledgment").GetUInt32());
    }

    [TestMethod]
    public void TheDemoShakesHandsWithTheKernelInAUserNamespace()
    {
        using NetworkNamespace network = Lab.NewNetwork();
        ToolResult result = network.TryTool(
            "unshare", null, "--user", "--map-root-user", "--net", "dotnet", _handshake, "demo", "--json");
        Assert.AreEqual(0, result.ExitCode, result.Output + result.Error);
        Assert.AreEqual("linux", Text(JsonDocument.Parse(result.Output).RootElement, "client", "stack"), result.Output);
    }

    /// <summary>By the kernel's sockets, and by our stack as one more host on the TAP interface; both name the interface as a zone.</summary>
    [TestMethod]
    public void ServeAndConnectSpeakIPv6()
    {
        using NetworkNamespace network = Lab.NewNetwork();
        network.SetKernel("ipv6/conf/default/disable_ipv6", "0");
        network.SetKernel("ipv6/conf/default/accept_dad", "0");
        using Process serve = Start(network, "serve", "--ipv6");
        string address = "";
        while (address.Length == 0 && serve.StandardOutput.ReadLine() is string line)
            address = Regex.Match(line, "The device is (fe80::[0-9a-f:]+) as well").Groups[1].Value;
        Assert.AreNotEqual("", address);
        string target = $"[{address}%handshake0]:7";
        JsonElement report = Report(network, 0, "connect", "--os", target, "--send", "hello", "--json");
        Assert.AreEqual("linux", Text(report, "client", "stack"));
        report = Report(network, 0, "connect", target, "--send", "hello", "--json");
        Assert.AreEqual("handshakenano", Text(report, "client", "stack"));
        Assert.AreEqual(address, Text(report, "server", "address"));
        JsonElement[] segments = [.. report.GetProperty("segments").EnumerateArray()];
        Assert.IsGreaterThan(4, segments.Length);
        ToolResult text = network.TryTool("dotnet", null, _handshake, "connect", target);
        Assert.Contains($"[{address}]:7", text.Output, text.Error);
        network.Tool("kill", "-INT", serve.Id.ToString(CultureInfo.InvariantCulture));
        string output = serve.StandardOutput.ReadToEnd();
        Assert.IsTrue(serve.WaitForExit(Lab.Deadline), "serve does not end.");
        Assert.MatchesRegex(@"\[fe80::[0-9a-f:]+\]:\d+ -> 7 ", output);
    }

    /// <summary>The firmware's own driver on the model of the W5500; the chip's cable ends in a TAP device.</summary>
    [TestMethod]
    public void ServeAnswersThroughTheW5500()
    {
        using NetworkNamespace network = Lab.NewNetwork();
        using Process serve = Start(network, "serve", "--board", "virtual-w5500");
        string first = serve.StandardOutput.ReadLine() ?? serve.StandardError.ReadToEnd();
        Assert.AreEqual("The device is 10.77.0.2 on handshake0, the PC is 10.77.0.1; Ctrl-C ends it.", first);
        network.Tool("ping", "-n", "-c", "2", "-i", "0.01", "-M", "do", "-s", "1472", Lab.Device);
        ToolResult echo = network.TryTool("nc", "hello"u8.ToArray(), "-N", "-w", "20", Lab.Device, "7");
        Assert.AreEqual("hello", echo.Output);
        network.Tool("kill", "-INT", serve.Id.ToString(CultureInfo.InvariantCulture));
        string output = serve.StandardOutput.ReadToEnd();
        Assert.IsTrue(serve.WaitForExit(Lab.Deadline), "serve does not end.");
        Assert.AreEqual(0, serve.ExitCode, output);
        StringAssert.Contains(output, "HandshakeNano on virtual-w5500: 10.77.0.2/24 at 02:48:4E:00:00:02");
        StringAssert.Matches(output, new Regex(@"\n  W5500: \d+ frames received, \d+ sent, in \d+ SPI frames, \d\.\d\d for each; opened again 0 times, reset 0 times\."));
    }

    /// <summary>The chip's cable ends in a tunnel over UDP, whose other end is our own stack: no TAP, no root.</summary>
    [TestMethod]
    public void ServeAnswersThroughTheW5500BehindATunnel()
    {
        using NetworkNamespace network = Lab.NewNetwork();
        using Process serve = Start(
            network, "serve", "--board", "virtual-w5500", "--via", "vxlan://127.0.0.1?vni=42&local=127.0.0.2");
        Assert.AreEqual(
            "The device is 10.77.0.2 in VXLAN 42 at 127.0.0.2:4789, its peer is 127.0.0.1:4789; Ctrl-C ends it.",
            serve.StandardOutput.ReadLine() ?? serve.StandardError.ReadToEnd());
        JsonElement report = Report(
            network, 0, "connect", "10.77.0.2:7", "--via", "vxlan://127.0.0.2?vni=42", "--send", new string('x', 20_000), "--json");
        Assert.AreEqual(20_000, report.GetProperty("data").GetProperty("receivedBytes").GetInt32());
        network.Tool("kill", "-INT", serve.Id.ToString(CultureInfo.InvariantCulture));
        StringAssert.Contains(serve.StandardOutput.ReadToEnd(), "  W5500: ");
        Assert.IsTrue(serve.WaitForExit(Lab.Deadline), "serve does not end.");
    }

    [TestMethod]
    public void ServeAnswersEveryoneAndCountsAtTheEnd()
    {
        string file = Path.Combine(Path.GetTempPath(), $"handshake-serve-{Environment.ProcessId}.pcapng");
        using NetworkNamespace network = Lab.NewNetwork();
        try
        {
            using Process serve = Start(network, "serve", "--trace", "--pcap", file);
            string first = serve.StandardOutput.ReadLine() ?? serve.StandardError.ReadToEnd();
            Assert.AreEqual("The device is 10.77.0.2 on handshake0, the PC is 10.77.0.1; Ctrl-C ends it.", first);
            network.Tool("ping", "-n", "-c", "2", "-i", "0.01", Lab.Device);
            ToolResult echo = network.TryTool("nc", "hello"u8.ToArray(), "-N", "-w", "20", Lab.Device, "7");
            Assert.AreEqual("hello", echo.Output);
            using (Socket socket = network.NewSocket())
            {
                socket.Connect(Lab.DiscardService);
                Assert.AreEqual(3, socket.Send([1, 2, 3]));
                socket.Shutdown(SocketShutdown.Send);
                Traffic.ReadEnd(socket);
            }

            network.Tool("kill", "-INT", serve.Id.ToString(CultureInfo.InvariantCulture));
            string output = serve.StandardOutput.ReadToEnd();
            Assert.IsTrue(serve.WaitForExit(Lab.Deadline), "serve does not end.");
            Assert.AreEqual(0, serve.ExitCode, output);
            Assert.AreEqual(2, output.Split('\n').Count(line => line.Contains("ISN theirs", StringComparison.Ordinal)), output);
            string[] counters = output[output.LastIndexOf("\n\n", StringComparison.Ordinal)..].Split('\n');
            AssertCounter(counters, "PassiveOpens", "2");
            AssertCounter(counters, "Established", "2");
            AssertCounter(counters, "IcmpEchoRequests", "2");
            Assert.AreEqual("", network.Tool("tshark", "-r", file, "-n", "-o", "tcp.check_checksum:TRUE", "-o", "ip.check_checksum:TRUE",
                "-Y", "_ws.malformed || (tcp && tcp.checksum.status != 1) || (ip && ip.checksum.status != 1)"));
            Assert.AreNotEqual(0, network.TryTool("ip", null, "link", "show", "handshake0").ExitCode, "The TAP is gone with it.");
        }
        finally
        {
            File.Delete(file);
        }
    }

    /// <summary>A disk of 16 KB: the capture ends whole, is told once, and the service goes on.</summary>
    [TestMethod]
    public void ServeGoesOnWhenTheDiskOfItsCaptureIsFull()
    {
        string copy = Path.Combine(Path.GetTempPath(), $"handshake-full-{Environment.ProcessId}.pcapng");
        using NetworkNamespace network = Lab.NewNetwork();
        try
        {
            // The small disk is in a mount namespace of its own, and goes away with it.
            using Process serve = network.Run(() => Process.Start(new ProcessStartInfo(
                "unshare",
                ["--mount", "sh", "-c", "mount -t tmpfs -o size=16k none /mnt && exec dotnet \"$0\" serve --pcap /mnt/full.pcapng", _handshake])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!);
            Assert.AreEqual(
                "The device is 10.77.0.2 on handshake0, the PC is 10.77.0.1; Ctrl-C ends it.",
                serve.StandardOutput.ReadLine() ?? serve.StandardError.ReadToEnd());
            byte[] data = Traffic.Bytes(1, 3000);
            for (int i = 0; i < 20; i++)
            {
                using Socket socket = network.NewSocket();
                socket.Connect(Lab.EchoService);
                socket.Send(data);
                Traffic.AssertSame(data, Traffic.Read(socket, data.Length));
            }

            Assert.AreEqual(
                "handshake: the capture /mnt/full.pcapng ends here: No space left on device; all else goes on", serve.StandardError.ReadLine());
            File.Copy(Path.Combine("/proc", serve.Id.ToString(CultureInfo.InvariantCulture), "root", "mnt", "full.pcapng"), copy);
            network.Tool("kill", "-INT", serve.Id.ToString(CultureInfo.InvariantCulture));
            string output = serve.StandardOutput.ReadToEnd();
            Assert.AreEqual("", serve.StandardError.ReadToEnd());
            Assert.IsTrue(serve.WaitForExit(Lab.Deadline), "serve does not end.");
            Assert.AreEqual(0, serve.ExitCode, output);
            AssertCounter(output.Split('\n'), "Established", "20");
            Assert.IsGreaterThan(8_000L, new FileInfo(copy).Length);

            // No block is cut: tshark says nothing about the file's end.
            ToolResult read = network.TryTool("tshark", null, "-r", copy, "-n", "-Y", "tcp.flags.syn == 1", "-T", "fields", "-e", "frame.number");
            Assert.AreEqual(0, read.ExitCode, read.Error);
            Assert.DoesNotContain("cut short", read.Error);
            Assert.AreNotEqual("", read.Output);
        }
        finally
        {
            File.Delete(copy);
        }
    }

    /// <summary>The first thing that a reader of the documents types: serve, and connect beside it.</summary>
    [TestMethod]
    public void ConnectReachesTheDeviceOfARunningServe()
    {
        using NetworkNamespace network = Lab.NewNetwork();
        using Process serve = Start(network, "serve");
        Assert.AreEqual(
            "The device is 10.77.0.2 on handshake0, the PC is 10.77.0.1; Ctrl-C ends it.",
            serve.StandardOutput.ReadLine() ?? serve.StandardError.ReadToEnd());
        JsonElement report = Report(network, 0, "connect", "10.77.0.2:7", "--send", "hello", "--json");
        Assert.AreEqual("interface", Text(report, "link"));
        Assert.AreEqual("10.77.0.77", Text(report, "client", "address"));
        Assert.AreEqual("hello", Text(report, "data", "received"));
        Assert.AreEqual("hello", Text(Report(network, 0, "connect", "10.77.0.2:7", "--os", "--send", "hello", "--json"), "data", "received"));

        ToolResult second = network.TryTool("dotnet", null, _handshake, "serve");
        Assert.AreEqual(1, second.ExitCode);
        Assert.AreEqual(
            "handshake: handshake0 is in use by another program; end that program, or choose another interface and network, such as: "
            + "--tap handshake1 --address 10.78.0.2/24\n",
            second.Error);
        network.Tool("kill", "-INT", serve.Id.ToString(CultureInfo.InvariantCulture));
        serve.StandardOutput.ReadToEnd();
        Assert.IsTrue(serve.WaitForExit(Lab.Deadline), "serve does not end.");
    }

    [TestMethod]
    public void ServeAsksADhcpServerForItsAddressAndGivesItBackAtTheEnd()
    {
        string file = Path.Combine(Path.GetTempPath(), $"handshake-dhcp-{Environment.ProcessId}.pcapng");
        using NetworkNamespace network = Lab.NewNetwork();
        try
        {
            using Process serve = Start(network, "serve", "--dhcp", "--pcap", file);
            string first = serve.StandardOutput.ReadLine() ?? serve.StandardError.ReadToEnd();
            Assert.AreEqual("The device asks for its address on handshake0; Ctrl-C ends it.", first);
            Assert.Contains("sudo dnsmasq", serve.StandardOutput.ReadLine()!);
            using var server = new Dnsmasq(network, "handshake0", 50, 50);
            string? line = "";
            for (int lines = 0; lines < 10 && line != null && !line.Contains("DHCP: the address is", StringComparison.Ordinal); lines++)
                line = serve.StandardOutput.ReadLine();
            Assert.IsNotNull(line, "serve has ended.");
            Assert.EndsWith("DHCP: the address is 10.77.0.50/24, the router 10.77.0.1, from 10.77.0.1, for 120 s", line);
            ToolResult echo = network.TryTool("nc", "hello"u8.ToArray(), "-N", "-w", "20", "10.77.0.50", "7");
            Assert.AreEqual("hello", echo.Output);
            network.Tool("kill", "-INT", serve.Id.ToString(CultureInfo.InvariantCulture));
            string output = serve.StandardOutput.ReadToEnd();
            Assert.IsTrue(serve.WaitForExit(Lab.Deadline), "serve does not end.");
            Assert.AreEqual(0, serve.ExitCode, output);
            Assert.Contains("DHCP: stopped", output);
            Lab.WaitUntil(() => server.Said("DHCPRELEASE(handshake0) 10.77.0.50"), "the server has it back");
            Assert.AreEqual("", network.Tool("tshark", "-r", file, "-n", "-o", "udp.check_checksum:TRUE", "-o", "ip.check_checksum:TRUE",
                "-Y", "_ws.malformed || (udp && udp.checksum.status != 1) || (ip && ip.checksum.status != 1)"));
            string types = network.Tool("tshark", "-r", file, "-n", "-Y", "dhcp", "-T", "fields", "-e", "dhcp.option.dhcp");
            Assert.EndsWith("1 2 3 5 7", string.Join(' ', types.Split('\n', StringSplitOptions.RemoveEmptyEntries)));
        }
        finally
        {
            File.Delete(file);
        }
    }

    [TestMethod]
    public void ConnectOpensAConnectionToTheKernelThroughATapThatIsThere()
    {
        const int Port = 6001;
        using NetworkNamespace network = Lab.NewNetwork();
        network.Tool("ip", "tuntap", "add", "dev", "pc0", "mode", "tap");
        network.Tool("ip", "address", "add", "10.77.0.1/24", "dev", "pc0");
        network.Tool("ip", "link", "set", "pc0", "up");
        using var server = new KernelEchoServer(network, Port);
        JsonElement report = Report(network, 0, "connect", $"{Lab.Kernel}:{Port}", "--tap", "pc0", "--send", "Good day", "--json");
        Assert.AreEqual("handshakenano", Text(report, "client", "stack"));
        Assert.AreEqual("Good day", Text(report, "data", "received"));
        Assert.AreEqual("TIME-WAIT", Text(report, "client", "state"));
        Assert.IsGreaterThan(0ul, report.GetProperty("roundTripMicroseconds").GetUInt64());
        Lab.WaitUntil(() => server.Finished == 1, "the server's end");

        JsonElement refused = Report(network, 1, "connect", $"{Lab.Kernel}:1", "--tap", "pc0", "--json");
        Assert.IsFalse(refused.GetProperty("established").GetBoolean());
        JsonElement silent = Report(network, 1, "connect", "10.77.0.99:1", "--tap", "pc0", "--timeout", "0.5", "--json");
        Assert.IsFalse(silent.GetProperty("established").GetBoolean());
    }

    [TestMethod]
    public void ConnectByTheSystemsSocketsReachesTheDevice()
    {
        using Lab lab = new Lab().Start();
        JsonElement report = Report(lab.Network, 0, "connect", $"{Lab.Device}:{Lab.Echo}", "--os", "--send", "Good day", "--json");
        Assert.AreEqual("linux", Text(report, "client", "stack"));
        Assert.AreEqual("Good day", Text(report, "data", "received"));
        Report(lab.Network, 1, "connect", $"{Lab.Device}:8", "--os", "--json");
        lab.WaitUntilIdle();
        lab.AssertHealthy();
    }

    private static Process Start(NetworkNamespace network, params string[] arguments)
    {
        return network.Run(() => Process.Start(new ProcessStartInfo("dotnet", [_handshake, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!);
    }

    private static JsonElement Report(NetworkNamespace network, int exitCode, params string[] arguments)
    {
        ToolResult result = network.TryTool("dotnet", null, [_handshake, .. arguments]);
        Assert.AreEqual(exitCode, result.ExitCode, result.Output + result.Error);
        return Schemas.Check(arguments[0], result.Output);
    }

    private static string? Text(JsonElement element, params string[] path)
    {
        foreach (string name in path)
            element = element.GetProperty(name);
        return element.GetString();
    }

    private static void AssertCounter(string[] lines, string name, string value)
    {
        string[]? words = lines.Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .FirstOrDefault(words => words.Length == 2 && words[0] == name);
        Assert.AreEqual(value, words?[1], name);
    }
}
