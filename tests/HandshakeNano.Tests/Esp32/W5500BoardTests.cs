using System.Collections.Generic;
using System.Device.Gpio;
using System.IO;
using System.Linq;
using System.Net.NetworkInformation;
using HandshakeNano.Boards.Esp32;
using HandshakeNano.Boards.Virtual;
using HandshakeNano.Client.Boards;
using HandshakeNano.Firmware;
using HandshakeNano.Net;
using Microsoft.VisualStudio.TestTools.UnitTesting;
using nanoFramework.Hardware.Esp32;
using NetworkInterface = HandshakeNano.Boards.Esp32.NetworkInterface;
using Options = System.Net.NetworkInformation.Wireless80211Configuration.ConfigurationOptions;
using TcpState = HandshakeNano.Net.TcpState;

namespace HandshakeNano.Esp32.Tests;

/// <summary>The code of the boards with a W5500, on the model of the chip, with the wiring of each definition.</summary>
[TestClass]
[DoNotParallelize]
#pragma warning disable CA1001 // A StringWriter needs no end.
public sealed class W5500BoardTests
#pragma warning restore CA1001
{
    private readonly MemoryWire _wire = new();
    private readonly StringWriter _console = new();
    private readonly TextWriter _consoleBefore = System.Console.Out;
    private FakeChip _chip;

    public static IEnumerable<object[]> Names => BoardCatalog.Boards.Where(board => board.Link == LinkKind.W5500).Select(board => new object[] { board.Name });

    [TestInitialize]
    public void Start()
    {
        FakeChip.Current = _chip = new FakeChip { W5500 = new W5500Model(_wire.B) };
        _chip.Interfaces.Add(new NetworkInterface(NetworkInterfaceType.Wireless80211, [0x24, 0x6F, 0x28, 0xAA, 0xBB, 0xCC]));
        BoardOptions.Reset();
        BoardOptions.Address = "10.77.0.2";
        System.Console.SetOut(_console);
    }

    [TestCleanup]
    public void End()
    {
        System.Console.SetOut(_consoleBefore);
        _chip.W5500.Dispose();
        Assert.IsEmpty(_chip.W5500.Violations, string.Join("\n", _chip.W5500.Violations));
    }

    [TestMethod]
    [DynamicData(nameof(Names))]
    public void A_board_sets_its_pins_opens_its_W5500_and_answers(string name)
    {
        BoardDefinition definition = BoardCatalog.Find(name);
        W5500Pins pins = definition.Pins;
        W5500Board board = Make(definition);
        bool second = definition.Spi.Bus == 2;
        CollectionAssert.AreEquivalent(
            new Dictionary<DeviceFunction, int>
            {
                [second ? DeviceFunction.SPI2_CLOCK : DeviceFunction.SPI1_CLOCK] = pins.Sclk,
                [second ? DeviceFunction.SPI2_MOSI : DeviceFunction.SPI1_MOSI] = pins.Mosi,
                [second ? DeviceFunction.SPI2_MISO : DeviceFunction.SPI1_MISO] = pins.Miso,
            },
            _chip.PinFunctions);
        Assert.AreEqual((definition.Spi.Bus, pins.Scsn, definition.Spi.Clock), (_chip.Spi.BusId, _chip.Spi.ChipSelectLine, _chip.Spi.ClockFrequency));
        var open = new Dictionary<int, PinMode>();
        if (pins.Rstn is int reset)
            open.Add(reset, PinMode.Output);
        if (pins.Intn is int interrupt)
            open.Add(interrupt, interrupt < 34 ? PinMode.InputPullUp : PinMode.Input);
        CollectionAssert.AreEquivalent(open, _chip.OpenPins);
        Assert.AreEqual(name, board.Name);
        Assert.IsEmpty(_chip.Network, "Its radio stays off.");
        AssertAnswers(board);
    }

    [TestMethod]
    public void Without_INTn_the_chip_is_polled()
    {
        BoardDefinition definition = BoardCatalog.Find("esp32-devkitc-w5500");
        W5500Board board = Make(definition with { Pins = definition.Pins with { Intn = null } });
        CollectionAssert.AreEquivalent(new Dictionary<int, PinMode> { [definition.Pins.Rstn.Value] = PinMode.Output }, _chip.OpenPins);
        AssertAnswers(board);
    }

    [TestMethod]
    public void Without_RSTn_the_chip_is_reset_by_command()
    {
        BoardDefinition definition = BoardCatalog.Find("esp32-devkitc-w5500");
        W5500Board board = Make(definition with { Pins = definition.Pins with { Rstn = null, Intn = 36 } });
        CollectionAssert.AreEquivalent(new Dictionary<int, PinMode> { [36] = PinMode.Input }, _chip.OpenPins, "GPIO36 has no pull-up.");
        AssertAnswers(board);
    }

    [TestMethod]
    [DataRow(Options.Disable, 1)]
    [DataRow(Options.Enable, 0)]
    [DataRow(Options.AutoConnect, 0)]
    public void The_radio_is_switched_on_for_its_noise_if_the_build_asks_for_it(Options stored, int saves)
    {
        BoardOptions.RadioEntropy = true;
        _chip.StoredOptions = stored;
        Make(BoardCatalog.Find("esp32-devkitc-w5500"));
        Assert.AreEqual("Radio: on, for random numbers", Radio());
        CollectionAssert.AreEqual(new[] { "scan" }, _chip.Network);
        Assert.AreEqual(saves, _chip.Saves);
        Assert.AreEqual(saves == 0 ? stored : Options.Enable, _chip.StoredOptions);
    }

    [TestMethod]
    public void A_radio_that_does_not_come_is_said_and_the_board_goes_on()
    {
        BoardOptions.RadioEntropy = true;
        _chip.HasWifi = false;
        W5500Board board = Make(BoardCatalog.Find("esp32-devkitc-w5500"));
        Assert.AreEqual("Radio: this firmware has no Wi-Fi; the random numbers are weaker", Radio());
        AssertAnswers(board);
    }

    private string Radio() => _console.ToString().Split(_console.NewLine).Single(line => line.StartsWith("Radio: ", System.StringComparison.Ordinal));

    private W5500Board Make(BoardDefinition definition)
    {
        W5500Pins pins = definition.Pins;
        _chip.ResetPin = pins.Rstn ?? -1;
        _chip.InterruptPin = pins.Intn ?? -1;
        var wiring = new W5500Wiring
        {
            SpiBus = definition.Spi.Bus,
            ClockFrequency = definition.Spi.Clock,
            Clock = pins.Sclk,
            Mosi = pins.Mosi,
            Miso = pins.Miso,
            ChipSelect = pins.Scsn,
        };
        if (pins.Rstn is int reset)
            wiring.Reset = reset;
        if (pins.Intn is int interrupt)
            wiring.Interrupt = interrupt;
        return new W5500Board(definition.Name, wiring);
    }

    /// <summary>The firmware on this board takes a connection of a PC at the other end of the cable.</summary>
    private void AssertAnswers(W5500Board board)
    {
        Assert.IsTrue(board.Link.IsUp);
        CollectionAssert.AreEqual(new byte[] { 0x66, 0x6F, 0x28, 0xAA, 0xBB, 0xCC }, board.Link.PhysicalAddress);
        var firmware = new DeviceFirmware(board, new EchoService(), new DiscardService());
        var pc = new TcpEndpoint(_wire.A, new SystemEntropy(), new TcpSettings { Address = 0x0A4D0001, PrefixLength = 24 });
        TcpConnection connection = pc.Connect(0x0A4D0002, 7);
        ulong now = 0;
        for (int turn = 0; turn < 100 && connection.State != TcpState.Established; turn++)
        {
            pc.Poll(now += 1000);
            firmware.Step(0);
        }

        Assert.AreEqual(TcpState.Established, connection.State);
    }
}
