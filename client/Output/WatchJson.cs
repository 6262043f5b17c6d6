using System;
using System.Globalization;
using System.IO;
using System.Net;
using HandshakeNano.Client.Captures;
using HandshakeNano.Client.Trace;
using HandshakeNano.Packets;

namespace HandshakeNano.Client.Output;

/// <summary>Writes what happens to connections as JSON, an object a line, as docs/schemas/watch.json says.</summary>
/// <param name="writer">Where it goes.</param>
/// <param name="all">True: each segment is a line as well.</param>
public sealed class WatchJson(TextWriter writer, bool all) : FlowObserver
{
    /// <inheritdoc/>
    public override void OnOpened(LiveFlow flow)
    {
        // Its first line is what came of the handshake.
    }

    /// <inheritdoc/>
    public override void OnSegment(LiveFlow flow, ExchangeRow row)
    {
        if (all)
        {
            JsonReport.WriteLine(
                new { Event = "segment", Flow = flow.Flow.Number, Time = Moment(row.Segment.Time), Segment = JsonReport.Row(row) }, writer);
        }
    }

    /// <inheritdoc/>
    public override void OnHandshake(LiveFlow flow) => JsonReport.WriteLine(
        new
        {
            Event = "handshake",
            Flow = flow.Flow.Number,
            Time = Moment(flow.Time),
            Client = End(flow.Exchange.Client),
            Server = End(flow.Exchange.Server),
            Outcome = JsonReport.NameOf(flow.Outcome),
            Microseconds = flow.HandshakeMicroseconds,
            SynToSynAckMicroseconds = flow.Exchange.ClientRoundTrip,
            SynAckToAckMicroseconds = flow.Exchange.ServerRoundTrip,
            flow.Exchange.Findings,
        },
        writer);

    /// <inheritdoc/>
    public override void OnEnded(LiveFlow flow) => JsonReport.WriteLine(
        new
        {
            Event = "end",
            Flow = flow.Flow.Number,
            Time = Moment(flow.LastSeen),
            flow.Exchange.Ending,
            Segments = flow.Exchange.Count,
            flow.Flow.Bytes,
            ClientState = TcpStateText.ToText(flow.Exchange.Client.State),
            ServerState = flow.Exchange.ServerAnswered ? TcpStateText.ToText(flow.Exchange.Server.State) : null,
            flow.Exchange.Findings,
        },
        writer);

    private static object End(EndTrace end)
    {
        IPEndPoint place = end.EndPoint;
        return new { Address = place.Address.ToString(), place.Port, InitialSequence = end.Iss };
    }

    private static string Moment(ulong time) =>
        DateTime.UnixEpoch.AddMicroseconds(time).ToString("yyyy-MM-ddTHH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);
}
