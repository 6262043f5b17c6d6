namespace HandshakeNano.Links;

/// <summary>What a <see cref="VxlanLink"/> has carried, and why it dropped what it dropped. Counters only grow.</summary>
public sealed class VxlanCounts
{
    /// <summary>Frames handed to the endpoint.</summary>
    public ulong Received { get; internal set; }

    /// <summary>Frames handed to the network.</summary>
    public ulong Sent { get; internal set; }

    /// <summary>Datagrams dropped: too short for a VXLAN header and an Ethernet header, 22 bytes.</summary>
    public ulong TooShort { get; internal set; }

    /// <summary>Datagrams dropped: more than the MTU or the receiver's buffer holds.</summary>
    public ulong TooLong { get; internal set; }

    /// <summary>Datagrams dropped: the I flag is not set, so there is no valid VNI (RFC 7348 section 5).</summary>
    public ulong FlagMissing { get; internal set; }

    /// <summary>Datagrams dropped: another network's VNI.</summary>
    public ulong VniUnknown { get; internal set; }

    /// <summary>Datagrams dropped: not from the peer.</summary>
    public ulong SourceUnknown { get; internal set; }

    /// <summary>Frames dropped: an inner IEEE 802.1Q tag, which a tunnel end point drops (RFC 7348 section 6.1).</summary>
    public ulong Tagged { get; internal set; }

    /// <summary>How often another peer was learned; the first one counts.</summary>
    public ulong PeersLearned { get; internal set; }

    /// <summary>Errors of the socket while receiving; after each the socket rests for 50 ms.</summary>
    public ulong ReceiveErrors { get; internal set; }

    /// <summary>Frames not sent: shorter than an Ethernet header or longer than the MTU allows.</summary>
    public ulong NotSentLength { get; internal set; }

    /// <summary>Frames not sent: no peer has been learned yet.</summary>
    public ulong NotSentNoPeer { get; internal set; }

    /// <summary>Frames not sent: the socket said no (no route, no address, no room); after each sending rests for 50 ms.</summary>
    public ulong NotSentError { get; internal set; }

    /// <summary>Frames not sent: sending rested after an error.</summary>
    public ulong NotSentResting { get; internal set; }
}
