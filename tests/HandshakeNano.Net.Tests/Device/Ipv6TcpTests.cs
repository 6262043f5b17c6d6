using System;
using nanoFramework.TestFramework;

namespace HandshakeNano.Net.Tests;

/// <summary>TCP over IPv6: RFC 8200 section 8, RFC 9293 sections 3.7.1 and 3.9.2, RFC 5927, RFC 8201.</summary>
[TestClass]
public sealed class Ipv6TcpTests
{
    private static readonly byte[] Router = Ipv6Address.Parse("fe80::1");
    private static readonly byte[] Far = Ipv6Address.Parse("2001:db8:99::7");

    // 8200-MUST-17.
    [TestMethod]
    public void A_peer_connects_and_is_connected_to_and_data_goes_both_ways()
    {
        foreach (bool calls in new bool[] { false, true })
        {
            Wire wire = Ipv6Tests.Up();
            ScriptedPeer peer = calls ? Connected(wire) : Accepted(wire);
            peer.Trades("P. seq R+1 ack I+1 len 5", "");
            peer.Reads(5);
            peer.Writes(7);
            peer.ExpectsOnly("P. seq I+1 ack R+6 len 7");
            peer.Trades("F. seq R+6 ack I+8", ". seq I+8 ack R+7");
            peer.Closes();
            peer.ExpectsOnly("F. seq I+8 ack R+7");
            peer.Trades(". seq R+7 ack I+9", "");
            peer.IsIn(TcpState.Closed);
        }
    }

    // 8200-SHLD-6.
    [TestMethod]
    public void A_connection_says_which_addresses_it_has()
    {
        Wire wire = Ipv6Tests.Up();
        TcpConnection connection = Accepted(wire).Connection;
        Assert.IsTrue(connection.IsIpv6);
        Assert.AreEqual(0u, connection.LocalAddress);
        Assert.AreEqual(240u, connection.RemoteAddress >> 24 & 0xF0);
        byte[] address = new byte[18];
        Assert.IsTrue(connection.CopyRemoteAddress(address, 1));
        Assert.AreEqual("fe80::77", Ipv6Address.ToString(address, 1));
        Assert.IsTrue(wire.Endpoint.Ipv6.CopyPeer(connection.RemoteAddress, address, 0));
        Assert.AreEqual("fe80::77", Ipv6Address.ToString(address, 0));
        Assert.IsTrue(connection.CopyLocalAddress(address, 2));
        Assert.AreEqual(Ipv6Address.ToString(Ipv6Tests.Ours(0), 0), Ipv6Address.ToString(address, 2));
        Assert.IsFalse(wire.Endpoint.Ipv6.CopyPeer(Wire.PeerAddress, address, 0));
        TcpConnection other = ScriptedPeer.Connected(new Wire()).Connection;
        Assert.IsFalse(other.IsIpv6);
        Assert.IsFalse(other.CopyRemoteAddress(address, 0));
        connection.Abort();
        wire.Run();
        Assert.IsFalse(connection.IsIpv6);
        Assert.IsFalse(connection.CopyRemoteAddress(address, 0));
    }

    [TestMethod]
    public void Both_families_share_a_listener_and_neither_disturbs_the_other()
    {
        Wire wire = Ipv6Tests.Up();
        TcpListener listener = wire.Endpoint.Listen(7, 4);
        ScriptedPeer six = Peer(wire), four = new ScriptedPeer(wire);
        six.Opens(listener);
        four.Opens(listener);
        for (int i = 0; i < 3; i++)
        {
            six.Trades("P. seq R+" + (1 + i).ToString() + " ack I+" + (1 + i).ToString() + " len 1", "");
            six.Reads(1);
            six.Writes(1);
            six.ExpectsOnly("P. seq I+" + (1 + i).ToString() + " ack R+" + (2 + i).ToString() + " len 1");
            four.Trades("P. seq R+" + (1 + i).ToString() + " ack I+" + (1 + i).ToString() + " len 1", "");
            four.Reads(1);
            four.Writes(1);
            four.ExpectsOnly("P. seq I+" + (1 + i).ToString() + " ack R+" + (2 + i).ToString() + " len 1");
        }

        Assert.AreEqual(2, wire.Endpoint.ConnectionCount);
    }

    [TestMethod]
    public void A_connection_over_IPv6_survives_a_change_of_the_IPv4_address()
    {
        Wire wire = Ipv6Tests.Up();
        ScriptedPeer peer = Accepted(wire);
        ScriptedPeer four = new ScriptedPeer(wire, 40001, 8);
        four.Opens(wire.Endpoint.Listen(8, 1));
        ScriptedPeer waiting = Peer(wire, 40002);
        waiting.Trades("S seq R mss 1460", "S. seq I ack R+1 mss 1440");
        wire.Endpoint.SetAddress(0, 24, 0);
        four.Expects("R. seq I+1 ack R+1");
        wire.ExpectsSilence();
        waiting.Trades(". seq R+1 ack I+1", "");
        peer.Writes(1);
        peer.ExpectsOnly("P. seq I+1 ack R+1 len 1");
        Assert.AreEqual(2, wire.Endpoint.ConnectionCount);
    }

