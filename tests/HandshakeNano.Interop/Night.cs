using System;

namespace HandshakeNano.Interop;

/// <summary>How much the tests do: with HANDSHAKE_NIGHT=1 the full figures, else as much as shows the same.</summary>
internal static class Night
{
    /// <summary>Whether there is time for all of it.</summary>
    public static bool IsNight { get; } = Environment.GetEnvironmentVariable("HANDSHAKE_NIGHT") == "1";

    /// <summary>The amount for now.</summary>
    public static int Or(int night, int day) => IsNight ? night : day;
}
