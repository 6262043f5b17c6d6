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
        new(6, "LISTEN: SYN without MSS", "SYN,ACK with MSS; never more than 536 bytes", "3.7.1", Echo, ClosedAndListen.SynToListen),
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
    ];

    /// <summary>Some of them.</summary>
    /// <param name="numbers">Their numbers; empty: all.</param>
    /// <returns>The behaviours, by number.</returns>
    public static IReadOnlyList<Behaviour> Choose(IReadOnlyCollection<int> numbers) =>
        numbers.Count == 0 ? All : [.. All.Where(behaviour => numbers.Contains(behaviour.Number))];
}
