using System.Linq;
using System.Net;
using HandshakeNano.Client.Captures;
using HandshakeNano.Client.Trace;
using HandshakeNano.Net;
using HandshakeNano.Packets;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace HandshakeNano.Client.Tests;

/// <summary>What is odd in a flow is named, with its reason where the segments show one.</summary>
[TestClass]
public sealed class OddityTests
{
    private const ControlBits Syn = ControlBits.Syn;
    private const ControlBits Ack = ControlBits.Ack;
    private const ControlBits Rst = ControlBits.Rst;
    private const ControlBits FinAck = ControlBits.Fin | ControlBits.Ack;

    [TestMethod]
    public void An_ordinary_connection_has_nothing_odd()
    {
        Exchange exchange = Flow(new Segments().Handshake().FromClient(Ack, 1001, 5001, "hello").FromServer(Ack, 5001, 1006, "hello")
            .FromClient(FinAck, 1006, 5006).FromServer(FinAck, 5006, 1007).FromClient(Ack, 1007, 5007));
        Assert.IsEmpty(exchange.Findings, string.Join('\n', exchange.Findings));
        Assert.IsTrue(exchange.Rows.All(row => row.Marks.Count == 0));
        Assert.AreEqual("closed by both", exchange.Ending);
    }

    [TestMethod]
    public void A_SYN_sent_again_and_never_answered()
    {
        Exchange exchange = Flow(new Segments().FromClient(Syn, 1000).Wait(999).FromClient(Syn, 1000).Wait(2999).FromClient(Syn, 1000));
        AssertFinding(exchange, "syn-again", "sent its SYN again 2 times, the first time after 1.000 s");
        AssertFinding(exchange, "no-answer", "10.77.0.2:7 never answered");
        Assert.AreEqual("retransmission: SYN sent again after 3.000 s without an answer", exchange.Rows[2].Marks[0].Text);
        Assert.IsTrue(exchange.Rows[0].IsMarked(MarkKind.Dropped));
        Assert.AreEqual("no answer", exchange.Ending);
    }

    [TestMethod]
    public void A_SYN_ACK_sent_again()
    {
        Exchange exchange = Flow(new Segments().FromClient(Syn, 1000).FromServer(Syn | Ack, 5000, 1001).Wait(1000).FromServer(Syn | Ack, 5000, 1001)
            .FromClient(Ack, 1001, 5001));
        AssertFinding(exchange, "syn-ack-again", "The server sent its SYN,ACK again once, the first time after 1.001 s");
    }

    [TestMethod]
    public void A_refused_connection()
    {
        Exchange exchange = Flow(new Segments().FromClient(Syn, 1000).FromServer(Rst | Ack, 0, 1001));
        AssertFinding(exchange, "refused", "Refused: nothing listens on 10.77.0.2:7");
        Assert.AreEqual("refused", exchange.Ending);
    }

    [TestMethod]
    public void A_simultaneous_open_establishes_both_ends()
    {
        Exchange exchange = Flow(new Segments().FromClient(Syn, 1000).FromServer(Syn, 5000)
            .FromClient(Syn | Ack, 1000, 5001).FromServer(Syn | Ack, 5000, 1001).FromClient(Ack, 1001, 5001));
        AssertFinding(exchange, "simultaneous-open", "Simultaneous open");
        Assert.AreEqual((TcpState.SynReceived, (TcpState?)TcpState.SynSent), (exchange.Rows[1].ClientState, exchange.Rows[1].ServerState));
        Assert.AreEqual((TcpState.Established, (TcpState?)TcpState.Established), (exchange.Rows[^1].ClientState, exchange.Rows[^1].ServerState));
        Assert.DoesNotContain("syn-again", string.Join(' ', exchange.Findings.Select(finding => finding.Kind)));
    }

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void A_split_handshake(bool acknowledgesFirst)
    {
        Segments segments = new Segments().FromClient(Syn, 1000);
        if (acknowledgesFirst)
            segments.FromServer(Ack, 4999, 1001);
        Exchange exchange = Flow(segments.FromServer(Syn, 5000).FromClient(Syn | Ack, 1000, 5001).FromServer(Ack, 5001, 1001));
        AssertFinding(exchange, "split-handshake", "the server answers the SYN by a SYN without ACK");
        Assert.AreEqual(TcpState.Established, exchange.Rows[^1].ClientState);
        Assert.AreEqual(TcpState.Established, exchange.Rows[^1].ServerState);
    }

    [TestMethod]
    public void An_ISN_that_does_not_move_is_found_across_the_flows_of_a_host()
    {
        FlowTable table = new Segments().Handshake(1000, 5000).FromClient(Rst, 1001).Handshake(2000, 5000).FromClient(Rst, 2001).Handshake(3000, 6000).Flows();
        Assert.HasCount(3, table.Flows);
        Assert.IsTrue(table.FindingsOf(table.Flows[0]).Any(finding =>
            finding.Kind == "isn-stands-still" && finding.Text.StartsWith("The ISN of 10.77.0.2 does not move: 2 flows of this capture begin with 5000", System.StringComparison.Ordinal)));
        Assert.IsFalse(table.FindingsOf(table.Flows[2]).Any(finding => finding.Kind == "isn-stands-still"));
    }

