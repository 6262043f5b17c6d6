using System.CommandLine;

namespace HandshakeNano.Bench;

/// <summary>Entry point: <c>meter</c> counts what a scenario costs on an interpreter, <c>bench</c> measures time on this machine.</summary>
public static class Program
{
    /// <summary>Runs a command.</summary>
    /// <param name="args">Command line.</param>
    /// <returns>0 if it did what was asked.</returns>
    public static int Main(string[] args)
    {
        var top = new Option<int>("--top")
        {
            Description = "How many methods and lines of source to list for the passive handshake.",
            DefaultValueFactory = _ => 20,
        };
        var meter = new Command("meter", "Counts the IL instructions that the firmware executes.") { top };
        meter.SetAction(result => MeterCommand.Run(result.GetValue(top)));

        var bench = new Command("bench", "Measures nanoseconds with BenchmarkDotNet.");
        bench.SetAction(_ => BenchCommand.Run());

        return new RootCommand("What HandshakeNano costs.") { meter, bench }.Parse(args).Invoke();
    }
}
