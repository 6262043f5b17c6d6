using System;
using System.Collections.Generic;

namespace HandshakeNano.Boards.Tests;

/// <summary>The pin headers of the development boards, as the user guides of their makers number them: pin 1 first.</summary>
internal static class PinHeaders
{
    private static readonly Dictionary<string, (string Name, string[] Pins)[]> s_headers = new()
    {
        // ESP32-DevKitC V4.
        ["esp32-devkitc-w5500"] =
        [
            ("J2", "3V3 EN 36 39 34 35 32 33 25 26 27 14 12 GND 13 9 10 11 5V".Split(' ')),
            ("J3", "GND 23 22 1 3 21 GND 19 18 5 17 16 4 0 2 15 8 7 6".Split(' ')),
        ],
        ["esp32-s3-devkitc-w5500"] =
        [
            ("J1", "3V3 3V3 RST 4 5 6 7 15 16 17 18 8 3 46 9 10 11 12 13 14 5V GND".Split(' ')),
            ("J3", "GND 43 44 1 2 42 41 40 39 38 37 36 35 0 45 48 47 21 20 19 GND GND".Split(' ')),
        ],
        ["esp32-c3-devkitm-w5500"] =
        [
            ("J1", "GND 3V3 3V3 2 3 GND RST GND 0 1 10 GND 5V 5V GND".Split(' ')),
            ("J3", "GND 21 20 GND 9 8 GND 7 6 5 4 GND 18 19 GND".Split(' ')),
        ],
        // The 40 pins that all models since the B+ have; 27 and 28 are for boards that are put on top.
        ["raspberry-pi"] =
        [
            ("J8", ("3V3 5V 2 5V 3 GND 4 14 GND 15 17 18 27 GND 22 23 3V3 24 10 GND "
                + "9 25 11 8 GND 7 0 1 5 GND 6 12 13 GND 19 16 26 20 GND 21").Split(' ')),
        ],
    };

    /// <summary>Where a pin is, such as J3-9; the first place of a pin that is there more than once.</summary>
    /// <param name="board">The board's folder.</param>
    /// <param name="pin">The number of a GPIO, 3V3 or GND.</param>
    /// <returns>Header and number.</returns>
    public static string PlaceOf(string board, string pin)
    {
        foreach ((string name, string[] pins) in s_headers[board])
        {
            int at = Array.IndexOf(pins, pin);
            if (at >= 0)
                return $"{name}-{at + 1}";
        }

        throw new ArgumentException($"{board} has no pin {pin} on its headers.", nameof(pin));
    }
}
