using System;
using nanoFramework.TestFramework;

namespace HandshakeNano.Net.Tests;

/// <summary>
/// A DHCP server on the wire of an endpoint that asks for its address, played message by message. What the endpoint sends is
/// compared as a whole frame, byte by byte, with one that is made here from the RFCs.
/// </summary>
internal sealed class DhcpServer
{
    public const int Discover = 1;
    public const int Offer = 2;
    public const int Request = 3;
    public const int Decline = 4;
    public const int Ack = 5;
    public const int Nak = 6;
    public const int Release = 7;

    /// <summary>The server that the endpoint meets first, and another one.</summary>
    public const uint First = Wire.RouterAddress;
    public const uint Second = Wire.PeerAddress;

    /// <summary>Index of the message in a frame.</summary>
    public const int Message = Packet.Transport + 8;
    public const int Options = Message + 240;

    public static readonly byte[] Everyone = new byte[] { 255, 255, 255, 255, 255, 255 };

    public DhcpServer()
        : this("")
    {
    }

    public DhcpServer(string hostName)
        : this(hostName, 1500)
    {
    }

    public DhcpServer(string hostName, int mtu)
        : this(hostName, mtu, 0)
    {
    }

    public DhcpServer(string hostName, int mtu, int dnsQueries)
    {
        HostName = hostName == null ? "" : hostName;
        Address = First;
        Offered = Wire.OurAddress;
        Lease = 3600;
        Wire = new Wire(new TcpSettings { Dhcp = true, HostName = hostName, DnsQueries = dnsQueries, SelectiveAcknowledgments = false, Timestamps = false, WindowScale = false }, mtu, Wire.Second);
    }

    public Wire Wire { get; }

    public string HostName { get; }

    public DhcpClient Client
    {
        get { return Wire.Endpoint.Dhcp; }
    }

    /// <summary>The server's own address.</summary>
    public uint Address { get; set; }

    /// <summary>The address that it gives.</summary>
    public uint Offered { get; set; }

    /// <summary>How long it gives it, in seconds.</summary>
    public uint Lease { get; set; }

    /// <summary>The transaction that the endpoint's last message was of.</summary>
    public uint TransactionId { get; private set; }

    // ---- What the endpoint sends

    public void ExpectsDiscover(int seconds)
    {
        Expects(0, 0xFFFFFFFF, seconds, Flags(), 0, Join(Head(Discover), Wishes()));
    }

    /// <summary>The request for what this server has offered.</summary>
    public void ExpectsRequest(int seconds)
    {
        Expects(0, 0xFFFFFFFF, seconds, Flags(), 0,
            Join(Join(Head(Request), Number(50, Offered)), Join(Number(54, Address), Wishes())));
    }

    public void ExpectsRenewal(int seconds)
    {
        Expects(Offered, Address, seconds, 0, Offered, Join(Head(Request), Wishes()));
    }

    public void ExpectsRebinding(int seconds)
    {
        Expects(Offered, 0xFFFFFFFF, seconds, 0, Offered, Join(Head(Request), Wishes()));
    }

    public void ExpectsReboot(int seconds)
    {
        Expects(0, 0xFFFFFFFF, seconds, 0, 0, Join(Join(Head(Request), Number(50, Offered)), Wishes()));
    }

    public void ExpectsDecline()
    {
        Expects(0, 0xFFFFFFFF, 0, 0, 0, Join(Head(Decline), Join(Number(50, Offered), Number(54, Address))));
    }

    public void ExpectsRelease()
    {
        Expects(Offered, Address, 0, 0, Offered, Join(Head(Release), Number(54, Address)));
    }

    public void ExpectsProbe()
    {
        ExpectsArp(0);
    }

    public void ExpectsAnnouncement()
    {
        ExpectsArp(Offered);
    }

    /// <summary>Answers from here on are for the endpoint's next message, whatever else it says.</summary>
    public void TakesTransaction()
    {
        TransactionId = Packet.Get32(Wire.Take(), Message + 4);
    }

