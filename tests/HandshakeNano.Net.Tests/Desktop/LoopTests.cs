#nullable enable
using System;
using System.Collections.Generic;
using nanoFramework.TestFramework;

namespace HandshakeNano.Net.Tests;

/// <summary>How long the loop waits on the link.</summary>
[TestClass]
public sealed class LoopTests
{
    [TestMethod]
    public void The_loop_waits_until_the_next_deadline_in_whole_milliseconds_and_no_longer_than_it_is_told()
    {
        var scene = new Scene(5_000_000);
        scene.Endpoint.Connect(0x0A4D0001, 80);
        scene.Steps(5000, 1000);
        scene.Now += 1;
        scene.Steps(5000, 1000);
        scene.Now += 1000;
        scene.Steps(5000, 999);
        scene.Steps(999, 999);
        scene.Steps(998, 998);
        scene.Steps(1, 1);
        scene.Now = 5_999_999;
        scene.Steps(5000, 1);
        Assert.AreEqual(1, scene.Sent);
        scene.Now = 6_000_000;
        scene.Steps(5000, 2000);
        Assert.AreEqual(2, scene.Sent);
    }

    [TestMethod]
    public void The_loop_does_not_wait_if_it_is_told_not_to_or_if_there_is_more_to_do()
    {
        var scene = new Scene(5_000_000);
        scene.Steps(0, null);
        scene.Frames = 64;
        scene.Steps(5000, null);
        scene.Frames = 64;
        scene.Steps(TcpStream.Infinite, null);
        scene.Frames = 63;
        scene.Steps(5000, 5000);
    }

    [TestMethod]
    public void Without_a_limit_the_loop_waits_until_the_next_deadline_and_no_link_is_told_more_than_an_hour()
    {
        var scene = new Scene(5_000_000);
        scene.Steps(TcpStream.Infinite, 3_600_000);
        scene.Endpoint.Connect(0x0A4D0001, 80);
        scene.Steps(TcpStream.Infinite, 1000);
    }

    [TestMethod]
    [DataRow(0UL)]
    [DataRow(998UL)]
    [DataRow(999UL)]
    [DataRow(1000UL)]
    public void With_nothing_to_do_the_loop_waits_as_long_as_it_may_from_the_first_moment_of_the_clock_on(ulong now)
    {
        new Scene(now).Steps(5000, 5000);
    }

    [TestMethod]
    public void Wake_wakes_whoever_waits_on_the_link()
    {
        var scene = new Scene(0);
        scene.WakesLoop();
        Assert.AreEqual(1, scene.Wakes);
    }

    /// <summary>Two full segments are acknowledged at once, so that nothing is left for the loop to do but what the program does.</summary>
    [TestMethod]
    [DataRow(1)]
    [DataRow(1460)]
    [DataRow(2920)]
    [DataRow(20_000)]
    public void What_has_come_is_read_before_the_loop_waits(int count)
    {
        var pair = new Pair();
        TcpListener listener = pair.B.Listen(7);
        using TcpStream stream = TcpStream.Connect(pair.Loop, Pair.AddressB, 7, 10_000);
        TcpConnection? peer = null;
        int left = count;
        byte[] sent = new byte[count];
        pair.Turn = () => left -= (peer ??= listener.Accept())?.Write(sent, count - left, left) ?? 0;
        stream.ReadExactly(sent, 0, count);
        Assert.IsTrue(pair.Waited <= 100, $"waited {pair.Waited} ms");
    }

    [TestMethod]
    public void A_refusal_a_peer_that_connects_and_a_datagram_are_seen_before_the_loop_waits()
    {
        var pair = new Pair();
        Assert.AreEqual((int)TcpError.Refused, (int)Refused(pair));
        TcpListener listener = pair.A.Listen(7);
        pair.B.Connect(Pair.AddressA, 7);
        using TcpStream accepted = TcpStream.Accept(listener, pair.Loop, 10_000);
        UdpSocket socket = pair.A.OpenUdp(53), other = pair.B.OpenUdp(54);
        other.Send([1, 2, 3], 0, 3, Pair.AddressA, 53, pair.Now);
        while (socket.Waiting == 0)
            pair.Loop.Step(10_000);
        Assert.IsTrue(pair.Waited <= 20, $"waited {pair.Waited} ms");
    }

