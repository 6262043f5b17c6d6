#nullable enable
using System;
using System.IO;
using System.Runtime.InteropServices;
using System.Text;
using System.Threading;
using HandshakeNano.Net;

namespace HandshakeNano.Boards.Virtual;

/// <summary>
/// One end of a virtual Ethernet cable whose other end is an interface of the Linux kernel (a TAP device).
/// </summary>
/// <remarks>
/// The interface is made in the network namespace of the calling thread and goes away with the link. No virtio header is
/// asked for, so the kernel hands over frames with complete checksums and none larger than its MTU. Sending and receiving
/// may be done from any thread, one at a time each, and <see cref="Wake"/> from any thread at any time.
/// </remarks>
public sealed class TapLink : ILink, IDisposable
{
    private const string Device = "/dev/net/tun";

    // Room to see that a frame is too long: the kernel cuts what does not fit without a word.
    private readonly byte[] _frame;
    private readonly byte[] _physicalAddress = { 0x02, 0x48, 0x4E, 0x00, 0x00, 0x02 };
    private readonly WakeableWait _wait = new();
    private volatile int _descriptor;
    private volatile bool _gone;

    private TapLink(int descriptor, string name, int mtu)
    {
        _descriptor = descriptor;
        Name = name;
        Mtu = mtu;
        _frame = new byte[FrameLayout.BufferSize(mtu) - FrameLayout.Ethernet + 1];
    }

    /// <summary>The name of the kernel's interface.</summary>
    public string Name { get; }

    /// <inheritdoc/>
    public int Mtu { get; }

    /// <inheritdoc/>
    public bool HasEthernetHeader => true;

    /// <summary>Our Ethernet address, 02:48:4E:00:00:02. The kernel's end has another, which the kernel draws.</summary>
    public byte[] PhysicalAddress => _physicalAddress;

    /// <summary>False after <see cref="Dispose"/> and when the interface was deleted.</summary>
    public bool IsUp => !_gone;

    /// <summary>Frames longer than the MTU, dropped.</summary>
    public ulong Oversized { get; private set; }

    /// <summary>Tells whether this user may open the kernel's TAP device.</summary>
    /// <param name="reason">Why not, one line; empty if so.</param>
    /// <returns>True if <see cref="Open"/> gets as far as asking for an interface.</returns>
    public static bool IsAvailable(out string reason)
    {
        TapException? fault = FindFault();
        reason = fault?.Message ?? string.Empty;
        return fault == null;
    }

    /// <summary>Makes a TAP interface in the calling thread's network namespace.</summary>
    /// <param name="name">The interface's name, at most 15 letters; null: the kernel chooses tap0, tap1, ...</param>
    /// <param name="mtu">The largest IP packet in bytes, 68 to 1500; the kernel's end is set to it.</param>
    /// <returns>The link.</returns>
    /// <exception cref="TapException">None is available.</exception>
    /// <exception cref="IOException">The kernel does not take the MTU.</exception>
    public static TapLink Open(string? name, int mtu = 1500)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(mtu, 68);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(mtu, 1500);
        byte[] request = Libc.InterfaceRequest(name ?? string.Empty);
        BitConverter.TryWriteBytes(
            request.AsSpan(Libc.InterfaceNameSize), (short)(Libc.TunTap | Libc.TunNoPacketInformation));
        if (FindFault() is TapException fault)
            throw fault;
        int descriptor = Libc.Open(Libc.Text(Device), Libc.ReadWrite | Libc.NonBlock | Libc.CloseOnExec, 0);
        if (descriptor < 0)
            throw DeviceFault();
        if (Libc.Control(descriptor, Libc.TunSetInterface, request) < 0)
        {
            TapException refusal = InterfaceFault(name);
            Libc.Close(descriptor);
            throw refusal;
        }

