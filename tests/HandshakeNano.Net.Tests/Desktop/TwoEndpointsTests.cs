#nullable enable
using System;
using nanoFramework.TestFramework;

namespace HandshakeNano.Net.Tests;

/// <summary>Two of our endpoints and a network between them.</summary>
[TestClass]
public sealed class TwoEndpointsTests
{
    private const uint AddressA = 0x0A4D0001;
    private const uint AddressB = 0x0A4D0002;
    private const ulong Second = 1_000_000;

    [TestMethod]
    public void Simultaneous_open_data_both_ways_and_crossed_FINs()
    {
        var network = new FaultyNetwork(1, new Faults());
        var a = network.Add(AddressA);
        var b = network.Add(AddressB);
        // ARP first, so that the SYNs do cross.
        network.Run(Second);
        a.Endpoint.Connect(AddressB, 9).Abort();
        b.Endpoint.Connect(AddressA, 9).Abort();
        network.Run(Second);
        TcpConnection toB = a.Endpoint.Connect(AddressB, 5000, 6000);
        TcpConnection toA = b.Endpoint.Connect(AddressA, 6000, 5000);
        bool crossed = false;
        Assert.IsTrue(network.RunUntil(() =>
        {
            crossed |= toB.State == TcpState.SynReceived && toA.State == TcpState.SynReceived;
            return toB.State == TcpState.Established && toA.State == TcpState.Established;
        }, 10 * Second), $"{toB.State} {toA.State}");
        Assert.IsTrue(crossed, "both went through SYN-RECEIVED");
        Assert.AreEqual(toB.Iss, toA.Irs);
        Assert.AreEqual(toA.Iss, toB.Irs);
        Assert.AreEqual(100, toB.Write(new byte[100], 0, 100));
        Assert.AreEqual(200, toA.Write(new byte[200], 0, 200));
        Assert.IsTrue(network.RunUntil(() => toB.Available == 200 && toA.Available == 100, 10 * Second));
        toB.Read(new byte[200], 0, 200);
        toA.Read(new byte[200], 0, 200);
        network.Run(Second);
        toB.Shutdown();
        toA.Shutdown();
        bool closing = false;
        Assert.IsTrue(network.RunUntil(() =>
        {
            closing |= toB.State == TcpState.Closing && toA.State == TcpState.Closing;
            return toB.State == TcpState.TimeWait && toA.State == TcpState.TimeWait;
        }, 10 * Second), $"{toB.State} {toA.State}");
        Assert.IsTrue(closing, "the FINs crossed");
        int frames = network.Frames;
        network.Run(200 * Second);
        Assert.AreEqual(frames, network.Frames, "two hosts in TIME-WAIT have nothing to say");
        Assert.AreEqual(0, a.Endpoint.TimeWaitCount + b.Endpoint.TimeWaitCount);
        Assert.AreEqual((int)TcpCloseReason.Finished, (int)toB.CloseReason);
        Assert.AreEqual((int)TcpCloseReason.Finished, (int)toA.CloseReason);
    }

    [TestMethod]
    public void Simultaneous_open_succeeds_on_a_network_that_loses_reorders_and_duplicates()
    {
        for (int seed = 0; seed < 100; seed++)
        {
            var network = new FaultyNetwork(seed, new Faults(Loss: 200, Duplication: 200, Jitter: 50000));
            var a = network.Add(AddressA);
            var b = network.Add(AddressB);
            Assert.IsTrue(Meet(network, a, b), $"seed {seed}");
            TcpConnection toB = a.Endpoint.Connect(AddressB, 5000, 6000);
            TcpConnection toA = b.Endpoint.Connect(AddressA, 6000, 5000);
            Assert.IsTrue(network.RunUntil(() => toB.State == TcpState.Established && toA.State == TcpState.Established, 170 * Second),
                $"seed {seed}: {toB.State} {toA.State}");
        }
    }

