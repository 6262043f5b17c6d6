using System;
using HandshakeNano.Boards.Virtual;

namespace HandshakeNano.Firmware;

/// <summary>The board that this firmware is built for, where that is a PC.</summary>
public static class BoardSupport
{
    /// <summary>What becomes of the firmware after a fault.</summary>
    public static Recovery Recovery
    {
        get { return VirtualBoard.Current == null ? new VirtualRecovery(null) : VirtualBoard.Current.Recovery; }
    }

    /// <summary>How much of the managed memory is free, in bytes. A device looks through all of it for the answer.</summary>
    public static long FreeMemory
    {
        get { return GC.GetGCMemoryInfo().TotalAvailableMemoryBytes - GC.GetTotalMemory(false); }
    }

    /// <summary>Gives the board.</summary>
    /// <returns><see cref="VirtualBoard.Current"/>; if none has been set, the build's own.</returns>
    /// <exception cref="InvalidOperationException">No board has been set, and the build's own cannot be opened.</exception>
    public static Board Create()
    {
        return VirtualBoard.Current ?? DefaultBoard.Open();
    }
}
