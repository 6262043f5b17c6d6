using HandshakeNano.Net;

namespace HandshakeNano.Firmware;

/// <summary>
/// Echo (RFC 862): sends back what comes, and closes when the peer has closed and has everything back.
/// </summary>
/// <remarks>
/// Never reads more than the send buffer takes: what has no room stays in the receive buffer and closes the window, so a
/// peer that sends without reading is slowed down and nothing is lost.
/// </remarks>
public sealed class EchoService : Service
{
    /// <summary>The port that RFC 862 gives to it.</summary>
    public const int DefaultPort = 7;

    /// <summary>How long a connection may move no data, in microseconds: a minute.</summary>
    private const ulong LongestIdle = 60_000_000;

    /// <summary>Makes the service.</summary>
    public EchoService()
        : this(LongestIdle)
    {
    }

    /// <summary>Makes the service.</summary>
    /// <param name="idleTimeout">How long a connection may move no data, in microseconds, at most 2^60; 0 for ever.</param>
    public EchoService(ulong idleTimeout)
        : base("echo", DefaultPort, idleTimeout)
    {
    }

    /// <inheritdoc/>
    public override string DnsType
    {
        get { return "_echo._tcp"; }
    }

    /// <inheritdoc/>
    protected override bool Serve(TcpConnection connection)
    {
        byte[] buffer = Buffer;
        while (true)
        {
            int count = connection.SendSpace;
            if (count > buffer.Length)
                count = buffer.Length;
            count = connection.Read(buffer, 0, count);
            if (count == 0)
                return true;
            connection.Write(buffer, 0, count);
        }
    }
}
