using System;
using HandshakeNano.Links;
using HandshakeNano.Net;

namespace HandshakeNano.Page;

/// <summary>A piece of a document: bytes, most of them ASCII, put together without a new object.</summary>
internal sealed class Piece : ByteSink
{
    // By TcpState; an enum's ToString gives a number on the device.
    private static readonly string[] States = new string[]
    {
        "CLOSED", "LISTEN", "SYN-SENT", "SYN-RECEIVED", "ESTABLISHED", "FIN-WAIT-1", "FIN-WAIT-2", "CLOSE-WAIT", "CLOSING", "LAST-ACK",
        "TIME-WAIT",
    };

    private const string Hex = "0123456789abcdef";

    // As many as the greatest number of 64 bits has.
    private readonly byte[] _digits = new byte[20];

    /// <summary>The bytes, of which the first <see cref="Length"/> count.</summary>
    public readonly byte[] Bytes;

    /// <summary>How many bytes there are.</summary>
    public int Length;

    /// <summary>Makes an empty piece.</summary>
    /// <param name="room">How many bytes it takes. More than that is a fault of the caller.</param>
    public Piece(int room)
    {
        Bytes = new byte[room];
    }

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count)
    {
        Array.Copy(buffer, offset, Bytes, Length, count);
        Length += count;
    }

    /// <summary>Adds a text.</summary>
    /// <param name="text">The text, ASCII.</param>
    public void Put(string text)
    {
        byte[] bytes = Bytes;
        int at = Length;
        for (int i = 0; i < text.Length; i++)
            bytes[at + i] = (byte)text[i];
        Length = at + text.Length;
    }

    /// <summary>Adds a number in decimal.</summary>
    /// <param name="value">The number.</param>
    public void Put(ulong value)
    {
        byte[] digits = _digits;
        int first = digits.Length;
        do
        {
            // Of what was just cast from unsigned the interpreter takes no remainder.
            ulong rest = value / 10;
            digits[--first] = (byte)('0' + (int)(value - rest * 10));
            value = rest;
        }
        while (value != 0);
        byte[] bytes = Bytes;
        int at = Length;
        while (first < digits.Length)
            bytes[at++] = digits[first++];
        Length = at;
    }

    /// <summary>Adds a byte as two hexadecimal digits.</summary>
    /// <param name="value">The byte.</param>
    public void PutHex(int value)
    {
        Bytes[Length] = (byte)Hex[value >> 4];
        Bytes[Length + 1] = (byte)Hex[value & 15];
        Length += 2;
    }

    /// <summary>Adds an IPv4 address with dots.</summary>
    /// <param name="address">The address, most significant byte first.</param>
    public void PutAddress(uint address)
    {
        Put((ulong)(address >> 24));
        Put(".");
        Put((ulong)((address >> 16) & 0xFF));
        Put(".");
        Put((ulong)((address >> 8) & 0xFF));
        Put(".");
        Put((ulong)(address & 0xFF));
    }

    /// <summary>Adds an IPv6 address (RFC 5952).</summary>
    /// <param name="address">The array with its 16 bytes.</param>
    public void PutAddress(byte[] address)
    {
        Length += Ipv6Address.Write(address, 0, Bytes, Length);
    }

    /// <summary>Adds the device's name on the link.</summary>
    /// <param name="responder">Who gives it.</param>
    public void PutHostName(MdnsResponder responder)
    {
        Length += responder.CopyHostName(Bytes, Length);
    }

    /// <summary>Adds the state of a connection by its name in RFC 9293.</summary>
    /// <param name="info">The connection.</param>
    public void PutState(TcpConnectionInfo info)
    {
        Put(States[(int)info.State]);
    }

    /// <summary>Adds the address of a connection's peer.</summary>
    /// <param name="info">The connection.</param>
    public void PutPeer(TcpConnectionInfo info)
    {
        if (info.IsIpv6)
            PutAddress(info.RemoteIpv6Address);
        else
            PutAddress(info.RemoteAddress);
    }

    /// <summary>Adds a string of JSON (RFC 8259 section 7), quotation marks and all; what is not printable ASCII becomes '?'.</summary>
    /// <param name="text">What it says.</param>
    public void PutQuoted(string text)
    {
        byte[] bytes = Bytes;
        int at = Length;
        bytes[at++] = (byte)'"';
        for (int i = 0; i < text.Length; i++)
        {
            char letter = text[i];
            if (letter == '"' || letter == '\\')
                bytes[at++] = (byte)'\\';
            bytes[at++] = letter < ' ' || letter > '~' ? (byte)'?' : (byte)letter;
        }

        bytes[at++] = (byte)'"';
        Length = at;
    }
}
