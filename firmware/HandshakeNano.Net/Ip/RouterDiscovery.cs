using System;
using HandshakeNano.Net.Wire;

namespace HandshakeNano.Net;

/// <summary>
/// What routers tell (RFC 4861 section 6.3): which prefixes addresses are made of and how long they last (RFC 4862 section
/// 5.5), who routes, the MTU, and who answers DNS (RFC 8106). Each list is short, and what is there first stays.
/// </summary>
internal sealed class RouterDiscovery
{
    /// <summary>Where the options of an advertisement begin.</summary>
    public const int Options = 16;

    /// <summary>How many routers are kept.</summary>
    public const int MostRouters = 2;

    /// <summary>How many DNS servers are kept.</summary>
    public const int MostServers = 2;

    private const int MostSolicitations = 3;
    private const ulong SolicitationInterval = 4_000_000;
    private const ulong Second = 1_000_000;

    /// <summary>Nobody who forges an advertisement makes an address end sooner (RFC 4862 section 5.5.3 e).</summary>
    private const ulong TwoHours = 7200 * Second;

    private const int PrefixOption = 3;
    private const int MtuOption = 5;
    private const int ServersOption = 25;

    private readonly Ipv6Layer _ipv6;
    private readonly Ipv6Addresses _addresses;
    private readonly NeighbourDiscovery _discovery;
    private readonly byte[] _hardware;
    private readonly byte[] _frame;
    private readonly ulong[] _counters;
    private int _left;

    /// <summary>Makes it; it asks nobody before <see cref="Start"/>.</summary>
    /// <param name="ipv6">The layer below.</param>
    /// <param name="discovery">Who asks for addresses before they are used.</param>
    /// <param name="hardware">Our Ethernet address.</param>
    /// <param name="frame">A buffer for messages.</param>
    /// <param name="counters">What to count in.</param>
    public RouterDiscovery(Ipv6Layer ipv6, NeighbourDiscovery discovery, byte[] hardware, byte[] frame, ulong[] counters)
    {
        _ipv6 = ipv6;
        _addresses = ipv6.Addresses;
        _discovery = discovery;
        _hardware = hardware;
        _frame = frame;
        _counters = counters;
        Deadline = ulong.MaxValue;
    }

    /// <summary>The routers; one whose time is over is none.</summary>
    public readonly TimedAddresses Routers = new TimedAddresses(MostRouters);

    /// <summary>The DNS servers; one whose time is over is none.</summary>
    public readonly TimedAddresses Servers = new TimedAddresses(MostServers);

    /// <summary>The MTU that a router has named; 0 if none has.</summary>
    public int Mtu
    {
        get { return _ipv6.RouterMtu; }
    }

    /// <summary>When <see cref="OnTimer"/> has something to do.</summary>
    public ulong Deadline;

    /// <summary>Our link-local address is ours: routers are asked.</summary>
    /// <param name="now">The time in microseconds.</param>
    public void Start(ulong now)
    {
        _left = MostSolicitations;
        Deadline = now;
    }

    /// <summary>Does what is due by <see cref="Deadline"/>.</summary>
    /// <param name="now">The time in microseconds.</param>
    public void OnTimer(ulong now)
    {
        if (now < Deadline)
            return;
        _left--;
        Deadline = _left == 0 ? ulong.MaxValue : now + SolicitationInterval;
        Solicit();
    }

    /// <summary>Takes an advertisement that keeps to the rules.</summary>
    /// <param name="frame">The frame buffer.</param>
    /// <param name="at">Index of the message.</param>
    /// <param name="length">Its length in bytes.</param>
    /// <param name="now">The time in microseconds.</param>
    public void Receive(byte[] frame, int at, int length, ulong now)
    {
        _counters[(int)Counter.RouterAdvertisements]++;
        uint lifetime = (uint)BigEndian.Get16(frame, at + 6);
        Note(Routers, frame, Ipv6Header.Source, lifetime, now);

        // It is known now who routes: nobody else needs to be asked (RFC 4861 section 6.3.7).
        if (lifetime != 0 && _addresses.States[0] == Ipv6Addresses.Assigned)
            Deadline = ulong.MaxValue;
        if (frame[at + 4] != 0)
            _ipv6.HopLimit = frame[at + 4];
        _discovery.Neighbours.HearTimes(BigEndian.Get32(frame, at + 8), BigEndian.Get32(frame, at + 12));
        int end = at + length;
        _discovery.Neighbours.HearSource(frame, at + Options, end, lifetime != 0, now);
        for (int option = at + Options; option < end; option += frame[option + 1] << 3)
        {
            int size = frame[option + 1] << 3;
            if (frame[option] == PrefixOption && size == 32)
                ReadPrefix(frame, option, now);
            else if (frame[option] == MtuOption && size == 8)
                ReadMtu(BigEndian.Get32(frame, option + 4));
            else if (frame[option] == ServersOption && size >= 24)
            {
                for (int server = option + 8; server + Ipv6Address.Length <= option + size; server += Ipv6Address.Length)
                {
                    if (frame[server] != 0xFF && !Ipv6Address.IsUnspecified(frame, server) && !Ipv6Address.IsLoopback(frame, server))
                        Note(Servers, frame, server, BigEndian.Get32(frame, option + 4), now);
                }
            }
        }
    }

