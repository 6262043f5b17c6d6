using System;
using HandshakeNano.Net;

namespace HandshakeNano.Http;

// The answer, RFC 9112 sections 4, 6.3 and 9.
public sealed partial class HttpExchange
{
    // How far the answer is.
    private const int NotBegun = 0;
    private const int Fields = 1;
    private const int Content = 2;

    /// <summary>What a chunk takes besides its data, and what the last chunk takes: size, CR LF, CR LF; 0, CR LF, CR LF.</summary>
    private const int ChunkOverhead = 4 + 2 + 2;
    private const int LastChunk = 5;

    private const string HexDigits = "0123456789abcdef";

    private int _answer;
    private int _answerLeft;
    private bool _isBounded;
    private bool _answersInChunks;
    private bool _hasNoContent;
    private bool _overflows;
    private int _staged;

    /// <summary>How many bytes of content can be written now.</summary>
    public int Space
    {
        get
        {
            if (_hasNoContent)
                return int.MaxValue;
            int space = _connection.SendSpace;
            if (_answersInChunks)
                space -= ChunkOverhead + LastChunk;
            if (space > _server.Stage.Length)
                space = _server.Stage.Length;
            return space > _staged ? space - _staged : 0;
        }
    }

    /// <summary>
    /// Begins the answer: its status line and the fields that every answer has. <see cref="AddField"/> may follow, and then the content. Up
    /// to some 400 bytes of fields have room in any case.
    /// </summary>
    /// <param name="status">The status code, 200 to 599 (RFC 9110 section 15).</param>
    /// <param name="contentType">The type of the content; null if there is none.</param>
    /// <param name="length">The length of the content in bytes; -1 if it is not known yet.</param>
    public void Begin(int status, string contentType, int length)
    {
        if (_answer != NotBegun)
            return;
        _answer = Fields;
        _hasNoContent = Method == HttpMethods.Head || status == 204 || status == 304;
        _isBounded = length >= 0;
        _answerLeft = _isBounded ? length : int.MaxValue;
        if (_expectsContinue && !_hasContinued && !IsContentRead)
            _closes = true;
        Put("HTTP/1.1 ");
        PutNumber((uint)status);
        Put(" ");
        Put(Reason(status));
        if (contentType != null)
        {
            Put("\r\nContent-Type: ");
            Put(contentType);
        }

        if (length >= 0)
        {
            if (status != 204 && status != 304)
            {
                Put("\r\nContent-Length: ");
                PutNumber((uint)length);
            }
        }
        else if (!IsVersion10)
        {
            Put("\r\nTransfer-Encoding: chunked");
            _answersInChunks = !_hasNoContent;
        }
        else
            _closes = true;
        Put(_closes ? "\r\nConnection: close" : IsVersion10 ? "\r\nConnection: keep-alive" : "");
    }

    /// <summary>Adds a field to the head of the answer, after <see cref="Begin"/> and before the content.</summary>
    /// <param name="name">The field's name.</param>
    /// <param name="value">Its value, of visible ASCII characters and blanks.</param>
    public void AddField(string name, string value)
    {
        if (_answer != Fields)
            return;
        Put("\r\n");
        Put(name);
        Put(": ");
        Put(value);
    }

    /// <summary>Writes content. Without <see cref="Begin"/> the answer is 200, of no type, and its length is told by its end.</summary>
    /// <param name="buffer">Where it is.</param>
    /// <param name="offset">Index of the first byte.</param>
    /// <param name="count">How many bytes.</param>
    /// <returns>How many were taken, less if there is no room (<see cref="Space"/>). The rest is for the next call of the handler.</returns>
    public int Write(byte[] buffer, int offset, int count)
    {
        BeginContentOfAnswer();
        if (_hasNoContent)
            return count;
        int space = Space;
        if (space < count && _staged != 0)
        {
            Flush();
            space = Space;
        }

        if (count > space)
            count = space;
        if (count > _answerLeft)
            count = _answerLeft;
        byte[] stage = _server.Stage;
        for (int i = 0; i < count; i++)
            stage[_staged + i] = buffer[offset + i];
        Stage(count);
        return count;
    }

