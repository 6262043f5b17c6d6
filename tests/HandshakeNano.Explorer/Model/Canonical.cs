using System;
using System.Collections.Generic;
using System.IO.Hashing;
using System.Linq;
using System.Numerics;
using System.Runtime.InteropServices;
using HandshakeNano.Explorer.Snapshots;
using HandshakeNano.Packets;

namespace HandshakeNano.Explorer.Model;

/// <summary>
/// Turns a world into words that are the same for two states if nothing that can happen from now on differs: times are counted from
/// now, sequence numbers from the initial one that they belong to, and segments in flight stand in an order of their own.
/// </summary>
/// <remarks>
/// The words are hashed to 128 bits. Among ten million states the chance that any two share a hash is below 10^-24, so that a hash
/// stands for its state.
/// </remarks>
internal sealed class Canonical
{
    // From an initial sequence number on, and a little before it.
    private const uint Reach = 4096;
    private const uint Margin = 512;

    // Longer than anything here takes.
    private const ulong FarAway = 60_000_000;

    private readonly (int Word, Meaning Meaning, bool OfConnection, bool OfTimeWait, bool MayBeStale)[] _plan;
    private readonly ulong[] _words;
    private readonly int[] _labels;
    private readonly (ulong Head, ulong Sequence, ulong Acknowledgment, UInt128 Options)[] _frames = new (ulong, ulong, ulong, UInt128)[32];

    // The timestamps that A knows or that are on their way to it, and those of B.
    private readonly List<uint>[] _timestamps = [[], []];
    private Tcb[] _tcbs = [];
    private ulong _now;
    private ulong _referenced;
    private int _count;
    private int _labelCount;

    public Canonical(Side[] sides)
    {
        var plan = new List<(int, Meaning, bool, bool, bool)>();
        Side side = sides[0];
        foreach (Slot slot in side.Layout.Slots)
        {
            Meaning meaning = Core.MeaningOf(slot);
            bool ofConnection = slot.Owner == side.ConnectionNumber;
            bool ofTimeWait = slot.Field.StartsWith("TimeWaitEntry.", StringComparison.Ordinal);
            // These count or not, depending on others.
            if (meaning == Meaning.Nothing || slot.Field == "Tcb._ranges")
                continue;
            for (int i = 0; i < slot.Words; i++)
                plan.Add((slot.Word + i, meaning, ofConnection, ofTimeWait, side.At.MayBeStale(slot.Word + i)));
        }

        _plan = plan.ToArray();
        // Both sides, and beside them what is remembered of connections and in flight.
        _words = new ulong[2 * _plan.Length + 1024];
        _labels = new int[_words.Length];
    }

    /// <summary>The words of a world, hashed.</summary>
    public UInt128 Hash(Side[] sides, UserState[] users, in NetworkState network, Frame[] flight, Tcb[] tcbs, ulong now)
    {
        _tcbs = tcbs;
        _now = now;
        _count = 0;
        _labelCount = 0;
        _referenced = 0;
        FindTimestamps(sides, flight);
        for (int s = 0; s < 2; s++)
        {
            UserState user = users[s];
            Add((user.Holds ? 1UL : 0) | (user.Shut ? 2UL : 0) | ((ulong)user.OpensLeft << 8) | ((ulong)user.WritesLeft << 16)
                | ((ulong)user.RebootsLeft << 24) | ((ulong)user.IdlesLeft << 32) | ((ulong)user.CallsLeft << 40)
                | (user.Calls ? 4UL : 0));
            AddSide(sides[s]);
        }

        Add(network.LossesLeft | ((ulong)network.DuplicatesLeft << 8) | ((ulong)network.HoldsLeft << 16)
            | ((ulong)network.StraysLeft << 24) | ((ulong)network.StraysUsed << 32) | ((ulong)network.FaultsLeft << 48)
            | (network.Imperfect ? 1UL << 62 : 0) | (network.MayReset ? 1UL << 63 : 0));
        AddFlight(flight);
        AddTcbs();
        Relabel();
        return XxHash128.HashToUInt128(MemoryMarshal.AsBytes(_words.AsSpan(0, _count)));
    }

