namespace HandshakeNano.Boards.Esp32;

/// <summary>The network of the firmware that carries a tunnel.</summary>
public enum Underlay
{
    /// <summary>Wi-Fi, with the credentials that are stored on the device.</summary>
    Wifi,

    /// <summary>The chip's own Ethernet.</summary>
    Ethernet,
}
