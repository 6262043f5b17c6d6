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
    private readonly TcbPool _pool;

    // The slots of those that wait to be accepted.
    private int _first;
    private int _last;

    internal TcpListener(TcpLayer layer)
    {
        _layer = layer;
        _pool = layer.Pool;
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
        int slot = _first;
        if (slot == TcbPool.None)
            return null;
        TcbPool pool = _pool;
        Tcb connection = pool.All[slot];
        _first = pool.Next[slot];
        _pending--;
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
        _first = TcbPool.None;
        IsOpen = true;
    }

    internal void Add(Tcb connection)
    {
        ushort[] next = _pool.Next;
        int slot = (int)connection.Numbers[TcbNumbers.Slot];
        next[slot] = TcbPool.None;
        if (_first == TcbPool.None)
            _first = slot;
        else
            next[_last] = (ushort)slot;
        _last = slot;
        _pending++;
    }

    /// <summary>Takes a connection out of the accept queue, as it ends before it is accepted.</summary>
    internal void Remove(Tcb connection)
    {
        ushort[] next = _pool.Next;
        int slot = (int)connection.Numbers[TcbNumbers.Slot];
        if (_first == slot)
            _first = next[slot];
        else
        {
            int previous = _first;
            while (next[previous] != slot)
                previous = next[previous];
            next[previous] = next[slot];
            if (_last == slot)
                _last = previous;
        }

        _pending--;
    }
}
