using nanoFramework.TestFramework;

namespace HandshakeNano.Net.Tests;

/// <summary>Timestamps: RFC 7323 sections 3 to 5, RFC 6191.</summary>
[TestClass]
public sealed class TimestampTests
{
    /// <summary>A tick of our timestamps, in microseconds.</summary>
    private const ulong Tick = 1024;

    private const ulong Day = 86_400 * Wire.Second;

    [TestMethod]
    public void A_SYN_that_offers_all_is_answered_in_the_order_of_Linux()
    {
        TcpSettings settings = Settings();
        settings.SelectiveAcknowledgments = true;
        settings.WindowScale = true;
        Wire wire = new Wire(settings);
        ScriptedPeer peer = new ScriptedPeer(wire);
        wire.Endpoint.Listen(7, 4);
        peer.Trades("S seq R mss 1460 sackok ts 100:0 wscale 7", "S. seq I ack R+1 mss 1460 sackok ts T:100 wscale 0");

        // The SYN again, with a newer timestamp, and an old one late: the newest is echoed.
        wire.Advance(10 * Tick);
        peer.Trades("S seq R mss 1460 sackok ts 110:0 wscale 7", "S. seq I ack R+1 mss 1460 sackok ts T+10:110 wscale 0");
        peer.Trades("S seq R mss 1460 sackok ts 100:0 wscale 7", "S. seq I ack R+1 mss 1460 sackok ts T+10:110 wscale 0");
    }

    [TestMethod]
    public void Each_segment_has_the_clock_and_the_echo_and_less_room_for_data()
    {
        Wire wire = new Wire(Settings());
        ScriptedPeer peer = Accepted(wire);
        wire.Advance(5 * Tick);
        peer.Trades(". seq R+1 ack I+1 ts 120:T len 10", "");
        wire.Advance(5 * Tick);
        peer.Trades(". seq R+11 ack I+1 ts 121:T len 10", ". seq I+1 ack R+21 ts T+10:120");
        peer.Writes(2896);
        peer.Expects(". seq I+1 ack R+21 ts T+10:120 len 1448");
        peer.ExpectsOnly("P. seq I+1449 ack R+21 ts T+10:120 len 1448");
        peer.Trades(". seq R+21 ack I+2897 ts 130:T+10", "");
        peer.Reads(20);
        peer.Closes();
        peer.ExpectsOnly("F. seq I+2897 ack R+21 ts T+10:130");
    }

    [TestMethod]
    [DataRow(true)]
    [DataRow(false)]
    public void A_peer_that_offers_none_gets_none_and_none_are_taken_if_the_settings_say_so(bool setting)
    {
        TcpSettings settings = Settings();
        settings.Timestamps = setting;
        Wire wire = new Wire(settings);
        ScriptedPeer peer = new ScriptedPeer(wire);
        TcpListener listener = wire.Endpoint.Listen(7, 4);
        peer.Trades(setting ? "S seq R mss 1460" : "S seq R mss 1460 ts 100:0", "S. seq I ack R+1 mss 1460");
        peer.Trades(". seq R+1 ack I+1 ts 101:0", "");
        peer.Connection = listener.Accept();
        peer.Trades(". seq R+1 ack I+1 ts 50:0 len 10", "");
        peer.Trades(". seq R+11 ack I+1 len 10", ". seq I+1 ack R+21");
        peer.Reads(20);
    }

    // 7323-REC-1.
    [TestMethod]
    public void A_connect_offers_them_and_does_without_if_the_peer_has_none()
    {
        Wire wire = new Wire(Settings());
        ScriptedPeer peer = new ScriptedPeer(wire);
        peer.Connection = wire.Endpoint.Connect(peer.Address, peer.Port, peer.OurPort);
        wire.Run();
        peer.ExpectsOnly("S seq I mss 1460 ts T:0");
        peer.Trades("S. seq R ack I+1 mss 1460 ts 100:T", ". seq I+1 ack R+1 ts T:100");

        ScriptedPeer other = new ScriptedPeer(wire, 40001, 7);
        other.Connection = wire.Endpoint.Connect(other.Address, other.Port, other.OurPort);
        wire.Run();
        other.ExpectsOnly("S seq I mss 1460 ts T:0");
        Assert.IsTrue(other['T'] != peer['T'], "the clocks of two connections differ");
        other.Trades("S. seq R ack I+1 mss 1460", ". seq I+1 ack R+1");
        other.Writes(1460);
        other.ExpectsOnly("P. seq I+1 ack R+1 len 1460");
    }

