using System;
using System.CommandLine;
using System.CommandLine.Parsing;
using System.IO;
using System.Text;
using HandshakeNano.Client.Captures;
using HandshakeNano.Client.Output;
using HandshakeNano.Client.Wording;

namespace HandshakeNano.Client.Commands;

/// <summary>What <c>handshake draw</c> was asked to do.</summary>
/// <param name="File">The capture; "-": standard input.</param>
/// <param name="Flow">Which of its flows; null: the only one.</param>
/// <param name="Format">"svg", "html" or "text"; null: a ladder for the terminal.</param>
/// <param name="Output">The file that is written; null: standard output.</param>
/// <param name="ToScale">True: the time axis is to scale.</param>
/// <param name="Animate">True: an SVG in which the segments appear one after the other.</param>
/// <param name="Rows">How many segments are drawn.</param>
/// <param name="Json">True: one JSON object instead of a drawing.</param>
public sealed record DrawRequest(string File, FlowChoice? Flow, string? Format, string? Output, bool ToScale, bool Animate, int Rows, bool Json);

/// <summary>Draws a flow of a capture.</summary>
public static class DrawCommand
{
    private const int DefaultRows = 200;
    private const int MostRows = 100_000;

    /// <summary>What can be typed after the command's name, and what it runs.</summary>
    /// <param name="surroundings">What the command runs in.</param>
    /// <returns>The command.</returns>
    internal static Command Describe(Surroundings surroundings)
    {
        var file = new Argument<string>("FILE") { Description = "The capture, pcap or pcapng; -: standard input" };
        var flow = new Option<FlowChoice?>("--flow")
        {
            Description = "Which flow: its number in the list, or the address and port of one of its ends",
            HelpName = "N|HOST:PORT",
            CustomParser = result =>
            {
                if (!FlowChoice.TryParse(result.Tokens[0].Value, out FlowChoice? choice))
                    result.AddError($"'{result.Tokens[0].Value}' is neither the number of a flow, from 1, nor ADDRESS:PORT, such as 10.77.0.2:7.");
                return choice;
            },
        };
        var format = new Option<string?>("--format")
        {
            Description = "svg, html (a page that needs nothing else), or text (72 columns, ASCII, for e-mail); else what the name after -o ends in,\n"
                + "or a ladder for this terminal",
            HelpName = "svg|html|text",
            CustomParser = result =>
            {
                string text = result.Tokens[0].Value;
                if (text is not ("svg" or "html" or "text"))
                    result.AddError($"'{text}' is not a format: svg, html or text.");
                return text;
            },
        };
        var output = new Option<string?>("-o", "--output")
        {
            Description = "Write to this file instead of standard output",
            HelpName = "FILE",
            CustomParser = result => Options.NotEmpty(result, "-o wants the name of a file."),
        };
        var scale = new Option<bool>("--scale") { Description = "Draw the time axis to scale; else each segment has the same room" };
        var animate = new Option<bool>("--animate") { Description = "Draw an SVG of a terminal in which the segments appear one after the other (docs/watch.md)" };
        var rows = new Option<int>("--rows")
        {
            Description = "How many segments are drawn at the most: the first ones and the last ones, half each",
            HelpName = "N",
            DefaultValueFactory = _ => DefaultRows,
            CustomParser = result => Options.Number(result, 2, MostRows),
        };
        Option<bool> json = Options.Json();
        var command = new Command(
            "draw",
            "Draw a TCP connection of a capture as a ladder, with the states of both ends, and say what is odd in it.\n"
            + "A capture with several connections is listed. docs/draw.md says more.\n"
            + "Exit codes: 0 it was read to its end, 1 it was not.");
        command.Arguments.Add(file);
        foreach (Option option in new Option[] { flow, format, output, scale, animate, rows, json })
            command.Options.Add(option);
        command.Validators.Add(result =>
        {
            if (result.GetValue(json) && Options.Given(result, format))
                result.AddError("--json is a format of its own: leave out --format.");
            string? chosen = Options.Text(result, format) ?? FormatOf(Options.Text(result, output));
            if (result.GetValue(animate) && (chosen != "svg" || result.GetValue(json) || result.GetValue(scale)))
                result.AddError("--animate is for an SVG: type --format svg, or a name after -o that ends in .svg, without --scale and --json.");
        });
        command.SetAction(result => Run(
            new DrawRequest(
                result.GetRequiredValue(file),
                result.GetValue(flow),
                result.GetValue(format),
                result.GetValue(output),
                result.GetValue(scale),
                result.GetValue(animate),
                result.GetValue(rows),
                result.GetValue(json)),
            surroundings));
        return command;
    }

