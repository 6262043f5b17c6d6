using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.Linq;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using HandshakeNano.Net;
using HandshakeNano.Packets;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace HandshakeNano.Interop;

/// <summary>
/// The echo port is flooded with SYNs from addresses that do not answer, and the kernel goes on connecting, while one of its
/// connections goes on moving data (RFC 4987).
/// </summary>
/// <remarks>
/// The same is done in quiet, while the flood goes past the device to another card, and while it goes to the device. Who sends it takes
/// processor time from the kernel and the device wherever it goes, and only the rest is what the flood does to the device. What must hold
/// on any machine is counted. Times and rates are printed, and compared with HANDSHAKE_NIGHT=1.
/// </remarks>
[TestClass]
[DoNotParallelize]
public sealed class FloodTests
{
    private const int Rounds = 300;
    private const string FiveThousand = "5,000 SYNs a second";
    private const string TwentyThousand = "20,000 SYNs a second";
    private const string FortyThousand = "40,000 SYNs a second";
    private const string Flat = "as many as the machine gives";

    // Cookies a second for peers without a connection, as in `handshake serve`.
    private const int Limit = 10_000;

    // How long the flood goes on at the least, and at the most: a machine on which it fills the TAP connects slowly.
    private static readonly ulong LeastSyns = (ulong)Night.Or(100_000, 10_000);
    private static readonly ulong MostSyns = (ulong)Night.Or(int.MaxValue, 1_000_000);
    private static readonly TimeSpan Least = TimeSpan.FromSeconds(Night.Or(60, 0));
    private static readonly TimeSpan LeastQuiet = TimeSpan.FromSeconds(Night.Or(10, 0));

    public required TestContext TestContext { get; set; }

    /// <summary>
    /// With a device's settings, 8 connections and 8 half-open ones, and with those of a PC. At full speed on two cores hping3 has one and
    /// the answers take most of the other, unless there is a limit of cookies.
    /// </summary>
    [TestMethod]
    [DataRow(8, 8, FiveThousand, 0)]
    [DataRow(64, 16, FiveThousand, 0)]
    [DataRow(8, 8, Flat, 0)]
    [DataRow(8, 8, Flat, Limit)]
    [DataRow(64, 16, Flat, Limit)]
    public void EveryHonestConnectCompletesInAFloodFromRandomAddresses(int connections, int halfOpen, string rate, int limit)
    {
        string[] speed = rate == Flat ? ["--flood"] : ["--interval", "u50"];
        Flood(connections, halfOpen, limit, rate != Flat, (lab, target) => new Hping(lab, target, speed));
    }

    /// <summary>
    /// The sources are neighbours that do not exist: each SYN comes from another Ethernet address, or at full speed, where hping3
    /// sends, from the kernel's.
    /// </summary>
    [TestMethod]
    [DataRow(8, 8, FiveThousand, 0)]
    [DataRow(64, 16, FiveThousand, 0)]
    [DataRow(8, 8, TwentyThousand, 0)]
    [DataRow(8, 8, FortyThousand, 0)]
    [DataRow(8, 8, Flat, 0)]
    [DataRow(8, 8, Flat, Limit)]
    [DataRow(64, 16, Flat, Limit)]
    public void EveryHonestConnectCompletesInAFloodFromInsideTheNetwork(int connections, int halfOpen, string rate, int limit)
    {
        if (rate != Flat)
        {
            Flood(connections, halfOpen, limit, true, (lab, target) =>
                new Neighbours(lab, target, rate switch { FiveThousand => 5_000, TwentyThousand => 20_000, _ => 40_000 }));
            return;
        }

        // Of 28 million SYNs whose source was moved one had a wrong checksum.
        Flood(connections, halfOpen, limit, false, mostBadChecksums: 9, begin: (lab, target) =>
        {
            if (target == Target.Device)
                MoveSourcesInside(lab);
            return new Hping(lab, target, "--flood");
        });
    }

    /// <summary>A random address that something sends from becomes one of the network of the TAP.</summary>
    private static void MoveSourcesInside(Lab lab)
    {
        const string Network = "10.77.0.0";
        lab.Network.Tool("nft", "add table ip flood");
        lab.Network.Tool("nft", "add chain ip flood output { type filter hook output priority raw; }");
        lab.Network.Tool(
            "nft", $"add rule ip flood output ip daddr {Lab.Device} ip saddr != {Network}/24 ip saddr set ip saddr & 0.0.0.255 | {Network}");
    }

