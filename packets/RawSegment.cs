using System;
using System.Buffers.Binary;

namespace HandshakeNano.Packets;

/// <summary>A TCP segment to be sent just as it is written here, right or wrong, without any help of a TCP.</summary>
public sealed record RawSegment
{
    /// <summary>The sender's port.</summary>
    public int SourcePort { get; init; }

    /// <summary>The receiver's port.</summary>
    public int DestinationPort { get; init; }

    /// <summary>The two ECN bits of the IP header (RFC 3168 section 5); they count where a whole packet is written.</summary>
    public int Ecn { get; init; }

    /// <summary>The sequence number.</summary>
    public uint Sequence { get; init; }

    /// <summary>The acknowledgment number.</summary>
    public uint Acknowledgment { get; init; }

    /// <summary>The control bits.</summary>
    public ControlBits Flags { get; init; }

    /// <summary>The window field.</summary>
    public int Window { get; init; } = 8192;

    /// <summary>The urgent pointer field.</summary>
    public int UrgentPointer { get; init; }

    /// <summary>The four reserved bits.</summary>
    public int Reserved { get; init; }

    /// <summary>The options, padded to whole words.</summary>
    public byte[] Options { get; init; } = [];

    /// <summary>The data.</summary>
    public byte[] Data { get; init; } = [];

    /// <summary>A wrong value here, 0 to 15, makes the header wrong in just this place; null: the right one.</summary>
    public int? DataOffset { get; init; }

    /// <summary>How many bytes of the segment are sent; null: all.</summary>
    public int? Cut { get; init; }

    /// <summary>True to flip a bit of the checksum.</summary>
    public bool BadChecksum { get; init; }

    /// <summary>Writes the segment.</summary>
    /// <param name="source">The sender's IPv4 address, most significant byte first.</param>
    /// <param name="destination">The receiver's.</param>
    /// <returns>The TCP header and the data.</returns>
    public byte[] ToBytes(uint source, uint destination)
    {
        Span<byte> addresses = stackalloc byte[8];
        BinaryPrimitives.WriteUInt32BigEndian(addresses, source);
        BinaryPrimitives.WriteUInt32BigEndian(addresses[4..], destination);
        return ToBytes(addresses[..4], addresses[4..]);
    }

    /// <summary>Writes the segment.</summary>
    /// <param name="source">The sender's address, 4 or 16 bytes.</param>
    /// <param name="destination">The receiver's, of the same length.</param>
    /// <returns>The TCP header and the data.</returns>
    public byte[] ToBytes(ReadOnlySpan<byte> source, ReadOnlySpan<byte> destination)
    {
        byte[] tcp = new byte[20 + Options.Length + Data.Length];
        BinaryPrimitives.WriteUInt16BigEndian(tcp, (ushort)SourcePort);
        BinaryPrimitives.WriteUInt16BigEndian(tcp.AsSpan(2), (ushort)DestinationPort);
        BinaryPrimitives.WriteUInt32BigEndian(tcp.AsSpan(4), Sequence);
        BinaryPrimitives.WriteUInt32BigEndian(tcp.AsSpan(8), Acknowledgment);
        tcp[12] = (byte)(((DataOffset ?? (20 + Options.Length) / 4) << 4) | Reserved);
        tcp[13] = (byte)Flags;
        BinaryPrimitives.WriteUInt16BigEndian(tcp.AsSpan(14), (ushort)Window);
        BinaryPrimitives.WriteUInt16BigEndian(tcp.AsSpan(18), (ushort)UrgentPointer);
        Options.CopyTo(tcp, 20);
        Data.CopyTo(tcp, 20 + Options.Length);
        if (Cut is int cut)
            tcp = tcp[..cut];
        if (tcp.Length < 18)
            return tcp;
        ushort checksum = Checksum.Of(source, destination, Ipv4Packet.Tcp, tcp);
        BinaryPrimitives.WriteUInt16BigEndian(tcp.AsSpan(16), BadChecksum ? (ushort)(checksum ^ 0x0100) : checksum);
        return tcp;
    }

    /// <summary>Writes the segment in its packet.</summary>
    /// <param name="source">The sender's IPv4 address, most significant byte first.</param>
    /// <param name="destination">The receiver's.</param>
    /// <returns>The IPv4 packet.</returns>
    public byte[] ToPacket(uint source, uint destination) =>
        Ipv4Packet.Create(source, destination, Ipv4Packet.Tcp, ToBytes(source, destination), Ecn);
}
