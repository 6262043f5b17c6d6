using nanoFramework.TestFramework;

namespace HandshakeNano.Net.Tests;

/// <summary>Selective acknowledgments, sent and understood: RFC 2018, RFC 2883, RFC 6675.</summary>
[TestClass]
public sealed class SackTests
{
    private const ulong Second = 1_000_000;

    // 2018-MUST-1, 2018-MUST-3, 2018-SHLD-1.
    [TestMethod]
    public void What_came_after_a_gap_is_acknowledged_with_the_latest_first()
    {
        ScriptedPeer peer = Accepted(new Wire(Settings()), 5000);
        peer.Trades(". seq R+101 ack I+1 len 100", ". seq I+1 ack R+1 sack R+101:R+201");
        peer.Trades(". seq R+301 ack I+1 len 100", ". seq I+1 ack R+1 sack R+301:R+401,R+101:R+201");
        peer.Trades(". seq R+501 ack I+1 len 100", ". seq I+1 ack R+1 sack R+501:R+601,R+101:R+201,R+301:R+401");
        peer.Trades(". seq R+401 ack I+1 len 50", ". seq I+1 ack R+1 sack R+301:R+451,R+101:R+201,R+501:R+601");

        // The gap is filled: what is left of them.
        peer.Trades(". seq R+1 ack I+1 len 100", ". seq I+1 ack R+201 sack R+301:R+451,R+501:R+601");
        peer.Trades(". seq R+201 ack I+1 len 100", ". seq I+1 ack R+451 sack R+501:R+601");
        peer.Trades(". seq R+451 ack I+1 len 50", ". seq I+1 ack R+601");
        peer.Reads(600);
    }

    [TestMethod]
    public void No_more_than_three_ranges_are_named_so_that_the_ACK_fits_every_path()
    {
        // The numbers wrap in the middle.
        ScriptedPeer peer = Accepted(new Wire(Settings()), 0xFFFFFFFF - 45);
        for (uint i = 0; i < 6; i++)
        {
            peer['N'] = peer['R'] + 11 + 20 * i;
            peer.Sends(". seq N ack I+1 len 10");
            if (i < 5)
                peer.Expects(i == 0 ? ". seq I+1 ack R+1 sack N:N+10"
                    : i == 1 ? ". seq I+1 ack R+1 sack N:N+10,R+11:R+21"
                    : ". seq I+1 ack R+1 sack N:N+10,R+11:R+21,R+31:R+41");
        }

        peer.ExpectsOnly(". seq I+1 ack R+1 sack R+111:R+121,R+11:R+21,R+31:R+41");
    }

    [TestMethod]
    public void What_comes_twice_is_reported_before_all_else()
    {
        ScriptedPeer peer = Accepted(new Wire(Settings()), 5000);
        peer.Trades(". seq R+1 ack I+1 len 100", "");
        peer.Trades(". seq R+101 ack I+1 len 100", ". seq I+1 ack R+201");

        // Below the window, whole and in part.
        peer.Trades(". seq R+101 ack I+1 len 100", ". seq I+1 ack R+201 sack R+101:R+201");
        peer.Trades(". seq R+151 ack I+1 len 100", ". seq I+1 ack R+251 sack R+151:R+201");

        // In a range: that follows.
        peer.Trades(". seq R+301 ack I+1 len 100", ". seq I+1 ack R+251 sack R+301:R+401");
        peer.Trades(". seq R+301 ack I+1 len 50", ". seq I+1 ack R+251 sack R+301:R+351,R+301:R+401");

        // Once only.
        peer.Trades(". seq R+501 ack I+1 len 50", ". seq I+1 ack R+251 sack R+501:R+551,R+301:R+401");
        peer.Reads(250);
    }

    [TestMethod]
    public void Data_that_comes_twice_with_a_FIN_that_does_not_is_reported_without_it()
    {
        ScriptedPeer peer = Accepted(new Wire(Settings()), 5000);
        peer.Trades(". seq R+1 ack I+1 len 10", "");
        peer.Trades("F. seq R+1 ack I+1 len 10", ". seq I+1 ack R+12 sack R+1:R+11");
        peer.IsIn(TcpState.CloseWait);
        peer.Reads(10);
    }

