using System;
using System.Collections.Generic;
using System.Linq;
using HandshakeNano.Client.Trace;
using HandshakeNano.Client.Wording;
using HandshakeNano.Net;
using HandshakeNano.Packets;

namespace HandshakeNano.Client.Output;

/// <summary>Draws the lines that ladders are made of: the two ends, arrows between them, and what stands below an arrow.</summary>
internal sealed class LadderPen
{
    /// <summary>What stands between columns.</summary>
    public const string Gap = "  ";

    private const int TimeWidth = 10;
    private const int StateWidth = 12;

    // The rails, and the line's feet and head.
    private const int LabelSurroundings = 6;

    private readonly int _width;
    private readonly string _tag;
    private readonly int _left;
    private readonly int _room;
    private readonly bool _isOpen;
    private readonly (string Life, string Foot, char Line, char ToRight, char ToLeft, string FootLeft) _glyphs;
    private List<StyledLine> _lines = [];

    /// <summary>Makes a pen.</summary>
    /// <param name="width">How many columns a line may have.</param>
    /// <param name="unicode">False for ASCII alone.</param>
    /// <param name="tag">Which connection it is, beside the time of each arrow; empty if there is but one.</param>
    /// <param name="isOpen">True: what stands below an arrow has all of the line to the right, and takes fewer lines so.</param>
    public LadderPen(int width, bool unicode, string tag = "", bool isOpen = false)
    {
        _width = width;
        _tag = tag.Length == 0 ? "" : tag + Gap;
        _left = TimeWidth + Gap.Length + _tag.Length + StateWidth + Gap.Length;
        Inside = width - _left - 1 - 1 - Gap.Length - StateWidth;
        _isOpen = isOpen;
        _room = (isOpen ? width - _left - 1 : Inside) - 4;
        _glyphs = unicode ? ("│", "├", '─', '▶', '◀', "┤") : ("|", "|", '-', '>', '<', "|");
    }

    /// <summary>Columns between the two ends.</summary>
    public int Inside { get; }

    /// <summary>Takes the lines that were drawn.</summary>
    /// <returns>The lines from the top down.</returns>
    public IReadOnlyList<StyledLine> Take()
    {
        List<StyledLine> lines = _lines;
        _lines = [];
        return lines;
    }

    /// <summary>Draws both ends and their states.</summary>
    /// <param name="client">The left one.</param>
    /// <param name="server">The right one.</param>
    /// <param name="clientState">Its state.</param>
    /// <param name="serverState">The other's.</param>
    public void Head(EndTrace client, EndTrace server, string clientState, string serverState)
    {
        Across(client.Name, server.Name, Tone.Strong);
        Across(client.EndPoint.ToString(), server.EndPoint.ToString(), Tone.Plain);
        _lines.Add(new StyledLine()
            .Add(new string(' ', _left - StateWidth - Gap.Length))
            .Add(clientState.PadRight(StateWidth) + Gap, Tone.Fresh)
            .Add(_glyphs.Life + new string(' ', Inside) + _glyphs.Life + Gap, Tone.Faint)
            .Add(serverState, Tone.Fresh));
    }

    /// <summary>Draws a line that says something about the whole connection.</summary>
    /// <param name="time">What stands where the time of a segment does.</param>
    /// <param name="text">What is said.</param>
    /// <param name="tone">How it looks.</param>
    public void Remark(string time, string text, Tone tone)
    {
        StyledLine line = new StyledLine().Add(time.PadLeft(TimeWidth) + Gap, Tone.Faint).Add(_tag, Tone.Strong);
        int indent = TimeWidth + Gap.Length + _tag.Length;
        foreach (string part in Wrap(text, _width - indent, ""))
        {
            _lines.Add(line.Add(part, tone));
            line = new StyledLine().Add(new string(' ', indent));
        }
    }

    /// <summary>Draws an empty line.</summary>
    public void Space() => _lines.Add(new StyledLine());

    /// <summary>Chooses what stands on an arrow.</summary>
    /// <param name="parts">What is to be said, the most important first.</param>
    /// <param name="columns">How wide the first parts are made, where that fits.</param>
    /// <param name="below">What does not fit on the arrow.</param>
    /// <returns>The label: at least the first part.</returns>
    public string Fit(IReadOnlyList<string> parts, int[] columns, out List<string> below)
    {
        for (int fit = parts.Count; fit > 1; fit--)
        {
            below = parts.Skip(fit).ToList();
            string label = string.Join(Gap, parts.Take(fit).Select((part, i) => part.PadRight(i < columns.Length ? columns[i] : 0))).TrimEnd();
            if (Fits(label))
                return label;
            label = string.Join(Gap, parts.Take(fit));
            if (Fits(label))
                return label;
        }

        below = parts.Skip(1).ToList();
        return parts[0];
    }

