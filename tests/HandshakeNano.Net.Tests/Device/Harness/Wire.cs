using System;
using System.Collections;
using nanoFramework.TestFramework;

namespace HandshakeNano.Net.Tests;

/// <summary>
/// The link of the endpoint under test, and its time: what the other hosts put on it is received in order, and every
/// frame that the endpoint sends is judged as a frame and kept until the test expects it.
/// </summary>
internal sealed class Wire : ILink
{
    public const uint OurAddress = Packet.OurAddress;
    public const uint PeerAddress = Packet.PeerAddress;
    public const uint RouterAddress = Packet.RouterAddress;
    public const ulong Millisecond = 1000;
    public const ulong Second = 1000 * Millisecond;

    private readonly ArrayList _received = new ArrayList();
    private readonly ArrayList _sent = new ArrayList();
    private readonly byte[] _physicalAddress;
    private readonly int _mtu;
    private readonly int _timeToLive;
    private readonly int _typeOfService;

    public Wire()
        : this(Settings())
    {
    }

    public Wire(TcpSettings settings)
        : this(settings, 1500, Second)
    {
    }

    public Wire(TcpSettings settings, int mtu, ulong now)
        : this(settings, mtu, now, true)
    {
    }

    public Wire(TcpSettings settings, int mtu, ulong now, bool hasEthernetHeader)
    {
        HasEthernetHeader = hasEthernetHeader;
        _mtu = mtu;
        _timeToLive = settings.TimeToLive;
        _typeOfService = 4 * settings.DifferentiatedServices;
        _physicalAddress = Packet.PhysicalAddressOf(settings.Dhcp ? OurAddress : settings.Address);
        Now = now;
        AnswersArp = true;
        Endpoint = new TcpEndpoint(this, new FixedEntropy(), settings);
        Run();
        GratuitousArp = _sent.Count > 0 ? (byte[])_sent[0] : null;
        _sent.Clear();
    }

    public TcpEndpoint Endpoint { get; }

    /// <summary>The time, in microseconds.</summary>
    public ulong Now { get; private set; }

    /// <summary>What the endpoint's last Poll returned.</summary>
    public ulong Deadline { get; private set; }

    /// <summary>True (the default) if the hosts of the wire answer ARP requests but for probes, which are then not kept.</summary>
    public bool AnswersArp { get; set; }

    /// <summary>The Ethernet address of the peer if it is another than its IPv4 address says; null if not.</summary>
    public byte[] PeerCard { get; set; }

    /// <summary>What the endpoint sent first of all.</summary>
    public byte[] GratuitousArp { get; }

    /// <summary>How many frames the endpoint has sent that no test has looked at yet.</summary>
    public int SentCount
    {
        get { return _sent.Count; }
    }

    public int Mtu
    {
        get { return _mtu; }
    }

    /// <summary>False for a link of bare IP packets: the frames of the tests then lose and get their Ethernet header here.</summary>
    public bool HasEthernetHeader { get; }

    public byte[] PhysicalAddress
    {
        get { return _physicalAddress; }
    }

    public bool IsUp { get; set; } = true;

    /// <summary>The settings of most tests: with no option that does not belong to what they are about.</summary>
    public static TcpSettings Settings()
    {
        return new TcpSettings { Address = OurAddress, PrefixLength = 24, Gateway = RouterAddress, SelectiveAcknowledgments = false, Timestamps = false, WindowScale = false };
    }

    public ulong Count(Counter counter)
    {
        return Endpoint.Counters.Get(counter);
    }

    /// <summary>Lets frames wait for the endpoint, but does not call it.</summary>
    public void Queue(byte[] frame)
    {
        _received.Add(frame);
    }

    /// <summary>Hands a frame to the endpoint and lets it do what it wants to do at this moment.</summary>
    public void Inject(byte[] frame)
    {
        Queue(frame);
        Run();
    }

