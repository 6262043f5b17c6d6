using System;
using System.Collections.Generic;
using System.Linq;
using HandshakeNano.Client.Wording;
using HandshakeNano.Packets;

namespace HandshakeNano.Client.Trace;

/// <summary>
/// What one end has sent and its peer has not acknowledged: tells a retransmission from a segment that came late, and why. A capture need
/// not be in the order in which things happened, and may lack some of them.
/// </summary>
/// <param name="remark">Is told what is to be said of a segment that was taken before, by its number.</param>
internal sealed class Flight(Action<int, Mark> remark)
{
    // Far more than a window has, and far more than are missing at once; older ones are forgotten.
    private const int Most = 4096, MostGaps = 256;

    // What comes this much later than its successor was held up on the way; a sender needs longer to miss it.
    private const ulong LeastDelay = 3_000;

    private readonly List<Sending> _sent = [];
    private readonly List<Gap> _gaps = [];
    private uint? _highestSacked;
    private ulong _lastSent;

    /// <summary>How many acknowledgments in a row said the same.</summary>
    public int DuplicateAcks { get; private set; }

    /// <summary>How many retransmissions in a row nothing was acknowledged after.</summary>
    public int InVain { get; private set; }

    /// <summary>Notes a segment that takes sequence numbers, or shows by its own which ones were sent.</summary>
    /// <param name="sender">Its sender, before it has sent it.</param>
    /// <param name="segment">The segment.</param>
    /// <param name="roundTrip">The round-trip time in microseconds; 0 if it is not known.</param>
    /// <returns>What is to be said of it; null: nothing.</returns>
    public Mark? Send(EndTrace sender, Segment segment, ulong roundTrip)
    {
        uint start = segment.Sequence, end = start + segment.SequenceLength;
        bool isNext = sender.Base == null || start == sender.SndNxt;
        Gap? gap = start == end ? null : _gaps.Find(one => !EndTrace.After(one.Start, start) && EndTrace.After(one.End, start));
        Mark? mark = gap != null && !(isNext && IsLate(gap, segment.Time, roundTrip)) ? Fill(gap, segment.Time, roundTrip)
            : isNext ? null
            : EndTrace.After(start, sender.SndNxt) ? Skip(sender.SndNxt, segment)
            : Repeat(sender, segment, end, roundTrip);
        if (mark?.Kind != MarkKind.KeepAlive && start != end)
        {
            if (_sent.Count == Most)
                _sent.RemoveAt(0);
            _sent.Add(new Sending(start, end, segment.Time));
            _lastSent = Math.Max(_lastSent, segment.Time);
        }

        // What was acknowledged and comes late is not what was acknowledged.
        if (start != end && (gap == null || gap.AckedBy == 0 || mark?.Kind == MarkKind.OutOfOrder))
            Close(start, end);
        return mark;
    }

    /// <summary>The end sent what nobody saw so far: it was answered.</summary>
    /// <param name="start">Its first sequence number.</param>
    /// <param name="end">The one after its last.</param>
    /// <param name="time">When the answer came.</param>
    public void Expect(uint start, uint end, ulong time) => _gaps.Add(new Gap(start, end, time, IsAhead: true));

    /// <summary>There are no more segments: what is missing still is not in the capture.</summary>
    public void Finish() => Settle(_gaps.Count);

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
    /// <param name="number">Its number.</param>
    /// <param name="isSameWindow">True if it has the same window as the peer's segment before it.</param>
    /// <returns>What is to be said of it; null: nothing.</returns>
    public Mark? Acknowledge(EndTrace sender, Segment segment, int number, bool isSameWindow)
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

        if (sender.Base == null)
            return null;
        if (EndTrace.After(ack, sender.SndUna))
        {
            NoteMissing(sender.SndNxt, ack, segment.Time, number);
            DuplicateAcks = InVain = 0;
            if (_highestSacked is uint highest && !EndTrace.After(highest, ack))
                _highestSacked = null;
            int done = 0;
            while (done < _sent.Count && !EndTrace.After(_sent[done].End, ack))
                done++;
            _sent.RemoveRange(0, done);
            return null;
        }

