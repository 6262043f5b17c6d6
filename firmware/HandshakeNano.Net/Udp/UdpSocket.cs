using System;
using HandshakeNano.Net.Wire;

namespace HandshakeNano.Net;

/// <summary>
/// A UDP port of ours (RFC 768), over IPv4. Datagrams that come wait in a queue of a bounded size until <see cref="Receive"/> takes them;
/// one that finds no room is dropped and counted. It belongs to the thread of its endpoint.
/// </summary>
public sealed class UdpSocket
{
    /// <summary>Before each datagram in the queue: its length, source address and port, and whether it was for many.</summary>
    private const int HeaderLength = 9;

    /// <summary>The port of a socket of ours that has none at the moment: no datagram names it.</summary>
    internal const int NoPort = -1;

    private readonly UdpLayer _layer;
    private readonly byte[] _queue;
    private int _port;
    private uint _group;
    private int _timeToLive;

    /// <summary>Where the oldest datagram begins, and how many bytes all of them take.</summary>
    private int _first;
    private int _used;
    private int _waiting;

    internal UdpSocket(UdpLayer layer, int port, IUdpUser user, int queueSize, int timeToLive)
    {
        User = user;
        _layer = layer;
        _port = port;
        _queue = new byte[queueSize];
        _timeToLive = timeToLive;
    }

    /// <summary>Our port; 0 after <see cref="Close"/>.</summary>
    public int Port
    {
        get { return _port; }
    }

    /// <summary>Is told of datagrams that come; null, the default: nobody, and the socket is asked.</summary>
    public UdpHandler Handler { get; set; }

    /// <summary>How many datagrams wait.</summary>
    public int Waiting
    {
        get { return _waiting; }
    }

    /// <summary>Who sent the datagram that was received last: its IPv4 address, most significant byte first.</summary>
    public uint RemoteAddress { get; private set; }

    /// <summary>The port that it was sent from.</summary>
    public int RemotePort { get; private set; }

    /// <summary>Length of its data in bytes, which may be more than was received.</summary>
    public int Length { get; private set; }

    /// <summary>True if it was sent to the group, or to all hosts on the link.</summary>
    public bool WasForMany { get; private set; }

    /// <summary>Time to live of what is sent, 1 to 255; that of the endpoint at first.</summary>
    /// <exception cref="ArgumentException">The number is out of range.</exception>
    public int TimeToLive
    {
        get
        {
            return _timeToLive;
        }

        set
        {
            if (value < 1 || value > 255)
                throw new ArgumentException("The time to live must be 1 to 255.");
            _timeToLive = value;
        }
    }

    /// <summary>Who takes datagrams as they come; null: they wait in the queue.</summary>
    internal IUdpUser User { get; }

    internal uint Group
    {
        get { return _group; }
    }

    /// <summary>
    /// Takes what is sent to a group on the link, 224.0.0.0 to 224.0.0.255, too. Switches deliver to such a group without being asked (RFC 4541
    /// section 2.1.2), so nothing is reported.
    /// </summary>
    /// <param name="group">The group's address, most significant byte first; 0: none any more.</param>
    /// <exception cref="ArgumentException">It is no such group.</exception>
    public void JoinGroup(uint group)
    {
        if (group != 0 && group >> 8 != 0xE00000)
            throw new ArgumentException("Only groups on the link can be joined, 224.0.0.0 to 224.0.0.255.");
        _group = BigEndian.Reverse(group);
    }

    /// <summary>Takes the datagram that has waited longest.</summary>
    /// <param name="buffer">Where its data goes.</param>
    /// <param name="offset">Index of the first byte.</param>
    /// <param name="count">How many bytes there is room for; what does not fit is dropped, and <see cref="Length"/> tells.</param>
    /// <returns>How many bytes there are now, which may be 0; -1 if no datagram waits.</returns>
    /// <exception cref="ArgumentException">Offset and count are not in the buffer.</exception>
    public int Receive(byte[] buffer, int offset, int count)
    {
        Check(buffer, offset, count);
        if (_waiting == 0)
            return -1;
        byte[] queue = _queue;
        Length = (Take() << 8) | Take();
        uint address = 0;
        for (int i = 0; i < 4; i++)
            address = (address << 8) | (uint)Take();
        RemoteAddress = address;
        RemotePort = (Take() << 8) | Take();
        WasForMany = Take() != 0;
        int length = Length < count ? Length : count;
        int behind = queue.Length - _first;
        if (length <= behind)
            Array.Copy(queue, _first, buffer, offset, length);
        else
        {
            Array.Copy(queue, _first, buffer, offset, behind);
            Array.Copy(queue, 0, buffer, offset + behind, length - behind);
        }

        Skip(Length);
        _waiting--;
        return length;
    }