    /// <summary>Lets the endpoint do all that it wants to do at this moment.</summary>
    public void Run()
    {
        int turns = 0;
        do
        {
            Deadline = Endpoint.Poll(Now);
            turns++;
            Assert.IsTrue(turns < 10000, "Poll never comes to rest");
        }
        while (Deadline <= Now || _received.Count > 0);
    }

    /// <summary>Lets time go by, with the endpoint called at each of its deadlines and at the end.</summary>
    public void Advance(ulong microseconds)
    {
        ulong end = Now + microseconds;
        while (Deadline < end)
        {
            Now = Deadline;
            Run();
        }

        Now = end;
        Run();
    }

    /// <summary>Demands that the endpoint has sent nothing that was not expected.</summary>
    public void ExpectsSilence()
    {
        ExpectsSilence("");
    }

    public void ExpectsSilence(string where)
    {
        if (_sent.Count > 0)
            Assert.IsTrue(false, where + " expected silence, got " + Describe((byte[])_sent[0]));
    }

    /// <summary>Demands silence for a while.</summary>
    public void StaysSilent(ulong microseconds)
    {
        ulong begin = Now;
        ulong end = Now + microseconds;
        while (Deadline < end)
        {
            Now = Deadline;
            Run();
            ExpectsSilence("after " + (Now - begin).ToString() + " us:");
        }

        Now = end;
        Run();
        ExpectsSilence("after " + (Now - begin).ToString() + " us:");
    }

    /// <summary>The next frame that the endpoint sent; null if there is none.</summary>
    public byte[] Take()
    {
        if (_sent.Count == 0)
            return null;
        byte[] frame = (byte[])_sent[0];
        _sent.RemoveAt(0);
        return frame;
    }

    /// <summary>The next frame that the endpoint sent, which stays there; null if there is none.</summary>
    public byte[] Peek()
    {
        return _sent.Count == 0 ? null : (byte[])_sent[0];
    }

    /// <summary>Discards what the endpoint has sent so far.</summary>
    public void Discard()
    {
        _sent.Clear();
    }

    /// <summary>The next frame that the endpoint sent, which must be an ICMP message.</summary>
    public byte[] TakeIcmp()
    {
        byte[] frame = Take();
        Assert.IsNotNull(frame, "expected an ICMP message, got nothing");
        Assert.IsTrue(Packet.Get16(frame, 12) == Packet.EtherTypeIpv4 && frame[Packet.Ip + 9] == 1,
            "expected an ICMP message, got " + Describe(frame));
        return frame;
    }

    /// <summary>The next frame that the endpoint sent, which must be an ARP packet.</summary>
    public byte[] TakeArp()
    {
        byte[] frame = Take();
        Assert.IsNotNull(frame, "expected an ARP packet, got nothing");
        Assert.IsTrue(Packet.Get16(frame, 12) == Packet.EtherTypeArp, "expected an ARP packet, got " + Describe(frame));
        return frame;
    }

    public int Receive(byte[] buffer)
    {
        while (_received.Count > 0)
        {
            byte[] frame = (byte[])_received[0];
            _received.RemoveAt(0);
            if (!HasEthernetHeader)
            {
                int length = Packet.Get16(frame, Packet.Ip + 2);
                Array.Copy(frame, Packet.Ip, buffer, FrameLayout.Network, length);
                return length;
            }

            if (frame.Length > 0 && frame.Length <= buffer.Length - FrameLayout.Ethernet)
            {
                Array.Copy(frame, 0, buffer, FrameLayout.Ethernet, frame.Length);
                return frame.Length;
            }
        }

        return 0;
    }

