using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Diagnostics;
using System.Net.Sockets;
using System.Threading.Tasks;
using HandshakeNano.Net;
using HandshakeNano.Packets;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace HandshakeNano.Interop;

/// <summary>
/// The Linux kernel is an honest neighbour, and another host on the link sends 20,000 frames a second: forged ARP packets, or SYNs
/// from hosts that do not exist. The kernel's round trips and connects stay below 100 ms in the 99th percentile.
/// </summary>
[TestClass]
[DoNotParallelize]
public sealed class ArpFloodTests
{
    private const int PerSecond = 20_000;
    private const int ClosedPort = 81;
    private const int ArpLength = 42;

    private static readonly int Frames = Night.Or(60, 4) * PerSecond;

    private static readonly byte[] Everyone = [255, 255, 255, 255, 255, 255];

    public required TestContext TestContext { get; set; }

    [TestMethod]
    [DataRow("inside")]
    [DataRow("outside")]
    [DataRow("the kernel's, requests")]
    [DataRow("the kernel's, replies")]
    public void ForgedArpPacketsDelayNobody(string what)
    {
        ulong asked = Flood((frame, device, random) => WriteArp(frame, device, what, random), out _);

        // A neighbour in use is asked at most once a second whether it has moved.
        Assert.IsLessThan((ulong)(Frames / PerSecond * 10), asked);
    }

    [TestMethod]
    public void SynsToAClosedPortFromInsideTheNetworkHaveNobodyAskedFor()
    {
        ulong asked = Flood(WriteSyn, out ulong refused);
        Assert.IsLessThan(10ul, asked);
        Assert.IsGreaterThan((ulong)Frames / 2, refused, "It was no flood.");
    }

    private ulong Flood(Func<byte[], byte[], Random, int> write, out ulong refused)
    {
        // A board's settings.
        using Lab lab = new Lab(Lab.NewSettings(connections: 8)).Start();
        using var flooder = new Flooder(lab, Lab.TapName);
        using Socket established = lab.Connect(Lab.EchoService);
        double quiet = Measure(lab, established, () => false, 200, "quiet");
        ulong asked = lab.Count(Counter.ArpRequestsSent);
        ulong resets = lab.Count(Counter.ResetsSent);
        var random = new Random(16);
        Task flood = flooder.SendAsync(Frames, PerSecond, frame => write(frame, lab.PhysicalAddress, random));
        double slowest = Measure(lab, established, () => flood.IsCompleted, int.MaxValue, "in the flood");
        flood.GetAwaiter().GetResult();
        asked = lab.Count(Counter.ArpRequestsSent) - asked;
        refused = lab.Count(Counter.ResetsSent) - resets;
        TestContext.WriteLine($"{asked} ARP requests, {lab.Count(Counter.ArpNeighbourConflicts)} claims of a neighbour's address, {refused} resets");

        // What the machine takes without a flood is none of the flood's doing.
        Assert.IsLessThan(100 + quiet, slowest, "ms, 99th percentile");
        lab.AssertHealthy();
        return asked;
    }

    /// <summary>Round trips of a connection, and connects with a round trip of their own, in turn.</summary>
    /// <returns>The 99th percentile of whichever takes longer, in milliseconds.</returns>
    private double Measure(Lab lab, Socket established, Func<bool> isOver, int most, string when)
    {
        List<double> roundTrips = [];
        List<double> connects = [];
        while (!isOver() && connects.Count < most)
        {
            roundTrips.Add(Time(() => RoundTrip(established)));
            connects.Add(Time(() =>
            {
                using Socket socket = lab.Connect(Lab.EchoService);
                RoundTrip(socket);
                socket.LingerState = new LingerOption(true, 0);
            }));
        }

        Assert.IsGreaterThan(20, connects.Count);
        roundTrips.Sort();
        connects.Sort();
        TestContext.WriteLine($"{when}: {connects.Count} round trips, 99th percentile {Late(roundTrips):F2} ms, and connects {Late(connects):F2} ms");
        return Math.Max(Late(roundTrips), Late(connects));
    }

    private static double Late(List<double> sorted) => sorted[sorted.Count * 99 / 100];

    private static double Time(Action action)
    {
        long begin = Stopwatch.GetTimestamp();
        action();
        return Stopwatch.GetElapsedTime(begin).TotalMilliseconds;
    }

    private static void RoundTrip(Socket socket)
    {
        byte[] data = Traffic.Bytes(3, 64);
        socket.Send(data);
        Traffic.AssertSame(data, Traffic.Read(socket, data.Length));
    }

    private static int WriteArp(byte[] frame, byte[] device, string what, Random random)
    {
        bool isReply = what.EndsWith("replies", StringComparison.Ordinal);
        uint sender = what switch
        {
            "inside" => Lab.KernelAddress + 2 + (uint)random.Next(250),
            "outside" => 0xC612_0000 + (uint)random.Next(1, 65_000),
            _ => Lab.KernelAddress,
        };

        // Some to us, some to everybody about itself, as hosts do whose address is new.
        bool isAnnouncement = sender == Lab.KernelAddress && random.Next(2) == 0;
        (isReply && !isAnnouncement ? device : Everyone).CopyTo(frame, 0);
        WriteCard(frame.AsSpan(6), random);
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(12), 0x0806);
        BinaryPrimitives.WriteUInt64BigEndian(frame.AsSpan(14), 0x0001_0800_0604_0000UL | (isReply ? 2UL : 1UL));
        frame.AsSpan(6, 6).CopyTo(frame.AsSpan(22));
        BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(28), sender);
        frame.AsSpan(32, 6).Clear();
        BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(38), isAnnouncement ? sender : Lab.Address(Lab.Device));
        return ArpLength;
    }

    private static int WriteSyn(byte[] frame, byte[] device, Random random)
    {
        device.CopyTo(frame, 0);
        WriteCard(frame.AsSpan(6), random);
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(12), 0x0800);
        byte[] packet = new RawSegment
        {
            SourcePort = random.Next(1024, 65_536),
            DestinationPort = ClosedPort,
            Sequence = (uint)random.Next(),
            Flags = ControlBits.Syn,
        }.ToPacket(Lab.KernelAddress + 2 + (uint)random.Next(250), Lab.Address(Lab.Device));
        packet.CopyTo(frame, 14);
        return 14 + packet.Length;
    }

    /// <summary>An Ethernet address that nobody has.</summary>
    private static void WriteCard(Span<byte> card, Random random)
    {
        random.NextBytes(card[..6]);
        card[0] = 0x06;
    }
}
