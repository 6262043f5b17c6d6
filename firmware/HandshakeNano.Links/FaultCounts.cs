namespace HandshakeNano.Links;

/// <summary>What has happened to the frames of one direction.</summary>
public sealed class FaultCounts
{
    /// <summary>Frames that came to the fault injector.</summary>
    public ulong Frames { get; internal set; }

    /// <summary>Frames lost on purpose.</summary>
    public ulong Lost { get; internal set; }

    /// <summary>Frames doubled.</summary>
    public ulong Duplicated { get; internal set; }

    /// <summary>Frames kept back so that later ones overtake them.</summary>
    public ulong Reordered { get; internal set; }

    /// <summary>Frames with a bit turned over.</summary>
    public ulong Corrupted { get; internal set; }

    /// <summary>Frames, or their doubles, dropped because the queue was full.</summary>
    public ulong Overflowed { get; internal set; }
}
