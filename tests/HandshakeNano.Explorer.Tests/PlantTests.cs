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
    public void A_core_that_believes_any_reset_in_the_window_is_found_out()
        => Finds(Catalogue.AnyResetInWindow, "stranger", "who does not know the numbers changes nothing");

    [TestMethod]
    public void A_core_that_sends_no_challenge_ACK_is_found_out()
        => Finds(Catalogue.NoChallenge, "reboot-opener", "nobody gives up while the network loses nothing");

    private void Finds(Plant plant, string scenario, string rule)
    {
        using FaultyCore core = FaultyCore.With(plant);
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