    public bool Send(byte[] buffer, int length)
    {
        if (!IsUp)
            return false;
        int header = HasEthernetHeader ? 0 : Packet.Ip;
        Assert.IsTrue(length + header >= 14 && length + header <= _mtu + 14, "a frame of " + length.ToString() + " bytes");
        byte[] frame = new byte[header + length];
        Array.Copy(buffer, FrameLayout.Ethernet + header, frame, header, length);
        if (!HasEthernetHeader)
        {
            Array.Copy(Packet.PhysicalAddressOf(Packet.NextHop(Packet.Get32(frame, Packet.Ip + 16))), 0, frame, 0, 6);
            Array.Copy(_physicalAddress, 0, frame, 6, 6);
            Packet.Put16(frame, 12, Packet.EtherTypeIpv4);
        }

        Judge(frame);
        if (AnswersArp && Packet.Get16(frame, 12) == Packet.EtherTypeArp && Packet.Get16(frame, Packet.Ip + 6) == 1
            && Packet.Get32(frame, Packet.Ip + 14) != 0
            && Packet.Get32(frame, Packet.Ip + 24) != Packet.Get32(frame, Packet.Ip + 14)
            && ((frame[0] & 1) != 0 || Packet.SameBytes(frame, 0, CardOf(Packet.Get32(frame, Packet.Ip + 24)), 0, 6)))
            AnswerArp(frame);
        else if (AnswersArp && IsNeighbourAskedFor(frame))
            AnswerSolicitation(frame);
        else
            _sent.Add(frame);
        return true;
    }

    public void Wake()
    {
    }

    public void Wait(int millisecondsTimeout)
    {
        Assert.IsTrue(false, "the protocol must not wait");
    }

    internal static string Describe(byte[] frame)
    {
        string text = "frame";
        if (Packet.Get16(frame, 12) == Packet.EtherTypeArp)
        {
            text = "ARP";
        }
        else if (Packet.Get16(frame, 12) == Packet.EtherTypeIpv4 && frame[Packet.Ip + 9] == 1)
        {
            text = "ICMP";
        }
        else if (Packet.Get16(frame, 12) == Packet.EtherTypeIpv4 && frame[Packet.Ip + 9] == 17)
        {
            text = "UDP";
        }
        else if (Packet.Get16(frame, 12) == Packet.EtherTypeIpv4 && frame[Packet.Ip + 9] == 6)
        {
            text = "TCP ";
            for (int i = 0; i < 8; i++)
            {
                if (((frame[Packet.Transport + 13] >> i) & 1) != 0)
                    text += Segment.FlagLetters[i].ToString();
            }
        }

        for (int i = 0; i < frame.Length && i < 90; i++)
            text += " " + frame[i].ToString("X2");
        return text;
    }

    /// <summary>
    /// What must hold of every packet that leaves: only TCP and ICMPv6 do, and only reports have another header before them.
    /// </summary>
    private void JudgeIpv6(byte[] frame, string what)
    {
        bool isTcp = frame[Packet.Ip + 6] == 6;
        Assert.AreEqual(isTcp ? 0x600u | (uint)_typeOfService : 0x600u, Packet.Get32(frame, Packet.Ip) >> 20, "version, class: " + what);
        Assert.AreEqual(isTcp, (Packet.Get32(frame, Packet.Ip) & 0xFFFFF) != 0, "flow: " + what);
        Assert.AreEqual(frame.Length - Ipv6Packet.Payload, Packet.Get16(frame, Packet.Ip + 4), "length: " + what);
        int skipped = 0;
        if (frame[Packet.Ip + 6] == 0)
        {
            Assert.AreEqual(0x3A000502u, Packet.Get32(frame, Ipv6Packet.Payload), "router alert: " + what);
            Assert.AreEqual(0x00000100u, Packet.Get32(frame, Ipv6Packet.Payload + 4), "its value and padding: " + what);
            Assert.IsTrue(frame[Ipv6Packet.Payload + 8] == 143 || frame[Ipv6Packet.Payload + 8] == 131 || frame[Ipv6Packet.Payload + 8] == 132,
                "only reports alert routers: " + what);
            Assert.AreEqual((byte)1, frame[Packet.Ip + 7], "hop limit of a report: " + what);
            skipped = 8;
        }
        else if (!isTcp)
            Assert.AreEqual((byte)58, frame[Packet.Ip + 6], "next header: " + what);
        Assert.AreEqual(0, Ipv6Packet.Checksum(frame, skipped, isTcp ? 6 : 58), "checksum: " + what);
        if (!isTcp && frame[Ipv6Packet.Payload] >= 133 && frame[Ipv6Packet.Payload] <= 137)
            Assert.AreEqual((byte)255, frame[Packet.Ip + 7], "hop limit: " + what);
        if (frame[Packet.Ip + 24] == 0xFF)
            Assert.IsTrue(Packet.Get16(frame, 0) == 0x3333 && Packet.SameBytes(frame, 2, frame, Packet.Ip + 36, 4), "group: " + what);
        else
            Assert.AreEqual(0, frame[0] & 1, "Ethernet destination: " + what);
    }

