using System;
using HandshakeNano.Boards.Virtual;
using HandshakeNano.Firmware;
using HandshakeNano.Links;
using HandshakeNano.Net;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace HandshakeNano.Interop;

/// <summary>A lab whose firmware reaches the TAP device as a real board would: by the W5500 driver, here on the chip's model.</summary>
internal sealed class W5500Lab : IDisposable
{
    private VirtualW5500? _w5500;

    /// <param name="interrupt">INTn is wired; else the chip is polled.</param>
    /// <param name="settings">The endpoint's.</param>
    /// <param name="prepare">What is wrong with the chip.</param>
    /// <param name="start">The firmware has a thread of its own; else the test steps it.</param>
    /// <param name="clock">The firmware's; the driver has the PC's.</param>
    /// <param name="services">What the firmware serves; none: echo and discard.</param>
    public W5500Lab(
        bool interrupt, TcpSettings? settings = null, Action<W5500Traps>? prepare = null, bool start = true, IClock? clock = null,
        params Service[] services)
    {
        Lab = new Lab(settings, tap => (_w5500 = new VirtualW5500(tap, interrupt, prepare)).Link, clock, services);
        if (start)
            Lab.Start();
    }

    public Lab Lab { get; }

    public W5500Model Chip => _w5500!.Chip;

    public W5500Link Link => _w5500!.Link;

    public W5500Counts Counts => Link.Counts;

    /// <summary>Neither end found damage, and the driver did nothing that the datasheet forbids.</summary>
    public void AssertHealthy()
    {
        Lab.AssertHealthy();
        Assert.IsEmpty(Chip.Violations, string.Join("\n", Chip.Violations));
    }

    /// <summary>What the driver did, in a line.</summary>
    public string Summary()
    {
        double frames = Counts.Received + Counts.Sent;
        return $"{frames} frames, {Counts.Transactions / frames:F2} SPI frames each; torn {Counts.TornReadings}, "
            + $"bad lengths {Counts.BadLengths}, reopened {Counts.Reopened}, resets {Counts.Resets}, "
            + $"overflowed {Chip.FramesOverflowed}, not sent {Counts.NotSentDown + Counts.NotSentBusy}, "
            + $"missed interrupts {Counts.MissedInterrupts}";
    }

    public void Dispose()
    {
        // The chip first: its thread reads the TAP device.
        _w5500?.Dispose();
        Lab.Dispose();
    }
}
