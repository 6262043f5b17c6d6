using System;
using System.Collections.Generic;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace HandshakeNano.Client.Peers;

/// <summary>What Linux says about a connection: the front part of its struct tcp_info, which never changed.</summary>
public sealed class TcpInfo
{
    private const int IpProtoTcp = 6, OptionTcpInfo = 11, Size = 104;

    private static readonly string[] States =
    [
        "?", "ESTABLISHED", "SYN-SENT", "SYN-RECEIVED", "FIN-WAIT-1", "FIN-WAIT-2", "TIME-WAIT", "CLOSED", "CLOSE-WAIT",
        "LAST-ACK", "LISTEN", "CLOSING",
    ];

    private TcpInfo(ReadOnlySpan<byte> info)
    {
        State = info[0] < States.Length ? States[info[0]] : "?";
        RoundTripMicroseconds = (ulong)Word(info, 68);
        Retransmissions = Word(info, 100);
        bool windowScale = (info[5] & 4) != 0;
        Values = new Dictionary<string, long>
        {
            ["rtt"] = Word(info, 68),
            ["rttvar"] = Word(info, 72),
            ["rto"] = Word(info, 8),
            ["sndMss"] = Word(info, 16),
            ["rcvMss"] = Word(info, 20),
            ["advMss"] = Word(info, 84),
            ["pmtu"] = Word(info, 60),
            ["sndCwnd"] = Word(info, 80),
            ["unacked"] = Word(info, 24),
            ["lost"] = Word(info, 32),
            ["totalRetrans"] = Retransmissions,
            ["timestamps"] = info[5] & 1,
            ["sack"] = (info[5] >> 1) & 1,
            ["sndWscale"] = windowScale ? info[6] & 0x0F : 0,
            ["rcvWscale"] = windowScale ? info[6] >> 4 : 0,
        };
    }

    /// <summary>The state, by the RFC's name.</summary>
    public string State { get; }

    /// <summary>Smoothed round-trip time in microseconds.</summary>
    public ulong RoundTripMicroseconds { get; }

    /// <summary>How many segments were sent again, SYNs among them.</summary>
    public long Retransmissions { get; }

    /// <summary>The numbers, times in microseconds and sizes in bytes, under the kernel's names.</summary>
    public IReadOnlyDictionary<string, long> Values { get; }

    /// <summary>Asks for a connection.</summary>
    /// <param name="socket">Its socket.</param>
    /// <returns>What the kernel says; null if it is not Linux.</returns>
    public static TcpInfo? Get(Socket socket)
    {
        if (!OperatingSystem.IsLinux())
            return null;
        Span<byte> info = stackalloc byte[Size];
        info.Clear();
        try
        {
            return socket.GetRawSocketOption(IpProtoTcp, OptionTcpInfo, info) >= Size ? new TcpInfo(info) : null;
        }
        catch (SocketException)
        {
            return null;
        }
    }

    private static long Word(ReadOnlySpan<byte> info, int offset) => MemoryMarshal.Read<uint>(info[offset..]);
}
