using System;

namespace HandshakeNano.Http;

/// <summary>How much a server takes. Memory is taken once, when the server is made: some <see cref="HeadSize"/> bytes for each connection.</summary>
public sealed class HttpSettings
{
    private const ulong Second = 1_000_000;

    /// <summary>Added to the clock's time it is still a time to come, in microseconds.</summary>
    private const ulong LongestTime = 1UL << 60;

    /// <summary>How many connections are served at a time, 1 to 1000. One more is told to come again (503). The default is 4.</summary>
    public int Connections { get; set; } = 4;

    /// <summary>
    /// The longest head of a request, request line and fields, in bytes, 256 to 32768; a longer one is refused (414, 431). The
    /// default is 1536: a browser's takes some 500.
    /// </summary>
    public int HeadSize { get; set; } = 1536;

    /// <summary>The most fields of a request, 4 to 100; with more it is refused (431). The default is 32.</summary>
    public int Fields { get; set; } = 32;

    /// <summary>The largest content of a request, in bytes; a larger one is refused (413). The default is 65536.</summary>
    public int ContentSize { get; set; } = 65536;

    /// <summary>How long a head may take to come, in microseconds, 1 s to 2^60; then it is refused (408). The default is 10 s.</summary>
    public ulong HeadTimeout { get; set; } = 10_000_000;

    /// <summary>
    /// How long the content of a request may take to come, in microseconds, 1 s to 2^60; then it is refused (408), or the connection
    /// is reset if its answer has begun. The default is 60 s.
    /// </summary>
    public ulong ContentTimeout { get; set; } = 60_000_000;

    /// <summary>
    /// How long a connection may move no data, in microseconds, 1 s to 2^60; then it is reset. The default is 15 s. A connection without
    /// a request gives way to a new one at any time.
    /// </summary>
    public ulong IdleTimeout { get; set; } = 15_000_000;

    internal void Check()
    {
        if (Connections < 1 || Connections > 1000)
            throw new ArgumentException("HttpSettings.Connections must be 1 to 1000.");
        if (HeadSize < 256 || HeadSize > 32768)
            throw new ArgumentException("HttpSettings.HeadSize must be 256 to 32768 bytes.");
        if (Fields < 4 || Fields > 100)
            throw new ArgumentException("HttpSettings.Fields must be 4 to 100.");
        if (ContentSize < 0)
            throw new ArgumentException("HttpSettings.ContentSize must not be negative.");
        if (HeadTimeout < Second || HeadTimeout > LongestTime || ContentTimeout < Second || ContentTimeout > LongestTime
            || IdleTimeout < Second || IdleTimeout > LongestTime)
            throw new ArgumentException("HttpSettings.HeadTimeout, ContentTimeout and IdleTimeout must be 1,000,000 to 2^60 us.");
    }
}