    private void FindTimestamps(Side[] sides, Frame[] flight)
    {
        foreach (List<uint> timestamps in _timestamps)
            timestamps.Clear();
        for (int s = 0; s < 2; s++)
        {
            Side side = sides[s];
            if (!side.IsFree && side.At.IsTimestamped(side.Words))
                _timestamps[s].Add(side.Number(side.At.TsRecent));
            if (side.HasTimeWait && side.Words[side.TimeWaitTimestamp] != 0)
                _timestamps[s].Add((uint)side.Words[side.TimeWaitTimestamp]);
            if (side.TryGetHalfOpen(out HalfOpen halfOpen) && halfOpen.IsTimestamped)
                _timestamps[s].Add(halfOpen.TsRecent);
        }

        foreach (Frame frame in flight)
        {
            if (frame.Timestamp is { } timestamp)
                _timestamps[frame.ToB ? 1 : 0].Add(timestamp);
        }

        // All are of one clock, and their order is what counts. It goes round.
        foreach (List<uint> timestamps in _timestamps)
        {
            if (timestamps.Count > 1)
            {
                uint any = timestamps[0];
                timestamps.Sort((one, other) => ((int)(one - any)).CompareTo((int)(other - any)));
            }
        }
    }

    /// <summary>How many different timestamps that a side knows, or that are on their way to it, are older.</summary>
    private ulong Rank(bool atB, uint timestamp)
    {
        List<uint> timestamps = _timestamps[atB ? 1 : 0];
        ulong rank = 0;
        for (int i = 0; i < timestamps.Count && timestamps[i] != timestamp; i++)
        {
            if (timestamps[i] != timestamps[i + 1])
                rank++;
        }

        return rank;
    }

    private void AddSide(Side side)
    {
        ulong[] words = side.Words;
        ConnectionWords at = side.At;
        bool connection = !side.IsFree;
        bool timeWait = side.HasTimeWait;
        Add(connection ? 1UL : 0);
        foreach (var (word, meaning, ofConnection, ofTimeWait, mayBeStale) in _plan)
        {
            if ((ofConnection && !connection) || (ofTimeWait && !timeWait))
                continue;
            ulong value = mayBeStale && at.IsStale(words, word, _now) ? 0 : words[word];
            switch (meaning)
            {
                // Nobody ever acknowledges one in a call to the third host.
                case Meaning.Sequence when !(ofConnection && side.IsCalling):
                    AddNumber((uint)value);
                    break;
                case Meaning.Sequence:
                    break;
                case Meaning.Timestamp:
                    Add(value == 0 ? ulong.MaxValue : (value & ~(ulong)uint.MaxValue) | Rank(side.IsB, (uint)value));
                    break;
                case Meaning.Room:
                    Add(Math.Min(value, Side.BufferSize));
                    break;
                case Meaning.Deadline:
                    Add(value == ulong.MaxValue ? value : Time.Phase(value) - Time.Phase(_now));
                    break;
                case Meaning.End:
                    Add(value <= _now ? 0 : Time.Phase(value) - Time.Phase(_now));
                    break;
                case Meaning.Since:
                    // Begins again before it is next looked at.
                    bool idle = words[at.RetransmitAt] == ulong.MaxValue && words[at.SndNxt] == words[at.SndUna];
                    Add(idle ? 0 : Math.Min(Time.Phase(_now) - Time.Phase(value), Time.Phase(Time.GiveUp)));
                    break;
                case Meaning.Flag:
                    Add(value == ulong.MaxValue ? 0UL : 1UL);
                    break;
                case Meaning.FarEnd:
                    if (value > _now && value - _now < FarAway)
                        throw new InvalidOperationException("Something ends soon of which it was said that it does not: see Time.Start.");
                    Add(value <= _now ? 0UL : 1UL);
                    break;
                default:
                    Add(value);
                    break;
            }
        }

        Add((ulong)side.HalfOpens.Count());
        foreach (HalfOpen halfOpen in side.HalfOpens)
        {
            Add(halfOpen.Key);
            Add(halfOpen.Listener);
            Add(halfOpen.Notes);
            Add(Time.Phase(halfOpen.Deadline) - Time.Phase(_now));
            Add(side.GivesWay(halfOpen) ? 1UL : 0UL);
            AddNumber(halfOpen.Irs);
            if (halfOpen.IsTimestamped && halfOpen.Peer == side.PeerAddress)
                Add(Rank(side.IsB, halfOpen.TsRecent));
            // Nobody ever acknowledges a third host's.
            if (halfOpen.Peer == side.PeerAddress)
                AddNumber(halfOpen.Iss);
        }

        for (int i = 0; connection && i < (int)words[at.RangeCount]; i++)
        {
            AddNumber((uint)words[at.Ranges + i]);
            AddNumber((uint)(words[at.Ranges + i] >> 32));
        }

        for (int i = 0; connection && i < (int)words[at.SackedCount]; i++)
        {
            AddNumber((uint)words[side.SackedRanges + i]);
            AddNumber((uint)(words[side.SackedRanges + i] >> 32));
        }
    }

