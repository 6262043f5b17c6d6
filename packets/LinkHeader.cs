using System;
using System.Buffers.Binary;

namespace HandshakeNano.Packets;

/// <summary>What stands before an IP packet on a link, by the link types of captures (tcpdump.org/linktypes.html).</summary>
public static class LinkHeader
{
    /// <summary>Ethernet II, with or without VLAN tags.</summary>
    public const int Ethernet = 1;

    private const int Ipv4Type = 0x0800;
    private const int Ipv6Type = 0x86DD;

    /// <summary>Says whether packets can be found behind headers of a type.</summary>
    /// <param name="linkType">The type, as files (LINKTYPE_) or libpcap (DLT_) number it.</param>
    /// <returns>True for Ethernet, raw IP, Linux cooked (both versions), and the loopback of the BSDs.</returns>
    public static bool IsKnown(int linkType) => linkType is 0 or Ethernet or 12 or 14 or 101 or 108 or 113 or 228 or 229 or 276;

    /// <summary>Finds the IP packet in a frame.</summary>
    /// <param name="linkType">The type of the link.</param>
    /// <param name="frame">The frame; it may be cut short anywhere.</param>
    /// <param name="length">How many bytes stand before the packet.</param>
    /// <returns>False if there is no IP packet.</returns>
    public static bool TrySkip(int linkType, ReadOnlySpan<byte> frame, out int length)
    {
        length = 0;
        switch (linkType)
        {
            case Ethernet:
                length = 14;
                return SkipTags(frame, 12, ref length);
            case 113: // Linux cooked, version 1: the protocol is its last field.
                length = 16;
                return SkipTags(frame, 14, ref length);
            case 276: // Version 2: the protocol is its first.
                length = 20;
                return SkipTags(frame, 0, ref length);
            case 0 or 108: // An address family of four bytes, whose order is that of the host that captured; the packet says the same.
                length = 4;
                break;
            case 12 or 14 or 101 or 228 or 229:
                break;
            default:
                return false;
        }

        return frame.Length > length && frame[length] >> 4 is 4 or 6;
    }

    /// <summary>Says where a frame was captured, as far as a header tells.</summary>
    /// <param name="linkType">The type of the link.</param>
    /// <param name="frame">The frame; it may be cut short anywhere.</param>
    /// <returns>A number for the interface and the direction, the same for each frame captured there; 0 if they are not known.</returns>
    public static long PointOf(int linkType, ReadOnlySpan<byte> frame) => linkType switch
    {
        113 when frame.Length >= 2 => 1 + BinaryPrimitives.ReadUInt16BigEndian(frame), // Its direction alone.
        276 when frame.Length >= 11 => 1 + frame[10] + ((long)BinaryPrimitives.ReadUInt32BigEndian(frame[4..]) << 8),
        _ => 0,
    };

    // A tag stands before the type of what follows (IEEE 802.1Q; 802.1ad for one in another), also behind a cooked header.
    private static bool SkipTags(ReadOnlySpan<byte> frame, int typeAt, ref int length)
    {
        while (frame.Length >= length)
        {
            int type = BinaryPrimitives.ReadUInt16BigEndian(frame[typeAt..]);
            if (type is Ipv4Type or Ipv6Type)
                return true;
            if (type is not (0x8100 or 0x88A8 or 0x9100))
                return false;
            typeAt = length + 2;
            length += 4;
        }

        return false;
    }
}
