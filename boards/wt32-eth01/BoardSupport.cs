using HandshakeNano.Boards.Esp32;

namespace HandshakeNano.Firmware;

/// <summary>The board that this firmware is built for: Wireless-Tag WT32-ETH01.</summary>
public static partial class BoardSupport
{
    /// <summary>Brings the board up.</summary>
    /// <returns>The board.</returns>
    public static Board Create()
    {
        return new VxlanBoard("wt32-eth01", Underlay.Ethernet);
    }
}
