using nanoFramework.TestFramework;

namespace HandshakeNano.Net.Tests;

/// <summary>RFC 2131, from the first question for an address to the end of the lease.</summary>
[TestClass]
public sealed class DhcpTests
{
    private const ulong Second = Wire.Second;

    // ---- INIT, SELECTING, REQUESTING

    [TestMethod]
    public void An_address_is_asked_for_offered_requested_given_checked_and_announced()
    {
        DhcpServer server = new DhcpServer();
        Wire wire = server.Wire;
        Assert.AreEqual((int)DhcpState.Init, (int)server.Client.State);
        Assert.AreEqual(0u, wire.Endpoint.Address);
        server.Waits(0, Second);
        server.ExpectsDiscover(0);
        wire.ExpectsSilence();
        Assert.AreEqual((int)DhcpState.Selecting, (int)server.Client.State);
        server.Offers();
        server.ExpectsRequest(0);
        wire.ExpectsSilence();
        Assert.AreEqual((int)DhcpState.Requesting, (int)server.Client.State);
        server.Acknowledges();
        wire.ExpectsSilence();
        Assert.AreEqual((int)DhcpState.Probing, (int)server.Client.State);
        server.BindsAfterProbes();
        Assert.AreEqual(Wire.OurAddress, server.Client.Address);
        Assert.AreEqual(24, server.Client.PrefixLength);
        Assert.AreEqual(DhcpServer.First, server.Client.Gateway);
        Assert.AreEqual(DhcpServer.First, server.Client.Server);
        Assert.AreEqual(3600u, server.Client.LeaseTime);
        Assert.AreEqual(2UL, wire.Count(Counter.DhcpSent));
        Assert.AreEqual(5UL, wire.Count(Counter.ArpRequestsSent), "three probes and two announcements");
    }

    [TestMethod]
    public void Every_message_is_a_step_and_an_attempt_of_its_state()
    {
        DhcpServer server = new DhcpServer();
        DhcpClient client = server.Client;
        Assert.AreEqual(0, client.Attempts);
        uint steps = client.Steps;
        server.Waits(0, Second);
        server.ExpectsDiscover(0);
        Assert.AreEqual(1, client.Attempts);
        Assert.AreEqual(steps + 2, client.Steps, "a state and a message");
        ulong waited = server.Waits(3 * Second, 5 * Second);
        server.ExpectsDiscover((int)(waited / Second));
        Assert.AreEqual(2, client.Attempts);
        Assert.AreEqual(steps + 3, client.Steps, "a message");
        server.Wire.StaysSilent(Second);
        Assert.AreEqual(steps + 3, client.Steps, "nothing new");
    }

    [TestMethod]
    public void Devices_with_different_secrets_have_different_transactions()
    {
        Assert.AreEqual(FirstTransaction(5), FirstTransaction(5));
        Assert.AreNotEqual(FirstTransaction(5), FirstTransaction(6));
    }

    [TestMethod]
    public void Without_a_host_name_none_is_told()
    {
        DhcpServer server = new DhcpServer(null);
        server.Binds();
    }

    [TestMethod]
    public void A_host_name_may_have_every_letter_and_digit_and_a_hyphen()
    {
        DhcpServer server = new DhcpServer("a-z0-9A-Z");
        server.Binds();
    }

    [TestMethod]
    public void The_address_answers_and_its_router_is_used()
    {
        DhcpServer server = new DhcpServer();
        server.Binds();
        ScriptedPeer peer = new ScriptedPeer(server.Wire);
        peer.Opens(server.Wire.Endpoint.Listen(7, 1));
        ScriptedPeer elsewhere = new ScriptedPeer(server.Wire, 80, 50000);
        elsewhere.Address = 0xC0000201;
        elsewhere.IsOpened();
    }

    [TestMethod]
    public void The_host_name_and_the_longest_message_are_told()
    {
        DhcpServer server = new DhcpServer("handshake-0A1B2C", 576);
        server.Binds();
        server = new DhcpServer(new string('x', 63), 1500);
        server.Binds();
    }