    [TestMethod]
    public void What_is_in_TIME_WAIT_over_IPv6_survives_a_change_of_the_IPv4_address()
    {
        Wire wire = Ipv6Tests.Up();
        ScriptedPeer peer = Accepted(wire);
        peer.Closes();
        peer.ExpectsOnly("F. seq I+1 ack R+1");
        peer.Trades("F. seq R+1 ack I+2", ". seq I+2 ack R+2");
        wire.Endpoint.SetAddress(0, 24, 0);
        Assert.AreEqual(1, wire.Endpoint.TimeWaitCount);
    }

    // 8200-MUST-18.
    [TestMethod]
    public void A_segment_whose_checksum_is_wrong_is_dropped()
    {
        Wire wire = Ipv6Tests.Up();
        ScriptedPeer peer = Accepted(wire);
        for (int i = Packet.Ip + 8; i < Ipv6Packet.Payload + 21; i++)
        {
            byte[] frame = peer.Frame("P. seq R+1 ack I+1 len 1");
            if (i < Packet.Ip + 24 || i >= Ipv6Packet.Payload)
                frame[i] ^= 0x10;
            else
                continue;
            wire.Inject(frame);
            wire.ExpectsSilence(i.ToString());
        }

        Assert.AreEqual(0, peer.Connection.Available);
        Assert.AreEqual(37UL, wire.Count(Counter.TcpChecksumBad) + wire.Count(Counter.TcpHeaderBad));
    }

    [TestMethod]
    public void What_belongs_nowhere_is_reset_and_no_group_is_spoken_to()
    {
        Wire wire = Ipv6Tests.Up();
        ScriptedPeer peer = Peer(wire);
        peer['I'] = 77;
        peer.Trades("S seq R", "R. seq 0 ack R+1");
        peer.Trades(". seq R+1 ack I+1", "R seq I+1");
        wire.Inject(Ipv6Packet.Tcp(Ipv6Tests.Peer, Ipv6Packet.AllNodes, new byte[20]));
        wire.Inject(Ipv6Packet.Tcp(Ipv6Tests.Peer, Ipv6Tests.Ours(0), new byte[20]));
        wire.ExpectsSilence();
        Assert.AreEqual(1UL, wire.Count(Counter.TcpNotUnicast));
        Assert.AreEqual(1UL, wire.Count(Counter.TcpHeaderBad));
        Assert.AreEqual(0, wire.Endpoint.ConnectionCount);
    }

    [TestMethod]
    public void Extension_headers_before_a_segment_are_stepped_over()
    {
        Wire wire = Ipv6Tests.Up();
        ScriptedPeer peer = Accepted(wire);
        byte[] plain = peer.Frame("P. seq R+1 ack I+1 len 3");
        byte[] payload = new byte[8 + 23];
        payload[0] = 6;
        payload[2] = 1;
        payload[3] = 4;
        Array.Copy(plain, Ipv6Packet.Payload, payload, 8, 23);
        wire.Inject(Ipv6Packet.Of(Ipv6Tests.Peer, Ipv6Tests.Ours(0), 60, payload));
        peer.Reads(3);
    }

    // RFC 9293 MUST-14, MUST-15, MUST-16, SHLD-5.
    // 8200-MUST-15, 8200-MUST-20.
    [TestMethod]
    [DataRow(0, 1220)]
    [DataRow(100, 100)]
    [DataRow(1460, 1440)]
    public void The_segments_that_we_send_fit_IPv6_and_what_the_peer_takes(int offered, int size)
    {
        TcpSettings settings = Ipv6Tests.On();
        settings.SendBufferSize = 4096;
        Wire wire = Up(settings, 1500);
        TcpListener listener = wire.Endpoint.Listen(7, 1);
        ScriptedPeer peer = Peer(wire);
        peer.Trades("S seq R" + (offered == 0 ? "" : " mss " + offered.ToString()), "S. seq I ack R+1 mss 1440");
        peer.Trades(". seq R+1 ack I+1", "");
        peer.Connection = listener.Accept();
        Assert.AreEqual(size, peer.Connection.MaximumSegmentSize);
        ScriptedPeer four = new ScriptedPeer(wire);
        four.Trades("S seq R" + (offered == 0 ? "" : " mss " + offered.ToString()), "S. seq I ack R+1 mss 1460");
        four.Trades(". seq R+1 ack I+1", "");
        Assert.AreEqual(offered == 0 ? 536 : offered, listener.Accept().MaximumSegmentSize);
        peer.Writes(size);
        peer.ExpectsOnly("P. seq I+1 ack R+1 len " + size.ToString());
    }

    // 4861-SHLD-5.
    [TestMethod]
    public void The_MTU_that_a_router_names_bounds_segments_both_ways()
    {
        TcpSettings settings = Ipv6Tests.On();
        settings.SendBufferSize = 4096;
        Wire wire = Up(settings, 1500);
        wire.Inject(Ipv6Packet.Advertisement(Router, 1800, new byte[] { 5, 1, 0, 0, 0, 0, 0x05, 0x78 }));
        TcpListener listener = wire.Endpoint.Listen(7, 1);
        ScriptedPeer peer = Peer(wire);
        peer.Trades("S seq R mss 1440", "S. seq I ack R+1 mss 1340");
        peer.Trades(". seq R+1 ack I+1", "");
        Assert.AreEqual(1340, listener.Accept().MaximumSegmentSize);
    }

