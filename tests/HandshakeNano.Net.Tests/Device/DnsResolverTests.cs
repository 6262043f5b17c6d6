using System;
using nanoFramework.TestFramework;

namespace HandshakeNano.Net.Tests;

/// <summary>Names that an endpoint looks up (RFC 1035, RFC 2308, RFC 5452).</summary>
[TestClass]
public sealed class DnsResolverTests
{
    private const ulong Second = Wire.Second;
    private const int Good = DnsServer.Good;
    private const int A = DnsServer.A;
    private const int Aaaa = DnsServer.Aaaa;

    // ---- Question and answer

    [TestMethod]
    public void A_name_is_asked_for_and_its_address_comes()
    {
        DnsServer server = DnsServer.Only(out Wire wire);
        DnsQuery query = wire.Endpoint.Resolve("www.Example.test.");
        Assert.IsTrue(query.State == DnsQueryState.Asking);
        wire.ExpectsSilence("before Poll");
        wire.Run();
        server.IsAsked("www.Example.test", A);
        server.Answers(Good, "www.Example.test A 60 10.1.2.3, www.Example.test A 60 10.1.2.4");
        IsFound(query, 0x0A010203);
        wire.StaysSilent(60 * Second);
        Assert.AreEqual(1UL, wire.Count(Counter.DnsSent));
        Assert.AreEqual(1UL, wire.Count(Counter.UdpReceived));
    }

    [TestMethod]
    public void The_handler_is_told_once_and_may_ask_again_and_close()
    {
        DnsServer server = DnsServer.Only(out Wire wire);
        DnsQuery query = wire.Endpoint.Resolve("a.test");
        Asker asker = new Asker { Endpoint = wire.Endpoint, Next = "b.test" };
        query.Handler = asker;
        wire.Run();
        server.IsAsked("a.test", A);
        server.Answers(Good, "a.test A 60 10.1.2.3");
        Assert.AreEqual("10.1.2.3 at 1000000;", asker.Told);
        server.IsAsked("b.test", A);
        server.Answers(DnsServer.NoSuchName, "");
        Assert.AreEqual("10.1.2.3 at 1000000;1 at 1000000;", asker.Told);
        Assert.IsTrue(query.State == DnsQueryState.Idle);
        wire.StaysSilent(60 * Second);
    }

    [TestMethod]
    public void A_name_is_the_same_in_small_and_capital_letters()
    {
        DnsServer server = Ask(out Wire wire, out DnsQuery query, "a.test");
        byte[] answer = server.Message(Good, "A.Test CNAME 60 B.test, b.TEST A 60 10.1.2.3");
        answer[13] = (byte)'A';
        server.Sends(answer);
        IsFound(query, 0x0A010203);
        query = wire.Endpoint.Resolve("A.TEST");
        wire.Run();
        IsFound(query, 0x0A010203);
        wire.ExpectsSilence();
        Assert.AreEqual(1UL, wire.Count(Counter.DnsCached));
    }

    [TestMethod]
    public void An_answer_with_compressed_names_is_read()
    {
        DnsServer server = Ask(out Wire wire, out DnsQuery query, "a.test");

        // a.test CNAME b.test, b.test A.
        byte[] answer = DhcpServer.Join(server.Question(Good), DhcpServer.Bytes("C00C000500010000003C0004" + "0162C00E" + "C024000100010000003C0004" + "0A010203"));
        answer[7] = 2;
        server.Sends(answer);
        IsFound(query, 0x0A010203);
    }

    [TestMethod]
    public void Port_and_identifier_are_other_ones_each_time_and_not_in_order()
    {
        DnsServer server = DnsServer.Only(out Wire wire);
        int[] ports = new int[60], identifiers = new int[60];
        int portsUp = 0, identifiersUp = 0, low = 0;
        for (int i = 0; i < 60; i += 4)
        {
            DnsQuery query = wire.Endpoint.Resolve("a.test");
            for (int j = i; j < i + 4; j++)
            {
                wire.Run();
                server.IsAsked("a.test", A);
                ports[j] = server.Port;
                identifiers[j] = server.Identifier;
                if (j > 0 && ports[j] > ports[j - 1])
                    portsUp++;
                if (j > 0 && identifiers[j] > identifiers[j - 1])
                    identifiersUp++;
                if (ports[j] < 32768)
                    low++;
                for (int k = 0; k < j; k++)
                    Assert.IsFalse(ports[k] == ports[j] && identifiers[k] == identifiers[j], "the same again");
                wire.Advance(j < i + 2 ? 2 * Second : 4 * Second);
            }

            Assert.IsTrue(query.Error == DnsError.TimedOut);
        }

        Assert.IsTrue(portsUp > 15 && portsUp < 45, "ports that are greater than the one before: " + portsUp.ToString());
        Assert.IsTrue(identifiersUp > 15 && identifiersUp < 45, "identifiers: " + identifiersUp.ToString());
        Assert.IsTrue(low > 15 && low < 45, "ports below 32768: " + low.ToString());
    }

