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

    public TestContext TestContext { get; set; } = null!;

    public static IEnumerable<object[]> Plants => Catalogue.All.Select(plant => new object[] { plant });

    [TestMethod]
    [DynamicData(nameof(Plants), DynamicDataDisplayName = nameof(NameOf))]
    public void A_fault_in_the_core_fails_a_script(Plant plant)
    {
        using FaultyCore core = FaultyCore.With(plant);
        string[] failures = core.Call(FailuresOf, ScriptTests.Root);
        TestContext.WriteLine($"{plant.Name}, {plant.Rule}: {failures.Length} scripts fail");
        foreach (string failure in failures)
            TestContext.WriteLine("  " + failure);
        Assert.IsNotEmpty(failures, $"No script notices that {plant.File} breaks {plant.Rule}: {plant.Name}");
    }

    [TestMethod]
    public void Without_a_fault_the_core_compiled_here_fails_no_script()
    {
        using FaultyCore core = FaultyCore.With(NoChange);
        Assert.IsEmpty(core.Call(FailuresOf, ScriptTests.Root));
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

    private static Script ScriptOf(string text) => ScriptParser.Parse("a.pkt", text);

    private static string[] FailuresOf(string root) => [.. ScriptTests.Names.Where(name => Fails(Path.Combine(root, name), name))];

    private static bool Fails(string path, string name)
    {
        try
        {
            ScriptRunner.RunFile(path, name);
            return false;
        }
        catch (Exception problem) when (problem is ScriptException or InvalidOperationException)
        {
            return true;
        }
    }
}