    [TestMethod]
    public void Looking_for_servers_goes_on_for_ever_with_pauses_that_grow_to_a_minute()
    {
        DhcpServer server = new DhcpServer();
        server.Waits(0, Second);
        ulong begin = server.Wire.Now;
        server.ExpectsDiscover(0);
        uint transaction = server.TransactionId;
        ulong pause = 4 * Second;
        int odd = 0;
        for (int i = 0; i < 12; i++)
        {
            ulong waited = server.Waits(pause - Second, pause + Second);
            if (waited % Second != 0)
                odd++;
            server.ExpectsDiscover((int)((server.Wire.Now - begin) / Second));
            Assert.AreEqual(transaction, server.TransactionId);
            if (pause < 64 * Second)
                pause *= 2;
        }

        Assert.IsTrue(odd > 6, "the pauses are not random");
        server.Offers();
        // Relay agents judge the request by what they let the DISCOVER pass with (section 3.1).
        server.ExpectsRequest((int)((server.Wire.Now - begin) / Second));
    }

    [TestMethod]
    public void The_seconds_stop_at_their_greatest_number()
    {
        DhcpServer server = new DhcpServer();
        byte[] last = null;

        // An hour at a time: what a day leaves on the wire is more than a device has room for.
        for (int hour = 0; hour < 20; hour++)
        {
            server.Wire.Advance(3600 * Second);
            for (byte[] frame = server.Wire.Take(); frame != null; frame = server.Wire.Take())
                last = frame;
        }

        Assert.AreEqual(65535, Packet.Get16(last, DhcpServer.Message + 8));
    }

    [TestMethod]
    public void Every_attempt_is_a_transaction_of_its_own()
    {
        DhcpServer server = new DhcpServer();
        server.Waits(0, Second);
        server.ExpectsDiscover(0);
        uint first = server.TransactionId;
        server.Offers();
        server.ExpectsRequest(0);
        Assert.AreEqual(first, server.TransactionId);
        server.Refuses();
        server.Waits(0, Second);
        server.ExpectsDiscover(0);
        Assert.AreNotEqual(first, server.TransactionId);
    }

    [TestMethod]
    public void A_request_without_an_answer_is_sent_four_times_in_a_minute_and_then_it_begins_anew()
    {
        DhcpServer server = new DhcpServer();
        server.IsAsked();
        uint transaction = server.TransactionId;
        ulong begin = server.Wire.Now;
        for (ulong pause = 4; pause <= 16; pause *= 2)
        {
            server.Waits((pause - 1) * Second, (pause + 1) * Second);
            server.ExpectsRequest(0);
            Assert.AreEqual(transaction, server.TransactionId);
        }

        server.Waits(31 * Second, 34 * Second);
        Assert.AreEqual((int)DhcpLoss.NoAnswer, (int)server.Client.LastLoss);
        server.ExpectsDiscover(0);
        Assert.AreNotEqual(transaction, server.TransactionId);
        ulong took = server.Wire.Now - begin;
        Assert.IsTrue(took >= 56 * Second && took <= 65 * Second, "took " + took.ToString());
    }

    [TestMethod]
    public void The_first_offer_is_taken_and_others_are_not_heard()
    {
        DhcpServer server = new DhcpServer();
        server.IsAsked();
        server.Address = DhcpServer.Second;
        server.Offered = Wire.OurAddress + 1;
        server.Offers();
        server.Wire.ExpectsSilence();
        Assert.AreEqual(1UL, server.Wire.Count(Counter.DhcpUnexpected));
        Assert.AreEqual(Wire.OurAddress, server.Client.Address);
    }

    [TestMethod]
    public void Only_the_server_that_was_asked_can_give_or_refuse()
    {
        DhcpServer server = new DhcpServer();
        server.IsAsked();
        server.Address = DhcpServer.Second;
        server.Acknowledges();
        server.Refuses();
        Assert.AreEqual((int)DhcpState.Requesting, (int)server.Client.State);
        server.Address = DhcpServer.First;
        server.Offered = Wire.OurAddress + 1;
        server.Acknowledges();
        Assert.AreEqual((int)DhcpState.Requesting, (int)server.Client.State);
        Assert.AreEqual(3UL, server.Wire.Count(Counter.DhcpUnexpected));
        server.Offered = Wire.OurAddress;
        server.Acknowledges();
        server.BindsAfterProbes();
    }

