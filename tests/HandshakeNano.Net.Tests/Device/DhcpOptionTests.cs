using nanoFramework.TestFramework;

namespace HandshakeNano.Net.Tests;

/// <summary>
/// What each option of a server's message does when it is missing, there twice, empty, too long or cannot be: the rows of
/// docs/dhcp.md.
/// </summary>
[TestClass]
public sealed class DhcpOptionTests
{
    private const ulong Second = Wire.Second;

    /// <summary>What a good server says after the type.</summary>
    private const string Server = "36040A4D00FE";
    private const string Lease = "330400000E10";
    private const string Mask = "0104FFFFFF00";
    private const string Router = "03040A4D00FE";

    /// <summary>Nothing is odd.</summary>
    private const int Good = -1;

    private const int Repeated = (int)Counter.DhcpOptionRepeated;
    private const int Length = (int)Counter.DhcpOptionLengthBad;
    private const int Value = (int)Counter.DhcpOptionValueBad;
    private const int Missing = (int)Counter.DhcpOptionMissing;

    /// <summary>Only the acknowledgment tells that the value cannot be: an offer's times are not used.</summary>
    private const int LateValue = -2;

    // ---- The option is passed over, and the message is taken

    [TestMethod]
    [DataRow(Server, Good, "said once")]
    [DataRow("", Missing, "missing")]
    [DataRow(Server + Server, Repeated, "twice the same")]
    [DataRow(Server + "36040A4D0009", Repeated, "twice, and not the same")]
    [DataRow("3600" + Server, Length, "empty at first")]
    [DataRow("3600", Length, "empty")]
    [DataRow("36030A4D00", Length, "too short")]
    [DataRow("36080A4D000900000000", Length, "too long")]
    [DataRow("360400000000", Value, "no host's")]
    [DataRow("36047F000001", Value, "a loopback")]
    [DataRow("3604FFFFFFFF", Value, "a broadcast")]
    public void The_server_is_the_first_that_can_be_or_who_sent_the_message(string option, int oddity, string what)
    {
        DhcpServer server = Binds(option + Lease + Mask + Router, oddity, 54, what);
        Assert.AreEqual(DhcpServer.First, server.Client.Server, what);
        server.Waits(0, 1800 * Second);
        server.ExpectsRenewal(0);
    }

    [TestMethod]
    [DataRow("33040000003C", 60U, Good, "said once")]
    [DataRow("", 3600U, Missing, "missing")]
    [DataRow("33040000003C33040000003C", 60U, Repeated, "twice the same")]
    [DataRow("33040000003C330400000E10", 60U, Repeated, "twice, and not the same")]
    [DataRow("3300", 3600U, Length, "empty")]
    [DataRow("330300003C", 3600U, Length, "too short")]
    [DataRow("33080000003C00000000", 3600U, Length, "too long")]
    [DataRow("330400000000", 3600U, Value, "no time at all")]
    [DataRow("33040000000033040000003C", 60U, Value, "no time at all, and some")]
    public void The_lease_is_the_first_that_can_be_or_an_hour(string option, uint seconds, int oddity, string what)
    {
        DhcpServer server = Binds(Server + option + Mask + Router, oddity, 51, what);
        Assert.AreEqual(seconds, server.Client.LeaseTime, what);
        ulong half = seconds * Second / 2;
        server.Waits(half - half / 32 - 10 * Second, half);
        server.ExpectsRenewal(0);
    }

    [TestMethod]
    [DataRow(Mask, 24U, Good, "said once")]
    [DataRow("", 8U, Good, "missing: it need not be there")]
    [DataRow(Mask + Mask, 24U, Repeated, "twice the same")]
    [DataRow(Mask + "0104FFFF0000", 24U, Repeated, "twice, and not the same")]
    [DataRow("0100", 8U, Length, "empty")]
    [DataRow("0100" + Mask, 24U, Length, "empty at first")]
    [DataRow("0103FFFFFF", 8U, Length, "too short")]
    [DataRow("0108FFFFFF0000000000", 8U, Length, "too long")]
    [DataRow("010400000000", 8U, Value, "no bit of it")]
    [DataRow("0104FFFF00FF", 8U, Value, "a hole")]
    [DataRow("010400FFFFFF", 8U, Value, "the wrong way round")]
    public void The_mask_is_the_first_that_can_be_or_that_of_the_class(string option, uint length, int oddity, string what)
    {
        DhcpServer server = Binds(Server + Lease + option + Router, oddity, 1, what);
        Assert.AreEqual((int)length, server.Client.PrefixLength, what);
    }