    /// <summary>Runs the command.</summary>
    /// <param name="request">What it was asked to do.</param>
    /// <param name="surroundings">What it runs in.</param>
    /// <returns>0 if the capture was read to its end.</returns>
    public static int Run(DrawRequest request, Surroundings surroundings)
    {
        string name = CaptureFile.NameOf(request.File);
        if (request.Output != null && Path.GetFullPath(request.Output) == Path.GetFullPath(request.File))
            throw new IOException($"-o {request.Output} is the capture itself; choose another file");
        DrawReport report = Read(request);
        string? format = request.Format ?? FormatOf(request.Output);
        if (report.Table.Meant.Count == 0 && !(request.Json && request.Flow == null))
            throw new IOException(WhyNothing(report, request, name));
        if (report.Flow == null && format is "svg" or "html" && !request.Json)
        {
            throw new IOException($"{name} has {Quantity.Count(report.Table.Meant.Count, "flow")}"
                + (request.Flow == null ? "" : $" with {request.Flow}") + $", and a picture shows one; choose it with --flow N; handshake draw {request.File} lists them");
        }

        Write(report, request, format, surroundings);
        return report.Failure == null ? 0 : surroundings.Fail(report.Failure);
    }

    private static DrawReport Read(DrawRequest request)
    {
        using CaptureFile capture = CaptureFile.Open(request.File);
        var table = new FlowTable(request.Flow, request.Rows);
        capture.Read(table.Add);
        table.Finish();
        return new DrawReport(Path.GetFileName(CaptureFile.NameOf(request.File)), capture.Frames, table, capture.Failure);
    }

    private static string WhyNothing(DrawReport report, DrawRequest request, string name)
    {
        string why = report.Failure == null ? "" : $"; {report.Failure}";
        if (report.Table.Flows.Count == 0)
            return $"{name} has no TCP segment in {Quantity.Count(report.Frames, "frame")}{why}";
        return $"{name} has no flow {request.Flow}, but {Quantity.Count(report.Table.Flows.Count, "other")}; handshake draw {request.File} lists them{why}";
    }

    private static string? FormatOf(string? output) => output == null ? null : Path.GetExtension(output).ToUpperInvariant() switch
    {
        ".SVG" => "svg",
        ".HTML" or ".HTM" => "html",
        _ => "text",
    };

    private static void Write(DrawReport report, DrawRequest request, string? format, Surroundings surroundings)
    {
        if (request.Output == null)
        {
            Write(report, request, format, surroundings.Output);
            return;
        }

        using var text = new StringWriter { NewLine = "\n" };
        Write(report, request, format, text);
        using WholeFile file = WholeFile.At(request.Output, "-o ladder.svg for one in this folder");
        file.Write(stream => stream.Write(Encoding.UTF8.GetBytes(text.ToString())));
    }

    private static void Write(DrawReport report, DrawRequest request, string? format, TextWriter writer)
    {
        if (request.Json)
            report.WriteJson(writer);
        else if (format == "svg")
            writer.Write(request.Animate ? LiveSvg.Draw(report) : LadderSvg.Draw(report, request.ToScale));
        else if (format == "html")
            writer.Write(LadderPage.Draw(report, request.ToScale));
        else
            report.Write(format == "text" ? Screen.ForMail(writer) : new Screen(writer), request.ToScale);
    }
}
