using System;
using System.Linq;
using HandshakeNano.Firmware;
using HandshakeNano.Net;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace HandshakeNano.Links.Tests;

[TestClass]
public class ServiceTests
{
    private const int Echo = 7, Discard = 9;

    [TestMethod]
    [DataRow(1)]
    [DataRow(1460)]
    [DataRow(2048)]
    [DataRow(2049)]
    [DataRow(200_000)]
    public void Echo_gives_every_byte_back_and_closes_after_its_peer(int length)
    {
        var time = new VirtualTime();
        Client client = time.Connect(Echo);
        byte[] data = Pattern.Make(length);
        client.Send(data, shutdown: true);
        time.Until(() => client.HasPeerClosed, "the echo closes");
        CollectionAssert.AreEqual(data, client.Data);
        time.Until(() => client.IsClosed, "the connection ends");
        Assert.AreEqual(TcpCloseReason.Finished, client.Reason);
        time.Until(() => time.Device.ConnectionCount == 0, "the device has its connection back");
        Assert.AreEqual(0UL, time.Device.Counters.Get(Counter.ResetsSent) + time.Peer.Counters.Get(Counter.ResetsSent));
    }

    [TestMethod]
    public void Echo_slows_a_peer_that_does_not_read_and_loses_nothing()
    {
        var time = new VirtualTime();
        Client client = time.Connect(Echo);
        client.Reads = false;
        byte[] data = Pattern.Make(50_000);
        client.Send(data, shutdown: true);
        time.Until(() => client.IsEstablished, "the handshake");
        time.For(50_000_000);

        // Four buffers of 2048 bytes are full: the peer's two and the device's two.
        Assert.AreEqual(0, client.Received);
        Assert.AreEqual(2048, client.Connection.Available);
        Assert.AreEqual(0u, client.Connection.SndWnd, "The device's window is closed.");
        Assert.AreEqual(0, client.Connection.SendSpace);

        client.Reads = true;
        client.Read();
        time.Until(() => client.HasPeerClosed, "the echo closes");
        CollectionAssert.AreEqual(data, client.Data);
    }

    [TestMethod]
    public void Echo_answers_a_peer_that_stays_open()
    {
        var time = new VirtualTime();
        Client client = time.Connect(Echo);
        for (int i = 0; i < 50; i++)
        {
            byte[] data = Pattern.Make(10 + i, i);
            client.Forget();
            client.Send(data, shutdown: false);
            time.Until(() => client.Received == data.Length, "round " + i, 5_000_000);
            CollectionAssert.AreEqual(data, client.Data);
        }

        Assert.AreEqual(TcpState.Established, client.Connection.State);
        Assert.IsFalse(client.HasPeerClosed);
    }

    [TestMethod]
    public void Discard_takes_everything_gives_nothing_and_closes_after_its_peer()
    {
        var time = new VirtualTime();
        Client client = time.Connect(Discard);
        client.Send(Pattern.Make(100_000), shutdown: true);
        time.Until(() => client.IsClosed, "the connection ends");
        Assert.AreEqual(TcpCloseReason.Finished, client.Reason);
        Assert.AreEqual(0, client.Received);
        time.Until(() => time.Device.ConnectionCount == 0, "the device has its connection back");
    }

    [TestMethod]
    public void A_service_that_cannot_be_run_is_refused_when_the_firmware_starts()
    {
        Assert.AreEqual(
            "The idle timeout of echo must be at most 2^60 us; 0 is for ever.",
            Assert.ThrowsExactly<ArgumentException>(() => new VirtualTime(services: new EchoService((1UL << 60) + 1))).Message);
        StringAssert.StartsWith(
            Assert.ThrowsExactly<ArgumentNullException>(() => new VirtualTime(services: [new EchoService(), null!])).Message,
            "One of the services is null");
        Assert.ThrowsExactly<ArgumentNullException>(() => new DeviceFirmware(null!, new EchoService()));
        Assert.ThrowsExactly<ArgumentNullException>(() => new DeviceFirmware(new VirtualTime().Board, null!));
        var longest = new VirtualTime(services: new EchoService(1UL << 60));
        Client client = longest.Connect(Echo);
        client.Send(Pattern.Make(10), shutdown: false);
        longest.Until(() => client.Received == 10, "the longest idle timeout serves", 5_000_000);
    }

    [TestMethod]
    [DataRow(Echo)]
    [DataRow(Discard)]
    public void A_connection_without_data_closes(int port)
    {
        var time = new VirtualTime();
        Client client = time.Connect(port);
        client.Send([], shutdown: true);
        time.Until(() => client.IsClosed, "the connection ends");
        Assert.AreEqual(TcpCloseReason.Finished, client.Reason);
        Assert.AreEqual(0, client.Received);
    }

    [TestMethod]
    [DataRow(Echo)]
    [DataRow(Discard)]
    public void A_reset_gives_the_connection_back_every_time(int port)
    {
        // Ten times as many as the device has.
        var time = new VirtualTime();
        for (int i = 0; i < 80; i++)
        {
            Client client = time.Connect(port);
            client.Send(Pattern.Make(3000), shutdown: false);
            time.Until(() => client.IsEstablished, "handshake " + i);
            time.For(1000);
            client.Connection.Abort();
            time.Until(() => time.Device.ConnectionCount == 0, "the device notices reset " + i);
        }

        Assert.AreEqual(80UL, time.Device.Counters.Get(Counter.Established));
    }