    [TestMethod]
    [DataRow(Router, DhcpServer.First, Good, "said once")]
    [DataRow("", 0U, Good, "missing: it need not be there")]
    [DataRow("03080A4D00FE0A4D0001", DhcpServer.First, Good, "two, the preferred one first")]
    [DataRow(Router + Router, DhcpServer.First, Good, "twice the same: a list in two parts")]
    [DataRow(Router + "03040A4D0001", DhcpServer.First, Good, "a list in two parts")]
    [DataRow("0300", 0U, Length, "empty")]
    [DataRow("0300" + Router, DhcpServer.First, Length, "empty at first")]
    [DataRow("03050A4D00FE00", 0U, Length, "one and a part of one")]
    [DataRow("030400000000", 0U, Value, "none")]
    [DataRow("030400000005", 0U, Value, "no host's")]
    [DataRow("03047F000001", 0U, Value, "a loopback")]
    [DataRow("0304E0000001", 0U, Value, "a group")]
    [DataRow("0304FFFFFFFF", 0U, Value, "a broadcast")]
    [DataRow("03040A4D0002", 0U, Value, "ourselves")]
    public void The_router_is_the_first_of_the_list_if_it_can_be_one(string option, uint router, int oddity, string what)
    {
        DhcpServer server = Binds(Server + Lease + Mask + option, oddity, 3, what);
        Assert.AreEqual(router, server.Client.Gateway, what);
    }

    [TestMethod]
    [DataRow("06040A4D0001", 0x0A4D0001U, 0U, Good, "said once")]
    [DataRow("", 0U, 0U, Good, "missing: it need not be there")]
    [DataRow("06080A4D00010A4D0009", 0x0A4D0001U, 0x0A4D0009U, Good, "two, the preferred one first")]
    [DataRow("060C0A4D00010A4D00090A4D000A", 0x0A4D0001U, 0x0A4D0009U, Good, "three")]
    [DataRow("06040A4D000106040A4D0009", 0x0A4D0001U, 0x0A4D0009U, Good, "a list in two parts")]
    [DataRow("06080A4D00010A4D0001", 0x0A4D0001U, 0U, Good, "twice the same")]
    [DataRow("060C000000000A4D0001E0000001", 0x0A4D0001U, 0U, Value, "one host's among others")]
    [DataRow("06047F000001", 0U, 0U, Value, "a loopback")]
    [DataRow("0600", 0U, 0U, Length, "empty")]
    [DataRow("06050A4D000100", 0U, 0U, Length, "one and a part of one")]
    public void The_DNS_servers_are_the_first_two_of_the_list_that_can_be(string option, uint first, uint second, int oddity, string what)
    {
        DhcpServer server = Binds(Server + Lease + Mask + option, oddity, 6, what);
        Assert.AreEqual(first, server.Client.DnsServer, what);
        Assert.AreEqual(second, server.Client.SecondDnsServer, what);
    }

    [TestMethod]
    [DataRow("3A0400000064", 100U, Good, "said once")]
    [DataRow("", 1800U, Good, "missing: it need not be there")]
    [DataRow("3A04000000643A0400000064", 100U, Repeated, "twice the same")]
    [DataRow("3A04000000643A04000000C8", 100U, Repeated, "twice, and not the same")]
    [DataRow("3A00", 1800U, Length, "empty")]
    [DataRow("3A020064", 1800U, Length, "too short")]
    [DataRow("3A080000006400000000", 1800U, Length, "too long")]
    [DataRow("3A0400000000", 1800U, Value, "at once")]
    [DataRow("3A0400000E10", 1800U, LateValue, "at the end")]
    [DataRow("3A04FFFFFFFF", 1800U, LateValue, "never")]
    [DataRow("3A04000000643B0400000032", 1800U, LateValue, "after T2")]
    public void T1_is_the_first_that_can_be_or_half_the_lease(string option, uint seconds, int oddity, string what)
    {
        DhcpServer server = Binds(Server + Lease + Mask + Router + option, oddity, 58, what);
        ulong after = seconds * Second;
        server.Waits(after - after / 32 - 10 * Second, after);
        server.ExpectsRenewal(0);
    }