    // 2018-SHLD-2.
    [TestMethod]
    public void Data_of_ours_does_not_keep_from_the_peer_what_came_after_a_gap()
    {
        ScriptedPeer peer = Accepted(new Wire(Settings()), 5000);
        peer.Trades("P. seq R+21 ack I+1 len 10", ". seq I+1 ack R+1 sack R+21:R+31");
        Assert.AreEqual(20, peer.TriesToWrite(20));
        peer.Sends("P. seq R+41 ack I+1 len 10");
        peer.Expects("P. seq I+1 ack R+1 len 20");
        peer.ExpectsOnly(". seq I+21 ack R+1 sack R+41:R+51,R+21:R+31");
    }

    // 2018-SHLD-2.
    [TestMethod]
    public void An_ACK_follows_the_data_that_the_same_segment_lets_go_only_if_there_is_something_to_name()
    {
        ScriptedPeer peer = Accepted(new Wire(Settings()), 5000);
        peer.Writes(10);
        peer.ExpectsOnly("P. seq I+1 ack R+1 len 10");
        peer.Writes(20);

        // A gap.
        peer.Sends("P. seq R+21 ack I+11 len 10");
        peer.Expects("P. seq I+11 ack R+1 len 20");
        peer.ExpectsOnly(". seq I+31 ack R+1 sack R+21:R+31");

        // It is filled.
        peer.Writes(30);
        peer.Trades("P. seq R+1 ack I+31 len 20", "P. seq I+31 ack R+31 len 30");

        // A part comes twice.
        peer.Writes(10);
        peer.Sends("P. seq R+21 ack I+61 len 15");
        peer.Expects("P. seq I+61 ack R+36 len 10");
        peer.ExpectsOnly(". seq I+71 ack R+36 sack R+21:R+31");

        // Who takes none is told by the data.
        peer = ScriptedPeer.Accepted(new Wire());
        peer.Writes(10);
        peer.ExpectsOnly("P. seq I+1 ack R+1 len 10");
        peer.Writes(20);
        peer.Trades("P. seq R+21 ack I+11 len 10", "P. seq I+11 ack R+1 len 20");
    }

    // 2018-MUST-2.
    [TestMethod]
    [DataRow(true)]
    [DataRow(false)]
    public void A_peer_that_offers_none_gets_none_and_we_offer_none_if_the_settings_say_so(bool setting)
    {
        TcpSettings settings = Settings();
        settings.SelectiveAcknowledgments = setting;
        Wire wire = new Wire(settings);
        ScriptedPeer peer = new ScriptedPeer(wire);
        TcpListener listener = wire.Endpoint.Listen(7, 4);
        peer.Trades(setting ? "S seq R mss 1460" : "S seq R mss 1460 sackok", "S. seq I ack R+1 mss 1460");
        peer.Trades(". seq R+1 ack I+1", "");
        peer.Connection = listener.Accept();
        peer.Trades(". seq R+101 ack I+1 len 100", ". seq I+1 ack R+1");

        // Nor is what it says about them taken, though each is a duplicate.
        peer.Writes(1000);
        peer.Expects("P. seq I+1 ack R+1 len 1000");
        for (int i = 0; i < 2; i++)
            peer.Trades(". seq R+1 ack I+1 sack I+101:I+201", "");
        peer.Trades(". seq R+1 ack I+1 sack I+101:I+201", "P. seq I+1 ack R+1 len 1000");
    }

    [TestMethod]
    [DataRow(true)]
    [DataRow(false)]
    public void A_call_of_ours_offers_them_and_the_answer_decides(bool taken)
    {
        Wire wire = new Wire(Settings());
        ScriptedPeer peer = new ScriptedPeer(wire);
        peer.Connection = wire.Endpoint.Connect(peer.Address, peer.Port, peer.OurPort);
        wire.Run();
        peer.ExpectsOnly("S seq I mss 1460 sackok");
        peer.Trades(taken ? "S. seq R ack I+1 mss 1460 sackok" : "S. seq R ack I+1 mss 1460", ". seq I+1 ack R+1");
        peer.Trades(". seq R+101 ack I+1 len 100", taken ? ". seq I+1 ack R+1 sack R+101:R+201" : ". seq I+1 ack R+1");
    }