    // ---- What only looks like an answer

    [TestMethod]
    [DataRow(3, 0x01, (int)Counter.DnsQuestionBad, "no response")]
    [DataRow(3, 0x89, (int)Counter.DnsQuestionBad, "another operation")]
    [DataRow(1, 0x100, (int)Counter.DnsIdentifierBad, "another identifier")]
    [DataRow(5, 0, (int)Counter.DnsQuestionBad, "no question")]
    [DataRow(5, 2, (int)Counter.DnsQuestionBad, "two questions")]
    [DataRow(13, (int)'b', (int)Counter.DnsQuestionBad, "another name")]
    [DataRow(12, 0, (int)Counter.DnsQuestionBad, "another name and type")]
    [DataRow(21, 28, (int)Counter.DnsQuestionBad, "another type")]
    [DataRow(23, 3, (int)Counter.DnsQuestionBad, "another class")]
    [DataRow(12, 64, (int)Counter.DnsMalformed, "a question that cannot be read")]
    [DataRow(7, 2, (int)Counter.DnsMalformed, "fewer records than it says")]
    [DataRow(24, 0xC0, (int)Counter.DnsMalformed, "a record whose name leads anywhere")]
    public void A_message_that_does_not_answer_the_question_is_dropped(int at, int value, int counter, string what)
    {
        DnsServer server = Ask(out Wire wire, out DnsQuery query, "a.test");
        byte[] wrong = server.Message(Good, "a.test A 60 10.6.6.6");
        if (at == 3 && value < 0x80)
            wrong[2] = (byte)value;
        else if (at == 3)
            wrong[2] = (byte)value;
        else
            wrong[at] = value == 0x100 ? (byte)(wrong[at] ^ 1) : (byte)value;
        server.Sends(wrong);
        Assert.IsTrue(query.State == DnsQueryState.Asking, what);
        Assert.AreEqual(1UL, wire.Count((Counter)counter), what);
        wire.ExpectsSilence(what);
        server.Answers(Good, "a.test A 60 10.1.2.3");
        IsFound(query, 0x0A010203);
    }

    [TestMethod]
    public void A_message_that_ends_early_is_dropped_wherever_that_is()
    {
        DnsServer server = Ask(out Wire wire, out DnsQuery query, "a.test");
        byte[] whole = server.Message(Good, "a.test CNAME 60 b.test, b.test A 60 10.6.6.6 | test SOA 60 60");
        for (int length = 0; length < whole.Length; length++)
        {
            byte[] part = new byte[length];
            Array.Copy(whole, part, length);
            server.Sends(part);
            Assert.IsTrue(query.State == DnsQueryState.Asking, length.ToString());
        }

        Assert.AreEqual((ulong)whole.Length, wire.Count(Counter.DnsMalformed));
        server.Sends(whole);
        IsFound(query, 0x0A060606);
    }

    [TestMethod]
    [DataRow("C018000100010000003C00040A060606", "a name that points to itself")]
    [DataRow("C01A000100010000003C00040A060606", "a name that points forward")]
    [DataRow("C004000100010000003C00040A060606", "a name that points into the header")]
    [DataRow("C00C000500010000003C0002C024", "an alias that points to itself")]
    [DataRow("C00C000500010000003C0003C00C00", "an alias that is shorter than its data")]
    [DataRow("C00C000500010000003C0001C0", "half a pointer")]
    [DataRow("C00C000500010000003C0000", "an empty alias")]
    public void Names_that_lead_astray_are_dropped(string record, string what)
    {
        DnsServer server = Ask(out Wire wire, out DnsQuery query, "a.test");
        byte[] wrong = DhcpServer.Join(server.Question(Good), DhcpServer.Bytes(record));
        wrong[7] = 1;
        server.Sends(wrong);
        Assert.IsTrue(query.State == DnsQueryState.Asking, what);
        Assert.AreEqual(1UL, wire.Count(Counter.DnsMalformed), what);
        server.Answers(Good, "a.test A 60 10.1.2.3");
        IsFound(query, 0x0A010203);
    }

