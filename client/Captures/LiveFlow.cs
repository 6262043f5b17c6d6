using HandshakeNano.Client.Trace;

namespace HandshakeNano.Client.Captures;

/// <summary>What came of a handshake.</summary>
public enum HandshakeOutcome
{
    /// <summary>It goes on.</summary>
    UnderWay,

    /// <summary>Both ends are established.</summary>
    Completed,

    /// <summary>A reset answered the SYN: nothing listens there.</summary>
    Refused,

    /// <summary>A reset ended it before both ends were established.</summary>
    Reset,

    /// <summary>Nothing answered the SYN.</summary>
    NoAnswer,

    /// <summary>It was answered, and then nothing more came.</summary>
    HalfOpen,

    /// <summary>Its beginning was not seen.</summary>
    Unseen,
}

/// <summary>A connection that is drawn while it goes on.</summary>
/// <param name="flow">Its segments, and what they say.</param>
/// <param name="time">When the first of them was seen, in microseconds since 1970-01-01 00:00 UTC.</param>
public sealed class LiveFlow(Flow flow, ulong time)
{
    /// <summary>Its segments, and what they say.</summary>
    public Flow Flow { get; } = flow;

    /// <summary>The same as an exchange.</summary>
    public Exchange Exchange => Flow.Exchange;

    /// <summary>When the first segment was seen, in microseconds since 1970-01-01 00:00 UTC.</summary>
    public ulong Time { get; } = time;

    /// <summary>When the last one was seen.</summary>
    public ulong LastSeen { get; internal set; } = time;

    /// <summary>What came of the handshake.</summary>
    public HandshakeOutcome Outcome { get; internal set; }

    /// <summary>Microseconds from the first SYN until both ends were established; null if they were not, or the SYN was not seen.</summary>
    public ulong? HandshakeMicroseconds =>
        Outcome == HandshakeOutcome.Completed && Exchange.Opening != Opening.SynAck ? Exchange.HandshakeMicroseconds : null;

    /// <summary>True if it was closed or reset.</summary>
    public bool IsOver { get; internal set; }

    /// <summary>The last segment that was shown.</summary>
    public ExchangeRow? Shown { get; internal set; }

    internal HandshakeOutcome Judge() =>
        Exchange.Opening is Opening.Missing ? HandshakeOutcome.Unseen
        : Exchange.IsEstablished ? HandshakeOutcome.Completed
        : !Exchange.IsReset ? HandshakeOutcome.UnderWay
        : Exchange.Server.Iss == null ? HandshakeOutcome.Refused
        : HandshakeOutcome.Reset;
}
