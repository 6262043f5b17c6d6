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
    /// <exception cref="ArgumentNullException">There is no connection, or no loop.</exception>
    public TcpStream(TcpConnection connection, TcpLoop loop)
    {
        _connection = connection ?? throw new ArgumentNullException(
            nameof(connection), "There is no connection: TcpListener.Accept gives null while no peer has connected.");
        _loop = loop ?? throw new ArgumentNullException(nameof(loop));
        ReadTimeout = Infinite;
        WriteTimeout = Infinite;
    }

    /// <summary>How long a read may wait, in milliseconds; <see cref="Infinite"/> for ever.</summary>
    public int ReadTimeout { get; set; }

    /// <summary>How long a write or flush may wait, in milliseconds; <see cref="Infinite"/> for ever.</summary>
    public int WriteTimeout { get; set; }

    /// <summary>True if <see cref="Read"/> would not wait: bytes have come, the peer has closed, or the connection has ended.</summary>
    public bool CanReadNow
    {
        get { return _connection.Available > 0 || _connection.PeerClosed || _connection.CloseReason != TcpCloseReason.None; }
    }

    /// <summary>
    /// The connection, for its addresses, options and figures, and for what a stream has no call for, such as Shutdown, Abort and Peek.
    /// </summary>
    public TcpConnection Connection
    {
        get { return _connection; }
    }

    /// <summary>Opens a connection and waits until its handshake is complete.</summary>
    /// <param name="loop">The endpoint's loop.</param>
    /// <param name="remoteAddress">The peer's IPv4 address, most significant byte first.</param>
    /// <param name="remotePort">The peer's port, 1 to 65535.</param>
    /// <param name="timeout">
    /// How long to wait, in milliseconds; <see cref="Infinite"/> for as long as <see cref="TcpSettings.SynTimeout"/> says.
    /// </param>
    /// <returns>The connection's stream, which may be written and read.</returns>
    /// <exception cref="TcpException">
    /// The peer refused, cannot be reached, or did not answer in that time. The endpoint has the connection back.
    /// </exception>
    /// <exception cref="ArgumentException">There is no loop, the address is no host's, or the port is out of range.</exception>
    /// <exception cref="InvalidOperationException">
    /// As <see cref="TcpEndpoint.Connect(uint, int)"/>: we have no address, all connections are in use, or no local port is left.
    /// </exception>
    public static TcpStream Connect(TcpLoop loop, uint remoteAddress, int remotePort, int timeout)
    {
        if (loop == null)
            throw new ArgumentNullException(nameof(loop));
        return WaitForHandshake(loop.Endpoint.Connect(remoteAddress, remotePort), loop, timeout);
    }

    /// <summary>Opens a connection over IPv6 and waits until its handshake is complete.</summary>
    /// <param name="loop">The endpoint's loop.</param>
    /// <param name="remoteAddress">The peer's IPv6 address, 16 bytes.</param>
    /// <param name="remotePort">The peer's port, 1 to 65535.</param>
    /// <param name="timeout">
    /// How long to wait, in milliseconds; <see cref="Infinite"/> for as long as <see cref="TcpSettings.SynTimeout"/> says.
    /// </param>
    /// <returns>The connection's stream, which may be written and read.</returns>
    /// <exception cref="TcpException">
    /// The peer refused, cannot be reached, or did not answer in that time. The endpoint has the connection back.
    /// </exception>
    /// <exception cref="ArgumentException">There is no loop, the address is no host's, or the port is out of range.</exception>
    /// <exception cref="InvalidOperationException">
    /// As <see cref="TcpEndpoint.Connect(byte[], int)"/>: IPv6 is off, we have no address, or all connections are in use.
    /// </exception>
    public static TcpStream Connect(TcpLoop loop, byte[] remoteAddress, int remotePort, int timeout)
    {
        if (loop == null)
            throw new ArgumentNullException(nameof(loop));
        return WaitForHandshake(loop.Endpoint.Connect(remoteAddress, remotePort), loop, timeout);
    }

    /// <summary>Waits for a peer that connects.</summary>
    /// <param name="listener">The port.</param>
    /// <param name="loop">The loop of the listener's endpoint.</param>
    /// <param name="timeout">How long to wait, in milliseconds; 0 to look only, <see cref="Infinite"/> for ever.</param>
    /// <returns>The peer's connection; null if none came in that time.</returns>
    /// <exception cref="ArgumentNullException">There is no listener, or no loop.</exception>
    /// <exception cref="InvalidOperationException">The listener is closed.</exception>
    public static TcpStream Accept(TcpListener listener, TcpLoop loop, int timeout)
    {
        if (listener == null)
            throw new ArgumentNullException(nameof(listener));
        if (loop == null)
            throw new ArgumentNullException(nameof(loop));
        ulong start = loop.Now;
        while (true)
        {
            if (!listener.IsOpen)
                throw new InvalidOperationException("The listener is closed: call TcpEndpoint.Listen again.");
            TcpConnection connection = listener.Accept();
            if (connection != null)
                return new TcpStream(connection, loop);
            int step = StepTime(loop, start, timeout);
            if (step == 0)
                return null;
            loop.Step(step);
        }
    }

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

    /// <summary>Reads as many bytes as are asked for, waiting for all of them.</summary>
    /// <param name="buffer">Where the bytes go.</param>
    /// <param name="offset">Index of the first one.</param>
    /// <param name="count">How many; it may be more than the receive buffer holds.</param>
    /// <exception cref="TcpException">
    /// The peer has closed before so many came (<see cref="TcpError.EndOfStream"/>), the connection was reset or timed out, or the time
    /// limit for all of them is over. What came until then is in the buffer.
    /// </exception>
    public void ReadExactly(byte[] buffer, int offset, int count)
    {
        CheckOpen();
        ulong start = _loop.Now;
        while (true)
        {
            int read = _connection.Read(buffer, offset, count);
            offset += read;
            count -= read;
            if (count == 0)
                return;
            if (_connection.PeerClosed)
                throw new TcpException(TcpError.EndOfStream);
            CheckAlive();
            Wait(start, ReadTimeout);
        }
    }

    /// <summary>Writes all bytes, waiting for room in the send buffer.</summary>
    /// <param name="buffer">Where the bytes are.</param>
    /// <param name="offset">Index of the first one.</param>
    /// <param name="count">How many.</param>
    /// <exception cref="TcpException">
    /// The connection has ended, our direction is closed, or the time limit is over; some of the bytes may be on their way then.
    /// </exception>
    public void Write(byte[] buffer, int offset, int count)
    {
        CheckOpen();
        ulong start = _loop.Now;
        while (true)
        {
            CheckAlive();
            if (!_connection.CanSend)
                throw new TcpException(TcpError.SendClosed);
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

    private static TcpStream WaitForHandshake(TcpConnection connection, TcpLoop loop, int timeout)
    {
        ulong start = loop.Now;
        while (true)
        {
            TcpCloseReason reason = connection.CloseReason;
            if (reason != TcpCloseReason.None)
            {
                connection.Close();
                throw TcpException.ForEnd(reason);
            }

            TcpState state = connection.State;
            if (state != TcpState.SynSent && state != TcpState.SynReceived)
                return new TcpStream(connection, loop);
            int step = StepTime(loop, start, timeout);
            if (step == 0)
            {
                connection.Abort();
                loop.Step(0);
                throw new TcpException(TcpError.TimedOut);
            }

            loop.Step(step);
        }
    }

    private void CheckOpen()
    {
        if (_closed)
            throw new ObjectDisposedException("The stream is closed: open another connection.", (Exception)null);
    }

    private void CheckAlive()
    {
        TcpCloseReason reason = _connection.CloseReason;
        if (reason != TcpCloseReason.None)
            throw TcpException.ForEnd(reason);
    }

    private void Wait(ulong start, int timeout)
    {
        int step = StepTime(_loop, start, timeout);
        if (step == 0)
            throw new TcpException(TcpError.TimeLimit);
        _loop.Step(step);
    }

    /// <summary>How many milliseconds the next step may take; 0 if the time limit is over.</summary>
    private static int StepTime(TcpLoop loop, ulong start, int timeout)
    {
        if (timeout < 0)
            return StepMilliseconds;
        ulong waited = (loop.Now - start) / 1000;
        if (waited >= (ulong)timeout)
            return 0;
        return (ulong)timeout - waited < StepMilliseconds ? timeout - (int)waited : StepMilliseconds;
    }
}
