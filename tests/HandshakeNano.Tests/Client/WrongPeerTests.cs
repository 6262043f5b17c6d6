using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Linq;
using System.Net;
using HandshakeNano.Client.Conformance;
using HandshakeNano.Client.Conformance.Behaviours;
using HandshakeNano.Net;
using HandshakeNano.Packets;
using Microsoft.VisualStudio.TestTools.UnitTesting;
using static HandshakeNano.Packets.ControlBits;

namespace HandshakeNano.Client.Tests;

/// <summary>Every behaviour fails, and for the right reason, against a peer that is wrong in just this.</summary>
[TestClass]
public sealed class WrongPeerTests
{
    private const int Minute = 60_000_000;
    private const int Listening = 7;
    private const int Scale = 3;
    private const int SackPermitted = 4;
    private const int Sack = 5;
    private const int Stamps = 8;
    private const int Unknown = 253;

    private static readonly WrongPeer[] s_peers =
    [
        new(1, "takes the acknowledgment number of a SYN for one", "expected RST,ACK 0 ack 1, seen RST,ACK 123456789",
            FromPeer: (_, _, p) => p.Has(Rst | Ack) ? p with { Sequence = 123456789 } : p),
        new(2, "acknowledges in a reset of an ACK", "expected RST 123456789, seen RST,ACK 123456789",
            FromPeer: (_, _, p) => p.Flags == Rst ? p with { Flags = Rst | Ack } : p),
        new(3, "does not count data in a reset", "expected RST,ACK 0 ack 4, seen RST,ACK 0 ack 1",
            FromPeer: (_, _, p) => p.Has(Rst | Ack) ? p with { Acknowledgment = p.Acknowledgment - 3 } : p),
        new(4, "answers a reset to a closed port", "CLOSED: expected nothing, seen RST",
            FromProbe: (link, _, s) => s.Has(Rst) ? Answered(link, s, Rst | Ack, 0, s.Sequence) : s),
        new(4, "answers a reset to a listener", "LISTEN: expected nothing, seen RST",
            FromProbe: (link, _, s) => s.Has(Rst) && s.Destination.Port == Listening ? Answered(link, s, Rst | Ack, 0, s.Sequence) : s),
        new(5, "says nothing to an ACK out of nowhere", "expected RST 123456789, seen nothing",
            FromPeer: (_, _, p) => p.Has(Rst) ? null : p),
        new(5, "listens no more after an ACK out of nowhere", "still LISTEN: expected SYN,ACK",
            FromProbe: (_, flow, s) => s.Flags == Ack && flow.PeerNext == 0 ? Mark(flow, s) : flow.Marked ? null : s),
        new(6, "takes 1460 for the MSS of who names none", "expected no segment longer than 536, seen len 550",
            OverIpv6: "expected no segment longer than 1220, seen len 1234",
            FromProbe: (_, _, s) => s.Has(Syn) && s.Options.Count == 0 ? s with { Options = [new TcpOption(2, "mss", [1460])] } : s),
        new(6, "names no MSS", "expected SYN,ACK ack 1 with an MSS",
            FromPeer: (_, _, p) => p with { Options = [] }),
        new(7, "does not look at the number that is acknowledged", "ACK I: expected RST 0, seen nothing",
            FromProbe: (_, flow, s) => s.Flags == Ack ? s with { Acknowledgment = flow.PeerNext } : s),
        new(7, "gives up what is wrongly acknowledged", "ACK I+1: expected",
            FromProbe: (_, flow, s) => s.Flags == Ack && s.Acknowledgment == flow.PeerNext + 1 ? Mark(flow, s) : flow.Marked ? null : s),
        new(8, "ignores a reset of a passive open", "passive open: expected nothing, seen SYN,ACK 0 ack 1",
            FromProbe: (_, flow, s) => s.Has(Rst) && !flow.ByPeer ? null : s),
        new(8, "ignores a reset of an active open", "active open: expected nothing, seen",
            FromProbe: (_, flow, s) => s.Has(Rst) && flow.ByPeer ? null : s),
        new(9, "answers the same SYN with another ISN", "expected SYN,ACK 0 ack 1 again, or ACK 1 ack 1, seen SYN,ACK",
            FromPeer: (_, flow, p) => p.Has(Syn | Ack) && flow.Count++ == 1 ? p with { Sequence = p.Sequence + 7 } : p),
        new(10, "does not hear a SYN,ACK", "expected ACK 1 ack 1, seen nothing",
            FromProbe: (_, _, s) => s.Has(Syn | Ack) ? null : s),
        new(10, "acknowledges the wrong number", "expected ACK 1 ack 1, seen ACK 1 ack 2",
            FromPeer: (_, flow, p) => flow.ByPeer && p.Flags == Ack ? p with { Acknowledgment = p.Acknowledgment + 1 } : p),
        new(11, "does not look at the number that is acknowledged", "SYN,ACK of I: expected RST 0, seen ACK 1 ack 1",
            FromProbe: (_, flow, s) => s.Has(Syn | Ack) ? s with { Acknowledgment = flow.PeerNext } : s),
        new(11, "gives up what is wrongly acknowledged", "still SYN-SENT: expected ACK 1 ack 1, seen nothing",
            FromProbe: (_, flow, s) => flow.Count == 2 ? null : s,
            FromPeer: (_, flow, p) => p.Has(Rst) ? Count(flow, p) : flow.Count == 2 ? null : p),
        new(12, "is refused by any reset", "still SYN-SENT: expected ACK 1 ack 1, seen RST",
            FromProbe: (_, flow, s) => s.Has(Rst) && flow.ByPeer ? s with { Flags = Rst | Ack, Acknowledgment = flow.PeerNext } : s),
        new(12, "answers a reset", "expected nothing, seen ACK",
            FromProbe: (link, flow, s) => s.Has(Rst) && flow.ByPeer ? Answered(link, s, Ack, flow.PeerNext, s.Sequence) : s),
        new(13, "knows no simultaneous open", "expected SYN,ACK 0 ack 1, seen nothing",
            FromProbe: (_, flow, s) => s.Flags == Syn && flow.ByPeer ? null : s),
        new(13, "resets a simultaneous open", "expected SYN,ACK 0 ack 1, seen RST",
            FromProbe: (link, flow, s) => s.Flags == Syn && flow.ByPeer ? Answered(link, s, Rst | Ack, 0, s.Sequence + 1) : s),
        new(14, "does not double the time between one SYN and the next", "expected intervals that double",
            FromPeer: (_, flow, p) => flow.ByPeer && p.Flags == Syn && flow.Count++ == 2 ? null : p),
        new(14, "gives up after a minute", "just before R2: expected ACK 1 ack 1",
            FromProbe: (link, flow, s) => flow.ByPeer && link.Now - flow.Since > Minute ? null : s,
            FromPeer: (link, flow, p) => flow.ByPeer && link.Now - flow.Since > Minute ? null : p),
        new(15, "does not acknowledge what is small", "one small segment: expected ACK 1 ack 21, seen nothing",
            FromPeer: (_, _, p) => IsPureAck(p) ? null : p),
        new(15, "acknowledges late", "one small segment: expected ACK within 500 ms, seen ACK after",
            FromPeer: (link, _, p) => IsPureAck(p) ? Delivered(link, p, 600_000) : p),
        new(15, "acknowledges every fourth full segment", "full segments: expected an ACK for every second full segment, seen one for 5840",
            OverIpv6: "full segments: expected an ACK for every second full segment, seen one for 5760",
            FromPeer: (_, flow, p) => IsPureAck(p) && ++flow.Count == 2 ? null : p),
        new(16, "says nothing of a gap", "after a gap: expected ACK 1 ack 1, seen nothing",
            FromPeer: (_, flow, p) => IsPureAck(p) && p.Acknowledgment == flow.PeerAck ? null : p),
        new(16, "does not keep what is after a gap", "the gap filled: expected ACK ack 301, seen ACK",
            FromPeer: (_, flow, p) => p.Acknowledgment - flow.PeerAck == 300 ? p with { Acknowledgment = p.Acknowledgment - 200 } : p),
        new(17, "says nothing to what is old", "old data: expected ACK 11 ack 11, seen nothing",
            FromProbe: (_, flow, s) => s.Payload.Length > 0 && (int)(s.Sequence - flow.ProbeNext) < 0 ? null : s),
        new(17, "says nothing to what is beyond the window", "data beyond the window: expected ACK 11 ack 11, seen nothing",
            FromProbe: (_, flow, s) => s.Payload.Length > 0 && (int)(s.Sequence - flow.ProbeNext) > 0 ? null : s),
        new(17, "acknowledges a reset outside the window", "RST outside the window: expected nothing, seen ACK",
            FromProbe: (link, flow, s) => s.Has(Rst) ? Answered(link, s, Ack, flow.PeerNext, flow.ProbeNext) : s),
        new(18, "believes any reset in the window", "RST in the window, not at RCV.NXT: expected ACK 1 ack 1, seen nothing",
            FromProbe: (_, flow, s) => s.Has(Rst) ? s with { Sequence = flow.ProbeNext } : s),
        new(18, "ignores the exact reset", "RST at RCV.NXT: expected RST 6, seen nothing",
            FromProbe: (_, flow, s) => s.Has(Rst) && s.Sequence == flow.ProbeNext ? null : s),
        new(19, "says nothing to a SYN", "SYN old: expected ACK 1 ack 1, seen nothing",
            FromProbe: (_, flow, s) => s.Has(Syn) && flow.PeerNext != 0 ? null : s),
        new(19, "is reset by a SYN in the window", "SYN at RCV.NXT: expected ACK 1 ack 1, seen nothing",
            FromProbe: (_, flow, s) => s.Has(Syn) && flow.PeerNext != 0 && s.Sequence == flow.ProbeNext ? s with { Flags = Rst } : s),
        new(19, "answers every SYN", "200 SYNs at once: expected fewer challenge ACKs than SYNs, but one, seen 200 for 200",
            FromProbe: (link, flow, s) => s.Has(Syn) && flow.PeerNext != 0 ? Answered(link, s, Ack, flow.PeerNext, flow.ProbeNext) : s),
        new(20, "takes data without ACK", "data without ACK: expected nothing, seen ACK 1 ack 6",
            FromProbe: (_, flow, s) => s.Flags == Psh ? s with { Flags = Psh | Ack, Acknowledgment = flow.PeerNext } : s),
        new(20, "takes a FIN without ACK", "FIN without ACK: expected nothing, seen",
            FromProbe: (_, flow, s) => s.Flags == Fin ? s with { Flags = Fin | Ack, Acknowledgment = flow.PeerNext } : s),
        new(21, "takes data with an ACK of what it never sent", "expected ACK 1 ack 1, seen ACK 1 ack 6",
            FromProbe: (_, flow, s) => (int)(s.Acknowledgment - flow.PeerNext) > 0 ? s with { Acknowledgment = flow.PeerNext } : s),
        new(21, "says nothing to an ACK of what it never sent", "expected ACK 1 ack 1, seen nothing",
            FromProbe: (_, flow, s) => s.Has(Ack) && (int)(s.Acknowledgment - flow.PeerNext) > 0 ? null : s),
        new(22, "drops data with an old ACK", "an ACK that is 200 bytes old: expected",
            FromProbe: (_, flow, s) => s.Payload.Length > 0 && (int)(s.Acknowledgment - flow.PeerNext) < 0 ? null : s),
        new(23, "takes the window of an older segment", "the older window of 20 was taken",
            FromProbe: (_, flow, s) => s.Window == 20 ? Mark(flow, s) : s,
            FromPeer: (_, flow, p) => flow.Marked && p.Payload.Length > 20 ? p with { Payload = p.Payload[..20] } : p),
        new(24, "does not see a FIN behind data", "expected ACK 1 ack 7, seen",
            FromProbe: (_, _, s) => s.Has(Fin) ? s with { Flags = s.Flags & ~Fin } : s),
        new(24, "sends nothing in CLOSE-WAIT", "CLOSE-WAIT: expected",
            FromProbe: (_, flow, s) => s.Has(Fin) ? Mark(flow, s) : s,
            FromPeer: (_, flow, p) => flow.Marked && p.Payload.Length > 0 ? null : p),
        new(24, "does not close in its turn", "the peer's FIN: expected FIN,ACK 6 ack 7",
            FromPeer: (_, _, p) => p.Has(Fin) ? p with { Flags = p.Flags & ~Fin } : p),
        new(24, "stays in LAST-ACK", "LAST-ACK and over: expected RST",
            FromProbe: (_, flow, s) => flow.Marked && s.Flags == Ack && flow.Count++ > 0 ? null : s,
            FromPeer: (_, flow, p) => p.Has(Fin) ? Mark(flow, p) : p),
        new(25, "receives nothing in FIN-WAIT-2", "FIN-WAIT-2: expected ACK 2 ack 110, seen nothing",
            FromProbe: (_, flow, s) => flow.Marked && s.Payload.Length > 0 ? null : s,
            FromPeer: (_, flow, p) => p.Has(Fin) ? Mark(flow, p) : p),
        new(25, "has no TIME-WAIT", "TIME-WAIT: expected ACK",
            FromProbe: (link, flow, s) => s.Has(Fin) && flow.Count++ > 0 ? Answered(link, s, Rst, s.Acknowledgment) : s),
        new(26, "does not hear a FIN in FIN-WAIT-1", "CLOSING: expected ACK 2 ack 11",
            FromProbe: (_, _, s) => s.Has(Fin) ? null : s),
        new(26, "has no TIME-WAIT after CLOSING", "TIME-WAIT: expected ACK",
            FromProbe: (link, flow, s) => s.Has(Fin) && flow.Count++ > 0 ? Answered(link, s, Rst, s.Acknowledgment) : s),
        new(27, "says nothing to a FIN in TIME-WAIT", "FIN again: expected ACK 2 ack 11, seen nothing",
            FromProbe: (_, flow, s) => s.Has(Fin) && flow.Count++ > 0 ? null : s),
        new(27, "has its TIME-WAIT ended by a reset", "RST: expected ACK 2 ack 11, seen RST",
            FromProbe: (link, flow, s) => flow.Marked ? Answered(link, s, Rst, s.Acknowledgment) : s.Has(Rst) ? Mark(flow, s) : s),
        new(27, "says nothing to a SYN in TIME-WAIT", "an old SYN: expected ACK 2 ack 11, seen nothing",
            FromProbe: (_, flow, s) => s.Has(Syn) && flow.Count++ > 0 ? null : s),
        new(27, "reopens with a lower number", "a SYN above RCV.NXT: expected an ISN above the last sequence number",
            FromPeer: (_, flow, p) => p.Has(Syn) && flow.Count++ > 0 ? p with { Sequence = flow.PeerNext - 1000 } : p),
        new(27, "does not start 2MSL again", "2MSL: expected ACK 2 ack 11, seen RST",
            FromProbe: (link, flow, s) => link.Now - flow.Since > Minute ? Answered(link, s, Rst, s.Acknowledgment) : s),
        new(28, "closes with unread data as if it had read it", "expected RST, seen FIN,ACK",
            FromPeer: (_, _, p) => p.Has(Rst) ? p with { Flags = Fin | Ack } : p),
        new(29, "does not double its RTO", "expected intervals that double",
            FromPeer: (_, flow, p) => p.Payload.Length > 0 && flow.Count++ == 2 ? null : p),
        new(29, "forgets its RTO without a measurement", "Karn's rule: expected the RTO still backed off",
            FromPeer: (link, flow, p) => p.Payload.Length > 0 && flow.Count++ == 4 ? Delivered(link, p, 0, copies: 2) : p),
        new(29, "gives up after a minute", "just before R2: expected",
            FromProbe: (link, flow, s) => flow.Marked && link.Now - flow.Since > Minute ? null : s,
            FromPeer: (link, flow, p) => link.Now - flow.Since <= Minute ? p : Marked(flow, null)),
        new(30, "sends no probes", "expected probes, seen none",
            FromPeer: (_, _, p) => p.Payload.Length > 0 ? null : p),
        new(30, "does not make its probes rarer", "expected intervals that grow exponentially",
            FromPeer: (_, flow, p) => p.Payload.Length > 0 && flow.Count++ == 1 ? null : p),
        new(30, "sends into a closed window", "expected no more than one byte into a closed window, seen",
            FromPeer: (_, _, p) => p.Payload.Length == 1 ? p with { Payload = [.. "abcde"u8] } : p),
        new(30, "aborts though its probes are answered", "expected probes for ever, seen RST",
            FromPeer: (link, flow, p) => link.Now - flow.Since > 10 * Minute ? p with { Flags = Rst } : p),
        new(31, "verifies no checksum", "LISTEN: expected nothing, seen SYN,ACK", IgnoresChecksums: true),
        new(31, "verifies no data offset", "LISTEN: expected nothing, seen SYN,ACK", IgnoresDataOffset: true),
        new(31, "hangs in an option of length 0", "ESTABLISHED: expected SYN,ACK ack 1",
            Hangs: s => s.Options.Any(option => option.Malformed)),
        new(32, "drops a SYN with an option that it does not know", "expected SYN,ACK ack 1 from port 7, seen nothing",
            FromProbe: (_, _, s) => s.Has(Syn) && s.Option(Unknown) != null ? null : s),
        new(32, "drops data with an option that it does not know", "with data: expected",
            FromProbe: (_, _, s) => s.Payload.Length > 0 && s.Option(Unknown) != null ? null : s),
        new(33, "agrees to what was not offered", "expected SYN,ACK with an MSS alone, seen SACK permitted",
            FromPeer: (_, _, p) => p.Has(Syn) ? p with { Options = [.. p.Options, new TcpOption(SackPermitted, "sack-permitted", [])] } : p),
        new(34, "drops a SYN with data", "expected SYN,ACK, seen nothing",
            FromProbe: (_, _, s) => s.Has(Syn) && s.Payload.Length > 0 ? null : s),
        new(34, "acknowledges data that it does not keep", "expected 5 bytes of data",
            FromProbe: (_, flow, s) => s.Has(Syn) && s.Payload.Length > 0 ? Mark(flow, s with { Payload = [] }) : s,
            FromPeer: (_, flow, p) => flow.Marked && p.Has(Syn) ? p with { Acknowledgment = p.Acknowledgment + 5 } : p),
        new(35, "answers a SYN for all hosts", "SYN for all hosts: expected nothing, seen SYN,ACK",
            OverIpv6: "SYN for all nodes: expected nothing, seen SYN,ACK",
            FromProbe: (link, _, s) => s with { Destination = new IPEndPoint(link.Peer, s.Destination.Port) }),
        new(36, "answers keep-alives at a limited rate", "without data: expected ACK 6 ack 6, seen nothing",
            FromProbe: (_, flow, s) => s.Sequence == flow.ProbeNext - 1 && flow.Count++ == 3 ? null : s),
        new(37, "knows no slow start", "expected at most 5000 bytes before the first ACK, seen",
            FromPeer: (link, flow, p) => p.Payload.Length == 0 || ++flow.Count < 4 ? p : Followed(link, p, 8)),
        new(38, "waits for its timer", "expected the segment again, before its time, seen nothing",
            FromProbe: (_, flow, s) => flow.Marked && IsPureAck(s) ? null : s,
            FromPeer: (_, flow, p) => p.Payload.Length > 0 ? Mark(flow, p) : p),
        new(39, "does not count duplicate ACKs", "expected 4 segments and 2, seen 4",
            FromProbe: (_, flow, s) => flow.Marked && IsPureAck(s) ? null : s,
            FromPeer: (_, flow, p) => p.Payload.Length > 0 ? Mark(flow, p) : p),
        new(40, "sends two segments again at a timeout", "expected one segment for each timeout, seen two within",
            FromPeer: (link, flow, p) => IsSentAgain(flow, p) ? Followed(link, p, 1) : p),
        new(41, "sends each byte at once", "expected nothing, seen ACK 2 ack",
            FromProbe: (link, flow, s) => s.Payload.Length == 1 && s.Payload[0] == 'b' ? Said(link, flow, s) : s),
        new(42, "is reset by ICMP", "expected nothing, seen RST",
            FromProbe: (_, flow, s) => s.Payload.Length > 0 ? Noted(flow, s) : s,
            FromProbeIcmp: (link, flow, _) => Answered(link, flow.Noted!, Rst, flow.PeerNext) == null ? null : []),
        new(43, "ignores ICMP", "expected segments of at most 960 bytes, seen 1460",
            OverIpv6: "expected segments of at most 1240 bytes, seen 1440",
            FromProbeIcmp: (_, _, _) => null),
        new(44, "does not look at the number that ICMP quotes", "expected nothing, seen ACK 1 ack",
            FromProbeIcmp: (_, flow, message) => Quoting(message, flow.PeerNext - 2000)),
        new(45, "does not permit SACK", "expected SYN,ACK with SACK permitted, seen SYN,ACK 0 ack 1",
            FromPeer: (_, _, p) => Without(SackPermitted, p)),
        new(46, "sends no blocks", "expected SACK 101-201, seen no blocks",
            FromPeer: (_, _, p) => Without(Sack, p)),
        new(47, "sends its blocks by number", "expected SACK 501-601, 101-201, 301-401, seen SACK 101-201, 301-401, 501-601",
            FromPeer: (_, _, p) => WithBlocks(p, [.. Blocks(p).OrderBy(block => (int)(block[0] - p.Acknowledgment))])),
        new(48, "goes on telling of what it has acknowledged", "the second gap filled: expected no blocks, seen SACK 301-401",
            FromPeer: (_, flow, p) => Blocks(p).Length > 0 ? Mark(flow, p)
                : flow.Marked && p.Payload.Length == 0 ? WithBlocks(p, [[p.Acknowledgment - 100, p.Acknowledgment]]) : p),
        new(49, "says nothing of duplicates", "expected SACK 1-101, seen no blocks",
            FromPeer: (_, _, p) => WithBlocks(p, [.. Blocks(p).Where(block => (int)(block[1] - p.Acknowledgment) > 0)])),
        new(50, "says nothing of duplicates after a gap", "one of them again: expected SACK 101-201, 101-301, seen SACK 101-301",
            FromPeer: (_, _, p) => WithBlocks(p, Blocks(p)[^int.Min(1, Blocks(p).Length)..])),
        new(51, "sends blocks unasked", "expected no blocks, seen SACK 101-201",
            FromPeer: (_, _, p) => IsPureAck(p) ? WithBlocks(p, [[p.Acknowledgment + 100, p.Acknowledgment + 200]]) : p),
        new(52, "sends again what has a block", "the others: expected nothing, seen ACK",
            FromPeer: (link, flow, p) => IsSentAgain(flow, p) ? Followed(link, p, 1) : p),
        new(53, "throws away what has a block", "what was thrown away: expected 1500 bytes of data",
            FromPeer: (_, flow, p) => IsSentAgain(flow, p) && flow.Count++ > 0 ? null : p),
        new(54, "hangs in a block that cannot be", "the data again: expected 2000 bytes of data",
            FromProbe: (_, flow, s) => s.Options.Any(option => option.Kind == Sack) ? Mark(flow, s) : s,
            FromPeer: (_, flow, p) => flow.Marked ? null : p),
        new(55, "waits for its timer", "expected the last segment again, seen ACK 1 ack",
            FromPeer: (_, flow, p) => IsSentAgain(flow, p) && p.Sequence + p.SequenceLength == flow.PeerNext && flow.Count++ == 0 ? null : p),
        new(55, "does not see what a probe has overtaken", "the last acknowledged alone: expected the first segment again, seen nothing",
            FromPeer: (_, flow, p) => IsSentAgain(flow, p) && flow.Count++ > 0 ? null : p),
        new(56, "knows no window scale", "expected SYN,ACK with a window scale, seen SYN,ACK 0 ack 1",
            FromPeer: (_, _, p) => Without(Scale, p)),
        new(57, "agrees to a window scale and does not apply it", "expected at most 1024 bytes, and more than 16, seen 16",
            FromProbe: (_, _, s) => s.Has(Syn) ? Without(Scale, s) : s,
            FromPeer: (_, _, p) => p.Has(Syn | Ack) ? p with { Options = [.. p.Options, new TcpOption(Scale, "window-scale", [0])] } : p),
        new(58, "offers no window scale", "expected SYN with a window scale, seen SYN 0",
            FromPeer: (_, _, p) => Without(Scale, p)),
        new(59, "takes a shift of 15", "expected at most 16384 bytes at once, seen",
            FromProbe: (_, _, s) => s.Has(Syn) ? s : s with { Window = 2 * s.Window }),
        new(60, "takes a window scale from any segment", "expected at most 100 bytes, seen",
            FromProbe: (_, _, s) => s.Option(Scale) != null ? s with { Window = s.Window << 7 } : s),
        new(61, "knows no timestamps", "expected timestamps, seen SYN,ACK 0 ack 1",
            FromPeer: (_, _, p) => Without(Stamps, p)),
        new(61, "echoes nothing in its SYN,ACK", "expected the SYN's timestamp echoed, seen",
            FromPeer: (_, _, p) => p.Has(Syn) && Stamp(p) is { } value ? Stamped(p, value, 0) : p),
        new(62, "has timestamps in SYNs alone", "expected timestamps, seen",
            FromPeer: (_, _, p) => p.Has(Syn) ? p : Without(Stamps, p)),
        new(63, "echoes what came last", "after the gap: expected timestamp 1000000 echoed, seen 1000010",
            FromProbe: (_, flow, s) => Noted(flow, s),
            FromPeer: (_, flow, p) => Stamp(p) is { } value ? Stamped(p, value, Stamp(flow.Noted!)!.Value) : p),
        new(64, "has a clock of microseconds", "expected 1 to 1,000 ticks a second",
            FromPeer: (link, _, p) => Stamp(p) == null ? p : Stamped(p, (uint)link.Now, Echo(p))),
        new(65, "takes what is of another time", "expected ACK 6 ack 6, seen",
            FromProbe: (_, flow, s) => Stamp(s) == null ? s : Stamped(s, Latest(flow, s), Echo(s))),
        new(66, "drops a reset of another time", "expected RST 6, seen nothing",
            FromProbe: (_, flow, s) => Stamp(s) is { } value && value != Latest(flow, s) ? null : s),
        new(67, "takes what has no timestamp", "expected nothing, seen ACK 6 ack 11 len 5",
            FromProbe: (_, flow, s) => Stamp(s) != null ? Noted(flow, s) : flow.Noted == null || s.Has(Rst) ? s : s with { Options = flow.Noted.Options }),
        new(67, "drops a reset without a timestamp", "a reset without: expected RST 11, seen nothing",
            FromProbe: (_, _, s) => s.Has(Rst) && Stamp(s) == null ? null : s),
        new(68, "takes timestamps from any segment", "expected no timestamps, seen",
            FromProbe: (_, flow, s) => Stamp(s) != null ? Mark(flow, s) : s,
            FromPeer: (_, flow, p) => flow.Marked ? Stamped(p, 1, 1) : p),
        new(69, "takes a timestamp that has wrapped for an old one", "expected 5 bytes of data, seen 0 bytes",
            FromProbe: (_, flow, s) => Stamp(s) is not { } value || s.Has(Syn) || value >= Stamp(flow.Noted!)!.Value ? Noted(flow, s) : null),
        new(70, "goes by sequence numbers in TIME-WAIT", "expected SYN,ACK, seen nothing",
            FromProbe: (_, flow, s) => s.Has(Syn) && flow.ProbeNext != 0 ? null : s),
        new(71, "knows no ECN", "expected SYN,ACK with ECE, seen SYN,ACK",
            FromPeer: (_, _, p) => p with { Flags = p.Flags & ~Ece }),
        new(71, "gives back what it was sent", "expected SYN,ACK with ECE, seen",
            FromPeer: (_, _, p) => p.Has(Syn) ? p with { Flags = p.Flags | Ece | Cwr } : p),
        new(72, "marks all data as capable", "expected no sign of ECN, seen",
            FromPeer: (_, _, p) => p.Payload.Length > 0 ? p with { Ecn = 2 } : p),
        new(73, "echoes each mark once", "data after it: expected ACK,ECE, seen ACK",
            FromPeer: (_, flow, p) => p.Flags == (Ack | Ece) && flow.Count++ > 0 ? p with { Flags = Ack } : p),
        new(73, "echoes for ever", "CWR: expected ACK, seen ACK,ECE",
            FromPeer: (_, _, p) => IsPureAck(p) ? p with { Flags = Ack | Ece } : p),
        new(74, "does not say that it has reduced its window", "expected one segment with CWR, seen 0",
            FromPeer: (_, _, p) => p with { Flags = p.Flags & ~Cwr }),
        new(74, "says it with every segment", "expected one segment with CWR, seen",
            FromPeer: (_, _, p) => p.Payload.Length > 0 ? p with { Flags = p.Flags | Cwr } : p),
        new(75, "marks its SYN,ACK as capable", "expected SYN,ACK that is not ECN-capable, seen SYN,ACK",
            FromPeer: (_, _, p) => p.Has(Syn) ? p with { Ecn = 2 } : p),
        new(75, "marks what is sent again as capable", "what is sent again: expected a packet that is not ECN-capable",
            FromPeer: (_, flow, p) => IsSentAgain(flow, p) ? p with { Ecn = 2 } : p),
    ];

