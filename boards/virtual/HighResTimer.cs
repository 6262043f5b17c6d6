using System.Diagnostics;

namespace nanoFramework.Hardware.Esp32;

/// <summary>The desktop's stand-in for the ESP32's microsecond counter, of the same name.</summary>
public static class HighResTimer
{
    private static readonly long s_start = Stopwatch.GetTimestamp();

    /// <summary>Microseconds since the program began; never goes back.</summary>
    /// <returns>Microseconds.</returns>
    public static ulong GetCurrent()
    {
        return (ulong)(Stopwatch.GetElapsedTime(s_start).Ticks / 10);
    }
}
