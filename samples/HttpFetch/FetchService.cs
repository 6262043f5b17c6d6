using System.Text;
using HandshakeNano.Firmware;
using HandshakeNano.Net;

namespace HandshakeNano.Samples.HttpFetch;

/// <summary>Fetches a page again and again, and shows its lines on the console.</summary>
public sealed class FetchService : Service
{
    private const ulong LongestWait = 10_000_000;
    private const int LongestLine = 120;
    private readonly byte[] _request, _line = new byte[LongestLine];
    private readonly uint _address;
    private readonly int _port;
    private readonly ulong _interval;
    private DeviceFirmware _firmware;
    private TcpConnection _connection;
    private int _count;
    private ulong _next;

    /// <summary>Makes the service.</summary>
    /// <param name="address">The server's IPv4 address, most significant byte first.</param>
    /// <param name="port">Its port.</param>
    /// <param name="path">What is fetched.</param>
    /// <param name="interval">How often, in microseconds.</param>
    public FetchService(uint address, int port, string path, ulong interval) : base("fetch")
    {
        _address = address;
        _port = port;
        _interval = interval;

        // An answer to HTTP/1.0 ends with its connection and comes in no chunks (RFC 9112 section 6.3).
        _request = Encoding.UTF8.GetBytes("GET " + path + " HTTP/1.0\r\nHost: " + Ipv4Address.ToString(address) + "\r\n\r\n");
    }

    /// <inheritdoc/>
    public override bool UsesTime => true;

    /// <inheritdoc/>
    public override void OnStarted(DeviceFirmware firmware) => _firmware = firmware;

    /// <inheritdoc/>
    public override void OnTime(ulong now)
    {
        if (now < _next || _connection != null || _firmware.Endpoint.Address == 0 || !_firmware.Endpoint.CanConnect)
            return;
        _next = now + _interval;
        _count = 0;
        _connection = _firmware.Endpoint.Connect(_address, _port);
        _connection.ConnectTimeout = LongestWait;
        _connection.IdleTimeout = LongestWait;
        _connection.Handler = this;
    }

    /// <inheritdoc/>
    public override void OnEstablished(TcpConnection connection) => connection.Write(_request, 0, _request.Length);

    /// <inheritdoc/>
    protected override bool Serve(TcpConnection connection)
    {
        int count;
        while ((count = connection.Read(Buffer, 0, Buffer.Length)) != 0)
        {
            for (int i = 0; i < count; i++)
            {
                if (Buffer[i] == '\n')
                    Show();
                else if (Buffer[i] != '\r' && _count < LongestLine)
                    _line[_count++] = Buffer[i];
            }
        }

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

    private void End()
    {
        if (_count != 0)
            Show();
        _connection = null;
    }

    private void Show()
    {
        _firmware.Board.Log("fetch: " + Encoding.UTF8.GetString(_line, 0, _count));
        _count = 0;
    }
}
