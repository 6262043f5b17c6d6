using System.Collections.Generic;
using System.IO;
using System.Text.Json;

namespace HandshakeNano.Conformance.Coverage;

/// <summary>A numbered requirement of an RFC.</summary>
/// <param name="Id">Its number, such as MUST-1.</param>
/// <param name="Level">MUST, MUST NOT, SHOULD, SHOULD NOT, RECOMMENDED or MAY.</param>
/// <param name="Section">The section whose text bears the number.</param>
/// <param name="Statement">What it asks for, in our words.</param>
/// <param name="Note">What is to be said of the way it is met; null for nothing.</param>
/// <param name="NotDone">Why it is not met; null if it is.</param>
internal sealed record Requirement(string Id, string Level, string Section, string Statement, string? Note, string? NotDone)
{
    /// <summary>True for what may be left out without a word.</summary>
    public bool IsOptional => Level == "MAY";

    /// <summary>Reads the list of them.</summary>
    public static IReadOnlyList<Requirement> ReadAll(string path)
        => JsonSerializer.Deserialize<List<Requirement>>(File.ReadAllText(path), JsonSerializerOptions.Web)!;
}
