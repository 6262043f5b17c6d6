using nanoFramework.TestFramework;

namespace HandshakeNano.Net.Tests;

/// <summary>Ethernet II and IPv4: RFC 791, RFC 1122 sections 2.3 and 3.2.</summary>
[TestClass]
public sealed class Ipv4Tests
{
    // RFC 9293 MUST-48, MUST-49, SHLD-22.
    [TestMethod]
    [DataRow(1, 0)]
    [DataRow(64, 46)] // expedited forwarding
    [DataRow(255, 63)]
    public void Every_packet_has_the_time_to_live_and_the_codepoint_that_were_set(int timeToLive, int codepoint)
    {
        TcpSettings settings = Wire.Settings();
        settings.TimeToLive = timeToLive;
        settings.DifferentiatedServices = codepoint;

        // The wire looks at each packet that is sent.
        Wire wire = new Wire(settings);
        ScriptedPeer peer = ScriptedPeer.Accepted(wire);
        peer.Writes(10);
        peer.ExpectsOnly("P. seq I+1 ack R+1 len 10");
        peer.Trades("P. seq R+1 ack I+11 len 1000", "");
        peer.Trades("P. seq R+1001 ack I+11 len 1000", ". seq I+11 ack R+2001");
        wire.Inject(Packet.Icmp(Wire.PeerAddress, Wire.OurAddress, 8, 0, new byte[10]));
        Assert.IsNotNull(wire.TakeIcmp());
        ScriptedPeer other = new ScriptedPeer(wire, 40001, 9);
        other.Trades("S seq R", "R. seq 0 ack R+1");
    }

    [TestMethod]
    public void A_bad_header_checksum_is_dropped()
    {
        ScriptedPeer peer = ScriptedPeer.Accepted(out Wire wire);
        for (int index = 1; index < 20; index++)
        {
            // Not the total length, which is judged by itself.
            if (index == 2 || index == 3)
                continue;
            byte[] frame = peer.Frame("P. seq R+1 ack I+1 len 10");
            frame[Packet.Ip + index] ^= 0x10;
            wire.Inject(frame);
            wire.ExpectsSilence("byte " + index.ToString());
        }

        Assert.AreEqual(0, peer.Connection.Available);
        Assert.AreEqual(17UL, wire.Count(Counter.Ipv4ChecksumBad));
    }

    [TestMethod]
    [DataRow(0, 0x55)] // version 5
    [DataRow(0, 0x65)]
    [DataRow(0, 0x44)] // header of 16 bytes
    [DataRow(0, 0x40)]
    [DataRow(0, 0x4F)] // header longer than the packet
    [DataRow(2, 0xFF)] // longer than the frame
    [DataRow(3, 19)] // shorter than the header
    [DataRow(3, 0)]
    public void A_bad_header_is_dropped_and_counted(int index, int value)
    {
        ScriptedPeer peer = ScriptedPeer.Accepted(out Wire wire);
        byte[] frame = peer.Frame("R seq R+1");
        frame[Packet.Ip + index] = (byte)value;
        Packet.Put16(frame, Packet.Ip + 10, 0);
        int headerLength = (frame[Packet.Ip] & 15) * 4;
        Packet.Put16(frame, Packet.Ip + 10,
            Packet.Checksum(frame, Packet.Ip, headerLength < frame.Length - Packet.Ip ? headerLength : frame.Length - Packet.Ip, 0));
        wire.Inject(frame);
        wire.ExpectsSilence();
        peer.IsIn(TcpState.Established);
        Assert.AreEqual(1UL, wire.Count(Counter.Ipv4HeaderBad));
    }

    // RFC 9293 MUST-50.
    [TestMethod]
    [DataRow(4)]
    [DataRow(8)]
    [DataRow(40)]
    public void Header_options_are_stepped_over(int length)
    {
        ScriptedPeer peer = ScriptedPeer.Accepted(out Wire wire);
        byte[] options = new byte[length];
        // Record route, as long as there is room.
        options[0] = 7;
        options[1] = (byte)(length - 1);
        options[2] = 4;
        wire.Inject(Packet.WithIpv4Options(peer.Frame("P. seq R+1 ack I+1 len 100"), options));
        peer.Reads(100);
        wire.Inject(Packet.WithIpv4Options(peer.Frame("P. seq R+101 ack I+1 len 1420"), options));
        peer.Reads(1420);
    }

