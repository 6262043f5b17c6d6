#nullable enable
using System;
using System.Collections.Generic;
using nanoFramework.TestFramework;

namespace HandshakeNano.Net.Tests;

/// <summary>The blocking stream: while it waits, virtual time goes by and both ends are driven.</summary>
[TestClass]
public sealed class StreamTests
{
    private const uint AddressA = 0x0A4D0001;
    private const uint AddressB = 0x0A4D0002;

    [TestMethod]
    public void A_program_writes_and_reads_back_more_than_the_buffers_hold()
    {
        var scene = new Scene(new Faults());
        scene.B.Listen(7, 1).Handler = new Server();
        using TcpStream stream = scene.Open(7);
        byte[] sent = new byte[50_000];
        for (int i = 0; i < sent.Length; i++)
            sent[i] = Segment.Pattern((uint)i);
        byte[] received = new byte[sent.Length];
        int read = 0;
        for (int written = 0; written < sent.Length; written += 1000)
        {
            stream.Write(sent, written, 1000);
            while (read < written)
                read += stream.Read(received, read, written - read);
        }

        stream.Flush();
        while (read < sent.Length)
            read += stream.Read(received, read, sent.Length - read);
        Assert.IsTrue(sent.AsSpan().SequenceEqual(received));
    }

    [TestMethod]
    public void Read_returns_0_after_the_peer_s_FIN()
    {
        var scene = new Scene(new Faults(Loss: 200));
        TcpListener listener = scene.B.Listen(7, 1);
        using TcpStream stream = scene.Open(7);
        scene.Network.RunUntil(() => listener.Pending == 1, 600_000_000);
        TcpConnection accepted = listener.Accept();
        accepted.Write([1, 2, 3], 0, 3);
        accepted.Close();
        byte[] buffer = new byte[10];
        int read = 0;
        while (read < 3)
            read += stream.Read(buffer, read, 10 - read);
        Assert.AreEqual(0, stream.Read(buffer, 0, 10));
        Assert.AreEqual(0, stream.Read(buffer, 0, 10));
        Assert.AreEqual((byte)3, buffer[2]);
    }

    [TestMethod]
    public void A_refused_connection_throws_and_says_why()
    {
        var scene = new Scene(new Faults());
        TcpStream stream = scene.Open(9);
        Assert.AreEqual((int)TcpError.Refused, (int)Fails(() => stream.Read(new byte[1], 0, 1)));
        Assert.AreEqual((int)TcpError.Refused, (int)Fails(() => stream.Write(new byte[1], 0, 1)));
        stream.Close();
        stream.Close();
        Assert.AreEqual(0, scene.A.ConnectionCount);
    }

    [TestMethod]
    public void A_read_that_waits_too_long_throws_at_its_time_and_can_be_repeated()
    {
        var scene = new Scene(new Faults());
        TcpListener listener = scene.B.Listen(7, 1);
        TcpStream stream = scene.Open(7);
        stream.ReadTimeout = 2500;
        ulong start = scene.Network.Now;
        Assert.AreEqual((int)TcpError.TimeLimit, (int)Fails(() => stream.Read(new byte[1], 0, 1)));
        ulong waited = scene.Network.Now - start;
        Assert.IsTrue(waited >= 2_500_000 && waited < 2_600_000, $"waited {waited} us");
        listener.Accept().Write([7], 0, 1);
        byte[] buffer = new byte[1];
        Assert.AreEqual(1, stream.Read(buffer, 0, 1));
        Assert.AreEqual((byte)7, buffer[0]);
    }

    [TestMethod]
    public void A_closed_stream_is_not_used_again()
    {
        var scene = new Scene(new Faults());
        scene.B.Listen(7, 1);
        TcpStream stream = scene.Open(7);
        stream.Dispose();
        Assert.ThrowsException(typeof(ObjectDisposedException), () => stream.Read(new byte[1], 0, 1));
        Assert.ThrowsException(typeof(ObjectDisposedException), () => stream.Write(new byte[1], 0, 1));
        Assert.ThrowsException(typeof(ObjectDisposedException), stream.Flush);
    }

