namespace System.Device.Gpio;

/// <summary>Who is told of a pin's change: the desktop's stand-in for the device's type of the same name.</summary>
/// <param name="sender">The pin.</param>
/// <param name="e">What has happened.</param>
public delegate void PinValueChangedEventHandler(object sender, PinValueChangedEventArgs e);
