using System;
using System.Collections.Generic;
using HandshakeNano.Firmware;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace HandshakeNano.Links.Tests;

/// <summary>The network under a tunnel is joined, and joined again when it is lost, whatever the device's helpers do.</summary>
[TestClass]
public sealed class TunnelNetworkTests
{
    [TestMethod]
    public void A_join_says_a_line_for_each_step_and_the_address_at_the_end()
    {
        var network = new FakeNetwork("192.0.2.20");
        network.Join();
        CollectionAssert.AreEqual(new[] { "Wi-Fi: joining", "Wi-Fi: 192.0.2.20" }, network.Lines);
        Assert.AreEqual(0, network.Rejoins);
    }

    [TestMethod]
    public void What_is_not_joined_in_time_is_joined_anew_until_it_is()
    {
        var network = new FakeNetwork(null, null, "192.0.2.20");
        network.Join();
        CollectionAssert.AreEqual(
            new[]
            {
                "Wi-Fi: joining", "Wi-Fi: no address yet; the stored password is wrong",
                "Wi-Fi: no address yet; the stored password is wrong", "Wi-Fi: 192.0.2.20",
            },
            network.Lines);
        Assert.AreEqual(2, network.Rejoins);

        // Even if the helper comes back at once there is a rest between two tries.
        Assert.AreEqual(2 * TunnelNetwork.Rest, network.Slept);
    }

    [TestMethod]
    public void An_exception_of_the_helpers_does_not_end_the_joining()
    {
        var network = new FakeNetwork(null, null, "192.0.2.20") { Throws = true };
        network.Join();
        CollectionAssert.AreEqual(
            new[]
            {
                "Wi-Fi: joining", "Wi-Fi: no address yet; helper", "Wi-Fi: no address yet; helper", "Wi-Fi: 192.0.2.20",
            },
            network.Lines);
        Assert.AreEqual(2 * TunnelNetwork.Rest, network.Slept);
    }

    [TestMethod]
    public void A_network_that_is_there_is_left_alone()
    {
        var network = new FakeNetwork("192.0.2.20", "192.0.2.20", "192.0.2.20");
        network.Keep();
        network.Keep();
        Assert.IsEmpty(network.Lines);
        Assert.AreEqual(0, network.Waits);
    }

    [TestMethod]
    public void A_network_that_is_lost_comes_back_by_itself()
    {
        var network = new FakeNetwork("192.0.2.20", null, null, "192.0.2.21") { IsSilent = true };
        network.Keep();
        network.Keep();
        CollectionAssert.AreEqual(
            new[] { "Wi-Fi: lost; joining again", "Wi-Fi: no address yet; joining anew", "Wi-Fi: 192.0.2.21" }, network.Lines);
        Assert.AreEqual(1, network.Rejoins);
    }

    /// <summary>A network whose address, at each look, is the next of a row.</summary>
    private sealed class FakeNetwork(params string?[] addresses) : TunnelNetwork
    {
        private int _looks;

        public override string Name => "Wi-Fi";

        public List<string> Lines { get; } = [];

        public int Rejoins { get; private set; }

        public int Waits { get; private set; }

        public int Slept { get; private set; }

        public bool Throws { get; init; }

        public bool IsSilent { get; init; }

        protected override void Log(string line)
        {
            Lines.Add(line);
        }

        protected override void Sleep(int milliseconds)
        {
            Slept += milliseconds;
        }

        protected override string FindAddress()
        {
            return addresses[_looks++]!;
        }

        protected override void WaitForAddress(int milliseconds)
        {
            Assert.AreEqual(JoinTime, milliseconds);
            Waits++;
            if (Throws && Waits < 3)
            {
                _looks++;
                throw new InvalidOperationException("helper");
            }
        }

        protected override string Rejoin()
        {
            Rejoins++;
            return IsSilent ? null! : "the stored password is wrong";
        }
    }
}
