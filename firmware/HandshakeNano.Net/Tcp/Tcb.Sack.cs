using HandshakeNano.Net.Wire;
using static HandshakeNano.Net.TcbFlags;
using static HandshakeNano.Net.TcbNumbers;

namespace HandshakeNano.Net;

// What the peer has acknowledged selectively, and which holes that leaves: RFC 2018, RFC 6675.
internal sealed partial class Tcb
{
    /// <summary>DupThresh of RFC 6675: what so many segments have overtaken is lost.</summary>
    private const uint Overtaken = 3;

    /// <summary>Notes what the peer acknowledges selectively.</summary>
    /// <param name="options">The segment's options.</param>
    /// <param name="ack">SEG.ACK, not below SND.UNA.</param>
    /// <returns>True if it says something new.</returns>
    private bool TakeSacks(TcpOptions options, uint ack)
    {
        uint[] v = Numbers;
        uint[] blocks = options.Sacks;
        uint[] sacked = _ranges;
        int begin = _layer.SackedAt;
        uint flight = v[SndNxt] - ack;
        int count = (int)v[SackedCount];
        bool news = false;
        for (int i = 0; i < options.SackCount; i++)
        {
            // What came twice (RFC 2883) lies below SEG.ACK, or in what is noted already.
            uint first = blocks[2 * i];
            uint end = blocks[2 * i + 1];
            if (first - ack - 1 >= flight || end - ack > flight || (int)(end - first) <= 0
                || SequenceRanges.Find(sacked, begin, count, first, end) >= 0)
                continue;
            int now = SequenceRanges.Add(sacked, begin, _layer.MostSacked, count, first, end, null);
            if (now == SequenceRanges.Forgotten)
                continue;
            count = now;
            news = true;
        }

        v[SackedCount] = (uint)count;
        return news;
    }

    /// <summary>The peer has acknowledged up to a number: what lies below needs no note.</summary>
    private void DropSacked(uint ack)
    {
        uint[] v = Numbers;
        v[SackedCount] = (uint)SequenceRanges.Drop(_ranges, _layer.SackedAt, (int)v[SackedCount], ack);
    }

    /// <summary>Steps over what the peer has, where all is sent again after a timeout.</summary>
    private uint StepOverSacked(uint seq)
    {
        uint[] sacked = _ranges;
        int begin = _layer.SackedAt;
        int i = SequenceRanges.Find(sacked, begin, (int)Numbers[SackedCount], seq, seq + 1);
        return i < 0 ? seq : sacked[begin + 2 * i + 1];
    }

    /// <summary>How many bytes the peer has acknowledged selectively.</summary>
    private uint SackedBytes()
    {
        uint[] sacked = _ranges;
        int begin = _layer.SackedAt;
        uint bytes = 0;
        for (int i = (int)Numbers[SackedCount] - 1; i >= 0; i--)
            bytes += sacked[begin + 2 * i + 1] - sacked[begin + 2 * i];
        return bytes;
    }

    /// <summary>IsLost of RFC 6675 section 4: enough has overtaken a hole, or a tail loss probe that was sent long after it.</summary>
    /// <param name="ranges">How many ranges lie above it.</param>
    /// <param name="bytes">How many bytes these have.</param>
    private bool IsLost(int ranges, uint bytes)
    {
        return (uint)ranges >= Overtaken || bytes > (Overtaken - 1) * Numbers[Mss] || Numbers[TailProbe] == ProbeCame;
    }

    /// <summary>SetPipe of RFC 6675 section 4: how many bytes are on their way.</summary>
    private uint Pipe()
    {
        uint[] v = Numbers;
        uint[] sacked = _ranges;
        int begin = _layer.SackedAt;
        int count = (int)v[SackedCount];
        uint bytes = SackedBytes();
        uint again = v[HighRxt];
        uint at = v[SndUna];
        uint pipe = 0;
        for (int i = 0; i < count; i++)
        {
            uint end = sacked[begin + 2 * i];
            if (!IsLost(count - i, bytes))
                pipe += end - at;
            if ((int)(again - at) > 0)
                pipe += (int)(again - end) < 0 ? again - at : end - at;
            at = sacked[begin + 2 * i + 1];
            bytes -= at - end;
        }

        return pipe + v[SndNxt] - at;
    }