    /// <summary>Whether a host of the wire is asked for its Ethernet address, by us or alone on its card, and not for its own sake.</summary>
    private bool IsNeighbourAskedFor(byte[] frame)
    {
        return Packet.Get16(frame, 12) == Ipv6Packet.EtherType && frame[Packet.Ip + 6] == 58 && frame[Ipv6Packet.Payload] == 135
            && !Packet.SameBytes(frame, Packet.Ip + 8, Ipv6Packet.Nobody, 0, 16)
            && ((frame[0] & 1) != 0 || Packet.SameBytes(frame, 0, CardOf(PeerAddress), 0, 6));
    }

    private void AnswerSolicitation(byte[] question)
    {
        byte[] target = new byte[16], asker = new byte[16];
        Array.Copy(question, Ipv6Packet.Payload + 8, target, 0, 16);
        Array.Copy(question, Packet.Ip + 8, asker, 0, 16);
        Queue(Ipv6Packet.Neighbour(target, asker, 136, 0x60, target, CardOf(PeerAddress)));
    }

    private void AnswerArp(byte[] request)
    {
        uint address = Packet.Get32(request, Packet.Ip + 24);
        byte[] sender = new byte[6];
        Array.Copy(request, 6, sender, 0, 6);
        Queue(Packet.Arp(sender, 2, CardOf(address), address, sender, Packet.Get32(request, Packet.Ip + 14)));
    }

    private byte[] CardOf(uint address)
    {
        return address == PeerAddress && PeerCard != null ? PeerCard : Packet.PhysicalAddressOf(address);
    }

