using System;
using nanoFramework.TestFramework;

namespace HandshakeNano.Net.Tests;

/// <summary>RFC 792, RFC 1122 section 3.2.2, and ICMP against TCP: RFC 5461, RFC 5927.</summary>
[TestClass]
public sealed class IcmpTests
{
    [TestMethod]
    [DataRow(0)]
    [DataRow(1)]
    [DataRow(17)]
    [DataRow(56)]
    [DataRow(1471)]
    [DataRow(1472)]
    public void An_echo_request_is_answered_with_its_own_data(int length)
    {
        Wire wire = new Wire();
        byte[] request = Echo(Wire.OurAddress, length);
        wire.Inject(request);
        byte[] reply = wire.TakeIcmp();
        Assert.AreEqual(Packet.Get16(request, Packet.Ip + 2), Packet.Get16(reply, Packet.Ip + 2), "total length");
        Assert.AreEqual(Wire.PeerAddress, Packet.Get32(reply, Packet.Ip + 16));
        Assert.AreEqual((byte)0, reply[Packet.Transport], "type");
        Assert.AreEqual((byte)0, reply[Packet.Transport + 1], "code");
        Assert.IsTrue(Packet.SameBytes(request, Packet.Transport + 4, reply, Packet.Transport + 4, 4 + length), "identifier, number, data");
        wire.ExpectsSilence();
        Assert.AreEqual(1UL, wire.Count(Counter.IcmpEchoRequests));
    }

    [TestMethod]
    public void Every_one_of_many_echo_requests_is_answered_to_its_sender()
    {
        Wire wire = new Wire();
        byte[] request = Echo(Wire.OurAddress, 20);
        for (int i = 0; i < 5; i++)
        {
            wire.Inject(request);
            byte[] reply = wire.TakeIcmp();
            Assert.IsTrue(Packet.SameBytes(request, 6, reply, 0, 6), "to the Ethernet address that asked");
            Assert.IsTrue(Packet.SameBytes(request, 0, reply, 6, 6), "from ours");
        }

        wire.ExpectsSilence();
        Assert.AreEqual(5UL, wire.Count(Counter.IcmpEchoRequests));
    }

    [TestMethod]
    public void Echo_replies_between_the_segments_to_the_same_neighbour_carry_its_address_too()
    {
        Wire wire = new Wire();
        ScriptedPeer peer = new ScriptedPeer(wire);
        peer.Opens(wire.Endpoint.Listen(7, 1));
        for (int i = 0; i < 3; i++)
        {
            peer.Writes(10);
            peer.ExpectsOnly("P. seq I+" + (1 + 10 * i).ToString() + " ack R+1 len 10");
            wire.Inject(Echo(Wire.OurAddress, 20));
            Assert.AreEqual((byte)0, wire.TakeIcmp()[Packet.Transport], "type");
            wire.ExpectsSilence();
            peer.Trades(". seq R+1 ack I+" + (11 + 10 * i).ToString(), "");
        }
    }

    [TestMethod]
    public void A_bad_checksum_or_a_short_message_is_dropped()
    {
        Wire wire = new Wire();
        byte[] frame = Echo(Wire.OurAddress, 20);
        frame[Packet.Transport + 15] ^= 1;
        wire.Inject(frame);
        wire.ExpectsSilence();
        Assert.AreEqual(1UL, wire.Count(Counter.IcmpChecksumBad));
        for (int length = 0; length < 8; length++)
        {
            frame = Packet.Ipv4(Wire.PeerAddress, Wire.OurAddress, 1, new byte[length]);
            wire.Inject(frame);
            wire.ExpectsSilence();
        }

        Assert.AreEqual(8UL, wire.Count(Counter.IcmpTooShort));
        Assert.AreEqual(1UL, wire.Count(Counter.IcmpChecksumBad));
    }

    [TestMethod]
    [DataRow(0xFFFFFFFF)]
    [DataRow(0x0A4D00FFU)]
    [DataRow(0xE0000001)]
    public void An_echo_request_to_everyone_is_not_answered(uint destination)
    {
        Wire wire = new Wire();
        byte[] frame = Echo(destination, 20);
        for (int i = 0; i < 6; i++)
            frame[i] = 0xFF;
        wire.Inject(frame);
        wire.ExpectsSilence();
    }

    [TestMethod]
    [DataRow(0)]
    [DataRow(5)]
    [DataRow(13)]
    [DataRow(255)]
    public void Other_messages_are_ignored_and_counted(int type)
    {
        Wire wire = new Wire();
        wire.Inject(Packet.Icmp(Wire.PeerAddress, Wire.OurAddress, type, 0, new byte[28]));
        wire.ExpectsSilence();
        Assert.AreEqual(1UL, wire.Count(Counter.IcmpIgnored));
    }

