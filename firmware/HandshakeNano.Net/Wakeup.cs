namespace HandshakeNano.Net;

/// <summary>
/// When an endpoint has to be polled at the latest: never later than any of its deadlines, maybe earlier, as a deadline that
/// moves back leaves it alone.
/// </summary>
internal sealed class Wakeup
{
    /// <summary>The time in microseconds, <see cref="ulong.MaxValue"/> if nothing is scheduled.</summary>
    public ulong At = ulong.MaxValue;
}
