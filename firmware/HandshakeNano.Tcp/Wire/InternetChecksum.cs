using System;

namespace HandshakeNano.Tcp.Wire;

/// <summary>
/// The Internet checksum (RFC 1071). Sums are taken over the words as the processor loads them (little-endian): the one's
/// complement sum is the same but for its byte order, and one swap at the end costs less than one a word.
/// </summary>
public static class InternetChecksum
{
    /// <summary>Sums bytes, in the order that the processor loads them.</summary>
    /// <param name="data">The array.</param>
    /// <param name="offset">Index of the first byte.</param>
    /// <param name="length">How many bytes, 0 or more; an odd last byte counts as if a zero byte followed.</param>
    /// <returns>The folded sum, 0 to 0xFFFF, bytes swapped against network order.</returns>
    public static uint SumLittleEndian(byte[] data, int offset, int length)
    {
        // c sums whole words and wraps; a sums their upper halves, so c - (a << 32) is the sum of the lower halves.
        ulong c = 0, a = 0, w;
        while (length >= 32)
        {
            w = BitConverter.ToUInt64(data, offset);
            c += w;
            a += w >> 32;
            w = BitConverter.ToUInt64(data, offset + 8);
            c += w;
            a += w >> 32;
            w = BitConverter.ToUInt64(data, offset + 16);
            c += w;
            a += w >> 32;
            w = BitConverter.ToUInt64(data, offset + 24);
            c += w;
            a += w >> 32;
            offset += 32;
            length -= 32;
        }

        while (length >= 8)
        {
            w = BitConverter.ToUInt64(data, offset);
            c += w;
            a += w >> 32;
            offset += 8;
            length -= 8;
        }

        c = c - (a << 32) + a;
        if (length >= 4)
        {
            c += BitConverter.ToUInt32(data, offset);
            offset += 4;
            length -= 4;
        }

        if (length >= 2)
        {
            c += BitConverter.ToUInt16(data, offset);
            offset += 2;
            length -= 2;
        }

        if (length != 0)
            c += data[offset];
        return Fold(c);
    }

    /// <summary>Folds a sum of 16-bit or 32-bit words to 16 bits with end-around carry.</summary>
    /// <param name="sum">The sum.</param>
    /// <returns>0 to 0xFFFF; 0 only for a sum of 0.</returns>
    public static uint Fold(ulong sum)
    {
        sum = (sum & 0xFFFFFFFF) + (sum >> 32);
        sum = (sum & 0xFFFF) + ((sum >> 16) & 0xFFFF) + (sum >> 32);
        sum = (sum & 0xFFFF) + (sum >> 16);
        return (uint)((sum & 0xFFFF) + (sum >> 16));
    }

    /// <summary>Swaps the two bytes of a folded sum: from the processor's order to network order or back.</summary>
    /// <param name="sum">0 to 0xFFFF.</param>
    /// <returns>0 to 0xFFFF.</returns>
    public static uint Swap(uint sum)
    {
        return ((sum << 8) | (sum >> 8)) & 0xFFFF;
    }
}
