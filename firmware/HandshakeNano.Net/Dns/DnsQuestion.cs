using HandshakeNano.Net.Wire;

namespace HandshakeNano.Net;

/// <summary>Where a question of the resolver stands; it has a UDP socket of its own. The resolver does everything.</summary>
internal sealed class DnsQuestion : IUdpUser
{
    private readonly DnsResolver _resolver;

    public DnsQuestion(DnsResolver resolver, UdpLayer udp)
    {
        _resolver = resolver;
        Socket = udp.Open(UdpSocket.NoPort, this);
    }

    /// <summary>Has a port while an answer is awaited there, and no longer.</summary>
    public readonly UdpSocket Socket;

    /// <summary>The name that is asked for: the application's, or the one that it is another name for.</summary>
    public readonly byte[] Name = new byte[DnsMessage.LongestName];

    /// <summary>Whose it is; null: it is free.</summary>
    public DnsQuery Query;

    /// <summary>What is done when it is due.</summary>
    public DnsStep Step;

    /// <summary>When it is due, in microseconds.</summary>
    public ulong DueAt;

    /// <summary>Under which number the application's name stands in the cache.</summary>
    public ulong Key;

    /// <summary>A or AAAA.</summary>
    public int Type;

    /// <summary>AAAA is asked for as well if there is no A.</summary>
    public bool AsksBoth;

    /// <summary>The identifier of the message that was sent last.</summary>
    public int Identifier;

    /// <summary>The server that it was sent to, most significant byte first, and its place in the list.</summary>
    public uint Server;
    public int Place;

    /// <summary>How often it was sent.</summary>
    public int Tries;

    /// <summary>A bit for the place of each server that has said that it cannot answer.</summary>
    public int Failed;

    /// <summary>How many messages with another identifier have come since it was sent.</summary>
    public int Forgeries;

    /// <summary>How many names it has been led on from.</summary>
    public int Aliases;

    /// <summary>How long what led on may be kept, in seconds.</summary>
    public uint TimeToLive;

    /// <inheritdoc/>
    public bool Receive(byte[] frame, int length, uint source, bool isForMany, ulong now)
    {
        return _resolver.Receive(this, frame, length, source, isForMany, now);
    }

    /// <summary>The application wants no answer any more.</summary>
    public void GiveUp()
    {
        _resolver.GiveUp(this);
    }
}
