using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using HandshakeNano.Client.Trace;
using HandshakeNano.Client.Wording;
using HandshakeNano.Net;
using HandshakeNano.Packets;

namespace HandshakeNano.Client.Output;

/// <summary>Draws an exchange as a ladder: an end on each side, an arrow for each segment, time going down.</summary>
public sealed class Ladder
{
    /// <summary>The fewest columns in which a ladder can be drawn.</summary>
    public const int LeastWidth = 72;

    /// <summary>More columns than this make a ladder no clearer.</summary>
    public const int MostWidth = 110;

    private const int TimeWidth = 10;
    private const int StateWidth = 12;
    private const int LinesToScale = 60;
    private const string Gap = "  ";
    private const int LeftWidth = TimeWidth + 2 + StateWidth + 2;

    private readonly Exchange _exchange;
    private readonly int _width;
    private readonly int _inside;
    private readonly int _flagsWidth;
    private readonly int _sequenceWidth;
    private readonly (string Life, string Foot, char Line, char ToRight, char ToLeft, string FootLeft) _glyphs;
    private readonly List<StyledLine> _lines = [];
    private readonly ulong _microsecondsPerLine;

    private Ladder(Exchange exchange, int width, bool unicode, bool toScale)
    {
        _exchange = exchange;
        _microsecondsPerLine = toScale ? MicrosecondsPerLine(exchange) : 0;
        _width = width;
        _inside = width - LeftWidth - 2 - 2 - StateWidth;
        _flagsWidth = exchange.Rows.Select(row => ControlBitsText.ToText(row.Segment.Flags).Length).DefaultIfEmpty().Max();
        _sequenceWidth = exchange.Rows.Select(row => Sequence(row).Length).DefaultIfEmpty().Max();
        _glyphs = unicode ? ("│", "├", '─', '▶', '◀', "┤") : ("|", "|", '-', '>', '<', "|");
    }

