namespace HandshakeNano.Net;

/// <summary>What an endpoint counts. Every frame that is dropped or answered out of turn has its name here.</summary>
public enum Counter
{
    /// <summary>Frames taken from the link.</summary>
    FramesReceived,

    /// <summary>Frames given to the link.</summary>
    FramesSent,

    /// <summary>Frames that the link would not take.</summary>
    FramesNotSent,

    /// <summary>Dropped: nothing after an Ethernet header, or not even one.</summary>
    FrameTooShort,

    /// <summary>Dropped: for another Ethernet address.</summary>
    FrameNotForUs,

    /// <summary>Dropped: for a VLAN (IEEE 802.1Q); we are on none. A tag that only says a priority is stepped over.</summary>
    FrameOtherVlan,

    /// <summary>Dropped: neither IPv4 nor ARP.</summary>
    EtherTypeUnknown,

    /// <summary>Dropped: an ARP packet with wrong lengths, types or operation, or from no host's address.</summary>
    ArpMalformed,

    /// <summary>ARP requests for our address; each is answered, and teaches nothing.</summary>
    ArpRequestsReceived,

    /// <summary>ARP requests sent, gratuitous ones and those to one neighbour alone included.</summary>
    ArpRequestsSent,

    /// <summary>Another host claims our address by ARP.</summary>
    ArpConflicts,

    /// <summary>
    /// ARP packets that name another Ethernet address than is known of a neighbour. The neighbour is asked, and what is known
    /// serves until it has failed to answer.
    /// </summary>
    ArpNeighbourConflicts,

    /// <summary>Packets dropped because no host answered for the address, or newer packets took their place in the queue.</summary>
    ArpUnresolved,

    /// <summary>
    /// Packets dropped because their neighbour is not known and could not be asked for: in the ARP cache was no place that may be
    /// taken for it.
    /// </summary>
    ArpFull,

    /// <summary>Dropped: IPv4 header with a wrong version, header length or total length.</summary>
    Ipv4HeaderBad,

    /// <summary>Dropped: IPv4 header checksum wrong.</summary>
    Ipv4ChecksumBad,

    /// <summary>Dropped: an IPv4 fragment.</summary>
    Ipv4Fragment,

    /// <summary>Dropped: for another IPv4 address.</summary>
    Ipv4NotForUs,

    /// <summary>Dropped: from a source address that no host has (0, broadcast, multicast, loopback, our own).</summary>
    Ipv4SourceBad,

    /// <summary>IPv4 packets of a protocol that is not ours; answered with ICMP protocol unreachable.</summary>
    Ipv4ProtocolUnknown,

    /// <summary>Packets dropped because the destination is off the network and there is no gateway, or we have no address.</summary>
    Ipv4NoRoute,

    /// <summary>Dropped: an IPv6 packet or extension header with a wrong version or length.</summary>
    Ipv6HeaderBad,

    /// <summary>Dropped: for another IPv6 address.</summary>
    Ipv6NotForUs,

    /// <summary>Dropped: from an IPv6 source that no host on a link has (::, ::1, a group, our own).</summary>
    Ipv6SourceBad,

    /// <summary>Dropped: an IPv6 fragment.</summary>
    Ipv6Fragment,

    /// <summary>Dropped: an IPv6 extension header that is to be obeyed and not known, or too many of them.</summary>
    Ipv6ExtensionBad,

    /// <summary>IPv6 packets of a protocol that is not ours; answered with an ICMPv6 parameter problem.</summary>
    Ipv6ProtocolUnknown,

    /// <summary>Dropped: an IPv6 packet that says that nothing is in it.</summary>
    Ipv6NothingInside,

    /// <summary>Dropped: a message of neighbour discovery that breaks a rule of RFC 4861.</summary>
    NeighbourMalformed,

    /// <summary>Another host claims an IPv6 address of ours.</summary>
    NeighbourConflicts,

    /// <summary>Router advertisements taken.</summary>
    RouterAdvertisements,

    /// <summary>Prefixes, routers and DNS servers that were advertised and found no room; what was there first stays.</summary>
    Ipv6ListFull,

    /// <summary>Not sent: there is no route to the destination, or it is not known any more.</summary>
    Ipv6NoRoute,

    /// <summary>Dropped: a redirect about a host that we do not speak to, or not from the router on the way to it.</summary>
    RedirectUnmatched,

    /// <summary>Dropped: a segment over IPv6 from a peer that has the same number as another one, as one in 2^28 has.</summary>
    PeerNumberTaken,

