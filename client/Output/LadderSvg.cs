using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text;
using System.Xml;
using HandshakeNano.Client.Trace;
using HandshakeNano.Client.Wording;
using HandshakeNano.Net;
using HandshakeNano.Packets;

namespace HandshakeNano.Client.Output;

/// <summary>Draws an exchange as SVG: an end on each side, an arrow for each segment, time going down; light and dark as the viewer has it.</summary>
public sealed class LadderSvg
{
    private const string Namespace = "http://www.w3.org/2000/svg";
    private const int Width = 960, Left = 232, Right = 728, Middle = (Left + Right) / 2;
    private const int Top = 108, LineHeight = 16, RowGap = 18, Letters = 68, Margin = 24;
    private const double MostStretch = 2400;

    private const string Style = """

            .card { fill: #ffffff; }
            .ink { fill: #1f2328; }
            .soft { fill: #59636e; }
            .rail { stroke: #8c959f; stroke-width: 2; }
            .client { fill: #0969da; }
            .client-line { stroke: #0969da; stroke-width: 2; }
            .server { fill: #bc4c00; }
            .server-line { stroke: #bc4c00; stroke-width: 2; }
            .odd { fill: #b3261e; font-weight: 600; }
            .odd-line { stroke: #b3261e; stroke-width: 2.5; }
            .again { stroke-dasharray: 7 4; }
            .mono { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace; }
            .fresh { font-weight: 700; }
            @media (prefers-color-scheme: dark) {
              .card { fill: #0d1117; }
              .ink { fill: #f0f6fc; }
              .soft { fill: #9198a1; }
              .rail { stroke: #656c76; }
              .client { fill: #58a6ff; }
              .client-line { stroke: #58a6ff; }
              .server { fill: #f0883e; }
              .server-line { stroke: #f0883e; }
              .odd { fill: #ff8a80; }
              .odd-line { stroke: #ff8a80; }
            }

        """;

    private readonly Exchange _exchange;
    private readonly double _pixelsPerMicrosecond;

    private LadderSvg(Exchange exchange, bool toScale)
    {
        _exchange = exchange;
        ulong all = exchange.Duration;
        _pixelsPerMicrosecond = toScale && all > 0 ? Math.Min(MostStretch, 120.0 * exchange.Rows.Count) / all : 0;
    }

    /// <summary>Draws.</summary>
    /// <param name="report">The capture, with one flow that is to be drawn.</param>
    /// <param name="toScale">True: what lies a long time apart stands as far apart; what lies closer than a label is high stands that far.</param>
    /// <returns>A whole SVG document.</returns>
    public static string Draw(DrawReport report, bool toScale)
    {
        using var text = new StringWriter(CultureInfo.InvariantCulture) { NewLine = "\n" };
        using (var xml = XmlWriter.Create(text, new XmlWriterSettings { Indent = true, NewLineChars = "\n", OmitXmlDeclaration = true, CheckCharacters = false }))
            new LadderSvg(report.Flow!.Exchange, toScale).Draw(xml, report);
        return text + "\n";
    }

