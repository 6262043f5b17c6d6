namespace HandshakeNano.Meter;

/// <summary>A line of source code.</summary>
/// <param name="File">File name without the folder.</param>
/// <param name="Line">Line number, from 1.</param>
public readonly record struct SourceLine(string File, int Line)
{
    /// <inheritdoc/>
    public override string ToString() => $"{File}:{Line}";
}