    [TestMethod]
    public void To_all_but_the_server_that_was_asked_the_port_looks_closed()
    {
        DnsServer server = Ask(out Wire wire, out DnsQuery query, "a.test");
        byte[] right = server.Message(Good, "a.test A 60 10.6.6.6");
        wire.Inject(Packet.Udp(Wire.PeerAddress, 54, Wire.OurAddress, server.Port, right));
        Assert.AreEqual(3, (int)wire.TakeIcmp()[Packet.Transport + 1], "port unreachable");
        wire.Inject(Packet.Udp(Wire.PeerAddress, 54, Wire.OurAddress, server.Port ^ 1, right));
        Assert.AreEqual(3, (int)wire.TakeIcmp()[Packet.Transport + 1], "port unreachable");

        // With the server's port, and maybe the server's address, nothing comes back from any port.
        wire.Inject(Packet.Udp(Wire.RouterAddress, 53, Wire.OurAddress, server.Port, right));
        wire.Inject(Packet.Udp(Wire.RouterAddress, 53, Wire.OurAddress, server.Port ^ 1, right));
        wire.Inject(Packet.Udp(Wire.PeerAddress, 53, Wire.OurAddress, server.Port ^ 1, right));
        wire.ExpectsSilence();
        Assert.AreEqual(2UL, wire.Count(Counter.DnsSourceBad));
        Assert.AreEqual(5UL, wire.Count(Counter.UdpPortUnknown));
        byte[] broadcast = Packet.Udp(Wire.PeerAddress, 53, 0xFFFFFFFF, server.Port, right);
        for (int i = 0; i < 6; i++)
            broadcast[i] = 0xFF;
        wire.Inject(broadcast);
        Assert.IsTrue(query.State == DnsQueryState.Asking);
        server.Sends(right);
        IsFound(query, 0x0A060606);

        // What comes twice is for nobody.
        server.Sends(right);
        wire.ExpectsSilence();
        Assert.AreEqual(7UL, wire.Count(Counter.UdpPortUnknown));
    }

    [TestMethod]
    public void Sixteen_wrong_identifiers_make_it_ask_over_TCP()
    {
        DnsServer server = Ask(out Wire wire, out DnsQuery query, "a.test");
        byte[] wrong = server.Message(Good, "a.test A 60 10.6.6.6");
        for (int i = 1; i <= 16; i++)
        {
            wire.ExpectsSilence();
            Packet.Put16(wrong, 0, server.Identifier ^ i);
            server.Sends(wrong);
        }

        Assert.AreEqual(16UL, wire.Count(Counter.DnsIdentifierBad));
        DnsTcp tcp = new DnsTcp(wire, server);
        tcp.IsCalled();

        // The right one by UDP comes too late.
        server.Sends(server.Message(Good, "a.test A 60 10.6.6.6"));
        Assert.IsTrue(query.State == DnsQueryState.Asking);
        tcp.IsAsked("a.test", A);
        tcp.Answers(server.Message(Good, "a.test A 60 10.1.2.3"));
        IsFound(query, 0x0A010203);
    }

    // ---- Names that lead to others

    [TestMethod]
    [DataRow(1, true)]
    [DataRow(8, true)]
    [DataRow(9, false)]
    public void A_chain_of_names_is_followed_in_any_order_but_not_without_an_end(int length, bool isFound)
    {
        DnsServer server = Ask(out Wire wire, out DnsQuery query, "n0.test");
        string records = "n" + length.ToString() + ".test A 60 10.1.2.3";
        for (int i = 0; i < length; i++)
            records += ", n" + i.ToString() + ".test CNAME 60 n" + (i + 1).ToString() + ".test";
        server.Answers(Good, records);
        if (isFound)
            IsFound(query, 0x0A010203);
        else
            IsFailed(query, DnsError.TooManyAliases);
    }

    [TestMethod]
    public void Names_that_lead_to_each_other_lead_nowhere()
    {
        DnsServer server = Ask(out Wire wire, out DnsQuery query, "a.test");
        server.Answers(Good, "a.test CNAME 60 b.test, b.test CNAME 60 a.test");
        IsFailed(query, DnsError.TooManyAliases);
        wire.StaysSilent(20 * Second);
    }

    [TestMethod]
    public void A_name_that_the_answer_ends_with_is_asked_for()
    {
        DnsServer server = Ask(out Wire wire, out DnsQuery query, "a.test");
        server.Answers(Good, "a.test CNAME 60 b.test, other.test A 60 10.6.6.6");
        server.IsAsked("b.test", A);
        server.Answers(Good, "a.test A 60 10.6.6.6, b.test A 60 10.1.2.3");
        IsFound(query, 0x0A010203);
        query = wire.Endpoint.Resolve("a.test");
        wire.Run();
        IsFound(query, 0x0A010203);
        wire.ExpectsSilence("it is kept under the name that was asked for");
    }

    // ---- No address

