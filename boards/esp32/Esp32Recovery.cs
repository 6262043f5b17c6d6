using System;
using System.Threading;
using HandshakeNano.Firmware;
using nanoFramework.Hardware.Esp32;
using nanoFramework.Runtime.Native;

namespace HandshakeNano.Boards.Esp32;

/// <summary>
/// Starts an ESP32 again by a second of deep sleep, from which it wakes as from a reset. No library of the device keeps a text
/// over a reset, but the chip keeps what it was woken by, and this firmware sleeps deeply for nothing else: so the next start
/// knows that it follows a fault, and the console has said which.
/// </summary>
public sealed class Esp32Recovery : Recovery
{
    /// <inheritdoc/>
    public override string FaultBefore
    {
        get
        {
            return Sleep.GetWakeupCause() == Sleep.WakeupCause.Timer
                ? "the firmware stopped by itself; what stopped it was on the console then"
                : null;
        }
    }

    /// <inheritdoc/>
    public override void Log(string line)
    {
        Console.WriteLine(line);
    }

    /// <inheritdoc/>
    public override void Wait(int milliseconds)
    {
        Thread.Sleep(milliseconds);
    }

    /// <inheritdoc/>
    public override void Restart(string fault)
    {
        if (Sleep.EnableWakeupByTimer(TimeSpan.FromSeconds(1)) == EspNativeError.OK)
            Sleep.StartDeepSleep();

        // Only if the chip did not go to sleep.
        Power.RebootDevice(RebootOption.NormalReboot);
    }
}
