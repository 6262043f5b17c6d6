#nullable enable
using System;
using System.IO;
using System.Net;
using System.Net.Sockets;

namespace HandshakeNano.Boards.Virtual;

/// <summary>UDP sockets of the PC for a VXLAN link, which on a device makes its own.</summary>
public static class VxlanUnderlay
{
    // Room for the bursts of many connections; the system may give less.
    private const int BufferSize = 4 << 20;

    // Windows: SIO_UDP_CONNRESET. Else every datagram to a port that is closed makes a receive fail.
    private const int ReportUnreachable = unchecked((int)0x9800000C);

    /// <summary>Opens a socket for <c>VxlanLink</c>.</summary>
    /// <param name="local">Our IPv4 address, or any.</param>
    /// <param name="port">Our UDP port, 1 to 65535; 0: one that is free.</param>
    /// <returns>The bound socket.</returns>
    /// <exception cref="IOException">The address is not ours or the port is in use; the message says so in one line.</exception>
    public static Socket Open(IPAddress local, int port)
    {
        ArgumentNullException.ThrowIfNull(local);
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            socket.ReceiveBufferSize = BufferSize;
            socket.SendBufferSize = BufferSize;
            if (OperatingSystem.IsWindows())
                socket.IOControl(ReportUnreachable, new byte[4], null);
            socket.Bind(new IPEndPoint(local, port));
            return socket;
        }
        catch (SocketException e)
        {
            socket.Dispose();
            string hint = e.SocketErrorCode == SocketError.AddressAlreadyInUse ? " (another VXLAN end point of this host has it)" : "";
            throw new IOException($"UDP {local}:{port}: {e.Message}{hint}", e);
        }
    }

    /// <summary>Tells which of our addresses packets to another host come from.</summary>
    /// <param name="remote">The other host's IPv4 address.</param>
    /// <returns>Our address.</returns>
    /// <exception cref="IOException">There is no route to it.</exception>
    public static IPAddress LocalAddress(IPAddress remote)
    {
        ArgumentNullException.ThrowIfNull(remote);

        // Connecting a UDP socket sends nothing.
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            socket.Connect(new IPEndPoint(remote, 9));
            return ((IPEndPoint)socket.LocalEndPoint!).Address;
        }
        catch (SocketException e)
        {
            throw new IOException($"{remote}: {e.Message}", e);
        }
    }
}
