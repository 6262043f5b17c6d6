using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Xml.Linq;
using HandshakeNano.Client.Captures;
using HandshakeNano.Client.Output;
using HandshakeNano.Client.Trace;
using HandshakeNano.Net;
using HandshakeNano.Packets;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace HandshakeNano.Client.Tests;

/// <summary>
/// A capture is no witness of order: it has answers before what they answer, some frames twice and others not at all. What it says of loss
/// holds for the network, not for itself.
/// </summary>
[TestClass]
public sealed class CaptureOrderTests
{
    private const ControlBits Syn = ControlBits.Syn;
    private const ControlBits Ack = ControlBits.Ack;
    private const ControlBits FinAck = ControlBits.Fin | ControlBits.Ack;

    private static readonly TcpOption s_scale = new(3, "window-scale", [7]);

    [TestMethod]
    public void An_ACK_that_stands_before_its_data_acknowledges_nothing_that_is_missing()
    {
        Exchange exchange = Flow(new Segments().Handshake().FromServer(Ack, 5001, 1011).FromClient(Ack, 1001, 5001, "hello")
            .FromClient(Ack, 1006, 5001, "world").FromClient(Ack, 1011, 5001, "again"));
        Assert.IsEmpty(exchange.Rows[3].Marks);
        Assert.AreEqual("out of order: 1.000 ms behind its acknowledgment", exchange.Rows[4].Marks.Single().Text);
        Assert.AreEqual("out of order: 2.000 ms behind its acknowledgment", exchange.Rows[5].Marks.Single().Text);
        Assert.IsEmpty(exchange.Rows[6].Marks);
        AssertKinds(exchange, "out-of-order");
        Assert.AreEqual(1011u, exchange.Client.SndUna);
    }

    [TestMethod]
    public void Data_that_stands_behind_its_successor_and_the_ACK_of_both_was_not_sent_again()
    {
        Exchange exchange = Flow(new Segments().Handshake().FromClient(Ack, 1006, 5001, "world").FromServer(Ack, 5001, 1011)
            .FromClient(Ack, 1001, 5001, "hello"));
        Assert.AreEqual("out of order: 2.000 ms behind what was sent after it", exchange.Rows[5].Marks.Single().Text);
        Assert.IsEmpty(exchange.Rows[4].Marks);
        Assert.IsFalse(exchange.Rows[5].IsRetransmission);
        AssertKinds(exchange, "out-of-order");
    }

    [TestMethod]
    public void A_close_whose_FINs_stand_behind_their_ACKs_ends_as_it_did()
    {
        Exchange exchange = Flow(new Segments().Handshake().FromServer(FinAck, 5001, 1002).FromClient(Ack, 1002, 5002).FromClient(FinAck, 1001, 5001));
        Assert.AreEqual((TcpState.TimeWait, (TcpState?)TcpState.Closed), (exchange.Rows[^1].ClientState, exchange.Rows[^1].ServerState));
        Assert.AreEqual("closed by both", exchange.Ending);
        AssertKinds(exchange, "out-of-order");
    }

    [TestMethod]
    public void A_SYN_ACK_that_stands_before_the_SYN_is_of_the_same_connection()
    {
        FlowTable table = new Segments().FromServer(Syn | Ack, 5000, 1001, "", s_scale).FromClient(Syn, 1000, 0, "", s_scale)
            .FromClient(Ack, 1001, 5001).Flows();
        Exchange exchange = table.Flows.Single().Exchange;
        Assert.AreEqual("out of order: 1.000 ms behind its acknowledgment", exchange.Rows[1].Marks.Single().Text);
        AssertKinds(exchange);
        Assert.AreEqual(Opening.Syn, exchange.Opening);
        Assert.IsTrue(exchange.IsEstablished);
        Assert.AreEqual(2048L << 7, exchange.Rows[2].Window);
        FlowTable other = new Segments().FromServer(Syn | Ack, 5000, 1001).FromClient(Syn, 2000).Flows();
        Assert.HasCount(2, other.Flows, "The SYN of another connection.");
    }

