using System;
using HandshakeNano.Net.Wire;

namespace HandshakeNano.Net;

/// <summary>
/// Neighbour discovery (RFC 4861): looks at what comes, and does what our own addresses need. They are made, asked for before they are
/// used (RFC 4862 section 5.4), and answered for.
/// </summary>
internal sealed class NeighbourDiscovery
{
    /// <summary>Hop limit of a packet that no router has passed on.</summary>
    public const int OnLink = 255;

    /// <summary>So long an address is not asked for at the most, lest all hosts ask at once (RFC 4862 section 5.4.2).</summary>
    private const ulong MostDelay = 1_000_000;

    /// <summary>How long until another address is tried (RFC 7217 section 7, IDGEN_DELAY).</summary>
    private const ulong NextTry = 1_000_000;

    /// <summary>How often another address is tried (RFC 7217 section 7, IDGEN_RETRIES).</summary>
    private const int MostTries = 3;

    private const int Flags = 4;
    private const int Target = 8;
    private const int Options = 24;
    private const int Solicited = 0x40;
    private const int Override = 0x20;

    private readonly Ipv6Layer _ipv6;
    private readonly Ipv6Addresses _addresses;
    private readonly InterfaceIdentifiers _identifiers;
    private readonly RouterDiscovery _routers;
    private readonly GroupReports _groups;
    private readonly byte[] _hardware;
    private readonly byte[] _frame;
    private readonly ulong[] _counters;
    private readonly ulong[] _due = new ulong[Ipv6Addresses.Count];
    private readonly bool[] _asked = new bool[Ipv6Addresses.Count];
    private readonly int[] _tries = new int[Ipv6Addresses.Count];
    private bool _started;

    /// <summary>Makes it; the first address is made with the first <see cref="OnTimer"/>.</summary>
    /// <param name="ipv6">The layer below.</param>
    /// <param name="identifiers">Who makes addresses of prefixes.</param>
    /// <param name="groups">Who tells which groups we listen to.</param>
    /// <param name="hardware">Our Ethernet address.</param>
    /// <param name="frame">A buffer for messages.</param>
    /// <param name="counters">What to count in.</param>
    public NeighbourDiscovery(Ipv6Layer ipv6, InterfaceIdentifiers identifiers, GroupReports groups, byte[] hardware, byte[] frame,
        ulong[] counters)
    {
        _ipv6 = ipv6;
        _addresses = ipv6.Addresses;
        _identifiers = identifiers;
        _groups = groups;
        _hardware = hardware;
        _frame = frame;
        _counters = counters;
        _routers = new RouterDiscovery(ipv6, this, hardware, frame, counters);
    }

    /// <summary>What is known of the routers.</summary>
    public RouterDiscovery Routers
    {
        get { return _routers; }
    }

    /// <summary>What is known of the neighbours; to be set before a packet comes.</summary>
    public NeighbourCache Neighbours;

    /// <summary>When <see cref="OnTimer"/> has something to do.</summary>
    public ulong Deadline;

    /// <summary>Makes the address of a prefix, which stands in its place, and has it asked for.</summary>
    /// <param name="place">The place.</param>
    /// <param name="now">The time in microseconds.</param>
    public void Begin(int place, ulong now)
    {
        _tries[place] = 0;
        Make(place, now + _identifiers.Delay(MostDelay));
    }

    /// <summary>Does what is due by <see cref="Deadline"/>.</summary>
    /// <param name="now">The time in microseconds.</param>
    public void OnTimer(ulong now)
    {
        if (now < Deadline)
            return;
        Ipv6Addresses addresses = _addresses;
        if (!_started)
        {
            _started = true;
            addresses.Bytes[0] = 0xFE;
            addresses.Bytes[1] = 0x80;
            addresses.ValidUntil[0] = ulong.MaxValue;
            addresses.PreferredUntil[0] = ulong.MaxValue;
            Begin(0, now);
        }

        for (int i = 0; i < Ipv6Addresses.Count; i++)
        {
            if (addresses.States[i] != Ipv6Addresses.Free && now >= addresses.ValidUntil[i])
            {
                addresses.States[i] = Ipv6Addresses.Free;
                _groups.Leave(i, now);
                Neighbours.LoseSource(i);
            }
            else if (addresses.States[i] == Ipv6Addresses.Tentative && now >= _due[i])
                Proceed(i, now);
        }

        Reschedule();
    }

