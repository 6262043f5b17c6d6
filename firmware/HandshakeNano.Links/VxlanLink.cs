using System;
using System.Net;
using System.Net.Sockets;
using System.Threading;
using HandshakeNano.Net;

namespace HandshakeNano.Links;

/// <summary>
/// Ethernet frames in UDP datagrams (VXLAN, RFC 7348): the way into our endpoint over the Wi-Fi of an ESP32, whose own
/// stack owns the radio. Header and frame stand in one buffer, <see cref="FrameLayout.Headroom"/> apart, so nothing is copied.
/// </summary>
/// <remarks>
/// For one thread at a time. Nothing is allocated per frame but by the socket itself (on the device by ReceiveFrom: the
/// sender's address). Exceptions of the socket are caught here, and it is left alone for 50 ms after one, so that a network
/// that is gone does not cost an exception per frame.
/// </remarks>
public sealed class VxlanLink : ILink, IDisposable
{
    /// <summary>Length of the VXLAN header in bytes.</summary>
    public const int HeaderLength = VxlanSettings.HeaderLength;

    private const byte VniIsValid = 0x08;
    private const int TypeHigh = FrameLayout.Ethernet + 12;
    private const int Ipv4TotalLength = FrameLayout.Network + 2;
    private const int MessageTooLong = 10040;

    /// <summary>How many datagrams a call looks at: a flood of bad ones must not hold the caller.</summary>
    private const int DatagramsPerReceive = 32;

    /// <summary>The longest that the socket itself may take, in milliseconds; it is asked only when it is ready.</summary>
    private const int SocketTimeout = 100;

    private const int Rest = 50;

    /// <summary>
    /// How long the socket may wait before a look whether we were woken, in milliseconds: a tick of the device's system, which
    /// tells of a datagram no sooner.
    /// </summary>
    private const int WakeInterval = 10;


    private readonly Socket _socket;
    private readonly byte[] _header;
    private readonly byte[] _physicalAddress;
    private readonly int _mtu;
    private readonly int _greatestDatagram;
    private readonly int _vni;
    private readonly int _peerPort;
    private readonly bool _learn;
    private readonly VxlanCounts _counts = new VxlanCounts();
    private IPAddress _peerAddress;
    private EndPoint _peer;
    private EndPoint _source = new IPEndPoint(IPAddress.Any, 0);
    private bool _receiveRests;
    private bool _sendRests;
    private long _receiveAgain;
    private long _sendAgain;
    private bool _closed;
    private int _woken;

    /// <summary>Opens the tunnel's end on every address of this host. The network must be up.</summary>
    /// <param name="settings">What it is made of.</param>
    /// <exception cref="ArgumentException">A setting is out of range; the message says which.</exception>
    /// <exception cref="SocketException">The port is in use.</exception>
    public VxlanLink(VxlanSettings settings)
        : this(settings, null)
    {
    }

    /// <summary>Opens the tunnel's end on a UDP socket that is bound already.</summary>
    /// <param name="settings">What it is made of; its Port is that of the socket.</param>
    /// <param name="socket">The socket, closed with the link; null: one on every address of this host.</param>
    /// <exception cref="ArgumentException">A setting is out of range; the message says which.</exception>
    /// <exception cref="SocketException">The port is in use.</exception>
    public VxlanLink(VxlanSettings settings, Socket socket)
    {
        if (settings == null)
            throw new ArgumentNullException(nameof(settings));
        settings.Validate();
        int vni = settings.Vni;
        _vni = vni;
        _header = new byte[] { VniIsValid, 0, 0, 0, (byte)(vni >> 16), (byte)(vni >> 8), (byte)vni, 0 };
        _physicalAddress = new byte[6];
        Array.Copy(settings.PhysicalAddress, _physicalAddress, 6);
        _mtu = settings.Mtu;
        _greatestDatagram = FrameLayout.Network + _mtu;
        _peerPort = settings.PeerPort;
        _learn = settings.LearnPeer;
        uint peer = settings.Peer;
        if (peer != 0)
        {
            SetPeer(new IPAddress(new byte[] { (byte)(peer >> 24), (byte)(peer >> 16), (byte)(peer >> 8), (byte)peer }));
        }

        _socket = socket == null ? Open(settings.Port) : socket;
        _socket.ReceiveTimeout = SocketTimeout;
        _socket.SendTimeout = SocketTimeout;
    }

    /// <summary>What was carried and what was dropped.</summary>
    public VxlanCounts Counts
    {
        get { return _counts; }
    }

    /// <summary>
    /// How to wait. False, the default: in the socket, which on the device tells of a frame up to 10 ms late, and the processor
    /// rests. True: asks the socket again and again and gives way to other threads in between; a frame is seen within the time of
    /// a turn, and the processor never rests.
    /// </summary>
    public bool LowLatency { get; set; }

    /// <summary>The other end of the tunnel, in dotted form; empty before one has been learned.</summary>
    public string Peer
    {
        get { return _peer == null ? "" : _peerAddress.ToString(); }
    }

