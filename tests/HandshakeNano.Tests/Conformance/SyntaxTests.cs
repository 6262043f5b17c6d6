using System.Linq;
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
    [DataRow("0 < SEWA 0:0(0) win 1", "1:5: 'A' is a flag of AccECN")]
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
    [DataRow("0 < S 0:0(0) win 1 from 1.2.3", "1:25: '1.2.3' is no IP address")]
    [DataRow("* < S 0:0(0) win 1", "1:1: what the peer sends needs one time")]
    [DataRow("0...1 > S 0:0(0)", "1:1: only calls have a time with '...'")]
    [DataRow("1~.5 > S 0:0(0)", "1:2: the time ends before it begins")]
    [DataRow("0~+1 > S 0:0(0)", "1:2: both ends of a time must be relative")]
    [DataRow("+.0000001 > S 0:0(0)", "1:2: '.0000001' is finer than a microsecond")]
    [DataRow("x > S 0:0(0)", "1:1: expected a time in seconds, but here is 'x'")]
    [DataRow("\n\n  0 sleep(3) = 0", "3:5: 'sleep' is no call that an endpoint has")]
    [DataRow("0 `ip link", "1:3: the quoted text does not end")]
    [DataRow("0 ?", "1:3: expected a packet ('<' or '>'), a call, or '%{', but here is '?'")]
    [DataRow("0 read(3, ..., 1) = -1", "1:23: expected the name of the error")]
    [DataRow("0 read(3, ..., 1) = 1 EAGAIN", "1:1: a call that has an error returns -1")]
    [DataRow("0 read(3, ..., 1", "1:17: expected ')'")]
    [DataRow("0 < icmp unreachable nobody_there", "1:22: 'nobody_there' is no code of ICMP unreachable")]
    [DataRow("0 < icmp unreachable exc_ttl", "1:22: 'exc_ttl' is no code of ICMP unreachable")]
    [DataRow("0 < icmp echo", "1:10: 'echo' is no ICMP type")]
    [DataRow("0 %{ print 1 }%", "1:6: expected 'assert' or an assignment, but here is 'print'")]
    [DataRow("0 %{ }%", "1:6: expected 'assert'")]
    [DataRow("0 %{ assert 1 = 1 }%", "1:15: '=' is no comparison")]
    [DataRow("0 %{ assert 1 ==\n 1 }%", "1:17: expected a name or a number, but here is the line ends")]
    [DataRow("0 %{ assert (1 == 1 }%", "1:21: expected ')'")]
    [DataRow("0 %{ assert 1 == 1 assert 2 == 2 }%", "1:20: expected ';', the end of the line or '}%'")]
    [DataRow("0 %{ assert 1 == 1, 'x }%", "1:21: the quoted text does not end")]
    [DataRow("0 %{\nassert 1 == 1\nassert weather == 1 }%", "3:8: 'weather' is nothing that can be compared")]
    [DataRow("0 %{ assert tcpi_snd_cwnd == 1 }%", "1:13: 'tcpi_snd_cwnd' is a field of Linux's tcp_info that this endpoint does not tell")]
    [DataRow("0 %{ assert tcpi_unacked == 1 }%", "1:13: 'tcpi_unacked' counts segments, and this endpoint counts bytes")]
    [DataRow("* %{ assert 1 == 1 }%", "1:1: code needs one time")]
    [DataRow("0...1 `true`", "1:1: shell commands need one time")]
    [DataRow("0 < [ect2] S 0:0(0) win 1", "1:6: 'ect2' is no mark of ECN that is known here")]
    [DataRow("0 < [ce S 0:0(0) win 1", "1:9: expected ']'")]
    [DataRow("0 < [ce] icmp unreachable", "1:1: ICMP is what the peer sends, without a mark of ECN")]
    [DataRow("0 > [0:1(1)] icmp unreachable", "1:1: ICMP is what the peer sends")]
    [DataRow("0 < ipv6 S 0:0(0) win 1", "1:5: a packet within a packet is not there; --ip_version=ipv6 is for segments over IPv6")]
    [DataRow("0 < S 0:0(0) win 1 from fe80:::1", "1:25: 'fe80:::1' is no IP address")]
    [DataRow("0 < S 0:0(0) win 1 to fe80::1::", "1:23: 'fe80::1::' is no IP address")]
    [DataRow("0 < icmp packet_too_big exc_ttl", "1:25: 'exc_ttl' is no code of ICMP packet_too_big")]
    [DataRow("--ip_version=five\n0 < R 0:0(0) win 0", "1:1: 'five' is no version of IP")]
    [DataRow("0 recvmsg(3, {msg_iov(2)=[{..., 1}]}, 0) = 1", "1:14: msg_iov has 1 members, and not 2")]
    [DataRow("0 recvmsg(3, {msg_flags=0, 1}, 0) = 1", "1:14: either all fields have names, or none")]
    [DataRow("0 poll([{fd=4,\n events=POLLIN], 1, 0) = 1", "2:15: expected '}'")]
    [DataRow("0 < R 0:0(0) win 0 <FO 123,nop,nop>", "1:21: '123' are no bytes")]
    [DataRow("0 < R 0:0(0) win 0\n--mtu=1500", "2:1: options stand in front")]
    [DataRow("/* no end", "1:1: the comment does not end")]
    public void It_says_line_and_column(string script, string message) => Refuses(script, message);

    [TestMethod]
    [DataRow("--colour=1\n0 < R 0:0(0) win 0", "1:1: 'colour' is no option")]
    [DataRow("0 socket(..., SOCK_DGRAM, IPPROTO_UDP) = 3", "1:15: 'SOCK_DGRAM' is nothing that socket knows here")]
    [DataRow("0 %{ assert tcpi_state == TCP_CLOSE }%", "1:13: 'tcpi_state' needs a connection")]
    [DataRow("--mtu=x\n0 < R 0:0(0) win 0", "1:1: 'mtu' needs a number, and not 'x'")]
    [DataRow("--ip_version=ipv6\n--remote_ip=192.0.2.1\n0 < R 0:0(0) win 0", "2:1: '192.0.2.1' is of another version of IP than --ip_version says")]
    [DataRow("--local_ip=fd00::1\n0 < R 0:0(0) win 0", "1:1: 'fd00::1' is of another version of IP than --ip_version says")]
    [DataRow("0 < S 0:0(0) win 1 from fd00::1", "1:1: an address is of another version of IP than 192.168.0.1")]
    [DataRow("--ip_version=ipv6\n0 < icmp unreachable host_unreachable", "2:1: 'host_unreachable' is nothing that ICMP over IPv6 has")]
    [DataRow("0 < icmp packet_too_big mtu 1280", "1:1: 'packet_too_big' is nothing that ICMP over IPv4 has")]
    [DataRow("--ip_version=ipv6\n--mtu=1279\n0 < R 0:0(0) win 0", "1:1: Ipv6 needs a link of Ethernet frames whose Mtu is 1280 bytes or more.")]
    [DataRow("--ip_version=ipv6\n--mtu=1521\n0 < R 0:0(0) win 0", "1:1: The link's Mtu must be 68 to 1500 bytes.")]
    [DataRow("--remote_ip=1.2.3\n0 < R 0:0(0) win 0", "1:1: '1.2.3' is no IP address")]
    [DataRow("--send_buffer=3\n0 < R 0:0(0) win 0", "1:1: SendBufferSize must be a power of two")]
    [DataRow("0 < S 0:1461(1461) win 1", "1:1: the peer's segment of 1461 bytes is more than a packet carries; nothing here splits it")]
    [DataRow("--mss=1000\n0 < S 0:1001(1001) win 1", "2:1: the peer's segment of 1001 bytes is more than a packet carries")]
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

    [TestMethod]
    public void A_call_goes_over_lines_and_an_apostrophe_in_a_note_is_no_quote()
    {
        Script script = ScriptParser.Parse("a.pkt", """
            0 recvmsg(3, {msg_name(...)=...,
                          msg_iov(1)=[{..., 10}],
                          msg_control=[]}, 0) = -1 EAGAIN (There isn't more)
            +0 close(3) = 0
            """);
        Assert.HasCount(2, script.Events);
        Assert.AreEqual("0 recvmsg(3, {msg_name(...)=..., msg_iov(1)=[{..., 10}], msg_control=[]}, 0) = -1 EAGAIN (There isn't more)",
            script.Events[0].Text);
        Assert.AreEqual(4, script.Events[1].At.Line);
    }

    [TestMethod]
    public void A_mark_of_ECN_is_the_two_bits_of_the_IP_header()
    {
        Script script = ScriptParser.Parse("a.pkt",
            "0 < [noecn] R 0:0(0) win 0\n+0 < [ect1] R 0:0(0) win 0\n+0 > [ect0] R 0:0(0)\n+0 > (ce) R 0:0(0)\n+0 > R 0:0(0)");
        int?[] marks = [.. script.Events.Select(step => ((SegmentEvent)step).Segment.Ecn)];
        CollectionAssert.AreEqual(new int?[] { 0, 1, 2, 3, null }, marks);
    }

    [TestMethod]
    public void Edges_of_SACK_blocks_are_relative_as_all_numbers_are()
    {
        Script script = ScriptParser.Parse("a.pkt", "0 < . 1:1(0) ack 1 win 1 <nop,nop,sack 1:2>");
        CollectionAssert.AreEqual(
            new byte[] { 1, 1, 5, 10, 0, 1, 0, 1, 0, 1, 0, 2 }, ((SegmentEvent)script.Events[0]).Segment.OptionsOnWire(0x10000));
    }

    [TestMethod]
    public void Options_of_fast_open_are_bytes_as_well()
    {
        Script script = ScriptParser.Parse("a.pkt", "0 < S 0:0(0) win 1 <FO 1a2b,FOEXP 3c4d,nop,nop>");
        CollectionAssert.AreEqual(
            new byte[] { 34, 4, 0x1A, 0x2B, 254, 6, 0xF9, 0x89, 0x3C, 0x4D, 1, 1 }, ((SegmentEvent)script.Events[0]).Segment.Options);
    }

    [TestMethod]
    public void ICMP_names_the_quoted_segment_in_front_or_at_the_end()
    {
        Script script = ScriptParser.Parse("a.pkt",
            "0 < [5:7(2)] icmp unreachable frag_needed mtu 1000\n+0 < icmp unreachable frag_needed mtu 1000 [5:7(2)]");
        foreach (ScriptEvent step in script.Events)
            Assert.AreEqual(5u, ((IcmpEvent)step).QuotedSeq);
    }

    private static void Refuses(string script, string message)
        => StringAssert.StartsWith(
            Assert.ThrowsExactly<ScriptException>(() => ScriptRunner.Run(ScriptParser.Parse("a.pkt", script))).Message, "a.pkt:" + message);
}
