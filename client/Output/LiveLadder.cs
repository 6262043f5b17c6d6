using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using HandshakeNano.Client.Trace;
using HandshakeNano.Client.Wording;
using HandshakeNano.Packets;

namespace HandshakeNano.Client.Output;

/// <summary>
/// Draws a connection segment by segment while it goes on, in as few lines as it takes: numbers are the initial ones as they are, and all
/// others counted from them.
/// </summary>
/// <param name="exchange">The connection.</param>
/// <param name="width">Columns that a line may have, <see cref="Ladder.LeastWidth"/> or more.</param>
/// <param name="unicode">False for ASCII alone.</param>
/// <param name="tag">Which connection it is; empty if there is but one.</param>
public sealed class LiveLadder(Exchange exchange, int width, bool unicode, string tag = "")
{
    private const int Timestamps = 8;

    // Below this a line between the ends holds two or three words.
    private const int LeastClosed = 90;

    // As wide as SYN,ACK and PSH,ACK are.
    private static readonly int[] s_columns = [7];

    // What the rows say, segment by segment.
    private static readonly string[] s_atSegments = ["refused", "reset", "stray-reset", "syn-again", "syn-ack-again", "beginning-missing"];
    private static readonly string[] s_atData = ["retransmission", "out-of-order", "not-captured", "checksum", "zero-window"];

    private readonly LadderPen _pen = new(width, unicode, tag, isOpen: width < LeastClosed);

    /// <summary>Draws both ends.</summary>
    /// <returns>The lines.</returns>
    public IReadOnlyList<StyledLine> Head()
    {
        _pen.Head(exchange.Client, exchange.Server, "CLOSED", exchange.ServerListens ? "LISTEN" : "?");
        return _pen.Take();
    }

    /// <summary>Draws in a line that the connection begins.</summary>
    /// <param name="time">The time of day.</param>
    /// <returns>The lines.</returns>
    public IReadOnlyList<StyledLine> Beginning(string time)
    {
        _pen.Space();
        string arrow = unicode ? "─▶" : "->";
        _pen.Remark(time, $"{exchange.Client.EndPoint} {arrow} {exchange.Server.EndPoint}", Tone.Strong);
        return _pen.Take();
    }

    /// <summary>Draws a segment.</summary>
    /// <param name="row">The segment.</param>
    /// <param name="before">The one that was drawn before it; null: it is the first.</param>
    /// <returns>The lines.</returns>
    public IReadOnlyList<StyledLine> Row(ExchangeRow row, ExchangeRow? before)
    {
        if (before != null && row.Number > before.Number + 1)
            _pen.Detail($"... {Quantity.Count(row.Number - before.Number - 1, "segment")} not drawn ...");
        bool isSyn = row.Segment.Has(ControlBits.Syn);
        List<string> parts = [.. Parts(row, isSyn)];
        _pen.Arrow(row, before, _pen.Fit(parts, s_columns, out List<string> below));
        if (row.Segment.Payload.Length > 0)
            below.Add(Quantity.Quote(row.Segment.Payload, 40));
        below.AddRange(Options(row, isSyn));
        _pen.Details(below);
        _pen.Marks(row.Marks);
        return _pen.Take();
    }

    /// <summary>Draws how the connection ended.</summary>
    /// <param name="time">What stands where the time of a segment does.</param>
    /// <param name="bytes">How many bytes of data there were.</param>
    /// <param name="withData">True if each segment was drawn, so that what is odd in the data was said there.</param>
    /// <returns>The lines.</returns>
    public IReadOnlyList<StyledLine> Ending(string time, long bytes, bool withData)
    {
        _pen.Remark(time, $"{exchange.Ending}: {Quantity.Count(exchange.Count, "segment")}, {Quantity.Count(bytes, "byte")} of data",
            exchange.IsClosed ? Tone.Good : Tone.Bad);
        foreach (Finding finding in exchange.Findings
            .Where(finding => !s_atSegments.Contains(finding.Kind) && !(withData && s_atData.Contains(finding.Kind))))
        {
            _pen.Remark("", finding.Text, Tone.Bad);
        }

        return _pen.Take();
    }

    private static IEnumerable<string> Parts(ExchangeRow row, bool isSyn)
    {
        Segment segment = row.Segment;
        yield return ControlBitsText.ToText(segment.Flags);
        yield return "seq " + Quantity.Number(isSyn ? segment.Sequence : row.RelativeSequence);
        if (row.RelativeAcknowledgment is uint acknowledgment)
            yield return "ack " + Quantity.Number(isSyn ? segment.Acknowledgment : acknowledgment);
        if (segment.Length > 0)
            yield return string.Create(CultureInfo.InvariantCulture, $"len {segment.Length}");
        if (!segment.Has(ControlBits.Rst))
            yield return string.Create(CultureInfo.InvariantCulture, $"win {row.Window}");
    }

    // Timestamps change with each segment, and say little while one looks on.
    private IEnumerable<string> Options(ExchangeRow row, bool isSyn)
    {
        static bool HasTimestamps(TcpOption option) => option is { Kind: Timestamps, Malformed: false };
        IEnumerable<TcpOption> options = row.Segment.Options.Where(option => !option.IsPadding);
        uint counted = (row.FromClient ? exchange.Server : exchange.Client).Base ?? 0;
        foreach (TcpOption option in options.Where(option => isSyn || !HasTimestamps(option)))
            yield return HasTimestamps(option) ? "timestamps" : option.ToText(counted);
    }
}
