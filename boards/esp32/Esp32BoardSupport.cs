using HandshakeNano.Boards.Esp32;

namespace HandshakeNano.Firmware;

/// <summary>The board that this firmware is built for: what all boards with an ESP32 have.</summary>
public static partial class BoardSupport
{
    /// <summary>What becomes of the board after a fault.</summary>
    public static Recovery Recovery
    {
        get { return new Esp32Recovery(); }
    }
}