    [TestMethod]
    [DataRow(true)]
    [DataRow(false)]
    public void A_SYN_ACK_that_is_sent_again_and_that_of_a_simultaneous_open_offer_them_too(bool simultaneous)
    {
        Wire wire = new Wire(Settings());
        ScriptedPeer peer = new ScriptedPeer(wire);
        if (simultaneous)
        {
            peer.Connection = wire.Endpoint.Connect(peer.Address, peer.Port, peer.OurPort);
            wire.Run();
            peer.ExpectsOnly("S seq I mss 1460 sackok");
        }
        else
            wire.Endpoint.Listen(7, 4);
        peer.Trades("S seq R mss 1460 sackok", "S. seq I ack R+1 mss 1460 sackok");
        wire.Advance(Second);
        peer.ExpectsOnly("S. seq I ack R+1 mss 1460 sackok");
    }

    [TestMethod]
    public void A_cookie_cannot_keep_the_offer_so_there_is_none()
    {
        TcpSettings settings = Settings();
        settings.SynPolicy = SynPolicy.CookiesAlways;
        Wire wire = new Wire(settings);
        ScriptedPeer peer = new ScriptedPeer(wire);
        TcpListener listener = wire.Endpoint.Listen(7, 4);
        peer.Trades("S seq R mss 1460 sackok", "S. seq I ack R+1 mss 1460");
        peer.Trades(". seq R+1 ack I+1", "");
        peer.Connection = listener.Accept();
        peer.Trades(". seq R+101 ack I+1 len 100", ". seq I+1 ack R+1");
    }

    // RFC 6675 section 5: ten segments of 100 bytes, of which the first, the fourth and the fifth are lost.
    // 2018-SHLD-5, 2018-MUST-5, 6675-MUST-1, 6675-MUST-2, 6675-MUST-3, 6675-MUST-4, 6675-MUST-5, 6675-MUST-6, 6675-SHLD-1.
    [TestMethod]
    public void Three_losses_of_one_flight_are_mended_in_one_recovery_and_nothing_else_is_sent_again()
    {
        Wire wire = new Wire(Settings());
        ScriptedPeer peer = ScriptedPeer.SmallInFlight(wire, " sackok", 10);
        peer.Trades(". seq R+1 ack B+1 sack B+101:B+201", ". seq B+1001 ack R+1 len 100");
        peer.Trades(". seq R+1 ack B+1 sack B+101:B+301", ". seq B+1101 ack R+1 len 100");

        // The sixth has overtaken it. Half of 1,000 bytes may be on their way.
        peer.Trades(". seq R+1 ack B+1 sack B+501:B+601,B+101:B+301", ". seq B+1 ack R+1 len 100");
        peer.Trades(". seq R+1 ack B+1 sack B+501:B+701,B+101:B+301", "");
        peer.Trades(". seq R+1 ack B+1 sack B+501:B+801,B+101:B+301", "");
        peer.Trades(". seq R+1 ack B+1 sack B+501:B+901,B+101:B+301", ". seq B+301 ack R+1 len 100");
        peer.Trades(". seq R+1 ack B+1 sack B+501:B+1001,B+101:B+301", ". seq B+401 ack R+1 len 100");
        peer.Trades(". seq R+1 ack B+301 sack B+501:B+1001", ". seq B+1201 ack R+1 len 100");

        // Nothing is lost any more: 300 bytes are on their way, two more may be.
        peer.Sends(". seq R+1 ack B+1001");
        peer.Expects(". seq B+1301 ack R+1 len 100");
        peer.ExpectsOnly(". seq B+1401 ack R+1 len 100");
        Assert.AreEqual(3UL, wire.Count(Counter.FastRetransmissions));
        Assert.AreEqual(0UL, wire.Count(Counter.Retransmissions));
    }

    // RFC 6937: of 1,000 bytes that were on their way 500 may be from now on.
    [TestMethod]
    public void In_recovery_half_of_what_arrives_may_leave_until_half_is_on_its_way()
    {
        Wire wire = new Wire(Settings());
        ScriptedPeer peer = InRecovery(wire);

        // Four have arrived: two may leave, and one has.
        peer.Trades(Sacked(501), "");
        peer.Trades(Sacked(601), "");
        peer.Trades(Sacked(701), ". seq B+1201 ack R+1 len 100");
        peer.Trades(Sacked(801), "");

        // Five are on their way now: one leaves for each that arrives.
        peer.Trades(Sacked(901), "");
        peer.Trades(Sacked(1001), ". seq B+1301 ack R+1 len 100");
        peer.Trades(Sacked(1101), ". seq B+1401 ack R+1 len 100");
        peer.Trades(Sacked(1201), ". seq B+1501 ack R+1 len 100");
        peer.Trades(". seq R+1 ack B+1201", ". seq B+1601 ack R+1 len 100");
    }

