#nullable enable
using System;
using System.Device.Gpio;
using System.Device.Gpio.Drivers;
using System.Device.Spi;
using System.IO;
using System.Runtime.InteropServices;
using HandshakeNano.Firmware;
using HandshakeNano.Links;

namespace HandshakeNano.Boards.RaspberryPi;

/// <summary>A W5500 on the SPI of a computer with Linux, such as a Raspberry Pi: the firmware's own driver, on .NET IoT's SPI and GPIO.</summary>
public sealed class SpidevW5500 : IDisposable
{
    private const int Attempts = 3;

    // A read of VERSIONR.
    private static readonly byte[] s_request = { 0x00, 0x39, 0x00, 0x00 };

    private readonly SpiDevice _spi;
    private readonly GpioController? _gpio;

    private SpidevW5500(SpiDevice spi, GpioController? gpio, W5500Link link)
    {
        _spi = spi;
        _gpio = gpio;
        Link = link;
    }

    /// <summary>Its driver: the board's link. A chip that does not answer is tried again every second.</summary>
    public W5500Link Link { get; }

    /// <summary>Opens bus and pins, resets the chip and opens it.</summary>
    /// <param name="wiring">How it is wired.</param>
    /// <param name="physicalAddress">Our Ethernet address, 6 bytes.</param>
    /// <param name="lowPower">Without INTn: true to look at the chip every 10 ms, false to look without rest. With INTn the link rests.</param>
    /// <param name="gpio">The computer's pins, which are this object's from now on; null: they are looked for, if any is wired.</param>
    /// <returns>The chip.</returns>
    /// <exception cref="IOException">There is no such bus or pin, or it is not for this user; the message says what to do.</exception>
    public static SpidevW5500 Open(SpidevWiring wiring, byte[] physicalAddress, bool lowPower = false, GpioController? gpio = null)
    {
        ArgumentNullException.ThrowIfNull(wiring);
        SpiDevice? spi = null;
        try
        {
            spi = OpenSpi(wiring);
            if (wiring.Reset >= 0 || wiring.Interrupt >= 0)
                gpio ??= OpenGpio();
            GpioPin? reset = OpenPin(gpio, wiring.Reset, "RST", isOutput: true);
            GpioPin? interrupt = OpenPin(gpio, wiring.Interrupt, "INT", isOutput: false);
            return new SpidevW5500(spi, gpio, new W5500Link(spi, reset, interrupt, physicalAddress, new HighResTimerClock())
            {
                // Linux wakes a thread at once when the pin falls: to look at the pin without rest would gain nothing.
                LowLatency = interrupt == null && !lowPower,
            });
        }
        catch
        {
            spi?.Dispose();
            gpio?.Dispose();
            throw;
        }
    }

    /// <summary>Closes bus and pins. The link must not be in use any more.</summary>
    public void Dispose()
    {
        _spi.Dispose();
        _gpio?.Dispose();
    }

    /// <summary>
    /// Opens the bus by a first frame, which sets mode and clock. The driver must not do that: it would take what fails for a bad wire
    /// and try again, and .NET IoT then goes on without mode and clock.
    /// </summary>
    private static SpiDevice OpenSpi(SpidevWiring wiring)
    {
        if (!OperatingSystem.IsLinux())
            throw new IOException("a W5500 on SPI needs Linux, whose driver spidev it uses");
        for (int attempt = 1; ; attempt++)
        {
            var spi = SpiDevice.Create(new SpiConnectionSettings(wiring.Bus, wiring.ChipSelect)
            {
                Mode = SpiMode.Mode0,
                DataBitLength = 8,
                ClockFrequency = wiring.ClockFrequency,
            });
            try
            {
                spi.TransferFullDuplex(s_request, new byte[s_request.Length]);
                return spi;
            }
            catch (IOException e)
            {
                // Nothing has been called since that could change it; the exception has it as text alone.
                string? why = SpidevFile.Explain(wiring.Device, Marshal.GetLastPInvokeError());
                spi.Dispose();
                if (why != null)
                    throw new IOException(why, e);
                if (attempt == Attempts)
                    throw new IOException($"{wiring.Device} cannot be used for a W5500: {e.Message.TrimEnd('.')}", e);
            }
        }
    }

    private static GpioController OpenGpio()
    {
        if (Directory.GetFiles("/dev", "gpiochip*").Length == 0)
            throw new IOException("there is no GPIO chip (/dev/gpiochip0): only a W5500 without RST and INT can be used here");
        try
        {
            try
            {
                return new GpioController();
            }
            catch (Exception e) when (e is DllNotFoundException or TypeInitializationException or NotSupportedException)
            {
                // On a Raspberry Pi 5 .NET IoT asks libgpiod 1, which newer systems do not have.
                return new GpioController(new LibGpiodV2Driver(0));
            }
        }
        catch (Exception e)
        {
            throw new IOException($"the GPIO pins cannot be used: {Line(e)}; libgpiod must be there (sudo apt install libgpiod-dev), "
                + "and the user in the group gpio", e);
        }
    }

    private static GpioPin? OpenPin(GpioController? gpio, int number, string wire, bool isOutput)
    {
        if (number < 0)
            return null;
        try
        {
            // High from the first moment: a low one is a reset. With a pull-up a broken wire reads as no interrupt.
            return isOutput ? gpio!.OpenPin(number, PinMode.Output, PinValue.High)
                : gpio!.OpenPin(number, gpio.IsPinModeSupported(number, PinMode.InputPullUp) ? PinMode.InputPullUp : PinMode.Input);
        }
        catch (Exception e)
        {
            throw new IOException($"GPIO{number} cannot be used for {wire}: {Line(e)}; gpioinfo says who has it", e);
        }
    }

    private static string Line(Exception e)
    {
        return e.Message.ReplaceLineEndings(" ").TrimEnd('.', ' ');
    }
}