    [TestMethod]
    [DataRow(256, 1460, 128)]
    [DataRow(2048, 1460, 1024)]
    [DataRow(4096, 1460, 1448)]
    [DataRow(4096, 1000, 988)]
    public void They_take_room_of_a_packet_and_none_of_the_send_buffer(int buffer, int mss, int expected)
    {
        TcpSettings settings = Settings();
        settings.SendBufferSize = buffer;
        Wire wire = new Wire(settings);
        ScriptedPeer peer = Accepted(wire, "mss " + mss.ToString(), 100);
        Assert.AreEqual(expected, peer.Connection.MaximumSegmentSize);
    }

    [TestMethod]
    public void A_simultaneous_open_agrees_on_them_too()
    {
        Wire wire = new Wire(Settings());
        ScriptedPeer peer = new ScriptedPeer(wire);
        peer.Connection = wire.Endpoint.Connect(peer.Address, peer.Port, peer.OurPort);
        wire.Run();
        peer.ExpectsOnly("S seq I mss 1460 ts T:0");
        peer.Trades("S seq R mss 1460 ts 100:0", "S. seq I ack R+1 mss 1460 ts T:100");
        peer.Trades("S. seq R ack I+1 mss 1460 ts 105:T", "");
        peer.IsIn(TcpState.Established);
        peer.Writes(10);
        peer.ExpectsOnly("P. seq I+1 ack R+1 ts T:105 len 10");
    }

    [TestMethod]
    public void A_segment_without_them_is_dropped_but_for_a_reset_and_a_SYN()
    {
        Wire wire = new Wire(Settings());
        ScriptedPeer peer = Accepted(wire);
        peer.Trades(". seq R+1 ack I+1 len 10", "");
        peer.Trades("F. seq R+1 ack I+1", "");
        Assert.AreEqual(2UL, wire.Count(Counter.TimestampMissing));
        peer.Trades("S seq R+1", ". seq I+1 ack R+1 ts T:101");
        peer.Trades("R seq R+1", "");
        Assert.AreEqual((int)TcpCloseReason.Reset, (int)peer.Connection.CloseReason);
    }

    [TestMethod]
    public void Data_of_another_time_is_answered_and_not_taken()
    {
        Wire wire = new Wire(Settings());
        ScriptedPeer peer = Accepted(wire);
        peer.Trades(". seq R+1 ack I+1 ts 200:T len 10", "");
        peer.Trades(". seq R+11 ack I+1 ts 199:T len 10", ". seq I+1 ack R+11 ts T:200");
        peer.Trades(". seq R+11 ack I+1 ts 200:T len 10", "");
        peer.Reads(20);
        Assert.AreEqual(1UL, wire.Count(Counter.TimestampOld));

        // A bare ACK is answered a few times, so that two sides that disagree do not go on for ever.
        wire.Discard();
        for (int i = 0; i < 20; i++)
            peer.Sends(". seq R+21 ack I+1 ts 150:T");
        Assert.AreEqual(10, wire.SentCount);
        wire.Discard();

        // A reset is not tested (RFC 7323 section 5.2).
        peer.Trades("R seq R+21 ts 1:T", "");
        Assert.AreEqual((int)TcpCloseReason.Reset, (int)peer.Connection.CloseReason);
    }

    [TestMethod]
    public void A_timestamp_wraps_and_goes_on()
    {
        Wire wire = new Wire(Settings());
        ScriptedPeer peer = Accepted(wire, "mss 1460", 4294967290);
        peer.Trades(". seq R+1 ack I+1 ts 4294967295:T len 10", "");
        peer.Trades(". seq R+11 ack I+1 ts 3:T len 10", ". seq I+1 ack R+21 ts T:4294967295");
        peer.Trades(". seq R+21 ack I+1 ts 4:T len 10", "");
        peer.Trades(". seq R+31 ack I+1 ts 4294967294:T len 10", ". seq I+1 ack R+31 ts T:4");
        peer.Reads(30);
    }

