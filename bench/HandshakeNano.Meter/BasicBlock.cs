using System.Collections.Generic;

namespace HandshakeNano.Meter;

/// <summary>What one run through a basic block costs: counted once, from the original code.</summary>
internal sealed class BasicBlock(string method)
{
    public string Method { get; } = method;

    public int Instructions { get; set; }

    public int Calls { get; set; }

    public int FieldAccesses { get; set; }

    public int ArrayAccesses { get; set; }

    public int Allocations { get; set; }

    /// <summary>Full names of the methods outside the metered assemblies that the block calls.</summary>
    public List<string> ExternalCalls { get; } = [];

    /// <summary>Instructions by line of source, for assemblies that carry symbols.</summary>
    public Dictionary<SourceLine, int> Lines { get; } = [];

    /// <summary>True if the method is entered through this block.</summary>
    public bool IsEntry { get; set; }
}
