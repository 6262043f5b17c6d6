namespace HandshakeNano.Net;

/// <summary>What an endpoint does over UDP by itself, each if it is switched on. They have one deadline, so that none costs TCP anything.</summary>
internal sealed class UdpServices
{
    /// <summary>Gets our address; null if that is set.</summary>
    public DhcpClient Dhcp;

    /// <summary>Gives us a name on the link; null if we have none.</summary>
    public MdnsPort Mdns;

    /// <summary>Looks names up; null if nothing does.</summary>
    public DnsResolver Dns;

    /// <summary>When <see cref="OnTimer"/> has something to do.</summary>
    public ulong Deadline
    {
        get
        {
            ulong next = Dhcp == null ? ulong.MaxValue : Dhcp.Deadline;
            if (Mdns != null && Mdns.Deadline < next)
                next = Mdns.Deadline;
            return Dns != null && Dns.Deadline < next ? Dns.Deadline : next;
        }
    }

    /// <summary>Does what is due.</summary>
    /// <param name="now">The time in microseconds.</param>
    public void OnTimer(ulong now)
    {
        if (Dhcp != null)
            Dhcp.OnTimer(now);
        if (Mdns != null)
            Mdns.OnTimer(now);
        if (Dns != null)
            Dns.OnTimer(now);
    }
}
