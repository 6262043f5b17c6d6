using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text;
using System.Text.Json;
using System.Threading;
using System.Xml.Linq;
using HandshakeNano.Boards.Virtual;
using HandshakeNano.Client.Commands;
using HandshakeNano.Client.Conformance;
using HandshakeNano.Client.Connectivity;
using HandshakeNano.Client.Isn;
using HandshakeNano.Client.Output;
using HandshakeNano.Client.Peers;
using HandshakeNano.Net;

namespace HandshakeNano.Client.Tests;

/// <summary>What <c>handshake isn</c> says of good and of bad generators; over TAP it is among the interop tests.</summary>
[TestClass]
public sealed class IsnTests
{
    private const string All = "clock, forward, min-entropy, collisions, chi-squared, correlation, spectral, guess, nmap";

    /// <summary>Generators by name, and which checks they fail.</summary>
    public static IEnumerable<object?[]> Generators =>
    [
        ["RFC 6528", null, (Func<IsnMoment, uint?>)(at => Ticks(at, 4) + Hash(at.Tuple))],
        ["Linux: a clock of 64 ns", null, (Func<IsnMoment, uint?>)(at => (uint)(at.Now * 1000 / 64) + Hash(at.Tuple))],
        ["random, without a clock", "clock, forward", (Func<IsnMoment, uint?>)(at => Hash(at.Connection))],
        ["a clock that is too fast", "clock", (Func<IsnMoment, uint?>)(at => (uint)(at.Now * 100) + Hash(at.Tuple))],
        ["a hash of each tuple without a clock", "clock, forward", (Func<IsnMoment, uint?>)(at => Hash(at.Tuple))],
        ["always the same", "clock, forward, min-entropy, collisions, chi-squared, correlation, spectral, guess, nmap",
            (Func<IsnMoment, uint?>)(_ => 12345)],
        ["a counter", "clock, min-entropy, chi-squared, correlation, spectral, guess, nmap",
            (Func<IsnMoment, uint?>)(at => at.Connection)],
        ["the 64K rule", "clock, min-entropy, chi-squared, correlation, spectral, guess, nmap",
            (Func<IsnMoment, uint?>)(at => at.Connection * 64_000)],
        ["lwIP: 6510 + ticks", "clock, min-entropy, chi-squared, correlation, spectral, guess", (Func<IsnMoment, uint?>)new Lwip().Next],
        ["RFC 793: the clock alone", "min-entropy, collisions, chi-squared, correlation, spectral, guess, nmap",
            (Func<IsnMoment, uint?>)(at => Ticks(at, 4))],
        ["16 bits of secret", "min-entropy, collisions, chi-squared, correlation, spectral",
            (Func<IsnMoment, uint?>)(at => Ticks(at, 4) + (Hash(at.Tuple) & 0xFFFF0000))],
        ["a product with the port", "min-entropy, chi-squared, correlation, spectral, guess, nmap",
            (Func<IsnMoment, uint?>)(at => Ticks(at, 4) + ((uint)at.Tuple * 2654435761))],
        ["RANDU", "clock, forward, min-entropy, chi-squared, correlation, spectral", (Func<IsnMoment, uint?>)new Randu().Next],
        ["small random steps", "clock, min-entropy, chi-squared, correlation, spectral, guess", (Func<IsnMoment, uint?>)new SmallSteps().Next],
    ];

    [TestMethod]
    [DynamicData(nameof(Generators))]
    public void Each_bad_generator_fails_what_it_has_to_fail_and_a_good_one_nothing(string name, string? expected, object isn)
    {
        IsnReport report = Measure(new IsnPeer((Func<IsnMoment, uint?>)isn), new IsnPlan(1000, false, 1));
        string failed = string.Join(", ", report.Checks.Where(check => !check.Ok).Select(check => check.Name));
        Assert.AreEqual(All, string.Join(", ", report.Checks.Select(check => check.Name)));
        Assert.AreEqual(expected ?? "", failed, name + "\n" + string.Join('\n', report.Checks));
        Assert.AreEqual(expected == null, report.Failure == null);
    }

