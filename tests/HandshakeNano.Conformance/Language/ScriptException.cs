using System;

namespace HandshakeNano.Conformance.Language;

/// <summary>A script cannot be read, or what it says did not happen. The message begins with file, line and column.</summary>
internal sealed class ScriptException(Position at, string problem) : Exception($"{at}: {problem}");
