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
    public void Every_field_is_compared(string expected, string field)
        => StringAssert.Contains(Fails(Listen + "+0 < S 0:0(0) win 65535 <mss 1460>\n" + expected), "differs in: " + field);

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
            "\n  expected: tcpi_state == TCP_CLOSE\n  seen:     Established");

    [TestMethod]
    public void Time_does_not_go_back()
        => StringAssert.Contains(Fails(Accept + "0.05 < R 1:1(0) win 0"), "wrong.pkt:8:1: the time is 0.100000 already");

    private static string Fails(string script)
        => Assert.ThrowsExactly<ScriptException>(() => ScriptRunner.Run(ScriptParser.Parse("wrong.pkt", script))).Message;
}
