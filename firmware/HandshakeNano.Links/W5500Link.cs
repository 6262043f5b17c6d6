using System;
using System.Device.Gpio;
using System.Device.Spi;
using System.Threading;
using HandshakeNano.Net;

namespace HandshakeNano.Links;

/// <summary>
/// Ethernet through a W5500 on SPI: socket 0 in MACRAW mode with all of the chip's 32 KB, the chip's own protocols unused.
/// </summary>
/// <remarks>
/// <para>
/// To receive a frame takes 4 SPI frames (look, data, read pointer, RECV); frames that wait together share the look and the
/// RECV. To send one takes 3 (data, write pointer, SEND), and a look unless an earlier one has seen that the frame before is
/// out: INTn tells only of what comes. A look that finds nothing ends each batch. The SPI header stands in the headroom, so
/// nothing is copied except a frame of less than 60 bytes that is sent, which is padded.
/// </para>
/// <para>
/// Nothing that the chip or the cable does causes an exception, and every wait has a limit. If a frame is not out after 20 ms,
/// a command is not accepted after 10 ms or a length is nonsense, the socket is opened again; if that does not help the chip is
/// reset, by MR first, as RSTn takes the PHY's link down for 1 to 3 s. A chip that does not answer is tried again every second.
/// What sets the chip up is read back, and written again where a bit was lost. <see cref="Counts"/> has a counter for each. For one thread.
/// </para>
/// </remarks>
// It lives as long as the device does, and so does its event.
#pragma warning disable CA1001
public sealed partial class W5500Link : ILink
#pragma warning restore CA1001
{
    private const int MinimumFrame = 60;
    private const int MaximumFrame = 1514;

    // What a frame with a VLAN tag may be longer.
    private const int TagLength = 4;

    // Before each stored frame stands its length, which includes these two bytes.
    private const int LengthHeader = 2;

    // Microseconds.
    private const ulong CommandTime = 10_000;
    private const ulong InterruptFallback = 50_000;

    // A look: Sn_MR to Sn_IMR in one burst.
    private const int LookLength = W5500.SnIMR + 1;
    private const int AtMode = W5500Bus.HeaderLength;
    private const int AtCommand = AtMode + W5500.SnCR;
    private const int AtInterrupt = AtMode + W5500.SnIR;
    private const int AtStatus = AtMode + W5500.SnSR;
    private const int AtReceiveSize = AtMode + W5500.SnRXBUF_SIZE;
    private const int AtTransmitSize = AtReceiveSize + 1;
    private const int AtTransmitRead = AtMode + W5500.SnTX_RD;
    private const int AtTransmitWrite = AtMode + W5500.SnTX_WR;
    private const int AtReceived = AtMode + W5500.SnRX_RSR;
    private const int AtReceiveRead = AtMode + W5500.SnRX_RD;
    private const int AtReceiveWrite = AtMode + W5500.SnRX_WR;
    private const int AtInterruptMask = AtMode + W5500.SnIMR;

    private readonly W5500Bus _bus;
    private readonly GpioPin _reset;
    private readonly GpioPin _interrupt;
    private readonly AutoResetEvent _interrupted = new AutoResetEvent(false);
    private int _woken;
    private readonly byte[] _physicalAddress;
    private readonly IClock _clock;
    private readonly W5500Counts _counts = new W5500Counts();
    private readonly byte[] _look = new byte[W5500Bus.HeaderLength + LookLength];
    private readonly byte[] _short = new byte[FrameLayout.Ethernet + MinimumFrame];

    private bool _isOpen;
    private bool _isLinkUp;

    // The chip has not been opened yet, or could not be: RSTn is next.
    private bool _isLost = true;
    private ulong _nextReset;
    private ulong _linkChecked;
    private ulong _looked;

    // A command was written and has not been seen accepted.
    private bool _commandPending;

    // A frame was given to the chip and has not been seen to be out.
    private bool _sending;
    private ulong _sendBegan;

    // How many frames in a row did not leave though there is a cable.
    private int _sendTimeouts;
    private int _transmitWrite;

    // The chip's read pointer, the place that has been read up to, and what waits from there on.
    private int _receiveCommitted;
    private int _receiveNext;
    private int _available;

    // The length header of the next frame if it was read with the frame before, else 0.
    private int _nextLength;
    private bool _resynchronised;
    private int _disagreements;

    // The mode of the socket: what passes the chip's filter.
    private int _mode = W5500.SocketMode;

    // Causes of interrupt that a look has seen and that have not been cleared.
    private int _seen;

    // The cause of interrupt was cleared after the last look: a frame may have come in between without another.
    private bool _mustLook;

    /// <summary>Resets the chip and opens it. If it is not there it is tried again every second.</summary>
    /// <param name="spi">The chip's SPI device: mode 0 or 3, 8 bits, full duplex.</param>
    /// <param name="reset">The chip's RSTn, an output; null if it is not wired: then only a command resets the chip.</param>
    /// <param name="interrupt">The chip's INTn, an input; null if it is not wired: then the chip is polled.</param>
    /// <param name="physicalAddress">Our Ethernet address, 6 bytes; the chip has none of its own.</param>
    /// <param name="clock">Tells how long something has taken.</param>
    public W5500Link(SpiDevice spi, GpioPin reset, GpioPin interrupt, byte[] physicalAddress, IClock clock)
    {
        if (physicalAddress == null || physicalAddress.Length != 6)
            throw new ArgumentException("The physical address must be 6 bytes.");
        _bus = new W5500Bus(spi, FrameLayout.BufferSize(Mtu), _counts);
        _reset = reset;
        _interrupt = interrupt;
        _physicalAddress = physicalAddress;
        _clock = clock;
        if (interrupt != null)
            interrupt.ValueChanged += OnInterrupt;
        Reset();
    }

    /// <summary>What has happened.</summary>
    public W5500Counts Counts
    {
        get { return _counts; }
    }

    /// <summary>
    /// How to wait. False, the default: sleeps until the pin falls, or for a tick of 10 ms where it is not wired; on the device a
    /// frame is seen up to 10 ms late, and the processor rests. True: only gives way to other threads between two looks, at
    /// the pin if it is wired, else at the chip; a frame is seen within the time of a look, and the processor never rests.
    /// </summary>
    public bool LowLatency
    {
        get
        {
            return _isLowLatency;
        }

        set
        {
            if (value == _isLowLatency)
                return;
            _isLowLatency = value;
            GpioPin interrupt = _interrupt;
            if (interrupt == null)
                return;

            // Each edge that is told of takes memory on the device, and nobody would wait for it.
            if (value)
                interrupt.ValueChanged -= OnInterrupt;
            else
                interrupt.ValueChanged += OnInterrupt;
        }
    }

    private bool _isLowLatency;

    /// <summary>
    /// Whether frames of IPv6 pass, as they must with TcpSettings.Ipv6. False, the default: the chip keeps them out. The chip cannot tell
    /// groups from each other, so with it all of IPv6's multicast passes, and the endpoint drops what is for groups of others.
    /// </summary>
    public bool PassesIpv6
    {
        get
        {
            return (_mode & W5500.Ipv6Block) == 0;
        }

        set
        {
            SetMode(value ? _mode & ~W5500.Ipv6Block : _mode | W5500.Ipv6Block);
        }
    }

    /// <summary>
    /// Whether frames to groups of IPv4 pass, as they must with TcpSettings.MulticastDns. False, the default: the chip keeps them out. It cannot
    /// tell groups from each other, so the endpoint drops what is for groups of others.
    /// </summary>
    public bool PassesMulticast
    {
        get
        {
            return (_mode & W5500.MulticastBlock) == 0;
        }

        set
        {
            SetMode(value ? _mode & ~W5500.MulticastBlock : _mode | W5500.MulticastBlock);
        }
    }

    private void SetMode(int mode)
    {
        _mode = mode;
        if (_isOpen)
            _bus.Set8(W5500.Socket0, W5500.SnMR, mode);
    }

    /// <summary>True if the chip answers and its socket is open, whether or not there is a cable.</summary>
    public bool IsOpen
    {
        get { return _isOpen; }
    }

    /// <inheritdoc/>
    public int Mtu
    {
        get { return MaximumFrame - FrameLayout.EthernetHeaderLength; }
    }

    /// <inheritdoc/>
    public bool HasEthernetHeader
    {
        get { return true; }
    }

    /// <inheritdoc/>
    public byte[] PhysicalAddress
    {
        get { return _physicalAddress; }
    }

    /// <summary>True while the chip is open and its PHY has a link; looked at four times a second, without a link twenty times.</summary>
    public bool IsUp
    {
        get { return _isOpen && _isLinkUp; }
    }
}
