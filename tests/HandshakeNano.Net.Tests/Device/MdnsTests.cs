using HandshakeNano.Net.Wire;
using nanoFramework.TestFramework;

namespace HandshakeNano.Net.Tests;

/// <summary>
/// A responder of multicast DNS on a link of its own, in virtual time. Messages are asserted as text: flags, then each question
/// and record.
/// </summary>
[TestClass]
public sealed class MdnsTests
{
    private const uint Address = 0x0A4D0002;
    private const uint Peer = 0x0A4D0001;
    private const int Port = 5353;
    private const ulong Millisecond = 1000;
    private const ulong Second = 1_000_000;

    private const string HostProbe = "0000 ?dev.local/ANY/QU !dev.local/A/1/120/0A4D0002";
    private const string HostAnnouncement = "8400 =dev.local/A/8001/120/0A4D0002 =2.0.77.10.in-addr.arpa/PTR/8001/120/dev.local"
        + " +dev.local/NSEC/8001/120/dev.local 000140";

    [TestMethod]
    public void A_name_is_asked_for_three_times_250_ms_apart_and_announced_twice()
    {
        MdnsLink link = new MdnsLink("dev");
        link.Responder.SetAddress(Address, 24, 0);
        Assert.IsTrue(link.Responder.State == MdnsState.Probing);
        ulong first = link.RunToNext();
        Assert.IsTrue(first < 250 * Millisecond);
        Assert.AreEqual(HostProbe, link.Take());
        Assert.AreEqual(first + (250 * Millisecond), link.RunToNext());
        Assert.AreEqual(HostProbe, link.Take());
        Assert.AreEqual(first + (500 * Millisecond), link.RunToNext());
        Assert.AreEqual(HostProbe, link.Take());
        Assert.AreEqual(first + (750 * Millisecond), link.RunToNext());
        Assert.AreEqual(HostAnnouncement, link.Take());
        Assert.IsTrue(link.Responder.State == MdnsState.Announcing);
        Assert.AreEqual(first + (1750 * Millisecond), link.RunToNext());
        Assert.AreEqual(HostAnnouncement, link.Take());
        Assert.IsTrue(link.Responder.State == MdnsState.Running);
        Assert.AreEqual(ulong.MaxValue, link.Responder.Deadline);
        Assert.AreEqual("dev.local", link.Responder.HostName);
    }

    [TestMethod]
    public void Everything_is_sent_to_the_group_and_its_port()
    {
        MdnsLink link = new MdnsLink("dev");
        link.Responder.SetAddress(Address, 24, 0);
        link.RunToNext();
        Assert.AreEqual(0xE00000FBu, link.ToAddress);
        Assert.AreEqual(Port, link.ToPort);
        Assert.AreEqual(1ul, link.Counters[(int)Counter.MdnsSent]);
    }

    [TestMethod]
    public void Devices_that_start_together_ask_at_different_times()
    {
        MdnsLink one = new MdnsLink("dev", 0);
        MdnsLink two = new MdnsLink("dev", 1);
        one.Responder.SetAddress(Address, 24, 0);
        two.Responder.SetAddress(Address, 24, 0);
        Assert.AreNotEqual(one.RunToNext(), two.RunToNext());
    }

    [TestMethod]
    public void A_service_is_announced_with_all_that_finds_it()
    {
        MdnsLink link = new MdnsLink("dev");
        link.Responder.AddService("_http._tcp", 80, new string[] { "path=/" });
        link.Responder.SetAddress(Address, 24, 0);
        link.RunToNext();
        Assert.AreEqual("0000 ?dev.local/ANY/QU ?dev._http._tcp.local/ANY/QU !dev.local/A/1/120/0A4D0002"
            + " !dev._http._tcp.local/SRV/1/120/000000000050 dev.local !dev._http._tcp.local/TXT/1/4500/06706174683D2F", link.Take());
        link.RunToNext();
        link.RunToNext();
        link.RunToNext();
        Assert.AreEqual("8400 =dev.local/A/8001/120/0A4D0002 =2.0.77.10.in-addr.arpa/PTR/8001/120/dev.local"
            + " =dev._http._tcp.local/SRV/8001/120/000000000050 dev.local =dev._http._tcp.local/TXT/8001/4500/06706174683D2F"
            + " =_http._tcp.local/PTR/1/4500/dev._http._tcp.local =_services._dns-sd._udp.local/PTR/1/4500/_http._tcp.local"
            + " +dev.local/NSEC/8001/120/dev.local 000140", link.Take());
    }

