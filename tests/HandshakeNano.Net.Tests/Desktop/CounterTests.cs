#nullable enable
using System;
using System.Collections.Generic;
using nanoFramework.TestFramework;

namespace HandshakeNano.Net.Tests;

/// <summary>Every counter has its name and something that makes it count.</summary>
[TestClass]
public sealed class CounterTests
{
    private static readonly byte[] Everyone = [255, 255, 255, 255, 255, 255];

    [TestMethod]
    public void There_is_a_name_for_each_counter_and_it_is_the_enum_s()
    {
        Assert.AreEqual(Enum.GetValues<Counter>().Length, Counters.Count);
        foreach (Counter counter in Enum.GetValues<Counter>())
            Assert.AreEqual(counter.ToString(), Counters.GetName(counter));
    }

    [TestMethod]
    public void Every_counter_counts()
    {
        List<string> failures = [];
        foreach (Counter counter in Enum.GetValues<Counter>())
        {
            try
            {
                Wire wire = Provoke(counter);
                if (wire.Count(counter) is 0 or > 100_000)
                    failures.Add($"{counter} ({wire.Count(counter)})");
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                failures.Add($"{counter} ({e.Message})");
            }
        }

        Assert.AreEqual("", string.Join(", ", failures), "counters that did not count");
    }

    private static Wire MulticastDns()
    {
        TcpSettings settings = Wire.Settings();
        settings.HostName = "device";
        settings.MulticastDns = true;
        Wire wire = new Wire(settings);
        wire.Advance(3 * Wire.Second);
        void Says(uint source, byte[] message)
        {
            byte[] frame = Packet.Udp(source, 5353, MdnsResponder.Group, 5353, message);
            Array.Copy(new byte[] { 0x01, 0x00, 0x5E, 0x00, 0x00, 0xFB }, frame, 6);
            wire.Inject(frame);
        }

        Says(Wire.PeerAddress, new byte[5]);
        Says(0x08080808, new byte[12]);

        // Another host has the name: an A record of it with another address.
        Says(Wire.PeerAddress,
        [
            0, 0, 0x84, 0, 0, 0, 0, 1, 0, 0, 0, 0,
            6, (byte)'d', (byte)'e', (byte)'v', (byte)'i', (byte)'c', (byte)'e', 5, (byte)'l', (byte)'o', (byte)'c', (byte)'a', (byte)'l', 0,
            0, 1, 0x80, 1, 0, 0, 0, 120, 0, 4, 10, 77, 0, 1,
        ]);
        wire.Advance(3 * Wire.Second);
        return wire;
    }

    private static Wire Datagrams()
    {
        TcpSettings settings = Wire.Settings();
        settings.UdpSockets = 1;
        settings.UdpQueueSize = 64;
        Wire wire = new Wire(settings);
        UdpSocket socket = wire.Endpoint.OpenUdp(53);
        wire.Inject(Packet.Udp(Wire.PeerAddress, 5000, Wire.OurAddress, 53, new byte[40]));
        wire.Inject(Packet.Udp(Wire.PeerAddress, 5000, Wire.OurAddress, 53, new byte[40]));
        socket.Send(new byte[4], 0, 4, Wire.PeerAddress, 5000, wire.Now);
        socket.Send(new byte[4], 0, 4, Wire.OurAddress, 5000, wire.Now);
        return wire;
    }

