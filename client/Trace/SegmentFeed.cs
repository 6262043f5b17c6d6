using System;
using System.Diagnostics;
using HandshakeNano.Links;
using HandshakeNano.Net;
using HandshakeNano.Packets;

namespace HandshakeNano.Client.Trace;

/// <summary>Passes on every TCP segment that goes over a link, with the time of day.</summary>
/// <param name="take">Is given each segment, on the thread that polls, before the stack sees one that comes in. It must not wait.</param>
public sealed class SegmentFeed(Action<Segment> take) : FrameObserver
{
    private readonly ulong _epoch = WallClock.Microseconds;
    private readonly long _start = Stopwatch.GetTimestamp();

    /// <inheritdoc/>
    public override void OnFrame(bool sent, byte[] buffer, int length)
    {
        ulong time = _epoch + (ulong)(Stopwatch.GetElapsedTime(_start).Ticks / TimeSpan.TicksPerMicrosecond);
        if (Segment.Parse(buffer.AsSpan(FrameLayout.Ethernet, length), length, LinkHeader.Ethernet, time, Exchange.MostPayload) is Segment segment)
            take(segment);
    }
}