    public static IEnumerable<object[]> Peers => s_peers.SelectMany(peer => new object[][] { [peer.Number, peer.Fault, false], [peer.Number, peer.Fault, true] });

    [TestMethod]
    [DynamicData(nameof(Peers))]
    public void A_behaviour_fails_against_a_peer_that(int number, string fault, bool ipv6)
    {
        WrongPeer peer = s_peers.Single(candidate => candidate.Number == number && candidate.Fault == fault);
        VirtualWorld? world = null;
        world = new VirtualWorld(1, link => peer.On(link, () => world), ipv6);
        BehaviourResult result = Probe.Run(world, world.Request, BehaviourCatalog.Choose([number]), 1).Single();
        Assert.AreEqual(Verdict.Fail, result.Verdict, result.Seen);
        StringAssert.Contains(result.Deviation, ipv6 ? peer.OverIpv6 ?? peer.Seen : peer.Seen);
    }

    [TestMethod]
    public void Every_behaviour_has_a_peer_that_is_wrong_in_it()
    {
        CollectionAssert.AreEqual(
            Enumerable.Range(1, BehaviourCatalog.All.Count).ToArray(), s_peers.Select(peer => peer.Number).Distinct().Order().ToArray());
    }

    private static bool IsPureAck(Segment segment) => segment.Flags == Ack && segment.Payload.Length == 0;

