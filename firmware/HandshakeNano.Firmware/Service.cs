using System;
using HandshakeNano.Links;
using HandshakeNano.Net;

namespace HandshakeNano.Firmware;

/// <summary>
/// What an application does with the connections of one port, or with those that it opens. It is given to
/// <see cref="DeviceFirmware.Run"/>, which listens for it, and serves all connections by one object: what belongs to a connection goes
/// into its <see cref="TcpConnection.Tag"/>.
/// </summary>
/// <remarks>Every member is called on the firmware's thread, between two segments.</remarks>
public abstract class Service : TcpConnectionHandler
{
    // A peer that was switched off would hold one of a few connections for ever.
    private const ulong IdleBeforeProbe = 120_000_000;

    private const ulong LongestIdle = 1UL << 60;

    private readonly string _name;
    private readonly int _port;
    private readonly ulong _idleTimeout;

    /// <summary>
    /// Makes a service that listens on no port. It opens connections itself, and may be the <see cref="TcpConnection.Handler"/> of them.
    /// </summary>
    /// <param name="name">What it is called on the console.</param>
    protected Service(string name)
        : this(name, 0, 0)
    {
    }

    /// <summary>Makes a service; it listens when the firmware starts.</summary>
    /// <param name="name">What it is called on the console.</param>
    /// <param name="port">The TCP port that it listens on, 1 to 65535.</param>
    protected Service(string name, int port)
        : this(name, port, 0)
    {
    }

    /// <summary>Makes a service that peers cannot shut by doing nothing; it listens when the firmware starts.</summary>
    /// <param name="name">What it is called on the console.</param>
    /// <param name="port">The TCP port that it listens on, 1 to 65535.</param>
    /// <param name="idleTimeout">
    /// How long a connection may move no data before a reset ends it, in microseconds, at most 2^60
    /// (<see cref="TcpConnection.IdleTimeout"/>); 0 for ever. With it the slowest gives way while no connection is free.
    /// </param>
    protected Service(string name, int port, ulong idleTimeout)
    {
        _name = name;
        _port = port;
        _idleTimeout = idleTimeout;
    }

    /// <summary>What it is called on the console.</summary>
    public string Name
    {
        get { return _name; }
    }

    /// <summary>The TCP port that it listens on; 0 for none.</summary>
    public int Port
    {
        get { return _port; }
    }

    /// <summary>How long a connection may move no data before a reset ends it, in microseconds; 0 for ever.</summary>
    public ulong IdleTimeout
    {
        get { return _idleTimeout; }
    }

    /// <summary>
    /// Its type in DNS-based service discovery (RFC 6763 section 7), such as <c>_http._tcp</c>; null, the default: it is not announced. It is
    /// asked once, and used with TcpSettings.MulticastDns.
    /// </summary>
    public virtual string DnsType
    {
        get { return null; }
    }

    /// <summary>
    /// How many names it looks up at a time, by <see cref="TcpEndpoint.Resolve(string)"/> of the firmware's endpoint; 0, the default, for none. It is
    /// asked once, and what all services need is added up: TcpSettings.DnsQueries may be more.
    /// </summary>
    public virtual int DnsQueries
    {
        get { return 0; }
    }

    /// <summary>
    /// How many UDP sockets it opens, by <see cref="TcpEndpoint.OpenUdp"/> of the firmware's endpoint; 0, the default, for none. It is asked once,
    /// and what all services need is added up: TcpSettings.UdpSockets may be more.
    /// </summary>
    public virtual int UdpSockets
    {
        get { return 0; }
    }

    /// <summary>Whether <see cref="OnTime"/> is called. It is asked once, when the firmware starts.</summary>
    public virtual bool UsesTime
    {
        get { return false; }
    }

    /// <summary>Who is shown every frame of the link; null, the default, if the service does not look at them. It is asked once.</summary>
    public virtual FrameObserver Observer
    {
        get { return null; }
    }

    /// <summary>
    /// Room for one segment of Ethernet, 1460 bytes, which all services of a firmware share: what is in it is lost when a method
    /// returns. Null before the firmware starts.
    /// </summary>
    protected byte[] Buffer { get; private set; }

    /// <summary>The service listens, if it has a port; the loop is about to turn.</summary>
    /// <param name="firmware">The firmware, whose endpoint the service may also open connections on.</param>
    public virtual void OnStarted(DeviceFirmware firmware)
    {
    }

    /// <summary>A connection has come. <see cref="Serve"/> follows when it has bytes.</summary>
    /// <param name="connection">The connection.</param>
    public virtual void OnAccepted(TcpConnection connection)
    {
    }

    /// <summary>
    /// <see cref="DeviceFirmware.Wake"/> was called: another thread may have something for this service. What is written here is
    /// sent at once.
    /// </summary>
    public virtual void OnWoken()
    {
    }

    /// <summary>Time has passed: this is called about ten times a second, while <see cref="UsesTime"/> says so.</summary>
    /// <param name="now">The time in microseconds, of the board's clock.</param>
    public virtual void OnTime(ulong now)
    {
    }

    /// <inheritdoc/>
    public sealed override void OnReceived(TcpConnection connection)
    {
        ServeAndClose(connection);
    }

    /// <inheritdoc/>
    public sealed override void OnSent(TcpConnection connection)
    {
        ServeAndClose(connection);
    }

    /// <inheritdoc/>
    public sealed override void OnPeerClosed(TcpConnection connection)
    {
        ServeAndClose(connection);
    }

    /// <inheritdoc/>
    public override void OnClosed(TcpConnection connection, TcpCloseReason reason)
    {
        connection.Close();
    }

    /// <summary>
    /// There are bytes to read, or there is more room to write. Read no more than there is room to answer: what stays unread
    /// slows the peer down and is offered again.
    /// </summary>
    /// <param name="connection">The connection.</param>
    /// <returns>
    /// True if all that was read is answered: the connection is closed then, if the peer has closed and nothing is unread. False
    /// if there is more to write; this is called again when there is room.
    /// </returns>
    protected abstract bool Serve(TcpConnection connection);

    internal void Start(DeviceFirmware firmware, Board board, byte[] buffer)
    {
        Buffer = buffer;

        // Here, where it is seen at once, and not when the first peer connects.
        if (_idleTimeout > LongestIdle)
            throw new ArgumentException("The idle timeout of " + _name + " must be at most 2^60 us; 0 is for ever.");
        if (_port != 0)
            firmware.Endpoint.Listen(_port).Handler = new Acceptor(this, board);
        OnStarted(firmware);
    }

    private void ServeAndClose(TcpConnection connection)
    {
        if (Serve(connection) && connection.PeerClosed && connection.Available == 0)
            connection.Close();
    }

    /// <summary>Takes the connections of the port. Nothing is allocated when one comes or goes.</summary>
    private sealed class Acceptor : TcpListenerHandler
    {
        private readonly Service _service;
        private readonly Board _board;

        internal Acceptor(Service service, Board board)
        {
            _service = service;
            _board = board;
        }

        /// <inheritdoc/>
        public override void OnAccept(TcpListener listener)
        {
            TcpConnection connection = listener.Accept();
            while (connection != null)
            {
                connection.Handler = _service;
                connection.KeepAlive = IdleBeforeProbe;
                connection.IdleTimeout = _service.IdleTimeout;
                _board.OnAccepted(connection);
                _service.OnAccepted(connection);
                connection = listener.Accept();
            }
        }
    }
}