    [TestMethod]
    [DataRow("3B0400000BB8", 3000U, Good, "said once")]
    [DataRow("", 3150U, Good, "missing: it need not be there")]
    [DataRow("3B0400000BB83B0400000BB8", 3000U, Repeated, "twice the same")]
    [DataRow("3B0400000BB83B0400000C00", 3000U, Repeated, "twice, and not the same")]
    [DataRow("3B00", 3150U, Length, "empty")]
    [DataRow("3B020BB8", 3150U, Length, "too short")]
    [DataRow("3B0800000BB800000000", 3150U, Length, "too long")]
    [DataRow("3B0400000000", 3150U, Value, "at once")]
    [DataRow("3B0400000E10", 3150U, LateValue, "at the end")]
    [DataRow("3B0400000064", 3150U, LateValue, "before T1")]
    public void T2_is_the_first_that_can_be_or_seven_eighths_of_the_lease(string option, uint seconds, int oddity, string what)
    {
        DhcpServer server = Binds(Server + Lease + Mask + Router + option, oddity, 59, what);
        ulong bound = server.Wire.Now;
        while (server.Client.State != DhcpState.Rebinding)
        {
            server.Wire.Discard();
            server.Waits(0, 3600 * Second);
        }

        ulong after = server.Wire.Now - bound;
        Assert.IsTrue(after <= seconds * Second && after >= (seconds - 55) * Second, what + ": " + after.ToString());
    }

    [TestMethod]
    [DataRow("3400", Length, 52, "overload empty")]
    [DataRow("34020100", Length, 52, "overload of 2 bytes")]
    [DataRow("340100", Value, 52, "overload of no field")]
    [DataRow("340104", Value, 52, "overload of a field that there is not")]
    [DataRow("340103340103", Repeated, 52, "overload twice")]
    [DataRow("3D00", Length, 61, "client identifier empty")]
    [DataRow("3D0101", Length, 61, "client identifier of a type alone")]
    [DataRow("3D070102000A4D00023D070102000A4D0002", Repeated, 61, "client identifier twice")]
    [DataRow("3D070102000A4D00023D070102000A4D0003", Repeated, 61, "client identifier twice, and not the same")]
    public void What_else_is_odd_is_passed_over(string option, int oddity, int code, string what)
    {
        Binds(Server + Lease + Mask + Router + option, oddity, code, what);
    }

    [TestMethod]
    [DataRow("350102350102", Repeated)]
    [DataRow("350102350106", Repeated)]
    [DataRow("3500350102", Length)]
    [DataRow("35020200350102", Length)]
    [DataRow("350100350102", Value)]
    public void The_type_is_the_first_that_can_be(string types, int oddity)
    {
        DhcpServer server = IsLookedFor();
        server.Sends(server.Frame(server.Offered, server.Offered, DhcpServer.Bytes(types + Server + Lease + Mask + Router), true));
        server.ExpectsRequest(0);
        Tells(server, 1, oddity, 53, types);
    }

    [TestMethod]
    public void Of_several_odd_options_all_are_counted_and_the_first_is_told()
    {
        DhcpServer server = Binds("0300" + Lease + "0100" + "0104FF00FF00" + Lease, Length, 3, "the router's comes first");
        Assert.AreEqual(4UL, server.Wire.Count(Counter.DhcpOptionLengthBad));
        Assert.AreEqual(2UL, server.Wire.Count(Counter.DhcpOptionValueBad));
        Assert.AreEqual(2UL, server.Wire.Count(Counter.DhcpOptionRepeated));
        Assert.AreEqual(2UL, server.Wire.Count(Counter.DhcpOptionMissing));
    }

    // ---- What an acknowledgment does not say was said before

