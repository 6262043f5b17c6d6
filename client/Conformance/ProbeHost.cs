using System;
using System.Collections.Generic;
using System.Net;
using System.Net.Sockets;
using HandshakeNano.Net;
using HandshakeNano.Packets;

namespace HandshakeNano.Client.Conformance;

/// <summary>The probe as a host beside its peer: everything about it that depends on the version of IP.</summary>
internal abstract class ProbeHost
{
    /// <summary>How much of a segment an ICMP error quotes: all of its TCP header.</summary>
    protected const int Quoted = 20;

    private const int TcpHeader = 20;

    private readonly int _mtu;

    protected ProbeHost(ILink link)
    {
        _mtu = link.Mtu;
    }

    /// <summary>How long the IP header is.</summary>
    internal abstract int HeaderLength { get; }

    /// <summary>How long a segment to a host may be that names no MSS (RFC 9293 section 3.7.1).</summary>
    internal abstract int DefaultMss { get; }

    /// <summary>The MTU of a path that is narrower than the link and that everybody believes in.</summary>
    internal abstract int SmallMtu { get; }

    /// <summary>The longest segment that the link carries.</summary>
    internal int Mss => _mtu - HeaderLength - TcpHeader;

    /// <summary>The longest segment that such a path carries.</summary>
    internal int SmallMss => SmallMtu - HeaderLength - TcpHeader;

    /// <summary>Addresses that are nobody's alone, with what they are for.</summary>
    internal abstract IReadOnlyList<(string Kind, IPAddress Address)> NotForOne { get; }

    /// <summary>How a neighbour is asked for.</summary>
    internal abstract string Asking { get; }

    /// <summary>True once the peer's Ethernet address is known.</summary>
    internal abstract bool KnowsPeer { get; }

    /// <summary>How many segments had a wrong checksum.</summary>
    internal abstract int BadChecksums { get; }

    /// <summary>Makes a host of the version of IP that the peer's address has.</summary>
    /// <param name="link">The link that leads to the peer.</param>
    /// <param name="request">Who the peer is, and who the host is.</param>
    /// <param name="received">Is given each TCP segment for the host.</param>
    internal static ProbeHost On(ILink link, ProbeRequest request, Action<Segment> received) =>
        request.Address.AddressFamily == AddressFamily.InterNetworkV6
            ? new Ipv6ProbeHost(link, request, received)
            : new Ipv4ProbeHost(link, request, received);

    /// <summary>Asks for the peer's Ethernet address.</summary>
    internal abstract void AskForPeer();

    /// <summary>Takes one frame from the link.</summary>
    /// <param name="now">The time in microseconds.</param>
    /// <returns>False if there is none.</returns>
    internal abstract bool Poll(ulong now);

    /// <summary>Sends a segment to the peer's Ethernet address.</summary>
    /// <param name="segment">The segment.</param>
    /// <param name="destination">Whom the packet is for; null: the peer.</param>
    internal abstract void Send(RawSegment segment, IPAddress? destination = null);

    /// <summary>Says by ICMP that no program listens on the port that a segment of the peer's was for.</summary>
    /// <param name="segment">The segment.</param>
    internal abstract void SendPortUnreachable(RawSegment segment);

    /// <summary>Says by ICMP that a segment of the peer's was too long for <see cref="SmallMtu"/>.</summary>
    /// <param name="segment">The segment.</param>
    internal abstract void SendTooBig(RawSegment segment);
}
