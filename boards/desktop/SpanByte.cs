namespace System;

/// <summary>Part of an array of bytes: nanoFramework's own type, which goes wherever .NET takes a span.</summary>
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

    /// <summary>The bytes, to be read and written.</summary>
    /// <param name="bytes">The part of an array.</param>
    public static implicit operator Span<byte>(SpanByte bytes) => bytes._bytes;

    /// <summary>The bytes, to be read.</summary>
    /// <param name="bytes">The part of an array.</param>
    public static implicit operator ReadOnlySpan<byte>(SpanByte bytes) => bytes._bytes;
}
