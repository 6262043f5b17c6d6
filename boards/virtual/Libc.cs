#nullable enable
using System;
using System.Runtime.InteropServices;
using System.Text;

namespace HandshakeNano.Boards.Virtual;

/// <summary>The Linux calls that .NET has no name for. Numbers are those of Linux on x86-64 and arm64.</summary>
internal static class Libc
{
    internal const int ReadWrite = 2, ReadOnly = 0, NonBlock = 0x800, CloseOnExec = 0x80000;
    internal const int NotPermitted = 1, NoEntry = 2, InterruptedCall = 4, NoDeviceOrAddress = 6, AccessDenied = 13, DeviceBusy = 16,
        NoDevice = 19, InvalidArgument = 22, BadDescriptorState = 77;
    internal const short PollIn = 1, PollError = 8 | 16 | 32;
    internal const int CloneNewNet = 0x40000000;
    internal const int AddressFamilyInet = 2, AddressFamilyInet6 = 10, SocketDatagram = 2, Ipv6AddressSize = 16;

    // struct ifreq: the interface's name, then a union.
    internal const int InterfaceRequestSize = 40, InterfaceNameSize = 16;
    internal const uint GetInterfaceFlags = 0x8913, SetInterfaceFlags = 0x8914, SetInterfaceAddress = 0x8916,
        SetInterfaceNetmask = 0x891C, SetInterfaceMtu = 0x8922, SetInterfaceQueue = 0x8943, TunSetInterface = 0x400454CA;
    internal const short InterfaceUp = 1, TunTap = 2, TunNoPacketInformation = 0x1000;

    [DllImport("libc", EntryPoint = "open", SetLastError = true)]
    internal static extern int Open(byte[] path, int flags, int mode);

    [DllImport("libc", EntryPoint = "close")]
    internal static extern void Close(int descriptor);

    [DllImport("libc", EntryPoint = "access", SetLastError = true)]
    internal static extern int Access(byte[] path, int mode);

    [DllImport("libc", EntryPoint = "read", SetLastError = true)]
    internal static extern nint Read(int descriptor, ref byte buffer, nint count);

    [DllImport("libc", EntryPoint = "write", SetLastError = true)]
    internal static extern nint Write(int descriptor, ref byte buffer, nint count);

    [DllImport("libc", EntryPoint = "poll", SetLastError = true)]
    internal static extern int Poll(ref PollDescriptor descriptors, nuint count, int millisecondsTimeout);

    [DllImport("libc", EntryPoint = "eventfd", SetLastError = true)]
    internal static extern int EventDescriptor(uint value, int flags);

    [DllImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    internal static extern int Control(int descriptor, nuint request, byte[] argument);

    [DllImport("libc", EntryPoint = "socket", SetLastError = true)]
    internal static extern int Socket(int family, int type, int protocol);

    [DllImport("libc", EntryPoint = "if_nametoindex")]
    internal static extern uint InterfaceIndex(byte[] name);

    [DllImport("libc", EntryPoint = "unshare", SetLastError = true)]
    internal static extern int Unshare(int flags);

    [DllImport("libc", EntryPoint = "setns", SetLastError = true)]
    internal static extern int SetNamespace(int descriptor, int kind);

    internal struct PollDescriptor
    {
        public int Descriptor;
        public short Events;
        public short Returned;
    }

    /// <summary>A C string.</summary>
    internal static byte[] Text(string text)
    {
        return Encoding.ASCII.GetBytes(text + "\0");
    }

    /// <summary>A struct ifreq with a name in it.</summary>
    internal static byte[] InterfaceRequest(string name)
    {
        byte[] bytes = Encoding.ASCII.GetBytes(name);
        if (bytes.Length >= InterfaceNameSize || name.Contains('/', StringComparison.Ordinal)
            || name.Contains(' ', StringComparison.Ordinal))
            throw new ArgumentException("An interface's name has at most 15 letters, without '/' and blanks.", nameof(name));
        var request = new byte[InterfaceRequestSize];
        bytes.CopyTo(request, 0);
        return request;
    }

    /// <summary>What the last failed call said, such as "Permission denied".</summary>
    internal static string LastError()
    {
        return Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError());
    }
}