    private static ulong Until(uint lifetime, ulong now)
    {
        return lifetime == uint.MaxValue ? ulong.MaxValue : now + lifetime * Second;
    }

    private void Note(TimedAddresses list, byte[] data, int offset, uint lifetime, ulong now)
    {
        if (!list.Note(data, offset, lifetime == 0 ? 0 : Until(lifetime, now), now))
            _counters[(int)Counter.Ipv6ListFull]++;
    }

    private void ReadMtu(uint mtu)
    {
        if (mtu >= Ipv6Header.LeastMtu && mtu <= (uint)_ipv6.LinkMtu)
            _ipv6.RouterMtu = (int)mtu;
    }

    /// <summary>RFC 4862 section 5.5.3. Our identifiers are 64 bits, so only a prefix of 64 bits makes an address.</summary>
    private void ReadPrefix(byte[] frame, int option, ulong now)
    {
        const int Autonomous = 0x40, OnLinkFlag = 0x80;
        int prefix = option + 16;
        uint valid = BigEndian.Get32(frame, option + 4), preferred = BigEndian.Get32(frame, option + 8);
        if ((frame[option + 3] & Autonomous) == 0 || frame[option + 2] != 8 * Ipv6Addresses.PrefixLength || preferred > valid
            || frame[prefix] == 0xFF || Ipv6Address.IsLinkLocal(frame, prefix) || BitConverter.ToUInt64(frame, prefix) == 0)
            return;
        Ipv6Addresses addresses = _addresses;
        ulong validUntil = Until(valid, now);
        int place = addresses.FindPrefix(frame, prefix);
        if (place >= 0)
        {
            ulong old = addresses.ValidUntil[place];
            if (validUntil > old || validUntil > now + TwoHours)
                addresses.ValidUntil[place] = validUntil;
            else if (old > now + TwoHours)
                addresses.ValidUntil[place] = now + TwoHours;
            addresses.PreferredUntil[place] = Until(preferred, now);

            // Who leaves the flag out says nothing about it (RFC 4861 section 6.3.4).
            if ((frame[option + 3] & OnLinkFlag) != 0)
                addresses.OnLink |= 1 << place;
            _discovery.Reschedule();
            return;
        }

        if (valid == 0)
            return;
        place = 1;
        while (place < Ipv6Addresses.Count && addresses.States[place] != Ipv6Addresses.Free)
            place++;
        if (place == Ipv6Addresses.Count)
        {
            _counters[(int)Counter.Ipv6ListFull]++;
            return;
        }

        Array.Copy(frame, prefix, addresses.Bytes, place * Ipv6Address.Length, Ipv6Addresses.PrefixLength);
        addresses.ValidUntil[place] = validUntil;
        addresses.PreferredUntil[place] = Until(preferred, now);
        addresses.OnLink &= ~(1 << place);
        if ((frame[option + 3] & OnLinkFlag) != 0)
            addresses.OnLink |= 1 << place;
        _discovery.Begin(place, now);
    }

    private void Solicit()
    {
        const int Length = 8 + 8;
        byte[] frame = _frame;
        _ipv6.WriteHeader(frame, Length, Ipv6Header.Icmpv6, NeighbourDiscovery.OnLink);
        Array.Copy(_addresses.Bytes, 0, frame, Ipv6Header.Source, Ipv6Address.Length);
        Ipv6Address.WriteGroup(2, frame, Ipv6Header.Destination);
        BigEndian.Put32(frame, Ipv6Header.Payload, (uint)Icmpv6Header.RouterSolicitation << 24);
        BigEndian.Put32(frame, Ipv6Header.Payload + Icmpv6Header.Pointer, 0);
        frame[Ipv6Header.Payload + 8] = 1;
        frame[Ipv6Header.Payload + 9] = 1;
        Array.Copy(_hardware, 0, frame, Ipv6Header.Payload + 10, EthernetHeader.AddressLength);
        Ipv6Layer.WriteIcmpChecksum(frame, Ipv6Header.Payload, Length);
        _ipv6.SendToGroup(frame);
    }
}
