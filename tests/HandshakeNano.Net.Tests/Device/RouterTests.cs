using System;
using nanoFramework.TestFramework;

namespace HandshakeNano.Net.Tests;

/// <summary>What routers tell: RFC 4861 section 6, RFC 4862 section 5.5, RFC 8106; and the reports of RFC 3810.</summary>
[TestClass]
public sealed class RouterTests
{
    private const uint Hour = 3600;
    private const int Payload = Ipv6Packet.Payload;
    private const string Prefix = "2001:db8:1::";
    private const string Other = "2001:db8:2::";

    private static readonly byte[] s_router = Ipv6Address.Parse("fe80::1");

    // 4861-SHLD-9, 4861-SHLD-10, 4861-SHLD-11.
    [TestMethod]
    public void Routers_are_asked_for_three_times()
    {
        Wire wire = new Wire(Ipv6Tests.On());
        Ipv6Tests.AskedAfter(wire, Ipv6Tests.Ours(0));
        wire.Advance(Wire.Second);
        Assert.AreEqual((byte)143, wire.Take()[Payload + 8], "now from our address");
        for (int i = 0; i < 3; i++)
        {
            ExpectsSolicitation(wire);
            wire.StaysSilent(4 * Wire.Second - 1);
            wire.Advance(1);
        }

        wire.StaysSilent(3600 * Wire.Second);
    }

    // 4861-MUST-14.
    [TestMethod]
    public void Once_a_router_has_told_nobody_is_asked_any_more()
    {
        Wire wire = new Wire(Ipv6Tests.On());
        wire.Advance(3 * Wire.Second);
        wire.Discard();
        wire.Inject(Ipv6Packet.Advertisement(s_router, 1800, new byte[0]));
        wire.StaysSilent(60 * Wire.Second);
        Assert.AreEqual(1UL, wire.Count(Counter.RouterAdvertisements));
    }

    /// <summary>Section 6.3.7. Between the questions something else is said from another address of ours.</summary>
    [TestMethod]
    public void An_advertisement_of_who_is_no_router_spares_no_question()
    {
        Wire wire = new Wire(Ipv6Tests.On());
        wire.Advance(3 * Wire.Second);
        wire.Discard();
        wire.Inject(Ipv6Packet.Advertisement(s_router, 0, Ipv6Packet.PrefixOption(Prefix, 0xC0, 600, 600)));
        wire.Advance(Delay(1, Wire.Second) + Wire.Second);
        Assert.AreEqual(Prefix, PrefixOf(wire, 1));
        wire.Discard();
        wire.Inject(Ipv6Packet.Neighbour(Ipv6Tests.Peer, Ipv6Packet.GroupOf(Ipv6Tests.Ours(Prefix, 0)), 135, Ipv6Tests.Ours(Prefix, 0)));
        Assert.IsNotNull(wire.Take(), "an answer");

        // The first question was asked when the link-local address had been asked for a second.
        wire.StaysSilent(Delay(0, Wire.Second) + 5 * Wire.Second - (4 * Wire.Second + Delay(1, Wire.Second)) - 1);
        wire.Advance(1);
        ExpectsSolicitation(wire);
        wire.StaysSilent(4 * Wire.Second - 1);
        wire.Advance(1);
        ExpectsSolicitation(wire);
        wire.StaysSilent(60 * Wire.Second);
    }

    // 4861-SHLD-12.
    [TestMethod]
    public void An_advertisement_that_comes_before_we_have_asked_spares_no_question()
    {
        Wire wire = new Wire(Ipv6Tests.On());
        Ipv6Tests.AskedAfter(wire, Ipv6Tests.Ours(0));
        wire.Inject(Ipv6Packet.Advertisement(s_router, 1800, new byte[0]));
        wire.Advance(Wire.Second);
        Assert.AreEqual((byte)143, wire.Take()[Payload + 8], "a report");
        Assert.AreEqual((byte)133, wire.Take()[Payload], "a solicitation");
    }

    // 4862-MUST-19.
    [TestMethod]
    public void A_deprecated_address_is_spoken_to_as_ever()
    {
        Wire wire = Given(600, 30);
        wire.Advance(60 * Wire.Second);
        wire.Inject(Ping(Ipv6Tests.Ours(Prefix, 0)));
        byte[] expected = Ipv6Packet.Icmp(Ipv6Tests.Ours(Prefix, 0), Ipv6Tests.Peer, 129, 0, new byte[4]);
        expected[Packet.Ip + 7] = 61;
        Ipv6Tests.Expects(wire, expected, 48);
    }