    [TestMethod]
    [DataRow("")]
    [DataRow("01000300")]
    [DataRow("010400000000" + "030400000000" + "330400000000")]
    public void An_acknowledgment_need_not_say_again_what_the_offer_said(string options)
    {
        DhcpServer server = new DhcpServer { Lease = 1000 };
        server.IsAsked();
        server.Sends(server.Reply(DhcpServer.Ack, DhcpServer.Bytes(options)));
        server.BindsAfterProbes();
        Assert.AreEqual(24, server.Client.PrefixLength);
        Assert.AreEqual(DhcpServer.First, server.Client.Gateway);
        Assert.AreEqual(1000u, server.Client.LeaseTime);
    }

    [TestMethod]
    [DataRow("")]
    [DataRow("01000300")]
    [DataRow("010400000000" + "030400000000" + "330400000000")]
    public void A_renewal_keeps_what_it_does_not_say(string options)
    {
        DhcpServer server = new DhcpServer { Lease = 1000 };
        server.Binds();
        ScriptedPeer elsewhere = new ScriptedPeer(server.Wire, 80, 50000);
        elsewhere.Address = 0xC0000201;
        elsewhere.IsOpened();
        for (int i = 0; i < 3; i++)
        {
            server.Waits(0, 500 * Second);
            server.ExpectsRenewal(0);
            server.Sends(server.Reply(DhcpServer.Ack, DhcpServer.Bytes(options)));
            Assert.AreEqual((int)DhcpState.Bound, (int)server.Client.State);
            server.Wire.ExpectsSilence("nothing has changed");
            Assert.AreEqual(24, server.Client.PrefixLength);
            Assert.AreEqual(DhcpServer.First, server.Client.Gateway);
            Assert.AreEqual(1000u, server.Client.LeaseTime);
        }

        elsewhere.Writes(10);
        elsewhere.ExpectsOnly("P. seq I+1 ack R+1 len 10");
    }

    [TestMethod]
    public void An_offer_begins_with_nothing_of_the_one_before()
    {
        DhcpServer server = new DhcpServer { Lease = 1000 };
        server.IsAsked();
        server.Refuses();
        server.Waits(0, Second);
        server.ExpectsDiscover(0);
        server.Sends(server.Reply(DhcpServer.Offer, new byte[0]));
        server.ExpectsRequest(0);
        server.Sends(server.Reply(DhcpServer.Ack, new byte[0]));
        server.BindsAfterProbes();
        Assert.AreEqual(8, server.Client.PrefixLength);
        Assert.AreEqual(0u, server.Client.Gateway);
        Assert.AreEqual(3600u, server.Client.LeaseTime);
    }

    // ---- Short times

    [TestMethod]
    [DataRow(1U)]
    [DataRow(5U)]
    [DataRow(9U)]
    [DataRow(10U)]
    public void The_shortest_lease_gives_an_address_and_is_renewed_every_five_seconds(uint lease)
    {
        DhcpServer server = new DhcpServer { Lease = lease };
        server.Gives();
        while (server.Client.State == DhcpState.Probing)
        {
            server.Wire.Discard();
            server.Waits(0, 2 * Second);
        }

        // The first renewal may be due with the announcement.
        if (server.Client.State == DhcpState.Renewing)
            server.Wire.TakeArp();
        ulong last = 0;
        for (int i = 0; i < 20; i++)
        {
            while (server.Client.State == DhcpState.Bound)
            {
                server.Wire.Discard();
                server.Waits(0, 5 * Second);
            }

            server.ExpectsRenewal(0);
            Assert.IsTrue(i == 0 || server.Wire.Now - last >= 4800000, "renewed " + (server.Wire.Now - last).ToString() + " us after");
            last = server.Wire.Now;
            server.Acknowledges();
            Assert.AreEqual(Wire.OurAddress, server.Wire.Endpoint.Address);
        }

        Assert.AreEqual(lease, server.Client.LeaseTime);
        Assert.AreEqual(0UL, server.Wire.Count(Counter.DhcpExpired));
    }

