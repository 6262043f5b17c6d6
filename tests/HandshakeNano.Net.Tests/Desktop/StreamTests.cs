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
        Assert.ThrowsException(typeof(ObjectDisposedException), () => stream.ReadExactly(new byte[1], 0, 1));
        Assert.ThrowsException(typeof(ObjectDisposedException), stream.Flush);
        try
        {
            stream.Flush();
        }
        catch (ObjectDisposedException e)
        {
            Assert.AreEqual("The stream is closed: open another connection.", e.Message);
        }
    }

    [TestMethod]
    public void Connect_returns_when_the_handshake_is_complete()
    {
        var scene = new Scene(new Faults());
        TcpListener listener = scene.B.Listen(7);
        using TcpStream stream = TcpStream.Connect(scene.Loop, AddressB, 7, 1000);
        Assert.AreEqual((int)TcpState.Established, (int)stream.Connection.State);
        Assert.AreEqual(AddressB, stream.Connection.RemoteAddress);
        Assert.AreEqual(7, stream.Connection.RemotePort);
        stream.Write([7], 0, 1);
        stream.Flush();
        byte[] buffer = new byte[1];
        Assert.AreEqual(1, listener.Accept().Read(buffer, 0, 1));
        Assert.AreEqual((byte)7, buffer[0]);
    }

    [TestMethod]
    public void Connect_takes_an_IPv6_address_too()
    {
        var scene = new Scene(new Faults(), settings => settings.Ipv6 = true);
        byte[] ours = new byte[16], theirs = new byte[16];
        Assert.IsTrue(scene.Network.RunUntil(
            () => scene.A.Ipv6.CopyAddress(0, ours, 0) && scene.B.Ipv6.CopyAddress(0, theirs, 0), 10_000_000));
        scene.B.Listen(7).Handler = new Greeter();
        using TcpStream stream = TcpStream.Connect(scene.Loop, theirs, 7, 5000);
        Assert.IsTrue(stream.Connection.IsIpv6);
        byte[] buffer = new byte[3];
        stream.ReadExactly(buffer, 0, 3);
        Assert.AreEqual("1, 2, 3", string.Join(", ", buffer));
        Assert.AreEqual((int)TcpError.Refused, (int)Fails(() => TcpStream.Connect(scene.Loop, theirs, 9, 5000)));
    }

    [TestMethod]
    public void Connect_returns_a_stream_that_the_peer_has_closed_already_with_what_it_sent()
    {
        var scene = new Scene(new Faults());
        scene.B.Listen(7).Handler = new Greeter();
        using TcpStream stream = TcpStream.Connect(scene.Loop, AddressB, 7, TcpStream.Infinite);
        byte[] buffer = new byte[3];
        stream.ReadExactly(buffer, 0, 3);
        Assert.AreEqual("1, 2, 3", string.Join(", ", buffer));
        Assert.AreEqual(0, stream.Read(buffer, 0, 3));
    }

    [TestMethod]
    public void Connect_to_a_port_that_nobody_listens_on_is_refused_and_gives_the_connection_back()
    {
        var scene = new Scene(new Faults());
        Assert.AreEqual((int)TcpError.Refused, (int)Fails(() => TcpStream.Connect(scene.Loop, AddressB, 9, 1000)));
        Assert.AreEqual(0, scene.A.ConnectionCount);
        for (int i = 0; i < 20; i++)
            Fails(() => TcpStream.Connect(scene.Loop, AddressB, 9, TcpStream.Infinite));
        Assert.IsTrue(scene.A.CanConnect);
    }

    [TestMethod]
    public void Connect_to_a_peer_that_does_not_answer_ends_at_its_time_and_gives_the_connection_back()
    {
        var scene = new Scene(new Faults());
        scene.B.Listen(7).Handler = new Silent();
        for (int i = 0; i < 20; i++)
        {
            ulong start = scene.Network.Now;
            Assert.AreEqual((int)TcpError.TimedOut, (int)Fails(() => TcpStream.Connect(scene.Loop, AddressB, 7, 2500)));
            Assert.AreEqual(2_500_000UL, scene.Network.Now - start);
            Assert.AreEqual(0, scene.A.ConnectionCount);
        }

        Assert.IsTrue(scene.A.CanConnect);
    }

    [TestMethod]
    public void Connect_without_a_limit_ends_with_that_of_the_settings()
    {
        var scene = new Scene(new Faults());
        scene.B.Listen(7).Handler = new Silent();
        ulong start = scene.Network.Now;
        Assert.AreEqual((int)TcpError.TimedOut, (int)Fails(() => TcpStream.Connect(scene.Loop, AddressB, 7, TcpStream.Infinite)));
        ulong waited = scene.Network.Now - start;
        Assert.IsTrue(waited >= 180_000_000 && waited < 181_000_000, $"waited {waited} us");
        Assert.AreEqual(0, scene.A.ConnectionCount);
    }

    [TestMethod]
    public void Connect_to_an_address_that_no_host_has_says_that_it_cannot_be_reached()
    {
        var scene = new Scene(new Faults());
        Assert.AreEqual((int)TcpError.Unreachable, (int)Fails(() => TcpStream.Connect(scene.Loop, AddressB + 5, 7, 60_000)));
        Assert.AreEqual(0, scene.A.ConnectionCount);
    }

    [TestMethod]
    public void Connect_tells_of_a_wrong_call_as_that_of_the_endpoint_does()
    {
        var scene = new Scene(new Faults());
        Assert.ThrowsException(typeof(ArgumentNullException), () => TcpStream.Connect(null!, AddressB, 7, 1000));
        Assert.ThrowsException(typeof(ArgumentNullException), () => TcpStream.Connect(null!, new byte[16], 7, 1000));
        Assert.ThrowsException(typeof(ArgumentException), () => TcpStream.Connect(scene.Loop, AddressB, 0, 1000));
        Assert.ThrowsException(typeof(InvalidOperationException), () => TcpStream.Connect(scene.Loop, new byte[16], 7, 1000));
    }

    [TestMethod]
    public void ReadExactly_waits_for_the_last_byte_of_more_than_the_receive_buffer_holds()
    {
        var scene = new Scene(new Faults(Loss: 100));
        scene.B.Listen(7).Handler = new Server();
        using TcpStream stream = TcpStream.Connect(scene.Loop, AddressB, 7, 60_000);
        byte[] sent = new byte[4000];
        for (int i = 0; i < sent.Length; i++)
            sent[i] = Segment.Pattern((uint)i);
        stream.Write(sent, 0, sent.Length);
        byte[] received = new byte[sent.Length + 2];
        stream.ReadExactly(received, 1, 3999);
        stream.ReadExactly(received, 4000, 1);
        stream.ReadExactly(received, 4002, 0);
        Assert.IsTrue(sent.AsSpan().SequenceEqual(received.AsSpan(1, 4000)));
        Assert.AreEqual((byte)0, received[0]);
        Assert.AreEqual((byte)0, received[4001]);
    }

    [TestMethod]
    public void ReadExactly_says_whether_the_peer_closed_too_early_or_the_time_is_over()
    {
        var scene = new Scene(new Faults());
        TcpListener listener = scene.B.Listen(7);
        using TcpStream stream = TcpStream.Connect(scene.Loop, AddressB, 7, 1000);
        scene.Network.RunUntil(() => listener.Pending == 1, 1_000_000);
        TcpConnection accepted = listener.Accept();
        accepted.Write([1, 2], 0, 2);
        stream.ReadTimeout = 1500;
        ulong start = scene.Network.Now;
        byte[] buffer = new byte[3];
        Assert.AreEqual((int)TcpError.TimeLimit, (int)Fails(() => stream.ReadExactly(buffer, 0, 3)));
        Assert.AreEqual(1_500_000UL, scene.Network.Now - start);
        Assert.AreEqual("1, 2, 0", string.Join(", ", buffer));
        accepted.Write([3, 4], 0, 2);
        accepted.Close();
        Assert.AreEqual((int)TcpError.EndOfStream, (int)Fails(() => stream.ReadExactly(buffer, 0, 3)));
        Assert.AreEqual("3, 4, 0", string.Join(", ", buffer));
        stream.ReadExactly(buffer, 0, 0);
    }

    [TestMethod]
    public void The_time_limit_of_ReadExactly_is_for_all_bytes_and_a_reset_ends_it()
    {
        var scene = new Scene(new Faults());
        scene.B.Listen(7).Handler = new Server();
        using TcpStream stream = TcpStream.Connect(scene.Loop, AddressB, 7, 1000);
        stream.ReadTimeout = 1000;
        stream.Write([1], 0, 1);
        ulong start = scene.Network.Now;
        scene.BeforeWait = () => stream.Connection.Write([2], 0, 1);
        Assert.AreEqual((int)TcpError.TimeLimit, (int)Fails(() => stream.ReadExactly(new byte[100_000], 0, 100_000)));
        Assert.AreEqual(1_000_000UL, scene.Network.Now - start);
        scene.BeforeWait = () => stream.Connection.Abort();
        Assert.AreEqual((int)TcpError.Aborted, (int)Fails(() => stream.ReadExactly(new byte[100_000], 0, 100_000)));
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

        public Scene(Faults faults, Action<TcpSettings>? change = null)
        {
            Network = new FaultyNetwork(1, faults);
            _a = Network.Add(AddressA, change);
            B = Network.Add(AddressB, change).Endpoint;
            _waiter = new Waiter(Network, _a);
            Loop = new TcpLoop(A, _waiter, new Clock(Network));
        }

        public FaultyNetwork Network { get; }

        public TcpEndpoint A => _a.Endpoint;

        public TcpEndpoint B { get; }

        public TcpLoop Loop { get; }

        public int LongestWait => _waiter.Longest;

        public Action? BeforeWait
        {
            set => _waiter.Before = value;
        }

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

        public Action? Before { get; set; }

        public void Wake()
        {
        }

        public void Wait(int millisecondsTimeout)
        {
            Before?.Invoke();
            Longest = Math.Max(Longest, millisecondsTimeout);
            network.Run((ulong)millisecondsTimeout * 1000);
        }
    }

    private sealed class Server : TcpListenerHandler
    {
        public override void OnAccept(TcpListener listener) => listener.Accept().Handler = new Echo();
    }

    /// <summary>Sends three bytes to whoever comes, and closes.</summary>
    private sealed class Greeter : TcpListenerHandler
    {
        public override void OnAccept(TcpListener listener)
        {
            TcpConnection connection = listener.Accept();
            connection.Write([1, 2, 3], 0, 3);
            connection.Close();
        }
    }

    /// <summary>Answers nobody.</summary>
    private sealed class Silent : TcpListenerHandler
    {
        public override SynDecision OnSyn(TcpListener listener, uint remoteAddress, int remotePort) => SynDecision.Withhold;
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