    [TestMethod]
    public void One_write_may_be_longer_than_the_send_buffer_and_Flush_waits_for_its_last_byte()
    {
        var scene = new Scene(new Faults());
        var sink = new Sink();
        scene.B.Listen(7, 1).Handler = sink;
        using TcpStream stream = scene.Open(7);
        byte[] sent = new byte[10_007];
        for (int i = 0; i < sent.Length; i++)
            sent[i] = Segment.Pattern((uint)i);
        stream.Write(sent, 3, 10_000);
        stream.Flush();
        Assert.AreEqual(10_000, sink.Received.Count);
        Assert.IsTrue(sent.AsSpan(3, 10_000).SequenceEqual(sink.Received.ToArray()));
    }

    [TestMethod]
    public void Write_and_Close_send_at_once()
    {
        var scene = new Scene(new Faults());
        scene.B.Listen(7, 1);
        TcpStream stream = scene.Open(7);
        stream.Write([1], 0, 1);
        stream.Flush();
        ulong segments = scene.A.Counters.Get(Counter.SegmentsSent);
        stream.Write([2], 0, 1);
        Assert.AreEqual(segments + 1, scene.A.Counters.Get(Counter.SegmentsSent));
        stream.Flush();
        segments = scene.A.Counters.Get(Counter.SegmentsSent);
        stream.Close();
        Assert.AreEqual(segments + 1, scene.A.Counters.Get(Counter.SegmentsSent));
    }

    [TestMethod]
    public void A_write_and_a_flush_that_wait_too_long_throw_and_a_limit_of_0_does_not_wait()
    {
        var scene = new Scene(new Faults());
        TcpListener listener = scene.B.Listen(7, 1);
        TcpStream stream = scene.Open(7);
        stream.Write([1], 0, 1);
        stream.Flush();
        TcpConnection accepted = listener.Accept();
        stream.WriteTimeout = 1500;
        ulong start = scene.Network.Now;
        Assert.AreEqual((int)TcpError.TimeLimit, (int)Fails(() => stream.Write(new byte[100_000], 0, 100_000)));
        Assert.AreEqual(1_500_000UL, scene.Network.Now - start);
        start = scene.Network.Now;
        Assert.AreEqual((int)TcpError.TimeLimit, (int)Fails(stream.Flush));
        Assert.AreEqual(1_500_000UL, scene.Network.Now - start);
        stream.ReadTimeout = 0;
        start = scene.Network.Now;
        Assert.AreEqual((int)TcpError.TimeLimit, (int)Fails(() => stream.Read(new byte[1], 0, 1)));
        Assert.AreEqual(start, scene.Network.Now);
        Assert.IsTrue(scene.LongestWait <= 1000, "the caller's thread comes back at least once a second");

        // The peer resets: a waiting caller is told.
        stream.WriteTimeout = TcpStream.Infinite;
        accepted.Abort();
        Assert.AreEqual((int)TcpError.Reset, (int)Fails(stream.Flush));
    }

    [TestMethod]
    public void A_stream_that_is_closed_again_does_not_close_the_connection_that_came_after_it()
    {
        var scene = new Scene(new Faults());
        TcpConnection first = scene.A.Connect(AddressB, 9);
        var stream = new TcpStream(first, scene.Loop);
        Assert.AreEqual((int)TcpError.Refused, (int)Fails(() => stream.Read(new byte[1], 0, 1)));
        stream.Close();
        TcpConnection second = scene.A.Connect(AddressB, 7);
        Assert.IsFalse(ReferenceEquals(first, second), "each connection has an object of its own");
        stream.Close();
        Assert.AreEqual((int)TcpState.SynSent, (int)second.State);
        Assert.AreEqual(1, scene.A.ConnectionCount);
    }

