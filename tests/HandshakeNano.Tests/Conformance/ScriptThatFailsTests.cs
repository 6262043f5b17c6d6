using HandshakeNano.Conformance.Language;
using HandshakeNano.Conformance.Run;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace HandshakeNano.Conformance;

/// <summary>Scripts that are wrong fail, and the message shows what was expected and what was seen.</summary>
[TestClass]
public sealed class ScriptThatFailsTests
{
    private const string Listen = """
        0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
        +0 bind(3, ..., ...) = 0
        +0 listen(3, 1) = 0

        """;

    private const string Accept = Listen + """
        +0 < S 0:0(0) win 65535 <mss 1460>
        +0 > S. 0:0(0) ack 1 <mss 1460>
        +.1 < . 1:1(0) ack 1 win 65535
        +0 accept(3, ..., ...) = 4

        """;

    [TestMethod]
    public void A_wrong_acknowledgment_number_is_shown_beside_the_right_one()
    {
        string message = Fails(Listen + """
            +0 < S 0:0(0) win 65535 <mss 1460>
            +0 > S. 0:0(0) ack 2 <mss 1460>
            """);
        StringAssert.StartsWith(message, "wrong.pkt:5:1: the segment is not the expected one: differs in: acknowledgment number\n");
        StringAssert.Contains(message, "\n  expected: > S. 0:0(0) ack 2 <mss 1460> ");
        StringAssert.Contains(message, "\n  seen:     > S. 0:0(0) ack 1 win 16384 <mss 1460> ");
        StringAssert.EndsWith(message, " at 0.000000");
    }

    [TestMethod]
    [DataRow("+0 > . 0:0(0) ack 1 <mss 1460>", "flags")]
    [DataRow("+0 > S. 5:5(0) ack 2 <mss 1460>", "acknowledgment number")]
    [DataRow("+0 > S. 0:1(1) ack 1 <mss 1460>", "length")]
    [DataRow("+0 > S. 0:0(0) ack 1 win 17 <mss 1460>", "window")]
    [DataRow("+0 > S. 0:0(0) ack 1", "options")]
    [DataRow("+0 > S. 0:0(0) ack 1 <mss 536>", "options")]
    [DataRow("+0 > S. 0:0(0) ack 1 <mss 1460> urg 5", "urgent pointer")]
    [DataRow("+0 > S. 0:0(0) ack 1 <mss 1460> port 9", "address or port")]
    [DataRow("+1 > S. 0:0(0) ack 1 <mss 1460>", "time")]
    [DataRow("+0 > [ect0] S. 0:0(0) ack 1 <mss 1460>", "ECN mark")]
    public void Every_field_is_compared(string expected, string field)
        => StringAssert.Contains(Fails(Listen + "+0 < S 0:0(0) win 65535 <mss 1460>\n" + expected), "differs in: " + field);

    [TestMethod]
    [DataRow("+0 > S. 0:0(0) ack 1 <mss 1440>", "")]
    [DataRow("+0 > S. 0:0(0) ack 1 <mss 1460>", "options")]
    [DataRow("+0 > [ect0] S. 0:0(0) ack 1 <mss 1440>", "ECN mark")]
    [DataRow("+0 > S. 0:0(0) ack 2 <mss 1440>", "acknowledgment number")]
    [DataRow("+1 > S. 0:0(0) ack 1 <mss 1440>", "time")]
    public void Over_IPv6_too(string expected, string field)
    {
        string script = "--ip_version=ipv6\n" + Listen + "+0 < S 0:0(0) win 65535 <mss 1440>\n" + expected;
        if (field.Length == 0)
            ScriptRunner.Run(ScriptParser.Parse("right.pkt", script));
        else
            StringAssert.StartsWith(Fails(script), "wrong.pkt:6:1: the segment is not the expected one: differs in: " + field + "\n");
    }

    [TestMethod]
    public void A_wrong_sequence_number_fails_once_the_initial_one_is_known()
        => StringAssert.Contains(Fails(Accept + "+0 write(4, ..., 10) = 10\n+0 > P. 2:12(10) ack 1"), "differs in: sequence number");

