using System;
using HandshakeNano.Net.Wire;

namespace HandshakeNano.Net;

/// <summary>
/// IPv6 of an endpoint: its addresses, which it makes itself of what routers tell, and what else they tell. Addresses are 16 bytes in the order of the wire; <see cref="Ipv6Address.ToString(byte[], int)"/> writes them.
/// </summary>
public sealed class Ipv6Host
{
    /// <summary>How many addresses there can be; the first is the link-local one.</summary>
    public const int MostAddresses = Ipv6Addresses.Count;

    /// <summary>How many routers are kept.</summary>
    public const int MostRouters = RouterDiscovery.MostRouters;

    /// <summary>How many DNS servers are kept.</summary>
    public const int MostDnsServers = RouterDiscovery.MostServers;

    private readonly Ipv6Addresses _addresses = new Ipv6Addresses();
    private readonly NeighbourDiscovery _discovery;
    private readonly RouterDiscovery _routers;
    private readonly GroupReports _groups;
    private readonly Ipv6Peers _peers;
    private readonly Icmpv6Layer _icmp;
    private readonly Ipv6Layer _ipv6;
    private readonly Wakeup _wakeup;

    internal Ipv6Host(EthernetLayer ethernet, Ipv4Layer ipv4, TcpLayer tcp, DeliveryError delivery, ILink link, byte[] secret,
        Wakeup wakeup, ulong[] counters)
    {
        byte[] hardware = link.PhysicalAddress;
        byte[] frame = new byte[Icmpv6Layer.BufferLength];
        Ipv6Layer ipv6 = new Ipv6Layer(ethernet, link.Mtu, _addresses, counters);
        InterfaceIdentifiers identifiers = new InterfaceIdentifiers(hardware, secret);
        _groups = new GroupReports(ipv6, identifiers, frame, counters);
        _discovery = new NeighbourDiscovery(ipv6, identifiers, _groups, hardware, frame, counters);
        _routers = _discovery.Routers;
        NeighbourCache neighbours = new NeighbourCache(ipv6, _routers, identifiers, ethernet, tcp, hardware, frame, wakeup);
        _discovery.Neighbours = neighbours;
        _peers = new Ipv6Peers(ipv6, neighbours, identifiers, ipv4, tcp, delivery, counters);
        ethernet.Peers = _peers;
        _icmp = new Icmpv6Layer(ipv6, _discovery, _groups, frame, counters);
        _ipv6 = ipv6;
        _wakeup = wakeup;
        wakeup.At = 0;
    }

    /// <summary>The MTU that a router has named, if the link carries it; 0 if none has.</summary>
    public int Mtu
    {
        get { return _routers.Mtu; }
    }

    /// <summary>Our addresses, for who asks whether one is among them.</summary>
    internal Ipv6Addresses Addresses
    {
        get { return _addresses; }
    }

    /// <summary>When <see cref="OnTimer"/> has something to do.</summary>
    internal ulong Deadline
    {
        get
        {
            ulong next = _discovery.Neighbours.Deadline;
            return next < _deadline ? next : _deadline;
        }
    }

    private ulong _deadline;

    /// <summary>Copies one of our addresses.</summary>
    /// <param name="place">Its place, from 0; there may be gaps.</param>
    /// <param name="into">The array for its 16 bytes.</param>
    /// <param name="offset">Index of the first one.</param>
    /// <returns>False if there is none at this place, or it is not yet known whether another host has it.</returns>
    public bool CopyAddress(int place, byte[] into, int offset)
    {
        if (place < 0 || place >= MostAddresses || _addresses.States[place] != Ipv6Addresses.Assigned)
            return false;
        Array.Copy(_addresses.Bytes, place * Ipv6Address.Length, into, offset, Ipv6Address.Length);
        return true;
    }

