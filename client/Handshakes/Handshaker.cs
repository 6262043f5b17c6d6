using System;

namespace HandshakeNano.Client.Handshakes;

/// <summary>Shakes hands with one target, and closes each connection at once. One thread owns it.</summary>
public abstract class Handshaker : IDisposable
{
    /// <summary>The time in microseconds; it never goes back.</summary>
    public abstract ulong Now { get; }

    /// <summary>Begins a handshake.</summary>
    /// <returns>False if none can be begun now, because no local port or connection is free; one may be later.</returns>
    public abstract bool TryStart();

    /// <summary>Waits until a handshake is over, and gives all that are.</summary>
    /// <param name="until">When to return if none is, in microseconds.</param>
    /// <param name="done">Is given each.</param>
    public abstract void Wait(ulong until, Action<HandshakeResult> done);

    /// <summary>Gives up the handshakes that are under way.</summary>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Gives up the handshakes that are under way.</summary>
    /// <param name="disposing">True.</param>
    protected abstract void Dispose(bool disposing);
}
