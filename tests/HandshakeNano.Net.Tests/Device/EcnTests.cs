using nanoFramework.TestFramework;

namespace HandshakeNano.Net.Tests;

/// <summary>Explicit congestion notification: RFC 3168 section 6.1.</summary>
[TestClass]
public sealed class EcnTests
{
    private const int Capable = 2;
    private const int Marked = 3;

    [TestMethod]
    public void A_SYN_that_asks_gets_it_each_time_and_another_does_not()
    {
        Wire wire = new Wire();
        ScriptedPeer peer = new ScriptedPeer(wire);
        wire.Endpoint.Listen(7, 4);
        peer.Trades("SEW seq R mss 1460", "S.E seq I ack R+1 mss 1460");
        peer.Trades("SEW seq R mss 1460", "S.E seq I ack R+1 mss 1460");
        string[] others = new string[] { "S", "SE", "SW" };
        for (int i = 0; i < others.Length; i++)
        {
            ScriptedPeer other = new ScriptedPeer(wire, 40001 + i, 7);
            other.Trades(others[i] + " seq R mss 1460", "S. seq I ack R+1 mss 1460");
        }
    }

    [TestMethod]
    public void The_settings_may_refuse_it()
    {
        TcpSettings settings = Wire.Settings();
        settings.Ecn = false;
        Wire wire = new Wire(settings);
        ScriptedPeer peer = new ScriptedPeer(wire);
        wire.Endpoint.Listen(7, 4);
        peer.Trades("SEW seq R mss 1460", "S. seq I ack R+1 mss 1460");
    }

    [TestMethod]
    public void Only_new_data_is_marked_as_capable()
    {
        Wire wire = new Wire(Settings());
        ScriptedPeer peer = new ScriptedPeer(wire);
        TcpListener listener = wire.Endpoint.Listen(7, 4);
        peer.Sends("SEW seq R mss 1460");
        Assert.AreEqual(0, Field(wire, peer, "S.E seq I ack R+1 mss 1460"));
        peer.Trades(". seq R+1 ack I+1", "");
        peer.Connection = listener.Accept();
        peer.Writes(10);
        Assert.AreEqual(Capable, Field(wire, peer, "P. seq I+1 ack R+1 len 10"));
        wire.Advance(Wire.Second);
        Assert.AreEqual(0, Field(wire, peer, "P. seq I+1 ack R+1 len 10"), "what is sent again");
        peer.Trades(". seq R+1 ack I+11", "");
        peer.Sends("P. seq R+1 ack I+11 len 10");
        wire.Advance(Wire.Second / 2);
        Assert.AreEqual(0, Field(wire, peer, ". seq I+11 ack R+11"), "an ACK");
        peer.Trades(". seq R+11 ack I+11 win 0", "");
        peer.Writes(5);
        wire.Advance(3 * Wire.Second);
        Assert.AreEqual(0, Field(wire, peer, ". seq I+11 ack R+11 len 1"), "a window probe");
        wire.Discard();
    }

    [TestMethod]
    public void Once_urgent_data_is_acknowledged_new_data_is_marked_again()
    {
        Wire wire = new Wire(Settings());
        ScriptedPeer peer = Agreed(wire);
        peer.Connection.NoDelay = true;
        peer.WritesUrgent(10);
        peer.ExpectsOnly("PU. seq I+1 ack R+1 len 10 urg 10");
        peer.Trades(". seq R+1 ack I+11", "");
        peer.Writes(10);
        peer.ExpectsOnly("P. seq I+11 ack R+1 len 10");
        peer.Writes(10);
        Assert.AreEqual(Capable, Field(wire, peer, "P. seq I+21 ack R+1 len 10"));
    }

    [TestMethod]
    public void A_connection_without_it_shows_no_sign_of_it()
    {
        Wire wire = new Wire(Settings());
        ScriptedPeer peer = ScriptedPeer.Accepted(wire);
        Arrives(wire, peer, "P. seq R+1 ack I+1 len 10", Marked);
        Arrives(wire, peer, "P.E seq R+11 ack I+1 len 10", Marked);
        Assert.AreEqual(0, Field(wire, peer, ". seq I+1 ack R+21"));
        peer.Writes(10);
        Assert.AreEqual(0, Field(wire, peer, "P. seq I+1 ack R+21 len 10"));
        Assert.AreEqual(0UL, wire.Count(Counter.CongestionMarks));
    }

