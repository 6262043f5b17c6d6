using System.Collections.Generic;
using System.Linq;
using HandshakeNano.Client.Conformance;
using HandshakeNano.Client.Conformance.Behaviours;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace HandshakeNano.Client.Tests;

/// <summary>The probe against our own endpoint in virtual time.</summary>
[TestClass]
public sealed class ConformanceTests
{
    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void Our_endpoint_shows_every_behaviour(bool ipv6)
    {
        var world = new VirtualWorld(1, ipv6: ipv6);
        IReadOnlyList<BehaviourResult> results = Probe.Run(world, world.Request, BehaviourCatalog.All, 1);
        Assert.HasCount(75, results);
        string wrong = string.Join('\n', results.Where(result => result.Verdict != Verdict.Pass)
            .Select(result => $"{result.Behaviour.Number} {result.Behaviour.Stimulus}: {result.Deviation}"));
        Assert.AreEqual("", wrong);
    }
}