    [TestMethod]
    public void An_ordinary_conversation_counts_nothing_unusual()
    {
        ScriptedPeer peer = ScriptedPeer.Accepted(out Wire wire);
        peer.Sends("P. seq R+1 ack I+1 len 100");
        peer.Reads(100);
        peer.Writes(100);
        peer.Expects("P. seq I+1 ack R+101 len 100");
        peer.Sends("F. seq R+101 ack I+101");
        peer.Expects(". seq I+101 ack R+102");
        peer.Closes();
        peer.Expects("F. seq I+101 ack R+102");
        peer.Sends(". seq R+102 ack I+102");
        HashSet<Counter> usual =
        [
            Counter.FramesReceived, Counter.FramesSent, Counter.ArpRequestsSent, Counter.SegmentsReceived,
            Counter.SegmentsSent, Counter.PassiveOpens, Counter.Established,
        ];
        foreach (Counter counter in Enum.GetValues<Counter>())
        {
            if (!usual.Contains(counter))
                Assert.AreEqual(0UL, wire.Count(counter), counter.ToString());
        }

        Assert.AreEqual(5UL, wire.Count(Counter.SegmentsReceived));
        Assert.AreEqual(4UL, wire.Count(Counter.SegmentsSent));
        Assert.AreEqual(1UL, wire.Count(Counter.PassiveOpens));
        Assert.AreEqual(1UL, wire.Count(Counter.Established));
    }

