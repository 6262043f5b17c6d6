using HandshakeNano.Boards.Esp32;

namespace HandshakeNano.Firmware;

/// <summary>The board that this firmware is built for: Any ESP32 with Wi-Fi.</summary>
public static partial class BoardSupport
{
    /// <summary>Brings the board up.</summary>
    /// <returns>The board.</returns>
    public static Board Create()
    {
        return new VxlanBoard("esp32-wifi", Underlay.Wifi);
    }
}
