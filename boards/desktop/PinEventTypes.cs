namespace System.Device.Gpio;

/// <summary>Which way a pin's level went: the desktop's stand-in for the device's type of the same name.</summary>
[Flags]
public enum PinEventTypes
{
    /// <summary>Neither.</summary>
    None = 0,

    /// <summary>From low to high.</summary>
    Rising = 1,

    /// <summary>From high to low.</summary>
    Falling = 2,
}
