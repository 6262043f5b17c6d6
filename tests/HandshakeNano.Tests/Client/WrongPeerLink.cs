using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Linq;
using System.Net;
using HandshakeNano.Client.Conformance;
using HandshakeNano.Links;
using HandshakeNano.Net;
using HandshakeNano.Packets;

namespace HandshakeNano.Client.Tests;

/// <summary>What passed on one connection so far, as a wrong peer needs to know it.</summary>
internal sealed class Flow
{
    /// <summary>When its first segment passed, in microseconds.</summary>
    public required ulong Since { get; init; }

    /// <summary>True if the peer opened it.</summary>
    public required bool ByPeer { get; init; }

    /// <summary>The peer's SND.NXT.</summary>
    public uint PeerNext { get; set; }

    /// <summary>The probe's SND.NXT: after what it sent in order and with an ACK.</summary>
    public uint ProbeNext { get; set; }

    /// <summary>What the peer acknowledged last.</summary>
    public uint PeerAck { get; set; }

    /// <summary>For the rule: a segment.</summary>
    public Segment? Noted { get; set; }

    /// <summary>For the rule: how often something happened.</summary>
    public int Count { get; set; }

    /// <summary>For the rule: whether something happened.</summary>
    public bool Marked { get; set; }
}

/// <summary>What happens to a segment: itself, another, or null for none.</summary>
internal delegate Segment? Rule(WrongPeerLink link, Flow flow, Segment segment);

/// <summary>What happens to an ICMP message of the probe's: itself, another, or null for none.</summary>
internal delegate byte[]? IcmpRule(WrongPeerLink link, Flow flow, byte[] message);

/// <summary>Stands between the probe and a peer that is right, and makes it one that is wrong in one thing.</summary>
internal sealed class WrongPeerLink(ILink inner, Func<VirtualWorld?> world) : LinkWrapper(inner)
{
    private const int Ethernet = 14;

    private readonly Dictionary<int, Flow> _flows = [];
    private readonly Queue<(byte[] Frame, ulong Due)> _toProbe = [];
    private readonly byte[] _buffer = new byte[FrameLayout.BufferSize(inner.Mtu)];
    private byte[] _probeToPeer = [];

    /// <summary>What the peer makes of the probe's segments.</summary>
    public Rule FromProbe { get; init; } = (_, _, segment) => segment;

    /// <summary>What becomes of the peer's segments.</summary>
    public Rule FromPeer { get; init; } = (_, _, segment) => segment;

    /// <summary>What the peer makes of the probe's ICMP messages.</summary>
    public IcmpRule FromProbeIcmp { get; init; } = (_, _, message) => message;

    /// <summary>True for a peer that verifies no checksum.</summary>
    public bool IgnoresChecksums { get; init; }

    /// <summary>True for a peer that takes every header for one of 20 bytes.</summary>
    public bool IgnoresDataOffset { get; init; }

    public ulong Now => world()?.Now ?? 0;

    /// <summary>Its address.</summary>
    public IPAddress Peer => world()!.Request.Address;

    /// <summary>Says something to the probe in the peer's name.</summary>
    public void Answer(Segment about, ControlBits flags, uint seq, uint ack = 0) => Deliver(new Segment
    {
        Source = about.Destination,
        Destination = about.Source,
        Flags = flags,
        Sequence = seq,
        Acknowledgment = ack,
        Window = 8192,
    });

    /// <summary>Gives a segment to the probe, now or later.</summary>
    public void Deliver(Segment segment, ulong delay = 0) => _toProbe.Enqueue((ToFrame(segment), Now + delay));

    public override bool Send(byte[] buffer, int length)
    {
        Span<byte> frame = buffer.AsSpan(FrameLayout.Ethernet, length);
        int type = BinaryPrimitives.ReadUInt16BigEndian(frame[12..]);
        if (type is not (0x0800 or 0x86DD))
            return Inner.Send(buffer, length);
        bool isIpv6 = type == 0x86DD;
        int header = Ethernet + (isIpv6 ? Ipv6Packet.HeaderLength : Ipv4Packet.HeaderLength);
        if (frame[isIpv6 ? 20 : 23] != Ipv4Packet.Tcp)
            return SendIcmp(buffer, length, header, isIpv6);
        _probeToPeer = frame[..header].ToArray();
        bool rightChecksum = Checksum.AreValid(frame);
        Segment? segment = Segment.Parse(frame, Now);
        if (segment == null && IgnoresDataOffset)
        {
            frame[header + 12] = 5 << 4;
            segment = Segment.Parse(frame, Now);
        }
        else if (segment == null || (!rightChecksum && !IgnoresChecksums))
        {
            return Inner.Send(buffer, length);
        }

        Flow flow = FlowOf(segment!.Source.Port, segment, byPeer: false);
        Segment? result = FromProbe(this, flow, segment);
        bool inOrder = segment.Sequence == flow.ProbeNext || segment.Has(ControlBits.Syn);
        if (inOrder && !segment.Has(ControlBits.Rst) && (segment.Has(ControlBits.Ack) || flow.ProbeNext == 0))
            flow.ProbeNext = segment.Sequence + segment.SequenceLength;
        if (result != null)
        {
            byte[] bytes = ToFrame(result);
            bytes.CopyTo(_buffer, FrameLayout.Ethernet);
            Inner.Send(_buffer, bytes.Length);
        }

        return true;
    }

