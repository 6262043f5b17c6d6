using System.IO;
using HandshakeNano.Links;

namespace HandshakeNano.Boards.Virtual;

/// <summary>Writes what a capture writes to a stream, such as a file. The stream stays the caller's.</summary>
public sealed class StreamSink : ByteSink
{
    private readonly Stream _stream;

    /// <summary>Makes a sink.</summary>
    /// <param name="stream">Where the bytes go.</param>
    public StreamSink(Stream stream)
    {
        _stream = stream;
    }

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count)
    {
        _stream.Write(buffer, offset, count);
    }
}
