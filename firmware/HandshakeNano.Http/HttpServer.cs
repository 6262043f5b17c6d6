using System;
using HandshakeNano.Net;

namespace HandshakeNano.Http;

/// <summary>
/// A server for HTTP/1.1 (RFC 9112) with persistent connections and pipelining. An application adds handlers to it, has a listener's
/// connections taken by <see cref="Take"/>, and calls <see cref="Check"/> now and then. Nothing is allocated for a request.
/// </summary>
/// <remarks>
/// One thread owns it, that of the endpoint. A request that can be read in two ways is refused, and its connection is closed. What a
/// server need not do and this one does not: ranges, trailers, other transfer codings than chunked, Date (a device has no clock).
/// </remarks>
public sealed class HttpServer : TcpConnectionHandler
{
    // A full segment of Ethernet.
    private const int StageSize = 1460;
    private const int LineSize = 64;

    // How long a connection is read from after its last answer: the peer may still be sending.
    private const ulong DrainTimeout = 2_000_000;

    // And if it never stops.
    private const ulong LongestDrain = 10_000_000;

    private const string Busy = "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";

    private readonly HttpSettings _settings;
    private readonly HttpExchange[] _exchanges;
    private readonly Drainer _drain;
    private readonly byte[] _busy;
    private string[] _paths = new string[4];
    private HttpHandler[] _handlers = new HttpHandler[4];
    private int _handlerCount;

    /// <summary>Makes a server that takes as much as <see cref="HttpSettings"/> says by default.</summary>
    public HttpServer()
        : this(new HttpSettings())
    {
    }

    /// <summary>Makes a server.</summary>
    /// <param name="settings">How much it takes.</param>
    /// <exception cref="ArgumentException">A setting is out of range.</exception>
    public HttpServer(HttpSettings settings)
    {
        if (settings == null)
            throw new ArgumentNullException(nameof(settings));
        settings.Check();
        _settings = settings;
        Stage = new byte[StageSize];
        Line = new byte[LineSize];
        _busy = new byte[Busy.Length];
        for (int i = 0; i < _busy.Length; i++)
            _busy[i] = (byte)Busy[i];
        _drain = new Drainer(Stage, settings.Connections);
        _exchanges = new HttpExchange[settings.Connections];
        for (int i = 0; i < _exchanges.Length; i++)
            _exchanges[i] = new HttpExchange(this, settings);
    }

    /// <summary>Requests whose head was understood.</summary>
    public ulong Requests { get; internal set; }

    /// <summary>Requests that were refused, by the server or by a handler (400 to 599).</summary>
    public ulong Refused { get; internal set; }

    /// <summary>Connections that were told to come again (503).</summary>
    public ulong TurnedAway { get; private set; }

    /// <summary>Connections that were reset as their answer could not be finished.</summary>
    public ulong Aborted { get; private set; }

    /// <summary>How many connections have a place.</summary>
    public int Connections
    {
        get
        {
            int count = 0;
            for (int i = 0; i < _exchanges.Length; i++)
            {
                if (_exchanges[i].IsInUse)
                    count++;
            }

            return count;
        }
    }

    /// <summary>Where content of answers waits until a step of a handler ends.</summary>
    internal byte[] Stage { get; }

    /// <summary>Where pieces of heads are put together.</summary>
    internal byte[] Line { get; }

    /// <summary>Adds a handler. Of several whose path fits, the first one that was added is asked.</summary>
    /// <param name="path">
    /// The path, from its slash on; all paths that begin so if it ends in '*', which may stand nowhere else. 'a' and '%61' are two paths.
    /// </param>
    /// <param name="handler">What answers requests for it.</param>
    /// <exception cref="ArgumentException">
    /// The path does not begin with a slash, has a query, or a '*' that is not its last character.
    /// </exception>
    public void Add(string path, HttpHandler handler)
    {
        if (path == null || path.Length == 0 || path[0] != '/')
            throw new ArgumentException("A path must begin with '/', as in /value.");
        for (int i = 0; i < path.Length; i++)
        {
            if (path[i] == '?')
                throw new ArgumentException("A path must have no query: its handler finds that by HttpExchange.GetQuery.");
            if (path[i] == '*' && i != path.Length - 1)
                throw new ArgumentException("A '*' must be the last character of a path, as in /files/*.");
        }

        if (handler == null)
            throw new ArgumentNullException(nameof(handler));
        if (_handlerCount == _handlers.Length)
        {
            string[] paths = new string[2 * _handlerCount];
            HttpHandler[] handlers = new HttpHandler[2 * _handlerCount];
            Array.Copy(_paths, paths, _handlerCount);
            Array.Copy(_handlers, handlers, _handlerCount);
            _paths = paths;
            _handlers = handlers;
        }

        _paths[_handlerCount] = path;
        _handlers[_handlerCount] = handler;
        _handlerCount++;
    }

    /// <summary>Takes a connection that a listener has accepted, and serves it until it ends.</summary>
    /// <param name="connection">The connection.</param>
    /// <exception cref="ArgumentNullException">There is no connection.</exception>
    public void Take(TcpConnection connection)
    {
        if (connection == null)
        {
            throw new ArgumentNullException(
                nameof(connection), "There is no connection: TcpListener.Accept gives null while no peer has connected.");
        }

        HttpExchange exchange = FindPlace();
        if (exchange == null)
        {
            TurnedAway++;
            connection.Write(_busy, 0, _busy.Length);
            LetGo(connection);
            return;
        }

        exchange.Open(connection);
        connection.Tag = exchange;
        connection.IdleTimeout = _settings.IdleTimeout;

        // What is written is whole: the last segment of an answer would wait for the ACK of those before it.
        connection.NoDelay = true;
        connection.Handler = this;
    }

