namespace HandshakeNano.Client.Handshakes;

/// <summary>How a handshake ended.</summary>
public enum Outcome
{
    /// <summary>SYN, SYN,ACK, ACK.</summary>
    Connected,

    /// <summary>A reset answered the SYN.</summary>
    Refused,

    /// <summary>Nothing answered in time.</summary>
    TimedOut,

    /// <summary>Something else, such as no route.</summary>
    Failed,
}

/// <summary>One handshake that is over.</summary>
/// <param name="Outcome">How it ended.</param>
/// <param name="Microseconds">From the call that opened it to its end.</param>
/// <param name="SynsAgain">How often its SYN was sent again; null: the system does not say.</param>
/// <param name="Reason">Why it failed; null unless <paramref name="Outcome"/> is <see cref="Outcome.Failed"/>.</param>
public readonly record struct HandshakeResult(Outcome Outcome, ulong Microseconds, int? SynsAgain, string? Reason = null);
