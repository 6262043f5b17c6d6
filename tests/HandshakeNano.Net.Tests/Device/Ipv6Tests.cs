using System;
using nanoFramework.TestFramework;

namespace HandshakeNano.Net.Tests;

/// <summary>RFC 8200, RFC 4443, and of RFC 4861 and RFC 4862 what our own address needs.</summary>
[TestClass]
public sealed class Ipv6Tests
{
    internal static readonly byte[] Peer = Ipv6Address.Parse("fe80::77");

    [TestMethod]
    public void Switched_off_a_packet_is_of_an_unknown_kind_and_nothing_is_sent()
    {
        Wire wire = new Wire();
        wire.Inject(Ping(new byte[4]));
        wire.ExpectsSilence();
        Assert.AreEqual(1UL, wire.Count(Counter.EtherTypeUnknown));
    }

    // 8200-MUST-13.
    [TestMethod]
    public void A_link_must_carry_1280_bytes()
    {
        new Wire(On(), 1280, Wire.Second).Advance(Wire.Second);
        Assert.ThrowsException(typeof(ArgumentException), () => new Wire(On(), 1279, Wire.Second).Advance(0));
    }

    [TestMethod]
    public void An_echo_comes_back_whole_with_1232_bytes_too()
    {
        Wire wire = Up();
        byte[] data = new byte[1236];
        for (int i = 0; i < data.Length; i++)
            data[i] = (byte)(i * 7);
        wire.Inject(Ping(data));
        ExpectsEcho(wire, data);
        wire.Inject(Ping(new byte[] { 1, 2, 3, 4, 5 }));
        ExpectsEcho(wire, new byte[] { 1, 2, 3, 4, 5 });
        Assert.AreEqual(2UL, wire.Count(Counter.IcmpEchoRequests));
    }

    // 4861-MUST-18.
    [TestMethod]
    public void An_echo_to_all_nodes_is_answered_from_our_address()
    {
        Wire wire = Up();
        wire.Inject(Ipv6Packet.Icmp(Peer, Ipv6Packet.AllNodes, 128, 0, new byte[4]));
        ExpectsEcho(wire, new byte[4]);
    }

    // 8200-MUST-1, 8200-MUST-2, 8200-MUST-4, 8200-MUST-6, 8200-MUST-8, 8200-MUST-10, 8200-MUST-21.
    [TestMethod]
    public void Extension_headers_are_stepped_over_and_an_atomic_fragment_is_a_packet()
    {
        Wire wire = Up();
        byte[] headers = new byte[] { 60, 0, 1, 4, 0, 0, 0, 0, 43, 0, 0x1E, 2, 9, 9, 0, 0, 44, 0, 99, 0, 0, 0, 0, 0, 58, 0, 0, 0, 1, 2, 3, 4 };
        wire.Inject(Ipv6Packet.Icmp(Peer, Ours(0), 0, headers, 128, 0, new byte[] { 1, 2, 3, 4 }));
        ExpectsEcho(wire, new byte[] { 1, 2, 3, 4 });
        headers[27] = 1;
        wire.Inject(Ipv6Packet.Icmp(Peer, Ours(0), 0, headers, 128, 0, new byte[4]));
        wire.ExpectsSilence();
        Assert.AreEqual(1UL, wire.Count(Counter.Ipv6Fragment));
    }

    // 8200-MUST-12.
    [TestMethod]
    public void Nothing_is_looked_for_behind_the_header_that_says_so()
    {
        Wire wire = Up();
        byte[] frame = Ping(new byte[4]);
        frame[Packet.Ip + 6] = 59;
        wire.Inject(frame);
        wire.ExpectsSilence();
        Assert.AreEqual(1UL, wire.Count(Counter.Ipv6NothingInside));
    }

    // 8200-SHLD-1.
    [TestMethod]
    public void A_hop_limit_of_0_counts_for_routers_alone()
    {
        Wire wire = Up();
        byte[] frame = Ping(new byte[4]);
        frame[Packet.Ip + 7] = 0;
        wire.Inject(frame);
        ExpectsEcho(wire, new byte[4]);
    }

