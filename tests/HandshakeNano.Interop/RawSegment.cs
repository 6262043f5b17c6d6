using System;
using System.Buffers.Binary;

namespace HandshakeNano.Interop;

/// <summary>The flags of a TCP header (RFC 9293 section 3.1).</summary>
[Flags]
internal enum TcpFlags
{
    None = 0,
    Fin = 1,
    Syn = 2,
    Rst = 4,
    Psh = 8,
    Ack = 16,
    Urg = 32,
}

/// <summary>One TCP segment in an Ethernet frame, as a test writes it and as it reads the answer.</summary>
internal sealed record RawSegment
{
    private const int Network = 14;
    private const int Transport = Network + 20;

    public int SourcePort { get; init; }

    public int DestinationPort { get; init; }

    public uint Sequence { get; init; }

    public uint Acknowledgment { get; init; }

    public TcpFlags Flags { get; init; }

    public int Window { get; init; } = 8192;

    /// <summary>Options, padded to whole words.</summary>
    public byte[] Options { get; init; } = [];

    public byte[] Data { get; init; } = [];

    /// <summary>A wrong value here makes the header wrong in just this place.</summary>
    public int? DataOffset { get; init; }

    /// <summary>True to flip a bit of the checksum.</summary>
    public bool BadChecksum { get; init; }

    /// <summary>Reads a TCP segment; null if the frame holds none.</summary>
    public static RawSegment? Parse(ReadOnlySpan<byte> frame)
    {
        if (frame.Length < Transport + 20 || BinaryPrimitives.ReadUInt16BigEndian(frame[12..]) != 0x0800
            || frame[Network] != 0x45 || frame[Network + 9] != 6)
            return null;
        ReadOnlySpan<byte> tcp = frame[Transport..(Network + BinaryPrimitives.ReadUInt16BigEndian(frame[(Network + 2)..]))];
        int header = (tcp[12] >> 4) * 4;
        return new RawSegment
        {
            SourcePort = BinaryPrimitives.ReadUInt16BigEndian(tcp),
            DestinationPort = BinaryPrimitives.ReadUInt16BigEndian(tcp[2..]),
            Sequence = BinaryPrimitives.ReadUInt32BigEndian(tcp[4..]),
            Acknowledgment = BinaryPrimitives.ReadUInt32BigEndian(tcp[8..]),
            Flags = (TcpFlags)(tcp[13] & 0x3F),
            Window = BinaryPrimitives.ReadUInt16BigEndian(tcp[14..]),
            Options = tcp[20..header].ToArray(),
            Data = tcp[header..].ToArray(),
            BadChecksum = ChecksumOf(frame.Slice(Network + 12, 8), tcp) != 0,
        };
    }

    /// <summary>Writes the frame.</summary>
    public byte[] ToFrame(byte[] destination, byte[] source, uint destinationAddress, uint sourceAddress)
    {
        byte[] frame = new byte[Transport + 20 + Options.Length + Data.Length];
        destination.CopyTo(frame, 0);
        source.CopyTo(frame, 6);
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(12), 0x0800);

        Span<byte> ip = frame.AsSpan(Network);
        ip[0] = 0x45;
        BinaryPrimitives.WriteUInt16BigEndian(ip[2..], (ushort)ip.Length);
        ip[8] = 64;
        ip[9] = 6;
        BinaryPrimitives.WriteUInt32BigEndian(ip[12..], sourceAddress);
        BinaryPrimitives.WriteUInt32BigEndian(ip[16..], destinationAddress);
        BinaryPrimitives.WriteUInt16BigEndian(ip[10..], (ushort)~Fold(Sum(ip[..20])));

        Span<byte> tcp = frame.AsSpan(Transport);
        BinaryPrimitives.WriteUInt16BigEndian(tcp, (ushort)SourcePort);
        BinaryPrimitives.WriteUInt16BigEndian(tcp[2..], (ushort)DestinationPort);
        BinaryPrimitives.WriteUInt32BigEndian(tcp[4..], Sequence);
        BinaryPrimitives.WriteUInt32BigEndian(tcp[8..], Acknowledgment);
        tcp[12] = (byte)((DataOffset ?? (20 + Options.Length) / 4) << 4);
        tcp[13] = (byte)Flags;
        BinaryPrimitives.WriteUInt16BigEndian(tcp[14..], (ushort)Window);
        Options.CopyTo(tcp[20..]);
        Data.CopyTo(tcp[(20 + Options.Length)..]);
        ushort checksum = ChecksumOf(ip.Slice(12, 8), tcp);
        BinaryPrimitives.WriteUInt16BigEndian(tcp[16..], BadChecksum ? (ushort)(checksum ^ 0x0100) : checksum);
        return frame;
    }

    /// <summary>The Internet checksum (RFC 1071).</summary>
    public static ushort Checksum(ReadOnlySpan<byte> bytes)
    {
        return (ushort)~Fold(Sum(bytes));
    }

    private static ushort ChecksumOf(ReadOnlySpan<byte> addresses, ReadOnlySpan<byte> tcp)
    {
        return (ushort)~Fold(Sum(addresses) + 6 + (uint)tcp.Length + Sum(tcp));
    }

    private static uint Sum(ReadOnlySpan<byte> bytes)
    {
        uint sum = 0;
        for (int i = 0; i < bytes.Length; i++)
            sum += (i & 1) == 0 ? (uint)bytes[i] << 8 : bytes[i];
        return sum;
    }

    private static uint Fold(uint sum)
    {
        while (sum >> 16 != 0)
            sum = (sum & 0xFFFF) + (sum >> 16);
        return sum;
    }
}
