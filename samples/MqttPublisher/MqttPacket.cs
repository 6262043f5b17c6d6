using System;

namespace HandshakeNano.Samples.MqttPublisher;

/// <summary>Writes the packets of MQTT 3.1.1 (OASIS standard, 29 October 2014) that a publisher sends.</summary>
internal static class MqttPacket
{
    internal const int Connack = 0x20, Publish = 0x30, Puback = 0x40, Pingreq = 0xC0, Pingresp = 0xD0;

    /// <summary>DUP in the first byte of PUBLISH: it may have been sent before (section 3.3.1.1).</summary>
    internal const byte Duplicate = 8;

    /// <summary>What stands around topic and payload of a PUBLISH at the most: the first byte, two of length, two lengths.</summary>
    internal const int PublishOverhead = 7;

    private const int Connect = 0x10, Will = 0x24, WithPassword = 0x40, WithUserName = 0x80;

    /// <summary>CONNECT with the session kept (section 3.1).</summary>
    internal static byte[] MakeConnect(MqttSettings settings)
    {
        int flags = (settings.WillTopic == null ? 0 : Will) | (settings.UserName == null ? 0 : WithUserName)
            | (settings.Password == null ? 0 : WithPassword);
        int length = 10 + TextLength(settings.ClientId) + TextLength(settings.UserName) + TextLength(settings.Password);
        if (settings.WillTopic != null)
            length += TextLength(settings.WillTopic) + TextLength(settings.WillMessage);
        byte[] packet = new byte[(length < 128 ? 2 : 3) + length];
        int at = PutHead(packet, Connect, length);
        at = PutText(packet, at, "MQTT");
        packet[at++] = 4;
        packet[at++] = (byte)flags;
        at = Put16(packet, at, settings.KeepAlive);
        at = PutText(packet, at, settings.ClientId);
        if (settings.WillTopic != null)
        {
            at = PutText(packet, at, settings.WillTopic);
            at = PutText(packet, at, settings.WillMessage);
        }

        at = PutText(packet, at, settings.UserName);
        PutText(packet, at, settings.Password);
        return packet;
    }

    /// <summary>PUBLISH (section 3.3).</summary>
    /// <param name="packet">Where it goes.</param>
    /// <param name="topic">The topic.</param>
    /// <param name="payload">Where the payload is.</param>
    /// <param name="offset">Index of its first byte.</param>
    /// <param name="count">Its length.</param>
    /// <param name="retain">Whether the broker keeps it for those that come later.</param>
    /// <param name="identifier">The packet's identifier; 0 for QoS 0.</param>
    /// <returns>The packet's length.</returns>
    internal static int PutPublish(byte[] packet, string topic, byte[] payload, int offset, int count, bool retain, int identifier)
    {
        int first = Publish | (retain ? 1 : 0) | (identifier == 0 ? 0 : 2);
        int at = PutHead(packet, first, TextLength(topic) + (identifier == 0 ? 0 : 2) + count);
        at = PutText(packet, at, topic);
        if (identifier != 0)
            at = Put16(packet, at, identifier);
        Array.Copy(payload, offset, packet, at, count);
        return at + count;
    }

    // The length is less than 16384: two bytes (section 2.2.3).
    private static int PutHead(byte[] packet, int first, int length)
    {
        packet[0] = (byte)first;
        if (length < 128)
        {
            packet[1] = (byte)length;
            return 2;
        }

        packet[1] = (byte)(length | 0x80);
        packet[2] = (byte)(length >> 7);
        return 3;
    }

    private static int TextLength(string text)
    {
        return text == null ? 0 : 2 + text.Length;
    }

    private static int PutText(byte[] packet, int at, string text)
    {
        if (text == null)
            return at;
        at = Put16(packet, at, text.Length);
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] < ' ' || text[i] > '~')
                throw new ArgumentException("A text for MQTT must be of visible ASCII characters and blanks.");
            packet[at + i] = (byte)text[i];
        }

        return at + text.Length;
    }

    private static int Put16(byte[] packet, int at, int value)
    {
        packet[at] = (byte)(value >> 8);
        packet[at + 1] = (byte)value;
        return at + 2;
    }
}