    [TestMethod]
    public void A_write_after_our_direction_is_closed_throws_at_once_and_the_rest_is_still_read()
    {
        var scene = new Scene(new Faults());
        TcpListener listener = scene.B.Listen(7, 1);
        TcpConnection connection = scene.A.Connect(AddressB, 7);
        using var stream = new TcpStream(connection, scene.Loop);
        stream.Write([1], 0, 1);
        stream.Flush();
        Assert.IsTrue(connection.CanSend);
        connection.Shutdown();
        Assert.IsFalse(connection.CanSend);
        ulong start = scene.Network.Now;
        Assert.AreEqual((int)TcpError.SendClosed, (int)Fails(() => stream.Write([2], 0, 1)));
        Assert.AreEqual(start, scene.Network.Now);
        listener.Accept().Write([7], 0, 1);
        Assert.AreEqual(1, stream.Read(new byte[1], 0, 1));
    }

    [TestMethod]
    public void Accept_waits_for_a_peer()
    {
        var scene = new Scene(new Faults());
        TcpListener listener = scene.A.Listen(7, 2);
        TcpConnection first = scene.B.Connect(AddressA, 7), second = scene.B.Connect(AddressA, 7);
        using TcpStream one = TcpStream.Accept(listener, scene.Loop, TcpStream.Infinite);
        using TcpStream two = TcpStream.Accept(listener, scene.Loop, 1000);
        first.Write([1], 0, 1);
        second.Write([2], 0, 1);
        byte[] buffer = new byte[1];
        two.Read(buffer, 0, 1);
        Assert.AreEqual((byte)2, buffer[0]);
        one.Read(buffer, 0, 1);
        Assert.AreEqual((byte)1, buffer[0]);
    }

    [TestMethod]
    public void Accept_gives_null_at_its_time_when_no_peer_has_come()
    {
        var scene = new Scene(new Faults());
        TcpListener listener = scene.A.Listen(7, 1);
        ulong start = scene.Network.Now;
        Assert.IsNull(TcpStream.Accept(listener, scene.Loop, 0));
        Assert.AreEqual(start, scene.Network.Now);
        Assert.IsNull(TcpStream.Accept(listener, scene.Loop, 2500));
        Assert.AreEqual(2_500_000UL, scene.Network.Now - start);
        Assert.AreEqual(1000, scene.LongestWait, "the caller's thread comes back once a second");
        Assert.ThrowsException(typeof(ArgumentNullException), () => TcpStream.Accept(null!, scene.Loop, 0));
        Assert.ThrowsException(typeof(ArgumentNullException), () => TcpStream.Accept(listener, null!, 0));
        listener.Close();
        Assert.ThrowsException(typeof(InvalidOperationException), () => TcpStream.Accept(listener, scene.Loop, TcpStream.Infinite));
    }

    [TestMethod]
    public void CanReadNow_tells_whether_Read_would_wait()
    {
        var scene = new Scene(new Faults());
        TcpListener listener = scene.B.Listen(7, 1);
        using TcpStream stream = scene.Open(7);
        Assert.IsFalse(stream.CanReadNow);
        stream.Write([1], 0, 1);
        stream.Flush();
        TcpConnection accepted = listener.Accept();
        Assert.IsFalse(stream.CanReadNow);
        accepted.Read(new byte[1], 0, 1);
        accepted.Write([1], 0, 1);
        scene.Network.RunUntil(() => stream.CanReadNow, 1_000_000);
        Assert.IsTrue(stream.CanReadNow);
        accepted.Close();
        Assert.AreEqual(1, stream.Read(new byte[2], 0, 2));
        scene.Network.RunUntil(() => stream.CanReadNow, 1_000_000);
        Assert.AreEqual(0, stream.Read(new byte[2], 0, 2));
        Assert.IsTrue(stream.CanReadNow);

        TcpStream refused = scene.Open(9);
        scene.Network.RunUntil(() => refused.CanReadNow, 1_000_000);
        Assert.AreEqual((int)TcpError.Refused, (int)Fails(() => refused.Read(new byte[1], 0, 1)));
    }

