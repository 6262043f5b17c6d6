using System.Collections.Generic;

namespace HandshakeNano.IlCheck;

/// <summary>What to hold an assembly to beyond the rules that always apply.</summary>
public sealed class CheckOptions
{
    /// <summary>Names of the assemblies that a segment passes through: no SpanByte, no struct by value.</summary>
    public IReadOnlyCollection<string> SegmentAssemblies { get; init; } = [];

    /// <summary>
    /// Where a segment comes in, as "Namespace.Type::Method". What these methods reach within the segment assemblies
    /// takes no memory, locks nothing and makes no string, except for an exception that it throws.
    /// </summary>
    public IReadOnlyCollection<string> SegmentEntries { get; init; } = [];
}
