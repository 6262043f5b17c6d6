namespace HandshakeNano.Net;

/// <summary>A clock that never goes back. Only the edge (the loop) reads it: the protocol is told the time.</summary>
public interface IClock
{
    /// <summary>Microseconds since some fixed moment, such as the start of the device.</summary>
    ulong GetMicroseconds();
}
