namespace HandshakeNano.Net;

/// <summary>The states of a connection, RFC 9293 section 3.3.2.</summary>
public enum TcpState
{
    /// <summary>No connection.</summary>
    Closed,

    /// <summary>Waiting for a SYN (a listener is in this state, a connection never is).</summary>
    Listen,

    /// <summary>Our SYN is out; waiting for the peer's.</summary>
    SynSent,

    /// <summary>Both SYNs seen; waiting for the acknowledgment of ours.</summary>
    SynReceived,

    /// <summary>Both sides agree on both sequence numbers; data flows both ways.</summary>
    Established,

    /// <summary>Our FIN is out and not acknowledged.</summary>
    FinWait1,

    /// <summary>Our FIN is acknowledged; the peer may still send.</summary>
    FinWait2,

    /// <summary>The peer's FIN has come; we may still send.</summary>
    CloseWait,

    /// <summary>Both FINs crossed; waiting for the acknowledgment of ours.</summary>
    Closing,

    /// <summary>We closed after the peer; waiting for the acknowledgment of our FIN.</summary>
    LastAck,

    /// <summary>Both FINs acknowledged; waiting 2 MSL for stray segments to die.</summary>
    TimeWait,
}
