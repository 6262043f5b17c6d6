using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Net;
using System.Net.Sockets;
using HandshakeNano.Boards.Virtual;
using HandshakeNano.Net;

namespace HandshakeNano.Interop.Peers;

/// <summary>The Linux kernel in a lab's namespace, used by sockets that do not block.</summary>
internal sealed class KernelHost(NetworkNamespace network) : Host
{
    private const int Backlog = 4;

    /// <summary>The kernel's states by their numbers in /proc/net/tcp (its include/net/tcp_states.h).</summary>
    private static readonly TcpState[] _states =
    [
        TcpState.Closed, TcpState.Established, TcpState.SynSent, TcpState.SynReceived, TcpState.FinWait1, TcpState.FinWait2,
        TcpState.TimeWait, TcpState.Closed, TcpState.CloseWait, TcpState.LastAck, TcpState.Listen, TcpState.Closing,
        TcpState.SynReceived,
    ];

    private readonly Dictionary<int, Socket> _listeners = [];
    private readonly List<KernelEnd> _ends = [];

    public override string Address => Lab.Kernel;

    public override void Listen(int port)
    {
        Socket socket = NewSocket(port);
        socket.Listen(Backlog);
        _listeners.Add(port, socket);
    }

    public override End? Accept(int port)
    {
        if (!_listeners[port].Poll(0, SelectMode.SelectRead))
            return null;
        Socket socket = _listeners[port].Accept();
        return Add(socket, ((IPEndPoint)socket.RemoteEndPoint!).Port);
    }

    public override End Connect(string address, int port, int localPort = 0)
    {
        Socket socket = NewSocket(localPort);
        try
        {
            socket.Connect(IPAddress.Parse(address), port);
        }
        catch (SocketException exception) when (exception.SocketErrorCode is SocketError.WouldBlock or SocketError.InProgress)
        {
            // The SYN is out.
        }

        return Add(socket, port);
    }

    public override void Turn()
    {
        foreach (KernelEnd end in _ends)
            end.Turn();
    }

    public override void Dispose()
    {
        foreach (Socket listener in _listeners.Values)
            listener.Dispose();
        foreach (KernelEnd end in _ends)
            end.Dispose();
    }

    private Socket NewSocket(int port)
    {
        Socket socket = network.NewSocket();
        socket.Blocking = false;
        socket.Bind(new IPEndPoint(IPAddress.Parse(Address), port));
        return socket;
    }

    private KernelEnd Add(Socket socket, int remotePort)
    {
        var end = new KernelEnd(network, socket, remotePort);
        _ends.Add(end);
        return end;
    }

    private sealed class KernelEnd : End, IDisposable
    {
        private readonly NetworkNamespace _network;
        private readonly Socket _socket;
        private readonly string _localPort;
        private readonly string _remotePort;
        private readonly byte[] _buffer = new byte[16 * 1024];
        private readonly ExpectedBytes _data = new();
        private byte[] _toSend = [];
        private int _sent;
        private bool _isConnected;
        private bool _isShuttingDown;
        private bool _hasEnded;
        private bool _wasReset;

        public KernelEnd(NetworkNamespace network, Socket socket, int remotePort)
        {
            _network = network;
            _socket = socket;
            _socket.Blocking = false;
            _localPort = ":" + ((IPEndPoint)socket.LocalEndPoint!).Port.ToString("X4", CultureInfo.InvariantCulture);
            _remotePort = ":" + remotePort.ToString("X4", CultureInfo.InvariantCulture);
        }

        public override TcpState State
        {
            get
            {
                string[] lines = _network.Run(() => File.ReadAllLines("/proc/thread-self/net/tcp"));
                foreach (string line in lines.AsSpan(1))
                {
                    string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
                    if (words[1].EndsWith(_localPort, StringComparison.Ordinal) && words[2].EndsWith(_remotePort, StringComparison.Ordinal))
                        return _states[int.Parse(words[3], NumberStyles.HexNumber, CultureInfo.InvariantCulture)];
                }

                return TcpState.Closed;
            }
        }

        public override int Received => _data.Received;

        public override bool IsRight => _data.IsRight;

        public override bool HasEnded => _hasEnded;

        public override bool WasReset => _wasReset;

        public override void Send(int seed, int count)
        {
            _toSend = Traffic.Bytes(seed, count);
            _sent = 0;
            Turn();
        }

        public override void Expect(int seed)
        {
            _data.Expect(seed);
        }

        public override void Shutdown()
        {
            _isShuttingDown = true;
            Turn();
        }

        public override void Abort()
        {
            _socket.LingerState = new LingerOption(true, 0);
            _socket.Close();
        }

        public void Turn()
        {
            if (_socket.SafeHandle.IsClosed || _wasReset)
                return;
            if (!_isConnected)
            {
                if (_socket.Poll(0, SelectMode.SelectError))
                    Note((SocketError)(int)_socket.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.Error)!);
                if (_wasReset || !_socket.Poll(0, SelectMode.SelectWrite))
                    return;
                _isConnected = true;
            }

            Receive();
            Send();
        }

        public void Dispose()
        {
            _socket.Dispose();
        }

        private void Receive()
        {
            while (!_hasEnded && !_wasReset)
            {
                int count = _socket.Receive(_buffer, 0, _buffer.Length, SocketFlags.None, out SocketError error);
                if (error == SocketError.WouldBlock)
                    return;
                Note(error);
                if (error == SocketError.Success && count == 0)
                    _hasEnded = true;
                _data.Check(_buffer.AsSpan(0, count));
            }
        }

        private void Send()
        {
            while (_sent < _toSend.Length && !_wasReset)
            {
                int count = _socket.Send(_toSend, _sent, _toSend.Length - _sent, SocketFlags.None, out SocketError error);
                if (error == SocketError.WouldBlock)
                    return;
                Note(error);
                _sent += count;
            }

            if (_isShuttingDown && !_wasReset)
            {
                _isShuttingDown = false;
                _socket.Shutdown(SocketShutdown.Send);
            }
        }

        private void Note(SocketError error)
        {
            if (error is SocketError.ConnectionReset or SocketError.ConnectionRefused or SocketError.Shutdown)
                _wasReset = true;
            else if (error != SocketError.Success)
                throw new SocketException((int)error);
        }
    }
}