    [TestMethod]
    [DataRow(DnsServer.NoSuchName, "| test SOA 600 300", (int)DnsError.NoSuchName, 300)]
    [DataRow(DnsServer.NoSuchName, "| test SOA 200 300", (int)DnsError.NoSuchName, 200)]
    [DataRow(DnsServer.NoSuchName, "| . SOA 600 300", (int)DnsError.NoSuchName, 300)]
    [DataRow(DnsServer.NoSuchName, "| a.test SOA 600 300", (int)DnsError.NoSuchName, 300)]
    [DataRow(DnsServer.NoSuchName, "| b.test SOA 600 300", (int)DnsError.NoSuchName, 0)]
    [DataRow(DnsServer.NoSuchName, "| test SOA 86400 86400", (int)DnsError.NoSuchName, 10800)]
    [DataRow(DnsServer.NoSuchName, "| test SOA 600 0", (int)DnsError.NoSuchName, 0)]
    [DataRow(DnsServer.NoSuchName, "| test SOA 4294967295 300", (int)DnsError.NoSuchName, 0)]
    [DataRow(DnsServer.NoSuchName, "", (int)DnsError.NoSuchName, 0)]
    [DataRow(DnsServer.NoSuchName, "a.test CNAME 50 b.test | test SOA 600 300", (int)DnsError.NoSuchName, 50)]
    [DataRow(Good, "| test SOA 600 300", (int)DnsError.NoAddress, 300)]
    [DataRow(Good, "| test SOA 600 300, test NS 600 n.test", (int)DnsError.NoAddress, 300)]
    [DataRow(Good, "a.test CNAME 50 b.test | test SOA 600 300", (int)DnsError.NoAddress, 50)]
    [DataRow(Good, "a.test TXT 60 20", (int)DnsError.NoAddress, 0)]
    [DataRow(Good, "", (int)DnsError.NoAddress, 0)]
    public void That_there_is_no_address_is_kept_for_as_long_as_the_zone_says(int flags, string records, int error, int seconds)
    {
        DnsServer server = Ask(out Wire wire, out DnsQuery query, "a.test");
        server.Answers(flags, records);
        IsFailed(query, (DnsError)error);
        if (seconds != 0)
        {
            wire.StaysSilent((ulong)seconds * Second - 1);
            query = wire.Endpoint.Resolve("a.test");
            wire.Run();
            IsFailed(query, (DnsError)error);
            wire.StaysSilent(1);
        }

        query = wire.Endpoint.Resolve("a.test");
        wire.Run();
        server.IsAsked("a.test", A);
    }

    [TestMethod]
    [DataRow("0.0.0.0")]
    [DataRow("127.0.0.1")]
    [DataRow("224.0.0.251")]
    [DataRow("240.0.0.1")]
    [DataRow("255.255.255.255")]
    [DataRow("10.77.0.2")]
    [DataRow("10.77.0.255")]
    public void An_address_that_cannot_be_connected_to_is_none(string address)
    {
        DnsServer server = Ask(out Wire wire, out DnsQuery query, "a.test");
        server.Answers(Good, "a.test A 60 " + address + ", a.test A 60 10.1.2.3");
        IsFound(query, 0x0A010203);
        query = wire.Endpoint.Resolve("b.test");
        wire.Run();
        server.IsAsked("b.test", A);
        server.Answers(Good, "b.test A 60 " + address);
        IsFailed(query, DnsError.NoAddress);
    }

    // ---- What is kept

    [TestMethod]
    [DataRow("a.test A 60 10.1.2.3", 60)]
    [DataRow("a.test A 1 10.1.2.3", 1)]
    [DataRow("a.test A 0 10.1.2.3", 0)]
    [DataRow("a.test A 2147483648 10.1.2.3", 0)]
    [DataRow("a.test A 2147483647 10.1.2.3", 86400)]
    [DataRow("a.test CNAME 20 b.test, b.test A 60 10.1.2.3", 20)]
    [DataRow("a.test CNAME 60 b.test, b.test A 20 10.1.2.3", 20)]
    [DataRow("a.test CNAME 4294967295 b.test, b.test A 20 10.1.2.3", 0)]
    public void An_address_is_kept_for_as_long_as_it_may_be(string records, int seconds)
    {
        DnsServer server = Ask(out Wire wire, out DnsQuery query, "a.test");
        server.Answers(Good, records);
        IsFound(query, 0x0A010203);
        if (seconds != 0)
        {
            wire.StaysSilent((ulong)seconds * Second - 1);
            query = wire.Endpoint.Resolve("a.test");
            wire.Run();
            IsFound(query, 0x0A010203);
            wire.StaysSilent(1);
        }

        query = wire.Endpoint.Resolve("a.test");
        wire.Run();
        server.IsAsked("a.test", A);
        Assert.AreEqual(seconds == 0 ? 0UL : 1UL, wire.Count(Counter.DnsCached));
    }

    [TestMethod]
    public void What_would_be_forgotten_first_makes_room()
    {
        TcpSettings settings = DnsServer.Settings(1);
        settings.DnsCache = 2;
        DnsServer server = DnsServer.Only(out Wire wire, settings);
        Learns(server, wire, "a.test", 300);
        Learns(server, wire, "b.test", 100);
        Learns(server, wire, "c.test", 200);
        IsKept(wire, "a.test", true);
        IsKept(wire, "c.test", true);
        IsKept(wire, "b.test", false);
    }

    [TestMethod]
    public void Nothing_is_kept_without_room_for_it_and_nothing_in_another_network()
    {
        TcpSettings settings = DnsServer.Settings(1);
        settings.DnsCache = 0;
        DnsServer server = DnsServer.Only(out Wire wire, settings);
        Learns(server, wire, "a.test", 300);
        IsKept(wire, "a.test", false);

        server = DnsServer.Only(out wire);
        Learns(server, wire, "a.test", 300);
        wire.Endpoint.SetAddress(Wire.OurAddress, 24, 0);
        IsKept(wire, "a.test", true);
        wire.Endpoint.SetAddress(Wire.OurAddress + 7, 24, 0);
        wire.Run();
        wire.Discard();
        IsKept(wire, "a.test", false);
    }

