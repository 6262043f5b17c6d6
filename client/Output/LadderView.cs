using System;
using System.Collections.Generic;
using System.Globalization;
using HandshakeNano.Client.Captures;
using HandshakeNano.Client.Trace;
using HandshakeNano.Client.Wording;

namespace HandshakeNano.Client.Output;

/// <summary>Draws connections on a screen while they go on.</summary>
/// <param name="screen">The screen.</param>
/// <param name="isOne">True: there is but one connection. False: each segment says which one it is of.</param>
/// <param name="all">True: each segment is shown.</param>
public sealed class LadderView(Screen screen, bool isOne, bool all) : FlowObserver
{
    private const int TagWidth = 4;

    /// <inheritdoc/>
    public override void OnOpened(LiveFlow flow) => Write(isOne ? LadderOf(flow).Head() : LadderOf(flow).Beginning(TimeOfDay(flow.Time)));

    /// <inheritdoc/>
    public override void OnSegment(LiveFlow flow, ExchangeRow row) => Write(LadderOf(flow).Row(row, flow.Shown));

    /// <inheritdoc/>
    public override void OnHandshake(LiveFlow flow)
    {
        // The states of the segment that completes it say so.
    }

    /// <inheritdoc/>
    public override void OnEnded(LiveFlow flow)
    {
        // Of one that goes on there is nothing to say.
        if (!isOne && (flow.IsOver || flow.Outcome is HandshakeOutcome.NoAnswer or HandshakeOutcome.HalfOpen))
            Write(LadderOf(flow).Ending(TimeOfDay(flow.LastSeen), flow.Flow.Bytes, all));
    }

    private LiveLadder LadderOf(LiveFlow flow) => new(
        flow.Exchange, screen.Width, screen.Unicode, isOne ? "" : ("#" + Quantity.Number(flow.Flow.Number)).PadRight(TagWidth));

    private static string TimeOfDay(ulong time) =>
        DateTime.UnixEpoch.AddMicroseconds(time).ToLocalTime().ToString("HH:mm:ss", CultureInfo.InvariantCulture);

    private void Write(IReadOnlyList<StyledLine> lines)
    {
        foreach (StyledLine line in lines)
            screen.WriteLine(line);
    }
}
