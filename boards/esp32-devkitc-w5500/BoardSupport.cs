using HandshakeNano.Boards.Esp32;

namespace HandshakeNano.Firmware;

/// <summary>The board that this firmware is built for: ESP32-DevKitC with a W5500 module.</summary>
public static partial class BoardSupport
{
    /// <summary>Brings the board up.</summary>
    /// <returns>The board.</returns>
    public static Board Create()
    {
        return new W5500Board("esp32-devkitc-w5500", new W5500Wiring
        {
            SpiBus = 2,
            ClockFrequency = 20_000_000,
            Clock = 18,
            Mosi = 23,
            Miso = 19,
            ChipSelect = 22,
            Interrupt = 27,
            Reset = 26,
        });
    }
}