    private void Flood(
        int connections, int halfOpen, int limit, bool leavesTime, Func<Lab, Target, IFlood> begin, ulong mostBadChecksums = 0)
    {
        TcpSettings settings = Lab.NewSettings(connections);
        settings.HalfOpenConnections = halfOpen;
        settings.CookiesPerSecond = limit;
        settings.Gateway = Lab.KernelAddress;
        using Lab lab = new Lab(settings).Start();
        using Socket established = lab.Connect(Lab.EchoService);
        var transfer = new Transfer(established);
        Stopwatch time = Stopwatch.StartNew();
        bool GoesOn(int connects) => connects < Rounds || time.Elapsed < LeastQuiet;
        Figures quiet = Measure(lab, transfer, GoesOn);
        TestContext.WriteLine("quiet: " + quiet);
        Target.Nothing.Add(lab);
        Figures past;
        time.Restart();
        using (begin(lab, Target.Nothing))
            past = Measure(lab, transfer, GoesOn);
        TestContext.WriteLine("flood past the device: " + past);

        // What the connections of the quiet time had to allocate in this process is there now.
        long memory = GC.GetTotalMemory(forceFullCollection: true);
        ulong frames = lab.Count(Counter.FramesReceived);
        long dropped = lab.Network.Run(() => TapDrops());
        Figures flooded;
        long sent;
        time.Restart();
        using (IFlood flood = begin(lab, Target.Device))
        {
            Lab.WaitUntil(() => lab.Count(Counter.CookiesSent) > 100, "the flood has begun");
            flooded = Measure(lab, transfer, connects =>
            {
                ulong syns = lab.Count(Counter.CookiesSent) + lab.Count(Counter.CookiesLimited);
                if (syns > MostSyns)
                    flood.End();
                return connects < Rounds || time.Elapsed < Least || syns < LeastSyns;
            });
            sent = flood.End();
        }

        time.Stop();
        Stopwatch after = Stopwatch.StartNew();
        TestContext.WriteLine("flood: " + flooded);
        TestContext.WriteLine(
            $"median {flooded.Median / quiet.Median:F2} x the quiet one; transfer {flooded.BytesPerSecond / past.BytesPerSecond:P0} "
            + $"of that beside the flood past the device, {flooded.BytesPerSecond / quiet.BytesPerSecond:P0} of the quiet one");
        transfer.End();

        // Back to half-open connections: a second after the flood there is room again, and no cookie is sent.
        Lab.WaitUntil(() => lab.Endpoint.ConnectionCount == 0, "what was half-open is forgotten");
        TestContext.WriteLine($"what was half-open is forgotten {after.Elapsed.TotalSeconds:F2} s after the end");
        ulong cookies = lab.Count(Counter.CookiesSent);
        lab.EchoOneAfterAnother(10);
        Assert.AreEqual(cookies, lab.Count(Counter.CookiesSent), "The listener is not back to half-open connections.");

        frames = lab.Count(Counter.FramesReceived) - frames;
        dropped = lab.Network.Run(() => TapDrops()) - dropped;
        TestContext.WriteLine("SYNs of the flood: " + Traffic.Rate(sent, time, "SYNs"));
        TestContext.WriteLine($"frames that the device took: {frames} = {frames / time.Elapsed.TotalSeconds:F0} a second; the full TAP dropped {dropped}");
        Counter[] story =
        [
            Counter.CookiesSent, Counter.CookiesReceived, Counter.CookiesBad, Counter.CookiesLimited, Counter.SynQueueFull, Counter.SynQueueEvicted, Counter.Established,
            Counter.ConnectionsExhausted, Counter.SlowEvicted, Counter.Retransmissions, Counter.ArpRequestsSent, Counter.ArpUnresolved,
        ];
        TestContext.WriteLine(string.Join(", ", story.Select(counter => $"{Counters.GetName(counter)} {lab.Count(counter)}")));
        long grown = GC.GetTotalMemory(forceFullCollection: true) - memory;
        TestContext.WriteLine($"memory grown: {grown} bytes");

        Assert.IsGreaterThanOrEqualTo(Rounds, flooded.Connects);
        Assert.AreEqual((ulong)(1 + quiet.Connects + past.Connects + flooded.Connects + 10), lab.Count(Counter.Established));
        Assert.AreEqual(0ul, lab.Count(Counter.ConnectionsExhausted));
        Assert.AreEqual(0ul, lab.Count(Counter.SlowEvicted));
        Assert.IsGreaterThan(LeastSyns - 1, cookies + lab.Count(Counter.CookiesLimited), "It was no flood.");

        // The pools of the whole process may grow, but not with the SYNs.
        Assert.IsLessThan(6 << 20, grown);
        if (Night.IsNight && (leavesTime || limit != 0))
        {
            Assert.IsLessThan(5 * quiet.Median, flooded.Median, "median connect, ms");
            Assert.IsGreaterThan(past.BytesPerSecond / 2, flooded.BytesPerSecond, "transfer, bytes a second");
        }

        lab.WaitUntilIdle();
        ulong bad = lab.Count(Counter.TcpChecksumBad);
        Assert.IsLessThanOrEqualTo(mostBadChecksums, bad);
        lab.AssertHealthy(bad == 0 ? null : Counter.TcpChecksumBad);
    }

