namespace HandshakeNano.Http;

// The head of a request, RFC 9112 sections 2 to 5. Whatever two readers could read in two ways is refused: that is how requests are
// smuggled past a proxy (section 11.2).
public sealed partial class HttpExchange
{
    // What comes of reading: a status to refuse with, or one of these.
    private const int NotYet = 0;
    private const int Good = 1;

    /// <summary>The head, and behind it <see cref="ContentRoom"/> bytes or more for what follows it.</summary>
    private readonly byte[] _in;

    /// <summary>Of each field: where its name begins, its length, where its value begins, its length.</summary>
    private readonly ushort[] _fields;

    private int _end;
    private int _scanned;
    private int _line;
    private int _fieldCount;
    private int _status;
    private bool _hasRequestLine;
    private int _targetAt;
    private int _targetLength;
    private int _queryAt;
    private bool _isServerWide;
    private bool _hasHost;
    private bool _hasLength;
    private bool _expectsContinue;
    private bool _closes;
    private bool _keeps;

    /// <summary>The method.</summary>
    public HttpMethods Method { get; private set; }

    /// <summary>Whether the request is of HTTP/1.0.</summary>
    public bool IsVersion10 { get; private set; }

    /// <summary>The length of the path in bytes, query not counted.</summary>
    public int PathLength
    {
        get { return _queryAt - _targetAt; }
    }

    /// <summary>Whether the path is this one. Nothing is decoded: 'a' and '%61' are two paths.</summary>
    /// <param name="path">The path, from its slash on.</param>
    public bool IsPath(string path)
    {
        return PathLength == path.Length && StartsWith(path);
    }

    /// <summary>Whether the path begins with this.</summary>
    /// <param name="start">What it may begin with.</param>
    public bool StartsWith(string start)
    {
        return PathLength >= start.Length && Matches(_targetAt, start);
    }

    /// <summary>Whether the request is for what a handler was added for.</summary>
    internal bool IsFor(string path)
    {
        int last = path.Length - 1;
        return path[last] != '*' ? IsPath(path) : PathLength >= last && Matches(_targetAt, path, last);
    }

    /// <summary>The path, query not counted. It is a new string; <see cref="IsPath"/> makes none.</summary>
    public string GetPath()
    {
        return Text(_targetAt, PathLength);
    }

    /// <summary>The value of a parameter of the query, as it stands there, percent signs and all.</summary>
    /// <param name="name">The parameter's name.</param>
    /// <returns>A new string, empty if the parameter has no value; null if it is not there.</returns>
    public string GetQuery(string name)
    {
        int end = _targetAt + _targetLength;
        int i = _queryAt + 1;
        while (i < end)
        {
            int next = i;
            while (next < end && _in[next] != '&')
                next++;
            if (next - i >= name.Length && Matches(i, name) && (next - i == name.Length || _in[i + name.Length] == '='))
            {
                int value = i + name.Length + 1;
                return value >= next ? "" : Text(value, next - value);
            }

            i = next + 1;
        }

        return null;
    }

    /// <summary>The value of a field.</summary>
    /// <param name="name">The field's name, in lower case.</param>
    /// <returns>A new string, the value of the first such field; null if there is none.</returns>
    public string GetField(string name)
    {
        int field = FindField(name, 0);
        return field < 0 ? null : Text(_fields[field + 2], _fields[field + 3]);
    }

    /// <summary>Whether a field that is a list has this member (RFC 9110 section 5.6.1).</summary>
    /// <param name="name">The field's name, in lower case.</param>
    /// <param name="member">The member, in lower case.</param>
    /// <returns>False if it is not there, or is there without weight (q=0).</returns>
    public bool FieldHas(string name, string member)
    {
        int field = FindField(name, 0);
        while (field >= 0)
        {
            if (HasMember(_fields[field + 2], _fields[field + 3], member))
                return true;
            field = FindField(name, field + 4);
        }

        return false;
    }