    [TestMethod]
    [DataRow(250, 4.0)]
    [DataRow(100, 10.0)]
    [DataRow(1000, 1.0)]
    [DataRow(15_625, 0.064)]
    public void A_clock_is_fitted_whatever_its_rate(double kilohertz, double tick)
    {
        var random = new Random(1);
        IsnSample[] samples = [.. Enumerable.Range(0, 500).Select(i =>
        {
            // The ISN is chosen somewhere between SYN and SYN,ACK, and some answers are late.
            ulong sent = 1_000_000 + ((ulong)i * 2_000) + (ulong)random.Next(1000);
            ulong roundTrip = (ulong)(random.Next(20) == 0 ? random.Next(20_000) : random.Next(50, 200));
            double chosen = sent + (random.NextDouble() * roundTrip);
            return new IsnSample(sent, sent + roundTrip, 0xFFFF_F000 + (uint)(long)(chosen / tick));
        })];
        TupleMotion motion = TupleMotion.Of(samples);
        Assert.AreEqual(Mover.Clock, motion.Mover);
        Assert.AreEqual(kilohertz, motion.Kilohertz, kilohertz / 1000);
    }

    [TestMethod]
    public void Steps_that_are_zero_or_go_back_and_numbers_that_come_again_are_counted()
    {
        uint[] numbers = [0xFFFF_FFFE, 2, 2, 1, 5, 2];
        TupleMotion motion = TupleMotion.Of([.. numbers.Select((number, i) => new IsnSample((ulong)i * 100, (ulong)i * 100, number))]);
        Assert.AreEqual((5, 1, 2, 2), (motion.Steps, motion.Zero, motion.Backward, motion.Repeated));
        Assert.AreEqual((-3, 4), (motion.LeastStep, motion.MostStep));
        Assert.AreEqual(Mover.Irregular, motion.Mover);
    }

    [TestMethod]
    public void A_counter_of_connections_is_no_clock_even_if_they_come_evenly()
    {
        TupleMotion motion = TupleMotion.Of([.. Enumerable.Range(0, 200).Select(i => new IsnSample((ulong)i * 5000, ((ulong)i * 5000) + 50 + ((ulong)i % 3), (uint)i * 64_000))]);
        Assert.AreEqual((Mover.Connections, 64_000.0), (motion.Mover, Math.Round(motion.PerConnection)));
    }

    [TestMethod]
    public void What_is_lost_is_asked_for_again_and_on_one_tuple_in_bursts_counted()
    {
        var peer = new IsnPeer(at => at.Connection % 10 == 3 ? null : Ticks(at, 4) + Hash(at.Tuple));
        IsnMeasurement measurement = IsnMeasurement.Run(Target(peer), new IsnPlan(500, false, 4), new Random(1));
        Assert.HasCount(500, measurement.Samples);
        Assert.AreEqual(0, measurement.Lost);
        Assert.AreEqual(Mover.Clock, measurement.Motion.Mover);
        Assert.AreEqual(250, measurement.Motion.Kilohertz, 0.25);
        Assert.AreEqual(705, peer.Resets, "500, 200 for the clock, 6 as nmap: each is reset, and the last reset is on the way");

        var burst = new IsnPeer(at => at.Connection % 10 == 3 ? null : Ticks(at, 4) + Hash(at.Tuple));
        measurement = IsnMeasurement.Run(Target(burst), new IsnPlan(500, true, 5), new Random(1));
        Assert.AreEqual(500, measurement.Samples.Count + measurement.Lost);
        Assert.IsInRange(30, 50, measurement.Lost);
    }

