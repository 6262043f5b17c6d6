using System;
using System.IO;
using System.Linq;
using System.Text.Json;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace HandshakeNano.Client.Tests;

/// <summary>The main job, with our own stack as the PC: the firmware runs, and a PC shakes hands with it.</summary>
[TestClass]
[DoNotParallelize]
public sealed class DemoTests
{
    [TestMethod]
    public void The_demo_shakes_hands_sends_gets_it_back_and_closes()
    {
        Shell shell = Shell.Run("demo", "--in-memory");
        Assert.AreEqual(0, shell.ExitCode, shell.Output + shell.Error);
        Assert.AreEqual("", shell.Error);
        StringAssert.Contains(shell.Output, "our own stack, over a wire in memory");
        StringAssert.Contains(shell.Output, "the firmware, and its W5500 driver on a model of the chip");
        string[] checks = Shell.Lines(shell.Output).Where(line => line.StartsWith("  ok ", StringComparison.Ordinal)).ToArray();
        CollectionAssert.AreEqual(
            new[] { "handshake", "numbers", "states", "echo", "close" },
            checks.Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]).ToArray());
        Assert.IsFalse(shell.Output.Contains('\x1b'), "No colours where no terminal is.");
        Assert.IsTrue(Shell.Lines(shell.Output).All(line => line.Length <= 100));
    }

    [TestMethod]
    public void The_three_segments_of_the_handshake_acknowledge_each_others_ISN_plus_1()
    {
        JsonElement report = Report("demo", "--in-memory", "--json", "--send", "Grüße");
        Assert.IsTrue(report.GetProperty("ok").GetBoolean());
        Assert.AreEqual("memory", report.GetProperty("link").GetString());
        Assert.AreEqual("virtual-w5500", report.GetProperty("board").GetString());
        Assert.AreEqual("Grüße", report.GetProperty("data").GetProperty("received").GetString());
        Assert.AreEqual(7, report.GetProperty("data").GetProperty("sentBytes").GetInt32());
        JsonElement[] segments = [.. report.GetProperty("segments").EnumerateArray()];
        uint iss = segments[0].GetProperty("sequence").GetUInt32();
        uint irs = segments[1].GetProperty("sequence").GetUInt32();
        Assert.AreEqual("SYN", Flags(segments[0]));
        Assert.AreEqual(JsonValueKind.Null, segments[0].GetProperty("acknowledgment").ValueKind);
        Assert.AreEqual("SYN,ACK", Flags(segments[1]));
        Assert.AreEqual(iss + 1, segments[1].GetProperty("acknowledgment").GetUInt32());
        Assert.AreEqual("ACK", Flags(segments[2]));
        Assert.AreEqual(iss + 1, segments[2].GetProperty("sequence").GetUInt32());
        Assert.AreEqual(irs + 1, segments[2].GetProperty("acknowledgment").GetUInt32());
        Assert.AreEqual("ESTABLISHED", segments[2].GetProperty("clientState").GetString());
        Assert.AreEqual("ESTABLISHED", segments[2].GetProperty("serverState").GetString());
        Assert.AreEqual(iss, report.GetProperty("client").GetProperty("initialSequence").GetUInt32());
        Assert.AreEqual(irs, report.GetProperty("server").GetProperty("initialSequence").GetUInt32());
        Assert.AreEqual("TIME-WAIT", report.GetProperty("client").GetProperty("state").GetString());
        Assert.AreEqual("CLOSED", report.GetProperty("server").GetProperty("state").GetString());
    }

    [TestMethod]
    public void The_JSON_names_that_programs_rely_on_are_there()
    {
        JsonElement report = Report("demo", "--in-memory", "--json");
        CollectionAssert.IsSubsetOf(
            new[]
            {
                "command", "ok", "link", "board", "client", "server", "established", "handshakeMicroseconds", "roundTripMicroseconds", "closed",
                "data", "checks", "notes", "tcpInfo", "segments",
            },
            Names(report));
        CollectionAssert.IsSubsetOf(
            new[] { "name", "address", "port", "stack", "description", "initialSequence", "state", "sndUna", "sndNxt", "rcvNxt" },
            Names(report.GetProperty("server")));
        CollectionAssert.IsSubsetOf(
            new[]
            {
                "microseconds", "from", "flags", "sequence", "relativeSequence", "acknowledgment", "relativeAcknowledgment", "windowField",
                "window", "length", "options", "isRetransmission", "clientState", "serverState",
            },
            Names(report.GetProperty("segments")[0]));
        CollectionAssert.IsSubsetOf(
            new[] { "kind", "name", "values", "malformed" }, Names(report.GetProperty("segments")[0].GetProperty("options")[0]));
    }

    [TestMethod]
    public void Two_handshakes_do_not_share_an_ISN()
    {
        JsonElement first = Report("demo", "--in-memory", "--json");
        JsonElement second = Report("demo", "--in-memory", "--json");
        Assert.AreNotEqual(
            first.GetProperty("server").GetProperty("initialSequence").GetUInt32(),
            second.GetProperty("server").GetProperty("initialSequence").GetUInt32());
    }

    [TestMethod]
    public void A_text_larger_than_every_buffer_comes_back_whole()
    {
        string text = string.Concat(Enumerable.Range(0, 20_000).Select(i => i % 10));
        JsonElement report = Report("demo", "--in-memory", "--json", "--send", text);
        Assert.IsTrue(report.GetProperty("ok").GetBoolean());
        Assert.AreEqual(text, report.GetProperty("data").GetProperty("received").GetString());
    }

    [TestMethod]
    public void Every_frame_of_the_demo_is_in_the_capture()
    {
        string file = Path.Combine(Path.GetTempPath(), $"handshake-demo-{Guid.NewGuid():N}.pcapng");
        try
        {
            JsonElement report = Report("demo", "--in-memory", "--json", "--pcap", file);
            byte[] capture = File.ReadAllBytes(file);
            int packets = 0;
            for (int at = 0; at < capture.Length; at += BitConverter.ToInt32(capture, at + 4))
            {
                if (BitConverter.ToInt32(capture, at) == 6)
                    packets++;
            }

            Assert.AreEqual(0x0A0D0D0Au, BitConverter.ToUInt32(capture, 0));
            Assert.IsGreaterThan(report.GetProperty("segments").GetArrayLength(), packets, "the segments, and ARP");
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static string[] Names(JsonElement element) => [.. element.EnumerateObject().Select(property => property.Name)];

    private static string Flags(JsonElement segment) =>
        string.Join(',', segment.GetProperty("flags").EnumerateArray().Select(flag => flag.GetString()));

    private static JsonElement Report(params string[] args)
    {
        Shell shell = Shell.Run(args);
        Assert.AreEqual(0, shell.ExitCode, shell.Output + shell.Error);
        return JsonDocument.Parse(shell.Output).RootElement.Clone();
    }
}
