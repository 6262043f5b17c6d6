using System;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using HandshakeNano.Net;
using Microsoft.VisualStudio.TestTools.UnitTesting;
using TcpListener = HandshakeNano.Net.TcpListener;

namespace HandshakeNano.Interop;

/// <summary>The kernel opens, our endpoint answers.</summary>
[TestClass]
[DoNotParallelize]
public sealed class KernelClientTests
{
    public required TestContext TestContext { get; set; }

    [TestMethod]
    public void ThousandsOfConnectionsOneAfterAnother()
    {
        int rounds = Night.Or(20_000, 5_000);
        using Lab lab = new Lab().Start();
        lab.Network.SetKernel("ipv4/ip_local_port_range", "1024 65000");
        Stopwatch time = Stopwatch.StartNew();
        lab.EchoOneAfterAnother(rounds);
        TestContext.WriteLine(Traffic.Rate(rounds, time, "connections"));
        lab.WaitUntilIdle();
        Assert.AreEqual((ulong)rounds, lab.Count(Counter.PassiveOpens));
        Assert.AreEqual((ulong)rounds, lab.Count(Counter.Established));
        Assert.AreEqual(0ul, lab.Count(Counter.ResetsSent));
        Assert.AreEqual(0ul, lab.Count(Counter.ResetsReceived));
        Assert.AreEqual(0, lab.Network.KernelCounter("Tcp", "AttemptFails"));
        Assert.AreEqual(0, lab.Network.KernelCounter("Tcp", "EstabResets"));
        lab.AssertHealthy();
    }

    [TestMethod]
    public async Task FiveHundredConnectionsAtOnce()
    {
        const int Connections = 500;
        using Lab lab = new Lab(Lab.NewSettings(600)).Start();
        using var stop = new CancellationTokenSource(Lab.Deadline);
        var sockets = new Socket[Connections];
        try
        {
            var opens = new Task[Connections];
            Stopwatch time = Stopwatch.StartNew();
            for (int i = 0; i < Connections; i++)
            {
                sockets[i] = lab.Network.NewSocket();
                opens[i] = sockets[i].ConnectAsync(Lab.EchoService, stop.Token).AsTask();
            }

            await Task.WhenAll(opens);
            Lab.WaitUntil(() => lab.Count(Counter.Established) == Connections, "every handshake is complete");
            Assert.AreEqual(Connections, lab.Endpoint.ConnectionCount);
            TestContext.WriteLine(Traffic.Rate(Connections, time, "handshakes"));

            time.Restart();
            var echoes = new Task[Connections];
            long bytes = 0;
            for (int i = 0; i < Connections; i++)
            {
                int length = 8_000 + 37 * i;
                bytes += length;
                echoes[i] = Traffic.EchoAsync(sockets[i], i, length, 3_000, stop.Token);
            }

            await Task.WhenAll(echoes);
            TestContext.WriteLine(Traffic.Rate(bytes / 1024, time, "KiB"));
        }
        finally
        {
            foreach (Socket socket in sockets)
                socket?.Dispose();
        }

        lab.WaitUntilIdle();
        Assert.AreEqual((ulong)Connections, lab.Count(Counter.PassiveOpens));
        Assert.AreEqual(0ul, lab.Count(Counter.ResetsSent));
        Assert.AreEqual(0, lab.Network.KernelCounter("Tcp", "AttemptFails"));
        Assert.AreEqual(0, lab.Network.KernelCounter("Tcp", "EstabResets"));
        lab.AssertHealthy();
    }

    [TestMethod]
    [DataRow(1 << 20, 1)]
    [DataRow(1 << 20, 100)]
    [DataRow(4 << 20, 70_000)]
    public async Task MuchDataComesBackWhole(int length, int greatestPortion)
    {
        // Portions of one byte make a segment each: a quarter of a megabyte of them is enough.
        if (greatestPortion == 1)
            length /= 4;
        using Lab lab = new Lab().Start();
        using var stop = new CancellationTokenSource(Lab.Deadline);
        Stopwatch time = Stopwatch.StartNew();
        using (Socket socket = lab.Connect(Lab.EchoService))
            await Traffic.EchoAsync(socket, length, length, greatestPortion, stop.Token);
        TestContext.WriteLine(Traffic.Rate(length / 1024, time, "KiB"));
        lab.WaitUntilIdle();
        Assert.AreEqual(0ul, lab.Count(Counter.ResetsSent));
        lab.AssertHealthy();
    }

