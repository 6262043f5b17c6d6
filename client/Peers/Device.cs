using System;
using System.IO;
using System.Threading;
using HandshakeNano.Boards.Virtual;
using HandshakeNano.Firmware;
using HandshakeNano.Net;

namespace HandshakeNano.Client.Peers;

/// <summary>The firmware with echo and discard, running on a thread of its own, on the board that is a PC.</summary>
public sealed class Device : IDisposable
{
    private readonly VirtualBoard _board;
    private readonly Thread _thread;

    private readonly Service[] _services;

    private Device(VirtualBoard board, Service[] services)
    {
        _services = services;
        _board = board;
        _thread = new Thread(Run) { Name = "firmware", IsBackground = true };
    }

    /// <summary>Its end of every connection. It belongs to the firmware's thread: read it after <see cref="Stop"/>.</summary>
    public TcpEndpoint Endpoint => _board.Firmware!.Endpoint;

    /// <summary>Starts a board and waits until it listens.</summary>
    /// <param name="board">The board.</param>
    /// <param name="more">Services besides echo and discard.</param>
    /// <returns>The running device.</returns>
    /// <exception cref="IOException">The firmware stopped at once.</exception>
    public static Device Start(VirtualBoard board, params Service[] more)
    {
        var device = new Device(board, [new EchoService(), new DiscardService(), .. more]);

        device._thread.Start();
        while (!board.WaitUntilStarted(50))
        {
            if (device._thread.IsAlive && board.Recovery.FaultBefore == null)
                continue;
            board.Stop();
            throw new IOException("the firmware stopped before it listened");
        }

        return device;
    }

    private void Run()
    {
        VirtualBoard.Current = _board;
        do
            DeviceFirmware.Run(_services);
        while (_board.Recovery.TakeRestart());
    }

    /// <summary>Ends the firmware and waits until it has ended.</summary>
    public void Stop()
    {
        _board.Stop();
        _thread.Join();
    }

    /// <inheritdoc/>
    public void Dispose() => Stop();
}
