using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Net;
using HandshakeNano.Client.Connectivity;
using HandshakeNano.Net;
using HandshakeNano.Packets;

namespace HandshakeNano.Client.Conformance;

/// <summary>The probe over IPv4.</summary>
internal sealed class Ipv4ProbeHost : ProbeHost
{
    private const int Unreachable = 3;
    private const int PortUnreachable = 3;
    private const int FragmentationNeeded = 4;

    private readonly RawHost _host;
    private readonly uint _peer;

    internal Ipv4ProbeHost(ILink link, ProbeRequest request, Action<Segment> received)
        : base(link)
    {
        _peer = Network.FromIPAddress(request.Address);
        _host = new RawHost(link, Network.FromIPAddress(request.OwnAddress)) { Received = received };
    }

    internal override int HeaderLength => Ipv4Packet.HeaderLength;

    internal override int DefaultMss => 536;

    internal override int SmallMtu => 1000;

    internal override IReadOnlyList<(string Kind, IPAddress Address)> NotForOne { get; } =
        [("all hosts", IPAddress.Broadcast), ("a group", IPAddress.Parse("224.0.0.1"))];

    internal override string Asking => "ARP";

    internal override bool KnowsPeer => _host.Knows(_peer);

    internal override int BadChecksums => _host.BadChecksums;

    internal override void AskForPeer() => _host.Ask(_peer);

    internal override bool Poll(ulong now) => _host.Poll(now);

    internal override void Send(RawSegment segment, IPAddress? destination = null) =>
        _host.SendTo(_peer, destination == null ? _peer : Network.FromIPAddress(destination), segment);

    internal override void SendPortUnreachable(RawSegment segment) => SendUnreachable(PortUnreachable, segment, 0);

    internal override void SendTooBig(RawSegment segment) => SendUnreachable(FragmentationNeeded, segment, SmallMtu);

    // RFC 792, and RFC 1191 section 4 for the MTU.
    private void SendUnreachable(int code, RawSegment segment, int mtu)
    {
        byte[] packet = segment.ToPacket(_peer, _host.Address);
        byte[] message = [Unreachable, (byte)code, 0, 0, 0, 0, (byte)(mtu >> 8), (byte)mtu, .. packet[..(HeaderLength + Quoted)]];
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(2), Checksum.Of(message));
        _host.Send(_peer, Ipv4Packet.Icmp, message);
    }
}