    [TestMethod]
    public void A_host_that_lost_its_memory_gets_through_with_the_same_ports()
    {
        var network = new FaultyNetwork(3, new Faults());
        var a = network.Add(AddressA);
        var b = network.Add(AddressB);
        TcpListener listener = b.Endpoint.Listen(7, 2);
        TcpConnection before = a.Endpoint.Connect(AddressB, 7, 6000);
        Assert.IsTrue(network.RunUntil(() => listener.Pending == 1, 10 * Second));
        TcpConnection forgotten = listener.Accept();
        network.Remove(a);
        Assert.AreEqual((int)TcpState.Established, (int)before.State);
        a = network.Add(AddressA);
        TcpConnection after = a.Endpoint.Connect(AddressB, 7, 6000);
        // Its SYN is challenged, its RST ends the old connection, its SYN again opens the new one.
        Assert.IsTrue(network.RunUntil(() => after.State == TcpState.Established && listener.Pending == 1, 10 * Second));
        Assert.AreEqual((int)TcpCloseReason.Reset, (int)forgotten.CloseReason);
        Assert.AreEqual(1UL, b.Endpoint.Counters.Get(Counter.ChallengeSyn));
    }

    [TestMethod]
    public void Data_for_a_host_that_lost_its_memory_resets_the_connection()
    {
        var network = new FaultyNetwork(3, new Faults());
        var a = network.Add(AddressA);
        var b = network.Add(AddressB);
        TcpListener listener = b.Endpoint.Listen(7, 2);
        TcpConnection connection = a.Endpoint.Connect(AddressB, 7);
        Assert.IsTrue(network.RunUntil(() => connection.State == TcpState.Established && listener.Pending == 1, 10 * Second));
        network.Remove(b);
        network.Add(AddressB);
        connection.Write(new byte[10], 0, 10);
        Assert.IsTrue(network.RunUntil(() => connection.State == TcpState.Closed, 10 * Second));
        Assert.AreEqual((int)TcpCloseReason.Reset, (int)connection.CloseReason);
        int frames = network.Frames;
        network.Run(100 * Second);
        Assert.AreEqual(frames, network.Frames, "a reset is never answered");
    }

    [TestMethod]
    public void A_connection_to_a_closed_port_is_refused()
    {
        var network = new FaultyNetwork(3, new Faults());
        var a = network.Add(AddressA);
        network.Add(AddressB);
        TcpConnection connection = a.Endpoint.Connect(AddressB, 7);
        Assert.IsTrue(network.RunUntil(() => connection.State == TcpState.Closed, 10 * Second));
        Assert.AreEqual((int)TcpCloseReason.Refused, (int)connection.CloseReason);
        network.Run(100 * Second);
        Assert.IsTrue(network.Frames < 10);
    }

    [TestMethod]
    [DataRow("loss 5 %", 50, 0, 0, 0)]
    [DataRow("loss 30 %", 300, 0, 0, 0)]
    [DataRow("duplication 30 %", 0, 300, 0, 0)]
    [DataRow("reordering", 0, 0, 0, 40000)]
    [DataRow("corruption 10 %", 0, 0, 100, 0)]
    [DataRow("everything", 100, 100, 50, 30000)]
    public void Every_byte_arrives_once_and_in_order_and_nothing_leaks(string what, int loss, int duplication, int corruption, int jitter)
    {
        var faults = new Faults(loss, duplication, corruption, 5000, (ulong)jitter);
        for (int seed = 0; seed < 40; seed++)
            Transfer(what, seed, faults, connections: 3, bytes: 6000);
    }

    [TestMethod]
    public void Long_streams_cross_a_bad_network()
    {
        for (int seed = 100; seed < 104; seed++)
            Transfer("long", seed, new Faults(30, 30, 10, 5000, 20000), connections: 1, bytes: 300_000);
    }

    [TestMethod]
    public void A_sound_network_needs_no_retransmission()
    {
        FaultyNetwork network = Transfer("sound", 1, new Faults(), connections: 4, bytes: 50_000);
        Assert.IsNotNull(network);
    }

    /// <summary>ARP first: three requests may be lost, and a connect with them.</summary>
    /// <returns>False if the hosts did not find each other.</returns>
    private static bool Meet(FaultyNetwork network, FaultyNetwork.Host a, FaultyNetwork.Host b) =>
        Finds(network, a, AddressB) && Finds(network, b, AddressA);

