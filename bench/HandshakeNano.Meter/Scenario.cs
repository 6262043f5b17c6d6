using System;

namespace HandshakeNano.Meter;

/// <summary>
/// A piece of traffic whose cost is of interest. A scenario brings its own endpoint, link and time, and can run again
/// and again: <see cref="Prepare"/>, <see cref="Run"/>, <see cref="Complete"/>.
/// </summary>
/// <remarks>Only <see cref="Run"/> is measured. It throws if the traffic does not go as the name says.</remarks>
public abstract class Scenario
{
    /// <summary>What happens in <see cref="Run"/>.</summary>
    public abstract string Name { get; }

    /// <summary>How many connections <see cref="Run"/> gives to the application, which gets a small object for each.</summary>
    public virtual int ConnectionsGiven => 0;

    /// <summary>Brings everything to where <see cref="Run"/> begins.</summary>
    public virtual void Prepare()
    {
    }

    /// <summary>The part that is measured.</summary>
    public abstract void Run();

    /// <summary>Clears up what <see cref="Run"/> leaves behind.</summary>
    public virtual void Complete()
    {
    }

    /// <summary>Goes through all three steps, so that pools, caches and tables are in their steady state.</summary>
    /// <param name="times">How often.</param>
    public void WarmUp(int times)
    {
        for (var i = 0; i < times; i++)
        {
            Prepare();
            Run();
            Complete();
        }
    }

    /// <summary>Managed bytes that <see cref="Run"/> allocates on this thread, summed over some runs.</summary>
    /// <param name="runs">How many runs.</param>
    public long MeasureAllocatedBytes(int runs)
    {
        long allocated = 0;
        for (var i = 0; i < runs; i++)
        {
            Prepare();
            var before = GC.GetAllocatedBytesForCurrentThread();
            Run();
            allocated += GC.GetAllocatedBytesForCurrentThread() - before;
            Complete();
        }

        return allocated;
    }
}
