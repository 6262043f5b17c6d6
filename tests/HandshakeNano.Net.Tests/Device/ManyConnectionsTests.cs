using System;
using nanoFramework.TestFramework;

namespace HandshakeNano.Net.Tests;

/// <summary>What connections share: the timers, the pool, the list of those to look at, and our ports.</summary>
[TestClass]
public sealed class ManyConnectionsTests
{
    [TestMethod]
    public void Each_of_fifty_connections_acts_at_its_own_time()
    {
        const int Count = 50;
        Wire wire = WithRoomFor(Count);
        ScriptedPeer[] peers = Opened(wire, Count);
        ulong[] next = new ulong[Count];
        for (int i = 0; i < Count; i++)
        {
            peers[i].Connection.KeepAlive = Interval(i);
            next[i] = wire.Now + Interval(i);
        }

        wire.Run();
        for (int step = 0; step < 400; step++)
        {
            int earliest = 0;
            for (int i = 1; i < Count; i++)
            {
                if (next[i] < next[earliest])
                    earliest = i;
            }

            peers[earliest].ExpectsAfter(next[earliest] - wire.Now, ". seq I ack R+1");
            peers[earliest].Trades(". seq R+1 ack I+1", "");
            next[earliest] = wire.Now + Interval(earliest);
        }
    }

    [TestMethod]
    public void What_is_due_first_is_done_first_though_others_were_noted_before()
    {
        const int Count = 8;
        Wire wire = WithRoomFor(Count);
        ScriptedPeer[] peers = Opened(wire, Count);
        for (int i = 0; i < Count; i++)
            peers[i].Connection.KeepAlive = 3600 * Wire.Second;
        wire.Run();
        wire.StaysSilent(10 * Wire.Second);
        for (int i = Count - 1; i >= 0; i--)
        {
            peers[i].Writes(10);
            peers[i].ExpectsOnly("P. seq I+1 ack R+1 len 10");
            peers[i].ExpectsAfter(Wire.Second, "P. seq I+1 ack R+1 len 10");
            peers[i].Trades(". seq R+1 ack I+11", "");
        }
    }

    [TestMethod]
    public void Connections_that_end_in_any_order_leave_the_others_their_timers()
    {
        const int Count = 30;
        Wire wire = WithRoomFor(Count);
        ScriptedPeer[] peers = Opened(wire, Count);
        for (int i = 0; i < Count; i++)
            peers[i].Connection.KeepAlive = (ulong)(1 + i * 7 % Count) * Wire.Second;
        wire.Run();
        for (int i = 0; i < Count; i += 3)
        {
            peers[i].Connection.Abort();
            wire.Run();
            peers[i].ExpectsOnly("R. seq I+1 ack R+1");
        }

        for (int second = 1; second <= Count; second++)
        {
            for (int i = 0; i < Count; i++)
            {
                if (1 + i * 7 % Count != second)
                    continue;
                if (i % 3 == 0)
                {
                    wire.StaysSilent(Wire.Second);
                    continue;
                }

                peers[i].ExpectsAfter(Wire.Second, ". seq I ack R+1");
                peers[i].Connection.KeepAlive = 0;
            }
        }
    }

    [TestMethod]
    public void What_is_done_to_several_connections_between_two_polls_is_done_to_each_in_order()
    {
        Wire wire = new Wire();
        ScriptedPeer a = new ScriptedPeer(wire, 80, 50000);
        ScriptedPeer b = new ScriptedPeer(wire, 80, 50001);
        ScriptedPeer c = new ScriptedPeer(wire, 80, 50002);
        a.IsOpened();
        b.IsOpened();
        c.IsOpened();
        a.TriesToWrite(10);
        b.TriesToWrite(20);
        a.TriesToWrite(10);
        c.TriesToWrite(30);
        b.TriesToWrite(1);
        wire.Run();
        a.Expects("P. seq I+1 ack R+1 len 20");
        b.Expects("P. seq I+1 ack R+1 len 21");
        c.ExpectsOnly("P. seq I+1 ack R+1 len 30");
    }

    [TestMethod]
    public void A_connection_that_has_ended_is_nobody_elses_until_its_user_gives_it_back()
    {
        Wire wire = WithRoomFor(1);
        TcpListener listener = wire.Endpoint.Listen(7, 1);
        ScriptedPeer peer = new ScriptedPeer(wire);
        peer.Opens(listener);
        peer.Sends("P. seq R+1 ack I+1 len 10");
        peer.Trades("R seq R+11", "");
        ScriptedPeer next = new ScriptedPeer(wire, 40001, 7);
        next.Trades("S seq R mss 1460", "");
        Assert.AreEqual(1UL, wire.Count(Counter.ConnectionsExhausted));
        Assert.IsFalse(wire.Endpoint.CanConnect);
        peer.Reads(10);
        peer.Closes();
        next.Opens(listener);
        Assert.AreEqual(1, wire.Endpoint.ConnectionCount);
    }