    [TestMethod]
    public void The_address_is_told_at_once_to_who_asks_for_the_name_and_that_there_is_no_other()
    {
        MdnsLink link = Running(false);
        link.Ask("DEV.local", DnsMessage.TypeA, 1);
        Assert.AreEqual(link.Now, link.RunToNext());
        Assert.AreEqual("8400 =dev.local/A/8001/120/0A4D0002 +dev.local/NSEC/8001/120/dev.local 000140", link.Take());
    }

    [TestMethod]
    public void Who_asks_for_an_IPv6_address_is_told_that_there_is_none()
    {
        MdnsLink link = Running(false);
        link.Ask("dev.local", DnsMessage.TypeAaaa, 1);
        link.RunToNext();
        Assert.AreEqual("8400 =dev.local/NSEC/8001/120/dev.local 000140", link.Take());
    }

    [TestMethod]
    public void The_name_of_the_address_is_told()
    {
        MdnsLink link = Running(false);
        link.Ask("2.0.77.10.in-addr.arpa", DnsMessage.TypePtr, 1);
        link.RunToNext();
        Assert.AreEqual("8400 =2.0.77.10.in-addr.arpa/PTR/8001/120/dev.local", link.Take());
    }

    [TestMethod]
    public void A_browser_of_services_is_answered_after_20_to_120_ms_with_all_that_it_needs()
    {
        MdnsLink link = Running(true);
        link.Ask("_http._tcp.local", DnsMessage.TypePtr, 1);
        ulong asked = link.Now;
        ulong answered = link.RunToNext();
        Assert.IsTrue(answered >= asked + (20 * Millisecond) && answered < asked + (120 * Millisecond));
        Assert.AreEqual("8400 =_http._tcp.local/PTR/1/4500/dev._http._tcp.local +dev.local/A/8001/120/0A4D0002"
            + " +dev.local/NSEC/8001/120/dev.local 000140"
            + " +dev._http._tcp.local/SRV/8001/120/000000000050 dev.local +dev._http._tcp.local/TXT/8001/4500/00", link.Take());
    }

    [TestMethod]
    public void The_types_of_services_are_told()
    {
        MdnsLink link = Running(true);
        link.Ask("_services._dns-sd._udp.local", DnsMessage.TypePtr, 1);
        link.RunToNext();
        Assert.AreEqual("8400 =_services._dns-sd._udp.local/PTR/1/4500/_http._tcp.local", link.Take());
    }

    [TestMethod]
    public void What_is_not_ours_is_not_answered()
    {
        MdnsLink link = Running(true);
        link.Ask("other.local", DnsMessage.TypeA, 1);
        link.Ask("dev.local", DnsMessage.TypeA, 3);
        link.Ask("_echo._tcp.local", DnsMessage.TypePtr, 1);
        Assert.AreEqual(ulong.MaxValue, link.Responder.Deadline);
    }

    [TestMethod]
    public void A_record_is_multicast_once_a_second_at_the_most()
    {
        MdnsLink link = Running(false);
        link.Ask("dev.local", DnsMessage.TypeA, 1);
        ulong first = link.RunToNext();
        link.Take();
        link.Now += 300 * Millisecond;
        link.Ask("dev.local", DnsMessage.TypeA, 1);
        link.Ask("dev.local", DnsMessage.TypeA, 1);
        Assert.AreEqual(first + Second, link.RunToNext());
        Assert.AreEqual("8400 =dev.local/A/8001/120/0A4D0002 +dev.local/NSEC/8001/120/dev.local 000140", link.Take());
        Assert.AreEqual(ulong.MaxValue, link.Responder.Deadline);
    }

