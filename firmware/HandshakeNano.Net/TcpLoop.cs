using System;

namespace HandshakeNano.Net;

/// <summary>
/// What drives an endpoint: reads the clock, polls, and waits on the link until there is something to do. Everything happens
/// on the thread that calls it. Other threads may call <see cref="Wake"/> and nothing else of a loop, its endpoint, its listeners
/// and its connections.
/// </summary>
public sealed class TcpLoop
{
    /// <summary>How long a step without a limit waits, in milliseconds: an hour, as a link may add the time to its clock's.</summary>
    private const int LongestWait = 3_600_000;

    private readonly TcpEndpoint _endpoint;
    private readonly ILink _link;
    private readonly IClock _clock;

    /// <summary>Makes a loop.</summary>
    /// <param name="endpoint">The endpoint.</param>
    /// <param name="link">The endpoint's link.</param>
    /// <param name="clock">What the time is.</param>
    public TcpLoop(TcpEndpoint endpoint, ILink link, IClock clock)
    {
        _endpoint = endpoint ?? throw new ArgumentNullException(nameof(endpoint));
        _link = link ?? throw new ArgumentNullException(nameof(link));
        _clock = clock ?? throw new ArgumentNullException(nameof(clock));
    }

    internal TcpEndpoint Endpoint
    {
        get { return _endpoint; }
    }

    /// <summary>The time in microseconds.</summary>
    public ulong Now
    {
        get { return _clock.GetMicroseconds(); }
    }

    /// <summary>
    /// Has the <see cref="Step"/> that waits return, or the next one that would wait: another thread has something for the one
    /// that owns the endpoint. Any thread may call it.
    /// </summary>
    /// <remarks>
    /// Hand the data over first (in a field, or a queue with a lock), then wake. What the loop's thread does with it is up to the
    /// program: it looks for it after each Step. A blocking call of <see cref="TcpStream"/> steps on until it is done.
    /// </remarks>
    public void Wake()
    {
        _link.Wake();
    }

    /// <summary>Polls once and then waits for a frame or the next deadline, unless something has come that no handler was told.</summary>
    /// <param name="maximumMilliseconds">
    /// How long to wait at the most, in milliseconds; 0 to poll without waiting, <see cref="TcpStream.Infinite"/> for no limit. It may return
    /// early.
    /// </param>
    public void Step(int maximumMilliseconds)
    {
        ulong now = _clock.GetMicroseconds();
        ulong next = _endpoint.Poll(now);
        if (maximumMilliseconds == 0 || next <= now || _endpoint.TakeNews())
            return;
        int most = maximumMilliseconds < 0 ? LongestWait : maximumMilliseconds;
        ulong wait = (next - now - 1) / 1000 + 1;
        _link.Wait(wait < (ulong)most ? (int)wait : most);
    }
}
