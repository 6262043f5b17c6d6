using System;
using System.Collections.Generic;
using System.Linq;
using HandshakeNano.Net;

namespace HandshakeNano.Explorer.Model;

/// <summary>What the user of one side may do, each thing at any moment, and how often.</summary>
public sealed record Part
{
    /// <summary>How often the user opens a connection.</summary>
    public int Opens { get; init; }

    /// <summary>The user listens, and accepts what comes.</summary>
    public bool Listens { get; init; }

    /// <summary>How often the user writes, over all connections.</summary>
    public int Writes { get; init; }

    /// <summary>How many bytes each time.</summary>
    public int WriteSize { get; init; } = 1;

    /// <summary>The user may shut its direction down before it closes.</summary>
    public bool Shuts { get; init; }

    /// <summary>The user may abort instead of closing.</summary>
    public bool Aborts { get; init; }

    /// <summary>The user closes when the peer has, and not before.</summary>
    public bool ClosesLast { get; init; }

    /// <summary>Reading is a step of its own; otherwise the user reads at once what comes.</summary>
    public bool ReadsLate { get; init; }

    /// <summary>
    /// For how many timers such a user may leave unread what there is. Without end the peer would probe a closed window without end,
    /// as it has to (RFC 9293 section 3.8.6.1).
    /// </summary>
    public int Idles { get; init; } = 3;

    /// <summary>
    /// How often the user calls the third host, which does not answer. It has its host's one connection until it hangs up, after no more
    /// than <see cref="Idles"/> timers.
    /// </summary>
    public int Calls { get; init; }

    /// <summary>How often the host loses its memory and starts again with another secret.</summary>
    public int Reboots { get; init; }
}

/// <summary>A segment that neither endpoint sends. It can turn up once, at any moment.</summary>
public enum Stray
{
    /// <summary>To B: the SYN of an earlier connection with the same ports.</summary>
    OldSyn,

    /// <summary>To A: the same.</summary>
    OldSynToA,

    /// <summary>To B: data of an earlier connection with the same ports.</summary>
    OldData,

    /// <summary>To A: the SYN,ACK of an earlier connection with the same ports.</summary>
    OldSynAck,

    /// <summary>To A: a blind attacker's reset, one past the left edge of the window (RFC 5961 section 3).</summary>
    ResetInWindowToA,

    /// <summary>To B: the same.</summary>
    ResetInWindowToB,

    /// <summary>To A: a blind attacker's SYN inside the window (RFC 5961 section 4).</summary>
    SynInWindowToA,

    /// <summary>To B: the same.</summary>
    SynInWindowToB,

    /// <summary>To A: a blind attacker's data, with an acknowledgment of what was never sent (RFC 5961 section 5).</summary>
    DataToA,

    /// <summary>To B: the same.</summary>
    DataToB,

    /// <summary>To B: an ACK of its initial sequence number itself, which acknowledges nothing.</summary>
    AckOfIssToB,

    /// <summary>To A: a SYN,ACK that acknowledges its initial sequence number itself.</summary>
    SynAckOfIssToA,

    /// <summary>To B: the SYN of a third host, which nobody follows up.</summary>
    SynOfC,

    /// <summary>To B: that of a fourth one.</summary>
    SynOfD,

    /// <summary>To B: the third host's reset, which ends what its SYN began.</summary>
    ResetOfC,

    /// <summary>To B: an ACK of a SYN cookie that it has sent, but with another signature.</summary>
    BadCookieToB,
}

/// <summary>Two users, a network, and how much of everything may happen.</summary>
public sealed record Scenario
{
    /// <summary>What it is called on the command line.</summary>
    public required string Name { get; init; }

    /// <summary>What it is about.</summary>
    public required string About { get; init; }

    /// <summary>The user of A.</summary>
    public required Part A { get; init; }

    /// <summary>The user of B.</summary>
    public required Part B { get; init; }

