using System;

namespace HandshakeNano.Net;

/// <summary>A short list of IPv6 addresses of other hosts, each until a time. No new one takes the place of one that is there.</summary>
internal sealed class TimedAddresses
{
    /// <summary>The addresses, 16 bytes each.</summary>
    public byte[] Bytes
    {
        get { return _bytes; }
    }

    private readonly byte[] _bytes;
    private readonly ulong[] _until;

    /// <summary>Makes a list.</summary>
    /// <param name="count">How many addresses it holds.</param>
    public TimedAddresses(int count)
    {
        _bytes = new byte[count * Ipv6Address.Length];
        _until = new ulong[count];
    }

    /// <summary>Notes until when an address counts.</summary>
    /// <param name="data">The array of the address.</param>
    /// <param name="offset">Index of its first byte.</param>
    /// <param name="until">The time in microseconds; 0: it counts no more.</param>
    /// <param name="now">The time in microseconds.</param>
    /// <returns>False if there is no room for it.</returns>
    public bool Note(byte[] data, int offset, ulong until, ulong now)
    {
        int free = -1;
        for (int i = _until.Length - 1; i >= 0; i--)
        {
            if (_until[i] <= now)
                free = i;
            else if (Ipv6Address.AreEqual(_bytes, i * Ipv6Address.Length, data, offset))
            {
                _until[i] = until;
                return true;
            }
        }

        if (until == 0)
            return true;
        if (free < 0)
            return false;
        Array.Copy(data, offset, _bytes, free * Ipv6Address.Length, Ipv6Address.Length);
        _until[free] = until;
        return true;
    }

    /// <summary>Whether there is an address at a place.</summary>
    /// <param name="place">Its place.</param>
    /// <param name="now">The time in microseconds.</param>
    /// <returns>False if there is none, or its time is over.</returns>
    public bool IsThere(int place, ulong now)
    {
        return place >= 0 && place < _until.Length && _until[place] > now;
    }

    /// <summary>At which place an address stands, or stood when its time was over.</summary>
    /// <param name="data">The array of the address.</param>
    /// <param name="offset">Index of its first byte.</param>
    /// <returns>The place, -1 if it is none.</returns>
    public int Find(byte[] data, int offset)
    {
        int place = _until.Length - 1;
        while (place >= 0 && !Ipv6Address.AreEqual(_bytes, place * Ipv6Address.Length, data, offset))
            place--;
        return place;
    }

    /// <summary>Copies one of the addresses.</summary>
    /// <param name="place">Its place.</param>
    /// <param name="into">The array for its 16 bytes.</param>
    /// <param name="offset">Index of the first one.</param>
    /// <param name="now">The time in microseconds.</param>
    /// <returns>False if there is none, or its time is over.</returns>
    public bool Copy(int place, byte[] into, int offset, ulong now)
    {
        if (!IsThere(place, now))
            return false;
        Array.Copy(_bytes, place * Ipv6Address.Length, into, offset, Ipv6Address.Length);
        return true;
    }
}
