using System;

namespace HandshakeNano.Client.Conformance;

/// <summary>The peer did something else than it should.</summary>
internal sealed class Deviation : Exception
{
    internal Deviation(string expected, string seen)
        : base($"expected {expected}, seen {seen}")
    {
        Expected = expected;
        Seen = seen;
    }

    /// <summary>What should have been seen.</summary>
    internal string Expected { get; }

    /// <summary>What was seen.</summary>
    internal string Seen { get; }
}
