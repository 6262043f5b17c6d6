extern alias NetTests;

using System.Collections.Generic;
using NetTests::HandshakeNano.Net.Tests;

namespace HandshakeNano.Plants;

// Faults of the user's calls that a test of HandshakeNano.Net.Tests has to find.
public static partial class Catalogue
{
    private const string UserCalls = "Tcp/Tcb.Calls.cs";
    private const string Stream = "TcpStream.cs";
    private const string PeekCopies = "Ring.Get(_rcvBuffer, Numbers[RcvRead], buffer, offset, count);";
    private const string PeekCounts = "int available = Available;";

    private static IEnumerable<(Plant Plant, string Class, string Test)> ForCalls =>
    [
        // A look that is more or less than one.
        (new("a-look-takes-what-it-sees", "RFC 9293 section 3.10.3", UserCalls, PeekCopies, "{ " + PeekCopies + " Numbers[RcvRead] += (uint)count; }"),
            nameof(PeekTests), nameof(PeekTests.Peek_gives_what_Read_gives_then_and_takes_nothing)),
        (new("a-look-stops-at-the-ring-s-end", "RFC 9293 section 3.10.3", UserCalls, PeekCounts,
            "int available = System.Math.Min(Available, _rcvBuffer.Length - (int)(Numbers[RcvRead] & (uint)(_rcvBuffer.Length - 1)));"),
            nameof(PeekTests), nameof(PeekTests.Peek_gives_what_Read_gives_then_and_takes_nothing)),
        (new("a-look-sees-the-peer-s-fin", "RFC 9293 section 3.4", UserCalls, PeekCounts, "int available = (int)(Numbers[RcvNxt] - Numbers[RcvRead]);"),
            nameof(PeekTests), nameof(PeekTests.Peek_gives_no_more_than_there_is_and_the_peer_s_FIN_is_no_byte)),

        (new("without-a-backlog-one-may-wait", "the documented default", "TcpEndpoint.cs", "return Listen(port, _tcp.Pool.All.Length - 1);", "return Listen(port, 1);"),
            nameof(ListenerTests), nameof(ListenerTests.Without_a_backlog_as_many_may_wait_as_there_can_be_connections)),

        // A blocking call that waits too long, too short, or leaves something behind.
        (new("a-connect-that-is-over-its-limit-keeps-the-connection", "RFC 9293 section 3.10.5", Stream, "connection.Abort();", ";"),
            nameof(StreamTests), nameof(StreamTests.Connect_to_a_peer_that_does_not_answer_ends_at_its_time_and_gives_the_connection_back)),
        (new("a-connect-that-was-refused-keeps-the-connection", "RFC 9293 section 3.10.4", Stream, "connection.Close();\n                throw", "throw"),
            nameof(StreamTests), nameof(StreamTests.Connect_to_a_port_that_nobody_listens_on_is_refused_and_gives_the_connection_back)),
        (new("a-connect-does-not-wait", "RFC 9293 section 3.10.1", Stream, "if (state != TcpState.SynSent && state != TcpState.SynReceived)", "if (state != TcpState.Closed)"),
            nameof(StreamTests), nameof(StreamTests.Connect_returns_when_the_handshake_is_complete)),
        (new("read-exactly-takes-the-end-for-enough", "RFC 9293 section 3.10.3", Stream, "throw new TcpException(TcpError.EndOfStream);", "return;"),
            nameof(StreamTests), nameof(StreamTests.ReadExactly_says_whether_the_peer_closed_too_early_or_the_time_is_over)),
        (new("a-step-without-a-limit-does-not-wait", "the documented value", "TcpLoop.cs", "if (maximumMilliseconds == 0 ||", "if (maximumMilliseconds <= 0 ||"),
            nameof(LoopTests), nameof(LoopTests.Without_a_limit_the_loop_waits_until_the_next_deadline_and_no_link_is_told_more_than_an_hour)),
        (new("a-loop-waits-with-news", "RFC 9293 section 3.9.1", UserCalls, "_layer.HasNews = true;", ";"),
            nameof(LoopTests), nameof(LoopTests.What_has_come_is_read_before_the_loop_waits)),
        (new("a-loop-waits-with-a-peer-that-has-connected", "RFC 9293 section 3.9.1", "Tcp/TcpLayer.SynReceived.cs",
            "        if (listener._handler == null)\n            HasNews = true;\n        else if (listener._pending != 0)\n            listener._handler.OnAccept(listener);\n        Settle(connection, now);\n    }",
            "        if (listener._handler != null && listener._pending != 0)\n            listener._handler.OnAccept(listener);\n        Settle(connection, now);\n    }"),
            nameof(LoopTests), nameof(LoopTests.A_refusal_a_peer_that_connects_and_a_datagram_are_seen_before_the_loop_waits)),
        (new("a-loop-waits-with-a-datagram", "RFC 768", "TcpEndpoint.cs", "_tcp.HasNews = true;", ";"),
            nameof(LoopTests), nameof(LoopTests.A_refusal_a_peer_that_connects_and_a_datagram_are_seen_before_the_loop_waits)),
    ];
}