    [TestMethod]
    [DataRow(256)]
    [DataRow(1024)]
    [DataRow(16384)]
    [DataRow(65536)]
    public async Task MuchDataComesBackWholeWithBuffersOf(int bytes)
    {
        TcpSettings settings = Lab.NewSettings();
        settings.ReceiveBufferSize = bytes;
        settings.SendBufferSize = bytes;
        int length = bytes < 1024 ? 64 * 1024 : 1 << 20;
        using Lab lab = new Lab(settings).Start();
        using var stop = new CancellationTokenSource(Lab.Deadline);
        Stopwatch time = Stopwatch.StartNew();
        using (Socket socket = lab.Connect(Lab.EchoService))
            await Traffic.EchoAsync(socket, bytes, length, 5_000, stop.Token);
        TestContext.WriteLine(Traffic.Rate(length / 1024, time, "KiB"));
        lab.WaitUntilIdle();
        lab.AssertHealthy();
    }

    [TestMethod]
    [DataRow(true)]
    [DataRow(false)]
    public void TheKernelAndWeAgreeOnItsOptions(bool offered)
    {
        TcpSettings settings = Lab.NewSettings();
        settings.SelectiveAcknowledgments = settings.Timestamps = settings.WindowScale = offered;
        using Lab lab = new Lab(settings).Start();
        using Socket socket = lab.Connect(Lab.EchoService);
        string connection = lab.Network.Tool("ss", "-tinoH", "dst", "10.77.0.2");
        Assert.Contains(" rto:", connection);
        Assert.AreEqual(offered, connection.Contains(" ts sack ", StringComparison.Ordinal), connection);
        Assert.AreEqual(offered, connection.Contains(" wscale:", StringComparison.Ordinal), connection);
    }

    /// <summary>A megabyte each way, with and without ECN.</summary>
    [TestMethod]
    [DataRow(true)]
    [DataRow(false)]
    public async Task TheKernelAndWeAgreeOnEcnIfOneOfUsAsks(bool asked)
    {
        using Lab lab = new Lab().Start();
        lab.Network.Tool("sysctl", "-qw", asked ? "net.ipv4.tcp_ecn=1" : "net.ipv4.tcp_ecn=0");
        using Socket socket = lab.Connect(Lab.EchoService);
        socket.Send([1, 2, 3]);
        Traffic.AssertSame([1, 2, 3], Traffic.Read(socket, 3));
        string connection = lab.Network.Tool("ss", "-tinoH", "dst", "10.77.0.2");
        Assert.AreEqual(asked, connection.Contains(" ecn ecnseen ", StringComparison.Ordinal), connection);
        using var stop = new CancellationTokenSource(Lab.Deadline);
        await Traffic.EchoAsync(socket, 9, 1 << 20, 5_000, stop.Token);
        socket.Close();
        lab.WaitUntilIdle();
        lab.AssertHealthy();
    }

    [TestMethod]
    public void DiscardTakesAMegabyteAndCloses()
    {
        using Lab lab = new Lab().Start();
        using Socket socket = lab.Connect(Lab.DiscardService);
        byte[] data = Traffic.Bytes(5, 1 << 20);
        for (int sent = 0; sent < data.Length;)
            sent += socket.Send(data, sent, data.Length - sent, SocketFlags.None);
        socket.Shutdown(SocketShutdown.Send);
        Traffic.ReadEnd(socket);
        lab.WaitUntilIdle();
        lab.AssertHealthy();
    }

    [TestMethod]
    public void ResetByLingerZeroEndsTheConnection()
    {
        using Lab lab = new Lab().Start();
        for (ulong i = 1; i <= 20; i++)
        {
            using (Socket socket = lab.Connect(Lab.EchoService))
            {
                socket.Send([1, 2, 3]);
                Traffic.AssertSame([1, 2, 3], Traffic.Read(socket, 3));
                socket.LingerState = new LingerOption(true, 0);
            }

            Lab.WaitUntil(() => lab.Count(Counter.ResetsReceived) == i, "the reset");
            lab.WaitUntilIdle();
        }

        Assert.AreEqual(0ul, lab.Count(Counter.ResetsSent));
        lab.AssertHealthy();
    }

    [TestMethod]
    public void AClosedPortIsRefused()
    {
        using Lab lab = new Lab().Start();
        foreach (int port in (int[])[1, 6, 8, 22, 80, 65535])
        {
            SocketException refused = Assert.ThrowsExactly<SocketException>(
                () => lab.Connect(new IPEndPoint(IPAddress.Parse(Lab.Device), port)));
            Assert.AreEqual(SocketError.ConnectionRefused, refused.SocketErrorCode);
        }

        Assert.AreEqual(6ul, lab.Count(Counter.NoConnection));
        lab.AssertHealthy();
    }

    [TestMethod]
    public void UrgentDataIsEchoedInItsPlace()
    {
        using Lab lab = new Lab().Start();
        using Socket socket = lab.Connect(Lab.EchoService);
        socket.Send([1, 2, 3]);
        socket.Send([4], SocketFlags.OutOfBand);
        socket.Send([5, 6]);
        Traffic.AssertSame([1, 2, 3, 4, 5, 6], Traffic.Read(socket, 6));
        socket.Shutdown(SocketShutdown.Send);
        Traffic.ReadEnd(socket);
        lab.WaitUntilIdle();
        Assert.AreNotEqual(0ul, lab.Count(Counter.UrgentReceived));
        lab.AssertHealthy();
    }