    /// <summary>Connects, with up to 600 bytes there and back, and what the transfer moves meanwhile.</summary>
    private static Figures Measure(Lab lab, Transfer transfer, Func<int, bool> goesOn)
    {
        byte[] data = Traffic.Bytes(1, 600);
        var random = new Random(2);
        List<double> times = [];
        long before = transfer.Received;
        (double ran, double waited) = lab.ProcessorTime();
        Stopwatch time = Stopwatch.StartNew();
        while (goesOn(times.Count))
        {
            long begin = Stopwatch.GetTimestamp();
            using Socket socket = lab.Connect(Lab.EchoService);
            times.Add(Stopwatch.GetElapsedTime(begin).TotalMilliseconds);
            int length = random.Next(1, data.Length);
            Assert.AreEqual(length, socket.Send(data, length, SocketFlags.None));
            Traffic.AssertSame(data[..length], Traffic.Read(socket, length));
            socket.Shutdown(SocketShutdown.Send);
            Traffic.ReadEnd(socket);
        }

        // A transfer that is still at a standstill gets its turn.
        Lab.WaitUntil(() => transfer.Received > before, "the established connection moves data");
        double seconds = time.Elapsed.TotalSeconds;
        long moved = transfer.Received - before;
        (double ranToo, double waitedToo) = lab.ProcessorTime();
        times.Sort();
        return new Figures(
            times.Count, times[times.Count / 2], times[times.Count * 99 / 100], times[^1], moved / seconds, seconds,
            (ranToo - ran) / seconds, (waitedToo - waited) / seconds);
    }

