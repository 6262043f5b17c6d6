using System.CommandLine;
using HandshakeNano.Bench.Goodput;

namespace HandshakeNano.Bench;

/// <summary>
/// Entry point: <c>meter</c> counts what a scenario costs on an interpreter, <c>bench</c> measures time on this machine, <c>goodput</c>
/// how much data gets through where some is lost.
/// </summary>
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

        var seeds = new Option<int>("--seeds")
        {
            Description = "How many times each transfer is done, each time with other losses.",
            DefaultValueFactory = _ => 5,
        };
        var only = new Option<string>("--only")
        {
            Description = "Only the transfers whose name has this in it.",
            DefaultValueFactory = _ => string.Empty,
        };
        var loss = new Option<double>("--loss") { Description = "Only this chance of a loss, in per cent: 0.1, 1 or 3." };
        var goodput = new Command("goodput", "Sends 8 MB over a wire that loses, by ours, Linux and lwIP. Needs Linux and root.") { seeds, only, loss };
        goodput.SetAction(result => GoodputCommand.Run(result.GetValue(seeds), result.GetValue(only)!, result.GetValue(loss)));

        return new RootCommand("What HandshakeNano costs.") { meter, bench, goodput }.Parse(args).Invoke();
    }
}
