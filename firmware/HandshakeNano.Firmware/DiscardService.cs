using HandshakeNano.Net;

namespace HandshakeNano.Firmware;

/// <summary>Discard (RFC 863): throws away what comes, and closes when the peer has closed.</summary>
public sealed class DiscardService : Service
{
    /// <summary>The port that RFC 863 gives to it.</summary>
    public const int DefaultPort = 9;

    /// <summary>How long a connection may move no data, in microseconds: a minute.</summary>
    private const ulong LongestIdle = 60_000_000;

    /// <summary>Makes the service.</summary>
    public DiscardService()
        : base("discard", DefaultPort, LongestIdle)
    {
    }

    /// <inheritdoc/>
    public override string DnsType
    {
        get { return "_discard._tcp"; }
    }

    /// <inheritdoc/>
    protected override bool Serve(TcpConnection connection)
    {
        byte[] buffer = Buffer;
        while (connection.Read(buffer, 0, buffer.Length) != 0)
        {
        }

        return true;
    }
}
