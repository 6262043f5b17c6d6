using HandshakeNano.Net.Wire;

namespace HandshakeNano.Net;

/// <summary>What the options of a server's message say; 0 is what they do not say. Addresses: most significant byte first.</summary>
internal sealed class DhcpReply
{
    private int _overload;

    public int Type;
    public uint Server;
    public uint Mask;
    public uint Router;

    /// <summary>In seconds, like the two below.</summary>
    public uint LeaseTime;
    public uint RenewalTime;
    public uint RebindingTime;

    /// <summary>Index of the client identifier in the frame buffer, behind its length.</summary>
    public int ClientIdentifier;

    /// <summary>Reads the options, those in the fields for names included.</summary>
    /// <param name="frame">The frame buffer.</param>
    /// <param name="end">Index behind the message.</param>
    /// <returns>False if they are malformed, or do not say what kind of message it is.</returns>
    public bool Read(byte[] frame, int end)
    {
        _overload = 0;
        Type = 0;
        Server = 0;
        Mask = 0;
        Router = 0;
        LeaseTime = 0;
        RenewalTime = 0;
        RebindingTime = 0;
        ClientIdentifier = 0;
        if (!ReadField(frame, DhcpMessage.Options, end))
            return false;

        // RFC 2131 section 4.1: in this order.
        int overload = _overload;
        return ((overload & 1) == 0 || ReadField(frame, DhcpMessage.File, DhcpMessage.Cookie))
            && ((overload & 2) == 0 || ReadField(frame, DhcpMessage.ServerName, DhcpMessage.File))
            && Type != 0;
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
            if (length > end - at || !ReadOption(frame, code, at, length))
                return false;
            at += length;
        }

        return true;
    }

    private bool ReadOption(byte[] frame, int code, int at, int length)
    {
        switch (code)
        {
            case DhcpMessage.MessageType:
                if (length != 1 || Type != 0)
                    return false;
                Type = frame[at];
                return true;
            case DhcpMessage.Overload:
                if (length != 1 || _overload != 0 || frame[at] == 0 || frame[at] > 3)
                    return false;
                _overload = frame[at];
                return true;
            case DhcpMessage.Router:
                if (length == 0 || (length & 3) != 0)
                    return false;
                if (Router == 0)
                    Router = BigEndian.Get32(frame, at);
                return true;
            case DhcpMessage.SubnetMask:
                return ReadNumber(frame, at, length, ref Mask);
            case DhcpMessage.ServerIdentifier:
                return ReadNumber(frame, at, length, ref Server);
            case DhcpMessage.LeaseTime:
                return ReadNumber(frame, at, length, ref LeaseTime);
            case DhcpMessage.RenewalTime:
                return ReadNumber(frame, at, length, ref RenewalTime);
            case DhcpMessage.RebindingTime:
                return ReadNumber(frame, at, length, ref RebindingTime);
            case DhcpMessage.ClientIdentifier:
                if (ClientIdentifier != 0)
                    return false;
                ClientIdentifier = at;
                return true;
            default:
                return true;
        }
    }

    /// <summary>A number of 4 bytes; given twice it would be one of 8 (RFC 3396), which no such option has.</summary>
    private static bool ReadNumber(byte[] frame, int at, int length, ref uint number)
    {
        if (length != 4 || number != 0)
            return false;
        number = BigEndian.Get32(frame, at);
        return true;
    }
}
