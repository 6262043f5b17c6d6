using nanoFramework.TestFramework;

namespace HandshakeNano.Net.Tests;

/// <summary>RFC 6528: ISN = M + F, a clock that ticks every 4 us and a keyed hash of the connection's four numbers.</summary>
[TestClass]
public sealed class InitialSequenceNumberTests
{
    [TestMethod]
    public void The_ISNs_of_one_peer_differ_by_exactly_the_time_between_them_in_ticks_of_4_us()
    {
        Wire wire = new Wire();
        uint first = IssOfSynAck(wire, 40000);
        wire.Advance(4);
        Assert.AreEqual(first + 1, IssOfSynAck(wire, 40000));
        wire.Advance(400);
        Assert.AreEqual(first + 101, IssOfSynAck(wire, 40000));
        wire.Advance(3600 * Wire.Second);
        Assert.AreEqual(first + 101 + 900000000, IssOfSynAck(wire, 40000));
    }

    [TestMethod]
    [DataRow(8080)]
    [DataRow(7)]
    [DataRow(0x1234)]
    public void An_ISN_is_the_clock_plus_the_hash_of_both_addresses_and_ports_under_the_secret(int port)
    {
        Wire wire = new Wire(Wire.Settings(), 1500, 123456789012);
        wire.Endpoint.Listen(port, 1);
        ScriptedPeer peer = new ScriptedPeer(wire, 40123, port);
        peer.Trades("S seq R mss 1460", "S. seq I ack R+1 mss 1460");
        Assert.AreEqual(Isn(123456789012, Wire.OurAddress, port, 40123), peer['I']);
    }

    // RFC 4987 section 3.6.
    [TestMethod]
    [DataRow(0U)]
    [DataRow(5U)]
    [DataRow(0xABCDEFU)]
    public void A_cookie_is_the_hash_plus_the_step_of_67_seconds_and_a_hash_under_another_secret(uint step)
    {
        TcpSettings settings = Wire.Settings();
        settings.SynPolicy = SynPolicy.CookiesAlways;
        Wire wire = new Wire(settings, 1500, ((ulong)step << 26) + 12345678);
        wire.Endpoint.Listen(7, 1);
        ScriptedPeer peer = new ScriptedPeer(wire, 40123, 7);
        peer['R'] = 0x11223344;
        peer.Trades("S seq R mss 1460", "S. seq I ack R+1 mss 1460");

        // The ports and the address as they come, the peer's ISN, and in three bytes the step and the index of the MSS: 7.
        byte[] secret = new byte[SipHash.KeyLength];
        new FixedEntropy(SipHash.KeyLength + 10).Fill(secret);
        byte[] message = new byte[15];
        Packet.Put16(message, 0, 40123);
        Packet.Put16(message, 2, 7);
        Packet.Put32(message, 4, Wire.PeerAddress);
        Packet.Put32(message, 8, 0x44332211);
        message[12] = (byte)step;
        message[13] = (byte)(step >> 8);
        message[14] = (byte)(((step >> 16) & 0x1F) | (7 << 5));
        uint mac = (uint)SipHash.Hash(secret, message, 0, 15) & 0x1FFFFF;
        uint hash = Isn(0, Wire.OurAddress, 7, 40123);
        Assert.AreEqual(hash + (step << 24) + (mac << 3) + 7, peer['I']);
    }

    [TestMethod]
    public void An_ISN_of_ours_is_the_same_sum_and_a_new_address_makes_it_another()
    {
        Wire wire = new Wire(Wire.Settings(), 1500, 123456789012);
        wire.Endpoint.Listen(7, 2);
        wire.Endpoint.SetAddress(Wire.OurAddress + 1, 24, 0);
        wire.Run();
        wire.TakeArp();
        wire.Endpoint.Connect(Wire.PeerAddress, 40123, 50001);
        wire.Run();
        Assert.AreEqual(Isn(123456789012, Wire.OurAddress + 1, 50001, 40123), Segment.Of(wire.Take()).SequenceNumber);
        wire.Advance(4);
        Segment syn = new Segment { SourcePort = 40123, DestinationPort = 7, SequenceNumber = 5, Flags = Segment.Syn };
        byte[] frame = syn.ToFrame(Wire.PeerAddress, Wire.OurAddress + 1);
        System.Array.Copy(wire.PhysicalAddress, 0, frame, 0, 6);
        wire.Inject(frame);
        Assert.AreEqual(Isn(123456789016, Wire.OurAddress + 1, 7, 40123), Segment.Of(wire.Take()).SequenceNumber);
    }


