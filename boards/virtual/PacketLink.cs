#nullable enable
using System;
using System.Buffers.Binary;
using System.IO;
using System.Net;
using System.Net.Sockets;
using HandshakeNano.Net;

namespace HandshakeNano.Boards.Virtual;

/// <summary>
/// One more host on a network interface of the Linux kernel: a packet socket with an Ethernet address of its own, so that
/// the kernel says nothing in its name. What it sends leaves by the interface; the kernel's own addresses there do not hear it.
/// What the kernel has merged or not finished for a network card comes as a cable would carry it (<see cref="OffloadedFrame"/>).
/// </summary>
public sealed class PacketLink : ILink, IDisposable
{
    private const ushort AllProtocols = 0x0003;
    private const int PacketLevel = 263, AddMembership = 1, VirtioHeader = 15, IgnoreOutgoing = 23;
    private const short Promiscuous = 1;

    private readonly WakeableWait _wait = new();
    private readonly Socket _socket;
    private readonly OffloadedFrame _frame = new();
    private readonly byte[] _sent = new byte[OffloadedFrame.HeaderLength + ushort.MaxValue];
    private readonly byte[] _physicalAddress = { 0x02, 0x48, 0x4E, 0x00, 0x00, 0x77 };
    private volatile bool _gone;

    private PacketLink(Socket socket)
    {
        _socket = socket;
    }

    /// <inheritdoc/>
    public int Mtu => 1500;

    /// <inheritdoc/>
    public bool HasEthernetHeader => true;

    /// <summary>Our Ethernet address, 02:48:4E:00:00:77.</summary>
    public byte[] PhysicalAddress => _physicalAddress;

    /// <summary>False after <see cref="Dispose"/> and when the interface is gone or switched off.</summary>
    public bool IsUp => !_gone;

    /// <summary>Frames longer than the MTU that could not be cut into segments, dropped.</summary>
    public ulong Oversized { get; private set; }

    /// <summary>Goes on an interface of the calling thread's network namespace.</summary>
    /// <param name="name">The interface's name.</param>
    /// <returns>The link.</returns>
    /// <exception cref="IOException">The kernel does not allow it; the message says why in one line.</exception>
    public static PacketLink Open(string name)
    {
        if (!OperatingSystem.IsLinux())
            throw new IOException("Packet sockets are Linux's.");
        int index = (int)Libc.InterfaceIndex(Libc.Text(name));
        if (index == 0)
            throw new IOException("There is no interface " + name);
        Socket? socket = null;
        try
        {
            // Port 0 of the protocol: no frame comes before it is bound to the one interface.
            socket = new Socket(AddressFamily.Packet, SocketType.Raw, 0);

            // A struct packet_mreq. Our Ethernet address is not the interface's; a TAP takes everything anyway.
            byte[] membership = new byte[16];
            BitConverter.TryWriteBytes(membership, index);
            BitConverter.TryWriteBytes(membership.AsSpan(4), Promiscuous);
            socket.SetRawSocketOption(PacketLevel, AddMembership, membership);
            socket.SetRawSocketOption(PacketLevel, IgnoreOutgoing, BitConverter.GetBytes(1));
            socket.SetRawSocketOption(PacketLevel, VirtioHeader, BitConverter.GetBytes(1));
            socket.ReceiveBufferSize = 1 << 20;
            socket.Bind(new PacketEndPoint(index));
            socket.Blocking = false;
            return new PacketLink(socket);
        }
        catch (SocketException e)
        {
            socket?.Dispose();
            throw new IOException($"No packet socket on {name}: {e.Message} (it needs CAP_NET_RAW)", e);
        }
    }

    /// <inheritdoc/>
    public int Receive(byte[] buffer)
    {
        while (!_gone)
        {
            if (_frame.HasNext)
            {
                int length = _frame.Next(buffer);
                if (length > 0)
                    return length;
                Oversized++;
            }

            int taken = _socket.Receive(_frame.Bytes, SocketFlags.None, out SocketError error);
            if (error == SocketError.NetworkDown)
                _gone = true;

            // So the kernel says that what it merged is of a kind that struct virtio_net_hdr has no type for. It is gone.
            bool cannotBeSaid = error == SocketError.InvalidArgument;
            if (!cannotBeSaid && (error != SocketError.Success || taken <= OffloadedFrame.HeaderLength))
                return 0;
            if (cannotBeSaid || (!_frame.IsMergedForOthers(_physicalAddress) && !_frame.Take(taken)))
                Oversized++;
        }

        return 0;
    }

    /// <inheritdoc/>
    public bool Send(byte[] buffer, int length)
    {
        if (_gone)
            return false;
        Array.Copy(buffer, FrameLayout.Ethernet, _sent, OffloadedFrame.HeaderLength, length);
        length += OffloadedFrame.HeaderLength;
        return _socket.Send(_sent, 0, length, SocketFlags.None, out SocketError error) == length && error == SocketError.Success;
    }

    /// <inheritdoc/>
    public void Wait(int millisecondsTimeout)
    {
        if (millisecondsTimeout <= 0 || _frame.HasNext)
            return;
        _wait.Wait(_gone ? -1 : (int)_socket.Handle, millisecondsTimeout);
    }

    /// <inheritdoc/>
    public void Wake()
    {
        _wait.Wake();
    }

    /// <summary>Closes the link. It must not be in use any more.</summary>
    public void Dispose()
    {
        _gone = true;
        _socket.Dispose();
        _wait.Dispose();
    }

    /// <summary>A sockaddr_ll: all protocols of one interface.</summary>
    private sealed class PacketEndPoint : EndPoint
    {
        private readonly int _index;

        internal PacketEndPoint(int index)
        {
            _index = index;
        }

        public override AddressFamily AddressFamily => AddressFamily.Packet;

        public override SocketAddress Serialize()
        {
            var address = new SocketAddress(AddressFamily.Packet, 20);
            BinaryPrimitives.WriteUInt16BigEndian(address.Buffer.Span[2..], AllProtocols);
            BitConverter.TryWriteBytes(address.Buffer.Span[4..], _index);
            return address;
        }
    }
}
