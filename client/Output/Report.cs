using System.Collections.Generic;
using HandshakeNano.Client.Connectivity;
using HandshakeNano.Client.Trace;

namespace HandshakeNano.Client.Output;

/// <summary>Something that was looked at, and whether it was as it should be.</summary>
/// <param name="Name">One word.</param>
/// <param name="Ok">Whether it was.</param>
/// <param name="Text">What was seen.</param>
public sealed record Check(string Name, bool Ok, string Text);

/// <summary>One end of a connection.</summary>
/// <param name="Name">What the ladder calls it.</param>
/// <param name="Address">Its IP address.</param>
/// <param name="Port">Its port.</param>
/// <param name="Stack">Whose TCP it runs: "linux", "handshakenano", "system" (not known to be Linux) or "unknown".</param>
/// <param name="Description">The same in words.</param>
public sealed record Party(string Name, string Address, int Port, string Stack, string Description);

/// <summary>What a command found out about one connection; written as text or as JSON.</summary>
public sealed class Report
{
    /// <summary>The command: "demo" or "connect".</summary>
    public required string Command { get; init; }

    /// <summary>The end that sent the first SYN.</summary>
    public required Party Client { get; set; }

    /// <summary>The other end.</summary>
    public required Party Server { get; set; }

    /// <summary>What carried the frames: "tap", "vxlan", "memory" or "system".</summary>
    public required string Link { get; init; }

    /// <summary>The virtual board that the device was; null where the device is another.</summary>
    public string? Board { get; init; }

    /// <summary>The segments; null where they cannot be seen (the system's sockets).</summary>
    public Exchange? Exchange { get; set; }

    /// <summary>True if the handshake was completed.</summary>
    public bool Established { get; set; }

    /// <summary>How long the handshake took, in microseconds, as seen by the side that measured it.</summary>
    public ulong? HandshakeMicroseconds { get; set; }

    /// <summary>A round-trip time in microseconds.</summary>
    public ulong? RoundTripMicroseconds { get; set; }

    /// <summary>The data that was to be sent; null if none was.</summary>
    public byte[]? Sent { get; set; }

    /// <summary>The data that came back.</summary>
    public byte[] Received { get; set; } = [];

    /// <summary>What the system's TCP says about its end (TCP_INFO); null where it is not asked.</summary>
    public IReadOnlyDictionary<string, long>? TcpInfo { get; set; }

    /// <summary>Sentences that belong under the ladder.</summary>
    public List<string> Notes { get; } = [];

    /// <summary>Everything that was looked at.</summary>
    public List<Check> Checks { get; } = [];

    /// <summary>What went wrong, one line; null if the command did what it was asked to do.</summary>
    public string? Failure =>
        Checks.Find(check => !check.Ok) is Check failed ? $"{Command} {new Target(Server.Address, Server.Port)}: {failed.Text}" : null;

    /// <summary>True if the command did what it was asked to do.</summary>
    public bool Ok => Failure == null;
}
