using HandshakeNano.Net;

namespace HandshakeNano.Interop.Peers;

/// <summary>One end of a connection, in the hands of its user, who reads whatever comes.</summary>
internal abstract class End
{
    /// <summary>Its state (RFC 9293 section 3.3.2).</summary>
    public abstract TcpState State { get; }

    /// <summary>How many bytes the user has got.</summary>
    public abstract int Received { get; }

    /// <summary>They are the bytes that were expected.</summary>
    public abstract bool IsRight { get; }

    /// <summary>The peer's FIN has come after them.</summary>
    public abstract bool HasEnded { get; }

    /// <summary>The peer reset the connection, or refused it.</summary>
    public abstract bool WasReset { get; }

    /// <summary>Sends the first bytes of <see cref="Traffic.Bytes"/> with this seed, as fast as the TCP takes them.</summary>
    public abstract void Send(int seed, int count);

    /// <summary>What comes is to be the bytes of <see cref="Traffic.Bytes"/> with this seed.</summary>
    public abstract void Expect(int seed);

    /// <summary>Closes this end's direction, after what was sent.</summary>
    public abstract void Shutdown();

    /// <summary>Ends the connection with a reset.</summary>
    public abstract void Abort();
}
