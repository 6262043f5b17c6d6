using System;

namespace HandshakeNano.Net;

/// <summary>A blocking call could not be done. Only <see cref="TcpStream"/> throws it.</summary>
public sealed class TcpException : Exception
{
    /// <summary>Makes an exception.</summary>
    /// <param name="reason">Why the call failed.</param>
    public TcpException(TcpError reason)
        : base(Explain(reason))
    {
        Reason = reason;
    }

    /// <summary>Why the call failed.</summary>
    public TcpError Reason { get; }

    /// <summary>The exception for a connection that has ended.</summary>
    internal static TcpException ForEnd(TcpCloseReason reason)
    {
        switch (reason)
        {
            case TcpCloseReason.Finished:
                return new TcpException(TcpError.Finished);
            case TcpCloseReason.Reset:
                return new TcpException(TcpError.Reset);
            case TcpCloseReason.Refused:
                return new TcpException(TcpError.Refused);
            case TcpCloseReason.TimedOut:
                return new TcpException(TcpError.TimedOut);
            case TcpCloseReason.Unreachable:
                return new TcpException(TcpError.Unreachable);
            default:
                return new TcpException(TcpError.Aborted);
        }
    }

    private static string Explain(TcpError reason)
    {
        switch (reason)
        {
            case TcpError.TimeLimit:
                return "The time limit is over: try again, or set ReadTimeout or WriteTimeout higher.";
            case TcpError.SendClosed:
                return "Nothing can be written after Shutdown or Close: write before, or open another connection.";
            case TcpError.Finished:
                return "Both sides have closed the connection: open another one.";
            case TcpError.Reset:
                return "The peer reset the connection: open another one.";
            case TcpError.Refused:
                return "The peer refused the connection: see that it listens on the port.";
            case TcpError.TimedOut:
                return "The peer does not answer: see that it runs and is connected.";
            case TcpError.Unreachable:
                return "The peer cannot be reached: see to its address, our prefix length and our gateway.";
            default:
                return "Our side aborted the connection: open another one.";
        }
    }
}