    // 8200-MUST-2.
    [TestMethod]
    public void More_extension_headers_than_eight_are_too_many()
    {
        Wire wire = Up();
        for (int count = 8; count <= 9; count++)
        {
            byte[] headers = new byte[8 * count];
            for (int i = 0; i < count; i++)
            {
                headers[8 * i] = (byte)(i == count - 1 ? 58 : 60);
                headers[8 * i + 2] = 1;
                headers[8 * i + 3] = 4;
            }

            wire.Inject(Ipv6Packet.Icmp(Peer, Ours(0), 60, headers, 128, 0, new byte[4]));
            if (count == 8)
                ExpectsEcho(wire, new byte[4]);
        }

        wire.ExpectsSilence();
        Assert.AreEqual(1UL, wire.Count(Counter.Ipv6ExtensionBad));
    }

    // 8200-MUST-3, 8200-SHLD-2, 8200-MUST-7.
    [TestMethod]
    public void What_is_unknown_is_answered_by_a_parameter_problem_that_points_at_it()
    {
        Wire wire = Up();
        byte[] frame = Ipv6Packet.Of(Peer, Ours(0), 132, new byte[20]);
        wire.Inject(frame);
        ExpectsError(wire, frame, 4, 1, 6);
        frame = Ipv6Packet.Of(Peer, Ours(0), 60, new byte[] { 0, 0, 1, 4, 0, 0, 0, 0, 17, 0, 1, 4, 0, 0, 0, 0 });
        wire.Inject(frame);
        ExpectsError(wire, frame, 4, 1, 40);
        frame = Ipv6Packet.Of(Peer, Ours(0), 43, new byte[] { 17, 0, 99, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 8, 0, 0 });
        wire.Inject(frame);
        ExpectsError(wire, frame, 4, 0, 42);
        frame = Ipv6Packet.Of(Peer, Ours(0), 17, new byte[] { 0, 9, 0, 9, 0, 8, 0, 0 });
        wire.Inject(frame);
        ExpectsError(wire, frame, 1, 4, 0);
    }

    // 8200-MUST-5.
    [TestMethod]
    [DataRow(0x3E, false, 0, false)]
    [DataRow(0x7E, false, 1, false)]
    [DataRow(0xBE, false, 1, true)]
    [DataRow(0xFE, false, 1, true)]
    [DataRow(0xBE, true, 1, true)]
    [DataRow(0xFE, true, 1, false)]
    public void The_upper_bits_of_an_unknown_option_say_what_is_done(int type, bool toAll, int dropped, bool told)
    {
        Wire wire = Up();
        byte[] headers = new byte[] { 58, 0, (byte)type, 4, 0, 0, 0, 0 };
        byte[] frame = Ipv6Packet.Icmp(Peer, toAll ? Ipv6Packet.AllNodes : Ours(0), 60, headers, 128, 0, new byte[4]);
        wire.Inject(frame);
        if (told)
            ExpectsError(wire, frame, 4, 2, 42);
        else if (dropped == 0)
            ExpectsEcho(wire, new byte[4]);
        wire.ExpectsSilence();
        Assert.AreEqual((ulong)dropped, wire.Count(Counter.Ipv6ExtensionBad));
    }

    [TestMethod]
    public void No_error_is_about_an_error_a_group_or_nobody_and_not_more_than_ten_a_second_are_sent()
    {
        Wire wire = Up();
        byte[] headers = new byte[] { 58, 0, 0xBE, 4, 0, 0, 0, 0 };
        wire.Inject(Ipv6Packet.Icmp(Peer, Ours(0), 60, headers, 1, 0, new byte[4]));
        wire.Inject(Ipv6Packet.Of(Peer, Ipv6Packet.AllNodes, 132, new byte[8]));
        wire.Inject(Ipv6Packet.Of(Peer, Ipv6Packet.AllNodes, 17, new byte[8]));
        wire.Inject(Ipv6Packet.Of(Ipv6Packet.Nobody, Ours(0), 17, new byte[8]));
        wire.Inject(Ipv6Packet.Of(Ipv6Packet.Nobody, Ours(0), 132, new byte[8]));
        wire.ExpectsSilence();
        for (int i = 0; i < 12; i++)
            wire.Inject(Ipv6Packet.Of(Peer, Ours(0), 132, new byte[8]));
        Assert.AreEqual(10, wire.SentCount);
        Assert.AreEqual(2UL, wire.Count(Counter.IcmpUnreachableLimited));
    }

