using System;
using HandshakeNano.Net.Wire;

namespace HandshakeNano.Net;

/// <summary>Our IPv6 addresses: a few places, of which the first is the link-local address (RFC 4862).</summary>
internal sealed class Ipv6Addresses
{
    /// <summary>How many addresses there can be.</summary>
    public const int Count = 4;

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
        if (third != 1U << 24 || last >> 24 != 0xFF)
            return false;
        for (int i = 0; i < Count; i++)
        {
            if (States[i] != Free && ((BigEndian.Get32(Bytes, i * Ipv6Address.Length + 12) ^ last) & 0xFFFFFF) == 0)
                return true;
        }

        return false;
    }

    /// <summary>The address to speak to a peer from (RFC 6724 as far as one interface needs it): of the peer's scope.</summary>
    /// <param name="peer">The array of the peer's address.</param>
    /// <param name="offset">Index of its first byte.</param>
    /// <returns>The place of the address; -1 if there is none.</returns>
    public int SourceFor(byte[] peer, int offset)
    {
        if (!Ipv6Address.IsLinkLocal(peer, offset) && peer[offset] != 0xFF)
        {
            for (int i = 1; i < Count; i++)
            {
                if (States[i] == Assigned)
                    return i;
            }
        }

        return States[0] == Assigned ? 0 : -1;
    }
}
