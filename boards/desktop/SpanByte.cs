namespace System;

/// <summary>Part of an array of bytes: the desktop's stand-in for the device's type of the same name.</summary>
public readonly ref struct SpanByte
{
    private readonly Span<byte> _bytes;

    /// <summary>Takes part of an array.</summary>
    /// <param name="array">The array.</param>
    /// <param name="start">Index of the first byte.</param>
    /// <param name="length">How many bytes.</param>
    /// <exception cref="ArgumentOutOfRangeException">The part is not in the array.</exception>
    public SpanByte(byte[] array, int start, int length)
    {
        _bytes = new Span<byte>(array, start, length);
    }

    /// <summary>How many bytes.</summary>
    public int Length => _bytes.Length;

    /// <summary>The bytes, for code that stands in for hardware; the device's type has no such member.</summary>
    /// <returns>The bytes themselves.</returns>
    public Span<byte> AsSpan()
    {
        return _bytes;
    }
}