    [TestMethod]
    [DataRow(17, 3)]
    [DataRow(132, 2)]
    [DataRow(255, 2)]
    public void A_protocol_that_we_do_not_speak_is_answered_with_unreachable(int protocol, int code)
    {
        Wire wire = new Wire();
        byte[] payload = new byte[] { 0x13, 0x88, 0x00, 0x35, 0x00, 0x0C, 0, 0, 1, 2, 3, 4 };
        byte[] frame = Packet.Ipv4(Wire.PeerAddress, Wire.OurAddress, protocol, payload);
        wire.Inject(frame);
        byte[] reply = wire.TakeIcmp();
        Assert.AreEqual((byte)3, reply[Packet.Transport], "destination unreachable");
        Assert.AreEqual((byte)code, reply[Packet.Transport + 1]);
        Assert.AreEqual(0u, Packet.Get32(reply, Packet.Transport + 4), "unused");
        Assert.IsTrue(Packet.SameBytes(frame, Packet.Ip, reply, Packet.Transport + 8, 28), "the header and 8 bytes");
        Assert.AreEqual(1UL, wire.Count(protocol == 17 ? Counter.UdpPortUnknown : Counter.Ipv4ProtocolUnknown));
        Assert.AreEqual(1UL, wire.Count(Counter.IcmpUnreachableSent));
    }

    [TestMethod]
    [DataRow(0)]
    [DataRow(3)]
    [DataRow(7)]
    [DataRow(8)]
    public void An_unreachable_quotes_no_byte_that_was_not_in_the_packet(int length)
    {
        Wire wire = new Wire();
        // What the buffer held before must not leave the host.
        wire.Inject(Packet.Ipv4(Wire.RouterAddress, Wire.OurAddress, 132, new byte[] { 91, 92, 93, 94, 95, 96, 97, 98, 99 }));
        wire.TakeIcmp();
        byte[] frame = Packet.Ipv4(Wire.PeerAddress, Wire.OurAddress, 132, new byte[length]);
        wire.Inject(frame);
        byte[] reply = wire.TakeIcmp();
        Assert.AreEqual(20 + 8 + 20 + length, Packet.Get16(reply, Packet.Ip + 2), "total length");
        Assert.IsTrue(Packet.SameBytes(frame, Packet.Ip, reply, Packet.Transport + 8, 20 + length));
    }

    [TestMethod]
    public void Unreachables_are_limited()
    {
        Wire wire = new Wire();
        byte[] frame = Packet.Udp(Wire.PeerAddress, 5000, Wire.OurAddress, 53, new byte[4]);
        for (int i = 0; i < 1000; i++)
            wire.Inject(frame);
        Assert.IsTrue(wire.SentCount >= 1 && wire.SentCount <= 100, "messages: " + wire.SentCount.ToString());
        Assert.AreEqual(1000UL, wire.Count(Counter.IcmpUnreachableSent) + wire.Count(Counter.IcmpUnreachableLimited));
        wire.Discard();

        wire.Advance(10 * Wire.Second);
        wire.Inject(frame);
        wire.TakeIcmp();
    }

    [TestMethod]
    [DataRow(0xFFFFFFFF)]
    [DataRow(0x0A4D00FFU)]
    [DataRow(0xE0000001)]
    public void A_broadcast_is_never_answered_with_unreachable(uint destination)
    {
        Wire wire = new Wire();
        byte[] frame = Packet.Udp(Wire.PeerAddress, 5000, destination, 53, new byte[4]);
        for (int i = 0; i < 6; i++)
            frame[i] = 0xFF;
        wire.Inject(frame);
        wire.ExpectsSilence();
    }

    [TestMethod]
    [DataRow(0)]
    [DataRow(1)]
    [DataRow(2)]
    [DataRow(3)]
    [DataRow(13)]
    public void Unreachable_about_our_SYN_ends_the_open(int code)
    {
        Wire wire = new Wire();
        ScriptedPeer peer = new ScriptedPeer(wire, 80, 50000);
        peer.Connection = wire.Endpoint.Connect(peer.Address, 80, 50000);
        wire.Run();
        wire.Inject(Unreachable(code, wire.Take(), Wire.RouterAddress));
        peer.IsIn(TcpState.Closed);
        Assert.AreEqual((int)TcpCloseReason.Unreachable, (int)peer.Connection.CloseReason);
        Assert.AreEqual(1UL, wire.Count(Counter.IcmpErrorsReceived));
        wire.StaysSilent(600 * Wire.Second);
    }

    [TestMethod]
    [DataRow(0)]
    [DataRow(2)]
    [DataRow(3)]
    public void Unreachable_about_data_in_flight_is_soft(int code)
    {
        Wire wire = new Wire();
        ScriptedPeer peer = new ScriptedPeer(wire, 80, 50000);
        peer.IsOpened();
        peer.Writes(10);
        byte[] sent = wire.Take();
        wire.Inject(Unreachable(code, sent, Wire.RouterAddress));
        wire.ExpectsSilence();
        peer.IsIn(TcpState.Established);
        Assert.AreEqual(1UL, wire.Count(Counter.IcmpErrorsReceived));
        peer.ExpectsAfter(Wire.Second, "P. seq I+1 ack R+1 len 10");
        peer.Trades(". seq R+1 ack I+11", "");
    }

    [TestMethod]
    [DataRow(1000, 960)]
    [DataRow(576, 536)]
    [DataRow(552, 512)]
    [DataRow(300, 260)]
    [DataRow(68, 28)]
    [DataRow(67, 536)]
    [DataRow(0, 536)]
    public void Fragmentation_needed_makes_segments_smaller_and_sends_them_again(int mtu, int mss)
    {
        ScriptedPeer peer = WithRoom(out Wire wire);
        peer.Writes(1460);
        wire.Inject(TooLarge(wire.Take(), mtu));
        Assert.AreEqual(mss, peer.Connection.MaximumSegmentSize);
        peer.Expects(". seq I+1 ack R+1 len " + mss.ToString());
        wire.Discard();

        peer.Sends(". seq R+1 ack I+1461");
        Assert.AreEqual(0, peer.Connection.Unacknowledged);
    }

