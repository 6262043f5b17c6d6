using System;

namespace HandshakeNano.Fuzz.Judging;

/// <summary>Something did not hold that always has to.</summary>
internal sealed class InvariantException(string message) : Exception(message);