    [TestMethod]
    public void A_mark_is_echoed_until_the_peer_has_reduced_its_window()
    {
        Wire wire = new Wire(Settings());
        ScriptedPeer peer = Agreed(wire);
        Arrives(wire, peer, "P. seq R+1 ack I+1 len 10", Capable);
        Arrives(wire, peer, "P. seq R+11 ack I+1 len 10", Marked);
        peer.ExpectsOnly(".E seq I+1 ack R+21");
        Arrives(wire, peer, "P. seq R+21 ack I+1 len 10", Capable);
        Arrives(wire, peer, "P. seq R+31 ack I+1 len 10", Capable);
        peer.ExpectsOnly(".E seq I+1 ack R+41");
        Arrives(wire, peer, "P.W seq R+41 ack I+1 len 10", Capable);
        Arrives(wire, peer, "P. seq R+51 ack I+1 len 10", Capable);
        peer.ExpectsOnly(". seq I+1 ack R+61");

        // Marked again, and with CWR for the time before.
        Arrives(wire, peer, "P.W seq R+61 ack I+1 len 10", Marked);
        Arrives(wire, peer, "P. seq R+71 ack I+1 len 10", Capable);
        peer.ExpectsOnly(".E seq I+1 ack R+81");
        Assert.AreEqual(2UL, wire.Count(Counter.CongestionMarks));

        // And again, before the peer has said so.
        Arrives(wire, peer, "P. seq R+81 ack I+1 len 10", Marked);
        Arrives(wire, peer, "P. seq R+91 ack I+1 len 10", Capable);
        peer.ExpectsOnly(".E seq I+1 ack R+101");
        Assert.AreEqual(3UL, wire.Count(Counter.CongestionMarks));
    }

    [TestMethod]
    public void A_mark_on_what_is_no_data_or_outside_the_window_says_nothing()
    {
        Wire wire = new Wire(Settings());
        ScriptedPeer peer = Agreed(wire);
        Arrives(wire, peer, ". seq R+1 ack I+1", Marked);
        Arrives(wire, peer, "P. seq R+10001 ack I+1 len 10", Marked);
        peer.ExpectsOnly(". seq I+1 ack R+1");
        Assert.AreEqual(0UL, wire.Count(Counter.CongestionMarks));
    }

    [TestMethod]
    public void An_echo_halves_the_window_once_for_a_flight_and_the_peer_is_told()
    {
        Wire wire = new Wire(Settings());
        ScriptedPeer peer = Agreed(wire, 100);
        peer.Writes(4000);
        Assert.AreEqual(4, wire.SentCount);
        wire.Discard();
        peer.Sends(". seq R+1 ack I+101");
        peer.Sends(". seq R+1 ack I+201");
        peer.Sends(". seq R+1 ack I+301");
        peer.Sends(". seq R+1 ack I+401");
        wire.Discard();

        // Eight are on their way. The first ACK says that there was congestion, and so do the others.
        peer.Trades(".E seq R+1 ack I+501", "");
        Assert.AreEqual(1UL, wire.Count(Counter.CongestionEchoes));
        peer.Trades(".E seq R+1 ack I+601", "");
        peer.Trades(".E seq R+1 ack I+701", "");
        peer.Trades(".E seq R+1 ack I+801", "");
        peer.Sends(".E seq R+1 ack I+901");
        peer.ExpectsOnly(".W seq I+1201 ack R+1 len 100");
        peer.Trades(". seq R+1 ack I+1001", ". seq I+1301 ack R+1 len 100");
        Assert.AreEqual(1UL, wire.Count(Counter.CongestionEchoes));

        // What was on its way is acknowledged, and the last of it may have been marked too. From then on another echo counts.
        peer.Sends(".E seq R+1 ack I+1201");
        wire.Discard();
        Assert.AreEqual(1UL, wire.Count(Counter.CongestionEchoes));
        peer.Sends(".E seq R+1 ack I+1301");
        Assert.AreEqual(2UL, wire.Count(Counter.CongestionEchoes));
    }

    [TestMethod]
    [DataRow(true)]
    [DataRow(false)]
    public void An_echo_with_the_ACK_that_ends_the_connection_reduces_nothing(bool peerIsFirst)
    {
        Wire wire = new Wire(Settings());
        ScriptedPeer peer = Agreed(wire);
        if (peerIsFirst)
            peer.Trades("F. seq R+1 ack I+1", ". seq I+1 ack R+2");
        peer.ShutsDown();
        peer.ExpectsOnly(peerIsFirst ? "F. seq I+1 ack R+2" : "F. seq I+1 ack R+1");
        if (!peerIsFirst)
            peer.Trades("F. seq R+1 ack I+1", ". seq I+2 ack R+2");
        peer.IsIn(peerIsFirst ? TcpState.LastAck : TcpState.Closing);
        peer.Trades(".E seq R+2 ack I+2", "");
        peer.IsIn(peerIsFirst ? TcpState.Closed : TcpState.TimeWait);
        Assert.AreEqual(0UL, wire.Count(Counter.CongestionEchoes));
    }

