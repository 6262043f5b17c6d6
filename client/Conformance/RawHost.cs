using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using HandshakeNano.Net;
using HandshakeNano.Packets;

namespace HandshakeNano.Client.Conformance;

/// <summary>
/// A host with an Ethernet address, one IPv4 address or several in a row, and nothing above: it answers ARP, sends the packets that it
/// is given, and hands over the TCP segments that come. It never says anything of its own accord.
/// </summary>
public sealed class RawHost
{
    private const int Arp = 0x0806;
    private const int Ipv4 = 0x0800;
    private const int Request = 1;
    private const int Reply = 2;

    private static readonly byte[] s_broadcast = [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF];

    private readonly ILink _link;
    private readonly uint _addresses;
    private readonly byte[] _frame;
    private readonly byte[] _physicalAddress;
    private readonly Dictionary<uint, byte[]> _neighbours = [];

    /// <summary>Puts a host on a link.</summary>
    /// <param name="link">A link of Ethernet frames.</param>
    /// <param name="address">The host's IPv4 address, most significant byte first.</param>
    /// <param name="addresses">How many it has, from that one on.</param>
    public RawHost(ILink link, uint address, int addresses = 1)
    {
        _link = link;
        _addresses = (uint)addresses;
        _physicalAddress = link.PhysicalAddress;
        _frame = new byte[FrameLayout.BufferSize(link.Mtu)];
        Address = address;
    }

    /// <summary>The host's IPv4 address, most significant byte first; the first if it has several.</summary>
    public uint Address { get; }

    /// <summary>Segments for this host whose checksum, or whose header's, was wrong. They are not handed over.</summary>
    public int BadChecksums { get; private set; }

    /// <summary>Is given each TCP segment for this host.</summary>
    public Action<Segment>? Received { get; set; }

    /// <summary>Is given each IPv4 packet for this host that is no TCP segment, from its header on.</summary>
    public Action<byte[]>? OtherReceived { get; set; }

    /// <summary>Says whether a neighbour's Ethernet address is known.</summary>
    /// <param name="neighbour">Its IPv4 address, most significant byte first.</param>
    /// <returns>True if it is.</returns>
    public bool Knows(uint neighbour) => _neighbours.ContainsKey(neighbour);

    /// <summary>Asks by ARP for a neighbour's Ethernet address; the answer is noted when it comes.</summary>
    /// <param name="neighbour">Its IPv4 address, most significant byte first.</param>
    public void Ask(uint neighbour) => SendArp(Request, Address, s_broadcast, new byte[6], neighbour);

    /// <summary>Sends an IPv4 packet to a neighbour.</summary>
    /// <param name="neighbour">A neighbour that is known.</param>
    /// <param name="protocol">The packet's protocol number.</param>
    /// <param name="payload">What follows the IPv4 header.</param>
    public void Send(uint neighbour, int protocol, ReadOnlySpan<byte> payload) =>
        Send(Address, neighbour, neighbour, protocol, payload, typeOfService: 0);

    /// <summary>Sends a TCP segment to a neighbour.</summary>
    /// <param name="neighbour">A neighbour that is known.</param>
    /// <param name="segment">The segment.</param>
    public void Send(uint neighbour, RawSegment segment) => Send(Address, neighbour, segment);

    /// <summary>Sends a TCP segment to a neighbour from one of several addresses.</summary>
    /// <param name="source">One of the host's addresses, most significant byte first.</param>
    /// <param name="neighbour">A neighbour that is known.</param>
    /// <param name="segment">The segment.</param>
    public void Send(uint source, uint neighbour, RawSegment segment) =>
        Send(source, neighbour, neighbour, Ipv4Packet.Tcp, segment.ToBytes(source, neighbour), segment.Ecn);

    /// <summary>Sends a TCP segment to a neighbour in a packet that is for another address, as a broadcast may be.</summary>
    /// <param name="neighbour">A neighbour that is known.</param>
    /// <param name="destination">The packet's destination, most significant byte first.</param>
    /// <param name="segment">The segment.</param>
    public void SendTo(uint neighbour, uint destination, RawSegment segment) =>
        Send(Address, neighbour, destination, Ipv4Packet.Tcp, segment.ToBytes(Address, destination), segment.Ecn);

    private void Send(uint source, uint neighbour, uint destination, int protocol, ReadOnlySpan<byte> payload, int typeOfService)
    {
        Span<byte> frame = _frame.AsSpan(FrameLayout.Ethernet);
        WriteEthernet(frame, _neighbours[neighbour], Ipv4);
        Span<byte> packet = frame.Slice(14, Ipv4Packet.HeaderLength + payload.Length);
        Ipv4Packet.Write(packet, source, destination, protocol, payload, typeOfService);
        _link.Send(_frame, 14 + packet.Length);
    }

    /// <summary>Takes one frame from the link.</summary>
    /// <param name="now">The time in microseconds, which the segment is stamped with.</param>
    /// <returns>False if there is none.</returns>
    public bool Poll(ulong now)
    {
        int length = _link.Receive(_frame);
        if (length == 0)
            return false;
        ReadOnlySpan<byte> frame = _frame.AsSpan(FrameLayout.Ethernet, length);
        if (length < 34)
            return true;
        switch (BinaryPrimitives.ReadUInt16BigEndian(frame[12..]))
        {
            case Arp when length >= 42:
                ArpArrives(frame[14..]);
                break;
            case Ipv4 when IsOurs(BinaryPrimitives.ReadUInt32BigEndian(frame[30..])):
                PacketArrives(frame, now);
                break;
        }

        return true;
    }

    private void PacketArrives(ReadOnlySpan<byte> frame, ulong now)
    {
        Segment? segment = Segment.Parse(frame, now);
        if (segment == null)
            OtherReceived?.Invoke(frame[14..].ToArray());
        else if (Checksum.AreValid(frame))
            Received?.Invoke(segment);
        else
            BadChecksums++;
    }

    private void ArpArrives(ReadOnlySpan<byte> packet)
    {
        int operation = BinaryPrimitives.ReadUInt16BigEndian(packet[6..]);
        byte[] sender = packet[8..14].ToArray();
        uint address = BinaryPrimitives.ReadUInt32BigEndian(packet[14..]);
        uint target = BinaryPrimitives.ReadUInt32BigEndian(packet[24..]);
        if (!IsOurs(target))
            return;
        _neighbours[address] = sender;
        if (operation == Request)
            SendArp(Reply, target, sender, sender, address);
    }

    private bool IsOurs(uint address) => address - Address < _addresses;

    private void SendArp(int operation, uint source, byte[] destination, byte[] targetPhysical, uint target)
    {
        Span<byte> frame = _frame.AsSpan(FrameLayout.Ethernet);
        WriteEthernet(frame, destination, Arp);
        Span<byte> packet = frame.Slice(14, 28);
        ReadOnlySpan<byte> header = [0, 1, 0x08, 0, 6, 4, 0, (byte)operation];
        header.CopyTo(packet);
        _physicalAddress.CopyTo(packet[8..]);
        BinaryPrimitives.WriteUInt32BigEndian(packet[14..], source);
        targetPhysical.CopyTo(packet[18..]);
        BinaryPrimitives.WriteUInt32BigEndian(packet[24..], target);
        _link.Send(_frame, 14 + packet.Length);
    }

    private void WriteEthernet(Span<byte> frame, byte[] destination, int type)
    {
        destination.CopyTo(frame);
        _physicalAddress.CopyTo(frame[6..]);
        BinaryPrimitives.WriteUInt16BigEndian(frame[12..], (ushort)type);
    }
}