    /// <summary>Finds the time of the next thing to do.</summary>
    public void Reschedule()
    {
        Ipv6Addresses addresses = _addresses;
        ulong next = ulong.MaxValue;
        for (int i = 0; i < Ipv6Addresses.Count; i++)
        {
            if (addresses.States[i] == Ipv6Addresses.Free)
                continue;
            if (addresses.ValidUntil[i] < next)
                next = addresses.ValidUntil[i];
            if (addresses.States[i] == Ipv6Addresses.Tentative && _due[i] < next)
                next = _due[i];
        }

        Deadline = next;
    }

    /// <summary>Handles a message whose checksum is right.</summary>
    /// <param name="frame">The frame buffer.</param>
    /// <param name="at">Index of the message.</param>
    /// <param name="length">Its length in bytes.</param>
    /// <param name="now">The time in microseconds.</param>
    public void Receive(byte[] frame, int at, int length, ulong now)
    {
        int type = frame[at];
        bool isAdvertisement = type == Icmpv6Header.RouterAdvertisement;
        bool isRedirect = type == Icmpv6Header.Redirect;
        if (type < Icmpv6Header.RouterAdvertisement)
        {
            _counters[(int)Counter.IcmpIgnored]++;
            return;
        }

        int options = isAdvertisement ? RouterDiscovery.Options : isRedirect ? Options + Ipv6Address.Length : Options;
        bool fromNobody = Ipv6Address.IsUnspecified(frame, Ipv6Header.Source);
        bool isGood = frame[Ipv6Header.HopLimit] == OnLink && frame[at + Icmpv6Header.Code] == 0 && length >= options
            && !_ipv6.WasFragment && AreOptionsGood(frame, at + options, at + length, fromNobody);
        if (isGood)
        {
            if (isAdvertisement || isRedirect)
                isGood = Ipv6Address.IsLinkLocal(frame, Ipv6Header.Source) && (isAdvertisement || IsRedirectGood(frame, at));
            else
            {
                isGood = frame[at + Target] != 0xFF
                    && (type == Icmpv6Header.NeighbourSolicitation ? !fromNobody || IsSolicitedNode(frame)
                        : !fromNobody && (frame[Ipv6Header.Destination] != 0xFF || (frame[at + Flags] & Solicited) == 0));
            }
        }

        if (!isGood)
            _counters[(int)Counter.NeighbourMalformed]++;
        else if (isAdvertisement)
            _routers.Receive(frame, at, length, now);
        else if (!isRedirect)
            ReceiveNeighbour(frame, at, at + length, fromNobody, now);
        else if (_ipv6.IsForGroup || !Neighbours.Redirect(frame, at, at + length, now))
            _counters[(int)Counter.RedirectUnmatched]++;
        Neighbours.Release(frame);
    }

    /// <summary>No option is empty or longer than the message, and who has no address names none.</summary>
    private static bool AreOptionsGood(byte[] frame, int at, int end, bool fromNobody)
    {
        while (at < end)
        {
            if (at + 2 > end || frame[at + 1] == 0 || at + (frame[at + 1] << 3) > end || (fromNobody && frame[at] == 1))
                return false;
            at += frame[at + 1] << 3;
        }

        return true;
    }

    private static bool IsSolicitedNode(byte[] frame)
    {
        return frame[Ipv6Header.Destination] == 0xFF && frame[Ipv6Header.Destination + 11] == 1;
    }

    /// <summary>It names a router, or that the destination is a neighbour itself (RFC 4861 section 8.1).</summary>
    private static bool IsRedirectGood(byte[] frame, int at)
    {
        int destination = at + Target + Ipv6Address.Length;
        return frame[destination] != 0xFF
            && (Ipv6Address.IsLinkLocal(frame, at + Target) || Ipv6Address.AreEqual(frame, at + Target, frame, destination));
    }

    private void ReceiveNeighbour(byte[] frame, int at, int end, bool fromNobody, ulong now)
    {
        int place = _addresses.Find(frame, at + Target);
        if (place < 0)
        {
            if (frame[at] == Icmpv6Header.NeighbourAdvertisement)
                Neighbours.HearAdvertisement(frame, at, end, now);
            return;
        }

        if (frame[at] == Icmpv6Header.NeighbourSolicitation && !fromNobody)
            Neighbours.HearSource(frame, at + Options, end, false, now);
        if (frame[at] == Icmpv6Header.NeighbourAdvertisement)
            Conflict(frame, place, now);
        else if (_addresses.States[place] == Ipv6Addresses.Assigned)
            Answer(frame, place, fromNobody);
        else if (fromNobody)
            Conflict(frame, place, now);
    }

