using HandshakeNano.Firmware;
using HandshakeNano.Http;
using HandshakeNano.Links;
using HandshakeNano.Net;

namespace HandshakeNano.Page;

/// <summary>
/// The device about itself, on port 80: a page for a browser, <c>/api/v1/device</c>, <c>/api/v1/connections</c>, <c>/api/v1/counters</c> and
/// <c>/api/v1/frames</c> in JSON, <c>/metrics</c> for Prometheus and <c>/capture</c> for Wireshark (docs/page.md). Nothing on it changes
/// the device.
/// </summary>
public sealed class PageService : Service
{
    /// <summary>How many frames are kept: 7 KB.</summary>
    private const int Frames = 64;

    private readonly HttpServer _server;
    private readonly HeaderRing _ring = new HeaderRing(Frames);

    /// <summary>Makes the service, for six connections at once: as many as a browser opens.</summary>
    public PageService()
        : this(new HttpSettings { Connections = 6 })
    {
    }

    /// <summary>Makes the service.</summary>
    /// <param name="settings">How much its server takes.</param>
    /// <exception cref="System.ArgumentException">A setting is out of range.</exception>
    public PageService(HttpSettings settings)
        : base("page", 80)
    {
        _server = new HttpServer(settings);
    }

    /// <summary>The server, to which an application may add handlers of its own.</summary>
    public HttpServer Server
    {
        get { return _server; }
    }

    /// <inheritdoc/>
    public override bool UsesTime
    {
        get { return true; }
    }

    /// <inheritdoc/>
    public override FrameObserver Observer
    {
        get { return _ring; }
    }

    /// <inheritdoc/>
    public override void OnStarted(DeviceFirmware firmware)
    {
        _server.Add("/", new HomeDocument(firmware));
        _server.Add("/page.css", new Asset("text/css", Assets.StyleTag, Assets.Style));
        _server.Add("/page.js", new Asset("text/javascript", Assets.ScriptTag, Assets.Script));
        _server.Add("/api/v1/device", new DeviceDocument(firmware));
        _server.Add("/api/v1/connections", new ConnectionsDocument(firmware));
        _server.Add("/api/v1/counters", new CountersDocument(firmware.Endpoint.Counters));
        _server.Add("/api/v1/frames", new FramesDocument(_ring));
        _server.Add("/metrics", new MetricsDocument(firmware));
        _server.Add("/capture", new CaptureDocument(_ring, firmware.Board.Link));
        _ring.Start(firmware.Board.Link, firmware.Board.Clock);
    }

    /// <inheritdoc/>
    public override void OnTime(ulong now)
    {
        _server.Check(now);
    }

    /// <inheritdoc/>
    public override void OnAccepted(TcpConnection connection)
    {
        _server.Take(connection);
    }

    /// <inheritdoc/>
    protected override bool Serve(TcpConnection connection)
    {
        // The server is the handler of its connections.
        return true;
    }
}
