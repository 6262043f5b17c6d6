using System;
using HandshakeNano.Net;

namespace HandshakeNano.Links;

/// <summary>A link that writes every frame of another link as a pcapng capture, with time and direction.</summary>
public sealed class PcapNgLink : TracerLink
{
    private readonly PcapNgWriter _writer;

    /// <summary>Wraps a link and writes the head of the capture. Times are those of the clock, from its own zero.</summary>
    /// <param name="inner">The link that carries the frames.</param>
    /// <param name="sink">Where the capture goes.</param>
    /// <param name="clock">Gives the time of each frame.</param>
    public PcapNgLink(ILink inner, ByteSink sink, IClock clock)
        : this(inner, sink, clock, 0, null)
    {
    }

    /// <summary>Wraps a link and writes the head of the capture.</summary>
    /// <param name="inner">The link that carries the frames.</param>
    /// <param name="sink">Where the capture goes.</param>
    /// <param name="clock">Gives the time of each frame.</param>
    /// <param name="epoch">
    /// The moment at which the clock showed 0, in microseconds since 1970-01-01 00:00 UTC; 0 if unknown.
    /// </param>
    /// <param name="interfaceName">The interface's name, ASCII, at most 64 letters; null: none.</param>
    public PcapNgLink(ILink inner, ByteSink sink, IClock clock, ulong epoch, string interfaceName)
        : this(inner, new PcapNgWriter(sink, clock, epoch, inner, interfaceName))
    {
    }

    private PcapNgLink(ILink inner, PcapNgWriter writer)
        : base(inner, writer)
    {
        _writer = writer;
    }

    /// <summary>What the sink threw, which ended the capture and nothing else; null as long as it goes on.</summary>
    public Exception Failure => _writer.Failure;
}
