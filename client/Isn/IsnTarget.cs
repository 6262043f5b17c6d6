using HandshakeNano.Client.Conformance;

namespace HandshakeNano.Client.Isn;

/// <summary>Whose ISNs are sampled, and from where.</summary>
/// <param name="World">The link that leads there, and the time.</param>
/// <param name="Address">The target's IPv4 address, most significant byte first.</param>
/// <param name="Port">One of its TCP ports that is listened on.</param>
/// <param name="OwnAddress">The first of our addresses, in the same network.</param>
/// <param name="OwnAddresses">How many addresses we have, from that one on: each gives <see cref="TuplesPerAddress"/> tuples.</param>
public sealed record IsnTarget(ProbeWorld World, uint Address, int Port, uint OwnAddress, int OwnAddresses)
{
    /// <summary>The first of our ports: those below belong to services.</summary>
    public const int FirstPort = 1024;

    /// <summary>How many tuples one address of ours gives: its ports.</summary>
    public const int TuplesPerAddress = 65_536 - FirstPort;
}