    private static Wire Provoke(Counter counter)
    {
        Wire wire = new();
        ScriptedPeer peer = new(wire);
        byte[] frame;
        switch (counter)
        {
            case Counter.FramesReceived:
            case Counter.FramesSent:
            case Counter.SegmentsReceived:
            case Counter.SegmentsSent:
            case Counter.NoConnection:
            case Counter.ResetsSent:
                peer.Sends("S seq R");
                return wire;
            case Counter.FramesNotSent:
                wire.IsUp = false;
                wire.Endpoint.Connect(peer.Address, 80);
                wire.Run();
                return wire;
            case Counter.FrameTooShort:
                wire.Inject(new byte[13]);
                return wire;
            case Counter.FrameNotForUs:
                return Mutant(wire, peer.Frame("S seq R"), 5, 0x77);
            case Counter.FrameOtherVlan:
                frame = new byte[64];
                Array.Copy(peer.Frame("S seq R"), frame, 12);
                Packet.Put16(frame, 12, 0x8100);
                Packet.Put16(frame, 14, 5);
                wire.Inject(frame);
                return wire;
            case Counter.EtherTypeUnknown:
                return Mutant(wire, peer.Frame("S seq R"), 13, 0xDD);
            case Counter.ArpMalformed:
                return Mutant(wire, Arp(Wire.PeerAddress, Wire.OurAddress), Packet.Ip + 4, 8);
            case Counter.ArpRequestsReceived:
                wire.Inject(Arp(Wire.PeerAddress, Wire.OurAddress));
                return wire;
            case Counter.ArpRequestsSent:
                return wire;
            case Counter.ArpConflicts:
                wire.Inject(Packet.Arp(Everyone, 1, [2, 9, 9, 9, 9, 9], Wire.OurAddress, new byte[6], Wire.OurAddress));
                return wire;
            case Counter.ArpNeighbourConflicts:
                wire.Endpoint.Connect(peer.Address, 80);
                wire.Run();
                wire.Inject(Packet.Arp(Everyone, 1, [2, 9, 9, 9, 9, 9], peer.Address, new byte[6], Wire.OurAddress));
                return wire;
            case Counter.ArpFull:
                wire.AnswersArp = false;
                for (uint i = 0; i < 17; i++)
                {
                    TcpConnection connection = wire.Endpoint.Connect(0x0A4D0010 + i, 80);
                    wire.Run();
                    connection.Abort();
                    wire.Run();
                }

                return wire;
            case Counter.ArpUnresolved:
                wire.AnswersArp = false;
                wire.Endpoint.Connect(peer.Address, 80);
                wire.Run();
                wire.Advance(Wire.Second);
                return wire;
            case Counter.Ipv4HeaderBad:
                return Mutant(wire, peer.Frame("S seq R"), Packet.Ip, 0x44);
            case Counter.Ipv4ChecksumBad:
                return Mutant(wire, peer.Frame("S seq R"), Packet.Ip + 8, 1);
            case Counter.Ipv4Fragment:
                frame = peer.Frame("S seq R");
                Packet.Put16(frame, Packet.Ip + 6, 0x2000);
                Packet.FixIpv4(frame);
                wire.Inject(frame);
                return wire;
            case Counter.Ipv4NotForUs:
                frame = peer.Frame("S seq R");
                Packet.Put32(frame, Packet.Ip + 16, Wire.OurAddress + 1);
                Packet.FixIpv4(frame);
                wire.Inject(frame);
                return wire;
            case Counter.Ipv4SourceBad:
                peer.Address = 0xE0000001;
                peer.Sends("S seq R");
                return wire;
            case Counter.Ipv4ProtocolUnknown:
            case Counter.IcmpUnreachableSent:
                wire.Inject(Packet.Ipv4(Wire.PeerAddress, Wire.OurAddress, 132, new byte[12]));
                return wire;
            case Counter.IcmpUnreachableLimited:
                for (int i = 0; i < 1000; i++)
                    wire.Inject(Packet.Ipv4(Wire.PeerAddress, Wire.OurAddress, 132, new byte[12]));
                return wire;
            case Counter.Ipv4NoRoute:
                wire = new Wire(new TcpSettings { Address = Wire.OurAddress });
                wire.Endpoint.Connect(0x08080808, 53);
                wire.Run();
                return wire;
            case Counter.Ipv6HeaderBad:
                return Ipv6Tests.Given(Ipv6Packet.Of(Ipv6Tests.Peer, Ipv6Tests.Ours(0), 60, [17, 1, 0, 0, 0, 0, 0, 0]));
            case Counter.Ipv6NotForUs:
                return Ipv6Tests.Given(Ipv6Packet.Of(Ipv6Tests.Peer, Ipv6Tests.Peer, 17, new byte[8]));
            case Counter.Ipv6SourceBad:
                return Ipv6Tests.Given(Ipv6Packet.Of(Ipv6Tests.Ours(0), Ipv6Tests.Ours(0), 17, new byte[8]));
            case Counter.Ipv6Fragment:
                return Ipv6Tests.Given(Ipv6Packet.Of(Ipv6Tests.Peer, Ipv6Tests.Ours(0), 44, [17, 0, 0, 1, 0, 0, 0, 0]));
            case Counter.Ipv6ExtensionBad:
                return Ipv6Tests.Given(Ipv6Packet.Of(Ipv6Tests.Peer, Ipv6Tests.Ours(0), 60, [17, 0, 0x40, 4, 0, 0, 0, 0]));
            case Counter.Ipv6ProtocolUnknown:
                return Ipv6Tests.Given(Ipv6Packet.Of(Ipv6Tests.Peer, Ipv6Tests.Ours(0), 132, new byte[8]));
            case Counter.Ipv6NothingInside:
                return Ipv6Tests.Given(Ipv6Packet.Of(Ipv6Tests.Peer, Ipv6Tests.Ours(0), 59, []));
            case Counter.NeighbourMalformed:
                return Ipv6Tests.Given(Ipv6Packet.Icmp(Ipv6Tests.Peer, Ipv6Tests.Ours(0), 135, 1, new byte[20]));
            case Counter.NeighbourConflicts:
                return Ipv6Tests.Given(Ipv6Packet.Neighbour(Ipv6Tests.Peer, Ipv6Packet.AllNodes, 136, Ipv6Tests.Ours(0)));
            case Counter.RouterAdvertisements:
                return Ipv6Tests.Given(Ipv6Packet.Advertisement(Ipv6Tests.Peer, 0, []));
            case Counter.Ipv6ListFull:
                wire = Ipv6Tests.Given(Ipv6Packet.Advertisement(Ipv6Address.Parse("fe80::1"), 9, []));
                wire.Inject(Ipv6Packet.Advertisement(Ipv6Address.Parse("fe80::2"), 9, []));
                wire.Inject(Ipv6Packet.Advertisement(Ipv6Address.Parse("fe80::3"), 9, []));
                return wire;
            case Counter.Ipv6NoRoute:
                wire = Ipv6Tests.Up();
                wire.Endpoint.Connect(Ipv6Address.Parse("2001:db8::1"), 7);
                wire.Run();
                return wire;
            case Counter.RedirectUnmatched:
                return Ipv6Tests.Given(Ipv6Packet.Icmp(Ipv6Tests.Peer, Ipv6Tests.Ours(0), 137, 0,
                    [0, 0, 0, 0, .. Ipv6Tests.Peer, .. new byte[16]]));
            case Counter.PeerNumberTaken:
                wire = Ipv6Tests.Up();
                wire.Endpoint.Listen(7, 1);
                foreach (byte[] address in Ipv6TcpTests.TwoWithOneNumber())
                {
                    ScriptedPeer six = Ipv6TcpTests.Peer(wire);
                    six.Ipv6 = address;
                    six.Sends("S seq R");
                }

                return wire;
            case Counter.IcmpTooShort:
                wire.Inject(Packet.Ipv4(Wire.PeerAddress, Wire.OurAddress, 1, new byte[7]));
                return wire;
            case Counter.IcmpChecksumBad:
                return Mutant(wire, Packet.Icmp(Wire.PeerAddress, Wire.OurAddress, 8, 0, new byte[8]), Packet.Transport + 9, 1);
            case Counter.IcmpEchoRequests:
                wire.Inject(Packet.Icmp(Wire.PeerAddress, Wire.OurAddress, 8, 0, new byte[8]));
                return wire;
            case Counter.IcmpIgnored:
                wire.Inject(Packet.Icmp(Wire.PeerAddress, Wire.OurAddress, 0, 0, new byte[8]));
                return wire;
            case Counter.IcmpErrorsReceived:
            case Counter.IcmpErrorUnmatched:
                SynSent(wire, peer, out byte[] syn);
                if (counter == Counter.IcmpErrorUnmatched)
                    syn[Packet.Transport + 4] ^= 0x40;
                wire.Inject(Packet.Icmp(Wire.RouterAddress, Wire.OurAddress, 3, 3, syn.AsSpan(Packet.Ip, 28).ToArray()));
                return wire;
            case Counter.UdpHeaderBad:
                wire.Inject(Packet.Ipv4(Wire.PeerAddress, Wire.OurAddress, 17, new byte[7]));
                return wire;
            case Counter.UdpChecksumBad:
                return Mutant(wire, Packet.Udp(Wire.PeerAddress, 5000, Wire.OurAddress, 53, new byte[4]), Packet.Transport + 9, 1);
            case Counter.UdpPortUnknown:
                wire.Inject(Packet.Udp(Wire.PeerAddress, 5000, Wire.OurAddress, 53, new byte[4]));
                return wire;
            case Counter.MdnsSent:
            case Counter.MdnsMalformed:
            case Counter.MdnsSourceBad:
            case Counter.MdnsConflicts:
                return MulticastDns();
            case Counter.DnsSent:
            case Counter.DnsCached:
            case Counter.DnsTimedOut:
            case Counter.DnsServerFailed:
            case Counter.DnsTruncated:
            case Counter.DnsSourceBad:
            case Counter.DnsIdentifierBad:
            case Counter.DnsQuestionBad:
            case Counter.DnsMalformed:
                return ProvokeDns();
            case Counter.SntpSent:
            case Counter.SntpUnmatched:
            case Counter.SntpBad:
            case Counter.SntpRefused:
                return ProvokeSntp();
            case Counter.UdpReceived:
            case Counter.UdpQueueFull:
            case Counter.UdpSent:
            case Counter.UdpNotSent:
                return Datagrams();
            case Counter.DhcpSent:
            case Counter.DhcpHeaderBad:
            case Counter.DhcpOptionBad:
            case Counter.DhcpOptionRepeated:
            case Counter.DhcpOptionLengthBad:
            case Counter.DhcpOptionValueBad:
            case Counter.DhcpOptionMissing:
            case Counter.DhcpNotForUs:
            case Counter.DhcpUnexpected:
            case Counter.DhcpLeaseBad:
            case Counter.DhcpRefused:
            case Counter.DhcpExpired:
                return ProvokeDhcp(counter);
            case Counter.TcpHeaderBad:
                return MutantTcp(wire, peer.Frame("S seq R"), 12, 0x40);
            case Counter.TcpChecksumBad:
                return Mutant(wire, peer.Frame("S seq R"), Packet.Transport + 7, 1);
            case Counter.TcpOptionBad:
                wire.Endpoint.Listen(7, 1);
                peer.Sends("S seq R opt 0200FFFF");
                return wire;
            case Counter.TcpNotUnicast:
                frame = peer.Frame("S seq R");
                Packet.Put32(frame, Packet.Ip + 16, 0xFFFFFFFF);
                Packet.FixIpv4(frame);
                Packet.FixTcp(frame);
                Array.Copy(Everyone, frame, 6);
                wire.Inject(frame);
                return wire;
            case Counter.NoConnectionReset:
                peer.Sends("R seq R");
                return wire;
            case Counter.ListenNoSyn:
                wire.Endpoint.Listen(7, 1);
                peer.Sends("F seq R");
                return wire;
            case Counter.SynQueueFull:
            case Counter.SynQueueEvicted:
                TcpSettings queueOnly = Wire.Settings();
                queueOnly.SynPolicy = SynPolicy.QueueOnly;
                wire = new Wire(queueOnly);
                wire.Endpoint.Listen(7, 1);
                new ScriptedPeer(wire).Sends("S seq R");
                wire.Advance(1000);
                new ScriptedPeer(wire, 40001, 7).Sends("S seq R");
                wire.Advance(1_000_000);
                return wire;
            case Counter.CookiesSent:
            case Counter.CookiesReceived:
            case Counter.CookiesBad:
            case Counter.CookiesLimited:
                TcpSettings cookies = Wire.Settings();
                cookies.SynPolicy = SynPolicy.CookiesAlways;
                cookies.CookiesPerSecond = 1;
                wire = new Wire(cookies);
                wire.Endpoint.Listen(7, 1);
                var caller = new ScriptedPeer(wire);
                caller.Sends("S seq R");
                if (counter == Counter.CookiesLimited)
                    new ScriptedPeer(wire, 40001, 7).Sends("S seq R");
                if (counter is Counter.CookiesSent or Counter.CookiesLimited)
                    return wire;
                caller.Expects("S. seq I ack R+1 mss 1460");
                caller.Sends(counter == Counter.CookiesReceived ? ". seq R+1 ack I+1" : ". seq R+1 ack I+2");
                return wire;
            case Counter.AcceptQueueFull:
                wire.Endpoint.Listen(7, 1);
                peer.Sends("S seq R");
                peer.Expects("S. seq I ack R+1 mss 1460");
                peer.Sends(". seq R+1 ack I+1");
                new ScriptedPeer(wire, 40001, 7).Sends("S seq R");
                return wire;
            case Counter.ConnectionsExhausted:
                TcpSettings settings = Wire.Settings();
                settings.Connections = 1;
                wire = new Wire(settings);
                wire.Endpoint.Listen(7, 5);
                wire.Endpoint.Connect(Wire.PeerAddress, 80);
                new ScriptedPeer(wire, 40002, 7).Sends("S seq R");
                return wire;
            case Counter.OrphansEvicted:
            case Counter.SlowEvicted:
                settings = Wire.Settings();
                settings.Connections = 1;
                wire = new Wire(settings);
                peer = ScriptedPeer.Accepted(wire);
                if (counter == Counter.OrphansEvicted)
                    peer.Closes();
                else
                    peer.Connection.IdleTimeout = 60 * Wire.Second;
                wire.Run();
                wire.Advance(5 * Wire.Second);
                wire.Discard();
                var next = new ScriptedPeer(wire, 40002, 7);
                next.Trades("S seq R", "S. seq I ack R+1 mss 1460");
                next.Sends(". seq R+1 ack I+1");
                return wire;
            case Counter.SynWithheld:
            case Counter.SynRefused:
                wire.Endpoint.Listen(7, 1).Handler = new Doorman(counter == Counter.SynWithheld ? SynDecision.Withhold : SynDecision.Refuse);
                peer.Sends("S seq R");
                return wire;
            case Counter.HandshakeAckBad:
                SynSent(wire, peer, out _);
                peer.Sends("S. seq R ack I");
                return wire;
            case Counter.SynSentResetIgnored:
                SynSent(wire, peer, out _);
                peer.Sends("R seq R");
                return wire;
            case Counter.SynSentNoSyn:
                SynSent(wire, peer, out _);
                peer.Sends(". seq R ack I+1");
                return wire;
            case Counter.HandshakeAbandoned:
                wire.Endpoint.Listen(7, 1);
                peer.Sends("S seq R");
                peer.Sends("S seq R+1");
                return wire;
            case Counter.SynDuplicate:
                wire.Endpoint.Listen(7, 1);
                peer.Sends("S seq R");
                peer.Sends("S seq R");
                return wire;
            case Counter.CongestionMarks:
            case Counter.CongestionEchoes:
                wire = new Wire();
                peer = new ScriptedPeer(wire);
                wire.Endpoint.Listen(7, 4);
                peer.Sends("SEW seq R");
                peer.Expects("S.E seq I ack R+1 mss 1460");
                peer.Sends(". seq R+1 ack I+1");
                byte[] marked = peer.Frame(".E seq R+1 ack I+1 len 1");
                marked[Packet.Ip + 1] = 3;
                Packet.FixIpv4(marked);
                wire.Inject(marked);
                return wire;
            case Counter.TimestampMissing:
            case Counter.TimestampOld:
                settings = Wire.Settings();
                settings.Timestamps = true;
                wire = new Wire(settings);
                peer = new ScriptedPeer(wire);
                wire.Endpoint.Listen(7, 4);
                peer.Sends("S seq R ts 100:0");
                peer.Expects("S. seq I ack R+1 mss 1460 ts T:100");
                peer.Sends(". seq R+1 ack I+1 ts 100:T");
                peer.Sends(counter == Counter.TimestampOld ? ". seq R+1 ack I+1 ts 99:T" : ". seq R+1 ack I+1");
                return wire;
            case Counter.ActiveOpens:
                SynSent(wire, peer, out _);
                return wire;
            case Counter.TimedOut:
                SynSent(wire, peer, out _);
                wire.Advance(300 * Wire.Second);
                return wire;
            case Counter.Retransmissions:
                SynSent(wire, peer, out _);
                wire.Advance(2 * Wire.Second);
                return wire;
            case Counter.TimeWaitRecycled:
                settings = Wire.Settings();
                settings.TimeWaits = 1;
                wire = new Wire(settings);
                TcpListener listener = wire.Endpoint.Listen(7, 1);
                for (int i = 0; i < 2; i++)
                {
                    peer = new ScriptedPeer(wire, 41000 + i, 7);
                    peer.Opens(listener);
                    EnterTimeWait(wire, peer);
                }

                return wire;
        }

        peer = ScriptedPeer.Accepted(out wire);
        switch (counter)
        {
            case Counter.PassiveOpens:
            case Counter.Established:
                break;
            case Counter.OutOfWindow:
                peer.Sends(". seq R ack I+1");
                break;
            case Counter.OutOfWindowReset:
                peer.Sends("R seq R");
                break;
            case Counter.ChallengeReset:
                peer.Sends("R seq R+2");
                break;
            case Counter.ChallengeSyn:
                peer.Sends("S seq R+1");
                break;
            case Counter.ChallengeLimited:
                for (int i = 0; i < 20; i++)
                    peer.Sends("S seq R+1");
                break;
            case Counter.AckMissing:
                peer.Sends("- seq R+1 len 1");
                break;
            case Counter.AckTooHigh:
                peer.Sends(". seq R+1 ack I+2");
                break;
            case Counter.AckTooOld:
                peer.Sends(". seq R+1 ack I-70000");
                break;
            case Counter.DuplicateAcks:
                peer.Writes(10);
                peer.Sends(". seq R+1 ack I+1");
                break;
            case Counter.FastRetransmissions:
                peer.Writes(10);
                for (int i = 0; i < 3; i++)
                    peer.Sends(". seq R+1 ack I+1");
                break;
            case Counter.SpuriousTimeouts:
                TcpSettings roomy = Wire.Settings();
                roomy.SendBufferSize = 16384;
                wire = new Wire(roomy);
                peer = ScriptedPeer.Small(wire, "", 0);
                peer.Writes(8000);
                wire.Advance(Wire.Second);
                peer.Sends(". seq R+1 ack I+101");
                peer.Sends(". seq R+1 ack I+201");
                break;
            case Counter.BlackHoles:
                TcpSettings large = Wire.Settings();
                large.SendBufferSize = 4096;
                wire = new Wire(large);
                peer = ScriptedPeer.Accepted(wire);
                peer.Writes(1460);
                wire.Advance(Wire.Second);
                wire.Advance(2 * Wire.Second);
                break;
            case Counter.TailLossProbes:
                TcpSettings withSacks = Wire.Settings();
                withSacks.SelectiveAcknowledgments = true;
                wire = new Wire(withSacks);
                peer = ScriptedPeer.Small(wire, " sackok", 0);
                peer.Writes(10);
                wire.Advance(Wire.Second / 2);
                break;
            case Counter.OutOfOrderKept:
                peer.Sends(". seq R+10 ack I+1 len 1");
                break;
            case Counter.OutOfOrderDropped:
                for (int i = 1; i < 100; i++)
                    peer.Sends(". seq R+" + (10 * i).ToString(System.Globalization.CultureInfo.InvariantCulture) + " ack I+1 len 1");
                break;
            case Counter.WindowOverrun:
                peer.Sends(". seq R+2000 ack I+1 len 100");
                break;
            case Counter.DataAfterClose:
                peer.Closes();
                peer.Sends(". seq R+1 ack I+2");
                peer.Sends(". seq R+1 ack I+2 len 100");
                break;
            case Counter.UrgentReceived:
                peer.Sends("U. seq R+1 ack I+1 len 1 urg 1");
                break;
            case Counter.TimeWaitReset:
                EnterTimeWait(wire, peer);
                peer.Sends("R seq R+2");
                break;
            case Counter.TimeWaitAnswered:
                EnterTimeWait(wire, peer);
                peer.Sends("F. seq R+1 ack I+2");
                break;
            case Counter.TimeWaitReopened:
                EnterTimeWait(wire, peer);
                peer.Sends("S seq R+1000");
                break;
            case Counter.ResetsReceived:
                peer.Sends("R seq R+1");
                break;
            case Counter.ZeroWindowProbes:
                peer.Sends(". seq R+1 ack I+1 win 0");
                peer.Writes(10);
                wire.Advance(3 * Wire.Second);
                break;
            case Counter.KeepAlives:
            case Counter.KeepAlivesGivenUp:
                peer.Connection.KeepAlive = Wire.Second;
                wire.Run();
                wire.Advance(30 * Wire.Second);
                break;
            case Counter.IdleTimedOut:
                peer.Connection.IdleTimeout = Wire.Second;
                wire.Run();
                wire.Advance(Wire.Second);
                break;
            case Counter.OrphansTimedOut:
                peer.Closes();
                wire.Advance(100 * Wire.Second);
                break;
            default:
                throw new InvalidOperationException("nothing is known to make it count");
        }

        return wire;
    }