    [TestMethod]
    public void A_connection_that_is_given_back_is_in_the_pool_once()
    {
        Wire wire = WithRoomFor(2);
        TcpListener listener = wire.Endpoint.Listen(7, 2);
        for (int i = 0; i < 4; i++)
        {
            // The user's last call and the protocol's end, in both orders.
            ScriptedPeer peer = new ScriptedPeer(wire, 40000 + i, 7);
            peer.Opens(listener);
            if (i % 2 == 0)
                peer.Trades("R seq R+1", "");
            peer.Closes();
            if (i % 2 != 0)
            {
                peer.ExpectsOnly("F. seq I+1 ack R+1");
                peer.Trades("R seq R+1", "");
            }
        }

        wire.Endpoint.SetAddress(Wire.OurAddress + 1, 24, 0);
        wire.Endpoint.SetAddress(Wire.OurAddress, 24, Wire.RouterAddress);
        wire.Run();
        wire.TakeArp();
        ScriptedPeer a = new ScriptedPeer(wire, 80, 50000);
        ScriptedPeer b = new ScriptedPeer(wire, 80, 50001);
        a.IsOpened();
        b.IsOpened();
        Assert.IsFalse(wire.Endpoint.CanConnect);
        a.Trades("P. seq R+1 ack I+1 len 10", "");
        b.Trades("P. seq R+1 ack I+1 len 10", "");
        a.Reads(10);
        b.Reads(10);
    }

    [TestMethod]
    public void A_poll_takes_64_frames_and_wants_to_be_called_again()
    {
        Wire wire = new Wire();
        ScriptedPeer peer = new ScriptedPeer(wire, 80, 50000);
        peer.IsOpened();
        for (int i = 0; i < 70; i++)
            wire.Queue(peer.Frame("S. seq R+1 ack I+1 len " + (i % 3).ToString()));
        ulong received = wire.Count(Counter.FramesReceived);
        Assert.AreEqual(wire.Now, wire.Endpoint.Poll(wire.Now));
        Assert.AreEqual(received + 64, wire.Count(Counter.FramesReceived));
        Assert.AreNotEqual(wire.Now, wire.Endpoint.Poll(wire.Now));
        Assert.AreEqual(received + 70, wire.Count(Counter.FramesReceived));
    }

    [TestMethod]
    public void Our_ports_are_those_of_a_keyed_hash_over_peer_and_count()
    {
        Wire wire = new Wire();
        for (uint i = 0; i < 8; i++)
        {
            uint peer = Wire.PeerAddress + 4 * (i / 2);
            Assert.AreEqual(PortOf(peer, i), wire.Endpoint.Connect(peer, 80).LocalPort);
        }
    }

    [TestMethod]
    public void After_65536_ports_the_hash_has_another_count()
    {
        Wire wire = new Wire();
        TcpEndpoint endpoint = new TcpEndpoint(wire, new Ones(), Wire.Settings());

        // The count begins with 65535.
        byte[] secret = new byte[SipHash.KeyLength];
        new Ones().Fill(secret);
        byte[] message = new byte[15];
        Packet.Put32(message, 0, Wire.OurAddress);
        Packet.Put32(message, 8, Wire.PeerAddress);
        Packet.Put16(message, 12, 80);
        message[14] = 1;
        Assert.AreEqual(49152 + (int)(SipHash.Hash(secret, message, 0, 15) & 16383), endpoint.Connect(Wire.PeerAddress, 80).LocalPort);
    }

    [TestMethod]
    public void Connections_that_come_and_go_in_any_order_are_found()
    {
        const int Count = 60;
        Wire wire = WithRoomFor(Count);
        ScriptedPeer[] peers = Opened(wire, Count);
        for (int round = 1; round <= 3; round++)
        {
            for (int k = 0; k < Count; k++)
            {
                ScriptedPeer peer = peers[k * 7 % Count];
                if (k % 3 == 0)
                    continue;
                peer.Aborts();
                peer.ExpectsOnly("R. seq I+1 ack R+1");
                peer.Connection = null;
            }

            for (int i = 0; i < Count; i++)
            {
                if (peers[i].Connection == null)
                {
                    peers[i].OurPort += 100;
                    peers[i].IsOpened();
                }
            }

            for (int i = 0; i < Count; i++)
                peers[i].Trades(". seq R ack I+1", ". seq I+1 ack R+1");
            Assert.AreEqual(Count, wire.Endpoint.ConnectionCount);
        }
    }

