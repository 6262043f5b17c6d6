using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using HandshakeNano.Client.Trace;
using HandshakeNano.Client.Wording;
using HandshakeNano.Packets;

namespace HandshakeNano.Client.Output;

/// <summary>Draws an exchange as a ladder: an end on each side, an arrow for each segment, time going down.</summary>
public sealed class Ladder
{
    /// <summary>The fewest columns in which a ladder can be drawn.</summary>
    public const int LeastWidth = 72;

    /// <summary>More columns than this make a ladder no clearer.</summary>
    public const int MostWidth = 110;

    private const int LinesToScale = 60;

    private readonly Exchange _exchange;
    private readonly LadderPen _pen;
    private readonly int[] _columns;
    private readonly ulong _microsecondsPerLine;

    private Ladder(Exchange exchange, int width, bool unicode, bool toScale)
    {
        _exchange = exchange;
        _microsecondsPerLine = toScale ? MicrosecondsPerLine(exchange) : 0;
        _pen = new LadderPen(width, unicode);
        _columns =
        [
            exchange.Rows.Select(row => ControlBitsText.ToText(row.Segment.Flags).Length).DefaultIfEmpty().Max(),
            exchange.Rows.Select(row => Sequence(row).Length).DefaultIfEmpty().Max(),
        ];
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

        return ladder._pen.Take();
    }

    /// <summary>What a line more stands for where the time axis is to scale: the whole takes so many lines more.</summary>
    /// <param name="exchange">The exchange.</param>
    /// <returns>Microseconds, at least 1.</returns>
    public static ulong MicrosecondsPerLine(Exchange exchange) =>
        Math.Max(1, exchange.Duration / LinesToScale);

    private void DrawHead()
    {
        bool isMissing = _exchange.Opening is Opening.Missing;
        string serverState = _exchange.ServerListens ? "LISTEN" : _exchange.ServerAnswered && !isMissing ? "CLOSED" : "?";
        _pen.Head(_exchange.Client, _exchange.Server, isMissing ? "?" : "CLOSED", serverState);
    }

    private void DrawRow(ExchangeRow row, ExchangeRow? before)
    {
        _pen.Detail("");
        DrawDistance(row, before);

        // Flags and numbers stand on the arrow, in columns, as far as they fit; what does not goes below.
        var parts = new List<string> { ControlBitsText.ToText(row.Segment.Flags), Sequence(row) };
        if (row.RelativeAcknowledgment is uint relative)
            parts.Add(string.Create(CultureInfo.InvariantCulture, $"ack {row.Segment.Acknowledgment} ({relative})"));
        _pen.Arrow(row, before, _pen.Fit(parts, _columns, out List<string> below));
        _pen.Details(below.Concat(Details(row)));
        _pen.Marks(row.Marks);
    }

    private void DrawDistance(ExchangeRow row, ExchangeRow? before)
    {
        if (before == null)
            return;
        if (row.Number > before.Number + 1)
        {
            _pen.Detail($"({Quantity.Count(row.Number - before.Number - 1, "segment")} not drawn)");
            _pen.Detail("");
        }
        else if (_microsecondsPerLine > 0)
        {
            for (ulong i = row.Since(before) / _microsecondsPerLine; i > 0; i--)
                _pen.Detail("");
        }
    }

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
}
