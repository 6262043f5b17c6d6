using System;
using System.Buffers.Binary;
using HandshakeNano.Client.Wire;

namespace HandshakeNano.Explorer.Model;

/// <summary>A segment that the network holds. It never changes.</summary>
internal sealed class Frame
{
    private const int Ip = 20;

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
        ReadOnlySpan<byte> tcp = packet.AsSpan(Ip);
        Sequence = BinaryPrimitives.ReadUInt32BigEndian(tcp[4..]);
        Acknowledgment = BinaryPrimitives.ReadUInt32BigEndian(tcp[8..]);
        Flags = (ControlBits)tcp[13];
        Window = BinaryPrimitives.ReadUInt16BigEndian(tcp[14..]);
        Length = tcp.Length - (tcp[12] >> 4) * 4;
    }

    public byte[] Packet { get; }

    public bool ToB { get; }

    public ulong SentAt { get; }

    public string? Stray { get; }

    public uint Sequence { get; }

    public uint Acknowledgment { get; }

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

    /// <summary>Makes a segment that no endpoint sent.</summary>
    /// <param name="toB">True if it is for B.</param>
    /// <param name="flags">Its control bits.</param>
    /// <param name="sequence">Its sequence number.</param>
    /// <param name="acknowledgment">Its acknowledgment number.</param>
    /// <param name="data">Its data.</param>
    /// <param name="now">The time in microseconds.</param>
    /// <param name="stray">What it is.</param>
    /// <returns>The segment, with right checksums.</returns>
    public static Frame Forge(
        bool toB, ControlBits flags, uint sequence, uint acknowledgment, ReadOnlySpan<byte> data, ulong now, string stray)
    {
        byte[] packet = new byte[Ip + 20 + data.Length];
        packet[0] = 0x45;
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), (ushort)packet.Length);
        packet[6] = 0x40;
        packet[8] = 64;
        packet[9] = 6;
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(12), toB ? Side.AddressA : Side.AddressB);
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(16), toB ? Side.AddressB : Side.AddressA);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(10), Fold(Sum(packet.AsSpan(0, Ip), 0)));
        Span<byte> tcp = packet.AsSpan(Ip);
        BinaryPrimitives.WriteUInt16BigEndian(tcp, (ushort)(toB ? Side.PortA : Side.PortB));
        BinaryPrimitives.WriteUInt16BigEndian(tcp[2..], (ushort)(toB ? Side.PortB : Side.PortA));
        BinaryPrimitives.WriteUInt32BigEndian(tcp[4..], sequence);
        BinaryPrimitives.WriteUInt32BigEndian(tcp[8..], acknowledgment);
        tcp[12] = 0x50;
        tcp[13] = (byte)flags;
        BinaryPrimitives.WriteUInt16BigEndian(tcp[14..], Side.BufferSize);
        data.CopyTo(tcp[20..]);
        uint pseudo = Sum(packet.AsSpan(12, 8), 6 + (uint)tcp.Length);
        BinaryPrimitives.WriteUInt16BigEndian(tcp[16..], Fold(Sum(tcp, pseudo)));
        return new Frame(packet, toB, now, stray);
    }

    private static uint Sum(ReadOnlySpan<byte> data, uint sum)
    {
        for (int i = 0; i < data.Length; i++)
            sum += (i & 1) == 0 ? (uint)data[i] << 8 : data[i];
        return sum;
    }

    private static ushort Fold(uint sum)
    {
        sum = (sum & 0xFFFF) + (sum >> 16);
        sum += sum >> 16;
        return (ushort)~sum;
    }
}
