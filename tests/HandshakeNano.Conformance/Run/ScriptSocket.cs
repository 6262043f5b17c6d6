using System;
using System.Collections.Generic;
using HandshakeNano.Conformance.Segments;
using HandshakeNano.Net;

namespace HandshakeNano.Conformance.Run;

/// <summary>What a call returns: a number, or -1 and an error.</summary>
internal readonly record struct CallResult(int Value, string? Error = null)
{
    public static CallResult Fail(string error) => new(-1, error);

    public override string ToString() => Error == null ? Value.ToString(System.Globalization.CultureInfo.InvariantCulture) : $"{Value} {Error}";
}

/// <summary>A socket over the endpoint: what POSIX says, for those calls that scripts make. A call that would block gives null.</summary>
internal sealed class ScriptSocket
{
    private const ulong DefaultKeepIdle = 7_200_000_000;
    private uint _read;
    private uint _written;
    private uint _pendingWrite;
    private ulong _userTimeout;
    private ulong _keepIdle = DefaultKeepIdle;
    private bool _noDelay;
    private bool _keepAlive;
    private bool _connectTold;
    private int? _linger;
    private bool _resetTold;
    private bool _readsNoMore;

    public int LocalPort { get; set; }

    public bool NonBlocking { get; set; }

    public TcpListener? Listener { get; set; }

    public TcpConnection? Connection { get; private set; }

    /// <summary>A byte that came is not the one that was sent.</summary>
    public bool DataDamaged { get; private set; }

    /// <summary>The connection begins; options that were set before hold for it.</summary>
    public void Attach(TcpConnection connection)
    {
        Connection = connection;
        Apply();
    }

    public ScriptSocket Accepted(TcpConnection connection)
    {
        var socket = new ScriptSocket
        {
            LocalPort = LocalPort,
            _userTimeout = _userTimeout,
            _keepIdle = _keepIdle,
            _noDelay = _noDelay,
            _keepAlive = _keepAlive,
            _linger = _linger,
            _connectTold = true,
        };
        socket.Attach(connection);
        return socket;
    }

    public CallResult? FinishConnect()
    {
        TcpConnection connection = Connection!;
        if (connection.State is TcpState.SynSent or TcpState.SynReceived)
            return NonBlocking ? CallResult.Fail("EINPROGRESS") : null;
        _connectTold = true;
        return connection.CloseReason == TcpCloseReason.None ? new CallResult(0) : CallResult.Fail(ErrorOf(connection.CloseReason));
    }

    public CallResult? Read(int count, bool nonBlocking)
    {
        if (Connection == null)
            return CallResult.Fail("ENOTCONN");
        if (Connection.Available > 0)
        {
            byte[] bytes = new byte[Math.Min(count, Connection.Available)];
            int taken = Connection.Read(bytes, 0, bytes.Length);
            for (int i = 0; i < taken; i++)
                DataDamaged |= bytes[i] != ScriptPacket.Pattern(_read + (uint)i);
            _read += (uint)taken;
            return new CallResult(taken);
        }

        if (Connection.CloseReason is not (TcpCloseReason.None or TcpCloseReason.Finished) && !_resetTold)
        {
            _resetTold = true;
            return CallResult.Fail(ErrorOf(Connection.CloseReason));
        }

        if (Connection.PeerClosed || _readsNoMore || Connection.CloseReason != TcpCloseReason.None)
            return new CallResult(0);
        return nonBlocking ? CallResult.Fail("EAGAIN") : null;
    }

    public CallResult? Write(int count, bool urgent, bool nonBlocking)
    {
        if (Connection == null)
            return CallResult.Fail("ENOTCONN");
        if (Connection.CloseReason is not (TcpCloseReason.None or TcpCloseReason.Finished) && !_resetTold)
        {
            _resetTold = true;
            return CallResult.Fail(ErrorOf(Connection.CloseReason));
        }

        if (Connection.State is not (TcpState.SynSent or TcpState.SynReceived or TcpState.Established or TcpState.CloseWait))
            return CallResult.Fail("EPIPE");
        byte[] bytes = new byte[count - _pendingWrite];
        for (int i = 0; i < bytes.Length; i++)
            bytes[i] = ScriptPacket.Pattern(_written + (uint)i);
        uint taken = (uint)(urgent ? Connection.WriteUrgent(bytes, 0, bytes.Length) : Connection.Write(bytes, 0, bytes.Length));
        _written += taken;
        _pendingWrite += taken;
        if (_pendingWrite == count || (nonBlocking && taken > 0))
        {
            var result = new CallResult((int)_pendingWrite);
            _pendingWrite = 0;
            return result;
        }

        return nonBlocking ? CallResult.Fail("EAGAIN") : null;
    }

    /// <summary>SIOCINQ: how many bytes wait to be read.</summary>
    public int Unread => Connection?.Available ?? 0;

