using System;
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
        Assert.AreEqual(ulong.MaxValue, link.Responder.Deadline);
        link.Now += 30 * Second;
        link.Ask("dev.local", DnsMessage.TypeA, 0x8001);
        Assert.AreEqual("", link.Take());
        link.RunToNext();
        Assert.AreEqual("8400 =dev.local/A/8001/120/0A4D0002 +dev.local/NSEC/8001/120/dev.local 000140", link.Take());
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
            Assert.AreEqual(i == 0 ? "dev.local" : "dev-" + (i + 1).ToString() + ".local", link.Responder.HostName);
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
        Assert.IsTrue(link.Responder.Deadline - link.Now < 250 * Millisecond);
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

    [TestMethod]
    public void A_responder_needs_a_sender_entropy_and_a_name_of_one_label()
    {
        MdnsLink link = new MdnsLink(new string('a', 63));
        Assert.ThrowsException(typeof(ArgumentNullException), () => _ = new MdnsResponder(null, "dev", new FixedEntropy(), link.Counters));
        Assert.ThrowsException(typeof(ArgumentNullException), () => _ = new MdnsResponder(link, "dev", null, link.Counters));
        Assert.ThrowsException(typeof(ArgumentException), () => _ = new MdnsLink(""));
        Assert.ThrowsException(typeof(ArgumentException), () => _ = new MdnsLink("a.b"));
        Assert.ThrowsException(typeof(ArgumentException), () => _ = new MdnsLink(new string('a', 64)));
    }

    [TestMethod]
    public void A_service_must_be_possible_and_what_was_refused_is_not_there()
    {
        MdnsLink link = new MdnsLink("dev");
        Refuses(link, "", 80, null);
        Refuses(link, "http._tcp", 80, null);
        Refuses(link, "_http..tcp", 80, null);
        Refuses(link, "_http._tcp", 0, null);
        Refuses(link, "_http._tcp", 65536, null);
        Refuses(link, "_http._tcp", 80, new string[] { null });
        Refuses(link, "_http._tcp", 80, new string[] { "" });
        Refuses(link, "_http._tcp", 80, new string[] { "\u0080" });
        Refuses(link, "_http._tcp", 80, new string[] { new string('a', 256) });
        Refuses(link, "_http._tcp", 80, new string[] { new string('a', 128), new string('b', 127) });
        link.Responder.AddService("_http._tcp", 1, new string[] { "a", "\u007F" });
        link.Responder.AddService("_ipp._tcp", 65535, new string[0]);
        link.Responder.SetAddress(Address, 24, 0);
        link.RunToNext();
        Assert.AreEqual("0000 ?dev.local/ANY/QU ?dev._http._tcp.local/ANY/QU ?dev._ipp._tcp.local/ANY/QU !dev.local/A/1/120/0A4D0002"
            + " !dev._http._tcp.local/SRV/1/120/000000000001 dev.local !dev._http._tcp.local/TXT/1/4500/0161017F"
            + " !dev._ipp._tcp.local/SRV/1/120/00000000FFFF dev.local !dev._ipp._tcp.local/TXT/1/4500/00", link.Take());
    }

    [TestMethod]
    public void There_is_one_service_of_a_type_and_none_is_added_later()
    {
        MdnsLink link = new MdnsLink("dev");
        link.Responder.AddService("_http._tcp", 80, null);
        link.Responder.AddService("_ipp._tcp", 631, null);
        Assert.ThrowsException(typeof(InvalidOperationException), () => link.Responder.AddService("_http._tcp", 81, null));
        Assert.ThrowsException(typeof(InvalidOperationException), () => link.Responder.AddService("_ipp._tcp", 81, null));
        Assert.ThrowsException(typeof(InvalidOperationException), () => link.Responder.AddService("_HTTP._tcp", 81, null));
        link.Responder.SetAddress(Address, 24, 0);
        Assert.ThrowsException(typeof(InvalidOperationException), () => link.Responder.AddService("_ftp._tcp", 21, null));
        link.RunToNext();
        Assert.AreEqual("0000 ?dev.local/ANY/QU ?dev._http._tcp.local/ANY/QU ?dev._ipp._tcp.local/ANY/QU !dev.local/A/1/120/0A4D0002"
            + " !dev._http._tcp.local/SRV/1/120/000000000050 dev.local !dev._http._tcp.local/TXT/1/4500/00"
            + " !dev._ipp._tcp.local/SRV/1/120/000000000277 dev.local !dev._ipp._tcp.local/TXT/1/4500/00", link.Take());
    }

    [TestMethod]
    public void Services_must_fit_in_a_probe_and_one_that_does_not_is_not_there()
    {
        MdnsLink link = new MdnsLink("dev");
        link.Responder.AddService("_http._tcp", 80, new string[] { new string('a', 255) });
        Assert.ThrowsException(typeof(InvalidOperationException),
            () => link.Responder.AddService("_ipp._tcp", 631, new string[] { new string('b', 113) }));
        link.Responder.SetAddress(Address, 24, 0);
        link.RunToNext();
        Assert.AreEqual("0000 ?dev.local/ANY/QU ?dev._http._tcp.local/ANY/QU !dev.local/A/1/120/0A4D0002"
            + " !dev._http._tcp.local/SRV/1/120/000000000050 dev.local !dev._http._tcp.local/TXT/1/4500/FF" + Hex("61", 255), link.Take());
        Assert.AreEqual(352, link.SentLength);

        link = Large();
        link.Responder.SetAddress(Address, 24, 0);
        link.RunToNext();
        Assert.AreEqual(512, link.SentLength);
    }

    [TestMethod]
    public void What_has_no_room_in_a_message_comes_in_another_at_once()
    {
        MdnsLink link = Large();
        link.Responder.SetAddress(Address, 24, 0);
        for (int i = 0; i < 3; i++)
            link.RunToNext();
        Assert.AreEqual(3ul, link.Counters[(int)Counter.MdnsSent]);
        ulong announced = link.RunToNext();
        Assert.AreEqual(5ul, link.Counters[(int)Counter.MdnsSent]);
        Assert.AreEqual("8400 =dev._ipp._tcp.local/TXT/8001/4500/70" + Hex("62", 112), link.Take());
        Assert.AreEqual(announced + Second, link.RunToNext());
        Assert.AreEqual(7ul, link.Counters[(int)Counter.MdnsSent]);
        Assert.AreEqual(ulong.MaxValue, link.Responder.Deadline);
        link.Responder.SetAddress(0, 0, link.Now);
        Assert.AreEqual(9ul, link.Counters[(int)Counter.MdnsSent]);
        Assert.AreEqual("8400 =dev._ipp._tcp.local/TXT/8001/0/70" + Hex("62", 112)
            + " =_ipp._tcp.local/PTR/1/0/dev._ipp._tcp.local =_services._dns-sd._udp.local/PTR/1/0/_ipp._tcp.local", link.Take());
    }

    [TestMethod]
    public void What_had_no_room_beside_an_answer_is_told_at_once_to_who_asks_for_it()
    {
        MdnsLink link = Large();
        Run(link);
        link.Begin(0);
        link.Question("_http._tcp.local", DnsMessage.TypePtr, 1);
        link.Question("_ipp._tcp.local", DnsMessage.TypePtr, 1);
        link.Arrive();
        link.RunToNext();
        Assert.AreEqual("8400 =_http._tcp.local/PTR/1/4500/dev._http._tcp.local =_ipp._tcp.local/PTR/1/4500/dev._ipp._tcp.local"
            + " +dev.local/A/8001/120/0A4D0002 +dev.local/NSEC/8001/120/dev.local 000140"
            + " +dev._http._tcp.local/SRV/8001/120/000000000050 dev.local +dev._http._tcp.local/TXT/8001/4500/FF" + Hex("61", 255)
            + " +dev._ipp._tcp.local/SRV/8001/120/000000000277 dev.local", link.Take());
        link.Ask("dev._ipp._tcp.local", DnsMessage.TypeTxt, 1);
        Assert.AreEqual(link.Now, link.Responder.Deadline);
        link.RunToNext();
        Assert.AreEqual("8400 =dev._ipp._tcp.local/TXT/8001/4500/70" + Hex("62", 112), link.Take());
        link.Ask("dev._http._tcp.local", DnsMessage.TypeTxt, 1);
        Assert.AreEqual(link.Now + Second, link.Responder.Deadline);
    }

    [TestMethod]
    public void What_has_no_room_in_a_unicast_answer_is_told_to_all_when_it_may_be()
    {
        MdnsLink link = Large();
        Run(link);
        link.Ask("dev._ipp._tcp.local", DnsMessage.TypeTxt, 1);
        ulong told = link.RunToNext();
        link.Take();
        link.Now += 100 * Millisecond;
        link.Begin(0);
        link.Question("dev._http._tcp.local", DnsMessage.TypeAny, 0x8001);
        link.Question("dev._ipp._tcp.local", DnsMessage.TypeAny, 0x8001);
        link.Question("_http._tcp.local", DnsMessage.TypePtr, 0x8001);
        link.Question("_services._dns-sd._udp.local", DnsMessage.TypePtr, 0x8001);
        link.Arrive();
        Assert.AreEqual("8400 =dev._http._tcp.local/SRV/8001/120/000000000050 dev.local =dev._http._tcp.local/TXT/8001/4500/FF" + Hex("61", 255)
            + " =_http._tcp.local/PTR/1/4500/dev._http._tcp.local =_services._dns-sd._udp.local/PTR/1/4500/_http._tcp.local"
            + " =dev._ipp._tcp.local/SRV/8001/120/000000000277 dev.local =_services._dns-sd._udp.local/PTR/1/4500/_ipp._tcp.local"
            + " +dev.local/A/8001/120/0A4D0002 +dev.local/NSEC/8001/120/dev.local 000140", link.Take());
        Assert.AreEqual(Peer, link.ToAddress);
        Assert.AreEqual(told + Second, link.RunToNext());
        Assert.AreEqual("8400 =dev._ipp._tcp.local/TXT/8001/4500/70" + Hex("62", 112), link.Take());
        Assert.AreEqual(0xE00000FBu, link.ToAddress);
        Assert.AreEqual(ulong.MaxValue, link.Responder.Deadline);
    }

    [TestMethod]
    public void A_service_that_the_others_have_not_heard_of_late_is_told_to_all_after_20_to_120_ms()
    {
        MdnsLink link = Running(true);
        link.Now += 1125 * Second;
        link.Ask("_http._tcp.local", DnsMessage.TypePtr, 0x8001);
        Assert.AreEqual("", link.Take());
        ulong asked = link.Now;
        ulong answered = link.RunToNext();
        Assert.IsTrue(answered >= asked + (20 * Millisecond) && answered < asked + (120 * Millisecond));
        Assert.IsTrue(link.Take().StartsWith("8400 =_http._tcp.local/PTR/1/4500/dev._http._tcp.local"));
        Assert.AreEqual(0xE00000FBu, link.ToAddress);
    }

    [TestMethod]
    public void What_goes_with_an_answer_that_waits_for_the_next_message_waits_too()
    {
        MdnsLink link = new MdnsLink("dev");
        link.Responder.AddService("_http._tcp", 80, new string[] { new string('a', 255) });
        link.Responder.AddService("_ipp._tcp", 631, new string[] { new string('b', 40) });
        link.Responder.AddService("_ftp._tcp", 21, null);
        Run(link);
        ulong sent = link.Counters[(int)Counter.MdnsSent];
        link.Begin(0);
        link.Question("2.0.77.10.in-addr.arpa", DnsMessage.TypePtr, 1);
        link.Question("dev._http._tcp.local", DnsMessage.TypeTxt, 1);
        link.Question("dev._http._tcp.local", DnsMessage.TypeA, 1);
        link.Question("dev._ipp._tcp.local", DnsMessage.TypeTxt, 1);
        link.Question("dev._ipp._tcp.local", DnsMessage.TypeA, 1);
        link.Question("dev._ftp._tcp.local", DnsMessage.TypeSrv, 1);
        link.Question("_services._dns-sd._udp.local", DnsMessage.TypePtr, 1);
        link.Arrive();
        link.RunToNext();
        Assert.AreEqual(sent + 2, link.Counters[(int)Counter.MdnsSent]);

        // The address has room in the first one, where nothing needs it.
        Assert.AreEqual("8400 =dev._ftp._tcp.local/SRV/8001/120/000000000015 dev.local =_services._dns-sd._udp.local/PTR/1/4500/_ftp._tcp.local"
            + " +dev.local/A/8001/120/0A4D0002 +dev.local/NSEC/8001/120/dev.local 000140", link.Take());
    }

    [TestMethod]
    public void The_longest_name_can_have_a_service()
    {
        string name = new string('a', 63);
        MdnsLink link = new MdnsLink(name);
        link.Responder.AddService("_http._tcp", 80, null);
        link.Responder.SetAddress(Address, 24, 0);
        link.RunToNext();
        Assert.AreEqual("0000 ?" + name + ".local/ANY/QU ?" + name + "._http._tcp.local/ANY/QU !" + name + ".local/A/1/120/0A4D0002"
            + " !" + name + "._http._tcp.local/SRV/1/120/000000000050 " + name + ".local !" + name + "._http._tcp.local/TXT/1/4500/00", link.Take());
    }

    [TestMethod]
    public void The_name_of_an_address_has_as_many_digits_as_its_numbers()
    {
        MdnsLink link = new MdnsLink("dev");
        link.Responder.SetAddress(0x64630A09, 24, 0);
        for (int i = 0; i < 4; i++)
            link.RunToNext();
        Assert.AreEqual("8400 =dev.local/A/8001/120/64630A09 =9.10.99.100.in-addr.arpa/PTR/8001/120/dev.local"
            + " +dev.local/NSEC/8001/120/dev.local 000140", link.Take());
        link.Responder.SetAddress(0xC0A800FF, 24, link.Now);
        for (int i = 0; i < 4; i++)
            link.RunToNext();
        Assert.AreEqual("8400 =dev.local/A/8001/120/C0A800FF =255.0.168.192.in-addr.arpa/PTR/8001/120/dev.local"
            + " +dev.local/NSEC/8001/120/dev.local 000140", link.Take());
    }

    [TestMethod]
    public void A_services_name_has_SRV_and_TXT_and_no_other_type()
    {
        MdnsLink link = Running(true);
        link.Ask("dev._http._tcp.local", DnsMessage.TypeA, 1);
        link.RunToNext();
        Assert.AreEqual("8400 =dev._http._tcp.local/NSEC/8001/120/dev._http._tcp.local 00050000800040", link.Take());
        link.Ask("dev._http._tcp.local", DnsMessage.TypeTxt, 1);
        link.RunToNext();
        Assert.AreEqual("8400 =dev._http._tcp.local/TXT/8001/4500/00", link.Take());
    }

    [TestMethod]
    public void Names_are_written_once_but_for_the_server_in_an_answer_of_plain_DNS()
    {
        MdnsLink link = new MdnsLink("dev");
        link.Responder.AddService("_http._tcp", 80, null);
        link.Responder.SetAddress(Address, 24, 0);
        link.RunToNext();
        Assert.AreEqual(97, link.SentLength);
        Run(link);

        // A, PTR of the address, SRV, TXT, PTR, PTR of the type, NSEC.
        Assert.AreEqual(12 + 25 + 36 + 35 + 13 + 14 + 37 + 17, link.SentLength);
        link.Ask("_http._tcp.local", DnsMessage.TypePtr, 1);
        link.RunToNext();

        // PTR, A, NSEC, SRV, TXT.
        Assert.AreEqual(12 + 34 + 20 + 17 + 20 + 13, link.SentLength);
        link.Ask("dev._http._tcp.local", DnsMessage.TypeA, 1);
        link.RunToNext();
        Assert.AreEqual(12 + 22 + 10 + 2 + 7, link.SentLength);

        // The question too, and the server's name in full.
        link.Begin(0);
        link.Question("_http._tcp.local", DnsMessage.TypePtr, 1);
        link.ArriveFrom(Peer, 40000, true);
        Assert.AreEqual(12 + 22 + 18 + 20 + 17 + 29 + 13, link.SentLength);
        link.Begin(0);
        link.Question("dev._http._tcp.local", DnsMessage.TypeSrv, 1);
        link.ArriveFrom(Peer, 40000, true);
        Assert.AreEqual(12 + 26 + 29 + 16 + 17, link.SentLength);
        link.Responder.SetAddress(0, 0, link.Now);
        Assert.AreEqual(12 + 25 + 36 + 35 + 13 + 14 + 37, link.SentLength);
    }

    [TestMethod]
    public void Who_is_on_the_link_is_heard_up_to_the_last_address()
    {
        Assert.IsTrue(IsHeard(24, 0x0A4D0000));
        Assert.IsTrue(IsHeard(24, 0x0A4D00FF));
        Assert.IsFalse(IsHeard(24, 0x0A4D0100));
        Assert.IsFalse(IsHeard(24, 0x0A4CFFFF));
        Assert.IsFalse(IsHeard(24, 0x0A000001));
        Assert.IsTrue(IsHeard(32, 0xA9FE0000));
        Assert.IsTrue(IsHeard(32, 0xA9FEFFFF));
        Assert.IsFalse(IsHeard(32, 0xA9FD0001));
        Assert.IsFalse(IsHeard(32, 0xA9FF0001));
        Assert.IsFalse(IsHeard(32, 0x0A4D0003));
        Assert.IsTrue(IsHeard(0, 0x08080808));
    }

    [TestMethod]
    public void Nothing_is_answered_while_the_name_is_asked_for()
    {
        MdnsLink link = Probing();
        ulong next = link.Responder.Deadline;
        link.Ask("dev.local", DnsMessage.TypeA, 1);
        link.Ask("dev.local", DnsMessage.TypeA, 0x8001);
        link.Begin(0x8400);
        link.HostRecord(DnsMessage.Answers, "dev.local", Address, 0);
        link.Arrive();
        Assert.AreEqual("", link.Take());
        Assert.AreEqual(next, link.Responder.Deadline);

        // Who does not speak multicast DNS is no rival.
        link.Begin(0);
        link.Question("dev.local", DnsMessage.TypeAny, 1);
        link.HostRecord(DnsMessage.Authorities, "dev.local", 0x0A4D0003, 120);
        link.ArriveFrom(Peer, 40000, true);
        Assert.AreEqual(next, link.Responder.Deadline);
    }

    [TestMethod]
    public void An_answer_that_waits_is_forgotten_when_the_name_is_in_doubt()
    {
        MdnsLink link = Running(true);
        link.Ask("_http._tcp.local", DnsMessage.TypePtr, 1);
        link.Claim("dev.local", 0x0A4D0003);
        for (int i = 0; i < 3; i++)
        {
            link.RunToNext();
            Assert.IsTrue(link.Take().StartsWith("0000 ?dev.local/ANY/QU"));
        }
    }

    [TestMethod]
    public void An_answer_that_waits_is_forgotten_when_the_address_goes()
    {
        MdnsLink link = Running(true);
        link.Ask("_http._tcp.local", DnsMessage.TypePtr, 1);
        link.Responder.SetAddress(0, 0, link.Now);
        Assert.AreEqual(ulong.MaxValue, link.Responder.Deadline);
    }

    [TestMethod]
    public void An_answer_at_once_leaves_another_that_waits()
    {
        MdnsLink link = Running(true);
        link.Ask("_services._dns-sd._udp.local", DnsMessage.TypePtr, 1);
        ulong due = link.Responder.Deadline;
        link.Ask("2.0.77.10.in-addr.arpa", DnsMessage.TypePtr, 1);
        link.RunToNext();
        Assert.AreEqual("8400 =2.0.77.10.in-addr.arpa/PTR/8001/120/dev.local", link.Take());
        Assert.AreEqual(due, link.RunToNext());
        Assert.AreEqual("8400 =_services._dns-sd._udp.local/PTR/1/4500/_http._tcp.local", link.Take());
    }

    [TestMethod]
    public void A_timer_that_comes_late_does_what_is_due_and_one_that_comes_early_nothing()
    {
        MdnsLink link = Probing();
        ulong due = link.Responder.Deadline;
        link.Now = due - 1;
        link.Responder.OnTimer(link.Now);
        Assert.AreEqual("", link.Take());
        link.Now = due + (7 * Millisecond);
        link.Responder.OnTimer(link.Now);
        Assert.AreEqual(HostProbe, link.Take());
        Assert.AreEqual(due + (257 * Millisecond), link.Responder.Deadline);
    }

    [TestMethod]
    public void The_same_address_again_changes_nothing_but_who_is_on_the_link()
    {
        MdnsLink link = Running(false);
        link.Responder.SetAddress(Address, 16, link.Now);
        Assert.AreEqual("", link.Take());
        Assert.IsTrue(link.Responder.State == MdnsState.Running);
        link.Begin(0);
        link.Question("dev.local", DnsMessage.TypeA, 1);
        link.ArriveFrom(0x0A4DFFFF, Port, true);
        Assert.AreEqual(link.Now, link.Responder.Deadline);
    }

    [TestMethod]
    public void Known_answers_of_several_messages_count_whatever_comes_between()
    {
        MdnsLink link = Running(true);
        link.Begin(DnsMessage.Truncated);
        link.Question("_http._tcp.local", DnsMessage.TypePtr, 1);
        link.Question("_services._dns-sd._udp.local", DnsMessage.TypePtr, 1);
        link.Arrive();
        link.Begin(DnsMessage.Truncated);
        link.Pointer(DnsMessage.Answers, "_http._tcp.local", "dev._http._tcp.local", 4500);
        link.Arrive();

        // Questions that are not for us, and one that has its answer.
        link.Begin(0);
        link.Question("other.local", DnsMessage.TypeA, 1);
        link.ArriveFrom(0x0A4D0003, Port, true);
        link.Begin(0);
        link.Question("dev.local", DnsMessage.TypeA, 3);
        link.ArriveFrom(0x0A4D0003, Port, true);
        link.Begin(0);
        link.Question("dev.local", DnsMessage.TypeA, 1);
        link.HostRecord(DnsMessage.Answers, "dev.local", Address, 60);
        link.ArriveFrom(0x0A4D0003, 40000, true);
        Assert.AreEqual("", link.Take());

        link.Begin(0);
        link.Pointer(DnsMessage.Answers, "_services._dns-sd._udp.local", "_http._tcp.local", 4500);
        link.Arrive();
        Assert.AreEqual(ulong.MaxValue, link.Responder.Deadline);
    }

    [TestMethod]
    public void Known_answers_of_another_host_do_not_count()
    {
        MdnsLink link = Running(true);
        link.Begin(DnsMessage.Truncated);
        link.Question("_http._tcp.local", DnsMessage.TypePtr, 1);
        link.Arrive();
        ulong due = link.Responder.Deadline;
        link.Begin(0);
        link.Pointer(DnsMessage.Answers, "_http._tcp.local", "dev._http._tcp.local", 4500);
        link.ArriveFrom(0x0A4D0003, Port, true);
        Assert.AreEqual(due, link.Responder.Deadline);
    }

    [TestMethod]
    public void Each_record_of_ours_can_be_known()
    {
        MdnsLink link = Running(true);
        AskForAll(link);
        link.HostRecord(DnsMessage.Answers, "dev.local", Address, 60);
        link.Pointer(DnsMessage.Answers, "2.0.77.10.in-addr.arpa", "dev.local", 60);
        link.Record(DnsMessage.Answers, "dev.local", DnsMessage.TypeNsec, 0x8001, 60, null, "dev.local", new byte[] { 0, 1, 0x40 });
        link.Server(DnsMessage.Answers, "dev._http._tcp.local", 80, "dev.local");
        link.Text(DnsMessage.Answers, "dev._http._tcp.local", new byte[1]);
        link.Pointer(DnsMessage.Answers, "_http._tcp.local", "dev._http._tcp.local", 2250);
        link.Pointer(DnsMessage.Answers, "_services._dns-sd._udp.local", "_http._tcp.local", 2250);
        link.Record(DnsMessage.Answers, "dev._http._tcp.local", DnsMessage.TypeNsec, 0x8001, 60, null, "dev._http._tcp.local",
            new byte[] { 0, 5, 0, 0, 0x80, 0, 0x40 });
        link.Arrive();
        Assert.AreEqual(ulong.MaxValue, link.Responder.Deadline);
    }

    [TestMethod]
    public void A_record_of_ours_is_known_whatever_the_case_of_the_names_in_it()
    {
        MdnsLink link = Running(true);
        link.Begin(0);
        link.Question("dev.local", DnsMessage.TypeAaaa, 1);
        link.Question("2.0.77.10.in-addr.arpa", DnsMessage.TypePtr, 1);
        link.Question("dev._http._tcp.local", DnsMessage.TypeSrv, 1);
        link.Question("_http._tcp.local", DnsMessage.TypePtr, 1);
        link.Record(DnsMessage.Answers, "Dev.local", DnsMessage.TypeNsec, 0x8001, 60, null, "dEV.Local", new byte[] { 0, 1, 0x40 });
        link.Pointer(DnsMessage.Answers, "2.0.77.10.IN-ADDR.arpa", "DEV.LOCAL", 60);
        link.Server(DnsMessage.Answers, "DEV._http._tcp.local", 80, "DEV.local");
        link.Pointer(DnsMessage.Answers, "_http._tcp.local", "DEV._http._tcp.local", 2250);
        link.Arrive();
        Assert.AreEqual(ulong.MaxValue, link.Responder.Deadline);
    }

    [TestMethod]
    public void Only_the_case_of_names_is_passed_over()
    {
        // Port 0x4141 and 0x6141, the text "a" and "A", the types of 0x40 and 0x60; and a letter is not the sign 32 above or below it.
        MdnsLink link = new MdnsLink("dev@");
        link.Responder.AddService("_http._tcp", 0x4141, new string[] { "a" });
        Run(link);
        link.Begin(0);
        link.Question("2.0.77.10.in-addr.arpa", DnsMessage.TypePtr, 1);
        link.Question("dev@.local", DnsMessage.TypeAaaa, 1);
        link.Question("dev@._http._tcp.local", DnsMessage.TypeAny, 1);
        link.Pointer(DnsMessage.Answers, "2.0.77.10.in-addr.arpa", "dev`.local", 120);
        link.Record(DnsMessage.Answers, "dev@.local", DnsMessage.TypeNsec, 1, 120, null, "dev@.local", new byte[] { 0, 1, 0x60 });
        link.Server(DnsMessage.Answers, "dev@._http._tcp.local", 0x6141, "dev@.local");
        link.Text(DnsMessage.Answers, "dev@._http._tcp.local", new byte[] { 1, 65 });
        link.Arrive();
        link.RunToNext();
        Assert.AreEqual("8400 =2.0.77.10.in-addr.arpa/PTR/8001/120/dev@.local =dev@.local/NSEC/8001/120/dev@.local 000140"
            + " =dev@._http._tcp.local/SRV/8001/120/000000004141 dev@.local =dev@._http._tcp.local/TXT/8001/4500/0161"
            + " +dev@.local/A/8001/120/0A4D0002", link.Take());
    }

    [TestMethod]
    public void What_is_known_must_be_the_same_in_name_type_class_and_data()
    {
        MdnsLink link = Running(true);
        AskForAll(link);
        link.HostRecord(DnsMessage.Answers, "other.local", Address, 120);
        link.HostRecord(DnsMessage.Answers, "dev.local", 0x0A4D0003, 120);
        link.Record(DnsMessage.Answers, "dev.local", DnsMessage.TypeA, 3, 120, new byte[] { 10, 77, 0, 2 }, null, null);
        link.Pointer(DnsMessage.Answers, "2.0.77.10.in-addr.arpa", "other.local", 120);
        link.Record(DnsMessage.Answers, "2.0.77.10.in-addr.arpa", DnsMessage.TypePtr, 3, 120, null, "dev.local", null);
        link.Record(DnsMessage.Answers, "dev.local", DnsMessage.TypeNsec, 1, 120, null, "dev.local", new byte[] { 0, 5, 0, 0, 0x80, 0, 0x40 });
        link.Server(DnsMessage.Answers, "dev._http._tcp.local", 81, "dev.local");
        link.Text(DnsMessage.Answers, "dev._http._tcp.local", new byte[2]);
        link.Text(DnsMessage.Answers, "dev._http._tcp.local", new byte[0]);
        link.Record(DnsMessage.Answers, "dev._http._tcp.local", DnsMessage.TypeNsec, 1, 120, null, "dev._http._tcp.local", new byte[] { 0, 1, 0x40 });
        link.Arrive();
        link.RunToNext();
        Assert.AreEqual("8400 =dev.local/A/8001/120/0A4D0002 =2.0.77.10.in-addr.arpa/PTR/8001/120/dev.local"
            + " =dev.local/NSEC/8001/120/dev.local 000140"
            + " =dev._http._tcp.local/SRV/8001/120/000000000050 dev.local =dev._http._tcp.local/TXT/8001/4500/00"
            + " =_http._tcp.local/PTR/1/4500/dev._http._tcp.local =_services._dns-sd._udp.local/PTR/1/4500/_http._tcp.local"
            + " =dev._http._tcp.local/NSEC/8001/120/dev._http._tcp.local 00050000800040", link.Take());
    }

    [TestMethod]
    public void An_answer_of_plain_DNS_is_one_and_repeats_the_questions_alone()
    {
        MdnsLink link = Running(true);
        ulong sent = link.Counters[(int)Counter.MdnsSent];
        link.Begin(0);
        link.Question("dev._http._tcp.local", DnsMessage.TypeAny, 1);
        link.Question("other.local", DnsMessage.TypeA, 1);
        link.HostRecord(DnsMessage.Answers, "other.local", Address, 120);
        link.ArriveFrom(Peer, 40000, true);
        Assert.AreEqual("8400 ?dev._http._tcp.local/255/1 ?other.local/1/1 =dev._http._tcp.local/SRV/1/10/000000000050 dev.local"
            + " =dev._http._tcp.local/TXT/1/10/00 +dev.local/A/1/10/0A4D0002 +dev.local/NSEC/1/10/dev.local 000140", link.Take());
        Assert.AreEqual(sent + 1, link.Counters[(int)Counter.MdnsSent]);
        Assert.AreEqual(ulong.MaxValue, link.Responder.Deadline);
        link.Begin(0);
        link.Question("dev.local", DnsMessage.TypeA, 1);
        link.HostRecord(DnsMessage.Answers, "dev.local", Address, 60);
        link.ArriveFrom(Peer, 40000, true);
        Assert.AreEqual(sent + 1, link.Counters[(int)Counter.MdnsSent]);
        Assert.AreEqual(ulong.MaxValue, link.Responder.Deadline);
    }

    [TestMethod]
    public void A_question_that_is_not_ours_does_not_say_how_ours_is_answered()
    {
        MdnsLink link = Running(false);
        link.Begin(0);
        link.Question("dev.local", DnsMessage.TypeA, 0x8001);
        link.Question("other.local", DnsMessage.TypeA, 1);
        link.Arrive();
        Assert.AreEqual("8400 =dev.local/A/8001/120/0A4D0002 +dev.local/NSEC/8001/120/dev.local 000140", link.Take());
        Assert.AreEqual(Peer, link.ToAddress);
    }

    [TestMethod]
    public void A_unicast_answer_does_not_count_as_heard_by_the_others()
    {
        MdnsLink link = Running(false);
        link.Ask("dev.local", DnsMessage.TypeA, 0x8001);
        Assert.AreEqual(Peer, link.ToAddress);

        // So that there is no other address goes along a second time.
        link.Ask("dev.local", DnsMessage.TypeA, 1);
        link.RunToNext();
        Assert.AreEqual("8400 =dev.local/A/8001/120/0A4D0002 +dev.local/NSEC/8001/120/dev.local 000140", link.Take());
    }

    [TestMethod]
    public void What_the_others_have_not_heard_for_a_quarter_of_its_time_is_told_to_all()
    {
        MdnsLink link = Running(false);
        ulong announced = link.Now - (2 * Second);
        link.Now = announced + (30 * Second) - 1;
        link.Ask("dev.local", DnsMessage.TypeA, 0x8001);
        Assert.AreEqual("8400 =dev.local/A/8001/120/0A4D0002 +dev.local/NSEC/8001/120/dev.local 000140", link.Take());
        Assert.AreEqual(Peer, link.ToAddress);
        link.Now++;
        link.Ask("dev.local", DnsMessage.TypeA, 0x8001);
        Assert.AreEqual("", link.Take());
        link.RunToNext();
        Assert.AreEqual(0xE00000FBu, link.ToAddress);
        link.Take();

        // The address they have heard now, but not its name.
        link.Begin(0);
        link.Question("dev.local", DnsMessage.TypeA, 0x8001);
        link.Question("2.0.77.10.in-addr.arpa", DnsMessage.TypePtr, 0x8001);
        link.Arrive();
        Assert.AreEqual("8400 =dev.local/A/8001/120/0A4D0002 +dev.local/NSEC/8001/120/dev.local 000140", link.Take());
        Assert.AreEqual(Peer, link.ToAddress);
        Assert.AreEqual(link.Now, link.RunToNext());
        Assert.AreEqual("8400 =2.0.77.10.in-addr.arpa/PTR/8001/120/dev.local", link.Take());
        Assert.AreEqual(0xE00000FBu, link.ToAddress);
    }

    [TestMethod]
    public void What_another_host_says_for_as_long_need_not_be_said()
    {
        MdnsLink link = Running(true);
        link.Ask("_http._tcp.local", DnsMessage.TypePtr, 1);
        ulong due = link.Responder.Deadline;
        Says(link, 4499);
        Assert.AreEqual(due, link.Responder.Deadline);
        Says(link, 0);
        Assert.AreEqual(due, link.Responder.Deadline);
        Says(link, 4500);
        Assert.AreEqual(ulong.MaxValue, link.Responder.Deadline);
    }

    [TestMethod]
    public void What_another_host_says_for_less_than_half_its_time_is_put_right_but_not_twice_in_a_second()
    {
        MdnsLink link = Running(true);
        Says(link, 2250);
        Assert.AreEqual(ulong.MaxValue, link.Responder.Deadline);
        Says(link, 2249);
        Assert.AreEqual(link.Now, link.Responder.Deadline);
        ulong sent = link.RunToNext();
        link.Now += Second - 1;
        Says(link, 0);
        Assert.AreEqual(sent + Second, link.Responder.Deadline);
        link.RunToNext();
        Assert.IsTrue(link.Take().StartsWith("8400 =_http._tcp.local/PTR/1/4500/dev._http._tcp.local"));
    }

    [TestMethod]
    public void Records_of_others_are_no_conflict()
    {
        MdnsLink link = Running(true);
        link.Begin(0x8400);
        link.HostRecord(DnsMessage.Answers, "other.local", 0x0A4D0003, 120);
        link.HostRecord(DnsMessage.Answers, "other.local", Address, 0);
        link.Server(DnsMessage.Answers, "other._http._tcp.local", 80, "other.local");
        link.Text(DnsMessage.Answers, "other._http._tcp.local", new byte[1]);
        link.Pointer(DnsMessage.Answers, "_http._tcp.local", "other._http._tcp.local", 4500);
        link.Pointer(DnsMessage.Answers, "2.0.77.10.in-addr.arpa", "other.local", 120);

        // Of our name: of another class, of a type that we do not have, and one that is taken back.
        link.Record(DnsMessage.Answers, "dev.local", DnsMessage.TypeA, 3, 120, new byte[] { 10, 77, 0, 3 }, null, null);
        link.Record(DnsMessage.Answers, "dev.local", DnsMessage.TypeA, 3, 0, new byte[] { 10, 77, 0, 2 }, null, null);
        link.Text(DnsMessage.Answers, "dev.local", new byte[1]);
        link.HostRecord(DnsMessage.Answers, "dev.local", 0x0A4D0003, 0);
        link.Arrive();
        Assert.IsTrue(link.Responder.State == MdnsState.Running);
        Assert.AreEqual(0ul, link.Counters[(int)Counter.MdnsConflicts]);
        Assert.AreEqual(ulong.MaxValue, link.Responder.Deadline);
    }

    [TestMethod]
    public void While_a_name_is_asked_for_any_record_of_it_is_a_conflict()
    {
        MdnsLink link = Probing();
        link.Begin(0x8400);
        link.Text(DnsMessage.Answers, "other.local", new byte[1]);
        link.HostRecord(DnsMessage.Answers, "dev.local", Address, 120);
        link.Arrive();
        Assert.AreEqual(0ul, link.Counters[(int)Counter.MdnsConflicts]);
        link.Begin(0x8400);
        link.Text(DnsMessage.Answers, "dev.local", new byte[1]);
        link.Arrive();
        Assert.AreEqual(1ul, link.Counters[(int)Counter.MdnsConflicts]);
        Assert.AreEqual("dev-2.local", link.Responder.HostName);
    }

    [TestMethod]
    public void Our_own_records_of_a_service_from_another_host_are_no_conflict()
    {
        MdnsLink link = Running(true);
        link.Begin(0x8400);
        link.Pointer(DnsMessage.Answers, "_http._tcp.local", "other._http._tcp.local", 4500);
        link.Text(DnsMessage.Answers, "dev._http._tcp.local", new byte[1]);
        link.Server(DnsMessage.Answers, "dev._http._tcp.local", 80, "dev.local");
        link.Text(DnsMessage.Answers, "other.local", new byte[] { 4, 97, 98, 99, 100 });
        link.HostRecord(DnsMessage.Answers, "dev.local", Address, 120);
        link.Arrive();
        Assert.IsTrue(link.Responder.State == MdnsState.Running);
    }

    [TestMethod]
    public void Our_own_records_with_names_in_another_case_are_no_conflict()
    {
        MdnsLink link = Running(true);
        link.Begin(0x8400);
        link.Server(DnsMessage.Answers, "dev._http._tcp.local", 80, "DEV.local");
        link.Arrive();
        Assert.IsTrue(link.Responder.State == MdnsState.Running);
        Assert.AreEqual(0ul, link.Counters[(int)Counter.MdnsConflicts]);
    }

    [TestMethod]
    public void A_service_at_another_port_or_host_or_with_another_text_is_a_conflict()
    {
        MdnsLink link = Running(true);
        link.Begin(0x8400);
        link.Server(DnsMessage.Answers, "dev._http._tcp.local", 81, "dev.local");
        Conflicts(link);
        link.Server(DnsMessage.Answers, "dev._http._tcp.local", 80, "dex.local");
        Conflicts(link);
        link.Text(DnsMessage.Answers, "dev._http._tcp.local", new byte[2]);
        Conflicts(link);
        link.Text(DnsMessage.Answers, "dev._http._tcp.local", new byte[0]);
        Conflicts(link);

        // Longer than any text of ours.
        link.Text(DnsMessage.Answers, "dev._http._tcp.local", new byte[270]);
        Conflicts(link);
        link.Text(DnsMessage.Answers, "dev._http._tcp.local", new byte[400]);
        Conflicts(link);
    }

    [TestMethod]
    public void A_message_with_two_records_of_our_names_is_one_conflict()
    {
        MdnsLink link = Running(true);
        link.Begin(0x8400);
        link.HostRecord(DnsMessage.Answers, "dev.local", 0x0A4D0003, 120);
        link.Server(DnsMessage.Answers, "dev._http._tcp.local", 81, "dev.local");
        Conflicts(link);
        Assert.AreEqual("dev.local", link.Responder.HostName);
    }

    [TestMethod]
    public void Of_two_that_ask_at_once_the_greater_type_counts_before_the_data()
    {
        MdnsLink link = Probing();
        link.Begin(0);
        link.Record(DnsMessage.Authorities, "dev.local", DnsMessage.TypeAaaa, 1, 120, new byte[16], null, null);
        link.Arrive();
        Assert.AreEqual(Second, link.Responder.Deadline - link.Now);
    }

    [TestMethod]
    public void Of_two_with_the_same_service_the_text_counts_then_port_and_host()
    {
        byte[] same = new byte[] { 3, 97, 61, 50 };
        Assert.IsFalse(Loses(new byte[] { 3, 97, 61, 49 }, 81, "dev.local"));
        Assert.IsTrue(Loses(new byte[] { 3, 97, 61, 51 }, 79, "dev.local"));
        Assert.IsFalse(Loses(new byte[] { 3, 97, 61 }, 81, "dev.local"));
        Assert.IsTrue(Loses(new byte[] { 3, 97, 61, 50, 0 }, 79, "dev.local"));
        Assert.IsFalse(Loses(same, 79, "dew.local"));
        Assert.IsTrue(Loses(same, 81, "deu.local"));
        Assert.IsFalse(Loses(same, 80, "deu.local"));
        Assert.IsTrue(Loses(same, 80, "dew.local"));
        Assert.IsFalse(Loses(same, 80, "dev.local"));
        Assert.IsFalse(Loses(same, 0, null));
    }

    [TestMethod]
    public void Of_two_with_the_same_service_who_has_more_records_has_the_name()
    {
        MdnsLink link = ProbingService();
        Rival(link, new byte[] { 3, 97, 61, 50 }, 80, "dev.local");
        link.Record(DnsMessage.Authorities, "dev._http._tcp.local", 99, 1, 120, new byte[1], null, null);
        link.Arrive();
        Assert.AreEqual(Second, link.Responder.Deadline - link.Now);
    }

    [TestMethod]
    public void Of_two_that_ask_at_once_a_text_is_less_than_what_begins_with_it()
    {
        // What an earlier rival had does not count.
        MdnsLink link = ProbingService();
        Rival(link, new byte[] { 3, 97, 61, 57 }, 80, "dev.local");
        link.Arrive();
        Assert.AreEqual(Second, link.Responder.Deadline - link.Now);
        link.RunToNext();
        Rival(link, new byte[] { 3, 97, 61 }, 80, "dev.local");
        link.Arrive();
        Assert.AreEqual(250 * Millisecond, link.Responder.Deadline - link.Now);

        // The least of several, in whatever order.
        Rival(link, new byte[] { 3, 97, 61, 51, 0 }, 80, "dev.local");
        link.Text(DnsMessage.Authorities, "dev._http._tcp.local", new byte[] { 3, 97, 61, 52, 0 });
        link.Text(DnsMessage.Authorities, "dev._http._tcp.local", new byte[] { 3, 97, 61 });
        link.Arrive();
        Assert.AreEqual(250 * Millisecond, link.Responder.Deadline - link.Now);
    }

    [TestMethod]
    public void Of_two_that_ask_at_once_the_second_service_counts_too()
    {
        MdnsLink link = new MdnsLink("dev");
        link.Responder.AddService("_http._tcp", 80, null);
        link.Responder.AddService("_ipp._tcp", 631, new string[] { "a" });
        link.Responder.SetAddress(Address, 24, 0);
        link.RunToNext();
        link.Begin(0);
        link.Text(DnsMessage.Authorities, "dev._ipp._tcp.local", new byte[] { 1, 96 });
        link.Arrive();
        Assert.AreEqual(250 * Millisecond, link.Responder.Deadline - link.Now);
        link.Begin(0);
        link.Text(DnsMessage.Authorities, "dev._ipp._tcp.local", new byte[] { 1, 98 });
        link.Arrive();
        Assert.AreEqual(Second, link.Responder.Deadline - link.Now);
    }

    private static void Refuses(MdnsLink link, string type, int port, string[] texts)
    {
        Assert.ThrowsException(typeof(ArgumentException), () => link.Responder.AddService(type, port, texts));
    }

    /// <summary>Two services that fill a probe.</summary>
    private static MdnsLink Large()
    {
        MdnsLink link = new MdnsLink("dev");
        link.Responder.AddService("_http._tcp", 80, new string[] { new string('a', 255) });
        link.Responder.AddService("_ipp._tcp", 631, new string[] { new string('b', 112) });
        return link;
    }

    private static string Hex(string two, int count)
    {
        string text = "";
        for (int i = 0; i < count; i++)
            text += two;
        return text;
    }

    /// <summary>Whether a question from a host is answered.</summary>
    private static bool IsHeard(int prefixLength, uint source)
    {
        MdnsLink link = new MdnsLink("dev");
        link.Responder.SetAddress(Address, prefixLength, 0);
        while (link.Responder.State != MdnsState.Running)
            link.RunToNext();
        link.Now += 2 * Second;
        link.Begin(0);
        link.Question("dev.local", DnsMessage.TypeA, 1);
        link.ArriveFrom(source, Port, true);
        bool heard = link.Responder.Deadline == link.Now;
        Assert.AreEqual(heard ? 0ul : 1ul, link.Counters[(int)Counter.MdnsSourceBad]);
        return heard;
    }

    /// <summary>Begins a message that asks for each record of ours.</summary>
    private static void AskForAll(MdnsLink link)
    {
        link.Begin(0);
        link.Question("dev.local", DnsMessage.TypeA, 1);
        link.Question("dev.local", DnsMessage.TypeAaaa, 1);
        link.Question("2.0.77.10.in-addr.arpa", DnsMessage.TypePtr, 1);
        link.Question("dev._http._tcp.local", DnsMessage.TypeSrv, 1);
        link.Question("dev._http._tcp.local", DnsMessage.TypeTxt, 1);
        link.Question("dev._http._tcp.local", DnsMessage.TypeA, 1);
        link.Question("_http._tcp.local", DnsMessage.TypePtr, 1);
        link.Question("_services._dns-sd._udp.local", DnsMessage.TypePtr, 1);
    }

    /// <summary>Another host says that there is our service.</summary>
    private static void Says(MdnsLink link, uint timeToLive)
    {
        link.Begin(0x8400);
        link.Pointer(DnsMessage.Answers, "_http._tcp.local", "dev._http._tcp.local", timeToLive);
        link.Arrive();
    }

    /// <summary>Has a message arrive that is a conflict, waits until the name is kept, and begins another one.</summary>
    private static void Conflicts(MdnsLink link)
    {
        ulong before = link.Counters[(int)Counter.MdnsConflicts];
        Assert.IsTrue(link.Responder.State == MdnsState.Running);
        link.Arrive();
        Assert.AreEqual(before + 1, link.Counters[(int)Counter.MdnsConflicts]);
        Assert.IsTrue(link.Responder.State == MdnsState.Probing);
        while (link.Responder.State != MdnsState.Running)
            link.RunToNext();
        link.Begin(0x8400);
    }

    /// <summary>Who asks at once for a service of our name with these records: whether it is to have the name.</summary>
    private static bool Loses(byte[] text, int port, string target)
    {
        MdnsLink link = ProbingService();
        Rival(link, text, port, target);
        link.Arrive();
        ulong wait = link.Responder.Deadline - link.Now;
        Assert.IsTrue(wait == Second || wait == 250 * Millisecond);
        return wait == Second;
    }

    private static void Rival(MdnsLink link, byte[] text, int port, string target)
    {
        link.Begin(0);
        link.Question("dev._http._tcp.local", DnsMessage.TypeAny, 1);
        if (target != null)
            link.Server(DnsMessage.Authorities, "dev._http._tcp.local", port, target);
        link.Text(DnsMessage.Authorities, "dev._http._tcp.local", text);
    }

    private static MdnsLink ProbingService()
    {
        MdnsLink link = new MdnsLink("dev");
        link.Responder.AddService("_http._tcp", 80, new string[] { "a=2" });
        link.Responder.SetAddress(Address, 24, 0);
        link.RunToNext();
        return link;
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
        Run(link);
        return link;
    }

    /// <summary>Has it announce itself, and waits for two seconds.</summary>
    private static void Run(MdnsLink link)
    {
        link.Responder.SetAddress(Address, 24, link.Now);
        while (link.Responder.State != MdnsState.Running)
            link.RunToNext();
        link.Take();
        link.Now += 2 * Second;
    }
}
