using System.Collections.Generic;
using System.Linq;

namespace HandshakeNano.Boards.Tests;

/// <summary>What a chip's pins may not be used for, from its maker's datasheets and nanoFramework's partition tables.</summary>
/// <param name="DeployAddress">Where the application begins in the flash of nanoFramework's images.</param>
/// <param name="SpiBuses">How many SPI buses nanoFramework, or Linux, has on it.</param>
/// <param name="Pins">The GPIOs that there are.</param>
/// <param name="InputOnly">GPIOs that cannot drive.</param>
/// <param name="Strapping">GPIOs whose level at reset chooses how the chip starts.</param>
/// <param name="Flash">GPIOs of the flash.</param>
/// <param name="QuadPsram">GPIOs that quad PSRAM takes besides.</param>
/// <param name="OctalPsram">GPIOs that octal PSRAM takes besides.</param>
/// <param name="Console">GPIOs of USB and of the first UART, which flash the board.</param>
/// <param name="IoMux">For each SPI bus the pins SCLK, MOSI, MISO that need no GPIO matrix.</param>
internal sealed record ChipFacts(
    string DeployAddress,
    int SpiBuses,
    IReadOnlyList<int> Pins,
    IReadOnlyList<int> InputOnly,
    IReadOnlyList<int> Strapping,
    IReadOnlyList<int> Flash,
    IReadOnlyList<int> QuadPsram,
    IReadOnlyList<int> OctalPsram,
    IReadOnlyList<int> Console,
    IReadOnlyDictionary<int, (int Sclk, int Mosi, int Miso)> IoMux)
{
    /// <summary>The chip that is a PC.</summary>
    public const string RaspberryPi = "Raspberry Pi";

    private static readonly Dictionary<string, ChipFacts> s_chips = new()
    {
        ["ESP32"] = new(
            "0x1E0000", 2, Pin(0, 19, 21, 23, 25, 27, 32, 39), Pin(34, 39), [0, 2, 5, 12, 15], Pin(6, 11), [16, 17], [], [1, 3],
            new Dictionary<int, (int, int, int)> { [1] = (14, 13, 12), [2] = (18, 23, 19) }),
        ["ESP32-S3"] = new(
            "0x1B0000", 2, Pin(0, 21, 26, 48), [], [0, 3, 45, 46], Pin(26, 32), [], Pin(33, 37), [19, 20, 43, 44],
            new Dictionary<int, (int, int, int)> { [1] = (12, 11, 13) }),
        ["ESP32-C3"] = new(
            "0x1B0000", 1, Pin(0, 21), [], [2, 8, 9], Pin(12, 17), [], [], [18, 19, 20, 21],
            new Dictionary<int, (int, int, int)> { [1] = (6, 7, 2) }),

        // The header's GPIOs but 0 and 1, which are for boards that are put on top. Its buses as Linux counts them.
        [RaspberryPi] = new(
            "", 2, Pin(2, 27), [], [], [], [], [], [14, 15], new Dictionary<int, (int, int, int)> { [0] = (11, 10, 9), [1] = (21, 20, 19) }),
    };

    public static ChipFacts? Find(string chip) => s_chips.GetValueOrDefault(chip);

    // First and last of each range.
    private static int[] Pin(params int[] ranges)
        => ranges.Chunk(2).SelectMany(range => Enumerable.Range(range[0], range[1] - range[0] + 1)).ToArray();
}
