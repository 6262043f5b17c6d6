using nanoFramework.TestFramework;

namespace HandshakeNano.Net.Tests;

/// <summary>What hosts that nothing is known of, and hosts that lie, can do by ARP: RFC 826, RFC 1122 section 2.3.2.1.</summary>
[TestClass]
public sealed class ArpFloodTests
{
    private const uint FirstStranger = 0x0A4D0020;

    private static readonly byte[] Everyone = new byte[] { 255, 255, 255, 255, 255, 255 };
    private static readonly byte[] Nobody = new byte[6];
    private static readonly byte[] Thief = new byte[] { 2, 9, 9, 9, 9, 9 };

    [TestMethod]
    public void A_connection_that_has_ended_keeps_no_place_for_its_neighbour()
    {
        TcpSettings settings = Wire.Settings();
        settings.Connections = 5;
        settings.ArpEntries = 4;
        Wire wire = new Wire(settings);
        ScriptedPeer first = null;
        for (int i = 0; i < 5; i++)
        {
            ScriptedPeer peer = new ScriptedPeer(wire, 80, 50000 + i) { Address = Wire.PeerAddress + 4 * (uint)i };
            peer.IsOpened();
            if (i == 0)
                first = peer;
            else
                peer.Trades("R seq R+1", "");
            wire.Advance(Wire.Second);
        }

        // One of four places was taken for the fifth neighbour, but not that of the one that is needed.
        wire.AnswersArp = false;
        first.Writes(1);
        first.ExpectsOnly("P. seq I+1 ack R+1 len 1");
    }

    [TestMethod]
    [DataRow("ping", 0)]
    [DataRow("closed port", 0)]
    [DataRow("open port", 4)]
    public void Of_500_packets_a_second_from_silent_neighbours_each_is_asked_once_a_second_at_the_most(string what, int mostPerSecond)
    {
        Wire wire = new Wire { AnswersArp = false };
        wire.Endpoint.Listen(7, 8);
        ulong[] asked = new ulong[40];
        int requests = 0;
        for (uint i = 0; i < 5000; i++)
        {
            uint stranger = i % 40;
            if (what == "ping")
                wire.Inject(Packet.Icmp(FirstStranger + stranger, Wire.OurAddress, 8, 0, new byte[8]));
            else
                wire.Inject(Syn(FirstStranger + stranger, 30000 + (int)i, what == "open port" ? 7 : 9));
            wire.Advance(2 * Wire.Millisecond);
            for (byte[] frame = wire.Take(); frame != null; frame = wire.Take())
            {
                if (Packet.Get16(frame, 12) != Packet.EtherTypeArp)
                    continue;
                uint target = Packet.Get32(frame, Packet.Ip + 24) - FirstStranger;
                Assert.IsTrue(asked[target] == 0 || wire.Now - asked[target] >= Wire.Second - 2 * Wire.Millisecond,
                    "asked again after " + (wire.Now - asked[target]).ToString() + " us");
                asked[target] = wire.Now;
                requests++;
            }
        }

        Assert.IsTrue(requests <= 11 * mostPerSecond, requests.ToString() + " requests in 10 s");
    }

    [TestMethod]
    public void The_20000_SYNs_a_second_to_a_closed_port_from_inside_the_network_are_refused_and_nobody_is_asked_for()
    {
        Wire wire = new Wire { AnswersArp = false };
        ulong asked = wire.Count(Counter.ArpRequestsSent);
        for (uint i = 0; i < 20000; i++)
        {
            wire.Inject(Syn(0x0A4D0003 + i % 250, 30000 + (int)(i / 250), 9));
            if (i % 50 == 49)
                wire.Advance(2500);
            Assert.AreEqual(Segment.Rst | Segment.Ack, Segment.Of(wire.Take()).Flags);
            wire.ExpectsSilence();
        }

        Assert.AreEqual(asked, wire.Count(Counter.ArpRequestsSent));
        Assert.AreEqual(20000UL, wire.Count(Counter.ResetsSent));
    }

