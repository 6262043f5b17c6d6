using System;

namespace HandshakeNano.Client.Trace;

/// <summary>The time of day, as captures have it.</summary>
internal static class WallClock
{
    /// <summary>Microseconds since 1970-01-01 00:00 UTC.</summary>
    public static ulong Microseconds => (ulong)(DateTime.UtcNow - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
}