    [TestMethod]
    public void A_segment_that_does_not_come_is_missed()
    {
        string message = Fails(Accept + "+1 > . 1:1(0) ack 1");
        StringAssert.Contains(message, "wrong.pkt:8:1: the segment is not the expected one: nothing was sent until then");
        StringAssert.Contains(message, "\n  seen:     nothing");
    }

    [TestMethod]
    public void A_segment_that_nobody_expects_is_found_before_the_next_event()
    {
        string message = Fails(Accept + "+0 write(4, ..., 10) = 10\n+.5 < . 1:1(0) ack 11 win 65535");
        StringAssert.Contains(message, "wrong.pkt:9:1: before this event the endpoint has sent something that no event expects");
        StringAssert.Contains(message, "\n  expected: nothing\n  seen:     > P. 1:11(10) ack 1 win 16384");
    }

    [TestMethod]
    public void A_segment_that_nobody_expects_is_found_at_the_end()
        => StringAssert.Contains(Fails(Accept + "+0 write(4, ..., 10) = 10"),
            "wrong.pkt:8:1: the script ends, and the endpoint has sent something that no event expects");

    [TestMethod]
    public void A_segment_that_comes_too_early_for_its_range_fails()
        => StringAssert.Contains(Fails(Accept + "+0 < P. 1:11(10) ack 1 win 65535\n+.2~+.5 > . 1:1(0) ack 11"), "differs in: time");

    [TestMethod]
    public void A_wrong_result_of_a_call_is_shown()
        => StringAssert.Contains(Fails(Accept + "+0 < P. 1:11(10) ack 1 win 65535\n+0 read(4, ..., 100) = 11"),
            "wrong.pkt:9:1: read returned something else\n  expected: 11\n  seen:     10");

    [TestMethod]
    [DataRow("SHUT_RD) = 0\n", "wrong.pkt:9:1: read returned something else\n  expected: 7\n  seen:     0")]
    [DataRow("SHUT_WR) = 0\n+0 > F. 1:1(0) ack 1\n", "wrong.pkt:10:1: read blocks")]
    [DataRow("SHUT_RDWR) = 0\n+0 > F. 1:1(0) ack 1\n", "wrong.pkt:10:1: read returned something else\n  expected: 7\n  seen:     0")]
    [DataRow("SHUT_RD) = 0\n+0 > F. 1:1(0) ack 1\n", "wrong.pkt:9:1: the segment is not the expected one: nothing was sent until then")]
    public void A_read_after_a_shutdown_finds_the_end_if_it_was_for_reading(string how, string message)
        => StringAssert.Contains(Fails(Accept + "+0 shutdown(4, " + how + "+0 read(4, ..., 100) = 7"), message);

    [TestMethod]
    public void A_wrong_error_of_a_call_is_shown()
        => StringAssert.Contains(Fails(Accept + "+0 < R 1:1(0) win 0\n+0 read(4, ..., 100) = -1 ETIMEDOUT (Connection timed out)"),
            "\n  expected: -1 ETIMEDOUT\n  seen:     -1 ECONNRESET");

    [TestMethod]
    public void A_call_that_blocks_without_saying_so_fails()
        => StringAssert.Contains(Fails(Accept + "+0 read(4, ..., 100) = 10"), "wrong.pkt:8:1: read blocks");

    [TestMethod]
    public void A_call_that_returns_too_early_fails()
        => StringAssert.Contains(Fails(Accept + "+0...1 read(4, ..., 100) = 10\n+.5 < P. 1:11(10) ack 1 win 65535"),
            "wrong.pkt:8:1: read returned 10 at 0.600000, not at 1.100000");

    [TestMethod]
    public void A_call_that_does_not_return_in_time_fails()
        => StringAssert.Contains(Fails(Accept + "+0...1 read(4, ..., 100) = 10\n+2 < P. 1:11(10) ack 1 win 65535"),
            "wrong.pkt:8:1: read has not returned at 1.100000");

    [TestMethod]
    public void A_call_that_never_returns_fails_when_the_script_ends()
        => StringAssert.Contains(Fails(Accept + "+0...1 read(4, ..., 100) = 10"), "wrong.pkt:8:1: read has not returned at 1.100000");