    private void RestartHead()
    {
        _scanned = 0;
        _line = 0;
        _fieldCount = 0;
        _hasRequestLine = false;
        _isServerWide = false;
        _hasHost = false;
        _hasLength = false;
        _expectsContinue = false;
        _closes = false;
        _keeps = false;
        _targetLength = 0;
        _targetAt = 0;
        _queryAt = 0;
        Method = HttpMethods.None;
        IsVersion10 = false;
    }

    /// <summary>Reads what has come of the head.</summary>
    /// <returns>Good when it is whole, NotYet, or the status that refuses it.</returns>
    private int ReadHead()
    {
        if (_status != NotYet)
            return _status;
        byte[] buffer = _in;
        int room = _settings.HeadSize;
        while (true)
        {
            int end = _end < room ? _end : room;
            int i = _scanned;
            while (i < end && buffer[i] != '\n')
                i++;
            if (i < end)
            {
                _scanned = i + 1;

                // Nothing but CR LF ends a line, and a CR is nowhere else: ReadLine sees to that.
                if (i == _line || buffer[i - 1] != '\r')
                    return 400;
                int status = ReadLine(_line, i - 1 - _line);
                _line = _scanned;
                if (status != NotYet)
                    return status;
                continue;
            }

            _scanned = i;
            if (_end >= room)
                return _hasRequestLine ? 431 : 414;
            int count = _connection.Read(buffer, _end, room - _end);
            if (count == 0)
                return NotYet;
            _end += count;
        }
    }

    private int ReadLine(int at, int length)
    {
        byte[] buffer = _in;
        if (!_hasRequestLine)
        {
            // One empty line before it is no fault (section 2.2).
            if (length == 0)
                return at == 0 ? NotYet : 400;
            _hasRequestLine = true;
            return ReadRequestLine(at, at + length);
        }

        if (length == 0)
            return EndHead();

        // A line that is folded, and one between the request line and the fields (sections 2.2 and 5.2).
        if (IsBlank(buffer[at]))
            return 400;
        int end = at + length;
        int i = at;
        while (i < end && IsToken(buffer[i]))
            i++;

        // No blank before the colon (section 5.1).
        if (i == at || i == end || buffer[i] != ':')
            return 400;
        int nameLength = i - at;
        i++;
        while (i < end && IsBlank(buffer[i]))
            i++;
        while (end > i && IsBlank(buffer[end - 1]))
            end--;
        for (int j = i; j < end; j++)
        {
            int c = buffer[j];
            if ((c < ' ' && c != '\t') || c == 0x7F)
                return 400;
        }

        int field = 4 * _fieldCount;
        if (field == _fields.Length)
            return 431;
        _fieldCount++;
        for (int j = at; j < at + nameLength; j++)
        {
            int c = buffer[j];
            if (c >= 'A' && c <= 'Z')
                buffer[j] = (byte)(c | 0x20);
        }

        _fields[field] = (ushort)at;
        _fields[field + 1] = (ushort)nameLength;
        _fields[field + 2] = (ushort)i;
        _fields[field + 3] = (ushort)(end - i);
        return ReadField(at, nameLength, i, end - i);
    }

    /// <summary>Takes a field that the protocol itself needs.</summary>
    private int ReadField(int at, int nameLength, int value, int length)
    {
        byte[] buffer = _in;
        switch (nameLength)
        {
            case 4:
                if (!Matches(at, "host"))
                    return NotYet;

                // One, and a name or an address (section 3.2).
                if (_hasHost || !IsHost(value, length))
                    return 400;
                _hasHost = true;
                return NotYet;
            case 14:
                if (!Matches(at, "content-length"))
                    return NotYet;
                if (_hasLength || length == 0)
                    return 400;
                _hasLength = true;
                return ReadContentLength(value, length);
            case 17:
                if (!Matches(at, "transfer-encoding"))
                    return NotYet;
                if (_isChunked || length == 0)
                    return 400;
                _isChunked = true;

                // What does not end in chunks has no length (section 6.3).
                if (length < 7 || !MatchesAnyCase(value + length - 7, "chunked"))
                    return 400;
                if (length == 7)
                    return NotYet;
                int before = buffer[value + length - 8];
                return before == ',' || IsBlank(before) ? 501 : 400;
            case 6:
                if (!Matches(at, "expect"))
                    return NotYet;
                if (length != 12 || !MatchesAnyCase(value, "100-continue"))
                    return 417;
                _expectsContinue = true;
                return NotYet;
            case 10:
                if (!Matches(at, "connection"))
                    return NotYet;
                _closes |= HasMember(value, length, "close");
                _keeps |= HasMember(value, length, "keep-alive");
                return NotYet;
            case 16:
                return Matches(at, "content-encoding") && !(length == 8 && MatchesAnyCase(value, "identity")) ? 415 : NotYet;
            default:
                return NotYet;
        }
    }