    [TestMethod]
    public void A_probe_for_our_name_is_answered_sooner()
    {
        MdnsLink link = Running(false);
        link.Ask("dev.local", DnsMessage.TypeA, 1);
        ulong first = link.RunToNext();
        link.Take();
        link.Now += 100 * Millisecond;
        link.Probe("dev.local", 0x0A4D0003, 1);
        Assert.AreEqual(first + (250 * Millisecond), link.RunToNext());
        Assert.AreEqual("8400 =dev.local/A/8001/120/0A4D0002", link.Take());
    }

    [TestMethod]
    public void What_the_other_one_knows_is_not_told_again()
    {
        MdnsLink link = Running(true);
        link.Begin(0);
        link.Question("_http._tcp.local", DnsMessage.TypePtr, 1);
        link.Pointer(DnsMessage.Answers, "_http._tcp.local", "dev._http._tcp.local", 2250);
        link.Arrive();
        Assert.AreEqual(ulong.MaxValue, link.Responder.Deadline);
    }

    [TestMethod]
    public void What_the_other_one_knows_for_less_than_half_its_time_is_told_again()
    {
        MdnsLink link = Running(true);
        link.Begin(0);
        link.Question("_http._tcp.local", DnsMessage.TypePtr, 1);
        link.Pointer(DnsMessage.Answers, "_http._tcp.local", "dev._http._tcp.local", 2249);
        link.Arrive();
        Assert.AreNotEqual(ulong.MaxValue, link.Responder.Deadline);
    }

    [TestMethod]
    public void An_answer_waits_for_the_known_ones_that_are_announced()
    {
        MdnsLink link = Running(true);
        link.Begin(DnsMessage.Truncated);
        link.Question("_http._tcp.local", DnsMessage.TypePtr, 1);
        link.Arrive();
        ulong wait = link.Responder.Deadline - link.Now;
        Assert.IsTrue(wait >= 400 * Millisecond && wait < 500 * Millisecond);
        link.Now += 300 * Millisecond;
        link.Begin(0);
        link.Pointer(DnsMessage.Answers, "_http._tcp.local", "dev._http._tcp.local", 4500);
        link.Arrive();
        Assert.AreEqual(ulong.MaxValue, link.Responder.Deadline);
    }

    [TestMethod]
    public void Who_wants_a_unicast_answer_gets_it_if_the_others_have_heard_of_late()
    {
        MdnsLink link = Running(false);
        link.Ask("dev.local", DnsMessage.TypeA, 0x8001);
        Assert.AreEqual("8400 =dev.local/A/8001/120/0A4D0002 +dev.local/NSEC/8001/120/dev.local 000140", link.Take());
        Assert.AreEqual(Peer, link.ToAddress);
        Assert.AreEqual(Port, link.ToPort);
        link.Now += 30 * Second;
        link.Ask("dev.local", DnsMessage.TypeA, 0x8001);
        link.RunToNext();
        Assert.AreEqual(0xE00000FBu, link.ToAddress);
    }

    [TestMethod]
    public void Who_asks_from_another_port_gets_an_answer_of_plain_DNS()
    {
        MdnsLink link = Running(true);
        link.Begin(0);
        link.Question("dev._http._tcp.local", DnsMessage.TypeSrv, 1);
        link.ArriveFrom(Peer, 40000, true);
        Assert.AreEqual("8400 ?dev._http._tcp.local/33/1 =dev._http._tcp.local/SRV/1/10/000000000050 dev.local"
            + " +dev.local/A/1/10/0A4D0002 +dev.local/NSEC/1/10/dev.local 000140", link.Take());
        Assert.AreEqual(Peer, link.ToAddress);
        Assert.AreEqual(40000, link.ToPort);
        Assert.AreEqual(0x5A5A, link.Identifier);
    }

