using System;
using System.Numerics;

namespace HandshakeNano.Explorer.Snapshots;

/// <summary>A snapshot in little room: the words that differ from a template's, and which those are.</summary>
internal sealed class Image
{
    private readonly ulong[] _packed;

    private Image(ulong[] packed)
    {
        _packed = packed;
    }

    /// <summary>Packs a snapshot.</summary>
    /// <param name="words">The snapshot.</param>
    /// <param name="template">The template, of the same length.</param>
    /// <returns>The image.</returns>
    public static Image Pack(ReadOnlySpan<ulong> words, ReadOnlySpan<ulong> template)
    {
        int masks = (words.Length + 63) / 64;
        Span<ulong> packed = stackalloc ulong[masks + words.Length];
        packed[..masks].Clear();
        int count = masks;
        for (int i = 0; i < words.Length; i++)
        {
            if (words[i] == template[i])
                continue;
            packed[i / 64] |= 1UL << (i % 64);
            packed[count++] = words[i];
        }

        return new Image(packed[..count].ToArray());
    }

    /// <summary>Unpacks the snapshot.</summary>
    /// <param name="words">Where it goes.</param>
    /// <param name="template">The template that it was packed with.</param>
    public void Unpack(Span<ulong> words, ReadOnlySpan<ulong> template)
    {
        template.CopyTo(words);
        int next = (words.Length + 63) / 64;
        int masks = next;
        for (int i = 0; i < masks; i++)
        {
            for (ulong mask = _packed[i]; mask != 0; mask &= mask - 1)
                words[i * 64 + BitOperations.TrailingZeroCount(mask)] = _packed[next++];
        }
    }
}
