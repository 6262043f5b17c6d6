#nullable enable
using System;
using System.Buffers.Binary;
using System.IO;
using HandshakeNano.Net;

namespace HandshakeNano.Boards.Virtual;

/// <summary>
/// Sets up a network interface of the kernel in the calling thread's network namespace, by ioctl: no tool need be installed.
/// </summary>
public static class KernelInterface
{
    private const int Argument = Libc.InterfaceNameSize;

    /// <summary>Gives an interface an address and switches it on.</summary>
    /// <param name="name">The interface's name.</param>
    /// <param name="address">The IPv4 address, most significant byte first (10.77.0.1 is 0x0A4D0001).</param>
    /// <param name="prefixLength">Length of the network's prefix in bits, 0 to 32.</param>
    /// <exception cref="IOException">The kernel does not allow it.</exception>
    public static void Configure(string name, uint address, int prefixLength)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(prefixLength);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(prefixLength, 32);
        SetAddress(name, Libc.SetInterfaceAddress, address);
        SetAddress(name, Libc.SetInterfaceNetmask, prefixLength == 0 ? 0 : uint.MaxValue << (32 - prefixLength));
        SetUp(name, true);
    }

    /// <summary>Switches an interface on or off.</summary>
    /// <param name="name">The interface's name.</param>
    /// <param name="up">True: on.</param>
    /// <exception cref="IOException">The kernel does not allow it.</exception>
    public static void SetUp(string name, bool up)
    {
        byte[] request = Libc.InterfaceRequest(name);
        Control(name, Libc.GetInterfaceFlags, request);
        if (up)
            request[Argument] |= (byte)Libc.InterfaceUp;
        else
            request[Argument] &= unchecked((byte)~Libc.InterfaceUp);
        Control(name, Libc.SetInterfaceFlags, request);
    }

    /// <summary>Sets an interface's MTU.</summary>
    /// <param name="name">The interface's name.</param>
    /// <param name="mtu">The largest IP packet in bytes.</param>
    /// <exception cref="IOException">The kernel does not allow it.</exception>
    public static void SetMtu(string name, int mtu)
    {
        SetNumber(name, Libc.SetInterfaceMtu, mtu);
    }

    /// <summary>Sets how many frames an interface holds for its device; one more is dropped.</summary>
    /// <param name="name">The interface's name.</param>
    /// <param name="frames">How many.</param>
    /// <exception cref="IOException">The kernel does not allow it.</exception>
    public static void SetQueueLength(string name, int frames)
    {
        SetNumber(name, Libc.SetInterfaceQueue, frames);
    }

    /// <summary>
    /// Keeps the kernel from speaking IPv6 of its own accord on an interface. A kernel without IPv6 is content.
    /// </summary>
    /// <param name="name">The interface's name.</param>
    public static void SilenceIpv6(string name)
    {
        string path = "/proc/sys/net/ipv6/conf/" + name + "/disable_ipv6";
        if (File.Exists(path))
            File.WriteAllText(path, "1");
    }

    /// <summary>Gives an interface that is on an IPv6 address, which the kernel uses at once, without asking whether another host has it.</summary>
    /// <param name="name">The interface's name.</param>
    /// <param name="address">The address, 16 bytes in the order of the wire.</param>
    /// <param name="prefixLength">Length of the network's prefix in bits, 0 to 128.</param>
    /// <exception cref="IOException">The kernel does not allow it, or has no IPv6.</exception>
    public static void AddIpv6(string name, byte[] address, int prefixLength)
    {
        string settings = "/proc/sys/net/ipv6/conf/" + name;
        if (!Directory.Exists(settings))
            throw new IOException("Cannot set up interface " + name + ": the kernel has no IPv6");
        File.WriteAllText(settings + "/accept_dad", "0");
        File.WriteAllText(settings + "/disable_ipv6", "0");

        // A struct in6_ifreq: the address, and two numbers in the host's order.
        byte[] request = new byte[Libc.Ipv6AddressSize + 8];
        address.CopyTo(request, 0);
        BitConverter.TryWriteBytes(request.AsSpan(Libc.Ipv6AddressSize), prefixLength);
        BitConverter.TryWriteBytes(request.AsSpan(Libc.Ipv6AddressSize + 4), Libc.InterfaceIndex(Libc.Text(name)));
        Control(name, Libc.SetInterfaceAddress, request, Libc.AddressFamilyInet6);
    }

    private static void SetNumber(string name, uint what, int number)
    {
        byte[] request = Libc.InterfaceRequest(name);
        BitConverter.TryWriteBytes(request.AsSpan(Argument), number);
        Control(name, what, request);
    }

    private static void SetAddress(string name, uint what, uint address)
    {
        // A struct sockaddr_in: the family in the host's order, the port, the address in the network's.
        byte[] request = Libc.InterfaceRequest(name);
        BitConverter.TryWriteBytes(request.AsSpan(Argument), (short)Libc.AddressFamilyInet);
        BinaryPrimitives.WriteUInt32BigEndian(request.AsSpan(Argument + 4), address);
        Control(name, what, request);
    }

    private static void Control(string name, uint what, byte[] request, int family = Libc.AddressFamilyInet)
    {
        int socket = Libc.Socket(family, Libc.SocketDatagram | Libc.CloseOnExec, 0);
        if (socket < 0)
            throw new IOException("No socket to set up " + name + " with: " + Libc.LastError());
        try
        {
            if (Libc.Control(socket, what, request) < 0)
                throw new IOException("Cannot set up interface " + name + ": " + Libc.LastError());
        }
        finally
        {
            Libc.Close(socket);
        }
    }
}
