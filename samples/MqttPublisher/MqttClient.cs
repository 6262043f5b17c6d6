using System;
using HandshakeNano.Net;

namespace HandshakeNano.Samples.MqttPublisher;

/// <summary>
/// Publishes to a broker (MQTT 3.1.1) with QoS 0 and 1. It connects, connects again when the connection is lost, and then sends again what
/// was not acknowledged. All memory is taken when it is made.
/// </summary>
/// <remarks>It subscribes to nothing: whatever a broker sends but CONNACK, PUBACK and PINGRESP ends the connection.</remarks>
public sealed class MqttClient : TcpConnectionHandler
{
    // In microseconds. The pause before the next attempt doubles up to the longest.
    private const ulong AnswerTimeout = 10_000_000, ShortestPause = 1_000_000, LongestPause = 60_000_000;

    private readonly MqttSettings _settings;
    private readonly byte[] _connect, _once;
    private readonly byte[] _ping = { MqttPacket.Pingreq, 0 };
    private readonly byte[] _in = new byte[4];

    // The messages that wait for their PUBACK, in a ring: packets as they are sent, their lengths, their identifiers (0: acknowledged).
    private readonly byte[][] _packets;
    private readonly int[] _lengths, _identifiers;

    private TcpEndpoint _endpoint;
    private TcpConnection _connection;
    private int _inCount, _first, _count, _sent, _lastIdentifier;
    private ulong _now, _attemptAt, _deadline, _wroteAt, _pause = ShortestPause;

    /// <summary>Makes a client.</summary>
    /// <param name="settings">Which broker it talks to, and how; not to be changed afterwards.</param>
    /// <exception cref="ArgumentException">A setting is out of range.</exception>
    public MqttClient(MqttSettings settings)
    {
        settings.Check();
        _settings = settings;
        _connect = MqttPacket.MakeConnect(settings);
        _once = new byte[MqttPacket.PublishOverhead + settings.MessageSize];
        _packets = new byte[settings.Messages][];
        for (int i = 0; i < _packets.Length; i++)
            _packets[i] = new byte[_once.Length];
        _lengths = new int[settings.Messages];
        _identifiers = new int[settings.Messages];
    }

    /// <summary>Whether the broker has taken the client in.</summary>
    public bool IsConnected { get; private set; }

    /// <summary>Why the broker did not take the client in, the last time (MQTT 3.1.1 section 3.2.2.3); 0 if it did.</summary>
    public int Refusal { get; private set; }

    /// <summary>How many messages of QoS 1 are not acknowledged.</summary>
    public int Waiting
    {
        get { return _count; }
    }

    /// <summary>Says where connections are opened. The first one is opened by <see cref="Check"/>.</summary>
    /// <param name="endpoint">The endpoint.</param>
    public void Start(TcpEndpoint endpoint)
    {
        _endpoint = endpoint;
    }

    /// <summary>Connects, and keeps the connection alive. To be called at least twice a second.</summary>
    /// <param name="now">The time in microseconds.</param>
    public void Check(ulong now)
    {
        _now = now;
        if (_connection == null)
        {
            if (now >= _attemptAt && _endpoint.Address != 0 && _endpoint.CanConnect)
                Connect();
        }
        else if (now >= _deadline)
            End();
        else if (IsConnected && _deadline == ulong.MaxValue && now - _wroteAt >= (ulong)_settings.KeepAlive * 500_000)
        {
            if (Write(_ping, _ping.Length))
                _deadline = now + AnswerTimeout;
        }
    }

    /// <summary>Publishes a message at most once (QoS 0).</summary>
    /// <param name="topic">The topic, of ASCII characters.</param>
    /// <param name="payload">Where the payload is.</param>
    /// <param name="offset">Index of its first byte.</param>
    /// <param name="count">Its length.</param>
    /// <param name="retain">Whether the broker keeps it for those that come later.</param>
    /// <returns>False if it is lost already: there is no connection, or no room in it.</returns>
    /// <exception cref="ArgumentException">The message is larger than the settings say.</exception>
    public bool PublishOnce(string topic, byte[] payload, int offset, int count, bool retain)
    {
        CheckSize(topic, count);
        return IsConnected && Write(_once, MqttPacket.PutPublish(_once, topic, payload, offset, count, retain, 0));
    }

