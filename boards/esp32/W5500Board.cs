using System.Device.Gpio;
using System.Device.Spi;
using HandshakeNano.Firmware;
using HandshakeNano.Links;
using HandshakeNano.Net;
using nanoFramework.Hardware.Esp32;

namespace HandshakeNano.Boards.Esp32;

/// <summary>A board with an ESP32 and a W5500 on SPI.</summary>
public sealed class W5500Board : Esp32Board
{
    /// <summary>Sets the pins up and makes the link.</summary>
    /// <param name="name">The board's name: its folder under <c>boards/</c>.</param>
    /// <param name="wiring">How its W5500 is wired.</param>
    public W5500Board(string name, W5500Wiring wiring)
        : base(name)
    {
        if (BoardOptions.RadioEntropy)
        {
            string complaint = Radio.Listen();
            Log(complaint == null ? "Radio: on, for random numbers" : "Radio: " + complaint + "; the random numbers are weaker");
        }

        byte[] physicalAddress = DeviceIdentity.GetPhysicalAddress();
        SetUp(physicalAddress, MakeLink(wiring, physicalAddress, Clock));
    }

    private static ILink MakeLink(W5500Wiring wiring, byte[] physicalAddress, IClock clock)
    {
        // All three, before the first device on the bus is opened: a bus's default pins are missing on some chips and the
        // flash's own on others. Chip select is the device's, not the bus's.
        bool second = wiring.SpiBus == 2;
        Configuration.SetPinFunction(wiring.Mosi, second ? DeviceFunction.SPI2_MOSI : DeviceFunction.SPI1_MOSI);
        Configuration.SetPinFunction(wiring.Miso, second ? DeviceFunction.SPI2_MISO : DeviceFunction.SPI1_MISO);
        Configuration.SetPinFunction(wiring.Clock, second ? DeviceFunction.SPI2_CLOCK : DeviceFunction.SPI1_CLOCK);

        SpiConnectionSettings settings = new SpiConnectionSettings(wiring.SpiBus, wiring.ChipSelect);
        settings.ClockFrequency = wiring.ClockFrequency;

        GpioController gpio = new GpioController();
        GpioPin reset = wiring.Reset < 0 ? null : gpio.OpenPin(wiring.Reset, PinMode.Output);
        GpioPin interrupt = wiring.Interrupt < 0 ? null : gpio.OpenPin(wiring.Interrupt, InputMode(gpio, wiring.Interrupt));
        return new W5500Link(new SpiDevice(settings), reset, interrupt, physicalAddress, clock)
        {
            LowLatency = !BoardOptions.LowPower,
            PassesMulticast = BoardOptions.MulticastDns,
        };
    }

    // With a pull-up a broken wire reads as no interrupt. A pin that only reads has none.
    private static PinMode InputMode(GpioController gpio, int pin)
    {
        return gpio.IsPinModeSupported(pin, PinMode.InputPullUp) ? PinMode.InputPullUp : PinMode.Input;
    }
}