    [TestMethod]
    public void A_half_open_connection_sends_its_SYN_again_and_a_cookie_needs_no_place()
    {
        TcpSettings settings = Ipv6Tests.On();
        settings.SynPolicy = SynPolicy.CookiesAlways;
        Wire wire = Up(settings, 1500);
        ScriptedPeer peer = Peer(wire);
        TcpListener listener = wire.Endpoint.Listen(7, 1);
        peer.Trades("S seq R mss 1440", "S. seq I ack R+1 mss 1440");
        Assert.AreEqual(1UL, wire.Count(Counter.CookiesSent));
        wire.StaysSilent(Wire.Second);
        peer.Trades(". seq R+1 ack I+1", "");
        Assert.AreEqual(1440, wire.Mtu - 60);
        Assert.IsTrue(listener.Accept().IsIpv6);
        wire = Ipv6Tests.Up();
        peer = Peer(wire);
        wire.Endpoint.Listen(7, 1);
        peer.Trades("S seq R mss 1440", "S. seq I ack R+1 mss 1440");
        peer.ExpectsAfter(Wire.Second, "S. seq I ack R+1 mss 1440");
        peer.Trades(". seq R+1 ack I+1", "");
    }

    [TestMethod]
    public void Beyond_the_limit_of_cookies_a_peer_with_a_connection_gets_one()
    {
        TcpSettings settings = Ipv6Tests.On();
        settings.SynPolicy = SynPolicy.CookiesAlways;
        settings.CookiesPerSecond = 1;
        Wire wire = Up(settings, 1500);
        TcpListener listener = wire.Endpoint.Listen(7, 4);
        ScriptedPeer peer = Peer(wire);
        peer.Opens(listener);
        ScriptedPeer stranger = Peer(wire);
        stranger.Ipv6 = (byte[])peer.Ipv6.Clone();
        stranger.Ipv6[15]++;
        stranger.Trades("S seq R mss 1440", "");
        Peer(wire, 40001).Opens(listener);
        Assert.AreEqual(1UL, wire.Count(Counter.CookiesLimited));
    }

    [TestMethod]
    public void In_TIME_WAIT_a_FIN_is_answered_though_nothing_is_kept_of_the_peer()
    {
        Wire wire = Ipv6Tests.Up();
        ScriptedPeer peer = Accepted(wire);
        peer.Closes();
        peer.ExpectsOnly("F. seq I+1 ack R+1");
        peer.Trades("F. seq R+1 ack I+2", ". seq I+2 ack R+2");
        Assert.AreEqual(1, wire.Endpoint.TimeWaitCount);
        peer.Trades("F. seq R+1 ack I+2", ". seq I+2 ack R+2");
        peer.ForgetIss();
        peer['R'] = 50000;
        peer.Trades("S seq R mss 1440", "S. seq I ack R+1 mss 1440");
        Assert.AreEqual(1UL, wire.Count(Counter.TimeWaitReopened));
    }

    [TestMethod]
    public void Connections_of_the_same_ports_to_two_peers_have_different_initial_sequence_numbers()
    {
        Wire wire = Ipv6Tests.Up();
        wire.Endpoint.Listen(7, 4);
        ScriptedPeer one = Peer(wire), other = Peer(wire);
        other.Ipv6 = Ipv6Address.Parse("fe80::78");
        one.Trades("S seq R mss 1440", "S. seq I ack R+1 mss 1440");
        other.Trades("S seq R mss 1440", "S. seq I ack R+1 mss 1440");
        Assert.IsTrue(one['I'] - other['I'] > 1000 && other['I'] - one['I'] > 1000);
    }

    /// <summary>RFC 5927: only an error about a segment that is on its way counts.</summary>
    [TestMethod]
    public void An_error_about_a_segment_on_its_way_is_told_and_another_is_not()
    {
        Wire wire = Ipv6Tests.Up();
        ScriptedPeer peer = Accepted(wire);
        Listening handler = new Listening();
        peer.Connection.Handler = handler;
        peer.Writes(10);
        byte[] segment = wire.Take();
        wire.Inject(Error(1, 0, 0, segment));
        Assert.AreEqual((int)TcpSoftError.Unreachable, (int)handler.Error);
        wire.Inject(Error(3, 0, 0, segment));
        Assert.AreEqual((int)TcpSoftError.TimeExceeded, (int)handler.Error);
        wire.Inject(Error(4, 0, 0, segment));
        Assert.AreEqual((int)TcpSoftError.ParameterProblem, (int)handler.Error);
        Assert.AreEqual(3UL, wire.Count(Counter.IcmpErrorsReceived));
        segment[Ipv6Packet.Payload + 6] ^= 1;
        wire.Inject(Error(1, 0, 0, segment));
        segment[Ipv6Packet.Payload + 6] ^= 1;
        segment[Packet.Ip + 30] ^= 1;
        wire.Inject(Error(1, 0, 0, segment));
        segment[Packet.Ip + 30] ^= 1;
        segment[Packet.Ip + 20] ^= 1;
        wire.Inject(Error(1, 0, 0, segment));
        Assert.AreEqual(3UL, wire.Count(Counter.IcmpErrorUnmatched));
        segment[Packet.Ip + 6] = 17;
        wire.Inject(Error(1, 0, 0, segment));
        Assert.AreEqual(1UL, wire.Count(Counter.IcmpIgnored));
        wire.Inject(Ipv6Packet.Icmp(Router, Ipv6Tests.Ours(0), 1, 0, new byte[51]));
        Assert.AreEqual(1UL, wire.Count(Counter.IcmpTooShort));
        peer.IsIn(TcpState.Established);
        wire.ExpectsSilence();
    }