    [TestMethod]
    [DataRow(1000, 948)]
    [DataRow(68, 16)]
    [DataRow(67, 536)]
    public void Fragmentation_needed_leaves_room_for_timestamps(int mtu, int mss)
    {
        TcpSettings settings = Wire.Settings();
        settings.SendBufferSize = 4096;
        settings.Timestamps = true;
        Wire wire = new Wire(settings);
        ScriptedPeer peer = new ScriptedPeer(wire, 80, 50000);
        peer.Connection = wire.Endpoint.Connect(peer.Address, peer.Port, peer.OurPort);
        wire.Run();
        peer.ExpectsOnly("S seq I mss 1460 ts T:0");
        peer.Trades("S. seq R ack I+1 mss 1460 ts 100:T", ". seq I+1 ack R+1 ts T:100");
        peer.Writes(1448);
        wire.Inject(TooLarge(wire.Take(), mtu));
        Assert.AreEqual(mss, peer.Connection.MaximumSegmentSize);
        peer.Expects(". seq I+1 ack R+1 ts T:100 len " + mss.ToString());
        wire.Discard();
        peer.Sends(". seq R+1 ack I+1449 ts 101:T");
        Assert.AreEqual(0, peer.Connection.Unacknowledged);
    }

    [TestMethod]
    [DataRow(80, 80, true)]
    [DataRow(79, 72, true)]
    [DataRow(72, 72, true)]
    [DataRow(68, 64, true)]
    [DataRow(0, 64, true)]
    [DataRow(68, 80, false)]
    public void An_ACK_that_does_not_fit_the_path_names_less(int mtu, int length, bool ours)
    {
        TcpSettings settings = Wire.Settings();
        settings.SelectiveAcknowledgments = true;
        settings.Timestamps = true;
        Wire wire = new Wire(settings);
        ScriptedPeer peer = new ScriptedPeer(wire);
        TcpListener listener = wire.Endpoint.Listen(7, 4);
        peer.Trades("S seq R mss 1460 sackok ts 100:0", "S. seq I ack R+1 mss 1460 sackok ts T:100");
        peer.Trades(". seq R+1 ack I+1 ts 100:T", "");
        peer.Connection = listener.Accept();
        for (int i = 1; i <= 4; i++)
        {
            wire.Discard();
            peer['N'] = peer['R'] + 1 + 20 * (uint)i;
            peer.Sends(". seq N ack I+1 ts 100:T len 10");
        }

        byte[] ack = wire.Take();
        Assert.AreEqual(80, Packet.Get16(ack, Packet.Ip + 2));
        if (!ours)
            Packet.Put32(ack, Packet.Transport + 4, peer['I'] + 2);
        wire.Inject(TooLarge(ack, mtu));
        Assert.AreEqual(ours && mtu < 80 ? 1UL : 0UL, wire.Count(Counter.IcmpErrorsReceived));
        wire.ExpectsSilence();
        peer.Sends(". seq N ack I+1 ts 100:T len 10");
        Assert.AreEqual(length, Packet.Get16(wire.Take(), Packet.Ip + 2));

        // No path carries less than a packet of 68 bytes.
        int mss = length == 80 ? 1024 : mtu < 68 ? 16 : mtu - 52;
        Assert.AreEqual(mss, peer.Connection.MaximumSegmentSize);
    }

    [TestMethod]
    public void What_is_known_of_the_path_already_does_not_put_off_the_larger_segments()
    {
        TcpSettings settings = Wire.Settings();
        settings.SelectiveAcknowledgments = true;
        Wire wire = new Wire(settings);
        ScriptedPeer peer = ScriptedPeer.Small(wire, " sackok", 0);
        for (int i = 3; i <= 7; i += 2)
        {
            wire.Discard();
            peer.Sends(". seq R+" + i.ToString() + " ack I+1 len 1");
        }

        byte[] ack = wire.Take();
        wire.Inject(TooLarge(ack, 67));
        Assert.AreEqual(28, peer.Connection.MaximumSegmentSize);
        wire.Advance(400 * Wire.Second);
        wire.Inject(TooLarge(ack, 67));
        Assert.AreEqual(2UL, wire.Count(Counter.IcmpErrorsReceived));
        wire.Advance(271 * Wire.Second);
        peer.Writes(100);
        peer.ExpectsOnly("P. seq I+1 ack R+1 len 100");
    }

    [TestMethod]
    [DataRow(68, 536)]
    [DataRow(69, 1460)]
    public void A_segment_s_quoted_length_counts_if_it_is_long_enough_to_be_cut(int quoted, int mss)
    {
        ScriptedPeer peer = WithRoom(out Wire wire);
        peer.Writes(1460);
        byte[] sent = wire.Take();
        Packet.Put16(sent, Packet.Ip + 2, quoted);
        wire.Inject(TooLarge(sent, 576));
        Assert.AreEqual(mss, peer.Connection.MaximumSegmentSize);
    }