    // 8200-MUST-14.
    [TestMethod]
    public void An_error_fits_through_every_link()
    {
        Wire wire = Up();
        wire.Inject(Ipv6Packet.Of(Peer, Ours(0), 132, new byte[1400]));
        Assert.AreEqual(14 + 1280, wire.Take().Length);
    }

    [TestMethod]
    public void A_packet_of_another_version_or_shorter_than_it_says_is_dropped()
    {
        Wire wire = Up();
        byte[] frame = Ping(new byte[4]);
        frame[Packet.Ip] = 0x40;
        wire.Inject(frame);
        frame = Ping(new byte[4]);
        Packet.Put16(frame, Packet.Ip + 4, 9);
        wire.Inject(frame);
        wire.ExpectsSilence();
        Assert.AreEqual(2UL, wire.Count(Counter.Ipv6HeaderBad));
    }

    /// <summary>The group of an address differs from the address in all but its last three bytes.</summary>
    [TestMethod]
    public void A_group_is_ours_if_every_byte_of_it_is()
    {
        Wire wire = Up();
        byte[] group = Ipv6Packet.GroupOf(Ours(0));
        wire.Inject(Ipv6Packet.Icmp(Peer, group, 128, 0, new byte[4]));
        ExpectsEcho(wire, new byte[4]);
        for (int i = 1; i < 16; i++)
        {
            group[i] ^= 1;
            wire.Inject(Ipv6Packet.Icmp(Peer, group, 128, 0, new byte[4]));
            group[i] ^= 1;
        }

        wire.Inject(Ipv6Packet.Icmp(Peer, Ipv6Address.Parse("ff05::1"), 128, 0, new byte[4]));
        wire.Inject(Ipv6Packet.Icmp(Peer, Ipv6Address.Parse("ff02::3"), 128, 0, new byte[4]));
        wire.ExpectsSilence();
        Assert.AreEqual(17UL, wire.Count(Counter.Ipv6NotForUs));
    }

    // RFC 8200 section 4.5: the reserved byte of a fragment header is no length.
    [TestMethod]
    public void What_is_reserved_in_a_fragment_header_is_ignored()
    {
        Wire wire = Up();
        wire.Inject(Ipv6Packet.Icmp(Peer, Ours(0), 44, new byte[] { 58, 0xFF, 0, 6, 1, 2, 3, 4 }, 128, 0, new byte[4]));
        ExpectsEcho(wire, new byte[4]);
    }

    [TestMethod]
    public void An_option_that_ends_behind_its_header_is_malformed()
    {
        Wire wire = Up();
        byte[] headers = new byte[] { 58, 0, 0x1E, 4, 0, 0, 0, 0 };
        wire.Inject(Ipv6Packet.Icmp(Peer, Ours(0), 60, headers, 128, 0, new byte[4]));
        ExpectsEcho(wire, new byte[4]);
        headers[3] = 5;
        wire.Inject(Ipv6Packet.Icmp(Peer, Ours(0), 60, headers, 128, 0, new byte[4]));
        headers[3] = 3;
        headers[7] = 0x1E;
        wire.Inject(Ipv6Packet.Icmp(Peer, Ours(0), 60, headers, 128, 0, new byte[4]));
        wire.ExpectsSilence();
        Assert.AreEqual(2UL, wire.Count(Counter.Ipv6ExtensionBad));
    }

    [TestMethod]
    public void Of_two_things_that_are_wrong_the_first_is_told()
    {
        Wire wire = Up();
        byte[] frame = Ipv6Packet.Of(Peer, Ours(0), 60, new byte[] { 132, 0, 0xBE, 4, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8 });
        wire.Inject(frame);
        ExpectsError(wire, frame, 4, 2, 42);
    }

    /// <summary>It could be an error: what stood there before it in the buffer says nothing.</summary>
    [TestMethod]
    public void No_error_is_about_a_message_that_is_empty()
    {
        Wire wire = Up();
        wire.Inject(Ipv6Packet.Icmp(Peer, Ours(0), 60, new byte[] { 58, 0, 0x1E, 4, 0, 0, 0, 0 }, 128, 0, new byte[4]));
        ExpectsEcho(wire, new byte[4]);
        wire.Inject(Ipv6Packet.Of(Peer, Ours(0), 60, new byte[] { 58, 0, 0xBE, 4, 0, 0, 0, 0 }));
        wire.ExpectsSilence();
        Assert.AreEqual(1UL, wire.Count(Counter.Ipv6ExtensionBad));
    }

