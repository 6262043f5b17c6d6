using System.Text;
using HandshakeNano.Firmware;
using HandshakeNano.Http;
using HandshakeNano.Net;

namespace HandshakeNano.Samples.Sensor;

/// <summary>
/// An HTTP server: <c>GET /value</c> reads the sensor, <c>PUT /unit</c> with C or F says in what unit, <c>GET /</c> is for a browser.
/// </summary>
public sealed class SensorService : Service
{
    private readonly HttpServer _server = new HttpServer();
    private const string Page = "<!DOCTYPE html><title>Sensor</title><p>Hello from HandshakeNano.</p><p><a href=\"/value\">Value</a></p>\n";
    private static bool s_isFahrenheit;

    /// <summary>Makes the service.</summary>
    public SensorService() : base("HTTP", 80)
    {
        _server.Add("/", new StaticContent("text/html", Encoding.UTF8.GetBytes(Page), false));
        _server.Add("/value", new Value());
        _server.Add("/unit", new Unit());
    }

    /// <inheritdoc/>
    public override bool UsesTime => true;

    /// <inheritdoc/>
    public override void OnTime(ulong now) => _server.Check(now);

    /// <inheritdoc/>
    public override void OnAccepted(TcpConnection connection) => _server.Take(connection);

    /// <inheritdoc/>
    protected override bool Serve(TcpConnection connection) => true;

    private sealed class Value : HttpHandler
    {
        public Value() : base(HttpMethods.Get | HttpMethods.Head) { }

        public override bool Serve(HttpExchange exchange)
        {
            int degrees = 21; // Read your sensor here.
            string text = (s_isFahrenheit ? degrees * 9 / 5 + 32 : degrees).ToString() + (s_isFahrenheit ? " F\n" : " C\n");
            exchange.Begin(200, "text/plain", text.Length);
            return exchange.Write(text);
        }
    }

    private sealed class Unit : HttpHandler
    {
        private readonly byte[] _letter = new byte[1];
        public Unit() : base(HttpMethods.Put) { }

        public override bool Serve(HttpExchange exchange)
        {
            // False is for 'not yet': the server asks again when more has come.
            if (exchange.ReadContent(_letter, 0, 1) == 0 && !exchange.IsContentRead) return false;
            s_isFahrenheit = _letter[0] == 'F';
            exchange.Begin(204, null, 0);
            return true;
        }
    }
}
