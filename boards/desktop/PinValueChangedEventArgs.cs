namespace System.Device.Gpio;

/// <summary>What has happened to a pin: the desktop's stand-in for the device's class of the same name.</summary>
public class PinValueChangedEventArgs
{
    /// <summary>Makes a notice.</summary>
    /// <param name="changeType">Which way the level went.</param>
    /// <param name="pinNumber">The pin.</param>
    public PinValueChangedEventArgs(PinEventTypes changeType, int pinNumber)
    {
        ChangeType = changeType;
        PinNumber = pinNumber;
    }

    /// <summary>Which way the level went.</summary>
    public PinEventTypes ChangeType { get; }

    /// <summary>The pin.</summary>
    public int PinNumber { get; }
}
