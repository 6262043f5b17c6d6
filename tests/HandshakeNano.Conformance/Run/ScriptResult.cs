namespace HandshakeNano.Conformance.Run;

/// <summary>How a script ended that nothing contradicted.</summary>
/// <param name="Skipped">Why that is no pass, null if it is one.</param>
internal readonly record struct ScriptResult(string? Skipped);
