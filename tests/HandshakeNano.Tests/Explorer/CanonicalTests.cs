using System;
using System.Collections.Generic;
using System.Linq;
using System.Reflection;
using HandshakeNano.Explorer.Model;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace HandshakeNano.Explorer;

/// <summary>What the count of states rests on: a snapshot leaves nothing out, and states that count as one go on alike.</summary>
[TestClass]
public sealed class CanonicalTests
{
    [TestMethod]
    [DynamicData(nameof(ScenarioTests.All), typeof(ScenarioTests), DynamicDataDisplayName = nameof(ScenarioTests.NameOf),
        DynamicDataDisplayNameDeclaringType = typeof(ScenarioTests))]
    public void Two_ways_into_one_state_go_on_alike(Scenario scenario) => GoOnAlike(scenario, 500);

    [TestMethod]
    [TestCategory("Plants")]
    [DynamicData(nameof(ScenarioTests.Quick), typeof(ScenarioTests), DynamicDataDisplayName = nameof(ScenarioTests.NameOf),
        DynamicDataDisplayNameDeclaringType = typeof(ScenarioTests))]
    public void Two_ways_into_any_state_of_a_small_scenario_go_on_alike(Scenario scenario) => GoOnAlike(scenario, int.MaxValue);

    [TestMethod]
    public void A_run_with_a_snapshot_before_each_step_is_the_run_without()
    {
        foreach (Scenario scenario in Scenario.All)
        {
            var straight = new World(scenario);
            World saved = new(scenario), restored = new(scenario);
            var random = new Random(1);
            for (int run = 0; run < 20; run++)
            {
                straight = new World(scenario);
                saved = new World(scenario);
                var possible = new List<Move>();
                for (straight.Next(possible); possible.Count != 0; straight.Next(possible))
                {
                    Move step = possible[random.Next(possible.Count)];
                    restored.Load(saved.Store(null));
                    (saved, restored) = (restored, saved);
                    Violation? violation = straight.Do(step);
                    Assert.AreEqual(violation, saved.Do(step));
                    Assert.AreEqual(straight.Hash(), saved.Hash(), $"{scenario.Name}, run {run}, {step}");
                    string[] sent = [.. straight.Emitted.Select(frame => Convert.ToHexString(frame.Packet))];
                    CollectionAssert.AreEqual(sent, saved.Emitted.Select(frame => Convert.ToHexString(frame.Packet)).ToArray());
                }
            }
        }
    }

    [TestMethod]
    public void Every_variable_that_the_explorer_knows_by_name_is_one_of_the_core()
    {
        HashSet<string> fields = typeof(Net.TcpEndpoint).Assembly.GetTypes()
            .SelectMany(type => type.GetFields(BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic)
                .Select(field => $"{type.Name}.{field.Name}"))
            .ToHashSet();
        foreach (string name in Core.Names)
            Assert.Contains(name, fields);
    }

    private static void GoOnAlike(Scenario scenario, int most)
    {
        var world = new World(scenario);
        State first = world.Store(null);
        UInt128 start = world.Hash();
        var states = new Dictionary<UInt128, State> { [start] = first };
        var known = new Dictionary<UInt128, List<(MoveKind, UInt128)>> { [start] = WaysOn(world, first) };
        var parents = new Dictionary<State, (State State, Move Move)>();
        var left = new Queue<State>([first]);
        int compared = 0;
        var possible = new List<Move>();
        while (known.Count < most && left.TryDequeue(out State? state))
        {
            world.Load(state);
            world.Next(possible);
            foreach (Move step in possible.ToArray())
            {
                world.Load(state);
                world.Do(step);
                UInt128 hash = world.Hash();
                State next = world.Store(state);
                List<(MoveKind, UInt128)> ways = WaysOn(world, next);
                if (known.TryGetValue(hash, out List<(MoveKind, UInt128)>? others))
                {
                    compared++;
                    if (!ways.SequenceEqual(others))
                        Assert.Fail(Draw(scenario, WayTo(states[hash]), others) + Draw(scenario, [.. WayTo(state), step], ways));
                }
                else
                {
                    known.Add(hash, ways);
                    states.Add(hash, next);
                    parents.Add(next, (state, step));
                    left.Enqueue(next);
                }
            }
        }

        Assert.IsGreaterThan(100, compared);

        List<Move> WayTo(State to)
        {
            var way = new List<Move>();
            for (; parents.TryGetValue(to, out (State State, Move Move) from); to = from.State)
                way.Insert(0, from.Move);
            return way;
        }
    }

    private static string Draw(Scenario scenario, List<Move> way, List<(MoveKind, UInt128)> ways) =>
        "\n" + PathLadder.Draw(scenario, way, new Violation("states that count as one go on alike", "one by " + string.Join(", ", ways)));

    private static List<(MoveKind, UInt128)> WaysOn(World world, State state)
    {
        var possible = new List<Move>();
        world.Load(state);
        world.Next(possible);
        var ways = new List<(MoveKind, UInt128)>();
        foreach (Move step in possible)
        {
            world.Load(state);
            Assert.IsNull(world.Do(step));
            ways.Add((step.Kind, world.Hash()));
        }

        ways.Sort();
        return ways;
    }
}
