namespace HandshakeNano.Links;

/// <summary>What a <see cref="FaultLink"/> does to the frames of both directions.</summary>
public sealed class FaultSettings
{
    /// <summary>Faults of what we send.</summary>
    public readonly FaultRates Sent = new FaultRates();

    /// <summary>Faults of what we receive.</summary>
    public readonly FaultRates Received = new FaultRates();

    /// <summary>Chooses the frames that are hit; the same seed and the same frames give the same faults.</summary>
    public ulong Seed = 1;

    /// <summary>
    /// How many frames each direction holds while they are late, 1 to 4096; a frame that finds no room is dropped. Memory: a
    /// frame buffer each.
    /// </summary>
    public int QueueLength = 64;
}
