namespace HandshakeNano.Net;

/// <summary>What an <see cref="SntpClient"/> is doing.</summary>
public enum SntpState
{
    /// <summary>It waits until it asks.</summary>
    Waiting,

    /// <summary>It looks the server's name up.</summary>
    Resolving,

    /// <summary>It waits for the server's answer.</summary>
    Asking,

    /// <summary>The server does not want to be asked: it is not, any more.</summary>
    Refused,

    /// <summary>It was closed.</summary>
    Closed,
}
