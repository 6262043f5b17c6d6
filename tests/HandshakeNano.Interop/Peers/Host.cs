using System;

namespace HandshakeNano.Interop.Peers;

/// <summary>
/// A TCP, seen from its user: ours, the Linux kernel's or a foreign one's. No method waits; what was asked for happens while
/// the lab turns.
/// </summary>
internal abstract class Host : IDisposable
{
    /// <summary>Its IPv4 address.</summary>
    public abstract string Address { get; }

    /// <summary>Takes connections on a port from now on.</summary>
    public abstract void Listen(int port);

    /// <summary>The next connection of a port that <see cref="Listen"/> named; null if there is none yet.</summary>
    public abstract End? Accept(int port);

    /// <summary>Opens a connection.</summary>
    /// <param name="address">The other host's IPv4 address.</param>
    /// <param name="port">The other host's port.</param>
    /// <param name="localPort">This host's port; 0 for any.</param>
    public abstract End Connect(string address, int port, int localPort = 0);

    /// <summary>Lets its users read and write what they can; called again and again.</summary>
    public virtual void Turn()
    {
    }

    /// <summary>Takes no more connections, and leaves those that there are.</summary>
    public abstract void Dispose();
}