    // 4861-SHLD-2, 4862-MUST-4, 4862-MUST-12, 4862-MUST-16, 4862-MUST-20, 4862-MUST-21.
    [TestMethod]
    public void A_prefix_gives_an_address_that_is_asked_for_and_answers_and_is_gone_when_its_time_is_over()
    {
        Wire wire = Given(60, 30);
        wire.Inject(Ping(Ipv6Tests.Ours(Prefix, 0)));
        byte[] expected = Ipv6Packet.Icmp(Ipv6Tests.Ours(Prefix, 0), Ipv6Tests.Peer, 129, 0, new byte[4]);
        expected[Packet.Ip + 7] = 61;
        Ipv6Tests.Expects(wire, expected, 48);
        Assert.AreEqual(Prefix, PrefixOf(wire, 1));
        wire.Advance(57 * Wire.Second);
        byte[] report = wire.Take();
        Assert.AreEqual((byte)3, report[Payload + 16], "nobody is asked for there any more");
        Assert.IsTrue(Packet.SameBytes(report, Payload + 20, Ipv6Packet.GroupOf(Ipv6Tests.Ours(Prefix, 0)), 0, 16), "the group");
        wire.Inject(Ping(Ipv6Tests.Ours(Prefix, 0)));
        wire.ExpectsSilence();
        Assert.AreEqual("", PrefixOf(wire, 1));
    }

    // 4862-SHLD-6.
    [TestMethod]
    public void The_answer_to_all_nodes_comes_from_the_address_nearest_and_not_from_one_that_is_deprecated()
    {
        Wire wire = Given(600, 30);
        wire.Inject(Ipv6Packet.Advertisement(s_router, 1800, Ipv6Packet.PrefixOption(Other, 0xC0, 600, 600)));
        wire.Advance(3 * Wire.Second);
        wire.Discard();
        AssertSource(wire, "2001:db8:1::9", Prefix);
        AssertSource(wire, "2001:db8:2::9", Other);
        wire.Advance(30 * Wire.Second);
        AssertSource(wire, "2001:db8:1::9", Other);
    }

    // RFC 6724 section 5, rules 2, 3 and 8.
    [TestMethod]
    public void Of_two_addresses_that_with_one_bit_more_in_common_is_taken_and_of_equals_the_first()
    {
        Wire wire = Given(600, 30);
        ulong since = wire.Now - 3 * Wire.Second;
        wire.Inject(Ipv6Packet.Advertisement(s_router, 1800, Ipv6Packet.PrefixOption(Other, 0xC0, 600, 600)));
        wire.Advance(3 * Wire.Second);
        wire.Discard();
        AssertSource(wire, "2001:db8:3::9", Other);
        AssertSource(wire, "2001:db8:0:5::9", Prefix);
        AssertSource(wire, "3001::9", Prefix);
        AssertSource(wire, "fe80::9", "fe80::");
        wire.Advance(since + 30 * Wire.Second - 1 - wire.Now);
        AssertSource(wire, "3001::9", Prefix);
        wire.Advance(1);
        AssertSource(wire, "3001::9", Other);
    }

    [TestMethod]
    public void A_deprecated_address_is_better_than_one_of_the_link_and_worse_than_every_other_one()
    {
        Wire wire = Given(600, 0);
        AssertSource(wire, "9001::9", Prefix);
        wire.Inject(Ipv6Packet.Advertisement(s_router, 1800, Ipv6Packet.PrefixOption("9001:db8::", 0xC0, 600, 600)));
        byte[] next = Ipv6Tests.Ours(Prefix, 0);
        next[15] ^= 1;
        AssertSource(wire, Ipv6Address.ToString(next, 0), Prefix);
        wire.Advance(3 * Wire.Second);
        wire.Discard();
        AssertSource(wire, Ipv6Address.ToString(next, 0), "9001:db8::");
    }

    [TestMethod]
    public void Nothing_is_sent_from_an_address_that_is_asked_for_or_over()
    {
        Wire wire = Ipv6Tests.Up();
        wire.Inject(Advertised(60, 60));
        AssertSource(wire, "2001:db8:1::9", "fe80::");
        wire.Advance(3 * Wire.Second);
        wire.Discard();
        AssertSource(wire, "2001:db8:1::9", Prefix);
        wire.Advance(57 * Wire.Second);
        wire.Discard();
        AssertSource(wire, "2001:db8:1::9", "fe80::");
    }

    [TestMethod]
    public void Who_asks_for_the_address_of_a_prefix_is_answered_from_it_and_so_is_who_sends_what_is_unknown()
    {
        Wire wire = Given(600, 600);
        byte[] ours = Ipv6Tests.Ours(Prefix, 0);
        wire.Inject(Ipv6Packet.Neighbour(Ipv6Tests.Peer, Ipv6Packet.GroupOf(ours), 135, ours));
        Ipv6Tests.Expects(wire, Ipv6Packet.Neighbour(ours, Ipv6Tests.Peer, 136, 0x60, ours, Packet.PhysicalAddressOf(Wire.OurAddress)), 72);
        foreach (byte[] address in new byte[][] { Ipv6Tests.Ours(0), ours })
        {
            wire.Inject(Ipv6Packet.Of(Ipv6Tests.Peer, address, 132, new byte[8]));
            byte[] error = wire.Take();
            Assert.AreEqual((byte)4, error[Payload]);
            Assert.IsTrue(Packet.SameBytes(error, Packet.Ip + 8, address, 0, 16), "source");
        }
    }

