using System;

namespace HandshakeNano.Net;

/// <summary>IPv4 addresses as numbers, most significant byte first: 10.77.0.2 is 0x0A4D0002.</summary>
public static class Ipv4Address
{
    /// <summary>No address.</summary>
    public const uint Any = 0;

    /// <summary>The limited broadcast address 255.255.255.255.</summary>
    public const uint Broadcast = 0xFFFFFFFF;

    /// <summary>Puts an address together.</summary>
    /// <param name="a">First number, 0 to 255.</param>
    /// <param name="b">Second number, 0 to 255.</param>
    /// <param name="c">Third number, 0 to 255.</param>
    /// <param name="d">Last number, 0 to 255.</param>
    /// <returns>The address.</returns>
    public static uint From(int a, int b, int c, int d)
    {
        return (uint)((a << 24) | (b << 16) | (c << 8) | d);
    }

    /// <summary>Reads a dotted address.</summary>
    /// <param name="text">Four numbers from 0 to 255 with dots between them.</param>
    /// <returns>The address.</returns>
    /// <exception cref="ArgumentException">The text is no address.</exception>
    public static uint Parse(string text)
    {
        uint address;
        if (!TryParse(text, out address))
            throw new ArgumentException("An IPv4 address must be four numbers from 0 to 255 with dots between them, such as 10.77.0.2.");
        return address;
    }

    /// <summary>Reads a dotted address, if the text is one.</summary>
    /// <param name="text">Four numbers from 0 to 255 with dots between them.</param>
    /// <param name="address">The address, 0 if the text is none.</param>
    /// <returns>True if the text is an address.</returns>
    public static bool TryParse(string text, out uint address)
    {
        address = 0;
        if (text == null)
            return false;
        uint result = 0;
        int part = 0, digits = 0, parts = 0;
        for (int i = 0; i <= text.Length; i++)
        {
            char c = i < text.Length ? text[i] : '.';
            if (c == '.')
            {
                if (digits == 0 || parts == 4)
                    return false;
                result = (result << 8) | (uint)part;
                parts++;
                part = 0;
                digits = 0;
            }
            else
            {
                if (c < '0' || c > '9' || digits == 3)
                    return false;
                part = part * 10 + (c - '0');
                digits++;
                if (part > 255)
                    return false;
            }
        }

        if (parts != 4)
            return false;
        address = result;
        return true;
    }

    /// <summary>Writes an address with dots.</summary>
    /// <param name="address">The address.</param>
    /// <returns>Four numbers with dots between them.</returns>
    public static string ToString(uint address)
    {
        return (address >> 24).ToString() + "." + ((address >> 16) & 0xFF).ToString() + "."
            + ((address >> 8) & 0xFF).ToString() + "." + (address & 0xFF).ToString();
    }
}