    [TestMethod]
    public void The_ports_of_connections_to_one_peer_do_not_tell_the_next_one()
    {
        Wire wire = new Wire();
        int close = 0, above = 0;
        int last = 0;
        for (int i = 0; i < 2000; i++)
        {
            TcpConnection connection = wire.Endpoint.Connect(Wire.PeerAddress, 80);
            int port = connection.LocalPort;
            Assert.IsTrue(port >= 49152 && port <= 65535, "port " + port.ToString());
            if (port - last >= -8 && port - last <= 8)
                close++;
            if (port > last)
                above++;
            last = port;
            connection.Abort();
            wire.Endpoint.Poll(wire.Now);
        }

        // Two of 2000 are expected within 8 of the one before, and half of them above it.
        Assert.IsTrue(close < 12, close.ToString() + " ports are close to the one before");
        Assert.IsTrue(above > 850 && above < 1150, above.ToString() + " ports are above the one before");
    }

    [TestMethod]
    public void A_port_in_use_or_in_TIME_WAIT_is_stepped_over_and_after_65535_comes_49152()
    {
        Wire wire = new Wire();
        ScriptedPeer taken = new ScriptedPeer(wire, 80, PortOf(Wire.PeerAddress, 0));
        taken.IsOpened();
        ScriptedPeer waits = new ScriptedPeer(wire, 80, Above(taken.OurPort, 1));
        waits.IsOpened();
        waits.Connection.Close();
        wire.Run();
        waits.ExpectsOnly("F. seq I+1 ack R+1");
        waits.Trades("F. seq R+1 ack I+2", ". seq I+2 ack R+2");
        Assert.AreEqual(1, wire.Endpoint.TimeWaitCount);
        Assert.AreEqual(Above(taken.OurPort, 2), Chosen(wire));

        uint count = 1;
        while (PortOf(Wire.PeerAddress, count) != 65535)
        {
            Chosen(wire);
            count++;
        }

        new ScriptedPeer(wire, 80, 65535).IsOpened();
        Assert.AreEqual(49152, Chosen(wire));
    }

    private static Wire WithRoomFor(int connections)
    {
        TcpSettings settings = Wire.Settings();
        settings.Connections = connections;
        return new Wire(settings);
    }

    /// <summary>Connections to one port, from 50000 and the ports above it.</summary>
    private static ScriptedPeer[] Opened(Wire wire, int count)
    {
        ScriptedPeer[] peers = new ScriptedPeer[count];
        for (int i = 0; i < count; i++)
        {
            peers[i] = new ScriptedPeer(wire, 80, 50000 + i);
            peers[i].IsOpened();
        }

        return peers;
    }

    /// <summary>The port that Connect chooses, given back at once.</summary>
    private static int Chosen(Wire wire)
    {
        TcpConnection connection = wire.Endpoint.Connect(Wire.PeerAddress, 80);
        int port = connection.LocalPort;
        connection.Abort();
        wire.Endpoint.Poll(wire.Now);
        return port;
    }

    /// <summary>The port of a connection to port 80, by the number of those before it.</summary>
    private static int PortOf(uint peer, uint count)
    {
        // Of 16 bytes of secret and 10 more, the last two are where the count begins.
        byte[] secret = new byte[SipHash.KeyLength];
        FixedEntropy entropy = new FixedEntropy();
        entropy.Fill(secret);
        byte[] other = new byte[10];
        entropy.Fill(other);
        count += (uint)(other[8] | (other[9] << 8)) + 1;
        byte[] message = new byte[15];
        Packet.Put32(message, 0, Wire.OurAddress);
        Packet.Put16(message, 4, (int)(count & 0xFFFF));
        Packet.Put32(message, 8, peer);
        Packet.Put16(message, 12, 80);
        message[14] = (byte)(count >> 16);
        return 49152 + (int)(SipHash.Hash(secret, message, 0, 15) & 16383);
    }

    private sealed class Ones : IEntropy
    {
        public void Fill(byte[] buffer)
        {
            for (int i = 0; i < buffer.Length; i++)
                buffer[i] = 0xFF;
        }
    }

    private static int Above(int port, int count)
    {
        return 49152 + ((port - 49152 + count) & 16383);
    }

    /// <summary>Between one and ten seconds, no two alike, and in no order.</summary>
    private static ulong Interval(int i)
    {
        return Wire.Second + (ulong)(i * 7919 % 50) * 180181;
    }
}