    // RFC 4443 section 2.4 e.
    [TestMethod]
    public void No_error_is_about_a_packet_to_a_group_though_its_frame_is_for_us_alone()
    {
        Wire wire = Up();
        foreach (int nextHeader in new int[] { 17, 132 })
        {
            byte[] frame = Ipv6Packet.Of(Peer, Ipv6Packet.AllNodes, nextHeader, new byte[8]);
            Array.Copy(Packet.PhysicalAddressOf(Wire.OurAddress), 0, frame, 0, 6);
            wire.Inject(frame);
        }

        wire.ExpectsSilence();
        Assert.AreEqual(1UL, wire.Count(Counter.UdpPortUnknown));
        Assert.AreEqual(1UL, wire.Count(Counter.Ipv6ProtocolUnknown));
    }

    [TestMethod]
    public void Who_has_no_address_yet_sends_no_error()
    {
        Wire wire = new Wire(On());
        AskedAfter(wire, Ours(0));
        wire.Inject(Ipv6Packet.Icmp(Peer, Ipv6Packet.AllNodes, 60, new byte[] { 58, 0, 0xBE, 4, 0, 0, 0, 0 }, 128, 0, new byte[4]));
        wire.ExpectsSilence();
        Assert.AreEqual(1UL, wire.Count(Counter.Ipv6ExtensionBad));
    }

    [TestMethod]
    public void No_answer_goes_to_an_Ethernet_address_of_a_group()
    {
        Wire wire = Up();
        byte[] frame = Ping(new byte[4]);
        frame[6] |= 1;
        wire.Inject(frame);
        wire.ExpectsSilence();
        Assert.AreEqual(1UL, wire.Count(Counter.Ipv6SourceBad));
    }

    [TestMethod]
    public void A_message_that_is_too_short_or_whose_checksum_is_wrong_is_dropped()
    {
        Wire wire = Up();
        wire.Inject(Ipv6Packet.Icmp(Peer, Ours(0), 128, 0, new byte[3]));
        Assert.AreEqual(1UL, wire.Count(Counter.IcmpTooShort));
        byte[] frame = Ping(new byte[4]);
        frame[Ipv6Packet.Payload + 7] ^= 1;
        wire.Inject(frame);
        Assert.AreEqual(1UL, wire.Count(Counter.IcmpChecksumBad));
        wire.ExpectsSilence();
        Assert.AreEqual(0UL, wire.Count(Counter.IcmpEchoRequests));
        wire.Inject(Ping(new byte[4]));
        ExpectsEcho(wire, new byte[4]);
        Assert.AreEqual(1UL, wire.Count(Counter.IcmpTooShort));
        Assert.AreEqual(1UL, wire.Count(Counter.IcmpEchoRequests));
    }

    // RFC 4443 section 2.4 b.
    [TestMethod]
    public void A_message_of_an_unknown_kind_and_an_echo_to_nobody_are_ignored()
    {
        Wire wire = Up();
        foreach (int type in new int[] { 0, 5, 127, 129, 138, 200 })
            wire.Inject(Ipv6Packet.Icmp(Peer, Ours(0), type, 0, new byte[4]));
        wire.Inject(Ipv6Packet.Icmp(Ipv6Packet.Nobody, Ours(0), 128, 0, new byte[4]));
        wire.ExpectsSilence();
        Assert.AreEqual(7UL, wire.Count(Counter.IcmpIgnored));
        Assert.AreEqual(0UL, wire.Count(Counter.IcmpTooShort));
        Assert.AreEqual(0UL, wire.Count(Counter.IcmpEchoRequests));
    }

    // 4861-MUST-18, 4861-MUST-23, 4861-MUST-25, 4861-MUST-26, 4861-SHLD-18, 4861-MUST-27.
    [TestMethod]
    public void Who_asks_for_our_address_is_told()
    {
        Wire wire = Up();
        wire.Inject(Ipv6Packet.Neighbour(Peer, Ipv6Packet.GroupOf(Ours(0)), 135, Ours(0)));
        ExpectsAdvertisement(wire, Peer, 0x60000000);
        wire.Inject(Ipv6Packet.Neighbour(Ipv6Packet.Nobody, Ipv6Packet.GroupOf(Ours(0)), 135, Ours(0)));
        ExpectsAdvertisement(wire, Ipv6Packet.AllNodes, 0x20000000);
        wire.Inject(Ipv6Packet.Neighbour(Peer, Ipv6Packet.GroupOf(Ours(0)), 135, Peer));
        wire.ExpectsSilence();
    }

