extern alias NetTests;

using System.Collections.Generic;
using NetTests::HandshakeNano.Net.Tests;

namespace HandshakeNano.Plants;

// Faults of ARP, which scripts do not see.
public static partial class Catalogue
{
    private const string Cache = "Ethernet/ArpCache.cs";
    private const string Ethernet = "Ethernet/EthernetLayer.cs";
    private const string Waiting = "Ethernet/WaitingFrames.cs";

    private static IEnumerable<(Plant Plant, string Class, string Test)> ForArp =>
    [
        // Who makes an entry, and who changes it.
        (new("arp-takes-a-request-for-an-answer", "issue: only replies that were asked for", "Ethernet/ArpLayer.cs",
            "forUs && operation == ArpPacket.Reply", "forUs"),
            nameof(ArpTests), nameof(ArpTests.A_request_teaches_nothing_and_who_sent_it_is_asked_when_it_is_needed)),
        (new("arp-takes-a-reply-to-others-for-an-answer", "issue: only replies that were asked for", "Ethernet/ArpLayer.cs",
            "forUs && operation == ArpPacket.Reply", "operation == ArpPacket.Reply"),
            nameof(ArpTests), nameof(ArpTests.A_request_teaches_nothing_and_who_sent_it_is_asked_when_it_is_needed)),
        (new("arp-lets-what-was-not-asked-for-end-a-doubt", "RFC 826 without its merge", Cache, "isReply && requests != 0 &&", "isReply &&"),
            nameof(ArpTests), nameof(ArpTests.What_was_claimed_less_than_a_second_after_the_last_question_is_asked_with_the_next_segment_after_it)),
        (new("arp-believes-what-was-not-asked-for", "RFC 826 without its merge", Cache,
            "if (isReply && requests != 0 && (same || !known || requests > 1))", "if (isReply)"),
            nameof(ArpTests), nameof(ArpTests.A_host_that_claims_the_address_of_a_neighbour_in_use_is_counted_and_not_believed_while_that_answers)),
        (new("arp-lets-another-card-answer-for-the-one-that-was-asked", "RFC 1122 section 2.3.2.1, unicast poll", Cache,
            "(same || !known || requests > 1)", "true"),
            nameof(ArpTests), nameof(ArpTests.A_neighbour_in_use_that_does_not_answer_is_replaced_by_who_answers_for_its_address_then)),
        (new("arp-never-finds-a-new-card", "RFC 1122 section 2.3.2.1", Cache, "(same || !known || requests > 1)", "(same || !known)"),
            nameof(ArpTests), nameof(ArpTests.A_host_that_changes_its_card_is_found_again_within_a_second_of_saying_so)),
        (new("arp-does-not-ask-who-is-said-to-have-changed", "RFC 1122 section 2.3.2.1", Cache,
            """
                        WrittenNeighbour = 0;
                        Poll(entry, now);
            """,
            "            WrittenNeighbour = 0;"),
            nameof(ArpTests), nameof(ArpTests.A_host_that_changes_its_card_is_found_again_within_a_second_of_saying_so)),
        (new("arp-forgets-what-was-said-too-soon-after-a-question", "RFC 1122 section 2.3.2.1", Cache,
            """
                        _expires[entry] = 0;
                        WrittenNeighbour = 0;
                        Poll
            """,
            """
                        WrittenNeighbour = 0;
                        Poll
            """),
            nameof(ArpTests), nameof(ArpTests.What_was_claimed_less_than_a_second_after_the_last_question_is_asked_with_the_next_segment_after_it)),

        // Who is asked for, and how often.
        (new("arp-asks-for-a-known-neighbour-at-any-rate", "RFC 1122 section 2.3.2.1", Cache,
            "if (_requests[entry] == 0 && now >= _askAt[entry])", "if (_requests[entry] == 0)"),
            nameof(ArpTests), nameof(ArpTests.A_host_that_claims_the_address_of_a_neighbour_in_use_is_counted_and_not_believed_while_that_answers)),
        (new("arp-forgets-when-it-asked", "RFC 1122 section 2.3.2.1", Cache, "if (now < _askAt[i] || (!lasts", "if ((!lasts"),
            nameof(ArpTests),
            nameof(ArpTests.With_fewer_entries_than_connections_who_was_asked_in_the_last_second_keeps_its_place_and_a_packet_to_another_is_lost_and_counted)),
        (new("arp-asks-for-any-number-of-strangers", "issue: neighbours with state before strangers", Cache,
            "(_openingCount >= _mostOpening || now < _fullUntil)", "(now < _fullUntil)"),
            nameof(ArpTests), nameof(ArpTests.Handshakes_that_come_to_nothing_have_a_quarter_of_the_cache_and_push_out_nothing_that_is_known)),
        (new("arp-lets-a-stranger-push-out-a-neighbour", "issue: neighbours with state before strangers", Cache,
            "(!lasts && (_inUse[i] || now < _expires[i]))", "false"),
            nameof(ArpTests), nameof(ArpTests.Handshakes_that_come_to_nothing_have_a_quarter_of_the_cache_and_push_out_nothing_that_is_known)),
        (new("arp-lets-a-stranger-push-out-who-is-in-use", "issue: neighbours with state before strangers", Cache,
            "(!lasts && (_inUse[i] || now < _expires[i]))", "(!lasts && now < _expires[i])"),
            nameof(ArpTests), nameof(ArpTests.Handshakes_that_come_to_nothing_push_out_nobody_in_use_though_all_are_out_of_date)),
        (new("arp-pushes-out-who-is-in-use", "issue: neighbours with state before strangers", Cache, "_inUse[entry] = true;", "_inUse[entry] = false;"),
            nameof(ArpTests), nameof(ArpTests.A_neighbour_that_a_connection_uses_is_not_forgotten_for_those_that_come_and_go)),
        (new("arp-asks-for-whoever-is-refused", "issue: an answer to a stranger starts no exchange", Ethernet,
            "if (!answers || use != NeighbourUse.Passing)", "if (true)"),
            nameof(ArpFloodTests), nameof(ArpFloodTests.The_20000_SYNs_a_second_to_a_closed_port_from_inside_the_network_are_refused_and_nobody_is_asked_for)),
        (new("an-answer-goes-to-a-group", "RFC 1122 section 3.3.6", Ethernet,
            "return (frame[EthernetHeader.Destination] & 1) == 0;", "return true;"),
            nameof(ArpTests), nameof(ArpTests.An_answer_is_never_sent_to_a_group)),
        (new("a-connection-s-data-goes-where-a-frame-came-from", "issue: only replies that were asked for", Ethernet,
            "(!answers || use == NeighbourUse.Lasting)", "!answers"),
            nameof(ArpTests), nameof(ArpTests.A_SYN_is_answered_at_once_and_the_card_that_it_came_from_is_asked_meanwhile)),
        (new("what-waits-for-a-stranger-is-kept-before-data", "issue: neighbours with state before strangers", Waiting,
            "at = 0;\n            while", "at = _used;\n            while"),
            nameof(ArpTests), nameof(ArpTests.A_SYN_ACK_that_waits_makes_room_for_what_a_connection_sends)),
    ];
}
