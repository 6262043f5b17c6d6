using System.Collections.Generic;
using System.Linq;

namespace HandshakeNano.Client.Conformance.Behaviours;

/// <summary>
/// The behaviours. I is the peer's initial sequence number, S ours, N its RCV.NXT, k any number. Section numbers are RFC 9293's
/// unless another RFC is named.
/// </summary>
public static class BehaviourCatalog
{
    private const Services Echo = Services.Echo;
    private const Services Responder = Services.Responder;

    /// <summary>All of them, by number.</summary>
    public static IReadOnlyList<Behaviour> All { get; } =
    [
        new(1, "CLOSED: SYN S", "RST,ACK 0 ack S+1", "3.10.7.1", Services.None, ClosedAndListen.SynToClosed),
        new(2, "CLOSED: ACK k", "RST k", "3.10.7.1", Services.None, ClosedAndListen.AckToClosed),
        new(3, "CLOSED: FIN S with 3 bytes, no ACK", "RST,ACK 0 ack S+4", "3.10.7.1", Services.None, ClosedAndListen.FinToClosed),
        new(4, "CLOSED, LISTEN: RST", "nothing", "3.10.7.1, 3.10.7.2", Echo, ClosedAndListen.RstWithoutConnection),
        new(5, "LISTEN: ACK k", "RST k, still LISTEN", "3.10.7.2", Echo, ClosedAndListen.AckToListen),
        new(6, "LISTEN: SYN without MSS", "SYN,ACK with MSS; never more than 536 bytes, over IPv6 1220", "3.7.1", Echo, ClosedAndListen.SynToListen),
        new(7, "SYN-RECEIVED: ACK I, I+2, I+1", "RST k to the wrong ones, then ESTABLISHED", "3.10.7.4", Echo, ClosedAndListen.WrongAckToSynReceived),
        new(8, "SYN-RECEIVED: RST at RCV.NXT", "back to LISTEN; an active open is refused", "3.10.7.4", Echo | Responder, ClosedAndListen.RstToSynReceived),
        new(9, "SYN-RECEIVED: the SYN again", "SYN,ACK or ACK, the same numbers", "3.10.7.4", Echo, ClosedAndListen.SynCopyToSynReceived),
        new(10, "SYN-SENT: SYN,ACK of I+1", "ACK S+1, ESTABLISHED", "3.10.7.3", Responder, ActiveOpen.SynAck),
        new(11, "SYN-SENT: SYN,ACK of a wrong k", "RST k, still SYN-SENT", "3.10.7.3", Responder, ActiveOpen.WrongAck),
        new(12, "SYN-SENT: RST without an acceptable ACK", "nothing, still SYN-SENT", "3.10.7.3", Responder, ActiveOpen.Reset),
        new(13, "SYN-SENT: SYN", "SYN,ACK, then ESTABLISHED", "3.5", Responder, ActiveOpen.SimultaneousOpen),
        new(14, "SYN-SENT: no answer", "the SYN again, the RTO doubles; R2 at least 3 min", "3.8.1, 3.8.3", Responder, ActiveOpen.Retransmission) { Lasting = "R2" },
        new(15, "ESTABLISHED: data in order", "ACK within 500 ms, and for every second full segment", "3.8.6.3", Responder, Established.DelayedAcknowledgment),
        new(16, "ESTABLISHED: a gap, then what fills it", "ACK N at once, then one ACK of everything", "3.10.7.4", Echo, Established.Gap),
        new(17, "ESTABLISHED: old, or beyond the window", "ACK N; to a RST nothing", "3.10.7.4", Echo, Established.OutOfWindow),
        new(18, "ESTABLISHED: RST in the window", "challenge ACK; at N: CLOSED", "RFC 5961 s3", Echo, Established.ResetInWindow),
        new(19, "ESTABLISHED: SYN, any number", "challenge ACK, at a limited rate", "RFC 5961 s4, s7", Echo, Established.SynOnConnection) { Alone = true },
        new(20, "ESTABLISHED: data or FIN without ACK", "nothing", "3.10.7.4", Echo, Established.WithoutAck),
        new(21, "ESTABLISHED: ACK above SND.NXT, with data", "ACK; the data is not delivered", "3.10.7.4", Echo, Established.AckOfUnsent),
        new(22, "ESTABLISHED: an old ACK with new data", "the data is delivered", "3.10.7.4", Echo, Established.OldAck),
        new(23, "ESTABLISHED: an older, smaller window", "SND.WND unchanged", "3.10.7.4", Echo, Established.OldWindow),
        new(24, "ESTABLISHED: FIN", "ACK N+1; sends on in CLOSE-WAIT; FIN, LAST-ACK", "3.6", Echo, Closing.PeerClosesSecond),
        new(25, "FIN-WAIT-1: its FIN acknowledged", "receives on in FIN-WAIT-2; FIN: TIME-WAIT", "3.6", Responder, Closing.PeerClosesFirst),
        new(26, "FIN-WAIT-1: FIN", "CLOSING, then TIME-WAIT", "3.6", Responder, Closing.BothClose),
        new(27, "TIME-WAIT: FIN, RST, SYN", "ACK; nothing (RFC 1337); ACK, or a new connection (RFC 6191)", "3.10.7.4", Responder, Closing.TimeWait) { Lasting = "2MSL" },
        new(28, "ESTABLISHED: CLOSE with unread data", "RST", "3.6.1", Responder, Closing.UnreadData),
        new(29, "ESTABLISHED: no answer to data", "again, the RTO doubles; Karn's rule; R2 at least 100 s", "3.8.1 to 3.8.3", Responder, Timers.Retransmission) { Lasting = "R2" },
        new(30, "ESTABLISHED: window 0", "probes, ever rarer; no end of it", "3.8.6.1", Responder, Timers.ClosedWindow) { Lasting = "20 minutes of probes" },
        new(31, "any: bad checksum, data offset or option length", "nothing, and no harm done", "3.1, 3.2", Echo, Established.Malformed),
        new(32, "LISTEN: SYN with unknown options", "SYN,ACK as without them; data with them is delivered", "3.1, 3.2", Echo, Options.Unknown),
        new(33, "LISTEN: SYN with MSS alone", "SYN,ACK with MSS alone", "3.2; RFC 7323 s1.3", Echo, Options.NotOffered),
        new(34, "LISTEN: SYN with data", "SYN,ACK; the data is delivered, at once or sent again", "3.4, 3.10.7.2", Echo, Options.SynWithData),
        new(35, "LISTEN: SYN for a broadcast or multicast address", "nothing", "3.9.2.3", Echo, Options.NotForOne),
        new(36, "ESTABLISHED: keep-alives, ten in a second", "ACK to each", "3.8.4", Echo, Established.KeepAlive),
        new(37, "ESTABLISHED: much to send", "at most 10 segments; at most twice as many for their ACK", "RFC 6928; RFC 5681 s3.1", Responder, Recovery.InitialWindow),
        new(38, "ESTABLISHED: three duplicate ACKs", "the segment again, before its time", "RFC 5681 s3.2", Responder, Recovery.FastRetransmit),
        new(39, "ESTABLISHED: one and two duplicate ACKs", "a new segment for each", "RFC 3042", Responder, Recovery.LimitedTransmit),
        new(40, "ESTABLISHED: a flight of which nothing is acknowledged", "one segment for each timeout; slow start", "RFC 5681 s3.1", Responder, Recovery.Timeout),
        new(41, "ESTABLISHED: small data while some is outstanding", "kept until the ACK, then one segment", "3.7.4", Echo, Recovery.Nagle),
        new(42, "ESTABLISHED: ICMP port unreachable", "nothing, still ESTABLISHED", "RFC 5927 s5.2", Echo, Icmp.HardError),
        new(43, "ESTABLISHED: ICMP fragmentation needed, over IPv6 packet too big", "smaller segments", "RFC 1191 s6.3, RFC 8201 s4", Responder, Icmp.SmallerPath) { Alone = true },
        new(44, "ESTABLISHED: the same for a number not in flight", "nothing", "RFC 5927 s7.2", Responder, Icmp.WrongNumber),
        new(45, "LISTEN: SYN with SACK permitted", "SYN,ACK with it", "RFC 2018 s2", Echo, SelectiveAcknowledgments.Agreed),
        new(46, "SACK: a gap", "ACK N with the block of what came", "RFC 2018 s4", Echo, SelectiveAcknowledgments.Gap),
        new(47, "SACK: three gaps", "the newest block first, then those told of before", "RFC 2018 s4", Echo, SelectiveAcknowledgments.SeveralGaps),
        new(48, "SACK: the first gap filled, then the second", "ACK with the block that is left, then with none", "RFC 2018 s4", Responder, SelectiveAcknowledgments.FirstGapFilled),
        new(49, "SACK: old data", "ACK N with its block first (D-SACK)", "RFC 2883 s4.1", Echo, SelectiveAcknowledgments.OldData),
        new(50, "SACK: data after a gap, twice", "ACK N with its block, then the one that holds it", "RFC 2883 s4.2", Echo, SelectiveAcknowledgments.DataAfterAGapTwice),
        new(51, "SACK not agreed: a gap", "ACK N without blocks", "RFC 2018 s2", Echo, SelectiveAcknowledgments.NotAgreed),
        new(52, "SACK: blocks of all but the first segment", "the first again, and it alone", "RFC 6675 s5", Responder, SelectiveAcknowledgments.OneHole),
        new(53, "SACK: what had a block is missing", "again after a timeout", "RFC 2018 s8", Responder, SelectiveAcknowledgments.Reneging),
        new(54, "SACK: blocks that cannot be", "all data again", "RFC 2018 s5; RFC 2883", Responder, SelectiveAcknowledgments.ImpossibleBlocks),
        new(55, "SACK: the last segments of a flight are lost", "the last again before a timeout, then the others", "RFC 8985 s7", Responder, SelectiveAcknowledgments.LostTail),
        new(56, "LISTEN: SYN with a window scale", "SYN,ACK with one, at most 14", "RFC 7323 s2.2", Echo, WindowScale.Agreed),
        new(57, "window scale: a small window", "as much as it is when scaled", "RFC 7323 s2.3", Responder, WindowScale.Applied),
        new(58, "SYN-SENT: SYN,ACK with a window scale", "offered before, and applied", "RFC 7323 s2.2", Responder, WindowScale.NotInSyn),
        new(59, "window scale: a shift of 15", "as 14", "RFC 7323 s2.3", Responder, WindowScale.TooLarge),
        new(60, "window scale not agreed: data with it", "the window is not scaled", "RFC 7323 s2.2", Responder, WindowScale.NotAgreed),
        new(61, "LISTEN: SYN with timestamps", "SYN,ACK with them, the SYN's echoed", "RFC 7323 s3.2", Echo, Timestamps.Agreed),
        new(62, "timestamps: data, FIN", "each segment has them and echoes the last", "RFC 7323 s3.2, s4.3", Echo, Timestamps.EverySegment),
        new(63, "timestamps: a gap", "what came last in order is echoed", "RFC 7323 s4.3", Echo, Timestamps.AfterAGap),
        new(64, "timestamps: some time passes", "1 to 1,000 ticks a second", "RFC 7323 s5.4", Echo, Timestamps.TheirClock),
        new(65, "timestamps: data with an older one", "ACK N; the data is not delivered (PAWS)", "RFC 7323 s5.3", Echo, Timestamps.OldSegment),
        new(66, "timestamps: RST with an older one", "CLOSED", "RFC 7323 s5.2", Echo, Timestamps.OldReset),
        new(67, "timestamps: data without them", "nothing; a RST without them is taken", "RFC 7323 s3.2", Echo, Timestamps.Missing),
        new(68, "timestamps not agreed: data with them", "the data is delivered", "RFC 7323 s3.2", Echo, Timestamps.NotAgreed),
        new(69, "timestamps: beyond 2^32", "the data is delivered; what is from before is not", "RFC 7323 s5.3", Echo, Timestamps.Wrap),
        new(70, "TIME-WAIT: a lower SYN with a later timestamp", "SYN,ACK", "RFC 6191 s2", Responder, Timestamps.TimeWait),
        new(71, "LISTEN: SYN with ECE and CWR", "SYN,ACK with ECE alone", "RFC 3168 s6.1.1", Echo, Ecn.Agreed),
        new(72, "ECN not asked for", "no sign of it in SYN,ACK and data", "RFC 3168 s6.1.1", Echo, Ecn.NotAsked),
        new(73, "ECN: data that met congestion", "ECE in every ACK until CWR", "RFC 3168 s6.1.3", Responder, Ecn.CongestionIsEchoed),
        new(74, "ECN: ECE", "CWR in the next data, once", "RFC 3168 s6.1.2", Responder, Ecn.WindowIsReduced),
        new(75, "ECN: SYN,ACK, ACK alone, what is sent again", "not ECN-capable", "RFC 3168 s6.1.1, s6.1.4, s6.1.5", Responder, Ecn.NotOnEverySegment),
    ];

    /// <summary>Some of them.</summary>
    /// <param name="numbers">Their numbers; empty: all.</param>
    /// <returns>The behaviours, by number.</returns>
    public static IReadOnlyList<Behaviour> Choose(IReadOnlyCollection<int> numbers) =>
        numbers.Count == 0 ? All : [.. All.Where(behaviour => numbers.Contains(behaviour.Number))];
}