    [TestMethod]
    public void A_port_that_is_closed_or_silent_and_a_host_that_is_not_there_are_said_to_be()
    {
        string Failure(IsnPeer peer, uint address = IsnPeer.Address) => Assert.ThrowsExactly<IOException>(
            () => IsnMeasurement.Run(Target(peer) with { Address = address }, new IsnPlan(100, false, 1), new Random(1))).Message;
        Assert.AreEqual("10.77.0.2 refuses port 7: nothing listens there", Failure(new IsnPeer(_ => 0) { Refuses = true }));
        Assert.AreEqual("10.77.0.2 does not answer a SYN to port 7", Failure(new IsnPeer(_ => null)));
        Assert.AreEqual("no host answers ARP for 10.77.0.3", Failure(new IsnPeer(_ => 0), IsnPeer.Address + 1));
    }

    [TestMethod]
    public void Tuples_go_on_with_the_next_address_where_the_ports_end_and_none_comes_twice()
    {
        var tuples = new HashSet<ulong>();
        var peer = new IsnPeer(at =>
        {
            tuples.Add(at.Tuple);
            return Hash(at.Tuple);
        });
        var sampler = new IsnSampler(Target(peer), new NearTheEnd());
        sampler.FindTarget();
        sampler.Sample(1000, false, Pace.Fast(32));
        Assert.HasCount(1000, tuples);
        ulong[] expected = [.. Enumerable.Range(65_036, 500).Select(port => ((ulong)IsnPeer.OwnAddress << 16) + (ulong)port),
            .. Enumerable.Range(1024, 500).Select(port => ((ulong)(IsnPeer.OwnAddress + 1) << 16) + (ulong)port)];
        CollectionAssert.AreEquivalent(expected, tuples.ToArray());
    }

    [TestMethod]
    public void Ours_in_memory_passes_and_the_picture_is_small()
    {
        string svg = Path.GetTempFileName();
        try
        {
            Shell shell = Shell.Run("isn", "--in-memory", "--samples", "4001", "--plot", svg);
            Assert.AreEqual(0, shell.ExitCode, shell.Output + shell.Error);
            Assert.AreEqual("", shell.Error);
            StringAssert.Contains(shell.Output, "250.0 kHz, the clock of RFC 9293 (4 us a tick); it comes round after 4.77 h");
            StringAssert.Contains(shell.Output, "(Good luck!)");
            StringAssert.Contains(shell.Output, "PASSED");
            foreach (string line in Shell.Lines(shell.Output))
                Assert.IsLessThanOrEqualTo(100, line.Length, line);
            Assert.IsLessThan(100_000, new FileInfo(svg).Length);
            XElement root = XDocument.Load(svg).Root!;
            Assert.AreEqual("svg", root.Name.LocalName);
            int points = root.Elements().Single(element => element.Name.LocalName == "path").Attribute("d")!.Value.Count(letter => letter == 'M');
            Assert.AreEqual(4000, points, "two pictures of 2,000 points");
        }
        finally
        {
            File.Delete(svg);
        }
    }

    [TestMethod]
    public void JSON_has_every_figure()
    {
        Shell shell = Shell.Run("isn", "--in-memory", "--json");
        Assert.AreEqual(0, shell.ExitCode, shell.Output + shell.Error);
        JsonElement report = JsonDocument.Parse(shell.Output).RootElement;
        Assert.IsTrue(report.GetProperty("ok").GetBoolean());
        Assert.AreEqual(2000, report.GetProperty("samples").GetInt32());
        Assert.AreEqual(250, report.GetProperty("tuple").GetProperty("clockKilohertz").GetDouble(), 2.5);
        Assert.AreEqual(4.77, report.GetProperty("tuple").GetProperty("cycleSeconds").GetDouble() / 3600, 0.05);
        foreach (string test in new[] { "minEntropy", "collisions", "chiSquared", "serialCorrelation", "spectral", "guesses" })
            Assert.IsGreaterThan(1e-6, report.GetProperty(test).GetProperty("chance").GetDouble(), test);
        Assert.AreEqual("Good luck!", report.GetProperty("nmap").GetProperty("word").GetString());
        Assert.AreEqual(9, report.GetProperty("checks").GetArrayLength());
    }

