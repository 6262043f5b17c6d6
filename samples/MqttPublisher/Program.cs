using HandshakeNano.Firmware;
using HandshakeNano.Net;

namespace HandshakeNano.Samples.MqttPublisher;

/// <summary>A sensor's value for a broker, every ten seconds.</summary>
public static class Program
{
    /// <summary>Where the device starts.</summary>
    public static void Main() => DeviceFirmware.Run(new PublisherService(Ipv4Address.From(10, 77, 0, 1), 10_000_000));
}
