using System;
using System.Buffers.Binary;
using System.IO;

namespace HandshakeNano.Client.Captures;

/// <summary>How much of a damaged capture is whole. libpcap, which reads it, says what is wrong and not where.</summary>
public static class CaptureExtent
{
    // What libpcap takes at most for one record.
    private const uint LongestRecord = 16 << 20;

    /// <summary>Steps from record to record.</summary>
    /// <param name="path">A pcap or pcapng file.</param>
    /// <returns>The number of the first byte, from 0, that belongs to no whole record.</returns>
    public static long WholeBytes(string path)
    {
        using FileStream file = File.OpenRead(path);
        Span<byte> head = stackalloc byte[16];
        uint magic = file.ReadAtLeast(head[..4], 4, throwOnEndOfStream: false) < 4 ? 0 : BinaryPrimitives.ReadUInt32LittleEndian(head);
        return magic == 0x0A0D0D0A ? WholeBlocks(file, head) : WholePackets(file, head, isLittle: magic is 0xA1B2C3D4 or 0xA1B23C4D);
    }

    private static long WholePackets(FileStream file, Span<byte> head, bool isLittle)
    {
        long whole = 24;
        while (TryRead(file, whole, head))
        {
            uint length = isLittle ? BinaryPrimitives.ReadUInt32LittleEndian(head[8..]) : BinaryPrimitives.ReadUInt32BigEndian(head[8..]);
            if (length > LongestRecord || whole + 16 + length > file.Length)
                break;
            whole += 16 + length;
        }

        return Math.Min(whole, file.Length);
    }

    private static long WholeBlocks(FileStream file, Span<byte> head)
    {
        long whole = 0;
        bool isLittle = true;
        while (TryRead(file, whole, head[..12]))
        {
            if (BinaryPrimitives.ReadUInt32LittleEndian(head) == 0x0A0D0D0A)
                isLittle = BinaryPrimitives.ReadUInt32LittleEndian(head[8..]) == 0x1A2B3C4D;
            uint length = Number(head[4..], isLittle);
            if (length is < 12 or > LongestRecord || length % 4 != 0 || whole + length > file.Length)
                break;

            // The length stands at the end once more.
            if (!TryRead(file, whole + length - 4, head[..4]) || Number(head, isLittle) != length)
                break;
            whole += length;
        }

        return whole;
    }

    private static uint Number(ReadOnlySpan<byte> bytes, bool isLittle) =>
        isLittle ? BinaryPrimitives.ReadUInt32LittleEndian(bytes) : BinaryPrimitives.ReadUInt32BigEndian(bytes);

    private static bool TryRead(FileStream file, long at, Span<byte> bytes)
    {
        file.Position = at;
        return file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false) == bytes.Length;
    }
}