    private static Segment? Answered(WrongPeerLink link, Segment about, ControlBits flags, uint seq, uint ack = 0)
    {
        link.Answer(about, flags, seq, ack);
        return null;
    }

    private static Segment? Delivered(WrongPeerLink link, Segment segment, ulong delay, int copies = 1)
    {
        for (int i = 0; i < copies; i++)
            link.Deliver(segment, delay);
        return null;
    }

    private static Segment Mark(Flow flow, Segment segment) => Marked(flow, segment)!;

    private static Segment? Marked(Flow flow, Segment? segment)
    {
        flow.Marked = true;
        return segment;
    }

    private static Segment Noted(Flow flow, Segment segment)
    {
        flow.Noted = segment;
        return segment;
    }

    private static bool IsSentAgain(Flow flow, Segment segment) =>
        segment.Payload.Length > 0 && (int)(segment.Sequence + segment.SequenceLength - flow.PeerNext) <= 0;

    /// <summary>The segment, and some more after it.</summary>
    private static Segment? Followed(WrongPeerLink link, Segment segment, int more)
    {
        for (int i = 0; i <= more; i++)
            link.Deliver(segment with { Sequence = segment.Sequence + (uint)(i * segment.Payload.Length) });
        return null;
    }

    /// <summary>What the probe said, said back at once.</summary>
    private static Segment Said(WrongPeerLink link, Flow flow, Segment segment)
    {
        link.Deliver(segment with
        {
            Source = segment.Destination,
            Destination = segment.Source,
            Sequence = flow.PeerNext,
            Acknowledgment = segment.Sequence + 1,
        });
        return segment;
    }

