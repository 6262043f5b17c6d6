#nullable enable

namespace System.Device.Gpio;

/// <summary>A pin: the desktop's stand-in for the device's class of the same name.</summary>
public abstract class GpioPin
{
    /// <summary>The level has changed. On the device it is raised on a thread of the runtime's.</summary>
    public event PinValueChangedEventHandler? ValueChanged;

    /// <summary>Reads the level.</summary>
    /// <returns>The level.</returns>
    public abstract PinValue Read();

    /// <summary>Drives the pin.</summary>
    /// <param name="value">The level.</param>
    public abstract void Write(PinValue value);

    /// <summary>Raises <see cref="ValueChanged"/>.</summary>
    /// <param name="e">Which way the level went.</param>
    protected void OnValueChanged(PinValueChangedEventArgs e)
    {
        ValueChanged?.Invoke(this, e);
    }
}