    // ---- Servers that do not answer

    [TestMethod]
    public void A_question_without_an_answer_is_sent_four_times_to_one_server_after_the_other()
    {
        Wire wire = Ask(2, out DnsServer first, out DnsServer second, out DnsQuery query);
        wire.StaysSilent(2 * Second - 1);
        wire.Advance(1);
        second.IsAsked("a.test", A);
        wire.StaysSilent(2 * Second - 1);
        wire.Advance(1);
        first.IsAsked("a.test", A);
        wire.StaysSilent(4 * Second - 1);
        wire.Advance(1);
        second.IsAsked("a.test", A);
        wire.StaysSilent(4 * Second - 1);
        Assert.IsTrue(query.State == DnsQueryState.Asking);
        wire.StaysSilent(1);
        IsFailed(query, DnsError.TimedOut);
        Assert.AreEqual(4UL, wire.Count(Counter.DnsTimedOut));
        Assert.AreEqual(4UL, wire.Count(Counter.DnsSent));
        Assert.AreEqual(ulong.MaxValue, wire.Deadline);
    }

    [TestMethod]
    public void The_server_that_answered_last_is_asked_first()
    {
        Wire wire = Ask(2, out DnsServer first, out DnsServer second, out DnsQuery query);
        wire.Advance(2 * Second);
        second.IsAsked("a.test", A);

        // An answer of the first one comes too late: it is for another port and identifier.
        first.Answers(Good, "a.test A 60 10.6.6.6");
        Assert.IsTrue(query.State == DnsQueryState.Asking);
        second.Answers(Good, "a.test A 60 10.1.2.3");
        IsFound(query, 0x0A010203);
        wire.Endpoint.Resolve("b.test");
        wire.Run();
        second.IsAsked("b.test", A);
        wire.Advance(2 * Second);
        first.IsAsked("b.test", A);
    }

    [TestMethod]
    [DataRow(DnsServer.ServerFailed, "")]
    [DataRow(DnsServer.Refused, "")]
    [DataRow(0x8181, "")]
    [DataRow(0x8184, "")]
    [DataRow(DnsServer.ServerFailed, "a.test A 60 10.6.6.6")]
    [DataRow(0x8100, "| test NS 600 n.test | n.test A 600 10.6.6.6")]
    public void A_server_that_cannot_answer_is_not_waited_for(int flags, string records)
    {
        Wire wire = Ask(2, out DnsServer first, out DnsServer second, out DnsQuery query);
        first.Answers(flags, records);
        second.IsAsked("a.test", A);

        // Nor asked again.
        wire.Advance(2 * Second);
        second.IsAsked("a.test", A);
        second.Answers(flags, records);
        IsFailed(query, DnsError.ServerFailed);
        Assert.AreEqual(2UL, wire.Count(Counter.DnsServerFailed));
        wire.StaysSilent(20 * Second);

        // It is for the next question.
        wire.Endpoint.Resolve("a.test");
        wire.Run();
        first.IsAsked("a.test", A);
    }

    [TestMethod]
    public void Without_a_server_there_is_no_answer()
    {
        TcpSettings settings = DnsServer.Settings(1);
        settings.DnsServers = null;
        DnsServer.Only(out Wire wire, settings);
        DnsQuery query = wire.Endpoint.Resolve("a.test");
        wire.Run();
        IsFailed(query, DnsError.NoServer);
        wire.ExpectsSilence();
    }

    [TestMethod]
    public void Without_an_address_the_question_waits_for_the_next_time()
    {
        DnsServer server = DnsServer.Only(out Wire wire);
        wire.Endpoint.SetAddress(0, 24, 0);
        DnsQuery query = wire.Endpoint.Resolve("a.test");
        wire.Run();
        wire.StaysSilent(Second);
        wire.Endpoint.SetAddress(Wire.OurAddress, 24, 0);
        wire.Run();
        wire.Discard();
        wire.Advance(Second);
        server.IsAsked("a.test", A);
        server.Answers(Good, "a.test A 60 10.1.2.3");
        IsFound(query, 0x0A010203);
    }