    // 4861-MUST-2, 4861-MUST-15, 4861-MUST-24.
    [TestMethod]
    public void A_solicitation_that_a_router_has_passed_on_or_that_is_malformed_is_dropped()
    {
        Wire wire = Up();
        byte[] frame = Ipv6Packet.Neighbour(Peer, Ours(0), 135, Ours(0));
        frame[Packet.Ip + 7] = 254;
        wire.Inject(frame);
        wire.Inject(Ipv6Packet.Neighbour(Ipv6Packet.Nobody, Ours(0), 135, Ours(0)));
        wire.Inject(Ipv6Packet.Neighbour(Ipv6Packet.Nobody, Ipv6Packet.AllNodes, 135, Ours(0)));
        wire.Inject(Ipv6Packet.Neighbour(Peer, Ours(0), 135, Ipv6Packet.AllNodes));
        byte[] body = new byte[28];
        Array.Copy(Ours(0), 0, body, 4, 16);
        body[20] = 1;
        wire.Inject(Ipv6Packet.Icmp(Peer, Ours(0), 135, 0, body));
        body[21] = 2;
        wire.Inject(Ipv6Packet.Icmp(Peer, Ours(0), 135, 0, body));
        body[21] = 1;
        wire.Inject(Ipv6Packet.Icmp(Peer, Ours(0), 135, 1, body));
        wire.Inject(Ipv6Packet.Icmp(Ipv6Packet.Nobody, Ipv6Packet.GroupOf(Ours(0)), 135, 0, body));
        wire.Inject(Ipv6Packet.Icmp(Peer, Ours(0), 44, new byte[] { 58, 0, 0, 0, 0, 0, 0, 0 }, 135, 0, body));
        wire.ExpectsSilence();
        Assert.AreEqual(9UL, wire.Count(Counter.NeighbourMalformed));
    }

    // 4861-MUST-1.
    [TestMethod]
    public void An_unknown_option_of_neighbour_discovery_is_stepped_over()
    {
        Wire wire = Up();
        byte[] body = new byte[44];
        Array.Copy(Ours(0), 0, body, 4, 16);
        body[20] = 250;
        body[21] = 2;
        body[36] = 3;
        body[37] = 1;
        wire.Inject(Ipv6Packet.Icmp(Peer, Ipv6Packet.GroupOf(Ours(0)), 135, 0, body));
        ExpectsAdvertisement(wire, Peer, 0x60000000);
    }

    // 4861-MUST-4, 4861-MUST-6.
    [TestMethod]
    public void A_host_is_no_router_so_who_asks_for_one_is_not_answered()
    {
        Wire wire = Up();
        wire.Inject(Ipv6Packet.Icmp(Peer, Ours(0), 133, 0, new byte[4]));
        wire.Inject(Ipv6Packet.Icmp(Peer, Ipv6Address.Parse("ff02::2"), 133, 0, new byte[4]));
        wire.ExpectsSilence();
        Assert.AreEqual(1UL, wire.Count(Counter.IcmpIgnored));
        Assert.AreEqual(1UL, wire.Count(Counter.Ipv6NotForUs));
        Assert.AreEqual(0UL, wire.Count(Counter.NeighbourMalformed));
    }

    // 4862-MUST-3.
    [TestMethod]
    public void Our_link_local_address_lasts_for_ever()
    {
        Wire wire = Up();
        wire.Advance(100UL * 365 * 86400 * Wire.Second);
        wire.Discard();
        wire.Inject(Ping(new byte[4]));
        ExpectsEcho(wire, new byte[4]);
    }

    // 4861-MUST-23, 4862-MUST-2, 4862-MUST-4, 4862-MUST-5, 4862-MUST-6, 4862-SHLD-1, 4862-MUST-7, 4862-MUST-8.
    [TestMethod]
    public void While_an_address_is_asked_for_it_is_not_used()
    {
        Wire wire = new Wire(On());
        AskedAfter(wire, Ours(0));
        wire.Inject(Ping(new byte[4]));
        wire.Inject(Ipv6Packet.Neighbour(Peer, Ipv6Packet.GroupOf(Ours(0)), 135, Ours(0)));
        wire.StaysSilent(Wire.Second - 1);
        wire.Advance(1);
        wire.Discard();
        wire.Inject(Ping(new byte[4]));
        ExpectsEcho(wire, new byte[4]);
    }