    /// <summary>Sends a datagram.</summary>
    /// <param name="buffer">Holds its data.</param>
    /// <param name="offset">Index of the first byte.</param>
    /// <param name="count">How many bytes, 0 to 28 less than the link's MTU: it is never cut into fragments.</param>
    /// <param name="address">
    /// The destination, most significant byte first: a host, a group (224.0.0.0/4), or 0xFFFFFFFF for every host on the link.
    /// </param>
    /// <param name="port">The destination's port, 1 to 65535.</param>
    /// <param name="now">The time in microseconds, as <see cref="TcpEndpoint.Poll"/> is told it.</param>
    /// <returns>
    /// False if it was not sent: we have no address or no route. True does not mean that it has arrived: it may wait for the neighbour's Ethernet
    /// address, and be dropped and counted if none comes.
    /// </returns>
    /// <exception cref="ArgumentException">Offset, count or port is out of range, or the datagram is too long for the link.</exception>
    /// <exception cref="InvalidOperationException">The socket is closed.</exception>
    public bool Send(byte[] buffer, int offset, int count, uint address, int port, ulong now)
    {
        Check(buffer, offset, count);
        if (count > _layer.LongestData)
            throw new ArgumentException("A datagram has at most " + _layer.LongestData.ToString() + " bytes on this link.");
        if (port < 1 || port > 65535)
            throw new ArgumentException("A port must be 1 to 65535.");
        if (_port == 0)
            throw new InvalidOperationException("The socket is closed.");
        return _layer.Send(this, buffer, offset, count, address, port, now);
    }

    /// <summary>Gives the port back; what waits is gone.</summary>
    public void Close()
    {
        if (_port == 0)
            return;
        _layer.Close(this);
        _port = 0;
        _used = 0;
        _waiting = 0;
    }

    /// <summary>Takes another port.</summary>
    /// <param name="port">The port, which is free, or <see cref="NoPort"/>.</param>
    internal void Move(int port)
    {
        _port = port;
    }

    /// <summary>Puts a datagram at the end of the queue.</summary>
    /// <param name="frame">The frame buffer.</param>
    /// <param name="length">Length of its data in bytes.</param>
    /// <param name="source">Who sent it, most significant byte first.</param>
    /// <param name="isForMany">It was not sent to us alone.</param>
    /// <returns>False if there is no room.</returns>
    internal bool Add(byte[] frame, int length, uint source, bool isForMany)
    {
        byte[] queue = _queue;
        if (queue.Length - _used < HeaderLength + length)
            return false;
        Put(length >> 8);
        Put(length);
        Put((int)(source >> 24));
        Put((int)(source >> 16));
        Put((int)(source >> 8));
        Put((int)source);
        Put(frame[UdpHeader.SourcePort]);
        Put(frame[UdpHeader.SourcePort + 1]);
        Put(isForMany ? 1 : 0);
        int end = End();
        int behind = queue.Length - end;
        if (length <= behind)
            Array.Copy(frame, UdpHeader.Data, queue, end, length);
        else
        {
            Array.Copy(frame, UdpHeader.Data, queue, end, behind);
            Array.Copy(frame, UdpHeader.Data + behind, queue, 0, length - behind);
        }

        _used += length;
        _waiting++;
        return true;
    }

    private static void Check(byte[] buffer, int offset, int count)
    {
        if (buffer == null)
            throw new ArgumentNullException(nameof(buffer));
        if (offset < 0 || count < 0 || offset > buffer.Length - count)
            throw new ArgumentException("Offset and count must lie in the buffer.");
    }

    private int End()
    {
        int end = _first + _used;
        return end < _queue.Length ? end : end - _queue.Length;
    }

    private void Put(int value)
    {
        _queue[End()] = (byte)value;
        _used++;
    }

    private int Take()
    {
        int value = _queue[_first];
        Skip(1);
        return value;
    }

    private void Skip(int count)
    {
        int first = _first + count;
        _first = first < _queue.Length ? first : first - _queue.Length;
        _used -= count;
    }
}