    [TestMethod]
    public void A_segment_that_is_lost_a_second_time_costs_no_timeout_and_half_of_the_window_again()
    {
        Wire wire = new Wire(Settings());
        ScriptedPeer peer = InRecovery(wire);
        peer.Sends(Sacked(1201));
        peer.Expects(". seq B+1201 ack R+1 len 100");
        peer.Expects(". seq B+1301 ack R+1 len 100");
        peer.Expects(". seq B+1401 ack R+1 len 100");
        peer.ExpectsOnly(". seq B+1501 ack R+1 len 100");

        // What was sent after it has come.
        peer.Trades(Sacked(1301), ". seq B+1 ack R+1 len 100");
        peer.Trades(Sacked(1401), "");
        peer.Trades(Sacked(1501), "");
        peer.Trades(Sacked(1601), ". seq B+1601 ack R+1 len 100");
        peer.Trades(". seq R+1 ack B+1601", ". seq B+1701 ack R+1 len 100");
        Assert.AreEqual(2UL, wire.Count(Counter.FastRetransmissions));
        Assert.AreEqual(0UL, wire.Count(Counter.Retransmissions));
    }

    // RFC 6582 section 4: without selective acknowledgments that would be in doubt.
    [TestMethod]
    public void A_loss_of_what_was_sent_first_in_recovery_costs_no_timeout()
    {
        Wire wire = new Wire(Settings());
        ScriptedPeer peer = InRecovery(wire);
        peer.Sends(Sacked(1201));
        wire.Discard();
        peer.Trades(". seq R+1 ack B+1201", ". seq B+1601 ack R+1 len 100");
        peer.Trades(". seq R+1 ack B+1201 sack B+1301:B+1401", ". seq B+1701 ack R+1 len 100");
        peer.Trades(". seq R+1 ack B+1201 sack B+1301:B+1501", ". seq B+1801 ack R+1 len 100");
        peer.Trades(". seq R+1 ack B+1201 sack B+1301:B+1601", ". seq B+1201 ack R+1 len 100");
    }

    [TestMethod]
    public void One_ACK_that_names_enough_begins_recovery()
    {
        Wire wire = new Wire(Settings());
        ScriptedPeer peer = ScriptedPeer.SmallInFlight(wire, " sackok", 10);
        peer.Trades(". seq R+1 ack B+1 sack B+101:B+401", ". seq B+1 ack R+1 len 100");
        wire = new Wire(Settings());
        peer = ScriptedPeer.SmallInFlight(wire, " sackok", 10);
        peer.Trades(". seq R+1 ack B+1 sack B+101:B+201,B+301:B+401,B+501:B+601", ". seq B+1 ack R+1 len 100");

        // Three, be they as small as they may; or more than two segments have.
        wire = new Wire(Settings());
        peer = ScriptedPeer.SmallInFlight(wire, " sackok", 10);
        peer.Trades(". seq R+1 ack B+1 sack B+101:B+111,B+121:B+131,B+141:B+151", ". seq B+1 ack R+1 len 100");
        wire = new Wire(Settings());
        peer = ScriptedPeer.SmallInFlight(wire, " sackok", 10);
        peer.Trades(". seq R+1 ack B+1 sack B+101:B+302", ". seq B+1 ack R+1 len 100");
        wire = new Wire(Settings());
        peer = ScriptedPeer.SmallInFlight(wire, " sackok", 10);
        peer.Trades(". seq R+1 ack B+1 sack B+101:B+201,B+301:B+401", ". seq B+1001 ack R+1 len 100");
    }

    [TestMethod]
    public void What_tells_nothing_new_is_no_duplicate_ACK()
    {
        Wire wire = new Wire(Settings());
        ScriptedPeer peer = ScriptedPeer.SmallInFlight(wire, " sackok", 10);
        peer.Sends(". seq R+1 ack B+101");
        wire.Discard();
        for (int i = 0; i < 5; i++)
        {
            // Twice received, twice told, above what was sent, below what is acknowledged, of no length, the wrong way round.
            peer.Trades(". seq R+1 ack B+101 sack B+1:B+101", "");
            peer.Trades(". seq R+1 ack B+101", "");
            peer.Trades(". seq R+1 ack B+101 sack B+1101:B+5001", "");
            peer.Trades(". seq R+1 ack B+101 sack B-99:B+1", "");
            peer.Trades(". seq R+1 ack B+101 sack B+301:B+301", "");
            peer.Trades(". seq R+1 ack B+101 sack B+501:B+301", "");
            peer.Trades(". seq R+1 ack B+101 sack B+101:B+201", "");
        }

        Assert.AreEqual(0UL, wire.Count(Counter.FastRetransmissions));
        Assert.AreEqual(0UL, wire.Count(Counter.DuplicateAcks));
    }

