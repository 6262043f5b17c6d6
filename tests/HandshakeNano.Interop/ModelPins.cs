using System;
using System.Device.Gpio;
using System.IO;
using System.Threading;
using HandshakeNano.Boards.Virtual;

namespace HandshakeNano.Interop;

/// <summary>The GPIO of a Raspberry Pi, two pins of which are wired to the model of a W5500.</summary>
internal sealed class ModelPins(W5500Model chip) : GpioDriver
{
    public const int Reset = 25, Interrupt = 24;

    private readonly PinMode?[] _modes = new PinMode?[28];
    private PinChangeEventHandler? _fell;

    /// <summary>A pin that another program has; -1: none.</summary>
    public int Taken { get; init; } = -1;

    protected override int PinCount => _modes.Length;

    /// <summary>How a pin was set; null: it is closed.</summary>
    public PinMode? ModeOf(int pin) => _modes[pin];

    protected override void OpenPin(int pinNumber)
    {
        if (pinNumber is not (Reset or Interrupt))
            throw new InvalidOperationException($"Nothing is wired to GPIO{pinNumber}.");
        if (pinNumber == Taken)
            throw new IOException("Device or resource busy.");
        _modes[pinNumber] = PinMode.Input;
    }

    protected override void ClosePin(int pinNumber) => _modes[pinNumber] = null;

    protected override void SetPinMode(int pinNumber, PinMode mode) => _modes[pinNumber] = mode;

    protected override PinMode GetPinMode(int pinNumber) => _modes[pinNumber] ?? throw new InvalidOperationException("The pin is closed.");

    protected override bool IsPinModeSupported(int pinNumber, PinMode mode) => true;

    protected override PinValue Read(int pinNumber) => pinNumber == Interrupt ? chip.Interrupt.Read() : chip.Reset.Read();

    protected override void Write(int pinNumber, PinValue value)
    {
        if (pinNumber == Reset)
            chip.Reset.Write(value);
    }

    protected override WaitForEventResult WaitForEvent(int pinNumber, PinEventTypes eventTypes, CancellationToken cancellationToken)
        => throw new NotSupportedException();

    protected override void AddCallbackForPinValueChangedEvent(int pinNumber, PinEventTypes eventTypes, PinChangeEventHandler callback)
    {
        if (_fell == null)
            chip.Interrupt.ValueChanged += OnFell;
        _fell += callback;
    }

    protected override void RemoveCallbackForPinValueChangedEvent(int pinNumber, PinChangeEventHandler callback)
    {
        _fell -= callback;
        if (_fell == null)
            chip.Interrupt.ValueChanged -= OnFell;
    }

    private void OnFell(object sender, PinValueChangedEventArgs e) => _fell?.Invoke(this, new PinValueChangedEventArgs(e.ChangeType, Interrupt));
}
