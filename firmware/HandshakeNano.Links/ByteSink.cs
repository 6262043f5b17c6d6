namespace HandshakeNano.Links;

/// <summary>Where the bytes of a capture go: a file, a UART, memory.</summary>
public abstract class ByteSink
{
    /// <summary>Takes bytes; the buffer is the caller's again when this returns. One that throws is not asked again.</summary>
    /// <param name="buffer">Holds the bytes.</param>
    /// <param name="offset">Index of the first one.</param>
    /// <param name="count">How many.</param>
    public abstract void Write(byte[] buffer, int offset, int count);
}