    private static byte[] Quoting(byte[] message, uint sequence)
    {
        BinaryPrimitives.WriteUInt32BigEndian(message.AsSpan(message.Length - 20 + 4), sequence);
        return message;
    }

    private static Segment Without(int kind, Segment segment) =>
        segment with { Options = [.. segment.Options.Where(option => option.Kind != kind)] };

    /// <summary>The segment's own timestamp, null if it has none.</summary>
    private static uint? Stamp(Segment segment) => segment.Option(Stamps)?.Values[0];

    private static uint Echo(Segment segment) => segment.Option(Stamps)!.Values[1];

    private static Segment Stamped(Segment segment, uint value, uint echo) =>
        segment with { Options = [.. Without(Stamps, segment).Options, new TcpOption(Stamps, "timestamps", [value, echo])] };

    /// <summary>The latest timestamp of a segment that is no reset.</summary>
    private static uint Latest(Flow flow, Segment segment)
    {
        if (!segment.Has(Rst) && (flow.Noted == null || (int)(Stamp(segment)!.Value - Stamp(flow.Noted)!.Value) > 0))
            flow.Noted = segment;
        return Stamp(flow.Noted!)!.Value;
    }

    private static uint[][] Blocks(Segment segment) => [.. segment.Option(Sack)?.Values.Chunk(2) ?? []];

