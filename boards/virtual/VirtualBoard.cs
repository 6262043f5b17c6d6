#nullable enable
using System;
using System.IO;
using System.Runtime.InteropServices;
using System.Threading;
using System.Threading.Tasks;
using HandshakeNano.Firmware;
using HandshakeNano.Net;

namespace HandshakeNano.Boards.Virtual;

/// <summary>
/// The board that is a PC: the link is given to it, the clock is the Stopwatch behind <c>HighResTimer</c>, the entropy the
/// operating system's.
/// </summary>
public sealed class VirtualBoard : Board
{
    private const string TapName = "handshake0";
    private const int PrefixLength = 24;

    private static readonly AsyncLocal<VirtualBoard?> s_current = new();

    // Kept, or the collector ends them.
    private static PosixSignalRegistration[] s_signals = Array.Empty<PosixSignalRegistration>();

    private readonly TaskCompletionSource _started = new();
    private readonly TaskCompletionSource _stopped = new();
    private volatile DeviceFirmware? _firmware;

    /// <summary>Makes a board with the PC's clock and entropy.</summary>
    /// <param name="link">What carries its frames.</param>
    /// <param name="settings">What its endpoint is made of.</param>
    /// <param name="name">Its name: "virtual", or "virtual-" and what its link is like.</param>
    public VirtualBoard(ILink link, TcpSettings settings, string name = "virtual")
        : this(link, settings, new HighResTimerClock(), new SystemEntropy(), name)
    {
    }

    /// <summary>Makes a board all of whose surroundings are given, for virtual time and repeatable numbers.</summary>
    /// <param name="link">What carries its frames.</param>
    /// <param name="settings">What its endpoint is made of.</param>
    /// <param name="clock">Its clock.</param>
    /// <param name="entropy">Its source of unpredictable bytes.</param>
    /// <param name="name">Its name.</param>
    public VirtualBoard(ILink link, TcpSettings settings, IClock clock, IEntropy entropy, string name = "virtual")
        : base(name)
    {
        Link = link;
        Settings = settings;
        Clock = clock;
        Entropy = entropy;
        Recovery = new VirtualRecovery(this);
    }

    /// <summary>
    /// The board that <see cref="DeviceFirmware.Run"/> brings up. Set it before; it holds for the
    /// thread and for those that are started from then on.
    /// </summary>
    public static VirtualBoard? Current
    {
        get => s_current.Value;
        set => s_current.Value = value;
    }

    /// <summary>What becomes of the firmware after a fault.</summary>
    public VirtualRecovery Recovery { get; init; }

    /// <summary>False after <see cref="Stop"/>.</summary>
    public override bool IsRunning => !_stopped.Task.IsCompleted;

    /// <summary>Where the firmware's lines go; the console by default.</summary>
    public Action<string> Output { get; set; } = Console.WriteLine;

    /// <summary>Called for each connection that a service takes, on the firmware's thread; null for none.</summary>
    public Action<TcpConnection>? Accepted { get; set; }

    /// <summary>The firmware that runs on this board, the one of the last start; null before the first.</summary>
    public DeviceFirmware? Firmware => _firmware;

    /// <summary>
    /// Makes the board of a program that sets none: a TAP interface, on which the PC is 10.77.0.1 and the device 10.77.0.2. Ctrl-C stops it.
    /// </summary>
    /// <returns>The board.</returns>
    /// <exception cref="InvalidOperationException">There may be no such interface; the message says what to do.</exception>
    public static VirtualBoard OnTap()
    {
        uint pc = Ipv4Address.From(10, 77, 0, 1);
        TapLink link;
        try
        {
            link = TapLink.Open(TapName);
            KernelInterface.Configure(link.Name, pc, PrefixLength);
        }
        catch (IOException e)
        {
            throw new InvalidOperationException("The virtual board needs a TAP interface (" + e.Message
                + "): run the built program as root on Linux, or set VirtualBoard.Current to a board with another link.", e);
        }

        TcpSettings settings = NewSettings();
        settings.Address = Ipv4Address.From(10, 77, 0, 2);
        settings.PrefixLength = PrefixLength;
        settings.Gateway = pc;
        settings.DnsServers = new[] { pc };
        var board = new VirtualBoard(link, settings);
        board.StopAtSignals();
        return board;
    }

    /// <summary>Settings for a program on a PC, which has the memory for more connections than a device.</summary>
    /// <returns>Settings without an address.</returns>
    internal static TcpSettings NewSettings() => new() { Connections = 64, HalfOpenConnections = 256, TimeWaits = 256 };

    /// <summary>Lets Ctrl-C, and SIGTERM, stop this board instead of ending the program.</summary>
    internal void StopAtSignals()
    {
        void End(PosixSignalContext context)
        {
            context.Cancel = true;
            Stop();
        }

        s_signals = new[] { PosixSignalRegistration.Create(PosixSignal.SIGINT, End), PosixSignalRegistration.Create(PosixSignal.SIGTERM, End) };
    }

    /// <summary>Waits until the firmware listens.</summary>
    /// <param name="millisecondsTimeout">How long to wait at the most, in milliseconds; -1: for ever.</param>
    /// <returns>False if it has not started by then.</returns>
    public bool WaitUntilStarted(int millisecondsTimeout)
    {
        return _started.Task.Wait(millisecondsTimeout);
    }

    /// <summary>Ends <see cref="DeviceFirmware.RunUntilStopped"/>. Any thread may call it.</summary>
    public void Stop()
    {
        _stopped.TrySetResult();
        _firmware?.Wake();
    }

    /// <summary>Waits until <see cref="Stop"/>.</summary>
    /// <param name="millisecondsTimeout">How long to wait at the most, in milliseconds; -1: for ever.</param>
    /// <returns>False if it has not been stopped by then.</returns>
    public bool WaitUntilStopped(int millisecondsTimeout)
    {
        return _stopped.Task.Wait(millisecondsTimeout);
    }

    /// <inheritdoc/>
    public override void Log(string line)
    {
        Output(line);
    }

    /// <inheritdoc/>
    public override void OnStarted(DeviceFirmware firmware)
    {
        _firmware = firmware;
        _started.TrySetResult();
    }

    /// <inheritdoc/>
    public override void OnAccepted(TcpConnection connection)
    {
        Accepted?.Invoke(connection);
    }
}
