using System;

namespace HandshakeNano.Net;

/// <summary>
/// A byte array whose length is a power of two, used as a ring: a number that only ever grows, modulo the length, is the place of
/// its byte.
/// </summary>
internal static class Ring
{
    /// <summary>Copies bytes into a ring.</summary>
    /// <param name="ring">The ring.</param>
    /// <param name="number">The number of the first byte.</param>
    /// <param name="source">Where they come from.</param>
    /// <param name="offset">Index of the first one there.</param>
    /// <param name="count">How many, at most the ring's length.</param>
    public static void Put(byte[] ring, uint number, byte[] source, int offset, int count)
    {
        int start = (int)(number & (uint)(ring.Length - 1));
        int first = ring.Length - start;
        if (first >= count)
            Array.Copy(source, offset, ring, start, count);
        else
        {
            Array.Copy(source, offset, ring, start, first);
            Array.Copy(source, offset + first, ring, 0, count - first);
        }
    }

    /// <summary>Copies bytes out of a ring.</summary>
    /// <param name="ring">The ring.</param>
    /// <param name="number">The number of the first byte.</param>
    /// <param name="target">Where they go.</param>
    /// <param name="offset">Index of the first one there.</param>
    /// <param name="count">How many, at most the ring's length.</param>
    public static void Get(byte[] ring, uint number, byte[] target, int offset, int count)
    {
        int start = (int)(number & (uint)(ring.Length - 1));
        int first = ring.Length - start;
        if (first >= count)
            Array.Copy(ring, start, target, offset, count);
        else
        {
            Array.Copy(ring, start, target, offset, first);
            Array.Copy(ring, 0, target, offset + first, count - first);
        }
    }
}