    [TestMethod]
    public void A_prefix_that_is_told_again_gives_no_second_address()
    {
        Wire wire = Given(600, 600);
        wire.Inject(Advertised(600, 600));
        wire.StaysSilent(10 * Wire.Second);
        Assert.AreEqual(Prefix, PrefixOf(wire, 1));
        Assert.AreEqual("", PrefixOf(wire, 2));
    }

    // 4862-MUST-11.
    [TestMethod]
    public void Another_host_with_the_address_of_a_prefix_makes_us_take_another()
    {
        Wire wire = Ipv6Tests.Up();
        wire.Inject(Advertised(600, 600));
        for (int i = 0; i < 4; i++)
        {
            Ipv6Tests.AskedAfter(wire, Ipv6Tests.Ours(Prefix, i));
            wire.Inject(Ipv6Packet.Neighbour(Ipv6Tests.Peer, Ipv6Packet.AllNodes, 136, Ipv6Tests.Ours(Prefix, i)));
        }

        wire.StaysSilent(60 * Wire.Second);
        Assert.AreEqual("", PrefixOf(wire, 1));
    }

    /// <summary>Nobody who forges an advertisement ends an address sooner than in two hours.</summary>
    // 4862-MUST-18.
    [TestMethod]
    [DataRow(3 * Hour, 0u, 2 * Hour)]
    [DataRow(3 * Hour, Hour, 2 * Hour)]
    [DataRow(5 * Hour, 3 * Hour, 3 * Hour)]
    [DataRow(Hour, 60u, Hour)]
    [DataRow(Hour, 90 * 60u, 90 * 60u)]
    [DataRow(0xFFFFFFFFu, 0u, 2 * Hour)]
    public void A_lifetime_is_shortened_to_two_hours_at_the_least(uint first, uint second, uint expected)
    {
        Wire wire = Given(first, 60);
        ulong since = wire.Now;
        if (first == Hour && second < first)
            since -= 3 * Wire.Second;
        wire.Inject(Advertised(second, second));
        wire.Advance(since + expected * Wire.Second - wire.Now - 1);
        Assert.AreEqual(Prefix, PrefixOf(wire, 1));
        wire.Advance(1);
        Assert.AreEqual("", PrefixOf(wire, 1));
    }

    [TestMethod]
    public void A_lifetime_without_end_has_none()
    {
        Wire wire = Given(0xFFFFFFFF, 0xFFFFFFFF);
        wire.StaysSilent(0x100000000UL * Wire.Second);
        Assert.AreEqual(Prefix, PrefixOf(wire, 1));
    }

    // 4861-SHLD-1, 4862-MUST-13, 4862-MUST-14, 4862-MUST-15, 4862-MUST-17.
    [TestMethod]
    [DataRow(Prefix, 0x80, 64, 600u, 600u)]
    [DataRow(Prefix, 0xC0, 63, 600u, 600u)]
    [DataRow(Prefix, 0xC0, 64, 0u, 0u)]
    [DataRow(Prefix, 0xC0, 64, 600u, 601u)]
    [DataRow("fe80::", 0xC0, 64, 600u, 600u)]
    [DataRow("ff0e::", 0xC0, 64, 600u, 600u)]
    [DataRow("::", 0xC0, 64, 600u, 600u)]
    public void A_prefix_that_is_not_for_addresses_gives_none(string prefix, int flags, int bits, uint valid, uint preferred)
    {
        Wire wire = Ipv6Tests.Up();
        byte[] option = Ipv6Packet.PrefixOption(prefix, flags, valid, preferred);
        option[2] = (byte)bits;
        wire.Inject(Ipv6Packet.Advertisement(s_router, 1800, option));
        wire.StaysSilent(10 * Wire.Second);
        Assert.AreEqual(1UL, wire.Count(Counter.RouterAdvertisements));
    }

    // 4861-MUST-2, 4861-MUST-5.
    [TestMethod]
    public void An_advertisement_that_is_no_neighbours_or_malformed_is_dropped()
    {
        Wire wire = Ipv6Tests.Up();
        byte[] frame = Advertised(600, 600);
        frame[Packet.Ip + 7] = 254;
        wire.Inject(frame);
        byte[] option = Ipv6Packet.PrefixOption(Prefix, 0xC0, 600, 600);
        wire.Inject(Ipv6Packet.Advertisement(Ipv6Address.Parse("2001:db8::1"), 1800, option));
        option[1] = 0;
        wire.Inject(Ipv6Packet.Advertisement(s_router, 1800, option));
        option[1] = 5;
        wire.Inject(Ipv6Packet.Advertisement(s_router, 1800, option));
        wire.Inject(Ipv6Packet.Icmp(s_router, Ipv6Packet.AllNodes, 134, 0, new byte[11]));
        wire.Inject(Ipv6Packet.Icmp(s_router, Ipv6Packet.AllNodes, 134, 1, new byte[12]));
        wire.StaysSilent(10 * Wire.Second);
        Assert.AreEqual(6UL, wire.Count(Counter.NeighbourMalformed));
        Assert.AreEqual(0UL, wire.Count(Counter.RouterAdvertisements));
    }

