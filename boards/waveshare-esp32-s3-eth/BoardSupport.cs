using HandshakeNano.Boards.Esp32;

namespace HandshakeNano.Firmware;

/// <summary>The board that this firmware is built for: Waveshare ESP32-S3-ETH.</summary>
public static partial class BoardSupport
{
    /// <summary>Brings the board up.</summary>
    /// <returns>The board.</returns>
    public static Board Create()
    {
        return new W5500Board("waveshare-esp32-s3-eth", new W5500Wiring
        {
            SpiBus = 1,
            ClockFrequency = 20_000_000,
            Clock = 13,
            Mosi = 11,
            Miso = 12,
            ChipSelect = 14,
            Interrupt = 10,
            Reset = 9,
        });
    }
}
