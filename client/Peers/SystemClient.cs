using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Threading;
using HandshakeNano.Client.Wording;

namespace HandshakeNano.Client.Peers;

/// <summary>A client that uses the system's sockets.</summary>
public static class SystemClient
{
    /// <summary>Connects, sends, reads, closes.</summary>
    /// <param name="socket">A new stream socket; the namespace of the thread that made it is the one it talks in.</param>
    /// <param name="remote">Where to connect to.</param>
    /// <param name="talk">What to do there.</param>
    /// <returns>How it went.</returns>
    public static Conversation Run(Socket socket, IPEndPoint remote, Talk talk)
    {
        var conversation = new Conversation();
        int milliseconds = (int)talk.Timeout.TotalMilliseconds;
        try
        {
            long start = Stopwatch.GetTimestamp();
            Connect(socket, remote, talk.Timeout);
            conversation.ConnectMicroseconds = (ulong)Stopwatch.GetElapsedTime(start).TotalMicroseconds;
            conversation.Established = true;
            conversation.Local = (IPEndPoint)socket.LocalEndPoint!;
            conversation.Info = TcpInfo.Get(socket);
            conversation.RoundTripMicroseconds = conversation.Info?.RoundTripMicroseconds;

            socket.ReceiveTimeout = milliseconds;
            socket.SendTimeout = milliseconds;
            socket.NoDelay = true;
            if (talk.Data != null)
            {
                for (int sent = 0; sent < talk.Data.Length;)
                    sent += socket.Send(talk.Data.AsSpan(sent));
                conversation.AllSent = true;
                var buffer = new byte[4096];
                bool open = Read(socket, buffer, conversation, talk.Expected);
                conversation.Info = TcpInfo.Get(socket) ?? conversation.Info;
                conversation.RoundTripMicroseconds = conversation.Info?.RoundTripMicroseconds;
                socket.Shutdown(SocketShutdown.Send);
                if (open)
                    Read(socket, buffer, conversation, int.MaxValue);
            }
        }
        catch (SocketException e)
        {
            conversation.Failure = Explain(e, conversation.Established, talk.Timeout);
        }
        catch (OperationCanceledException)
        {
            conversation.Failure = Unanswered(talk.Timeout);
        }

        socket.Close();
        return conversation;
    }

    /// <summary>What to say when nothing came back.</summary>
    /// <param name="timeout">How long we waited.</param>
    /// <returns>The words.</returns>
    public static string Unanswered(TimeSpan timeout) =>
        "no answer within " + Quantity.Time((ulong)timeout.TotalMicroseconds);

    private static void Connect(Socket socket, IPEndPoint remote, TimeSpan timeout)
    {
        using var tooLate = new CancellationTokenSource(timeout);
        socket.ConnectAsync(remote, tooLate.Token).AsTask().GetAwaiter().GetResult();
    }

    // Reads until the peer closes or that many bytes are there; false if the peer closed.
    private static bool Read(Socket socket, byte[] buffer, Conversation conversation, int expected)
    {
        while (conversation.Received.Count < expected)
        {
            int count = socket.Receive(buffer);
            if (count == 0)
            {
                conversation.PeerClosed = true;
                return false;
            }

            conversation.Received.AddRange(buffer.AsSpan(0, count));
        }

        return true;
    }

    private static string Explain(SocketException e, bool established, TimeSpan timeout) => e.SocketErrorCode switch
    {
        SocketError.ConnectionRefused => "refused: no program listens there",
        SocketError.ConnectionReset => "reset by the peer",
        SocketError.TimedOut or SocketError.WouldBlock when established => "the peer did not close its half within "
            + Quantity.Time((ulong)timeout.TotalMicroseconds),
        SocketError.TimedOut => Unanswered(timeout),
        _ => e.Message,
    };
}
