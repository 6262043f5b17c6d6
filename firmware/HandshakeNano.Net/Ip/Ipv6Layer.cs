using System;
using HandshakeNano.Net.Wire;

namespace HandshakeNano.Net;

/// <summary>
/// IPv6 (RFC 8200): which packets are for us, and what is in them. A packet stays where it came, so that an error can quote it.
/// </summary>
internal sealed class Ipv6Layer
{
    /// <summary>How many extension headers are stepped over.</summary>
    private const int MostExtensions = 8;

    private readonly EthernetLayer _ethernet;
    private readonly Ipv6Addresses _addresses;
    private readonly ulong[] _counters;
    private bool _toGroup;

    /// <summary>Makes the layer.</summary>
    /// <param name="ethernet">The layer below.</param>
    /// <param name="linkMtu">The largest packet that the link carries.</param>
    /// <param name="addresses">Our addresses.</param>
    /// <param name="counters">What to count in.</param>
    public Ipv6Layer(EthernetLayer ethernet, int linkMtu, Ipv6Addresses addresses, ulong[] counters)
    {
        LinkMtu = linkMtu;
        _ethernet = ethernet;
        _addresses = addresses;
        _counters = counters;
    }

    /// <summary>Our addresses.</summary>
    public Ipv6Addresses Addresses
    {
        get { return _addresses; }
    }

    /// <summary>The largest packet that the link carries, in bytes.</summary>
    public readonly int LinkMtu;

    /// <summary>The MTU that a router has named, if the link carries it; 0 if none has.</summary>
    public int RouterMtu;

    /// <summary>The hop limit of our packets; a router may name another.</summary>
    public int HopLimit = 64;

    /// <summary>What the packet at hand carries: a kind of header.</summary>
    public int Protocol;

    /// <summary>Index behind the last byte of the packet at hand.</summary>
    public int End;

    /// <summary>Whether the packet at hand is for a group of hosts.</summary>
    public bool IsForGroup;

    /// <summary>Whether the packet at hand has a fragment header, which neighbour discovery never has (RFC 6980).</summary>
    public bool WasFragment;

    /// <summary>Index of what is wrong in a packet whose sender is to be told; 0 if there is nothing to tell.</summary>
    public int ProblemAt;

    /// <summary>What is wrong with it: a code of a parameter problem.</summary>
    public int ProblemCode;

    /// <summary>Checks a packet and steps over its extension headers.</summary>
    /// <param name="frame">The frame buffer.</param>
    /// <param name="length">The length in bytes of what follows the Ethernet header; negative: the frame is for a group.</param>
    /// <returns>Index of what the packet carries; -1 if it is dropped, and <see cref="ProblemAt"/> says if its sender is told.</returns>
    public int Receive(byte[] frame, int length)
    {
        ProblemAt = 0;
        _toGroup = length < 0;
        if (_toGroup)
            length = -length;
        if (length < Ipv6Header.Length || frame[Ipv6Header.VersionClassFlow] >> 4 != 6)
            return Drop(Counter.Ipv6HeaderBad);
        int payload = BigEndian.Get16(frame, Ipv6Header.PayloadLength);
        if (payload + Ipv6Header.Length > length)
            return Drop(Counter.Ipv6HeaderBad);
        End = Ipv6Header.Payload + payload;
        if (frame[Ipv6Header.Source] == 0xFF || Ipv6Address.IsLoopback(frame, Ipv6Header.Source)
            || Ipv6Address.IsMapped(frame, Ipv6Header.Source) || IsAssigned(_addresses.Find(frame, Ipv6Header.Source)))
            return Drop(Counter.Ipv6SourceBad);
        IsForGroup = frame[Ipv6Header.Destination] == 0xFF;
        if (IsForGroup ? !_addresses.Hears(frame, Ipv6Header.Destination)
            : _toGroup || !IsAssigned(_addresses.Find(frame, Ipv6Header.Destination)))
            return Drop(Counter.Ipv6NotForUs);
        int at = StepOver(frame);
        if (at < 0)
            return at;

        // A host without an address may ask for its neighbours, and do nothing else.
        if (Protocol != Ipv6Header.Icmpv6 && Ipv6Address.IsUnspecified(frame, Ipv6Header.Source))
        {
            ProblemAt = 0;
            return Drop(Counter.Ipv6SourceBad);
        }

        if (ProblemAt == 0)
            return at;
        bool isTold = !Ipv6Address.IsUnspecified(frame, Ipv6Header.Source) && !IsError(frame, at)
            && ((!IsForGroup && !_toGroup) || ProblemCode == Icmpv6Header.OptionUnknown);
        if (!isTold)
            ProblemAt = 0;
        return Drop(ProblemCode == Icmpv6Header.NextHeaderUnknown ? Counter.Ipv6ProtocolUnknown : Counter.Ipv6ExtensionBad);
    }