    [TestMethod]
    public void A_closed_window_and_how_long_it_was_closed()
    {
        Exchange exchange = Flow(new Segments().Handshake().FromClient(Ack, 1001, 5001, "hello")
            .Window(0).FromServer(Ack, 5001, 1006).Wait(498).FromServer(Ack, 5001, 1006).Window(2048).FromServer(Ack, 5001, 1006));
        AssertFinding(exchange, "zero-window", "The server closed its window once: its program did not read as fast as data came. It took up to 500.000 ms until it opened");
        Assert.IsTrue(exchange.Rows[4].IsMarked(MarkKind.ZeroWindow));
    }

    [TestMethod]
    public void Who_reset_and_why()
    {
        AssertFinding(Flow(new Segments().Handshake().FromClient(Rst | Ack, 1001, 5001)), "reset",
            "Reset by the client in ESTABLISHED: its program ended the connection at once (SO_LINGER 0, killed).");
        AssertFinding(Flow(new Segments().Handshake().FromClient(Ack, 1001, 5001, "hello").FromServer(Rst | Ack, 5001, 1006)), "reset",
            "Reset by the server in ESTABLISHED: its program ended the connection at once (SO_LINGER 0, killed), or closed it with data unread.");
        AssertFinding(Flow(new Segments().FromClient(Syn, 1000).FromServer(Syn | Ack, 5000, 1001).FromClient(Rst, 1001)), "reset",
            "it answers the SYN,ACK by a reset, as a port scan does");
        AssertFinding(Flow(new Segments().Handshake().FromServer(FinAck, 5001, 1001).FromClient(Ack, 1001, 5002).FromClient(Ack, 1001, 5002, "late")
            .FromServer(Rst, 5002)), "reset", "Reset by the server in FIN-WAIT-2: data came after it had closed.");
        AssertFinding(Flow(new Segments().FromClient(Ack, 1001, 5001, "hello").FromServer(Rst, 5001)), "reset",
            "it knows no such connection, as after a restart (half-open)");
        Exchange stray = Flow(new Segments().Handshake().FromServer(Rst, 5500));
        AssertFinding(stray, "stray-reset", "its number is not the next one that the receiver expects");
        Assert.AreEqual(TcpState.Established, stray.Rows[^1].ClientState);
        Segments silent = new Segments().Handshake();
        for (int i = 0; i < 5; i++)
            silent.FromClient(Ack, 1001, 5001, "hello").Wait(200 << i);
        AssertFinding(Flow(silent.FromClient(Rst | Ack, 1006, 5001)), "reset", "it gave up, as what it sent again and again was not acknowledged");
    }

    [TestMethod]
    public void A_segment_that_the_receiver_asks_for_is_told_to_have_been_dropped()
    {
        Segments segments = new Segments().Handshake();
        for (uint i = 0; i < 4; i++)
            segments.FromClient(Ack, 1001 + (5 * i), 5001, "hello");
        for (uint i = 1; i < 4; i++)
            segments.FromServer(Ack, 5001, 1001, "", new TcpOption(5, "sack", [1006, 1006 + (5 * i)]));
        Exchange exchange = Flow(segments.FromClient(Ack, 1001, 5001, "hello").FromServer(Ack, 5001, 1021));
        Assert.AreEqual("retransmission: 3 duplicate ACKs asked for it", exchange.Rows[10].Marks.Single().Text);
        Assert.AreEqual("dropped on the way: the receiver has what came after it, and asks for it", exchange.Rows[3].Marks.Single().Text);
        Assert.AreEqual("duplicate ACK 3", exchange.Rows[9].Marks.Single().Text);
        AssertFinding(exchange, "retransmission", "1 segment sent again");
    }

    [TestMethod]
    public void A_segment_that_comes_soon_after_its_successor_is_out_of_order_and_a_later_one_was_lost()
    {
        Exchange early = Flow(new Segments().Handshake().FromClient(Ack, 1006, 5001, "world").FromClient(Ack, 1001, 5001, "hello"));
        Assert.AreEqual(MarkKind.Gap, early.Rows[3].Marks.Single().Kind);
        Assert.AreEqual("out of order: 1.000 ms behind what was sent after it", early.Rows[4].Marks.Single().Text);
        Exchange late = Flow(new Segments().Handshake().FromClient(Ack, 1006, 5001, "world").Wait(200).FromClient(Ack, 1001, 5001, "hello"));
        Assert.AreEqual(MarkKind.Retransmission, late.Rows[4].Marks.Single().Kind);
        StringAssert.Contains(late.Rows[4].Marks[0].Text, "dropped before it came here");
    }