    // 4861-MUST-8, 4861-MUST-9.
    [TestMethod]
    public void A_flood_of_prefixes_and_routers_moves_nothing_that_is_there()
    {
        Wire wire = Given(600, 600);
        for (int i = 0; i < 50; i++)
        {
            byte[] router = Ipv6Address.Parse("fe80::2");
            router[14] = (byte)i;
            wire.Inject(Ipv6Packet.Advertisement(router, 1800, Ipv6Packet.PrefixOption("2001:db8:" + (100 + i).ToString() + "::", 0xC0, 600, 600)));
        }

        wire.Advance(3 * Wire.Second);
        Assert.AreEqual(Prefix, PrefixOf(wire, 1));
        Assert.AreEqual("fe80::1", Router(wire, 0));
        Assert.AreEqual("fe80::2", Router(wire, 1));
        Assert.AreEqual(48UL + 49UL, wire.Count(Counter.Ipv6ListFull));
    }

    // 4861-MUST-10, 4861-MUST-12.
    [TestMethod]
    public void A_router_is_one_until_its_time_is_over_or_it_says_so()
    {
        Wire wire = Ipv6Tests.Up();
        wire.Inject(Ipv6Packet.Advertisement(s_router, 10, new byte[0]));
        Assert.AreEqual("fe80::1", Router(wire, 0));
        wire.Advance(10 * Wire.Second);
        Assert.AreEqual("", Router(wire, 0));
        wire.Inject(Ipv6Packet.Advertisement(s_router, 10, new byte[0]));
        wire.Inject(Ipv6Packet.Advertisement(s_router, 0, new byte[0]));
        Assert.AreEqual("", Router(wire, 0));
        Assert.IsFalse(wire.Endpoint.Ipv6.CopyRouter(-1, new byte[16], 0, 0));
        Assert.IsFalse(wire.Endpoint.Ipv6.CopyRouter(2, new byte[16], 0, 0));
        Assert.IsFalse(wire.Endpoint.Ipv6.CopyAddress(-1, new byte[16], 0));
        Assert.IsFalse(wire.Endpoint.Ipv6.CopyAddress(4, new byte[16], 0));
    }

    [TestMethod]
    public void A_place_is_counted_as_missing_when_there_is_none_and_free_from_the_moment_that_a_time_is_over()
    {
        Wire wire = Ipv6Tests.Up();
        byte[] second = Ipv6Address.Parse("fe80::2"), third = Ipv6Address.Parse("fe80::3");
        wire.Inject(Ipv6Packet.Advertisement(third, 0, new byte[0]));
        wire.Inject(Ipv6Packet.Advertisement(s_router, 5, new byte[0]));
        wire.Inject(Ipv6Packet.Advertisement(s_router, 10, new byte[0]));
        wire.Inject(Ipv6Packet.Advertisement(second, 1800, new byte[0]));
        wire.Inject(Ipv6Packet.Advertisement(third, 0, new byte[0]));
        Assert.AreEqual(0UL, wire.Count(Counter.Ipv6ListFull));
        wire.Advance(10 * Wire.Second - 1);
        wire.Inject(Ipv6Packet.Advertisement(third, 1800, new byte[0]));
        Assert.AreEqual(1UL, wire.Count(Counter.Ipv6ListFull));
        Assert.AreEqual("fe80::1", Router(wire, 0));
        wire.Advance(1);
        Assert.AreEqual("", Router(wire, 0));
        wire.Inject(Ipv6Packet.Advertisement(third, 1800, new byte[0]));
        Assert.AreEqual(1UL, wire.Count(Counter.Ipv6ListFull));
        Assert.AreEqual("fe80::3", Router(wire, 0));
        Assert.AreEqual("fe80::2", Router(wire, 1));
    }

    [TestMethod]
    public void One_DNS_server_is_one_and_the_least_and_the_greatest_MTU_count()
    {
        Wire wire = Ipv6Tests.Up();
        byte[] options = new byte[24 + 8];
        options[0] = 25;
        options[1] = 3;
        Packet.Put32(options, 4, 30);
        Array.Copy(Ipv6Address.Parse("2001:db8::53"), 0, options, 8, 16);
        options[24] = 5;
        options[25] = 1;
        foreach (int mtu in new int[] { 1500, 1280 })
        {
            Packet.Put32(options, 28, (uint)mtu);
            wire.Inject(Ipv6Packet.Advertisement(s_router, 0, options));
            Assert.AreEqual(mtu, wire.Endpoint.Ipv6.Mtu);
        }

        byte[] server = new byte[16];
        Assert.IsTrue(wire.Endpoint.Ipv6.CopyDnsServer(0, server, 0, wire.Now));
        Assert.AreEqual("2001:db8::53", Ipv6Address.ToString(server, 0));
        Assert.IsFalse(wire.Endpoint.Ipv6.CopyDnsServer(1, server, 0, wire.Now));
        Assert.AreEqual(0UL, wire.Count(Counter.Ipv6ListFull));
    }