    [TestMethod]
    public void A_T1_of_a_second_does_not_have_the_server_asked_every_second()
    {
        DhcpServer server = new DhcpServer();
        server.Gives();
        server.BindsAfterProbes();
        server.Waits(0, 1800 * Second);
        server.ExpectsRenewal(0);
        byte[] terms = DhcpServer.Join(server.Terms(), DhcpServer.Number(58, 1));
        server.Sends(server.Reply(DhcpServer.Ack, terms));
        for (int i = 0; i < 10; i++)
        {
            server.Waits(4800000, 5 * Second);
            server.ExpectsRenewal(0);
            server.Sends(server.Reply(DhcpServer.Ack, terms));
        }
    }

    // ---- The message is dropped

    [TestMethod]
    [DataRow("", "no message type")]
    [DataRow("3500", "message type empty")]
    [DataRow("35020236", "message type of 2 bytes")]
    [DataRow("350100", "message type 0")]
    [DataRow("3501023603", "past the end")]
    [DataRow("35010236FF0A4D00FE", "far past the end")]
    [DataRow("35010233", "no room for a length")]
    [DataRow("0C0000FF350102", "type after the end")]
    public void What_cannot_be_read_is_dropped_and_told(string options, string what)
    {
        DhcpServer server = IsLookedFor();
        server.Sends(server.Frame(server.Offered, server.Offered, DhcpServer.Bytes(options), false));
        Assert.AreEqual(1UL, server.Wire.Count(Counter.DhcpOptionBad), what);
        server.Wire.ExpectsSilence(what);
        Tells(server, 1, (int)Counter.DhcpOptionBad, 0, what);
        server.Offers();
        server.ExpectsRequest(0);
    }

    [TestMethod]
    [DataRow("", 0U, "no address")]
    [DataRow("", 0x00000005U, "no host's")]
    [DataRow("", 0x7F000001U, "loopback")]
    [DataRow("", 0xE0000001U, "multicast")]
    [DataRow("", 0xFFFFFFFFU, "broadcast")]
    [DataRow("", 0x0A000000U, "the network of its class")]
    [DataRow(Mask, 0x0A4D0000U, "the network")]
    [DataRow(Mask, 0x0A4D00FFU, "its broadcast address")]
    [DataRow(Server + Server + Mask, 0x0A4D00FFU, "its broadcast address, and something odd")]
    public void An_address_that_no_host_can_have_is_dropped_and_told(string options, uint address, string what)
    {
        DhcpServer server = IsLookedFor();
        byte[] offer = DhcpServer.Join(DhcpServer.Option(53, DhcpServer.Offer), DhcpServer.Bytes(Server + Lease + options));
        server.Sends(server.Frame(0xFFFFFFFF, address, offer, true));
        Assert.AreEqual(1UL, server.Wire.Count(Counter.DhcpLeaseBad), what);
        server.Wire.ExpectsSilence(what);
        Tells(server, 1, (int)Counter.DhcpLeaseBad, 0, what);
        server.Offers();
        server.ExpectsRequest(0);
    }

    [TestMethod]
    public void A_mask_that_leaves_the_address_to_no_host_has_the_acknowledgment_dropped()
    {
        DhcpServer server = new DhcpServer { Offered = 0x0A4D00FF };
        server.IsAsked(DhcpServer.Bytes("0104FFFF0000"));
        server.Sends(server.Reply(DhcpServer.Ack, server.Terms()));
        Assert.AreEqual(1UL, server.Wire.Count(Counter.DhcpLeaseBad));
        Assert.AreEqual((int)DhcpState.Requesting, (int)server.Client.State);
        Assert.AreEqual(16, server.Client.PrefixLength, "nothing of it is kept");
    }

    [TestMethod]
    [DataRow("", 0x0A4D0002U, 8, "class A")]
    [DataRow("", 0x80010002U, 16, "the first of class B")]
    [DataRow("", 0xAC100002U, 16, "class B")]
    [DataRow("", 0xC0A80102U, 24, "class C")]
    [DataRow("0104FFFFFFFF", 0x0A4D0002U, 32, "a host of its own")]
    [DataRow("0104FFFFFFFE", 0x0A4D0002U, 31, "two hosts")]
    [DataRow("0104FFFFFFFC", 0x0A4D0002U, 30, "four")]
    [DataRow("010480000000", 0x0A4D0002U, 1, "half of all")]
    public void The_mask_is_the_server_s_for_every_class_of_addresses(string options, uint address, int prefixLength, string what)
    {
        DhcpServer server = new DhcpServer { Offered = address };
        byte[] terms = DhcpServer.Join(DhcpServer.Number(51, 3600), DhcpServer.Bytes(options));
        server.IsAsked(terms);
        server.Sends(server.Reply(DhcpServer.Ack, terms));
        server.BindsAfterProbes();
        Assert.AreEqual(prefixLength, server.Client.PrefixLength, what);
        Assert.AreEqual(0u, server.Client.Gateway);
    }

