using System;
using System.Collections.Generic;
using System.Net;

namespace HandshakeNano.Client.Peers;

/// <summary>What a client is to do: connect, send, read what comes back, close.</summary>
/// <param name="Data">What to send; null: connect and close.</param>
/// <param name="Expected">How many bytes to read before our half is closed; 0: it is closed at once.</param>
/// <param name="Timeout">How long to wait for the handshake, and then for each answer.</param>
public sealed record Talk(byte[]? Data, int Expected, TimeSpan Timeout);

/// <summary>How it went.</summary>
public sealed class Conversation
{
    /// <summary>Our address and port.</summary>
    public IPEndPoint Local { get; set; } = new(IPAddress.Any, 0);

    /// <summary>True if the handshake was completed.</summary>
    public bool Established { get; set; }

    /// <summary>How long it took from the call to its success, in microseconds; null if it was not completed.</summary>
    public ulong? ConnectMicroseconds { get; set; }

    /// <summary>What came back.</summary>
    public List<byte> Received { get; } = [];

    /// <summary>True if all data was sent and acknowledged.</summary>
    public bool AllSent { get; set; }

    /// <summary>True if the peer closed its half.</summary>
    public bool PeerClosed { get; set; }

    /// <summary>Why it ended early, null if it did not.</summary>
    public string? Failure { get; set; }

    /// <summary>Round-trip time in microseconds as the system smoothed it; null if the client is not the system's.</summary>
    public ulong? RoundTripMicroseconds { get; set; }

    /// <summary>What the system's TCP says about the connection; null if the client is not the system's.</summary>
    public TcpInfo? Info { get; set; }
}
