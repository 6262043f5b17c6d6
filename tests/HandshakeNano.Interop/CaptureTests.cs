using System;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using HandshakeNano.Boards.Virtual;
using HandshakeNano.Firmware;
using HandshakeNano.Links;
using HandshakeNano.Net;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace HandshakeNano.Interop;

/// <summary>What <see cref="PcapNgLink"/> writes is what tshark reads.</summary>
[TestClass]
[DoNotParallelize]
public sealed class CaptureTests
{
    private const int Connections = 40;

    private static readonly string[] _verify =
    [
        "-o", "tcp.check_checksum:TRUE", "-o", "ip.check_checksum:TRUE", "-o", "tcp.relative_sequence_numbers:TRUE",
    ];

    [TestMethod]
    public async Task TsharkFindsNothingWrong()
    {
        string file = Path.Combine(Path.GetTempPath(), $"handshake-{Environment.ProcessId}.pcapng");
        try
        {
            (ulong frames, long sentAgain) = await CaptureAsync(file);
            using var network = Lab.NewNetwork();

            Assert.AreEqual((long)frames, Frames(network, file, "frame"), "Every frame is in the file.");
            Assert.AreEqual(0, Frames(network, file, "_ws.malformed || _ws.expert.severity == error"));
            Assert.AreEqual(0, Frames(network, file, "tcp.checksum.status != 1 && tcp"));
            Assert.AreEqual(0, Frames(network, file, "ip.checksum.status != 1 && ip"));
            Assert.AreEqual(0, Frames(network, file, "icmp.checksum.status != 1 && icmp"));
            Assert.AreEqual(0, Frames(network, file, "tcp.analysis.lost_segment || tcp.analysis.ack_lost_segment"));

            // A PC that stands still for a moment answers late, and a tail loss probe is sent.
            Assert.IsLessThanOrEqualTo(sentAgain, Frames(network, file, "tcp.analysis.retransmission || tcp.analysis.out_of_order"));
            Assert.AreEqual(0, Frames(network, file, "frame.time_delta < 0"), "Time does not run back.");

            // Directions are in the packets' flags: the PC's frames are inbound (1), the device's outbound (2).
            Assert.AreEqual(0, Frames(network, file, $"ip.src == {Lab.Kernel} && frame.packet_flags_direction != 1"));
            Assert.AreEqual(0, Frames(network, file, $"ip.src == {Lab.Device} && frame.packet_flags_direction != 2"));
            Assert.IsGreaterThan(0, Frames(network, file, $"ip.src == {Lab.Device} && frame.packet_flags_direction == 2"));

            Assert.AreEqual(Connections + 2, Frames(network, file, "tcp.flags.syn == 1 && tcp.flags.ack == 0"));
            Assert.AreEqual(Connections + 1, Frames(network, file, "tcp.flags.syn == 1 && tcp.flags.ack == 1"));
            Assert.AreEqual(2, Frames(network, file, "tcp.flags.reset == 1"));
            Assert.AreEqual(3, Frames(network, file, "icmp.type == 8"));
            Assert.AreEqual(3, Frames(network, file, "icmp.type == 0"));
            Assert.AreEqual(0, Frames(network, file, $"ip.src == {Lab.Device} && (ip.flags.df == 0 || ip.ttl != 64)"));

            // 31: SYN, SYN,ACK, ACK, data and FIN were all seen.
            string[] complete = Fields(network, file, "tcp.flags.syn == 1 && tcp.flags.ack == 1", "tcp.completeness");
            Assert.AreEqual(Connections, complete.Count(value => value == "31"));
        }
        finally
        {
            File.Delete(file);
        }
    }

    /// <summary>Connections with data, one that is reset, one that is refused, and pings.</summary>
    private static async Task<(ulong Frames, long SentAgain)> CaptureAsync(string file)
    {
        using FileStream stream = File.Create(file);
        using var lab = new Lab(wrap: link => new PcapNgLink(link, new StreamSink(stream), new HighResTimerClock()));

        // A PC that stands still for 200 ms would send again what was not acknowledged.
        lab.Network.Tool("ip", "route", "add", Lab.Device, "dev", Lab.TapName, "rto_min", "10s");
        lab.Start();
        using var stop = new CancellationTokenSource(Lab.Deadline);
        for (int i = 0; i < Connections; i++)
        {
            using Socket socket = lab.Connect(Lab.EchoService);
            await Traffic.EchoAsync(socket, i, 1 + 400 * i, 2_000, stop.Token);
        }

        using (Socket socket = lab.Connect(Lab.EchoService))
            socket.LingerState = new LingerOption(true, 0);
        Lab.WaitUntil(() => lab.Count(Counter.ResetsReceived) == 1, "the reset");
        Assert.ThrowsExactly<SocketException>(() => lab.Connect(new System.Net.IPEndPoint(Lab.EchoService.Address, 8)));
        lab.Network.Tool("ping", "-n", "-c", "3", "-i", "0.01", "-s", "1472", Lab.Device);
        lab.WaitUntilIdle();
        lab.AssertHealthy();
        ulong sentAgain = lab.Count(Counter.Retransmissions) + lab.Count(Counter.FastRetransmissions) + lab.Count(Counter.TailLossProbes);
        return (lab.Count(Counter.FramesSent) + lab.Count(Counter.FramesReceived),
            (long)sentAgain + lab.Network.KernelCounter("Tcp", "RetransSegs"));
    }

    private static int Frames(NetworkNamespace network, string file, string filter)
    {
        return Fields(network, file, filter, "frame.number").Length;
    }

    private static string[] Fields(NetworkNamespace network, string file, string filter, string field)
    {
        string output = network.Tool("tshark", ["-r", file, "-n", "-2", .. _verify, "-Y", filter, "-T", "fields", "-e", field]);
        return output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
