using System.Linq;
using HandshakeNano.Client.Trace;
using HandshakeNano.Net;
using HandshakeNano.Packets;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace HandshakeNano.Client.Tests;

/// <summary>What the segments alone say about both ends (RFC 9293 section 3.3.2).</summary>
[TestClass]
public sealed class ExchangeTests
{
    private const ControlBits Ack = ControlBits.Ack;
    private const ControlBits SynAck = ControlBits.Syn | ControlBits.Ack;
    private const ControlBits FinAck = ControlBits.Fin | ControlBits.Ack;

    [TestMethod]
    public void A_handshake_establishes_both_ends_and_takes_as_long_as_it_took()
    {
        Exchange exchange = new Segments().Handshake().Read();
        AssertStates(
            exchange,
            (TcpState.SynSent, TcpState.SynReceived),
            (TcpState.Established, TcpState.SynReceived),
            (TcpState.Established, TcpState.Established));
        Assert.AreEqual(2_000ul, exchange.HandshakeMicroseconds);
        Assert.IsTrue(exchange.Agrees);
        Assert.IsFalse(exchange.IsClosed);
        Assert.AreEqual(1000u, exchange.Client.Iss);
        Assert.AreEqual(5000u, exchange.Server.Iss);
    }

    [TestMethod]
    public void The_end_that_closes_first_ends_in_TIME_WAIT()
    {
        Exchange exchange = new Segments().Handshake()
            .FromClient(FinAck, 1001, 5001)
            .FromServer(Ack, 5001, 1002)
            .FromServer(FinAck, 5001, 1002)
            .FromClient(Ack, 1002, 5002)
            .Read();
        AssertLastStates(
            exchange,
            (TcpState.FinWait1, TcpState.CloseWait),
            (TcpState.FinWait2, TcpState.CloseWait),
            (TcpState.TimeWait, TcpState.LastAck),
            (TcpState.TimeWait, TcpState.Closed));
        Assert.IsTrue(exchange.IsClosed);
        Assert.IsTrue(exchange.Agrees);
    }

    [TestMethod]
    public void FINs_that_cross_take_both_ends_through_CLOSING()
    {
        Exchange exchange = new Segments().Handshake()
            .FromClient(FinAck, 1001, 5001)
            .FromServer(FinAck, 5001, 1001)
            .FromClient(Ack, 1002, 5002)
            .FromServer(Ack, 5002, 1002)
            .Read();
        AssertLastStates(
            exchange,
            (TcpState.FinWait1, TcpState.CloseWait),
            (TcpState.Closing, TcpState.Closing),
            (TcpState.Closing, TcpState.TimeWait),
            (TcpState.TimeWait, TcpState.TimeWait));
        Assert.IsTrue(exchange.IsClosed);
    }

    [TestMethod]
    public void A_reset_that_answers_the_SYN_closes_and_one_with_a_wrong_number_does_not()
    {
        Exchange refused = new Segments().FromClient(ControlBits.Syn, 1000).FromServer(ControlBits.Rst | Ack, 0, 1001).Read();
        AssertStates(refused, (TcpState.SynSent, TcpState.Closed), (TcpState.Closed, TcpState.Closed));
        Exchange blind = new Segments().Handshake().FromServer(ControlBits.Rst, 5002).Read();
        Assert.AreEqual(TcpState.Established, blind.Rows[^1].ClientState);
        Exchange exact = new Segments().Handshake().FromServer(ControlBits.Rst, 5001).Read();
        Assert.AreEqual(TcpState.Closed, exact.Rows[^1].ClientState);
    }

    [TestMethod]
    public void An_end_that_never_said_anything_has_no_known_state()
    {
        Exchange exchange = new Segments().FromClient(ControlBits.Syn, 1000).FromClient(ControlBits.Syn, 1000).Read();
        Assert.IsTrue(exchange.Rows.All(row => row.ServerState == null));
        Assert.IsFalse(exchange.Rows[0].IsRetransmission);
        Assert.IsTrue(exchange.Rows[1].IsRetransmission);
        Assert.IsNull(exchange.HandshakeMicroseconds);
    }