    /// <summary>Dropped: ICMP message too short.</summary>
    IcmpTooShort,

    /// <summary>Dropped: ICMP checksum wrong.</summary>
    IcmpChecksumBad,

    /// <summary>ICMP echo requests; each is answered.</summary>
    IcmpEchoRequests,

    /// <summary>Dropped: an ICMP message that means nothing to us.</summary>
    IcmpIgnored,

    /// <summary>Dropped: an ICMP error about a segment that is not in flight (RFC 5927 section 4.1).</summary>
    IcmpErrorUnmatched,

    /// <summary>ICMP errors about a segment of ours.</summary>
    IcmpErrorsReceived,

    /// <summary>ICMP unreachable messages sent.</summary>
    IcmpUnreachableSent,

    /// <summary>ICMP unreachable messages not sent because of the rate limit (RFC 1812 section 4.3.2.8).</summary>
    IcmpUnreachableLimited,

    /// <summary>Dropped: UDP datagram shorter than its header, or with an impossible length.</summary>
    UdpHeaderBad,

    /// <summary>Dropped: UDP checksum wrong.</summary>
    UdpChecksumBad,

    /// <summary>UDP datagrams for a port without a service; answered with ICMP port unreachable.</summary>
    UdpPortUnknown,

    /// <summary>Datagrams that a <see cref="UdpSocket"/> took.</summary>
    UdpReceived,

    /// <summary>Datagrams dropped: the queue of their <see cref="UdpSocket"/> was full.</summary>
    UdpQueueFull,

    /// <summary>Datagrams that a <see cref="UdpSocket"/> gave to the network.</summary>
    UdpSent,

    /// <summary>Datagrams of a <see cref="UdpSocket"/> not sent: we had no address, or no route to their destination.</summary>
    UdpNotSent,

    /// <summary>DHCP messages sent.</summary>
    DhcpSent,

    /// <summary>Dropped: a DHCP message that is too short, is not from a server, is not for Ethernet or lacks the magic cookie.</summary>
    DhcpHeaderBad,

    /// <summary>Dropped: a DHCP message whose options do not fit in their fields, or do not say its type.</summary>
    DhcpOptionBad,

    /// <summary>DHCP options that came again in a message; the first counted.</summary>
    DhcpOptionRepeated,

    /// <summary>DHCP options of a length that they cannot have; the option was passed over.</summary>
    DhcpOptionLengthBad,

    /// <summary>DHCP options with a value that they cannot have; the option was passed over.</summary>
    DhcpOptionValueBad,

    /// <summary>DHCP options that a server has to send and did not: which server it is, or how long the lease lasts.</summary>
    DhcpOptionMissing,

    /// <summary>Dropped: a DHCP message for another client, or of another transaction than the one under way.</summary>
    DhcpNotForUs,

    /// <summary>
    /// Dropped: a DHCP message that does not answer what was asked, or is from another server than was asked. So is the refusal
    /// of another server than ours while ours may still answer; if ours does not, the address is lost and DhcpRefused counts.
    /// </summary>
    DhcpUnexpected,

    /// <summary>Dropped: a DHCP offer or acknowledgment of an address that no host can have in its network.</summary>
    DhcpLeaseBad,

    /// <summary>Addresses that a DHCP server refused (DHCPNAK); the client begins again.</summary>
    DhcpRefused,

    /// <summary>Leases that ran out; the address was given up.</summary>
    DhcpExpired,

    /// <summary>Messages of multicast DNS sent.</summary>
    MdnsSent,

    /// <summary>Dropped: a message of multicast DNS that cannot be read to its end.</summary>
    MdnsMalformed,

    /// <summary>Dropped: a message of multicast DNS from an address that is not on the link (RFC 6762 section 11).</summary>
    MdnsSourceBad,

    /// <summary>Another host has a name that we have or ask for (RFC 6762 sections 8.1 and 9).</summary>
    MdnsConflicts,

    /// <summary>Questions sent to DNS servers, each time that one is sent, over TCP too.</summary>
    DnsSent,

    /// <summary>Names that were answered from what was kept of earlier answers.</summary>
    DnsCached,

    /// <summary>Questions that a DNS server did not answer in time.</summary>
    DnsTimedOut,

    /// <summary>DNS servers' answers that they cannot or will not answer; the next server is asked.</summary>
    DnsServerFailed,

    /// <summary>DNS answers that were cut short; the question was sent again over TCP (RFC 7766).</summary>
    DnsTruncated,

