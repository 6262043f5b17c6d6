using System;
using System.Collections.Generic;
using System.Linq;
using System.Reflection;
using HandshakeNano.Explorer.Model;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace HandshakeNano.Explorer;

/// <summary>The small scenarios, all states of each. The large ones are the program's.</summary>
[TestClass]
public sealed class ScenarioTests
{
    public TestContext TestContext { get; set; } = null!;

    public static IEnumerable<object[]> All => Scenario.All.Select(s => new object[] { s });

    public static IEnumerable<object[]> Quick => Scenario.All.Where(s => s.Quick).Select(s => new object[] { s });

    [TestMethod]
    [DynamicData(nameof(Quick), DynamicDataDisplayName = nameof(NameOf))]
    public void No_order_of_events_breaks_a_rule(Scenario scenario)
    {
        ArgumentNullException.ThrowIfNull(scenario);
        ExplorationResult result = Exploration.Run(scenario);
        TestContext.WriteLine($"{result.States} states, {result.Steps} steps, depth {result.Depth}");
        Assert.IsNull(result.Violation, result.Ladder);
        Assert.IsTrue(result.Finished);
        Assert.IsGreaterThan(1000, result.States, "A scenario in which so little can happen shows nothing.");
    }

    [TestMethod]
    public void The_number_of_processors_changes_nothing_in_the_result()
    {
        Scenario scenario = Named("stranger");
        ExplorationResult one = Exploration.Run(scenario, processors: 1), three = Exploration.Run(scenario, processors: 3);
        Assert.AreEqual(one with { Elapsed = default }, three with { Elapsed = default });
    }

    [TestMethod]
    public void An_exploration_that_is_cut_short_is_not_finished()
    {
        ExplorationResult result = Exploration.Run(Named("open-close"), mostStates: 1000);
        Assert.IsFalse(result.Finished);
        Assert.IsNull(result.Violation);
    }

    [TestMethod]
    [DataRow(0, "--list")]
    [DataRow(2, "no-such-scenario")]
    [DataRow(2, "--processors", "0")]
    [DataRow(1, "open-close", "--least", "1000000")]
    [DataRow(1, "open-close", "--most", "100")]
    [DataRow(0, "open-close", "--least", "1000")]
    public void The_exit_code_says_how_it_went(int code, params string[] args) => Assert.AreEqual(code, Program.Main(args));

    public static string NameOf(MethodInfo method, object[] data)
    {
        ArgumentNullException.ThrowIfNull(data);
        return ((Scenario)data[0]).Name;
    }

    private static Scenario Named(string name) => Scenario.All.Single(s => s.Name == name);
}
