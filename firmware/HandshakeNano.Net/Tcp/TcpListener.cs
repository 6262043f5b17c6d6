namespace HandshakeNano.Net;

/// <summary>
/// A port on which connections are taken. It takes none of the endpoint's connections before a handshake is complete. Half-open
/// connections and those not yet accepted are bounded: beyond the first bound <see cref="TcpSettings.SynPolicy"/> says what
/// answers a SYN, beyond the second it is dropped, so that the peer tries again.
/// </summary>
public sealed class TcpListener
{
    /// <summary>Next listener in the same bucket of ports, or next free one.</summary>
    internal TcpListener Next;

    /// <summary>The state of the ISN's hash behind what does not vary.</summary>
    internal readonly ulong[] IsnState = new ulong[4];

    internal bool IsOpen;

    // Read by the layer on the way of a segment, where a property would be a call.
    internal int _halfOpen;
    internal int _pending;
    internal int _backlog;
    internal int _port;

    /// <summary>When a SYN last found no room, in microseconds; 0 for never.</summary>
    internal ulong _fullAt;

    internal TcpListenerHandler _handler;

    private readonly TcpLayer _layer;
    private Tcb _first;
    private Tcb _last;

    internal TcpListener(TcpLayer layer)
    {
        _layer = layer;
    }

    /// <summary>The port, 1 to 65535.</summary>
    public int Port
    {
        get { return _port; }
    }

    /// <summary>How many connections may be half-open, and how many may wait to be accepted.</summary>
    public int Backlog
    {
        get { return _backlog; }
    }

    /// <summary>How many connections wait to be accepted.</summary>
    public int Pending
    {
        get { return _pending; }
    }

    /// <summary>How many connections are in SYN-RECEIVED.</summary>
    public int HalfOpen
    {
        get { return _halfOpen; }
    }

    /// <summary>Who is told what happens; null for nobody.</summary>
    public TcpListenerHandler Handler
    {
        get { return _handler; }
        set { _handler = value; }
    }

    /// <summary>Takes the connection that has waited longest.</summary>
    /// <returns>The connection, now the caller's to close; null if none waits.</returns>
    public TcpConnection Accept()
    {
        Tcb connection = _first;
        if (connection == null)
            return null;
        Remove(connection);
        return connection.GiveOut();
    }

    /// <summary>Stops listening. Connections that are half-open or not accepted are reset with the next Poll.</summary>
    public void Close()
    {
        if (!IsOpen)
            return;
        IsOpen = false;
        Handler = null;
        _layer.CloseListener(this);
    }

    internal void Open(int port, int backlog)
    {
        _port = port;
        _backlog = backlog;
        _halfOpen = 0;
        _pending = 0;
        _fullAt = 0;
        _first = null;
        _last = null;
        IsOpen = true;
    }

    internal void Add(Tcb connection)
    {
        connection.QueueNext = null;
        if (_last == null)
            _first = connection;
        else
            _last.QueueNext = connection;
        _last = connection;
        _pending++;
    }

    /// <summary>Takes a connection out of the accept queue.</summary>
    internal void Remove(Tcb connection)
    {
        if (_first == connection)
            _first = connection.QueueNext;
        else
        {
            // It ends before it is accepted.
            Tcb previous = _first;
            while (previous.QueueNext != connection)
                previous = previous.QueueNext;
            previous.QueueNext = connection.QueueNext;
            if (_last == connection)
                _last = previous;
        }

        if (_first == null)
            _last = null;
        connection.QueueNext = null;
        connection.Listener = null;
        _pending--;
    }
}
