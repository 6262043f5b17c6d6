using HandshakeNano.Net;
using nanoFramework.Hardware.Esp32;

namespace HandshakeNano.Firmware;

/// <summary>The ESP32's microsecond counter: monotonic, where the system's own time goes in steps of 10 ms.</summary>
public sealed class HighResTimerClock : IClock
{
    /// <inheritdoc/>
    public ulong GetMicroseconds()
    {
        return HighResTimer.GetCurrent();
    }
}