    /// <summary>SIOCOUTQ: how many bytes the peer has not acknowledged, our FIN among them.</summary>
    public int Unacknowledged => Connection == null ? 0
        : Connection.Unacknowledged + (Connection.State is TcpState.FinWait1 or TcpState.Closing or TcpState.LastAck ? 1 : 0);

    /// <summary>TCP_CM_INQ: how many bytes wait to be read; at the end of the stream 1, so that somebody reads it.</summary>
    public int UnreadOrEnd => Unread == 0 && Connection is { PeerClosed: true } ? 1 : Unread;

    /// <summary>TCP_INQ: recvmsg tells how much more there is.</summary>
    public bool TellsUnread { get; private set; }

    /// <summary>What poll says of the socket, by the names of its bits.</summary>
    public IReadOnlyList<string> Ready()
    {
        if (Listener != null)
            return Listener.Pending > 0 ? ["POLLIN", "POLLRDNORM"] : [];
        if (Connection == null)
            return ["POLLOUT", "POLLHUP"];
        if (Connection.State is TcpState.SynSent or TcpState.SynReceived)
            return [];
        var bits = new List<string>();
        bool ended = Connection.CloseReason != TcpCloseReason.None;
        bool noMore = ended || Connection.PeerClosed || _readsNoMore;
        if (Connection.Available > 0 || noMore)
            bits.AddRange(["POLLIN", "POLLRDNORM"]);
        if (noMore)
            bits.Add("POLLRDHUP");
        if (Connection.UrgentCount > 0)
            bits.Add("POLLPRI");
        if (!Connection.CanSend || Connection.SendSpace > 0)
            bits.AddRange(["POLLOUT", "POLLWRNORM"]);
        if (noMore && !Connection.CanSend)
            bits.Add("POLLHUP");
        if (Connection.CloseReason is not (TcpCloseReason.None or TcpCloseReason.Finished) && !_resetTold)
            bits.Add("POLLERR");
        return bits;
    }

    public void Close()
    {
        Listener?.Close();
        if (_linger == 0)
            Connection?.Abort();
        else
            Connection?.Close();
    }

    /// <summary>SHUT_RD, SHUT_WR or SHUT_RDWR: the first is between the socket and its user alone.</summary>
    public CallResult Shutdown(bool reading, bool writing)
    {
        if (Connection == null || Connection.CloseReason != TcpCloseReason.None)
            return CallResult.Fail("ENOTCONN");
        _readsNoMore |= reading;
        if (writing)
            Connection.Shutdown();
        return new CallResult(0);
    }

    public void SetLinger(bool on, int seconds) => _linger = on ? seconds : null;

    /// <summary>Sets an option by its name.</summary>
    /// <returns>False if the endpoint does not have it.</returns>
    public bool SetOption(string name, long value)
    {
        switch (name)
        {
            case "TCP_NODELAY":
                _noDelay = value != 0;
                break;
            case "SO_KEEPALIVE":
                _keepAlive = value != 0;
                break;
            case "TCP_KEEPIDLE":
                _keepIdle = (ulong)value * 1_000_000;
                break;
            case "TCP_USER_TIMEOUT":
                _userTimeout = (ulong)value * 1000;
                break;
            case "TCP_INQ":
                TellsUnread = value != 0;
                return true;
            case "SO_REUSEADDR":
                return true;
            default:
                return false;
        }

        Apply();
        return true;
    }

    /// <summary>Reads an option by its name; null if the endpoint does not have it.</summary>
    public long? GetOption(string name)
    {
        switch (name)
        {
            case "TCP_NODELAY":
                return Connection?.NoDelay ?? _noDelay ? 1 : 0;
            case "SO_KEEPALIVE":
                return _keepAlive ? 1 : 0;
            case "TCP_MAXSEG":
                return Connection?.MaximumSegmentSize;
            case "TCP_USER_TIMEOUT":
                return (long)((Connection?.UserTimeout ?? _userTimeout) / 1000);
            default:
                return null;
        }
    }

    /// <summary>SO_ERROR: the name of the error that waits, "0" for none.</summary>
    public string TakeError()
    {
        if (Connection == null || _resetTold || _connectTold && Connection.CloseReason == TcpCloseReason.None)
            return "0";
        if (Connection.CloseReason is TcpCloseReason.None or TcpCloseReason.Finished)
            return "0";
        _resetTold = true;
        return ErrorOf(Connection.CloseReason);
    }

    private static string ErrorOf(TcpCloseReason reason) => reason switch
    {
        TcpCloseReason.Refused => "ECONNREFUSED",
        TcpCloseReason.Reset => "ECONNRESET",
        TcpCloseReason.TimedOut => "ETIMEDOUT",
        TcpCloseReason.Unreachable => "EHOSTUNREACH",
        _ => "ECONNABORTED",
    };

    private void Apply()
    {
        if (Connection == null)
            return;
        Connection.NoDelay = _noDelay;
        if (_userTimeout != 0)
            Connection.UserTimeout = _userTimeout;
        Connection.KeepAlive = _keepAlive ? _keepIdle : 0;
    }
}