    // 4862-MUST-8, 4862-MUST-10, 4862-MUST-11, 4862-SHLD-2.
    [TestMethod]
    [DataRow(135)]
    [DataRow(136)]
    public void Another_host_with_the_address_makes_us_take_another_three_times_and_then_none(int type)
    {
        Wire wire = new Wire(On());
        ulong since = 0;
        for (int i = 0; i < 4; i++)
        {
            AskedAfter(wire, Ours(i));
            if (i != 0)
                Assert.AreEqual(Wire.Second, wire.Now - since);
            since = wire.Now;
            wire.Inject(type == 135 ? Ipv6Packet.Neighbour(Ipv6Packet.Nobody, Ipv6Packet.GroupOf(Ours(i)), 135, Ours(i))
                : Ipv6Packet.Neighbour(Peer, Ipv6Packet.AllNodes, 136, Ours(i)));
        }

        wire.StaysSilent(10 * Wire.Second);
        Assert.AreEqual(4UL, wire.Count(Counter.NeighbourConflicts));
        wire.Inject(Ipv6Packet.Icmp(Peer, Ipv6Packet.AllNodes, 128, 0, new byte[4]));
        wire.ExpectsSilence();
    }

    /// <summary>An address in use stays ours whoever says otherwise: one forged packet would take it away otherwise.</summary>
    [TestMethod]
    public void Nobody_takes_an_address_away_that_is_in_use_and_a_redirect_moves_nothing()
    {
        Wire wire = Up();
        byte[] redirect = new byte[36];
        Array.Copy(Peer, 0, redirect, 4, 16);
        for (int i = 0; i < 100; i++)
        {
            wire.Inject(Ipv6Packet.Neighbour(Peer, Ipv6Packet.AllNodes, 136, Ours(0)));
            wire.Inject(Ipv6Packet.Icmp(Peer, Ours(0), 137, 0, redirect));
        }

        wire.ExpectsSilence();
        Assert.AreEqual(100UL, wire.Count(Counter.NeighbourConflicts));
        Assert.AreEqual(100UL, wire.Count(Counter.RedirectUnmatched));
        wire.Inject(Ping(new byte[4]));
        ExpectsEcho(wire, new byte[4]);
    }

    // 4862-MUST-9.
    [TestMethod]
    public void Our_own_question_that_comes_back_is_no_conflict()
    {
        Wire wire = new Wire(On());
        AskedAfter(wire, Ours(0));
        byte[] frame = Ipv6Packet.Neighbour(Ipv6Packet.Nobody, Ipv6Packet.GroupOf(Ours(0)), 135, Ours(0));
        Array.Copy(Packet.PhysicalAddressOf(Wire.OurAddress), 0, frame, 6, 6);
        wire.Inject(frame);
        wire.ExpectsSilence();
        Assert.AreEqual(0UL, wire.Count(Counter.NeighbourConflicts));
    }

    /// <summary>Our link-local address after so many conflicts (RFC 7217).</summary>
    internal static byte[] Ours(int conflicts)
    {
        return Ours("fe80::", conflicts);
    }

    /// <summary>Our address of a prefix.</summary>
    internal static byte[] Ours(string prefix, int conflicts)
    {
        byte[] input = new byte[15];
        byte[] address = Ipv6Address.Parse(prefix);
        Array.Copy(address, 0, input, 0, 8);
        Array.Copy(Packet.PhysicalAddressOf(Wire.OurAddress), 0, input, 8, 6);
        input[14] = (byte)conflicts;
        Array.Copy(BitConverter.GetBytes(SipHash.Hash(new byte[16], input, 0, 15)), 0, address, 8, 8);
        return address;
    }