    [TestMethod]
    public void A_DHCP_server_names_the_DNS_servers_and_takes_them_back()
    {
        DhcpServer dhcp = new DhcpServer("", 1500, 1);
        dhcp.Binds();
        Wire wire = dhcp.Wire;
        Fails(wire, DnsError.NoServer);
        dhcp.Waits(0, 1800 * Second);
        dhcp.ExpectsRenewal(0);
        dhcp.Sends(dhcp.Reply(DhcpServer.Ack, DhcpServer.Join(dhcp.Terms(), DhcpServer.Bytes("060C" + "000000000A4D00010A4D00FE"))));
        Assert.AreEqual(Wire.PeerAddress, dhcp.Client.DnsServer);
        Assert.AreEqual(Wire.RouterAddress, dhcp.Client.SecondDnsServer);
        DnsServer first = new DnsServer(wire, Wire.PeerAddress), second = new DnsServer(wire, Wire.RouterAddress);
        DnsQuery query = wire.Endpoint.Resolve("a.test");
        wire.Run();
        first.IsAsked("a.test", A);
        first.Answers(DnsServer.ServerFailed, "");
        second.IsAsked("a.test", A);
        second.Answers(Good, "a.test A 60 10.1.2.3");
        IsFound(query, 0x0A010203);
        dhcp.Client.Stop();
        wire.Run();
        Fails(wire, DnsError.NoServer);
    }

    // ---- IPv6

    [TestMethod]
    public void With_IPv6_a_name_without_an_IPv4_address_may_have_an_IPv6_address()
    {
        DnsServer server = With6(out Wire wire);
        DnsQuery query = wire.Endpoint.Resolve("w.test");
        wire.Run();
        server.IsAsked("w.test", A);
        server.Answers(Good, "w.test CNAME 30 a.test | test SOA 60 60");
        server.IsAsked("a.test", Aaaa);
        server.Answers(Good, "a.test A 60 10.6.6.6, a.test AAAA 20 2001:db8::7");
        Is6(query, "2001:db8::7");

        // Both answers are kept, for their own times.
        wire.StaysSilent(20 * Second - 1);
        query = wire.Endpoint.Resolve("w.test");
        wire.Run();
        Is6(query, "2001:db8::7");
        wire.Advance(1);
        wire.Endpoint.Resolve("w.test");
        wire.Run();
        server.IsAsked("w.test", Aaaa);
    }

    [TestMethod]
    public void No_such_name_is_no_name_of_either_kind()
    {
        DnsServer server = With6(out Wire wire);
        DnsQuery query = wire.Endpoint.Resolve("a.test");
        wire.Run();
        server.IsAsked("a.test", A);
        server.Answers(DnsServer.NoSuchName, "| test SOA 60 60");
        IsFailed(query, DnsError.NoSuchName);
        wire.Endpoint.Resolve("a.test", DnsAddresses.Ipv6, query);
        wire.Run();
        IsFailed(query, DnsError.NoSuchName);
        wire.ExpectsSilence();
    }

    [TestMethod]
    [DataRow("::")]
    [DataRow("::1")]
    [DataRow("ff02::1")]
    [DataRow("::ffff:10.1.2.3")]
    public void An_IPv6_address_alone_is_asked_for_and_must_be_one_of_a_host(string address)
    {
        DnsServer server = With6(out Wire wire);
        DnsQuery query = new DnsQuery();
        wire.Endpoint.Resolve("a.test", DnsAddresses.Ipv6, query);
        wire.Run();
        server.IsAsked("a.test", Aaaa);
        server.Answers(Good, "a.test AAAA 0 " + address + ", a.test AAAA 0 2001:db8::7");
        Is6(query, "2001:db8::7");
        wire.Endpoint.Resolve("a.test", DnsAddresses.Ipv6, query);
        wire.Run();
        server.IsAsked("a.test", Aaaa);
        server.Answers(Good, "a.test AAAA 0 " + address + ", a.test AAAA 0 " + Ipv6Address.ToString(Ipv6Tests.Ours(0), 0));
        IsFailed(query, DnsError.NoAddress);
        wire.Endpoint.Resolve("b.test", DnsAddresses.Ipv4, query);
        wire.Run();
        server.IsAsked("b.test", A);
        server.Answers(Good, "");
        IsFailed(query, DnsError.NoAddress);
        wire.ExpectsSilence();
    }

    // ---- Use and misuse

    [TestMethod]
    public void An_address_as_text_is_found_at_once_and_told_with_the_next_Poll()
    {
        Wire wire = Ipv6Tests.Up(With6Settings());
        DnsQuery query = wire.Endpoint.Resolve("192.0.2.9");
        Asker asker = new Asker();
        query.Handler = asker;
        IsFound(query, 0xC0000209);
        Assert.AreEqual("", asker.Told);
        wire.Run();
        Assert.AreEqual("192.0.2.9 at " + wire.Now.ToString() + ";", asker.Told);
        wire.Endpoint.Resolve("2001:db8::7", DnsAddresses.Ipv6, query);
        Is6(query, "2001:db8::7");
        wire.Run();
        wire.Endpoint.Resolve("2001:db8::7", DnsAddresses.Ipv4First, query);
        Is6(query, "2001:db8::7");
        wire.Run();
        wire.Endpoint.Resolve("192.0.2.9", DnsAddresses.Ipv6, query);
        IsFailed(query, DnsError.NoAddress);
        wire.Run();
        wire.Endpoint.Resolve("2001:db8::7", DnsAddresses.Ipv4, query);
        IsFailed(query, DnsError.NoAddress);
        wire.Run();
        wire.ExpectsSilence();
        Assert.IsTrue(wire.Endpoint.CanResolve);
    }

