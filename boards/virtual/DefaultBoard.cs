#nullable enable
using HandshakeNano.Boards.Virtual;

namespace HandshakeNano.Firmware;

/// <summary>The board of a program that sets none.</summary>
internal static class DefaultBoard
{
    /// <summary>Opens it.</summary>
    /// <returns>The board.</returns>
    /// <exception cref="System.InvalidOperationException">There may be no TAP interface.</exception>
    internal static VirtualBoard Open()
    {
        return VirtualBoard.OnTap();
    }
}
