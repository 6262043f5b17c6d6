using System;
using System.Collections.Generic;
using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Linq;

namespace HandshakeNano.Explorer;

/// <summary>Entry point: explores scenarios and says how many states there are, and whether a rule is broken.</summary>
public static class Program
{
    /// <summary>Runs the command.</summary>
    /// <param name="args">Command line.</param>
    /// <returns>0 if every scenario was explored to its end and no rule was broken, 1 if not, 2 for a wrong command line.</returns>
    public static int Main(string[] args)
    {
        var names = new Argument<string[]>("scenario")
        {
            Description = "Which scenarios; if none is named all but the long ones. Known: " + string.Join(", ", Model.Scenario.All.Select(s => s.Name)) + ".",
            Arity = ArgumentArity.ZeroOrMore,
        };
        names.Validators.Add(result =>
        {
            foreach (string unknown in result.Tokens.Select(t => t.Value).Where(n => Model.Scenario.All.All(s => s.Name != n)))
                result.AddError($"There is no scenario {unknown}; --list names them.");
        });
        var quick = new Option<bool>("--quick") { Description = "Only the scenarios that run with every build." };
        var full = new Option<bool>("--long") { Description = "Also the scenarios that are left out because they take long." };
        var list = new Option<bool>("--list") { Description = "Says what the scenarios are, and explores none." };
        var least = new Option<int>("--least") { Description = "Fails if there are fewer states than this in all." };
        var processors = new Option<int>("--processors")
        {
            Description = "How many processors to use.",
            DefaultValueFactory = _ => Environment.ProcessorCount,
        };
        processors.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() < 1)
                result.AddError("--processors must be 1 or more.");
        });
        var most = new Option<int>("--most")
        {
            Description = "Leaves a scenario unfinished after so many states.",
            DefaultValueFactory = _ => int.MaxValue,
        };
        var progress = new Option<bool>("--progress") { Description = "Says on standard error how far it is." };
        var root = new RootCommand("Visits every state that two endpoints and a bad network can get into.") { names, quick, full, list, least, processors, most, progress };
        root.SetAction(result =>
        {
            string[] chosen = result.GetValue(names)!;
            List<Model.Scenario> scenarios = Model.Scenario.All
                .Where(s => chosen.Length == 0 ? !s.TakesLong || result.GetValue(full) || result.GetValue(list) : chosen.Contains(s.Name))
                .Where(s => s.Quick || !result.GetValue(quick))
                .ToList();
            if (result.GetValue(list))
            {
                foreach (Model.Scenario scenario in scenarios)
                    Console.WriteLine($"{scenario.Name,-24} {scenario.About}");
                return 0;
            }

            return Explore(scenarios, result.GetValue(processors), result.GetValue(least), result.GetValue(most), result.GetValue(progress));
        });
        ParseResult parsed = root.Parse(args);
        int code = parsed.Invoke();
        return parsed.Errors.Count != 0 ? 2 : code;
    }

    private static int Explore(List<Model.Scenario> scenarios, int processors, int least, int most, bool progress)
    {
        var clock = Stopwatch.StartNew();
        Print("scenario", "states", "steps", "depth", "seconds");
        long states = 0, steps = 0;
        int depth = 0;
        bool good = true;
        foreach (Model.Scenario scenario in scenarios)
        {
            ExplorationResult result = Exploration.Run(scenario, most, processors, progress: !progress ? null
                : (deep, count) => Console.Error.WriteLine($"{scenario.Name}: depth {deep}, {Number(count)} states, {Seconds(clock.Elapsed)} s"));
            states += result.States;
            steps += result.Steps;
            depth = Math.Max(depth, result.Depth);
            Print(scenario.Name, Number(result.States), Number(result.Steps), Number(result.Depth), Seconds(result.Elapsed));
            if (!result.Finished && result.Violation == null)
            {
                good = false;
                Console.WriteLine("Not finished.");
            }

            if (result.Violation != null)
            {
                good = false;
                Console.WriteLine(result.Ladder);
            }
        }

        Print("all", Number(states), Number(steps), Number(depth), Seconds(clock.Elapsed));
        if (states < least)
        {
            good = false;
            Console.WriteLine($"There are fewer than {Number(least)} states.");
        }

        Console.WriteLine(good ? "No rule is broken." : "FAILED");
        return good ? 0 : 1;
    }

    private static string Number(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    private static string Seconds(TimeSpan time) => time.TotalSeconds.ToString("F1", CultureInfo.InvariantCulture);

    private static void Print(string scenario, string states, string steps, string depth, string seconds) =>
        Console.WriteLine($"{scenario,-24}{states,12}{steps,14}{depth,8}{seconds,10}");
}