    [TestMethod]
    public void Another_host_that_answers_a_probe_has_the_name_and_the_next_one_is_asked_for()
    {
        MdnsLink link = new MdnsLink("dev");
        link.Responder.SetAddress(Address, 24, 0);
        link.RunToNext();
        link.Take();
        link.Claim("dev.local", 0x0A4D0003);
        Assert.AreEqual(1ul, link.Counters[(int)Counter.MdnsConflicts]);
        link.RunToNext();
        Assert.AreEqual("0000 ?dev-2.local/ANY/QU !dev-2.local/A/1/120/0A4D0002", link.Take());
        link.Claim("dev-2.local", 0x0A4D0003);
        link.RunToNext();
        Assert.AreEqual("0000 ?dev-3.local/ANY/QU !dev-3.local/A/1/120/0A4D0002", link.Take());
        Assert.AreEqual("dev-3.local", link.Responder.HostName);
    }

    [TestMethod]
    public void After_fifteen_conflicts_names_are_tried_every_five_seconds()
    {
        MdnsLink link = new MdnsLink("dev");
        link.Responder.SetAddress(Address, 24, 0);
        for (int i = 0; i < 15; i++)
        {
            Assert.IsTrue(link.Responder.Deadline - link.Now < 250 * Millisecond);
            link.RunToNext();
            link.Take();
            link.Claim(link.Responder.HostName, 0x0A4D0003);
        }

        Assert.AreEqual(5 * Second, link.Responder.Deadline - link.Now);
        Assert.AreEqual("dev-16.local", link.Responder.HostName);
    }

    [TestMethod]
    public void A_long_name_makes_room_for_its_number()
    {
        MdnsLink link = new MdnsLink(new string('a', 63));
        link.Responder.SetAddress(Address, 24, 0);
        link.RunToNext();
        link.Take();
        link.Claim(link.Responder.HostName, 0x0A4D0003);
        Assert.AreEqual(new string('a', 61) + "-2.local", link.Responder.HostName);
    }

    [TestMethod]
    public void A_name_that_another_host_claims_later_is_asked_for_again_and_kept_if_nobody_answers()
    {
        MdnsLink link = Running(false);
        link.Claim("dev.local", 0x0A4D0003);
        Assert.IsTrue(link.Responder.State == MdnsState.Probing);
        link.RunToNext();
        Assert.AreEqual(HostProbe, link.Take());
        link.RunToNext();
        link.RunToNext();
        link.RunToNext();
        Assert.AreEqual(HostAnnouncement, link.Take());
    }

    [TestMethod]
    public void When_an_announced_name_becomes_another_hosts_its_services_are_taken_back()
    {
        MdnsLink link = Running(true);
        link.Claim("dev.local", 0x0A4D0003);
        link.RunToNext();
        link.Take();
        link.Claim("dev.local", 0x0A4D0003);
        Assert.AreEqual("8400 =_http._tcp.local/PTR/1/0/dev._http._tcp.local", link.Take());
        Assert.AreEqual("dev-2.local", link.Responder.HostName);
        link.RunToNext();
        link.Take();
        link.Claim("dev-2.local", 0x0A4D0003);

        // dev-2 was not announced.
        Assert.AreEqual("", link.Take());
        Assert.AreEqual("dev-3.local", link.Responder.HostName);
    }

    [TestMethod]
    public void When_the_address_goes_while_the_name_is_in_doubt_only_the_services_are_taken_back()
    {
        MdnsLink link = Running(true);
        link.Claim("dev.local", 0x0A4D0003);
        link.Responder.SetAddress(0, 0, link.Now);
        Assert.AreEqual("8400 =_http._tcp.local/PTR/1/0/dev._http._tcp.local", link.Take());
        Assert.IsTrue(link.Responder.State == MdnsState.Idle);
    }

    [TestMethod]
    public void The_name_is_copied_as_it_is_shown()
    {
        MdnsLink link = new MdnsLink("dev");
        byte[] buffer = new byte[20];
        Assert.AreEqual(9, link.Responder.CopyHostName(buffer, 3));
        for (int i = 0; i < 9; i++)
            Assert.AreEqual("dev.local"[i], (char)buffer[3 + i]);
        Assert.AreEqual(0, (int)buffer[12]);
    }