    private static bool Finds(FaultyNetwork network, FaultyNetwork.Host host, uint other)
    {
        for (int i = 0; i < 20; i++)
        {
            TcpConnection connection = host.Endpoint.Connect(other, 9);
            bool ended = network.RunUntil(() => connection.State == TcpState.Closed, 3600 * Second);
            bool refused = connection.CloseReason == TcpCloseReason.Refused;
            connection.Close();
            network.Run(Second);
            if (!ended || refused)
                return ended;
        }

        return false;
    }

    private static FaultyNetwork Transfer(string what, int seed, Faults faults, int connections, int bytes)
    {
        string where = $"{what}, seed {seed}";
        var network = new FaultyNetwork(seed, faults);
        void Configure(TcpSettings settings)
        {
            settings.Connections = connections;
            settings.ReceiveBufferSize = seed % 7 == 6 ? 65536 : 1024 << (seed % 4);
            settings.SendBufferSize = 512 << (seed % 5);
            // On the worst of these networks ten losses in a row do happen.
            settings.SynTimeout = 3600 * Second;
            settings.UserTimeout = 3600 * Second;
            settings.OrphanTimeout = 3600 * Second;
        }

        var a = network.Add(AddressA, Configure);
        var b = network.Add(AddressB, Configure);
        Assert.IsTrue(Meet(network, a, b), where);
        TcpListener listener = b.Endpoint.Listen(7, connections);
        var users = new StreamUser[2 * connections];
        int count = 0;
        for (int i = 0; i < connections; i++)
        {
            TcpConnection connection = a.Endpoint.Connect(AddressB, 7);
            connection.NoDelay = seed % 2 == 0;
            users[count++] = new StreamUser(connection, bytes + network.Random.Next(1000), network.Random);
        }

        int sent = 0;
        int received = 0;
        bool done = network.RunUntil(() =>
        {
            TcpConnection accepted;
            while ((accepted = listener.Accept()) != null)
                users[count++] = new StreamUser(accepted, bytes + network.Random.Next(1000), network.Random);
            bool all = count == users.Length;
            for (int i = 0; i < count; i++)
            {
                try
                {
                    users[i].Work();
                }
                catch (InvalidOperationException e)
                {
                    throw new InvalidOperationException($"{where}, user {i}: {e.Message}", e);
                }

                all &= users[i].Closed;
            }

            return all;
        }, 7200 * Second);
        string state = "";
        for (int i = 0; i < count; i++)
        {
            sent += users[i].Sent;
            received += users[i].Received;
            if (!users[i].Closed)
            {
                TcpConnection c = users[i].Connection;
                state += $" [{i}: {c.State} sent {users[i].Sent} received {users[i].Received} unacknowledged {c.Unacknowledged} window {c.SndWnd}]";
            }
        }

        Assert.IsTrue(done, $"{where}: not finished, {count} of {users.Length} open:{state}");
        Assert.AreEqual(sent, received, where);
        Assert.IsTrue(sent >= users.Length * bytes, where);
        network.RunUntil(() => a.Endpoint.ConnectionCount + b.Endpoint.ConnectionCount == 0, 600 * Second);
        Assert.AreEqual(0, a.Endpoint.ConnectionCount, where + ": connections left");
        Assert.AreEqual(0, b.Endpoint.ConnectionCount, where + ": connections left");
        network.Run(700 * Second);
        Assert.AreEqual(0, a.Endpoint.TimeWaitCount + b.Endpoint.TimeWaitCount, where + ": TIME-WAIT left");
        if (faults is { Loss: 0, Corruption: 0, Jitter: 0, Duplication: 0 })
        {
            foreach (var host in new[] { a, b })
            {
                Assert.AreEqual(0UL, host.Endpoint.Counters.Get(Counter.Retransmissions), where);
                Assert.AreEqual(0UL, host.Endpoint.Counters.Get(Counter.FastRetransmissions), where);
            }
        }

        return network;
    }
}
