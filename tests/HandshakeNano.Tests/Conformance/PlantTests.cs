using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Reflection;
using HandshakeNano.Conformance.Language;
using HandshakeNano.Conformance.Run;
using HandshakeNano.Plants;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace HandshakeNano.Conformance;

/// <summary>The scripts can fail: each fault that is planted in the core is found by one of them at least.</summary>
[TestClass]
public sealed class PlantTests
{
    private static readonly Plant NoChange = new("no-change", "none", "Wakeup.cs", "internal sealed class Wakeup", "internal sealed class Wakeup");

    private static readonly Lazy<KeyValuePair<string, string>[]> Rules = new(() => [.. ScriptTests.Names.Select(name =>
        KeyValuePair.Create(name, ScriptParser.Parse(name, File.ReadAllText(Path.Combine(ScriptTests.Root, name))).Rule))]);

    public TestContext TestContext { get; set; } = null!;

    /// <summary>One fault in each part of section 3.10.7: for CLOSED, LISTEN, SYN-SENT, and the other states.</summary>
    public static IEnumerable<object[]> OneForEachPart => Catalogue.All
        .Where(plant => plant.Rule.Contains("section 3.10.7.", StringComparison.Ordinal))
        .DistinctBy(plant => plant.Rule.Split(',')[0]).Select(plant => new object[] { plant });

    public static IEnumerable<object[]> Others => Catalogue.All.Except(OneForEachPart.Select(data => (Plant)data[0]))
        .Select(plant => new object[] { plant });

    [TestMethod]
    [Timeout(120_000)]
    [DynamicData(nameof(OneForEachPart), DynamicDataDisplayName = nameof(NameOf))]
    public void A_fault_in_each_part_of_section_3_10_7_fails_a_script(Plant plant) => IsFound(plant);

    [TestMethod]
    [TestCategory("Plants")]
    [Timeout(120_000)]
    [DynamicData(nameof(Others), DynamicDataDisplayName = nameof(NameOf))]
    public void Every_other_fault_fails_a_script_too(Plant plant) => IsFound(plant);

    [TestMethod]
    public void More_than_ten_rules_of_section_3_10_7_have_a_fault_in_each()
        => Assert.IsGreaterThan(10, Catalogue.All.Select(plant => plant.Rule).Distinct().Count(rule => rule.Contains("3.10.7", StringComparison.Ordinal)));

    [TestMethod]
    public void Every_fault_has_its_place_in_the_core()
    {
        List<string> missing = [];
        foreach (Plant plant in Catalogue.All)
        {
            try
            {
                FaultyCore.Check(plant);
            }
            catch (PlantException e)
            {
                missing.Add(e.Message);
            }
        }

        Assert.IsEmpty(missing, string.Join("\n", missing));
    }

    [TestMethod]
    [TestCategory("Plants")]
    public void Without_a_fault_the_core_compiled_here_fails_no_script()
    {
        using FaultyCore core = FaultyCore.With(NoChange);
        Assert.IsNull(core.Call(FirstFailure, ScriptTests.Root, ScriptTests.Names.ToArray()));
    }

    [TestMethod]
    [DataRow("Nowhere.cs", "x", "y", "has no file Nowhere.cs")]
    [DataRow("Wakeup.cs", "this text is not there", "y", "stands in Wakeup.cs nowhere")]
    [DataRow("Wakeup.cs", "a", "y", "stands in Wakeup.cs more than once")]
    [DataRow("Wakeup.cs", "internal sealed class Wakeup", "internal sealed class 1", "does not compile:\nWakeup.cs(")]
    public void A_plant_that_does_not_fit_the_core_says_so(string file, string old, string @new, string message)
        => StringAssert.Contains(
            Assert.ThrowsExactly<PlantException>(() => FaultyCore.With(new Plant("p", "r", file, old, @new))).Message, message);

    [TestMethod]
    public void What_cannot_go_to_the_faulty_core_is_refused()
    {
        using FaultyCore core = FaultyCore.With(NoChange);
        int one = 1;
        StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(() => core.Call(() => one)).Message, "must be a static method");
        StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(() => core.Call(ScriptOf, "")).Message, "Pass strings and numbers");
    }

    public static string NameOf(MethodInfo method, object[] data) => ((Plant)data[0]).Name;

    private void IsFound(Plant plant)
    {
        using FaultyCore core = FaultyCore.With(plant);
        string? failure = core.Call(FirstFailure, ScriptTests.Root, ScriptsFor(plant));
        Assert.IsNotNull(failure, $"No script notices that {plant.File} breaks {plant.Rule}: {plant.Name}");
        TestContext.WriteLine($"{plant.Rule}, {plant.Name}: found by {failure}");
    }

    private static Script ScriptOf(string text) => ScriptParser.Parse("a.pkt", text);

    /// <summary>All scripts, those in front that name the section whose rule the plant breaks.</summary>
    private static string[] ScriptsFor(Plant plant)
    {
        string section = plant.Rule[plant.Rule.IndexOf(' ', plant.Rule.IndexOf("section", StringComparison.Ordinal))..].Split(',')[0];
        return [.. Rules.Value.OrderBy(script => !script.Value.Contains("section" + section, StringComparison.Ordinal)).Select(script => script.Key)];
    }

    private static string? FirstFailure(string root, string[] names)
    {
        foreach (string name in names)
        {
            try
            {
                ScriptRunner.RunFile(Path.Combine(root, name), name);
            }
            catch (Exception problem) when (problem is not OutOfMemoryException)
            {
                return $"{name}\n{problem.Message}";
            }
        }

        return null;
    }
}