    [TestMethod]
    public void An_assertion_that_does_not_hold_shows_what_is()
        => StringAssert.Contains(Fails(Accept + "+0 %{ assert tcpi_state == TCP_CLOSE }%"),
            "\n  expected: tcpi_state == TCP_CLOSE\n  seen:     tcpi_state is TCP_ESTABLISHED");

    [TestMethod]
    public void Time_does_not_go_back()
        => StringAssert.Contains(Fails(Accept + "0.05 < R 1:1(0) win 0"), "wrong.pkt:8:1: the time is 0.100000 already");

    [TestMethod]
    [DataRow("tcpi_state == TCP_ESTABLISHED and unacked_bytes == 1", "tcpi_state is TCP_ESTABLISHED\n  seen:     unacked_bytes is 0")]
    [DataRow("unacked_bytes == 1 or tcpi_state == TCP_CLOSE", "unacked_bytes is 0\n  seen:     tcpi_state is TCP_ESTABLISHED")]
    [DataRow("1 <= unacked_bytes <= 2", "unacked_bytes is 0")]
    [DataRow("-1 <= unacked_bytes < 0", "unacked_bytes is 0")]
    [DataRow("not tcpi_state == TCP_ESTABLISHED", "tcpi_state is TCP_ESTABLISHED")]
    [DataRow("(unacked_bytes + 2) * 3 - 1 & 6 | 8 != 12", "unacked_bytes is 0")]
    [DataRow("tcpi_snd_wnd > 65535", "tcpi_snd_wnd is 65535")]
    [DataRow("tcpi_snd_wnd >= 65536", "tcpi_snd_wnd is 65535")]
    [DataRow("tcpi_snd_wnd != 0xFFFF", "tcpi_snd_wnd is 65535")]
    public void A_condition_of_many_parts_that_does_not_hold_shows_them(string condition, string seen)
        => StringAssert.EndsWith(Fails(Accept + $"+0 %{{ assert {condition} }}%"), $"\n  expected: {condition}\n  seen:     {seen}");

    [TestMethod]
    public void The_message_of_an_assertion_is_shown_with_its_values()
        => StringAssert.EndsWith(Fails(Accept + "+0 %{\nx = 7 # seven\nassert 1 == 1, x\nassert x == 8, 'window: %d, x: %d' % (tcpi_snd_wnd, x)\n}%"),
            "wrong.pkt:11:1: it is not so\n  expected: x == 8\n  seen:     x is 7\n  message:  window: 65535, x: 7");

    // A socket that the script says cannot be opened, and that is.
    [TestMethod]
    [DataRow("0 socket(..., SOCK_STREAM, IPPROTO_TCP) = -1 EMFILE (Too many)", "seen:     0")]
    [DataRow("0 socket(..., SOCK_STREAM, IPPROTO_UDP) = 3", "seen:     -1 EPROTONOSUPPORT")]
    public void A_socket_is_opened_or_not_whatever_the_script_says(string script, string seen) => StringAssert.EndsWith(Fails(script), seen);