    // 4861-MUST-1.
    [TestMethod]
    public void An_option_of_another_kind_or_length_tells_nothing()
    {
        Wire wire = Ipv6Tests.Up();
        byte[] options = new byte[32 + 40 + 8 + 16 + 24];
        Array.Copy(Ipv6Packet.PrefixOption(Prefix, 0xC0, 600, 600), 0, options, 0, 32);
        options[0] = 77;
        Array.Copy(Ipv6Packet.PrefixOption(Other, 0xC0, 600, 600), 0, options, 32, 32);
        options[33] = 5;
        options[72] = 99;
        options[73] = 1;
        Packet.Put32(options, 76, 1400);
        options[80] = 5;
        options[81] = 2;
        Packet.Put32(options, 84, 1400);
        options[96] = 99;
        options[97] = 3;
        Packet.Put32(options, 100, 30);
        Array.Copy(Ipv6Address.Parse("2001:db8::53"), 0, options, 104, 16);
        wire.Inject(Ipv6Packet.Advertisement(s_router, 1800, options));
        Assert.AreEqual(1UL, wire.Count(Counter.RouterAdvertisements));
        Assert.AreEqual(0, wire.Endpoint.Ipv6.Mtu);
        Assert.IsFalse(wire.Endpoint.Ipv6.CopyDnsServer(0, new byte[16], 0, wire.Now));
        wire.StaysSilent(10 * Wire.Second);
    }

    // 4861-SHLD-5.
    [TestMethod]
    public void The_DNS_servers_are_kept_and_so_is_an_MTU_that_can_be()
    {
        Wire wire = Ipv6Tests.Up();
        byte[] options = new byte[8 + 16 + 32 + 8];
        options[0] = 25;
        options[1] = 7;
        Packet.Put32(options, 4, 30);
        Array.Copy(Ipv6Address.Parse("ff02::1"), 0, options, 8, 16);
        Array.Copy(Ipv6Address.Parse("2001:db8::53"), 0, options, 24, 16);
        Array.Copy(Ipv6Address.Parse("fe80::53"), 0, options, 40, 16);
        options[56] = 5;
        options[57] = 1;
        foreach (int mtu in new int[] { 1279, 1501, 1400 })
        {
            Assert.AreEqual(0, wire.Endpoint.Ipv6.Mtu);
            Packet.Put32(options, 60, (uint)mtu);
            wire.Inject(Ipv6Packet.Advertisement(s_router, 0, options));
        }

        Assert.AreEqual(1400, wire.Endpoint.Ipv6.Mtu);
        byte[] server = new byte[16];
        Assert.IsTrue(wire.Endpoint.Ipv6.CopyDnsServer(0, server, 0, wire.Now));
        Assert.AreEqual("2001:db8::53", Ipv6Address.ToString(server, 0));
        Assert.IsTrue(wire.Endpoint.Ipv6.CopyDnsServer(1, server, 0, wire.Now));
        Assert.AreEqual("fe80::53", Ipv6Address.ToString(server, 0));
        Assert.IsFalse(wire.Endpoint.Ipv6.CopyDnsServer(1, server, 0, wire.Now + 30 * Wire.Second));
    }

    // 4861-MUST-18.
    [TestMethod]
    public void A_query_is_answered_once_by_all_groups()
    {
        Wire wire = Given(600, 600);
        wire.Inject(Query(s_router, 1000, Ipv6Packet.Nobody, 1));
        wire.Inject(Query(s_router, 1000, Ipv6Packet.GroupOf(Ipv6Tests.Ours(0)), 1));
        wire.Advance(Wire.Second);
        byte[] report = wire.Take();
        Assert.AreEqual(Payload + 8 + 8 + 40, report.Length);
        Assert.AreEqual(2u, Packet.Get32(report, Payload + 12));
        Assert.AreEqual(0x02000000u, Packet.Get32(report, Payload + 16));
        Assert.IsTrue(Packet.SameBytes(report, Payload + 20, Ipv6Packet.GroupOf(Ipv6Tests.Ours(0)), 0, 16), "link-local");
        Assert.IsTrue(Packet.SameBytes(report, Payload + 40, Ipv6Packet.GroupOf(Ipv6Tests.Ours(Prefix, 0)), 0, 16), "global");
        Assert.IsTrue(Packet.SameBytes(report, Packet.Ip + 8, Ipv6Tests.Ours(0), 0, 16), "source");
        wire.StaysSilent(60 * Wire.Second);
    }

