using HandshakeNano.Boards.Esp32;

namespace HandshakeNano.Firmware;

/// <summary>The board that this firmware is built for: ESP32-C3-DevKitM-1 with a W5500 module.</summary>
public static partial class BoardSupport
{
    /// <summary>Brings the board up.</summary>
    /// <returns>The board.</returns>
    public static Board Create()
    {
        return new W5500Board("esp32-c3-devkitm-w5500", new W5500Wiring
        {
            SpiBus = 1,
            ClockFrequency = 20_000_000,
            Clock = 6,
            Mosi = 7,
            Miso = 5,
            ChipSelect = 10,
            Interrupt = 4,
            Reset = 3,
        });
    }
}