    /// <summary>Draws an exchange.</summary>
    /// <param name="exchange">The exchange.</param>
    /// <param name="width">Columns that a line may have, <see cref="LeastWidth"/> or more.</param>
    /// <param name="unicode">False for ASCII alone.</param>
    /// <param name="toScale">True: what lies a long time apart stands apart, see <see cref="MicrosecondsPerLine"/>.</param>
    /// <returns>The lines from the top down.</returns>
    public static IReadOnlyList<StyledLine> Draw(Exchange exchange, int width, bool unicode, bool toScale = false)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, LeastWidth);
        var ladder = new Ladder(exchange, width, unicode, toScale);
        ladder.DrawHead();
        ExchangeRow? before = null;
        foreach (ExchangeRow row in exchange.Rows)
        {
            ladder.DrawRow(row, before);
            before = row;
        }

        return ladder._lines;
    }

    /// <summary>What a line more stands for where the time axis is to scale: the whole takes so many lines more.</summary>
    /// <param name="exchange">The exchange.</param>
    /// <returns>Microseconds, at least 1.</returns>
    public static ulong MicrosecondsPerLine(Exchange exchange) =>
        Math.Max(1, exchange.Duration / LinesToScale);

    private void DrawHead()
    {
        EndTrace client = _exchange.Client, server = _exchange.Server;
        Across(client.Name, server.Name, Tone.Strong);
        Across(client.EndPoint.ToString(), server.EndPoint.ToString(), Tone.Plain);
        bool isMissing = _exchange.Opening is Opening.Missing;
        string serverState = _exchange.ServerListens ? "LISTEN" : _exchange.ServerAnswered && !isMissing ? "CLOSED" : "?";
        _lines.Add(new StyledLine()
            .Add(new string(' ', TimeWidth) + Gap)
            .Add((isMissing ? "?" : "CLOSED").PadRight(StateWidth) + Gap, Tone.Fresh)
            .Add(_glyphs.Life + new string(' ', _inside) + _glyphs.Life + Gap, Tone.Faint)
            .Add(serverState, Tone.Fresh));
    }

    private void Across(string left, string right, Tone tone)
    {
        string indent = new(' ', TimeWidth + Gap.Length);
        int gap = _width - indent.Length - left.Length - right.Length;
        if (gap < 1)
        {
            // Two IPv6 addresses.
            _lines.Add(new StyledLine((indent + left, tone)));
            _lines.Add(new StyledLine((right.PadLeft(_width), tone)));
            return;
        }

        _lines.Add(new StyledLine((indent + left + new string(' ', gap) + right, tone)));
    }

    private void DrawRow(ExchangeRow row, ExchangeRow? before)
    {
        Detail("");
        DrawDistance(row, before);
        Tone tone = row.FromClient ? Tone.Client : Tone.Server;
        string label = Label(row, out List<string> below);
        string dashes = new(_glyphs.Line, Math.Max(1, _inside - label.Length - 5));
        string arrow = row.FromClient
            ? $"{_glyphs.Line}{_glyphs.Line} {label} {dashes}{_glyphs.ToRight}"
            : $"{_glyphs.ToLeft}{_glyphs.Line} {label} {dashes}{_glyphs.Line}";

        _lines.Add(new StyledLine()
            .Add(Quantity.Time(row.Microseconds).PadLeft(TimeWidth) + Gap, Tone.Faint)
            .Add(StateText(row.ClientState).PadRight(StateWidth) + Gap, ToneOf(row.ClientState, before?.ClientState))
            .Add(row.FromClient ? _glyphs.Foot : _glyphs.Life, tone)
            .Add(arrow, tone)
            .Add(row.FromClient ? _glyphs.Life : _glyphs.FootLeft, tone)
            .Add(Gap)
            .Add(StateText(row.ServerState), ToneOf(row.ServerState, before?.ServerState)));

        below.AddRange(Details(row));
        DrawDetails(below);
        foreach (Mark mark in row.Marks)
            DrawMark(mark);
    }

    private void DrawDistance(ExchangeRow row, ExchangeRow? before)
    {
        if (before == null)
            return;
        if (row.Number > before.Number + 1)
        {
            Detail($"({Quantity.Count(row.Number - before.Number - 1, "segment")} not drawn)");
            Detail("");
        }
        else if (_microsecondsPerLine > 0)
        {
            for (ulong i = row.Since(before) / _microsecondsPerLine; i > 0; i--)
                Detail("");
        }
    }

    // At words: a remark is a sentence.
    private void DrawMark(Mark mark)
    {
        string line = "!";
        foreach (string word in mark.Text.Split(' '))
        {
            if (line.Length + 1 + word.Length > _inside - 4)
            {
                Detail(line, Tone.Bad);
                line = " ";
            }

            line += " " + word;
        }

        Detail(line, Tone.Bad);
    }

    private static string StateText(TcpState? state) => state is TcpState known ? TcpStateText.ToText(known) : "?";

    private static Tone ToneOf(TcpState? state, TcpState? before) => state == before ? Tone.Faint : Tone.Fresh;

    // Flags and numbers stand on the arrow, in columns, as far as they fit; what does not goes below.
    private string Label(ExchangeRow row, out List<string> below)
    {
        var parts = new List<string> { ControlBitsText.ToText(row.Segment.Flags), Sequence(row) };
        if (row.RelativeAcknowledgment is uint relative)
            parts.Add(string.Create(CultureInfo.InvariantCulture, $"ack {row.Segment.Acknowledgment} ({relative})"));

        int[] columns = [_flagsWidth, _sequenceWidth, 0];
        for (int fit = parts.Count; fit > 1; fit--)
        {
            below = parts.Skip(fit).ToList();
            string label = string.Join(Gap, parts.Take(fit).Select((part, i) => part.PadRight(columns[i]))).TrimEnd();
            if (Fits(label))
                return label;
            label = string.Join(Gap, parts.Take(fit));
            if (Fits(label))
                return label;
        }

        below = parts.Skip(1).ToList();
        return parts[0];
    }

    private bool Fits(string label) => label.Length + 6 <= _inside;

    private static string Sequence(ExchangeRow row) =>
        string.Create(CultureInfo.InvariantCulture, $"seq {row.Segment.Sequence} ({row.RelativeSequence})");

    private IEnumerable<string> Details(ExchangeRow row)
    {
        Segment segment = row.Segment;
        if (segment.Length > 0)
            yield return string.Create(CultureInfo.InvariantCulture, $"len {segment.Length}");
        if (segment.Payload.Length > 0)
            yield return Quantity.Quote(segment.Payload, 40);
        if (!segment.Has(ControlBits.Rst))
            yield return string.Create(CultureInfo.InvariantCulture, $"win {row.Window}");
        foreach (string option in row.OptionTexts(_exchange))
            yield return option;
    }

    private void DrawDetails(List<string> items)
    {
        int room = _inside - 4;
        string line = "";
        foreach (string item in items)
        {
            string longer = line.Length == 0 ? item : line + ", " + item;
            if (longer.Length > room - 1 && line.Length > 0)
            {
                Detail(line + ",");
                longer = item;
            }

            // Rather at a space than in a number.
            while (longer.Length > room && longer.LastIndexOf(' ', room) is var space and > 2)
            {
                Detail(longer[..space]);
                longer = "  " + longer[(space + 1)..];
            }

            line = longer;
        }

        if (line.Length > 0)
            Detail(line);
    }

    private void Detail(string text, Tone tone = Tone.Faint)
    {
        int room = _inside - 4;
        if (text.Length > room)
            text = string.Concat(text.AsSpan(0, room - 3), "...");
        _lines.Add(new StyledLine()
            .Add(new string(' ', LeftWidth))
            .Add(_glyphs.Life + "   ", Tone.Faint)
            .Add(text.PadRight(_inside - 3), tone)
            .Add(_glyphs.Life, Tone.Faint));
    }
}
