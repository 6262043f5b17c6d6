namespace HandshakeNano.Firmware;

/// <summary>
/// What becomes of a device whose firmware has ended by a fault: how it starts again, and what it still knows then. Each kind of
/// board has its own. <see cref="DeviceFirmware.Run"/> is what uses it.
/// </summary>
public abstract class Recovery
{
    /// <summary>How long a device waits before it starts again, in milliseconds: time to read the console.</summary>
    public const int Pause = 5_000;

    /// <summary>
    /// The same if the start before had a fault as well, in milliseconds: a device that cannot start must leave time to flash
    /// it, which the firmware does while the application waits.
    /// </summary>
    public const int LongPause = 60_000;

    /// <summary>A fault that comes later than this after the start is a first one, in microseconds.</summary>
    public const ulong SoundRun = 600_000_000;

    /// <summary>What ended the run before; null if this start follows no fault, as far as the board can know.</summary>
    public abstract string FaultBefore { get; }

    /// <summary>Writes a line to the console.</summary>
    /// <param name="line">One line.</param>
    public abstract void Log(string line);

    /// <summary>Waits. The board may be flashed meanwhile.</summary>
    /// <param name="milliseconds">How long.</param>
    public abstract void Wait(int milliseconds);

    /// <summary>Starts the device again. On a device this does not return.</summary>
    /// <param name="fault">Why, for <see cref="FaultBefore"/> of the next start.</param>
    public abstract void Restart(string fault);
}
