using nanoFramework.TestFramework;

namespace HandshakeNano.Net.Tests;

/// <summary>Windows of more than 64 KB: RFC 7323 section 2.</summary>
[TestClass]
public sealed class WindowScaleTests
{
    // 7323-MUST-5, 7323-MUST-4.
    [TestMethod]
    [DataRow(32768, 32768, 0)]
    [DataRow(65536, 65535, 0)]
    [DataRow(131072, 65534, 1)]
    [DataRow(262144, 65532, 2)]
    [DataRow(16777216, 65280, 8)]
    public void The_scale_follows_from_the_buffer_and_no_SYN_has_a_scaled_window(int buffer, int window, int scale)
    {
        Wire wire = new Wire(Settings(buffer));
        ScriptedPeer peer = new ScriptedPeer(wire);
        wire.Endpoint.Listen(7, 4);
        string text = "S. seq I ack R+1 win " + window.ToString() + " mss 1460 wscale " + scale.ToString();
        peer.Trades("S seq R mss 1460 wscale 0", text);
        peer.Trades("S seq R mss 1460 wscale 0", text);
    }

    [TestMethod]
    [DataRow(true)]
    [DataRow(false)]
    public void A_peer_that_offers_none_gets_none_and_we_offer_none_if_the_settings_say_so(bool setting)
    {
        TcpSettings settings = Settings(262144);
        settings.WindowScale = setting;
        Wire wire = new Wire(settings);
        ScriptedPeer peer = new ScriptedPeer(wire);
        TcpListener listener = wire.Endpoint.Listen(7, 4);
        string window = setting ? "65532" : "65535";
        peer.Trades(setting ? "S seq R mss 100" : "S seq R mss 100 wscale 7", "S. seq I ack R+1 win " + window + " mss 1460");
        peer.Trades(". seq R+1 ack I+1 win 10", "");
        peer.Connection = listener.Accept();
        Assert.AreEqual(1000, peer.TriesToWrite(1000));
        wire.Run();
        peer.ExpectsOnly(". seq I+1 ack R+1 win " + window + " len 10");

        // What is read opens the window by worthwhile steps, not by each segment.
        peer.Trades(". seq R+1 ack I+11 win 0 len 100", "");
        peer.Reads(100);
        Assert.AreEqual(0, wire.SentCount);
    }

    [TestMethod]
    public void The_peers_scale_counts_in_all_but_its_SYN()
    {
        Wire wire = new Wire(Settings(32768));
        ScriptedPeer peer = new ScriptedPeer(wire);
        peer.Connection = wire.Endpoint.Connect(peer.Address, peer.Port, peer.OurPort);
        wire.Run();
        peer.ExpectsOnly("S seq I win 32768 mss 1460 wscale 0");
        peer.Trades("S. seq R ack I+1 win 100 mss 1460 wscale 3", ". seq I+1 ack R+1 win 32768");
        Assert.AreEqual(2000, peer.TriesToWrite(2000));
        wire.Run();
        peer.ExpectsOnly(". seq I+1 ack R+1 win 32768 len 100");
        peer.Trades(". seq R+1 ack I+101 win 100", ". seq I+101 ack R+1 win 32768 len 800");
    }

    [TestMethod]
    public void A_simultaneous_open_answers_the_offer_and_takes_no_window_of_a_SYN_for_scaled()
    {
        Wire wire = new Wire(Settings(262144));
        ScriptedPeer peer = new ScriptedPeer(wire);
        peer.Connection = wire.Endpoint.Connect(peer.Address, peer.Port, peer.OurPort);
        wire.Run();
        peer.ExpectsOnly("S seq I win 65532 mss 1460 wscale 2");
        peer.Trades("S seq R win 50 mss 1460 wscale 7", "S. seq I ack R+1 win 65532 mss 1460 wscale 2");
        peer.Trades("S. seq R ack I+1 win 50 mss 1460 wscale 7", "");
        wire.Discard();
        Assert.AreEqual(2000, peer.TriesToWrite(2000));
        wire.Run();
        peer.ExpectsOnly(". seq I+1 ack R+1 win 65535 len 50");
    }

