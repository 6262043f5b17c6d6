using System;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Threading.Tasks;
using HandshakeNano.Net;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace HandshakeNano.Interop;

/// <summary>Our endpoint opens, the kernel answers.</summary>
[TestClass]
[DoNotParallelize]
public sealed class KernelServerTests
{
    private const int Port = 6000;

    public required TestContext TestContext { get; set; }

    [TestMethod]
    [DataRow(2_000, 1)]
    [DataRow(2_000, 50)]
    public void TwoThousandActiveOpens(int opens, int atOnce)
    {
        using var lab = new Lab();
        using var server = new KernelEchoServer(lab.Network, Port);
        Stopwatch time = Stopwatch.StartNew();
        EchoExchange.RunAll(lab, Port, opens, atOnce);
        TestContext.WriteLine(Traffic.Rate(opens, time, "opens"));
        lab.StepUntil(() => lab.Endpoint.ConnectionCount == 0, "no connection is left");
        Lab.WaitUntil(() => server.Finished == opens, "the kernel saw every connection's end");
        Assert.AreEqual(0, server.Failed);
        Assert.AreEqual((ulong)opens, lab.Count(Counter.ActiveOpens));
        Assert.AreEqual((ulong)opens, lab.Count(Counter.Established));
        Assert.AreEqual(0ul, lab.Count(Counter.ResetsReceived));
        Assert.AreEqual(0ul, lab.Count(Counter.ResetsSent));
        lab.AssertHealthy();
    }

    [TestMethod]
    public void AConnectionKnowsItsNumbersAndItsRoundTripTime()
    {
        TcpSettings settings = Lab.NewSettings();
        settings.SendBufferSize = 4096;
        using var lab = new Lab(settings);
        using var server = new KernelEchoServer(lab.Network, Port);
        TcpConnection connection = lab.Endpoint.Connect(Lab.KernelAddress, Port);
        lab.StepUntil(() => connection.State == TcpState.Established, "established");
        Assert.AreEqual(connection.Iss + 1, connection.SndUna);
        Assert.AreEqual(connection.Irs + 1, connection.RcvNxt);
        Assert.AreEqual(1448, connection.MaximumSegmentSize, "Timestamps take 12 bytes.");
        Assert.IsGreaterThan(0ul, connection.RoundTripTime);
        Assert.IsLessThan(1_000_000ul, connection.RoundTripTime);
        connection.Close();
        lab.StepUntil(() => lab.Endpoint.ConnectionCount == 0, "closed");
        lab.AssertHealthy();
    }

    /// <summary>One control block for two connections after each other: the first one's handle reaches nothing of the second.</summary>
    [TestMethod]
    public void AHandleThatIsOverDoesNothingToTheNextConnection()
    {
        using var lab = new Lab(Lab.NewSettings(connections: 1));
        using var server = new KernelEchoServer(lab.Network, Port);
        TcpConnection old = lab.Endpoint.Connect(Lab.KernelAddress, Port);
        lab.StepUntil(() => old.State == TcpState.Established, "established");
        old.Close();
        lab.StepUntil(() => lab.Endpoint.ConnectionCount == 0, "closed");

        TcpConnection next = lab.Endpoint.Connect(Lab.KernelAddress, Port);
        lab.StepUntil(() => next.State == TcpState.Established, "established again");
        byte[] sent = "hello"u8.ToArray();
        Assert.AreEqual(0, old.Write("wrong"u8.ToArray(), 0, 5));
        old.Shutdown();
        old.Close();
        old.Abort();
        Assert.AreEqual(5, next.Write(sent, 0, 5));
        lab.StepUntil(() => next.Available == 5, "the echo");
        Assert.AreEqual(0, old.Read(new byte[5], 0, 5));
        old.Close();
        byte[] echoed = new byte[5];
        Assert.AreEqual(5, next.Read(echoed, 0, 5));
        CollectionAssert.AreEqual(sent, echoed);
        Assert.AreEqual(TcpState.Established, next.State);
        next.Close();
        lab.StepUntil(() => lab.Endpoint.ConnectionCount == 0, "closed");
        Lab.WaitUntil(() => server.Finished == 2, "the kernel saw both ends");
        Assert.AreEqual(0, server.Failed);
        Assert.AreEqual(0ul, lab.Count(Counter.ResetsSent));
        lab.AssertHealthy();
    }

    [TestMethod]
    public void AClosedPortRefusesUs()
    {
        using var lab = new Lab();
        TcpConnection connection = lab.Endpoint.Connect(Lab.KernelAddress, Port);
        lab.StepUntil(() => connection.State == TcpState.Closed, "the end");
        Assert.AreEqual(TcpCloseReason.Refused, connection.CloseReason);
        connection.Close();
        Assert.AreEqual(0, lab.Endpoint.ConnectionCount);
        lab.AssertHealthy();
    }

