using System;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Sockets;

namespace HandshakeNano.Client.Connectivity;

/// <summary>Where to connect to.</summary>
/// <param name="Host">A name, an IPv4 address, or one of IPv6, maybe with a zone (RFC 4007).</param>
/// <param name="Port">A TCP port, 1 to 65535.</param>
public readonly record struct Target(string Host, int Port)
{
    /// <summary>How long to ask the link for a name that the system does not know.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(2);

    /// <summary>Reads HOST:PORT.</summary>
    /// <param name="text">For example example.org:80, or [fe80::1%eth0]:7 (RFC 3986 section 3.2.2).</param>
    /// <param name="target">The result.</param>
    /// <returns>True if it is one.</returns>
    public static bool TryParse(string text, out Target target)
    {
        target = default;
        int colon = text.LastIndexOf(':');
        string host = colon <= 0 ? "" : text[..colon];
        if (host.StartsWith('[') && host.EndsWith(']') && IsIPv6(host[1..^1]))
            host = host[1..^1];
        else if (host.Contains(':') || host.StartsWith('['))
            return false;
        if (host.Length == 0 || text.Any(char.IsWhiteSpace)
            || !int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int port)
            || port is < 1 or > 65535)
            return false;
        target = new Target(host, port);
        return true;
    }

    /// <summary>Finds the host's IPv4 address.</summary>
    /// <param name="endPoint">The address and port; null if there is none.</param>
    /// <returns>True if there is one.</returns>
    public bool TryResolve(out IPEndPoint? endPoint) => TryResolve(AddressFamily.InterNetwork, out endPoint);

    /// <summary>Finds the host's IPv4 address, or one of IPv6 if it has no other.</summary>
    /// <param name="endPoint">The address and port; null if there is none.</param>
    /// <returns>True if there is one.</returns>
    public bool TryResolveAny(out IPEndPoint? endPoint) => TryResolve(out endPoint) || TryResolveIpv6(out endPoint);

    /// <summary>Finds the host's IPv6 address.</summary>
    /// <param name="endPoint">The address and port; null if there is none.</param>
    /// <returns>True if there is one.</returns>
    public bool TryResolveIpv6(out IPEndPoint? endPoint) => TryResolve(AddressFamily.InterNetworkV6, out endPoint);

    private bool TryResolve(AddressFamily family, out IPEndPoint? endPoint)
    {
        endPoint = null;
        try
        {
            IPAddress? address = IPAddress.TryParse(Host, out IPAddress? literal)
                ? literal
                : Dns.GetHostAddresses(Host, family).FirstOrDefault();
            if (address?.AddressFamily == family)
                endPoint = new IPEndPoint(address, Port);
        }
        catch (SocketException)
        {
            // The name is not known.
        }

        if (endPoint == null && Host.EndsWith(".local", StringComparison.OrdinalIgnoreCase))
        {
            using var dns = new MulticastDns();
            IPAddress? address = dns.Resolve(Host, family, s_patience);
            if (address != null)
                endPoint = new IPEndPoint(address, Port);
        }

        return endPoint != null;
    }

    /// <summary>What to throw when a host has no address of a kind.</summary>
    /// <param name="host">The host.</param>
    /// <param name="ipv6">True: of IPv6.</param>
    /// <returns>The exception; its message says what to type.</returns>
    public static IOException Unknown(string host, bool ipv6 = false) =>
        new($"no IPv{(ipv6 ? 6 : 4)} address is known for {host}; check the name, or type an address, such as {(ipv6 ? "fe80::1" : "10.77.0.1")}");

    /// <summary>What to throw when our stack cannot connect to an address.</summary>
    /// <param name="address">The address.</param>
    /// <param name="network">Where our stack is.</param>
    /// <returns>The exception; its message says what to type.</returns>
    public static IOException OutOfReach(IPAddress address, Network network)
    {
        string other = network.Address == Network.DefaultPc.Address ? "10.77.0.3/24" : Network.DefaultPc.ToString();
        return new(network.Address == Network.FromIPAddress(address)
            ? $"{address} is our own address; give our stack another, such as: --address {other}"
            : $"{address} is not the address of another host, seen from {network}; type the device's, such as 10.77.0.2");
    }

    /// <summary>Tells whether a text is an IPv6 address, with or without brackets and a port.</summary>
    /// <param name="text">What was typed.</param>
    /// <returns>True if it is one.</returns>
    public static bool IsIPv6(string text) =>
        text.Contains(':') && IPAddress.TryParse(text, out IPAddress? address) && address.AddressFamily == AddressFamily.InterNetworkV6
        || text.StartsWith('[') && IPEndPoint.TryParse(text, out IPEndPoint? place) && place.AddressFamily == AddressFamily.InterNetworkV6;

    /// <inheritdoc/>
    public override string ToString() => (Host.Contains(':') ? $"[{Host}]" : Host) + ":" + Port.ToString(CultureInfo.InvariantCulture);
}
