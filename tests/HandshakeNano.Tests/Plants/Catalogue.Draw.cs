using System.Collections.Generic;
using System.Linq;
using HandshakeNano.Client.Tests;

namespace HandshakeNano.Plants;

// Faults of handshake draw, in the client and in what it reads segments with.
public static partial class Catalogue
{
    private const string Client = "handshake";
    private const string Packets = "HandshakeNano.Packets";

    private static IEnumerable<(Plant Plant, string Class, string Test)> ForDraw => new (string Project, Plant Plant, string Class, string Test)[]
    {
        (Packets, new("the-snap-length-is-the-length", "pcap: caplen and len", "Segment.cs",
            "int onLink = Math.Max(length - header, packet.Length);", "int onLink = packet.Length;"),
            nameof(LinkHeaderTests), nameof(LinkHeaderTests.A_segment_is_found_behind_the_header_of_each_link)),
        (Packets, new("an-option-is-read-backwards", "RFC 7323 section 3.2", "TcpOption.cs", "(8, 8) => Words(body),", "(8, 8) => [.. Words(body).Reverse()],"),
            nameof(LinkHeaderTests), nameof(LinkHeaderTests.A_segment_is_found_behind_the_header_of_each_link)),
        (Client, new("relative-numbers-begin-at-one", "issue: absolute and relative numbers", "Trace/Exchange.cs",
            "segment.Sequence - (sender.Base ?? segment.Sequence),", "segment.Sequence + 1 - (sender.Base ?? segment.Sequence),"),
            nameof(ExchangeTests), nameof(ExchangeTests.Relative_numbers_count_from_the_ISNs_across_the_end_of_the_number_space)),
        (Client, new("what-was-acknowledged-is-not-missing", "issue: retransmissions with their reason", "Trace/Flight.cs",
            "_sent.RemoveRange(0, done);", "_sent.RemoveRange(0, done);\n            _gaps.Clear();"),
            nameof(CaptureOrderTests), nameof(CaptureOrderTests.Data_that_stands_behind_its_successor_and_the_ACK_of_both_was_not_sent_again)),
        (Client, new("each-frame-is-a-segment", "issue: Linux cooked", "Captures/Copies.cs", "if (IsCopy(segment, earlier, wasAnswered))", "if (false)"),
            nameof(CaptureOrderTests), nameof(CaptureOrderTests.A_segment_that_a_capture_of_several_interfaces_has_again_is_drawn_once)),
    }.Select(fault => (fault.Plant with { Project = fault.Project }, fault.Class, fault.Test));
}
