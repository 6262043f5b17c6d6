using System;

namespace HandshakeNano.Net;

/// <summary>
/// What an endpoint is made of. All memory is taken when the endpoint is made: a connection costs about 1 KB plus its
/// two buffers on a 32-bit device.
/// </summary>
public sealed class TcpSettings
{
    /// <summary>
    /// Our IPv4 address, most significant byte first (10.77.0.2 is 0x0A4D0002). 0: none yet, as it must be with
    /// <see cref="Dhcp"/>.
    /// </summary>
    public uint Address;

    /// <summary>Length of the network's prefix in bits, 0 to 32.</summary>
    public int PrefixLength = 24;

    /// <summary>The router's IPv4 address for destinations outside the prefix; 0: none.</summary>
    public uint Gateway;

    /// <summary>
    /// True: address, prefix and router come from a DHCP server, and <see cref="TcpEndpoint.Dhcp"/> is there. It needs a link
    /// of Ethernet frames whose MTU is 576 bytes or more.
    /// </summary>
    public bool Dhcp;

    /// <summary>
    /// True: the endpoint has IPv6 addresses (<see cref="TcpEndpoint.Ipv6"/>), and TCP runs over them beside IPv4, with the same listeners
    /// and connections; with no IPv4 <see cref="Address"/> over them alone. It takes 4 KB, and 40 bytes for each connection. It needs a link of Ethernet frames whose MTU is 1280 bytes or more and that passes multicast frames, as TAP and a tunnel do; the
    /// driver of the W5500 does with its PassesIpv6. False (the default): IPv6 takes no memory.
    /// </summary>
    public bool Ipv6;

    /// <summary>
    /// The secret of the IPv6 interface identifiers (RFC 7217), 16 bytes that stay the same at each start. Null: drawn at the
    /// start, so that the address is another one after it.
    /// </summary>
    public byte[] Ipv6Secret;

    /// <summary>
    /// The name that DHCP servers are told, for their lists, and that <see cref="MulticastDns"/> gives us on the link: up to 63 letters, digits and
    /// hyphens. Null or empty: none.
    /// </summary>
    public string HostName;

    /// <summary>
    /// True: <see cref="HostName"/> with <c>.local</c> behind it is our name on the link, by multicast DNS (RFC 6762), and
    /// <see cref="TcpEndpoint.Mdns"/> is there. It needs a link of Ethernet frames that passes those of the group 224.0.0.251.
    /// </summary>
    public bool MulticastDns;

    /// <summary>How many UDP ports an application can have open (<see cref="TcpEndpoint.OpenUdp"/>), 0 to 64. With 0, the default, they take no memory.</summary>
    public int UdpSockets;

    /// <summary>
    /// How many bytes of datagrams can wait in a <see cref="UdpSocket"/>, 64 to 65536; each takes 9 more than its data. The queue is made when
    /// the port is opened.
    /// </summary>
    public int UdpQueueSize = 1024;

    /// <summary>
    /// How many names can be looked up at a time (<see cref="TcpEndpoint.Resolve(string)"/>), 0 to 16. The first takes 5.4 KB, each
    /// more 0.7 KB. With 0, the default, no name can be, and it takes no memory.
    /// </summary>
    public int DnsQueries;

    /// <summary>
    /// The DNS servers, up to four IPv4 addresses, most significant byte first; the first is asked first. Null: those that the
    /// <see cref="Dhcp"/> server names, two at the most.
    /// </summary>
    public uint[] DnsServers;

    /// <summary>How many answers of DNS servers are kept for as long as they say, a day at the most; 0 to 256, 40 bytes each.</summary>
    public int DnsCache = 4;

    /// <summary>Time to live of every packet that is sent, 1 to 255 (RFC 9293 section 3.9.2).</summary>
    public int TimeToLive = 64;

    /// <summary>
    /// The Differentiated Services codepoint of every packet that is sent, 0 to 63: the upper six bits of the header's second
    /// byte (RFC 2474, RFC 9293 section 3.9.1.9). The two bits below it, for ECN, are 0.
    /// </summary>
    public int DifferentiatedServices;

    /// <summary>How many connections there can be at once; 1 to 65535.</summary>
    public int Connections = 8;

    /// <summary>
    /// How many connections of all listeners together can be half-open (SYN-RECEIVED): a power of two, 2 to 32768. Each takes
    /// 48 bytes on a board, and none of <see cref="Connections"/> until its handshake is complete.
    /// </summary>
    public int HalfOpenConnections = 16;

    /// <summary>What answers a SYN where no more connections may be half-open.</summary>
    public SynPolicy SynPolicy = SynPolicy.CookiesWhenFull;