    [TestMethod]
    public void An_ACK_that_stands_before_the_SYN_ACK_completes_the_handshake_once_that_is_there()
    {
        Exchange exchange = Flow(new Segments().FromClient(Syn, 1000).FromClient(Ack, 1001, 5001).FromServer(Syn | Ack, 5000, 1001));
        Assert.IsTrue(exchange.IsEstablished);
        Assert.AreEqual((TcpState.Established, (TcpState?)TcpState.Established), (exchange.Rows[^1].ClientState, exchange.Rows[^1].ServerState));
        Assert.IsTrue(exchange.Rows.All(row => row.Marks.Count == 0));
        AssertKinds(exchange);
    }

    [TestMethod]
    public void What_was_acknowledged_and_never_comes_was_not_captured()
    {
        Exchange ahead = Flow(new Segments().Handshake().FromServer(Ack, 5001, 1006).FromServer(Ack, 5001, 1011).FromServer(Ack, 5001, 1011, "data")
            .FromClient(Ack, 1011, 5005, "more"));
        Assert.AreEqual("acknowledges 5 bytes that the capture does not have", ahead.Rows[3].Marks.Single().Text);
        Assert.AreEqual("acknowledges 5 bytes that the capture does not have", ahead.Rows[4].Marks.Single().Text);
        Assert.IsEmpty(ahead.Rows[5].Marks, "It has been said.");
        Assert.AreEqual(MarkKind.Gap, ahead.Rows[6].Marks.Single().Kind);
        AssertKinds(ahead, "not-captured");
        Exchange behind = Flow(new Segments().Handshake().FromClient(Ack, 1001, 5001, "hello").FromClient(Ack, 1011, 5001, "again").FromServer(Ack, 5001, 1016));
        Assert.AreEqual("acknowledges 5 bytes that the capture does not have", behind.Rows[5].Marks.Single().Text);
        AssertKinds(behind, "not-captured");
    }

    [TestMethod]
    public void What_the_capture_lost_and_what_comes_again_later_is_told_from_what_it_has_late()
    {
        Exchange exchange = Flow(new Segments().Handshake().FromClient(Ack, 1006, 5001, "world").FromServer(Ack, 5001, 1011).Wait(200)
            .FromClient(Ack, 1001, 5001, "hello"));
        Assert.AreEqual("retransmission: not needed: it had been acknowledged, and the capture does not have the first one", exchange.Rows[5].Marks.Single().Text);
        Assert.AreEqual("acknowledges 5 bytes that the capture does not have", exchange.Rows[4].Marks.Single().Text);
        AssertKinds(exchange, "retransmission", "not-captured");
    }

    [TestMethod]
    public void An_ACK_of_what_nobody_sent_does_not_make_all_that_follows_late()
    {
        Segments segments = new Segments().Handshake().FromServer(Ack, 5001, 1_000_001).Wait(50);
        for (uint i = 0; i < 5; i++)
            segments.FromClient(Ack, 1001 + (5 * i), 5001, "hello").FromServer(Ack, 5001, 1006 + (5 * i));
        Exchange exchange = Flow(segments);
        Assert.AreEqual("acknowledges 999000 bytes that the capture does not have", exchange.Rows[3].Marks.Single().Text);
        Assert.IsTrue(exchange.Rows.Skip(4).All(row => row.Marks.Count == 0));
        Assert.AreEqual(1026u, exchange.Client.SndUna);
    }