    /// <summary>Draws the arrow of a segment.</summary>
    /// <param name="row">The segment.</param>
    /// <param name="before">The one before it; null: it is the first.</param>
    /// <param name="label">What stands on it.</param>
    public void Arrow(ExchangeRow row, ExchangeRow? before, string label)
    {
        Tone tone = row.FromClient ? Tone.Client : Tone.Server;
        string dashes = new(_glyphs.Line, Math.Max(1, Inside - label.Length - 5));
        string arrow = row.FromClient
            ? $"{_glyphs.Line}{_glyphs.Line} {label} {dashes}{_glyphs.ToRight}"
            : $"{_glyphs.ToLeft}{_glyphs.Line} {label} {dashes}{_glyphs.Line}";

        _lines.Add(new StyledLine()
            .Add(Quantity.Time(row.Microseconds).PadLeft(TimeWidth) + Gap, Tone.Faint)
            .Add(_tag, Tone.Strong)
            .Add(StateText(row.ClientState).PadRight(StateWidth) + Gap, ToneOf(row.ClientState, before?.ClientState))
            .Add(row.FromClient ? _glyphs.Foot : _glyphs.Life, tone)
            .Add(arrow, tone)
            .Add(row.FromClient ? _glyphs.Life : _glyphs.FootLeft, tone)
            .Add(Gap)
            .Add(StateText(row.ServerState), ToneOf(row.ServerState, before?.ServerState)));
    }

    /// <summary>Draws what stands below an arrow, in as many lines as it takes.</summary>
    /// <param name="items">The things that are said.</param>
    public void Details(IEnumerable<string> items)
    {
        string line = "";
        foreach (string item in items)
        {
            string longer = line.Length == 0 ? item : line + ", " + item;
            if (longer.Length > _room - 1 && line.Length > 0)
            {
                Detail(line + ",");
                longer = item;
            }

            // Rather at a space than in a number.
            while (longer.Length > _room && longer.LastIndexOf(' ', _room) is var space and > 2)
            {
                Detail(longer[..space]);
                longer = "  " + longer[(space + 1)..];
            }

            line = longer;
        }

        if (line.Length > 0)
            Detail(line);
    }

    /// <summary>Draws remarks at a segment.</summary>
    /// <param name="marks">The remarks.</param>
    public void Marks(IEnumerable<Mark> marks)
    {
        foreach (Mark mark in marks)
        {
            // At words: a remark is a sentence.
            foreach (string line in Wrap("! " + mark.Text, _room, "  "))
                Detail(line, Tone.Bad);
        }
    }

    /// <summary>Draws a line between the ends.</summary>
    /// <param name="text">What stands there.</param>
    /// <param name="tone">How it looks.</param>
    public void Detail(string text, Tone tone = Tone.Faint)
    {
        if (text.Length > _room)
            text = string.Concat(text.AsSpan(0, _room - 3), "...");
        StyledLine line = new StyledLine()
            .Add(new string(' ', _left))
            .Add(_glyphs.Life + "   ", Tone.Faint);
        _lines.Add(_isOpen ? line.Add(text, tone) : line.Add(text.PadRight(Inside - 3), tone).Add(_glyphs.Life, Tone.Faint));
    }

    private static IEnumerable<string> Wrap(string sentence, int room, string indent)
    {
        string line = "";
        foreach (string word in sentence.Split(' '))
        {
            if (line.Length > 0 && line.Length + 1 + word.Length > room)
            {
                yield return line;
                line = indent + word;
            }
            else
            {
                line += line.Length == 0 ? word : " " + word;
            }
        }

        yield return line;
    }

    private bool Fits(string label) => label.Length + LabelSurroundings <= Inside;

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

    private static string StateText(TcpState? state) => state is TcpState known ? TcpStateText.ToText(known) : "?";

    private static Tone ToneOf(TcpState? state, TcpState? before) => state == before ? Tone.Faint : Tone.Fresh;
}
