#nullable enable
using System;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;
using HandshakeNano.Boards.Virtual;

namespace HandshakeNano.Boards.RaspberryPi;

/// <summary>The files of Linux's driver spidev, each of which is a chip on an SPI bus.</summary>
internal static class SpidevFile
{
    /// <summary>What all of them begin with.</summary>
    internal const string Prefix = "/dev/spidev";

    /// <summary>Says why one cannot be opened, and what to type. The driver of the W5500 would take it for a bad wire, and try for ever.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="IOException">It cannot be opened.</exception>
    internal static void Check(string path)
    {
        if (!OperatingSystem.IsLinux())
            throw new IOException("a W5500 on SPI needs Linux, whose driver spidev it uses");
        int descriptor = Libc.Open(Libc.Text(path), Libc.ReadWrite | Libc.CloseOnExec, 0);
        if (descriptor >= 0)
        {
            Libc.Close(descriptor);
            return;
        }

        int error = Marshal.GetLastPInvokeError();
        throw new IOException(error switch
        {
            Libc.NoEntry or Libc.NoDevice or Libc.NoDeviceOrAddress => $"there is no {path}: {Others()}",
            Libc.AccessDenied or Libc.NotPermitted =>
                $"{path} is not for this user; type: sudo usermod -aG spi,gpio $USER, and log in again",
            _ => $"{path} cannot be opened: {Marshal.GetPInvokeErrorMessage(error)}",
        });
    }

    private static string Others()
    {
        string[] others = Directory.GetFiles(Path.GetDirectoryName(Prefix)!, Path.GetFileName(Prefix) + "*").Order(StringComparer.Ordinal).ToArray();
        return others.Length > 0
            ? "this computer has " + string.Join(", ", others)
            : "SPI is off; type: sudo raspi-config nonint do_spi 0, or put dtparam=spi=on into /boot/firmware/config.txt and restart";
    }
}
