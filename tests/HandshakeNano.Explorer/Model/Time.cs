namespace HandshakeNano.Explorer.Model;

/// <summary>
/// Time passes in phases of half a second, as every timer here is a multiple of it, and a step takes four milliseconds of the
/// phase that it falls into. So initial sequence numbers, which come from the clock, differ from step to step, while two states
/// are alike if their deadlines are equally many phases away.
/// </summary>
internal static class Time
{
    /// <summary>Length of a phase in microseconds.</summary>
    public const ulong PhaseLength = 500_000;

    /// <summary>How long a step takes, in microseconds.</summary>
    public const ulong Step = 4_000;

    /// <summary>When everything begins: soon after a step of the SYN cookies' time, which lasts 67 s, so that none ends.</summary>
    public const ulong Start = 2_000_113 * PhaseLength;

    /// <summary>First retransmission timeout, and every other one.</summary>
    public const ulong Retransmission = 2 * PhaseLength;

    /// <summary>How long an acknowledgment may be delayed.</summary>
    public const ulong DelayedAcknowledgment = PhaseLength;

    /// <summary>After how long a SYN or data is given up.</summary>
    public const ulong GiveUp = 8 * PhaseLength;

    /// <summary>How often a SYN,ACK is sent again, until its half-open connection is given up after the same time.</summary>
    public const int SynAckRetransmissions = (int)(GiveUp / Retransmission) - 1;

    /// <summary>The network holds a segment no longer than that; TIME-WAIT lasts twice as long.</summary>
    public const ulong MaximumSegmentLifetime = 2 * PhaseLength;

    /// <summary>How long a closed connection waits for the peer's FIN.</summary>
    public const ulong FinWait2 = 6 * PhaseLength;

    /// <summary>The phase that a time falls into.</summary>
    /// <param name="time">The time in microseconds.</param>
    /// <returns>Its number.</returns>
    public static ulong Phase(ulong time) => time / PhaseLength;
}