    [TestMethod]
    public void Padding_unknown_options_and_a_missing_end_are_no_harm()
    {
        DhcpServer server = new DhcpServer();
        server.IsAsked();
        byte[] options = DhcpServer.Bytes("0000350105000036040A4D00FE0600E0031122330033040000" + "0E10" + "0000");
        server.Sends(server.Frame(server.Offered, server.Offered, options, false));
        server.BindsAfterProbes();
    }

    [TestMethod]
    [DataRow(1)]
    [DataRow(2)]
    [DataRow(3)]
    public void Options_go_on_in_the_fields_for_names(int overload)
    {
        DhcpServer server = new DhcpServer();
        server.IsAsked(DhcpServer.Number(51, 3600));
        byte[] frame = server.Reply(DhcpServer.Ack, DhcpServer.Option(52, overload));
        byte[] rest = DhcpServer.Bytes("3304000000640104FFFF0000FF");
        byte[] router = DhcpServer.Bytes("03040A4D0001FF");
        byte[] other = DhcpServer.Bytes("03040A4D0009FF");
        // The file comes before the server's name: its router is the first.
        System.Array.Copy(overload == 2 ? other : rest, 0, frame, DhcpServer.Message + 108, overload == 2 ? other.Length : rest.Length);
        System.Array.Copy(overload == 2 ? rest : router, 0, frame, DhcpServer.Message + 44, overload == 2 ? rest.Length : router.Length);
        Packet.FixUdp(frame);
        server.Sends(frame);
        server.BindsAfterProbes();
        Assert.AreEqual(100u, server.Client.LeaseTime);
        Assert.AreEqual(16, server.Client.PrefixLength);
        Assert.AreEqual(overload == 3 ? 0x0A4D0001u : 0u, server.Client.Gateway);
    }

    [TestMethod]
    [DataRow(1, 108, 128)]
    [DataRow(2, 44, 64)]
    public void An_option_does_not_reach_out_of_its_field(int overload, int field, int length)
    {
        DhcpServer server = new DhcpServer();
        server.IsAsked();
        byte[] frame = server.Reply(DhcpServer.Ack, DhcpServer.Join(server.Terms(), DhcpServer.Option(52, overload)));
        frame[DhcpServer.Message + field] = 99;
        frame[DhcpServer.Message + field + 1] = (byte)(length - 1);
        Packet.FixUdp(frame);
        server.Sends(frame);
        Assert.AreEqual(1UL, server.Wire.Count(Counter.DhcpOptionBad));
        frame[DhcpServer.Message + field + 1] = (byte)(length - 2);
        Packet.FixUdp(frame);
        server.Sends(frame);
        Assert.AreEqual((int)DhcpState.Probing, (int)server.Client.State);
    }

    [TestMethod]
    [DataRow("3D070102000A4D0002", true)]
    [DataRow("3D070102000A4D0003", false)] // another's
    [DataRow("3D07FF02000A4D0002", false)] // of another type
    [DataRow("3D060102000A4D", false)] // a part of ours
    [DataRow("3D080102000A4D000200", false)] // more than ours
    public void A_client_identifier_in_an_answer_is_ours_or_the_answer_is_not(string option, bool ours)
    {
        DhcpServer server = new DhcpServer();
        server.Waits(0, Second);
        server.ExpectsDiscover(0);
        byte[] options = DhcpServer.Join(server.Terms(), DhcpServer.Bytes(option));
        server.Sends(server.Reply(DhcpServer.Offer, options));
        Assert.AreEqual(ours ? 0UL : 1UL, server.Wire.Count(Counter.DhcpNotForUs));
        if (!ours)
        {
            server.Wire.ExpectsSilence();
            server.Offers();
        }

        server.ExpectsRequest(0);
    }

