using System;
using System.Device.Gpio;
using System.Device.Spi;
using System.Threading;
using HandshakeNano.Net;

namespace HandshakeNano.Links;

/// <summary>
/// Ethernet through a W5500 on SPI: socket 0 in MACRAW mode with all of the chip's 32 KB, the chip's own protocols unused.
/// </summary>
/// <remarks>
/// <para>
/// SPI frames per Ethernet frame: 4 to receive (look, data, read pointer, RECV), fewer in a backlog, whose frames share
/// the look and the RECV; 3 to send (data, write pointer, SEND), and a look unless one since has seen that the frame before is
/// out. With the interrupt wired the completion of a frame sent is acknowledged before the link rests, the fifth. A look that
/// finds nothing ends each batch. The SPI header stands in the headroom, so nothing is copied but what is sent with less than
/// 60 bytes, which is padded.
/// </para>
/// <para>
/// Nothing that the chip or the cable does is an exception, and no wait is without an end: a frame that is not out after 20 ms,
/// a command that is not accepted after 10 ms or a nonsense length has the socket opened again; a chip that is not there is tried
/// again every second. <see cref="Counts"/> has a counter for each. For one thread.
/// </para>
/// </remarks>
// It lives as long as the device does, and so does its event.
#pragma warning disable CA1001
public sealed class W5500Link : ILink
#pragma warning restore CA1001
{
    private const int MinimumFrame = 60;
    private const int MaximumFrame = 1514;

    // A stored frame has its length in front, which counts itself.
    private const int LengthHeader = 2;
    private const int BufferSize = 16384;

    // A read pointer that lags gives the chip less room; this much is worth a RECV.
    private const int CommitAfter = 4096;

    private const int Agreements = 4;
    private const int HopelessLooks = 16;

    // Milliseconds: the device sleeps in no smaller steps.
    private const int Tick = 10;

    // Microseconds.
    private const ulong CommandTime = 10_000;
    private const ulong SendTime = 20_000;
    private const ulong LowOfReset = 1_000;
    private const ulong StartTime = 3_000;
    private const ulong VersionTime = 200_000;
    private const ulong RetryTime = 1_000_000;
    private const ulong LinkInterval = 250_000;
    private const ulong LinkDownInterval = 50_000;
    private const ulong InterruptFallback = 50_000;

    // 100 us of high level between two interrupts, in units of 4/150 MHz.
    private const int InterruptLevelTime = 3749;

    // A look: Sn_CR to Sn_RX_WR in one burst.
    private const int LookLength = W5500.SnRX_WR + 2 - W5500.SnCR;
    private const int AtCommand = W5500Bus.HeaderLength;
    private const int AtInterrupt = AtCommand + W5500.SnIR - W5500.SnCR;
    private const int AtStatus = AtCommand + W5500.SnSR - W5500.SnCR;
    private const int AtTransmitWrite = AtCommand + W5500.SnTX_WR - W5500.SnCR;
    private const int AtReceived = AtCommand + W5500.SnRX_RSR - W5500.SnCR;
    private const int AtReceiveRead = AtCommand + W5500.SnRX_RD - W5500.SnCR;
    private const int AtReceiveWrite = AtCommand + W5500.SnRX_WR - W5500.SnCR;

    private readonly W5500Bus _bus;
    private readonly GpioPin _reset;
    private readonly GpioPin _interrupt;
    private readonly AutoResetEvent _interrupted = new AutoResetEvent(false);
    private int _woken;
    private readonly byte[] _physicalAddress;
    private readonly IClock _clock;
    private readonly W5500Counts _counts = new W5500Counts();
    private readonly byte[] _look = new byte[W5500Bus.HeaderLength + LookLength];
    private readonly byte[] _short = new byte[FrameLayout.Ethernet + MinimumFrame];

    private bool _isOpen;
    private bool _isLinkUp;
    private ulong _nextReset;
    private ulong _linkChecked;
    private ulong _looked;

    // A command was written and has not been seen accepted.
    private bool _commandPending;

    // A frame was given to the chip and has not been seen to be out.
    private bool _sending;
    private ulong _sendBegan;
    private int _transmitWrite;

    // The chip's read pointer, the place that has been read up to, and what waits from there on.
    private int _receiveCommitted;
    private int _receiveNext;
    private int _available;

    // The length header of the next frame if it came with the frame before, else 0.
    private int _nextLength;
    private bool _resynchronised;
    private int _disagreements;

    // Causes of interrupt that a look has seen and that have not been cleared.
    private int _seen;

    // The cause of interrupt was cleared after the last look: a frame may have come in between without another.
    private bool _mustLook;

    /// <summary>Resets the chip and opens it. If it is not there it is tried again every second.</summary>
    /// <param name="spi">The chip's SPI device: mode 0 or 3, 8 bits, full duplex.</param>
    /// <param name="reset">The chip's RSTn, an output; null if it is not wired: then only a command resets the chip.</param>
    /// <param name="interrupt">The chip's INTn, an input; null if it is not wired: then the chip is polled.</param>
    /// <param name="physicalAddress">Our Ethernet address, 6 bytes; the chip has none of its own.</param>
    /// <param name="clock">Tells how long something has taken.</param>
    public W5500Link(SpiDevice spi, GpioPin reset, GpioPin interrupt, byte[] physicalAddress, IClock clock)
    {
        if (physicalAddress.Length != 6)
            throw new ArgumentException("An Ethernet address has 6 bytes.");
        _bus = new W5500Bus(spi, FrameLayout.BufferSize(Mtu), _counts);
        _reset = reset;
        _interrupt = interrupt;
        _physicalAddress = physicalAddress;
        _clock = clock;
        if (interrupt != null)
            interrupt.ValueChanged += OnInterrupt;
        Reset();
    }

    /// <summary>What has happened.</summary>
    public W5500Counts Counts
    {
        get { return _counts; }
    }

    /// <summary>
    /// How to wait. False, the default: sleeps until the pin falls, or for a tick of 10 ms where it is not wired; on the device a
    /// frame is seen up to 10 ms late, and the processor rests. True: only gives way to other threads between two looks, at
    /// the pin if it is wired, else at the chip; a frame is seen within the time of a look, and the processor never rests.
    /// </summary>
    public bool LowLatency { get; set; }

    /// <summary>True if the chip answers and its socket is open, whether or not there is a cable.</summary>
    public bool IsOpen
    {
        get { return _isOpen; }
    }

    /// <inheritdoc/>
    public int Mtu
    {
        get { return MaximumFrame - FrameLayout.EthernetHeaderLength; }
    }

    /// <inheritdoc/>
    public bool HasEthernetHeader
    {
        get { return true; }
    }

    /// <inheritdoc/>
    public byte[] PhysicalAddress
    {
        get { return _physicalAddress; }
    }

    /// <summary>True while the chip is open and its PHY has a link; looked at four times a second, without a link twenty times.</summary>
    public bool IsUp
    {
        get { return _isOpen && _isLinkUp; }
    }

    /// <inheritdoc/>
    public int Receive(byte[] buffer)
    {
        if (_available == 0 && !FindFrames())
            return 0;
        do
        {
            int length = ReadFrame(buffer);
            if (length > 0)
            {
                _counts.Received++;
                return length;
            }
        }
        while (_available > 0);
        return 0;
    }

    /// <inheritdoc/>
    public bool Send(byte[] buffer, int length)
    {
        W5500Counts counts = _counts;
        if (length < FrameLayout.EthernetHeaderLength || length > MaximumFrame)
        {
            counts.NotSentLength++;
            return false;
        }

        if (!IsReady() || !_isLinkUp)
        {
            counts.NotSentDown++;
            return false;
        }

        // The data goes into the ring while the frame before may still be on its way: there is room for ten.
        byte[] frame = buffer;
        if (length < MinimumFrame)
        {
            // Zeros after it up to the minimum of Ethernet, for which the caller's buffer may have no room.
            frame = _short;
            Array.Copy(buffer, FrameLayout.Ethernet, frame, FrameLayout.Ethernet, length);
            Array.Clear(frame, FrameLayout.Ethernet + length, MinimumFrame - length);
            length = MinimumFrame;
        }

        // Should that one never leave, the socket is opened again, and this one written once more, where the new ring begins.
        bool isWritten = _bus.Write(W5500.TransmitBuffer0, _transmitWrite, frame, FrameLayout.Ethernet, length);
        if ((_sending || _commandPending) && !FinishSending())
        {
            isWritten = IsUp
                && _bus.Write(W5500.TransmitBuffer0, _transmitWrite, frame, FrameLayout.Ethernet, length);
        }

        int next = (_transmitWrite + length) & 0xFFFF;
        if (!isWritten || !_bus.Write16(W5500.Socket0, W5500.SnTX_WR, next))
        {
            counts.NotSentBusy++;
            return false;
        }

        if (!WriteCommand(W5500.CommandSend))
        {
            // The chip may have it and may not: another would send this frame again, or both as one.
            counts.NotSentBusy++;
            Reopen();
            return false;
        }

        _transmitWrite = next;
        _sending = true;
        _sendBegan = _clock.GetMicroseconds();
        counts.Sent++;
        return true;
    }

    /// <inheritdoc/>
    public void Wait(int millisecondsTimeout)
    {
        if (millisecondsTimeout <= 0 || _available > 0)
            return;
        if (!_isOpen)
        {
            _interrupted.WaitOne(millisecondsTimeout < Tick ? millisecondsTimeout : Tick, false);
            _woken = 0;
            return;
        }

        GpioPin interrupt = _interrupt;
        if (interrupt != null)
        {
            // The level, not only the edge: an edge may have been missed.
            if (_mustLook || interrupt.Read() == PinValue.Low)
                return;
            int fallback = (int)(InterruptFallback / 1000);
            if (millisecondsTimeout > fallback)
                millisecondsTimeout = fallback;
            if (!LowLatency)
            {
                _interrupted.WaitOne(millisecondsTimeout, false);
                _woken = 0;
                return;
            }
        }

        ulong begin = _clock.GetMicroseconds();
        ulong wait = (ulong)millisecondsTimeout * 1000;
        do
        {
            if (LowLatency)
                Thread.Sleep(0);
            else
                _interrupted.WaitOne(Tick, false);
            if (_woken != 0 && Interlocked.Exchange(ref _woken, 0) != 0)
                return;
        }
        while ((interrupt != null ? interrupt.Read() == PinValue.High : Look() && _available == 0)
            && _clock.GetMicroseconds() - begin < wait);
    }

    /// <inheritdoc/>
    public void Wake()
    {
        Interlocked.Exchange(ref _woken, 1);
        _interrupted.Set();
    }

    private void OnInterrupt(object sender, PinValueChangedEventArgs e)
    {
        if (e.ChangeType == PinEventTypes.Falling)
            _interrupted.Set();
    }

    private bool IsReady()
    {
        if (_isOpen)
            return true;
        if (_clock.GetMicroseconds() < _nextReset)
            return false;
        return Reset();
    }

    // ---- Receiving

    /// <summary>Looks whether frames wait, unless the interrupt pin says that none do.</summary>
    private bool FindFrames()
    {
        if (!IsReady())
            return false;
        GpioPin interrupt = _interrupt;
        if (interrupt == null)
            return Look() && _available > 0;

        bool missed = false;
        if (!_mustLook && interrupt.Read() == PinValue.High)
        {
            if (_clock.GetMicroseconds() - _looked < InterruptFallback)
                return false;
            missed = true;
        }

        // Twice at the most: the second time for what came between the look and the clearing of its cause.
        for (int i = 0; i < 2; i++)
        {
            if (!Look())
                return false;
            if (_available > 0)
            {
                if (missed)
                    _counts.MissedInterrupts++;
                return true;
            }

            if (_seen == 0)
                return false;
            _bus.Write8(W5500.Socket0, W5500.SnIR, _seen);
            bool received = (_seen & W5500.InterruptReceived) != 0;
            _seen = 0;
            if (!received)
                return false;
            _mustLook = true;
        }

        return false;
    }

    /// <summary>Reads the next of the frames that wait.</summary>
    /// <returns>Its length in bytes, 0 if it was none or did not fit: it is gone then.</returns>
    private int ReadFrame(byte[] buffer)
    {
        if (_available < MinimumFrame + LengthHeader && !LookForRest(MinimumFrame + LengthHeader))
            return 0;

        // All that waits, since the length is not known yet; or the one frame, with the next one's length if there is one.
        int room = (buffer.Length < _bus.Longest ? buffer.Length : _bus.Longest) - FrameLayout.Ethernet;
        int count = _available - LengthHeader;
        if (_nextLength != 0 && _nextLength < count)
            count = _nextLength;
        _nextLength = 0;
        if (count > room)
            count = room;

        // From 3 bytes before the length, so that the frame comes to stand in its place: any address of the ring may
        // be read.
        _bus.Read(
            W5500.ReceiveBuffer0,
            _receiveNext - (FrameLayout.Ethernet - LengthHeader - W5500Bus.HeaderLength),
            buffer,
            FrameLayout.Ethernet - W5500Bus.HeaderLength + count);
        int size = (buffer[FrameLayout.Ethernet - 2] << 8) | buffer[FrameLayout.Ethernet - 1];
        int length = size - LengthHeader;
        if (length < MinimumFrame || length > MaximumFrame)
        {
            _counts.BadLengths++;
            Resynchronise();
            return 0;
        }

        if (size > _available)
        {
            // What waits may have been told as less than it was; then the frame is read once more, whole.
            if (LookForRest(size))
                _nextLength = size;
            return 0;
        }

        int behind = FrameLayout.Ethernet + length;
        if (count >= size && _available - size >= MinimumFrame + LengthHeader)
            _nextLength = (buffer[behind] << 8) | buffer[behind + 1];
        _resynchronised = false;
        _receiveNext = (_receiveNext + size) & 0xFFFF;
        _available -= size;
        if (_available == 0 || ((_receiveNext - _receiveCommitted) & 0xFFFF) >= CommitAfter)
            CommitReceived();
        if (length <= room)
            return length;
        _counts.ReceivedTooLong++;
        return 0;
    }

    /// <summary>Looks again for a frame of which less waits than it has; if it does not come the header was nonsense.</summary>
    private bool LookForRest(int size)
    {
        if (!Look())
            return false;
        if (_available >= size)
            return true;
        _counts.BadLengths++;
        Resynchronise();
        return false;
    }

    /// <summary>Gives the room of the frames that were read back to the chip.</summary>
    private void CommitReceived()
    {
        if (_commandPending && !Look())
            return;
        int next = _receiveNext;
        if (!_bus.Write16(W5500.Socket0, W5500.SnRX_RD, next))
            return;
        WriteCommand(W5500.CommandReceive);
        _receiveCommitted = next;
    }

    /// <summary>Throws away what waits, because where its frames begin is not known; the second time in a row it opens the socket again.</summary>
    private void Resynchronise()
    {
        _counts.Resynchronisations++;
        if (_resynchronised)
        {
            _resynchronised = false;
            Reopen();
            return;
        }

        if (!Look())
            return;
        _resynchronised = true;
        _receiveNext = (_look[AtReceiveWrite] << 8) | _look[AtReceiveWrite + 1];
        _available = 0;
        _nextLength = 0;
        CommitReceived();
    }

    // ---- Looking

    /// <summary>
    /// Reads the socket's state in one burst: whether the command was accepted, what was sent, what has come. If the two
    /// counts of what has come do not agree, it is read again: the chip changed them while they were read.
    /// </summary>
    /// <returns>False if the socket is not open, or had to be opened again.</returns>
    private bool Look()
    {
        if (!_isOpen)
            return false;
        byte[] look = _look;
        W5500Counts counts = _counts;
        ulong now = _clock.GetMicroseconds();
        ulong begin = now;
        _mustLook = false;
        int waiting;
        int torn = 0;
        while (true)
        {
            _bus.Read(W5500.Socket0, W5500.SnCR, look, LookLength);
            bool isAccepted = look[AtCommand] == 0;
            if (look[AtStatus] != W5500.StatusMacRaw
                || (isAccepted && ((look[AtReceiveRead] << 8) | look[AtReceiveRead + 1]) != _receiveCommitted))
            {
                counts.StateLost++;
                Reset();
                return false;
            }

            _seen = look[AtInterrupt] & (W5500.InterruptReceived | W5500.InterruptSent);
            if ((_seen & W5500.InterruptSent) != 0)
                _sending = false;
            if (!isAccepted)
            {
                if (_clock.GetMicroseconds() - begin < CommandTime)
                    continue;
                counts.CommandTimeouts++;
                Reopen();
                return false;
            }

            _commandPending = false;
            waiting = (look[AtReceived] << 8) | look[AtReceived + 1];
            int written = (((look[AtReceiveWrite] << 8) | look[AtReceiveWrite + 1]) - _receiveCommitted) & 0xFFFF;
            if (waiting == written && waiting <= BufferSize)
            {
                _disagreements = 0;
                break;
            }

            counts.TornReadings++;
            if (++torn < Agreements)
                continue;

            // Under a flood they may never agree; a count that is torn is too low, not too high. After a RECV that the chip did
            // not get they do not agree either: it counts what was read already.
            if (written < waiting)
                waiting = written;
            if (waiting > BufferSize)
                waiting = 0;
            if (++_disagreements < HopelessLooks)
                break;
            _disagreements = 0;
            Reopen();
            return false;
        }

        int available = waiting - ((_receiveNext - _receiveCommitted) & 0xFFFF);
        _available = available > 0 ? available : 0;
        if (waiting > BufferSize - MaximumFrame - LengthHeader)
            counts.NearlyFull++;
        _looked = now;
        if (now - _linkChecked >= (_isLinkUp ? LinkInterval : LinkDownInterval))
            CheckLink(now);
        return true;
    }

    /// <summary>Looks at the PHY, which has no interrupt.</summary>
    private void CheckLink(ulong now)
    {
        _linkChecked = now;
        bool isUp = (_bus.Read8(W5500.Common, W5500.PHYCFGR) & W5500.PhyLinkUp) != 0;
        if (isUp == _isLinkUp)
            return;
        _isLinkUp = isUp;
        if (isUp)
            _counts.LinkUps++;
        else
            _counts.LinkDowns++;
    }

    // ---- Sending

    /// <summary>Writes a command, and clears in the next register what the last look has seen.</summary>
    /// <returns>False if the bus failed.</returns>
    private bool WriteCommand(int command)
    {
        int seen = _seen;
        bool isWritten = _bus.WriteCommand(command, seen);
        _commandPending = true;
        _seen = 0;
        if ((seen & W5500.InterruptReceived) != 0)
            _mustLook = true;
        return isWritten;
    }

    /// <summary>Waits until the frame before is out and the last command accepted.</summary>
    /// <returns>False if the socket had to be opened again: what was written to the ring counts no more.</returns>
    private bool FinishSending()
    {
        while (true)
        {
            if (!Look())
                return false;
            if (!_sending)
                return true;
            ulong now = _clock.GetMicroseconds();
            if (now - _sendBegan < SendTime)
                continue;
            _counts.SendTimeouts++;
            CheckLink(now);
            Reopen();
            return false;
        }
    }

    // ---- Opening

    /// <summary>Resets the chip, sets it up and opens its socket.</summary>
    private bool Reset()
    {
        _isOpen = false;
        _counts.Resets++;
        if (ResetChip() && OpenSocket())
        {
            CheckLink(_clock.GetMicroseconds());
            return true;
        }

        _counts.FailedResets++;
        Forget();
        if (_isLinkUp)
        {
            _isLinkUp = false;
            _counts.LinkDowns++;
        }

        _nextReset = _clock.GetMicroseconds() + RetryTime;
        return false;
    }

    private bool ResetChip()
    {
        W5500Bus bus = _bus;
        if (_reset != null)
        {
            _reset.Write(PinValue.Low);
            Pause(LowOfReset);
            _reset.Write(PinValue.High);
        }
        else
        {
            bus.Write8(W5500.Common, W5500.MR, W5500.ModeReset);
        }

        Pause(StartTime);

        // Some chips tell version 0 for a while.
        ulong begin = _clock.GetMicroseconds();
        while (bus.Read8(W5500.Common, W5500.VERSIONR) != W5500.Version
            || (bus.Read8(W5500.Common, W5500.MR) & W5500.ModeReset) != 0)
        {
            if (_clock.GetMicroseconds() - begin >= VersionTime)
                return false;
            Thread.Sleep(0);
        }

        if (bus.Read16(W5500.Common, W5500.RTR) != W5500.RetryTimeAfterReset)
            return false;

        // The chip's own protocols have no address; this keeps them from answering a ping all the same.
        bus.Write8(W5500.Common, W5500.MR, W5500.ModePingBlock);
        bus.WriteAddress(W5500.Common, W5500.SHAR, _physicalAddress);
        bus.Write16(W5500.Common, W5500.INTLEVEL, InterruptLevelTime);

        // The sizes of both buffers in KB. Socket 0 last: the sum must not be more than there is.
        for (int socket = 7; socket >= 0; socket--)
            bus.Write16(W5500.Socket0 + socket * W5500.SocketStep, W5500.SnRXBUF_SIZE, socket == 0 ? 0x1010 : 0);
        return true;
    }

    /// <summary>Closes the socket and opens it again; resets the chip if that does not go.</summary>
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
        bus.Write8(W5500.Socket0, W5500.SnMR, W5500.SocketMode);

        // Both, whether or not the pin is wired: a cause that is masked may not be latched either.
        bus.Write8(W5500.Socket0, W5500.SnIMR, W5500.InterruptReceived | W5500.InterruptSent);
        bus.WriteCommand(W5500.CommandOpen, 0xFF);
        if (!WaitForStatus(W5500.StatusMacRaw))
            return false;

        // The chip says where its pointers begin.
        _receiveCommitted = _receiveNext = (_look[AtReceiveRead] << 8) | _look[AtReceiveRead + 1];
        _transmitWrite = (_look[AtTransmitWrite] << 8) | _look[AtTransmitWrite + 1];
        bus.Write8(W5500.Common, W5500.SIMR, _interrupt != null ? 1 : 0);
        _isOpen = true;
        return true;
    }

    private bool WaitForStatus(int status)
    {
        ulong begin = _clock.GetMicroseconds();
        while (true)
        {
            _bus.Read(W5500.Socket0, W5500.SnCR, _look, LookLength);
            if (_look[AtCommand] == 0 && _look[AtStatus] == status)
                return true;
            if (_clock.GetMicroseconds() - begin >= CommandTime)
            {
                _counts.CommandTimeouts++;
                return false;
            }
        }
    }

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
