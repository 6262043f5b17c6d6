using System;
using System.Buffers.Binary;
using System.Net;
using HandshakeNano.Conformance.Segments;
using HandshakeNano.Net;

namespace HandshakeNano.Conformance.Run;

/// <summary>
/// A link of Ethernet frames with a router behind which the script is. The router gives the endpoint its prefix, and says where it is
/// itself; scripts see neither questions nor answers.
/// </summary>
internal sealed class Ipv6ScriptLink : ScriptLink
{
    private const int EtherType = 0x86DD;
    private const int FirstMessageOfNeighbours = 128;
    private const int RouterSolicitation = 133;
    private const int RouterAdvertisement = 134;
    private const int NeighbourSolicitation = 135;
    private const int NeighbourAdvertisement = 136;

    /// <summary>How often the router tells that it is still there, in microseconds.</summary>
    private const ulong AdvertisementInterval = 1_800_000_000;

    private static readonly byte[] OurCard = [2, 0, 0, 0, 0, 1];
    private static readonly byte[] RouterCard = [2, 0, 0, 0, 0, 2];
    private static readonly IPAddress Router = IPAddress.Parse("fe80::1");
    private static readonly IPAddress AllNodes = IPAddress.Parse("ff02::1");

    /// <summary>The prefix of 64 bits on the link.</summary>
    private readonly byte[] _prefix;
    private ulong _advertised;

    public Ipv6ScriptLink(int mtu, IPAddress prefix)
        : base(mtu)
    {
        _prefix = prefix.GetAddressBytes();
        _prefix.AsSpan(8).Clear();
        OurCard.CopyTo(PhysicalAddress, 0);
    }

    public override bool HasEthernetHeader => true;

    public override int Receive(byte[] buffer)
    {
        if (Now >= _advertised + AdvertisementInterval)
            Advertise();
        return base.Receive(buffer);
    }

    public override void Inject(byte[] packet)
    {
        byte[] frame = new byte[FrameLayout.EthernetHeaderLength + packet.Length];
        byte[] card = packet[24] == 0xFF ? [0x33, 0x33, .. packet[36..40]] : OurCard;
        card.CopyTo(frame, 0);
        RouterCard.CopyTo(frame, 6);
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(12), EtherType);
        packet.CopyTo(frame, FrameLayout.EthernetHeaderLength);
        base.Inject(frame);
    }

    public override bool Send(byte[] buffer, int length)
    {
        ReadOnlySpan<byte> frame = buffer.AsSpan(FrameLayout.Ethernet, length);
        ReadOnlySpan<byte> packet = frame[FrameLayout.EthernetHeaderLength..];

        // Reports of groups stand behind an option, without which a router may pass them over (RFC 3810 section 5).
        bool toNeighbours = BinaryPrimitives.ReadUInt16BigEndian(frame[12..]) != EtherType || packet[6] == 0
            || (packet[6] == Ipv6.Icmp && packet[Ipv6.HeaderLength] >= FirstMessageOfNeighbours);
        if (!toNeighbours)
            Keep(packet);
        else if (packet[6] == Ipv6.Icmp)
            Answer(packet);
        return true;
    }

    private void Answer(ReadOnlySpan<byte> packet)
    {
        ReadOnlySpan<byte> message = packet[Ipv6.HeaderLength..];
        switch (message[0])
        {
            case RouterSolicitation:
                Advertise();
                break;
            case NeighbourSolicitation when new IPAddress(message.Slice(8, 16)).Equals(Router):
                byte[] answer = new byte[32];
                answer[0] = NeighbourAdvertisement;
                answer[4] = 0xE0;
                Router.TryWriteBytes(answer.AsSpan(8), out _);
                answer[24] = 2;
                answer[25] = 1;
                RouterCard.CopyTo(answer, 26);
                Inject(Ipv6.CreateIcmp(Router, new IPAddress(packet.Slice(8, 16)), answer, 255));
                break;
        }
    }

    /// <summary>Tells where the router is, for as long as that can be, and of the prefix, for ever.</summary>
    private void Advertise()
    {
        _advertised = Now;
        byte[] message = new byte[56];
        message[0] = RouterAdvertisement;
        message[4] = 64;
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(6), ushort.MaxValue);
        Span<byte> option = message.AsSpan(16);
        option[0] = 3;
        option[1] = 4;
        option[2] = 64;
        option[3] = 0xC0;
        BinaryPrimitives.WriteUInt32BigEndian(option[4..], uint.MaxValue);
        BinaryPrimitives.WriteUInt32BigEndian(option[8..], uint.MaxValue);
        _prefix.CopyTo(option[16..]);
        message[48] = 1;
        message[49] = 1;
        RouterCard.CopyTo(message, 50);
        Inject(Ipv6.CreateIcmp(Router, AllNodes, message, 255));
    }
}
