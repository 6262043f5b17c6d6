using System.Linq;
using HandshakeNano.Client.Output;
using HandshakeNano.Client.Trace;
using HandshakeNano.Packets;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace HandshakeNano.Client.Tests;

/// <summary>The ladder, line by line.</summary>
[TestClass]
public sealed class LadderTests
{
    [TestMethod]
    public void A_handshake_and_a_text_are_drawn_with_flags_numbers_options_times_and_states()
    {
        const string Expected = """
                        PC                                                                                device
                        10.77.0.1:40000                                                              10.77.0.2:7
                        CLOSED        │                                                          │  LISTEN
                                      │                                                          │
                  0 us  SYN-SENT      ├── SYN      seq 4000000000 (0) ──────────────────────────▶│  SYN-RECEIVED
                                      │   win 2048, MSS 1460, window scale 7 (x128),             │
                                      │   SACK permitted, timestamps 123 echo 0                  │
                                      │                                                          │
              1.000 ms  ESTABLISHED   │◀─ SYN,ACK  seq 77 (0)          ack 4000000001 (1) ───────┤  SYN-RECEIVED
                                      │   win 2048, MSS 1460                                     │
                                      │                                                          │
              2.000 ms  ESTABLISHED   ├── ACK      seq 4000000001 (1)  ack 78 (1) ──────────────▶│  ESTABLISHED
                                      │   win 2048                                               │
                                      │                                                          │
              3.000 ms  ESTABLISHED   ├── PSH,ACK  seq 4000000001 (1)  ack 78 (1) ──────────────▶│  ESTABLISHED
                                      │   len 16, "a \"quoted\" text\n", win 2048                │
                                      │                                                          │
              4.000 ms  CLOSED        │◀─ RST,ACK  seq 78 (1)          ack 4000000017 (17) ──────┤  CLOSED
                                      │   ! its program ended the connection at once (SO_LINGER  │
                                      │     0, killed), or closed it with data unread            │
            """;
        Assert.AreEqual(Expected, Draw(100, true));
    }

    [TestMethod]
    public void A_narrow_terminal_without_Unicode_gets_the_same_in_72_columns()
    {
        const string Expected = """
                        PC                                                    device
                        10.77.0.1:40000                                  10.77.0.2:7
                        CLOSED        |                              |  LISTEN
                                      |                              |
                  0 us  SYN-SENT      |-- SYN  seq 4000000000 (0) -->|  SYN-RECEIVED
                                      |   win 2048, MSS 1460,        |
                                      |   window scale 7 (x128),     |
                                      |   SACK permitted,            |
                                      |   timestamps 123 echo 0      |
                                      |                              |
              1.000 ms  ESTABLISHED   |<- SYN,ACK  seq 77 (0) -------|  SYN-RECEIVED
                                      |   ack 4000000001 (1),        |
                                      |   win 2048, MSS 1460         |
                                      |                              |
              2.000 ms  ESTABLISHED   |-- ACK  seq 4000000001 (1) -->|  ESTABLISHED
                                      |   ack 78 (1), win 2048       |
                                      |                              |
              3.000 ms  ESTABLISHED   |-- PSH,ACK ------------------>|  ESTABLISHED
                                      |   seq 4000000001 (1),        |
                                      |   ack 78 (1), len 16,        |
                                      |   "a \"quoted\" text\n",     |
                                      |   win 2048                   |
                                      |                              |
              4.000 ms  CLOSED        |<- RST,ACK  seq 78 (1) -------|  CLOSED
                                      |   ack 4000000017 (17)        |
                                      |   ! its program ended the    |
                                      |     connection at once       |
                                      |     (SO_LINGER 0, killed),   |
                                      |     or closed it with data   |
                                      |     unread                   |
            """;
        Assert.AreEqual(Expected, Draw(72, false));
    }

    [TestMethod]
    [DataRow(72)]
    [DataRow(80)]
    [DataRow(100)]
    [DataRow(110)]
    public void No_line_is_wider_than_the_terminal(int width)
    {
        foreach (StyledLine line in Ladder.Draw(Conversation(), width, true))
            Assert.IsLessThanOrEqualTo(width, line.ToString().Length, line.ToString());
    }

    [TestMethod]
    public void A_peer_that_never_answers_has_a_question_mark_for_its_state()
    {
        Exchange exchange = new Segments().FromClient(ControlBits.Syn, 1).FromClient(ControlBits.Syn, 1).Read();
        string[] lines = Ladder.Draw(exchange, 80, true).Select(line => line.ToString()).ToArray();
        Assert.IsTrue(lines.Where(line => line.Contains("SYN-SENT")).All(line => line.EndsWith('?')), string.Join('\n', lines));
        Assert.AreEqual(1, lines.Count(line => line.Contains("retransmission")));
    }

    private static string Draw(int width, bool unicode) => string.Join('\n', Ladder.Draw(Conversation(), width, unicode));

    private static Exchange Conversation() => new Segments()
        .FromClient(ControlBits.Syn, 4_000_000_000, 0, "", new TcpOption(2, "mss", [1460]), new TcpOption(1, "no-operation", []),
            new TcpOption(3, "window-scale", [7]), new TcpOption(4, "sack-permitted", []), new TcpOption(8, "timestamps", [123, 0]))
        .FromServer(ControlBits.Syn | ControlBits.Ack, 77, 4_000_000_001, "", new TcpOption(2, "mss", [1460]))
        .FromClient(ControlBits.Ack, 4_000_000_001, 78)
        .FromClient(ControlBits.Psh | ControlBits.Ack, 4_000_000_001, 78, "a \"quoted\" text\n")
        .FromServer(ControlBits.Rst | ControlBits.Ack, 78, 4_000_000_017)
        .Read();
}