        bool isDuplicate = ack == sender.SndUna && sender.SndUna != sender.SndNxt && segment.SequenceLength == 0 && isSameWindow
            && sender.State is not Net.TcpState.SynSent and not Net.TcpState.SynReceived;
        return isDuplicate ? new Mark(MarkKind.DuplicateAck, $"duplicate ACK {++DuplicateAcks}") : null;
    }

    private Mark Skip(uint next, Segment segment)
    {
        uint from = FirstUnknown(next);
        if (EndTrace.After(segment.Sequence, from))
            Open(new Gap(from, segment.Sequence, segment.Time, IsAhead: false));
        return new Mark(
            MarkKind.Gap, $"{Quantity.Count(segment.Sequence - next, "byte")} before it not seen so far: lost on the way here, late, or not captured");
    }

    // The receiver has what it acknowledges, whether the capture has it or not.
    private void NoteMissing(uint next, uint ack, ulong time, int number)
    {
        foreach (Gap gap in _gaps)
        {
            if (gap.AckedBy == 0 && !gap.IsAhead && !EndTrace.After(gap.End, ack))
                gap.AckedBy = number;
        }

        uint from = FirstUnknown(next);
        if (EndTrace.After(ack, from))
            Open(new Gap(from, ack, time, IsAhead: true) { AckedBy = number });
    }

    // What was acknowledged ahead of what was seen is known to be missing already.
    private uint FirstUnknown(uint next) => _gaps.Count > 0 && EndTrace.After(_gaps[^1].End, next) ? _gaps[^1].End : next;

    private void Open(Gap gap)
    {
        if (_gaps.Count == MostGaps)
            Settle(1);
        _gaps.Add(gap);
    }

    // What has these numbers is here now.
    private void Close(uint start, uint end)
    {
        for (int i = _gaps.Count - 1; i >= 0; i--)
        {
            Gap gap = _gaps[i];
            if (!EndTrace.After(end, gap.Start) || !EndTrace.After(gap.End, start))
                continue;
            _gaps.RemoveAt(i);
            if (EndTrace.After(gap.End, end))
                _gaps.Insert(i, gap with { Start = end });
            if (EndTrace.After(start, gap.Start))
                _gaps.Insert(i, gap with { End = start });
        }
    }

    private void Settle(int count)
    {
        foreach (IGrouping<int, Gap> missing in _gaps.Take(count).Where(gap => gap.AckedBy > 0).GroupBy(gap => gap.AckedBy))
        {
            long bytes = missing.Sum(gap => (long)(gap.End - gap.Start));
            remark(missing.Key, new Mark(MarkKind.UnseenAck, $"acknowledges {Quantity.Count(bytes, "byte")} that the capture does not have"));
        }

        _gaps.RemoveRange(0, count);
    }

    private Mark? Repeat(EndTrace sender, Segment segment, uint end, ulong roundTrip)
    {
        uint start = segment.Sequence;
        bool isIdle = sender.SndUna == sender.SndNxt && segment.Time >= _lastSent + LeastDelay;
        bool isProbe = isIdle && start == sender.SndNxt - 1 && segment.Length <= 1 && segment.SequenceLength == segment.Length;
        if (isProbe)
            return new Mark(MarkKind.KeepAlive, "keep-alive");
        if (segment.SequenceLength == 0)
            return null; // An ACK that came late.
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

    private Mark Fill(Gap gap, ulong time, ulong roundTrip)
    {
        ulong late = Late(gap, time);
        if (!IsLate(gap, time, roundTrip) && DuplicateAcks < 3)
            return new Mark(MarkKind.OutOfOrder, $"out of order: {Quantity.Time(late)} behind {(gap.IsAhead ? "its acknowledgment" : "what was sent after it")}");
        InVain++;
        return gap.AckedBy > 0
            ? Again("not needed: it had been acknowledged, and the capture does not have the first one")
            : Again($"the first one was dropped before it came here, {Quantity.Time(late)} ago or more");
    }

    private static ulong Late(Gap gap, ulong time) => time - Math.Min(time, gap.Time);

    private static bool IsLate(Gap gap, ulong time, ulong roundTrip) => Late(gap, time) >= Math.Max(roundTrip, LeastDelay);

    /// <summary>Numbers that were sent, since later ones or their acknowledgment were seen, and are not here.</summary>
    /// <param name="Start">The first.</param>
    /// <param name="End">The one after the last.</param>
    /// <param name="Time">When that was seen.</param>
    /// <param name="IsAhead">True if nothing that was sent after them was seen by then, but their acknowledgment.</param>
    private sealed record Gap(uint Start, uint End, ulong Time, bool IsAhead)
    {
        /// <summary>The number of the segment that acknowledges them; 0 if there is none.</summary>
        public int AckedBy { get; set; }
    }

    private sealed record Sending(uint Start, uint End, ulong Time)
    {
        public ExchangeRow? Row { get; set; }
    }
}