    [TestMethod]
    public void An_error_whose_checksum_is_wrong_is_not_told()
    {
        Wire wire = Ipv6Tests.Up();
        ScriptedPeer peer = Accepted(wire);
        Listening handler = new Listening();
        peer.Connection.Handler = handler;
        peer.Writes(10);
        byte[] error = Error(1, 0, 0, wire.Take());
        error[Ipv6Packet.Payload + 2] ^= 1;
        wire.Inject(error);
        Assert.AreEqual(0, handler.Errors);
        Assert.AreEqual(1UL, wire.Count(Counter.IcmpChecksumBad));
        Assert.AreEqual(0UL, wire.Count(Counter.IcmpErrorsReceived));
    }

    [TestMethod]
    public void An_error_about_our_SYN_ends_the_connection()
    {
        Wire wire = Ipv6Tests.Up();
        TcpConnection connection = wire.Endpoint.Connect(Ipv6Tests.Peer, 7);
        wire.Run();
        wire.Inject(Error(1, 4, 0, wire.Take()));
        Assert.AreEqual((int)TcpCloseReason.Unreachable, (int)connection.CloseReason);
    }

    // 8200-SHLD-5.
    [TestMethod]
    [DataRow(1400, 1340)]
    [DataRow(1280, 1220)]
    [DataRow(600, 1220)]
    [DataRow(1600, 1440)]
    [DataRow(-1, 1440)]
    public void A_packet_that_was_too_big_is_sent_again_in_smaller_ones_but_never_below_1280(int mtu, int size)
    {
        TcpSettings settings = Ipv6Tests.On();
        settings.SendBufferSize = 4096;
        Wire wire = Up(settings, 1500);
        ScriptedPeer peer = Accepted(wire);
        peer.Writes(1440);
        byte[] segment = wire.Take();
        Assert.AreEqual(14 + 1500, segment.Length);
        wire.Inject(Error(2, 0, (uint)mtu, segment));
        Assert.AreEqual(size, peer.Connection.MaximumSegmentSize);
        if (size == 1440)
            wire.ExpectsSilence();
        else
            peer.Expects(". seq I+1 ack R+1 len " + size.ToString());
    }

    [TestMethod]
    public void Connect_refuses_what_is_no_host_and_says_what_is_missing()
    {
        Wire wire = Ipv6Tests.Up();
        foreach (string bad in new string[] { "::", "::1", "ff02::1", "::ffff:10.77.0.1" })
            Assert.ThrowsException(typeof(ArgumentException), () => wire.Endpoint.Connect(Ipv6Address.Parse(bad), 7));
        Assert.ThrowsException(typeof(ArgumentException), () => wire.Endpoint.Connect(Ipv6Tests.Ours(0), 7));
        Assert.ThrowsException(typeof(ArgumentException), () => wire.Endpoint.Connect(new byte[15], 7));
        Assert.ThrowsException(typeof(ArgumentException), () => wire.Endpoint.Connect(Ipv6Tests.Peer, 0));
        Assert.ThrowsException(typeof(ArgumentException), () => wire.Endpoint.Connect(Ipv6Tests.Peer, 7, 65536));
        Assert.ThrowsException(typeof(ArgumentNullException), () => wire.Endpoint.Connect(null, 7));
        Assert.ThrowsException(typeof(InvalidOperationException), () => new Wire().Endpoint.Connect(Ipv6Tests.Peer, 7));
        Assert.ThrowsException(typeof(InvalidOperationException), () => new Wire(Ipv6Tests.On()).Endpoint.Connect(Ipv6Tests.Peer, 7));
        for (int i = 0; i < 8; i++)
            wire.Endpoint.Connect(Ipv6Tests.Peer, 7);
        Assert.ThrowsException(typeof(InvalidOperationException), () => wire.Endpoint.Connect(Ipv6Tests.Peer, 7));
    }

    [TestMethod]
    public void Every_connection_may_be_with_another_peer_while_others_half_open_come_and_go()
    {
        Wire wire = Ipv6Tests.Up();
        TcpListener listener = wire.Endpoint.Listen(7, 8);
        ScriptedPeer[] peers = new ScriptedPeer[8];
        for (int i = 0; i < 8; i++)
        {
            for (int k = 0; k < 40; k++)
            {
                ScriptedPeer stranger = Stranger(wire, 1000 + 40 * i + k);
                stranger.Sends("S seq R mss 1440");
                if ((k & 3) != 0)
                    stranger.Sends("R seq R+1");
            }

            wire.Discard();
            peers[i] = Stranger(wire, 1 + i);
            peers[i].Trades("S seq R mss 1440", "S. seq I ack R+1 mss 1440");
            peers[i].Trades(". seq R+1 ack I+1", "");
            peers[i].Connection = listener.Accept();
        }

        for (int i = 0; i < 8; i++)
        {
            peers[i].Writes(1);
            peers[i].Expects("P. seq I+1 ack R+1 len 1");
        }
    }

