#nullable enable
using System;
using System.Collections.Generic;
using System.Device.Gpio;
using System.Device.Spi;
using System.Threading;
using HandshakeNano.Net;

namespace HandshakeNano.Boards.Virtual;

/// <summary>
/// A W5500 (datasheet 1.1) as far as a MACRAW driver sees it: SPI frames, registers, commands, both buffers with pointers that
/// wrap, INTn, RSTn and the PHY's link. <see cref="Violations"/> lists what the driver did and must not do.
/// </summary>
/// <remarks>
/// <para>
/// Its network is any link. Frames are taken from it at each access of the host; what finds no room is lost, as on the chip.
/// With <see cref="Start"/> they are taken when they come, and INTn falls at that moment, as on the chip. A frame of less
/// than 60 bytes is padded on arrival, because a real network carries no shorter one.
/// </para>
/// <para>
/// Time is counted in SPI frames, so that every run is the same; with <see cref="Start"/> that of INTLEVEL is real. The hard-wired
/// protocols and sockets 1 to 7 are not modelled; their registers hold what is written to them.
/// </para>
/// </remarks>
public sealed partial class W5500Model : IDisposable
{
    private const int BufferSize = 16384;
    private const int MinimumFrame = 60;
    private const int MaximumFrame = 1514;

    private readonly object _lock = new();
    private readonly ILink _network;
    private readonly byte[] _frame;
    private readonly byte[] _outgoing;
    private readonly byte[] _common = new byte[0x40];
    private readonly byte[][] _sockets = new byte[8][];
    private readonly byte[] _transmitBuffer = new byte[BufferSize];
    private readonly byte[] _receiveBuffer = new byte[BufferSize];
    private readonly List<string> _violations = new();
    private readonly SpiPort _spi;
    private readonly ResetPin _reset;
    private readonly InterruptPin _interrupt;
    private Thread? _thread;
    private volatile bool _stopped;

    private bool _isLinkUp = true;
    private bool _inReset;
    private int _versionReads;
    private bool _stuck;
    private int _commandDelay;
    private bool _sending;
    private int _sendDelay;
    private int _transmitRead;
    private int _transmitWrite;
    private int _transmitCommitted;
    private int _receiveRead;
    private int _receiveReadBefore;
    private int _receiveCommitted;
    private int _receiveWrite;
    private int _receiveWriteSeen;
    private bool _isCountRead;
    private bool _tearsWrite;
    private bool _isLow;
    private int _heldAccesses;
    private long _heldSince;
    private int _commands, _sends, _arrivals, _falls;
    private int _linkDelay, _receivedSizeDelay, _receiveCounted;
    private readonly Random _random = new(1);

    /// <summary>Makes a chip, powered and with its cable in.</summary>
    /// <param name="network">The other end of the cable.</param>
    public W5500Model(ILink network)
    {
        if (!network.HasEthernetHeader)
            throw new ArgumentException("The chip's network is Ethernet.", nameof(network));
        _network = network;
        _frame = new byte[FrameLayout.BufferSize(network.Mtu)];
        _outgoing = new byte[FrameLayout.BufferSize(network.Mtu)];
        for (int i = 0; i < _sockets.Length; i++)
            _sockets[i] = new byte[0x30];
        _spi = new SpiPort(this);
        _reset = new ResetPin(this);
        _interrupt = new InterruptPin(this);
        ClearRegisters();
    }

    /// <summary>The chip's SPI.</summary>
    public SpiDevice Spi => _spi;

    /// <summary>RSTn, active low.</summary>
    public GpioPin Reset => _reset;

    /// <summary>INTn, active low.</summary>
    public GpioPin Interrupt => _interrupt;

    /// <summary>Whether an edge of INTn would be told to anybody.</summary>
    public bool InterruptIsListenedTo => _interrupt.IsListenedTo;

    /// <summary>What it does wrong.</summary>
    public W5500Traps Traps { get; } = new();

    /// <summary>SPI frames so far.</summary>
    public int Transactions { get; private set; }

    /// <summary>Bytes clocked so far, headers included.</summary>
    public long BytesClocked { get; private set; }

    /// <summary>Bits that came wrong, either way.</summary>
    public int BitErrors { get; private set; }

    /// <summary>How often RSTn was pulled.</summary>
    public int PinResets { get; private set; }

    /// <summary>Frames given to the network.</summary>
    public int FramesSent { get; private set; }

    /// <summary>Frames stored for the host.</summary>
    public int FramesStored { get; private set; }

    /// <summary>Frames that found no room.</summary>
    public int FramesOverflowed { get; private set; }

    /// <summary>Frames that the filter kept out.</summary>
    public int FramesFiltered { get; private set; }

    /// <summary>Frames that came while the socket was closed or the cable out.</summary>
    public int FramesUnheard { get; private set; }

    /// <summary>Whether the cable is in.</summary>
    public bool IsLinkUp
    {
        get
        {
            lock (_lock)
                return _isLinkUp;
        }

        set
        {
            lock (_lock)
                _isLinkUp = value;
        }
    }

    /// <summary>What the host did that the datasheet forbids or leaves undefined, in order; at most 100.</summary>
    public IReadOnlyList<string> Violations
    {
        get
        {
            lock (_lock)
                return _violations.ToArray();
        }
    }

    /// <summary>The supply fails for a moment: everything is as after a reset, and the host is not told.</summary>
    public void LosePower()
    {
        lock (_lock)
            ClearRegisters();
    }

    /// <summary>Ends the thread.</summary>
    public void Dispose()
    {
        _stopped = true;
        _thread?.Join();
    }

    private static bool IsNth(int every, int count)
    {
        return every > 0 && count % every == 0;
    }

    private void Violate(string what)
    {
        if (_violations.Count < 100)
            _violations.Add(what);
    }
}
