using System;
using System.Globalization;
using System.IO;
using System.Net;
using System.Net.Sockets;
using HandshakeNano.Boards.Virtual;
using HandshakeNano.Links;

namespace HandshakeNano.Client.Connectivity;

/// <summary>A VXLAN tunnel: <c>vxlan://HOST[:PORT]?vni=N[&amp;local=ADDRESS[:PORT]]</c>.</summary>
/// <param name="Peer">The other end.</param>
/// <param name="Vni">The network's number, 1 to 16777215.</param>
/// <param name="LocalAddress">Our end's IPv4 address; null: the one that faces the peer.</param>
/// <param name="LocalPort">Our end's UDP port.</param>
public sealed record Via(Target Peer, int Vni, IPAddress? LocalAddress, int LocalPort)
{
    /// <summary>What to type.</summary>
    public const string Form = "vxlan://HOST[:PORT]?vni=N[&local=ADDRESS[:PORT]]";

    /// <summary>The virtual device on this computer, for a PC on the same one: it listens at 127.0.0.2.</summary>
    public static Via Loopback { get; } = new(
        new Target("127.0.0.1", VxlanSettings.DefaultPort), 42, IPAddress.Parse("127.0.0.2"), VxlanSettings.DefaultPort);

    /// <summary>Reads a tunnel.</summary>
    /// <param name="text">For example vxlan://192.0.2.20?vni=42.</param>
    /// <param name="via">The result; null if the text is none.</param>
    /// <param name="wrong">What is wrong with the text; empty if nothing is.</param>
    /// <returns>True if it is one.</returns>
    public static bool TryParse(string text, out Via? via, out string wrong)
    {
        via = null;
        wrong = $"'{text}' is not {Form}";
        const string Scheme = "vxlan://";
        if (!text.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
            return false;
        string[] parts = text[Scheme.Length..].Split('?');
        if (Target.IsIPv6(parts[0].TrimEnd('/')))
        {
            wrong = $"'{text}' has an IPv6 address, and a tunnel runs over IPv4 alone: {Form}";
            return false;
        }

        if (parts.Length > 2 || !TryParsePlace(parts[0].EndsWith('/') ? parts[0][..^1] : parts[0], out Target peer))
            return false;

        int vni = 0;
        IPAddress? address = null;
        int port = VxlanSettings.DefaultPort;
        foreach (string option in parts.Length == 2 ? parts[1].Split('&') : [])
        {
            string[] pair = option.Split('=', 2);
            string value = pair.Length == 2 ? pair[1] : "";
            switch (pair[0])
            {
                case "vni":
                    if (!int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out vni) || vni is < 1 or > 0xFFFFFF)
                    {
                        wrong = $"the VNI '{value}' is not a number from 1 to 16777215";
                        return false;
                    }

                    break;
                case "local":
                    if (!TryParsePlace(value, out Target local) || !IPAddress.TryParse(local.Host, out address)
                        || address.AddressFamily != AddressFamily.InterNetwork)
                    {
                        wrong = $"'{value}' is not an IPv4 address of this computer, such as 192.0.2.10 or 192.0.2.10:4789";
                        return false;
                    }

                    port = local.Port;
                    break;
                default:
                    wrong = $"'{pair[0]}' is not an option of a tunnel: {Form}";
                    return false;
            }
        }

        if (vni == 0)
        {
            wrong = $"'{text}' has no VNI: {Form}";
            return false;
        }

        via = new Via(peer, vni, address, port);
        wrong = "";
        return true;
    }

    /// <summary>Opens our end.</summary>
    /// <param name="number">Last byte of our inner Ethernet address: 1 for a PC, 2 for a device.</param>
    /// <returns>Our end.</returns>
    /// <exception cref="IOException">It cannot be opened; the message says why.</exception>
    public Tunnel Open(byte number)
    {
        if (!Peer.TryResolve(out IPEndPoint? peer))
            throw Target.Unknown(Peer.Host);
        uint address = Network.FromIPAddress(peer!.Address);
        if ((address >> 24) is 0 or >= 224)
            throw new IOException($"{peer.Address} is not the address of a host; type: --via {Form}");
        Socket socket = OpenUnderlay(peer.Address);
        var settings = new VxlanSettings
        {
            Vni = Vni,
            Port = LocalPort,
            Peer = address,
            PeerPort = peer.Port,
            PhysicalAddress = [0x02, 0x48, 0x4E, 0x00, 0x00, number],
        };
        return new Tunnel(new VxlanLink(settings, socket), socket, peer);
    }

    private Socket OpenUnderlay(IPAddress peer)
    {
        IPAddress local;
        try
        {
            local = LocalAddress ?? VxlanUnderlay.LocalAddress(peer);
        }
        catch (IOException e)
        {
            throw new IOException($"{e.Message}; type: {Platform.Current.Routes}, which lists the networks that can be reached", e);
        }

        try
        {
            return VxlanUnderlay.Open(local, LocalPort);
        }
        catch (IOException e) when (e.InnerException is SocketException error)
        {
            throw new IOException(Advice.For(error, "UDP", new IPEndPoint(local, LocalPort), "&local=" + local + ":4790 in --via", Platform.Current), e);
        }
    }

    private static bool TryParsePlace(string text, out Target place)
    {
        return Target.TryParse(text.Contains(':') ? text : text + ":" + VxlanSettings.DefaultPort, out place);
    }
}

/// <summary>Our end of a tunnel.</summary>
/// <param name="Link">The link.</param>
/// <param name="Socket">Its UDP socket, for a caller that waits on several; it belongs to the link.</param>
/// <param name="Peer">The other end.</param>
public sealed record Tunnel(VxlanLink Link, Socket Socket, IPEndPoint Peer) : IDisposable
{
    /// <inheritdoc/>
    public void Dispose() => Link.Dispose();
}
