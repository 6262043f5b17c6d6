using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Threading;
using HandshakeNano.Links;
using HandshakeNano.Net;
using HandshakeNano.Packets;

namespace HandshakeNano.Client.Trace;

/// <summary>What our stack said about a connection at a moment at which nothing was under way.</summary>
/// <param name="After">The segment that had been seen last.</param>
/// <param name="State">The connection's state.</param>
public sealed record StateObservation(Segment After, TcpState State);

/// <summary>Keeps every TCP segment that goes over a link, for one exchange that is to be drawn.</summary>
public sealed class SegmentRecorder : FrameObserver
{
    private readonly object _lock = new();
    private readonly List<Segment> _segments = [];
    private readonly List<StateObservation> _observations = [];
    private readonly long _start = Stopwatch.GetTimestamp();
    private readonly int _most;

    /// <summary>Makes a recorder.</summary>
    /// <param name="most">How many segments are kept; later ones are not.</param>
    public SegmentRecorder(int most = 10_000)
    {
        _most = most;
    }

    /// <summary>
    /// The connection whose state is noted before each segment that comes in: by then our stack is through with all
    /// earlier ones. Set it on the thread that polls.
    /// </summary>
    public TcpConnection? Watched { get; set; }

    /// <summary>Called for each segment, on the thread that polls, before the stack sees one that comes in.</summary>
    public Action<bool, Segment>? Seen { get; set; }

    /// <summary>The segments so far.</summary>
    /// <returns>A copy.</returns>
    public Segment[] GetSegments()
    {
        lock (_lock)
            return _segments.ToArray();
    }

    /// <summary>What was noted about <see cref="Watched"/>.</summary>
    /// <returns>A copy.</returns>
    public StateObservation[] GetObservations()
    {
        lock (_lock)
            return _observations.ToArray();
    }

    /// <summary>Waits until the segments so far show something.</summary>
    /// <param name="shown">Looks at them.</param>
    /// <param name="timeout">How long to wait at the most.</param>
    /// <returns>False if the time is over.</returns>
    public bool WaitUntil(Func<IReadOnlyList<Segment>, bool> shown, TimeSpan timeout)
    {
        long start = Stopwatch.GetTimestamp();
        lock (_lock)
        {
            while (!shown(_segments))
            {
                TimeSpan left = timeout - Stopwatch.GetElapsedTime(start);
                if (left <= TimeSpan.Zero)
                    return false;
                Monitor.Wait(_lock, left);
            }

            return true;
        }
    }

    /// <inheritdoc/>
    public override void OnFrame(bool sent, byte[] buffer, int length)
    {
        ulong time = (ulong)(Stopwatch.GetElapsedTime(_start).Ticks / TimeSpan.TicksPerMicrosecond);
        Segment? segment = Segment.Parse(buffer.AsSpan(FrameLayout.Ethernet, length), time);
        if (segment == null)
            return;
        lock (_lock)
        {
            if (!sent && Watched != null && _segments.Count > 0)
                _observations.Add(new StateObservation(_segments[^1], Watched.State));
            if (_segments.Count < _most)
                _segments.Add(segment);
            Monitor.PulseAll(_lock);
        }

        Seen?.Invoke(sent, segment);
    }
}
