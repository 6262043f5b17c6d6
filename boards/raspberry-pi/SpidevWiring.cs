#nullable enable
using System.Globalization;

namespace HandshakeNano.Boards.RaspberryPi;

/// <summary>How a W5500 is wired to a computer with Linux.</summary>
/// <param name="Bus">The SPI bus as Linux counts: the first number of <c>/dev/spidev0.0</c>.</param>
/// <param name="ChipSelect">Which chip on that bus: the second number.</param>
/// <param name="ClockFrequency">Frequency of the SPI clock in Hz, at most 33.3 MHz (datasheet).</param>
/// <param name="Reset">The GPIO of RSTn, counted as the chip does and not as the header; -1: not wired, and only a command resets the chip.</param>
/// <param name="Interrupt">The GPIO of INTn; -1: not wired, and the chip is polled.</param>
public sealed record SpidevWiring(int Bus, int ChipSelect, int ClockFrequency, int Reset = -1, int Interrupt = -1)
{
    /// <summary>The bus and the chip as an option has them, such as 0.0.</summary>
    public string Address => string.Create(CultureInfo.InvariantCulture, $"{Bus}.{ChipSelect}");

    /// <summary>The file of the chip, such as <c>/dev/spidev0.0</c>.</summary>
    public string Device => SpidevFile.Prefix + Address;
}
