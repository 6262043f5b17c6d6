using System;
using System.IO;
using System.Linq;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace HandshakeNano.Meter.Tests;

/// <summary>The meter counts what was executed, exactly.</summary>
[TestClass]
[DoNotParallelize]
public sealed class MeteredContextTests
{
    private static MeteredContext s_context = null!;

    /// <summary>Instruments the sample.</summary>
    [ClassInitialize]
    public static void Instrument(TestContext testContext)
    {
        var folder = Directory.CreateTempSubdirectory("meter").FullName;
        try
        {
            s_context = new MeteredContext(Sample.Write(folder));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Each case is counted by hand at the method that writes the sample.</summary>
    [TestMethod]
    [DataRow("Sum", 0, 0, 10, 0, 0, 0)]
    [DataRow("Sum", 1, 1, 21, 0, 0, 0)]
    [DataRow("Sum", 1000, 500_500, 11_010, 0, 0, 0)]
    [DataRow("FieldsAndElements", 9, 9, 13, 1, 2, 2)]
    [DataRow("Switch", 0, 100, 4, 0, 0, 0)]
    [DataRow("Switch", 1, 101, 4, 0, 0, 0)]
    [DataRow("Switch", 2, -2, 5, 0, 0, 0)]
    [DataRow("Catch", 0, 1, 5 + 4 + 1 + 5 + 2, 1, 0, 0)]
    [DataRow("Catch", 1, 8, 2 + 4 + 4 + 1 + 5 + 2, 2, 0, 0)]
    public void CountsAreExact(string method, int argument, int result, long instructions, long calls, long fields, long elements)
    {
        var sample = Bind(method);
        var returned = 0;

        var reading = s_context.Measure(() => returned = sample(argument));

        Assert.AreEqual(result, returned, "instrumented code does what the original does");
        Assert.AreEqual(instructions, reading.Instructions);
        Assert.AreEqual(calls, reading.Calls);
        Assert.AreEqual(fields, reading.FieldAccesses);
        Assert.AreEqual(elements, reading.ArrayAccesses);
    }

    /// <summary>Instructions are told apart by method.</summary>
    [TestMethod]
    public void MethodsAreListedWithoutWhatTheyCall()
    {
        var sample = Bind("Catch");

        var reading = s_context.Measure(() =>
        {
            sample(0);
            sample(0);
        });

        CollectionAssert.AreEqual(
            new[] { new MethodCost("Sample.Catch", 2, 26), new MethodCost("Sample.Throw", 2, 8) },
            reading.Methods.ToArray());
    }

    /// <summary>What is not metered is listed by its name.</summary>
    [TestMethod]
    public void CallsToTheOutsideAreListed()
    {
        var sample = Bind("FieldsAndElements");

        var reading = s_context.Measure(() => sample(1));

        CollectionAssert.AreEqual(new[] { new ExternalCallCost("System.Math.Abs", 1) }, reading.ExternalCalls.ToArray());
        Assert.AreEqual(1, reading.Allocations);
    }

    private static Func<int, int> Bind(string method)
    {
        return s_context.LoadMetered(Sample.Name).GetType("Sample")!.GetMethod(method)!.CreateDelegate<Func<int, int>>();
    }
}