    /// <summary>Writes a text of ASCII characters, as <see cref="Write(byte[], int, int)"/> writes bytes.</summary>
    /// <param name="text">The text.</param>
    /// <returns>False if it has no room, and then nothing of it is written.</returns>
    public bool Write(string text)
    {
        int count = text.Length;
        if (!HasRoom(count))
            return false;
        if (_hasNoContent)
            return true;
        byte[] stage = _server.Stage;
        int at = _staged;
        for (int i = 0; i < count; i++)
            stage[at + i] = (byte)text[i];
        Stage(count);
        return true;
    }

    /// <summary>Writes content that does not leave in part.</summary>
    /// <param name="buffer">Where it is.</param>
    /// <param name="offset">Index of the first byte.</param>
    /// <param name="count">How many bytes.</param>
    /// <returns>False if it has no room, and then nothing of it is written.</returns>
    public bool WriteWhole(byte[] buffer, int offset, int count)
    {
        if (!HasRoom(count))
            return false;
        if (_hasNoContent)
            return true;
        Array.Copy(buffer, offset, _server.Stage, _staged, count);
        Stage(count);
        return true;
    }

    /// <summary>Refuses the request with a status and a line of text that says it. The handler returns true then.</summary>
    /// <param name="status">The status code, 400 to 599.</param>
    public void Refuse(int status)
    {
        WriteRefusal(status);
    }

    /// <summary>Whether the client has the representation with this tag already: then this answers so (304), and the handler returns true.</summary>
    /// <param name="tag">The entity tag with its quotation marks (RFC 9110 section 8.8.3).</param>
    public bool IsKnown(string tag)
    {
        if (!FieldHas("if-none-match", tag) && !FieldHas("if-none-match", "*"))
            return false;
        Begin(304, null, 0);
        AddField("ETag", tag);
        return true;
    }

    /// <summary>Whether so many bytes of content have room, once what was staged is out of the way.</summary>
    private bool HasRoom(int count)
    {
        BeginContentOfAnswer();
        if (_hasNoContent)
            return true;
        if (Space < count)
        {
            Flush();
            if (Space < count)
                return false;
        }

        return _answerLeft >= count;
    }

    /// <summary>What was staged goes into the send buffer.</summary>
    internal void Flush()
    {
        int count = _staged;
        if (count == 0)
            return;
        _staged = 0;
        TcpConnection connection = _connection;
        byte[] stage = _server.Stage;
        if (!_answersInChunks)
        {
            connection.Write(stage, 0, count);
            return;
        }

        byte[] line = _server.Line;
        int digits = count > 0xFFF ? 4 : count > 0xFF ? 3 : count > 0xF ? 2 : 1;
        for (int i = 0; i < digits; i++)
            line[i] = (byte)HexDigits[(count >> (4 * (digits - 1 - i))) & 15];
        line[digits] = (byte)'\r';
        line[digits + 1] = (byte)'\n';
        connection.Write(line, 0, digits + 2);
        connection.Write(stage, 0, count);
        connection.Write(line, digits, 2);
    }

    private void RestartAnswer()
    {
        _answer = NotBegun;
        _answerLeft = 0;
        _isBounded = false;
        _answersInChunks = false;
        _hasNoContent = false;
        _overflows = false;
        _staged = 0;
    }

    private bool HasHeadRoom()
    {
        return _connection.SendSpace >= HeadRoom || _connection.Unacknowledged == 0;
    }

    private void Refuse(int status, bool closes)
    {
        _closes |= closes;
        WriteRefusal(status);
        Finish();
    }

    private void RefuseMethod(HttpMethods methods)
    {
        WriteRefusal(405, methods);
        Finish();
    }

    private void WriteRefusal(int status, HttpMethods allowed = HttpMethods.None)
    {
        if (_answer != NotBegun)
            return;
        _server.Refused++;
        string text = Reason(status);
        Begin(status, "text/plain", text.Length + 1);
        if (allowed != HttpMethods.None)
            AddAllow(allowed);
        Write(text);
        Write("\n");
    }

