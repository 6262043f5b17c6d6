using nanoFramework.TestFramework;

namespace HandshakeNano.Net.Tests;

/// <summary>Answers that do not fit in a datagram come over TCP (RFC 1035 section 4.2.2, RFC 7766).</summary>
[TestClass]
public sealed class DnsStreamTests
{
    private const ulong Second = Wire.Second;
    private const int Good = DnsServer.Good;
    private const int A = DnsServer.A;

    [TestMethod]
    public void An_answer_that_is_cut_short_is_not_used_and_asked_for_over_TCP()
    {
        DnsTcp tcp = IsCut(out Wire wire, out DnsServer server, out DnsQuery query);
        tcp.IsAsked("a.test", A);
        tcp.Answers(server.Message(Good, "a.test CNAME 60 b.test, b.test A 60 10.1.2.3"));
        DnsResolverTests.IsFound(query, 0x0A010203);
        tcp.IsEnded(Segment.Fin);
        Assert.AreEqual(1UL, wire.Count(Counter.DnsTruncated));
        Assert.AreEqual(2UL, wire.Count(Counter.DnsSent));

        // It is kept as any other.
        query = wire.Endpoint.Resolve("a.test");
        wire.Run();
        DnsResolverTests.IsFound(query, 0x0A010203);
    }

    [TestMethod]
    public void An_answer_over_TCP_may_come_byte_by_byte()
    {
        DnsTcp tcp = IsCut(out Wire wire, out DnsServer server, out DnsQuery query);
        tcp.IsAsked("a.test", A);
        byte[] data = DnsTcp.WithLength(server.Message(Good, "a.test A 60 10.1.2.3"));
        for (int i = 0; i < data.Length; i++)
        {
            Assert.IsTrue(query.State == DnsQueryState.Asking, i.ToString());
            tcp.Sends(new byte[] { data[i] });
        }

        DnsResolverTests.IsFound(query, 0x0A010203);
        tcp.IsEnded(Segment.Fin);
    }

    [TestMethod]
    [DataRow(24, false)]
    [DataRow(300, true)]
    [DataRow(60000, true)]
    public void The_beginning_of_a_long_answer_is_enough(int more, bool isReset)
    {
        DnsTcp tcp = IsCut(out Wire wire, out DnsServer server, out DnsQuery query);
        tcp.IsAsked("a.test", A);
        byte[] data = DnsTcp.WithLength(server.Message(Good, "a.test A 60 10.1.2.3, a.test TXT 60 900, a.test TXT 60 " + more.ToString()));
        for (int at = 0; at < data.Length && query.State == DnsQueryState.Asking; at += 500)
            tcp.Sends(Part(data, at, 500));
        DnsResolverTests.IsFound(query, 0x0A010203);
        tcp.IsEnded(isReset ? Segment.Rst : Segment.Fin);
    }

    [TestMethod]
    public void A_long_answer_whose_beginning_has_no_address_is_of_no_use()
    {
        DnsTcp tcp = IsCut(out Wire wire, out DnsServer server, out DnsQuery query);
        tcp.IsAsked("a.test", A);
        tcp.Answers(server.Message(Good, "a.test TXT 60 900, a.test TXT 60 900, a.test A 60 10.1.2.3"));
        DnsResolverTests.IsFailed(query, DnsError.ServerFailed);
    }

    [TestMethod]
    [DataRow(0, "refused")]
    [DataRow(1, "reset")]
    [DataRow(2, "closed without an answer")]
    [DataRow(3, "closed in the middle of one")]
    [DataRow(4, "another identifier")]
    [DataRow(5, "another name")]
    [DataRow(6, "no room for a header")]
    [DataRow(7, "fewer records than it says")]
    [DataRow(8, "the server says that it failed")]
    public void A_server_that_gives_no_answer_over_TCP_is_left_for_the_next(int way, string what)
    {
        Wire wire = DnsResolverTests.Ask(2, out DnsServer first, out DnsServer second, out DnsQuery query);
        first.Answers(DnsServer.Truncated, "");
        DnsTcp tcp = new DnsTcp(wire, first);
        tcp.IsCalled();
        if (way == 0)
            tcp.Refuses();
        else
        {
            tcp.IsAsked("a.test", A);
            byte[] answer = first.Message(way == 8 ? DnsServer.ServerFailed : Good, "a.test A 60 10.6.6.6");
            byte[] data = DnsTcp.WithLength(answer);
            if (way == 1)
                tcp.Resets();
            else if (way == 2)
                tcp.Closes();
            else if (way == 3)
            {
                tcp.Sends(Part(data, 0, 20));
                tcp.Closes();
            }
            else if (way == 6)
                tcp.Sends(new byte[] { 0, 3, 1, 2, 3 });
            else
            {
                if (way == 4)
                    answer[1] ^= 1;
                else if (way == 5)
                    answer[13] = (byte)'b';
                else if (way == 7)
                    answer[7] = 2;
                tcp.Answers(answer);
            }
        }

        SkipTcp(wire);
        second.IsAsked("a.test", A);
        second.Answers(Good, "a.test A 60 10.1.2.3");
        DnsResolverTests.IsFound(query, 0x0A010203);
        Assert.AreEqual(1UL, wire.Count(Counter.DnsServerFailed), what);
        Assert.AreEqual(way >= 4 && way < 8 ? 1UL : 0UL, wire.Count(Counter.DnsMalformed), what);
    }