    [TestMethod]
    [DataRow(Echo)]
    [DataRow(Discard)]
    public void A_peer_that_vanished_does_not_hold_its_connection_for_ever(int port)
    {
        FaultSettings wire = null!;
        var time = new VirtualTime(faults => wire = faults);
        Client client = time.Connect(port);
        client.Send(Pattern.Make(100), shutdown: false);
        time.Until(() => client.IsEstablished && client.Connection.Unacknowledged == 0, "the data arrives");
        wire.Sent.Loss = wire.Received.Loss = 65536;
        time.Until(() => time.Device.ConnectionCount == 0, "the device gives up", 900_000_000);
        Assert.AreEqual(1UL, time.Device.Counters.Get(Counter.IdleTimedOut));
    }

    [TestMethod]
    [DataRow(Echo)]
    [DataRow(Discard)]
    public void A_peer_that_is_silent_for_a_minute_is_reset(int port)
    {
        var time = new VirtualTime();
        Client client = time.Connect(port);
        time.Until(() => client.IsEstablished, "the handshake");
        time.For(59_000_000);
        client.Send(Pattern.Make(100), shutdown: false);
        time.For(59_000_000);
        Assert.AreEqual(TcpState.Established, client.Connection.State);
        time.For(2_000_000);
        Assert.AreEqual(TcpCloseReason.Reset, client.Reason);
        Assert.AreEqual(0, time.Device.ConnectionCount);
    }

    [TestMethod]
    public void A_peer_that_is_only_silent_keeps_the_connection_of_a_service_without_an_idle_timeout()
    {
        var service = new Patient();
        var time = new VirtualTime(services: service);
        Client client = time.Connect(service.Port);
        time.Until(() => client.IsEstablished, "the handshake");
        time.For(7_200_000_000);
        Assert.AreNotEqual(0UL, time.Device.Counters.Get(Counter.KeepAlives));
        client.Send(Pattern.Make(100), shutdown: true);
        time.Until(() => client.HasPeerClosed, "the service closes");
    }

    [TestMethod]
    public void One_handler_serves_many_connections_and_mixes_nothing()
    {
        const int Count = 40;
        var time = new VirtualTime(connections: Count);
        Client[] clients = [.. Enumerable.Range(0, Count).Select(_ => time.Connect(Echo))];
        for (int i = 0; i < Count; i++)
            clients[i].Send(Pattern.Make(20_000 + i * 97, i), shutdown: true);
        time.Until(() => clients.All(c => c.HasPeerClosed), "every echo closes");
        for (int i = 0; i < Count; i++)
            CollectionAssert.AreEqual(Pattern.Make(20_000 + i * 97, i), clients[i].Data);
        time.Until(() => time.Device.ConnectionCount == 0, "the device has its connections back");
    }

    [TestMethod]
    [DataRow(1)]
    [DataRow(2)]
    [DataRow(3)]
    [DataRow(4)]
    [DataRow(5)]
    [DataRow(6)]
    [DataRow(7)]
    [DataRow(8)]
    public void On_a_bad_wire_the_echo_is_whole(int seed)
    {
        var time = new VirtualTime(faults =>
        {
            faults.Seed = (ulong)seed;
            foreach (FaultRates rates in new[] { faults.Sent, faults.Received })
            {
                rates.Loss = FaultRates.FromPercent(10);
                rates.Duplication = FaultRates.FromPercent(5);
                rates.Reordering = FaultRates.FromPercent(10);
                rates.Corruption = FaultRates.FromPercent(5);
                rates.Delay = 2000;
                rates.Jitter = 3000;
            }
        });
        Client client;
        do
        {
            // An open that three ARP requests were lost for is tried again.
            client = time.Connect(Echo);
            time.Until(() => client.IsEstablished || client.IsClosed, "the handshake", 3_600_000_000);
        }
        while (client.Reason == TcpCloseReason.Unreachable);

        byte[] data = Pattern.Make(30_000, seed);
        client.Send(data, shutdown: true);
        time.Until(() => client.HasPeerClosed, "the echo closes", 3_600_000_000);
        CollectionAssert.AreEqual(data, client.Data);
        Assert.AreNotEqual(0UL, time.Peer.Counters.Get(Counter.Retransmissions)
            + time.Peer.Counters.Get(Counter.FastRetransmissions));
    }

    [TestMethod]
    public void The_board_is_told_of_each_connection_once()
    {
        var time = new VirtualTime();
        var told = new System.Collections.Generic.List<int>();
        time.Board.Accepted = c => told.Add(c.LocalPort);
        Client first = time.Connect(Echo), second = time.Connect(Discard);
        time.Until(() => first.IsEstablished && second.IsEstablished && told.Count >= 2, "both handshakes");
        time.For(1_000_000);
        told.Sort();
        CollectionAssert.AreEqual(new[] { Echo, Discard }, told);
    }

    [TestMethod]
    [DataRow(Echo)]
    [DataRow(Discard)]
    public void Nothing_is_allocated_per_segment(int port)
    {
        var time = new VirtualTime();
        Client client = time.Connect(port);
        byte[] data = Pattern.Make(100_000);
        client.Send(data, shutdown: false);
        Func<bool> acknowledged = () => client.IsEstablished && client.Connection.Unacknowledged == 0;
        Func<bool> done = port == Echo ? () => client.Received == data.Length : acknowledged;
        time.Until(done, "the first round");
        client.Forget();
        ulong segments = time.Device.Counters.Get(Counter.SegmentsReceived);
        client.Send(data, shutdown: false);
        long before = GC.GetAllocatedBytesForCurrentThread();
        time.Until(done, "the second round");
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.AreEqual(0L, allocated);
        Assert.IsGreaterThan(68UL, time.Device.Counters.Get(Counter.SegmentsReceived) - segments);
    }

    private sealed class Patient() : Firmware.Service("patient", 77)
    {
        protected override bool Serve(TcpConnection connection)
        {
            while (connection.Read(Buffer, 0, Buffer.Length) != 0)
            {
            }

            return true;
        }
    }
}