    [TestMethod]
    [DataRow("inside")]
    [DataRow("outside")]
    [DataRow("the neighbour's, request")]
    [DataRow("the neighbour's, request to others")]
    [DataRow("the neighbour's, reply")]
    [DataRow("the neighbour's, reply to all")]
    [DataRow("the router's")]
    public void Among_20000_forged_ARP_packets_a_second_neighbours_connect_and_exchange_data_at_once(string what)
    {
        TcpSettings settings = Wire.Settings();
        settings.Connections = 16;
        Wire wire = new Wire(settings);
        TcpListener listener = wire.Endpoint.Listen(7, 4);
        ScriptedPeer old = new ScriptedPeer(wire, 80, 50000);
        old.IsOpened();
        ScriptedPeer far = new ScriptedPeer(wire, 80, 50001) { Address = 0xC0000201 };
        far.IsOpened();
        uint random = 1;
        int written = 0;
        for (uint i = 0; i < 20000; i++)
        {
            random = random * 1664525 + 1013904223;
            uint victim = (i & 1) == 0 ? Wire.PeerAddress : 0x0A4D0030 + i / 1000;
            wire.Queue(Forged(what, victim, random >> 8));
            wire.Advance(50);

            DropArp(wire);
            if (i % 1000 == 500)
            {
                written++;
                string at = written.ToString();
                old.Writes(1);
                old.ExpectsOnly("P. seq I+" + at + " ack R+1 len 1");
                old.Trades(". seq R+1 ack I+" + (written + 1).ToString(), "");
                far.Writes(1);
                far.ExpectsOnly("P. seq I+" + at + " ack R+1 len 1");
                far.Trades(". seq R+1 ack I+" + (written + 1).ToString(), "");
            }

            if (i % 1000 == 700)
            {
                ScriptedPeer next = new ScriptedPeer(wire) { Address = 0x0A4D0030 + i / 1000 };
                next.Opens(listener);
                next.Sends("P. seq R+1 ack I+1 len 5");
                next.Reads(5);
                next.Writes(5);
                next.ExpectsOnly("P. seq I+1 ack R+6 len 5");
                next.Trades("R seq R+6", "");
                next.Connection.Close();
                wire.Run();
            }
        }

        Assert.AreEqual(0UL, wire.Count(Counter.ArpUnresolved));
        Assert.AreEqual(0UL, wire.Count(Counter.Retransmissions));
    }

    /// <summary>What the liar is told is of no interest. What neighbours are told is judged by the wire: where it goes to, too.</summary>
    private static void DropArp(Wire wire)
    {
        while (wire.SentCount != 0)
            wire.TakeArp();
    }

    private static byte[] Forged(string what, uint victim, uint random)
    {
        byte[] us = Packet.PhysicalAddressOf(Wire.OurAddress);
        switch (what)
        {
            case "inside":
                uint host = 0x0A4D0040 + random % 180;
                return Packet.Arp(Everyone, 1, Packet.PhysicalAddressOf(host), host, Nobody, Wire.OurAddress);
            case "outside":
                return Packet.Arp(Everyone, 1, Thief, 0xC6120000 + random % 0xFFFF, Nobody, Wire.OurAddress);
            case "the neighbour's, request":
                return Packet.Arp(Everyone, 1, Thief, victim, Nobody, Wire.OurAddress);
            case "the neighbour's, request to others":
                return Packet.Arp(Everyone, 1, Thief, victim, Nobody, victim);
            case "the neighbour's, reply":
                return Packet.Arp(us, 2, Thief, victim, us, Wire.OurAddress);
            case "the neighbour's, reply to all":
                return Packet.Arp(Everyone, 2, Thief, victim, Everyone, victim);
            default:
                return Packet.Arp(Everyone, 1, Thief, Wire.RouterAddress, Nobody, Wire.OurAddress);
        }
    }

    private static byte[] Syn(uint source, int port, int ourPort)
    {
        Segment segment = new Segment
        {
            SourcePort = port,
            DestinationPort = ourPort,
            Flags = Segment.Syn,
            SequenceNumber = 1000,
            Window = 65535,
        };
        return segment.ToFrame(source, Wire.OurAddress);
    }
}
