namespace HandshakeNano.Client.Trace;

/// <summary>What is worth a remark at a segment.</summary>
public enum MarkKind
{
    /// <summary>It was sent before.</summary>
    Retransmission,

    /// <summary>It came later than what was sent after it.</summary>
    OutOfOrder,

    /// <summary>What was sent before it is not in the capture so far.</summary>
    Gap,

    /// <summary>It did not reach its receiver, or its receiver did not take it.</summary>
    Dropped,

    /// <summary>It acknowledges the same as the one before it, while something is under way.</summary>
    DuplicateAck,

    /// <summary>It acknowledges what is not in the capture.</summary>
    UnseenAck,

    /// <summary>Its sender takes no data.</summary>
    ZeroWindow,

    /// <summary>It asks for a sign of life.</summary>
    KeepAlive,

    /// <summary>It resets the connection, or is meant to.</summary>
    Reset,
}

/// <summary>A remark at a segment.</summary>
/// <param name="Kind">What it is about.</param>
/// <param name="Text">The remark with its reason, as far as the capture shows one.</param>
public sealed record Mark(MarkKind Kind, string Text);

/// <summary>Something odd in a flow.</summary>
/// <param name="Kind">A name with stable spelling, such as "refused".</param>
/// <param name="Text">A sentence.</param>
public sealed record Finding(string Kind, string Text);
