namespace HandshakeNano.Http;

// The content of a request, RFC 9112 sections 6 and 7.
public sealed partial class HttpExchange
{
    /// <summary>Room behind the head, for the lines between chunks.</summary>
    private const int ContentRoom = 64;

    /// <summary>The most bytes that an extension of a chunk, or the trailer, may have.</summary>
    private const int MostAside = 1024;

    // Where a chunked content is.
    private const int ChunkSize = 0;
    private const int ChunkExtension = 1;
    private const int ChunkSizeEnd = 2;
    private const int ChunkData = 3;
    private const int ChunkEnd = 4;
    private const int ChunkEndLf = 5;
    private const int Trailer = 6;
    private const int TrailerLine = 7;
    private const int TrailerLf = 8;
    private const int TrailerEnd = 9;
    private const int Done = 10;

    private bool _isChunked;
    private bool _hasContinued;
    private int _next;
    private int _left;
    private int _total;
    private int _aside;
    private int _digits;
    private int _chunk;
    private int _contentFault;

    /// <summary>The length of the content in bytes; 0 if there is none, -1 if it comes in chunks.</summary>
    public int ContentLength { get; private set; }

    /// <summary>Whether all of the content was read, or there is none.</summary>
    public bool IsContentRead
    {
        get { return _isChunked ? _chunk == Done : _left == 0; }
    }

    /// <summary>
    /// Takes bytes of the content, and asks for it if the client waits for that (100 Continue). After a fault of the framing it gives 0 for
    /// ever, and the server refuses the request when the handler returns.
    /// </summary>
    /// <param name="buffer">Where they go.</param>
    /// <param name="offset">Index of the first byte.</param>
    /// <param name="count">How many at the most.</param>
    /// <returns>How many there were; 0 if none has come, or all were read (<see cref="IsContentRead"/>).</returns>
    public int ReadContent(byte[] buffer, int offset, int count)
    {
        if (IsContentRead || _contentFault != 0 || count < 0)
            return 0;
        if (_expectsContinue && !_hasContinued)
            Continue100();
        if (!_isChunked)
            return ReadLength(buffer, offset, count);
        int taken = 0;

        // A buffer that is full does not keep the end of the content from being seen.
        while ((taken < count || _chunk != ChunkData) && _chunk != Done && _contentFault == 0)
        {
            if (_next == _end && !Refill())
                break;
            if (_chunk == ChunkData)
            {
                int some = _end - _next;
                if (some > _left)
                    some = _left;
                if (some > count - taken)
                    some = count - taken;
                for (int i = 0; i < some; i++)
                    buffer[offset + taken + i] = _in[_next + i];
                taken += some;
                _next += some;
                _left -= some;
                if (_left == 0)
                    _chunk = ChunkEnd;
            }
            else
                ReadFraming(_in[_next++]);
        }

        return taken;
    }

    private void RestartContent()
    {
        ContentLength = 0;
        _isChunked = false;
        _hasContinued = false;
        _next = 0;
        _left = 0;
        _total = 0;
        _aside = 0;
        _digits = 0;
        _chunk = ChunkSize;
        _contentFault = 0;
    }

    /// <summary>The head is whole: what follows it is content.</summary>
    private void BeginContent()
    {
        _next = _scanned;
        _left = _isChunked ? 0 : ContentLength;
        if (_isChunked)
            ContentLength = -1;
    }

    private int ReadContentLength(int at, int length)
    {
        int number = 0;
        for (int i = at; i < at + length; i++)
        {
            if (!IsDigit(_in[i]))
                return 400;
            if (number <= _settings.ContentSize)
                number = number > 100_000_000 ? int.MaxValue : number * 10 + _in[i] - '0';
        }

        if (number > _settings.ContentSize)
            return 413;
        ContentLength = number;
        return NotYet;
    }

    private int ReadLength(byte[] buffer, int offset, int count)
    {
        if (count > _left)
            count = _left;
        int some = _end - _next;
        if (some == 0)
            count = _connection.Read(buffer, offset, count);
        else
        {
            if (count > some)
                count = some;
            for (int i = 0; i < count; i++)
                buffer[offset + i] = _in[_next + i];
            _next += count;
        }

        _left -= count;
        return count;
    }

    /// <summary>Fetches bytes behind the head.</summary>
    private bool Refill()
    {
        _next = _scanned;
        _end = _next + _connection.Read(_in, _next, _in.Length - _next);
        return _end != _next;
    }

    /// <summary>A byte between two chunks, or after the last.</summary>
    private void ReadFraming(int c)
    {
        switch (_chunk)
        {
            case ChunkSize:
                int digit = HexDigit(c);
                if (digit >= 0)
                {
                    _digits++;
                    _left = (_left << 4) | digit;
                    if (_digits > 7 || _left > _settings.ContentSize - _total)
                        _contentFault = _digits > 7 ? 400 : 413;
                }
                else if (_digits == 0)
                    _contentFault = 400;
                else if (c == '\r')
                    _chunk = ChunkSizeEnd;
                else if (c == ';')
                    _chunk = ChunkExtension;
                else
                    _contentFault = 400;
                break;
            case ChunkExtension:
                if (c == '\r')
                    _chunk = ChunkSizeEnd;
                else
                    CountAside(c);
                break;
            case ChunkSizeEnd:
                if (c != '\n')
                    _contentFault = 400;
                _total += _left;
                _digits = 0;
                _chunk = _left == 0 ? Trailer : ChunkData;
                break;
            case ChunkEnd:
                if (c != '\r')
                    _contentFault = 400;
                _chunk = ChunkEndLf;
                break;
            case ChunkEndLf:
                if (c != '\n')
                    _contentFault = 400;
                _chunk = ChunkSize;
                break;
            case Trailer:
                // Its fields are dropped (section 7.1.2).
                _chunk = c == '\r' ? TrailerEnd : TrailerLine;
                if (c != '\r')
                    CountAside(c);
                break;
            case TrailerLine:
                if (c == '\r')
                    _chunk = TrailerLf;
                else
                    CountAside(c);
                break;
            case TrailerLf:
                if (c != '\n')
                    _contentFault = 400;
                _chunk = Trailer;
                break;
            case TrailerEnd:
                if (c != '\n')
                    _contentFault = 400;
                else
                    _chunk = Done;
                break;
        }
    }

    /// <summary>Counts a byte that nobody reads.</summary>
    private void CountAside(int c)
    {
        if ((c < ' ' && c != '\t') || c == 0x7F)
            _contentFault = 400;
        else if (++_aside > MostAside)
            _contentFault = 431;
    }

    private static int HexDigit(int c)
    {
        if (c >= '0' && c <= '9')
            return c - '0';
        c |= 0x20;
        return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
    }
}
