using System;
using System.IO;
using System.Net;
using HandshakeNano.Boards.Virtual;
using HandshakeNano.Net;

namespace HandshakeNano.Client.Connectivity;

/// <summary>How our stack gets at a network: what was typed about it.</summary>
/// <param name="Tap">The TAP interface.</param>
/// <param name="Interface">An interface to be one more host on instead; null: none.</param>
/// <param name="Via">A tunnel to use instead; null: none.</param>
/// <param name="Network">The address of our stack; null: the one that goes with the link.</param>
public sealed record LinkRequest(string Tap, string? Interface, Via? Via, Network? Network);

/// <summary>The link that our stack has, and its address there.</summary>
public sealed class OwnLink : IDisposable
{
    private readonly IDisposable _link;

    private OwnLink(IDisposable link, string kind, string name, string description, Network network, string? note)
    {
        _link = link;
        Kind = kind;
        Name = name;
        Description = description;
        Network = network;
        Note = note;
    }

    /// <summary>The link.</summary>
    public ILink Link => _link is Tunnel tunnel ? tunnel.Link : (ILink)_link;

    /// <summary>"tap", "interface" or "vxlan".</summary>
    public string Kind { get; }

    /// <summary>What a capture calls it: the interface's name, or "vxlan".</summary>
    public string Name { get; }

    /// <summary>The same in words, such as "the TAP interface handshake0".</summary>
    public string Description { get; }

    /// <summary>The address of our stack.</summary>
    public Network Network { get; }

    /// <summary>The router on the link, most significant byte first; 0: none.</summary>
    public uint Gateway => Kind == "tap" ? Network.PcAddress : 0;

    /// <summary>Frames longer than the MTU that came and were dropped.</summary>
    public ulong Oversized => _link switch
    {
        TapLink tap => tap.Oversized,
        PacketLink packet => packet.Oversized,
        _ => 0,
    };

    /// <summary>What the user should know or still type, one line; null if nothing.</summary>
    public string? Note { get; }

    /// <summary>Opens the link. A TAP interface that another program has is shared: our stack is one more host on it.</summary>
    /// <param name="request">What was typed.</param>
    /// <param name="remote">Where our stack is to connect to.</param>
    /// <param name="check">Throws if our stack cannot reach that from the address that it is given; called before a link is made.</param>
    /// <param name="pc">An IPv6 address that the PC gets as well on a TAP interface that is made; null: none.</param>
    /// <returns>The link.</returns>
    /// <exception cref="IOException">It cannot be opened; the message says what to type.</exception>
    public static OwnLink Open(LinkRequest request, IPAddress remote, Action<Network, IPAddress> check, IPAddress? pc = null)
    {
        bool exists = request.Via == null && request.Interface == null && TapInterface.Exists(request.Tap);
        bool shared = exists && TapInterface.IsBusy(request.Tap);
        Network network = request.Network
            ?? (request.Via != null ? Network.DefaultPc : request.Interface != null || shared ? Network.OnInterface : Network.Default);
        if (!exists && request is { Via: null, Interface: null, Network: null } && Network.ToIPAddress(Network.Default.Address).Equals(remote))
        {
            throw new IOException($"{remote} is the device, and no device is on {request.Tap}; "
                + "type: handshake serve, in another terminal and as root, then the same again");
        }

        check(network, remote);
        if (request.Via != null)
        {
            Tunnel tunnel = request.Via.Open(1);
            return new OwnLink(tunnel, "vxlan", "vxlan", $"VXLAN {request.Via.Vni} at {tunnel.Peer}", network, null);
        }

        if (request.Interface != null || shared)
        {
            string name = request.Interface ?? request.Tap;
            string? note = shared
                ? $"{name} is in use by another program: our stack is one more host on it, {Ipv4Address.ToString(network.Address)}."
                : null;
            return new OwnLink(OpenInterface(name, shared), "interface", name, "the interface " + name, network, note);
        }

        TapLink tap = TapInterface.Open(request.Tap, network, pc, out string? hint);
        return new OwnLink(tap, "tap", tap.Name, "the TAP interface " + tap.Name, network, hint);
    }

    /// <inheritdoc/>
    public void Dispose() => _link.Dispose();

    private static PacketLink OpenInterface(string name, bool shared)
    {
        if (!TapInterface.Exists(name))
            throw new IOException($"there is no interface {name}; type: ip link, which lists them");
        try
        {
            return PacketLink.Open(name);
        }
        catch (IOException e)
        {
            throw new IOException(shared
                ? $"{name} is in use by another program, and only root can be one more host on it; run it as root, or type: handshake connect --os"
                : $"{e.Message}; run it as root", e);
        }
    }
}
