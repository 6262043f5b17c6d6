using System;
using System.Threading;

namespace HandshakeNano.Client.Handshakes;

/// <summary>Has many handshakes done, as many at once and in a second as the plan says.</summary>
public static class HandshakeRun
{
    // How often it is told how far it is, and looked whether to stop.
    private const ulong Tick = 100_000;

    // Until another port is looked for, when none was free.
    private const ulong PortPause = 20_000;

    // What is late by less is made up for: a wait is a millisecond or two longer than it was meant to be.
    private const ulong MostLag = 10_000;

    /// <summary>Runs.</summary>
    /// <param name="handshaker">Does each handshake.</param>
    /// <param name="plan">How many, and when.</param>
    /// <param name="tell">Is given what came of them so far, ten times a second.</param>
    /// <param name="stop">Ends it early: what is under way does not count.</param>
    /// <returns>What came of them.</returns>
    public static HandshakeStatistics Run(Handshaker handshaker, HandshakePlan plan, Action<HandshakeStatistics> tell, CancellationToken stop)
    {
        var statistics = new HandshakeStatistics();
        double interval = plan.Rate is double rate ? 1e6 / rate : 0;
        ulong began = handshaker.Now, told = began;
        double next = began;
        long started = 0;
        while (statistics.Done < plan.Count && !stop.IsCancellationRequested)
        {
            ulong now = handshaker.Now;
            bool Wanted() => started < plan.Count && started - statistics.Done < plan.Parallel;
            while (Wanted() && now >= next && !stop.IsCancellationRequested)
            {
                if (!handshaker.TryStart())
                {
                    next = now + PortPause;
                    break;
                }

                started++;
                next = Math.Max(next + interval, (double)now - MostLag);
                now = handshaker.Now;
            }

            ulong until = now + Tick;
            if (Wanted())
                until = Math.Min(until, (ulong)Math.Max(next, now));
            handshaker.Wait(until, result => statistics.Add(result));
            statistics.Elapsed = handshaker.Now - began;
            if (handshaker.Now - told >= Tick)
            {
                told = handshaker.Now;
                tell(statistics);
            }
        }

        return statistics;
    }
}
