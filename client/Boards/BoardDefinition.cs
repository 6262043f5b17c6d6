using System.Collections.Generic;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace HandshakeNano.Client.Boards;

/// <summary>A board: what stands in its <c>board.json</c>.</summary>
public sealed record BoardDefinition
{
    private static readonly JsonSerializerOptions s_options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false) },
    };

    /// <summary>Its folder under <c>boards/</c>.</summary>
    public required string Name { get; init; }

    /// <summary>What people call it.</summary>
    public required string Title { get; init; }

    /// <summary>The chip, <c>Raspberry Pi</c>, or <c>none</c> on any PC.</summary>
    public required string Chip { get; init; }

    /// <summary>The PSRAM that may be fitted, which takes pins: none, quad or octal.</summary>
    public required Psram Psram { get; init; }

    /// <summary>True if the board has Wi-Fi, whether its link uses it or not.</summary>
    public required bool Wifi { get; init; }

    /// <summary>What carries the frames.</summary>
    public required LinkKind Link { get; init; }

    /// <summary>Which network carries a tunnel; null on boards without one.</summary>
    public UnderlayKind? Underlay { get; init; }

    /// <summary>The PHY of the chip's own Ethernet; null on boards whose tunnel goes another way, or that have none.</summary>
    public string? Phy { get; init; }

    /// <summary>True if the board has a USB socket for power and flashing. It says so only where others of its kind have none.</summary>
    public bool Usb { get; init; }

    /// <summary>The firmware images that fit, the usual one first; none on a PC.</summary>
    public required IReadOnlyList<FirmwareImage> Firmware { get; init; }

    /// <summary>True if it is flashed with firmware; false if it is a PC, which runs ours as a program.</summary>
    [JsonIgnore]
    public bool IsFlashed => Firmware.Count > 0;

    /// <summary>The SPI bus of the W5500; null on boards without one.</summary>
    public SpiBus? Spi { get; init; }

    /// <summary>The pins of the W5500; null on boards without one.</summary>
    public W5500Pins? Pins { get; init; }

    /// <summary>True if the W5500 is on the board and nothing is to be wired.</summary>
    public bool OnBoard { get; init; }

    /// <summary>Reads a definition. A member that is not known, or that is missing, is an error.</summary>
    /// <param name="json">The text of a <c>board.json</c>.</param>
    /// <returns>The board.</returns>
    /// <exception cref="JsonException">The text is not a definition.</exception>
    public static BoardDefinition Parse(string json)
    {
        return JsonSerializer.Deserialize<BoardDefinition>(json, s_options)
            ?? throw new JsonException("A board's definition is an object.");
    }
}

/// <summary>A firmware image of nanoFramework.</summary>
/// <param name="Target">Its name, as <c>nanoff</c> knows it.</param>
/// <param name="Chip">The chip that it runs on.</param>
/// <param name="DeployAddress">Where in the flash the application begins, with 0x.</param>
/// <param name="Use">What it is for.</param>
public sealed record FirmwareImage(string Target, string Chip, string DeployAddress, string Use);

/// <summary>An SPI bus and its speed.</summary>
/// <param name="Bus">Its number as nanoFramework counts, from 1; on a PC as Linux counts, from 0.</param>
/// <param name="Clock">Frequency of its clock in Hz.</param>
/// <param name="ChipSelect">On a PC: which chip on the bus, as Linux counts, from 0; null on a board that is flashed.</param>
public sealed record SpiBus(int Bus, int Clock, int? ChipSelect = null);

/// <summary>The GPIOs that a W5500 is wired to.</summary>
/// <param name="Sclk">SPI clock.</param>
/// <param name="Mosi">To the W5500.</param>
/// <param name="Miso">From the W5500.</param>
/// <param name="Scsn">Chip select, active low.</param>
/// <param name="Rstn">Reset, active low; null: not wired, and the chip is reset by command.</param>
/// <param name="Intn">Interrupt, active low; null: not wired, and the chip is polled.</param>
public sealed record W5500Pins(int Sclk, int Mosi, int Miso, int Scsn, int? Rstn = null, int? Intn = null);

/// <summary>Memory on the flash's bus.</summary>
public enum Psram
{
    /// <summary>None.</summary>
    None,

    /// <summary>Four data lines.</summary>
    Quad,

    /// <summary>Eight data lines.</summary>
    Octal,
}

/// <summary>What carries the frames.</summary>
public enum LinkKind
{
    /// <summary>A W5500 on SPI.</summary>
    W5500,

    /// <summary>VXLAN over the firmware's own network.</summary>
    Vxlan,

    /// <summary>What a PC has.</summary>
    Virtual,
}

/// <summary>The network that carries a tunnel.</summary>
public enum UnderlayKind
{
    /// <summary>Wi-Fi.</summary>
    Wifi,

    /// <summary>The chip's own Ethernet.</summary>
    Ethernet,
}