    /// <summary>Copies the address of one of the routers.</summary>
    /// <param name="place">Its place, from 0; there may be gaps.</param>
    /// <param name="into">The array for its 16 bytes.</param>
    /// <param name="offset">Index of the first one.</param>
    /// <param name="now">The time in microseconds, as <see cref="TcpEndpoint.Poll"/> is told it.</param>
    /// <returns>False if there is none at this place.</returns>
    public bool CopyRouter(int place, byte[] into, int offset, ulong now)
    {
        return _routers.Routers.Copy(place, into, offset, now);
    }

    /// <summary>Copies the address of one of the DNS servers that routers have named (RFC 8106).</summary>
    /// <param name="place">Its place, from 0; there may be gaps.</param>
    /// <param name="into">The array for its 16 bytes.</param>
    /// <param name="offset">Index of the first one.</param>
    /// <param name="now">The time in microseconds, as <see cref="TcpEndpoint.Poll"/> is told it.</param>
    /// <returns>False if there is none at this place.</returns>
    public bool CopyDnsServer(int place, byte[] into, int offset, ulong now)
    {
        return _routers.Servers.Copy(place, into, offset, now);
    }

    /// <summary>Copies the address of a peer of TCP.</summary>
    /// <param name="number">Its number in 240.0.0.0/4, as a listener's handler is told it, most significant byte first.</param>
    /// <param name="into">The array for the 16 bytes.</param>
    /// <param name="offset">Index of the first one.</param>
    /// <returns>False if there is no such peer now.</returns>
    public bool CopyPeer(uint number, byte[] into, int offset)
    {
        number = Ipv4Layer.AddressOf(number);
        return !Ipv4Layer.IsAddress(number) && _peers.Copy(number, false, into, offset);
    }

    /// <summary>The number of a peer that we call.</summary>
    /// <param name="address">Its address.</param>
    /// <returns>The number; 0 if there is no address of ours to call it from, or no room for it.</returns>
    internal uint Call(byte[] address)
    {
        return _peers.Call(address);
    }

    /// <summary>Whether there is an address of ours to call a host from.</summary>
    /// <param name="address">The host's address.</param>
    /// <returns>False if there is none yet.</returns>
    internal bool CanCall(byte[] address)
    {
        return _peers.SourceFor(address) >= 0;
    }

    /// <summary>Whether an address can be another host's.</summary>
    /// <param name="address">The address.</param>
    /// <returns>False for an address of many hosts, of none, of the loopback, of IPv4 or of ours.</returns>
    internal bool CanBeHost(byte[] address)
    {
        return address[0] != 0xFF && !Ipv6Address.IsUnspecified(address, 0) && !Ipv6Address.IsLoopback(address, 0)
            && !Ipv6Address.IsMapped(address, 0) && _addresses.Find(address, 0) < 0;
    }

    /// <summary>Takes a packet.</summary>
    /// <param name="frame">The frame buffer.</param>
    /// <param name="length">The length in bytes of what follows the Ethernet header; negative: the frame is for a group.</param>
    /// <param name="now">The time in microseconds.</param>
    internal void Receive(byte[] frame, int length, ulong now)
    {
        int at = _icmp.Receive(frame, length, now);
        if (at != 0)
        {
            if (_ipv6.Protocol == Ipv6Header.Tcp)
                _peers.Receive(frame, at, now);
            else
                _peers.ReceiveError(frame, at, _ipv6.End - at, now);
        }

        Reschedule();
        if (Deadline < _wakeup.At)
            _wakeup.At = Deadline;
    }

    /// <summary>Does what is due by <see cref="Deadline"/>.</summary>
    /// <param name="now">The time in microseconds.</param>
    internal void OnTimer(ulong now)
    {
        if (now < Deadline)
            return;
        _discovery.OnTimer(now);
        _discovery.Neighbours.OnTimer(now);
        _routers.OnTimer(now);
        _groups.OnTimer(now);
        Reschedule();
    }

    private void Reschedule()
    {
        ulong next = _discovery.Deadline;
        if (_routers.Deadline < next)
            next = _routers.Deadline;
        if (_groups.Deadline < next)
            next = _groups.Deadline;
        _deadline = next;
    }
}
