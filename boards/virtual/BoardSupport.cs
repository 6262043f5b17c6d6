using System;
using HandshakeNano.Boards.Virtual;

namespace HandshakeNano.Firmware;

/// <summary>The board that this firmware is built for: the virtual one.</summary>
public static class BoardSupport
{
    /// <summary>What becomes of the firmware after a fault.</summary>
    public static Recovery Recovery
    {
        get { return VirtualBoard.Current == null ? new VirtualRecovery(null) : VirtualBoard.Current.Recovery; }
    }

    /// <summary>Gives the board.</summary>
    /// <returns><see cref="VirtualBoard.Current"/>.</returns>
    /// <exception cref="InvalidOperationException">No board has been set.</exception>
    public static Board Create()
    {
        return VirtualBoard.Current ?? throw new InvalidOperationException(
            "The virtual board has no link of its own: run the command 'handshake serve', or set VirtualBoard.Current first.");
    }
}
