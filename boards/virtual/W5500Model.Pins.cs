#nullable enable
using System;
using System.Device.Gpio;
using System.Diagnostics;

namespace HandshakeNano.Boards.Virtual;

// INTn, RSTn, and the causes of an interrupt.
public sealed partial class W5500Model
{
    private const byte CauseReceived = 0x04, CauseSent = 0x10;

    // What a call of a device's SPI or GPIO takes, in microseconds: tens to hundreds.
    private const int AccessTime = 50;

    /// <summary>Something has happened that can interrupt the host.</summary>
    private void SetCause(byte cause)
    {
        byte[] registers = _sockets[0];
        if (!Traps.MaskPreventsCause || (registers[SnIMR] & cause) != 0)
            registers[SnIR] |= cause;
    }

    /// <summary>SIR: bit 0 is set while socket 0 has a cause that is enabled.</summary>
    private int SocketInterrupts()
    {
        return (_sockets[0][SnIR] & _sockets[0][SnIMR]) != 0 ? 1 : 0;
    }

    private bool HasInterrupt => (SocketInterrupts() & _common[SIMR]) != 0;

    /// <summary>For how long INTn stays high once a cause was cleared: INTLEVEL, in steps of 4/150 us after the first.</summary>
    private TimeSpan InterruptWait
    {
        get
        {
            int level = (_common[INTLEVEL] << 8) | _common[INTLEVEL + 1];
            return level == 0 ? TimeSpan.Zero : TimeSpan.FromMicroseconds((level + 1) * 4 / 150.0);
        }
    }

    /// <summary>Whether INTn stays high though there is a cause: counted in accesses, with a thread in time.</summary>
    private bool IsHeld => _thread == null ? _heldAccesses > 0 : Stopwatch.GetElapsedTime(_heldSince) < InterruptWait;

    /// <summary>Whether INTn will fall when its wait is over.</summary>
    private bool IsInterruptDue()
    {
        lock (_lock)
            return HasInterrupt && !_isLow;
    }

    /// <summary>The host clears causes of an interrupt.</summary>
    private void ClearCauses(byte causes)
    {
        byte[] registers = _sockets[0];
        bool ends = _isLow && (registers[SnIR] & registers[SnIMR] & causes) != 0;
        registers[SnIR] &= (byte)~causes;
        int accesses = (int)Math.Ceiling(InterruptWait.TotalMicroseconds / AccessTime);
        if (!ends || accesses == 0)
            return;
        _isLow = false;
        _heldSince = Stopwatch.GetTimestamp();
        _heldAccesses = accesses;
        if (_thread != null && HasInterrupt)
            _network.Wake();
    }

    /// <summary>INTn is a level: low while an enabled cause is set, unless one was cleared just before.</summary>
    /// <returns>True if it has fallen and the host is to be told.</returns>
    private bool UpdateInterrupt()
    {
        bool isLow = HasInterrupt && !IsHeld;
        bool fell = isLow && !_isLow;
        _isLow = isLow;
        return fell && !Traps.InterruptWireBroken && !IsNth(Traps.LostEdgeEvery, ++_falls);
    }

    private bool ReadInterrupt()
    {
        bool fell;
        lock (_lock)
        {
            Progress();
            Settle();
            fell = UpdateInterrupt();
        }

        if (fell)
            _interrupt.RaiseFall();
        lock (_lock)
            return _isLow && !Traps.InterruptWireBroken;
    }

    private void SetReset(bool isLow)
    {
        if (Traps.ResetWireBroken)
            return;
        lock (_lock)
        {
            _inReset = isLow;
            if (isLow)
            {
                PinResets++;
                ClearRegisters();
                Negotiate();
            }

            UpdateInterrupt();
        }
    }

    private sealed class ResetPin : GpioPin
    {
        private readonly W5500Model _chip;
        private PinValue _value = PinValue.High;

        internal ResetPin(W5500Model chip)
            : base(0, null!)
        {
            _chip = chip;
        }

        public override PinValue Read()
        {
            return _value;
        }

        public override void Write(PinValue value)
        {
            _value = value;
            _chip.SetReset(value == PinValue.Low);
        }
    }

    private sealed class InterruptPin : GpioPin
    {
        private readonly W5500Model _chip;
        private readonly PinValueChangedEventArgs _fall = new(PinEventTypes.Falling, 0);

        internal InterruptPin(W5500Model chip)
            : base(0, null!)
        {
            _chip = chip;
        }

        public override event PinChangeEventHandler? ValueChanged;

        internal bool IsListenedTo => ValueChanged != null;

        public override PinValue Read()
        {
            return _chip.ReadInterrupt() ? PinValue.Low : PinValue.High;
        }

        public override void Write(PinValue value)
        {
            throw new NotSupportedException("INTn is the chip's output.");
        }

        internal void RaiseFall()
        {
            ValueChanged?.Invoke(this, _fall);
        }
    }
}