    // 2018-SHLD-6, 2018-MUST-4, 2018-MUST-7, 6675-MUST-7, 6675-MUST-8.
    [TestMethod]
    public void After_a_timeout_all_is_sent_again_as_the_peer_may_have_thrown_it_away()
    {
        Wire wire = new Wire(Settings());
        ScriptedPeer peer = ScriptedPeer.SmallInFlight(wire, " sackok", 10);
        peer.Trades(". seq R+1 ack B+1 sack B+201:B+301", ". seq B+1001 ack R+1 len 100");
        peer.ExpectsAfter(Second, ". seq B+1 ack R+1 len 100");
        peer.Sends(". seq R+1 ack B+101");

        // Was it lost at all? Two new segments ask (RFC 5682), and the answer is that it was.
        peer.Expects(". seq B+1101 ack R+1 len 100");
        peer.ExpectsOnly(". seq B+1201 ack R+1 len 100");
        peer.Sends(". seq R+1 ack B+101");
        peer.Expects(". seq B+101 ack R+1 len 100");
        peer.ExpectsOnly(". seq B+201 ack R+1 len 100");

        // What it names since then is stepped over.
        peer.Sends(". seq R+1 ack B+301 sack B+401:B+601");
        peer.Expects(". seq B+301 ack R+1 len 100");
        peer.Expects(". seq B+601 ack R+1 len 100");
        peer.ExpectsOnly(". seq B+701 ack R+1 len 100");
    }

    // 6675-SHLD-2.
    [TestMethod]
    public void The_last_hole_is_filled_where_nothing_new_is_left_to_send()
    {
        Wire wire = new Wire(Settings());
        ScriptedPeer peer = ScriptedPeer.Small(wire, " sackok", 0);
        peer.Writes(400);
        wire.Discard();

        // Two of three were lost, and of the three that overtake one of them the last is not there.
        peer.Trades(". seq R+1 ack I+1 sack I+301:I+401", "");
        wire.Advance(2 * Second);
        peer.Expects(". seq I+1 ack R+1 len 100");
        wire.Discard();
    }

    // RFC 6675 section 4, NextSeg rule 3. Seven segments are on their way, of which the first and the fifth are lost, and at most a FIN is left to send.
    [TestMethod]
    [DataRow(0, false)]
    [DataRow(1, false)]
    [DataRow(2, false)]
    [DataRow(3, false)]
    [DataRow(0, true)]
    public void A_hole_of_which_nobody_knows_whether_it_is_lost_is_filled_where_nothing_new_is_left(int quarter, bool closes)
    {
        // Sequence numbers from each quarter of their space.
        Wire wire = new Wire(Settings(), 1500, Second + ((ulong)quarter << 32));
        ScriptedPeer peer = SevenAreAll(wire);
        if (closes)
            peer.ShutsDown();
        peer.Trades(Sacked(201), closes ? "F. seq B+701 ack R+1" : "");
        peer.Trades(Sacked(301), "");
        peer.Trades(Sacked(401), ". seq B+1 ack R+1 len 100");

        // Half of 700 bytes may be on its way: 300 are, then 200.
        peer.Trades(". seq R+1 ack B+1 sack B+501:B+601,B+101:B+401", "");
        peer.Trades(". seq R+1 ack B+1 sack B+501:B+701,B+101:B+401", ". seq B+401 ack R+1 len 100");
        peer.Trades(". seq R+1 ack B+401 sack B+501:B+701", "");
        peer.Trades(closes ? ". seq R+1 ack B+702" : ". seq R+1 ack B+701", "");
        Assert.AreEqual(2UL, wire.Count(Counter.FastRetransmissions));
    }

    [TestMethod]
    [DataRow(0)]
    [DataRow(1)]
    [DataRow(2)]
    [DataRow(3)]
    public void Nothing_is_sent_again_where_the_only_hole_was_filled(int quarter)
    {
        Wire wire = new Wire(Settings(), 1500, Second + ((ulong)quarter << 32));
        ScriptedPeer peer = SevenAreAll(wire);
        peer.Trades(Sacked(201), "");
        peer.Trades(Sacked(301), "");
        peer.Trades(Sacked(401), ". seq B+1 ack R+1 len 100");
        peer.Trades(Sacked(501), "");
        peer.Trades(Sacked(601), "");
        peer.Trades(Sacked(701), "");
        peer.Trades(". seq R+1 ack B+701", "");
        wire.StaysSilent(10 * Second);
    }

