using HandshakeNano.Conformance.Language;
using HandshakeNano.Conformance.Run;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace HandshakeNano.Conformance;

/// <summary>What the language does not have is an error that says where.</summary>
[TestClass]
public sealed class SyntaxTests
{
    [TestMethod]
    [DataRow("0 < X 0:0(0) win 1", "1:5: 'X' is no flag")]
    [DataRow("0 < SS 0:0(0) win 1", "1:5: the flag 'S' stands there twice")]
    [DataRow("0 < S 0:5(4) win 1", "1:7: 0:5 are 5 bytes, and not 4")]
    [DataRow("0 < S 0:0(0) window 1", "1:14: 'window' is no part of a segment")]
    [DataRow("0 < S 0:0(0) win 70000", "1:18: the number must be 0 to 65535")]
    [DataRow("0 < S 0:0(0) win", "1:17: expected a number, but here is the script ends")]
    [DataRow("0 < S 0:0(0) ack 1 win 1", "1:1: 'ack' needs the flag '.'")]
    [DataRow("0 < . 0:0(0) win 1", "1:1: the flag '.' needs 'ack'")]
    [DataRow("0 < S 0:0(0) win 1 <mss 1460,sackok>", "1:30: 'sackok' is no TCP option")]
    [DataRow("0 < S 0:0(0) win 1 <nop>", "1:20: the options take 1 bytes")]
    [DataRow("0 < S 0:0(0) win 1 <hex 123>", "1:21: '123' are no bytes")]
    [DataRow("0 < S 0:0(0) win 1 <...>", "1:20: what the peer sends needs its options")]
    [DataRow("0 < S 0:0(0) win 1 <mss 1460", "1:29: expected '>'")]
    [DataRow("0 > S 0:0(0) bad_checksum", "1:14: 'bad_checksum' is no part of a segment that is expected")]
    [DataRow("0 < S 0:0(0) win 1 from 1.2.3", "1:25: '1.2.3' is no IPv4 address")]
    [DataRow("* < S 0:0(0) win 1", "1:1: what the peer sends needs one time")]
    [DataRow("0...1 > S 0:0(0)", "1:1: only calls have a time with '...'")]
    [DataRow("1~.5 > S 0:0(0)", "1:2: the time ends before it begins")]
    [DataRow("0~+1 > S 0:0(0)", "1:2: both ends of a time must be relative")]
    [DataRow("+.0000001 > S 0:0(0)", "1:2: '.0000001' is finer than a microsecond")]
    [DataRow("x > S 0:0(0)", "1:1: expected a time in seconds, but here is 'x'")]
    [DataRow("\n\n  0 sleep(3) = 0", "3:5: 'sleep' is no call that an endpoint has")]
    [DataRow("0 `ip link`", "1:3: expected a packet ('<' or '>'), a call, or '%{', but here is '`'")]
    [DataRow("0 read(3, ..., 1) = -1", "1:23: expected the name of the error")]
    [DataRow("0 read(3, ..., 1) = 1 EAGAIN", "1:1: a call that has an error returns -1")]
    [DataRow("0 read(3, ..., 1", "1:17: expected ')'")]
    [DataRow("0 < icmp unreachable nobody_there", "1:22: 'nobody_there' is no code of ICMP unreachable")]
    [DataRow("0 < icmp unreachable exc_ttl", "1:22: 'exc_ttl' is no code of ICMP unreachable")]
    [DataRow("0 < icmp echo", "1:10: 'echo' is no ICMP type")]
    [DataRow("0 %{ print 1 }%", "1:6: expected 'assert'")]
    [DataRow("0 %{ assert 1 = 1 }%", "1:15: '=' is no comparison")]
    [DataRow("0 < R 0:0(0) win 0\n--mtu=1500", "2:1: options stand in front")]
    [DataRow("/* no end", "1:1: the comment does not end")]
    public void It_says_line_and_column(string script, string message) => Refuses(script, message);

    [TestMethod]
    [DataRow("--colour=1\n0 < R 0:0(0) win 0", "1:1: 'colour' is no option")]
    [DataRow("0 socket(..., SOCK_DGRAM, IPPROTO_UDP) = 3", "1:15: 'SOCK_DGRAM' is nothing that socket knows here")]
    [DataRow("0 %{ assert tcpi_state == TCP_CLOSE }%", "1:1: 'tcpi_state' needs a connection")]
    [DataRow("0 %{ assert weather == 1 }%", "1:1: 'weather' is nothing that can be compared")]
    [DataRow("// nothing", "1:1: the script has no events")]
    public void So_does_what_is_found_only_when_it_is_played(string script, string message) => Refuses(script, message);

    [TestMethod]
    public void The_first_comment_is_the_rule_and_other_comments_are_nothing()
    {
        Script script = ScriptParser.Parse("a.pkt", "// RFC 9293\n// section 3 /* all */\n# of it\n0 < R 0:0(0) win 0 // a reset\n/* two\nlines */ +1 < R 0:0(0) win 0\n");
        Assert.AreEqual("RFC 9293 section 3 /* all */ of it", script.Rule);
        Assert.HasCount(2, script.Events);
        Assert.AreEqual(6, script.Events[1].At.Line);
        Assert.AreEqual(10, script.Events[1].At.Column);
    }

    [TestMethod]
    public void A_time_may_be_absolute_relative_a_range_or_any()
    {
        Script script = ScriptParser.Parse("a.pkt",
            "0.5 > R 0:0(0)\n+.25 > R 0:0(0)\n+1~+2 > R 0:0(0)\n* > R 0:0(0)\n0...1.5 read(3, ..., 1) = 1\n+0...0.2 read(3, ..., 1) = 1");
        Assert.AreEqual(new EventTime(TimeKind.At, false, 500_000, 500_000), script.Events[0].Time);
        Assert.AreEqual(new EventTime(TimeKind.At, true, 250_000, 250_000), script.Events[1].Time);
        Assert.AreEqual(new EventTime(TimeKind.At, true, 1_000_000, 2_000_000), script.Events[2].Time);
        Assert.AreEqual(TimeKind.Any, script.Events[3].Time.Kind);
        Assert.AreEqual(new EventTime(TimeKind.Blocking, false, 0, 1_500_000), script.Events[4].Time);
        Assert.AreEqual(new EventTime(TimeKind.Blocking, true, 0, 200_000), script.Events[5].Time);
    }

    [TestMethod]
    public void Options_are_bytes_in_their_order()
    {
        Script script = ScriptParser.Parse("a.pkt",
            "0 < S. 0:0(0) ack 1 win 1 <mss 1460,nop,wscale 7,sackOK,TS val 1 ecr 2>\n+0 < . 1:1(0) ack 1 win 1 <nop,nop,sack 1:2 3:4>\n");
        CollectionAssert.AreEqual(
            new byte[] { 2, 4, 5, 180, 1, 3, 3, 7, 4, 2, 8, 10, 0, 0, 0, 1, 0, 0, 0, 2 }, ((SegmentEvent)script.Events[0]).Segment.Options);
        CollectionAssert.AreEqual(
            new byte[] { 1, 1, 5, 18, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 4 }, ((SegmentEvent)script.Events[1]).Segment.Options);
    }

    private static void Refuses(string script, string message)
        => StringAssert.StartsWith(
            Assert.ThrowsExactly<ScriptException>(() => ScriptRunner.Run(ScriptParser.Parse("a.pkt", script))).Message, "a.pkt:" + message);
}