    private void AddAllow(HttpMethods methods)
    {
        if (_answer != Fields)
            return;
        Put("\r\nAllow: OPTIONS");
        if ((methods & HttpMethods.Get) != 0)
            Put(", GET");
        if ((methods & HttpMethods.Head) != 0)
            Put(", HEAD");
        if ((methods & HttpMethods.Post) != 0)
            Put(", POST");
        if ((methods & HttpMethods.Put) != 0)
            Put(", PUT");
        if ((methods & HttpMethods.Delete) != 0)
            Put(", DELETE");
        if ((methods & HttpMethods.Patch) != 0)
            Put(", PATCH");
    }

    /// <summary>The client may send its content (RFC 9110 section 10.1.1).</summary>
    private void Continue100()
    {
        // After an answer, and after content that came unasked, it means nothing.
        if (_answer != NotBegun)
            return;
        _hasContinued = true;
        if (_next == _end && _connection.Available == 0)
            Put("HTTP/1.1 100 Continue\r\n\r\n");
    }

    private void BeginContentOfAnswer()
    {
        if (_answer == NotBegun)
            Begin(200, null, -1);
        if (_answer == Fields)
        {
            Put("\r\n\r\n");
            _answer = Content;
        }
    }

    private void Stage(int count)
    {
        _staged += count;
        if (_isBounded)
            _answerLeft -= count;
    }

    private void EndAnswer()
    {
        if (_answer == NotBegun)
        {
            // The handler has said nothing.
            WriteRefusal(500);
        }

        BeginContentOfAnswer();
        Flush();
        if (_answersInChunks)
            Put("0\r\n\r\n");

        // An answer that is shorter than it says would take the next one for its rest; a head that had no room is cut.
        if (_overflows || (_isBounded && !_hasNoContent && _answerLeft != 0))
            _server.Abort(this);
    }

    /// <summary>Writes a text into the send buffer.</summary>
    private void Put(string text)
    {
        byte[] line = _server.Line;
        int done = 0;
        while (done < text.Length)
        {
            int count = text.Length - done;
            if (count > line.Length)
                count = line.Length;
            for (int i = 0; i < count; i++)
                line[i] = (byte)text[done + i];
            if (_connection.Write(line, 0, count) != count)
                _overflows = true;
            done += count;
        }
    }

    private void PutNumber(uint number)
    {
        byte[] line = _server.Line;
        int at = 10;
        do
        {
            uint rest = number / 10;
            line[--at] = (byte)('0' + (int)(number - rest * 10));
            number = rest;
        }
        while (number != 0);
        if (_connection.Write(line, at, 10 - at) != 10 - at)
            _overflows = true;
    }

    /// <summary>The reason phrase, RFC 9110 section 15.</summary>
    private static string Reason(int status)
    {
        switch (status)
        {
            case 200:
                return "OK";
            case 201:
                return "Created";
            case 202:
                return "Accepted";
            case 204:
                return "No Content";
            case 301:
                return "Moved Permanently";
            case 302:
                return "Found";
            case 303:
                return "See Other";
            case 304:
                return "Not Modified";
            case 307:
                return "Temporary Redirect";
            case 308:
                return "Permanent Redirect";
            case 400:
                return "Bad Request";
            case 401:
                return "Unauthorized";
            case 403:
                return "Forbidden";
            case 404:
                return "Not Found";
            case 405:
                return "Method Not Allowed";
            case 406:
                return "Not Acceptable";
            case 408:
                return "Request Timeout";
            case 409:
                return "Conflict";
            case 411:
                return "Length Required";
            case 412:
                return "Precondition Failed";
            case 413:
                return "Content Too Large";
            case 414:
                return "URI Too Long";
            case 415:
                return "Unsupported Media Type";
            case 417:
                return "Expectation Failed";
            case 422:
                return "Unprocessable Content";
            case 429:
                return "Too Many Requests";
            case 431:
                return "Request Header Fields Too Large";
            case 500:
                return "Internal Server Error";
            case 501:
                return "Not Implemented";
            case 503:
                return "Service Unavailable";
            case 505:
                return "HTTP Version Not Supported";
            default:
                return "";
        }
    }
}