    [TestMethod]
    public void A_refusal_begins_anew_and_a_server_that_goes_on_refusing_is_asked_ever_less()
    {
        DhcpServer server = new DhcpServer();
        server.IsAsked();
        server.Refuses();
        Assert.AreEqual((int)DhcpState.Init, (int)server.Client.State);
        Assert.AreEqual((int)DhcpLoss.Refused, (int)server.Client.LastLoss);
        server.Waits(0, Second);
        for (ulong pause = 4; pause <= 64; pause *= 2)
        {
            server.ExpectsDiscover(0);
            server.Offers();
            server.ExpectsRequest(0);
            server.Refuses();
            server.Waits((pause - 1) * Second, (pause + 1) * Second);
        }

        Assert.AreEqual(6UL, server.Wire.Count(Counter.DhcpRefused));
    }

    // ---- How answers may come

    [TestMethod]
    [DataRow(0xFFFFFFFF, 0xFF)] // to everybody
    [DataRow(0x0A4D0002U, 0xFF)] // to the address that is offered, to every Ethernet address
    [DataRow(0x0A4D0002U, 0x00)] // to the address that is offered
    public void An_answer_is_heard_before_there_is_an_address(uint destination, int hardware)
    {
        DhcpServer server = new DhcpServer();
        server.Waits(0, Second);
        server.ExpectsDiscover(0);
        byte[] frame = server.Frame(destination, server.Offered,
            DhcpServer.Join(DhcpServer.Option(53, DhcpServer.Offer), DhcpServer.Join(DhcpServer.Number(54, server.Address), server.Terms())), true);
        if (hardware == 0xFF)
            System.Array.Copy(DhcpServer.Everyone, frame, 6);
        server.Sends(frame);
        server.ExpectsRequest(0);
        server.Acknowledges();
        server.BindsAfterProbes();
    }

    [TestMethod]
    public void Nothing_else_is_heard_before_there_is_an_address()
    {
        DhcpServer server = new DhcpServer();
        Wire wire = server.Wire;
        wire.Endpoint.Listen(7, 1);
        byte[][] frames = new byte[][]
        {
            Packet.Udp(Wire.PeerAddress, 67, Wire.OurAddress, 69, new byte[300]),
            Packet.Udp(Wire.PeerAddress, 67, 0xFFFFFFFF, 137, new byte[300]),
            Packet.Udp(Wire.PeerAddress, 67, 0xE0000001, 68, new byte[300]),
            Packet.Icmp(Wire.PeerAddress, Wire.OurAddress, 8, 0, new byte[8]),
            new ScriptedPeer(wire).Frame("S seq R mss 1460"),
        };
        for (int i = 0; i < frames.Length; i++)
        {
            System.Array.Copy(i == 1 || i == 2 ? DhcpServer.Everyone : wire.PhysicalAddress, frames[i], 6);
            wire.Inject(frames[i]);
            wire.ExpectsSilence("frame " + i.ToString());
        }

        Assert.AreEqual(5UL, wire.Count(Counter.Ipv4NotForUs));
    }

    [TestMethod]
    public void With_an_address_what_is_sent_to_another_is_not_heard()
    {
        DhcpServer server = new DhcpServer();
        server.Binds();
        server.Wire.Inject(server.Frame(Wire.OurAddress + 1, server.Offered, server.Terms(), true));
        Assert.AreEqual(1UL, server.Wire.Count(Counter.Ipv4NotForUs));
        byte[] ping = Packet.Icmp(Wire.PeerAddress, Wire.OurAddress + 1, 8, 0, new byte[8]);
        System.Array.Copy(server.Wire.PhysicalAddress, ping, 6);
        server.Wire.Inject(ping);
        server.Wire.ExpectsSilence();
        Assert.AreEqual(2UL, server.Wire.Count(Counter.Ipv4NotForUs));
        server.Wire.Inject(server.Frame(Wire.OurAddress, server.Offered, DhcpServer.Option(53, DhcpServer.Ack), true));
        server.Wire.Inject(server.Frame(0xFFFFFFFF, server.Offered, DhcpServer.Option(53, DhcpServer.Ack), true));
        Assert.AreEqual(2UL, server.Wire.Count(Counter.DhcpUnexpected), "nothing was asked");
        server.Wire.ExpectsSilence();
    }