    public override int Receive(byte[] buffer)
    {
        while (true)
        {
            if (_toProbe.TryPeek(out (byte[] Frame, ulong Due) first) && first.Due <= Now)
            {
                _toProbe.Dequeue();
                first.Frame.CopyTo(buffer, FrameLayout.Ethernet);
                return first.Frame.Length;
            }

            int length = Inner.Receive(buffer);
            if (length == 0 || Segment.Parse(buffer.AsSpan(FrameLayout.Ethernet, length), Now) is not Segment segment)
                return length;
            Flow flow = FlowOf(segment.Destination.Port, segment, byPeer: true);
            Segment? result = FromPeer(this, flow, segment);
            uint end = segment.Sequence + segment.SequenceLength;
            if (!segment.Has(ControlBits.Rst) && (segment.Has(ControlBits.Syn) || (int)(end - flow.PeerNext) > 0))
                flow.PeerNext = end;
            if (segment.Has(ControlBits.Ack))
                flow.PeerAck = segment.Acknowledgment;
            if (result != null)
                Deliver(result);
        }
    }

    private bool SendIcmp(byte[] buffer, int length, int header, bool isIpv6)
    {
        Span<byte> message = buffer.AsSpan(FrameLayout.Ethernet + header, length - header);

        // Errors are below 128 there.
        if (isIpv6 && message[0] >= 128)
            return Inner.Send(buffer, length);
        int quotedPorts = 8 + header - Ethernet;
        Flow flow = _flows[BinaryPrimitives.ReadUInt16BigEndian(message[(quotedPorts + 2)..])];
        byte[]? result = FromProbeIcmp(this, flow, message.ToArray());
        if (result == null)
            return true;
        result.CopyTo(message);
        message.Slice(2, 2).Clear();
        Span<byte> packet = buffer.AsSpan(FrameLayout.Ethernet + Ethernet);
        BinaryPrimitives.WriteUInt16BigEndian(
            message[2..], isIpv6 ? Checksum.Of(packet[8..24], packet[24..40], Ipv6Packet.Icmp, message) : Checksum.Of(message));
        return Inner.Send(buffer, length);
    }

    private Flow FlowOf(int probePort, Segment segment, bool byPeer)
    {
        if (!_flows.TryGetValue(probePort, out Flow? flow))
            _flows.Add(probePort, flow = new Flow { Since = Now, ByPeer = byPeer && segment.Flags == ControlBits.Syn });
        return flow;
    }

    private byte[] ToFrame(Segment segment)
    {
        byte[] source = segment.Source.Address.GetAddressBytes(), destination = segment.Destination.Address.GetAddressBytes();
        byte[] tcp = new RawSegment
        {
            SourcePort = segment.Source.Port,
            DestinationPort = segment.Destination.Port,
            Sequence = segment.Sequence,
            Acknowledgment = segment.Acknowledgment,
            Flags = segment.Flags,
            Window = segment.Window,
            Options = TcpOption.ToBytes(segment.Options.Where(option => !option.Malformed && !option.IsPadding)),
            Data = segment.Payload,
        }.ToBytes(source, destination);
        byte[] frame = [.. _probeToPeer, .. tcp];
        Span<byte> packet = frame.AsSpan(Ethernet);
        bool isIpv6 = source.Length == 16;
        int address = isIpv6 ? 8 : 12;
        if (!packet.Slice(address, source.Length).SequenceEqual(source))
        {
            _probeToPeer.AsSpan(0, 6).CopyTo(frame.AsSpan(6));
            _probeToPeer.AsSpan(6, 6).CopyTo(frame);
        }

        source.CopyTo(packet[address..]);
        destination.CopyTo(packet[(address + source.Length)..]);
        if (isIpv6)
        {
            packet[1] = (byte)(segment.Ecn << 4);
            BinaryPrimitives.WriteUInt16BigEndian(packet[4..], (ushort)tcp.Length);
            return frame;
        }

        packet[1] = (byte)segment.Ecn;
        BinaryPrimitives.WriteUInt16BigEndian(packet[2..], (ushort)packet.Length);
        packet.Slice(10, 2).Clear();
        BinaryPrimitives.WriteUInt16BigEndian(packet[10..], Checksum.Of(packet[..20]));
        return frame;
    }
}
