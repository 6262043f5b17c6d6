using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using HandshakeNano.Meter;
using HandshakeNano.Scenarios;

namespace HandshakeNano.Bench;

/// <summary>Prints what the scenarios cost in units that carry over to the device.</summary>
internal static class MeterCommand
{
    private const int AllocationRuns = 100;

    public static int Run(int top)
    {
        var context = new MeteredContext([.. ScenarioCatalog.Assemblies.Select(name => Path.Combine(AppContext.BaseDirectory, name + ".dll"))]);
        var metered = LoadScenarios(context);
        var plain = ScenarioCatalog.Create();
        var readings = metered.Select(context.Measure).ToArray();

        Console.WriteLine("Executed in the firmware (Release build), per scenario, in the steady state:");
        Console.WriteLine();
        Print("scenario", "IL", "calls", "outside", "fields", "elements", "bytes");
        for (var i = 0; i < readings.Length; i++)
        {
            plain[i].WarmUp(8);
            var bytes = plain[i].MeasureAllocatedBytes(AllocationRuns) / (double)AllocationRuns;
            var reading = readings[i];
            Print(
                metered[i].Name,
                Number(reading.Instructions),
                Number(reading.Calls),
                Number(reading.ExternalCalls.Sum(e => e.Count)),
                Number(reading.FieldAccesses),
                Number(reading.ArrayAccesses),
                bytes.ToString("0.##", CultureInfo.InvariantCulture));
        }

        Console.WriteLine();
        Console.WriteLine("IL: instructions; calls: call, callvirt, newobj; outside: of these, calls of the base class library");
        Console.WriteLine("(one instruction here, 80 ns there); fields, elements: loads, stores and addresses of fields and array");
        Console.WriteLine("elements; bytes: managed bytes allocated, on a 64-bit PC: the object that the application gets for a");
        Console.WriteLine("connection when it opens or accepts it, 60 bytes on the device, and nothing for a segment.");

        var first = readings[0];
        Console.WriteLine();
        Console.WriteLine($"{metered[0].Name}: by method, without what it calls");
        Console.WriteLine();
        foreach (var method in first.Methods.Take(top))
            Console.WriteLine($"{method.Instructions,7}  {method.Instructions / (double)first.Instructions,6:P1}  {method.Entries,4} x  {method.Method}");
        Console.WriteLine();
        Console.WriteLine($"{metered[0].Name}: calls of the base class library");
        Console.WriteLine();
        foreach (var call in first.ExternalCalls)
            Console.WriteLine($"{call.Count,7}  {call.Callee}");
        Console.WriteLine();
        Console.WriteLine($"{metered[0].Name}: by line of source");
        Console.WriteLine();
        foreach (var line in first.Lines.Take(top))
            Console.WriteLine($"{line.Instructions,7}  {line.Line}");
        return 0;
    }

    private static IReadOnlyList<Scenario> LoadScenarios(MeteredContext context)
    {
        var catalog = context.Load(typeof(ScenarioCatalog).Assembly.Location).GetType(typeof(ScenarioCatalog).FullName!)!;
        return (IReadOnlyList<Scenario>)catalog.GetMethod(nameof(ScenarioCatalog.Create))!.Invoke(null, null)!;
    }

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);

    private static void Print(string scenario, params string[] columns)
    {
        Console.WriteLine(string.Concat(scenario.PadRight(50), string.Concat(columns.Select(c => c.PadLeft(9)))));
    }
}