    /// <summary>What answers a SYN.</summary>
    public SynPolicy SynPolicy { get; init; } = SynPolicy.CookiesWhenFull;

    /// <summary>How many connections may be half-open at a listener; a host has room for two.</summary>
    public int Backlog { get; init; } = 1;

    /// <summary>How many segments the network may lose.</summary>
    public int Losses { get; init; }

    /// <summary>How many it may duplicate.</summary>
    public int Duplicates { get; init; }

    /// <summary>How often time may pass until the next timer expires while the network holds segments back.</summary>
    public int Holds { get; init; }

    /// <summary>How many of these three things there may be together.</summary>
    public int Faults { get; init; } = 255;

    /// <summary>How many segments it holds; what is sent beyond that is lost.</summary>
    public int InFlight { get; init; } = 3;

    /// <summary>The most bytes in a packet.</summary>
    public int Mtu { get; init; } = 1500;

    /// <summary>What else can turn up.</summary>
    public IReadOnlyList<Stray> Strays { get; init; } = [];

    /// <summary>How many of these do.</summary>
    public int StrayCount { get; init; } = 1;

    /// <summary>Both sides acknowledge selectively. Round trips are taken to be so long that no tail loss probe comes before the timeout.</summary>
    public bool SelectiveAcknowledgments { get; init; }

    /// <summary>Both sides have timestamps. Then no host starts again and none answers with a cookie, as such timestamps are no clock.</summary>
    public bool Timestamps { get; init; }

    /// <summary>So large that it runs only if it is named, or with all of these.</summary>
    public bool TakesLong { get; init; }

    /// <summary>Small enough for the tests that run at every build.</summary>
    public bool Quick { get; init; }

    private static readonly Stray[] s_old = [Stray.OldSyn, Stray.OldData, Stray.OldSynAck];

    private static readonly Stray[] s_attacks =
    [
        Stray.ResetInWindowToA, Stray.ResetInWindowToB, Stray.SynInWindowToA, Stray.SynInWindowToB, Stray.DataToA, Stray.DataToB,
        Stray.AckOfIssToB, Stray.SynAckOfIssToA,
    ];

    private static readonly Stray[] s_third = [Stray.SynOfC, Stray.ResetOfC];

