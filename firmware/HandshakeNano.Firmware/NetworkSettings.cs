using System;
using HandshakeNano.Net;

namespace HandshakeNano.Firmware;

/// <summary>Makes settings of an endpoint from what the build of a device was given.</summary>
public static class NetworkSettings
{
    /// <summary>Sets an endpoint's address, and who else it needs.</summary>
    /// <param name="settings">Its settings.</param>
    /// <param name="address">Its IPv4 address, or "dhcp": from a server.</param>
    /// <param name="prefixLength">Beside an address: length of its network's prefix in bits.</param>
    /// <param name="gateway">Beside an address: the router, an IPv4 address; empty: none.</param>
    /// <param name="dnsServer">Who is asked for names, an IPv4 address; empty: nobody, or with "dhcp" those that the server names.</param>
    /// <exception cref="ArgumentException">The address is neither an IPv4 address nor "dhcp".</exception>
    public static void SetAddress(TcpSettings settings, string address, int prefixLength, string gateway, string dnsServer)
    {
        if (address == "dhcp")
            settings.Dhcp = true;
        else
        {
            if (!Ipv4Address.TryParse(address, out uint own))
                throw new ArgumentException("The address must be an IPv4 address or \"dhcp\".");
            settings.Address = own;
            settings.PrefixLength = prefixLength;
            if (Ipv4Address.TryParse(gateway, out uint router))
                settings.Gateway = router;
        }

        if (Ipv4Address.TryParse(dnsServer, out uint server))
            settings.DnsServers = new uint[] { server };
    }

    /// <summary>The name of a device that was given none.</summary>
    /// <param name="physicalAddress">Its Ethernet address, 6 bytes.</param>
    /// <returns>Such as handshake-0A0B0C, after the last three bytes.</returns>
    public static string MakeName(byte[] physicalAddress)
    {
        return "handshake-" + physicalAddress[3].ToString("X2") + physicalAddress[4].ToString("X2") + physicalAddress[5].ToString("X2");
    }
}
