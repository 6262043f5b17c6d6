using HandshakeNano.Firmware;
using HandshakeNano.Net;

namespace HandshakeNano.Samples.MqttPublisher;

/// <summary>Publishes a sensor's value at least once each, whatever the network does, and says that it is there.</summary>
public sealed class PublisherService : Service
{
    private const string Topic = "handshake/temperature", State = "handshake/state";
    private readonly MqttClient _client;
    private readonly ulong _interval;
    private readonly byte[] _text = new byte[11];
    private static readonly byte[] s_on = { (byte)'o', (byte)'n' };
    private bool _wasConnected;
    private ulong _next;

    /// <summary>Makes the service.</summary>
    /// <param name="broker">The broker's IPv4 address, most significant byte first.</param>
    /// <param name="interval">How often it publishes, in microseconds.</param>
    public PublisherService(uint broker, ulong interval) : base("MQTT")
    {
        _client = new MqttClient(new MqttSettings { Broker = broker, WillTopic = State, WillMessage = "gone" });
        _interval = interval;
    }

    /// <inheritdoc/>
    public override bool UsesTime => true;

    /// <inheritdoc/>
    public override void OnStarted(DeviceFirmware firmware) => _client.Start(firmware.Endpoint);

    /// <inheritdoc/>
    public override void OnTime(ulong now)
    {
        _client.Check(now);
        if (_client.IsConnected && !_wasConnected)
            _client.PublishOnce(State, s_on, 0, s_on.Length, true);
        _wasConnected = _client.IsConnected;
        if (now < _next)
            return;
        _next = now + _interval;

        // Read your sensor here. While as many as can wait are waiting, the value is left out.
        int start = Format(21);
        _client.Publish(Topic, _text, start, _text.Length - start, false);
    }

    /// <inheritdoc/>
    protected override bool Serve(TcpConnection connection) => true;

    /// <summary>Writes a number that is not negative to the end of the text, without a string.</summary>
    private int Format(int number)
    {
        int at = _text.Length;
        do
        {
            _text[--at] = (byte)('0' + number % 10);
            number /= 10;
        }
        while (number != 0);
        return at;
    }
}
