extern alias NetTests;

using System.Collections.Generic;
using NetTests::HandshakeNano.Net.Tests;

namespace HandshakeNano.Plants;

// Faults that a test of HandshakeNano.Net.Tests has to find: what no script can say, since scripts know neither DHCP nor all of the API.
public static partial class Catalogue
{
    private const string DhcpArrives = "Dhcp/DhcpClient.Arrives.cs";
    private const string DhcpLease = "Dhcp/DhcpLease.cs";
    private const string DhcpReply = "Dhcp/DhcpReply.cs";

    private const string Cookies = "Tcp/SynCookies.cs";
    private const string CookieLimit = "Tcp/CookieLimit.cs";
    private const string HalfOpen = "Tcp/HalfOpenTable.cs";
    private const string EcnFile = "Tcp/Tcb.Ecn.cs";
    private const string Timestamps = "Tcp/Tcb.Timestamps.cs";
    private const string TailProbe = "Tcp/Tcb.TailProbe.cs";
    private const string Spurious = "Tcp/Tcb.Spurious.cs";
    private const string Watch = "Tcp/Tcb.Watch.cs";

    private const string OptionFits = "if (length > end - at)";

    /// <summary>Each fault with the class and the name of the test that finds it.</summary>
    public static IReadOnlyList<(Plant Plant, string Class, string Test)> ForUnitTests { get; } =
    [
        // A refusal that does not say whose it is.
        (new("dhcp-drops-what-does-not-name-its-server", "RFC 2131 section 3.2", DhcpArrives,
            "bool isGood = reply.Read(frame, UdpHeader.Data + length);",
            "bool isGood = reply.Read(frame, UdpHeader.Data + length) && reply.Server != 0;"),
            nameof(DhcpRebootTests), nameof(DhcpRebootTests.Our_server_s_refusal_ends_the_address_at_once)),

        // A message with an odd option is dropped whole.
        (WithOddOption("an-empty-router", "code == DhcpMessage.Router && length == 0"),
            nameof(DhcpOptionTests), nameof(DhcpOptionTests.The_router_is_the_first_of_the_list_if_it_can_be_one)),
        (WithOddOption("an-empty-mask", "code == DhcpMessage.SubnetMask && length == 0"),
            nameof(DhcpOptionTests), nameof(DhcpOptionTests.The_mask_is_the_first_that_can_be_or_that_of_the_class)),
        (WithOddOption("a-second-mask", "code == DhcpMessage.SubnetMask && Mask != 0"),
            nameof(DhcpOptionTests), nameof(DhcpOptionTests.The_mask_is_the_first_that_can_be_or_that_of_the_class)),
        (WithOddOption("a-second-t1", "code == DhcpMessage.RenewalTime && RenewalTime != 0"),
            nameof(DhcpOptionTests), nameof(DhcpOptionTests.T1_is_the_first_that_can_be_or_half_the_lease)),
        (WithOddOption("a-second-lease-time", "code == DhcpMessage.LeaseTime && LeaseTime != 0"),
            nameof(DhcpOptionTests), nameof(DhcpOptionTests.The_lease_is_the_first_that_can_be_or_an_hour)),
        (WithOddOption("a-second-server", "code == DhcpMessage.ServerIdentifier && Server != 0"),
            nameof(DhcpOptionTests), nameof(DhcpOptionTests.The_server_is_the_first_that_can_be_or_who_sent_the_message)),

        // What a renewal does not say.
        (new("a-renewal-without-a-mask-has-that-of-the-class", "RFC 2131 section 4.3.2", DhcpLease, "isNew || Mask == 0 ?", "true ?"),
            nameof(DhcpOptionTests), nameof(DhcpOptionTests.A_renewal_keeps_what_it_does_not_say)),
        (new("a-renewal-without-a-router-has-none", "RFC 2131 section 4.3.2", DhcpLease,
            """
                    if (isNew)
                    {
                        Gateway = 0;
            """,
            """
                    Gateway = 0;
                    if (isNew)
                    {
            """),
            nameof(DhcpOptionTests), nameof(DhcpOptionTests.A_renewal_keeps_what_it_does_not_say)),

        // Short leases.
        (new("a-lease-below-ten-seconds-is-refused", "RFC 2131 section 4.4.1", DhcpLease,
            "if (!DhcpReply.CanBeHost(address) ||",
            "if ((reply.LeaseTime != 0 && reply.LeaseTime < LeastSeconds) || !DhcpReply.CanBeHost(address) ||"),
            nameof(DhcpOptionTests), nameof(DhcpOptionTests.The_shortest_lease_gives_an_address_and_is_renewed_every_five_seconds)),
        (new("a-short-lease-is-renewed-without-a-pause", "RFC 2131 section 4.4.5", DhcpLease, "if (renew < LeastRenewal)", "if (false)"),
            nameof(DhcpOptionTests), nameof(DhcpOptionTests.A_T1_of_a_second_does_not_have_the_server_asked_every_second)),

        // The connect timeout of a connection.
        (new("the-connect-timeout-is-that-of-the-settings", "RFC 9293 section 3.9.1.1", Timers,
            "return (Numbers[Flags] & Owned) != 0 && t[ConnectLimit] != 0 ? t[ConnectLimit] : _layer.Settings.SynTimeout;",
            "return _layer.Settings.SynTimeout;"),
            nameof(HandshakeTests), nameof(HandshakeTests.A_connection_has_a_connect_timeout_of_its_own)),
        (new("the-connect-timeout-waits-for-the-retransmission", "RFC 9293 section 3.9.1.1", Timers,
            "if (t[RetransmitAt] - now > left)",
            "if (false)"),
            nameof(HandshakeTests), nameof(HandshakeTests.A_connect_timeout_that_is_set_while_the_SYN_waits_counts_from_the_first_SYN)),
        (new("the-connect-timeout-stays-for-the-next-connection", "RFC 9293 section 3.9.1.1", State, "_t[ConnectLimit] = 0;", ""),
            nameof(HandshakeTests), nameof(HandshakeTests.A_connection_has_a_connect_timeout_of_its_own)),

        // UDP for applications.
        (new("a-full-queue-takes-one-more", "UdpSocket.Receive", "Udp/UdpSocket.cs", "if (queue.Length - _used < HeaderLength + length)", "if (queue.Length - _used < length)"),
            nameof(UdpTests), nameof(UdpTests.A_full_queue_drops_what_comes_last_and_says_so)),
        (new("every-group-is-heard", "RFC 1112 section 7.2", "Udp/UdpLayer.cs", "Ipv4Layer.ReceiverOf(frame) == socket.Group", "socket.Group != 0"),
            nameof(UdpTests), nameof(UdpTests.Only_a_socket_that_has_joined_a_group_hears_it)),

        // Names.
        (new("an-answer-may-come-from-any-port", "RFC 5452 section 9.1", "Dns/DnsResolver.Arrives.cs",
            "|| BigEndian.Get16(frame, UdpHeader.SourcePort) != DnsMessage.ServerPort", ""),
            nameof(DnsResolverTests), nameof(DnsResolverTests.To_all_but_the_server_that_was_asked_the_port_looks_closed)),
        (new("a-message-keeps-the-identifier-of-the-last-one", "RFC 5452 section 9.2", "Dns/DnsResolver.Output.cs",
            "question.Identifier = (int)(uint)_random.Below(0x10000);", "question.Identifier = question.Tries == 1 ? (int)(uint)_random.Below(0x10000) : question.Identifier;"),
            nameof(DnsResolverTests), nameof(DnsResolverTests.Port_and_identifier_are_other_ones_each_time_and_not_in_order)),
        (new("the-name-of-an-answer-is-not-looked-at", "RFC 5452 section 9.1", "Dns/DnsResolver.Arrives.cs",
            "&& reader.Class == DnsMessage.ClassInternet && reader.NameEquals(reader.Name, question.Name);", "&& reader.Class == DnsMessage.ClassInternet;"),
            nameof(DnsResolverTests), nameof(DnsResolverTests.A_message_that_does_not_answer_the_question_is_dropped)),
        (new("an-alias-does-not-shorten-the-time", "RFC 1034 section 3.6.2", "Dns/DnsResolver.Arrives.cs",
            "if (timeToLive < question.TimeToLive)", "if (false)"),
            nameof(DnsResolverTests), nameof(DnsResolverTests.An_address_is_kept_for_as_long_as_it_may_be)),
        (new("what-is-cut-short-is-used", "RFC 2181 section 9", "Dns/DnsResolver.Arrives.cs",
            "else if ((reader.Flags & DnsMessage.Truncated) != 0)", "else if (false)"),
            nameof(DnsStreamTests), nameof(DnsStreamTests.An_answer_that_is_cut_short_is_not_used_and_asked_for_over_TCP)),

        // The time of day.
        (new("any-number-answers-a-request", "RFC 4330 section 5", "Sntp/SntpClient.cs", "|| BigEndian.Get32(message, NtpMessage.OriginTimestamp + 4) != _nonceLow", ""),
            nameof(SntpTests), nameof(SntpTests.A_message_that_answers_nothing_is_dropped)),
        (new("time-ends-in-2036", "RFC 4330 section 3", "Sntp/SntpClient.cs", "if (seconds < SecondsTo1970)", "if (false)"),
            nameof(SntpTests), nameof(SntpTests.The_seconds_may_begin_at_zero_again_as_they_do_in_2036)),

        // Half-open connections and SYN cookies.
        (new("two-connections-of-a-tuple-share-an-isn", "RFC 6528 section 3", Isn, "if (m < _next)", "if (false)"),
            nameof(InitialSequenceNumberTests),
            nameof(InitialSequenceNumberTests.Two_connections_of_one_tuple_differ_in_one_tick_of_the_clock_and_in_one_Poll)),
        (new("m-does-not-follow-an-isn-above-the-clock", "RFC 6528 section 3", Listen, "_isn.Skip(floor + 1 - iss);", ""),
            nameof(InitialSequenceNumberTests),
            nameof(InitialSequenceNumberTests.A_connection_that_was_opened_above_the_clock_shares_its_ISN_with_none_that_the_clock_brings)),
        (new("no-cookie-without-room", "RFC 4987 section 3.6", Listen, "if (Settings.SynPolicy != SynPolicy.QueueOnly && floor == 0)", "if (false)"),
            nameof(SynFloodTests), nameof(SynFloodTests.Eight_SYNs_that_nobody_follows_up_do_not_hinder_the_ninth)),
        (new("cookies-have-no-limit", "TcpSettings.CookiesPerSecond", Listen, "if (_cookieLimit != null && !_cookieLimit.Allows(key, now))", "if (false)"),
            nameof(SynFloodTests), nameof(SynFloodTests.Beyond_the_limit_of_cookies_a_SYN_of_a_stranger_is_dropped)),
        (new("cookies-that-were-not-sent-add-up", "TcpSettings.CookiesPerSecond", CookieLimit, "if (next + Burst < now)", "if (false)"),
            nameof(SynFloodTests), nameof(SynFloodTests.Beyond_the_limit_of_cookies_a_SYN_of_a_stranger_is_dropped)),
        (new("a-peer-with-a-connection-is-a-stranger", "TcpSettings.CookiesPerSecond", CookieLimit, "NoteConnections();\n        }", "}"),
            nameof(SynFloodTests), nameof(SynFloodTests.Beyond_the_limit_of_cookies_a_peer_with_a_connection_gets_one)),
        (new("who-had-a-connection-is-no-stranger", "TcpSettings.CookiesPerSecond", CookieLimit, "Array.Clear(known, 0, known.Length);", ""),
            nameof(SynFloodTests), nameof(SynFloodTests.Beyond_the_limit_of_cookies_a_peer_with_a_connection_gets_one)),
        (new("a-cookie-is-good-for-three-steps", "RFC 4987 section 3.6", Cookies, "private const int Steps = 2;", "private const int Steps = 3;"),
            nameof(SynFloodTests), nameof(SynFloodTests.A_cookie_is_good_in_its_step_of_67_seconds_and_in_the_next_one)),
        (new("a-cookie-is-good-in-its-own-step-only", "RFC 4987 section 3.6", Cookies, "private const int Steps = 2;", "private const int Steps = 1;"),
            nameof(SynFloodTests), nameof(SynFloodTests.A_cookie_is_good_in_its_step_of_67_seconds_and_in_the_next_one)),
        (new("a-cookie-is-not-bound-to-the-peer-s-isn", "RFC 4987 section 3.6", Cookies, "ulong block = irs | ", "ulong block = "),
            nameof(SynFloodTests), nameof(SynFloodTests.A_number_that_is_no_cookie_gets_the_reset_that_it_always_got)),
        (new("any-number-is-a-cookie", "RFC 4987 section 3.6", Cookies,
            "cookie == Sign(key, irs, step - age, size)",
            "(cookie ^ Sign(key, irs, step - age, size)) <= Low24"),
            nameof(SynFloodTests), nameof(SynFloodTests.A_number_that_is_no_cookie_gets_the_reset_that_it_always_got)),
        (new("half-open-refuses-the-cookie-of-its-syn", "RFC 4987 section 3.6", SynReceived, "if (_cookies.IsAwaited(now) && _cookies", "if (false && _cookies"),
            nameof(SynFloodTests), nameof(SynFloodTests.The_ACK_of_a_cookie_opens_the_connection_though_the_SYN_came_again_and_found_room)),
        (new("a-cookie-is-not-bound-to-its-size", "RFC 4987 section 3.6", Cookies, " | ((ulong)size << 53)", ""),
            nameof(SynFloodTests), nameof(SynFloodTests.A_number_that_is_no_cookie_gets_the_reset_that_it_always_got)),
        (new("a-half-open-connection-never-gives-way", "RFC 4987 section 3.5", SynReceived, "if (!acknowledged && halfOpen.SentAt(slot) < listener._fullAt)", "if (false)"),
            nameof(SynFloodTests), nameof(SynFloodTests.Within_a_second_after_the_flood_half_open_connections_are_had_again)),
        (new("a-complete-handshake-takes-the-place-of-one-that-is-about-to-be", "issue: the oldest half-open record gives way first", HalfOpen,
            " && sentAt + _firstWait / 2 <= now", ""),
            nameof(SynFloodTests), nameof(SynFloodTests.A_complete_handshake_without_room_takes_no_place_of_a_peer_whose_ACK_may_be_on_its_way)),
        (new("a-complete-handshake-takes-any-place", "issue: the oldest half-open record gives way first", HalfOpen,
            "sentAt < oldest", "found < 0"),
            nameof(SynFloodTests), nameof(SynFloodTests.A_complete_handshake_without_room_takes_the_place_of_whoever_has_not_answered_longest)),
        (new("a-cookie-that-finds-no-room-is-reset", "RFC 4987 section 3.6", SynReceived,
            """
                            KeepAcknowledged(listener, key, irs, iss, offer, timestampOffset, timestamp, now);
                        return true;
            """,
            "            return false;"),
            nameof(SynFloodTests), nameof(SynFloodTests.A_burst_of_peers_that_wait_for_us_to_speak_is_accepted_one_after_another)),
        (new("a-complete-handshake-without-room-is-forgotten", "issue: a completed handshake waits as a record", SynReceived,
            "halfOpen.Notes[slot] |= HalfOpenTable.Acknowledged;\n            return;", "halfOpen.Remove(slot);\n            return;"),
            nameof(SynFloodTests), nameof(SynFloodTests.A_handshake_that_is_complete_without_a_free_connection_waits_until_there_is_one)),
        (new("what-follows-a-dropped-cookie-is-reset", "RFC 4987 section 3.6", SynReceived, "return now < _crowdedUntil;", "return false;"),
            nameof(SynFloodTests), nameof(SynFloodTests.What_follows_a_cookie_that_found_no_room_is_dropped_as_it_was)),
        (new("a-syn-ack-is-sent-once-too-often", "TcpSettings.SynAckRetransmissions", SynReceived,
            "if (retries == halfOpen.Waits.Length)",
            "if (retries >= halfOpen.Waits.Length + 1)"),
            nameof(SynFloodTests), nameof(SynFloodTests.How_often_a_SYN_ACK_is_sent_again_is_a_setting)),
        (new("half-open-ends-by-any-reset-in-window", "RFC 5961 section 3.2", SynReceived, "if (seq != rcvNxt)", "if (false)"),
            nameof(SynFloodTests), nameof(SynFloodTests.A_half_open_connection_answers_ten_segments_out_of_its_window_and_no_more)),
        (new("half-open-connections-share-no-budget-but-have-none", "RFC 5961 section 7", SynReceived,
            "halfOpen.Notes[slot] += HalfOpenTable.Challenge;",
            ""),
            nameof(SynFloodTests), nameof(SynFloodTests.A_half_open_connection_answers_ten_segments_out_of_its_window_and_no_more)),
        (new("a-closed-listener-s-half-open-connections-are-the-next-one-s", "RFC 9293 section 3.10.4", SynReceived, "halfOpen.Doom(slot);", "continue;"),
            nameof(SynFloodTests), nameof(SynFloodTests.A_listener_that_closes_and_opens_again_resets_what_was_half_open_and_takes_nothing_of_it)),

        // Slow and silent peers, and orphans.
        (new("an-orphan-waits-for-a-closed-window-for-ever", "RFC 6429", Arrives, "if (v[SndWnd] == 0 && (v[Flags] & Owned) != 0)", "if (v[SndWnd] == 0)"),
            nameof(SlowPeerTests), nameof(SlowPeerTests.A_closed_connection_whose_peer_keeps_its_window_at_zero_is_reset_after_100_seconds)),
        (new("an-orphan-has-the-whole-user-timeout", "RFC 6429", Watch, "if (t[UserLimit] > most)", "if (false)"),
            nameof(SlowPeerTests), nameof(SlowPeerTests.A_closed_connection_whose_peer_acknowledges_nothing_is_reset_after_100_seconds)),
        (new("an-orphan-s-end-waits-for-the-retransmission", "RFC 6429", Watch, "if (most < t[RetransmitAt])", "if (false)"),
            nameof(SlowPeerTests), nameof(SlowPeerTests.A_closed_connection_whose_peer_acknowledges_nothing_is_reset_after_100_seconds)),
        (new("a-dead-peer-is-told-nothing", "RFC 9293 section 3.8.4", Timers, "GiveUp(Counter.KeepAlivesGivenUp, now);", "End(TcpCloseReason.TimedOut);"),
            nameof(RetransmissionTests), nameof(RetransmissionTests.Keep_alive_repeats_a_probe_after_75_seconds_or_its_own_time_if_that_is_shorter)),
        (new("any-segment-begins-the-idle-timeout-again", "TcpConnection.IdleTimeout", Watch, "if (bytes == 0)", "if (false)"),
            nameof(SlowPeerTests), nameof(SlowPeerTests.Nothing_else_keeps_a_connection_with_an_idle_timeout)),
        (new("nothing-begins-the-idle-timeout-again", "TcpConnection.IdleTimeout", Watch, "if (bytes == 0)", "if (true)"),
            nameof(SlowPeerTests), nameof(SlowPeerTests.Data_that_comes_or_is_acknowledged_begins_the_idle_timeout_again)),
        (new("the-young-give-way", "TcpSettings.Grace", Watch, "if (time < grace)", "if (false)"),
            nameof(SlowPeerTests), nameof(SlowPeerTests.What_has_no_idle_timeout_or_is_young_or_fast_does_not_give_way)),
        (new("the-fast-give-way", "TcpSettings.LeastRate", Watch, "return time > 1_000_000 / (ulong)_layer.Settings.LeastRate ? time : NotSlow;", "return time;"),
            nameof(SlowPeerTests), nameof(SlowPeerTests.What_has_no_idle_timeout_or_is_young_or_fast_does_not_give_way)),
        (new("the-first-that-is-slow-gives-way", "TcpSettings.LeastRate", Listen, "if (slowness > slowest)", "if (slowness != Tcb.NotSlow && worst == null)"),
            nameof(SlowPeerTests), nameof(SlowPeerTests.The_slowest_gives_way_and_is_told_so)),
        (new("each-syn-of-a-flood-searches", "TcpSettings.LeastRate", Listen, "_noRoomUntil = now + SearchInterval;", ""),
            nameof(SlowPeerTests), nameof(SlowPeerTests.What_has_no_idle_timeout_or_is_young_or_fast_does_not_give_way)),
        (new("what-was-sent-at-once-pays-for-hours", "TcpSettings.LeastRate", Watch, "if (time > MovedTime)", "if (false)"),
            nameof(SlowPeerTests), nameof(SlowPeerTests.What_moved_long_ago_does_not_count_for_ever)),
        (new("an-orphan-that-stands-still-stays", "TcpSettings.Grace", Watch, "return now - t[ProgressAt] >= grace ? Worst : NotSlow;", "return NotSlow;"),
            nameof(SlowPeerTests), nameof(SlowPeerTests.An_orphan_that_stands_still_gives_way_before_a_slow_connection)),
        (new("the-application-of-who-gives-way-is-told-later", "TcpSettings.LeastRate", Listen, "Flush(now);", ""),
            nameof(SlowPeerTests), nameof(SlowPeerTests.A_last_ACK_without_a_free_connection_makes_room_at_once)),

        // Selective acknowledgments.
        (new("what-came-last-is-not-named-first", "RFC 2018 section 4", Ranges, "if (latest >= 0 && blocks < most)", "if (false)"),
            nameof(SackTests), nameof(SackTests.What_came_after_a_gap_is_acknowledged_with_the_latest_first)),
        (new("what-came-twice-is-told-for-ever", "RFC 2883 section 4", Ranges, "v[TwiceEnd] = first;", ""),
            nameof(SackTests), nameof(SackTests.What_comes_twice_is_reported_before_all_else)),
        (new("an-ack-that-tells-nothing-new-is-a-duplicate", "RFC 6675 section 2", Arrives, "if (news)", "if (true)"),
            nameof(SackTests), nameof(SackTests.What_tells_nothing_new_is_no_duplicate_ACK)),
        (new("a-gap-is-acknowledged-selectively", "RFC 2018 section 3", Ranges,
            "blocks++, ranges[2 * latest], ranges[2 * latest + 1]", "blocks++, ranges[2 * latest] - 1, ranges[2 * latest + 1]"),
            nameof(SackTests), nameof(SackTests.What_came_after_a_gap_is_acknowledged_with_the_latest_first)),
        (new("a-sack-of-what-was-never-sent-is-taken", "RFC 2018 section 8", "Tcp/Tcb.Sack.cs", " || end - ack > flight", ""),
            nameof(SackTests), nameof(SackTests.What_tells_nothing_new_is_no_duplicate_ACK)),
        (new("what-is-lost-is-on-its-way", "RFC 6675 section 4", "Tcp/Tcb.Sack.cs", "if (!IsLost(count - i, bytes))\n                pipe", "pipe"),
            nameof(SackTests), nameof(SackTests.Three_losses_of_one_flight_are_mended_in_one_recovery_and_nothing_else_is_sent_again)),
        (new("a-peer-may-not-renege", "RFC 2018 section 8", "Tcp/Tcb.Timers.cs", "v[SackedCount] = 0;", ""),
            nameof(SackTests), nameof(SackTests.After_a_timeout_all_is_sent_again_as_the_peer_may_have_thrown_it_away)),
        (new("a-cookie-permits-sacks", "RFC 2018 section 2", SynReceived, "            offer = 0;\n", "            offer &= TcpOptions.OfferedSacks;\n"),
            nameof(SackTests), nameof(SackTests.A_cookie_cannot_keep_the_offer_so_there_is_none)),

        (new("what-was-sent-again-is-never-lost", "RFC 5681 section 4.3", "Tcp/Tcb.Sack.cs", "if (IsLostAgain())", "if (false)"),
            nameof(SackTests), nameof(SackTests.A_segment_that_is_lost_a_second_time_costs_no_timeout_and_half_of_the_window_again)),
        (new("nothing-leaves-until-half-has-arrived", "RFC 6937 section 3", "Tcp/Tcb.Sack.cs", "return (int)((uint)share - sent);", "return 0;"),
            nameof(SackTests), nameof(SackTests.In_recovery_half_of_what_arrives_may_leave_until_half_is_on_its_way)),
        (new("a-loss-right-after-a-recovery-is-not-seen", "RFC 6582 section 4", Congestion, " && (before != 0 || (v[Flags] & Sacks) == 0)", ""),
            nameof(SackTests), nameof(SackTests.A_loss_of_what_was_sent_first_in_recovery_costs_no_timeout)),

        (new("a-black-hole-is-never-found", "RFC 4821", "Tcp/Tcb.Timers.cs", "                else\n                    DoubtPath(now);\n", ""),
            nameof(BlackHoleTests), nameof(BlackHoleTests.After_two_timeouts_of_a_full_segment_smaller_ones_are_tried_and_what_is_sent_from_then_on_is_small_too)),
        (new("what-is-small-says-that-the-path-is-narrow", "RFC 4821", "Tcp/Tcb.Timers.cs", " || FlightSize() <= smaller", ""),
            nameof(BlackHoleTests), nameof(BlackHoleTests.What_is_small_already_says_nothing_of_the_path)),

        (new("segments-stay-small-for-ever", "RFC 1191 section 6.3", "Tcp/Tcb.Output.cs", "            Widen(now);\n", "            { }\n"),
            nameof(BlackHoleTests), nameof(BlackHoleTests.After_ten_minutes_segments_are_tried_that_are_as_large_as_before)),
        (new("larger-segments-are-tried-too-early", "RFC 1191 section 6.3", Errors, "NarrowedFor = 10;", "NarrowedFor = 8;"),
            nameof(BlackHoleTests), nameof(BlackHoleTests.After_ten_minutes_segments_are_tried_that_are_as_large_as_before)),
        (new("the-smallest-segments-become-the-largest-at-once", "RFC 4821 section 7.3", Errors, "if (v[Mss] < TriedSegment && before > TriedSegment)", "if (false)"),
            nameof(BlackHoleTests), nameof(BlackHoleTests.From_the_smallest_that_takes_two_steps)),
        (new("segments-of-1024-bytes-are-sent-in-vain-four-times", "RFC 4821", "Tcp/Tcb.Timers.cs", "retries == 2 && v[Mss] > TriedSegment", "retries == 2"),
            nameof(BlackHoleTests), nameof(BlackHoleTests.Where_the_larger_ones_have_no_answer_the_smaller_ones_are_back_for_ten_minutes)),

        // The congestion window, and CUBIC.
        (new("an-ack-of-two-segments-counts-for-one", "RFC 5681 section 3.1", Congestion,
            "mss * (acked < v[Cwnd] ? acked : v[Cwnd]) / v[Cwnd]", "mss * mss / v[Cwnd]"),
            nameof(CongestionTests), nameof(CongestionTests.What_limited_transmit_sent_does_not_raise_the_threshold)),
        (new("an-early-second-loss-leaves-no-room", "RFC 9438 section 4.7", "Tcp/Tcb.Cubic.cs", "cwnd * 17 / 20 : cwnd", "cwnd : cwnd"),
            nameof(CubicTests), nameof(CubicTests.A_second_loss_before_that_leaves_room_to_others)),
        (new("after-a-timeout-the-old-window-is-the-aim", "RFC 9438 section 4.8", "Tcp/Tcb.Cubic.cs", "all ? 0 : most", "most"),
            nameof(CubicTests), nameof(CubicTests.After_a_timeout_the_window_that_was_is_no_aim)),
        (new("a-timeout-for-nothing-leaves-the-old-window-unknown", "RFC 9438 section 4.9.1", Spurious, "CubicReturns();", "{ }"),
            nameof(CubicTests), nameof(CubicTests.After_a_timeout_for_nothing_the_window_grows_as_if_there_had_been_none)),
        (new("the-window-grows-while-a-timeout-is-in-doubt", "RFC 9438 section 4.9.1", "Tcp/Tcb.Cubic.cs", "if (v[TimeoutDoubt] != NoDoubt)", "if (false)"),
            nameof(CubicTests), nameof(CubicTests.After_a_timeout_for_nothing_the_window_grows_as_if_there_had_been_none)),
        (new("time-counts-in-which-the-window-was-not-used", "RFC 9438 section 5.8", "Tcp/Tcb.Cubic.cs", "if (flight + mss <= cwnd)", "if (false)"),
            nameof(CubicTests), nameof(CubicTests.The_time_in_which_the_window_was_not_used_does_not_count)),
        (new("a-connection-goes-on-where-another-has-ended", "RFC 9438 section 4", "Tcp/Tcb.Cubic.cs", "if (c[at + CubicOf] != Numbers[Iss])", "if (false)"),
            nameof(CubicTests), nameof(CubicTests.A_connection_knows_nothing_of_the_one_before_it)),

        // What is of another time is taken, or what is not is dropped.
        (new("old-timestamps-are-taken", "RFC 7323 section 5.3", Arrives, "(int)(options.Value - v[TsRecent]) < 0 && IsOldTimestamp(now)", "false"),
            nameof(TimestampTests), nameof(TimestampTests.Data_of_another_time_is_answered_and_not_taken)),
        (new("timestamps-are-compared-without-a-wrap", "RFC 7323 section 5.2", Arrives, "(int)(options.Value - v[TsRecent]) < 0 && ", "options.Value < v[TsRecent] && "),
            nameof(TimestampTests), nameof(TimestampTests.A_timestamp_wraps_and_goes_on)),
        (new("a-timestamp-is-good-for-ever", "RFC 7323 section 5.5", Timestamps, "return (uint)(now >> RecentBits) - Numbers[TsRecentAt] <= RecentFor;", "return true;"),
            nameof(TimestampTests), nameof(TimestampTests.A_peer_that_was_silent_for_more_than_24_days_begins_anew)),
        (new("a-reset-needs-a-timestamp", "RFC 7323 section 5.2", Arrives, "(bits & Timestamped) != 0 && (flags & (TcpHeader.Rst | TcpHeader.Syn)) == 0", "(bits & Timestamped) != 0"),
            nameof(TimestampTests), nameof(TimestampTests.A_segment_without_them_is_dropped_but_for_a_reset_and_a_SYN)),
        (new("what-came-last-is-echoed", "RFC 7323 section 4.3", Timestamps, "if ((int)(seq - v[LastAckSent]) > 0)\n            return;\n", ""),
            nameof(TimestampTests), nameof(TimestampTests.The_echo_is_of_the_first_segment_that_an_ACK_answers_and_of_none_behind_a_gap)),
        (new("all-samples-weigh-the-same", "RFC 7323 appendix G", Timestamps, "flight <= two ? 1 : (flight + two - 1) / two", "1"),
            nameof(TimestampTests), nameof(TimestampTests.Each_ACK_measures_but_many_in_a_round_trip_weigh_no_more_than_one)),
        (new("any-echo-measures-a-round-trip", "RFC 7323 section 4.1", Timestamps, "if (ticks > TcpSettings.LongestRetransmissionTimeout >> TimestampBits)\n                return;\n", ""),
            nameof(TimestampTests), nameof(TimestampTests.What_comes_after_a_retransmission_measures_the_round_trip)),
        (new("all-connections-have-one-clock", "RFC 7323 section 5.4", Isn, "TimestampOffset = (uint)(block >> 32);", ""),
            nameof(TimestampTests), nameof(TimestampTests.A_connect_offers_them_and_does_without_if_the_peer_has_none)),
        (new("a-full-segment-has-no-room-for-them", "RFC 6691", State, "mss -= TcpOptions.TimestampsAligned;", ""),
            nameof(TimestampTests), nameof(TimestampTests.Each_segment_has_the_clock_and_the_echo_and_less_room_for_data)),
        (new("time-wait-forgets-the-time", "RFC 6191 section 2", "Tcp/TimeWaitTable.cs", "(v[TcbNumbers.Flags] & TcbFlags.Timestamped) == 0 ? 0 : Stamped | v[TcbNumbers.TsRecent]", "0"),
            nameof(TimestampTests), nameof(TimestampTests.TIME_WAIT_gives_way_to_a_SYN_of_a_later_time)),
        (new("a-cookie-s-time-says-nothing", "RFC 4987 section 3.6", Cookies, "TcpOptions.OfferedTimestamps | ((int)(value & (Offers - 1)) * TcpOptions.OfferedScale)", "TcpOptions.OfferedTimestamps"),
            nameof(TimestampTests), nameof(TimestampTests.A_cookie_keeps_what_was_offered_if_there_are_timestamps)),
        (new("an-ack-too-long-is-sent-for-ever", "RFC 1191", Errors, "return seq == v[SndNxt] && error.Kind == DeliveryErrorKind.TooBig && AckWasTooLong(error, now);", "return false;"),
            nameof(IcmpTests), nameof(IcmpTests.An_ACK_that_does_not_fit_the_path_names_less)),

        // Congestion is not echoed, not heard or not told of.
        (new("a-mark-is-echoed-once", "RFC 3168 section 6.1.3", Output, "flags |= (int)(v[Ecn] & TcpHeader.Ece);", "flags |= (int)(v[Ecn] & TcpHeader.Ece);\n        v[Ecn] &= ~(uint)TcpHeader.Ece;"),
            nameof(EcnTests), nameof(EcnTests.A_mark_is_echoed_until_the_peer_has_reduced_its_window)),
        (new("cwr-ends-no-echo", "RFC 3168 section 6.1.3", EcnFile, "v[Ecn] &= ~(uint)TcpHeader.Ece;", ""),
            nameof(EcnTests), nameof(EcnTests.A_mark_is_echoed_until_the_peer_has_reduced_its_window)),
        (new("each-echo-halves-the-window", "RFC 3168 section 6.1.2", EcnFile, " || (int)(ack - v[EcnRecover]) <= 0", ""),
            nameof(EcnTests), nameof(EcnTests.An_echo_halves_the_window_once_for_a_flight_and_the_peer_is_told)),
        (new("what-is-sent-again-may-be-marked", "RFC 3168 section 6.1.5", Output, "length != 0 && seq == v[SndNxt] && v[SndWnd] != 0", "length != 0"),
            nameof(EcnTests), nameof(EcnTests.Only_new_data_is_marked_as_capable)),
        (new("an-ecn-setup-syn-ack-may-say-anything", "RFC 3168 section 6.1.1", EcnFile, "return (flags & Both) == ((flags & TcpHeader.Ack) != 0 ? TcpHeader.Ece : Both);", "return (flags & Both) != 0;"),
            nameof(EcnTests), nameof(EcnTests.A_connect_has_it_if_the_answer_says_so)),
        (new("each-syn-asks-for-ecn", "RFC 3168 section 6.1.1.1", Output, "if (v[Retries] == 0)\n                    flags |=", "flags |="),
            nameof(EcnTests), nameof(EcnTests.A_connect_asks_for_it_only_if_it_is_told_to_and_only_once)),

        // A tail loss probe is sent too early, too late, twice or for nothing, or what it says is not heard.
        (new("a-probe-waits-for-the-first-segment-s-round-trips", "RFC 8985 section 7.2", TailProbe, "bool later = due > now", "bool later = due > now + 1000000"),
            nameof(TailProbeTests), nameof(TailProbeTests.A_probe_waits_for_two_round_trips_after_the_last_segment_and_never_past_the_timeout)),
        (new("an-ack-may-not-be-delayed", "RFC 8985 section 7.2", TailProbe, "(more > MostDelay ? more : MostDelay)", "more"),
            nameof(TailProbeTests), nameof(TailProbeTests.One_lost_segment_is_mended_by_the_probe_which_waits_for_a_delayed_ACK)),
        (new("a-probe-follows-a-probe", "RFC 8985 section 7.2", TailProbe, "if (v[TailProbe] >= ProbeNew || ", "if ("),
            nameof(TailProbeTests), nameof(TailProbeTests.The_timeout_follows_a_probe_that_has_no_answer)),
        (new("what-a-probe-has-overtaken-is-not-lost", "RFC 8985 section 7.4", "Tcp/Tcb.Sack.cs", " || Numbers[TailProbe] == ProbeCame", ""),
            nameof(TailProbeTests), nameof(TailProbeTests.A_lost_tail_of_several_segments_costs_a_probe_and_no_timeout)),
        (new("a-loss-that-a-probe-has-mended-costs-nothing", "RFC 8985 section 7.4", TailProbe, "if (ahead > 0)", "if (ahead > 1000000)"),
            nameof(TailProbeTests), nameof(TailProbeTests.A_loss_that_the_probe_has_mended_halves_the_congestion_window)),
        (new("a-duplicate-of-the-probe-is-a-loss", "RFC 8985 section 7.4", TailProbe, "if (probe == ProbeAgain && !(sacks && (int)(options.Sacks[1] - ack) <= 0))", "if (probe == ProbeAgain)"),
            nameof(TailProbeTests), nameof(TailProbeTests.A_loss_that_the_probe_has_mended_halves_the_congestion_window)),

        // A timeout for which nothing was lost.
        (new("a-spurious-timeout-costs-the-window", "RFC 5682 section 3", Spurious, "v[Ssthresh] = v[PriorThreshold];", ""),
            nameof(SpuriousTimeoutTests), nameof(SpuriousTimeoutTests.Where_only_the_ACKs_were_late_nothing_else_is_sent_again_and_the_window_comes_back)),
        (new("a-spurious-timeout-leaves-the-timer-backed-off", "RFC 5682 section 3", Spurious, "ResetTimeout(v[Srtt], v[RttVar]);", ""),
            nameof(SpuriousTimeoutTests), nameof(SpuriousTimeoutTests.Where_only_the_ACKs_were_late_nothing_else_is_sent_again_and_the_window_comes_back)),
        (new("after-a-timeout-all-is-sent-again-at-once", "RFC 5682 section 2.1", Spurious, "v[SndPtr] = next;", ""),
            nameof(SpuriousTimeoutTests), nameof(SpuriousTimeoutTests.Where_only_the_ACKs_were_late_nothing_else_is_sent_again_and_the_window_comes_back)),
        (new("a-duplicate-after-a-timeout-is-not-heard", "RFC 5682 section 2.1", Spurious, "v[SndPtr] = v[SndUna];", ""),
            nameof(SpuriousTimeoutTests), nameof(SpuriousTimeoutTests.A_duplicate_after_the_new_segments_says_that_the_rest_is_lost)),
        (new("each-timeout-of-a-row-is-doubted", "RFC 5682 section 2.1", "Tcp/Tcb.Timers.cs", "v[TimeoutDoubt] = NoDoubt;", ""),
            nameof(SpuriousTimeoutTests), nameof(SpuriousTimeoutTests.After_a_second_timeout_in_a_row_there_is_no_doubt)),

        // Window scale.
        (new("the-window-of-a-syn-is-scaled", "RFC 7323 section 2.2", Arrives, "scale > 1 << ScaleOut && (flags & TcpHeader.Syn) == 0", "scale > 1 << ScaleOut"),
            nameof(WindowScaleTests), nameof(WindowScaleTests.A_simultaneous_open_answers_the_offer_and_takes_no_window_of_a_SYN_for_scaled)),
        (new("a-window-is-rounded-down", "RFC 7323 section 2.4", Output, "if (more != 0 &&", "if (false &&"),
            nameof(WindowScaleTests), nameof(WindowScaleTests.The_right_edge_does_not_move_back_where_it_is_rounded)),
        (new("a-peers-windows-are-not-scaled", "RFC 7323 section 2.3", Arrives, "window <<= (int)(scale >> ScaleOut) - 1;", ";"),
            nameof(WindowScaleTests), nameof(WindowScaleTests.The_peers_scale_counts_in_all_but_its_SYN)),

        (new("the-window-opens-by-halves", "RFC 9293 section 3.8.6.2.2", Output, "|| step >= (int)v[Mss] ?", "|| (step >= (int)v[Mss] && known - rcvNxt < most / 2) ?"),
            nameof(WindowScaleTests), nameof(WindowScaleTests.Each_ACK_opens_the_window_in_full)),

        // The setting says how many ranges are kept.
        (new("four-ranges-are-kept-whatever-the-settings-say", "RFC 9293 section 3.10.7.4, seventh", "Tcp/Tcb.Ranges.cs",
            "SequenceRanges.Add(_ranges, 0, _layer.Settings.OutOfOrderRanges, count,",
            "SequenceRanges.Add(_ranges, 0, 4, count,"),
            nameof(SegmentArrivalTests), nameof(SegmentArrivalTests.A_receive_buffer_of_small_segments_is_kept_though_each_second_is_lost)),

        .. ForArp,
        .. ForIpv6,
        .. ForCalls,
        .. ForHttp,
        .. ForPage,
        .. ForDraw,
        .. ForCommands,
    ];

    private static Plant WithOddOption(string odd, string condition)
        => new("dhcp-drops-a-message-with-" + odd, "RFC 2132 section 2", DhcpReply, OptionFits, $"if (length > end - at || ({condition}))");
}