    /// <summary>Lets time go by until the endpoint sends something; gives how long that took, in microseconds.</summary>
    public ulong Waits(ulong least, ulong most)
    {
        Wire wire = Wire;
        ulong begin = wire.Now;
        wire.ExpectsSilence("before waiting");
        while (wire.SentCount == 0)
        {
            Assert.IsTrue(wire.Deadline - begin <= most, "nothing was sent within " + most.ToString() + " us");
            wire.Advance(wire.Deadline - wire.Now);
        }

        ulong waited = wire.Now - begin;
        Assert.IsTrue(waited >= least, "sent after " + waited.ToString() + " us, expected " + least.ToString() + " or more");
        return waited;
    }

    // ---- What the server sends

    /// <summary>An offer that has everything.</summary>
    public void Offers()
    {
        Sends(Reply(Offer, Terms()));
    }

    public void Acknowledges()
    {
        Sends(Reply(Ack, Terms()));
    }

    public void Refuses()
    {
        Sends(Frame(0xFFFFFFFF, 0, Join(Option(53, Nak), Number(54, Address)), true));
    }

    /// <summary>As some servers do (ESP-IDF's, for one).</summary>
    public void RefusesWithoutItsName()
    {
        Sends(Frame(0xFFFFFFFF, 0, Option(53, Nak), true));
    }

    public void Sends(byte[] frame)
    {
        Wire.Inject(frame);
    }

    /// <summary>A message of a type with these options after type and server, to the address that it gives.</summary>
    public byte[] Reply(int type, byte[] options)
    {
        return Frame(Offered, Offered, Join(Join(Option(53, type), Number(54, Address)), options), true);
    }

    /// <summary>Lease, mask, and ourselves as the router.</summary>
    public byte[] Terms()
    {
        return Join(Number(51, Lease), Join(Number(1, 0xFFFFFF00), Number(3, Address)));
    }

    /// <summary>A whole frame.</summary>
    /// <param name="destination">The IPv4 destination; to all ones it is an Ethernet broadcast.</param>
    /// <param name="yours">The address that is given.</param>
    /// <param name="options">The options.</param>
    /// <param name="end">Whether an End option follows them.</param>
    public byte[] Frame(uint destination, uint yours, byte[] options, bool end)
    {
        byte[] message = new byte[240 + options.Length + (end ? 1 : 0)];
        message[0] = 2;
        message[1] = 1;
        message[2] = 6;
        Packet.Put32(message, 4, TransactionId);
        Packet.Put32(message, 16, yours);
        Array.Copy(Wire.PhysicalAddress, 0, message, 28, 6);
        Packet.Put32(message, 236, 0x63825363);
        Array.Copy(options, 0, message, 240, options.Length);
        if (end)
            message[message.Length - 1] = 255;
        byte[] frame = Packet.Udp(Address, 67, destination, 68, message);
        Array.Copy(destination == 0xFFFFFFFF ? Everyone : Wire.PhysicalAddress, frame, 6);
        return frame;
    }

    // ---- From one state to another

    /// <summary>Up to the request for what was offered.</summary>
    public void IsAsked()
    {
        IsAsked(Terms());
    }

    /// <summary>Up to the request for what was offered with these options after type and server.</summary>
    public void IsAsked(byte[] options)
    {
        Waits(0, Wire.Second);
        ExpectsDiscover(0);
        Sends(Reply(Offer, options));
        ExpectsRequest(0);
    }

    /// <summary>Up to the check of the address.</summary>
    public void Gives()
    {
        IsAsked();
        Acknowledges();
        Assert.AreEqual((int)DhcpState.Probing, (int)Client.State);
    }

    /// <summary>Up to the address, with both of its announcements.</summary>
    public void Binds()
    {
        Gives();
        BindsAfterProbes();
    }

    public void BindsAfterProbes()
    {
        Waits(0, Wire.Second - 1);
        ExpectsProbe();
        Waits(Wire.Second, 2 * Wire.Second - 1);
        ExpectsProbe();
        Waits(Wire.Second, 2 * Wire.Second - 1);
        ExpectsProbe();
        Assert.AreEqual(0u, Wire.Endpoint.Address, "the address before it is known to be free");
        Waits(2 * Wire.Second, 2 * Wire.Second);
        Assert.AreEqual(Offered, Wire.Endpoint.Address);
        Assert.AreEqual((int)DhcpState.Bound, (int)Client.State);
        ExpectsAnnouncement();
        Waits(2 * Wire.Second, 2 * Wire.Second);
        ExpectsAnnouncement();
        Wire.ExpectsSilence("bound");
    }

