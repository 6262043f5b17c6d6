using nanoFramework.TestFramework;

namespace HandshakeNano.Net.Tests;

/// <summary>Tables full of slow and silent peers, one after the other, and an honest one that comes last.</summary>
[TestClass]
public sealed class CrowdTests
{
    [TestMethod]
    [DataRow(Crowd.Silent)]
    [DataRow(Crowd.ByteASecond)]
    [DataRow(Crowd.NeverAcknowledges)]
    [DataRow(Crowd.ZeroWindow)]
    [DataRow(Crowd.HoldsAGap)]
    [DataRow(Crowd.NeverCloses)]
    [DataRow(Crowd.IgnoresOurFin)]
    [DataRow(Crowd.IgnoresOurLastFin)]
    [DataRow(Crowd.IgnoresOurCrossingFin)]
    [DataRow(Crowd.ByteASecondAfterClose)]
    public void An_honest_peer_waits_at_most_six_seconds_for_each_table_full_of_slow_ones_before_it(int kind)
    {
        Crowd crowd = new Crowd(kind, Crowd.Table, Wire.Settings());
        int waited = crowd.HonestWaits(3600);
        Assert.IsTrue(waited > 0 && waited <= 6, "behind 64: " + waited.ToString() + " s");

        // A thousand of them at once are 16 tables.
        crowd = new Crowd(kind, 1000, Wire.Settings());
        waited = crowd.HonestWaits(3600);
        Assert.IsTrue(waited > 0 && waited <= 16 * 6, "behind 1000: " + waited.ToString() + " s");
        ulong slow = crowd.Wire.Count(Counter.SlowEvicted);
        ulong orphans = crowd.Wire.Count(Counter.OrphansTimedOut) + crowd.Wire.Count(Counter.OrphansEvicted);
        Assert.IsTrue((kind < Crowd.NeverCloses ? slow : orphans) >= 900, "counted: " + slow.ToString() + ", " + orphans.ToString());
    }
}
