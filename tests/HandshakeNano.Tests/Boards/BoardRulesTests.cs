using System.Collections.Generic;
using System.Text.Json;
using HandshakeNano.Client.Boards;

namespace HandshakeNano.Boards.Tests;

/// <summary>The rules reject what does not work, each by its own name, and nothing that does.</summary>
[TestClass]
public sealed class BoardRulesTests
{
    private static readonly BoardDefinition Esp32 = Repository.Definition("esp32-devkitc-w5500");
    private static readonly BoardDefinition S3 = Repository.Definition("esp32-s3-devkitc-w5500");
    private static readonly BoardDefinition C3 = Repository.Definition("esp32-c3-devkitm-w5500");
    private static readonly BoardDefinition Pi = Repository.Definition("raspberry-pi");
    private static readonly BoardDefinition Wifi = Repository.Definition("esp32-wifi");

    [TestMethod]
    [DynamicData(nameof(Repository.Names), typeof(Repository))]
    public void Nothing_is_wrong_with_a_board(string name)
    {
        Assert.AreEqual("", string.Join("; ", BoardRules.Check(Repository.Definition(name))));
    }

    [TestMethod]
    [DataRow(0, "SCSn on GPIO0: the pin is a strapping pin")]
    [DataRow(2, "SCSn on GPIO2: the pin is a strapping pin")]
    [DataRow(5, "SCSn on GPIO5: the pin is a strapping pin")]
    [DataRow(12, "SCSn on GPIO12: the pin is a strapping pin")]
    [DataRow(15, "SCSn on GPIO15: the pin is a strapping pin")]
    [DataRow(6, "SCSn on GPIO6: the pin is the flash's")]
    [DataRow(11, "SCSn on GPIO11: the pin is the flash's")]
    [DataRow(16, "SCSn on GPIO16: the pin is the PSRAM's")]
    [DataRow(17, "SCSn on GPIO17: the pin is the PSRAM's")]
    [DataRow(34, "SCSn on GPIO34: the pin is input-only")]
    [DataRow(39, "SCSn on GPIO39: the pin is input-only")]
    [DataRow(1, "SCSn on GPIO1: the pin is the console's")]
    [DataRow(20, "SCSn on GPIO20: there is no such pin")]
    [DataRow(40, "SCSn on GPIO40: there is no such pin")]
    [DataRow(-1, "SCSn on GPIO-1: there is no such pin")]
    [DataRow(27, "GPIO27 is wired to SCSn and INTn")]
    public void An_ESP32_may_not_select_the_W5500_with_this_pin(int pin, string fault)
    {
        Rejected(Esp32 with { Pins = Esp32.Pins! with { Scsn = pin } }, fault);
    }

    [TestMethod]
    [DataRow(0, "RSTn on GPIO0: the pin is a strapping pin")]
    [DataRow(3, "RSTn on GPIO3: the pin is a strapping pin")]
    [DataRow(45, "RSTn on GPIO45: the pin is a strapping pin")]
    [DataRow(46, "RSTn on GPIO46: the pin is a strapping pin")]
    [DataRow(26, "RSTn on GPIO26: the pin is the flash's")]
    [DataRow(32, "RSTn on GPIO32: the pin is the flash's")]
    [DataRow(33, "RSTn on GPIO33: the pin is the PSRAM's")]
    [DataRow(37, "RSTn on GPIO37: the pin is the PSRAM's")]
    [DataRow(19, "RSTn on GPIO19: the pin is the console's")]
    [DataRow(22, "RSTn on GPIO22: there is no such pin")]
    [DataRow(49, "RSTn on GPIO49: there is no such pin")]
    public void An_ESP32_S3_may_not_reset_the_W5500_with_this_pin(int pin, string fault)
    {
        Rejected(S3 with { Pins = S3.Pins! with { Rstn = pin } }, fault);
    }

    [TestMethod]
    [DataRow(2, "MISO on GPIO2: the pin is a strapping pin")]
    [DataRow(8, "MISO on GPIO8: the pin is a strapping pin")]
    [DataRow(9, "MISO on GPIO9: the pin is a strapping pin")]
    [DataRow(12, "MISO on GPIO12: the pin is the flash's")]
    [DataRow(17, "MISO on GPIO17: the pin is the flash's")]
    [DataRow(18, "MISO on GPIO18: the pin is the console's")]
    [DataRow(22, "MISO on GPIO22: there is no such pin")]
    public void An_ESP32_C3_may_not_read_the_W5500_with_this_pin(int pin, string fault)
    {
        Rejected(C3 with { Pins = C3.Pins! with { Miso = pin } }, fault);
    }

