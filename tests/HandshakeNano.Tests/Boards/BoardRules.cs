using System;
using System.Collections.Generic;
using System.Linq;
using HandshakeNano.Client.Boards;

namespace HandshakeNano.Boards.Tests;

/// <summary>What a definition must hold for the board to work.</summary>
internal static class BoardRules
{
    private const int ApbClock = 80_000_000;
    private const int W5500Clock = 33_300_000;
    private const int MatrixClock = 26_666_666;

    // The chip selects that Linux has on the buses of a Raspberry Pi, in order.
    private static readonly int[][] s_chipSelects = [[8, 7], [18, 17, 16]];

    /// <summary>Finds everything that is wrong with a definition.</summary>
    /// <returns>Sentences; empty: nothing is.</returns>
    public static IReadOnlyList<string> Check(BoardDefinition board)
    {
        var faults = new List<string>();
        if (board.Link == LinkKind.Virtual)
        {
            if (board.Firmware.Count > 0 || board.Pins is not null || board.Spi is not null || board.Underlay is not null)
                faults.Add("a PC has neither firmware nor pins");
            return faults;
        }

        if (board.IsFlashed == (board.Chip == ChipFacts.RaspberryPi))
            faults.Add(board.IsFlashed ? "a Raspberry Pi is not flashed" : "there is no firmware for it");
        foreach (FirmwareImage image in board.Firmware)
        {
            ChipFacts? facts = ChipFacts.Find(image.Chip);
            if (facts is null)
                faults.Add($"{image.Target}: '{image.Chip}' is not a chip");
            else if (facts.DeployAddress != image.DeployAddress)
                faults.Add($"{image.Target}: the application of an {image.Chip} is at {facts.DeployAddress}, not {image.DeployAddress}");
        }

        if (ChipFacts.Find(board.Chip) is not { } chip)
            faults.Add($"'{board.Chip}' is not a chip");
        else if (board.Link == LinkKind.W5500)
            CheckW5500(board, chip, faults);

        if (board.Link == LinkKind.Vxlan)
        {
            if (board.Underlay is null)
                faults.Add("a tunnel needs an underlay");
            if (board.Underlay == UnderlayKind.Wifi && !board.Wifi)
                faults.Add("its underlay is Wi-Fi, which it has not");
            if (board.Pins is not null || board.Spi is not null)
                faults.Add("a tunnel has no pins");
        }

        return faults;
    }

    private static void CheckW5500(BoardDefinition board, ChipFacts chip, List<string> faults)
    {
        if (board.Pins is not { } pins || board.Spi is not { } spi)
        {
            faults.Add("a W5500 needs a bus and pins");
            return;
        }

        if (board.Underlay is not null)
            faults.Add("a W5500 has no underlay");
        if (board.Firmware.Any(image => image.Chip != board.Chip))
            faults.Add("its firmware is for another chip");
        List<(string Name, int Pin, bool Drives)> wires =
        [
            ("SCLK", pins.Sclk, true), ("MOSI", pins.Mosi, true), ("MISO", pins.Miso, false), ("SCSn", pins.Scsn, true),
        ];
        if (pins.Intn is int interrupt)
            wires.Add(("INTn", interrupt, false));
        if (pins.Rstn is int reset)
            wires.Add(("RSTn", reset, true));
        foreach ((string name, int pin, bool drives) in wires)
        {
            string wire = $"{name} on GPIO{pin}: ";
            if (!chip.Pins.Contains(pin))
                faults.Add(wire + "there is no such pin");
            if (drives && chip.InputOnly.Contains(pin))
                faults.Add(wire + "the pin is input-only");
            if (chip.Strapping.Contains(pin))
                faults.Add(wire + "the pin is a strapping pin");
            if (chip.Flash.Contains(pin))
                faults.Add(wire + "the pin is the flash's");
            if ((board.Psram >= Psram.Quad && chip.QuadPsram.Contains(pin)) || (board.Psram == Psram.Octal && chip.OctalPsram.Contains(pin)))
                faults.Add(wire + "the pin is the PSRAM's");
            if (chip.Console.Contains(pin))
                faults.Add(wire + "the pin is the console's");
        }

        foreach (IGrouping<int, (string Name, int Pin, bool Drives)> shared in wires.GroupBy(wire => wire.Pin).Where(group => group.Count() > 1))
            faults.Add($"GPIO{shared.Key} is wired to " + string.Join(" and ", shared.Select(wire => wire.Name)));

        if (spi.Clock > W5500Clock)
            faults.Add($"a clock of {spi.Clock} Hz is more than a W5500 is made for");
        bool direct = chip.IoMux.TryGetValue(spi.Bus, out (int Sclk, int Mosi, int Miso) own) && own == (pins.Sclk, pins.Mosi, pins.Miso);
        if (board.Chip == ChipFacts.RaspberryPi)
        {
            if (!direct)
                faults.Add($"SPI bus {spi.Bus} has other pins");
            else if (spi.ChipSelect is not int select || Array.IndexOf(s_chipSelects[spi.Bus], pins.Scsn) != select)
                faults.Add($"GPIO{pins.Scsn} is not chip select {spi.ChipSelect} of SPI bus {spi.Bus}");
            return;
        }

        if (spi.ChipSelect is not null)
            faults.Add("the chip select of a device is a pin");
        if (spi.Bus < 1 || spi.Bus > chip.SpiBuses)
            faults.Add($"there is no SPI bus {spi.Bus}");
        if (spi.Clock <= 0 || ApbClock / ((ApbClock + spi.Clock / 2) / spi.Clock) != spi.Clock)
            faults.Add($"a clock of {spi.Clock} Hz is not 80 MHz divided by a whole number");
        if (!direct && spi.Clock > MatrixClock)
            faults.Add($"a clock of {spi.Clock} Hz is too fast for reads through the GPIO matrix");
    }
}
