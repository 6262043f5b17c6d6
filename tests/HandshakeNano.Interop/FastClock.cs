using HandshakeNano.Firmware;
using HandshakeNano.Tcp;

namespace HandshakeNano.Interop;

/// <summary>The PC's clock, so many times faster: what takes minutes by the endpoint's timers takes seconds.</summary>
internal sealed class FastClock : IClock
{
    private readonly HighResTimerClock _clock = new();
    private readonly ulong _begin;
    private readonly ulong _factor;

    public FastClock(int factor)
    {
        _begin = _clock.GetMicroseconds();
        _factor = (ulong)factor;
    }

    public ulong GetMicroseconds() => _begin + (_clock.GetMicroseconds() - _begin) * _factor;
}
