using System;

namespace HandshakeNano.Net;

/// <summary>What is to be told to a connection's handler after a step.</summary>
[Flags]
internal enum TcbEvents
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>The handshake of an active open is complete.</summary>
    Established = 1,

    /// <summary>Bytes have come.</summary>
    Received = 2,

    /// <summary>Data was acknowledged.</summary>
    Sent = 4,

    /// <summary>The peer's FIN has come.</summary>
    PeerClosed = 8,

    /// <summary>The connection has ended.</summary>
    Closed = 16,

    /// <summary>The listener has a connection to give; for the listener's handler.</summary>
    Accept = 32,

    /// <summary>The handler is being told; a call that gives the connection back takes it away.</summary>
    Telling = 64,

    /// <summary>Urgent data was announced.</summary>
    Urgent = 128,

    /// <summary>Something is wrong on the way to the peer.</summary>
    SoftError = 256,
}