    private void Draw(XmlWriter xml, DrawReport report)
    {
        (double[] places, double bottom) = Place();
        string[] findings = [.. report.Findings.Select(finding => finding.Text).Concat(report.Notes).SelectMany(sentence => Wrap(sentence, 104, "  "))];
        double height = bottom + (findings.Length * LineHeight) + (2 * Margin);
        xml.WriteStartElement("svg", Namespace);
        xml.WriteAttributeString("viewBox", $"0 0 {Width} {Number(height)}");
        xml.WriteAttributeString("width", Number(Width));
        xml.WriteAttributeString("height", Number(height));
        xml.WriteAttributeString("role", "img");
        xml.WriteAttributeString("aria-labelledby", "title desc");
        xml.WriteAttributeString("font-family", "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif");
        xml.WriteAttributeString("font-size", "13");
        Element(xml, "title", Safe(report.Title), ("id", "title"));
        Element(xml, "desc", Safe(Describe(report)), ("id", "desc"));
        Element(xml, "style", Style);
        Element(xml, "rect", null, ("class", "card"), ("width", "100%"), ("height", "100%"), ("rx", "10"));
        DrawEnd(xml, _exchange.Client, "client", Left);
        DrawEnd(xml, _exchange.Server, "server", Right);
        foreach (int x in new[] { Left, Right })
            Line(xml, "rail", x, 76, x, bottom);
        Text(xml, Left - 14, 90, "end", "soft", _exchange.Opening == Opening.Missing ? "?" : "CLOSED");
        Text(xml, Right + 14, 90, "start", "soft", _exchange.ServerListens ? "LISTEN" : _exchange.Opening == Opening.Missing || !_exchange.ServerAnswered ? "?" : "CLOSED");
        ExchangeRow? before = null;
        for (int i = 0; i < _exchange.Rows.Count; i++)
        {
            DrawRow(xml, _exchange.Rows[i], before, places[i]);
            before = _exchange.Rows[i];
        }

        for (int i = 0; i < findings.Length; i++)
            Text(xml, Margin, bottom + Margin + (i * LineHeight), "start", "ink", findings[i]);
        xml.WriteEndElement();
    }

    // Where the arrows are, and where the ladder ends.
    private (double[] Places, double Bottom) Place()
    {
        IReadOnlyList<ExchangeRow> rows = _exchange.Rows;
        var places = new double[rows.Count];
        double next = Top + LineHeight;
        for (int i = 0; i < rows.Count; i++)
        {
            if (i > 0)
            {
                double scaled = rows[i].Since(rows[i - 1]) * _pixelsPerMicrosecond;
                next = Math.Max(next, places[i - 1] + scaled);
                if (rows[i].Number > rows[i - 1].Number + 1)
                    next += 2 * LineHeight;
            }

            places[i] = next;
            next += (Below(rows[i]).Count * LineHeight) + LineHeight + RowGap;
        }

        return (places, next);
    }

    private static void DrawEnd(XmlWriter xml, EndTrace end, string tone, int x)
    {
        Text(xml, x, 38, "middle", tone, end.Name, ("font-size", "20"), ("font-weight", "700"));
        Text(xml, x, 60, "middle", "soft mono", end.EndPoint.ToString());
    }

    private void DrawRow(XmlWriter xml, ExchangeRow row, ExchangeRow? before, double y)
    {
        string tone = row.FromClient ? "client" : "server";
        if (before != null && row.Number > before.Number + 1)
            Text(xml, Middle, y - (2 * LineHeight), "middle", "soft", $"{Quantity.Count(row.Number - before.Number - 1, "segment")} not drawn");
        Text(xml, 92, y + 4, "end", "soft mono", Quantity.Time(row.Microseconds), ("font-size", "12"));
        Text(xml, Left - 14, y + 4, "end", Fresh(row.ClientState, before?.ClientState), TcpStateText.ToText(row.ClientState), ("font-size", "12"));
        Text(xml, Right + 14, y + 4, "start", Fresh(row.ServerState, before?.ServerState), row.ServerState is { } state ? TcpStateText.ToText(state) : "?", ("font-size", "12"));
        Text(xml, Middle, y - 7, "middle", tone + " mono", Label(row), ("font-size", "12"));

        bool isDropped = row.IsMarked(MarkKind.Dropped);
        int from = row.FromClient ? Left : Right, to = row.FromClient ? Right : Left, step = row.FromClient ? 1 : -1;
        string line = tone + "-line" + (row.IsMarked(MarkKind.Retransmission) ? " again" : "");
        int end = isDropped ? from + (step * 3 * (Right - Left) / 4) : to - (step * 8);
        Line(xml, line, from, y, end, y);
        if (isDropped)
        {
            Line(xml, "odd-line", end - 7, y - 7, end + 7, y + 7);
            Line(xml, "odd-line", end - 7, y + 7, end + 7, y - 7);
        }
        else
        {
            Element(xml, "path", null, ("class", tone), ("d", $"M{Number(to)} {Number(y)}l{Number(step * -12)} -5v10z"));
        }

        List<(string Text, bool IsOdd)> below = Below(row);
        for (int i = 0; i < below.Count; i++)
            Text(xml, Middle, y + ((i + 1) * LineHeight), "middle", below[i].IsOdd ? "odd" : "soft", below[i].Text, ("font-size", "12"));
    }

