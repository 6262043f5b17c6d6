using System;

namespace HandshakeNano.Net;

/// <summary>
/// Answers that may be kept for a while. A name is known by a keyed hash of 64 bits and not by its letters: nobody without the key can
/// find two names with the same one, and an entry takes 40 bytes instead of 300. With no entries it keeps nothing.
/// </summary>
internal sealed class DnsCache
{
    /// <summary>What is kept: that there is no such name, for all types.</summary>
    public const int NoSuchName = 0;

    private readonly byte[] _key = new byte[SipHash.KeyLength];
    private readonly ulong[] _state = new ulong[4];

    // For each entry: the key of its name plus its type, when it ends (0: free), what it says, and an address.
    private readonly ulong[] _keys;
    private readonly ulong[] _ends;
    private readonly DnsError[] _errors;
    private readonly byte[] _addresses;

    /// <summary>Makes it.</summary>
    /// <param name="count">How many answers are kept.</param>
    /// <param name="entropy">Where the key comes from.</param>
    public DnsCache(int count, IEntropy entropy)
    {
        entropy.Fill(_key);
        _keys = new ulong[count];
        _ends = new ulong[count];
        _errors = new DnsError[count];
        _addresses = new byte[count * Ipv6Address.Length];
    }

    /// <summary>The addresses; <see cref="Find"/> tells where one stands.</summary>
    public byte[] Addresses
    {
        get { return _addresses; }
    }

    /// <summary>The number of a name; small and capital letters are the same.</summary>
    /// <param name="name">The name, not compressed.</param>
    public ulong KeyOf(byte[] name)
    {
        ulong[] state = _state;
        SipHash.Start(_key, state);
        int length = DnsName.GetLength(name, 0);
        ulong block = 0;
        for (int i = 0; i < length; i++)
        {
            block |= (ulong)DnsName.Fold(name[i]) << (8 * (i & 7));
            if ((i & 7) == 7)
            {
                SipHash.Absorb(state, block);
                block = 0;
            }
        }

        return SipHash.Finish(state[0], state[1], state[2], state[3], block | ((ulong)length << 56));
    }

    /// <summary>Looks for an answer.</summary>
    /// <param name="key">The number of the name.</param>
    /// <param name="type">The type, or <see cref="NoSuchName"/>.</param>
    /// <param name="now">The time in microseconds.</param>
    /// <param name="error">What it says: None for an address.</param>
    /// <returns>Index of the address in <see cref="Addresses"/>; -1 if there is no answer.</returns>
    public int Find(ulong key, int type, ulong now, out DnsError error)
    {
        int entry = IndexOf(key + (ulong)type);
        bool isKnown = entry >= 0 && _ends[entry] > now;
        error = isKnown ? _errors[entry] : DnsError.None;
        return isKnown ? entry * Ipv6Address.Length : -1;
    }

    /// <summary>Keeps an answer; what would end first makes room.</summary>
    /// <param name="key">The number of the name.</param>
    /// <param name="type">The type, or <see cref="NoSuchName"/>.</param>
    /// <param name="end">Until when, in microseconds.</param>
    /// <param name="error">What it says: None for an address.</param>
    /// <param name="data">Holds the address.</param>
    /// <param name="offset">Index of its first byte.</param>
    /// <param name="count">Its length in bytes; 0 if there is none.</param>
    public void Keep(ulong key, int type, ulong end, DnsError error, byte[] data, int offset, int count)
    {
        if (_keys.Length == 0)
            return;
        key += (ulong)type;
        int entry = IndexOf(key);
        if (entry < 0)
        {
            entry = 0;
            for (int i = 1; i < _ends.Length; i++)
            {
                if (_ends[i] < _ends[entry])
                    entry = i;
            }
        }

        _keys[entry] = key;
        _ends[entry] = end;
        _errors[entry] = error;
        Array.Copy(data, offset, _addresses, entry * Ipv6Address.Length, count);
    }

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        Array.Clear(_ends, 0, _ends.Length);
    }

    private int IndexOf(ulong key)
    {
        for (int i = 0; i < _keys.Length; i++)
        {
            if (_keys[i] == key && _ends[i] != 0)
                return i;
        }

        return -1;
    }
}
