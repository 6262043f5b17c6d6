using HandshakeNano.Boards.Esp32;

namespace HandshakeNano.Firmware;

/// <summary>The board that this firmware is built for: ESP32-S3-DevKitC-1 with a W5500 module.</summary>
public static partial class BoardSupport
{
    /// <summary>Brings the board up.</summary>
    /// <returns>The board.</returns>
    public static Board Create()
    {
        return new W5500Board("esp32-s3-devkitc-w5500", new W5500Wiring
        {
            SpiBus = 1,
            ClockFrequency = 20_000_000,
            Clock = 12,
            Mosi = 11,
            Miso = 13,
            ChipSelect = 10,
            Interrupt = 4,
            Reset = 5,
        });
    }
}