    [TestMethod]
    public void Text_that_cannot_be_a_name_is_refused()
    {
        DnsServer.Only(out Wire wire);
        string label = new string('a', 63) + ".";
        foreach (string text in new string[]
        {
            "", ".", "a..b", ".a", "a..", "h\u00F6st.test", new string('a', 64), label + label + label + new string('a', 62),
            "local", "printer.local", "Printer.LOCAL.", "a.b.local",
        })
        {
            Assert.ThrowsException(typeof(ArgumentException), () => wire.Endpoint.Resolve(text), text);
        }

        Assert.ThrowsException(typeof(ArgumentNullException), () => wire.Endpoint.Resolve(null));
        DnsQuery query = wire.Endpoint.Resolve(label + label + label + new string('a', 61));
        wire.Endpoint.Resolve("notlocal");
        wire.Run();
        Assert.AreEqual(2, wire.SentCount);
        query.Close();
    }

    [TestMethod]
    public void As_many_names_as_the_settings_say_are_looked_up_at_a_time()
    {
        DnsServer server = DnsServer.Only(out Wire wire);
        DnsQuery a = wire.Endpoint.Resolve("a.test");
        wire.Run();
        server.IsAsked("a.test", A);
        int port = server.Port, identifier = server.Identifier;
        Assert.IsTrue(wire.Endpoint.CanResolve);
        DnsQuery b = wire.Endpoint.Resolve("b.test");
        wire.Run();
        DnsServer other = new DnsServer(wire, server.Address);
        other.IsAsked("b.test", A);
        Assert.IsFalse(wire.Endpoint.CanResolve);
        Assert.ThrowsException(typeof(InvalidOperationException), () => wire.Endpoint.Resolve("c.test"));
        Assert.ThrowsException(typeof(InvalidOperationException), () => wire.Endpoint.Resolve("c.test", DnsAddresses.Ipv4, a));

        // Each has its own port and identifier.
        byte[] answer = other.Message(Good, "b.test A 60 10.6.6.6");
        other.Port = port;
        Packet.Put16(answer, 0, identifier);
        other.Sends(answer);
        Assert.IsTrue(b.State == DnsQueryState.Asking && a.State == DnsQueryState.Asking);
        server.Answers(Good, "a.test A 60 10.1.2.3");
        IsFound(a, 0x0A010203);
        Assert.IsTrue(b.State == DnsQueryState.Asking);
        Assert.IsTrue(wire.Endpoint.CanResolve);
    }

    [TestMethod]
    public void A_query_that_is_closed_hears_nothing_and_is_free()
    {
        DnsServer server = Ask(out Wire wire, out DnsQuery query, "a.test");
        Asker asker = new Asker();
        query.Handler = asker;
        query.Close();
        Assert.IsTrue(query.State == DnsQueryState.Idle);
        server.Answers(Good, "a.test A 60 10.1.2.3");
        wire.StaysSilent(60 * Second);
        Assert.AreEqual("", asker.Told);
        query.Close();
        DnsQuery other = wire.Endpoint.Resolve("b.test");
        query.Close();
        wire.Run();
        server.IsAsked("b.test", A);
        server.Answers(Good, "b.test A 60 10.1.2.3");
        IsFound(other, 0x0A010203);
        other.Close();
        Assert.AreEqual(0u, other.Address);
        Assert.IsTrue(other.State == DnsQueryState.Idle);
    }

    [TestMethod]
    public void A_port_that_an_application_wants_is_left_to_it()
    {
        TcpSettings settings = DnsServer.Settings(1);
        settings.UdpSockets = 1;
        DnsServer server = DnsServer.Only(out Wire wire, settings);
        DnsQuery query = wire.Endpoint.Resolve("a.test");
        wire.Run();
        server.IsAsked("a.test", A);
        int port = server.Port;
        UdpSocket socket = wire.Endpoint.OpenUdp(port);
        wire.Run();
        server.IsAsked("a.test", A);
        Assert.AreNotEqual(port, server.Port);
        server.Answers(Good, "a.test A 60 10.1.2.3");
        IsFound(query, 0x0A010203);
        Assert.AreEqual(0, socket.Waiting);
    }

