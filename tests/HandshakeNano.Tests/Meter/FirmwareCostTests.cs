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
    /// <summary>What a passive handshake and the peer's RST may cost in any case.</summary>
    private const long HandshakeLimit = 3700;

    /// <summary>
    /// What they cost today, and hardly more. Lower it when the meter shows less; raise it only for something that is
    /// worth it, and say what in the commit.
    /// </summary>
    private const long HandshakeBudget = 3640;

    private const long HandshakeAfterPauseBudget = 3700;

    /// <summary>
    /// What SYN, SYN,ACK and ACK may cost in any case, without the application's part and the end. Linux's SYN permits selective
    /// acknowledgments and scales windows, and to read and answer that costs 150.
    /// </summary>
    private const long HandshakeAloneLimit = 2625;

    /// <summary>A TcpConnection on a 64-bit PC: its header, three references and a number.</summary>
    private const long HandleSize = 48;

    private static readonly string s_metered = Path.Combine(AppContext.BaseDirectory, "HandshakeNano.Net.dll");

    private static MeteredContext s_context = null!;

    private static IReadOnlyList<Scenario> s_scenarios = null!;

    /// <summary>The names of the scenarios.</summary>
    public static IEnumerable<object[]> ScenarioNames => ScenarioCatalog.Create().Select(s => new object[] { s.Name });

    /// <summary>Instruments the Release build of the core and loads the scenarios against it.</summary>
    [ClassInitialize]
    public static void Instrument(TestContext testContext)
    {
        s_context = new MeteredContext(s_metered);
        var catalog = s_context.Load(typeof(ScenarioCatalog).Assembly.Location).GetType(typeof(ScenarioCatalog).FullName!)!;
        s_scenarios = (IReadOnlyList<Scenario>)catalog.GetMethod(nameof(ScenarioCatalog.Create))!.Invoke(null, null)!;
    }

    /// <summary>The figures mean nothing if a Debug build slips in.</summary>
    [TestMethod]
    public void TheMeteredAssemblyIsOptimized()
    {
        var attribute = s_context.LoadMetered("HandshakeNano.Net").GetCustomAttribute<DebuggableAttribute>();

        Assert.IsFalse(attribute is { IsJITOptimizerDisabled: true });
    }

    /// <summary>The passive handshake stays within its budget, with and without timers that are left from the one before.</summary>
    [TestMethod]
    [DataRow(0, HandshakeBudget)]
    [DataRow(1, HandshakeAfterPauseBudget)]
    public void APassiveHandshakeStaysWithinItsBudget(int scenario, long budget)
    {
        var reading = s_context.Measure(s_scenarios[scenario]);

        Console.WriteLine($"{s_scenarios[scenario].Name}: {reading.Instructions} IL instructions");
        Assert.IsInstanceOfType(s_scenarios[scenario], s_scenarios[0].GetType());
        Assert.IsGreaterThan(1000, reading.Instructions, "a handshake with checksums and a keyed ISN costs more: the meter is broken");
        Assert.IsLessThanOrEqualTo(HandshakeLimit, reading.Instructions);
        Assert.IsLessThanOrEqualTo(budget, reading.Instructions);
    }

    /// <summary>SYN in, SYN,ACK out, ACK in, and nothing of what follows, stays within its budget.</summary>
    [TestMethod]
    public void AHandshakeAloneStaysWithinItsBudget()
    {
        var reading = s_context.Measure(s_scenarios[2]);

        Console.WriteLine($"{s_scenarios[2].Name}: {reading.Instructions} IL instructions");
        Assert.AreEqual(nameof(HandshakeAlone), s_scenarios[2].GetType().Name);
        Assert.IsGreaterThan(1000, reading.Instructions, "a handshake with checksums and a keyed ISN costs more: the meter is broken");
        Assert.IsLessThanOrEqualTo(HandshakeAloneLimit, reading.Instructions);
    }

    /// <summary>The figures of docs/figures.md are those of this code.</summary>
    [TestMethod]
    public void TheDocumentSaysWhatTheMeterSays()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "HandshakeNano.sln")))
            folder = Path.GetDirectoryName(folder)!;
        var figures = File.ReadAllText(Path.Combine(folder, "docs", "figures.md"));
        var handshake = s_context.Measure(s_scenarios[0]);
        var afterPause = s_context.Measure(s_scenarios[1]);
        var alone = s_context.Measure(s_scenarios[2]);
        var cookie = s_context.Measure(s_scenarios[3]);

        StringAssert.Contains(figures, string.Create(CultureInfo.InvariantCulture, $"IL instructions | {handshake.Instructions:N0} |"));
        StringAssert.Contains(
            figures, string.Create(CultureInfo.InvariantCulture, $"| {handshake.Calls}; {handshake.FieldAccesses} |"));
        StringAssert.Contains(figures, string.Create(CultureInfo.InvariantCulture, $"IL instructions | {afterPause.Instructions:N0} |"));
        StringAssert.Contains(figures, string.Create(CultureInfo.InvariantCulture, $"IL instructions | {alone.Instructions:N0} |"));
        StringAssert.Contains(figures, string.Create(CultureInfo.InvariantCulture, $"IL instructions | {cookie.Instructions:N0} |"));
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
}