    /// <summary>
    /// Sends again what is lost, as far as proportional rate reduction lets it, and any hole if there is nothing new to send: NextSeg of
    /// RFC 6675 section 4, rules 1 and 3.
    /// </summary>
    /// <returns>What is left for new data, in bytes from SND.UNA on.</returns>
    private uint SendHoles(ulong now)
    {
        uint[] v = Numbers;
        int mss = (int)v[Mss];
        if (IsLostAgain())
        {
            BeginRecovery();
            AnswerLoss(now);
        }

        int room = RoomInRecovery();
        bool any = v[SndPtr] == v[SndEnd] + 1 || (v[SndPtr] == v[SndEnd] && (v[Flags] & FinQueued) == 0);
        while (room >= mss)
        {
            uint sent = SendHole(any, now);
            if (sent == 0)
                return v[SndNxt] - v[SndUna] + (uint)room;
            room -= (int)sent;
        }

        return v[SndNxt] - v[SndUna];
    }

    /// <summary>Whether what was sent again is lost: the peer has what was sent after it.</summary>
    private bool IsLostAgain()
    {
        uint[] v = Numbers;
        int last = _layer.SackedAt + 2 * (int)v[SackedCount] - 1;
        return v[SackedCount] != 0 && (int)(v[HighRxt] - v[SndUna]) > 0 && (int)(_ranges[last] - v[ResentAt]) > 0;
    }

    /// <summary>
    /// How many bytes may be sent in recovery: RFC 6937. As much less leaves as the window has become smaller, evenly over a round trip.
    /// Where less is on the way than the new window holds, as much as arrives, and a segment.
    /// </summary>
    private int RoomInRecovery()
    {
        uint[] v = Numbers;
        uint pipe = Pipe();
        uint most = v[Ssthresh];
        uint delivered = v[SndUna] + SackedBytes() - v[DeliveredBefore];
        uint sent = v[SndNxt] - v[Recover] + v[Resent];
        if (pipe <= most)
        {
            int room = (int)(delivered + v[Mss] - sent);
            return room < (int)(most - pipe) ? room : (int)(most - pipe);
        }

        ulong share = (ulong)delivered * most / (v[Recover] - v[DeliveredBefore]);
        return (int)((uint)share - sent);
    }

    /// <summary>Sends the next segment of a hole again.</summary>
    /// <param name="any">True for any hole, false for one that is lost.</param>
    /// <param name="now">The time in microseconds.</param>
    /// <returns>How many bytes it has; 0 if there is none.</returns>
    private uint SendHole(bool any, ulong now)
    {
        uint[] v = Numbers;
        uint[] sacked = _ranges;
        int begin = _layer.SackedAt;
        int count = (int)v[SackedCount];
        uint bytes = SackedBytes();
        uint at = v[HighRxt];
        if ((int)(at - v[SndUna]) < 0)
            at = v[SndUna];
        for (int i = 0; i < count; i++)
        {
            if (!any && !IsLost(count - i, bytes))
                return 0;
            uint end = sacked[begin + 2 * i];
            if ((int)(end - at) > 0)
            {
                uint length = end - at < v[Mss] ? end - at : v[Mss];
                v[HighRxt] = at + length;
                v[ResentAt] = v[SndNxt];
                v[Resent] += length;
                _layer.Counters[(int)Counter.FastRetransmissions]++;
                _t[TcbTimes.RttAt] = TcbTimes.Never;
                SendRange(at, (int)length, false, now);
                return length;
            }

            uint behind = sacked[begin + 2 * i + 1];
            bytes -= behind - end;
            if ((int)(behind - at) > 0)
                at = behind;
        }

        return 0;
    }
}