    [TestMethod]
    public void AFirewallThatSaysNothingTimesUsOut()
    {
        TcpSettings settings = Lab.NewSettings();
        settings.SynTimeout = 4_000_000;
        using var lab = new Lab(settings);
        lab.Network.Tool("nft", "add table inet filter");
        lab.Network.Tool("nft", "add chain inet filter input { type filter hook input priority 0; }");
        lab.Network.Tool("nft", $"add rule inet filter input tcp dport {Port} counter drop");
        TcpConnection connection = lab.Endpoint.Connect(Lab.KernelAddress, Port);
        lab.StepUntil(() => connection.State == TcpState.Closed, "the end");
        Assert.AreEqual(TcpCloseReason.TimedOut, connection.CloseReason);
        Assert.AreEqual(1ul, lab.Count(Counter.TimedOut));
        Assert.AreEqual(2ul, lab.Count(Counter.Retransmissions), "SYNs after 1 s and 3 s.");
        connection.Close();
        lab.AssertHealthy();
    }

    [TestMethod]
    public void AHostThatDoesNotExistIsUnreachable()
    {
        using var lab = new Lab();
        TcpConnection connection = lab.Endpoint.Connect(Lab.Address("10.77.0.99"), Port);
        lab.StepUntil(() => connection.State == TcpState.Closed, "the end");
        Assert.AreEqual(TcpCloseReason.Unreachable, connection.CloseReason);
        Assert.AreNotEqual(0ul, lab.Count(Counter.ArpUnresolved));
        connection.Close();
        lab.AssertHealthy();
    }

    [TestMethod]
    [DataRow("reject with icmp type host-unreachable", TcpCloseReason.Unreachable)]
    [DataRow("reject with icmp type port-unreachable", TcpCloseReason.Unreachable)]
    [DataRow("reject with tcp reset", TcpCloseReason.Refused)]
    public void AFirewallThatRejectsEndsTheOpen(string verdict, TcpCloseReason reason)
    {
        using var lab = new Lab();
        lab.Network.Tool("nft", "add table ip filter");
        lab.Network.Tool("nft", "add chain ip filter input { type filter hook input priority 0; }");
        lab.Network.Tool("nft", $"add rule ip filter input tcp dport {Port} {verdict}");
        TcpConnection connection = lab.Endpoint.Connect(Lab.KernelAddress, Port);
        lab.StepUntil(() => connection.State == TcpState.Closed, "the end");
        Assert.AreEqual(reason, connection.CloseReason);
        connection.Close();
        lab.AssertHealthy();
    }

    [TestMethod]
    public async Task BothOpenAtTheSameTime()
    {
        const int KernelPort = 6001;
        const int OurPort = 6002;
        using var lab = new Lab();
        using Socket socket = lab.Network.NewSocket();
        socket.Bind(new IPEndPoint(IPAddress.Parse(Lab.Kernel), KernelPort));

        // The firewall keeps our SYN from the kernel until the kernel's own SYN is out.
        lab.Network.Tool("nft", "add table inet filter");
        lab.Network.Tool("nft", "add chain inet filter input { type filter hook input priority 0; }");
        lab.Network.Tool("nft", $"add rule inet filter input tcp dport {KernelPort} counter drop");
        TcpConnection connection = lab.Endpoint.Connect(Lab.KernelAddress, KernelPort, OurPort);
        lab.StepUntil(() => connection.SndNxt == connection.Iss + 1 && lab.Count(Counter.SegmentsSent) > 0, "our SYN is out");
        Task opening = socket.ConnectAsync(IPAddress.Parse(Lab.Device), OurPort);
        lab.StepUntil(() => connection.State == TcpState.SynReceived, "the kernel's SYN has come");
        lab.Network.Tool("nft", "delete table inet filter");
        lab.StepUntil(() => connection.State == TcpState.Established && opening.IsCompleted, "both are connected");
        await opening;

        byte[] data = Traffic.Bytes(3, 500);
        Assert.AreEqual(data.Length, connection.Write(data, 0, data.Length));
        Task<byte[]> reading = Task.Run(() => Traffic.Read(socket, data.Length));
        lab.StepUntil(() => reading.IsCompleted, "the data is there");
        Traffic.AssertSame(data, await reading);
        connection.Close();
        socket.Close();
        lab.StepUntil(() => lab.Endpoint.ConnectionCount == 0, "closed");
        lab.AssertHealthy();
    }
}
