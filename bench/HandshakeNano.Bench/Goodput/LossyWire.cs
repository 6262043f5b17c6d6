using System;
using System.Threading;
using HandshakeNano.Boards.Virtual;
using HandshakeNano.Firmware;
using HandshakeNano.Links;
using HandshakeNano.Net;

namespace HandshakeNano.Bench.Goodput;

/// <summary>
/// An Ethernet cable between two network namespaces, with the fault injector in it: each frame takes its time, and some are lost.
/// Which ones depends on the seed alone.
/// </summary>
internal sealed class LossyWire : IDisposable
{
    /// <summary>How long each frame takes each way, in microseconds.</summary>
    public const int Delay = 50_000;

    private readonly TapLink _a;
    private readonly TapLink _b;
    private readonly Thread[] _pumps;
    private volatile bool _stopped;

    /// <summary>Begins to carry frames.</summary>
    /// <param name="a">The wire's TAP device at one end.</param>
    /// <param name="b">The one at the other end.</param>
    /// <param name="loss">Chance that a frame is lost, in 65536ths.</param>
    /// <param name="seed">Chooses the lost frames.</param>
    public LossyWire(TapLink a, TapLink b, int loss, int seed)
    {
        _a = a;
        _b = b;
        _pumps = [Start(a, b, loss, 2 * seed), Start(b, a, loss, (2 * seed) + 1)];
    }

    public void Dispose()
    {
        _stopped = true;
        _a.Wake();
        _b.Wake();
        foreach (Thread pump in _pumps)
            pump.Join();
    }

    private Thread Start(TapLink from, TapLink to, int loss, int seed)
    {
        var settings = new FaultSettings { Seed = (ulong)seed, QueueLength = 4096 };
        settings.Received.Loss = loss;
        settings.Received.Delay = Delay;
        var late = new FaultLink(from, new HighResTimerClock(), settings);
        var thread = new Thread(() => Pump(late, to)) { IsBackground = true, Name = "wire" };
        thread.Start();
        return thread;
    }

    private void Pump(FaultLink from, TapLink to)
    {
        var frame = new byte[FrameLayout.BufferSize(to.Mtu)];
        while (!_stopped)
        {
            int length = from.Receive(frame);
            if (length > 0)
                to.Send(frame, length);
            else
                from.Wait(1_000);
        }
    }
}
