using System.Threading;
using HandshakeNano.Net;

namespace HandshakeNano.Client.Trace;

/// <summary>A clock that remembers what it said last: the time that the stack was polled with.</summary>
public sealed class PollClock : IClock
{
    private readonly IClock _inner;
    private ulong _last;

    /// <summary>Wraps a clock.</summary>
    /// <param name="inner">The clock that is read.</param>
    public PollClock(IClock inner)
    {
        _inner = inner;
    }

    /// <summary>What it said last, in microseconds.</summary>
    public ulong Last => Volatile.Read(ref _last);

    /// <inheritdoc/>
    public ulong GetMicroseconds()
    {
        ulong now = _inner.GetMicroseconds();
        Volatile.Write(ref _last, now);
        return now;
    }
}
