using System;
using System.Buffers.Binary;
using HandshakeNano.Packets;

namespace HandshakeNano.Scenarios;

/// <summary>
/// A segment of the peer's, built once and numbered again each time it is sent: ports, sequence and acknowledgment number
/// change, and the checksum with them, so that a benchmark spends its time in the endpoint and not here.
/// </summary>
public sealed class NumberedSegment
{
    private const int Tcp = Frames.Ethernet + 20;

    // MSS 1460, SACK permitted, timestamps, NOP, window scale 7: what Linux puts into a SYN.
    private static readonly byte[] s_linuxSynOptions =
        [2, 4, 5, 0xB4, 4, 2, 8, 10, 0x3A, 0x5C, 0x11, 0x7E, 0, 0, 0, 0, 1, 3, 3, 7];

    private static readonly byte[] s_mssOption = [2, 4, 5, 0xB4];

    // The clock of the SYN, and an echo of nothing.
    private static readonly byte[] s_timestamps = [1, 1, 8, 10, 0x3A, 0x5C, 0x11, 0x7E, 0, 0, 0, 0];

    private readonly uint _sum;

    /// <summary>Builds a segment.</summary>
    /// <param name="flags">Control bits.</param>
    /// <param name="options">Options, a multiple of 4 bytes.</param>
    /// <param name="dataLength">Length of the data in bytes.</param>
    /// <param name="window">The window that it advertises, in bytes.</param>
    public NumberedSegment(ControlBits flags, ReadOnlySpan<byte> options = default, int dataLength = 0, int window = 64240)
    {
        var tcp = new byte[20 + options.Length + dataLength];
        tcp[12] = (byte)((20 + options.Length) << 2);
        tcp[13] = (byte)flags;
        BinaryPrimitives.WriteUInt16BigEndian(tcp.AsSpan(14), (ushort)window);
        options.CopyTo(tcp.AsSpan(20));
        for (var i = 20 + options.Length; i < tcp.Length; i++)
            tcp[i] = (byte)(i * 7);
        Frame = Frames.Ipv4(6, tcp);

        // Pseudo-header and everything but ports, numbers and the checksum itself, which are still 0.
        _sum = Checksum.Sum(Frame.AsSpan(Frames.Ethernet + 12, 8)) + 6 + (uint)tcp.Length + Checksum.Sum(tcp);
        DataLength = dataLength;
    }

    /// <summary>The frame, from the Ethernet header on.</summary>
    public byte[] Frame { get; }

    /// <summary>Length of the data in bytes.</summary>
    public int DataLength { get; }

    /// <summary>A SYN as a Linux host sends it: 74 bytes on Ethernet.</summary>
    public static NumberedSegment LinuxSyn() => new(ControlBits.Syn, s_linuxSynOptions);

    /// <summary>A SYN,ACK as a Linux host sends it to a SYN that offers the same.</summary>
    public static NumberedSegment LinuxSynAck() => new(ControlBits.Syn | ControlBits.Ack, s_linuxSynOptions);

    /// <summary>A SYN that offers an MSS and nothing else.</summary>
    public static NumberedSegment PlainSyn() => new(ControlBits.Syn, s_mssOption);

    /// <summary>A segment of a connection with timestamps.</summary>
    /// <param name="flags">Control bits.</param>
    /// <param name="dataLength">Length of the data in bytes.</param>
    /// <param name="window">The window that it advertises, in bytes.</param>
    public static NumberedSegment Stamped(ControlBits flags, int dataLength = 0, int window = 64240) => new(flags, s_timestamps, dataLength, window);

    /// <summary>Numbers the segment.</summary>
    /// <param name="sourcePort">The peer's port.</param>
    /// <param name="destinationPort">Our port.</param>
    /// <param name="sequence">Sequence number.</param>
    /// <param name="acknowledgment">Acknowledgment number.</param>
    /// <returns><see cref="Frame"/>.</returns>
    public byte[] Number(int sourcePort, int destinationPort, uint sequence, uint acknowledgment)
    {
        var tcp = Frame.AsSpan(Tcp);
        BinaryPrimitives.WriteUInt16BigEndian(tcp, (ushort)sourcePort);
        BinaryPrimitives.WriteUInt16BigEndian(tcp[2..], (ushort)destinationPort);
        BinaryPrimitives.WriteUInt32BigEndian(tcp[4..], sequence);
        BinaryPrimitives.WriteUInt32BigEndian(tcp[8..], acknowledgment);
        var sum = _sum + (uint)sourcePort + (uint)destinationPort + (sequence >> 16) + (sequence & 0xFFFF)
            + (acknowledgment >> 16) + (acknowledgment & 0xFFFF);
        BinaryPrimitives.WriteUInt16BigEndian(tcp[16..], Checksum.Fold(sum));
        return Frame;
    }
}
