namespace HandshakeNano.Net;

/// <summary>Sends the messages of a <see cref="MdnsResponder"/>, with TTL 255 and from UDP port 5353.</summary>
public interface IMdnsSender
{
    /// <summary>Sends a message.</summary>
    /// <param name="message">An array that begins with it.</param>
    /// <param name="length">Its length in bytes.</param>
    /// <param name="address">The destination, most significant byte first: 224.0.0.251 or a host's.</param>
    /// <param name="port">The destination's port.</param>
    /// <param name="now">The time in microseconds.</param>
    void Send(byte[] message, int length, uint address, int port, ulong now);
}
