using System.Collections.Generic;
using System.Linq;

namespace HandshakeNano.Meter;

/// <summary>What metered code executed.</summary>
public sealed class MeterReading
{
    internal MeterReading(IReadOnlyList<BasicBlock> blocks, long[] hits)
    {
        var methods = new Dictionary<string, (long Entries, long Instructions)>();
        var lines = new Dictionary<SourceLine, long>();
        var external = new Dictionary<string, long>();
        for (var i = 0; i < hits.Length; i++)
        {
            var times = hits[i];
            if (times == 0)
                continue;
            var block = blocks[i];
            Instructions += times * block.Instructions;
            Calls += times * block.Calls;
            FieldAccesses += times * block.FieldAccesses;
            ArrayAccesses += times * block.ArrayAccesses;
            Allocations += times * block.Allocations;
            var (entries, instructions) = methods.GetValueOrDefault(block.Method);
            methods[block.Method] = (entries + (block.IsEntry ? times : 0), instructions + times * block.Instructions);
            foreach (var callee in block.ExternalCalls)
                external[callee] = external.GetValueOrDefault(callee) + times;
            foreach (var (line, count) in block.Lines)
                lines[line] = lines.GetValueOrDefault(line) + times * count;
        }

        Methods = [.. methods.Select(m => new MethodCost(m.Key, m.Value.Entries, m.Value.Instructions))
            .OrderByDescending(m => m.Instructions).ThenBy(m => m.Method, System.StringComparer.Ordinal)];
        Lines = [.. lines.Select(l => new LineCost(l.Key, l.Value))
            .OrderByDescending(l => l.Instructions).ThenBy(l => l.Line.File, System.StringComparer.Ordinal).ThenBy(l => l.Line.Line)];
        ExternalCalls = [.. external.Select(e => new ExternalCallCost(e.Key, e.Value))
            .OrderByDescending(e => e.Count).ThenBy(e => e.Callee, System.StringComparer.Ordinal)];
    }

    /// <summary>IL instructions executed. A prefix such as <c>constrained.</c> counts as one.</summary>
    public long Instructions { get; }

    /// <summary>Of these, call, callvirt and newobj.</summary>
    public long Calls { get; }

    /// <summary>Of these, loads, stores and addresses of instance and static fields.</summary>
    public long FieldAccesses { get; }

    /// <summary>Of these, loads, stores and addresses of array elements.</summary>
    public long ArrayAccesses { get; }

    /// <summary>Of these, newobj, newarr and box.</summary>
    public long Allocations { get; }

    /// <summary>Where the instructions were executed, the costliest method first.</summary>
    public IReadOnlyList<MethodCost> Methods { get; }

    /// <summary>The same by line of source; empty without symbols.</summary>
    public IReadOnlyList<LineCost> Lines { get; }

    /// <summary>
    /// Calls that leave the metered assemblies. Each is one instruction here and some 80 ns on the interpreter, as much
    /// as 20 ordinary instructions.
    /// </summary>
    public IReadOnlyList<ExternalCallCost> ExternalCalls { get; }
}

/// <summary>The cost of a method without the methods that it calls.</summary>
/// <param name="Method">Type and method.</param>
/// <param name="Entries">How often it was called.</param>
/// <param name="Instructions">IL instructions executed in it.</param>
public sealed record MethodCost(string Method, long Entries, long Instructions);

/// <summary>The cost of a line of source without the methods that it calls.</summary>
/// <param name="Line">The line.</param>
/// <param name="Instructions">IL instructions executed.</param>
public sealed record LineCost(SourceLine Line, long Instructions);

/// <summary>Calls of one method outside the metered assemblies.</summary>
/// <param name="Callee">Type and method.</param>
/// <param name="Count">How often it was called.</param>
public sealed record ExternalCallCost(string Callee, long Count);