    private static Wire ProvokeSntp()
    {
        SntpServer server = new SntpServer("10.77.0.1", SntpClient.LeastInterval);
        server.IsAsked();
        server.Sends(new byte[47]);
        server.Sends(server.Answer(0xE4, 2, 0, 0));
        server.IsAsked();
        byte[] kiss = server.Answer(0x24, 0, 0, 0);
        kiss[12] = (byte)'D';
        server.Sends(kiss);
        return server.Wire;
    }

    private static Wire ProvokeDns()
    {
        DnsServer server = DnsServer.Only(out Wire wire);
        wire.Endpoint.Resolve("a.test");
        wire.Run();
        server.IsAsked("a.test", DnsServer.A);
        server.Sends(new byte[11]);
        byte[] answer = server.Message(DnsServer.Good, "a.test A 60 10.1.2.3");
        wire.Inject(Packet.Udp(Wire.RouterAddress, 53, Wire.OurAddress, server.Port, answer));
        answer[1] ^= 1;
        server.Sends(answer);
        server.Sends(server.Question(0));
        server.Answers(DnsServer.Truncated, "");
        wire.Advance(4 * Wire.Second);
        wire.Discard();
        wire.Endpoint.Resolve("b.test");
        wire.Run();
        server.IsAsked("b.test", DnsServer.A);
        server.Answers(DnsServer.Refused, "");
        wire.Endpoint.Resolve("c.test");
        wire.Run();
        server.IsAsked("c.test", DnsServer.A);
        server.Answers(DnsServer.Good, "c.test A 60 10.1.2.3");
        wire.Endpoint.Resolve("c.test");
        wire.Run();
        return wire;
    }