    [TestMethod]
    public void An_IPv4_host_with_the_number_of_a_peer_is_none()
    {
        Wire wire = Ipv6Tests.Up();
        ScriptedPeer peer = Accepted(wire);
        ScriptedPeer liar = new ScriptedPeer(wire) { Address = 0xF0000001 };
        liar.Trades("S seq R", "");
        Assert.AreEqual(1UL, wire.Count(Counter.Ipv4SourceBad));
        peer.IsIn(TcpState.Established);
    }

    /// <summary>One in 2^28 has it: it would be taken for the other one.</summary>
    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void A_peer_whose_number_another_one_has_is_not_heard(bool last)
    {
        TcpListener listener = null;
        Wire wire = last ? AlmostFull(out listener) : Ipv6Tests.Up();
        if (!last)
            listener = wire.Endpoint.Listen(7, 4);
        byte[][] two = TwoWithOneNumber();
        ScriptedPeer peer = Peer(wire), other = Peer(wire);
        peer.Ipv6 = two[0];
        other.Ipv6 = two[1];
        peer.Opens(listener);
        other.Trades("S seq R mss 1440", "");
        other['I'] = peer['I'];
        other.Trades("P. seq R+1 ack I+1 len 1", "");
        Assert.AreEqual(0, peer.Connection.Available);
        Assert.ThrowsException(typeof(InvalidOperationException), () => wire.Endpoint.Connect(two[1], 7));
        peer.Trades("P. seq R+1 ack I+1 len 1", "");
        peer.Reads(1);
    }

    /// <summary>The numbers of peers are those of 240.0.0.0/4, from the first to the last.</summary>
    [TestMethod]
    [DataRow(0xF0)]
    [DataRow(0xFF)]
    public void A_peer_may_have_a_number_at_either_end_of_their_range(int first)
    {
        Wire wire = Ipv6Tests.Up();
        TcpListener listener = wire.Endpoint.Listen(7, 1);
        byte[] both = new byte[32];
        Array.Copy(Ipv6Tests.Ours(0), 0, both, 16, 16);
        int i = 0;
        do
        {
            i++;
            Array.Copy(Stranger(wire, i).Ipv6, both, 16);
        }
        while (((uint)SipHash.Hash(new byte[16], both, 0, 32) & 0xFF | 0xF0) != first);
        ScriptedPeer peer = Stranger(wire, i);
        peer.Opens(listener);
        Assert.AreEqual((uint)first, peer.Connection.RemoteAddress >> 24);
    }

    // 4862-MUST-20.
    [TestMethod]
    public void When_our_address_is_over_its_connections_end()
    {
        Wire wire = Ipv6Tests.Up();
        wire.Inject(Ipv6Packet.Advertisement(Router, 1800, Ipv6Packet.PrefixOption("2001:db8:1::", 0xC0, 60, 60)));
        wire.Advance(4 * Wire.Second);
        wire.Discard();
        ScriptedPeer peer = Peer(wire);
        peer.Ipv6 = Ipv6Address.Parse("2001:db8:1::77");
        peer.OurIpv6 = Ipv6Tests.Ours("2001:db8:1::", 0);
        TcpListener listener = wire.Endpoint.Listen(7, 4);
        peer.Opens(listener);
        Listening user = new Listening();
        peer.Connection.Handler = user;
        ScriptedPeer local = Peer(wire);
        local.Opens(listener);
        wire.Advance(60 * Wire.Second);
        Assert.AreEqual((int)TcpCloseReason.Aborted, (int)user.Reason);
        Assert.AreEqual((int)TcpCloseReason.Aborted, (int)peer.Connection.CloseReason);
        local.IsIn(TcpState.Established);
    }

    /// <summary>Every place for a peer is as good as the others; the last to be taken is the first.</summary>
    [TestMethod]
    public void The_peer_in_the_last_place_has_all_that_a_peer_has()
    {
        TcpListener listener;
        Wire wire = AlmostFull(out listener);
        ScriptedPeer peer = Peer(wire);
        wire.AnswersArp = false;
        peer.Opens(listener);
        Listening user = new Listening();
        peer.Connection.Handler = user;
        peer.Trades("P. seq R+1 ack I+1 len 5", "");
        peer.Reads(5);
        byte[] address = new byte[16];
        Assert.IsTrue(peer.Connection.CopyRemoteAddress(address, 0));
        Assert.AreEqual("fe80::77", Ipv6Address.ToString(address, 0));
        peer.Writes(7);
        byte[] segment = wire.Peek();
        peer.ExpectsOnly("P. seq I+1 ack R+6 len 7");

        // An IPv4 host without a route is another matter.
        ScriptedPeer elsewhere = new ScriptedPeer(wire) { Address = 0xC0000201 };
        elsewhere.Trades("S seq R", "");
        Assert.AreEqual(1UL, wire.Count(Counter.Ipv4NoRoute));
        Assert.AreEqual(0, user.Errors);
        wire.Inject(Error(1, 0, 0, segment));
        Assert.AreEqual(1, user.Errors);
        peer.Trades(". seq R+6 ack I+8", "");

        // It is spoken to on other ports, and speaks to them.
        wire.AnswersArp = true;
        ScriptedPeer called = Peer(wire, 80);
        called.OurPort = 50000;
        called.IsOpened();
        called.Trades("R seq R+1", "");
        called.OurPort = 99;
        called.Trades(". seq R+1 ack I+1", "R seq I+1");

        // It was asked for when 5 seconds were over, and is again when it does not seem to answer.
        wire.Advance(6 * Wire.Second);
        wire.Discard();
        wire.AnswersArp = false;
        peer.Writes(1);
        wire.Advance(8 * Wire.Second);
        bool asked = false;
        while (wire.SentCount != 0)
        {
            byte[] frame = wire.Take();
            asked |= frame[Packet.Ip + 6] == 58 && frame[Ipv6Packet.Payload] == 135;
        }

        Assert.IsTrue(asked, "a SYN or data was sent again three times, and nobody asks for the neighbour");
        Assert.AreEqual(0UL, wire.Count(Counter.Ipv6NoRoute));
    }

