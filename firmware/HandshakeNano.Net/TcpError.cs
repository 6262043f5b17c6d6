namespace HandshakeNano.Net;

/// <summary>Why a call of <see cref="TcpStream"/> failed.</summary>
public enum TcpError
{
    /// <summary>
    /// The call's time limit is over. The connection is as it was: Read and Flush may be called again. Write and ReadExactly may have done
    /// a part.
    /// </summary>
    TimeLimit,

    /// <summary>Our direction is closed by <see cref="TcpConnection.Shutdown"/> or <see cref="TcpConnection.Close"/>: nothing can be written.</summary>
    SendClosed,

    /// <summary>The connection is over, as <see cref="TcpCloseReason.Finished"/>.</summary>
    Finished,

    /// <summary>The connection is over, as <see cref="TcpCloseReason.Reset"/>.</summary>
    Reset,

    /// <summary>The connection is over, as <see cref="TcpCloseReason.Refused"/>.</summary>
    Refused,

    /// <summary>The connection is over, as <see cref="TcpCloseReason.TimedOut"/>.</summary>
    TimedOut,

    /// <summary>The connection is over, as <see cref="TcpCloseReason.Unreachable"/>.</summary>
    Unreachable,

    /// <summary>The connection is over, as <see cref="TcpCloseReason.Aborted"/>.</summary>
    Aborted,

    /// <summary>The peer has closed before as many bytes had come as <see cref="TcpStream.ReadExactly"/> was asked for.</summary>
    EndOfStream,
}
