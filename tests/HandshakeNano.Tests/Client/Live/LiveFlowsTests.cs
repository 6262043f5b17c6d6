using System.Collections.Generic;
using System.Linq;
using System.Net;
using HandshakeNano.Client.Captures;
using HandshakeNano.Client.Trace;
using HandshakeNano.Packets;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace HandshakeNano.Client.Tests;

/// <summary>Connections while they go on: what is shown of them, when they are over, and when they are forgotten.</summary>
[TestClass]
public sealed class LiveFlowsTests
{
    private const ControlBits Syn = ControlBits.Syn;
    private const ControlBits Ack = ControlBits.Ack;
    private const ControlBits FinAck = ControlBits.Fin | ControlBits.Ack;

    private readonly Diary _diary = new();

    [TestMethod]
    public void What_opens_and_closes_a_connection_is_shown()
    {
        Watch(all: false, Conversation());
        Assert.AreEqual(
            """
            1 opened
            1 SYN
            1 SYN,ACK
            1 ACK
            1 handshake Completed
            1 FIN,ACK after 3
            1 FIN,ACK
            1 ACK
            1 ended closed by both
            """, _diary.ToString());
    }

    [TestMethod]
    public void Each_segment_is_shown_if_that_was_asked_for()
    {
        Watch(all: true, Conversation());
        Assert.AreEqual("SYN SYN,ACK ACK PSH,ACK ACK FIN,ACK FIN,ACK ACK", _diary.Rows(1));
    }

    [TestMethod]
    [DataRow(false, "")]
    [DataRow(true, "ACK ACK")]
    public void A_connection_that_was_there_before_is_shown_with_each_segment_alone(bool all, string rows)
    {
        Watch(all, new Segments().FromClient(Ack, 1001, 5001, "hello").FromServer(Ack, 5001, 1006));
        Assert.AreEqual(rows, _diary.Rows(1));
        Assert.AreEqual(all ? "1 handshake Unseen" : "", _diary.Handshakes);
    }

    [TestMethod]
    public void What_came_of_a_handshake_is_told_once_and_at_once()
    {
        Watch(all: false, new Segments().FromClient(Syn, 1).FromServer(ControlBits.Rst | Ack, 0, 2).FromServer(ControlBits.Rst | Ack, 0, 2));
        Assert.AreEqual("1 handshake Refused", _diary.Handshakes);
        Watch(all: false, new Segments().FromClient(Syn, 1).FromServer(Syn | Ack, 5, 2).FromClient(ControlBits.Rst, 2));
        Assert.AreEqual("1 handshake Reset", _diary.Handshakes);
        Watch(all: false, new Segments().FromClient(Syn, 1).FromServer(Syn | Ack, 5, 2));
        Assert.AreEqual("", _diary.Handshakes);
        Watch(all: false, new Segments().Handshake().FromServer(ControlBits.Rst, 5001));
        Assert.AreEqual("1 handshake Completed", _diary.Handshakes, "A reset later is the end of the connection alone.");
        StringAssert.EndsWith(_diary.ToString(), "1 ended reset by server");
    }

    [TestMethod]
    public void A_state_is_not_known_before_the_end_has_spoken()
    {
        Watch(all: false, new Segments().Handshake());
        Assert.IsNull(_diary.Shown[0].ServerState);
        Assert.AreEqual(Net.TcpState.SynReceived, _diary.Shown[1].ServerState);
        Assert.AreEqual(Net.TcpState.Established, _diary.Shown[2].ServerState);
        Watch(all: false, new Segments().FromClient(Syn, 1).FromServer(ControlBits.Rst | Ack, 0, 2));
        Assert.AreEqual(Net.TcpState.Closed, _diary.Shown[1].ServerState);
    }

    /// <summary>What a drawing knows beforehand: whose SYN was an answer.</summary>
    [TestMethod]
    public void The_states_after_each_segment_are_those_of_a_drawing_whatever_opens_the_connection()
    {
        Segments[] all =
        [
            Conversation(),
            new Segments().FromClient(Syn, 1000).FromServer(Syn, 5000).FromClient(Syn | Ack, 1000, 5001).FromServer(Syn | Ack, 5000, 1001).FromClient(Ack, 1001, 5001),
            new Segments().FromClient(Syn, 1000).FromServer(Syn, 5000).FromClient(Syn | Ack, 1000, 5001).FromServer(Ack, 5001, 1001),
            new Segments().FromServer(Syn | Ack, 5000, 1001).FromClient(Ack, 1001, 5001),
            new Segments().Handshake().FromClient(FinAck, 1001, 5001).FromServer(FinAck, 5001, 1001).FromServer(Ack, 5002, 1002).FromClient(Ack, 1002, 5002),
        ];
        foreach (Segments segments in all)
        {
            Exchange drawn = segments.Flows().Flows[0].Exchange;
            Watch(all: true, segments);
            CollectionAssert.AreEqual(drawn.Rows.Select(row => row.ClientState).ToArray(), _diary.Shown.Select(row => row.ClientState).ToArray());

            // A SYN without ACK is an answer or none: that shows with the next segment.
            int unknown = drawn.Opening == Opening.Split ? 2 : 1;
            CollectionAssert.AreEqual(
                drawn.Rows.Skip(unknown).Select(row => row.ServerState).ToArray(), _diary.Shown.Skip(unknown).Select(row => row.ServerState).ToArray());
            CollectionAssert.AreEqual(
                drawn.Findings.Select(finding => finding.Kind).ToArray(), _diary.Flows[0].Exchange.Findings.Select(finding => finding.Kind).ToArray());
        }
    }

