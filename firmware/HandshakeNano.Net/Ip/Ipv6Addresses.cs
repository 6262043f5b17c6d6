using System;
using HandshakeNano.Net.Wire;

namespace HandshakeNano.Net;

/// <summary>Our IPv6 addresses: a few places, of which the first is the link-local address (RFC 4862).</summary>
internal sealed class Ipv6Addresses
{
    /// <summary>How many addresses there can be.</summary>
    public const int Count = 4;

    /// <summary>Length in bytes of every prefix that an address is made of; the interface identifier is as long.</summary>
    public const int PrefixLength = 8;

    /// <summary>A place without an address.</summary>
    public const int Free = 0;

    /// <summary>An address that is being asked for: nothing is sent from it and nothing received (RFC 4862 section 5.4).</summary>
    public const int Tentative = 1;

    /// <summary>An address that is ours.</summary>
    public const int Assigned = 2;

    /// <summary>An address that another host has.</summary>
    public const int Duplicate = 3;

    /// <summary>The addresses, 16 bytes each.</summary>
    public readonly byte[] Bytes = new byte[Count * Ipv6Address.Length];

    /// <summary>What each of them is.</summary>
    public readonly int[] States = new int[Count];

    /// <summary>Until when an address is ours; <see cref="ulong.MaxValue"/> for ever.</summary>
    public readonly ulong[] ValidUntil = new ulong[Count];

    /// <summary>Until when an address is one to begin something new from.</summary>
    public readonly ulong[] PreferredUntil = new ulong[Count];

    /// <summary>A bit for each place: the prefix of the address there is one whose hosts are neighbours (RFC 4861 section 6.3.4).</summary>
    public int OnLink = 1;

    /// <summary>Whether a host is a neighbour by its address; who is not is behind a router (RFC 5942).</summary>
    /// <param name="data">The array of the host's address.</param>
    /// <param name="offset">Index of its first byte.</param>
    /// <returns>True if it is.</returns>
    public bool IsOnLink(byte[] data, int offset)
    {
        int place = FindPrefix(data, offset);
        return Ipv6Address.IsLinkLocal(data, offset) || (place > 0 && ((OnLink >> place) & 1) != 0);
    }

    /// <summary>Which of our addresses stands in an array.</summary>
    /// <param name="data">The array.</param>
    /// <param name="offset">Index of its first byte.</param>
    /// <returns>Its place, whatever its state is; -1 if it is none.</returns>
    public int Find(byte[] data, int offset)
    {
        for (int i = 0; i < Count; i++)
        {
            if (States[i] != Free && Ipv6Address.AreEqual(Bytes, i * Ipv6Address.Length, data, offset))
                return i;
        }

        return -1;
    }

    /// <summary>Which of our addresses a prefix has given.</summary>
    /// <param name="data">The array of the prefix.</param>
    /// <param name="offset">Index of its first byte.</param>
    /// <returns>The address's place; -1 if there is none.</returns>
    public int FindPrefix(byte[] data, int offset)
    {
        ulong prefix = BitConverter.ToUInt64(data, offset);
        for (int i = 1; i < Count; i++)
        {
            if (States[i] != Free && BitConverter.ToUInt64(Bytes, i * Ipv6Address.Length) == prefix)
                return i;
        }

        return -1;
    }

    /// <summary>Whether a group is one that we listen to: all nodes, or one in which an address of ours is asked for.</summary>
    /// <param name="data">The array.</param>
    /// <param name="offset">Index of its first byte.</param>
    /// <returns>True if it is.</returns>
    public bool Hears(byte[] data, int offset)
    {
        // ff02:: and eight zero bytes more are common to both kinds.
        if (BitConverter.ToUInt64(data, offset) != 0x02FF)
            return false;
        uint third = BitConverter.ToUInt32(data, offset + 8);
        uint last = BigEndian.Get32(data, offset + 12);
        if (third == 0)
            return last == 1;
        return third == 1U << 24 && last >> 24 == 0xFF && IsAskedForIn(last, 0, Count);
    }

    /// <summary>Whether an address before a place is asked for in the same group as the one there.</summary>
    /// <param name="place">The place.</param>
    /// <returns>True if there is one.</returns>
    public bool SharesGroup(int place)
    {
        return IsAskedForIn(BigEndian.Get32(Bytes, place * Ipv6Address.Length + 12), 0, place);
    }

    /// <summary>
    /// The address to speak to a peer from (RFC 6724 as far as one interface needs it): of the peer's scope, not deprecated,
    /// and with the most bits in common.
    /// </summary>
    /// <param name="peer">The array of the peer's address.</param>
    /// <param name="offset">Index of its first byte.</param>
    /// <param name="now">The time in microseconds.</param>
    /// <returns>The place of the address; -1 if there is none.</returns>
    public int SourceFor(byte[] peer, int offset, ulong now)
    {
        int best = States[0] == Assigned ? 0 : -1;
        if (Ipv6Address.IsLinkLocal(peer, offset) || peer[offset] == 0xFF)
            return best;
        int most = -1;
        for (int i = 1; i < Count; i++)
        {
            if (States[i] != Assigned)
                continue;
            int score = CommonBits(i * Ipv6Address.Length, peer, offset);
            if (now < PreferredUntil[i])
                score += 8 * Ipv6Address.Length + 1;
            if (score > most)
            {
                best = i;
                most = score;
            }
        }

        return best;
    }

    private bool IsAskedForIn(uint end, int first, int behind)
    {
        for (int i = first; i < behind; i++)
        {
            if (States[i] != Free && ((BigEndian.Get32(Bytes, i * Ipv6Address.Length + 12) ^ end) & 0xFFFFFF) == 0)
                return true;
        }

        return false;
    }

    private int CommonBits(int at, byte[] peer, int offset)
    {
        for (int i = 0; i < Ipv6Address.Length; i++)
        {
            int difference = Bytes[at + i] ^ peer[offset + i];
            if (difference == 0)
                continue;
            int bits = 8 * i;
            while ((difference & 0x80) == 0)
            {
                bits++;
                difference <<= 1;
            }

            return bits;
        }

        return 8 * Ipv6Address.Length;
    }
}