    [TestMethod]
    [DataRow("sendmsg(4, {msg_iov(2)=[{..., 10}, {..., 5}]}, 0) = 10", "sendmsg returned something else\n  expected: 10\n  seen:     15")]
    [DataRow("sendto(4, ..., 10, 0, ..., ...) = 11", "sendto returned something else\n  expected: 11\n  seen:     10")]
    [DataRow("sendto(4, ..., 10, MSG_FASTOPEN, ..., ...) = 10", "'MSG_FASTOPEN' is nothing that sendto knows here")]
    [DataRow("sendto(4, NULL, 10, 0, ..., ...) = 10", "expected: 10\n  seen:     -1 EFAULT")]
    [DataRow("recvfrom(4, ..., 100, MSG_DONTWAIT, ..., ...) = 49", "recvfrom returned something else\n  expected: 49\n  seen:     50")]
    [DataRow("recv(4, ..., 100, MSG_PEEK) = 50", "'MSG_PEEK' is nothing that recv knows here")]
    [DataRow("recvfrom(4, NULL, 100, 0, ..., ...) = 50", "expected: 50\n  seen:     -1 EFAULT")]
    [DataRow("recvmsg(4, {msg_iov(1)=[{..., 20}]}, 0) = 21", "recvmsg returned something else\n  expected: 21\n  seen:     20")]
    [DataRow("recvmsg(4, {msg_iov(1)=[{..., 20}], msg_flags=MSG_TRUNC}, 0) = 20", "expected: msg_flags MSG_TRUNC\n  seen:     msg_flags 0")]
    [DataRow("recvmsg(4, {msg_iov(1)=[{..., 20}], msg_control=[{cmsg_level=SOL_TCP, cmsg_type=TCP_CM_INQ, cmsg_data=30}]}, 0) = 20",
        "expected: msg_control SOL_TCP TCP_CM_INQ 30\n  seen:     msg_control nothing")]
    [DataRow("recvmsg(4, {msg_iov(1)=[{..., 20}], msg_control=[7]}, 0) = 20", "msg_control must be [] or ")]
    [DataRow("recvmsg(4, {msg_iov(1)=[20]}, 0) = 20", "a buffer of a message must be {..., LENGTH}")]
    [DataRow("recvmsg(4, {msg_flags=0}, 0) = 20", "a message needs msg_iov(COUNT)=[{..., LENGTH}, ...]")]
    [DataRow("recvmsg(4, {msg_colour=0}, 0) = 20", "'msg_colour' is no field of a message")]
    [DataRow("ioctl(4, SIOCINQ, [49]) = 0", "ioctl gave something else\n  expected: SIOCINQ 49\n  seen:     SIOCINQ 50")]
    [DataRow("ioctl(4, SIOCOUTQ, [1]) = 0", "expected: SIOCOUTQ 1\n  seen:     SIOCOUTQ 0")]
    [DataRow("ioctl(3, SIOCINQ, [0]) = 0", "expected: 0\n  seen:     -1 EINVAL")]
    [DataRow("ioctl(4, SIOCATMARK, [0]) = 0", "'SIOCATMARK' is nothing that ioctl knows here")]
    [DataRow("fcntl(4, F_GETFL) = 0x802", "expected: 2050\n  seen:     2")]
    [DataRow("poll([{fd=4, events=POLLIN, revents=0}], 1, 0) = 0", "expected: revents 0\n  seen:     revents POLLIN")]
    [DataRow("poll([{fd=4, events=POLLOUT|POLLIN, revents=POLLOUT|POLLIN}], 1, 0) = 2", "poll returned something else\n  expected: 2\n  seen:     1")]
    [DataRow("poll([{fd=4, events=POLLIN, revents=POLLIN}], 2, 0) = 1", "poll is told of 2 sockets, but here are 1")]
    [DataRow("poll([{fd=4, events=EPOLLIN, revents=POLLIN}], 1, 0) = 1", "'EPOLLIN' is nothing that poll knows here")]
    [DataRow("poll([{fd=4, revents=POLLIN}], 1, 0) = 1", "an entry of poll must be {fd=NUMBER, events=NAMES, revents=NAMES}")]
    [DataRow("poll([{fd=3, events=POLLIN, revents=0}], 1, 10) = 0", "poll blocks; a call that blocks has a time")]
    public void What_a_call_gives_is_compared(string call, string message)
        => StringAssert.Contains(Fails(Accept + "+0 < P. 1:51(50) ack 1 win 65535\n+0 " + call), message);

    [TestMethod]
    public void A_poll_whose_timeout_ends_too_early_fails()
        => StringAssert.Contains(Fails(Accept + "+0...0.2 poll([{fd=4, events=POLLIN, revents=0}], 1, 150) = 0\n+1 close(4) = 0"),
            "wrong.pkt:8:1: poll returned 0 at 0.250000, not at 0.300000");

    [TestMethod]
    public void A_mark_that_the_endpoint_does_not_set_is_shown()
        => StringAssert.Contains(Fails(Accept + "+0 write(4, ..., 10) = 10\n+0 > [ect0] P. 1:11(10) ack 1"),
            "differs in: ECN mark\n  expected: > [ect0] P. 1:11(10) ack 1 ");

