using System.Collections.Generic;
using System.IO;
using System.Linq;
using HandshakeNano.Client.Captures;
using HandshakeNano.Client.Handshakes;
using HandshakeNano.Client.Trace;
using HandshakeNano.Client.Wording;

namespace HandshakeNano.Client.Output;

/// <summary>Counts what came of the handshakes that were watched, and passes on what happens.</summary>
/// <param name="place">The interface.</param>
/// <param name="target">The end that was asked for; null: all.</param>
/// <param name="view">Who shows it.</param>
public sealed class WatchReport(string place, string? target, FlowObserver view) : FlowObserver
{
    private readonly Dictionary<HandshakeOutcome, long> _outcomes = [];
    private readonly TimeHistogram _times = new();
    private long _connections, _over;

    /// <summary>How many handshakes are over: completed, refused or reset.</summary>
    public long Handshakes => Of(HandshakeOutcome.Completed) + Of(HandshakeOutcome.Refused) + Of(HandshakeOutcome.Reset);

    /// <inheritdoc/>
    public override void OnOpened(LiveFlow flow)
    {
        _connections++;
        view.OnOpened(flow);
    }

    /// <inheritdoc/>
    public override void OnSegment(LiveFlow flow, ExchangeRow row) => view.OnSegment(flow, row);

    /// <inheritdoc/>
    public override void OnHandshake(LiveFlow flow)
    {
        _outcomes[flow.Outcome] = Of(flow.Outcome) + 1;
        if (flow.HandshakeMicroseconds is ulong time)
            _times.Record(time);
        view.OnHandshake(flow);
    }

    /// <inheritdoc/>
    public override void OnEnded(LiveFlow flow)
    {
        if (flow.IsOver)
            _over++;
        view.OnEnded(flow);
    }

    /// <summary>Writes the summary for people.</summary>
    /// <param name="screen">Where it goes.</param>
    /// <param name="frames">How many frames were looked at.</param>
    /// <param name="lost">How many the system dropped, as they came faster than they were read.</param>
    public void Write(Screen screen, long frames, long lost)
    {
        string[] parts =
        [
            .. new (HandshakeOutcome Outcome, string Text)[]
            {
                (HandshakeOutcome.Completed, "completed"),
                (HandshakeOutcome.Refused, "refused"),
                (HandshakeOutcome.Reset, "reset"),
                (HandshakeOutcome.NoAnswer, "without an answer"),
                (HandshakeOutcome.HalfOpen, "half open"),
                (HandshakeOutcome.Unseen, "begun before"),
            }.Where(part => Of(part.Outcome) > 0).Select(part => $"{Quantity.Number(Of(part.Outcome))} {part.Text}"),
        ];
        screen.WriteLine();
        TextReport.WriteWrapped(screen, new StyledLine(("  ", Tone.Plain)), Quantity.Count(_connections, "connection") + $" on {place}"
            + (target == null ? "" : $" with {target}") + (parts.Length == 0 ? "." : $": {string.Join(", ", parts)}."), 2);
        if (_times.Count > 0)
        {
            string times = _times.Count == 1 ? Quantity.Time(_times.Least)
                : $"min {Quantity.Time(_times.Least)}, median {Quantity.Time(_times.Quantile(0.5))}, max {Quantity.Time(_times.Most)}";
            screen.WriteLine($"  From the first SYN to both ends established: {times}.");
        }

        string missing = lost == 0 ? "" : $", {Quantity.Number(lost)} lost: they came faster than they were drawn";
        screen.WriteLine($"  {Quantity.Count(frames, "frame")} looked at{missing}.");
    }

    /// <summary>Writes the first line of JSON.</summary>
    /// <param name="writer">Where it goes.</param>
    public void WriteJsonBeginning(TextWriter writer) =>
        JsonReport.WriteLine(new { Command = "watch", Event = "begin", Interface = place, Target = target }, writer);

    /// <summary>Writes the summary as the last line of JSON.</summary>
    /// <param name="writer">Where it goes.</param>
    /// <param name="frames">How many frames were looked at.</param>
    /// <param name="lost">How many the system dropped.</param>
    /// <param name="failure">Why it ended before its time, one line; null if it did not.</param>
    public void WriteJson(TextWriter writer, long frames, long lost, string? failure) => JsonReport.WriteLine(
        new
        {
            Command = "watch",
            Event = "summary",
            Ok = failure == null,
            Failure = failure,
            Interface = place,
            Target = target,
            Frames = frames,
            FramesLost = lost,
            Connections = _connections,
            Ended = _over,
            Completed = Of(HandshakeOutcome.Completed),
            Refused = Of(HandshakeOutcome.Refused),
            Reset = Of(HandshakeOutcome.Reset),
            NoAnswer = Of(HandshakeOutcome.NoAnswer),
            HalfOpen = Of(HandshakeOutcome.HalfOpen),
            Unseen = Of(HandshakeOutcome.Unseen),
            HandshakeMicroseconds = _times.Count == 0 ? null : new { Min = _times.Least, Median = _times.Quantile(0.5), Max = _times.Most },
        },
        writer);

    private long Of(HandshakeOutcome outcome) => _outcomes.GetValueOrDefault(outcome);
}
