using System;
using HandshakeNano.Net;

namespace HandshakeNano.Scenarios;

/// <summary>The peer's end of a connection.</summary>
/// <param name="connection">Our end.</param>
/// <param name="port">The peer's port.</param>
/// <param name="next">The sequence number of the next byte that the peer sends.</param>
/// <param name="expected">The sequence number of the next byte that the peer expects.</param>
public sealed class Peer(TcpConnection connection, int port, uint next, uint expected)
{
    /// <summary>Our end.</summary>
    public TcpConnection Connection => connection;

    /// <summary>The sequence number of the next byte that the peer sends.</summary>
    public uint Next { get; set; } = next;

    /// <summary>The sequence number of the next byte that the peer expects.</summary>
    public uint Expected { get; set; } = expected;

    /// <summary>Numbers a segment with what the peer sends next.</summary>
    /// <param name="segment">The segment.</param>
    /// <returns>Its frame.</returns>
    public byte[] Number(NumberedSegment segment)
    {
        ArgumentNullException.ThrowIfNull(segment);
        return segment.Number(port, Rig.Port, Next, Expected);
    }
}