    [TestMethod]
    public void Active_opens_follow_the_same_clock()
    {
        Wire wire = new Wire();
        uint first = IssOfSyn(wire, 80);
        wire.Advance(1000000);
        Assert.AreEqual(first + 250000, IssOfSyn(wire, 80));
    }

    [TestMethod]
    public void The_clock_part_wraps_at_32_bits()
    {
        const ulong Wrap = 4UL << 32;
        uint before = IssOfSynAck(new Wire(Wire.Settings(), 1500, Wrap - 8), 40000);
        Assert.AreEqual(before + 2, IssOfSynAck(new Wire(Wire.Settings(), 1500, Wrap), 40000));
        Assert.AreEqual(before + 3, IssOfSynAck(new Wire(Wire.Settings(), 1500, Wrap + 4), 40000));
        Assert.AreEqual(before + 2, IssOfSynAck(new Wire(Wire.Settings(), 1500, 1000 * Wrap), 40000));
    }

    // RFC 9293 MUST-9.
    [TestMethod]
    public void Four_connections_in_one_moment_have_ISNs_that_tell_nothing_of_each_other()
    {
        TcpSettings settings = Wire.Settings();
        settings.Connections = 300;
        Wire wire = new Wire(settings);
        wire.Endpoint.Listen(7, 300);
        uint[] isns = new uint[256];
        int small = 0;
        for (int i = 0; i < isns.Length; i++)
        {
            ScriptedPeer peer = new ScriptedPeer(wire, 40000 + i, 7);
            peer.Trades("S seq R mss 1460", "S. seq I ack R+1 mss 1460");
            isns[i] = peer['I'];
            for (int j = 0; j < i; j++)
            {
                Assert.AreNotEqual(isns[j], isns[i], "the same ISN twice in one moment");
                uint distance = isns[i] - isns[j];
                if (distance < 0x10000 || 0 - distance < 0x10000)
                    small++;
            }
        }

        // 32640 pairs, each nearer than 65536 with probability 2^-15: about one.
        Assert.IsTrue(small < 12, "neighbours among the ISNs: " + small.ToString());
    }

    // RFC 9293 MUST-9, SHLD-1.
    [TestMethod]
    public void Each_of_the_four_numbers_and_the_secret_changes_the_ISN()
    {
        Wire wire = new Wire();
        wire.Endpoint.Listen(7, 8);
        wire.Endpoint.Listen(9, 8);
        ScriptedPeer peer = new ScriptedPeer(wire, 40000, 7);
        peer.Trades("S seq R", "S. seq I ack R+1 mss 1460");
        uint isn = peer['I'];
        peer = new ScriptedPeer(wire, 40001, 7);
        peer.Trades("S seq R", "S. seq I ack R+1 mss 1460");
        Assert.AreNotEqual(isn, peer['I'], "the peer's port");
        peer = new ScriptedPeer(wire, 40000, 9);
        peer.Trades("S seq R", "S. seq I ack R+1 mss 1460");
        Assert.AreNotEqual(isn, peer['I'], "our port");
        peer = new ScriptedPeer(wire, 40000, 7);
        peer.Address = Wire.PeerAddress + 7;
        peer.Trades("S seq R", "S. seq I ack R+1 mss 1460");
        Assert.AreNotEqual(isn, peer['I'], "the peer's address");
    }