    /// <summary>How many frames the kernel had no room for on the way to the device.</summary>
    private static long TapDrops() => long.Parse(
        System.IO.File.ReadLines("/proc/thread-self/net/dev").First(line => line.Contains(Lab.TapName, StringComparison.Ordinal))
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)[12],
        CultureInfo.InvariantCulture);

    private sealed record Figures(
        int Connects, double Median, double Late, double Latest, double BytesPerSecond, double Seconds, double Ran, double Waited)
    {
        public override string ToString() => string.Create(
            CultureInfo.InvariantCulture,
            $"{Connects} connects in {Seconds:F1} s, median {Median:F3} ms, 99th percentile {Late:F2} ms, latest {Latest:F0} ms; "
            + $"a transfer beside them {BytesPerSecond / 1e6:F2} MB/s each way; "
            + $"the device's thread ran {Ran:P0} of the time and waited for a processor {Waited:P0}");
    }

    /// <summary>Where a flood goes to.</summary>
    private sealed record Target(string Card, string Address)
    {
        public static readonly Target Device = new(Lab.TapName, Lab.Device);

        /// <summary>A cable to a card that takes no frame of another address.</summary>
        public static readonly Target Nothing = new("nothing", "10.78.0.2");

        public void Add(Lab lab)
        {
            lab.Network.Tool("ip", "link", "add", Card, "arp", "off", "up", "type", "veth", "peer", "name", "end");
            lab.Network.Tool("ip", "link", "set", "end", "up");
            lab.Network.Tool("ip", "address", "add", "10.78.0.1/24", "dev", Card);
        }
    }

    private interface IFlood : IDisposable
    {
        /// <summary>Ends it, unless it has ended.</summary>
        /// <returns>How many SYNs were sent.</returns>
        long End();
    }

    /// <summary>hping3, until it is told to end.</summary>
    private sealed class Hping : IFlood
    {
        private readonly Process _process;
        private long? _sent;

        public Hping(Lab lab, Target target, params string[] options)
        {
            // It captures on that card, though not what it sends, and a capture on the TAP would cost each frame of the others.
            string[] all = [.. options, "--rand-source", "--interface", "lo", "--syn", "--numeric", "--quiet", "--destport", "7", target.Address];
            _process = lab.Network.Run(() => Process.Start(new ProcessStartInfo("hping3", all)
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!);
        }

        public long End()
        {
            if (_sent is long sent)
                return sent;
            using Process kill = Process.Start("kill", ["-INT", _process.Id.ToString(CultureInfo.InvariantCulture)]);
            kill.WaitForExit();
            string said = _process.StandardError.ReadToEnd();
            string count = said.Split('\n').Single(line => line.Contains("packets transmitted", StringComparison.Ordinal)).Split(' ')[0];
            _sent = long.Parse(count, CultureInfo.InvariantCulture);
            return _sent.Value;
        }

        public void Dispose()
        {
            _process.Kill();
            _process.Dispose();
        }
    }

    /// <summary>A host on the link that speaks in the name of others, until it is told to end.</summary>
    private sealed class Neighbours : IFlood
    {
        private const int Length = 14 + 40;

        private readonly byte[][] _frames = new byte[1_000][];
        private readonly Flooder _flooder;
        private readonly Task _sending;
        private long _sent;
        private volatile bool _ended;

        public Neighbours(Lab lab, Target target, int perSecond)
        {
            var random = new Random(3);
            for (int i = 0; i < _frames.Length; i++)
                _frames[i] = NewSyn(lab.PhysicalAddress, random);
            _flooder = new Flooder(lab, target.Card);
            _sending = _flooder.SendAsync(int.MaxValue, perSecond, Write, () => _ended);
        }

        public long End()
        {
            _ended = true;
            _sending.GetAwaiter().GetResult();
            return _sent;
        }

        public void Dispose()
        {
            End();
            _flooder.Dispose();
        }

        private int Write(byte[] frame)
        {
            _frames[_sent++ % _frames.Length].CopyTo(frame, 0);
            return Length;
        }

        private static byte[] NewSyn(byte[] device, Random random)
        {
            byte[] frame = new byte[Length];
            device.CopyTo(frame, 0);
            random.NextBytes(frame.AsSpan(6, 6));
            frame[6] = 0x06;
            BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(12), 0x0800);
            new RawSegment
            {
                SourcePort = random.Next(1024, 65_536),
                DestinationPort = Lab.Echo,
                Sequence = (uint)random.Next(),
                Flags = ControlBits.Syn,
            }.ToPacket(Lab.KernelAddress + 2 + (uint)random.Next(250), Lab.Address(Lab.Device)).CopyTo(frame, 14);
            return frame;
        }
    }

    /// <summary>A connection that sends to the echo what it takes, and checks what comes back, until it is told to end.</summary>
    private sealed class Transfer
    {
        private readonly Socket _socket;
        private readonly byte[] _data = Traffic.Bytes(4, 1 << 16);
        private readonly Task _sending;
        private readonly Task _receiving;
        private long _sent;
        private long _received;
        private volatile bool _ended;

        public Transfer(Socket socket)
        {
            _socket = socket;
            _sending = Start(Send);
            _receiving = Start(Receive);
        }

        public long Received => Interlocked.Read(ref _received);

        /// <summary>All that was sent came back.</summary>
        public void End()
        {
            _ended = true;
            _sending.GetAwaiter().GetResult();
            _receiving.GetAwaiter().GetResult();
            Assert.AreEqual(_sent, Received);
        }

        private static Task Start(Action action) =>
            Task.Factory.StartNew(action, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

        private void Send()
        {
            while (!_ended)
            {
                int at = (int)(_sent % _data.Length);
                _sent += _socket.Send(_data, at, Math.Min(4096, _data.Length - at), SocketFlags.None);
            }

            _socket.Shutdown(SocketShutdown.Send);
        }

        private void Receive()
        {
            byte[] buffer = new byte[16 * 1024];
            while (true)
            {
                int at = (int)(_received % _data.Length);
                int count = _socket.Receive(buffer, Math.Min(buffer.Length, _data.Length - at), SocketFlags.None);
                if (count == 0)
                    return;
                Traffic.AssertSame(_data[at..(at + count)], buffer.AsSpan(0, count));
                Interlocked.Add(ref _received, count);
            }
        }
    }
}