    [TestMethod]
    [DataRow(20, false)]
    [DataRow(25, true)]
    public void A_peer_that_was_silent_for_more_than_24_days_begins_anew(int days, bool taken)
    {
        Wire wire = new Wire(Settings());
        ScriptedPeer peer = Accepted(wire);
        peer.Trades(". seq R+1 ack I+1 ts 2000000000:T len 10", "");
        wire.Advance((ulong)days * Day);
        wire.Discard();

        // A clock of one tick a millisecond is 2^31 ahead after 24.8 days, and seems to be behind.
        peer.Sends(". seq R+11 ack I+1 ts 4290000000:T len 10");
        peer.Reads(taken ? 20 : 10);
        if (!taken)
            return;
        wire.Discard();
        peer.Sends(". seq R+21 ack I+1 ts 4290000005:T len 10");
        peer.Reads(10);
    }

    // RFC 7323 section 5.5.
    [TestMethod]
    public void A_device_that_is_up_for_long_knows_old_segments_until_the_peer_was_silent_for_24_days()
    {
        // 67 s, in which the time is noted.
        const ulong Unit = 1 << 26;
        Wire wire = new Wire(Settings(), 1500, 40_000 * Unit);
        ScriptedPeer peer = Accepted(wire);
        peer.Trades(". seq R+1 ack I+1 ts 200:T len 10", "");
        peer.Trades(". seq R+11 ack I+1 ts 199:T len 10", ". seq I+1 ack R+11 ts T:200");
        wire.Advance(30_001 * Unit - 1);
        peer.Trades(". seq R+11 ack I+1 ts 199:T len 10", ". seq I+1 ack R+11 ts T+1966145535:200");
        wire.Advance(1);
        peer.Trades(". seq R+11 ack I+1 ts 199:T len 10", "");
        peer.Reads(20);
        Assert.AreEqual(2UL, wire.Count(Counter.TimestampOld));
    }

    // 7323-MUST-25.
    [TestMethod]
    public void Our_own_clock_wraps_in_the_middle_of_a_connection()
    {
        // So late that the lower 32 bits of the clock in ticks wrap in 5.
        Wire wire = new Wire(Settings(), 1500, (0xFFFFFFFFUL - 4) * Tick);
        ScriptedPeer peer = Accepted(wire);
        wire.Advance(10 * Tick);
        peer.Writes(10);
        peer.ExpectsOnly("P. seq I+1 ack R+1 ts T+10:101 len 10");
        wire.Advance(90 * Tick);
        peer.Trades(". seq R+1 ack I+11 ts 201:T+10", "");
        peer.Writes(10);
        peer.ExpectsOnly("P. seq I+11 ack R+1 ts T+100:201 len 10");

        // A round trip of a tenth of a second, so the least timeout.
        peer.ExpectsAfter(Wire.Second, "P. seq I+11 ack R+1 ts T+1076:201 len 10");
    }

    [TestMethod]
    public void Old_data_after_a_gap_in_time_is_reported_as_come_twice()
    {
        TcpSettings settings = Settings();
        settings.SelectiveAcknowledgments = true;
        Wire wire = new Wire(settings);
        ScriptedPeer peer = Accepted(wire, "mss 1460 sackok", 100);
        peer.Trades(". seq R+1 ack I+1 ts 110:T len 10", "");
        peer.Trades(". seq R+1 ack I+1 ts 102:T len 10", ". seq I+1 ack R+11 ts T:110 sack R+1:R+11");

        // Its last byte was not there: it has not come twice.
        peer.Trades(". seq R+2 ack I+1 ts 102:T len 10", ". seq I+1 ack R+11 ts T:110");
    }

    [TestMethod]
    public void The_echo_is_of_the_first_segment_that_an_ACK_answers_and_of_none_behind_a_gap()
    {
        Wire wire = new Wire(Settings());
        ScriptedPeer peer = Accepted(wire);
        peer.Trades(". seq R+1 ack I+1 ts 110:T len 10", "");
        peer.Trades(". seq R+11 ack I+1 ts 120:T len 10", ". seq I+1 ack R+21 ts T:110");
        peer.Trades(". seq R+31 ack I+1 ts 130:T len 10", ". seq I+1 ack R+21 ts T:110");
        peer.Trades(". seq R+21 ack I+1 ts 125:T len 10", ". seq I+1 ack R+41 ts T:125");
        peer.Reads(40);
    }