    [TestMethod]
    [DataRow(0x2000)] // more fragments
    [DataRow(0x6000)]
    [DataRow(0x0001)] // offset 8
    [DataRow(0x1FFF)]
    public void Fragments_are_dropped_by_name(int field)
    {
        ScriptedPeer peer = ScriptedPeer.Accepted(out Wire wire);
        byte[] frame = peer.Frame("P. seq R+1 ack I+1 len 10");
        Packet.Put16(frame, Packet.Ip + 6, field);
        Packet.FixIpv4(frame);
        wire.Inject(frame);
        wire.ExpectsSilence();
        Assert.AreEqual(0, peer.Connection.Available);
        Assert.AreEqual(1UL, wire.Count(Counter.Ipv4Fragment));
    }

    [TestMethod]
    public void A_packet_without_DF_and_with_any_TTL_and_type_of_service_is_taken()
    {
        ScriptedPeer peer = ScriptedPeer.Accepted(out Wire wire);
        byte[] frame = peer.Frame("P. seq R+1 ack I+1 len 10");
        Packet.Put16(frame, Packet.Ip + 6, 0);
        frame[Packet.Ip + 8] = 1;
        frame[Packet.Ip + 1] = 0xB8;
        Packet.FixIpv4(frame);
        wire.Inject(frame);
        peer.Reads(10);
    }

    [TestMethod]
    [DataRow(0x0A4D0003U)]
    [DataRow(0x7F000001U)]
    public void A_packet_for_another_address_is_dropped(uint destination)
    {
        ScriptedPeer peer = ScriptedPeer.Accepted(out Wire wire);
        wire.Inject(SynTo(peer, destination));
        wire.ExpectsSilence();
        Assert.AreEqual(1UL, wire.Count(Counter.Ipv4NotForUs));
    }

    [TestMethod]
    [DataRow(0xFFFFFFFF)] // limited broadcast
    [DataRow(0x0A4D00FFU)] // our network's broadcast
    [DataRow(0xE0000001)] // multicast
    public void TCP_to_a_broadcast_or_multicast_address_is_dropped(uint destination)
    {
        ScriptedPeer peer = ScriptedPeer.Accepted(out Wire wire);
        byte[] frame = SynTo(peer, destination);
        for (int i = 0; i < 6; i++)
            frame[i] = 0xFF;
        wire.Inject(frame);
        wire.ExpectsSilence();
        Assert.AreEqual(1UL, wire.Count(Counter.TcpNotUnicast) + wire.Count(Counter.Ipv4NotForUs));
        Assert.AreEqual(1, wire.Endpoint.ConnectionCount);
    }

    [TestMethod]
    [DataRow(0U)]
    [DataRow(0xFFFFFFFF)]
    [DataRow(0x0A4D00FFU)]
    [DataRow(0xE0000001)]
    [DataRow(0xEFFFFFFF)]
    [DataRow(0x7F000001U)]
    [DataRow(0x0A4D0002U)]
    public void A_source_address_that_no_host_has_is_dropped(uint source)
    {
        ScriptedPeer peer = ScriptedPeer.Accepted(out Wire wire);
        peer.Address = source;
        peer.Port = 40077;
        peer.Sends("S seq R mss 1460");
        peer.Sends(". seq R ack 1");
        wire.ExpectsSilence();
        Assert.AreEqual(2UL, wire.Count(Counter.Ipv4SourceBad));
        Assert.AreEqual(1, wire.Endpoint.ConnectionCount);
    }

    [TestMethod]
    public void A_frame_for_another_Ethernet_address_is_dropped()
    {
        ScriptedPeer peer = ScriptedPeer.Accepted(out Wire wire);
        byte[] frame = peer.Frame("P. seq R+1 ack I+1 len 10");
        frame[5] ^= 1;
        wire.Inject(frame);
        wire.ExpectsSilence();
        Assert.AreEqual(1UL, wire.Count(Counter.FrameNotForUs));
        Assert.AreEqual(0, peer.Connection.Available);
    }