    /// <summary>All scenarios.</summary>
    public static IReadOnlyList<Scenario> All { get; } =
    [
        // Small ones, for every build: a network that loses nothing but reorders, or one with a single fault.
        new()
        {
            Name = "open-close", About = "A opens, B listens, both close; one fault", Quick = true,
            A = new() { Opens = 1 }, B = new() { Listens = true },
            Losses = 1, Duplicates = 1, Holds = 1, Faults = 1,
        },
        new()
        {
            Name = "both-write-reordered", About = "each side writes once; the network only reorders", Quick = true,
            A = new() { Opens = 1, Writes = 1 }, B = new() { Listens = true, Writes = 1 },
        },
        new()
        {
            Name = "simultaneous-open", About = "both sides open; the network only reorders", Quick = true,
            A = new() { Opens = 1 }, B = new() { Opens = 1 },
        },
        new()
        {
            Name = "reboot-opener", About = "A loses its memory at any moment and opens again; the network only reorders", Quick = true,
            A = new() { Opens = 2, Reboots = 1 }, B = new() { Listens = true },
        },
        new()
        {
            Name = "stranger", About = "a blind attacker's segment at any moment; the network only reorders", Quick = true,
            A = new() { Opens = 1 }, B = new() { Listens = true }, Strays = s_attacks,
        },
        new()
        {
            Name = "old-segment", About = "a segment of an earlier connection at any moment; the network only reorders", Quick = true,
            A = new() { Opens = 1 }, B = new() { Listens = true }, Strays = s_old,
        },
        new()
        {
            Name = "queue-full", About = "a third host may take the one place for what is half-open, A writes; the network only reorders", Quick = true,
            A = new() { Opens = 1, Writes = 1 }, B = new() { Listens = true }, SynPolicy = SynPolicy.QueueOnly, Strays = s_third, StrayCount = 2,
        },
        new()
        {
            Name = "cookies", About = "cookies answer all SYNs, each side writes once; the network only reorders", Quick = true,
            A = new() { Opens = 1, Writes = 1 }, B = new() { Listens = true, Writes = 1 }, SynPolicy = SynPolicy.CookiesAlways,
        },
        new()
        {
            Name = "no-connection", About = "cookies answer all SYNs, B's user may have B's one connection, A writes; the network only reorders",
            Quick = true, A = new() { Opens = 1, Writes = 1 }, B = new() { Listens = true, Calls = 1, Idles = 2 }, SynPolicy = SynPolicy.CookiesAlways,
        },

        // The others.
        new()
        {
            Name = "open-close-2", About = "A opens, B listens, both close; two faults",
            A = new() { Opens = 1 }, B = new() { Listens = true },
            Losses = 2, Duplicates = 2, Holds = 2, Faults = 2,
        },
        new()
        {
            Name = "write-twice", About = "A writes twice; one fault",
            A = new() { Opens = 1, Writes = 2 }, B = new() { Listens = true },
            Losses = 1, Duplicates = 1, Holds = 1, Faults = 1,
        },
        new()
        {
            Name = "both-write", About = "each side writes once; one fault",
            A = new() { Opens = 1, Writes = 1 }, B = new() { Listens = true, Writes = 1 },
            Losses = 1, Duplicates = 1, Holds = 1, Faults = 1,
        },
        new()
        {
            Name = "half-close", About = "either side may shut down before it closes, B writes once; one fault",
            A = new() { Opens = 1, Shuts = true }, B = new() { Listens = true, Writes = 1, Shuts = true },
            Losses = 1, Duplicates = 1, Holds = 1, Faults = 1,
        },
        new()
        {
            Name = "read-late", About = "A writes twice, B reads when it likes; one fault",
            A = new() { Opens = 1, Writes = 2 }, B = new() { Listens = true, ReadsLate = true },
            Losses = 1, Holds = 1, Faults = 1,
        },
        new()
        {
            Name = "closed-window", About = "A writes more than B has room for, B reads when it likes; the network only reorders",
            A = new() { Opens = 1, Writes = 2, WriteSize = 200 }, B = new() { Listens = true, ReadsLate = true },
            InFlight = 4,
        },
        new()
        {
            Name = "closed-window-lossy", About = "A fills B's window, B reads when it likes; one loss",
            A = new() { Opens = 1, Writes = 2, WriteSize = 256 }, B = new() { Listens = true, ReadsLate = true, Idles = 2 },
            Losses = 1,
        },
        new()
        {
            Name = "simultaneous-open-faulty", About = "both sides open; one fault",
            A = new() { Opens = 1 }, B = new() { Opens = 1 },
            Losses = 1, Duplicates = 1, Holds = 1, Faults = 1,
        },
        new()
        {
            Name = "simultaneous-open-write", About = "both sides open, each may write once; the network only reorders",
            A = new() { Opens = 1, Writes = 1 }, B = new() { Opens = 1, Writes = 1 },
        },
        new()
        {
            Name = "simultaneous-open-old", About = "both sides open, and the SYN of an earlier connection may reach either; the network only reorders",
            A = new() { Opens = 1 }, B = new() { Opens = 1 }, Strays = [Stray.OldSyn, Stray.OldSynToA], StrayCount = 2,
            InFlight = 2,
        },
        new()
        {
            Name = "abort", About = "either side may abort, A writes; one fault",
            A = new() { Opens = 1, Writes = 1, Aborts = true }, B = new() { Listens = true, Aborts = true },
            Losses = 1, Duplicates = 1, Holds = 1, Faults = 1,
        },
        new()
        {
            Name = "reopen", About = "A opens twice with the same ports, so that B may be in TIME-WAIT; one fault",
            A = new() { Opens = 2 }, B = new() { Listens = true },
            Losses = 1, Duplicates = 1, Holds = 1, Faults = 1,
        },
        new()
        {
            Name = "reboot-opener-faulty", About = "A loses its memory and opens again; one fault",
            A = new() { Opens = 2, Reboots = 1 }, B = new() { Listens = true },
            Losses = 1, Duplicates = 1, Holds = 1, Faults = 1,
        },
        new()
        {
            Name = "reboot-listener", About = "B loses its memory and listens again, A writes; one fault",
            A = new() { Opens = 1, Writes = 1 }, B = new() { Listens = true, Reboots = 1 },
            Losses = 1, Duplicates = 1, Holds = 1, Faults = 1,
        },
        new()
        {
            Name = "stranger-faulty", About = "a blind attacker's segment; one fault",
            A = new() { Opens = 1 }, B = new() { Listens = true },
            Losses = 1, Duplicates = 1, Holds = 1, Faults = 1, Strays = s_attacks,
        },
        new()
        {
            Name = "stranger-write", About = "a blind attacker's segment, each side writes once; the network only reorders",
            A = new() { Opens = 1, Writes = 1 }, B = new() { Listens = true, Writes = 1 }, Strays = s_attacks,
        },
        new()
        {
            Name = "stranger-2", About = "two of a blind attacker's segments; the network only reorders",
            A = new() { Opens = 1 }, B = new() { Listens = true }, Strays = s_attacks, StrayCount = 2,
        },
        new()
        {
            Name = "old-segment-faulty", About = "a segment of an earlier connection; one fault",
            A = new() { Opens = 1 }, B = new() { Listens = true },
            Losses = 1, Duplicates = 1, Holds = 1, Faults = 1, Strays = s_old,
        },
        new()
        {
            Name = "half-open-lossy", About = "the network may lose all that the handshake needs, until it is given up",
            A = new() { Opens = 1 }, B = new() { Listens = true }, Losses = 8, InFlight = 2,
        },
        new()
        {
            Name = "queue-full-faulty", About = "a third host may take the one place for what is half-open; one fault",
            A = new() { Opens = 1 }, B = new() { Listens = true }, SynPolicy = SynPolicy.QueueOnly, Strays = s_third, StrayCount = 2,
            Losses = 1, Duplicates = 1, Holds = 1, Faults = 1,
        },
        new()
        {
            Name = "table-full", About = "two other hosts may take all places for what is half-open; one fault",
            A = new() { Opens = 1 }, B = new() { Listens = true }, SynPolicy = SynPolicy.QueueOnly, Backlog = 4,
            Strays = [Stray.SynOfC, Stray.SynOfD], StrayCount = 2, Losses = 1, Duplicates = 1, Holds = 1, Faults = 1,
        },
        new()
        {
            Name = "cookies-when-full", About = "a cookie answers while a third host has the one place; one fault",
            A = new() { Opens = 1 }, B = new() { Listens = true }, Strays = s_third, StrayCount = 2,
            Losses = 1, Duplicates = 1, Holds = 1, Faults = 1,
        },
        new()
        {
            Name = "no-connection-table-full",
            About = "B's user may have B's one connection, and two other hosts all places for what is half-open; the network only reorders",
            A = new() { Opens = 1 }, B = new() { Listens = true, Calls = 1, Idles = 2 }, Backlog = 4,
            Strays = [Stray.SynOfC, Stray.SynOfD], StrayCount = 2, InFlight = 2,
        },
        new()
        {
            Name = "cookies-faulty", About = "cookies answer all SYNs, A writes; one fault",
            A = new() { Opens = 1, Writes = 1 }, B = new() { Listens = true }, SynPolicy = SynPolicy.CookiesAlways,
            Losses = 1, Duplicates = 1, Holds = 1, Faults = 1,
        },
        new()
        {
            Name = "cookies-abort", About = "cookies answer all SYNs, either side may abort, A writes; one fault",
            A = new() { Opens = 1, Writes = 1, Aborts = true }, B = new() { Listens = true, Aborts = true },
            SynPolicy = SynPolicy.CookiesAlways, Losses = 1, Duplicates = 1, Holds = 1, Faults = 1,
        },
        new()
        {
            Name = "cookies-reopen", About = "cookies answer all SYNs but in TIME-WAIT, A opens twice with the same ports; one fault",
            A = new() { Opens = 2 }, B = new() { Listens = true }, SynPolicy = SynPolicy.CookiesAlways,
            Losses = 1, Duplicates = 1, Holds = 1, Faults = 1,
        },
        new()
        {
            Name = "cookies-reboot", About = "cookies answer all SYNs, A loses its memory and opens again, B may lose it too; the network only reorders",
            A = new() { Opens = 2, Reboots = 1 }, B = new() { Listens = true, Reboots = 1 }, SynPolicy = SynPolicy.CookiesAlways,
        },
        new()
        {
            Name = "cookies-stranger", About = "cookies answer all SYNs, a blind attacker's segment or an old one; one fault",
            A = new() { Opens = 1 }, B = new() { Listens = true }, SynPolicy = SynPolicy.CookiesAlways,
            Losses = 1, Duplicates = 1, Holds = 1, Faults = 1, Strays = [.. s_attacks, .. s_old, Stray.BadCookieToB],
        },
        new()
        {
            Name = "sacks", About = "selective acknowledgments; A writes four segments; one loss or duplicate",
            A = new() { Opens = 1, Writes = 1, WriteSize = 256 }, B = new() { Listens = true, ClosesLast = true }, SelectiveAcknowledgments = true,
            Losses = 1, Duplicates = 1, Faults = 1, InFlight = 4, Mtu = 104,
        },
        new()
        {
            Name = "timestamps", About = "timestamps; A writes twice; one fault",
            A = new() { Opens = 1, Writes = 2 }, B = new() { Listens = true }, Timestamps = true,
            Losses = 1, Duplicates = 1, Holds = 1, Faults = 1,
        },
        new()
        {
            Name = "timestamps-reopen", About = "timestamps; A opens twice with the same ports, so that B may be in TIME-WAIT; one fault",
            A = new() { Opens = 2 }, B = new() { Listens = true }, Timestamps = true,
            Losses = 1, Duplicates = 1, Holds = 1, Faults = 1,
        },
        new()
        {
            Name = "sacks-timestamps", About = "both; A writes four segments; one loss",
            A = new() { Opens = 1, Writes = 1, WriteSize = 256 }, B = new() { Listens = true, ClosesLast = true }, SelectiveAcknowledgments = true, Timestamps = true,
            Losses = 1, InFlight = 4, Mtu = 116,
        },
        new()
        {
            Name = "sacks-timestamps-faulty", About = "both; A writes four segments; one loss or duplicate", TakesLong = true,
            A = new() { Opens = 1, Writes = 1, WriteSize = 256 }, B = new() { Listens = true, ClosesLast = true }, SelectiveAcknowledgments = true, Timestamps = true,
            Losses = 1, Duplicates = 1, Faults = 1, InFlight = 4, Mtu = 116,
        },
    ];

    /// <summary>Finds a scenario.</summary>
    /// <param name="name">Its name.</param>
    /// <returns>The scenario.</returns>
    /// <exception cref="ArgumentException">There is none of this name; the message names those that there are.</exception>
    public static Scenario Find(string name) => All.FirstOrDefault(scenario => scenario.Name == name)
        ?? throw new ArgumentException($"There is no scenario {name}; there are {string.Join(", ", All.Select(s => s.Name))}.");
}