    [TestMethod]
    public void Who_does_not_know_our_numbers_cannot_make_the_peers_segments_old()
    {
        Wire wire = new Wire(Settings());
        ScriptedPeer peer = Accepted(wire);
        peer.Trades(". seq R+1 ack I+1000 ts 2000000000:T len 10", ". seq I+1 ack R+1 ts T:101");
        peer.Trades(". seq R+1 ack I-70000 ts 2000000000:T len 10", ". seq I+1 ack R+1 ts T:101");
        peer.Trades("S seq R+1 ts 2000000000:T", ". seq I+1 ack R+1 ts T:101");
        peer.Trades(". seq R+1 ack I+1 ts 102:T len 10", "");
        peer.Reads(10);
    }

    [TestMethod]
    public void What_comes_after_a_retransmission_measures_the_round_trip()
    {
        Wire wire = new Wire(Settings());
        ScriptedPeer peer = Accepted(wire);
        peer.Writes(10);
        peer.ExpectsOnly("P. seq I+1 ack R+1 ts T:101 len 10");
        peer.ExpectsAfter(Wire.Second, "P. seq I+1 ack R+1 ts T+977:101 len 10");

        // Its echo says that it is the answer of the second one, so the timeout is not doubled any more.
        wire.Advance(100 * Tick);
        peer.Trades(". seq R+1 ack I+11 ts 200:T+977", "");
        peer.Writes(10);
        peer.ExpectsOnly("P. seq I+11 ack R+1 ts T+1077:200 len 10");
        peer.ExpectsAfter(Wire.Second, "P. seq I+11 ack R+1 ts T+2053:200 len 10");

        // An echo of nothing that we have sent says nothing: doubled it stays.
        wire.Advance(Tick);
        peer.Trades(". seq R+1 ack I+21 ts 201:5", "");
        peer.Writes(10);
        wire.Discard();
        wire.StaysSilent(2 * Wire.Second - 1);
        wire.Advance(1);
        Assert.AreEqual(1, wire.SentCount);
    }

    [TestMethod]
    [DataRow(0, 250_000_000)]
    [DataRow(1, 1)]
    public void An_echo_measures_up_to_the_longest_timeout_that_can_be_set_and_means_nothing_beyond_it(int more, int measured)
    {
        Wire wire = new Wire(Settings());
        ScriptedPeer peer = Accepted(wire);
        Assert.AreEqual(1UL, peer.Connection.RoundTripTime);
        peer.Connection.UserTimeout = 3000 * Wire.Second;
        peer.Writes(10);
        peer.ExpectsOnly("P. seq I+1 ack R+1 ts T:101 len 10");

        // It is sent again meanwhile, and the answer is to the first.
        wire.Advance(2000 * Wire.Second + (ulong)more * Tick);
        wire.Discard();
        peer.Trades(". seq R+1 ack I+11 ts 200:T", "");
        Assert.AreEqual((ulong)measured, peer.Connection.RoundTripTime);
    }

    [TestMethod]
    [DataRow("S. seq R ack I+1")]
    [DataRow("S. seq R ack I+1 mss 1460")]
    public void A_simultaneous_open_ends_with_a_SYN_without_them_too_which_measures_nothing(string answer)
    {
        Wire wire = new Wire(Settings());
        ScriptedPeer peer = new ScriptedPeer(wire);
        peer.Connection = wire.Endpoint.Connect(peer.Address, peer.Port, peer.OurPort);
        wire.Run();
        peer.ExpectsOnly("S seq I mss 1460 ts T:0");
        peer.Trades("S seq R mss 1460 ts 100:T", "S. seq I ack R+1 mss 1460 ts T:100");
        peer.Trades(answer, "");
        peer.IsIn(TcpState.Established);
        Assert.AreEqual(0UL, peer.Connection.RoundTripTime);
        peer.Writes(10);
        peer.ExpectsOnly("P. seq I+1 ack R+1 ts T:100 len 10");
    }

