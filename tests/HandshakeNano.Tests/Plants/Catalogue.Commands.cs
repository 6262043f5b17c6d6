using System.Collections.Generic;
using System.Linq;
using HandshakeNano.Client.Tests;

namespace HandshakeNano.Plants;

// Faults of what the commands of the client share, and of probe, watch and doctor.
public static partial class Catalogue
{
    private static IEnumerable<(Plant Plant, string Class, string Test)> ForCommands => new (Plant Plant, string Class, string Test)[]
    {
        (new("lc-ctype-is-not-looked-at", "POSIX, Base Definitions, section 8.2", "Output/TerminalLocale.cs",
            "\"LC_ALL\", \"LC_CTYPE\", \"LANG\"", "\"LC_ALL\", \"LANG\""),
            nameof(TerminalLocaleTests), nameof(TerminalLocaleTests.The_first_that_is_set_and_not_empty_counts)),
        (new("a-locale-without-a-codeset-is-utf-8", "POSIX, Base Definitions, section 8.2", "Output/TerminalLocale.cs",
            "return codeset.", "return !locale.Contains(BeforeCodeset) || codeset."),
            nameof(TerminalLocaleTests), nameof(TerminalLocaleTests.The_codeset_of_the_locale_decides)),
        (new("a-result-has-rights-of-its-own", "issue: nothing left behind", "Output/WholeFile.cs",
            "whole.UnixFileMode = File.GetUnixFileMode(_target);", ";"),
            nameof(WholeFileTests), nameof(WholeFileTests.What_a_link_leads_to_is_written_with_the_rights_that_it_had)),

        (new("a-quantile-is-the-next-one", "nearest rank", "Handshakes/TimeHistogram.cs", "if (seen >= rank)", "if (seen > rank)"),
            nameof(ProbeTests), nameof(ProbeTests.A_quantile_is_the_time_of_the_nearest_rank)),
        (new("a-delay-is-made-up-for-by-a-burst", "issue: --rate", "Handshakes/HandshakeRun.cs",
            "next = Math.Max(next + interval, (double)now - MostLag);", "next += interval;"),
            nameof(ProbeTests), nameof(ProbeTests.A_rate_is_kept_and_a_long_delay_is_no_reason_for_a_burst)),
        (new("who-is-refused-timed-out", "issue: refused, timed out", "Handshakes/HandshakeStatistics.cs", "Refused++;", "TimedOut++;"),
            nameof(ProbeTests), nameof(ProbeTests.Each_way_to_fail_is_counted_and_named)),

        (new("a-syn-sent-again-is-another-connection", "RFC 9293 section 3.8", "Captures/LiveFlows.cs",
            "if (node != null && node.Value.Exchange.IsOver(segment))", "if (node != null && segment.Has(ControlBits.Syn) && !segment.Has(ControlBits.Ack))"),
            nameof(LiveFlowsTests), nameof(LiveFlowsTests.A_SYN_of_the_same_ends_opens_a_new_connection_unless_it_is_sent_again)),
        (new("an-open-connection-is-forgotten", "RFC 9293 section 3.8.4", "Captures/LiveFlows.cs",
            "if (node.Value.IsOver || !(node.Value.Exchange.IsEstablished || node.Value.Outcome == HandshakeOutcome.Unseen))", "if (true)"),
            nameof(LiveFlowsTests), nameof(LiveFlowsTests.An_open_connection_may_be_silent_for_a_day_and_one_that_is_over_is_forgotten)),

        (new("a-firewall-with-a-good-policy-is-open", "nft(8): the last rule may drop what the policy accepts", "Doctor/Firewall.cs",
            "Has(last, \"drop\", \"reject\")", "Has(last, \"drop\")"),
            nameof(DoctorTests), nameof(DoctorTests.A_chain_that_drops_what_it_does_not_know_has_a_mend)),
        (new("a-firewall-s-jumps-are-not-followed", "nft(8): jump", "Doctor/Firewall.cs",
            "Target(one) is string target && LetsIn(rules, target, seen)", "Target(one) is string target && target.Length == 0"),
            nameof(DoctorTests), nameof(DoctorTests.A_chain_that_drops_what_it_does_not_know_has_a_mend)),
        (new("every-port-of-iptables-is-ours", "iptables(8): --dport", "Doctor/Firewall.cs", "{Port}\\\\b.* -j ACCEPT", "{Port}.* -j ACCEPT"),
            nameof(DoctorTests), nameof(DoctorTests.So_has_a_chain_of_iptables)),
    }.Select(fault => (fault.Plant with { Project = Client }, fault.Class, fault.Test));
}