    [TestMethod]
    public void The_peer_s_ISN_does_not_matter()
    {
        Wire wire = new Wire();
        ScriptedPeer peer = new ScriptedPeer(wire);
        wire.Endpoint.Listen(7, 8);
        peer.Trades("S seq R", "S. seq I ack R+1 mss 1460");
        uint isn = peer['I'];
        peer.Trades("R seq R+1", "");
        peer.ForgetIss();
        peer['R'] = 123456789;
        wire.Advance(400);
        peer.Trades("S seq R", "S. seq I ack R+1 mss 1460");
        Assert.AreEqual(isn + 100, peer['I']);
    }

    [TestMethod]
    public void Two_connections_of_one_tuple_differ_in_one_tick_of_the_clock_and_in_one_Poll()
    {
        Wire wire = new Wire();
        wire.Endpoint.Listen(7, 8);
        ScriptedPeer peer = new ScriptedPeer(wire);
        peer.Trades("S seq R", "S. seq I ack R+1 mss 1460");
        uint isn = peer['I'];
        for (int i = 0; i < 20; i++)
        {
            wire.Queue(peer.Frame("R seq R+1"));
            wire.Queue(peer.Frame("S seq R"));
        }

        wire.Run();
        for (uint i = 1; i <= 20; i++)
            Assert.AreEqual(isn + i, Segment.Of(wire.Take()).SequenceNumber);

        // The clock overtakes what was given.
        peer.Sends("R seq R+1");
        peer.ForgetIss();
        wire.Advance(400);
        peer.Trades("S seq R", "S. seq I ack R+1 mss 1460");
        Assert.AreEqual(isn + 100, peer['I']);
    }

    [TestMethod]
    public void A_connection_that_was_opened_above_the_clock_shares_its_ISN_with_none_that_the_clock_brings()
    {
        Wire wire = new Wire();
        ScriptedPeer peer = ScriptedPeer.Accepted(wire);
        uint isn = peer['I'];

        // 1,000 bytes and a FIN in no time, and the clock is behind them.
        peer.Writes(1000);
        peer.Closes();
        peer.Sends(". seq R+1 ack I+1002");
        peer.Sends("F. seq R+1 ack I+1002");
        wire.Discard();
        Assert.AreEqual(1, wire.Endpoint.TimeWaitCount);
        peer['R'] = peer['R'] + 2;
        peer.ForgetIss();
        peer.Trades("S seq R", "S. seq I ack R+1 mss 1460");
        Assert.AreEqual(isn + 1003, peer['I']);
        peer.Trades("R seq R+1", "");

        // When the clock is there.
        wire.Advance(1003 * 4);
        peer.ForgetIss();
        peer.Trades("S seq R", "S. seq I ack R+1 mss 1460");
        Assert.AreEqual(isn + 1004, peer['I']);
    }

    private static uint IssOfSynAck(Wire wire, int port)
    {
        TcpListener listener = wire.Endpoint.Listen(7, 8);
        ScriptedPeer peer = new ScriptedPeer(wire, port, 7);
        peer.Trades("S seq R mss 1460", "S. seq I ack R+1 mss 1460");
        peer.Trades("R seq R+1", "");
        listener.Close();
        wire.Run();
        wire.ExpectsSilence();
        return peer['I'];
    }

    /// <summary>RFC 6528 section 3, with the secret of <see cref="FixedEntropy"/>.</summary>
    private static uint Isn(ulong now, uint ourAddress, int ourPort, int peerPort)
    {
        byte[] secret = new byte[SipHash.KeyLength];
        new FixedEntropy().Fill(secret);
        byte[] message = new byte[14];
        Packet.Put32(message, 0, ourAddress);
        Packet.Put16(message, 4, ourPort);
        Packet.Put32(message, 8, Wire.PeerAddress);
        Packet.Put16(message, 12, peerPort);
        return (uint)(now / 4) + (uint)SipHash.Hash(secret, message, 0, 14);
    }

    private static uint IssOfSyn(Wire wire, int port)
    {
        ScriptedPeer peer = new ScriptedPeer(wire, port, 50000);
        peer.Connection = wire.Endpoint.Connect(peer.Address, port, 50000);
        wire.Run();
        peer.ExpectsOnly("S seq I mss 1460");
        peer.Aborts();
        wire.Discard();

        return peer['I'];
    }
}
