using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text.Json;
using HandshakeNano.Boards.Virtual;
using HandshakeNano.Client.Tests;
using HandshakeNano.Client.Conformance.Behaviours;
using HandshakeNano.Interop.Peers;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace HandshakeNano.Interop;

/// <summary>The behaviours (docs/conformance.md), driven over TAP by the command that everybody has.</summary>
[TestClass]
[DoNotParallelize]
public sealed class ScoreboardTests
{
    private const string Ours = "HandshakeNano";

    private const int MostRuns = 3;

    /// <summary>What Linux shows: all but 14, 27, 36, 39, 40 and 67 (docs/conformance.md).</summary>
    private static readonly int[] s_asLinux =
        [.. BehaviourCatalog.All.Select(behaviour => behaviour.Number).Except([14, 27, 36, 39, 40, 67])];

    private static readonly string _handshake = Path.Combine(AppContext.BaseDirectory, "handshake.dll");

    public required TestContext TestContext { get; set; }

    [TestMethod]
    public void OursShowsAllAndTheTableOfTheDocumentHolds()
    {
        Dictionary<string, string[]> document = Columns(File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "conformance.md")));
        Assert.IsTrue(document.ContainsKey(Ours), "docs/conformance.md has no table of the behaviours.");
        string[] all = [.. Enumerable.Repeat("yes", BehaviourCatalog.All.Count)];
        var peers = document.ToDictionary();
        string output = "";

        // What the others do is measured in real time, and they have a choice now and then: each column has to be seen once.
        for (int run = 0; run < MostRuns && peers.Count > 0; run++)
        {
            output = Score();
            Dictionary<string, string[]> seen = Columns(output.Split('\n'));
            CollectionAssert.AreEqual(all, seen[Ours], output);
            CollectionAssert.AreEqual(all, seen[Ours + " over IPv6"], output);
            foreach (string peer in document.Keys)
            {
                // What another version of a peer does is another question.
                if (!seen.TryGetValue(peer, out string[]? marks))
                    TestContext.WriteLine($"There is no {peer} here, but {string.Join(", ", seen.Keys)}.");
                else if (!marks.SequenceEqual(document[peer]))
                    continue;
                peers.Remove(peer);
            }
        }

        Assert.IsEmpty(peers, $"{string.Join(", ", peers.Keys)}: run the command of docs/conformance.md and put its table there.\n{output}");
    }

    [TestMethod]
    public void WhatServeRunsIsProbedThroughItsInterface()
    {
        string file = Path.Combine(Path.GetTempPath(), $"handshake-conformance-{Environment.ProcessId}.pcapng");
        using NetworkNamespace network = Lab.NewNetwork();
        using Process serve = Start(network, "serve", "--responder");
        try
        {
            Assert.StartsWith("The device is 10.77.0.2 on handshake0", serve.StandardOutput.ReadLine());
            AssertVerdicts(
                "pass|pass|pass", network, 0, "10.77.0.2", "--interface", "handshake0", "--only", "1,10,28", "--pcap", file);
            Assert.AreEqual("", network.Tool("tshark", "-r", file, "-n", "-o", "tcp.check_checksum:TRUE", "-o", "ip.check_checksum:TRUE",
                "-Y", "_ws.malformed || (tcp && tcp.checksum.status != 1) || (ip && ip.checksum.status != 1)"));
            Assert.AreNotEqual("", network.Tool("tshark", "-r", file, "-n", "-Y", "ip.src == 10.77.0.77 && tcp.dstport == 8"));
        }
        finally
        {
            End(network, serve);
            File.Delete(file);
        }
    }

    [TestMethod]
    public void TheKernelIsProbedThroughATapAndWithoutAResponderNotInEverything()
    {
        const string Port = "6100";
        using NetworkNamespace network = Lab.NewNetwork();
        AssertVerdicts("pass|not driven|not driven", network, 1, Lab.Kernel, "--port", Port, "--only", "2,5,10");
        using Process responder = Start(network, "responder", "--port", Port);
        try
        {
            Assert.StartsWith("Echo on TCP 6100, the responder on TCP 6101", responder.StandardOutput.ReadLine());
            AssertVerdicts("pass|pass|pass", network, 0, Lab.Kernel, "--port", Port, "--only", "2,5,10");

            // Linux lets a reset end TIME-WAIT (net.ipv4.tcp_rfc1337 = 0) unless it is told not to.
            AssertVerdicts("FAIL", network, 1, Lab.Kernel, "--port", Port, "--only", "27");
            network.SetKernel("ipv4/tcp_rfc1337", "1");
            AssertVerdicts("pass", network, 0, Lab.Kernel, "--port", Port, "--only", "27");
        }
        finally
        {
            End(network, responder);
        }
    }

    /// <summary>The interface is made by the probe, and the kernel has the address that is probed.</summary>
    [TestMethod]
    public void TheKernelIsProbedOverIpv6()
    {
        using NetworkNamespace network = Lab.NewNetwork();
        AssertVerdicts("pass|not driven|not driven", network, 1, "fd77::1", "--port", "6100", "--only", "2,5,10");
        using Process responder = Start(network, "responder", "--port", "6100");
        try
        {
            Assert.StartsWith("Echo on TCP 6100", responder.StandardOutput.ReadLine());
            AssertVerdicts(
                string.Join('|', Enumerable.Repeat("pass", s_asLinux.Length)), network, 0, "[fd77::1]", "--port", "6100",
                "--only", string.Join(',', s_asLinux));
        }
        finally
        {
            End(network, responder);
        }
    }

    [TestMethod]
    public void WhatServeRunsIsProbedOverIpv6ThroughItsInterface()
    {
        string file = Path.Combine(Path.GetTempPath(), $"handshake-conformance-{Environment.ProcessId}.pcapng");
        using NetworkNamespace network = Lab.NewNetwork();
        using Process serve = Start(network, "serve", "--responder", "--ipv6");
        try
        {
            string line;
            do
                line = serve.StandardOutput.ReadLine()!;
            while (!line.EndsWith(" as well.", StringComparison.Ordinal));
            string address = line.Split(' ')[^3];
            Assert.StartsWith("fe80::", address);
            AssertVerdicts(
                "pass|pass|pass", network, 0, address + "%handshake0", "--interface", "handshake0", "--only", "1,10,28", "--pcap", file);
            Assert.AreEqual("", network.Tool("tshark", "-r", file, "-n", "-o", "tcp.check_checksum:TRUE",
                "-Y", "_ws.malformed || (tcp && tcp.checksum.status != 1) || (icmpv6 && icmpv6.checksum.status != 1)"));
            Assert.AreNotEqual("", network.Tool("tshark", "-r", file, "-n", "-Y", "ipv6.src == fe80::77 && tcp.dstport == 8"));
        }
        finally
        {
            End(network, serve);
            File.Delete(file);
        }
    }

    /// <summary>What the command prints, of ours, of the kernel and of the other stacks.</summary>
    private static string Score()
    {
        using NetworkNamespace network = Lab.NewNetwork();
        ToolResult result = network.TryTool(
            "dotnet", null, _handshake, "scoreboard", "--markdown", "--peer", StackProgram.Lwip.Path, "--peer", StackProgram.Slirp.Path,
            "--peer", StackProgram.Netstack.Path);
        Assert.AreEqual(0, result.ExitCode, result.Output + result.Error);
        return result.Output;
    }

    /// <summary>The marks of each peer, by its name, from the table of the behaviours in a text.</summary>
    private static Dictionary<string, string[]> Columns(IEnumerable<string> lines)
    {
        string[][] rows = [.. lines
            .SkipWhile(line => !line.StartsWith("| # | ", StringComparison.Ordinal))
            .TakeWhile(line => line.StartsWith('|'))
            .Select(line => line.Trim('|').Split('|', StringSplitOptions.TrimEntries))];
        if (rows.Length == 0)
            return [];
        return Enumerable.Range(0, rows[0].Length)
            .Where(column => rows[0][column].Length > 0 && column > 2)
            .ToDictionary(column => rows[0][column], column => rows.Skip(2).Where(row => row[0].Length > 0).Select(row => row[column]).ToArray());
    }

    private static void AssertVerdicts(string expected, NetworkNamespace network, int exitCode, params string[] arguments)
    {
        ToolResult result = network.TryTool("dotnet", null, [_handshake, "conformance", .. arguments, "--json"]);
        Assert.AreEqual(exitCode, result.ExitCode, result.Output + result.Error);
        IEnumerable<string?> verdicts = Schemas.Check("conformance", result.Output).GetProperty("behaviours").EnumerateArray()
            .Select(behaviour => behaviour.GetProperty("verdict").GetString());
        Assert.AreEqual(expected, string.Join('|', verdicts), result.Output);
    }

    private static Process Start(NetworkNamespace network, params string[] arguments) =>
        network.Run(() => Process.Start(new ProcessStartInfo("dotnet", [_handshake, .. arguments]) { RedirectStandardOutput = true })!);

    private static void End(NetworkNamespace network, Process process)
    {
        network.Tool("kill", "-INT", process.Id.ToString(CultureInfo.InvariantCulture));
        process.StandardOutput.ReadToEnd();
        Assert.IsTrue(process.WaitForExit(Lab.Deadline), "It does not end.");
        Assert.AreEqual(0, process.ExitCode);
    }
}