    [TestMethod]
    public void Relative_numbers_count_from_the_ISNs_across_the_end_of_the_number_space()
    {
        Exchange exchange = new Segments().Handshake(0xFFFFFFFF, 0xFFFFFFFE)
            .FromClient(Ack, 0, 0xFFFFFFFF, "hello")
            .FromServer(Ack, 0xFFFFFFFF, 5, "hello")
            .Read();
        Assert.AreEqual(1u, exchange.Rows[3].RelativeSequence);
        Assert.AreEqual(1u, exchange.Rows[3].RelativeAcknowledgment);
        Assert.AreEqual(1u, exchange.Rows[4].RelativeSequence);
        Assert.AreEqual(6u, exchange.Rows[4].RelativeAcknowledgment);
        Assert.IsFalse(exchange.Agrees, "the server's data is not acknowledged");
    }

    [TestMethod]
    public void A_window_is_scaled_only_if_both_SYNs_offered_it_and_never_in_a_SYN()
    {
        var scale = new TcpOption(3, "window-scale", [7]);
        Exchange both = new Segments()
            .FromClient(ControlBits.Syn, 1, 0, "", scale)
            .FromServer(SynAck, 9, 2, "", scale)
            .FromClient(Ack, 2, 10)
            .Read();
        CollectionAssert.AreEqual(new long[] { 2048, 2048, 2048 << 7 }, both.Rows.Select(row => row.Window).ToArray());
        Exchange one = new Segments()
            .FromClient(ControlBits.Syn, 1, 0, "", scale)
            .FromServer(SynAck, 9, 2)
            .FromClient(Ack, 2, 10)
            .Read();
        Assert.AreEqual(2048L, one.Rows[2].Window);
    }

    [TestMethod]
    public void Each_end_waits_one_round_trip_for_the_answer_to_its_SYN()
    {
        Exchange exchange = new Segments()
            .FromClient(ControlBits.Syn, 1000)
            .FromServer(SynAck, 5000, 1001)
            .FromServer(Ack, 5001, 1001, "early")
            .FromClient(Ack, 1001, 5006)
            .Read();
        Assert.AreEqual(1_000ul, exchange.ClientRoundTrip);
        Assert.AreEqual(2_000ul, exchange.ServerRoundTrip);
    }

    [TestMethod]
    public void A_SYN_that_was_sent_twice_measures_no_round_trip()
    {
        Exchange exchange = new Segments().FromClient(ControlBits.Syn, 1000).Handshake().Read();
        Assert.IsNull(exchange.ClientRoundTrip);
        Assert.AreEqual(1_000ul, exchange.ServerRoundTrip);
    }

    [TestMethod]
    public void Segments_of_other_connections_and_before_the_SYN_are_left_out()
    {
        Exchange exchange = new Segments().FromServer(Ack, 77, 88).Handshake().Read();
        Assert.HasCount(3, exchange.Rows);
        Exchange none = new Segments().FromClient(Ack, 1, 1).Read();
        Assert.IsEmpty(none.Rows);
    }

    private static void AssertStates(Exchange exchange, params (TcpState Client, TcpState Server)[] expected)
    {
        (TcpState, TcpState)[] actual = exchange.Rows.Select(row => (row.ClientState, row.ServerState ?? TcpState.Closed)).ToArray();
        CollectionAssert.AreEqual(expected, actual, string.Join(' ', actual));
    }

    private static void AssertLastStates(Exchange exchange, params (TcpState Client, TcpState Server)[] expected)
    {
        (TcpState, TcpState)[] actual = exchange.Rows.TakeLast(expected.Length)
            .Select(row => (row.ClientState, row.ServerState ?? TcpState.Closed)).ToArray();
        CollectionAssert.AreEqual(expected, actual, string.Join(' ', actual));
    }
}
