using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Runtime.Loader;

namespace HandshakeNano.Meter;

/// <summary>
/// Runs code against instrumented copies of assemblies and says what was executed in them. The files and the assemblies
/// that the process itself uses stay as they are.
/// </summary>
public sealed class MeteredContext
{
    private readonly Context _context;
    private readonly List<BasicBlock> _blocks;
    private readonly int _firstBlock;

    /// <summary>Instruments assemblies.</summary>
    /// <param name="meteredAssemblies">The assembly files to meter: what runs on the device, in its Release build.</param>
    public MeteredContext(params string[] meteredAssemblies)
    {
        ArgumentNullException.ThrowIfNull(meteredAssemblies);

        // Blocks get consecutive numbers after those of other contexts; how many there are is known only at the end.
        var instrumenter = new Instrumenter(meteredAssemblies.Select(NameOf));
        _firstBlock = Probe.Reserve(0);
        var instrumented = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        foreach (var path in meteredAssemblies)
            instrumented.Add(NameOf(path), instrumenter.Instrument(File.ReadAllBytes(path), _firstBlock));
        _blocks = instrumenter.Blocks;
        _ = Probe.Reserve(_blocks.Count);
        _context = new Context(instrumented);
    }

    /// <summary>Loads an assembly whose references to metered assemblies lead to the instrumented copies.</summary>
    /// <param name="path">The assembly file.</param>
    public Assembly Load(string path)
    {
        return _context.LoadFromAssemblyPath(Path.GetFullPath(path));
    }

    /// <summary>Loads the instrumented copy of a metered assembly.</summary>
    /// <param name="name">The assembly's simple name.</param>
    public Assembly LoadMetered(string name)
    {
        return _context.LoadFromAssemblyName(new AssemblyName(name));
    }

    /// <summary>Runs code and reads what it executed in the metered assemblies.</summary>
    /// <param name="action">The code, from an assembly that <see cref="Load"/> gave.</param>
    public MeterReading Measure(Action action)
    {
        ArgumentNullException.ThrowIfNull(action);
        var before = Probe.Read(_firstBlock, _blocks.Count);
        action();
        var hits = Probe.Read(_firstBlock, _blocks.Count);
        for (var i = 0; i < hits.Length; i++)
            hits[i] -= before[i];
        return new MeterReading(_blocks, hits);
    }

    /// <summary>How many blocks the metered assemblies have.</summary>
    public int BlockCount => _blocks.Count;

    /// <summary>The lines of source on which blocks begin that nothing has reached yet.</summary>
    public IReadOnlyList<SourceLine> UnreachedLines()
    {
        var hits = Probe.Read(_firstBlock, _blocks.Count);
        return [.. _blocks.Where((block, i) => hits[i] == 0 && block.Lines.Count != 0).Select(block => block.Lines.Keys.First())
            .Distinct().OrderBy(l => l.File, StringComparer.Ordinal).ThenBy(l => l.Line)];
    }

    /// <summary>Measures one run of a scenario in its steady state.</summary>
    /// <param name="scenario">A scenario from an assembly that <see cref="Load"/> gave.</param>
    public MeterReading Measure(Scenario scenario)
    {
        ArgumentNullException.ThrowIfNull(scenario);
        scenario.WarmUp(8);
        scenario.Prepare();
        var reading = Measure(scenario.Run);
        scenario.Complete();
        return reading;
    }

    private static string NameOf(string path) => Path.GetFileNameWithoutExtension(path);

    private sealed class Context(Dictionary<string, byte[]> instrumented) : AssemblyLoadContext("metered")
    {
        protected override Assembly? Load(AssemblyName assemblyName)
        {
            return assemblyName.Name is { } name && instrumented.TryGetValue(name, out var image)
                ? LoadFromStream(new MemoryStream(image))
                : null;
        }
    }
}
