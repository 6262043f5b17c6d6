using HandshakeNano.Firmware;
using HandshakeNano.Net;

namespace HandshakeNano.Samples.HttpFetch;

/// <summary>Fetches a page every minute and shows it on the console.</summary>
public static class Program
{
    /// <summary>Where the device starts.</summary>
    public static void Main() => DeviceFirmware.Run(new FetchService(Ipv4Address.From(10, 77, 0, 1), 8000, "/", 60_000_000));
}
