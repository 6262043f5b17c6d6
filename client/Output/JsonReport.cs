using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using HandshakeNano.Client.Trace;
using HandshakeNano.Packets;

namespace HandshakeNano.Client.Output;

/// <summary>Writes a report for machines. Names stay as they are; new ones may come.</summary>
public static class JsonReport
{
    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        WriteIndented = true,
        // The text goes to a program or a terminal, never into a web page: '+' and quotes may stay as they are.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private static readonly JsonSerializerOptions LineOptions = new(Options) { WriteIndented = false };

    /// <summary>Writes a report as one JSON object.</summary>
    /// <param name="report">The report.</param>
    /// <param name="writer">Where it goes.</param>
    public static void Write(Report report, TextWriter writer)
    {
        Exchange? exchange = report.Exchange;
        var document = new
        {
            report.Command,
            report.Ok,
            report.Failure,
            report.Link,
            report.Board,
            Client = End(report.Client, exchange?.Client, true),
            Server = End(report.Server, exchange?.Server, exchange?.ServerAnswered ?? false),
            report.Established,
            report.HandshakeMicroseconds,
            report.RoundTripMicroseconds,
            Closed = exchange?.IsClosed,
            Data = report.Sent == null ? null : new
            {
                SentBytes = report.Sent.Length,
                Sent = Encoding.UTF8.GetString(report.Sent),
                ReceivedBytes = report.Received.Length,
                Received = Encoding.UTF8.GetString(report.Received),
            },
            report.Checks,
            report.Notes,
            report.TcpInfo,
            Segments = exchange?.Rows.Select(Row),
        };
        Write(document, writer);
    }

    /// <summary>Writes why a command could not do what it was asked to do, in one line.</summary>
    /// <param name="command">The command.</param>
    /// <param name="failure">Why, one line.</param>
    /// <param name="writer">Where it goes.</param>
    public static void WriteFailure(string command, string failure, TextWriter writer) =>
        WriteLine(new { Command = command, Ok = false, Failure = failure }, writer);

    /// <summary>Writes a document.</summary>
    /// <param name="document">Its properties keep their order.</param>
    /// <param name="writer">Where it goes.</param>
    internal static void Write(object document, TextWriter writer) => writer.WriteLine(JsonSerializer.Serialize(document, Options));

    /// <summary>Writes a document as one line of several.</summary>
    /// <param name="document">Its properties keep their order.</param>
    /// <param name="writer">Where it goes.</param>
    internal static void WriteLine(object document, TextWriter writer) => writer.WriteLine(JsonSerializer.Serialize(document, LineOptions));

    private static object End(Party party, EndTrace? end, bool known) => new
    {
        party.Name,
        party.Address,
        party.Port,
        party.Stack,
        party.Description,
        InitialSequence = end?.Iss,
        State = end == null || !known ? null : TcpStateText.ToText(end.State),
        SndUna = end?.Iss == null ? (uint?)null : end.SndUna,
        SndNxt = end?.Iss == null ? (uint?)null : end.SndNxt,
        RcvNxt = end?.Iss == null ? (uint?)null : end.RcvNxt,
    };

    /// <summary>A segment of an exchange.</summary>
    /// <param name="row">The segment.</param>
    /// <returns>What is written of it.</returns>
    internal static object Row(ExchangeRow row)
    {
        Segment segment = row.Segment;
        return new
        {
            row.Number,
            row.Microseconds,
            From = row.FromClient ? "client" : "server",
            Flags = ControlBitsText.ToNames(segment.Flags),
            segment.Sequence,
            row.RelativeSequence,
            Acknowledgment = row.RelativeAcknowledgment == null ? (uint?)null : segment.Acknowledgment,
            row.RelativeAcknowledgment,
            WindowField = segment.Window,
            row.Window,
            segment.Length,
            Options = segment.Options.Select(option => new { option.Kind, option.Name, option.Values, option.Malformed }),
            row.IsRetransmission,
            Marks = row.Marks.Select(mark => new { Kind = NameOf(mark.Kind), mark.Text }),
            ClientState = TcpStateText.ToText(row.ClientState),
            ServerState = row.ServerState is { } state ? TcpStateText.ToText(state) : null,
        };
    }

    /// <summary>The name of one of several kinds.</summary>
    /// <param name="kind">The kind.</param>
    /// <returns>Small letters, with a dash between words.</returns>
    internal static string NameOf(Enum kind) => JsonNamingPolicy.KebabCaseLower.ConvertName(kind.ToString());
}
