using System;
using System.Collections.Generic;
using System.CommandLine;
using System.IO;
using System.Linq;
using System.Text.Json.Nodes;
using HandshakeNano.Client.Commands;
using HandshakeNano.Client.Conformance;
using HandshakeNano.Client.Conformance.Behaviours;
using HandshakeNano.Client.Output;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace HandshakeNano.Client.Tests;

/// <summary>
/// What every command writes with <c>--json</c> is as its schema says. <see cref="Shell.Run"/> holds it to that in every test; here is
/// that none is left out.
/// </summary>
[TestClass]
public sealed class SchemaTests
{
    private static readonly string[] s_good =
    [
        "demo --in-memory", "probe TARGET --count 2", "connect TARGET --os --send hello", "conformance --in-memory --only 1,18", "isn --in-memory --samples 200",
        "isn --in-memory --samples 200 --same-tuple", "draw CAPTURE", "boards", "doctor",
    ];

    // Before and after it has begun, where it can fail after that.
    private static readonly string[] s_bad =
    [
        "demo --in-memory --pcap /", "probe nohost.invalid:7", "probe CLOSED", "connect nohost.invalid:7", "connect CLOSED --os", "conformance nohost.invalid",
        "isn nohost.invalid:7", "isn --in-memory --plot /", "draw /nonexistent.pcap", "draw CUT", "scoreboard --peer /nonexistent",
    ];

    // find: MulticastDnsTests of the interop suite. doctor: DoctorTests. watch: LiveViewTests. scoreboard: below.
    private static readonly string[] s_elsewhere = ["good find", "bad find", "bad doctor", "good watch", "bad watch", "good scoreboard"];

    // What of these cannot fail.
    private static readonly string[] s_safe = ["bad boards"];

    public static IEnumerable<object[]> Runs => s_good.Select(line => new object[] { line, 0 }).Concat(s_bad.Select(line => new object[] { line, 1 }));

    [TestMethod]
    public void Each_command_that_has_JSON_has_a_schema_and_runs_that_are_held_to_it()
    {
        RootCommand root = CommandLine.Build([], new Surroundings(TextWriter.Null, TextWriter.Null, Stream.Null, OwnsProcess: false));
        string[] names = [.. root.Subcommands.Where(command => command.Options.Any(option => option.Name == "--json")).Select(command => command.Name)];
        Assert.Contains("isn", names);
        foreach (string name in names)
            Assert.Contains(name, Schemas.Names);
        string[] run = [.. s_good.Select(line => "good " + line.Split(' ')[0]), .. s_bad.Select(line => "bad " + line.Split(' ')[0]), .. s_elsewhere, .. s_safe];
        CollectionAssert.AreEquivalent(
            names.SelectMany(name => new[] { "good " + name, "bad " + name }).ToArray(), run.Distinct().ToArray(), "Each command is run with success and with failure.");
    }

    [TestMethod]
    [DynamicData(nameof(Runs))]
    public void What_a_command_writes_is_as_its_schema_says(string line, int exitCode)
    {
        using Echo echo = new();
        string folder = Directory.CreateTempSubdirectory("handshake-schema-").FullName;
        try
        {
            string capture = Path.Combine(folder, "whole.pcapng"), cut = Path.Combine(folder, "cut.pcapng");
            if (line.StartsWith("draw C", StringComparison.Ordinal))
            {
                Assert.AreEqual(0, Shell.Run("demo", "--in-memory", "--pcap", capture).ExitCode);
                File.WriteAllBytes(cut, File.ReadAllBytes(capture)[..^5]);
            }

            string[] arguments = [.. line.Replace("TARGET", echo.Place, StringComparison.Ordinal).Replace("CLOSED", echo.ClosedPlace, StringComparison.Ordinal).Replace("CAPTURE", capture, StringComparison.Ordinal).Replace("CUT", cut, StringComparison.Ordinal).Split(' '), "--json"];
            Shell shell = Shell.Run(arguments);
            Assert.AreEqual(exitCode, shell.ExitCode, shell.Output + shell.Error);
            JsonNode document = JsonNode.Parse(shell.Output)!;
            if (document is JsonArray)
                return;
            Assert.AreEqual(arguments[0], (string?)document["command"]);
            Assert.AreEqual(exitCode == 0, (bool)document["ok"]!);
            Assert.AreEqual(exitCode == 0 ? "" : $"handshake: {document["failure"]}\n", shell.Error);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>The command takes minutes and Linux; what it writes does not.</summary>
    [TestMethod]
    public void A_scoreboard_is_as_its_schema_says()
    {
        var world = new VirtualWorld(1);
        ScoredPeer[] peers = [.. new[] { "ours", "ours over IPv6", "Linux 6.1", "Linux 6.1 over IPv6" }
            .Select(name => new ScoredPeer(name, Probe.Run(world, world.Request, BehaviourCatalog.Choose([1, 18]), 1)))];
        foreach (string? failure in new[] { null, "scoreboard: ours does not show all behaviours: 18 failed" })
        {
            using var text = new StringWriter();
            ConformanceReport.WriteJson(peers, failure, text);
            Assert.AreEqual(failure, Schemas.Check("scoreboard", text.ToString()).GetProperty("failure").GetString());
        }
    }

    public static IEnumerable<object[]> Names => Schemas.Names.Select(name => new object[] { name });

    [TestMethod]
    [DynamicData(nameof(Names))]
    public void A_schema_is_of_2020_and_takes_no_member_that_it_does_not_describe(string name)
    {
        JsonNode schema = JsonNode.Parse(File.ReadAllText(Path.Combine(Schemas.Folder, name + ".json")))!;
        Assert.AreEqual("https://json-schema.org/draft/2020-12/schema", (string?)schema["$schema"]);
        int described = 0;
        foreach (JsonObject one in All(schema).OfType<JsonObject>().Where(one => one["properties"] is JsonObject && one["type"] != null))
        {
            Assert.IsFalse((bool)one["additionalProperties"]!, one.GetPath());
            Assert.IsTrue(one["required"]!.AsArray().All(member => one["properties"]!.AsObject().ContainsKey((string)member!)), one.GetPath());
            described++;
        }

        // The counters have the names that the firmware gives them.
        Assert.IsTrue(described > 0 || name == "counters");
    }

    private static IEnumerable<JsonNode> All(JsonNode? node) => node switch
    {
        JsonObject one => [one, .. one.SelectMany(member => All(member.Value))],
        JsonArray array => array.SelectMany(All),
        _ => [],
    };
}
