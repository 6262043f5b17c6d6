using System;
using HandshakeNano.Net;

namespace HandshakeNano.Firmware;

/// <summary>The hardware that the firmware runs on. Each folder of <c>boards/</c> has one.</summary>
public abstract class Board
{
    private readonly string _name;

    /// <summary>Makes a board.</summary>
    /// <param name="name">The board's name, for the console.</param>
    protected Board(string name)
    {
        _name = name;
        Clock = new HighResTimerClock();
    }

    /// <summary>The board's name, for the console.</summary>
    public string Name
    {
        get { return _name; }
    }

    /// <summary>What carries its frames.</summary>
    public ILink Link { get; protected set; }

    /// <summary>Where its secrets come from.</summary>
    public IEntropy Entropy { get; protected set; }

    /// <summary>What its endpoint is made of: address, number of connections, sizes of buffers.</summary>
    public TcpSettings Settings { get; protected set; }

    /// <summary>Its clock; by default the ESP32's microsecond counter.</summary>
    public IClock Clock { get; protected set; }

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
