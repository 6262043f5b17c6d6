using System;
using HandshakeNano.Net.Wire;

namespace HandshakeNano.Net;

/// <summary>UDP (RFC 768): checks what comes, knows whose it is, and puts headers before what goes.</summary>
internal sealed class UdpLayer
{
    private const int FirstDynamicPort = 49152;

    private readonly Ipv4Layer _ipv4;
    private readonly ulong[] _counters;
    private readonly UdpSocket[] _sockets;
    private readonly int _queueSize;
    private readonly int _timeToLive;
    private readonly KeyedRandom _random;

    /// <summary>Where the datagrams of sockets are built; null without sockets.</summary>
    private readonly byte[] _frame;

    /// <summary>Makes the layer.</summary>
    /// <param name="ipv4">The layer below.</param>
    /// <param name="settings">How many sockets there can be.</param>
    /// <param name="entropy">Where the secret of their ports comes from.</param>
    /// <param name="counters">What to count in.</param>
    public UdpLayer(Ipv4Layer ipv4, TcpSettings settings, IEntropy entropy, ulong[] counters)
    {
        _ipv4 = ipv4;
        _counters = counters;
        int count = settings.UdpSockets + (settings.MulticastDns ? 1 : 0) + settings.DnsQueries;
        if (count == 0)
            return;
        _sockets = new UdpSocket[count];
        _queueSize = settings.UdpQueueSize;
        _timeToLive = settings.TimeToLive;
        _random = new KeyedRandom(entropy);
        _frame = new byte[FrameLayout.BufferSize(ipv4.Mtu)];
    }

    /// <summary>The longest data of a datagram in bytes.</summary>
    public int LongestData
    {
        get { return _ipv4.Mtu - Ipv4Header.Length - UdpHeader.Length; }
    }

    /// <summary>Whether all sockets are in use, or there are none.</summary>
    public bool IsFull
    {
        get
        {
            for (int i = 0; _sockets != null && i < _sockets.Length; i++)
            {
                if (_sockets[i] == null)
                    return false;
            }

            return true;
        }
    }

    /// <summary>The socket of a port; null if there is none.</summary>
    /// <param name="port">The port.</param>
    public UdpSocket Find(int port)
    {
        UdpSocket[] sockets = _sockets;
        for (int i = 0; sockets != null && i < sockets.Length; i++)
        {
            UdpSocket socket = sockets[i];
            if (socket != null && socket.Port == port)
                return socket;
        }

        return null;
    }

    /// <summary>Opens a port that is free, while not all sockets are in use.</summary>
    /// <param name="port">The port; 0 for one that nobody can guess.</param>
    /// <returns>The socket.</returns>
    public UdpSocket Open(int port)
    {
        return Add(new UdpSocket(this, port == 0 ? ChoosePort(FirstDynamicPort) : port, null, _queueSize, _timeToLive));
    }

    /// <summary>A port that is free and that nobody can guess (RFC 6056 section 3.3.1).</summary>
    /// <param name="first">The lowest that it may be.</param>
    public int ChoosePort(int first)
    {
        int port;
        do
            port = first + (int)(uint)_random.Below((ulong)(65536 - first));
        while (Find(port) != null);
        return port;
    }

    /// <summary>Opens a port for something of ours that takes datagrams as they come.</summary>
    /// <param name="port">The port, which is free; <see cref="UdpSocket.NoPort"/> for none yet.</param>
    /// <param name="user">Who takes them.</param>
    /// <returns>The socket.</returns>
    public UdpSocket Open(int port, IUdpUser user)
    {
        return Add(new UdpSocket(this, port, user, 0, _timeToLive));
    }

    private UdpSocket Add(UdpSocket opened)
    {
        UdpSocket[] sockets = _sockets;
        int at = 0;
        while (sockets[at] != null)
            at++;
        sockets[at] = opened;
        _ipv4.TakesGroups = true;
        return opened;
    }

    /// <summary>Forgets a socket.</summary>
    /// <param name="socket">The socket.</param>
    public void Close(UdpSocket socket)
    {
        UdpSocket[] sockets = _sockets;
        bool isLast = true;
        for (int i = 0; i < sockets.Length; i++)
        {
            if (sockets[i] == socket)
                sockets[i] = null;
            else if (sockets[i] != null)
                isLast = false;
        }

        _ipv4.TakesGroups = !isLast;
    }

    /// <summary>Whether a socket takes a datagram that is for many hosts: it has joined the group, or all hosts on the link are meant.</summary>
    /// <param name="frame">The frame buffer.</param>
    /// <param name="length">How many bytes follow the IP header.</param>
    public bool Takes(byte[] frame, int length)
    {
        UdpSocket socket = length < UdpHeader.Length ? null : Find(BigEndian.Get16(frame, UdpHeader.DestinationPort));
        return socket != null && (_ipv4.IsBroadcast(Ipv4Layer.ReceiverOf(frame)) || Ipv4Layer.ReceiverOf(frame) == socket.Group);
    }

