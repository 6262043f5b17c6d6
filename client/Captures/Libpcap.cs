using System;
using System.IO;
using SharpPcap;

namespace HandshakeNano.Client.Captures;

/// <summary>libpcap, which reads captures and interfaces, is a library of the system.</summary>
internal static class Libpcap
{
    /// <summary>Says whether something failed because it is not there.</summary>
    /// <param name="error">What was thrown.</param>
    /// <returns>True if it is missing.</returns>
    public static bool IsMissing(Exception error) =>
        error is DllNotFoundException or TypeInitializationException { InnerException: DllNotFoundException };

    /// <summary>What to throw when it is missing.</summary>
    /// <param name="what">What needs it.</param>
    /// <param name="error">What was thrown.</param>
    /// <returns>The exception; its message says what to install.</returns>
    public static IOException Missing(string what, Exception error) => new(
        $"{what} needs libpcap, which is not on this computer; "
            + "install it (Debian, Ubuntu: apt install libpcap0.8, Fedora: dnf install libpcap, Windows: npcap.com)",
        error);

    /// <summary>When a frame was seen.</summary>
    /// <param name="header">What stands before it.</param>
    /// <returns>Microseconds since 1970-01-01 00:00 UTC.</returns>
    public static ulong TimeOf(ICaptureHeader header) => (header.Timeval.Seconds * 1_000_000) + header.Timeval.MicroSeconds;
}