    [TestMethod]
    public void Pins_that_only_read_may_be_input_only()
    {
        Accepted(Esp32 with { Pins = Esp32.Pins! with { Miso = 35, Intn = 36 } });
    }

    [TestMethod]
    public void The_interrupt_need_not_be_wired()
    {
        string json = Repository.Read("esp32-devkitc-w5500", "board.json");
        Assert.Contains("\"intn\": 27,", json);
        BoardDefinition board = BoardDefinition.Parse(json.Replace("\"intn\": 27,", "", System.StringComparison.Ordinal));
        Assert.AreEqual(Esp32 with { Pins = Esp32.Pins! with { Intn = null } }, board with { Firmware = Esp32.Firmware });
        Accepted(board);
        Assert.DoesNotContain("INTn", WiringDiagram.Draw(board));
    }

    [TestMethod]
    public void The_reset_need_not_be_wired()
    {
        string json = Repository.Read("esp32-devkitc-w5500", "board.json");
        Assert.Contains(", \"rstn\": 26", json);
        BoardDefinition board = BoardDefinition.Parse(json.Replace(", \"rstn\": 26", "", System.StringComparison.Ordinal));
        Assert.AreEqual(Esp32 with { Pins = Esp32.Pins! with { Rstn = null } }, board with { Firmware = Esp32.Firmware });
        Accepted(board);
        Assert.DoesNotContain("RSTn", WiringDiagram.Draw(board));
    }

    [TestMethod]
    [DataRow(0, 0, 11, 7, "GPIO7 is not chip select 0 of SPI bus 0")]
    [DataRow(0, 2, 11, 8, "GPIO8 is not chip select 2 of SPI bus 0")]
    [DataRow(0, 0, 21, 8, "SPI bus 0 has other pins")]
    [DataRow(1, 0, 11, 8, "SPI bus 1 has other pins")]
    [DataRow(2, 0, 11, 8, "SPI bus 2 has other pins")]
    public void A_Raspberry_Pi_has_its_buses_where_they_are(int bus, int chipSelect, int sclk, int scsn, string fault)
    {
        Rejected(Pi with { Spi = new SpiBus(bus, 10_000_000, chipSelect), Pins = Pi.Pins! with { Sclk = sclk, Scsn = scsn } }, fault);
    }

    [TestMethod]
    public void A_Raspberry_Pi_may_use_its_other_chip_select_and_bus()
    {
        Accepted(Pi with { Spi = Pi.Spi! with { ChipSelect = 1 }, Pins = Pi.Pins! with { Scsn = 7 } });
        Accepted(Pi with { Spi = new SpiBus(1, 20_000_000, 2), Pins = new W5500Pins(21, 20, 19, 16, 25, 24) });
    }

    [TestMethod]
    public void A_Raspberry_Pi_keeps_free_what_has_another_use()
    {
        Rejected(Pi with { Pins = Pi.Pins! with { Rstn = 14 } }, "RSTn on GPIO14: the pin is the console's");
        Rejected(Pi with { Pins = Pi.Pins! with { Intn = 1 } }, "INTn on GPIO1: there is no such pin");
        Rejected(Pi with { Pins = Pi.Pins! with { Intn = 25 } }, "GPIO25 is wired to INTn and RSTn");
        Rejected(Pi with { Spi = Pi.Spi! with { Clock = 40_000_000 } }, "a clock of 40000000 Hz is more than a W5500 is made for");
        Rejected(Pi with { Firmware = Esp32.Firmware }, "a Raspberry Pi is not flashed");
        Rejected(Esp32 with { Spi = Esp32.Spi! with { ChipSelect = 0 } }, "the chip select of a device is a pin");
    }

    [TestMethod]
    public void PSRAM_that_is_not_fitted_takes_no_pins()
    {
        Accepted(Esp32 with { Psram = Psram.None, Pins = Esp32.Pins! with { Scsn = 16 } });
        Accepted(S3 with { Psram = Psram.Quad, Pins = S3.Pins! with { Rstn = 33 } });
    }

    [TestMethod]
    [DataRow(0, "there is no SPI bus 0")]
    [DataRow(3, "there is no SPI bus 3")]
    public void A_bus_must_be_there(int bus, string fault)
    {
        Rejected(Esp32 with { Spi = Esp32.Spi! with { Bus = bus } }, fault);
    }