    /// <summary>Gives a checked datagram to its socket.</summary>
    /// <param name="frame">The frame buffer.</param>
    /// <param name="length">Length of its data in bytes.</param>
    /// <param name="now">The time in microseconds.</param>
    /// <returns>False if there is no socket that it can be for.</returns>
    public bool Deliver(byte[] frame, int length, ulong now)
    {
        UdpSocket socket = Find(BigEndian.Get16(frame, UdpHeader.DestinationPort));
        if (socket == null)
            return false;
        uint source = BigEndian.Reverse(_ipv4.Peer);
        bool isForMany = !_ipv4.IsForUs(frame);
        IUdpUser user = socket.User;
        if (user != null)
        {
            if (!user.Receive(frame, length, source, isForMany, now))
                return false;
            _counters[(int)Counter.UdpReceived]++;
            return true;
        }

        if (!socket.Add(frame, length, source, isForMany))
        {
            _counters[(int)Counter.UdpQueueFull]++;
            return true;
        }

        _counters[(int)Counter.UdpReceived]++;
        UdpHandler handler = socket.Handler;
        if (handler != null)
            handler.OnReceived(socket, now);
        return true;
    }

    /// <summary>Sends a datagram of a socket.</summary>
    /// <param name="socket">The socket.</param>
    /// <param name="data">Holds its data.</param>
    /// <param name="offset">Index of the first byte.</param>
    /// <param name="count">How many bytes.</param>
    /// <param name="address">The destination, most significant byte first.</param>
    /// <param name="port">The destination's port.</param>
    /// <param name="now">The time in microseconds.</param>
    /// <returns>False if there is no address of ours or no route.</returns>
    public bool Send(UdpSocket socket, byte[] data, int offset, int count, uint address, int port, ulong now)
    {
        byte[] frame = _frame;
        Ipv4Layer ipv4 = _ipv4;
        uint destination = BigEndian.Reverse(address);
        bool isForMany = ipv4.IsBroadcast(destination) || IsGroup(destination);
        if (ipv4.Address == 0 || (!isForMany && (!ipv4.CanBeHost(destination) || ipv4.NextHop(destination) == 0)))
        {
            _counters[(int)Counter.UdpNotSent]++;
            return false;
        }

        ipv4.Prepare(frame, Ipv4Header.Udp);
        frame[Ipv4Header.TimeToLive] = (byte)socket.TimeToLive;
        BigEndian.Put16(frame, UdpHeader.SourcePort, socket.Port);
        BigEndian.Put16(frame, UdpHeader.DestinationPort, port);
        Array.Copy(data, offset, frame, UdpHeader.Data, count);
        Send(frame, count, ipv4.Address, destination, now);
        _counters[(int)Counter.UdpSent]++;
        return true;
    }

    /// <summary>Checks a datagram that has come.</summary>
    /// <param name="frame">The frame buffer.</param>
    /// <param name="length">How many bytes follow the IP header.</param>
    /// <returns>The length of its data in bytes; -1 if the datagram is dropped.</returns>
    public int Receive(byte[] frame, int length)
    {
        int total = BigEndian.Get16(frame, UdpHeader.TotalLength);
        if (total < UdpHeader.Length || total > length)
        {
            _counters[(int)Counter.UdpHeaderBad]++;
            return -1;
        }

        if (BitConverter.ToUInt16(frame, UdpHeader.Checksum) != 0
            && Sum(frame, total, _ipv4.PeerAddressSum) % InternetChecksum.Modulus != 0)
        {
            _counters[(int)Counter.UdpChecksumBad]++;
            return -1;
        }

        return total - UdpHeader.Length;
    }

    /// <summary>Completes the header before a datagram's data, and sends it.</summary>
    /// <param name="frame">The frame buffer, prepared for UDP, ports and data in their places.</param>
    /// <param name="length">Length of the data in bytes.</param>
    /// <param name="source">The source address as the processor loads it from the wire: ours, or 0 in a broadcast.</param>
    /// <param name="destination">The destination, likewise: a host, a group, or all ones for every host on the link.</param>
    /// <param name="now">The time in microseconds.</param>
    public void Send(byte[] frame, int length, uint source, uint destination, ulong now)
    {
        length += UdpHeader.Length;
        BigEndian.Put16(frame, UdpHeader.TotalLength, length);
        BigEndian.Put16(frame, UdpHeader.Checksum, 0);

        // Never 0, which would say that there is none: the remainder is less than 65535.
        int checksum = InternetChecksum.Complement(
            (uint)(Sum(frame, length, (ulong)source + destination) % InternetChecksum.Modulus));
        BigEndian.Put16(frame, UdpHeader.Checksum, checksum);
        if (IsGroup(destination) || _ipv4.IsBroadcast(destination))
            _ipv4.SendToMany(frame, length, source, destination);
        else
        {
            // The header's checksum counts on the usual time to live.
            int difference = (frame[Ipv4Header.TimeToLive] - _ipv4.TimeToLive) << 8;
            _ipv4.Send(frame, length, destination, _ipv4.AddressSumIpv4(destination) + (uint)(difference + (int)InternetChecksum.Modulus), now);
        }
    }

    private static bool IsGroup(uint address)
    {
        return (address & 0xF0) == 0xE0;
    }

    /// <summary>The sum over pseudo-header and datagram, in the processor's order; a shift by 8 swaps bytes modulo 65535.</summary>
    private static ulong Sum(byte[] frame, int total, ulong addressSum)
    {
        return addressSum + (ulong)((total << 8) + (Ipv4Header.Udp << 8))
            + InternetChecksum.SumLittleEndian(frame, FrameLayout.Transport, total);
    }
}