    private static string Fresh(TcpState? state, TcpState? before) => state == before ? "soft" : "ink fresh";

    private static string Label(ExchangeRow row) => ControlBitsText.ToText(row.Segment.Flags)
        + $"  seq {Quantity.Number(row.Segment.Sequence)} ({Quantity.Number(row.RelativeSequence)})"
        + (row.RelativeAcknowledgment is uint relative ? $"  ack {Quantity.Number(row.Segment.Acknowledgment)} ({Quantity.Number(relative)})" : "");

    private List<(string Text, bool IsOdd)> Below(ExchangeRow row)
    {
        var items = new List<string>();
        if (row.Segment.Length > 0)
            items.Add($"len {Quantity.Number(row.Segment.Length)}");
        if (row.Segment.Payload.Length > 0)
            items.Add(Quantity.Quote(row.Segment.Payload, 40));
        if (!row.Segment.Has(ControlBits.Rst))
            items.Add($"win {Quantity.Number(row.Window)}");
        items.AddRange(row.OptionTexts(_exchange));
        return
        [
            .. Wrap(string.Join(", ", items), Letters, "").Where(line => line.Length > 0).Select(line => (line, false)),
            .. row.Marks.SelectMany(mark => Wrap("\u25B2 " + mark.Text, Letters, "")).Select(line => (line, true)),
        ];
    }

    private string Describe(DrawReport report)
    {
        var text = new StringBuilder();
        foreach (ExchangeRow row in _exchange.Rows.Take(12))
        {
            text.Append(CultureInfo.InvariantCulture, $"{Quantity.Time(row.Microseconds)}: the {(row.FromClient ? _exchange.Client : _exchange.Server).Name} sends ");
            text.Append(Label(row)).Append(". ");
        }

        if (_exchange.Count > 12)
            text.Append(CultureInfo.InvariantCulture, $"{_exchange.Count - 12} more segments follow. ");
        return text.AppendJoin(' ', report.Findings.Select(finding => finding.Text)).ToString().TrimEnd();
    }

    private static IEnumerable<string> Wrap(string sentence, int letters, string indent)
    {
        string line = "";
        foreach (string word in sentence.Split(' '))
        {
            if (line.Length > 0 && line.Length + 1 + word.Length > letters)
            {
                yield return line;
                line = indent;
            }

            line += line.Length == 0 || line == indent ? word : " " + word;
        }

        yield return line;
    }

    // What XML 1.0 cannot hold, as the name of a file may.
    private static string Safe(string text) => string.Concat(text.Select(letter => XmlConvert.IsXmlChar(letter) ? letter : '?'));

    private static string Number(double number) => number.ToString("0.#", CultureInfo.InvariantCulture);

    private static void Line(XmlWriter xml, string tone, double x1, double y1, double x2, double y2) => Element(
        xml, "line", null, ("class", tone), ("x1", Number(x1)), ("y1", Number(y1)), ("x2", Number(x2)), ("y2", Number(y2)));

    private static void Text(XmlWriter xml, double x, double y, string anchor, string tone, string text, params (string Name, string Value)[] more) =>
        Element(xml, "text", Safe(text), [("class", tone), ("x", Number(x)), ("y", Number(y)), ("text-anchor", anchor), .. more]);

    private static void Element(XmlWriter xml, string name, string? text, params (string Name, string Value)[] attributes)
    {
        xml.WriteStartElement(name, Namespace);
        foreach ((string attribute, string value) in attributes)
            xml.WriteAttributeString(attribute, value);
        if (text != null)
            xml.WriteString(text);
        xml.WriteEndElement();
    }
}
