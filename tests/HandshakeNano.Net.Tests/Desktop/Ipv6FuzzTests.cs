using System;
using nanoFramework.TestFramework;

namespace HandshakeNano.Net.Tests;

/// <summary>Damaged packets of IPv6 break nothing: the wire judges every packet that leaves.</summary>
[TestClass]
public sealed class Ipv6FuzzTests
{
    [TestMethod]
    public void A_hundred_thousand_damaged_packets_break_nothing()
    {
        var random = new Random(6);
        Wire wire = Ipv6Tests.Up();
        for (int i = 0; i < 100_000; i++)
        {
            byte[] frame = Sound(random);
            int skipped = frame[Packet.Ip + 6] == 58 ? 0 : 8;
            for (int left = random.Next(4); left > 0; left--)
                frame[random.Next(12, frame.Length)] = (byte)random.Next(256);
            if (random.Next(4) != 0)
            {
                // Most checksums are right again, so that what is behind them is read.
                int length = frame.Length - Ipv6Packet.Payload;
                Packet.Put16(frame, Packet.Ip + 4, length);
                Packet.Put16(frame, Ipv6Packet.Payload + skipped + 2, 0);
                Packet.Put16(frame, Ipv6Packet.Payload + skipped + 2, Ipv6Packet.Checksum(frame, skipped, 58));
            }

            wire.Inject(frame);
            if (random.Next(16) == 0)
                wire.Advance((ulong)random.Next(100_000_000));
            wire.Discard();
        }

        // Whatever was believed, the link-local address is ours and answers.
        wire.Inject(Ipv6Packet.Icmp(Ipv6Tests.Peer, Ipv6Tests.Ours(0), 128, 0, new byte[4]));
        byte[] answer = wire.Take();
        Assert.IsTrue(answer != null && answer[Ipv6Packet.Payload] == 129, "an echo");
        foreach (Counter counter in (Counter[])[Counter.RouterAdvertisements, Counter.NeighbourMalformed, Counter.Ipv6ListFull, Counter.IcmpEchoRequests])
            Assert.IsTrue(wire.Count(counter) > 100, counter.ToString());
    }

    private static byte[] Sound(Random random)
    {
        byte[] ours = Ipv6Tests.Ours(random.Next(2) == 0 ? "fe80::" : "2001:db8:" + random.Next(5) + "::", 0);
        byte[] to = random.Next(3) == 0 ? Ipv6Packet.AllNodes : random.Next(3) == 0 ? Ipv6Packet.GroupOf(ours) : ours;
        byte[] from = random.Next(8) == 0 ? Ipv6Packet.Nobody : Ipv6Tests.Peer;
        switch (random.Next(8))
        {
            case 0:
                return Ipv6Packet.Icmp(from, to, 60, [58, 0, (byte)random.Next(256), 4, 0, 0, 0, 0], 128, 0, new byte[random.Next(4, 1200)]);
            case 1:
                return Ipv6Packet.Icmp(from, to, random.Next(2) == 0 ? 43 : 44, [58, 0, 0, 0, 0, 0, 0, 0], 128, 0, new byte[4]);
            case 2:
                return Ipv6Packet.Neighbour(from, to, 135 + random.Next(2), ours);
            case 3:
                byte[] query = Ipv6Packet.Icmp(from, to, 130, 0, new byte[24]);
                query[Packet.Ip + 7] = 1;
                return query;
            case 4:
                return Ipv6Packet.Icmp(from, to, 137, 0, new byte[36]);
            case 5:
                return Ipv6Packet.Icmp(from, to, 128, 0, new byte[4]);
            default:
                byte[] options = [.. Ipv6Packet.PrefixOption("2001:db8:" + random.Next(5) + "::", 0xC0, (uint)random.Next(600), 9),
                    5, 1, 0, 0, 0, 0, (byte)random.Next(8), 0, 25, 3, 0, 0, 0, 0, 1, 0, .. Ipv6Tests.Peer];
                byte[] router = (byte[])Ipv6Tests.Peer.Clone();
                router[15] = (byte)random.Next(4);
                return Ipv6Packet.Advertisement(router, random.Next(60), options);
        }
    }
}
