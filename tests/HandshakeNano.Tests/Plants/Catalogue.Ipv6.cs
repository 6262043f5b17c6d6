extern alias NetTests;

using System.Collections.Generic;
using NetTests::HandshakeNano.Net.Tests;

namespace HandshakeNano.Plants;

// Faults in IPv6, which no script knows.
public static partial class Catalogue
{
    private const string Discovery = "Ip/NeighbourDiscovery.cs";
    private const string Routers = "Ip/RouterDiscovery.cs";

    private static (Plant Plant, string Class, string Test)[] ForIpv6 =>
    [
        (new("a-router-far-away-is-believed", "RFC 4861 section 6.1.2", Discovery, "frame[Ipv6Header.HopLimit] == OnLink && ", ""),
            nameof(RouterTests), nameof(RouterTests.An_advertisement_that_is_no_neighbours_or_malformed_is_dropped)),
        (new("a-forged-lifetime-ends-an-address", "RFC 4862 section 5.5.3 e", Routers, "addresses.ValidUntil[place] = now + TwoHours;",
            "addresses.ValidUntil[place] = validUntil;"),
            nameof(RouterTests), nameof(RouterTests.A_lifetime_is_shortened_to_two_hours_at_the_least)),
        (new("an-address-outlives-its-prefix", "RFC 4862 section 5.5.4", Discovery, "&& now >= addresses.ValidUntil[i])", "&& false)"),
            nameof(RouterTests), nameof(RouterTests.A_prefix_gives_an_address_that_is_asked_for_and_answers_and_is_gone_when_its_time_is_over)),
        (new("a-switch-is-not-told-of-the-end", "RFC 3810 section 6.1", Discovery, "_groups.Leave(i);", ""),
            nameof(RouterTests), nameof(RouterTests.A_prefix_gives_an_address_that_is_asked_for_and_answers_and_is_gone_when_its_time_is_over)),
        (new("one-identifier-in-all-networks", "RFC 7217 section 5", "Ip/InterfaceIdentifiers.cs", "Hash(BitConverter.ToUInt64(address, offset), ", "Hash(0, "),
            nameof(RouterTests), nameof(RouterTests.A_prefix_gives_an_address_that_is_asked_for_and_answers_and_is_gone_when_its_time_is_over)),
        (new("a-new-router-pushes-one-out", "RFC 4861 section 11", "Ip/TimedAddresses.cs", "if (free < 0)\n            return false;",
            "if (free < 0)\n            free = 0;"),
            nameof(RouterTests), nameof(RouterTests.A_flood_of_prefixes_and_routers_moves_nothing_that_is_there)),
        (new("a-deprecated-address-speaks-first", "RFC 6724 section 5, rule 3", "Ip/Ipv6Addresses.cs", "if (now < PreferredUntil[i])", "if (true)"),
            nameof(RouterTests), nameof(RouterTests.The_answer_to_all_nodes_comes_from_the_address_nearest_and_not_from_one_that_is_deprecated)),
        (new("each-query-has-a-report-of-its-own", "RFC 3810 section 6.2", "Ip/GroupReports.cs", "if (due < Deadline)\n            Deadline = due;",
            "Send(IsExclude, Every);"),
            nameof(RouterTests), nameof(RouterTests.A_query_is_answered_once_by_all_groups)),
        (new("an-address-is-tried-for-ever", "RFC 7217 section 6", Discovery, "if (_tries[place] < MostTries)", "if (true)"),
            nameof(Ipv6Tests), nameof(Ipv6Tests.Another_host_with_the_address_makes_us_take_another_three_times_and_then_none)),
        (new("an-address-in-use-is-given-up", "RFC 4862 section 6", Discovery, "if (_addresses.States[place] != Ipv6Addresses.Tentative)\n            return;", ""),
            nameof(Ipv6Tests), nameof(Ipv6Tests.Nobody_takes_an_address_away_that_is_in_use_and_a_redirect_moves_nothing)),
    ];
}
