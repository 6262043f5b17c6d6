extern alias NetTests;

using System;
using System.Collections.Generic;
using System.Linq;
using System.Reflection;
using HandshakeNano.Client.Tests;
using HandshakeNano.Links.Tests;
using NetTests::HandshakeNano.Net.Tests;

namespace HandshakeNano.Plants;

/// <summary>The unit tests can fail: each of these faults is found by the test that is named beside it.</summary>
[TestClass]
public sealed class UnitTestPlantTests
{
    private const string Passes = "passes";

    public TestContext TestContext { get; set; } = null!;

    public static IEnumerable<object[]> Faults => Catalogue.ForUnitTests.Select(fault => new object[] { fault.Plant, fault.Class, fault.Test });

    [TestMethod]
    [TestCategory("Plants")]
    [DynamicData(nameof(Faults), DynamicDataDisplayName = nameof(NameOf))]
    public void A_fault_fails_the_test_that_is_named_beside_it(Plant plant, string type, string test)
    {
        Assert.AreEqual(Passes, Run(type, test), "without the fault");
        using FaultyCore core = FaultyCore.With(plant);
        string outcome = core.Call(Run, type, test);
        Assert.AreNotEqual(Passes, outcome, $"{type}.{test} does not notice that {plant.File} breaks {plant.Rule}: {plant.Name}");
        TestContext.WriteLine($"{plant.Rule}, {plant.Name}: found by {type}.{test}{outcome}");
    }

    [TestMethod]
    public void Each_of_the_faults_has_its_place_in_the_core()
    {
        foreach ((Plant plant, _, _) in Catalogue.ForUnitTests)
            FaultyCore.Check(plant);
    }

    public static string NameOf(MethodInfo method, object[] data) => ((Plant)data[0]).Name;

    /// <summary>Runs a test with each of its rows.</summary>
    private static string Run(string type, string test)
    {
        Type tests = new[] { typeof(HandshakeTests), typeof(PageTests), typeof(CaptureOrderTests) }
            .Select(one => one.Assembly.GetType(one.Namespace + "." + type)).First(found => found != null)!;
        MethodInfo method = tests.GetMethod(test)!;
        object[]?[] rows = [.. method.GetCustomAttributes<NetTests::nanoFramework.TestFramework.DataRowAttribute>().Select(row => row.MethodParameters)
            .Concat(method.GetCustomAttributes<DataRowAttribute>().Select(row => row.Data!))];
        foreach (object[]? row in rows.Length == 0 ? [null] : rows)
        {
            try
            {
                method.Invoke(Activator.CreateInstance(tests), BindingFlags.DoNotWrapExceptions, null, row, null);
            }
#pragma warning disable CA1031 // Whatever it is goes out as text: its type may be another one beside the faulty core.
            catch (Exception e)
#pragma warning restore CA1031
            {
                return $"({(row == null ? "" : string.Join(", ", row))})\n{e.Message}";
            }
        }

        return Passes;
    }
}