    /// <summary>RFC 3810 section 5.1.3: from 0x8000 on there are three bits of exponent and twelve of mantissa.</summary>
    [TestMethod]
    [DataRow(0x7FFF, 0x7FFFu)]
    [DataRow(0x8000, 0x8000u)]
    [DataRow(0x8FFF, 0x1FFFu << 3)]
    [DataRow(0xC123, 0x1123u << 7)]
    [DataRow(0xFFFF, 0x1FFFu << 10)]
    public void A_query_is_answered_within_the_time_that_it_gives(int code, uint milliseconds)
    {
        Wire wire = Ipv6Tests.Up();
        wire.Inject(Query(s_router, code, Ipv6Packet.GroupOf(Ipv6Tests.Ours(0)), 1));
        wire.StaysSilent(Delay(1, milliseconds * Wire.Millisecond) - 1);
        wire.Advance(1);
        Assert.AreEqual((byte)143, wire.Take()[Payload + 8]);
        wire.ExpectsSilence();
    }

    [TestMethod]
    public void A_group_of_two_addresses_is_reported_once_and_left_with_the_second()
    {
        string[] prefixes = TwoInOneGroup();
        Wire wire = Ipv6Tests.Up();
        wire.Inject(Ipv6Packet.Advertisement(s_router, 1800, Ipv6Packet.PrefixOption(prefixes[0], 0xC0, 60, 60)));
        wire.Inject(Ipv6Packet.Advertisement(s_router, 1800, Ipv6Packet.PrefixOption(prefixes[1], 0xC0, 120, 120)));
        wire.Advance(3 * Wire.Second);
        wire.Discard();
        wire.Inject(Query(s_router, 0, Ipv6Packet.Nobody, 1));
        Assert.AreEqual(2u, Packet.Get32(wire.Take(), Payload + 12), "groups");
        wire.StaysSilent(117 * Wire.Second - 1);
        Assert.AreEqual("", PrefixOf(wire, 1));
        Assert.AreEqual(prefixes[1], PrefixOf(wire, 2));
        wire.Advance(1);
        byte[] report = wire.Take();
        Assert.AreEqual((byte)3, report[Payload + 16]);
        Assert.IsTrue(Packet.SameBytes(report, Payload + 20, Ipv6Packet.GroupOf(Ipv6Tests.Ours(prefixes[1], 0)), 0, 16), "the group");
    }

    /// <summary>RFC 3810 section 5.2.13.</summary>
    [TestMethod]
    public void A_report_comes_from_no_address_while_there_is_none_of_the_link()
    {
        Wire wire = new Wire(Ipv6Tests.On());
        for (int i = 0; i < 4; i++)
        {
            Ipv6Tests.AskedAfter(wire, Ipv6Tests.Ours(i));
            wire.Inject(Ipv6Packet.Neighbour(Ipv6Tests.Peer, Ipv6Packet.AllNodes, 136, Ipv6Tests.Ours(i)));
        }

        wire.Inject(Advertised(600, 600));
        Ipv6Tests.AskedAfter(wire, Ipv6Tests.Ours(Prefix, 0));
        wire.Advance(Wire.Second);
        wire.Discard();
        wire.Inject(Ipv6Packet.Neighbour(Ipv6Tests.Peer, Ipv6Packet.GroupOf(Ipv6Tests.Ours(Prefix, 0)), 135, Ipv6Tests.Ours(Prefix, 0)));
        Assert.IsTrue(Packet.SameBytes(wire.Take(), Packet.Ip + 8, Ipv6Tests.Ours(Prefix, 0), 0, 16), "an answer from that address");
        wire.Inject(Query(s_router, 0, Ipv6Packet.Nobody, 1));
        byte[] report = wire.Take();
        Assert.AreEqual((byte)143, report[Payload + 8]);
        Assert.IsTrue(Packet.SameBytes(report, Packet.Ip + 8, Ipv6Packet.Nobody, 0, 16), "source");
    }

    [TestMethod]
    public void A_query_that_is_no_neighbours_or_about_another_group_is_not_answered()
    {
        Wire wire = Ipv6Tests.Up();
        wire.Inject(Query(Ipv6Address.Parse("2001:db8::1"), 1, Ipv6Packet.Nobody, 1));
        wire.Inject(Query(s_router, 1, Ipv6Packet.Nobody, 2));
        wire.Inject(Query(s_router, 1, Ipv6Address.Parse("ff02::1:ff00:1"), 1));
        wire.Inject(OldQuery(1, Ipv6Packet.Nobody, 19));
        wire.Inject(OldQuery(1, Ipv6Packet.Nobody, 21));
        wire.Inject(OldQuery(1, Ipv6Address.Parse("ff02::1:ff00:1"), 20));
        wire.StaysSilent(60 * Wire.Second);
        Assert.AreEqual(6UL, wire.Count(Counter.IcmpIgnored));
    }