    [TestMethod]
    [DataRow(0x86DD)]
    [DataRow(0x88A8)]
    [DataRow(0x05DC)]
    [DataRow(0x0000)]
    [DataRow(0xFFFF)]
    public void A_frame_of_an_unknown_type_is_dropped(int etherType)
    {
        ScriptedPeer peer = ScriptedPeer.Accepted(out Wire wire);
        byte[] frame = peer.Frame("P. seq R+1 ack I+1 len 10");
        Packet.Put16(frame, 12, etherType);
        wire.Inject(frame);
        wire.ExpectsSilence();
        Assert.AreEqual(1UL, wire.Count(Counter.EtherTypeUnknown));
    }

    [TestMethod]
    public void A_frame_shorter_than_its_Ethernet_header_is_dropped()
    {
        Wire wire = new Wire();
        for (int length = 1; length < 14; length++)
            wire.Inject(new byte[length]);
        wire.ExpectsSilence();
        Assert.AreEqual(13UL, wire.Count(Counter.FrameTooShort));
    }

    [TestMethod]
    public void Without_an_address_nothing_is_answered()
    {
        TcpSettings settings = Wire.Settings();
        settings.Address = 0;
        Wire wire = new Wire(settings);
        wire.Endpoint.Listen(7, 1);
        ScriptedPeer peer = new ScriptedPeer(wire);
        byte[] frame = peer.Frame("S seq R");
        System.Array.Copy(wire.PhysicalAddress, 0, frame, 0, 6);
        wire.Inject(frame);
        wire.ExpectsSilence();
        Assert.AreEqual(0, wire.Endpoint.ConnectionCount);
    }

    [TestMethod]
    public void A_packet_to_our_address_in_a_frame_to_everyone_is_dropped()
    {
        ScriptedPeer peer = ScriptedPeer.Accepted(out Wire wire);
        byte[] frame = peer.Frame("P. seq R+1 ack I+1 len 10");
        for (int i = 0; i < 6; i++)
            frame[i] = 0xFF;
        wire.Inject(frame);
        wire.ExpectsSilence();
        Assert.AreEqual(0, peer.Connection.Available);
        Assert.AreEqual(1UL, wire.Count(Counter.Ipv4NotForUs));
    }

    [TestMethod]
    public void A_header_with_options_that_is_bad_is_dropped_once_and_no_layer_above_sees_it()
    {
        ScriptedPeer peer = ScriptedPeer.Accepted(out Wire wire);
        ulong segments = wire.Count(Counter.SegmentsReceived);
        byte[] frame = Packet.WithIpv4Options(peer.Frame("P. seq R+1 ack I+1 len 10"), new byte[4]);
        frame[Packet.Ip + 10] ^= 1;
        wire.Inject(frame);
        wire.ExpectsSilence();
        Assert.AreEqual(1UL, wire.Count(Counter.Ipv4ChecksumBad));
        Assert.AreEqual(segments, wire.Count(Counter.SegmentsReceived));
        Assert.AreEqual(0UL, wire.Count(Counter.TcpHeaderBad));
        Assert.AreEqual(0UL, wire.Count(Counter.TcpChecksumBad));
    }

    [TestMethod]
    public void A_header_with_options_and_nothing_behind_it_is_sound_for_IPv4()
    {
        Wire wire = new Wire();
        wire.Inject(Packet.WithIpv4Options(Packet.Ipv4(Wire.PeerAddress, Wire.OurAddress, 6, new byte[0]), new byte[4]));
        wire.ExpectsSilence();
        Assert.AreEqual(0UL, wire.Count(Counter.Ipv4HeaderBad));
        Assert.AreEqual(1UL, wire.Count(Counter.TcpHeaderBad));
    }

