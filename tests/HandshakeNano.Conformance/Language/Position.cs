namespace HandshakeNano.Conformance.Language;

/// <summary>A place in a script.</summary>
/// <param name="File">The script's path.</param>
/// <param name="Line">The line, from 1.</param>
/// <param name="Column">The column, from 1.</param>
internal sealed record Position(string File, int Line, int Column)
{
    public override string ToString() => $"{File}:{Line}:{Column}";
}