    // 7323-SHLD-7.
    [TestMethod]
    public void Each_ACK_measures_but_many_in_a_round_trip_weigh_no_more_than_one()
    {
        Wire wire = new Wire(Settings());
        ScriptedPeer peer = Accepted(wire, "mss 112", 100);
        peer.Writes(400);
        Assert.AreEqual(4, wire.SentCount);
        wire.Discard();

        // The SYN's round trip was 0. Four ACKs come, which could have been two, each after 900 ticks.
        wire.Advance(900 * Tick);
        for (uint i = 1; i <= 4; i++)
        {
            peer['N'] = peer['I'] + 1 + 100 * i;
            peer.Sends(". seq R+1 ack N ts 300:T");
        }

        const ulong RoundTrip = 900 * Tick;
        ulong mean = 1;
        ulong variation = 0;
        ulong[] samples = new ulong[] { 2, 2, 1, 1 };
        for (int i = 0; i < samples.Length; i++)
        {
            ulong n = 4 * samples[i];
            variation = ((n - 1) * variation + RoundTrip - mean) / n;
            mean = ((2 * n - 1) * mean + RoundTrip) / (2 * n);
        }

        peer.Writes(10);
        wire.Discard();
        ulong timeout = mean + 4 * variation;
        wire.StaysSilent(timeout - 1);
        wire.Advance(1);
        Assert.AreEqual(1, wire.SentCount);
    }

    [TestMethod]
    public void A_reset_of_ours_has_them()
    {
        Wire wire = new Wire(Settings());
        ScriptedPeer peer = Accepted(wire);
        peer.Aborts();
        peer.ExpectsOnly("R. seq I+1 ack R+1 ts T:101");
    }

    [TestMethod]
    public void A_half_open_connection_takes_no_ACK_without_them_or_of_another_time()
    {
        Wire wire = new Wire(Settings());
        ScriptedPeer peer = new ScriptedPeer(wire);
        TcpListener listener = wire.Endpoint.Listen(7, 4);
        peer.Trades("S seq R mss 1460 ts 100:0", "S. seq I ack R+1 mss 1460 ts T:100");
        peer.Trades(". seq R+1 ack I+1", "");
        peer.Trades(". seq R+1 ack I+1 ts 99:T", ". seq I+1 ack R+1 ts T:100");
        peer.Trades(". seq R+1 ack I+1 ts 99:T len 10", ". seq I+1 ack R+1 ts T:100");
        Assert.AreEqual(1UL, wire.Count(Counter.TimestampMissing));
        Assert.AreEqual(2UL, wire.Count(Counter.TimestampOld));
        Assert.IsNull(listener.Accept());
        peer.Trades(". seq R+1 ack I+1 ts 100:T len 10", "");
        peer.Connection = listener.Accept();
        peer.Reads(10);

        ScriptedPeer other = new ScriptedPeer(wire, 40001, 7);
        other.Trades("S seq R mss 1460 ts 100:0", "S. seq I ack R+1 mss 1460 ts T:100");
        other.Trades("R seq R+1", "");
        Assert.AreEqual(0, listener.HalfOpen);
    }

    [TestMethod]
    public void A_half_open_connection_takes_an_ACK_with_the_timestamp_of_the_SYN_and_none_with_another_option_instead()
    {
        Wire wire = new Wire(Settings());
        ScriptedPeer peer = new ScriptedPeer(wire);
        TcpListener listener = wire.Endpoint.Listen(7, 4);
        peer.Trades("S seq R mss 1460 ts 4026531840:0", "S. seq I ack R+1 mss 1460 ts T:4026531840");
        peer.Trades(". seq R+1 ack I+1 mss 1460", "");
        Assert.AreEqual(1UL, wire.Count(Counter.TimestampMissing));
        Assert.AreEqual(0, listener.Pending);
        peer.Trades("P. seq R+11 ack I+1 ts 4026531840:T len 10", ". seq I+1 ack R+1 ts T:4026531840");
        Assert.AreEqual(0UL, wire.Count(Counter.TimestampOld));
        Assert.AreEqual(1, listener.Pending);
    }