    [TestMethod]
    public void A_SYN_of_the_same_ends_opens_a_new_connection_unless_it_is_sent_again()
    {
        Watch(all: false, new Segments().FromClient(Syn, 1000).FromClient(Syn, 1000).FromClient(Syn, 9000));
        Assert.AreEqual("SYN SYN", _diary.Rows(1));
        Assert.AreEqual("SYN", _diary.Rows(2));
        Watch(all: false, Conversation().FromClient(Syn, 9000));
        Assert.AreEqual("SYN", _diary.Rows(2));
    }

    [TestMethod]
    public void What_comes_after_the_end_belongs_to_the_connection_that_is_over()
    {
        Watch(all: true, Conversation().FromServer(FinAck, 5006, 1007).FromClient(Ack, 1007, 5007));
        Assert.AreEqual(1, _diary.Flows.Count);
        Assert.AreEqual(1, _diary.ToString().Split('\n').Count(line => line.Contains("ended", System.StringComparison.Ordinal)));
    }

    [TestMethod]
    public void An_unanswered_SYN_is_given_up_two_minutes_after_the_last_one()
    {
        Segments syn = new Segments().FromClient(Syn, 1000);
        LiveFlows flows = Watch(all: false, syn);
        ulong last = syn.All[0].Time;
        flows.Pass(last + LiveFlows.Patience);
        Assert.AreEqual("", _diary.Handshakes);
        flows.Pass(last + LiveFlows.Patience + 1_000_001);
        Assert.AreEqual("1 handshake NoAnswer", _diary.Handshakes);
        StringAssert.EndsWith(_diary.ToString(), "1 ended no answer");
        Assert.AreEqual(0, flows.Watched);
    }

    [TestMethod]
    public void An_open_connection_may_be_silent_for_a_day_and_one_that_is_over_is_forgotten()
    {
        LiveFlows flows = Watch(all: false, new Segments().Handshake());
        flows.Pass(100_000_000_000);
        Assert.AreEqual(1, flows.Watched);
        flows = Watch(all: false, Conversation());
        Assert.AreEqual(1, flows.Watched);
        flows.Pass(100_000_000_000);
        Assert.AreEqual(0, flows.Watched);
    }

    [TestMethod]
    public void Where_there_are_too_many_the_one_that_was_silent_for_the_longest_time_is_forgotten()
    {
        var flows = new LiveFlows(_diary, all: false, most: 3);
        Segment[] syns = [.. Enumerable.Range(0, 4).Select(i => new Segments().FromClient(Syn, 1000).All[0] with
        {
            Source = new IPEndPoint(Segments.Client.Address, 40000 + i),
            Time = 1_000 + (ulong)i,
        })];
        foreach (Segment syn in syns[..3])
            flows.Add(syn);
        flows.Add(syns[0] with { Time = 2_000 });
        flows.Add(syns[3] with { Time = 3_000 });
        Assert.AreEqual("2 handshake NoAnswer", _diary.Handshakes);
        Assert.AreEqual(3, flows.Watched);
        for (int i = 0; i < 3_000; i++)
            flows.Add(syns[0] with { Source = new IPEndPoint(Segments.Client.Address, 1024 + (i % 2_000)), Sequence = (uint)i, Time = 4_000 });
        Assert.AreEqual(3, flows.Watched);
        Assert.AreEqual(3_004, flows.Count);
        flows.Finish();
        Assert.AreEqual(0, flows.Watched);
    }

    private static Segments Conversation() => new Segments().Handshake()
        .FromClient(ControlBits.Psh | Ack, 1001, 5001, "hello").FromServer(Ack, 5001, 1006, "HELLO")
        .FromClient(FinAck, 1006, 5006).FromServer(FinAck, 5006, 1007).FromClient(Ack, 1007, 5007);

    private LiveFlows Watch(bool all, Segments segments)
    {
        _diary.Clear();
        var flows = new LiveFlows(_diary, all);
        foreach (Segment segment in segments.All)
            flows.Add(segment);
        return flows;
    }

    private sealed class Diary : FlowObserver
    {
        private readonly List<string> _lines = [];

        public List<LiveFlow> Flows { get; } = [];

        public List<ExchangeRow> Shown { get; } = [];

        public string Handshakes => string.Join('\n', _lines.Where(line => line.Contains("handshake", System.StringComparison.Ordinal)));

        public void Clear()
        {
            _lines.Clear();
            Flows.Clear();
            Shown.Clear();
        }

        public string Rows(int flow) => string.Join(' ', _lines.Select(line => line.Split(' '))
            .Where(words => words[0] == $"{flow}" && words[1] is not ("opened" or "handshake" or "ended")).Select(words => words[1]));

        public override void OnOpened(LiveFlow flow)
        {
            Flows.Add(flow);
            _lines.Add($"{flow.Flow.Number} opened");
        }

        public override void OnSegment(LiveFlow flow, ExchangeRow row)
        {
            Shown.Add(row);
            string gap = flow.Shown is { } before && row.Number > before.Number + 1 ? $" after {before.Number}" : "";
            _lines.Add($"{flow.Flow.Number} {ControlBitsText.ToText(row.Segment.Flags)}{gap}");
        }

        public override void OnHandshake(LiveFlow flow) => _lines.Add($"{flow.Flow.Number} handshake {flow.Outcome}");

        public override void OnEnded(LiveFlow flow) => _lines.Add($"{flow.Flow.Number} ended {flow.Exchange.Ending}");

        public override string ToString() => string.Join('\n', _lines);
    }
}
