using System.Device.Gpio;
using System.Threading;

namespace HandshakeNano.Links;

// Opening: how the chip is reset and its socket opened, at the start and after a fault.
public sealed partial class W5500Link
{
    // Microseconds.
    private const ulong LowOfReset = 1_000;
    private const ulong StartTime = 3_000;

    // A module with a controller of its own, as the WIZ550io, writes to the chip for 150 ms after RSTn.
    private const ulong ModuleTime = 160_000;
    private const ulong VersionTime = 200_000;
    private const ulong RetryTime = 1_000_000;

    // 100 us of high level between two interrupts, in units of 4/150 MHz.
    private const int InterruptLevelTime = 3749;

    // The sizes of both buffers of socket 0 in KB.
    private const int BothBuffers = SizeInKb * 0x101;

    /// <summary>Whether the socket is open; if not, the chip is reset once a second.</summary>
    private bool IsReady()
    {
        if (_isOpen)
            return true;
        if (_clock.GetMicroseconds() < _nextReset)
            return false;
        return Reset();
    }

    /// <summary>The socket is not as it was left: opens it again, or resets a chip that is not set up any more.</summary>
    private void Recover()
    {
        if (IsSetUp())
            Reopen();
        else
            Reset();
    }

    /// <summary>Resets the chip, sets it up and opens its socket: without RSTn if that will do.</summary>
    private bool Reset()
    {
        _isOpen = false;
        _counts.Resets++;
        bool isReady = !_isLost && ResetChip(false) && OpenSocket();
        if (!isReady)
            isReady = ResetChip(true) && OpenSocket();
        if (isReady)
        {
            _isLost = false;
            CheckLink(_clock.GetMicroseconds());
            return true;
        }

        _counts.FailedResets++;
        GiveUp();
        return false;
    }

    /// <summary>Does without the chip for a second.</summary>
    private void GiveUp()
    {
        _isOpen = false;
        _isLost = true;
        Forget();
        if (_isLinkUp)
        {
            _isLinkUp = false;
            _counts.LinkDowns++;
        }

        _nextReset = _clock.GetMicroseconds() + RetryTime;
    }

    private bool ResetChip(bool byPin)
    {
        W5500Bus bus = _bus;
        GpioPin reset = _reset;
        if (byPin && reset != null)
        {
            _counts.PinResets++;
            reset.Write(PinValue.Low);
            Pause(LowOfReset);
            reset.Write(PinValue.High);
            Pause(ModuleTime);
        }

        // After RSTn too, whose wire may be broken.
        bus.Write8(W5500.Common, W5500.MR, W5500.ModeReset);
        Pause(StartTime);

        // Some chips report version 0 for a while.
        ulong begin = _clock.GetMicroseconds();
        while (bus.Read8(W5500.Common, W5500.VERSIONR) != W5500.Version
            || (bus.Read8(W5500.Common, W5500.MR) & W5500.ModeReset) != 0)
        {
            if (_clock.GetMicroseconds() - begin >= VersionTime)
                return false;
            Thread.Sleep(0);
        }

        // Twice, as one bit may be wrong.
        if (bus.Read16(W5500.Common, W5500.RTR) != W5500.RetryTimeAfterReset
            && bus.Read16(W5500.Common, W5500.RTR) != W5500.RetryTimeAfterReset)
            return false;

        // The chip's own protocols have no address; this keeps them from answering a ping all the same.
        if (!bus.Set8(W5500.Common, W5500.MR, W5500.ModePingBlock)
            || !bus.SetAddress(W5500.Common, W5500.SHAR, _physicalAddress)
            || !bus.Set16(W5500.Common, W5500.INTLEVEL, InterruptLevelTime))
            return false;

        // Socket 0 last: the sum must not be more than there is.
        for (int socket = 7; socket >= 0; socket--)
        {
            if (!bus.Set16(W5500.Socket0 + socket * W5500.SocketStep, W5500.SnRXBUF_SIZE, socket == 0 ? BothBuffers : 0))
                return false;
        }

        return true;
    }

    /// <summary>Whether the chip still holds what it was set up with.</summary>
    private bool IsSetUp()
    {
        W5500Bus bus = _bus;
        return bus.Read8(W5500.Common, W5500.MR) == W5500.ModePingBlock
            && bus.HasAddress(W5500.Common, W5500.SHAR, _physicalAddress)
            && bus.Read16(W5500.Socket0, W5500.SnRXBUF_SIZE) == BothBuffers;
    }

    /// <summary>Closes the socket and opens it again; resets the chip if that fails.</summary>
    private void Reopen()
    {
        _isOpen = false;
        _counts.Reopened++;
        _bus.WriteCommand(W5500.CommandClose, 0);
        if (!WaitForStatus(W5500.StatusClosed) || !OpenSocket())
            Reset();
    }

    private bool OpenSocket()
    {
        W5500Bus bus = _bus;
        Forget();

        if (!bus.Set8(W5500.Socket0, W5500.SnMR, _mode)
            || !bus.Set8(W5500.Socket0, W5500.SnIMR, W5500.InterruptReceived)
            || !bus.Set8(W5500.Common, W5500.SIMR, _interrupt != null ? 1 : 0))
            return false;
        bus.WriteCommand(W5500.CommandOpen, 0xFF);
        if (!WaitForStatus(W5500.StatusMacRaw))
            return false;

        // The chip says where its pointers begin.
        _receiveCommitted = _receiveNext = (_look[AtReceiveRead] << 8) | _look[AtReceiveRead + 1];
        _transmitWrite = (_look[AtTransmitWrite] << 8) | _look[AtTransmitWrite + 1];
        _isOpen = true;
        return true;
    }

    private bool WaitForStatus(int status)
    {
        ulong begin = _clock.GetMicroseconds();
        while (true)
        {
            _bus.Read(W5500.Socket0, W5500.SnMR, _look, LookLength);
            if (_look[AtCommand] == 0 && _look[AtStatus] == status)
                return true;
            if (_clock.GetMicroseconds() - begin >= CommandTime)
            {
                _counts.CommandTimeouts++;
                return false;
            }
        }
    }

    /// <summary>What was known of the socket counts no longer.</summary>
    private void Forget()
    {
        _commandPending = false;
        _sending = false;
        _available = 0;
        _nextLength = 0;
        _disagreements = 0;
        _seen = 0;
        _mustLook = true;
    }

    private void Pause(ulong microseconds)
    {
        // Not Sleep: it may be up to 10 ms shorter than asked for.
        ulong begin = _clock.GetMicroseconds();
        while (_clock.GetMicroseconds() - begin < microseconds)
            Thread.Sleep(0);
    }
}
