using System;
using HandshakeNano.Scenarios;
using HandshakeNano.Net;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace HandshakeNano.Meter.Tests;

/// <summary>After start-up no segment allocates, whatever comes.</summary>
[TestClass]
[DoNotParallelize]
public sealed class AllocationTests
{
    private const int Segments = 10_000;

    // Each is something that the traffic must have made the endpoint do.
    private static readonly Counter[] s_expected =
    [
        Counter.ArpRequestsReceived,
        Counter.Ipv4ChecksumBad,
        Counter.Ipv4Fragment,
        Counter.Ipv4ProtocolUnknown,
        Counter.IcmpEchoRequests,
        Counter.TcpChecksumBad,
        Counter.NoConnection,
        Counter.NoConnectionReset,
        Counter.SynDuplicate,
        Counter.OutOfWindow,
        Counter.OutOfWindowReset,
        Counter.ChallengeReset,
        Counter.ChallengeSyn,
        Counter.AckMissing,
        Counter.AckTooHigh,
        Counter.AckTooOld,
        Counter.OutOfOrderKept,
        Counter.TimeWaitReset,
        Counter.TimeWaitAnswered,
        Counter.PassiveOpens,
        Counter.Established,
        Counter.ResetsReceived,
        Counter.ResetsSent,
        Counter.Retransmissions,
    ];

    /// <summary>10,000 frames of every kind, and not one byte but the object that the application gets for a connection.</summary>
    [TestMethod]
    public void MixedTrafficAllocatesNothingButHandles()
    {
        var traffic = new MixedTraffic();
        for (var i = 0; i < 12; i++)
            traffic.RunRound();
        var before = new ulong[Counters.Count];
        for (var i = 0; i < before.Length; i++)
            before[i] = traffic.Counters.Get((Counter)i);
        var end = traffic.Delivered + Segments;

        var allocated = GC.GetAllocatedBytesForCurrentThread();
        while (traffic.Delivered < end)
            traffic.RunRound();
        allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;

        // A TcpConnection for each connection that was accepted: its header, three references and a number.
        Assert.AreEqual(48 * (long)(traffic.Counters.Get(Counter.Established) - before[(int)Counter.Established]), allocated);
        foreach (var counter in s_expected)
            Assert.IsGreaterThan(before[(int)counter], traffic.Counters.Get(counter), Counters.GetName(counter));
    }
}