    /// <summary>RFC 3810 section 8.2.1, RFC 2710.</summary>
    [TestMethod]
    public void A_query_of_MLDv1_is_answered_in_its_form_and_so_is_each_report_for_260_seconds()
    {
        Wire wire = Given(600, 600);
        wire.Inject(OldQuery(1000, Ipv6Packet.Nobody, 20));
        wire.Advance(Wire.Second);
        ExpectsOld(wire, 131, Ipv6Tests.Ours(0), null);
        ExpectsOld(wire, 131, Ipv6Tests.Ours(Prefix, 0), null);
        wire.StaysSilent(258 * Wire.Second);
        wire.Inject(Query(s_router, 0, Ipv6Packet.Nobody, 1));
        wire.Run();
        ExpectsOld(wire, 131, Ipv6Tests.Ours(0), null);
        ExpectsOld(wire, 131, Ipv6Tests.Ours(Prefix, 0), null);
        wire.StaysSilent(2 * Wire.Second);
        wire.Inject(Query(s_router, 0, Ipv6Packet.Nobody, 1));
        wire.Run();
        Assert.AreEqual((byte)143, wire.Take()[Payload + 8]);
        wire.ExpectsSilence();
    }

    [TestMethod]
    public void A_router_of_MLDv1_is_there_for_260_seconds_and_not_a_microsecond_longer()
    {
        Wire wire = Ipv6Tests.Up();
        wire.Inject(OldQuery(0, Ipv6Packet.Nobody, 20));
        ExpectsOld(wire, 131, Ipv6Tests.Ours(0), null);
        wire.StaysSilent(260 * Wire.Second - 1);
        wire.Inject(Query(s_router, 0, Ipv6Packet.Nobody, 1));
        ExpectsOld(wire, 131, Ipv6Tests.Ours(0), null);
        wire.StaysSilent(1);
        wire.Inject(Query(s_router, 0, Ipv6Packet.Nobody, 1));
        Assert.AreEqual((byte)143, wire.Take()[Payload + 8]);
        wire.ExpectsSilence();
    }

    [TestMethod]
    public void Where_a_router_speaks_MLDv1_a_new_address_is_reported_and_one_that_is_over_is_done_with()
    {
        Wire wire = Ipv6Tests.Up();
        wire.Inject(OldQuery(0xFFFF, Ipv6Packet.Nobody, 20));
        wire.StaysSilent(Wire.Second);
        wire.Inject(Advertised(100, 100));
        wire.Advance(Wire.Second);
        ExpectsOld(wire, 131, Ipv6Tests.Ours(Prefix, 0), null);
        wire.Take();
        wire.Advance(Wire.Second);
        ExpectsOld(wire, 131, Ipv6Tests.Ours(Prefix, 0), null);
        int reports = 0;
        for (int i = 0; i < 98; i++)
        {
            wire.Advance(Wire.Second);
            for (byte[] frame = wire.Take(); frame != null; frame = wire.Take())
            {
                if (frame[Payload + 8] == 131)
                    reports++;
                else
                    ExpectsOld(frame, 132, Ipv6Tests.Ours(Prefix, 0), Ipv6Address.Parse("ff02::2"));
            }
        }

        Assert.IsTrue(reports <= 2, "the query is answered once, after 65 s at the most");
        Assert.IsFalse(wire.Endpoint.Ipv6.CopyAddress(1, new byte[16], 0), "the address is over");
    }

    [TestMethod]
    public void A_query_may_give_more_time_than_fits_its_number()
    {
        Wire wire = Ipv6Tests.Up();
        wire.Inject(Query(s_router, 0xFFFF, Ipv6Packet.Nobody, 1));
        wire.StaysSilent(33 * Wire.Second);
        wire.Advance(8388 * Wire.Second);
        Assert.AreEqual(1, wire.SentCount);
    }

    private static Wire Given(uint valid, uint preferred)
    {
        Wire wire = Ipv6Tests.Up();
        wire.Inject(Advertised(valid, preferred));
        wire.Advance(3 * Wire.Second);
        wire.Discard();
        return wire;
    }

    private static byte[] Advertised(uint valid, uint preferred)
    {
        return Ipv6Packet.Advertisement(s_router, 1800, Ipv6Packet.PrefixOption(Prefix, 0xC0, valid, preferred));
    }

    private static byte[] Ping(byte[] address)
    {
        return Ipv6Packet.Icmp(Ipv6Tests.Peer, address, 128, 0, new byte[4]);
    }

    private static void ExpectsSolicitation(Wire wire)
    {
        byte[] body = new byte[12];
        body[4] = 1;
        body[5] = 1;
        Array.Copy(Packet.PhysicalAddressOf(Wire.OurAddress), 0, body, 6, 6);
        Ipv6Tests.Expects(wire, Ipv6Packet.Icmp(Ipv6Tests.Ours(0), Ipv6Address.Parse("ff02::2"), 133, 0, body), 56);
    }

    /// <summary>The random times of an endpoint in their order, the first of which is that of its link-local address.</summary>
    private static ulong Delay(int number, ulong most)
    {
        byte[] input = new byte[15];
        input[0] = (byte)number;
        Array.Copy(Packet.PhysicalAddressOf(Wire.OurAddress), 0, input, 8, 6);
        input[14] = 0xFF;
        return SipHash.Hash(new byte[16], input, 0, 15) % (most + 1);
    }

