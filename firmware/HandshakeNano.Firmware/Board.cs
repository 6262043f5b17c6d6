using System;
using HandshakeNano.Net;

namespace HandshakeNano.Firmware;

/// <summary>The hardware that the firmware runs on. Each folder of <c>boards/</c> has one.</summary>
public abstract class Board
{
    private readonly IClock _clock = new HighResTimerClock();

    /// <summary>The board's name, for the console.</summary>
    public abstract string Name { get; }

    /// <summary>What carries its frames.</summary>
    public abstract ILink Link { get; }

    /// <summary>Where its secrets come from.</summary>
    public abstract IEntropy Entropy { get; }

    /// <summary>What its endpoint is made of: address, number of connections, sizes of buffers.</summary>
    public abstract TcpSettings Settings { get; }

    /// <summary>Its clock; by default the ESP32's microsecond counter.</summary>
    public virtual IClock Clock
    {
        get { return _clock; }
    }

    /// <summary>
    /// The longest time that the firmware waits for a frame in one go, in milliseconds: what it takes at the most to see
    /// that <see cref="IsRunning"/> has changed. Timers of the protocol cut a wait short anyway.
    /// </summary>
    public virtual int MaximumWait
    {
        get { return 100; }
    }

    /// <summary>False when the firmware should end; a device runs for ever.</summary>
    public virtual bool IsRunning
    {
        get { return true; }
    }

    /// <summary>Writes a line to the console.</summary>
    /// <param name="line">One line.</param>
    public virtual void Log(string line)
    {
        Console.WriteLine(line);
    }

    /// <summary>The services listen; the loop is about to turn.</summary>
    /// <param name="firmware">The firmware that has started on this board.</param>
    public virtual void OnStarted(DeviceFirmware firmware)
    {
    }

    /// <summary>A service has taken a connection. Called on the firmware's thread, between two segments.</summary>
    /// <param name="connection">The connection; the service goes on to use it.</param>
    public virtual void OnAccepted(TcpConnection connection)
    {
    }
}
