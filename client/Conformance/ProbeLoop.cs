using System;
using System.Collections.Generic;
using System.Runtime.ExceptionServices;
using System.Threading;
using System.Threading.Tasks;
using HandshakeNano.Packets;

namespace HandshakeNano.Client.Conformance;

/// <summary>
/// Runs many conversations at once on one thread, each written as if it were alone: what waits for a segment or for a moment
/// goes on here. The order of events depends on the world alone, so a run in virtual time is always the same.
/// </summary>
internal sealed class ProbeLoop : SynchronizationContext
{
    /// <summary>What comes later than this after its moment, in microseconds, shows that the computer had other things to do.</summary>
    internal const ulong Busy = 50_000;

    private readonly ProbeWorld _world;
    private readonly ProbeHost _host;
    private readonly Queue<(SendOrPostCallback Callback, object? State)> _work = [];
    private readonly PriorityQueue<TaskCompletionSource, ulong> _moments = new();

    internal ProbeLoop(ProbeWorld world, ProbeHost host)
    {
        _world = world;
        _host = host;
    }

    /// <summary>The time in microseconds.</summary>
    internal ulong Now => _world.Now;

    /// <summary>How often a moment came more than <see cref="Busy"/> late.</summary>
    internal int Delays { get; private set; }

    /// <summary>True if waiting costs nothing.</summary>
    internal bool IsVirtual => _world.IsVirtual;

    public override void Post(SendOrPostCallback d, object? state) => _work.Enqueue((d, state));

    /// <summary>Runs something until it is done.</summary>
    /// <param name="main">What to run.</param>
    internal void Run(Func<Task> main)
    {
        SynchronizationContext? before = Current;
        SetSynchronizationContext(this);
        try
        {
            Task task = main();
            while (Turn(task))
            {
            }

            if (task.Exception != null)
                ExceptionDispatchInfo.Throw(task.Exception.InnerException!);
        }
        finally
        {
            SetSynchronizationContext(before);
        }
    }

    /// <summary>Is done once a time has passed.</summary>
    /// <param name="microseconds">The time.</param>
    internal Task Delay(ulong microseconds) => Until(Now + microseconds);

    /// <summary>Is done once a moment is there.</summary>
    /// <param name="moment">The moment, in microseconds.</param>
    internal Task Until(ulong moment)
    {
        var source = new TaskCompletionSource();
        WakeAt(source, moment);
        return source.Task;
    }

    /// <summary>Completes something at a moment, unless it is completed before. What waits for it goes on at once, in here.</summary>
    /// <param name="source">What is completed.</param>
    /// <param name="moment">The moment, in microseconds.</param>
    internal void WakeAt(TaskCompletionSource source, ulong moment) => _moments.Enqueue(source, moment);

    private bool Turn(Task task)
    {
        while (_work.TryDequeue(out (SendOrPostCallback Callback, object? State) work))
            work.Callback(work.State);
        if (task.IsCompleted)
            return false;
        ulong now = _world.Now;
        bool hasFrame = _host.Poll(now);
        if (_moments.TryPeek(out TaskCompletionSource? source, out ulong moment) && moment <= now)
        {
            if (now - moment > Busy)
                Delays++;
            _moments.Dequeue();
            source.TrySetResult();
        }
        else if (!hasFrame)
        {
            _world.Wait(_moments.Count > 0 ? moment : now + 1_000_000);
        }

        return true;
    }
}
