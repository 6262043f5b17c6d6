using System;
using System.Device.Gpio;
using HandshakeNano.Boards.RaspberryPi;
using HandshakeNano.Boards.Virtual;
using HandshakeNano.Links;
using HandshakeNano.Net;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace HandshakeNano.Interop;

/// <summary>
/// A lab whose firmware is that of a Raspberry Pi: the driver of the W5500 on .NET IoT's own SPI and GPIO. Its calls of Linux end at the
/// model of the chip, whose cable is the TAP device.
/// </summary>
internal sealed class RaspberryPiLab : IDisposable
{
    private W5500Model? _chip;
    private Spidev? _spidev;
    private SpidevW5500? _w5500;

    /// <param name="isWired">RST and INT are wired; else there is the bus alone.</param>
    /// <param name="settings">The endpoint's.</param>
    /// <param name="prepare">What is wrong with the chip.</param>
    public RaspberryPiLab(bool isWired, TcpSettings? settings = null, Action<W5500Traps>? prepare = null)
    {
        Wiring = new SpidevWiring(0, 0, 10_000_000, isWired ? ModelPins.Reset : -1, isWired ? ModelPins.Interrupt : -1);
        Lab = new Lab(settings, tap => Open(tap, prepare).Link);
        Lab.Start();
    }

    public SpidevWiring Wiring { get; }

    public Lab Lab { get; }

    public W5500Model Chip => _chip!;

    public Spidev Spidev => _spidev!;

    public ModelPins Pins { get; private set; } = null!;

    public W5500Counts Counts => _w5500!.Link.Counts;

    /// <summary>Nothing was damaged, and neither chip nor bus were asked for what they do not have.</summary>
    public void AssertHealthy()
    {
        Lab.AssertHealthy();
        Assert.IsEmpty(Chip.Violations, string.Join("\n", Chip.Violations));
        Assert.IsNull(Spidev.Wrong, Spidev.Wrong);
        Assert.AreEqual((0, 8, Wiring.ClockFrequency), Spidev.Settings);
        Assert.AreEqual(1, Spidev.Opens);
    }

    public void Dispose()
    {
        // The firmware first, then what it uses: the chip's thread reads the TAP device, which Lab closes.
        Lab.Stop();
        _w5500?.Dispose();
        _chip?.Dispose();
        Lab.Dispose();
        _spidev?.Dispose();
        if (_w5500 == null)
            return;
        Assert.AreEqual(0, _spidev!.Descriptors, "The bus is still open.");
        Assert.IsNull(Pins.ModeOf(ModelPins.Reset), "RST is still open.");
        Assert.IsNull(Pins.ModeOf(ModelPins.Interrupt), "INT is still open.");
    }

    private SpidevW5500 Open(ILink tap, Action<W5500Traps>? prepare)
    {
        _chip = new W5500Model(tap);
        prepare?.Invoke(_chip.Traps);
        _chip.Start();
        _spidev = new Spidev(_chip.Spi);
        Pins = new ModelPins(_chip);
        return _w5500 = SpidevW5500.Open(
            Wiring, MachineIdentity.GetPhysicalAddress(Wiring.Device), gpio: Wiring.Reset >= 0 ? new GpioController(Pins) : null);
    }
}