    // ---- Options

    public static byte[] Option(int code, int value)
    {
        return new byte[] { (byte)code, 1, (byte)value };
    }

    public static byte[] Number(int code, uint value)
    {
        byte[] option = new byte[6];
        option[0] = (byte)code;
        option[1] = 4;
        Packet.Put32(option, 2, value);
        return option;
    }

    public static byte[] Join(byte[] a, byte[] b)
    {
        byte[] both = new byte[a.Length + b.Length];
        Array.Copy(a, 0, both, 0, a.Length);
        Array.Copy(b, 0, both, a.Length, b.Length);
        return both;
    }

    public static byte[] Bytes(string hex)
    {
        byte[] bytes = new byte[hex.Length / 2];
        for (int i = 0; i < hex.Length; i++)
        {
            char c = hex[i];
            bytes[i / 2] = (byte)((bytes[i / 2] << 4) | (c <= '9' ? c - '0' : c - 'A' + 10));
        }

        return bytes;
    }

    private byte[] Head(int type)
    {
        return Join(Option(53, type), Join(new byte[] { 61, 7, 1 }, Wire.PhysicalAddress));
    }

    /// <summary>Who has an address cannot hear what is sent to another one, and asks for answers to all.</summary>
    private int Flags()
    {
        return Wire.Endpoint.Address == 0 ? 0 : 0x8000;
    }

    private byte[] Wishes()
    {
        byte[] rest = new byte[] { 57, 2, (byte)(Wire.Mtu >> 8), (byte)Wire.Mtu, 55, 7, 1, 3, 51, 54, 58, 59, 6 };
        if (HostName.Length == 0)
            return rest;
        byte[] name = new byte[2 + HostName.Length];
        name[0] = 12;
        name[1] = (byte)HostName.Length;
        for (int i = 0; i < HostName.Length; i++)
            name[2 + i] = (byte)HostName[i];
        return Join(name, rest);
    }

    private void Expects(uint source, uint destination, int seconds, int flags, uint ours, byte[] options)
    {
        byte[] actual = Wire.Take();
        Assert.IsNotNull(actual, "expected a DHCP message, got nothing");
        Assert.IsTrue(actual.Length >= Options && actual[Packet.Ip + 9] == 17, "expected a DHCP message, got " + Wire.Describe(actual));
        TransactionId = Packet.Get32(actual, Message + 4);
        int length = 240 + options.Length + 1;
        byte[] message = new byte[length < 300 ? 300 : length];
        message[0] = 1;
        message[1] = 1;
        message[2] = 6;
        Packet.Put32(message, 4, TransactionId);
        Packet.Put16(message, 8, seconds);
        Packet.Put16(message, 10, flags);
        Packet.Put32(message, 12, ours);
        Array.Copy(Wire.PhysicalAddress, 0, message, 28, 6);
        Packet.Put32(message, 236, 0x63825363);
        Array.Copy(options, 0, message, 240, options.Length);
        message[240 + options.Length] = 255;
        byte[] expected = Packet.Udp(source, 68, destination, 67, message);
        Array.Copy(destination == 0xFFFFFFFF ? Everyone : Packet.PhysicalAddressOf(Packet.NextHop(destination)), expected, 6);
        Array.Copy(Wire.PhysicalAddress, 0, expected, 6, 6);
        Packet.Put16(expected, Packet.Ip + 4, 0);
        Packet.FixIpv4(expected);
        Same(expected, actual);
    }

    private void ExpectsArp(uint sender)
    {
        byte[] actual = Wire.Take();
        Assert.IsNotNull(actual, "expected an ARP packet, got nothing");
        Same(Packet.Arp(Everyone, 1, Wire.PhysicalAddress, sender, new byte[6], Offered), actual);
    }

    private static void Same(byte[] expected, byte[] actual)
    {
        for (int i = 0; i < actual.Length; i++)
        {
            if (i >= expected.Length || actual[i] != expected[i])
                Assert.IsTrue(false, "byte " + i.ToString() + " is wrong: expected " + Wire.Describe(expected) + ", got " + Wire.Describe(actual));
        }

        // A short frame is filled up by the link, here only by the one who expects it.
        Assert.IsTrue(actual.Length == expected.Length || expected.Length == Packet.LeastFrame, "the frame's length");
    }
}