    /// <summary>Dropped: a message for a port of the resolver that is not from the server that was asked (RFC 5452 section 9.1).</summary>
    DnsSourceBad,

    /// <summary>Dropped: a DNS message with another identifier than the question had.</summary>
    DnsIdentifierBad,

    /// <summary>Dropped: a DNS message that is no answer, or answers another question.</summary>
    DnsQuestionBad,

    /// <summary>Dropped: a DNS message that cannot be read to its end.</summary>
    DnsMalformed,

    /// <summary>Requests sent to time servers.</summary>
    SntpSent,

    /// <summary>Dropped: a datagram for an <see cref="SntpClient"/> that does not answer its request.</summary>
    SntpUnmatched,

    /// <summary>Dropped: the answer of a time server that does not know the time, or is none (RFC 4330 section 5).</summary>
    SntpBad,

    /// <summary>Answers of time servers that want to be left alone, or asked less often (RFC 4330 section 8).</summary>
    SntpRefused,

    /// <summary>TCP segments with a good header.</summary>
    SegmentsReceived,

    /// <summary>TCP segments sent.</summary>
    SegmentsSent,

    /// <summary>Dropped: TCP segment shorter than its header, or a data offset under 5.</summary>
    TcpHeaderBad,

    /// <summary>Dropped: TCP checksum wrong.</summary>
    TcpChecksumBad,

    /// <summary>Dropped: a TCP option with an illegal length.</summary>
    TcpOptionBad,

    /// <summary>Dropped: TCP to a broadcast or multicast address (RFC 9293 section 3.9.2.3).</summary>
    TcpNotUnicast,

    /// <summary>Answered with a reset: no connection and no listener (RFC 9293 section 3.10.7.1), or an ACK to a listener.</summary>
    NoConnection,

    /// <summary>Dropped: a reset for which there is no connection.</summary>
    NoConnectionReset,

    /// <summary>Dropped: neither SYN, ACK nor RST to a listener.</summary>
    ListenNoSyn,

    /// <summary>Dropped: a SYN while no more connections may be half-open.</summary>
    SynQueueFull,

    /// <summary>Half-open connections that gave way: their SYN,ACK was due again, and another SYN had found no room.</summary>
    SynQueueEvicted,

    /// <summary>SYN cookies sent (RFC 4987 section 3.6).</summary>
    CookiesSent,

    /// <summary>ACKs with a SYN cookie that is right; each asks for a connection.</summary>
    CookiesReceived,

    /// <summary>Answered with a reset: an ACK without a SYN cookie that is right, while some are awaited.</summary>
    CookiesBad,

    /// <summary>SYNs of peers without a connection, dropped: they came after <see cref="TcpSettings.CookiesPerSecond"/> others.</summary>
    CookiesLimited,

    /// <summary>Dropped: a SYN or the last ACK of a handshake while the listener's accept queue is full.</summary>
    AcceptQueueFull,

    /// <summary>Dropped: a SYN or the last ACK of a handshake while every connection is in use.</summary>
    ConnectionsExhausted,

    /// <summary>Dropped: a SYN that the listener's handler withheld.</summary>
    SynWithheld,

    /// <summary>Answered with a reset: a SYN that the listener's handler refused.</summary>
    SynRefused,

    /// <summary>Answered with a reset: SYN-SENT or SYN-RECEIVED, an acknowledgment of something not sent.</summary>
    HandshakeAckBad,

    /// <summary>Dropped: SYN-SENT, a reset without an acceptable ACK.</summary>
    SynSentResetIgnored,

    /// <summary>Dropped: SYN-SENT, neither SYN nor RST.</summary>
    SynSentNoSyn,

    /// <summary>SYN-RECEIVED: the same SYN again; answered with the same SYN,ACK.</summary>
    SynDuplicate,

    /// <summary>SYN-RECEIVED: another SYN inside the window; the half-open connection is given up.</summary>
    HandshakeAbandoned,

    /// <summary>Segments outside the receive window; answered with an ACK.</summary>
    OutOfWindow,

    /// <summary>Dropped: a reset outside the receive window.</summary>
    OutOfWindowReset,

    /// <summary>Dropped: a segment without the timestamps that both sides have agreed on (RFC 7323 section 3.2).</summary>
    TimestampMissing,

    /// <summary>Dropped: a segment whose timestamp is behind one that came before (RFC 7323 section 5, PAWS). It is answered with an ACK.</summary>
    TimestampOld,

    /// <summary>Challenge ACKs sent for a reset in the window but not at its left edge (RFC 5961 section 3).</summary>
    ChallengeReset,

