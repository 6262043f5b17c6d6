using HandshakeNano.Firmware;

namespace HandshakeNano.Samples.Sensor;

/// <summary>A sensor's value on port 80, for a browser or a program.</summary>
public static class Program
{
    /// <summary>Where the device starts.</summary>
    public static void Main() => DeviceFirmware.Run(new SensorService());
}