    /// <summary>
    /// How many SYNs a second are answered with a cookie if they come from peers without a connection, 0 to 1,000,000. More are dropped,
    /// and come again from a peer that is alive. So a flood of more leaves time for the connections that there are. A limit takes 8 to 16
    /// bytes for each connection. 0, the default: no limit.
    /// </summary>
    public int CookiesPerSecond;

    /// <summary>
    /// How often the SYN,ACK of a half-open connection is sent again before it is forgotten, 0 to 15. With 5, the default, and a first
    /// retransmission timeout of 1 s this is after 63 s. RFC 9293 section 3.8.3 asks for 180 s: hosts choose less today, as SYNs are
    /// cheap to send for an attacker, and a peer that is alive sends its SYN again.
    /// </summary>
    public int SynAckRetransmissions = 5;

    /// <summary>How many ports can be listened on; 1 to 65535.</summary>
    public int Listeners = 8;

    /// <summary>How many connections are remembered in TIME-WAIT; beyond it the oldest is forgotten. 1 to 65535.</summary>
    public int TimeWaits = 16;

    /// <summary>
    /// Size of a connection's receive buffer in bytes: a power of two, 256 to 16,777,216 (16 MB). Of more than 64 KB a peer without
    /// <see cref="WindowScale"/> uses 64 KB.
    /// </summary>
    public int ReceiveBufferSize = 2048;

    /// <summary>Size of a connection's send buffer in bytes: a power of two, 256 to 16,777,216 (16 MB).</summary>
    public int SendBufferSize = 2048;

    /// <summary>
    /// How many ranges of data that came after a gap a connection keeps, 1 to 1024; 8 bytes each. Beyond it the highest is
    /// forgotten, and the peer sends it again. With the default a receive buffer of 2048 bytes holds segments of 32 bytes of which
    /// each second is lost (RFC 9293 section 3.10.7.4, SHLD-31).
    /// </summary>
    public int OutOfOrderRanges = 32;

    /// <summary>
    /// Whether selective acknowledgments are offered and taken (SACK, RFC 2018). With a peer that offers none, a connection has none.
    /// </summary>
    public bool SelectiveAcknowledgments = true;

    /// <summary>
    /// Whether a window scale is offered and taken (RFC 7323 section 2), for windows of more than 64 KB. Ours follows from
    /// <see cref="ReceiveBufferSize"/>. A peer's of more than 14 is taken as 14. With a peer that offers none, a connection has none.
    /// </summary>
    public bool WindowScale = true;

    /// <summary>How much may be on its way. A board keeps to the default, which is the simpler one.</summary>
    public CongestionControl CongestionControl = CongestionControl.Reno;

    /// <summary>
    /// Whether timestamps are offered and taken (RFC 7323 sections 3 to 5): each ACK measures a round trip, and segments of another time
    /// are dropped. They say nothing of how long the device is up. With a peer that offers none, a connection has none.
    /// </summary>
    public bool Timestamps = true;

    /// <summary>
    /// Whether explicit congestion notification is taken where a peer's SYN offers it (ECN, RFC 3168): routers mark packets with data
    /// instead of dropping them.
    /// </summary>
    public bool Ecn = true;

    /// <summary>
    /// Whether a connection that we open offers it, for which <see cref="Ecn"/> must be true. Off by default, as some routers drop such a SYN;
    /// a SYN that is sent again offers none.
    /// </summary>
    public bool EcnOnConnect;

    /// <summary>
    /// How many neighbours the ARP cache holds: 4 to 65535, or 0, the default, for 8 more than <see cref="Connections"/>. A
    /// neighbour that a connection uses is forgotten only where there are fewer entries than these.
    /// </summary>
    public int ArpEntries;

    /// <summary>
    /// Maximum segment lifetime in microseconds; TIME-WAIT lasts twice as long. RFC 9293 section 3.4.2 says 2 minutes
    /// and lets the implementation choose; 30 s is what hosts use today.
    /// </summary>
    public ulong MaximumSegmentLifetime = 30_000_000;

    /// <summary>First retransmission timeout in microseconds (RFC 6298 rule 2.1).</summary>
    public ulong InitialRetransmissionTimeout = 1_000_000;

    /// <summary>Least retransmission timeout in microseconds (RFC 6298 rule 2.4).</summary>
    public ulong MinimumRetransmissionTimeout = 1_000_000;

    /// <summary>Greatest retransmission timeout in microseconds, at most 2,000 s (RFC 6298 rule 2.5: 60 s or more).</summary>
    public ulong MaximumRetransmissionTimeout = 60_000_000;

