using HandshakeNano.Net.Wire;

namespace HandshakeNano.Net;

/// <summary>A responder on UDP port 5353 of an endpoint. It has a deadline.</summary>
internal sealed class MdnsPort : IMdnsSender, IUdpUser
{
    private readonly MdnsResponder _responder;
    private readonly UdpSocket _socket;
    private readonly Wakeup _wakeup;

    // The address that the responder is to be told when it is known what time it is.
    private bool _hasNewAddress;
    private uint _address;
    private int _prefixLength;

    /// <summary>Opens the port.</summary>
    /// <param name="udp">The layer below.</param>
    /// <param name="hostName">The name's first label.</param>
    /// <param name="entropy">Where random numbers come from.</param>
    /// <param name="wakeup">What to tell of new deadlines.</param>
    /// <param name="counters">What to count in.</param>
    public MdnsPort(UdpLayer udp, string hostName, IEntropy entropy, Wakeup wakeup, ulong[] counters)
    {
        _responder = new MdnsResponder(this, hostName, entropy, counters);
        _wakeup = wakeup;
        _socket = udp.Open(DnsMessage.MulticastPort, this);
        _socket.JoinGroup(MdnsResponder.Group);
        _socket.TimeToLive = 255;
    }

    /// <summary>The responder.</summary>
    public MdnsResponder Responder
    {
        get { return _responder; }
    }

    /// <summary>When <see cref="OnTimer"/> has something to do.</summary>
    public ulong Deadline
    {
        get { return _hasNewAddress ? 0 : _responder.Deadline; }
    }

    /// <summary>Does what is due.</summary>
    /// <param name="now">The time in microseconds.</param>
    public void OnTimer(ulong now)
    {
        if (_hasNewAddress)
        {
            _hasNewAddress = false;
            _responder.SetAddress(_address, _prefixLength, now);
        }

        _responder.OnTimer(now);
    }

    /// <summary>Takes the name back, before our address goes.</summary>
    public void Withdraw()
    {
        // What goes to a group needs no time.
        _responder.SetAddress(0, 0, 0);
    }

    /// <summary>Takes our address.</summary>
    /// <param name="address">The address, most significant byte first; 0 for none.</param>
    /// <param name="prefixLength">Length of the network's prefix in bits.</param>
    public void TakeAddress(uint address, int prefixLength)
    {
        _address = address;
        _prefixLength = prefixLength;
        _hasNewAddress = true;
        _wakeup.At = 0;
    }

    /// <inheritdoc/>
    public bool Receive(byte[] frame, int length, uint source, bool isForMany, ulong now)
    {
        _responder.Receive(frame, UdpHeader.Data, length, source, BigEndian.Get16(frame, UdpHeader.SourcePort), isForMany, now);
        if (_responder.Deadline < _wakeup.At)
            _wakeup.At = _responder.Deadline;
        return true;
    }

    /// <inheritdoc/>
    public void Send(byte[] message, int length, uint address, int port, ulong now)
    {
        _socket.Send(message, 0, length, address, port, now);
    }
}