    [TestMethod]
    public void Data_arrives_over_a_path_whose_router_names_no_MTU_however_narrow_it_is()
    {
        ScriptedPeer peer = WithRoom(out Wire wire);
        peer.Writes(1460);
        int[] sizes = new int[] { 536, 268, 134, 67, 33, 28 };
        for (int i = 0; i < sizes.Length; i++)
        {
            byte[] sent = wire.Take();
            wire.Discard();
            wire.Inject(TooLarge(sent, 0));
            Assert.AreEqual(sizes[i], peer.Connection.MaximumSegmentSize);
        }

        // No path carries less.
        byte[] least = wire.Take();
        Assert.AreEqual(28, Segment.Of(least).Data.Length);
        wire.Discard();
        wire.Inject(TooLarge(least, 0));
        wire.ExpectsSilence();
    }

    // RFC 1191 section 6.3.
    [TestMethod]
    public void Ten_minutes_after_fragmentation_was_needed_a_segment_as_large_as_before_is_tried()
    {
        ScriptedPeer peer = WithRoom(out Wire wire);
        peer.Writes(1460);
        wire.Inject(TooLarge(wire.Take(), 1400));
        wire.Discard();
        peer.Trades(". seq R+1 ack I+1461", "");
        wire.Advance(671 * Wire.Second);
        peer.Writes(1460);
        byte[] sent = wire.Take();
        Assert.AreEqual(1460, Segment.Of(sent).Data.Length);

        // The router says again what fits, and that holds for ten minutes more.
        wire.Inject(TooLarge(sent, 1400));
        Assert.AreEqual(1360, peer.Connection.MaximumSegmentSize);
        wire.Discard();
        peer.Trades(". seq R+1 ack I+2921", "");
        wire.Advance(600 * Wire.Second);
        peer.Writes(1460);
        Assert.AreEqual(1360, Segment.Of(wire.Take()).Data.Length);
    }

    [TestMethod]
    public void A_path_that_narrows_twice_is_tried_with_1024_bytes_and_then_with_what_it_carried_at_first()
    {
        ScriptedPeer peer = WithRoom(out Wire wire);
        int[] sizes = new int[] { 1460, 1360, 536, 1024, 1460 };
        for (int i = 0; i < sizes.Length; i++)
        {
            peer.Writes(1460);
            byte[] sent = wire.Take();
            Assert.AreEqual(sizes[i], Segment.Of(sent).Data.Length);
            if (i < 2)
                wire.Inject(TooLarge(sent, i == 0 ? 1400 : 576));
            while (peer.Connection.Unacknowledged != 0)
            {
                peer['N'] = peer.Connection.SndNxt;
                peer.Sends(". seq R+1 ack N");
            }

            wire.Discard();
            wire.Advance(i < 2 ? 400 * Wire.Second : 671 * Wire.Second);
        }

        Assert.AreEqual(1460, peer.Connection.MaximumSegmentSize);
    }

    [TestMethod]
    public void A_segment_that_is_tried_again_is_not_too_large_for_the_congestion_window()
    {
        TcpSettings settings = Wire.Settings();
        settings.SendBufferSize = 16384;
        Wire wire = new Wire(settings);
        ScriptedPeer peer = new ScriptedPeer(wire, 80, 50000);
        peer.IsOpened();
        peer.Writes(1460);
        wire.Inject(TooLarge(wire.Take(), 68));

        // Timeouts leave a window of one segment, which is a small one now.
        wire.Advance(20 * Wire.Second);
        uint end = 1;
        while (end != 1461)
        {
            byte[] sent = wire.Take();
            Assert.IsNotNull(sent);
            Segment segment = Segment.Of(sent);
            uint next = segment.SequenceNumber - peer['I'] + (uint)segment.Data.Length;
            if (next > end)
            {
                end = next;
                peer.Sends(". seq R+1 ack I+" + end.ToString());
            }
        }

        wire.Advance(671 * Wire.Second);
        wire.Discard();
        peer.Writes(8000);
        Assert.AreEqual(1024, Segment.Of(wire.Take()).Data.Length);
    }

    // RFC 9438 section 4.2. W_max is 8000 bytes, in segments of 100, and K 3.9 s. With segments of 1024 the curve would begin far below 0:
    // then it is Reno's window that counts.
    [TestMethod]
    public void When_segments_are_larger_again_soon_after_a_loss_CUBIC_sends_no_burst()
    {
        const ulong RoundTrip = 100 * Wire.Millisecond;
        const ulong Unit = 1 << 26;
        TcpSettings settings = Wire.Settings();
        settings.SendBufferSize = 16384;
        settings.SelectiveAcknowledgments = true;
        settings.CongestionControl = CongestionControl.Cubic;
        Wire wire = new Wire(settings);
        ScriptedPeer peer = new ScriptedPeer(wire);
        TcpListener listener = wire.Endpoint.Listen(7, 4);
        peer.Trades("S seq R mss 1460 sackok", "S. seq I ack R+1 mss 1460 sackok");
        peer.Trades(". seq R+1 ack I+1", "");
        peer.Connection = listener.Accept();
        peer.Writes(1460);
        ulong larger = (wire.Now / Unit + 10) * Unit;
        wire.Inject(TooLarge(wire.Take(), 140));
        wire.Discard();
        peer.Trades(". seq R+1 ack I+1461", "");
        wire.Advance(larger - 4 * RoundTrip - wire.Now);
        peer.TriesToWrite(16384);
        wire.Run();
        for (int segments = 10; segments <= 80; segments *= 2)
        {
            Assert.AreEqual(segments, wire.SentCount);
            wire.Discard();
            peer['N'] = peer.Connection.SndUna;
            if (segments == 80)
                break;
            wire.Advance(RoundTrip);
            peer['N'] = peer.Connection.SndNxt;
            peer.TriesToWrite(16384);
            peer.Sends(". seq R+1 ack N");
        }

        // The first is lost, and then all arrives.
        for (int i = 2; i < 5; i++)
            peer.Sends(". seq R+1 ack N sack N+100:N+" + (100 * i).ToString());
        peer['N'] = peer.Connection.SndNxt;
        wire.Discard();
        peer.Sends(". seq R+1 ack N");
        peer.TriesToWrite(16384);
        wire.Run();
        Assert.AreEqual(56, wire.SentCount);
        for (int i = 0; i < 2; i++)
        {
            wire.Discard();
            wire.Advance(RoundTrip);
            peer['N'] = peer.Connection.SndNxt;
            peer.Sends(". seq R+1 ack N");
            peer.TriesToWrite(16384);
            wire.Run();
            Assert.AreEqual(1024, peer.Connection.MaximumSegmentSize);
            Assert.AreEqual(5, wire.SentCount);
        }
    }

