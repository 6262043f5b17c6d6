using System;
using HandshakeNano.Net.Wire;

namespace HandshakeNano.Net;

/// <summary>ICMPv6 (RFC 4443): answers echoes, says what we do not know, passes neighbour discovery on.</summary>
internal sealed class Icmpv6Layer
{
    /// <summary>How much of a packet an error quotes at the most: it goes through every link whole.</summary>
    private const int MostQuoted = Ipv6Header.LeastMtu - Ipv6Header.Length - Icmpv6Header.Length;

    /// <summary>The length of a buffer that every message fits in that is not an echo.</summary>
    public const int BufferLength = Ipv6Header.Payload + Icmpv6Header.Length + MostQuoted;

    private readonly byte[] _error;
    private readonly Ipv6Layer _ipv6;
    private readonly NeighbourDiscovery _discovery;
    private readonly GroupReports _groups;
    private readonly ulong[] _counters;
    private readonly IcmpErrorLimit _limit;

    /// <summary>Makes the layer.</summary>
    /// <param name="ipv6">The layer below.</param>
    /// <param name="discovery">Whom neighbour discovery is for.</param>
    /// <param name="groups">Whom queries about groups are for.</param>
    /// <param name="frame">A buffer for messages.</param>
    /// <param name="counters">What to count in.</param>
    public Icmpv6Layer(Ipv6Layer ipv6, NeighbourDiscovery discovery, GroupReports groups, byte[] frame, ulong[] counters)
    {
        _error = frame;
        _groups = groups;
        _ipv6 = ipv6;
        _discovery = discovery;
        _counters = counters;
        _limit = new IcmpErrorLimit(counters);
    }

    /// <summary>Takes an IPv6 packet.</summary>
    /// <param name="frame">The frame buffer.</param>
    /// <param name="length">The length in bytes of what follows the Ethernet header; negative: the frame is for a group.</param>
    /// <param name="now">The time in microseconds.</param>
    /// <returns>Index of a segment, or of an error about a packet of ours, as <see cref="Ipv6Layer.Protocol"/> says; 0 if it is neither.</returns>
    public int Receive(byte[] frame, int length, ulong now)
    {
        Ipv6Layer ipv6 = _ipv6;
        int at = ipv6.Receive(frame, length);
        if (at < 0)
        {
            if (ipv6.ProblemAt != 0)
                SendError(frame, Icmpv6Header.ParameterProblem, ipv6.ProblemCode, ipv6.ProblemAt - FrameLayout.Network, now);
        }
        else if (ipv6.Protocol == Ipv6Header.Tcp)
            return at;
        else if (ipv6.Protocol == Ipv6Header.Icmpv6)
            return ReceiveMessage(frame, at, now) ? at : 0;
        else
        {
            _counters[(int)Counter.UdpPortUnknown]++;
            if (ipv6.MayAnswer(frame, at))
                SendError(frame, Icmpv6Header.DestinationUnreachable, Icmpv6Header.PortUnreachable, 0, now);
        }

        return 0;
    }

    /// <returns>True if it is an error about a packet of ours.</returns>
    private bool ReceiveMessage(byte[] frame, int at, ulong now)
    {
        int length = _ipv6.End - at;
        if (length < Icmpv6Header.Length)
        {
            _counters[(int)Counter.IcmpTooShort]++;
            return false;
        }

        if ((Ipv6Layer.PseudoSum(frame, length, Ipv6Header.Icmpv6) + InternetChecksum.SumLittleEndian(frame, at, length))
            % InternetChecksum.Modulus != 0)
        {
            _counters[(int)Counter.IcmpChecksumBad]++;
            return false;
        }

        int type = frame[at];
        if (type >= Icmpv6Header.RouterSolicitation && type <= Icmpv6Header.Redirect)
            _discovery.Receive(frame, at, length, now);
        else if (GroupReports.IsQuery(type))
            _groups.Receive(frame, at, length, now);
        else if (type >= Icmpv6Header.DestinationUnreachable && type <= Icmpv6Header.ParameterProblem)
            return true;
        else if (type == Icmpv6Header.EchoRequest && !Ipv6Address.IsUnspecified(frame, Ipv6Header.Source))
        {
            _counters[(int)Counter.IcmpEchoRequests]++;
            Echo(frame, at, length, now);
        }
        else
            _counters[(int)Counter.IcmpIgnored]++;
        return false;
    }

    /// <summary>The place of the address that a packet is answered from; -1 if there is none.</summary>
    private int SourceOfAnswer(byte[] frame, ulong now)
    {
        return _ipv6.IsForGroup ? _ipv6.Addresses.SourceFor(frame, Ipv6Header.Source, now)
            : _ipv6.Addresses.Find(frame, Ipv6Header.Destination);
    }

    private void Echo(byte[] frame, int at, int length, ulong now)
    {
        int source = SourceOfAnswer(frame, now);
        if (source < 0)
            return;
        if (at != Ipv6Header.Payload)
            Array.Copy(frame, at, frame, Ipv6Header.Payload, length);
        Array.Copy(frame, Ipv6Header.Source, frame, Ipv6Header.Destination, Ipv6Address.Length);
        Array.Copy(_ipv6.Addresses.Bytes, source * Ipv6Address.Length, frame, Ipv6Header.Source, Ipv6Address.Length);
        frame[Ipv6Header.Payload] = Icmpv6Header.EchoReply;
        _ipv6.WriteHeader(frame, length, Ipv6Header.Icmpv6, 0);
        Ipv6Layer.WriteIcmpChecksum(frame, Ipv6Header.Payload, length);
        _ipv6.Send(frame);
    }

    private void SendError(byte[] frame, int type, int code, int pointer, ulong now)
    {
        int source = SourceOfAnswer(frame, now);
        if (source < 0)
            return;
        if (!_limit.Admits(now))
            return;
        byte[] error = _error;
        int length = _ipv6.End - FrameLayout.Network;
        if (length > MostQuoted)
            length = MostQuoted;
        Array.Copy(frame, FrameLayout.Network, error, Ipv6Header.Payload + Icmpv6Header.Length, length);
        length += Icmpv6Header.Length;
        error[Ipv6Header.Payload] = (byte)type;
        error[Ipv6Header.Payload + Icmpv6Header.Code] = (byte)code;
        BigEndian.Put32(error, Ipv6Header.Payload + Icmpv6Header.Pointer, (uint)pointer);
        _ipv6.WriteHeader(error, length, Ipv6Header.Icmpv6, 0);
        Array.Copy(frame, Ipv6Header.Source, error, Ipv6Header.Destination, Ipv6Address.Length);
        Array.Copy(_ipv6.Addresses.Bytes, source * Ipv6Address.Length, error, Ipv6Header.Source, Ipv6Address.Length);
        Array.Copy(frame, EthernetHeader.Source, error, EthernetHeader.Destination, EthernetHeader.AddressLength);
        Ipv6Layer.WriteIcmpChecksum(error, Ipv6Header.Payload, length);
        _ipv6.Send(error);
    }
}
