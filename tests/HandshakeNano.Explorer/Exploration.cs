using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using System.Threading.Tasks;
using HandshakeNano.Explorer.Model;

namespace HandshakeNano.Explorer;

/// <summary>What an exploration has found.</summary>
/// <param name="Scenario">What was explored.</param>
/// <param name="States">How many distinct states were visited.</param>
/// <param name="Steps">How many steps from one to another were done.</param>
/// <param name="Depth">How many steps lead to the state that is furthest away.</param>
/// <param name="Finished">True if there is no state left to visit.</param>
/// <param name="Violation">The first rule that was broken, on a shortest way to it; null if none was.</param>
/// <param name="Ladder">The way there, drawn for people; empty without a violation.</param>
/// <param name="Elapsed">How long it took.</param>
public sealed record ExplorationResult(
    Scenario Scenario, int States, long Steps, int Depth, bool Finished, Violation? Violation, string Ladder, TimeSpan Elapsed);

/// <summary>Visits every state of a scenario, nearest first.</summary>
public sealed class Exploration
{
    // States that are expanded at the same time; what they lead to is then taken in in order, so that the result does not depend
    // on how many processors there are.
    private const int BlockSize = 2048;

    private readonly Scenario _scenario;
    private readonly int _mostStates;
    private readonly Dictionary<UInt128, int> _known = [];
    private readonly List<int> _parents = [];
    private readonly List<Move> _steps = [];

    // For each state in the order of its number, the states that a step leads to.
    private readonly List<int> _edges = [];
    private readonly List<int> _edgesBegin = [];

    private Exploration(Scenario scenario, int mostStates)
    {
        _scenario = scenario;
        _mostStates = mostStates;
    }

    /// <summary>Explores a scenario until a rule is broken or there is no state left to visit.</summary>
    /// <param name="scenario">The scenario.</param>
    /// <param name="mostStates">Stops after so many states.</param>
    /// <param name="processors">How many processors to use.</param>
    /// <param name="progress">Is told each depth that is done, and how many states there are so far.</param>
    /// <returns>What was found.</returns>
    public static ExplorationResult Run(Scenario scenario, int mostStates = int.MaxValue, int? processors = null,
        Action<int, int>? progress = null)
    {
        ArgumentNullException.ThrowIfNull(scenario);
        return new Exploration(scenario, mostStates).Run(processors ?? Environment.ProcessorCount, progress);
    }

    private ExplorationResult Run(int processors, Action<int, int>? progress)
    {
        var clock = Stopwatch.StartNew();
        Expander[] expanders = Enumerable.Range(0, processors).Select(_ => new Expander(_scenario, _known)).ToArray();
        var frontier = new List<State> { Begin() };
        int depth = 0, first = 0;
        while (frontier.Count != 0 && _parents.Count < _mostStates)
        {
            var next = new List<State>();
            for (int begin = 0; begin < frontier.Count; begin += BlockSize)
            {
                int count = Math.Min(BlockSize, frontier.Count - begin);
                var found = new Expansion[count];
                Parallel.For(0, processors, new ParallelOptions { MaxDegreeOfParallelism = processors }, p =>
                {
                    for (int i = p; i < count; i += processors)
                        found[i] = expanders[p].Expand(frontier[begin + i]);
                });
                for (int i = 0; i < count; i++)
                {
                    frontier[begin + i] = null!;
                    if (TakeIn(first + begin + i, found[i], next) is { } violation)
                        return Result(depth + 1, false, violation, clock.Elapsed);
                }
            }

            progress?.Invoke(depth, _parents.Count);
            first += frontier.Count;
            frontier = next;
            if (next.Count != 0)
                depth++;
        }

        return Result(depth, frontier.Count == 0, frontier.Count == 0 ? FindCycle() : null, clock.Elapsed);
    }

    private State Begin()
    {
        var world = new World(_scenario);
        _known.Add(world.Hash(), 0);
        _parents.Add(-1);
        _steps.Add(default);
        return world.Store(null);
    }

    private (Violation Violation, List<Move> Way)? TakeIn(int number, Expansion expansion, List<State> next)
    {
        _edgesBegin.Add(_edges.Count);
        foreach (Successor successor in expansion.Successors)
        {
            if (successor.Violation != null)
                return (successor.Violation, [.. WayTo(number), successor.Move]);
            if (!_known.TryGetValue(successor.Hash, out int target))
            {
                target = _parents.Count;
                _known.Add(successor.Hash, target);
                _parents.Add(number);
                _steps.Add(successor.Move);
                next.Add(successor.State!);
            }

            _edges.Add(target);
        }

        return expansion.Violation == null ? null : (expansion.Violation, WayTo(number));
    }

