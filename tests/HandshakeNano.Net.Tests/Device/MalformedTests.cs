using nanoFramework.TestFramework;

namespace HandshakeNano.Net.Tests;

/// <summary>Damaged frames get silence, a counter, and nothing else.</summary>
[TestClass]
public sealed class MalformedTests
{
    [TestMethod]
    public void A_bad_TCP_checksum_is_dropped()
    {
        for (int bit = 0; bit < 8 * 30; bit++)
        {
            ScriptedPeer peer = ScriptedPeer.Accepted(out Wire wire);
            byte[] frame = peer.Frame("P. seq R+1 ack I+1 len 10");
            frame[Packet.Transport + bit / 8] ^= (byte)(1 << (bit % 8));
            wire.Inject(frame);
            wire.ExpectsSilence("bit " + bit.ToString());
            Assert.AreEqual(0, peer.Connection.Available);
            peer.Sends("P. seq R+1 ack I+1 len 10");
            peer.Reads(10);
        }
    }

    [TestMethod]
    [DataRow(0)]
    [DataRow(1)]
    [DataRow(4)]
    [DataRow(9)]
    [DataRow(15)]
    public void A_bad_data_offset_is_dropped(int words)
    {
        ScriptedPeer peer = ScriptedPeer.Accepted(out Wire wire);
        byte[] frame = peer.Frame("P. seq R+1 ack I+1 len 12");
        frame[Packet.Transport + 12] = (byte)(words << 4);
        Packet.FixTcp(frame);
        wire.Inject(frame);
        wire.ExpectsSilence();
        Assert.AreEqual(0, peer.Connection.Available);
        Assert.AreEqual(1UL, wire.Count(Counter.TcpHeaderBad));
        peer.Sends("P. seq R+1 ack I+1 len 12");
        peer.Reads(12);
    }

    [TestMethod]
    public void A_TCP_segment_shorter_than_its_header_is_dropped()
    {
        for (int length = 0; length < 20; length++)
        {
            ScriptedPeer peer = ScriptedPeer.Accepted(out Wire wire);
            byte[] frame = peer.Frame("R seq R+1");
            Packet.Put16(frame, Packet.Ip + 2, 20 + length);
            Packet.FixIpv4(frame);
            if (length >= 18)
                Packet.FixTcp(frame);
            wire.Inject(frame);
            wire.ExpectsSilence();
            peer.IsIn(TcpState.Established);
            Assert.AreEqual(1UL, wire.Count(Counter.TcpHeaderBad));
        }
    }

    [TestMethod]
    [DataRow("0200")] // MSS of length 0
    [DataRow("0201")] // length 1
    [DataRow("0000000002030000")] // after the end of options: not looked at
    [DataRow("02030000")] // MSS of length 3
    [DataRow("020505B4")] // MSS of length 5, past the end
    [DataRow("02FF05B4")]
    [DataRow("01010102")] // no room for the length
    [DataRow("0101010101010204")] // past the end
    [DataRow("FE00")]
    [DataRow("FE01")]
    [DataRow("FE05AAAA")]
    [DataRow("FEFF0000")]
    [DataRow("01010101FEFFFFFF")]
    [DataRow("FFFFFFFF")]
    public void An_illegal_option_length_hangs_nothing_and_reads_nothing_past_the_segment(string options)
    {
        Wire wire = new Wire();
        TcpListener listener = wire.Endpoint.Listen(7, 8);
        ScriptedPeer peer = new ScriptedPeer(wire);
        peer.Sends("S seq R opt " + options);
        // Dropped, or answered as if the option were not there: never more than 536 bytes a segment then.
        if (wire.SentCount == 0)
        {
            Assert.AreEqual(1UL, wire.Count(Counter.TcpOptionBad));
        }
        else
        {
            peer.ExpectsOnly("S. seq I ack R+1 mss 1460");
            peer.Trades(". seq R+1 ack I+1", "");
            Assert.AreEqual(536, listener.Accept().MaximumSegmentSize);
        }

        ScriptedPeer sound = new ScriptedPeer(wire, 40001, 7);
        sound.Opens(listener);
        sound.Sends("P. seq R+1 ack I+1 len 10 opt " + options);
        sound.Sends("P. seq R+1 ack I+1 len 10");
        sound.Reads(10);
    }