    /// <summary>Whether the sender of the packet at hand may be told that nobody here takes it.</summary>
    /// <param name="frame">The frame buffer.</param>
    /// <param name="at">Index of what the packet carries.</param>
    /// <returns>True if the sender may be told (RFC 4443 section 2.4 e).</returns>
    public bool MayAnswer(byte[] frame, int at)
    {
        return !IsForGroup && !_toGroup && !Ipv6Address.IsUnspecified(frame, Ipv6Header.Source) && !IsError(frame, at);
    }

    /// <summary>The sum of the pseudo-header (RFC 8200 section 8.1), in the processor's order.</summary>
    /// <param name="frame">The frame buffer, both addresses in their places.</param>
    /// <param name="length">Length in bytes of what the packet carries.</param>
    /// <param name="protocol">What that is.</param>
    /// <returns>The sum, not yet modulo 65535.</returns>
    public static ulong PseudoSum(byte[] frame, int length, int protocol)
    {
        return (ulong)((length << 8) + (protocol << 8))
            + InternetChecksum.SumLittleEndian(frame, Ipv6Header.Source, 2 * Ipv6Address.Length);
    }

    /// <summary>Writes the checksum of an ICMPv6 message.</summary>
    /// <param name="frame">The frame buffer, both addresses in their places.</param>
    /// <param name="at">Index of the message.</param>
    /// <param name="length">The message's length in bytes.</param>
    public static void WriteIcmpChecksum(byte[] frame, int at, int length)
    {
        BigEndian.Put16(frame, at + Icmpv6Header.Checksum, 0);
        BigEndian.Put16(frame, at + Icmpv6Header.Checksum, InternetChecksum.Complement(
            (uint)((PseudoSum(frame, length, Ipv6Header.Icmpv6) + InternetChecksum.SumLittleEndian(frame, at, length))
                % InternetChecksum.Modulus)));
    }

    /// <summary>Puts the header before a packet, all but its addresses.</summary>
    /// <param name="frame">The frame buffer.</param>
    /// <param name="length">Length in bytes of what follows the header.</param>
    /// <param name="nextHeader">What that is.</param>
    /// <param name="hopLimit">The hop limit; 0 for the usual one.</param>
    public void WriteHeader(byte[] frame, int length, int nextHeader, int hopLimit)
    {
        _ethernet.Prepare(frame, EthernetHeader.Ipv6);
        BigEndian.Put32(frame, Ipv6Header.VersionClassFlow, 0x60000000);
        BigEndian.Put16(frame, Ipv6Header.PayloadLength, length);
        frame[Ipv6Header.NextHeader] = (byte)nextHeader;
        frame[Ipv6Header.HopLimit] = (byte)(hopLimit == 0 ? HopLimit : hopLimit);
    }

    /// <summary>Sends a packet to the group that its destination is (RFC 2464 section 7).</summary>
    /// <param name="frame">The frame buffer with the whole header.</param>
    public void SendToGroup(byte[] frame)
    {
        frame[EthernetHeader.Destination] = 0x33;
        frame[EthernetHeader.Destination + 1] = 0x33;
        Array.Copy(frame, Ipv6Header.Destination + 12, frame, EthernetHeader.Destination + 2, 4);
        Send(frame);
    }

