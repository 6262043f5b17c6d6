namespace HandshakeNano.Net;

/// <summary>What is to be told to a connection's handler after a step: the bits of <see cref="TcbNumbers.Events"/>.</summary>
internal static class TcbEvents
{
    /// <summary>Nothing.</summary>
    public const uint None = 0;

    /// <summary>The handshake of an active open is complete.</summary>
    public const uint Established = 1;

    /// <summary>Bytes have come.</summary>
    public const uint Received = 2;

    /// <summary>Data was acknowledged.</summary>
    public const uint Sent = 4;

    /// <summary>The peer's FIN has come.</summary>
    public const uint PeerClosed = 8;

    /// <summary>The connection has ended.</summary>
    public const uint Closed = 16;

    /// <summary>The handler is being told; a call that gives the connection back takes it away.</summary>
    public const uint Telling = 32;

    /// <summary>Urgent data was announced.</summary>
    public const uint Urgent = 64;

    /// <summary>Something is wrong on the way to the peer.</summary>
    public const uint SoftError = 128;
}