    /// <summary>All fields are here.</summary>
    private int EndHead()
    {
        // A server refuses a request that has no Host, or that has its length twice (sections 3.2 and 6.1).
        if (!IsVersion10 && !_hasHost)
            return 400;
        if (_isChunked && (_hasLength || IsVersion10))
            return 400;
        if (!_isChunked && !_hasLength && (Method & (HttpMethods.Post | HttpMethods.Put | HttpMethods.Patch)) != 0)
            return 411;
        if (IsVersion10)
        {
            _expectsContinue = false;
            _closes |= !_keeps;
        }

        BeginContent();
        return Good;
    }

    private int ReadRequestLine(int at, int end)
    {
        byte[] buffer = _in;
        int i = at;
        while (i < end && IsToken(buffer[i]))
            i++;
        if (i == at || i == end || buffer[i] != ' ')
            return 400;
        int method = ReadMethod(at, i - at);
        if (method > 0)
            Method = (HttpMethods)method;
        i++;
        _targetAt = i;
        while (i < end && buffer[i] > ' ' && buffer[i] < 0x7F)
            i++;
        int length = i - _targetAt;
        if (length == 0 || i == end || buffer[i] != ' ')
            return 400;
        i++;

        // HTTP-version = "HTTP" "/" DIGIT "." DIGIT (section 2.3).
        if (end - i != 8 || !Matches(i, "HTTP/") || !IsDigit(buffer[i + 5]) || buffer[i + 6] != '.' || !IsDigit(buffer[i + 7]))
            return 400;
        if (buffer[i + 5] != '1')
            return 505;
        IsVersion10 = buffer[i + 7] == '0';
        if (method < 0)
            return 501;
        return ReadTarget(length);
    }

    /// <summary>Takes the target in its forms (section 3.2).</summary>
    private int ReadTarget(int length)
    {
        byte[] buffer = _in;
        int at = _targetAt;
        int end = at + length;
        if (length == 1 && buffer[at] == '*')
        {
            if (Method != HttpMethods.Options)
                return 400;
            _isServerWide = true;
        }
        else if (buffer[at] != '/')
        {
            // The absolute form, as to a proxy: what it names is us.
            if (length < 8 || !MatchesAnyCase(at, "http://"))
                return 400;
            int host = at + 7;
            at = host;
            while (at < end && buffer[at] != '/' && buffer[at] != '?')
                at++;
            if (at == host || !IsHost(host, at - host))
                return 400;
            if (at == end || buffer[at] == '?')
            {
                // An empty path is a slash, and there is room for it.
                at--;
                buffer[at] = (byte)'/';
            }
        }

        _targetAt = at;
        _targetLength = end - at;
        int query = at;
        while (query < end && buffer[query] != '?')
        {
            // A fragment is not sent.
            if (buffer[query] == '#')
                return 400;
            query++;
        }

        _queryAt = query;
        return NotYet;
    }

