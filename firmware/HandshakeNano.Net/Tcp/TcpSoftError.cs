namespace HandshakeNano.Net;

/// <summary>What may go wrong without ending a connection (RFC 9293 sections 3.8.3, 3.9.1.8 and 3.9.2.2).</summary>
public enum TcpSoftError
{
    /// <summary>A router or the peer's host says by ICMP that a segment cannot be delivered.</summary>
    Unreachable,

    /// <summary>A router says by ICMP that a segment was too long on its way.</summary>
    TimeExceeded,

    /// <summary>A host or router says by ICMP that it does not understand a segment's IP header.</summary>
    ParameterProblem,

    /// <summary>R1 is reached: the same segment was sent three times more, and nobody acknowledges it.</summary>
    Retransmissions,
}
