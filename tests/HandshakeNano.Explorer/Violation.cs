namespace HandshakeNano.Explorer;

/// <summary>Something that must not happen.</summary>
/// <param name="Rule">The rule that is broken.</param>
/// <param name="Detail">What was seen.</param>
public sealed record Violation(string Rule, string Detail);