    [TestMethod]
    public void With_a_prefix_of_0_bits_every_host_is_a_neighbour()
    {
        TcpSettings settings = Wire.Settings();
        settings.PrefixLength = 0;
        Wire wire = new Wire(settings) { AnswersArp = false };
        wire.Endpoint.Connect(0xC0000201, 80);
        wire.Run();
        Assert.AreEqual(0xC0000201, Packet.Get32(wire.TakeArp(), Packet.Ip + 24));
    }

    [TestMethod]
    public void A_network_of_two_hosts_has_no_broadcast_address()
    {
        TcpSettings settings = Wire.Settings();
        settings.PrefixLength = 31;
        settings.Gateway = 0;
        Wire wire = new Wire(settings);
        ScriptedPeer peer = new ScriptedPeer(wire, 80, 50000);
        peer.Address = Wire.OurAddress + 1;
        peer.IsOpened();
        settings = Wire.Settings();
        settings.PrefixLength = 30;
        settings.Gateway = 0;
        wire = new Wire(settings);
        wire.Endpoint.Listen(7, 1);
        peer = new ScriptedPeer(wire);
        peer.Address = Wire.OurAddress + 1;
        peer.Trades("S seq R mss 1460", "");
        Assert.AreEqual(1UL, wire.Count(Counter.Ipv4SourceBad));
    }

    [TestMethod]
    public void A_packet_without_a_route_asks_nobody_and_counts_once()
    {
        TcpSettings settings = Wire.Settings();
        settings.Gateway = 0;
        Wire wire = new Wire(settings) { AnswersArp = false };
        wire.Endpoint.Connect(0xC0000201, 80, 50000);
        wire.Run();
        wire.ExpectsSilence();
        Assert.AreEqual(1UL, wire.Count(Counter.Ipv4NoRoute));

        // Nor does it wait: there is room for two others that do.
        wire.Endpoint.Connect(Wire.PeerAddress, 80);
        wire.Endpoint.Connect(Wire.PeerAddress + 5, 80);
        wire.Run();
        Assert.AreEqual(Wire.PeerAddress, Packet.Get32(wire.TakeArp(), Packet.Ip + 24));
        Assert.AreEqual(Wire.PeerAddress + 5, Packet.Get32(wire.TakeArp(), Packet.Ip + 24));
        Assert.AreEqual(0UL, wire.Count(Counter.ArpUnresolved));
    }

    [TestMethod]
    public void A_host_elsewhere_that_does_not_acknowledge_has_the_router_asked_for()
    {
        Wire wire = new Wire();
        ScriptedPeer peer = new ScriptedPeer(wire, 80, 50000);
        peer.Address = 0xC0000201;
        peer.IsOpened();
        wire.AnswersArp = false;
        peer.Writes(10);
        wire.Advance(7 * Wire.Second);
        for (int i = 0; i < 3; i++)
            peer.Expects("P. seq I+1 ack R+1 len 10");
        byte[] request = wire.TakeArp();
        Assert.AreEqual(Wire.RouterAddress, Packet.Get32(request, Packet.Ip + 24));
        peer.ExpectsOnly("P. seq I+1 ack R+1 len 10");
    }

    [TestMethod]
    public void Without_an_address_a_packet_to_address_0_is_not_for_us()
    {
        TcpSettings settings = Wire.Settings();
        settings.Address = 0;
        Wire wire = new Wire(settings);
        ScriptedPeer peer = new ScriptedPeer(wire);
        byte[] frame = SynTo(peer, 0);
        System.Array.Copy(wire.PhysicalAddress, 0, frame, 0, 6);
        wire.Inject(frame);
        wire.ExpectsSilence();
        Assert.AreEqual(1UL, wire.Count(Counter.Ipv4NotForUs));
    }

    private static byte[] SynTo(ScriptedPeer peer, uint destination)
    {
        Segment segment = new Segment
        {
            SourcePort = peer.Port + 1,
            DestinationPort = peer.OurPort,
            SequenceNumber = 1,
            Flags = Segment.Syn,
            Window = 1000,
        };
        byte[] frame = segment.ToFrame(peer.Address, destination);
        System.Array.Copy(Packet.PhysicalAddressOf(Wire.OurAddress), 0, frame, 0, 6);
        return frame;
    }
}
