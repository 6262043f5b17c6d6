using HandshakeNano.Net;

namespace HandshakeNano.Http;

// What an application sees of a request, and the steps of an exchange.

/// <summary>
/// A request and its answer (RFC 9110, RFC 9112). The object belongs to a connection's place in the server and serves one request after
/// the other: a handler keeps nothing of it.
/// </summary>
public sealed partial class HttpExchange
{
    // Where the exchange is.
    private const int ReadingHead = 0;
    private const int Serving = 1;
    private const int Skipping = 2;

    /// <summary>Room that is free in the send buffer before a handler is asked: for the head of its answer.</summary>
    internal const int HeadRoom = 512;

    private readonly HttpServer _server;
    private readonly HttpSettings _settings;

    private TcpConnection _connection;
    private HttpHandler _handler;
    private int _phase;

    /// <summary>Until when the head or the content must be here, in microseconds; 0 if nobody has looked yet.</summary>
    private ulong _limit;

    internal HttpExchange(HttpServer server, HttpSettings settings)
    {
        _server = server;
        _settings = settings;
        _in = new byte[settings.HeadSize + ContentRoom];
        _fields = new ushort[4 * settings.Fields];
    }

    /// <summary>The connection, for its addresses and figures. A handler neither reads nor writes there.</summary>
    public TcpConnection Connection
    {
        get { return _connection; }
    }

    /// <summary>A number for the handler, which says how far it has come with its answer. 0 when it is first asked.</summary>
    public int Step { get; set; }

    /// <summary>Whatever else the handler wants to find again. Null when it is first asked.</summary>
    public object State { get; set; }

    /// <summary>Whether a connection has this place.</summary>
    internal bool IsInUse
    {
        get { return _connection != null; }
    }

    /// <summary>Whether nothing of a request is here.</summary>
    internal bool IsIdle
    {
        get { return _phase == ReadingHead && _end == 0; }
    }

    /// <summary>A connection takes this place.</summary>
    internal void Open(TcpConnection connection)
    {
        _connection = connection;
        _end = 0;
        Restart();
    }

    /// <summary>The connection leaves this place. The server says what becomes of it.</summary>
    /// <returns>The connection.</returns>
    internal TcpConnection Leave()
    {
        TcpConnection connection = _connection;
        _connection = null;
        _handler = null;
        State = null;
        return connection;
    }

    /// <summary>There is more to read, or more room to write, or the peer has closed.</summary>
    internal void Run()
    {
        while (_connection != null)
        {
            if (_phase == ReadingHead)
            {
                int status = ReadHead();
                if (status == NotYet)
                {
                    if (_connection.PeerClosed && _connection.Available == 0)
                        HttpServer.Close(this);
                    return;
                }

                if (!HasHeadRoom())
                {
                    _status = status;
                    return;
                }

                Answer(status);
            }
            else if (_phase == Serving)
            {
                if (!Serve())
                    return;
            }
            else if (!SkipContent())
                return;
        }
    }

    /// <summary>Time has passed.</summary>
    /// <param name="now">The time in microseconds.</param>
    internal void Check(ulong now)
    {
        bool readsHead = _phase == ReadingHead;
        if (readsHead ? _end == 0 || _status != NotYet : IsContentRead)
            return;
        if (_limit == 0)
            _limit = now + (readsHead ? _settings.HeadTimeout : _settings.ContentTimeout);
        else if (now >= _limit)
        {
            if (_phase == Skipping)
                _server.Drain(this);
            else if (_answer == NotBegun)
                Refuse(408, true);
            else
                _server.Abort(this);
        }
    }

    /// <summary>Everything is as before the first byte of a request. What has come of the next one is kept.</summary>
    private void Restart()
    {
        _phase = ReadingHead;
        _status = NotYet;
        _limit = 0;
        _handler = null;
        State = null;
        Step = 0;
        RestartHead();
        RestartContent();
        RestartAnswer();
    }

    /// <summary>The head is here, or is refused.</summary>
    private void Answer(int status)
    {
        _status = NotYet;
        _limit = 0;
        if (status != Good)
        {
            Refuse(status, true);
            return;
        }

        _server.Requests++;
        HttpHandler handler = _server.Find(this);
        if (_isServerWide)
        {
            // OPTIONS *.
            Begin(204, null, 0);
            Finish();
        }
        else if (handler == null)
            Refuse(404, false);
        else if ((handler.Methods & Method) == 0)
        {
            if (Method == HttpMethods.Options)
            {
                Begin(204, null, 0);
                AddAllow(handler.Methods);
                Finish();
            }
            else
                RefuseMethod(handler.Methods);
        }
        else
        {
            _handler = handler;
            _phase = Serving;
        }
    }

    /// <summary>Asks the handler.</summary>
    /// <returns>False if it waits.</returns>
    private bool Serve()
    {
        bool isWhole = _handler.Serve(this);
        if (_connection == null)
            return false;
        if (_contentFault != 0)
        {
            // The peer's framing is broken: where the next request begins, nobody knows.
            if (_answer == NotBegun)
                Refuse(_contentFault, true);
            else
                _server.Abort(this);
            return true;
        }

        if (isWhole)
        {
            Finish();
            return true;
        }

        Flush();
        if (!_connection.PeerClosed || _connection.Available != 0 || IsContentRead)
            return false;

        // The rest of the content will never come.
        _server.Abort(this);
        return true;
    }

    /// <summary>The answer is written: what is left of the content is read, and the next request is looked at.</summary>
    private void Finish()
    {
        EndAnswer();
        if (_connection == null)
            return;
        if (_closes)
            _server.Drain(this);
        else if (IsContentRead)
            Continue();
        else if (_expectsContinue && !_hasContinued)
        {
            // Whether its content comes or not, nobody knows.
            _server.Drain(this);
        }
        else
            _phase = Skipping;
    }

    private bool SkipContent()
    {
        byte[] waste = _server.Stage;
        while (!IsContentRead)
        {
            if (ReadContent(waste, 0, waste.Length) != 0)
                continue;
            if (_contentFault == 0 && !(_connection.PeerClosed && _connection.Available == 0))
                return IsContentRead;
            _server.Drain(this);
            return true;
        }

        Continue();
        return true;
    }

    private void Continue()
    {
        int left = _end - _next;
        for (int i = 0; i < left; i++)
            _in[i] = _in[_next + i];
        _end = left;
        Restart();
    }
}