    [TestMethod]
    public void Each_reason_has_words_of_its_own()
    {
        var messages = new HashSet<string>();
        foreach (TcpError reason in Enum.GetValues<TcpError>())
        {
            var e = new TcpException(reason);
            Assert.AreEqual((int)reason, (int)e.Reason);
            Assert.IsTrue(e.Message.EndsWith('.') && messages.Add(e.Message), $"{reason}: {e.Message}");
        }

        foreach (TcpCloseReason reason in Enum.GetValues<TcpCloseReason>())
        {
            string why = TcpException.Explain(reason);
            Assert.IsTrue(reason == TcpCloseReason.None ? why == "" : messages.Remove(why), $"{reason}: {why}");
        }
    }

    private static TcpError Fails(Action action)
    {
        try
        {
            action();
        }
        catch (TcpException e)
        {
            return e.Reason;
        }

        throw new InvalidOperationException("nothing was thrown");
    }

    private sealed class Scene
    {
        private readonly FaultyNetwork.Host _a;
        private readonly Waiter _waiter;

        public Scene(Faults faults)
        {
            Network = new FaultyNetwork(1, faults);
            _a = Network.Add(AddressA);
            B = Network.Add(AddressB).Endpoint;
            _waiter = new Waiter(Network, _a);
            Loop = new TcpLoop(A, _waiter, new Clock(Network));
        }

        public FaultyNetwork Network { get; }

        public TcpEndpoint A => _a.Endpoint;

        public TcpEndpoint B { get; }

        public TcpLoop Loop { get; }

        public int LongestWait => _waiter.Longest;

        public TcpStream Open(int port) => new(A.Connect(AddressB, port), Loop);
    }

    private sealed class Clock(FaultyNetwork network) : IClock
    {
        public ulong GetMicroseconds() => network.Now;
    }

    /// <summary>Waiting is what lets the time of the network go by.</summary>
    private sealed class Waiter(FaultyNetwork network, FaultyNetwork.Host host) : ILink
    {
        public int Mtu => host.Mtu;

        public bool HasEthernetHeader => true;

        public byte[] PhysicalAddress => host.PhysicalAddress;

        public bool IsUp => true;

        public int Receive(byte[] buffer) => host.Receive(buffer);

        public bool Send(byte[] buffer, int length) => host.Send(buffer, length);

        public int Longest { get; private set; }

        public void Wake()
        {
        }

        public void Wait(int millisecondsTimeout)
        {
            Longest = Math.Max(Longest, millisecondsTimeout);
            network.Run((ulong)millisecondsTimeout * 1000);
        }
    }

    private sealed class Server : TcpListenerHandler
    {
        public override void OnAccept(TcpListener listener) => listener.Accept().Handler = new Echo();
    }

    /// <summary>Keeps what comes.</summary>
    private sealed class Sink : TcpListenerHandler
    {
        public List<byte> Received { get; } = [];

        public override void OnAccept(TcpListener listener) => listener.Accept().Handler = new Reader(Received);

        private sealed class Reader(List<byte> received) : TcpConnectionHandler
        {
            public override void OnReceived(TcpConnection connection)
            {
                byte[] buffer = new byte[connection.Available];
                connection.Read(buffer, 0, buffer.Length);
                received.AddRange(buffer);
            }
        }
    }

    private sealed class Echo : TcpConnectionHandler
    {
        private readonly byte[] _buffer = new byte[4096];

        public override void OnReceived(TcpConnection connection) => Work(connection);

        public override void OnSent(TcpConnection connection) => Work(connection);

        private void Work(TcpConnection connection)
        {
            int count = Math.Min(connection.SendSpace, connection.Available);
            connection.Write(_buffer, 0, connection.Read(_buffer, 0, count));
        }
    }
}