    [TestMethod]
    public void Our_own_record_from_another_host_is_no_conflict()
    {
        MdnsLink link = Running(false);
        link.Claim("dev.local", Address);
        Assert.IsTrue(link.Responder.State == MdnsState.Running);
        Assert.AreEqual(0ul, link.Counters[(int)Counter.MdnsConflicts]);
    }

    [TestMethod]
    public void Of_two_that_ask_at_once_the_greater_address_has_the_name()
    {
        MdnsLink link = Probing();
        link.Probe("dev.local", 0x0A4D0003, 1);
        Assert.AreEqual(Second, link.Responder.Deadline - link.Now);
        Assert.IsTrue(link.Responder.State == MdnsState.Probing);
        link.RunToNext();
        Assert.AreEqual(HostProbe, link.Take());
    }

    [TestMethod]
    public void Of_two_that_ask_at_once_the_smaller_address_gives_way()
    {
        MdnsLink link = Probing();
        link.Probe("dev.local", 0x0A4D0001, 1);
        Assert.IsTrue(link.Responder.Deadline - link.Now <= 250 * Millisecond);
    }

    [TestMethod]
    public void Who_asks_with_the_same_records_is_no_rival()
    {
        MdnsLink link = Probing();
        link.Probe("dev.local", Address, 1);
        Assert.IsTrue(link.Responder.Deadline - link.Now <= 250 * Millisecond);
    }

    [TestMethod]
    public void Who_asks_with_more_records_has_the_name_if_the_first_are_the_same()
    {
        MdnsLink link = Probing();
        link.Begin(0);
        link.Question("dev.local", DnsMessage.TypeAny, 1);

        // Not in order: the least one counts first.
        link.HostRecord(DnsMessage.Authorities, "dev.local", 0x0A4D0003, 120);
        link.HostRecord(DnsMessage.Authorities, "dev.local", Address, 120);
        link.Arrive();
        Assert.AreEqual(Second, link.Responder.Deadline - link.Now);
    }

    [TestMethod]
    public void The_least_record_counts_first_in_whatever_order_they_come()
    {
        MdnsLink link = Probing();
        link.Begin(0);
        link.Question("dev.local", DnsMessage.TypeAny, 1);
        link.HostRecord(DnsMessage.Authorities, "dev.local", 0x0A4D0003, 120);
        link.HostRecord(DnsMessage.Authorities, "dev.local", 0x0A4D0001, 120);
        link.Arrive();
        Assert.IsTrue(link.Responder.Deadline - link.Now <= 250 * Millisecond);
    }

    [TestMethod]
    public void What_was_announced_is_taken_back_at_the_end()
    {
        MdnsLink link = Running(true);
        link.Responder.SetAddress(0, 0, link.Now);
        Assert.AreEqual("8400 =dev.local/A/8001/0/0A4D0002 =2.0.77.10.in-addr.arpa/PTR/8001/0/dev.local"
            + " =dev._http._tcp.local/SRV/8001/0/000000000050 dev.local =dev._http._tcp.local/TXT/8001/0/00"
            + " =_http._tcp.local/PTR/1/0/dev._http._tcp.local =_services._dns-sd._udp.local/PTR/1/0/_http._tcp.local", link.Take());
        Assert.IsTrue(link.Responder.State == MdnsState.Idle);
        Assert.AreEqual(ulong.MaxValue, link.Responder.Deadline);
        link.Ask("dev.local", DnsMessage.TypeA, 1);
        Assert.AreEqual(ulong.MaxValue, link.Responder.Deadline);
    }

    [TestMethod]
    public void With_another_address_the_old_one_is_taken_back_and_the_name_is_asked_for_again()
    {
        MdnsLink link = Running(false);
        link.Responder.SetAddress(0x0A4D0009, 24, link.Now);
        Assert.AreEqual("8400 =dev.local/A/8001/0/0A4D0002 =2.0.77.10.in-addr.arpa/PTR/8001/0/dev.local", link.Take());
        link.RunToNext();
        Assert.AreEqual("0000 ?dev.local/ANY/QU !dev.local/A/1/120/0A4D0009", link.Take());
    }

