extern alias NetTests;

using System.Collections.Generic;
using NetTests::HandshakeNano.Net.Tests;

namespace HandshakeNano.Plants;

// Faults in IPv6, which no script knows.
public static partial class Catalogue
{
    private const string Discovery = "Ip/NeighbourDiscovery.cs";
    private const string Routers = "Ip/RouterDiscovery.cs";
    private const string Peers = "Tcp/Ipv6Peers.cs";
    private const string Neighbours = "Ip/NeighbourCache.cs";

    private static (Plant Plant, string Class, string Test)[] ForIpv6 =>
    [
        (new("a-router-far-away-is-believed", "RFC 4861 section 6.1.2", Discovery, "frame[Ipv6Header.HopLimit] == OnLink && ", ""),
            nameof(RouterTests), nameof(RouterTests.An_advertisement_that_is_no_neighbours_or_malformed_is_dropped)),
        (new("a-forged-lifetime-ends-an-address", "RFC 4862 section 5.5.3 e", Routers, "addresses.ValidUntil[place] = now + TwoHours;",
            "addresses.ValidUntil[place] = validUntil;"),
            nameof(RouterTests), nameof(RouterTests.A_lifetime_is_shortened_to_two_hours_at_the_least)),
        (new("an-address-outlives-its-prefix", "RFC 4862 section 5.5.4", Discovery, "&& now >= addresses.ValidUntil[i])", "&& false)"),
            nameof(RouterTests), nameof(RouterTests.A_prefix_gives_an_address_that_is_asked_for_and_answers_and_is_gone_when_its_time_is_over)),
        (new("a-switch-is-not-told-of-the-end", "RFC 3810 section 6.1", Discovery, "_groups.Leave(i, now);", ""),
            nameof(RouterTests), nameof(RouterTests.A_prefix_gives_an_address_that_is_asked_for_and_answers_and_is_gone_when_its_time_is_over)),
        (new("one-identifier-in-all-networks", "RFC 7217 section 5", "Ip/InterfaceIdentifiers.cs", "Hash(BitConverter.ToUInt64(address, offset), ", "Hash(0, "),
            nameof(RouterTests), nameof(RouterTests.A_prefix_gives_an_address_that_is_asked_for_and_answers_and_is_gone_when_its_time_is_over)),
        (new("a-new-router-pushes-one-out", "RFC 4861 section 11", "Ip/TimedAddresses.cs", "if (free < 0)\n            return false;",
            "if (free < 0)\n            free = 0;"),
            nameof(RouterTests), nameof(RouterTests.A_flood_of_prefixes_and_routers_moves_nothing_that_is_there)),
        (new("a-deprecated-address-speaks-first", "RFC 6724 section 5, rule 3", "Ip/Ipv6Addresses.cs", "if (now < PreferredUntil[i])", "if (true)"),
            nameof(RouterTests), nameof(RouterTests.The_answer_to_all_nodes_comes_from_the_address_nearest_and_not_from_one_that_is_deprecated)),
        (new("each-query-has-a-report-of-its-own", "RFC 3810 section 6.2", "Ip/GroupReports.cs", "if (due < Deadline)\n            Deadline = due;",
            "Send(IsExclude, Every, now);"),
            nameof(RouterTests), nameof(RouterTests.A_query_is_answered_once_by_all_groups)),
        (new("an-old-router-is-told-in-a-new-form", "RFC 3810 section 8.2.1", "Ip/GroupReports.cs", "_oldUntil = now + OldRouterTime;", "_oldUntil = 0;"),
            nameof(RouterTests), nameof(RouterTests.A_query_of_MLDv1_is_answered_in_its_form_and_so_is_each_report_for_260_seconds)),
        (new("an-old-router-is-told-so-for-ever", "RFC 3810 section 9.12", "Ip/GroupReports.cs", "bool isOld = now < _oldUntil;", "bool isOld = _oldUntil != 0;"),
            nameof(RouterTests), nameof(RouterTests.A_query_of_MLDv1_is_answered_in_its_form_and_so_is_each_report_for_260_seconds)),
        (new("a-router-s-times-do-not-count", "RFC 4861 section 6.3.4", Routers,
            "_discovery.Neighbours.HearTimes(BigEndian.Get32(frame, at + 8), BigEndian.Get32(frame, at + 12));", ""),
            nameof(NeighbourTests), nameof(NeighbourTests.The_reachable_time_that_a_router_names_counts)),
        (new("a-router-has-us-ask-without-end", "RFC 4861 section 6.3.4", Neighbours, "time < least ? least : ", ""),
            nameof(NeighbourTests), nameof(NeighbourTests.The_retransmission_time_that_a_router_names_counts)),
        (new("what-waits-for-a-neighbour-does-not-leave", "RFC 4861 section 7.2.2", Discovery, "Neighbours.Release(frame);", ""),
            nameof(NeighbourTests), nameof(NeighbourTests.A_SYN_waits_until_its_neighbour_has_said_who_it_is)),
        (new("an-address-is-tried-for-ever", "RFC 7217 section 6", Discovery, "if (_tries[place] < MostTries)", "if (true)"),
            nameof(Ipv6Tests), nameof(Ipv6Tests.Another_host_with_the_address_makes_us_take_another_three_times_and_then_none)),
        (new("an-address-in-use-is-given-up", "RFC 4862 section 6", Discovery, "if (_addresses.States[place] != Ipv6Addresses.Tentative)\n            return;", ""),
            nameof(Ipv6Tests), nameof(Ipv6Tests.Nobody_takes_an_address_away_that_is_in_use_and_a_redirect_moves_nothing)),
        (new("ipv6-sends-segments-of-ipv4-s-size", "RFC 9293 section 3.7.1, MUST-16", Peers,
            "if (most < largest)", "if (false)"),
            nameof(Ipv6TcpTests), nameof(Ipv6TcpTests.The_segments_that_we_send_fit_IPv6_and_what_the_peer_takes)),
        (new("ipv6-offers-the-mss-of-ipv4", "RFC 9293 section 3.7.1, MUST-67", Peers,
            "                OfferLess(frame);", "                length += 0;"),
            nameof(Ipv6TcpTests), nameof(Ipv6TcpTests.A_peer_connects_and_is_connected_to_and_data_goes_both_ways)),
        (new("ipv6-leaves-its-address-in-the-next-segment", "RFC 9293 section 3.1", Peers,
            "BigEndian.Put16(frame, TcpHeader.UrgentPointer, 0);", ""),
            nameof(Ipv6TcpTests), nameof(Ipv6TcpTests.Both_families_share_a_listener_and_neither_disturbs_the_other)),
        (new("ipv6-believes-a-path-below-1280", "RFC 8201 section 4", Peers,
            "mtu < Ipv6Header.LeastMtu ? Ipv6Header.LeastMtu : ", ""),
            nameof(Ipv6TcpTests), nameof(Ipv6TcpTests.A_packet_that_was_too_big_is_sent_again_in_smaller_ones_but_never_below_1280)),
        (new("two-peers-share-a-number", "issue: TCP over IPv6", Peers,
            "if (cache.FindNumber(drawn) >= 0)", "if (false)"),
            nameof(Ipv6TcpTests), nameof(Ipv6TcpTests.A_peer_whose_number_another_one_has_is_not_heard)),
        (new("an-ipv4-host-has-the-number-of-a-peer", "RFC 1122 section 3.2.1.3", "Ip/Ipv4Layer.cs",
            "_ethernet.Peers.IsAtHand(address);", "true;"),
            nameof(Ipv6TcpTests), nameof(Ipv6TcpTests.An_IPv4_host_with_the_number_of_a_peer_is_none)),
        (new("a-new-ipv4-address-ends-ipv6-s-connections", "issue: TCP over IPv6", "Tcp/Tcb.State.cs",
            " && Ipv4Layer.IsAddress(Numbers[Peer]);", ";"),
            nameof(Ipv6TcpTests), nameof(Ipv6TcpTests.A_connection_over_IPv6_survives_a_change_of_the_IPv4_address)),
        (new("a-connection-outlives-its-address", "RFC 4862 section 5.5.4", Discovery,
            "Neighbours.LoseSource(i);", ""),
            nameof(Ipv6TcpTests), nameof(Ipv6TcpTests.When_our_address_is_over_its_connections_end)),
        (new("who-is-in-use-is-pushed-out", "issue: TCP over IPv6", Neighbours,
            "byte use = (byte)(i < connections ? NeighbourUse.Lasting : NeighbourUse.Opening);", "byte use = 0;"),
            nameof(Ipv6TcpTests), nameof(Ipv6TcpTests.Every_connection_may_be_with_another_peer_while_others_half_open_come_and_go)),
        (new("a-neighbour-is-asked-for-ever", "RFC 4861 section 7.2.2", Neighbours,
            "else if (questions < MostQuestions)", "else if (true)"),
            nameof(NeighbourTests), nameof(NeighbourTests.Who_does_not_answer_three_questions_is_unreachable)),
        (new("every-advertisement-overrides", "RFC 4861 section 7.2.5", Neighbours,
            "(state == Incomplete || (flags & Override) != 0)", "true"),
            nameof(NeighbourTests), nameof(NeighbourTests.Another_card_is_believed_if_the_advertisement_says_to_override)),
        (new("a-silent-router-is-kept", "RFC 4861 section 6.3.6", Neighbours,
            "if (hasOther)\n            _router = other;", ""),
            nameof(NeighbourTests), nameof(NeighbourTests.Another_router_takes_over_when_one_does_not_answer)),
        (new("who-routes-no-more-is-used-on", "RFC 4861 section 6.3.4", Neighbours,
            "if (place < 0 || _routers.Routers.IsThere(place, now))", "if (true)"),
            nameof(NeighbourTests), nameof(NeighbourTests.A_router_that_routes_no_more_is_left_at_once)),
        (new("anybody-may-redirect", "RFC 4861 section 8.1", Neighbours,
            " || !Ipv6Address.AreEqual(Records, way * RecordLength, frame, Ipv6Header.Source))", ")"),
            nameof(NeighbourTests), nameof(NeighbourTests.A_redirect_moves_a_peer_to_a_better_router_or_makes_it_a_neighbour)),
        (new("a-neighbour-is-never-doubted", "RFC 4861 section 7.3.3", Neighbours,
            "Set(way, Delay, now + DelayTime);", "Set(way, Reachable, ulong.MaxValue);"),
            nameof(NeighbourTests), nameof(NeighbourTests.A_neighbour_is_asked_five_seconds_after_it_was_last_needed_and_forgotten_when_it_is_silent)),
    ];
}
