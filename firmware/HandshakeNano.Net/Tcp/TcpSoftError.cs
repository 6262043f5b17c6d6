namespace HandshakeNano.Net;

/// <summary>What may go wrong without ending a connection (RFC 9293 sections 3.8.3, 3.9.1.8 and 3.9.2.2).</summary>
public enum TcpSoftError
{
    /// <summary>
    /// A segment cannot be delivered: a router or the peer's host says so by ICMP, or there is no route, or no host answers
    /// ARP for the peer or the router (RFC 1122 section 2.3.2.2).
    /// </summary>
    Unreachable,

    /// <summary>A router says by ICMP that a segment was too long on its way.</summary>
    TimeExceeded,

    /// <summary>A host or router says by ICMP that it does not understand a segment's IP header.</summary>
    ParameterProblem,

    /// <summary>R1 is reached: the same segment was sent three times more, and nobody acknowledges it.</summary>
    Retransmissions,
}