    private void AddFlight(Frame[] flight)
    {
        for (int i = 0; i < flight.Length; i++)
        {
            Frame frame = flight[i];
            ulong head = (frame.ToB ? 1UL : 0) | (frame.Stray != null ? 2UL : 0) | ((ulong)frame.Flags << 8)
                | ((ulong)(uint)frame.Window << 16) | ((ulong)(uint)frame.Length << 32) | ((Time.Phase(_now) - Time.Phase(frame.SentAt)) << 48);
            UInt128 options = frame.Sacks << 8 | (frame.Timestamp is { } timestamp ? 1 + Rank(frame.ToB, timestamp) : 0);
            _frames[i] = (head, Label(frame.Sequence), frame.Has(ControlBits.Ack) ? Label(frame.Acknowledgment) : 0, options);
        }

        Span<(ulong Head, ulong Sequence, ulong Acknowledgment, UInt128 Options)> frames = _frames.AsSpan(0, flight.Length);
        frames.Sort();
        Add((ulong)frames.Length);
        foreach (var frame in frames)
        {
            Add(frame.Head);
            AddLabel(frame.Sequence);
            AddLabel(frame.Acknowledgment);
            Add((ulong)frame.Options);
            Add((ulong)(frame.Options >> 64));
        }
    }

    /// <summary>What is remembered of the connections whose numbers occur anywhere.</summary>
    private void AddTcbs()
    {
        ulong before;
        do
        {
            before = _referenced;
            for (int i = 0; i < _tcbs.Length; i++)
            {
                if ((_referenced >> i & 1) != 0 && _tcbs[i].IrsKnown)
                    _ = Label(_tcbs[i].Irs);
            }
        }
        while (before != _referenced);

        for (int i = 0; i < _tcbs.Length; i++)
        {
            if ((_referenced >> i & 1) == 0)
                continue;
            Tcb tcb = _tcbs[i];
            Add((tcb.OfB ? 1UL : 0) | (tcb.IrsKnown ? 2UL : 0) | (tcb.Closed ? 4UL : 0)
                | (tcb.Cookie ? 8UL : 0) | (tcb.Opened ? 16UL : 0) | (tcb.Late ? 32UL : 0) | ((ulong)(uint)tcb.Written << 8)
                | ((ulong)(uint)tcb.Delivered << 24) | ((ulong)tcb.Received << 40) | ((ulong)tcb.Life << 56));
            AddLabel(tcb.IrsKnown ? Label(tcb.Irs) : 0);
            for (int j = 0; j < i; j++)
            {
                if ((_referenced >> j & 1) == 0 || _tcbs[j].OfB != tcb.OfB)
                    continue;
                // Which one is ahead matters; how far only if they are so close that their numbers meet.
                // Where a cookie lies is chance, and matters only to a peer that has another number from the same SYN.
                int distance = (int)(tcb.Iss - _tcbs[j].Iss);
                if (distance is > -(int)Margin and < (int)Margin)
                    Add((ulong)(uint)distance);
                else if ((tcb.Cookie || _tcbs[j].Cookie) && tcb.Irs != _tcbs[j].Irs)
                    Add(ulong.MaxValue - 2);
                else
                    Add(distance > 0 ? ulong.MaxValue : ulong.MaxValue - 1);
            }
        }
    }

    private void Add(ulong word) => _words[_count++] = word;

    private void AddNumber(uint number) => AddLabel(Label(number));

    private void AddLabel(ulong label)
    {
        _labels[_labelCount++] = _count;
        Add(label);
    }

    /// <summary>A sequence number as the number of a connection plus 1, and the distance from its initial sequence number.</summary>
    private ulong Label(uint number)
    {
        for (int i = _tcbs.Length - 1; i >= 0; i--)
        {
            if (number - _tcbs[i].Iss < Reach)
                return Label(i, (int)(number - _tcbs[i].Iss));
        }

        for (int i = _tcbs.Length - 1; i >= 0; i--)
        {
            if (_tcbs[i].Iss - number < Margin)
                return Label(i, (int)(number - _tcbs[i].Iss));
        }

        return number;
    }

    private ulong Label(int tcb, int distance)
    {
        _referenced |= 1UL << tcb;
        return ((ulong)(uint)(tcb + 1) << 32) | (uint)distance;
    }

    /// <summary>Counts only those connections whose numbers occur, so that those that are long forgotten make no difference.</summary>
    private void Relabel()
    {
        for (int i = 0; i < _labelCount; i++)
        {
            ref ulong word = ref _words[_labels[i]];
            int tcb = (int)(word >> 32) - 1;
            if (tcb >= 0)
                word = (word & 0xFFFFFFFF) | ((ulong)(BitOperations.PopCount(_referenced & ((1UL << tcb) - 1)) + 1) << 32);
        }
    }
}