    [TestMethod]
    public void Through_a_tunnel_the_firmware_passes_and_a_counter_does_not()
    {
        const string Vni = "?vni=7&local=";
        Assert.IsTrue(Via.TryParse($"vxlan://127.0.8.1{Vni}127.0.8.2", out Via? end, out string why), why);
        string[] arguments = ["isn", "10.77.0.2:7", "--via", $"vxlan://127.0.8.2{Vni}127.0.8.1", "--samples", "1000", "--json"];
        using (Tunnel tunnel = end!.Open(2))
        {
            var settings = new TcpSettings { Address = Network.Default.Address, PrefixLength = Network.Default.PrefixLength };
            using Device device = Device.Start(new VirtualBoard(tunnel.Link, settings) { Output = _ => { } });
            Shell good = Shell.Run(arguments);
            Assert.AreEqual(0, good.ExitCode, good.Output + good.Error);
            double kilohertz = JsonDocument.Parse(good.Output).RootElement.GetProperty("tuple").GetProperty("clockKilohertz").GetDouble();
            Assert.AreEqual(250, kilohertz, 2.5, good.Output);
        }

        using (Tunnel tunnel = end.Open(2))
        {
            uint next = 6510;
            using var stop = new CancellationTokenSource();
            var host = new RawHost(tunnel.Link, Network.Default.Address);
            host.Received = segment => Answer(host, segment, next += 64_000);
            var thread = new Thread(() =>
            {
                while (!stop.IsCancellationRequested)
                {
                    if (!host.Poll(0))
                        tunnel.Link.Wait(20);
                }
            });
            thread.Start();
            Shell bad = Shell.Run(arguments);
            stop.Cancel();
            thread.Join();
            Assert.AreEqual(1, bad.ExitCode, bad.Output + bad.Error);
            StringAssert.StartsWith(bad.Error, "handshake: isn 10.77.0.2:7: failed clock, min-entropy");
        }
    }

    [TestMethod]
    [DataRow(false, false)]
    [DataRow(true, false)]
    [DataRow(false, true)]
    [DataRow(true, true)]
    public void The_secret_never_leaves_the_device(bool sameTuple, bool json)
    {
        string svg = Path.GetTempFileName();
        try
        {
            var entropy = new RememberingEntropy();
            var output = new StringWriter();
            using var error = new StringWriter();
            using var bytes = new MemoryStream();
            IsnCommand.MeasureOurs(
                new IsnRequest(null, new IsnPlan(1000, sameTuple, 8), 1, null!, svg, null, json), entropy,
                new Surroundings(output, error, bytes, OwnsProcess: false));
            Assert.IsGreaterThanOrEqualTo(16, entropy.Given.Count, "a secret of 128 bits was asked for");
            AssertNotIn(entropy, output + error.ToString() + File.ReadAllText(svg));
        }
        finally
        {
            File.Delete(svg);
        }
    }

    [TestMethod]
    public void The_secret_is_in_no_frame_no_counter_and_no_exception()
    {
        var entropy = new RememberingEntropy();
        using var frames = new MemoryStream();
        var world = new VirtualWorld(entropy, link => new KeepingLink(link, frames));
        var target = new IsnTarget(world, Network.Default.Address, 7, IsnPeer.OwnAddress, 1);
        IsnMeasurement.Run(target, new IsnPlan(1000, false, 4), new Random(1));
        Assert.IsGreaterThan(50_000L, frames.Length);
        foreach (byte[] word in entropy.Words())
            Assert.IsLessThan(0, frames.ToArray().AsSpan().IndexOf(word), "eight bytes of a secret are on the wire");

        var wire = new MemoryWire();
        var endpoint = new TcpEndpoint(wire.B, entropy, new TcpSettings { Address = IsnPeer.Address });
        endpoint.Listen(7, 1);
        foreach (Action wrong in new Action[]
        {
            () => endpoint.Listen(7, 1), () => endpoint.Connect(0, 7), () => endpoint.Connect(IsnPeer.OwnAddress, 0),
            () => endpoint.SetAddress(0xE000_0001, 24, 0), () => _ = new TcpEndpoint(wire.A, entropy, new TcpSettings { Connections = 0 }),
        })
            AssertNotIn(entropy, Assert.Throws<Exception>(wrong).ToString());
        AssertNotIn(entropy, string.Join(' ', Enum.GetValues<Counter>().Select(counter => endpoint.Counters.Get(counter))) + endpoint);
    }