    [TestMethod]
    public void Data_that_overtook_the_ACK_of_our_SYN_leaves_the_echo_as_it_is()
    {
        Wire wire = new Wire(Settings());
        ScriptedPeer peer = new ScriptedPeer(wire);
        TcpListener listener = wire.Endpoint.Listen(7, 4);
        peer.Trades("S seq R mss 1460 ts 100:0", "S. seq I ack R+1 mss 1460 ts T:100");
        peer.Trades(". seq R+11 ack I+1 ts 110:T len 10", ". seq I+1 ack R+1 ts T:100");
        peer.Trades(". seq R+1 ack I+1 ts 109:T len 10", ". seq I+1 ack R+21 ts T:109");
        peer.Connection = listener.Accept();
        peer.Reads(20);
    }

    [TestMethod]
    public void A_listener_that_closes_resets_with_them()
    {
        Wire wire = new Wire(Settings());
        ScriptedPeer peer = new ScriptedPeer(wire);
        TcpListener listener = wire.Endpoint.Listen(7, 4);
        peer.Trades("S seq R mss 1460 ts 100:0", "S. seq I ack R+1 mss 1460 ts T:100");
        listener.Close();
        wire.Run();
        peer.ExpectsOnly("R. seq I+1 ack R+1 ts T:100");
    }

    [TestMethod]
    [DataRow("S seq R mss 1000 sackok ts 100:0 wscale 7", "S. seq I ack R+1 mss 1460 sackok ts T:100 wscale 0", 972, 100)]
    [DataRow("S seq R mss 1000 sackok ts 100:0 wscale 14", "S. seq I ack R+1 mss 1460 sackok ts T:100 wscale 0", 972, 100)]
    [DataRow("S seq R mss 1000 ts 100:0", "S. seq I ack R+1 mss 1460 ts T:100", 972, 100)]
    [DataRow("S seq R mss 1000 sackok wscale 7", "S. seq I ack R+1 mss 1460", 984, 0)]
    public void A_cookie_keeps_what_was_offered_if_there_are_timestamps(string syn, string answer, int mss, int stamp)
    {
        TcpSettings settings = Settings();
        settings.SelectiveAcknowledgments = true;
        settings.WindowScale = true;
        settings.SynPolicy = SynPolicy.CookiesAlways;
        Wire wire = new Wire(settings);
        TcpListener listener = wire.Endpoint.Listen(7, 4);
        bool scaled = answer.Contains("wscale");
        bool sacks = answer.Contains("sackok");
        for (int tick = 0; tick < 40; tick++)
        {
            ScriptedPeer peer = new ScriptedPeer(wire, 40000 + tick, 7);
            peer.Trades(syn, answer);
            string timestamps = stamp == 0 ? "" : " ts 101:T";
            peer.Trades(". seq R+1 ack I+1 win 8" + timestamps, "");
            peer.Connection = listener.Accept();
            Assert.AreEqual(mss, peer.Connection.MaximumSegmentSize);
            Assert.AreEqual(2000, peer.TriesToWrite(2000));
            wire.Run();
            int shift = syn.Contains("wscale 14") ? 14 : 7;
            int window = scaled ? 8 << shift : 8;
            byte[] frame = wire.Take();
            Segment first = Segment.Of(frame);
            Assert.AreEqual(window < mss ? window : mss, first.Data.Length);
            Assert.AreEqual(stamp == 0 ? 0 : 12, first.Options.Length);
            if (stamp != 0)
            {
                // What stands in the lowest bits of the first timestamp is a little behind the clock.
                uint clock = Packet.Get32(first.Options, 4) - peer['T'];
                Assert.IsTrue(clock < 32, "the cookie's timestamp is behind by " + clock.ToString());
            }

            wire.Discard();
            peer.Sends(". seq R+11 ack I+1 win 8" + timestamps + " len 10");
            Assert.AreEqual((stamp == 0 ? 0 : 12) + (sacks ? 12 : 0), Segment.Of(wire.Take()).Options.Length);
            peer.Aborts();
            peer.Connection.Close();
            wire.Advance(Tick);
            wire.Discard();
        }
    }

