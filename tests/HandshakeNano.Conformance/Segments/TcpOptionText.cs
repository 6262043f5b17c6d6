using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Globalization;

namespace HandshakeNano.Conformance.Segments;

/// <summary>Options as scripts write them.</summary>
internal static class TcpOptionText
{
    /// <summary>Writes options out.</summary>
    public static string Describe(byte[] options)
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
                (8, 10) => string.Create(CultureInfo.InvariantCulture,
                    $"TS val {BinaryPrimitives.ReadUInt32BigEndian(options.AsSpan(i + 2))} ecr {BinaryPrimitives.ReadUInt32BigEndian(options.AsSpan(i + 6))}"),
                _ => "hex " + Convert.ToHexString(options, i, length),
            });
            i += length;
        }

        return "<" + string.Join(",", texts) + ">";
    }
}
