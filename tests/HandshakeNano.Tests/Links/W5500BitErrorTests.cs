using System;
using HandshakeNano.Boards.Virtual;
using HandshakeNano.Firmware;
using HandshakeNano.Net;

namespace HandshakeNano.Links.Tests;

/// <summary>TCP through the W5500 driver whose wires change bits, in virtual time: the echo service of the firmware, and a peer in front of the chip.</summary>
[TestClass]
public sealed class W5500BitErrorTests
{
    public required TestContext TestContext { get; set; }

    [TestMethod]
    [DataRow(1e-6, 0.0, true)]
    [DataRow(0.0, 1e-5, false)]
    public void A_few_thousand_frames_with_wrong_bits_carry_TCP_whole(double miso, double mosi, bool interrupt) => Carry(miso, mosi, interrupt, 4_000);

    [TestMethod]
    [TestCategory("Long")]
    [DataRow(1e-6, 0.0, false)]
    [DataRow(1e-5, 0.0, true)]
    [DataRow(0.0, 1e-6, true)]
    [DataRow(0.0, 1e-5, false)]
    public void Two_hundred_thousand_frames_each_way_with_wrong_bits_carry_TCP_whole_with_at_most_one_RSTn(double miso, double mosi, bool interrupt)
        => Carry(miso, mosi, interrupt, 200_000);

    private void Carry(double miso, double mosi, bool interrupt, ulong frames)
    {
        const int Chunk = 32_768;
        using var rig = new W5500Rig(interrupt, mayViolate: true, wireCapacity: 1024);
        W5500Traps traps = rig.Chip.Traps;
        traps.MisoBitErrors = miso;
        traps.MosiBitErrors = mosi;
        traps.MostBitErrors = 1;
        traps.LinkDelay = 60;
        var settings = new TcpSettings { Address = VirtualTime.DeviceAddress, Connections = 4 };
        var board = new VirtualBoard(rig.Link, settings, rig.Clock, new FixedEntropy(2)) { Output = _ => { } };
        TcpEndpoint device = new DeviceFirmware(board, new EchoService()).Endpoint;
        var peer = new TcpEndpoint(rig.Peer, new FixedEntropy(1), new TcpSettings { Address = 0x0A4D0001, Connections = 4 });
        var client = new Client(peer.Connect(VirtualTime.DeviceAddress, 7));
        W5500Counts counts = rig.Counts;
        int chunks = 0;
        while (counts.Received < frames || counts.Sent < frames)
        {
            byte[] data = Pattern.Make(Chunk, chunks++);
            client.Send(data, shutdown: false);
            for (ulong end = rig.Clock.Now + 3_600_000_000; client.Received < Chunk;)
            {
                Assert.IsFalse(client.IsClosed, $"The connection ended: {client.Reason}.");
                Assert.IsLessThan(end, rig.Clock.Now, "An hour for a piece.");
                Turn();
            }

            Assert.IsTrue(client.Data.AsSpan().SequenceEqual(data), $"Piece {chunks} is not whole.");
            client.Forget();
        }

        TestContext.WriteLine($"{counts.Received} frames received, {counts.Sent} sent, {rig.Chip.BitErrors} bits wrong, {rig.Chip.PinResets - 1} RSTn, "
            + $"{counts.Resets - 1} resets, {counts.Reopened} opened again, {counts.TornReadings} looks again, {(long)chunks * Chunk} bytes echoed");
        Assert.IsGreaterThan((int)(frames / 1000 * (miso + mosi) * 1e6 / 2), rig.Chip.BitErrors);
        Assert.IsLessThanOrEqualTo(2, rig.Chip.PinResets, "That at the start, and one.");

        void Turn()
        {
            ulong before = counts.Received + counts.Sent;
            ulong next = Math.Min(device.Poll(rig.Clock.Now), peer.Poll(rig.Clock.Now));

            // A look at the link comes every 50 ms at the latest.
            if (counts.Received + counts.Sent == before)
                rig.Clock.Now = Math.Max(rig.Clock.Now, Math.Min(next, rig.Clock.Now + 50_000));
        }
    }
}
