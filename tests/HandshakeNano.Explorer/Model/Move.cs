namespace HandshakeNano.Explorer.Model;

/// <summary>What can happen next.</summary>
internal enum MoveKind : byte
{
    /// <summary>A segment arrives.</summary>
    Deliver,

    /// <summary>A segment is lost.</summary>
    Lose,

    /// <summary>A segment is duplicated.</summary>
    Duplicate,

    /// <summary>Time passes until the next timer expires.</summary>
    Wait,

    /// <summary>A user opens a connection.</summary>
    Open,

    /// <summary>A user writes.</summary>
    Write,

    /// <summary>A user reads.</summary>
    Read,

    /// <summary>A user shuts its direction down.</summary>
    Shut,

    /// <summary>A user closes.</summary>
    Close,

    /// <summary>A user aborts.</summary>
    Abort,

    /// <summary>A host starts again.</summary>
    Reboot,

    /// <summary>A user calls the third host, which takes the one connection that its host has.</summary>
    Call,

    /// <summary>It gives that up.</summary>
    HangUp,

    /// <summary>A segment turns up that neither endpoint has sent.</summary>
    Stray,
}

/// <summary>One step.</summary>
/// <param name="Kind">What happens.</param>
/// <param name="Index">To which segment in flight; on which side, 0 for A and 1 for B; which stray of the scenario's.</param>
internal readonly record struct Move(MoveKind Kind, byte Index);
