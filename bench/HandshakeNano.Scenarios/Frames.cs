using System;
using System.Buffers.Binary;
using HandshakeNano.Packets;

namespace HandshakeNano.Scenarios;

/// <summary>The peer's and our addresses, and frames from the peer, written without any help from the code under test.</summary>
public static class Frames
{
    /// <summary>Our IPv4 address, 10.77.0.2.</summary>
    public const uint DeviceAddress = 0x0A4D0002;

    /// <summary>The peer's IPv4 address, 10.77.0.1.</summary>
    public const uint PeerAddress = 0x0A4D0001;

    /// <summary>Length of an Ethernet header in bytes.</summary>
    public const int Ethernet = 14;

    private static readonly byte[] s_device = new ScriptedLink().PhysicalAddress;

    private static readonly byte[] s_peer = [0x02, 0x4E, 0x41, 0x4E, 0x4F, 0x01];

    /// <summary>An ARP request of the peer for our address, padded to 60 bytes.</summary>
    public static byte[] ArpRequest() => Arp(operation: 1, broadcast: true);

    /// <summary>The peer's answer to our ARP request, padded to 60 bytes.</summary>
    public static byte[] ArpReply() => Arp(operation: 2, broadcast: false);

    /// <summary>An IPv4 packet of the peer's to us, with its Ethernet header.</summary>
    /// <param name="protocol">IPv4 protocol number.</param>
    /// <param name="payload">What follows the IPv4 header.</param>
    public static byte[] Ipv4(byte protocol, ReadOnlySpan<byte> payload)
    {
        var frame = new byte[Ethernet + Ipv4Packet.HeaderLength + payload.Length];
        WriteEthernet(frame, s_device, 0x0800);
        Ipv4Packet.Write(frame.AsSpan(Ethernet), PeerAddress, DeviceAddress, protocol, payload);
        return frame;
    }

    /// <summary>An ICMP echo request with 56 bytes of data, as ping sends.</summary>
    public static byte[] EchoRequest()
    {
        var icmp = new byte[64];
        icmp[0] = 8;
        for (var i = 4; i < icmp.Length; i++)
            icmp[i] = (byte)i;
        BinaryPrimitives.WriteUInt16BigEndian(icmp.AsSpan(2), Checksum.Of(icmp));
        return Ipv4(1, icmp);
    }

    private static byte[] Arp(byte operation, bool broadcast)
    {
        var frame = new byte[60];
        ReadOnlySpan<byte> everyone = [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF];
        WriteEthernet(frame, broadcast ? everyone : s_device, 0x0806);
        var arp = frame.AsSpan(Ethernet);
        arp[1] = 1; // Ethernet
        arp[2] = 0x08; // IPv4
        arp[4] = 6;
        arp[5] = 4;
        arp[7] = operation;
        s_peer.CopyTo(arp[8..]);
        BinaryPrimitives.WriteUInt32BigEndian(arp[14..], PeerAddress);
        if (!broadcast)
            s_device.CopyTo(arp[18..]);
        BinaryPrimitives.WriteUInt32BigEndian(arp[24..], DeviceAddress);
        return frame;
    }

    private static void WriteEthernet(Span<byte> frame, ReadOnlySpan<byte> destination, ushort etherType)
    {
        destination.CopyTo(frame);
        s_peer.CopyTo(frame[6..]);
        BinaryPrimitives.WriteUInt16BigEndian(frame[12..], etherType);
    }
}
