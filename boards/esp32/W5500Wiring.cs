namespace HandshakeNano.Boards.Esp32;

/// <summary>How a W5500 is wired to a chip: numbers of GPIOs, not of a board's header.</summary>
public sealed class W5500Wiring
{
    /// <summary>The SPI bus as nanoFramework counts: 1 is SPI2_HOST, 2 is SPI3_HOST.</summary>
    public int SpiBus;

    /// <summary>
    /// Frequency of the SPI clock in Hz: 80 MHz divided by a whole number, at most 33.3 MHz (datasheet) and at most
    /// 26.67 MHz where the pins go through the GPIO matrix, beyond which reads go wrong silently.
    /// </summary>
    public int ClockFrequency;

    /// <summary>SCLK.</summary>
    public int Clock;

    /// <summary>MISO: from the W5500 to the chip.</summary>
    public int Miso;

    /// <summary>MOSI: from the chip to the W5500.</summary>
    public int Mosi;

    /// <summary>SCSn, active low.</summary>
    public int ChipSelect;

    /// <summary>INTn, active low, driven both ways by the W5500; -1, the default: not wired, the chip is polled.</summary>
    public int Interrupt = -1;

    /// <summary>RSTn, active low; -1, the default: not wired, and only a command resets the chip.</summary>
    public int Reset = -1;
}
