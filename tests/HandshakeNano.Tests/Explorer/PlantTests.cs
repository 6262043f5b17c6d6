using System;
using System.Linq;
using HandshakeNano.Explorer.Model;
using HandshakeNano.Plants;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace HandshakeNano.Explorer;

/// <summary>The explorer can fail: it finds what is wrong with a core in which a fault was planted.</summary>
[TestClass]
public sealed class PlantTests
{
    public TestContext TestContext { get; set; } = null!;

    [TestMethod]
    [TestCategory("Plants")]
    [DataRow("any-reset-in-window-ends-the-connection", "stranger", "a stranger without the numbers changes nothing")]
    [DataRow("no-challenge-ack", "reboot-opener", "no side gives up while the network loses nothing")]
    [DataRow("a-syn-in-window-ends-the-connection", "stranger", "a stranger without the numbers changes nothing")]
    [DataRow("syn-sent-is-silent-about-a-bad-ack", "reboot-opener", "no side gives up while the network loses nothing")]
    [DataRow("closed-answers-a-reset", "open-close", "a reset is not answered")]
    [DataRow("challenges-without-limit", "simultaneous-open-old", "two endpoints do not talk for ever")]
    [DataRow("syn-sent-takes-any-ack", "reboot-opener", "a connection is established by both sides")]
    [DataRow("half-open-takes-any-ack", "stranger", "delivered bytes are a prefix of sent bytes")]
    [DataRow("a-partial-ack-takes-all", "both-write-reordered", "SND.UNA <= the peer's RCV.NXT <= SND.NXT")]
    [DataRow("an-ack-of-the-unsent-is-believed", "stranger", "delivered bytes are a prefix of sent bytes")]
    [DataRow("a-fin-behind-a-gap-counts-at-once", "both-write-reordered", "the end of the stream is where the peer closed")]
    [DataRow("crossed-fins-skip-closing", "both-write-reordered", "data arrives whole, or the loss is reported")]
    [DataRow("the-ack-of-our-fin-leaves-fin-wait-1", "open-close", "every run can still reach both sides closed")]
    [DataRow("the-isn-has-no-clock", "reopen", "two connections never have one initial sequence number")]
    [DataRow("a-half-open-connection-never-gives-way", "queue-full", "no side gives up while the network loses nothing")]
    [DataRow("half-open-refuses-the-cookie-of-its-syn", "cookies-when-full", "a connection ends by a reset only if there is a cause")]
    [DataRow("a-cookie-is-not-bound-to-the-peer-s-isn", "cookies-reopen", "two connections never have one initial sequence number")]
    [DataRow("any-number-is-a-cookie", "cookies-stranger", "a connection is established by both sides")]
    [DataRow("a-cookie-that-finds-no-room-is-reset", "no-connection", "a connection ends by a reset only if there is a cause")]
    [DataRow("a-gap-is-acknowledged-selectively", "sacks", "what is acknowledged selectively has come")]
    public void A_core_with_a_fault_is_found_out(string plant, string scenario, string rule) => IsFound(plant, scenario, rule);

    [TestMethod]
    public void The_way_is_drawn_as_a_ladder()
    {
        using FaultyCore core = FaultyCore.With(Catalogue.AnyResetInWindow);
        Assert.AreEqual(
            """
                  A            │                                                                │ B
                  CLOSED       │                                                                │ LISTEN
               1  SYN-SENT     │ A's user opens                                                 │ LISTEN
                               │ ├─ #1 SYN seq a1+0 ─▶                                          │
               2  SYN-SENT     │ #1 SYN seq a1+0 arrives ─▶                                     │ SYN-RECEIVED
                               │ ◀─ #2 SYN,ACK seq b1+0 ack a1+1 ─┤                             │
               3  ESTABLISHED  │ ◀─ #2 SYN,ACK seq b1+0 ack a1+1 arrives                        │ SYN-RECEIVED
                               │ ├─ #3 ACK seq a1+1 ack b1+1 ─▶                                 │
               4  ESTABLISHED  │ #4 RST seq b1+101 to A turns up (ResetInWindowToA)             │ SYN-RECEIVED
               5  CLOSED       │ ◀─ #4 RST seq b1+101 arrives                                   │ SYN-RECEIVED
            broken: a stranger without the numbers changes nothing
                    A was ESTABLISHED and is CLOSED after a segment of a stranger's.

            """,
            core.Call(Explore, "stranger")[1]);
    }

    private void IsFound(string plant, string scenario, string rule)
    {
        using FaultyCore core = FaultyCore.With(Catalogue.All.Concat(Catalogue.ForUnitTests.Select(fault => fault.Plant)).Single(p => p.Name == plant));
        string[] found = core.Call(Explore, scenario);
        TestContext.WriteLine(found[1]);
        Assert.AreEqual(rule, found[0], found[1]);
    }

    private static string[] Explore(string scenario)
    {
        ExplorationResult result = Exploration.Run(Scenario.All.Single(s => s.Name == scenario));
        return [result.Violation?.Rule ?? "none", result.Ladder];
    }
}
