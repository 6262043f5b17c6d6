using System;

namespace HandshakeNano.Net;

/// <summary>Which addresses a host can have (RFC 1122 section 3.2.1.3), most significant byte first.</summary>
internal static class HostAddress
{
    /// <summary>Refuses an address, or a router, that a host cannot have.</summary>
    /// <param name="address">The host's address; 0 for none yet.</param>
    /// <param name="prefixLength">Length of the network's prefix in bits.</param>
    /// <param name="gateway">The router; 0 for none. With a prefix of 32 bits it is outside of it, and on the link all the same.</param>
    /// <exception cref="ArgumentException">The message says what is wrong.</exception>
    public static void Check(uint address, int prefixLength, uint gateway)
    {
        if (prefixLength < 0 || prefixLength > 32)
            throw new ArgumentException("PrefixLength must be 0 to 32.");
        uint host = prefixLength == 32 ? 0 : 0xFFFFFFFF >> prefixLength;
        if (address != 0)
            CheckOne("Address", address, host);
        if (gateway == 0)
            return;
        CheckOne("Gateway", gateway, address == 0 ? 0 : host);
        if (gateway == address)
            Refuse("Gateway", gateway, "is our own address");
        if (address != 0 && host != 0 && ((gateway ^ address) & ~host) != 0)
            Refuse("Gateway", gateway, "is not in the network of the address and its prefix");
    }

    /// <summary>Refuses an address that a host cannot have.</summary>
    /// <param name="name">Whose address it is, for the message.</param>
    /// <param name="address">The address.</param>
    /// <param name="host">The bits that tell the hosts of its network apart; 0 if the network is not known.</param>
    public static void CheckOne(string name, uint address, uint host)
    {
        uint first = address >> 24;
        if (address == Ipv4Address.Broadcast)
            Refuse(name, address, "is the broadcast address");
        if (first == 0)
            Refuse(name, address, "is in 0.0.0.0/8, which no host has");
        if (first == 127)
            Refuse(name, address, "is a loopback address");
        if (first >= 240)
            Refuse(name, address, "is in the reserved class E");
        if (first >= 224)
            Refuse(name, address, "is a multicast address");

        // A network of one or two hosts has neither of these (RFC 3021).
        if (host > 1 && (address & host) == 0)
            Refuse(name, address, "is the address of its network");
        if (host > 1 && (address & host) == host)
            Refuse(name, address, "is the broadcast address of its network");
    }

    private static void Refuse(string name, uint address, string what)
    {
        throw new ArgumentException(name + " " + Ipv4Address.ToString(address) + " " + what + ": give that of a host.");
    }
}
