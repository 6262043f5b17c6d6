using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Globalization;
using System.Text;

namespace HandshakeNano.Conformance.Segments;

/// <summary>Options as scripts write them.</summary>
internal static class TcpOptionText
{
    /// <summary>Writes options out.</summary>
    /// <param name="options">The options.</param>
    /// <param name="initial">The number that the edges of SACK blocks are relative to.</param>
    public static string Describe(byte[] options, uint initial = 0)
    {
        var texts = new List<string>();
        for (int i = 0; i < options.Length;)
        {
            int length = options[i] <= 1 || i + 1 >= options.Length ? 1 : options[i + 1];
            if (length < 1 || i + length > options.Length)
                length = options.Length - i;
            texts.Add((options[i], length) switch
            {
                (0, _) => "eol",
                (1, _) => "nop",
                (2, 4) => string.Create(CultureInfo.InvariantCulture, $"mss {BinaryPrimitives.ReadUInt16BigEndian(options.AsSpan(i + 2))}"),
                (3, 3) => string.Create(CultureInfo.InvariantCulture, $"wscale {options[i + 2]}"),
                (4, 2) => "sackOK",
                (5, > 2) when length % 8 == 2 => "sack" + Blocks(options.AsSpan(i + 2, length - 2), initial),
                (8, 10) => string.Create(CultureInfo.InvariantCulture,
                    $"TS val {BinaryPrimitives.ReadUInt32BigEndian(options.AsSpan(i + 2))} ecr {BinaryPrimitives.ReadUInt32BigEndian(options.AsSpan(i + 6))}"),
                _ => "hex " + Convert.ToHexString(options, i, length),
            });
            i += length;
        }

        return "<" + string.Join(",", texts) + ">";
    }

    /// <summary>Where TSval begins, with TSecr behind it; -1 if there are no timestamps.</summary>
    public static int FindTimestamps(ReadOnlySpan<byte> options)
    {
        for (int i = 0; i + 10 <= options.Length;)
        {
            if (options[i] == 8 && options[i + 1] == 10)
                return i + 2;
            i += options[i] <= 1 ? 1 : Math.Max(1, (int)options[i + 1]);
        }

        return -1;
    }

    private static string Blocks(ReadOnlySpan<byte> edges, uint initial)
    {
        var text = new StringBuilder();
        for (int i = 0; i < edges.Length; i += 8)
        {
            text.Append(CultureInfo.InvariantCulture,
                $" {BinaryPrimitives.ReadUInt32BigEndian(edges[i..]) - initial}:{BinaryPrimitives.ReadUInt32BigEndian(edges[(i + 4)..]) - initial}");
        }

        return text.ToString();
    }
}
