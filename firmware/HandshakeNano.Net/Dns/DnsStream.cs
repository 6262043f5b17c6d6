using System;
using HandshakeNano.Net.Wire;

namespace HandshakeNano.Net;

/// <summary>
/// A question and its answer over TCP (RFC 7766), each after its length in two bytes. There is one for all questions. It keeps the
/// beginning of a long answer: the address that is wanted is among the first.
/// </summary>
internal sealed class DnsStream : TcpConnectionHandler
{
    /// <summary>Index of a message, after its length.</summary>
    public const int Message = 2;

    /// <summary>How much of an answer is kept, in bytes: a question fits as well.</summary>
    private const int LengthKept = 1024;

    private readonly Wakeup _wakeup;
    private TcpConnection _connection;
    private int _at;
    private int _end;
    private bool _isReading;

    /// <summary>Makes it.</summary>
    /// <param name="wakeup">What to tell that <see cref="HasNews"/> is true.</param>
    public DnsStream(Wakeup wakeup)
    {
        _wakeup = wakeup;
    }

    /// <summary>Holds the question, and then the beginning of the answer.</summary>
    public readonly byte[] Buffer = new byte[Message + LengthKept];

    /// <summary>Whose question it carries; null: it is free.</summary>
    public DnsQuestion Question { get; private set; }

    /// <summary>Whether there is something to do.</summary>
    public bool HasNews { get; private set; }

    /// <summary>How many bytes of the answer are in the buffer.</summary>
    public int Kept
    {
        get { return _at - Message; }
    }

    /// <summary>Whether the answer is longer than that.</summary>
    public bool IsCut
    {
        get { return BigEndian.Get16(Buffer, 0) > Kept; }
    }

    /// <summary>Something can be done with the next Poll.</summary>
    public void Wake()
    {
        HasNews = true;
        _wakeup.At = 0;
    }

    /// <summary>Asks for <see cref="HasNews"/>, and takes note of it.</summary>
    public bool TakeNews()
    {
        bool hasNews = HasNews;
        HasNews = false;
        return hasNews;
    }

    /// <summary>Begins to send a message.</summary>
    /// <param name="question">Whose it is.</param>
    /// <param name="connection">A connection that is being opened.</param>
    /// <param name="message">An array that begins with the message.</param>
    /// <param name="length">Its length in bytes.</param>
    public void Begin(DnsQuestion question, TcpConnection connection, byte[] message, int length)
    {
        Question = question;
        _connection = connection;
        _isReading = false;
        BigEndian.Put16(Buffer, 0, length);
        Array.Copy(message, 0, Buffer, Message, length);
        _at = 0;
        _end = Message + length;
        connection.Handler = this;
        Wake();
    }

    /// <summary>Sends and receives what can be.</summary>
    /// <returns>False if the connection has ended, and no answer comes any more.</returns>
    public bool GoOn()
    {
        TcpConnection connection = _connection;
        if (!_isReading)
        {
            _at += connection.Write(Buffer, _at, _end - _at);
            _isReading = _at == _end;
            if (_isReading)
                _at = 0;
        }

        if (_isReading && !IsComplete)
        {
            int count;
            while ((count = connection.Read(Buffer, _at, Buffer.Length - _at)) != 0)
                _at += count;
        }

        return IsComplete || (connection.CloseReason == TcpCloseReason.None && !connection.PeerClosed);
    }

    /// <summary>Whether as much of the answer is in the buffer as ever will be.</summary>
    public bool IsComplete
    {
        get { return _isReading && _at >= Message && _at >= WantedEnd; }
    }

    /// <summary>Ends the connection; the stream is free.</summary>
    public void End()
    {
        if (_connection == null)
            return;
        _connection.Handler = null;
        if (IsComplete)
            _connection.Close();
        else
            _connection.Abort();
        _connection = null;
        Question = null;

        // Another question may wait for it.
        Wake();
    }

    /// <inheritdoc/>
    public override void OnEstablished(TcpConnection connection)
    {
        Wake();
    }

    /// <inheritdoc/>
    public override void OnReceived(TcpConnection connection)
    {
        Wake();
    }

    /// <inheritdoc/>
    public override void OnSent(TcpConnection connection)
    {
        Wake();
    }

    /// <inheritdoc/>
    public override void OnPeerClosed(TcpConnection connection)
    {
        Wake();
    }

    /// <inheritdoc/>
    public override void OnClosed(TcpConnection connection, TcpCloseReason reason)
    {
        Wake();
    }

    private int WantedEnd
    {
        get
        {
            int end = Message + BigEndian.Get16(Buffer, 0);
            return end < Buffer.Length ? end : Buffer.Length;
        }
    }
}