    // RFC 6675 section 4, SetPipe and NextSeg: what is not lost is on its way, and new data goes before it.
    [TestMethod]
    public void A_hole_that_little_has_overtaken_is_on_its_way_and_is_not_sent_again()
    {
        Wire wire = new Wire(Settings());
        ScriptedPeer peer = InRecovery(wire);
        peer.Trades(Sacked(501), "");
        peer.Trades(Sacked(601), "");
        peer.Trades(Sacked(701), ". seq B+1201 ack R+1 len 100");
        peer.Trades(Sacked(801), "");
        peer.Trades(Sacked(901), "");

        // Five are on their way all the time, one of them not lost yet.
        peer.Trades(". seq R+1 ack B+1 sack B+1001:B+1101,B+101:B+901", ". seq B+1301 ack R+1 len 100");
        peer.Trades(". seq R+1 ack B+1 sack B+1001:B+1201,B+101:B+901", ". seq B+1401 ack R+1 len 100");

        // Three have overtaken it.
        peer.Sends(". seq R+1 ack B+901 sack B+1001:B+1301");
        peer.Expects(". seq B+901 ack R+1 len 100");
        peer.Expects(". seq B+1501 ack R+1 len 100");
        peer.ExpectsOnly(". seq B+1601 ack R+1 len 100");
    }

    // RFC 6937 section 3: the conservative bound, and a segment.
    [TestMethod]
    public void Where_most_of_a_flight_is_lost_as_much_leaves_as_arrives_and_one_segment()
    {
        Wire wire = new Wire(Settings());
        ScriptedPeer peer = ScriptedPeer.SmallInFlight(wire, " sackok", 10);
        peer.Trades(". seq R+1 ack B+1 sack B+701:B+801", ". seq B+1001 ack R+1 len 100");
        peer.Trades(". seq R+1 ack B+1 sack B+701:B+901", ". seq B+1101 ack R+1 len 100");
        peer.Sends(". seq R+1 ack B+1 sack B+701:B+1001");
        peer.Expects(". seq B+1 ack R+1 len 100");
        peer.ExpectsOnly(". seq B+101 ack R+1 len 100");
        peer.Trades(". seq R+1 ack B+1 sack B+701:B+1101", ". seq B+201 ack R+1 len 100");
        peer.Trades(". seq R+1 ack B+1 sack B+701:B+1201", ". seq B+301 ack R+1 len 100");
        peer.Trades(". seq R+1 ack B+101 sack B+701:B+1201", ". seq B+401 ack R+1 len 100");
        peer.Trades(". seq R+1 ack B+201 sack B+701:B+1201", ". seq B+501 ack R+1 len 100");
    }

    [TestMethod]
    public void Three_holes_are_filled_one_after_the_other_by_no_more_than_they_lack()
    {
        Wire wire = new Wire(Settings());
        ScriptedPeer peer = ScriptedPeer.SmallInFlight(wire, " sackok", 10);
        peer.Sends(". seq R+1 ack B+1 sack B+101:B+201,B+251:B+401,B+501:B+801");
        peer.Expects(". seq B+1 ack R+1 len 100");
        peer.ExpectsOnly(". seq B+201 ack R+1 len 50");
        peer.Trades(". seq R+1 ack B+1 sack B+501:B+901,B+101:B+201,B+251:B+401", ". seq B+401 ack R+1 len 100");
        peer.Trades(". seq R+1 ack B+1 sack B+501:B+1001,B+101:B+201,B+251:B+401", ". seq B+1001 ack R+1 len 100");
        Assert.AreEqual(3UL, wire.Count(Counter.FastRetransmissions));
    }

    // RFC 6675 section 5, step 1: the third duplicate, however little it names.
    [TestMethod]
    public void Three_duplicates_that_name_less_than_two_segments_mend_the_first_hole()
    {
        Wire wire = new Wire(Settings());
        ScriptedPeer peer = ScriptedPeer.SmallInFlight(wire, " sackok", 10);
        peer.Trades(Sacked(151), ". seq B+1001 ack R+1 len 100");
        peer.Trades(Sacked(201), ". seq B+1101 ack R+1 len 100");
        peer.Trades(Sacked(251), ". seq B+1 ack R+1 len 100");
        Assert.AreEqual(1UL, wire.Count(Counter.FastRetransmissions));
    }