    [TestMethod]
    public void A_damaged_segment_does_not_reach_its_receiver()
    {
        Exchange exchange = Flow(new Segments().Handshake().Add(new Segment
        {
            Source = Segments.Client,
            Destination = Segments.Server,
            Sequence = 1001,
            Acknowledgment = 5001,
            Flags = FinAck,
            Window = 2048,
            IsDamaged = true,
        }));
        Assert.AreEqual(TcpState.FinWait1, exchange.Rows[3].ClientState);
        Assert.AreEqual(TcpState.Established, exchange.Rows[3].ServerState);
        AssertFinding(exchange, "checksum", "1 segment with a wrong checksum");
    }

    [TestMethod]
    public void A_keep_alive_is_no_retransmission()
    {
        Exchange exchange = Flow(new Segments().Handshake().Wait(75_000).FromClient(Ack, 1000, 5001).FromServer(Ack, 5001, 1001));
        Assert.AreEqual("keep-alive", exchange.Rows[3].Marks.Single().Text);
        Assert.IsEmpty(exchange.Findings);
    }

    [TestMethod]
    public void A_flow_without_its_SYN_is_read_and_says_so()
    {
        Exchange exchange = Flow(new Segments().FromServer(Ack, 5101, 1101, "data").FromClient(Ack, 1101, 5105).FromClient(FinAck, 1101, 5105)
            .FromServer(FinAck, 5105, 1102).FromClient(Ack, 1102, 5106));
        AssertFinding(exchange, "beginning-missing", "no SYN was captured");
        Assert.AreEqual(Segments.Client, exchange.Client.EndPoint, "the port tells");
        Assert.IsNull(exchange.Client.Iss);
        Assert.AreEqual((1u, 1u), (exchange.Rows[0].RelativeSequence, exchange.Rows[0].RelativeAcknowledgment!.Value));
        Assert.AreEqual(5u, exchange.Rows[1].RelativeAcknowledgment);
        Assert.AreEqual(TcpState.TimeWait, exchange.Rows[^1].ClientState);
        Assert.AreEqual(TcpState.Closed, exchange.Rows[^1].ServerState);
        Assert.AreEqual("closed by both", exchange.Ending);
        Exchange answered = Flow(new Segments().FromServer(Syn | Ack, 5000, 1001).FromClient(Ack, 1001, 5001));
        AssertFinding(answered, "beginning-missing", "the SYN was not captured, its answer was");
        Assert.IsTrue(answered.IsEstablished);
        Assert.AreEqual(1000u, answered.Client.Iss);
    }

    [TestMethod]
    public void A_new_SYN_between_the_same_ends_is_a_new_flow_and_one_sent_again_is_not()
    {
        FlowTable table = new Segments().FromClient(Syn, 1000).Wait(1000).Handshake().FromClient(Rst, 1001).Handshake(9000, 8000).Flows();
        CollectionAssert.AreEqual(new[] { 5, 3 }, table.Flows.Select(flow => flow.Exchange.Count).ToArray());
    }

    [TestMethod]
    public void Rows_are_kept_at_both_ends_of_the_one_flow_that_is_meant()
    {
        Segments segments = new Segments().Handshake();
        for (uint i = 0; i < 100; i++)
            segments.FromClient(Ack, 1001 + (5 * i), 5001, "hello");
        Exchange exchange = segments.Flows(mostRows: 11).Flows[0].Exchange;
        CollectionAssert.AreEqual(new[] { 1, 2, 3, 4, 5, 6, 99, 100, 101, 102, 103 }, exchange.Rows.Select(row => row.Number).ToArray());
        Assert.AreEqual(92, exchange.LeftOut);
        FlowTable two = segments.FromClient(Rst, 1501).Handshake(9000, 8000).Flows();
        Assert.IsTrue(two.Flows.All(flow => flow.Exchange.Rows.Count == 0), "None is meant.");
        FlowTable second = segments.Flows(new FlowChoice(2, null));
        CollectionAssert.AreEqual(new[] { 0, 3 }, second.Flows.Select(flow => flow.Exchange.Rows.Count).ToArray());
    }

    [TestMethod]
    public void Flows_are_told_apart_up_to_a_bound_and_one_that_is_asked_for_beyond_it()
    {
        var segments = new Segments();
        for (int port = 1; port <= 9; port++)
            segments.Add(new Segment { Source = new IPEndPoint(IPAddress.Loopback, port), Destination = Segments.Server, Flags = Syn, Sequence = 7 });
        FlowTable table = segments.Flows(mostFlows: 4);
        Assert.HasCount(4, table.Flows);
        Assert.AreEqual(5L, table.LeftOut);
        FlowTable chosen = segments.Flows(new FlowChoice(0, new IPEndPoint(IPAddress.Loopback, 9)), mostFlows: 4);
        Assert.AreEqual(9, chosen.Meant.Single().Exchange.Client.EndPoint.Port);
        Assert.HasCount(1, chosen.Meant[0].Exchange.Rows);
    }

    private static Exchange Flow(Segments segments) => segments.Flows().Flows.Single().Exchange;

    private static void AssertFinding(Exchange exchange, string kind, string text)
    {
        Finding? finding = exchange.Findings.FirstOrDefault(one => one.Kind == kind);
        Assert.IsNotNull(finding, kind + " is not among " + string.Join('\n', exchange.Findings));
        StringAssert.Contains(finding.Text, text);
    }
}
