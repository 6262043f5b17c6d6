using HandshakeNano.Firmware;
using HandshakeNano.Http;
using HandshakeNano.Links;
using HandshakeNano.Net;

namespace HandshakeNano.Page;

/// <summary>
/// The device about itself, on port 80: a page for a browser, <c>/api/v1/device</c>, <c>/api/v1/connections</c>, <c>/api/v1/counters</c>,
/// <c>/api/v1/frames</c> and <c>/api/v1/handshakes</c> in JSON, <c>/metrics</c> for Prometheus and <c>/capture</c> for Wireshark (docs/page.md). Nothing on it changes
/// the device.
/// </summary>
public sealed class PageService : Service
{
    /// <summary>What the service takes on a device, in bytes, with six connections of 768 bytes for heads (<see cref="MemoryBudget.HasRoom"/>).</summary>
    public const int Size = 18_000;

    // A frame takes 106 bytes.
    private const int Frames = 32;
    private const int HandshakeSegments = 16;

    private readonly HttpServer _server;
    private readonly FrameRecorder _recorder = new FrameRecorder(Frames, HandshakeSegments);

    /// <summary>Makes the service, for six connections at once, as many as a browser opens, and heads of 768 bytes.</summary>
    public PageService()
        : this(new HttpSettings { Connections = 6, HeadSize = 768, Fields = 20 })
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
    public override string DnsType
    {
        get { return "_http._tcp"; }
    }

    /// <inheritdoc/>
    public override bool UsesTime
    {
        get { return true; }
    }

    /// <inheritdoc/>
    public override FrameObserver Observer
    {
        get { return _recorder; }
    }

    /// <inheritdoc/>
    public override void OnStarted(DeviceFirmware firmware)
    {
        Piece text = new Piece(Document.LongestPiece);
        _server.Add("/", new HomeDocument(text, firmware));
        _server.Add("/page.css", new Asset("text/css", Assets.StyleTag, Assets.Style));
        _server.Add("/page.js", new Asset("text/javascript", Assets.ScriptTag, Assets.Script));
        _server.Add("/api/v1/device", new DeviceDocument(text, firmware));
        _server.Add("/api/v1/connections", new ConnectionsDocument(text, firmware));
        _server.Add("/api/v1/counters", new CountersDocument(text, firmware.Endpoint.Counters));
        _server.Add("/api/v1/frames", new FramesDocument(text, _recorder.Frames));
        _server.Add("/api/v1/handshakes", new FramesDocument(text, _recorder.Handshakes));
        _server.Add("/metrics", new MetricsDocument(text, firmware));
        _server.Add("/capture", new CaptureDocument(text, _recorder.Frames, firmware.Board.Link));
        _recorder.Start(firmware.Board.Link, firmware.Board.Clock);
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
