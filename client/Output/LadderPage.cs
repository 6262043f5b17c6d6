using System;
using System.Globalization;
using System.Linq;
using System.Net;
using System.Text;
using HandshakeNano.Client.Trace;
using HandshakeNano.Client.Wording;
using HandshakeNano.Packets;

namespace HandshakeNano.Client.Output;

/// <summary>Draws an exchange as a page of HTML that needs nothing else: the picture, what is odd, and a table of the segments.</summary>
public static class LadderPage
{
    private const string Style = """
        :root { color-scheme: light dark; }
        body { margin: 0 auto; max-width: 90rem; padding: 1rem; background: #ffffff; color: #1f2328;
          font: 1rem/1.5 system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif; }
        h1 { font-size: 1.4rem; line-height: 1.3; overflow-wrap: anywhere; }
        h2 { font-size: 1.15rem; }
        .scroll { overflow-x: auto; border: 1px solid #8c959f; border-radius: 8px; }
        .scroll:focus-visible { outline: 3px solid #0969da; outline-offset: 2px; }
        svg { display: block; min-width: 46rem; max-width: 100%; height: auto; margin: 0 auto; }
        table { border-collapse: collapse; font-size: .85rem; font-variant-numeric: tabular-nums; }
        caption { text-align: left; padding: .5rem; }
        th, td { padding: .3rem .6rem; text-align: left; vertical-align: top; border-top: 1px solid #d0d7de; white-space: nowrap; }
        td.wrap { white-space: normal; min-width: 14rem; }
        td.wrap:empty { min-width: 0; }
        td.number { text-align: right; }
        @media (prefers-color-scheme: dark) {
          body { background: #0d1117; color: #f0f6fc; }
          th, td { border-color: #3d444d; }
          .scroll:focus-visible { outline-color: #58a6ff; }
        }
        @media print { .scroll { overflow: visible; border: 0; } svg { min-width: 0; } }
        """;

    /// <summary>Draws.</summary>
    /// <param name="report">The capture, with one flow that is to be drawn.</param>
    /// <param name="toScale">True: the time axis is to scale.</param>
    /// <returns>A whole HTML document.</returns>
    public static string Draw(DrawReport report, bool toScale)
    {
        Exchange exchange = report.Flow!.Exchange;
        var html = new StringBuilder("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
        html.Append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
        html.Append("<title>").Append(Text(report.Title)).Append("</title>\n<style>\n").Append(Style).Append("\n</style>\n</head>\n<body>\n<main>\n");
        html.Append("<h1>").Append(Text($"{exchange.Client.EndPoint} and {exchange.Server.EndPoint}")).Append("</h1>\n");
        html.Append("<p>").Append(Text(report.Title)).Append(".</p>\n");
        string[] sentences = [.. report.Findings.Select(finding => finding.Text), .. report.Notes];
        if (sentences.Length > 0)
        {
            html.Append("<h2 id=\"odd\">What is odd</h2>\n<ul aria-labelledby=\"odd\">\n");
            foreach (string sentence in sentences)
                html.Append("<li>").Append(Text(sentence)).Append("</li>\n");
            html.Append("</ul>\n");
        }

        html.Append("<h2 id=\"picture\">Picture</h2>\n<div class=\"scroll\" role=\"region\" aria-labelledby=\"picture\" tabindex=\"0\">\n");
        html.Append(LadderSvg.Draw(report, toScale)).Append("</div>\n");
        html.Append("<h2 id=\"segments\">Segments</h2>\n<div class=\"scroll\" role=\"region\" aria-labelledby=\"segments\" tabindex=\"0\">\n");
        WriteTable(html, exchange);
        html.Append("</div>\n</main>\n</body>\n</html>\n");
        return html.ToString();
    }

    private static void WriteTable(StringBuilder html, Exchange exchange)
    {
        html.Append("<table>\n<caption>Each segment, with the states of both ends after it. In brackets: counted from the initial number.</caption>\n<thead>\n<tr>");
        foreach (string head in new[] { "No.", "Time", "From", "Flags", "Sequence", "Acknowledgment", "Length", "Window", "Options", "Remarks", "Client", "Server" })
            html.Append("<th scope=\"col\">").Append(head).Append("</th>");
        html.Append("</tr>\n</thead>\n<tbody>\n");
        foreach (ExchangeRow row in exchange.Rows)
            WriteRow(html, exchange, row);
        html.Append("</tbody>\n</table>\n");
    }

    private static void WriteRow(StringBuilder html, Exchange exchange, ExchangeRow row)
    {
        html.Append(CultureInfo.InvariantCulture, $"<tr><th scope=\"row\">{row.Number}</th>");
        Cell(html, "number", Quantity.Time(row.Microseconds));
        Cell(html, "", row.FromClient ? exchange.Client.Name : exchange.Server.Name);
        Cell(html, "", ControlBitsText.ToText(row.Segment.Flags));
        Cell(html, "number", Both(row.Segment.Sequence, row.RelativeSequence));
        Cell(html, "number", row.RelativeAcknowledgment is uint relative ? Both(row.Segment.Acknowledgment, relative) : "");
        Cell(html, "number", Quantity.Number(row.Segment.Length));
        Cell(html, "number", Quantity.Number(row.Window));
        Cell(html, "wrap", string.Join(", ", row.OptionTexts(exchange)));
        Cell(html, "wrap", string.Join("; ", row.Marks.Select(mark => mark.Text)));
        Cell(html, "", TcpStateText.ToText(row.ClientState));
        Cell(html, "", row.ServerState is { } state ? TcpStateText.ToText(state) : "?");
        html.Append("</tr>\n");
    }

    private static string Both(uint absolute, uint relative) => $"{Quantity.Number(absolute)} ({Quantity.Number(relative)})";

    private static void Cell(StringBuilder html, string kind, string text) =>
        html.Append(kind.Length == 0 ? "<td>" : $"<td class=\"{kind}\">").Append(Text(text)).Append("</td>");

    private static string Text(string text) => WebUtility.HtmlEncode(text.Replace('\0', '?'));
}