    [TestMethod]
    [DataRow(1400)]
    [DataRow(1040)]
    [DataRow(65535)]
    public void A_hint_at_or_above_what_was_sent_changes_nothing(int mtu)
    {
        Wire wire = new Wire();
        ScriptedPeer peer = new ScriptedPeer(wire, 80, 50000);
        peer.IsOpened();
        int mss = peer.Connection.MaximumSegmentSize;
        peer.Writes(1000);
        byte[] sent = wire.Take();
        for (int i = 0; i < 4; i++)
            wire.Inject(TooLarge(sent, mtu - i * (mtu - 1040) / 3));
        wire.ExpectsSilence();
        Assert.AreEqual(mss, peer.Connection.MaximumSegmentSize);
        Assert.AreEqual(4UL, wire.Count(Counter.IcmpErrorsReceived));
        wire.Inject(TooLarge(sent, 1039));
        peer.Expects(". seq I+1 ack R+1 len 999");
        peer.ExpectsOnly("P. seq I+1000 ack R+1 len 1");
    }

    [TestMethod]
    public void A_hint_above_each_of_several_small_segments_changes_nothing()
    {
        Wire wire = new Wire();
        ScriptedPeer peer = new ScriptedPeer(wire, 80, 50000);
        peer.IsOpened();
        peer.Connection.NoDelay = true;
        peer.Writes(100);
        byte[] sent = wire.Take();
        for (int i = 0; i < 5; i++)
            peer.Writes(100);
        wire.Discard();
        wire.Inject(TooLarge(sent, 140));
        wire.ExpectsSilence();
        wire.Inject(TooLarge(sent, 139));
        peer.Expects(". seq I+1 ack R+1 len 99");
    }

    [TestMethod]
    public void Errors_about_each_segment_of_a_flight_send_one_segment_s_worth_again_until_ACKs_arrive()
    {
        TcpSettings settings = Wire.Settings();
        settings.SendBufferSize = 16384;
        Wire wire = new Wire(settings);
        ScriptedPeer peer = new ScriptedPeer(wire, 80, 50000);
        peer.IsOpened();
        peer.Writes(4380);
        byte[][] sent = new byte[3][];
        for (int i = 0; i < 3; i++)
            sent[i] = wire.Take();
        for (int i = 0; i < 3; i++)
            wire.Inject(TooLarge(sent[i], 0));
        peer.Expects(". seq I+1 ack R+1 len 536");
        peer.Expects(". seq I+537 ack R+1 len 536");
        peer.ExpectsOnly(". seq I+1073 ack R+1 len 388");

        // Slow start up to the window that there was.
        peer.Sends(". seq R+1 ack I+1461");
        peer.Expects(". seq I+1461 ack R+1 len 536");
        peer.Expects(". seq I+1997 ack R+1 len 536");
        peer.Expects(". seq I+2533 ack R+1 len 536");
        peer.ExpectsOnly(". seq I+3069 ack R+1 len 388");
        peer.Sends(". seq R+1 ack I+3457");
        peer.Expects(". seq I+3457 ack R+1 len 536");
        peer.ExpectsOnly("P. seq I+3993 ack R+1 len 388");
        peer.Trades(". seq R+1 ack I+4381", "");
        Assert.AreEqual(0UL, wire.Count(Counter.Retransmissions));
    }

    // RFC 1191 section 6.5: slow start, up to where it had come to, as nothing was lost for want of room.
    [TestMethod]
    public void After_a_hint_slow_start_goes_up_to_the_window_that_there_was()
    {
        Wire wire = new Wire(Roomy());
        ScriptedPeer peer = ScriptedPeer.Small(wire, "", 0);
        peer.Writes(8000);
        wire.Advance(Wire.Second);

        // A timeout leaves a window of 100 bytes and a threshold of 200. Then it grows by a segment in a round trip, to 400.
        int[] acks = new int[] { 401, 601, 901 };
        for (int i = 0; i < acks.Length; i++)
        {
            wire.Discard();
            peer.Sends(". seq R+1 ack I+" + acks[i].ToString());
            Assert.AreEqual(i + 2, wire.SentCount);
        }

        wire.Inject(TooLarge(Last(wire, 4), 90));
        GrowsTo(wire, peer, 900, 400);
    }