    [TestMethod]
    public void A_loss_after_an_echo_is_mended_at_once()
    {
        Wire wire = new Wire(Settings());
        ScriptedPeer peer = Agreed(wire, 100);
        peer.Writes(4000);
        wire.Discard();
        peer.Trades(".E seq R+1 ack I+101", "");
        peer.Trades(".E seq R+1 ack I+101", "");
        peer.Trades(".E seq R+1 ack I+101", ".W seq I+401 ack R+1 len 100");
        peer.Sends(".E seq R+1 ack I+101");
        peer.Expects(". seq I+101 ack R+1 len 100");
    }

    [TestMethod]
    public void Who_reduces_its_window_for_a_timeout_says_so_too()
    {
        Wire wire = new Wire(Settings());
        ScriptedPeer peer = Agreed(wire, 100);
        peer.Writes(300);
        wire.Discard();
        wire.Advance(Wire.Second);
        peer.ExpectsOnly(". seq I+1 ack R+1 len 100");
        peer.Sends(". seq R+1 ack I+301");
        wire.Discard();
        peer.Writes(100);
        Assert.AreEqual(Capable, Field(wire, peer, "P.W seq I+301 ack R+1 len 100"));
    }

    [TestMethod]
    public void An_echo_and_a_timeout_before_anything_new_is_sent_are_told_together_and_once()
    {
        Wire wire = new Wire(Settings());
        ScriptedPeer peer = Agreed(wire, 100);
        peer.Writes(300);
        wire.Discard();
        peer.Trades(".E seq R+1 ack I+101", "");
        peer.ExpectsAfter(Wire.Second, ". seq I+101 ack R+1 len 100");
        peer.Trades(". seq R+1 ack I+301", "");
        peer.Writes(10);
        peer.ExpectsOnly("P.W seq I+301 ack R+1 len 10");
        peer.Trades(". seq R+1 ack I+311", "");
        peer.Writes(10);
        peer.ExpectsOnly("P. seq I+311 ack R+1 len 10");
    }

    // RFC 5681 section 3.1: by no more than a segment in a round trip.
    [TestMethod]
    public void After_an_echo_an_ACK_of_twice_the_window_adds_a_single_segment()
    {
        Wire wire = new Wire(Settings());
        ScriptedPeer peer = Agreed(wire, 100);
        peer.Writes(4000);
        for (int i = 1; i <= 4; i++)
            peer.Sends(". seq R+1 ack I+" + (100 * i + 1).ToString());
        wire.Discard();

        // 700 bytes are left in flight, and half of that is the window.
        peer.Trades(".E seq R+1 ack I+501", "");
        peer.Sends(". seq R+1 ack I+1201");
        peer.Expects(".W seq I+1201 ack R+1 len 100");
        for (int i = 0; i < 3; i++)
            peer.Expects(". seq I+" + (1301 + 100 * i).ToString() + " ack R+1 len 100");
        wire.ExpectsSilence();
    }

    // RFC 9438 section 4.6. W_max is 10 segments, K 1.96 s.
    [TestMethod]
    public void With_CUBIC_the_window_before_an_echo_is_the_aim_as_after_a_loss()
    {
        TcpSettings settings = Settings();
        settings.CongestionControl = CongestionControl.Cubic;
        Wire wire = new Wire(settings);
        ScriptedPeer peer = Agreed(wire, 100);
        peer.Writes(4000);
        Assert.AreEqual(10, wire.SentCount);
        wire.Discard();
        peer.Trades(".E seq R+1 ack I+1", "");
        peer.Sends(". seq R+1 ack I+1001");
        Assert.AreEqual(7, wire.SentCount);
        wire.Discard();
        wire.Advance(900 * Wire.Millisecond);
        peer.Sends(". seq R+1 ack I+1701");
        Assert.AreEqual(9, wire.SentCount);
    }

    [TestMethod]
    public void A_connect_asks_for_it_only_if_it_is_told_to_and_only_once()
    {
        TcpSettings settings = Settings();
        Wire wire = new Wire(settings);
        ScriptedPeer peer = new ScriptedPeer(wire);
        peer.Connection = wire.Endpoint.Connect(peer.Address, peer.Port, peer.OurPort);
        wire.Run();
        peer.ExpectsOnly("S seq I mss 1460");

        settings = Settings();
        settings.EcnOnConnect = true;
        wire = new Wire(settings);
        peer = new ScriptedPeer(wire);
        peer.Connection = wire.Endpoint.Connect(peer.Address, peer.Port, peer.OurPort);
        wire.Run();
        Assert.AreEqual(0, Field(wire, peer, "SEW seq I mss 1460"));
        peer.ExpectsAfter(Wire.Second, "S seq I mss 1460");
        peer.Trades("S.E seq R ack I+1 mss 1460", ". seq I+1 ack R+1");
        peer.Writes(10);
        Assert.AreEqual(0, Field(wire, peer, "P. seq I+1 ack R+1 len 10"), "a SYN without it was sent, so there is none");
    }

