using System.Text;
using HandshakeNano.Firmware;
using HandshakeNano.Net;

namespace HandshakeNano.Samples.HttpFetch;

/// <summary>Fetches a page again and again, and shows its lines on the console.</summary>
public sealed class FetchService : Service
{
    private const ulong LongestWait = 10_000_000;
    private readonly byte[] _request;
    private readonly string _host;
    private readonly int _port;
    private readonly ulong _interval;
    private readonly DnsQuery _query = new DnsQuery();
    private DeviceFirmware _firmware;
    private LineConsole _console;
    private TcpConnection _connection;
    private ulong _next;
    private bool _asks;

    /// <summary>Makes the service.</summary>
    /// <param name="host">The server's name, or its IPv4 address as text.</param>
    /// <param name="port">Its port.</param>
    /// <param name="path">What is fetched.</param>
    /// <param name="interval">How often, in microseconds.</param>
    public FetchService(string host, int port, string path, ulong interval) : base("fetch")
    {
        _host = host;
        _port = port;
        _interval = interval;

        // An answer to HTTP/1.0 ends with its connection and comes in no chunks (RFC 9112 section 6.3).
        _request = Encoding.UTF8.GetBytes("GET " + path + " HTTP/1.0\r\nHost: " + host + "\r\n\r\n");
    }

    /// <inheritdoc/>
    public override bool UsesTime => true;

    /// <inheritdoc/>
    public override void OnStarted(DeviceFirmware firmware)
    {
        _firmware = firmware;
        _console = new LineConsole(firmware.Board, Name);
    }

    /// <inheritdoc/>
    public override int DnsQueries => 1;

    /// <inheritdoc/>
    public override void OnTime(ulong now)
    {
        TcpEndpoint endpoint = _firmware.Endpoint;
        if (_asks && _query.State != DnsQueryState.Asking)
        {
            _asks = false;
            if (_query.State == DnsQueryState.Failed)
                _firmware.Board.Log("fetch: " + _query.Reason);
            else if (endpoint.CanConnect)
                Connect(endpoint);
        }
        else if (now >= _next && !_asks && _connection == null && endpoint.Address != 0)
        {
            _next = now + _interval;
            _asks = true;
            endpoint.Resolve(_host, DnsAddresses.Ipv4, _query);
        }
    }

    /// <inheritdoc/>
    public override void OnEstablished(TcpConnection connection) => connection.Write(_request, 0, _request.Length);

    /// <inheritdoc/>
    protected override bool Serve(TcpConnection connection)
    {
        int count;
        while ((count = connection.Read(Buffer, 0, Buffer.Length)) != 0)
            _console.Take(Buffer, count);

        // The service closes its side as well then, and hears no more of the connection.
        if (connection.PeerClosed)
            End();
        return true;
    }

    /// <inheritdoc/>
    public override void OnClosed(TcpConnection connection, TcpCloseReason reason)
    {
        _firmware.Board.Log("fetch: " + TcpException.Explain(reason));
        connection.Close();
        End();
    }

    private void Connect(TcpEndpoint endpoint)
    {
        _connection = endpoint.Connect(_query.Address, _port);
        _connection.ConnectTimeout = LongestWait;
        _connection.IdleTimeout = LongestWait;
        _connection.Handler = this;
    }

    private void End()
    {
        _console.End();
        _connection = null;
    }
}