    /// <summary>Publishes a message at least once (QoS 1): it is kept, and sent again over other connections, until the broker has it.</summary>
    /// <inheritdoc cref="PublishOnce"/>
    /// <returns>False if as many messages wait as the settings say. It is not taken then: try again later.</returns>
    public bool Publish(string topic, byte[] payload, int offset, int count, bool retain)
    {
        CheckSize(topic, count);
        if (_count == _packets.Length)
            return false;
        _lastIdentifier = _lastIdentifier == 65535 ? 1 : _lastIdentifier + 1;
        int place = (_first + _count) % _packets.Length;
        _lengths[place] = MqttPacket.PutPublish(_packets[place], topic, payload, offset, count, retain, _lastIdentifier);
        _identifiers[place] = _lastIdentifier;
        _count++;
        SendWaiting();
        return true;
    }

    /// <inheritdoc/>
    public override void OnEstablished(TcpConnection connection)
    {
        if (!Write(_connect, _connect.Length))
            End();
    }

    /// <inheritdoc/>
    public override void OnReceived(TcpConnection connection)
    {
        while (_connection != null)
        {
            int need = _inCount < 2 ? 2 : 2 + _in[1];
            if (need > _in.Length)
                End();
            else if (_inCount < need)
            {
                int count = connection.Read(_in, _inCount, need - _inCount);
                if (count == 0)
                    return;
                _inCount += count;
            }
            else
            {
                _inCount = 0;
                if (!Take(need))
                    End();
            }
        }
    }

    /// <inheritdoc/>
    public override void OnSent(TcpConnection connection)
    {
        SendWaiting();
    }

    /// <inheritdoc/>
    public override void OnPeerClosed(TcpConnection connection)
    {
        OnReceived(connection);
        End();
    }

    /// <inheritdoc/>
    public override void OnClosed(TcpConnection connection, TcpCloseReason reason)
    {
        End();
    }

    private void CheckSize(string topic, int count)
    {
        if (count > _settings.MessageSize - topic.Length)
            throw new ArgumentException("Topic and payload are longer than MqttSettings.MessageSize.");
    }

    private void Connect()
    {
        _deadline = _now + AnswerTimeout;
        _inCount = 0;
        _sent = 0;
        _connection = _endpoint.Connect(_settings.Broker, _settings.Port);
        _connection.NoDelay = true;
        _connection.Handler = this;
    }

    /// <summary>The connection is over, or has to be.</summary>
    private void End()
    {
        if (_connection == null)
            return;
        _connection.Abort();
        _connection = null;
        IsConnected = false;
        _attemptAt = _now + _pause;
        _pause = _pause * 2 < LongestPause ? _pause * 2 : LongestPause;
    }

    /// <summary>Takes a packet.</summary>
    /// <returns>False if it may not come.</returns>
    private bool Take(int length)
    {
        if (!IsConnected)
        {
            if (_in[0] != MqttPacket.Connack || length != 4)
                return false;
            Refusal = _in[3];
            if (Refusal != 0)
                return false;
            IsConnected = true;
            _pause = ShortestPause;
            _deadline = ulong.MaxValue;
            SendWaiting();
            return true;
        }

        if (_in[0] == MqttPacket.Pingresp && length == 2)
            _deadline = ulong.MaxValue;
        else if (_in[0] == MqttPacket.Puback && length == 4)
            Acknowledge((_in[2] << 8) | _in[3]);
        else
            return false;
        return true;
    }

    /// <summary>A broker acknowledges in order (section 4.6); one that does not is understood as well.</summary>
    private void Acknowledge(int identifier)
    {
        for (int i = 0; i < _sent; i++)
        {
            int place = (_first + i) % _packets.Length;
            if (_identifiers[place] == identifier)
                _identifiers[place] = 0;
        }

        while (_sent > 0 && _identifiers[_first] == 0)
        {
            _first = (_first + 1) % _packets.Length;
            _count--;
            _sent--;
        }
    }

    private void SendWaiting()
    {
        while (IsConnected && _sent < _count)
        {
            int place = (_first + _sent) % _packets.Length;
            byte[] packet = _packets[place];
            if (_identifiers[place] != 0)
            {
                if (!Write(packet, _lengths[place]))
                    return;
                packet[0] |= MqttPacket.Duplicate;
            }

            _sent++;
        }
    }

    /// <summary>Writes a packet, or nothing of it.</summary>
    private bool Write(byte[] packet, int length)
    {
        if (_connection.SendSpace < length)
            return false;
        _connection.Write(packet, 0, length);
        _wroteAt = _now;
        return true;
    }
}
