using System;
using HandshakeNano.Net;

namespace HandshakeNano.Packets;

/// <summary>The RFC's names of the states.</summary>
public static class TcpStateText
{
    /// <summary>The name of a state as RFC 9293 writes it.</summary>
    /// <param name="state">The state.</param>
    /// <returns>For example "SYN-RECEIVED".</returns>
    public static string ToText(TcpState state) => state switch
    {
        TcpState.Closed => "CLOSED",
        TcpState.Listen => "LISTEN",
        TcpState.SynSent => "SYN-SENT",
        TcpState.SynReceived => "SYN-RECEIVED",
        TcpState.Established => "ESTABLISHED",
        TcpState.FinWait1 => "FIN-WAIT-1",
        TcpState.FinWait2 => "FIN-WAIT-2",
        TcpState.CloseWait => "CLOSE-WAIT",
        TcpState.Closing => "CLOSING",
        TcpState.LastAck => "LAST-ACK",
        TcpState.TimeWait => "TIME-WAIT",
        _ => throw new ArgumentOutOfRangeException(nameof(state)),
    };
}
