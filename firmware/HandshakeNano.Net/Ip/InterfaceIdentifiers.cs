using System;
using HandshakeNano.Net.Wire;

namespace HandshakeNano.Net;

/// <summary>
/// What SipHash makes of our secret: interface identifiers that are the same each time, differ from prefix to prefix, and tell
/// nothing of the card (RFC 7217 section 5), the numbers of peers, and the random delays of neighbour discovery.
/// </summary>
internal sealed class InterfaceIdentifiers
{
    // An input is 15 bytes: a prefix, our Ethernet address, the count of conflicts; in the top byte stands how many they are.
    private const ulong InputLength = 15UL << 56;

    /// <summary>No address has met so many conflicts, so no delay tells of an identifier.</summary>
    private const ulong Delays = 0xFFUL << 48;

    private readonly byte[] _secret;
    private readonly ulong[] _state = new ulong[4];
    private readonly ulong _hardware;
    private ulong _delays;

    /// <summary>Makes it.</summary>
    /// <param name="hardware">Our Ethernet address.</param>
    /// <param name="secret">The secret, 16 bytes.</param>
    public InterfaceIdentifiers(byte[] hardware, byte[] secret)
    {
        _secret = secret;
        _hardware = BitConverter.ToUInt32(hardware, 0) | ((ulong)BitConverter.ToUInt16(hardware, 4) << 32);
    }

    /// <summary>Writes the identifier behind a prefix.</summary>
    /// <param name="address">The array of the address.</param>
    /// <param name="offset">Index of its first byte.</param>
    /// <param name="conflicts">How many of the prefix's addresses another host had.</param>
    public void Write(byte[] address, int offset, int conflicts)
    {
        ulong identifier = Hash(BitConverter.ToUInt64(address, offset), (ulong)conflicts << 48);
        for (int i = Ipv6Addresses.PrefixLength; i < Ipv6Address.Length; i++)
        {
            address[offset + i] = (byte)identifier;
            identifier >>= 8;
        }
    }

    /// <summary>A hash of two addresses.</summary>
    /// <param name="first">The array of the first one.</param>
    /// <param name="firstAt">Index of its first byte.</param>
    /// <param name="second">The array of the second one.</param>
    /// <param name="secondAt">Index of its first byte.</param>
    /// <returns>The hash.</returns>
    public uint Digest(byte[] first, int firstAt, byte[] second, int secondAt)
    {
        ulong[] state = _state;
        SipHash.Start(_secret, state);
        SipHash.Absorb(state, BitConverter.ToUInt64(first, firstAt));
        SipHash.Absorb(state, BitConverter.ToUInt64(first, firstAt + 8));
        SipHash.Absorb(state, BitConverter.ToUInt64(second, secondAt));
        SipHash.Absorb(state, BitConverter.ToUInt64(second, secondAt + 8));
        return (uint)SipHash.Finish(state[0], state[1], state[2], state[3], 2UL * Ipv6Address.Length << 56);
    }

    /// <summary>A random time.</summary>
    /// <param name="most">The longest, in microseconds.</param>
    /// <returns>0 to that.</returns>
    public ulong Delay(ulong most)
    {
        return Hash(_delays++, Delays) % (most + 1);
    }

    private ulong Hash(ulong first, ulong last)
    {
        ulong[] state = _state;
        SipHash.Start(_secret, state);
        SipHash.Absorb(state, first);
        return SipHash.Finish(state[0], state[1], state[2], state[3], _hardware | last | InputLength);
    }
}
