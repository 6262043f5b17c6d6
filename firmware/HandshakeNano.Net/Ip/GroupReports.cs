using System;
using HandshakeNano.Net.Wire;

namespace HandshakeNano.Net;

/// <summary>
/// Multicast listener reports (MLDv2, RFC 3810): they tell switches which groups we listen to, those in which our addresses are
/// asked for. All nodes is a group that nobody reports. While a router asks as MLDv1 does, what is told has its form (RFC 3810 section 8.2.1).
/// </summary>
internal sealed class GroupReports
{
    private const int Query = 130;
    private const int Report = 143;
    private const int OldReport = 131;
    private const int OldDone = 132;

    /// <summary>Length of a query without sources.</summary>
    private const int QueryLength = 28;

    /// <summary>Length of every message of MLDv1.</summary>
    private const int OldLength = 24;

    /// <summary>How long after a query of MLDv1 its router is taken to be there: two intervals between queries, and a response.</summary>
    private const ulong OldRouterTime = 260_000_000;

    private const int Group = 8;
    private const int IsExclude = 2;
    private const int ToInclude = 3;
    private const int ToExclude = 4;
    private const int Every = -1;

    /// <summary>A router alert (RFC 2711): routers look at the packet though it is not for them.</summary>
    private const int AlertLength = 8;

    private const int Records = 8;
    private const int RecordLength = 20;
    private const int OnLink = 1;

    // The groups of routers, by the last byte of their addresses.
    private const int AllRouters = 2;
    private const int ReportRouters = 0x16;

    private readonly Ipv6Layer _ipv6;
    private readonly InterfaceIdentifiers _identifiers;
    private readonly byte[] _frame;
    private readonly ulong[] _counters;

    /// <summary>Makes it.</summary>
    /// <param name="ipv6">The layer below.</param>
    /// <param name="identifiers">Where delays come from.</param>
    /// <param name="frame">A buffer for messages.</param>
    /// <param name="counters">What to count in.</param>
    public GroupReports(Ipv6Layer ipv6, InterfaceIdentifiers identifiers, byte[] frame, ulong[] counters)
    {
        _ipv6 = ipv6;
        _identifiers = identifiers;
        _frame = frame;
        _counters = counters;
        Deadline = ulong.MaxValue;
    }

    /// <summary>When <see cref="OnTimer"/> has something to do.</summary>
    public ulong Deadline;

    /// <summary>Until then reports have the form of MLDv1.</summary>
    private ulong _oldUntil;

    /// <summary>Whether a message is a query.</summary>
    /// <param name="type">Its type.</param>
    /// <returns>True if it is.</returns>
    public static bool IsQuery(int type)
    {
        return type == Query;
    }

    /// <summary>Tells that we listen to the group of an address.</summary>
    /// <param name="place">The address's place.</param>
    /// <param name="now">The time in microseconds.</param>
    public void Join(int place, ulong now)
    {
        Send(ToExclude, place, now);
    }

    /// <summary>Tells that we listen to the group of an address no more, unless another one has the same.</summary>
    /// <param name="place">The place that the address had.</param>
    /// <param name="now">The time in microseconds.</param>
    public void Leave(int place, ulong now)
    {
        byte[] group = _frame;
        Ipv6Addresses addresses = _ipv6.Addresses;
        Ipv6Address.WriteSolicitedNode(addresses.Bytes, place * Ipv6Address.Length, group, Ipv6Header.Destination);
        if (!addresses.Hears(group, Ipv6Header.Destination))
            Send(ToInclude, place, now);
    }

