using System;
using System.Threading;
using HandshakeNano.Firmware;
using HandshakeNano.Net;

namespace HandshakeNano.Interop;

/// <summary>
/// The PC's clock, so many times faster: what takes minutes by the endpoint's timers takes seconds. Where its reader is held up the
/// time stands still, so that nothing is over before it was looked at. One thread drives it, others see <see cref="Now"/>.
/// </summary>
internal sealed class FastClock : IClock
{
    private const ulong LongestStep = 1_000_000;

    private readonly HighResTimerClock _clock = new();
    private readonly ulong _factor;
    private ulong _read;
    private ulong _now;

    public FastClock(int factor)
    {
        _read = _now = _clock.GetMicroseconds();
        _factor = (ulong)factor;
    }

    /// <summary>What it was when it was read last, in microseconds.</summary>
    public ulong Now => Volatile.Read(ref _now);

    public ulong GetMicroseconds()
    {
        ulong read = _clock.GetMicroseconds();
        ulong now = _now + Math.Min((read - _read) * _factor, LongestStep);
        Volatile.Write(ref _now, now);
        _read = read;
        return now;
    }
}