    /// <summary>Sends a packet to the Ethernet address that its buffer holds.</summary>
    /// <param name="frame">The frame buffer with the whole header.</param>
    public void Send(byte[] frame)
    {
        // Nobody sends from the address of a group: such an answer would reach everyone.
        if ((frame[EthernetHeader.Destination] & 1) != 0 && frame[Ipv6Header.Destination] != 0xFF)
            Drop(Counter.Ipv6SourceBad);
        else
            _ethernet.SendPrepared(frame, BigEndian.Get16(frame, Ipv6Header.PayloadLength) + Ipv6Header.Length);
    }

    private bool IsAssigned(int place)
    {
        return place >= 0 && _addresses.States[place] == Ipv6Addresses.Assigned;
    }

    /// <summary>Errors and redirects are never answered by an error (RFC 4443 section 2.4 e).</summary>
    private bool IsError(byte[] frame, int at)
    {
        return Protocol == Ipv6Header.Icmpv6 && (at >= End || frame[at] < 128 || frame[at] == Icmpv6Header.Redirect);
    }

    /// <summary>Walks along the extension headers; the first thing that is wrong is noted.</summary>
    /// <returns>Index of what the packet carries; -1 if it is dropped.</returns>
    private int StepOver(byte[] frame)
    {
        WasFragment = false;
        int at = Ipv6Header.Payload, nextAt = Ipv6Header.NextHeader;
        for (int left = MostExtensions; ; left--)
        {
            int next = frame[nextAt];
            Protocol = next;
            if (next == Ipv6Header.Tcp || next == Ipv6Header.Icmpv6 || next == Ipv6Header.Udp)
                return at;
            if (next == Ipv6Header.NoNextHeader)
                return DropQuietly(Counter.Ipv6NothingInside);
            bool isExtension = next == Ipv6Header.DestinationOptions || next == Ipv6Header.Routing || next == Ipv6Header.Fragment
                || (next == Ipv6Header.HopByHop && nextAt == Ipv6Header.NextHeader);
            if (!isExtension)
            {
                Note(nextAt, Icmpv6Header.NextHeaderUnknown);
                return at;
            }

            if (left == 0)
                return DropQuietly(Counter.Ipv6ExtensionBad);
            if (at + 8 > End)
                return DropQuietly(Counter.Ipv6HeaderBad);
            int size = next == Ipv6Header.Fragment ? 8 : (frame[at + 1] + 1) << 3;
            if (at + size > End)
                return DropQuietly(Counter.Ipv6HeaderBad);
            if (next == Ipv6Header.Fragment)
            {
                // One that is whole is a packet like any other (RFC 6946).
                if ((BigEndian.Get16(frame, at + 2) & 0xFFF9) != 0)
                    return DropQuietly(Counter.Ipv6Fragment);
                WasFragment = true;
            }
            else if (next == Ipv6Header.Routing)
            {
                if (frame[at + 3] != 0)
                    Note(at + 2, Icmpv6Header.FieldBad);
            }
            else if (!ReadOptions(frame, at + 2, at + size))
                return DropQuietly(Counter.Ipv6ExtensionBad);

            nextAt = at;
            at += size;
        }
    }

    /// <summary>Steps over options: the upper two bits of one say what an unknown one asks for (RFC 8200 section 4.2).</summary>
    /// <returns>False if the packet is dropped without a word.</returns>
    private bool ReadOptions(byte[] frame, int at, int end)
    {
        while (at < end)
        {
            int type = frame[at];
            if (type == 0)
            {
                at++;
                continue;
            }

            if (at + 2 > end || at + 2 + frame[at + 1] > end)
                return false;
            int action = type >> 6;
            if (action == 1 || (action == 3 && IsForGroup))
                return false;
            if (action != 0)
                Note(at, Icmpv6Header.OptionUnknown);
            at += 2 + frame[at + 1];
        }

        return true;
    }

    private void Note(int at, int code)
    {
        if (ProblemAt != 0)
            return;
        ProblemAt = at;
        ProblemCode = code;
    }

    private int DropQuietly(Counter reason)
    {
        ProblemAt = 0;
        return Drop(reason);
    }

    private int Drop(Counter reason)
    {
        _counters[(int)reason]++;
        return -1;
    }
}
