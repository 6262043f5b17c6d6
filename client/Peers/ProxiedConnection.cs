using System;
using System.Diagnostics;
using System.Net.Sockets;
using HandshakeNano.Client.Wording;
using HandshakeNano.Net;

namespace HandshakeNano.Client.Peers;

/// <summary>A program's connection to the proxy, and the proxy's to the device: what comes in here goes out there.</summary>
/// <remarks>
/// What one side does not take stays with the other, whose window closes: the proxy holds no more than a buffer. A half that
/// is closed is closed on the other side, and a reset is passed on as one.
/// </remarks>
internal sealed class ProxiedConnection : IDisposable
{
    private readonly Socket _program;
    private readonly TcpConnection _device;
    private readonly byte[] _toDevice = new byte[16384];
    private readonly byte[] _toProgram = new byte[16384];
    private readonly long _start = Stopwatch.GetTimestamp();
    private readonly TimeSpan _timeout;
    private readonly TimeSpan _idle;
    private long _lastMoved;
    private int _first;
    private int _end;
    private bool _programClosed;
    private bool _deviceClosed;

    public ProxiedConnection(Socket program, TcpConnection device, TimeSpan timeout, TimeSpan idle)
    {
        _program = program;
        _device = device;
        _timeout = timeout;
        _idle = idle;
        _lastMoved = _start;
        program.Blocking = false;
        program.NoDelay = true;
        device.NoDelay = true;
    }

    /// <summary>The program's side, for a caller that waits.</summary>
    public Socket Program => _program;

    /// <summary>True once both connections have been given back.</summary>
    public bool IsOver { get; private set; }

    /// <summary>Why it ended before its time; null if it did not.</summary>
    public string? Failure { get; private set; }

    /// <summary>True if bytes of the program have somewhere to go.</summary>
    public bool WantsRead => !_programClosed && IsOpen && _device.SendSpace > 0;

    /// <summary>True if there are bytes that the program has not taken.</summary>
    public bool WantsWrite => _first < _end;

    private bool IsOpen => _device.State is not (TcpState.SynSent or TcpState.SynReceived or TcpState.Closed);

    /// <summary>Carries what can be carried.</summary>
    /// <returns>True if the device's side has something to do now.</returns>
    public bool Carry()
    {
        if (IsOver)
            return false;
        if (_device.CloseReason is not (TcpCloseReason.None or TcpCloseReason.Finished))
            return End("ended: " + StackClient.Explain(_device.CloseReason));
        if (_device.State is TcpState.SynSent or TcpState.SynReceived)
            return Stopwatch.GetElapsedTime(_start) > _timeout
                && End(SystemClient.Unanswered(_timeout));
        bool moved = CarryToDevice();
        if (!IsOver)
            moved |= CarryToProgram();
        if (moved)
            _lastMoved = Stopwatch.GetTimestamp();
        else if (!IsOver && _idle > TimeSpan.Zero && Stopwatch.GetElapsedTime(_lastMoved) > _idle)
            return End("ended: no byte moved, either way, for " + Quantity.Time((ulong)_idle.TotalMicroseconds));
        if (!IsOver && _programClosed && _deviceClosed)
        {
            _program.Close();
            _device.Close();
            IsOver = true;
            moved = true;
        }

        return moved;
    }

    /// <summary>Ends both connections at once, unless they have ended.</summary>
    public void Dispose()
    {
        if (!IsOver)
            End(null);
    }

    private bool CarryToDevice()
    {
        bool moved = false;
        while (WantsRead)
        {
            int count = _program.Receive(
                _toDevice, 0, Math.Min(_device.SendSpace, _toDevice.Length), SocketFlags.None, out SocketError error);
            if (error == SocketError.WouldBlock)
                break;
            if (error != SocketError.Success)
                return End(null);
            moved = true;
            if (count == 0)
            {
                _programClosed = true;
                _device.Shutdown();
            }
            else
            {
                _device.Write(_toDevice, 0, count);
            }
        }

        return moved;
    }

    private bool CarryToProgram()
    {
        bool moved = false;
        while (true)
        {
            if (_first == _end)
            {
                _first = 0;
                _end = _device.Read(_toProgram, 0, _toProgram.Length);
                if (_end == 0)
                    break;
                moved = true;
            }

            int count = _program.Send(_toProgram, _first, _end - _first, SocketFlags.None, out SocketError error);
            if (error == SocketError.WouldBlock)
                return moved;
            if (error != SocketError.Success)
                return End(null);
            _first += count;
            moved = true;
        }

        if (_device.PeerClosed && !_deviceClosed)
        {
            _deviceClosed = true;
            try
            {
                _program.Shutdown(SocketShutdown.Send);
            }
            catch (SocketException)
            {
                return End(null);
            }
        }

        return moved;
    }

    // Both sides are reset.
    private bool End(string? failure)
    {
        Failure = failure;
        _program.Close(0);
        if (_device.CloseReason == TcpCloseReason.None)
            _device.Abort();
        else
            _device.Close();
        IsOver = true;
        return true;
    }
}