    [TestMethod]
    public void What_a_cookie_keeps_is_good_as_long_as_the_cookie_and_no_other_timestamp_is_taken_for_it()
    {
        // A cookie is good in its step of 2^26 us and in the next one: here from its first tick to its last.
        const ulong Step = 1UL << 26;
        TcpSettings settings = Settings();
        settings.SelectiveAcknowledgments = true;
        settings.WindowScale = true;
        settings.SynPolicy = SynPolicy.CookiesAlways;
        Wire wire = new Wire(settings, 1500, 5 * Step);
        TcpListener listener = wire.Endpoint.Listen(7, 4);
        ScriptedPeer peer = new ScriptedPeer(wire);
        ScriptedPeer other = new ScriptedPeer(wire, 40001, 7);
        peer.Trades("S seq R mss 1000 sackok ts 100:0 wscale 14", "S. seq I ack R+1 mss 1460 sackok ts T:100 wscale 0");
        other.Trades("S seq R mss 1000 sackok ts 100:0 wscale 14", "S. seq I ack R+1 mss 1460 sackok ts T:100 wscale 0");

        // What is offered stands in a clock that may be some ticks behind.
        ScriptedPeer third = new ScriptedPeer(wire, 40002, 7);
        third.Trades("S seq R mss 1000 ts 100:0 wscale 0", "S. seq I ack R+1 mss 1460 ts T:100 wscale 0");
        wire.Advance(2 * Step - 1);
        third.Trades(". seq R+1 ack I+1 ts 101:T", "");
        third.Connection = listener.Accept();
        Assert.AreEqual(972, third.Connection.MaximumSegmentSize);
        peer.Trades(". seq R+1 ack I+1 ts 101:T", "");
        peer.Connection = listener.Accept();
        Assert.AreEqual(972, peer.Connection.MaximumSegmentSize);
        peer.Writes(10);
        peer.ExpectsOnly("P. seq I+1 ack R+1 ts T+131072:101 len 10");
        other.Trades(". seq R+1 ack I+1 ts 101:T-1000", "");
        other.Connection = listener.Accept();
        Assert.AreEqual(984, other.Connection.MaximumSegmentSize);
        other.Writes(10);
        other.ExpectsOnly("P. seq I+1 ack R+1 len 10");
    }

    [TestMethod]
    public void TIME_WAIT_gives_way_to_a_SYN_of_a_later_time()
    {
        Wire wire = new Wire(Settings());
        ScriptedPeer peer = InTimeWait(wire, true);
        peer.Trades("S seq R-1000 mss 1460 ts 200:0", ". seq I+2 ack R+2 ts T:200");
        wire.Advance(Wire.Second);
        peer.Trades("S seq R-1000 mss 1460 ts 199:0", ". seq I+2 ack R+2 ts T+977:200");
        wire.Advance(Wire.Second);
        peer.Trades("S seq R-1000 mss 1460", ". seq I+2 ack R+2 ts T+1953:200");
        uint before = peer['I'] + 2;
        uint clock = peer['T'];
        peer.ForgetIss();
        peer.Trades("S seq R-1000 mss 1460 ts 201:0", "S. seq I ack R-999 mss 1460 ts T:201");
        Assert.IsTrue((int)(peer['I'] - before) > 0, "the ISN is above the last connection's numbers");
        Assert.AreEqual(1953u, peer['T'] - clock);
        Assert.AreEqual(1UL, wire.Count(Counter.TimeWaitReopened));
    }

    [TestMethod]
    public void TIME_WAIT_knows_the_timestamp_of_the_ACK_that_led_to_it()
    {
        Wire wire = new Wire(Settings());
        ScriptedPeer peer = Accepted(wire);
        peer.ShutsDown();
        peer.ExpectsOnly("F. seq I+1 ack R+1 ts T:101");
        peer.Trades("F. seq R+1 ack I+1 ts 200:T", ". seq I+2 ack R+2 ts T:200");
        peer.IsIn(TcpState.Closing);
        peer.Trades(". seq R+2 ack I+2 ts 300:T", "");
        peer.IsIn(TcpState.TimeWait);
        peer.Trades("S seq R-1000 mss 1460 ts 300:0", ". seq I+2 ack R+2 ts T:300");
        peer.ForgetIss();
        peer.Trades("S seq R-1000 mss 1460 ts 301:0", "S. seq I ack R-999 mss 1460 ts T:301");
    }