    [TestMethod]
    public void A_server_that_is_silent_over_TCP_is_waited_for_four_seconds()
    {
        Wire wire = DnsResolverTests.Ask(2, out DnsServer first, out DnsServer second, out DnsQuery query);
        wire.Advance(Second);
        first.Answers(DnsServer.Truncated, "");
        DnsTcp tcp = new DnsTcp(wire, first);
        tcp.IsCalled();
        tcp.IsAsked("a.test", A);
        wire.StaysSilent(4 * Second - 1);
        wire.Advance(1);
        SkipTcp(wire);
        second.IsAsked("a.test", A);
        Assert.AreEqual(0, wire.Endpoint.ConnectionCount);
        second.Answers(Good, "a.test A 60 10.1.2.3");
        DnsResolverTests.IsFound(query, 0x0A010203);
    }

    [TestMethod]
    public void One_question_after_the_other_has_the_connection()
    {
        DnsServer server = DnsResolverTests.Ask(out Wire wire, out DnsQuery query, "a.test");
        DnsServer other = new DnsServer(wire, server.Address);
        DnsQuery second = wire.Endpoint.Resolve("b.test");
        wire.Run();
        other.IsAsked("b.test", A);
        server.Answers(DnsServer.Truncated, "");
        DnsTcp tcp = new DnsTcp(wire, server);
        tcp.IsCalled();
        other.Answers(DnsServer.Truncated, "");
        wire.ExpectsSilence("while the first one has it");
        tcp.IsAsked("a.test", A);
        tcp.Answers(server.Message(Good, "a.test A 60 10.1.2.3"));
        DnsResolverTests.IsFound(query, 0x0A010203);
        tcp.IsEnded(Segment.Fin);
        tcp = new DnsTcp(wire, other);
        tcp.IsCalled();
        tcp.IsAsked("b.test", A);
        second.Close();
        wire.Run();
        tcp.IsEnded(Segment.Rst);
        wire.StaysSilent(Second / 2);
        Assert.IsTrue(query.State == DnsQueryState.Found);
    }

    [TestMethod]
    public void Without_a_free_connection_it_is_asked_again_later()
    {
        TcpSettings settings = DnsServer.Settings(1);
        settings.Connections = 1;
        DnsServer server = DnsServer.Only(out Wire wire, settings);
        TcpConnection busy = wire.Endpoint.Connect(Wire.RouterAddress, 80);
        DnsQuery query = wire.Endpoint.Resolve("a.test");
        wire.Run();
        wire.Take();
        server.IsAsked("a.test", A);
        server.Answers(DnsServer.Truncated, "");
        wire.ExpectsSilence();
        busy.Abort();
        wire.Run();
        wire.Discard();
        while (wire.SentCount == 0)
            wire.Advance(Second);
        server.IsAsked("a.test", A);
        server.Answers(DnsServer.Truncated, "");
        DnsTcp tcp = new DnsTcp(wire, server);
        tcp.IsCalled();
        tcp.IsAsked("a.test", A);
        tcp.Answers(server.Message(Good, "a.test A 60 10.1.2.3"));
        DnsResolverTests.IsFound(query, 0x0A010203);
    }

    [TestMethod]
    public void The_longest_name_is_asked_for_through_the_smallest_buffer()
    {
        string label = new string('a', 63) + ".";
        string name = label + label + label + new string('b', 61);
        TcpSettings settings = DnsServer.Settings(1);
        settings.SendBufferSize = 256;
        DnsServer server = DnsServer.Only(out Wire wire, settings);
        DnsQuery query = wire.Endpoint.Resolve(name);
        wire.Run();
        server.IsAsked(name, A);
        server.Answers(DnsServer.Truncated, "");
        DnsTcp tcp = new DnsTcp(wire, server);
        tcp.IsCalled();
        tcp.IsAsked(name, A);
        tcp.Answers(server.Message(Good, name + " A 60 10.1.2.3"));
        DnsResolverTests.IsFound(query, 0x0A010203);
    }

    /// <summary>An endpoint whose question was answered by a message that is cut short.</summary>
    private static DnsTcp IsCut(out Wire wire, out DnsServer server, out DnsQuery query)
    {
        server = DnsResolverTests.Ask(out wire, out query, "a.test");
        server.Answers(DnsServer.Truncated, "a.test A 60 10.6.6.6");
        Assert.IsTrue(query.State == DnsQueryState.Asking);
        DnsTcp tcp = new DnsTcp(wire, server);
        tcp.IsCalled();
        return tcp;
    }

    private static byte[] Part(byte[] data, int at, int count)
    {
        byte[] part = new byte[data.Length - at < count ? data.Length - at : count];
        for (int i = 0; i < part.Length; i++)
            part[i] = data[at + i];
        return part;
    }

    /// <summary>Passes over the segments that end a connection.</summary>
    private static void SkipTcp(Wire wire)
    {
        while (wire.SentCount > 0 && wire.Peek()[Packet.Ip + 9] == 6)
            wire.Take();
    }
}
