namespace HandshakeNano.Net;

/// <summary>
/// Where the numbers of a control block stand in its array, by the names of RFC 9293 section 3.3.1 where they have one. On a board an
/// element takes 4 bytes, a field 12.
/// </summary>
internal static class TcbNumbers
{
    // Sequence variables. Data is in [SndUna, SndEnd) of the send buffer, [RcvRead, RcvNxt) of the receive buffer.
    public const int Iss = 0;
    public const int Irs = 1;
    public const int SndUna = 2;
    public const int SndNxt = 3;
    public const int SndWnd = 4;
    public const int SndWl1 = 5;
    public const int SndWl2 = 6;
    public const int RcvNxt = 7;

    /// <summary>The largest window that the peer has offered.</summary>
    public const int MaxSndWnd = 8;

    /// <summary>What to send next: SND.NXT, or less while lost segments are sent again.</summary>
    public const int SndPtr = 9;

    /// <summary>The sequence number behind the last byte in the send buffer; a FIN takes this number.</summary>
    public const int SndEnd = 10;

    /// <summary>The right edge of the receive window that the peer knows.</summary>
    public const int RcvEdge = 11;

    /// <summary>The next byte that the application reads.</summary>
    public const int RcvRead = 12;

    /// <summary>RCV.UP: the sequence number behind the peer's urgent data.</summary>
    public const int RcvUp = 13;

    /// <summary>SND.UP: the sequence number behind our urgent data.</summary>
    public const int SndUp = 14;

    /// <summary>The sequence number of the peer's FIN, when that has come.</summary>
    public const int FinAt = 15;

    public const int Peer = 16;

    /// <summary>Our port in the upper half, the peer's in the lower.</summary>
    public const int Ports = 17;

    /// <summary>The sum of both addresses, in network order.</summary>
    public const int AddressSum = 18;

    /// <summary>The most data in a segment of ours, in bytes.</summary>
    public const int Mss = 19;

    // Congestion control.
    public const int Cwnd = 20;
    public const int Ssthresh = 21;
    public const int Recover = 22;

    /// <summary>The sequence number by which a round trip is measured.</summary>
    public const int RttSeq = 23;

    /// <summary>Bits of <see cref="TcbFlags"/>.</summary>
    public const int Flags = 24;

    /// <summary>The last soft error, a <see cref="TcpSoftError"/>.</summary>
    public const int SoftError = 25;

    public const int RangeCount = 26;

    /// <summary>How many challenge ACKs were sent in this interval.</summary>
    public const int Challenges = 27;

    /// <summary>What acknowledgment is owed.</summary>
    public const int AckDue = 28;

    public const int DuplicateAcks = 29;

    public const int Retries = 30;

    /// <summary>How many ranges the peer has acknowledged selectively.</summary>
    public const int SackedCount = 31;

    /// <summary>HighRxt of RFC 6675: the sequence number behind the last segment that was sent again in this recovery.</summary>
    public const int HighRxt = 32;

    /// <summary>The first sequence number of what last came after a gap.</summary>
    public const int LatestAt = 33;

    /// <summary>What came twice and is to be reported (RFC 2883): its first sequence number.</summary>
    public const int TwiceAt = 34;

    /// <summary>The sequence number behind it; that of <see cref="TwiceAt"/> if there is nothing to report.</summary>
    public const int TwiceEnd = 35;

    /// <summary>A <see cref="TcpState"/>.</summary>
    public const int State = 36;

    /// <summary>What is to be told to the handler, <see cref="TcbEvents"/>.</summary>
    public const int Events = 37;

    /// <summary>Not 0: there may be something to send.</summary>
    public const int OutputDue = 38;

    // The round-trip time (RFC 6298), in microseconds; SRTT is 0 before the first was measured.
    public const int Srtt = 39;
    public const int RttVar = 40;
    public const int Rto = 41;

    /// <summary>Whether a tail loss probe is due or on its way.</summary>
    public const int TailProbe = 42;

    /// <summary>SND.NXT when the tail loss probe was sent.</summary>
    public const int TailProbeEnd = 43;

    /// <summary>How far it is known whether a timeout was spurious.</summary>
    public const int TimeoutDoubt = 44;

    /// <summary>The slow start threshold that comes back if it was, in bytes.</summary>
    public const int PriorThreshold = 45;

    // Timestamps, by the names of RFC 7323.

    /// <summary>How far our timestamps are ahead of the clock.</summary>
    public const int TsOffset = 46;

    /// <summary>TS.Recent: the peer's timestamp that we echo, and that no later one is behind.</summary>
    public const int TsRecent = 47;

    /// <summary>When it came, in units of 2^26 us.</summary>
    public const int TsRecentAt = 48;

    /// <summary>Last.ACK.sent.</summary>
    public const int LastAckSent = 49;

    // Recovery.

    /// <summary>SND.NXT when a hole was last sent again.</summary>
    public const int ResentAt = 50;

    /// <summary>How many bytes of holes were sent again in this recovery.</summary>
    public const int Resent = 51;

    /// <summary>How many bytes the peer had when this recovery began, counted from the sequence number 0.</summary>
    public const int DeliveredBefore = 52;

    /// <summary>
    /// Explicit congestion notification: <see cref="Tcb.EcnAgreed"/>, and the control bits ECE and CWR while they are to be sent; 0 if
    /// there is none.
    /// </summary>
    public const int Ecn = 53;

    /// <summary>SND.NXT when the congestion window was last reduced for an ECE.</summary>
    public const int EcnRecover = 54;

    /// <summary>
    /// Where segments have become smaller: in the upper half what <see cref="Mss"/> was before, in the lower half when, in units of 2^26 us. 0
    /// where they have not.
    /// </summary>
    public const int Narrowed = 55;

    /// <summary>How many numbers begin at 0 with each connection.</summary>
    public const int Cleared = 56;

    /// <summary>The control block's place in the <see cref="TcbPool"/>.</summary>
    public const int Slot = 56;

    /// <summary>How many numbers there are.</summary>
    public const int Count = 57;
}