    /// <summary>How long an acknowledgment may wait for company, in microseconds; at most 500,000 (RFC 9293 3.8.6.3).</summary>
    public ulong DelayedAcknowledgment = 100_000;

    /// <summary>
    /// R2 for a SYN in microseconds, unless the connection sets its own connect timeout: 3 minutes or more (RFC 9293 section 3.8.3).
    /// </summary>
    public ulong SynTimeout = 180_000_000;

    /// <summary>R2 for data in microseconds, unless the connection sets its own user timeout (RFC 9293 section 3.8.3: 100 s or more).</summary>
    public ulong UserTimeout = 900_000_000;

    /// <summary>
    /// How long a connection that its application has closed may send without a new acknowledgment, in microseconds, 1 to 2^60, if its
    /// user timeout is not shorter (RFC 6429). A window that the peer keeps closed is no excuse there. RFC 9293 section 3.8.3 asks for
    /// 100 s or more, the default: where connections are wanted, <see cref="Grace"/> ends it earlier.
    /// </summary>
    public ulong OrphanTimeout = 100_000_000;

    /// <summary>How long a closed connection waits for the peer's FIN, in microseconds.</summary>
    public ulong FinWait2Timeout = 60_000_000;

    /// <summary>
    /// In bytes a second, 0 to 1,000,000: where a connection is asked for and none is free, the slowest that moved less gives way, of
    /// those that have an <see cref="TcpConnection.IdleTimeout"/> and are older than <see cref="Grace"/>. Counted are the bytes received
    /// in order and those acknowledged, of the last minute or so. 0: no connection gives way, orphans neither.
    /// </summary>
    public int LeastRate = 64;

    /// <summary>
    /// How long every connection may be slow, in microseconds, at most 2^60. A connection that its application has closed gives way to a
    /// new one, and before all others, if the peer acknowledged nothing for so long; it ends so much later in any case.
    /// </summary>
    public ulong Grace = 5_000_000;

    /// <summary>The longest time that can be set where a time is added to the clock's, in microseconds: 36,000 years.</summary>
    internal const ulong LongestTime = 1UL << 60;

    /// <summary>The longest retransmission timeout, in microseconds: twice that still fits 32 bits.</summary>
    internal const uint LongestRetransmissionTimeout = 2_000_000_000;

    /// <summary>How many DNS servers there can be.</summary>
    internal const int MostDnsServers = 4;

    private const int LargestBuffer = 1 << 24;

    /// <summary>What a DHCP client has to take (RFC 2131 section 2).</summary>
    private const int LeastDhcpMtu = 576;