    [TestMethod]
    public void Without_a_client_the_port_is_closed()
    {
        Wire wire = new Wire();
        byte[] damaged = Packet.Udp(Wire.PeerAddress, 67, Wire.OurAddress, 68, new byte[300]);
        damaged[Packet.Transport + 9] ^= 1;
        wire.Inject(damaged);
        wire.ExpectsSilence("nobody knows what port a damaged datagram is for");
        wire.Inject(Packet.Udp(Wire.PeerAddress, 67, Wire.OurAddress, 68, new byte[300]));
        Assert.AreEqual((byte)3, wire.TakeIcmp()[Packet.Transport + 1]);
        Assert.AreEqual(1UL, wire.Count(Counter.UdpPortUnknown));
        byte[] frame = Packet.Udp(Wire.PeerAddress, 67, 0xFFFFFFFF, 68, new byte[300]);
        System.Array.Copy(DhcpServer.Everyone, frame, 6);
        wire.Inject(frame);
        wire.ExpectsSilence();
        Assert.AreEqual(1UL, wire.Count(Counter.Ipv4NotForUs));
    }

    [TestMethod]
    public void A_datagram_needs_a_right_length_and_checksum_or_none()
    {
        DhcpServer server = new DhcpServer();
        Wire wire = server.Wire;
        server.Waits(0, Second);
        server.ExpectsDiscover(0);
        byte[] offer = server.Reply(DhcpServer.Offer, server.Terms());
        Packet.Put16(offer, Packet.Transport + 4, 7);
        wire.Inject(offer);
        Packet.Put16(offer, Packet.Transport + 4, offer.Length - Packet.Transport + 1);
        wire.Inject(offer);
        Assert.AreEqual(2UL, wire.Count(Counter.UdpHeaderBad));
        wire.Inject(Packet.Ipv4(server.Address, Wire.OurAddress, 17, new byte[] { 0, 67, 0, 68, 0, 8, 0 }));
        Assert.AreEqual(3UL, wire.Count(Counter.UdpHeaderBad));

        // What follows the datagram in its packet is none of its options.
        byte[] whole = server.Frame(0xFFFFFFFF, 0x7F000001, DhcpServer.Join(DhcpServer.Option(53, DhcpServer.Offer), new byte[] { 61, 7, 1, 9, 9, 9, 9, 9, 9 }), false);
        Packet.Put16(whole, Packet.Transport + 4, 8 + 240 + 3);
        Packet.Put16(whole, Packet.Transport + 6, 0);
        wire.Inject(whole);
        Assert.AreEqual(0UL, wire.Count(Counter.DhcpNotForUs));
        Assert.AreEqual(1UL, wire.Count(Counter.DhcpLeaseBad), "no host can have the address");
        offer = server.Reply(DhcpServer.Offer, server.Terms());
        offer[DhcpServer.Options + 5] ^= 1;
        wire.Inject(offer);
        Assert.AreEqual(1UL, wire.Count(Counter.UdpChecksumBad));
        Assert.AreEqual(0UL, wire.Count(Counter.DhcpHeaderBad), "a datagram that is dropped is looked at by nobody");
        wire.ExpectsSilence();
        offer[DhcpServer.Options + 5] ^= 1;
        Packet.Put16(offer, Packet.Transport + 6, 0);
        wire.Inject(offer);
        server.ExpectsRequest(0);
    }

