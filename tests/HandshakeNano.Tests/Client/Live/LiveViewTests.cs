using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Net;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using HandshakeNano.Boards.Tests;
using HandshakeNano.Client.Captures;
using HandshakeNano.Client.Output;
using HandshakeNano.Packets;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace HandshakeNano.Client.Tests;

/// <summary>What is drawn and written of connections while they go on.</summary>
[TestClass]
public sealed class LiveViewTests
{
    private const ControlBits Ack = ControlBits.Ack;

    private static readonly TcpOption[] s_options =
        [new(2, "mss", [1460]), new(4, "sack-permitted", []), new(8, "timestamps", [123, 0]), new(1, "no-operation", []), new(3, "window-scale", [7])];

    [TestMethod]
    public void Each_segment_is_a_row_that_says_which_connection_it_is_of()
    {
        const string Expected = """

              HH:MM:SS  #1    10.77.0.1:40000 ─▶ 10.77.0.2:7
                  0 us  #1    SYN-SENT      ├── SYN      seq 4000000000  win 2048 ──────────────▶│  ?
                                            │   MSS 1460, SACK permitted, timestamps,            │
                                            │   window scale 7 (x128)                            │

              HH:MM:SS  #2    10.77.0.1:40001 ─▶ 10.77.0.2:7
                  0 us  #2    SYN-SENT      ├── SYN      seq 4000000000  win 2048 ──────────────▶│  ?
                                            │   MSS 1460, SACK permitted, timestamps,            │
                                            │   window scale 7 (x128)                            │
              1.000 ms  #1    ESTABLISHED   │◀─ SYN,ACK  seq 77  ack 4000000001  win 2048 ───────┤  SYN-RECEIVED
              2.000 ms  #1    ESTABLISHED   ├── ACK      seq 1  ack 1  win 2048 ────────────────▶│  ESTABLISHED
              3.000 ms  #1    ESTABLISHED   ├── PSH,ACK  seq 1  ack 1  len 6  win 2048 ─────────▶│  ESTABLISHED
                                            │   "hello\n"                                        │
              4.000 ms  #1    CLOSED        │◀─ RST,ACK  seq 1  ack 7 ───────────────────────────┤  CLOSED
                                            │   ! its program ended the connection at once       │
                                            │     (SO_LINGER 0, killed), or closed it with data  │
                                            │     unread                                         │
              HH:MM:SS  #1    reset by server: 5 segments, 6 bytes of data

            """;
        Assert.AreEqual(Expected, Draw(Two(), writer => new Screen(writer), all: true));
    }

    [TestMethod]
    public void A_narrow_screen_without_Unicode_gets_the_same_in_72_columns()
    {
        const string Expected = """

              HH:MM:SS  #1    10.77.0.1:40000 -> 10.77.0.2:7
                  0 us  #1    SYN-SENT      |-- SYN ---------------->|  ?
                                            |   seq 4000000000, win 2048, MSS 1460,
                                            |   SACK permitted, timestamps,
                                            |   window scale 7 (x128)
            """;
        string drawn = Draw(Two(), Screen.ForMail, all: true);
        Assert.AreEqual(Expected, string.Join('\n', drawn.Split('\n')[..Expected.Split('\n').Length]), drawn);
        StringAssert.Contains(drawn, "  2.000 ms  #1    ESTABLISHED   |-- ACK  seq 1  ack 1 -->|  ESTABLISHED\n");
        Assert.IsTrue(drawn.All(char.IsAscii));
        Assert.IsTrue(drawn.Split('\n').All(line => line.Length <= 72), drawn);
    }

    [TestMethod]
    public void Handshakes_alone_leave_the_data_out_and_say_at_the_end_what_was_odd_in_it()
    {
        Segments segments = new Segments().Handshake().FromClient(ControlBits.Psh | Ack, 1001, 5001, "hello").Wait(300)
            .FromClient(ControlBits.Psh | Ack, 1001, 5001, "hello").FromServer(Ack, 5001, 1006)
            .FromClient(ControlBits.Fin | Ack, 1006, 5001).FromServer(ControlBits.Fin | Ack, 5001, 1007).FromClient(Ack, 1007, 5002);
        string drawn = Draw(segments.All, writer => new Screen(writer), all: false);
        StringAssert.Contains(drawn, "│   ... 3 segments not drawn ...                     │\n");
        Assert.DoesNotContain("hello", drawn);
        StringAssert.EndsWith(drawn, "  HH:MM:SS  #1    closed by both: 9 segments, 10 bytes of data\n"
            + "            #1    1 segment sent again; the reason stands at each.\n");
        Assert.DoesNotContain("sent again; the", Draw(segments.All, writer => new Screen(writer), all: true), "There it stands at the row.");
    }

    [TestMethod]
    public void A_SYN_without_an_answer_is_told_when_it_is_given_up()
    {
        string drawn = Draw(new Segments().FromClient(ControlBits.Syn, 1).Wait(999).FromClient(ControlBits.Syn, 1).All, writer => new Screen(writer), all: false, finish: true);
        StringAssert.Contains(drawn, "! retransmission: SYN sent again after 1.000 s");
        StringAssert.Contains(drawn, "#1    no answer: 2 segments, 0 bytes of data\n");
        StringAssert.Contains(drawn, "10.77.0.2:7 never answered");
        Assert.DoesNotContain("open", Draw(new Segments().Handshake().All, writer => new Screen(writer), all: false, finish: true), "Of one that goes on there is nothing to say.");
    }