    private void Make(int place, ulong due)
    {
        _identifiers.Write(_addresses.Bytes, place * Ipv6Address.Length, _tries[place]);
        _addresses.States[place] = Ipv6Addresses.Tentative;
        _asked[place] = false;
        _due[place] = due;
        Reschedule();
    }

    /// <summary>An address is asked for, or it is ours as nobody has answered.</summary>
    private void Proceed(int place, ulong now)
    {
        if (!_asked[place])
        {
            // A switch that looks at reports would not let an answer through to us without one.
            _groups.Join(place, now);
            _asked[place] = true;
            _due[place] = now + Neighbours.AnswerTime;
            Ask(place);
            return;
        }

        _addresses.States[place] = Ipv6Addresses.Assigned;

        // A report may be lost, and one from no address counts for nothing with a router (RFC 3590).
        _groups.Join(place, now);
        if (place == 0)
            _routers.Start(now);
    }

    /// <summary>Another host has an address of ours, or asks for it as we do.</summary>
    private void Conflict(byte[] frame, int place, ulong now)
    {
        // A switch may send us what we have sent.
        if (BitConverter.ToUInt32(frame, EthernetHeader.Source) == BitConverter.ToUInt32(_hardware, 0)
            && BitConverter.ToUInt16(frame, EthernetHeader.Source + 4) == BitConverter.ToUInt16(_hardware, 4))
            return;
        _counters[(int)Counter.NeighbourConflicts]++;
        if (_addresses.States[place] != Ipv6Addresses.Tentative)
            return;
        if (_tries[place] < MostTries)
        {
            _tries[place]++;
            Make(place, now + NextTry);
        }
        else
        {
            _addresses.States[place] = Ipv6Addresses.Duplicate;
            Reschedule();
        }
    }

    private void Ask(int place)
    {
        byte[] frame = _frame;
        int at = place * Ipv6Address.Length;
        _ipv6.WriteHeader(frame, Options, Ipv6Header.Icmpv6, OnLink);
        Array.Clear(frame, Ipv6Header.Source, Ipv6Address.Length);
        Ipv6Address.WriteSolicitedNode(_addresses.Bytes, at, frame, Ipv6Header.Destination);
        BigEndian.Put32(frame, Ipv6Header.Payload, (uint)Icmpv6Header.NeighbourSolicitation << 24);
        BigEndian.Put32(frame, Ipv6Header.Payload + Icmpv6Header.Pointer, 0);
        Array.Copy(_addresses.Bytes, at, frame, Ipv6Header.Payload + Target, Ipv6Address.Length);
        Ipv6Layer.WriteIcmpChecksum(frame, Ipv6Header.Payload, Options);
        _ipv6.SendToGroup(frame);
    }

    private void Answer(byte[] question, int place, bool toAll)
    {
        byte[] frame = _frame;
        int length = Options + 8;
        _ipv6.WriteHeader(frame, length, Ipv6Header.Icmpv6, OnLink);
        Array.Copy(_addresses.Bytes, place * Ipv6Address.Length, frame, Ipv6Header.Source, Ipv6Address.Length);
        Array.Copy(_addresses.Bytes, place * Ipv6Address.Length, frame, Ipv6Header.Payload + Target, Ipv6Address.Length);
        BigEndian.Put32(frame, Ipv6Header.Payload, (uint)Icmpv6Header.NeighbourAdvertisement << 24);
        BigEndian.Put32(frame, Ipv6Header.Payload + Icmpv6Header.Pointer, (uint)(toAll ? Override : Solicited | Override) << 24);
        frame[Ipv6Header.Payload + Options] = 2;
        frame[Ipv6Header.Payload + Options + 1] = 1;
        Array.Copy(_hardware, 0, frame, Ipv6Header.Payload + Options + 2, EthernetHeader.AddressLength);
        if (toAll)
            Ipv6Address.WriteGroup(1, frame, Ipv6Header.Destination);
        else
        {
            Array.Copy(question, Ipv6Header.Source, frame, Ipv6Header.Destination, Ipv6Address.Length);
            Array.Copy(question, EthernetHeader.Source, frame, EthernetHeader.Destination, EthernetHeader.AddressLength);
        }

        Ipv6Layer.WriteIcmpChecksum(frame, Ipv6Header.Payload, length);
        if (toAll)
            _ipv6.SendToGroup(frame);
        else
            _ipv6.Send(frame);
    }
}
