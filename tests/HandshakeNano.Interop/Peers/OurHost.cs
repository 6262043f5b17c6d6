using System;
using System.Collections.Generic;
using HandshakeNano.Net;

namespace HandshakeNano.Interop.Peers;

/// <summary>The device of a lab, whose firmware runs on the test's thread.</summary>
internal sealed class OurHost(Lab lab) : Host
{
    private const int Backlog = 4;

    private readonly Dictionary<int, TcpListener> _listeners = [];

    public override string Address => Lab.Device;

    public override void Listen(int port)
    {
        _listeners.Add(port, lab.Endpoint.Listen(port, Backlog));
    }

    public override End? Accept(int port)
    {
        TcpConnection? connection = _listeners[port].Accept();
        return connection == null ? null : new OurEnd(connection);
    }

    public override End Connect(string address, int port, int localPort = 0)
    {
        return new OurEnd(lab.Endpoint.Connect(Lab.Address(address), port, localPort));
    }

    public override void Dispose()
    {
        foreach (TcpListener listener in _listeners.Values)
            listener.Close();
    }

    /// <summary>Keeps its connection when it has ended, so that it can be asked.</summary>
    private sealed class OurEnd : End
    {
        private readonly TcpConnection _connection;
        private readonly User _user = new();
        private bool _aborted;

        public OurEnd(TcpConnection connection)
        {
            _connection = connection;
            connection.Handler = _user;
        }

        // An aborted connection was given back and may be another one by now.
        public override TcpState State => _aborted ? TcpState.Closed : _connection.State;

        public override int Received => _user.Data.Received;

        public override bool IsRight => _user.Data.IsRight;

        public override bool HasEnded => _user.HasEnded;

        public override bool WasReset => !_aborted && (_connection.CloseReason is TcpCloseReason.Reset or TcpCloseReason.Refused);

        public override void Send(int seed, int count)
        {
            _user.Send(_connection, Traffic.Bytes(seed, count));
        }

        public override void Expect(int seed)
        {
            _user.Data.Expect(seed);
        }

        public override void Shutdown()
        {
            _user.Shutdown(_connection);
        }

        public override void Abort()
        {
            _aborted = true;
            _connection.Abort();
        }
    }

    private sealed class User : TcpConnectionHandler
    {
        private readonly byte[] _buffer = new byte[4096];
        private byte[] _toSend = [];
        private int _sent;
        private bool _isShuttingDown;

        public ExpectedBytes Data { get; } = new();

        public bool HasEnded { get; private set; }

        public void Send(TcpConnection connection, byte[] data)
        {
            _toSend = data;
            _sent = 0;
            Write(connection);
        }

        public void Shutdown(TcpConnection connection)
        {
            _isShuttingDown = true;
            Write(connection);
        }

        public override void OnEstablished(TcpConnection connection)
        {
            Write(connection);
        }

        public override void OnSent(TcpConnection connection)
        {
            Write(connection);
        }

        public override void OnReceived(TcpConnection connection)
        {
            int count;
            while ((count = connection.Read(_buffer, 0, _buffer.Length)) > 0)
                Data.Check(_buffer.AsSpan(0, count));
        }

        public override void OnPeerClosed(TcpConnection connection)
        {
            OnReceived(connection);
            HasEnded = true;
        }

        private void Write(TcpConnection connection)
        {
            _sent += connection.Write(_toSend, _sent, _toSend.Length - _sent);
            if (_sent == _toSend.Length && _isShuttingDown)
                connection.Shutdown();
        }
    }
}
