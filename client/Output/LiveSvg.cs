using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using HandshakeNano.Client.Captures;
using HandshakeNano.Client.Trace;
using HandshakeNano.Client.Wording;

namespace HandshakeNano.Client.Output;

/// <summary>
/// Draws an exchange as SVG that shows a terminal in which the segments appear one after the other, as <c>handshake watch</c> and
/// <c>--watch</c> draw them. It runs once. Where animation is switched off or not known all is there from the beginning.
/// </summary>
public static class LiveSvg
{
    private const int Columns = 100;
    private const double ColumnWidth = 8.4;
    private const int LineHeight = 17, Margin = 20, Bar = 40;

    // The times between segments keep their order and not their size: between a microsecond and a minute lies more than a viewer waits for.
    private const double FirstSecond = 0.6, LeastGap = 0.7, MostGap = 2.2;

    private const string Style = """

            .card { fill: #ffffff; stroke: #d1d9e0; }
            .bar { fill: #f6f8fa; }
            .dot { fill: #afb8c1; }
            text { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace; font-size: 14px; white-space: pre; }
            .plain, .strong, .fresh { fill: #1f2328; }
            .faint { fill: #59636e; }
            .strong, .fresh { font-weight: 700; }
            .client { fill: #0969da; }
            .server { fill: #bc4c00; }
            .good { fill: #1a7f37; }
            .bad { fill: #b3261e; }
            .step { animation: show .2s ease-out backwards; animation-delay: var(--at); }
            .wipe { animation: to-right .45s ease-in-out backwards; animation-delay: var(--at); }
            .back { animation-name: to-left; }
            @keyframes show { from { opacity: 0; } }
            @keyframes to-right { from { clip-path: inset(0 100% 0 0); } }
            @keyframes to-left { from { clip-path: inset(0 0 0 100%); } }
            @media (prefers-color-scheme: dark) {
              .card { fill: #0d1117; stroke: #3d444d; }
              .bar { fill: #151b23; }
              .dot { fill: #656c76; }
              .plain, .strong, .fresh { fill: #f0f6fc; }
              .faint { fill: #9198a1; }
              .client { fill: #58a6ff; }
              .server { fill: #f0883e; }
              .good { fill: #3fb950; }
              .bad { fill: #ff8a80; }
            }
            @media (prefers-reduced-motion: reduce) { .step, .wipe { animation: none; } }
            @media print { .step, .wipe { animation: none; } }

        """;

    private static readonly XNamespace s_svg = "http://www.w3.org/2000/svg";

    // Blanks between are not left to the font.
    private static readonly Regex s_words = new(@"\S+(?: \S+)*");

    /// <summary>Draws.</summary>
    /// <param name="report">The capture, with one flow that is to be drawn.</param>
    /// <returns>A whole SVG document.</returns>
    public static string Draw(DrawReport report)
    {
        Flow flow = report.Flow!;
        List<(double At, IReadOnlyList<StyledLine> Lines)> steps = Steps(flow);
        int lines = steps.Sum(step => step.Lines.Count);
        double width = (Columns * ColumnWidth) + (2 * Margin), height = Bar + (lines * LineHeight) + Margin;
        var svg = new XElement(
            s_svg + "svg",
            new XAttribute("viewBox", $"0 0 {Number(width)} {Number(height)}"),
            new XAttribute("width", Number(width)),
            new XAttribute("height", Number(height)),
            new XAttribute("role", "img"),
            new XAttribute("aria-labelledby", "title desc"),
            new XElement(s_svg + "title", new XAttribute("id", "title"), Safe(report.Title)),
            new XElement(s_svg + "desc", new XAttribute("id", "desc"), Safe(Describe(flow.Exchange))),
            new XElement(s_svg + "style", Style),
            Rectangle("card", 0.5, 0.5, width - 1, height - 1),
            Rectangle("bar", 1, 1, width - 2, Bar - 10));
        for (int i = 0; i < 3; i++)
        {
            svg.Add(new XElement(
                s_svg + "circle",
                new XAttribute("class", "dot"),
                new XAttribute("cx", 20 + (i * 18)),
                new XAttribute("cy", 15),
                new XAttribute("r", 5)));
        }

        svg.Add(new XElement(
            s_svg + "text", new XAttribute("class", "faint"), new XAttribute("x", Number(width / 2)), new XAttribute("y", 20),
            new XAttribute("text-anchor", "middle"), "handshake watch"));
        double y = Bar + LineHeight;
        foreach ((double at, IReadOnlyList<StyledLine> step) in steps)
        {
            var group = new XElement(s_svg + "g", new XAttribute("class", "step"), new XAttribute("style", $"--at:{Number(at)}s"));
            foreach (StyledLine line in step)
            {
                Write(group, line, y);
                y += LineHeight;
            }

            svg.Add(group);
        }

        return svg + "\n";
    }

