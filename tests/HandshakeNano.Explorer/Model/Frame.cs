using System;
using System.Buffers.Binary;
using HandshakeNano.Packets;

namespace HandshakeNano.Explorer.Model;

/// <summary>A segment that the network holds. It never changes.</summary>
internal sealed class Frame
{
    /// <summary>Reads a segment.</summary>
    /// <param name="packet">The IPv4 packet.</param>
    /// <param name="toB">True if it is for B.</param>
    /// <param name="sentAt">When it was sent, in microseconds.</param>
    /// <param name="stray">What it is if neither endpoint has sent it; else null.</param>
    public Frame(byte[] packet, bool toB, ulong sentAt, string? stray = null)
    {
        Packet = packet;
        ToB = toB;
        SentAt = sentAt;
        Stray = stray;
        ReadOnlySpan<byte> tcp = packet.AsSpan(Ipv4Packet.HeaderLength);
        Sequence = BinaryPrimitives.ReadUInt32BigEndian(tcp[4..]);
        Acknowledgment = BinaryPrimitives.ReadUInt32BigEndian(tcp[8..]);
        Flags = (ControlBits)tcp[13];
        Window = BinaryPrimitives.ReadUInt16BigEndian(tcp[14..]);
        int header = (tcp[12] >> 4) * 4;
        Length = tcp.Length - header;
        for (int i = 20; i < header && tcp[i] != 0; i += tcp[i] == 1 ? 1 : tcp[i + 1])
        {
            if (tcp[i] == 8)
                Timestamp = BinaryPrimitives.ReadUInt32BigEndian(tcp[(i + 2)..]);
            else if (tcp[i] == 5)
                Sacks = ReadSacks(tcp.Slice(i + 2, tcp[i + 1] - 2));
        }
    }

    public byte[] Packet { get; }

    public bool ToB { get; }

    public ulong SentAt { get; }

    public string? Stray { get; }

    /// <summary>The address that it is for.</summary>
    public uint Destination => BinaryPrimitives.ReadUInt32BigEndian(Packet.AsSpan(16));

    public uint Sequence { get; }

    public uint Acknowledgment { get; }

    /// <summary>Its sender's clock; null if it has no timestamps.</summary>
    public uint? Timestamp { get; }

    /// <summary>The selective acknowledgments: 16 bits for each edge, how far it is from the acknowledgment number; 0 without any.</summary>
    public UInt128 Sacks { get; }

    public ControlBits Flags { get; }

    public int Window { get; }

    /// <summary>Length of the data in bytes.</summary>
    public int Length { get; }

    public bool Has(ControlBits flags) => (Flags & flags) == flags;

    /// <summary>Says whether it makes no difference which of two segments arrives.</summary>
    /// <param name="other">The other.</param>
    /// <returns>True if not.</returns>
    public bool IsSameAs(Frame other) =>
        ReferenceEquals(this, other)
        || (ToB == other.ToB && Time.Phase(SentAt) == Time.Phase(other.SentAt) && Stray == other.Stray
            && Packet.AsSpan().SequenceEqual(other.Packet));

    private UInt128 ReadSacks(ReadOnlySpan<byte> edges)
    {
        UInt128 sacks = 0;
        for (int i = 0; i < edges.Length; i += 4)
            sacks = (sacks << 16) | (ushort)(BinaryPrimitives.ReadUInt32BigEndian(edges[i..]) - Acknowledgment);
        return sacks;
    }

    /// <summary>Makes a segment that no endpoint sent.</summary>
    /// <param name="toB">True if it is for B.</param>
    /// <param name="source">The address that it comes from.</param>
    /// <param name="flags">Its control bits.</param>
    /// <param name="sequence">Its sequence number.</param>
    /// <param name="acknowledgment">Its acknowledgment number.</param>
    /// <param name="data">Its data.</param>
    /// <param name="now">The time in microseconds.</param>
    /// <param name="stray">What it is.</param>
    /// <returns>The segment, with right checksums.</returns>
    public static Frame Forge(
        bool toB, uint source, ControlBits flags, uint sequence, uint acknowledgment, ReadOnlySpan<byte> data, ulong now, string stray)
    {
        var segment = new RawSegment
        {
            SourcePort = toB ? Side.PortA : Side.PortB,
            DestinationPort = toB ? Side.PortB : Side.PortA,
            Sequence = sequence,
            Acknowledgment = acknowledgment,
            Flags = flags,
            Window = Side.BufferSize,
            Data = data.ToArray(),
        };
        byte[] packet = segment.ToPacket(source, toB ? Side.AddressB : Side.AddressA);
        return new Frame(packet, toB, now, stray);
    }
}
