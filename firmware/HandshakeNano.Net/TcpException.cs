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

    /// <summary>Says why a connection ended and what to do, for a console: on the device an enum has no names.</summary>
    /// <param name="reason">Why it ended, as <see cref="TcpConnectionHandler.OnClosed"/> is told.</param>
    /// <returns>A sentence; an empty text while the connection has not ended.</returns>
    public static string Explain(TcpCloseReason reason)
    {
        return reason == TcpCloseReason.None ? "" : Explain(ErrorFor(reason));
    }

    /// <summary>The exception for a connection that has ended.</summary>
    internal static TcpException ForEnd(TcpCloseReason reason)
    {
        return new TcpException(ErrorFor(reason));
    }

    private static TcpError ErrorFor(TcpCloseReason reason)
    {
        switch (reason)
        {
            case TcpCloseReason.Finished:
                return TcpError.Finished;
            case TcpCloseReason.Reset:
                return TcpError.Reset;
            case TcpCloseReason.Refused:
                return TcpError.Refused;
            case TcpCloseReason.TimedOut:
                return TcpError.TimedOut;
            case TcpCloseReason.Unreachable:
                return TcpError.Unreachable;
            default:
                return TcpError.Aborted;
        }
    }

    private static string Explain(TcpError reason)
    {
        switch (reason)
        {
            case TcpError.TimeLimit:
                return "The time limit is over: see why the peer is slow, or set ReadTimeout or WriteTimeout higher.";
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
            case TcpError.EndOfStream:
                return "The peer closed before all bytes had come: see that both sides agree how many it sends.";
            default:
                return "Our side aborted the connection: open another one.";
        }
    }
}