    [TestMethod]
    public void Wrong_use_is_refused()
    {
        Assert.ThrowsException(typeof(InvalidOperationException), () => new Wire().Endpoint.Resolve("a.test"));
        Assert.IsFalse(new Wire().Endpoint.CanResolve);
        DnsServer.Only(out Wire wire);
        DnsQuery query = new DnsQuery();
        Assert.ThrowsException(typeof(InvalidOperationException), () => wire.Endpoint.Resolve("a.test", DnsAddresses.Ipv6, query));
        Assert.ThrowsException(typeof(ArgumentException), () => wire.Endpoint.Resolve("a.test", (DnsAddresses)3, query));
        Assert.ThrowsException(typeof(ArgumentNullException), () => wire.Endpoint.Resolve("a.test", DnsAddresses.Ipv4, null));
        Assert.IsTrue(query.State == DnsQueryState.Idle);
        Assert.IsFalse(query.CopyAddress(new byte[16], 0));
        Assert.AreEqual("", query.Reason);
        TcpSettings settings = DnsServer.Settings(1);
        settings.DnsQueries = 17;
        Refuses(settings);
        settings.DnsQueries = -1;
        Refuses(settings);
        settings = DnsServer.Settings(1);
        settings.DnsCache = -1;
        Refuses(settings);
        settings.DnsCache = 257;
        Refuses(settings);
        settings = DnsServer.Settings(1);
        settings.DnsServers = new uint[5] { 1U << 24, 1U << 24, 1U << 24, 1U << 24, 1U << 24 };
        Refuses(settings);
        foreach (uint address in new uint[] { 0, 0x7F000001, 0xE0000001, 0xFFFFFFFF })
        {
            settings.DnsServers = new uint[] { Wire.PeerAddress, address };
            Refuses(settings);
        }
    }

    // ---- Helpers

    internal static void IsFound(DnsQuery query, uint address)
    {
        Assert.IsTrue(query.State == DnsQueryState.Found, "not found: " + query.Reason);
        Assert.AreEqual(address, query.Address);
        Assert.IsFalse(query.IsIpv6);
        Assert.IsTrue(query.Error == DnsError.None);
    }

    internal static void IsFailed(DnsQuery query, DnsError error)
    {
        Assert.IsTrue(query.State == DnsQueryState.Failed, "it has not failed");
        Assert.AreEqual((int)error, (int)query.Error);
        Assert.AreEqual(0u, query.Address);
        Assert.IsFalse(query.IsIpv6);
        Assert.IsTrue(query.Reason.Length > 20);
    }

    /// <summary>An endpoint that has asked its only server.</summary>
    internal static DnsServer Ask(out Wire wire, out DnsQuery query, string name)
    {
        DnsServer server = DnsServer.Only(out wire);
        query = wire.Endpoint.Resolve(name);
        wire.Run();
        server.IsAsked(name, A);
        return server;
    }

    /// <summary>An endpoint that has asked its first server for a.test.</summary>
    internal static Wire Ask(int servers, out DnsServer first, out DnsServer second, out DnsQuery query)
    {
        first = DnsServer.Only(out Wire wire, DnsServer.Settings(servers));
        second = new DnsServer(wire, Wire.RouterAddress);
        query = wire.Endpoint.Resolve("a.test");
        wire.Run();
        first.IsAsked("a.test", A);
        return wire;
    }

    private static TcpSettings With6Settings()
    {
        TcpSettings settings = Ipv6Tests.On();
        settings.DnsQueries = 2;
        settings.DnsServers = new uint[] { Wire.PeerAddress };
        return settings;
    }

    private static DnsServer With6(out Wire wire)
    {
        wire = Ipv6Tests.Up(With6Settings());
        return new DnsServer(wire, Wire.PeerAddress);
    }

    private static void Is6(DnsQuery query, string address)
    {
        Assert.IsTrue(query.State == DnsQueryState.Found, "not found: " + query.Reason);
        Assert.IsTrue(query.IsIpv6);
        Assert.AreEqual(0u, query.Address);
        byte[] bytes = new byte[18];
        Assert.IsTrue(query.CopyAddress(bytes, 1));
        Assert.AreEqual(address, Ipv6Address.ToString(bytes, 1));
    }

    private static void Fails(Wire wire, DnsError error)
    {
        DnsQuery query = wire.Endpoint.Resolve("never.test");
        wire.Run();
        wire.Discard();
        IsFailed(query, error);
    }

    private static void Learns(DnsServer server, Wire wire, string name, int seconds)
    {
        wire.Endpoint.Resolve(name);
        wire.Run();
        server.IsAsked(name, A);
        server.Answers(Good, name + " A " + seconds.ToString() + " 10.1.2.3");
    }

    private static void IsKept(Wire wire, string name, bool isKept)
    {
        DnsQuery query = wire.Endpoint.Resolve(name);
        wire.Run();
        Assert.AreEqual(isKept, query.State == DnsQueryState.Found, name);
        wire.Discard();
        query.Close();
    }

    private static void Refuses(TcpSettings settings)
    {
        Assert.ThrowsException(typeof(ArgumentException), () => new Wire(settings).Run());
    }

    private sealed class Asker : DnsHandler
    {
        public TcpEndpoint Endpoint;
        public string Next;
        public string Told = "";

        public override void OnAnswered(DnsQuery query, ulong now)
        {
            Told += (query.State == DnsQueryState.Found ? Ipv4Address.ToString(query.Address) : ((int)query.Error).ToString()) + " at " + now.ToString() + ";";
            if (Next != null)
                Endpoint.Resolve(Next, DnsAddresses.Ipv4First, query);
            else if (Endpoint != null)
                query.Close();
            Next = null;
        }
    }
}
