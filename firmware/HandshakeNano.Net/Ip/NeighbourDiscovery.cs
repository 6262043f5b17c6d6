using System;
using HandshakeNano.Net.Wire;

namespace HandshakeNano.Net;

/// <summary>
/// Neighbour discovery (RFC 4861) as far as our own addresses need it: the link-local address is made, asked for before it is
/// used (RFC 4862 section 5.4), and answered for.
/// </summary>
internal sealed class NeighbourDiscovery
{
    /// <summary>Hop limit of a packet that no router has passed on.</summary>
    private const int OnLink = 255;

    /// <summary>How long an answer may take (RFC 4861 section 10, RetransTimer).</summary>
    private const ulong AnswerTime = 1_000_000;

    /// <summary>How often another link-local address is tried (RFC 7217 section 6, IDGEN_RETRIES).</summary>
    private const int MostTries = 3;

    private const int Target = 8;
    private const int Options = 24;
    private const int Solicited = 0x40;
    private const int Override = 0x20;

    private readonly Ipv6Layer _ipv6;
    private readonly Ipv6Addresses _addresses;
    private readonly byte[] _hardware;
    private readonly byte[] _secret;
    private readonly Wakeup _wakeup;
    private readonly ulong[] _counters;
    private readonly byte[] _frame = new byte[Ipv6Header.Payload + Options + 8];
    private readonly ulong[] _state = new ulong[4];
    private bool _asked;
    private int _tries;

    /// <summary>Makes it; the first address is asked for with the first <see cref="OnTimer"/>.</summary>
    /// <param name="ipv6">The layer below.</param>
    /// <param name="hardware">Our Ethernet address.</param>
    /// <param name="secret">The secret of the interface identifiers, 16 bytes.</param>
    /// <param name="wakeup">What to tell of new deadlines.</param>
    /// <param name="counters">What to count in.</param>
    public NeighbourDiscovery(Ipv6Layer ipv6, byte[] hardware, byte[] secret, Wakeup wakeup, ulong[] counters)
    {
        _ipv6 = ipv6;
        _addresses = ipv6.Addresses;
        _hardware = hardware;
        _secret = secret;
        _wakeup = wakeup;
        _counters = counters;
        MakeLinkLocal();
    }

    /// <summary>When <see cref="OnTimer"/> has something to do.</summary>
    public ulong Deadline;

    /// <summary>Writes the checksum of an ICMPv6 message behind its header.</summary>
    /// <param name="frame">The frame buffer, both addresses in their places.</param>
    /// <param name="length">The message's length in bytes.</param>
    public static void WriteChecksum(byte[] frame, int length)
    {
        BigEndian.Put16(frame, Ipv6Header.Payload + Icmpv6Header.Checksum, 0);
        BigEndian.Put16(frame, Ipv6Header.Payload + Icmpv6Header.Checksum, InternetChecksum.Complement(
            (uint)((Ipv6Layer.PseudoSum(frame, length, Ipv6Header.Icmpv6)
                + InternetChecksum.SumLittleEndian(frame, Ipv6Header.Payload, length)) % InternetChecksum.Modulus)));
    }

    /// <summary>Does what is due by <see cref="Deadline"/>.</summary>
    /// <param name="now">The time in microseconds.</param>
    public void OnTimer(ulong now)
    {
        if (now < Deadline)
            return;
        if (_asked)
        {
            _addresses.States[0] = Ipv6Addresses.Assigned;
            Deadline = ulong.MaxValue;
            return;
        }

        _asked = true;
        Deadline = now + AnswerTime;
        Ask();
    }