    private static Wire ProvokeDhcp(Counter counter)
    {
        DhcpServer server = new();
        server.IsAsked();
        switch (counter)
        {
            case Counter.DhcpHeaderBad:
                server.Sends(Packet.Udp(server.Address, 67, server.Offered, 68, new byte[239]));
                break;
            case Counter.DhcpOptionBad:
                server.Sends(server.Frame(server.Offered, server.Offered, [53, 1], false));
                break;
            case Counter.DhcpOptionRepeated:
                server.Sends(server.Reply(DhcpServer.Ack, [.. server.Terms(), .. server.Terms()]));
                break;
            case Counter.DhcpOptionLengthBad:
                server.Sends(server.Reply(DhcpServer.Ack, [3, 0]));
                break;
            case Counter.DhcpOptionValueBad:
                server.Sends(server.Reply(DhcpServer.Ack, DhcpServer.Number(1, 0)));
                break;
            case Counter.DhcpOptionMissing:
                server.Sends(server.Reply(DhcpServer.Ack, []));
                break;
            case Counter.DhcpNotForUs:
                byte[] frame = server.Reply(DhcpServer.Ack, server.Terms());
                frame[DhcpServer.Message + 4] ^= 1;
                Packet.FixUdp(frame);
                server.Sends(frame);
                break;
            case Counter.DhcpUnexpected:
                server.Offers();
                break;
            case Counter.DhcpLeaseBad:
                server = new() { Offered = 0x0A4D00FF };
                server.IsAsked(DhcpServer.Number(1, 0xFFFF0000));
                server.Acknowledges();
                break;
            case Counter.DhcpRefused:
                server.Refuses();
                break;
            case Counter.DhcpExpired:
                server.Lease = 10;
                server.Acknowledges();
                server.Wire.Advance(20 * Wire.Second);
                break;
        }

        return server.Wire;
    }

