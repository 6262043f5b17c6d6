using System.Collections.Generic;
using System.IO;
using System.Linq;
using HandshakeNano.Client.Captures;
using HandshakeNano.Client.Trace;
using HandshakeNano.Client.Wording;
using HandshakeNano.Packets;

namespace HandshakeNano.Client.Output;

/// <summary>What a capture shows: the flow that is to be drawn, or all flows.</summary>
/// <param name="Name">The capture's name.</param>
/// <param name="Frames">How many frames it has.</param>
/// <param name="Table">Its flows.</param>
/// <param name="Failure">Why it could not be read to its end, one line; null if it could.</param>
public sealed record DrawReport(string Name, long Frames, FlowTable Table, string? Failure)
{
    /// <summary>The flow that is to be drawn; null if there are several.</summary>
    public Flow? Flow => Table.Meant.Count == 1 ? Table.Meant[0] : null;

    /// <summary>What is odd in the flow that is to be drawn.</summary>
    public IReadOnlyList<Finding> Findings => Flow == null ? [] : Table.FindingsOf(Flow);

    /// <summary>The flow in a line.</summary>
    public string Title => Flow == null ? Name
        : $"{Name}, flow {Quantity.Number(Flow.Number)} of {Quantity.Number(Table.Flows.Count)}: "
            + $"{Quantity.Count(Flow.Exchange.Count, "segment")}, {Quantity.Count(Flow.Bytes, "byte")} of data, {Flow.Exchange.Ending}";

    /// <summary>What is not drawn, in sentences.</summary>
    public IEnumerable<string> Notes
    {
        get
        {
            if (Flow is { Exchange.LeftOut: > 0 } flow)
            {
                yield return $"{Quantity.Count(flow.Exchange.LeftOut, "segment")} in the middle are not drawn, but were looked at; --rows N draws more.";
            }

            if (Table.LeftOut > 0)
            {
                yield return $"{Quantity.Count(Table.LeftOut, "segment")} of flows after the first {Quantity.Number(Table.Flows.Count)} were left out; "
                    + "--flow ADDRESS:PORT finds those too.";
            }
        }
    }

    /// <summary>Writes the ladder, or the list of flows.</summary>
    /// <param name="screen">Where it goes.</param>
    /// <param name="toScale">True: the time axis is to scale.</param>
    public void Write(Screen screen, bool toScale)
    {
        if (Flow == null)
            WriteList(screen);
        else
            WriteFlow(screen, Flow, toScale);
        if (Notes.Any())
            screen.WriteLine();
        foreach (string note in Notes)
            TextReport.WriteWrapped(screen, new StyledLine(), note, 0);
    }

    /// <summary>Writes one JSON object, as docs/schemas/draw.json says.</summary>
    /// <param name="writer">Where it goes.</param>
    public void WriteJson(TextWriter writer) => JsonReport.Write(
        new
        {
            Command = "draw",
            Ok = Failure == null,
            Failure,
            File = Name,
            Frames,
            Table.Segments,
            SegmentsLeftOut = Table.LeftOut,
            Flows = Table.Flows.Select(flow => new
            {
                flow.Number,
                Client = flow.Exchange.Client.EndPoint.ToString(),
                Server = flow.Exchange.Server.EndPoint.ToString(),
                Segments = flow.Exchange.Count,
                flow.Bytes,
                flow.Beginning,
                flow.Exchange.Ending,
            }),
            Flow = Flow == null ? null : new
            {
                Flow.Number,
                Client = End(Flow.Exchange.Client, known: true),
                Server = End(Flow.Exchange.Server, Flow.Exchange.ServerAnswered),
                Flow.Exchange.HandshakeMicroseconds,
                Findings,
                RowsLeftOut = Flow.Exchange.LeftOut,
                Segments = Flow.Exchange.Rows.Select(JsonReport.Row),
            },
        },
        writer);

    private static object End(EndTrace end, bool known) => new
    {
        end.Name,
        Address = end.EndPoint.Address.ToString(),
        end.EndPoint.Port,
        InitialSequence = end.Iss,
        State = known ? TcpStateText.ToText(end.State) : null,
    };

    private void WriteFlow(Screen screen, Flow flow, bool toScale)
    {
        TextReport.WriteWrapped(screen, new StyledLine(), Title, 0);
        if (toScale)
            screen.WriteLine($"Time is to scale: a line more stands for {Quantity.Time(Ladder.MicrosecondsPerLine(flow.Exchange))}.");
        screen.WriteLine();
        screen.Write(flow.Exchange, toScale);
        if (Findings.Count > 0)
            screen.WriteLine();
        foreach (Finding finding in Findings)
            TextReport.WriteWrapped(screen, new StyledLine(("- ", Tone.Bad)), finding.Text, 2);
    }

    private void WriteList(Screen screen)
    {
        screen.WriteLine($"{Name}: {Quantity.Count(Frames, "frame")}, {Quantity.Count(Table.Segments, "TCP segment")}, "
            + $"{Quantity.Count(Table.Flows.Count, "flow")}. --flow N draws one:");
        screen.WriteLine();
        int client = Table.Meant.Max(flow => flow.Exchange.Client.EndPoint.ToString().Length);
        int server = Table.Meant.Max(flow => flow.Exchange.Server.EndPoint.ToString().Length);
        foreach (Flow flow in Table.Meant)
        {
            Exchange exchange = flow.Exchange;
            string line = $"{Quantity.Number(flow.Number),5}  {exchange.Client.EndPoint.ToString().PadRight(client)} -> {exchange.Server.EndPoint.ToString().PadRight(server)}";
            string rest = $"{Quantity.Count(exchange.Count, "segment")}, {Quantity.Count(flow.Bytes, "byte")}, {flow.Beginning}, {exchange.Ending}";
            if (line.Length + 2 + rest.Length > screen.Width)
            {
                screen.WriteLine(line.TrimEnd());
                (line, rest) = ("", "     " + rest);
            }

            screen.WriteLine(line + "  " + rest);
        }

        string[] odd = [.. Table.Meant.SelectMany(flow => Table.FindingsOf(flow)).Where(finding => finding.Kind == "isn-stands-still")
            .Select(finding => finding.Text).Distinct()];
        if (odd.Length > 0)
            screen.WriteLine();
        foreach (string text in odd)
            TextReport.WriteWrapped(screen, new StyledLine(("- ", Tone.Bad)), text, 2);
    }
}