    [TestMethod]
    public void A_hint_in_slow_start_does_not_end_it()
    {
        Wire wire = new Wire(Roomy());
        ScriptedPeer peer = ScriptedPeer.Small(wire, "", 0);
        peer.Writes(8000);
        wire.Inject(TooLarge(Last(wire, 4), 90));
        wire.Discard();
        for (int i = 1; i <= 20; i++)
        {
            peer.Sends(". seq R+1 ack I+" + (50 * i + 1).ToString());
            Assert.AreEqual(2, wire.SentCount);
            wire.Discard();
        }
    }

    [TestMethod]
    public void A_hint_ends_recovery_and_its_threshold_is_that_of_slow_start()
    {
        Wire wire = new Wire(Roomy());
        ScriptedPeer peer = ScriptedPeer.SmallInFlight(wire, "", 6);
        for (int i = 0; i < 3; i++)
            peer.Sends(". seq R+1 ack B+1");
        Assert.AreEqual(1UL, wire.Count(Counter.FastRetransmissions));
        wire.Inject(TooLarge(Last(wire, 1), 90));
        GrowsTo(wire, peer, 200, 300);
    }

    [TestMethod]
    public void After_a_hint_the_timer_begins_anew_and_duplicate_ACKs_of_the_old_flight_start_no_recovery()
    {
        TcpSettings settings = Wire.Settings();
        settings.SendBufferSize = 16384;
        Wire wire = new Wire(settings);
        ScriptedPeer peer = new ScriptedPeer(wire, 80, 50000);
        peer.IsOpened();
        peer.Writes(4380);
        byte[] sent = wire.Take();
        wire.Discard();
        wire.Advance(Wire.Second / 2);
        wire.Inject(TooLarge(sent, 1500 - 460));
        peer.Expects(". seq I+1 ack R+1 len 1000");
        peer.ExpectsOnly(". seq I+1001 ack R+1 len 460");
        for (int i = 0; i < 5; i++)
            peer.Trades(". seq R+1 ack I+1", "");
        peer.ExpectsAfter(Wire.Second, ". seq I+1 ack R+1 len 1000");
    }

    [TestMethod]
    public void Fragmentation_needed_does_not_end_an_open_nor_make_segments_larger()
    {
        Wire wire = new Wire();
        ScriptedPeer peer = new ScriptedPeer(wire, 80, 50000);
        peer.Connection = wire.Endpoint.Connect(peer.Address, 80, 50000);
        wire.Run();
        wire.Inject(TooLarge(wire.Take(), 9000));
        peer.IsIn(TcpState.SynSent);
        Assert.IsTrue(peer.Connection.MaximumSegmentSize <= 1460);
    }

    [TestMethod]
    [DataRow(11, 0)]
    [DataRow(12, 0)]
    public void Time_exceeded_and_parameter_problem_are_soft_even_about_a_SYN(int type, int code)
    {
        Wire wire = new Wire();
        ScriptedPeer peer = new ScriptedPeer(wire, 80, 50000);
        peer.Connection = wire.Endpoint.Connect(peer.Address, 80, 50000);
        wire.Run();
        byte[] quoted = new byte[28];
        Array.Copy(wire.Take(), Packet.Ip, quoted, 0, 28);
        wire.Inject(Packet.Icmp(Wire.RouterAddress, Wire.OurAddress, type, code, quoted));
        peer.IsIn(TcpState.SynSent);
        Assert.AreEqual(1UL, wire.Count(Counter.IcmpErrorsReceived));
    }

    [TestMethod]
    public void An_error_about_what_is_not_TCP_of_ours_is_ignored()
    {
        Wire wire = new Wire();
        byte[] udp = Packet.Ipv4(Wire.OurAddress, Wire.PeerAddress, 17, new byte[8]);
        wire.Inject(Unreachable(3, udp, Wire.PeerAddress));
        Assert.AreEqual(1UL, wire.Count(Counter.IcmpIgnored));
    }

    [TestMethod]
    [DataRow(1)]
    [DataRow(-1)]
    [DataRow(1000000)]
    [DataRow(2000000000)]
    public void An_error_about_a_sequence_number_that_is_not_in_flight_is_ignored(int distance)
    {
        Wire wire = new Wire();
        ScriptedPeer peer = new ScriptedPeer(wire, 80, 50000);
        peer.Connection = wire.Endpoint.Connect(peer.Address, 80, 50000);
        wire.Run();
        byte[] sent = wire.Take();
        Packet.Put32(sent, Packet.Transport + 4, Packet.Get32(sent, Packet.Transport + 4) + (uint)distance);
        wire.Inject(Unreachable(3, sent, Wire.RouterAddress));
        peer.IsIn(TcpState.SynSent);
        Assert.AreEqual(1UL, wire.Count(Counter.IcmpErrorUnmatched));
    }