    [TestMethod]
    public void What_is_told_twice_is_one_duplicate()
    {
        Wire wire = new Wire(Settings());
        ScriptedPeer peer = ScriptedPeer.SmallInFlight(wire, " sackok", 10);
        peer.Trades(". seq R+1 ack B+1 sack B+201:B+301", ". seq B+1001 ack R+1 len 100");
        for (int i = 0; i < 5; i++)
        {
            peer.Trades(". seq R+1 ack B+1 sack B+201:B+301", "");
            peer.Trades(". seq R+1 ack B+1 sack B+201:B+251", "");
            peer.Trades(". seq R+1 ack B+1 sack B+251:B+301", "");
        }

        Assert.AreEqual(1UL, wire.Count(Counter.DuplicateAcks));
    }

    [TestMethod]
    public void Eight_ranges_are_noted_and_a_higher_one_only_when_there_is_room_again()
    {
        Wire wire = new Wire(Settings());
        ScriptedPeer peer = ScriptedPeer.SmallInFlight(wire, " sackok", 10);

        // Of each segment the second half.
        peer.Trades(". seq R+1 ack B+1 sack B+51:B+101,B+151:B+201,B+251:B+301,B+351:B+401", ". seq B+1 ack R+1 len 50");
        peer.Sends(". seq R+1 ack B+1 sack B+451:B+501,B+551:B+601,B+651:B+701,B+751:B+801");
        peer.Expects(". seq B+101 ack R+1 len 50");
        peer.ExpectsOnly(". seq B+201 ack R+1 len 50");
        peer.Trades(". seq R+1 ack B+1 sack B+851:B+901", "");
        peer.Trades(". seq R+1 ack B+1 sack B+851:B+901", "");
        Assert.AreEqual(2UL, wire.Count(Counter.DuplicateAcks));
        peer.Sends(". seq R+1 ack B+201");
        peer.Expects(". seq B+301 ack R+1 len 50");
        peer.ExpectsOnly(". seq B+401 ack R+1 len 50");
        peer.Sends(". seq R+1 ack B+201 sack B+851:B+901");
        peer.Expects(". seq B+501 ack R+1 len 50");
        peer.ExpectsOnly(". seq B+601 ack R+1 len 50");
        Assert.AreEqual(3UL, wire.Count(Counter.DuplicateAcks));
    }

    // RFC 2018 section 8: the receiver may do so, and the timeout is what mends it.
    [TestMethod]
    public void An_ACK_of_no_more_than_the_hole_says_that_what_was_behind_it_was_thrown_away()
    {
        Wire wire = new Wire(Settings());
        ScriptedPeer peer = InRecovery(wire);
        peer.Sends(Sacked(1201));
        wire.Discard();

        // Something that was sent after the hole has come, and so has the hole: it is not lost a second time.
        peer.Trades(". seq R+1 ack B+101 sack B+1301:B+1401", "");
        peer.ExpectsAfter(Second, ". seq B+101 ack R+1 len 100");
        wire.ExpectsSilence();
        Assert.AreEqual(1UL, wire.Count(Counter.FastRetransmissions));
        Assert.AreEqual(1UL, wire.Count(Counter.Retransmissions));
    }

    [TestMethod]
    public void What_was_named_since_a_timeout_is_stepped_over_and_not_a_byte_more()
    {
        Wire wire = new Wire(Settings());
        ScriptedPeer peer = ScriptedPeer.SmallInFlight(wire, " sackok", 10);
        peer.Trades(". seq R+1 ack B+1 sack B+201:B+301", ". seq B+1001 ack R+1 len 100");
        peer.ExpectsAfter(Second, ". seq B+1 ack R+1 len 100");
        peer.Sends(". seq R+1 ack B+101");
        peer.Expects(". seq B+1101 ack R+1 len 100");
        peer.ExpectsOnly(". seq B+1201 ack R+1 len 100");
        peer.Sends(". seq R+1 ack B+101");
        peer.Expects(". seq B+101 ack R+1 len 100");
        peer.ExpectsOnly(". seq B+201 ack R+1 len 100");

        // The first range begins in a segment and ends a byte before it does.
        peer.Sends(". seq R+1 ack B+301 sack B+331:B+400,B+501:B+601");
        peer.Expects(". seq B+301 ack R+1 len 100");
        peer.Expects(". seq B+401 ack R+1 len 100");
        peer.Expects(". seq B+601 ack R+1 len 100");
        peer.ExpectsOnly(". seq B+701 ack R+1 len 69");
    }

