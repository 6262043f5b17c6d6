using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Reflection;
using HandshakeNano.Scenarios;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace HandshakeNano.Meter.Tests;

/// <summary>Holds what the firmware costs against growth.</summary>
[TestClass]
[DoNotParallelize]
public sealed class FirmwareCostTests
{
    /// <summary>What SYN, SYN,ACK and ACK may cost in any case, without the application's part and the end, if an MSS is offered alone.</summary>
    private const long PlainHandshakeLimit = 2530;

    /// <summary>What it may cost more to read and answer all that Linux offers: selective acknowledgments, timestamps, window scale.</summary>
    private const long OptionsLimit = 400;

    /// <summary>What timestamps may cost for a segment that comes or goes.</summary>
    private const long TimestampsLimit = 150;

    /// <summary>A TcpConnection on a 64-bit PC: its header, three references and a number.</summary>
    private const long HandleSize = 48;

    private static MeteredContext s_context = null!;

    private static IReadOnlyList<Scenario> s_scenarios = null!;

    /// <summary>The names of the scenarios.</summary>
    public static IEnumerable<object[]> ScenarioNames => ScenarioCatalog.Create().Select(s => new object[] { s.Name });

    /// <summary>Instruments the Release build of the core and loads the scenarios against it.</summary>
    [ClassInitialize]
    public static void Instrument(TestContext testContext)
    {
        s_context = new MeteredContext([.. ScenarioCatalog.Assemblies.Select(name => Path.Combine(AppContext.BaseDirectory, name + ".dll"))]);
        var catalog = s_context.Load(typeof(ScenarioCatalog).Assembly.Location).GetType(typeof(ScenarioCatalog).FullName!)!;
        s_scenarios = (IReadOnlyList<Scenario>)catalog.GetMethod(nameof(ScenarioCatalog.Create))!.Invoke(null, null)!;
    }

    /// <summary>The figures mean nothing if a Debug build slips in.</summary>
    [TestMethod]
    public void TheMeteredAssembliesAreOptimized()
    {
        foreach (var name in ScenarioCatalog.Assemblies)
            Assert.IsFalse(s_context.LoadMetered(name).GetCustomAttribute<DebuggableAttribute>() is { IsJITOptimizerDisabled: true }, name);
    }

    /// <summary>
    /// The passive handshake and the peer's RST cost what they cost today, and hardly more. Lower it when the meter shows less; raise it
    /// only for something that is worth it, and say what in the commit.
    /// </summary>
    [TestMethod]
    [DataRow("passive handshake + RST", 3980)]
    [DataRow("passive handshake + RST, after a pause", 4040)]
    [DataRow("passive handshake + RST, MSS alone", 3440)]
    public void APassiveHandshakeStaysWithinItsBudget(string name, long budget)
    {
        var instructions = Instructions(name);

        Assert.IsGreaterThan(1000, instructions, "a handshake with checksums and a keyed ISN costs more: the meter is broken");
        Assert.IsLessThanOrEqualTo(budget, instructions);
    }

    /// <summary>SYN in, SYN,ACK out, ACK in, and nothing of what follows, stays within its limits.</summary>
    [TestMethod]
    public void AHandshakeAloneStaysWithinItsLimits()
    {
        var plain = Instructions("passive handshake alone, MSS alone");
        var linux = Instructions("passive handshake alone");

        Assert.IsGreaterThan(1000, plain, "a handshake with checksums and a keyed ISN costs more: the meter is broken");
        Assert.IsLessThanOrEqualTo(PlainHandshakeLimit, plain);
        Assert.IsLessThanOrEqualTo(OptionsLimit, linux - plain);
    }

    /// <summary>Two full segments come and one ACK goes: with timestamps each costs hardly more.</summary>
    [TestMethod]
    public void ASegmentWithTimestampsCostsHardlyMore()
    {
        var plain = Instructions("2 x 1460-byte segment in, read, acknowledged, no timestamps");
        var stamped = Instructions("2 x 1448-byte segment in, read, acknowledged");

        Assert.IsGreaterThan(0, stamped - plain);
        Assert.IsLessThanOrEqualTo(3 * TimestampsLimit, stamped - plain);
    }

    /// <summary>The figures of docs/figures.md are those of this code.</summary>
    [TestMethod]
    [DataRow("passive handshake + RST")]
    [DataRow("passive handshake + RST, after a pause")]
    [DataRow("passive handshake + RST, MSS alone")]
    [DataRow("passive handshake alone")]
    [DataRow("passive handshake alone, MSS alone")]
    [DataRow("passive handshake alone, by a SYN cookie")]
    [DataRow("2 x 1448-byte segment in, read, acknowledged")]
    [DataRow("2 x 1460-byte segment in, read, acknowledged, no timestamps")]
    [DataRow("a frame kept for the page")]
    [DataRow("a SYN kept for the page")]
    public void TheDocumentSaysWhatTheMeterSays(string name)
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "HandshakeNano.sln")))
            folder = Path.GetDirectoryName(folder)!;
        var figures = File.ReadAllText(Path.Combine(folder, "docs", "figures.md"));
        var reading = s_context.Measure(s_scenarios.Single(s => s.Name == name));

        StringAssert.Contains(figures, string.Create(CultureInfo.InvariantCulture, $"IL instructions | {reading.Instructions:N0} |"));
        if (name == "passive handshake + RST")
            StringAssert.Contains(figures, string.Create(CultureInfo.InvariantCulture, $"| {reading.Calls}; {reading.FieldAccesses} |"));
    }

    /// <summary>A second run costs what the first cost: the figure is that of the steady state.</summary>
    [TestMethod]
    [DynamicData(nameof(ScenarioNames))]
    public void AScenarioCostsTheSameEachTime(string name)
    {
        var scenario = s_scenarios.Single(s => s.Name == name);

        var first = s_context.Measure(scenario).Instructions;
        var second = s_context.Measure(scenario).Instructions;

        Assert.IsGreaterThan(0, first);
        Assert.IsLessThanOrEqualTo(first / 50, Math.Abs(second - first));
    }

    /// <summary>No scenario allocates once it is warm, but for the object that the application gets for each connection.</summary>
    [TestMethod]
    [DynamicData(nameof(ScenarioNames))]
    public void AScenarioAllocatesNothingButHandles(string name)
    {
        var scenario = ScenarioCatalog.Create().Single(s => s.Name == name);
        scenario.WarmUp(8);

        Assert.AreEqual(100 * HandleSize * scenario.ConnectionsGiven, scenario.MeasureAllocatedBytes(100));
    }

    private static long Instructions(string name)
    {
        var instructions = s_context.Measure(s_scenarios.Single(s => s.Name == name)).Instructions;
        Console.WriteLine($"{name}: {instructions} IL instructions");
        return instructions;
    }
}