    [TestMethod]
    public void A_cookie_cannot_keep_the_offer_so_there_is_none()
    {
        TcpSettings settings = Settings(262144);
        settings.SynPolicy = SynPolicy.CookiesAlways;
        Wire wire = new Wire(settings);
        ScriptedPeer peer = new ScriptedPeer(wire);
        TcpListener listener = wire.Endpoint.Listen(7, 4);
        peer.Trades("S seq R mss 1460 wscale 7", "S. seq I ack R+1 win 65532 mss 1460");
        peer.Trades(". seq R+1 ack I+1 win 10", "");
        peer.Connection = listener.Accept();
        Assert.AreEqual(1000, peer.TriesToWrite(1000));
        wire.Run();
        peer.ExpectsOnly(". seq I+1 ack R+1 win 65532 len 10");
    }

    // 7323-SHLD-2.
    [TestMethod]
    public void The_right_edge_does_not_move_back_where_it_is_rounded()
    {
        Wire wire = new Wire(Settings(16777216));
        ScriptedPeer peer = Accepted(wire, 8);

        // 256 bytes are a unit, so the edge that stands in a header depends on how many bytes have come.
        peer.Trades(". seq R+1 ack I+1 len 100", "");
        peer.Trades(". seq R+101 ack I+1 len 100", ". seq I+1 ack R+201 win 65535");
        peer.Reads(200);
        peer.Trades(". seq R+201 ack I+1 len 1", "");
        peer.Trades(". seq R+202 ack I+1 len 1", ". seq I+1 ack R+203 win 65535");
        peer.Reads(2);
        peer.Trades(". seq R+203 ack I+1 len 1000", "");
        peer.Trades(". seq R+1203 ack I+1 len 1000", ". seq I+1 ack R+2203 win 65528");
    }

    [TestMethod]
    public void Each_ACK_opens_the_window_in_full()
    {
        Wire wire = new Wire(Settings(262144));
        ScriptedPeer peer = Accepted(wire, 2);

        // A SYN could not announce all of it.
        peer.Trades(". seq R+1 ack I+1 len 1460", "");
        peer.Reads(1460);
        peer.ExpectsOnly(". seq I+1 ack R+1461 win 65535");
        peer['N'] = peer['R'] + 1461;
        for (int i = 0; i < 100; i++)
        {
            peer.Sends(". seq N ack I+1 len 1460");
            peer.Reads(1460);
            peer.Sends(". seq N+1460 ack I+1 len 1460");
            peer['N'] = peer['N'] + 2920;
            peer.ExpectsOnly(". seq I+1 ack N win 65171");
            peer.Reads(1460);
        }
    }

    // 7323-MUST-9.
    [TestMethod]
    public void A_full_buffer_takes_all_that_was_announced()
    {
        Wire wire = new Wire(Settings(131072));
        ScriptedPeer peer = Accepted(wire, 1);
        peer.Trades(". seq R+1 ack I+1 len 1000", "");
        peer.Trades(". seq R+1001 ack I+1 len 1001", ". seq I+1 ack R+2002 win 64535");
        peer['N'] = peer['R'] + 2002;
        for (int left = 131071 - 2001; left != 0;)
        {
            uint length = left < 1400 ? (uint)left : 1400;
            peer.Sends(". seq N ack I+1 len " + length.ToString());
            wire.Discard();
            peer['N'] = peer['N'] + length;
            left -= (int)length;
        }

        Assert.AreEqual(131071, peer.Connection.Available);
        Assert.AreEqual(0UL, wire.Count(Counter.WindowOverrun));
        peer.Trades(". seq N ack I+1 len 1", ". seq I+1 ack N win 0");
        peer.Reads(131071);
        peer.ExpectsOnly(". seq I+1 ack N win 65535");
    }