    private List<Move> WayTo(int number)
    {
        var way = new List<Move>();
        for (; number > 0; number = _parents[number])
            way.Add(_steps[number]);
        way.Reverse();
        return way;
    }

    /// <summary>
    /// A cycle is a run that never ends although no user does anything new and the network does no harm, as of both there is only
    /// so much: two endpoints that talk for ever. Without cycles every run ends, and where one can end is checked in each state.
    /// </summary>
    private (Violation Violation, List<Move> Way)? FindCycle()
    {
        int count = _parents.Count;
        _edgesBegin.Add(_edges.Count);
        int[] comeFrom = new int[count];
        foreach (int target in _edges)
            comeFrom[target]++;
        var ready = new Stack<int>();
        ready.Push(0);
        int done = comeFrom[0] == 0 ? 0 : -1;
        while (done >= 0 && ready.TryPop(out int number))
        {
            done++;
            for (int i = _edgesBegin[number]; i < _edgesBegin[number + 1]; i++)
            {
                if (--comeFrom[_edges[i]] == 0)
                    ready.Push(_edges[i]);
            }
        }

        if (done == count)
            return null;

        // What is left lies on a cycle or behind one. Going back from any of it leads into a cycle.
        int state = Array.FindIndex(comeFrom, left => left > 0);
        var sources = new Dictionary<int, int>();
        for (int from = 0; from < count; from++)
        {
            for (int i = _edgesBegin[from]; comeFrom[from] > 0 && i < _edgesBegin[from + 1]; i++)
                sources[_edges[i]] = from;
        }

        var seen = new List<int>();
        while (!seen.Contains(state))
        {
            seen.Add(state);
            state = sources[state];
        }

        List<int> cycle = seen[seen.IndexOf(state)..];
        cycle.Reverse();
        int nearest = cycle.IndexOf(cycle.Min());
        cycle = [.. cycle[nearest..], .. cycle[..nearest]];
        List<Move> way = WayTo(cycle[0]);
        int before = way.Count;
        way.AddRange(StepsAlong(way, cycle));
        return (new Violation("two endpoints do not talk for ever", $"the last {way.Count - before} steps lead back to where they began."), way);
    }

    private List<Move> StepsAlong(List<Move> way, List<int> cycle)
    {
        var world = new World(_scenario);
        way.ForEach(step => world.Do(step));
        var steps = new List<Move>();
        var possible = new List<Move>();
        for (int i = 0; i < cycle.Count; i++)
        {
            int target = cycle[(i + 1) % cycle.Count];
            State state = world.Store(null);
            world.Next(possible);
            foreach (Move step in possible)
            {
                world.Load(state);
                world.Do(step);
                if (_known.TryGetValue(world.Hash(), out int reached) && reached == target)
                {
                    steps.Add(step);
                    break;
                }
            }
        }

        return steps;
    }

    private ExplorationResult Result(int depth, bool finished, (Violation Violation, List<Move> Way)? found, TimeSpan elapsed) => new(
        _scenario, _parents.Count, _edges.Count, depth, finished, found?.Violation,
        found is { } broken ? PathLadder.Draw(_scenario, broken.Way, broken.Violation) : "", elapsed);

    private sealed record Successor(Move Move, UInt128 Hash, State? State, Violation? Violation);

    private sealed record Expansion(List<Successor> Successors, Violation? Violation);

    /// <summary>Does the steps. Each processor has one of its own.</summary>
    private sealed class Expander(Scenario scenario, Dictionary<UInt128, int> known)
    {
        private readonly World _world = new(scenario);
        private readonly List<Move> _possible = [];

        public Expansion Expand(State state)
        {
            _world.Load(state);
            bool leadsOn = _world.Next(_possible);
            Violation? stuck = leadsOn || _world.IsClosed
                ? null
                : new Violation("every run can still reach both sides closed", "nothing is on its way, no timer runs, and yet a side is not closed.");
            var successors = new List<Successor>(_possible.Count);
            foreach (Move step in _possible)
            {
                _world.Load(state);
                Violation? violation = _world.Do(step);
                UInt128 hash = violation == null ? _world.Hash() : default;
                State? next = violation != null || known.ContainsKey(hash) ? null : _world.Store(state);
                successors.Add(new Successor(step, hash, next, violation));
            }

            return new Expansion(successors, stuck);
        }
    }
}
