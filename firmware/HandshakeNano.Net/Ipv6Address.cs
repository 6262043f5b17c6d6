using System;
using HandshakeNano.Net.Wire;

namespace HandshakeNano.Net;

/// <summary>IPv6 addresses as 16 bytes in the order of the wire, somewhere in an array.</summary>
public static class Ipv6Address
{
    /// <summary>Length of an address in bytes.</summary>
    public const int Length = 16;

    /// <summary>The most letters that the text of an address has, not counting a zone.</summary>
    public const int MostLetters = 45;

    private const int Groups = 8;

    /// <summary>Reads an address (RFC 4291 section 2.2).</summary>
    /// <param name="text">Up to eight hexadecimal groups, such as 2001:db8::1 or ::ffff:10.77.0.2; no zone.</param>
    /// <returns>Its 16 bytes.</returns>
    /// <exception cref="ArgumentException">The text is no address.</exception>
    public static byte[] Parse(string text)
    {
        byte[] address = new byte[Length];
        if (!TryParse(text, address, 0))
            throw new ArgumentException("An IPv6 address must be groups of hexadecimal digits with colons between them, such as 2001:db8::1.");
        return address;
    }

    /// <summary>Reads an address, if the text is one.</summary>
    /// <param name="text">As <see cref="Parse"/> has it.</param>
    /// <param name="address">The array for its 16 bytes, which are 0 if the text is no address.</param>
    /// <param name="offset">Index of the first one.</param>
    /// <returns>True if the text is an address.</returns>
    public static bool TryParse(string text, byte[] address, int offset)
    {
        Array.Clear(address, offset, Length);
        if (text == null || !Read(text, address, offset))
        {
            Array.Clear(address, offset, Length);
            return false;
        }

        return true;
    }

    /// <summary>Writes an address in its one recommended form (RFC 5952).</summary>
    /// <param name="address">The array.</param>
    /// <param name="offset">Index of its first byte.</param>
    /// <returns>The text.</returns>
    public static string ToString(byte[] address, int offset)
    {
        byte[] text = new byte[MostLetters];
        char[] letters = new char[Write(address, offset, text, 0)];
        for (int i = 0; i < letters.Length; i++)
            letters[i] = (char)text[i];
        return new string(letters);
    }

    /// <summary>Writes an address in its one recommended form (RFC 5952), as ASCII and without a new object.</summary>
    /// <param name="address">The array.</param>
    /// <param name="offset">Index of its first byte.</param>
    /// <param name="text">The array for the text, with room for <see cref="MostLetters"/>.</param>
    /// <param name="at">Index of the first letter.</param>
    /// <returns>How many letters it has.</returns>
    public static int Write(byte[] address, int offset, byte[] text, int at)
    {
        bool isMapped = IsMapped(address, offset);
        int last = isMapped ? Groups - 2 : Groups;
        int gap = -1, gapLength = 1;
        for (int i = 0; i < last; i++)
        {
            int zeros = 0;
            while (i + zeros < last && BigEndian.Get16(address, offset + 2 * (i + zeros)) == 0)
                zeros++;
            if (zeros > gapLength)
            {
                gap = i;
                gapLength = zeros;
            }

            i += zeros;
        }

        int end = at;
        for (int i = 0; i < last; i++)
        {
            if (i == gap)
            {
                text[end++] = (byte)':';
                text[end++] = (byte)':';
                i += gapLength - 1;
                continue;
            }

            if (i != 0 && (gap < 0 || i != gap + gapLength))
                text[end++] = (byte)':';
            end = WriteHex(BigEndian.Get16(address, offset + 2 * i), text, end);
        }

        for (int i = Length - 4; isMapped && i < Length; i++)
        {
            text[end++] = i == Length - 4 ? (byte)':' : (byte)'.';
            end = WriteOctet(address[offset + i], text, end);
        }

        return end - at;
    }

    /// <summary>Whether two addresses are the same.</summary>
    /// <param name="a">The array of the first one.</param>
    /// <param name="aAt">Index of its first byte.</param>
    /// <param name="b">The array of the second one.</param>
    /// <param name="bAt">Index of its first byte.</param>
    /// <returns>True if they are.</returns>
    public static bool AreEqual(byte[] a, int aAt, byte[] b, int bAt)
    {
        return BitConverter.ToUInt64(a, aAt + 8) == BitConverter.ToUInt64(b, bAt + 8)
            && BitConverter.ToUInt64(a, aAt) == BitConverter.ToUInt64(b, bAt);
    }

    /// <summary>Whether an address is the unspecified one, ::.</summary>
    /// <param name="address">The array.</param>
    /// <param name="offset">Index of its first byte.</param>
    /// <returns>True if all of its bytes are 0.</returns>
    public static bool IsUnspecified(byte[] address, int offset)
    {
        return (BitConverter.ToUInt64(address, offset) | BitConverter.ToUInt64(address, offset + 8)) == 0;
    }