    private static List<(double At, IReadOnlyList<StyledLine> Lines)> Steps(Flow flow)
    {
        Exchange exchange = flow.Exchange;
        var ladder = new LiveLadder(exchange, Columns, unicode: true);
        var steps = new List<(double At, IReadOnlyList<StyledLine> Lines)> { (0, ladder.Head()) };
        ulong longest = exchange.Rows.Zip(exchange.Rows.Skip(1), (one, next) => next.Microseconds - one.Microseconds).DefaultIfEmpty().Max();
        double at = FirstSecond;
        ExchangeRow? before = null;
        foreach (ExchangeRow row in exchange.Rows)
        {
            if (before != null)
                at += LeastGap + ((MostGap - LeastGap) * (row.Microseconds - before.Microseconds) / Math.Max(1, longest));
            steps.Add((at, ladder.Row(row, before)));
            before = row;
        }

        steps.Add((at + LeastGap, ladder.Ending(Quantity.Time(before?.Microseconds ?? 0), flow.Bytes, withData: true)));
        return steps;
    }

    private static void Write(XElement group, StyledLine line, double y)
    {
        int column = 0;
        XElement? arrow = null;
        foreach ((string text, Tone tone) in line.Pieces)
        {
            bool isArrow = tone is Tone.Client or Tone.Server;
            if (isArrow && arrow == null)
            {
                arrow = new XElement(s_svg + "g", new XAttribute("class", tone == Tone.Client ? "wipe" : "wipe back"));
                group.Add(arrow);
            }

            foreach (Match words in s_words.Matches(text))
                (isArrow ? arrow! : group).Add(Words(words.Value, tone, Margin + ((column + words.Index) * ColumnWidth), y));
            column += text.Length;
        }
    }

    private static XElement Words(string text, Tone tone, double x, double y) => new(
        s_svg + "text",
        new XAttribute("class", tone.ToString().ToLowerInvariant()),
        new XAttribute("x", Number(x)),
        new XAttribute("y", Number(y)),
        new XAttribute("textLength", Number(text.Length * ColumnWidth)),
        new XAttribute("lengthAdjust", "spacingAndGlyphs"),
        Safe(text));

    private static XElement Rectangle(string tone, double x, double y, double width, double height) => new(
        s_svg + "rect", new XAttribute("class", tone), new XAttribute("x", Number(x)), new XAttribute("y", Number(y)),
        new XAttribute("width", Number(width)), new XAttribute("height", Number(height)), new XAttribute("rx", "9"));

    private static string Describe(Exchange exchange) => string.Join(' ', exchange.Rows.Take(12).Select(row =>
        $"{Quantity.Time(row.Microseconds)}: the {(row.FromClient ? exchange.Client : exchange.Server).Name} sends "
            + $"{Packets.ControlBitsText.ToText(row.Segment.Flags)}."));

    // What XML 1.0 cannot hold, as the name of a file may.
    private static string Safe(string text) => string.Concat(text.Select(letter => System.Xml.XmlConvert.IsXmlChar(letter) ? letter : '?'));

    private static string Number(double number) => number.ToString("0.##", CultureInfo.InvariantCulture);
}