        int end = Array.IndexOf(request, (byte)0);
        var link = new TapLink(descriptor, Encoding.ASCII.GetString(request, 0, end), mtu);
        if (mtu != 1500)
            KernelInterface.SetMtu(link.Name, mtu);
        return link;
    }

    /// <inheritdoc/>
    public int Receive(byte[] buffer)
    {
        while (!_gone)
        {
            nint length = Libc.Read(_descriptor, ref _frame[0], _frame.Length);
            if (length <= 0)
            {
                int error = Marshal.GetLastPInvokeError();
                if (length < 0 && error == Libc.InterruptedCall)
                    continue;
                NoteError(error);
                return 0;
            }

            if (length >= _frame.Length || length > buffer.Length - FrameLayout.Ethernet)
            {
                Oversized++;
                continue;
            }

            Array.Copy(_frame, 0, buffer, FrameLayout.Ethernet, (int)length);
            return (int)length;
        }

        return 0;
    }

    /// <inheritdoc/>
    public bool Send(byte[] buffer, int length)
    {
        if (_gone || length > FrameLayout.EthernetHeaderLength + Mtu)
            return false;
        nint written;
        do
            written = Libc.Write(_descriptor, ref buffer[FrameLayout.Ethernet], length);
        while (written < 0 && Marshal.GetLastPInvokeError() == Libc.InterruptedCall);
        if (written < 0)
            NoteError(Marshal.GetLastPInvokeError());
        return written == length;
    }

    /// <inheritdoc/>
    public void Wait(int millisecondsTimeout)
    {
        if (millisecondsTimeout <= 0)
            return;
        if (!_gone && !_wait.Wait(_descriptor, millisecondsTimeout))
            return;

        // A link that is gone never has a frame: without this the caller's loop would turn as fast as it can.
        _wait.Wait(-1, millisecondsTimeout);
    }

    /// <inheritdoc/>
    public void Wake()
    {
        _wait.Wake();
    }

    /// <summary>Closes the link; the kernel removes its interface. The link must not be in use any more.</summary>
    public void Dispose()
    {
        _gone = true;
        int descriptor = Interlocked.Exchange(ref _descriptor, -1);
        if (descriptor >= 0)
            Libc.Close(descriptor);
        _wait.Dispose();
    }

    /// <summary>Looks whether TAP interfaces can be had, without making one.</summary>
    /// <returns>Why not; null if they can.</returns>
    public static TapException? FindFault()
    {
        if (!OperatingSystem.IsLinux())
            return new TapException(TapFault.NotLinux, "TAP interfaces are Linux's; this is " + RuntimeInformation.OSDescription);
        return Libc.Access(Libc.Text(Device), 4 | 2) == 0 ? null : DeviceFault();
    }

    private static TapException DeviceFault() => Marshal.GetLastPInvokeError() switch
    {
        Libc.NoEntry or Libc.NoDevice or Libc.NoDeviceOrAddress => new TapException(TapFault.NoDevice, Device + " is not there"),
        Libc.AccessDenied or Libc.NotPermitted => new TapException(TapFault.NotAllowed, Device + ": " + Libc.LastError()),
        _ => new TapException(TapFault.Other, Device + ": " + Libc.LastError()),
    };

    private static TapException InterfaceFault(string? name) => Marshal.GetLastPInvokeError() switch
    {
        Libc.DeviceBusy => new TapException(TapFault.Busy, name + " is in use by another program"),
        Libc.InvalidArgument => new TapException(TapFault.NotTap, name + " is not a TAP interface"),
        Libc.NotPermitted => new TapException(
            TapFault.NotAllowed, $"no TAP interface {name}: {Libc.LastError()} (it needs CAP_NET_ADMIN in this network namespace)"),
        _ => new TapException(TapFault.Other, $"no TAP interface {name}: {Libc.LastError()}"),
    };

    private void NoteError(int error)
    {
        // The interface was deleted; what else can be wrong (down, no room, nothing there) passes.
        if (error == Libc.BadDescriptorState)
            _gone = true;
    }
}