    [TestMethod]
    public void What_waits_for_the_neighbour_in_the_last_place_is_taken_back()
    {
        TcpListener listener;
        Wire wire = AlmostFull(out listener);
        wire.AnswersArp = false;
        TcpConnection connection = wire.Endpoint.Connect(Ipv6Tests.Peer, 80, 50000);
        wire.Run();
        Assert.AreEqual(1, wire.SentCount);
        wire.Discard();
        connection.Abort();
        wire.Run();
        wire.Inject(Ipv6Packet.Neighbour(Ipv6Tests.Peer, Ipv6Tests.Ours(0), 136, 0x60, Ipv6Tests.Peer, Packet.PhysicalAddressOf(Wire.PeerAddress)));
        wire.ExpectsSilence();
    }

    [TestMethod]
    public void A_SYN_ACK_that_waits_for_a_neighbour_is_taken_back_when_its_time_is_over()
    {
        TcpSettings settings = Ipv6Tests.On();
        settings.SynAckRetransmissions = 7;
        settings.MaximumRetransmissionTimeout = Wire.Second;
        Wire wire = Up(settings, 1500);
        wire.AnswersArp = false;
        TcpListener listener = wire.Endpoint.Listen(7, 1);
        ScriptedPeer peer = Peer(wire);
        peer.Trades("S seq R mss 1440", "S. seq I ack R+1 mss 1440");

        // After three seconds it is in doubt, and after six its Ethernet address is forgotten.
        wire.Advance(8 * Wire.Second - 1);
        Assert.AreEqual(1, listener.HalfOpen);
        wire.Advance(1);
        Assert.AreEqual(0, listener.HalfOpen);
        wire.Discard();
        wire.Inject(Ipv6Packet.Neighbour(Ipv6Tests.Peer, Ipv6Tests.Ours(0), 136, 0x60, Ipv6Tests.Peer, Packet.PhysicalAddressOf(Wire.PeerAddress)));
        wire.ExpectsSilence();
    }

    [TestMethod]
    public void Of_a_peer_that_belongs_nowhere_nothing_is_kept()
    {
        Wire wire = Ipv6Tests.Up();
        TcpListener listener = wire.Endpoint.Listen(7, 4);
        Peer(wire).Trades("S seq R mss 1440", "S. seq I ack R+1 mss 1440");
        byte[][] two = TwoWithOneNumber();
        ScriptedPeer peer = Peer(wire), other = Peer(wire);
        peer.Ipv6 = two[0];
        peer.OurPort = 99;
        peer.Trades("S seq R", "R. seq 0 ack R+1");
        other.Ipv6 = two[1];
        other.Opens(listener);
    }

    [TestMethod]
    [DataRow("", 1220)]
    [DataRow(" mss 1440", 1440)]
    public void A_cookie_gives_its_peer_the_place_of_one_that_is_half_open(string offer, int size)
    {
        TcpSettings settings = Ipv6Tests.On();
        settings.Connections = 1;
        settings.HalfOpenConnections = 64;
        settings.SendBufferSize = 4096;
        Wire wire = Up(settings, 1500);
        TcpListener listener = wire.Endpoint.Listen(7, 9);
        for (int i = 1; i <= 9; i++)
            Stranger(wire, i).Trades("S seq R mss 1440", "S. seq I ack R+1 mss 1440");
        ScriptedPeer peer = Peer(wire);
        peer.Trades("S seq R" + offer, "S. seq I ack R+1 mss 1440");
        Assert.AreEqual(1UL, wire.Count(Counter.CookiesSent));
        peer.Trades(". seq R+1 ack I+1", "");
        peer.Connection = listener.Accept();
        Assert.AreEqual(size, peer.Connection.MaximumSegmentSize);
        peer.Writes(5);
        peer.ExpectsOnly("P. seq I+1 ack R+1 len 5");
    }

    [TestMethod]
    public void A_peer_that_we_call_gets_the_place_of_one_that_is_half_open()
    {
        TcpSettings settings = Ipv6Tests.On();
        settings.Connections = 1;
        settings.HalfOpenConnections = 64;
        Wire wire = Up(settings, 1500);
        wire.Endpoint.Listen(7, 16);
        for (int i = 1; i <= 9; i++)
            Stranger(wire, i).Trades("S seq R mss 1440", "S. seq I ack R+1 mss 1440");
        ScriptedPeer peer = Peer(wire, 80);
        peer.OurPort = 50000;
        peer.IsOpened();
    }

