using System;
using System.Collections.Concurrent;
using System.IO;
using System.Net;
using System.Threading;
using HandshakeNano.Client.Captures;
using HandshakeNano.Client.Wording;
using HandshakeNano.Packets;

namespace HandshakeNano.Client.Output;

/// <summary>
/// Draws the one connection of our own stack while it goes on, on a thread of its own: who hands over a segment never waits for a terminal.
/// </summary>
public sealed class LiveDrawing : IDisposable
{
    private const int MostWaiting = 20_000;

    private readonly BlockingCollection<Segment> _waiting = new(MostWaiting);
    private readonly Screen _screen;
    private readonly Thread _thread;
    private IPEndPoint? _ours;
    private long _left;
    private IOException? _failure;

    /// <summary>Begins.</summary>
    /// <param name="screen">Where it is drawn.</param>
    public LiveDrawing(Screen screen)
    {
        _screen = screen;
        _thread = new Thread(Draw) { Name = "drawing", IsBackground = true };
        _thread.Start();
    }

    /// <summary>Hands over a segment. The first one that we send says which connection is drawn.</summary>
    /// <param name="sent">True if we send it.</param>
    /// <param name="segment">The segment.</param>
    public void Add(bool sent, Segment segment)
    {
        if (sent)
            _ours ??= segment.Source;
        if (_ours != null && (segment.Source.Equals(_ours) || segment.Destination.Equals(_ours)) && !_waiting.TryAdd(segment))
            _left++;
    }

    /// <summary>There are no more segments: waits until all are drawn.</summary>
    /// <exception cref="IOException">What was drawn could not be written.</exception>
    public void Finish()
    {
        _waiting.CompleteAdding();
        _thread.Join();
        if (_failure != null)
            throw new IOException(_failure.Message, _failure);
        if (_left > 0)
            _screen.WriteLine($"({Quantity.Count(_left, "segment")} not drawn: they came faster than they were read)");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _waiting.CompleteAdding();
        _thread.Join();
        _waiting.Dispose();
    }

    private void Draw()
    {
        var flows = new LiveFlows(new LadderView(_screen, isOne: true, all: true), all: true, clientName: "us", serverName: "peer");
        try
        {
            foreach (Segment segment in _waiting.GetConsumingEnumerable())
                flows.Add(segment);
        }
        catch (IOException e)
        {
            _failure = e;
        }
    }
}