    [TestMethod]
    public void A_gap_of_one_byte_parts_two_ranges()
    {
        ScriptedPeer peer = Accepted(new Wire(Settings()), 5000);
        peer.Trades(". seq R+11 ack I+1 len 10", ". seq I+1 ack R+1 sack R+11:R+21");
        peer.Trades(". seq R+22 ack I+1 len 10", ". seq I+1 ack R+1 sack R+22:R+32,R+11:R+21");
        peer.Trades(". seq R+21 ack I+1 len 1", ". seq I+1 ack R+1 sack R+11:R+32");
    }

    [TestMethod]
    public void Options_of_a_wrong_length_are_dropped_with_their_segment()
    {
        Wire wire = new Wire(Settings());
        ScriptedPeer peer = Accepted(wire, 5000);
        peer.Trades(". seq R+101 ack I+1 len 100 opt 0101050B0000000000000000000000FF", "");
        peer.Trades(". seq R+101 ack I+1 len 100 opt 01010502", "");
        peer.Trades(". seq R+101 ack I+1 len 100 opt 0101051200000000", "");
        peer.Trades("S seq R+101 opt 04030000", "");
        Assert.AreEqual(4UL, wire.Count(Counter.TcpOptionBad));
        peer.Trades(". seq R+101 ack I+1 len 100", ". seq I+1 ack R+1 sack R+101:R+201");
    }

    [TestMethod]
    [DataRow("020403E80402080A00000001000000000103037F")]
    [DataRow("020403E8080A00000001000000000402010303FF")]
    public void Whatever_the_order_of_its_options_a_SYN_permits_selective_acknowledgments(string options)
    {
        Wire wire = new Wire(Settings());
        ScriptedPeer peer = new ScriptedPeer(wire);
        TcpListener listener = wire.Endpoint.Listen(7, 4);
        peer.Trades("S seq R opt " + options, "S. seq I ack R+1 mss 1460 sackok");
        peer.Trades(". seq R+1 ack I+1", "");
        Assert.AreEqual(1000, listener.Accept().MaximumSegmentSize);
    }

    /// <summary>The first of ten segments is lost, and two more have left since. It is sent again.</summary>
    private static ScriptedPeer InRecovery(Wire wire)
    {
        ScriptedPeer peer = ScriptedPeer.SmallInFlight(wire, " sackok", 10);
        peer.Trades(Sacked(201), ". seq B+1001 ack R+1 len 100");
        peer.Trades(Sacked(301), ". seq B+1101 ack R+1 len 100");
        peer.Trades(Sacked(401), ". seq B+1 ack R+1 len 100");
        return peer;
    }

    /// <summary>Seven segments are on their way, from B+1 on, and no more wait.</summary>
    private static ScriptedPeer SevenAreAll(Wire wire)
    {
        ScriptedPeer peer = ScriptedPeer.Small(wire, " sackok", 0);
        peer.Writes(1000);
        for (int i = 1; i <= 3; i++)
        {
            peer['B'] = peer['I'] + 100 * (uint)i;
            peer.Sends(". seq R+1 ack B+1");
        }

        Assert.AreEqual(10, wire.SentCount);
        wire.Discard();
        return peer;
    }

    /// <summary>An ACK for all but the first of those segments up to a number.</summary>
    private static string Sacked(int end)
    {
        return ". seq R+1 ack B+1 sack B+101:B+" + end.ToString();
    }

    private static TcpSettings Settings()
    {
        TcpSettings settings = Wire.Settings();
        settings.SelectiveAcknowledgments = true;
        settings.ReceiveBufferSize = 16384;
        settings.SendBufferSize = 16384;
        return settings;
    }

    private static ScriptedPeer Accepted(Wire wire, uint irs)
    {
        ScriptedPeer peer = new ScriptedPeer(wire);
        peer['R'] = irs;
        TcpListener listener = wire.Endpoint.Listen(7, 4);
        peer.Trades("S seq R mss 1460 sackok", "S. seq I ack R+1 mss 1460 sackok");
        peer.Trades(". seq R+1 ack I+1", "");
        peer.Connection = listener.Accept();
        return peer;
    }
}