    [TestMethod]
    public void A_handshake_takes_the_place_of_a_connection_that_has_ended_and_of_no_other_handshake()
    {
        TcpSettings settings = Ipv6Tests.On();
        settings.Connections = 2;
        settings.HalfOpenConnections = 64;
        Wire wire = Up(settings, 1500);
        TcpListener listener = wire.Endpoint.Listen(7, 16);
        for (int i = 1; i <= 2; i++)
        {
            ScriptedPeer peer = Stranger(wire, i);
            peer.Opens(listener);
            peer.Aborts();
            peer.ExpectsOnly("R. seq I+1 ack R+1");
        }

        // There are ten places, and the eleventh is told nothing more.
        for (int i = 11; i <= 21; i++)
            Stranger(wire, i).Trades("S seq R mss 1440", "S. seq I ack R+1 mss 1440");
        wire.Advance(Wire.Second);
        Assert.AreEqual(10, wire.SentCount);
        while (wire.SentCount != 0)
            Assert.AreNotEqual(21, Packet.Get16(wire.Take(), Packet.Ip + 38));
    }

    [TestMethod]
    public void When_our_address_is_over_what_is_half_open_to_it_ends_and_nothing_else_does()
    {
        Wire wire = Ipv6Tests.Up();
        wire.Inject(Ipv6Packet.Advertisement(Router, 1800, Ipv6Packet.PrefixOption("2001:db8:1::", 0xC0, 60, 60)));
        wire.Advance(54 * Wire.Second);
        wire.Discard();
        TcpListener listener = wire.Endpoint.Listen(7, 4);
        ScriptedPeer peer = Peer(wire), local = Peer(wire, 40001), four = new ScriptedPeer(wire, 40002, 7);
        peer.Ipv6 = Ipv6Address.Parse("2001:db8:1::77");
        peer.OurIpv6 = Ipv6Tests.Ours("2001:db8:1::", 0);
        peer.Opens(listener);
        byte[] address = new byte[16];
        Assert.IsTrue(peer.Connection.CopyLocalAddress(address, 0));
        Assert.AreEqual(Ipv6Address.ToString(peer.OurIpv6, 0), Ipv6Address.ToString(address, 0));

        // Its number is of both addresses.
        byte[] both = new byte[32];
        Array.Copy(peer.Ipv6, both, 16);
        Array.Copy(peer.OurIpv6, 0, both, 16, 16);
        byte[] number = BitConverter.GetBytes((uint)SipHash.Hash(new byte[16], both, 0, 32) | 0xF0);
        Assert.AreEqual(Packet.Get32(number, 0), peer.Connection.RemoteAddress);
        peer.Port = 40003;
        peer.ForgetIss();
        peer.Trades("S seq R mss 1440", "S. seq I ack R+1 mss 1440");
        local.Trades("S seq R mss 1440", "S. seq I ack R+1 mss 1440");
        four.Trades("S seq R mss 1440", "S. seq I ack R+1 mss 1460");
        wire.Advance(Wire.Second);
        Assert.AreEqual(3, Segments(wire));
        Assert.AreEqual(4, wire.Endpoint.ConnectionCount);
        wire.Advance(5 * Wire.Second);
        Assert.AreEqual(3, Segments(wire));
        Assert.AreEqual(2, wire.Endpoint.ConnectionCount);
        wire.Advance(Wire.Second);
        Assert.AreEqual(2, Segments(wire));
        local.Trades(". seq R+1 ack I+1", "");
        four.Trades(". seq R+1 ack I+1", "");
        Assert.AreEqual(2, listener.Pending);
    }

    [TestMethod]
    public void An_error_that_quotes_too_little_or_another_protocol_is_not_told()
    {
        Wire wire = Ipv6Tests.Up();
        ScriptedPeer peer = Accepted(wire);
        peer.Writes(10);
        byte[] segment = wire.Take();
        wire.Inject(Error(1, 0, 0, segment));
        for (int length = 7; length <= 8; length++)
        {
            byte[] body = new byte[4 + 40 + length];
            Array.Copy(segment, Packet.Ip, body, 4, 40 + length);
            wire.Inject(Ipv6Packet.Icmp(Router, Ipv6Tests.Ours(0), 1, 0, body));
            Assert.AreEqual(1UL, wire.Count(Counter.IcmpTooShort));
            Assert.AreEqual(length == 7 ? 1UL : 2UL, wire.Count(Counter.IcmpErrorsReceived));
        }

        segment[Packet.Ip + 6] = 17;
        wire.Inject(Error(1, 0, 0, segment));
        Assert.AreEqual(1UL, wire.Count(Counter.IcmpIgnored));
        Assert.AreEqual(2UL, wire.Count(Counter.IcmpErrorsReceived));
        Assert.AreEqual(0UL, wire.Count(Counter.IcmpErrorUnmatched));
    }