    internal void Validate(ILink link)
    {
        if (link.Mtu < 68 || link.Mtu > 1500)
            throw new ArgumentException("The link's Mtu must be 68 to 1500 bytes.");
        HostAddress.Check(Address, PrefixLength, Gateway);
        if (TimeToLive < 1 || TimeToLive > 255)
            throw new ArgumentException("TimeToLive must be 1 to 255.");
        if (DifferentiatedServices < 0 || DifferentiatedServices > 63)
            throw new ArgumentException("DifferentiatedServices must be 0 to 63.");
        if (Dhcp && Address != 0)
            throw new ArgumentException("Address must be 0 with Dhcp: the server gives one.");
        if (Dhcp && (!link.HasEthernetHeader || link.Mtu < LeastDhcpMtu))
            throw new ArgumentException("Dhcp needs a link of Ethernet frames whose Mtu is 576 bytes or more.");
        if (Ipv6 && (!link.HasEthernetHeader || link.Mtu < Wire.Ipv6Header.LeastMtu))
            throw new ArgumentException("Ipv6 needs a link of Ethernet frames whose Mtu is 1280 bytes or more.");
        if (Ipv6Secret != null && Ipv6Secret.Length != SipHash.KeyLength)
            throw new ArgumentException("Ipv6Secret must be 16 bytes, or null.");
        if (!IsHostName(HostName))
            throw new ArgumentException("HostName must be up to 63 letters, digits and hyphens.");
        if (MulticastDns && (HostName == null || HostName.Length == 0 || !link.HasEthernetHeader))
            throw new ArgumentException("MulticastDns needs a HostName, and a link of Ethernet frames.");
        if (UdpSockets < 0 || UdpSockets > 64)
            throw new ArgumentException("UdpSockets must be 0 to 64.");
        if (UdpQueueSize < 64 || UdpQueueSize > 65536)
            throw new ArgumentException("UdpQueueSize must be 64 to 65536.");
        if (DnsQueries < 0 || DnsQueries > 16)
            throw new ArgumentException("DnsQueries must be 0 to 16.");
        if (DnsCache < 0 || DnsCache > 256)
            throw new ArgumentException("DnsCache must be 0 to 256.");
        CheckDnsServers();
        if (Connections < 1 || Connections > 65535)
            throw new ArgumentException("Connections must be 1 to 65535.");
        if (!IsPowerOfTwo(HalfOpenConnections, 2, 32768))
            throw new ArgumentException("HalfOpenConnections must be a power of two, 2 to 32768.");
        if (SynPolicy < SynPolicy.QueueOnly || SynPolicy > SynPolicy.CookiesAlways)
            throw new ArgumentException("SynPolicy must be QueueOnly, CookiesWhenFull or CookiesAlways.");
        if (CookiesPerSecond < 0 || CookiesPerSecond > 1_000_000)
            throw new ArgumentException("CookiesPerSecond must be 0 to 1,000,000; 0 is for no limit.");
        if (SynAckRetransmissions < 0 || SynAckRetransmissions > 15)
            throw new ArgumentException("SynAckRetransmissions must be 0 to 15.");
        if (Listeners < 1 || Listeners > 65535)
            throw new ArgumentException("Listeners must be 1 to 65535.");
        if (TimeWaits < 1 || TimeWaits > 65535)
            throw new ArgumentException("TimeWaits must be 1 to 65535.");
        if (!IsPowerOfTwo(ReceiveBufferSize, 256, LargestBuffer))
            throw new ArgumentException("ReceiveBufferSize must be a power of two, 256 to 16777216.");
        if (!IsPowerOfTwo(SendBufferSize, 256, LargestBuffer))
            throw new ArgumentException("SendBufferSize must be a power of two, 256 to 16777216.");
        if (OutOfOrderRanges < 1 || OutOfOrderRanges > 1024)
            throw new ArgumentException("OutOfOrderRanges must be 1 to 1024.");
        if (CongestionControl < CongestionControl.Reno || CongestionControl > CongestionControl.Cubic)
            throw new ArgumentException("CongestionControl must be Reno or Cubic.");
        if (EcnOnConnect && !Ecn)
            throw new ArgumentException("Ecn must be true with EcnOnConnect.");
        if (ArpEntries != 0 && (ArpEntries < 4 || ArpEntries > 65535))
            throw new ArgumentException("ArpEntries must be 4 to 65535, or 0 for 8 more than Connections.");
        if (DelayedAcknowledgment > 500_000)
            throw new ArgumentException("DelayedAcknowledgment must be at most 500,000 us (RFC 9293 section 3.8.6.3).");
        if (InitialRetransmissionTimeout == 0 || MinimumRetransmissionTimeout == 0)
            throw new ArgumentException("InitialRetransmissionTimeout and MinimumRetransmissionTimeout must be greater than 0.");
        if (MaximumRetransmissionTimeout < MinimumRetransmissionTimeout
            || MaximumRetransmissionTimeout < InitialRetransmissionTimeout)
        {
            throw new ArgumentException(
                "MaximumRetransmissionTimeout must not be less than InitialRetransmissionTimeout or MinimumRetransmissionTimeout.");
        }

        if (MaximumRetransmissionTimeout > LongestRetransmissionTimeout)
            throw new ArgumentException("MaximumRetransmissionTimeout must be at most 2,000,000,000 us.");
        if (OrphanTimeout == 0)
            throw new ArgumentException("OrphanTimeout must be greater than 0.");
        if (LeastRate < 0 || LeastRate > 1_000_000)
            throw new ArgumentException("LeastRate must be 0 to 1,000,000 bytes a second; 0 is for no limit.");
        if (MaximumSegmentLifetime > LongestTime || FinWait2Timeout > LongestTime
            || OrphanTimeout > LongestTime || Grace > LongestTime)
            throw new ArgumentException("MaximumSegmentLifetime, FinWait2Timeout, OrphanTimeout and Grace must be at most 2^60 us.");
    }

    private void CheckDnsServers()
    {
        if (DnsServers == null)
            return;
        if (DnsServers.Length > MostDnsServers)
            throw new ArgumentException("DnsServers must be four at the most.");
        for (int i = 0; i < DnsServers.Length; i++)
            HostAddress.CheckOne("DnsServers", DnsServers[i], 0);
    }

    private static bool IsHostName(string name)
    {
        if (name == null)
            return true;
        for (int i = 0; i < name.Length; i++)
        {
            char c = name[i];
            if (c != '-' && (c < '0' || c > '9') && (c < 'A' || c > 'Z') && (c < 'a' || c > 'z'))
                return false;
        }

        return name.Length <= 63;
    }

    private static bool IsPowerOfTwo(int value, int least, int most)
    {
        return value >= least && value <= most && (value & (value - 1)) == 0;
    }
}