    private static void SynSent(Wire wire, ScriptedPeer peer, out byte[] syn)
    {
        peer.Connection = wire.Endpoint.Connect(peer.Address, peer.Port, peer.OurPort);
        wire.Run();
        syn = wire.Take();
        peer['I'] = Packet.Get32(syn, Packet.Transport + 4);
    }

    private static void EnterTimeWait(Wire wire, ScriptedPeer peer)
    {
        peer.Closes();
        peer.Sends("F. seq R+1 ack I+2");
        while (wire.Take() is not null)
        {
        }
    }

    private static Wire Mutant(Wire wire, byte[] frame, int index, byte value)
    {
        frame[index] = value;
        wire.Inject(frame);
        return wire;
    }

    private static Wire MutantTcp(Wire wire, byte[] frame, int index, byte value)
    {
        frame[Packet.Transport + index] = value;
        Packet.FixTcp(frame);
        wire.Inject(frame);
        return wire;
    }

    private static byte[] Arp(uint sender, uint target) =>
        Packet.Arp(Everyone, 1, Packet.PhysicalAddressOf(sender), sender, new byte[6], target);

    private sealed class Doorman(SynDecision decision) : TcpListenerHandler
    {
        public override SynDecision OnSyn(TcpListener listener, uint remoteAddress, int remotePort) => decision;
    }
}
