#nullable enable
using System;
using System.IO;
using System.Linq;
using HandshakeNano.Boards.Virtual;

namespace HandshakeNano.Boards.RaspberryPi;

/// <summary>The files of Linux's driver spidev, each of which is a chip on an SPI bus.</summary>
internal static class SpidevFile
{
    /// <summary>What all of them begin with.</summary>
    internal const string Prefix = "/dev/spidev";

    /// <summary>Says why one cannot be opened, and what to do.</summary>
    /// <param name="path">The file.</param>
    /// <param name="error">What Linux said, its errno.</param>
    /// <returns>A line, or null if it is no matter of the file.</returns>
    internal static string? Explain(string path, int error)
    {
        return error switch
        {
            Libc.NoEntry or Libc.NoDevice or Libc.NoDeviceOrAddress => $"there is no {path}: {Others()}",
            Libc.AccessDenied or Libc.NotPermitted =>
                $"{path} is not for this user; type: sudo usermod -aG spi,gpio $USER, and log in again",
            _ => null,
        };
    }

    private static string Others()
    {
        string[] others = Directory.GetFiles(Path.GetDirectoryName(Prefix)!, Path.GetFileName(Prefix) + "*").Order(StringComparer.Ordinal).ToArray();
        return others.Length > 0
            ? "this computer has " + string.Join(", ", others)
            : "SPI is off; type: sudo raspi-config nonint do_spi 0, or put dtparam=spi=on into /boot/firmware/config.txt and restart";
    }
}