    /// <summary>Takes a query whose checksum is right; it is answered after a random part of the time that it gives.</summary>
    /// <param name="frame">The frame buffer.</param>
    /// <param name="at">Index of the message.</param>
    /// <param name="length">Its length in bytes.</param>
    /// <param name="now">The time in microseconds.</param>
    public void Receive(byte[] frame, int at, int length, ulong now)
    {
        bool isOld = length == OldLength;
        if (frame[Ipv6Header.HopLimit] != OnLink || !Ipv6Address.IsLinkLocal(frame, Ipv6Header.Source) || (length < QueryLength && !isOld)
            || (!Ipv6Address.IsUnspecified(frame, at + Group) && !_ipv6.Addresses.Hears(frame, at + Group)))
        {
            _counters[(int)Counter.IcmpIgnored]++;
            return;
        }

        // 3 bits of exponent and 12 of mantissa if the number is large (RFC 3810 section 5.1.3), in milliseconds.
        int code = BigEndian.Get16(frame, at + 4);
        if (isOld)
            _oldUntil = now + OldRouterTime;
        ulong most = (ulong)(isOld || code < 0x8000 ? code : ((code & 0x0FFF) | 0x1000) << (((code >> 12) & 7) + 3)) * 1000;
        ulong due = now + _identifiers.Delay(most);
        if (due < Deadline)
            Deadline = due;
    }

    /// <summary>Does what is due by <see cref="Deadline"/>.</summary>
    /// <param name="now">The time in microseconds.</param>
    public void OnTimer(ulong now)
    {
        if (now < Deadline)
            return;
        Deadline = ulong.MaxValue;
        Send(IsExclude, Every, now);
    }

    /// <summary>Sends a report about the group of one address, or those of all.</summary>
    private void Send(int type, int place, ulong now)
    {
        byte[] frame = _frame;
        Ipv6Addresses addresses = _ipv6.Addresses;
        bool isOld = now < _oldUntil;
        int message = Ipv6Header.Payload + AlertLength, count = 0;
        for (int i = 0; i < Ipv6Addresses.Count; i++)
        {
            if (place == Every ? addresses.States[i] == Ipv6Addresses.Free || addresses.SharesGroup(i) : i != place)
                continue;
            if (isOld)
            {
                // Each group has a message of its own.
                BigEndian.Put32(frame, message, (uint)(type == ToInclude ? OldDone : OldReport) << 24);
                BigEndian.Put32(frame, message + 4, 0);
                Ipv6Address.WriteSolicitedNode(addresses.Bytes, i * Ipv6Address.Length, frame, message + Group);
                if (type == ToInclude)
                    Ipv6Address.WriteGroup(AllRouters, frame, Ipv6Header.Destination);
                else
                    Array.Copy(frame, message + Group, frame, Ipv6Header.Destination, Ipv6Address.Length);
                Send(OldLength);
                continue;
            }

            int record = message + Records + count * RecordLength;
            BigEndian.Put32(frame, record, (uint)type << 24);
            Ipv6Address.WriteSolicitedNode(addresses.Bytes, i * Ipv6Address.Length, frame, record + 4);
            count++;
        }

        if (count == 0)
            return;
        Ipv6Address.WriteGroup(ReportRouters, frame, Ipv6Header.Destination);
        BigEndian.Put32(frame, message, (uint)Report << 24);
        BigEndian.Put32(frame, message + 4, (uint)count);
        Send(Records + count * RecordLength);
    }

    /// <summary>Sends a message of a length to its group.</summary>
    private void Send(int length)
    {
        byte[] frame = _frame;
        Ipv6Addresses addresses = _ipv6.Addresses;
        _ipv6.WriteHeader(frame, AlertLength + length, Ipv6Header.HopByHop, OnLink);
        if (addresses.States[0] == Ipv6Addresses.Assigned)
            Array.Copy(addresses.Bytes, 0, frame, Ipv6Header.Source, Ipv6Address.Length);
        else
            Array.Clear(frame, Ipv6Header.Source, Ipv6Address.Length);

        // The option, its length, its value that says that this is a report, and two bytes that fill the header.
        BigEndian.Put32(frame, Ipv6Header.Payload, ((uint)Ipv6Header.Icmpv6 << 24) | 0x0502);
        BigEndian.Put32(frame, Ipv6Header.Payload + 4, 0x0100);
        Ipv6Layer.WriteIcmpChecksum(frame, Ipv6Header.Payload + AlertLength, length);
        _ipv6.SendToGroup(frame);
    }
}