    /// <summary>Two prefixes whose addresses end in the same three bytes.</summary>
    private static string[] TwoInOneGroup()
    {
        byte[] input = new byte[16];
        Array.Copy(Ipv6Address.Parse(Prefix), 0, input, 0, 8);
        Array.Copy(Packet.PhysicalAddressOf(Wire.OurAddress), 0, input, 8, 6);
        uint[] ends = new uint[1 << 14];
        int[] numbers = new int[ends.Length];
        for (int i = 1; ; i++)
        {
            Packet.Put16(input, 6, i);
            uint end = (uint)(SipHash.Hash(new byte[16], input, 0, 15) >> 40);
            int place = (int)(end & (uint)(ends.Length - 1));
            if (numbers[place] != 0 && ends[place] == end)
                return new string[] { Text(numbers[place]), Text(i) };
            ends[place] = end;
            numbers[place] = i;
        }
    }

    private static string Text(int subnet)
    {
        byte[] prefix = Ipv6Address.Parse(Prefix);
        Packet.Put16(prefix, 6, subnet);
        return Ipv6Address.ToString(prefix, 0);
    }

    private static byte[] Query(byte[] router, int code, byte[] group, int hopLimit)
    {
        byte[] body = new byte[24];
        Packet.Put16(body, 0, code);
        Array.Copy(group, 0, body, 4, 16);
        byte[] frame = Ipv6Packet.Icmp(router, Ipv6Packet.AllNodes, 0, new byte[] { 58, 0, 5, 2, 0, 0, 1, 0 }, 130, 0, body);
        frame[Packet.Ip + 7] = (byte)hopLimit;
        return frame;
    }

    /// <summary>A query in the form of MLDv1, whose body has 20 bytes.</summary>
    private static byte[] OldQuery(int delay, byte[] group, int length)
    {
        byte[] body = new byte[length];
        Packet.Put16(body, 0, delay);
        Array.Copy(group, 0, body, 4, length < 20 ? length - 4 : 16);
        byte[] frame = Ipv6Packet.Icmp(s_router, Ipv6Packet.AllNodes, 0, new byte[] { 58, 0, 5, 2, 0, 0, 1, 0 }, 130, 0, body);
        frame[Packet.Ip + 7] = 1;
        return frame;
    }

    private static void ExpectsOld(Wire wire, int type, byte[] address, byte[] destination)
    {
        byte[] frame = wire.Take();
        Assert.IsNotNull(frame, "a message of MLDv1");
        ExpectsOld(frame, type, address, destination);
    }

    /// <summary>Demands a message of MLDv1 about the group of an address, to that group if nobody else is named.</summary>
    private static void ExpectsOld(byte[] frame, int type, byte[] address, byte[] destination)
    {
        byte[] group = Ipv6Packet.GroupOf(address);
        byte[] expected = Ipv6Packet.Icmp(Ipv6Tests.Ours(0), destination == null ? group : destination, 0, new byte[] { 58, 0, 5, 2, 0, 0, 1, 0 },
            type, 0, new byte[20]);
        Assert.AreEqual(expected.Length, frame.Length);
        Assert.AreEqual((byte)1, frame[Packet.Ip + 7], "hop limit");
        Assert.IsTrue(Packet.SameBytes(frame, 0, expected, 0, 6), "the group's card");
        Assert.IsTrue(Packet.SameBytes(frame, Packet.Ip + 8, expected, Packet.Ip + 8, 32 + 8 + 2), "addresses, router alert, type");
        Assert.AreEqual(0, Ipv6Packet.Checksum(frame, 8, 58), "checksum");
        Assert.AreEqual(0u, Packet.Get32(frame, Payload + 12), "delay and what is reserved");
        Assert.IsTrue(Packet.SameBytes(frame, Payload + 16, group, 0, 16), "group");
    }

    /// <summary>Which prefix the answer to an echo to all nodes comes from.</summary>
    private static void AssertSource(Wire wire, string peer, string prefix)
    {
        wire.Inject(Ipv6Packet.Icmp(Ipv6Address.Parse(peer), Ipv6Packet.AllNodes, 128, 0, new byte[4]));
        Assert.IsTrue(Packet.SameBytes(wire.Take(), Packet.Ip + 8, Ipv6Tests.Ours(prefix, 0), 0, 16), "the source is of " + prefix);
    }

    /// <summary>The prefix of an address of ours; nothing if there is none.</summary>
    private static string PrefixOf(Wire wire, int place)
    {
        byte[] address = new byte[16];
        if (!wire.Endpoint.Ipv6.CopyAddress(place, address, 0))
            return "";
        Array.Clear(address, 8, 8);
        return Ipv6Address.ToString(address, 0);
    }

    private static string Router(Wire wire, int place)
    {
        byte[] address = new byte[16];
        return wire.Endpoint.Ipv6.CopyRouter(place, address, 0, wire.Now) ? Ipv6Address.ToString(address, 0) : "";
    }
}
