using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using HandshakeNano.Boards.Virtual;
using HandshakeNano.Net;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace HandshakeNano.Interop;

/// <summary>Three of ten packets are lost each way, and still everything arrives.</summary>
[TestClass]
[DoNotParallelize]
public sealed class LossTests
{
    private static readonly int Connections = Night.Or(200, 50);
    private const int Port = 6000;
    private const int MostTries = 10;

    public required TestContext TestContext { get; set; }

    [TestMethod]
    public async Task TheKernelsConnectionsComplete()
    {
        using Lab lab = NewLab().Start();
        LoseThreeOfTen(lab);
        using var stop = new CancellationTokenSource(TimeSpan.FromMinutes(30));
        Stopwatch time = Stopwatch.StartNew();
        Task[] peers = [.. Enumerable.Range(0, Connections).Select(async i =>
        {
            using Socket socket = lab.Network.NewSocket();
            await socket.ConnectAsync(Lab.EchoService, stop.Token);
            await Traffic.EchoAsync(socket, i, 2_000 + 20 * i, 1_500, stop.Token);
        })];
        await Task.WhenAll(peers);
        TestContext.WriteLine(Traffic.Rate(Connections, time, "connections"));
        Assert.AreEqual((ulong)Connections, lab.Count(Counter.Established));
        AssertLost(lab);
    }

    [TestMethod]
    public void OurConnectionsComplete()
    {
        using Lab lab = NewLab();
        using var server = new KernelEchoServer(lab.Network, Port);
        LoseThreeOfTen(lab);
        Stopwatch time = Stopwatch.StartNew();
        var exchanges = new EchoExchange?[Connections];

        // Three questions for the kernel's Ethernet address are lost with their answers once in eight times, and the opens that
        // wait for it end. A user tries again.
        for (int tries = 0; tries < MostTries && Array.Exists(exchanges, exchange => exchange is null or { WasUnreachable: true }); tries++)
        {
            for (int i = 0; i < Connections; i++)
            {
                if (exchanges[i] is { WasUnreachable: false })
                    continue;
                exchanges[i] = new EchoExchange(Traffic.Bytes(i, 2_000 + 20 * i));
                TcpConnection connection = lab.Endpoint.Connect(Lab.KernelAddress, Port);
                Assert.IsNotNull(connection);
                connection.Handler = exchanges[i];
            }

            lab.StepUntil(
                () => Array.TrueForAll(exchanges, exchange => exchange!.IsOver), "every open came to its end", TimeSpan.FromMinutes(30));
        }

        TestContext.WriteLine(Traffic.Rate(Connections, time, "connections"));
        foreach (EchoExchange? exchange in exchanges)
            Assert.IsNull(exchange!.Problem);
        AssertLost(lab);
    }

    /// <summary>
    /// A message and its acknowledgment both arrive once in two tries, so ten failures in a row happen among some
    /// thousands of exchanges. With timeouts that double up to minutes that would take hours: both sides stop doubling
    /// at 2 s here, and the kernel gives up neither a handshake after its six SYNs nor a FIN after eight.
    /// </summary>
    internal static TcpSettings PatientSettings()
    {
        TcpSettings settings = Lab.NewSettings(256);
        settings.MaximumRetransmissionTimeout = 2_000_000;
        return settings;
    }

    /// <summary>What <see cref="PatientSettings"/> is for us, for the kernel.</summary>
    internal static void MakeKernelPatient(Lab lab)
    {
        lab.Network.SetKernel("ipv4/tcp_rto_max_ms", "2000");
        lab.Network.SetKernel("ipv4/tcp_syn_retries", "60");
        lab.Network.SetKernel("ipv4/tcp_synack_retries", "60");
        lab.Network.SetKernel("ipv4/tcp_retries2", "100");
        lab.Network.SetKernel("ipv4/tcp_orphan_retries", "100");

        // Three questions for our Ethernet address are lost with their answers once in eight times.
        lab.Network.SetKernel($"ipv4/neigh/{Lab.TapName}/ucast_solicit", "60");
        lab.Network.SetKernel($"ipv4/neigh/{Lab.TapName}/mcast_solicit", "60");
    }

    private static Lab NewLab()
    {
        var lab = new Lab(PatientSettings());
        MakeKernelPatient(lab);
        return lab;
    }

    /// <summary>
    /// Drops on the way in. On the way out a drop would be told to the kernel's TCP, which then does not back off, so
    /// the packets go to a second TAP device that no program has opened, where they vanish silently.
    /// </summary>
    internal static void LoseThreeOfTen(Lab lab)
    {
        NetworkNamespace network = lab.Network;
        network.Tool("ip", "tuntap", "add", "dev", "hole", "mode", "tap");
        network.Tool("ip", "link", "set", "hole", "up");
        network.Tool("nft", "add table netdev loss");
        network.Tool("nft", $"add chain netdev loss in {{ type filter hook ingress device {Lab.TapName} priority 0; }}");
        network.Tool("nft", $"add chain netdev loss out {{ type filter hook egress device {Lab.TapName} priority 0; }}");
        network.Tool("nft", "add rule netdev loss in numgen random mod 100 < 30 counter drop");
        network.Tool("nft", "add rule netdev loss out numgen random mod 100 < 30 counter fwd to hole");
    }

    private void AssertLost(Lab lab)
    {
        ulong sent = lab.Count(Counter.FramesSent);
        ulong received = lab.Count(Counter.FramesReceived);
        TestContext.WriteLine(
            $"{sent} frames sent, {received} received, {lab.Count(Counter.Retransmissions)} segments sent again, "
            + $"{lab.Count(Counter.FastRetransmissions)} of them early");
        Assert.IsGreaterThan((ulong)Connections, lab.Count(Counter.Retransmissions));
        Assert.AreEqual(0ul, lab.Count(Counter.TimedOut));
        lab.AssertHealthy();
    }
}