    [TestMethod]
    public async Task TheKernelsZeroWindowIsProbedUntilItOpens()
    {
        using Lab lab = new Lab().Start();
        using Socket socket = lab.Network.NewSocket();
        socket.ReceiveBufferSize = 1;
        socket.SendBufferSize = 16 * 1024;
        await socket.ConnectAsync(Lab.EchoService);
        byte[] data = Traffic.Bytes(9, 200_000);
        Task sending = Task.Run(() =>
        {
            for (int sent = 0; sent < data.Length;)
                sent += socket.Send(data, sent, data.Length - sent, SocketFlags.None);
            socket.Shutdown(SocketShutdown.Send);
        });
        Lab.WaitUntil(() => lab.Count(Counter.ZeroWindowProbes) >= 2, "two probes of the closed window");
        Traffic.AssertSame(data, Traffic.Read(socket, data.Length));
        Traffic.ReadEnd(socket);
        await sending;
        lab.WaitUntilIdle();
        Assert.AreEqual(0ul, lab.Count(Counter.TimedOut));
        lab.AssertHealthy();
    }

    [TestMethod]
    public async Task OurZeroWindowIsProbedByTheKernelUntilWeRead()
    {
        const int Port = 5000;
        using var lab = new Lab();
        TcpListener listener = lab.Endpoint.Listen(Port, 4);
        byte[] data = Traffic.Bytes(10, 50_000);
        using Socket socket = lab.Network.NewSocket();
        Task peer = Task.Run(() =>
        {
            socket.Connect(IPAddress.Parse(Lab.Device), Port);
            for (int sent = 0; sent < data.Length;)
                sent += socket.Send(data, sent, data.Length - sent, SocketFlags.None);
            socket.Shutdown(SocketShutdown.Send);
            Traffic.ReadEnd(socket);
        });
        TcpConnection? connection = null;
        lab.StepUntil(() => (connection = listener.Accept()) != null, "a connection");
        lab.StepUntil(() => connection!.RcvWnd == 0, "our window is closed");
        ulong before = lab.Count(Counter.SegmentsReceived);
        lab.StepUntil(() => lab.Count(Counter.SegmentsReceived) >= before + 3, "three probes of the kernel");
        Assert.AreEqual(0u, connection!.RcvWnd);

        byte[] received = new byte[data.Length + 1];
        int have = 0;
        lab.StepUntil(
            () =>
            {
                have += connection.Read(received, have, Math.Min(700, received.Length - have));
                return connection.PeerClosed && connection.Available == 0;
            },
            "the end of the peer's data");
        Traffic.AssertSame(data, received.AsSpan(0, have));
        connection.Close();
        lab.StepUntil(() => lab.Endpoint.ConnectionCount == 0 && peer.IsCompleted, "the end");
        await peer;
        lab.AssertHealthy();
    }

    [TestMethod]
    public async Task AFullBacklogDelaysAndNeverRefuses()
    {
        const int Port = 5000;
        const int Peers = 12;
        TcpSettings settings = Lab.NewSettings();
        using var lab = new Lab(settings);
        lab.Network.SetKernel("ipv4/tcp_syn_retries", "10");
        TcpListener listener = lab.Endpoint.Listen(Port, 2);
        var sockets = new Socket[Peers];
        try
        {
            var peers = new Task[Peers];
            for (int i = 0; i < Peers; i++)
            {
                Socket socket = sockets[i] = lab.Network.NewSocket();
                peers[i] = Task.Run(async () =>
                {
                    await socket.ConnectAsync(IPAddress.Parse(Lab.Device), Port);
                    Assert.AreEqual(0, await socket.ReceiveAsync(new byte[1]));
                    socket.Close();
                });
            }

            lab.StepUntil(
                () => lab.Count(Counter.AcceptQueueFull) + lab.Count(Counter.SynQueueFull) > 0, "the queues are full");
            Assert.AreEqual(2, listener.Pending);
            int accepted = 0;
            lab.StepUntil(
                () =>
                {
                    TcpConnection connection = listener.Accept();
                    if (connection != null)
                    {
                        connection.Close();
                        accepted++;
                    }

                    return accepted == Peers;
                },
                "every peer is accepted");
            lab.StepUntil(() => Array.TrueForAll(peers, peer => peer.IsCompleted), "every peer saw the end");
            await Task.WhenAll(peers);
        }
        finally
        {
            foreach (Socket socket in sockets)
                socket?.Dispose();
        }

        Assert.AreEqual(0ul, lab.Count(Counter.ResetsSent));
        lab.AssertHealthy();
    }
}
