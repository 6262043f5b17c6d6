using System;

namespace HandshakeNano.Net;

/// <summary>A blocking read or write could not be done. Only <see cref="TcpStream"/> throws it.</summary>
public sealed class TcpException : Exception
{
    /// <summary>Makes an exception.</summary>
    /// <param name="reason">Why the connection ended; None if it has not, and the time limit is over.</param>
    public TcpException(TcpCloseReason reason)
        : base(Explain(reason))
    {
        Reason = reason;
    }

    /// <summary>Why the connection ended; None if it has not, and the time limit is over.</summary>
    public TcpCloseReason Reason { get; }

    private static string Explain(TcpCloseReason reason)
    {
        switch (reason)
        {
            case TcpCloseReason.None:
                return "The time limit is over.";
            case TcpCloseReason.Finished:
                return "The connection is closed.";
            case TcpCloseReason.Reset:
                return "The peer reset the connection.";
            case TcpCloseReason.Refused:
                return "The peer refused the connection.";
            case TcpCloseReason.TimedOut:
                return "The peer does not answer.";
            case TcpCloseReason.Unreachable:
                return "The peer cannot be reached.";
            default:
                return "The connection was aborted.";
        }
    }
}
