using System;
using System.Collections.Generic;
using HandshakeNano.Client.Wording;
using HandshakeNano.Packets;

namespace HandshakeNano.Client.Trace;

/// <summary>What one end has sent and its peer has not acknowledged: tells a retransmission from a segment that came late, and why.</summary>
internal sealed class Flight
{
    // Far more than a window has; older ones are forgotten.
    private const int Most = 4096;

    // What comes this much later than its successor was held up on the way; a sender needs longer to miss it.
    private const ulong LeastDelay = 3_000;

    private readonly List<Sending> _sent = [];
    private readonly List<(uint Start, uint End, ulong Time)> _gaps = [];
    private uint? _highestSacked;

    /// <summary>How many acknowledgments in a row said the same.</summary>
    public int DuplicateAcks { get; private set; }

    /// <summary>How many retransmissions in a row nothing was acknowledged after.</summary>
    public int InVain { get; private set; }

    /// <summary>Notes a segment that takes sequence numbers.</summary>
    /// <param name="sender">Its sender, before it has sent it.</param>
    /// <param name="segment">The segment.</param>
    /// <param name="roundTrip">The round-trip time in microseconds; 0 if it is not known.</param>
    /// <returns>What is to be said of it; null: nothing.</returns>
    public Mark? Send(EndTrace sender, Segment segment, ulong roundTrip)
    {
        uint start = segment.Sequence, end = start + segment.SequenceLength;
        Mark? mark = sender.Base == null || start == sender.SndNxt ? null
            : EndTrace.After(start, sender.SndNxt) ? Skip(sender.SndNxt, segment)
            : Repeat(sender, segment, end, roundTrip);
        if (mark?.Kind != MarkKind.KeepAlive)
        {
            if (_sent.Count == Most)
                _sent.RemoveAt(0);
            _sent.Add(new Sending(start, end, segment.Time));
        }

        return mark;
    }

    /// <summary>The row of what was sent last, which may be found to have been dropped.</summary>
    /// <param name="row">The row.</param>
    public void Attach(ExchangeRow row)
    {
        if (_sent.Count > 0)
            _sent[^1].Row = row;
    }

    /// <summary>Notes an acknowledgment by the peer.</summary>
    /// <param name="sender">Whose data it acknowledges, before it has it.</param>
    /// <param name="segment">The segment with the acknowledgment.</param>
    /// <param name="isSameWindow">True if it has the same window as the peer's segment before it.</param>
    /// <returns>What is to be said of it; null: nothing.</returns>
    public Mark? Acknowledge(EndTrace sender, Segment segment, bool isSameWindow)
    {
        uint ack = segment.Acknowledgment;
        if (segment.Option(5) is TcpOption sack)
        {
            for (int i = 1; i < sack.Values.Count; i += 2)
            {
                if (EndTrace.After(sack.Values[i], ack) && (_highestSacked is not uint highest || EndTrace.After(sack.Values[i], highest)))
                    _highestSacked = sack.Values[i];
            }
        }

        if (EndTrace.After(ack, sender.SndNxt))
        {
            _sent.Clear();
            _gaps.Clear();
            return new Mark(MarkKind.UnseenAck, $"acknowledges {Quantity.Count(ack - sender.SndNxt, "byte")} that the capture does not have");
        }

        if (EndTrace.After(ack, sender.SndUna))
        {
            DuplicateAcks = InVain = 0;
            if (_highestSacked is uint highest && !EndTrace.After(highest, ack))
                _highestSacked = null;
            int done = 0;
            while (done < _sent.Count && !EndTrace.After(_sent[done].End, ack))
                done++;
            _sent.RemoveRange(0, done);
            _gaps.RemoveAll(gap => !EndTrace.After(gap.End, ack));
            return null;
        }

        bool isDuplicate = ack == sender.SndUna && sender.SndUna != sender.SndNxt && segment.SequenceLength == 0 && isSameWindow
            && sender.State is not Net.TcpState.SynSent and not Net.TcpState.SynReceived;
        return isDuplicate ? new Mark(MarkKind.DuplicateAck, $"duplicate ACK {++DuplicateAcks}") : null;
    }

    private Mark Skip(uint next, Segment segment)
    {
        if (_gaps.Count < Most)
            _gaps.Add((next, segment.Sequence, segment.Time));
        return new Mark(
            MarkKind.Gap, $"{Quantity.Count(segment.Sequence - next, "byte")} before it not seen so far: lost on the way here, late, or not captured");
    }

    private Mark Repeat(EndTrace sender, Segment segment, uint end, ulong roundTrip)
    {
        uint start = segment.Sequence;
        int gap = _gaps.FindIndex(one => !EndTrace.After(one.Start, start) && EndTrace.After(one.End, start));
        if (gap >= 0)
            return Fill(gap, start, end, segment.Time, roundTrip);
        if (segment.SequenceLength == 0)
            return new Mark(MarkKind.KeepAlive, "keep-alive");
        bool isProbe = start == sender.SndNxt - 1 && sender.SndUna == sender.SndNxt && segment.Length == 1 && segment.SequenceLength == 1;
        if (isProbe)
            return new Mark(MarkKind.KeepAlive, "keep-alive");
        InVain++;
        Sending? before = _sent.FindLast(one => !EndTrace.After(one.Start, start) && EndTrace.After(one.End, start));
        if (!EndTrace.After(end, sender.SndUna))
            return Again("not needed: it had been acknowledged, and the ACK was lost or late");
        if (before == null)
            return Again("");
        ulong waited = segment.Time - Math.Min(segment.Time, before.Time);
        string what = segment.Has(ControlBits.Syn | ControlBits.Ack) ? "SYN,ACK sent again " : segment.Has(ControlBits.Syn) ? "SYN sent again " : "";
        string reason;
        bool wasMissed = DuplicateAcks >= 3 || (_highestSacked is uint sacked && EndTrace.After(sacked, start));
        if (wasMissed)
        {
            before.Row?.AddMark(new Mark(MarkKind.Dropped, "dropped on the way: the receiver has what came after it, and asks for it"));
            reason = (DuplicateAcks > 0 ? $"{Quantity.Count(DuplicateAcks, "duplicate ACK")}" : "SACK") + " asked for it";
        }
        else
        {
            before.Row?.AddMark(new Mark(MarkKind.Dropped, "no answer: it was dropped on the way, or its answer was"));
            reason = $"after {Quantity.Time(waited)} without an answer";
        }

        return Again(what + reason);
    }

    private static Mark Again(string reason) => new(MarkKind.Retransmission, reason.Length == 0 ? "retransmission" : "retransmission: " + reason);

    private Mark Fill(int index, uint start, uint end, ulong time, ulong roundTrip)
    {
        (uint first, uint last, ulong seen) = _gaps[index];
        _gaps.RemoveAt(index);
        if (EndTrace.After(start, first))
            _gaps.Insert(index, (first, start, seen));
        if (EndTrace.After(last, end))
            _gaps.Insert(index, (end, last, seen));
        ulong late = time - Math.Min(time, seen);
        if (late < Math.Max(roundTrip, LeastDelay) && DuplicateAcks < 3)
            return new Mark(MarkKind.OutOfOrder, $"out of order: {Quantity.Time(late)} behind what was sent after it");
        InVain++;
        return new Mark(MarkKind.Retransmission, $"retransmission: the first one was dropped before it came here, {Quantity.Time(late)} ago or more");
    }

    private sealed record Sending(uint Start, uint End, ulong Time)
    {
        public ExchangeRow? Row { get; set; }
    }
}
