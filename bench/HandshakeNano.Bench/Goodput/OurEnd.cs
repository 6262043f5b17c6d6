using System;
using System.Threading;
using HandshakeNano.Boards.Virtual;
using HandshakeNano.Firmware;
using HandshakeNano.Net;

namespace HandshakeNano.Bench.Goodput;

/// <summary>Our endpoint, on a TAP device of its own that a bridge joins with the wire.</summary>
internal sealed class OurEnd : End
{
    private readonly TapLink _link;
    private readonly TcpEndpoint _endpoint;
    private readonly TcpLoop _loop;
    private readonly User _user = new();
    private readonly ManualResetEventSlim _established = new();
    private Thread? _thread;
    private volatile bool _stopped;

    /// <param name="address">Its IPv4 address.</param>
    public OurEnd(uint address)
        : base(address, isForeign: true)
    {
        _link = Network.OpenTap("ours0", address + 101, PrefixLength);
        Bridge(_link.Name);
        var settings = new TcpSettings
        {
            Address = address,
            Connections = 2,
            CongestionControl = CongestionControl.Cubic,
            SendBufferSize = BufferSize,
            ReceiveBufferSize = BufferSize,
        };
        _endpoint = new TcpEndpoint(_link, new SystemEntropy(), settings);
        _loop = new TcpLoop(_endpoint, _link, new HighResTimerClock());
    }

    public override long Received => Interlocked.Read(ref _user.Received);

    public override void Listen()
    {
        TcpListener listener = _endpoint.Listen(Port, 1);
        Start(() =>
        {
            if (listener.Accept() is TcpConnection connection)
                connection.Handler = _user;
        });
    }

    public override void Connect(uint address)
    {
        _user.Established = _established;
        _endpoint.Connect(address, Port).Handler = _user;
        Start(() => { });
        _established.Wait();
    }

    public override void Send(int count)
    {
        Volatile.Write(ref _user.ToSend, count);
        _loop.Wake();
    }

    public override void Dispose()
    {
        _stopped = true;
        _loop.Wake();
        _thread?.Join();
        _link.Dispose();
        _established.Dispose();
        base.Dispose();
    }

    private void Start(Action step)
    {
        _thread = new Thread(() =>
        {
            while (!_stopped)
            {
                _loop.Step(100);
                step();
                _user.Turn();
            }
        })
        { IsBackground = true, Name = "ours" };
        _thread.Start();
    }

    private sealed class User : TcpConnectionHandler
    {
        public ManualResetEventSlim? Established;
        public long Received;
        public int ToSend;

        private readonly byte[] _buffer = new byte[64 * 1024];
        private TcpConnection? _connection;
        private int _sent;

        public override void OnEstablished(TcpConnection connection)
        {
            _connection = connection;
            Established!.Set();
        }

        public override void OnReceived(TcpConnection connection)
        {
            for (int count; (count = connection.Read(_buffer, 0, _buffer.Length)) > 0;)
                Interlocked.Add(ref Received, count);
        }

        public override void OnSent(TcpConnection connection) => Turn();

        /// <summary>Sends what there is to send, and a FIN behind it.</summary>
        public void Turn()
        {
            if (_connection == null)
                return;
            int toSend = Volatile.Read(ref ToSend);
            for (int count = 1; count > 0 && _sent < toSend; _sent += count)
                count = _connection.Write(_buffer, 0, Math.Min(_buffer.Length, toSend - _sent));
            if (toSend == 0 || _sent != toSend)
                return;
            _connection.Shutdown();
            _connection = null;
        }
    }
}
