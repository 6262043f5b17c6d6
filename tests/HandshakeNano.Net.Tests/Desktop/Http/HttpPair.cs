#nullable enable
using System;
using System.Text;
using HandshakeNano.Http;

namespace HandshakeNano.Net.Tests;

/// <summary>A host with an HTTP server on port 80, and a host that sends it bytes, on a network in virtual time.</summary>
internal sealed class HttpPair
{
    private const uint ClientAddress = 0x0A4D0001;
    private const uint ServerAddress = 0x0A4D0002;
    private const ulong Step = 100_000;

    private readonly FaultyNetwork _network;
    private readonly FaultyNetwork.Host _client;
    private readonly byte[] _buffer = new byte[4096];

    public HttpPair(HttpSettings? settings = null, int sendBuffer = 2048, int receiveBuffer = 2048, Faults? faults = null)
    {
        _network = new FaultyNetwork(1, faults ?? new Faults());
        _client = _network.Add(ClientAddress);
        FaultyNetwork.Host host = _network.Add(ServerAddress, s =>
        {
            s.SendBufferSize = sendBuffer;
            s.ReceiveBufferSize = receiveBuffer;
        });
        Server = new HttpServer(settings ?? new HttpSettings());
        Endpoint = host.Endpoint;
        Endpoint.Listen(80, 8).Handler = new Acceptor(this);
    }

    public HttpServer Server { get; }

    public TcpEndpoint Endpoint { get; }

    /// <summary>Bytes that the server has allocated for connections that were taken so far.</summary>
    public long Allocated { get; private set; }

    /// <summary>Opens a connection to the server.</summary>
    public TcpConnection Connect()
    {
        TcpConnection connection = _client.Endpoint.Connect(ServerAddress, 80);
        if (!_network.RunUntil(() => connection.State == TcpState.Established, 10_000_000))
            throw new InvalidOperationException("no connection: " + connection.State);
        connection.NoDelay = true;
        return connection;
    }

    /// <summary>Sends a text, in pieces if a size is given.</summary>
    public void Send(TcpConnection connection, string text, int pieces = int.MaxValue)
    {
        byte[] bytes = Encoding.Latin1.GetBytes(text);
        int done = 0;
        while (done < bytes.Length)
        {
            int count = connection.Write(bytes, done, Math.Min(pieces, bytes.Length - done));
            done += count;
            if (!connection.CanSend)
                return;
            if (done < bytes.Length)
                _network.Run(pieces == int.MaxValue ? Step / 10 : 11_000);
        }
    }

    /// <summary>What the server sends until it is silent or closes.</summary>
    public string Receive(TcpConnection connection, ulong silence = 400_000)
    {
        var text = new StringBuilder();
        ulong quiet = 0;
        while (quiet < silence)
        {
            int count = connection.Read(_buffer, 0, _buffer.Length);
            text.Append(Encoding.Latin1.GetString(_buffer, 0, count));
            quiet = count == 0 ? quiet + Step : 0;
            if (count == 0 && connection.PeerClosed)
                break;
            Run(Step);
        }

        return text.ToString();
    }

    /// <summary>How long it takes from now until so many bytes have come, in microseconds; they are read.</summary>
    public ulong TimeUntil(TcpConnection connection, int count)
    {
        ulong start = _network.Now;
        if (!_network.RunUntil(() => (count -= connection.Read(_buffer, 0, _buffer.Length)) <= 0, 10_000_000))
            throw new InvalidOperationException(count + " bytes too few");
        return _network.Now - start;
    }

    /// <summary>What a new connection gets for a request, on which the server is asked to close.</summary>
    public string Ask(string request, int pieces = int.MaxValue)
    {
        TcpConnection connection = Connect();
        Send(connection, request, pieces);
        string answer = Receive(connection);
        connection.Close();
        Run(Step);
        return answer;
    }

    /// <summary>Lets time pass, and the server look at it.</summary>
    public void Run(ulong time)
    {
        for (ulong end = _network.Now + time; _network.Now < end;)
        {
            _network.Run(Math.Min(Step, end - _network.Now));
            Server.Check(_network.Now);
        }
    }

    private void Measure(Action<TcpConnection> call, TcpConnection connection)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        call(connection);
        Allocated += GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private sealed class Acceptor(HttpPair pair) : TcpListenerHandler
    {
        private readonly Measured _measured = new(pair);

        public override void OnAccept(TcpListener listener)
        {
            while (listener.Accept() is { } connection)
            {
                pair.Server.Take(connection);
                if (connection.Handler == pair.Server)
                    connection.Handler = _measured;
            }
        }
    }

    /// <summary>Stands before the server, and counts what it allocates.</summary>
    private sealed class Measured(HttpPair pair) : TcpConnectionHandler
    {
        private readonly Action<TcpConnection> _received = pair.Server.OnReceived, _sent = pair.Server.OnSent, _peerClosed = pair.Server.OnPeerClosed;

        public override void OnReceived(TcpConnection connection) => pair.Measure(_received, connection);

        public override void OnSent(TcpConnection connection) => pair.Measure(_sent, connection);

        public override void OnPeerClosed(TcpConnection connection) => pair.Measure(_peerClosed, connection);

        public override void OnClosed(TcpConnection connection, TcpCloseReason reason) => pair.Server.OnClosed(connection, reason);
    }
}
