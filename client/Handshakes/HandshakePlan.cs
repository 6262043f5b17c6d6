using System;

namespace HandshakeNano.Client.Handshakes;

/// <summary>What handshakes there shall be.</summary>
/// <param name="Count">How many; 1 or more.</param>
/// <param name="Parallel">How many may be under way at once; 1 or more.</param>
/// <param name="Rate">How many begin in a second, at most; null: as many as can.</param>
/// <param name="Timeout">After how long one that is not answered has timed out.</param>
public sealed record HandshakePlan(long Count, int Parallel, double? Rate, TimeSpan Timeout);