    [TestMethod]
    public void TIME_WAIT_compares_sequence_numbers_where_timestamps_are_equal_or_none_come()
    {
        Wire wire = new Wire(Settings());
        ScriptedPeer peer = InTimeWait(wire, true);
        peer.ForgetIss();
        peer.Trades("S seq R+2 mss 1460 ts 200:0", "S. seq I ack R+3 mss 1460 ts T:200");
        wire = new Wire(Settings());
        peer = InTimeWait(wire, true);
        peer.ForgetIss();
        peer.Trades("S seq R+2 mss 1460", "S. seq I ack R+3 mss 1460");
    }

    [TestMethod]
    public void TIME_WAIT_of_a_connection_without_them_gives_way_to_any_SYN_that_has_them()
    {
        Wire wire = new Wire(Settings());
        ScriptedPeer peer = InTimeWait(wire, false);
        peer.ForgetIss();
        peer.Trades("S seq R-1000 mss 1460 ts 1:0", "S. seq I ack R-999 mss 1460 ts T:1");
    }

    [TestMethod]
    [DataRow(1460, 3)]
    [DataRow(40, 3)]
    [DataRow(39, 2)]
    [DataRow(28, 1)]
    public void An_ACK_that_says_what_is_missing_is_no_longer_than_a_full_segment(int mss, int blocks)
    {
        TcpSettings settings = Settings();
        settings.SelectiveAcknowledgments = true;
        Wire wire = new Wire(settings);
        ScriptedPeer peer = Accepted(wire, "mss " + mss.ToString() + " sackok", 100);
        string sack = "R+81:R+91";
        peer.Sends(". seq R+21 ack I+1 ts 102:T len 10");
        peer.Sends(". seq R+41 ack I+1 ts 102:T len 10");
        peer.Sends(". seq R+61 ack I+1 ts 102:T len 10");
        wire.Discard();
        if (blocks > 1)
            sack += ",R+21:R+31";
        if (blocks > 2)
            sack += ",R+41:R+51";
        peer.Trades(". seq R+81 ack I+1 ts 102:T len 10", ". seq I+1 ack R+1 ts T:101 sack " + sack);
    }

    [TestMethod]
    [DataRow("080A0000000000")]
    [DataRow("0809000000000000000000")]
    [DataRow("01010101080A00000000")]
    [DataRow("01010103030101010108")]
    public void A_wrong_length_is_dropped_with_its_segment(string options)
    {
        Wire wire = new Wire(Settings());
        ScriptedPeer peer = new ScriptedPeer(wire);
        wire.Endpoint.Listen(7, 4);
        peer.Trades("S seq R opt " + options, "");
        Assert.AreEqual(1UL, wire.Count(Counter.TcpOptionBad));
    }

    private static TcpSettings Settings()
    {
        TcpSettings settings = Wire.Settings();
        settings.Timestamps = true;
        settings.SendBufferSize = 4096;
        return settings;
    }

    /// <summary>A peer whose timestamps begin at 100, and whose ACK of our SYN has had 101.</summary>
    private static ScriptedPeer Accepted(Wire wire)
    {
        return Accepted(wire, "mss 1460", 100);
    }

    private static ScriptedPeer Accepted(Wire wire, string offer, uint clock)
    {
        ScriptedPeer peer = new ScriptedPeer(wire);
        TcpListener listener = wire.Endpoint.Listen(7, 4);
        peer['C'] = clock;
        string sacks = offer.Contains("sackok") ? " sackok" : "";
        peer.Trades("S seq R " + offer + " ts C:0", "S. seq I ack R+1 mss 1460" + sacks + " ts T:C");
        peer.Trades(". seq R+1 ack I+1 ts C+1:T", "");
        peer.Connection = listener.Accept();
        return peer;
    }

    /// <summary>A connection in TIME-WAIT whose peer had 200 as its last timestamp.</summary>
    private static ScriptedPeer InTimeWait(Wire wire, bool stamped)
    {
        ScriptedPeer peer = stamped ? Accepted(wire) : ScriptedPeer.Accepted(wire);
        peer.ShutsDown();
        wire.Discard();
        peer.Sends(stamped ? "F. seq R+1 ack I+2 ts 200:T" : "F. seq R+1 ack I+2");
        peer.ExpectsOnly(stamped ? ". seq I+2 ack R+2 ts T:200" : ". seq I+2 ack R+2");
        peer.IsIn(TcpState.TimeWait);
        return peer;
    }
}