    /// <summary>Demands that an address is reported and asked for within the next two seconds.</summary>
    internal static void AskedAfter(Wire wire, byte[] address)
    {
        ulong end = wire.Now + 2 * Wire.Second;
        while (wire.SentCount < 2 && wire.Deadline <= end)
            wire.Advance(wire.Deadline - wire.Now);
        byte[] report = wire.Take();
        Assert.IsTrue(report != null && report[Packet.Ip + 6] == 0, "a report");
        byte[] group = Ipv6Packet.GroupOf(address);
        Assert.IsTrue(Packet.SameBytes(report, Ipv6Packet.Payload + 20, group, 0, 16), "names the group");
        byte[] expected = Ipv6Packet.Neighbour(Ipv6Packet.Nobody, group, 135, address);
        byte[] probe = wire.Take();
        Assert.IsTrue(probe != null && Packet.SameBytes(probe, Packet.Ip, expected, Packet.Ip, 64), "the address is asked for");
        wire.ExpectsSilence();
    }

    /// <summary>A wire whose endpoint has its address and was given a frame.</summary>
    internal static Wire Given(byte[] frame)
    {
        Wire wire = Up();
        wire.Inject(frame);
        return wire;
    }

    internal static TcpSettings On()
    {
        TcpSettings settings = Wire.Settings();
        settings.Ipv6 = true;
        settings.Ipv6Secret = new byte[16];
        return settings;
    }

    /// <summary>A wire whose endpoint has its link-local address and no longer asks for routers.</summary>
    internal static Wire Up()
    {
        return Up(On());
    }

    internal static Wire Up(TcpSettings settings)
    {
        Wire wire = new Wire(settings);
        wire.Advance(12 * Wire.Second);
        wire.Discard();
        return wire;
    }

    [TestMethod]
    public void Without_a_secret_in_the_settings_one_is_drawn()
    {
        TcpSettings settings = On();
        settings.Ipv6Secret = null;
        byte[] address = new byte[16];
        Assert.IsTrue(Ipv6TcpTests.Up(settings, 1500).Endpoint.Ipv6.CopyAddress(0, address, 0));
        Assert.AreNotEqual(Ipv6Address.ToString(Ours(0), 0), Ipv6Address.ToString(address, 0));
        Assert.IsTrue(Up().Endpoint.Ipv6.CopyAddress(0, address, 0));
        Assert.AreEqual(Ipv6Address.ToString(Ours(0), 0), Ipv6Address.ToString(address, 0));
    }

    private static byte[] Ping(byte[] data)
    {
        return Ipv6Packet.Icmp(Peer, Ours(0), 128, 0, data);
    }

    internal static void ExpectsEcho(Wire wire, byte[] data)
    {
        byte[] expected = Ipv6Packet.Icmp(Ours(0), Peer, 129, 0, data);
        expected[Packet.Ip + 7] = 64;
        Expects(wire, expected, 44 + data.Length);
    }

    private static void ExpectsError(Wire wire, byte[] about, int type, int code, int pointer)
    {
        int quoted = 40 + Packet.Get16(about, Packet.Ip + 4);
        byte[] body = new byte[4 + quoted];
        Packet.Put32(body, 0, (uint)pointer);
        Array.Copy(about, Packet.Ip, body, 4, quoted);
        byte[] expected = Ipv6Packet.Icmp(Ours(0), Peer, type, code, body);
        expected[Packet.Ip + 7] = 64;
        Expects(wire, expected, 48 + quoted);
    }

    private static void ExpectsAdvertisement(Wire wire, byte[] destination, uint flags)
    {
        byte[] body = new byte[28];
        Packet.Put32(body, 0, flags);
        Array.Copy(Ours(0), 0, body, 4, 16);
        body[20] = 2;
        body[21] = 1;
        Array.Copy(Packet.PhysicalAddressOf(Wire.OurAddress), 0, body, 22, 6);
        Expects(wire, Ipv6Packet.Icmp(Ours(0), destination, 136, 0, body), 72);
    }

    internal static void Expects(Wire wire, byte[] expected, int length)
    {
        byte[] frame = wire.Take();
        Assert.IsNotNull(frame, "expected a packet, got nothing");
        Assert.IsTrue(frame.Length == 14 + length && Packet.SameBytes(frame, Packet.Ip, expected, Packet.Ip, length), Wire.Describe(frame));
        if (expected[Packet.Ip + 24] != 0xFF)
            Assert.IsTrue(Packet.SameBytes(frame, 0, Packet.PhysicalAddressOf(Wire.PeerAddress), 0, 6), "Ethernet destination");
        wire.ExpectsSilence();
    }
}