    [TestMethod]
    [DataRow("0200")]
    [DataRow("02030000")]
    [DataRow("020505B4")]
    [DataRow("01010102")]
    [DataRow("FE00")]
    [DataRow("FE01")]
    [DataRow("FE05AAAA")]
    [DataRow("01010101FEFFFFFF")]
    public void A_segment_with_an_illegal_option_length_is_dropped_in_silence(string options)
    {
        Wire wire = new Wire();
        TcpListener listener = wire.Endpoint.Listen(7, 8);
        ScriptedPeer peer = new ScriptedPeer(wire);
        peer.Trades("S seq R opt " + options, "");
        Assert.AreEqual(0, listener.HalfOpen);
        peer.Trades(". seq R+1 ack 1 opt " + options, "");
        peer.OurPort = 8;
        peer.Trades("S seq R opt " + options, "");
        peer.OurPort = 7;
        peer.Opens(listener);
        peer.Trades("R seq R+1 opt " + options, "");
        peer.Trades("P. seq R+1 ack I+1 len 10 opt " + options, "");
        peer.IsIn(TcpState.Established);
        Assert.AreEqual(0, peer.Connection.Available);
        Assert.AreEqual(5UL, wire.Count(Counter.TcpOptionBad));
    }

    [TestMethod]
    public void Every_length_of_every_option_in_every_place_is_survived()
    {
        Wire wire = new Wire();
        ScriptedPeer peer = new ScriptedPeer(wire);
        byte[] sound = peer.Frame("S seq R opt 01010101010101010101010101010101010101010101010101010101010101010101010101010101");
        int frames = 0;
        for (int kind = 2; kind < 256; kind += kind < 9 ? 1 : 82)
        {
            // From 41 on all are too long for a header.
            for (int length = 0; length < 256; length += length < 48 ? 1 : 9)
            {
                for (int place = 0; place < 40; place += 3)
                {
                    byte[] frame = (byte[])sound.Clone();
                    frame[Packet.Transport + 20 + place] = (byte)kind;
                    if (place < 39)
                        frame[Packet.Transport + 21 + place] = (byte)length;
                    Packet.FixTcp(frame);
                    wire.Queue(frame);
                    frames++;
                }

                wire.Run();
                wire.Discard();
            }
        }

        Assert.IsTrue(wire.Count(Counter.FramesReceived) >= (ulong)frames, "every frame was taken");
        Assert.AreEqual(0UL, wire.Count(Counter.TcpChecksumBad));
        Assert.AreEqual(0, wire.Endpoint.ConnectionCount);
    }

    [TestMethod]
    public void A_frame_cut_at_any_place_is_dropped()
    {
        ScriptedPeer peer = ScriptedPeer.Accepted(out Wire wire);
        byte[] whole = peer.Frame("P. seq R+1 ack I+1 len 100");
        for (int length = 0; length < whole.Length; length++)
        {
            byte[] frame = new byte[length];
            System.Array.Copy(whole, 0, frame, 0, length);
            wire.Inject(frame);
            wire.ExpectsSilence("length " + length.ToString());
        }

        Assert.AreEqual(0, peer.Connection.Available);
        peer.Sends("P. seq R+1 ack I+1 len 100");
        peer.Reads(100);
    }

    [TestMethod]
    public void Ethernet_padding_is_not_data()
    {
        ScriptedPeer peer = ScriptedPeer.Accepted(out Wire wire);
        Assert.AreEqual(60, peer.Frame("P. seq R+1 ack I+1 len 1").Length);
        peer.Sends("P. seq R+1 ack I+1 len 1");
        peer.Reads(1);
        Assert.AreEqual(peer['R'] + 2, peer.Connection.RcvNxt);
    }

    [TestMethod]
    public void TCP_to_port_0_or_from_port_0_harms_nothing()
    {
        Wire wire = new Wire();
        wire.Endpoint.Listen(7, 8);
        ScriptedPeer peer = new ScriptedPeer(wire, 40000, 0);
        peer.Sends("S seq R");
        peer = new ScriptedPeer(wire, 0, 7);
        peer.Sends("R seq R");
        peer.Sends(". seq R ack 5");
        Assert.AreEqual(0, wire.Endpoint.ConnectionCount);
    }
}
