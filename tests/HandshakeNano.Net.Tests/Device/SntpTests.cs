using System;
using nanoFramework.TestFramework;

namespace HandshakeNano.Net.Tests;

/// <summary>The time of day from a server (RFC 4330).</summary>
[TestClass]
public sealed class SntpTests
{
    private const ulong Second = Wire.Second;
    private const ulong Hour = 3600 * Second;

    /// <summary>The first second of 2027, UTC.</summary>
    private const ulong Then = 1798761600 * Second;

    [TestMethod]
    public void The_time_is_the_server_s_and_half_of_the_way_is_added()
    {
        SntpServer server = New();
        Assert.IsFalse(server.Client.IsSet);
        Assert.AreEqual(0UL, server.Client.GetUtc(5));
        Assert.IsTrue(server.IsAsked() <= 10 * Second);
        Assert.IsTrue(server.Client.State == SntpState.Asking);

        // 80 ms in all, of which the server has taken 31.25 ms.
        server.Runs(80000);
        server.Sends(server.Answer(0x24, 3, Then, Then + 31250));
        Assert.IsTrue(server.Client.IsSet);
        Assert.AreEqual(48750UL, server.Client.RoundTripTime);
        Assert.AreEqual(Then + 31250 + 24375, server.Client.GetUtc(server.Wire.Now));
        Assert.AreEqual(3, server.Client.Stratum);
        Assert.AreEqual(Then + 31250 + 24375 + 7, server.Client.GetUtc(server.Wire.Now + 7));
        Assert.AreEqual(Hour, server.IsAsked());
        Assert.AreEqual(2UL, server.Wire.Count(Counter.SntpSent));
    }

    [TestMethod]
    [DataRow(2208988800U, 0U, 0U)]
    [DataRow(4294967295U, 0x80000000U, 2085978495U)]
    [DataRow(0U, 0x80000000U, 2085978496U)]
    [DataRow(1U, 0U, 2085978497U)]
    [DataRow(2208988799U, 0U, 4294967295U)]
    public void The_seconds_may_begin_at_zero_again_as_they_do_in_2036(uint seconds, uint parts, uint since1970)
    {
        SntpServer server = New();
        server.IsAsked();
        byte[] answer = server.Answer(0x24, 1, 0, 0);
        Packet.Put32(answer, 32, seconds);
        Packet.Put32(answer, 36, parts);
        Packet.Put32(answer, 40, seconds);
        Packet.Put32(answer, 44, parts == 0 ? 1 : parts);
        server.Sends(answer);
        Assert.IsTrue(server.Client.IsSet);
        Assert.AreEqual(since1970 * Second + (parts == 0 ? 0UL : Second / 2), server.Client.GetUtc(server.Wire.Now));
    }

    [TestMethod]
    public void An_answer_that_crosses_the_change_of_2036_is_right()
    {
        const ulong Change = 2085978496 * Second;
        SntpServer server = New();
        server.IsAsked();
        server.Runs(2 * Second);
        server.Sends(server.Answer(0x24, 1, Change - Second / 2, Change + Second / 2));
        Assert.AreEqual(Second, server.Client.RoundTripTime);
        Assert.AreEqual(Change + Second, server.Client.GetUtc(server.Wire.Now));
    }

    [TestMethod]
    public void The_number_in_a_request_is_another_each_time()
    {
        SntpServer server = New();
        ulong[] seen = new ulong[20];
        for (int i = 0; i < 20; i++)
        {
            server.IsAsked();
            seen[i] = server.Nonce;
            for (int j = 0; j < i; j++)
                Assert.AreNotEqual(seen[j], seen[i]);
            server.Sends(server.Answer(0x24, 1, Then, Then));
        }
    }

    // ---- What is no answer

    [TestMethod]
    [DataRow(24, 1, (int)Counter.SntpUnmatched, "another number")]
    [DataRow(31, 1, (int)Counter.SntpUnmatched, "another number at its end")]
    [DataRow(0, 1, (int)Counter.SntpBad, "a broadcast")]
    [DataRow(0, 7, (int)Counter.SntpBad, "a client's")]
    [DataRow(0, 0x20, (int)Counter.SntpBad, "version 0")]
    [DataRow(0, 0x08, (int)Counter.SntpBad, "version 5")]
    public void A_message_that_answers_nothing_is_dropped(int at, int flip, int counter, string what)
    {
        SntpServer server = New();
        server.IsAsked();
        byte[] wrong = server.Answer(0x24, 1, Then + 5 * Second, Then + 5 * Second);
        wrong[at] ^= (byte)flip;
        server.Sends(wrong);
        Assert.AreEqual(1UL, server.Wire.Count((Counter)counter), what);
        Assert.IsTrue(server.Client.State == SntpState.Asking, what);
        server.Sends(server.Answer(0x1C, 1, Then, Then));
        Assert.AreEqual(Then, server.Client.GetUtc(server.Wire.Now));

        // The right one comes again, with another time.
        server.Sends(server.Answer(0x24, 1, Then + Second, Then + Second));
        Assert.AreEqual(Then, server.Client.GetUtc(server.Wire.Now));
    }

