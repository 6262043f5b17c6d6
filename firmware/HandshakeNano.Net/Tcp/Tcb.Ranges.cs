using HandshakeNano.Net.Wire;
using static HandshakeNano.Net.TcbFlags;
using static HandshakeNano.Net.TcbNumbers;

namespace HandshakeNano.Net;

// Data that came after a gap, and what the peer is told of it: RFC 2018, RFC 2883.
internal sealed partial class Tcb
{
    /// <summary>
    /// The most blocks that an ACK names: so it has 68 bytes, which every path carries (RFC 791), or 80 with timestamps. On a path that does
    /// not carry these there are fewer.
    /// </summary>
    private const int MostSacks = 3;

    /// <summary>Notes data after a gap.</summary>
    /// <returns>False if there is no room to note it.</returns>
    private bool AddRange(uint first, uint end)
    {
        uint[] v = Numbers;
        int count = (int)v[RangeCount];
        v[LatestAt] = first;
        if (SequenceRanges.Find(_ranges, 0, count, first, end) >= 0)
            CameTwice(first, end);
        count = SequenceRanges.Add(_ranges, 0, _layer.Settings.OutOfOrderRanges, count, first, end, _layer.Counters);
        if (count == SequenceRanges.Forgotten)
            return false;
        v[RangeCount] = (uint)count;
        return true;
    }

    /// <summary>Takes the ranges that no gap separates from what has come in order.</summary>
    /// <returns>The new RCV.NXT.</returns>
    private uint TakeRanges(uint rcvNxt)
    {
        uint[] v = Numbers;
        uint[] ranges = _ranges;
        int count = (int)v[RangeCount];
        for (int i = 0; i < count && (int)(ranges[2 * i] - rcvNxt) <= 0; i++)
        {
            if ((int)(ranges[2 * i + 1] - rcvNxt) > 0)
                rcvNxt = ranges[2 * i + 1];
        }

        v[RangeCount] = (uint)SequenceRanges.Drop(ranges, 0, count, rcvNxt);
        return rcvNxt;
    }

    /// <summary>Data came that we had: the next ACK says which.</summary>
    private void CameTwice(uint first, uint end)
    {
        uint[] v = Numbers;
        if ((v[Flags] & Sacks) == 0)
            return;
        v[TwiceAt] = first;
        v[TwiceEnd] = end;
    }

    /// <summary>Writes the option that says what came after a gap, or twice.</summary>
    /// <param name="before">Length in bytes of the options before it.</param>
    /// <returns>Its length in bytes; 0 if there is nothing to say.</returns>
    private int WriteSacks(int before)
    {
        uint[] v = Numbers;
        uint[] ranges = _ranges;
        byte[] frame = _layer.Writer.Frame;
        int count = (int)v[RangeCount];
        int blocks = 0;

        // First what came twice; then the range of what came last, be it the same (RFC 2883 section 4, RFC 2018 section 4).
        uint first = v[TwiceAt];
        if (count == 0 && first == v[TwiceEnd])
            return 0;
        int most = (int)v[Mss] < 4 + 8 * MostSacks ? ((int)v[Mss] - 4) / 8 : MostSacks;
        int at = TcpHeader.Options + before;
        if (first != v[TwiceEnd])
        {
            WriteSack(frame, at, blocks++, first, v[TwiceEnd]);
            v[TwiceEnd] = first;
        }

        int latest = SequenceRanges.Find(ranges, 0, count, v[LatestAt], v[LatestAt] + 1);
        if (latest >= 0 && blocks < most)
            WriteSack(frame, at, blocks++, ranges[2 * latest], ranges[2 * latest + 1]);
        for (int i = 0; i < count && blocks < most; i++)
        {
            if (i != latest)
                WriteSack(frame, at, blocks++, ranges[2 * i], ranges[2 * i + 1]);
        }

        frame[at] = TcpOptions.NoOperation;
        frame[at + 1] = TcpOptions.NoOperation;
        frame[at + 2] = TcpOptions.Sack;
        frame[at + 3] = (byte)(2 + 8 * blocks);
        int length = 4 + 8 * blocks;
        _layer.Writer.CountOptions(before + length);
        return length;
    }

    private static void WriteSack(byte[] frame, int option, int block, uint first, uint end)
    {
        BigEndian.Put32(frame, option + 4 + 8 * block, first);
        BigEndian.Put32(frame, option + 8 + 8 * block, end);
    }
}