    /// <summary>Ends what has waited too long. To be called at least every second or so.</summary>
    /// <param name="now">The time in microseconds.</param>
    public void Check(ulong now)
    {
        for (int i = 0; i < _exchanges.Length; i++)
        {
            if (_exchanges[i].IsInUse)
                _exchanges[i].Check(now);
        }

        _drain.Check(now);
    }

    /// <inheritdoc/>
    public override void OnReceived(TcpConnection connection)
    {
        Run(connection);
    }

    /// <inheritdoc/>
    public override void OnSent(TcpConnection connection)
    {
        Run(connection);
    }

    /// <inheritdoc/>
    public override void OnPeerClosed(TcpConnection connection)
    {
        Run(connection);
    }

    /// <inheritdoc/>
    public override void OnClosed(TcpConnection connection, TcpCloseReason reason)
    {
        HttpExchange exchange = (HttpExchange)connection.Tag;
        if (exchange != null && exchange.Connection == connection)
            exchange.Leave();
        connection.Tag = null;
        connection.Close();
    }

    /// <summary>The handler for a request, null if there is none.</summary>
    internal HttpHandler Find(HttpExchange exchange)
    {
        for (int i = 0; i < _handlerCount; i++)
        {
            string path = _paths[i];
            if (exchange.IsFor(path))
                return _handlers[i];
        }

        return null;
    }

    /// <summary>A connection whose peer has closed ends.</summary>
    internal static void Close(HttpExchange exchange)
    {
        TcpConnection connection = exchange.Leave();
        connection.Tag = null;
        connection.Close();
    }

    /// <summary>A connection ends whose answer cannot be finished.</summary>
    internal void Abort(HttpExchange exchange)
    {
        Aborted++;
        TcpConnection connection = exchange.Leave();
        connection.Tag = null;
        connection.Abort();
    }

    /// <summary>
    /// A connection ends after its last answer. What its peer still sends is read and dropped: a reset would take the answer from it (RFC
    /// 9112 section 9.6).
    /// </summary>
    internal void Drain(HttpExchange exchange)
    {
        LetGo(exchange.Leave());
    }

    private void LetGo(TcpConnection connection)
    {
        connection.Tag = null;
        connection.Shutdown();
        connection.IdleTimeout = DrainTimeout;
        connection.Handler = _drain;
        _drain.Take(connection);
    }

    /// <summary>A place that is free, or that of a connection without a request. Null if there is none.</summary>
    private HttpExchange FindPlace()
    {
        HttpExchange idle = null;
        for (int i = 0; i < _exchanges.Length; i++)
        {
            HttpExchange exchange = _exchanges[i];
            if (!exchange.IsInUse)
                return exchange;
            if (idle == null && exchange.IsIdle && exchange.Connection.Available == 0)
                idle = exchange;
        }

        if (idle != null)
            Drain(idle);
        return idle;
    }

    private static void Run(TcpConnection connection)
    {
        HttpExchange exchange = (HttpExchange)connection.Tag;
        if (exchange != null)
            exchange.Run();
    }

    /// <summary>Reads and drops what comes until the peer closes, or its time is over.</summary>
    private sealed class Drainer : TcpConnectionHandler
    {
        private readonly byte[] _waste;
        private readonly TcpConnection[] _connections;

        /// <summary>Until when each may take, in microseconds; 0 if nobody has looked yet.</summary>
        private readonly ulong[] _limits;

        private int _next;

        internal Drainer(byte[] waste, int capacity)
        {
            _waste = waste;
            _connections = new TcpConnection[capacity];
            _limits = new ulong[capacity];
        }

        /// <summary>Takes a connection. If there are too many, the oldest one gives way.</summary>
        internal void Take(TcpConnection connection)
        {
            int place = _next;
            _next = place + 1 == _connections.Length ? 0 : place + 1;
            TcpConnection oldest = _connections[place];
            _connections[place] = connection;
            _limits[place] = 0;
            if (oldest != null)
                oldest.Abort();
            OnReceived(connection);
        }

        /// <summary>Ends what has taken too long.</summary>
        internal void Check(ulong now)
        {
            for (int i = 0; i < _connections.Length; i++)
            {
                TcpConnection connection = _connections[i];
                if (connection == null)
                    continue;
                if (_limits[i] == 0)
                    _limits[i] = now + LongestDrain;
                else if (now >= _limits[i])
                {
                    _connections[i] = null;
                    connection.Abort();
                }
            }
        }

        /// <inheritdoc/>
        public override void OnReceived(TcpConnection connection)
        {
            while (connection.Read(_waste, 0, _waste.Length) != 0)
            {
            }

            if (connection.PeerClosed)
                Release(connection);
        }

        /// <inheritdoc/>
        public override void OnPeerClosed(TcpConnection connection)
        {
            OnReceived(connection);
        }

        /// <inheritdoc/>
        public override void OnClosed(TcpConnection connection, TcpCloseReason reason)
        {
            Release(connection);
        }

        private void Release(TcpConnection connection)
        {
            for (int i = 0; i < _connections.Length; i++)
            {
                if (_connections[i] == connection)
                    _connections[i] = null;
            }

            connection.Close();
        }
    }
}
