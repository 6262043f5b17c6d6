using HandshakeNano.Firmware;
using HandshakeNano.Net;

namespace HandshakeNano.Page;

/// <summary>What Prometheus reads (text exposition format 0.0.4): all counters as one metric, and the few numbers that go up and down.</summary>
internal sealed class MetricsDocument : Document
{
    /// <summary>The numbers that go up and down, after the counters.</summary>
    private const int Gauges = 3;

    private readonly DeviceFirmware _firmware;
    private readonly Counters _counters;

    /// <summary>Makes the document.</summary>
    /// <param name="text">Where its pieces are put together.</param>
    /// <param name="firmware">Whose numbers.</param>
    public MetricsDocument(Piece text, DeviceFirmware firmware)
        : base(text, "text/plain; version=0.0.4", "")
    {
        _firmware = firmware;
        _counters = firmware.Endpoint.Counters;
    }

    /// <inheritdoc/>
    protected override int ItemCount
    {
        get { return Counters.Count + Gauges; }
    }

    /// <inheritdoc/>
    protected override void PutHead(Piece text)
    {
        text.Put("# HELP handshake_events_total What has happened since the start, by the name of the counter.\n# TYPE handshake_events_total counter\n");
    }

    /// <inheritdoc/>
    protected override bool PutItem(Piece text, int index, int mark)
    {
        TcpEndpoint endpoint = _firmware.Endpoint;
        switch (index - Counters.Count)
        {
            case 0:
                PutGauge(text, "handshake_connections", "Connections, with half-open ones.", (ulong)endpoint.ConnectionCount);
                break;
            case 1:
                PutGauge(text, "handshake_time_wait_connections", "Connections in TIME-WAIT.", (ulong)endpoint.TimeWaitCount);
                break;
            case 2:
                PutGauge(text, "handshake_uptime_seconds", "Time since the start of the clock.", _firmware.Now / 1_000_000);
                break;
            default:
                text.Put("handshake_events_total{event=\"");
                text.Put(Counters.GetName((Counter)index));
                text.Put("\"} ");
                text.Put(_counters.Get((Counter)index));
                text.Put("\n");
                break;
        }

        return true;
    }

    /// <inheritdoc/>
    protected override void PutTail(Piece text)
    {
    }

    private static void PutGauge(Piece text, string name, string help, ulong value)
    {
        text.Put("# HELP ");
        text.Put(name);
        text.Put(" ");
        text.Put(help);
        text.Put("\n# TYPE ");
        text.Put(name);
        text.Put(" gauge\n");
        text.Put(name);
        text.Put(" ");
        text.Put(value);
        text.Put("\n");
    }
}
