using HandshakeNano.Explorer.Snapshots;

namespace HandshakeNano.Explorer.Model;

/// <summary>What a user has and may still do.</summary>
internal struct UserState
{
    /// <summary>The user holds a connection.</summary>
    public bool Holds;

    /// <summary>It holds one with the third host, and none with the other side.</summary>
    public bool Calls;

    /// <summary>It has shut its direction down.</summary>
    public bool Shut;

    public byte OpensLeft;
    public byte WritesLeft;
    public byte RebootsLeft;
    public byte IdlesLeft;
    public byte CallsLeft;
}

/// <summary>What the network has done and may still do.</summary>
internal struct NetworkState
{
    public byte LossesLeft;
    public byte DuplicatesLeft;
    public byte HoldsLeft;
    public byte FaultsLeft;
    public byte StraysLeft;

    /// <summary>Which strays have turned up, a bit each.</summary>
    public ushort StraysUsed;

    /// <summary>Something was lost or held back, so that a user may have to give up.</summary>
    public bool Imperfect;

    /// <summary>Something has happened after which a connection may end by a reset.</summary>
    public bool MayReset;
}

/// <summary>Everything that there is at one moment. It never changes.</summary>
internal sealed class State
{
    public required int LifeA { get; init; }

    public required Image A { get; init; }

    public required int LifeB { get; init; }

    public required Image B { get; init; }

    public required UserState UserA { get; init; }

    public required UserState UserB { get; init; }

    public required NetworkState Network { get; init; }

    public required Frame[] Flight { get; init; }

    public required Tcb[] Tcbs { get; init; }

    public required ulong Now { get; init; }
}