    /// <summary>Data in both directions without a loss; neighbours change places, as they do when several queues are stored one after the other.</summary>
    [TestMethod]
    [DataRow(true)]
    [DataRow(false)]
    public void However_neighbours_change_places_nothing_was_lost_and_both_ends_end_as_they_did(bool hasTrueTimes)
    {
        Segment[] talk = [.. Talk().All.Select((segment, i) => segment with { Time = 1_000_000 + (100 * (ulong)i), Identification = i + 1 })];
        Exchange whole = Flow(talk);
        Assert.IsTrue(whole.Rows.All(row => row.Marks.Count == 0), "in order");
        Assert.IsTrue(whole.IsClosed && whole.Agrees);
        var random = new Random(1);
        for (int round = 0; round < 500; round++)
        {
            // None goes further than 5 places, and those of the handshake keep theirs.
            Segment[] mixed = [.. talk.Select((segment, i) => (Segment: segment, Place: i < 3 ? i : i + random.Next(6)))
                .OrderBy(one => one.Place).Select((one, i) => hasTrueTimes ? one.Segment : one.Segment with { Time = talk[i].Time })];
            Exchange exchange = Flow(mixed);
            string order = string.Join(' ', mixed.Select(segment => segment.Identification));
            Assert.IsFalse(exchange.Rows.Any(row => row.Marks.Any(mark => mark.Kind is not (MarkKind.OutOfOrder or MarkKind.Gap))),
                $"{order}: {string.Join(", ", exchange.Rows.SelectMany(row => row.Marks.Select(mark => $"{row.Segment.Identification} {mark.Text}")))}");
            Assert.IsEmpty(exchange.Findings.Where(finding => finding.Kind != "out-of-order").ToArray(), order);
            Assert.AreEqual((whole.Client.State, whole.Server.State), (exchange.Client.State, exchange.Server.State), order);
            Assert.AreEqual((whole.Client.SndUna, whole.Server.SndUna, whole.Client.RcvNxt, whole.Server.RcvNxt),
                (exchange.Client.SndUna, exchange.Server.SndUna, exchange.Client.RcvNxt, exchange.Server.RcvNxt), order);
            Assert.IsTrue(exchange.IsClosed && exchange.Agrees, order);
        }
    }

    [TestMethod]
    public void A_segment_that_a_capture_of_several_interfaces_has_again_is_drawn_once()
    {
        // By identification; by its place, though IPv6 has none; in pieces, where it leaves; and a SYN,ACK of Linux, which has none either.
        Segment[] talk = [.. Talk().All];
        AssertTwice(talk.SelectMany((segment, i) => new[] { segment with { Identification = i + 1 }, segment with { Identification = i + 1, Time = segment.Time + 5 } }));
        AssertTwice(talk.SelectMany(segment => new[] { segment with { CapturePoint = 1 }, segment with { CapturePoint = 5, Time = segment.Time + 5 } }));
        AssertTwice(talk.SelectMany((segment, i) => new[] { segment with { Identification = i + 1 }, segment with { Identification = i + 1, Time = segment.Time + 5 } })
            .Select(segment => segment.Has(Syn) ? segment with { Identification = 0 } : segment));
        Exchange exchange = AssertTwice(talk.SelectMany(segment => segment.Length < 10 ? [segment with { CapturePoint = 1 }, segment with { CapturePoint = 5 }]
            : new[]
            {
                segment with { CapturePoint = 1 },
                segment with { CapturePoint = 5, Payload = segment.Payload[..4], Flags = segment.Flags & ~ControlBits.Psh },
                segment with { CapturePoint = 5, Payload = segment.Payload[4..], Sequence = segment.Sequence + 4 },
            }));
        Assert.IsTrue(exchange.Rows.All(row => row.Segment.CapturePoint == 1));

        Exchange AssertTwice(IEnumerable<Segment> capture)
        {
            FlowTable table = Segments.FlowsOf(capture);
            Captures.Flow flow = table.Flows.Single();
            Assert.HasCount(talk.Length, flow.Exchange.Rows);
            Assert.AreEqual(talk.Sum(segment => segment.Length), flow.Bytes);
            Assert.IsTrue(flow.Exchange.Rows.All(row => row.Marks.Count == 0));
            Assert.AreEqual("captured-twice", table.FindingsOf(flow).Single().Kind);
            Assert.AreEqual("closed by both", flow.Exchange.Ending);
            return flow.Exchange;
        }
    }

