using System;
using System.Collections.Generic;
using System.Linq;
using HandshakeNano.Net;

namespace HandshakeNano.Conformance.Language;

/// <summary>The names that code may use.</summary>
internal static class CodeNames
{
    /// <summary>Names for numbers, as Linux has them.</summary>
    public static IReadOnlyDictionary<string, long> Constants { get; } = new Dictionary<string, long>
    {
        ["True"] = 1,
        ["False"] = 0,
        ["TCP_ESTABLISHED"] = 1,
        ["TCP_SYN_SENT"] = 2,
        ["TCP_SYN_RECV"] = 3,
        ["TCP_FIN_WAIT1"] = 4,
        ["TCP_FIN_WAIT2"] = 5,
        ["TCP_TIME_WAIT"] = 6,
        ["TCP_CLOSE"] = 7,
        ["TCP_CLOSE_WAIT"] = 8,
        ["TCP_LAST_ACK"] = 9,
        ["TCP_LISTEN"] = 10,
        ["TCP_CLOSING"] = 11,
    };

    private static readonly HashSet<string> OfEndpoint = ["connections", "time_waits", "isn_step"];

    private static readonly HashSet<string> OfConnection =
    [
        "tcpi_state", "tcpi_rto", "tcpi_rtt", "tcpi_snd_mss", "tcpi_snd_wnd", "tcpi_rcv_wnd", "tcpi_available", "tcpi_urgent",
        "unacked_bytes",
    ];

    /// <summary>Why a name cannot be used, null if it can.</summary>
    public static string? Problem(string name)
    {
        if (Constants.ContainsKey(name) || OfEndpoint.Contains(name) || OfConnection.Contains(name) || CounterOf(name) != null)
            return null;
        if (name == "tcpi_unacked")
            return "'tcpi_unacked' counts segments, and this endpoint counts bytes: unacked_bytes";
        return name.StartsWith("tcpi_", StringComparison.Ordinal)
            ? $"'{name}' is a field of Linux's tcp_info that this endpoint does not tell" : $"'{name}' is nothing that can be compared";
    }

    /// <summary>The counter that <c>counter.NAME</c> means, null if it means none.</summary>
    public static Counter? CounterOf(string name)
        => name.StartsWith("counter.", StringComparison.Ordinal) && Enum.TryParse(name["counter.".Length..], out Counter counter)
            ? counter : null;

    /// <summary>The name of a state that has Linux's number.</summary>
    public static string StateOf(long number)
        => Constants.First(known => known.Key.StartsWith("TCP_", StringComparison.Ordinal) && known.Value == number).Key;

    /// <summary>Linux's number for a state.</summary>
    public static long NumberOf(TcpState state) => state switch
    {
        TcpState.Established => 1,
        TcpState.SynSent => 2,
        TcpState.SynReceived => 3,
        TcpState.FinWait1 => 4,
        TcpState.FinWait2 => 5,
        TcpState.TimeWait => 6,
        TcpState.CloseWait => 8,
        TcpState.LastAck => 9,
        TcpState.Closing => 11,
        _ => 7,
    };
}
