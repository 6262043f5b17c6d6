namespace HandshakeNano.Firmware;

/// <summary>The board that the gate compiles the firmware for; it is never run.</summary>
internal static class BoardSupport
{
    public static Board Create()
    {
        return null;
    }
}