    private static void AssertNotIn(RememberingEntropy entropy, string text)
    {
        foreach (byte[] word in entropy.Words())
        {
            // As hexadecimal, as Base64 inside a longer text, and as a number, either way round.
            string base64 = Convert.ToBase64String(word)[..10];
            byte[] turned = [.. word.Reverse()];
            foreach (string form in new[]
            {
                Convert.ToHexString(word), Convert.ToHexString(turned), BitConverter.ToString(word), base64,
                BitConverter.ToUInt64(word).ToString(CultureInfo.InvariantCulture), BitConverter.ToUInt64(turned).ToString(CultureInfo.InvariantCulture),
            })
                Assert.DoesNotContain(form, text, StringComparison.OrdinalIgnoreCase);
        }
    }

    private static IsnReport Measure(ProbeWorld world, IsnPlan plan) =>
        new(IsnMeasurement.Run(Target(world), plan, new Random(1)), "10.77.0.2:7", "in a test");

    private static IsnTarget Target(ProbeWorld world) => new(world, IsnPeer.Address, IsnPeer.Port, IsnPeer.OwnAddress, 4);

    private static void Answer(RawHost host, Packets.Segment segment, uint isn)
    {
        if (segment.Flags == Packets.ControlBits.Syn)
        {
            host.Send(Network.DefaultPc.Address, new Packets.RawSegment
            {
                SourcePort = segment.Destination.Port,
                DestinationPort = segment.Source.Port,
                Sequence = isn,
                Acknowledgment = segment.Sequence + 1,
                Flags = Packets.ControlBits.Syn | Packets.ControlBits.Ack,
            });
        }
    }

    private static uint Ticks(IsnMoment at, uint tick) => (uint)(at.Now / tick);

    // Steele, Lea and Flood's SplitMix64.
    private static uint Hash(ulong value)
    {
        value = (value + 1) * 0x9E3779B97F4A7C15;
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return (uint)(value ^ (value >> 31));
    }

    // tcp_next_iss of lwIP 2.1.3; a tick is half a second, and this host has been up for a minute.
    private sealed class Lwip
    {
        private uint _iss = 6510;

        public uint? Next(IsnMoment at) => _iss += 120 + (uint)(at.Now / 500_000);
    }

    private sealed class Randu
    {
        private uint _state = 1;

        public uint? Next(IsnMoment at) => (_state = (_state * 65539) & 0x7FFF_FFFF) << 1;
    }

    private sealed class SmallSteps
    {
        private readonly Random _random = new(1);
        private uint _iss;

        public uint? Next(IsnMoment at) => _iss += (uint)_random.Next(1, 10_000);
    }

    // Begins 500 ports before the last.
    private sealed class NearTheEnd() : Random(1)
    {
        public override int Next(int maxValue) => maxValue - 500;
    }

    private sealed class RememberingEntropy : IEntropy
    {
        private readonly Random _random = new(7);

        public List<byte> Given { get; } = [];

        public void Fill(byte[] buffer)
        {
            _random.NextBytes(buffer);
            Given.AddRange(buffer);
        }

        /// <summary>Each eight bytes of what was given: half a secret is enough to know it by.</summary>
        public IEnumerable<byte[]> Words() => Enumerable.Range(0, Given.Count - 7).Select(i => Given.GetRange(i, 8).ToArray());
    }

    private sealed class KeepingLink(ILink inner, Stream frames) : Links.LinkWrapper(inner)
    {
        public override int Receive(byte[] buffer)
        {
            int length = Inner.Receive(buffer);
            frames.Write(buffer, FrameLayout.Ethernet, length);
            return length;
        }
    }
}