    /// <inheritdoc/>
    public int Mtu
    {
        get { return _mtu; }
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

    /// <summary>True until the link is closed. A tunnel does not tell whether its other end is there.</summary>
    public bool IsUp
    {
        get { return !_closed; }
    }

    /// <inheritdoc/>
    public int Receive(byte[] buffer)
    {
        if (_closed || (_receiveRests && ReceiveRestLeft() > 0))
            return 0;
        Socket socket = _socket;
        int size = buffer.Length;
        int left = DatagramsPerReceive;
        try
        {
            do
            {
                if (!socket.Poll(0, SelectMode.SelectRead))
                    return 0;
                int length = socket.ReceiveFrom(buffer, 0, size, SocketFlags.None, ref _source);
                length = Accept(buffer, length);
                if (length != 0)
                    return length;
            }
            while (--left != 0);
        }
        catch (SocketException e)
        {
            // Where a datagram that does not fit is cut without a word, Accept sees it.
            if (e.ErrorCode == MessageTooLong)
            {
                _counts.TooLong++;
            }
            else
            {
                RestReceiving();
            }
        }

        return 0;
    }

    /// <inheritdoc/>
    public bool Send(byte[] buffer, int length)
    {
        VxlanCounts counts = _counts;
        int total = length + HeaderLength;
        if (length < FrameLayout.EthernetHeaderLength || total > _greatestDatagram || total > buffer.Length)
        {
            counts.NotSentLength++;
            return false;
        }

        EndPoint peer = _peer;
        if (peer == null)
        {
            counts.NotSentNoPeer++;
            return false;
        }

        if (_closed || (_sendRests && Environment.TickCount64 < _sendAgain))
        {
            counts.NotSentResting++;
            return false;
        }

        _sendRests = false;
        Array.Copy(_header, 0, buffer, 0, HeaderLength);
        try
        {
            if (_socket.SendTo(buffer, 0, total, SocketFlags.None, peer) == total)
            {
                counts.Sent++;
                return true;
            }
        }
        catch (SocketException)
        {
            _sendAgain = Environment.TickCount64 + Rest;
            _sendRests = true;
        }

        counts.NotSentError++;
        return false;
    }

    /// <inheritdoc/>
    public void Wait(int millisecondsTimeout)
    {
        if (millisecondsTimeout <= 0)
            return;
        int rest = _closed ? millisecondsTimeout : _receiveRests ? ReceiveRestLeft() : 0;
        long end = Environment.TickCount64 + (rest > 0 && rest < millisecondsTimeout ? rest : millisecondsTimeout);
        try
        {
            while (!TakeWake())
            {
                long left = end - Environment.TickCount64;
                if (left <= 0)
                    return;
                int turn = LowLatency ? 0 : left < WakeInterval ? (int)left : WakeInterval;
                if (rest > 0)
                {
                    // The socket would be ready at once, to say again what is wrong.
                    Thread.Sleep(left < WakeInterval ? (int)left : WakeInterval);
                    continue;
                }

                if (LowLatency)
                    Thread.Sleep(0);
                if (_socket.Poll(turn * 1000, SelectMode.SelectRead))
                    return;
            }
        }
        catch (SocketException)
        {
            RestReceiving();
        }
    }

    /// <inheritdoc/>
    /// <remarks>A Wait sees it within 10 ms.</remarks>
    public void Wake()
    {
        Interlocked.Exchange(ref _woken, 1);
    }

    /// <summary>Closes the socket. The link must not be in use any more.</summary>
    public void Dispose()
    {
        if (_closed)
            return;
        _closed = true;
        _socket.Close();
    }

    private bool TakeWake()
    {
        return _woken != 0 && Interlocked.Exchange(ref _woken, 0) != 0;
    }

    private static Socket Open(int port)
    {
        Socket socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Any, port));
        }
        catch (SocketException)
        {
            socket.Close();
            throw;
        }

        return socket;
    }

    /// <summary>Looks at a datagram.</summary>
    /// <returns>The length of its frame, 0 if it is dropped.</returns>
    private int Accept(byte[] buffer, int length)
    {
        VxlanCounts counts = _counts;
        if (length < FrameLayout.Network)
        {
            counts.TooShort++;
            return 0;
        }

        if ((buffer[0] & VniIsValid) == 0)
        {
            counts.FlagMissing++;
            return 0;
        }

        if (((buffer[4] << 16) | (buffer[5] << 8) | buffer[6]) != _vni)
        {
            counts.VniUnknown++;
            return 0;
        }

        // Not ==, which compares addresses on the device and references on the desktop.
        IPAddress source = ((IPEndPoint)_source).Address;
        bool isPeer = _peer != null && source.Equals(_peerAddress);
        if (!isPeer && !_learn)
        {
            counts.SourceUnknown++;
            return 0;
        }

        if (length > _greatestDatagram || (length == buffer.Length && IsCut(buffer, length)))
        {
            counts.TooLong++;
            return 0;
        }

        if (buffer[TypeHigh] == 0x81 && buffer[TypeHigh + 1] == 0x00)
        {
            counts.Tagged++;
            return 0;
        }

        if (!isPeer)
        {
            SetPeer(source);
            counts.PeersLearned++;
        }

        counts.Received++;
        return length - HeaderLength;
    }

    /// <summary>Whether a datagram that fills the buffer was longer: an IPv4 packet says how long it is.</summary>
    private static bool IsCut(byte[] buffer, int length)
    {
        return buffer[TypeHigh] == 0x08 && buffer[TypeHigh + 1] == 0x00 && length >= FrameLayout.Transport
            && ((buffer[Ipv4TotalLength] << 8) | buffer[Ipv4TotalLength + 1]) > length - FrameLayout.Network;
    }

    private void SetPeer(IPAddress address)
    {
        _peerAddress = address;
        _peer = new IPEndPoint(address, _peerPort);
    }

    /// <summary>The socket failed: it is left alone for a while.</summary>
    private void RestReceiving()
    {
        _counts.ReceiveErrors++;
        _receiveAgain = Environment.TickCount64 + Rest;
        _receiveRests = true;
    }

    /// <summary>How many milliseconds the socket is still left alone.</summary>
    private int ReceiveRestLeft()
    {
        long left = _receiveAgain - Environment.TickCount64;
        if (left > 0 && left <= Rest)
            return (int)left;
        _receiveRests = false;
        return 0;
    }
}
