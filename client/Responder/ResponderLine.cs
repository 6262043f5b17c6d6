using System;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Text;
using HandshakeNano.Net;

namespace HandshakeNano.Client.Responder;

/// <summary>What a line tells the responder to do (docs/conformance.md).</summary>
public enum ResponderCommand
{
    /// <summary>Nothing that it knows.</summary>
    None,

    /// <summary>Open a connection.</summary>
    Connect,

    /// <summary>Send so many letters.</summary>
    Send,

    /// <summary>Close the sending direction.</summary>
    Shutdown,

    /// <summary>Close the whole connection, whatever is unread.</summary>
    Close,
}

/// <summary>Reads the responder's lines byte by byte.</summary>
public sealed class ResponderLine
{
    private const int Longest = 64;
    private const int MostToSend = 1_000_000;

    private readonly StringBuilder _text = new();

    /// <summary>What the last whole line says.</summary>
    public ResponderCommand Command { get; private set; }

    /// <summary>With connect: the address, of IPv4 or of IPv6.</summary>
    public IPAddress Address { get; private set; } = IPAddress.None;

    /// <summary>With connect: the port, 1 to 65535. With send: how many bytes, 1 to 1000000.</summary>
    public int Number { get; private set; }

    /// <summary>Takes a byte.</summary>
    /// <param name="value">The byte.</param>
    /// <returns>True if it ends a line: the properties say which.</returns>
    public bool Add(byte value)
    {
        if (value != (byte)'\n')
        {
            // One too many marks the line as too long; the rest of it does not matter.
            if (_text.Length <= Longest)
                _text.Append((char)value);
            return false;
        }

        Command = _text.Length > Longest ? ResponderCommand.None : Parse(_text.ToString().Split(' '));
        _text.Clear();
        return true;
    }

    private ResponderCommand Parse(string[] words)
    {
        switch (words[0])
        {
            case "connect" when words.Length == 3 && TryParse(words[1], out IPAddress? address) && IsNumber(words[2], ushort.MaxValue):
                Address = address;
                return ResponderCommand.Connect;
            case "send" when words.Length == 2 && IsNumber(words[1], MostToSend):
                return ResponderCommand.Send;
            case "shutdown" when words.Length == 1:
                return ResponderCommand.Shutdown;
            case "close" when words.Length == 1:
                return ResponderCommand.Close;
            default:
                return ResponderCommand.None;
        }
    }

    // .NET takes half an address for one, and a zone of the sender's says nothing here.
    private static bool TryParse(string word, [NotNullWhen(true)] out IPAddress? address)
    {
        address = null;
        return (word.Contains(':') ? !word.Contains('%') : Ipv4Address.TryParse(word, out _)) && IPAddress.TryParse(word, out address);
    }

    private bool IsNumber(string word, int most)
    {
        bool isNumber = int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number >= 1 && number <= most;
        Number = number;
        return isNumber;
    }
}
