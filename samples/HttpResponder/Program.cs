using HandshakeNano.Firmware;

namespace HandshakeNano.Samples.HttpResponder;

/// <summary>A page on port 80, for a browser or for curl.</summary>
public static class Program
{
    /// <summary>Where the device starts.</summary>
    public static void Main() => DeviceFirmware.Run(new HttpService());
}