    [TestMethod]
    [DataRow(0)] // our port
    [DataRow(3)] // the peer's port
    [DataRow(-5)] // our address
    [DataRow(-1)] // the peer's address
    public void An_error_about_another_connection_is_ignored(int index)
    {
        Wire wire = new Wire();
        ScriptedPeer peer = new ScriptedPeer(wire, 80, 50000);
        peer.Connection = wire.Endpoint.Connect(peer.Address, 80, 50000);
        wire.Run();
        byte[] sent = wire.Take();
        sent[Packet.Transport + index] ^= 1;
        Packet.FixIpv4(sent);
        wire.Inject(Unreachable(3, sent, Wire.RouterAddress));
        peer.IsIn(TcpState.SynSent);
        Assert.AreEqual(1UL, wire.Count(Counter.IcmpErrorUnmatched) + wire.Count(Counter.IcmpIgnored));
    }

    [TestMethod]
    [DataRow(20)]
    [DataRow(24)]
    [DataRow(60)]
    public void An_error_counts_when_it_quotes_the_header_and_8_bytes_and_is_dropped_when_it_is_cut_short(int header)
    {
        Wire wire = new Wire();
        ScriptedPeer peer = new ScriptedPeer(wire, 80, 50000);
        peer.Connection = wire.Endpoint.Connect(peer.Address, 80, 50000);
        wire.Run();
        byte[] sent = wire.Take();
        if (header > 20)
            sent = Packet.WithIpv4Options(sent, new byte[header - 20]);
        byte[] quoted = new byte[header + 8];
        Array.Copy(sent, Packet.Ip, quoted, 0, quoted.Length);
        for (int length = 0; length < quoted.Length; length++)
        {
            // What is missing follows as padding of the frame, which must not be read.
            byte[] frame = Packet.Icmp(Wire.RouterAddress, Wire.OurAddress, 3, 3, quoted);
            Packet.Put16(frame, Packet.Ip + 2, 28 + length);
            Packet.FixIpv4(frame);
            Packet.FixIcmp(frame);
            wire.Inject(frame);
            peer.IsIn(TcpState.SynSent, length.ToString());
            Assert.AreEqual((ulong)length + 1, wire.Count(Counter.IcmpTooShort));
        }

        wire.Inject(Packet.Icmp(Wire.RouterAddress, Wire.OurAddress, 3, 3, quoted));
        peer.IsIn(TcpState.Closed);
        Assert.AreEqual((ulong)quoted.Length, wire.Count(Counter.IcmpTooShort));
        Assert.AreEqual(0UL, wire.Count(Counter.IcmpErrorUnmatched));
    }

    [TestMethod]
    public void An_error_whose_quoted_header_is_too_short_to_be_one_is_dropped()
    {
        Wire wire = new Wire();
        ScriptedPeer peer = new ScriptedPeer(wire, 80, 50000);
        peer.Connection = wire.Endpoint.Connect(peer.Address, 80, 50000);
        wire.Run();
        byte[] error = Unreachable(3, wire.Take(), Wire.RouterAddress);
        error[Packet.Transport + 8] = 0x44;
        Packet.FixIcmp(error);
        wire.Inject(error);
        Assert.AreEqual(1UL, wire.Count(Counter.IcmpTooShort));
        Assert.AreEqual(0UL, wire.Count(Counter.IcmpErrorUnmatched));
        peer.IsIn(TcpState.SynSent);
    }

    [TestMethod]
    public void An_error_about_another_protocol_does_not_touch_the_connection_with_the_same_numbers()
    {
        Wire wire = new Wire();
        ScriptedPeer peer = new ScriptedPeer(wire, 80, 50000);
        peer.Connection = wire.Endpoint.Connect(peer.Address, 80, 50000);
        wire.Run();
        byte[] sent = wire.Take();
        sent[Packet.Ip + 9] = 17;
        wire.Inject(Unreachable(3, sent, Wire.RouterAddress));
        peer.IsIn(TcpState.SynSent);
        Assert.AreEqual(1UL, wire.Count(Counter.IcmpIgnored));
        Assert.AreEqual(0UL, wire.Count(Counter.IcmpErrorsReceived));
    }

    [TestMethod]
    public void Ten_unreachables_a_second_are_sent_and_no_more()
    {
        Wire wire = new Wire();
        byte[] frame = Packet.Ipv4(Wire.PeerAddress, Wire.OurAddress, 132, new byte[12]);
        for (int i = 0; i < 12; i++)
            wire.Inject(frame);
        Assert.AreEqual(10, wire.SentCount);
        wire.Advance(Wire.Second - 1);
        wire.Inject(frame);
        Assert.AreEqual(10, wire.SentCount);
        wire.Advance(1);
        wire.Inject(frame);
        Assert.AreEqual(11, wire.SentCount);
        Assert.AreEqual(11UL, wire.Count(Counter.IcmpUnreachableSent));
        Assert.AreEqual(3UL, wire.Count(Counter.IcmpUnreachableLimited));
    }

    [TestMethod]
    public void A_packet_with_options_for_an_unknown_protocol_is_not_answered_as_it_cannot_be_quoted()
    {
        Wire wire = new Wire();
        wire.Inject(Packet.WithIpv4Options(Packet.Ipv4(Wire.PeerAddress, Wire.OurAddress, 132, new byte[12]), new byte[4]));
        wire.ExpectsSilence();
        Assert.AreEqual(1UL, wire.Count(Counter.Ipv4ProtocolUnknown));
        Assert.AreEqual(0UL, wire.Count(Counter.IcmpUnreachableSent));
    }

