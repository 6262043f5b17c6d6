using HandshakeNano.Fuzz.Judging;
using HandshakeNano.Net.Tests;

namespace HandshakeNano.Fuzz.Frames;

/// <summary>A peer with its ports and what it knows of the endpoint: what a well-formed segment is made from.</summary>
internal sealed class FuzzedPeer
{
    /// <summary>The port that takes whom it likes and whose data is read.</summary>
    public const int OpenPort = 7;

    /// <summary>A second listener.</summary>
    public const int OtherPort = 9;

    /// <summary>No listener.</summary>
    public const int ClosedPort = 81;

    /// <summary>How many there are that steps can name.</summary>
    public const int Count = 16;

    /// <summary>Those from here on are opened by the endpoint.</summary>
    private const int FirstActive = 9;

    private const int LastActive = 13;

    public FuzzedPeer(int number)
    {
        Number = number;
        IsActive = number is >= FirstActive and <= LastActive;
        Address = number switch
        {
            14 => 0xC0000209,
            15 => 0x0A4D0003,
            4 or 5 => 0x0A4D0004,
            _ => Packet.PeerAddress,
        };
        LocalPort = IsActive ? 5000 + number : number switch { 6 or 7 => OtherPort, 8 => ClosedPort, _ => OpenPort };
        Hardware = Packet.PhysicalAddressOf(Packet.NextHop(Address));
    }

    public int Number { get; }

    /// <summary>Its IPv6 address, which ends with its IPv4 address; null for a peer over IPv4.</summary>
    public byte[]? Ipv6 { get; private set; }

    /// <summary>True if the endpoint calls the peer.</summary>
    public bool IsActive { get; }

    public uint Address { get; }

    public int LocalPort { get; }

    public int RemotePort { get; private set; }

    public byte[] Hardware { get; }

    /// <summary>The peer's usual initial sequence number.</summary>
    public uint Irs { get; private set; }

    /// <summary>How often the endpoint has called the peer.</summary>
    public int Calls { get; set; }

    /// <summary>The ISN of the SYN,ACK before the last one.</summary>
    public uint EarlierIss { get; set; }

    /// <summary>The peer's timestamp, which moves with each segment.</summary>
    public uint Clock { get; set; } = 0xFFFFFF00;

    /// <summary>What the endpoint may send.</summary>
    public SentStream Stream { get; } = new();

    /// <summary>The number after the last byte that the peer has sent in order.</summary>
    public uint Sent { get; set; }

    /// <summary>True once a mutated segment was good enough to count: then its bytes may be anything.</summary>
    public bool Tainted { get; set; }

    /// <summary>What the peer would send next: the endpoint's RCV.NXT as far as it has told.</summary>
    public uint Expected => Stream.HasAck ? Stream.Ack : Irs + 1;

    /// <summary>Some of the peers speak over IPv6: what they are told and tell is translated on the wire.</summary>
    public void MoveToIpv6()
    {
        if (Number is not (3 or 5 or 7 or 11 or 12))
            return;
        Ipv6 = new byte[16];
        Packet.Put16(Ipv6, 0, 0xFE80);
        Packet.Put32(Ipv6, 12, Address);
        Stream.DefaultSegment = 1220;
    }

    /// <summary>Forgets the connection and takes another port.</summary>
    public void Begin(uint epoch)
    {
        RemotePort = IsActive ? 4000 + Number : 20000 + (int)(epoch % 1000) * 20 + Number;
        // Close to the wrap, often.
        Irs = epoch % 3 == 0 ? 0xFFFFFFFF - epoch % 3000 : epoch * 2654435761 + (uint)Number * 40503;
        Sent = Irs + 1;
        Stream.Clear();
        Tainted = false;
    }
}