    [TestMethod]
    public void What_is_sent_twice_is_not_taken_for_a_frame_that_was_stored_twice()
    {
        AssertAgain(one => one with { Identification = one.Identification + 1 }, 0);
        AssertAgain(one => one, 100);
        AssertAgain(one => one with { Identification = 0 }, 10);
        Segments answered = new Segments().Handshake().FromClient(Ack, 1001, 5001, "hello").FromServer(Ack, 5001, 1001).FromClient(Ack, 1001, 5001, "hello");
        Assert.IsTrue(Flow(answered).Rows[5].IsRetransmission, "The peer had spoken in between.");
        Exchange acks = Flow(new Segments().Handshake().FromClient(Ack, 1001, 5001, "hello").FromServer(Ack, 5001, 1001).FromServer(Ack, 5001, 1001));
        Assert.IsTrue(acks.Rows[5].IsMarked(MarkKind.DuplicateAck), "An ACK takes no number.");

        static void AssertAgain(Func<Segment, Segment> change, int milliseconds)
        {
            Segment first = new Segments().Handshake().FromClient(Ack, 1001, 5001, "hello").All[^1] with { Identification = 77 };
            Segment second = change(first) with { Time = first.Time + (1000 * (ulong)milliseconds) };
            if (second.Identification == 0)
                first = first with { Identification = 0 };
            Exchange exchange = Flow([.. new Segments().Handshake().All, first, second]);
            Assert.IsTrue(exchange.Rows[^1].IsRetransmission, $"{second.Identification}, {milliseconds} ms");
        }
    }

    [TestMethod]
    public void Times_that_go_back_leave_a_picture_of_its_usual_size()
    {
        Segment[] talk = [.. Talk().All];
        (talk[4], talk[^1]) = (talk[4] with { Time = talk[^1].Time }, talk[^1] with { Time = talk[0].Time - 1000 });
        var report = new DrawReport("test.pcap", talk.Length, Segments.FlowsOf(talk), null);
        using var text = new StringWriter { NewLine = "\n" };
        report.Write(Screen.ForMail(text), toScale: true);
        Assert.IsLessThan(200, text.ToString().Split('\n').Length);
        XNamespace svg = "http://www.w3.org/2000/svg";
        foreach (bool toScale in new[] { false, true })
        {
            string[] heights = [.. XDocument.Parse(LadderSvg.Draw(report, toScale)).Descendants(svg + "line").Select(line => line.Attribute("y1")!.Value)];
            Assert.IsTrue(heights.All(height => double.Parse(height, System.Globalization.CultureInfo.InvariantCulture) is > 0 and < 5000), string.Join(' ', heights));
        }
    }

    private static Segments Talk() => new Segments().Handshake()
        .FromClient(Ack | ControlBits.Psh, 1001, 5001, "hello")
        .FromServer(Ack, 5001, 1006)
        .FromServer(Ack, 5001, 1006, "several")
        .FromServer(Ack, 5008, 1006, "segments in")
        .FromClient(Ack, 1006, 5019)
        .FromServer(Ack | ControlBits.Psh, 5019, 1006, "a row")
        .FromClient(Ack, 1006, 5024, "and")
        .FromClient(Ack, 1009, 5024, "back")
        .FromServer(Ack, 5024, 1013)
        .FromClient(FinAck, 1013, 5024)
        .FromServer(Ack, 5024, 1014)
        .FromServer(FinAck, 5024, 1014)
        .FromClient(Ack, 1014, 5025);

    private static Exchange Flow(Segments segments) => Flow(segments.All);

    private static Exchange Flow(IEnumerable<Segment> segments) => Segments.FlowsOf(segments).Flows.Single().Exchange;

    private static void AssertKinds(Exchange exchange, params string[] kinds) =>
        CollectionAssert.AreEqual(kinds, exchange.Findings.Select(finding => finding.Kind).ToArray(), string.Join('\n', exchange.Findings));
}