    private static Segment WithBlocks(Segment segment, uint[][] blocks) => segment with
    {
        Options = [.. Without(Sack, segment).Options, .. blocks.Length == 0 ? Array.Empty<TcpOption>()
            : [new TcpOption(Sack, "sack", [.. blocks.SelectMany(block => block)])]],
    };

    private static Segment Count(Flow flow, Segment segment)
    {
        flow.Count++;
        return segment;
    }

    /// <summary>A peer that is wrong in one thing.</summary>
    /// <param name="Number">The behaviour that it lacks.</param>
    /// <param name="Fault">What it does wrong, in words.</param>
    /// <param name="Seen">A part of what the probe has to say about it.</param>
    /// <param name="FromProbe">What it makes of the probe's segments; null: what is right.</param>
    /// <param name="FromPeer">What becomes of its segments; null: what is right.</param>
    /// <param name="IgnoresChecksums">True if it verifies no checksum.</param>
    /// <param name="IgnoresDataOffset">True if it takes every header for one of 20 bytes.</param>
    /// <param name="FromProbeIcmp">What it makes of the probe's ICMP messages; null: what is right.</param>
    /// <param name="Hangs">Says which segment is its last; null: none.</param>
    /// <param name="OverIpv6">The same over IPv6; null: the same words.</param>
    private sealed record WrongPeer(
        int Number, string Fault, string Seen, Rule? FromProbe = null, Rule? FromPeer = null, bool IgnoresChecksums = false,
        bool IgnoresDataOffset = false, Func<Segment, bool>? Hangs = null, IcmpRule? FromProbeIcmp = null, string? OverIpv6 = null)
    {
        public WrongPeerLink On(ILink link, Func<VirtualWorld?> world)
        {
            bool dead = false;
            Rule right = (_, _, segment) => segment;
            Rule mortal = (_, _, segment) => (dead |= Hangs!(segment)) ? null : segment;
            return new WrongPeerLink(link, world)
            {
                FromProbe = FromProbe ?? (Hangs == null ? right : mortal),
                FromPeer = FromPeer ?? right,
                FromProbeIcmp = FromProbeIcmp ?? ((_, _, message) => message),
                IgnoresChecksums = IgnoresChecksums,
                IgnoresDataOffset = IgnoresDataOffset,
            };
        }
    }
}