    /// <summary>What must hold of every frame that leaves, whatever it says.</summary>
    private void Judge(byte[] frame)
    {
        string what = Describe(frame);
        Assert.IsTrue(Packet.SameBytes(frame, 6, _physicalAddress, 0, 6), "Ethernet source: " + what);
        int etherType = Packet.Get16(frame, 12);
        if (etherType == Packet.EtherTypeArp)
        {
            Assert.IsTrue(frame.Length >= 42, "ARP length: " + what);
            Assert.IsTrue(Packet.Get16(frame, Packet.Ip) == 1 && Packet.Get16(frame, Packet.Ip + 2) == 0x0800
                && frame[Packet.Ip + 4] == 6 && frame[Packet.Ip + 5] == 4, "ARP types and lengths: " + what);
            Assert.IsTrue(Packet.SameBytes(frame, Packet.Ip + 8, _physicalAddress, 0, 6), "ARP sender: " + what);
            Assert.AreEqual(Endpoint == null ? OurAddress : Endpoint.Address, Packet.Get32(frame, Packet.Ip + 14), "ARP sender");
            return;
        }

        if (etherType == Ipv6Packet.EtherType)
        {
            JudgeIpv6(frame, what);
            return;
        }

        Assert.AreEqual(Packet.EtherTypeIpv4, etherType, "EtherType: " + what);
        Assert.AreEqual((byte)0x45, frame[Packet.Ip], "IP version and header length: " + what);
        int total = Packet.Get16(frame, Packet.Ip + 2);
        Assert.IsTrue(total >= 28 && total + 14 <= frame.Length, "IP total length: " + what);
        Assert.IsTrue(frame.Length == total + 14 || frame.Length == Packet.LeastFrame, "frame length: " + what);
        Assert.AreEqual(0, Packet.Checksum(frame, Packet.Ip, 20, 0), "IP checksum: " + what);
        // Only data may be marked on its way (RFC 3168 section 6.1).
        bool capable = frame[Packet.Ip + 9] == 6 && total > 20 + (frame[Packet.Transport + 12] >> 4) * 4 && (frame[Packet.Ip + 1] & 3) == 2;
        Assert.AreEqual(_typeOfService, capable ? frame[Packet.Ip + 1] - 2 : frame[Packet.Ip + 1], "type of service: " + what);
        uint destination = Packet.Get32(frame, Packet.Ip + 16);
        bool isForGroup = destination >= 0xE0000000 && destination < 0xF0000000;

        // A socket of UDP may have a time to live of its own.
        if (frame[Packet.Ip + 9] != 17)
            Assert.AreEqual((byte)_timeToLive, frame[Packet.Ip + 8], "TTL: " + what);
        Assert.AreEqual(0x4000, Packet.Get16(frame, Packet.Ip + 6), "DF and fragment offset: " + what);
        uint source = Packet.Get32(frame, Packet.Ip + 12);
        if (isForGroup)
        {
            Assert.AreEqual((byte)17, frame[Packet.Ip + 9], "only UDP speaks to a group: " + what);
            Assert.AreEqual(Endpoint.Address, source, "IP source: " + what);
            Assert.AreEqual(0x01005E, (Packet.Get16(frame, 0) << 8) | frame[2], "Ethernet destination: " + what);
            Assert.AreEqual(destination & 0x7FFFFF, Packet.Get32(frame, 2) & 0xFFFFFF, "Ethernet destination: " + what);
        }
        else if (destination == 0xFFFFFFFF || destination == (Packet.OurAddress | 0xFF))
        {
            Assert.AreEqual((byte)17, frame[Packet.Ip + 9], "only UDP speaks to everybody: " + what);
            Assert.IsTrue(source == 0 || source == Endpoint.Address, "IP source: " + what);
            for (int i = 0; i < 6; i++)
                Assert.AreEqual((byte)0xFF, frame[i], "Ethernet destination: " + what);
        }
        else
        {
            Assert.AreEqual(Endpoint.Address, source, "IP source: " + what);
            uint nextHop = Packet.NextHop(destination);
            Assert.IsTrue(Packet.SameBytes(frame, 0, CardOf(nextHop), 0, 6), "Ethernet destination: " + what);
        }

        if (frame[Packet.Ip + 9] == 6)
        {
            int headerLength = (frame[Packet.Transport + 12] >> 4) * 4;
            Assert.IsTrue(headerLength >= 20 && headerLength <= total - 20, "TCP data offset: " + what);
            Assert.AreEqual(0, Packet.TcpChecksum(frame), "TCP checksum: " + what);
            Assert.AreEqual(0, frame[Packet.Transport + 12] & 15, "TCP reserved bits: " + what);
        }
        else if (frame[Packet.Ip + 9] == 17)
        {
            Assert.AreEqual(total - 20, Packet.Get16(frame, Packet.Transport + 4), "UDP length: " + what);
            Assert.AreNotEqual(0, Packet.Get16(frame, Packet.Transport + 6), "UDP without a checksum: " + what);
            Assert.AreEqual(0, Packet.UdpChecksum(frame), "UDP checksum: " + what);
        }
        else
        {
            Assert.AreEqual((byte)1, frame[Packet.Ip + 9], "IP protocol: " + what);
            Assert.AreEqual(0, Packet.Checksum(frame, Packet.Transport, total - 20, 0), "ICMP checksum: " + what);
        }
    }
}