    [TestMethod]
    public void Whatever_the_options_say_an_offer_is_taken_or_counted_once()
    {
        DhcpServer server = new DhcpServer();
        Wire wire = server.Wire;
        server.Waits(0, Second);
        server.ExpectsDiscover(0);
        byte[] codes = new byte[] { 0, 1, 3, 51, 52, 53, 54, 58, 59, 61, 255, 12 };
        uint random = 1;
        int taken = 0;
        int dropped = 0;
        for (int i = 0; i < 1000; i++)
        {
            // An offer with one to three of its bytes changed, most of them in its options.
            byte[] frame = server.Reply(DhcpServer.Offer, DhcpServer.Join(server.Terms(), DhcpServer.Option(52, 3)));
            for (int changes = (i % 3) + 1; changes > 0; changes--)
            {
                random = random * 1664525 + 1013904223;
                int first = (i & 3) == 0 ? DhcpServer.Message : DhcpServer.Options;
                int value = (int)(random >> 24);
                frame[first + (int)((random >> 8) & 0xFFFF) % (frame.Length - first)] = (i & 4) == 0 ? codes[value % codes.Length] : (byte)value;
            }

            Packet.FixUdp(frame);
            ulong before = Dropped(wire);
            server.Sends(frame);
            if (server.Client.State == DhcpState.Selecting)
            {
                Assert.AreEqual(before + 1, Dropped(wire), "message " + i.ToString());
                wire.ExpectsSilence("message " + i.ToString());
                dropped++;
                continue;
            }

            Assert.AreEqual(before, Dropped(wire), "message " + i.ToString());
            taken++;
            server = new DhcpServer();
            wire = server.Wire;
            server.Waits(0, Second);
            server.ExpectsDiscover(0);
        }

        Assert.IsTrue(taken > 50 && dropped > 300, taken.ToString() + " taken, " + dropped.ToString() + " dropped");
        server.Offers();
        server.ExpectsRequest(0);
        server.Acknowledges();
        server.BindsAfterProbes();
    }

    private static ulong Dropped(Wire wire)
    {
        return wire.Count(Counter.DhcpHeaderBad) + wire.Count(Counter.DhcpNotForUs) + wire.Count(Counter.DhcpOptionBad)
            + wire.Count(Counter.DhcpUnexpected) + wire.Count(Counter.DhcpLeaseBad);
    }

    /// <summary>An offer and an acknowledgment with these options after their types lead to an address.</summary>
    private static DhcpServer Binds(string options, int oddity, int code, string what)
    {
        DhcpServer server = IsLookedFor();
        for (int type = DhcpServer.Offer; type <= DhcpServer.Ack; type += 3)
        {
            byte[] message = DhcpServer.Join(DhcpServer.Option(53, type), DhcpServer.Bytes(options));
            server.Sends(server.Frame(server.Offered, server.Offered, message, true));
            if (type == DhcpServer.Offer)
                server.ExpectsRequest(0);
        }

        Assert.AreEqual((int)DhcpState.Probing, (int)server.Client.State, what);
        Tells(server, oddity == Good ? 0 : oddity == LateValue ? 1 : 2, oddity == LateValue ? Value : oddity, code, what);
        server.BindsAfterProbes();
        return server;
    }

    /// <summary>What the client tells of the messages that were odd, the last of them above all.</summary>
    private static void Tells(DhcpServer server, int messages, int oddity, int code, string what)
    {
        DhcpClient client = server.Client;
        Assert.AreEqual((uint)messages, client.OddMessages, what);
        if (messages == 0)
            return;
        Assert.AreEqual(oddity, (int)client.Oddity, what);
        Assert.AreEqual(code, client.OddOption, what);
        Assert.AreEqual(server.Address, client.OddServer, what);
        Assert.IsTrue(server.Wire.Count(client.Oddity) >= (ulong)messages, what);
    }

    private static DhcpServer IsLookedFor()
    {
        DhcpServer server = new DhcpServer();
        server.Waits(0, Second);
        server.ExpectsDiscover(0);
        return server;
    }
}