    // The checksum of a SYN is that of a greater segment size at first: here the sum carries.
    [TestMethod]
    public void The_checksum_of_a_SYN_is_right_where_its_sum_carries()
    {
        TcpSettings settings = Ipv6Tests.On();
        settings.Timestamps = true;
        settings.SynPolicy = SynPolicy.CookiesAlways;
        Wire wire = Up(settings, 1500);
        wire.Endpoint.Listen(7, 1);
        ScriptedPeer peer = Peer(wire);
        peer.Sends("S seq R mss 1440 ts 0:0");
        int checksum = Packet.Get16(wire.Peek(), Ipv6Packet.Payload + 16);
        peer.ExpectsOnly("S. seq I ack R+1 mss 1440 ts T:0");
        peer['V'] = (uint)(checksum - 10);
        peer.Sends("S seq R mss 1440 ts V:0");
        Assert.AreEqual(10, Packet.Get16(wire.Peek(), Ipv6Packet.Payload + 16));
        peer.ExpectsOnly("S. seq I ack R+1 mss 1440 ts T:V");
    }

    [TestMethod]
    public void Nobody_has_a_number_that_was_not_given()
    {
        Wire wire = Ipv6Tests.Up();
        Accepted(wire);
        Assert.IsFalse(wire.Endpoint.Ipv6.CopyPeer(0xF0000001, new byte[16], 0));
    }

    /// <summary>Two addresses of which a hash over them and ours is the same in the 28 bits that matter.</summary>
    internal static byte[][] TwoWithOneNumber()
    {
        byte[] input = new byte[32];
        Array.Copy(Ipv6Tests.Peer, 0, input, 0, 16);
        Array.Copy(Ipv6Tests.Ours(0), 0, input, 16, 16);
        ulong[] seen = new ulong[1 << 16];
        for (uint i = 1; ; i++)
        {
            Packet.Put32(input, 8, i);
            uint number = (uint)SipHash.Hash(new byte[16], input, 0, 32) | 0xF0;
            uint place = number >> 16;
            if ((uint)seen[(int)place] == number)
            {
                byte[] one = new byte[16], other = new byte[16];
                Array.Copy(input, one, 16);
                Array.Copy(input, other, 16);
                Packet.Put32(other, 8, (uint)(seen[(int)place] >> 32));
                return new byte[][] { one, other };
            }

            seen[(int)place] = ((ulong)i << 32) | number;
        }
    }

    internal static ScriptedPeer Peer(Wire wire)
    {
        return Peer(wire, 40000);
    }

    internal static ScriptedPeer Peer(Wire wire, int port)
    {
        return new ScriptedPeer(wire, port, 7) { Ipv6 = Ipv6Tests.Peer, OurIpv6 = Ipv6Tests.Ours(0) };
    }

    internal static ScriptedPeer Accepted(Wire wire)
    {
        ScriptedPeer peer = Peer(wire);
        peer.Opens(wire.Endpoint.Listen(7, 4));
        return peer;
    }

    internal static ScriptedPeer Connected(Wire wire)
    {
        ScriptedPeer peer = Peer(wire);
        peer.IsOpened();
        return peer;
    }

    internal static Wire Up(TcpSettings settings, int mtu)
    {
        Wire wire = new Wire(settings, mtu, Wire.Second);
        wire.Advance(12 * Wire.Second);
        wire.Discard();
        return wire;
    }

    /// <summary>
    /// A wire without a router, with a listener on port 7, and with two connections and so places for ten peers, all but one of which
    /// are taken by peers that have given up.
    /// </summary>
    private static Wire AlmostFull(out TcpListener listener)
    {
        TcpSettings settings = Ipv6Tests.On();
        settings.Connections = 2;
        settings.Gateway = 0;
        Wire wire = Up(settings, 1500);
        listener = wire.Endpoint.Listen(7, 4);
        for (int i = 0; i < 9; i++)
        {
            ScriptedPeer stranger = Stranger(wire, 1000 + i);
            stranger.Trades("S seq R mss 1440", "S. seq I ack R+1 mss 1440");
            stranger.Trades("R seq R+1", "");
        }

        return wire;
    }

    /// <summary>How many segments were sent, whatever else was.</summary>
    private static int Segments(Wire wire)
    {
        int count = 0;
        while (wire.SentCount != 0)
        {
            byte[] frame = wire.Take();
            if (frame[Packet.Ip + (Packet.Get16(frame, 12) == Ipv6Packet.EtherType ? 6 : 9)] == 6)
                count++;
        }

        return count;
    }

    internal static ScriptedPeer Stranger(Wire wire, int number)
    {
        byte[] address = Ipv6Address.Parse("fe80::7700:0");
        Packet.Put16(address, 14, number);
        return new ScriptedPeer(wire) { Ipv6 = address, OurIpv6 = Ipv6Tests.Ours(0) };
    }

    /// <summary>A router's error that quotes a packet of ours.</summary>
    private static byte[] Error(int type, int code, uint number, byte[] about)
    {
        int quoted = about.Length - Packet.Ip < 1232 ? about.Length - Packet.Ip : 1232;
        byte[] body = new byte[4 + quoted];
        Packet.Put32(body, 0, number);
        Array.Copy(about, Packet.Ip, body, 4, quoted);
        return Ipv6Packet.Icmp(Router, Ipv6Tests.Ours(0), type, code, body);
    }

    private sealed class Listening : TcpConnectionHandler
    {
        public TcpSoftError Error { get; private set; }

        public TcpCloseReason Reason { get; private set; }

        public int Errors { get; private set; }

        public override void OnSoftError(TcpConnection connection, TcpSoftError error)
        {
            Errors++;
            Error = error;
        }

        public override void OnClosed(TcpConnection connection, TcpCloseReason reason)
        {
            Reason = reason;
        }
    }
}
