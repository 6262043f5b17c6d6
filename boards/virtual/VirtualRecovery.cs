#nullable enable
using System.Threading;
using HandshakeNano.Firmware;

namespace HandshakeNano.Boards.Virtual;

/// <summary>
/// What becomes of the firmware on a PC after a fault: <see cref="DeviceFirmware.Run"/> returns, and its caller asks
/// <see cref="TakeRestart"/> whether to call it again. A program that set no board ends then, with exit code 1.
/// </summary>
public class VirtualRecovery : Recovery
{
    private readonly VirtualBoard? _board;
    private string? _fault;
    private volatile bool _restart;

    /// <summary>Makes one.</summary>
    /// <param name="board">The board; null if there is none.</param>
    public VirtualRecovery(VirtualBoard? board)
    {
        _board = board;
    }

    /// <inheritdoc/>
    public override string FaultBefore => _fault!;

    /// <summary>Tells, once for each fault, whether <see cref="DeviceFirmware.Run"/> is to be called again.</summary>
    /// <returns>True if it is.</returns>
    public virtual bool TakeRestart()
    {
        bool restart = _restart;
        _restart = false;
        return restart;
    }

    /// <inheritdoc/>
    public override void Log(string line)
    {
        if (_board == null)
            System.Console.WriteLine(line);
        else
            _board.Log(line);
    }

    /// <summary>Waits, until the board is stopped. Without a board there is nothing to wait for.</summary>
    /// <param name="milliseconds">How long.</param>
    public override void Wait(int milliseconds)
    {
        _board?.WaitUntilStopped(milliseconds);
    }

    /// <inheritdoc/>
    public override void Restart(string fault)
    {
        _fault = fault;
        _restart = _board is { IsRunning: true };
        if (_board == null)
            System.Environment.ExitCode = 1;
    }
}
