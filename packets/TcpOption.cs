using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;

namespace HandshakeNano.Packets;

/// <summary>One option of a TCP header.</summary>
/// <param name="Kind">The option's kind, as IANA assigns them.</param>
/// <param name="Name">A short name with stable spelling: "mss", "window-scale", "unknown", ...</param>
/// <param name="Values">Its numbers, in the order of the wire, in host byte order.</param>
/// <param name="Malformed">True if the length is not what the kind demands, or reaches past the header.</param>
public sealed record TcpOption(int Kind, string Name, IReadOnlyList<uint> Values, bool Malformed = false)
{
    /// <summary>True for the two options that only fill the header up.</summary>
    public bool IsPadding => Kind is 0 or 1;

    /// <summary>The option in words.</summary>
    /// <param name="sackBase">What the edges of SACK blocks are counted from: the initial sequence number they concern.</param>
    /// <returns>For example "window scale 7 (x128)".</returns>
    public string ToText(uint sackBase = 0)
    {
        if (Malformed)
            return string.Create(CultureInfo.InvariantCulture, $"malformed option {Kind}");
        return Kind switch
        {
            0 => "end of options",
            1 => "no-operation",
            2 => Text($"MSS {Values[0]}"),
            3 => Values[0] <= 14
                ? Text($"window scale {Values[0]} (x{1 << (int)Values[0]})")
                : Text($"window scale {Values[0]} (taken as 14, x16384)"),
            4 => "SACK permitted",
            5 => "SACK " + string.Join(", ", Values.Chunk(2).Select(block => Text($"{block[0] - sackBase}-{block[1] - sackBase}"))),
            8 => Text($"timestamps {Values[0]} echo {Values[1]}"),
            _ => Text($"option {Kind}"),
        };
    }

    /// <summary>Writes options.</summary>
    /// <param name="options">Well-formed options, in the order of the wire.</param>
    /// <returns>The bytes, with no-operations at the end up to a whole number of words.</returns>
    public static byte[] ToBytes(IEnumerable<TcpOption> options)
    {
        var bytes = new List<byte>();
        foreach (TcpOption option in options)
        {
            byte[] body = option.Kind switch
            {
                2 => Words(option.Values, 2),
                5 or 8 => Words(option.Values, 4),
                _ => Words(option.Values, 1),
            };
            bytes.AddRange(option.IsPadding ? [(byte)option.Kind] : [(byte)option.Kind, (byte)(2 + body.Length), .. body]);
        }

        while (bytes.Count % 4 != 0)
            bytes.Add(1);
        return [.. bytes];
    }

    /// <summary>Takes the options of a TCP header apart. Never throws and never loops, whatever the bytes are.</summary>
    /// <param name="bytes">The header from its 21st byte to its end.</param>
    /// <returns>The options up to the end-of-options or the first that has no possible length.</returns>
    public static IReadOnlyList<TcpOption> Parse(ReadOnlySpan<byte> bytes)
    {
        var options = new List<TcpOption>();
        while (!bytes.IsEmpty)
        {
            int kind = bytes[0];
            if (kind == 0)
            {
                options.Add(new TcpOption(0, "end", []));
                break;
            }

            if (kind == 1)
            {
                options.Add(new TcpOption(1, "no-operation", []));
                bytes = bytes[1..];
                continue;
            }

            int length = bytes.Length > 1 ? bytes[1] : 0;
            if (length < 2 || length > bytes.Length)
            {
                // Where the next option would begin is unknown, so nothing after this one means anything.
                options.Add(new TcpOption(kind, NameOf(kind), [], Malformed: true));
                break;
            }

            options.Add(ParseOne(kind, bytes[2..length]));
            bytes = bytes[length..];
        }

        return options;
    }

    private static TcpOption ParseOne(int kind, ReadOnlySpan<byte> body)
    {
        uint[]? values = (kind, body.Length) switch
        {
            (2, 2) => [BinaryPrimitives.ReadUInt16BigEndian(body)],
            (3, 1) => [body[0]],
            (4, 0) => [],
            (5, 8 or 16 or 24 or 32) => Words(body),
            (8, 8) => Words(body),
            (2 or 3 or 4 or 5 or 8, _) => null,
            _ => body.ToArray().Select(value => (uint)value).ToArray(),
        };
        return new TcpOption(kind, NameOf(kind), values ?? [], values == null);
    }

    private static byte[] Words(IReadOnlyList<uint> values, int size) =>
        [.. values.SelectMany(value => Enumerable.Range(1, size).Select(i => (byte)(value >> (8 * (size - i)))))];

    private static uint[] Words(ReadOnlySpan<byte> body)
    {
        var words = new uint[body.Length / 4];
        for (int i = 0; i < words.Length; i++)
            words[i] = BinaryPrimitives.ReadUInt32BigEndian(body[(4 * i)..]);
        return words;
    }

    private static string NameOf(int kind) => kind switch
    {
        2 => "mss",
        3 => "window-scale",
        4 => "sack-permitted",
        5 => "sack",
        8 => "timestamps",
        _ => "unknown",
    };

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