    [TestMethod]
    [DataRow("S.E", true)]
    [DataRow("S.", false)]
    [DataRow("S.EW", false)]
    [DataRow("S.W", false)]
    public void A_connect_has_it_if_the_answer_says_so(string answer, bool agreed)
    {
        TcpSettings settings = Settings();
        settings.EcnOnConnect = true;
        Wire wire = new Wire(settings);
        ScriptedPeer peer = new ScriptedPeer(wire);
        peer.Connection = wire.Endpoint.Connect(peer.Address, peer.Port, peer.OurPort);
        wire.Run();
        peer.ExpectsOnly("SEW seq I mss 1460");
        peer.Trades(answer + " seq R ack I+1 mss 1460", ". seq I+1 ack R+1");
        peer.Writes(10);
        Assert.AreEqual(agreed ? Capable : 0, Field(wire, peer, "P. seq I+1 ack R+1 len 10"));
    }

    [TestMethod]
    public void A_simultaneous_open_agrees_on_it()
    {
        TcpSettings settings = Settings();
        settings.EcnOnConnect = true;
        Wire wire = new Wire(settings);
        ScriptedPeer peer = new ScriptedPeer(wire);
        peer.Connection = wire.Endpoint.Connect(peer.Address, peer.Port, peer.OurPort);
        wire.Run();
        peer.ExpectsOnly("SEW seq I mss 1460");
        peer.Trades("SEW seq R mss 1460", "S.E seq I ack R+1 mss 1460");
        peer.Trades(". seq R+1 ack I+1", "");
        peer.Writes(10);
        Assert.AreEqual(Capable, Field(wire, peer, "P. seq I+1 ack R+1 len 10"));
    }

    [TestMethod]
    public void A_cookie_agrees_to_nothing()
    {
        TcpSettings settings = Settings();
        settings.SynPolicy = SynPolicy.CookiesAlways;
        settings.Timestamps = true;
        Wire wire = new Wire(settings);
        ScriptedPeer peer = new ScriptedPeer(wire);
        TcpListener listener = wire.Endpoint.Listen(7, 4);
        peer.Trades("SEW seq R mss 1460 ts 100:0", "S. seq I ack R+1 mss 1460 ts T:100");
        peer.Trades(". seq R+1 ack I+1 ts 100:T", "");
        peer.Connection = listener.Accept();
        peer.Writes(10);
        Assert.AreEqual(0, (int)wire.Take()[Packet.Ip + 1]);
    }

    [TestMethod]
    public void The_codepoint_of_the_settings_stays_beside_it()
    {
        TcpSettings settings = Settings();
        settings.DifferentiatedServices = 46;
        Wire wire = new Wire(settings);
        ScriptedPeer peer = Agreed(wire);
        peer.Writes(10);
        Assert.AreEqual((46 << 2) + Capable, Field(wire, peer, "P. seq I+1 ack R+1 len 10"));
        peer.Sends("P. seq R+1 ack I+11 len 10");
        peer.Sends("P. seq R+11 ack I+11 len 10");
        Assert.AreEqual(46 << 2, Field(wire, peer, ". seq I+11 ack R+21"));
    }

    private static TcpSettings Settings()
    {
        TcpSettings settings = Wire.Settings();
        settings.SendBufferSize = 4096;
        return settings;
    }

    private static ScriptedPeer Agreed(Wire wire)
    {
        return Agreed(wire, 1460);
    }

    private static ScriptedPeer Agreed(Wire wire, int mss)
    {
        ScriptedPeer peer = new ScriptedPeer(wire);
        TcpListener listener = wire.Endpoint.Listen(7, 4);
        peer.Trades("SEW seq R mss " + mss.ToString(), "S.E seq I ack R+1 mss 1460");
        peer.Trades(". seq R+1 ack I+1", "");
        peer.Connection = listener.Accept();
        return peer;
    }

    /// <summary>Demands one segment, and gives the byte with its codepoint and ECN field.</summary>
    private static int Field(Wire wire, ScriptedPeer peer, string text)
    {
        byte[] frame = wire.Peek();
        Assert.IsNotNull(frame, "expected [" + text + "], got nothing");
        peer.ExpectsOnly(text);
        return frame[Packet.Ip + 1];
    }

    /// <summary>A segment comes in a packet with this ECN field.</summary>
    private static void Arrives(Wire wire, ScriptedPeer peer, string text, int field)
    {
        byte[] frame = peer.Frame(text);
        frame[Packet.Ip + 1] = (byte)field;
        Packet.FixIpv4(frame);
        wire.Inject(frame);
    }
}