    /// <summary>Challenge ACKs sent for a SYN on a synchronized connection (RFC 5961 section 4).</summary>
    ChallengeSyn,

    /// <summary>ACKs out of turn that were not sent because of the rate limit (RFC 5961 section 7).</summary>
    ChallengeLimited,

    /// <summary>Dropped: a segment without ACK on a synchronized connection.</summary>
    AckMissing,

    /// <summary>Segments with data that a router has marked because of congestion (RFC 3168), where both sides take that.</summary>
    CongestionMarks,

    /// <summary>How often the congestion window was reduced because a peer has met such marks.</summary>
    CongestionEchoes,

    /// <summary>Segments that acknowledge something not sent; answered with an ACK.</summary>
    AckTooHigh,

    /// <summary>Segments that acknowledge something too old (RFC 5961 section 5); answered with an ACK.</summary>
    AckTooOld,

    /// <summary>Duplicate acknowledgments received (RFC 5681 section 2).</summary>
    DuplicateAcks,

    /// <summary>Segments kept although there is a gap before them.</summary>
    OutOfOrderKept,

    /// <summary>Segments dropped because there is a gap before them and no place to note one more range.</summary>
    OutOfOrderDropped,

    /// <summary>Segments cut because they reach past the receive window.</summary>
    WindowOverrun,

    /// <summary>Answered with a reset: data for a connection that the application has closed (RFC 1122 section 4.2.2.13).</summary>
    DataAfterClose,

    /// <summary>Segments with an urgent pointer (RFC 9293 section 3.8.5); their data is delivered in line as any other.</summary>
    UrgentReceived,

    /// <summary>Dropped: a reset in TIME-WAIT (RFC 1337).</summary>
    TimeWaitReset,

    /// <summary>Segments in TIME-WAIT, answered with an ACK.</summary>
    TimeWaitAnswered,

    /// <summary>Connections reopened from TIME-WAIT by a new SYN (RFC 6191).</summary>
    TimeWaitReopened,

    /// <summary>Connections forgotten before 2 MSL were over because the TIME-WAIT table was full.</summary>
    TimeWaitRecycled,

    /// <summary>Connections opened by a SYN from a peer.</summary>
    PassiveOpens,

    /// <summary>Connections opened by our SYN.</summary>
    ActiveOpens,

    /// <summary>Handshakes completed.</summary>
    Established,

    /// <summary>Resets that ended a connection.</summary>
    ResetsReceived,

    /// <summary>Resets sent.</summary>
    ResetsSent,

    /// <summary>Segments sent again because the retransmission timer expired.</summary>
    Retransmissions,

    /// <summary>Segments sent again because of three duplicate acknowledgments (RFC 5681 section 3.2).</summary>
    FastRetransmissions,

    /// <summary>Segments sent because nothing was heard of the last ones for two round trips (RFC 8985 section 7).</summary>
    TailLossProbes,

    /// <summary>Retransmission timeouts after which it was seen that nothing was lost (RFC 5682).</summary>
    SpuriousTimeouts,

    /// <summary>Segments became smaller, as full ones had no answer time and again (RFC 4821).</summary>
    BlackHoles,

    /// <summary>Probes of a zero window sent (RFC 9293 section 3.8.6.1).</summary>
    ZeroWindowProbes,

    /// <summary>Keep-alive probes sent.</summary>
    KeepAlives,

    /// <summary>Connections given up because the peer did not answer.</summary>
    TimedOut,

    /// <summary>Connections given up, with a reset, because no keep-alive probe was answered.</summary>
    KeepAlivesGivenUp,

    /// <summary>Connections ended by a reset because no data moved for their <see cref="TcpConnection.IdleTimeout"/>.</summary>
    IdleTimedOut,

    /// <summary>
    /// Connections that their application had closed, and whose peer acknowledged nothing for <see cref="TcpSettings.OrphanTimeout"/>: they
    /// are reset. And those whose peer did not close within <see cref="TcpSettings.FinWait2Timeout"/>.
    /// </summary>
    OrphansTimedOut,

    /// <summary>
    /// Connections that their application had closed, ended by a reset for a new one: there was no other, and the peer had
    /// acknowledged nothing for <see cref="TcpSettings.Grace"/>.
    /// </summary>
    OrphansEvicted,

    /// <summary>
    /// Connections ended by a reset for a new one: there was no other, and they were the slowest of those slower than
    /// <see cref="TcpSettings.LeastRate"/>.
    /// </summary>
    SlowEvicted,
}