    [TestMethod]
    public void Two_IPv6_addresses_and_a_number_of_five_digits_stay_within_the_screen()
    {
        IPEndPoint End(int port) => new(IPAddress.Parse($"2001:db8:1111:2222:3333:4444:5555:{port:x}"), port);
        Segment syn = new Segments().FromClient(ControlBits.Syn, uint.MaxValue, 0, "", s_options).All[0] with { Source = End(40_000), Destination = End(65_535) };
        var flow = new Captures.Flow(12_345, syn, 0, isLive: true);
        flow.Add(syn);
        var ladder = new LiveLadder(flow.Exchange, 72, unicode: false, "#12345");
        StyledLine[] lines = [.. ladder.Beginning("00:00:00"), .. ladder.Row(flow.Exchange.Latest!, null), .. ladder.Ending("00:00:00", 0, withData: true)];
        Assert.IsTrue(lines.All(line => line.ToString().Length <= 72), string.Join('\n', lines.AsEnumerable()));
        StringAssert.Contains(lines[2].ToString(), "[2001:db8:1111:2222:3333:4444:5555:ffff]:65535");
    }

    [TestMethod]
    public void One_connection_has_its_ends_at_the_top_and_no_number()
    {
        using var text = new StringWriter { NewLine = "\n" };
        using (var drawing = new LiveDrawing(new Screen(text)))
        {
            Segment stranger = new Segments().FromClient(ControlBits.Syn, 1).All[0] with { Source = new IPEndPoint(IPAddress.Loopback, 1) };
            drawing.Add(sent: false, stranger);
            foreach (Segment segment in new Segments().Handshake().All)
                drawing.Add(segment.Source.Equals(Segments.Client), segment);
            drawing.Add(sent: false, stranger);
            drawing.Finish();
        }

        Assert.AreEqual(
            """
                        us                                                                                  peer
                        10.77.0.1:40000                                                              10.77.0.2:7
                        CLOSED        │                                                          │  ?
                  0 us  SYN-SENT      ├── SYN      seq 1000  win 2048 ──────────────────────────▶│  ?
              1.000 ms  ESTABLISHED   │◀─ SYN,ACK  seq 5000  ack 1001  win 2048 ─────────────────┤  SYN-RECEIVED
              2.000 ms  ESTABLISHED   ├── ACK      seq 1  ack 1  win 2048 ──────────────────────▶│  ESTABLISHED

            """, text.ToString());
    }

    [TestMethod]
    public void The_summary_counts_what_came_of_the_handshakes()
    {
        using var text = new StringWriter { NewLine = "\n" };
        var report = new WatchReport("eth0", null, new LadderView(new Screen(TextWriter.Null), isOne: false, all: false));
        Feed(report, Two(), all: false, finish: true);
        Assert.AreEqual(1, report.Handshakes, "What had no answer is not over.");
        report.Write(new Screen(text), frames: 6, lost: 2);
        Assert.AreEqual(
            """

              2 connections on eth0: 1 completed, 1 without an answer.
              From the first SYN to both ends established: 2.000 ms.
              6 frames looked at, 2 lost: they came faster than they were drawn.

            """, text.ToString());
    }

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void Each_line_of_JSON_is_as_the_schema_says(bool all)
    {
        using var text = new StringWriter { NewLine = "\n" };
        var report = new WatchReport("eth0", all ? "10.77.0.2:7" : null, new WatchJson(text, all));
        report.WriteJsonBeginning(text);
        Feed(report, [.. Two(), .. new Segments().FromClient(ControlBits.Syn, 9).FromServer(ControlBits.Rst | Ack, 0, 10).All], all, finish: true);
        report.WriteJson(text, 7, 0, all ? "cut" : null);
        JsonReport.WriteFailure("watch", "no interface", text);
        string[] lines = text.ToString().TrimEnd('\n').Split('\n');
        JsonNode[] documents = [.. lines.Select(line => JsonNode.Parse(line)!)];
        foreach (string line in lines)
            Schemas.Check("watch", line);

        string[] events = [.. documents.Select(document => (string?)document["event"] ?? "")];
        Assert.AreEqual("begin", events[0]);
        CollectionAssert.AreEqual(
            new[] { "completed", "refused", "no-answer" }, documents.Where(document => (string?)document["event"] == "handshake").Select(document => (string?)document["outcome"]).ToArray());
        Assert.AreEqual(3, events.Count(one => one == "end"));
        Assert.AreEqual(all ? 8 : 0, events.Count(one => one == "segment"));
        Assert.AreEqual(2000, (int)documents.First(document => (string?)document["outcome"] == "completed")["microseconds"]!);
    }

    // A connection that is reset, and a SYN beside it.
    private static List<Segment> Two()
    {
        List<Segment> all = [.. new Segments().FromClient(ControlBits.Syn, 4_000_000_000, 0, "", s_options)
            .FromServer(ControlBits.Syn | Ack, 77, 4_000_000_001)
            .FromClient(Ack, 4_000_000_001, 78)
            .FromClient(ControlBits.Psh | Ack, 4_000_000_001, 78, "hello\n")
            .FromServer(ControlBits.Rst | Ack, 78, 4_000_000_007).All];
        all.Insert(1, all[0] with { Source = new IPEndPoint(Segments.Client.Address, 40001) });
        return all;
    }

    private static string Draw(IEnumerable<Segment> segments, Func<TextWriter, Screen> screen, bool all, bool finish = false)
    {
        using var text = new StringWriter(CultureInfo.InvariantCulture) { NewLine = "\n" };
        Feed(new LadderView(screen(text), isOne: false, all), segments, all, finish);
        return Regex.Replace(text.ToString(), @"\d\d:\d\d:\d\d", "HH:MM:SS");
    }

    private static void Feed(FlowObserver observer, IEnumerable<Segment> segments, bool all, bool finish)
    {
        var flows = new LiveFlows(observer, all, most: 30_000);
        foreach (Segment segment in segments)
            flows.Add(segment);
        if (finish)
            flows.Finish();
    }
}
