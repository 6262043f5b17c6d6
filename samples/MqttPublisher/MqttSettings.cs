using System;

namespace HandshakeNano.Samples.MqttPublisher;

/// <summary>Which broker a client talks to, and how. Texts are of ASCII characters.</summary>
public sealed class MqttSettings
{
    /// <summary>The broker's IPv4 address, most significant byte first.</summary>
    public uint Broker { get; set; }

    /// <summary>The broker's port, 1 to 65535.</summary>
    public int Port { get; set; } = 1883;

    /// <summary>What the broker knows the client by, 1 to 23 letters and digits: two clients of one name throw each other out.</summary>
    public string ClientId { get; set; } = "handshake";

    /// <summary>Who the broker is to let in; null for everybody.</summary>
    public string UserName { get; set; }

    /// <summary>The password, for which there must be a user name; null for none. It is sent as it is.</summary>
    public string Password { get; set; }

    /// <summary>Where the broker says that the client is gone without a word; null for nowhere.</summary>
    public string WillTopic { get; set; }

    /// <summary>What it says there. It is kept for those that come later.</summary>
    public string WillMessage { get; set; } = "";

    /// <summary>How long the client may say nothing, 1 to 65535 seconds.</summary>
    public int KeepAlive { get; set; } = 60;

    /// <summary>How many messages of QoS 1 may wait for their acknowledgment, 1 to 100.</summary>
    public int Messages { get; set; } = 8;

    /// <summary>The most that topic and payload of a message may take together, in bytes, 1 to 1000.</summary>
    public int MessageSize { get; set; } = 128;

    internal void Check()
    {
        if (ClientId == null || ClientId.Length < 1 || ClientId.Length > 23)
            throw new ArgumentException("MqttSettings.ClientId must be 1 to 23 letters and digits.");
        if (Password != null && UserName == null)
            throw new ArgumentException("MqttSettings.Password needs a UserName.");
        if (WillTopic != null && WillMessage == null)
            throw new ArgumentException("MqttSettings.WillMessage must not be null; it may be empty.");
        if (KeepAlive < 1 || KeepAlive > 65535)
            throw new ArgumentException("MqttSettings.KeepAlive must be 1 to 65535 seconds.");
        if (Messages < 1 || Messages > 100)
            throw new ArgumentException("MqttSettings.Messages must be 1 to 100.");
        if (MessageSize < 1 || MessageSize > 1000)
            throw new ArgumentException("MqttSettings.MessageSize must be 1 to 1000 bytes.");
    }
}