    [TestMethod]
    public void What_another_host_or_port_sends_and_what_is_too_short_is_dropped()
    {
        SntpServer server = New();
        server.IsAsked();
        byte[] right = server.Answer(0x24, 1, Then, Then);
        server.Wire.Inject(Packet.Udp(Wire.PeerAddress, 124, Wire.OurAddress, server.Port, right));
        server.Wire.Inject(Packet.Udp(Wire.RouterAddress, 123, Wire.OurAddress, server.Port, right));
        byte[] part = new byte[47];
        Array.Copy(right, part, 47);
        server.Sends(part);
        server.Sends(new byte[0]);
        Assert.AreEqual(4UL, server.Wire.Count(Counter.SntpUnmatched));
        Assert.IsFalse(server.Client.IsSet);

        // More than a message, as with a key at its end.
        server.Sends(DhcpServer.Join(right, new byte[20]));
        Assert.IsTrue(server.Client.IsSet);
    }

    [TestMethod]
    [DataRow(0, 0xE4, "the server does not know the time")]
    [DataRow(1, 16, "stratum 16")]
    [DataRow(1, 0, "stratum 0 without a reason, as chrony has it before it knows the time")]
    [DataRow(5, 1, "a second to its source and back")]
    [DataRow(4, 0x80, "less than no time to its source")]
    [DataRow(9, 1, "wrong by a second")]
    [DataRow(40, -1, "no time")]
    [DataRow(40, -2, "sent before the request came")]
    public void The_time_of_a_server_that_does_not_know_it_is_not_taken(int at, int value, string what)
    {
        SntpServer server = New();
        server.IsAsked();
        byte[] answer = server.Answer(0x24, 1, Then, Then);
        if (value == -1)
            Array.Clear(answer, 40, 8);
        else
            answer[at] = value < 0 ? (byte)(answer[at] - 1) : (byte)value;
        server.Sends(answer);
        Assert.IsFalse(server.Client.IsSet, what);
        Assert.AreEqual(1UL, server.Wire.Count(Counter.SntpBad), what);
        Assert.AreEqual(15 * Second, server.IsAsked(), what);
    }

    // ---- How often

    [TestMethod]
    public void Without_an_answer_the_pauses_become_longer_up_to_an_hour()
    {
        SntpServer server = New();
        server.IsAsked();
        ulong pause = 15 * Second;
        for (int i = 0; i < 20; i++)
        {
            Assert.AreEqual(5 * Second + pause, server.IsAsked());
            pause = 2 * pause < Hour ? 2 * pause : Hour;
        }

        server.Sends(server.Answer(0x24, 1, Then, Then));
        Assert.AreEqual(Hour, server.IsAsked());
        Assert.AreEqual(20 * Second, server.IsAsked());
    }

    [TestMethod]
    [DataRow("DENY")]
    [DataRow("RSTR")]
    public void A_server_that_denies_access_is_not_asked_any_more(string kiss)
    {
        SntpServer server = New();
        server.IsAsked();
        server.Sends(Kiss(server, kiss));
        Assert.IsTrue(server.Client.State == SntpState.Refused);
        Assert.AreEqual((uint)kiss[0] << 24 | (uint)kiss[1] << 16 | (uint)kiss[2] << 8 | kiss[3], server.Client.Kiss);
        Assert.AreEqual(ulong.MaxValue, server.Client.Deadline);
        server.Runs(100 * Hour);
        server.Wire.ExpectsSilence();
        Assert.AreEqual(1UL, server.Wire.Count(Counter.SntpRefused));
    }

    [TestMethod]
    public void A_server_that_is_asked_too_often_is_asked_half_as_often()
    {
        SntpServer server = New(SntpClient.LeastInterval);
        server.IsAsked();
        server.Sends(server.Answer(0x24, 1, Then, Then));
        Assert.AreEqual(15 * Second, server.IsAsked());
        server.Sends(Kiss(server, "RATE"));
        Assert.AreEqual(30 * Second, server.IsAsked());
        server.Sends(server.Answer(0x24, 1, Then, Then));
        Assert.AreEqual(30 * Second, server.IsAsked());
        server.Sends(Kiss(server, "RATE"));
        Assert.AreEqual(60 * Second, server.IsAsked());
        server.Sends(Kiss(server, "INIT"));
        Assert.AreEqual(30 * Second, server.IsAsked());
        for (int i = 0; i < 20; i++)
        {
            server.Sends(Kiss(server, "RATE"));
            server.IsAsked();
        }

        server.Sends(server.Answer(0x24, 1, Then, Then));
        Assert.AreEqual(24 * Hour, server.IsAsked());
        Assert.AreEqual(0u, server.Client.Kiss);
    }

