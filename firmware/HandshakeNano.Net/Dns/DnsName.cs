using System;
using HandshakeNano.Net.Wire;

namespace HandshakeNano.Net;

/// <summary>
/// Names as DNS writes them (RFC 1035 section 3.1): labels, each after its length, and a 0. In this form a label may hold a dot.
/// </summary>
public static class DnsName
{
    /// <summary>Turns text into a name. This allocates, and is for start-up and for an application's calls.</summary>
    /// <param name="text">Labels with dots between them, such as <c>printer.local</c>; a dot at the end is passed over.</param>
    /// <returns>The name; null if the text cannot be one: a label is empty or longer than 63 bytes, or all are longer than 255.</returns>
    /// <exception cref="ArgumentNullException">The text is null.</exception>
    public static byte[] FromText(string text)
    {
        if (text == null)
            throw new ArgumentNullException(nameof(text));
        byte[] room = new byte[DnsMessage.LongestName];
        int length = Write(text, room);
        if (length == 0)
            return null;
        byte[] name = new byte[length];
        Array.Copy(room, 0, name, 0, length);
        return name;
    }

    /// <summary>Turns text into a name, without a new object.</summary>
    /// <param name="text">As <see cref="FromText"/> has it.</param>
    /// <param name="name">The array for the name, with room for the longest one.</param>
    /// <returns>Its length in bytes; 0 if the text cannot be a name.</returns>
    internal static int Write(string text, byte[] name)
    {
        int length = text.Length;
        if (length != 0 && text[length - 1] == '.')
            length--;
        if (length == 0 || length + 2 > DnsMessage.LongestName)
            return 0;
        int label = 0;
        for (int i = 0; i <= length; i++)
        {
            if (i < length && text[i] != '.')
            {
                if (text[i] > 127)
                    return 0;
                name[i + 1] = (byte)text[i];
                continue;
            }

            if (i == label || i - label > DnsMessage.LongestLabel)
                return 0;
            name[label] = (byte)(i - label);
            label = i + 1;
        }

        name[length + 1] = 0;
        return length + 2;
    }

    /// <summary>A name's length in bytes, its end included.</summary>
    /// <param name="name">An array that holds a name.</param>
    /// <param name="at">Where it begins.</param>
    /// <returns>1 to 255.</returns>
    public static int GetLength(byte[] name, int at)
    {
        int end = at;
        while (name[end] != 0)
            end += name[end] + 1;
        return end + 1 - at;
    }

    /// <summary>A letter of ASCII as the small one; any other byte as it is (RFC 4343).</summary>
    internal static int Fold(int letter)
    {
        return letter >= 'A' && letter <= 'Z' ? letter + 32 : letter;
    }
}
