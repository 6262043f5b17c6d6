#nullable enable
using System;
using HandshakeNano.Firmware;
using HandshakeNano.Links;
using HandshakeNano.Net;

namespace HandshakeNano.Boards.Virtual;

/// <summary>
/// What a board with a W5500 has: the firmware's own driver, here on the model of the chip. The other end of its cable is any
/// link: a TAP device, a wire in memory, a tunnel over UDP.
/// </summary>
public sealed class VirtualW5500 : IDisposable
{
    /// <summary>Wires a chip up, with its cable in, and opens it.</summary>
    /// <param name="network">The other end of the cable. It stays the caller's, and must outlive this.</param>
    /// <param name="interrupt">
    /// True: INTn is wired, and the driver rests until it falls. False: it is not, and the driver polls without rest.
    /// </param>
    /// <param name="prepare">What is wrong with the chip; null: nothing.</param>
    public VirtualW5500(ILink network, bool interrupt = true, Action<W5500Traps>? prepare = null)
    {
        ArgumentNullException.ThrowIfNull(network);
        Chip = new W5500Model(network);
        prepare?.Invoke(Chip.Traps);
        Chip.Start();
        Link = new W5500Link(Chip.Spi, Chip.Reset, interrupt ? Chip.Interrupt : null, network.PhysicalAddress, new HighResTimerClock())
        {
            LowLatency = !interrupt,
        };
    }

    /// <summary>The chip.</summary>
    public W5500Model Chip { get; }

    /// <summary>Its driver: the board's link.</summary>
    public W5500Link Link { get; }

    /// <summary>Ends the chip. The link must not be in use any more.</summary>
    public void Dispose()
    {
        Chip.Dispose();
    }
}