    [TestMethod]
    public void An_ESP32_C3_has_one_bus()
    {
        Rejected(C3 with { Spi = C3.Spi! with { Bus = 2 } }, "there is no SPI bus 2");
    }

    [TestMethod]
    [DataRow(0, "a clock of 0 Hz is not 80 MHz divided by a whole number")]
    [DataRow(25_000_000, "a clock of 25000000 Hz is not 80 MHz divided by a whole number")]
    [DataRow(40_000_000, "a clock of 40000000 Hz is more than a W5500 is made for")]
    public void A_clock_must_be_one_that_chip_and_W5500_have(int clock, string fault)
    {
        Rejected(Esp32 with { Spi = Esp32.Spi! with { Clock = clock } }, fault);
    }

    [TestMethod]
    [DataRow(8_000_000)]
    [DataRow(10_000_000)]
    [DataRow(13_333_333)]
    [DataRow(16_000_000)]
    [DataRow(20_000_000)]
    [DataRow(26_666_666)]
    public void A_clock_that_chip_and_W5500_have_will_do(int clock)
    {
        Accepted(Esp32 with { Spi = Esp32.Spi! with { Clock = clock } });
    }

    [TestMethod]
    public void Reads_through_the_GPIO_matrix_have_a_slower_clock()
    {
        BoardDefinition other = Esp32 with { Spi = new SpiBus(1, 40_000_000) };
        Rejected(other, "a clock of 40000000 Hz is too fast for reads through the GPIO matrix");
        Assert.DoesNotContain(
            "a clock of 40000000 Hz is too fast for reads through the GPIO matrix",
            BoardRules.Check(Esp32 with { Spi = new SpiBus(2, 40_000_000) }));
    }

    [TestMethod]
    public void An_application_at_another_address_does_not_run()
    {
        FirmwareImage image = Esp32.Firmware[0] with { DeployAddress = "0x1B0000" };
        Rejected(
            Esp32 with { Firmware = [image] }, "ESP32_REV0: the application of an ESP32 is at 0x1E0000, not 0x1B0000");
    }

    [TestMethod]
    public void A_link_has_what_it_needs_and_nothing_else()
    {
        Rejected(Esp32 with { Pins = null }, "a W5500 needs a bus and pins");
        Rejected(Esp32 with { Spi = null }, "a W5500 needs a bus and pins");
        Rejected(Esp32 with { Underlay = UnderlayKind.Wifi }, "a W5500 has no underlay");
        Rejected(Esp32 with { Firmware = S3.Firmware }, "its firmware is for another chip");
        Rejected(Esp32 with { Firmware = [] }, "there is no firmware for it");
        Rejected(Esp32 with { Chip = "ESP8266" }, "'ESP8266' is not a chip");
        Rejected(Wifi with { Underlay = null }, "a tunnel needs an underlay");
        Rejected(Wifi with { Wifi = false }, "its underlay is Wi-Fi, which it has not");
        Rejected(Wifi with { Pins = Esp32.Pins }, "a tunnel has no pins");
        Rejected(Repository.Definition("virtual") with { Firmware = S3.Firmware }, "a PC has neither firmware nor pins");
    }

    [TestMethod]
    [DataRow("\"wifi\": true", "\"wifi\": true, \"colour\": \"blue\"")]
    [DataRow("\"chip\": \"ESP32\",\n", "")]
    [DataRow("\"link\": \"w5500\"", "\"link\": \"smoke\"")]
    [DataRow("\"link\": \"w5500\"", "\"link\": 0")]
    [DataRow("\"sclk\": 18", "\"sclk\": \"eighteen\"")]
    public void A_definition_with_a_wrong_member_is_not_read(string right, string wrong)
    {
        string json = Repository.Read("esp32-devkitc-w5500", "board.json");
        Assert.Contains(right, json);
        Assert.ThrowsExactly<JsonException>(() => BoardDefinition.Parse(json.Replace(right, wrong, System.StringComparison.Ordinal)));
    }

    private static void Rejected(BoardDefinition board, string fault)
    {
        IReadOnlyList<string> faults = BoardRules.Check(board);
        Assert.Contains(fault, faults, string.Join("; ", faults));
    }

    private static void Accepted(BoardDefinition board)
    {
        Assert.AreEqual("", string.Join("; ", BoardRules.Check(board)));
    }
}