    // ---- The server's name

    [TestMethod]
    public void The_server_s_name_is_looked_up_for_each_request()
    {
        SntpServer server = new SntpServer("time.test", Hour);
        while (server.Wire.SentCount == 0)
            server.Runs(Second);
        Assert.IsTrue(server.Client.State == SntpState.Resolving);
        server.Dns.IsAsked("time.test", DnsServer.A);
        server.Dns.Answers(DnsServer.Good, "time.test A 60 10.77.0.1");
        server.IsAsked();
        server.Sends(server.Answer(0x24, 1, Then, Then));
        server.Runs(Hour);
        server.Dns.IsAsked("time.test", DnsServer.A);
        server.Dns.Answers(DnsServer.NoSuchName, "");
        server.Runs(14 * Second);
        server.Wire.ExpectsSilence();
        Assert.AreEqual(Then + Hour + 14 * Second, server.Client.GetUtc(server.Wire.Now));
        server.Runs(2 * Second);
        server.Dns.IsAsked("time.test", DnsServer.A);
    }

    [TestMethod]
    public void Without_an_address_it_waits_for_one()
    {
        SntpServer server = New();
        server.Wire.Endpoint.SetAddress(0, 24, 0);
        server.Runs(60 * Second);
        server.Wire.ExpectsSilence();
        server.Wire.Endpoint.SetAddress(Wire.OurAddress, 24, 0);
        server.Wire.Run();
        server.Wire.Discard();
        Assert.IsTrue(server.IsAsked() < Second);
        Assert.AreEqual(1UL, server.Wire.Count(Counter.SntpSent));
    }

    [TestMethod]
    public void When_it_is_closed_its_socket_is_free()
    {
        SntpServer server = New();
        server.IsAsked();
        Assert.ThrowsException(typeof(InvalidOperationException), () => server.Wire.Endpoint.OpenUdp(0));
        server.Sends(server.Answer(0x24, 1, Then, Then));
        server.Client.Close();
        server.Client.Close();
        Assert.AreEqual(Then, server.Client.GetUtc(server.Wire.Now));
        server.Runs(10 * Hour);
        server.Wire.ExpectsSilence();
        Assert.IsNotNull(server.Wire.Endpoint.OpenUdp(0));
    }

    [TestMethod]
    public void Wrong_use_is_refused()
    {
        TcpSettings settings = Wire.Settings();
        settings.UdpSockets = 1;
        TcpEndpoint endpoint = new Wire(settings).Endpoint;
        FixedEntropy entropy = new FixedEntropy();
        Assert.ThrowsException(typeof(ArgumentNullException), () => Make(null, entropy, "10.77.0.1", Hour));
        Assert.ThrowsException(typeof(ArgumentNullException), () => Make(endpoint, null, "10.77.0.1", Hour));
        Assert.ThrowsException(typeof(ArgumentNullException), () => Make(endpoint, entropy, null, Hour));
        Assert.ThrowsException(typeof(ArgumentException), () => Make(endpoint, entropy, "10.77.0.1", SntpClient.LeastInterval - 1));
        Assert.ThrowsException(typeof(ArgumentException), () => Make(endpoint, entropy, "10.77.0.1", 24 * Hour + 1));
        Assert.ThrowsException(typeof(InvalidOperationException), () => Make(endpoint, entropy, "time.test", Hour));
        Make(endpoint, entropy, "10.77.0.1", 24 * Hour);
        Assert.ThrowsException(typeof(InvalidOperationException), () => Make(endpoint, entropy, "10.77.0.1", Hour));
    }

    private static void Make(TcpEndpoint endpoint, IEntropy entropy, string server, ulong interval)
    {
        Assert.IsFalse(new SntpClient(endpoint, entropy, server, interval).IsSet);
    }

    private static SntpServer New()
    {
        return New(Hour);
    }

    private static SntpServer New(ulong interval)
    {
        return new SntpServer("10.77.0.1", interval);
    }

    private static byte[] Kiss(SntpServer server, string letters)
    {
        byte[] message = server.Answer(0xE4, 0, Then, Then);
        for (int i = 0; i < 4; i++)
            message[12 + i] = (byte)letters[i];
        return message;
    }
}
