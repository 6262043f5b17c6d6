using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using HandshakeNano.Client.Connectivity;
using HandshakeNano.Client.Wording;
using HandshakeNano.Net;

namespace HandshakeNano.Client.Peers;

/// <summary>A client that uses our own stack.</summary>
public static class StackClient
{
    // The condition is looked at between two waits: a longer one would show in the ladder.
    private const int StepMilliseconds = 1;

    // An address is asked for before it is ours, and a router for a prefix after that.
    internal static readonly TimeSpan AddressTime = TimeSpan.FromSeconds(10);

    /// <summary>Connects, sends, reads, closes.</summary>
    /// <param name="endpoint">Our stack.</param>
    /// <param name="loop">Turns it.</param>
    /// <param name="remote">Where to connect to.</param>
    /// <param name="talk">What to do there.</param>
    /// <param name="opened">Is told of the connection before its SYN leaves.</param>
    /// <returns>How it went.</returns>
    public static Conversation Run(
        TcpEndpoint endpoint, TcpLoop loop, IPEndPoint remote, Talk talk, Action<TcpConnection>? opened = null)
    {
        var conversation = new Conversation { Local = new IPEndPoint(IPAddress.None, 0) };
        bool isIpv6 = remote.AddressFamily == AddressFamily.InterNetworkV6;
        if (isIpv6 && !Until(loop, AddressTime, conversation, () => HasAddressFor(endpoint, remote.Address)))
        {
            conversation.Failure = NoAddressFor(remote.Address);
            return conversation;
        }

        TcpConnection connection = isIpv6 ? endpoint.Connect(remote.Address.GetAddressBytes(), remote.Port)
            : endpoint.Connect(Network.FromIPAddress(remote.Address), remote.Port);
        connection.NoDelay = true;
        opened?.Invoke(connection);
        byte[] local = new byte[16];
        conversation.Local = new IPEndPoint(
            connection.CopyLocalAddress(local, 0) ? new IPAddress(local) : Network.ToIPAddress(connection.LocalAddress), connection.LocalPort);

        long start = Stopwatch.GetTimestamp();
        bool answered = Until(loop, talk.Timeout, conversation, () => connection.State is not (TcpState.SynSent or TcpState.SynReceived));
        conversation.Established = connection.State is TcpState.Established or TcpState.CloseWait;
        if (!conversation.Established)
        {
            conversation.Failure = answered ? Explain(connection.CloseReason) : SystemClient.Unanswered(talk.Timeout);
            connection.Abort();
            loop.Step(0);
            return conversation;
        }

        conversation.ConnectMicroseconds = (ulong)Stopwatch.GetElapsedTime(start).TotalMicroseconds;
        if (talk.Data != null)
            SendAndRead(connection, loop, talk, conversation);
        connection.Shutdown();
        bool ended = Until(loop, talk.Timeout, conversation, () =>
        {
            Read(connection, conversation);
            return connection.State is TcpState.TimeWait or TcpState.Closed;
        });
        conversation.PeerClosed = ended && connection.CloseReason is TcpCloseReason.None or TcpCloseReason.Finished;
        if (connection.CloseReason is not (TcpCloseReason.None or TcpCloseReason.Finished))
            conversation.Failure = Explain(connection.CloseReason);
        else if (!ended)
            conversation.Failure = "the peer did not close its half within " + Quantity.Time((ulong)talk.Timeout.TotalMicroseconds);
        if (ended)
            connection.Close();
        else
            connection.Abort();
        loop.Step(0);
        return conversation;
    }

    internal static string NoAddressFor(IPAddress remote) =>
        remote.IsIPv6LinkLocal ? "another host has our IPv6 address" : "no router has given us an IPv6 address";

    internal static bool HasAddressFor(TcpEndpoint endpoint, IPAddress remote)
    {
        byte[] address = new byte[16];
        for (int i = remote.IsIPv6LinkLocal ? 0 : 1; i < Ipv6Host.MostAddresses; i++)
        {
            if (endpoint.Ipv6.CopyAddress(i, address, 0))
                return true;
        }

        return false;
    }

    private static void SendAndRead(TcpConnection connection, TcpLoop loop, Talk talk, Conversation conversation)
    {
        byte[] data = talk.Data!;
        int sent = 0;
        conversation.AllSent = Until(loop, talk.Timeout, conversation, () =>
        {
            int taken = connection.Write(data, sent, data.Length - sent);
            sent += taken;
            Read(connection, conversation);
            return (sent == data.Length && connection.Unacknowledged == 0) || connection.State == TcpState.Closed;
        }) && sent == data.Length && connection.State != TcpState.Closed;
        Until(loop, talk.Timeout, conversation, () =>
        {
            Read(connection, conversation);
            return conversation.Received.Count >= talk.Expected || connection.PeerClosed || connection.State == TcpState.Closed;
        });
    }

    private static void Read(TcpConnection connection, Conversation conversation)
    {
        var buffer = new byte[2048];
        for (int count; (count = connection.Read(buffer, 0, buffer.Length)) > 0;)
            conversation.Received.AddRange(buffer.AsSpan(0, count));
    }

    // Turns the loop until something holds. Each time data comes in the wait begins anew.
    private static bool Until(TcpLoop loop, TimeSpan timeout, Conversation conversation, Func<bool> holds)
    {
        long start = Stopwatch.GetTimestamp();
        int received = conversation.Received.Count;
        while (!holds())
        {
            if (conversation.Received.Count > received)
            {
                received = conversation.Received.Count;
                start = Stopwatch.GetTimestamp();
            }

            if (Stopwatch.GetElapsedTime(start) > timeout)
                return false;
            loop.Step(StepMilliseconds);
        }

        return true;
    }

    /// <summary>Says why a connection ended.</summary>
    /// <param name="reason">The reason.</param>
    /// <returns>The words.</returns>
    public static string Explain(TcpCloseReason reason) => reason switch
    {
        TcpCloseReason.Refused => "refused: no program listens there",
        TcpCloseReason.Reset => "reset by the peer",
        TcpCloseReason.TimedOut => "the peer no longer answers",
        TcpCloseReason.Unreachable => "unreachable: no route, no answer to ARP, or ICMP says so",
        _ => "ended: " + reason,
    };
}
