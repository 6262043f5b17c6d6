using System;

namespace HandshakeNano.Net;

/// <summary>
/// A name that is looked up, and then its address. <see cref="TcpEndpoint.Resolve(string)"/> makes one; a program that asks again and
/// again keeps it and gives it to <see cref="TcpEndpoint.Resolve(string, DnsAddresses, DnsQuery)"/>, so that nothing is allocated.
/// Nothing here waits: a Poll brings the answer. It belongs to the thread of its endpoint.
/// </summary>
public sealed class DnsQuery
{
    private DnsQuestion _question;
    private byte[] _ipv6;

    /// <summary>What it is doing.</summary>
    public DnsQueryState State { get; private set; }

    /// <summary>Why there is no address; None if there is one, or none yet.</summary>
    public DnsError Error { get; private set; }

    /// <summary>The same in words that say what to do; an empty text for None.</summary>
    public string Reason
    {
        get { return Explain(Error); }
    }

    /// <summary>The IPv4 address, most significant byte first, for <see cref="TcpEndpoint.Connect(uint, int)"/>; 0 if there is none.</summary>
    public uint Address { get; private set; }

    /// <summary>Whether the address that was found is one of IPv6.</summary>
    public bool IsIpv6 { get; private set; }

    /// <summary>
    /// Is told of the answer; null, the default: nobody, and <see cref="State"/> is looked at. It is told once, by a Poll after the call
    /// that asked; one that is set later than that hears nothing.
    /// </summary>
    public DnsHandler Handler { get; set; }

    /// <summary>Copies the IPv6 address, for <see cref="TcpEndpoint.Connect(byte[], int)"/>.</summary>
    /// <param name="into">The array for its 16 bytes.</param>
    /// <param name="offset">Index of the first one.</param>
    /// <returns>False if none was found.</returns>
    public bool CopyAddress(byte[] into, int offset)
    {
        if (!IsIpv6)
            return false;
        Array.Copy(_ipv6, 0, into, offset, Ipv6Address.Length);
        return true;
    }

    /// <summary>Gives the question up, or forgets the answer; the handler hears nothing more of it.</summary>
    public void Close()
    {
        DnsQuestion question = _question;
        _question = null;
        if (question != null)
            question.GiveUp();
        Forget(DnsQueryState.Idle);
    }

    /// <summary>Waits for the answer.</summary>
    /// <param name="question">Where the question stands.</param>
    /// <param name="mayBeIpv6">Whether room is needed for an IPv6 address; it is made once.</param>
    internal void Begin(DnsQuestion question, bool mayBeIpv6)
    {
        if (mayBeIpv6 && _ipv6 == null)
            _ipv6 = new byte[Ipv6Address.Length];
        _question = question;
        Forget(DnsQueryState.Asking);
    }

    /// <summary>An IPv4 address was found.</summary>
    internal void Find(uint address)
    {
        Address = address;
        State = DnsQueryState.Found;
    }

    /// <summary>An IPv6 address was found.</summary>
    internal void Find(byte[] address, int offset)
    {
        Array.Copy(address, offset, _ipv6, 0, Ipv6Address.Length);
        IsIpv6 = true;
        State = DnsQueryState.Found;
    }

    internal void Fail(DnsError error)
    {
        Error = error;
        State = DnsQueryState.Failed;
    }

    /// <summary>Tells the handler; the question is free.</summary>
    internal void End(ulong now)
    {
        _question = null;
        DnsHandler handler = Handler;
        if (handler != null)
            handler.OnAnswered(this, now);
    }

    private static string Explain(DnsError error)
    {
        switch (error)
        {
            case DnsError.None:
                return "";
            case DnsError.NoSuchName:
                return "There is no such name: see that it is spelled right.";
            case DnsError.NoAddress:
                return "The name has no address of the kind that was asked for.";
            case DnsError.NoServer:
                return "No DNS server is known: set TcpSettings.DnsServers, or have the DHCP server name one (option 6).";
            case DnsError.TimedOut:
                return "No DNS server answered: see that it runs and can be reached.";
            case DnsError.ServerFailed:
                return "The DNS server cannot or will not look the name up: ask another one.";
            default:
                return "The name stands for another one, and so on, too many times: the zone is set up wrong.";
        }
    }

    private void Forget(DnsQueryState state)
    {
        State = state;
        Error = DnsError.None;
        Address = 0;
        IsIpv6 = false;
    }
}
