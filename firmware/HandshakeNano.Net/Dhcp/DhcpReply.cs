using HandshakeNano.Net.Wire;

namespace HandshakeNano.Net;

/// <summary>
/// What the options of a server's message say; 0 is what they do not say. Addresses: most significant byte first. An option
/// that is odd is passed over and the rest is kept: servers are not all as careful as RFC 2131 asks, and the address is worth
/// more than the option.
/// </summary>
internal sealed class DhcpReply
{
    private readonly ulong[] _counters;
    private int _overload;

    public DhcpReply(ulong[] counters)
    {
        _counters = counters;
    }

    public int Type;
    public uint Server;
    public uint Mask;
    public uint Router;

    /// <summary>The first two DNS servers.</summary>
    public uint DnsServer;
    public uint SecondDnsServer;

    /// <summary>In seconds, like the two below.</summary>
    public uint LeaseTime;
    public uint RenewalTime;
    public uint RebindingTime;

    /// <summary>Index of the client identifier in the frame buffer, after its length.</summary>
    public int ClientIdentifier;

    /// <summary>Whether anything is odd; the two below say what comes first.</summary>
    public bool IsOdd;

    /// <summary>What it was counted as.</summary>
    public Counter Oddity;

    /// <summary>The code of the option.</summary>
    public int OddOption;

    /// <summary>Reads the options, those in the fields for names included.</summary>
    /// <param name="frame">The frame buffer.</param>
    /// <param name="end">Index after the message.</param>
    /// <returns>False if they do not fit in their fields, or do not say what kind of message it is.</returns>
    public bool Read(byte[] frame, int end)
    {
        _overload = 0;
        Type = 0;
        Server = 0;
        Mask = 0;
        Router = 0;
        DnsServer = 0;
        SecondDnsServer = 0;
        LeaseTime = 0;
        RenewalTime = 0;
        RebindingTime = 0;
        ClientIdentifier = 0;
        IsOdd = false;
        OddOption = 0;
        if (!ReadField(frame, DhcpMessage.Options, end))
            return false;

        // RFC 2131 section 4.1: in this order.
        int overload = _overload;
        return ((overload & 1) == 0 || ReadField(frame, DhcpMessage.File, DhcpMessage.Cookie))
            && ((overload & 2) == 0 || ReadField(frame, DhcpMessage.ServerName, DhcpMessage.File))
            && Type != 0;
    }

    /// <summary>Counts something odd, and keeps the first of a message.</summary>
    public void Note(Counter oddity, int option)
    {
        _counters[(int)oddity]++;
        if (IsOdd)
            return;
        IsOdd = true;
        Oddity = oddity;
        OddOption = option;
    }

    /// <summary>Counts why the message is dropped, which is what is odd then.</summary>
    public void Condemn(Counter reason)
    {
        _counters[(int)reason]++;
        IsOdd = true;
        Oddity = reason;
        OddOption = 0;
    }

    /// <summary>Whether an address can be one host's.</summary>
    public static bool CanBeHost(uint address)
    {
        uint first = address >> 24;
        return first != 0 && first != 127 && first < 224;
    }

    /// <summary>A field need not have an End option: servers are known to leave it out where the field is full.</summary>
    private bool ReadField(byte[] frame, int at, int end)
    {
        while (at < end)
        {
            int code = frame[at++];
            if (code == DhcpMessage.Pad)
                continue;
            if (code == DhcpMessage.End)
                return true;
            if (at == end)
                return false;
            int length = frame[at++];
            if (length > end - at)
                return false;
            ReadOption(frame, code, at, length);
            at += length;
        }

        return true;
    }

    private void ReadOption(byte[] frame, int code, int at, int length)
    {
        switch (code)
        {
            case DhcpMessage.MessageType:
                ReadByte(frame, code, at, length, 255, ref Type);
                break;
            case DhcpMessage.Overload:
                ReadByte(frame, code, at, length, 3, ref _overload);
                break;
            case DhcpMessage.Router:
                // The first of the list; a second option goes on with it (RFC 3396).
                if (length == 0 || (length & 3) != 0)
                    Note(Counter.DhcpOptionLengthBad, code);
                else if (Router == 0)
                    ReadNumber(frame, code, at, 4, ref Router);
                break;
            case DhcpMessage.DnsServers:
                ReadDnsServers(frame, at, length);
                break;
            case DhcpMessage.SubnetMask:
                ReadNumber(frame, code, at, length, ref Mask);
                break;
            case DhcpMessage.ServerIdentifier:
                ReadNumber(frame, code, at, length, ref Server);
                break;
            case DhcpMessage.LeaseTime:
                ReadNumber(frame, code, at, length, ref LeaseTime);
                break;
            case DhcpMessage.RenewalTime:
                ReadNumber(frame, code, at, length, ref RenewalTime);
                break;
            case DhcpMessage.RebindingTime:
                ReadNumber(frame, code, at, length, ref RebindingTime);
                break;
            case DhcpMessage.ClientIdentifier:
                if (length < 2)
                    Note(Counter.DhcpOptionLengthBad, code);
                else if (ClientIdentifier != 0)
                    Note(Counter.DhcpOptionRepeated, code);
                else
                    ClientIdentifier = at;
                break;
        }
    }

    /// <summary>The first two that can be; a second option goes on with the list.</summary>
    private void ReadDnsServers(byte[] frame, int at, int length)
    {
        if (length == 0 || (length & 3) != 0)
        {
            Note(Counter.DhcpOptionLengthBad, DhcpMessage.DnsServers);
            return;
        }

        for (int end = at + length; at < end && SecondDnsServer == 0; at += 4)
        {
            uint server = BigEndian.Get32(frame, at);
            if (!CanBeHost(server))
                Note(Counter.DhcpOptionValueBad, DhcpMessage.DnsServers);
            else if (DnsServer == 0)
                DnsServer = server;
            else if (server != DnsServer)
                SecondDnsServer = server;
        }
    }

    /// <summary>A number of one byte, 1 to a greatest one. The first that can be counts.</summary>
    private void ReadByte(byte[] frame, int code, int at, int length, int most, ref int number)
    {
        if (length != 1)
            Note(Counter.DhcpOptionLengthBad, code);
        else if (number != 0)
            Note(Counter.DhcpOptionRepeated, code);
        else if (frame[at] == 0 || frame[at] > most)
            Note(Counter.DhcpOptionValueBad, code);
        else
            number = frame[at];
    }

    /// <summary>A number of 4 bytes, not 0. The first that can be counts.</summary>
    private void ReadNumber(byte[] frame, int code, int at, int length, ref uint number)
    {
        if (length != 4)
        {
            Note(Counter.DhcpOptionLengthBad, code);
            return;
        }

        if (number != 0)
        {
            Note(Counter.DhcpOptionRepeated, code);
            return;
        }

        uint value = BigEndian.Get32(frame, at);
        if (CanBe(code, value))
            number = value;
        else
            Note(Counter.DhcpOptionValueBad, code);
    }

    private static bool CanBe(int code, uint value)
    {
        switch (code)
        {
            case DhcpMessage.SubnetMask:
                // Ones, then zeros.
                return value != 0 && (~value & (~value + 1)) == 0;
            case DhcpMessage.Router:
            case DhcpMessage.ServerIdentifier:
                return CanBeHost(value);
            default:
                return value != 0;
        }
    }
}