    [TestMethod]
    public void An_echo_in_the_middle_of_a_conversation_disturbs_neither()
    {
        Wire wire = new Wire();
        ScriptedPeer peer = new ScriptedPeer(wire, 80, 50000);
        peer.IsOpened();
        byte[] request = Echo(Wire.OurAddress, 20);
        request[Packet.Ip + 1] = 0x10;
        Packet.FixIpv4(request);
        wire.Inject(request);
        Assert.AreEqual((byte)0, wire.TakeIcmp()[Packet.Ip + 1], "our type of service");
        peer.Writes(10);
        peer.ExpectsOnly("P. seq I+1 ack R+1 len 10");
        wire.Inject(request);
        wire.TakeIcmp();
    }

    [TestMethod]
    [DataRow(0x7F000001U)]
    [DataRow(0xE0000001U)]
    [DataRow(0x00000001U)]
    public void An_echo_from_what_can_be_no_host_is_dropped_and_counted(uint source)
    {
        Wire wire = new Wire();
        byte[] request = Echo(Wire.OurAddress, 20);
        Packet.Put32(request, Packet.Ip + 12, source);
        Packet.FixIpv4(request);
        wire.Inject(request);
        wire.ExpectsSilence();
        Assert.AreEqual(1UL, wire.Count(Counter.Ipv4SourceBad));
        Assert.AreEqual(0UL, wire.Count(Counter.IcmpEchoRequests));
    }


    private static byte[] Echo(uint destination, int length)
    {
        byte[] body = new byte[length];
        for (int i = 0; i < length; i++)
            body[i] = Segment.Pattern((uint)i);
        byte[] frame = Packet.Icmp(Wire.PeerAddress, destination, 8, 0, body);
        Packet.Put32(frame, Packet.Transport + 4, 0x12345678);
        Packet.FixIcmp(frame);
        return frame;
    }

    /// <summary>A connection of ours with room for two full segments.</summary>
    private static ScriptedPeer WithRoom(out Wire wire)
    {
        TcpSettings settings = Wire.Settings();
        settings.SendBufferSize = 4096;
        wire = new Wire(settings);
        ScriptedPeer peer = new ScriptedPeer(wire, 80, 50000);
        peer.IsOpened();
        return peer;
    }

    private static TcpSettings Roomy()
    {
        TcpSettings settings = Wire.Settings();
        settings.SendBufferSize = 16384;
        return settings;
    }

    /// <summary>The first of the last frames that were sent.</summary>
    private static byte[] Last(Wire wire, int count)
    {
        while (wire.SentCount > count)
            wire.Take();
        return wire.Take();
    }

    /// <summary>Segments of 50 bytes are sent again from a window of 100 bytes on, in slow start up to a threshold.</summary>
    private static void GrowsTo(Wire wire, ScriptedPeer peer, int acknowledged, int threshold)
    {
        peer['A'] = peer['I'] + 1 + (uint)acknowledged;
        for (int window = 150; window <= threshold; window += 50)
        {
            wire.Discard();
            peer['A'] += 50;
            peer.Sends(". seq R+1 ack A");
            Assert.AreEqual(2, wire.SentCount, window.ToString());
        }

        wire.Discard();
        peer['A'] += 50;
        peer.Sends(". seq R+1 ack A");
        Assert.AreEqual(50, Segment.Of(wire.Take()).Data.Length);
        byte[] rest = wire.Take();
        Assert.IsTrue(rest == null || Segment.Of(rest).Data.Length < 50);
    }

    [TestMethod]
    [DataRow(0)]
    [DataRow(5)]
    public void An_error_about_our_SYN_ACK_is_counted_and_ends_nothing(int place)
    {
        Wire wire = new Wire();
        TcpListener listener = wire.Endpoint.Listen(7, 4);
        ScriptedPeer peer = SynFloodTests.PeersWithPlace(wire, place, 1)[0];
        peer.Sends("S seq R mss 1460");
        byte[] sent = wire.Peek();
        peer.ExpectsOnly("S. seq I ack R+1 mss 1460");
        wire.Inject(Unreachable(1, sent, Wire.RouterAddress));
        Assert.AreEqual(1UL, wire.Count(Counter.IcmpErrorsReceived));

        // Another sequence number, another port.
        sent[Packet.Transport + 7] ^= 1;
        wire.Inject(Unreachable(1, sent, Wire.RouterAddress));
        sent[Packet.Transport + 7] ^= 1;
        sent[Packet.Transport + 1] ^= 1;
        wire.Inject(Unreachable(1, sent, Wire.RouterAddress));
        Assert.AreEqual(1UL, wire.Count(Counter.IcmpErrorsReceived));
        Assert.AreEqual(2UL, wire.Count(Counter.IcmpErrorUnmatched));
        peer.Trades(". seq R+1 ack I+1", "");
        Assert.AreEqual(1, listener.Pending);
    }

    private static byte[] TooLarge(byte[] about, int mtu)
    {
        byte[] error = Unreachable(4, about, Wire.RouterAddress);
        Packet.Put16(error, Packet.Transport + 6, mtu);
        Packet.FixIcmp(error);
        return error;
    }

    private static byte[] Unreachable(int code, byte[] about, uint from)
    {
        byte[] quoted = new byte[28];
        Array.Copy(about, Packet.Ip, quoted, 0, 28);
        return Packet.Icmp(from, Wire.OurAddress, 3, code, quoted);
    }
}
