using HandshakeNano.Net.Wire;

namespace HandshakeNano.Net;

/// <summary>An address that a DHCP server offers or has given, and for how long. Addresses: most significant byte first.</summary>
internal sealed class DhcpLease
{
    private const ulong Second = 1_000_000;

    /// <summary>A lease of unknown length in seconds: some servers do not say it.</summary>
    private const uint DefaultSeconds = 3600;

    /// <summary>
    /// A shorter lease in seconds is kept as long as this: it would be over before its address is checked, and asked for again
    /// without an end.
    /// </summary>
    private const uint LeastSeconds = 10;

    /// <summary>The least time from a request to the next one that goes on with the lease, whatever the server says.</summary>
    private const ulong LeastRenewal = 5 * Second;

    public uint Address;

    /// <summary>The network's mask; 0 until a server or the address's class has said it.</summary>
    public uint Mask;
    public uint Gateway;
    public uint Server;

    /// <summary>The DNS servers; 0 for none.</summary>
    public uint DnsServer;
    public uint SecondDnsServer;

    /// <summary>How long the server says that it lasts.</summary>
    public uint Seconds;

    /// <summary>T1, T2 and the end, in microseconds.</summary>
    public ulong RenewAt;
    public ulong RebindAt;
    public ulong ExpiresAt = ulong.MaxValue;

    public int PrefixLength
    {
        get
        {
            int length = 0;
            for (uint mask = Mask; mask != 0; mask <<= 1)
                length++;
            return length;
        }
    }

    /// <summary>Takes what a server says.</summary>
    /// <param name="reply">Its message.</param>
    /// <param name="address">The address that it gives.</param>
    /// <param name="isNew">True: what the message does not say is not known. False: it stays as it was.</param>
    /// <returns>False, and nothing changes, if no host can have the address in its network.</returns>
    public bool Take(DhcpReply reply, uint address, bool isNew)
    {
        uint mask = reply.Mask;
        if (mask == 0)
            mask = isNew || Mask == 0 ? MaskOfClass(address) : Mask;
        uint host = ~mask;
        if (!DhcpReply.CanBeHost(address) || (host > 1 && ((address & host) == 0 || (address & host) == host)))
            return false;

        Address = address;
        Mask = mask;
        Server = reply.Server;
        if (isNew)
        {
            Gateway = 0;
            DnsServer = 0;
            SecondDnsServer = 0;
            Seconds = 0;
        }

        if (reply.DnsServer != 0)
        {
            DnsServer = reply.DnsServer;
            SecondDnsServer = reply.SecondDnsServer;
        }

        if (reply.Router == address)
            reply.Note(Counter.DhcpOptionValueBad, DhcpMessage.Router);
        else if (reply.Router != 0)
            Gateway = reply.Router;
        if (reply.LeaseTime != 0)
            Seconds = reply.LeaseTime;
        else
            reply.Note(Counter.DhcpOptionMissing, DhcpMessage.LeaseTime);
        if (Seconds == 0)
            Seconds = DefaultSeconds;
        return true;
    }

    /// <summary>Sets T1, T2 and the end of the lease, which all count from the request (RFC 2131 section 4.4.5).</summary>
    public void Begin(DhcpReply reply, ulong requested, DhcpRandom random)
    {
        RenewAt = ulong.MaxValue;
        RebindAt = ulong.MaxValue;
        ExpiresAt = ulong.MaxValue;
        if (Seconds == DhcpMessage.Infinite)
            return;
        ulong end = (Seconds < LeastSeconds ? LeastSeconds : Seconds) * Second;
        ulong renew = reply.RenewalTime == 0 ? end / 2 : reply.RenewalTime * Second;
        ulong rebind = reply.RebindingTime == 0 ? end / 8 * 7 : reply.RebindingTime * Second;
        if (renew >= rebind || rebind >= end)
        {
            reply.Note(Counter.DhcpOptionValueBad, reply.RenewalTime != 0 ? DhcpMessage.RenewalTime : DhcpMessage.RebindingTime);
            renew = end / 2;
            rebind = end / 8 * 7;
        }

        if (renew < LeastRenewal)
            renew = LeastRenewal;
        if (rebind < renew)
            rebind = renew;

        // Some fuzz, so that devices that began together do not stay together.
        RenewAt = requested + renew - random.Below(renew / 32);
        RebindAt = requested + rebind - random.Below((rebind - renew) / 32);
        ExpiresAt = requested + end;
    }

    /// <summary>The mask of an address that comes without one (RFC 950).</summary>
    private static uint MaskOfClass(uint address)
    {
        uint first = address >> 24;
        return first < 128 ? 0xFF000000 : first < 192 ? 0xFFFF0000 : 0xFFFFFF00;
    }
}
