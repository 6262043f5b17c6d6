using HandshakeNano.Firmware;

namespace HandshakeNano.Samples.HttpFetch;

/// <summary>Fetches a page every minute and shows it on the console.</summary>
public static class Program
{
    /// <summary>Where the device starts.</summary>
    public static void Main() => DeviceFirmware.Run(new FetchService("example.com", 80, "/", 60_000_000));
}
