using HandshakeNano.Boards.Esp32;
using nanoFramework.Runtime.Native;

namespace HandshakeNano.Firmware;

/// <summary>The board that this firmware is built for, made by the definition in its <c>board.json</c>.</summary>
public static class BoardSupport
{
    /// <summary>What becomes of the board after a fault.</summary>
    public static Recovery Recovery
    {
        get { return new Esp32Recovery(); }
    }

    /// <summary>How much of the managed memory is free, in bytes. A device looks through all of it for the answer.</summary>
    public static long FreeMemory
    {
        get { return GC.Run(false); }
    }

    /// <summary>Brings the board up.</summary>
    /// <returns>The board.</returns>
    public static Board Create()
    {
        if (BoardOptions.HasTunnel)
            return new VxlanBoard(BoardOptions.Name, BoardOptions.Underlay == "wifi" ? Underlay.Wifi : Underlay.Ethernet);
        return new W5500Board(BoardOptions.Name, new W5500Wiring
        {
            SpiBus = BoardOptions.SpiBus,
            ClockFrequency = BoardOptions.SpiClock,
            Clock = BoardOptions.Sclk,
            Mosi = BoardOptions.Mosi,
            Miso = BoardOptions.Miso,
            ChipSelect = BoardOptions.Scsn,
            Interrupt = BoardOptions.Intn,
            Reset = BoardOptions.Rstn,
        });
    }
}