    // A unit is four bytes. Two bytes wait to be read, so that the buffer has two more than what was announced.
    [TestMethod]
    [DataRow(2, 65535, 262140)]
    [DataRow(3, 65534, 262137)]
    [DataRow(4, 65534, 262136)]
    [DataRow(5, 65534, 262136)]
    public void A_window_is_rounded_up_where_the_buffer_has_room_and_down_where_it_has_not(int length, int window, int bytes)
    {
        Wire wire = new Wire(Settings(262144));
        ScriptedPeer peer = Accepted(wire, 2);
        peer.Trades(". seq R+1 ack I+1 len 1", "");
        peer.Trades(". seq R+2 ack I+1 len 1", ". seq I+1 ack R+3 win 65535");
        Assert.AreEqual(262140u, peer.Connection.RcvWnd);
        peer['N'] = peer['R'] + 2 + (uint)length;
        peer.Trades(". seq R+3 ack I+1 len " + (length - 1).ToString(), "");
        peer.Trades(". seq N ack I+1 len 1", ". seq I+1 ack N+1 win " + window.ToString());
        Assert.AreEqual((uint)bytes, peer.Connection.RcvWnd);
    }

    [TestMethod]
    public void A_window_that_opens_in_a_buffer_half_full_is_no_more_than_the_header_says()
    {
        Wire wire = new Wire(Settings(131072));
        ScriptedPeer peer = Accepted(wire, 1);
        peer['N'] = peer['R'] + 1;
        for (int i = 0; i < 50; i++)
        {
            peer.Sends(". seq N ack I+1 len 1400");
            peer['N'] += 1400;
            wire.Discard();
        }

        // An odd number of bytes is free then.
        Assert.AreEqual(2001, peer.Connection.Read(new byte[2001], 0, 2001));
        peer.Sends(". seq N ack I+1 len 1");
        peer.Trades(". seq N+1 ack I+1 len 1", ". seq I+1 ack N+2 win 31535");
        Assert.AreEqual(63070u, peer.Connection.RcvWnd);
    }

    // RFC 9293 section 3.8.6.2.2. It is the same wherever the sequence numbers are; twice the last two is a small number.
    [TestMethod]
    [DataRow(5000u)]
    [DataRow(0x40000000u)]
    [DataRow(0x7FFEFF19u)]
    [DataRow(0xFFFEFF19u)]
    public void Without_a_scale_the_window_of_a_larger_buffer_is_what_16_bits_hold_and_opens_by_segments(uint irs)
    {
        TcpSettings settings = Settings(131072);
        settings.WindowScale = false;
        Wire wire = new Wire(settings);
        ScriptedPeer peer = new ScriptedPeer(wire);
        peer['R'] = irs;
        peer.Opens(wire.Endpoint.Listen(7, 4));
        peer.Trades(". seq R+1 ack I+1 len 100", "");
        peer.Trades(". seq R+101 ack I+1 len 1359", ". seq I+1 ack R+1460 win 64076");
        peer.Trades(". seq R+1460 ack I+1 len 1", "");
        peer.ExpectsAfter(100 * Wire.Millisecond, ". seq I+1 ack R+1461 win 65535");
        Assert.AreEqual(65535u, peer.Connection.RcvWnd);
    }

    [TestMethod]
    public void A_scale_of_a_wrong_length_is_dropped_with_its_segment()
    {
        Wire wire = new Wire(Settings(32768));
        ScriptedPeer peer = new ScriptedPeer(wire);
        wire.Endpoint.Listen(7, 4);
        peer.Trades("S seq R opt 03020101", "");
        peer.Trades("S seq R opt 01010303", "");
        peer.Trades("S seq R opt 03040101", "");
        Assert.AreEqual(3UL, wire.Count(Counter.TcpOptionBad));
    }

    private static TcpSettings Settings(int buffer)
    {
        TcpSettings settings = Wire.Settings();
        settings.WindowScale = true;
        settings.ReceiveBufferSize = buffer;
        settings.SendBufferSize = 4096;
        settings.Connections = 1;
        return settings;
    }

    private static ScriptedPeer Accepted(Wire wire, int scale)
    {
        ScriptedPeer peer = new ScriptedPeer(wire);
        TcpListener listener = wire.Endpoint.Listen(7, 4);
        peer.Trades("S seq R mss 1460 wscale 7", "S. seq I ack R+1 mss 1460 wscale " + scale.ToString());
        peer.Trades(". seq R+1 ack I+1", "");
        peer.Connection = listener.Accept();
        return peer;
    }
}