    // RFC 768: 0 would mean that there is none.
    [TestMethod]
    public void A_checksum_of_0_is_sent_as_all_ones()
    {
        char[] name = "0000000000".ToCharArray();
        DhcpServer server = new DhcpServer(new string(name));
        server.Waits(0, Second);
        int missing = Packet.Get16(server.Wire.Take(), Packet.Transport + 6);
        Adds(name, 0, missing >> 8);
        Adds(name, 1, missing & 0xFF);
        server = new DhcpServer(new string(name));
        server.Waits(0, Second);
        byte[] frame = server.Wire.Take();
        Assert.AreEqual(0xFFFF, Packet.Get16(frame, Packet.Transport + 6));
    }

    // ---- What an answer must be

    [TestMethod]
    [DataRow(0, 1)] // op: a request
    [DataRow(1, 6)] // htype
    [DataRow(2, 8)] // hlen
    [DataRow(236, 0)] // the cookie
    [DataRow(239, 0)]
    public void A_message_that_is_no_server_s_is_dropped(int index, int value)
    {
        DropsOffer(index, value, Counter.DhcpHeaderBad);
    }

    [TestMethod]
    [DataRow(4)] // xid
    [DataRow(7)]
    [DataRow(28)] // chaddr
    [DataRow(33)]
    public void A_message_for_another_client_is_dropped(int index)
    {
        DropsOffer(index, 0x99, Counter.DhcpNotForUs);
    }

    [TestMethod]
    public void A_message_that_ends_before_its_options_is_dropped()
    {
        DhcpServer server = new DhcpServer();
        server.Waits(0, Second);
        server.ExpectsDiscover(0);
        byte[] offer = server.Reply(DhcpServer.Offer, server.Terms());
        byte[] whole = new byte[offer.Length - DhcpServer.Message];
        System.Array.Copy(offer, DhcpServer.Message, whole, 0, whole.Length);
        for (int length = 0; length < 240; length++)
        {
            byte[] part = new byte[length];
            System.Array.Copy(whole, 0, part, 0, length);
            byte[] frame = Packet.Udp(server.Address, 67, 0xFFFFFFFF, 68, part);
            System.Array.Copy(DhcpServer.Everyone, frame, 6);
            server.Sends(frame);
        }

        Assert.AreEqual(240UL, server.Wire.Count(Counter.DhcpHeaderBad));
        server.Wire.ExpectsSilence();
    }

    private static void DropsOffer(int index, int value, Counter counter)
    {
        DhcpServer server = new DhcpServer();
        server.Waits(0, Second);
        server.ExpectsDiscover(0);
        byte[] offer = server.Reply(DhcpServer.Offer, server.Terms());
        offer[DhcpServer.Message + index] = (byte)value;
        Packet.FixUdp(offer);
        server.Sends(offer);
        Assert.AreEqual(1UL, server.Wire.Count(counter));
        server.Wire.ExpectsSilence();
        server.Offers();
        server.ExpectsRequest(0);
    }

    /// <summary>Every second character, all of them 0, grows to another letter or digit; together by this number.</summary>
    private static void Adds(char[] name, int index, int sum)
    {
        for (; index < name.Length; index += 2)
        {
            // From 0 to 9, A to Z, a to z.
            int step = sum > 74 ? 74 : sum;
            if (step > 9 && step < 17)
                step = 9;
            else if (step > 42 && step < 49)
                step = 42;
            name[index] = (char)('0' + step);
            sum -= step;
        }

        Assert.AreEqual(0, sum);
    }

    /// <summary>The transaction of the first message of a device whose random bytes begin with this one.</summary>
    private static uint FirstTransaction(byte secret)
    {
        Wire wire = new DhcpServer().Wire;
        TcpEndpoint endpoint = new TcpEndpoint(wire, new FixedEntropy(secret), new TcpSettings { Dhcp = true });
        ulong now = endpoint.Poll(Second);
        for (int i = 0; i < 10 && wire.SentCount == 0; i++)
            now = endpoint.Poll(now);
        return Packet.Get32(wire.Take(), DhcpServer.Message + 4);
    }
}