    [TestMethod]
    public void A_name_that_was_not_announced_is_not_taken_back()
    {
        MdnsLink link = Probing();
        link.Responder.SetAddress(0, 0, link.Now);
        Assert.AreEqual("", link.Take());
    }

    [TestMethod]
    public void A_goodbye_of_another_host_for_our_record_is_put_right()
    {
        MdnsLink link = Running(true);
        link.Begin(0x8400);
        link.Pointer(DnsMessage.Answers, "_http._tcp.local", "dev._http._tcp.local", 0);
        link.Arrive();
        link.RunToNext();
        Assert.IsTrue(link.Take().StartsWith("8400 =_http._tcp.local/PTR/1/4500/dev._http._tcp.local"));
    }

    [TestMethod]
    public void Nobody_is_heard_who_is_not_on_the_link()
    {
        MdnsLink link = Running(false);
        link.Begin(0);
        link.Question("dev.local", DnsMessage.TypeA, 1);
        link.ArriveFrom(0x08080808, Port, true);
        Assert.AreEqual(1ul, link.Counters[(int)Counter.MdnsSourceBad]);
        Assert.AreEqual(ulong.MaxValue, link.Responder.Deadline);
    }

    [TestMethod]
    public void A_response_from_another_port_is_ignored()
    {
        MdnsLink link = Running(false);
        link.Begin(0x8400);
        link.HostRecord(DnsMessage.Answers, "dev.local", 0x0A4D0003, 120);
        link.ArriveFrom(Peer, 40000, true);
        Assert.IsTrue(link.Responder.State == MdnsState.Running);
    }

    [TestMethod]
    public void Other_operations_and_response_codes_are_ignored()
    {
        MdnsLink link = Running(false);
        int[] flags = new int[] { 0x0800, 0x1000, 0x2000, 0x4000, 1, 2, 4, 8 };
        for (int i = 0; i < flags.Length; i++)
        {
            link.Begin(flags[i]);
            link.Question("dev.local", DnsMessage.TypeA, 1);
            link.Arrive();
        }

        Assert.AreEqual(ulong.MaxValue, link.Responder.Deadline);
    }

    [TestMethod]
    public void A_message_cut_short_is_counted_and_changes_nothing()
    {
        MdnsLink link = Running(true);
        link.Begin(0x8400);
        link.Pointer(DnsMessage.Answers, "_http._tcp.local", "x._http._tcp.local", 4500);
        link.HostRecord(DnsMessage.Answers, "dev.local", 0x0A4D0003, 120);
        int whole = link.Length;
        for (int length = 0; length < whole; length++)
            link.ArriveCut(length);
        Assert.AreEqual((ulong)whole, link.Counters[(int)Counter.MdnsMalformed]);
        Assert.IsTrue(link.Responder.State == MdnsState.Running);
        link.ArriveCut(whole);
        Assert.IsTrue(link.Responder.State == MdnsState.Probing);
    }

    [TestMethod]
    public void An_SRV_record_without_room_for_its_numbers_is_malformed()
    {
        MdnsLink link = Running(true);
        link.Begin(0x8400);
        link.RawRecord("dev._http._tcp.local", DnsMessage.TypeSrv, 5);
        link.Arrive();
        Assert.AreEqual(1ul, link.Counters[(int)Counter.MdnsMalformed]);
    }

    private static MdnsLink Probing()
    {
        MdnsLink link = new MdnsLink("dev");
        link.Responder.SetAddress(Address, 24, 0);
        link.RunToNext();
        Assert.AreEqual(HostProbe, link.Take());
        return link;
    }

    /// <summary>A responder that has announced itself two seconds ago.</summary>
    private static MdnsLink Running(bool http)
    {
        MdnsLink link = new MdnsLink("dev");
        if (http)
            link.Responder.AddService("_http._tcp", 80, null);
        link.Responder.SetAddress(Address, 24, 0);
        while (link.Responder.State != MdnsState.Running)
            link.RunToNext();
        link.Take();
        link.Now += 2 * Second;
        return link;
    }
}