    private static TcpError Refused(Pair pair)
    {
        try
        {
            TcpStream.Connect(pair.Loop, Pair.AddressB, 9, 10_000);
        }
        catch (TcpException e)
        {
            return e.Reason;
        }

        return 0;
    }

    /// <summary>Two hosts on one cable. While A waits time goes by, a millisecond each turn of B, until a frame comes for A.</summary>
    private sealed class Pair : IClock
    {
        public const uint AddressA = 0x0A4D0001, AddressB = 0x0A4D0002;

        public Pair()
        {
            Queue<byte[]> toA = new(), toB = new();
            var end = new End(toA, toB, Wait);
            A = new TcpEndpoint(end, new FixedEntropy(), new TcpSettings { Address = AddressA, UdpSockets = 1 });
            B = new TcpEndpoint(new End(toB, toA, _ => { }), new FixedEntropy(), new TcpSettings { Address = AddressB, UdpSockets = 1 });
            Loop = new TcpLoop(A, end, this);

            void Wait(int milliseconds)
            {
                for (; milliseconds > 0 && toA.Count == 0; milliseconds--)
                {
                    Now += 1000;
                    Waited++;
                    Turn?.Invoke();
                    B!.Poll(Now);
                }
            }
        }

        public TcpEndpoint A { get; }

        public TcpEndpoint B { get; }

        public TcpLoop Loop { get; }

        public ulong Now { get; set; }

        /// <summary>For how many milliseconds A has waited.</summary>
        public int Waited { get; private set; }

        /// <summary>What B's program does each time.</summary>
        public Action? Turn { get; set; }

        public ulong GetMicroseconds() => Now;
    }

    private sealed class End(Queue<byte[]> come, Queue<byte[]> go, Action<int> wait) : ILink
    {
        public int Mtu => 1500;

        public bool HasEthernetHeader => false;

        public byte[] PhysicalAddress => new byte[6];

        public bool IsUp => true;

        public int Receive(byte[] buffer)
        {
            if (!come.TryDequeue(out byte[]? packet))
                return 0;
            packet.CopyTo(buffer, FrameLayout.Network);
            return packet.Length;
        }

        public bool Send(byte[] buffer, int length)
        {
            go.Enqueue(buffer[FrameLayout.Network..(FrameLayout.Network + length)]);
            return true;
        }

        public void Wait(int millisecondsTimeout) => wait(millisecondsTimeout);

        public void Wake()
        {
        }
    }

    /// <summary>A link of bare IP packets, on which nothing has to be asked for, and a clock that stands still.</summary>
    private sealed class Scene : ILink, IClock
    {
        private readonly List<int> _waits = [];
        private readonly TcpLoop _loop;

        public Scene(ulong now)
        {
            Now = now;
            Endpoint = new TcpEndpoint(this, new FixedEntropy(), Wire.Settings());
            _loop = new TcpLoop(Endpoint, this, this);
        }

        public TcpEndpoint Endpoint { get; }

        public ulong Now { get; set; }

        /// <summary>How many packets of one byte wait to be received.</summary>
        public int Frames { get; set; }

        public int Sent { get; private set; }

        public int Mtu => 1500;

        public bool HasEthernetHeader => false;

        public byte[] PhysicalAddress => new byte[6];

        public bool IsUp => true;

        public void Steps(int maximum, int? waits)
        {
            _waits.Clear();
            _loop.Step(maximum);
            Assert.AreEqual(waits?.ToString() ?? "", string.Join(", ", _waits));
            Assert.AreEqual(Now, _loop.Now);
        }

        public ulong GetMicroseconds() => Now;

        public int Receive(byte[] buffer)
        {
            if (Frames == 0)
                return 0;
            Frames--;
            return 1;
        }

        public bool Send(byte[] buffer, int length)
        {
            Sent++;
            return true;
        }

        public int Wakes { get; private set; }

        public void WakesLoop() => _loop.Wake();

        public void Wake() => Wakes++;

        public void Wait(int millisecondsTimeout) => _waits.Add(millisecondsTimeout);
    }
}