    /// <summary>The method of a request line, -1 if it is none of those that a handler can take.</summary>
    private int ReadMethod(int at, int length)
    {
        switch (length)
        {
            case 3:
                return Matches(at, "GET") ? (int)HttpMethods.Get : Matches(at, "PUT") ? (int)HttpMethods.Put : -1;
            case 4:
                return Matches(at, "HEAD") ? (int)HttpMethods.Head : Matches(at, "POST") ? (int)HttpMethods.Post : -1;
            case 5:
                return Matches(at, "PATCH") ? (int)HttpMethods.Patch : -1;
            case 6:
                return Matches(at, "DELETE") ? (int)HttpMethods.Delete : -1;
            case 7:
                return Matches(at, "OPTIONS") ? (int)HttpMethods.Options : -1;
            default:
                return -1;
        }
    }

    private int FindField(string name, int from)
    {
        for (int field = from; field < 4 * _fieldCount; field += 4)
        {
            if (_fields[field + 1] == name.Length && Matches(_fields[field], name))
                return field;
        }

        return -1;
    }

    private bool HasMember(int at, int length, string member)
    {
        byte[] buffer = _in;
        int end = at + length;
        while (at < end)
        {
            while (at < end && (IsBlank(buffer[at]) || buffer[at] == ','))
                at++;
            int begin = at;
            while (at < end && buffer[at] != ',' && buffer[at] != ';' && !IsBlank(buffer[at]))
                at++;

            // A weak entity tag names the same representation (RFC 9110 section 8.8.3.2).
            if (member[0] == '"' && at - begin > 2 && buffer[begin] == 'W' && buffer[begin + 1] == '/')
                begin += 2;
            bool fits = at - begin == member.Length && MatchesAnyCase(begin, member);
            begin = at;
            while (at < end && buffer[at] != ',')
                at++;
            if (fits && !IsUnwanted(begin, at))
                return true;
        }

        return false;
    }

    /// <summary>Whether a member's parameters give it no weight (RFC 9110 section 12.4.2).</summary>
    private bool IsUnwanted(int at, int end)
    {
        byte[] buffer = _in;
        while (at < end && (IsBlank(buffer[at]) || buffer[at] == ';'))
            at++;
        if (end - at < 3 || (buffer[at] | 0x20) != 'q' || buffer[at + 1] != '=')
            return false;
        for (at += 2; at < end; at++)
        {
            if (buffer[at] != '0' && buffer[at] != '.' && !IsBlank(buffer[at]))
                return false;
        }

        return true;
    }

    /// <summary>Whether this can be a host, with or without a port: no more is looked at, as every name is ours.</summary>
    private bool IsHost(int at, int length)
    {
        for (int i = at; i < at + length; i++)
        {
            int c = _in[i];
            if (c <= ' ' || c >= 0x7F || c == '/' || c == '@' || c == ',' || c == '?' || c == '#' || c == '\\')
                return false;
        }

        return length != 0;
    }

    private bool Matches(int at, string text)
    {
        return Matches(at, text, text.Length);
    }

    private bool Matches(int at, string text, int count)
    {
        for (int i = 0; i < count; i++)
        {
            if (_in[at + i] != text[i])
                return false;
        }

        return true;
    }

    /// <summary>Whether this stands there, letters in either case.</summary>
    private bool MatchesAnyCase(int at, string lower)
    {
        for (int i = 0; i < lower.Length; i++)
        {
            int c = _in[at + i];
            if (c >= 'A' && c <= 'Z')
                c |= 0x20;
            if (c != lower[i])
                return false;
        }

        return true;
    }

    private string Text(int at, int length)
    {
        char[] text = new char[length];
        for (int i = 0; i < length; i++)
            text[i] = (char)_in[at + i];
        return new string(text);
    }

    private static bool IsBlank(int c)
    {
        return c == ' ' || c == '\t';
    }

    private static bool IsDigit(int c)
    {
        return c >= '0' && c <= '9';
    }

    /// <summary>tchar, RFC 9110 section 5.6.2.</summary>
    private static bool IsToken(int c)
    {
        if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'))
            return true;
        switch (c)
        {
            case '!':
            case '#':
            case '$':
            case '%':
            case '&':
            case '\'':
            case '*':
            case '+':
            case '-':
            case '.':
            case '^':
            case '_':
            case '`':
            case '|':
            case '~':
                return true;
            default:
                return false;
        }
    }
}