    [TestMethod]
    [DataRow("--join_segments\n", "+0 > P. 1:3001(3000) ack 1", null)]
    [DataRow("--join_segments\n", "+0 > . 1:2921(2920) ack 1\n+0 > P. 2921:3001(80) ack 1", null)]
    [DataRow("--join_segments\n--strict_segments\n", "+0 > P. 1:3001(3000) ack 1", "length")]
    [DataRow("", "+0 > P. 1:3001(3000) ack 1", "length")]
    [DataRow("--join_segments\n", "+0 > P. 1:3002(3001) ack 1", "length")]
    [DataRow("--join_segments\n", "+0 > . 1:3001(3000) ack 1", "flags")]
    [DataRow("--join_segments\n", "+0 > P. 1:2001(2000) ack 1", "length")]
    public void Segments_are_joined_only_on_request(string options, string expected, string? wrong)
    {
        string script = options + Accept + "+0 setsockopt(4, SOL_TCP, TCP_NODELAY, [1], 4) = 0\n+0 write(4, ..., 3000) = 3000\n" + expected;
        if (wrong == null)
            Assert.IsNull(ScriptRunner.Run(ScriptParser.Parse("joined.pkt", script)).Skipped);
        else
            StringAssert.Contains(Fails(script), wrong);
    }

    [TestMethod]
    public void What_is_sent_later_is_joined_with_nothing()
        => StringAssert.Contains(Fails("--join_segments\n" + Accept + "+0 write(4, ..., 10) = 10\n+.1 write(4, ..., 10) = 10\n+0 > P. 1:21(20) ack 1"),
            "has sent something that no event expects");

    private const string Stamped = "--timestamps=1\n" + Listen + """
        +0 < S 0:0(0) win 65535 <mss 1460,nop,nop,TS val 7000 ecr 0>
        +0 > S. 0:0(0) ack 1 <mss 1460,nop,nop,TS val 100 ecr 7000>
        +.1024 < . 1:1(0) ack 1 win 65535 <nop,nop,TS val 7100 ecr 100>
        +0 accept(3, ..., ...) = 4
        +0 write(4, ..., 10) = 10

        """;

    [TestMethod]
    [DataRow("TS val 201 ecr 7100", "timestamp")]
    [DataRow("TS val 199 ecr 7100", "timestamp")]
    [DataRow("TS val 200 ecr 7101", "options")]
    public void A_wrong_timestamp_is_shown_in_the_numbers_of_the_script(string expected, string field)
    {
        string message = Fails(Stamped + $"+0 > P. 1:11(10) ack 1 <nop,nop,{expected}>");
        StringAssert.Contains(message, $"differs in: {field}\n");
        StringAssert.Contains(message, "\n  seen:     > P. 1:11(10) ack 1 win 16384 <nop,nop,TS val 200 ecr 7100> ");
    }

    [TestMethod]
    [DataRow("", 200, true)]
    [DataRow("--tcp_ts_tick_usecs=1000\n", 202, true)]
    [DataRow("--tcp_ts_tick_usecs=1000\n", 203, true)]
    [DataRow("--tcp_ts_tick_usecs=1000\n", 204, false)]
    [DataRow("--tcp_ts_tick_usecs=1000\n--tolerance_usecs=1000\n", 204, true)]
    [DataRow("--tcp_ts_tick_usecs=1000\n", 200, false)]
    [DataRow("--tcp_ts_tick_usecs=0\n", 99999, true)]
    public void Ticks_are_as_long_as_the_script_says(string options, int value, bool passes)
    {
        string script = options + Stamped + $"""
            +0 > P. 1:11(10) ack 1 <nop,nop,TS val {value} ecr 7100>
            +0 < . 1:1(0) ack 11 win 65535 <nop,nop,TS val 7101 ecr {value}>
            """;
        if (passes)
            Assert.IsNull(ScriptRunner.Run(ScriptParser.Parse("ticks.pkt", script)).Skipped);
        else
            StringAssert.Contains(Fails(script), "differs in: timestamp\n");
    }

    private static string Fails(string script)
        => Assert.ThrowsExactly<ScriptException>(() => ScriptRunner.Run(ScriptParser.Parse("wrong.pkt", script))).Message;
}
