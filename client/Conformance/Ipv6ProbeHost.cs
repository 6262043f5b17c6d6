using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Net;
using HandshakeNano.Net;
using HandshakeNano.Packets;

namespace HandshakeNano.Client.Conformance;

/// <summary>
/// The probe over IPv6: it answers who solicits its address (RFC 4861), and otherwise says only what a behaviour has it say.
/// </summary>
internal sealed class Ipv6ProbeHost : ProbeHost
{
    private const int Ethernet = 14;
    private const int EtherType = 0x86DD;
    private const int Tcp = 6;
    private const int Unreachable = 1;
    private const int PortUnreachable = 4;
    private const int PacketTooBig = 2;
    private const int Solicitation = 135;
    private const int Advertisement = 136;
    private const int NeighbourHopLimit = 255;
    private const uint Solicited = 0x4000_0000, Override = 0x2000_0000;

    private readonly Action<Segment> _received;
    private readonly ILink _link;
    private readonly byte[] _frame;
    private readonly byte[] _own;
    private readonly byte[] _peer;
    private readonly byte[] _peersGroup;
    private byte[]? _peersCard;
    private int _badChecksums;

    internal Ipv6ProbeHost(ILink link, ProbeRequest request, Action<Segment> received)
        : base(link)
    {
        _link = link;
        _received = received;
        _frame = new byte[FrameLayout.BufferSize(link.Mtu)];
        _own = request.OwnAddress.GetAddressBytes();
        _peer = request.Address.GetAddressBytes();

        // The group in which an address is solicited (RFC 4291 section 2.7.1).
        _peersGroup = [0xFF, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0xFF, .. _peer[13..]];
        NotForOne = [("all nodes", IPAddress.Parse("ff02::1")), ("the group of its address", new IPAddress(_peersGroup))];
    }

    internal override int HeaderLength => Ipv6Packet.HeaderLength;

    internal override int DefaultMss => 1220;

    internal override int SmallMtu => 1300;

    internal override IReadOnlyList<(string Kind, IPAddress Address)> NotForOne { get; }

    internal override string Asking => "neighbour solicitations";

    internal override bool KnowsPeer => _peersCard != null;

    internal override int BadChecksums => _badChecksums;

    internal override void AskForPeer() =>
        SendIcmp([0x33, 0x33, .. _peersGroup[12..]], _peersGroup, Solicitation, 0, [0, 0, 0, 0, .. _peer, 1, 1, .. _link.PhysicalAddress]);

    internal override bool Poll(ulong now)
    {
        int length = _link.Receive(_frame);
        if (length == 0)
            return false;
        ReadOnlySpan<byte> frame = _frame.AsSpan(FrameLayout.Ethernet, length);
        if (length < Ethernet + HeaderLength || BinaryPrimitives.ReadUInt16BigEndian(frame[12..]) != EtherType)
            return true;
        ReadOnlySpan<byte> packet = frame[Ethernet..];
        int payload = BinaryPrimitives.ReadUInt16BigEndian(packet[4..]);
        if (payload > packet.Length - HeaderLength)
            return true;
        if (packet[6] == Ipv6Packet.Icmp)
            IcmpArrives(packet[8..24].ToArray(), packet.Slice(HeaderLength, payload), frame[6..12].ToArray());
        else if (packet[6] == Tcp && packet[24..40].SequenceEqual(_own) && Segment.Parse(frame, now) is Segment segment)
            SegmentArrives(segment, Checksum.AreValid(frame));
        return true;
    }

    internal override void Send(RawSegment segment, IPAddress? destination = null)
    {
        byte[] to = destination?.GetAddressBytes() ?? _peer;
        SendPacket(_peersCard!, Ipv6Packet.Create(_own, to, Tcp, segment.ToBytes(_own, to), trafficClass: segment.Ecn));
    }

    internal override void SendPortUnreachable(RawSegment segment) => SendError(Unreachable, PortUnreachable, 0, segment);

    internal override void SendTooBig(RawSegment segment) => SendError(PacketTooBig, 0, SmallMtu, segment);

    private void SegmentArrives(Segment segment, bool isValid)
    {
        if (isValid)
            _received(segment);
        else
            _badChecksums++;
    }

    private void IcmpArrives(byte[] source, ReadOnlySpan<byte> message, byte[] card)
    {
        if (message.Length < 24)
            return;
        if (message[0] == Advertisement && message[8..24].SequenceEqual(_peer))
            _peersCard = card;
        else if (message[0] == Solicitation && message[8..24].SequenceEqual(_own) && !IPAddress.IPv6Any.Equals(new IPAddress(source)))
            Advertise(source, card);
    }

    private void Advertise(byte[] to, byte[] card)
    {
        byte[] flags = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(flags, Solicited | Override);
        SendIcmp(card, to, Advertisement, 0, [.. flags, .. _own, 2, 1, .. _link.PhysicalAddress]);
    }

    // RFC 4443 section 3. Where no MTU is named the four bytes are unused.
    private void SendError(int type, int code, int mtu, RawSegment segment)
    {
        byte[] packet = Ipv6Packet.Create(_peer, _own, Tcp, segment.ToBytes(_peer, _own));
        SendIcmp(_peersCard!, _peer, type, code, [0, 0, (byte)(mtu >> 8), (byte)mtu, .. packet[..(HeaderLength + Quoted)]]);
    }

    private void SendIcmp(byte[] card, byte[] to, int type, int code, byte[] body)
    {
        byte[] message = [(byte)type, (byte)code, 0, 0, .. body];
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(2), Checksum.Of(_own, to, Ipv6Packet.Icmp, message));
        SendPacket(card, Ipv6Packet.Create(_own, to, Ipv6Packet.Icmp, message, NeighbourHopLimit));
    }

    private void SendPacket(byte[] card, byte[] packet)
    {
        Span<byte> frame = _frame.AsSpan(FrameLayout.Ethernet);
        card.CopyTo(frame);
        _link.PhysicalAddress.CopyTo(frame[6..]);
        BinaryPrimitives.WriteUInt16BigEndian(frame[12..], EtherType);
        packet.CopyTo(frame[Ethernet..]);
        _link.Send(_frame, Ethernet + packet.Length);
    }
}