    /// <summary>Handles a message whose checksum is right.</summary>
    /// <param name="frame">The frame buffer.</param>
    /// <param name="at">Index of the message.</param>
    /// <param name="length">Its length in bytes.</param>
    public void Receive(byte[] frame, int at, int length)
    {
        int type = frame[at];
        if (type != Icmpv6Header.NeighbourSolicitation && type != Icmpv6Header.NeighbourAdvertisement)
        {
            _counters[(int)Counter.IcmpIgnored]++;
            return;
        }

        bool fromNobody = Ipv6Address.IsUnspecified(frame, Ipv6Header.Source);
        if (frame[Ipv6Header.HopLimit] != OnLink || frame[at + Icmpv6Header.Code] != 0 || length < Options || _ipv6.WasFragment
            || frame[at + Target] == 0xFF || !AreOptionsGood(frame, at + Options, at + length, fromNobody)
            || (fromNobody && (type == Icmpv6Header.NeighbourAdvertisement || !IsSolicitedNode(frame))))
        {
            _counters[(int)Counter.NeighbourMalformed]++;
            return;
        }

        int place = _addresses.Find(frame, at + Target);
        if (place < 0)
            return;
        if (type == Icmpv6Header.NeighbourAdvertisement)
            Conflict(frame, place);
        else if (_addresses.States[place] == Ipv6Addresses.Assigned)
            Answer(frame, place, fromNobody);
        else if (fromNobody)
            Conflict(frame, place);
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

    /// <summary>An opaque identifier that is the same each time, and tells nothing of the card (RFC 7217 section 5).</summary>
    private void MakeLinkLocal()
    {
        byte[] bytes = _addresses.Bytes;
        Array.Clear(bytes, 0, Ipv6Address.Length);
        bytes[0] = 0xFE;
        bytes[1] = 0x80;

        // 15 bytes: the prefix, our Ethernet address, the count of conflicts; in the top byte how many they are.
        ulong[] state = _state;
        SipHash.Start(_secret, state);
        SipHash.Absorb(state, BitConverter.ToUInt64(bytes, 0));
        ulong identifier = SipHash.Finish(state[0], state[1], state[2], state[3], BitConverter.ToUInt32(_hardware, 0)
            | ((ulong)BitConverter.ToUInt16(_hardware, 4) << 32) | ((ulong)_tries << 48) | (15UL << 56));
        for (int i = 8; i < Ipv6Address.Length; i++)
        {
            bytes[i] = (byte)identifier;
            identifier >>= 8;
        }

        _addresses.States[0] = Ipv6Addresses.Tentative;
        _asked = false;
        Deadline = 0;
        _wakeup.At = 0;
    }

    /// <summary>Another host has an address of ours, or asks for it as we do.</summary>
    private void Conflict(byte[] frame, int place)
    {
        // A switch may send us what we have sent.
        if (BitConverter.ToUInt32(frame, EthernetHeader.Source) == BitConverter.ToUInt32(_hardware, 0)
            && BitConverter.ToUInt16(frame, EthernetHeader.Source + 4) == BitConverter.ToUInt16(_hardware, 4))
            return;
        _counters[(int)Counter.NeighbourConflicts]++;
        if (_addresses.States[place] != Ipv6Addresses.Tentative)
            return;
        if (_tries < MostTries)
        {
            _tries++;
            MakeLinkLocal();
        }
        else
        {
            _addresses.States[place] = Ipv6Addresses.Duplicate;
            Deadline = ulong.MaxValue;
        }
    }

    private void Ask()
    {
        byte[] frame = _frame;
        _ipv6.WriteHeader(frame, Options, Ipv6Header.Icmpv6, OnLink);
        Array.Clear(frame, Ipv6Header.Source, Ipv6Address.Length);
        Ipv6Address.WriteSolicitedNode(_addresses.Bytes, 0, frame, Ipv6Header.Destination);
        BigEndian.Put32(frame, Ipv6Header.Payload, (uint)Icmpv6Header.NeighbourSolicitation << 24);
        BigEndian.Put32(frame, Ipv6Header.Payload + Icmpv6Header.Pointer, 0);
        Array.Copy(_addresses.Bytes, 0, frame, Ipv6Header.Payload + Target, Ipv6Address.Length);
        WriteChecksum(frame, Options);
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
        {
            Array.Clear(frame, Ipv6Header.Destination, Ipv6Address.Length);
            frame[Ipv6Header.Destination] = 0xFF;
            frame[Ipv6Header.Destination + 1] = 2;
            frame[Ipv6Header.Destination + 15] = 1;
        }
        else
        {
            Array.Copy(question, Ipv6Header.Source, frame, Ipv6Header.Destination, Ipv6Address.Length);
            Array.Copy(question, EthernetHeader.Source, frame, EthernetHeader.Destination, EthernetHeader.AddressLength);
        }

        WriteChecksum(frame, length);
        if (toAll)
            _ipv6.SendToGroup(frame);
        else
            _ipv6.Send(frame);
    }
}
