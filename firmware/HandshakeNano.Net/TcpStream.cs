using System;

namespace HandshakeNano.Net;

/// <summary>
/// A connection with blocking reads and writes, in the shape of System.IO.Stream, for programs that do one thing after
/// another. While it waits it drives the endpoint's loop, so it is for the thread that owns the endpoint.
/// </summary>
/// <remarks>It does not derive from Stream, which on the device would bring in one more assembly.</remarks>
public sealed class TcpStream : IDisposable
{
    /// <summary>No time limit.</summary>
    public const int Infinite = -1;

    private const int StepMilliseconds = 1000;

    private readonly TcpConnection _connection;
    private readonly TcpLoop _loop;
    private bool _closed;

    /// <summary>Makes a stream.</summary>
    /// <param name="connection">The connection, opened or accepted; the stream closes it.</param>
    /// <param name="loop">The loop of the connection's endpoint.</param>
    /// <exception cref="ArgumentNullException">There is no connection, as when <see cref="TcpEndpoint"/>.Connect had none left, or no loop.</exception>
    public TcpStream(TcpConnection connection, TcpLoop loop)
    {
        if (connection == null)
        {
            throw new ArgumentNullException(
                nameof(connection), "There is no connection. Connect gives null while all are in use: close one, or set TcpSettings.Connections higher.");
        }

        _connection = connection;
        _loop = loop ?? throw new ArgumentNullException(nameof(loop));
        ReadTimeout = Infinite;
        WriteTimeout = Infinite;
    }

    /// <summary>How long a read may wait, in milliseconds; <see cref="Infinite"/> for ever.</summary>
    public int ReadTimeout { get; set; }

    /// <summary>How long a write or flush may wait, in milliseconds; <see cref="Infinite"/> for ever.</summary>
    public int WriteTimeout { get; set; }

    /// <summary>Reads what has come, waiting for at least one byte.</summary>
    /// <param name="buffer">Where the bytes go.</param>
    /// <param name="offset">Index of the first one.</param>
    /// <param name="count">How many at the most.</param>
    /// <returns>How many came; 0 if the peer has closed and all is read.</returns>
    /// <exception cref="TcpException">The connection was reset or timed out, or the time limit is over.</exception>
    public int Read(byte[] buffer, int offset, int count)
    {
        CheckOpen();
        ulong start = _loop.Now;
        while (true)
        {
            int read = _connection.Read(buffer, offset, count);
            if (read != 0 || count == 0)
                return read;
            if (_connection.PeerClosed)
                return 0;
            CheckAlive();
            Wait(start, ReadTimeout);
        }
    }

    /// <summary>Writes all bytes, waiting for room in the send buffer.</summary>
    /// <param name="buffer">Where the bytes are.</param>
    /// <param name="offset">Index of the first one.</param>
    /// <param name="count">How many.</param>
    /// <exception cref="TcpException">The connection has ended, or the time limit is over.</exception>
    public void Write(byte[] buffer, int offset, int count)
    {
        CheckOpen();
        ulong start = _loop.Now;
        while (true)
        {
            CheckAlive();
            int written = _connection.Write(buffer, offset, count);
            offset += written;
            count -= written;
            if (count == 0)
            {
                // On its way before the caller does something else.
                _loop.Step(0);
                return;
            }

            Wait(start, WriteTimeout);
        }
    }

    /// <summary>Waits until the peer has acknowledged everything written.</summary>
    /// <exception cref="TcpException">The connection has ended before, or the time limit is over.</exception>
    public void Flush()
    {
        CheckOpen();
        ulong start = _loop.Now;
        while (_connection.Unacknowledged != 0)
        {
            CheckAlive();
            Wait(start, WriteTimeout);
        }
    }

    /// <summary>Closes the connection: what was written is still delivered, while the loop runs.</summary>
    public void Close()
    {
        if (_closed)
            return;
        _closed = true;
        _connection.Close();
        _loop.Step(0);
    }

    /// <summary>As <see cref="Close"/>.</summary>
    public void Dispose()
    {
        Close();
    }

    private void CheckOpen()
    {
        if (_closed)
            throw new ObjectDisposedException(nameof(TcpStream));
    }

    private void CheckAlive()
    {
        TcpCloseReason reason = _connection.CloseReason;
        if (reason != TcpCloseReason.None)
            throw new TcpException(reason);
    }

    private void Wait(ulong start, int timeout)
    {
        int step = StepMilliseconds;
        if (timeout >= 0)
        {
            ulong waited = (_loop.Now - start) / 1000;
            if (waited >= (ulong)timeout)
                throw new TcpException(TcpCloseReason.None);
            if ((ulong)timeout - waited < (ulong)step)
                step = timeout - (int)waited;
        }

        _loop.Step(step);
    }
}