    /// <summary>Whether an address is the loopback one, ::1.</summary>
    /// <param name="address">The array.</param>
    /// <param name="offset">Index of its first byte.</param>
    /// <returns>True if it is.</returns>
    public static bool IsLoopback(byte[] address, int offset)
    {
        return BitConverter.ToUInt64(address, offset) == 0 && BitConverter.ToUInt64(address, offset + 8) == 1UL << 56;
    }

    /// <summary>Whether an address is of the link alone, fe80::/10.</summary>
    /// <param name="address">The array.</param>
    /// <param name="offset">Index of its first byte.</param>
    /// <returns>True if it is.</returns>
    public static bool IsLinkLocal(byte[] address, int offset)
    {
        return address[offset] == 0xFE && (address[offset + 1] & 0xC0) == 0x80;
    }

    /// <summary>Writes the group in which an address is asked for, ff02::1:ffXX:XXXX (RFC 4291 section 2.7.1).</summary>
    /// <param name="address">The array of the address.</param>
    /// <param name="offset">Index of its first byte.</param>
    /// <param name="group">Where the group goes.</param>
    /// <param name="groupAt">Index of its first byte.</param>
    internal static void WriteSolicitedNode(byte[] address, int offset, byte[] group, int groupAt)
    {
        Array.Clear(group, groupAt, Length);
        group[groupAt] = 0xFF;
        group[groupAt + 1] = 2;
        group[groupAt + 11] = 1;
        group[groupAt + 12] = 0xFF;
        Array.Copy(address, offset + 13, group, groupAt + 13, 3);
    }

    /// <summary>Writes a group of the link, ff02::XX.</summary>
    /// <param name="number">Its number, one byte.</param>
    /// <param name="group">Where the group goes.</param>
    /// <param name="groupAt">Index of its first byte.</param>
    internal static void WriteGroup(int number, byte[] group, int groupAt)
    {
        Array.Clear(group, groupAt, Length);
        group[groupAt] = 0xFF;
        group[groupAt + 1] = 2;
        group[groupAt + 15] = (byte)number;
    }

    /// <summary>Whether an address is an IPv4 address in the form of one of IPv6, ::ffff:0:0/96.</summary>
    /// <param name="address">The array.</param>
    /// <param name="offset">Index of its first byte.</param>
    /// <returns>True if it is.</returns>
    internal static bool IsMapped(byte[] address, int offset)
    {
        return BitConverter.ToUInt64(address, offset) == 0 && BitConverter.ToUInt32(address, offset + 8) == 0xFFFF0000;
    }

    private static bool Read(string text, byte[] address, int offset)
    {
        int group = 0, gap = -1, i = 0;
        if (text.Length >= 2 && text[0] == ':' && text[1] == ':')
        {
            gap = 0;
            i = 2;
        }

        while (i < text.Length)
        {
            int start = i, value = 0;
            while (i < text.Length && Digit(text[i]) >= 0)
            {
                if (i - start == 4)
                    return false;
                value = (value << 4) | Digit(text[i]);
                i++;
            }

            if (i < text.Length && text[i] == '.')
            {
                uint embedded;
                if (group > Groups - 2 || !Ipv4Address.TryParse(text.Substring(start), out embedded))
                    return false;
                BigEndian.Put32(address, offset + 2 * group, embedded);
                group += 2;
                break;
            }

            if (i == start || group == Groups)
                return false;
            BigEndian.Put16(address, offset + 2 * group, value);
            group++;
            if (i == text.Length)
                break;
            if (text[i] != ':' || ++i == text.Length)
                return false;
            if (text[i] == ':')
            {
                if (gap >= 0)
                    return false;
                gap = group;
                i++;
            }
        }

        if (gap < 0)
            return group == Groups;

        // A gap stands for one group of zeros at the least.
        if (group == Groups)
            return false;
        int moved = 2 * (group - gap);
        for (int k = 1; k <= moved; k++)
        {
            address[offset + Length - k] = address[offset + 2 * group - k];
            address[offset + 2 * group - k] = 0;
        }

        return true;
    }

    private static int Digit(char c)
    {
        if (c >= '0' && c <= '9')
            return c - '0';
        if (c >= 'a' && c <= 'f')
            return c - 'a' + 10;
        return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
    }

    private static int WriteHex(int value, byte[] text, int at)
    {
        const string Digits = "0123456789abcdef";
        int shift = 12;
        while (shift > 0 && value >> shift == 0)
            shift -= 4;
        for (; shift >= 0; shift -= 4)
            text[at++] = (byte)Digits[(value >> shift) & 15];
        return at;
    }

    private static int WriteOctet(int value, byte[] text, int at)
    {
        if (value >= 100)
            text[at++] = (byte)('0' + value / 100);
        if (value >= 10)
            text[at++] = (byte)('0' + value / 10 % 10);
        text[at++] = (byte)('0' + value % 10);
        return at;
    }
}
