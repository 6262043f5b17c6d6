using System;

namespace HandshakeNano.Net.Wire;

/// <summary>
/// The Internet checksum (RFC 1071). A one's complement sum of 16-bit words is a remainder modulo 65535, so words of 32 and
/// 64 bits may be added whole and one division folds them. Words are taken as the processor loads them (little-endian): the
/// sum is the same but for its byte order, and one swap at the end costs less than one a word.
/// </summary>
public static class InternetChecksum
{
    /// <summary>65535: a sum modulo this is 0 exactly if a checksum that is part of it is right.</summary>
    public const uint Modulus = 0xFFFF;

    /// <summary>Sums bytes, in the order that the processor loads them.</summary>
    /// <param name="data">The array.</param>
    /// <param name="offset">Index of the first byte.</param>
    /// <param name="length">How many bytes, 0 or more; an odd last byte counts as if a zero byte followed.</param>
    /// <returns>
    /// The sum modulo 65535, bytes swapped against network order; 65535 and not 0 unless every byte is 0.
    /// </returns>
    public static uint SumLittleEndian(byte[] data, int offset, int length)
    {
        // c sums whole words and wraps; a sums their upper halves, so c - (a << 32) is the sum of the lower halves.
        ulong c = 0, a = 0, w;
        while (length >= 32)
        {
            w = BitConverter.ToUInt64(data, offset);
            ulong x = BitConverter.ToUInt64(data, offset + 8);
            ulong y = BitConverter.ToUInt64(data, offset + 16);
            ulong z = BitConverter.ToUInt64(data, offset + 24);
            c += w + x + y + z;
            a += (w >> 32) + (x >> 32) + (y >> 32) + (z >> 32);
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
        if (length != 0)
        {
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
        }

        uint sum = (uint)(c % Modulus);
        return sum == 0 && c != 0 ? Modulus : sum;
    }

    /// <summary>The checksum field that makes a sum right.</summary>
    /// <param name="sum">The sum of everything else, as <see cref="SumLittleEndian"/> gives it.</param>
    /// <returns>The field, as a number in network order.</returns>
    public static int Complement(uint sum)
    {
        return (int)(0xFFFF - (((sum << 8) | (sum >> 8)) & 0xFFFF));
    }
}
